"""Reading a model's answer: JSON first, then a tolerant reader of the paper's sectioned format.

A model held to a JSON schema answers in JSON. One that cannot be held to it is asked for sections
(``Rationale: … Updated memory: …``), and writes them in its own way: bold or ``###`` headings, another
case, a full-width colon, a preamble, plans over several lines. All of that is read; what is not there is
said to be missing, never made up.
"""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple, TypeVar, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ..memory.sentences import sentences
from ..prompts import Phrase, Prompt
from ..schemas.language_folders import PHRASES
from ..schemas.languages import texts
from .loose_json import fitted, json_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ..schemas.languages import Language

A = TypeVar("A", bound="Answer")
SHORT = 200
"""Characters of a sentence that a schema allows."""
CUE = 120
"""Characters of a recall cue that a schema allows."""


_SENTENCE_ENDS = re.compile(r"(?<=[a-z\d][.!?])\s+(?=[A-Z“\"])|(?<=[。！？])(?=\w)")
"""Where a list's sentences end that came as one paragraph, whatever the language."""


class UnusableAnswerError(Exception):
    """An answer that cannot be read.

    Attributes:
        problem: what is wrong with it, as a sentence for the model.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def _as_list(given: object) -> object:
    """A list of sentences that came as one text."""
    if not isinstance(given, str):
        return given
    return _bulleted(given) or [part for line in given.splitlines() for part in _SENTENCE_ENDS.split(line) if part]


def _not_bool(given: object) -> object:
    if isinstance(given, bool):
        msg = "a number, not true or false"
        raise ValueError(msg)  # noqa: TRY004 (Pydantic collects ValueErrors)
    return given


Line = Annotated[str, Field(min_length=1, max_length=4000)]
Lines = Annotated[list[Line], BeforeValidator(_as_list)]
Number = Annotated[int, Field(ge=1), BeforeValidator(_not_bool)]


class Answer(BaseModel):
    """What a gate asks a model for.

    In the sectioned format a field's heading is its language's ``heading_<name>``, or else the field's title.
    """

    model_config = ConfigDict(
        extra="ignore",
        str_strip_whitespace=True,
        json_schema_extra={"additionalProperties": False},
        defer_build=True,  # most processes ask for few of them
    )

    numbered: ClassVar[frozenset[str]] = frozenset()
    """Lists that have a heading an item in the sectioned format."""

    lines: ClassVar[Mapping[str, str]] = {}
    """Lists of records that have a line an item in the sectioned format, and what such a line looks like."""


def schema_of(
    answer: type[Answer], bounds: Mapping[str, Mapping[str, object]], leave_out: Collection[str] = ()
) -> dict[str, Any]:
    """The JSON schema a model is held to: ``answer``'s, with the run's sizes put in.

    Args:
        answer: the answer's type.
        bounds: by path (``memory``, ``plans.items.text``; empty: the whole), the JSON-Schema keywords to set there.
        leave_out: the paths of what is not asked for; a form for a smaller model may not have them anyway.
    """
    schema = deepcopy(_unbounded_schema_of(answer))
    for path, keywords in bounds.items():
        _place_in(schema, path).update(keywords)
    for path in leave_out:
        above, _, name = path.rpartition(".")
        place = _place_in(schema, above)
        place["properties"].pop(name, None)
        place["required"] = [other for other in place.get("required", ()) if other != name]
    return schema


def _place_in(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """The part of a schema at a path."""
    for part in path.split(".") if path else ():
        schema = schema["items"] if part == "items" else schema["properties"][part]
    return schema


@cache
def _unbounded_schema_of(answer: type[Answer]) -> dict[str, Any]:
    """The schema without a run's sizes, made once: Pydantic takes milliseconds for it, at every call of a model."""
    return _inline(answer.model_json_schema())


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


