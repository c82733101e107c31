"""Every figure of every novel in one table, and ours beside each other system, paired by topic.

A figure is a number of one novel; what needs no judge stands first. Two systems are compared over the topics on which
both have the figure, so that a topic's own difficulty falls out of the difference.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeVar

import numpy as np

from .intervals import Interval, bca
from .metrics import adherence, lengths, repetitions, spread
from .systems import BARE, OURS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from langchain_core.embeddings import Embeddings

    from .consistency import Claim, Consistency
    from .novel import Novel
    from .reading import Reading
    from .scores import Scores
    from .statistics import Evidence
    from .topics import Topic

RESULTS: Final = "results.csv"
_PER = 10_000
"""Words that errors are counted by."""

Better = Literal["more", "less", ""]
A = TypeVar("A", "Consistency", "Reading", "Scores")


@dataclass(frozen=True)
class Seen:
    """One novel with all that is known of it.

    Attributes:
        topic: its topic.
        novel: the novel.
        shortest: words of the shortest novel of the topic, over which repetition is counted.
        consistency: what a judge claims contradicted, if it was asked.
        reading: what the reader found, if it was asked.
        scores: of the first and last piece, if they were asked for.
        embeddings: compare plans.
    """

    topic: Topic
    novel: Novel
    shortest: int
    consistency: Consistency | None
    reading: Reading | None
    scores: Scores | None
    embeddings: Embeddings

    @property
    def words(self) -> int:
        """Of the novel."""
        return lengths(self.novel.chapters, self.topic.language).words

    def rate(self, claims: Sequence[Claim]) -> float:
        """Claims that the text bears out, per 10,000 words."""
        return sum(claim.is_grounded(self.novel.text) for claim in claims) * _PER / self.words

    def read(self, question: str) -> Reading | None:
        """The reading, where that question was answered."""
        return self.reading if self.reading and question not in self.reading.problems else None


class Figure(NamedTuple):
    """A number of a novel.

    Attributes:
        name: in the table of results.
        title: in the report.
        better: whether more or less of it is better; empty: neither.
        by: who has to be asked: nobody, a judge, the reader.
        of: the number; ``None`` where the novel has none.
        is_share: whether it is a share of 1.
    """

    name: str
    title: str
    better: Better
    by: Literal["nobody", "judge", "reader"]
    of: Callable[[Seen], float | None]
    is_share: bool = False


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _repetition(name: str) -> Callable[[Seen], float]:
    return lambda seen: float(getattr(repetitions(seen.novel.chapters, seen.topic.language, seen.shortest), name))


def _respected(seen: Seen) -> float | None:
    respected = seen.novel.respects(seen.topic.change)
    return None if respected is None else float(respected)


def _adherence(seen: Seen) -> float | None:
    pages = seen.novel.pages
    return _mean(adherence([page.plan for page in pages], [page.text for page in pages], seen.embeddings))


def _settled(seen: Seen) -> float | None:
    threads = seen.novel.threads
    return threads.settled / threads.opened if threads and threads.opened else None


def _contradictions(seen: Seen) -> float | None:
    answered = seen.consistency if seen.consistency and not seen.consistency.problem else None
    return seen.rate(answered.claims) if answered else None


def _paid(seen: Seen) -> float | None:
    if not (reading := seen.read("setups")):
        return None
    paid, promised = reading.paid(seen.novel.text)
    return paid / promised if promised else None


FIGURES: Final[tuple[Figure, ...]] = (
    Figure("words", "words", "", "nobody", lambda seen: float(seen.words)),
    Figure("distinct_2", "distinct-2", "more", "nobody", _repetition("distinct_2")),
    Figure("rep_4", "rep4", "less", "nobody", _repetition("rep_4"), is_share=True),
    Figure("cross_6", "cross6", "less", "nobody", _repetition("cross_6"), is_share=True),
    Figure("fact_shown", "planted fact shown", "more", "nobody",
           lambda seen: float(seen.novel.retention(seen.topic.marks).shown), is_share=True),
    Figure("fact_in_memory", "planted fact in the short-term memory, of all steps", "more", "nobody",
           lambda seen: seen.novel.kept_for(seen.topic.marks), is_share=True),
    Figure("change_respected", "change respected", "more", "nobody", _respected, is_share=True),
    Figure("threads_settled", "threads settled", "more", "nobody", _settled, is_share=True),
    Figure("plan_adherence", "plan and paragraph", "more", "nobody", _adherence),
    Figure("plan_spread", "plans apart", "more", "nobody",
           lambda seen: _mean(spread([page.proposed for page in seen.novel.pages], seen.embeddings))),
    Figure("memory_kept", "memory kept to the letter", "", "nobody", lambda seen: seen.novel.memory_kept(),
           is_share=True),
    Figure("prompt_tokens", "prompt tokens a paragraph", "less", "nobody",
           lambda seen: _mean([page.cost.input_tokens for page in seen.novel.pages])),
    Figure("contradictions", "contradictions per 10,000 words", "less", "judge", _contradictions),
    Figure("decline", "decline of the score", "less", "judge",
           lambda seen: seen.scores.decline if seen.scores else None),
    Figure("knows", "impossible knowledge per 10,000 words", "less", "reader",
           lambda seen: seen.rate(reading.knows) if (reading := seen.read("knows")) else None),
    Figure("order", "impossible order per 10,000 words", "less", "reader",
           lambda seen: seen.rate(reading.order) if (reading := seen.read("order")) else None),
    Figure("setups_paid", "setups paid off", "more", "reader", _paid, is_share=True),
    Figure("change_told", "the book holds to the change", "more", "reader",
           lambda seen: float(reading.now == "since") if (reading := seen.read("now")) else None, is_share=True),
)  # fmt: skip
"""All of them; those that need nobody's judgement first."""

