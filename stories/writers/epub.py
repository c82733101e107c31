"""A book for readers of books: EPUB 3, with its language, its landmarks and its titles where a machine finds them."""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5

from ...schemas.characters import readable
from .pandoc import written
from .tree import Styles, blocks_of, document
from .word import meta

if TYPE_CHECKING:
    from .book import Book

_STYLE: Final = (
    "body{margin:1em}h1,h2,h3,h4,h5,h6{text-align:center;margin:3em 0 1.5em;line-height:1.3}"
    "p{margin:0;text-indent:1.5em}h1+p,h2+p,h3+p,.scene-break+p,.first-paragraph p{text-indent:0}"
    ".scene-break{text-align:center;margin:1.5em 0}.scene-break p{text-indent:0}"
    ".line-block{margin:1em 0 1em 2em}.smallcaps{font-variant:small-caps}"
    ".titlepage{text-align:center}.titlepage p{text-indent:0}.titlepage h1{margin-top:5em}"
    ".footnotes{font-size:.9em;margin-top:3em}.footnotes p{text-indent:0}"
)
_TITLED: Final = re.compile(r"<title>[^<]*</title>")
_HEADING: Final = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]+>")
_LANDMARKS: Final = re.compile(r'(<nav epub:type="landmarks".*?<ol>)(.*?)(</ol>)', re.DOTALL)
_FIRST: Final = re.compile(r'href="(text/ch[^"#]*)[^"]*"')
_MIMETYPE: Final = "mimetype"


def as_epub(book: Book) -> bytes:
    """The book as EPUB 3.

    Raises:
        SettingsError: pandoc is not installed (the extra ``books``).
        StorageError: it cannot be made.
    """
    made = book.manuscript
    chapters = list(made.chapters)
    is_named = True
    if chapters and not chapters[0].title:
        chapters[0] = replace(chapters[0], title=made.title or book.story_id)
        is_named = False
    told = meta(book, made)
    told["identifier"] = f"urn:uuid:{uuid5(NAMESPACE_URL, f'recurrentgpt:{book.story_id}')}"
    told["description"] = "\n".join(map(readable, book.synopsis))
    tree = document(blocks_of(chapters, Styles("* * *"), is_named=is_named), told)
    level = max((chapter.level for chapter in chapters), default=1)
    options = [f"--split-level={min(level, 2)}", "--css=style.css", "--toc", f"--toc-depth={level}"]
    packed = written(tree, "epub3", ".epub", options, {"style.css": _STYLE.encode()})
    return _named(packed, told["title"])


def _named(packed: bytes, title: str) -> bytes:
    """The same, each page with its title, and with a landmark where the text begins."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for item in sorted(before.infolist(), key=lambda item: item.filename != _MIMETYPE):
            content = before.read(item)
            if item.filename.endswith("nav.xhtml"):
                content = _with_landmark(content.decode("utf-8")).encode()
            elif "/text/ch" in item.filename:
                content = _titled(content.decode("utf-8"), title).encode()
            stored = zipfile.ZIP_STORED if item.filename == _MIMETYPE else zipfile.ZIP_DEFLATED
            after.writestr(item.filename, content, stored)
    return made.getvalue()


def _titled(page: str, title: str) -> str:
    heading = _HEADING.search(page)
    said = html.unescape(_TAG.sub("", heading[2])) if heading else title
    return _TITLED.sub(
        lambda _: f"<title>{html.escape(' '.join(said.split()) or title, quote=False)}</title>", page, count=1
    )


def _with_landmark(page: str) -> str:
    first = _FIRST.search(page)
    if not first or 'epub:type="bodymatter"' in page:
        return page
    entry = f'<li><a href="{first[1]}" epub:type="bodymatter">{_said_first(page)}</a></li>'
    return _LANDMARKS.sub(lambda hit: f"{hit[1]}{hit[2]}{entry}{hit[3]}", page, count=1)


def _said_first(page: str) -> str:
    """The words of the first entry of the contents."""
    hit = re.search(r'<a href="text/ch[^"]*">(.*?)</a>', page, re.DOTALL)
    return _TAG.sub("", hit[1]) if hit else ""
