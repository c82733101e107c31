"""The page as a process of its own with a fake model, for tests and pictures that look at it through a browser."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Self

from commands import environment
from folders import PROGRAM

if TYPE_CHECKING:
    from pathlib import Path


class WebServer:
    """``recurrentgpt ui`` on a data folder; can be killed and started anew on the same port."""

    def __init__(self, home: Path, program: tuple[str, ...] = (PROGRAM,), password: str = "", **more: str) -> None:
        """Prepare a server.

        Args:
            home: the data folder.
            program: what Python runs.
            password: the page's.
            more: of the environment.
        """
        self.home = home
        self.port = 0
        self._program = program
        self._more = {"RECURRENTGPT_UI_PASSWORD": password, **more}
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *arguments: str) -> Self:
        """Start it, and wait until it listens."""
        self._process = subprocess.Popen(
            [sys.executable, "-u", *self._program, "ui", *arguments, "--port", str(self.port)],
            env=environment(self.home, **{"RECURRENTGPT_MODEL": "fake", **self._more}),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        said = self._process.stdout.readline()
        self.port = int(said.split("http://")[1].split()[0].rpartition(":")[2])
        return self

    def kill(self) -> None:
        """As ``kill -9`` would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As Ctrl-C would."""
        self._end(signal.SIGINT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        os.kill(self._process.pid, number)
        self._process.wait(30)
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None
