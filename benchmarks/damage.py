"""What becomes of a story one of whose files is damaged: as it is, and after ``recurrentgpt repair``.

    python benchmarks/damage.py [--only NAME] [--pairs]

Each file is removed, emptied, cut in half, replaced by its own of two passages earlier, and by another story's; each
time the shelf is listed, the story is read, repaired and read again, in a process of its own. The story has seven
passages, an edit, and a branch of five. Printed is a table for the docs. With ``--pairs`` two files at a time are
damaged, each in each way: 625 damages, in the table a row a pair of files.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
from collections import Counter
from functools import partial
from itertools import combinations, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from langchain_core.embeddings import DeterministicFakeEmbedding

from bench import MODEL, fake_model, table
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import RecurrentGPTError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches
from recurrentgpt.stories.copying import copy_file
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.repair import repair
from resources_at_hand import EMBEDDINGS, read_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

CONTEXT = Context(model=MODEL, plan_selection="first", opening_paragraphs=1, paragraph_sentences=7)
FILES = (
    *("story.json", "story.kept.json", "head.json", "checkpoints.sqlite"),
    *("memory/memory.json", "memory/journal", "memory/qdrant", "memory"),
)
Damage = tuple[str, str]
"""A file, and what is done to it."""
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
        shutil.copytree(library.folder(record), home / "earlier", copy_function=copy_file)
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


class Place:
    """Two stories in a data folder, and what of the first is told when it is whole.

    Attributes:
        whole: the passages of each branch.
    """

    def __init__(self, scratch: Path) -> None:
        self._kept, self._home = scratch / "kept", scratch / "home"
        said(partial(made, self._kept))
        self.whole: dict[str, list[str]] = eval(said(lambda: repr(read(self._kept))))  # noqa: S307 (our own words)
        self._told, self._other = (self._kept / "named").read_text(encoding="utf-8").split()

    def after(self, damages: Sequence[Damage]) -> Outcome:
        """What becomes of the story when these are done to it."""
        home = self._home
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self._kept, home, copy_function=copy_file)
        stories = home / "stories"
        for file, how in damages:
            damage(stories / self._told / file, how, home / "earlier" / file, stories / self._other / file)
        before = said(lambda: compared(home, self.whole))
        found = said(lambda: repaired(home))
        return Outcome(before, found, said(lambda: compared(home, self.whole)))


class Outcome(NamedTuple):
    """What is read of the story as it is, what repair says, and what is read after it."""

    before: str
    found: str
    after: str

    @property
    def is_crash(self) -> bool:
        """Whether something ended otherwise than with a sentence."""
        return any(told.startswith(("TRACEBACK", "ENDED")) for told in self)


def one_by_one(place: Place, only: str) -> None:
    """Each file in each way; print a row each."""
    rows = []
    for file in [name for name in FILES if only in ("", name)]:
        for how in DAMAGES:
            rows.append([file, how, *place.after([(file, how)])])
            print(" | ".join(rows[-1]), flush=True)
    table(("file", "", "as it is", "what repair says", "after it"), rows)


def in_pairs(place: Place, only: str) -> None:
    """Every two files in every two ways; print a row for every two files, and each damage that is not all mended."""
    rows, crashes = [], 0
    for one, other in combinations(FILES, 2):
        if (other == "memory" and one.startswith("memory/")) or only not in ("", one, other):
            continue
        ends: Counter[str] = Counter()
        for first, second in product(DAMAGES, repeat=2):
            outcome = place.after([(one, first), (other, second)])
            ends[outcome.after] += 1
            crashes += outcome.is_crash
            if outcome.is_crash or outcome.after != "whole":
                print(f"{one} {first}, {other} {second}: {' | '.join(outcome)}", flush=True)
        rest = [f"{end} ({count})" for end, count in ends.most_common() if end != "whole"]
        rows.append([one, other, f"{ends['whole']} of {ends.total()}", "; ".join(rest)])
        print(" | ".join(rows[-1]), flush=True)
    table(("files", "", "whole after repair", "else"), rows)
    print(f"ended otherwise than with a sentence: {crashes}")


def main() -> None:
    """Damage, look, repair, look; print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only this file")
    parser.add_argument("--pairs", action="store_true", help="two files at a time")
    given = parser.parse_args()
    with TemporaryDirectory() as scratch:
        (in_pairs if given.pairs else one_by_one)(Place(Path(scratch)), given.only)


if __name__ == "__main__":
    main()
