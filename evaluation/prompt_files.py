"""The words of the evaluation's own prompts: a Markdown file each in a language of the topics, checked when loaded."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..prompts import Prompt, PromptSpec, check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..schemas.languages import Language

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
        PromptSpec(
            "published_step",
            ("short_term_memory", "last_paragraph", "plan", "passages", *_SIZES),
            ("paragraph_sentences",),
        ),
        PromptSpec("sum_up", ("text",)),
        PromptSpec("with_summaries", ("last_paragraph",), ("summaries", "paragraph_sentences")),
        PromptSpec("first_memory", ("text", *_SIZES)),
        PromptSpec("outline_parts", ("text", "count")),
        PromptSpec("outline_scenes", ("parts", "part", "number", "count"), ("last_paragraph",)),
        PromptSpec("write_scene", ("parts", "scene", "text"), ("before", "paragraph_sentences")),
        PromptSpec("judge_system"),
        PromptSpec("reader_system"),
        PromptSpec("judge", ("first", "second"), ("topic", "genre")),
        PromptSpec("contradictions", ("text",), ("most",)),
        PromptSpec("read_knows", ("text",), ("most",)),
        PromptSpec("read_order", ("text",), ("most",)),
        PromptSpec("read_setups", ("text",), ("most",)),
        PromptSpec("read_now", ("text", "question", "first", "second")),
        PromptSpec("score", ("text",), ("topic", "genre")),
    )
}


@lru_cache
def load(name: str, language: Language) -> Prompt:
    """The evaluation's prompt of that name, in the novels' language.

    Raises:
        PromptError: its placeholders are wrong.
    """
    text = (files(__package__ or "") / "prompts" / language.folder / f"{name}.md").read_text(encoding="utf-8")
    return check(PROMPTS[name], text)
