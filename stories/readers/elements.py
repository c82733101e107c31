"""Elements of a web page, found by looking forward alone, so that a page without any end is read in time as well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ...schemas.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MOST_OPEN: Final = 100
"""Tags that begin before one ends; in a page that is none, thousands do."""


def with_elements(text: str, name: str, put: Callable[[str], str]) -> str:
    """A page with something else in the place of each element of a name, up to the first tag that ends it.

    Args:
        text: the page.
        name: of the element's tag.
        put: gives what takes the place of what stands between its tags.
    """
    opening = re.compile(rf"<{name}(?![\w-])[^<>]*>?", re.IGNORECASE)
    closing = re.compile(rf"</{name}\s*>", re.IGNORECASE)
    made: list[str] = []
    at = 0
    while (begins := opening.search(text, at)) and (ends := closing.search(text, begins.end())):
        made += [text[at : begins.start()], put(text[begins.end() : ends.start()])]
        at = ends.end()
    return "".join([*made, text[at:]])


def without_elements(text: str, *names: str) -> str:
    """A page without the elements of some names."""
    for name in names:
        text = with_elements(text, name, lambda _: "")
    return text


def check_tags_end(text: str, path: Path) -> None:
    """See that tags of a page end, before it is looked through for some.

    Raises:
        StorageError: they do not.
    """
    if any(part.count("<") > _MOST_OPEN for part in text.split(">")):
        raise StorageError("manuscript_of_another_kind", path=path, format=path.suffix.lower(), reason="<")
