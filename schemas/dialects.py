"""The dialects: in what words a model is asked, and in what sizes.

A dialect is a layer of prompts, as a mode is: a folder in a mode's folder (``prompts/en/author/small``), and what is
not in it is as it is without. Gates know nothing of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

DialectChoice = Literal["auto", "full", "small"]
"""What a run can say of it; ``auto``: as its model wants it."""


@dataclass(frozen=True)
class Dialect:
    """A way to ask a model.

    Attributes:
        name: as in the context.
        folder: of its prompts, in each mode's; empty: the mode's own.
        sizes: fields of the context that have another default in it.
        bounds: JSON-Schema keywords that hold for a form besides a gate's own, by path, as in ``schema_of``.
        says_why: whether a model is told why its last answer is no use, before it is asked again.
        says_what_changed: whether a model is told that a step's conversation begins otherwise than it did, and of what
            the parts of its new beginning are.
        leaves_out: fields that are not asked for, as ``Form.field``; what they default to holds, or an empty text.
    """

    name: str
    folder: str = ""
    sizes: Mapping[str, int | bool] = field(default_factory=dict, hash=False)
    bounds: Mapping[str, Mapping[str, object]] = field(default_factory=dict, hash=False)
    says_why: bool = True
    says_what_changed: bool = True
    leaves_out: frozenset[str] = frozenset()


FULL = Dialect("full")
SMALL = Dialect(
    "small",
    folder="small",
    sizes={
        "opening_paragraphs": 1,
        "paragraph_sentences": 6,
        "memory_min_sentences": 2,
        "memory_max_sentences": 4,
        "plan_sentences": 1,
        "repetition_limit": 1,
        "use_rationale": False,
        "use_facts": False,
        "synopsis_tokens": 0,
    },
    bounds={
        "title": {"maxLength": 40},
        "memory.items": {"minLength": 20, "maxLength": 120},
        "summary": {"minLength": 20, "maxLength": 180},
        "summaries.items": {"minLength": 20, "maxLength": 180},
        "plans.items.recall": {"minItems": 1, "maxItems": 1},
        "plans.items.recall.items": {"minLength": 20, "maxLength": 100},
        "recall": {"minItems": 1, "maxItems": 1},
        "recall.items": {"minLength": 20, "maxLength": 100},
    },
    # A small model takes the reason up into what it tells.
    says_why=False,
    says_what_changed=False,
    leaves_out=frozenset(
        {
            "Premise.outline",
            "Outline.outline",
            "PlanChoice.reason",
            "PlanChoice.plan",
            "PlanChoice.recall",
            "BeatAndPlans.beat",
            "BeatAndThreadedPlans.beat",
        }
    ),
)
DIALECTS = {dialect.name: dialect for dialect in (FULL, SMALL)}
"""By name."""

_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)([bm])(?![a-z0-9])", re.IGNORECASE)
_SMALL_FAMILIES = re.compile(r"\b(?:smollm\d?|tinyllama|tinystories)\b", re.IGNORECASE)
_AT_MOST = 2.0
"""Thousand million parameters that a small model has."""


def is_small(name: str) -> bool:
    """Whether a model's name says that it is a small one: by its parameters (``qwen2.5:0.5b``), or by its family."""
    sizes = [float(number) / (1 if unit in "bB" else 1000) for number, unit in _SIZE.findall(name)]
    return max(sizes) <= _AT_MOST if sizes else bool(_SMALL_FAMILIES.search(name))
