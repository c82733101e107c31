"""Plain text: which lines are paragraphs or broken at a fixed width, which are verse, headings, scene breaks."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from ...schemas.characters import readable
from ...schemas.languages import SENTENCE_END
from ...schemas.light_markdown import SCENE_BREAK
from .aozora import without_remarks
from .furniture import is_of_site
from .headings import is_number, is_title
from .pieces import Block
from .set_off import marked, with_headings_marked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...schemas.languages import Language

LINE_END: Final = re.compile(rf"(?:{SENTENCE_END}|[:;—–]|[\"'”’“»«」』】）)*_~]|\.\.\.)\s*$")
"""Where a paragraph may end, in any language: with a mark, or with what somebody said."""
_BREAK: Final = re.compile(
    r"(?:[ \t]*[*＊#~～=_⁂⁑•·※◆◇★☆●○◎■□♦✦✧❖⁕†§∞◊⋆∗☙❦❧✶✷✸✹✺❉❋✻✽✾❀❁❃❈⚜♠♣♢❥〜∼≈+-][ \t]*)+"
    r"|(?:[ \t]*[—–―…]{1,2}[ \t]*){2,}|\[\s*\.\.\.\s*\]|[-–—~=*<>• ]{0,12}(?:o0o|oOo|0o0|o O o|o 0 o)[-–—~=*<>• ]{0,12}"
)
_SPACES: Final = str.maketrans(dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000", " "))
_LONGEST_BREAK: Final = 80
_ALONE: Final = frozenset("*＊#~～⁂⁑※◆◇★☆●○■□♦❖§✦✧∞◊⋆∗☙❦❧✶✷✸✹✺❉❋✻✽✾❀❁❃❈⚜♠♣♢❥⁕〜∼")
"""A single sign that divides scenes; a single dash or bullet does not."""
_INDENT: Final = re.compile(r"(?:\t| {2,}|\u3000|\u2003)")
_BLANKS: Final = 0.12
"""The part of the lines that must be empty for an empty line to divide paragraphs."""
_LONG: Final = 50
_PAGE: Final = 72
_MOSTLY: Final = 0.8
_WIDEST: Final = 120
_FULL: Final = 0.72
_NARROW: Final = 0.85
_SURE: Final = 5
_TWO: Final = 2
_WIDE: Final = re.compile(
    r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]"
)
_UNDERSCORED: Final = re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]{1,300}?)(?<=[^\s_])_(?![\w_])")
_HYPHENED: Final = re.compile(r"[^\W\d_]-$")
_MEANT: Final = re.compile(r"\\(?=[!-/:-@\[-`{-~])")


def blocks_of(text: str, language: Language) -> list[Block]:
    """The blocks of a plain text; its headings are still blocks like others, each by itself."""
    text, beside = without_remarks(readable(text))
    lines = with_headings_marked(text.split("\n"))
    filled = [line for line in lines if line.strip()]
    divided = len(lines) - len(filled) >= _BLANKS * len(filled)
    groups: list[list[str]] = []
    gaps: list[int] = []
    empty = 0
    for is_filled, group in groupby(lines, key=lambda line: bool(line.strip())):
        if is_filled:
            groups.append(list(group))
            gaps.append(empty)
        else:
            empty = sum(1 for _ in group)
    layout = _Layout(divided, _width_of(groups))
    blocks: list[Block] = []
    for lines_of_it, gap in zip(groups, gaps, strict=True):
        first, *others = map(_block, _in_paragraphs(lines_of_it, language, layout))
        blocks += [first._replace(gap=gap), *others]
    return [*blocks, *beside]


def is_paragraph_a_line(text: str) -> bool:
    """Whether each line of a text is a paragraph, with no empty lines between them."""
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    told = [line for line in filled if not line.startswith("#")]
    ended = sum(bool(LINE_END.search(line)) for line in told)
    is_tight = len(lines) - len(filled) < _BLANKS * len(filled) + 1
    return len(told) > _TWO and is_tight and ended >= _MOSTLY * len(told) and not _is_wrapped(told, 0)


def is_scene_break(text: str) -> bool:
    """Whether a line by itself divides two scenes."""
    line = text.strip().translate(_SPACES)
    if not line or len(line) > _LONGEST_BREAK or not _BREAK.fullmatch(line):
        return False
    return len(line) > 1 or line in _ALONE


def _block(text: str) -> Block:
    rank, title = marked(text)
    if rank:
        return Block(title, rank)
    if is_scene_break(text):
        return Block(SCENE_BREAK)
    return Block(_UNDERSCORED.sub(r"*\1*", _MEANT.sub(r"\\\\", text)))


class _Layout(NamedTuple):
    """How a text is laid out: whether empty lines divide paragraphs, and the width lines were broken at (or 0)."""

    divided: bool
    width: int


def _width_of(groups: list[list[str]]) -> int:
    """The width that a text's lines were broken at, if most of its longer paragraphs say that they were; else 0."""
    longer = [group for group in groups if len(group) > _TWO]  # two lines say little
    wrapped = [group for group in longer if _is_wrapped(group, 0)]
    if len(wrapped) < _SURE or len(wrapped) < len(longer) / 2:
        return 0
    return max(_width(line) for group in wrapped for line in group)


