"""A form without its JSON: a line for each text, in the order of its schema, and the grammar that holds a model to it.

A model of the smallest size that has to write JSON begins to write about JSON: its titles were of Javascript, its
plans lists of invented names. The same questions answered in bare lines stay with the story.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from .embedded import AT_MOST_A_TITLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from langchain_core.messages import BaseMessage

_SHORT_WORD = 3
"""Letters of a word, with its space, where a bound of words is made of one of letters: so wide that few meet it.

A sentence that does goes on without the spaces that are closed to it: what is longer than its bound is cut at a clause.
"""
_A_WORD = 8
"""The same for the least that a text has."""

_MOST_WORDS = 1000
"""Of a sentence: llama.cpp refuses a grammar that repeats something 2,000 times, a repetition in another multiplied.

So what is repeated is a rule with a name, which counts as one.
"""
_SENTENCE = re.compile(r"(sentence-(\d+)-(\d+))")

_RULES = r"""more ::= [,;:]? " " word
word ::= [A-Za-z] [a-z]{0,13} (['\u2019] [a-z]{1,2})?
first ::= [A-Z] [a-z]{0,13} (['\u2019] [a-z]{1,2})?
name ::= [A-Z] [a-z]{1,13} (['\u2019] "s"?)?
small ::= "of " | "the " | "and " | "in " | "a " | "from "
title ::= ("The " | "A ") name (" " small{0,2} name){0,2} "\n"
end ::= [.!?] "\n"
"""


class PlainForm(NamedTuple):
    """A form in lines.

    Attributes:
        schema: the JSON schema that it stands for.
        grammar: llama.cpp's grammar for it.
    """

    schema: dict[str, Any]
    grammar: str

    def parse(self, message: BaseMessage) -> dict[str, Any]:
        """An answer in LangChain's form for one that was parsed."""
        return {"raw": message, "parsed": self.read(message.text), "parsing_error": None}

    def read(self, text: str) -> dict[str, Any] | None:
        """What the schema describes, of an answer in lines; ``None`` where lines are missing."""
        lines = iter(text.split("\n"))
        try:
            found = _read(self.schema, lines)
        except (StopIteration, ValueError):
            return None
        return found if isinstance(found, dict) else None


def plain_form(schema: dict[str, Any]) -> PlainForm | None:
    """The form in lines; ``None``, if there is more in it than bounded texts, numbers and lists of them."""
    try:
        root = _rule(schema)
    except NotImplementedError:
        return None
    texts = (
        f"{name} ::= first more{{{least},{most}}} end\n" for name, least, most in sorted(set(_SENTENCE.findall(root)))
    )
    return PlainForm(schema, f"root ::= {root}\n{''.join(texts)}{_RULES}")


def _rule(schema: Mapping[str, Any]) -> str:
    match schema:
        case {"type": "object", "properties": {}}:
            return " ".join(_rule(field) for field in schema["properties"].values())
        case {"type": "array", "minItems": int(least), "maxItems": int(most)}:
            items = schema["items"]
            if least == most:
                return f"({_rule(items)}){{{least}}}"
            if items["type"] == "string":
                return f'({_rule(items)}){{{least},{most}}} "\\n"'
        case {"type": "string", "maxLength": int(most)} if most <= AT_MOST_A_TITLE:
            return "title"
        case {"type": "string", "maxLength": int(most)}:
            least = min(schema.get("minLength", 1), most) // _A_WORD
            return f"sentence-{min(max(least, 2), _MOST_WORDS)}-{min(max(most // _SHORT_WORD, 4), _MOST_WORDS)}"
        case {"type": "integer", "minimum": int(least), "maximum": int(most)}:
            return "(" + " | ".join(f'"{number}"' for number in range(least, most + 1)) + ') "\\n"'
    raise NotImplementedError


def _read(schema: Mapping[str, Any], lines: Iterator[str]) -> Any:  # noqa: ANN401 (what a schema describes)
    """The next of the lines, as a schema wants them."""
    match schema["type"]:
        case "object":
            return {name: _read(field, lines) for name, field in schema["properties"].items()}
        case "array" if schema["minItems"] == schema["maxItems"]:
            return [_read(schema["items"], lines) for _ in range(schema["minItems"])]
        case "array":
            return [_shortened(line, schema["items"]["maxLength"]) for line in iter(lambda: next(lines), "")]
        case "integer":
            return int(next(lines))
        case "string" if schema["maxLength"] <= AT_MOST_A_TITLE:
            return _short_title(next(lines), schema["maxLength"])
        case _:
            return _shortened(next(lines), schema["maxLength"])


def _shortened(sentence: str, most: int) -> str:
    """A sentence within so many letters: its clauses that fit, or its words where it has one only."""
    if len(sentence) <= most:
        return sentence
    fits = sentence[:most]
    clauses, words = re.match(r".{20,}(?=[,;:] )", fits), re.match(r".+(?= )", fits)
    kept = clauses or words
    return f"{kept[0].rstrip(',;:')}." if kept else fits


def _short_title(title: str, most: int) -> str:
    """A title within so many letters: its words that fit, up to a name."""
    words = title.split()
    while len(words) > 1 and (len(" ".join(words)) > most or words[-1].islower()):
        words.pop()
    return " ".join(words)[:most]
