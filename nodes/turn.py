"""A gate's turn: all that a gate is handed besides the state.

Its settings, its language, the prompts, the memory as this state sees it, and a model to ask. It is made for one gate
and one state, by whatever runs the gate (see :mod:`.node`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from langgraph.config import get_stream_writer

from ..prompts import Phrase, Prompt, PromptSpec, every_phrase, load
from ..prompts.own import replaced
from ..schemas.assistants import AUTHOR, Assistant
from ..schemas.catalogue import part, say_part
from ..schemas.language_folders import PHRASES
from ..schemas.languages import DEFAULT, language_named, texts
from ..schemas.modes import mode_named
from . import asking
from .calls import HERE, ON_THE_LOOP
from .memory_view import MemoryView
from .resources import default_resources
from .thinking import Thinking
from .usage import Account

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence

    from langchain_core.messages import BaseMessage

    from ..models import ChatModel, Task
    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.state import StoryState
    from .answers import A
    from .asking import AnswerSpec
    from .calls import Calls, T
    from .gate import Update
    from .resources import Resources


@dataclass(frozen=True)
class Surroundings:
    """What a gate at work is surrounded by, whatever the state.

    Attributes:
        assistant: whose defaults hold where a run says nothing.
        calls: how a model is called and blocking work done.
        resources: where models and memories come from; by default what the environment says.
        tell: hears of what happens; by default whoever streams the graph that runs the gate.
    """

    assistant: Assistant = AUTHOR
    calls: Calls = HERE
    resources: Resources = field(default_factory=default_resources)
    tell: Callable[[dict[str, Any]], None] | None = None

    @classmethod
    def beside_a_step(cls, resources: Resources) -> Self:
        """Those of what is done with a gate's means while no graph runs: nobody hears of it."""
        return cls(calls=ON_THE_LOOP, resources=resources, tell=lambda _: None)


