"""The words: one Markdown file a prompt, a folder a language and a mode. Loaded once, checked when loaded.

A placeholder is ``{name}``. Filling is one pass over the template: what a model or a person wrote is put in
as it is and never looked at again, so a story may hold braces or anything else. A block (lines between
blank lines) whose placeholders are all empty is left out.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..schemas.errors import PromptError, part

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_PREMISE = ("title", "genre", "topic", "background", "outline", "style_sheet")

#: Each prompt: the placeholders it must hold, and those it may.
PLACEHOLDERS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    name: (frozenset(required), frozenset(optional))
    for name, required, optional in (
        ("system", ("title", "topic", "outline"), ("genre", "background", "style_sheet")),
        ("open_story", (), _PREMISE),
        ("write_opening", ("opening_paragraphs",), ("paragraph_sentences",)),
        ("summarise_opening", ("passages", "count"), ()),
        (
            "generate_paragraph",
            ("short_term_memory", "passages", "last_paragraph", "plan"),
            ("paragraph_sentences", "place"),
        ),
        ("rewrite_short_term", ("memory_min_sentences", "memory_max_sentences"), ()),
        ("rewrite_short_term_alone", ("memory_min_sentences", "memory_max_sentences"), ()),
        ("append_summary", (), ()),
        ("chapter_title", (), ()),
        ("propose_plans", ("short_term_memory", "plan_count"), ("plan_sentences", "feedback", "place")),
        ("select_plan", ("plans",), ("plan_sentences", "short_term_memory")),
        ("read_manuscript", (), ("short_term_memory",)),
        ("recall_cues", ("plan",), ("short_term_memory",)),
        ("passage", ("seq", "text"), ("summary",)),
        ("try_again", ("problem",), ()),
        ("answer_in_sections", ("sections",), ()),
        ("tell", ("text", "plans"), ("problem",)),
        ("review", ("paragraph", "short_term_memory", "rationale", "plans"), ("problem", "memory_diff")),
    )
}


@dataclass(frozen=True)
class Prompt:
    """A template whose placeholders have been checked."""

    name: str
    template: str

    def fill(self, **values: object) -> str:
        """The text with every placeholder replaced, in one pass, and empty blocks left out."""
        texts = {key: str(value) for key, value in values.items()}
        blocks = (block for block in re.split(r"\n{2,}", self.template) if _says_anything(block, texts))
        return "\n\n".join(_PLACEHOLDER.sub(lambda hit: texts.get(hit[1], ""), block) for block in blocks)


def _says_anything(block: str, texts: Mapping[str, str]) -> bool:
    names = _PLACEHOLDER.findall(block)
    return not names or any(texts.get(name, "").strip() for name in names)


def check(
    name: str, template: str, known: Mapping[str, tuple[frozenset[str], frozenset[str]]] = PLACEHOLDERS
) -> Prompt:
    """A prompt from a template, once its placeholders are known to be right.

    Args:
        name: which prompt it is.
        template: its words.
        known: each prompt's placeholders: those it must hold, and those it may.

    Raises:
        PromptError: a required placeholder is missing, or one is named that this prompt does not have.
    """
    required, optional = known[name]
    named = set(_PLACEHOLDER.findall(template))
    if missing := sorted(required - named):
        raise PromptError("prompt_incomplete", name=name, missing=_braced(missing))
    if unknown := sorted(named - required - optional):
        has = _braced(sorted(required | optional)) or part("none")
        raise PromptError("prompt_unknown_place", name=name, unknown=_braced(unknown), has=has)
    return Prompt(name, template.strip())


def _braced(names: list[str]) -> list[str]:
    return [f"{{{name}}}" for name in names]


@lru_cache
def load(name: str, language: str, mode: str = "author") -> Prompt:
    """The project's own prompt of that name, in a story's language and mode; where the mode has none, the author's.

    Raises:
        PromptError: there is no such file, or its placeholders are wrong.
    """
    root = files(__name__) / language
    for place in (root / mode / f"{name}.md", root / "author" / f"{name}.md", root / f"{name}.md"):
        if place.is_file():
            return check(name, place.read_text(encoding="utf-8"))
    raise PromptError("no_prompt", name=name, language=language, mode=mode)


@lru_cache
def phrases(language: str) -> Mapping[str, str]:
    """Short sentences of a language, by name: headings of answers, and what can be wrong with one."""
    text = (files(__name__) / language / "phrases.toml").read_text(encoding="utf-8")
    return {key: str(value) for key, value in tomllib.loads(text).items()}


def say(key: str, language: str, **values: object) -> str:
    """One phrase of a language, filled."""
    return Prompt(key, phrases(language)[key]).fill(**values)
