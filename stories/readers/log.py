"""The log of another RecurrentGPT: its paragraphs are the book, its plans and memories are not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from ...schemas.errors import StorageError
from .bounds import check_size
from .encodings import decode
from .pieces import Block, Found
from .plain import blocks_of

if TYPE_CHECKING:
    from pathlib import Path

    from ...schemas.languages import Language

_SECTION: Final = re.compile(
    r"(?m)^[ \t]*(?:[#*]+[ \t]*)?(?P<name>(?:output|written|new|input|last|previous)?[ _]?paragraphs?(?:[ _]?\d+)?"
    r"|(?:output|input|updated|short[- ]term|long[- ]term|related)?[ _]?memory|related[ _]paragraphs?|rationale?"
    r"|summary|outline|name|title|(?:output|input)?[ _]?(?:instruction|plan)s?(?:[ _]?\d+)?"
    r"|human[ _](?:instruction|feedback)|(?:extended|revised|selected)[ _](?:paragraph|plan)"
    r"|iteration[ _]?\d+|step[ _]?\d+)"
    r"[ \t]*(?:[*]+)?[ \t]*[:：][ \t]*(?:[*]+)?",
    re.IGNORECASE,
)
_PARAGRAPH: Final = re.compile(r"(?:output|written|new|extended)?[ _]?paragraphs?(?:[ _]?\d+)?", re.IGNORECASE)
_OURS: Final = ("output_paragraph", "written_paragraph", "paragraph", "new_paragraph", "text")
_OF_AN_ARCHIVE: Final = frozenset({"kind", "format", "card", "steps", "entries"})
_LEAST: Final = 2


def is_log(path: Path) -> bool:
    """Whether a file of JSON is such a log, and no whole story of ours."""
    try:
        check_size(path)
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        is_ours = isinstance(found, dict) and not _OF_AN_ARCHIVE.isdisjoint(found)
        return not is_ours and bool(_of_json(found))
    except (OSError, ValueError, RecursionError, StorageError):
        return False


def read_text(path: Path, language: Language, encoding: str) -> Found:
    """A file of plain text, which may be such a log."""
    decoded = decode(path.read_bytes(), language, path, encoding)
    log = found_in_log(decoded.text, language)
    return log or Found(blocks_of(decoded.text, language), encoding=decoded.encoding, is_marked=False)


def read_log(path: Path, language: Language, encoding: str) -> Found:
    """A log as JSON, whole or a line a step."""
    decoded = decode(path.read_bytes(), language, path, encoding)
    lines = decoded.text.splitlines() if path.suffix.lower() == ".jsonl" else [decoded.text]
    found = [one for line in lines if line.strip() for one in _of_json(json.loads(line))]
    return Found(_paragraphs(found, language), encoding=decoded.encoding, is_marked=False)


def found_in_log(text: str, language: Language) -> Found | None:
    """What a text tells if it is a log: sections by their names, of which paragraphs come more than once."""
    hits = list(_SECTION.finditer(text))
    told = [hit for hit in hits if _PARAGRAPH.fullmatch(hit["name"])]
    others = [hit for hit in hits if not _PARAGRAPH.fullmatch(hit["name"])]
    if len(told) < _LEAST or len(others) < _LEAST:
        return None
    blocks: list[Block] = []
    title = ""
    said: set[str] = set()
    for hit, follows in zip(hits, [*hits[1:], None], strict=True):
        body = text[hit.end() : follows.start() if follows else len(text)].strip()
        name = hit["name"].lower()
        if hit in told and body not in said:
            said.add(body)
            blocks.extend(blocks_of(body, language))
        elif hit not in told:
            title = title or (body.split("\n")[0].strip() if name in {"name", "title"} else "")
            blocks.append(Block(body[:500], why="log"))
    return Found(blocks, title, is_marked=False)


def _paragraphs(texts: list[str], language: Language) -> list[Block]:
    return [block for text in dict.fromkeys(texts) for block in blocks_of(text, language)]


def _of_json(value: Any) -> list[str]:  # noqa: ANN401 (JSON)
    """The paragraphs in the order of the steps: what each step wrote, whatever stands around it."""
    if isinstance(value, dict):
        own = next((value[name] for name in _OURS if isinstance(value.get(name), str) and value[name].strip()), None)
        if own:
            return [own]
        return [text for inner in value.values() for text in _of_json(inner) if isinstance(inner, (dict, list))]
    if isinstance(value, list):
        return [text for inner in value for text in _of_json(inner)]
    return []
