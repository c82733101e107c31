"""Files as writers have them, made from a few words: Word, EPUB, OpenDocument, PDF, FictionBook, projects."""

from __future__ import annotations

import io
import zipfile
from html import escape
from typing import TYPE_CHECKING

from recurrentgpt.stories.readers import Reading, read_file
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from recurrentgpt.schemas.languages import Language

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def zipped(names: Mapping[str, str | bytes], first: Sequence[str] = ()) -> bytes:
    """An archive of these files; those named first are not compressed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in names.items():
            packed.writestr(name, content, zipfile.ZIP_STORED if name in first else zipfile.ZIP_DEFLATED)
    return written.getvalue()


def style(key: str, name: str = "", based: str = "", level: int | None = None) -> str:
    """A paragraph style of Word."""
    inner = f'<w:name w:val="{name or key}"/>' + (f'<w:basedOn w:val="{based}"/>' if based else "")
    inner += "" if level is None else f'<w:pPr><w:outlineLvl w:val="{level}"/></w:pPr>'
    return f'<w:style w:type="paragraph" w:styleId="{key}">{inner}</w:style>'


def line(text: str, key: str = "", *, raw: bool = False, level: int | None = None) -> str:
    """A paragraph of Word in a style; ``raw``: the text is Word's own XML."""
    properties = (f'<w:pStyle w:val="{key}"/>' if key else "") + (
        "" if level is None else f'<w:outlineLvl w:val="{level}"/>'
    )
    run = text if raw else f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{run}</w:p>"


def word(body: str, styles: str = "", more: Mapping[str, str | bytes] | None = None) -> bytes:
    """A Word document."""
    spaces = f'xmlns:w="{_W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    return zipped(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELS,
            "word/document.xml": f"<w:document {spaces}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {spaces}>{styles}</w:styles>",
            **(more or {}),
        }
    )


def epub(  # noqa: PLR0913
    pages: Mapping[str, str | bytes],
    *,
    ncx: Mapping[str, str] | None = None,
    nav: str = "",
    title: str = "The Shore",
    author: str = "A. Writer",
    manifest: str = "",
    guide: str = "",
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """An EPUB of pages in this order; a text is put into a page, bytes are one."""
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
    }
    items = "".join(
        f'<item id="i{number}" href="{name}" media-type="application/xhtml+xml"/>' for number, name in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="i{number}"/>' for number, _ in enumerate(pages))
    if ncx is not None:
        points = "".join(
            f"<navPoint><navLabel><text>{label}</text></navLabel><content src='{place}'/></navPoint>"
            for place, label in ncx.items()
        )
        files["OEBPS/toc.ncx"] = f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>'
        items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    if nav:
        files["OEBPS/nav.xhtml"] = page(f'<nav epub:type="toc">{nav}</nav>')
        items += '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        spine = f'<itemref idref="nav"/>{spine}'
    files["OEBPS/book.opf"] = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:creator>{author}</dc:creator>'
        f"<dc:language>en</dc:language></metadata><manifest>{items}{manifest}</manifest>"
        f"<spine>{spine}</spine><guide>{guide}</guide></package>"
    )
    for name, content in pages.items():
        if content:
            files[f"OEBPS/{name}"] = content if isinstance(content, bytes) else page(content)
    return zipped({**files, **(more or {})}, first=("mimetype",))


def page(body: str) -> str:
    """A page of XHTML."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>p</title></head><body>{body}</body></html>'
    )


def odt(body: str, before: str = "", doctype: str = "") -> bytes:
    """An OpenDocument text; what stands before its body are styles."""
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
        'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
        'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"{doctype}<office:document-content {spaces}>{before}<office:body><office:text>{body}"
            "</office:text></office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {spaces}><office:font-face-decls/><office:styles/>"
            "<office:automatic-styles/><office:master-styles/></office:document-styles>",
        },
        first=("mimetype",),
    )


def _shown(line: str) -> str:
    if line.startswith("@"):
        return f"380 0 Td /F1 8 Tf ({line[1:]}) Tj -380 0 Td T*"
    marks = len(line) - len(line.lstrip("#"))
    text = (line.lstrip("# ") if marks else line).replace("(", "[").replace(")", "]")
    size = 7 if text.startswith("~") else (10, 20, 15)[marks]
    pieces = [
        f"4 Ts /F1 6 Tf ({piece}) Tj 0 Ts" if number % 2 else f"/F1 {size} Tf ({piece}) Tj"
        for number, piece in enumerate(text.removeprefix("~").split("^"))
    ]
    return f"{' '.join(pieces)} T*"


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF of pages of lines.

    One that begins with # is in larger letters, one with ## less so, one with ~ in small ones, one with @ in the
    margin; ^1^ is a raised sign.
    """
    count = len(pages)
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(count))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Count {count} /Kids [{kids}] >>"]
    for number, lines in enumerate(pages):
        shown = " ".join(map(_shown, lines))
        stream = f"BT /F1 10 Tf 20 580 Td 13 TL {shown} ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 600] /Contents {4 + 2 * number} 0 R "
            "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    written = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return (
        written + f"{end}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF".encode()
    )


def read(path: Path, content: str | bytes, language: Language = EN) -> Reading:
    """What the readers have of a file with that content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_file(path, language)
