"""Word documents, by way of pandoc.

What pandoc does not see is put right before: headings by outline level or by a style based on one, contents pages.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from ...schemas.errors import StorageError
from .bounds import member, parsed
from .pandoc import read_with_pandoc
from .pieces import Block, Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...schemas.languages import Language

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PREFIXES: Final = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
}
"""The names that pandoc knows these by."""
_DOCUMENT: Final = "word/document.xml"
_STYLES: Final = "word/styles.xml"
_CORE: Final = "docProps/core.xml"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_HEADING: Final = 9
_DEEPEST: Final = 20
_LARGE: Final = 1.15
"""How much larger than the text's the letters of a heading are, at least."""
_MOST_LARGE: Final = 0.2
"""The part of the letters that may be in headings; where more are large, size says nothing."""
_TITLE: Final = 160
_SIZE: Final = 20
"""Of letters of which nothing says how large they are, in half points."""
_HEADING_NAME: Final = re.compile(r"heading\s*([1-9])", re.IGNORECASE)
_CONTENTS_NAME: Final = re.compile(r"toc\s*(?:[1-9]|heading)|table of (?:contents|figures)", re.IGNORECASE)
_TITLE_NAMES: Final = {"title": "title", "subtitle": "subtitle", "author": "author"}
_PROGRAMS: Final = frozenset({"python-docx", "un-named", "microsoft office user", "user", "windows user"})


def read_word(path: Path, language: Language, encoding: str) -> Found:
    """A Word document.

    Raises:
        StorageError: it is none, or is locked with a password.
    """
    del language, encoding
    if not zipfile.is_zipfile(path):
        raise _what_else(path)
    with zipfile.ZipFile(path) as packed:
        document, styles, core = (member(packed, name) for name in (_DOCUMENT, _STYLES, _CORE))
        if document is None:
            raise StorageError("manuscript_of_another_kind", path=path, format=".docx", reason=_DOCUMENT)
        root = parsed(document, path, ".docx")
        contents = _mend(root, _Styles(parsed(styles, path, ".docx") if styles else None))
        with tempfile.TemporaryDirectory() as folder:
            mended = Path(folder) / "mended.docx"
            for prefix, space in _PREFIXES.items():
                ET.register_namespace(prefix, space)
            _write(packed, mended, ET.tostring(root, encoding="utf-8", xml_declaration=True))
            tree = read_with_pandoc(mended, "docx", named=path)
    blocks = [*tree.blocks(), *contents]
    title, author = _core(core, path)
    return Found(blocks, tree.title or title, tree.author or author, tree.language)


def _what_else(path: Path) -> StorageError:
    with path.open("rb") as opened:
        content = opened.read(2**16)
    if not content.startswith(_OLE):
        return StorageError("manuscript_no_word", path=path)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return StorageError("manuscript_locked", path=path)
    return StorageError("manuscript_old_word", path=path)


class _Styles:
    """What the styles of a document say of a paragraph's rank."""

    def __init__(self, root: ET.Element | None) -> None:
        self.names: dict[str, str] = {}
        self._based: dict[str, str] = {}
        self._levels: dict[str, int] = {}
        self._sizes: dict[str, int] = {}
        self._usual = ""
        for style in [] if root is None else root.iter(f"{_W}style"):
            if style.get(f"{_W}type") != "paragraph":
                continue
            key = style.get(f"{_W}styleId", "")
            self.names[key] = _value(style.find(f"{_W}name"))
            self._based[key] = _value(style.find(f"{_W}basedOn"))
            level = _value(style.find(f"{_W}pPr/{_W}outlineLvl"))
            if level.isdecimal():
                self._levels[key] = int(level)
            self._sizes[key] = _size(style.find(f"{_W}rPr"))
            if style.get(f"{_W}default") in {"1", "true"}:
                self._usual = key
        defaults = None if root is None else root.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr")
        self._size = _size(defaults) or _SIZE

    def rank(self, key: str) -> int:
        """The rank of a heading (1 the highest) of that style, 0 for text."""
        for name in self._line(key):
            if name in self._levels:
                return 0 if self._levels[name] >= _NO_HEADING else self._levels[name] + 1
            if hit := _HEADING_NAME.fullmatch(self.names.get(name, "")):
                return int(hit[1])
        return 0

    def size(self, key: str) -> int:
        """How large the letters of that style are, in half points; of none: as the document usually has them."""
        return next((size for name in self._line(key or self._usual) if (size := self._sizes.get(name, 0))), self._size)

    def is_contents(self, key: str) -> bool:
        """Whether it is the style of a line of a contents page."""
        return bool(_CONTENTS_NAME.match(self.names.get(key, key)) or _CONTENTS_NAME.fullmatch(key))

    def _line(self, key: str) -> Iterator[str]:
        for _ in range(_DEEPEST):
            if not key:
                return
            yield key
            key = self._based.get(key, "")


def _value(element: ET.Element | None) -> str:
    return "" if element is None else element.get(f"{_W}val", "")


