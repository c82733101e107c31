"""A manuscript in the terminal before it is read: what would be taken, what was left out, what reading it takes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ..schemas.errors import SettingsError, StorageError
from .stories import at_story
from .terminal import agreed, console, printable
from .words import t

if TYPE_CHECKING:
    from pathlib import Path

    from ..schemas.context import Context
    from ..stories.intake_plan import IntakePlan
    from ..stories.library import Library
    from ..stories.story import Story
    from ..stories.taking_in import Looked, ShownChapter

_MINUTE, _HOUR = 60, 3600


def plan_of(file: Path | None, encoding: str, keep: list[str]) -> IntakePlan:
    """What a person says of a manuscript: in a file, by options, or both.

    Raises:
        StorageError: the file cannot be read.
        SettingsError: it is no plan, or there is no such reason to keep something.
    """
    from ..stories.intake_plan import IntakePlan, read_plan  # noqa: PLC0415 (reading a book is seldom)
    from ..stories.readers.pieces import REASONS  # noqa: PLC0415

    plan = read_plan(file) if file else IntakePlan()
    if unknown := [why for why in keep if why not in REASONS]:
        raise SettingsError("intake_no_reason", why=unknown[0], known=REASONS)
    kept = tuple(dict.fromkeys((*plan.keep, *(why for why in REASONS if why in keep))))
    return plan.model_copy(update={"keep": kept, "encoding": encoding or plan.encoding})


def looked_at(library: Library, file: Path, context: Context, plan: IntakePlan, language: str) -> Looked:
    """Look at a manuscript.

    Raises:
        RecurrentGPTError: as :func:`.taking_in.look`.
    """
    from ..stories.taking_in import look  # noqa: PLC0415

    return asyncio.run(look(library, file, context, plan, language=language))


def show(looked: Looked, name: str, plan: IntakePlan, *, is_read: bool = True) -> None:
    """Show a manuscript as text: a line a chapter, one for each reason something was left out, one for the cost.

    Args:
        looked: what was found in it.
        name: what it is called that has no title.
        plan: what of it is taken.
        is_read: whether a model reads it; what takes a chapter's place is none of that.
    """
    manuscript, reading = looked.manuscript, looked.reading
    said = {"title": manuscript.title or name, "author": manuscript.author, "language": looked.language.own_name}
    _line(t("intake_book_by" if manuscript.author else "intake_book", **said))
    if reading.encoding:
        _line(t("intake_encoding", encoding=reading.encoding))
    left = {chapter.number for chapter in plan.chapters if not chapter.take}
    for chapter in looked.chapters:
        _line(_of_chapter(chapter, looked, taken=chapter.number not in left))
    for out in reading.left_out:
        _line(t("intake_left_out", why=t(f"why_{out.why}"), count=out.count, text=out.text, reason=out.why))
    if not is_read:
        return
    cost = looked.cost
    figures = {"calls": cost.calls, "sent": cost.input_tokens, "told": cost.output_tokens, "count": cost.passages}
    _line(t("intake_cost", **figures))
    _line(t("intake_time", time=_time(cost.seconds)) if cost.seconds else t("intake_time_unknown"))


def save_plan(file: Path, looked: Looked) -> None:
    """Write what was read as a plan to be edited.

    Raises:
        StorageError: it cannot be written, or is there already.
    """
    from ..stories.intake_plan import plan_text  # noqa: PLC0415
    from ..stories.record import write_text  # noqa: PLC0415

    if file.exists():
        raise StorageError("target_exists", path=file)
    write_text(file, plan_text(looked.reading, looked.language.tag))
    _line(t("intake_plan_saved", file=file))


def put_in_place(reference: str, chapter: int, looked: Looked, *, yes: bool) -> None:
    """Show what of a chapter is another text in a file, ask, and let the chapter be that.

    Raises:
        StoryStateError: there is no such chapter, or it is not clear which of the file's is meant.
    """
    from ..stories.chapter_replacing import compare, replace_chapter  # noqa: PLC0415

    async def act(story: Story) -> bool:
        replacement = await compare(story, chapter, looked.as_chapter)
        counts = ("edited", "added", "removed", "kept")
        _line(t("chapter_compared", number=chapter, **{name: getattr(replacement, name) for name in counts}))
        if replacement.title:
            _line(t("chapter_renamed", title=replacement.title, before=replacement.called))
        if replacement.is_the_same or not is_wanted(yes=yes):
            return False
        await replace_chapter(story, replacement)
        return True

    record, done = at_story(reference, act)
    _line(t("chapter_replaced", number=chapter, title=record.name) if done else t("intake_refused"))


def is_wanted(*, yes: bool) -> bool:
    """Whether to read it, which a model works at for minutes: a script says so beforehand.

    Raises:
        SettingsError: nobody is there who could say.
    """
    return yes or agreed(t("intake_read_it"))


def _of_chapter(chapter: ShownChapter, looked: Looked, *, taken: bool) -> str:
    counted = "intake_words" if looked.language.counts == "words" else "intake_characters"
    said = {
        "number": chapter.number,
        "title": chapter.title or t("intake_untitled"),
        "kind": "" if chapter.kind == "chapter" else f" ({t(f'kind_{chapter.kind}')})",
        "length": t(counted, count=chapter.length),
        "words": chapter.first_words,
    }
    name = "intake_chapter" if chapter.paragraphs else "intake_heading"
    return ("" if taken else f"{t('intake_not_taken')} ") + t(name, **said)


def _time(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return t("seconds", count=round(seconds))
    if seconds < 2 * _HOUR:
        return t("minutes", count=round(seconds / _MINUTE))
    return t("hours", count=round(seconds / _HOUR))


def _line(text: str) -> None:
    console.print(printable(text), markup=False, highlight=False)
