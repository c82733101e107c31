"""The page in a thread of the test's own process, with a book of any length on its shelf: quicker than a program."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

from counting_embeddings import CountingEmbeddings
from fake_model import FakeChatModel
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.entries import Entry
from recurrentgpt.schemas.facts import Fact, Knowledge
from recurrentgpt.schemas.settings import Settings
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from recurrentgpt.stories.record import StoryRecord

SMALL = Context(model="fake", opening_paragraphs=1, plan_sentences=1, memory_min_sentences=1, memory_max_sentences=2)
MAIN = "main"
SLOW = 15_000
"""Milliseconds that anything on a page may take, on a machine that is busy otherwise."""


@contextmanager
def shelf(
    folder: Path, model: Callable[[], FakeChatModel] = FakeChatModel, **more: Callable[[], FakeChatModel]
) -> Iterator[Library]:
    """A library in a folder, whatever the environment says."""
    embeddings = {"fake": lambda: CountingEmbeddings(size=16, encoded=[])}
    settings = Settings(embedding_model="fake")
    with Library(folder, settings=settings, chat_models={"fake": model, **more}, embeddings=embeddings) as library:
        yield library


def passage(number: int) -> Entry:
    """The passage of a number (from 1): Mara holds a key that is another every ten passages."""
    text = f"Mara came to door {number}. “It is late,” she said. The lamp was out."
    place = number - 1
    facts = []
    if number % 10 == 1:
        fact = Fact(
            f"{MAIN}:{place}:0",
            f"Mara has key {number}.",
            subjects=("Mara",),
            quote=text.split("“", maxsplit=1)[0].strip(),
        )
        facts.append(fact)
    return Entry(MAIN, place, text, f"Mara is at door {number}.", knowledge=Knowledge(tuple(facts)))


def book(
    library: Library, passages: int, *, chapter: int = 0, language: str = "en", length: int | None = None
) -> StoryRecord:
    """A book of so many passages on a shelf, with a chapter every so many: it waits with plans, or has its length."""
    premise = StoryInput(
        topic="A lighthouse", title="The Light", outline="O", language=language, target_paragraphs=length
    )
    record = library.begin(premise, SMALL)

    async def fill() -> None:
        async with library.open(record) as story:
            unattended = SMALL.model_copy(update={"plan_selection": "first"})
            async for _ in story.run(SMALL):
                pass
            while length is not None and not await story.is_finished():
                async for _ in story.run(unattended):
                    pass
            have = Lineage.from_json((await story.state())["lineage"]).length
            told = [passage(number) for number in range(have + 1, passages + 1)]
            await story.remember(lambda memory: memory.restore(told))
            begins = range(0, passages, chapter) if chapter else ()
            chapters = [{"seq": place, "title": f"Chapter of door {place + 1}"} for place in begins]
            await story.change({"lineage": [[MAIN, 0, passages - 1]], "chapters": chapters})
            await story.note_length()

    asyncio.run(fill())
    return library.record(record.story_id)


@contextmanager
def looked_at(browser: Browser, url: str, width: int = 1500, height: int = 900, **more: object) -> Iterator[Page]:
    """A page of a browser that has never been here; an error of a script is a failure."""
    from playwright.sync_api import expect  # noqa: PLC0415 (not installed everywhere)

    context = browser.new_context(base_url=url, viewport={"width": width, "height": height}, locale="en-GB", **more)  # type: ignore[arg-type]
    context.set_default_timeout(SLOW)
    expect.set_options(timeout=SLOW)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    yield page
    context.close()
    assert wrong == []
