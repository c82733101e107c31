"""A whole story as a file: all of it comes back, and what ill-meant or broken files hold harms nothing."""

from __future__ import annotations

import asyncio
import copy
import json
from contextlib import suppress
from functools import lru_cache, partial
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import library_0_1 as old
from archives_at_hand import packed, seen_in, unpacked, without_next
from folders import ROOT
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import MemoryUnavailableError, RecurrentGPTError, StorageError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import archive, branches, passages, redo
from recurrentgpt.stories.archive_format import Archive, schema
from recurrentgpt.stories.importing import append, keep_manuscript, read_on, unread
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.manuscript import ToRead
from recurrentgpt.stories.own_prose import put_at_end
from recurrentgpt.stories.passage_history import history
from recurrentgpt.stories.undo import undo
from resources_at_hand import read_environment
from stories_at_hand import FIRST, TOPIC, at, begun, run, texts, write

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], Library]:
    """Wipe: from then on the library is an empty one."""

    def move() -> Library:
        monkeypatch.setenv("RECURRENTGPT_HOME", str(tmp_path / "other"))
        read_environment()
        return Library.of_the_process()

    return move


# All of it, and back


def test_all_of_a_story_comes_back(fake_model: FakeChatModel, tmp_path: Path, elsewhere: Callable[[], Library]) -> None:
    del fake_model
    library, record = begun(2)
    run(library, record, branches.edit, paragraph=1, text="The zeppelin flew.")
    run(library, record, branches.set_chapter, 2, "The Cellar")
    run(library, record, passages.insert, 2, "Somebody is on the stairs.")
    run(library, record, put_at_end, "She rows out before light.")
    at(library, record, lambda story: story.change({"repetition": {}}))  # as it was once kept
    at(library, record, lambda story: write(story, 1))
    at(library, record, lambda story: story.add_fact("Mara cannot swim.", ["Mara"]))
    run(library, record, branches.new_branch, 3, "cellar", "2")
    at(library, record, lambda story: write(story, 1))
    run(library, record, branches.new_branch, 2, "planned", "My own plan.", parent="main")
    run(library, record, branches.switch, "main")
    run(library, record, branches.edit, paragraph=2, summary="Nobody is hurt.")
    run(library, record, branches.edit, short_term_memory="Nobody is trusted.")
    before = seen_in(library, library.latest(record))
    assert len(before["main"]["states"]) > 5
    path = packed(library, record, tmp_path / "story.json")

    other = elsewhere()
    again = unpacked(other, path)
    assert seen_in(other, again) == before
    # It goes on, on every branch, and its last change can be taken back.
    run(other, again, undo)
    assert at(other, again, lambda story: story.state())["short_term_memory"] != "Nobody is trusted."
    run(other, again, branches.switch, "planned")
    at(other, again, lambda story: write(story, 1))
    assert at(other, again, lambda story: story.entry(3)).plan == "My own plan."


async def _changed(story: Story, chance: Random) -> None:
    """Change it in fourteen ways."""
    length = len(await story.manuscript())
    for number in range(14):
        place = chance.randint(1, length)
        changes: list[Callable[[], Awaitable[object]]] = [
            partial(write, story, 1),
            partial(write, story, 1),
            partial(branches.edit, story, paragraph=place, text=f"Other words, {number}."),
            partial(branches.edit, story, short_term_memory=f"She remembers {number}."),
            partial(branches.new_branch, story, place, f"limb {number}"),
            partial(branches.switch, story, chance.choice(story.record.branches).name),
            partial(undo, story),
            partial(passages.insert, story, place, f"In between, {number}."),
            partial(story.add_fact, f"Fact {number} holds.", ["Mara"]),
        ]
        with suppress(RecurrentGPTError):  # not every change can be made at every place
            await chance.choice(changes)()


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)])
def test_a_random_story_comes_back(
    fake_model: FakeChatModel, tmp_path: Path, elsewhere: Callable[[], Library], seed: int
) -> None:
    del fake_model
    library, record = begun(1)
    at(library, record, lambda story: _changed(story, Random(seed)))  # noqa: S311 (a test repeats what it drew)
    before = seen_in(library, library.latest(record))
    path = packed(library, record, tmp_path / "story.json")
    other = elsewhere()
    again = unpacked(other, path)
    assert seen_in(other, again) == before
    assert json.loads(packed(other, again, tmp_path / "2.json").read_text("utf-8")) == json.loads(
        path.read_text("utf-8")
    )


