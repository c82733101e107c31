"""Output gate: write the next paragraph from memory, passages, last paragraph and plan (paper, section 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..prompts import load
from .conversation import opening

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .effects import Steps
    from .gate import Gate, Update


def generate_paragraph(state: StoryState, gate: Gate) -> Steps[Update]:
    """Write the step's paragraph; it is streamed as it is written."""
    last = state["paragraph"]
    passage = load("passage", gate.language)
    prompt = gate.prompt("generate_paragraph").fill(
        short_term_memory=state["short_term_memory"],
        passages="\n".join(passage.fill(seq=hit["seq"] + 1, text=hit["text"]) for hit in state["retrieved"]),
        last_paragraph=last,
        plan=state["plan"]["text"],
        paragraph_sentences=gate.context.paragraph_sentences,
    )

    def problem_of(text: str) -> str:
        return gate.say("problem_same_paragraph") if text.split() == last.split() else ""

    written = yield from gate.write(opening(state, gate, prompt), gate.context.paragraph_sentences, problem_of)
    return {"prompt": written.prompt, "opening": [], "paragraph": written.text, "step": state["step"] + 1}
