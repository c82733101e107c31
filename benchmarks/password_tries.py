"""Try the password of the page many times at once, the right one among them, and count how many tries were looked at.

``python benchmarks/password_tries.py [--tries 10000] [--connections 50] [--proxied]``. The page is ``recurrentgpt ui``
in a process of its own, with a password. Each connection sends one try after the other, and says in ``X-Forwarded-For``
that it is another each time, which counts where the page was told of a proxy (``--proxied``). A try that was looked at
is answered with 403, or lets in (303); all others are refused (429).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from recurrentgpt.web.security import ALL_MAY_TRY, MAY_TRY

if TYPE_CHECKING:
    from collections.abc import Iterator

RIGHT = "the right password of this page"
HOST = "127.0.0.1"
PATIENCE = 60
WINDOW = 60
"""Seconds after which an address may try again; the figure says how many such times the tries took."""


@contextmanager
def page(*, is_proxied: bool) -> Iterator[int]:
    """A page with a password; gives its port."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    with TemporaryDirectory() as home:
        known = {**os.environ, "RECURRENTGPT_HOME": home, "RECURRENTGPT_UI_PASSWORD": RIGHT}
        command = [sys.executable, "-m", "recurrentgpt.cli", "ui", "--auth", "--port", str(port)]
        command += ["--name", HOST] if is_proxied else []
        with subprocess.Popen(command, env=known, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                _wait_for(port)
                yield port
            finally:
                process.terminate()


def _wait_for(port: int) -> None:
    until = monotonic() + PATIENCE
    while monotonic() < until:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            sleep(0.1)
        else:
            return
    msg = "the page does not answer"
    raise TimeoutError(msg)


async def tried(port: int, numbers: range) -> Counter[int]:
    """How many tries of one connection were answered with which status."""
    found: Counter[int] = Counter()
    reading, writing = await asyncio.open_connection(HOST, port)
    for number in numbers:
        # The first wrong ones use up what may be tried; from then on every other try is the right one.
        body = urlencode(
            {
                "password": RIGHT
                if number >= numbers.step * MAY_TRY and (number // numbers.step) % 2
                else f"wrong {number}"
            }
        )
        head = (
            f"POST /login HTTP/1.1\r\nHost: {HOST}:{port}\r\nOrigin: http://{HOST}:{port}\r\n"
            f"X-Forwarded-For: 10.{number // 65536}.{number // 256 % 256}.{number % 256}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writing.write((head + body).encode())
        answer = await reading.readuntil(b"\r\n\r\n")
        found[int(answer.split(b" ", 2)[1])] += 1
        length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reading.readexactly(int(length.partition(b":")[2]))
    writing.close()
    return found


async def all_at_once(port: int, tries: int, connections: int) -> Counter[int]:
    """How many tries were answered with which status."""
    done = await asyncio.gather(*(tried(port, range(first, tries, connections)) for first in range(connections)))
    return sum(done, Counter[int]())


def main() -> None:
    """Try, and say how many were looked at."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--proxied", action="store_true", help="as behind a proxy, whose word on addresses counts")
    given = parser.parse_args()
    with page(is_proxied=given.proxied) as port:
        began = monotonic()
        found = asyncio.run(all_at_once(port, given.tries, given.connections))
        seconds = monotonic() - began
    looked_at, let_in = found[403] + found[303], found[303]
    most = (ALL_MAY_TRY if given.proxied else MAY_TRY) * (1 + int(seconds // WINDOW))
    print(
        f"{given.tries:,} tries over {given.connections} connections in {seconds:.0f} s: {looked_at} were looked at, "
        f"of {most} that may be in this time; {let_in} let in, {found[429]:,} refused"
    )
    if looked_at > most or found.total() != given.tries:
        print(dict(found))
        sys.exit(1)


if __name__ == "__main__":
    main()
