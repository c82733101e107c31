"""Headings of a plain text that signs set off: underlined, or between equal signs on both sides."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ...schemas.languages import SENTENCE_END

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGN: Final = "\ufdd6"
"""What stands before a heading's rank and its title: a sign that is no character of any text."""
_UNDERLINE: Final = re.compile(r"(?P<sign>[=~^*#-])(?P=sign){2,}")
_BETWEEN: Final = re.compile(
    r"(?P<sign>={1,6}|-{2,8}|—{1,4}|\*{2,6}|~{1,6}|#{2,6}|<{2,4}|\+{2,6}|:{2,6}|\|{1,4}|_{2,6})"
    r"[ \t]*(?P<said>[^\W_].{0,78}?)[ \t]*(?P<end>[=*~#>+:|_—-]{1,8})"
)
_SENTENCE: Final = re.compile(rf"(?:{SENTENCE_END}|[,;:])[\"'”’“»«」』)]*$")
_LEAST: Final = 2
_LONGEST: Final = 80
_RANKS: Final = {"=": 1, "*": 1, "#": 1}


def with_headings_marked(lines: Sequence[str]) -> list[str]:
    """Lines of which each that is set off as a heading stands by itself, behind :data:`SIGN` and its rank."""
    underlined = _underlined(lines)
    between = _between(lines)
    made: list[str] = []
    skip = False
    for at, line in enumerate(lines):
        if skip:
            skip = False
        elif at in underlined:
            made += ["", f"{SIGN}{underlined[at]}{line.strip()}", ""]
            skip = True
        elif at in between:
            rank, said = between[at]
            made += ["", f"{SIGN}{rank}{said}", ""]
        else:
            made.append(line)
    return made


def marked(text: str) -> tuple[int, str]:
    """The rank and the title of a marked heading; 0 and the text, where it is none."""
    if not text.startswith(SIGN):
        return 0, text
    return int(text[1]), text[2:]


def _underlined(lines: Sequence[str]) -> dict[int, int]:
    """The ranks of the lines that a line of signs stands right under, by their places."""
    found: dict[int, str] = {}
    for at, (line, below) in enumerate(pairwise(lines)):
        title, hit = line.strip(), _UNDERLINE.fullmatch(below.strip())
        if not hit or not title or (at and lines[at - 1].strip()):
            continue
        is_as_long = len(title) / 2 <= len(below.strip()) <= 2 * len(title) + 4
        if is_as_long and _may_be_title(title):
            found[at] = hit["sign"]
    if len(found) < _LEAST:
        return {}
    first = next(iter(found.values()))
    has_two = len(set(found.values())) > 1
    return {at: 1 if not has_two or _RANKS.get(sign, 0) or sign == first else 2 for at, sign in found.items()}


def _between(lines: Sequence[str]) -> dict[int, tuple[int, str]]:
    """The lines that signs stand on both sides of, where several do."""
    found: dict[int, tuple[str, str]] = {}
    for at, line in enumerate(lines):
        hit = _BETWEEN.fullmatch(line.strip())
        if not hit or (at and lines[at - 1].strip()) or not _may_be_title(hit["said"]):
            continue
        if hit["end"] == hit["sign"].translate(_MIRRORED):
            found[at] = (hit["sign"], hit["said"])
    often = Counter(sign for sign, _ in found.values())
    known = {sign for sign, count in often.items() if count >= _LEAST}
    # As a wiki has it, one sign more is one rank lower; the book's own title stands above all, once.
    if any(sign[0] == "=" for sign in known):
        known |= {sign for sign in often if sign[0] == "="}
    ranks = {sign: len({one for one in known if one[0] == sign[0] and len(one) <= len(sign)}) for sign in known}
    return {at: (ranks[sign], said) for at, (sign, said) in found.items() if sign in known}


_MIRRORED: Final = str.maketrans("<", ">")


def _may_be_title(text: str) -> bool:
    return len(text) <= _LONGEST and not _SENTENCE.search(text) and any(map(str.isalnum, text))