def _in_paragraphs(lines: list[str], language: Language, layout: _Layout) -> list[str]:
    """The paragraphs of lines between two empty ones; a heading may stand directly above or under a text."""
    if len(lines) == _TWO and is_number(lines[0]) and len(lines[1].strip()) <= _LONG:
        return [line.strip() for line in lines]  # a chapter's number, and what it is called
    paragraphs: list[str] = []
    gathered: list[str] = []
    for line, follows in zip(lines, [*lines[1:], ""], strict=True):
        may_begin = (not gathered or LINE_END.search(gathered[-1])) and not _runs_on(line, follows)
        if is_scene_break(line) or is_of_site(line) or (may_begin and is_title(line, language)):
            paragraphs.extend(_of_lines(gathered, layout))
            paragraphs.append(line.strip())
            gathered = []
        else:
            gathered.append(line)
    return [*paragraphs, *_of_lines(gathered, layout)]


def _runs_on(line: str, follows: str) -> bool:
    """Whether a long line is the first of a sentence that the next goes on with."""
    return len(line) > _LONG and follows.lstrip()[:1].islower()


def _of_lines(lines: list[str], layout: _Layout) -> list[str]:
    """Lines as paragraphs: those broken at a width joined, those that are paragraphs or verse as they are."""
    if len(lines) <= 1:
        return [line.strip(" \t") for line in lines]
    if _is_set_in_verse(lines, layout.width):
        return ["\n".join(map(_verse_line, lines))]
    if _is_wrapped(lines, layout.width):
        return [joined(group) for group in _by_indent(lines)]
    indented = sum(bool(_INDENT.match(line)) for line in lines)
    ended = sum(bool(LINE_END.search(line)) for line in lines)
    widths = list(map(_width, lines))
    # Of dialogue many lines are short; verse has none as long as a page is wide, each of which ends a sentence.
    is_told = max(widths) >= _PAGE and ended >= _MOSTLY * len(lines)
    is_prose = not layout.divided or sum(widths) / len(lines) >= _LONG or is_told
    if is_prose or (indented == len(lines) and ended >= _MOSTLY * len(lines)):
        return [line.strip(" \t") for line in lines]
    return ["\n".join(map(_verse_line, lines))]


def _verse_line(line: str) -> str:
    """A line of verse; what it is indented by stays, as spaces that no program takes away."""
    text = line.strip(" \t")
    indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip(" "))
    return "\u00a0" * min(indent, 12) + text


def _is_set_in_verse(lines: list[str], width: int) -> bool:
    """Whether lines of a text that is broken at a width are verse: set in, shorter than others, each with a capital."""
    return (
        len(lines) > _TWO
        and max(map(_width, lines)) <= _NARROW * width
        and all(_INDENT.match(line) for line in lines)
        and all(next((char for char in line if char.isalpha()), "").isupper() for line in lines)
    )


def _is_wrapped(lines: list[str], width: int) -> bool:
    """Whether lines were broken at a fixed width: nearly all but the last of a paragraph are about as long.

    Args:
        lines: without an empty one.
        width: what the whole text was broken at, where that is known; 0: it is not.
    """
    widths = [_width(line) for line in lines]
    widest = max(widths)
    if not _LONG <= widest <= _WIDEST:
        return False
    if width and all(one >= _FULL * width for one in widths[:-1]):
        return True
    full = [one >= _FULL * widest for one in widths[:-1]]
    unended = sum(is_full and not LINE_END.search(line) for is_full, line in zip(full, lines, strict=False))
    if len(lines) == _TWO:
        return full[0] and not LINE_END.search(lines[0])
    return sum(full) >= 0.6 * len(full) and unended >= 0.4 * len(full) and median(widths) >= _LONG * 0.8


def _width(line: str) -> int:
    return len(line) + len(_WIDE.findall(line)) - sum(unicodedata.combining(char) > 0 for char in line)


def _by_indent(lines: list[str]) -> list[list[str]]:
    """Lines of several paragraphs, of which each begins indented; one group, if none is or all are."""
    marks = [bool(_INDENT.match(line)) for line in lines]
    if all(marks) or not any(marks[1:]):
        return [lines]
    groups: list[list[str]] = []
    for line, begins in zip(lines, marks, strict=True):
        if begins or not groups:
            groups.append([])
        groups[-1].append(line)
    return groups


def joined(lines: Sequence[str]) -> str:
    """Lines as one, with a space where the language has one; a word that was divided stays with its hyphen."""
    text = ""
    for line in (line.strip(" \t") for line in lines):
        is_close = text and line and ((_WIDE.match(text[-1]) and _WIDE.match(line[0])) or _HYPHENED.search(text))
        if not text or not line or is_close:
            text += line
        else:
            text += f" {line}"
    return text
