"""Stories, threads, archives and pauses that version 0.1 left: each opens, says what it said, and is written on.

What is stored was made by the code of 0.1 (``tests/older/make_0_1.py``), and ``tests/older/0.1.json`` is what that code
said of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command

import library_0_1 as old
from library_0_1 import (
    ENCRYPTED,
    REAL,
    Context,
    StoryState,
    at,
    expected,
    here,
    id_of,
    now,
    says,
    story_of,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fake_model import FakeChatModel

STORIES = list(expected()["stories"])
BOOKS = [
    "english",
    "chinese",
    "played",
    "ended",
    "killed after the memory was written",
    REAL,
    ENCRYPTED,
    "A plain thread",
]
KILLED = [name for name in STORIES if name.startswith("killed")]
SMALL = Context(model="fake", paragraph_sentences=5, opening_paragraphs=1)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of it, only to be read."""
    home = tmp_path_factory.mktemp("0.1")
    old.unpack(home)
    return home


@pytest.fixture
def english(home: Path, fake_model: FakeChatModel) -> str:
    """The English story, to be changed."""
    del fake_model
    old.unpack(home, "english")
    return id_of("english")


# Reading


def test_all_are_listed(library: Path) -> None:
    done = old.command(library, "english", "list", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    listed = {card["story_id"]: card for card in json.loads(done.stdout)}
    assert set(listed) == {id_of(name) for name in STORIES}
    for name in STORIES:
        kept, card = story_of(name)["card"], listed[id_of(name)]
        assert [card[field] for field in ("title", "paragraphs", "branch")] == [
            kept[field] for field in ("title", "paragraphs", "branch")
        ]
        assert card["begun_from"]["topic"] == kept["begun_from"]["topic"]


@pytest.mark.parametrize("name", STORIES)
def test_every_branch_stands_as_it_stood(library: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    old.use(monkeypatch, library, name)
    stood, stands = story_of(name), at(id_of(name), old.stands_in_all)
    assert list(stands["branches"]) == list(stood["branches"])
    for branch, kept in stood["branches"].items():
        found = stands["branches"][branch]
        assert found["passages"] == kept["passages"]
        assert {field: found["state"].get(field) for field in kept["state"]} == kept["state"]
        assert (found["next"], found["interrupts"]) == (kept["next"], kept["interrupts"])
    assert (stands["leaves_after"], stands["stored"]) == (stood["leaves_after"], stood["stored"])


def book_of(name: str) -> str:
    """The book as 0.1 made it, but for what stands between stars: that is stressed now."""
    return str(story_of(name)["book"]).replace(r"\*nothing\*", "*nothing*")


@pytest.mark.parametrize("name", BOOKS)
def test_the_book_is_the_same(library: Path, name: str) -> None:
    scenes = ("--scenes",) if name == "played" else ()  # 0.1 left out what the player did
    assert says(library, name, "export", id_of(name), *scenes) == book_of(name)


def test_it_is_shown_as_it_was(library: Path) -> None:
    kept, story = here("english"), id_of("english")
    state = json.loads(says(library, "english", "show", story, "--json"))["state"]
    assert {field: state[field] for field in kept["state"]} == kept["state"]
    shown = says(library, "english", "show", story)
    assert all(sentence in shown for sentence in kept["state"]["short_term_memory"].splitlines())
    then = json.loads(says(library, "english", "show", story, "-p", "3", "--json"))["state"]
    assert then["paragraph"] == kept["passages"][2][0]
    limbs = json.loads(says(library, "english", "tree", story, "--json"))
    assert {limb["branch"]: limb["leaves_after"] for limb in limbs} == story_of("english")["leaves_after"]
    listed = json.loads(says(library, "english", "memory", "list", story, "--json"))
    assert [[entry["text"], entry["summary"], entry["plan"]] for entry in listed] == kept["passages"]


def as_found(hits: list[list[Any]]) -> list[Any]:
    return [[*place, pytest.approx(likeness, abs=0.001)] for *place, likeness in hits]


def test_a_search_finds_what_it_found(library: Path) -> None:
    for question, found in expected()["found"]["english"].items():
        asked = ("memory", "search", question, "--story", id_of("english"), "-n", "3", "--json")
        hits = json.loads(says(library, "english", *asked))
        assert [[hit["entry"]["seq"], hit["sentence"], hit["similarity"]] for hit in hits] == as_found(found)


def test_without_its_key_an_encrypted_story_says_so(library: Path) -> None:
    done = old.command(library, "english", "show", id_of(ENCRYPTED))
    assert done.returncode == 2
    assert "LANGGRAPH_AES_KEY is not set" in " ".join(done.stderr.split())


# Writing on


@pytest.mark.parametrize("name", ["english", "chinese", "played", ENCRYPTED, "stopped", "begun on a server"])
def test_a_pause_takes_its_answer(home: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    old.unpack(home, name)
    says(home, name, "resume", id_of(name), "--paragraphs", "1", "--model", "fake", stdin="2\nq\n")
    old.use(monkeypatch, home, name)
    before, after = here(name), now(id_of(name))
    assert texts(after)[:-1] == texts(before)
    assert len(texts(after)) == len(texts(before)) + 1
    assert after["passages"][-1][2] == before["state"]["plans"][1]["text"]
    assert after["state"]["short_term_memory"] != before["state"]["short_term_memory"]


def test_an_ended_story_stays_so_until_it_gets_another_end(home: Path) -> None:
    old.unpack(home, "ended")
    story, before = id_of("ended"), here("ended")
    says(home, "ended", "resume", story, "--paragraphs", "1")
    assert texts(now(story)) == texts(before)
    says(home, "ended", "resume", story, "--end-in", "1")
    assert texts(now(story))[:-1] == texts(before)
    assert now(story)["next"] == []


def test_what_was_the_persons_own_reaches_the_next_prompt(english: str, fake_model: FakeChatModel) -> None:
    at(english, lambda story: old.answer(story, "The zeppelin comes back, and the letter in the bottle is read."))
    own = (
        "You write SEA-GREEN prose for The Keeper's *Hand*.",
        "LEFT-HANDED",
        "Mara trusts nobody.",
        "Mara reads the letter and hides the bottle",
        here("english")["passages"][1][0],
        "The zeppelin comes back",
    )
    asked = ["\n".join(message.text for message in messages) for messages in fake_model.asked]
    assert any(all(text in conversation for text in own) for conversation in asked)
    assert now(english)["card"]["context"]["temperature"] == 0.7


@pytest.mark.parametrize("name", KILLED)
def test_a_killed_story_goes_on_at_the_gate_it_died_in(home: Path, name: str) -> None:
    old.unpack(home, name)
    before = here(name)
    says(home, name, "resume", id_of(name), "--paragraphs", "1")
    after = now(id_of(name))
    found = texts(after)
    assert found[: len(before["passages"])] == texts(before)
    assert before["state"].get("paragraph", found[0]) in found
    assert len(set(found)) == len(found) == old.stored(id_of(name))
    assert after["next"] == ["select_plan"]


def test_a_server_takes_up_what_was_under_way(home: Path, fake_model: FakeChatModel) -> None:
    del fake_model
    name = "killed after generate_paragraph"
    old.unpack(home, name)
    old.take_up(id_of(name))
    found = texts(now(id_of(name)))
    assert found[: len(here(name)["passages"])] == texts(here(name))
    assert found[len(here(name)["passages"])] == here(name)["state"]["paragraph"]
    assert len(found) >= len(here(name)["passages"]) + 2


@pytest.mark.parametrize("face", ["command line", "page"])
def test_a_manuscript_is_read_to_its_end(home: Path, fake_model: FakeChatModel, face: str) -> None:
    old.unpack(home, "half read")
    story = id_of("half read")
    kept = json.loads((home / "stories" / story / "manuscript.json").read_text(encoding="utf-8"))
    if face == "page":
        old.take_up(story)
        asked = "\n".join(message.text for messages in fake_model.asked for message in messages)
        assert kept["paragraphs"][-1] in asked
        assert kept["paragraphs"][0] not in asked, "what was read is not read again"
    else:
        says(home, "half read", "resume", story, "--paragraphs", "0")
    read = now(story)
    assert texts(read) == kept["paragraphs"]
    assert read["state"]["chapters"] == kept["chapters"]
    assert not (home / "stories" / story / "manuscript.json").exists()
    says(home, "half read", "resume", story, "--paragraphs", "1", stdin="1\n")
    assert len(texts(now(story))) == len(kept["paragraphs"]) + 1


@pytest.mark.real
@pytest.mark.xdist_group("embedder")
def test_a_search_over_real_vectors_finds_what_it_found(
    home: Path, fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake_model
    old.unpack(home, REAL)
    old.use(monkeypatch, home, REAL)
    for question, found in expected()["found"][REAL].items():
        assert old.search(id_of(REAL), question) == as_found(found)
    at(id_of(REAL), lambda story: old.answer(story, 1))
    assert texts(now(id_of(REAL)))[:-1] == texts(here(REAL))
    for question, found in expected()["found"][REAL].items():
        # The fake model's new passage is made of many words, and may come first by one of them.
        assert as_found(found)[0] in old.search(id_of(REAL), question)[:2]


# Going back


def test_its_last_changes_are_taken_back(english: str) -> None:
    kept = here("english")["state"]
    at(english, old.undo)
    assert now(english)["state"]["style_sheet"] == "Mara: forty, left-handed, never lies."
    at(english, old.undo)
    assert [chapter["title"] for chapter in now(english)["state"]["chapters"]] == ["The Cellar"]
    at(english, old.undo)
    assert now(english)["state"]["short_term_memory"] != kept["short_term_memory"]
    for _ in range(3):  # the summary, the passage, and then the last passage of all
        at(english, old.undo)
    story = now(english)
    assert story["card"]["branch"] not in story_of("english")["branches"]
    assert len(texts(story)) == len(here("english")["passages"]) - 1
    assert texts(now(english, "main"))[0] == texts(here("english"))[0]


def test_branches_are_begun_taken_up_and_written_anew(home: Path, english: str) -> None:
    branches = story_of("english")["branches"]
    says(home, "english", "redo", english, stdin="q\n")
    anew = now(english)
    assert texts(anew)[2:-1] == texts(branches["main"])[2:-1]
    assert texts(anew)[-1] != texts(branches["main"])[-1]
    assert anew["passages"][-1][2] == branches["main"]["passages"][-1][2]

    says(home, "english", "switch", english, "branch-3")
    says(home, "english", "resume", english, "--paragraphs", "1", stdin="q\n")
    taken_up = now(english)
    assert texts(taken_up)[:-1] == texts(branches["branch-3"])
    assert taken_up["passages"][-1][2] == branches["branch-3"]["state"]["plan"]["text"]

    says(home, "english", "branch", english, "--after", "2", "--name", "early", "--plan", "1")
    says(home, "english", "resume", english, "--paragraphs", "1", stdin="q\n")
    assert texts(now(english))[:2] == texts(branches["cellar"])[:2]
    for name in ("main", "cellar"):
        assert now(english, name)["passages"] == branches[name]["passages"]


def test_its_archive_comes_back(home: Path, english: str) -> None:
    archive = str(home / "story.json")
    says(home, "english", "import", archive, "--take", "all")
    elsewhere = home / "another"
    says(elsewhere, "english", "import", archive, "--take", "all")
    (copy,) = {path.name for path in (home / "stories").iterdir()} - {english}
    (same,) = {path.name for path in (elsewhere / "stories").iterdir()}
    assert same == english
    for branch in ("main", "cellar"):  # 0.1 put nothing of a branch into an archive on which no step was finished
        found, kept = now(copy, branch), story_of("english")["branches"][branch]
        assert found["passages"] == kept["passages"]
        for field in ("plans", "short_term_memory", "rationale", "chapters", "style_sheet", "step", "title"):
            assert found["state"][field] == kept["state"][field]
    assert says(elsewhere, "english", "export", same) == book_of("english")
    says(elsewhere, "english", "resume", same, "--paragraphs", "1", stdin="1\n")
    assert says(elsewhere, "english", "export", same).startswith(book_of("english").rstrip())


# Threads of an application


@pytest.fixture
def saver(home: Path, fake_model: FakeChatModel) -> Iterator[SqliteSaver]:
    """The application's own checkpoints, beside the data folder of its stories."""
    del fake_model
    old.unpack(home, "A plain thread", "A chat about foxes", "A run of too few steps", "A story inside a graph")
    with SqliteSaver.from_conn_string(str(home / "threads.sqlite")) as opened:
        yield opened


def application(name: str, saver: SqliteSaver) -> Any:
    """The graph whose threads are stored under a name."""
    if name != "inside another":
        graphs: dict[str, Any] = {
            "plain": old.builder,
            "co_author": old.co_author.builder,
            "simulated_human": old.simulated_human.builder,
        }
        return graphs[name].compile(checkpointer=saver)
    around = StateGraph(StoryState, context_schema=Context)
    around.add_node("story", old.graph)
    around.add_edge(START, "story")
    return around.compile(checkpointer=saver)


def thread(name: str) -> Any:
    return {"configurable": {"thread_id": name}}


def state_of(app: Any, name: str) -> dict[str, Any]:
    """The story's state, also where its graph is inside another."""
    snapshot = app.get_state(thread(name), subgraphs=True)
    inner = snapshot.tasks[0].state if name == "inside another" else snapshot
    values: dict[str, Any] = inner.values
    return values


@pytest.mark.parametrize("name", ["plain", "co_author", "inside another"])
def test_the_pause_of_a_thread_is_answered(saver: SqliteSaver, name: str) -> None:
    app, kept = application(name, saver), expected()["threads"][name]
    state = state_of(app, name)
    assert {field: state.get(field) for field in kept["state"]} == kept["state"]
    assert [question.id for question in app.get_state(thread(name)).interrupts] == kept["interrupts"]
    app.invoke(Command(resume={kept["interrupts"][0]: 2}), thread(name), context=SMALL)
    after = state_of(app, name)
    assert after["step"] == kept["state"]["step"] + 1
    assert after["plan"]["text"] == kept["state"]["plans"][1]["text"]
    book = old.read(after["story_id"], after["lineage"])
    assert book[:-1] == old.read(after["story_id"], kept["state"]["lineage"])
    assert book[-1] == after["paragraph"] != kept["state"]["paragraph"]
    assert app.get_state(thread(name)).interrupts[0].id != kept["interrupts"][0]


def test_a_conversation_goes_on(saver: SqliteSaver) -> None:
    app, kept = application("co_author", saver), expected()["threads"]["co_author"]
    said = app.invoke({"messages": [HumanMessage("The vixen leaves.")]}, thread("co_author"), context=SMALL)["messages"]
    assert [message.text for message in said][:-2] == kept["messages"]
    assert state_of(app, "co_author")["plan"]["text"] == "The vixen leaves."
    assert state_of(app, "co_author")["paragraph"] in said[-1].text


def test_a_run_that_its_limit_ended_goes_on_to_its_length(saver: SqliteSaver) -> None:
    app, kept = application("simulated_human", saver), expected()["threads"]["simulated_human"]["state"]
    assert {field: state_of(app, "simulated_human").get(field) for field in kept} == kept
    unasked = SMALL.model_copy(update={"plan_selection": "first"})
    state = app.invoke({}, {**thread("simulated_human"), "recursion_limit": 100}, context=unasked)
    assert state["step"] == kept["target_paragraphs"]
    book = old.read(state["story_id"], state["lineage"])
    assert book[: kept["step"] + 1] == old.read(state["story_id"], kept["lineage"])


def test_a_thread_forks_from_its_past(saver: SqliteSaver) -> None:
    app, kept = application("plain", saver), expected()["threads"]["plain"]["state"]
    past = [step for step in app.get_state_history(thread("plain")) if step.next == ("select_plan",)][-1]
    (question,) = app.invoke(None, past.config, context=SMALL)["__interrupt__"]
    fork = app.invoke(Command(resume={question.id: 3}), thread("plain"), context=SMALL)
    before, after = (old.read(kept["story_id"], state["lineage"]) for state in (kept, fork))
    assert (before[0], len(before)) == (after[0], len(after))
    assert before[1] != after[1]
    assert fork["plan"]["number"] == 3