def read(answer: type[A], parsed: object, text: str, language: Language, phrases: Mapping[str, str] | None = None) -> A:
    """The answer in what a model sent.

    Args:
        answer: what was asked for.
        parsed: what LangChain made of it, if it could.
        text: the answer as the model wrote it.
        language: the story's.
        phrases: its short sentences and headings, by name; by default the author's in that language.

    Raises:
        UnusableAnswerError: it is not there, or its form is wrong; says so in the story's language.
    """
    phrases = phrases or texts(language.tag, PHRASES)
    headings = _headings(answer, phrases)
    wrong = ""
    for candidate in _candidates(answer, parsed, text, language, headings):
        if not isinstance(candidate, dict) or not candidate:
            continue
        try:
            return answer.model_validate(candidate)
        except ValidationError as error:
            wrong = wrong or headings[str(error.errors()[0]["loc"][0])]
    if not text.strip():
        raise UnusableAnswerError(_said("problem_empty", phrases))
    raise UnusableAnswerError(_said("problem_form", phrases, part=wrong or ", ".join(headings.values())))


def _said(key: str, phrases: Mapping[str, str], **values: object) -> Phrase:
    return Phrase.of(Prompt(key, phrases[key]), values)


def _candidates(
    answer: type[Answer], parsed: object, text: str, language: Language, headings: Mapping[str, str]
) -> Iterator[object]:
    fields = {name: heading for name, heading in headings.items() if name in answer.model_fields}
    for found in (parsed, *json_in(text)):
        needed = {name: fields[name] for name in fields if answer.model_fields[name].is_required()}
        for candidate in (*fitted(found, fields), *(fitted(found, needed) if needed != fields else ())):
            yield _with_records(candidate)
        yield found
    yield _sections_in(answer, text, language, headings)


def _with_records(candidate: dict[str, Any]) -> dict[str, Any]:
    """Plans that came as plain texts, as what they are."""
    plans = candidate.get("plans")
    if not isinstance(plans, list):
        return candidate
    return {**candidate, "plans": [{"text": plan} if isinstance(plan, str) else plan for plan in plans]}


def sections_wanted(
    answer: type[Answer],
    language: Language,
    counts: Mapping[str, int],
    leave_out: Collection[str] = (),
    phrases: Mapping[str, str] | None = None,
) -> str:
    """The headings of the sectioned format, for the prompt.

    Args:
        answer: what is asked for.
        language: the story's.
        counts: how many of a repeated section (plans, summaries) there are to be.
        leave_out: the paths of what is not asked for.
        phrases: the story's short sentences and headings, by name; by default the author's in that language.
    """
    lines = []
    parts = [part for part in _parts_of_plans(answer) if f"plans.items.{part}" not in leave_out]
    headings = _headings(answer, phrases or texts(language.tag, PHRASES))
    for name, heading in headings.items():
        if name in _parts_of_plans(answer) or name in leave_out:
            continue
        if name not in counts:
            lines.append(f"{heading}:")
            if form := answer.lines.get(name):
                left = (part for part in form.split(" | ") if f"{name}.items.{part.split(':')[0]}" not in leave_out)
                lines.append(f"- {' | '.join(left)}")
            continue
        for number in range(1, counts[name] + 1):
            lines.append(f"{heading} {number}:")
            if name == "plans":
                lines.extend(f"{headings[part]} {number}:" for part in parts)
    return "\n".join(lines)


_BULLET = re.compile(r"^\s*(?:[-*•·]\s+|\d+[.)]\s+|\d+[、．）]\s*|[(（]\d+[)）]\s*)")
_FENCE = re.compile(r"^\s*(?:```.*|-{3,})$", re.MULTILINE)


def _headings(answer: type[Answer], phrases: Mapping[str, str]) -> dict[str, str]:
    """The heading of each field, in the story's words; of one that has none there, what its field is called."""
    called = {name: field.title or name.replace("_", " ").capitalize() for name, field in answer.model_fields.items()}
    called |= {name: name.capitalize() for name in _parts_of_plans(answer)}
    return {name: phrases.get(f"heading_{name}", title) for name, title in called.items()}


def _parts_of_plans(answer: type[Answer]) -> list[str]:
    """What of each plan stands under a heading of its own, beside its text."""
    if "plans" not in answer.model_fields:
        return []
    (plan,) = get_args(answer.model_fields["plans"].annotation)
    return [name for name in plan.model_fields if name != "text"]


