"""Draw the plots of the documentation from its own tables, so that text and pictures have the same figures.

``python docs/draw_plots.py`` (``make plots``) writes them anew; which script measured what is said beside each table.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from bench import canvas, panels, save

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures"
_BLUE, _ORANGE, _GREEN, _GREY = "#1f5fa8", "#c1662b", "#4f8a4f", "#8a8a8a"
_SHADES = {
    "English, 10 passages between": "#a9c4e2",
    "English, 50 passages between": "#6595c8",
    "English, 300 passages between": _BLUE,
    "Chinese, 10 passages between": "#b9d3b9",
    "Chinese, 50 passages between": "#84ae84",
    "Chinese, 300 passages between": _GREEN,
}
"""The farther away, the darker."""


class Interval(NamedTuple):
    """A share as a table has it: the value, and where its 95 % interval begins and ends."""

    value: float
    low: float
    high: float


def rows_of(page: str, heading: str, after: str = "") -> list[list[str]]:
    """The rows of the first table of a page whose heading row begins so, behind some words."""
    text = (DOCS / page).read_text(encoding="utf-8")
    lines = text[text.index(after) :].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(heading))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")])
    return found


def number(cell: str) -> float:
    """The first number of a cell."""
    return float(re.findall(r"[\d.,]*\d", cell)[0].replace(",", ""))


def share(cell: str) -> Interval:
    """A share with its interval in brackets."""
    value, low, high = map(float, re.findall(r"\d?\.\d+|\d+\.\d+", cell)[:3])
    return Interval(value, low, high)


def step_cost() -> Any:  # noqa: ANN401 (Matplotlib's figure)
    """Our own time a step against the number of passages, beside a bare loop and the original's way."""
    rows = rows_of("costs.md", "| paragraphs | ours, a step | slowest | a bare loop's calls")
    counts = [number(row[0]) for row in rows]
    figure, axes = canvas()
    for place, label, colour, unit in (
        (4, "the original's way: encode all again", _ORANGE, 1.0),
        (1, "ours, a step", _BLUE, 1000.0),
        (3, "a bare loop's calls", _GREY, 1000.0),
    ):
        axes.plot(counts, [number(row[place]) / unit for row in rows], "o-", label=label, color=colour)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(counts, [f"{count:,.0f}" for count in counts])
    axes.minorticks_off()
    axes.set_xlabel("paragraphs")
    axes.set_ylabel("seconds a step")
    axes.legend(frameon=False)
    return figure


def recall_time() -> Any:  # noqa: ANN401
    """How long a recall takes against the number of passages."""
    rows = rows_of("memory.md", "| paragraphs | open | processor")
    counts = [number(row[0]) for row in rows]
    figure, axes = canvas()
    for place, label, colour in ((4, "a recall (median)", _BLUE), (1, "opening the folder", _GREY)):
        axes.plot(counts, [number(row[place]) for row in rows], "o-", label=label, color=colour)
    axes.set_xticks(counts, [f"{count:,.0f}" for count in counts])
    axes.set_ylim(bottom=0)
    axes.set_xlabel("paragraphs")
    axes.set_ylabel("seconds")
    axes.legend(frameon=False)
    return figure


def recall() -> Any:  # noqa: ANN401
    """How often the needed passage is among the first three, by each way of recalling."""
    ways: dict[str, list[Interval]] = {}
    for language in ("**English: 126 paragraphs", "**Chinese: 117 paragraphs"):
        way = ""
        for row in rows_of("memory.md", "| recalled by | kind", language):
            way = row[0] or way
            if row[1] == "all":
                ways.setdefault(way, []).append(share(row[3]))
    return bars(ways, ("English", "Chinese"), "needed passage among the first three (hit@3)")


def change() -> Any:  # noqa: ANN401
    """How often the outdated is absent or marked, so many passages after the change."""
    figure, axes = canvas()
    for language, style in (("English", "o-"), ("Chinese", "s--")):
        rows = rows_of("evaluation.md", "| passages between | facts", f"**{language}, 96 stories")
        for facts, colour in (("yes", _BLUE), ("no", _ORANGE)):
            of = [(number(row[0]), share(row[3])) for row in rows if row[1] == facts]
            label = f"{language}, {'with' if facts == 'yes' else 'without'} facts"
            axes.plot(range(len(of)), [found.value for _, found in of], style, color=colour, label=label)
            axes.vlines(
                range(len(of)), [found.low for _, found in of], [found.high for _, found in of], color=colour, lw=0.8
            )
            axes.set_xticks(range(len(of)), [f"{count:.0f}" for count, _ in of])
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("passages between the change and the plan")
    axes.set_ylabel("outdated absent or marked")
    axes.legend(frameon=False, loc="center right")
    return figure


def beside_others() -> Any:  # noqa: ANN401
    """What each project's memory gives of what holds and of what is outdated, by language and passages between."""
    found: dict[str, dict[str, list[str]]] = {}
    for language in ("English", "Chinese"):
        for row in rows_of("memory.md", "| memory | between", f"{language}, `beside_peers.py changes"):
            found.setdefault(row[0], {})[f"{language}, {row[1]} passages between"] = row
    names = sorted({name for rows in found.values() for name in rows}, key=list(_SHADES).index)
    figure, places = panels(2)
    figure.set_size_inches(8, 0.7 * len(found) + 1.6)
    for axes, cell, label in ((places[0], 2, "what holds is there"), (places[1], 3, "outdated absent or marked")):
        groups = {
            who: [share(rows[name][cell]) if name in rows else None for name in names] for who, rows in found.items()
        }
        lying(axes, groups, {name: _SHADES[name] for name in names}, label)
    figure.get_layout_engine().set(wspace=0.06)
    figure.supxlabel("share of the situations", fontsize="medium")
    figure.legend(*places[0].get_legend_handles_labels(), frameon=False, loc="outside upper center", ncols=2)
    return figure


def bars(groups: dict[str, list[Interval]], names: Sequence[str], label: str) -> Any:  # noqa: ANN401
    """A figure of lying bars."""
    figure, axes = canvas()
    figure.set_size_inches(7, 0.55 * len(groups) + 1.2)
    lying(axes, groups, dict(zip(names, (_BLUE, _GREEN), strict=True)), label)
    axes.legend(frameon=False, loc="upper right")
    return figure


def lying(
    axes: Any,  # noqa: ANN401
    groups: Mapping[str, Sequence[Interval | None]],
    colours: Mapping[str, str],
    label: str,
) -> None:
    """Lying bars with their intervals, a group a line; what was not measured has none."""
    height = 0.8 / len(colours)
    for place, (name, colour) in enumerate(colours.items()):
        here = [(line, of[place]) for line, of in enumerate(groups.values())]
        at, found = zip(*((line, one) for line, one in here if one), strict=True)
        middle = [line + (place - (len(colours) - 1) / 2) * height for line in at]
        axes.barh(middle, [one.value for one in found], height * 0.9, color=colour, label=name)
        axes.hlines(middle, [one.low for one in found], [one.high for one in found], color="#333333", lw=0.8)
    axes.set_yticks(range(len(groups)), list(groups))
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.set_xlim(0, 1.02)
    axes.set_xlabel(label)


PLOTS: dict[str, Callable[[], Any]] = {
    "step_cost": step_cost,
    "recall_time": recall_time,
    "recall": recall,
    "change": change,
    "beside_others": beside_others,
}


def main() -> None:
    """Write every plot."""
    for name, draw in PLOTS.items():
        save(draw(), PICTURES, name)


if __name__ == "__main__":
    main()
