"""The page of a shelf, served by this process while somebody looks at it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING

import uvicorn

from recurrentgpt.web.app import make_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recurrentgpt.stories.library import Library


@contextmanager
def served(library: Library) -> Iterator[str]:
    """The page of a shelf on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(make_app(library), port=0, log_level="error", ws="websockets-sansio"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
