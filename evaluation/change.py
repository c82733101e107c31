"""Does the prompt of a step hold what is true now, and not state the outdated as true?

Run it: ``python -m recurrentgpt.evaluation.change``. Situations are told to the real memory through the gates' own
code, with recorded answers of a capable writer (or, ``--weak``, deliberately bad ones); then come 10, 50 or 300
passages about other people, the passage before the plan, and the plan. :mod:`.change_checks` says what is asked of its
prompt.
It takes the embedding model that the environment names, and no language model.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from .change_answers import recording
from .change_checks import Finding, check
from .change_data import load_situations
from .change_facts import Kept, kept_of, precision
from .change_fillers import MOST, after_fillers, store_fillers
from .change_prompt import take_apart
from .change_recorded import OpenQuestionError, RecordedModel
from .change_telling import teller
from .intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from .change_data import Branch, Situation
    from .change_recorded import Place, RecordedAnswer
    from .change_telling import State, Teller

DISTANCES = (10, 50, MOST)
_HOW = {True: "with", False: "without"}
"""The folders of prompts and passages, with facts and without."""


@dataclass(frozen=True)
class Case:
    """A prompt that was looked at.

    Attributes:
        situation: whose.
        branch: which of its branches.
        distance: how many other passages lie between.
        use_facts: whether the run looks facts up.
        finding: what it says.
        prompt: the whole of it.
    """

    situation: Situation
    branch: Branch
    distance: int
    use_facts: bool
    finding: Finding
    prompt: str

    @property
    def name(self) -> str:
        """A file's name for it."""
        return f"{self.situation.id}-{self.branch.name}-{self.distance}"


@dataclass
class Measured:
    """What was found in a language.

    Attributes:
        cases: every prompt.
        kept: what was kept of each passage's recorded answer, and whether it says what holds.
        unanswered: situations that have not all of their answers yet.
    """

    cases: list[Case] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)


def measure(
    language: str,
    situations: Sequence[Situation],
    answers: Mapping[Place, RecordedAnswer],
    distances: Sequence[int] = DISTANCES,
) -> Measured:
    """Tell situations, and look at the prompts of their plans.

    Args:
        language: theirs.
        situations: which.
        answers: what was recorded for their passages.
        distances: how many other passages lie between.
    """
    found = Measured()
    model = RecordedModel(answers=dict(answers))
    with teller(language, model) as told_by:
        store_fillers(told_by, max(distances))
        for situation in situations:
            for branch in situation.branches:
                try:
                    model.unanswered = False
                    told = told_by.tell_all(situation, branch)
                except OpenQuestionError:
                    found.unanswered.append(situation.id)
                    break
                model.unanswered = True  # The passage before the plan is told without facts where it has no answer.
                found.kept.append(kept_of(told_by, told, situation, branch))
                for distance in distances:
                    found.cases.extend(_cases(told_by, told, situation, branch, distance))
    return found


def _cases(told_by: Teller, told: State, situation: Situation, branch: Branch, distance: int) -> Iterable[Case]:
    """The prompts of a plan, with and without facts, so many passages later."""
    first = len(branch.passages)
    state = told_by.last(after_fillers(told, distance), situation, branch)
    if branch.edit:
        state = told_by.edit(state, *branch.edit)
    for use_facts in (True, False):
        made, messages = told_by.prompt(state, situation, use_facts=use_facts)
        pieces = take_apart(made, messages, told_by.turn(made))
        finding = check(pieces, branch, situation.kind, range(first, first + distance))
        prompt = "\n\n".join(message.text for message in messages)
        yield Case(situation, branch, distance, use_facts, finding, prompt)


FIGURES: dict[str, Callable[[Finding], bool | None]] = {
    "what holds is there": lambda finding: finding.present,
    "outdated absent or marked": lambda finding: finding.clean,
    "newer before older": lambda finding: finding.newer_first,
    "(outdated absent, marked or overruled)": lambda finding: finding.overruled,
    "(newer nearer the end)": lambda finding: finding.nearer if finding.stated else None,
}
"""What is asked of a prompt; ``None``: it is not asked of this one."""


def rate(cases: Iterable[Case], figure: Callable[[Finding], bool | None]) -> tuple[int, int]:
    """How many cases have it, and of how many it is asked."""
    asked = [answer for case in cases if (answer := figure(case.finding)) is not None]
    return sum(asked), len(asked)


def shown(hits: int, of: int) -> str:
    """A rate with its interval and n."""
    return f"{wilson(hits, of)} {hits}/{of}" if of else "–"


