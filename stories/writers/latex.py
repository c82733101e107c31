"""A book for typesetters: LaTeX, to be set with XeLaTeX or LuaLaTeX."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .pandoc import written
from .tree import Styles, blocks_of, document
from .word import meta

if TYPE_CHECKING:
    from .book import Book

_SIGNS: Final = {
    "'": ("\ufdd2", r"\textquotesingle{}"),
    "`": ("\ufdd3", r"\textasciigrave{}"),
    "(?<=-)(?=-)": ("\ufdd4", "{}"),
}
"""Straight quotes and hyphens in a row: signs that no text has in their places, and how LaTeX is told of them."""


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
    text = written(_with_signs(tree), "latex-smart", ".tex", options).decode("utf-8")
    for sign, command in _SIGNS.values():
        text = text.replace(sign, command)
    return text


def _with_signs(tree: str) -> str:
    """The tree with another sign for each that LaTeX would join with its neighbour, or bend: all are text in it."""
    for said, (sign, _) in _SIGNS.items():
        tree = re.sub(said, sign, tree)
    return tree
