"""The pictures of a report, drawn with matplotlib (the extra ``eval``), small PNG files."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ..schemas.errors import SettingsError
from .judge import CEILING, CRITERIA
from .systems import ABLATIONS, OURS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .statistics import Account, Contradicted, Preference

PREFERENCE, COST, TEXT = "preference.png", "cost.png", "text.png"
_OURS, _OTHER = "#b5432a", "#5b7083"
_DPI = 110


def check() -> None:
    """Whether pictures can be drawn, said before anything costs money.

    Raises:
        SettingsError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise SettingsError("plots_missing")


def _figure(rows: int, columns: int, height: float) -> tuple[Any, Any]:
    """A figure and its axes, without a window system."""
    from matplotlib.figure import Figure  # noqa: PLC0415 (an extra, and slow to import)

    figure = Figure(figsize=(9, height), dpi=_DPI, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for axis in axes.flat:
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=8)
    return figure, axes


def draw_preference(path: Path, found: Sequence[Preference]) -> None:
    """Ours' share against each system, with its interval."""
    systems = list(dict.fromkeys(one.system for one in found))
    figure, axes = _figure(1, len(CRITERIA), 1.4 + 0.35 * len(systems))
    for axis, criterion in zip(axes[0], CRITERIA, strict=True):
        axis.axvline(50, color="#bbbbbb", linewidth=1, linestyle="--")
        for place, system in enumerate(reversed(systems)):
            one = next(one for one in found if (one.system, one.criterion) == (system, criterion))
            if one.rate is None:
                why = "same text" if one.outcomes["same text"] else "no verdict"
                axis.text(50, place, why, ha="center", va="center", fontsize=8, color=_OTHER)
                continue
            mean, low, high = (100 * value for value in one.rate)
            axis.plot([low, high], [place, place], color=_OURS, linewidth=2)
            axis.plot([mean], [place], "o", color=_OURS, fillstyle="full" if one.judged > 1 else "none")
            axis.annotate(f"n={one.judged}", (mean, place), (0, 6), textcoords="offset points", ha="center", fontsize=7)
        axis.set(xlim=(-4, 104), ylim=(-0.6, len(systems) - 0.3), title=f"more {criterion}")
        axis.set_yticks(range(len(systems)), list(reversed(systems)) if axis is axes[0][0] else [""] * len(systems))
        axis.set_xlabel("ours preferred, % (a tie counts half)", fontsize=8)
    figure.suptitle(f"judged by a model; the best agree with people {CEILING} % of the time", fontsize=8)
    figure.savefig(path)


def draw_cost(path: Path, found: Sequence[Account]) -> None:
    """Prompt tokens and seconds of each paragraph in order."""
    figure, axes = _figure(1, 2, 3.6)
    lines = (("input_by_step", "prompt tokens a paragraph"), ("seconds_by_step", "seconds of model calls a paragraph"))
    for axis, (name, title) in zip(axes[0], lines, strict=True):
        for account in found:
            values = getattr(account, name)
            axis.plot(range(1, len(values) + 1), values, marker=".", label=account.system, **_line(account.system))
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("paragraph after the opening", fontsize=8)
        axis.set_ylim(bottom=0)
        axis.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=8)
    figure.savefig(path)


def draw_text(path: Path, found: Sequence[Account], contradicted: Sequence[Contradicted]) -> None:
    """Repetition and contradictions of each system."""
    systems = [account.system for account in found]
    rates = {one.system: one.rate for one in contradicted}
    panels: list[tuple[str, list[float | None]]] = [
        ("distinct-2 (more is better)", [account.repetition.distinct_2 for account in found]),
        ("rep4, % (less is better)", [100 * account.repetition.rep_4 for account in found]),
        ("cross6, % (less is better)", [100 * account.repetition.cross_6 for account in found]),
        ("contradictions per 10,000 words", [rates.get(system) for system in systems]),
    ]
    figure, axes = _figure(2, 2, 1.6 + 0.5 * len(systems))
    for axis, (title, values) in zip(axes.flat, panels, strict=True):
        colours = [_OURS if system == OURS else _OTHER for system in systems]
        bars = axis.barh(systems, [value or 0 for value in values], color=colours, height=0.6)
        labels = ["no answer" if value is None else f"{value:.3g}" for value in values]
        axis.bar_label(bars, labels, padding=3, fontsize=7)
        axis.invert_yaxis()
        axis.set_title(title, fontsize=10)
        axis.margins(x=0.15)
        axis.set_xlim(0, None if any(values) else 1)
    figure.savefig(path)


def _line(system: str) -> dict[str, Any]:
    """Ours thick and behind, its variants dotted, the baselines plain: lines that coincide can still be told apart."""
    if system == OURS:
        return {"color": _OURS, "linewidth": 4, "alpha": 0.6, "zorder": 1}
    if system == "rolling":
        return {"linestyle": "--", "linewidth": 1.5, "zorder": 3}
    return {"linestyle": ":" if system in ABLATIONS else "-", "linewidth": 1.5}
