"""What a program gets that builds on the package: nothing said, nothing read of the environment, all of it typed."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

import pytest

import import_time
import recurrentgpt
from folders import ROOT
from surroundings import bare_environment

IMPORTS = f"from recurrentgpt import {', '.join(name for name in recurrentgpt.__all__ if not name.startswith('_'))}"
MOST_MODULES = 120
"""How many of ours the graph may load: each costs most of a millisecond."""
OURS = str(Path(recurrentgpt.__file__).parent)


def run(program: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=bare_environment(**more),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )


def test_the_import_of_every_public_name_says_nothing_and_reads_nothing_of_the_environment() -> None:
    program = f"""
import json, os, sys
read = []
known = type(os.environ).__getitem__
def look_up(self, key):
    callers = [sys._getframe(depth).f_code.co_filename for depth in (1, 2)]
    if any(file.startswith({OURS!r}) for file in callers):
        read.append(key)
    return known(self, key)
type(os.environ).__getitem__ = look_up
{IMPORTS}
print(json.dumps(read), file=sys.__stderr__)
"""
    done = run(program)
    assert done.stdout == ""
    assert done.stderr.splitlines() == ["[]"]


@pytest.mark.parametrize(
    ("before", "enabled", "frozen"),
    [("gc.enable()", "True", "False"), ("gc.disable()", "False", "False"), ("gc.freeze()", "True", "True")],
)
def test_what_is_imported_is_not_looked_through_for_garbage(before: str, enabled: str, frozen: str) -> None:
    program = f"""
import gc, sys
own = gc.get_freeze_count()
{before}
kept = gc.get_freeze_count()
began = []
gc.callbacks.append(lambda phase, _: began.append("langgraph.types" in sys.modules) if phase == "start" else None)
from recurrentgpt.graph import graph
print(began.count(True), gc.isenabled(), own < gc.get_freeze_count() <= kept)
"""
    rounds, *others = run(program).stdout.split()
    assert others == [enabled, frozen]
    # Where a program keeps objects apart, one round is due afterwards, and one more for the graph that is compiled.
    assert int(rounds) <= 2 * (frozen == "True")


def test_the_graph_is_had_without_what_writes_and_remembers(tmp_path: Path) -> None:
    langgraph, loaded = (
        set(import_time.once(line, str(tmp_path)).modules)
        for line in (import_time.LANGGRAPH, "from recurrentgpt.graph import graph")
    )
    assert not loaded & set(import_time.HEAVY)
    # Ours, and of Python what LangGraph has no need of: nobody else's, and not many.
    ours = {name for name in loaded - langgraph if name.partition(".")[0] == "recurrentgpt"}
    assert {name.partition(".")[0] for name in loaded - langgraph - ours} <= sys.stdlib_module_names
    assert len(ours) <= MOST_MODULES
    # What only a server or a shelf needs, or a run that is under way, is not there yet.
    assert not loaded & {
        "recurrentgpt.graph.served",
        "recurrentgpt.stories",
        "recurrentgpt.memory.long_term",
        "recurrentgpt.models.chat",
        "recurrentgpt.graph.catalogue",
        "langgraph.checkpoint.sqlite",
        "sentencex",
    }


def test_no_form_is_built_before_somebody_fills_it() -> None:
    program = """
from pydantic import BaseModel
from recurrentgpt.graph import graph
def kinds(of):
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)
ours = [kind for kind in kinds(BaseModel) if kind.__module__.startswith("recurrentgpt.")]
print(len(ours) > 20, [kind.__qualname__ for kind in ours if kind.__pydantic_complete__])
"""
    assert run(program).stdout == "True []\n"


def test_one_graph_is_compiled_when_it_is_asked_for_and_no_other() -> None:
    program = """
from langgraph.graph import StateGraph
compile, made = StateGraph.compile, []
def noted(self, *given, **named):
    made.append(named.get("name"))
    return compile(self, *given, **named)
StateGraph.compile = noted
from recurrentgpt.graph import novelist, graph
import recurrentgpt
print(made, recurrentgpt.novelist is novelist)
"""
    assert run(program).stdout == "['novelist', 'RecurrentGPT'] True\n"


CALLER = '''"""A program that builds on the package."""

from __future__ import annotations

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from recurrentgpt import Context, Entry, Library, RecurrentGPTError, StoryInput, StoryStore, builder

story = builder.compile(checkpointer=InMemorySaver())
thread: RunnableConfig = {"configurable": {"thread_id": "1"}}


def write(library: Library, topic: str) -> list[Entry]:
    """Begin a story, answer its first pause, and read it."""
    context = Context(retrieve_k=5, opening_paragraphs=1)
    try:
        story.invoke(StoryInput(topic=topic), thread, context=context)
        story.invoke(Command(resume=1), thread, context=context)
    except RecurrentGPTError as error:
        print(error.code, error.as_data()["message"])
        return []
    state = story.get_state(thread).values
    found: str = StoryStore(library, state).search(("stories",), query="lamp")[0].value["text"]
    print(found)
    return library.passages(state)
'''


@pytest.mark.long
def test_a_caller_is_checked_by_mypy_at_its_strictest(tmp_path: Path) -> None:
    (tmp_path / "caller.py").write_text(CALLER)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "caller.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(Path(OURS).parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.long
def test_the_wheel_alone_has_all_that_is_needed(tmp_path: Path) -> None:
    """Unpacked beside what it depends on, with none of this folder on the path."""
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), "."]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    place = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(place)
    program = f"""
import sys
sys.path[:] = [{str(place)!r}, *(kept for kept in sys.path if kept not in ("", {str(ROOT)!r}))]
sys.meta_path[:] = [found for found in sys.meta_path if "editable" not in repr(found).lower()]
import recurrentgpt
assert recurrentgpt.__file__.startswith({str(place)!r}), recurrentgpt.__file__
{IMPORTS}
from recurrentgpt.graph.served import co_author_zh
from recurrentgpt.mcp_server.server import make_server
from recurrentgpt.cli.main import app
from recurrentgpt.web.app import make_app
print(sorted(co_author_zh.nodes)[0])
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=bare_environment(PYTHONPATH=sysconfig.get_path("purelib")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"retrieve_kk": 5}, "retrieve_kk=5: there is no field of that name (did you mean retrieve_k?)"),
        ({"paragraph_sentences": "a"}, "paragraph_sentences='a': it has to be a whole number"),
        ({"memory_min_sentences": 20, "memory_max_sentences": 5}, "(20) is more than memory_max_sentences (5)"),
        ({"zzz": 1}, "zzz=1: there is no field of that name"),
    ],
)
@pytest.mark.parametrize("thread_ids_beside", [True, False])
def test_settings_as_a_mapping_are_refused_in_our_words(
    given: dict[str, Any], said: str, *, thread_ids_beside: bool
) -> None:
    """LangGraph itself makes a context of a mapping, before any gate of ours is reached."""
    beside = {"thread_id": "1", "x-request-id": "2"} if thread_ids_beside else {}
    run: Any = recurrentgpt.builder.compile()
    with pytest.raises(recurrentgpt.RecurrentGPTError) as caught:
        run.invoke({"topic": "Rain"}, context={**given, **beside})
    assert said in str(caught.value)
    assert caught.value.code == "context_unusable"
