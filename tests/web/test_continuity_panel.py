"""What clashes, on the page: notes beside the paragraphs, the panel with both quotes, marks, and the reading."""

from __future__ import annotations

import html
import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from page_client import begun, page_client, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_core.messages import BaseMessage
    from starlette.testclient import TestClient

    from fake_model import FakeChatModel


@pytest.fixture
def client() -> Iterator[TestClient]:
    with page_client() as made:
        yield made


def tell(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    """That the first two sentences clash, in words that a page must not take for its own."""
    if schema is None or list(schema["properties"]) != ["clashes"]:
        return None
    first, second = re.findall(r"^\[paragraph 1\]\n\n([^.]+)\.([^.]+)", messages[-1].text, re.MULTILINE)[0]
    clash = {"kind": "date", "a": 1, "says_a": first, "b": 1, "says_b": second, "why": "<b>Not</b> both.", "mend": "x"}
    return json.dumps({"clashes": [clash]})


def page_of(client: TestClient, address: str, **headers: str) -> str:
    return html.unescape(client.get(f"{address}?panel=continuity", headers=headers).text)


def post(client: TestClient, address: str, act: str, **fields: str) -> Any:
    position = path_of(client, address) | {"panel": "continuity"}
    return client.post(f"{address}/{act}", data=position | fields, follow_redirects=False)


def read(client: TestClient, address: str) -> str:
    """The page once what is new was read."""
    assert post(client, address, "check").status_code == 303
    for _ in range(200):
        page = page_of(client, address)
        if 'class="working"' not in page:
            return page
        time.sleep(0.05)
    pytest.fail("the reading does not end")


def test_it_says_the_cost_reads_and_shows_both_quotes(client: TestClient, fake_model: FakeChatModel) -> None:
    fake_model.interfere = tell
    address = f"/story/{begun(client)}"
    page = page_of(client, address)
    assert "Nothing is known to clash." in page
    assert "Paragraphs not read for it yet:" in page
    assert "tokens sent: about" in client.get(f"{address}?panel=continuity&all=1").text
    page = read(client, address)
    assert "Paragraphs not read for it yet:" not in page
    raw = client.get(f"{address}?panel=continuity").text
    assert "&lt;b&gt;Not&lt;/b&gt; both." in raw
    assert "<b>Not" not in raw
    assert raw.count('class="clash"') == 1
    assert len(re.findall("<blockquote", raw)) == 2
    assert "前后矛盾" in page_of(client, address, **{"accept-language": "zh"})


def test_notes_are_marked_and_shown_again(client: TestClient, fake_model: FakeChatModel) -> None:
    fake_model.interfere = tell
    address = f"/story/{begun(client)}"
    page = read(client, address)
    (name,) = set(re.findall(r'name="note" value="(\w+)"', page))
    assert post(client, address, "clash", note=name, mark="meant").status_code == 303
    page = page_of(client, address)
    assert 'class="clash"' not in page
    assert "Meant so or ignored: 1" in page
    post(client, address, "clash", note=name, mark="")
    assert 'class="clash"' in page_of(client, address)
    to_mend = post(client, address, "clash", note=name, mark="mend", paragraph="1")
    assert to_mend.headers["location"].endswith("?edit=1&panel=continuity#p1")
    assert '<textarea name="text"' in client.get(to_mend.headers["location"]).text
    assert "to be mended" in page_of(client, address)
    refused = post(client, address, "clash", note="nothing", mark="meant")
    assert refused.status_code == 409
    assert post(client, address, "clash", note=name, mark="burn").status_code == 409


def test_notes_are_marked_in_the_codex_too_and_it_stays_in_sight(client: TestClient, fake_model: FakeChatModel) -> None:
    fake_model.interfere = tell
    address = f"/story/{begun(client)}"
    read(client, address)
    codex = client.get(f"{address}?panel=codex").text
    (form,) = re.findall(r'action="[^"]*/clash"[^>]*>(.*?)</form>', codex, re.DOTALL)
    given = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert re.findall(r'name="mark" value="(\w+)"', form) == ["mend", "meant", "ignore"]
    assert "&lt;b&gt;Not&lt;/b&gt; both." in codex[codex.index('id="codex-notes"') :]
    to_mend = client.post(f"{address}/clash", data=given | {"mark": "mend"}, follow_redirects=False)
    assert to_mend.headers["location"].endswith("?edit=1&panel=codex#p1")
    back = client.post(
        f"{address}/clash", data=given | path_of(client, address) | {"mark": "meant"}, follow_redirects=False
    )
    assert back.headers["location"].endswith("?panel=codex")
    assert 'id="codex-notes"' not in client.get(back.headers["location"]).text


def test_the_embedded_model_is_not_asked(client: TestClient, fake_model: FakeChatModel) -> None:
    address = f"/story/{begun(client)}"
    assert "step" in page_of(client, address)
    assert post(client, address, "check", step="9").status_code == 409
    assert not any("check a book" in message.text for asked in fake_model.asked for message in asked)
