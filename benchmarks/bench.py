"""What every benchmark has: a data folder of its own, models that answer as told, tables, plots."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from langchain_core.embeddings import Embeddings

from fake_model import FakeChatModel, WatchedChatModel
from recurrentgpt.memory.embeddings import DEFAULT_MODEL, SentenceTransformerEmbeddings
from recurrentgpt.schemas.settings import Settings
from recurrentgpt.stories.library import Library
from resources_at_hand import EMBEDDINGS, add_model, read_environment

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

MODEL = "fake"
"""What a benchmark's context calls its model."""
_OURS = ("RECURRENTGPT_", "OPENAI_", "DATABASE_URL", "LANGGRAPH_AES_KEY", "LANGSMITH_", "LANGCHAIN_")
_SIZE, _KINDS = 384, 1000
_COLOURS = ("#1f5fa8", "#c1662b", "#4f8a4f", "#7a5195")


class Instant(Embeddings):
    """Vectors of all-MiniLM's size that cost nothing: one of a thousand random ones, the same for the same text."""

    def __init__(self) -> None:
        self._vectors: list[list[float]] = np.random.default_rng(1).standard_normal((_KINDS, _SIZE)).tolist()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector a text."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """The vector of one text."""
        return self._vectors[crc32(text.encode()) % _KINDS]


class Switched(Embeddings):
    """The real embedder, or, while a memory is only being filled, the instant one."""

    def __init__(self) -> None:
        self.real = True
        self._real = SentenceTransformerEmbeddings(DEFAULT_MODEL)
        self._instant = Instant()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of whichever is on."""
        return (self._real if self.real else self._instant).embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        """The vector of one text."""
        return self.embed_documents([text])[0]


@contextmanager
def data_folder() -> Iterator[Path]:
    """An empty data folder for the length of a ``with`` block, and nothing else from the environment."""
    before = dict(os.environ)
    folder = Path(tempfile.mkdtemp(prefix="recurrentgpt-bench-"))
    for name in list(os.environ):
        if name.startswith(_OURS):
            del os.environ[name]
    os.environ["RECURRENTGPT_HOME"] = str(folder)
    read_environment()
    try:
        yield folder
    finally:
        os.environ.clear()
        os.environ.update(before)
        read_environment()
        shutil.rmtree(folder, ignore_errors=True)


def fake_model(seconds: float = 0.0) -> WatchedChatModel:
    """Make the model named ``fake`` one that takes so many seconds a call."""
    model = WatchedChatModel(delay=seconds)
    add_model(MODEL, lambda: model)
    return model


def embed_with(embedder: Embeddings) -> None:
    """Let every memory be made with this embedder, under the default one's name."""
    EMBEDDINGS[DEFAULT_MODEL] = lambda: embedder
    read_environment()


@contextmanager
def instant_library() -> Iterator[Library]:
    """A shelf in a folder that goes with it; its model, ``fake``, and its embedder answer at once."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Library(
            folder,
            settings=Settings(embedding_model="instant"),
            chat_models={"fake": FakeChatModel},
            embeddings={"instant": Instant},
        ) as library,
    ):
        yield library


def add_output(parser: argparse.ArgumentParser) -> None:
    """The option that says where plots go."""
    parser.add_argument("--output", type=Path, help="a folder for the plot; without it none is drawn")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table, its first column to the left."""
    widths = [max(len(cell) for cell in column) for column in zip(headings, *rows, strict=True)]
    print()
    for number, row in enumerate([headings, *rows]):
        cells = [
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print(f"| {' | '.join(cells)} |")
        if number == 0:
            rule = ["-" * (width + 1) + (" " if place == 0 else ":") for place, width in enumerate(widths)]
            print(f"|{'|'.join(part.replace(' ', '-') for part in rule)}|")
    print(flush=True)


def plot(  # noqa: PLR0913 (what a plot has)
    folder: Path | None,
    name: str,
    x: tuple[str, Sequence[float]],
    y: str,
    lines: Mapping[str, Sequence[float]],
    *,
    logarithmic: str = "",
) -> None:
    """Draw lines over ``x`` into ``folder/name.svg``, with the axes named in ``logarithmic`` (``"xy"``) so scaled."""
    if folder is None:
        return
    figure, axes = canvas()
    for colour, (label, values) in zip(_COLOURS, lines.items(), strict=False):
        axes.plot(x[1], values, "o-", label=label, color=colour)
    for axis in logarithmic:
        getattr(axes, f"set_{axis}scale")("log")
    if "x" in logarithmic:
        axes.set_xticks(x[1], [f"{value:,.0f}" for value in x[1]], minor=False)
        axes.minorticks_off()
    if "y" not in logarithmic:
        axes.set_ylim(bottom=0)
    axes.set_xlabel(x[0])
    axes.set_ylabel(y)
    axes.legend(frameon=False)
    save(figure, folder, name)


def canvas() -> tuple[Any, Any]:
    """A small figure in this project's look: Matplotlib's figure and axes."""
    figure, (axes,) = panels(1)
    return figure, axes


def panels(count: int) -> tuple[Any, Any]:
    """A figure in this look with so many axes side by side, which share what stands at their left."""
    import matplotlib as mpl  # noqa: PLC0415 (an extra, only for plots)

    mpl.use("svg")
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "recurrentgpt", "font.size": 10})
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, rows = plt.subplots(1, count, figsize=(6, 3.4), layout="constrained", sharey=True, squeeze=False)
    for axes in rows[0]:
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(visible=True, color="#e4e4e4", linewidth=0.6)
        axes.set_axisbelow(True)
    return figure, rows[0]


def save(figure: Any, folder: Path, name: str) -> None:  # noqa: ANN401
    """Write a figure as SVG, the same bytes for the same figures, and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.svg"
    figure.savefig(path, metadata={"Date": None}, facecolor="white")
    print(f"plot: {path}")
