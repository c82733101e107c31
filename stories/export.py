"""A story as a book, in the format that the file's name asks for.

Markdown, text and HTML are written here; EPUB and DOCX through the libraries of the extra ``books``; JSON is the whole
story with its memory (see :mod:`.archive`).
"""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..schemas.errors import SettingsError, StorageError
from .card import write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SPECIAL = re.compile(r"([\\`*_\[\]<>&])")
_LINE_START = re.compile(r"^(\s*|\s*\d+)([#+~=.)-])", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n\s*\n")

_STYLE = (
    "body{max-width:38em;margin:3em auto;padding:0 1em;font:1.1em/1.6 Georgia,serif}"
    "h1{text-align:center;margin-bottom:2em}p{margin:0;text-indent:1.5em}h1+p{text-indent:0}"
    "@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}}"
)


@dataclass(frozen=True)
class Book:
    """What a reader gets of a story.

    Attributes:
        story_id: whose book it is.
        title: its title; may be empty.
        language: ``en`` or ``zh``.
        paragraphs: the story's paragraphs, in order.
        author: who is named as the author; may be empty.
    """

    story_id: str
    title: str
    language: str
    paragraphs: tuple[str, ...]
    author: str = ""

    @property
    def blocks(self) -> list[str]:
        """The typographic paragraphs: a paragraph of the story may have several."""
        blocks = (block.strip() for text in self.paragraphs for block in _BLANK_LINE.split(_readable(text)))
        return [block for block in blocks if block]


def as_markdown(book: Book) -> str:
    """The book as Markdown, whose marks in the story are escaped: they are its text."""
    parts = [f"# {_escaped(book.title)}"] if book.title else []
    parts.extend([f"*{_escaped(book.author)}*"] if book.author else [])
    parts.extend(_escaped(block) for block in book.blocks)
    return "\n\n".join(parts) + "\n"


def as_text(book: Book) -> str:
    """The book as plain text."""
    return "\n\n".join(part for part in (book.title, book.author, *book.blocks) if part) + "\n"


def as_html(book: Book) -> str:
    """The book as one HTML page that needs nothing else and runs nothing."""
    title, author = html.escape(book.title), html.escape(book.author)
    head = f"<h1>{title}</h1>\n" if title else ""
    by = f"<p><em>{author}</em></p>\n" if author else ""
    body = "\n".join(f"<p>{_lines(block)}</p>" for block in book.blocks)
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
    chapter = epub.EpubHtml(title=book.title or book.story_id, file_name="text.xhtml", lang=book.language)
    body = "".join(f"<p>{_lines(block)}</p>" for block in book.blocks)
    chapter.content = f"<h1>{html.escape(book.title or book.story_id)}</h1>{body}"
    made.add_item(chapter)
    made.toc = (chapter,)
    made.add_item(epub.EpubNcx())
    made.add_item(epub.EpubNav())
    made.spine = ["nav", chapter]
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
        document.add_heading(_readable(book.title), level=0)
    if book.author:
        document.add_paragraph(_readable(book.author))
    for block in book.blocks:
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

ARCHIVE = ".json"
"""The end of the name of a file that holds the whole story, memory included."""


def check_target(path: Path, *, replace: bool) -> None:
    """Say beforehand whether a book could be written to a file.

    Raises:
        SettingsError: its name ends with no known format.
        StorageError: the path is a folder, its folder does not exist, or a file is there and may not be replaced.
    """
    if path.is_dir():
        msg = f"'{path}' is a folder: name a file, such as '{path / 'book.md'}'."
        raise StorageError(msg)
    if path.suffix.lower() not in (*FORMATS, ARCHIVE):
        known = ", ".join((*FORMATS, ARCHIVE))
        msg = f"The name '{path.name}' asks for no format that is known: end it with {known}."
        raise SettingsError(msg)
    if path.exists() and not replace:
        msg = f"'{path}' exists already: name another file, or give --force to replace it."
        raise StorageError(msg)
    if not path.parent.is_dir():
        what = "is a file, not a folder" if path.parent.exists() else "does not exist: make it first, or name another"
        msg = f"The folder '{path.parent}' {what}."
        raise StorageError(msg)


def write_book(path: Path, book: Book, *, replace: bool = False) -> None:
    """Write a book to a file, whole or not at all, in the format its name asks for.

    Raises:
        SettingsError: as ``check_target``, or the format needs the extra ``books``.
        StorageError: as ``check_target``, or the disk is full.
    """
    check_target(path, replace=replace)
    made = FORMATS[path.suffix.lower()](book)
    write_bytes(path, made.encode() if isinstance(made, str) else made)


def library(name: str, format_: str) -> Any:  # noqa: ANN401 (a module without types)
    """A library of the extra ``books``.

    Raises:
        SettingsError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        msg = f"{format_} files need a library that is not installed: pip install 'recurrentgpt[books]'."
        raise SettingsError(msg) from error


def _escaped(text: str) -> str:
    return _LINE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))


def _lines(block: str) -> str:
    return "<br/>".join(html.escape(line) for line in block.splitlines())


def _readable(text: str) -> str:
    """A text without control characters, which no reader shows and XML does not allow."""
    return "".join(char for char in text if char in "\t\n" or char.isprintable())
