"""Nothing that is typed is lost: it comes back in its field, and what was sent twice or too late does nothing."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING

import pytest

from desk import story_at, texts, wait_for_plans
from web_browser import NEEDS_A_BROWSER
from web_server import WebServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the browser is left out")
expect = playwright.expect
pytestmark = NEEDS_A_BROWSER


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    made = WebServer(tmp_path_factory.mktemp("web")).start()
    yield made
    made.stop()


@pytest.fixture
def context(browser: Browser, server: WebServer) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    made = context.new_page()
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    yield made
    assert wrong == []


def unfolded(page: Page, name: str) -> None:
    page.get_by_label(name, exact=True).wait_for(state="attached")  # The plans are shown before what stands below them.
    page.evaluate("document.querySelectorAll('.more details').forEach((one) => { one.open = true; })")
    expect(page.get_by_label(name, exact=True)).to_be_visible()


def rest(page: Page) -> list[str]:
    """What is typed and has no field on the page."""
    return page.locator("#drafts li .typed").all_text_contents()


def test_every_field_of_a_page_comes_back_until_it_was_sent(page: Page, server: WebServer) -> None:
    address = story_at(page, server)
    unfolded(page, "A plan of your own")
    typed = {
        "A plan of your own": "She rows out.",
        "What they should be like, if you like: something quieter": "Quieter.",
        "What was wrong with it, if you like": "Hasty.",
        "Short-term memory": "Mara trusts nobody.",
    }
    del typed["What was wrong with it, if you like"]  # Nothing but the opening is written.
    for name, text in typed.items():
        page.get_by_label(name, exact=True).fill(text)
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_label("Title", exact=True).fill("The Keeper")
    page.get_by_label("Temperature").fill("0.5")
    expect(page.locator("#drafts summary")).to_have_text("Not sent yet: 1")
    page.get_by_label("Edit paragraph 1").click()
    page.get_by_label("Paragraph 1", exact=True).fill("Mine.")
    page.reload()
    expect(page.get_by_label("Paragraph 1", exact=True)).to_have_value("Mine.")
    expect(page.get_by_label("Title", exact=True)).to_have_value("The Keeper")
    expect(page.get_by_label("Temperature")).to_have_value("0.5")
    page.goto(address)
    for name, text in typed.items():
        expect(page.get_by_label(name, exact=True)).to_have_value(text)
        expect(page.get_by_label(name, exact=True)).to_be_visible()
    assert sorted(rest(page)) == ["0.5", "Mine.", "The Keeper"]
    page.get_by_role("button", name="Save the memory").click()
    expect(page.locator("#drafts li")).to_have_count(3)
    page.get_by_role("button", name="Write it", exact=True).click()
    wait_for_plans(page, 2)
    page.reload()
    unfolded(page, "A plan of your own")
    expect(page.get_by_label("A plan of your own", exact=True)).to_have_value("")
    expect(page.get_by_label("Short-term memory")).not_to_have_value("Mara trusts nobody.")
    page.locator("#drafts summary").click()
    page.locator("#drafts li", has_text="Mine.").get_by_role("link", name="Go there").click()
    expect(page.get_by_label("Paragraph 1", exact=True)).to_have_value("Mine.")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("The Keeper")
    assert rest(page) == []


def test_a_plan_stays_when_another_is_taken_and_asks_before_it_is_followed_elsewhere(
    page: Page, server: WebServer
) -> None:
    story_at(page, server)
    unfolded(page, "A plan of your own")
    own = page.get_by_label("A plan of your own", exact=True)
    own.fill("She rows out.")
    page.get_by_role("button", name="Write plan 2").click()
    wait_for_plans(page, 2)
    expect(own).to_have_value("She rows out.")
    page.get_by_role("button", name="Write it", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("has gone on since")
    expect(own).to_have_value("She rows out.")
    assert len(texts(page)) == 2
    page.get_by_role("button", name="Write it", exact=True).click()
    wait_for_plans(page, 3)
    expect(own).to_have_value("")
    assert rest(page) == []


def test_of_two_pages_none_overwrites_the_other_unseen(page: Page, context: BrowserContext, server: WebServer) -> None:
    address = story_at(page, server)
    other = context.new_page()
    for one, text in ((page, "Mine."), (other, "Theirs.")):
        one.goto(f"{address}?edit=1")
        one.get_by_label("Paragraph 1", exact=True).fill(text)
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.locator(".manuscript .text")).to_have_text(["Theirs."])
    expect(page.locator(".stands .standing")).to_have_text("Theirs.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("has gone on since you began to write")
    expect(page.get_by_label("Paragraph 1", exact=True)).to_have_value("Mine.")
    expect(page.locator(".stands .standing")).to_have_text("Theirs.")
    page.reload()
    expect(page.get_by_label("Paragraph 1", exact=True)).to_have_value("Mine.")
    expect(page.locator(".stands .standing")).to_have_text("Theirs.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".manuscript .text")).to_have_text(["Mine."])
    expect(other.locator(".manuscript .text")).to_have_text(["Mine."])
    assert rest(page) == rest(other) == []


def test_what_is_typed_is_not_asked_twice_about_what_its_own_page_changed_beside_it(
    page: Page, server: WebServer
) -> None:
    story_at(page, server)
    page.get_by_label("Short-term memory").fill("Mara trusts nobody.")
    page.get_by_label("Edit paragraph 1").click()
    page.get_by_label("Paragraph 1", exact=True).fill("Mine.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".manuscript .text")).to_have_text(["Mine."])
    page.get_by_role("button", name="Save the memory").click()
    expect(page.locator("[data-typed]")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Short-term memory")).to_have_value("Mara trusts nobody.")


def test_a_form_to_begin_with_comes_back_and_an_example_does_not_replace_it(page: Page, server: WebServer) -> None:
    assert server
    page.goto("/new")
    page.get_by_label("Topic", exact=True).fill("My own sea.")
    page.get_by_role("link", name="Mystery").click()
    expect(page.get_by_label("Genre", exact=True)).to_have_value("Mystery")
    expect(page.get_by_label("Topic", exact=True)).to_have_value("My own sea.")
    expect(page.locator(".stands .standing")).to_contain_text("A lighthouse keeper")
    page.get_by_role("button", name="Take that instead").click()
    expect(page.get_by_label("Topic", exact=True)).to_have_value(re.compile("A lighthouse keeper"))
    page.get_by_label("Topic", exact=True).fill("My own sea.")
    page.reload()
    expect(page.get_by_label("Topic", exact=True)).to_have_value("My own sea.")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile("/story/"))
    page.goto("/new")
    expect(page.get_by_label("Topic", exact=True)).to_have_value("")


def test_a_program_that_does_not_answer_is_told_and_nothing_is_lost(
    page: Page, context: BrowserContext, server: WebServer
) -> None:
    story_at(page, server)
    page.get_by_label("Short-term memory").fill("Mara trusts nobody.")
    context.set_offline(True)
    page.get_by_role("button", name="Save the memory").click()
    expect(page.locator("#notice")).to_contain_text("does not answer")
    expect(page.get_by_label("Short-term memory")).to_have_value("Mara trusts nobody.")
    context.set_offline(False)
    page.get_by_role("button", name="Save the memory").click()
    expect(page.locator("[data-typed]")).to_have_count(0)
    expect(page.locator("#notice")).to_be_hidden()


def test_who_is_logged_out_finds_the_text_again(page: Page, server: WebServer) -> None:
    address = story_at(page, server)
    page.get_by_label("Short-term memory").fill("Mara trusts nobody.")
    page.route("**/memory", lambda asked: asked.fulfill(status=303, headers={"location": "/login"}))
    page.get_by_role("button", name="Save the memory").click()
    expect(page.locator("[type=password]")).to_be_visible()
    page.unroute("**/memory")
    page.goto(address)
    expect(page.get_by_label("Short-term memory")).to_have_value("Mara trusts nobody.")
    page.get_by_role("button", name="Save the memory").click()
    expect(page.locator("[data-typed]")).to_have_count(0)


def kept_of(server: WebServer, address: str) -> list[str]:
    """The texts that the program keeps beside a story, or for the form that begins one."""
    file = (
        server.home
        / (f"stories{address.removeprefix('/story')}" if address.startswith("/story") else "")
        / "drafts.json"
    )
    return [one["text"] for one in json.loads(file.read_text())["drafts"]] if file.exists() else []


def wait_until(page: Page, holds: Callable[[], bool], what: str = "it") -> None:
    """Until the program has been told what was typed, or a page shows it."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(20)
    pytest.fail(f"{what} did not come to hold")


