"""Whether all is there that a story needs: each thing is used once, as a story uses it, and what came of it is told."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from ..memory import Lineage, Memories
from ..nodes.calling import BrokenAnswerError
from ..nodes.trial import Filled, Trial
from ..schemas.catalogue import a_language
from ..schemas.errors import RecurrentGPTError, StorageError, part
from ..schemas.ids import new_story_id
from ..schemas.languages import DEFAULT, language_named
from .checkpoints import open_checkpoints, storage_errors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from ..models.known import Forms
    from ..nodes.resources import Resources
    from ..nodes.trial import Room
    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from .library import Library

Verdict = Literal["holds", "limited", "fails"]

_TITLES = {
    "folder": "check_folder",
    "database": "check_database",
    "embedding": "check_embedding",
    "memory": "check_memory",
    "model": "check_model",
    "stream": "check_stream",
    "window": "check_window",
    "form_schema": "check_form_schema",
    "form_object": "check_form_object",
    "form_tool": "check_form_tool",
    "form_words": "check_form_words",
    "forms": "check_forms",
    "cache": "check_cache",
}
"""What each check is called, as a part of a sentence."""
_VERDICTS: dict[Verdict, str] = {"holds": "verdict_holds", "limited": "verdict_limited", "fails": "verdict_fails"}
_LITTLE_DISK = 500
"""Megabytes free below which a person is told."""
_MB = 1_000_000
_SENTENCE = "Mara reads the letter by the light of the lamp."


@dataclass(frozen=True)
class Finding:
    """What came of one check.

    Attributes:
        check: what was looked at.
        verdict: whether it holds, holds in part, or fails.
        seen: what was seen; an error of ours, where that is what happened.
        advice: what to do; empty where there is nothing, or where the error says it.
    """

    check: str
    verdict: Verdict
    seen: Part | RecurrentGPTError
    advice: Part | str = ""

    @property
    def title(self) -> Part:
        """What was looked at, as a part of a sentence."""
        return part(_TITLES[self.check])

    @property
    def said(self) -> Part:
        """The verdict, as a part of a sentence."""
        return part(_VERDICTS[self.verdict])


async def examine(library: Library, context: Context) -> AsyncIterator[Finding]:
    """Look at everything that a story with these settings needs.

    A small story is written into a folder of its own, which is removed again.

    Args:
        library: whose data folder, databases and models.
        context: the settings, which name the model.

    Yields:
        What came of each check, as soon as it is known.
    """
    async for finding in examine_place(library):
        yield finding
    async for finding in examine_model(library, context):
        yield finding


async def examine_place(library: Library) -> AsyncIterator[Finding]:
    """Look at what stands around a model: data folder, database, embedding model, Qdrant."""
    try:
        with _scratch(library.home) as folder:
            yield _folder(library.home)
            yield await _database(library, folder)
            embedding = await _embedding(library)
            yield embedding
            if embedding.verdict != "fails":
                yield await _memory(library, folder)
    except StorageError as error:
        yield Finding("folder", "fails", error)


@contextmanager
def _scratch(home: Path) -> Iterator[Path]:
    """A folder in the data folder, for as long as it is needed.

    Raises:
        StorageError: the data folder cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        made = TemporaryDirectory(prefix=".doctor-", dir=home)
    except OSError as error:
        raise StorageError("home_unwritable", folder=home, reason=error.strerror or error) from error
    with made as name:
        yield Path(name)


def _folder(home: Path) -> Finding:
    free = shutil.disk_usage(home).free // _MB
    seen = part("seen_folder", folder=str(home), free=f"{free:,}")
    if free < _LITTLE_DISK:
        return Finding("folder", "limited", seen, part("advice_disk"))
    return Finding("folder", "holds", seen)


async def _database(library: Library, folder: Path) -> Finding:
    """Whether checkpoints can be kept and read, encrypted if they are to be."""
    seen = part("seen_postgresql") if library.settings.database_url else part("seen_sqlite")
    try:
        with storage_errors(folder):
            async with open_checkpoints(library.settings, folder, new_story_id()) as checkpoints:
                await checkpoints.saver.aget_tuple(checkpoints.thread("main"))
    except RecurrentGPTError as error:
        return Finding("database", "fails", error)
    if library.settings.aes_key:
        return Finding("database", "holds", part("seen_encrypted", place=seen), part("advice_not_encrypted"))
    return Finding("database", "holds", seen)


async def _embedding(library: Library) -> Finding:
    embedder = library.resources.memories.embedder
    began = perf_counter()
    try:
        size = await asyncio.to_thread(embedder.size)
    except RecurrentGPTError as error:
        return Finding("embedding", "fails", error)
    seen = part("seen_embedding", name=embedder.name, size=size, seconds=f"{perf_counter() - began:.1f}")
    if embedder.is_default:
        return Finding("embedding", "limited", seen, part("advice_embedding", language=a_language("en")))
    return Finding("embedding", "holds", seen)


