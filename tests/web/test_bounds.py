"""What stays open: a page's socket as long as its browser is logged in, a connection as long as its request comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import uvicorn
from pydantic import SecretStr
from starlette.websockets import WebSocketDisconnect

from page_client import page_client
from recurrentgpt.stories.library import Library
from recurrentgpt.web.app import make_app
from recurrentgpt.web.patience import Patience
from recurrentgpt.web.security import COOKIE, PasswordAuth
from recurrentgpt.web.sessions import Sessions
from stories_at_hand import FIRST, TOPIC

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

RIGHT = "the right password"
HERE = {"host": "127.0.0.1:7860", "origin": "http://127.0.0.1:7860"}


def test_a_socket_closes_with_the_log_out_of_its_browser_and_of_no_other() -> None:
    auth = PasswordAuth(SecretStr(RIGHT))
    record = Library.of_the_process().begin(TOPIC, FIRST)
    mine, other = (auth.log_in(RIGHT, "testclient") for _ in range(2))
    address = f"/story/{record.story_id}/live"
    with (
        page_client(auth) as client,
        client.websocket_connect(address, headers={**HERE, "cookie": f"{COOKIE}={mine}"}) as socket,
        client.websocket_connect(address, headers={**HERE, "cookie": f"{COOKIE}={other}"}) as stays,
    ):
        for one in (socket, stays):
            assert one.receive_json()["kind"] == "changed"
        assert client.post("/logout", headers={**HERE, "cookie": f"{COOKIE}={mine}"}).status_code in (200, 303)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 1008
        client.app.state.sessions.of(record).log.append("changed")  # type: ignore[attr-defined]
        assert stays.receive_json()["kind"] == "changed"


async def test_a_browser_whose_time_is_over_is_logged_in_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recurrentgpt.web.security._STAYS", 0.02)
    auth = PasswordAuth(SecretStr(RIGHT))
    await asyncio.wait_for(auth.is_left(auth.log_in(RIGHT, "10.0.0.1")), 5)
    await asyncio.wait_for(auth.is_left("no cookie of ours"), 5)
    open_to_all = asyncio.create_task(PasswordAuth().is_left(None))
    await asyncio.sleep(0)
    assert not open_to_all.done()
    open_to_all.cancel()


def test_sessions_of_stories_that_nobody_looks_at_are_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recurrentgpt.web.sessions.MOST", 3)
    library = Library.of_the_process()
    sessions = Sessions(library)
    monkeypatch.setattr(sessions, "_warm_up", lambda: None)
    records = [library.begin(TOPIC, FIRST) for _ in range(6)]
    followed = sessions.of(records[0])
    followed.followers = 1
    second = sessions.of(records[1])
    for record in records:
        sessions.of(record)
    assert sessions.of(records[0]) is followed
    assert sessions.of(records[1]) is not second


class Impatient(Patience):
    head, body = 0.05, 0.05


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """The page's server, which waits a twentieth of a second."""
    config = uvicorn.Config(make_app(Library.of_the_process()), port=0, log_level="critical", http=Impatient)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (it says so in no other way)
        await asyncio.sleep(0.005)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


HEAD = b"Host: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: 127.0",
        b"POST /new HTTP/1.1\r\n" + HEAD + b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 100\r\n\r\ntopic=",
        b"GET /static/style.css HTTP/1.1\r\n" + HEAD + b"\r\nGET /",
    ],
    ids=["nothing", "half a head", "half a body", "half a second request"],
)
async def test_half_a_request_is_not_waited_for_for_ever(port: int, sent: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    answered = await asyncio.wait_for(reader.read(), 3)
    assert b"200 OK" not in answered or sent.endswith(b"GET /")
    writer.close()


async def test_a_whole_request_is_answered(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /login HTTP/1.1\r\n" + HEAD)
    await writer.drain()
    writer.write(b"Connection: close\r\n\r\n")
    assert b"200 OK" in await asyncio.wait_for(reader.read(), 3)
    writer.close()