ERRORS: Final = ("contradictions", "knows", "order")
"""The figures that count errors, which are said beside the same model in a bare loop too."""


class Row(NamedTuple):
    """The figures of one novel, by name; those that it does not have are ``None``."""

    topic: str
    system: str
    values: dict[str, float | None]


def table_of(evidence: Evidence, embeddings: Embeddings) -> list[Row]:
    """Every figure of every whole novel, by topic and system."""
    found = []
    for topic in evidence.topics:
        whole = evidence.novels.get(topic.id, {})
        shortest = min((lengths(novel.chapters, topic.language).words for novel in whole.values()), default=0)
        for system, novel in whole.items():
            seen = Seen(
                topic,
                novel,
                shortest,
                _of(evidence.consistency.get(system, []), topic),
                _of(evidence.readings.get(system, []), topic),
                _of(evidence.scores.get(system, []), topic),
                embeddings,
            )
            found.append(Row(topic.id, system, {figure.name: figure.of(seen) for figure in FIGURES}))
    return found


def _of(answers: Sequence[A], topic: Topic) -> A | None:
    return next((answer for answer in answers if answer.novel == topic.id), None)


def mean_of(rows: Sequence[Row], system: str, figure: str) -> float | None:
    """A system's mean of a figure, over the novels that have it."""
    known = [value for row in rows if row.system == system and (value := row.values[figure]) is not None]
    return _mean(known)


class Difference(NamedTuple):
    """One system less another, by one figure, over the topics on which both have it.

    Attributes:
        topics: how many these are.
        interval: the mean difference, with its BCa interval; ``None`` over fewer than two topics.
        mean: the mean difference; ``None`` over none.
    """

    topics: int
    mean: float | None
    interval: Interval | None


def difference(rows: Sequence[Row], figure: str, of: str = OURS, less: str = BARE) -> Difference:
    """How much one system has more of a figure than another, paired by topic.

    Args:
        rows: the figures of all novels.
        figure: which.
        of: the one system.
        less: the other.
    """
    by_topic = {(row.topic, row.system): row.values[figure] for row in rows}
    pairs = [
        mine - other
        for topic in dict.fromkeys(row.topic for row in rows)
        if (mine := by_topic.get((topic, of))) is not None and (other := by_topic.get((topic, less))) is not None
    ]
    return Difference(len(pairs), _mean(pairs), bca(pairs) if len(pairs) > 1 else None)


def as_csv(rows: Sequence[Row]) -> str:
    """The figures as a table that anything reads: a line a novel and figure."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("topic", "system", "figure", "better", "asked", "value"))
    for row in rows:
        for figure in FIGURES:
            if (value := row.values[figure.name]) is not None:
                writer.writerow((row.topic, row.system, figure.name, figure.better, figure.by, f"{value:.6g}"))
    return text.getvalue()
