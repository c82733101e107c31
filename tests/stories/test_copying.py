"""A story's folder is copied to the letter, and without the holes of its files."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from recurrentgpt.stories.copying import copy_file, copy_folder

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = 4096


def with_holes(path: Path, seed: int) -> None:
    """A file of texts, zeros and holes, which need not begin at a block's edge; it may end with a hole."""
    chance = random.Random(seed)  # noqa: S311 (a test)
    with path.open("wb") as file:
        for _ in range(chance.randrange(1, 40)):
            kind, size = chance.choice(("text", "zeros", "hole")), chance.choice((1, 100, BLOCK, BLOCK + 1, 20 * BLOCK))
            if kind == "hole":
                file.seek(size, os.SEEK_CUR)
            else:
                file.write(chance.randbytes(size) if kind == "text" else bytes(size))
        file.truncate(file.tell())


@pytest.mark.parametrize("seed", range(20))
def test_a_file_with_holes_is_copied_to_the_letter(tmp_path: Path, seed: int) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    with_holes(source, seed)
    target.write_text("What was there before is longer than what comes. " * 1000)
    assert copy_file(str(source), str(target)) == str(target)
    assert target.read_bytes() == source.read_bytes()


def test_so_it_is_where_holes_are_a_block_each(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    with source.open("wb") as file:
        for number in range(10):
            file.seek(2 * number * BLOCK)
            file.write(bytes([1 + number]) * BLOCK)
    copy_file(str(source), str(target))
    assert target.read_bytes() == source.read_bytes()


def test_so_it_is_where_the_system_does_not_tell_of_holes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "SEEK_DATA", raising=False)
    source, target = tmp_path / "source", tmp_path / "target"
    with_holes(source, seed=3)
    copy_file(str(source), str(target))
    assert target.read_bytes() == source.read_bytes()


def test_a_folder_takes_no_more_of_the_disk_than_it_took(tmp_path: Path) -> None:
    folder = tmp_path / "story"
    folder.mkdir()
    for name, begins in (("empty", 0), ("hole", 2**25), ("begin", 0), ("middle", 2**24)):
        with (folder / name).open("wb") as file:
            file.seek(begins)
            file.write(b"text" if name in {"begin", "middle"} else b"")
            file.truncate(0 if name == "empty" else 2**25)
    copy_folder(folder, tmp_path / "copy", as_it_is=True)
    for made in folder.iterdir():
        copied = tmp_path / "copy" / made.name
        assert copied.stat().st_size == made.stat().st_size
        assert copied.read_bytes() == made.read_bytes()
        assert copied.stat().st_blocks <= made.stat().st_blocks + 2 * BLOCK // 512
