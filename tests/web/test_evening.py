"""A written evening at the page alone, as a new user would spend it: by keyboard at a desk, and by touch on a phone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from counting_embeddings import CountingEmbeddings
from desk import texts, wait_for_plans
from fact_tellers import tell_first_sentence
from fake_model import FakeChatModel
from page_at_hand import looked_at
from recurrentgpt.schemas.settings import Settings
from recurrentgpt.stories.library import Library
from served_page import served
from web_browser import NEEDS_A_BROWSER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from langchain_core.messages import BaseMessage
    from playwright.sync_api import Browser, Locator, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the browser is left out")
expect = playwright.expect
pytestmark = [*NEEDS_A_BROWSER, pytest.mark.long]
MOST_TABS = 90
"""Keys from what one was at to anything on the page."""


def say(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    """Facts and proposals of code's own; and that two sentences of paragraph 1 clash, while the lamp is out in it."""
    if schema is None or list(schema["properties"]) != ["clashes"]:
        return tell_first_sentence(messages, schema)
    found = re.findall(r"^\[paragraph 1\]\n\n(The lamp was out)\. (\w+ read by it)", messages[-1].text, re.MULTILINE)
    clashes = [
        {"kind": "state", "a": 1, "says_a": a, "b": 1, "says_b": b, "why": "It is dark.", "mend": ""} for a, b in found
    ]
    return json.dumps({"clashes": clashes})


class Hands(Protocol):
    """How somebody works the page."""

    def press(self, place: Locator) -> None: ...
    def fill(self, place: Locator, text: str) -> None: ...
    def plan(self, number: int) -> None: ...
    def edit(self, number: int) -> None: ...
    def put_in_after(self, number: int) -> None: ...
    def save(self) -> None: ...
    def find(self, words: str) -> None: ...
    def choose(self, place: Locator, label: str) -> None: ...


class Keyboard:
    """Nothing but keys."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, place: Locator) -> None:
        """Tab to something, in the direction that it lies in."""
        expect(place).to_be_visible()
        for _ in range(MOST_TABS):
            where = place.evaluate(
                "(one) => { const at = document.activeElement; if (at === one) return '';"
                " const isBefore = at.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING;"
                " return at !== document.body && isBefore ? 'Shift+Tab' : 'Tab'; }"
            )
            if not where:
                return
            self.page.keyboard.press(where)
        pytest.fail(f"{place} is further than {MOST_TABS} keys away")

    def press(self, place: Locator) -> None:
        self.to(place)
        self.page.keyboard.press("Enter")

    def fill(self, place: Locator, text: str) -> None:
        self.to(place)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def plan(self, number: int) -> None:
        self.page.keyboard.press(str(number))

    def edit(self, number: int) -> None:
        self.jump(number)
        self.page.keyboard.press("e")
        expect(self.page.get_by_label(f"Paragraph {number}", exact=True)).to_be_focused()

    def jump(self, number: int) -> None:
        self.page.keyboard.press("g")
        expect(self.page.locator("#jump")).to_be_focused()
        self.page.keyboard.type(str(number))
        self.page.keyboard.press("Enter")
        expect(self.page.locator(f"#p{number}")).to_be_in_viewport()
        self.to(self.page.get_by_label(f"Edit paragraph {number}"))

    def put_in_after(self, number: int) -> None:
        self.jump(number)
        self.page.keyboard.press("i")

    def save(self) -> None:
        self.page.keyboard.press("Control+s")

    def find(self, words: str) -> None:
        self.page.keyboard.press("Control+f")
        field = self.page.locator("#find-words")
        expect(field).to_be_focused()
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

    def choose(self, place: Locator, label: str) -> None:
        self.to(place)
        self.page.keyboard.type(label)


class Finger:
    """Nothing but touch; what is typed, the phone's own keyboard types."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, place: Locator) -> None:
        place.tap()

    def fill(self, place: Locator, text: str) -> None:
        place.tap()
        place.fill(text)

    def plan(self, number: int) -> None:
        self.page.get_by_role("button", name=f"Write plan {number}").tap()

    def edit(self, number: int) -> None:
        self.page.get_by_label(f"Edit paragraph {number}").tap()
        expect(self.page.get_by_label(f"Paragraph {number}", exact=True)).to_be_focused()

    def put_in_after(self, number: int) -> None:
        self.page.locator(f"#p{number} .gap").tap()

    def save(self) -> None:
        self.page.locator(".inplace:has(:focus) button.first").tap()

    def find(self, words: str) -> None:
        self.page.locator(".tabs").get_by_role("link", name="Find", exact=True).tap()
        field = self.page.locator("#find-words")
        field.fill(words)
        self.page.get_by_role("button", name="Find", exact=True).tap()

    def choose(self, place: Locator, label: str) -> None:
        place.select_option(label=label)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with (
        Library(
            tmp_path_factory.mktemp("evening"),
            settings=Settings(model="fake", embedding_model="fake"),
            chat_models={"fake": lambda: FakeChatModel(interfere=say)},
            embeddings={"fake": lambda: CountingEmbeddings(size=16, encoded=[])},
        ) as library,
        served(library) as address,
    ):
        yield address


@pytest.mark.parametrize(("hands", "width"), [(Keyboard, 1280), (Finger, 390)])
def test_an_evening(browser: Browser, url: str, hands: type[Keyboard | Finger], width: int, tmp_path: Path) -> None:
    more = {"has_touch": True, "is_mobile": True} if hands is Finger else {}
    with looked_at(browser, url, width, 844, accept_downloads=True, **more) as page:
        an_evening(page, hands(page), tmp_path)


