"""Random trees of writing, editing, replaying, moving and copying: what holds for any path is what that path was told.

The account that everything is compared with is the test's own: for each path a plain list of what its passages said.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding
from qdrant_client import QdrantClient

from random_trees import explored
from recurrentgpt.memory import Entry, Lineage, LongTermMemory
from recurrentgpt.memory.edge import EdgeStore
from recurrentgpt.memory.served import ServedStore
from recurrentgpt.schemas.facts import ENDS, Change, Fact, FactState, Knowledge
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from memories_at_hand import Store

SIZE = 8
OPERATIONS = 100

Place = Literal["edge", "served"]


@dataclass(frozen=True)
class Said:
    """What a passage says that changes something: of which sentence, and of which chains of sentences."""

    what: str
    of: str
    chains: frozenset[str] = frozenset()
    by: str = ""


@dataclass(frozen=True)
class Told:
    """A passage as the account has it: new sentences, each with the chains that it carries on, and what it changes."""

    text: str
    sentences: dict[str, frozenset[str]]
    said: tuple[Said, ...]


@dataclass
class OnePath:
    """A path, and what it was told."""

    lineage: Lineage = field(default_factory=Lineage)
    told: list[Told] = field(default_factory=list)


def what_holds(told: Iterable[Told]) -> dict[str, tuple[int, int | None, int]]:
    """Of each sentence: since which passage, until which, and when it was last taken up."""
    found: dict[str, tuple[int, int | None, int]] = {}
    chains: dict[str, frozenset[str]] = {}
    for place, passage in enumerate(told):
        for said in passage.said:
            for sentence, (since, until, _) in list(found.items()):
                if until is not None:
                    continue
                if said.what in ENDS and (sentence == said.of or said.chains & chains[sentence]):
                    found[sentence] = (since, place, place)
                elif said.what not in ENDS and sentence == said.of:
                    found[sentence] = (since, None, place)
        for sentence, carries_on in passage.sentences.items():
            found[sentence] = (place, None, place)
            chains[sentence] = carries_on or frozenset({sentence})
    return found


def as_told(states: Iterable[FactState]) -> dict[str, tuple[int, int | None, int]]:
    return {state.fact.text: (state.since, state.until, state.touched) for state in states}


class Library:
    """One memory, many paths, and random things done to them."""

    def __init__(self, store: Store, chance: Random) -> None:
        self.chance = chance
        self.open(store)
        self.paths: list[OnePath] = [OnePath()]
        self.names: dict[str, str] = {}
        self.numbers = count()

    def open(self, store: Store) -> None:
        self.store = store
        self.memory = LongTermMemory(store, DeterministicFakeEmbedding(size=SIZE), EN)

    def a_path(self) -> OnePath:
        return self.paths[-1] if self.chance.random() < 0.5 else self.chance.choice(self.paths)

    def knowledge(self, seen: list[str], kept: Iterable[tuple[Fact, frozenset[str]]] = ()) -> tuple[Knowledge, Told]:
        """Something new, and something of what was told before (or elsewhere); with facts taken over as they are."""
        facts = [fact for fact, _ in kept]
        sentences = {fact.text: carries_on for fact, carries_on in kept}
        changes: list[Change] = []
        said: list[Said] = []
        for _ in range(self.chance.randrange(3)):
            sentence = f"Sentence {next(self.numbers)} holds."
            name = f"#{len(facts)}"
            if seen and self.chance.random() < 0.6:
                of = self.chance.choice(seen)
                chains = self.chains_of(of)
                facts.append(Fact(name, sentence, roots=tuple(sorted(self.names[root] for root in chains))))
                sentences[sentence] = chains
                changes.append(Change("replaced", self.names[of], facts[-1].roots, by=name))
                said.append(Said("replaced", of, chains, by=sentence))
            else:
                facts.append(Fact(name, sentence, ("Ada",)))
                sentences[sentence] = frozenset()
        for _ in range(self.chance.randrange(3) if seen else 0):
            of = self.chance.choice(seen)
            what = self.chance.choice(["ended", "settled", "touched", "touched"])
            chains = self.chains_of(of) if what in ENDS else frozenset()
            changes.append(Change(what, self.names[of], tuple(sorted(self.names[root] for root in chains))))  # type: ignore[arg-type]
            said.append(Said(what, of, chains))
        return Knowledge(tuple(facts), tuple(changes)), Told("", sentences, tuple(said))

    def chains_of(self, sentence: str) -> frozenset[str]:
        for path in self.paths:
            for passage in path.told:
                if sentence in passage.sentences:
                    return passage.sentences[sentence] or frozenset({sentence})
        raise AssertionError(sentence)

    def seen(self, path: OnePath) -> list[str]:
        """Sentences of the path, and now and then of another: what is not on the path must not matter."""
        own = [sentence for passage in path.told for sentence in passage.sentences]
        if self.chance.random() < 0.2:
            own += [sentence for passage in self.chance.choice(self.paths).told for sentence in passage.sentences]
        return own

    def write(self) -> OnePath:
        path = self.a_path()
        knowledge, told = self.knowledge(self.seen(path))
        text = f"{self.chance.choice(['Ada wept.', 'The ice came.', 'Ben rowed.'])} {self.chance.randrange(3)}"
        lineage = self.memory.append(path.lineage, text, "A summary.", knowledge=knowledge)
        before = next((other for other in self.paths if other.lineage == lineage), None)
        # The same passage after the same path was written before: what stands there counts, not this answer.
        return self.note(lineage, before.told if before else [*path.told, replace(told, text=text)])

    def replay(self) -> OnePath:
        path = self.a_path()
        if not path.told or not self.is_written(path):
            return path
        knowledge, _ = self.knowledge(self.seen(path))
        before = path.lineage.cut(path.lineage.length - 1)
        again = self.memory.append(before, path.told[-1].text, "Another summary.", knowledge=knowledge)
        assert again == path.lineage
        return path

    def is_written(self, path: OnePath) -> bool:
        """Whether its last passage was appended to this very path, and neither edited nor moved since."""
        last = path.lineage.at(path.lineage.length - 1)
        before = path.lineage.cut(path.lineage.length - 1)
        return self.memory.entry(path.lineage, path.lineage.length - 1).path == before.digest and last in (
            before.next_slot(),
            before.fork_slot(path.told[-1].text),
        )

    def edit(self) -> OnePath:
        path = self.a_path()
        if not path.told:
            return path
        place = self.chance.randrange(len(path.told))
        entry = self.memory.entry(path.lineage, place)
        kept = [(fact, path.told[place].sentences[fact.text]) for fact in entry.facts if self.chance.random() < 0.6]
        knowledge, told = self.knowledge(self.seen(OnePath(told=path.told[:place])), kept)
        text = f"Edited {self.chance.randrange(3)}."
        lineage = self.memory.edit(path.lineage, place, text=text, knowledge=knowledge)
        changed = replace(told, text=text)
        return self.note(lineage, [*path.told[:place], changed, *path.told[place + 1 :]])

    def take_out(self) -> OnePath:
        path = self.a_path()
        if not path.told:
            return path
        place = self.chance.randrange(len(path.told))
        told = [*path.told[:place], *path.told[place + 1 :]]
        return self.note(path.lineage.remove(place), told)

    def move(self) -> OnePath:
        path = self.a_path()
        if not path.told:
            return path
        place, to = self.chance.randrange(len(path.told)), self.chance.randrange(len(path.told))
        told = [*path.told[:place], *path.told[place + 1 :]]
        told.insert(to, path.told[place])
        return self.note(path.lineage.remove(place).insert(to, path.lineage.at(place)), told)

    def go_back(self) -> OnePath:
        path = self.a_path()
        length = self.chance.randrange(len(path.told) + 1)
        return self.note(path.lineage.cut(length), path.told[:length])

    def copy_to(self, store: Store) -> None:
        """All of the memory, into another: as an archive, a move to another embedding model and a repair do."""
        entries = [Entry.from_json(entry.to_json()) for entry in self.memory.entries()]
        self.open(store)
        self.memory.restore(entries)

    def note(self, lineage: Lineage, told: list[Told]) -> OnePath:
        path = OnePath(lineage, told)
        self.paths.append(path)
        for entry in self.memory.read(lineage):
            self.names.update({fact.text: fact.id for fact in entry.facts})
        return path

    def check(self, path: OnePath) -> None:
        """The look-up, the fold, and what the path was told agree."""
        expected = what_holds(path.told)
        history = self.memory.history(path.lineage)
        assert as_told(history.facts.values()) == expected
        looked_up = self.memory.facts.named(path.lineage, list(self.names.values()))
        assert as_told(looked_up) == expected
        assert {state.fact.id: state for state in looked_up} == history.facts
        if expected:
            sentence = self.chance.choice(list(expected))
            about = as_told(self.memory.facts.about(path.lineage, [sentence], len(expected) + 1))
            assert about == expected


@pytest.mark.parametrize(
    ("place", "examples"),
    [
        ("edge", 5),
        ("served", 2),
        pytest.param("edge", 20, marks=pytest.mark.long),
        pytest.param("served", 20, marks=pytest.mark.long),
    ],
)
def test_what_holds_is_what_the_path_was_told(place: Place, examples: int) -> None:
    taken = explored(examples, partial(_explore, place))
    assert taken >= examples * OPERATIONS


def _explore(place: Place, chance: Random) -> int:
    """Take random operations over one random tree, and check after each; gives how many."""
    numbers = count()
    with TemporaryDirectory() as folder, closing(QdrantClient(":memory:")) as client, ExitStack() as opened:

        def another() -> Store:
            story_id = f"story-{next(numbers)}"
            store: Store = (
                EdgeStore(Path(folder) / story_id, story_id, "fake", lambda: SIZE)
                if place == "edge"
                else ServedStore(client, story_id, "fake", lambda: SIZE)
            )
            opened.callback(store.close)
            return store

        library = Library(another(), chance)
        doings = [library.write] * 5 + [library.replay, library.edit, library.edit, library.take_out, library.move]
        doings.append(library.go_back)
        for number in range(OPERATIONS):
            if number == OPERATIONS // 2:
                library.copy_to(another())
            library.check(chance.choice(doings)())
            library.check(chance.choice(library.paths))
    return OPERATIONS
