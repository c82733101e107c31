"""A model's answer as the rest of the project sees it: cleaned text, how it ended, what it cost."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .cleaner import clean, clean_values

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage

WHOLE = frozenset(
    {
        *("stop", "end_turn", "eos", "eos_token", "stop_sequence", "tool_calls", "tool_use", "function_call"),
        *("complete", "completed", "normal", "end", "finish_reason_stop"),
    }
)
"""How an answer ends that is whole."""
CUT = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "max_length"})
"""How one ends that came to a limit."""
NO_END = "none"

_JSON = re.compile(r"[{\[]\s*\\?[\"'{]")
_THOUGHTS = ("thinking", "reasoning")
"""Kinds of parts of a message that are thoughts, and the names of what they hold."""
_REMARKS, _LATE = "taken_off", "came_late"


@dataclass(frozen=True)
class Reply:
    """A model's answer.

    Attributes:
        text: what it says, cleaned.
        parsed: what LangChain read of it, cleaned too.
        ended: ``whole``, ``cut``, ``none`` where a stream just ended, or what the server called it.
        taken_off: remarks around prose that are not in the text.
        is_late: it began with thoughts that were not marked as such, and may have been shown.
        read: tokens of the prompt; ``None``: nobody says.
        cached: how many of them came from a cache.
        written: tokens of the answer.
        prints: what it says of who gave it.
        message: the id of the message that it came in, under which it was streamed.
    """

    text: str
    parsed: object = None
    ended: str = "whole"
    taken_off: list[str] = field(default_factory=list)
    is_late: bool = False
    read: int | None = None
    cached: int = 0
    written: int = 0
    prints: str = ""
    message: str = ""

    @property
    def has_form(self) -> bool:
        """Whether it is something with a form, or was to become that."""
        return isinstance(self.parsed, dict | list) or bool(_JSON.search(self.text))


def reply_of(answer: Any) -> Reply:  # noqa: ANN401 (a message, or LangChain's dictionary of one and what was parsed of it)
    """The answer in what LangChain gives."""
    is_form = isinstance(answer, dict)
    message: AIMessage = answer["raw"] if is_form else answer
    said: dict[str, Any] = dict(message.response_metadata)
    figures = message.usage_metadata
    text = message.text if _REMARKS in said else clean(message.text, is_prose=False)
    if is_form and not text:
        text = clean(thought_in(message), is_prose=False)
    return Reply(
        text=text,
        parsed=clean_values(answer["parsed"]) if is_form else None,
        ended=_ended(said),
        taken_off=list(said.get(_REMARKS, [])),
        is_late=bool(said.get(_LATE)),
        read=figures["input_tokens"] if figures else None,
        cached=(figures.get("input_token_details", {}).get("cache_read", 0) or 0) if figures else 0,
        written=figures["output_tokens"] if figures else 0,
        prints=json.dumps([said.get("model_name"), said.get("system_fingerprint")]) if said.get("model_name") else "",
        message=message.id or "",
    )


def thought_in(message: BaseMessage) -> str:
    """What a message, or a piece of one, says that its model thinks, beside its text."""
    thought = message.additional_kwargs.get("reasoning_content")
    if isinstance(thought, str) and thought:
        return thought
    if isinstance(message.content, str):
        return ""
    blocks = [block for block in message.content if isinstance(block, dict)]
    return "".join(str(block.get(name, "")) for block in blocks for name in _THOUGHTS if block.get("type") == name)


def marks(taken_off: list[str], *, is_late: bool) -> dict[str, Any]:
    """What a cleaned message says of its cleaning."""
    return {_REMARKS: taken_off, _LATE: is_late}


def _ended(said: dict[str, Any]) -> str:
    """How an answer ended. Only a provider that always says so is taken at its silence."""
    reason = next((said[name] for name in ("finish_reason", "stop_reason", "done_reason") if said.get(name)), "")
    reason = _once(str(reason)).lower()
    if not reason:
        return NO_END if said.get("model_provider") == "openai" else "whole"
    return "whole" if reason in WHOLE else "cut" if reason in CUT else reason


def _once(word: str) -> str:
    """A word that two pieces of a stream both said, which LangChain puts together."""
    half = len(word) // 2
    return word[:half] if half and word[:half] * 2 == word else word
