"""A manuscript that was written elsewhere, from a file: its title, its paragraphs, its chapters.

DOCX and PDF come through langchain-community's loaders, EPUB through ebooklib. What is in a file is data: nothing of
it is run, and no name in it becomes a path.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from ..memory.sentences import sentences
from ..schemas.errors import SettingsError, StorageError
from ..schemas.languages import SENTENCE_END
from ..schemas.review import MAX_CHAPTER
from .export import library
from .headings import titles_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..schemas.languages import Language
    from ..schemas.state import Chapter

_MOST_BYTES = 20 * 2**20
_MOST_UNPACKED = 100 * 2**20
_BLANK = re.compile(r"\n\s*\n")
_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_ESCAPE = re.compile(r"\\([\\`*_\[\]<>&#+~=.)-])")
_LINE_END = re.compile(rf"(?:{SENTENCE_END}|[\"'”’“»«」』])$")
"""Where a sentence may end, in any language: with a mark, or with what somebody said."""
_LONG_LINE = 50
_FULL_LINE = 0.75
_ENOUGH, _TOO_LONG = 1000, 4000  # characters of a paragraph


@dataclass(frozen=True)
class Manuscript:
    """What was read.

    Attributes:
        title: as the file has it; may be empty.
        paragraphs: about as long as those the model writes: short neighbours of one chapter are joined, very long ones
            cut between sentences.
        chapters: the title of each, and the place (from 0) of its first paragraph, in order.
    """

    title: str
    paragraphs: list[str]
    chapters: list[Chapter]


class _Block(NamedTuple):
    """A block of text as the file has it, and its rank where it is a heading (1 the highest; 0: it is none)."""

    text: str
    rank: int = 0


def read_file(path: Path, language: Language) -> Manuscript:
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
        raise SettingsError("manuscript_format", name=path.name, known=(*_READERS, ".json"))
    _check_size(path)
    try:
        title, blocks = read(path)
    except (SettingsError, StorageError):
        raise
    except Exception as error:  # whatever a parser raises for a file that is not what it says it is
        reason = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise StorageError(
            "manuscript_of_another_kind", path=path, format=path.suffix.lower(), reason=reason[:200]
        ) from error
    kept = [_Block(_clean(block.text), block.rank) for block in blocks]
    titles = titles_in((block.text for block in kept if not block.rank), language)
    kept = [_Block(block.text, 1) if not block.rank and block.text in titles else block for block in kept]
    paragraphs, chapters = _in_chapters([block for block in kept if block.text], language)
    if not paragraphs:
        raise StorageError("manuscript_empty", path=path)
    return Manuscript(title.strip()[:200], paragraphs, chapters)


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise StorageError("manuscript_is_folder", path=path)
        if size > _MOST_BYTES:
            raise StorageError("manuscript_too_large", path=path, size=_mb(size), most=_mb(_MOST_BYTES))
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                unpacked = sum(item.file_size for item in packed.infolist())
            if unpacked > _MOST_UNPACKED:
                most = _mb(_MOST_UNPACKED)
                raise StorageError("manuscript_unpacks_too_large", path=path, size=_mb(unpacked), most=most)
    except OSError as error:
        raise StorageError("file_unreadable", path=path, reason=error.strerror or error) from error


def _mb(size: int) -> int:
    return round(size / 2**20)


def _read_text(path: Path) -> tuple[str, list[_Block]]:
    return "", [_Block(_unwrapped(block)) for block in _blocks_of_text(path)]


def _blocks_of_text(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise StorageError("manuscript_not_utf8", path=path) from error
    return _BLANK.split(text.replace("\r\n", "\n"))


def _read_markdown(path: Path) -> tuple[str, list[_Block]]:
    blocks = []
    for block in _blocks_of_text(path):
        # A heading ends with its line, whether or not an empty one follows.
        first, _, rest = block.strip().partition("\n")
        heading = _HEADING.match(first)
        if heading:
            blocks.append(_Block(_ESCAPE.sub(r"\1", heading[2].rstrip("# ")), len(heading[1])))
        blocks.append(_Block(_ESCAPE.sub(r"\1", _unwrapped(rest if heading else block))))
    return _without_title([block for block in blocks if block.text.strip()])


def _without_title(blocks: list[_Block]) -> tuple[str, list[_Block]]:
    """The heading that everything stands under, and the rest; where several have its rank, it is a chapter's."""
    if not blocks or not blocks[0].rank or any(0 < block.rank <= blocks[0].rank for block in blocks[1:]):
        return "", blocks
    return blocks[0].text, blocks[1:]


