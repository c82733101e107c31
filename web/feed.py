"""What happens to a story while it is written, numbered, so that any number of pages can follow and none misses a word.

A page is made from the story on the shelf and from what is in flight here; it says up to which number it has seen, and
follows from there. What is finished is on the shelf and is let go of here: who is further behind is told to look again.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Kind = Literal["text", "status", "note", "changed"]


@dataclass(frozen=True)
class News:
    """One thing that happened.

    Attributes:
        number: its place in the feed.
        kind: ``text``: a piece of the story, to be added; ``status``: what is being done; ``note``: a sentence on how
            it goes; ``changed``: the story is another now, look again.
        words: the piece, the gate's name, or the sentence.
        branch: where.
    """

    number: int
    kind: Kind
    words: str = ""
    branch: str = ""


@dataclass(frozen=True)
class Glance:
    """What is in flight at one moment.

    Attributes:
        feed: which feed this is of: another after the program was restarted.
        number: the last thing that happened.
        texts: by branch, the text of the paragraph being written.
        status: the gate at work.
        note: the last sentence on how it goes.
    """

    feed: str
    number: int
    texts: dict[str, str] = field(default_factory=dict)
    status: str = ""
    note: str = ""


class Feed:
    """The news of one story."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(8)
        self._kept: list[News] = []
        self._number = 0
        self._texts: dict[str, list[str]] = {}
        self._status = ""
        self._note = ""
        self._came = asyncio.Event()

    def tell(self, kind: Kind, words: str = "", branch: str = "") -> None:
        """Something happened."""
        self._number += 1
        match kind:
            case "text":
                self._texts.setdefault(branch, []).append(words)
            case "status":
                self._status, self._note = words, ""
            case "note":
                self._note = words
            case "changed":
                # What a page shows from now on it reads from the shelf.
                self._texts.pop(branch, None)
                self._kept = [news for news in self._kept if news.kind == "text" and news.branch in self._texts]
        self._kept.append(News(self._number, kind, words, branch))
        came, self._came = self._came, asyncio.Event()
        came.set()

    def begin_anew(self, branch: str) -> None:
        """The text in flight on a branch is not to be kept: it is written once more."""
        if branch in self._texts:
            self.tell("changed", branch=branch)

    def rest(self) -> None:
        """Nothing is at work any longer."""
        self._texts.clear()
        self._status = self._note = ""
        self.tell("changed")

    def glance(self) -> Glance:
        """What is in flight now."""
        texts = {branch: "".join(pieces) for branch, pieces in self._texts.items()}
        return Glance(self.name, self._number, texts, self._status, self._note)

    async def follow(self, feed: str, after: int) -> AsyncIterator[News]:
        """Everything after a number, and then what comes, without end.

        Args:
            feed: the name of the feed that the follower knows; of another one it knows nothing that still holds.
            after: the last number it has seen.
        """
        if feed != self.name or after > self._number:
            after = self._number
            yield News(after, "changed")
        while True:
            came = self._came
            for news in _merged([news for news in self._kept if news.number > after]):
                yield news
                after = news.number
            await came.wait()


def _merged(kept: list[News]) -> list[News]:
    """News with neighbouring pieces of one text as one piece."""
    merged: list[News] = []
    for news in kept:
        last = merged[-1] if merged else None
        if last and last.kind == news.kind == "text" and last.branch == news.branch:
            merged[-1] = replace(news, words=last.words + news.words)
        else:
            merged.append(news)
    return merged
