"""Phrases of one's own: each is sent where it is due, its heading is read, and a bad one is refused in one sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.types import Command
from typer.testing import CliRunner

from graph_at_hand import FIRST, HUMAN, THREAD, TOPIC, compiled
from recurrentgpt.cli.main import app
from recurrentgpt.graph.catalogue import every_prompt
from recurrentgpt.prompts import every_phrase, load
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import PromptError, SettingsError
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.modes import INTERACTIVE_FICTION
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.own_prompts import read_own_prompts
from recurrentgpt.web.settings_form import Offered, read_settings, settings_form
from recurrentgpt.web.words import Words
from situations import Telling

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel

OWN = {
    "write_in": "MY LANGUAGE IS {name}.",
    "memory_goes_on": "MY MEMORY.",
    "cues_for_plans": "MY CUES.",
    "scene_stops": "MY STOP.",
    "goes_right_on": "MY START.",
    "pace_free": "MY PACE.",
    "facts_clash": "MY CLASHES.",
}
BROKEN = {
    "no_such_phrase": ("Anything.", "no phrase 'no_such_phrase'"),
    "write_in": ("Write.", "misses {name}"),
    "plan_is_told": ("Follow {weather}.", "names {weather}"),
}
EVERY_BROKEN = pytest.mark.parametrize("name", BROKEN)
MODES = pytest.mark.parametrize("mode", ["author", "interactive_fiction"])
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def folder_with(place: Path, phrases: dict[str, str], **prompts: str) -> Path:
    place.mkdir()
    lines = [f"{name} = {json.dumps(text)}" for name, text in phrases.items()]
    (place / "phrases.toml").write_text("\n".join(lines), encoding="utf-8")
    for name, text in prompts.items():
        (place / f"{name}.md").write_text(text, encoding="utf-8")
    return place


def test_no_phrase_is_called_as_a_prompt_is() -> None:
    assert every_phrase().keys().isdisjoint(every_prompt())


@LANGUAGES
@MODES
def test_each_is_sent_where_it_is_due(fake_models: Callable[..., object], language: str, mode: str) -> None:
    telling = Telling(fake_models, language, mode)
    telling.begin(prompts=OWN, retrieve_k=1)
    telling.answer(1, prompts=OWN, retrieve_k=1)
    telling.answer(1, prompts=OWN, retrieve_k=1)
    last = "\n".join(message.text for call in telling.asked for message in call.messages)
    due = {text.partition(" {")[0] for name, text in OWN.items() if (mode == "author") == (name == "goes_right_on")}
    due = {text for text in due if text != "MY STOP." or mode == INTERACTIVE_FICTION.name}
    assert {text for text in due if text not in last} == set()


@MODES
def test_a_heading_of_ones_own_is_asked_for_and_read(fake_models: Callable[..., FakeChatModel], mode: str) -> None:
    own = {"heading_plans": "Way", "heading_recall": "Needs", "heading_memory": "Kept in mind"}

    def answer(messages: list[BaseMessage], schema: object) -> str | None:
        assert schema is None
        if "Way 1:" in messages[-1].text:
            needs = "\nNeeds {}: The oars." if "Way 1:\nNeeds 1:" in messages[-1].text else ""
            return "\n".join(f"Way {n}: She goes {place}.{needs.format(n)}" for n, place in enumerate("ABC", 1))
        if "Kept in mind:" in messages[-1].text:
            return f"Rationale: It began.\nKept in mind: {' '.join(f'Mara knows the {n}th wave.' for n in range(10))}"
        if "Summary 1:" in messages[-1].text:
            return "Summary 1: She rowed out."
        return "Summary: She rowed out." if "Summary:" in messages[-1].text else None

    fake_models(schemas=False, interfere=answer)
    sizes = {"opening_paragraphs": 1, "retrieve_k": 1, "tries": 1}
    context = HUMAN.model_copy(update={"prompts": own, "use_facts": False, **sizes})
    given = {**TOPIC, "mode": mode, "title": "T", "outline": "O."}
    story: Any = compiled()
    story.invoke(given, THREAD, context=context)
    story.invoke(Command(resume=1), THREAD, context=context)
    state = story.invoke(Command(resume=1), THREAD, context=context)
    assert [plan["text"] for plan in state["plans"]] == ["She goes A.", "She goes B.", "She goes C."]
    assert state["plans"][0]["recall"] == ["The oars."]
    assert state["short_term_memory"].startswith("Mara knows the 0th wave.")


@EVERY_BROKEN
def test_a_graph_refuses_a_bad_one_before_anything_is_paid_for(fake_model: FakeChatModel, name: str) -> None:
    text, said = BROKEN[name]
    with pytest.raises(PromptError, match=said):
        compiled().invoke(TOPIC, THREAD, context=FIRST.model_copy(update={"prompts": {name: text}}))
    assert not fake_model.asked


@EVERY_BROKEN
def test_a_folder_with_a_bad_one_is_refused_in_one_sentence(
    fake_model: FakeChatModel, home: Path, tmp_path: Path, name: str
) -> None:
    text, said = BROKEN[name]
    own = folder_with(tmp_path / "own", {name: text})
    done = CliRunner().invoke(app, ["write", "--topic", "A lamp", "--set", f"prompts={own}"])
    assert isinstance(done.exception, PromptError)
    assert said in str(done.exception)
    assert "\n" not in str(done.exception)
    assert not fake_model.asked
    assert not Library(home).records()


def test_a_folder_of_ones_own_is_taken_whole_and_given_back(tmp_path: Path) -> None:
    own = folder_with(tmp_path / "own", {"pace_free": "MY PACE."}, append_summary="Sum it up.")
    taken = Context().changed(read_own_prompts(own))
    assert taken.prompts == {"pace_free": "MY PACE.", "append_summary": "Sum it up."}
    assert taken.changed({"prompts": ""}).prompts == {}


def test_a_folder_that_is_none_is_said_to_be_none(tmp_path: Path) -> None:
    for name, text, said in (
        ("none.txt", "", "it holds no <name>.md and no phrases.toml"),
        ("phrases.toml", "pace_free = ", "Invalid value"),
        ("phrases.toml", "pace_free = 3\nplan_is_told = true", "pace_free, plan_is_told must be a text"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(SettingsError, match=said):
            read_own_prompts(tmp_path)


def test_what_is_asked_of_one_thing_is_asked_in_the_other_modes_words() -> None:
    """A complaint is said to a person as it is to the model: of actions, where these are actions."""
    fields = {"first": 1, "second": 2}
    for tag, author, player in (("en", "Plans 1", "Actions 1"), ("zh", "计划 1", "行动 1")):
        language = language_named(tag)
        assert load(every_phrase()["problem_plans_alike"], language).fill(**fields).startswith(author)
        said = load(every_phrase()["problem_plans_alike"], language, INTERACTIVE_FICTION).fill(**fields)
        assert said.startswith(player)


def test_the_page_shows_the_projects_words_beside_ones_own_and_clears_them(fake_model: FakeChatModel) -> None:
    assert fake_model
    library = Library.of_the_process()
    context = Context(model="fake", prompts={"pace_free": "MY PACE."})
    record = library.begin(StoryInput(topic="A lamp", language="zh"), context)
    offered = Offered.by(library, story=record)
    shown = {
        control.name: control
        for group in settings_form(Words("en"), record.context, Context(), offered=offered)
        for control in group.controls
    }
    assert shown["prompts.pace_free"].value == "MY PACE."
    assert shown["prompts.pace_free"].default == load(every_phrase()["pace_free"], language_named("zh")).template
    assert not read_settings({"prompts.pace_free": ""}, now=context, offered=offered).prompts


def test_a_thread_that_was_begun_without_goes_on_with_it(fake_model: FakeChatModel) -> None:
    story: Any = compiled()
    story.invoke(TOPIC, THREAD, context=HUMAN)
    own = HUMAN.model_copy(update={"prompts": {"memory_goes_on": "MY MEMORY."}})
    story.invoke(Command(resume=1), THREAD, context=own)
    assert sum("MY MEMORY." in asked[-1].text for asked in fake_model.asked) == 1
