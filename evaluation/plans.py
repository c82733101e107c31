"""How different the plans are that are proposed together: with the request for plans that differ in kind, and without.

The prompts are those of the gate that proposes plans, after a passage each; one arm has the request as it is, in the
other it asks for different plans and does not say in what. What a capable model answered goes through the gate again.
Told of each set of plans: how near they are in meaning (the cosine of their vectors) and in words, and of every two of
them whether they differ in what happens, to whom, and in what tone, by labels given by hand.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from rich.console import Console
from rich.table import Table

from ..nodes import propose_plans
from ..nodes.likeness import likeness
from ..nodes.resources import Resources, default_resources
from ..prompts import load
from ..schemas.context import Context
from ..schemas.modes import AUTHOR
from .asking import run_gate
from .change_recorded import RecordedModel
from .experiment import LANGUAGE
from .intervals import bootstrap
from .voice_recorded import premise_of
from .voice_study import WITHOUT, Situation, data, situations
from .voice_study import answers as passages_written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langchain_core.embeddings import Embeddings

    from .intervals import Interval

IN_KIND, DIFFERENT = "in kind", "different"
ARMS = (DIFFERENT, IN_KIND)
"""The request without the word on kinds, and as the project has it."""
LABELS = ("what", "whom", "tone")
"""In what two plans can differ: what happens, to whom, in what tone."""
_KINDS = "different in kind (what happens, to whom, in what tone)"
_MODEL = "recorded"
_COUNT = 3
_PLACES = 10
FIGURES = ("cosine", "words in common", *LABELS, "all three")


@dataclass(frozen=True)
class Answered:
    """Plans that were proposed together.

    Attributes:
        plans: as the gate kept them.
        labels: of each, by hand: what happens, to whom, in what tone; empty where nobody labelled them.
    """

    plans: tuple[str, ...]
    labels: tuple[tuple[str, str, str], ...] = ()


class Planner(RecordedModel):
    """A chat model that gives the plans it is handed."""

    given: Any = None

    def _answer(self, messages: list[Any], schema: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 (the parent's)
        self.asked = messages
        return {"plans": self.given}


class Proposing:
    """Has plans proposed for the situations by a model that gives answers again; for a ``with`` block."""

    def __init__(self) -> None:
        """A gate with an empty long-term memory."""
        self._model = Planner()
        self._folder = TemporaryDirectory()
        ours = default_resources()
        settings = ours.settings.model_copy(update={"home": Path(self._folder.name), "qdrant_url": ""})
        self._resources = Resources(settings, {_MODEL: lambda: self._model})

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind."""
        self._resources.close()
        self._folder.cleanup()

    def propose(self, situation: Situation, arm: str, plans: Sequence[str]) -> tuple[str, ...]:
        """The plans that an answer puts on the table.

        Raises:
            GateError: the gate refuses the answer.
        """
        self._model.given = [{"text": plan, "recall": ["-"]} for plan in plans]
        own = {} if arm == IN_KIND else {propose_plans.name: request(arm)}
        context = Context(model=_MODEL, plan_count=_COUNT, plan_sentences=2, tries=1, prompts=own, use_facts=False)
        update = run_gate(propose_plans, _state(situation), context, self._resources)
        return tuple(plan["text"] for plan in update["plans"])

    def prompt(self, situation: Situation, arm: str) -> str:
        """What a model is told of a situation: the system part, a line, the passage before, a line, the request."""
        self.propose(situation, arm, [f"{number} {situation.plan} {number}" * 2 for number in range(_COUNT)])
        return "\n\n-----\n\n".join(message.text for message in self._model.asked)


def places() -> list[Situation]:
    """The stories that plans are asked for in: the first ten of those that samples are measured with."""
    return situations()[:_PLACES]


def request(arm: str) -> str:
    """The template of the request for plans, as an arm has it."""
    spec = next(one for one in propose_plans.record.prompts if one.name == propose_plans.name)
    template = load(spec, LANGUAGE, AUTHOR).template
    if _KINDS not in template:
        msg = f"The request for plans does not say {_KINDS!r} any longer: change evaluation/plans.py with it."
        raise ValueError(msg)
    return template if arm == IN_KIND else template.replace(_KINDS, "different")


def _state(situation: Situation) -> dict[str, Any]:
    return {
        **premise_of(situation),
        "story_id": "plans",
        "prompt": situation.paragraph,
        "paragraph": passages_written()[WITHOUT][situation.id],
        "short_term_memory": f"{situation.memory} {situation.plan}",
        "step": 2,
        "after_review": "",
    }


