"""The premise is said once: a field of it is added to one schema and to the prompt that tells it, and nowhere else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import pytest

from copies import PRODUCT, Copy
from folders import ROOT
from recurrentgpt.schemas.modes import AUTHOR, INTERACTIVE_FICTION
from recurrentgpt.schemas.story_input import PREMISE, premise_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIELD = '    weather: str = _premise(200, "Weather", "What the sky does.", lines=1)\n'
LOOK = """
import asyncio, json
from starlette.testclient import TestClient
from typer.testing import CliRunner
from page_client import HERE, written
from cli_with_fakes import CHAT_MODELS, prepare
from fake_model import FakeChatModel
from recurrentgpt import Library, StoryInput, put_back
from recurrentgpt.cli.main import app
from recurrentgpt.graph.conversation import NovelistInput
from recurrentgpt.schemas.limits import LIMITS
from recurrentgpt.stories.archive import pack, write_archive
from recurrentgpt.stories.record import StoryRecord
from recurrentgpt.web.app import make_app
from pathlib import Path

prepare()
model = FakeChatModel()
CHAT_MODELS["fake"] = lambda: model
seen = {
    "terminal": [name for name in ("write", "play", "import")
                 if "--weather" in CliRunner().invoke(app, [name, "--help"]).output],
    "conversation": "weather" in NovelistInput.__annotations__,
    "studio": StoryInput.model_json_schema()["properties"]["weather"]["description"],
    "limit": LIMITS["weather"],
}

async def through_an_archive(library, record):
    async with library.open(record) as story:
        seen["state"] = (await story.state())["weather"]
        packed = await pack(story)
    file = Path(str(library.home)) / "kept.json"
    write_archive(file, packed)
    back = await put_back(library, file)
    async with library.open(back) as story:
        return back.begun_from.weather, (await story.state())["weather"]

library = Library.of_the_process()
with TestClient(make_app(library), HERE, headers={"origin": HERE}) as client:
    form = client.get("/new").text
    seen["page"] = 'name="weather"' in form and "What the sky does." in form
    sent = {"topic": "A lamp", "language": "en", "mode": "author", "model": "fake", "weather": "It hails."}
    begun = client.post("/new", data=sent, follow_redirects=False)
    written(client, begun.headers["location"].rpartition("/")[2])
(record,) = library.records()
seen["card"] = record.begun_from.weather
seen["prompts"] = sum("Weather: It hails." in messages[0].text for messages in model.asked)
seen["archive"] = asyncio.run(through_an_archive(library, record))
print(json.dumps(seen))
"""


def test_a_field_is_added_in_one_place_and_to_the_prompt_that_tells_it(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    copy.add("schemas/story_input.py", "    outline: str = _premise(", FIELD)
    copy.add("prompts/en/author/system.md", "Outline:\n", "Weather: {weather}\n\n")
    seen = copy.run(LOOK)
    assert seen.pop("prompts") > 0, "the writer is told it"
    assert seen == {
        "terminal": ["write", "play", "import"],
        "conversation": True,
        "studio": "What the sky does.",
        "limit": 200,
        "page": True,
        "card": "It hails.",
        "state": "It hails.",
        "archive": ["It hails.", "It hails."],
    }


def lists_in(file: Path) -> Iterator[tuple[int, set[str]]]:
    """Every list, tuple, set and mapping of a file: its line, and the fields of the premise that it names."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        named: Any = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", ())
        texts = {item.value for item in named if isinstance(item, ast.Constant) and isinstance(item.value, str)}
        yield getattr(node, "lineno", 0), texts & set(PREMISE)


@pytest.mark.parametrize("folder", [folder for folder in PRODUCT if folder not in ("nodes", "evaluation")])
def test_no_other_list_repeats_the_fields(folder: str) -> None:
    # Two may have to do with each other. A gate and a prompt of the evaluation name what they use, as prompts do.
    found = [
        f"{file.name}:{line} {sorted(named)}"
        for file in sorted((ROOT / folder).rglob("*.py"))
        for line, named in lists_in(file)
        if len(named) > 2
    ]
    assert not found


def test_who_is_inside_the_story_is_not_asked_where_it_goes() -> None:
    named = {mode.name: {field.name for field in premise_for(mode)} for mode in (AUTHOR, INTERACTIVE_FICTION)}
    assert named["author"] == set(PREMISE)
    assert named["author"] - named["interactive_fiction"] == {"outline"}
