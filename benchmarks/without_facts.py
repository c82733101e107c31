"""What of the sample stories would have been shown as true that no longer was, with facts and without.

Each step of a story is asked for again: the state before it, its plan and its cues, the real embedding, the gates' own
code; its passage stands in for the model's answer. Then those facts are counted that an earlier passage had ended, and
whose proof, the very words that once showed them, stands in the prompt again, in a passage that was recalled whole.
With facts, a note beside the passage may say that one is so no longer, or *As things stand* has what
took its place; without facts nothing does. What a prompt says in other words is not counted.

    python benchmarks/without_facts.py [STORY.json ...] [--prompts FOLDER]

``--prompts`` writes both prompts of each step that has something outdated: to be answered, and the errors counted.
"""

from __future__ import annotations

import argparse
import asyncio
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from bench import table
from recurrentgpt.evaluation.asking import quiet_turn, run_gate
from recurrentgpt.evaluation.change_recorded import RecordedModel
from recurrentgpt.memory import Lineage
from recurrentgpt.nodes import generate_paragraph, retrieve_long_term
from recurrentgpt.nodes.resources import Resources, default_resources
from recurrentgpt.nodes.standing import render
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.facts import fold
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.stories.archive import read_archive, unpack
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recurrentgpt.memory import Entry
    from recurrentgpt.schemas.facts import FactState

State = dict[str, Any]
SAMPLES = Path(__file__).parent.parent / "docs" / "samples"
RECORDED, MAIN = "recorded", "main"
LEAST = 12
"""Letters of a proof that is looked for, at least: fewer stand anywhere."""


class Step(NamedTuple):
    """A step that is asked for again: the state that it began with, and the state after it."""

    before: State
    after: State


class Outdated(NamedTuple):
    """A fact that an earlier passage ended, where the prompt has the words that once proved it.

    Attributes:
        fact: the fact, and what became of it.
        noted: whether the prompt says, beside the passage, that it is so no longer.
        stands: whether *As things stand* has what took its place.
    """

    fact: FactState
    noted: bool
    stands: bool


class Asked(NamedTuple):
    """The prompts of a step, with facts and without, and what in them is outdated.

    Attributes:
        number: the step's.
        with_facts: the prompt with facts.
        without: the prompt without.
        outdated: what is outdated in the prompt with facts.
        outdated_without: how much is in the one without.
        stated: how many *As things stand* states as being so: none, where all is well.
    """

    number: int
    with_facts: str
    without: str
    outdated: Sequence[Outdated]
    outdated_without: int
    stated: int


def steps_of(states: Sequence[State]) -> Iterator[Step]:
    """The steps among a branch's states: those that add a passage to the path that there was."""
    for before, after in pairwise(states):
        if after["step"] == before["step"] + 1 and after.get("plan"):
            yield Step(before, after)


def asked_again(step: Step, resources: Resources, model: RecordedModel) -> Asked:
    """The prompts of a step, and what is outdated in them."""
    path = Lineage.from_json(step.before["lineage"])
    with resources.memories.open(step.before["story_id"], language_named(step.before["language"])) as memory:
        entries = memory.read(path)
    prompts, found = {}, {}
    for use_facts in (True, False):
        context = Context(model=RECORDED, use_facts=use_facts, repetition_limit=1)
        model.prose = step.after["paragraph"]
        state = step.before | {"plan": step.after["plan"]}
        for gate in (retrieve_long_term, generate_paragraph):
            state |= run_gate(gate, state, context, resources)
        prompts[use_facts] = "\n\n".join(message.text for message in model.asked)
        turn = quiet_turn(generate_paragraph.name, context, resources, state)
        lines = render(turn, state["standing"], 1) if use_facts else ""
        found[use_facts] = list(outdated_in(state, entries, lines))
    told = [kept["fact"]["text"] for kept in state["standing"]]
    return Asked(
        step.after["step"],
        prompts[True],
        prompts[False],
        found[True],
        len(found[False]),
        sum(one.fact.fact.text in told for one in found[True]),
    )


def outdated_in(state: State, entries: Sequence[Entry], standing: str) -> Iterator[Outdated]:
    """The facts that hold no longer, and whose proof stands in what is shown of the book."""
    states = fold(entries).facts
    shown = [(hit["text"], hit.get("since", [])) for hit in state["retrieved"] if hit["shown"] == "whole"]
    for known in states.values():
        fact = known.fact
        if known.holds or fact.kind != "state" or fact.frame != "now" or len(fact.quote) < LEAST:
            continue
        notes = [note for text, since in shown if fact.quote in text for note in since]
        if any(fact.quote in text for text, _ in shown):
            instead = states.get(known.by)
            stands = instead is not None and instead.fact.text in standing
            yield Outdated(known, any(fact.text in note for note in notes), stands)


async def asked_of(path: Path) -> list[Asked]:
    """Every step of an archive's first branch."""
    ours, archive, model = default_resources(), read_archive(path), RecordedModel(unanswered=True)
    embeddings = {ours.memories.embedder.name: lambda: ours.memories.embedder.embeddings}
    with TemporaryDirectory() as folder, Library(folder, settings=ours.settings, embeddings=embeddings) as library:
        await unpack(library, archive, lambda _done, _of: None)
        resources = Resources(library.settings, {RECORDED: lambda: model}, embeddings)
        try:
            return [
                asked_again(step, resources, model)
                for step in steps_of([dict(kept.state) for kept in archive.branches[MAIN]])
            ]
        finally:
            resources.close()


def main() -> None:
    """Ask again, count, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", type=Path, nargs="*", default=sorted(SAMPLES.glob("*.json")))
    parser.add_argument(
        "--prompts", type=Path, help="a folder for both prompts of each step that has something outdated"
    )
    given = parser.parse_args()
    rows = []
    for path in given.stories:
        asked = asyncio.run(asked_of(path))
        found = [one for step in asked for one in step.outdated]
        marked = sum(one.noted or one.stands for one in found)
        rows.append(
            [
                path.stem,
                f"{len(asked)}",
                f"{sum(step.outdated_without for step in asked)}",
                f"{len(found)}",
                f"{sum(one.noted for one in found)}",
                f"{marked}",
                f"{sum(step.stated for step in asked)}",
            ]
        )
        for step in asked if given.prompts else []:
            if step.outdated:
                write_prompts(given.prompts, path.stem, step)
    heads = ("story", "steps", "outdated, without facts", "outdated, with", "noted beside it", "or overruled", "stated")
    table(heads, rows)


def write_prompts(folder: Path, story: str, step: Asked) -> None:
    """Write the two prompts of a step, and apart what in them is outdated."""
    for name, text in (("with", step.with_facts), ("without", step.without)):
        place = folder / name / f"{story}-{step.number:02}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    said = [f"{one.fact.fact.text} (noted: {one.noted}, stands: {one.stands})" for one in step.outdated]
    (folder / f"{story}-{step.number:02}.outdated.txt").write_text("\n".join(said), encoding="utf-8")


if __name__ == "__main__":
    main()
