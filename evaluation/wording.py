"""The words of the evaluation's own prompts: one Markdown file each, English only, checked when loaded."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..prompts import Prompt, check

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIZES = ("memory_min_sentences", "memory_max_sentences", "plan_count", "plan_sentences")

#: Each prompt: the placeholders it must hold, and those it may.
PLACEHOLDERS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    name: (frozenset(required), frozenset(optional))
    for name, required, optional in (
        ("system", ("title", "topic", "outline"), ("genre",)),
        ("continue_text", ("text",), ("paragraph_sentences",)),
        (
            "one_call",
            ("short_term_memory", "last_paragraph", "plan", "passages", *_SIZES),
            ("paragraph_sentences",),
        ),
        ("first_memory", ("text", *_SIZES), ()),
        ("outline_parts", ("text", "count"), ()),
        ("outline_scenes", ("parts", "part", "number", "count"), ("last_paragraph",)),
        ("write_scene", ("parts", "scene", "text"), ("before", "paragraph_sentences")),
        ("judge_system", (), ()),
        ("judge", ("first", "second"), ("topic", "genre")),
        ("contradictions", ("text",), ("most",)),
    )
}


@lru_cache
def load(name: str) -> Prompt:
    """The evaluation's prompt of that name.

    Raises:
        PromptError: its placeholders are wrong.
    """
    text = (files(__package__ or "") / "prompts" / f"{name}.md").read_text(encoding="utf-8")
    return check(name, text, PLACEHOLDERS)
