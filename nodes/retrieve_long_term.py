"""Recall: find the passages of the long-term memory that the plan would lean on (paper, section 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..memory import Hit, Lineage, open_memory
from ..schemas.state import Passage
from .effects import work

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .effects import Steps
    from .gate import Gate, Update


def retrieve_long_term(state: StoryState, gate: Gate) -> Steps[Update]:
    """The passages nearest to the plan, oldest first, but for the last paragraph, which is in the prompt."""
    lineage = Lineage.from_json(state["lineage"])

    def recall() -> list[Hit]:
        with open_memory(state["story_id"], gate.language) as memory:
            return memory.recall(
                lineage, state["plan"]["text"], gate.context.retrieve_k, leave_out=[lineage.length - 1]
            )

    hits = yield from work(recall)
    passages = [
        Passage(seq=hit.entry.seq, text=hit.entry.text, summary=hit.entry.summary, score=round(hit.score, 4))
        for hit in hits
    ]
    passages.sort(key=lambda passage: passage["seq"])
    gate.report("recalled", places=[passage["seq"] for passage in passages])
    return {"retrieved": passages}
