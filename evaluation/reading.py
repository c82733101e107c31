"""One fixed reader's answers over the written book: who knows what, the order of events, setup and payoff, what holds.

Whoever wrote it, the same model reads it, with the same questions. What it names is kept only where its quotes stand in
the text to the letter; what it is asked of the planted change has four answers to choose from.
"""

from __future__ import annotations

import hashlib
import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from ..nodes.answers import Answer, Line, Lines
from ..nodes.asking import AnswerSpec
from ..schemas.errors import GateError
from .asking import ask, quiet_turn
from .call_cache import Cost
from .consistency import QUOTE, Claim, claims_by, shown_to
from .judge import too_long
from .metrics import is_verbatim

if TYPE_CHECKING:
    from ..schemas.context import Context
    from .call_cache import CallCache
    from .novel import Novel
    from .topics import Topic

BY = "reader"
_ROOM = 1500
_NONE = re.compile(r"[\s\"'*_.]*(?:none|无|没有)[\s\"'*_.。]*", re.IGNORECASE)

State = Literal["since", "then", "both", "untold"]
"""What the book says of the planted change at its end: what holds since, what held then, both, nothing."""


def _letter(given: object) -> object:
    """An answer as models write it: ``B``, ``(b)``, ``B: ...``."""
    if not isinstance(given, str):
        return given
    found = re.match(r"[\s(*_\"']*([abcd])(?![a-z])", given.casefold())
    return found[1].upper() if found else given


class NowRead(Answer):
    """What the book says at its end: the reason, then one of four letters."""

    reason: Line
    answer: Annotated[Literal["A", "B", "C", "D"], BeforeValidator(_letter)]


class SetupsRead(Answer):
    """What the first half promises, and what answers each."""

    numbered = frozenset({"setups", "payoffs"})

    setups: Lines = Field(default_factory=list)
    payoffs: Lines = Field(default_factory=list)


class Setup(BaseModel):
    """A promise of the book, and the sentence that pays it off; empty where none does."""

    sentence: str
    payoff: str = ""

    def is_grounded(self, text: str) -> bool:
        """Whether the promise stands in the text."""
        return is_verbatim(self.sentence, text)

    def is_paid(self, text: str) -> bool:
        """Whether its payoff stands there too, and is another sentence."""
        return bool(self.payoff) and is_verbatim(self.payoff, text) and not is_verbatim(self.payoff, self.sentence)


class Reading(BaseModel):
    """A reader's answers over one novel.

    Attributes:
        novel: the topic's id.
        system: who wrote it.
        knows: places where somebody uses what they cannot know.
        order: places whose order cannot be.
        setups: what the book promises.
        now: what it says of the planted change at its end; ``None`` where that was not answered.
        problems: by question, why there is no answer.
        cost: what asking cost.
    """

    novel: str
    system: str
    knows: list[Claim] = []
    order: list[Claim] = []
    setups: list[Setup] = []
    now: State | None = None
    problems: dict[str, str] = {}
    cost: Cost = Cost()

    def paid(self, text: str) -> tuple[int, int]:
        """How many promises that stand in the text are paid off, and how many there are."""
        there = [setup for setup in self.setups if setup.is_grounded(text)]
        return sum(setup.is_paid(text) for setup in there), len(there)


def read_novel(novel: Novel, topic: Topic, context: Context, recorder: CallCache) -> Reading:
    """Have a novel read.

    Args:
        novel: what is read.
        topic: its topic, with what was planted in it.
        context: the reader's settings.
        recorder: keeps the calls.
    """
    found = Reading(novel=novel.novel, system=novel.system)
    problems: dict[str, str] = {}
    with recorder.work(novel.novel, BY) as ledger:
        found.knows, problems["knows"] = claims_by("read_knows", novel, context, recorder)
        found.order, problems["order"] = claims_by("read_order", novel, context, recorder)
        found.setups, problems["setups"] = _setups(novel, context, recorder)
        found.now, problems["now"] = _now(novel, topic, context, recorder)
        found.cost = ledger.take()
    found.problems = {question: problem for question, problem in problems.items() if problem}
    return found


def setups_in(answer: SetupsRead) -> list[Setup]:
    """The promises in an answer, each with its payoff."""
    pairs = zip_longest(answer.setups, answer.payoffs[: len(answer.setups)], fillvalue="")
    return [
        Setup(sentence=sentence, payoff="" if _NONE.fullmatch(payoff) else payoff)
        for sentence, payoff in pairs
        if sentence
    ]


def _setups(novel: Novel, context: Context, recorder: CallCache) -> tuple[list[Setup], str]:
    messages, most = shown_to("read_setups", novel)
    if problem := too_long(messages, context, _ROOM, recorder.resources):
        return [], problem
    bounds: dict[str, dict[str, object]] = {}
    for name, shortest in (("setups", 10), ("payoffs", 1)):
        bounds |= {name: {"maxItems": most}, f"{name}.items": {"minLength": shortest, "maxLength": QUOTE}}
    turn = quiet_turn(BY, context, recorder.resources, {"language": novel.language})
    try:
        answer = ask(turn, messages, SetupsRead, AnswerSpec(bounds, counts={"setups": most, "payoffs": most}))
    except GateError as error:
        return [], f"no valid answer in {error.tries} tries ({error.problem})"
    return setups_in(answer), ""


def _now(novel: Novel, topic: Topic, context: Context, recorder: CallCache) -> tuple[State | None, str]:
    """Which of two states holds at the end; which of them is named first changes from topic to topic."""
    change = topic.change
    if not change.question:
        return None, "nothing was planted that changes"
    answers: list[tuple[State, str]] = [("then", change.then), ("since", change.since)]
    if hashlib.sha256(topic.id.encode()).digest()[0] % 2:
        answers.reverse()
    messages, _ = shown_to("read_now", novel, question=change.question, first=answers[0][1], second=answers[1][1])
    if problem := too_long(messages, context, _ROOM, recorder.resources):
        return None, problem
    turn = quiet_turn(BY, context, recorder.resources, {"language": novel.language})
    try:
        answer = ask(turn, messages, NowRead, AnswerSpec({"reason": {"minLength": 5, "maxLength": QUOTE}}))
    except GateError as error:
        return None, f"no valid answer in {error.tries} tries ({error.problem})"
    meant: dict[str, State] = {"A": answers[0][0], "B": answers[1][0], "C": "both", "D": "untold"}
    return meant[answer.answer], ""
