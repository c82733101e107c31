"""What the import of the graph takes, beside LangGraph's own that it stands on.

Each import is made in a process of its own, by turns with the others, so that what else the machine does falls on all
of them alike. Counted is the processor's time of the import (not of the interpreter's start); compiled files are kept
in a folder of their own and made in a first round that is not counted. *Least* is the figure to compare: a busy machine
only adds. *More* is what is paid beside LangGraph; of that, *collecting* is Python's collection of garbage, whose one
large round is due to what LangGraph's import left and falls into whatever is imported next.

    python benchmarks/import_time.py [--rounds 15] [--modules]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench import table
from surroundings import bare_environment

LANGGRAPH = "import langgraph.graph"
IMPORTS = (
    LANGGRAPH,
    "from recurrentgpt import builder",
    "from recurrentgpt.graph import graph",
)
HEAVY = (
    *("torch", "sentence_transformers", "transformers", "openai", "numpy", "qdrant_client", "qdrant_edge"),
    *("langchain_openai", "babel"),
)
"""What none of them is to load."""
_PROGRAM = """
import gc, json, sys, time
rounds = []
gc.callbacks.append(lambda phase, _: rounds.append(time.process_time()))
begin = time.process_time()
{line}
end = time.process_time()
collecting = sum(rounds[1::2]) - sum(rounds[:len(rounds) // 2 * 2:2])
print(json.dumps([end - begin, collecting, sorted(sys.modules)]))
"""


class Import(NamedTuple):
    """One import, made once: seconds of the processor, those of them spent collecting, and what is loaded then."""

    seconds: float
    collecting: float
    modules: list[str]


def once(line: str, compiled: str) -> Import:
    """Make an import in a process of its own.

    Args:
        line: the import.
        compiled: the folder of the compiled files.
    """
    program = [sys.executable, "-c", _PROGRAM.format(line=line)]
    environment = bare_environment(PYTHONPYCACHEPREFIX=compiled)
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    return Import(*json.loads(done.stdout))


def measure(rounds: int) -> dict[str, list[Import]]:
    """Each import as often as there are rounds, by turns."""
    with TemporaryDirectory() as compiled:
        for line in IMPORTS:
            once(line, compiled)
        found: dict[str, list[Import]] = {line: [] for line in IMPORTS}
        for _ in range(rounds):
            for line in IMPORTS:
                found[line].append(once(line, compiled))
    return found


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--modules", action="store_true", help="also what the graph loads beside LangGraph, by name")
    arguments = parser.parse_args()
    found = measure(arguments.rounds)
    times = {line: [one.seconds for one in imports] for line, imports in found.items()}
    modules = {line: set(imports[0].modules) for line, imports in found.items()}
    idle = min(one.collecting for one in found[LANGGRAPH])
    base, its = min(times[LANGGRAPH]), modules[LANGGRAPH]
    rows = [
        (
            f"`{line}`",
            f"{min(times[line]):.3f} s",
            f"{statistics.median(times[line]):.3f} s",
            f"{min(times[line]) - base:.3f} s",
            f"{min(one.collecting for one in found[line]) - idle:.3f} s",
            str(len(modules[line] - its)),
            ", ".join(name for name in HEAVY if name in modules[line]) or "-",
        )
        for line in IMPORTS
    ]
    table(("import", "least", "median", "more", "collecting", "modules more", "heavy ones"), rows)
    if arguments.modules:
        print("\n".join(sorted(modules[IMPORTS[2]] - its)))


if __name__ == "__main__":
    main()
