"""Texts and pages as their reader sees them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, kind: str) -> list[str]:
    return [body for name, body in BLOCK.findall(page.read_text()) if name == kind]


def spoken(text: str) -> str:
    """A text as a reader sees it: no matter how its lines are broken."""
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())
