"""The panel of the codex: names, entries with what is and was, as of any passage; a person's words, put in by forms."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from accessibility import violations
from page_at_hand import book, looked_at, shelf
from page_client import HERE, path_of
from recurrentgpt.web.app import make_app
from served_page import served
from web_browser import NEEDS_A_BROWSER, chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from recurrentgpt.stories.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with shelf(tmp_path) as made:
        yield made


def post(client: TestClient, address: str, act: str, **fields: str) -> Any:
    given = path_of(client, address) | {"panel": "codex"} | fields
    return client.post(f"{address}/{act}", data=given, follow_redirects=False)


def panel(client: TestClient, address: str, query: str = "", **headers: str) -> str:
    page = html.unescape(client.get(f"{address}?panel=codex{query}", headers=headers).text)
    return page[page.index('id="panel"') :]


def test_a_name_leads_to_what_is_and_was_and_a_person_puts_it_right(library: Library) -> None:
    address = f"/story/{book(library, 25).story_id}"
    with TestClient(make_app(library), HERE, headers={"origin": HERE}) as client:
        page = panel(client, address)
        assert re.findall(r'<span class="name"[^>]*>([^<]+)', page) == ["Mara"]
        entry = panel(client, address, "&name=mara")
        assert entry.index("Mara has key 21.") < entry.index("Mara has key 11.")
        ids = dict(zip(("21", "11"), re.findall(r'name="fact" value="([^"]+)"', entry), strict=False))
        done = post(client, address, "fact", fact=ids["11"], do="end", passage="15", entry="Mara", text="x")
        assert done.headers["location"].endswith("?panel=codex&name=Mara")
        post(client, address, "fact", fact=ids["21"], do="right", text="Mara has <b>two</b> keys.")
        post(client, address, "fact", fact=ids["21"], do="pin")
        post(client, address, "fact", do="add", about="Mara、 The lamp", text="The lamp is hers.", passage="20")
        raw = client.get(f"{address}?panel=codex&name=Mara").text
        assert "Mara has &lt;b&gt;two&lt;/b&gt; keys." in raw
        entry = panel(client, address, "&name=Mara")
        assert "◆" in entry
        assert entry.index("What was") < entry.index("Mara has key 11.")
        assert re.findall(r'<span class="name"[^>]*>([^<]+)', panel(client, address)) == ["Mara", "The lamp"]
        post(client, address, "fact", fact=ids["11"], do="restore")
        assert "What was" not in panel(client, address, "&name=Mara")
        post(client, address, "fact", fact=ids["11"], do="end", passage="15")
        early = panel(client, address, "&as_of=12&name=Mara")
        assert "Mara has key 11." in early
        assert "two" not in early
        assert "What was" not in early
        assert 'value="end"' not in early
        assert 'role="alert"' in panel(client, address, "&as_of=99")
        assert "is called “Nobody” there" in panel(client, address, "&name=Nobody")
        assert "设定集" in panel(client, address, **{"accept-language": "zh"})


def test_kinds_notes_and_entries_of_ones_own(library: Library) -> None:
    address = f"/story/{book(library, 12).story_id}"
    with TestClient(make_app(library), HERE, headers={"origin": HERE}) as client:
        post(client, address, "codex", do="save", name="Skerry", kind="place", note="Bare <rock>.")
        post(client, address, "codex-sort", name1="Mara", kind1="person")
        page = panel(client, address)
        assert page.index(">People<") < page.index(">Mara<") < page.index(">Places<") < page.index(">Skerry<")
        assert "Bare &lt;rock&gt;." in client.get(f"{address}?panel=codex&name=Skerry").text
        post(client, address, "codex", do="hide", name="Mara")
        assert ">Hidden<" in panel(client, address)
        post(client, address, "codex", do="remove", name="Skerry")
        assert ">Skerry<" not in panel(client, address)
        assert post(client, address, "codex", do="remove", name="Skerry").status_code == 409
        assert post(client, address, "codex", do="save", name="Mara", kind="ghost").status_code == 409
        assert post(client, address, "codex", do="save", name="Mara", version="old").status_code == 409
        assert post(client, address, "fact", do="burn").status_code == 409


@NEEDS_A_BROWSER[0]
@NEEDS_A_BROWSER[1]
def test_axe_finds_nothing(library: Library) -> None:
    address = f"/story/{book(library, 25).story_id}"
    with chromium() as browser, served(library) as url, looked_at(browser, url, 390) as page:
        for query in ("", "&name=Mara"):
            page.goto(f"{address}?panel=codex{query}")
            page.evaluate("() => document.querySelectorAll('.panel details').forEach((one) => { one.open = true; })")
            assert violations(page) == []
            assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
