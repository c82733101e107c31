"""Every figure of a report, from the files of an evaluation's folder alone. No language model is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from ..schemas.languages import language_named
from .call_cache import FILE, Cost, cost_of, read_record
from .intervals import Interval, bca, bootstrap, wilson
from .judge import CRITERIA, Criterion, Outcome
from .metrics import Repetitions, adherence, growth, lengths, repetitions
from .systems import OURS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from langchain_core.embeddings import Embeddings

    from ..schemas.languages import Language
    from .consistency import Consistency
    from .experiment import Experiment
    from .folder import Folder
    from .judge import Comparison
    from .novel import Novel
    from .reading import Reading
    from .scores import Scores
    from .topics import Topic

_POINTS = {"ours": 1.0, "tie": 0.5, "same text": 0.5, "other": 0.0}
"""What an outcome is worth for ours."""


@dataclass
class Evidence:
    """What a folder holds.

    Attributes:
        wanted: the experiment.
        novels: the whole ones, by topic and system.
        broken_off: those that a system could not finish.
        comparisons: ours with each system, by system.
        consistency: by system.
        readings: by system.
        scores: by system.
        missing: what is still to be done, a line each.
    """

    wanted: Experiment
    topics: list[Topic]
    novels: dict[str, dict[str, Novel]] = field(default_factory=dict)
    broken_off: list[Novel] = field(default_factory=list)
    comparisons: dict[str, list[Comparison]] = field(default_factory=dict)
    consistency: dict[str, list[Consistency]] = field(default_factory=dict)
    readings: dict[str, list[Reading]] = field(default_factory=dict)
    scores: dict[str, list[Scores]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def language(self) -> Language:
        """The novels'."""
        return language_named(self.wanted.language)


def gather(folder: Folder) -> Evidence:
    """Read a folder.

    Raises:
        StorageError: it holds no evaluation, or a file of it cannot be read.
    """
    wanted = folder.beginning().experiment
    found = Evidence(wanted, list(wanted.topics()))
    for topic in found.topics:
        whole: dict[str, Novel] = {}
        for system in wanted.systems:
            novel = folder.novel(topic, system)
            if novel is None:
                found.missing.append(f"the novel {topic.id} by {system}")
            elif novel.failed:
                found.broken_off.append(novel)
            else:
                whole[system] = novel
        found.novels[topic.id] = whole
        _gather_judgements(folder, found, topic, whole)
    return found


def _gather_judgements(folder: Folder, found: Evidence, topic: Topic, whole: dict[str, Novel]) -> None:
    for system in whole:
        if system != OURS and OURS in whole:
            if comparison := folder.comparison(topic, system):
                found.comparisons.setdefault(system, []).append(comparison)
            else:
                found.missing.append(f"the comparison of {topic.id} by ours and {system}")
        if consistency := folder.consistency(topic, system):
            found.consistency.setdefault(system, []).append(consistency)
        else:
            found.missing.append(f"the contradictions in {topic.id} by {system}")
        if reading := folder.reading(topic, system):
            found.readings.setdefault(system, []).append(reading)
        else:
            found.missing.append(f"the reading of {topic.id} by {system}")
        if scores := folder.scores(topic, system):
            found.scores.setdefault(system, []).append(scores)
        else:
            found.missing.append(f"the scores of {topic.id} by {system}")


@dataclass
class Preference:
    """Ours against one system, by one question.

    Attributes:
        outcomes: how often each outcome came, over the novels.
        rate: ours' share, a tie counted half; ``None`` where there is no verdict at all, or nothing to compare.
        decided: ours' share of the verdicts that are no tie; ``None`` where there is none.
        consistent: in what part of the verdicts both orders agreed.
        first: in what part of the answers that named a draft it was the one that was shown first: without a bias of
            the judge, half; ``None`` where none named any.
    """

    system: str
    criterion: Criterion
    outcomes: dict[Outcome, int]
    rate: Interval | None
    decided: Interval | None
    consistent: float | None
    first: Interval | None

    @property
    def judged(self) -> int:
        """Novels with a verdict."""
        return sum(self.outcomes[name] for name in ("ours", "other", "tie"))


