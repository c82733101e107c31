"""The picture that moves: the sample story open in the page, a plan chosen, the next passage, and what is true since.

    python docs/moving_picture.py [FILE.gif]

It wants a Chromium on the path and Pillow, and writes ``docs/pictures/sample.gif``. What is shown is the running
program with *Seven from Seven* as it stood after 7 of its 15 passages; where a model would answer, the sample's own
eighth step is said again, word by word, memory and facts included. So it shows the machine, and the pace of nobody.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import DeterministicFakeEmbedding
from PIL import Image
from playwright.sync_api import sync_playwright

from fake_model import FakeChatModel
from recurrentgpt.stories import archive
from recurrentgpt.stories.branches import new_branch
from recurrentgpt.stories.library import Library
from resources_at_hand import EMBEDDINGS, add_model, read_environment
from served_page import served

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from recurrentgpt.stories.record import StoryRecord

HERE = Path(__file__).parent
SAMPLE = HERE / "samples" / "seven-from-seven.json"
PICTURE = HERE / "pictures" / "sample.gif"
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
STEP = 5
"""Of the sample: the one in which the brass key falls into the harbour."""
BEFORE = 7
"""Passages that stand before it."""
WIDTH, HEIGHT = 1120, 700
COLOURS = 64
WORDS_AT_ONCE = 12
LONG, SHORT = 2600, 240
"""Milliseconds of a picture that is read, and of one that is passed."""


class Recorded(FakeChatModel):
    """Says one recorded step again: its text, its memory, its facts, its plans."""

    step: dict[str, Any]

    def _answer(self, messages: list[Any], schema: dict[str, Any] | None) -> Any:  # noqa: ANN401
        asked = "\n".join(message.text for message in messages)
        self.interfere = lambda *_: self._said(asked, schema)
        return super()._answer(messages, schema)

    def _said(self, asked: str, schema: dict[str, Any] | None) -> str:
        if schema is None:
            return str(self.step["paragraph"])
        wanted = schema["properties"].keys()
        plans = [{"text": plan["text"], "recall": plan["recall"]} for plan in self.step["plans"]]
        every = {
            "rationale": self.step["rationale"],
            "memory": self.step["short_term_memory"].splitlines(),
            "summary": self.step["summary"],
            "facts": [_stated(fact) for fact in self.step["knowledge"]["facts"]],
            "changes": list(self._changes(asked)),
            "plans": plans,
            "synopsis": self.step["summary"],
        }
        return json.dumps({name: value for name, value in every.items() if name in wanted})

    def _changes(self, asked: str) -> Any:  # noqa: ANN401 (an iterator of records)
        """The step's first change, by the number that its fact has among those that are shown."""
        for line in asked.splitlines():
            number, _, text = line.partition(". ")
            if number.isdigit() and "has the brass key" in text:
                yield {"fact": int(number), "what": "replaced", "by": 1, "says": "went between two planks"}
                return


def _stated(fact: dict[str, Any]) -> dict[str, Any]:
    """A kept fact as a model states it."""
    return {
        "fact": fact["text"],
        "about": fact["subjects"],
        "says": fact["quote"],
        "frame": fact.get("frame", "now"),
        "knows": fact.get("known_by", []),
        "when": fact.get("when", ""),
        "open": fact.get("kind") == "thread",
    }


async def opened(library: Library) -> StoryRecord:
    """The sample, on a branch that stands where the recorded step began."""
    record = await archive.unpack(library, archive.read_archive(SAMPLE), lambda *_: None)
    async with library.open(record) as story:
        await new_branch(story, BEFORE, "again")
        story.update_record(context=story.record.context.model_copy(update={"model": "recorded", "helper_model": ""}))
        return story.record


class Film:
    """Pictures of a page, one after the other, each with how long it is shown."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[Image.Image] = []
        self._lengths: list[int] = []

    def take(self, length: int) -> None:
        """Another picture; one that is the same as the last makes that longer."""
        image = Image.open(io.BytesIO(self._page.screenshot())).convert("RGB")
        if self._frames and image.tobytes() == self._frames[-1].tobytes():
            self._lengths[-1] += length
            return
        self._frames.append(image)
        self._lengths.append(length)

    def keep(self, path: Path) -> None:
        """All of them as one file, with few colours: a page has few."""
        sheet = Image.new("RGB", (WIDTH, HEIGHT * len(self._frames)))
        for number, frame in enumerate(self._frames):
            sheet.paste(frame, (0, number * HEIGHT))
        palette = sheet.quantize(COLOURS, dither=Image.Dither.NONE)
        few = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in self._frames]
        few[0].save(path, save_all=True, append_images=few[1:], duration=self._lengths, loop=0, optimize=True)


def shoot(page: Page, url: str, story: str) -> Film:
    """The library, the story, a plan, the passage as it comes, the memory, what is true now."""
    film = Film(page)
    page.goto(url)
    page.wait_for_timeout(400)
    film.take(LONG)
    page.goto(f"{url}/story/{story}?panel=memory")
    page.wait_for_timeout(500)
    page.locator(".plans").scroll_into_view_if_needed()
    page.locator(".plan").first.evaluate("(plan) => plan.scrollIntoView({block: 'center'})")
    film.take(LONG)
    button = page.locator(".plan button.first").first
    button.hover()
    film.take(SHORT * 3)
    button.click()
    for _ in range(60):
        page.wait_for_timeout(300)
        film.take(SHORT)
        if page.locator(".plan").count() and not page.locator("[data-now='']").count():
            break
    page.wait_for_timeout(600)
    film.take(LONG)
    page.goto(f"{url}/story/{story}?panel=codex&name=brass%20key#panel")
    page.wait_for_timeout(500)
    page.locator(".manuscript .paragraph").last.evaluate("(passage) => passage.scrollIntoView({block: 'end'})")
    page.wait_for_timeout(200)
    film.take(2 * LONG)
    return film


def main() -> None:
    """Make it."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    recorded = json.loads(SAMPLE.read_text(encoding="utf-8"))["steps"]["main"][STEP]
    add_model("recorded", lambda: Recorded(step=recorded, pause=0.1, chunk=WORDS_AT_ONCE, delay=0.5))
    EMBEDDINGS["fake"] = lambda: DeterministicFakeEmbedding(size=16)
    with TemporaryDirectory() as home:
        os.environ |= {"RECURRENTGPT_HOME": home, "RECURRENTGPT_EMBEDDING_MODEL": "fake"}
        read_environment()
        library = Library.of_the_process()
        record = asyncio.run(opened(library))
        with served(library) as url, sync_playwright() as started:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS.split())
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
            film = shoot(page, url, record.story_id)
            browser.close()
    film.keep(path)


if __name__ == "__main__":
    main()
