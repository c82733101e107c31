"""What a file is by what is in it: names end with anything, and a program's "Word" is often a web page."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Final

from ...schemas.errors import StorageError
from .bounds import check_packed, member

if TYPE_CHECKING:
    from pathlib import Path

_HEAD: Final = 4096
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_LOOKED_FOR: Final = 2**16
_OTHERS: Final = (
    (re.compile(rb".{60}BOOKMOBI", re.DOTALL), "Kindle"),
    (re.compile(rb"\s*(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}\?>\s*<FinalDraft\b"), "Final Draft"),
    (re.compile(rb"\xffWPC"), "WordPerfect"),
    (re.compile(rb"AT&TFORM"), "DjVu"),
    (re.compile(rb"ITSF"), "CHM"),
)
"""What other programs' files begin with, which are read by none of ours."""
_PACKED_OTHERS: Final = (
    (re.compile(r"Index/.*\.iwa|index\.apxl|Index\.zip"), "Pages"),
    (re.compile(r"xl/workbook\.xml"), "Excel"),
    (re.compile(r"ppt/presentation\.xml"), "PowerPoint"),
)
_OPEN_DOCUMENT: Final = b"application/vnd.oasis.opendocument.text"
_RICH: Final = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*\{\\rtf")
_FICTION: Final = re.compile(r"\s*<\?xml[^>]{0,200}\?>\s*(?:<!--.{0,500}?-->\s*)?<FictionBook\b", re.DOTALL)
_PAGE: Final = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_FLAT: Final = re.compile(r"\s*<\?xml[^>]{0,200}\?>\s*(?:<!--.{0,500}?-->\s*)?<office:document\b", re.DOTALL)
_XML: Final = re.compile(
    r"\s*<\?xml[^>]{0,200}\?>\s*(?:(?:<\?.{0,200}?\?>|<!--.{0,2000}?-->|<!DOCTYPE[^<>]{0,500}>)\s*){0,9}<(?P<root>[A-Za-z][\w:.-]{0,60})",
    re.DOTALL,
)
_LATEX: Final = re.compile(r"(?m)^\s*\\documentclass\b")
_MARKED: Final = re.compile(r"(?m)\A---[ \t]*$|^#{1,3} \S")
_SCREENPLAY: Final = re.compile(r"(?m)^(?:INT|EXT|EST|INT\./EXT|INT/EXT|I/E)[. ]\s*\S")
_SHOUTED: Final = re.compile(r"(?m)^(?:INT|EXT|EST|I/E)[^\na-z]*\n\s*\n")
"""A scene's head in capitals, above an empty line."""
_TEXTS: Final = frozenset({".txt", ".text", ".log", ".md", ".markdown", ".tex", ".fountain", ".adoc", ".org"})
"""Names of texts, which may hold a page or a document of marks."""
_LEAST_MARKED: Final = 2


def kind_of_file(path: Path) -> str:
    """The end of the name that a file should have, by what is in it; its own, where its content says nothing else.

    Raises:
        StorageError: it is a file of another program, which is not read here, or is locked; or it cannot be read.
    """
    own = path.suffix.lower()
    try:
        with path.open("rb") as opened:
            head = opened.read(_HEAD)
    except OSError as error:
        raise StorageError("file_unreadable", path=path, reason=error.strerror or error) from error
    if head.startswith(_OLE):
        raise _of_old_office(path)
    for pattern, program in _OTHERS:
        if pattern.match(head):
            raise StorageError("manuscript_of_program", path=path, program=program)
    if _RICH.match(head):
        return ".rtf"
    if b"%PDF-" in head[:1024]:
        return ".pdf"
    if head.startswith(b"PK\x03\x04") and zipfile.is_zipfile(path):
        return _packed_kind(path)
    return _kind_of_text(head, own, path)


def _kind_of_text(head: bytes, own: str, path: Path) -> str:
    encoding = "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    if _FICTION.match(text):
        return ".fb2"
    if _PAGE.match(text):
        return own if own in {".html", ".htm", ".xhtml"} else ".html"
    if _FLAT.match(text):
        return ".fodt"
    if (hit := _XML.match(text)) and own in _TEXTS | {".xml", ""}:
        raise StorageError("manuscript_of_program", path=path, program=f"XML ({hit['root']})")
    if own in _TEXTS - {".tex"} and _LATEX.search(text):
        return ".tex"
    if own in {".txt", ".text"} and len(_SCREENPLAY.findall(text)) >= _LEAST_MARKED and _SHOUTED.search(text):
        return ".fountain"
    return own


def kind_of_nameless(path: Path) -> str:
    """What a text is whose name does not say it: Markdown, a screenplay or plain text; empty: it is no text."""
    with path.open("rb") as opened:
        head = opened.read(_HEAD)
    text = head.decode("utf-8", "replace")
    if b"\0" in head and head[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        return ""
    if _LATEX.search(text):
        return ".tex"
    if len(_SCREENPLAY.findall(text)) >= _LEAST_MARKED:
        return ".fountain"
    return ".md" if len(_MARKED.findall(text)) >= _LEAST_MARKED else ".txt"


def _of_old_office(path: Path) -> StorageError:
    with path.open("rb") as opened:
        content = opened.read(_LOOKED_FOR)
    if _LOCKED in content:
        return StorageError("manuscript_locked", path=path)
    return StorageError("manuscript_old_word", path=path)


def _packed_kind(path: Path) -> str:
    """What an archive is: a document of some program, or a folder of files."""
    check_packed(path)
    with zipfile.ZipFile(path) as packed:
        names = set(packed.namelist())
        kind = (member(packed, "mimetype") or b"").strip() if "mimetype" in names else b""
    if kind == b"application/epub+zip" or "META-INF/container.xml" in names:
        return ".epub"
    if kind.startswith(_OPEN_DOCUMENT):
        return ".odt"
    for pattern, program in _PACKED_OTHERS:
        if any(pattern.match(name) for name in names):
            raise StorageError("manuscript_of_program", path=path, program=program)
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return ".docx"
    return path.suffix.lower() if path.suffix.lower() in {".docx", ".odt", ".epub"} else ".zip"
