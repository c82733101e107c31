"""Writers: a book in each format that it can have. What they are given is light Markdown; none of it is ever obeyed.

Markdown, text, a web page and JSON Lines are written here; EPUB, Word, OpenDocument and LaTeX by way of pandoc (the
extra ``books``), which is given a tree and no text to read; PDF by way of the web page.

Each is imported when a book of its kind is first made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...schemas.lazy_names import at_first_use

if TYPE_CHECKING:
    from .epub import as_epub
    from .latex import as_latex
    from .page import as_html
    from .pdf import as_pdf
    from .plain import as_folder, as_lines, as_markdown, as_text
    from .word import as_docx, as_odt

__all__ = [
    "as_docx",
    "as_epub",
    "as_folder",
    "as_html",
    "as_latex",
    "as_lines",
    "as_markdown",
    "as_odt",
    "as_pdf",
    "as_text",
]

_PLACES = {
    **dict.fromkeys(("as_docx", "as_odt"), ".word"),
    **dict.fromkeys(("as_folder", "as_lines", "as_markdown", "as_text"), ".plain"),
    "as_epub": ".epub",
    "as_html": ".page",
    "as_latex": ".latex",
    "as_pdf": ".pdf",
}

__getattr__ = at_first_use(__name__, _PLACES)
