"""The calls that a story makes, each made once on a story of one sentence: what a model and its server can do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ..models.known import WAYS, Forms, Known
from ..models.window import TOKENS_A_SENTENCE
from ..prompts import Phrase
from ..schemas.dialects import FULL, SMALL
from .answers import UnusableAnswerError, read
from .asking import PROSE, AnswerSpec
from .budget import room_for_prompt
from .calling import NoFormsError, ask_held, ask_in_words
from .calls import OnTheLoop
from .messages import messages_after_paragraph, opening_messages
from .open_story import OPENING_PROMPT, open_story
from .rewrite_short_term import MemoryAlone, ShortTermMemory, longest_rationale, task
from .smaller import bounds_of
from .thinking import THINKING
from .turn import Surroundings, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

    from ..models import ChatModel, Reply
    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.state import StoryState
    from .calls import T
    from .resources import Resources

_SENTENCES = 4
"""Of the passage that is asked for, and at most of its memory."""
_MEMORY = (1, _SENTENCES)
_WORDS = 600
"""Tokens of a step's first prompt that are the project's own words, a short premise and a plan."""
_REPEATED = 1
"""How often a call is repeated here: who asks what is wrong does not want to wait."""
_ROOM = 800
"""Tokens that such a memory may take, several times what it needs: a small model may not find an end by itself. One
that thinks before it answers has no such bound."""
_PREMISE = {
    "title": "The Bottle",
    "topic": "A lighthouse keeper finds a message in a bottle.",
    "outline": "She reads it, and goes to look for whoever sent it.",
}


@dataclass(frozen=True)
class Wrote:
    """A passage that was asked for.

    Attributes:
        text: it.
        pieces: in how many pieces it came.
        first: seconds until the first of them.
        seconds: until the last.
        read: tokens of the prompt; ``None``: the server does not say.
        written: tokens of the answer.
    """

    text: str
    pieces: int
    first: float
    seconds: float
    read: int | None
    written: int


class Room(NamedTuple):
    """What a step's first prompt has room in, in tokens.

    Attributes:
        window: the model's; ``None``: nobody says.
        left: what is left of it for such a prompt.
        needed: what one has with a short premise, the memory and the last paragraph, and nothing recalled.
    """

    window: int | None
    left: int
    needed: int


@dataclass(frozen=True)
class Filled:
    """Something with a form that was asked for in one way.

    Attributes:
        way: how.
        holds: whether it came, and can be read.
        is_refused: whether the server said that it cannot do that.
        problem: what was wrong with the answer, if one came.
        seconds: that it took.
        read: tokens of the prompt; ``None``: the server does not say.
        cached: how many of them came from a cache.
    """

    way: Forms
    holds: bool
    is_refused: bool = False
    problem: Part | str = ""
    seconds: float = 0.0
    read: int | None = None
    cached: int = 0


class Trial:
    """A story of one sentence, and a model to try on it."""

    def __init__(self, context: Context, resources: Resources) -> None:
        """A trial of the model that a run with these settings would call."""
        low, high = _MEMORY
        sizes = {
            "paragraph_sentences": _SENTENCES,
            "memory_min_sentences": low,
            "memory_max_sentences": high,
            "prompts": {},
            "max_retries": min(context.max_retries, _REPEATED),
        }
        small = context.model_copy(update=sizes)
        self._context, self._resources = context, resources
        self._calls = _Watching()
        around = Surroundings(calls=self._calls, resources=resources, tell=self._hear)
        self._state: dict[str, Any] = dict(_PREMISE)
        self._room = _ROOM
        self._turn = Turn(open_story.name, small, cast("StoryState", self._state), around)

    def _hear(self, event: Mapping[str, Any]) -> None:
        if event["event"] == THINKING:
            self._room = 0

    async def model(self) -> ChatModel:
        """The model.

        Raises:
            ModelUnavailableError: it cannot be had.
            SettingsError: none is named, or the address of its server is none.
        """
        return await self._turn.model()

    def in_small(self) -> Trial | None:
        """The same trial in the small dialect; ``None`` where this one is in it, or where a dialect is set."""
        if self._turn.dialect != FULL or self._context.dialect != "auto":
            return None
        return Trial(self._context.model_copy(update={"dialect": SMALL.name}), self._resources)

    async def keep_small(self) -> None:
        """Have this model asked in the small dialect from now on, in this process and where nothing else is said."""
        (await self._turn.model()).known.wants_small = True

    async def room(self) -> Room:
        """What a step's first prompt may have of the model's window, and what it will have at the least."""
        window, sizes = await self._turn.window(), self._context
        sentences = sizes.memory_max_sentences + sizes.paragraph_sentences
        return Room(window, room_for_prompt(sizes, window), _WORDS + TOKENS_A_SENTENCE * sentences)

    async def write(self, sentences: int = _SENTENCES) -> Wrote:
        """Have a passage of so many sentences written, streamed.

        Raises:
            GateError: no usable text in the tries the context allows.
            ModelUnavailableError: the model did not answer.
        """
        turn = self._turn
        asked = {"opening_sentences": sentences, "opening_paragraphs": 1, "paragraph_sentences": sentences}
        prompt = turn.prompt(OPENING_PROMPT).fill(**asked)
        began = perf_counter()
        text = await turn.write(opening_messages(cast("StoryState", self._state), turn, prompt), sentences)
        seconds = perf_counter() - began
        self._state |= {"prompt": prompt, "paragraph": text}
        usage = turn.account.close()
        read = usage["input_tokens"] or None
        return Wrote(text, self._calls.pieces, self._calls.first, seconds, read, usage["output_tokens"])

    async def fill(self, way: Forms) -> Filled:
        """Ask for the memory of that passage in one way, in the conversation in which it was written.

        Raises:
            BrokenAnswerError: the answer broke off.
            ModelUnavailableError: the model did not answer.
        """
        model = replace(await self.model(), known=Known(forms=way))
        began = perf_counter()
        try:
            reply = await self._asked(model, way)
        except NoFormsError:
            return Filled(way, holds=False, is_refused=True, seconds=perf_counter() - began)
        except UnusableAnswerError as error:
            return Filled(way, holds=False, problem=_said(error.problem), seconds=perf_counter() - began)
        took, holds, problem = perf_counter() - began, way == "words" or reply.has_form, ""
        try:
            if holds:
                read(self._form, reply.parsed, reply.text, self._turn.language, self._turn.phrases)
        except UnusableAnswerError as error:
            holds, problem = False, error.problem
        return Filled(way, holds, problem=_said(problem), seconds=took, read=reply.read, cached=reply.cached)

    async def ways(self) -> tuple[Forms, ...]:
        """The ways in which its kind of model can be asked for something with a form, the first to be tried first."""
        return WAYS if (await self.model()).base_url else ("schema", "words")

    async def _asked(self, model: ChatModel, way: Forms) -> Reply:
        turn = self._turn
        conversation = messages_after_paragraph(cast("StoryState", self._state), turn, task(turn, before=""))
        low, high = _MEMORY
        sizes = {
            "rationale": {"maxLength": longest_rationale(high)},
            "memory": {"minItems": low, "maxItems": high},
            "memory.items": {"maxLength": 200},
        }
        spec = AnswerSpec(bounds_of(self._form, sizes, turn.dialect))
        if way == "words":
            return await ask_in_words(turn, model, conversation, self._form, spec, room=self._room)
        return await ask_held(turn, model, conversation, self._form, spec, room=self._room)

    @property
    def _form(self) -> type[ShortTermMemory | MemoryAlone]:
        """What is asked for, as the dialect asks for it."""
        return ShortTermMemory if self._turn.context.use_rationale else MemoryAlone


def _said(problem: str) -> Part | str:
    """What was wrong, so that a face can say it in its language."""
    return problem.said if isinstance(problem, Phrase) else problem


class _Watching(OnTheLoop):
    """Calls on the event loop; of a passage, how it comes.

    Attributes:
        pieces: in how many pieces the last passage came.
        first: seconds until the first of them.
    """

    def __init__(self) -> None:
        self.pieces = 0
        self.first = 0.0

    async def model(
        self, model: Runnable[list[BaseMessage], T], messages: Sequence[BaseMessage], tags: Sequence[str]
    ) -> T:
        """Call a chat model with messages."""
        if PROSE not in tags:
            return await super().model(model, messages, tags)
        self.pieces, began, whole = 0, perf_counter(), None
        async for piece in model.astream(list(messages), {"tags": list(tags)}):
            if cast("BaseMessage", piece).text:
                self.first = self.first if self.pieces else perf_counter() - began
                self.pieces += 1
            whole = piece if whole is None else whole + piece  # type: ignore[operator]
        return cast("T", whole)
