"""What a model answers about facts, read leniently: what of it has no form is left out and counted, never an error.

A summary is worth having without its facts, and nine facts are worth having without the tenth.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 (Pydantic reads the annotations)
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from ..schemas.facts import Frame
from .answers import SHORT, Answer, Line

MOST_FACTS = 8
"""Facts that one passage is asked for, and changes of them."""
MOST_CLASHES = 3
"""Facts that one passage is asked to name because it speaks against them."""
QUOTE = 300
"""Characters of a quote that a schema allows."""

_NUMBERS = re.compile(r"\d+")
_YES = frozenset({"yes", "true", "open", "是", "1"})


def _names(given: object) -> object:
    """Names that came as one text, or not at all."""
    if given is None:
        return []
    if isinstance(given, str):
        return [name.strip() for name in re.split(r"[,;，；、]", given) if name.strip()]
    return given


def _numbers(given: object) -> object:
    """Numbers that came alone, as a text, or not at all."""
    if given is None:
        return []
    if isinstance(given, str):
        return [int(number) for number in _NUMBERS.findall(given)]
    return given if isinstance(given, list) else [given]


def number_in(given: object) -> object:
    """A number that may have come as a text."""
    found = _NUMBERS.search(given) if isinstance(given, str) else None
    return int(found[0]) if found else given


def yes(given: object) -> object:
    """Whether somebody said yes, in a word of any language that is known here."""
    return given.strip().lower() in _YES if isinstance(given, str) else bool(given)


def text_of(given: object) -> object:
    """A text that may be left out."""
    return "" if given is None else given


def _choice(given: object) -> object:
    return given.strip().lower() if isinstance(given, str) else given


def _of_one_line(given: object) -> object:
    """The parts of a record that came as one line: a sentence, then ``name: value`` after bars."""
    if not isinstance(given, str):
        return given
    first, *rest = (part.strip() for part in given.split("|"))
    parts = dict(part.split(":", maxsplit=1) for part in rest if ":" in part)
    return {"fact": first} | {name.strip().lower(): value.strip() for name, value in parts.items()}


Names = Annotated[list[Line], BeforeValidator(_names)]
Numbers = Annotated[list[int], BeforeValidator(_numbers)]
FrameTold = Annotated[Frame, BeforeValidator(_choice)]


class NewFact(Answer):
    """Something that a passage makes true, opens or claims, with the words that say so."""

    fact: Line
    about: Names = Field(default_factory=list)
    says: Line
    frame: FrameTold = "now"
    knows: Names = Field(default_factory=list)
    dead: Names = Field(default_factory=list)
    when: Annotated[str, BeforeValidator(text_of)] = ""
    open: Annotated[bool, BeforeValidator(yes)] = False
    same: Annotated[bool, BeforeValidator(yes)] = False
    carried: Annotated[bool, BeforeValidator(yes)] = False
    replaces: Numbers = Field(default_factory=list)


class FactChange(Answer):
    """What a passage does to a fact that was shown, by its number, with the words that say so."""

    fact: Annotated[int, BeforeValidator(number_in)]
    how: Annotated[Literal["ended", "settled", "learned", "touched"], BeforeValidator(_choice)]
    who: Names = Field(default_factory=list)
    says: Line
    frame: FrameTold = "now"


class FactClash(Answer):
    """What a passage says against a fact that was shown, by its number, with the words that say so."""

    fact: Annotated[int, BeforeValidator(number_in)]
    says: Line


def _leniently(of: type[NewFact | FactChange | FactClash]) -> WrapValidator:
    """Items that have the form; of the others it stays that they were there, without the words that prove one."""

    def read(given: object, handler: ValidatorFunctionWrapHandler) -> list[Any]:  # noqa: ARG001 (the form is each item's)
        items = given if isinstance(given, list) else [] if given in (None, "") else [given]
        return [_item(of, item) for item in items]

    return WrapValidator(read)


def _item(of: type[NewFact | FactChange | FactClash], given: object) -> NewFact | FactChange | FactClash:
    if isinstance(given, of):
        return given
    try:
        return of.model_validate(_of_one_line(given))
    except ValidationError:
        if of is NewFact:
            return NewFact.model_construct(fact="", says="")
        if of is FactClash:
            return FactClash.model_construct(fact=0, says="")
        return FactChange.model_construct(fact=0, how="ended", says="")


class TellsFacts(Answer):
    """What passages make true, and what they change of what was true."""

    lines: ClassVar[Mapping[str, str]] = {
        "facts": "… | about: …, … | says: … | frame: now | knows: … | dead: … | when: … | open: no | same: no"
        " | carried: no | replaces: …",
        "changes": "3 | how: ended | who: … | says: … | frame: now",
        "clashes": "3 | says: …",
    }

    facts: Annotated[list[NewFact], _leniently(NewFact)] = Field(default_factory=list)
    changes: Annotated[list[FactChange], _leniently(FactChange)] = Field(default_factory=list)
    clashes: Annotated[list[FactClash], _leniently(FactClash)] = Field(default_factory=list)


class FactsAlone(TellsFacts):
    """The same, where nothing else is asked for: an answer without any list of facts is none."""

    facts: Annotated[list[NewFact], _leniently(NewFact)]


FACTS: Mapping[str, Mapping[str, object]] = {
    "facts": {"maxItems": MOST_FACTS},
    "facts.items": {"required": list(NewFact.model_fields)},
    "facts.items.fact": {"maxLength": SHORT},
    "facts.items.says": {"maxLength": QUOTE},
    "changes": {"maxItems": MOST_FACTS},
    "changes.items": {"required": list(FactChange.model_fields)},
    "changes.items.says": {"maxLength": QUOTE},
    "clashes": {"maxItems": MOST_CLASHES},
    "clashes.items.says": {"maxLength": QUOTE},
}
"""The sizes of an answer's facts, for a schema. Every part has to be there: some servers take no other schema."""
