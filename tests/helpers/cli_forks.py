"""The command line in forks of one process that has everything loaded: each a process of its own, that starts at once.

Loading takes two seconds, and the tests start hundreds of processes. What a fork cannot show (what loading itself does)
is tested with processes that load.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import subprocess
import sys
import traceback
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import BaseModel

from folders import PATHS
from surroundings import bare_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 120
LOADED = (
    "anyio._backends._asyncio",
    "encodings.ascii",
    "h2.connection",
    "httpcore",
    "httpcore2",
    "langchain_core.messages.block_translators.langchain_v0",
    "langchain_core.tracers.context",
    "langchain_core.tracers.run_collector",
    "langchain_core.tracers.stdout",
    "langchain_openai",
    "matplotlib.pyplot",
    "numpy.random",
    "openai.lib.streaming.chat",
    "openai.resources.beta",
    "openai.resources.chat",
    "recurrentgpt.cli.write",
    "recurrentgpt.evaluation.report",
    "recurrentgpt.evaluation.run",
    "recurrentgpt.memory.edge",
    "recurrentgpt.memory.served",
    "recurrentgpt.models.clean_chat",
    "recurrentgpt.stories.archive",
    "recurrentgpt.stories.beats",
    "recurrentgpt.stories.branches",
    "recurrentgpt.stories.codex",
    "recurrentgpt.stories.doctor",
    "recurrentgpt.stories.edits",
    "recurrentgpt.stories.late_facts",
    "recurrentgpt.stories.library",
    "recurrentgpt.stories.opening",
    "recurrentgpt.stories.pack",
    "recurrentgpt.stories.readers.reading",
    "recurrentgpt.stories.versions",
    "recurrentgpt.stories.writers.word",
    "rich._emoji_codes",
    "rich.markdown",
    "rich.rule",
    "rich.status",
    "sentencex",
    "typer._adapters",
    "typer._click.decorators",
    "typer.rich_utils",
)
"""What some command would load."""


class Forks:
    """The process that forks, for this test process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            env=bare_environment(PYTHONPATH=PATHS, COLUMNS="100"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.close)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def run(
        self, arguments: tuple[str, ...], env: dict[str, str], stdin: str, folder: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, in a folder (by default this process's)."""
        assert self._process.stdin
        assert self._process.stdout
        with TemporaryDirectory() as scratch:
            places = {name: str(Path(scratch) / name) for name in ("stdin", "stdout", "stderr")}
            Path(places["stdin"]).write_text(stdin, encoding="utf-8")
            asked = {"arguments": arguments, "env": env, "places": places, "folder": str(folder or Path.cwd())}
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            if not select([self._process.stdout], [], [], PATIENCE)[0]:
                self.close()
                forks.cache_clear()
                raise subprocess.TimeoutExpired(list(arguments), PATIENCE)
            code = int(self._process.stdout.readline())
            printed, said = (Path(places[name]).read_text(encoding="utf-8") for name in ("stdout", "stderr"))
        return subprocess.CompletedProcess(list(arguments), code, printed, said)


@lru_cache(maxsize=1)
def forks() -> Forks:
    """The one of this test process, begun on first use."""
    return Forks()


def _become(asked: dict[str, Any]) -> None:
    """Be the process that was asked for: its environment, its folder, its files."""
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["folder"])
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        file = Path(asked["places"][name]).open(mode, encoding="utf-8", buffering=1)  # noqa: SIM115 (ends with the process)
        os.dup2(file.fileno(), number)
        setattr(sys, name, file)
    sys.argv = ["recurrentgpt", *asked["arguments"]]


def _end_with(command_line: Callable[[], None]) -> NoReturn:
    """Run it and end as a process does, but for taking apart what was loaded: that takes most of a second."""
    code = 0
    try:
        command_line()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 (as at the end of any process)
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The project's own models that are made from one, at whatever remove."""
    for one in model.__subclasses__():
        if one.__module__.startswith("recurrentgpt.") and not one.__pydantic_complete__:
            yield one
        yield from _below(one)


def main() -> None:
    """Fork for each line of the input, and say how each fork ended."""
    for name in LOADED:
        import_module(name)
    import typer.main  # noqa: PLC0415

    from cli_with_fakes import prepare  # noqa: PLC0415
    from recurrentgpt.cli import main as command_line  # noqa: PLC0415
    from recurrentgpt.cli.main import app  # noqa: PLC0415

    built = typer.main.get_command(app)  # a third of what a short command takes
    typer.main.get_command = lambda typer_instance: built  # noqa: ARG005 (called by this name)
    for model in _below(BaseModel):
        model.model_rebuild()  # those of ours are built when one is needed: here once for all forks
    gc.freeze()
    for line in sys.stdin:
        fork = os.fork()
        if not fork:
            _become(json.loads(line))
            prepare()
            _end_with(command_line)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