def brought_back(page: Page, text: str) -> None:
    """Load a page anew until a text is in its memory's field: the socket of the other page ends a moment later."""
    for _ in range(20):
        page.reload()
        try:
            expect(memory_of(page)).to_have_value(text, timeout=2000)
        except AssertionError:
            continue
        return
    pytest.fail("it did not come back")


def test_another_browser_has_what_was_typed_until_it_was_sent(browser: Browser, page: Page, server: WebServer) -> None:
    address = story_at(page, server)
    page.get_by_label("Short-term memory").fill("Mara trusts nobody.")
    wait_until(page, lambda: kept_of(server, address) == ["Mara trusts nobody."])
    with browser.new_context(base_url=server.url, locale="en-GB") as elsewhere:
        other = elsewhere.new_page()
        other.goto(address)
        field = other.get_by_label("Short-term memory")
        expect(field).not_to_have_value("Mara trusts nobody.")  # Who types there has the page open.
        page.goto("/")
        brought_back(other, "Mara trusts nobody.")
        field.fill("Mara trusts Tom.")
        other.get_by_role("button", name="Save the memory").click()
        expect(other.locator("[data-typed]")).to_have_count(0)
        wait_until(other, lambda: kept_of(server, address) == [])
    page.goto(address)
    expect(page.get_by_label("Short-term memory")).to_have_value("Mara trusts Tom.")
    expect(page.locator("#drafts")).to_be_hidden()


