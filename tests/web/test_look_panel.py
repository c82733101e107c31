"""What leans on edits, on the page: the cost, the look, what is proposed as it was and could be, ticked or not."""

from __future__ import annotations

import html
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from fact_tellers import tell_first_sentence
from page_client import begun, page_client, path_of, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

    from fake_model import FakeChatModel

SECTION = "What leans on your changes"


@pytest.fixture
def client(fake_model: FakeChatModel) -> Iterator[TestClient]:
    fake_model.interfere = tell_first_sentence
    with page_client() as made:
        yield made


def page_of(client: TestClient, address: str, **headers: str) -> str:
    return html.unescape(client.get(f"{address}?panel=continuity&all=1", headers=headers).text)


def post(client: TestClient, address: str, act: str, **fields: str) -> Any:
    position = path_of(client, address) | {"panel": "continuity"}
    return client.post(f"{address}/{act}", data=position | fields, follow_redirects=False)


def looked(client: TestClient, address: str, texts: str = "0") -> list[str]:
    """The fields of what is proposed once it was looked for."""
    assert post(client, address, "look", texts=texts).status_code == 303
    for _ in range(200):
        page = page_of(client, address)
        if 'class="working"' not in page:
            return re.findall(r'name="(take-\w+)"', page)
        time.sleep(0.02)
    pytest.fail("the look does not end")


def test_it_says_the_cost_looks_and_changes_what_is_ticked(client: TestClient) -> None:
    address = f"/story/{begun(client)}"
    assert SECTION not in page_of(client, address)
    assert "nobody has looked at what leans on it" not in client.get(address).text
    post(client, address, "summary", paragraph="1", text="<b>Other.")
    assert "nobody has looked at what leans on it" in client.get(address).text
    page = page_of(client, address)
    assert SECTION in page
    assert page.count("tokens sent: about") == 3, "of the two ways to look, and of the check"
    assert "依据了您的改动的内容" in page_of(client, address, **{"accept-language": "zh"})
    (ticked,) = looked(client, address)
    raw = client.get(f"{address}?panel=continuity").text
    assert "&lt;b&gt;Other." in raw
    assert "[bold]Anew 1." in raw
    assert post(client, address, "accept", do="accept").status_code == 409, "nothing is ticked"
    assert post(client, address, "accept", do="accept", branch="other", **{ticked: "1"}).status_code == 409
    assert post(client, address, "accept", do="accept", **{ticked: "1"}).status_code == 303
    archive = client.get(f"{address}?panel=archive").text
    assert "[bold]Anew 1." in archive
    assert SECTION not in page_of(client, address)
    post(client, address, "undo")
    assert "<b>Other." in html.unescape(client.get(f"{address}?panel=archive").text)
    assert SECTION in page_of(client, address)


def test_after_a_look_that_left_the_texts_out_one_at_those_can_follow(client: TestClient) -> None:
    story = begun(client)
    address = f"/story/{story}"
    post(client, address, "reply", do="plan", plan="1")
    written(client, story)
    left = "The last look left the texts of paragraphs out"
    post(client, address, "summary", paragraph="1", text="Other.")
    ticked = looked(client, address)
    assert left not in page_of(client, address), "what was found is decided on first"
    post(client, address, "accept", do="accept", **dict.fromkeys(ticked, "1"))
    page = page_of(client, address)
    assert (left in page, SECTION in page, page.count("With the texts of the paragraphs too")) == (True, False, 1)
    assert "上次查看没有检查各段的正文" in page_of(client, address, **{"accept-language": "zh"})
    (one,) = looked(client, address, "1")
    post(client, address, "accept", do="leave", **{one: "1"})
    assert left not in page_of(client, address)


def test_what_is_proposed_is_left(client: TestClient) -> None:
    address = f"/story/{begun(client)}"
    post(client, address, "summary", paragraph="1", text="Other.")
    (ticked,) = looked(client, address, "1")
    assert post(client, address, "accept", do="leave", **{ticked: "1"}).status_code == 303
    assert SECTION not in page_of(client, address)
    post(client, address, "summary", paragraph="1", text="Another.")
    assert SECTION in page_of(client, address)
    assert post(client, address, "accept", do="end").status_code == 303
    assert SECTION not in page_of(client, address)
    assert "Another." in client.get(f"{address}?panel=archive").text


def test_a_version_of_an_earlier_paragraph_that_the_memory_follows_begins_a_look(
    client: TestClient, fake_model: FakeChatModel
) -> None:
    story = begun(client)
    address = f"/story/{story}"
    post(client, address, "reply", do="plan", plan="1")
    first, last = re.findall(r'<p class="text"[^>]*>([^<]*)', written(client, story))
    post(client, address, "rewrite", paragraph="1", how="shorter", count="1")
    (version,) = re.findall(r'<p class="version"[^>]*>([^<]*)', written(client, story))
    assert version != first
    name = re.findall(r'name="rewriting" value="([^"]+)"', client.get(address).text)[0]
    asked = len(fake_model.asked)
    assert post(client, address, "version", paragraph="1", rewriting=name, follow="1").status_code == 303
    page = written(client, story)
    assert re.findall(r'<p class="text"[^>]*>([^<]*)', page) == [version, last]
    assert any("It is so: " in message.text for messages in fake_model.asked[asked:] for message in messages)
    assert re.findall(r'name="take-\w+"', page_of(client, address)), "it proposes what leans on it"
