"""Make memory of several parts of a manuscript at once: what depends on the text alone is asked for side by side.

The short-term memory is rewritten once for all of them, and each part is summed up, both with what was known before the
first of them. Facts go one after the other, because a fact may end another of the part before. So nothing depends on
which answer comes first, and what a part makes true and ends is what it would be if it were read alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.errors import GateError
from .append_summary import remembered
from .clash_notes import clash_notes
from .memory_view import NewPassage, Remembered
from .messages import messages_after_paragraph
from .noting import note_alone, tell_left_out
from .rewrite_short_term import new_memory
from .rewrite_short_term import task as memory_task
from .store_opening import Summaries, asked_for_summaries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..memory import Entry
    from ..schemas.state import StoryState
    from .fact_answers import FactsAlone
    from .gate import Update
    from .noting import Noted
    from .turn import Turn


async def remember_at_once(state: StoryState, turn: Turn, parts: Sequence[Sequence[str]]) -> Update:
    """Rewrite the short-term memory for all parts, sum each up, then tell their facts and append them, in order."""
    before = state.get("short_term_memory", "")
    memory: Update = {}
    summaries: dict[int, list[str]] = {}

    async def rewrite() -> None:
        memory.update(await new_memory(turn, messages_after_paragraph(state, turn, memory_task(turn, before))))

    async def sum_up(number: int) -> None:
        first = turn.memory.length + sum(map(len, parts[:number])) + 1
        summaries[number] = await _summaries(_at(state, turn, parts, number), turn, first)

    await turn.together(rewrite(), *(sum_up(number) for number in range(len(parts))))
    told = await _appended(state, turn, parts, summaries)
    return {**memory, "previous_memory": before, **told}


def _at(state: StoryState, turn: Turn, parts: Sequence[Sequence[str]], number: int) -> StoryState:
    """The state of a reader who has come to one of the parts, and remembers the paragraph before it to the letter."""
    at: StoryState = {**state, "opening": list(parts[number]), "paragraph": parts[number][-1]}
    if number:
        at["prompt"] = f"{turn.phrase('read_just_before', text=parts[number - 1][-1])}\n\n{state['prompt']}"
    return at


async def _summaries(state: StoryState, turn: Turn, first: int) -> list[str]:
    reader = turn.on(state)
    request = asked_for_summaries(reader, state["opening"], first)
    messages = messages_after_paragraph(state, reader, request.task)
    return (await reader.ask(messages, Summaries, request.spec, request.problem_of)).summaries


async def _appended(
    state: StoryState, turn: Turn, parts: Sequence[Sequence[str]], summaries: dict[int, list[str]]
) -> Update:
    """The state after every part was appended, each with its facts, which know those of the part before."""
    entries: list[Entry] = []
    update: Update = {}
    left_out = 0
    for number in range(len(parts)):
        now: StoryState = {**_at(state, turn, parts, number), **update}  # type: ignore[typeddict-item]
        reader = turn.on(now)
        noted = await _facts(now, reader)
        known = noted.knowledge if noted else [None] * len(now["opening"])
        passages = zip(now["opening"], summaries[number], known, strict=True)
        kept = await reader.memory.append(*(NewPassage(*passage) for passage in passages))
        entries.extend(kept.entries)
        left_out += noted.left_out if noted else 0
        clashes = clash_notes(now, kept, noted.clashes) if noted else {}
        update = {**update, **clashes, **remembered(Remembered(kept.path, entries), left_out)}
    return update


async def _facts(state: StoryState, turn: Turn) -> Noted[FactsAlone] | None:
    """The facts of a part; ``None`` where the run keeps none, or the model has no usable answer."""
    if not turn.context.use_facts:
        return None
    try:
        return await note_alone(state, turn)
    except GateError as error:
        tell_left_out(turn, error)
        return None