class Turn:
    """What a gate is handed.

    Attributes:
        gate: the gate's name, as in the graph.
        context: the run's settings, with the sizes of the story's mode and of the dialect.
        around: what it is surrounded by.
        account: what its calls cost.
        language: the story's.
        mode: the story's.
        dialect: that of the model for its task.
        memory: the long-term memory, as the state sees it.
        task: what a model is wanted for.
        thinking: tells what the model thinks before it answers.
        streamed: the ids of the messages in which texts were streamed, by the texts.
    """

    def __init__(  # noqa: PLR0913 (what a turn is of)
        self,
        gate: str,
        context: Context,
        state: StoryState,
        around: Surroundings | None = None,
        account: Account | None = None,
        *,
        helps: bool = False,
    ) -> None:
        """A turn of the gate ``gate`` on a state, whose language and mode are the turn's.

        With ``helps``, the helper model is asked where the run has one.
        """
        from ..models import Task  # noqa: PLC0415 (a run alone needs it)

        self.gate = gate
        self.task = Task(gate, helps)
        self.around = around or Surroundings()
        self.account = account or Account()
        self.language = language_named(state.get("language") or DEFAULT)
        self.mode = mode_named(state.get("mode"))
        self.dialect = self.around.resources.chat_models.dialect_of(context, self.task)
        self.context = context.sized_for(self.mode, self.dialect)
        self.memory = MemoryView(self.around.resources.memories, self.language, state, self.around.calls)
        self.thinking = Thinking()
        self.streamed: dict[str, str] = {}
        self._model: ChatModel | None = None

    @property
    def writes_the_passage(self) -> bool:
        """Whether it is the turn of who writes the next passage; others plan it, recall for it or remember it."""
        return self.gate == "generate_paragraph"

    @property
    def has_more_than_it_shows(self) -> bool:
        """Whether earlier pages have more than the next prompt shows anyway: only then have recall cues to lead there.

        The last passage stands in each prompt; where no more of the others are there than are recalled, they do too.
        """
        if not self.context.retrieve_k:
            return self.context.is_searching
        return self.memory.before.length + self.memory.length - 1 > self.context.retrieve_k

    def on(self, state: StoryState) -> Turn:
        """The same turn on another state: that of a story that has only now begun."""
        turn = Turn(self.gate, self.context, state, self.around, self.account, helps=self.task.helps)
        turn.streamed = self.streamed
        return turn

    @property
    def assistant(self) -> Assistant:
        """Whose defaults hold where a run says nothing."""
        return self.around.assistant

    def prompt(self, spec: PromptSpec) -> Prompt:
        """The run's own prompt of that name where it has one, else the project's in the story's language and mode.

        Raises:
            PromptError: the run's own misses a placeholder.
        """
        default = load(spec, self.language, self.mode, self.dialect)
        return replaced(spec, self.context.prompts[spec.name], default) if self.has_own(spec) else default

    def has_own(self, spec: PromptSpec) -> bool:
        """Whether the run has a prompt of its own of that name."""
        return bool(self.context.prompts.get(spec.name, "").strip())

    def phrase(self, key: str, **values: object) -> Phrase:
        """A short sentence in the story's language, or the run's own words for it."""
        return Phrase.of(self.prompt(every_phrase()[key]), values, self.mode)

    def listed(self, texts: Iterable[str]) -> str:
        """Texts one after the other, with what divides such in the story's language."""
        return say_part(part("between_parts"), self.language.tag).join(texts)

    @property
    def phrases(self) -> Mapping[str, str]:
        """The short sentences and headings by name, not filled: the story's, or the run's own."""
        of_story = texts(self.language.tag, PHRASES, self.mode.name)
        own = {name: text.strip() for name, text in self.context.prompts.items() if name in of_story and text.strip()}
        return {**of_story, **own}

    def emit(self, event: str, **details: object) -> None:
        """Tell whoever streams ``custom`` events what happens here."""
        self.teller()(event, details)

    def teller(self) -> Callable[[str, dict[str, Any]], None]:
        """What tells whoever streams ``custom`` events of an event of this gate, from whatever thread."""
        tell = self.around.tell or get_stream_writer()
        return lambda event, details: tell({"gate": self.gate, "event": event, **details})

    def remark(self, event: str, said: Part) -> None:
        """Tell of something that a person should know: in English, and so that a face can say it in its language."""
        self.emit(event, reason=say_part(said), said=said)

    async def write(
        self, messages: Sequence[BaseMessage], sentences: int, problem_of: Callable[[str], str] = lambda _: ""
    ) -> str:
        """Have the model write story text, streamed: see :func:`.asking.write`."""
        return await asking.write(self, messages, sentences, problem_of)

    async def ask(
        self,
        messages: Sequence[BaseMessage],
        answer: type[A],
        spec: AnswerSpec,
        problem_of: Callable[[A], str] = lambda _: "",
        tries: int | None = None,
    ) -> A:
        """Ask the model for something with a form: see :func:`.asking.ask`."""
        return await asking.ask(self, messages, answer, spec, problem_of, tries)

    async def work(self, function: Callable[[], T]) -> T:
        """Have something done that blocks, where it blocks nobody."""
        return await self.around.calls.work(function)

    async def together(self, *several: Coroutine[Any, Any, None]) -> None:
        """Have several things done of which none waits for another: side by side, where that can be."""
        await self.around.calls.together(several)

    async def model(self) -> ChatModel:
        """The chat model that does what this gate does.

        Raises:
            ModelUnavailableError: it cannot be had, or does not know the story's language.
        """
        if self._model is None:
            self._model = await self._model_for(self.task)
        return self._model

    async def window(self) -> int | None:
        """The context window in tokens that its conversation must fit; ``None`` where it is not known.

        Who writes a passage begins the conversation in which others go on: the smallest of all windows counts.
        """
        own = await self.model()
        asked = {id(own): own}
        if not self.task.helps:
            others = [await self._model_for(task) for task in self.around.resources.chat_models.tasks(self.context)]
            asked |= {id(model): model for model in others}
        windows = [await self.work(model.window) if model.base_url else model.window() for model in asked.values()]
        return min((window for window in windows if window), default=None)

    async def _model_for(self, task: Task) -> ChatModel:
        chat_models = self.around.resources.chat_models
        chat_models.check_language(self.context, self.language.tag)
        known = chat_models.known(self.context, task)
        if known is not None:
            return known
        return await self.work(lambda: chat_models.resolve(self.context, task))

    @property
    def who(self) -> str:
        """The model that does what this gate does, where the run has several; else empty."""
        chat_models = self.around.resources.chat_models
        return chat_models.shown(self.context, self.task) if len(chat_models.tasks(self.context)) > 1 else ""

    async def keep_last_state(self, state: Mapping[str, Any]) -> None:
        """Keep the state of a finished step beside the memory, where a library finds it."""
        await self.work(lambda: self.around.resources.keep_last_state(state))

    def with_usage(self, update: Update) -> Update:
        """A gate's update with what it cost."""
        usage = self.account.close()
        self.emit("end", seconds=usage["seconds"])
        return {**update, "usage": {self.gate: usage}} if usage["calls"] else update
