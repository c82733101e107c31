"""What a step made of the short-term memory, in figures: what was kept to the letter, and what its reason speaks of."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .languages import language_named

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from .languages import Language
    from .state import StoryState

_TELLING = 4
"""Letters of a word that tells one sentence from another; a name may have less.

With shorter words, or with fewer pairs of characters, a step's own reason is told worse from that of another step.
"""
_WITHIN = re.compile(r"(?<=[\w,;] )\w+")
"""A word within a sentence: it has a capital there only if it is a name, or one's language writes it so."""


class MemoryChange(NamedTuple):
    """How a step's memory differs from the one before it.

    Attributes:
        before: sentences of the one before.
        kept: those of them that stand in the new one to the letter.
        changed: sentences that went or came in.
        named: those of them that the reason speaks of: it has a name or a longer word of theirs that no sentence has
            that was kept (in languages without spaces, two characters).
    """

    before: int
    kept: int
    changed: int
    named: int


def memory_change(state: Mapping[str, Any]) -> MemoryChange:
    """What the last step made of the short-term memory.

    Args:
        state: the story's, or the update of the gate that wrote the memory together with the story's language.
    """
    language = language_named(state.get("language", ""))
    before, after = (str(state.get(name, "")).splitlines() for name in ("previous_memory", "short_term_memory"))
    kept = [sentence for sentence in before if sentence in after]
    changed = [sentence for sentence in (*before, *after) if sentence not in kept]
    told = str(state.get("rationale", ""))
    names = {word.lower() for word in _WITHIN.findall("\n".join((told, *kept, *changed))) if word[0].isupper()}
    known, reason = (_telling(text, language, names) for text in ("\n".join(kept), told))
    named = [sentence for sentence in changed if reason & (_telling(sentence, language, names) - known)]
    return MemoryChange(len(before), len(kept), len(changed), len(named))


def _telling(text: str, language: Language, names: Collection[str]) -> set[str]:
    words = language.words(text)
    if language.joint:
        return {word for word in words if len(word) >= _TELLING or word in names}
    return {"".join(pair) for pair in pairwise(words)}


def memory_diff(state: StoryState) -> list[str]:
    """What the last step changed in the short-term memory: sentences with ``+ ``, ``- `` or two spaces before them."""
    before = state.get("previous_memory", "").splitlines()
    after = state["short_term_memory"].splitlines()
    lines: list[str] = []
    for kind, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            lines.extend(f"  {line}" for line in before[start:end])
            continue
        lines.extend(f"- {line}" for line in before[start:end])
        lines.extend(f"+ {line}" for line in after[first:last])
    return lines
