"""The sections of a report that say every figure: each system's mean, and ours less each other, paired by topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .novel_figures import ERRORS, FIGURES, RESULTS, difference, mean_of
from .report_tables import table
from .systems import BARE, OURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .novel_figures import Figure, Row

_NONE = "–"
_AT_A_TIME = 6
"""Columns of figures that one table has."""


def figures_section(rows: Sequence[Row]) -> str:
    """Every system's mean of every figure."""
    if not rows:
        return ""
    systems = list(dict.fromkeys(row.system for row in rows))
    tables = [
        table(
            ("system", *(figure.title for figure in part)),
            [(system, *(_value(mean_of(rows, system, figure.name), figure) for figure in part)) for system in systems],
        )
        for part in _parts(_known(rows))
    ]
    return "\n\n".join(
        (
            "## Every figure",
            (
                f"Means over the novels that have the figure; every novel's own is in `{RESULTS}`. What needs no judge "
                "stands first. *Change respected*: shown what holds since the middle of the book, and nowhere after it "
                "what held before. *Memory kept*: sentences of a short-term memory that stand in the next to the "
                "letter. *Plans apart*: one less the mean cosine of each two plans on a table. *Decline*: the score "
                "(0 to 100) of a piece of the first third, less that of one of the last. What the reader is asked: "
                "who uses what they cannot know, what comes in an impossible order, what the first half promises and "
                "what answers it, and what holds of the planted change at the end."
            ),
            *tables,
        )
    )


def differences_section(rows: Sequence[Row]) -> str:
    """Ours less each other system."""
    others = [system for system in dict.fromkeys(row.system for row in rows) if system != OURS]
    if not others or not any(row.system == OURS for row in rows):
        return ""
    tables = [
        table(
            ("ours less", *(_titled(figure) for figure in part)),
            [(system, *(_difference(rows, figure, OURS, system) for figure in part)) for system in others],
        )
        for part in _parts(_known(rows))
    ]
    return "\n\n".join(
        (
            "## Ours less each other, paired by topic",
            (
                "The mean difference over the topics on which both have the figure, its 95 % interval in brackets (BCa "
                "bootstrap, 10,000 resamples; none over a single topic). An arrow says which way is better. Where an "
                "interval holds 0, nothing is shown."
            ),
            *tables,
        )
    )


def errors_section(rows: Sequence[Row]) -> str:
    """What is wrong in the books, beside the same model in a bare loop."""
    systems = list(dict.fromkeys(row.system for row in rows))
    known = [figure for figure in _known(rows) if figure.name in ERRORS]
    if BARE not in systems or not known:
        return ""
    head = ("system", *(name for figure in known for name in (figure.title, f"less the bare loop's ({BARE})")))
    lines = [
        (
            system,
            *(
                cell
                for figure in known
                for cell in (
                    _value(mean_of(rows, system, figure.name), figure),
                    _NONE if system == BARE else _difference(rows, figure, system, BARE),
                )
            ),
        )
        for system in systems
    ]
    return "\n\n".join(
        (
            "## Errors of the book, beside the same model in a bare loop",
            (
                "What a judge or the reader names with two quotes that the text holds to the letter. A rate says as "
                "much of the model as of the system: read the difference."
            ),
            table(head, lines),
        )
    )


def _known(rows: Sequence[Row]) -> list[Figure]:
    return [figure for figure in FIGURES if any(row.values[figure.name] is not None for row in rows)]


def _parts(figures: list[Figure]) -> list[list[Figure]]:
    return [figures[first : first + _AT_A_TIME] for first in range(0, len(figures), _AT_A_TIME)]


def _titled(figure: Figure) -> str:
    return f"{figure.title} {({'more': '↑', 'less': '↓', '': ''})[figure.better]}".strip()


def _value(value: float | None, figure: Figure, *, signed: bool = False) -> str:
    if value is None:
        return _NONE
    sign = "+" if signed else ""
    if figure.is_share:
        return f"{100 * value:{sign}.0f} %"
    return f"{value:{sign},.0f}" if abs(value) >= 100 else f"{value:{sign}.2f}"  # noqa: PLR2004 (where digits tire)


def _difference(rows: Sequence[Row], figure: Figure, of: str, less: str) -> str:
    found = difference(rows, figure.name, of, less)
    mean = _value(found.mean, figure, signed=True)
    if found.interval is None:
        return mean
    low, high = (_value(bound, figure, signed=True) for bound in found.interval[1:])
    return f"{mean} ({low} to {high})"
