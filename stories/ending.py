"""Letting a story have its end after so many more paragraphs; the plans on the table must know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..graph.cycle import WITH_A_PLAN
from ..nodes import arc
from ..schemas.lineage import Lineage
from ..schemas.state import SETTLED

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .story import Story


async def end_in(story: Story, paragraphs: int) -> None:
    """Let a story have its end after so many more paragraphs.

    Plans that were made for another part of a book, or after its end, make way for others at the next run.

    Args:
        story: the open story.
        paragraphs: how many.

    Raises:
        StoryStateError: it is in the middle of a step, or has not begun.
    """
    before = await story.state_between_steps()
    changes: dict[str, Any] = {"target_paragraphs": before["step"] + paragraphs}
    if arc.has_its_length(before) and before["step"] and "end_told" not in before:
        changes["end_told"] = Lineage.from_json(before["lineage"]).length  # An older version did not keep that.
    after: StoryState = {**before, **changes}  # type: ignore[typeddict-item]
    if arc.part_of_next(after) in {"", arc.part_of_next(before)}:
        await story.change(changes)
    else:
        await story.change({**changes, **SETTLED, "after_review": "plans"}, as_node=WITH_A_PLAN)
