"""What facts, threads and the book so far cost a step in tokens, part by part, and how much of it comes from a cache.

A story of a real one's size is told by a model that answers at once (``told_story.py``), five times: with everything,
and with a part less. Then the tokens of its last steps are counted: of each prompt and each answer. Four characters are
a token. What counts as cached is what a provider's prefix cache has: a prompt as far as it begins, to the letter, as an
earlier prompt of its step or one of the step before, in whole blocks of 128 tokens. Two gates that are asked side by
side do not have each other's prompt, an answer is new where it is sent for the first time, and some providers cache no
beginning that is shorter than 1,024 tokens (``--least``). The JSON schema that goes beside a prompt is the same every
time and is counted apart. The vectors are random, so that which facts are found is too, and not how many.

    python benchmarks/facts_cost.py [--paragraphs 110] [--last 20] [--block 128] [--least 0]
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from bench import MODEL, Instant, data_folder, embed_with, fake_model, table
from recurrentgpt.nodes import append_summary, generate_paragraph, propose_plans, rewrite_short_term
from recurrentgpt.nodes.messages import FACT_RULES
from recurrentgpt.prompts import load
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.language_folders import PHRASES, texts
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library
from synopsis_cost import A_TOKEN, shared
from told_story import GATES, LANGUAGE, Call, Telling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recurrentgpt.prompts import PromptSpec

NOTES = (
    *("since_then", "since_changed", "since_now", "since_no_longer", "since_told_below"),
    *("since_told", "since_untrue", "since_open", "since_settled", "since_newer"),
    *("since_told_now", "since_told_later", "since_answered", "since_answered_as_told"),
    *("told_earlier", "told_imagined", "told_claimed"),
)
"""The phrases of what stands beside a recalled passage."""
ASKED = ("facts_begin", "facts_numbered", "facts_beside", "facts_before")
"""The phrases that ask for facts, each before those that a passage may change."""
SIDE_BY_SIDE = frozenset({rewrite_short_term.name, append_summary.name})
FIGURES = ("prompt", "cached", "new", "answer", "schema")
PREMISE = StoryInput(
    topic="A salt road over a mountain, and the woman who keeps its last yard",
    style_sheet="Past tense, close third person, plain words, dry humour. Mara Tesk, carter; the town of Keth.",
)
EVERYTHING = "everything"
RULES = "how facts are kept (from a cache)"
THREADS, FACTS, SYNOPSIS, ALL = WITHOUT = ("threads", "facts and threads", "the book so far", "all of them")
"""What is left out, a story each."""


class Blocks(NamedTuple):
    """In what a cache keeps a beginning: how many tokens a block has, and the least that is kept."""

    size: int = 128
    least: int = 0

    def of(self, tokens: float) -> int:
        """How many of so many tokens that begin alike come from the cache."""
        whole = int(tokens) // self.size * self.size
        return whole if whole >= self.least else 0


async def tell(without: str, paragraphs: int, last: int) -> list[list[Call]]:
    """The calls of a story's last steps, and of the step before these."""
    usual = Context(model=MODEL, plan_selection="first", seed=1)
    tokens = 0 if without in {SYNOPSIS, ALL} else usual.synopsis_tokens
    context = usual.model_copy(update={"use_facts": without not in {FACTS, ALL}, "synopsis_tokens": tokens})
    model, telling = fake_model(), Telling(opens_threads=without in {EVERYTHING, SYNOPSIS})
    model.interfere = telling
    embed_with(Instant())
    library = Library.of_the_process()
    steps: list[list[Call]] = []
    async with library.open(library.begin(PREMISE, context)) as story:
        while story.record.paragraphs < paragraphs:
            before = len(telling.calls)
            async for _ in story.run(context):
                pass
            steps.append(telling.calls[before:])
    return steps[-last - 1 :]


