"""Connecting a model on the page: found, tried, looked at, used; with nothing kept but in memory."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from odd_server import OddServer
from page_client import begun, page_client
from recurrentgpt.schemas.context import Context
from recurrentgpt.stories.library import Library
from recurrentgpt.web.security import PasswordAuth
from resources_at_hand import read_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

    from fake_model import FakeChatModel


@pytest.fixture
def server() -> Iterator[OddServer]:
    with OddServer() as made:
        made.gets["/v1/models"] = {"data": [{"id": "odd:plain"}, {"id": "<b>odd"}]}
        yield made


@pytest.fixture
def client() -> Iterator[TestClient]:
    with page_client() as made:
        yield made


def sent(client: TestClient, server: OddServer, do: str, model: str = "odd:plain", **more: str) -> str:
    return html.unescape(client.post("/connect", data={"address": server.url, "model": model, "do": do, **more}).text)


def test_what_is_configured_is_shown_with_its_models(
    server: OddServer, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    read_environment()
    with page_client() as made:
        page = made.get("/connect").text
    assert server.url in page
    assert "<option>odd:plain</option>" in page
    assert "<option>&lt;b&gt;odd</option>" in page
    assert 'href="/connect"' in client.get("/").text


def test_a_model_is_tried_with_one_sentence_and_not_used_by_that(server: OddServer, client: TestClient) -> None:
    page = sent(client, server, "try")
    assert "odd:plain wrote" in page
    (asked,) = server.requests
    assert asked["stream"]
    assert Library.of_the_process().default_model == ""


def test_it_is_used_once_a_person_says_so(
    server: OddServer, client: TestClient, home: Path, fake_model: FakeChatModel
) -> None:
    assert fake_model
    page = sent(client, server, "use", key="sk-very-secret")
    assert "are written by odd:plain" in page
    assert "sk-very-secret" not in page
    library = Library.of_the_process()
    model = library.resources.chat_models.resolve(Context())
    assert (model.name, model.base_url, model.api_key) == ("odd:plain", server.url, SecretStr("sk-very-secret"))
    begun(client)
    for file in home.rglob("*"):
        assert not file.is_file() or b"sk-very-secret" not in file.read_bytes(), file


def test_at_the_address_in_use_its_key_goes_on(server: OddServer, client: TestClient) -> None:
    sent(client, server, "use", key="sk-very-secret")
    sent(client, server, "use", model="odd:thinks")
    model = Library.of_the_process().resources.chat_models.resolve(Context())
    assert (model.name, model.api_key) == ("odd:thinks", SecretStr("sk-very-secret"))
    with OddServer() as other:
        sent(client, other, "use")
        assert Library.of_the_process().resources.chat_models.resolve(Context()).api_key is None, "another's it is not"


def test_what_it_can_do_is_a_table(server: OddServer, client: TestClient) -> None:
    page = sent(client, server, "examine", model="odd:no-400")
    assert "a story will ask by: sections" in page
    assert "the server takes none" in page


@pytest.mark.parametrize(
    ("do", "model", "more", "says"),
    [
        ("try", "odd:401", {}, "refused the key"),
        ("try", "odd:plain", {"address": "http://127.0.0.1:9"}, "cannot be reached"),
        ("try", "", {}, "model is named"),
        ("use", "", {}, "model is named"),
        ("use", "odd:plain", {"address": "ftp://somewhere"}, "is no address"),
        ("examine", "odd:401", {}, "refused the key"),
    ],
)
def test_what_cannot_be_is_one_sentence(  # noqa: PLR0913, PLR0917 (a table)
    server: OddServer, client: TestClient, do: str, model: str, more: dict[str, str], says: str
) -> None:
    assert says in sent(client, server, do, model, **more)
    assert Library.of_the_process().default_model == ""


def test_where_the_page_has_a_password_nothing_can_be_connected(server: OddServer) -> None:
    with page_client(PasswordAuth(SecretStr("correct-horse-battery"))) as client:
        client.post("/login", data={"password": "correct-horse-battery"})
        assert "has a password" in client.get("/connect").text
        assert "no model can be connected" in sent(client, server, "use")
    assert Library.of_the_process().default_model == ""
    assert server.requests == []
