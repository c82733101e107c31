"""The folder of an evaluation: its settings, and a file for each thing that is done. Written whole or not at all."""

from __future__ import annotations

import json
import os
import platform
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, TypeVar

from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

from ..schemas.errors import SettingsError, StorageError
from .consistency import Consistency
from .experiment import Experiment  # noqa: TC001 (Pydantic reads the annotations)
from .judge import Comparison
from .novel import Novel
from .reading import Reading
from .scores import Scores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .topics import Topic

FORMAT = 1
SETTINGS = "settings.json"
_VERSIONS = ("langgraph", "langchain-core", "qdrant-edge-py", "sentence-transformers", "xllamacpp")

Made = TypeVar("Made", bound=BaseModel)


class Beginning(BaseModel):
    """What a folder says of itself.

    Attributes:
        format: of the folder.
        command: what was typed.
        experiment: what is evaluated.
        versions: with which software, when it began.
        machine: on what.
    """

    format: int = FORMAT
    command: list[str] = []
    experiment: Experiment
    versions: dict[str, str]
    machine: str


class Folder:
    """The files of an evaluation."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, wanted: Experiment, command: list[str]) -> None:
        """Make the folder for these settings, or take it up if it was made for the same.

        Args:
            wanted: the settings.
            command: what was typed, to be shown in the report.

        Raises:
            SettingsError: it was made for others.
            StorageError: it cannot be written.
        """
        if (self.path / SETTINGS).exists():
            if difference := wanted.difference(self.beginning().experiment):
                name, was, now = difference
                raise SettingsError("evaluation_of_others", folder=self.path, name=name, was=repr(was), now=repr(now))
            return
        if self.path.exists() and any(self.path.iterdir()):
            raise SettingsError("evaluation_elsewhere", folder=self.path)
        machine = f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores"
        made = Beginning(command=command, experiment=wanted, versions=_versions(), machine=machine)
        self._write(self.path / SETTINGS, made)

    def beginning(self) -> Beginning:
        """What it says of itself.

        Raises:
            StorageError: it is no evaluation's folder, or of another version of this program.
        """
        found = self._read(self.path / SETTINGS, Beginning)
        if found is None:
            raise StorageError("no_evaluation", folder=self.path)
        return found

    def novel(self, topic: Topic, system: str, make: Callable[[], Novel] | None = None) -> Novel | None:
        """A novel; made and kept if it is not there yet and there is something to make it with."""
        return self._kept(self.path / "novels" / topic.id / f"{system}.json", Novel, make)

    def comparison(self, topic: Topic, system: str, make: Callable[[], Comparison] | None = None) -> Comparison | None:
        """A comparison of ours with a system, likewise."""
        return self._kept(self.path / "comparisons" / topic.id / f"{system}.json", Comparison, make)

    def consistency(
        self, topic: Topic, system: str, make: Callable[[], Consistency] | None = None
    ) -> Consistency | None:
        """The contradictions in a novel, likewise."""
        return self._kept(self.path / "consistency" / topic.id / f"{system}.json", Consistency, make)

    def reading(self, topic: Topic, system: str, make: Callable[[], Reading] | None = None) -> Reading | None:
        """What a reader found in a novel, likewise."""
        return self._kept(self.path / "reading" / topic.id / f"{system}.json", Reading, make)

    def scores(self, topic: Topic, system: str, make: Callable[[], Scores] | None = None) -> Scores | None:
        """The judge's scores of a novel's first and last piece, likewise."""
        return self._kept(self.path / "scores" / topic.id / f"{system}.json", Scores, make)

    def _kept(self, path: Path, kind: type[Made], make: Callable[[], Made] | None) -> Made | None:
        found = self._read(path, kind)
        if found is None and make is not None:
            found = make()
            self._write(path, found)
        return found

    def _read(self, path: Path, kind: type[Made]) -> Made | None:
        try:
            return kind.model_validate_json(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise StorageError("evaluation_unreadable", path=path) from error

    def _write(self, path: Path, made: BaseModel) -> None:
        """All of it or nothing."""
        scratch = path.with_suffix(".new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch.write_text(json.dumps(made.model_dump(mode="json"), ensure_ascii=False, indent=1), encoding="utf-8")
            scratch.replace(path)
        except OSError as error:
            raise StorageError("evaluation_unwritable", path=path, reason=error.strerror or error) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out.

        Raises:
            SettingsError: another one works here.
        """
        lock = FileLock(self.path / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise SettingsError("evaluation_in_use", folder=self.path) from error
        try:
            yield
        finally:
            lock.release()


def _versions() -> dict[str, str]:
    found = {"recurrentgpt": version("recurrentgpt"), "python": platform.python_version()}
    for name in _VERSIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
