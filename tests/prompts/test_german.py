"""A language that comes by files alone: German, in a folder outside the package, with some of its words and not all."""

from __future__ import annotations

import asyncio
import html
import json
from shutil import copytree
from typing import TYPE_CHECKING

import pytest

from commands import run as command
from folders import DATA
from page_client import SMALL, begun, page_client, path_of, written
from recurrentgpt.memory.sentences import sentences
from recurrentgpt.schemas.catalogue import say
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import GateError, StoryNotFoundError, sentence
from recurrentgpt.schemas.language_check import misfits, shares
from recurrentgpt.schemas.language_folders import folders
from recurrentgpt.schemas.languages import language_named, languages, remove_languages
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import beginning, taking_in
from recurrentgpt.stories.gate_words import busy, label
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.notices import notices
from recurrentgpt.stories.readers.headings import titles_at
from recurrentgpt.web.words import phrases
from stories_at_hand import FIRST, at, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord

LANGUAGES = DATA / "languages"
GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}
FOLDER = {"RECURRENTGPT_LANGUAGES": str(LANGUAGES)}


@pytest.fixture(autouse=True)
def german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """German, as the environment brings it in: with the first library that is made."""
    monkeypatch.setenv(*next(iter(FOLDER.items())))
    Library()
    yield
    remove_languages(LANGUAGES)


def told(model: FakeChatModel) -> list[str]:
    """The system message of each conversation."""
    return [conversation[0].text for conversation in model.asked]


def begin(tag: str, paragraphs: int = 1) -> tuple[Library, StoryRecord]:
    library = Library.of_the_process()
    record = asyncio.run(beginning.begin(library, StoryInput(topic="Ein Leuchtturm", language=tag), FIRST))
    at(library, record, lambda story: write(story, paragraphs))
    return library, record


# The record


def test_it_is_one_of_the_languages_and_fits() -> None:
    assert ("de", "German", "Deutsch") in [(known.tag, known.name, known.own_name) for known in languages()]
    assert list(misfits(folders()["de"])) == []
    assert {name for name, share in shares(folders()["de"]).items() if share.given} == {
        "phrases",
        "page",
        "hints",
        "errors",
        "prompts",
    }


def test_its_sentences_are_counted_by_its_rules() -> None:
    text = "Dr. Huber kam z. B. am 3. Mai. Er ging."
    assert sentences(text, language_named("de")) == ["Dr. Huber kam z. B. am 3. Mai.", "Er ging."]
    assert len(sentences(text, language_named("en"))) > 2


def test_its_words_are_counted_and_quoted() -> None:
    language = language_named("de-AT")
    assert (language.count("Er fand es nicht."), language.quoted("Halt!")) == (4, "„Halt!“")
    assert (language.search.tokenizer, language.search.stemmer) == ("word", "german")


def test_its_chapters_are_known_by_its_words() -> None:
    blocks = ["Prolog", "Es begann.", "Kapitel 3: Der Keller", "Das Kapitel 3 war kurz. Er ging.", "Zweites"]
    titles = titles_at(blocks, language_named("de"))
    assert {blocks[at] for at in titles} == {"Prolog", "Kapitel 3: Der Keller"}


# A story in it


def test_a_story_is_told_in_it_and_asked_for_in_its_words_where_it_has_them(fake_model: FakeChatModel) -> None:
    _, record = begin("de")
    assert record.language.folder == "de"
    said = told(fake_model)
    assert all(text.startswith("Du schreibst an einem langen Roman") for text in said)
    # Not every prompt is in German: so the German one says what to write in.
    assert all(text.endswith("Schreibe alles auf Deutsch, auch Titel, Gedächtnis und Pläne.") for text in said)
    asked = "\n".join(conversation[-1].text for conversation in fake_model.asked)
    assert "paragraph" in asked, "what is not in German is in English"


def test_a_kind_of_it_is_named_as_itself(fake_model: FakeChatModel) -> None:
    begin("de-AT", 0)
    assert told(fake_model)[0].endswith(
        "Schreibe alles auf Österreichisches Deutsch, auch Titel, Gedächtnis und Pläne."
    )


def test_its_manuscript_is_read_by_its_chapters(tmp_path: Path, fake_model: FakeChatModel) -> None:
    del fake_model
    file = tmp_path / "roman.txt"
    file.write_text("Kapitel 1\n\nEs begann am Meer.\n\nKapitel 2: Der Turm\n\nEs ging weiter.\n", encoding="utf-8")
    library = Library.of_the_process()
    found = asyncio.run(taking_in.take_up(library, file, {"language": "de"}, SMALL)).manuscript
    assert [chapter["title"] for chapter in found.chapters] == ["Kapitel 1", "Kapitel 2: Der Turm"]


# What a person is told


def test_an_error_is_told_in_it_or_else_in_english() -> None:
    error = StoryNotFoundError("no_story_of_id", story_id="x")
    assert sentence(error, "de") == "Es gibt keine Geschichte mit der Nummer 'x': sieh nach, welche es gibt."
    other = StoryNotFoundError("no_story_called", reference="x")
    assert sentence(other, "de") == str(other)


