"""The pairwise judge: which of two novels is more *interesting*, which more *coherent* (the paper's two questions).

Each pair is shown in both orders, cut to the same length. Two different verdicts are a tie; a judge that gives no
valid answer in its tries gives no verdict, which is counted by itself and never taken for a tie.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, cast

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, BeforeValidator

from ..models.window import count_tokens
from ..nodes.answers import Answer, Line
from ..nodes.asking import AnswerSpec
from ..schemas.errors import GateError
from .asking import ask, quiet_turn
from .call_cache import Cost
from .metrics import cut, lengths
from .prompt_files import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..nodes.resources import Resources
    from ..schemas.context import Context
    from ..schemas.languages import Language
    from .call_cache import CallCache
    from .novel import Novel
    from .topics import Topic

CRITERIA = ("interesting", "coherent")
CEILING = 73
"""Per cent: how often the best judge model agrees with people (LitBench)."""
BY = "judge"
_REASON = 200
_ROOM = 400
"""Tokens that are left for a judge's answer."""

Criterion = Literal["interesting", "coherent"]
Winner = Literal["ours", "other", "tie"]
Outcome = Literal["ours", "other", "tie", "same text", "no verdict"]


def _side(given: object) -> object:
    """A verdict as models write it: ``A``, ``Draft B.``, ``**tie**``."""
    if not isinstance(given, str):
        return given
    found = re.fullmatch(r"(?:draft\s+)?(a|b|tie)", given.strip(" *_.!\"'").casefold())
    return {"a": "A", "b": "B", "tie": "tie"}[found[1]] if found else given


Side = Annotated[Literal["A", "B", "tie"], BeforeValidator(_side)]


class Verdict(Answer):
    """The judge's answer: for each question first the reason, then the draft."""

    why_interesting: Line
    interesting: Side
    why_coherent: Line
    coherent: Side


class Ballot(BaseModel):
    """One order's answer.

    Attributes:
        interesting: who won, ours or the other, or nobody.
        coherent: the same.
        why: the reasons, by criterion.
        problem: why there is no verdict; empty if there is one.
    """

    interesting: Winner | None = None
    coherent: Winner | None = None
    why: dict[str, str] = {}
    problem: str = ""


class Comparison(BaseModel):
    """A pair, judged.

    Attributes:
        novel: the topic's id.
        system: the other system.
        words: how many words of each were shown.
        same_text: both are the same to the letter, and nobody was asked.
        ours_first: the answer with ours as draft A.
        ours_last: the answer with ours as draft B.
        cost: what asking cost.
    """

    novel: str
    system: str
    words: tuple[int, int]
    same_text: bool = False
    ours_first: Ballot = Ballot()
    ours_last: Ballot = Ballot()
    cost: Cost = Cost()

    def outcome(self, criterion: Criterion) -> Outcome:
        """Who won: the same in both orders, or nobody."""
        if self.same_text:
            return "same text"
        first, last = (getattr(ballot, criterion) for ballot in (self.ours_first, self.ours_last))
        if first is None or last is None:
            return "no verdict"
        return cast("Outcome", first if first == last else "tie")

    def firsts(self, criterion: Criterion) -> list[bool]:
        """Of the two answers, those that named a draft: whether it was the one that was shown first."""
        if self.same_text:
            return []
        first, last = (getattr(ballot, criterion) for ballot in (self.ours_first, self.ours_last))
        named = [(first, "ours"), (last, "other")]
        return [said == shown_first for said, shown_first in named if said in ("ours", "other")]

    def is_consistent(self, criterion: Criterion) -> bool | None:
        """Whether both orders gave the same verdict; ``None`` where one gave none."""
        if self.same_text or self.outcome(criterion) == "no verdict":
            return None
        return bool(getattr(self.ours_first, criterion) == getattr(self.ours_last, criterion))


def compare(ours: Novel, other: Novel, topic: Topic, context: Context, recorder: CallCache) -> Comparison:
    """Have a pair judged in both orders.

    Args:
        ours: ours.
        other: the other system's, on the same topic.
        topic: that topic.
        context: the judge's settings.
        recorder: keeps the calls.
    """
    mine, others = same_length(ours.chapters, other.chapters, topic.language)
    words = (lengths(mine, topic.language).words, lengths(others, topic.language).words)
    found = Comparison(novel=topic.id, system=other.system, words=words)
    if mine == others:
        return found.model_copy(update={"same_text": True})
    judge = _Judge(context, recorder.resources)
    with recorder.work(topic.id, BY) as ledger:
        found.ours_first = _ballot("\n\n".join(mine), "\n\n".join(others), topic, judge, ours_is="A")
        found.ours_last = _ballot("\n\n".join(others), "\n\n".join(mine), topic, judge, ours_is="B")
        found.cost = ledger.take()
    return found


def same_length(first: Sequence[str], second: Sequence[str], language: Language) -> tuple[list[str], list[str]]:
    """Two texts, both cut to the words of the shorter one, at the end of a sentence."""
    shorter = min(lengths(first, language).words, lengths(second, language).words)
    return cut(first, shorter, language), cut(second, shorter, language)


class _Judge(NamedTuple):
    """Who judges: with which settings, by which models."""

    context: Context
    resources: Resources


def _ballot(first: str, second: str, topic: Topic, judge: _Judge, *, ours_is: str) -> Ballot:
    request = load("judge", topic.language).fill(
        first=first, second=second, topic=topic.text, genre=topic.genre_told or topic.genre
    )
    messages = [SystemMessage(load("judge_system", topic.language).fill()), HumanMessage(request)]
    if problem := too_long(messages, judge.context, _ROOM, judge.resources):
        return Ballot(problem=problem)
    reason = {"minLength": 20, "maxLength": _REASON}
    spec = AnswerSpec({"why_interesting": reason, "why_coherent": reason})
    turn = quiet_turn(BY, judge.context, judge.resources, {"language": topic.tag})
    try:
        verdict = ask(turn, messages, Verdict, spec)
    except GateError as error:
        return Ballot(problem=f"no valid answer in {error.tries} tries ({error.problem})")
    return Ballot(
        interesting=_winner(verdict.interesting, ours_is),
        coherent=_winner(verdict.coherent, ours_is),
        why={"interesting": verdict.why_interesting, "coherent": verdict.why_coherent},
    )


def _winner(side: str, ours_is: str) -> Winner:
    if side == "tie":
        return "tie"
    return "ours" if side == ours_is else "other"


def too_long(messages: Sequence[BaseMessage], context: Context, room: int, resources: Resources) -> str:
    """Why a judge cannot be asked this, if its window is too small; empty if it can."""
    window = resources.chat_models.resolve(context).window()
    needed = sum(count_tokens(message.text) for message in messages) + room
    if window is None or needed <= window:
        return ""
    return f"about {needed:,} tokens do not fit the judge's window of {window:,}"
