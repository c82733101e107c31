"""A way through a long book, in a real browser: contents, jumps, edits far from the end, the place that is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from accessibility import violations
from page_at_hand import book, looked_at, shelf
from served_page import served
from web_browser import NEEDS_A_BROWSER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the browser is left out")
expect = playwright.expect
pytestmark = NEEDS_A_BROWSER
PASSAGES = 100


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """Where the page is, and the addresses of a book on it and of one that has its end."""
    with shelf(tmp_path_factory.mktemp("long")) as library:
        record, finished = book(library, PASSAGES, chapter=30), book(library, 40, length=1)
        with served(library) as url:
            yield url, f"/story/{record.story_id}", f"/story/{finished.story_id}"


@pytest.fixture(scope="module")
def home(homes: tuple[str, str, str]) -> tuple[str, str]:
    """Where the page is, and the address of a book on it."""
    return homes[:2]


@pytest.fixture
def finished(homes: tuple[str, str, str]) -> str:
    return homes[2]


@pytest.fixture
def page(browser: Browser, home: tuple[str, str]) -> Iterator[Page]:
    with looked_at(browser, home[0]) as made:
        yield made


@pytest.fixture
def address(home: tuple[str, str]) -> str:
    return home[1]


def numbers(page: Page) -> list[int]:
    shown = page.locator(".manuscript .paragraph").evaluate_all("all => all.map((one) => Number(one.id.slice(1)))")
    return [int(number) for number in shown]


def in_sight(page: Page, number: int) -> None:
    expect(page.locator(f"#p{number}")).to_be_in_viewport()


def test_the_contents_lead_to_every_chapter_and_the_page_stays_small(page: Page, address: str) -> None:
    page.goto(address)
    assert numbers(page) == list(range(71, 101))
    expect(page.locator(".contents [aria-current]")).to_contain_text("Chapter of door 91")
    page.get_by_role("link", name="Chapter of door 31").click()
    in_sight(page, 31)
    shown = numbers(page)
    assert 31 in shown
    assert len(shown) == 30
    expect(page.locator(".contents [aria-current]")).to_have_text(
        re.compile(r"Chapter of door 31\s+31–60 · words: 420")
    )
    expect(page.get_by_role("heading", name="What comes next?")).to_have_count(0)
    page.get_by_role("link", name="To the end").first.click()
    expect(page.get_by_role("button", name="Write plan 1")).to_be_in_viewport()


def test_a_number_that_is_typed_leads_there_also_without_scripts(browser: Browser, home: tuple[str, str]) -> None:
    for scripts in (True, False):
        with looked_at(browser, home[0], java_script_enabled=scripts) as page:
            page.goto(home[1])
            if not scripts:
                page.locator(".contents summary").first.click()
            page.get_by_label("Paragraph", exact=True).fill("50")
            page.locator(".jump").get_by_role("button").click()
            in_sight(page, 50)
            assert 50 in numbers(page)


def test_earlier_and_later_paragraphs_land_beside_what_was_read(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Show earlier paragraphs (70 before these)").click()
    in_sight(page, 70)
    assert numbers(page) == list(range(42, 72))
    page.get_by_role("link", name="Show later paragraphs (29 after these)").click()
    in_sight(page, 72)
    assert numbers(page)[-1] == PASSAGES


def test_an_early_passage_is_edited_and_the_place_is_kept(page: Page, address: str) -> None:
    page.goto(f"{address}?at=12#p12")
    in_sight(page, 12)
    before = numbers(page)
    page.get_by_label("Edit paragraph 12").click()
    field = page.get_by_label("Paragraph 12", exact=True)
    expect(field).to_be_focused()
    field.fill("Nobody came to door 12.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#p12 .text")).to_have_text("Nobody came to door 12.")
    in_sight(page, 12)
    assert numbers(page) == before
    expect(page.get_by_label("Edit paragraph 12")).to_be_focused()
    page.get_by_role("link", name="Continuity").click()
    expect(page.get_by_role("heading", name="What clashes")).to_be_visible()
    assert numbers(page) == before


def test_the_first_plan_is_three_keys_from_the_top(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("button", name="Write plan 1")).to_be_visible()
    for key in ("Tab", "Tab", "Enter", "Tab"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Write plan 1")).to_be_focused()
    page.get_by_role("link", name="Chapter of door 1 ").click()
    in_sight(page, 1)
    expect(page.locator("#skips a")).to_have_count(3)


def test_a_finished_book_that_was_not_read_here_opens_at_its_beginning(page: Page, finished: str) -> None:
    page.goto(finished)
    in_sight(page, 1)
    assert numbers(page)[0] == 1
    page.get_by_role("link", name="To the end").first.click()
    expect(page.locator("#p40")).to_be_attached()
    page.locator("#p38").scroll_into_view_if_needed()
    page.wait_for_function("() => Object.keys(localStorage).some((key) => key.startsWith('place:'))")
    page.reload()
    expect(page.locator("#p40")).to_be_attached()


def test_who_comes_back_is_where_they_were(page: Page, address: str) -> None:
    page.goto(f"{address}?at=40#p40")
    in_sight(page, 40)
    page.mouse.wheel(0, 500)
    kept = "Object.keys(localStorage).filter((name) => name.startsWith('place:'))"
    page.wait_for_function(f"() => {kept}.length > 0")
    page.goto("/")
    first = page.evaluate(f"() => JSON.parse(localStorage.getItem({kept}[0])).at")
    page.goto(address)
    in_sight(page, first)
    page.get_by_role("link", name="To the end").first.click()
    expect(page.get_by_role("button", name="Write plan 1")).to_be_in_viewport()


@pytest.mark.parametrize("width", [1500, 1100, 390])
def test_axe_finds_nothing(browser: Browser, home: tuple[str, str], width: int) -> None:
    with looked_at(browser, home[0], width, color_scheme="dark") as page:
        page.goto(f"{home[1]}?at=31#p31")
        if width < 1344:
            page.locator(".contents summary").first.click()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
