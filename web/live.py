"""What happens to a story, sent to a page as it happens."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from starlette.websockets import WebSocket, WebSocketDisconnect

from ..schemas.errors import RecurrentGPTError
from .forms import record_of_address
from .security import COOKIE
from .words import Words, language_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ..stories.gate_words import Gates
    from .events import PageEvent

_GONE = 1008


async def live(socket: WebSocket) -> None:
    """Follow a story from where the page says it is, until the page is left, or its browser is logged in no longer."""
    try:
        record = record_of_address(socket)
    except RecurrentGPTError as error:
        await socket.close(_GONE, error.code)
        return
    session = socket.app.state.sessions.of(record)
    asked = socket.query_params
    # The page says what it speaks: not every browser says it again when it opens a socket.
    words = Words(asked.get("language") or language_of(socket))
    number = asked.get("number", "")
    after = int(number) if number.isascii() and number.isdecimal() else 0
    await socket.accept()
    leaving = asyncio.create_task(_left(socket))
    gates = socket.app.state.sessions.library.gates
    following = session.log.follow(asked.get("log", ""), after)
    sending = asyncio.create_task(_send(socket, following, words, gates, thinks=not record.is_sealed))
    logged_out = asyncio.create_task(socket.app.state.auth.is_left(socket.cookies.get(COOKIE)))
    tasks = (leaving, sending, logged_out)
    session.followers += 1
    session.pages[load := asked.get("load", "")[:64]] += 1
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        session.followers -= 1
        session.pages -= Counter([load])
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if logged_out in ended and leaving not in ended:
        await socket.close(_GONE)


async def _left(socket: WebSocket) -> None:
    """Wait until the page is left. What it sends is not heard."""
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        return


async def _send(
    socket: WebSocket, events: AsyncIterator[PageEvent], words: Words, gates: Gates, *, thinks: bool
) -> None:
    """Tell a page what happens; what the model thinks too, unless that may tell what a pack keeps from its reader."""
    async for event in events:
        if event.kind == "thinking" and not thinks:
            continue
        told = {"number": event.number, "kind": event.kind, "branch": event.branch}
        if event.kind == "thinking":
            told["label"] = words.said(event.said)
        await socket.send_json(told | {"text": _worded(event, words, gates)})


def _worded(event: PageEvent, words: Words, gates: Gates) -> str:
    """The text of an event, in the page's language."""
    match event.kind:
        case "status":
            return words.busy(gates, event.text, str(event.said))
        case "note":
            return words.said(event.said or event.text)
    return event.text
