"""The command line, as whole processes: what a person sees, and what survives."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from commands import environment, run
from fake_server import FakeServer
from folders import PROGRAM
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.memory import Entry

TOPIC = ("--topic", "A lighthouse keeper finds a message in a bottle")
AUTO = ("write", *TOPIC, "--plans", "model", "--paragraphs", "2", "--model", "fake")


def entries_in(home: Path) -> list[Entry]:
    """Every entry of the latest story, read in this process."""
    library = Library(home)

    async def read() -> list[Entry]:
        async with library.open(library.find()) as story:
            return await story.manuscript()

    return asyncio.run(read())


def book_in(home: Path) -> list[str]:
    """Every paragraph of the latest story."""
    return [entry.text for entry in entries_in(home)]


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is written in one go: the opening and five paragraphs."""
    home = tmp_path_factory.mktemp("uninterrupted")
    done = run(home, *AUTO, "--paragraphs", "5")
    assert done.returncode == 0, done.stderr
    return run(home, "export").stdout.strip().split("\n\n")[1:]


def test_a_story_is_written_listed_and_exported(tmp_path: Path) -> None:
    book = tmp_path / "book.md"
    recalling = ("--set", "retrieve_k=1", "--paragraphs", "3")
    done = run(tmp_path / "home", *AUTO, *recalling, "--show-memory", "--output", str(book))

    assert done.returncode == 0, done.stderr
    assert "Short-term memory" in done.stdout
    assert "Why it changed:" in done.stdout
    assert " sentences kept to the letter" in done.stdout
    assert "leans on:" in done.stdout
    assert "→ plan 1" in done.stdout
    assert "3 paragraphs written" in done.stdout
    paragraphs = book.read_text().strip().split("\n\n")
    assert paragraphs[0].startswith("# ")
    assert len(paragraphs) == 1 + 1 + 3
    for paragraph in paragraphs[1:]:
        assert paragraph.split()[:9] == done.stdout[done.stdout.index(paragraph.split(".")[0][:40]) :].split()[:9]
    listed = run(tmp_path / "home", "list").stdout
    assert paragraphs[0][2:40] in listed
    assert run(tmp_path / "home", "export").stdout == book.read_text()


def test_the_person_picks_writes_and_leaves(tmp_path: Path) -> None:
    begin = run(
        tmp_path, "write", *TOPIC, "--model", "fake", stdin="?\nm\nr\n99\n2\nMara burns the letter [bold].\nq\n"
    )
    assert begin.returncode == 0, begin.stderr
    assert "There is no plan 99" in begin.stderr
    assert "Short-term memory" in begin.stdout
    assert "2 paragraphs written" in begin.stdout

    more = run(tmp_path, "resume", stdin="1\n")
    assert more.returncode == 0, more.stderr
    assert len(run(tmp_path, "export").stdout.strip().split("\n\n")) == 1 + 1 + 3


KILL_AT = [
    "title:1",
    "memory:1",
    "summaries:1",
    "plans:1",
    "prose:1",
    "before_write:1",
    "after_write:1",
    "number:1",
    "number:2",
    "recall:1",
    "recall:2",
    "prose:2",
    "prose:3",
    "memory:2",
    "memory:3",
    "summary:1",
    "summary:2",
    "before_write:2",
    "after_write:2",
    "after_write:3",
    "plans:2",
    "plans:3",
]


@pytest.mark.parametrize("kill_at", KILL_AT)
def test_a_killed_story_resumes_with_every_paragraph_once(home: Path, long_run: list[str], kill_at: str) -> None:
    killed = run(home, *AUTO, KILL_AT=kill_at)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    finished = json.loads(next(home.glob("stories/*/story.json")).read_text())["paragraphs"]

    resumed = run(home, "resume", "--paragraphs", "2")
    assert resumed.returncode == 0, resumed.stderr
    book = book_in(home)
    assert book == long_run[: len(book)]
    assert len(book) >= max(finished, 1) + 1


