"""The pages of a PDF as text: a program of its own, because what a file costs can be bounded from outside alone.

It is started as a file, with the PDF and a limit of pages; it writes what the file says of itself, then a page a
line, as JSON: the text, and the size of the letters that each of its lines begins with.
"""

from __future__ import annotations

import json
import sys
from typing import Any

_MOST_ENTRIES = 5000


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
        for page in document:
            text_page = page.get_textpage()
            text = text_page.get_text_range().replace("\r\n", "\n").replace("\r", "\n")
            sizes = _sizes(text_page.raw, text_page.count_chars(), raw)
            sys.stdout.write(json.dumps({"text": text, "sizes": sizes}) + "\n")
            text_page.close()
            page.close()
    except Exception as error:  # noqa: BLE001 (whatever a parser raises for a file that is none)
        sys.stderr.write(f"{error}\n")
        return 3 if "password" in str(error).lower() else 5
    return 0


def _outline(document: Any) -> list[tuple[str, int, int]]:  # noqa: ANN401 (a library without types)
    """The bookmarks: what each says, on which page (from 0) it is, how deep it stands (from 0)."""
    entries: list[tuple[str, int, int]] = []
    for entry in document.get_toc(max_depth=6):
        target = entry.get_dest()
        page = target.get_index() if target else None
        if page is not None and len(entries) < _MOST_ENTRIES:
            entries.append((entry.get_title(), page, entry.level))
    return entries


def _sizes(page: Any, count: int, raw: Any) -> list[float]:  # noqa: ANN401 (as above)
    """Of each line of a page how large its first letter is that is no space, in points; 0 where it has none."""
    sizes = [0.0]
    for at in range(count):
        char = raw.FPDFText_GetUnicode(page, at)
        if char == ord("\n"):
            sizes.append(0.0)
        elif not sizes[-1] and char > ord(" "):
            sizes[-1] = round(raw.FPDFText_GetFontSize(page, at), 1)
    return sizes


if __name__ == "__main__":
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[3]) * 2**20,) * 2)
    except (ImportError, ValueError, OSError):
        pass  # no such bound on this system; there is one of time
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
