"""What the command line says of servers and models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from commands import run
from odd_server import OddServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[OddServer]:
    with OddServer() as made:
        made.gets["/v1/models"] = {"data": [{"id": "odd:plain"}]}
        made.gets["/props"] = {"default_generation_settings": {"n_ctx": 16384}}
        yield made


def test_models_shows_what_answers_and_what_to_type_next(server: OddServer, home: Path) -> None:
    done = run(home, "models", OPENAI_BASE_URL=server.url)
    assert "odd:plain" in done.stdout
    assert "recurrentgpt doctor --model odd:plain" in done.stderr
    first, *_ = json.loads(run(home, "models", "--json", OPENAI_BASE_URL=server.url).stdout)
    assert (first["base_url"], first["models"], first["is_configured"]) == (server.url, ["odd:plain"], True)


def test_doctor_says_what_holds_and_what_to_do(server: OddServer, home: Path) -> None:
    done = run(home, "doctor", "--model", "odd:plain", OPENAI_BASE_URL=server.url)
    assert done.returncode == 0
    assert "a story will ask by: JSON schema" in done.stdout
    assert "[" not in done.stdout, "no markup"
    refused = run(home, "doctor", "--model", "odd:401", "--json", OPENAI_BASE_URL=server.url)
    assert refused.returncode == 1
    *_, last = json.loads(refused.stdout)
    assert (last["check"], last["verdict"], last["error"]) == ("model", "fails", "key_refused")
    assert "Incorrect API key" in last["seen"]
