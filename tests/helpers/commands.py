"""Commands of the command line, each run to its end on a data folder, as a person would run them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli_forks import forks
from folders import PATHS
from surroundings import bare_environment

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Sequence
    from pathlib import Path

TYPED = "1\nq\n"


def environment(home: Path, **more: str) -> dict[str, str]:
    ours = {"RECURRENTGPT_HOME": str(home), "RECURRENTGPT_EMBEDDING_MODEL": "fake", "PYTHONPATH": PATHS}
    return bare_environment(**ours, COLUMNS="100") | more


def run(home: Path, *arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    return forks().run(arguments, environment(home, **more), stdin)


def run_all(home: Path, commands: Iterable[Sequence[str]], folder: Path | None = None, **more: str) -> str:
    """Run commands one after another, each answered as a person would who looks around; gives what they printed."""
    printed = []
    for command in commands:
        done = forks().run(tuple(command), environment(home, **more), TYPED, folder)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        printed.append(done.stdout)
    return "".join(printed)
