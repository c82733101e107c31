"""Pandoc, which writes what word processors and readers of books read: from a tree, within a time."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from ...schemas.errors import StorageError
from ..readers.pandoc import pandoc_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SECONDS: Final = 120


def written(
    tree: str, to: str, ending: str, options: Sequence[str] = (), files: Mapping[str, bytes] | None = None
) -> bytes:
    """What pandoc writes of a tree.

    Args:
        tree: as its JSON.
        to: its name of the format.
        ending: of the file's name.
        options: more of its options; a file among ``files`` is named ``{name}``.
        files: what it needs beside the tree, by their names.

    Raises:
        SettingsError: pandoc is not installed (the extra ``books``).
        StorageError: it fails.
    """
    program = pandoc_path(ending)
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in (files or {}).items():
            (folder / file).write_bytes(content)
        source, target = folder / "book.json", folder / f"book{ending}"
        source.write_text(tree, encoding="utf-8")
        fixed = ("--from=json", f"--to={to}", "--standalone", "--wrap=preserve", f"--output={target}")
        command = [program, *fixed, *options, str(source)]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 (ours)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StorageError("book_not_made", format=ending, reason=str(error)[:200]) from error
        if done.returncode or not target.is_file():
            complaint = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
            raise StorageError("book_not_made", format=ending, reason=complaint[:200] or "pandoc")
        return target.read_bytes()
