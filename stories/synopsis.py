"""The book so far, in few words: as of any passage, and, in its shortest form, on the story's card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..memory import Lineage
from ..memory.sentences import pieces
from ..schemas.errors import MemoryUnavailableError
from ..schemas.wording import in_a_line
from .paragraphs import as_of

if TYPE_CHECKING:
    from ..schemas.languages import Language
    from ..schemas.spans import Told
    from .story import Story

MOST = 300
"""Characters of it that a card has at most."""


async def synopsis_of(story: Story, at: int | None = None, branch: str = "") -> list[Told]:
    """The book so far as of a passage, along a branch: see :meth:`.Story.synopsis`."""
    state = await story.state(branch)
    lineage = as_of(Lineage.from_json(state.get("lineage")), at)
    chapters = [chapter["seq"] for chapter in state.get("chapters", [])]
    return await story.remember(lambda memory: memory.synopses.so_far(lineage, chapters)) if lineage else []


async def in_short(story: Story) -> str:
    """What the newest of the current branch's synopses says, in the words that a card has room for."""
    told = [part.text for part in await story.synopsis() if part.level]
    return shortened(told[-1], story.record.language) if told else ""


async def note(story: Story, branch: str) -> None:
    """Keep on the card what the book tells, where a run of its current branch has changed that."""
    if branch != story.record.branch or not story.record.context.synopsis_tokens:
        return
    try:
        said = await in_short(story)
    except MemoryUnavailableError:
        return  # The card is a convenience: the next step tries again.
    if said != story.record.synopsis:
        story.update_record(synopsis=said)


def shortened(text: str, language: Language, most: int = MOST) -> str:
    """As many of a text's first sentences as there is room for; of a first that is longer, its beginning."""
    text = in_a_line(text, language)
    if len(text) <= most:
        return text
    kept = ""
    for piece in pieces(text, language):
        if len(kept) + len(piece.rstrip()) > most:
            break
        kept += piece
    return kept.rstrip() or f"{text[: most - 1].rstrip()}…"
