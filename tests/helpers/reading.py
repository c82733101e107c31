"""Texts and pages as their reader sees them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)

FILE = re.compile(r"`([\w.]+\.md)`:\n\n```markdown\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, kind: str) -> list[str]:
    return [body for name, body in BLOCK.findall(page.read_text()) if name == kind]


def files_shown(page: Path, folder: Path) -> Path:
    """The folder, with every Markdown file that a page shows after its name."""
    for name, body in FILE.findall(page.read_text()):
        (folder / name).write_text(body)
    return folder


def run_as_file(snippet: str, folder: Path, name: str) -> dict[str, Any]:
    """What a snippet's names mean, once it was run as a file in a folder."""
    names: dict[str, Any] = {"__name__": name, "__file__": str(folder / "snippet.py")}
    exec(compile(snippet, names["__file__"], "exec"), names)  # noqa: S102
    return names


def spoken(text: str) -> str:
    """A text as a reader sees it: no matter how its lines are broken."""
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())
