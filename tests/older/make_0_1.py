# mypy: ignore-errors
"""Make ``0.1.tar.xz`` and ``0.1.json``: what version 0.1 leaves on disk, and what it says of it.

This was run once, with the code of version 0.1, from the repository's root::

    PYTHONPATH=tests:benchmarks python -m older.make_0_1

No test needs it: it is kept to say how the stored stories were made, and does not follow what became of that code. It
needs GNU tar and xz.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command
from older.fakes_0_1 import compose
from older.says_0_1 import at, found, says, stands, use

from recurrentgpt.graph import builder, co_author, graph, simulated_human
from recurrentgpt.memory.stores import close_store
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.state import StoryState
from recurrentgpt.stories.events import Reply
from recurrentgpt.stories.sent import SentPrompts
from recurrentgpt.stories.shelf import Shelf
from recurrentgpt.stories.undo import undo
from recurrentgpt.web.jobs import Job, note
from surroundings import bare_environment

if TYPE_CHECKING:
    from recurrentgpt.stories.story import Story

HERE = Path(__file__).parent
TESTS = HERE.parent
KEY = "a key for a test"
SIZES = ("--model", "fake", "--sentences", "5")
UNASKED = ("--plans", "first")
OPENING = ("--set", "opening_paragraphs=2")
SMALL = Context(model="fake", paragraph_sentences=5, opening_paragraphs=1)
SYSTEM = "You write SEA-GREEN prose for {title}. Topic: {topic}\n\nOutline: {outline}\n\nPeople:\n{style_sheet}"
OWN_PLAN = "She burns the letter, and keeps the bottle."
LETTER = """She read it twice: "2 < 3 & *nothing* is _lost_", said the letter – 失われた – in her own hand.

