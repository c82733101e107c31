"""Pages from templates. Whatever a model, a person or a file wrote is escaped: it is shown, never read as HTML."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from ..schemas.cldr import common_languages
from ..schemas.context import USUAL_CHOOSER, Chooser
from ..schemas.languages import TAG, languages
from ..schemas.limits import LIMITS
from ..stories.rewriting import WAYS
from .marks import marked_up
from .words import spoken, words_for

if TYPE_CHECKING:
    from starlette.requests import Request

    from ..schemas.languages import Language


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
    made.filters["marked"] = marked_up
    made.filters["thousands"] = lambda number: f"{number:,}"
    made.globals |= {
        "choosers": choosers,
        "common_languages": common_languages,
        "languages": languages,
        "limits": LIMITS,
        "rewrite_ways": WAYS,
        "spoken": spoken,
        "tag": TAG,
        "told_in": told_in,
    }
    return made


def warm_up() -> None:
    """Have the write view ready before it is asked for: to read its templates takes half as long as a long book."""
    for name in _OFTEN:
        _environment().get_template(f"{name}.html")


_OFTEN = ("base", "library", "write", "parts", "rewriting", "contents", "own", "keys", "drafts", "panel_memory")
"""Templates that every page, or most, is made of."""


def told_in(language: Language) -> Markup:
    """The attributes of an element that holds text of a story: which language it is in, and which way it is written.

    What a person writes there may be in any: so only a language that is always written from right to left says so.
    """
    direction = language.direction if language.direction == "rtl" else "auto"
    return Markup('lang="{}" dir="{}"').format(language.tag, direction)


def render_page(name: str, request: Request, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401
    """A page, in the language of whoever asks for it.

    Args:
        name: the template's, without its ending.
        request: what asks for it.
        status: HTTP's.
        values: what the template shows.
    """
    made = _environment().get_template(f"{name}.html").render(t=words_for(request), **values)
    return HTMLResponse(made, status, {"cache-control": "no-store"})
