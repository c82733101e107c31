"""The story in what a model wrote: without what it says before it, and whether it is one of about the length wanted."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ..memory.sentences import ends_a_sentence, pieces
from ..prompts import load
from ..schemas.languages import DEFAULT, language_named
from .likeness import likeness
from .messages import SYSTEM
from .not_a_story import is_in_another_language, is_notice, is_page

if TYPE_CHECKING:
    from ..models import Reply
    from ..schemas.dialects import Dialect
    from ..schemas.languages import Language
    from ..schemas.modes import Mode
    from .turn import Turn

_FEW, _FEWEST = 6, 10
"""Less than this part of the sentences that were asked for is no story, if it is less than so many sentences."""
_MANY, _MORE = 3, 20
"""More than so many times the sentences that were asked for, and so many more of them, is too long."""
_LONE = 3
"""From so many sentences wanted, a single one is not about as many."""
_OVER_AND_OVER = 8
"""From so many sentences on, and as many times each, a text says one thing over and over."""
_TOLD, _AS_TOLD, _BEGIN = 6, 0.8, 3
"""Words of a sentence of the task, at least; the part of them that a copy has; sentences of a text that may be one."""
_REFUSAL = 4
"""Sentences that a refusal has at most, or else half of those that were asked for."""


class Draft(NamedTuple):
    """What a model wrote.

    Attributes:
        text: the story in it.
        problem: why it is none, as a sentence for the model.
        off_length: that it is much too long or too short, as such a sentence; it is a story all the same.
        off: by how many sentences.
    """

    text: str
    problem: str = ""
    off_length: str = ""
    off: int = 0


def draft_in(turn: Turn, answer: Reply, length: int, *, any_language: bool = False) -> Draft:
    """The story in an answer for which so many sentences were wanted.

    Args:
        turn: the gate's.
        answer: what the model said.
        length: sentences wanted.
        any_language: whether it may be in another language than the story's.
    """
    text = answer.text
    if problem := _is_none(turn, answer, any_language=any_language):
        return Draft("", problem)
    if answer.ended == "cut":
        text = up_to_last_sentence(text, turn.language)
        if not text:
            return Draft("", turn.phrase("problem_no_sentence"))
    count = sentence_count(text, turn.language)
    if is_notice(text, count, length):
        return Draft(text, turn.phrase("problem_notice"))
    off_length = turn.phrase("problem_short", count=count, wanted=length)
    if count < min(length // _FEW, _FEWEST):
        return Draft(text, off_length)
    if _is_refusal(text, count, length, turn.language):
        return Draft(text, turn.phrase("problem_refusal"))
    least = max(length // _FEW, 2 if length > _LONE else 1)
    is_off = not least <= count <= max(_MANY * length, length + _MORE)
    return Draft(text, "", off_length if is_off else "", abs(count - length))


def _is_none(turn: Turn, answer: Reply, *, any_language: bool) -> str:
    """Why an answer holds no story at all, as a sentence for the model; empty: it may hold one."""
    text = answer.text
    if not text:
        return turn.phrase("problem_empty")
    if answer.is_late:
        return turn.phrase("problem_thought")
    if is_page(text):
        return turn.phrase("problem_page")
    if not any_language and is_in_another_language(text, turn.language):
        return turn.phrase("problem_language")
    if _repeats_its_task(turn, text):
        return turn.phrase("problem_refusal")
    return turn.phrase("problem_one_sentence") if _says_one_thing(text, turn.language) else ""


def sentence_count(text: str, language: Language) -> int:
    """How many sentences a text of any length has."""
    return sum(bool(piece.strip()) for piece in pieces(text, language))


def up_to_last_sentence(text: str, language: Language) -> str:
    """A text that was cut off, without its unfinished last sentence; empty if it holds no finished one."""
    kept = pieces(text, language)
    while kept and not ends_a_sentence(kept[-1], language):
        kept.pop()
    return "".join(kept).strip()


@lru_cache(maxsize=32)
def lead_in(language: Language) -> re.Pattern[str]:
    """How a line begins that says that the story follows, although it was asked not to.

    A line is that only by its words, and with the story below it: "Here is what the letter said:" is the story's.
    """
    return re.compile(rf"(?:{_ways(language, 'lead_in')})", re.IGNORECASE)


def _says_one_thing(text: str, language: Language) -> bool:
    """Whether a text is one sentence over and over."""
    said = [piece.strip().casefold() for piece in pieces(text, language) if piece.strip()]
    return len(said) >= _OVER_AND_OVER and len(set(said)) <= len(said) // _OVER_AND_OVER


def _repeats_its_task(turn: Turn, text: str) -> bool:
    """Whether a text begins with what the project tells a model to be; of a person's own words it may."""
    told = _told_to_be(turn.language, turn.mode, turn.dialect)
    begins = [turn.language.words(piece) for piece in pieces(text, turn.language)[:_BEGIN]]
    return any(likeness(said, begin) >= _AS_TOLD for said in told for begin in begins)


@lru_cache(maxsize=32)
def _told_to_be(language: Language, mode: Mode, dialect: Dialect) -> list[list[str]]:
    """The words of each sentence in which the project tells a model what it is to be."""
    task = pieces(load(SYSTEM, language, mode, dialect).template, language)
    return [said for piece in task if "{" not in piece and len(said := language.words(piece)) >= _TOLD]


def _is_refusal(text: str, count: int, length: int, language: Language) -> bool:
    """Whether a text says nothing but that it is not written: few sentences, that begin as a refusal does."""
    if count > max(_REFUSAL, length // 2):
        return False
    return bool(re.match(rf"(?:{_ways(language, 'refusal')})", text.replace("’", "'"), re.IGNORECASE))


def _ways(language: Language, name: str) -> str:
    """How a model says something that is no story: in the story's language or in English, as a regular expression."""
    ways = (getattr(language_named(DEFAULT), name), getattr(language, name))
    return "|".join(dict.fromkeys(way for way in ways if way))
