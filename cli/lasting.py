"""Plans for several passages in the terminal: how one asks for them, goes on with them, changes and drops them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .words import every, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.state import Plan

_CHANGE = re.compile(r"([0-9]{1,3})\s*[:：]\s*(.+)")


def _for() -> str:
    """What begins to say for how many."""
    return f"(?:{'|'.join(map(re.escape, every('say_for')))})"


def _counted() -> str:
    """What may stand behind how many."""
    return f"(?: ?(?:{'|'.join(map(re.escape, every('say_counted')))}))?"


def _is_for(typed: str) -> re.Match[str] | None:
    return re.fullmatch(rf"{_for()} ?([0-9]{{1,3}}){_counted()}(?:\s*[:：]\s*(.+))?", typed)


def _is_drop(typed: str) -> re.Match[str] | None:
    return re.fullmatch(rf"(?:{'|'.join(map(re.escape, every('say_drop')))})(?: ?([0-9]{{1,3}}))?", typed)


def answer_for_several(typed: str, plans: Sequence[Plan]) -> object | None:
    """What was typed, where it speaks of a plan for several passages, as an answer to the pause.

    Args:
        typed: the line; an empty one goes on with the plan that is followed.
        plans: those on the table.
    """
    if not typed:
        return 1 if plans[0].get("passages") else None
    if found := _is_for(typed):
        plan = found[2] or "1"
        named: dict[str, object] = {"plan": int(plan)} if plan.isdecimal() else {"instruction": plan}
        return {**named, "passages": int(found[1])}
    if found := _is_drop(typed):
        return {"plan": int(found[1] or 1), "passages": 0}
    found = _CHANGE.fullmatch(typed)
    if found and 1 <= int(found[1]) <= len(plans):
        lasts = plans[int(found[1]) - 1].get("passages")
        return {"plan": int(found[1]), "instruction": found[2]} if lasts else {"instruction": found[2]}
    return None


def is_unfinished(typed: str) -> bool:
    """Whether a line begins to speak of such a plan and does not say what, or for how many: no plan in itself."""
    return bool(
        re.fullmatch(rf"(?:{_for()} ?[0-9]{{1,3}}{_counted()}|[0-9]{{1,3}})\s*[:：]\s*|{_for()} ?0+\b.*", typed)
    )


def progress(plan: Plan) -> str:
    """How far a plan for several passages is, and what is told of it; empty for any other."""
    if not plan.get("passages"):
        return ""
    told = plan.get("told", [])
    line = t("plan_spent", spent=len(told), count=plan["passages"])
    return "\n".join([line, *(t("plan_told", summary=one["summary"]) for one in told)])
