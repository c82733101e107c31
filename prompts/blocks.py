"""The blocks of a template (lines between blank lines), and what of one is left out where there is nothing to put in.

Only what introduces a value goes with it: a line of placeholders alone and the heading above it (a line that ends with
a colon), or a label on the placeholder's own line. Any other words stay: they ask for something, whatever is empty.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

_BLANK = re.compile(r"\n(?:[^\S\n]*\n)+")
_LABEL = re.compile(r"[^.!?。！？]*[:：]\W*")
"""A few words that end with a colon, and are no sentence and a label after it."""
_HEADING = re.compile(r".*[:：]\W*")


def blocks_of(template: str) -> list[str]:
    """The blocks of a template."""
    return _BLANK.split(template)


def placeholders(template: str) -> set[str]:
    """The names of the placeholders in a template."""
    return set(PLACEHOLDER.findall(template))


def without_empty(block: str, said: AbstractSet[str]) -> str:
    """A block without what introduces values of which there are none; empty, if nothing else is in it.

    Args:
        block: with its placeholders.
        said: those that there is something to put in for.
    """
    if placeholders(block) <= said:
        return block
    kept: list[str] = []
    for line in block.split("\n"):
        names = placeholders(line)
        if not names or names & said:
            kept.append(_closed_up(line, said))
        elif not re.search(r"\w", PLACEHOLDER.sub("", line)):
            if kept and _HEADING.fullmatch(kept[-1]):
                kept.pop()
        elif not _is_label(line):
            kept.append(_closed_up(line, said))
    return "\n".join(kept)


def _is_label(line: str) -> bool:
    """Whether all that it says is what its placeholders are."""
    head, *rest = PLACEHOLDER.sub("\0", line).split("\0")
    return bool(_LABEL.fullmatch(head)) and not re.search(r"\w", "".join(rest))


def _closed_up(line: str, said: AbstractSet[str]) -> str:
    """A line without the gap that an empty placeholder leaves between its words."""
    return re.sub(r"(?<![^\s])\{([a-z_]+)\} ", lambda hit: hit[0] if hit[1] in said else "", line)
