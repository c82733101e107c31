"""A pack: made by an author as one file, checked, played; what it keeps from its reader is on no face, in no file."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from commands import run
from page_client import page_client
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import SettingsError, StorageError, StoryStateError
from recurrentgpt.stories.archive import pack as whole_file
from recurrentgpt.stories.archive import read_archive
from recurrentgpt.stories.export import FORMATS, book_bytes, book_of
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.pack import begin_pack, read_pack
from recurrentgpt.stories.saves import load, save, saves
from recurrentgpt.stories.undo import undo
from stories_at_hand import at, texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

KEPT = ("cellar-secret", "storm-rule", "dark-ending", "topic-kept", "background-kept", "outline-kept", "style-kept")
PACK = """
title = "Gull Rock"
about = "You row to a lighthouse."
topic = "topic-kept"
background = "background-kept"
outline = "outline-kept"
style = "style-kept"
length = 4
secrets = ["cellar-secret"]
rules = ["storm-rule"]
endings = ["dark-ending"]
"""
PLAYED = Context(model="fake", opening_paragraphs=1, paragraph_sentences=3, plan_selection="first")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    file = tmp_path / "rock.toml"
    file.write_text(PACK, encoding="utf-8")
    return file


def begun(pack: Path, *, is_open: bool = False) -> tuple[Library, StoryRecord]:
    library = Library.of_the_process()
    return library, asyncio.run(begin_pack(library, pack, PLAYED, is_open=is_open))


async def told(story: Story, scenes: int) -> None:
    wanted = (await story.state()).get("step", 0) + scenes
    while (await story.state()).get("step", -1) < wanted or not (await story.standing()).is_between_steps:
        async for _ in story.run(PLAYED):
            pass


def test_the_writer_is_told_all_of_a_pack_and_its_reader_nothing(fake_model: FakeChatModel, pack: Path) -> None:
    library, record = begun(pack)

    async def play(story: Story) -> list[str]:
        await told(story, 1)
        books = [book_bytes(await book_of(story), ending) for ending in FORMATS]
        with pytest.raises(StoryStateError, match="Make a book of it"):
            await whole_file(story)
        return [made.decode("latin-1") for made in books]

    books = at(library, record, play)
    scenes = [asked[0].text for asked in fake_model.asked if "storyteller" in asked[0].text]
    assert scenes
    assert all(word in text for text in scenes for word in KEPT if word != "outline-kept")
    with page_client() as client:
        pages = [client.get(path).text for path in ("/", f"/play/{record.story_id}", f"/read/{record.story_id}")]
        pages += [client.get(f"/story/{record.story_id}{behind}").text for behind in ("", "?panel=prompts", "/loom")]
        assert client.get(f"/story/{record.story_id}", follow_redirects=False).status_code == 303
        for action in ("memory", "settings", "branch", "edit", "write"):
            pages.append(client.post(f"/story/{record.story_id}/{action}", data={"view": "play"}).text)
        assert client.get(f"/story/{record.story_id}/book.json").status_code >= 400
        assert client.get(f"/new?after={record.story_id}").status_code >= 400
    assert not [(word, page[:80]) for page in (*pages, *books) for word in KEPT if word in page]


def test_the_terminal_keeps_it_too_and_lets_its_author_look(home: Path, pack: Path) -> None:
    share = home.parent / "shared.play"
    lines = f"?\n1\ni\nj\nv before the storm\n2\nl\nl 1\nf cellar\nx {share}\nq\n"
    played = run(home, "play", "--pack", str(pack), "--model", "fake", stdin=lines)
    assert played.returncode == 0, played.stderr
    for told_to_all in ("You row to a lighthouse.", "Gull Rock", "Saved: before the storm", "You go on from: before"):
        assert told_to_all in played.stdout, told_to_all
    assert read_archive(share).record.is_sealed
    outputs = [played.stdout, played.stderr, share.read_bytes().decode("latin-1")]
    open_to_all: list[tuple[str, ...]] = [("list",), ("list", "--json"), ("export",), ("undo",), ("compact",)]
    for command in open_to_all:
        done = run(home, *command)
        assert done.returncode == 0, done.stderr
        outputs.append(done.stdout + done.stderr)
    behind: list[tuple[str, ...]] = [
        ("show", "--json"),
        ("show",),
        ("tree", "--all"),
        ("memory", "list"),
        ("facts",),
        ("voice",),
    ]
    behind += [("edit", "--style", "--text", "x"), ("export", "-o", str(home / "all.json"))]
    for command in behind:
        done = run(home, *command)
        assert done.returncode == 2, command
        assert "is a pack that is played" in done.stderr
        outputs.append(done.stdout + done.stderr)
    assert not [(word, text[:80]) for text in outputs for word in KEPT if word in text]
    assert run(home, "play", "--pack", str(pack), "--open", "--model", "fake", stdin="q\n").returncode == 0
    state = json.loads(run(home, "show", "--json").stdout)["state"]
    assert state["pack"]["secrets"] == ["cellar-secret"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title = ", "is no TOML"),
        ('title = "A"', "topic"),
        ('title = "A"\ntopic = "B"\nsecret = ["C"]', "secrets"),
        ('title = "A"\ntopic = "B"\nsecrets = "C"', "secrets"),
        ('title = "A"\ntopic = "B"\nlength = 0', "length"),
        ('title = "A"\ntopic = "B"\nlanguage = "?"', "language"),
        ('title = " "\ntopic = "B"', "title"),
        ('title = "A"\ntopic = "B"\nrules = ["' + "x" * 1001 + '"]', "rules"),
    ],
)
def test_a_bad_pack_is_one_sentence(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=problem) as caught:
        read_pack(file)
    assert str(caught.value).count("\n") == 0
    assert "bad.toml" in str(caught.value)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_author_begins_with_an_example(home: Path, tmp_path: Path, language: str) -> None:
    file = tmp_path / "mine.toml"
    done = run(home, "--speak", language, "pack", "--new", str(file))
    assert done.returncode == 0, done.stderr
    made = read_pack(file)
    assert made.language == language
    assert all((made.secrets, made.rules, made.endings, made.about, made.length))
    assert run(home, "pack", "--new", str(file)).returncode == 2
    assert run(home, "pack", str(tmp_path / "none.toml")).returncode == 2


def test_a_save_point_is_gone_on_from_as_often_as_one_likes(fake_model: FakeChatModel, pack: Path) -> None:
    del fake_model
    library, record = begun(pack, is_open=True)

    async def play(story: Story) -> None:
        await told(story, 1)
        assert await save(story, "door") == "door"
        assert await save(story) == "save-2"
        await told(story, 2)
        await load(story, "door")
        assert story.record.paragraphs == 2
        await told(story, 1)
        await undo(story)
        assert story.record.branch not in saves(story.record)
        await load(story, "door")
        assert len(await story.manuscript()) == 2
        assert saves(story.record) == ["door", "save-2"]
        for name in ("door", "../x"):
            with pytest.raises(StoryStateError):
                await save(story, name)
        with pytest.raises(StoryStateError, match="there are: door, save-2"):
            await load(story, "main")

    at(library, record, play)
    assert len(texts(library, library.record(record.story_id))) == 2


def test_a_pack_is_taken_in_on_the_page(fake_model: FakeChatModel, pack: Path) -> None:
    del fake_model
    with page_client() as client:
        files: Any = {"file": ("rock.toml", pack.read_bytes())}
        answer = client.post("/import", files=files, data={"language": "en"}, follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/play/")
        bad: Any = {"file": ("bad.toml", b"title = 3")}
        answer = client.post("/import", files=bad, data={"language": "en"})
        assert answer.status_code == 400
        assert "bad.toml" in answer.text


def test_a_play_is_passed_on_and_played_on_and_none_of_its_file_tells_a_secret(
    home: Path, fake_model: FakeChatModel, pack: Path, tmp_path: Path
) -> None:
    del fake_model
    library, record = begun(pack)

    async def play(story: Story) -> None:
        await told(story, 2)
        await save(story, "before the storm")

    at(library, record, play)
    scenes = texts(library, record)
    file = tmp_path / "mine.play"
    done = run(home, "export", record.story_id, "-o", str(file))
    assert done.returncode == 0, done.stderr
    with page_client() as client:
        assert ".play" in client.get(f"/play/{record.story_id}").text
        from_page = client.get(f"/story/{record.story_id}/book.play").content
    content = file.read_bytes()
    assert not [word for word in (*KEPT, scenes[0][:40]) if word.encode() in content + from_page]
    elsewhere = tmp_path / "elsewhere"
    taken = run(elsewhere, "import", str(file))
    assert taken.returncode == 0, taken.stderr
    assert not [word for word in KEPT if word in taken.stdout + taken.stderr]
    assert f"recurrentgpt play {record.story_id}" in taken.stdout
    assert run(elsewhere, "show").returncode == 2
    other = Library(elsewhere)
    arrived = other.record(record.story_id)
    assert arrived.is_sealed
    assert texts(other, arrived) == scenes
    assert [one.name for one in arrived.branches if one.is_save] == ["before the storm"]
    assert run(elsewhere, "play", record.story_id, "--model", "fake", stdin="1\nq\n").returncode == 0
    assert len(texts(other, other.record(record.story_id))) == len(scenes) + 1
    with page_client() as client:
        sent = client.post("/import", files={"file": ("yours.play", from_page)})
        assert sent.url.path.endswith("/brought"), "it brings a model's name, which is asked about first"
        assert client.get(sent.url.path.removesuffix("/brought")).url.path.startswith("/play/")
        assert not [word for word in KEPT if word in sent.text]


@pytest.mark.parametrize("harm", [lambda held: held[:-9], lambda held: held[:120] + b"x" + held[121:], lambda _: b"x"])
def test_a_damaged_play_is_one_sentence(
    fake_model: FakeChatModel, pack: Path, tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    del fake_model
    library, record = begun(pack)
    at(library, record, lambda story: told(story, 1))
    file = tmp_path / "broken.play"
    with page_client() as client:
        file.write_bytes(harm(client.get(f"/story/{record.story_id}/book.play").content))
        page = client.post("/import", files={"file": ("broken.play", file.read_bytes())})
    assert page.status_code == 400
    assert "broken.play" in page.text
    with pytest.raises(StorageError, match=r"broken\.play"):
        read_archive(file)
