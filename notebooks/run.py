"""Run the notebooks, as ``make notebooks`` does, and keep what they show, without what differs from run to run.

    python notebooks/run.py [--check] [NAME …]

With ``--check`` they are run, and nothing is written.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
_SECONDS = 600
"""That one cell may take, on a machine that is busy."""


def run(path: Path) -> nbformat.NotebookNode:
    """A notebook with the outputs of a run just made.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed; says which, and how.
    """
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=_SECONDS, resources={"metadata": {"path": str(path.parent)}}).execute()
    return notebook


def settled(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without times, ids and versions, which would differ at every run."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata = {}
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = {}
    return notebook


def main() -> None:
    """Run what is named, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="notebooks; all of them, if none is named")
    parser.add_argument("--check", action="store_true", help="run them, write nothing")
    given = parser.parse_args()
    for path in sorted(HERE.glob("*.ipynb")):
        if given.names and path.stem not in given.names:
            continue
        began = time.perf_counter()
        notebook = settled(run(path))
        if not given.check:
            nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
        print(f"{path.stem}: {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
