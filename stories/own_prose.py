"""Prose that a person writes at the end of a book: the memories follow it as they do the model's, which goes on.

Between two passages, :func:`.passages.insert` puts one in. A book may begin with one's own words as well: then they are
read as a manuscript is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ..graph.cycle import WITH_A_PASSAGE, is_before_the_passage, is_between_steps
from ..nodes.passages import in_passages
from ..nodes.read_manuscript import prompt_to_read
from ..nodes.story_text import sentence_count
from ..schemas.errors import StoryStateError
from ..schemas.review import MAX_TEXT
from ..schemas.state import OF_NEW_PLANS, SETTLED, WRITTEN_BY_HAND, ChosenPlan
from .importing import keep_manuscript
from .manuscript import ToRead

if TYPE_CHECKING:
    from ..schemas.languages import Language
    from ..schemas.state import StoryState
    from .story import Story

MOST = 4 * MAX_TEXT
"""Characters that may be written at once."""
_LONGEST = 4000
"""Characters of a passage: what is longer becomes several."""


def passages_of(text: str, language: Language) -> list[str]:
    """A text as passages that can be remembered: as it is, or, where it is long, cut where paragraphs or sentences end.

    Raises:
        StoryStateError: it is empty, or longer than :data:`MOST` characters.
    """
    text = text.strip()
    if not text:
        raise StoryStateError("text_empty")
    if len(text) > MOST:
        raise StoryStateError("text_too_long", count=len(text), most=MOST)
    count = -(-len(text) // _LONGEST)
    if count == 1:
        return [text]
    return in_passages(text, count, max(1, sentence_count(text, language) // count), language)


def begin_with(story: Story, text: str) -> None:
    """Let a book that has not begun begin with these words: no opening is written, and the next run reads them.

    Raises:
        StoryStateError: the text is empty or too long.
        StorageError: it cannot be kept.
    """
    keep_manuscript(story.folder, ToRead("", passages_of(text, story.record.language), []))


async def can_take(story: Story) -> bool:
    """Whether a passage can be put at the end now: between two steps, or where a step has not written its own yet."""
    snapshot = await story.snapshot()
    return is_between_steps(snapshot) or is_before_the_passage(snapshot)


async def put_at_end(story: Story, passage: str) -> None:
    """Put a passage at the end of the current branch: the next run remembers it, and makes plans.

    It is a step of its own; where one was stopped before it had written its passage, it is that, and follows its plan.

    Args:
        story: the open story.
        passage: one of :func:`passages_of`.

    Raises:
        StoryStateError: a step is under way that has written its passage, or the story has not begun.
    """
    if not await can_take(story):
        raise StoryStateError("story_unsettled", story_id=story.record.story_id)
    snapshot = await story.snapshot()
    state = cast("StoryState", snapshot.values)
    written = _written(state, story, passage)
    if is_between_steps(snapshot):
        written |= {"plan": ChosenPlan(text="", recall=[], chosen_by="human", number=None, reason=""), "retrieved": []}
    await story.change(written, as_node=WITH_A_PASSAGE)


def _written(state: StoryState, story: Story, passage: str) -> dict[str, Any]:
    """What the gate that writes would have left, had it written this; that nobody asked for it stands in the prompt."""
    return {
        **SETTLED,
        "step": state["step"] + 1,
        "paragraph": passage,
        "prompt": prompt_to_read(state, story.record.context, story.library.resources, "read_own"),
        "reading": True,
        "opening": [],
        "refused": [],
        **OF_NEW_PLANS,
        "next_chapter": None,
        "new_character": False,
        "memory_put_right": False,
        "repetition": WRITTEN_BY_HAND,
    }
