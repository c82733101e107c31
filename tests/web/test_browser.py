"""The page in a real browser, from beginning a story to reading its book again, with reloads and kills between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from accessibility import violations
from cli_with_fakes import HOSTILE
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.light_markdown import as_text
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.manuscript import to_read
from recurrentgpt.stories.readers import read_file
from tongues import EN
from web_browser import NEEDS_A_BROWSER
from web_server import WebServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the browser is left out")
expect = playwright.expect
pytestmark = NEEDS_A_BROWSER
SLOW = 20_000
SIZE_OF_A_PHONE = 390
SEEN_LIVE = """
  window.seenLive = [];
  new MutationObserver(() => {
    const text = document.querySelector(".live")?.textContent;
    if (text) seenLive.push(text);
  }).observe(document, { subtree: true, childList: true, characterData: true });
"""
"""What stood there while it was written, for a test that looks too late."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    made = WebServer(tmp_path_factory.mktemp("web"), FAKE_PAUSE="0.004").start()
    yield made
    made.stop()


@pytest.fixture
def context(browser: Browser, server: WebServer) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    made.set_default_timeout(SLOW)
    made.add_init_script(SEEN_LIVE)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    made = context.new_page()
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    made.on("request", lambda asked: None if is_here(asked.url) else wrong.append(asked.url))
    yield made
    assert wrong == []


def is_here(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))


def begin(page: Page, paragraphs: int = 1, **fields: str) -> str:
    """Begin a story, and give its address once its plans are there."""
    page.goto("/new")
    page.locator("details.all-else").evaluate("folded => folded.open = true")
    for name, value in {"topic": "A lighthouse keeper finds a message in a bottle", **fields}.items():
        page.locator(f"[name={name}]").last.fill(value)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile("/story/"))
    wait_for_plans(page, paragraphs)
    return page.url


def wait_for_plans(page: Page, paragraphs: int = 1) -> None:
    expect(page.locator(".manuscript .text")).to_have_count(paragraphs, timeout=SLOW)
    expect(page.get_by_role("button", name="Write plan 1")).to_be_visible(timeout=SLOW)
    page.evaluate("(window.seenLive ?? []).length = 0")


def manuscript(page: Page) -> list[str]:
    return page.locator(".manuscript .text").all_text_contents()


def prompt_of(page: Page, gate: str) -> str:
    """The prompt of a gate, as the page shows it."""
    page.get_by_role("link", name="Prompts", exact=True).click()
    found = page.locator("details.gate").filter(has_text=gate)
    expect(found).to_have_count(1)
    return "\n".join(found.locator("pre").all_text_contents())


def grown(page: Page, than: int = 0) -> str:
    """The text in flight, once it is longer; on a busy machine it may be in the book by now."""
    found = page.wait_for_function("than => seenLive.find((text) => text.length > than)", arg=than)
    return str(found.json_value())


# Writing


