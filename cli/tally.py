"""What a run in the terminal has cost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..schemas.state import CallUsage
    from ..stories.gate_words import Gates


@dataclass
class Tally:
    """What a run has cost, for its closing line."""

    began: float = field(default_factory=perf_counter)
    paragraphs: int = 0
    seconds: float = 0.0
    tokens: int = 0
    later_tokens: int = 0
    later_cached: int = 0
    by_model: Counter[str] = field(default_factory=Counter)

    def add(self, usage: dict[str, CallUsage], gates: Gates) -> None:
        """Count what gates cost."""
        for gate, account in usage.items():
            if not self.paragraphs:
                continue  # The opening's gates are no step.
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
        count = "1 paragraph" if self.paragraphs == 1 else f"{self.paragraphs} paragraphs"
        parts = [f"{count} written, {seconds:.0f} s in all"]
        if self.paragraphs and self.tokens:
            parts.append(
                f"{self.seconds / self.paragraphs:.0f} s and {self.tokens / self.paragraphs:,.0f} tokens a paragraph"
            )
        if len(self.by_model) > 1:
            parts.append(" and ".join(f"{model}: {tokens:,} tokens" for model, tokens in self.by_model.most_common()))
        if self.later_tokens:
            share = self.later_cached / self.later_tokens
            parts.append(f"{share:.0%} of the later gates' prompt tokens came from the model's cache")
        return "; ".join(parts) + "."
