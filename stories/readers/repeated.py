"""What a book's printer repeats: numbers of pages that count up, running heads, a line under or over each heading.

Found by its repetition, in every format alike; what it cut in two is one paragraph again.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from ...schemas.light_markdown import SCENE_BREAK, as_text
from .furniture import words_of
from .headings import is_title, roman
from .pieces import Block
from .plain import LINE_END, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from ...schemas.languages import Language
    from .pieces import Why

_ROMAN: Final = r"[ivxlc]{1,7}"
_SAID: Final = re.compile(
    r"(?:(?P<open>[\[({|])\s*)?(?:\b|(?<=(?-i:[a-zа-я]))(?=(?-i:[A-ZС])))(?P<word>page|pag|pg|(?<=[\[({])[ps]|seite|pagina|página|стр)\b\.?\s*"
    rf"(?P<number>\d{{1,4}}|{_ROMAN}(?![^\W\d_]))(?:\s*(?P<close>[\])}}|]))?",
    re.IGNORECASE,
)
"""The number of a page, as it is said."""
_CURLY: Final = re.compile(r"(?P<open>\{)(?P<word>)(?P<number>\d{1,4})(?P<close>\})")
_ALONE: Final = re.compile(
    rf"[\[({{|~–—-]*\s*(?:(?:page|pag|pg|p|seite|s|стр|с)\b\.?\s*)?(?P<number>\d{{1,4}}|{_ROMAN})\s*(?:(?:of|von|de|/)\s*\d{{1,4}})?\s*[\])}}|~–—-]*"
    r"|第?\s*(?P<chinese>\d{1,4})\s*[页頁]",
    re.IGNORECASE,
)
"""A line that is the number of a page and nothing else."""
_NUMBER_AT_EDGE: Final = re.compile(r"^\W*\d{1,4}\b|\b\d{1,4}\W*$")
_LEAST_PAGES: Final = 8
"""Pages that count up, at least, where each says that it is one."""
_LEAST_NUMBERS: Final = 4
_MOST_STEP: Final = 4
"""Pages that may be missing between two: plates, empty ones."""
_STEADY: Final = 3 / 4
"""The part of the steps from one page to the next that are steps of one."""
_LEAST_HEADS: Final = 3
_CUTS: Final = 1 / 4
"""The part of such lines that stand in the middle of a sentence, at least."""
_LONGEST_HEAD: Final = 80
_LEAST_HEADINGS: Final = 5
_NEARLY_ALL: Final = 3 / 4
_LONGEST_LEAD: Final = 40
_LETTERS: Final = 20
"""Characters of a paragraph that may be cut in two, at least."""


class _Met(NamedTuple):
    """A number met in the text: in which block, where in it, and how high."""

    at: int
    begins: int
    ends: int
    number: int


def without_page_numbers(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without "Page 12", "[Pg 13]" and the like, which count up from the one to the other."""
    made = list(blocks)
    gone: dict[int, list[_Met]] = {}
    for pattern in (_SAID, _CURLY):
        shapes: dict[tuple[str, str, str], list[_Met]] = {}
        romans: dict[tuple[str, str, str], list[_Met]] = {}
        for at, block in enumerate(made):
            if block.why or block.rank or block.text == SCENE_BREAK:
                continue
            for hit in pattern.finditer(block.text):
                shape = (hit["open"] or "", hit["word"].lower(), hit["close"] or "")
                is_figure = hit["number"].isdecimal()
                number = int(hit["number"]) if is_figure else _roman(hit["number"])
                (shapes if is_figure else romans).setdefault(shape, []).append(_Met(at, *hit.span(), number))
        for shape, met in shapes.items():
            if pages := _counted(met, _LEAST_PAGES):
                front = [one for one in romans.get(shape, []) if one.at <= pages[0].at]
                for one in (*front, *pages):
                    gone.setdefault(one.at, []).append(one)
    return [piece for at, block in enumerate(made) for piece in _without(block, gone.get(at, []))]


