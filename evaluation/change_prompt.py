"""A step's prompt, taken apart: which sentence stands where, and how what stands there is to be read.

What is known to be in it (premise, short-term memory, recalled passages, notes beside them, last paragraph, facts) is
taken from the state that it was made of. What is left, whatever it is, is looked at too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ..nodes.messages import FACT_RULES, asked_of_numbered
from ..nodes.standing import render
from ..schemas.facts import FRAMES
from .change_data import sentences_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from langchain_core.messages import BaseMessage

    from ..nodes import Turn
    from .change_telling import State

Where = Literal["standing", "note", "passage", "memory", "last", "elsewhere", "beginning", "premise"]
"""Where in a prompt something stands."""
As = Literal["so", "not now", "open", "no longer"]
"""How it is told there: as being so; as earlier, imagined or claimed; as an open question; as being so no longer."""


_OVER = {
    **dict.fromkeys(("since_no_longer", "since_settled", "since_now", "since_told_now", "since_answered"), ""),
    **dict.fromkeys(("since_told_below", "since_told_later", "since_answered_as_told"), ""),
    "since_untrue": "claimed",
}
"""The notes of what is so no longer, and of which frame that is, where they say it."""


@dataclass
class Piece:
    """A part of a prompt.

    Attributes:
        where: where it stands.
        text: its words.
        told_as: how it is told.
        place: the place of the passage that it is, or is a fact of; ``None``: it is of none.
        notes: what stands beside it, where it is a recalled passage.
        at: where in the prompt it begins; -1: before the prompt, in the system message.
        frame: where a note says of a passage what it does not tell as being so now: of which frame that is.
    """

    where: Where
    text: str
    told_as: As = "so"
    place: int | None = None
    notes: list[Piece] = field(default_factory=list)
    at: int = -1
    frame: str = ""

    @property
    def sentences(self) -> list[str]:
        """Its sentences; a fact and a note are one each."""
        return [self.text.lower()] if self.where in ("standing", "note") else sentences_of(self.text)


def take_apart(state: State, messages: Sequence[BaseMessage], turn: Turn) -> list[Piece]:
    """Every part of a prompt that may say something of what is so.

    Args:
        state: what it was made of, after the step.
        messages: the conversation: system message and prompt.
        turn: the writer's, for its words.
    """
    prompt = str(messages[-1].text)
    standing = list(_standing(state, turn))
    pieces = [*_passages(state, turn, prompt, standing), *standing]
    pieces.append(Piece("memory", state["short_term_memory"]))
    pieces.append(Piece("last", state["last"]))
    rest = prompt
    notes = [note for piece in pieces for note in piece.notes]
    for piece in (*pieces, *notes):
        for text in filter(None, piece.text.split("\n\n")):
            piece.at = max(piece.at, prompt.find(text))
            rest = rest.replace(text, "\n")
    rest = rest.replace(state["plan"]["text"], "\n")
    # How facts are kept is the same in every prompt, and says nothing of a story.
    system = str(messages[0].text).replace(turn.prompt(FACT_RULES).fill(**asked_of_numbered(turn)), "\n")
    beginning = [state[name] for name in ("topic", "style_sheet")]
    for text in beginning:
        system = system.replace(text, "\n")
    return [
        *pieces,
        Piece("elsewhere", rest, at=0),
        *(Piece("beginning", text) for text in beginning),
        Piece("premise", system),
    ]


def _standing(state: State, turn: Turn) -> Iterator[Piece]:
    """A fact a piece, as its line has it, without its number."""
    for number, kept in enumerate(state["standing"], start=1):
        line = render(turn, [kept], number).splitlines()[-1].partition(" ")[2]
        fact = kept["fact"]
        told_as: As = "not now" if fact.get("frame", "now") != "now" else "so"
        if fact.get("kind") == "thread":
            told_as = "open"
        yield Piece("standing", line, told_as, kept["since"])


def _passages(state: State, turn: Turn, prompt: str, standing: Sequence[Piece]) -> Iterator[Piece]:
    """The recalled passages: whole, or a summary and the sentence that led to it."""
    for hit in state["retrieved"]:
        shown: Any = hit
        if shown["shown"] == "left out":
            continue
        sentence, summary = (shown[name] if shown[name] in prompt else "" for name in ("sentence", "summary"))
        text = shown["text"] if shown["shown"] == "whole" else sentence
        notes = [piece for note in shown.get("since", []) for piece in _note(note, shown["seq"], turn, standing)]
        yield Piece("passage", f"{summary}\n\n{text}".strip(), place=shown["seq"], notes=notes)


def _note(note: str, place: int, turn: Turn, standing: Sequence[Piece]) -> Iterator[Piece]:
    """What a note says, in pieces: what is so no longer, and what is so since then; or what is of which frame.

    What it names by its number in *As things stand* is as good as said.
    """
    for phrase in ("since_then", "since_changed", "since_told", "since_open"):
        if parts := _filled(turn, phrase, note):
            yield Piece("note", parts["old"], "no longer", place)
            yield Piece("note", parts["fact"], "so", place)
    for phrase, frame in _OVER.items():
        if parts := _filled(turn, phrase, note):
            yield Piece("note", parts["fact"], "no longer", place, frame=frame)
            if "number" in parts:
                yield Piece("note", standing[int(parts["number"]) - 1].text, "so", place)
    if parts := _filled(turn, "since_newer", note):
        for number in map(int, re.findall(r"\d+", parts["numbers"])):
            yield Piece("note", standing[number - 1].text, "so", place)
    for frame in sorted(FRAMES - {"now"}):
        if parts := _filled(turn, f"told_{frame}", note):
            below = _filled(turn, "told_below", parts["facts"])
            numbers = map(int, re.findall(r"\d+", below["numbers"])) if below else ()
            texts = [standing[number - 1].text for number in numbers] or [parts["facts"]]
            yield from (Piece("note", text, "not now", place, frame=frame) for text in texts)


def _filled(turn: Turn, phrase: str, note: str) -> Mapping[str, str]:
    """What stands in a note in the places that its phrase leaves open; nothing where it is another's."""
    names = ("old", "fact", "facts", "seq", "names", "number", "numbers")
    words = re.escape(str(turn.phrase(phrase, **{name: f"@{name}@" for name in names})))
    found = re.fullmatch(re.sub(r"@(\w+)@", r"(?P<\1>.+?)", words), note)
    return found.groupdict() if found else {}
