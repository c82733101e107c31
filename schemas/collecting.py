"""Python's collection of garbage, put off while modules are loaded."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collection_put_off() -> Iterator[None]:
    """Let no collection begin meanwhile; one that falls due is made afterwards.

    What modules make as they are loaded stays, so that to look through it while they are loaded frees nothing: beside
    the hundred thousand objects of LangGraph's import a full round takes as long as half of our own modules
    (``benchmarks/import_time.py``). Where the program has switched collection off, it stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
