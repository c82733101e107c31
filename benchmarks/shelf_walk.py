"""Random work on a shelf whose folders are copied, renamed, deleted and brought back in between.

    python benchmarks/shelf_walk.py [--operations 2000] [--seed 1]

Stories are written on, edited, branched, undone, compacted, repaired; their folders are copied, renamed, moved to the
trash and back, packed and restored. What each branch of each story is to say is kept apart, as lists of texts.
After each operation the story that it was done to is compared with them, and the list of the shelf; from time to time,
and at the end, every story.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
from collections import Counter
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import DeterministicFakeEmbedding

from fake_model import FakeChatModel
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.schemas.settings import Settings
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import backups, branches, passages, removal, trash, undo
from recurrentgpt.stories.compact import compact
from recurrentgpt.stories.copying import copy_file
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.repair import repair

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from random import Random

    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

CONTEXT = Context(
    model="fake", plan_selection="first", opening_paragraphs=1, plan_sentences=1, memory_min_sentences=1,
    memory_max_sentences=2,
)  # fmt: skip
_MOST = 5
"""Stories on the shelf; a longer one is not copied."""
_LONG = 12
_ALL_EVERY = 50
"""Operations after which every story is looked at."""


@dataclass
class Told:
    """What a story is to say.

    Attributes:
        branches: the texts of each branch.
        here: the branch it stands on.
        before: the texts of that branch before its last change, while that can be taken back.
    """

    branches: dict[str, list[str]] = field(default_factory=lambda: {"main": []})
    here: str = "main"
    before: list[str] | None = None

    @property
    def texts(self) -> list[str]:
        """Those of the branch it stands on."""
        return self.branches[self.here]

    def change(self, texts: list[str], before: list[str] | None = None) -> None:
        """Let the branch say something else."""
        self.branches[self.here], self.before = texts, before


class Walk:
    """A shelf, and what its stories are to say.

    Attributes:
        done: how often each operation was done.
    """

    def __init__(self, library: Library, dice: Random) -> None:
        self._library = library
        self._dice = dice
        self._told: dict[str, Told] = {}
        self._deleted: list[tuple[str, Told]] = []
        self._packed: tuple[str, Told] | None = None
        self._number = 0
        self.done: Counter[str] = Counter()
        self._log: list[str] = []

    async def go(self, operations: int) -> None:
        """Do so many, and compare.

        Raises:
            AssertionError: a story says something else than it is to say.
        """
        for number in range(operations):
            which = await self._one()
            await self._compare([which] if number % _ALL_EVERY and which in self._told else list(self._told))
        await self._compare(list(self._told))

    async def _one(self) -> str:
        """Do one operation; gives the story it was done to."""
        acts: list[Callable[[str], Awaitable[str | None]]] = [
            self._write,
            self._write,
            self._edit,
            self._edit,
            self._insert,
            self._remove,
            self._undo,
            self._branch,
        ]
        acts += [self._switch, self._copy, self._rename, self._delete, self._undelete, self._back_up, self._restore]
        acts += [self._tidy]
        act = self._begin if not self._told else self._dice.choice(acts)
        which = self._dice.choice(sorted(self._told)) if self._told else ""
        self.done[act.__name__.strip("_")] += 1
        made = await act(which)
        self._log.append(f"{act.__name__.strip('_')} {which}" + (f", so {made}" if made else ""))
        return made or which

    async def _compare(self, which: list[str]) -> None:
        there = {record.story_id for record in self._library.records()}
        assert there == set(self._told), f"the shelf has {there}, and not {set(self._told)}"  # noqa: S101
        assert not self._library.unreadable()  # noqa: S101
        for story_id in which:
            told = self._told[story_id]

            async def found(story: Story) -> dict[str, list[str]]:
                return {view.branch.name: [entry.text for entry in view.entries] for view in await branches.tree(story)}

            said = await self._at(story_id, found)
            if said != told.branches:
                shown = [
                    {name: [text[:18] for text in texts] for name, texts in one.items()}
                    for one in (said, told.branches)
                ]
                msg = f"{story_id} says {shown[0]}, and not {shown[1]}; done was {self._log[-60:]}"
                raise AssertionError(msg)

    async def _at(self, story_id: str, act: Callable[[Story], Awaitable[Any]]) -> Any:  # noqa: ANN401
        async with self._library.open(self._record(story_id)) as story:
            return await act(story)

    def _record(self, story_id: str) -> StoryRecord:
        return self._library.record(story_id)

    def _text(self) -> str:
        self._number += 1
        return f"By hand, number {self._number}."

    async def _begin(self, _: str) -> str:
        record = self._library.begin(StoryInput(topic="A lighthouse keeper"), CONTEXT)
        self._told[record.story_id] = Told()
        await self._write(record.story_id)
        return record.story_id

    async def _write(self, which: str) -> None:
        told = self._told[which]
        if len(told.texts) >= _LONG:
            return

        async def act(story: Story) -> list[str]:
            step = (await story.state()).get("step", -1)
            while (await story.state()).get("step", -1) <= step or not (await story.standing()).is_between_steps:
                async for _ in story.run(CONTEXT):
                    pass
            return [entry.text for entry in await story.manuscript()]

        texts = await self._at(which, act)
        assert texts[: len(told.texts)] == told.texts  # noqa: S101
        assert len(texts) == len(told.texts) + 1  # noqa: S101
        told.change(texts)

    async def _edit(self, which: str) -> None:
        told, text = self._told[which], self._text()
        place = self._dice.randrange(len(told.texts))
        await self._at(which, lambda story: branches.edit(story, paragraph=place + 1, text=text))
        told.change([*told.texts[:place], text, *told.texts[place + 1 :]], told.texts)

    async def _insert(self, which: str) -> None:
        told, text = self._told[which], self._text()
        after = self._dice.randint(1, len(told.texts))
        await self._at(which, lambda story: passages.insert(story, after, text))
        told.change([*told.texts[:after], text, *told.texts[after:]], told.texts)

    async def _remove(self, which: str) -> None:
        told = self._told[which]
        place = self._dice.randrange(len(told.texts))
        with suppress(StoryStateError):  # The only one stays.
            await self._at(which, lambda story: passages.remove(story, place + 1))
            told.change([*told.texts[:place], *told.texts[place + 1 :]], told.texts)

    async def _undo(self, which: str) -> None:
        told = self._told[which]
        if told.before is not None:
            await self._at(which, undo.undo)
            told.change(told.before)

    async def _branch(self, which: str) -> None:
        told, name = self._told[which], f"way-{self._number}-{len(self._told[which].branches)}"
        after = self._dice.randint(1, len(told.texts))
        if len(told.branches) >= _MOST or name in told.branches:
            return
        with suppress(StoryStateError):  # Nothing begins where no step ended.
            await self._at(which, lambda story: branches.new_branch(story, after, name))
            texts = await self._at(which, self._texts)  # As they are now, or as they were at that step.
            assert len(texts) == after  # noqa: S101
            told.branches[name], told.here, told.before = texts, name, None

    @staticmethod
    async def _texts(story: Story) -> list[str]:
        return [entry.text for entry in await story.manuscript()]

    async def _switch(self, which: str) -> None:
        told, name = self._told[which], self._dice.choice(sorted(self._told[which].branches))
        await self._at(which, lambda story: branches.switch(story, name))
        told.before = told.before if name == told.here else None
        told.here = name

    def _folder(self, which: str) -> Path:
        return self._library.folder(self._record(which))

    def _place(self) -> Path:
        """A new folder on the shelf."""
        self._number += 1
        return self._library.home / "stories" / f"Folder {self._number}"

    async def _copy(self, which: str) -> str | None:
        if len(self._told) >= _MOST or len(self._told[which].texts) >= _LONG:
            return None
        shutil.copytree(self._folder(which), self._place(), copy_function=copy_file)
        return self._new_one(deepcopy(self._told[which]))

    def _new_one(self, told: Told) -> str:
        """The story that is on the shelf now and was not before."""
        (new,) = {record.story_id for record in self._library.records()} - set(self._told)
        self._told[new] = told
        return new

    async def _rename(self, which: str) -> None:
        self._folder(which).rename(self._place())

    async def _delete(self, which: str) -> None:
        await removal.delete(self._library, self._record(which))
        self._deleted.append((which, self._told.pop(which)))

    async def _undelete(self, _: str) -> str | None:
        if not self._deleted or len(self._told) > _MOST:
            return None
        was, told = self._deleted.pop()
        back = trash.undelete(self._library)
        assert back.story_id == was or was in self._told  # noqa: S101
        return self._new_one(told)

    async def _back_up(self, which: str) -> None:
        path = self._library.home / f"kept{backups.ENDING}"
        path.unlink(missing_ok=True)
        await backups.back_up(self._library, [self._record(which)], path)
        self._packed = which, deepcopy(self._told[which])

    async def _restore(self, _: str) -> str | None:
        if self._packed is None or len(self._told) > _MOST:
            return None
        was, told = self._packed
        (back,) = await backups.restore(self._library, self._library.home / f"kept{backups.ENDING}")
        assert back.story_id == was or was in self._told  # noqa: S101
        return self._new_one(deepcopy(told))

    async def _tidy(self, which: str) -> None:
        await self._at(which, compact)
        self._told[which].before = None
        report = await repair(self._library, self._folder(which))
        assert report.is_whole, report  # noqa: S101


def library_in(home: Path) -> Library:
    """The library of a data folder, with models that cost nothing."""
    return Library(
        home,
        settings=Settings(embedding_model="fake"),
        chat_models={"fake": FakeChatModel},
        embeddings={"fake": lambda: DeterministicFakeEmbedding(size=16)},
    )


def walk(operations: int, seed: int) -> Counter[str]:
    """So many operations on a shelf of its own; how often each was done."""
    with TemporaryDirectory() as home, library_in(Path(home)) as library:
        made = Walk(library, random.Random(seed))  # noqa: S311
        asyncio.run(made.go(operations))
        return made.done


def main() -> None:
    """Print how often each operation was done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    done = walk(given.operations, given.seed)
    print(", ".join(f"{act} {count}" for act, count in sorted(done.items())))
    print(f"{done.total()} operations: every story said what it was to say")


if __name__ == "__main__":
    main()
