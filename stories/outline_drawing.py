"""The lasting plan of a book that has none, as one that was imported: drawn from its synopsis, once, by the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..nodes.outline_drawing import MOST, OutlineDrawer
from ..prompts import phrase
from ..schemas.errors import ModelUnavailableError, StoryStateError
from .contents import contents

if TYPE_CHECKING:
    from ..schemas.context import Context
    from .story import Story


class OutlineCost(NamedTuple):
    """About what it takes, in tokens sent and answered."""

    input_tokens: int
    output_tokens: int


async def cost_of_outline(story: Story, context: Context, *, leave_open: bool = False) -> OutlineCost:
    """About what it costs to draw an outline on the current branch: one call.

    Raises:
        StoryStateError: it has an outline, nothing is written, or a step is under way.
    """
    drawer, _ = await _drawer(story, context, leave_open=leave_open)
    return OutlineCost(*drawer.tokens())


async def draw_outline(story: Story, context: Context, *, leave_open: bool = False) -> str:
    """Have the model draw the outline of a book that has none; it is the current branch's from here on.

    What was told are its first parts, and done; the first of those to come is told now. A person changes it like any.

    Args:
        story: the open story.
        context: the settings: which model, how many tries.
        leave_open: whether what is to come stays open: then the last part says so.

    Returns:
        The outline.

    Raises:
        StoryStateError: it has an outline, nothing is written, or a step is under way.
        ModelUnavailableError: the model cannot be had, did not answer, or is no more than a demonstration.
        GateError: it gave no usable answer in its tries.
    """
    story.check_may_act()
    drawer, is_finished = await _drawer(story, context, leave_open=leave_open)
    if story.library.is_demonstration(context):
        raise ModelUnavailableError("outline_needs_a_model")
    drawn = await drawer.draw()
    language = story.record.language
    more = drawn.to_come or ([] if is_finished else [str(phrase("outline_open", language))])
    outline = "\n".join(f"{number}. {part}" for number, part in enumerate([*drawn.done, *more], 1))
    await story.change({"outline": outline, "beat": len(drawn.done) if more else len(drawn.done) - 1})
    return outline


async def _drawer(story: Story, context: Context, *, leave_open: bool) -> tuple[OutlineDrawer, bool]:
    """Who draws it, and whether the book has come to its end."""
    state = await story.state_between_steps()
    if (state.get("outline") or "").strip():
        raise StoryStateError("outline_there")
    is_finished = (await story.standing()).is_finished
    told = [part.text for part in await story.synopsis()]
    chapters = [one.title for one in (await contents(story, noted=())).chapters]
    titles = chapters if 1 < len(chapters) <= MOST and all(chapters) else []
    resources = story.library.resources
    drawer = OutlineDrawer(state, context, resources, told, titles, goes_on=not (leave_open or is_finished))
    return drawer, is_finished
