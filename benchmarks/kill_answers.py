"""Kill a process right after it has taken a person's answer, over and over: each answer is carried out once.

    python benchmarks/kill_answers.py [--kills 100] [--face page library]

*page*: a server is killed (SIGKILL) within 50 ms after it sent the browser on. *library*: a process is killed within
50 ms after the run of a reply told of the next gate, which is when the terminal shows that it goes on. The next process
takes up what is there, and gets the next answer, a plan of one's own with a number. At the end every number must stand
in the book once, in order.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import os
import random
import re
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import uvicorn
from langchain_core.embeddings import DeterministicFakeEmbedding

from fake_model import FakeChatModel
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.settings import Settings
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.events import Progress, Reply
from recurrentgpt.stories.library import Library
from recurrentgpt.web.app import make_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

CONTEXT = Context(model="fake", opening_paragraphs=1, paragraph_sentences=7)
WITHIN = 0.05
"""Seconds after the answer was taken within which the process is killed."""
PATIENCE = 120
"""Seconds that a process has for what it is to do."""
PLAN = "Answer {number} is carried out."
CHOICE = "select_plan"


def library_in(home: Path) -> Library:
    """The library of a data folder, with a model that takes a moment and an embedder for nothing."""
    return Library(
        home,
        settings=Settings(embedding_model="fake"),
        chat_models={"fake": lambda: FakeChatModel(delay=0.02)},
        embeddings={"fake": lambda: DeterministicFakeEmbedding(size=16)},
    )


class Child:
    """A process that is forked off this one, which has loaded everything and opened nothing, and tells it lines."""

    def __init__(self, act: Callable[[Callable[[str], None]], None]) -> None:
        """Let ``act``, handed a way to say something, be done in it."""
        reading, writing = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(reading)
            told = os.fdopen(writing, "w")
            try:
                act(lambda line: print(line, file=told, flush=True))
            finally:
                sys.stderr.flush()
                os._exit(0)
        os.close(writing)
        self._lines = os.fdopen(reading)

    def hears(self) -> str:
        """The next line that it says; empty: it has ended."""
        return self._lines.readline().strip()

    def end(self) -> None:
        """Kill it, if it has not ended."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self._lines.close()


def begin(home: Path) -> str:
    """A story that waits with its first plans; gives its id."""

    def act(say: Callable[[str], None]) -> None:
        with library_in(home) as library:
            record = library.begin(StoryInput(topic="A lighthouse keeper"), CONTEXT)

            async def first() -> None:
                async with library.open(record) as story:
                    while await story.pause() is None:
                        async for _ in story.run(CONTEXT):
                            pass

            asyncio.run(first())
            say(record.story_id)

    child = Child(act)
    story_id = child.hears()
    child.end()
    return story_id


def served(home: Path) -> Callable[[Callable[[str], None]], None]:
    """A server of the page that says its port."""

    def act(say: Callable[[str], None]) -> None:
        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket] | None = None) -> None:
                await super().startup(sockets)
                say(str(self.servers[0].sockets[0].getsockname()[1]))

        Server(uvicorn.Config(make_app(library_in(home)), port=0, log_level="error")).run()

    return act


class Browser:
    """What a browser asks of a server."""

    def __init__(self, port: str, story_id: str) -> None:
        self._address = f"127.0.0.1:{port}"
        self._story_id = story_id

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection(self._address, timeout=PATIENCE)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self._address}"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        told = answer.status, answer.read().decode()
        connection.close()
        return told

    def waiting_page(self) -> str:
        """The story's page, once its plans are to be chosen from."""
        until = monotonic() + PATIENCE
        while monotonic() < until:
            _, page = self._ask("GET", f"/story/{self._story_id}")
            if 'class="working"' not in page and 'value="own"' in page:
                return page
            sleep(0.02)
        msg = "the page does not come to its plans"
        raise TimeoutError(msg)

    def answer(self, text: str) -> None:
        """Send a plan of one's own; on return the server has taken it."""
        page = self.waiting_page()
        here = {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("branch", "step", "version")}
        status, told = self._ask(
            "POST", f"/story/{self._story_id}/reply", urlencode({**here, "do": "own", "text": text})
        )
        if status != http.client.SEE_OTHER:
            msg = f"the answer was not taken: {status} {told[:200]}"
            raise AssertionError(msg)


def by_the_page(home: Path, story_id: str, text: str) -> Child:
    """A server that has just taken an answer."""
    child = Child(served(home))
    Browser(child.hears(), story_id).answer(text)
    return child


def finished_by_the_page(home: Path, story_id: str) -> None:
    """Let a server take up what is there."""
    child = Child(served(home))
    Browser(child.hears(), story_id).waiting_page()
    child.end()


async def _at_its_pause(library: Library, story_id: str, answer: str, say: Callable[[str], None]) -> None:
    async with library.open(library.record(story_id)) as story:
        while (pause := await story.pause()) is None:
            async for _ in story.run(CONTEXT):
                pass
        if answer:
            async for event in story.run(CONTEXT, Reply(answer, pause.interrupt_id)):
                if isinstance(event, Progress) and event.gate != CHOICE:
                    say("taken")


def by_the_library(home: Path, story_id: str, text: str) -> Child:
    """A process that has just taken an answer."""

    def act(say: Callable[[str], None]) -> None:
        asyncio.run(_at_its_pause(library_in(home), story_id, text, say))

    child = Child(act)
    if child.hears() != "taken":
        msg = "the answer was not taken"
        raise AssertionError(msg)
    return child


def finished_by_the_library(home: Path, story_id: str) -> None:
    """Let a process take up what is there."""

    def act(say: Callable[[str], None]) -> None:
        asyncio.run(_at_its_pause(library_in(home), story_id, "", say))
        say("done")

    child = Child(act)
    child.hears()
    child.end()


FACES = {"page": (by_the_page, finished_by_the_page), "library": (by_the_library, finished_by_the_library)}


def plans_of(home: Path, story_id: str) -> list[str]:
    """The plan that each passage followed, as the book says."""

    def act(say: Callable[[str], None]) -> None:
        async def read() -> None:
            async with library.open(library.record(story_id)) as story:
                for entry in await story.manuscript():
                    say(entry.plan)

        with library_in(home) as library:
            asyncio.run(read())
            say("END")

    child = Child(act)
    found = list(iter(child.hears, "END"))
    child.end()
    return [plan for plan in found if plan]


def main() -> None:
    """Kill, and look what is in the book."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--face", nargs="+", choices=FACES, default=list(FACES))
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chance = random.Random(given.seed)  # noqa: S311 (the same moments each time)
    for face in given.face:
        answer, finish = FACES[face]
        with TemporaryDirectory() as folder:
            home = Path(folder)
            story_id = begin(home)
            sent = [PLAN.format(number=number) for number in range(1, given.kills + 1)]
            for text in sent:
                child = answer(home, story_id, text)
                sleep(chance.uniform(0, WITHIN))
                child.end()
            finish(home, story_id)
            found = plans_of(home, story_id)
        lost, twice = sorted(set(sent) - set(found)), len(found) - len(set(found))
        print(f"{face}: {given.kills} kills, {len(lost)} answers lost, {twice} carried out twice", flush=True)
        if found != sent:
            print(*found, sep="\n")
            sys.exit(1)


if __name__ == "__main__":
    main()
