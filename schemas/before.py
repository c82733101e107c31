"""A book before this one: what a story that goes on from another's end knows of it, and how its places are called.

The new story's memory holds the passages of the earlier book, each in a slot of its own, on a path that no step ever
writes on. A state sees that path before its own, so that recall, facts and open questions reach back into it, while
the places of this book begin at 0 as in any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from .lineage import Lineage

if TYPE_CHECKING:
    from collections.abc import Mapping


class BookBefore(BaseModel):
    """The book before this one.

    Attributes:
        story_id: its story, which may be gone.
        title: its title.
        told: what it told, in a few sentences.
        path: its passages in this story's memory, as ``[branch, first, last]``.
        pins: the ids of its facts that a person pinned.
        aliases: groups of names that a person said are one's.
    """

    model_config = ConfigDict(frozen=True)

    story_id: str
    title: str
    told: str = ""
    path: list[tuple[str, int, int]]
    pins: list[str] = []
    aliases: list[list[str]] = []


def path_before(state: Mapping[str, Any]) -> Lineage:
    """The path of the book before, as a state has it; empty where there is none."""
    before = state.get("before")
    return Lineage.from_json(before["path"]) if before else Lineage()
