"""An evaluation at work in its folder: novels, then what a judge and a reader say of them; each a file when it is done.

What is done is never done again, and what was under way is replayed from the record of calls up to where it broke off.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..nodes.resources import Resources, default_resources
from .baselines import Window, budget, whole_window
from .call_cache import CallCache
from .consistency import find_contradictions
from .folder import Folder
from .judge import compare
from .original import Original
from .ours import Ours
from .outline import Outline
from .published import Published
from .reading import read_novel
from .scores import score_novel
from .summaries import Summaries
from .systems import ABLATIONS, OURS
from .writers import Assignment, write_novel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..schemas.context import Context
    from .experiment import Experiment
    from .novel import Novel
    from .topics import Topic
    from .writers import Writer


def evaluate(
    path: Path,
    wanted: Experiment,
    command: Sequence[str] = (),
    heard: Callable[[], None] = lambda: None,
    jobs: int = 1,
) -> Folder:
    """Do whatever of an evaluation is not done yet.

    Args:
        path: its folder.
        wanted: what it is to do.
        command: what was typed to begin it.
        heard: called at each answer of a model.
        jobs: novels that are written at the same time, for models that serve several callers at once.

    Raises:
        SettingsError: the folder was begun with other settings, or another process works in it.
        ModelUnavailableError: a model cannot be had or does not answer; what was answered is kept.
        StorageError: the folder cannot be read or written.
    """
    folder = Folder(path)
    folder.begin(wanted, list(command))
    with folder.locked(), TemporaryDirectory() as home, _kept_off(wanted, Path(home)) as own:
        recorder = CallCache(path, heard, own)
        with recorder.installed():
            if jobs == 1:
                for topic in wanted.topics():
                    _one_topic(folder, wanted, topic, recorder)
            else:
                _at_once(folder, wanted, recorder, jobs)
    return folder


@contextmanager
def _kept_off(wanted: Experiment, home: Path) -> Iterator[Resources]:
    """Memories in a folder of the evaluation's own, with the embedding model that it names."""
    used = default_resources()
    name = wanted.embedding_model or used.memories.embedder.name
    own = used.with_settings(home=home, qdrant_url="", embedding_model=name)
    try:
        yield own
    finally:
        own.memories.close_all()


def _at_once(folder: Folder, wanted: Experiment, recorder: CallCache, jobs: int) -> None:
    """Several topics at the same time; the first failure ends the others at their next call."""
    with ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(_one_topic, folder, wanted, topic, recorder) for topic in wanted.topics()]
        try:
            for one in running:
                one.result()
        except BaseException:
            recorder.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _one_topic(folder: Folder, wanted: Experiment, topic: Topic, recorder: CallCache) -> None:
    """All of one topic: each system's novel, and what a judge and a reader say of them."""
    novels: dict[str, Novel] = {}
    for system in wanted.systems:
        length = wanted.paragraphs[topic.genre]
        assignment = Assignment(topic, length, context_of(wanted, system), recorder.resources)

        def write(assignment: Assignment = assignment, system: str = system) -> Novel:
            return write_novel(writer(assignment, system), assignment, system, recorder)

        if (novel := folder.novel(topic, system, write)) and not novel.failed:
            novels[system] = novel
    ours = novels.get(OURS)
    judge, reader = wanted.judge_context(), wanted.reader_context()
    for system, novel in novels.items():
        if ours and system != OURS:
            folder.comparison(topic, system, lambda novel=novel: compare(ours, novel, topic, judge, recorder))  # type: ignore[misc]
        folder.consistency(topic, system, lambda novel=novel: find_contradictions(novel, judge, recorder))  # type: ignore[misc]
        folder.reading(topic, system, lambda novel=novel: read_novel(novel, topic, reader, recorder))  # type: ignore[misc]
        folder.scores(topic, system, lambda novel=novel: score_novel(novel, topic, judge, recorder))  # type: ignore[misc]


_BASELINES: dict[str, Callable[[Assignment], Writer]] = {
    "rolling": lambda assignment: Window(assignment, budget),
    "full": lambda assignment: Window(assignment, whole_window),
    "published": Published,
    "original": Original,
    "summaries": Summaries,
    "outline": Outline,
}


def writer(assignment: Assignment, system: str) -> Writer:
    """A system at work: a baseline, or a variant of ours."""
    if system in ABLATIONS:
        return Ours(assignment, system)
    return _BASELINES[system](assignment)


def context_of(wanted: Experiment, system: str) -> Context:
    """The settings a system writes with."""
    return wanted.context.model_copy(update=ABLATIONS.get(system, {}))
