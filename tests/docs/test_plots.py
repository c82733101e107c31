"""The plots of the docs are made of the tables beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import draw_plots
from bench import save
from folders import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted(ROOT.glob("docs/*.md"))


@pytest.mark.parametrize("name", draw_plots.PLOTS)
def test_a_plot_is_what_its_table_says(name: str, tmp_path: Path) -> None:
    save(draw_plots.PLOTS[name](), tmp_path, name)
    kept = (ROOT / "docs" / "pictures" / f"{name}.svg").read_text(encoding="utf-8")
    assert (tmp_path / f"{name}.svg").read_text(encoding="utf-8") == kept, "run: make plots"


def test_every_plot_is_shown_once() -> None:
    shown = [name for page in PAGES for name in re.findall(r"\(pictures/(\w+)\.svg\)", page.read_text())]
    assert sorted(set(shown) & set(draw_plots.PLOTS)) == sorted(draw_plots.PLOTS)
    assert len(shown) == len(set(shown))


def test_what_a_table_says_is_read_as_it_is() -> None:
    ways = draw_plots.rows_of("memory.md", "| recalled by | kind", "**Chinese: 117 paragraphs")
    assert ways[-1][1:3] == ["all", "45"]
    assert ways[0][0] == "cosine of paragraphs (the original's way)"
    assert draw_plots.share("0.93 (0.84-1.00)") == (0.93, 0.84, 1.0)
    assert draw_plots.number("1,625.75 s (scaled)") == 1625.75
    with pytest.raises(StopIteration):
        draw_plots.rows_of("memory.md", "| no such heading")
