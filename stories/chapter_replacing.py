"""A chapter of a story put in the place of itself, as a file has it that somebody edited elsewhere.

Passages whose paragraphs are as they were stay untouched: only what changed is written, as an edit, an insertion or a
removal each, from the last to the first. Stopped halfway, the same again does the rest, and nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from ..schemas.errors import StoryStateError
from ..schemas.light_markdown import paragraphs_of, read_paragraph, write_paragraph
from ..schemas.manuscript import that_divide
from .branches import edit, set_chapter
from .manuscript import TOO_LONG, regrouped
from .passages import insert, remove
from .readers.furniture import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.languages import Language
    from ..schemas.manuscript import Chapter, Manuscript
    from .story import Story


@dataclass(frozen=True)
class Replacement:
    """What a chapter is to become.

    Attributes:
        number: of the chapter, from 1.
        first: the number, from 1, of its first passage.
        title: another title; empty: it stays.
        called: the title that it has.
        passages: for each passage that it has, those that take its place: the same one, another, several, or none.
        before: its passages as they are.
    """

    number: int
    first: int
    title: str
    called: str
    passages: tuple[tuple[str, ...], ...]
    before: tuple[str, ...]

    @property
    def is_the_same(self) -> bool:
        """Whether nothing would change."""
        return not self.title and self.passages == tuple((text,) for text in self.before)

    @property
    def edited(self) -> int:
        """How many passages are other ones then."""
        both = zip(self.before, self.passages, strict=True)
        return sum(bool(after) and after[0] != before for before, after in both)

    @property
    def added(self) -> int:
        """How many are new."""
        return sum(max(0, len(after) - 1) for after in self.passages)

    @property
    def removed(self) -> int:
        """How many go."""
        return sum(not after for after in self.passages)

    @property
    def kept(self) -> int:
        """How many stay as they are."""
        return len(self.before) - self.edited - self.removed


async def compare(story: Story, number: int, manuscript: Manuscript) -> Replacement:
    """See what of a chapter is another text in a file; nothing is changed.

    Args:
        story: the open story.
        number: of the chapter, from 1, in the order of the book; where there are none, the book is one.
        manuscript: of the file: of its chapters the one of the same title is meant, or the only one.

    Raises:
        StoryStateError: the story has no such chapter, or it is not clear which of the file's is meant.
    """
    state = await story.state()
    entries = await story.manuscript()
    begins = sorted(state.get("chapters", []), key=lambda chapter: chapter["seq"])
    if not 1 <= number <= max(1, len(begins)):
        raise StoryStateError("no_chapter_of_number", number=number, last=len(begins))
    first, end = (
        [*(chapter["seq"] for chapter in begins), len(entries)][number - 1 : number + 1]
        if begins
        else (0, len(entries))
    )
    title = begins[number - 1]["title"] if begins else ""
    meant = _meant(manuscript, title)
    before = tuple(entry.text for entry in entries[first:end])
    is_other = bool(begins) and meant.title not in {"", title, story.record.title}
    passages = _aligned(before, meant.paragraphs, story.record.language)
    return Replacement(number, first + 1, meant.title if is_other else "", title, passages, before)


async def replace_chapter(story: Story, replacement: Replacement) -> None:
    """Let a chapter be what a file says. The memory follows as it follows an edit.

    Raises:
        StoryStateError: a step is under way, or the story would have no passage left.
    """
    places = range(replacement.first, replacement.first + len(replacement.before))
    for number, before, after in reversed(list(zip(places, replacement.before, replacement.passages, strict=True))):
        for text in reversed(after[1:]):
            await insert(story, number, text)
        if not after:
            await remove(story, number)
        elif after[0] != before:
            await edit(story, paragraph=number, text=after[0])
    if replacement.title:
        await set_chapter(story, replacement.first, replacement.title)


def _meant(manuscript: Manuscript, title: str) -> Chapter:
    chapters = [chapter for chapter in manuscript.chapters if chapter.paragraphs]
    called = [chapter for chapter in chapters if title and words_of(chapter.title) == words_of(title)]
    if len(chapters) != 1 and len(called) != 1:
        raise StoryStateError("chapter_unclear", count=len(chapters), title=title)
    return called[0] if len(called) == 1 else chapters[0]


def _aligned(before: Sequence[str], new: Sequence[str], language: Language) -> tuple[tuple[str, ...], ...]:
    """For each passage the texts that take its place: a new paragraph goes where the old one was that it follows."""
    told = [(place, paragraph) for place, text in enumerate(before) for paragraph in paragraphs_of(text)]
    # A scene break at the edge of a chapter is in no book: that it does not come back changes nothing.
    told = [told[at] for at in that_divide([paragraph for _, paragraph in told])]
    owners = [place for place, _ in told]
    old = [_canonical(paragraph) for _, paragraph in told]
    matcher = SequenceMatcher(None, old, [_canonical(paragraph) for paragraph in new], autojunk=False)
    gathered: list[list[str]] = [[] for _ in before]
    for kind, old_first, old_end, new_first, new_end in matcher.get_opcodes():
        for step, paragraph in enumerate(new[new_first:new_end]):
            near = max(0, old_first - 1) if kind == "insert" else min(old_first + step, old_end - 1)
            gathered[owners[min(near, len(owners) - 1)] if owners else 0].append(paragraph)
    own: list[list[str]] = [[] for _ in before]
    for place, paragraph in zip(owners, old, strict=True):
        own[place].append(paragraph)
    return tuple(_passages(*each, language) for each in zip(before, own, gathered, strict=True))


def _passages(before: str, own: list[str], paragraphs: list[str], language: Language) -> tuple[str, ...]:
    """A passage's text of these paragraphs: itself, if they are its own; several, if they are too long for one."""
    if own == list(map(_canonical, paragraphs)):
        return (before,)
    whole = "\n\n".join(paragraphs)
    return tuple(regrouped(paragraphs, language)) if len(whole) > TOO_LONG else (whole,) if whole else ()


def _canonical(paragraph: str) -> str:
    """A paragraph however its marks are written."""
    return write_paragraph(read_paragraph(paragraph.strip()))
