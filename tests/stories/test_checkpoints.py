"""Where checkpoints are kept: SQLite, a real PostgreSQL where its programs are installed, plain and encrypted."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import zlib
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from commands import environment
from commands import run as command
from folders import PROGRAM
from qdrant_stand_in import QdrantStandIn
from recurrentgpt.nodes import generate_paragraph
from recurrentgpt.schemas.errors import RecurrentGPTError, SettingsError, StorageError
from recurrentgpt.stories import branches, removal
from recurrentgpt.stories.events import Done
from recurrentgpt.stories.library import Library
from resources_at_hand import read_environment
from stories_at_hand import FIRST, at, begun, run, texts, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story

pytestmark = pytest.mark.xdist_group("postgres")  # one server for all of them
KEY = "sixteen bytes ok"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server that this test run starts and ends itself."""
    found = shutil.which("initdb") or next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
    if not found:
        pytest.skip("PostgreSQL's programs (initdb, postgres) are not installed here")
    programs = Path(found).resolve().parent
    folder = tmp_path_factory.mktemp("pg", numbered=True)
    folder.chmod(0o777)
    # The server refuses to run as root; there its own user takes over, as its packages set it up.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    sockets = Path("/tmp") / f"pg-{os.getpid()}"  # noqa: S108 (a socket's path must be short)
    subprocess.run([*as_user, "mkdir", "-p", str(sockets)], check=True)
    data = sockets / "data"
    made = [*as_user, str(programs / "initdb"), "-D", str(data), "-U", "tester", "-A", "trust", "--no-sync"]
    subprocess.run(made, check=True, capture_output=True, cwd="/")
    # No TCP port: nothing else on this machine is in its way.
    server = subprocess.Popen(
        [*as_user, str(programs / "postgres"), "-D", str(data), "-k", str(sockets), "-c", "listen_addresses=", "-F"],
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    address = f"postgresql://tester@/postgres?host={sockets}"
    try:
        wait_for(address)
        yield address
    finally:
        subprocess.run([*as_user, str(programs / "pg_ctl"), "-D", str(data), "-m", "fast", "stop"], check=True, cwd="/")
        server.wait(30)
        shutil.rmtree(sockets)


def wait_for(address: str) -> None:
    import psycopg  # noqa: PLC0415 (an extra)

    for _ in range(300):
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            asyncio.run(asyncio.sleep(0.1))
        else:
            return
    pytest.fail("PostgreSQL did not start")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "postgres":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("postgres"))
        read_environment()
    return str(request.param)