@pytest.mark.parametrize(
    "gate",
    ["store_opening", "retrieve_long_term", "generate_paragraph", "append_summary", "propose_plans"],
)
def test_a_step_under_way_goes_on_where_it_was(
    fake_model: FakeChatModel, tmp_path: Path, elsewhere: Callable[[], Library], gate: str
) -> None:
    """A branch on which no step is finished is such a one, too."""
    del fake_model
    library = Library.of_the_process()
    record = library.begin(TOPIC, FIRST)

    async def stop_before(story: Story) -> None:
        if gate != "store_opening":
            await write(story, 0)
        given = {**TOPIC.model_dump(), "story_id": record.story_id} if gate == "store_opening" else None
        await story.graph.ainvoke(given, story.config, context=FIRST, interrupt_before=[gate])

    at(library, record, stop_before)
    before = seen_in(library, record)
    assert gate in before["main"]["next"]
    path = packed(library, record, tmp_path / "story.json")
    at(library, record, lambda story: write(story, 2))
    unbroken = seen_in(library, record)["main"]["passages"]

    other = elsewhere()
    again = unpacked(other, path)
    assert seen_in(other, again) == before
    at(other, again, lambda story: write(story, 2))
    assert seen_in(other, again)["main"]["passages"] == unbroken


def test_a_story_that_nobody_ran_comes_back(tmp_path: Path, elsewhere: Callable[[], Library]) -> None:
    library = Library.of_the_process()
    record = library.begin(StoryInput(topic="x"), FIRST)
    path = packed(library, record, tmp_path / "story.json")
    assert unpacked(elsewhere(), path) == record


@pytest.mark.parametrize("batches", [0, 1])
def test_a_half_read_manuscript_comes_back(
    fake_models: Callable[..., FakeChatModel], tmp_path: Path, elsewhere: Callable[[], Library], batches: int
) -> None:
    model = fake_models()
    library = Library.of_the_process()
    prose = [f"Ada walked on, {number} miles. " * 30 for number in range(6)]
    kept = ToRead("The Shore", prose, [{"title": "One", "seq": 0}, {"title": "Two", "seq": 5}])
    record = library.begin(StoryInput(topic="x"), FIRST, before=lambda folder: keep_manuscript(folder, kept))

    async def read(story: Story, most: int) -> None:
        seen = 0
        async for event in read_on(story, FIRST):
            if seen == most:
                return  # what comes after a batch comes when that is kept
            seen += "lineage" in getattr(event, "update", {})

    if batches:
        at(library, record, lambda story: read(story, batches))
    path = packed(library, record, tmp_path / "story.json")
    other = elsewhere()
    again = unpacked(other, path)
    assert unread(other.folder(again)) == len(prose)
    asked = len(model.asked)
    at(other, again, lambda story: read(story, 99))
    assert texts(other, again) == prose
    assert at(other, again, lambda story: story.state())["chapters"] == kept.chapters
    sent = "\n".join(message.text for messages in model.asked[asked:] for message in messages)
    assert (prose[0] in sent) == (batches == 0), "what was read is not read again"


def test_chapters_that_are_still_to_be_read_into_a_story_come_back_behind_it(
    fake_model: FakeChatModel, tmp_path: Path, elsewhere: Callable[[], Library]
) -> None:
    del fake_model
    library, record = begun(1)
    run(library, record, append, ToRead("", ["She came."], [{"title": "Two", "seq": 0}]))
    was = texts(library, record)
    path = packed(library, record, tmp_path / "story.json")
    other = elsewhere()
    again = unpacked(other, path)

    async def read(story: Story) -> None:
        async for _ in read_on(story, FIRST):
            pass

    at(other, again, read)
    assert texts(other, again) == [*was, "She came."]


