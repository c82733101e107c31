"""Facts of what was written without: stories of version 0.1, imported books, steps whose model could not tell any.

Passage by passage, in order, each into its own slot of the long-term memory: what is made is there at once, for every
branch that sees the passage. So it can be stopped or killed anywhere, and goes on with what is still missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ..memory import Lineage, LongTermMemory
from ..nodes import append_summary
from ..nodes.late_facts import FactMaker
from ..schemas.errors import ModelUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ..memory import Entry
    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.state import CallUsage
    from .story import Story

TELLER = append_summary.name
"""The gate whose model tells facts, and reads for what clashes."""
_FAILED_IN_A_ROW = 2
"""After so many passages without usable facts, one after the other, it is the model and not the passage."""


class FactsCost(NamedTuple):
    """About what it takes to make the facts that are missing: passages (a call each), tokens sent and answered."""

    passages: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class FactsMade:
    """What was made of one passage, and how far it is.

    Attributes:
        paragraph: its number, from 1.
        done: passages that were looked at so far.
        total: passages that had no facts.
        facts: how many it states.
        changes: how many of earlier facts it changes.
        left_out: what the model said that it did not prove.
        problem: what was wrong, where nothing could be kept: it still has none.
        usage: what all of it has cost so far.
    """

    paragraph: int
    done: int
    total: int
    facts: int
    changes: int
    left_out: int
    problem: Part | str
    usage: CallUsage


async def cost_of_facts(story: Story, context: Context) -> FactsCost:
    """About what it costs to make the facts that are missing on the current branch, with the settings of a run.

    Raises:
        MemoryUnavailableError: some of the branch is gone.
    """
    path, entries = await _path(story)
    maker = FactMaker(await story.state(), context, story.library.resources)
    tokens = [maker.tokens(path, place, entries) for place in _missing(entries)]
    return FactsCost(len(tokens), sum(sent for sent, _ in tokens), sum(told for _, told in tokens))


async def build_facts(story: Story, context: Context) -> AsyncIterator[FactsMade]:
    """Make the facts that are missing on the current branch, in the order of the passages.

    A passage of which the model says nothing that can be used stays as it is, and is counted.

    Args:
        story: the open story.
        context: the settings: which model, how many tries.

    Yields:
        What was made of each passage, once it is stored.

    Raises:
        ModelUnavailableError: the model cannot be had, did not answer, is no more than a demonstration, or several
            passages in a row came to nothing. What was made is kept.
        MemoryUnavailableError: some of the branch is gone.
    """
    story.check_may_act()
    path, entries = await _path(story)
    await story.remember(lambda memory: memory.mend(path))
    missing = _missing(entries)
    maker = FactMaker(await story.state(), context, story.library.resources)
    if missing and story.library.is_demonstration(context, TELLER):
        raise ModelUnavailableError("facts_need_a_model")
    failed = 0
    for done, place in enumerate(missing, start=1):
        made = await maker.make(path, place, entries)
        failed = 0 if made.knowledge else failed + 1
        if made.knowledge:
            await story.remember(partial(LongTermMemory.learn, lineage=path, place=place, knowledge=made.knowledge))
        yield FactsMade(
            paragraph=place + 1,
            done=done,
            total=len(missing),
            facts=len(made.knowledge.facts) if made.knowledge else 0,
            changes=len(made.knowledge.changes) if made.knowledge else 0,
            left_out=made.left_out,
            problem=made.problem,
            usage=maker.usage,
        )
        if failed == _FAILED_IN_A_ROW or failed == len(missing):
            raise ModelUnavailableError("no_facts_made", number=place + 1, count=failed, problem=made.problem)


async def missing_facts(story: Story) -> int:
    """How many passages of the current branch have no facts yet."""
    _, entries = await _path(story)
    return len(_missing(entries))


async def _path(story: Story) -> tuple[Lineage, list[Entry]]:
    path = Lineage.from_json((await story.state()).get("lineage"))
    return path, await story.entries(path)


def _missing(entries: list[Entry]) -> list[int]:
    """The places of passages of which facts were never looked for."""
    return [place for place, entry in enumerate(entries) if entry.knowledge is None]
