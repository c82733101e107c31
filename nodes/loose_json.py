"""JSON as models write it: with words around it, comments, single quotes, another key, one wrapper too many."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING = re.compile(r'("(?:\\.|[^"\\])*")|,(\s*[}\]])', re.DOTALL)
_PYTHON = {"true": "True", "false": "False", "null": "None"}
_WORD = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\b(true|false|null)\b""", re.DOTALL)
_NUMBERED = re.compile(r"\s*(?:\d{1,2}[.)、．]|[-*•])\s+")
_STANDS_FOR_ONE = frozenset({"string", "<string>", "...", "…"})
_DEEPEST = 3
_MOST_TRIED = 40


def in_words(schema: Mapping[str, Any]) -> str:
    """A form in short, as an object whose values are dots."""
    if "enum" in schema:
        return json.dumps("|".join(map(str, schema["enum"])), ensure_ascii=False)
    match schema.get("type"):
        case "object":
            parts = (f'"{name}": {in_words(value)}' for name, value in schema["properties"].items())
            return f"{{{', '.join(parts)}}}"
        case "array":
            return f"[{in_words(schema['items'])}, …]"
        case "string":
            return '"…"'
        case "boolean":
            return "true|false"
    return str(max(1, schema.get("minimum", 1)))


def json_in(text: str) -> Iterator[object]:
    """What JSON there is in a text, that which is whole first; a text inside JSON is read as well."""
    decoder = json.JSONDecoder(strict=False)
    end, is_open = 0, False
    for number, sign in enumerate(re.finditer(r"[{\[]", text)):
        if sign.start() < end or number > _MOST_TRIED:
            continue
        try:
            found, end = decoder.raw_decode(text, sign.start())
        except ValueError:
            found, end = _loosely(text, sign.start())
            is_open = is_open or found is None
        # A list within something that is never closed is a part of what was cut off.
        if found is not None and not (is_open and isinstance(found, list)):
            yield found
    try:
        spelt = json.loads(text)
    except ValueError:
        return
    if isinstance(spelt, str):
        yield from json_in(spelt)


def _loosely(text: str, start: int) -> tuple[object, int]:
    """What begins at a bracket, read as JSON was not meant to be, and where it ends."""
    end = _matching(text, start)
    if not end:
        return None, start
    bare = _TRAILING.sub(lambda hit: hit[1] or hit[2], _COMMENT.sub(lambda hit: hit[1] or "", text[start:end]))
    try:
        return json.loads(bare, strict=False), end
    except ValueError:
        pass
    try:
        return ast.literal_eval(_WORD.sub(lambda hit: hit[1] or _PYTHON[hit[2]], bare)), end
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None, start


def _matching(text: str, start: int) -> int:
    """Where a bracket is closed; 0: nowhere."""
    depth, quote, place = 0, "", start
    while place < len(text):
        sign = text[place]
        if quote:
            place += sign == "\\"
            quote = "" if sign == quote else quote
        elif sign == '"' or (sign == "'" and text[place - 1] in "{[,: \n"):
            quote = sign
        elif sign in "{[":
            depth += 1
        elif sign in "}]":
            depth -= 1
            if not depth:
                return place + 1
        place += 1
    return 0


def fitted(found: object, names: Mapping[str, str], depth: int = 0) -> Iterator[dict[str, Any]]:
    """What may be the answer in something that was read, under the names that it is to have.

    Args:
        found: what was read.
        names: the fields, each with its heading in the story's language.
        depth: how deep in what was read this is.
    """
    if isinstance(found, dict):
        meant = {_plain(name): name for name in names} | {_plain(heading): name for name, heading in names.items()}
        renamed = {meant.get(_plain(str(key)), str(key)): value for key, value in found.items()}
        if renamed.keys() & names.keys():
            yield {name: _tidied(value) for name, value in renamed.items()}
        elif depth < _DEEPEST:
            for value in found.values():
                if len(found) == 1 or isinstance(value, dict | str):
                    yield from fitted(value, names, depth + 1)
    elif isinstance(found, str) and depth < _DEEPEST and found.lstrip().startswith(("{", "[")):
        for inner in json_in(found):
            yield from fitted(inner, names, depth + 1)
    elif isinstance(found, list) and found and depth < _DEEPEST:
        yield from _of_a_list(found, names, depth)


def _of_a_list(found: list[Any], names: Mapping[str, str], depth: int) -> Iterator[dict[str, Any]]:
    """What may be the answer in a list: its one item, the first of several alike, or all of it."""
    if len(found) == 1 or all(isinstance(item, dict) and item.keys() & names.keys() for item in found):
        yield from fitted(found[0], names, depth + 1)
    if len(names) == 1:
        yield {next(iter(names)): _tidied(found)}


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()


def _tidied(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """A list without the numbers that its items were given; a text that only stands for one is none."""
    if isinstance(value, list):
        is_numbered = len(value) > 1 and all(isinstance(item, str) and _NUMBERED.match(item) for item in value)
        return [_tidied(_NUMBERED.sub("", item, count=1) if is_numbered else item) for item in value]
    if isinstance(value, dict):
        return {name: _tidied(item) for name, item in value.items()}
    return "" if isinstance(value, str) and value.strip().casefold() in _STANDS_FOR_ONE else value
