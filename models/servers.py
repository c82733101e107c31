"""Which model servers answer: on the usual ports of this machine, and at an address that somebody gave.

Looked for only when asked, at 127.0.0.1 and ::1 alone, all ports at the same time; no redirect is followed, and no
proxy is asked.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from .failures import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

USUAL_PORTS: Mapping[int, str] = {
    11434: "Ollama",
    1234: "LM Studio",
    8080: "llama.cpp",
    8000: "vLLM",
    5001: "KoboldCpp",
    5000: "text-generation-webui",
    1337: "Jan",
}
"""Where such servers listen where nobody says otherwise, and whose port it is."""
_OWNERS = {"llamacpp": "llama.cpp", "vllm": "vLLM", "library": "Ollama", "koboldcpp": "KoboldCpp"}
"""What servers say of who owns their models."""
_HOSTS = ("127.0.0.1", "[::1]")
PATIENCE = 0.9
"""Seconds that all ports of this machine have together."""
_PATIENCE_FOR_ONE = 5.0
"""Seconds that a server has whose address somebody gave."""
_MOST = 200
"""Models of a server that are listed."""
_NO_KEY = (401, 403)


@dataclass(frozen=True)
class Server:
    """A model server that answered, or that was to.

    Attributes:
        base_url: its address, as ``OPENAI_BASE_URL`` takes it.
        kind: what it seems to be; empty: nobody says.
        models: the models that it lists.
        wants_key: whether it lists them only to who has a key.
        problem: why nothing is known of it, in the transport's or its own words.
    """

    base_url: str
    kind: str = ""
    models: tuple[str, ...] = ()
    wants_key: bool = False
    problem: str = ""


async def on_this_machine(ports: Mapping[int, str] = USUAL_PORTS, patience: float = PATIENCE) -> list[Server]:
    """The model servers that answer on these ports of this machine, in the order of the ports.

    Args:
        ports: where to look, and whose port it is.
        patience: seconds for all of them together.
    """
    asked = {(host, port): f"http://{host}:{port}/v1" for port in ports for host in _HOSTS}
    async with httpx.AsyncClient(timeout=patience, trust_env=False) as client:
        tasks = {place: asyncio.create_task(_look(client, url)) for place, url in asked.items()}
        _, late = await asyncio.wait(tasks.values(), timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
    found: dict[int, Server] = {}
    for (_, port), task in tasks.items():
        if task not in late and (server := task.result()) and not server.problem:
            usual = Server(server.base_url, server.kind or ports[port], server.models, server.wants_key)
            # The same server may listen on both addresses.
            found.setdefault(port, usual)
    return list(found.values())


async def at_address(base_url: str, api_key: str = "", shown: str = "") -> Server:
    """What answers at an address that somebody gave.

    Args:
        base_url: the address.
        api_key: the server's, if it wants one.
        shown: the address as it may be shown, without user and password.
    """
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    async with httpx.AsyncClient(timeout=_PATIENCE_FOR_ONE, headers=headers) as client:
        server = await _look(client, base_url)
    return Server(shown or base_url, server.kind, server.models, server.wants_key, server.problem)


async def _look(client: httpx.AsyncClient, base_url: str) -> Server:
    """What lists models at an address; a problem where that is none."""
    try:
        answer = await client.get(f"{base_url}/models")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Server(base_url, problem=shortened(str(error)) or type(error).__name__)
    if answer.status_code in _NO_KEY:
        return Server(base_url, wants_key=True)
    if not answer.is_success:
        return Server(base_url, problem=f"{answer.status_code}: {shortened(answer.text)}")
    try:
        listed = [one for one in answer.json()["data"] or [] if isinstance(one, dict) and one.get("id")]
    except (ValueError, KeyError, TypeError):
        return Server(base_url, problem=shortened(answer.text))
    kind = next((_OWNERS[owner] for one in listed if (owner := str(one.get("owned_by"))) in _OWNERS), "")
    names = ("".join(sign for sign in str(one["id"]) if sign.isprintable()) for one in listed[:_MOST])
    return Server(base_url, kind, tuple(names))
