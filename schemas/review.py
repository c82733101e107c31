"""The review: what a pause asks, and what an answer means.

The payload is LangChain's ``HITLRequest`` with this project's fields beside it, so that every client of the
ecosystem can show it. Reading an answer is one pure function.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

from .beats import NO_BEAT, beat_of
from .changes import Change, change_field
from .characters import readable
from .lasting import MAX_PASSAGES, NO_COUNT, ChangePlan, DropPlan, passages_of
from .memory_change import memory_change, memory_diff
from .story_input import LONG_TEXT, PREMISE_FIELDS
from .typed_answers import BrokenJson, arguments_of, as_typed, misspelt, number_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .state import Plan, StoryState

_CHOOSING = ("plan", "instruction", "feedback", "stop")
_YES, _NO = frozenset({"approve", "accept"}), "reject"
_TRUE_TEXTS = ("true", "True")
"""How a form that knows texts alone sends ``true``."""
MAX_INSTRUCTION = 8000
MAX_TEXT = 40_000
MAX_CHAPTER = 200
_MAX_CUE, _MAX_CUES = 200, 5

Act = Literal["do", "say", "story"]
"""How a player means what they wrote: they do it; they say it aloud; they tell what happens."""

_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": MAX_INSTRUCTION}


@dataclass(frozen=True)
class PickPlan:
    """Take proposed plan ``number`` (from 1)."""

    number: int


@dataclass(frozen=True)
class OwnPlan:
    """Follow a plan the person wrote."""

    text: str


@dataclass(frozen=True)
class OtherPlans:
    """None of these: propose others, and heed what the person said of them (which may be nothing)."""

    feedback: str


@dataclass(frozen=True)
class Stop:
    """End the run here."""


@dataclass(frozen=True)
class AskAgain:
    """The answer means nothing that can be done: ask again and say why.

    Attributes:
        phrase: the name of the sentence that says what was wrong.
        values: what that sentence names.
    """

    phrase: str
    values: dict[str, object]


Choice = PickPlan | OwnPlan | ChangePlan | DropPlan | OtherPlans | Stop
Answer = Choice | AskAgain


@dataclass(frozen=True)
class Review:
    """All that a person's answer asks for.

    A field made by ``change_field`` is all there is to say of a change: what clients are told, what is read, and what
    it does to the state are made of these fields.

    Attributes:
        choice: what comes next; ``None``: only changes, so the question is asked again.
        short_term_memory: the memory as it is to be.
        paragraph: the last paragraph as it is to be; memory and summary follow it.
        style_sheet: the character and style sheet as it is to be.
        chapter: the title of the chapter that the next paragraph begins; empty: the model finds one.
        recall: what the chosen plan leans on, instead of its own cues; empty: nothing.
        passages: how many passages the plan is for, from here on; ``None``: one, or as many as it has left.
        premise: other fields of the premise as they are to be from here on, by name.
        beat: the part of the outline (from 1) that is told now.
        act: how a player means what they wrote: done, said aloud, or told as happening.
    """

    choice: Choice | None
    short_term_memory: str | None = change_field("Memory", MAX_TEXT)
    paragraph: str | None = change_field("Paragraph", MAX_TEXT)
    style_sheet: str | None = change_field("Character and style sheet", LONG_TEXT, may_be_empty=True)
    chapter: str | None = change_field(
        "The next paragraph begins a chapter of this title (empty: find one)",
        MAX_CHAPTER,
        may_be_empty=True,
        key="next_chapter",
    )
    recall: tuple[str, ...] | None = None
    passages: int | None = None
    premise: Mapping[str, str] = field(default_factory=dict)
    beat: int | None = None
    act: Act = "do"

    def changes(self) -> dict[str, str]:
        """What it changes in the state, by key."""
        given = {change.key or name: getattr(self, name) for name, change in _OWN_CHANGES.items()}
        return {**{key: text for key, text in given.items() if text is not None}, **self.premise}


_OWN_CHANGES: Final[dict[str, Change]] = {
    kept.name: kept.metadata["change"] for kept in fields(Review) if "change" in kept.metadata
}
_PREMISE_CHANGES: Final[dict[str, Change]] = {
    given.name: Change(given.title, given.maximum, may_be_empty=not given.is_needed)
    for given in PREMISE_FIELDS
    if given.lines and given.name not in _OWN_CHANGES
}
CHANGES: Final[dict[str, Change]] = _OWN_CHANGES | _PREMISE_CHANGES
"""What an answer may change beside its choice, by name."""


RESPONSE_SCHEMA: Final[dict[str, Any]] = {
    "title": "Your answer",
    "description": "A number picks that plan, any other text is a plan of your own, true takes the first.",
    "anyOf": [
        {"type": "integer", "minimum": 1, "title": "Plan"},
        {**_TEXT, "title": "A plan of your own"},
        {"type": "boolean", "const": True, "title": "The first plan"},
        {
            "type": "object",
            "title": "Plan, own plan, other plans, changes, or stop",
            "properties": {
                "plan": {"type": "integer", "minimum": 1, "title": "Plan"},
                "instruction": {**_TEXT, "title": "A plan of your own"},
                "recall": {
                    "type": "array",
                    "title": "What the plan leans on",
                    "maxItems": _MAX_CUES,
                    "items": {"type": "string", "minLength": 1, "maxLength": _MAX_CUE},
                },
                "passages": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": MAX_PASSAGES,
                    "title": "Passages that the plan is for (0: drop it)",
                },
                "act": {"type": "string", "enum": list(get_args(Act)), "title": "How a player means it"},
                "beat": {"type": "integer", "minimum": 1, "title": "The part of the outline that is told now"},
                "feedback": {**_TEXT, "title": "Other plans, please: why"},
                **{name: change.schema() for name, change in CHANGES.items()},
                "stop": {"type": "boolean", "title": "End here"},
            },
        },
    ],
}
"""What clients are told an answer looks like. LangGraph publishes it; reading is ours."""


def request(state: StoryState, description: str, action: str, remarks: Sequence[str] = ()) -> dict[str, Any]:
    """What ``select_plan`` asks: a ``HITLRequest`` with the story's own fields beside it.

    Args:
        state: the story where it pauses.
        description: the question as Markdown, in the story's language.
        action: the name of the gate that asks.
        remarks: what is to be said beside the question.
    """
    plans = state["plans"]
    offered = _offered(plans)
    return {
        "action_requests": [{"name": action, "args": offered, "arguments": offered, "description": description}],
        "review_configs": [{"action_name": action, "allowed_decisions": ["approve", "edit", "reject", "respond"]}],
        "story_id": state["story_id"],
        "step": state["step"],
        "paragraph": state["paragraph"],
        "plans": plans,
        "remarks": list(remarks),
        "short_term_memory": state["short_term_memory"],
        "style_sheet": state.get("style_sheet", ""),
        "rationale": state["rationale"],
        "memory_diff": memory_diff(state),
        "memory_change": memory_change(state)._asdict(),
        "refused": state.get("refused", []),
        "retrieved": [
            {name: passage.get(name) for name in ("seq", "summary", "question", "sentence", "similarity", "shown")}
            for passage in state.get("retrieved", [])
        ],
    }


def _offered(plans: list[Plan]) -> dict[str, Any]:
    """The arguments of the action that is asked about."""
    return {"plan": 1, "instruction": plans[0]["text"] if plans else ""}


def read_review(given: object, plans: list[Plan]) -> Review | AskAgain:  # noqa: PLR0911 (what may be wrong, row by row)
    """All that a person's answer asks for: what comes next, and changes beside it.

    Args:
        given: whatever the client sent, in any of the shapes that clients of the ecosystem send.
        plans: the plans that were proposed.
    """
    given = _readable(as_typed(given))
    args = _arguments(given, plans)
    if wrong := misspelt(args, (*_CHOOSING, "passages", "recall", "beat", *CHANGES)):
        return AskAgain("review_misspelt", {"name": wrong[0], "near": wrong[1]})
    changes: dict[str, str] = {}
    for name, change in CHANGES.items():
        text = args.get(name)
        if text is None:
            continue
        if not isinstance(text, str) or not (change.may_be_empty or text.strip()):
            return AskAgain("review_empty_change", {"name": name})
        if len(text) > change.maximum:
            return AskAgain("review_long_change", {"name": name, "count": len(text), "maximum": change.maximum})
        changes[name] = text.strip()
    recall = args.get("recall") if args.get("recall") != "" else None  # an empty field is left as it was, [] is none
    cues = None if recall is None else _cues(recall)
    if recall is not None and cues is None:
        return AskAgain("review_recall", {"count": _MAX_CUES, "maximum": _MAX_CUE})
    beat = beat_of(args.get("beat"))
    chooses = not (changes or beat) or any(name in args for name in (*_CHOOSING, "passages")) or args is not given
    choice = _chosen_by(given, args, plans) if chooses else None
    if isinstance(choice, AskAgain):
        return choice
    passages = passages_of(args.get("passages"))
    act = args.get("act", "do")
    if passages == NO_COUNT or beat == NO_BEAT or act not in get_args(Act):
        known = "review_no_beat" if beat == NO_BEAT else "review_act"
        name = "review_passages" if passages == NO_COUNT else known
        return AskAgain(name, {"maximum": MAX_PASSAGES, "given": str(act)[:40]})
    if passages == 0:
        choice = DropPlan(choice.number) if isinstance(choice, PickPlan | ChangePlan) else choice
        passages = None
    premise = {name: changes.pop(name) for name in _PREMISE_CHANGES if name in changes}
    return Review(choice, **changes, recall=cues, passages=passages, premise=premise, beat=beat, act=cast("Act", act))


def _readable(given: object) -> object:
    """An answer without what is in no text and no model or database takes: half a sign, a zero byte."""
    match given:
        case str() as text:
            return readable(text)
        case list() as several:
            return [_readable(each) for each in several]
        case dict() as fields:
            return {name: _readable(value) for name, value in fields.items()}
    return given


def _chosen_by(given: object, args: Mapping[str, object], plans: list[Plan]) -> Answer:
    """What comes next; a number beside an instruction is the plan for several passages that is put in other words."""
    if args is given and "passages" in args and not any(name in args for name in _CHOOSING):
        return PickPlan(1)
    choice = read_answer(given, plans)
    number = args.get("plan")
    if not isinstance(choice, OwnPlan) or not isinstance(number, int | str) or isinstance(number, bool):
        return choice
    picked = _read_text(str(number), len(plans))
    if isinstance(picked, PickPlan) and plans[picked.number - 1].get("passages"):
        return ChangePlan(picked.number, choice.text)
    return choice


def _arguments(given: object, plans: list[Plan]) -> Mapping[str, object]:
    """The fields of an answer that is an object, or of the edit inside a decision."""
    match given:
        case {"decisions": [dict() as decision, *_]} | [dict() as decision, *_]:
            return _edited(decision, plans)
        case dict() as decision if "type" in decision:
            return _edited(decision, plans)
        case dict() as fields:
            return fields
    return {}


def _edited(decision: Mapping[str, object], plans: list[Plan]) -> Mapping[str, object]:
    """The arguments as a person left them: LangChain's ``edited_action`` or Agent Inbox's nested ``args``."""
    if decision.get("type") != "edit":
        return {}
    for action in (decision.get("edited_action"), decision.get("args"), decision):
        if isinstance(action, dict) and (found := arguments_of(action, _offered(plans))) is not None:
            return found
    return {}


def _cues(given: object) -> tuple[str, ...] | None:
    lines = given.splitlines() if isinstance(given, str) else given
    if not isinstance(lines, list) or not all(isinstance(cue, str) for cue in lines):
        return None
    cues = tuple(cue.strip() for cue in lines if cue.strip())
    return cues if len(cues) <= _MAX_CUES and all(len(cue) <= _MAX_CUE for cue in cues) else None


def read_answer(given: object, plans: list[Plan]) -> Answer:  # noqa: C901, PLR0911 (a table, row by row)
    """What comes next, by a person's answer.

    Args:
        given: whatever the client sent: a number, a text, ``true``, an object, or a client's decision.
        plans: the plans that were proposed.
    """
    given = _readable(as_typed(given))
    match given:
        case BrokenJson():
            return AskAgain("review_json", {})
        case True:
            return PickPlan(1)
        case int() as number if not isinstance(number, bool):
            return _pick(number, len(plans))
        case str() as text:
            word = text.strip().casefold()
            if word == _NO:
                return OtherPlans("")
            return PickPlan(1) if word in _YES else _read_text(text, len(plans))
        case {"decisions": [dict() as decision, *_]} | [dict() as decision, *_]:
            return _read_decision(decision, plans)
        case dict() as decision if "type" in decision:
            return _read_decision(decision, plans)
        case {"stop": stop} if stop is True or stop in _TRUE_TEXTS:
            return Stop()
        case {"feedback": str() as text} if text.strip():
            return _read_feedback(text)
        case {"instruction": str() as text} if text.strip():
            return _read_text(text, len(plans))
        case {"plan": int() | str() as plan} if not isinstance(plan, bool):
            return read_answer(plan, plans)
    return AskAgain("review_unknown", {"stop": '{"stop": true}'})


def _read_decision(decision: Mapping[str, object], plans: list[Plan]) -> Answer:
    """The first decision of LangChain's human in the loop, or of Agent Inbox."""
    said = decision.get("message") or decision.get("args")
    match decision.get("type"):
        case "approve" | "accept":
            return PickPlan(1)
        case "edit":
            return _read_edit(_edited(decision, plans), plans)
        case "reject":
            return _read_feedback(said if isinstance(said, str) else "")
        case "respond" | "response":
            return _read_text(said if isinstance(said, str) else "", len(plans))
        case "ignore":
            return Stop()
    return AskAgain("review_unknown", {"stop": '{"stop": true}'})


