"""The story in what a model wrote: without what it says before it, and whether it is one of about the length wanted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ..memory.sentences import ends_a_sentence, pieces
from ..schemas.languages import DEFAULT, language_named

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

    from ..schemas.languages import Language
    from .turn import Turn

THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)

_FEW, _FEWEST = 6, 10
"""Less than this part of the sentences that were asked for is no story, if it is less than so many sentences."""
_MANY, _MORE = 3, 20
"""More than so many times the sentences that were asked for, and so many more of them, is too long."""
_LONE = 3
"""From so many sentences wanted, a single one is not about as many."""
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


def draft_in(turn: Turn, answer: AIMessage, length: int) -> Draft:
    """The story in an answer for which so many sentences were wanted."""
    text = _without_lead_in(THOUGHT.sub("", answer.text).strip(), turn.language)
    if not text:
        return Draft("", turn.phrase("problem_empty"))
    if _is_unfinished(answer):
        text = up_to_last_sentence(text, turn.language)
        if not text:
            return Draft("", turn.phrase("problem_no_sentence"))
    count = sentence_count(text, turn.language)
    off_length = turn.phrase("problem_short", count=count, wanted=length)
    if count < min(length // _FEW, _FEWEST):
        return Draft(text, off_length)
    if _is_refusal(text, count, length, turn.language):
        return Draft(text, turn.phrase("problem_refusal"))
    least = max(length // _FEW, 2 if length > _LONE else 1)
    is_off = not least <= count <= max(_MANY * length, length + _MORE)
    return Draft(text, "", off_length if is_off else "", abs(count - length))


def sentence_count(text: str, language: Language) -> int:
    """How many sentences a text of any length has."""
    return sum(bool(piece.strip()) for piece in pieces(text, language))


def up_to_last_sentence(text: str, language: Language) -> str:
    """A text that was cut off, without its unfinished last sentence; empty if it holds no finished one."""
    kept = pieces(text, language)
    while kept and not ends_a_sentence(kept[-1], language):
        kept.pop()
    return "".join(kept).strip()


def _without_lead_in(text: str, language: Language) -> str:
    """A text without what a model says before the story begins, although it was asked not to.

    A line is that only by its words, and with the story below it: "Here is what the letter said:" is the story's.
    """
    ways = _ways(language, "lead_in")
    return re.sub(rf"\A(?:{ways})[^\n]{{0,120}}[:：]\s*\n+", "", text, flags=re.IGNORECASE).strip()


def _is_refusal(text: str, count: int, length: int, language: Language) -> bool:
    """Whether a text says nothing but that it is not written: few sentences, that begin as a refusal does."""
    if count > max(_REFUSAL, length // 2):
        return False
    return bool(re.match(rf"(?:{_ways(language, 'refusal')})", text.replace("’", "'"), re.IGNORECASE))


def _ways(language: Language, name: str) -> str:
    """How a model says something that is no story: in the story's language or in English, as a regular expression."""
    ways = (getattr(language_named(DEFAULT), name), getattr(language, name))
    return "|".join(dict.fromkeys(way for way in ways if way))


def _is_unfinished(reply: AIMessage) -> bool:
    """Whether the answer ended at a limit, or its stream before its end."""
    said = cast("dict[str, Any]", reply.response_metadata)
    if said.get("model_provider") == "openai" and not said.get("finish_reason"):
        return True
    return said.get("finish_reason") in ("length", "max_tokens")
