"""LangGraph's dev server, started as a person starts it, stopped, and started again in the same folder."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from surroundings import bare_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_OPTIONS = ("--no-browser", "--no-reload", "--host", "127.0.0.1")
_PATIENCE = 120
"""Seconds a server has to start, on a machine that is busy."""


class AgentServer:
    """A dev server over a folder of its own.

    Attributes:
        folder: where it runs; its data are in ``home``, what it said in ``log``.
        url: where it answers, while it runs.
    """

    def __init__(self, folder: Path, config: Mapping[str, Any], environment: Mapping[str, str], jobs: int = 1) -> None:
        """A server that is not started yet.

        Args:
            folder: an empty one, or the one of a server that was stopped.
            config: what ``langgraph.json`` says.
            environment: of the process; of this one's it has only what a program needs to run.
            jobs: runs at a time.
        """
        self.folder = folder
        self.url = ""
        self._jobs = jobs
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = bare_environment(RECURRENTGPT_HOME=str(folder / "home"), HF_HUB_OFFLINE="1", **environment)
        (folder / "langgraph.json").write_text(json.dumps(config))

    def start(self) -> None:
        """Start it, and wait until it answers.

        Raises:
            RuntimeError: it ended, or did not answer in two minutes; with the end of what it said.
        """
        port = _free_port()
        command = [sys.executable, "-m", "langgraph_cli", "dev", *_OPTIONS, "--port", str(port)]
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [*command, "--n-jobs-per-worker", str(self._jobs)],
                cwd=self.folder,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + _PATIENCE
        while self._process.poll() is None and time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/ok", timeout=1):  # noqa: S310 (our own server's address)
                    return
            except OSError:
                time.sleep(0.25)
        msg = f"the dev server did not start: {(self.folder / 'log').read_text()[-3000:]}"
        raise RuntimeError(msg)

    def stop(self) -> None:
        """Stop it, as Ctrl-C does."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=60)

    def kill(self) -> None:
        """End it at once, as ``kill -9`` does: it writes nothing more."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait(timeout=60)


@contextmanager
def running(server: AgentServer) -> Iterator[AgentServer]:
    """A server that runs for the length of a ``with`` block."""
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
