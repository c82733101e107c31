"""What a run in the terminal has cost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from .words import t

if TYPE_CHECKING:
    from ..schemas.state import CallUsage
    from ..stories.gate_words import Gates


@dataclass
class Tally:
    """What a run has cost, for its closing line."""

    began: float = field(default_factory=perf_counter)
    paragraphs: int = 0
    seconds: float = 0.0
    opening: float = 0.0
    tokens: int = 0
    later_tokens: int = 0
    later_cached: int = 0
    by_model: Counter[str] = field(default_factory=Counter)

    def add(self, usage: dict[str, CallUsage], gates: Gates) -> None:
        """Count what gates cost."""
        for gate, account in usage.items():
            if not self.paragraphs:  # The opening's gates are no step.
                self.opening += account["seconds"]
                continue
            self.seconds += account["seconds"]
            tokens = account["input_tokens"] + account["output_tokens"]
            self.tokens += tokens
            self.by_model[account.get("model", "")] += tokens
            if gates[gate].record.shares_the_conversation:
                self.later_tokens += account["input_tokens"]
                self.later_cached += account["cached_tokens"]

    def line(self) -> str:
        """The figures in one line."""
        seconds = perf_counter() - self.began
        parts = [t("tally_written", count=self.paragraphs, seconds=f"{seconds:.0f}")]
        if self.paragraphs and self.opening:
            parts.append(t("tally_opening", seconds=f"{self.opening:.0f}"))
        if self.paragraphs and self.tokens:
            each = {"seconds": self.seconds / self.paragraphs, "tokens": self.tokens / self.paragraphs}
            parts.append(t("tally_each", **{name: f"{value:,.0f}" for name, value in each.items()}))
        if len(self.by_model) > 1:
            by_model = self.by_model.most_common()
            parts.append(t("and").join(t("tally_model", model=model, tokens=tokens) for model, tokens in by_model))
        if self.later_tokens:
            share = self.later_cached / self.later_tokens
            parts.append(t("tally_cached", share=f"{share:.0%}"))
        return t("sentence", words=t("and_then").join(parts))
