"""Plant and probe: facts planted early in a long text, plans that need them later, and what is recalled.

Run it: ``python -m recurrentgpt.evaluation.recall``. It takes the embedding model that the environment names, and no
language model: the recall cues are recorded ones (``data/README.md`` says whose).
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

from ..memory import Embedder, Entry, Lineage, LongTermMemory, sparse
from ..memory.edge import EdgeStore
from ..memory.points import Encoder, with_joined
from ..memory.store import Question, Seen
from ..nodes.resources import default_resources
from ..schemas.languages import Language, language_named
from .intervals import Interval, bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from langchain_core.embeddings import Embeddings

    from ..memory.store import Store

KINDS = ("shared", "paraphrase", "updated")
_SEED = 2305
_EARLY, _MIDDLE = 0.33, 0.66
_CHUNK = 64
_DEPTH = 8
_WHOLE = 3
"""Passages that the product shows whole by default."""
_AT = (2, 3, 5, _DEPTH)
"""Places within which a fact counts as found."""
PIECES = 3
"""Pieces of the committed text that make one paragraph: 17 sentences or 310 words in English, the size that the product
writes by default (20 sentences) and the paper names (200 to 400 words)."""


@dataclass(frozen=True)
class Probe:
    """A plan, the fact it needs (``None``: nothing is to be found), and its recall cues."""

    id: str
    kind: str
    fact: str | None
    plan: str
    cues: tuple[str, ...]


@dataclass
class ProbeCorpus:
    """A long text with planted facts, in a memory.

    Attributes:
        language: its language.
        probes: what is asked.
        place: where each fact stands on the path.
        paragraphs: the path's texts, in order.
        path: the lineage that sees them.
        store: the engine, for the searches that the product does not make.
        memory: as the product uses it.
        embedder: what makes the vectors.
    """

    language: Language
    probes: list[Probe]
    place: dict[str, int]
    paragraphs: list[str]
    store: Store
    memory: LongTermMemory
    embedder: Embedder
    path: Lineage = field(default_factory=Lineage)


@dataclass(frozen=True)
class Score:
    """How well one way of recalling does on one kind of probe.

    Attributes:
        n: probes.
        hit_at_2: share of probes whose fact is among the first two, with its 95 % interval (bootstrap).
        hit_at_3: among the first three.
        hit_at_5: among the first five.
        hit_at_8: among the first eight.
        mrr: mean reciprocal rank among the first eight.
    """

    n: int
    hit_at_2: Interval
    hit_at_3: Interval
    hit_at_5: Interval
    hit_at_8: Interval
    mrr: Interval

    @property
    def values(self) -> tuple[Interval, ...]:
        """All but how many, in order."""
        return (self.hit_at_2, self.hit_at_3, self.hit_at_5, self.hit_at_8, self.mrr)


def load(language: str) -> dict[str, Any]:
    """The committed data of a language (``en`` or ``zh``)."""
    text = (files(__package__ or "") / "data" / f"salt-road-{language}.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@contextmanager
def planted(
    language: str, *, sibling: bool = True, pieces: int = PIECES, most: int | None = None
) -> Iterator[ProbeCorpus]:
    """The text with its facts in a real memory, in a folder of its own.

    Plain facts are planted in the first third, later versions in the second. With ``sibling``, a branch that left the
    path half-way holds another hundred pieces, all facts among them once more: nothing of it may ever be seen.

    Args:
        language: ``en`` or ``zh``.
        sibling: whether there is another branch.
        pieces: how many pieces of the text make one paragraph.
        most: how many pieces of the text that holds no facts, at most; ``None``: all of it.
    """
    data, spoken = load(language), language_named(language)
    data["filler"] = data["filler"][:most]
    texts, place = _plant(data, pieces)
    embedder = default_resources().memories.embedder
    with TemporaryDirectory() as folder:
        store = EdgeStore(Path(folder) / "memory", "probes", embedder.name, embedder.size)
        try:
            memory = LongTermMemory(store, embedder.embeddings, spoken)
            path = _write(memory, spoken, Lineage(), texts)
            if sibling:
                elsewhere = [*(fact["text"] for fact in data["facts"]), *data["filler"][:50]]
                other = _paragraphs([f"Elsewhere. {text}" for text in elsewhere], pieces)
                _write(memory, spoken, path.cut(len(texts) // 2), other)
            probes = [Probe(**{**probe, "cues": tuple(probe["cues"])}) for probe in data["probes"]]
            yield ProbeCorpus(spoken, probes, place, texts, store, memory, embedder, path)
        finally:
            store.close()


def _plant(data: dict[str, Any], pieces: int) -> tuple[list[str], dict[str, int]]:
    """The paragraphs in order, and where each fact stands."""
    chance = Random(_SEED)  # noqa: S311 (the same text each time)
    count = len(data["filler"])
    early, middle = int(count * _EARLY), int(count * _MIDDLE)
    at: dict[int, list[dict[str, Any]]] = {}
    for fact in data["facts"]:
        low, high = (early, middle) if fact["updates"] else (0, early)
        at.setdefault(chance.randrange(low, high), []).append(fact)
    texts: list[str] = []
    place: dict[str, int] = {}
    for number, filler in enumerate(data["filler"]):
        for fact in at.get(number, []):
            place[fact["id"]] = len(texts) // pieces
            texts.append(fact["text"])
        texts.append(filler)
    return _paragraphs(texts, pieces), place


def _paragraphs(texts: Sequence[str], pieces: int) -> list[str]:
    return ["\n\n".join(texts[start : start + pieces]) for start in range(0, len(texts), pieces)]


def _write(memory: LongTermMemory, language: Language, path: Lineage, texts: Sequence[str]) -> Lineage:
    """Write texts after a path, on a branch of their own where it is taken, and give the path that sees them."""
    slot = path.fork_slot(texts[0]) if path else path.next_slot()
    entries = []
    for text in texts:
        path = path.append(slot)
        entries.append(Entry(*slot, text=text, summary="", by_characters=language.search.by_characters))
        slot = path.next_slot()
    for start in range(0, len(entries), _CHUNK):
        memory.restore(entries[start : start + _CHUNK])
    return path


def ways(ground: ProbeCorpus) -> dict[str, Callable[[Probe], Sequence[int]]]:
    """Every way of recalling: from a probe to the places it finds, best first."""
    whole = np.asarray(_in_chunks(ground.embedder.embeddings, ground.paragraphs))
    plans = {probe.id: probe.plan for probe in ground.probes}
    encoder = Encoder(ground.embedder.embeddings, ground.language)
    vectors = dict(zip(plans, _in_chunks(ground.embedder.embeddings, list(plans.values())), strict=True))

    def cosine(probe: Probe) -> list[int]:
        return [int(place) for place in np.argsort(-(whole @ np.asarray(vectors[probe.id])))[:_DEPTH]]

    def search(probe: Probe, *, meaning: bool, by_words: bool) -> list[int]:
        words = probe.plan if by_words else ""
        asked = sparse.of_question(words, ground.language, by_characters=ground.language.search.by_characters)
        return fused([Question(vectors[probe.id] if meaning else [], asked)])

    def fused(asked: Sequence[Question]) -> list[int]:
        hits = ground.store.query(asked, Seen(ground.path), _DEPTH)
        best = sorted(hits, key=lambda hit: (-round(hit.score, 6), -hit.payload["seq"]))
        return [int(hit.payload["seq"]) for hit in best[:_DEPTH]]

    def cued(probe: Probe, *, joined: bool) -> list[int]:
        questions = [probe.plan, *probe.cues]
        sought = with_joined(questions) if joined else questions
        return fused(encoder.questions(sought, by_characters=ground.language.search.by_characters))

    def product(probe: Probe, *, cues: bool) -> list[int]:
        questions = [probe.plan, *(probe.cues if cues else ())]
        recalled = ground.memory.recall(ground.path, questions, _WHOLE, in_short=_DEPTH - _WHOLE)
        return [hit.place for hit in recalled]

    return {
        "cosine of paragraphs (the original's way)": cosine,
        "sentences only": partial(search, meaning=True, by_words=False),
        "BM25 only": partial(search, meaning=False, by_words=True),
        "hybrid": partial(product, cues=False),
        "hybrid with recall cues": partial(cued, joined=False),
        "and all cues as one question": partial(cued, joined=True),
        "and the best of each cue (the product)": partial(product, cues=True),
    }


def _in_chunks(embeddings: Embeddings, texts: list[str]) -> list[list[float]]:
    return [
        vector
        for start in range(0, len(texts), _CHUNK)
        for vector in embeddings.embed_documents(texts[start : start + _CHUNK])
    ]


def measure(ground: ProbeCorpus) -> dict[str, dict[str, Score]]:
    """Each way's score by kind, and over all probes that have something to find."""
    found: dict[str, dict[str, Score]] = {}
    for name, recall in ways(ground).items():
        ranks: dict[str, list[int | None]] = {kind: [] for kind in KINDS}
        for probe in ground.probes:
            if probe.fact is not None:
                places = list(recall(probe))
                wanted = ground.place[probe.fact]
                ranks[probe.kind].append(places.index(wanted) + 1 if wanted in places else None)
        everything = [rank for kind in KINDS for rank in ranks[kind]]
        found[name] = {kind: _score(of) for kind, of in {**ranks, "all": everything}.items()}
    return found