def _read_edit(args: Mapping[str, object], plans: list[Plan]) -> Answer:
    """The arguments of the action as a person left them: a changed instruction wins over a changed number."""
    if (stop := args.get("stop")) is True or stop in _TRUE_TEXTS:
        return Stop()
    instruction = args.get("instruction")
    texts = [plan["text"].strip() for plan in plans]
    if isinstance(instruction, str) and instruction.strip() and instruction.strip() not in texts:
        return _read_text(instruction, len(plans))
    number = args.get("plan", 1)
    if isinstance(instruction, str) and instruction.strip() in texts[1:] and str(number).strip() == "1":
        return PickPlan(texts.index(instruction.strip()) + 1)
    return read_answer({"plan": number}, plans)


def _read_feedback(text: str) -> Answer:
    words = text.strip()
    if len(words) > MAX_INSTRUCTION:
        return AskAgain("review_long", {"count": len(words), "maximum": MAX_INSTRUCTION})
    return OtherPlans(words)


def _read_text(text: str, count: int) -> Answer:
    words = text.strip()
    if not words:
        return AskAgain("review_empty", {})
    if (number := number_in(words)) is not None:
        return _pick(number, count)
    if len(words) > MAX_INSTRUCTION:
        return AskAgain("review_long", {"count": len(words), "maximum": MAX_INSTRUCTION})
    return OwnPlan(words)


def _pick(number: int, count: int) -> Answer:
    if 1 <= number <= count:
        return PickPlan(number)
    return AskAgain("review_number", {"number": number, "count": count})
