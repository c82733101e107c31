"""Python's collection of garbage, put off while modules are loaded."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF_A_PROGRAM = 1_000
"""So many objects at least has a program that keeps its own apart; Python 3.12 itself begins with 375 of them."""


@contextmanager
def collection_put_off() -> Iterator[None]:
    """Let no collection begin meanwhile, and count what was made as old: it is looked through when all is.

    What modules make as they are loaded stays. To look through it at once frees next to nothing, and takes as long as
    to load ours: LangGraph's import alone leaves a hundred thousand objects (``benchmarks/import_time.py``). Where the
    program has switched collection off, it stays off; where it keeps objects of its own apart (``gc.freeze``), they
    stay apart, and what was made is looked through as ever.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if gc.get_freeze_count() < _OF_A_PROGRAM:
                gc.freeze()
                gc.unfreeze()
            gc.enable()
