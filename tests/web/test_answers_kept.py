"""An answer that a page was told is taken is kept, also where its job fails before the story has it."""

from __future__ import annotations

import asyncio
import html
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from page_client import begun, page_client, path_of, written
from recurrentgpt.schemas.places import DRAFTS
from recurrentgpt.stories import branches
from recurrentgpt.stories.library import Library
from recurrentgpt.web.jobs import under_way
from stories_at_hand import run, texts

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.web.sessions import Sessions

TYPED = "She opens the bottle at last."


@pytest.fixture(autouse=True)
def _model(fake_model: FakeChatModel) -> None:
    del fake_model


def with_prompt(story_id: str, **prompts: str) -> None:
    """Let a story have prompts of its own; one that is none of ours fails every step."""
    library = Library.of_the_process()
    record = library.record(story_id)
    context = record.context.model_copy(update={"prompts": prompts})
    run(library, record, lambda story: story.update_record(context=context))


def broken(*, is_edited: bool) -> str:
    """A story that waits with its plans, and whose next step fails."""
    with page_client() as client:
        story_id = begun(client)
    if is_edited:  # Then it stands between two steps, and asks nothing yet.
        library = Library.of_the_process()
        run(library, library.record(story_id), branches.edit, short_term_memory="Mara is afraid. It is night.")
    with_prompt(story_id, no_such_prompt="x")
    return story_id


def answered(client: TestClient, story_id: str, **form: str) -> str:
    """The page after an answer was taken and its job has ended."""
    here = path_of(client, f"/story/{story_id}")
    taken = client.post(f"/story/{story_id}/reply", data={**here, **form}, follow_redirects=False)
    assert taken.status_code == 303, taken.text
    return html.unescape(written(client, story_id))


def folder_of(story_id: str) -> Path:
    return Library.of_the_process().folder_of(story_id)


def plans(story_id: str) -> list[str]:
    library = Library.of_the_process()
    entries: list[Any] = run(library, library.record(story_id), lambda story: story.manuscript())
    return [entry.plan for entry in entries if entry.plan]


@pytest.mark.parametrize("is_edited", [False, True])
def test_it_comes_back_in_its_field_and_is_carried_out_after_a_restart_once(*, is_edited: bool) -> None:
    story_id = broken(is_edited=is_edited)
    with page_client() as client:
        page = answered(client, story_id, do="own", text=TYPED)
        assert "no_such_prompt" in page
        assert re.search(rf"<textarea[^>]*>\s*{TYPED}</textarea>", page)
        assert html.unescape(client.get(f"/story/{story_id}").text).count(TYPED) == page.count(
            TYPED
        )  # nothing is begun
    with_prompt(story_id)
    for _ in range(2):
        with page_client() as client:
            written(client, story_id)
    assert plans(story_id) == [TYPED]


def test_it_goes_on_when_one_says_so() -> None:
    story_id = broken(is_edited=False)
    with page_client() as client:
        answered(client, story_id, do="own", text=TYPED)
        mended(client, story_id)
        client.post(f"/story/{story_id}/go-on", data=path_of(client, f"/story/{story_id}"))
        written(client, story_id)
    assert plans(story_id) == [TYPED]


def mended(client: TestClient, story_id: str) -> None:
    """Let the story have the usual prompts, in the page's own process."""
    sessions: Sessions = client.app.state.sessions  # type: ignore[attr-defined]

    async def mend() -> None:
        async with sessions.of(sessions.library.record(story_id)).change() as story:
            story.update_record(context=story.record.context.model_copy(update={"prompts": {}}))

    assert client.portal
    client.portal.call(mend)


def drafts_of(story_id: str) -> list[dict[str, Any]]:
    path = folder_of(story_id) / DRAFTS
    kept: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["drafts"] if path.exists() else []
    return kept


def test_where_something_else_is_begun_instead_it_waits_in_its_field() -> None:
    story_id = broken(is_edited=False)
    with page_client() as client:
        answered(client, story_id, do="own", text=TYPED)
        answered(client, story_id, do="plan", plan="1")
        (draft,) = drafts_of(story_id)
        assert (draft["text"], draft["branch"], draft["place"]) == (TYPED, "main", "reply/own/////text")
        told = client.post(f"/story/{story_id}/drafts", content='{"tell": true}')
        assert [one["text"] for one in told.json()["drafts"]] == [TYPED]
    left = under_way(folder_of(story_id))
    assert left
    assert left.answer == {"plan": 1}


def test_one_that_was_sent_again_waits_nowhere_else() -> None:
    story_id = broken(is_edited=False)
    with page_client() as client:
        answered(client, story_id, do="own", text=TYPED)
        answered(client, story_id, do="own", text=TYPED)
        assert drafts_of(story_id) == []


def test_on_another_branch_it_waits_in_the_field_of_its_own() -> None:
    story_id = broken(is_edited=False)
    with page_client() as client:
        answered(client, story_id, do="others", text=TYPED)
    with_prompt(story_id)
    library = Library.of_the_process()
    run(library, library.record(story_id), branches.new_branch, 1, "cellar")
    with page_client() as client:
        page = html.unescape(written(client, story_id))
        assert f"You said: '{TYPED}'" in page
    assert [(one["text"], one["branch"]) for one in drafts_of(story_id)] == [(TYPED, "main")]
    assert len(texts(library, library.record(story_id))) == 1


def test_where_the_story_went_on_elsewhere_it_is_not_followed() -> None:
    story_id = broken(is_edited=True)
    with page_client() as client:
        answered(client, story_id, do="own", text=TYPED)
    with_prompt(story_id)
    wrote_elsewhere(Library.of_the_process().record(story_id))
    with page_client() as client:
        written(client, story_id)
    assert TYPED not in plans(story_id)
    assert [one["text"] for one in drafts_of(story_id)] == [TYPED]


def wrote_elsewhere(record: StoryRecord) -> None:
    """A terminal writes a paragraph."""

    async def write() -> None:
        async with Library.of_the_process().open(record) as story:
            first = story.record.context.model_copy(update={"plan_selection": "first"})
            async for _ in story.run(first):
                pass

    asyncio.run(write())
