"""The blocks of a file as a manuscript: which are headings, which are furniture, what the book is called."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ...schemas.characters import readable, tidy_line
from ...schemas.light_markdown import SCENE_BREAK, Run, as_text, read_paragraph
from ...schemas.manuscript import MOST_LEVELS, Chapter, Manuscript, that_divide
from ...schemas.review import MAX_CHAPTER
from .contents import without_contents
from .furniture import (
    is_end,
    without_blurb,
    without_licence,
    without_other_books,
    without_rights,
    without_site,
    words_of,
)
from .headings import counts_a_chapter, is_number, is_number_alone, is_title, kind_of, titles_at, worded
from .look_alike import heads_of
from .marked_notes import with_marked_notes
from .page_furniture import leads_about
from .part_titles import with_part_titles
from .pieces import Block, LeftOut, Reading
from .plain import is_scene_break
from .repeated import without_leads, without_page_numbers, without_running_heads
from .scenes import with_scene_breaks
from .title_pages import Head, by_licence, without_head

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ...schemas.languages import Language
    from .headings import Title
    from .pieces import Found, Why

_TITLE: Final = 200
_SHORT: Final = 90
_LEAST_CAPITALS: Final = 3
_LEAST_MARKED: Final = 2
"""Headings that a text marks, from which on it is taken to mark all."""
_SHOWN: Final = 200
_VERSE_INDENT: Final = re.compile(r"^[\u00a0\u2003 ]+")


def assemble(found: Found, language: Language, keep: Collection[str] = ()) -> Reading:
    """Make a manuscript of what a reader found.

    Args:
        found: the blocks.
        language: the text's.
        keep: reasons for which nothing is left out, because a person says that it is story.
    """
    blocks = [tidied for block in found.blocks if (tidied := _tidied(block)).text or tidied.why]
    blocks = [block._replace(why="") if block.why in keep else block for block in blocks]
    if "licence" not in keep:
        blocks = without_licence(blocks)
    if "running_head" not in keep:
        blocks = without_site(blocks)
    if "page_number" not in keep:
        blocks = without_page_numbers(blocks)
    blocks = without_running_heads(blocks, language, keep)
    blocks = _with_headings(blocks, language, bare=not _has_headings(blocks))
    if "running_head" not in keep:
        blocks = without_leads(blocks, leads_about)
    blocks = with_marked_notes(blocks)
    if "contents" not in keep:
        blocks = without_contents(blocks)
    if "copyright" not in keep:
        blocks = without_rights(blocks)
    if "other_books" not in keep:
        blocks = without_other_books(blocks)
    if "title_page" not in keep:
        blocks = without_blurb(blocks)
    head = Head(found.title.strip(), found.author.strip())
    head = by_licence(blocks, head)
    blocks, head = without_head(blocks, head, keep, language)
    blocks = with_part_titles(blocks, head.title, language)
    chapters = _in_chapters([block for block in blocks if not block.why], language)
    manuscript = Manuscript(tidy_line(head.title)[:_TITLE], tidy_line(head.author)[:_TITLE], found.language, chapters)
    return Reading(manuscript, _left_out(blocks), found.encoding)


def _tidied(block: Block) -> Block:
    """A block without what no reader shows; indentation stays in verse alone, and only inside it."""
    lines = readable(block.text).split("\n")
    if len(lines) == 1:
        text = tidy_line(lines[0])
    else:
        text = "\n".join(_verse_line(line) for line in lines if line.strip()).strip("\n")
    return block._replace(
        text=SCENE_BREAK if not block.rank and len(text) <= _TITLE and is_scene_break(as_text(text)) else text
    )


def _verse_line(line: str) -> str:
    hit = _VERSE_INDENT.match(line)
    indent = "".join("\u00a0" if char == " " else char for char in hit[0]) if hit else ""
    return indent + tidy_line(line.lstrip("\u00a0"))


def _has_headings(blocks: Sequence[Block]) -> bool:
    return sum(bool(block.rank) and not block.why for block in blocks) > 1


def _with_headings(blocks: Sequence[Block], language: Language, *, bare: bool) -> list[Block]:
    """The blocks, of which those are headings too that are by their words."""
    story = [at for at, block in enumerate(blocks) if not block.why]
    texts = [_short(blocks[at].text) for at in story]
    titles = titles_at(texts, language, bare=bare)
    lowest = _lowest([blocks[at] for at in story], language)
    has_parts = any(title.rank == 1 for title in titles.values())
    made = list(blocks)
    for number in _by_look([blocks[at] for at in story], texts, titles) if bare else ():
        at = story[number]
        made[at] = made[at]._replace(text=worded(as_text(made[at].text)), rank=lowest)
    only_said = _only_said([blocks[at] for at in story], titles)
    for number, title in titles.items():
        at = story[number]
        if not made[at].rank and number not in only_said:
            rank = lowest if not has_parts or title.rank == 1 else lowest + 1
            made[at] = made[at]._replace(text=worded(as_text(made[at].text)), rank=rank)
    for at, below in pairwise(story):
        # A number that is set apart from the heading that it is the number of.
        is_apart = made[below].rank and not made[at].rank and is_number(as_text(made[at].text))
        if is_apart and not _says_a_number(made[below].text, language):
            made[at] = made[at]._replace(text=as_text(made[at].text), rank=made[below].rank)
    return made


def _only_said(blocks: Sequence[Block], titles: Mapping[int, Title]) -> set[int]:
    """The lines that say "Chapter 1" and head none: the text marks its headings, and these few it does not mark."""
    marked = [words_of(block.text) for block in blocks if block.rank]
    apart = [
        at
        for at in titles
        if counts_a_chapter(as_text(blocks[at].text))
        and not any(block.rank for block in blocks[max(at - 1, 0) : at + 2])
    ]
    if len(marked) < _LEAST_MARKED or len(apart) > max(1, len(marked) // 4):
        return set()
    counted = [words for words in marked if any(map(str.isdigit, words))]
    return {
        at for at in apart if titles[at].is_number and (not counted or words_of(as_text(blocks[at].text)) in marked)
    }


def _lowest(blocks: Sequence[Block], language: Language) -> int:
    """The rank of the chapters that the text itself marks as headings: not that of the book's title above all."""
    ranks = [block.rank for block in blocks if block.rank]
    if not ranks:
        return 1
    is_titled = blocks[0].rank == min(ranks) and ranks.count(min(ranks)) == 1 and not is_title(blocks[0].text, language)
    return min(ranks[1:], default=ranks[0] + 1) if is_titled else min(ranks)