def use_key(monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    if key is None:
        monkeypatch.delenv("LANGGRAPH_AES_KEY", raising=False)
    else:
        monkeypatch.setenv("LANGGRAPH_AES_KEY", key)
    read_environment()


def test_a_story_lives_in_either_database(fake_model: FakeChatModel, database: str) -> None:
    del fake_model
    library, record = begun(2)
    trunk = texts(library, record)
    assert (library.folder(record) / "checkpoints.sqlite").exists() == (database == "sqlite")
    run(library, record, branches.new_branch, 3, "cellar", "2")
    at(library, record, lambda story: write(story, 2))
    assert texts(library, record)[:3] == trunk[:3]
    run(library, record, branches.edit, paragraph=1, text="The zeppelin flew.")
    run(library, record, branches.switch, "main")
    assert texts(library, record) == trunk
    run(library, record, branches.redo, FIRST)
    at(library, record, lambda story: write(story, 1))
    assert len(texts(library, record)) == 4
    asyncio.run(removal.delete(library, record, for_good=True))
    assert library.records() == []
    assert record.story_id not in {leftover.story_id for leftover in asyncio.run(removal.leftovers(library))}


def test_a_zero_byte_in_what_a_person_says_is_no_error(fake_model: FakeChatModel, database: str) -> None:
    del fake_model, database
    library, record = begun(1)
    run(library, record, branches.edit, paragraph=1, text="It \x00rained.", short_term_memory="Wet\x00.")
    run(library, record, branches.set_premise, "outline", "North\x00.")
    run(library, record, branches.set_chapter, 2, "Aw\x00ay")
    at(library, record, lambda story: write(story, 1))
    state = at(library, record, lambda story: story.state())
    assert texts(library, record)[0] == "It rained."
    assert (state["outline"], [chapter["title"] for chapter in state["chapters"]]) == ("North.", ["Away"])
    asyncio.run(removal.delete(library, record, for_good=True))


def test_two_stories_in_one_database_do_not_see_each_other(fake_model: FakeChatModel, database: str) -> None:
    del fake_model, database
    library, first = begun(1)
    _, second = begun(2)
    assert len(texts(library, first)) == 3
    assert len(texts(library, second)) == 4
    asyncio.run(removal.delete(library, first, for_good=True))
    assert len(texts(library, second)) == 4
    asyncio.run(removal.delete(library, second, for_good=True))


def test_threads_of_a_story_that_is_gone_are_found_and_cleared(
    fake_model: FakeChatModel, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake_model
    monkeypatch.setenv("DATABASE_URL", postgres)
    read_environment()
    library, record = begun(1)
    _, other = begun(1)
    library.folder(record).rename(library.folder(record).with_name(".lost"))
    # Other tests' stories are there too, and no longer on any shelf.
    found = asyncio.run(removal.leftovers(library))
    assert (record.story_id, "postgresql") in [(leftover.story_id, leftover.where) for leftover in found]
    assert other.story_id not in {leftover.story_id for leftover in found}
    asyncio.run(removal.clear(library, found))
    assert asyncio.run(removal.leftovers(library)) == []
    assert len(texts(library, other)) == 3
    asyncio.run(removal.delete(library, other, for_good=True))


@pytest.fixture(params=["embedded", "served"])
def shared(request: pytest.FixtureRequest, postgres: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What two processes share beside the data folder: the database, and a memory in that folder or served."""
    with ExitStack() as stack:
        places = {"DATABASE_URL": postgres}
        if request.param == "served":
            places["QDRANT_URL"] = stack.enter_context(QdrantStandIn()).url
        for name, place in places.items():
            monkeypatch.setenv(name, place)
        read_environment()
        yield places


@pytest.mark.parametrize("kill_at", ["prose:1", "after_write:1"])
def test_a_story_goes_from_process_to_process_and_back_in_the_middle_of_a_passage(
    fake_model: FakeChatModel, shared: dict[str, str], home: Path, kill_at: str
) -> None:
    """This process lives on all the while, and sees what the others wrote."""
    del fake_model
    goes_on = ("resume", "--plans", "first", "--paragraphs", "1")

    async def held(story: Story) -> subprocess.CompletedProcess[str]:
        async for event in story.run(FIRST):
            if isinstance(event, Done) and event.gate == generate_paragraph.name:
                break  # this process stops in the middle: the passage is there, and not remembered
        return await asyncio.to_thread(command, home, *goes_on, **shared)

    library, record = begun(0)
    first = texts(library, record)
    assert command(home, *goes_on, **shared).returncode == 0  # from here to there, between two passages
    second = texts(library, record)
    assert (len(second), second[:2]) == (3, first)

    killed = command(home, *goes_on, **shared, KILL_AT=kill_at)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    written = at(library, record, lambda story: story.state())["paragraph"]
    at(library, record, lambda story: write(story, 0))  # back, in the middle of one, which is brought to its end
    third = texts(library, record)
    assert (len(third), third[:3]) == (4, second)
    assert (written == third[3]) == (kill_at != "prose:1")  # what was written is kept, to the letter

    refused = at(library, record, held)
    assert refused.returncode != 0
    assert "open" in refused.stderr
    assert not at(library, record, lambda story: story.standing()).is_between_steps
    there = command(home, *goes_on, **shared)
    assert there.returncode == 0, there.stderr
    fourth = texts(library, record)
    assert (library.folder(record) / "memory").exists() == ("QDRANT_URL" not in shared)
    assert fourth[:4] == third
    assert len(fourth) == len(set(fourth)) > 4
    asyncio.run(removal.delete(library, record, for_good=True))


@pytest.mark.parametrize("processes", [3, pytest.param(8, marks=pytest.mark.long)])
def test_processes_at_once_on_one_database_lose_nothing(shared: dict[str, str], home: Path, processes: int) -> None:
    command = [sys.executable, PROGRAM, "write", "--topic", "A lighthouse", "--model", "fake"]
    command += ["--plans", "first", "--paragraphs", "3", "--set", "opening_paragraphs=1"]
    env = environment(home, **shared)
    at_once = [
        subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    said = [process.communicate(timeout=200)[1] for process in at_once]
    assert [process.returncode for process in at_once] == [0] * processes, said
    library = Library.of_the_process()
    records = library.records()
    assert len(records) == processes
    for record in records:
        assert len(set(texts(library, record))) == 4
        asyncio.run(removal.delete(library, record, for_good=True))


@pytest.mark.parametrize(
    "address",
    ["postgresql://nobody@/postgres?host=/nowhere", "postgresql://127.0.0.1:9/x?connect_timeout=2", "nonsense"],
)
def test_a_database_that_is_not_there_is_one_sentence(
    fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    del fake_model
    monkeypatch.setenv("DATABASE_URL", address)
    read_environment()
    with pytest.raises(StorageError, match="The database that DATABASE_URL names cannot be reached") as caught:
        begun(0)
    assert "\n" not in str(caught.value)


def test_an_extra_that_is_missing_is_named(fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> None:
    del fake_model
    from recurrentgpt.stories import checkpoints  # noqa: PLC0415

    monkeypatch.setattr(checkpoints, "find_spec", lambda _: None)
    monkeypatch.setenv("DATABASE_URL", "postgresql://x")
    read_environment()
    with pytest.raises(SettingsError, match=r"pip install 'recurrentgpt\[postgres\]'"):
        begun(0)
    monkeypatch.delenv("DATABASE_URL")
    use_key(monkeypatch, KEY)
    with pytest.raises(SettingsError, match=r"pip install 'recurrentgpt\[encryption\]'"):
        begun(0)


# Encryption


def everything_in(folder: Path) -> bytes:
    """The bytes of the file, and of each value in it that is packed what was packed."""
    found = [path.read_bytes() for path in folder.glob("checkpoints.sqlite*")]
    with closing(sqlite3.connect(folder / "checkpoints.sqlite")) as kept:
        for table, column in (("checkpoints", "checkpoint"), ("writes", "value")):
            for (value,) in kept.execute(f"SELECT {column} FROM {table}"):  # noqa: S608 (our own names)
                with suppress(zlib.error):
                    found.append(zlib.decompress(value))
    return b"".join(found)


def test_encrypted_checkpoints_hold_no_word_of_the_story(
    fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake_model
    _, plain = begun(1)
    use_key(monkeypatch, KEY)
    library, secret = begun(1)
    sentence = texts(library, plain)[-1].partition(".")[0].encode()
    assert sentence in everything_in(library.folder(plain))
    sentence = texts(library, secret)[-1].partition(".")[0].encode()
    assert sentence not in everything_in(library.folder(secret))
    assert KEY.encode() not in everything_in(library.folder(secret))
    # A story from before the key still opens.
    assert len(texts(library, plain)) == 3


@pytest.mark.parametrize("key", [None, "another sixteen!"])
def test_encrypted_checkpoints_without_their_key_say_so(
    fake_model: FakeChatModel, database: str, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    del fake_model, database
    use_key(monkeypatch, KEY)
    _, record = begun(1)
    use_key(monkeypatch, key)
    with pytest.raises(StorageError, match="are encrypted, and LANGGRAPH_AES_KEY is not set or is another key"):
        texts(Library.of_the_process(), record)
    use_key(monkeypatch, KEY)
    assert len(texts(Library.of_the_process(), record)) == 3


@pytest.mark.parametrize("key", ["short", "x" * 33])
def test_a_key_of_a_wrong_length_is_refused_and_not_shown(
    fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    del fake_model
    use_key(monkeypatch, key)
    with pytest.raises(SettingsError, match=f"has {len(key)} bytes: a key has 16, 24 or 32") as caught:
        begun(0)
    assert key not in str(caught.value)


def test_a_damaged_checkpoint_is_one_sentence(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    with closing(sqlite3.connect(library.folder(record) / "checkpoints.sqlite")) as kept, kept:
        kept.execute("UPDATE checkpoints SET checkpoint = substr(checkpoint, 1, 200) WHERE type = 'msgpack.z'")
    with pytest.raises(StorageError, match=r"written .a checkpoint in the file is damaged"):
        texts(library, record)


def test_a_broken_checkpoint_file_is_one_sentence(fake_model: FakeChatModel) -> None:
    del fake_model
    library, record = begun(1)
    (library.folder(record) / "checkpoints.sqlite").write_bytes(b"this is no database" * 100)

    async def read() -> Any:
        async with library.open(record) as story:
            return await story.state()

    with pytest.raises(RecurrentGPTError, match="cannot be read or written"):
        asyncio.run(read())