def test_ctrl_c_leaves_a_story_that_resumes(home: Path, long_run: list[str]) -> None:
    writing = subprocess.Popen(
        [sys.executable, PROGRAM, *AUTO],
        env=environment(home, FAKE_DELAY="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert writing.stdout is not None
    while not writing.stdout.readline().strip():
        pass
    writing.send_signal(signal.SIGINT)
    _, said = writing.communicate(timeout=30)
    assert writing.returncode == 130
    assert "what was finished is kept" in said
    assert "Traceback" not in said

    assert run(home, "resume", "--paragraphs", "2").returncode == 0
    book = book_in(home)
    assert book == long_run[: len(book)]
    assert len(book) == 1 + 2


def test_a_second_process_on_the_same_story_is_refused(tmp_path: Path) -> None:
    first = subprocess.Popen(
        [sys.executable, PROGRAM, "write", *TOPIC, "--model", "fake"],
        env=environment(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert first.stdout is not None
    while not (line := first.stdout.readline()).startswith("  3  "):
        assert line, "it ended before its plans were there"
    second = run(tmp_path, "resume")
    assert second.returncode == 2
    assert "open in another process" in second.stderr
    assert f"a terminal (process {first.pid}): go on there, or leave it there with q" in " ".join(second.stderr.split())
    first.communicate("q\n", timeout=30)
    assert first.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("write", "--topic", "  "), "a story needs a topic"),
        (("write", *TOPIC, "--paragraphs", "-3"), "--paragraphs is a count, not -3"),
        (("write", *TOPIC, "--language", "French!"), "language='French!'"),
        (("write", *TOPIC, "--plans", "coin"), "plan_selection='coin'"),
        (("write", *TOPIC, "--set", "colour=red"), "There is no setting 'colour'"),
        (("write", *TOPIC, "--set", "memory_max_sentnces=5"), "did you mean memory_max_sentences?"),
        (
            ("write", *TOPIC, "--set", "sentences=6"),
            "did you mean paragraph_sentences? recurrentgpt write --help shows",
        ),
        (("write", *TOPIC, "--set", "tries"), "takes NAME=VALUE, not 'tries'"),
        (("write", *TOPIC, "--set", "tries=none"), "tries='none'"),
        (("write", *TOPIC, "--output", "/"), "is a folder"),
        (("write", *TOPIC, "--output", "/no/such/folder/book.md"), "does not exist"),
        (("resume", "nobody"), "There is no such story yet"),
        (("export",), "There is no such story yet"),
        (("write", *TOPIC, "--model", "gpt-9"), "needs a key"),
        (("write", *TOPIC, "--model", "nobody:gpt-9"), "no provider 'nobody'"),
        (("write", *TOPIC, "--model", "mistralai:large"), "needs another package"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run(tmp_path, *arguments)
    assert done.returncode == 2, done.stderr
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("stories/*")), "a story that could not begin is left on the shelf"


def test_what_to_do_in_the_terminals_words_follows_what_went_wrong(home: Path) -> None:
    none_yet = run(home, "resume").stderr.splitlines()
    assert none_yet == [
        "There is no such story yet: begin one.",
        "recurrentgpt write --topic '…' begins one to write, recurrentgpt play --topic '…' one to play.",
    ]
    assert run(home, *AUTO[:-4], "--paragraphs", "0", "--model", "fake").returncode == 0
    story_id = next(home.glob("stories/*")).name
    undone = run(home, "redo").stderr.splitlines()
    assert undone == [
        "There is nothing to write anew yet, only the opening is written: write on first.",
        f"recurrentgpt resume {story_id} writes on.",
    ]
    assert run(home, "edit", "-p", "9", "--text", "x").stderr.splitlines() == [
        "There is no paragraph 9: there are 1 to 1.",
    ]


def test_an_unknown_genre_is_fine(tmp_path: Path) -> None:
    done = run(tmp_path, *AUTO[:-4], "--paragraphs", "0", "--model", "fake", "--genre", "sub-aquatic noir [red]")
    assert done.returncode == 0, done.stderr
    assert "sub-aquatic noir [red]" in run(tmp_path, "list").stdout


def test_a_data_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(tmp_path / "file" / "home", *AUTO)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "RECURRENTGPT_HOME" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX's")
@pytest.mark.parametrize("more", [{}, {"QDRANT_URL": ":memory:"}], ids=["Qdrant Edge", "SQLite alone"])
def test_a_disk_that_takes_no_more_is_one_sentence_and_nothing_is_lost(home: Path, more: dict[str, str]) -> None:
    command = shlex.join([sys.executable, PROGRAM, *AUTO, "--paragraphs", "40"])
    full = subprocess.run(
        ["bash", "-c", f"ulimit -f 600; exec {command}"],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert full.returncode == 2, full.stderr
    assert "cannot be" in full.stderr
    assert "Traceback" not in full.stderr
    if not more:  # The memory of the other ended with its process.
        assert run(home, "resume", "--paragraphs", "1").returncode == 0


def test_a_plan_is_typed_with_line_editing(home: Path) -> None:
    # In a terminal of its own: the arrow keys edit the line, and never reach the story.
    master, slave = os.openpty()
    writing = subprocess.Popen(
        [sys.executable, PROGRAM, "write", *TOPIC, "--model", "fake", "--paragraphs", "1"],
        env=environment(home, TERM="xterm"),
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    shown = b""
    while b"or ? for help" not in shown:
        shown += os.read(master, 4096)
    os.write(master, b"She rns\x1b[Du\r")
    with suppress(OSError):  # the terminal goes with the process
        while os.read(master, 4096):
            pass
    os.close(master)
    assert writing.wait(timeout=60) == 0
    assert [entry.plan for entry in entries_in(home)][-1] == "She rnus"


def test_an_export_does_not_overwrite_unasked(tmp_path: Path) -> None:
    assert run(tmp_path, *AUTO[:-4], "--paragraphs", "0", "--model", "fake").returncode == 0
    book = tmp_path / "book.md"
    book.write_text("mine")
    refused = run(tmp_path, "export", "-o", str(book))
    assert (refused.returncode, book.read_text()) == (2, "mine")
    assert "--force" in refused.stderr
    assert run(tmp_path, "export", "-o", str(book), "--force").returncode == 0
    assert book.read_text().startswith("# ")


def test_help_and_list_load_nothing_heavy(tmp_path: Path) -> None:
    check = (
        "import sys; from recurrentgpt.cli.main import app; from recurrentgpt.stories.library import Library; "
        "Library().records(); "
        "heavy = {'langgraph', 'langchain_core', 'torch', 'qdrant_client', 'qdrant_edge', 'openai'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], env=environment(tmp_path), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# Endpoints that fail: one sentence, nothing lost.


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("fake-401", "refused the key"),
        ("fake-404", "knows no model 'fake-404'"),
        ("fake-429", "too many requests"),
        ("fake-500", "failed"),
        ("fake-window", "does not fit the context window"),
        ("fake-nonsense", "no usable answer for 'open_story' in 2 tries"),
        ("fake-hang", "did not answer in time"),
        ("fake-drop", "broke off before its end"),
    ],
)
def test_a_failing_endpoint_is_one_sentence_and_the_story_waits(tmp_path: Path, model: str, says: str) -> None:
    settings = ("--set", "max_retries=1", "--set", "tries=2", "--set", "timeout=3")
    arguments = ("write", *TOPIC, "--plans", "first", "--paragraphs", "1", *settings)
    with FakeServer() as server:
        done = run(tmp_path, *arguments, "--model", model, OPENAI_BASE_URL=server.url)
        assert done.returncode == 2, done.stderr
        assert says in done.stderr
        assert "Traceback" not in done.stderr
        calls = {"fake-401": 1, "fake-404": 1, "fake-429": 2, "fake-500": 2}
        if model in calls:
            assert len(server.requests) == calls[model]
        resumed = run(tmp_path, "resume", "--paragraphs", "1", "--model", "fake-ok", OPENAI_BASE_URL=server.url)
    assert resumed.returncode == 0, resumed.stderr


def test_an_unreachable_endpoint_is_one_sentence(tmp_path: Path) -> None:
    with FakeServer() as gone:
        url = gone.url
    done = run(tmp_path, *AUTO[:-1], "fake-ok", "--set", "max_retries=0", OPENAI_BASE_URL=url)
    assert done.returncode == 2
    assert "cannot be reached" in done.stderr


def test_a_proxy_in_the_environment_is_used(tmp_path: Path) -> None:
    with FakeServer() as proxy:
        done = run(
            tmp_path,
            *AUTO[:-1],
            "fake-ok",
            OPENAI_BASE_URL="http://no-such-host.invalid/v1",
            HTTP_PROXY=proxy.url.removesuffix("/v1"),
        )
        assert done.returncode == 0, done.stderr
        assert proxy.requests


@pytest.mark.parametrize("model", ["fake-ok", "fake-429-2", "fake-sections"])
def test_an_endpoint_that_answers_in_the_end_writes_a_story(home: Path, model: str) -> None:
    with FakeServer() as server:
        done = run(home, *AUTO[:-1], model, OPENAI_BASE_URL=server.url)
    assert done.returncode == 0, done.stderr
    assert len(book_in(home)) == 1 + 2


def test_a_key_is_written_nowhere(tmp_path: Path) -> None:
    secret = "sk-not-to-be-found-anywhere"  # noqa: S105
    with FakeServer() as server:
        done = run(tmp_path, *AUTO[:-1], "fake-ok", OPENAI_BASE_URL=server.url, OPENAI_API_KEY=secret)
    assert done.returncode == 0, done.stderr
    assert secret not in done.stdout + done.stderr
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes()


def test_other_plans_and_edits_are_a_letter_away(home: Path) -> None:
    editor = shlex.join([sys.executable, "-c", "import sys; open(sys.argv[1], 'w').write('The SENTINEL sank.')"])
    stdin = "n something quieter\nn\ne\nw\n2\nq\n"
    done = run(home, "write", *TOPIC, "--model", "fake", "--paragraphs", "1", stdin=stdin, EDITOR=editor)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n  3  ") >= 3
    assert "The SENTINEL sank." in book_in(home)
    shown = run(home, "show", "-p", "1").stdout
    assert "The SENTINEL sank." in shown


def test_what_was_refused_is_said_and_what_was_wrong_reaches_the_writer(home: Path) -> None:
    stdin = "n something quieter\nn\n1\nq\n"
    done = run(home, "write", *TOPIC, "--model", "fake", "--paragraphs", "1", stdin=stdin)
    assert done.returncode == 0, done.stderr
    assert "3 plans refused here; you said: something quieter" in done.stdout
    assert "6 plans refused here; you said: something quieter" in done.stdout
    for said in ("too hasty", "too loud"):
        done = run(home, "redo", "--because", said, stdin="q\n")
        assert done.returncode == 0, done.stderr
    plan = json.loads(run(home, "show", "--json").stdout)["state"]["plan"]
    assert [refusal["said"] for refusal in plan["refused"]] == ["too hasty", "too loud"]


@pytest.mark.parametrize(("letter", "sheet"), [("s", ""), ("e", "Mara lies."), ("w", "Mara lies.")])
def test_a_style_sheet_can_be_emptied_in_the_editor_and_nothing_else_can(home: Path, letter: str, sheet: str) -> None:
    emptied = shlex.join([sys.executable, "-c", "import sys; open(sys.argv[1], 'w')"])
    begin = ("write", *TOPIC, "--style", "Mara lies.", "--model", "fake", "--paragraphs", "1")
    assert run(home, *begin, stdin=f"{letter}\nq\n", EDITOR=emptied).returncode == 0
    state = json.loads(run(home, "show", "--json").stdout)["state"]
    assert state["style_sheet"] == sheet
    assert state["short_term_memory"]
    assert state["paragraph"]


def test_an_editor_that_fails_changes_nothing(home: Path) -> None:
    done = run(home, "write", *TOPIC, "--model", "fake", "--paragraphs", "1", stdin="e\nq\n", EDITOR="no-such-editor")
    assert done.returncode == 0
    assert "The editor 'no-such-editor' failed" in done.stderr
