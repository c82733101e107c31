"""The next input: propose different plans, each with the recall cues it would lean on (paper, section 3.2)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import Field

from ..prompts import PromptSpec
from ..schemas.errors import GateError
from ..schemas.state import OF_NEW_PLANS
from . import arc, beats, early_end, lasting, refusals, tastes
from .answers import CUE, Answer, Line, Lines
from .asking import AnswerSpec, retry_messages
from .chapters import hint_for_plans
from .gate import GateRecord, Update, gate
from .likeness import Table, alike
from .messages import messages_after_paragraph
from .threads import MOST_NAMED, Offered, ThreadNumbers, offered
from .told_anew import told_anew

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import BaseMessage

    from ..schemas.state import Plan, StoryState
    from .turn import Turn

_DONE: Final[Update] = {"edited": "", "feedback": "", "after_review": "", **OF_NEW_PLANS}
_MOST = 160
"""Characters a sentence of a plan at most; at least, three quarters of what the shortest sentences have."""
_CUES = 3

PROMPT = PromptSpec(
    "propose_plans",
    required=("short_term_memory", "plan_count"),
    optional=("plan_sentences", "plan_characters", "refused", "feedback", "place", "threads", "cues"),
    sizes=("plan_sentences", "plan_characters", "cues"),
)


class ProposedPlan(Answer):
    """What may happen next, and what the past may hold that it would need."""

    text: Line
    recall: Lines = Field(default_factory=list)


class Plans(Answer):
    """The plans on the table."""

    plans: list[ProposedPlan]


class TellsBeat(Answer):
    """To which part of the outline the next paragraph belongs."""

    beat: beats.BeatNumber = Field(default_factory=int)


class BeatAndPlans(Plans, TellsBeat):
    """The plans on the table, and the part of the outline that they are for."""


class ThreadedPlan(ProposedPlan):
    """A plan that says by their numbers which open threads it moves or settles."""

    threads: ThreadNumbers = Field(default_factory=list)


class ThreadedPlans(Answer):
    """The plans on the table, where threads are open."""

    plans: list[ThreadedPlan]


class BeatAndThreadedPlans(ThreadedPlans, TellsBeat):
    """The plans on the table, where threads are open, and the part of the outline that they are for."""


@gate(
    GateRecord(
        role="next input",
        label="Plans",
        busy="Thinking of plans",
        prompts=(PROMPT, early_end.STORY_TOLD),
        answers=(BeatAndThreadedPlans, ThreadedPlans, BeatAndPlans, Plans, early_end.StoryTold),
        settings=(
            "plan_count",
            "plan_sentences",
            "use_facts",
            "chapter_paragraphs",
            "early_end",
            "tastes",
            "use_tastes",
        ),
        shows=frozenset({"plans"}),
        shares_the_conversation=True,
    )
)
async def propose_plans(state: StoryState, turn: Turn) -> Update:
    """Propose the plans of the step after this one; with them the step is finished, and its state is kept.

    Where a paragraph was edited and the plan was chosen with it, that plan stands. A story that has its length needs
    none: should it go on after all, they are made then.
    """
    if state.get("edited") and (state.get("stop") or state["after_review"] == "write"):
        return {"edited": "", "plan": lasting.as_edited(state)} if state.get("plan") else {"edited": ""}
    kept = lasting.on_the_table(state)
    if arc.has_its_length(state):
        ended: Update = {**_DONE, "plans": kept, "ended_at": state["step"]}
        if state["step"]:
            ended["end_told"] = turn.memory.length
        await turn.keep_last_state({**state, **ended})
        return ended
    anew = await told_anew(state, turn)
    state = {**state, **anew}  # type: ignore[typeddict-item]
    threads = await offered(state, turn)
    ends: Update = {}
    if not kept and await early_end.is_told(state, turn, threads.listed(turn)):
        ends = {"target_paragraphs": state["step"] + 1}
        state = {**state, "target_paragraphs": state["step"] + 1}
    beat = _beat_asked_of(state, turn)
    shown = threads.render(turn, is_ending=arc.is_ending(state), is_last=arc.is_last(state))
    messages = messages_after_paragraph(state, turn, task(state, turn, shown, kept))
    not_again = [*refusals.every_text(state.get("refused", [])), *(plan["text"] for plan in kept)]
    update = await new_plans(turn, messages, threads, not_again, beat)
    if "beat" in update:
        update |= beats.moved(state, turn.language, update["beat"])
    update |= {**_DONE, "plans": [*kept, *update["plans"]], **ends, **anew}
    await turn.keep_last_state({**state, **update})
    return update


def task(state: StoryState, turn: Turn, threads: str = "", kept: Sequence[Plan] = ()) -> str:
    """The request for plans, given the memory as it now is, and what a person would not have at this pause, and why."""
    context = turn.context
    template = turn.prompt(PROMPT)
    refused, feedback = _refused(state)
    manner = turn.phrase("refused_manner") if refused and state.get("outline") else ""
    if not template.names("refused"):
        refused, feedback = "", f"{refused}\n{feedback}".strip()
    likes = tastes.told(state, turn)
    hints = (manner, place(state, turn), _ask_for_beat(state, turn), lasting.hint_for_plans(kept, turn), likes)
    return template.fill(
        short_term_memory=state["short_term_memory"],
        plan_count=context.plan_count,
        plan_sentences=context.plan_sentences,
        plan_characters=_MOST * context.plan_sentences,
        refused=refused,
        feedback=feedback,
        place="\n".join(hint for hint in hints if hint),
        threads=threads,
        cues=turn.phrase("cues_for_plans") if turn.has_more_than_it_shows else "",
    )


def place(state: StoryState, turn: Turn) -> str:
    """What whoever plans is told of where the next paragraph stands in the book, and the writer before was not.

    A reader who chooses what to do inside the story is not told where it goes.
    """
    told = state["prompt"].splitlines()
    chooses = turn.mode.asks_for_actions and turn.gate == "select_plan"
    goes = "" if chooses else arc.where_it_goes(state, turn)
    hints = [*arc.hint(state, turn).splitlines(), *goes.splitlines(), hint_for_plans(state, turn)]
    return "\n".join(hint for hint in hints if hint and hint not in told)


def _beat_asked_of(state: StoryState, turn: Turn) -> int:
    """The part of the outline that is now (from 1), where it is asked whether the next begins; else 0.

    A chapter of the outline waits for the end of a plan for several passages.
    """
    now = 0 if arc.is_last(state) else beats.may_go_on(state, turn.language, is_ending=arc.is_ending(state))
    waits = lasting.goes_on(state) and beats.next_is_a_chapter(state, turn.language)
    return 0 if waits else now


def _ask_for_beat(state: StoryState, turn: Turn) -> str:
    now = _beat_asked_of(state, turn)
    if not now:
        return ""
    asked = str(turn.phrase("beats_ask", number=now, next=now + 1))
    if due := arc.part_due(state, turn):
        asked = f"{turn.phrase('beats_due', number=due)}\n{asked}"
    opens = beats.next_is_a_chapter(state, turn.language)
    return f"{asked}{turn.language.joint}{turn.phrase('beats_ask_chapter', next=now + 1)}" if opens else asked


def _refused(state: StoryState) -> tuple[str, str]:
    """The plans that a person would not have at this pause, and all that they said of them."""
    before = state.get("refused", [])
    said = refusals.all_said(before)
    # A thread that an earlier version left between the two gates has only what was said last.
    last = state.get("feedback", "")
    return refusals.listed(refusals.every_text(before)), refusals.listed([*said, last] if last else said)


async def new_plans(
    turn: Turn,
    messages: list[BaseMessage],
    threads: Offered | None = None,
    refused: Sequence[str] = (),
    beat: int = 0,
) -> Update:
    """Ask for plans until they are as many as wanted and differ; after the tries, the best of what came stand.

    Args:
        turn: the gate's.
        messages: the conversation.
        threads: those that are open, which a plan may name.
        refused: plans that a person would not have.
        beat: the part of the outline that is now (from 1), where it is asked whether the next one begins; else 0.

    Raises:
        GateError: no plan came at all.
    """
    threads = threads or Offered()
    count = turn.context.plan_count
    table = Table[ProposedPlan](count, turn.language, refused)
    said = _Said(beat)
    try:
        await _ask(turn, messages, threads, table, said)
    except GateError:
        if not table.best():
            raise
    if threads.is_insisted_on and not _takes_up(table, threads.due):
        # What stands is usable: that no plan takes it up, not even asked once more, ends nothing.
        again = Table[ProposedPlan](count, turn.language, refused)
        with suppress(GateError):
            await _ask(turn, retry_messages(turn, messages, threads.problem(turn)), threads, again, said, tries=1)
            table = again
    update: Update = {"beat": beats.gone_on(beat, said.beat)} if beat else {}
    return {**update, "plans": [_kept(plan, threads) for plan in table.best()]}


@dataclass
class _Said:
    """The part of the outline that is now (0: none is asked for), and the one that an answer said to come."""

    now: int
    beat: int = 0


async def _ask(  # noqa: PLR0913, PLR0917 (what is asked for, and where it goes)
    turn: Turn,
    messages: list[BaseMessage],
    threads: Offered,
    table: Table[ProposedPlan],
    said: _Said,
    tries: int | None = None,
) -> None:
    """Ask until the table is full."""
    count, length = turn.context.plan_count, turn.context.plan_sentences
    form = _FORMS[bool(threads.threads), bool(said.now)]

    def problem_of(answer: Plans | ThreadedPlans) -> str:
        if isinstance(answer, TellsBeat) and answer.beat:
            said.beat = answer.beat
        table.add(answer.plans)
        if table.is_full:
            return ""
        if pair := alike([plan.text for plan in answer.plans], turn.language):
            return turn.phrase("problem_plans_alike", first=pair[0], second=pair[1])
        if number := table.refused_again(answer.plans):
            return turn.phrase("problem_plan_refused", number=number)
        return turn.phrase("problem_plan_count", count=len(answer.plans), wanted=count)

    wanted = ["text", "recall", *(["threads"] if threads.threads else [])]
    shortest = turn.language.shortest_sentence * 3 // 4
    bounds: dict[str, dict[str, object]] = {
        "plans": {"minItems": count, "maxItems": count},
        "plans.items.text": {"minLength": shortest * length, "maxLength": _MOST * length},
        "plans.items.recall": {"minItems": 1, "maxItems": _CUES},
        "plans.items.recall.items": {"maxLength": CUE},
        "plans.items": {"required": wanted},
    }
    if threads.threads:
        bounds["plans.items.threads"] = {"minItems": 0, "maxItems": MOST_NAMED}
        bounds["plans.items.threads.items"] = {"minimum": min(threads.numbers), "maximum": max(threads.numbers)}
    if said.now:
        bounds[""] = {"required": ["beat", "plans"]}
        bounds["beat"] = {"minimum": said.now, "maximum": said.now + 1}
    unused = frozenset[str]() if turn.has_more_than_it_shows else frozenset({"plans.items.recall"})
    await turn.ask(messages, form, AnswerSpec(bounds, {"plans": count}, unused), problem_of, tries)


_FORMS: dict[tuple[bool, bool], type[Plans | ThreadedPlans]] = {
    (False, False): Plans,
    (True, False): ThreadedPlans,
    (False, True): BeatAndPlans,
    (True, True): BeatAndThreadedPlans,
}
"""What is asked for: whether with threads, and whether with the part of the outline."""


def _takes_up(table: Table[ProposedPlan], number: int) -> bool:
    return any(number in plan.threads for plan in table.best() if isinstance(plan, ThreadedPlan))


def _kept(plan: ProposedPlan, threads: Offered) -> Plan:
    """A plan as the state keeps it: threads by what they are, because a number means something in one prompt only."""
    kept: Plan = {"text": plan.text, "recall": plan.recall[:_CUES]}
    named = threads.named(plan.threads) if isinstance(plan, ThreadedPlan) else []
    return {**kept, "threads": named} if named else kept
