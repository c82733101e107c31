"""One call of a model for a gate: held to a form or asked in words, accounted for, its failures in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.messages import HumanMessage
from langgraph.constants import TAG_NOSTREAM

from ..models.window import count_tokens
from ..prompts import PromptSpec
from ..schemas.errors import ModelUnavailableError, part
from .answers import UnusableAnswerError, schema_of, sections_wanted
from .loose_json import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

    from ..models import ChatModel, Reply
    from .answers import Answer
    from .asking import AnswerSpec
    from .turn import Turn

ANSWER_IN_SECTIONS = PromptSpec("answer_in_sections", required=("sections",))


class BrokenAnswerError(Exception):
    """A failure of one answer, not of the endpoint: the same question may get another.

    Attributes:
        error: what is said of it in the end.
    """

    def __init__(self, error: ModelUnavailableError) -> None:
        super().__init__(str(error))
        self.error = error


class NoFormsError(Exception):
    """The endpoint cannot hold the model to a form."""


async def call(
    turn: Turn, model: ChatModel, held: Runnable[list[BaseMessage], Any], messages: Sequence[BaseMessage], tag: str
) -> Reply:
    """One call of the model, accounted for; its failures in this project's words.

    Raises:
        BrokenAnswerError: the answer broke off.
        NoFormsError: the server cannot hold the model to the form that was asked for.
        UnusableAnswerError: the SDK refused an answer that was cut.
        ModelUnavailableError: the model did not answer.
    """
    from ..models import is_cut, reply_of  # noqa: PLC0415 (a run alone needs them)

    if model.put_right and model.said_once("address"):
        turn.remark("address", part("address_put_right", variable=model.variable, address=model.put_right))
    turn.thinking.begin(turn.teller())
    try:
        answer = await turn.around.calls.model(held, messages, [tag])
    except Exception as error:
        if is_cut(error):
            raise UnusableAnswerError(turn.phrase("problem_cut")) from error
        if tag == TAG_NOSTREAM and model.refuses_forms(error):
            raise NoFormsError from error
        if not model.is_failure(error):
            raise
        failed = error
        explained = await turn.work(lambda: model.explain(failed))
        raise (BrokenAnswerError(explained) if explained.code == "answer_broke_off" else explained) from error
    finally:
        turn.thinking.end()
    reply = reply_of(answer)
    turn.account.add(reply, model.name)
    try:
        model.check(reply)
    except ModelUnavailableError as error:
        raise BrokenAnswerError(error) from error
    sent = sum(count_tokens(message.text) for message in messages)
    if model.was_cut(reply, sent):
        turn.remark("cut", part("prompt_was_cut", read=f"{reply.read:,}", sent=f"{sent:,}"))
    return reply


async def ask_held(  # noqa: PLR0913, PLR0917 (what a question is made of)
    turn: Turn,
    model: ChatModel,
    conversation: Sequence[BaseMessage],
    answer: type[Answer],
    spec: AnswerSpec,
    attempt: int = 1,
    room: int = 0,
) -> Reply:
    """One answer of a model that is held to its form, in the way that is known to work with it.

    Raises:
        NoFormsError: it cannot be held to one in that way.
        BrokenAnswerError: the answer broke off.
        ModelUnavailableError: the model did not answer.
    """
    schema = schema_of(answer, spec.bounds, spec.leave_out)
    try:
        held = model.for_schema(schema, attempt, room, turn.thinking.hear)
    except NotImplementedError as error:
        raise NoFormsError from error
    return await call(turn, model, held, _with_form(turn, model, conversation, schema), TAG_NOSTREAM)


async def ask_in_words(  # noqa: PLR0913, PLR0917 (what a question is made of)
    turn: Turn,
    model: ChatModel,
    conversation: Sequence[BaseMessage],
    answer: type[Answer],
    spec: AnswerSpec,
    attempt: int = 1,
    room: int = 0,
) -> Reply:
    """One answer that is asked for in sections.

    Raises:
        BrokenAnswerError: the answer broke off.
        ModelUnavailableError: the model did not answer.
    """
    sections = sections_wanted(answer, turn.language, spec.counts, spec.leave_out, turn.phrases)
    form = turn.prompt(ANSWER_IN_SECTIONS).fill(sections=sections)
    asked = model.for_words(attempt, turn.thinking.hear, room)
    return await call(turn, model, asked, _followed_by(conversation, form), TAG_NOSTREAM)


def _with_form(
    turn: Turn, model: ChatModel, conversation: Sequence[BaseMessage], schema: Mapping[str, Any]
) -> Sequence[BaseMessage]:
    """The conversation with the form in words, for a server of a person's own: such a one may ignore a schema."""
    if not model.base_url:
        return conversation
    return _followed_by(conversation, turn.phrase("form_in_words", form=in_words(schema)))


def _followed_by(conversation: Sequence[BaseMessage], words: str) -> list[BaseMessage]:
    *before, last = conversation
    return [*before, HumanMessage(f"{last.text}\n\n{words}")]