def test_what_the_program_cannot_keep_keeps_nothing_else_from_it(page: Page, server: WebServer) -> None:
    address = story_at(page, server)
    long = "Mara waits. " * 14_000
    page.get_by_label("Short-term memory").fill(long)
    page.get_by_label("What they should be like").evaluate(
        r"""(field) => {
            field.value = 'Half a sign: \ud83d.';
            field.dispatchEvent(new Event('input', { bubbles: true }));
        }"""
    )
    wait_until(page, lambda: kept_of(server, address) == ["Half a sign: \ufffd."])
    page.reload()
    expect(page.get_by_label("Short-term memory")).to_have_value(long)


def test_no_key_is_kept_and_a_form_to_begin_with_is(browser: Browser, page: Page, server: WebServer) -> None:
    page.goto("/connect")
    page.locator("input[name=key]").first.fill("sk-secret")
    page.goto("/new")
    page.get_by_label("Topic", exact=True).fill("A sea of glass.")
    wait_until(page, lambda: "A sea of glass." in kept_of(server, "/new"))
    assert not any(b"sk-secret" in file.read_bytes() for file in server.home.rglob("*") if file.is_file())
    assert "sk-secret" not in page.evaluate("JSON.stringify({ ...localStorage })")
    page.close()
    with browser.new_context(base_url=server.url, locale="en-GB") as elsewhere:
        other = elsewhere.new_page()
        other.goto("/new")
        expect(other.get_by_label("Topic", exact=True)).to_have_value("A sea of glass.")
        other.get_by_role("button", name="Begin").click()
        other.wait_for_url(re.compile("/story/"))
        assert kept_of(server, "/new") == []


MISCHIEF = ["type", "type", "type on", "reload", "save", "save offline", "panel", "leave"]


