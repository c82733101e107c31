"""The environment of a program that is started as on a machine where nothing is set for it."""

from __future__ import annotations

import os


def bare_environment(**more: str) -> dict[str, str]:
    """What any program needs to run, of this process's environment, and ``more``."""
    return {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")} | more
