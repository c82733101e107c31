"""Keys of model servers in the operating system's own keyring, where a person asked for that; never in a file of ours.

It is read where nobody gave a key: for an address that a person chose on the page, and for one of the environment that
is not on this machine, whose servers seldom want one.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..schemas.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyring.backend import KeyringBackend

_SERVICE = "recurrentgpt"
OPENAI = "https://api.openai.com/v1"
"""Where keys without an address are for."""
_HERE = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 (as people write it)


def can_keep() -> bool:
    """Whether there is a keyring to keep a key in."""
    return _backend() is not None


def keep(address: str, key: str) -> None:
    """Keep the key of an address, in place of the one that was kept for it.

    Args:
        address: without user and password.
        key: not empty.

    Raises:
        SettingsError: there is no keyring, or it refused.
    """
    backend = _backend()
    if backend is None:
        raise SettingsError("no_keyring")
    with _refusals():
        backend.set_password(_SERVICE, address or OPENAI, key)


def kept(address: str) -> str:
    """The key that was kept for an address; empty: none.

    Raises:
        SettingsError: the keyring refused.
    """
    backend = _backend()
    if backend is None:
        return ""
    with _refusals():
        return backend.get_password(_SERVICE, address or OPENAI) or ""


def forget(address: str) -> None:
    """Take the key of an address out of the keyring, if one is there.

    Raises:
        SettingsError: the keyring refused.
    """
    backend = _backend()
    if backend is not None and kept(address):
        with _refusals():
            backend.delete_password(_SERVICE, address or OPENAI)


def is_here(address: str) -> bool:
    """Whether an address is one of this machine."""
    return (urlsplit(address).hostname or "") in _HERE


def _backend() -> KeyringBackend | None:
    """The keyring of this system; ``None``: the package is not installed, or finds none."""
    try:
        import keyring  # noqa: PLC0415 (an extra; it looks for the system's keyring)
    except ImportError:
        return None
    backend = keyring.get_keyring()
    return backend if backend.priority > 0 else None


@contextmanager
def _refusals() -> Iterator[None]:
    """A keyring's refusal in this project's words."""
    from keyring.errors import KeyringError  # noqa: PLC0415 (an extra)

    try:
        yield
    except KeyringError as error:
        raise SettingsError("keyring_refused", reason=str(error) or type(error).__name__) from error