def an_evening(page: Page, hands: Hands, folder: Path) -> None:
    page.goto("/")
    hands.press(page.get_by_role("link", name="Begin a story").first)
    hands.press(page.get_by_role("button", name="Start on a blank page"))
    page.wait_for_url(re.compile("/story/"))
    first = page.get_by_label("Write the first page")
    expect(first).to_be_focused()
    page.keyboard.type("The lamp was out. Mara read by it.")
    hands.save()
    wait_for_plans(page, 1)
    for number, plan in enumerate((1, 2, 3, 1), start=2):
        hands.plan(plan)
        wait_for_plans(page, number)
    for place, text in ((1, "Nobody came."), (3, "She rows out.")):
        hands.put_in_after(place)
        expect(page.get_by_label("The new paragraph", exact=True).and_(page.locator(":focus"))).to_be_focused()
        page.keyboard.type(text)
        hands.save()
        expect(page.locator(f"#p{place + 1} .text")).to_have_text(text)
    assert len(texts(page)) == 7
    a_selection_is_rewritten(page, hands)
    a_name_is_changed(page, hands)
    a_chapter_is_moved(page, hands)
    an_edit_is_carried_through(page, hands)
    a_clash_is_mended(page, hands)
    hands.press(page.locator(".bar summary", has_text="Books"))
    with page.expect_download() as loaded:
        hands.press(page.get_by_role("link", name="Word, as publishers ask for a manuscript"))
    file = folder / "manuscript.docx"
    loaded.value.save_as(file)
    assert file.read_bytes().startswith(b"PK")
    assert file.stat().st_size > 5000
    assert page.locator("#drafts").is_hidden(), "nothing is left over that was typed and not sent"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")


def a_selection_is_rewritten(page: Page, hands: Hands) -> None:
    hands.edit(2)
    field = page.get_by_label("Paragraph 2", exact=True)
    if isinstance(hands, Keyboard):
        page.keyboard.press("Control+Home")
        for _ in range(len("Nobody")):
            page.keyboard.press("Shift+ArrowRight")
    else:
        field.evaluate("(one) => one.setSelectionRange(0, 6)")
    expect(page.locator(".chosen")).to_have_text("Selected: Nobody")
    hands.press(page.locator("summary").get_by_text("Rewrite some words, or all of it"))
    hands.press(page.get_by_role("button", name="Show it"))
    expect(page.get_by_role("button", name="Take version 3")).to_be_visible()
    expect(page.locator(".version")).to_have_count(3)
    version = page.locator(".version").nth(1).text_content() or ""
    hands.press(page.get_by_role("button", name="Take version 2"))
    expect(page.locator("#p2 .text")).to_have_text(f"{version} came.")


def a_name_is_changed(page: Page, hands: Hands) -> None:
    hands.find("Mara")
    expect(page.locator(".found mark").first).to_have_text("Mara")
    hands.press(page.get_by_role("link", name="Another name, or other words, for “Mara” everywhere"))
    hands.fill(page.get_by_label("What is to stand there"), "Ada")
    hands.press(page.get_by_role("button", name="Look where it stands"))
    hands.press(page.get_by_role("button", name=re.compile("^Change it everywhere")))
    expect(page.locator("#p1 .text")).to_have_text("The lamp was out. Ada read by it.")


def a_chapter_is_moved(page: Page, hands: Hands) -> None:
    for number, title in ((1, "One"), (4, "Two")):
        hands.edit(number)
        hands.fill(page.get_by_label("A chapter begins here, called"), title)
        hands.save()
        expect(page.locator("h2.chapter", has_text=title)).to_be_visible()
    before = texts(page)
    hands.edit(4)
    hands.press(page.locator("summary").get_by_text("Cut it, join it, move its chapter"))
    hands.choose(page.get_by_label("This chapter before"), "One")
    hands.press(page.get_by_role("button", name="Move the chapter"))
    expect(page.locator("h2.chapter").first).to_have_text("Two")
    assert texts(page) == [*before[3:], *before[:3]]
    hands.press(page.get_by_role("button", name="Undo", exact=True))
    expect(page.locator("h2.chapter").first).to_have_text("One")


def an_edit_is_carried_through(page: Page, hands: Hands) -> None:
    hands.edit(2)
    hands.fill(page.get_by_label("Paragraph 2", exact=True), "It is so: nobody rows.")
    hands.save()
    expect(page.locator("#p2 .text")).to_have_text("It is so: nobody rows.")
    hands.press(page.get_by_role("link", name="nobody has looked at what leans on it"))
    hands.press(page.get_by_role("link", name="Let the model look: what does that cost?"))
    hands.press(page.get_by_role("button", name="Look", exact=True))
    ticked = page.locator("[name^=take-]")
    expect(ticked.first).to_be_visible()
    hands.press(page.get_by_role("button", name="Change what is ticked"))
    expect(ticked).to_have_count(0)


def a_clash_is_mended(page: Page, hands: Hands) -> None:
    hands.press(page.locator(".tabs").get_by_role("link", name="Continuity", exact=True))
    hands.press(page.get_by_role("link", name=re.compile("not read for it yet")))
    hands.press(page.get_by_role("button", name="Read them"))
    mend = page.locator("#panel").get_by_role("button", name="Mend", exact=True)
    expect(mend).to_be_visible()
    hands.press(mend)
    field = page.get_by_label("Paragraph 1", exact=True)
    expect(field).to_be_focused()
    hands.fill(field, "The lamp was lit. Ada read by it.")
    hands.save()
    expect(page.locator("#p1 .text")).to_have_text("The lamp was lit. Ada read by it.")
    expect(page.locator(".clash")).to_have_count(0)
