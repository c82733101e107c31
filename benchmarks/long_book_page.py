"""How quickly a book of 3,000 passages opens in a browser, jumps, finds and scrolls, and what the page then weighs.

A real folder is filled with passages of twenty sentences and three facts; a Chromium on the path looks at them.

    python benchmarks/long_book_page.py [--passages 3000]
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from bench import instant_library, table
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.story_input import StoryInput
from replace_time import NAME, fill
from served_page import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from recurrentgpt.stories.library import Library

CONTEXT = Context(model="fake", opening_paragraphs=1)
CHAPTER = 50
JUMPS = 20
LATE = 25
"""Milliseconds from which on a frame of 60 a second was left out."""
SCROLL = """() => new Promise((done) => {
  const gaps = []; let last = performance.now();
  const step = (now) => {
    gaps.push(now - last); last = now; scrollBy({ top: 40, behavior: "instant" });
    if (gaps.length < 240) requestAnimationFrame(step); else done(gaps.slice(1));
  };
  requestAnimationFrame(step);
})"""
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"


async def book_of(library: Library, passages: int) -> str:
    """A book of so many passages; gives its id."""
    record = library.begin(StoryInput(topic=NAME, title="T", outline="O"), CONTEXT)
    async with library.open(record) as story:
        async for _ in story.run(CONTEXT):
            pass
        chapters = [{"seq": place, "title": f"Chapter {place}"} for place in range(0, passages, CHAPTER)]
        await fill(story, passages, chapters=chapters)
    return record.story_id


class Watch:
    """Notes how long each thing takes."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.rows: list[tuple[str, str]] = []

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Note the seconds of a ``with`` block."""
        began = perf_counter()
        yield
        self.rows.append((what, f"{perf_counter() - began:.2f} s"))

    def weigh(self, what: str) -> None:
        """Note how many elements the page has, and how much memory its scripts hold."""
        session = self._page.context.new_cdp_session(self._page)
        session.send("HeapProfiler.collectGarbage")
        counts = session.send("Memory.getDOMCounters")
        heap = session.send("Runtime.getHeapUsage")["usedSize"]
        self.rows.append((what, f"{counts['nodes']:,} nodes, {heap / 2**20:.1f} MB"))


def look(page: Page, address: str, passages: int) -> list[tuple[str, str]]:
    """Open, jump, edit, find; gives what each took."""
    watch = Watch(page)
    with watch.timed("open the book for the first time, to the first plan"):
        page.goto(address)
        page.get_by_role("button", name="Write plan 1").wait_for()
    with watch.timed("open it again"):
        page.goto(address)
        page.get_by_role("button", name="Write plan 1").wait_for()
    watch.weigh("the page")
    middle = passages // 2
    with watch.timed("jump to the middle by its number"):
        page.get_by_label("Paragraph", exact=True).fill(str(middle))
        page.locator(".jump button").click()
        page.locator(f"#p{middle}").wait_for()
    with watch.timed("open a passage there to edit it"):
        page.get_by_label(f"Edit paragraph {middle}").click()
        page.get_by_label(f"Paragraph {middle}", exact=True).wait_for()
    with watch.timed(f"{JUMPS} jumps, each"):
        for number in range(1, passages, passages // JUMPS):
            page.get_by_label("Paragraph", exact=True).fill(str(number))
            page.locator(".jump button").click()
            page.locator(f"#p{number}").wait_for()
    name, seconds = watch.rows.pop()
    watch.rows.append((name, f"{float(seconds.split()[0]) / JUMPS:.2f} s"))
    watch.weigh("the page after them")
    with watch.timed("find a name that every passage has"):
        page.goto(f"{address}?panel=find&q={NAME}")
        page.locator(".found mark").first.wait_for()
    with watch.timed("look at what another name for it would change"):
        page.goto(f"{address}?panel=find&q={NAME}&old={NAME}&new=Ada")
        page.locator(".ledger ins").first.wait_for()
    with watch.timed("the codex"):
        page.goto(f"{address}?panel=codex")
        page.get_by_role("heading", name="Codex").wait_for()
    watch.rows.append(("scroll through 30 passages, between two frames", frames(page)))
    return watch.rows


def frames(page: Page) -> str:
    """How long it is from frame to frame while somebody scrolls: the median, and how many take more than one of 60."""
    page.evaluate("() => scrollTo(0, 0)")
    gaps = sorted(page.evaluate(SCROLL))
    late = sum(gap > LATE for gap in gaps)
    return f"median {statistics.median(gaps):.1f} ms, {late} of {len(gaps)} over {LATE} ms"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=3000)
    passages = parser.parse_args().passages
    with instant_library() as library:
        story_id = asyncio.run(book_of(library, passages))
        with served(library) as url, sync_playwright() as started:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS.split())
            page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")
            rows = look(page, f"{url}/story/{story_id}", passages)
            browser.close()
        with served(library) as url, sync_playwright() as started:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS.split())
            page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")
            watch = Watch(page)
            with watch.timed("open it for the first time after the page was started again"):
                page.goto(f"{url}/story/{story_id}")
                page.get_by_role("button", name="Write plan 1").wait_for()
            rows += watch.rows
            browser.close()
    table(("what", "took"), rows)


if __name__ == "__main__":
    main()
