"""Moving a library to another embedding model, over both engines: whole, stopped half-way, killed at a rename."""

from __future__ import annotations

from pathlib import Path

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from fake_model import WORDS
from recurrentgpt.cli.speech import hint_for
from recurrentgpt.memory import Entry, Lineage
from recurrentgpt.memory.reembed import reembed
from recurrentgpt.schemas.errors import MemoryUnavailableError
from resources_at_hand import (
    EMBEDDINGS,
    close_memory,
    memories,
    open_memory,
    read_environment,
    read_environment_but_keep_the_server,
)
from tongues import EN, ZH

LANGUAGES = {"story-1": EN, "story-2": ZH}
PARAGRAPHS = 20  # more than one batch


class StoppedError(Exception):
    """Stands for a kill."""


@pytest.fixture(params=["folder", "server"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, Lineage]:
    """Two stories with a fork each, made with the embedding model ``fake``; the environment then names another."""
    if request.param == "server":
        monkeypatch.setenv("QDRANT_URL", ":memory:")
        read_environment()
    paths = {story_id: write(story_id) for story_id in LANGUAGES}
    EMBEDDINGS["larger"] = lambda: DeterministicFakeEmbedding(size=24)
    use(monkeypatch, "larger")
    return paths


def use(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    monkeypatch.setenv("RECURRENTGPT_EMBEDDING_MODEL", model)
    read_environment_but_keep_the_server()


def text(story_id: str, number: int) -> str:
    return f"The {WORDS[number]} of {story_id}."


def write(story_id: str) -> Lineage:
    with open_memory(story_id, LANGUAGES[story_id]) as memory:
        path = Lineage()
        for number in range(PARAGRAPHS):
            path = memory.append(path, text(story_id, number), f"Summary {number}.", f"Plan {number}.")
        memory.append(path.cut(3), "Another fourth.", "")
        return path


def entries(story_id: str) -> list[Entry]:
    with open_memory(story_id, LANGUAGES[story_id]) as memory:
        return memory.entries()


def is_whole(story_id: str, path: Lineage) -> bool:
    with open_memory(story_id, LANGUAGES[story_id]) as memory:
        found = memory.recall(path, [text(story_id, 7)], 1)
        return (
            [entry.text for entry in memory.read(path)] == [text(story_id, number) for number in range(PARAGRAPHS)]
            and found[0].entry.seq == 7
            and memory.count() == PARAGRAPHS + 1
        )


def test_every_entry_is_kept_and_found_by_the_new_vectors(library: dict[str, Lineage]) -> None:
    told: list[int] = []
    assert reembed(memories(), LANGUAGES, told.append) == len(LANGUAGES)
    assert told[-1] == len(LANGUAGES) * (PARAGRAPHS + 1)
    assert all(is_whole(*story) for story in library.items())
    assert reembed(memories(), LANGUAGES, told.append) == 0


def test_without_it_another_model_is_refused(library: dict[str, Lineage]) -> None:
    with pytest.raises(MemoryUnavailableError, match="made with the embedding model") as caught:
        entries(next(iter(library)))
    assert "recurrentgpt memory reembed" in hint_for(caught.value)


@pytest.mark.parametrize("after", [1, 16, 21, 37])
def test_stopped_half_way_nothing_is_lost(
    library: dict[str, Lineage], monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    def stop(done: int) -> None:
        if done >= after:
            raise StoppedError

    with pytest.raises(StoppedError):
        reembed(memories(), LANGUAGES, stop)
    use(monkeypatch, "fake")
    untouched = [story_id for story_id, path in library.items() if readable(story_id) and is_whole(story_id, path)]
    use(monkeypatch, "larger")
    moved = [story_id for story_id, path in library.items() if readable(story_id) and is_whole(story_id, path)]
    assert {*untouched, *moved} == set(LANGUAGES)

    assert reembed(memories(), LANGUAGES, lambda _: None) == len(LANGUAGES) - len(moved)
    assert all(is_whole(*story) for story in library.items())


def readable(story_id: str) -> bool:
    try:
        return bool(entries(story_id))
    except MemoryUnavailableError:
        return False


@pytest.mark.parametrize("library", ["folder"], indirect=True)
@pytest.mark.parametrize("killed_at", [1, 2])
def test_killed_at_a_rename_the_next_try_ends_it(
    library: dict[str, Lineage], home: Path, monkeypatch: pytest.MonkeyPatch, killed_at: int
) -> None:
    rename, renames = Path.rename, 0

    def dies(self: Path, target: Path) -> Path:
        nonlocal renames
        renames += target.name in ("memory", "memory.old")
        if renames == killed_at:
            raise StoppedError
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", dies)
    with pytest.raises(StoppedError):
        reembed(memories(), LANGUAGES, lambda _: None)
    monkeypatch.setattr(Path, "rename", rename)

    assert reembed(memories(), LANGUAGES, lambda _: None) == len(LANGUAGES)
    assert all(is_whole(*story) for story in library.items())
    assert {path.name for path in (home / "stories" / "story-1").iterdir()} == {"memory"}


@pytest.mark.parametrize("library", ["folder"], indirect=True)
def test_what_a_kill_left_of_the_old_memory_goes(library: dict[str, Lineage], home: Path) -> None:
    reembed(memories(), LANGUAGES, lambda _: None)
    close_memory("story-1")
    left = home / "stories" / "story-1" / "memory.old"
    left.mkdir()
    assert is_whole("story-1", library["story-1"])
    assert not left.exists()
