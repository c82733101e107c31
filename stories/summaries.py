"""The summary of a passage that a person edited, until a model makes another: it says nothing that is gone."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ..memory.sentences import pieces
from ..nodes.append_summary import SUMMARY
from ..nodes.likeness import is_edited, words_compared
from ..schemas.languages import Language, guessed
from ..schemas.wording import in_a_line
from .synopsis import MOST, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.entries import Entry


def follows(summary: str, before: str, after: str) -> str:
    """The summary of an edited text until it is made anew: the old one, if it leans on nothing that went.

    Else the sentences of the old one that lean on nothing that went, and those that the text has now; where none of it
    is left, how the text begins, and those; where the text is another one, how that begins. Sentences stay whole.

    Args:
        summary: of the text before.
        before: the text.
        after: the text as it is now.
    """
    language = guessed(after)
    gone = set(words_compared(before, language)) - set(words_compared(after, language))
    if not summary or not is_edited(before, after, language):
        return _beginning(after, language)
    if gone.isdisjoint(words_compared(summary, language)):
        return summary
    kept = _without(gone, summary, language) or _beginning(after, language, 1)
    new = _whole([piece for piece in _new_in(before, after, language) if piece not in kept], SUMMARY // 2, language)
    return _whole(_cut(kept, language), SUMMARY - len(new) - 1, language, new) or _beginning(after, language)


def parted(entry: Entry, *parts: str) -> list[tuple[str, bool]]:
    """The summaries of the parts that a passage is cut in, and whether a person wrote any of each.

    What a person said stays: a sentence that leans on more than one part alone has stays with the first.
    """
    told = [follows(entry.summary, entry.text, part) for part in parts]
    if not entry.is_put_right:
        return [(summary, False) for summary in told]
    language = guessed(entry.text)
    own = _cut(entry.summary, language)
    stays = [piece for piece in own if piece in told[0] or not any(piece in summary for summary in told)]
    rest = (piece for piece in _cut(told[0], language) if piece not in own)
    told[0] = language.joint.join((*stays, *rest))
    return [(summary, any(piece in summary for piece in own)) for summary in told]


def _without(gone: set[str], summary: str, language: Language) -> str:
    """The sentences of a summary that have none of some words."""
    return language.joint.join(
        piece for piece in _cut(summary, language) if gone.isdisjoint(words_compared(piece, language))
    )


def _new_in(before: str, after: str, language: Language) -> list[str]:
    """The sentences of a text that it did not have before."""
    was = set(_cut(before, language))
    return [piece for piece in _cut(after, language) if piece not in was]


def _cut(text: str, language: Language) -> list[str]:
    """The sentences of a text, in one line each."""
    return [piece.strip() for piece in pieces(in_a_line(text, language), language) if piece.strip()]


def _whole(told: Sequence[str], most: int, language: Language, after: str = "") -> str:
    """As many whole sentences as there is room for, and others after them."""
    kept = ""
    for piece in told:
        more = language.joint.join(filter(None, (kept, piece)))
        if len(more) > most:
            break
        kept = more
    return language.joint.join(filter(None, (kept, after)))


def _beginning(text: str, language: Language, least: int = 2) -> str:
    """The first sentences of a text, and no more than half: what stands for it is shorter than it is."""
    first = "".join(islice(pieces(in_a_line(text, language), language), least)).rstrip()
    return shortened(text, language, min(MOST, max(len(first), len(text) // 2 if least > 1 else 0)))


def are_alike(before: str, after: str) -> bool:
    """Whether a text is another one edited, and not a new one in its place."""
    return is_edited(before, after, guessed(after))