def test_a_story_is_begun_streams_and_follows_the_second_plan(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Begin a story").click()
    page.get_by_role("link", name="Mystery").click()
    expect(page.locator("[name=background]")).to_have_value(re.compile("Mara Quill"))
    page.get_by_role("button", name="Begin").click()
    first = grown(page)
    assert grown(page, len(first)).startswith(first)
    wait_for_plans(page)
    assert manuscript(page)[0].startswith(first)
    button, number = (page.locator(f".plan form {kind}").first.bounding_box() for kind in ("button", "[name=passages]"))
    assert button
    assert number
    assert abs(button["y"] - number["y"]) < 5, "how many passages stands beside the button"
    second = page.locator(".plan > p:first-child").nth(1).text_content()
    page.get_by_role("button", name="Write plan 2").click()
    text = grown(page)
    wait_for_plans(page, 2)
    assert manuscript(page)[1].startswith(text)
    page.get_by_role("link", name="Recalled").click()
    expect(page.locator(".panel")).to_contain_text(second or "")
    page.get_by_role("link", name="Cost").click()
    expect(page.locator("tfoot")).to_contain_text("Together")


@pytest.mark.parametrize("width", [1280, SIZE_OF_A_PHONE])
def test_a_manuscript_before_it_is_read_has_a_margin_and_its_words_at_the_start(
    page: Page, width: int, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": width, "height": 850})
    page.goto("/")
    (tmp_path / "shore.md").write_text("# The Shore\n\nMara counted.\n\n# Fog\n\nNobody came.")
    page.locator("input[type=file]").set_input_files(tmp_path / "shore.md")
    page.get_by_role("button", name="Look at it").click()
    title = page.get_by_label("Title", exact=True).bounding_box()
    assert title
    assert title["x"] > 10
    expect(page.get_by_role("cell", name="Mara counted.")).to_have_css("text-align", "start")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_plan_that_was_changed_is_the_plan_that_is_written(page: Page) -> None:
    begin(page)
    page.get_by_text("Change it").first.click()
    page.get_by_label("Plan 1", exact=True).fill("Mara goes down to the cellar & finds <the> bottle.")
    page.get_by_role("button", name="Write it so").first.click()
    wait_for_plans(page, 2)
    assert "Mara goes down to the cellar & finds <the> bottle." in prompt_of(page, "generate_paragraph")


def test_other_plans_heed_what_was_said(page: Page) -> None:
    begin(page)
    before = page.locator(".plans").text_content()
    page.get_by_text("Other plans", exact=True).click()
    page.get_by_label("What they should be like").fill("something quieter")
    page.get_by_role("button", name="Ask for others").click()
    expect(page.locator(".plans")).not_to_have_text(before or "")
    wait_for_plans(page)
    assert "something quieter" in prompt_of(page, "propose_plans")


def save_memory(page: Page, text: str) -> None:
    """Put another memory down, and wait until the page shows that it is: before, it would undo what was before."""
    shown = page.locator("form:has(button:text-is('Undo')) [name=version]").first
    version = shown.input_value()
    page.get_by_label("Short-term memory").fill(text)
    page.get_by_role("button", name="Save the memory").click()
    expect(shown).not_to_have_value(version)


def test_an_edit_of_the_memory_is_in_the_next_prompt_and_can_be_undone(page: Page) -> None:
    begin(page)
    memory = page.get_by_label("Short-term memory")
    before = memory.input_value()
    save_memory(page, "Mara trusts nobody.\nThe bottle is under the stairs.")
    page.get_by_role("button", name="Undo").click()
    expect(memory).to_have_value(before)
    save_memory(page, "Mara trusts nobody.\nThe bottle is under the stairs.")
    page.reload()
    expect(memory).to_have_value("Mara trusts nobody.\nThe bottle is under the stairs.")
    page.get_by_role("button", name="Write plan 1").click()
    wait_for_plans(page, 2)
    assert "Mara trusts nobody.\nThe bottle is under the stairs." in prompt_of(page, "generate_paragraph")
    page.get_by_role("link", name="Memory", exact=True).click()
    expect(page.locator(".diff del").first).to_contain_text("Mara trusts nobody.")


def test_a_paragraph_is_edited_in_its_place(page: Page) -> None:
    begin(page)
    page.get_by_label("Edit paragraph 1").click()
    field = page.get_by_label("Paragraph 1", exact=True)
    expect(field).to_be_focused()
    field.fill("Mara lit the lamp.\n\nNobody came.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".manuscript .text")).to_have_text(["Mara lit the lamp.\n\nNobody came."], use_inner_text=False)
    assert manuscript(page) == ["Mara lit the lamp.\n\nNobody came."]
    page.get_by_role("link", name="Archive").click()
    page.get_by_label("Search as the writer").fill("who lit the lamp")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".passage")).to_have_count(1)


def test_what_is_typed_never_lands_in_another_paragraph(page: Page, context: BrowserContext) -> None:
    address = begin(page).split("?")[0]
    (before,) = manuscript(page)
    page.get_by_label("Edit paragraph 1").click()
    field = page.get_by_label("Paragraph 1", exact=True)
    field.fill("Mine.")
    other = context.new_page()
    other.goto(f"{address}?edit=1")
    other.get_by_text("Put a paragraph in here").click()
    other.get_by_label("The new paragraph").fill("Own.")
    other.get_by_role("button", name="Put it in before this one").click()
    expect(page.locator(".manuscript .text")).to_have_text([before], use_inner_text=False)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("has gone on since")
    expect(field).to_have_value("Mine.")
    other.reload()
    assert manuscript(other) == ["Own.", before]


def test_several_are_written_and_stopped(page: Page) -> None:
    begin(page)
    page.get_by_text("Write several").click()
    page.get_by_label("Paragraphs").fill("50")
    page.get_by_role("button", name="Write them").click()
    expect(page.locator(".paragraph .text")).to_have_count(2, timeout=SLOW)
    page.get_by_role("button", name="Stop after this paragraph").click()
    expect(page.get_by_role("button", name="Stop at once")).to_be_visible()
    expect(page.get_by_role("button", name="Write plan 1")).to_be_visible(timeout=SLOW)
    assert 2 <= len(manuscript(page)) <= 5


def test_what_a_person_does_meanwhile_is_left_alone(page: Page) -> None:
    begin(page)
    page.get_by_role("link", name="Archive").click()
    search = page.get_by_label("Search as the writer")
    expect(search).to_be_visible()
    page.get_by_role("button", name="Write plan 1").click()
    grown(page)
    search.press_sequentially("who lit the lamp")
    search.evaluate("(field) => { field.setSelectionRange(4, 7); field.closest('form').mark = 'same'; }")
    page.evaluate("document.querySelector('#p1').mark = 'same'")
    page.evaluate("document.querySelector('details.menu').open = true")
    wait_for_plans(page, 2)
    expect(search).to_be_focused()
    expect(search).to_have_value("who lit the lamp")
    assert search.evaluate("(field) => [field.selectionStart, field.selectionEnd]") == [4, 7]
    assert search.evaluate("(field) => field.closest('form').mark") == "same"
    assert page.evaluate("document.querySelector('#p1').mark") == "same"
    expect(page.get_by_role("link", name="EPUB")).to_be_visible()


def test_a_setting_is_changed_refused_and_cleared(page: Page) -> None:
    address = f"{begin(page).split('?')[0]}?panel=settings"
    page.goto(address)
    save = page.get_by_role("button", name="Save", exact=True)
    temperature = page.get_by_label("Temperature")
    expect(temperature).to_have_attribute("placeholder", "default")
    temperature.fill("0.4")
    page.get_by_text("More settings").click()
    page.get_by_label("Seed").fill("5")
    save.click()
    expect(page.locator("[data-typed]")).to_have_count(0)
    page.reload()
    expect(temperature).to_have_value("0.4")
    expect(page.get_by_label("Seed")).to_have_value("5")
    temperature.fill("9")
    page.get_by_label("Seed").fill("")
    page.locator("form.settings", has=temperature).evaluate("(form) => { form.noValidate = true; }")
    save.click()
    expect(page.locator(".field", has=temperature).locator(".problem")).to_contain_text("2")
    expect(temperature).to_have_value("9")
    expect(page.get_by_label("Seed")).to_have_value("")
    temperature.fill("")
    save.click()
    expect(page.locator(".problem")).to_have_count(0)
    page.reload()
    expect(temperature).to_have_value("")
    expect(page.get_by_label("Seed")).to_be_hidden()
    page.get_by_text("More settings").click()
    expect(page.get_by_label("Seed")).to_have_value("")


# Branches


def test_all_plans_are_tried_one_is_taken_and_the_tree_is_walked(page: Page) -> None:
    address = begin(page)
    page.get_by_role("button", name="Try all the plans").click()
    expect(page.get_by_role("button", name="Take this one")).to_have_count(3, timeout=SLOW)
    ways = page.locator(".siblings .text").all_text_contents()
    assert len(set(ways)) == 3
    page.get_by_role("button", name="Take this one").nth(1).click()
    expect(page.locator(".tools")).to_contain_text("branch-3")
    assert manuscript(page)[1] == ways[1]
    page.get_by_role("link", name="Loom").click()
    expect(page.locator(".picture a")).to_have_count(4)
    page.get_by_label("Paragraph 1 on main").click()
    page.get_by_label("A plan of your own").fill("A storm rises.")
    page.get_by_role("button", name="Begin a branch").click()
    wait_for_plans(page, 2)
    expect(page.locator(".tools")).to_contain_text("branch-5")
    assert "A storm rises." in prompt_of(page, "generate_paragraph")
    page.goto(f"{address.split('?')[0]}/loom")
    page.get_by_label("Paragraph 2 on branch-2").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Go there").click()
    expect(page.locator(".tools")).to_contain_text("branch-2")
    assert manuscript(page)[1] == ways[0]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".manuscript .text")).to_have_count(1)