@pytest.mark.parametrize("name", [name for name in old.expected()["stories"] if name not in (old.ENCRYPTED, old.REAL)])
def test_stories_of_0_1_are_packed_whole(
    home: Path, tmp_path: Path, elsewhere: Callable[[], Library], name: str
) -> None:
    old.unpack(home, name)
    library = Library.of_the_process()
    record = library.record(old.id_of(name))
    before = seen_in(library, record)
    path = packed(library, record, tmp_path / "story.json")
    again = elsewhere()
    after = seen_in(again, unpacked(again, path))
    # The graph of 0.1 had a gate fewer, and what a killed one had done of a step is done again.
    assert without_next(after) == without_next(before)


def test_a_branch_that_an_archive_of_0_1_lacks_stands_where_it_left(home: Path) -> None:
    old.unpack(home, "english")
    record = unpacked(Library.of_the_process(), home / "story.json")
    passages_of = seen_in(Library.of_the_process(), record)["branch-3"]["passages"]
    kept = [passage[0] for passage in old.story_of("english")["branches"]["branch-3"]["passages"]]
    assert [passage["text"] for passage in passages_of] == kept


def test_beside_the_story_itself_it_is_a_copy(fake_model: FakeChatModel, tmp_path: Path) -> None:
    del fake_model
    library, record = begun(1)
    copied = unpacked(library, packed(library, record, tmp_path / "story.json"))
    assert copied.story_id != record.story_id
    at(library, copied, lambda story: write(story, 1))
    assert texts(library, copied)[:3] == texts(library, record)
    assert len(texts(library, record)) == 3


def test_a_folder_that_stands_there_is_never_removed(fake_model: FakeChatModel, tmp_path: Path) -> None:
    del fake_model
    library, record = begun(1)
    path = packed(library, record, tmp_path / "story.json")
    folder = library.folder(record)
    (folder / "story.json").unlink()
    (folder / "head.json").unlink()  # its card is lost: nobody lists it, and yet it is a story
    names = sorted(file.name for file in folder.iterdir())
    copied = unpacked(library, path)
    assert copied.story_id != record.story_id
    assert sorted(file.name for file in folder.iterdir()) == names


