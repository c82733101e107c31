"""The recorded measurement of samples: the same plans, written with samples of one author, of another, and without.

The prompts are those of the gate that writes a paragraph, and what a capable model answered to them goes through that
gate again, so that what is measured is what a book would hold. Delta knows each author by texts that nobody was shown.
A longer text is nearer to anybody, and a passage is short for Delta: so the passages of a plan are also cut to the
words of the shortest of them, and those of all plans also compared as one text.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from langchain_core.embeddings import Embeddings
from rich.console import Console
from rich.table import Table

from ..memory.sentences import pieces
from ..nodes import generate_paragraph
from ..nodes.resources import Resources, default_resources
from ..schemas.context import Context
from ..schemas.modes import AUTHOR
from ..schemas.state import ChosenPlan
from .asking import run_gate
from .change_recorded import RecordedModel
from .intervals import bootstrap, jackknife_of
from .voice import FREQUENT, Delta, compare
from .voice_study import ENGLISH, STUDIES, WITHOUT, answers, answers_in, author, situations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .intervals import Interval
    from .voice_study import Situation, Study

JOINED = "all as one text, equal length"
WAYS = ("each as it is", "each, equal length", JOINED)
"""How passages are compared: as they are, cut to the words of the shortest of their plan, and these as one text."""

_BETWEEN = "\n\n---\n\n"
_MODEL = "recorded"
_NO_VECTORS = "none"


class _NoVectors(Embeddings):
    """Nothing is remembered before a situation, so nothing is compared, and no embedding model is needed."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[1.0] for _ in texts]

    def embed_query(self, _: str) -> list[float]:
        return [1.0]


class Writer:
    """Writes the situations with a model that gives answers again; for the length of a ``with`` block."""

    def __init__(self, study: Study = ENGLISH) -> None:
        """A writer with an empty long-term memory: each situation begins at its last paragraph."""
        self._study = study
        self._model = RecordedModel()
        self._folder = TemporaryDirectory()
        ours = default_resources().settings
        places = {"home": Path(self._folder.name), "qdrant_url": "", "embedding_model": _NO_VECTORS}
        settings = ours.model_copy(update=places)
        self._resources = Resources(settings, {_MODEL: lambda: self._model}, {_NO_VECTORS: _NoVectors})
        self._context = Context(
            model=_MODEL, paragraph_sentences=8, new_character_chance=0, repetition_limit=1, tries=1
        )

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind."""
        self._resources.close()
        self._folder.cleanup()

    def write(self, situation: Situation, arm: str, answer: str) -> str:
        """The paragraph that an answer makes, with the samples of an arm before the writer's eyes.

        Raises:
            GateError: the gate refuses the answer.
        """
        self._model.prose = answer
        state = _state(situation, arm, self._study)
        made: str = run_gate(generate_paragraph, state, self._context, self._resources)["paragraph"]
        return made

    def prompt(self, situation: Situation, arm: str) -> str:
        """What a model is told of a situation: the system part, a line, and the prompt."""
        self.write(situation, arm, _stand_in(situation))
        return "\n\n-----\n\n".join(message.text for message in self._model.asked)


def _stand_in(situation: Situation) -> str:
    """A text that the gate takes: only what is asked is wanted."""
    return "\n".join(f"{number}: {situation.plan}" for number in range(8))


def premise_of(situation: Situation, study: Study = ENGLISH) -> dict[str, Any]:
    """What the story of a situation was begun from, with nothing remembered."""
    return {
        "language": study.tag,
        "mode": AUTHOR.name,
        "title": "",
        "outline": "",
        "topic": situation.topic,
        "genre": situation.genre,
        "lineage": [],
    }


def _state(situation: Situation, arm: str, study: Study) -> dict[str, Any]:
    return {
        **premise_of(situation, study),
        "story_id": "voice",
        "voice": "" if arm == WITHOUT else _BETWEEN.join(author(arm).samples),
        "paragraph": situation.paragraph,
        "short_term_memory": situation.memory,
        "retrieved": [],
        "standing": [],
        "step": 1,
        "plan": ChosenPlan(text=situation.plan, recall=[], chosen_by="human", number=0, reason=""),
    }


def passages(recorded: Mapping[str, Mapping[str, str]] | None = None, study: Study = ENGLISH) -> dict[str, list[str]]:
    """The paragraphs of each arm, in the situations' order.

    Args:
        recorded: answers by arm and situation; ``None``: the recorded ones.
        study: whose.
    """
    given = answers(study) if recorded is None else recorded
    there = situations(study)
    with Writer(study) as writer:
        return {arm: [writer.write(one, arm, given[arm][one.id]) for one in there] for arm in study.arms}


def write_prompts(folder: Path, arms: Sequence[str] = (), study: Study = ENGLISH) -> None:
    """Write what a model is told of each situation to files, ``<arm>-<situation>.txt`` each, to be answered.

    Args:
        folder: where to.
        arms: which; none: all.
        study: whose.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with Writer(study) as writer:
        for arm in arms or study.arms:
            for one in situations(study):
                (folder / f"{arm}-{one.id}.txt").write_text(writer.prompt(one, arm), encoding="utf-8")


