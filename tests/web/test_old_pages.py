"""A page that the story has outrun changes nothing unseen: no plans, no marks, nothing that was kept beside it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from page_client import begun, page_client, written
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.testclient import TestClient

    from fake_model import FakeChatModel

OUTDATED = "has gone on since"


@pytest.fixture
def client() -> Iterator[TestClient]:
    with page_client() as made:
        yield made


def fields(page: str, act: str, number: int = 0) -> dict[str, str]:
    """The hidden fields of a form that a page shows, by what it is sent to; of several the one so far down."""
    forms = re.findall(rf'<form[^>]*action="[^"]*/{act}"[^>]*>.*?</form>', page, re.DOTALL)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', forms[number]))


def plans_on(page: str) -> list[str]:
    return re.findall(r'<li class="plan">\s*<p[^>]*>(.*?)</p>', page, re.DOTALL)


def post(client: TestClient, story_id: str, act: str, form: dict[str, str]) -> Any:
    return client.post(f"/story/{story_id}/{act}", data=form)


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("reply", {"do": "plan", "plan": "1"}),
        ("reply", {"do": "own", "plan": "1", "text": "She rows, as plan 1 says, but at night."}),
        ("reply", {"do": "others", "text": "None of these three."}),
        ("try", {}),
    ],
)
def test_what_was_chosen_of_plans_that_are_others_by_now_is_not_done_with_those(
    client: TestClient, fake_model: FakeChatModel, act: str, form: dict[str, str]
) -> None:
    del fake_model
    story_id = begun(client)
    old = client.get(f"/story/{story_id}").text
    post(client, story_id, "reply", fields(old, "reply") | {"do": "others"})
    now = written(client, story_id)
    assert plans_on(now) != plans_on(old)
    refused = post(client, story_id, act, fields(old, act) | form)
    assert (refused.status_code, OUTDATED in refused.text) == (409, True)
    assert form.get("text", "") in refused.text
    page = written(client, story_id)
    assert plans_on(page) == plans_on(now)
    assert 'id="p2"' not in page
    taken = post(client, story_id, act, fields(page, act) | form)
    assert taken.status_code == 200


def test_an_undo_takes_nothing_back_that_its_page_did_not_show(client: TestClient, fake_model: FakeChatModel) -> None:
    del fake_model
    story_id = begun(client)
    page = client.get(f"/story/{story_id}").text
    post(client, story_id, "memory", fields(page, "memory") | {"text": "Mara trusts nobody."})
    fact = {"do": "add", "text": "The lamp is out.", "about": "lamp"}
    post(client, story_id, "fact", fields(written(client, story_id), "undo") | fact)
    page = client.get(f"/story/{story_id}?panel=codex&name=lamp").text
    mine = fields(page, "undo")
    name = re.findall(r'name="fact" value="([^"]+)"', page)[0]
    assert post(client, story_id, "fact", mine | {"do": "pin", "fact": name}).status_code == 200
    for act in ("undo", "redo-undone"):
        refused = post(client, story_id, act, mine)
        assert (refused.status_code, OUTDATED in refused.text) == (409, True)
    assert post(client, story_id, "undo", fields(written(client, story_id), "undo")).status_code == 200
    assert post(client, story_id, "undo", mine).status_code == 200, "the pin is gone again, as it was shown"


@pytest.mark.parametrize("act", ["join", "separate", "dismiss", "clash"])
def test_a_mark_is_for_what_the_page_showed(client: TestClient, fake_model: FakeChatModel, act: str) -> None:
    del fake_model
    story_id = begun(client)
    old = client.get(f"/story/{story_id}").text
    post(client, story_id, "join", fields(old, "memory") | {"name1": "Strider", "name2": "Aragorn"})
    refused = post(client, story_id, act, fields(old, "memory") | {"name1": "Strider", "name2": "Mara", "note": "n"})
    assert (refused.status_code, OUTDATED in refused.text) == (409, True)


def test_the_last_passage_is_not_written_anew_for_what_another_hand_has_changed(
    client: TestClient, fake_model: FakeChatModel
) -> None:
    del fake_model
    story_id = begun(client)
    page = client.get(f"/story/{story_id}").text
    post(client, story_id, "reply", fields(page, "reply") | {"do": "plan", "plan": "1"})
    old = written(client, story_id)
    post(client, story_id, "paragraph", fields(old, "undo") | {"paragraph": "2", "text": "Theirs."})
    refused = post(client, story_id, "redo", fields(old, "redo") | {"text": "Too hasty."})
    assert (refused.status_code, "Too hasty." in refused.text) == (409, True)
    assert "Theirs." in written(client, story_id)


def test_a_branch_begins_behind_the_passage_and_with_the_plan_that_were_shown(
    client: TestClient, fake_model: FakeChatModel
) -> None:
    del fake_model
    story_id = begun(client)
    page = client.get(f"/story/{story_id}").text
    loom = f"/story/{story_id}/loom?branch=main&at=1"
    old = client.get(loom).text
    post(client, story_id, "reply", fields(page, "reply") | {"do": "others"})
    written(client, story_id)
    form = {"plan": "1", "text": "", "name": "night"}
    refused = post(client, story_id, "branch", fields(old, "branch") | form)
    assert (refused.status_code, OUTDATED in refused.text) == (409, True)
    with_others = client.get(loom).text
    page = client.get(f"/story/{story_id}").text
    post(client, story_id, "paragraph", fields(page, "undo") | {"paragraph": "1", "text": "Theirs."})
    form |= {"plan": "", "text": "She stays awake."}
    refused = post(client, story_id, "branch", fields(with_others, "branch") | form)
    assert (refused.status_code, "She stays awake." in refused.text) == (409, True)
    assert post(client, story_id, "branch", fields(client.get(loom).text, "branch") | form).status_code == 200
    written(client, story_id)
    library = Library.of_the_process()
    assert [branch.name for branch in library.find(story_id).branches] == ["main", "night"]


def stopped_at(client: TestClient, story_id: str, plan: str = "", letters: int = 20) -> str:
    """The page of a story whose step (by a plan, or the one under way) was stopped at once after so many letters."""
    page = client.get(f"/story/{story_id}").text
    act = "reply" if plan else "go-on"
    post(client, story_id, act, fields(page, act) | {"do": "plan", "plan": plan})
    while not re.search(rf'<p class="text live"[^>]*>[^<]{{{letters}}}', page := client.get(f"/story/{story_id}").text):
        assert 'class="working"' in page
        time.sleep(0.01)
    post(client, story_id, "stop", fields(page, "stop") | {"now": "1"})
    return written(client, story_id)


def kept_on(page: str) -> str:
    """The text of the field for one's own words; empty where there is none."""
    return "".join(re.findall(r'/own".*?<textarea[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)[:1])


@pytest.mark.parametrize("act", ["own", "drop"])
def test_what_was_kept_of_a_stopped_step_goes_only_where_it_was_shown(
    client: TestClient, fake_models: Callable[..., FakeChatModel], act: str
) -> None:
    fake_models(pause=0.005)
    story_id = begun(client)
    old = stopped_at(client, story_id, "1")
    now = stopped_at(client, story_id, letters=len(kept_on(old)) + 5)
    assert kept_on(old) != kept_on(now)
    refused = post(client, story_id, act, fields(old, act) | {"text": kept_on(old)})
    assert (refused.status_code, OUTDATED in refused.text, kept_on(now) in refused.text) == (409, True, True)
    assert kept_on(client.get(f"/story/{story_id}").text) == kept_on(now)
    assert post(client, story_id, act, fields(now, act) | {"text": kept_on(now)}).status_code == 200
    assert not kept_on(written(client, story_id))


def test_what_was_kept_on_one_branch_outlives_what_is_stopped_put_in_or_dropped_on_another(
    client: TestClient, fake_models: Callable[..., FakeChatModel]
) -> None:
    fake_models(pause=0.005)
    story_id = begun(client)
    loom = client.get(f"/story/{story_id}/loom?branch=main&at=1").text
    kept = kept_on(stopped_at(client, story_id, "1"))
    post(client, story_id, "branch", fields(loom, "branch") | {"plan": "", "text": "", "name": "night"})
    for act in ("drop", "own"):
        page = stopped_at(client, story_id, "2")
        assert kept_on(page) != kept
        post(client, story_id, act, fields(page, act) | {"text": kept_on(page)})
        if act == "drop":
            post(client, story_id, "back", fields(written(client, story_id), "back"))
    page = written(client, story_id)
    assert not kept_on(page)
    post(client, story_id, "take", fields(page, "undo") | {"to": "main"})
    assert kept_on(client.get(f"/story/{story_id}").text) == kept
