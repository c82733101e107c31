"""The lasting plan of a story: shown, and drawn by the model where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .beats import print_beats
from .brought import settled
from .options import Model, Setting, StoryArgument, changed, the_library
from .resumable import agreed_to
from .stories import Yes, at_story
from .terminal import console, errors
from .words import t
from .wrapping import Prose

if TYPE_CHECKING:
    from ..schemas.beats import Beat
    from ..stories.story import Story

outline = typer.Typer()


@outline.command("outline")
def plan(
    story: StoryArgument = "",
    draw: Annotated[
        bool, typer.Option("--draw", help="Have the model draw one, where there is none; says the cost first.")
    ] = False,
    leave_open: Annotated[
        bool, typer.Option("--leave-open", help="With --draw: only what was told; what is to come stays open.")
    ] = False,
    yes: Yes = False,
    model: Model = None,
    setting: Setting = None,
) -> None:
    """Show where a story is going: the parts of its outline, done, now and to come; or have one drawn."""
    from ..stories.beats import shown  # noqa: PLC0415 (it needs the graph)
    from ..stories.outline_drawing import cost_of_outline, draw_outline  # noqa: PLC0415

    library = the_library()
    if draw:
        record = settled(library, library.find(story))
        context = changed(record.context, model=model, setting=setting, mode=record.mode)
        _, cost = at_story(record.story_id, lambda opened: cost_of_outline(opened, context, leave_open=leave_open))
        if not agreed_to(t("work_outline", model=library.model_for(context)), cost, ask=not yes):
            raise typer.Exit(1)
        at_story(record.story_id, lambda opened: draw_outline(opened, context, leave_open=leave_open))
        story = record.story_id

    async def read(opened: Story) -> tuple[str, list[Beat], bool]:
        state = await opened.state()
        return state.get("outline") or "", list(shown(state, opened.record.language)), await opened.is_finished()

    record, (text, beats, at_end) = at_story(story, read, only_reads=True)
    if beats:
        print_beats(beats, at_end=at_end)
    else:
        console.print(Prose(text) if text else t("no_outline", story_id=record.story_id))


def offer_to_draw(reference: str) -> None:
    """Say how an outline is drawn, where a book that was read has none."""

    async def has_none(opened: Story) -> bool:
        return not ((await opened.state()).get("outline") or "").strip()

    record, is_without = at_story(reference, has_none, only_reads=True)
    if is_without:
        errors.print(t("no_outline", story_id=record.story_id), style="dim", markup=False)
