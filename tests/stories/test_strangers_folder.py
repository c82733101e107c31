"""A stranger's folder, or backup, is data: nothing of it is called, however it is opened."""

from __future__ import annotations

import asyncio
import sqlite3
import zlib
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import ormsgpack
import pytest

from recurrentgpt.schemas.errors import RecurrentGPTError
from recurrentgpt.schemas.places import CHECKPOINTS
from recurrentgpt.stories import backups
from recurrentgpt.stories.compact import compact
from recurrentgpt.stories.packing import Packing
from recurrentgpt.stories.repair import repair
from stories_at_hand import at, begun, texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.library import Library
    from recurrentgpt.stories.record import StoryRecord

CALLS = {
    "one argument": (0, ("{module}", "{name}", "{path}")),
    "several": (1, ("{module}", "{name}", ["{path}"])),
    "a method": (3, ("pathlib", "Path", "{path}", "touch")),
    "by Pydantic's way": (5, ("{module}", "{name}", {"name": "{path}"}, "construct")),
}


def filled(value: Any, path: str) -> Any:
    if isinstance(value, str):
        return value.format(module="os", name="mkdir", path=path)
    if isinstance(value, dict):
        return dict.fromkeys(value, path)
    return [filled(one, path) for one in value]


def with_calls(folder: Path, made: Path) -> None:
    """Let every state of a story make folders where it is read by LangGraph's rules."""
    with closing(sqlite3.connect(folder / CHECKPOINTS)) as file:
        for row, kind, kept in file.execute("SELECT rowid, type, checkpoint FROM checkpoints").fetchall():
            plain = zlib.decompress(kept) if kind.endswith(".z") else kept
            state = ormsgpack.unpackb(plain, ext_hook=ormsgpack.Ext, option=ormsgpack.OPT_NON_STR_KEYS)
            for name, (code, call) in CALLS.items():
                told = ormsgpack.packb(filled(call, str(made / name.replace(" ", "-"))))
                state["channel_values"][f"a {name}"] = ormsgpack.Ext(code, told)
            written = ormsgpack.packb(state, option=ormsgpack.OPT_NON_STR_KEYS)
            file.execute("UPDATE checkpoints SET type = 'msgpack', checkpoint = ? WHERE rowid = ?", (written, row))
        file.commit()


def opened(library: Library, record: StoryRecord) -> None:
    texts(library, record)


def compacted(library: Library, record: StoryRecord) -> None:
    at(library, record, compact)


def repaired(library: Library, record: StoryRecord) -> None:
    asyncio.run(repair(library, library.folder(record)))


def copied(library: Library, record: StoryRecord) -> None:
    folder = library.folder(record)
    (folder.parent / "beside").mkdir()
    for file in folder.iterdir():
        if file.is_file():
            (folder.parent / "beside" / file.name).write_bytes(file.read_bytes())
    (copy,) = (one for one in library.records() if one.copy_of)
    texts(library, copy)


def restored(library: Library, record: StoryRecord) -> None:
    path = library.home / f"theirs{backups.ENDING}"
    asyncio.run(backups.back_up(library, [record], path))
    (back,) = asyncio.run(backups.restore(library, path))
    texts(library, back)


@pytest.mark.parametrize("act", [opened, compacted, repaired, copied, restored])
def test_nothing_that_a_strangers_checkpoints_name_is_called(
    fake_model: FakeChatModel, tmp_path: Path, act: Callable[[Library, StoryRecord], None]
) -> None:
    del fake_model
    library, record = begun(1)
    library.close()
    (made := tmp_path / "made").mkdir()
    with_calls(library.folder(record), made)
    with suppress(RecurrentGPTError):
        act(library, record)
    assert not list(made.iterdir())


def test_what_a_call_would_have_been_made_of_is_data() -> None:
    call = ormsgpack.packb({"title": ormsgpack.Ext(0, ormsgpack.packb(("os", "mkdir", "/nowhere/at/all")))})
    assert Packing().loads_typed(("msgpack", call)) == {"title": "/nowhere/at/all"}
    named = b'{"lc": 1, "type": "constructor", "id": ["langchain_core", "documents", "Document"], "kwargs": {}}'
    assert Packing().loads_typed(("json", named))["type"] == "constructor"
