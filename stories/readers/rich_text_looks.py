"""Which paragraphs of Rich Text are set in larger letters as a whole: said as headings, where the text names none."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .large_letters import Letters, ranks_of_large

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(
    rb"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'[0-9a-fA-F]{2}|\\(?P<sign>.)"
    rb"|(?P<open>\{)|(?P<close>\})|[^\\{}]+",
    re.DOTALL,
)
_BESIDE: Final = frozenset(
    b"fonttbl colortbl stylesheet info pict header footer headerl headerr footerl footerr footnote listtable"
    b" listoverridetable themedata datastore object field".split()
)
"""What begins a group that is no text of a paragraph, or not only."""
_NAMED: Final = re.compile(rb"\\outlinelevel[0-8]|\bheading [1-9];|\\s\d+[^{}]{0,200}\bheading 1\b", re.IGNORECASE)
_USUAL: Final = 24
"""Half points of the letters where nothing says it."""
_MOST: Final = 20_000_000
"""Bytes that are looked through."""


@dataclass
class _Paragraph:
    """A paragraph: where its text begins, where its end's word does, and how much is said in letters of which size."""

    begins: int = -1
    ends: int = -1
    sizes: Counter[float] = field(default_factory=Counter)


def with_large_letters(content: bytes) -> bytes:
    """Rich Text in which paragraphs that stand in larger letters as a whole are headings."""
    if len(content) > _MOST or _NAMED.search(content):
        return content
    told = [paragraph for paragraph in _paragraphs(content) if paragraph.sizes]
    weights: Counter[float] = Counter()
    for paragraph in told:
        weights.update(paragraph.sizes)
    letters = {number: Letters(min(one.sizes), one.sizes.total()) for number, one in enumerate(told)}
    made: list[bytes] = []
    at = 0
    for number, rank in ranks_of_large(letters, weights).items():
        one = told[number]
        level = b"\\outlinelevel%d " % (rank - 1)
        made += [content[at : one.begins], level, content[one.begins : one.ends], b"\\par\\pard "]
        at = one.ends + len(b"\\par")
    return b"".join([*made, content[at:]])


def _paragraphs(content: bytes) -> Iterator[_Paragraph]:
    sizes = [_USUAL]
    beside = 0
    at = _Paragraph()
    for hit in _TOKEN.finditer(content):
        word = hit["word"]
        if hit["open"]:
            sizes.append(sizes[-1])
        elif hit["close"]:
            sizes = sizes[:-1] if len(sizes) > 1 else sizes
            beside = 0 if beside > len(sizes) else beside
        elif not beside and (word in _BESIDE or hit["sign"] == b"*"):
            beside = len(sizes)
        elif beside:
            continue
        elif word == b"par":
            at.ends = hit.start()
            yield at
            at = _Paragraph()
        elif word in {b"plain", b"fs"}:
            sizes[-1] = max(int(hit["number"] or 0), 1) if word == b"fs" else _USUAL
        elif said := _said(hit):
            at.begins = hit.start() if at.begins < 0 else at.begins
            at.sizes[sizes[-1]] += said


def _said(hit: re.Match[bytes]) -> int:
    """How many characters a piece says."""
    if hit["word"]:
        return int(hit["word"] == b"u")
    return 1 if hit[0].startswith(b"\\") else len(hit[0].strip())
