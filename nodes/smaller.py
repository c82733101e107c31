"""Forms as a dialect has them: with fewer fields, and shorter ones."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from pydantic import create_model

from .answers import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..schemas.dialects import Dialect
    from .answers import A

Bounds = dict[str, dict[str, object]]
"""JSON-Schema keywords by path, as in ``schema_of``."""


def form_of(answer: type[Answer], dialect: Dialect) -> type[Answer]:
    """The form that is asked for where a gate wants an answer: without what the dialect leaves out of it."""
    names = (name for name in answer.model_fields if f"{answer.__name__}.{name}" in dialect.leaves_out)
    return _without(answer, frozenset(names))


@cache
def _without(answer: type[Answer], names: frozenset[str]) -> type[Answer]:
    if not names:
        return answer
    kept: dict[str, Any] = {
        name: (info.annotation, info) for name, info in answer.model_fields.items() if name not in names
    }
    form = create_model(answer.__name__, __base__=Answer, __doc__=answer.__doc__, **kept)
    form.numbered, form.lines = answer.numbered, answer.lines
    return form


def whole(answer: type[A], found: Answer) -> A:
    """The answer that a gate wants, of what was asked for: what was left out is as by default, or an empty text."""
    if isinstance(found, answer):
        return found
    values: dict[str, Any] = {
        name: "" if info.is_required() else info.get_default(call_default_factory=True)
        for name, info in answer.model_fields.items()
    }
    values |= {name: getattr(found, name) for name in type(found).model_fields}
    return cast("A", answer.model_construct(None, **values))


def bounds_of(form: type[Answer], bounds: Mapping[str, Mapping[str, object]], dialect: Dialect) -> Bounds:
    """The sizes of a form: a gate's, without those of fields that it has not, and with the dialect's."""
    fields = form.model_fields
    found: Bounds = {path: dict(words) for path, words in bounds.items() if path.partition(".")[0] in {"", *fields}}
    if "" in found and isinstance(required := found[""].get("required"), list):
        found[""]["required"] = [name for name in required if name in fields]
    for path, words in dialect.bounds.items():
        if path in found:
            found[path] |= words
    return found
