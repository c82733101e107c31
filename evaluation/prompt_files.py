"""The words of the evaluation's own prompts: one Markdown file each, English only, checked when loaded."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..prompts import Prompt, PromptSpec, check

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIZES = ("memory_min_sentences", "memory_max_sentences", "plan_count", "plan_sentences")

PROMPTS: Mapping[str, PromptSpec] = {
    spec.name: spec
    for spec in (
        PromptSpec("system", ("title", "topic", "outline"), ("genre",)),
        PromptSpec("continue_text", ("text",), ("paragraph_sentences",)),
        PromptSpec(
            "one_call",
            ("short_term_memory", "last_paragraph", "plan", "passages", *_SIZES),
            ("paragraph_sentences",),
        ),
        PromptSpec("first_memory", ("text", *_SIZES)),
        PromptSpec("outline_parts", ("text", "count")),
        PromptSpec("outline_scenes", ("parts", "part", "number", "count"), ("last_paragraph",)),
        PromptSpec("write_scene", ("parts", "scene", "text"), ("before", "paragraph_sentences")),
        PromptSpec("judge_system"),
        PromptSpec("judge", ("first", "second"), ("topic", "genre")),
        PromptSpec("contradictions", ("text",), ("most",)),
    )
}


@lru_cache
def load(name: str) -> Prompt:
    """The evaluation's prompt of that name.

    Raises:
        PromptError: its placeholders are wrong.
    """
    text = (files(__package__ or "") / "prompts" / f"{name}.md").read_text(encoding="utf-8")
    return check(PROMPTS[name], text)
