"""The project on LangGraph's dev server, with the fake endpoint as its model."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agent_server import AgentServer, running
from fake_server import FakeServer
from folders import HELPERS, PATHS, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def dev_server(folder: Path, *, jobs: int = 1, fake_embeddings: bool = False) -> Iterator[AgentServer]:
    """A running dev server, with the fake endpoint behind it."""
    config = json.loads((ROOT / "langgraph.json").read_text())
    environment = {"RECURRENTGPT_MODEL": "fake-ok"}
    if fake_embeddings:
        environment |= {"RECURRENTGPT_EMBEDDING_MODEL": "fake", "PYTHONPATH": PATHS}
        for spec in config["graphs"].values():
            spec["path"] = f"{HELPERS / 'served_graphs.py'}:{spec['path'].rpartition(':')[2]}"
    with FakeServer() as model:
        server = AgentServer(folder, config, {**environment, "OPENAI_BASE_URL": model.url}, jobs)
        with running(server):
            yield server
