"""What writing costs: before, by what the last step took; while it goes on, by what the models say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ..nodes.open_story import open_story
from ..nodes.store_opening import store_opening

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..schemas.context import Context
    from ..schemas.state import CallUsage, StoryState

_MILLION = 1_000_000
_OF_THE_OPENING = frozenset({open_story.name, store_opening.name})
"""Gates that run once a story."""


class Cost(NamedTuple):
    """What something costs.

    Attributes:
        input_tokens: tokens that are sent.
        output_tokens: tokens of the answers.
        seconds: of the gates, added up: two of them run side by side.
    """

    input_tokens: int
    output_tokens: int
    seconds: float

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.input_tokens + self.output_tokens

    def times(self, count: int) -> Cost:
        """So many of it."""
        return Cost(self.input_tokens * count, self.output_tokens * count, self.seconds * count)

    def plus(self, other: Cost) -> Cost:
        """Both together."""
        return Cost(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.seconds + other.seconds,
        )

    def money(self, context: Context) -> float | None:
        """The same in money, by the prices of the settings; ``None`` where they name none.

        What came from a model's cache counts like the rest: whoever has it cheaper pays less.
        """
        prices = (context.input_price, context.output_price)
        if prices == (None, None):
            return None
        return (self.input_tokens * (prices[0] or 0) + self.output_tokens * (prices[1] or 0)) / _MILLION


def of_a_paragraph(state: StoryState) -> Cost | None:
    """About what the next paragraph costs: as much as the last; ``None`` before one was written after the opening."""
    gates = {name: usage for name, usage in state.get("usage", {}).items() if name not in _OF_THE_OPENING}
    if not gates or state.get("step", 0) < 1:
        return None
    return _sum(gates)


@dataclass
class Spent:
    """What was spent since something began; it grows.

    Attributes:
        cost: tokens and seconds so far.
        calls: of a model.
    """

    cost: Cost = field(default_factory=lambda: Cost(0, 0, 0.0))
    calls: int = 0

    def add(self, usage: Mapping[str, CallUsage]) -> None:
        """What a gate has used."""
        self.cost = self.cost.plus(_sum(usage))
        self.calls += sum(one["calls"] for one in usage.values())


def _sum(usage: Mapping[str, CallUsage]) -> Cost:
    return Cost(
        sum(one["input_tokens"] for one in usage.values()),
        sum(one["output_tokens"] for one in usage.values()),
        sum(one["seconds"] for one in usage.values()),
    )