def _read_docx(path: Path) -> tuple[str, list[_Block]]:
    if not zipfile.is_zipfile(path):
        raise StorageError("manuscript_no_word", path=path)
    library("docx2txt", ".docx")
    text = "\n\n".join(page.page_content for page in _loaders().Docx2txtLoader(str(path)).load())
    styled = [(str(line.style.name), line.text.strip()) for line in library("docx", ".docx").Document(path).paragraphs]
    ranks = {said: int(style[-1]) for style, said in styled if re.fullmatch(r"Heading [1-9]", style)}
    title = next((said for style, said in styled if style == "Title"), "")
    blocks = [_Block(block, ranks.get(block.strip(), 0)) for block in _BLANK.split(text) if block.strip()]
    if title and blocks and blocks[0].text.strip() == title:
        return title, blocks[1:]
    return _without_title(blocks)


def _read_pdf(path: Path) -> tuple[str, list[_Block]]:
    library("pypdf", ".pdf")
    pages = _loaders().PyPDFLoader(str(path)).load()
    return str(pages[0].metadata.get("title", "")) if pages else "", [
        _Block(block) for page in pages for block in _BLANK.split(_paragraphs_of_lines(page.page_content))
    ]


def _read_epub(path: Path) -> tuple[str, list[_Block]]:
    epub = library("ebooklib.epub", ".epub")
    book = epub.read_epub(str(path), {"ignore_ncx": True})
    titles = book.get_metadata("DC", "title")
    blocks: list[_Block] = []
    for name, _ in book.spine:
        item = book.get_item_with_id(name)
        if item is None or isinstance(item, epub.EpubNav) or "nav" in (getattr(item, "properties", None) or []):
            continue
        blocks.extend(_blocks_of_html(item.get_content().decode("utf-8", "replace")))
    title = str(titles[0][0]) if titles else ""
    if blocks and blocks[0].text.strip() == title.strip():
        blocks = blocks[1:]
    return title, blocks


_READERS: dict[str, Callable[[Path], tuple[str, list[_Block]]]] = {
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
        self.blocks: list[_Block] = [_Block("")]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._silent += tag in self._SILENT
        if tag in self._BLOCK:
            self.blocks.append(_Block("", int(tag[1]) if re.fullmatch("h[1-6]", tag) else 0))
        elif tag == "br":
            self._add("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self._SILENT and self._silent > 0
        if tag in self._BLOCK:
            self.blocks.append(_Block(""))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._add(re.sub(r"\s+", " ", data))

    def _add(self, text: str) -> None:
        self.blocks[-1] = self.blocks[-1]._replace(text=self.blocks[-1].text + text)


def _blocks_of_html(page: str) -> list[_Block]:
    parser = _Blocks()
    parser.feed(page)
    parser.close()
    return [block for block in parser.blocks if block.text.strip()]


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
        if not line or (len(line) < full and _LINE_END.search(line)):
            text += "\n\n"
    return text


def _clean(block: str) -> str:
    kept = "".join(char for char in block if char == "\n" or char.isprintable())
    return "\n".join(re.sub(r"[ \u00a0]+", " ", line).strip() for line in kept.splitlines()).strip()


def _in_chapters(blocks: list[_Block], language: Language) -> tuple[list[str], list[Chapter]]:
    """The paragraphs, and where a chapter begins. Headings one after another ("Part One", "The Shore") are one title.

    A heading that no text follows, or that is too long for a title, is text.
    """
    paragraphs: list[str] = []
    chapters: list[Chapter] = []
    for is_heading, group in groupby(blocks, key=lambda block: bool(block.rank)):
        texts = [block.text for block in group]
        if is_heading:
            titles = [" ".join(text.split()) for text in texts]
            while len(". ".join(titles)) > MAX_CHAPTER:
                titles.pop(0)
            paragraphs.extend(_regrouped(texts[: len(texts) - len(titles)], language))
            if titles:
                chapters.append({"title": ". ".join(titles), "seq": len(paragraphs)})
        else:
            paragraphs.extend(_regrouped(texts, language))
    if chapters and chapters[-1]["seq"] == len(paragraphs):
        paragraphs.append(chapters.pop()["title"])
    return paragraphs, chapters


def _regrouped(blocks: list[str], language: Language) -> list[str]:
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


def _cut(block: str, language: Language) -> list[str]:
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


def _all_sentences(text: str, language: Language) -> list[str]:
    """Every sentence; the splitter's limit is for one paragraph."""
    return [found for line in text.splitlines() for found in sentences(line, language) if found.strip()]