Then she hid the bottle under the stairs."""
CHAPTERS = {
    "The Boat": "Mara cannot swim: her sister drowned in the lake when both were children. She keeps to the middle of "
    "every bridge, and she has never once set foot in her husband's boat.",
    "The Key": "The iron key hangs behind the stove. Nobody but the old cook knows that it opens the cellar where the "
    "letters are kept.",
    "The Orchard": "Every autumn the apples go to the school. Tom counts the baskets and writes the figures into his "
    "blue ledger with a pencil he sharpens with his teeth.",
    "The Doctor": "The doctor came at night and left before breakfast. He had been a soldier, and could not bear the "
    "sound of a slammed door.",
    "The Fair": "At the fair they ate fried dough and watched a man lift a horse. The music went on until the lamps "
    "were out of oil.",
}

QUESTIONS = ("Somebody is afraid of deep water.", "How do we get into the cellar?", "bookkeeping of a harvest")


# The stories


def recurrentgpt(home: Path, *arguments: str, stdin: str = "", embedder: str = "fake", **more: str) -> int:
    """Run a command in a process of its own."""
    paths = os.pathsep.join((str(TESTS), str(TESTS.parent / "benchmarks")))
    ours = {"RECURRENTGPT_HOME": str(home), "RECURRENTGPT_EMBEDDING_MODEL": embedder, "PYTHONPATH": paths}
    env = bare_environment(**ours, HF_HUB_OFFLINE="1") | more
    command = [sys.executable, "-m", "older.fakes_0_1", *arguments]
    done = subprocess.run(command, env=env, input=stdin, text=True, capture_output=True, cwd=home, check=False)
    wanted = -signal.SIGKILL if "KILL_AT" in more else 0
    assert done.returncode == wanted, (arguments, done.returncode, done.stdout[-1000:], done.stderr)
    return done.returncode


def begin(home: Path, *arguments: str, **more: str) -> str:
    """Run a command that begins a story, and give its id."""
    before = set((home / "stories").glob("*"))
    recurrentgpt(home, *arguments, **more)
    (made,) = set((home / "stories").glob("*")) - before
    return made.name


async def answer(story: Story, given: object) -> None:
    """Answer a pause as the page does, and keep what the model was sent."""
    sent = SentPrompts(story.folder, story.card.branch)
    pause = await story.pause()
    async for _ in story.run(story.card.context, Reply(given, pause.interrupt_id), callbacks=[sent]):
        pass
    sent.keep()


def english(home: Path) -> str:
    """Five passages, branches, edits of everything, one undone, a prompt of its own."""
    premise = ("--topic", "A lighthouse keeper finds a message in a bottle", "--genre", "mystery [noir]")
    more = ("--background", "An island, 1912.", "--style", "Mara: forty, left-handed, never lies.")
    own = ("--set", f"system_prompt={SYSTEM}", "--set", "temperature=0.7", "--set", "memory_max_sentences=15")
    story = begin(
        home, "write", *premise, *more, *SIZES, *OPENING, *own, "--seed", "7", stdin="1\nc The Cellar\n2\nq\n"
    )
    at(story, lambda opened: answer(opened, {"instruction": OWN_PLAN, "recall": ["The bottle came in the night."]}))
    for changed in (
        ("--paragraph", "2", "--text", LETTER),
        ("--summary", "2", "--text", "Mara reads the letter and hides the bottle under the stairs."),
        ("--memory", "--text", "The bottle is under the stairs.\nMara trusts nobody."),
        ("--chapter", "1", "--text", "The Lamp"),
    ):
        recurrentgpt(home, "edit", story, *changed)
    recurrentgpt(home, "branch", story, "--after", "3", "--name", "cellar", "--plan", "She goes down to the cellar.")
    recurrentgpt(home, "resume", story, "--paragraphs", "1", stdin="q\n")
    recurrentgpt(home, "branch", story, "--after", "4", "--plan", "2")
    recurrentgpt(home, "switch", story, "main")
    recurrentgpt(home, "edit", story, "--style", "--text", "Mara: forty-one, LEFT-HANDED.\nTom: her brother.")
    recurrentgpt(home, "edit", story, "--paragraph", "3", "--text", "This was taken back.")
    at(story, undo)
    recurrentgpt(home, "rename", story, "The Keeper's *Hand*")
    # Led to its pause again, as a person leaves it.
    recurrentgpt(home, "resume", story, stdin="q\n")
    return story


def killed(home: Path, kill_at: str, **more: str) -> str:
    """A story whose process was killed."""
    premise = ("--topic", f"A clockmaker, killed at {kill_at}")
    return begin(home, "write", *premise, *SIZES, *OPENING, *UNASKED, "--paragraphs", "3", KILL_AT=kill_at, **more)


def make_stories(home: Path) -> dict[str, str]:
    """Every story of the command line, by what it is."""
    topic = ("write", "--topic")
    made = {"english": english(home)}
    made["chinese"] = begin(
        home, *topic, "守灯人在瓶中发现一封信", "--language", "zh", "--genre", "悬疑", *SIZES, *OPENING,
        stdin="1\n她把信烧掉了。\nq\n", FAKE_WORDS="zh",
    )  # fmt: skip
    made["played"] = begin(
        home, "play", "--topic", "You wake up in a lighthouse", *SIZES[:2], stdin="1\nI look into the lamp.\nq\n"
    )
    made["ended"] = begin(home, *topic, "A ferry's last year", *SIZES, *OPENING, *UNASKED, "--length", "2")
    made["stopped"] = begin(home, *topic, "A bell that is not rung", *SIZES, *OPENING, stdin="2\nq\n")
    at(made["stopped"], lambda story: answer(story, {"stop": True}))
    made["killed in open_story"] = killed(home, "prose:1")
    made["killed in store_opening"] = killed(home, "summaries:1")
    made["killed after generate_paragraph"] = killed(home, "memory:3")
    made["killed before append_summary"] = killed(home, "summary:2", FAKE_SLOW="summary")
    made["killed after the memory was written"] = killed(home, "after_write:4", FAKE_SLOW="summary")
    note(Shelf().folder(Shelf().card(made["killed after generate_paragraph"])), Job(kind="write", paragraphs=2))
    made["half read"] = half_read(home)
    made["real vectors"] = real_vectors(home)
    encrypted = (*topic, "A sealed envelope", *SIZES, *OPENING)
    made["encrypted"] = begin(home, *encrypted, stdin="1\nq\n", LANGGRAPH_AES_KEY=KEY)
    return made


def half_read(home: Path) -> str:
    """A manuscript of ten chapters, of which four are remembered."""
    parts = [f"# Ten Doors\n\n## Door {n}\n\n{compose(f'door {n}')}"[0 if n == 1 else 13 :] for n in range(1, 11)]
    file = home / "doors.md"
    file.write_text("\n\n".join(parts), encoding="utf-8")
    made = begin(home, "import", str(file), *SIZES[:2], "--genre", "fable", KILL_AT="summaries:2")
    file.unlink()
    return made


def real_vectors(home: Path) -> str:
    """A manuscript that was read with the real embedder."""
    file = home / "lake.md"
    text = "\n\n".join(f"## {title}\n\n{passage}" for title, passage in CHAPTERS.items())
    file.write_text(f"# The Lake\n\n{text}\n", encoding="utf-8")
    made = begin(home, "import", str(file), *SIZES[:2], embedder="")
    file.unlink()
    return made


# Threads of an application


def on_a_server() -> str:
    """A story of which this data folder has the memory and the head alone."""
    server = builder.compile(checkpointer=InMemorySaver())
    state = server.invoke({"topic": "A story from a server"}, {"configurable": {"thread_id": "1"}}, context=SMALL)
    close_store(state["story_id"])
    return str(state["story_id"])


def sources() -> dict[str, Any]:
    """The graphs of an application's threads, by the threads' names."""
    around = StateGraph(StoryState, context_schema=Context)
    around.add_node("story", graph)
    around.add_edge(START, "story")
    return {
        "plain": builder,
        "co_author": co_author.builder,
        "simulated_human": simulated_human.builder,
        "inside another": around,
    }


GIVEN = {
    "plain": {"topic": "A plain thread"},
    "co_author": {"messages": [HumanMessage("A chat about foxes", id="first")]},
    "simulated_human": {"topic": "A run of too few steps"},
    "inside another": {"topic": "A story inside a graph"},
}


def make_threads(file: Path) -> None:
    """Threads that an application keeps in an SQLite file of its own, paused at their second question."""
    with SqliteSaver.from_conn_string(str(file)) as saver:
        for name, source in sources().items():
            app = source.compile(checkpointer=saver)
            thread = {"configurable": {"thread_id": name}}
            if name == "simulated_human":
                unasked = SMALL.model_copy(update={"plan_selection": "first"})
                app.invoke(GIVEN[name], {**thread, "recursion_limit": 12}, context=unasked)
                continue
            app.invoke(GIVEN[name], thread, context=SMALL)
            question = app.get_state(thread).interrupts[0]
            app.invoke(Command(resume={question.id: 1}), thread, context=SMALL)


def threads_say(file: Path) -> dict[str, Any]:
    """Where each thread stands; its memory's folder can then be opened elsewhere."""
    said = {}
    with SqliteSaver.from_conn_string(str(file)) as saver:
        for name, source in sources().items():
            app = source.compile(checkpointer=saver)
            state = app.get_state({"configurable": {"thread_id": name}}, subgraphs=True)
            inner = state.tasks[0].state if name == "inside another" else state
            messages = [message.text for message in state.values.get("messages", [])]
            said[name] = {**stands(inner), "messages": messages}
            close_store(inner.values["story_id"])
    return said


