"""What a person does at the pause besides answering it: look something up, go back, branch, make a book."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text as RichText

from ..schemas.errors import SettingsError, part
from ..schemas.places import SEALED
from ..stories import archive, branches, export
from ..stories.possessions import possessions
from ..stories.saves import load, save, saves
from ..stories.tastes import forget_choices, heed_tastes, state_tastes
from ..stories.tastes import tastes as tastes_of
from ..stories.undo import undo as take_back
from .showing import print_found
from .terminal import console, errors, in_an_editor, undone
from .unsaved import kept_if_refused
from .words import every, t
from .wrapping import Prose

if TYPE_CHECKING:
    from ..schemas.context import Context
    from ..stories.story import Story

_FOUND = 5
_TO_ITS_END = 2
"""Paragraphs in which a story ends where nobody says in how many."""
_SHOWN = 40
"""Facts that are shown, the newest first."""


def confirm(line: str) -> None:
    """Say what was done."""
    console.print(Prose(RichText(line, style="green")))


async def undo(story: Story) -> None:
    """Take the last change back, and say so."""
    was = story.record
    await take_back(story)
    confirm(undone(was, story.record))


async def edit_text(story: Story, given: str) -> None:
    """Change a paragraph in the person's editor."""
    number = whole(given)
    before = (await story.entry(number)).text
    after = in_an_editor(before).strip()
    if after == before.strip():
        errors.print(t("nothing_changed"), markup=False)
        return
    with kept_if_refused(story.record, after):
        await branches.edit(story, paragraph=number, text=after)
    confirm(t("changed_text", number=number))


async def branch(story: Story, given: str) -> None:
    """Begin a branch after a paragraph, or show those that there are."""
    if given:
        await branches.new_branch(story, whole(given))
        confirm(t("on_branch_after", branch=story.record.branch, number=given))
        return
    for one in story.record.branches:
        here = f"  ← {t('you_are_here')}" if one.name == story.record.branch else ""
        console.print(Prose(f"· {one.name}{here}", indent=2, hang=2))
    console.print(Prose(RichText(t("how_to_branch"), style="dim")))


async def go(story: Story, name: str) -> None:
    """Go to another branch."""
    await branches.switch(story, name)
    confirm(t("on_branch", branch=story.record.branch, count=story.record.paragraphs))


async def let_end(story: Story, given: str) -> None:
    """Let the story have its end after so many more paragraphs."""
    count = max(1, whole(given)) if given else _TO_ITS_END
    await story.end_in(count)
    confirm(t("ends_in_play" if story.record.mode.asks_for_actions else "ends_in", count=count))


async def make_book(story: Story, given: str) -> None:
    """Make a book of the story as it stands; of a play also the file that somebody else plays on from."""
    path = _book_at(story, given)
    if path.suffix.lower() == SEALED:
        archive.write_archive(path, await archive.pack(story, is_for_sealing=True))
    else:
        export.write_book(path, await export.book_of(story))
    done = t("is_in_file", title=story.record.name, file=path)
    console.print(RichText(done, style="green"), soft_wrap=True)


def _book_at(story: Story, given: str) -> Path:
    """The file of a book, or of a play, that is to be made.

    Raises:
        SettingsError: its name ends with no format of a book.
        StorageError: it is there, or cannot be.
    """
    path = Path(given).expanduser()
    export.check_target(path, replace=False)
    known = (*export.FORMATS, *((SEALED,) if story.record.mode.asks_for_actions else ()))
    if path.suffix.lower() not in known:
        raise SettingsError("target_format", name=path.name, known=known)
    return path


async def find(story: Story, question: str) -> None:
    """Show what the memory leads to from a question."""
    found = await story.search(question, _FOUND)
    if not found:
        console.print(t("nothing_remembered"), markup=False)
    for hit in found:
        summary = "" if story.record.mode.asks_for_actions else hit.entry.summary
        print_found(t("paragraph_number", number=story.record.numbered(hit.place + 1)), summary, hit.sentence)
        console.print()


async def keep_place(story: Story, name: str) -> None:
    """Keep where the story stands under a name."""
    confirm(t("saved_as", name=await save(story, name)))


async def go_to_place(story: Story, given: str) -> None:
    """Go on from a save point, by its name or number; or show those that there are."""
    known = saves(story.record)
    if given:
        number = int(given) if given.isascii() and given.isdecimal() and len(given) < 4 else 0  # noqa: PLR2004
        name = known[number - 1] if given not in known and 1 <= number <= len(known) else given
        await load(story, name)
        confirm(t("loaded", name=name))
        return
    if not known:
        console.print(t("no_saves"), markup=False)
    for number, name in enumerate(known, start=1):
        console.print(Prose(RichText.assemble((f"{number}  ", "bold cyan"), name), indent=2))


async def tastes(story: Story, given: str) -> Context | None:
    """Show what the player likes, change what they say of it, forget what they chose, or switch it off or on."""
    word = given.casefold()
    if word in every("say_forget"):
        await forget_choices(story)
        confirm(t("tastes_forgotten"))
        return None
    if word in every("say_off") or word in every("say_on"):
        is_on = word in every("say_on")
        confirm(t("tastes_on" if is_on else "tastes_off"))
        return heed_tastes(story, is_on=is_on)
    if given:
        kept = state_tastes(story, given)
        confirm(t("tastes_kept"))
        return kept
    known = tastes_of(story.record.context, await story.state())
    console.print(RichText(t("tastes_heading_on" if known.is_on else "tastes_heading_off"), style="bold"))
    console.print(Prose(known.stated or t("tastes_unsaid"), indent=2))
    for made in known.shown:
        console.print(Prose(f"+ {made['took']}", indent=2, hang=2))
    console.print(Prose(RichText(t("tastes_how"), style="dim")))
    return None


async def carried(story: Story, given: str) -> None:
    """Show what the player carries."""
    del given
    has = await possessions(story)
    console.print(RichText(t("you_carry" if has.carried else "you_carry_nothing"), style="bold"))
    for state in has.carried:
        console.print(Prose(f"· {state.fact.text}", indent=2, hang=2))
    console.print()


async def known(story: Story, given: str) -> None:
    """Show what the player knows, the latest first, and what is open."""
    del given
    has = await possessions(story)
    console.print(RichText(t("you_know" if has.known else "you_know_nothing"), style="bold"))
    for state in has.known[:_SHOWN]:
        told = f" ({t(f'frame_{state.fact.frame}')})" if state.fact.frame != "now" else ""
        console.print(Prose(f"· {state.fact.text}{told}", indent=2, hang=2))
    if has.open:
        console.print(RichText(t("you_wonder"), style="bold"))
    for thread in has.open:
        console.print(Prose(f"· {thread.text}", indent=2, hang=2))
    console.print()


async def facts(story: Story, given: str) -> None:
    """Show what is so now, the newest first."""
    del given
    holding = await story.holding(_SHOWN)
    if not holding:
        console.print(t("no_facts"), markup=False)
    for state in holding:
        since = t("since_paragraph", number=story.record.numbered(state.since + 1))
        console.print(Prose(RichText.assemble(f"· {state.fact.text} ", (f"({since})", "dim")), indent=2, hang=2))
    console.print()


def whole(given: str) -> int:
    """A number that stands after a letter.

    Raises:
        SettingsError: it is none.
    """
    if not (given.isascii() and given.isdecimal() and len(given) < 10):  # noqa: PLR2004
        raise SettingsError("not_a_whole_number", what=part("paragraph"), given=given[:40])
    return int(given)