# Play


def test_who_plays_by_the_keys_stays_where_they_type(page: Page) -> None:
    page.goto("/new?mode=interactive_fiction")
    page.locator("[name=topic]").last.fill("A lighthouse")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile("/play/"))
    field = page.locator("#own-words")
    expect(page.locator(".actions button").first).to_be_visible(timeout=SLOW)
    for turn in range(1, 3):
        field.focus()
        page.keyboard.type(f"I wait {turn}.")
        page.keyboard.press("Enter")
        expect(page.locator("#stop-scene")).to_be_visible()
        expect(field).to_be_focused()
        expect(page.locator(".done-by")).to_have_count(turn)
        expect(page.locator(".actions button").first).to_be_visible(timeout=SLOW)
        expect(field).to_be_focused()
        expect(field).to_have_value("")
    page.locator(".actions button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".done-by")).to_have_count(3)
    expect(page.locator(".actions button").first).to_be_visible(timeout=SLOW)
    expect(field).to_be_focused()


def test_five_turns_are_played_and_come_back_to(page: Page) -> None:
    page.goto("/new?mode=interactive_fiction&example=2")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile("/play/"))
    acts = page.locator(".actions button")
    for turn in range(5):
        expect(acts).to_have_count(3, timeout=SLOW)
        if turn == 2:
            page.get_by_label("Something else").fill("I sing to the clock.")
            page.keyboard.press("Enter")
        else:
            acts.nth(turn % 3).click()
        expect(page.locator(".done-by")).to_have_count(turn + 1, timeout=SLOW)
    expect(acts).to_have_count(3, timeout=SLOW)
    expect(page.locator(".done-by").nth(2)).to_have_text("I sing to the clock.")
    scenes = manuscript(page)
    assert len(scenes) == 6
    assert "Short-term memory" not in (page.locator("body").text_content() or "")
    page.goto("/")
    page.goto(page.locator(".card h2 a").first.get_attribute("href") or "")
    assert manuscript(page) == scenes


