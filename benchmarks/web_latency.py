"""How long a page waits, beyond the model, from the click on a plan to the first word, with ten pages at once.

A process serves ten stories; another has ten threads, each with a socket as a page has, that click at the same moment.
The model is a fake that takes a second a call. What is printed is the time beyond that second. With ``--readers 50`` so
many sockets follow one story instead, and one of them clicks: how long does each wait for the first word?
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import threading
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

import httpx
from langchain_core.embeddings import DeterministicFakeEmbedding
from websockets.sync.client import connect
from websockets.typing import Origin

from fake_model import FakeChatModel
from resources_at_hand import CHAT_MODELS, EMBEDDINGS, read_environment

DELAY = 1.0
ROUNDS = 3
_FOLLOWS = re.compile(r'data-log="(\w+)" data-number="(\d+)" data-branch="(\w+)"')
_MADE_FOR = re.compile(r'name="(step|version)" value="(\w+)"')


def serve() -> None:
    """``recurrentgpt ui`` with the fake."""
    from recurrentgpt.cli import main  # noqa: PLC0415

    CHAT_MODELS["fake"] = lambda: FakeChatModel(delay=DELAY)
    EMBEDDINGS["fake"] = lambda: DeterministicFakeEmbedding(size=384)
    read_environment()
    sys.argv = ["recurrentgpt", "ui", "--port", "0"]
    main()


class Visitor:
    """What a browser does of a page, without the browser."""

    def __init__(self, url: str, number: int) -> None:
        self._client = httpx.Client(base_url=url, headers={"origin": url}, timeout=60, follow_redirects=True)
        self._url = url
        form = {"topic": f"Story {number} of a lighthouse keeper", "language": "en", "mode": "author"}
        self._address = str(self._client.post("/new", data=form).url.path)
        self.waited: list[float] = []
        self.texts: list[str] = []

    def ready(self) -> str:
        """The page once its plans are there."""
        while 'value="plan"' not in (text := self._client.get(self._address).text):
            sleep(0.2)
        return text

    def follow(self, text: str, together: threading.Barrier, *, click: bool = True) -> None:
        """Click on the first plan of a page when all are there, or only follow it, and wait for the first word."""
        log, number, branch = _FOLLOWS.findall(text)[0]
        address = f"{self._url.replace('http', 'ws')}{self._address}/live?log={log}&number={number}"
        with connect(address, origin=Origin(self._url)) as socket:
            together.wait()
            began = perf_counter()
            if click:
                form = {**dict(_MADE_FOR.findall(text)), "branch": branch, "do": "plan", "plan": "1"}
                post = threading.Thread(
                    target=self._client.post, args=(f"{self._address}/reply",), kwargs={"data": form}
                )
                post.start()
            while (news := json.loads(socket.recv()))["kind"] != "text":
                pass
            self.waited.append(perf_counter() - began)
            self.texts.append(news["text"])


def measure(url: str, pages: int, readers: int) -> list[float]:
    """Seconds beyond the model's, of every page that clicks, and every reader of the one page that does."""
    visitors = [Visitor(url, number) for number in range(1 if readers else pages)]
    for _ in range(ROUNDS):
        shown = [(visitor, visitor.ready()) for visitor in visitors]
        shown *= readers or 1
        together = threading.Barrier(len(shown))
        follows = [
            threading.Thread(target=visitor.follow, args=(text, together), kwargs={"click": not readers or not number})
            for number, (visitor, text) in enumerate(shown)
        ]
        for follow in follows:
            follow.start()
        for follow in follows:
            follow.join()
    return [seconds - DELAY for visitor in visitors for seconds in visitor.waited]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help="be the server (this program starts it)")
    parser.add_argument("--pages", type=int, default=10, help="how many click at once")
    parser.add_argument("--readers", type=int, default=0, help="how many follow one story, of whom one clicks")
    given = parser.parse_args()
    if given.serve:
        serve()
        return
    with TemporaryDirectory() as home:
        ours = {"RECURRENTGPT_HOME": home, "RECURRENTGPT_EMBEDDING_MODEL": "fake", "RECURRENTGPT_MODEL": "fake"}
        command = [sys.executable, "-u", __file__, "--serve"]
        server = subprocess.Popen(command, env={**os.environ, **ours}, stdout=subprocess.PIPE, text=True)
        try:
            said = server.stdout.readline() if server.stdout else ""
            waited = sorted(measure(re.findall(r"http://[\w.:]+", said)[0], given.pages, given.readers))
        finally:
            server.terminate()
            server.wait()
    who = f"{given.readers} readers of one story" if given.readers else f"{given.pages} pages at once"
    print(f"{who}, {len(waited)} first words, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(
        f"click to first word beyond the model's {DELAY:.0f} s: median {statistics.median(waited) * 1000:.0f} ms, "
        f"least {waited[0] * 1000:.0f} ms, most {waited[-1] * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()
