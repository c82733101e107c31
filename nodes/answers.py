"""Reading a model's answer: JSON first, then a tolerant reader of the paper's sectioned format.

A model held to a JSON schema answers in JSON. One that cannot be held to it is asked for sections
(``Rationale: … Updated memory: …``), and writes them in its own way: bold or ``###`` headings, another
case, a full-width colon, a preamble, plans over several lines. All of that is read; what is not there is
said to be missing, never made up.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ..memory.embeddings import sentences
from ..prompts import phrases, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

A = TypeVar("A", bound="Answer")
SHORT = 240
"""Characters of a sentence that a schema allows."""


class UnusableAnswerError(Exception):
    """An answer that cannot be read. Its text is a sentence for the model."""


def _as_list(given: object) -> object:
    """A list of sentences that came as one text."""
    if isinstance(given, str):
        lines = [_BULLET.sub("", line).strip() for line in given.splitlines()]
        return [line for line in lines if line]
    return given


Line = Annotated[str, Field(min_length=1, max_length=4000)]
Lines = Annotated[list[Line], BeforeValidator(_as_list)]


class Answer(BaseModel):
    """What a gate asks a model for. A field's ``heading_<name>`` is its heading in the sectioned format."""

    model_config = ConfigDict(
        extra="ignore", str_strip_whitespace=True, json_schema_extra={"additionalProperties": False}
    )

    numbered: ClassVar[frozenset[str]] = frozenset()
    """Lists that have a heading an item in the sectioned format."""


def schema_of(answer: type[Answer], bounds: Mapping[str, Mapping[str, object]]) -> dict[str, Any]:
    """The JSON schema a model is held to: ``answer``'s, with the run's sizes put in.

    Args:
        answer: the answer's type.
        bounds: by path (``memory``, ``plans.items.text``), the JSON-Schema keywords to set there.
    """
    schema = _inline(answer.model_json_schema())
    for path, keywords in bounds.items():
        place = schema
        for part in path.split("."):
            place = place["items"] if part == "items" else place["properties"][part]
        place.update(keywords)
    return schema


def _inline(schema: dict[str, Any]) -> dict[str, Any]:
    """Put shared definitions in their places: some servers do not follow references."""
    shared = schema.pop("$defs", {})

    def put_in(node: object) -> object:
        if isinstance(node, dict):
            if "$ref" in node:
                return put_in(shared[node["$ref"].rsplit("/", 1)[-1]])
            return {
                key: put_in(value)
                for key, value in node.items()
                if node is schema or key != "title" or not isinstance(value, str)
            }
        return [put_in(item) for item in node] if isinstance(node, list) else node

    result = put_in(schema)
    assert isinstance(result, dict)  # noqa: S101 (for the type checker: a schema is an object)
    return result


def read(answer: type[A], parsed: object, text: str, language: str) -> A:
    """The answer in what a model sent.

    Args:
        answer: what was asked for.
        parsed: what LangChain made of it, if it could.
        text: the answer as the model wrote it.
        language: the story's.

    Raises:
        UnusableAnswerError: it is not there, or its form is wrong; says so in the story's language.
    """
    detail = ""
    for candidate in _candidates(answer, parsed, text, language):
        if not isinstance(candidate, dict) or not candidate:
            continue
        try:
            return answer.model_validate(candidate)
        except ValidationError as error:
            first = error.errors()[0]
            detail = detail or f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    if not text.strip():
        raise UnusableAnswerError(say("problem_empty", language))
    wanted = ", ".join(_headings(answer, language).values())
    raise UnusableAnswerError(say("problem_form", language, detail=detail or wanted))


def _candidates(answer: type[Answer], parsed: object, text: str, language: str) -> Iterator[object]:
    yield parsed
    yield _json_in(text)
    yield _sections_in(answer, text, language)


