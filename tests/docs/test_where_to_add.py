"""What CONTRIBUTING.md says of where to add: one of each is added to a copy by the files it names, and is seen."""

from __future__ import annotations

import re
from typing import Any

import pytest

from copies import Copy
from folders import ROOT

Addition = tuple[str, str, str]
"""A file, the text before which something is put (empty: at the end), and what."""

GATE = '''"""The sky over the new paragraph."""

from ..prompts import PromptSpec
from .answers import Answer
from .asking import AnswerSpec
from .gate import GateRecord, gate
from .messages import messages_after_paragraph

PROMPT = PromptSpec("note_weather")


class Weather(Answer):
    weather: str


@gate(GateRecord(role="the sky", label="Weather", busy="Looking at the sky", prompts=(PROMPT,), answers=(Weather,)))
async def note_weather(state, turn):
    messages = messages_after_paragraph(state, turn, turn.prompt(PROMPT).fill())
    answer = await turn.ask(messages, Weather, AnswerSpec({"weather": {"maxLength": 80}}))
    return {"mood": answer.weather}
'''
COMMAND = '''@stories.command()
def moods() -> None:
    """Say how many stories there are."""
    console.print(len(the_library().records()))


'''
SETTING = '    moodiness: int = Field(default=3, ge=0, le=9, title="Moodiness", description="How moody.")\n'

ADDITIONS: dict[str, tuple[Addition, ...]] = {
    "a gate": (
        ("nodes/note_weather.py", "", GATE),
        ("prompts/en/author/note_weather.md", "", "In what weather does the new paragraph end?\n"),
        ("graph/cycle.py", "from ..nodes.node import Inline\n", "from ..nodes.note_weather import note_weather\n"),
        ("graph/cycle.py", ")\n    state: type[StoryState] = StoryState", ", note_weather"),
    ),
    "a language": (("prompts/nl/language.toml", "", 'name = "Dutch"\nown_name = "Nederlands"\nsplitter = "nl"\n'),),
    "a setting of a run": (("schemas/context.py", "    tries: int = Field(\n", SETTING),),
    "a field of the premise": (
        (
            "schemas/story_input.py",
            "    outline: str = _premise(",
            '    sky: str = _premise(99, "Sky", "Up.", lines=1)\n',
        ),
        ("prompts/en/author/system.md", "Outline:\n", "Sky: {sky}\n\n"),
    ),
    "an export format": (("stories/export.py", '    ".md": "as_markdown",\n', '    ".rst": "as_text",\n'),),
    "a review answer": (
        (
            "schemas/review.py",
            "    recall: tuple[str, ...] | None = None\n",
            '    mood: str | None = change_field("Mood", 99)\n',
        ),
        ("schemas/state.py", "    step: int\n", "    mood: str\n"),
    ),
    "a command": (("cli/stories.py", "@stories.command()\ndef rename(", COMMAND),),
    "an error": (
        ("schemas/errors.toml", "no_story_yet =", 'bad_mood = "The mood {mood} is bad: give a better one."\n'),
        ("prompts/zh/errors.toml", "no_story_yet =", 'bad_mood = "心情 {mood} 不好：请换一个。"\n'),
    ),
}
LOOK = """
import asyncio, json
from starlette.testclient import TestClient
from typer.testing import CliRunner
from page_client import HERE
from cli_with_fakes import prepare
from recurrentgpt import Context, Library, StoryInput
from recurrentgpt.cli.main import app
from recurrentgpt.graph.builder import recurrent
from recurrentgpt.schemas.errors import SettingsError, sentence
from recurrentgpt.schemas.languages import language_named, languages
from recurrentgpt.schemas.review import RESPONSE_SCHEMA
from recurrentgpt.stories.events import Pause, Reply
from recurrentgpt.stories.export import FORMATS
from recurrentgpt.stories.gate_words import busy
from recurrentgpt.web.app import make_app

prepare()
library = Library.of_the_process()
context = Context(model="fake", opening_paragraphs=1)
record = library.begin(StoryInput(topic="A lamp", sky="Grey", target_paragraphs=1), context)
seen = {}

async def answered():
    async with library.open(record) as story:
        pauses = [event async for event in story.run(context) if isinstance(event, Pause)]
        reply = Reply({"mood": "dark"}, pauses[0].interrupt_id)
        pauses = [event async for event in story.run(context, reply) if isinstance(event, Pause)]
        seen["a review answer"] = (await story.state())["mood"]
        reply = Reply({"plan": 1}, pauses[0].interrupt_id)
        async for _ in story.run(context, reply): pass
        state = await story.state()
        seen["a field of the premise"] = state["sky"]
        seen["a gate"] = [state["mood"] != "dark", busy(library.gates, "note_weather", "en"),
                          "note_weather" in recurrent().compile().get_graph().nodes]

asyncio.run(answered())
with TestClient(make_app(library), HERE, headers={"origin": HERE}) as client:
    form = client.get("/new").text
    page = client.get(f"/story/{record.story_id}?panel=settings").text
seen["a language"] = [language_named("nl-BE").folder, "Nederlands" in form]
seen["a setting of a run"] = ['name="moodiness"' in page, Context().changed({"moodiness": "4"}).moodiness]
seen["an export format"] = [".rst" in FORMATS, f"/{record.story_id}/book.rst" in page or ".rst" in page]
seen["a command"] = CliRunner().invoke(app, ["moods"]).output.strip()
seen["an error"] = [sentence(SettingsError("bad_mood", mood="x"), language) for language in ("en", "zh", "nl")]
print(json.dumps(seen))
"""
SEEN = {
    "a gate": [True, "Looking at the sky", True],
    "a language": ["nl", True],
    "a setting of a run": [True, 4],
    "a field of the premise": "Grey",
    "an export format": [True, True],
    "a review answer": "dark",
    "a command": "1",
    "an error": [
        "The mood x is bad: give a better one.",
        "心情 x 不好：请换一个。",
        "The mood x is bad: give a better one.",
    ],
}


def table() -> dict[str, tuple[list[str], int]]:
    """What is to be added, the files, and how many the page says they are."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Where to add\n")[2]
    rows = [row.split(" | ") for row in re.findall(r"^\| (.+) \|$", page, re.MULTILINE)]
    return {what: (re.findall(r"`([^`]+)`", files), int(count)) for what, files, count, _ in rows[1:]}


def test_the_table_names_the_files_and_counts_them() -> None:
    assert set(table()) == set(ADDITIONS)
    for what, (files, count) in table().items():
        assert list(dict.fromkeys(file for file, _, _ in ADDITIONS[what])) == files, what
        assert len(files) == count, what


@pytest.mark.parametrize("what", ADDITIONS)
def test_its_files_are_there_or_are_what_is_new(what: str) -> None:
    new = {"nodes/note_weather.py", "prompts/en/author/note_weather.md", "prompts/nl/language.toml"}
    assert all((ROOT / file).exists() or file in new for file, _, _ in ADDITIONS[what])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    copy = Copy(tmp_path_factory.mktemp("added"))
    for additions in ADDITIONS.values():
        for addition in additions:
            copy.add(*addition)
    return copy.run(LOOK)


@pytest.mark.parametrize("what", ADDITIONS)
def test_one_is_added_by_these_files_alone(what: str, seen: Any) -> None:
    assert seen[what] == SEEN[what]
