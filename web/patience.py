"""How long the page's server waits for a request that was begun and is not sent to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from asyncio import TimerHandle, Transport

HEAD = 15.0
"""Seconds in which the head of a request has to be there, from the connection or from its first byte on."""
BODY = 60.0
"""Seconds without a byte more of what a request sends."""
MOST_CONNECTIONS = 500
"""Connections at once, sockets of pages among them; who comes then is told to come later."""


class Patience(H11Protocol):
    """Closes a connection whose request does not come to its end."""

    head, body = HEAD, BODY
    _waiting: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait(self.head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request, and wait for the rest of it, if there is one."""
        super().data_received(data)
        self._wait_for_more()

    def on_response_complete(self) -> None:
        """Wait for the next request, of which a part may be there already."""
        super().on_response_complete()
        self._wait_for_more()

    def _wait_for_more(self) -> None:
        cycle: Any = self.cycle
        if cycle is not None and not cycle.response_complete:
            self._wait(self.body if cycle.more_body else None)
        elif self._waiting is None:
            self._wait(self.head)  # A byte more of a head gives no more time.

    def _wait(self, seconds: float | None) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = None if seconds is None else self.loop.call_later(seconds, self._end)

    def _end(self) -> None:
        self._waiting = None
        if not self.transport.is_closing() and self.transport.get_protocol() is self:  # It may be a socket by now.
            self.transport.close()
