"""A pack: a story that an author has made to be played, with what its reader is not to know before they find it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from .language_folders import DEFAULT, TAG

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONG = 20_000
_MOST = 30
"""Secrets, rules or endings that a pack may have."""
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
_Lines = Annotated[list[_Line], Field(max_length=_MOST)]


class Hidden(BaseModel):
    """What of a pack goes to the writer of the scenes alone.

    Attributes:
        secrets: what is so, and nobody who plays knows.
        rules: what holds in its world, whatever anybody tries.
        endings: the ways in which it may end.
        is_open: whether who plays it may look behind the scenes: its author does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    secrets: _Lines = Field(default_factory=list)
    rules: _Lines = Field(default_factory=list)
    endings: _Lines = Field(default_factory=list)
    is_open: bool = False


class Pack(BaseModel):
    """All of a pack, as its file says it.

    Attributes:
        title: what its reader sees first.
        about: what they are told before it begins; may be empty.
        topic: what the story is about.
        genre: in any words.
        background: the world, the people, what came before.
        outline: where it goes; empty: the model drafts one.
        style: who is who, and how it is told.
        language: a BCP 47 tag.
        length: how many scenes it has after its opening; ``None``: until it is told.
        secrets: as in :class:`Hidden`.
        rules: as there.
        endings: as there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    about: str = Field(default="", max_length=2000)
    topic: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    genre: str = Field(default="", max_length=200)
    background: str = Field(default="", max_length=_LONG)
    outline: str = Field(default="", max_length=_LONG)
    style: str = Field(default="", max_length=_LONG)
    language: Annotated[str, StringConstraints(pattern=TAG)] = DEFAULT
    length: int | None = Field(default=None, ge=1, le=1000)
    secrets: _Lines = Field(default_factory=list)
    rules: _Lines = Field(default_factory=list)
    endings: _Lines = Field(default_factory=list)


def is_sealed(state: Mapping[str, Any]) -> bool:
    """Whether a state is of a pack that is played, and not looked at by its author."""
    hidden: Mapping[str, Any] | None = state.get("pack")
    return hidden is not None and not hidden.get("is_open", False)
