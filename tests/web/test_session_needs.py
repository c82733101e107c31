"""What a session needs: the cost before and while, which of how many, another model after an error, a book to read."""

from __future__ import annotations

import asyncio
import html
import re
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from fake_model import FakeChatModel
from page_at_hand import SMALL, book, looked_at, shelf
from page_client import HERE, path_of, written
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.spending import Cost, Spent, of_a_paragraph
from recurrentgpt.web.app import make_app
from recurrentgpt.web.events import EventLog
from recurrentgpt.web.jobs import Job, Worker
from served_page import served
from web_browser import NEEDS_A_BROWSER, chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from recurrentgpt.stories.library import Library

PRICED = SMALL.model_copy(update={"input_price": 2.0, "output_price": 10.0})


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with shelf(tmp_path) as made:
        yield made


def test_a_cost_is_told_in_money_where_prices_are_given() -> None:
    usage = {"calls": 1, "seconds": 2.0, "input_tokens": 1000, "cached_tokens": 0, "output_tokens": 100}
    state = {"step": 1, "usage": {"open_story": usage, "generate_paragraph": usage, "append_summary": usage}}
    each = of_a_paragraph(state)  # type: ignore[arg-type]
    assert each == Cost(2000, 200, 4.0)
    assert each.times(3).tokens == 6600
    assert each.money(PRICED) == pytest.approx(0.006)
    assert each.money(SMALL) is None
    assert of_a_paragraph({"step": 0, "usage": {"open_story": usage}}) is None  # type: ignore[dict-item]
    spent = Spent()
    spent.add(state["usage"])  # type: ignore[arg-type]
    assert (spent.calls, spent.cost) == (3, Cost(3000, 300, 6.0))


def test_several_are_counted_while_they_are_written(library: Library) -> None:
    record = book(library, 3)
    told: list[tuple[int, int, int]] = []

    async def run() -> Spent:
        async with library.open(record) as story:
            before = Spent()
            worker = Worker(story, EventLog(), before)
            work = asyncio.create_task(worker.do(Job(kind="write", paragraphs=3, chooser="first")))
            while not work.done():
                if worker.progress and (not told or told[-1][0] != worker.progress.number):
                    told.append((worker.progress.number, worker.progress.total, worker.progress.spent.calls))
                await asyncio.sleep(0)
            await work
            return before

    spent = asyncio.run(run())
    assert [one[:2] for one in told] == [(1, 3), (2, 3), (3, 3)]
    assert told[0][2] == 0
    assert 0 < told[1][2] < told[2][2] < spent.calls


def test_the_page_says_what_a_paragraph_costs_before_it_is_written(library: Library) -> None:
    record = library.begin(StoryInput(topic="Rain"), PRICED)
    address = f"/story/{record.story_id}"
    with TestClient(make_app(library), HERE, headers={"origin": HERE}) as client:
        client.post(f"{address}/go-on", data=path_of(client, address))
        assert "costs about" not in written(client, record.story_id)
        client.post(f"{address}/reply", data=path_of(client, address) | {"do": "plan", "plan": "1"})
        page = written(client, record.story_id)
        found = re.search(r"A paragraph costs about ([\d,]+) tokens, (\d+\.\d+) in money\.", page)
        assert found
        three = re.search(r"About ([\d,]+) tokens", page)
        assert three
        assert int(three[1].replace(",", "")) == 3 * int(found[1].replace(",", ""))
        shown = client.get(f"{address}?panel=cost").text
        assert "Spent since the program took the story up" in shown
        assert "一段大约要" in client.get(address, headers={"accept-language": "zh"}).text


