"""How a system under test is driven: it opens a novel, writes paragraph by paragraph, and is probed at the end.

Every system is given the same title, outline and opening: the record answers the same question of a novel once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from ..models.window import count_tokens
from ..nodes import open_story
from ..nodes.resources import Resources, default_resources
from ..schemas.errors import GateError, SettingsError
from ..schemas.modes import AUTHOR
from ..schemas.story_input import ALWAYS_TOLD
from .asking import quiet_turn, run_gate, write
from .novel import Novel, Page, Threads, VisibleContext
from .prompt_files import load

if TYPE_CHECKING:
    from ..nodes import Turn
    from ..prompts import Prompt
    from ..schemas.context import Context
    from ..schemas.languages import Language
    from .call_cache import CallCache
    from .topics import Topic


class Writer(Protocol):
    """A system under test, at work on one novel."""

    @property
    def title(self) -> str:
        """The novel's title, once it is begun."""

    def begin(self) -> list[str]:
        """Open the novel; gives its first paragraphs, the planted fact among them."""

    def write_next(self) -> Page:
        """Write one paragraph and whatever belongs to the step; its cost is filled in by the caller."""

    def sight(self, plan: str) -> VisibleContext:
        """What the writer would be shown, were this the next plan."""

    def threads(self) -> Threads | None:
        """What became of the questions that it keeps a record of; ``None`` where it keeps none."""

    def close(self) -> None:
        """Let go of what it holds."""


@dataclass
class Assignment:
    """What a writer is to write.

    Attributes:
        topic: about what, and with which fact planted.
        paragraphs: how many after the opening.
        context: with which settings.
        resources: with which models and memories.
    """

    topic: Topic
    paragraphs: int
    context: Context
    resources: Resources = field(default_factory=default_resources)

    def begun_from(self) -> dict[str, Any]:
        """The input of the story. Nobody is told how long it will be: the paper's systems were not."""
        topic = self.topic
        genre = topic.genre_told or topic.genre
        return {"topic": topic.text, "genre": genre, "language": topic.tag, "mode": AUTHOR.name}

    @property
    def language(self) -> Language:
        """The novel's."""
        return self.topic.language

    @property
    def changes_after(self) -> int:
        """After how many paragraphs behind the opening the change is told: in the middle."""
        return (self.paragraphs + 1) // 2

    def planted(self, opening: list[str]) -> list[str]:
        """An opening with the fact at the end of its first paragraph, and with what will change at its own end."""
        first = self._joined(opening[0], self.topic.fact)
        return [*[first, *opening[1:]][:-1], self._joined([first, *opening[1:]][-1], self.topic.change.was)]

    def changed(self, text: str, number: int) -> str:
        """The n-th paragraph behind the opening, from 1; the one in the middle with the change at its end."""
        return self._joined(text, self.topic.change.now) if number == self.changes_after else text

    def _joined(self, text: str, sentence: str) -> str:
        space = "" if self.language.search.by_characters else " "
        return f"{text}{space}{sentence}" if sentence else text

    def turn(self, name: str) -> Turn:
        """A turn that nobody listens to."""
        return quiet_turn(name, self.context, self.resources, {"language": self.topic.tag})


@dataclass
class Book:
    """The novel as a baseline sees it.

    Attributes:
        assignment: what is to be written.
        premise: what is told of the book before it begins.
        texts: the paragraphs so far.
    """

    assignment: Assignment
    premise: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    _written: int = 0

    def begin(self) -> list[str]:
        """Open it just as ours is opened."""
        state = run_gate(open_story, self.assignment.begun_from(), self.assignment.context, self.assignment.resources)
        self.premise = {name: str(state[name]) for name in ALWAYS_TOLD}
        self.texts = self.assignment.planted(state["opening"])
        return list(self.texts)

    def load(self, name: str) -> Prompt:
        """A prompt of the baselines, in the novel's language."""
        return load(name, self.assignment.language)

    def add(self, text: str) -> str:
        """Put the next paragraph behind the others, with the change where it belongs; gives it as it stands."""
        self._written += 1
        self.texts.append(self.assignment.changed(text, self._written))
        return self.texts[-1]

    def messages(self, prompt: str) -> list[BaseMessage]:
        """A baseline's conversation: the same premise for each, and its own request."""
        return [SystemMessage(self.load("system").fill(**self.premise)), HumanMessage(prompt)]

    def prose(self, prompt: str) -> str:
        """Have the next paragraph written."""
        turn = self.assignment.turn("baseline")
        length = self.assignment.context.paragraph_sentences
        last = self.texts[-1].split()

        def problem_of(text: str) -> str:
            return turn.phrase("problem_same_paragraph") if text.split() == last else ""

        return self.add(write(turn, self.messages(prompt), length, problem_of))

    def end_of_text(self, prompt_without: str, limit: int) -> str:
        """As many of the last paragraphs as leave the prompt within a limit of tokens, system message included.

        Raises:
            SettingsError: not even the last one fits.
        """
        room = limit - count_tokens("\n".join(message.text for message in self.messages(prompt_without)))
        kept: list[str] = []
        for text in reversed(self.texts):
            room -= count_tokens(f"{text}\n\n")
            if room < 0:
                break
            kept.insert(0, text)
        if not kept:
            raise SettingsError("window_too_small", tokens=limit)
        return "\n\n".join(kept)


def write_novel(writer: Writer, assignment: Assignment, system: str, recorder: CallCache) -> Novel:
    """Have a novel written. One that a system cannot finish is kept as far as it came, and says why."""
    novel = Novel(novel=assignment.topic.id, system=system, language=assignment.topic.tag)
    with recorder.work(novel.novel, system) as ledger:
        try:
            novel.opening = writer.begin()
            novel.title, novel.opening_cost = writer.title, ledger.take()
            for _ in range(assignment.paragraphs):
                page = writer.write_next()
                novel.pages.append(page.model_copy(update={"cost": ledger.take()}))
            novel.sight = writer.sight(assignment.topic.need)
            novel.change_sight = writer.sight(assignment.topic.change.need)
            novel.probe_cost = ledger.take()
            novel.threads = writer.threads()
        except GateError as error:
            novel.failed = f"{error.gate} gave no usable answer in {error.tries} tries ({error.problem})"
        finally:
            writer.close()
    return novel
