"""What Pydantic finds wrong with fields, in this project's words."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from .errors import FieldError, part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from .catalogue import Part

_SHOWN = 80
"""Characters of a wrong value that an error repeats."""

_PROBLEMS: Final = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "unexpected_keyword_argument": "field_unknown",
    "string_too_short": "field_empty",
    "string_too_long": "field_too_long",
    "greater_than_equal": "field_below",
    "greater_than": "field_not_above",
    "less_than_equal": "field_above",
    "less_than": "field_not_below",
    "int_type": "field_no_whole_number",
    "int_parsing": "field_no_whole_number",
    "int_from_float": "field_no_whole_number",
    "float_type": "field_no_number",
    "float_parsing": "field_no_number",
    "bool_type": "field_no_yes_or_no",
    "bool_parsing": "field_no_yes_or_no",
    "string_type": "field_no_text",
    "string_pattern_mismatch": "field_no_match",
    "timezone_aware": "field_no_zone",
}
"""What Pydantic finds, by its own names, as parts of our sentences; anything else is told in its words."""
_UNKNOWN = frozenset({"extra_forbidden", "unexpected_keyword_argument"})


def describe(error: ValidationError, known: Iterable[str] = ()) -> list[Part | str]:
    """What is wrong with each field, with its value and what it should be, for an error's sentence.

    Args:
        error: what Pydantic found.
        known: the fields that there are, of which an unknown one may be a misspelt one.
    """
    names = tuple(known)
    return [_described(item, names) for item in error.errors()]


def near_field(name: str, known: Iterable[str], likeness: float = 0.7) -> str:
    """The field that a misspelt name may mean; empty: none is that like it, and none ends so.

    Args:
        name: what was given.
        known: the fields that there are.
        likeness: how like the two have to be, 0 to 1.
    """
    names = tuple(known)
    end_so = [field for field in names if field.endswith(f"_{name}")]
    return "" if name in names else next(iter(end_so or get_close_matches(name, names, n=1, cutoff=likeness)), "")


def _described(item: ErrorDetails, known: Iterable[str]) -> Part | str:
    given = repr(item["input"])
    where = {
        "field": ".".join(str(name) for name in item["loc"]),
        "given": given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…",
    }
    more = item.get("ctx", {})
    ours = more.get("error")
    reason = ours.said if isinstance(ours, FieldError) else item["msg"].removeprefix("Value error, ")
    if not where["field"]:
        return reason
    if item["type"] == "literal_error":
        return part("field_no_choice", **where, known=re.findall(r"'([^']*)'", more["expected"]))
    if item["type"] in _UNKNOWN and (near := near_field(where["field"], known)):
        return part("field_unknown_but_near", **where, near=near)
    if item["type"] in _PROBLEMS:
        return part(_PROBLEMS[item["type"]], **where, **more)
    return part("field_other", **where, reason=reason)