# Reloads, restarts, other tabs


def test_a_page_that_is_reloaded_in_mid_paragraph_goes_on(page: Page, context: BrowserContext) -> None:
    address = begin(page)
    page.get_by_role("button", name="Write plan 1").click()
    before = grown(page, 200)
    page.reload()
    # On a slow machine the paragraph is at its end before a page is open.
    in_flight = "document.querySelector('.live') ?? document.querySelectorAll('.manuscript .text')[1]"
    page.wait_for_function(f"than => ({in_flight})?.textContent.length >= than", arg=len(before))
    after = str(page.evaluate(f"({in_flight}).textContent"))
    assert after.startswith(before)
    other = context.new_page()
    other.goto(address)
    other.wait_for_function(f"than => ({in_flight})?.textContent.length >= than", arg=len(after))
    wait_for_plans(page, 2)
    wait_for_plans(other, 2)
    assert manuscript(page) == manuscript(other)
    assert manuscript(page)[1].startswith(after)


def test_a_server_that_is_killed_in_mid_paragraph_goes_on_when_it_is_back(browser: Browser, tmp_path: Path) -> None:
    server = WebServer(tmp_path, FAKE_PAUSE="0.01").start()
    context = browser.new_context(base_url=server.url)
    context.add_init_script(SEEN_LIVE)
    try:
        page = context.new_page()
        begin(page)
        page.get_by_role("button", name="Write plan 1").click()
        text = grown(page, 100)
        server.kill()
        server.start()
        wait_for_plans(page, 2)
        assert manuscript(page)[1].startswith(text)
    finally:
        context.close()
        server.stop()