def without_running_heads(blocks: Sequence[Block], language: Language, keep: Collection[str] = ()) -> list[Block]:
    """The blocks without lines that stand again and again where a page ended in the middle of a sentence.

    The first of them is a heading, or the book's title, if it cuts none. What is left out for a reason to keep stays.
    """
    story = [at for at, block in enumerate(blocks) if not block.why and block.text != SCENE_BREAK]
    said = {at: as_text(blocks[at].text) for at in story if len(blocks[at].text) <= 2 * _LONGEST_HEAD}
    numbers = {at for at in said if not blocks[at].rank and _ALONE.fullmatch(said[at].strip())}
    heads = {at: key for at in said if at not in numbers and (key := _head(said[at]))}
    alike: dict[str, list[int]] = {}
    for at, key in heads.items():
        alike.setdefault(key, []).append(at)
    repeated = [places for places in alike.values() if len(places) >= _LEAST_HEADS]
    stretches = list(_stretches(story, numbers.union(*repeated)))
    cuts = {at for stretch in stretches if _is_cut(blocks, stretch) for at in stretch.places}
    out = {at for places in repeated if _is_mostly_cut(places, cuts) for at in places}
    out -= set(_firsts(said, out, language)) - cuts
    met = [_Met(at, 0, 0, number) for at in sorted(numbers) if (number := _number(said[at]))]
    pages = [one.at for one in _counted(met, _LEAST_NUMBERS)]
    beside = {at for stretch in stretches if out.intersection(stretch.places) for at in stretch.places}
    if _is_mostly_cut(pages, cuts):
        out.update(pages)
    else:
        out.update(at for at in pages if at in beside)
    why: dict[int, Why] = {at: "page_number" if at in numbers else "running_head" for at in out}
    return _without_lines(blocks, stretches, {at: said for at, said in why.items() if said not in keep})


def without_leads(blocks: Sequence[Block], is_lead: Callable[[str], bool]) -> list[Block]:
    """The blocks without a short line that stands under nearly each heading, or over it.

    Args:
        blocks: of the text, with its headings.
        is_lead: whether a line leads about in the text, "Contents", as the reason then is.
    """
    made = list(blocks)
    story = [at for at, block in enumerate(made) if not block.why and block.text != SCENE_BREAK]
    tops = [number for number, at in enumerate(story) if made[at].rank]
    under = [story[number + 1] for number in tops if number + 1 < len(story) and not made[story[number + 1]].rank]
    over = [story[number - 1] for number in tops if number and not made[story[number - 1]].rank]
    for places in (under, over):
        said = {at: words_of(text) for at in places if _may_lead(text := as_text(made[at].text))}
        for key, count in Counter(said.values()).items():
            if key and count >= max(_LEAST_HEADINGS, _NEARLY_ALL * len(places)):
                for at in (at for at, own in said.items() if own == key):
                    leads = is_lead(as_text(made[at].text))
                    made[at] = made[at]._replace(why="contents" if leads else "running_head")
    return made


def _may_lead(text: str) -> bool:
    return len(text) <= _LONGEST_LEAD and "\n" not in text and not _ends(text)


def _ends(text: str) -> bool:
    """Whether a line ends as what somebody tells or says does."""
    return bool(LINE_END.search(text.rstrip("])}|"))) or text.rstrip().endswith(",")


def _roman(figures: str) -> int:
    return roman(figures) if figures else 0


def _number(line: str) -> int:
    hit = _ALONE.fullmatch(line.strip())
    figures = (hit["number"] or hit["chinese"]) if hit else ""
    return int(figures) if figures and figures.isdecimal() else 0


