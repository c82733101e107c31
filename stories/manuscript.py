"""A manuscript that was written elsewhere, from a file: its title and its paragraphs.

DOCX and PDF come through langchain-community's loaders, EPUB through ebooklib. What is in a file is data: nothing of
it is run, and no name in it becomes a path.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from ..memory.embeddings import sentences
from ..schemas.errors import SettingsError, StorageError
from .export import library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MOST_BYTES = 20 * 2**20
_MOST_UNPACKED = 100 * 2**20
_BLANK = re.compile(r"\n\s*\n")
_HEADING = re.compile(r"^#{1,6}\s+(.*)$")
_ESCAPE = re.compile(r"\\([\\`*_\[\]<>&#+~=.)-])")
_LONG_LINE = 50
_FULL_LINE = 0.75
_ENOUGH, _TOO_LONG = 1000, 4000  # characters of a paragraph


@dataclass(frozen=True)
class Manuscript:
    """What was read.

    Attributes:
        title: as the file has it; may be empty.
        paragraphs: about as long as those the model writes: short neighbours are joined, very long ones cut between
            sentences.
    """

    title: str
    paragraphs: list[str]


def read_file(path: Path, language: str) -> Manuscript:
    """Read a manuscript.

    Args:
        path: a ``.txt``, ``.md``, ``.docx``, ``.pdf`` or ``.epub`` file.
        language: the text's.

    Raises:
        SettingsError: its name ends with no known format, or the extra ``books`` is missing.
        StorageError: it cannot be read, is too large, is not what its name says, or holds no text.
    """
    read = _READERS.get(path.suffix.lower())
    if read is None:
        known = ", ".join((*_READERS, ".json"))
        msg = f"'{path.name}' cannot be imported: a manuscript's name ends with {known}."
        raise SettingsError(msg)
    _check_size(path)
    try:
        title, blocks = read(path)
    except (SettingsError, StorageError):
        raise
    except Exception as error:  # whatever a parser raises for a file that is not what it says it is
        reason = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        msg = f"'{path}' cannot be read as {path.suffix.lower()} ({reason[:200]}): is it such a file?"
        raise StorageError(msg) from error
    paragraphs = _regrouped([block for block in (_clean(block) for block in blocks) if block], language)
    if not paragraphs:
        msg = f"'{path}' holds no text."
        raise StorageError(msg)
    return Manuscript(title.strip()[:200], paragraphs)


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
        if path.is_dir():
            msg = f"'{path}' is a folder: name a file."
            raise StorageError(msg)
        if size > _MOST_BYTES:
            msg = f"'{path}' has {size / 2**20:.0f} MB; a manuscript has at most {_MOST_BYTES // 2**20} MB."
            raise StorageError(msg)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                unpacked = sum(item.file_size for item in packed.infolist())
            if unpacked > _MOST_UNPACKED:
                msg = f"'{path}' unpacks to {unpacked / 2**20:.0f} MB; at most {_MOST_UNPACKED // 2**20} MB are read."
                raise StorageError(msg)
    except OSError as error:
        msg = f"'{path}' cannot be read ({error.strerror or error})."
        raise StorageError(msg) from error


def _read_text(path: Path) -> tuple[str, list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"'{path}' is not UTF-8 text: save it as UTF-8, then import it."
        raise StorageError(msg) from error
    return "", [_unwrapped(block) for block in _BLANK.split(text.replace("\r\n", "\n"))]


def _read_markdown(path: Path) -> tuple[str, list[str]]:
    _, blocks = _read_text(path)
    title = ""
    if blocks and (heading := _HEADING.match(blocks[0])):
        title, blocks = heading[1], blocks[1:]
    return _ESCAPE.sub(r"\1", title), [_ESCAPE.sub(r"\1", _HEADING.sub(r"\1", block)) for block in blocks]


def _read_docx(path: Path) -> tuple[str, list[str]]:
    if not zipfile.is_zipfile(path):
        msg = f"'{path}' is no Word document, whatever its name says."
        raise StorageError(msg)
    library("docx2txt", ".docx")
    text = "\n\n".join(page.page_content for page in _loaders().Docx2txtLoader(str(path)).load())
    return "", _BLANK.split(text)


def _read_pdf(path: Path) -> tuple[str, list[str]]:
    library("pypdf", ".pdf")
    pages = _loaders().PyPDFLoader(str(path)).load()
    return str(pages[0].metadata.get("title", "")) if pages else "", [
        block for page in pages for block in _BLANK.split(_paragraphs_of_lines(page.page_content))
    ]


def _read_epub(path: Path) -> tuple[str, list[str]]:
    epub = library("ebooklib.epub", ".epub")
    book = epub.read_epub(str(path), {"ignore_ncx": True})
    titles = book.get_metadata("DC", "title")
    blocks: list[str] = []
    for name, _ in book.spine:
        item = book.get_item_with_id(name)
        if item is None or isinstance(item, epub.EpubNav) or "nav" in (getattr(item, "properties", None) or []):
            continue
        blocks.extend(_blocks_of_html(item.get_content().decode("utf-8", "replace")))
    title = str(titles[0][0]) if titles else ""
    if blocks and blocks[0].strip() == title.strip():
        blocks = blocks[1:]
    return title, blocks


_READERS: dict[str, Callable[[Path], tuple[str, list[str]]]] = {
    ".txt": _read_text,
    ".md": _read_markdown,
    ".docx": _read_docx,
    ".pdf": _read_pdf,
    ".epub": _read_epub,
}


def _loaders() -> Any:  # noqa: ANN401 (a module)
    with warnings.catch_warnings():
        # The package announces its end on import; what it is needed for here has no successor yet.
        warnings.simplefilter("ignore")
        from langchain_community import document_loaders  # noqa: PLC0415 (heavy, and seldom needed)
    return document_loaders


class _Blocks(HTMLParser):
    """The text of an HTML page by its blocks; scripts and styles are no text."""

    _BLOCK = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "section", "td", "pre"})
    _SILENT = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = [""]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._silent += tag in self._SILENT
        if tag in self._BLOCK:
            self.blocks.append("")
        elif tag == "br":
            self.blocks[-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self._SILENT and self._silent > 0
        if tag in self._BLOCK:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.blocks[-1] += re.sub(r"\s+", " ", data)


def _blocks_of_html(page: str) -> list[str]:
    parser = _Blocks()
    parser.feed(page)
    parser.close()
    return [block for block in parser.blocks if block.strip()]


def _unwrapped(block: str) -> str:
    """A block whose lines were broken at a fixed width, as one line; short lines (verse) stay."""
    lines = [line.strip() for line in block.splitlines() if line.strip()]
    if len(lines) > 1 and sum(map(len, lines[:-1])) / (len(lines) - 1) >= _LONG_LINE:
        return " ".join(lines)
    return "\n".join(lines)


def _paragraphs_of_lines(page: str) -> str:
    """The lines of a printed page as paragraphs: one ends with a sentence on a line that is not full."""
    lines = [line.strip() for line in page.splitlines()]
    full = _FULL_LINE * max((len(line) for line in lines), default=0)
    text = ""
    for line in lines:
        text += f"{line} "
        if not line or (len(line) < full and line[-1] in ".!?”\"'。！？…"):
            text += "\n\n"
    return text


def _clean(block: str) -> str:
    kept = "".join(char for char in block if char == "\n" or char.isprintable())
    return "\n".join(re.sub(r"[ \u00a0]+", " ", line).strip() for line in kept.splitlines()).strip()


def _regrouped(blocks: list[str], language: str) -> list[str]:
    """Blocks as paragraphs of a size that can be remembered: short neighbours joined, long ones cut."""
    paragraphs: list[str] = []
    gathered = ""
    for block in blocks:
        for piece in _cut(block, language):
            if gathered and len(gathered) + len(piece) > _TOO_LONG:
                paragraphs.append(gathered)
                gathered = ""
            gathered = f"{gathered}\n\n{piece}" if gathered else piece
            if len(gathered) >= _ENOUGH:
                paragraphs.append(gathered)
                gathered = ""
    return [*paragraphs, gathered] if gathered else paragraphs


def _cut(block: str, language: str) -> list[str]:
    """A very long block, cut between sentences; a sentence without end is cut where it must be."""
    if len(block) <= _TOO_LONG:
        return [block]
    cuts = [
        sentence[start : start + _TOO_LONG]
        for sentence in _all_sentences(block, language)
        for start in range(0, len(sentence), _TOO_LONG)
    ]
    pieces = [""]
    for cut in cuts:
        if pieces[-1] and len(pieces[-1]) + len(cut) > _ENOUGH:
            pieces.append("")
        pieces[-1] = f"{pieces[-1]} {cut}".strip()
    return pieces


def _all_sentences(text: str, language: str) -> list[str]:
    """Every sentence; the splitter's limit is for one paragraph."""
    return [found for line in text.splitlines() for found in sentences(line, language) if found.strip()]
