"""The browser that the tests of the page look through; where there is none, they are left out and say so."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NEEDS_A_BROWSER = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is here (apt-get install chromium): browser left out"),
    pytest.mark.xdist_group("browser"),
]
_QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --in-process-gpu --disable-site-isolation-trials"
)
"""The last two halve what a page costs: one process less to begin for each, where all pages are this machine's."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium that asks nothing of the network by itself."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (not installed everywhere)

    with sync_playwright() as started:
        made = started.chromium.launch(executable_path=CHROMIUM, args=_QUIET.split())
        yield made
        made.close()