def preferences(evidence: Evidence, genre: str = "") -> list[Preference]:
    """Ours against every other system, by both questions; over one genre, if it is named."""
    ids = {topic.id for topic in evidence.topics if not genre or topic.genre == genre}
    found = []
    for system in evidence.wanted.systems:
        pairs = [one for one in evidence.comparisons.get(system, []) if one.novel in ids]
        if pairs:
            found += [_preference(system, cast("Criterion", criterion), pairs) for criterion in CRITERIA]
    return found


def _preference(system: str, criterion: Criterion, pairs: Sequence[Comparison]) -> Preference:
    came = [pair.outcome(criterion) for pair in pairs]
    firsts = [first for pair in pairs for first in pair.firsts(criterion)]
    names: tuple[Outcome, ...] = ("ours", "other", "tie", "same text", "no verdict")
    judged = [_POINTS[outcome] for outcome in came if outcome in ("ours", "other", "tie")]
    agreed = [one for one in (pair.is_consistent(criterion) for pair in pairs) if one is not None]
    return Preference(
        system,
        criterion,
        {name: came.count(name) for name in names},
        _mean_of(judged),
        _share(came.count("ours"), came.count("ours") + came.count("other")),
        float(np.mean(agreed)) if agreed else None,
        _share(sum(firsts), len(firsts)),
    )


def _share(hits: int, of: int) -> Interval | None:
    return wilson(hits, of) if of else None


def _mean_of(values: Sequence[float]) -> Interval | None:
    """A mean with its BCa interval; over a single value there is none, over no value no mean."""
    if len(values) > 1:
        return bca(values)
    return Interval(values[0], values[0], values[0]) if values else None


@dataclass
class Account:
    """The figures of one system that need no judge; means over its novels.

    Attributes:
        system: which.
        novels: how many whole ones.
        words: of a novel.
        repetition: over as many words as the shortest novel of each topic has.
        adherence: cosine of plan and paragraph; ``None`` where no plans are made.
        fact: in what part of the novels the planted fact is where, at the end; ``kept`` is the part of the steps whose
            short-term memory held it.
        step: what a paragraph costs.
        input_by_step: prompt tokens of each step in order, as far as all novels of the system go.
        seconds_by_step: likewise.
        growth: prompt tokens of the last third of the steps against the first third.
        total: what all of it cost.
    """

    system: str
    novels: int
    words: float
    repetition: Repetitions
    adherence: Interval | None
    fact: dict[str, float | None]
    step: dict[str, float]
    input_by_step: list[float]
    seconds_by_step: list[float]
    growth: float | None
    total: Cost


def accounts(evidence: Evidence, embeddings: Embeddings) -> list[Account]:
    """Every system's account, its plans compared with its texts by embeddings; one that finished no novel has none."""
    shortest = {
        name: min(lengths(novel.chapters, evidence.language).words for novel in whole.values())
        for name, whole in evidence.novels.items()
        if whole
    }
    found = []
    for system in evidence.wanted.systems:
        pairs = [
            (topic, evidence.novels[topic.id][system])
            for topic in evidence.topics
            if system in evidence.novels[topic.id]
        ]
        if pairs:
            found.append(_account(system, pairs, shortest, embeddings))
    return found


def _account(
    system: str, pairs: list[tuple[Topic, Novel]], shortest: dict[str, int], embeddings: Embeddings
) -> Account:
    novels = [novel for _, novel in pairs]
    language = language_named(novels[0].language)
    repeated = [repetitions(novel.chapters, language, shortest[novel.novel]) for novel in novels]
    near = [_mean(_adherence(novel, embeddings)) for novel in novels]
    known = [value for value in near if value is not None]
    tokens = _by_step(novels, lambda cost: cost.input_tokens)
    total = Cost()
    for novel in novels:
        total.add(novel.cost())
    return Account(
        system=system,
        novels=len(novels),
        words=float(np.mean([lengths(novel.chapters, language).words for novel in novels])),
        repetition=Repetitions(*(float(np.mean(values)) for values in zip(*repeated, strict=True))),  # type: ignore[arg-type]
        adherence=bootstrap(known) if known else None,
        fact=_fact(pairs),
        step=_step(novels),
        input_by_step=tokens,
        seconds_by_step=_by_step(novels, lambda cost: cost.seconds),
        growth=growth(tokens),
        total=total,
    )


