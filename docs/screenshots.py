"""The pictures of the page, from the running program: each view in English on a desk, in Chinese on a telephone.

Run it with a Chromium on the path; it writes ``docs/pictures/*.png``, light on the desk and dark on the telephone; some
views are made the other way round besides. The story is ``sample_story.toml``. A view that is wider than its window, or
in which a text is cut, is named, and the script fails.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import DeterministicFakeEmbedding
from playwright.sync_api import sync_playwright

from fake_model import FakeChatModel
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.story_input import PREMISE, read_input
from recurrentgpt.stories.branches import new_branch, set_chapter, switch
from recurrentgpt.stories.library import Library
from resources_at_hand import EMBEDDINGS, add_model, read_environment
from served_page import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HERE = Path(__file__).parent
SAMPLE = tomllib.loads((HERE / "sample_story.toml").read_text(encoding="utf-8"))
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
SMALL = {"opening_paragraphs": 1, "memory_min_sentences": 1, "paragraph_sentences": 5, "retrieve_k": 2}
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
COLOURS = 64


SHOWN_PANELS = {
    **dict.fromkeys(("memory", "codex", "facts", "recalled", "archive", "prompts", "cost", "settings"), ""),
    "continuity": "&all=1",
    "find": "&q=letter",
}


class SampleAuthor(FakeChatModel):
    """Answers each gate with the sample's words, a step after the other."""

    steps: list[dict[str, Any]]
    premise: dict[str, str]

    def _answer(self, messages: list[Any], schema: dict[str, Any] | None) -> Any:  # noqa: ANN401
        self.interfere = lambda _, wanted: self._say("\n".join(message.text for message in messages), wanted)
        return super()._answer(messages, schema)

    def _say(self, asked: str, schema: dict[str, Any] | None) -> str:
        written = [step for step in self.steps if step["text"].strip()[-60:] in asked]
        if schema is None:
            return str(self.steps[min(len(written), len(self.steps) - 1)]["text"]).strip()
        if schema["properties"].keys() & {"title", "outline"}:
            return json.dumps(self.premise)
        step = self.steps[min(max(len(written), 1), len(self.steps)) - 1]
        if "recall" in schema["properties"]:
            return json.dumps({"recall": ["what the letter says"]})
        made = {name: step[name] for name in ("memory", "rationale", "summary", "plans") if name in step}
        return json.dumps({**made, "summaries": [step["summary"]]})


def author(part: dict[str, Any]) -> SampleAuthor:
    """The author of one of the two sample stories."""
    steps = [
        {"summary": "", "memory": ["You are in the night market of Ebb."], "rationale": "The market is new.", **step}
        for step in part["step"]
    ]
    for step in steps:
        step.setdefault("plans", [{"text": act, "recall": ["the night market"]} for act in step.get("acts", [])])
        step["summary"] = step["summary"] or "You come to the night market."
    return SampleAuthor(
        steps=steps,
        premise={"title": part["title"], "outline": part.get("outline", "Into the night market, and out of it again.")},
    )


async def write_sample(library: Library) -> tuple[str, str]:
    """Put both sample stories on a shelf; gives their ids."""
    play = library.begin(
        read_input({**{name: SAMPLE["play"].get(name) for name in PREMISE}, "mode": "interactive_fiction"}),
        Context.model_validate({"model": "sample-play", **SMALL, "plan_sentences": 1}),
    )
    async with library.open(play) as story:
        await steps(story, 2)
    record = library.begin(
        read_input({name: SAMPLE.get(name) for name in PREMISE}), Context.model_validate({"model": "sample", **SMALL})
    )
    async with library.open(record) as story:
        await steps(story, 3)
        for after, plan in ((1, "2"), (2, "3")):
            await new_branch(story, after, answer=plan, parent="main")
            await steps(story, 1)
        await switch(story, "main")
        await set_chapter(story, 1, SAMPLE["chapters"][0])
        await set_chapter(story, 3, SAMPLE["chapters"][1])
        for fact in SAMPLE["facts"]:
            await story.add_fact(fact["text"], fact["about"], at=fact["at"], is_open=fact.get("open", False))
        for name, kind in SAMPLE["kinds"].items():
            await story.codex.put(name, kind=kind)
    return record.story_id, play.story_id