def _score(ranks: list[int | None]) -> Score:
    at_2, at_3, at_5, at_8 = (bootstrap([float(rank is not None and rank <= most) for rank in ranks]) for most in _AT)
    return Score(len(ranks), at_2, at_3, at_5, at_8, bootstrap([1 / rank if rank else 0.0 for rank in ranks]))


def leaks(ground: ProbeCorpus) -> int:
    """How many recalled paragraphs are of the other branch, over all probes; it has to be none."""
    own = set(ground.paragraphs)
    return sum(
        hit.entry.text not in own
        for probe in ground.probes
        for hit in ground.memory.recall(ground.path, [probe.plan, *probe.cues], _DEPTH)
    )


def similarities(ground: ProbeCorpus) -> dict[str, float]:
    """Mean likeness of the best hit's sentence to what was asked, by kind: low where nothing is to be found."""
    by_kind: dict[str, list[float]] = {}
    for probe in ground.probes:
        hits = ground.memory.recall(ground.path, [probe.plan, *probe.cues], 1)
        by_kind.setdefault(probe.kind, []).extend(hit.similarity for hit in hits)
    return {kind: float(np.mean(values)) for kind, values in by_kind.items()}


def _print(ground: ProbeCorpus, found: dict[str, dict[str, Score]], console: Console) -> None:
    title = f"{ground.language.tag}: {len(ground.paragraphs)} paragraphs, embedding model {ground.embedder.name}"
    headings = ("recall by", "kind", "n", *(f"hit@{most}" for most in _AT), "MRR")
    table = Table(*headings, title=title, title_justify="left")
    for name, by_kind in found.items():
        for kind, score in by_kind.items():
            row = [name if kind == KINDS[0] else "", kind, str(score.n)]
            table.add_row(*row, *map(str, score.values))
        table.add_section()
    console.print(table)
    likeness = ", ".join(f"{kind} {value:.2f}" for kind, value in similarities(ground).items())
    console.print(f"Likeness of the best hit to what was asked: {likeness}")
    console.print(f"Paragraphs of the other branch that were recalled: {leaks(ground)}")


def main() -> None:
    """Print the table of each language that is asked for."""
    parser = argparse.ArgumentParser(prog="recall", description=__doc__)
    parser.add_argument("languages", nargs="*", default=["en", "zh"], help="en, zh")
    parser.add_argument("--pieces", type=int, default=PIECES, help="pieces of the text that make one paragraph")
    given = parser.parse_args()
    for language in given.languages:
        with planted(language, pieces=given.pieces) as ground:
            _print(ground, measure(ground), Console(width=140, file=sys.stdout))


if __name__ == "__main__":
    main()