class KilledError(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("error", [MemoryUnavailableError("memory_lost", number=1), KilledError()])
def test_an_import_that_fails_leaves_the_shelf_as_it_was(
    fake_model: FakeChatModel,
    tmp_path: Path,
    elsewhere: Callable[[], Library],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    del fake_model
    library, record = begun(0)
    path = packed(library, record, tmp_path / "story.json")
    other = elsewhere()

    async def fails(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(archive, "put_states", fails)
        if isinstance(error, KilledError):
            patched.setattr(archive, "_discard", fails)  # nothing is done after the end of a process
        with pytest.raises(type(error)):
            unpacked(other, path)
    assert other.records() == []
    if not isinstance(error, KilledError):
        assert list((other.home / "stories").iterdir()) == []
    again = unpacked(other, path)
    assert again.story_id == record.story_id
    assert len(texts(other, again)) == 2
    assert not (other.folder(again) / "arriving").exists()


# The form


def test_the_published_schema_is_the_one_that_is_checked() -> None:
    published = json.loads((ROOT / "docs" / "archive.schema.json").read_text(encoding="utf-8"))
    assert published == schema(), "python docs/write_configuration.py"
    Draft202012Validator.check_schema(published)


def test_another_program_finds_an_archive_valid(fake_model: FakeChatModel) -> None:
    del fake_model
    assert list(Draft202012Validator(schema()).iter_errors(json.loads(sample()))) == []
    kept = json.loads(sample())
    del kept["card"]["begun_from"]["topic"]
    assert list(Draft202012Validator(schema()).iter_errors(kept))


# What strangers send


@lru_cache
def sample() -> str:
    """An archive of a small story with a branch, an edit and one that was undone, as text; made once."""
    library, record = begun(1)
    run(library, record, branches.edit, paragraph=1, text="The zeppelin flew.")
    run(library, record, branches.new_branch, 2, "cellar")
    run(library, record, branches.edit, short_term_memory="Nobody is trusted.")
    run(library, record, redo.undo)
    made: Archive = run(library, library.latest(record), archive.pack)
    return archive.archive_bytes(made).decode()


def _first_state(kept: Any) -> Any:
    return kept["branches"]["main"][0]["state"]


def _set(path: str, value: object) -> Callable[[Any], None]:
    def change(kept: Any) -> None:
        *way, last = path.split("/")
        for step in way:
            kept = kept[int(step) if isinstance(kept, list) else step]
        kept[int(last) if isinstance(kept, list) else last] = value

    return change


def _followed(after: object, branch: str) -> dict[str, Any]:
    told = {"title": "", "paragraphs": ["She came."], "chapters": [], "after": after, "branch": branch}
    return {"manuscript": told, "at": None}


BROKEN: dict[str, tuple[Callable[[Any], None], str]] = {
    "a cycle of branches": (
        _set("card/branches", [{"name": "main", "parent": "cellar"}, {"name": "cellar", "parent": "main"}]),
        "does not come before it",
    ),
    "a branch that is its own parent": (_set("card/branches/0/parent", "main"), "does not come before it"),
    "a branch twice": (lambda kept: kept["card"]["branches"].append(kept["card"]["branches"][1]), "two branches"),
    "a branch that is nowhere": (_set("card/branch", "nowhere"), "no branch 'nowhere'"),
    "a branch without states": (lambda kept: kept["branches"].pop("cellar"), "not the same branches"),
    "a branch of a hidden name": (_set("card/branches/1/name", ":import"), "has to have the form"),
    "a date without a zone": (_set("card/written", "2026-01-01T00:00:00"), "a date has a zone"),
    "no date at all": (_set("card/written", "yesterday"), "written"),
    "no topic": (lambda kept: kept["card"]["begun_from"].pop("topic"), "topic is missing"),
    "a path for an id": (_set("card/story_id", "../../etc"), "story_id"),
    "an empty id": (_set("card/story_id", ""), "story_id"),
    "no card": (lambda kept: kept.pop("card"), "card"),
    "no plans": (lambda kept: _first_state(kept).pop("rationale"), "lacks rationale"),
    "plans of another type": (_set("branches/main/0/state/plans", "go on"), "plans"),
    "a step below 0": (_set("branches/main/0/state/step", -1), "a step, from 0"),
    "another language": (_set("branches/main/0/state/language", "zh"), "in language 'zh'"),
    "a language that is a path": (_set("branches/main/0/state/language", "../x"), "language"),
    "a path without end": (_set("branches/main/0/state/lineage", [["main", 0, 10**12]]), "does not have"),
    "a path that is none": (_set("branches/main/0/state/lineage", [["main", 3, 0]]), "does not have"),
    "a path that leads twice to one": (
        _set("branches/main/0/state/lineage", [["main", 1, 1], ["main", 1, 1]]),
        "to a passage twice",
    ),
    "a passage that is gone": (lambda kept: kept["entries"].pop(0), "does not have"),
    "a passage twice": (lambda kept: kept["entries"].append(kept["entries"][0]), "twice"),
    "a passage of nothing": (_set("entries/0/text", " "), "empty paragraph"),
    "a number without end": (_set("entries/0/seq", 10**30), "too large"),
    "half a sign": (_set("entries/0/text", "\ud800"), "surrogates"),
    "a fact that is none": (_set("entries/0/facts", [{"id": 1}]), "a fact has an id"),
    "a clash that is none": (_set("branches/main/0/state/clashes", [{"kind": "fact"}]), "sides"),
    "a look that is none": (_set("branches/main/0/state/look", {"before": [["main", 0, 0]]}), "step"),
    "a codex of nobody": (_set("branches/main/0/state/codex", [{"note": "x"}]), "in the codex has the name"),
    "a pack that is none": (_set("branches/main/0/state/pack", {"x": 1}), "pack"),
    "a gate that is not here": (_set("branches/main/1/next", ["rm -rf"]), "not here"),
    "a manuscript far behind its story": (_set("reading", _followed(10**12, "main")), "follows the last passage"),
    "a manuscript behind nothing": (_set("reading", _followed(3, "nowhere")), "follows the last passage"),
    "a manuscript behind a word": (_set("reading", _followed("3", "main")), "follows the last passage"),
    "something more": (_set("run", "import os"), "run"),
    "a later format": (_set("format", 9), "format=9"),
    "a card of a later format": (_set("card/format", 9), "newer RecurrentGPT"),
    "another kind": (_set("kind", "other"), "kind"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_does_not_hang_together_is_refused_in_one_sentence(
    fake_model: FakeChatModel, tmp_path: Path, elsewhere: Callable[[], Library], name: str
) -> None:
    del fake_model
    change, problem = BROKEN[name]
    kept = json.loads(sample())
    change(kept)
    path = tmp_path / "story.json"
    path.write_text(json.dumps(kept), encoding="utf-8")
    library = elsewhere()
    with pytest.raises(StorageError, match=problem) as caught:
        unpacked(library, path)
    assert "\n" not in str(caught.value)
    assert not (library.home / "stories").exists() or list((library.home / "stories").iterdir()) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("not json", "is not JSON"),
        ("[]", "is no story"),
        ("{}", "is no story"),
        ('{"kind": NaN}', "NaN is no number"),
        ("[" * 100_000, "is not JSON"),
        ('{"kind": "recurrentgpt story", "format": 1}', "has no steps"),
    ],
)
def test_json_that_is_no_story_is_one_sentence(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "story.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(StorageError, match=problem):
        archive.read_archive(path)


def test_a_file_that_is_cut_short_is_refused(fake_model: FakeChatModel, tmp_path: Path) -> None:
    del fake_model
    path = tmp_path / "story.json"
    whole = sample().encode()
    for part in (0.1, 0.5, 0.9, 0.9999):
        path.write_bytes(whole[: int(len(whole) * part)])
        with pytest.raises(StorageError, match="is not JSON"):
            archive.read_archive(path)


def test_a_file_without_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "story.json"
    with path.open("wb") as sparse:
        sparse.truncate(2 << 30)
    with pytest.raises(StorageError, match="2048 MB; a whole story has at most 500 MB"):
        archive.read_archive(path)


def _mutated(kept: Any, chance: Random) -> Any:
    """The same with one value of it gone, or another."""
    made = copy.deepcopy(kept)
    here, last = made, None
    for _ in range(chance.randint(1, 9)):
        keys = list(here) if isinstance(here, dict) else list(range(len(here))) if isinstance(here, list) else []
        if not keys:
            break
        parent, last = here, chance.choice(keys)
        here = parent[last]
    odd: list[object] = [None, 0, -1, 2**60, 1.5, "", "x", "\u0000", [], ["x"], {}, {"x": 1}, True, [["main", 0, 1]]]
    if chance.random() < 0.3:
        del parent[last]
    else:
        parent[last] = chance.choice(odd)
    return made


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_changed_in_a_file_no_story_comes_of_it_that_cannot_be_opened(
    fake_model: FakeChatModel, tmp_path: Path, elsewhere: Callable[[], Library], seed: int
) -> None:
    del fake_model
    kept, library = json.loads(sample()), elsewhere()
    chance = Random(seed)  # noqa: S311 (a test repeats what it drew)
    path = tmp_path / "story.json"
    taken = refused = 0
    while taken < 3 or refused < 40:
        path.write_text(json.dumps(_mutated(kept, chance)), encoding="utf-8")
        try:
            found = archive.read_archive(path)
        except StorageError:
            refused += 1
            continue
        if taken == 3:
            continue
        taken += 1
        record = asyncio.run(archive.unpack(library, found, lambda *_: None))
        seen_in(library, record)
        at(library, record, _use)
    assert len(library.records()) == taken


async def _use(story: Story) -> None:
    """Look at a story from all sides, and write on; what cannot be is one sentence."""
    for act in (
        branches.tree,
        lambda story: story.synopsis(),
        lambda story: story.search("the bottle", 3),
        lambda story: branches.state_at(story, 2),
        lambda story: history(story, 1),
        redo.redo,
        undo,
        lambda story: write(story, 1, Context(model="fake", plan_selection="first", opening_paragraphs=1)),
        archive.pack,
    ):
        try:
            await act(story)
        except RecurrentGPTError:
            continue