def answers() -> dict[str, dict[str, list[dict[str, str]]]]:
    """The recorded answers by arm, by situation: plans with their labels."""
    recorded: dict[str, dict[str, list[dict[str, str]]]] = {arm: {} for arm in ARMS}
    for one in data("plans-answers"):
        recorded[one["arm"]][one["id"]] = one["plans"]
    return recorded


def answers_in(folder: Path) -> dict[str, dict[str, list[dict[str, str]]]]:
    """Answers that stand in files, ``<arm>-<situation>.json`` each, a list of texts: by arm, by situation.

    Raises:
        ValueError: one is missing.
    """
    found: dict[str, dict[str, list[dict[str, str]]]] = {arm: {} for arm in ARMS}
    for arm in ARMS:
        for one in places():
            file = folder / f"{_file_of(arm, one)}.json"
            if not file.exists():
                msg = f"There is no answer {file.name} in {folder}: every prompt needs one."
                raise ValueError(msg)
            found[arm][one.id] = [{"text": text} for text in json.loads(file.read_text(encoding="utf-8"))]
    return found


def _file_of(arm: str, situation: Situation) -> str:
    return f"{arm.replace(' ', '-')}-{situation.id}"


def proposed(recorded: Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]]) -> dict[str, list[Answered]]:
    """What the gate keeps of answers, by arm, in the situations' order."""
    made: dict[str, list[Answered]] = {arm: [] for arm in ARMS}
    with Proposing() as gate:
        for arm in ARMS:
            for one in places():
                plans = recorded[arm][one.id]
                kept = gate.propose(one, arm, [plan["text"] for plan in plans])
                labels = tuple((plan["what"], plan["whom"], plan["tone"]) for plan in plans if "what" in plan)
                made[arm].append(Answered(kept, labels))
    return made


def figures(sets: Sequence[Answered], embeddings: Embeddings) -> dict[str, list[float]]:
    """Of each set of plans, the mean over every two of them; of labels, the share of pairs that differ."""
    found: dict[str, list[float]] = {name: [] for name in FIGURES}
    for one in sets:
        vectors = np.asarray(embeddings.embed_documents(list(one.plans)))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        words = [LANGUAGE.words(plan) for plan in one.plans]
        pairs = list(combinations(range(len(one.plans)), 2))
        found["cosine"].append(float(np.mean([vectors[a] @ vectors[b] for a, b in pairs])))
        found["words in common"].append(float(np.mean([likeness(words[a], words[b]) for a, b in pairs])))
        if one.labels:
            differ = np.array([[x != y for x, y in zip(one.labels[a], one.labels[b], strict=True)] for a, b in pairs])
            for name, share in zip(LABELS, differ.mean(axis=0), strict=True):
                found[name].append(float(share))
            found["all three"].append(float(differ.all(axis=1).mean()))
    return {name: values for name, values in found.items() if values}


def compared(before: Mapping[str, list[float]], after: Mapping[str, list[float]]) -> dict[str, tuple[Interval, ...]]:
    """Each figure without and with the word on kinds, and the change, with 95 % intervals over the situations."""
    return {
        name: (
            bootstrap(values),
            bootstrap(after[name]),
            bootstrap([new - old for old, new in zip(values, after[name], strict=True)]),
        )
        for name, values in before.items()
    }


def write_prompts(folder: Path) -> None:
    """Write what a model is asked for to files, ``<arm>-<situation>.txt`` each, to be answered."""
    folder.mkdir(parents=True, exist_ok=True)
    with Proposing() as gate:
        for arm in ARMS:
            for one in places():
                (folder / f"{_file_of(arm, one)}.txt").write_text(gate.prompt(one, arm), encoding="utf-8")


def main() -> None:
    """Print how different the plans are, or write the prompts."""
    parser = argparse.ArgumentParser(prog="plans", description=__doc__)
    parser.add_argument("--prompts", type=Path, help="write what a model is asked to files in this folder instead")
    parser.add_argument("--answers", type=Path, help="answers to these, a JSON list of three texts each, as .json")
    given = parser.parse_args()
    if given.prompts:
        write_prompts(given.prompts)
        return
    made = proposed(answers_in(given.answers) if given.answers else answers())
    embeddings = default_resources().memories.embedder.embeddings
    found = compared(*(figures(made[arm], embeddings) for arm in ARMS))
    table = Table("every two plans", "asked for “different”", "asked for “in kind”", "change", box=None)
    for name, row in found.items():
        table.add_row(f"differ in {name}" if name in {*LABELS, "all three"} else name, *map(str, row))
    Console(width=120, file=sys.stdout).print(table)


if __name__ == "__main__":
    main()