def _sections_in(answer: type[Answer], text: str, language: Language, headings: Mapping[str, str]) -> dict[str, object]:
    """The fields of an answer from its headings; what stands before the first heading is a preamble."""
    found: dict[str, list[_Section]] = {}
    plans: list[dict[str, Any]] = []
    for section in _split(text, headings):
        if section.name == "recall" and plans:
            plans[-1]["recall"] = _cues(section.body)
        elif section.name == "threads" and plans:
            plans[-1]["threads"] = section.body.split("\n\n", maxsplit=1)[0]
        elif section.name == "plans":
            plans.append({"text": section.body, "recall": []})
        found.setdefault(section.name, []).append(section)
    fields = {
        name: _field(answer, name, found[name], language)
        for name in answer.model_fields
        if name in found and name != "plans"
    }
    return fields | {"plans": plans} if plans else fields


def _field(answer: type[Answer], name: str, sections: list[_Section], language: Language) -> object:
    """The value of a field from what stands under its heading, or under each of its headings."""
    bodies = [section.body for section in sections]
    annotation = answer.model_fields[name].annotation
    if name in answer.numbered:
        return bodies if len(bodies) > 1 else _bulleted(bodies[0]) or bodies
    if annotation is int:
        number = re.search(r"\d+", bodies[-1] or sections[-1].number)
        return int(number[0]) if number else None
    if name in answer.lines:
        return [item for body in bodies for item in _bulleted(body)]
    if _is_list(annotation):
        return [item for body in bodies for item in _bulleted(body) or _sentences(body, language)]
    return bodies[-1]


class _Section(NamedTuple):
    """What stands under one heading, and the heading's number if it had one."""

    name: str
    number: str
    body: str


def _split(text: str, headings: Mapping[str, str]) -> list[_Section]:
    """A text cut at its headings, in order."""
    words = sorted(headings.items(), key=lambda item: -len(item[1]))
    choice = "|".join(f"(?P<{name}>{re.escape(word)})" for name, word in words)
    heading = re.compile(
        rf"^[\s#>*_\-【\[]*(?:\d+[.)、．]\s*)?[*_]*(?:{choice})(?:[ \t]+cues)?"
        r"[ \t]*(?P<digits>\d*)[ \t]*[*_】\]]*[ \t]*"
        r"(?:[:：][*_]*|(?<=[\d*][ \t])[-–—][ \t]|$)\s*",
        re.IGNORECASE | re.MULTILINE,
    )
    text = _FENCE.sub("", text)
    hits = list(heading.finditer(text))
    ends = [*(hit.start() for hit in hits), len(text)][1:]
    sections = []
    for hit, end in zip(hits, ends, strict=True):
        name = next(name for name in headings if hit[name])
        sections.append(_Section(name, hit["digits"], _unstarred(text[hit.end() : end].strip())))
    return sections


def _unstarred(text: str) -> str:
    """A text without the end of a bold mark that began before it."""
    for mark in ("**", "__"):
        if text.count(mark) % 2:
            before, _, after = text.rpartition(mark)
            text = f"{before}{after}"
    return text.strip()


def _is_list(annotation: object) -> bool:
    return get_origin(annotation) is list or any(get_origin(arg) is list for arg in get_args(annotation))


def _bulleted(body: str) -> list[str]:
    """The items of a bulleted or numbered list: wrapped lines joined, a lead-in left out; none if it is no list."""
    items: list[str] = []
    lead_in: list[str] = []
    for line in body.splitlines():
        if _BULLET.match(line):
            items.append(_BULLET.sub("", line).strip())
        elif line.strip():
            if items:
                items[-1] = f"{items[-1]} {line.strip()}"
            else:
                lead_in.append(line.strip())
    is_list = not lead_in or lead_in[-1].endswith((":", "："))
    return items if is_list else []


def _sentences(body: str, language: Language) -> list[str]:
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    return sentences(" ".join(lines), language) if lines else []


def _cues(body: str) -> list[str]:
    """The recall cues under a heading: a list, or one line with semicolons; what follows an empty line is talk."""
    lines = _bulleted(body) or body.split("\n\n", maxsplit=1)[0].splitlines()
    return [cue.strip() for line in lines for cue in re.split(r"[;；]", line) if cue.strip()]
