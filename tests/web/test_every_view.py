"""Axe over every view, light and dark: the list is the application's own routes, so none can be left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.routing import Route

from accessibility import violations
from page_at_hand import book, looked_at, shelf
from recurrentgpt.schemas.languages import languages
from recurrentgpt.web.app import make_app
from recurrentgpt.web.panels import PANELS
from served_page import served
from web_browser import NEEDS_A_BROWSER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from recurrentgpt.stories.library import Library

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the browser is left out")
pytestmark = NEEDS_A_BROWSER
NO_VIEW = {"/story/{story_id}/book", "/story/{story_id}/book{ending}", "/story/{story_id}/go"}
"""Addresses that answer with a file, or lead elsewhere."""
STATES = {"/story/{story_id}": [*(f"?panel={name}&all=1" for name in PANELS), "?edit=3&history=3", "?insert=2"]}
"""What else a view can show, by what it is asked for."""
CONTROLS = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && !one.matches(".gap"))"""
"""What one works a view with; between two passages there is a key, I, in place of a stop for each."""
NO_STOP = f"({CONTROLS})().filter((one) => one.tabIndex < 0).map((one) => one.outerHTML.slice(0, 150))"
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth + 1"


def views(library: Library) -> list[str]:
    """Every route that is a view."""
    paths = [one.path for one in make_app(library).routes if isinstance(one, Route) and "GET" in (one.methods or ())]
    return [path for path in dict.fromkeys(paths) if path not in NO_VIEW]


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """Where the page is, and every view of it."""
    folder: Path = tmp_path_factory.mktemp("views")
    with shelf(folder) as library:
        record = book(library, 12, chapter=4)
        found = []
        for view in views(library):
            address = view.replace("{story_id}", record.story_id)
            assert "{" not in address, f"{view} needs a value of its own here"
            found += [address, *(f"{address}{state}" for state in STATES.get(view, ()))]
        with served(library) as url:
            yield url, found


@pytest.mark.parametrize("view", ["/", "/new", "?panel=codex", "?edit=3&history=3", "?panel=settings", "/loom"])
def test_tab_comes_to_every_control(addresses: tuple[str, list[str]], browser: Browser, view: str) -> None:
    url, every = addresses
    story = next(one for one in every if one.startswith("/story/"))
    with looked_at(browser, url) as page:
        page.goto(view if view in every else f"{story}{view}")
        count = page.evaluate(f"() => {{ window.left = new Set(({CONTROLS})()); return window.left.size; }}")
        assert count > 5
        page.evaluate("() => document.activeElement?.blur()")
        for _ in range(count + 40):  # What scrolls is a stop too.
            page.keyboard.press("Tab")
            if not page.evaluate("() => { window.left.delete(document.activeElement); return window.left.size; }"):
                break
        assert page.evaluate("() => [...window.left].map((one) => one.outerHTML.slice(0, 150))") == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_view_is_hard_to_use_or_wider_than_the_window(
    addresses: tuple[str, list[str]], browser: Browser, width: int, language: str
) -> None:
    url, every = addresses
    assert language in {one.tag for one in languages()}
    assert len(every) > len(PANELS)
    wrong: list[tuple[str, str, str]] = []
    with looked_at(browser, url, width=width, extra_http_headers={"accept-language": language}) as page:
        for address in every:
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                if scheme == "light":
                    page.goto(address)
                wrong += [(address, scheme, found) for found in violations(page)]
            wrong += [(address, "", f"no key leads to {one}") for one in page.evaluate(NO_STOP)]
            if page.evaluate(TOO_WIDE):
                wrong.append((address, "", "wider than the window"))
    assert wrong == []


def test_what_breaks_a_rule_is_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content('<img src="data:,">')
    assert [found for found in violations(page) if found.startswith('image-alt: <img src="data:,">')]
    page.close()
