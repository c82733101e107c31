"""What the README and the docs say is run: their commands, their snippets, their links, their picture."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from draw_graph import with_picture
from fake_server import FakeServer
from recurrentgpt.schemas.settings import settings
from test_cli import HERE, environment

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeChatModel

ROOT = HERE.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")])
ON_A_SERVER = ("serving.md",)  # tests/test_serving.py runs its snippets
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)]+)\)")


def blocks(page: Path, kind: str) -> list[str]:
    return [body for name, body in BLOCK.findall(page.read_text()) if name == kind]


def test_the_picture_is_the_graph() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "flowchart" in readme
    assert with_picture(readme) == readme, "run: make graph-picture"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if not target.startswith(("http", "#")):
            assert (page.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shell_commands_run(page: Path, tmp_path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    with FakeServer() as server:
        for block in blocks(page, "sh"):
            for line in block.splitlines():
                words = shlex.split(line, comments=True)
                match words:
                    case []:
                        continue
                    case ["make", target, *_]:
                        assert target in targets, line
                    case ["export", setting]:
                        assert re.fullmatch(r"[A-Z_]+=\S+", setting), line
                    case ["recurrentgpt", *arguments]:
                        done = subprocess.run(
                            [sys.executable, str(HERE / "cli_with_fakes.py"), *arguments],
                            cwd=tmp_path,
                            env=environment(tmp_path / "home", OPENAI_BASE_URL=server.url),
                            input="1\nq\n",
                            capture_output=True,
                            text=True,
                            check=False,
                            timeout=120,
                        )
                        assert done.returncode == 0, f"{line}\n{done.stderr}"
                    case _:
                        pytest.fail(f"{page.name} has a command that no test runs: {line}")


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in ON_A_SERVER], ids=lambda page: page.name)
def test_python_snippets_run(page: Path, fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECURRENTGPT_MODEL", "fake")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with FakeServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        settings.cache_clear()
        for snippet in blocks(page, "python"):
            exec(compile(snippet, page.name, "exec"), {})  # noqa: S102
            assert fake_model.asked
