"""Contradictions inside a novel, named by a model with two quotes each; quotes that the text does not hold are dropped.

The way of ConStory-Bench: without its quotes a claim cannot be checked, and a model invents claims readily.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated, Literal

from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, BeforeValidator, Field

from ..nodes.answers import Answer, Lines
from ..nodes.asking import AnswerSpec
from ..nodes.generate_paragraph import PASSAGE
from ..prompts import load as load_words
from ..schemas.errors import GateError
from ..schemas.languages import language_named
from .asking import ask, quiet_turn
from .call_cache import Cost
from .judge import BY, too_long
from .metrics import is_verbatim, lengths
from .prompt_files import load

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from ..schemas.context import Context
    from .call_cache import CallCache
    from .novel import Novel

_MOST, _WORDS_A_CLAIM = 10, 300
"""At most so many contradictions are asked for, and fewer of a short novel: one more for every 300 words."""
_PARTS = ("earlier", "later", "clash")
QUOTE = 200
"""Characters of a quote."""
_ROOM = 1500


def _yes_or_no(given: object) -> object:
    return given.strip(" *_.!").casefold() if isinstance(given, str) else given


class Contradictions(Answer):
    """Whether there are any, and two quotes and a reason for each."""

    numbered = frozenset({"earlier", "later", "clash"})

    found: Annotated[Literal["yes", "no"], BeforeValidator(_yes_or_no)]
    earlier: Lines = Field(default_factory=list)
    later: Lines = Field(default_factory=list)
    clash: Lines = Field(default_factory=list)


class Claim(BaseModel):
    """One contradiction as a model claims it."""

    earlier: str
    later: str
    clash: str

    def is_grounded(self, text: str) -> bool:
        """Whether both quotes stand in the text to the letter, and are two."""
        both = is_verbatim(self.earlier, text) and is_verbatim(self.later, text)
        return both and not is_verbatim(self.earlier, self.later)


class Consistency(BaseModel):
    """What a model found in a novel.

    Attributes:
        novel: the topic's id.
        system: who wrote it.
        claims: all that was claimed.
        problem: why there is no answer; empty if there is one.
        cost: what asking cost.
    """

    novel: str
    system: str
    claims: list[Claim] = []
    problem: str = ""
    cost: Cost = Cost()

    def grounded(self, text: str) -> list[Claim]:
        """The claims whose quotes the text holds."""
        return [claim for claim in self.claims if claim.is_grounded(text)]


def find_contradictions(novel: Novel, context: Context, recorder: CallCache) -> Consistency:
    """Ask a model where a novel contradicts itself."""
    found = Consistency(novel=novel.novel, system=novel.system)
    with recorder.work(novel.novel, BY) as ledger:
        found.claims, found.problem = claims_by("contradictions", novel, context, recorder)
        found.cost = ledger.take()
    return found


def claims_by(prompt: str, novel: Novel, context: Context, recorder: CallCache) -> tuple[list[Claim], str]:
    """What a model claims of a novel with two quotes each, and why it gave no answer, if so.

    Args:
        prompt: the question's.
        novel: whose text is shown.
        context: the model's settings.
        recorder: keeps the calls, within a piece of work.
    """
    messages, most = shown_to(prompt, novel)
    if problem := too_long(messages, context, _ROOM, recorder.resources):
        return [], problem
    lists: dict[str, dict[str, object]] = {}
    for name in _PARTS:
        lists |= {name: {"maxItems": most}, f"{name}.items": {"minLength": 10, "maxLength": QUOTE}}
    turn = quiet_turn(BY, context, recorder.resources, {"language": novel.language})
    try:
        answer = ask(turn, messages, Contradictions, AnswerSpec(lists, counts=dict.fromkeys(_PARTS, most)))
    except GateError as error:
        return [], f"no valid answer in {error.tries} tries ({error.problem})"
    return claims_in(answer), ""


def shown_to(prompt: str, novel: Novel, **values: object) -> tuple[list[BaseMessage], int]:
    """A question over a whole novel, its paragraphs numbered; and how many things it is worth asking for."""
    language = language_named(novel.language)
    passage = load_words(PASSAGE, language)
    numbered = "\n\n".join(passage.fill(seq=seq, text=text) for seq, text in enumerate(novel.chapters, start=1))
    most = min(_MOST, 1 + lengths(novel.chapters, language).words // _WORDS_A_CLAIM)
    request = load(prompt, language).fill(text=numbered, most=most, **values)
    return [SystemMessage(load("reader_system", language).fill()), HumanMessage(request)], most


def claims_in(answer: Contradictions) -> list[Claim]:
    """The claims in an answer. One that misses a part is kept with the part empty: it will not be found grounded."""
    if answer.found == "no":
        return []
    parts = zip_longest(answer.earlier, answer.later, answer.clash, fillvalue="")
    return [Claim(earlier=earlier, later=later, clash=clash) for earlier, later, clash in parts]
