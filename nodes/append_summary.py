"""Input gate of the cell state: sum the new paragraph up and append it to the long-term memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..memory import Lineage, open_memory
from .answers import Answer, Line
from .chapters import begin_chapter, begins_chapter
from .conversation import after_paragraph
from .effects import work
from .gate import Gate, Update, Wanted

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .effects import Steps

SUMMARY = 480
"""Characters a summary may have."""


class Summary(Answer):
    """One or two sentences on the new paragraph."""

    summary: Line


def append_summary(state: StoryState, gate: Gate) -> Steps[Update]:
    """Sum up, then write: what is written was checkpointed before, so a replay writes nothing new.

    A paragraph that a person edited takes the place of the old one on this path.
    """
    messages = after_paragraph(state, gate, gate.prompt("append_summary").fill())
    wanted = Wanted(bounds={"summary": {"maxLength": SUMMARY}}, counts={})
    answer = yield from gate.ask(messages, Summary, wanted)

    def append() -> Lineage:
        with open_memory(state["story_id"], gate.language) as memory:
            lineage = Lineage.from_json(state["lineage"])
            if state.get("edited"):
                return memory.edit(lineage, lineage.length - 1, text=state["paragraph"], summary=answer.summary)
            return memory.append(lineage, state["paragraph"], answer.summary, state["plan"]["text"])

    chapter: Update = {}
    if begins_chapter(state, gate) and not state.get("edited"):
        chapter = yield from begin_chapter(state, gate, Lineage.from_json(state["lineage"]).length)
    lineage = yield from work(append)
    return {**chapter, "lineage": lineage.to_json()}
