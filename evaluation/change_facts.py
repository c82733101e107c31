"""What is kept of the recorded answers of the experiment ``change``: for people to judge, and how much of what holds.

``python -m recurrentgpt.evaluation.change --kept FILE`` writes a line a passage: its text, the facts and the ends that
were kept, each with ``"ok": null``. Judged by hand (``true``: the passage makes it so, on that level; of an end: it is
so no longer), the lines stand in ``data/change-judged-<language>.jsonl``; the precision is printed with the figures.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..schemas.facts import ENDS, fold
from .change_data import MAIN, data_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ..schemas.entries import Entry
    from ..schemas.facts import FactState
    from .change_data import Branch, Situation
    from .change_telling import State, Teller


@dataclass(frozen=True)
class Kept:
    """What was kept of the answers on a branch's own passages.

    Attributes:
        lines: a passage each, to be judged.
        left_out: what its answers did not prove.
        states: whether facts that stand after the change say all that holds; ``None`` where a person's edit decides it.
    """

    lines: list[dict[str, Any]]
    left_out: int
    states: bool | None

    @property
    def facts(self) -> int:
        """How many facts were kept."""
        return sum(len(line["facts"]) for line in self.lines)

    @property
    def ends(self) -> int:
        """How many ends were kept."""
        return sum(len(line["ends"]) for line in self.lines)


def kept_of(told_by: Teller, told: State, situation: Situation, branch: Branch) -> Kept:
    """What was kept of a branch's answers."""
    entries = told_by.entries(told)
    history = fold(entries)
    said = [_line(state) for state in history.holding if state.fact.frame == "now" and state.fact.kind == "state"]
    states = all(any(claim.is_said_by(line) for line in said) for claim in branch.holds)
    own = range(branch.own_from if branch.name != MAIN else 0, len(entries))
    texts = {name: state.fact.text for name, state in history.facts.items()}
    lines = [
        {"id": situation.id, "variant": branch.name, "passage": place, "text": entries[place].text}
        | _to_judge(entries[place], texts)
        for place in own
    ]
    return Kept(lines, sum(told["left_out"][place] for place in own), None if branch.edit else states)


def precision(language: str, known: Collection[str]) -> dict[str, tuple[int, int]]:
    """How many of the judged facts and ends of some situations are right, and how many there are."""
    judged_lines = map(json.loads, data_text(f"change-judged-{language}.jsonl").splitlines())
    lines = [line for line in judged_lines if line["id"] in known]
    found = {}
    for what in ("facts", "ends"):
        judged = [item["ok"] for line in lines for item in line[what] if item["ok"] is not None]
        if judged:
            found[what] = (sum(judged), len(judged))
    return found


def _line(state: FactState) -> str:
    """A fact as a prompt has it, in lower case: who knows it is part of what it says."""
    return f"{state.fact.text} ({', '.join(state.known_by)})".lower()


def _to_judge(entry: Entry, texts: Mapping[str, str]) -> dict[str, Iterable[dict[str, Any]]]:
    return {
        "facts": [
            {"fact": fact.text, "kind": fact.kind, "frame": fact.frame, "knows": list(fact.known_by)}
            | {"says": fact.quote, "ok": None}
            for fact in entry.facts
        ],
        "ends": [
            {"of": texts[change.fact], "how": change.what, "by": texts.get(change.by, ""), "says": change.quote}
            | {"ok": None}
            for change in entry.changes
            if change.what in ENDS
        ],
    }
