"""Names of a package that are imported when they are first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def at_first_use(package: str, places: Mapping[str, str]) -> Callable[[str], object]:
    """The ``__getattr__`` of a package whose names are elsewhere in it.

    Args:
        package: its ``__name__``.
        places: the module of each name, as seen from the package.
    """

    def find(name: str) -> object:
        if name not in places:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg)
        return getattr(import_module(places[name], package), name)

    return find
