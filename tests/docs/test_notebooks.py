"""The notebooks: what is committed shows something and nothing of a machine; and they run."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import pytest

from folders import PATHS, ROOT
from surroundings import bare_environment

if TYPE_CHECKING:
    from pathlib import Path

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST = 120_000
AT_ONCE = """
from langchain_core.embeddings import DeterministicFakeEmbedding

from resources_at_hand import EMBEDDINGS, read_environment

EMBEDDINGS["fake"] = lambda: DeterministicFakeEmbedding(size=16)
read_environment()
"""
"""What a notebook's process begins with, where it is to have its answers at once."""
by_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@by_notebook
def test_what_is_committed_was_run_and_names_no_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    assert len(text) < LARGEST
    assert not re.search(r"/(?:tmp|root|home|Users|usr)/|[A-Z]:\\\\|Traceback|Warning", text)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output.output_type for cell in cells for output in cell.outputs]
    assert "error" not in outputs
    assert "display_data" in outputs or "execute_result" in outputs, "it shows no picture"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert "make setup" in notebook.cells[0].source


@pytest.mark.real
@by_notebook
def test_it_runs(path: Path, tmp_path: Path) -> None:
    startup = tmp_path / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "fakes.py").write_text(AT_ONCE)
    runs(path, tmp_path, PYTHONPATH=PATHS, RECURRENTGPT_EMBEDDING_MODEL="fake")


def runs(path: Path, folder: Path, **more: str) -> None:
    done = subprocess.run(
        [sys.executable, str(path.parent / "run.py"), "--check", path.stem],
        env=bare_environment(HF_HUB_OFFLINE="1", TMPDIR=str(folder), IPYTHONDIR=str(folder), **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=850,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{path.stem}: ")
