"""The address of a server as people write it, put right where it is clear what is meant."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

from ..schemas.errors import SettingsError

_ENDS = ("/chat/completions", "/completions", "/models")
_AROUND = " \t\r\n\"'`“”‘’<>"


class Address(NamedTuple):
    """Where a server is.

    Attributes:
        url: what is called.
        shown: the same without user and password.
        is_changed: whether something was put right that a person should know of.
    """

    url: str
    shown: str
    is_changed: bool


def address_of(given: str, variable: str = "OPENAI_BASE_URL") -> Address:
    """The address that a person gave; without a path it is that of the API, ``/v1``.

    Args:
        given: it.
        variable: what they gave it in.

    Raises:
        SettingsError: it is not clear which one is meant.
    """
    text = "".join(given.strip(_AROUND).split())
    try:
        parts = urlsplit(text if "://" in text else f"{_scheme_of(text)}://{text}")
        port = parts.port
    except ValueError as error:
        raise SettingsError("base_url_unusable", variable=variable, given=shown(given), reason=str(error)) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError("base_url_unusable", variable=variable, given=shown(given), reason=text and _why(parts))
    if "://" not in text and "." not in parts.hostname and port is None and not _is_local(parts.hostname):
        raise SettingsError("base_url_unusable", variable=variable, given=shown(given), reason="http:// or https://?")
    path = parts.path.rstrip("/")
    for end in _ENDS:
        path = path.removesuffix(end)
    url = urlunsplit((parts.scheme, parts.netloc, path or "/v1", "", ""))
    return Address(url, shown(url), url != given.rstrip("/"))


def shown(url: str) -> str:
    """An address without user and password."""
    before, mark, after = url.strip().partition("://")
    rest = after if mark else before
    host, slash, path = rest.partition("/")
    return f"{before if mark else ''}{mark}{host.rpartition('@')[2]}{slash}{path}"


def _why(parts: SplitResult) -> str:
    if not parts.hostname:
        return "no host"
    return f"{parts.scheme}://" if parts.scheme not in ("http", "https") else f"?{parts.query}{parts.fragment}"


def _scheme_of(text: str) -> str:
    """For an address without one: a host of this machine or network, or one with a port, is seldom behind TLS."""
    host = text.split("/", maxsplit=1)[0].rpartition("@")[2]
    name, colon, port = host.rpartition(":")
    return (
        "http"
        if _is_local(host) or (colon and port.isdigit() and port != "443" and _is_local_or_bare(name))
        else "https"
    )


def _is_local_or_bare(host: str) -> bool:
    return _is_local(host) or "." not in host


def _is_local(host: str) -> bool:
    name = host.strip("[]").lower()
    if name.rpartition(":")[2].isdigit() and name.count(":") == 1:
        name = name.rpartition(":")[0]
    if name == "localhost" or name.endswith((".local", ".localhost", ".lan", ".internal")):
        return True
    try:
        return ipaddress.ip_address(name.split("]", maxsplit=1)[0]).is_private
    except ValueError:
        return False


def clean_key(key: str) -> str:
    """A key without the quotes and line ends that it was copied with."""
    return "".join(key.strip(_AROUND).split())