def count(steps: Sequence[Sequence[Call]], blocks: Blocks) -> dict[str, Counter[str]]:
    """Tokens a step, by gate, over all steps but the first."""
    found: dict[str, Counter[str]] = {}
    for before, step in pairwise(steps):
        for number, call in enumerate(step):
            known = [*before, *(one for one in step[:number] if not {one.gate, call.gate} <= SIDE_BY_SIDE)]
            alike = max(shared(call.prompt, one.prompt) for one in known) / A_TOKEN
            tokens = [len(text) // A_TOKEN for text in (call.prompt, call.answer, call.schema)]
            cached = min(blocks.of(alike), tokens[0])
            figures = dict(zip(FIGURES, (tokens[0], cached, tokens[0] - cached, *tokens[1:]), strict=True))
            found.setdefault(call.gate, Counter()).update(figures)
    counted = len(steps) - 1
    return {gate: Counter({name: round(sums[name] / counted) for name in FIGURES}) for gate, sums in found.items()}


def in_all(gates: dict[str, Counter[str]]) -> Counter[str]:
    """The tokens of a whole step."""
    return sum(gates.values(), Counter[str]())


def print_gates(gates: dict[str, Counter[str]]) -> None:
    """Print what each gate of a step sends and gets, with everything."""
    rows = [[name, *(f"{sums[part]:,}" for part in FIGURES)] for name in GATES if (sums := gates.get(name))]
    rows.append(["a step", *(f"{in_all(gates)[part]:,}" for part in FIGURES)])
    table(["with everything", "prompt", "from a cache", "from none", "answer", "schema"], rows)


def print_parts(sums: dict[str, Counter[str]]) -> None:
    """Print what each part adds to a step that has everything else, against a step that has none of them."""
    least = sums[ALL]
    rows = [["a step without any", *(f"{least[part]:,}" for part in FIGURES)]]
    for part in WITHOUT:
        added = {name: sums[EVERYTHING][name] - sums[part][name] for name in FIGURES}
        rows.append([part, *(f"{added[name]:+,} ({_share(added[name], least[name])})" for name in FIGURES)])
    table(["what it adds", "prompt", "from a cache", "from none", "answer", "schema"], rows)


def sent_first() -> dict[str, tuple[str, list[str]]]:
    """Which gate sends a part first, and how the blocks of a prompt begin that are of it."""
    language = language_named(LANGUAGE)

    def begins(of: PromptSpec, place: str) -> list[str]:
        blocks = load(of, language).template.split("\n\n")
        return [block.split("{")[0] for block in blocks if f"{{{place}}}" in block]

    def phrases(*keys: str) -> list[str]:
        return [texts(language.tag, PHRASES)[key].split("{")[0] for key in keys]

    return {
        "the book so far": (generate_paragraph.name, begins(generate_paragraph.record.prompts[0], "synopsis")),
        "as things stand": (generate_paragraph.name, begins(generate_paragraph.record.prompts[0], "standing")),
        "notes beside what is recalled": (generate_paragraph.name, phrases(*NOTES)),
        "threads of the plan": (generate_paragraph.name, begins(generate_paragraph.record.prompts[0], "plan_threads")),
        RULES: (generate_paragraph.name, [load(FACT_RULES, language).template.split("\n")[0]]),
        "facts that a passage may change": (append_summary.name, phrases(*ASKED)),
        "threads to plan with": (propose_plans.name, begins(propose_plans.record.prompts[0], "threads")),
    }


def parts_of(steps: Sequence[Sequence[Call]]) -> dict[str, int]:
    """Tokens a step of what is sent of facts, of threads and of the book so far, where it is sent first."""
    found: dict[str, int] = {}
    calls = [call for step in steps[1:] for call in step]
    for part, (gate, begins) in sent_first().items():
        sent = [call.prompt if part == RULES else call.asked for call in calls if call.gate == gate]
        blocks = [block for text in sent for block in text.split("\n\n")]
        letters = sum(len(block) for block in blocks if block.startswith(tuple(begins)))
        found[part] = letters // A_TOKEN // (len(steps) - 1)
    return found


def _share(added: int, of: int) -> str:
    return f"{added / of:.0%}" if of else "-"


def main() -> None:
    """Tell, count, print three tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, default=110)
    parser.add_argument("--last", type=int, default=20)
    parser.add_argument("--block", type=int, default=Blocks().size)
    parser.add_argument("--least", type=int, default=Blocks().least)
    given = parser.parse_args()
    blocks = Blocks(given.block, given.least)
    told: dict[str, list[list[Call]]] = {}
    for without in (EVERYTHING, *WITHOUT):
        with data_folder():
            told[without] = asyncio.run(tell(without, given.paragraphs, given.last))
    gates = {without: count(steps, blocks) for without, steps in told.items()}
    print_gates(gates[EVERYTHING])
    print_parts({without: in_all(sums) for without, sums in gates.items()})
    of_prompts = parts_of(told[EVERYTHING])
    table(
        ["of the prompts, where first sent", "tokens a step"], [[part, f"{of_prompts[part]:,}"] for part in of_prompts]
    )


if __name__ == "__main__":
    main()