def print_figures(language: str, found: Measured, console: Console) -> None:
    """The three figures by distance, with facts and without, and where what holds was found."""
    distances = sorted({case.distance for case in found.cases})
    table = Table("passages between", "facts", *FIGURES, title=f"{language}: figures, 95 % intervals (Wilson)")
    for distance in distances:
        for use_facts in (True, False):
            of = [case for case in found.cases if (case.distance, case.use_facts) == (distance, use_facts)]
            table.add_row(
                str(distance), "yes" if use_facts else "no", *(shown(*rate(of, asked)) for asked in FIGURES.values())
            )
    console.print(table)
    for use_facts in (True, False):
        places = Counter(
            place or "nowhere" for case in found.cases if case.use_facts == use_facts for place in case.finding.found_in
        )
        said = ", ".join(f"{place} {count}" for place, count in places.most_common())
        console.print(f"Where what holds stands, {'with' if use_facts else 'without'} facts: {said}")


def print_kinds(language: str, found: Measured, console: Console) -> None:
    """The figures of each kind of situation, over all distances: hits of n, with facts / without."""
    table = Table("kind", *FIGURES, title=f"{language}: by kind, with facts / without")
    for kind in dict.fromkeys(case.situation.kind for case in found.cases):
        row = []
        for asked in FIGURES.values():
            pairs = [
                rate((c for c in found.cases if c.situation.kind == kind and c.use_facts == use_facts), asked)
                for use_facts in (True, False)
            ]
            row.append(" / ".join(f"{hits}/{of}" for hits, of in pairs))
        table.add_row(kind, *row)
    console.print(table)


def print_extraction(language: str, found: Measured, console: Console) -> None:
    """What was kept of the recorded answers, how much of what holds it says, and what was judged of it by hand."""
    stated = [kept.states for kept in found.kept if kept.states is not None]
    console.print(
        f"{language}: {sum(kept.facts for kept in found.kept)} facts and {sum(kept.ends for kept in found.kept)} ends "
        f"kept, {sum(kept.left_out for kept in found.kept)} left out as not proved. "
        f"What holds is stated by a fact that stands after the change: {shown(sum(stated), len(stated))}"
    )
    known = {case.situation.id for case in found.cases}
    for what, (hits, of) in precision(language, known).items():
        console.print(f"Judged right, of the {what}: {shown(hits, of)}")


def _print_misses(found: Measured, console: Console) -> None:
    for case in found.cases:
        finding = case.finding
        if case.use_facts and not (finding.present and finding.clean and finding.newer_first is not False):
            head = f"{case.situation.id} {case.branch.name} {case.distance}"
            console.print(f"{head}: found in {finding.found_in}, stands {finding.stands}", markup=False)
            for claim, place in zip(case.branch.holds, finding.found_in, strict=True):
                if not place:
                    console.print(f"    missing: {claim.says}", markup=False)
            for sentence in finding.unmarked:
                console.print(f"    unmarked: {sentence}", markup=False)


def _write_prompts(folder: Path, found: Measured) -> None:
    for case in found.cases:
        path = folder / _HOW[case.use_facts] / f"{case.name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(case.prompt, encoding="utf-8")


def main() -> None:
    """Print the tables of each language that is asked for."""
    parser = argparse.ArgumentParser(prog="change", description=__doc__)
    parser.add_argument("languages", nargs="*", default=["en", "zh"], help="en, zh")
    parser.add_argument("--weak", action="store_true", help="with the deliberately weak answers")
    parser.add_argument("--later", action="store_true", help="the few situations that nothing was mended by")
    parser.add_argument("--distances", type=int, nargs="+", default=DISTANCES, help="passages between")
    parser.add_argument("--ids", nargs="+", help="these situations only")
    parser.add_argument("--misses", action="store_true", help="say what is missing or unmarked where")
    parser.add_argument("--kept", type=Path, help="write what was kept of each answer here, to be judged")
    parser.add_argument("--prompts", type=Path, help="write each prompt here, in with/ and without/, to be answered")
    given = parser.parse_args()
    console = Console(width=160, file=sys.stdout)
    lines: list[dict[str, Any]] = []
    for language in given.languages:
        every = load_situations(language, later=given.later)
        situations = [one for one in every if not given.ids or one.id in given.ids]
        answers = recording(language, weak=given.weak, later=given.later).answers
        found = measure(language, situations, answers, given.distances)
        print_figures(language, found, console)
        print_kinds(language, found, console)
        print_extraction(language, found, console)
        if found.unanswered:
            console.print(f"Not all answered yet, and left out: {' '.join(found.unanswered)}")
        if given.misses:
            _print_misses(found, console)
        if given.prompts:
            _write_prompts(given.prompts / language, found)
        lines.extend(line for kept in found.kept for line in kept.lines)
    if given.kept:
        given.kept.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
