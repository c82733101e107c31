"""The page by keyboard, and words found in the book, in a real browser."""

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
PLAN = "Write plan 1"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Where the page is, and the address of a book on it."""
    with shelf(tmp_path_factory.mktemp("keys")) as library:
        record = book(library, 40, chapter=20)
        with served(library) as url:
            yield url, f"/story/{record.story_id}"


@pytest.fixture
def page(browser: Browser, home: tuple[str, str]) -> Iterator[Page]:
    with looked_at(browser, home[0]) as made:
        made.goto(home[1])
        expect(made.get_by_role("button", name=PLAN)).to_be_visible()
        yield made


def passages(page: Page) -> int:
    found = re.search(r"\d+", page.locator(".contents summary .facts").first.inner_text())
    assert found
    return int(found[0])


def test_a_number_writes_its_plan_and_the_focus_goes_to_what_comes_next(page: Page) -> None:
    before = passages(page)
    page.keyboard.press("2")
    expect(page.locator(f"#p{before + 1}")).to_be_attached()
    expect(page.locator("#next")).to_be_focused()
    expect(page.locator("#status")).to_have_text(f"Paragraph {before + 1} is the last one. Plans to choose from: 3.")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=PLAN)).to_be_focused()


def test_enter_goes_on_and_u_takes_back(page: Page) -> None:
    before = passages(page)
    page.keyboard.press("Enter")
    expect(page.locator(f"#p{before + 1}")).to_be_attached()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(f"#p{before + 1}")).to_have_count(0)


def test_e_edits_ctrl_s_saves_and_letters_are_letters_while_typing(page: Page) -> None:
    page.keyboard.press("g")
    expect(page.locator("#jump")).to_be_focused()
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    expect(page.locator("#p30")).to_be_in_viewport()
    page.locator("#p30 .pen").focus()
    page.keyboard.press("e")
    field = page.get_by_label("Paragraph 30", exact=True)
    expect(field).to_be_focused()
    field.fill("")
    page.keyboard.type("1 2 3 e u? j Enter")
    page.keyboard.press("Control+s")
    expect(page.locator("#p30 .text")).to_have_text("1 2 3 e u? j Enter")
    expect(page.locator("#p30 .pen")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#p31 .pen")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("e")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)


def test_escape_leaves_a_field_that_nothing_closes(page: Page) -> None:
    page.keyboard.press("g")
    expect(page.locator("#jump")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#jump")).not_to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(".manuscript .paragraph:focus-within")).to_have_count(1)


def test_an_own_plan_is_opened_with_the_field_in_focus_and_closed_again(page: Page) -> None:
    page.keyboard.press("o")
    field = page.get_by_role("textbox", name="A plan of your own")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    page.get_by_text("Other plans", exact=True).click()
    expect(page.get_by_label("What they should be like")).to_be_focused()


def test_the_list_of_keys_opens_and_switches_them_off(page: Page) -> None:
    before = passages(page)
    page.keyboard.press("?")
    shown = page.get_by_role("dialog", name="The page by keyboard")
    expect(shown).to_contain_text("Write the plan of that number")
    assert violations(page) == []
    page.get_by_label("Switch the keys of one letter off").check()
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    page.keyboard.press("1")
    page.keyboard.press("o")
    expect(page.get_by_role("textbox", name="A plan of your own")).to_be_hidden()
    page.reload()
    page.keyboard.press("1")
    page.keyboard.press("?")
    expect(shown).to_be_hidden()
    page.get_by_role("button", name="The page by keyboard").click()
    expect(page.get_by_label("Switch the keys of one letter off")).to_be_checked()
    assert passages(page) == before


def test_focus_leaves_nothing_but_the_text(page: Page) -> None:
    page.keyboard.press("f")
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator(".contents")).to_be_hidden()
    expect(page.get_by_role("button", name=PLAN)).to_be_visible()
    expect(page.get_by_role("button", name="Focus")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_visible()


def test_words_are_found_and_lead_to_their_place_and_to_another_name_everywhere(page: Page) -> None:
    page.keyboard.press("Control+f")
    field = page.get_by_label("Find in the book")
    expect(field).to_be_focused()
    page.keyboard.type("to door 7")
    page.keyboard.press("Enter")
    expect(page.locator(".found li")).to_have_count(1)
    page.locator(".found a").click()
    expect(page.locator("#p7")).to_be_in_viewport()
    assert page.evaluate("[...CSS.highlights.get('found')].map(String)") == ["to door 7"]
    page.keyboard.press("Control+f")
    expect(field).to_be_focused()
    page.keyboard.type("Mara came")
    page.keyboard.press("Enter")
    expect(page.locator(".panel [role=status]")).to_contain_text("text 3")
    page.get_by_role("link", name="Another name, or other words, for “Mara came”").click()
    page.get_by_label("What is to stand there").fill("Ada came")
    page.get_by_role("button", name="Look where it stands").click()
    page.get_by_role("button", name=re.compile("Change it everywhere")).click()
    expect(page.locator("#p7 .text")).to_have_text(re.compile("^Ada came to door 7"))


def test_axe_finds_nothing_in_what_was_found(browser: Browser, home: tuple[str, str]) -> None:
    with looked_at(browser, home[0], 390) as page:
        page.goto(f"{home[1]}?panel=find&q=door&at=9#p9")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
