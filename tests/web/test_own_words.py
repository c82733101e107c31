"""The page to write in: one's own words anywhere, light marks, and a step that stopped, which is no trap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from accessibility import violations
from desk import story_at, texts, wait_for_plans
from web_browser import NEEDS_A_BROWSER
from web_server import WebServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the browser is left out")
expect = playwright.expect
pytestmark = NEEDS_A_BROWSER


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    made = WebServer(tmp_path_factory.mktemp("web"), FAKE_PAUSE="0.008").start()
    yield made
    made.stop()


@pytest.fixture
def page(browser: Browser, server: WebServer) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(10_000)
    made = context.new_page()
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    yield made
    context.close()
    assert wrong == []


def own(page: Page, text: str, label: str = "Write on yourself") -> None:
    page.get_by_label(label, exact=True).fill(text)
    page.keyboard.press("Control+Enter")


def test_a_blank_page_is_begun_with_gone_on_from_and_written_into(page: Page, server: WebServer) -> None:
    assert server
    page.goto("/new")
    page.get_by_role("button", name="Start on a blank page").click()
    page.wait_for_url(re.compile("/story/"))
    expect(page.get_by_role("button", name="Let the model begin")).to_be_visible()
    own(page, "The lamp was *out*.\n\n* * *\n\nNobody came, 5 * 3 times.", "Write the first page")
    wait_for_plans(page, 1)
    first = page.locator("#p1 .text")
    expect(first.locator("em")).to_have_text("out")
    expect(first.locator(".scene")).to_have_text("* * *")
    assert texts(page) == ["The lamp was out.\n\n* * *\n\nNobody came, 5 * 3 times."]
    own(page, "She rows out.")
    wait_for_plans(page, 2)
    expect(page.get_by_label("Write on yourself", exact=True)).to_have_value("")
    page.get_by_role("button", name="Write plan 1").click()
    wait_for_plans(page, 3)
    page.locator("#p1").hover()
    page.locator("#p1 .gap").click()
    page.get_by_label("The new paragraph").fill("A door.")
    page.keyboard.press("Control+Enter")
    wait_for_plans(page, 4)
    assert [text[:9] for text in texts(page)[:3]] == ["The lamp ", "A door.", "She rows "]


def test_a_click_opens_a_passage_where_it_stands(page: Page, server: WebServer) -> None:
    story_at(page, server)
    own(page, "The *lamp* was out.")
    wait_for_plans(page, 2)
    box = page.locator("#p2 .text em").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    field = page.get_by_label("Paragraph 2", exact=True)
    expect(field).to_be_focused()
    page.wait_for_function("() => document.activeElement.selectionStart > 0")
    assert field.evaluate("(one) => one.value.slice(0, one.selectionStart)") in ("The *lam", "The *lamp")
    page.keyboard.type("!")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#p2 .text")).to_have_text(re.compile("^The lam(p!|!p) was out.$"))


def test_what_was_written_when_it_was_stopped_is_kept_changed_or_dropped(page: Page, server: WebServer) -> None:
    story_at(page, server)
    for kept in (True, False):
        page.get_by_role("button", name="Write plan 1").click()
        page.wait_for_function("() => (document.querySelector('.live')?.textContent.length || 0) > 20")
        page.get_by_role("button", name="Stop after this paragraph").click()
        page.get_by_role("button", name="Stop at once").click()
        field = page.get_by_label("What was written", exact=True)
        expect(field).to_have_value(re.compile("....."))
        page.get_by_role("link", name="Another model, other settings").click()
        page.get_by_label("Temperature").fill("0.5" if kept else "0.6")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("[data-typed]")).to_have_count(0)
        page.reload()
        if kept:
            assert violations(page) == []
            field.fill(f"{field.input_value()} Mine.")
            page.get_by_role("button", name="Put it in the book").click()
            wait_for_plans(page, 2)
            assert texts(page)[-1].endswith(" Mine.")
        else:
            page.get_by_role("button", name="Drop it", exact=True).click()
            expect(field).to_have_count(0)
            page.get_by_role("button", name="Back to the plans").click()
            wait_for_plans(page, 2)
    expect(page.get_by_label("Write on yourself", exact=True)).to_have_value("")


def test_one_can_go_back_to_the_plans_and_what_was_written_is_there(page: Page, server: WebServer) -> None:
    story_at(page, server)
    page.get_by_role("button", name="Write plan 1").click()
    page.wait_for_function("() => (document.querySelector('.live')?.textContent.length || 0) > 20")
    page.get_by_role("button", name="Stop after this paragraph").click()
    page.get_by_role("button", name="Stop at once").click()
    text = page.get_by_label("What was written", exact=True).input_value()
    page.get_by_role("button", name="Back to the plans").click()
    wait_for_plans(page, 1)
    expect(page.get_by_label("What was written", exact=True)).to_have_value(text)
    page.get_by_role("button", name="Write plan 2").click()
    wait_for_plans(page, 2)


def test_selected_words_are_rewritten_in_versions_and_one_is_taken(page: Page, server: WebServer) -> None:
    story_at(page, server)
    own(page, "The lamp 👩‍👩‍👧 was out. Nobody came.")
    wait_for_plans(page, 2)
    page.get_by_label("Edit paragraph 2").click()
    field = page.get_by_label("Paragraph 2", exact=True)
    field.evaluate("(one) => { one.focus(); one.setSelectionRange(one.value.indexOf('Nobody'), one.value.length); }")
    page.get_by_text("Rewrite some words, or all of it").click()
    expect(page.locator(".chosen")).to_have_text("Selected: Nobody came.")
    page.get_by_label("What is wrong with it").fill("Too quiet.")
    page.get_by_label("versions", exact=True).fill("2")
    page.get_by_role("button", name="Show it").click()
    expect(page.locator(".version")).to_have_count(2, timeout=20_000)
    expect(page.get_by_role("button", name="Take version 2")).to_be_visible(timeout=20_000)
    assert violations(page) == []
    text = page.locator(".version").nth(1).text_content() or ""
    page.get_by_role("button", name="Take version 2").click()
    expect(page.locator("#p2 .text")).to_have_text(f"The lamp 👩‍👩‍👧 was out. {text}")
    expect(page.locator(".versions")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#p2 .text")).to_have_text("The lamp 👩‍👩‍👧 was out. Nobody came.")
    page.get_by_role("button", name="Leave it as it is").click()
    expect(page.locator(".versions")).to_have_count(0)


def test_passages_are_cut_and_joined_what_is_undone_is_done_again_and_branches_go(
    page: Page, server: WebServer
) -> None:
    address = story_at(page, server)
    own(page, "Mara rows out. The lamp is dark.")
    wait_for_plans(page, 2)
    page.get_by_label("Edit paragraph 2").click()
    page.get_by_label("Paragraph 2", exact=True).evaluate("(one) => { one.focus(); one.setSelectionRange(15, 15); }")
    page.get_by_text("Cut it, join it, move its chapter").click()
    page.get_by_role("button", name="Cut it in two at the cursor").click()
    expect(page.locator("#p2 .text")).to_have_text("Mara rows out.")
    expect(page.locator("#p3 .text")).to_have_text("The lamp is dark.")
    page.get_by_label("Edit paragraph 2").click()
    page.get_by_text("Cut it, join it, move its chapter").click()
    page.get_by_role("button", name="Join it with the next one").click()
    expect(page.locator("#p2 .text")).to_have_text("Mara rows out.\n\nThe lamp is dark.", use_inner_text=False)
    page.get_by_role("button", name="Undo").click()
    wait_for_plans(page, 3)
    page.get_by_role("button", name="Do it again").click()
    wait_for_plans(page, 2)
    expect(page.get_by_role("button", name="Do it again")).to_have_count(0)
    page.goto(f"{address}/loom?branch=main&at=1")
    page.get_by_label("Name, if you like").fill("detour")
    page.get_by_role("button", name="Begin a branch").click()
    expect(page.locator(".tools")).to_contain_text("detour")
    page.goto(f"{address}/loom?branch=main&at=2")
    page.get_by_role("button", name="Go there").click()
    expect(page.locator(".tools")).to_contain_text("main")
    page.goto(f"{address}/loom?branch=detour&at=1")
    page.get_by_text("Delete the branch detour").click()
    assert violations(page) == []
    page.get_by_role("button", name="Delete it for good").click()
    expect(page.locator(".picture")).not_to_contain_text("detour")


def test_it_goes_on_at_the_cursor_its_versions_are_told_and_one_stands_again(page: Page, server: WebServer) -> None:
    story_at(page, server)
    own(page, "Mara looked out. She slept.")
    wait_for_plans(page, 2)
    page.get_by_label("Edit paragraph 2").click()
    field = page.get_by_label("Paragraph 2", exact=True)
    field.fill("Mara looked far out. She slept.")
    field.evaluate("(one) => { one.focus(); one.setSelectionRange(20, 20); }")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".version")).to_have_count(1, timeout=20_000)
    text = page.locator(".version").text_content() or ""
    page.get_by_role("button", name="Take it, the memory follows: version 1").click()
    wait_for_plans(page, 2)
    expect(page.locator("#p2 .text")).to_have_text(f"Mara looked far out.{text} She slept.", use_inner_text=False)
    expect(page.locator("#drafts")).to_be_hidden()
    page.get_by_label("Edit paragraph 2").click()
    page.get_by_role("link", name="Its versions").click()
    told = page.locator("#history li")
    expect(told).to_have_count(3)
    expect(told.nth(1).locator("ins")).to_have_text(["far "])
    expect(told.nth(2)).to_contain_text("a rewriting that was taken")
    assert violations(page) == []
    page.get_by_role("button", name="Let version 1 stand again").click()
    expect(page.locator("#p2 .text")).to_have_text("Mara looked out. She slept.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#p2 .text")).to_contain_text("far")


def test_an_earlier_passage_is_tried_again_with_what_was_wrong_and_quotes_are_set(
    page: Page, server: WebServer
) -> None:
    story_at(page, server)
    page.get_by_role("button", name="Write plan 1").click()
    wait_for_plans(page, 2)
    own(page, '"Don\'t," she said.')
    wait_for_plans(page, 3)
    before = texts(page)
    page.get_by_label("Edit paragraph 2").click()
    page.get_by_text("Rewrite some words, or all of it").click()
    page.get_by_label("What is wrong with it").fill("Too quick.")
    page.get_by_label("versions", exact=True).fill("2")
    page.get_by_role("button", name="Anew, by its plan").click()
    expect(page.get_by_role("button", name="Take version 2")).to_be_visible(timeout=20_000)
    text = page.locator(".version").nth(1).text_content() or ""
    assert text
    assert text != before[1]
    page.get_by_role("button", name="Take version 2").click()
    expect(page.locator("#p2 .text")).to_have_text(text)
    assert [texts(page)[0], texts(page)[2]] == [before[0], before[2]]
    page.get_by_label("Edit paragraph 3").click()
    page.get_by_role("button", name="Save, with typographic quotes").click()
    expect(page.locator("#p3 .text")).to_have_text("“Don’t,” she said.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#p3 .text")).to_have_text('"Don\'t," she said.')
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#p2 .text")).to_have_text(before[1])
