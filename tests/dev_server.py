"""LangGraph's dev server for a test: started as a person starts it, stopped, and started again in the same folder."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fake_server import FakeServer

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
OPTIONS = ("--no-browser", "--no-reload", "--host", "127.0.0.1")


class DevServer:
    """A dev server over a folder of its own, with the fake endpoint as its model."""

    def __init__(self, folder: Path, model: str, *, jobs: int = 1, fake_embeddings: bool = False) -> None:
        self.folder = folder
        self.url = ""
        self._jobs = jobs
        self._process: subprocess.Popen[bytes] | None = None
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        self._environment = {
            **kept,
            "RECURRENTGPT_HOME": str(folder / "home"),
            "RECURRENTGPT_MODEL": "fake-ok",
            "OPENAI_BASE_URL": model,
            "HF_HUB_OFFLINE": "1",
        }
        config = json.loads((ROOT / "langgraph.json").read_text())
        if fake_embeddings:
            self._environment["RECURRENTGPT_EMBEDDING_MODEL"] = "fake"
            for spec in config["graphs"].values():
                spec["path"] = f"{ROOT / 'tests' / 'served_graphs.py'}:{spec['path'].rpartition(':')[2]}"
        (folder / "langgraph.json").write_text(json.dumps(config))

    def start(self) -> None:
        """Start it, and wait until it answers."""
        port = _free_port()
        command = [str(Path(sys.executable).parent / "langgraph"), "dev", *OPTIONS, "--port", str(port)]
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [*command, "--n-jobs-per-worker", str(self._jobs)],
                cwd=self.folder,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.url = f"http://127.0.0.1:{port}"
        for _ in range(240):
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/ok", timeout=1):  # noqa: S310
                    return
            except OSError:
                time.sleep(0.25)
        pytest.fail(f"the dev server did not start: {(self.folder / 'log').read_text()[-3000:]}")

    def stop(self) -> None:
        """Stop it, as Ctrl-C does."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=30)


@contextmanager
def dev_server(folder: Path, *, jobs: int = 1, fake_embeddings: bool = False) -> Iterator[DevServer]:
    """A running dev server, with the fake endpoint behind it."""
    with FakeServer() as model:
        server = DevServer(folder, model.url, jobs=jobs, fake_embeddings=fake_embeddings)
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
