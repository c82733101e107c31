"""HTTP clients that a process keeps, for calls on any event loop.

Imported where a model is made: the SDK is slow to import.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from openai import DefaultAsyncHttpxClient

if TYPE_CHECKING:
    import httpx2


class ClientOnAnyLoop(DefaultAsyncHttpxClient):
    """A client whose connections belong to the loop that a call is made on.

    Those of another loop, which may be closed by now, are of no use: a second ``asyncio.run`` would find them broken.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 (httpx's own)
        """A client with these options on every loop."""
        super().__init__(**options)
        self._options = options
        self._clients: dict[asyncio.AbstractEventLoop, DefaultAsyncHttpxClient] = {}

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:  # noqa: ANN401 (httpx's own)
        """Send a request over the connections of the running loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients = {known: client for known, client in self._clients.items() if not known.is_closed()}
            self._clients[loop] = DefaultAsyncHttpxClient(**self._options)
        return await self._clients[loop].send(request, **options)

    async def let_go(self) -> None:
        """Close the connections of the running loop, which is about to end."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client:
            await client.aclose()
