"""A copy of what is installed, for a test that adds to it as somebody who carries on would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from shutil import copytree, ignore_patterns
from typing import TYPE_CHECKING, Any

from folders import PATHS, ROOT
from surroundings import bare_environment

if TYPE_CHECKING:
    from pathlib import Path

PRODUCT = ("cli", "evaluation", "graph", "memory", "models", "nodes", "prompts", "schemas", "stories", "web")


class Copy:
    """The package in a folder of its own.

    Attributes:
        root: the folder that stands for the repository's.
        touched: the files that were added to, from there.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "recurrentgpt"
        self.touched: list[str] = []
        self._folder = folder
        for name in PRODUCT:
            copytree(ROOT / name, self.root / name, ignore=ignore_patterns("__pycache__"))
        (self.root / "__init__.py").write_bytes((ROOT / "__init__.py").read_bytes())

    def add(self, file: str, before: str, text: str) -> None:
        """Put a text before another into a file; at its end, where that is empty. The file need not be there."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        assert kept.count(before) == 1 or not before, f"{before} stands in {file} {kept.count(before)} times"
        path.write_text(kept.replace(before, text + before) if before else kept + text, encoding="utf-8")
        self.touched.append(file)

    def run(self, script: str) -> Any:
        """What a script prints last, as JSON, in a process that knows the copy alone."""
        ours = {
            "RECURRENTGPT_HOME": str(self._folder / "home"),
            "RECURRENTGPT_EMBEDDING_MODEL": "fake",
            "PYTHONPATH": os.pathsep.join((str(self._folder), PATHS)),
        }
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=bare_environment(**ours, COLUMNS="100"),
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])
