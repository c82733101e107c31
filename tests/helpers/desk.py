"""A page with a browser and a fake model behind it, and stories that have begun on it: for tests of what one types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from web_server import WebServer

SIZES = {"opening_paragraphs": 1, "plan_sentences": 1, "memory_min_sentences": 1, "memory_max_sentences": 2}
TOPIC = "A lighthouse keeper finds a message in a bottle"


def story_at(page: Page, server: WebServer, **given: str) -> str:
    """Begin a story, and give its address once its plans are shown."""
    context = Context.model_validate({"model": "fake", "paragraph_sentences": 3, **SIZES})
    record = Library(server.home).begin(StoryInput.model_validate({"topic": TOPIC, **given}), context)
    address = f"/story/{record.story_id}"
    page.goto(address)
    page.locator(".next form button.first").click()
    wait_for_plans(page, 1)
    return address


def wait_for_plans(page: Page, paragraphs: int) -> None:
    """Until so many paragraphs stand there, and plans for the next one."""
    are_there = "document.querySelectorAll('.manuscript .paragraph').length == count && document.querySelector('.plan')"
    page.wait_for_function(f"count => {are_there}", arg=paragraphs, timeout=20_000, polling=50)


def texts(page: Page) -> list[str]:
    """The paragraphs as they are shown."""
    return page.locator(".manuscript .text").all_text_contents()
