"""Whether a novel gets worse as it goes: a judge's score of a piece of its first third, and of one of its last.

The two pieces are shown alone, in two calls, cut to the same length, so neither place nor neighbour says anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, BeforeValidator, Field

from ..nodes.answers import Answer, Line
from ..nodes.asking import AnswerSpec
from ..schemas.errors import GateError
from .asking import ask, quiet_turn
from .call_cache import Cost
from .judge import BY, same_length, too_long
from .prompt_files import load

if TYPE_CHECKING:
    from ..schemas.context import Context
    from .call_cache import CallCache
    from .novel import Novel
    from .topics import Topic

_ROOM = 400
_REASON = 200
_WHOLE = 100


def _figure(given: object) -> object:
    """A score as models write it: ``72``, ``72/100``, ``Score: 72``."""
    if not isinstance(given, str):
        return given
    found = re.search(r"\d+(?:\.\d+)?", given)
    return float(found[0]) if found else given


class Scored(Answer):
    """The reason, then a score from 0 to 100."""

    reason: Line
    score: Annotated[float, Field(ge=0, le=_WHOLE), BeforeValidator(_figure)]


class Scores(BaseModel):
    """A novel's first and last piece, scored.

    Attributes:
        novel: the topic's id.
        system: who wrote it.
        first: the score of the first piece, 0 to 100; ``None`` without one.
        last: of the last.
        problem: why one is missing.
        cost: what asking cost.
    """

    novel: str
    system: str
    first: float | None = None
    last: float | None = None
    problem: str = ""
    cost: Cost = Cost()

    @property
    def decline(self) -> float | None:
        """How much worse the last piece is than the first: more than 0 is a decline; ``None`` where one is missing."""
        return None if self.first is None or self.last is None else self.first - self.last


def score_novel(novel: Novel, topic: Topic, context: Context, recorder: CallCache) -> Scores:
    """Have both pieces of a novel scored.

    Args:
        novel: what is scored.
        topic: its topic.
        context: the judge's settings.
        recorder: keeps the calls.
    """
    found = Scores(novel=novel.novel, system=novel.system)
    third = max(1, len(novel.pages) // 3)
    if len(novel.pages) < 2 * third:
        return found.model_copy(update={"problem": "the novel is too short to have a first and a last piece"})
    texts = [page.text for page in novel.pages]
    first, last = same_length(texts[:third], texts[-third:], topic.language)
    with recorder.work(novel.novel, BY) as ledger:
        found.first, first_problem = _score("\n\n".join(first), topic, context, recorder)
        found.last, last_problem = _score("\n\n".join(last), topic, context, recorder)
        found.problem = first_problem or last_problem
        found.cost = ledger.take()
    return found


def _score(text: str, topic: Topic, context: Context, recorder: CallCache) -> tuple[float | None, str]:
    request = load("score", topic.language).fill(text=text, topic=topic.text, genre=topic.genre_told or topic.genre)
    messages = [SystemMessage(load("reader_system", topic.language).fill()), HumanMessage(request)]
    if problem := too_long(messages, context, _ROOM, recorder.resources):
        return None, problem
    turn = quiet_turn(BY, context, recorder.resources, {"language": topic.tag})
    spec = AnswerSpec({"reason": {"minLength": 10, "maxLength": _REASON}})
    try:
        return ask(turn, messages, Scored, spec).score, ""
    except GateError as error:
        return None, f"no valid answer in {error.tries} tries ({error.problem})"
