"""A story as a book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.errors import StorageError
from .card import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def as_markdown(title: str, paragraphs: Sequence[str]) -> str:
    """The book as Markdown: its title as a heading, then its paragraphs."""
    parts = [f"# {title}"] if title else []
    parts.extend(text.strip() for text in paragraphs)
    return "\n\n".join(parts) + "\n"


def check_target(path: Path, *, replace: bool) -> None:
    """Say beforehand whether a book could be written to a file.

    Raises:
        StorageError: the path is a folder, its folder does not exist, or a file is there and may not be replaced.
    """
    if path.is_dir():
        msg = f"'{path}' is a folder: name a file, such as '{path / 'book.md'}'."
        raise StorageError(msg)
    if path.exists() and not replace:
        msg = f"'{path}' exists already: name another file, or give --force to replace it."
        raise StorageError(msg)
    if not path.parent.is_dir():
        msg = f"The folder '{path.parent}' does not exist: make it first, or name another."
        raise StorageError(msg)


def write_book(path: Path, text: str, *, replace: bool = False) -> None:
    """Write a book to a file, whole or not at all.

    Raises:
        StorageError: as ``check_target``, or the disk is full.
    """
    check_target(path, replace=replace)
    write_text(path, text)