def test_after_an_error_another_model_is_chosen_and_the_step_goes_on(tmp_path: Path) -> None:
    def refuse(*_: object) -> str:
        msg = "the key is wrong"
        raise PermissionError(msg)

    with shelf(tmp_path, lambda: FakeChatModel(interfere=refuse), other=FakeChatModel) as library:
        record = library.begin(StoryInput(topic="Rain"), SMALL)
        address = f"/story/{record.story_id}"
        with TestClient(make_app(library), HERE, headers={"origin": HERE}) as client:
            client.post(f"{address}/go-on", data=path_of(client, address))
            page = html.unescape(written(client, record.story_id))
            assert "Another model, other settings" in page
            settings = client.get(f"{address}?panel=settings").text
            assert "A step is not finished." in settings
            assert "<fieldset disabled" not in settings
            fields = path_of(client, f"{address}?panel=settings") | {"panel": "settings", "model": "other"}
            assert client.post(f"{address}/settings", data=fields, follow_redirects=False).status_code == 303
            client.post(f"{address}/go-on", data=path_of(client, address))
            assert "What comes next?" in written(client, record.story_id)
            assert library.record(record.story_id).context.model == "other"


def test_a_long_book_is_read_a_stretch_at_a_time_with_its_contents(library: Library) -> None:
    record = book(library, 150, chapter=50)
    with TestClient(make_app(library), HERE, headers={"origin": HERE}) as client:
        first = client.get(f"/read/{record.story_id}").text
        assert first.count('class="text"') == 120
        assert 'href="#p51"' in first
        assert f'href="/read/{record.story_id}?from=30#p121"' in first
        last = client.get(f"/read/{record.story_id}?from=30").text
        assert 'id="p150"' in last
        assert 'id="p30"' not in last
        assert client.get(f"/read/{record.story_id}?at=140").text.count('class="text"') == 120


@NEEDS_A_BROWSER[0]
@NEEDS_A_BROWSER[1]
def test_a_reader_comes_back_to_their_place_and_a_finger_hits(library: Library) -> None:
    expect = pytest.importorskip("playwright.sync_api").expect
    record = book(library, 150, chapter=50)
    with chromium() as browser, served(library) as url:
        with looked_at(browser, url) as page:
            page.goto(f"/read/{record.story_id}")
            page.get_by_text("Contents", exact=True).click()
            page.get_by_role("link", name="Chapter of door 101").click()
            expect(page.locator("#p101")).to_be_in_viewport()
            kept = "Object.keys(localStorage).filter((name) => name.startsWith('place:read:'))"
            page.wait_for_function(f"() => {kept}.length > 0")
            page.goto("/")
            page.goto(f"/read/{record.story_id}")
            expect(page.locator("#p101")).to_be_in_viewport()
        with looked_at(browser, url, 390, 844, has_touch=True, is_mobile=True) as page:
            page.goto(f"/story/{record.story_id}?panel=codex")
            page.get_by_role("navigation", name="On this page").get_by_role("link", name="Codex").click()
            expect(page.get_by_role("heading", name="Codex")).to_be_in_viewport()
            small = page.locator("main button, main summary, .tabs a, .thumb a, .bar a, .bar summary").evaluate_all(
                "all => all.filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)"
                ".map((one) => `${one.outerHTML.slice(0, 60)} ${one.getBoundingClientRect().height}`)"
            )
            assert small == []


@NEEDS_A_BROWSER[0]
@NEEDS_A_BROWSER[1]
def test_english_quotes_never_stand_in_a_chinese_serif(library: Library) -> None:
    address = f"/story/{book(library, 2).story_id}"
    with chromium() as browser, served(library) as url, looked_at(browser, url) as page:
        page.goto(address)
        fonts = page.locator("#p2 .text").evaluate("(one) => getComputedStyle(one).fontFamily")
        assert "CJK" not in fonts
        assert "Songti" not in fonts
        page.goto(f"{address}?edit=2")
        page.evaluate("() => { document.documentElement.lang = 'zh'; }")
        for words in ("#p1 .text", "#p2 textarea[name=text]"):
            fonts = page.locator(words).first.evaluate("(one) => getComputedStyle(one).fontFamily")
            assert "CJK" not in fonts, "nor on the Chinese page"
        faces = page.evaluate("() => [...document.fonts].map((face) => [face.family, face.unicodeRange])")
        for family, ranges in faces:
            assert family.strip('"').startswith("Han ")
            assert "U+2018" not in ranges
            assert "U+0-" not in ranges
