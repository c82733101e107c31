"""Another name everywhere, on the page: looked at first, changed by one form, but for what stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from page_client import begun as begun_on_page
from page_client import page_client, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

    from fake_model import FakeChatModel


@pytest.fixture
def client() -> Iterator[TestClient]:
    with page_client() as made:
        yield made


def test_it_is_looked_at_and_changed(client: TestClient, fake_model: FakeChatModel) -> None:
    told = "".join(f"Mara <b>rows</b> out {number}. " for number in range(20))
    fake_model.interfere = lambda _, schema: None if schema else told
    address = f"/story/{begun_on_page(client)}"
    page = client.get(f"{address}?panel=archive").text
    assert "Another name, or other words, everywhere" in page
    assert "<del>" not in page
    looked = client.get(f"{address}?panel=archive&old=Mara&new=%3Ci%3EAda").text
    assert "<del>Mara</del> <ins>&lt;i&gt;Ada</ins> &lt;b&gt;rows" in looked
    (count,) = re.findall(r"Places: (\d+)</?[pu ]", looked)[:1] or re.findall(r"Places: (\d+)", looked)[:1]
    assert int(count) == 20
    form = {**path_of(client, address), "panel": "archive", "old": "Mara", "new": "Ada", "leave_out": "1 3"}
    changed = client.post(f"{address}/replace", data=form).text
    assert changed.count("Mara &lt;b&gt;rows") == 2
    assert changed.count("Ada &lt;b&gt;rows") == 18
    undone = client.post(f"{address}/undo", data=form | path_of(client, address)).text
    assert undone.count("Mara &lt;b&gt;rows") == 20
    outdated = client.post(f"{address}/replace", data=form | {"branch": "other"}).text
    assert 'role="alert"' in outdated
    assert "Ada &lt;b&gt;" not in outdated


def test_what_cannot_be_looked_for_is_said(client: TestClient, fake_model: FakeChatModel) -> None:
    assert fake_model is not None
    address = f"/story/{begun_on_page(client)}"
    assert "200" in client.get(f"{address}?panel=archive&old={'x' * 300}").text
    assert "Nothing was found" in client.get(f"{address}?panel=archive&old=Nobody").text
    chinese = client.get(f"{address}?panel=archive&old=Nobody", headers={"accept-language": "zh"}).text
    assert "全书改名" in chinese
