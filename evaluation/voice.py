"""How near passages sound to an author: Burrows' Delta, for passages written with samples of the prose and without.

Of the words that are the most frequent in the authors' texts, each passage's share is told in standard deviations from
the mean of all pieces of these texts; Delta is the mean distance between a passage and an author, over these words.
Smaller is nearer. The figures are of passages that one brings; recorded ones are in ``voice_recorded``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

from ..schemas.languages import language_named
from .intervals import bootstrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ..schemas.languages import Language
    from .intervals import Interval

    Numbers = NDArray[np.float64]

PIECE = 500
"""Words of the pieces that an author's text is cut into: about a long passage's."""
FREQUENT = 100
"""Words that are compared."""


class Delta:
    """How far texts are from each of some authors.

    Attributes:
        words: those that are compared, the most frequent first.
    """

    def __init__(
        self, authors: Mapping[str, str], language: Language, *, piece: int = PIECE, frequent: int = FREQUENT
    ) -> None:
        """Learn the authors from their texts.

        Args:
            authors: texts by the names of who wrote them.
            language: of all texts.
            piece: words of a piece; what is left over at the end of a text is not counted.
            frequent: how many words are compared.

        Raises:
            ValueError: there are not two authors, or a text is not one piece long.
        """
        self._language = language
        told = {name: language.words(text) for name, text in authors.items()}
        if len(told) < 2 or any(len(words) < piece for words in told.values()):  # noqa: PLR2004 (nearer than another)
            msg = f"Delta needs two authors, and {piece} words of each"
            raise ValueError(msg)
        # No author's words count more because more of them were given.
        shares: defaultdict[str, float] = defaultdict(float)
        for words in told.values():
            for word, count in Counter(words).items():
                shares[word] += count / len(words)
        self.words = sorted(shares, key=lambda word: -shares[word])[:frequent]
        starts = [(words, at) for words in told.values() for at in range(0, len(words) - piece + 1, piece)]
        pieces = np.array([self._shares(words[at : at + piece]) for words, at in starts])
        self._mean, spread = pieces.mean(axis=0), pieces.std(axis=0)
        self._spread = np.where(spread > 0, spread, np.inf)
        self._authors = {name: self._scores(words) for name, words in told.items()}

    def to(self, author: str, text: str) -> float:
        """The Delta of a text to one of the authors."""
        distance = np.abs(self._scores(self._language.words(text)) - self._authors[author])
        return float(distance.mean())

    def _shares(self, words: Sequence[str]) -> Numbers:
        counted = Counter(words)
        return np.array([counted[word] / max(1, len(words)) for word in self.words])

    def _scores(self, words: Sequence[str]) -> Numbers:
        scores: Numbers = (self._shares(words) - self._mean) / self._spread
        return scores


def compare(delta: Delta, author: str, without: Sequence[str], with_samples: Sequence[str]) -> dict[str, Interval]:
    """The mean Delta to an author of both sets of passages, and what the samples change of it, with 95 % intervals.

    Args:
        delta: the measure.
        author: whose samples were given.
        without: passages written without them.
        with_samples: passages written with them, by the same plans in the same order.

    Raises:
        ValueError: there are not as many of these as of those.
    """
    before, after = ([delta.to(author, text) for text in texts] for texts in (without, with_samples))
    changes = [new - old for old, new in zip(before, after, strict=True)]
    return {"without": bootstrap(before), "with": bootstrap(after), "change": bootstrap(changes)}


def main() -> None:
    """Print the Delta to each author, without samples, with them, and the change."""
    parser = argparse.ArgumentParser(prog="voice", description=__doc__)
    parser.add_argument("authors", nargs="+", type=Path, help="texts of two authors and more, a file each")
    parser.add_argument("--without", type=Path, required=True, help="a JSON list of passages written without samples")
    parser.add_argument("--with", type=Path, required=True, dest="given", help="the same plans' with samples")
    parser.add_argument("--language", default="en", help="of all of them")
    parser.add_argument("--words", type=int, default=FREQUENT, help="how many of the most frequent are compared")
    given = parser.parse_args()
    texts = {file.stem: file.read_text(encoding="utf-8") for file in given.authors}
    delta = Delta(texts, language_named(given.language), frequent=given.words)
    without, with_samples = (json.loads(file.read_text(encoding="utf-8")) for file in (given.without, given.given))
    table = Table("Delta to", "without", "with", "change", box=None, header_style="bold")
    for author in texts:
        table.add_row(author, *map(str, compare(delta, author, without, with_samples).values()))
    Console(width=120, file=sys.stdout).print(table)


if __name__ == "__main__":
    main()
