"""Whether what clashes in short stories is found, and what is meant so is left alone: planted pairs, recorded answers.

The answers of a capable model to the very prompts of ``recurrentgpt continuity``, read and proved by the same code: of
a reader who had seen neither stories nor key, or of who wrote them. A clash counts as found where both its sides were
quoted; whatever else was reported counts against precision.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rich.console import Console
from rich.table import Table

from ..nodes.answers import read
from ..nodes.continuity import Batch, ClashReader, FoundClashes, verified
from ..nodes.resources import Resources
from ..schemas.clashes import found_in
from ..schemas.context import Context
from ..schemas.entries import Entry
from ..schemas.languages import language_named
from ..schemas.settings import Settings
from .intervals import bootstrap_of, wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..nodes.continuity import Reading
    from ..schemas.clashes import Clash
    from ..schemas.state import StoryState


WRITERS = {"reader": "continuity-answers", "author": "continuity-answers-author"}
"""Who answered, and the files that their answers stand in, less the language."""


@dataclass(frozen=True)
class Pair:
    """Two places of a story, by their passages (from 0) and words.

    Attributes:
        kind: what clashes, or how it is meant.
        places: the passages.
        quotes: the words.
        also: other pairs of places that say the same.
    """

    kind: str
    places: tuple[int, int]
    quotes: tuple[str, str]
    also: tuple[Pair, ...] = ()

    def is_named_by(self, clash: Clash, passages: Sequence[str]) -> bool:
        """Whether the sides of a clash are these places: in the same passages, with words that overlap."""
        if any(pair.is_named_by(clash, passages) for pair in self.also):
            return True
        mine = list(zip(self.places, self.quotes, strict=True))
        theirs = [(side.place or 0, side.quote) for side in clash.sides]
        return any(
            all(_overlap(one, other, passages) for one, other in zip(mine, order, strict=True))
            for order in (theirs, theirs[::-1])
        )


def _overlap(one: tuple[int, str], other: tuple[int, str], passages: Sequence[str]) -> bool:
    if one[0] != other[0]:
        return False
    mine, theirs = (found_in(passages[place], quote) for place, quote in (one, other))
    return bool(mine and theirs and mine[0] < theirs[1] and theirs[0] < mine[1])


@dataclass(frozen=True)
class Planted:
    """A short story, what clashes in it by mistake, and what is meant so."""

    id: str
    passages: tuple[str, ...]
    clashes: tuple[Pair, ...]
    meant: tuple[Pair, ...]


@dataclass(frozen=True)
class Scored:
    """What came of a story.

    Attributes:
        hits: planted clashes that were found.
        missed: those that were not.
        wrong: clashes that were reported, and are none.
        taken: pairs that are meant so, and were reported.
        left_out: what was reported without words that stand there.
    """

    hits: int
    missed: tuple[Pair, ...]
    wrong: tuple[Clash, ...]
    taken: int
    left_out: int


def planted(language: str) -> list[Planted]:
    """The stories of a language, with their key."""
    keys = {one["id"]: one for one in _lines(f"continuity-key-{language}")}
    return [
        Planted(
            one["id"],
            tuple(one["passages"]),
            tuple(_pair(pair, "kind") for pair in keys[one["id"]]["clashes"]),
            tuple(_pair(pair, "how") for pair in keys[one["id"]]["meant"]),
        )
        for one in _lines(f"continuity-{language}")
    ]


def _pair(kept: Mapping[str, Any], kind: str) -> Pair:
    also = tuple(_pair({**other, kind: kept[kind]}, kind) for other in kept.get("also", ()))
    return Pair(kept[kind], (kept["a"] - 1, kept["b"] - 1), (kept["says_a"], kept["says_b"]), also)


def answers(language: str, whose: str = "reader") -> dict[str, str]:
    """The recorded answers of a language, by story.

    Args:
        language: the stories'.
        whose: one of ``WRITERS``: who had not seen the stories, or who wrote them.
    """
    return {one["id"]: json.dumps(one["answer"], ensure_ascii=False) for one in _lines(f"{WRITERS[whose]}-{language}")}


def answers_in(folder: Path) -> dict[str, str]:
    """Answers that stand in files, by story."""
    return {file.stem: file.read_text(encoding="utf-8") for file in folder.glob("*.json")}


def _lines(name: str) -> list[dict[str, Any]]:
    text = (files("recurrentgpt.evaluation") / "data" / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def prompt(language: str, passages: Sequence[str]) -> str:
    """What a model is asked of a story."""
    state = cast("StoryState", {"language": language})
    reader = ClashReader(state, Context(), Resources(Settings()))
    (message,) = reader.messages(dict(enumerate(_entries(passages))), Batch(tuple(range(len(passages)))))
    return message.text


def _entries(passages: Sequence[str]) -> list[Entry]:
    return [Entry("main", place, text, "") for place, text in enumerate(passages)]


def score(language: str, story: Planted, answer: str) -> Scored:
    """What of an answer is proved, against the key."""
    found = read(FoundClashes, None, answer, language_named(language))
    reading: Reading = verified(found, dict(enumerate(_entries(story.passages))), range(len(story.passages)))
    missed = tuple(
        pair for pair in story.clashes if not any(pair.is_named_by(one, story.passages) for one in reading.clashes)
    )
    wrong = tuple(
        one for one in reading.clashes if not any(pair.is_named_by(one, story.passages) for pair in story.clashes)
    )
    taken = sum(any(pair.is_named_by(one, story.passages) for one in reading.clashes) for pair in story.meant)
    return Scored(len(story.clashes) - len(missed), missed, wrong, taken, reading.left_out)


def f1(scored: Sequence[Scored]) -> float:
    """The harmonic mean of precision and recall over some stories."""
    hits = sum(one.hits for one in scored)
    others = sum(len(one.missed) + len(one.wrong) for one in scored)
    return 2 * hits / (2 * hits + others) if hits else 0.0


def figures(name: str, stories: Sequence[Planted], scored: Sequence[Scored]) -> tuple[str, ...]:
    """A row of the table."""
    hits, wrong = sum(one.hits for one in scored), sum(len(one.wrong) for one in scored)
    clashes, meant = (sum(len(getattr(one, part)) for one in stories) for part in ("clashes", "meant"))
    return (
        name,
        f"{clashes}",
        f"{meant}",
        f"{wilson(hits, hits + wrong)}" if hits + wrong else "-",
        f"{wilson(hits, clashes)}",
        f"{bootstrap_of(scored, f1)}",
        f"{sum(one.taken for one in scored)} of {meant}",
        f"{sum(one.left_out for one in scored)}",
    )


def measure(
    language: str, answered: Mapping[str, str] | None = None, report: Callable[[str], None] = lambda _: None
) -> tuple[list[Planted], list[Scored]]:
    """The stories of a language that have an answer, and what came of each."""
    recorded = answers(language) if answered is None else answered
    stories = [story for story in planted(language) if story.id in recorded]
    scored = [score(language, story, recorded[story.id]) for story in stories]
    for story, one in zip(stories, scored, strict=True):
        for pair in one.missed:
            report(f"{story.id} missed ({pair.kind}): {' | '.join(pair.quotes)}")
        for clash in one.wrong:
            report(f"{story.id} none: {' | '.join(side.quote for side in clash.sides)} ({clash.why})")
    return stories, scored


def write_prompts(languages: Sequence[str], folder: Path) -> None:
    """Write what a model is asked of each story to a file, to be answered."""
    folder.mkdir(parents=True, exist_ok=True)
    for language in languages:
        for one in _lines(f"continuity-{language}"):
            (folder / f"{one['id']}.txt").write_text(prompt(language, one["passages"]), encoding="utf-8")


def main() -> None:
    """Print what was found of each language and of all, or write the prompts."""
    parser = argparse.ArgumentParser(prog="continuity", description=__doc__)
    parser.add_argument("languages", nargs="*", default=["en", "zh"], help="en, zh")
    parser.add_argument("--prompts", type=Path, help="write what a model is asked to files in this folder instead")
    parser.add_argument("--answers", type=Path, help="answers to these, <id>.json each, instead of the recorded ones")
    parser.add_argument(
        "--whose",
        choices=list(WRITERS),
        default="reader",
        help="the recorded answers: of who had not seen the stories, or of who wrote them",
    )
    parser.add_argument("--between", type=int, nargs="+", help="say instead what is found so many passages back")
    parser.add_argument("--misses", action="store_true", help="say what was missed, and what was no clash")
    given = parser.parse_args()
    if given.prompts:
        write_prompts(given.languages, given.prompts)
        return
    console = Console(width=160, file=sys.stdout)
    if given.between:
        from .continuity_reach import reach  # noqa: PLC0415 (the embedding model)

        for language in given.languages:
            for between in given.between:
                found, of = reach(language, between)
                console.print(f"{language}, {between} passages between: {found} of {of}, {wilson(found, of)}")
        return
    head = ("", "clashes", "meant so", "precision", "recall", "F1", "meant so, reported", "left out")
    table = Table(*head, box=None, header_style="bold")
    every: tuple[list[Planted], list[Scored]] = ([], [])
    for language in given.languages:
        answered = answers_in(given.answers) if given.answers else answers(language, given.whose)
        stories, scored = measure(
            language, answered, lambda line: console.print(line, markup=False) if given.misses else None
        )
        table.add_row(*figures(language, stories, scored))
        every[0].extend(stories)
        every[1].extend(scored)
    table.add_row(*figures("all", *every))
    console.print(table)


if __name__ == "__main__":
    main()
