"""The play view: what one does, says and tells, takes back, hears once more; an end; what one carries and knows."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from page_client import HERE, SMALL, page_client
from played_stories import story_says
from recurrentgpt.schemas.modes import INTERACTIVE_FICTION
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.testclient import TestClient

    from fake_model import FakeChatModel


@pytest.fixture
def client(fake_models: Callable[..., FakeChatModel]) -> Iterator[TestClient]:
    fake_models(interfere=story_says)
    with page_client() as made:
        yield made


def played(client: TestClient, story_id: str) -> str:
    """The play view, once nothing is at work."""
    for _ in range(500):
        page = client.get(f"/play/{story_id}").text
        if 'class="working"' not in page:
            return page
        time.sleep(0.02)
    pytest.fail("it is still being told")


def begun(client: TestClient, **given: Any) -> str:
    made = StoryInput(topic="A lighthouse", mode=INTERACTIVE_FICTION.name, **given)
    record = Library.of_the_process().begin(made, SMALL)
    client.post(f"/story/{record.story_id}/go-on", data={"view": "play", "branch": "main", "step": "None"})
    played(client, record.story_id)
    return record.story_id


def send(client: TestClient, story_id: str, action: str, **fields: str) -> str:
    page = client.get(f"/play/{story_id}").text
    here = {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("branch", "step", "version")}
    answer = client.post(f"/story/{story_id}/{action}", data={"view": "play", **here, **fields}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == f"/play/{story_id}"
    return played(client, story_id)


async def state_of(story_id: str) -> Any:
    """The state of a story that the page has open."""
    library = Library.of_the_process()
    async with library.open_to_read(library.record(story_id)) as story:
        return await story.state()


def acts_in(page: str) -> list[str]:
    return re.findall(r'<p class="done-by"[^>]*>([^<]*)</p>', page)


def test_what_one_does_says_and_tells_is_taken_back_and_told_once_more(client: TestClient) -> None:
    story_id = begun(client)
    send(client, story_id, "reply", do="own", act="do", text="You take the lamp.")
    page = send(client, story_id, "reply", do="own", act="say", text="Who is there?")
    assert acts_in(page) == ["You take the lamp.", "“Who is there?”"]
    assert "You carry the lamp." in page
    page = send(client, story_id, "undo")
    assert acts_in(page) == ["You take the lamp."]
    page = send(client, story_id, "redo", text="Too easy.")
    assert acts_in(page) == ["You take the lamp."]
    page = send(client, story_id, "reply", do="own", act="story", text="You give the lamp to Mara.")
    assert "You carry the lamp." not in page
    assert "You carry nothing." in page
    assert "Mara has the lamp." in page
    assert asyncio.run(state_of(story_id))["plan"]["act"] == "story"


def test_with_a_key_it_is_said_in_play_what_that_does_not_encrypt(
    fake_models: Callable[..., FakeChatModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Library.of_the_process().begin(StoryInput(topic="A lighthouse", mode=INTERACTIVE_FICTION.name), SMALL)
    for key in ("", "a key for a test"):
        monkeypatch.setenv("LANGGRAPH_AES_KEY", key)
        fake_models(interfere=story_says)
        with page_client() as client:
            page = client.get(f"/play/{record.story_id}").text
        assert ("LANGGRAPH_AES_KEY encrypts the checkpoints alone" in page) == bool(key)


def test_a_play_comes_to_the_end_and_back_from_it(client: TestClient) -> None:
    story_id = begun(client, target_paragraphs=1)
    page = send(client, story_id, "reply", do="own", act="do", text="You land.")
    assert ">The End</p>" in page
    assert 'id="own-words"' not in page
    page = send(client, story_id, "undo")
    assert ">The End</p>" not in page
    assert 'id="own-words"' in page


def test_a_scene_can_be_stopped_and_taken_back(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=story_says)
    with page_client() as client:
        story_id = begun(client)
        fake_models(interfere=story_says, pause=0.2)
        page = client.get(f"/play/{story_id}").text
        fields = {
            name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("branch", "step", "version")
        }
        client.post(f"/story/{story_id}/reply", data={"view": "play", "do": "own", "text": "You wait.", **fields})
        page = client.get(f"/play/{story_id}").text
        assert 'id="stop-scene"' in page
        assert 'id="own-words"' in page
        assert re.search(r"<button class=\"first\" disabled>", page)
        job = re.findall(r'name="job" value="([^"]*)"', page)[0]
        client.post(f"/story/{story_id}/stop", data={"view": "play", "job": job, "now": "1"})
        page = played(client, story_id)
        assert f"/story/{story_id}/take-back" in page
        page = send(client, story_id, "take-back")
        assert acts_in(page) == []
        assert 'class="actions"' in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_of_the_machinery_shows(client: TestClient, language: str) -> None:
    client.post("/language", data={"language": language}, headers={"referer": f"{HERE}/"})
    story_id = begun(client)
    page = send(client, story_id, "reply", do="own", act="do", text="You learn that the cellar is flooded.")
    main = page.partition("<main")[2]
    for word in ("token", "likeness", "branch ", "memory", "Paragraph", "段", "模型"):
        assert word not in re.sub(r"<[^>]*>", "", main), word
    assert "the cellar is flooded" in main


def test_tastes_and_saved_moments_are_on_the_page(client: TestClient) -> None:
    story_id = begun(client)
    send(client, story_id, "reply", do="own", act="do", text="You take the lamp.")
    page = send(client, story_id, "tastes", text="Riddles.")
    assert ">\nRiddles.</textarea>" in page
    assert '<li lang="en" dir="auto">You take the lamp.</li>' in page.partition('id="tastes"')[2]
    assert "(not heeded)" in send(client, story_id, "tastes", do="off", text="Riddles.")
    assert "(not heeded)" not in send(client, story_id, "tastes", do="on", text="Riddles.")
    assert "You take the lamp." not in send(client, story_id, "tastes", do="forget").partition('id="tastes"')[2]
    page = send(client, story_id, "save", text="at the door")
    assert "Saved moments: 1" in page
    send(client, story_id, "reply", do="own", act="do", text="You learn that the oar is cracked.")
    page = send(client, story_id, "load", name="at the door")
    assert acts_in(page) == ["You take the lamp."]
