"""Recorded answers of the experiment ``change``, and the chat model that gives them again.

An answer is kept by situation, branch and passage, not by its prompt, so that it outlives other words in the prompts.
It names facts by the numbers they had when it was recorded; with it stand their texts, and given again it names them by
the numbers they have now. One that is not shown any longer cannot be named: what the answer said of it is dropped, as a
model that does not see a fact says nothing of it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, NamedTuple

from filelock import FileLock
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from ..nodes.node import Inline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langchain_core.runnables import Runnable

_NUMBERED = re.compile(r"^(\d+)\. (.+?)(?: \[\d+\]|［\d+］)(?: \([^()]*\)|（[^（）]*）)*$", re.MULTILINE)
"""A fact in a prompt: its number, its sentence, and in brackets since when."""


class Place(NamedTuple):
    """Which answer it is: of which situation, branch and passage (from 0; after the last of them comes ``last``)."""

    id: str
    variant: str
    passage: int


class OpenQuestionError(Exception):
    """A question that has no recorded answer.

    Attributes:
        place: which.
        messages: the whole conversation, as the model would see it.
        schema: what the answer is held to.
    """

    def __init__(self, place: Place, messages: list[BaseMessage], schema: dict[str, Any]) -> None:
        super().__init__(str(place))
        self.place = place
        self.messages = messages
        self.schema = schema


@dataclass(frozen=True)
class RecordedAnswer:
    """An answer, and the texts of the facts that it names by number."""

    answer: dict[str, Any]
    shown: Mapping[int, str]

    def as_of(self, now: Mapping[int, str]) -> dict[str, Any]:
        """The answer with the numbers that its facts have now."""
        numbers = {text: number for number, text in now.items()}

        def renumbered(number: object) -> int | None:
            return numbers.get(self.shown.get(_int(number), ""))

        facts = []
        for fact in _records(self.answer, "facts"):
            replaced = [renumbered(number) for number in _list(fact.get("replaces"))]
            facts.append({**fact, "replaces": [number for number in replaced if number]})
        changes = [
            {**change, "fact": number}
            for change in _records(self.answer, "changes")
            if (number := renumbered(change.get("fact")))
        ]
        return {**self.answer, "facts": facts, "changes": changes}


class Recording:
    """The recorded answers of a language, in a file that is written whole each time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.answers: dict[Place, RecordedAnswer] = {}
        if path.exists():
            self.answers = read_answers(path.read_text(encoding="utf-8"))

    def add(self, new: Mapping[Place, RecordedAnswer]) -> None:
        """Keep answers; several may do so at once. One that is there already gives way."""
        with FileLock(Path(gettempdir()) / f"{self.path.name}.lock"):
            text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
            self.answers = {**read_answers(text), **new}
            lines = [_line(place, self.answers[place]) for place in sorted(self.answers)]
            scratch = self.path.with_suffix(".new")
            scratch.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            scratch.replace(self.path)


def read_answers(text: str) -> dict[Place, RecordedAnswer]:
    """Recorded answers from the lines of their file."""
    found = {}
    for line in text.splitlines():
        kept = json.loads(line)
        shown = {int(number): str(fact) for number, fact in kept["shown"].items()}
        place = Place(str(kept["id"]), str(kept["variant"]), int(kept["passage"]))
        found[place] = RecordedAnswer(kept["answer"], shown)
    return found


def facts_shown(messages: list[BaseMessage]) -> dict[int, str]:
    """The facts that a conversation shows, by number."""
    asked = "\n".join(message.text for message in messages if isinstance(message, HumanMessage))
    return {int(number): text for number, text in _NUMBERED.findall(asked)}


class RecordedModel(BaseChatModel):
    """A chat model that writes the passage it is handed, and answers of its facts what was recorded.

    Attributes:
        answers: what was recorded.
        place: whose answer is wanted.
        prose: the text it writes.
        summary: the summary that the situation gives: it takes the place of the recorded one.
        unanswered: what there is no answer for is told without facts, instead of being an error.
        asked: the last conversation that it was to write a passage for.
    """

    answers: Any = Field(default_factory=dict)
    place: Any = None
    prose: str = ""
    summary: str = ""
    unanswered: bool = False
    asked: list[BaseMessage] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "recorded"

    def with_structured_output(self, schema: Any, *, include_raw: bool = False, **_: Any) -> Runnable[Any, Any]:  # noqa: ANN401, ARG002 (LangChain's)
        """Answer with what the schema asks for."""
        return self.bind(schema=schema) | Inline(_parsed)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: Any = None,  # noqa: ANN401, ARG002
        schema: dict[str, Any] | None = None,
        **_: Any,  # noqa: ANN401
    ) -> ChatResult:
        if schema is None:
            self.asked = messages
            text = self.prose
        else:
            text = json.dumps(self._answer(messages, schema), ensure_ascii=False)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    def _answer(self, messages: list[BaseMessage], schema: dict[str, Any]) -> dict[str, Any]:
        recorded = self.answers.get(self.place)
        if recorded is None:
            if not self.unanswered:
                raise OpenQuestionError(self.place, messages, schema)
            return {"summary": self.summary}
        return {**recorded.as_of(facts_shown(messages)), "summary": self.summary}


def _parsed(message: AIMessage) -> dict[str, Any]:
    return {"raw": message, "parsed": json.loads(message.text), "parsing_error": None}


def _line(place: Place, recorded: RecordedAnswer) -> str:
    kept = {**place._asdict(), "shown": recorded.shown, "answer": recorded.answer}
    return json.dumps(kept, ensure_ascii=False)


def _records(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return [record for record in _list(answer.get(name)) if isinstance(record, dict)]


def _list(given: object) -> list[Any]:
    return given if isinstance(given, list) else [] if given in (None, "") else [given]


def _int(given: object) -> int:
    found = re.search(r"\d+", str(given))
    return int(found[0]) if found else 0
