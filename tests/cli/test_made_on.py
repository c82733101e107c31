"""A page and a terminal do not overwrite one another silently: what was changed meanwhile is shown, one is asked."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from page_client import begun, page_client, path_of
from recurrentgpt.cli.main import app, main
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.schemas.places import UNSAVED
from recurrentgpt.stories.library import Library
from stories_at_hand import texts

if TYPE_CHECKING:
    from fake_model import FakeChatModel

MINE, THEIRS = "What the terminal wrote.", "What the page wrote."


@pytest.fixture
def story_id(fake_model: FakeChatModel) -> str:
    del fake_model
    with page_client() as client:
        return begun(client)


def on_the_page(story_id: str, text: str, address: str = "paragraph") -> None:
    """Change the first paragraph on the page, and let go of the story."""
    with page_client() as client:
        form = {**path_of(client, f"/story/{story_id}?edit=1"), "paragraph": "1", "text": text}
        done = client.post(f"/story/{story_id}/{address}", data=form, follow_redirects=False)
        assert done.status_code == 303, done.text


@pytest.fixture
def while_editing(story_id: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a page does while the person's editor is open, which then leaves what the terminal wrote."""
    done: list[str] = []

    def in_an_editor(text: str) -> str:
        done.append(text)
        if len(done) == 1:
            on_the_page(story_id, THEIRS)
        return MINE

    for module in ("editing", "paragraphs"):
        monkeypatch.setattr(sys.modules[f"recurrentgpt.cli.{module}"], "in_an_editor", in_an_editor)
    return done


def first(story_id: str) -> str:
    library = Library.of_the_process()
    return texts(library, library.record(story_id))[0]


def unsaved() -> list[str]:
    place = Library.of_the_process().home / UNSAVED
    return [file.read_text(encoding="utf-8") for file in sorted(place.iterdir())] if place.is_dir() else []


@pytest.mark.parametrize(("answer", "stands", "kept"), [("y\n", MINE, []), ("n\n", THEIRS, [MINE])])
def test_the_person_is_shown_what_stands_there_now_and_asked(
    story_id: str, while_editing: list[str], answer: str, stands: str, kept: list[str]
) -> None:
    told = CliRunner().invoke(app, ["edit", story_id, "--paragraph", "1"], input=answer)
    assert while_editing
    assert THEIRS in told.output
    assert first(story_id) == stands
    assert unsaved() == kept


def test_where_nobody_can_be_asked_nothing_is_done_and_the_text_is_kept(
    story_id: str, while_editing: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["recurrentgpt", "edit", story_id, "--paragraph", "1"])
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(SystemExit):
        main()
    assert while_editing
    assert "What you wrote is kept in" in capsys.readouterr().err
    assert (first(story_id), unsaved()) == (THEIRS, [MINE])


def test_what_is_put_in_is_for_the_place_as_it_was(story_id: str, while_editing: list[str]) -> None:
    told = CliRunner().invoke(app, ["edit", story_id, "--insert-after", "1"])
    assert isinstance(told.exception, StoryStateError)
    assert "is another by now" in str(told.exception)
    assert while_editing
    library = Library.of_the_process()
    assert texts(library, library.record(story_id)) == [THEIRS]
    assert unsaved() == [MINE]


def test_what_is_written_while_the_page_has_the_story_open_is_kept(
    story_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with page_client() as client:

        def in_an_editor(_: str) -> str:
            client.get(f"/story/{story_id}")
            return MINE

        monkeypatch.setattr(sys.modules["recurrentgpt.cli.editing"], "in_an_editor", in_an_editor)
        told = CliRunner().invoke(app, ["edit", story_id, "--paragraph", "1"])
    assert "is open in another process" in str(told.exception)
    assert unsaved() == [MINE]


def shown(story_id: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(CliRunner().invoke(app, ["show", story_id, "--json"]).stdout)
    return told


@pytest.mark.parametrize(
    "command",
    [
        ["edit", "--paragraph", "1", "--text", MINE],
        ["edit", "--insert-after", "1", "--text", MINE],
        ["edit", "--memory", "--text", MINE],
        ["edit", "--style", "--text", MINE],
        ["undo"],
    ],
)
def test_a_script_names_the_version_that_it_saw(story_id: str, command: list[str]) -> None:
    name, *more = command
    seen = shown(story_id)["version"]
    on_the_page(story_id, THEIRS)
    told = CliRunner().invoke(app, [name, story_id, *more, "--made-on", seen])
    assert isinstance(told.exception, StoryStateError), told.output
    assert first(story_id) == THEIRS
    now = shown(story_id)
    assert now["version"] != seen
    again = CliRunner().invoke(app, [name, story_id, *more, "--made-on", now["version"]], catch_exceptions=False)
    assert again.exit_code == 0, again.output
    assert shown(story_id)["version"] != now["version"]


def test_a_page_does_not_overwrite_what_a_terminal_did(story_id: str) -> None:
    with page_client() as client:
        old = path_of(client, f"/story/{story_id}?edit=1")
    CliRunner().invoke(app, ["edit", story_id, "--paragraph", "1", "--text", MINE], catch_exceptions=False)
    with page_client() as client:
        sent = {**old, "paragraph": "1", "text": THEIRS}
        refused = client.post(f"/story/{story_id}/paragraph", data=sent)
        assert refused.status_code == 409
        assert THEIRS in refused.text
        assert MINE in refused.text
    assert first(story_id) == MINE
