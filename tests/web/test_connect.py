"""Connecting a model on the page: found, tried, looked at, used; with nothing kept but in memory."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringLocked
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


LOCKED = "it is locked"


class _Keyring(KeyringBackend):
    """A keyring in memory."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise KeyringLocked(LOCKED)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_locked:
            raise KeyringLocked(LOCKED)
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def keys() -> Iterator[_Keyring]:
    before, made = keyring.get_keyring(), _Keyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def _key_in_use() -> SecretStr | None:
    return Library.of_the_process().resources.chat_models.resolve(Context()).api_key


def test_a_key_is_kept_by_the_system_when_a_person_says_so_and_comes_back(
    keys: _Keyring, server: OddServer, client: TestClient, home: Path
) -> None:
    assert 'name="keep"' in client.get("/connect").text
    sent(client, server, "try", key="sk-very-secret", keep="1")
    sent(client, server, "use", key="sk-very-secret")
    assert keys.kept == {}, "only where it is used, and asked for"
    sent(client, server, "use", key="sk-very-secret", keep="1")
    assert keys.kept == {("recurrentgpt", server.url): "sk-very-secret"}
    read_environment()
    with page_client() as later:
        sent(later, server, "use")
        assert _key_in_use() == SecretStr("sk-very-secret")
        assert "no longer in the keyring" in sent(later, server, "forget")
    assert keys.kept == {}
    read_environment()
    with page_client() as later:
        sent(later, server, "use")
        assert _key_in_use() is None
    for file in home.rglob("*"):
        assert not file.is_file() or b"sk-very-secret" not in file.read_bytes(), file


def test_a_keyring_that_refuses_is_said_and_one_that_is_not_there_is_not_offered(
    keys: _Keyring, server: OddServer, client: TestClient
) -> None:
    keys.is_locked = True
    assert "it is locked" in sent(client, server, "use", key="sk-very-secret", keep="1")
    assert Library.of_the_process().default_model == ""
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    assert 'name="keep"' not in client.get("/connect").text
    assert "no keyring" in sent(client, server, "use", key="sk-very-secret", keep="1")


def test_a_kept_key_is_taken_for_an_address_of_the_environment_that_is_not_on_this_machine(
    keys: _Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key_at(address: str) -> SecretStr | None:
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        read_environment()
        return Library.of_the_process().resources.chat_models.resolve(Context(model="m")).api_key

    there, here = "https://models.example/v1", "http://127.0.0.1:9/v1"
    keys.kept = {("recurrentgpt", address): "sk-very-secret" for address in (there, here)}
    assert key_at(there) == SecretStr("sk-very-secret")
    assert key_at(here) is None, "such a server seldom wants one, and the keyring is left alone"


def test_what_was_found_while_a_model_was_tried_holds_once_it_is_used(server: OddServer, client: TestClient) -> None:
    assert "small dialect" in sent(client, server, "examine", model="odd:overtaxed")
    sent(client, server, "try", model="odd:overtaxed")
    sent(client, server, "use", model="odd:overtaxed")
    assert Library.of_the_process().dialect_of(Context()).name == "small"