def _adherence(novel: Novel, embeddings: Embeddings) -> list[float]:
    plans, texts = [page.plan for page in novel.pages], [page.text for page in novel.pages]
    return adherence(plans, texts, embeddings)


def _fact(pairs: list[tuple[Topic, Novel]]) -> dict[str, float | None]:
    ends = [novel.retention(topic.marks) for topic, novel in pairs]
    kept = [share for topic, novel in pairs if (share := novel.kept_for(topic.marks)) is not None]
    names = ("short_term_memory", "stored", "recalled", "shown")
    return {"kept": _mean(kept), **{name: _mean([getattr(end, name) for end in ends]) for name in names}}


def _step(novels: list[Novel]) -> dict[str, float]:
    costs = [page.cost for novel in novels for page in novel.pages]
    names = ("calls", "input_tokens", "cached_tokens", "output_tokens", "seconds")
    return {name: float(np.mean([getattr(cost, name) for cost in costs])) for name in names}


def _by_step(novels: list[Novel], value: Callable[[Cost], float]) -> list[float]:
    steps = min(len(novel.pages) for novel in novels)
    return [float(np.mean([value(novel.pages[step].cost) for novel in novels])) for step in range(steps)]


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return float(np.mean(known)) if known else None


@dataclass
class Contradicted:
    """Contradictions in the novels of one system.

    Attributes:
        system: which.
        answered: novels that the judge gave an answer on.
        unanswered: novels that it did not.
        claimed: what it claimed.
        grounded: the claims whose quotes the text holds.
        rate: grounded claims per 10,000 words of the novels that were answered on; ``None`` without any.
    """

    system: str
    answered: int
    unanswered: int
    claimed: int
    grounded: int
    rate: float | None


def contradictions(evidence: Evidence) -> list[Contradicted]:
    """Every system's contradictions."""
    found = []
    for system in evidence.wanted.systems:
        answers = [one for one in evidence.consistency.get(system, []) if not one.problem]
        silent = len(evidence.consistency.get(system, [])) - len(answers)
        texts = [evidence.novels[one.novel][system] for one in answers]
        grounded = sum(len(one.grounded(novel.text)) for one, novel in zip(answers, texts, strict=True))
        words = sum(lengths(novel.chapters, evidence.language).words for novel in texts)
        claimed = sum(len(one.claims) for one in answers)
        rate = grounded * 10_000 / words if words else None
        found.append(Contradicted(system, len(answers), silent, claimed, grounded, rate))
    return found


def used(evidence: Evidence) -> dict[str, Cost]:
    """What was used, by the parts of the estimate; an answer that several systems share counts for each."""
    found: dict[str, Cost] = {}
    novels = [novel for whole in evidence.novels.values() for novel in whole.values()]
    for novel in (*novels, *evidence.broken_off):
        found.setdefault(novel.system, Cost()).add(novel.cost())
    judge = found.setdefault("judge", Cost())
    for comparisons in evidence.comparisons.values():
        for comparison in comparisons:
            judge.add(comparison.cost)
    for answers in evidence.consistency.values():
        for answer in answers:
            judge.add(answer.cost)
    for scores in evidence.scores.values():
        for score in scores:
            judge.add(score.cost)
    reader = found.setdefault("reader", Cost())
    for readings in evidence.readings.values():
        for reading in readings:
            reader.add(reading.cost)
    return found


def asked(folder: Folder) -> Cost:
    """What the models were really asked: every recorded call, once."""
    total = Cost()
    for record in read_record(folder.path / FILE):
        total.add(cost_of(record))
    return total
