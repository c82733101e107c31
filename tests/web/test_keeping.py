"""On the page: a deleted story is brought back, a damaged one is looked at and put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from page_client import page_client
from recurrentgpt.stories import branches
from recurrentgpt.stories.library import Library
from resources_at_hand import close_memory
from stories_at_hand import FIRST, TOPIC, begun, run, texts

if TYPE_CHECKING:
    from fake_model import FakeChatModel


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_deleted_story_is_brought_back(language: str) -> None:
    library = Library.of_the_process()
    record = library.begin(TOPIC, FIRST)
    with page_client() as client:
        client.cookies.set("recurrentgpt-language", language)
        assert "/trash" not in client.get("/").text
        client.post(f"/story/{record.story_id}/delete")
        assert library.records() == []
        assert 'href="/trash"' in client.get("/").text
        assert f'name="folder" value="{record.story_id}"' in client.get("/trash").text
        assert f'href="/story/{record.story_id}"' in client.post("/trash", data={"folder": record.story_id}).text
        assert [one.story_id for one in library.records()] == [record.story_id]
        assert client.post("/trash", data={"folder": "../stories"}).status_code == 400


@pytest.mark.parametrize(("language", "said"), [("en", "is made again"), ("zh", "重新生成")])
def test_a_damaged_story_is_looked_at_and_repaired(fake_model: FakeChatModel, language: str, said: str) -> None:
    del fake_model
    library, record = begun(0)
    before = texts(library, record)
    close_memory(record.story_id)
    card = library.folder(record) / "story.json"
    card.write_bytes(b"half a card")
    with page_client() as client:
        client.cookies.set("recurrentgpt-language", language)
        assert 'href="/repair"' in client.get("/").text
        assert record.story_id in client.get("/repair").text
        look = client.post("/repair", data={"folder": record.story_id})
        assert said in look.text
        assert 'value="repair"' in look.text
        assert card.read_bytes() == b"half a card"
        done = client.post("/repair", data={"folder": record.story_id, "do": "repair"})
        assert said in done.text
        assert 'value="repair"' not in done.text
        assert "story.json" in done.text
        assert client.get(f"/story/{record.story_id}").status_code == 200  # and is open here from now on
        again = client.post("/repair", data={"folder": record.story_id})
        assert (again.status_code, said in again.text) == (200, False)
        assert client.post("/repair", data={"folder": "../elsewhere"}).status_code == 400
    assert texts(library, record) == before


def test_a_page_that_damage_keeps_from_being_shown_leads_to_the_repair(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(0)
    run(library, record, branches.new_branch, 2, "cellar")
    close_memory(record.story_id)
    (library.folder(record) / "checkpoints.sqlite").unlink()
    with page_client() as client:
        page = client.get(f"/story/{record.story_id}")
        assert page.status_code == 400
        assert 'class="button" href="/repair"' in page.text
        assert 'class="button" href="/repair"' not in client.get("/story/no-story").text
