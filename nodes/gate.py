"""What every gate has: a model to ask, tries to get a usable answer, and an account of what it cost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from langchain_core.exceptions import ModelInvalidRequestError
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langgraph.config import get_stream_writer
from langgraph.constants import TAG_NOSTREAM
from openai import LengthFinishReasonError

from ..memory.embeddings import pieces, sentences
from ..models import CALL_FAILURES, explain, is_too_long, resolve, resolved
from ..models.window import count_tokens
from ..prompts import Prompt, check, load, say
from ..schemas.assistants import AUTHOR, Assistant
from ..schemas.errors import GateError
from ..schemas.state import CallUsage
from .answers import UnusableAnswerError, read, schema_of, sections_wanted
from .effects import Call, work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..models import ChatModel
    from ..schemas.context import Context
    from ..schemas.state import StoryState
    from .answers import A
    from .effects import Steps

T = TypeVar("T")
Update = dict[str, Any]

_FEW = 6
"""A text with less than this part of the sentences that were asked for is refused: a title, a remark, a refusal."""
_CUT_FROM, _CUT_SHARE = 1500, 0.5
"""A prompt of so many tokens, of which the server says to have read less than this part, was cut."""
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_PREAMBLE = re.compile(r"\A(?:here|sure|certainly|of course|好的|以下|当然)[^\n]{0,120}[:：]\s*\n+", re.IGNORECASE)
"""What a model says before the story begins, although it was asked not to."""
_ENDS = re.compile(r"[.!?。！？…][^\w\s]*$")


@dataclass(frozen=True)
class Wanted:
    """An answer a gate asks for, with the sizes of this run.

    Attributes:
        bounds: JSON-Schema keywords by path, as in ``schema_of``.
        counts: how many of each repeated section.
    """

    bounds: Mapping[str, Mapping[str, object]]
    counts: Mapping[str, int]


class Written(NamedTuple):
    """Story text, and the user message that it answers: the later gates repeat both to the letter."""

    text: str
    prompt: str


class Gate:
    """A gate at work on one state: its context, its model, its tries, its account."""

    def __init__(
        self,
        name: str,
        context: Context,
        state: StoryState,
        assistant: Assistant = AUTHOR,
        tell: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        """A gate of that name.

        Args:
            name: as in the graph.
            context: the run's settings.
            state: the story; its language and mode are the gate's.
            assistant: whose defaults hold where a run says nothing.
            tell: hears of what happens here; by default whoever streams the graph that runs it.
        """
        self._tell = tell
        self.name = name
        self.context = context
        self.assistant = assistant
        self.language: str = state.get("language", "en")
        self.mode: str = state.get("mode", "author")
        self._began = perf_counter()
        self._model: ChatModel | None = None
        self._usage = CallUsage(calls=0, seconds=0.0, input_tokens=0, cached_tokens=0, output_tokens=0)

    def prompt(self, name: str) -> Prompt:
        """The context's own prompt of that name where it has one, else the project's.

        Raises:
            PromptError: the context's prompt misses a placeholder.
        """
        own = getattr(self.context, f"{name}_prompt", "")
        return check(name, own) if own.strip() else load(name, self.language, self.mode)

    def say(self, phrase: str, **values: object) -> str:
        """A phrase in the story's language."""
        return say(phrase, self.language, **values)

    def report(self, event: str, **details: object) -> None:
        """Tell whoever streams ``custom`` events what happens here."""
        tell = self._tell or get_stream_writer()
        tell({"gate": self.name, "event": event, **details})

    def write(self, messages: Sequence[BaseMessage], length: int, problem_of: Callable[[str], str]) -> Steps[Written]:
        """Have the model write story text, streamed.

        Args:
            messages: the conversation.
            length: sentences wanted, the bound for a model that does not stop by itself.
            problem_of: what is wrong with a text, as a sentence, or an empty string.

        Raises:
            GateError: no usable text in the tries the context allows.
            ModelUnavailableError: the model cannot be had or did not answer.
        """
        model = yield from self._chat_model()
        conversation: Sequence[BaseMessage] = messages
        problem = ""
        for attempt in range(1, self.context.tries + 1):
            reply: AIMessage = yield from self._call(
                model, Call(model.for_prose(length, attempt), conversation, ["prose"])
            )
            text = _PREAMBLE.sub("", _THOUGHT.sub("", reply.text).strip()).strip()
            problem = self.say("problem_empty") if not text else ""
            if text and _was_cut(reply):
                text = up_to_last_sentence(text, self.language)
                problem = "" if text else self.say("problem_no_sentence")
            problem = problem or self._too_short(text, length) or problem_of(text)
            if not problem:
                return Written(text, conversation[-1].text)
            conversation = self._again(messages, problem, attempt)
        raise GateError("gate_gave_up", gate=self.name, tries=self.context.tries, problem=problem)

    def ask(
        self,
        messages: Sequence[BaseMessage],
        answer: type[A],
        wanted: Wanted,
        problem_of: Callable[[A], str] = lambda _: "",
    ) -> Steps[A]:
        """Ask the model for something with a form.

        Args:
            messages: the conversation.
            answer: what is asked for.
            wanted: the sizes of this run.
            problem_of: what is wrong with a well-formed answer, as a sentence, or an empty string.

        Raises:
            GateError: no usable answer in the tries the context allows.
            ModelUnavailableError: the model cannot be had or did not answer.
        """
        model = yield from self._chat_model()
        conversation: Sequence[BaseMessage] = messages
        problem = ""
        for attempt in range(1, self.context.tries + 1):
            text, parsed = "", None
            try:
                text, parsed = yield from self._ask_once(model, conversation, answer, wanted, attempt)
                found = read(answer, parsed, text, self.language)
            except UnusableAnswerError as error:
                problem = str(error)
            else:
                problem = problem_of(found)
                if not problem:
                    return found
            conversation = self._again(messages, problem, attempt)
        raise GateError("gate_gave_up", gate=self.name, tries=self.context.tries, problem=problem)

    def window(self) -> Steps[int | None]:
        """The context window of the run's model in tokens, if it is known."""
        model = yield from self._chat_model()
        return (yield from work(model.window)) if model.base_url else model.window()

    def close(self, update: Update) -> Update:
        """The gate's update with its account beside it."""
        seconds = round(perf_counter() - self._began, 3)
        self.report("end", seconds=seconds)
        if not self._usage["calls"]:
            return update
        return {**update, "usage": {self.name: {**self._usage, "seconds": seconds}}}

    def _too_short(self, text: str, length: int) -> str:
        count = len(sentences(text, self.language))
        return self.say("problem_short", count=count, wanted=length) if count < length // _FEW else ""

    def _chat_model(self) -> Steps[ChatModel]:
        if self._model is None:
            self._model = resolved(self.context) or (yield from work(lambda: resolve(self.context)))
        return self._model

    def _ask_once(
        self,
        model: ChatModel,
        conversation: Sequence[BaseMessage],
        answer: type[A],
        wanted: Wanted,
        attempt: int,
    ) -> Steps[tuple[str, object]]:
        """One answer: its text, and what LangChain parsed of it."""
        if model.takes_schemas:
            try:
                runnable = model.for_schema(schema_of(answer, wanted.bounds), attempt)
                call = Call(runnable, conversation, [TAG_NOSTREAM])
                reply = yield from self._call(model, call, may_refuse=True)
                return _THOUGHT.sub("", reply["raw"].text), reply["parsed"]
            except (NotImplementedError, ModelInvalidRequestError):
                model.takes_schemas = False
                self.report("sections", reason="the model takes no JSON schema; asked for sections instead")
        form = load("answer_in_sections", self.language).fill(
            sections=sections_wanted(answer, self.language, wanted.counts)
        )
        *before, last = conversation
        in_sections = [*before, HumanMessage(f"{last.text}\n\n{form}")]
        message: AIMessage = yield from self._call(model, Call(model.on(attempt), in_sections, [TAG_NOSTREAM]))
        return _THOUGHT.sub("", message.text), None

    def _call(self, model: ChatModel, call: Call[Any], *, may_refuse: bool = False) -> Steps[Any]:
        """One call of the model, accounted for; its failures in this project's words.

        With ``may_refuse`` an endpoint's word that it cannot do what is asked is left to the caller.
        """
        try:
            reply = yield call
        except LengthFinishReasonError as error:
            raise UnusableAnswerError(self.say("problem_cut")) from error
        except CALL_FAILURES as error:
            if may_refuse and isinstance(error, ModelInvalidRequestError) and not is_too_long(error):
                raise
            raise explain(error, model.name) from error
        self._account(reply["raw"] if isinstance(reply, dict) else reply, call.messages)
        return reply

    def _account(self, message: AIMessage, messages: Sequence[BaseMessage]) -> None:
        figures = message.usage_metadata
        self._usage["calls"] += 1
        if figures:
            self._heed_a_cut(figures["input_tokens"], messages)
            self._usage["input_tokens"] += figures["input_tokens"]
            self._usage["output_tokens"] += figures["output_tokens"]
            self._usage["cached_tokens"] += figures.get("input_token_details", {}).get("cache_read", 0) or 0

    def _heed_a_cut(self, read: int, messages: Sequence[BaseMessage]) -> None:
        """Say so where a server seems to have read far less than it was sent."""
        sent = sum(count_tokens(message.text) for message in messages)
        if sent > _CUT_FROM and 0 < read < sent * _CUT_SHARE:
            self.report(
                "cut",
                reason=(
                    f"the server read {read:,} tokens of a prompt of about {sent:,}: it seems to cut prompts silently. "
                    "Give it a larger context (Ollama: OLLAMA_CONTEXT_LENGTH), or set prompt_tokens to what it has."
                ),
            )

    def again(
        self, messages: Sequence[BaseMessage], problem: str, attempt: int = 1, more: int = 1
    ) -> list[BaseMessage]:
        """The conversation with what was wrong with the last answer.

        The answer itself is left out: a small model copies it, and a cache would have to read it anew.
        """
        self.report("again", attempt=attempt, more=more, problem=problem)
        *before, task = messages
        complaint = load("try_again", self.language).fill(problem=problem)
        return [*before, HumanMessage(f"{task.text}\n\n{complaint}")]

    def _again(self, messages: Sequence[BaseMessage], problem: str, attempt: int) -> Sequence[BaseMessage]:
        """The conversation of the next try, if there is one."""
        more = self.context.tries - 1
        return self.again(messages, problem, attempt, more) if attempt <= more else messages


def up_to_last_sentence(text: str, language: str) -> str:
    """A text that was cut off, without its unfinished last sentence; empty if it holds no finished one."""
    kept = pieces(text, language)
    while kept and not _ENDS.search(kept[-1].rstrip()):
        kept.pop()
    return "".join(kept).strip()


def _was_cut(reply: AIMessage) -> bool:
    """Whether the answer ended at a limit, or its stream before its end."""
    said = cast("dict[str, Any]", reply.response_metadata)
    if said.get("model_provider") == "openai" and not said.get("finish_reason"):
        return True
    return said.get("finish_reason") in ("length", "max_tokens")