async def _memory(library: Library, folder: Path) -> Finding:
    """Whether a passage can be kept and recalled; on a server it is removed again."""
    kept = library.resources.memories
    tried, story_id = Memories(folder, kept.embedder, kept.server), new_story_id()

    def use() -> bool:
        try:
            with tried.open(story_id, language_named(DEFAULT)) as memory:
                path = memory.append(Lineage(), _SENTENCE, _SENTENCE)
                return len(memory.recall(path, [_SENTENCE], 1)) == 1
        finally:
            tried.delete_points(story_id)
            tried.close_all()

    seen = part("seen_qdrant_server", address=kept.server.url) if kept.server else part("seen_qdrant_edge")
    try:
        found = await asyncio.to_thread(use)
    except RecurrentGPTError as error:
        return Finding("memory", "fails", error)
    return Finding("memory", "holds" if found else "fails", seen, "" if found else part("advice_recall"))


async def examine_model(
    library: Library, context: Context, resources: Resources | None = None
) -> AsyncIterator[Finding]:
    """Look at the model: whether it can be had, a passage, its window, each way to a form, its cache.

    Args:
        library: whose models.
        context: the settings, which name the model.
        resources: other models than the library's.

    Yields:
        What came of each check, as soon as it is known.
    """
    trial = Trial(context, resources or library.resources)
    try:
        model = await trial.model()
        place = model.base_url and part("seen_at", address=model.shown_address)
        seen = part("seen_model", model=model.name, place=place)
        advice = part("demonstration") if model.is_embedded else ""
        yield Finding("model", "limited" if model.is_embedded else "holds", seen, advice)
        wrote = await trial.write()
    except RecurrentGPTError as error:
        yield Finding("model", "fails", error)
        return
    speed = part("seen_stream", pieces=wrote.pieces, first=f"{wrote.first:.1f}", seconds=f"{wrote.seconds:.1f}")
    at_once = wrote.pieces <= 1
    yield Finding("stream", "limited" if at_once else "holds", speed, part("advice_stream") if at_once else "")
    yield _window(await trial.room())
    filled = []
    async for one in _filled(trial):
        if isinstance(one, Finding):
            yield one
        else:
            filled.append(one)
            yield _form(one)
    yield _which(filled) or await _in_small(trial)
    yield _cache(filled, read=wrote.read)


async def _in_small(trial: Trial) -> Finding:
    """What a model that gives no form in full gives in the small dialect; if it does, it is asked so from then on."""
    none = Finding("forms", "fails", part("seen_no_forms"), part("advice_forms"))
    smaller = trial.in_small()
    if smaller is None:
        return none
    try:
        await smaller.write()
    except RecurrentGPTError as error:
        return Finding("forms", "fails", error)
    async for one in _filled(smaller):
        if isinstance(one, Filled) and one.holds:
            await smaller.keep_small()
            seen = part("seen_small", way=part(_TITLES[f"form_{one.way}"]))
            return Finding("forms", "limited", seen, part("advice_small"))
    return none


def _window(room: Room) -> Finding:
    if room.window is None:
        return Finding("window", "limited", part("seen_no_window"), part("advice_window_unknown"))
    seen = part("seen_window", tokens=f"{room.window:,}", room=f"{max(room.left, 0):,}")
    if room.left < room.needed:
        return Finding("window", "fails", seen, part("advice_window"))
    return Finding("window", "holds", seen)


async def _filled(trial: Trial) -> AsyncIterator[Filled | Finding]:
    """Each way to something with a form; a failure of the call itself is a finding."""
    for way in await trial.ways():
        try:
            yield await trial.fill(way)
        except BrokenAnswerError as broken:
            yield Finding(f"form_{way}", "fails", broken.error)
        except RecurrentGPTError as error:
            yield Finding(f"form_{way}", "fails", error)


def _form(one: Filled) -> Finding:
    """What came of one way; that one is missing is no fault, as long as another holds."""
    if one.holds:
        return Finding(f"form_{one.way}", "holds", part("seen_form", seconds=f"{one.seconds:.1f}"))
    if one.is_refused:
        return Finding(f"form_{one.way}", "limited", part("seen_refused"))
    seen = part("seen_unread", problem=one.problem) if one.problem else part("seen_ignored")
    return Finding(f"form_{one.way}", "limited", seen)


def _which(filled: list[Filled]) -> Finding | None:
    """The way in which a story will ask: the first that holds, if one does."""
    way: Forms | None = next((one.way for one in filled if one.holds), None)
    if way is None:
        return None
    return Finding("forms", "holds", part("seen_way", way=part(_TITLES[f"form_{way}"])))


def _cache(filled: list[Filled], *, read: int | None) -> Finding:
    """Whether the later gates' prompts come from a cache, by the figures of the conversation that went on."""
    if read is None or not any(one.read for one in filled):
        return Finding("cache", "limited", part("seen_no_figures"))
    best = max((one for one in filled if one.read), key=lambda one: one.cached / (one.read or 1))
    seen = part("seen_cache", cached=f"{best.cached:,}", read=f"{best.read or 0:,}")
    if not best.cached:
        return Finding("cache", "limited", seen, part("advice_cache"))
    return Finding("cache", "holds", seen)