def _by_look(blocks: Sequence[Block], texts: Sequence[str], titles: Collection[int]) -> list[int]:
    """Where nothing else is named: the lines that are wholly bold, or wholly in capitals, and head chapters so."""
    looks = [_look(block.text, text) for block, text in zip(blocks, texts, strict=True)]
    places = [
        [at for at, own in enumerate(looks) if own == look and not is_end(texts[at])] for look in ("bold", "capitals")
    ]
    return sorted(at for one in places if len(one) > 1 for at in heads_of(one, texts, titles))


def _look(text: str, plain: str) -> str:
    if len(plain) > _SHORT or "\n" in plain or text == SCENE_BREAK:
        return ""
    runs = [run for run in read_paragraph(text).inlines if isinstance(run, Run) and run.text.strip()]
    if runs and all(run.strong for run in runs):
        return "bold"
    return "capitals" if plain.isupper() and sum(map(str.isalpha, plain)) > _LEAST_CAPITALS else ""


def _short(text: str) -> str:
    """What a block says that may be a title; a longer one is none."""
    return as_text(text) if len(text) <= _TITLE else text


def _in_chapters(blocks: Sequence[Block], language: Language) -> tuple[Chapter, ...]:
    """The chapters. A heading that no text follows at the end, or that is too long for a title, is text."""
    ranked = [block._replace(rank=0) if len(block.text) > MAX_CHAPTER else block for block in blocks]
    ranked = with_scene_breaks(ranked)
    while ranked and ranked[-1].rank:
        last = ranked.pop()
        ranked.append(last._replace(rank=0))
    ranked = _without_ends(ranked)
    ranks = sorted({block.rank for block in ranked if block.rank})
    levels = {rank: min(number, MOST_LEVELS) for number, rank in enumerate(ranks, start=1)}
    chapters: list[Chapter] = []
    paragraphs: list[str] = []
    at = Chapter("")
    for block in ranked:
        if not block.rank:
            paragraphs.append(block.text)
            continue
        paragraphs = _between(paragraphs)
        heading = Chapter(_title_of(block.text, language), (), kind_of(block.text), levels[block.rank])
        if paragraphs or (at.title and not _goes_on(at, heading, language)):
            chapters.append(_ended(at, paragraphs, heading))
        elif at.title:
            heading = replace(at, title=f"{at.title.rstrip('.:：、')}. {heading.title}"[:MAX_CHAPTER])
        paragraphs = []
        at = heading
    if paragraphs := _between(paragraphs):
        chapters.append(replace(at, paragraphs=tuple(paragraphs)))
    return tuple(chapters)


def _between(paragraphs: Sequence[str]) -> list[str]:
    """The paragraphs of a chapter without scene breaks that divide nothing."""
    return [paragraphs[at] for at in that_divide(paragraphs)]


def _without_ends(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, of which a heading is text that says "The End" and that no text follows at once."""
    made = list(blocks)
    is_above_text = False
    for at, block in reversed(list(enumerate(made))):
        if block.rank and not is_above_text and is_end(block.text):
            made[at] = block._replace(rank=0)
        if block.text != SCENE_BREAK:
            is_above_text = not block.rank
    return made


def _title_of(text: str, language: Language) -> str:
    """A heading in one line: of several, the first may be a number that the others name."""
    first, *others = (line for line in text.split("\n") if line.strip())
    is_number = (
        bool(others) and is_number_alone(first, language) and not first.rstrip().endswith((".", ":", "：", "、"))
    )
    return tidy_line((". " if is_number else " ").join([first, " ".join(others)]) if others else first)


def _goes_on(at: Chapter, heading: Chapter, language: Language) -> bool:
    """Whether a heading right under another is the rest of it: "Chapter 4", "The Cellar"."""
    if at.kind == "part" or not _says_a_number(at.title, language):
        return False
    return heading.level >= at.level and not _says_a_number(heading.title, language)


def _says_a_number(title: str, language: Language) -> bool:
    return is_number(title) or is_number_alone(title, language)


def _ended(at: Chapter, paragraphs: list[str], follows: Chapter) -> Chapter:
    """A chapter with its text; one that has none and stands above the next is a part."""
    is_part = not paragraphs and at.level < follows.level and at.kind == "chapter"
    return replace(at, paragraphs=tuple(paragraphs), kind="part" if is_part else at.kind)


def _left_out(blocks: Sequence[Block]) -> tuple[LeftOut, ...]:
    counts = Counter(block.why for block in blocks if block.why)
    said: dict[Why, list[str]] = {}
    for block in blocks:
        if block.why:
            said.setdefault(block.why, []).append(" ".join(block.text.split("\n")))
    return tuple(LeftOut(why, _first(said[why]), count) for why, count in counts.items())


def _first(texts: Sequence[str]) -> str:
    """How what was left out begins, every text of it once."""
    text = " / ".join(dict.fromkeys(text for text in texts if text not in {"", SCENE_BREAK}))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
