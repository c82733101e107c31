"""Asking for facts in the call that sums a passage up, and keeping what the passage proves.

Where a model cannot do it, the summary is asked for alone: facts are worth having, and never worth a story that stops.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic

from ..prompts import PromptSpec
from ..schemas.catalogue import part
from ..schemas.errors import GateError
from ..schemas.facts import Fact
from .answers import A
from .asking import AnswerSpec
from .clash_notes import SaidAgainst, said_against
from .fact_answers import FACTS, MOST_FACTS, FactsAlone, TellsFacts
from .messages import FACT_RULES, asked_of_numbered, messages_after_paragraph, premise_of
from .proof import prove_each, says, still_ended, still_said
from .reach import in_reach
from .standing import above, as_told, in_order, in_state, render, shown_by_number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from ..schemas.facts import FactState, Knowledge
    from ..schemas.state import StoryState
    from .turn import Turn

_OF_NUMBERED = ("replaces", "changes", "clashes")
NOTE_FACTS = PromptSpec(
    "note_facts",
    optional=("record", "more_facts", "earlier_facts", "premise", *_OF_NUMBERED),
    sizes=_OF_NUMBERED,
)
_ANSWERS_OF_NUMBERED = frozenset({"facts.items.replaces", "changes", "clashes"})
"""What is said of facts that have numbers: it is not asked for where none has."""
_ANSWERS_OF_A_PLAY = frozenset({"facts.items.carried"})
"""What is said of facts where somebody plays."""

_TRIES = 2
"""Times that facts are asked for together with what there has to be: it does without them."""

_SAYS_FACTS = ("topic", "background", "style_sheet")
"""What of the premise says how things are when the story begins; the outline tells what is to come."""


@dataclass(frozen=True)
class Request(Generic[A]):
    """What is asked for of passages, with and without their facts.

    Attributes:
        task: the words that ask for it without.
        alone: the form without.
        with_facts: the form with.
        spec: the sizes of both.
        problem_of: what is wrong with a well-formed answer.
    """

    task: str
    alone: type[A]
    with_facts: type[A]
    spec: AnswerSpec
    problem_of: Callable[[A], str] = lambda _: ""


@dataclass(frozen=True)
class Noted(Generic[A]):
    """An answer, and what each passage makes true; ``None`` where that was not looked for.

    ``clashes`` is what it says against facts that it was shown, and tells no change of; ``succeeds`` what facts of an
    earlier version of the passage new ones took the place of.
    """

    answer: A
    knowledge: list[Knowledge | None]
    left_out: int
    clashes: tuple[SaidAgainst, ...] = ()
    succeeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


async def note(
    state: StoryState, turn: Turn, request: Request[A], passages: Sequence[str], before: Knowledge | None = None
) -> Noted[A]:
    """Ask for what a request wants of new passages, and for their facts where the run keeps any.

    Args:
        state: the story.
        turn: the gate's.
        request: what is asked for.
        passages: the texts, in order.
        before: what an earlier version of the passage, which stands last on the path, made true and changed.

    Raises:
        GateError: there is no usable answer, not even without facts.
        ModelUnavailableError: the model cannot be had or did not answer.
    """
    if turn.context.use_facts:
        try:
            return await _with_facts(state, turn, request, passages, before, min(_TRIES, turn.context.tries))
        except GateError as error:
            tell_left_out(turn, error)
    answer = await turn.ask(
        messages_after_paragraph(state, turn, request.task), request.alone, request.spec, request.problem_of
    )
    kept = [still_said(before, passages[0])] if before else [None] * len(passages)
    return Noted(answer, list(kept), 0)


def tell_left_out(turn: Turn, error: GateError) -> None:
    """Tell a person that nothing is kept of what is true now in what was just written, and how it can be."""
    turn.remark("facts_left_out", part("facts_left_out", problem=error.values["problem"]))


async def note_alone(
    state: StoryState, turn: Turn, before: Knowledge | None = None, beside: Request[FactsAlone] | None = None
) -> Noted[FactsAlone]:
    """Ask for the facts of passages alone, which stand in the state's ``opening``.

    Args:
        state: the story.
        turn: the gate's.
        before: what an earlier version of the passage, which stands last on the path, made true and changed.
        beside: what is asked for beside them, which has to be there too.

    Raises:
        GateError: there is no usable answer in the tries the context allows.
        ModelUnavailableError: the model cannot be had or did not answer.
    """
    form = AnswerSpec({"": {"required": list(FactsAlone.model_fields)}})
    request = beside or Request("", FactsAlone, FactsAlone, form)
    return await _with_facts(state, turn, request, state["opening"], before, turn.context.tries)


async def _with_facts(  # noqa: PLR0913, PLR0917 (what is noted, and how often it is asked for)
    state: StoryState,
    turn: Turn,
    request: Request[A],
    passages: Sequence[str],
    before: Knowledge | None,
    tries: int,
) -> Noted[A]:
    premise = _premise(state, turn)
    shown, asked = await _facts_shown(state, turn, passages, before, tells_premise=bool(premise))
    messages = messages_after_paragraph(state, turn, f"{request.task}\n\n{asked}".strip())
    bounds = {**FACTS, **({"facts": {"maxItems": 2 * MOST_FACTS}} if premise else {})}
    unasked = frozenset() if shown else _ANSWERS_OF_NUMBERED
    if not turn.mode.asks_for_actions:
        unasked |= _ANSWERS_OF_A_PLAY
    spec = request.spec.and_bounds(bounds).without(unasked)
    answer = await turn.ask(messages, request.with_facts, spec, request.problem_of, tries=tries)
    assert isinstance(answer, TellsFacts)  # noqa: S101 (for the type checker)
    proved = prove_each(answer, shown, passages, before, premise)
    new = sum(len(known.facts) for known in proved.knowledge)
    turn.emit("facts", new=new, changed=sum(len(known.changes) for known in proved.knowledge), left_out=proved.left_out)
    clashes = said_against(answer, shown, passages, proved.knowledge)
    return Noted(answer, list(proved.knowledge), proved.left_out, clashes, proved.succeeds)


async def _facts_shown(
    state: StoryState, turn: Turn, passages: Sequence[str], before: Knowledge | None, *, tells_premise: bool
) -> tuple[dict[int, Fact], str]:
    """Every fact that the passages can change, by number, and the words that ask for facts.

    Those in the step's prompt have their numbers there; those that the passages' own words lead to come after them.
    None of them is what an earlier version of the passage ended, and this one still does in the same words.
    """
    standing = above(state)
    place = turn.memory.length - 1 if before else None
    known = {kept["fact"]["id"] for kept in standing}
    more = [in_state(fact) for fact in await in_reach(state, turn, passages, place, known)]
    if before and place is not None:
        over = still_ended(before, passages[-1])
        more = [kept for kept in more if over.isdisjoint(Fact.from_json(kept["fact"]).chain)]
        known |= {kept["fact"]["id"] for kept in more} | over
        concerned = {name for change in before.changes for name in change.concerns}
        more.extend(
            in_state(fact) for fact in await turn.memory.facts_named(concerned) if _held_until(fact, place, known)
        )
    more = in_order(more)
    shown = shown_by_number([*standing, *more])
    told = [fact for fact in (before.facts if before else ()) if fact.source == "passage"]
    earlier = dict(enumerate(told, start=len(shown) + 1))
    facts = (_earlier(turn, number, fact, passages[-1]) for number, fact in earlier.items())
    asked = turn.prompt(NOTE_FACTS).fill(
        more_facts=render(turn, more, len(standing) + 1),
        record=turn.phrase(_record(standing=bool(standing), more=bool(more), numbered=bool(shown or earlier))),
        earlier_facts="\n".join((*facts, *_learned(turn, before, shown, passages[-1]))),
        premise=turn.phrase("facts_of_premise") if tells_premise else "",
        **(_not_yet_asked(turn) if shown or earlier else {}),
    )
    return shown | earlier, asked


def _held_until(fact: FactState, place: int, known: Collection[str]) -> bool:
    """Whether a fact that is not shown yet held when the passage at a place began: not the chain that it carried on."""
    return fact.fact.id not in known and fact.since < place and (fact.until is None or fact.until >= place)


def _not_yet_asked(turn: Turn) -> dict[str, str]:
    """What is asked of facts that have numbers, but for what the rules that the step began with ask already."""
    rules = turn.prompt(FACT_RULES)
    return {name: asked for name, asked in asked_of_numbered(turn).items() if not rules.names(name)}


def _record(*, standing: bool, more: bool, numbered: bool) -> str:
    """The phrase that asks for the record, by what it is shown with."""
    if more:
        return "facts_beside" if standing else "facts_before"
    return "facts_numbered" if numbered else "facts_begin"


def _earlier(turn: Turn, number: int, fact: Fact, text: str) -> str:
    """A fact of an earlier version of a passage, and whether it has to be said again: its words may be gone."""
    line = as_told(turn, f"{number}. {fact.text}", fact.frame, fact.known_by)
    gone = fact.quote and not says(text, fact.quote)
    return turn.language.joint.join((line, turn.phrase("earlier_words_gone"))) if gone else line


def _learned(turn: Turn, before: Knowledge | None, shown: Mapping[int, Fact], text: str) -> Iterator[str]:
    """Who learned what in an earlier version of a passage by words that are gone: not so, if none say it."""
    numbers = {fact.id: number for number, fact in shown.items()}
    for change in before.changes if before else ():
        if change.what == "learned" and change.fact in numbers and change.quote and not says(text, change.quote):
            yield str(turn.phrase("earlier_learned", names=turn.listed(change.who), number=numbers[change.fact]))


def _premise(state: StoryState, turn: Turn) -> str:
    """What the story is begun from, where these are its first passages: its facts are noted with theirs.

    Of a book after another, whose facts are known, only what a person said of how it begins makes any.
    """
    told = premise_of(state)
    if state.get("before") and not (told["background"] or told["style_sheet"]):
        return ""
    return "" if turn.memory.length else "\n".join(told[name] for name in _SAYS_FACTS if told[name])
