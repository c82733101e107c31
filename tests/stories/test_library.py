"""Stories on the shelf: branches, another try, edits, the tree, deletion, stories begun elsewhere, other formats."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from recurrentgpt.graph import builder
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.errors import MemoryUnavailableError, StorageError, StoryStateError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, removal
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.record import read_record
from resources_at_hand import close_memory, memories, open_memory, read_environment
from stories_at_hand import FIRST, at, begun, run, texts, write
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_model import FakeChatModel


def last_prompts(model: FakeChatModel, count: int = 1) -> list[str]:
    """What the writer was shown, the latest last."""
    asked = [messages for messages in model.asked if "Plan for the next paragraph" in messages[-1].text]
    return [messages[-1].text for messages in asked[-count:]]


# Branches


@pytest.mark.parametrize("after", [2, 3, 4, 5])
def test_a_branch_shares_what_was_before_and_goes_its_own_way(fake_model: FakeChatModel, after: int) -> None:
    library, record = begun(3)
    trunk = texts(library, record)
    run(library, record, branches.new_branch, after, "cellar", "She goes down to the cellar.")
    at(library, record, lambda story: write(story, 1))
    branch = texts(library, record)
    assert branch[:after] == trunk[:after]
    assert len(branch) == after + 1
    assert branch[after:] != trunk[after : after + 1]
    assert "She goes down to the cellar." in last_prompts(fake_model)[0]
    run(library, record, branches.switch, "main")
    assert texts(library, record) == trunk


def test_branches_of_branches_see_their_own_ancestors_only(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(3)
    trunk = texts(library, record)
    run(library, record, branches.new_branch, 4, "a", "2")
    at(library, record, lambda story: write(story, 3))
    a = texts(library, record)
    run(library, record, branches.new_branch, 6, "b", "3")
    at(library, record, lambda story: write(story, 1))
    b = texts(library, record)
    # From b back to a place that only the trunk has as its own.
    run(library, record, branches.new_branch, 3, "c")
    c = texts(library, record)
    assert a[:4] == trunk[:4]
    assert b[:6] == a[:6]
    assert c == trunk[:3]
    assert len({tuple(path) for path in (trunk, a, b, c)}) == 4
    views = {seen.branch.name: seen for seen in run(library, record, branches.tree)}
    assert [views[name].own for name in ("main", "a", "b", "c")] == [0, 4, 6, 3]
    assert [entry.text for entry in views["b"].entries] == b


def test_a_branch_without_a_plan_waits_with_the_plans_of_then(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)
    then = run(library, record, branches.state_at, 3)
    run(library, record, branches.new_branch, 3)
    now = at(library, record, lambda story: story.state())
    for name in ("paragraph", "plans", "short_term_memory", "step"):
        assert now[name] == then[name]
    assert at(library, record, lambda story: story.is_finished()) is False


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ((0,), "no place after paragraph 0 to go on from: there is 1 to 4"),
        ((5,), "no place after paragraph 5"),
        ((-1,), "no place after paragraph -1"),
        ((3, "", "4"), "no plan 4 there: there are plans 1 to 3"),
        ((3, "main"), "cannot be called 'main': there is one already"),
        ((3, "../x"), "cannot be called '../x'"),
        ((3, "", "   "), "Give the plan's number"),
    ],
)
def test_a_branch_that_cannot_be_is_one_sentence(fake_model: FakeChatModel, given: Any, problem: str) -> None:
    del fake_model
    library, record = begun(2)
    with pytest.raises(StoryStateError, match=problem):
        run(library, record, branches.new_branch, *given)
    assert [branch.name for branch in read_record(library.folder(record)).branches] == ["main"]


def test_an_unknown_branch_is_named(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    with pytest.raises(StoryStateError, match="no branch 'attic': there are main"):
        run(library, record, branches.switch, "attic")


def test_writing_anew_follows_the_same_plan_and_keeps_the_old(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models()
    library, record = begun(2)
    trunk = texts(library, record)
    plan = at(library, record, lambda story: story.state())["plan"]
    model = fake_models(salt="another day")
    run(library, record, branches.redo, FIRST)
    at(library, record, lambda story: write(story, 1))
    anew = texts(library, record)
    assert anew[:-1] == trunk[:-1]
    assert anew[-1] != trunk[-1]
    assert plan["text"] in last_prompts(model)[0]
    run(library, record, branches.switch, "main")
    assert texts(library, record) == trunk


def test_an_opening_is_not_written_anew(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(-1)
    with pytest.raises(StoryStateError, match="only the opening"):
        run(library, record, branches.redo, FIRST)


# Edits


@pytest.mark.parametrize("what", ["paragraph", "memory", "summary", "last paragraph"])
def test_an_edit_is_in_the_next_prompt(fake_model: FakeChatModel, what: str) -> None:
    library, record = begun(3)
    every: dict[str, dict[str, Any]] = {
        "paragraph": {"paragraph": 1, "text": "The zeppelin SENTINEL flew over the cape."},
        "summary": {"paragraph": 2, "summary": "The zeppelin SENTINEL flew over the cape."},
        "last paragraph": {"paragraph": 5, "text": "The zeppelin SENTINEL flew over the cape."},
        "memory": {"short_term_memory": "The zeppelin SENTINEL flew over the cape."},
    }
    run(library, record, branches.edit, **every[what])
    run(library, record, branches.new_branch, 5, "next", "The zeppelin comes back over the cape.")
    at(library, record, lambda story: write(story, 1))
    assert "SENTINEL" in last_prompts(fake_model)[0]


def test_an_edited_past_does_not_leak_into_a_branch_that_left_before(fake_model: FakeChatModel) -> None:
    library, record = begun(3)
    trunk = texts(library, record)
    run(library, record, branches.new_branch, 4, "left before")
    run(library, record, branches.switch, "main")
    run(library, record, branches.edit, paragraph=1, text="The zeppelin SENTINEL flew over the cape.")
    assert texts(library, record) == ["The zeppelin SENTINEL flew over the cape.", *trunk[1:]]
    run(library, record, branches.switch, "left before")
    assert texts(library, record) == trunk[:4]
    run(library, record, branches.new_branch, 4, "on", "The zeppelin comes back over the cape.")
    at(library, record, lambda story: write(story, 1))
    assert "SENTINEL" not in last_prompts(fake_model)[0]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"paragraph": 0, "text": "x"}, "no paragraph 0: there are 1 to 3"),
        ({"paragraph": 4, "text": "x"}, "no paragraph 4"),
        ({"paragraph": 1, "text": "  "}, "The text is empty"),
        ({"short_term_memory": "\n"}, "The text is empty"),
    ],
)
def test_an_edit_that_cannot_be_is_one_sentence(fake_model: FakeChatModel, changes: Any, problem: str) -> None:
    del fake_model
    library, record = begun(1)
    before = texts(library, record)
    with pytest.raises(StoryStateError, match=problem):
        run(library, record, branches.edit, **changes)
    assert texts(library, record) == before


def test_nothing_is_edited_in_the_middle_of_a_step(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models()
    library, record = begun(1)

    def broken(_: Any, schema: dict[str, Any] | None) -> str | None:
        return "nonsense" if schema and "plans" in schema["properties"] else None

    fake_models(interfere=broken)
    with pytest.raises(Exception, match="propose_plans"):
        at(library, record, lambda story: write(story, 1))
    with pytest.raises(StoryStateError, match="in the middle of a step"):
        run(library, record, branches.edit, paragraph=1, text="x")
    with pytest.raises(StoryStateError, match="in the middle of a step"):
        run(library, record, branches.redo, FIRST)


def test_a_new_title_is_in_the_next_prompt(fake_model: FakeChatModel) -> None:
    library, record = begun(1)
    at(library, record, lambda story: story.rename("The SENTINEL of the Cape"))
    at(library, record, lambda story: write(story, 1))
    system = next(asked for asked in reversed(fake_model.asked) if "Plan for the next" in asked[-1].text)[0].text
    assert "The SENTINEL of the Cape" in system
    assert library.find().title == "The SENTINEL of the Cape"


# Deletion


def test_a_deleted_story_is_gone_and_its_neighbour_is_not(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    _, other = begun(1)
    before = texts(library, other)
    asyncio.run(removal.delete(library, record, for_good=True))
    assert [kept.story_id for kept in library.records()] == [other.story_id]
    assert not library.folder(record).exists()
    assert sorted(path.name for path in (memories().home / "stories").iterdir()) == [other.story_id]
    assert texts(library, other) == before


def test_an_open_story_is_not_deleted(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)

    async def act() -> None:
        async with library.open(record):
            with pytest.raises(Exception, match="open in another process"):
                await removal.delete(library, record)

    asyncio.run(act())
    assert len(texts(library, record)) == 3


def test_what_a_server_holds_of_a_story_that_is_gone_is_found_and_cleared(
    fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake_model
    monkeypatch.setenv("QDRANT_URL", ":memory:")
    read_environment()
    library, record = begun(1)
    _, other = begun(1)
    library.folder(record).rename(library.folder(record).with_name(".lost"))
    found = asyncio.run(removal.leftovers(library))
    assert [(leftover.story_id, leftover.where) for leftover in found] == [(record.story_id, "qdrant_server")]
    asyncio.run(removal.clear(library, found))
    assert asyncio.run(removal.leftovers(library)) == []
    assert len(texts(library, other)) == 3
    asyncio.run(removal.delete(library, other, for_good=True))
    assert memories().client.count("recurrentgpt").count == 0


def test_a_memory_that_was_deleted_alone_is_noticed(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    close_memory(record.story_id)
    (library.folder(record) / "memory").rename(library.folder(record) / "elsewhere")
    with pytest.raises(MemoryUnavailableError, match="has lost paragraph"):
        at(library, record, lambda story: write(story, 1))
    asyncio.run(removal.delete(library, record, for_good=True))
    assert library.records() == []


# Begun elsewhere, and other formats


def begun_elsewhere(paragraphs: int) -> dict[str, Any]:
    """A story that a server wrote: its checkpoints are nowhere a shelf could see."""
    graph: Any = builder.compile(checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}
    given = {"topic": "A lighthouse", "target_paragraphs": paragraphs + 1}
    state: dict[str, Any] = graph.invoke(given, thread, context=FIRST)
    close_memory(state["story_id"])
    return state


def test_a_story_begun_elsewhere_is_on_the_shelf(fake_model: FakeChatModel) -> None:
    del fake_model
    state = begun_elsewhere(2)
    record = Library.of_the_process().find()
    assert (record.story_id, record.title, record.paragraphs) == (state["story_id"], state["title"], 4)
    assert len(texts(Library.of_the_process(), record)) == 4


def test_a_story_begun_elsewhere_can_be_branched_and_written_on(fake_model: FakeChatModel) -> None:
    state = begun_elsewhere(2)
    library = Library.of_the_process()
    record = library.find()
    run(library, record, branches.new_branch, 4, "here", "She rows home.")
    assert at(library, record, lambda story: story.state())["short_term_memory"] == state["short_term_memory"]
    assert "She rows home." not in last_prompts(fake_model)[0]


@pytest.mark.parametrize("version", [0, 99, None, "2"])
def test_a_story_of_another_version_is_named_and_left_alone(fake_model: FakeChatModel, version: object) -> None:
    del fake_model
    library, record = begun(1)
    path = library.folder(record) / "story.json"
    kept = {**json.loads(path.read_text(encoding="utf-8")), "format": version}
    path.write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(StorageError, match="format"):
        read_record(library.folder(record))
    assert library.records() == []
    assert "format" in str(library.unreadable()[0])
    assert json.loads(path.read_text(encoding="utf-8")) == kept


def test_the_lineage_of_a_branch_reads_in_the_memory_directly(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(2)
    run(library, record, branches.new_branch, 3, "x", "2")
    at(library, record, lambda story: write(story, 1))
    lineage = Lineage.from_json(at(library, record, lambda story: story.state())["lineage"])
    with open_memory(record.story_id, EN) as memory:
        assert len(memory.read(lineage)) == 4
        assert memory.count() == 5


@pytest.mark.parametrize(("reference", "found"), [("1", 1), ("2", 0), ("2b", 0), ("1a", 1), ("rain", 0), ("", 1)])
def test_a_number_means_the_list_before_it_means_an_id(reference: str, found: int) -> None:
    library = Library.of_the_process()
    begun = [library.begin(StoryInput(topic="Rain", story_id="2b0"), FIRST)]
    begun.append(library.begin(StoryInput(topic="Sun", story_id="1a0"), FIRST))
    assert [record.story_id for record in library.records()] == ["1a0", "2b0"]
    assert library.find(reference).story_id == begun[found].story_id