# All of it


def pack(home: Path) -> None:
    """Put the data folder into the archive; most of it are holes, so it stays small."""
    by_nobody = ("--owner=story:1000", "--group=story:1000", "--mtime=2026-11-01 00:00Z", "--sort=name")
    command = ["tar", "--create", "--sparse", "--format=gnu", *by_nobody, "--xz", f"--file={HERE / '0.1.tar.xz'}"]
    subprocess.run([*command, "-C", str(home), "."], check=True, env=os.environ | {"XZ_OPT": "-9e"})


def say(home: Path, made: dict[str, str]) -> dict[str, Any]:
    """What 0.1 says of all stories. Reading makes cards for those that have none, so the archive is made before."""
    said: dict[str, Any] = {"stories": {}, "threads": threads_say(home / "threads.sqlite"), "found": {}}
    for name, story_id in made.items():
        use(home, "" if name == "real vectors" else "fake", KEY if name == "encrypted" else "")
        said["stories"][name] = at(story_id, says)
        if name == "real vectors":
            said["found"][name] = {question: found(story_id, question) for question in QUESTIONS}
        if name == "english":
            sentence = said["stories"][name]["branches"]["main"]["passages"][3][0].partition(" ")[2][:40]
            said["found"][name] = {sentence: found(story_id, sentence)}
    return said


def main() -> None:
    """Make the stories, pack them, and ask 0.1 about them."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        use(home)
        made = make_stories(home)
        made["begun on a server"] = on_a_server()
        make_threads(home / "threads.sqlite")
        recurrentgpt(home, "export", made["english"], "--output", str(home / "story.json"))
        for state in threads_say(home / "threads.sqlite").values():
            made[state["state"]["topic"]] = state["state"]["story_id"]
        pack(home)
        kept = json.dumps(say(home, made), ensure_ascii=False, indent=1)
        (HERE / "0.1.json").write_text(f"{kept}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
