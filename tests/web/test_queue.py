"""A queue of passages: a person's own plans in order, then others, then they are asked; of what waits, none is lost."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING

import pytest

from desk import texts
from fake_model import FakeChatModel
from page_at_hand import book, looked_at, shelf
from page_client import begun, page_client, path_of, written
from recurrentgpt.schemas.places import DRAFTS
from recurrentgpt.stories.library import Library
from served_page import served
from stories_at_hand import run
from web_browser import NEEDS_A_BROWSER, chromium

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the browser is left out")
expect = playwright.expect
pytestmark = NEEDS_A_BROWSER
OWN = ["She rows out.", "The fog comes in.", "Nobody answers her."]


@pytest.fixture(autouse=True)
def _model(fake_model: FakeChatModel) -> None:
    del fake_model


def queued(client: TestClient, story_id: str, *plans: str, count: int = 1) -> None:
    form = path_of(client, f"/story/{story_id}") | {"count": str(count), "text": "\n\n".join(plans)}
    taken = client.post(f"/story/{story_id}/write", data=form, follow_redirects=False)
    assert taken.status_code == 303, html.unescape(taken.text)


def plans_followed(story_id: str) -> list[str]:
    library = Library.of_the_process()
    return [entry.plan for entry in run(library, library.record(story_id), lambda story: story.manuscript())][1:]


def kept(story_id: str) -> list[str]:
    file = Library.of_the_process().folder_of(story_id) / DRAFTS
    return [one["text"] for one in json.loads(file.read_text())["drafts"]] if file.exists() else []


def of_another_prompt(story_id: str, **prompts: str) -> None:
    """Let a story have prompts of its own; one that is none of ours fails every step."""
    library = Library.of_the_process()
    context = library.record(story_id).context.model_copy(update={"prompts": prompts})
    run(library, library.record(story_id), lambda story: story.update_record(context=context))


def test_own_plans_are_written_in_their_order_then_others_and_then_one_is_asked() -> None:
    with page_client() as client:
        story_id = begun(client)
        queued(client, story_id, *OWN, count=4)
        assert "Write plan 1" in written(client, story_id)
        queued(client, story_id, *OWN, count=1)
        written(client, story_id)
    followed = plans_followed(story_id)
    assert (followed[:3], followed[4:]) == (OWN, OWN)
    assert followed[3] not in OWN
    assert kept(story_id) == []


@pytest.mark.parametrize("check", [{}, {"check": "1"}])
def test_what_was_written_is_read_for_what_clashes_where_one_says_so(check: dict[str, str]) -> None:
    with page_client() as client:
        story_id = begun(client)
        form = path_of(client, f"/story/{story_id}") | {"count": "2", "text": OWN[0], **check}
        client.post(f"/story/{story_id}/write", data=form)
        written(client, story_id)
        told = client.get(f"/story/{story_id}?panel=continuity").text
    assert ("not read for it yet" in told) is not bool(check)
    assert len(plans_followed(story_id)) == 2


def test_what_fails_goes_on_when_one_says_so_and_after_a_restart_each_plan_is_followed_once() -> None:
    with page_client() as client:
        story_id = begun(client)
    of_another_prompt(story_id, no_such_prompt="x")
    with page_client() as client:
        queued(client, story_id, *OWN)
        assert "no_such_prompt" in html.unescape(written(client, story_id))
    assert plans_followed(story_id) == []
    of_another_prompt(story_id)
    for _ in range(2):
        with page_client() as client:
            written(client, story_id)
    assert plans_followed(story_id) == OWN


def test_what_was_not_come_to_comes_back_where_another_way_is_taken() -> None:
    with page_client() as client:
        story_id = begun(client)
    of_another_prompt(story_id, no_such_prompt="x")
    with page_client() as client:
        queued(client, story_id, *OWN)
        written(client, story_id)
        client.post(
            f"/story/{story_id}/reply", data=path_of(client, f"/story/{story_id}") | {"do": "plan", "plan": "2"}
        )
        written(client, story_id)
    assert kept(story_id) == ["\n".join(OWN)]


def test_a_line_that_is_too_long_is_told_and_the_others_stay_in_the_field() -> None:
    with page_client() as client:
        story_id = begun(client)
        form = path_of(client, f"/story/{story_id}") | {"count": "2", "text": f"{OWN[0]}\n{'long ' * 2000}"}
        page = html.unescape(client.post(f"/story/{story_id}/write", data=form).text)
        assert "a line takes at most" in page
        assert f"{OWN[0]}\nlong long" in page
    assert plans_followed(story_id) == []


def test_by_keyboard_and_what_one_stops_before_stands_in_the_field_again(tmp_path: Path) -> None:
    with shelf(tmp_path, lambda: FakeChatModel(delay=0.1)) as library:
        address = f"/story/{book(library, 2).story_id}"
        with served(library) as url, chromium() as browser, looked_at(browser, url) as page:
            page.goto(address)
            page.locator("#next").focus()
            page.keyboard.press("q")
            field = page.get_by_label("Your plans for them, one on each line, if you like")
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            expect(field).to_be_focused()
            page.keyboard.type("\n".join(OWN))
            page.keyboard.press("Control+s")
            page.get_by_role("button", name="Stop after this paragraph").wait_for()
            page.keyboard.press("Escape")
            page.locator(".plan").first.wait_for()
            assert len(texts(page)) < 5
            expect(field).to_have_value("\n".join(OWN[len(texts(page)) - 2 :]))
            expect(field).to_be_visible()
            page.reload()
            expect(field).to_have_value("\n".join(OWN[len(texts(page)) - 2 :]))
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
