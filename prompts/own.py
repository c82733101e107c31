"""Prompts of one's own: checked when they are set, and completed, so that nothing a person or the story says is lost.

What one's own prompt must name, it must name: else it is refused. What it may name and does not follows it, in the
words of the prompt that it replaces, wherever there is something to say: the remark on the last plans, the place in the
book, what holds. Figures and turns of a sentence (``PromptSpec.sizes``) are left to one's own words.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ..schemas.dialects import FULL
from ..schemas.errors import PromptError, part
from ..schemas.modes import AUTHOR
from . import Prompt, check, every_phrase, load
from .blocks import PLACEHOLDER, blocks_of, placeholders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..schemas.catalogue import Part
    from ..schemas.dialects import Dialect
    from ..schemas.languages import Language
    from ..schemas.modes import Mode
    from . import PromptSpec


def check_own(own: Mapping[str, str], known: Mapping[str, PromptSpec]) -> None:
    """See that prompts of one's own can replace others.

    Args:
        own: the templates by name, of prompts and of phrases (:func:`recurrentgpt.prompts.every_phrase`).
        known: the prompts that can be replaced; each phrase can.

    Raises:
        PromptError: there is no prompt and no phrase of that name, or one has other placeholders.
    """
    for name, template in own.items():
        if not template.strip():
            continue
        spec = known.get(name) or every_phrase().get(name)
        if spec is None:
            raise PromptError("prompt_unknown", name=name, known=sorted(known))
        check(spec, template)


@lru_cache(maxsize=256)
def replaced(spec: PromptSpec, own: str, default: Prompt) -> Prompt:
    """One's own prompt instead of another, with what it does not name after it.

    Raises:
        PromptError: it has other placeholders.
    """
    prompt = check(spec, own)
    return Prompt(spec.name, "\n\n".join((prompt.template, *_following(spec, prompt, default).values())))


def said_after(
    own: Mapping[str, str],
    known: Mapping[str, PromptSpec],
    language: Language,
    mode: Mode = AUTHOR,
    dialect: Dialect = FULL,
) -> list[Part]:
    """For each prompt of one's own that does not name all it may: which placeholders, and with what words they follow.

    Args:
        own: the templates by name.
        known: what can be replaced.
        language: the story's.
        mode: the story's.
        dialect: the run's.
    """
    found: list[Part] = []
    for name, template in own.items():
        if name in known and template.strip():
            spec = known[name]
            after = _following(spec, check(spec, template), load(spec, language, mode, dialect))
            if after:
                found.append(part("prompt_completed", name=name, places=[_shown(*one) for one in after.items()]))
    return found


def _following(spec: PromptSpec, prompt: Prompt, default: Prompt) -> dict[str, str]:
    """The blocks of a prompt that another one lacks, by their placeholders."""
    named, may = placeholders(prompt.template), set(spec.optional).difference(spec.required, spec.sizes)
    missing = [
        (names, block) for block in blocks_of(default.template) if (names := placeholders(block)) and names <= may
    ]
    return {" ".join(sorted(f"{{{name}}}" for name in names)): block for names, block in missing if not names & named}


def _shown(names: str, block: str) -> str:
    """A placeholder, and the words that tell what it holds, where there are any."""
    words = PLACEHOLDER.sub("", block).strip()
    return f"{names} ({words})" if any(map(str.isalnum, words)) else names
