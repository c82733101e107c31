"""What an evaluation will cost, before it begins: calls and tokens by formula, to be held against what was used.

Money is not estimated: no library that this project uses keeps the providers' prices.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from .outline import SCENES_A_PART
from .systems import ABLATIONS, OURS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..schemas.context import Context
    from .experiment import Experiment

_SENTENCE = 25
"""Tokens that a sentence is taken to have."""
_SYSTEM, _TASK = 400, 120
"""Tokens of premise and outline, and of a gate's own request."""
_UNBOUNDED = 10**9


@dataclass(frozen=True)
class Estimate:
    """Calls and tokens."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
        )

    def times(self, count: int) -> Estimate:
        """So often."""
        return Estimate(self.calls * count, self.input_tokens * count, self.output_tokens * count)


class _Sizes(NamedTuple):
    """Tokens of the parts of a prompt."""

    paragraph: int
    memory: int
    plan: int
    plans: int
    opening: int
    budget: int


def estimate(wanted: Experiment) -> dict[str, Estimate]:
    """By system, and for the ``judge`` and the ``reader``, what the whole evaluation will ask for.

    A question that several systems have in common, such as the opening, counts for each of them, and is asked once.
    """
    total: dict[str, Estimate] = {}
    sizes = _sizes(wanted.context)
    for genre in wanted.genres:
        paragraphs = wanted.paragraphs[genre]
        parts = {
            system: _opening(sizes) + _system(system, paragraphs, sizes, wanted.context) for system in wanted.systems
        }
        parts["judge"] = _judging(wanted, sizes.opening + paragraphs * sizes.paragraph, paragraphs)
        parts["reader"] = _reading(sizes.opening + paragraphs * sizes.paragraph).times(len(wanted.systems))
        for name, part in parts.items():
            total[name] = total.get(name, Estimate()) + part.times(wanted.novels)
    return total


def _sizes(context: Context) -> _Sizes:
    plan = _SENTENCE * context.plan_sentences
    paragraph = _SENTENCE * context.paragraph_sentences
    return _Sizes(
        paragraph=paragraph,
        memory=_SENTENCE * (context.memory_min_sentences + context.memory_max_sentences) // 2,
        plan=plan,
        plans=context.plan_count * (plan + 2 * _SENTENCE),
        opening=paragraph * context.opening_paragraphs,
        budget=context.prompt_tokens or _UNBOUNDED,
    )


def _opening(sizes: _Sizes) -> Estimate:
    """Title and outline, and the first paragraphs."""
    return Estimate(2, 2 * (_SYSTEM + _TASK), 10 * _SENTENCE + sizes.opening)


def _system(system: str, paragraphs: int, sizes: _Sizes, context: Context) -> Estimate:
    if system in ABLATIONS:
        return _ours(system, paragraphs, sizes, context)
    return _BASELINES[system](paragraphs, sizes, context)


def _ours(system: str, paragraphs: int, sizes: _Sizes, context: Context) -> Estimate:
    """Four calls a step over one shared opening, five where the simulated human picks the plan."""
    context = context.model_copy(update=ABLATIONS[system])
    memory = sizes.memory if context.use_short_term_memory else 0
    rationale = 4 * _SENTENCE if context.use_rationale else 0
    recalled = context.retrieve_k * (sizes.paragraph + 2 * _SENTENCE) + context.retrieve_in_short * 3 * _SENTENCE
    is_cued = bool(context.retrieve_k) and context.use_recall_cues
    base = min(_SYSTEM + memory + recalled + sizes.paragraph + sizes.plan + _TASK, sizes.budget)
    after = base + sizes.paragraph + _TASK
    step = Estimate(3, base + after + after + memory, sizes.paragraph + 2 * _SENTENCE + sizes.plans)
    if memory:
        step += Estimate(1, after, memory + rationale)
    if context.plan_selection == "model":
        step += Estimate(1, after + memory + sizes.plans, 4 * _SENTENCE + sizes.plan)
    first = _SYSTEM + sizes.opening + _TASK
    begin = Estimate(3, 3 * first + sizes.opening + memory, memory + rationale + 4 * _SENTENCE + sizes.plans)
    probe = Estimate(2, 2 * (_SYSTEM + memory + _TASK), 6 * _SENTENCE) if is_cued else Estimate()
    return begin + step.times(paragraphs) + probe


def _window(paragraphs: int, sizes: _Sizes, limit: int) -> Estimate:
    """One call a paragraph, with the text so far, as much as the limit allows."""
    shown = (min(_SYSTEM + _TASK + sizes.opening + number * sizes.paragraph, limit) for number in range(paragraphs))
    return Estimate(paragraphs, sum(shown), paragraphs * sizes.paragraph)


def _original(paragraphs: int, sizes: _Sizes, context: Context) -> Estimate:
    asked = min(_SYSTEM + 2 * _TASK + sizes.memory + 3 * sizes.paragraph + sizes.plan, sizes.budget)
    notes = sizes.memory + 4 * _SENTENCE + context.plan_count * sizes.plan
    step = Estimate(1, asked, sizes.paragraph + notes)
    if context.plan_selection == "model":
        step += Estimate(1, _SYSTEM + sizes.paragraph + sizes.memory + sizes.plans, 4 * _SENTENCE + sizes.plan)
    return Estimate(1, _SYSTEM + _TASK + sizes.opening, notes) + step.times(paragraphs)


def _published(paragraphs: int, sizes: _Sizes, context: Context) -> Estimate:
    """As the original's way, with a summary a paragraph, and one for each of the opening's."""
    opening = Estimate(1, _SYSTEM + _TASK + sizes.paragraph, 2 * _SENTENCE).times(context.opening_paragraphs)
    return opening + _original(paragraphs, sizes, context) + Estimate(0, 0, paragraphs * 2 * _SENTENCE)


def _summaries(paragraphs: int, sizes: _Sizes, context: Context) -> Estimate:
    """A call for a paragraph, with a summary of each one before, and a call for its summary."""
    opening = context.opening_paragraphs
    each = Estimate(1, _SYSTEM + _TASK + sizes.paragraph, 2 * _SENTENCE)
    told = _SYSTEM + _TASK + sizes.paragraph
    shown = (min(told + (opening + number) * 2 * _SENTENCE, sizes.budget) for number in range(paragraphs))
    return each.times(opening + paragraphs) + Estimate(paragraphs, sum(shown), paragraphs * sizes.paragraph)


def _outline(paragraphs: int, sizes: _Sizes, context: Context) -> Estimate:  # noqa: ARG001 (as its siblings)
    parts = ceil(paragraphs / SCENES_A_PART)
    outlines = Estimate(
        1 + parts, (1 + parts) * (_SYSTEM + _TASK + sizes.opening), (parts + paragraphs) * _SENTENCE * 2
    )
    return outlines + _window(paragraphs, sizes, sizes.budget)


_BASELINES: dict[str, Callable[[int, _Sizes, Context], Estimate]] = {
    "rolling": lambda paragraphs, sizes, _: _window(paragraphs, sizes, sizes.budget),
    "full": lambda paragraphs, sizes, _: _window(paragraphs, sizes, _UNBOUNDED),
    "original": _original,
    "published": _published,
    "summaries": _summaries,
    "outline": _outline,
}


def _reading(novel: int) -> Estimate:
    """Four questions over a novel."""
    return Estimate(4, 4 * (novel + _TASK), 20 * _SENTENCE)


def _judging(wanted: Experiment, novel: int, paragraphs: int) -> Estimate:
    """Two calls a pair, one a novel for its contradictions, and two for the scores of its first and last piece."""
    pairs = len([system for system in wanted.systems if system != OURS]) if OURS in wanted.systems else 0
    compared = Estimate(2, 2 * (2 * novel + _TASK), 2 * 3 * _SENTENCE).times(pairs)
    each = Estimate(1, novel + _TASK, 6 * _SENTENCE)
    if paragraphs > 1:
        each += Estimate(2, 2 * (novel // 3 + _TASK), 2 * 2 * _SENTENCE)
    return compared + each.times(len(wanted.systems))
