"""The panel of what is true now: what holds, in groups, the ledger of threads, and the words that prove them."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from knowing_model import tell
from page_client import begun as begun_on_page
from page_client import page_client, path_of
from recurrentgpt.schemas.context import Context
from recurrentgpt.stories.library import Library
from resources_at_hand import add_model
from stories_at_hand import TOPIC, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from langchain_core.messages import BaseMessage
    from starlette.testclient import TestClient

    from fake_model import FakeChatModel

BOX = 'type="checkbox" name="name'
KNOWING = Context(model="knowing", plan_selection="first", opening_paragraphs=1)


def story_of(paragraphs: int, fake_models: Callable[..., FakeChatModel]) -> str:
    """The id of a story of so many paragraphs, in each of which six facts and a thread are told."""
    made = fake_models(interfere=tell)
    add_model("knowing", lambda: made)
    library = Library.of_the_process()
    record = library.begin(TOPIC, KNOWING)

    async def written() -> None:
        async with library.open(record) as story:
            await write(story, paragraphs - 1, KNOWING)

    asyncio.run(written())
    return record.story_id


@pytest.fixture
def client() -> Iterator[TestClient]:
    with page_client() as made:
        yield made


def test_what_holds_stands_in_groups_and_threads_in_their_ledger(
    client: TestClient, fake_models: Callable[..., FakeChatModel]
) -> None:
    page = client.get(f"/story/{story_of(3, fake_models)}?panel=facts").text
    headings = re.findall(r"<h3 id=\"group-\w+\">([^<]+)", page)
    assert headings == [
        "Known to all",
        "Known only to some",
        "Known to the reader alone",
        "Told, but not as being so now",
    ]
    assert page.count("It is so:") == 3 * 6 * 2, "each, and once more in what its words are called"
    assert page.count("Mara, Tobias") == 3
    assert ">reader<" not in page
    assert "Settled: 1" in page
    assert '<a href="#p3">Paragraph 3</a>' in page


def test_a_long_book_begins_with_its_newest(client: TestClient, fake_models: Callable[..., FakeChatModel]) -> None:
    address = f"/story/{story_of(9, fake_models)}?panel=facts"
    newest = client.get(address).text
    assert len(re.findall(r"<p [^>]+>It is so:", newest)) == 50
    assert "panel=facts&amp;all=1" in newest
    every = client.get(f"{address}&all=1").text
    assert len(re.findall(r"<p [^>]+>It is so:", every)) == 54
    assert "Only the newest" in every


def test_a_story_without_facts_says_so_in_both_languages(client: TestClient, fake_model: FakeChatModel) -> None:
    fake_model.interfere = lambda _, schema: "No." if schema and "facts" in schema["properties"] else None
    address = f"/story/{begun_on_page(client)}?panel=facts"
    assert "No facts are kept of it yet." in client.get(address).text
    chinese = client.get(address, headers={"accept-language": "zh"}).text
    assert "还没有记录任何事实。" in chinese
    assert ">现状</a>" in chinese


def tell_names(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    """Of each passage: that Strider is Aragorn, and that he is <b>Elessar</b>."""
    if schema is None or "facts" not in schema["properties"]:
        return None
    says = messages[-2].text.split(".", maxsplit=1)[0]
    pairs = {"Strider is Aragorn.": ["Strider", "Aragorn"], "Strider is Elessar.": ["Strider", "<b>Elessar</b>"]}
    told = [{"fact": fact, "about": about, "says": says, "same": True} for fact, about in pairs.items()]
    return json.dumps({"summary": "In short.", "summaries": ["In short."], "facts": told, "changes": []})


def post(client: TestClient, address: str, act: str, **fields: str) -> str:
    """The page of the panel after a form of it was sent."""
    position = path_of(client, address) | {"panel": "facts"}
    return client.post(f"{address}/{act}", data=position | fields).text


def test_names_are_proposed_joined_and_separated(client: TestClient, fake_model: FakeChatModel) -> None:
    fake_model.interfere = tell_names
    address = f"/story/{begun_on_page(client)}"
    page = client.get(f"{address}?panel=facts").text
    assert "Names of one person or thing" in page
    assert "not joined yet" in page
    assert re.findall(r'type="checkbox" name="(name\d)" value="([^"]+)" checked', page) == [
        ("name1", "Strider"),
        ("name2", "Aragorn"),
        ("name1", "Strider"),
        ("name2", "&lt;b&gt;Elessar&lt;/b&gt;"),
    ]
    page = post(client, address, "join", name1="Strider", name2="Aragorn")
    assert "Strider, Aragorn</p>" in page
    assert 'aria-label="Separate Aragorn from the others"' in page
    assert BOX in page, "the other two are not joined"
    page = post(client, address, "join", name1="strider", name2="<b>Elessar</b>")
    assert "Strider, Aragorn, &lt;b&gt;Elessar&lt;/b&gt;</p>" in page
    assert BOX not in page
    assert page.count('action="' + address + '/separate"') == 3
    chinese = client.get(f"{address}?panel=facts", headers={"accept-language": "zh"}).text
    assert "同一人或物的不同名字" in chinese
    assert "把“Strider”与其余名字分开" in chinese
    page = post(client, address, "separate", name="<b>Elessar</b>")
    assert "Strider, Aragorn</p>" in page
    assert page.count('action="' + address + '/separate"') == 1, "of two, one parts them"
    page = post(client, address, "separate", name="Strider")
    assert "Strider, Aragorn</p>" not in page
    page = post(client, address, "dismiss", name1="Strider", name2="<b>Elessar</b>")
    assert page.count('action="' + address + '/dismiss"') == 1, "the other two may be one's"
    assert "Strider is &lt;b&gt;Elessar" not in page
    assert "there must be two at least" in post(client, address, "join", name1="Strider")
    outdated = client.post(f"{address}/join", data={"branch": "other", "step": "0", "name1": "A", "name2": "B"}).text
    assert 'role="alert"' in outdated
    assert "A, B</p>" not in outdated
