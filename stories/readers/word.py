"""Word documents, by way of pandoc. What pandoc does not see as a reader of the document does is put right before."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from ...schemas.errors import StorageError
from .bounds import member, parsed
from .furniture import BY
from .pandoc import read_with_pandoc
from .pieces import NO_AUTHORS, Block, Found
from .word_gaps import name_gaps
from .word_headings import name_headings, name_lines, name_ornaments, without_contents
from .word_numbers import Numbers
from .word_styles import Looks, Styles
from .word_text import as_read
from .word_xml import PREFIXES, W, as_usual, said

if TYPE_CHECKING:
    from ...schemas.languages import Language


_ROOT: Final = "_rels/.rels"
_DOCUMENT: Final = "word/document.xml"
_CORE: Final = "docProps/core.xml"
_MAIN: Final = re.compile(rb"""<Relationship\b(?=[^<>]*/officeDocument["'])[^<>]*\bTarget\s*=\s*["']/?([^"'<>]+)["']""")
"""Where the text is: most programs call it as Word does, but not all."""


def read_word(path: Path, language: Language, encoding: str) -> Found:
    """A Word document.

    Raises:
        StorageError: it is none, or is locked with a password.
    """
    del encoding
    if not zipfile.is_zipfile(path):
        raise StorageError("manuscript_no_word", path=path)
    with zipfile.ZipFile(path) as packed:
        main = _MAIN.search(member(packed, _ROOT) or b"")
        place = main[1].decode("utf-8", "replace") if main else _DOCUMENT
        parts = _Parts(packed, path, place.rpartition("/")[0])
        root = parts.read(place.rpartition("/")[2])
        if root is None:
            raise StorageError("manuscript_of_another_kind", path=path, format=".docx", reason=_DOCUMENT)
        written, beside = _mend(root, parts, language)
        with tempfile.TemporaryDirectory() as folder:
            mended = Path(folder) / "mended.docx"
            _write(packed, mended, {place: root, **written})
            tree = read_with_pandoc(mended, "docx+empty_paragraphs", named=path)
        core = parts.core()
    title, author = _named(core)
    by = next((hit["by"] for said in tree.beside if (hit := BY.fullmatch(said)) and hit["by"]), "")
    beside += [Block(said, why="title_page") for said in tree.beside]
    return Found([*tree.blocks(), *beside], tree.title or title, tree.author or by or author, tree.language)


class _Parts:
    """The parts of a document, by the names that they have in the folder of its text."""

    def __init__(self, packed: zipfile.ZipFile, path: Path, folder: str) -> None:
        self._packed = packed
        self._path = path
        self._folder = f"{folder}/" if folder else ""

    def place(self, name: str) -> str:
        """Where a part lies in the archive."""
        return self._folder + name

    def read(self, name: str) -> ET.Element | None:
        """A part; ``None`` where there is none."""
        content = member(self._packed, self.place(name))
        return None if content is None else parsed(as_usual(content), self._path, ".docx")

    def core(self) -> ET.Element | None:
        """What the program noted of the document."""
        content = member(self._packed, _CORE)
        return None if content is None else parsed(content, self._path, ".docx")


def _mend(root: ET.Element, parts: _Parts, language: Language) -> tuple[dict[str, ET.Element], list[Block]]:
    """Say what a reader sees of a document in the words that pandoc knows.

    Gives its other parts in which something was put right, and what is beside the text: contents, what is hidden,
    pictures, remarks.
    """
    styles = parts.read("styles.xml")
    looks = Looks(Styles(styles))
    beside = without_contents(root, looks.styles)
    notes = {name: found for name in ("footnotes.xml", "endnotes.xml") if (found := parts.read(name)) is not None}
    for one in (root, *notes.values()):
        beside += as_read(one, looks)
    beside += name_ornaments(root, looks)
    name_headings(root, looks, Numbers(parts.read("numbering.xml"), styles), language)
    name_lines(root, looks.styles)
    name_gaps(root, looks)
    remarks = parts.read("comments.xml")
    for remark in [] if remarks is None else remarks.iter(f"{W}comment"):
        beside += [Block(text, why="comment") for text in [said(remark)] if text]
    return {parts.place(name): note for name, note in notes.items()}, beside


def _write(packed: zipfile.ZipFile, mended: Path, written: dict[str, ET.Element]) -> None:
    """A copy of the document with its text put right, and nothing in it that leads out of it."""
    for prefix, space in PREFIXES.items():
        ET.register_namespace(prefix, space)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for item in packed.infolist():
            name = item.filename
            if item.is_dir() or not name.endswith((".xml", ".rels")) or name.startswith(("/", "..")):
                continue
            if name in written:
                copy.writestr(name, ET.tostring(written[name], encoding="utf-8", xml_declaration=True))
            elif (content := member(packed, name)) is not None:
                content = as_usual(content)
                copy.writestr(name, _with_styles(content) if name.endswith("/styles.xml") else content)
    mended.write_bytes(made.getvalue())


def _with_styles(content: bytes) -> bytes:
    """The styles, with those of headings among them."""
    style = '<w:style w:type="paragraph" w:styleId="Heading{0}"><w:name w:val="heading {0}"/></w:style>'
    text = content.decode("utf-8", "replace")
    missing = "".join(style.format(rank) for rank in range(1, 7) if f'w:styleId="Heading{rank}"' not in text)
    return text.replace("</w:styles>", f"{missing}</w:styles>").encode()


def _named(core: ET.Element | None) -> tuple[str, str]:
    """The title and the author that the program noted, where that is not the program's own."""
    if core is None:
        return "", ""
    found = {
        name: (core.findtext(f"{{http://purl.org/dc/elements/1.1/}}{name}") or "").strip()
        for name in ("title", "creator")
    }
    author = found["creator"]
    return found["title"], "" if author.lower() in NO_AUTHORS else author
