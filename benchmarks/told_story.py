"""A model that tells a story of a real one's size: twenty sentences a passage, and facts that it proves.

The passages are the other novel of the evaluation, three of its paragraphs each; the facts are its shorter sentences
that tell of one of its cast: 3.8 a passage of 67 letters, with two names each; 13 of a hundred take another's place, 9
are open. In the recorded answers of the evaluation, for shorter passages, it is 4.5 of 64, two names, 12 and 7.
The memory is the first sentences of what came last, a plan the
beginning of what comes next. Nothing of it depends on what was asked but the numbers of facts, so that stories with
other settings are told the same.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from recurrentgpt.evaluation.change_data import data_text
from recurrentgpt.evaluation.change_fillers import fillers
from recurrentgpt.memory.sentences import sentences
from recurrentgpt.schemas.languages import language_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_core.messages import BaseMessage


LANGUAGE = "en"
PIECES = 3
"""Paragraphs of the novel that make one passage: 20 sentences, about."""
_REMEMBERED, _PLANNED, _CUES, _PLANS = 15, 5, 3, 3
_CUE, _SYNOPSIS, _SAID = 120, 330, 55
"""Characters of a cue, a synopsis, a quote."""
_FACTS, _SHORTEST, _LONGEST = 8, 16, 100
"""Facts of a passage, at most; characters of one."""
_REPLACES, _OPENS, _SETTLES = 2, 3, 6
"""In each so many passages a fact takes another's place, a question is opened, one is settled."""
_SPEECH = frozenset("“”\"‘'?!")
_NUMBERED = re.compile(r"^(\d+)\. .*\[\d+", re.MULTILINE)
_DUE = re.compile(r"takes up number (\d+)")
_ASKED_BY = {
    "memory": "rewrite_short_term",
    "summary": "append_summary",
    "plans": "propose_plans",
    "synopsis": "condense_summaries",
}
"""Who asks, by a part of the answer."""
GATES = ("generate_paragraph", *_ASKED_BY.values())


@dataclass(frozen=True)
class Call:
    """What one call sent, of it the last message, and what came back; the schema is the JSON text beside the prompt."""

    gate: str
    prompt: str
    asked: str
    answer: str
    schema: str


@dataclass
class Telling:
    """Answers as the story goes.

    Attributes:
        opens_threads: whether questions are opened and settled.
        opening: passages of the first answer.
        told: passages so far.
        calls: every call, in order.
    """

    opens_threads: bool = True
    opening: int = 3
    told: int = 0
    calls: list[Call] = field(default_factory=list)

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        """The answer; ``None`` for what is asked before the first passage."""
        wanted = (schema or {}).get("properties", {})
        asked = "\n".join(message.text for message in messages)
        if "outline" in wanted:
            return None
        answer = self._prose() if schema is None else json.dumps({name: self._part(name, asked) for name in wanted})
        gate = next((gate for part, gate in _ASKED_BY.items() if part in wanted), GATES[0])
        self.calls.append(Call(gate, asked, messages[-1].text, answer, json.dumps(schema) if schema else ""))
        return answer

    def _prose(self) -> str:
        new = range(self.told, self.told + (1 if self.told else self.opening))
        self.told = new.stop
        return "\n\n".join(" ".join(_pieces(place)) for place in new)

    def _part(self, name: str, asked: str) -> object:
        last = self.told - 1
        if name in {"facts", "changes", "plans"}:
            return list({"facts": self._facts, "changes": self._changes, "plans": self._plans}[name](asked))
        if name == "summaries":
            return [_begun(place) for place in range(self.told)]
        if name == "memory":
            return list(islice(_beginnings(last), _REMEMBERED))
        return _begun(last) if name == "summary" else " ".join(islice(_beginnings(last), _REMEMBERED))[:_SYNOPSIS]

    def _facts(self, asked: str) -> Iterator[dict[str, object]]:
        shown = _NUMBERED.findall(asked)
        for place, text in enumerate(_facts_of(self.told - 1)):
            is_open = not place and not self.told % _OPENS
            if is_open and not self.opens_threads:
                continue
            replaced = place == 1 and shown and not self.told % _REPLACES
            says = {"fact": text, "about": _about(text), "says": text[:_SAID], "frame": "now", "knows": [], "when": ""}
            numbers = [int(self._chance(0).choice(shown))] if replaced else []
            yield says | {"open": is_open, "same": False, "replaces": numbers}

    def _changes(self, asked: str) -> Iterator[dict[str, object]]:
        """What is open stands last among what is shown."""
        shown = _NUMBERED.findall(asked)
        if shown and self.opens_threads and not (self.told + 1) % _OPENS:
            how = "touched" if (self.told + 1) % _SETTLES else "settled"
            says = _split(_pieces(self.told - 1)[0])[0][:_SAID]
            yield {"fact": int(shown[-1]), "how": how, "who": [], "says": says, "frame": "now"}

    def _plans(self, asked: str) -> Iterator[dict[str, object]]:
        offered, due = map(int, _NUMBERED.findall(asked.rpartition("Open questions")[2])), _DUE.findall(asked)
        named = [[int(due[-1])] if due else [], [], []]
        for plan, number in zip(named, offered, strict=False):
            plan.append(number)
        past = [fact for place in range(self.told) for fact in _facts_of(place)]
        for number, text in enumerate(_pieces(self.told)):
            cues = [cue[:_CUE] for cue in self._chance(number).sample(past, min(_CUES, len(past)))]
            yield {"text": " ".join(_split(text)[:_PLANNED])[:700], "recall": cues, "threads": named[number]}

    def _chance(self, number: int) -> Random:
        return Random(f"{self.told}:{number}")  # noqa: S311 (no secret)


@cache
def _pieces(place: int) -> list[str]:
    """The parts of a passage; after the novel's end it begins anew, cut otherwise."""
    novel = fillers(LANGUAGE)
    start = PIECES * place + PIECES * place // len(novel)
    return [novel[(start + number) % len(novel)].text for number in range(PIECES)]


@cache
def _facts_of(place: int) -> list[str]:
    found = [text for piece in _pieces(place) for text in _split(piece) if _SHORTEST <= len(text) <= _LONGEST]
    return [text for text in found if _names(text) and _SPEECH.isdisjoint(text)][:_FACTS]


def _about(text: str) -> list[str]:
    """Whom a fact names, and its longest other word, for a thing."""
    return [*_names(text), max(re.findall(r"\b[a-z]+", text), key=len)]


def _names(text: str) -> list[str]:
    return [name for name in _cast() if name in text]


@cache
def _cast() -> tuple[str, ...]:
    return tuple(json.loads(data_text("change-cast.json"))[LANGUAGE])


def _split(text: str) -> list[str]:
    return sentences(text, language_named(LANGUAGE))


def _begun(place: int) -> str:
    """A passage in two sentences."""
    return " ".join(_split(text)[0] for text in _pieces(place)[:2])


def _beginnings(place: int) -> Iterator[str]:
    """The first sentences of what was told, backwards from a place."""
    for earlier in range(place, -1, -1):
        for text in _pieces(earlier):
            yield from _split(text)[:2]
