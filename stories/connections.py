"""Which model servers there are for a person: the one that is configured, and those that answer on this machine."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ..models.addresses import address_of, clean_key
from ..models.servers import USUAL_PORTS, Server, at_address, on_this_machine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .library import Library


@dataclass(frozen=True)
class Connection:
    """A model server.

    Attributes:
        server: what is known of it.
        is_configured: whether it is where the settings point to.
    """

    server: Server
    is_configured: bool

    def to_json(self) -> dict[str, Any]:
        """All of it, for a script."""
        return {**asdict(self.server), "is_configured": self.is_configured}


async def connections(library: Library, ports: Mapping[int, str] = USUAL_PORTS) -> list[Connection]:
    """What answers: first at the configured address, if there is one, then on this machine's usual ports.

    Args:
        library: whose settings.
        ports: where to look on this machine, and whose port it is.

    Raises:
        SettingsError: the configured address is none.
    """
    settings = library.settings
    if not settings.openai_base_url:
        return [Connection(server, is_configured=False) for server in await on_this_machine(ports)]
    address = address_of(settings.openai_base_url)
    key = clean_key(settings.openai_api_key.get_secret_value()) if settings.openai_api_key else ""
    named, found = await asyncio.gather(at_address(address.url, key, address.shown), on_this_machine(ports))
    others = [server for server in found if _port_of(server) != _port_of(named)]
    return [Connection(named, is_configured=True), *(Connection(server, is_configured=False) for server in others)]


def _port_of(server: Server) -> str:
    """What tells servers of this machine apart, however their host is written."""
    host, _, port = server.base_url.partition("://")[2].partition("/")[0].rpartition(":")
    return port if host in ("localhost", "127.0.0.1", "[::1]", "0.0.0.0") else server.base_url  # noqa: S104 (as people write it)
