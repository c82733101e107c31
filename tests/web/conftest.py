"""What the tests of the page share: a browser for each file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from web_browser import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made