async def steps(story: Any, count: int) -> None:  # noqa: ANN401
    """Write so many steps, always by the first plan."""
    context = story.record.context.model_copy(update={"plan_selection": "first"})
    for _ in range(count):
        async for _ in story.run(context):
            pass


SHOTS = (("desk", "light", "en"), ("phone", "dark", "zh"))
OTHERS = (("desk", "dark", "zh"), ("phone", "light", "en"))
BOTH_WAYS = ("library", "write", "play", "read")
"""Views that are made the other way round too."""
CUT = """() => [...document.querySelectorAll("main *, aside *, header *")].filter((one) => {
  const { overflowX, overflowY, textOverflow } = getComputedStyle(one);
  const hides = (overflow) => overflow === "hidden" || overflow === "clip";
  if (!one.checkVisibility() || one.matches(".unseen, .unseen *, svg *") || textOverflow === "ellipsis") return false;
  return (hides(overflowX) && one.scrollWidth > one.clientWidth + 1)
    || (hides(overflowY) && one.scrollHeight > one.clientHeight + 1);
}).map((one) => one.outerHTML.slice(0, 120))
  .concat(document.documentElement.scrollWidth > innerWidth + 1 ? ["the page"] : [])"""
"""What hides a part of its own text, or is wider than the window."""


def shoot(browser: Browser, url: str, views: dict[str, str], folder: Path) -> list[str]:
    """Make the pictures of each view; gives the views in which something is cut."""
    wrong = []
    for name, address in views.items():
        for size, scheme, language in (*SHOTS, *(OTHERS if name in BOTH_WAYS else ())):
            width, height = SIZES[size]
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                locale="zh-CN" if language == "zh" else "en-GB",
            )
            page.goto(url + address)
            page.wait_for_timeout(400)
            if name == "keys":
                page.keyboard.press("?")
                page.locator("dialog[open]").wait_for()
            if name == "intake":
                page.locator("input[type=file]").first.set_input_files(HERE / "samples" / "README.md")
                page.locator("form:has(input[type=file]) button").first.click()
                page.wait_for_url("**/import**")
            wrong += [f"{name}, {size}, {language}: {cut}" for cut in page.evaluate(CUT)]
            page.screenshot(path=folder / f"{name}-{size}-{scheme}{'-zh' if language == 'zh' else ''}.png")
            page.close()
    return wrong


def shrink(folder: Path) -> None:
    """Fewer colours: a page has few, and a picture of it is then a third of the size."""
    from PIL import Image  # noqa: PLC0415 (pip install pillow)

    for file in folder.glob("*.png"):
        Image.open(file).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


def main() -> None:
    """Make them all."""
    folder = HERE / "pictures"
    folder.mkdir(exist_ok=True)
    add_model("sample", lambda: author(SAMPLE))
    add_model("sample-play", lambda: author(SAMPLE["play"]))
    EMBEDDINGS["fake"] = lambda: DeterministicFakeEmbedding(size=16)
    with TemporaryDirectory() as home:
        os.environ |= {"RECURRENTGPT_HOME": home, "RECURRENTGPT_EMBEDDING_MODEL": "fake"}
        read_environment()
        library = Library.of_the_process()
        story, play = asyncio.run(write_sample(library))
        views = {
            "library": "/",
            "new": "/new?example=0",
            "connect": "/connect",
            "intake": "/",
            "write": f"/story/{story}",
            "keys": f"/story/{story}",
            "edit": f"/story/{story}?edit=3&history=3#p3",
            **{name: f"/story/{story}?panel={name}{more}#panel" for name, more in SHOWN_PANELS.items()},
            "loom": f"/story/{story}/loom?branch=main&at=3",
            "play": f"/play/{play}",
            "read": f"/read/{story}",
            "trash": "/trash",
            "delete": f"/story/{story}/delete",
        }
        with served(library) as url, sync_playwright() as started:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS.split())
            for old in folder.glob("*.png"):
                old.unlink()
            wrong = shoot(browser, url, views, folder)
            browser.close()
    shrink(folder)
    if wrong:
        sys.exit("Something is cut:\n" + "\n".join(wrong))


if __name__ == "__main__":
    main()
