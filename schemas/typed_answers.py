"""An answer as it was typed: JSON in a text box, a number in any script, the arguments of a form under either name.

A person who is shown ``{"plan": 2}`` as an answer types just that where there is room for a text alone. What is typed
is data: it is parsed as JSON, and nothing else is made of it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .field_problems import near_field
from .language_folders import PHRASES, folders, remembered, texts
from .modes import INTERACTIVE_FICTION

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_FENCE_MARKS = ("`", "~")
_MIN_FENCE = 3
_JSON = ("{", "[", '"')
"""What an answer as JSON begins with, where it is no bare word or number."""
_CODE_NAMES = ("json5", "jsonc", "json")
_BEGUN = re.compile(r"""\{\s*(["'])\w+\1\s*:""")
"""How an object as JSON begins, also one that was cut off."""
_WORDS_OF_JSON = frozenset({"true", "false", "null"})
_ENDS = ".。．,，、:：)）"
"""What may stand behind a number that was typed."""
_MARKS = r"\s*_`~'\"“”‘’„‚«»‹›「」『』（）()<>《》\[\]【】#•·→➔"
"""What a list, a chat or a person who quotes may put around a number."""
_BEFORE = re.compile(rf"(?:[{_MARKS}]|[-–—]\s)+")
_BEHIND = re.compile(rf"[{_MARKS}!！?？;；…]+$")
_UNSEEN = re.compile("[\ufe0f\u20e3\u200b-\u200f\u2060\ufeff]")
"""What a keyboard adds to a figure and nobody sees, and the box around it."""
_DIGITS = re.compile(r"[+-]?\d{1,9}")
_LONGEST_NUMBER = 100
"""Signs of a text that is still looked at as a number: a longer one is a plan in one's own words."""
_NAMES = "review_names_plan"
_TEXT_ANSWERS = frozenset({"respond", "response"})


@dataclass(frozen=True)
class BrokenJson:
    """A text that was to be an object as JSON, and is none."""


def as_typed(given: object) -> object:
    """An answer with what was typed as JSON in its place: in a text, in fences, as a JSON string, in a response.

    Returns:
        What it says; :class:`BrokenJson` where a text stands in braces and is no JSON.
    """
    match given:
        case str() as text:
            return _in_text(text)
        case {"decisions": [dict() as decision, *_]} | [dict() as decision, *_]:
            return _in_response(decision, given)
        case dict() as decision if "type" in decision:
            return _in_response(decision, given)
    return given


def _in_response(decision: Mapping[str, object], given: object) -> object:
    """What a decision to respond with a text says, where that text is JSON; else the answer as it is."""
    said = decision.get("message") or decision.get("args")
    kind = decision.get("type")
    if not isinstance(kind, str) or kind not in _TEXT_ANSWERS or not isinstance(said, str):
        return given
    found = _in_text(said)
    return given if isinstance(found, str) else found


def _in_text(text: str) -> object:
    words = text.strip()
    fenced = _in_fences(words)
    words = words if fenced is None else fenced
    is_object = words.startswith("{") and (words.endswith("}") or bool(_BEGUN.match(words)))
    if not (is_object or words.startswith(_JSON[1:]) or words in _WORDS_OF_JSON):
        return text if fenced is None else words
    try:
        found = json.loads(words)
    except (ValueError, RecursionError):  # brackets in brackets, thousands deep, are a text like any other
        return BrokenJson() if is_object else text
    if not isinstance(found, str):
        return as_typed(found)
    # A plan may be what somebody says, in quotes: only what means something else is taken out of them.
    within = _in_text(found)
    return within if not isinstance(within, str) or number_in(within) is not None else text


def _in_fences(words: str) -> str | None:
    """What stands in fences, or ``None``; on one line with them, where they are open or ticks of code: JSON alone."""
    mark = words[:1]
    if mark not in _FENCE_MARKS:
        return None
    fence = mark * (len(words) - len(words.lstrip(mark)))
    head, line_end, body = words.removeprefix(fence).partition("\n")
    if len(fence) >= _MIN_FENCE and line_end and mark not in head and body.endswith(fence):
        return body.removesuffix(fence).strip()
    inner = words.strip(mark).strip()
    for name in _CODE_NAMES:
        if inner[: len(name)].lower() == name:
            inner = inner[len(name) :].lstrip()
            break
    return inner if inner.startswith(_JSON) else None


def number_in(text: str) -> int | None:
    """The number that a text is, or ``None``: in any script's digits, with marks around it, or as a plan is called."""
    if len(text) > _LONGEST_NUMBER:
        return None
    words = _UNSEEN.sub("", text)
    if before := _BEFORE.match(words):
        words = words[before.end() :]
    words = _BEHIND.sub("", words)
    if named := _plan_names().fullmatch(words):
        words = next(part for part in named.groups() if part)
    if words[-1:] in _ENDS:
        words = words[:-1].rstrip()
    if _DIGITS.fullmatch(words):
        return int(words)
    return _sign(words)


def _sign(words: str) -> int | None:
    """The number that a single sign stands for, such as ``②`` or ``二``."""
    if len(words) != 1:
        return None
    value = unicodedata.numeric(words, None)
    return int(value) if value is not None and value == int(value) else None


@remembered
def _plan_names() -> re.Pattern[str]:
    """How a plan is called by its number, in the words of any language that there is."""
    ways = {
        way.strip()
        for tag in folders()
        for mode in ("", INTERACTIVE_FICTION.name)
        for way in texts(tag, PHRASES, mode)[_NAMES].split("|")
    }
    number = r"([+-]?\\d{1,9}|\\w)\\s*[" + re.escape(_ENDS).replace("\\", "\\\\") + "]?"
    forms = (re.sub(r"\\ ", r"\\s*[:：=]?\\s*", re.escape(way)) for way in sorted(ways))
    return re.compile("|".join(re.sub(r"\\{number\\}", number, form) for form in forms), re.IGNORECASE)


def arguments_of(action: Mapping[str, object], offered: Mapping[str, object]) -> dict[str, Any] | None:
    """The arguments of an action that a person edited; ``None``: it has none.

    LangChain calls them ``args``, Agent Inbox's form ``arguments``. A client that was offered both may send both, and
    have changed one.

    Args:
        action: the action as it came back.
        offered: the arguments as they were offered.
    """
    both = [kept for name in ("args", "arguments") if isinstance(kept := action.get(name), dict)]
    if not both:
        return None
    first, last = both[0], both[-1]
    changed = {name: value for name, value in last.items() if value != offered.get(name) or name not in first}
    return {**first, **changed}


def misspelt(args: Mapping[str, object], known: Collection[str]) -> tuple[str, str] | None:
    """A field of an answer that is none, and the one that it nearly is; ``None``: there is none like that."""
    for name in map(str, args):
        lower = name.lower()
        near = lower if lower in known else near_field(lower, known)
        if name not in known and near:
            return name, near
    return None
