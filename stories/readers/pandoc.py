"""Pandoc, which reads what word processors write: in a sandbox, with bounds of time, memory and output."""

from __future__ import annotations

import tempfile
from importlib import import_module
from pathlib import Path

from ...schemas.errors import SettingsError, StorageError
from .bounds import MEGABYTES, SECONDS, bounded
from .pandoc_tree import Tree

_OUT_OF_MEMORY = 251
"""How a program of Haskell ends that had no more memory."""


def read_with_pandoc(path: Path, reader: str, *, named: Path | None = None) -> Tree:
    """What pandoc finds in a file.

    Args:
        path: the file.
        reader: pandoc's name of the format, with its extensions.
        named: the file that a person named, where pandoc is given another that was made of it.

    Raises:
        SettingsError: pandoc is not installed (the extra ``books``).
        StorageError: it cannot read the file, or not within its bounds.
    """
    command = [
        pandoc_path(path.suffix),
        "--sandbox",
        f"--from={reader}",
        "--to=json",
        str(path.resolve()),
        "+RTS",
        f"-M{MEGABYTES}m",
        "-RTS",
    ]
    said = named or path
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
        code = bounded(command, out, complaints, said)
        if code:
            complaints.seek(0)
            # What pandoc complains of is the file that it was given; a person knows the one that they named.
            complaint = complaints.read(4000).decode("utf-8", "replace").replace(str(path.resolve()), said.name)
            if code == _OUT_OF_MEMORY:
                raise StorageError("manuscript_too_costly", path=said, seconds=SECONDS, size=MEGABYTES)
            reason = _reason(complaint)
            raise StorageError("manuscript_of_another_kind", path=said, format=said.suffix.lower(), reason=reason)
        out.seek(0)
        return Tree.of_json(out.read().decode("utf-8", "replace"))


def read_text_with_pandoc(text: str, reader: str, named: Path) -> Tree:
    """What pandoc finds in a text, which a file that a person named held."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text"
        path.write_text(text, encoding="utf-8", newline="\n")
        return read_with_pandoc(path, reader, named=named)


def pandoc_path(format_: str) -> str:
    """Where the program is.

    Raises:
        SettingsError: it is not installed.
    """
    try:
        return str(import_module("pypandoc").get_pandoc_path())
    except (ImportError, OSError) as error:
        raise SettingsError("library_missing", format=format_) from error


def _reason(complaint: str) -> str:
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    return (lines[0].rstrip(":") if lines else "pandoc")[:200]
