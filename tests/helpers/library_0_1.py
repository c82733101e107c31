"""The stored library of version 0.1, what 0.1 said of it, and every internal that its tests use: one file to rename in.

``make_0_1.py`` says how it was made.
"""

from __future__ import annotations

import asyncio
import json
import lzma
import tarfile
import time
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from starlette.testclient import TestClient

from cli_forks import forks
from folders import TESTS
from recurrentgpt.graph import builder, co_author, graph, simulated_human
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.state import StoryState
from recurrentgpt.stories.branches import tree
from recurrentgpt.stories.events import Reply
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.story import Story
from recurrentgpt.stories.undo import undo
from recurrentgpt.web.app import make_app
from resources_at_hand import memories, open_memory, read_environment
from surroundings import bare_environment
from tongues import EN

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    import pytest

__all__ = ["Context", "Story", "StoryState", "builder", "co_author", "graph", "simulated_human", "undo"]

FOLDER = TESTS / "older"
KEY = "a key for a test"
REAL, ENCRYPTED = "real vectors", "encrypted"


@lru_cache
def expected() -> dict[str, Any]:
    """What 0.1 said: ``stories`` and ``threads`` by name, and what searches ``found``."""
    kept: dict[str, Any] = json.loads((FOLDER / "0.1.json").read_text(encoding="utf-8"))
    return kept


def story_of(name: str) -> dict[str, Any]:
    """What 0.1 said of a story."""
    kept: dict[str, Any] = expected()["stories"][name]
    return kept


def here(name: str) -> dict[str, Any]:
    """What 0.1 said of the branch that a story is on."""
    kept: dict[str, Any] = story_of(name)["branches"][story_of(name)["card"]["branch"]]
    return kept


def id_of(name: str) -> str:
    """A story's id."""
    return str(story_of(name)["card"]["story_id"])


@lru_cache
def _archive() -> tarfile.TarFile:
    """The stored library; it is decompressed once."""
    return tarfile.open(fileobj=BytesIO(lzma.decompress((FOLDER / "0.1.tar.xz").read_bytes())))


def unpack(home: Path, *names: str) -> None:
    """Put the stored library into a data folder: these stories, or everything. Holes in its files stay holes."""
    wanted = tuple(f"./stories/{id_of(name)}" for name in names)
    members = [part for part in _archive() if not names or part.name.startswith(wanted) or part.name.count("/") == 1]
    _archive().extractall(home, members, filter="data")


def variables(name: str) -> dict[str, str]:
    """What the environment says where a story is opened, besides the data folder."""
    key = {"LANGGRAPH_AES_KEY": KEY} if name == ENCRYPTED else {}
    return {"RECURRENTGPT_EMBEDDING_MODEL": "" if name == REAL else "fake", **key}


def command(home: Path, name: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line for a story."""
    env = bare_environment(RECURRENTGPT_HOME=str(home), COLUMNS="100", HF_HUB_OFFLINE="1", **variables(name))
    return forks().run(arguments, env, stdin)


def says(home: Path, name: str, *arguments: str, stdin: str = "") -> str:
    """What a command prints that goes well."""
    done = command(home, name, *arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return done.stdout


def use(monkeypatch: pytest.MonkeyPatch, home: Path, name: str) -> None:
    """Open a story in this process from now on."""
    for variable, value in variables(name).items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("RECURRENTGPT_HOME", str(home))
    read_environment()


def at(story_id: str, act: Callable[[Story], Awaitable[Any]]) -> Any:
    """Do something with an open story."""

    async def run() -> Any:
        library = Library.of_the_process()
        async with library.open(library.record(story_id)) as story:
            return await act(story)

    return asyncio.run(run())


async def stands(story: Story) -> dict[str, dict[str, Any]]:
    """Of each branch what ``0.1.json`` keeps of it."""
    found = {}
    for branch in story.record.branches:
        snapshot = await story.snapshot(branch.name)
        passages = await story.entries(Lineage.from_json(snapshot.values.get("lineage")))
        found[branch.name] = {
            "next": list(snapshot.next),
            "interrupts": [question.id for question in snapshot.interrupts],
            "state": snapshot.values,
            "passages": [[kept.text, kept.summary, kept.plan] for kept in passages],
        }
    return found


async def stands_in_all(story: Story) -> dict[str, Any]:
    """Where every branch stands and leaves its parent, and how many passages the memory holds."""
    leaves = {limb.branch.name: limb.own for limb in await tree(story)}
    return {"branches": await stands(story), "leaves_after": leaves, "stored": stored(story.record.story_id)}


def now(story_id: str, branch: str = "") -> dict[str, Any]:
    """How a branch stands now (the one the story is on, if none is named), and what the card says."""

    async def read(story: Story) -> dict[str, Any]:
        found = (await stands(story))[branch or story.record.branch]
        return {**found, "card": story.record.model_dump(mode="json")}

    read_now: dict[str, Any] = at(story_id, read)
    return read_now


def texts(stood: dict[str, Any]) -> list[str]:
    """Of what stands, the passages' texts."""
    return [passage[0] for passage in stood["passages"]]


async def answer(story: Story, given: object) -> None:
    """Answer the pause of a story, which is first led to it, with the settings it was last run with."""
    reply = None
    while reply is None:
        pause = await story.pause()
        reply = Reply(given, pause.interrupt_id) if pause else None
        async for _ in story.run(story.record.context, reply):
            pass


def take_up(story_id: str) -> None:
    """Look at a story's page, as after a restart of its server, until nothing is under way on it."""
    folder = memories().home / "stories" / story_id
    with TestClient(make_app(Library.of_the_process()), "http://127.0.0.1:7860") as client:
        assert client.get(f"/story/{story_id}").status_code == 200
        while any((folder / name).exists() for name in ("under_way.json", "manuscript.json")):
            time.sleep(0.02)


def search(story_id: str, question: str) -> list[list[Any]]:
    """What a search finds: the place of each passage, the sentence, and the likeness."""

    async def recall(story: Story) -> list[list[Any]]:
        lineage = Lineage.from_json((await story.state())["lineage"])
        with open_memory(story_id, EN) as memory:
            return [[hit.entry.seq, hit.sentence, hit.similarity] for hit in memory.recall(lineage, [question], 3)]

    found: list[list[Any]] = at(story_id, recall)
    return found


def stored(story_id: str) -> int:
    """How many passages a memory holds, over all branches."""
    with open_memory(story_id, EN) as memory:
        return memory.count()


def read(story_id: str, lineage: object) -> list[str]:
    """The texts along a lineage."""
    with open_memory(story_id, EN) as memory:
        return [entry.text for entry in memory.read(Lineage.from_json(lineage))]
