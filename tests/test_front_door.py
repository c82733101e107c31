"""The front door: the names an application builds on, each with its words, and nothing heavy behind the import."""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import recurrentgpt
from folders import ROOT
from reading import blocks
from surroundings import bare_environment

PUBLIC = [
    "Answer",
    "AnswerSpec",
    "CYCLE",
    "Context",
    "Cycle",
    "Entry",
    "Gate",
    "GateRecord",
    "Library",
    "PromptSpec",
    "RecurrentGPTError",
    "Reply",
    "Resources",
    "Settings",
    "Story",
    "StoryInput",
    "StoryState",
    "StoryStore",
    "Turn",
    "__version__",
    "begin",
    "begin_after",
    "builder",
    "co_author",
    "gate",
    "interactive_fiction",
    "messages_after_paragraph",
    "novelist",
    "put_back",
    "recurrent",
    "set_default_resources",
    "simulated_human",
    "take_up",
]
HEAVY = ("langgraph", "langchain_core", "openai", "pydantic", "qdrant_client", "qdrant_edge", "sentence_transformers")
FOR_A_LIST = ("langgraph", "langchain_core", "openai", "qdrant_client", "qdrant_edge", "sentence_transformers", "torch")
DEEPER = {
    "recurrentgpt.graph": "the compiled graph has the name of its folder",
    "recurrentgpt.evaluation": "the experiments are no part of an application",
    "recurrentgpt.mcp_server": "a face of its own, and an extra",
    "recurrentgpt.memory": "the notebook that looks into the memory",
    "recurrentgpt.schemas.languages": "the same",
    "recurrentgpt.stories.branches": "the notebook that lets a story go another way",
    "recurrentgpt.schemas.review": "the same",
}
"""Where pages and notebooks reach past the front door, and why."""


def test_the_public_names_are_these() -> None:
    assert sorted(recurrentgpt.__all__) == sorted(PUBLIC)
    assert set(PUBLIC) <= set(dir(recurrentgpt))


@pytest.mark.parametrize("name", PUBLIC)
def test_each_can_be_imported_and_says_what_it_is(name: str) -> None:
    assert said_of(name), name


def said_of(name: str) -> str:
    """The docstring of a public name: its own, or the one that stands after it where it is assigned or declared."""
    thing = getattr(recurrentgpt, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert thing.__module__.startswith("recurrentgpt.")
        return thing.__doc__ or ""
    for place in (recurrentgpt.__file__, *map(str, (ROOT / "graph").glob("*.py"))):
        body = ast.parse(Path(str(place)).read_text(encoding="utf-8")).body
        declared = [part for block in body if isinstance(block, ast.If) for part in block.body]
        for statement, after in itertools.pairwise([*body, *declared]):
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            if getattr(targets[0], "id", "") == name:
                said = after.value if isinstance(after, ast.Expr) else None
                return str(said.value) if isinstance(said, ast.Constant) else ""
    return ""


def test_a_name_that_is_not_there_is_refused_as_anywhere() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Shelf'"):
        recurrentgpt.Shelf  # noqa: B018 (the look-up is what is tried)


def loaded_by(program: str) -> set[str]:
    """What a program in a process of its own has loaded at its end."""
    ends = "import json, sys; print(json.dumps(list(sys.modules)))"
    command = [sys.executable, "-c", f"{program}\n{ends}"]
    done = subprocess.run(command, env=bare_environment(), capture_output=True, text=True, check=True, timeout=60)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_import_loads_nothing_heavy() -> None:
    loaded = loaded_by("import recurrentgpt; recurrentgpt.__version__")
    assert not loaded & set(HEAVY)
    ours = {name for name in loaded if name.startswith("recurrentgpt.")}
    assert ours == {"recurrentgpt.schemas", "recurrentgpt.schemas.lazy_names"}


def test_a_list_of_stories_is_had_without_what_writes_them(tmp_path: Path) -> None:
    loaded = loaded_by(f"from recurrentgpt import Context, Library, StoryInput; Library({str(tmp_path)!r}).records()")
    assert not loaded & set(FOR_A_LIST)


def deeper_imports(code: str) -> set[str]:
    """The modules of ours that a snippet imports from, besides the front door and what is known to lie behind it."""
    used = set(re.findall(r"^\s*(?:from|import) (recurrentgpt[\w.]*)", code, re.MULTILINE)) - {"recurrentgpt"}
    return {place for place in used if not place.startswith(tuple(DEEPER))}


@pytest.mark.parametrize("page", sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")]), ids=lambda page: page.name)
def test_pages_come_in_by_the_front_door(page: Path) -> None:
    assert not deeper_imports("\n".join(blocks(page, "python")))


@pytest.mark.parametrize("path", sorted(ROOT.glob("notebooks/*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_come_in_by_the_front_door(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells  # type: ignore[no-untyped-call]
    assert not deeper_imports("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