def at_equal_length(made: Mapping[str, Sequence[str]], study: Study = ENGLISH) -> dict[str, list[str]]:
    """The passages of each arm, each cut to the words of the shortest that follows the same plan."""
    told = {arm: [study.language.words(text) for text in texts] for arm, texts in made.items()}
    shortest = [min(map(len, texts)) for texts in zip(*told.values(), strict=True)]
    joint = study.language.joint
    return {
        arm: [joint.join(words[:n]) for words, n in zip(texts, shortest, strict=True)] for arm, texts in told.items()
    }


@dataclass(frozen=True)
class Compared:
    """What the samples of one author do.

    Attributes:
        way: how the passages are compared, one of ``WAYS``.
        given: whose samples were given.
        without: the mean Delta to that author of what was written without samples.
        with_samples: of what was written with them.
        change: of the Delta to that author, by the same plans.
        change_to_other: of the Delta to the other author.
        nearest_without: how many of the texts without samples are nearer to that author than to the other.
        nearest: how many of those with samples.
        of: how many there are.
    """

    way: str
    given: str
    without: Interval
    with_samples: Interval
    change: Interval
    change_to_other: Interval
    nearest_without: int
    nearest: int
    of: int


def measure(made: Mapping[str, Sequence[str]], frequent: int = FREQUENT, study: Study = ENGLISH) -> list[Compared]:
    """Each author's samples against none, in each of the ``WAYS``.

    Args:
        made: the passages by arm, as :func:`passages` gives them.
        frequent: how many of the most frequent words are compared.
        study: whose they are.
    """
    delta = Delta({name: author(name).reference for name in study.authors}, study.language, frequent=frequent)
    cut = at_equal_length(made, study)
    joined = {arm: [" ".join(texts)] for arm, texts in cut.items()}
    found = []
    for way, texts in zip(WAYS, (made, cut, joined), strict=True):
        nearest = {arm: [_nearest(delta, study, text) for text in texts[arm]] for arm in study.arms}
        for given, other in (study.authors, study.authors[::-1]):
            to_given, to_other = (
                _joined(delta, to, cut[WITHOUT], cut[given])
                if way == JOINED
                else compare(delta, to, texts[WITHOUT], texts[given])
                for to in (given, other)
            )
            counts = nearest[WITHOUT].count(given), nearest[given].count(given), len(texts[given])
            figures = (to_given["without"], to_given["with"], to_given["change"], to_other["change"])
            found.append(Compared(way, given, *figures, *counts))
    return found


def _nearest(delta: Delta, study: Study, text: str) -> str:
    return min(study.authors, key=lambda name: delta.to(name, text))


def _joined(delta: Delta, to: str, without: Sequence[str], given: Sequence[str]) -> dict[str, Interval]:
    """What :func:`compare` says, of all passages as one text each; for the intervals, each plan is left out in turn."""

    def of(texts: Sequence[str]) -> float:
        return delta.to(to, " ".join(texts))

    pairs = list(zip(without, given, strict=True))
    return {
        "without": jackknife_of(without, of),
        "with": jackknife_of(given, of),
        "change": jackknife_of(pairs, lambda some: of([new for _, new in some]) - of([old for old, _ in some])),
    }


def sentence_lengths(texts: Sequence[str], study: Study = ENGLISH) -> Interval:
    """The words that a sentence has, the mean of each text's mean, with its interval over the texts."""
    language = study.language
    lengths = [[len(language.words(piece)) for piece in pieces(text, language) if piece.strip()] for text in texts]
    return bootstrap([float(np.mean(words)) for words in lengths])


def main() -> None:
    """Print what the samples change, or write the prompts."""
    parser = argparse.ArgumentParser(prog="voice_recorded", description=__doc__)
    parser.add_argument("--prompts", type=Path, help="write what a model is asked to files in this folder instead")
    parser.add_argument(
        "--answers", type=Path, help="answers to these, files of the same names, instead of the recorded"
    )
    parser.add_argument("--words", type=int, default=FREQUENT, help="how many of the most frequent words are compared")
    parser.add_argument("--plans", nargs="+", metavar="ID", help="compare what follows these alone, such as 11 12")
    parser.add_argument("--language", choices=list(STUDIES), default=ENGLISH.tag, help="whose plans and authors")
    given = parser.parse_args()
    study = STUDIES[given.language]
    if given.prompts:
        write_prompts(given.prompts, study=study)
        return
    made = passages(answers_in(given.answers, study) if given.answers else None, study)
    if given.plans:
        wanted = [place for place, one in enumerate(situations(study)) if one.id in given.plans]
        made = {arm: [texts[place] for place in wanted] for arm, texts in made.items()}
    head = ("", "samples of", "Delta to whom, without", "with", "change", "to the other, change", "nearest")
    table = Table(*head, box=None, header_style="bold")
    for row in measure(made, given.words, study):
        figures = (row.without, row.with_samples, row.change, row.change_to_other)
        nearest = f"{row.nearest_without}, then {row.nearest} of {row.of}"
        table.add_row(row.way, author(row.given).name, *map(str, figures), nearest)
    lengths = Table("words a sentence", "", "the author's own", box=None, header_style="bold")
    for arm in study.arms:
        own = "" if arm == WITHOUT else str(sentence_lengths(author(arm).others, study))
        lengths.add_row(arm, str(sentence_lengths(made[arm], study)), own)
    console = Console(width=170, file=sys.stdout)
    console.print(table)
    console.print(lengths)


if __name__ == "__main__":
    main()
