"""What happens to a story while it is written, numbered, so that any number of pages can follow and none misses a word.

A page is made from the story on the shelf and from what is in flight here; it says up to which event it has seen, and
follows from there. What is finished is on the shelf and is let go of here: who is further behind is told to look again.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ..schemas.catalogue import Part

EventKind = Literal["text", "status", "note", "thinking", "changed"]
_THOUGHT = 4000
"""Characters of what the model thinks that a page is shown which comes later."""


@dataclass(frozen=True)
class PageEvent:
    """One thing that happened.

    Attributes:
        number: its place in the log.
        kind: ``text``: a piece of the story, to be added; ``status``: what is being done; ``note``: a sentence on how
            it goes; ``thinking``: a piece of what the model thinks, which is kept nowhere else; ``changed``: the story
            is another now, look again.
        text: the piece, the gate's name, or the sentence.
        branch: where.
        said: the sentence, where each page words it in its language; of a status, the model that does it, where a run
            has several; of a thought, how long it has lasted.
    """

    number: int
    kind: EventKind
    text: str = ""
    branch: str = ""
    said: Part | str = ""


@dataclass(frozen=True)
class InFlight:
    """What is being written at one moment.

    Attributes:
        log: the id of the log that this is of: another after the program was restarted.
        number: the last event of it.
        texts: by branch, the text of the paragraph being written.
        status: the gate at work.
        note: the last sentence on how it goes.
        by: the model that does it, where a run has several.
        thought: the end of what the model thinks at this moment.
        thinking: how long it has been thinking.
    """

    log: str
    number: int
    texts: dict[str, str] = field(default_factory=dict)
    status: str = ""
    note: Part | str = ""
    by: str = ""
    thought: str = ""
    thinking: Part | str = ""


class EventLog:
    """The events of one story.

    Attributes:
        id: random, so that who followed the log of an earlier process is known.
    """

    def __init__(self) -> None:
        self.id = secrets.token_hex(8)
        self._kept: list[PageEvent] = []
        self._number = 0
        self._texts: dict[str, list[str]] = {}
        self._status = ""
        self._note: Part | str = ""
        self._by = ""
        self._thought = ""
        self._thinking: Part | str = ""
        self._came = asyncio.Event()

    def append(self, kind: EventKind, text: str = "", branch: str = "", said: Part | str = "") -> None:
        """Something happened."""
        self._number += 1
        if kind == "thinking":
            self._thought, self._thinking = f"{self._thought}{text}"[-_THOUGHT:], said
        elif self._thought and kind != "note":
            self._thought = self._thinking = ""
            self._kept = [event for event in self._kept if event.kind != "thinking"]
        match kind:
            case "text":
                self._texts.setdefault(branch, []).append(text)
            case "status":
                self._status, self._note, self._by = text, "", str(said)
            case "note":
                self._note = said or text
            case "changed":
                # What a page shows from now on it reads from the shelf.
                self._texts.pop(branch, None)
                self._kept = [event for event in self._kept if event.kind == "text" and event.branch in self._texts]
        self._kept.append(PageEvent(self._number, kind, text, branch, said))
        came, self._came = self._came, asyncio.Event()
        came.set()

    def drop_text(self, branch: str) -> None:
        """The text in flight on a branch is not to be kept: it is written once more."""
        if branch in self._texts:
            self.append("changed", branch=branch)

    def end(self) -> None:
        """Nothing is at work any longer."""
        self._texts.clear()
        self._status = self._note = self._by = ""
        self.append("changed")

    def in_flight(self) -> InFlight:
        """What is being written now."""
        texts = {branch: "".join(pieces) for branch, pieces in self._texts.items()}
        return InFlight(self.id, self._number, texts, self._status, self._note, self._by, self._thought, self._thinking)

    async def follow(self, log: str, after: int) -> AsyncIterator[PageEvent]:
        """Every event after a number, and then what comes, without end.

        Args:
            log: the id of the log that the follower knows; of another one it knows nothing that still holds.
            after: the last number it has seen.
        """
        if log != self.id or after > self._number:
            after = self._number
            yield PageEvent(after, "changed")
        while True:
            came = self._came
            for event in _merged([event for event in self._kept if event.number > after]):
                yield event
                after = event.number
            await came.wait()


def _merged(kept: list[PageEvent]) -> list[PageEvent]:
    """Events with neighbouring pieces of one text, or of one thought, as one piece."""
    merged: list[PageEvent] = []
    for event in kept:
        last = merged[-1] if merged else None
        if last and last.kind == event.kind in ("text", "thinking") and last.branch == event.branch:
            merged[-1] = replace(event, text=last.text + event.text)
        else:
            merged.append(event)
    return merged
