"""With the real embedded model, the real embedder and a real Qdrant folder: one story, end to end."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from surroundings import bare_environment

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.real, pytest.mark.timeout(900), pytest.mark.xdist_group("embedded")]
ABOUT_WRITING = re.compile(r"\b(?:essay|paragraph|this story|chapter|author|reader)s?\b", re.IGNORECASE)
SMALL = ("--sentences", "3", "--set", "tries=6", "--set", "plan_count=2", "--set", "opening_paragraphs=1")


def recurrentgpt(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "recurrentgpt.cli", *arguments],
        # A proxy in the environment is not for the embedded server.
        env=bare_environment(RECURRENTGPT_HOME=str(home), HF_HUB_OFFLINE="1", HTTP_PROXY="http://127.0.0.1:9"),
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )


def test_a_story_with_nothing_configured(tmp_path: Path) -> None:
    topic = ("--topic", "A lighthouse keeper finds a message in a bottle.")
    done = recurrentgpt(
        tmp_path, "write", *topic, "--plans", "first", "--paragraphs", "1", "--seed", "11", "--show-memory", *SMALL
    )
    assert done.returncode == 0, done.stderr
    assert "shows the machinery, not the prose" in done.stderr.replace("\n", " ")
    (memory,) = tmp_path.glob("stories/*/memory/qdrant")
    assert any(memory.iterdir())
    assert done.stdout.count("→ plan 1") == 1
    assert done.stdout.count("Short-term memory") == 2
    assert "Why it changed:" not in done.stdout
    cached = re.search(r"(\d+)% of\s+the\s+later\s+gates'", done.stdout)
    assert cached
    assert int(cached[1]) >= 80

    book = recurrentgpt(tmp_path, "export").stdout.strip()
    assert book.startswith("# ")
    assert not ABOUT_WRITING.search(book)
    assert len(book.split("\n\n")) >= 1 + 1 + 1
