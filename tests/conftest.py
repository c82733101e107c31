"""What every test stands on: a data folder of its own, no settings from outside, a fake model and fake embeddings."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counting_embeddings import CountingEmbeddings
from fake_model import FakeChatModel
from resources_at_hand import CHAT_MODELS, EMBEDDINGS, add_model, read_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background jobs ignore Ctrl-C, and so would every process that is started here to be sent it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

_OURS = ("RECURRENTGPT_", "OPENAI_", "QDRANT_", "LANGSMITH_", "LANGCHAIN_", "DATABASE_URL", "LANGGRAPH_AES_KEY")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder, and an environment that says nothing else."""
    for name in list(os.environ):
        if name.startswith(_OURS):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("RECURRENTGPT_HOME", str(folder))
    monkeypatch.setenv("RECURRENTGPT_EMBEDDING_MODEL", "fake")
    read_environment()
    yield folder
    read_environment()


@pytest.fixture(autouse=True)
def encoder() -> CountingEmbeddings:
    """The embeddings the memory uses, unless a test names others; what a test adds to the fakes ends with it."""
    made = CountingEmbeddings(size=16, encoded=[])
    CHAT_MODELS.clear()
    EMBEDDINGS.clear()
    EMBEDDINGS["fake"] = lambda: made
    return made


@pytest.fixture
def fake_model() -> FakeChatModel:
    """The chat model named ``fake``."""
    made = FakeChatModel()
    add_model("fake", lambda: made)
    return made


@pytest.fixture
def fake_models() -> Callable[..., FakeChatModel]:
    """Make the chat model named ``fake`` with settings of one's own."""

    def make(**settings_of_fake: object) -> FakeChatModel:
        made = FakeChatModel(**settings_of_fake)
        add_model("fake", lambda: made)
        return made

    return make


def pytest_addoption(parser: pytest.Parser) -> None:
    """A choice of whoever changes a prompt: to write the golden files anew."""
    parser.addoption("--write-goldens", action="store_true", help="write tests/prompts/golden/ as the prompts are now")


_MEMORY = Path("/dev/shm")  # noqa: S108 (pytest makes its folders in it for this user alone)
_ROOM = 4 * 2**30


def pytest_configure(config: pytest.Config) -> None:
    """The folders of tests in memory, where the machine has a file system for it and nothing else is asked for.

    Each story makes files and waits until they are on the disk: half of a test's time, and nothing that a test sees,
    as a process that is killed loses nothing of either. ``TMPDIR`` or ``--basetemp`` name another place."""
    asked = config.option.basetemp or os.environ.get("TMPDIR") or os.environ.get("PYTEST_DEBUG_TEMPROOT")
    if not asked and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(_MEMORY)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The larger sizes only where they are asked for (``-m long``).

    The slow ones first, so that none is left alone at the end with one worker; and each group to one worker."""
    if "long" not in config.option.markexpr:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    items.sort(key=lambda item: not any(item.iter_markers("real")) and not any(item.iter_markers("xdist_group")))
    for item in items if hasattr(config, "workerinput") else ():
        _tell_its_group(item)


def _tell_its_group(item: pytest.Item) -> None:
    """Put a test's group into its id, where pytest-xdist reads it.

    pytest-xdist 3.8 puts it there itself, but in a way that pytest 9.2 takes no notice of (its issue 1386): groups are
    torn apart, and each worker starts a browser, a database and servers of its own.
    """
    group = item.get_closest_marker("xdist_group") or item.get_closest_marker("told_once")
    if group and hasattr(item, "id"):
        item._id = item.id.parse(f"{item.nodeid}@{group.args[0]}")
