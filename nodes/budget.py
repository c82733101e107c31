"""The token budget: a step's prompt stays within it however long the story, and what was left out is said.

A step's gates share one conversation, so its first prompt must leave room for the paragraph and for what the later
gates add to it: the rewritten memory, or the plans that a model is to choose from. What gives way are the recalled
passages: those that are shown in short anyway go first, then the least fitting one comes down to its summary, then
goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..models.window import TOKENS_A_SENTENCE, UNKNOWN, count_tokens
from ..schemas.errors import SettingsError, part

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..schemas.context import Context
    from ..schemas.state import Passage

_TASKS = 500
"""Tokens of the words that the later gates' requests have themselves, and of a remark on the plans."""
_LEAST = 200
"""Tokens that a premise, a last paragraph and a plan have at the very least."""

Shown = Literal["whole", "in short", "left out"]


def room_for_prompt(context: Context, window: int | None) -> int:
    """Tokens that a step's first prompt may have, system and user message together.

    Args:
        context: the run's sizes and, where it has one, its own budget for a prompt.
        window: the model's window, if it is known.
    """
    paragraph = TOKENS_A_SENTENCE * context.paragraph_sentences
    memory = TOKENS_A_SENTENCE * context.memory_max_sentences
    answer = max(paragraph, 2 * memory, TOKENS_A_SENTENCE * context.plan_count * (context.plan_sentences + 3))
    longest_prompt = context.prompt_tokens or (window or UNKNOWN) - answer
    return longest_prompt - _for_later_gates(context)


def _for_later_gates(context: Context) -> int:
    """Tokens that the later gates of a step add to its first prompt."""
    paragraph = TOKENS_A_SENTENCE * context.paragraph_sentences
    memory = TOKENS_A_SENTENCE * context.memory_max_sentences
    plans = TOKENS_A_SENTENCE * context.plan_count * context.plan_sentences
    return paragraph + max(memory, plans if context.plan_selection == "model" else 0) + _TASKS


def check_budget(context: Context) -> None:
    """See that a budget of one's own leaves something for a step's first prompt, before anything is written.

    Args:
        context: the run's, with the sizes of the story's mode.

    Raises:
        SettingsError: it is less than the later gates alone need.
    """
    least = _for_later_gates(context) + _LEAST
    if context.prompt_tokens and context.prompt_tokens < least:
        raise SettingsError("budget_too_small", tokens=context.prompt_tokens, least=least)


def fit_passages(
    passages: list[Passage], fill: Callable[[list[Passage]], str], room: int, context: Context
) -> tuple[str, list[Passage]]:
    """The prompt with as much of the passages as there is room for.

    Args:
        passages: what was recalled, oldest first.
        fill: makes the whole prompt of passages.
        room: tokens it may have.
        context: the run's settings, for the error.

    Returns:
        The prompt, and the passages, each marked with how it is shown.

    Raises:
        SettingsError: not even a prompt without passages fits.
    """
    least_first = sorted(passages, key=lambda passage: passage["score"])
    short = [passage["seq"] for passage in least_first if passage["shown"] == "in short"]
    whole = [passage for passage in least_first if passage["seq"] not in short]
    shown: dict[int, Shown] = {passage["seq"]: "whole" for passage in whole}
    shown.update((seq, "in short") for seq in short)
    steps: list[tuple[int, Shown]] = [(seq, "left out") for seq in short]
    steps.extend((passage["seq"], "in short") for passage in whole if passage["summary"])
    steps.extend((passage["seq"], "left out") for passage in whole)
    while True:
        marked: list[Passage] = [{**passage, "shown": shown[passage["seq"]]} for passage in passages]
        prompt = fill(marked)
        needed = count_tokens(prompt)
        if needed <= room:
            return prompt, marked
        if not steps:
            budget = context.prompt_tokens
            given = part("own_budget", tokens=budget) if budget else part("model_window")
            raise SettingsError("prompt_without_room", needed=needed, left=max(room, 0), given=given)
        seq, how = steps.pop(0)
        shown[seq] = how
