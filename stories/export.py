"""A story as a book, in the format that the file's name asks for.

What each format is written by is in :mod:`.writers`; JSON is the whole story with its memory (see :mod:`.archive`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..schemas.characters import readable
from ..schemas.errors import SettingsError, StorageError, StoryStateError
from ..schemas.lineage import Lineage
from ..schemas.places import ARCHIVE, SEALED
from . import writers
from .record import write_bytes
from .writers.book import Book, Passage, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ..memory import Entry
    from ..schemas.state import Chapter, StoryState
    from .codex import CodexEntry
    from .continuity import Note
    from .record import StoryRecord
    from .story import Story
    from .writers.book import Layout

__all__ = [
    "FORMATS",
    "Book",
    "Wanted",
    "bind",
    "book_bytes",
    "book_of",
    "check_target",
    "read_range",
    "write_book",
]

_ACT = ">"
"""What stands before what a player did."""
_RANGE = re.compile(r"\s*([1-9][0-9]{0,5})(?:\s*[-–—]\s*([1-9][0-9]{0,5}))?\s*")

_MADE_BY = {
    ".md": "as_markdown",
    ".txt": "as_text",
    ".html": "as_html",
    ".epub": "as_epub",
    ".docx": "as_docx",
    ".odt": "as_odt",
    ".pdf": "as_pdf",
    ".tex": "as_latex",
    ".zip": "as_folder",
    ".jsonl": "as_lines",
}
"""Which of the writers makes it, by the end of a file's name."""

FORMATS = tuple(_MADE_BY)
"""The ends of a file's name."""


@dataclass(frozen=True)
class Wanted:
    """What a book is to have.

    Attributes:
        author: who is named as the author; ``None``: whom the story has, which may be nobody.
        branch: of which branch it is; empty: of the current one.
        chapters: the numbers (from 1) of its first and its last chapter; ``None``: all there is.
        paragraphs: the numbers (from 1) of its first and its last paragraph of the story; ``None``: all there are.
        synopsis: whether it has a synopsis, before all.
        notes: whether it says at its end what clashes.
        codex: whether it says at its end who and what is in it: the facts that hold.
        acts: whether a story that was played has before each passage what the player did.
        layout: how a Word document is set.
        contact: lines at the head of a manuscript: name, address, mail.
    """

    author: str | None = None
    branch: str = ""
    chapters: tuple[int, int] | None = None
    paragraphs: tuple[int, int] | None = None
    synopsis: bool = False
    notes: bool = False
    codex: bool = False
    acts: bool = True
    layout: Layout = "book"
    contact: tuple[str, ...] = ()


_ALL = Wanted()


async def book_of(story: Story, wanted: Wanted = _ALL) -> Book:
    """A branch of a story as a book.

    Args:
        story: the open story.
        wanted: what it is to have.

    Raises:
        StorageError: nothing of it is written yet.
        StoryStateError: there is no such branch, or notes, codex or synopsis would tell the secrets of a pack.
        SettingsError: there are no such chapters or paragraphs.
    """
    from .branches import named  # noqa: PLC0415 (the graph, which a list of formats does not need)
    from .codex import Codex  # noqa: PLC0415
    from .continuity import notes  # noqa: PLC0415

    record = story.record
    is_sealed = record.is_sealed
    if is_sealed and (wanted.codex or wanted.notes or wanted.synopsis):
        raise StoryStateError("story_sealed", title=record.name)
    branch = named(story, wanted.branch or record.branch).name
    state = await story.state(branch)
    entries = await story.entries(Lineage.from_json(state.get("lineage")))
    if not entries:
        raise StorageError("nothing_written", title=record.name, story_id=record.story_id)
    begins = state.get("chapters", [])
    first, end = _part(begins, len(entries), wanted)
    with_acts = wanted.acts and record.mode.asks_for_actions
    shown = entries[first:end]
    synopsis = await story.synopsis(end, branch) if wanted.synopsis else []
    clashes = await notes(story, branch=branch) if wanted.notes else []
    codex = (await Codex(story).read(end, branch)).entries if wanted.codex else ()
    return Book(
        record.story_id,
        record.title,
        record.begun_from.language,
        tuple(_with_its_act(entry) if with_acts else entry.text for entry in shown),
        _within(begins, first, end),
        record.begun_from.author if wanted.author is None else wanted.author,
        synopsis=tuple(part.text for part in synopsis),
        notes=tuple(map(_told, clashes)),
        codex=_topics(codex),
        layout=wanted.layout,
        contact=tuple(map(readable, wanted.contact)),
        told=tuple(
            Passage(number, "" if is_sealed else entry.summary, entry.plan)
            for number, entry in enumerate(shown, start=first + 1)
        ),
    )


def bind(record: StoryRecord, state: StoryState, paragraphs: Sequence[str], author: str = "") -> Book:
    """The book of a story, as it stands."""
    begins = tuple(state.get("chapters", []))
    return Book(record.story_id, record.title, record.begun_from.language, tuple(paragraphs), begins, author)


