"""One dev server for all that talk to one with ten jobs: to start it takes seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dev_server import dev_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_server import AgentServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentServer]:
    """A dev server with ten jobs a worker, the fake endpoint as its model, and fake embeddings."""
    with dev_server(tmp_path_factory.mktemp("serving"), jobs=10, fake_embeddings=True) as running:
        yield running
