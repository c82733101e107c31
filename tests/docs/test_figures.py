"""Figures in the docs: what measured them is named beside them, and what is told of them elsewhere is what they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from draw_plots import rows_of, share
from folders import ROOT
from reading import spoken

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
MEASURED = re.compile(r"\d (?:ms|s|kB|MB|GB|%)(?:\W|$)|\dx(?:\W|$)|\.\d\d \(\d?\.\d\d")
MEASURES = re.compile(
    r"(?:benchmarks|docs)/\w+\.py|tests/[\w/]+\.py|python -m recurrentgpt\.|`make [\w-]+|recurrentgpt eval|by hand"
)


def sections(page: Path) -> list[str]:
    return re.split(r"^(?=#+ )", page.read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_table_of_figures_names_what_measured_them(page: Path) -> None:
    for section in sections(page):
        if any(line.startswith("|") and MEASURED.search(line) for line in section.splitlines()):
            assert MEASURES.search(section), section[:200]


def changed(language: str) -> dict[str, float]:
    rows = rows_of("evaluation.md", "| passages between | facts", f"**{language}, 96 stories")
    return {row[1]: share(row[3]).value for row in rows if row[0] == "300"}


def recalled(language: str, way: str) -> float:
    rows = rows_of("memory.md", "| recalled by | kind", f"**{language}: ")
    first = next(number for number, row in enumerate(rows) if row[0].startswith(way))
    return share(next(row for row in rows[first:] if row[1] == "all")[3]).value


def told(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


@pytest.mark.parametrize("page", ["README.md", "docs/limits.md", "docs/memory.md"])
def test_what_is_told_of_the_outdated_is_what_was_measured(page: str) -> None:
    english, chinese = changed("English"), changed("Chinese")
    assert english["yes"] == chinese["yes"], "the pages tell one figure for both"
    text = spoken((ROOT / page).read_text(encoding="utf-8"))
    at = re.search(r"outdated (?:was|is) absent", text)
    assert at
    assert told(english["yes"]) in text[at.start() - 130 : at.start() + 130]
    if page != "docs/limits.md":
        assert f"{told(english['no'])} and {told(chinese['no'])}" in text


@pytest.mark.parametrize("page", ["README.md", "docs/limits.md"])
def test_what_is_told_of_recall_is_what_was_measured(page: str) -> None:
    best = "and the best of each cue"
    text = spoken((ROOT / page).read_text(encoding="utf-8"))
    said = rf"{told(recalled('English', best))} (?:\(English\)|in English) and {told(recalled('Chinese', best))} "
    assert re.search(said.replace(".", r"\."), text)
    if page == "README.md":
        assert f"{told(recalled('English', 'cosine'))} by the original's way" in text
