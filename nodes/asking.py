"""Asking a model until its answer can be used: story text, or something with a form.

A fixed number of tries; at each, the model is told what was wrong with the one before; then an error that leaves the
thread resumable at that gate. Nothing is cut to fit and nothing is made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from langchain_core.messages import HumanMessage

from ..prompts import Phrase, PromptSpec
from ..schemas.errors import GateError, part
from .answers import UnusableAnswerError, read
from .calling import BrokenAnswerError, NoFormsError, ask_held, ask_in_words, call
from .smaller import bounds_of, form_of, whole
from .story_text import draft_in, lead_in

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from langchain_core.messages import BaseMessage

    from ..models import Reply
    from ..schemas.catalogue import Part
    from .answers import A
    from .turn import Turn

R = TypeVar("R")
_QUOTED = 200
"""Characters of an answer that an error repeats."""

TRY_AGAIN = PromptSpec("try_again", required=("problem",))

PROSE = "prose"
"""The tag of a call whose answer is story text, to be streamed to people."""


@dataclass(frozen=True)
class AnswerSpec:
    """The sizes that an answer is to have in this run.

    Attributes:
        bounds: JSON-Schema keywords by path, as in ``schema_of``.
        counts: how many of each repeated section.
        leave_out: the paths of what is not asked for.
    """

    bounds: Mapping[str, Mapping[str, object]]
    counts: Mapping[str, int] = field(default_factory=dict)
    leave_out: frozenset[str] = frozenset()

    def and_bounds(self, bounds: Mapping[str, Mapping[str, object]]) -> AnswerSpec:
        """These sizes, and others."""
        return AnswerSpec({**self.bounds, **bounds}, self.counts, self.leave_out)

    def without(self, paths: frozenset[str]) -> AnswerSpec:
        """These sizes, of less."""
        return AnswerSpec(self.bounds, self.counts, self.leave_out | paths)


async def write(turn: Turn, messages: Sequence[BaseMessage], length: int, problem_of: Callable[[str], str]) -> str:
    """Have the model write story text, streamed.

    One that is much too long or too short is asked for once more, and the nearer of the two stands. What was wrong with
    an earlier try is nobody's affair once there is one that stands: the later gates repeat the messages as they were
    given.

    Args:
        turn: the gate's.
        messages: the conversation.
        length: sentences wanted, the bound for a model that does not stop by itself.
        problem_of: what is wrong with a text, as a sentence, or an empty string.

    Raises:
        GateError: no usable text in the tries the context allows.
        ModelUnavailableError: the model cannot be had or did not answer.
    """
    model = await turn.model()
    conversation, problem, said = messages, "", ""
    usable: list[tuple[int, str]] = []
    for attempt in range(1, turn.context.tries + 1):
        held = model.for_prose(length, attempt, lead_in(turn.language), turn.thinking.hear)
        reply = await _unbroken(turn, call(turn, model, held, conversation, PROSE), attempt, turn.context.tries)
        if reply is None:
            continue
        draft, said = draft_in(turn, reply, length, any_language=model.is_embedded), reply.text
        turn.streamed[draft.text] = reply.message
        problem = draft.problem or problem_of(draft.text)
        if not problem:
            usable.append((draft.off, draft.text))
            problem = draft.off_length
        if usable and (not problem or len(usable) > 1 or attempt == turn.context.tries):
            if reply.taken_off:
                turn.remark("taken_off", part("taken_off", texts=[_in_short(text) for text in reply.taken_off]))
            return min(usable, key=itemgetter(0))[1]
        conversation = _next_try(turn, messages, problem, attempt, turn.context.tries)
    raise GateError("gate_gave_up", gate=turn.gate, tries=turn.context.tries, problem=_quoting(problem, said))


async def ask(  # noqa: PLR0913, PLR0917 (what a question is made of; callers go through a turn)
    turn: Turn,
    messages: Sequence[BaseMessage],
    answer: type[A],
    spec: AnswerSpec,
    problem_of: Callable[[A], str],
    tries: int | None = None,
) -> A:
    """Ask the model for something with a form.

    Args:
        turn: the gate's.
        messages: the conversation.
        answer: what is asked for.
        spec: the sizes of this run.
        problem_of: what is wrong with a well-formed answer, as a sentence, or an empty string.
        tries: how many answers are asked for; ``None``: as many as the context allows.

    Raises:
        GateError: no usable answer in these tries.
        ModelUnavailableError: the model cannot be had or did not answer.
    """
    conversation, problem, room = messages, "", 0
    tries = tries or turn.context.tries
    form = form_of(answer, turn.dialect)
    if not form.model_fields:
        return whole(answer, form())
    spec = replace(spec, bounds=bounds_of(form, spec.bounds, turn.dialect))
    for attempt in range(1, tries + 1):
        asked = _ask_once(turn, conversation, form, spec, attempt, room)
        try:
            reply = await _unbroken(turn, asked, attempt, tries)
            if reply is None:
                continue
            room = (await turn.model()).room_after(reply) if reply.ended == "cut" else 0
            found = whole(answer, _read(turn, form, reply))
        except UnusableAnswerError as error:
            problem = error.problem
        else:
            problem = problem_of(found)
            if not problem:
                return found
        conversation = _next_try(turn, messages, problem, attempt, tries)
    raise GateError("gate_gave_up", gate=turn.gate, tries=tries, problem=_said(problem))


def retry_messages(
    turn: Turn, messages: Sequence[BaseMessage], problem: str, attempt: int = 1, more: int = 1
) -> list[BaseMessage]:
    """The conversation with what was wrong with the last answer.

    The answer itself is left out: a small model copies it, and a cache would have to read it anew. In a dialect that
    does not say why, the conversation stays as it is: the next answer is another by its seed, or by chance.
    """
    turn.emit("again", attempt=attempt, more=more, problem=str(problem), said=_said(problem))
    if not turn.dialect.says_why:
        return list(messages)
    *before, task = messages
    complaint = turn.prompt(TRY_AGAIN).fill(problem=problem)
    return [*before, HumanMessage(f"{task.text}\n\n{complaint}")]


def _said(problem: str) -> Part | str:
    """What was wrong, for a person: as a part that a face can say in its language, where it is one."""
    return problem.said if isinstance(problem, Phrase) else problem


def _in_short(text: str) -> str:
    """A text on one line, with the end left out of a long one."""
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED].rstrip()}…"


def _next_try(
    turn: Turn, messages: Sequence[BaseMessage], problem: str, attempt: int, tries: int
) -> Sequence[BaseMessage]:
    """The conversation of the next try, if there is one."""
    more = tries - 1
    return retry_messages(turn, messages, problem, attempt, more) if attempt <= more else messages


def _quoting(problem: str, said: str) -> Part | str:
    """What was wrong, with the beginning of what was said instead."""
    text = _in_short(said)
    return part("said_instead", problem=_said(problem), text=text) if text else _said(problem)


async def _unbroken(turn: Turn, asked: Coroutine[Any, Any, R], attempt: int, tries: int) -> R | None:
    """An answer; ``None`` where it broke off and is asked for again, which the model is told nothing of.

    Raises:
        ModelUnavailableError: it was the last try, or it is no failure of one answer.
    """
    try:
        return await asked
    except BrokenAnswerError as broken:
        if attempt == tries:
            raise broken.error from broken
        problem = turn.phrase("problem_broke_off")
        turn.emit("again", attempt=attempt, more=tries - 1, problem=str(problem), said=_said(problem))
        return None


def _read(turn: Turn, answer: type[A], reply: Reply) -> A:
    """What was asked for, in an answer.

    Raises:
        UnusableAnswerError: it is not there; where the answer was cut, that is said.
    """
    try:
        return read(answer, reply.parsed, reply.text, turn.language, turn.phrases)
    except UnusableAnswerError as error:
        if reply.ended == "cut":
            raise UnusableAnswerError(turn.phrase("problem_cut")) from error
        raise


async def _ask_once(  # noqa: PLR0913, PLR0917 (what a question is made of)
    turn: Turn, conversation: Sequence[BaseMessage], answer: type[A], spec: AnswerSpec, attempt: int, room: int
) -> Reply:
    """One answer, held to its form where the model can be, else asked for in sections."""
    model = await turn.model()
    while not model.known.in_words:
        try:
            reply = await ask_held(turn, model, conversation, answer, spec, attempt, room)
        except NoFormsError:
            model.less_of_forms()
            if model.known.in_words:
                turn.remark("sections", part("no_schemas"))
            continue
        if model.ignores_forms(reply):
            turn.remark("sections", part("schemas_ignored"))
        return reply
    return await ask_in_words(turn, model, conversation, answer, spec, attempt, room)
