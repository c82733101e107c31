"""A manuscript as a story keeps it: passages of a size that can be remembered, and where chapters begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..memory.sentences import pieces
from ..schemas.review import MAX_CHAPTER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..schemas.languages import Language
    from ..schemas.manuscript import Chapter, Manuscript
    from ..schemas.state import Chapter as Begins

_ENOUGH, _TOO_LONG = 1000, 4000  # characters of a passage


@dataclass(frozen=True)
class ToRead:
    """What a story has to read of a manuscript.

    Attributes:
        title: the book's; may be empty.
        paragraphs: its passages, about as long as those the model writes: short neighbours of one chapter are joined,
            very long ones cut between sentences.
        chapters: where each begins, counted from the first of these passages.
        after: how many passages the story has already, behind which these come.
        branch: the branch that they go to; empty: the first one, of a story that begins with them.
    """

    title: str
    paragraphs: list[str]
    chapters: list[Begins]
    after: int = 0
    branch: str = ""


def to_read(manuscript: Manuscript, language: Language) -> ToRead:
    """A manuscript as passages. A part, or a chapter without text, gives its title to the chapter after it."""
    passages: list[str] = []
    chapters: list[Begins] = []
    parts: list[str] = []
    titles: list[str] = []
    for chapter in manuscript.chapters:
        if chapter.kind == "part" and not chapter.paragraphs:
            parts.append(chapter.title)
        elif not chapter.paragraphs:
            titles.append(chapter.title)
        else:
            if begins := _begins(chapter, len(passages), parts, [*titles, chapter.title]):
                chapters.append(begins)
            parts, titles = [], []
            passages.extend(regrouped(chapter.paragraphs, language))
    passages.extend(_left([*parts, *titles]))
    return ToRead(manuscript.title, passages, chapters)


def _begins(chapter: Chapter, seq: int, parts: list[str], titles: list[str]) -> Begins | None:
    title = _joined(titles) or _joined(parts)
    if not title:
        return None
    begins: Begins = {"title": title, "seq": seq}
    if parts and any(titles):
        begins["part"] = _joined(parts)
    if chapter.kind == "front" or chapter.kind == "back":  # noqa: PLR1714 (mypy narrows this one)
        begins["kind"] = chapter.kind
    return begins


def _joined(titles: list[str]) -> str:
    """Titles one after another as one; where that is too long, the last of them."""
    kept = [title for title in titles if title]
    while len(". ".join(kept)) > MAX_CHAPTER and len(kept) > 1:
        kept.pop(0)
    return ". ".join(kept)[:MAX_CHAPTER]


def _left(titles: list[str]) -> list[str]:
    """Titles that nothing follows, as text: nothing that stands in the file is lost."""
    return ["\n\n".join(kept)] if (kept := [title for title in titles if title]) else []


TOO_LONG = _TOO_LONG
"""Characters: a passage that is longer is cut."""


def regrouped(blocks: Iterable[str], language: Language) -> list[str]:
    """Paragraphs as passages of a size that can be remembered: short neighbours joined, long ones cut."""
    passages: list[str] = []
    gathered = ""
    for block in blocks:
        for piece in _cut(block, language):
            if gathered and len(gathered) + len(piece) > _TOO_LONG:
                passages.append(gathered)
                gathered = ""
            gathered = f"{gathered}\n\n{piece}" if gathered else piece
            if len(gathered) >= _ENOUGH:
                passages.append(gathered)
                gathered = ""
    return [*passages, gathered] if gathered else passages


def _cut(block: str, language: Language) -> Iterator[str]:
    """A very long block, cut between sentences; a sentence without end is cut where it must be."""
    if len(block) <= _TOO_LONG:
        yield block
        return
    gathered = ""
    for piece in pieces(block, language):
        for start in range(0, len(piece), _TOO_LONG):
            cut = piece[start : start + _TOO_LONG]
            if gathered.strip() and len(gathered) + len(cut) > _ENOUGH:
                yield gathered.strip()
                gathered = ""
            gathered += cut
    if gathered.strip():
        yield gathered.strip()
