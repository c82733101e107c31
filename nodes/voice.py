"""How the prose is to sound: samples of it, a note of how it is made, and what it is not to sound like.

All of it is told only where prose is written, and before the step's first prompt, not in the system part: whoever plans
or notes facts is not asked to sound like anything, and takes nobody out of a sample.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..memory.sentences import pieces
from ..models.window import count_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.languages import Language
    from ..schemas.state import StoryState
    from .turn import Turn

_BETWEEN = re.compile(r"^[^\S\n]*-{3,}[^\S\n]*$", re.MULTILINE)
BETWEEN_SAMPLES = "\n\n---\n\n"
SAMPLES = 3
"""That are told at most."""
TOKENS = 600
"""Tokens that all samples together may have."""
_PART = 4
"""They may have no more than this part of the room there is: the nth."""
_CHARACTERS_A_TOKEN = 4
"""More than a token ever has, as they are counted."""


def told(state: StoryState, turn: Turn, room: int) -> str:
    """What the prompt of a gate that writes prose begins with, ending in an empty line; nothing if nothing is said.

    Args:
        state: the story.
        turn: the turn of the gate at work.
        room: tokens that the prompt may have.
    """
    bound = max(0, min(TOKENS, room // _PART))
    samples = shortened(samples_in(state.get("voice") or ""), bound, turn.language)
    said = [turn.phrase("voice_sample", number=number, text=text) for number, text in enumerate(samples, 1)]
    if said:
        said.insert(0, turn.phrase("voice_samples"))
    if note := (state.get("voice_note") or "").strip():
        said.append(turn.phrase("voice_note", note=note))
    if not_like := (state.get("not_like") or "").strip():
        said.append(turn.phrase("voice_not_like", not_like=not_like))
    return "".join(f"{block}\n\n" for block in said)


def samples_in(text: str) -> list[str]:
    """The samples that a person gave as one text, a line of hyphens between two; at most three."""
    return [sample.strip() for sample in _BETWEEN.split(text) if sample.strip()][:SAMPLES]


def shortened(samples: Sequence[str], tokens: int, language: Language) -> list[str]:
    """Samples cut at the ends of their sentences to so many tokens together; what a short one leaves, others have."""
    kept = list(samples)
    left = tokens
    by_length = sorted(range(len(kept)), key=lambda place: count_tokens(kept[place]))
    for done, place in enumerate(by_length):
        kept[place] = _cut(kept[place], left // (len(kept) - done), language)
        left -= count_tokens(kept[place])
    return [sample for sample in kept if sample]


def _cut(sample: str, tokens: int, language: Language) -> str:
    """As many whole sentences from a sample's beginning as have room; of a first one that is too long, its words."""
    if count_tokens(sample) <= tokens:
        return sample
    kept = ""
    for piece in pieces(sample[: tokens * _CHARACTERS_A_TOKEN], language):
        if count_tokens(kept + piece) > tokens:
            break
        kept += piece
    return kept.strip() or _words_of(sample, tokens, language)


def _words_of(sentence: str, tokens: int, language: Language) -> str:
    """The beginning of a sentence that has room, to the end of a word."""
    ends = [found.end() for found in language.tokens.finditer(sentence[: tokens * _CHARACTERS_A_TOKEN])]
    return next((f"{sentence[:end]} …" for end in reversed(ends) if count_tokens(f"{sentence[:end]} …") <= tokens), "")
