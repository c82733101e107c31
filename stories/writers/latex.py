"""A book for typesetters: LaTeX, to be set with XeLaTeX or LuaLaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .pandoc import written
from .tree import Styles, blocks_of, document
from .word import meta

if TYPE_CHECKING:
    from .book import Book


def as_latex(book: Book) -> str:
    """The book as LaTeX.

    Raises:
        SettingsError: pandoc is not installed (the extra ``books``).
        StorageError: it cannot be made.
    """
    made = book.manuscript
    has_parts = any(chapter.kind == "part" for chapter in made.chapters)
    options = [
        "--variable=documentclass=book",
        f"--top-level-division={'part' if has_parts else 'chapter'}",
        *(["--variable=CJKmainfont=Noto Serif CJK SC"] if book.spoken.search.by_characters else []),
    ]
    tree = document(blocks_of(made.chapters, Styles()), meta(book, made))
    return written(tree, "latex-smart", ".tex", options).decode("utf-8")
