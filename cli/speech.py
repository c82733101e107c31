"""The language that the terminal speaks to a person: the one they ask for (``--speak``), or else their locale's.

What language a story is told in is another matter; but where neither is known, it is spoken to whoever reads it.
"""

from __future__ import annotations

import os
import re
from contextvars import ContextVar
from typing import TYPE_CHECKING

from ..schemas.catalogue import fill, say
from ..schemas.errors import sentence
from ..schemas.language_folders import DEFAULT, HINTS, TAG, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..schemas.catalogue import Part
    from ..schemas.errors import RecurrentGPTError

_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""What says a person's language, the first that is set."""

_asked_for: ContextVar[str] = ContextVar("asked_for", default="")
_of_story: ContextVar[str] = ContextVar("of_story", default="")


def speak(tag: str) -> None:
    """Speak the language of a tag from now on; none: that of the locale."""
    _asked_for.set(tag)


def speak_as_the_story(tag: str) -> None:
    """Speak a story's language, as long as neither the person nor the locale says another."""
    _of_story.set(tag)


def spoken() -> str:
    """The tag of the language that is spoken."""
    return _asked_for.get() or _of_locale(os.environ) or _of_story.get() or DEFAULT


def _of_locale(environment: Mapping[str, str]) -> str:
    """The language of a locale such as ``zh_CN.UTF-8``; empty, where it says none."""
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), "")
    tag = re.split("[.@]", locale)[0].replace("_", "-")
    return tag if re.fullmatch(TAG, tag) else ""


def told(error: RecurrentGPTError) -> str:
    """What went wrong."""
    return sentence(error, spoken())


def said(remark: Part | str) -> str:
    """What is told of how it goes, and what to do about it in the terminal's own words."""
    words, of = say(remark, spoken()), {} if isinstance(remark, str) else remark
    hint = fill(texts(spoken(), HINTS).get(of.get("part", ""), ""), of, spoken())
    return f"{words} {hint}" if hint else words


def hint_for(error: RecurrentGPTError) -> str:
    """What to do about an error in the terminal's own words; empty where its sentence says it all."""
    return fill(texts(spoken(), HINTS).get(error.code, ""), error.values, spoken())
