"""How the pages of this folder become a site: ``make site`` (Sphinx, MyST for Markdown, the Furo theme)."""

from __future__ import annotations

import re
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "RecurrentGPT on LangGraph"
author = "The RecurrentGPT on LangGraph authors"
copyright = f"2026, {author}"  # noqa: A001 (Sphinx's own name)
release = version_of("recurrentgpt")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
napoleon_use_ivar = True
myst_enable_extensions = ["deflist"]

myst_heading_anchors = 4
"""Headings of so many levels can be linked to, by the names that a forge gives them."""

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
napoleon_google_docstring = True
napoleon_numpy_docstring = False

html_theme = "furo"
html_title = "RecurrentGPT on LangGraph"
html_show_sourcelink = False
html_extra_path = ["archive.schema.json"]

_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./([^)#]+)(?:#[^)]*)?\)")


def name_what_is_outside(app: Sphinx, page: str, source: list[str]) -> None:  # noqa: ARG001 (Sphinx hands them)
    """A link to a file of the repository that is no page of the site becomes the file's name."""
    source[0] = _OUTSIDE.sub(r"\1 (`\2`)", source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls once."""
    app.connect("source-read", name_what_is_outside)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