def test_what_was_wrong_with_an_answer_is_told_in_the_readers_language(fake_model: FakeChatModel) -> None:
    fake_model.interfere = lambda _messages, schema: "" if schema is None else None
    with pytest.raises(GateError) as gave_up:
        begin("de", 0)
    assert "Das ist leer." in sentence(gave_up.value, "de")
    assert "The answer is empty." in str(gave_up.value)
    assert "回答是空的。" in sentence(gave_up.value, "zh")


def test_gates_are_called_in_it_or_else_in_english() -> None:
    gates = Library().gates
    assert (label(gates, "propose_plans", "de"), busy(gates, "propose_plans", "de-AT")) == (
        "Pläne",
        "Pläne werden gemacht",
    )
    assert label(gates, "select_plan", "de") == gates["select_plan"].record.label


@pytest.mark.parametrize(
    ("tag", "said_in", "named"),
    [
        ("de", "de", "auf Deutsch werden"),
        ("sv", "de", "auf Schwedisch"),
        ("de", "en", "in German"),
        ("de", "zh", "德语"),
    ],
)
def test_what_recall_cannot_do_in_a_language_is_said_in_the_readers(
    monkeypatch: pytest.MonkeyPatch, tag: str, said_in: str, named: str
) -> None:
    monkeypatch.delenv("RECURRENTGPT_EMBEDDING_MODEL")
    (notice,) = notices(Library(), language_named(tag), Context(model="openai:gpt"))
    assert named in say(notice, said_in)
    assert notices(Library(), language_named("en-GB"), Context(model="openai:gpt")) == []


# The page


def test_the_page_is_in_it_where_it_has_words_and_else_in_english(fake_model: FakeChatModel) -> None:
    del fake_model
    with page_client() as client:
        client.headers.update(GERMAN)
        story_id = begun(client, language="de")
        shelf, page = client.get("/").text, written(client, story_id)
    assert '<html lang="de" dir="ltr">' in shelf
    assert "Bibliothek" in shelf
    assert phrases("en")["take_in"] in shelf
    assert "Wie geht es weiter?" in page
    assert phrases("en")["own_plan"] in page
    assert '<p class="text" lang="de" dir="auto">' in page


def test_it_can_be_chosen_for_a_story(fake_model: FakeChatModel) -> None:
    del fake_model
    with page_client() as client:
        form = client.get("/new", headers=GERMAN).text
    assert '<option value="de" lang="de" selected>Deutsch</option>' in form
    assert '<option value="sv">Schwedisch</option>' in form


def test_a_review_is_answered_in_the_storys_words_on_a_page_in_others(fake_model: FakeChatModel) -> None:
    del fake_model
    with page_client() as client:
        story_id = begun(client, language="de")
        client.post(
            f"/story/{story_id}/reply", data=path_of(client, f"/story/{story_id}") | {"do": "plan", "plan": "9"}
        )
        page = html.unescape(written(client, story_id))
    assert '<html lang="en" dir="ltr">' in page
    assert "Es gibt keinen Plan 9" in page


# The terminal


@pytest.mark.parametrize(
    ("arguments", "locale"),
    [
        ((), {"LANG": "de_AT.UTF-8"}),
        ((), {"LANG": "en_GB.UTF-8", "LC_ALL": "de_DE@euro"}),
        (("--speak", "de"), {"LANG": "zh_CN.UTF-8"}),
    ],
)
def test_the_terminal_speaks_it_where_the_locale_or_an_option_says_so(
    home: Path, arguments: tuple[str, ...], locale: dict[str, str]
) -> None:
    done = command(home, *arguments, "resume", **FOLDER, **locale)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "Es gibt noch keine solche Geschichte: beginne eine.",
        "recurrentgpt write --topic '…' fängt eine an, recurrentgpt play --topic '…' ein Spiel.",
    ]


def test_its_folder_is_checked_by_a_command(home: Path) -> None:
    done = command(home, "languages", str(LANGUAGES), "--json")
    assert done.returncode == 0, done.stderr
    (facts,) = json.loads(done.stdout)
    assert (facts["tag"], facts["own_name"], facts["misfits"]) == ("de", "Deutsch", [])
    assert facts["words"]["prompts"] == {"given": 1, "of": 50}


def test_what_does_not_fit_is_told_of_by_file_and_name(home: Path, tmp_path: Path) -> None:
    folder = copytree(LANGUAGES / "de", tmp_path / "mine" / "de")
    (folder / "page.toml").write_text('libary = "Bibliothek"\n', encoding="utf-8")
    (folder / "gates.toml").write_text('[plan]\nlabel = "Plan"\n', encoding="utf-8")
    done = command(home, "languages", str(folder.parent))
    assert done.returncode == 1
    assert "page.toml: nothing is called 'libary'" in done.stderr
    assert "gates.toml: nothing is called 'plan'" in done.stderr
    (folder / "errors.toml").write_text('no_story_yet = "Keine: {story}."\n', encoding="utf-8")
    done = command(home, "languages", str(folder.parent))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "errors.toml: 'no_story_yet' has the places {story} and is to have none" in done.stderr