@pytest.mark.parametrize(
    ("seed", "rounds"),
    [
        (7, 15),
        *(pytest.param(seed, 125, marks=[pytest.mark.long, pytest.mark.timeout(3000)]) for seed in (8, 9, 10, 11)),
    ],
)
def test_random_mischief_loses_no_typed_text(browser: Browser, server: WebServer, seed: int, rounds: int) -> None:
    """Typing, reloads, two pages, pages closed, network off and on, in the long run kills: no text is lost."""
    dice = random.Random(seed)  # noqa: S311
    context = browser.new_context(base_url=server.url, locale="en-GB")
    context.set_default_timeout(10_000)
    pages = [context.new_page(), context.new_page()]
    address = story_at(pages[0], server)
    pages[1].goto(address)
    typed: dict[tuple[int, str], str] = {}
    taken: set[str] = set()
    acts = MISCHIEF if rounds < 100 else [*MISCHIEF * 2, "kill", "type and kill"]
    try:
        for number in range(rounds):
            which, field = dice.randrange(2), dice.choice(list(FIELDS))
            page = pages[which]
            match dice.choice(acts):
                case "type":
                    typed[which, field] = write_anew(FIELDS[field](page), f"Sentence {number} of page {which}.")
                case "type on":
                    typed[which, field] = write_on(FIELDS[field](page), f" And {number}.")
                case "type and kill":
                    write_anew(FIELDS[field](page), f"Sentence {number} ")
                    server.kill()
                    typed[which, field] = write_on(FIELDS[field](page), f"of page {which}.")
                    server.start()
                case "save":
                    text = memory_of(page).input_value()
                    taken |= {text} if save_memory(page) else set()
                case "leave":
                    pages[which] = left_and_come_back(page, address)
                case act:
                    disturb(act, page, server, address)
            all_are_shown(pages, set(typed.values()) - taken, number)
        left = {text for text in typed.values() if text not in taken}
        wait_until(pages[0], lambda: left <= set(kept_of(server, address)))
    finally:
        context.close()


def all_are_shown(pages: list[Page], texts: set[str], number: int) -> None:
    """See that each text is on a page; one that was just opened asks the others first whose a text is."""
    wait_until(pages[0], lambda: texts <= {text for page in pages for text in shown(page)}, f"round {number}, {texts}")


def own_plan_of(page: Page) -> Locator:
    field = page.get_by_label("A plan of your own", exact=True)
    field.wait_for(state="attached")
    field.evaluate("(one) => { one.closest('details').open = true; }")
    return field


def write_anew(field: Locator, text: str) -> str:
    """Type over what stands there, key by key."""
    field.press("Control+a")
    field.press_sequentially(text)
    return field.input_value()


def write_on(field: Locator, text: str) -> str:
    field.press("Control+End")
    field.press_sequentially(text)
    return field.input_value()


def left_and_come_back(page: Page, address: str) -> Page:
    """Close a page as one closes a tab, and open the story in another."""
    context = page.context
    page.close()
    other = context.new_page()
    other.goto(address)
    return other


def shown(page: Page) -> list[str]:
    """All that is typed and can be seen on a page."""
    return [*(of(page).input_value() for of in FIELDS.values()), *rest(page)]


def memory_of(page: Page) -> Locator:
    return page.get_by_label("Short-term memory", exact=True)


FIELDS = {"memory": memory_of, "plan": own_plan_of}


def disturb(act: str, page: Page, server: WebServer, address: str) -> None:
    """Something that is no reason to lose a text."""
    match act:
        case "reload":
            page.reload()
        case "save offline":
            page.context.set_offline(True)
            page.get_by_role("button", name="Save the memory").click()
            expect(page.locator("#notice")).to_be_visible()
            page.context.set_offline(False)
        case "panel":
            page.goto(f"{address}?panel=cost")
            page.goto(f"{address}?panel=memory")
        case "kill":
            server.kill()
            server.start()


def save_memory(page: Page) -> bool:
    """Save it; whether it was taken."""
    with page.expect_response(lambda answer: answer.url.endswith("/memory")) as answered:
        page.get_by_role("button", name="Save the memory").click()
    if answered.value.status == 303:
        expect(page.locator("form[data-sent]")).to_have_count(0)
        return True
    expect(page.get_by_role("alert").first).to_contain_text("has gone on since")
    return False