def _mend(root: ET.Element, styles: _Styles) -> list[Block]:
    """Say of every heading that it is one, in the words that pandoc knows; give what lists the contents, taken out."""
    contents: list[Block] = []
    for parent in list(root.iter()):
        for child in list(parent):
            if _is_contents_block(child) or (child.tag == f"{_W}p" and styles.is_contents(_style_of(child))):
                contents.append(Block(_said(child), why="contents"))
                parent.remove(child)
    ranked = False
    for paragraph in root.iter(f"{_W}p"):
        own = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        level = _value(own)
        style = _style_of(paragraph)
        rank = styles.rank(style)
        if level.isdecimal():
            rank = 0 if int(level) >= _NO_HEADING else int(level) + 1
        if rank and styles.names.get(style, "").lower() not in _TITLE_NAMES:
            _set_style(paragraph, f"Heading{min(rank, 6)}")
            ranked = True
    if not ranked:
        _mend_by_size(root, styles)
    return [block for block in contents if block.text]


def _mend_by_size(root: ET.Element, styles: _Styles) -> None:
    """Where nothing is said to be a heading: those paragraphs are some that stand in larger letters as a whole."""
    sizes: dict[ET.Element, int] = {}
    weights: Counter[int] = Counter()
    for paragraph in root.iter(f"{_W}p"):
        style = _style_of(paragraph)
        runs = [run for run in paragraph.iter(f"{_W}r") if _said(run)]
        if not runs or styles.names.get(style, "").lower() in _TITLE_NAMES:
            continue
        each = [_size(run.find(f"{_W}rPr")) or styles.size(style) for run in runs]
        weights.update({size: len(_said(run)) for run, size in zip(runs, each, strict=True)})
        sizes[paragraph] = min(each)
    body = weights.most_common(1)[0][0] if weights else 0
    large = {one: size for one, size in sizes.items() if size >= _LARGE * body and len(_said(one)) <= _TITLE}
    if sum(len(_said(one)) for one in large) > _MOST_LARGE * weights.total():
        return
    ranks = {size: rank for rank, size in enumerate(sorted(set(large.values()), reverse=True), start=1)}
    for paragraph, size in large.items():
        _set_style(paragraph, f"Heading{min(ranks[size], 6)}")
        for bold in [*paragraph.iter(f"{_W}rPr")]:
            for mark in [one for one in bold if one.tag in {f"{_W}b", f"{_W}bCs"}]:
                bold.remove(mark)


def _size(properties: ET.Element | None) -> int:
    """How large letters are by their properties, in half points; 0 where that is not said."""
    said = "" if properties is None else _value(properties.find(f"{_W}sz"))
    return int(said) if said.isdecimal() and len(said) < 5 else 0  # noqa: PLR2004 (no letter is larger)


def _is_contents_block(element: ET.Element) -> bool:
    if element.tag != f"{_W}sdt":
        return False
    gallery = element.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
    return _value(gallery).lower() in {"table of contents", "cover pages"}


def _style_of(paragraph: ET.Element) -> str:
    return _value(paragraph.find(f"{_W}pPr/{_W}pStyle"))


def _set_style(paragraph: ET.Element, style: str) -> None:
    properties = paragraph.find(f"{_W}pPr")
    if properties is None:
        properties = ET.Element(f"{_W}pPr")
        paragraph.insert(0, properties)
    named = properties.find(f"{_W}pStyle")
    if named is None:
        named = ET.Element(f"{_W}pStyle")
        properties.insert(0, named)
    named.set(f"{_W}val", style)


def _said(element: ET.Element) -> str:
    return " ".join("".join(_texts(element.iter())).split())


def _texts(elements: Iterable[ET.Element]) -> Iterator[str]:
    for element in elements:
        if element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag in {f"{_W}tab", f"{_W}br", f"{_W}p"}:
            yield " "


def _write(packed: zipfile.ZipFile, mended: Path, document: bytes) -> None:
    """A copy of the document with its text put right, and nothing in it that leads out of it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for item in packed.infolist():
            name = item.filename
            if item.is_dir() or not name.endswith((".xml", ".rels")) or name.startswith(("/", "..")):
                continue
            content = document if name == _DOCUMENT else member(packed, name)
            if content is not None:
                copy.writestr(name, _with_styles(content) if name == _STYLES else content)
    mended.write_bytes(made.getvalue())


def _with_styles(content: bytes) -> bytes:
    """The styles, with those of headings among them."""
    style = '<w:style w:type="paragraph" w:styleId="Heading{0}"><w:name w:val="heading {0}"/></w:style>'
    text = content.decode("utf-8", "replace")
    missing = "".join(style.format(rank) for rank in range(1, 7) if f'w:styleId="Heading{rank}"' not in text)
    return text.replace("</w:styles>", f"{missing}</w:styles>").encode()


def _core(core: bytes | None, path: Path) -> tuple[str, str]:
    """The title and the author that the program noted, where that is not the program's own."""
    if core is None:
        return "", ""
    root = parsed(core, path, ".docx")
    found = {
        name: (root.findtext(f"{{http://purl.org/dc/elements/1.1/}}{name}") or "").strip()
        for name in ("title", "creator")
    }
    author = found["creator"]
    return found["title"], "" if author.lower() in _PROGRAMS else author
