"""The pages of a PDF as text: a program of its own, because what a file costs can be bounded from outside alone.

It is started as a file, with the PDF and a limit of pages; it writes what the file says of itself, then a page a
line, as JSON: the text, and of each of its lines the size of its letters and where it stands. The text is what
LangChain's parser makes of a page; what it does not tell (what the file says of itself, bookmarks, sizes, places) is
PDFium's.
"""

from __future__ import annotations

import ctypes
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
_SIGNS = frozenset("0123456789*†‡§")
_BOLD = 600
_BOLD_NAMES = ("bold", "black", "heavy")
_LONGEST_NAME = 100
_SMALL = 0.85
"""Of a line's letters how large those of a mark are, at most."""


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
            count = text_page.count_chars()
            said = {"text": text.page_content.strip(), "sizes": sizes_of(text_page.raw, count, raw)}
            places = places_of(text_page.raw, count, raw)
            sys.stdout.write(json.dumps({**said, "places": places}) + "\n")
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
    lines = _lines(page, count, raw)
    return [max(0.1, round(raw.FPDFText_GetFontSize(page, line[0]), 1)) if line else 0.0 for line in lines]


def places_of(page: Any, count: int, raw: Any) -> list[tuple[float, float, float, float, list[int], bool]]:  # noqa: ANN401 (as above)
    """Of each line of a page where it begins and ends, how high, which of its signs are raised, whether it is bold.

    The signs are counted from the first of the line that is no space. A word that is divided makes one line of two.
    """
    made: list[tuple[float, float, float, float, list[int], bool]] = []
    for line in _lines(page, count, raw):
        if not line:
            made.append((0.0, 0.0, 0.0, 0.0, [], False))
            continue
        left, base = _origin(page, line[0], raw)
        box = [ctypes.c_double() for _ in range(4)]
        raw.FPDFText_GetCharBox(page, line[-1], *map(ctypes.byref, box))
        raised = _raised(page, line, raw)
        foot = _origin(page, next(at for at in reversed(line) if at - line[0] not in raised), raw)[1]
        is_bold = all(_is_bold(page, at, raw) for at in (line[0], line[-1]))
        made.append((round(left, 1), round(base, 1), round(box[1].value, 1), round(foot, 1), raised, is_bold))
    return made


def _raised(page: Any, line: list[int], raw: Any) -> list[int]:  # noqa: ANN401 (as above)
    """The signs of a line that are smaller than it and stand higher, as marks of notes do."""
    marks = [at for at in line[1:] if chr(raw.FPDFText_GetUnicode(page, at)) in _SIGNS]
    size = (
        max((raw.FPDFText_GetFontSize(page, at) for at in (line[0], line[len(line) // 2])), default=0.0)
        if marks
        else 0.0
    )
    raised = [
        at
        for at in marks
        if raw.FPDFText_GetFontSize(page, at) < _SMALL * size
        and _origin(page, at, raw)[1] > _origin(page, at - 1, raw)[1] - 0.1
    ]
    return [at - line[0] for at in raised]


def _is_bold(page: Any, at: int, raw: Any) -> bool:  # noqa: ANN401 (as above)
    """Whether a letter is bold, by what its font is called or says of itself."""
    name = ctypes.create_string_buffer(_LONGEST_NAME)
    raw.FPDFText_GetFontInfo(page, at, name, _LONGEST_NAME, ctypes.byref(ctypes.c_int()))
    called = name.value.decode("utf-8", "replace").lower()
    return any(word in called for word in _BOLD_NAMES) or raw.FPDFText_GetFontWeight(page, at) >= _BOLD


def _origin(page: Any, at: int, raw: Any) -> tuple[float, float]:  # noqa: ANN401 (as above)
    left, base = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(page, at, ctypes.byref(left), ctypes.byref(base))
    return left.value, base.value


def _lines(page: Any, count: int, raw: Any) -> list[list[int]]:  # noqa: ANN401 (as above)
    """The places of the letters of each line, from the first to the last that is no space."""
    lines: list[list[int]] = [[]]
    last, before = 0, ""
    for at in range(count):
        char = chr(raw.FPDFText_GetUnicode(page, at))
        if char in _ENDS:
            if (before, char) != ("\r", "\n"):
                lines[-1] = lines[-1][:last]
                lines.append([])
                last = 0
        elif lines[-1] or not char.isspace():
            lines[-1].append(at)
            last = len(lines[-1]) if not char.isspace() else last
        before = char
    lines[-1] = lines[-1][:last]
    lettered = [number for number, line in enumerate(lines) if line]
    return lines[lettered[0] : lettered[-1] + 1] if lettered else [[]]


if __name__ == "__main__":
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[3]) * 2**20,) * 2)
    except (ImportError, ValueError, OSError):
        pass  # no such bound on this system; there is one of time
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
