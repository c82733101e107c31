"""Pages from templates. Whatever a model, a person or a file wrote is escaped: it is shown, never read as HTML."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from ..schemas.context import USUAL_CHOOSER, Chooser
from ..schemas.errors import sentence
from ..schemas.languages import languages
from ..schemas.limits import LIMITS
from ..stories.gate_words import busy, label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import HTTPConnection

    from ..schemas.errors import RecurrentGPTError
    from ..stories.gate_words import Gates

LANGUAGES = ("en", "zh")
_PLACE = re.compile(r"\{([a-z]+)\}")


@lru_cache
def phrases(language: str) -> Mapping[str, str]:
    """The words of the page in a language, by name."""
    text = (files(__package__) / "words" / f"{language}.toml").read_text(encoding="utf-8")
    return {key: str(value) for key, value in tomllib.loads(text).items()}


@dataclass(frozen=True)
class Words:
    """The page's words in one language; called with a name, and what the phrase names."""

    language: str

    def busy(self, gates: Gates, name: str) -> str:
        """What a gate does while it is at work."""
        return busy(gates, name, self.language)

    def label(self, gates: Gates, name: str) -> str:
        """What a gate is called."""
        return label(gates, name, self.language)

    def __call__(self, phrase: str, /, **values: object) -> str:
        """One phrase."""
        return _PLACE.sub(lambda place: str(values[place[1]]), phrases(self.language)[phrase])

    def or_else(self, phrase: str, otherwise: str) -> str:
        """A phrase that this language may lack, as it stands; what is said otherwise, where it does."""
        return phrases(self.language).get(phrase, otherwise)


def language_of(connection: HTTPConnection) -> str:
    """The language that a browser asks for first, of those the page speaks."""
    asked = []
    for part in connection.headers.get("accept-language", "").split(","):
        tag, _, weight = part.partition(";q=")
        try:
            asked.append((float(weight or 1), tag.strip().lower()[:2]))
        except ValueError:
            continue
    spoken = [language for weight, language in sorted(asked, key=lambda one: -one[0]) if language in LANGUAGES]
    return spoken[0] if spoken else LANGUAGES[0]


def in_words(problem: RecurrentGPTError | None, language: str) -> str:
    """What went wrong, as a page says it; nothing, if nothing did."""
    return sentence(problem, language) if problem is not None else ""


@lru_cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    choosers = sorted(get_args(Chooser), key=lambda who: who != USUAL_CHOOSER)
    made.globals |= {"languages": languages, "limits": LIMITS, "choosers": choosers}
    made.filters["thousands"] = lambda number: f"{number:,}"
    return made


def render_page(name: str, language: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401
    """A page.

    Args:
        name: the template's, without its ending.
        language: the page's words are in it.
        status: HTTP's.
        values: what the template shows.
    """
    made = _environment().get_template(f"{name}.html").render(t=Words(language), lang=language, **values)
    return HTMLResponse(made, status, {"cache-control": "no-store"})