def read_range(given: str) -> tuple[int, int] | None:
    """The first and the last number of a range: one number, or two with a hyphen; ``None``, where nothing is given.

    Raises:
        SettingsError: it is none.
    """
    if not given.strip():
        return None
    hit = _RANGE.fullmatch(given)
    if not hit:
        raise SettingsError("no_range", given=given[:40])
    first = int(hit[1])
    return first, int(hit[2]) if hit[2] else first


def _part(begins: Sequence[Chapter], length: int, wanted: Wanted) -> tuple[int, int]:
    """The places of the first passage and of the one after the last.

    Raises:
        SettingsError: there are no such chapters or paragraphs.
    """
    first, end = 0, length
    if wanted.chapters:
        low, high = wanted.chapters
        if not 1 <= low <= high <= len(begins):
            raise SettingsError("no_such_chapters", given=_range(wanted.chapters), count=len(begins))
        first = begins[low - 1]["seq"]
        end = begins[high]["seq"] if high < len(begins) else length
    if wanted.paragraphs:
        low, high = wanted.paragraphs
        if not 1 <= low <= high <= length:
            raise SettingsError("no_such_paragraphs", given=_range(wanted.paragraphs), count=length)
        first, end = max(first, low - 1), min(end, high)
    if first >= end:
        raise SettingsError("no_such_paragraphs", given=_range(wanted.paragraphs or (1, 1)), count=length)
    return first, end


def _range(given: tuple[int, int]) -> str:
    first, last = given
    return str(first) if first == last else f"{first}-{last}"


def _within(begins: Sequence[Chapter], first: int, end: int) -> tuple[Chapter, ...]:
    """The chapters of a part of the story: what it begins within, it begins with."""
    kept: list[Chapter] = []
    for begin in begins:
        if begin["seq"] <= first:
            kept = [{**begin, "seq": 0}]
        elif begin["seq"] < end:
            kept.append({**begin, "seq": begin["seq"] - first})
    return tuple(kept)


def _with_its_act(entry: Entry) -> str:
    """A passage of a story that was played, and above it what the player did."""
    done = " ".join(entry.plan.split())
    return f"{_ACT} {done}\n\n{entry.text}" if done else entry.text


def _told(note: Note) -> str:
    """A note as one paragraph: both places with their words, why they clash, how that could be mended."""
    sides = " / ".join(
        f"“{side.quote}”" if side.place is None else f"“{side.quote}” ({side.place + 1})" for side in note.clash.sides
    )
    return " ".join(filter(None, (sides, note.clash.why, note.clash.mend)))


def _topics(entries: Iterable[CodexEntry]) -> tuple[Topic, ...]:
    """What the codex has of whom it does not hide: a person's note, and the facts that hold, the oldest first."""
    told = (
        Topic(entry.name, tuple(filter(None, (entry.note, *(state.fact.text for state in reversed(entry.now))))))
        for entry in entries
        if not entry.is_hidden
    )
    return tuple(topic for topic in told if topic.facts)


def book_bytes(book: Book, format_: str) -> bytes:
    """A book as what a file of that format holds.

    Args:
        book: the book.
        format_: the end of the file's name, with its dot.

    Raises:
        SettingsError: the format needs the extra ``books``, or a browser.
        StorageError: it cannot be made.
    """
    made: str | bytes = getattr(writers, _MADE_BY[format_])(book)
    return made.encode() if isinstance(made, str) else made


def check_target(path: Path, *, replace: bool) -> None:
    """Say beforehand whether a book could be written to a file.

    Raises:
        SettingsError: its name ends with no known format.
        StorageError: the path is a folder, its folder does not exist, or a file is there and may not be replaced.
    """
    if path.is_dir():
        raise StorageError("target_is_folder", path=path, example=path / "book.md")
    if path.suffix.lower() not in (*FORMATS, ARCHIVE, SEALED):
        raise SettingsError("target_format", name=path.name, known=(*FORMATS, ARCHIVE, SEALED))
    if path.exists() and not replace:
        raise StorageError("target_exists", path=path)
    if not path.parent.is_dir():
        if path.parent.exists():
            raise StorageError("target_in_a_file", folder=path.parent)
        raise StorageError("target_without_folder", folder=path.parent)


def write_book(path: Path, book: Book, *, replace: bool = False) -> None:
    """Write a book to a file, whole or not at all, in the format its name asks for.

    Raises:
        SettingsError: as ``check_target`` and ``book_bytes``, or only a Word document has the layout.
        StorageError: as ``check_target`` and ``book_bytes``, or the disk is full.
    """
    check_target(path, replace=replace)
    if book.layout == "manuscript" and path.suffix.lower() != ".docx":
        raise SettingsError("one_layout", name=path.name)
    write_bytes(path, book_bytes(book, path.suffix.lower()))
