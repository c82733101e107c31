"""Names of one: proposed by what the book says, joined and separated by a person, on one branch."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from commands import run as command
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.stories.archive import pack, read_archive, unpack, write_archive
from recurrentgpt.stories.branches import new_branch, switch
from recurrentgpt.stories.undo import undo
from stories_at_hand import at, begun, run, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.stories.library import Library
    from recurrentgpt.stories.record import StoryRecord

STRIDER = ("Strider", "Aragorn")
MASK = ("The Mask", "Tom Reed")


def tell_names(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    """Of each passage that Strider is Aragorn; that the Mask is Tom, which only Mara knows; and what is no name."""
    if schema is None or "facts" not in schema["properties"]:
        return None
    says = messages[-2].text.split(".", maxsplit=1)[0]
    told = [
        {"fact": "Strider is Aragorn.", "about": STRIDER, "says": says, "same": True},
        {"fact": "The Mask is Tom Reed.", "about": MASK, "says": says, "same": True, "knows": ["Mara"]},
        {"fact": "Tom Reed met Mara.", "about": ["Tom Reed", "Mara"], "says": says},
    ]
    return json.dumps({"summary": "In short.", "summaries": ["In short."], "facts": told, "changes": []})


@pytest.fixture(autouse=True)
def model(fake_models: Callable[..., FakeChatModel]) -> FakeChatModel:
    return fake_models(interfere=tell_names)


def joined(library: Library, record: StoryRecord, branch: str = "") -> Any:
    return at(library, record, lambda story: story.aliases.joined(branch))


def join(library: Library, record: StoryRecord, *names: str) -> None:
    run(library, record, lambda story: story.aliases.join(*names))


def separate(library: Library, record: StoryRecord, name: str) -> None:
    run(library, record, lambda story: story.aliases.separate(name))


def proposals(library: Library, record: StoryRecord) -> list[tuple[str, int]]:
    found = at(library, record, lambda story: story.aliases.proposed())
    return [(state.fact.text, state.since) for state in found]


def test_what_the_book_says_is_proposed_and_never_done() -> None:
    library, record = begun(1)
    assert proposals(library, record) == [("Strider is Aragorn.", 0)]
    assert joined(library, record) == []
    assert "aliases" not in at(library, record, lambda story: story.state())
    join(library, record, *STRIDER)
    assert (joined(library, record), proposals(library, record)) == ([list(STRIDER)], [])
    separate(library, record, "aragorn")
    assert (joined(library, record), len(proposals(library, record))) == ([], 1)


def test_a_secret_identity_stays_two_until_everybody_knows_it() -> None:
    library, record = begun(0)
    history = at(library, record, lambda story: story.facts())
    (secret,) = [state for state in history.holding if state.fact.text == "The Mask is Tom Reed."]
    assert secret.fact.same
    assert ("The Mask is Tom Reed.", 0) not in proposals(library, record)
    run(library, record, lambda story: story.edit_fact(secret.fact.id, known_by=()))
    assert ("The Mask is Tom Reed.", 0) in proposals(library, record)
    run(library, record, lambda story: story.end_fact(secret.fact.id, at=2))
    assert ("The Mask is Tom Reed.", 0) not in proposals(library, record)


def test_groups_merge_and_what_cannot_be_done_is_said() -> None:
    library, record = begun(0)
    join(library, record, "Strider", "Aragorn")
    join(library, record, "the king", "Elessar", " ")
    join(library, record, "ARAGORN", "elessar")
    assert joined(library, record) == [["Strider", "Aragorn", "the king", "Elessar"]]
    for wrong in (("Mara",), ("Mara", "mara "), (), ("Mara", "x" * 101)):
        with pytest.raises(StoryStateError, match="nothing was changed"):
            join(library, record, *wrong)
    with pytest.raises(StoryStateError, match="'Mara' is joined with no other"):
        separate(library, record, "Mara")


def test_what_is_dismissed_never_comes_again_and_goes_with_its_branch_and_an_undo() -> None:
    library, record = begun(0)
    run(library, record, new_branch, 2, "here")
    run(library, record, lambda story: story.aliases.dismiss("aragorn", "STRIDER"))
    assert proposals(library, record) == []
    at(library, record, lambda story: write(story, 1))
    assert proposals(library, record) == [], "each passage says it once more"
    assert len(at(library, record, lambda story: story.aliases.proposed("main"))) == 1
    join(library, record, *STRIDER)
    assert at(library, record, lambda story: story.aliases.apart()) == [], "now they are one's"
    with pytest.raises(StoryStateError, match="'Aragorn' is joined with the others"):
        run(library, record, lambda story: story.aliases.dismiss(*STRIDER))
    run(library, record, undo)
    assert (joined(library, record), proposals(library, record)) == ([], [])
    with pytest.raises(StoryStateError, match="there must be two at least"):
        run(library, record, lambda story: story.aliases.dismiss("Mara"))


def test_they_go_with_forks_undo_and_archives(tmp_path: Path) -> None:
    library, record = begun(1)
    join(library, record, *STRIDER)
    at(library, record, lambda story: write(story, 1))
    run(library, record, new_branch, 3, "here")
    join(library, record, "Mara", "the keeper")
    run(library, record, new_branch, 2, "earlier")
    assert [joined(library, record, name) for name in ("main", "here", "earlier")] == [
        [list(STRIDER)],
        [list(STRIDER), ["Mara", "the keeper"]],
        [],
    ]
    run(library, record, switch, "here")
    run(library, record, undo)
    assert joined(library, record) == [list(STRIDER)]
    write_archive(tmp_path / "story.json", at(library, record, pack))
    copy = asyncio.run(unpack(library, read_archive(tmp_path / "story.json"), lambda *_: None))
    assert joined(library, copy) == [list(STRIDER)]
    assert joined(library, copy, "earlier") == []
    assert proposals(library, copy) == []


def test_the_command_line_shows_joins_and_separates(home: Path) -> None:
    _, record = begun(0)
    listed = command(home, "facts").stdout
    assert "Perhaps names of one: Strider is Aragorn. (paragraph 1)" in listed
    typed = f"recurrentgpt facts {record.story_id} --join Strider --join Aragorn"
    assert typed in listed
    assert "--join 'The Mask'" not in listed
    done = command(home, *typed.split()[1:])
    assert done.returncode == 0, done.stderr
    listed = command(home, "facts").stdout
    assert "Names of one: Strider, Aragorn" in listed
    assert "Perhaps" not in listed
    told = {one["fact"]["text"]: one for one in json.loads(command(home, "facts", "--json").stdout)}
    assert told["Strider is Aragorn."]["joined"] == [list(STRIDER)]
    assert told["Tom Reed met Mara."]["joined"] == []
    assert command(home, "facts", "--separate", "strider").returncode == 0
    told = {one["fact"]["text"]: one for one in json.loads(command(home, "facts", "--json").stdout)}
    assert [text for text, one in told.items() if one["proposes_to_join"]] == ["Strider is Aragorn."]
    alone = command(home, "facts", "--join", "Strider")
    assert alone.returncode == 2
    assert "--join NAME --join NAME" in alone.stderr
    assert command(home, "facts", "--join", "A", "--join", "B", "--separate", "C").returncode == 2
    typed = f"recurrentgpt facts {record.story_id} --dismiss Strider --dismiss Aragorn"
    assert typed in command(home, "facts").stdout
    assert command(home, *typed.split()[1:]).returncode == 0
    assert "Perhaps" not in command(home, "facts").stdout
