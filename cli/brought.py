"""The command that shows what a story brought besides text, in its file or its folder, and lets it act."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text as RichText

from ..schemas.errors import SettingsError, StoryStateError
from .options import StoryArgument, the_library
from .terminal import agreed, console, errors, printable
from .words import t

if TYPE_CHECKING:
    from ..stories.brought import Brought
    from ..stories.library import Library
    from ..stories.record import StoryRecord

brought = typer.Typer()

Take = Annotated[
    str | None,
    typer.Option(
        help="What of it is to act, without asking: models, prompts, settings (some, with commas), all or nothing.",
        show_default=False,
    ),
]


@brought.command("brought")
def show_brought(story: StoryArgument = "", take: Take = None) -> None:
    """Show what a story that came from elsewhere brought besides text (models, prompts, settings), and what may act."""
    from ..stories.known import waiting  # noqa: PLC0415

    library = the_library()
    record = library.find(story)
    if waiting(library, record) is None:
        console.print(t("brought_nothing", title=record.name), markup=False)
        return
    decide_on(library, record, take)


def settled(library: Library, record: StoryRecord) -> StoryRecord:
    """A story's card once the person has said what of it is to act that came from elsewhere; mostly nothing did.

    Raises:
        StoryStateError: nobody is there who could say.
    """
    from ..stories.known import carried  # noqa: PLC0415

    found = carried(library.home, record)
    if found is None:
        return record
    _print(found)
    groups = _said(None, found)
    if groups is None:
        raise StoryStateError("carries_undecided", title=record.name, story_id=record.story_id)
    _let_act(library, record, groups)
    return library.record(record.story_id)


def decide_on(library: Library, record: StoryRecord, take: str | None) -> None:
    """Show what a story brought, if it brought anything, and let act what the person says.

    Args:
        library: where it is.
        record: the story.
        take: what is to act; ``None``: the person is asked, and where nobody is there it waits.
    """
    from ..stories.known import waiting  # noqa: PLC0415

    found = waiting(library, record)
    if found is None:
        return
    _print(found)
    groups = _said(take, found)
    if groups is None:
        errors.print(t("brought_waits", story_id=record.story_id), markup=False, soft_wrap=True)
        return
    _let_act(library, record, groups)


def _let_act(library: Library, record: StoryRecord, groups: list[str]) -> None:
    from ..stories.beginning import take_brought  # noqa: PLC0415

    async def act() -> None:
        async with library.open(record) as story:
            take_brought(story, groups)

    asyncio.run(act())
    taken = t("and").join(t(f"brought_{group}") for group in groups)
    console.print(t("brought_acts", groups=taken) if groups else t("brought_acts_not"), markup=False)


def _said(take: str | None, found: Brought) -> list[str] | None:
    """The groups that are to act; ``None``: nobody is there to say."""
    if take is not None:
        named = [name.strip() for name in take.split(",") if name.strip()]
        return [*found.groups] if named == ["all"] else [] if named == ["nothing"] else named
    try:
        return [group for group in found.groups if agreed(t("brought_ask", group=t(f"brought_{group}")))]
    except SettingsError:
        return None


def _print(found: Brought) -> None:
    console.print(t("brought_what"), style="bold")
    for group in found.groups:
        console.print(RichText(t(f"brought_{group}"), style="bold"))
        for name, value in found.of(group).items():
            console.print(RichText.assemble((f"  {name}: ", "bold"), printable(str(value))))
    if found.unknown:
        console.print(
            f"Left out, because no gate here knows it: {', '.join(map(printable, found.unknown))}", markup=False
        )