def sections_wanted(answer: type[Answer], language: str, counts: Mapping[str, int]) -> str:
    """The headings of the sectioned format, for the prompt.

    Args:
        answer: what is asked for.
        language: the story's.
        counts: how many of a repeated section (plans, summaries) there are to be.
    """
    lines = []
    for name, heading in _headings(answer, language).items():
        if name == "recall":
            continue
        if name not in counts:
            lines.append(f"{heading}:")
            continue
        for number in range(1, counts[name] + 1):
            lines.append(f"{heading} {number}:")
            if name == "plans":
                lines.append(f"{phrases(language)['heading_recall']} {number}:")
    return "\n".join(lines)


_BULLET = re.compile(r"^\s*(?:[-*•·]|\d+[.)、])\s+")
_FENCED = re.compile(r"```(?:json)?\s*(\{.*?\})\s*```", re.DOTALL)


def _json_in(text: str) -> object:
    """The JSON object in a text that may have words or a code fence around it."""
    fenced = _FENCED.search(text)
    candidate = fenced[1] if fenced else text[text.find("{") : text.rfind("}") + 1]
    try:
        return json.loads(candidate)
    except ValueError:
        return None


def _headings(answer: type[Answer], language: str) -> dict[str, str]:
    words = phrases(language)
    names = list(answer.model_fields)
    if "plans" in names:
        names.append("recall")
    return {name: words[f"heading_{name}"] for name in names}


def _sections_in(answer: type[Answer], text: str, language: str) -> dict[str, object]:
    """The fields of an answer from its headings; what stands before the first heading is a preamble."""
    headings = _headings(answer, language)
    found: dict[str, list[str]] = {name: [] for name in headings}
    plans: list[dict[str, Any]] = []
    for name, body in _split(text, headings):
        if name == "recall" and plans:
            plans[-1]["recall"] = [cue for line in body.splitlines() for cue in _cues(line)]
        elif name == "plans":
            plans.append({"text": body, "recall": []})
        else:
            found[name].append(body)
    fields: dict[str, object] = {}
    for name, info in answer.model_fields.items():
        if name == "plans":
            fields[name] = plans
        elif not found[name]:
            continue
        elif name in answer.numbered:
            fields[name] = found[name]
        elif _is_list(info.annotation):
            fields[name] = [item for body in found[name] for item in _items(body, language)]
        elif info.annotation is int:
            number = re.search(r"\d+", found[name][-1])
            fields[name] = int(number[0]) if number else None
        else:
            fields[name] = found[name][-1]
    return fields


def _split(text: str, headings: Mapping[str, str]) -> list[tuple[str, str]]:
    """A text cut at its headings: (field, what stands under it), in order."""
    words = sorted(headings.items(), key=lambda item: -len(item[1]))
    choice = "|".join(f"(?P<{name}>{re.escape(word)})" for name, word in words)
    heading = re.compile(rf"^[\s#>*_\-]*(?:{choice})\s*\d*\s*[*_]*\s*(?:[:：][*_]*|$)\s*", re.IGNORECASE | re.MULTILINE)
    hits = list(heading.finditer(text))
    ends = [*(hit.start() for hit in hits), len(text)][1:]
    return [(str(hit.lastgroup), text[hit.end() : end].strip()) for hit, end in zip(hits, ends, strict=True)]


def _is_list(annotation: object) -> bool:
    return get_origin(annotation) is list or any(get_origin(arg) is list for arg in get_args(annotation))


def _items(body: str, language: str) -> list[str]:
    """The items under a heading: bulleted or numbered lines, else sentences."""
    lines = [line for line in body.splitlines() if line.strip()]
    if len(lines) > 1 and all(_BULLET.match(line) for line in lines):
        return [_BULLET.sub("", line).strip() for line in lines]
    return sentences(" ".join(line.strip() for line in lines), language) if lines else []


def _cues(line: str) -> list[str]:
    parts = re.split(r"[;；]", _BULLET.sub("", line))
    return [part.strip() for part in parts if part.strip()]
