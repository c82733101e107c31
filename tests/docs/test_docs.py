"""What the README and the docs say is run: their commands, their snippets, their links, their picture."""

from __future__ import annotations

import ast
import json
import re
import shlex
from typing import TYPE_CHECKING

import httpx
import pytest
import yaml

import write_configuration
import write_licences
from commands import run_all
from draw_graph import with_picture
from fake_server import FakeServer
from folders import ROOT
from reading import blocks, files_shown, run_as_file
from recurrentgpt.schemas.catalogue import catalogue
from resources_at_hand import read_environment
from web_server import WebServer

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeChatModel

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")])
ON_A_SERVER = ("serving.md",)  # tests/end_to_end/test_serving.py runs its snippets
MARKDOWN = sorted([*PAGES, ROOT / "CHANGELOG.md", ROOT / "SECURITY.md", *ROOT.glob("evaluation/data/*.md")])
CODE = ("cli", "evaluation", "graph", "memory", "models", "nodes", "prompts", "schemas", "stories", "web")
LINK = re.compile(r"\]\(([^)]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def test_the_picture_is_the_graph() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "flowchart" in readme
    assert with_picture(readme) == readme, "run: make graph-picture"


def anchors(page: Path) -> set[str]:
    """The names that a forge gives the headings of a page."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in HEADING.findall(text)}


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.name)
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        place = page.parent / path if path else page
        assert place.exists(), target
        assert not anchor or anchor in anchors(place), target


def test_every_page_can_be_found_from_the_readme() -> None:
    linked = set(LINK.findall((ROOT / "README.md").read_text()))
    assert {f"docs/{page.name}" for page in ROOT.glob("docs/*.md")} <= linked


def test_the_configuration_is_the_codes() -> None:
    assert write_configuration.PAGE.read_text() == write_configuration.page(), "run: make configuration"


def test_the_licences_are_those_of_what_is_installed() -> None:
    assert write_licences.PAGE.read_text() == write_licences.page(), "run: make licences"
    assert not [name for name in write_licences.dependencies()[""] if write_licences.is_copyleft(name)]


def messages() -> str:
    """Every text in the code and every error's sentence, a line each, with … where a value is put in."""
    found = []
    for folder in CODE:
        for file in (ROOT / folder).glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.JoinedStr):
                    parts = [part.value if isinstance(part, ast.Constant) else "…" for part in node.values]
                    found.append("".join(str(part) for part in parts))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.append(node.value)
    english = catalogue("en")
    said = (*english.sentences.values(), *english.parts.values())
    found.extend(re.sub(r"\{[a-z_:,]+\}", "…", words) for words in said)
    return "\n".join(found)


def test_what_the_faq_explains_is_still_said() -> None:
    said = messages()
    explained = re.findall(r"^### (.+)$", (ROOT / "docs" / "faq.md").read_text(), re.MULTILINE)
    assert len(explained) > 20
    assert not [message for message in explained if message not in said]


def test_the_compose_file_has_a_form_and_opens_nothing_to_others() -> None:
    compose = yaml.safe_load((ROOT / "docs" / "compose.yaml").read_text())
    assert set(compose) == {"services", "volumes"}
    for service in compose["services"].values():
        assert re.fullmatch(r"[\w/]+:v?\d[\w.]*", service["image"]), "an image has a version"
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(compose["volumes"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shell_commands_run(page: Path, tmp_path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands: list[list[str]] = []
    for line in "\n".join(blocks(page, "sh")).splitlines():
        match shlex.split(line, comments=True):
            case []:
                continue
            case ["make", target, *_]:
                assert target in targets, line
            case ["export", setting]:
                assert re.fullmatch(r"[A-Z_]+=\S+", setting), line
            case ["recurrentgpt", "ui", *arguments]:
                served = WebServer(tmp_path / "home", password="correct-horse-battery").start(*arguments)  # noqa: S106
                assert httpx.get(served.url).status_code in (200, 303), line
                served.stop()
            case ["recurrentgpt", *arguments]:
                commands.append(arguments)
            case _:
                pytest.fail(f"{page.name} has a command that no test runs: {line}")
    with FakeServer() as server:
        run_all(tmp_path / "home", commands, tmp_path, OPENAI_BASE_URL=server.url)


def test_the_language_that_the_docs_add_can_be_used(tmp_path: Path) -> None:
    (record,) = blocks(ROOT / "docs" / "languages.md", "toml")
    folder = tmp_path / "languages" / "es"
    folder.mkdir(parents=True)
    (folder / "language.toml").write_text(record, encoding="utf-8")
    (facts,) = json.loads(run_all(tmp_path / "home", [["languages", str(folder.parent), "--json"]]))
    assert (facts["tag"], facts["own_name"], facts["misfits"]) == ("es", "español", [])


@pytest.mark.filterwarnings("ignore:create_react_agent has been moved")  # langgraph-supervisor's own use of it
@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in ON_A_SERVER], ids=lambda page: page.name)
def test_python_snippets_run(
    page: Path, fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RECURRENTGPT_MODEL", "fake")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with FakeServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        read_environment()
        for snippet in blocks(page, "python"):
            run_as_file(snippet, files_shown(page, tmp_path), "__main__")
            assert fake_model.asked
