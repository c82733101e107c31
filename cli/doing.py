"""What a command at the pause does to the story, where nothing more is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import acts, placing

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from ..stories.story import Story

ACTS: dict[str, Callable[[Story, str], Coroutine[Any, Any, None]]] = {
    "facts": acts.facts,
    "carried": acts.carried,
    "known": acts.known,
    "save": acts.keep_place,
    "load": acts.go_to_place,
    "find": acts.find,
    "export": acts.make_book,
    "text": acts.edit_text,
    "branch": acts.branch,
    "go": acts.go,
    "end": acts.let_end,
    **placing.ACTS,
}
"""What is done to the story by a command, and asked nothing more."""
AFTER_THE_END = frozenset({"undo", "again", "find", "export", "facts", "carried", "known"})
CHANGES = frozenset({"text", "go", "end", "load", *placing.ACTS})
"""After these the story is looked at again; after a branch that was begun too."""
