"""The page without a browser: a client of the application, and a story that has begun on it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library
from recurrentgpt.web.app import make_app

if TYPE_CHECKING:
    from recurrentgpt.web.security import PasswordAuth

HERE = "http://127.0.0.1:7860"
SMALL = Context(model="fake", opening_paragraphs=1, plan_sentences=1, memory_min_sentences=1, memory_max_sentences=2)


def page_client(auth: PasswordAuth | None = None) -> TestClient:
    """A client of the page of the shelf, as a browser that shows it."""
    return TestClient(make_app(Library.of_the_process(), auth), HERE, headers={"origin": HERE})


def written(client: TestClient, story_id: str) -> str:
    """The page of a story, once nothing is at work on it."""
    for _ in range(500):
        page = client.get(f"/story/{story_id}").text
        if 'class="working"' not in page:
            return page
        time.sleep(0.02)
    pytest.fail("it is still being written")


def path_of(client: TestClient, address: str) -> dict[str, str]:
    """The fields that say what a form of a story's page is meant for."""
    page = client.get(address).text
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("branch", "step", "version")}


def begun(client: TestClient, **more: Any) -> str:
    """The id of a story whose opening is written."""
    record = Library.of_the_process().begin(StoryInput(**{"topic": "A lighthouse keeper", **more}), SMALL)
    client.post(f"/story/{record.story_id}/go-on", data={"branch": "main", "step": "None"})
    written(client, record.story_id)
    return record.story_id
