"""Paragraphs put in, taken out and moved on the page: from a paragraph's place, and told of what is void."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from page_client import page_client
from stories_at_hand import at, begun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story


@pytest.fixture
def address(fake_model: FakeChatModel) -> str:
    """A story of three, with a fact of the first that the last ends."""
    del fake_model
    library, record = begun(1)

    async def tell(story: Story) -> None:
        fact = await story.add_fact("Mara <b>waits</b>.", at=1)
        await story.end_fact(fact, at=3)

    at(library, record, tell)
    library.close()
    return f"/story/{record.story_id}"


@pytest.fixture
def client(address: str) -> Iterator[TestClient]:
    assert address
    with page_client() as made:
        yield made


def texts(page: str) -> list[str]:
    return re.findall(r'<p class="text"[^>]*>([^<]*)</p>', page)


def fields(page: str, act: str) -> dict[str, str]:
    """The hidden fields of a form."""
    (form,) = re.findall(rf'action="[^"]*/{act}"[^>]*>(.*?)</form>', page, re.DOTALL)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def post(client: TestClient, address: str, act: str, edit: int, **more: str) -> Any:
    given = fields(client.get(f"{address}?edit={edit}").text, act)
    return client.post(f"{address}/{act}", data=given | more)


def test_a_paragraph_is_put_in_moved_and_taken_out(client: TestClient, address: str) -> None:
    one, two, three = texts(client.get(address).text)
    post(client, address, "insert", 2, text="After.", where="after")
    assert texts(client.get(address).text) == [one, two, "After.", three]
    post(client, address, "insert", 1, text="<i>Before.", where="before")
    page = client.get(address).text
    assert texts(page) == ["&lt;i&gt;Before.", one, two, "After.", three]
    post(client, address, "move", 1, to="3")
    assert texts(client.get(address).text) == [one, two, "&lt;i&gt;Before.", "After.", three]
    post(client, address, "remove", 4)
    assert texts(client.get(address).text) == [one, two, "&lt;i&gt;Before.", three]
    for _ in range(4):
        page = client.get(address).text
        assert client.post(f"{address}/undo", data=fields(page, "undo")).status_code == 200
    assert texts(client.get(address).text) == [one, two, three]


def test_a_form_sent_twice_or_wrong_does_nothing(client: TestClient, address: str) -> None:
    before = texts(client.get(address).text)
    given = fields(client.get(f"{address}?edit=2").text, "remove")
    assert client.post(f"{address}/remove", data=given).status_code == 200
    twice = client.post(f"{address}/remove", data=given)
    assert twice.status_code == 409
    assert 'role="alert"' in twice.text
    assert texts(client.get(address).text) == [before[0], before[2]]
    for act, more in (("insert", {"text": " "}), ("insert", {"text": "x" * 200_000}), ("move", {"to": "9"})):
        assert post(client, address, act, 1, **more).status_code == 409
    assert texts(client.get(address).text) == [before[0], before[2]]


@pytest.mark.parametrize(
    ("act", "where", "more"),
    [
        ("paragraph", "?edit=1", {"text": "Mine."}),
        ("paragraph", "?edit=3", {"text": "Mine.", "follow": "1"}),
        ("summary", "?panel=archive&summary=1", {"text": "Mine."}),
        ("memory", "?panel=memory", {"text": "Mine."}),
        ("replace", "?panel=archive&old=lighthouse&new=Mine.", {"leave_out": "1"}),
        ("voice", "?panel=settings", {"take": "1"}),
        ("undo", "", {}),
    ],
)
def test_a_form_of_before_another_paragraph_was_put_in_does_nothing(
    client: TestClient, address: str, act: str, where: str, more: dict[str, str]
) -> None:
    old = fields(client.get(f"{address}{where}").text, act)
    post(client, address, "insert", 1, text="Own.", where="before")
    before, archive = (client.get(f"{address}{panel}").text for panel in ("?panel=memory", "?panel=archive"))
    for given in (old, {name: value for name, value in old.items() if name != "version"}):
        refused = client.post(f"{address}/{act}", data=given | more)
        assert (refused.status_code, 'role="alert"' in refused.text) == (409, True)
        assert "has gone on since" in refused.text
    assert client.get(f"{address}?panel=memory").text == before
    assert client.get(f"{address}?panel=archive").text == archive
    anew = fields(client.get(f"{address}{where}").text, act)
    assert client.post(f"{address}/{act}", data=anew | more).status_code == 200


def test_a_refused_form_is_open_where_it_stood(client: TestClient, address: str) -> None:
    for act, where in (("paragraph", "?edit=2"), ("insert", "?edit=2"), ("summary", "?panel=archive&summary=2")):
        given = fields(client.get(f"{address}{where}").text, act) | {"version": "another", "text": "Mine."}
        refused = client.post(f"{address}/{act}", data=given).text
        assert fields(refused, act)["paragraph"] == "2"
    gone = fields(client.get(f"{address}?edit=2").text, "paragraph") | {"paragraph": "9", "text": "Mine alone."}
    assert "Mine alone." in client.post(f"{address}/paragraph", data=gone).text


def test_what_is_void_now_is_shown(client: TestClient, address: str) -> None:
    assert "Changes that hold nothing" not in client.get(f"{address}?panel=facts&all=1").text
    moved = post(client, address, "move", 3, to="1")
    assert "Changes that hold nothing" in moved.text
    assert moved.text.count("Mara &lt;b&gt;waits") >= 2
    chinese = client.get(f"{address}?panel=facts&all=1", headers={"accept-language": "zh"}).text
    assert "落空的变化" in chinese
    assert "Changes that hold nothing" not in post(client, address, "move", 1, to="3").text


def test_straight_quotes_become_those_of_the_language_by_an_edit_that_is_taken_back(
    client: TestClient, address: str
) -> None:
    before = texts(client.get(address).text)
    typed = '*"Don\'t,"* she said.'
    assert post(client, address, "paragraph", 2, text=typed, quotes="1").status_code == 200
    page = client.get(f"{address}?edit=2").text
    assert "*“Don’t,”* she said.</textarea>" in page
    assert 'name="quotes"' in page
    client.post(f"{address}/undo", data=fields(client.get(address).text, "undo"))
    assert texts(client.get(address).text) == before