def _counted(met: Sequence[_Met], least: int) -> list[_Met]:
    """The longest row of numbers that count up from one to the next, if it is steady, and as long as that."""
    longest: dict[int, tuple[int, int]] = {}
    before: list[int] = []
    lengths: list[int] = []
    for place, one in enumerate(met):
        length, from_place = max(
            (longest.get(one.number - step, (0, -1)) for step in range(1, _MOST_STEP + 1)), default=(0, -1)
        )
        before.append(from_place)
        lengths.append(length + 1)
        if length + 1 > longest.get(one.number, (0, -1))[0]:
            longest[one.number] = (length + 1, place)
    place = max(range(len(met)), key=lengths.__getitem__, default=-1)
    row: list[_Met] = []
    while place >= 0:
        row.append(met[place])
        place = before[place]
    row.reverse()
    steps = sum(after.number - one.number == 1 for one, after in pairwise(row))
    return row if len(row) >= least and steps >= _STEADY * (len(row) - 1) else []


def _without(block: Block, met: Sequence[_Met]) -> Iterator[Block]:
    """A block without the numbers of pages in it, and these behind it."""
    if not met:
        yield block
        return
    text, at, said = "", 0, []
    for _, begins, ends, _ in sorted(met):
        text += block.text[at:begins]
        # A space on both sides is one.
        at = ends + (block.text[ends : ends + 1] == " " and text[-1:] in {"", " ", "\n"})
        said.append(block.text[begins:ends].strip())
    text = (text + block.text[at:]).strip()
    if any(map(str.isalnum, text)):
        yield block._replace(text=re.sub(r"\*{4}|(?<!\*)\*{2}(?!\*)(?=\s|$)", "", text) if "****" in text else text)
    yield from (Block(one, why="page_number") for one in said)


def _head(text: str) -> str:
    """What a line says that may be a running head, without the number of its page; else nothing."""
    if len(text) > _LONGEST_HEAD or "\n" in text or _ends(_NUMBER_AT_EDGE.sub("", text)):
        return ""
    return words_of(_NUMBER_AT_EDGE.sub("", text))


class _Stretch(NamedTuple):
    """Lines one after another that may be a page's edge, and the paragraphs before and after them."""

    before: int
    places: tuple[int, ...]
    after: int


def _stretches(story: Sequence[int], edges: set[int]) -> Iterator[_Stretch]:
    gathered: list[int] = []
    before = -1
    for at in story:
        if at in edges:
            gathered.append(at)
            continue
        if gathered:
            yield _Stretch(before, tuple(gathered), at)
            gathered = []
        before = at
    if gathered:
        yield _Stretch(before, tuple(gathered), -1)


def _is_cut(blocks: Sequence[Block], stretch: _Stretch) -> bool:
    """Whether a paragraph breaks off before some lines, and goes on behind them."""
    if stretch.before < 0 or stretch.after < 0:
        return False
    before, after = blocks[stretch.before], blocks[stretch.after]
    if before.rank or after.rank or len(before.text) < _LETTERS or LINE_END.search(before.text):
        return False
    first = next((char for char in after.text if char.isalpha()), "")
    return first.islower() or (bool(first) and first.lower() == first.upper())


def _is_mostly_cut(places: Sequence[int], cuts: set[int]) -> bool:
    cut = sum(at in cuts for at in places)
    return cut > 1 and cut >= _CUTS * len(places)


def _firsts(said: Mapping[int, str], places: set[int], language: Language) -> Iterator[int]:
    """The first of all lines that are the same; of titles also those that have another number."""
    known: set[str] = set()
    for at in sorted(places):
        text = said[at]
        words = words_of(text) if is_title(text, language) else _head(text)
        if words not in known:
            yield at
        known.add(words)


def _without_lines(blocks: Sequence[Block], stretches: Sequence[_Stretch], out: Mapping[int, Why]) -> list[Block]:
    made = list(blocks)
    for at, why in out.items():
        made[at] = made[at]._replace(rank=0, why=why)
    for stretch in reversed(stretches):
        if out.keys() >= set(stretch.places) and _is_cut(blocks, stretch):
            text = joined([made[stretch.before].text, made[stretch.after].text])
            made[stretch.before] = made[stretch.before]._replace(text=text)
            made[stretch.after] = made[stretch.after]._replace(text="")
    return [block for block in made if block.text or block.why]
