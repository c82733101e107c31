"""Blind reading: of two passages by one plan, with samples and without, which sounds like the author?

A pair shows a text of the author that the writer was not given, and the two passages as A and B; by chance one or the
other stands first, and nothing says which is which. What a reader answered is kept, and scored here. Chance is a half.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from .intervals import wilson
from .voice_recorded import passages
from .voice_study import ENGLISH, STUDIES, WITHOUT, author, data

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .voice_study import Study

_SEED = 20261127
_SHOWN = {"en": 1200, "zh": 400}
"""Characters of the author's own text that a reader is shown."""
_ASKS = {
    "en": "A text of an author, then two passages by another hand. Which of them sounds more like that author: how "
    "sentences are built, which words are chosen, in what tone? Answer A, B, or 0 if you cannot say.",
    "zh": "先是某位作者的一段文字，然后是另一人写的两个片段。哪一个更像这位作者：句子怎么造，用什么词，什么语气？"
    "回答 A、B，说不出就答 0。",
}


@dataclass(frozen=True)
class Pair:
    """What a reader is shown, and what they are not.

    Attributes:
        id: the language, the author and the plan.
        own: a text of the author.
        first: the passage that is A.
        second: the passage that is B.
        right: A or B: which of them was written with the author's samples.
    """

    id: str
    own: str
    first: str
    second: str
    right: str

    def shown(self, language: str) -> str:
        """As a reader sees it."""
        return f"{_ASKS[language]}\n\n{self.own}\n\n--- A ---\n\n{self.first}\n\n--- B ---\n\n{self.second}\n"


def pairs(study: Study, made: Mapping[str, Sequence[str]] | None = None) -> list[Pair]:
    """Every plan with each author's samples, in an order by chance, which is the same each time.

    Args:
        study: whose.
        made: the passages by arm; ``None``: the recorded ones.
    """
    written = passages(study=study) if made is None else made
    chance = Random(f"{_SEED}:{study.tag}")  # noqa: S311 (no secret)
    found = [one for name in study.authors for one in _pairs_of(study, name, written, chance)]
    chance.shuffle(found)
    return found


def _pairs_of(study: Study, name: str, written: Mapping[str, Sequence[str]], chance: Random) -> Iterator[Pair]:
    own = author(name).reference
    for number, (plain, sampled) in enumerate(zip(written[WITHOUT], written[name], strict=True), start=1):
        is_first = chance.random() < 0.5  # noqa: PLR2004 (a coin)
        first, second = (sampled, plain) if is_first else (plain, sampled)
        yield Pair(f"{study.tag}-{name}-{number:02}", own[: _SHOWN[study.tag]], first, second, "A" if is_first else "B")


def score(shown: Sequence[Pair], said: Mapping[str, str]) -> dict[str, Counter[str]]:
    """How often a reader was right, wrong, or could not say, by author.

    Args:
        shown: the pairs.
        said: the answers, by a pair's place (from 1): A, B or 0.

    Raises:
        ValueError: one is missing, or is none of these.
    """
    found: dict[str, Counter[str]] = {}
    for place, pair in enumerate(shown, start=1):
        answer = said.get(str(place), "").strip().upper()
        if answer not in {"A", "B", "0"}:
            msg = f"The answer to pair {place} is {answer!r}: it is A, B or 0."
            raise ValueError(msg)
        name = pair.id.split("-")[1]
        kind = "unsure" if answer == "0" else "right" if answer == pair.right else "wrong"
        found.setdefault(name, Counter())[kind] += 1
    return found


def main() -> None:
    """Write the pairs to be read, or score what a reader answered."""
    parser = argparse.ArgumentParser(prog="voice_blind", description=__doc__)
    parser.add_argument("--language", choices=list(STUDIES), default="en", help="whose plans and authors")
    parser.add_argument("--pairs", type=Path, help="write the pairs to files in this folder, 01.txt and so on")
    parser.add_argument("--answers", type=Path, help="JSON, a pair's number to A, B or 0; else the recorded ones")
    given = parser.parse_args()
    study = STUDIES[given.language]
    if not (given.answers or given.pairs or study is ENGLISH):
        parser.error("there are recorded answers for English alone: give some with --answers")
    shown = pairs(study)
    if given.pairs:
        given.pairs.mkdir(parents=True, exist_ok=True)
        for place, pair in enumerate(shown, start=1):
            (given.pairs / f"{place:02}.txt").write_text(pair.shown(study.tag), encoding="utf-8")
        return
    recorded = json.loads(given.answers.read_text(encoding="utf-8")) if given.answers else data("voice-blind")
    table = Table("samples of", "right", "wrong", "could not say", "share right", box=None, header_style="bold")
    for name, counts in score(shown, recorded).items():
        of = counts["right"] + counts["wrong"]
        figures = (str(counts[kind]) for kind in ("right", "wrong", "unsure"))
        table.add_row(author(name).name, *figures, str(wilson(counts["right"], of)))
    Console(width=120, file=sys.stdout).print(table)


if __name__ == "__main__":
    main()
