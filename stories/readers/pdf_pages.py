"""The pages of a PDF as text: a program of its own, because what a file costs can be bounded from outside alone.

It is started as a file, with the PDF and a limit of pages; it writes what the file says of itself, then a page a
line, as JSON: the text, and the size of the letters that each of its lines begins with. The text is what LangChain's
parser makes of a page; what the file says of itself, its bookmarks and the sizes, which it does not tell, are PDFium's.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_core.documents.base import Document

_MOST_ENTRIES = 5000
_ENDS = frozenset("\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")
"""What ends a line."""


def main(path: str, most: int) -> int:
    """Write each page's text; 3: it is locked with a password; 4: it has more pages."""
    import pypdfium2  # noqa: PLC0415 (heavy, seldom needed)
    from pypdfium2 import raw  # noqa: PLC0415

    try:
        document = pypdfium2.PdfDocument(path)
        if len(document) > most:
            return 4
        said = {name.lower(): document.get_metadata_value(name) for name in ("Title", "Author")}
        sys.stdout.write(json.dumps({**said, "outline": _outline(document)}) + "\n")
        told = _told(path)
        for page, text in zip(document, told, strict=True):
            text_page = page.get_textpage()
            sizes = sizes_of(text_page.raw, text_page.count_chars(), raw)
            sys.stdout.write(json.dumps({"text": text.page_content.strip(), "sizes": sizes}) + "\n")
            text_page.close()
            page.close()
    except Exception as error:  # noqa: BLE001 (whatever a parser raises for a file that is none)
        sys.stderr.write(f"{error}\n")
        return 3 if "password" in str(error).lower() else 5
    return 0


def _told(path: str) -> Iterator[Document]:
    """The pages as LangChain's parser tells them."""
    with warnings.catch_warnings():
        # The package says on import that it is kept as it is; its parser has no other home yet.
        warnings.simplefilter("ignore", DeprecationWarning)
        from langchain_community.document_loaders.parsers.pdf import PyPDFium2Parser  # noqa: PLC0415
    from langchain_core.documents.base import Blob  # noqa: PLC0415

    return PyPDFium2Parser(mode="page").lazy_parse(Blob.from_path(path))


def _outline(document: Any) -> list[tuple[str, int, int]]:  # noqa: ANN401 (a library without types)
    """The bookmarks: what each says, on which page (from 0) it is, how deep it stands (from 0)."""
    entries: list[tuple[str, int, int]] = []
    for entry in document.get_toc(max_depth=6):
        target = entry.get_dest()
        page = target.get_index() if target else None
        if page is not None and len(entries) < _MOST_ENTRIES:
            entries.append((entry.get_title(), page, entry.level))
    return entries


def sizes_of(page: Any, count: int, raw: Any) -> list[float]:  # noqa: ANN401 (as above)
    """Of each line of a page how large its first letter is that is no space, in points; 0 where it has none.

    Lines without a letter at the page's beginning and its end are left out, as the parser leaves them out.
    """
    sizes, before = [0.0], ""
    for at in range(count):
        char = chr(raw.FPDFText_GetUnicode(page, at))
        if char in _ENDS:
            if (before, char) != ("\r", "\n"):
                sizes.append(0.0)
        elif not sizes[-1] and not char.isspace():
            sizes[-1] = max(0.1, round(raw.FPDFText_GetFontSize(page, at), 1))
        before = char
    lettered = [number for number, size in enumerate(sizes) if size]
    return sizes[lettered[0] : lettered[-1] + 1] if lettered else [0.0]


if __name__ == "__main__":
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[3]) * 2**20,) * 2)
    except (ImportError, ValueError, OSError):
        pass  # no such bound on this system; there is one of time
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
