"""How a book is to sound: samples taken from it without its names, a note drawn from samples, kept and told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from commands import run as command
from recurrentgpt.schemas.errors import GateError, ModelUnavailableError, RecurrentGPTError, SettingsError
from recurrentgpt.stories.branches import edit, set_premise
from recurrentgpt.stories.undo import undo
from recurrentgpt.stories.voice import draw_note, samples_of, set_samples
from stories_at_hand import FIRST, at, begun, run, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.stories.library import Library
    from recurrentgpt.stories.record import StoryRecord

NOTE = "Keep sentences short. Let nobody say what they feel."
TEXT = "At dusk Mara met Mr. Orme on Skerry; the key was lost. Mara's oar broke."


class Drawing:
    """Answers for the style note, one after the other; the last one again and again."""

    def __init__(self) -> None:
        self.notes = [NOTE]
        self.asked: list[str] = []

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None or "note" not in schema["properties"]:
            return None
        self.asked.append("\n".join(message.text for message in messages))
        return json.dumps({"note": self.notes.pop(0) if len(self.notes) > 1 else self.notes[0]})


@pytest.fixture
def drawing() -> Drawing:
    return Drawing()


@pytest.fixture(autouse=True)
def model(fake_models: Callable[..., FakeChatModel], drawing: Drawing) -> FakeChatModel:
    return fake_models(interfere=drawing)


@pytest.fixture
def story() -> tuple[Library, StoryRecord]:
    library, record = begun(1)
    run(library, record, edit, paragraph=1, text=TEXT)
    return library, record


def field(library: Library, record: StoryRecord, name: str) -> str:
    return at(library, record, lambda opened: opened.state()).get(name) or ""


# Samples from what is written


def test_samples_are_the_paragraphs_with_letters_for_names_and_nothing_is_changed_by_looking(
    story: tuple[Library, StoryRecord],
) -> None:
    taken = run(*story, samples_of, [1])
    assert taken.text == "At dusk X met Mr. Y on Z; the key was lost. X's oar broke."
    assert taken.stand_ins == {"Mara": "X", "Orme": "Y", "Skerry": "Z"}
    assert field(*story, "voice") == ""
    assert run(*story, samples_of, [1, 2, 1]).text.split("\n\n---\n\n")[0] == taken.text


def test_a_person_says_what_stays_and_what_is_left_out_besides(story: tuple[Library, StoryRecord]) -> None:
    taken = run(*story, samples_of, [1], keep=["mara"], more=["the key"])
    assert taken.text == "At dusk Mara met Mr. X on Y; Z was lost. Mara's oar broke."


def test_samples_are_told_from_then_on_and_an_undo_takes_them_back(
    story: tuple[Library, StoryRecord], model: FakeChatModel
) -> None:
    taken = run(*story, samples_of, [1])
    run(*story, set_samples, taken.text)
    run(*story, undo)
    assert field(*story, "voice") == ""
    run(*story, set_samples, taken.text)
    at(*story, lambda opened: write(opened, 1))
    assert any(taken.text in message.text for asked in model.asked for message in asked)


def test_what_cannot_be_a_sample_is_said(story: tuple[Library, StoryRecord]) -> None:
    for paragraphs, code in (([], "no_samples"), ([1, 2, 3, 4], "too_many_samples"), ([99], "no_paragraph")):
        with pytest.raises(RecurrentGPTError) as error:
            run(*story, samples_of, paragraphs)
        assert error.value.code == code


# The style note


def test_a_note_is_drawn_once_from_the_samples_kept_told_and_changed_by_a_person(
    story: tuple[Library, StoryRecord], model: FakeChatModel, drawing: Drawing
) -> None:
    run(*story, set_samples, "The eggs were cold.\n\n---\n\nNobody spoke.")
    assert run(*story, draw_note, FIRST) == NOTE == field(*story, "voice_note")
    (asked,) = drawing.asked
    assert "The eggs were cold." in asked
    assert "Nobody spoke." in asked
    run(*story, set_premise, "voice_note", "Long sentences, please.")
    at(*story, lambda opened: write(opened, 1))
    assert len(drawing.asked) == 1
    told = [message.text for asked in model.asked for message in asked]
    assert any("How the prose is made: Long sentences, please." in text for text in told)


def test_a_note_that_copies_its_samples_or_is_too_long_is_asked_for_again(
    story: tuple[Library, StoryRecord], drawing: Drawing
) -> None:
    run(*story, set_samples, "The eggs were cold, and nobody would say so.")
    drawing.notes = ["Write: the eggs were cold, and nobody.", "Long. " * 300, NOTE]
    assert run(*story, draw_note, FIRST.model_copy(update={"tries": 3})) == NOTE
    assert "the eggs were cold and nobody" in drawing.asked[1]
    assert "1500" in drawing.asked[2]
    drawing.notes = ["Long. " * 300]
    with pytest.raises(GateError):
        run(*story, draw_note, FIRST)
    assert field(*story, "voice_note") == NOTE


def test_without_samples_or_a_real_model_there_is_no_note(
    story: tuple[Library, StoryRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError) as error:
        run(*story, draw_note, FIRST)
    assert error.value.code == "no_samples"
    run(*story, set_samples, "Rain.")
    monkeypatch.setattr(story[0], "is_demonstration", lambda _: True)
    with pytest.raises(ModelUnavailableError) as unavailable:
        run(*story, draw_note, FIRST)
    assert unavailable.value.code == "note_needs_a_model"


def test_the_command_takes_samples_of_another_story_shows_and_changes(
    home: Path, story: tuple[Library, StoryRecord]
) -> None:
    library, record = story
    other = begun(0)[1].story_id
    done = command(home, "voice", other, "--of", record.story_id, "--take", "1", "--keep", "Skerry")
    assert done.returncode == 0, done.stderr
    assert "Mara (X), Orme (Y)" in done.stdout
    assert field(library, library.find(other), "voice").startswith("At dusk X met Mr. Y on Skerry;")
    run(library, library.find(other), set_premise, "voice_note", NOTE)
    shown = command(home, "voice", other).stdout
    assert "At dusk X met" in shown
    assert NOTE in shown
    unclear = command(home, "voice", other, "--take", "1", "--draw")
    assert unclear.returncode == 2
    assert "one thing at a time" in unclear.stderr
