"""A story as a book, in the format that the file's name asks for.

Markdown, text and HTML are written here; EPUB and DOCX through the libraries of the extra ``books``; JSON is the whole
story with its memory (see :mod:`.archive`).
"""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from ..prompts import phrase
from ..schemas.characters import readable
from ..schemas.errors import SettingsError, StorageError
from ..schemas.languages import language_named
from ..schemas.places import ARCHIVE
from .record import write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ..memory import Entry
    from ..schemas.state import StoryState
    from .record import StoryRecord
    from .story import Story

_SPECIAL = re.compile(r"([\\`*_\[\]<>&])")
_LINE_START = re.compile(r"^(\s*|\s*\d+)([#+~=.)-])", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n\s*\n")

_NO_TITLE = "***"
_ACT = ">"
"""What stands before what a player did, as in any record of a play."""

_STYLE = (
    "body{max-width:38em;margin:3em auto;padding:0 1em;font:1.1em/1.6 Georgia,serif}"
    "h1{text-align:center;margin-bottom:2em}h2{text-align:center;margin:3em 0 1.5em}"
    "p{margin:0;text-indent:1.5em}h1+p,h2+p{text-indent:0}"
    "@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}}"
)


class Part(NamedTuple):
    """A chapter of a book: its title, which may be empty, and its typographic paragraphs."""

    title: str
    blocks: list[str]


@dataclass(frozen=True)
class Book:
    """What a reader gets of a story.

    Attributes:
        story_id: whose book it is.
        title: its title; may be empty.
        language: ``en`` or ``zh``.
        paragraphs: the story's paragraphs, in order.
        chapters: the title of each chapter, and the place (from 0) of its first paragraph, in order.
        author: who is named as the author; may be empty.
        synopsis: what the book tells in few words, where its reader is to have that first.
    """

    story_id: str
    title: str
    language: str
    paragraphs: tuple[str, ...]
    chapters: tuple[tuple[str, int], ...] = ()
    author: str = ""
    synopsis: tuple[str, ...] = ()

    @property
    def parts(self) -> list[Part]:
        """The chapters; what stands before the first one, or all of a book without any, is a part without a title.

        A synopsis is a part before them all. Then the first of them has a title in any case: one sees where it begins.
        """
        begins = [(title, seq) for title, seq in self.chapters if seq < len(self.paragraphs)]
        if not begins or begins[0][1] > 0:
            begins = [("", 0), *begins]
        ends = [*(seq for _, seq in begins[1:]), len(self.paragraphs)]
        chapters = [
            Part(readable(title), _blocks(self.paragraphs[seq:end]))
            for (title, seq), end in zip(begins, ends, strict=True)
        ]
        if not self.synopsis:
            return chapters
        heading = phrase("heading_synopsis", language_named(self.language))
        first, *others = chapters
        first = first._replace(title=first.title or readable(self.title) or _NO_TITLE)
        return [Part(heading, _blocks(self.synopsis)), first, *others]


def bind(record: StoryRecord, state: StoryState, paragraphs: Sequence[str], author: str = "") -> Book:
    """The book of a story, as it stands."""
    chapters = tuple((chapter["title"], chapter["seq"]) for chapter in state.get("chapters", []))
    return Book(record.story_id, record.title, record.begun_from.language, tuple(paragraphs), chapters, author)


def _blocks(paragraphs: Sequence[str]) -> list[str]:
    """The typographic paragraphs: a paragraph of the story may have several."""
    blocks = (block.strip() for text in paragraphs for block in _BLANK_LINE.split(readable(text)))
    return [block for block in blocks if block]


def as_markdown(book: Book) -> str:
    """The book as Markdown, whose marks in the story are escaped: they are its text."""
    lines = [f"# {_escaped(book.title)}"] if book.title else []
    lines.extend([f"*{_escaped(book.author)}*"] if book.author else [])
    for part in book.parts:
        lines.extend([f"## {_escaped(part.title)}"] if part.title else [])
        lines.extend(_escaped(block) for block in part.blocks)
    return "\n\n".join(lines) + "\n"


def as_text(book: Book) -> str:
    """The book as plain text."""
    lines = [book.title, book.author]
    for part in book.parts:
        lines.extend((part.title, *part.blocks))
    return "\n\n".join(line for line in lines if line) + "\n"


def as_html(book: Book) -> str:
    """The book as one HTML page that needs nothing else and runs nothing."""
    title, author = html.escape(book.title), html.escape(book.author)
    head = f"<h1>{title}</h1>\n" if title else ""
    by = f"<p><em>{author}</em></p>\n" if author else ""
    body = "\n".join(_as_html(part, "h2") for part in book.parts)
    return (
        f'<!doctype html>\n<html lang="{book.language}">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{_STYLE}</style></head>\n'
        f"<body>\n{head}{by}{body}\n</body>\n</html>\n"
    )


def as_epub(book: Book) -> bytes:
    """The book as EPUB 3.

    Raises:
        SettingsError: the extra ``books`` is not installed.
    """
    epub = library("ebooklib.epub", ".epub")
    made = epub.EpubBook()
    made.set_identifier(f"urn:recurrentgpt:{book.story_id}")
    made.set_title(book.title or book.story_id)
    made.set_language(book.language)
    if book.author:
        made.add_author(book.author)
    if book.synopsis:
        made.add_metadata("DC", "description", "\n".join(_blocks(book.synopsis)))
    pages = []
    for number, part in enumerate(book.parts, start=1):
        title = part.title or book.title or book.story_id
        page = epub.EpubHtml(title=title, file_name=f"text-{number}.xhtml", lang=book.language)
        page.content = _as_html(Part(title, part.blocks), "h1")
        made.add_item(page)
        pages.append(page)
    made.toc = tuple(pages)
    made.add_item(epub.EpubNcx())
    made.add_item(epub.EpubNav())
    made.spine = ["nav", *pages]
    written = io.BytesIO()
    epub.write_epub(written, made, {"raise_exceptions": True})
    return written.getvalue()


def as_docx(book: Book) -> bytes:
    """The book as a Word document.

    Raises:
        SettingsError: the extra ``books`` is not installed.
    """
    document = library("docx", ".docx").Document()
    document.core_properties.title = book.title
    document.core_properties.author = book.author
    document.core_properties.language = book.language
    if book.title:
        document.add_heading(readable(book.title), level=0)
    if book.author:
        document.add_paragraph(readable(book.author))
    for part in book.parts:
        if part.title:
            document.add_heading(part.title, level=1)
        for block in part.blocks:
            document.add_paragraph(block)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


FORMATS: dict[str, Callable[[Book], str | bytes]] = {
    ".md": as_markdown,
    ".txt": as_text,
    ".html": as_html,
    ".epub": as_epub,
    ".docx": as_docx,
}
"""By the end of a file's name."""


async def book_of(story: Story, author: str = "", *, synopsis: bool = False, acts: bool = True) -> Book:
    """The current branch of a story as a book, with a synopsis at its head where that is wanted.

    Args:
        story: the open story.
        author: who is named as the author.
        synopsis: whether it has a synopsis.
        acts: whether a story that was played has before each passage what the player did.

    Raises:
        StorageError: nothing of it is written yet.
    """
    record = story.record
    with_acts = acts and record.mode.asks_for_actions
    paragraphs = [_with_its_act(entry) if with_acts else entry.text for entry in await story.manuscript()]
    if not paragraphs:
        raise StorageError("nothing_written", title=record.name, story_id=record.story_id)
    told = tuple(part.text for part in await story.synopsis()) if synopsis else ()
    return replace(bind(record, await story.state(), paragraphs, author), synopsis=told)


def _with_its_act(entry: Entry) -> str:
    """A passage of a story that was played, and above it what the player did."""
    done = " ".join(entry.plan.split())
    return f"{_ACT} {done}\n\n{entry.text}" if done else entry.text


def book_bytes(book: Book, format_: str) -> bytes:
    """A book as what a file of that format holds.

    Args:
        book: the book.
        format_: the end of the file's name, with its dot.

    Raises:
        SettingsError: the format needs the extra ``books``.
    """
    made = FORMATS[format_](book)
    return made.encode() if isinstance(made, str) else made


def check_target(path: Path, *, replace: bool) -> None:
    """Say beforehand whether a book could be written to a file.

    Raises:
        SettingsError: its name ends with no known format.
        StorageError: the path is a folder, its folder does not exist, or a file is there and may not be replaced.
    """
    if path.is_dir():
        raise StorageError("target_is_folder", path=path, example=path / "book.md")
    if path.suffix.lower() not in (*FORMATS, ARCHIVE):
        raise SettingsError("target_format", name=path.name, known=(*FORMATS, ARCHIVE))
    if path.exists() and not replace:
        raise StorageError("target_exists", path=path)
    if not path.parent.is_dir():
        if path.parent.exists():
            raise StorageError("target_in_a_file", folder=path.parent)
        raise StorageError("target_without_folder", folder=path.parent)


def write_book(path: Path, book: Book, *, replace: bool = False) -> None:
    """Write a book to a file, whole or not at all, in the format its name asks for.

    Raises:
        SettingsError: as ``check_target``, or the format needs the extra ``books``.
        StorageError: as ``check_target``, or the disk is full.
    """
    check_target(path, replace=replace)
    write_bytes(path, book_bytes(book, path.suffix.lower()))


def library(name: str, format_: str) -> Any:  # noqa: ANN401 (a module without types)
    """A library of the extra ``books``.

    Raises:
        SettingsError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise SettingsError("library_missing", format=format_) from error


def _escaped(text: str) -> str:
    return _LINE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))


def _as_html(part: Part, heading: str) -> str:
    title = f"<{heading}>{html.escape(part.title)}</{heading}>\n" if part.title else ""
    return title + "\n".join(f"<p>{_lines(block)}</p>" for block in part.blocks)


def _lines(block: str) -> str:
    return "<br/>".join(html.escape(line) for line in block.splitlines())