def test_no_story_shows_another_ones_text(context: BrowserContext) -> None:
    pages = [context.new_page() for _ in range(2)]
    for page, topic in zip(pages, ("A lighthouse keeper", "A clockmaker's apprentice"), strict=True):
        begin(page, topic=topic)
    for page in pages:
        page.get_by_role("button", name="Write plan 1").click()
    for page in pages:
        wait_for_plans(page, 2)
    first, second = (set(manuscript(page)) for page in pages)
    assert not first & second
    for page in pages:
        shown = set(manuscript(page))
        page.reload()
        assert set(manuscript(page)) == shown


# Books, hostile text, every view


def test_an_epub_is_the_story_and_is_taken_in_again(page: Page, tmp_path: Path) -> None:
    begin(page)
    text = manuscript(page)
    page.get_by_text("Books").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="EPUB").click()
    book = tmp_path / "book.epub"
    download.value.save_as(book)
    assert to_read(read_file(book, EN).manuscript, EN).paragraphs == text
    page.goto("/")
    page.get_by_label("File").set_input_files(book)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Read it").click()
    page.wait_for_url(re.compile("/story/"))
    wait_for_plans(page)
    assert manuscript(page) == text


def test_hostile_text_is_shown_as_it_was_written(page: Page) -> None:
    begin(page, paragraphs=3, model="hostile")
    title = page.title()
    shown = as_text(HOSTILE).replace("&amp;", "&")
    assert "".join("".join(manuscript(page)).split()) == "".join(shown.split())
    assert page.locator(".manuscript").locator("img, script, b, h1, a[href^=javascript]").count() == 0
    expect(page.locator(".manuscript strong")).to_have_text("not bold")
    assert page.title() == title
    assert "taken" not in title
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_what_is_true_is_grouped_proved_and_linked(page: Page) -> None:
    address = begin(page, model="knowing").split("?")[0]
    for number in (2, 3):
        page.get_by_role("button", name="Write plan 1").click()
        wait_for_plans(page, number)
    for size, scheme in (((1280, 900), "light"), ((390, 844), "dark")):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"{address}?panel=facts")
        settled = page.locator("details.settled")
        expect(settled.locator("li")).to_be_hidden()
        settled.locator("> summary").focus()
        page.keyboard.press("Enter")
        expect(settled.get_by_role("listitem")).to_contain_text("Settled: Paragraph 3")
        page.evaluate("document.querySelectorAll('.panel details').forEach((one) => { one.open = true; })")
        assert violations(page) == [], scheme
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.goto(f"{address}?panel=facts")
    first = page.get_by_role("list", name="Known to all").get_by_role("listitem").first
    words = first.locator("blockquote")
    expect(words).to_be_hidden()
    first.locator("summary").press("Enter")
    expect(words).to_be_visible()
    assert (words.text_content() or "") in manuscript(page)[2]
    first.get_by_role("link", name="Paragraph 3").click()
    assert page.url.endswith("#p3")
    expect(words).to_be_visible()


