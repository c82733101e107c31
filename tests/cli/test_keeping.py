"""Repair, copies and the trash, in the terminal."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from commands import run, run_all

if TYPE_CHECKING:
    from pathlib import Path

WRITE = ("write", "--topic", "Rain", "--model", "fake", "--plans", "first", "--paragraphs", "1")


def texts(home: Path) -> list[str]:
    (branch,) = json.loads(run(home, "tree", "--json").stdout)
    return [kept["text"] for kept in branch["paragraphs"]]


def test_a_story_is_repaired_copied_deleted_and_brought_back(home: Path, tmp_path: Path) -> None:
    run_all(home, [(*WRITE, "--set", "opening_paragraphs=1")])
    before = texts(home)
    (story,) = (home / "stories").iterdir()
    shutil.rmtree(story / "memory")
    broken = run(home, "tree")
    assert broken.returncode == 2
    assert "recurrentgpt repair" in broken.stderr
    assert "would be repaired" in run(home, "repair", "--dry-run").stdout
    repaired = run(home, "repair").stdout
    assert "2 passages are written into the memory again" in repaired
    (title,) = {card["title"] for card in json.loads(run(home, "list", "--json").stdout)}
    assert f"{story.name} ({title}): repaired" in repaired
    assert json.loads(run(home, "repair", "1", "--json").stdout)[0]["mended"] == []
    assert texts(home) == before
    kept = tmp_path / "kept.tar.gz"
    assert "1 story is in" in run(home, "backup", "-o", str(kept)).stdout
    assert run(home, "backup", "-o", str(kept)).returncode == 2
    assert "repair.tar.gz" in run(home, "backups").stdout
    assert "is in the trash" in run(home, "delete", "1", "--yes").stdout
    assert story.name in run(home, "undelete").stdout
    assert "is back on the shelf" in run(home, "undelete", story.name).stdout
    assert "Nothing was put back" in run(home, "restore", str(kept), "--skip").stdout
    assert "either replaced or left" in run(home, "restore", str(kept), "--skip", "--replace").stderr
    beside = run(home, "restore", str(kept)).stdout
    assert "as a copy" in beside
    assert "1 story stands beside what was there" in beside
    assert "copy of" in run(home, "list").stdout
    assert "in the trash" in run(home, "delete", story.name, "--yes").stdout
    assert "trash is empty" in run(home, "undelete", "--empty", "--yes").stdout
    assert texts(home) == before
