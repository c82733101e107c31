"""A book before this one: what a story that goes on from another's end knows of it, and how its places are called.

The new story's memory holds the passages of the earlier book, each in a slot of its own, on a path that no step ever
writes on. A state sees that path before its own, so that recall, facts and open questions reach back into it, while
the places of this book begin at 0 as in any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from .lineage import Lineage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .lineage import Slot


def _goes_on(part: tuple[str, int, int]) -> tuple[str, int, int]:
    _, first, last = part
    if not 0 <= first <= last:
        msg = "a part of a path has the numbers of its first and its last passage, from 0"
        raise ValueError(msg)
    return part


_LONGEST = 20_000
"""Characters that each of its texts may have."""
_Segment = Annotated[tuple[str, int, int], AfterValidator(_goes_on)]


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

    model_config = ConfigDict(frozen=True, defer_build=True)

    story_id: str
    title: str = Field(max_length=_LONGEST)
    told: str = Field(default="", max_length=_LONGEST)
    path: list[_Segment] = Field(min_length=1)
    pins: list[str] = []
    aliases: list[list[str]] = []


BEFORE = "/"
"""Between a story's id and a branch of it, in the memory of the book after it. No branch of a story's own has one."""


def is_before(slot: Slot) -> bool:
    """Whether what was first kept in a slot is of a book before, wherever it stands now."""
    return BEFORE in slot.branch


def path_before(state: Mapping[str, Any]) -> Lineage:
    """The path of the book before, as a state has it; empty where there is none."""
    before = state.get("before")
    return Lineage.from_json(before["path"]) if before else Lineage()
