"""The modes of a story: who the person is, and the sizes that go with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Person = Literal["second", "third"]
"""In which person a play is told as a book: whether who played is still "you", or somebody with a name."""


@dataclass(frozen=True)
class Mode:
    """A way to tell a story with a person.

    Attributes:
        name: as in a story's input, and the folder of its prompts in each language.
        title: what it is called.
        sizes: fields of the context that have another default in it.
        asks_for_actions: whether the person is inside the story, and does something instead of planning it.
    """

    name: str
    title: str
    sizes: Mapping[str, int] = field(default_factory=dict, hash=False)
    asks_for_actions: bool = False


AUTHOR = Mode("author", "You write; plans are what happens next.")
INTERACTIVE_FICTION = Mode(
    "interactive_fiction",
    "You are inside the story; plans are what you may do.",
    # Scenes one reads at a glance, a memory that two or three of them fill, and actions of a sentence.
    {
        "paragraph_sentences": 8,
        "memory_min_sentences": 4,
        "memory_max_sentences": 12,
        "plan_sentences": 1,
        "opening_paragraphs": 1,
    },
    asks_for_actions=True,
)
MODES = {mode.name: mode for mode in (AUTHOR, INTERACTIVE_FICTION)}
"""By name."""


def mode_named(name: str | None) -> Mode:
    """The mode of that name; the author's where none is named."""
    return MODES[name] if name else AUTHOR
