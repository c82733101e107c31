"""The ledger of threads: what was opened, taken up, settled, left; after any passage, on any branch, on every face."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from recurrentgpt.cli.memory import list_threads
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.schemas.ledger import Thread, threads_of
from recurrentgpt.stories.branches import new_branch
from stories_at_hand import FIRST, at, begun, run, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.stories.library import Library
    from recurrentgpt.stories.record import StoryRecord
    from recurrentgpt.stories.story import Story


class Teller:
    """Says of the passages, in order, what each opens and what becomes of what is open."""

    def __init__(self, *told: dict[str, Any]) -> None:
        self.told = list(told)

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None or "facts" not in schema["properties"]:
            return None
        *_, passage, _ = messages
        words = passage.text.split(".", maxsplit=1)[0]
        shown = "\n".join(message.text for message in messages).splitlines()

        def proved(item: dict[str, Any]) -> dict[str, Any]:
            numbers = {
                key: next(int(line.split(".")[0]) for line in shown if item[key] in line and line[:1].isdigit())
                for key in ("fact", "replaces")
                if item.get(key) and (key == "replaces" or "how" in item)
            }
            return {"says": words, **item, **numbers}

        told = self.told.pop(0) if self.told else {}
        made = {name: list(map(proved, told.get(name, []))) for name in ("facts", "changes")}
        return json.dumps({"summary": "-", "summaries": ["-"], **made})


Told: TypeAlias = "tuple[Library, StoryRecord]"

WHO = {"fact": "Who sent the key?", "about": ["key"], "open": True}
TOLD: tuple[dict[str, Any], ...] = (
    {"facts": [WHO, {"fact": "Will Tom come?", "about": ["Tom"], "open": True}]},
    {"changes": [{"fact": "Who sent the key?", "how": "touched"}]},
    {"facts": [{"fact": "Was it Ash who sent the key?", "about": ["key"], "open": True, "replaces": WHO["fact"]}]},
    {"facts": [{"fact": "Ash sent the key.", "about": ["Ash"], "replaces": "Was it Ash who sent the key?"}]},
)


@pytest.fixture
def told(fake_models: Callable[..., FakeChatModel]) -> tuple[Library, StoryRecord]:
    """A story of four passages in which a question is opened, taken up, put in other words and answered."""
    fake_models(interfere=Teller(*TOLD))
    return begun(2)


def first_words(library: Library, record: StoryRecord, paragraph: int) -> str:
    text: str = at(library, record, lambda story: story.entry(paragraph)).text
    return text.split(".", maxsplit=1)[0]


def ledger(library: Library, record: StoryRecord, **named: Any) -> list[Thread]:
    found: list[Thread] = at(library, record, lambda story: story.threads(**named))
    return found


def test_a_thread_goes_from_the_passage_that_opened_it_to_the_one_that_settled_it(told: Told) -> None:
    tom, who = ledger(*told)
    assert (tom.text, tom.status, tom.opened, tom.touched, tom.settled) == ("Will Tom come?", "open", 1, 1, None)
    assert (who.status, who.opened, who.touched, who.settled) == ("settled", 1, 4, 4)
    assert who.text == "Was it Ash who sent the key?", "as it was last put"
    assert (who.opened_by, who.settled_by) == (first_words(*told, 1), first_words(*told, 4))


def test_it_is_as_of_any_passage(told: Told) -> None:
    assert [(thread.text, thread.touched) for thread in ledger(*told, at=2)] == [
        ("Who sent the key?", 2),
        ("Will Tom come?", 1),
    ]
    assert ledger(*told, at=0) == []
    with pytest.raises(StoryStateError, match="9"):
        ledger(*told, at=9)


def test_a_branch_has_its_own(told: Told) -> None:
    library, record = told

    async def elsewhere(story: Story) -> str:
        await new_branch(story, 3, answer="2", parent="main")
        await write(story, 1)
        return story.record.branch

    branch = at(library, record, elsewhere)
    assert [thread.status for thread in ledger(library, record, branch=branch)] == ["open", "open"]
    assert [thread.status for thread in ledger(library, record, branch="main")] == ["open", "settled"]


def test_it_says_what_the_whole_history_says(told: Told) -> None:
    library, record = told
    history = at(library, record, lambda story: story.facts())
    assert ledger(library, record) == threads_of(history.facts.values())


def test_what_is_open_at_the_very_end_was_left(told: Told) -> None:
    library, record = told

    async def to_the_end(story: Story) -> None:
        await story.end_in(1)
        async for _ in story.run(FIRST):
            pass
        while not await story.is_finished():
            async for _ in story.run(FIRST):
                pass

    at(library, record, to_the_end)
    tom, who = ledger(library, record)
    assert (tom.status, who.status) == ("left", "settled")
    assert {thread.status for thread in ledger(library, record, at=4)} == {"open", "settled"}


def test_what_is_so_is_read_from_the_end_until_there_is_enough(told: Told) -> None:
    library, record = told
    assert [(state.fact.text, state.since) for state in at(library, record, lambda story: story.holding(1))] == [
        ("Ash sent the key.", 3)
    ]
    assert run(library, record, lambda story: story.holding()) == at(library, record, lambda story: story.holding(9))
    assert Lineage.from_json(at(library, record, lambda story: story.state())["lineage"]).length == 4


def test_the_command_line_lists_them(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    list_threads()
    table = capsys.readouterr().out
    assert "Will Tom come?" in table
    assert "who sent the key" not in table
    list_threads(every=True)
    table = capsys.readouterr().out
    after = " ".join(table.split()).partition("Was it Ash")[2].partition("·")[0]
    assert "opened in paragraph 1; settled in paragraph 4" in after
    assert first_words(*told, 4)[:20] in table, "the words that settled it"
    list_threads(at=1, every=True, as_json=True)
    assert [thread["status"] for thread in json.loads(capsys.readouterr().out)] == ["open", "open"]


def test_a_story_of_which_none_are_kept_says_so(
    fake_models: Callable[..., FakeChatModel], capsys: pytest.CaptureFixture[str]
) -> None:
    fake_models(interfere=Teller())
    begun(0)
    list_threads()
    assert "No open questions or promises are kept of it." in capsys.readouterr().out