def test_a_story_is_deleted_only_when_that_was_meant(page: Page) -> None:
    begin(page, topic="A story to be deleted")
    name = page.get_by_role("heading", level=1).text_content() or ""
    page.goto("/")
    page.get_by_role("link", name=f"Delete '{name}'").click()
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("link", name=f"Delete '{name}'").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)


def test_every_view_is_accessible_and_nothing_is_cut(page: Page) -> None:
    address = begin(page).split("?")[0]
    story = address.rsplit("/", 1)[1]
    page.get_by_role("button", name="Write plan 1").click()
    wait_for_plans(page, 2)
    main = ["/", "/new", f"{address}?edit=1", f"{address}/loom?branch=main&at=2", f"/play/{story}"]
    panels = [
        f"{address}?panel={name}"
        for name in ("facts", "continuity", "recalled", "archive", "prompts", "cost", "settings")
    ]
    for size, scheme, views in (
        ((1280, 900), "light", [*main, *panels, f"/read/{story}", "/login", "/nowhere"]),
        ((390, 844), "dark", main),
    ):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for view in views:
            page.goto(view)
            # On a telephone an open menu lies over what is below it.
            unfolded = "details" if size[0] > SIZE_OF_A_PHONE else "details:not(.menu)"
            page.evaluate("(all) => document.querySelectorAll(all).forEach((one) => { one.open = true; })", unfolded)
            assert violations(page) == [], (view, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], view


def test_the_page_speaks_chinese(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(base_url=server.url, locale="zh-CN")
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="开始写故事").click()
    page.get_by_role("link", name="悬疑").click()
    page.get_by_role("button", name="开始").click()
    expect(page.get_by_role("heading", name="接下来怎样？")).to_be_visible(timeout=SLOW)
    context.close()


def test_without_scripts_the_page_still_works(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/new")
    page.locator("[name=topic]").fill("A lighthouse keeper")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/story/**")  # to load a page again while it is left for another is an error
    button = page.get_by_role("button", name="Write plan 1")
    for _ in range(100):
        page.reload()
        if button.count():
            break
    button.click()
    assert "/story/" in page.url
    context.close()


@pytest.mark.real
@pytest.mark.long  # daily the fake model writes on the page, and the embedded one in the terminal (test_real.py)
def test_the_embedded_model_writes_on_the_page(
    browser: Browser, tmp_path: Path, fresh_environment: Callable[[Path], WebServer]
) -> None:
    sizes = {"opening_paragraphs": 1, "paragraph_sentences": 3, "plan_sentences": 1, "plan_count": 2}
    small = {"memory_min_sentences": 1, "memory_max_sentences": 3, "tries": 8, "repetition_limit": 1.0, "seed": 11}
    settings = Context.model_validate({"model": "embedded", **sizes, **small})
    record = Library(tmp_path).begin(StoryInput(topic="A lighthouse keeper finds a message in a bottle."), settings)
    server = fresh_environment(tmp_path)
    context = browser.new_context(base_url=server.url)
    context.add_init_script(SEEN_LIVE)
    page = context.new_page()
    page.goto(f"/story/{record.story_id}")
    page.get_by_role("button", name="Let the model begin").click()
    expect(page.get_by_role("button", name="Write plan 2")).to_be_visible(timeout=200_000)
    before = len(manuscript(page))
    page.get_by_role("button", name="Write plan 2").click()
    grown(page)
    expect(page.locator(".manuscript .text")).to_have_count(before + 1, timeout=200_000)
    context.close()


@pytest.fixture
def fresh_environment() -> Iterator[Callable[[Path], WebServer]]:
    """A server with the embedder and the model that a person has who configured nothing."""
    started: list[WebServer] = []

    def start(home: Path) -> WebServer:
        more = {"RECURRENTGPT_EMBEDDING_MODEL": "", "HF_HUB_OFFLINE": "1", "RECURRENTGPT_MODEL": ""}
        started.append(WebServer(home, ("-m", "recurrentgpt.cli"), **more).start())
        return started[0]

    yield start
    for server in started:
        server.stop()
