"""Where things are, for the tests and for what they start."""

from __future__ import annotations

import os
from pathlib import Path

HELPERS = Path(__file__).parent
TESTS = HELPERS.parent
ROOT = TESTS.parent
DATA = TESTS / "data"
PROGRAM = str(HELPERS / "cli_with_fakes.py")
"""The command line with a fake model, for a process of its own."""
PATHS = os.pathsep.join((str(HELPERS), str(ROOT / "benchmarks")))
"""Where Python finds the helpers and the fakes: the ``PYTHONPATH`` of a process of its own."""
PRODUCT = (
    "cli",
    "evaluation",
    "graph",
    "mcp_server",
    "memory",
    "models",
    "nodes",
    "prompts",
    "schemas",
    "stories",
    "web",
)
"""The folders of the package."""
