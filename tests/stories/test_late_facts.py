"""Facts made afterwards: what they cost, that they come as a step makes them, and that nothing is lost on the way."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from commands import run as command
from fact_tellers import tell_first_sentence
from library_0_1 import id_of, unpack
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import ModelUnavailableError
from recurrentgpt.stories.archive import pack, read_archive, write_archive
from recurrentgpt.stories.archive import unpack as put_back
from recurrentgpt.stories.branches import new_branch
from recurrentgpt.stories.late_facts import missing_facts
from recurrentgpt.stories.library import Library
from stories_at_hand import FIRST, TOPIC, at, run, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.schemas.facts import FactHistory
    from recurrentgpt.stories.late_facts import FactsMade
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story

WITHOUT = FIRST.model_copy(update={"use_facts": False})


def begun(paragraphs: int) -> tuple[Library, StoryRecord]:
    """A story that was written without facts."""
    library = Library.of_the_process()
    record = library.begin(TOPIC, WITHOUT)
    at(library, record, lambda story: write(story, paragraphs, WITHOUT))
    return library, record


async def build(story: Story, context: Context = FIRST) -> list[FactsMade]:
    return [made async for made in story.build_facts(context)]


def as_told(history: FactHistory) -> list[tuple[int, int | None, str]]:
    return [(state.since, state.until, state.fact.id) for state in history.facts.values()]


CHAIN = [(0, 1, "main:0:0"), (1, 2, "main:1:0"), (2, None, "main:2:0")]


def test_they_are_made_in_order_each_with_what_held_before_it(fake_models: Callable[..., FakeChatModel]) -> None:
    model = fake_models(interfere=tell_first_sentence)
    library, record = begun(3)
    cost = at(library, record, lambda story: story.cost_of_facts(FIRST))
    before = len(model.asked)
    made = at(library, record, build)
    assert [(one.paragraph, one.done, one.total, one.facts, one.changes) for one in made] == [
        (1, 1, 4, 1, 0),
        (2, 2, 4, 1, 1),
        (3, 3, 4, 1, 1),
        (4, 4, 4, 1, 1),
    ]
    assert as_told(at(library, record, lambda story: story.facts()))[:2] == CHAIN[:2]
    assert (cost.passages, len(model.asked) - before) == (4, 4)
    assert made[-1].usage["calls"] == 4
    assert made[-1].usage["input_tokens"] / 2 < cost.input_tokens < 2 * made[-1].usage["input_tokens"]
    assert at(library, record, missing_facts) == 0
    assert at(library, record, build) == []


def test_they_are_found_by_the_next_step(fake_models: Callable[..., FakeChatModel]) -> None:
    model = fake_models(interfere=tell_first_sentence)
    library, record = begun(2)
    at(library, record, build)
    (fact,) = at(library, record, lambda story: story.facts()).holding
    at(library, record, lambda story: write(story, 1))
    assert any(f"{fact.fact.text} [3]" in message.text for asked in model.asked for message in asked)


class Dies:
    """Tells facts, until it is called for the n-th time."""

    def __init__(self, after: int, error: BaseException) -> None:
        self.left, self.error = after, error

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        told = tell_first_sentence(messages, schema)
        if told is not None:
            self.left -= 1
            if self.left < 0:
                raise self.error
        return told


def test_where_the_model_breaks_off_what_was_made_stays(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=Dies(2, ConnectionError("gone")))
    library, record = begun(2)
    with pytest.raises(ModelUnavailableError, match="gone"):
        at(library, record, build)
    assert as_told(at(library, record, lambda story: story.facts())) == [CHAIN[0], (1, None, "main:1:0")]
    fake_models(interfere=tell_first_sentence)
    assert [made.paragraph for made in at(library, record, build)] == [3]
    assert as_told(at(library, record, lambda story: story.facts())) == CHAIN


@pytest.mark.parametrize("answer", [None, "I would rather not.", '{"facts": "none of it"}', '{"changes": []}'])
def test_a_model_that_cannot_ends_it_with_a_sentence(fake_models: Callable[..., FakeChatModel], answer: Any) -> None:
    model = fake_models(interfere=lambda _, schema: answer if schema and "facts" in schema["properties"] else None)
    library, record = begun(3)
    before = len(model.asked)
    says = r"2 paragraphs in a row.*paragraph 2.*name a stronger model"
    with pytest.raises(ModelUnavailableError, match=says) as told:
        at(library, record, build)
    assert "{" not in str(told.value)
    assert len(model.asked) - before <= 2 * FIRST.tries
    assert at(library, record, missing_facts) == 4, "another model can make them"


def test_one_passage_that_comes_to_nothing_is_left_as_it_is(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=tell_first_sentence)
    library, record = begun(2)
    second = at(library, record, lambda story: story.manuscript())[1].text

    def tell(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        return "No." if schema and f"\n\n{second}\n\n" in messages[-1].text else tell_first_sentence(messages, schema)

    fake_models(interfere=tell)
    made = at(library, record, build)
    assert [bool(one.problem) for one in made] == [False, True, False]
    assert at(library, record, missing_facts) == 1


def test_a_passage_that_says_nothing_new_is_done(fake_models: Callable[..., FakeChatModel]) -> None:
    nothing = json.dumps({"facts": [], "changes": []})
    fake_models(interfere=lambda _, schema: nothing if schema and "facts" in schema["properties"] else None)
    library, record = begun(1)
    assert [made.problem for made in at(library, record, build)] == ["", ""]
    assert at(library, record, missing_facts) == 0


def test_the_demonstration_model_makes_none(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models()
    library, record = begun(1)
    with pytest.raises(ModelUnavailableError, match="embedded model cannot tell facts"):
        at(library, record, lambda story: build(story, Context(model="embedded")))


def test_a_branch_sees_those_of_the_passages_it_shares(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=tell_first_sentence)
    library, record = begun(3)
    run(library, record, new_branch, 2, "other", 2)
    run(library, record, lambda story: write(story, 1, WITHOUT))
    made = at(library, record, build)
    assert [one.paragraph for one in made] == [1, 2, 3]
    shared = at(library, record, lambda story: story.facts(branch="main"))
    assert as_told(shared) == [CHAIN[0], (1, None, "main:1:0")]
    assert at(library, record, lambda story: story.facts()).holding[0].since == 2


def test_they_go_with_an_archive(fake_models: Callable[..., FakeChatModel], tmp_path: Path) -> None:
    fake_models(interfere=tell_first_sentence)
    library, record = begun(2)
    at(library, record, build)
    write_archive(tmp_path / "story.json", at(library, record, pack))

    async def back() -> Any:
        return await put_back(library, read_archive(tmp_path / "story.json"), lambda *_: None)

    copy = asyncio.run(back())
    assert as_told(at(library, copy, lambda story: story.facts())) == CHAIN


BEGIN = ("write", "--topic", "Rain", "--plans", "first", "--model", "teller", "--set", "opening_paragraphs=1")
BUILD = ("facts", "--build", "--yes")


@pytest.mark.parametrize("kill_at", ["facts:2", "find_by_facts:3", "find_by_facts:4"])
def test_killed_anywhere_it_goes_on_where_it_was(home: Path, kill_at: str) -> None:
    command(home, *BEGIN, "--paragraphs", "2", "--set", "use_facts=false")
    killed = command(home, *BUILD, KILL_AT=kill_at)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = command(home, *BUILD)
    assert done.returncode == 0, done.stderr
    told = json.loads(command(home, "facts", "--all", "--json").stdout)
    assert [(one["since"], one["until"], one["fact"]["id"]) for one in told] == CHAIN
    assert all(_is_found(one["fact"]["text"]) for one in told)


def _is_found(fact: str) -> bool:
    async def find(story: Story) -> list[str]:
        lineage = Lineage.from_json((await story.state())["lineage"])
        found = await story.remember(lambda memory: memory.facts.about(lineage, [fact], 3))
        return [state.fact.text for state in found]

    library = Library.of_the_process()
    return fact in at(library, library.find(), find)


def test_the_command_says_the_cost_and_asks(home: Path) -> None:
    command(home, *BEGIN, "--paragraphs", "1", "--set", "use_facts=false")
    refused = command(home, "facts", "--build", stdin="n\n")
    assert refused.returncode == 1
    assert "2 paragraphs without facts, a call each with 'teller': about" in refused.stderr
    assert json.loads(command(home, "facts", "--json").stdout) == []
    done = command(home, "facts", "--build", stdin="y\n")
    assert "2 paragraphs: 2 facts, 1 changes of earlier ones, 0 left out unproved;" in done.stdout
    again = command(home, "memory", "facts", "--build")
    assert "Every paragraph of it has its facts." in again.stdout
    bad = command(home, *BEGIN[:-2], "--set", "use_facts=false", "--paragraphs", "1")
    assert bad.returncode == 0, bad.stderr
    bad = command(home, *BUILD, "--model", "fake")
    assert bad.returncode == 2
    assert "The model gave nothing about facts that can be kept of 2 paragraphs in a row" in bad.stderr
    assert "recurrentgpt facts --build goes on where it stopped" in bad.stderr


def test_an_import_says_how(home: Path, tmp_path: Path) -> None:
    book = tmp_path / "book.txt"
    book.write_text("\n\n".join(f"Ines went to house number {number}. {'She knocked. ' * 120}" for number in range(3)))
    done = command(home, "import", str(book), "--yes", "--model", "fake", "--set", "use_facts=false")
    assert done.returncode == 0, done.stderr
    assert "3 paragraphs of it without facts: recurrentgpt facts" in done.stderr


def test_a_story_of_version_0_1_gets_facts(home: Path, fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=tell_first_sentence)
    unpack(home, "english")
    library = Library.of_the_process()
    record = library.record(id_of("english"))
    count = at(library, record, missing_facts)
    assert count == len(at(library, record, lambda story: story.manuscript())) > 0
    assert len(at(library, record, build)) == count
    assert len(at(library, record, lambda story: story.facts()).facts) == count
