"""Which model servers are found on this machine: by their ports, at the same time, and nothing else."""

from __future__ import annotations

import socket
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from odd_server import OddServer, Said
from recurrentgpt.models.servers import USUAL_PORTS, at_address, on_this_machine

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[OddServer]:
    with OddServer() as made:
        yield made


def listed(*names: str, owner: str = "me") -> dict[str, object]:
    return {"object": "list", "data": [{"id": name, "owned_by": owner} for name in names]}


async def test_what_answers_is_found_with_its_models(server: OddServer) -> None:
    server.gets["/v1/models"] = listed("qwen3:4b", "llama\x1b3.3")
    (found,) = await on_this_machine({server.server_address[1]: "Jan"})
    assert (found.base_url, found.kind) == (server.url, "Jan")
    assert found.models == ("qwen3:4b", "llama3.3")


@pytest.mark.parametrize(("owner", "kind"), [("llamacpp", "llama.cpp"), ("vllm", "vLLM"), ("library", "Ollama")])
async def test_what_a_server_says_of_itself_counts_before_its_port(server: OddServer, owner: str, kind: str) -> None:
    server.gets["/v1/models"] = listed("m", owner=owner)
    (found,) = await on_this_machine({server.server_address[1]: "Jan"})
    assert found.kind == kind


async def test_another_program_on_such_a_port_is_no_model_server(server: OddServer) -> None:
    port = server.server_address[1]
    assert await on_this_machine({port: "vLLM"}) == []
    server.gets["/v1/models"] = {"hello": "world"}
    assert await on_this_machine({port: "vLLM"}) == []
    server.gets["/v1/models"] = [1, 2]
    assert await on_this_machine({port: "vLLM"}) == []


async def test_a_server_without_models_is_found_all_the_same(server: OddServer) -> None:
    server.gets["/v1/models"] = {"object": "list", "data": None}
    (found,) = await on_this_machine({server.server_address[1]: "Ollama"})
    assert found.models == ()


async def test_who_says_nothing_holds_up_nobody(server: OddServer) -> None:
    server.gets["/v1/models"] = listed("m")
    with socket.socket() as silent, socket.socket() as closed:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        closed.bind(("127.0.0.1", 0))
        ports = {silent.getsockname()[1]: "Jan", closed.getsockname()[1]: "vLLM", server.server_address[1]: "Ollama"}
        began = perf_counter()
        found = await on_this_machine(ports, patience=0.3)
        assert perf_counter() - began < 1
    assert [one.kind for one in found] == ["Ollama"]


async def test_one_that_wants_a_key_is_told_apart_from_one_that_is_none(server: OddServer) -> None:
    server.gets["/v1/models"] = Said(401, {"error": {"message": "Incorrect API key"}})
    assert (await at_address(server.url)).wants_key
    del server.gets["/v1/models"]
    assert (await at_address(server.url)).problem == "404: 404 page not found"
    assert "connect" in (await at_address("http://127.0.0.1:9/v1")).problem.lower()


def test_the_usual_ports_are_those_of_the_servers_people_run() -> None:
    assert set(USUAL_PORTS) == {11434, 1234, 8080, 8000, 5001, 5000, 1337}
