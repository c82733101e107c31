"""A book for word processors: Word, as a book or as publishers ask for a manuscript, and OpenDocument."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ...prompts import phrase
from ...schemas.errors import StorageError
from ...schemas.light_markdown import as_text
from ...schemas.manuscript import Chapter
from ..readers.pandoc import pandoc_path
from . import word_styles
from .pandoc import written
from .plain import by
from .tree import Styles, blocks_of, division, document, styled, text_of

if TYPE_CHECKING:
    from ...schemas.manuscript import Manuscript
    from .book import Book

_HEADER, _FOOTER = "rIdHeader", "rIdFooter"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_SECTION: Final = re.compile(r"<w:sectPr\b.*?</w:sectPr>", re.DOTALL)
_TITLE_BLOCK: Final = re.compile(r"\$if\(title\)\$.*?(?=\$for\(include-before\)\$)", re.DOTALL)
_IN_A_NAME: Final = 40
_A_NOVEL: Final = 17_500
"""Words from which a manuscript's count is told in thousands, and no longer in hundreds."""


def as_docx(book: Book) -> bytes:
    """The book as a Word document.

    Raises:
        SettingsError: pandoc is not installed (the extra ``books``).
        StorageError: it cannot be made.
    """
    as_manuscript = book.layout == "manuscript"
    made = book.manuscript
    blocks = _head_of_manuscript(book, made) if as_manuscript else _head_of_book(made)
    blocks += blocks_of(made.chapters, Styles("#" if as_manuscript else "* * *", "First Paragraph", "Verse"))
    if as_manuscript:
        blocks.append(styled("Scene Break", str(phrase("book_end", book.spoken))))
    files = {"reference.docx": _reference(book, made), "plain.openxml": _template("openxml").encode()}
    options = ["--reference-doc=reference.docx", "--template=plain.openxml"]
    return written(document(blocks, meta(book, made)), "docx", ".docx", options, files)


def as_odt(book: Book) -> bytes:
    """The book as an OpenDocument text.

    Raises:
        SettingsError: pandoc is not installed (the extra ``books``).
        StorageError: it cannot be made.
    """
    made = book.manuscript
    chapters, blocks = made.chapters, []
    if made.title:
        # A program that reads it knows a heading, and not the style of a title.
        blocks = blocks_of([Chapter(made.title)], Styles())
        chapters = tuple(replace(chapter, level=chapter.level + 1) for chapter in chapters)
    if made.author:
        blocks.append(styled("Author", by(book)))
    blocks += blocks_of(chapters, Styles("* * *"))
    files = {"plain.xml": _template("opendocument").encode()}
    return written(document(blocks, meta(book, made)), "odt", ".odt", ["--template=plain.xml"], files)


def meta(book: Book, made: Manuscript) -> dict[str, str]:
    """What a file says of itself."""
    told = {"title": made.title or book.story_id, "author": made.author, "lang": book.language}
    return told | ({"dir": "rtl"} if book.spoken.direction == "rtl" else {})


def _head_of_book(made: Manuscript) -> list[dict[str, Any]]:
    title = [styled("Title", made.title)] if made.title else []
    return [*title, *([styled("Author", made.author)] if made.author else [])]


def _head_of_manuscript(book: Book, made: Manuscript) -> list[dict[str, Any]]:
    """The first page: who can be reached and how, about how long it is; title and name from the middle on."""
    count = str(phrase("book_words", book.spoken, count=f"{counted(book):,}"))
    first, *others = book.contact or (made.author,)
    tab = {"t": "RawInline", "c": ["openxml", "<w:r><w:tab/></w:r>"]}
    line = {"t": "Para", "c": [*text_of(first), tab, *text_of(count)]}
    return [
        division("Contact", [line]),
        *(styled("Contact", line) for line in others),
        styled("Title", made.title or book.story_id),
        *([styled("Author", by(book))] if made.author else []),
    ]


def counted(book: Book) -> int:
    """About how many words a story has (characters, where its language writes no spaces), as a manuscript says it."""
    text = " ".join(as_text(paragraph) for paragraph in book.story.paragraphs)
    count = len(re.sub(r"\s", "", text)) if book.spoken.search.by_characters else len(text.split())
    step = 1000 if count >= _A_NOVEL else 100
    return max(step, round(count / step) * step)


def _surname(author: str) -> str:
    """What a manuscript's pages name: the last word of a name, all of one that has a single word."""
    return author.rsplit(maxsplit=1)[-1] if author.strip() else ""


def _reference(book: Book, made: Manuscript) -> bytes:
    """A document in pandoc's own form with our styles and our page, whose text nobody reads."""
    how = word_styles.MANUSCRIPT if book.layout == "manuscript" else word_styles.BOOK
    as_manuscript = how is word_styles.MANUSCRIPT
    part = "header1.xml" if as_manuscript else "footer1.xml"
    kind = part[:6]
    key = _HEADER if as_manuscript else _FOOTER
    section = word_styles.section(book.language, _HEADER if as_manuscript else "", "" if as_manuscript else _FOOTER)
    title = made.title if len(made.title) <= _IN_A_NAME else f"{made.title[: _IN_A_NAME - 1]}…"
    content = word_styles.header(_surname(made.author), title) if as_manuscript else word_styles.footer()
    relation = f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{part}"/>'
    typed = f'<Override PartName="/word/{part}" ContentType="{_TYPES}.{kind}+xml"/>'
    written_ = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_pandocs_own())) as own, zipfile.ZipFile(written_, "w") as packed:
        for item in own.infolist():
            text = own.read(item).decode("utf-8")
            match item.filename:
                case "word/styles.xml":
                    text = word_styles.styles(how)
                case "word/document.xml":
                    text = _SECTION.sub(lambda _: section, text)
                case "word/_rels/document.xml.rels":
                    text = text.replace("</Relationships>", f"{relation}</Relationships>")
                case "[Content_Types].xml":
                    text = text.replace("</Types>", f"{typed}</Types>")
            packed.writestr(item.filename, text)
        packed.writestr(f"word/{part}", content)
    return written_.getvalue()


@lru_cache
def _pandocs_own() -> bytes:
    return _said_by_pandoc("--print-default-data-file=reference.docx")


@lru_cache
def _template(name: str) -> str:
    """Pandoc's template of a document without its title, which has a style and a place of its own here."""
    return _TITLE_BLOCK.sub("", _said_by_pandoc(f"--print-default-template={name}").decode("utf-8"))


def _said_by_pandoc(option: str) -> bytes:
    try:
        return subprocess.run([pandoc_path(".docx"), option], capture_output=True, timeout=60, check=True).stdout  # noqa: S603 (ours)
    except (OSError, subprocess.SubprocessError) as error:
        raise StorageError("book_not_made", format=".docx", reason=str(error)[:200]) from error
