"""Which model servers there are for a person: the one that is configured, and those that answer on this machine."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from ..models import Endpoint, kept_keys
from ..models.addresses import address_of, clean_key
from ..models.servers import USUAL_PORTS, Server, at_address, on_this_machine
from ..nodes.trial import Trial
from ..schemas.context import Context
from ..schemas.errors import SettingsError
from .doctor import examine_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .doctor import Finding
    from .library import Library

_PATIENCE = 120.0
"""Seconds that a call may take which a person waits for."""


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
    endpoint = library.resources.chat_models.endpoint
    if not endpoint.base_url:
        return [Connection(server, is_configured=False) for server in await on_this_machine(ports)]
    address = address_of(endpoint.base_url)
    key = clean_key(endpoint.api_key.get_secret_value()) if endpoint.api_key else ""
    named, found = await asyncio.gather(at_address(address.url, key, address.shown), on_this_machine(ports))
    others = [server for server in found if _port_of(server) != _port_of(named)]
    return [Connection(named, is_configured=True), *(Connection(server, is_configured=False) for server in others)]


@dataclass(frozen=True)
class Wanted:
    """A model that a person names, and where it is.

    Attributes:
        model: its name there.
        address: where; empty: where the settings point.
        key: of that server; empty: none, or at the address that is in use the one that is in use, or the one that the
            system's keyring has for that address.
        is_to_keep: whether the key goes into the system's keyring once the model is used.
    """

    model: str
    address: str = ""
    key: str = field(default="", repr=False)
    is_to_keep: bool = False


def connect(library: Library, wanted: Wanted) -> None:
    """Take models from there from now on, until this process ends; nothing of it is written into a file.

    Raises:
        SettingsError: the address is none, no model is named, or a key is to be kept and the keyring refuses.
    """
    endpoint, name = _endpoint(library, wanted), _named(wanted)
    if wanted.is_to_keep and wanted.key:
        kept_keys.keep(endpoint.base_url, wanted.key)
    library.resources.chat_models.connect(endpoint, name)


def can_keep_keys() -> bool:
    """Whether this system has a keyring to keep a key in."""
    return kept_keys.can_keep()


def forget_key(address: str) -> None:
    """Take the key of an address out of the system's keyring.

    Raises:
        SettingsError: the address is none, or the keyring refuses.
    """
    kept_keys.forget(address_of(address).url)


async def one_sentence(library: Library, wanted: Wanted) -> str:
    """A sentence that a model writes, to see that it does.

    Raises:
        GateError: it wrote none.
        ModelUnavailableError: it cannot be had, or did not answer.
        SettingsError: the address is none, or no model is named.
    """
    trial = Trial(_context(wanted), library.resources.elsewhere(_endpoint(library, wanted), _named(wanted)))
    return (await trial.write(1)).text


async def findings(library: Library, wanted: Wanted) -> list[Finding]:
    """What a model can do of what a story needs.

    Raises:
        SettingsError: the address is none, or no model is named.
    """
    resources = library.resources.elsewhere(_endpoint(library, wanted), _named(wanted))
    return [finding async for finding in examine_model(library, _context(wanted), resources)]


def _context(wanted: Wanted) -> Context:
    return Context(model=wanted.model.strip(), timeout=_PATIENCE, max_retries=0, tries=1)


def _named(wanted: Wanted) -> str:
    if not wanted.model.strip():
        raise SettingsError("no_model_named")
    return wanted.model.strip()


def _endpoint(library: Library, wanted: Wanted) -> Endpoint:
    """Where a model is that a person names.

    Raises:
        SettingsError: the address is none.
    """
    used = library.resources.chat_models.endpoint
    if not wanted.address.strip():
        return Endpoint(used.base_url, SecretStr(wanted.key), used.variable) if wanted.key else used
    address = address_of(wanted.address)
    if not wanted.key and used.base_url and address_of(used.base_url).url == address.url:
        return used
    key = clean_key(wanted.key) or kept_keys.kept(address.url)
    return Endpoint(address.url, SecretStr(key) if key else None)


def _port_of(server: Server) -> str:
    """What tells servers of this machine apart, however their host is written."""
    address = server.base_url
    return str(urlsplit(address).port) if kept_keys.is_here(address) else address
