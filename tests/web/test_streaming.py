"""Nothing on the page jumps while a passage is streamed in: shifts of its layout are counted as browsers count them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fake_model import FakeChatModel
from page_at_hand import book, looked_at, shelf
from served_page import served
from web_browser import NEEDS_A_BROWSER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the browser is left out")
pytestmark = NEEDS_A_BROWSER
MOST = 0.1
"""Of the window, times how far it moved: what browsers call good."""
COUNT = """() => {
  window.shifts = [];
  const told = ({ value, sources, hadRecentInput }) =>
    [hadRecentInput ? 0 : value, sources.map(({ node }) => node?.className ?? node?.nodeName ?? "").join(" ")];
  const watch = new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(told)));
  watch.observe({ type: "layout-shift" });
}"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Where the page is, and the address of a book on it."""
    with shelf(tmp_path_factory.mktemp("streaming"), lambda: FakeChatModel(pause=0.008)) as library:
        record = book(library, 12, chapter=6)
        with served(library) as url:
            yield url, f"/story/{record.story_id}"


@pytest.mark.parametrize("width", [1500, 390])
def test_nothing_jumps_while_text_streams(home: tuple[str, str], browser: Browser, width: int) -> None:
    with looked_at(browser, home[0], width) as page:
        page.goto(home[1])
        button = page.get_by_role("button", name="Write plan 1")
        button.scroll_into_view_if_needed()
        page.evaluate(COUNT)
        last = page.locator(".manuscript .paragraph").count()
        button.click()
        page.get_by_label(f"Edit paragraph {last + 1}").wait_for()
        shifts = page.evaluate("() => window.shifts")
        assert sum(value for value, _ in shifts) < MOST, shifts
