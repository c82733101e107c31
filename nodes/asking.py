"""Asking a model until its answer can be used: story text, or something with a form.

A fixed number of tries; at each, the model is told what was wrong with the one before; then an error that leaves the
thread resumable at that gate. Nothing is cut to fit and nothing is made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from langchain_core.exceptions import ModelInvalidRequestError
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langgraph.constants import TAG_NOSTREAM
from openai import LengthFinishReasonError

from ..models import CALL_FAILURES, explain, is_too_long
from ..prompts import Phrase, PromptSpec
from ..schemas.errors import GateError, part
from .answers import UnusableAnswerError, read, schema_of, sections_wanted
from .story_text import THOUGHT, draft_in
from .usage import was_cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from langchain_core.runnables import Runnable

    from ..schemas.catalogue import Part
    from .answers import A
    from .turn import Turn

TRY_AGAIN = PromptSpec("try_again", required=("problem",))
ANSWER_IN_SECTIONS = PromptSpec("answer_in_sections", required=("sections",))

PROSE = "prose"
"""The tag of a call whose answer is story text, to be streamed to people."""


@dataclass(frozen=True)
class AnswerSpec:
    """The sizes that an answer is to have in this run.

    Attributes:
        bounds: JSON-Schema keywords by path, as in ``schema_of``.
        counts: how many of each repeated section.
    """

    bounds: Mapping[str, Mapping[str, object]]
    counts: Mapping[str, int] = field(default_factory=dict)

    def and_bounds(self, bounds: Mapping[str, Mapping[str, object]]) -> AnswerSpec:
        """These sizes, and others."""
        return AnswerSpec({**self.bounds, **bounds}, self.counts)


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
    conversation, problem = messages, ""
    usable: list[tuple[int, str]] = []
    for attempt in range(1, turn.context.tries + 1):
        answer: AIMessage = await _call(turn, model.for_prose(length, attempt), conversation, PROSE)
        draft = draft_in(turn, answer, length)
        problem = draft.problem or problem_of(draft.text)
        if not problem:
            usable.append((draft.off, draft.text))
            problem = draft.off_length
        if usable and (not problem or len(usable) > 1 or attempt == turn.context.tries):
            return min(usable, key=itemgetter(0))[1]
        conversation = _next_try(turn, messages, problem, attempt, turn.context.tries)
    raise GateError("gate_gave_up", gate=turn.gate, tries=turn.context.tries, problem=_said(problem))


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
    conversation, problem = messages, ""
    tries = tries or turn.context.tries
    for attempt in range(1, tries + 1):
        try:
            text, parsed = await _ask_once(turn, conversation, answer, spec, attempt)
            found = read(answer, parsed, text, turn.language)
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

    The answer itself is left out: a small model copies it, and a cache would have to read it anew.
    """
    turn.emit("again", attempt=attempt, more=more, problem=str(problem), said=_said(problem))
    *before, task = messages
    complaint = turn.prompt(TRY_AGAIN).fill(problem=problem)
    return [*before, HumanMessage(f"{task.text}\n\n{complaint}")]


def _said(problem: str) -> Part | str:
    """What was wrong, for a person: as a part that a face can say in its language, where it is one."""
    return problem.said if isinstance(problem, Phrase) else problem


def _next_try(
    turn: Turn, messages: Sequence[BaseMessage], problem: str, attempt: int, tries: int
) -> Sequence[BaseMessage]:
    """The conversation of the next try, if there is one."""
    more = tries - 1
    return retry_messages(turn, messages, problem, attempt, more) if attempt <= more else messages


async def _ask_once(
    turn: Turn, conversation: Sequence[BaseMessage], answer: type[A], spec: AnswerSpec, attempt: int
) -> tuple[str, object]:
    """One answer: its text, and what LangChain parsed of it."""
    model = await turn.model()
    if model.takes_schemas:
        try:
            held = model.for_schema(schema_of(answer, spec.bounds), attempt)
            reply: dict[str, Any] = await _call(turn, held, conversation, TAG_NOSTREAM, may_refuse=True)
            return THOUGHT.sub("", reply["raw"].text), reply["parsed"]
        except (NotImplementedError, ModelInvalidRequestError):
            model.takes_schemas = False
            turn.remark("sections", part("no_schemas"))
    form = turn.prompt(ANSWER_IN_SECTIONS).fill(sections=sections_wanted(answer, turn.language, spec.counts))
    *before, last = conversation
    in_sections = [*before, HumanMessage(f"{last.text}\n\n{form}")]
    message: AIMessage = await _call(turn, model.on(attempt), in_sections, TAG_NOSTREAM)
    return THOUGHT.sub("", message.text), None


async def _call(
    turn: Turn,
    held: Runnable[list[BaseMessage], Any],
    messages: Sequence[BaseMessage],
    tag: str,
    *,
    may_refuse: bool = False,
) -> Any:  # noqa: ANN401 (a message, or LangChain's dictionary of one and what was parsed of it)
    """One call of the model, accounted for; its failures in this project's words.

    With ``may_refuse`` an endpoint's word that it cannot do what is asked is left to the caller.
    """
    try:
        reply = await turn.around.calls.model(held, messages, [tag])
    except LengthFinishReasonError as error:
        raise UnusableAnswerError(turn.phrase("problem_cut")) from error
    except CALL_FAILURES as error:
        if may_refuse and isinstance(error, ModelInvalidRequestError) and not is_too_long(error):
            raise
        raise explain(error, (await turn.model()).name) from error
    message: AIMessage = reply["raw"] if isinstance(reply, dict) else reply
    turn.account.add(message)
    if cut := was_cut(message, messages):
        turn.remark("cut", part("prompt_was_cut", read=f"{cut[0]:,}", sent=f"{cut[1]:,}"))
    return reply
