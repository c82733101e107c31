"""What becomes of a story one of whose files is damaged: as it is, and after ``recurrentgpt repair``.

    python benchmarks/damage.py [--only NAME]

Each file is removed, emptied, cut in half, replaced by its own of two passages earlier, and by another story's; each
time the shelf is listed, the story is read, repaired and read again, in a process of its own. The story has seven
passages, an edit, and a branch of five. Printed is a table for the docs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from langchain_core.embeddings import DeterministicFakeEmbedding

from bench import MODEL, fake_model, table
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import RecurrentGPTError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.repair import repair
from resources_at_hand import EMBEDDINGS, read_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

CONTEXT = Context(model=MODEL, plan_selection="first", opening_paragraphs=1, paragraph_sentences=7)
FILES = (
    *("story.json", "story.kept.json", "head.json", "checkpoints.sqlite"),
    *("memory/memory.json", "memory/journal", "memory/qdrant", "memory"),
)
DAMAGES = ("removed", "emptied", "cut in half", "of an earlier step", "another story's")


def library_in(home: Path) -> Library:
    """The library of a data folder, with models that cost nothing."""
    os.environ["RECURRENTGPT_HOME"] = str(home)
    os.environ["RECURRENTGPT_EMBEDDING_MODEL"] = "fake"
    EMBEDDINGS["fake"] = lambda: DeterministicFakeEmbedding(size=16)
    read_environment()
    fake_model()
    return Library.of_the_process()


async def write(story: Story, paragraphs: int) -> None:
    """So many paragraphs more."""
    for _ in range(paragraphs):
        async for _ in story.run(CONTEXT):
            pass


def make(home: Path) -> None:
    """Two stories; of the first also how it stood earlier, in ``earlier``."""
    library = library_in(home)

    async def first() -> StoryRecord:
        record = library.begin(StoryInput(topic="A lighthouse keeper", title="The keeper"), CONTEXT)
        async with library.open(record) as story:
            await write(story, 6)
        shutil.copytree(library.folder(record), home / "earlier")
        async with library.open(record) as story:
            await write(story, 1)
            await branches.edit(story, short_term_memory="Mara trusts nobody.")
            await branches.new_branch(story, 3, "cellar", "2")
            await write(story, 2)
            await branches.switch(story, "main")
            return story.record

    async def second() -> StoryRecord:
        record = library.begin(StoryInput(topic="A baker", title="The baker"), CONTEXT)
        async with library.open(record) as story:
            await write(story, 2)
            return story.record

    told, other = asyncio.run(first()), asyncio.run(second())
    (home / "named").write_text(f"{told.story_id}\n{other.story_id}", encoding="utf-8")
    library.close()


def made(home: Path) -> str:
    """As :func:`make`."""
    make(home)
    return ""


def damage(path: Path, how: str, earlier: Path, other: Path) -> None:
    """Do it to a file, or to every file of a folder."""
    if how in ("of an earlier step", "another story's"):
        source = earlier if how == "of an earlier step" else other
        _take_away(path)
        if source.exists():
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, path)
    elif how == "removed":
        _take_away(path)
    else:
        for file in [path] if path.is_file() else [found for found in path.rglob("*") if found.is_file()]:
            os.truncate(file, 0 if how == "emptied" else file.stat().st_size // 2)


def _take_away(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def read(home: Path) -> dict[str, list[str]]:
    """The passages of each branch of the first story, as whoever opens it reads them."""
    library = library_in(home)
    story_id, other = (home / "named").read_text(encoding="utf-8").split()
    if other not in {record.story_id for record in library.records()}:
        msg = "the other story is hidden"
        raise AssertionError(msg)

    async def act() -> dict[str, list[str]]:
        async with library.open(library.record(story_id)) as story:
            found = {"model": [story.record.context.model or ""]}
            for branch in story.record.branches:
                await branches.switch(story, branch.name)
                entries = await story.manuscript()
                state = await story.state()
                told = [f"{entry.text}|{entry.summary}" for entry in entries]
                found[branch.name] = [*told, str(state.get("short_term_memory", ""))]
            await branches.switch(story, story.record.branches[0].name)
            return found

    try:
        return asyncio.run(act())
    finally:
        library.close()


def said(act: Callable[[], str]) -> str:
    """What comes of it in a process of its own, which a broken file may end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        with os.fdopen(reading) as stream:
            told = stream.read()
        _, status = os.waitpid(child, 0)
        return told if not os.WIFSIGNALED(status) else f"ENDED BY SIGNAL {os.WTERMSIG(status)}"
    try:
        os.close(reading)
        told = act()
    except RecurrentGPTError as error:
        told = error.code
    except BaseException as error:  # noqa: BLE001 (what is looked for)
        told = f"TRACEBACK {type(error).__name__}: {error}"
    os.write(writing, told.encode())
    os._exit(0)


def compared(home: Path, whole: dict[str, list[str]]) -> str:
    """What of the story is there."""
    found = read(home)
    if found == whole:
        return "whole"
    parts = []
    for branch, texts in whole.items():
        if branch == "model":
            continue
        there = found.get(branch)
        if there is None:
            parts.append(f"{branch} gone")
        elif there != texts:
            told = [text.partition("|")[0] for text in there[:-1]]
            same = sum(a == b.partition("|")[0] for a, b in zip(told, texts[:-1], strict=False))
            is_whole = there[:-1] == texts[:-1]
            rest = " but its short-term memory" if is_whole else ""
            parts.append(f"{branch}: {same} of {len(texts) - 1}{rest}")
    if found["model"] != whole["model"]:
        parts.append("settings gone")
    return ", ".join(parts) or "whole but summaries"


def repaired(home: Path) -> str:
    """What a repair finds."""
    library = library_in(home)
    story_id = (home / "named").read_text(encoding="utf-8").split()[0]
    try:
        report = asyncio.run(repair(library, home / "stories" / story_id))
    finally:
        library.close()
    return ", ".join(finding["part"] for finding in (*report.mended, *report.lost)) or "nothing to do"


def main() -> None:
    """Damage, look, repair, look; print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only this file")
    given = parser.parse_args()
    with TemporaryDirectory() as scratch:
        kept, home = Path(scratch) / "kept", Path(scratch) / "home"
        said(partial(made, kept))
        whole: dict[str, list[str]] = eval(said(lambda: repr(read(kept))))  # noqa: S307 (our own words)
        story_id, other = (kept / "named").read_text(encoding="utf-8").split()
        rows = []
        for file in [name for name in FILES if given.only in ("", name)]:
            for how in DAMAGES:
                shutil.rmtree(home, ignore_errors=True)
                shutil.copytree(kept, home)
                folder = home / "stories" / story_id
                damage(folder / file, how, home / "earlier" / file, home / "stories" / other / file)
                before = said(lambda: compared(home, whole))
                found = said(lambda: repaired(home))
                after = said(lambda: compared(home, whole))
                rows.append([file, how, before, found, after])
                print(" | ".join(rows[-1]), flush=True)
    table(("file", "", "as it is", "what repair says", "after it"), rows)


if __name__ == "__main__":
    main()
