"""A text in light Markdown as a page shows it: its marks as what they mean, every line where it stands."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from ..schemas.light_markdown import Note, Run, paragraphs_of, read_paragraph

_MAY_HAVE_MARKS = re.compile(r"[*~\\\[\u2042]|^[ \t-]*-[ \t]*-[ \t]*-", re.MULTILINE)
_TAGS = (
    ("small_caps", "span", ' class="small-caps"'),
    ("strike", "s", ""),
    ("strong", "strong", ""),
    ("emphasis", "em", ""),
)


def marked_up(text: str) -> Markup:
    """A text as HTML: italics, bold, small caps, struck out, notes, scene breaks; everything else is escaped."""
    if not _MAY_HAVE_MARKS.search(text):
        return escape(text)
    return Markup("\n\n").join(_block(block) for block in paragraphs_of(text))


def _block(block: str) -> Markup:
    paragraph = read_paragraph(block)
    if not paragraph.inlines:
        return Markup('<span class="scene">{}</span>').format(block)
    return Markup("").join(_inline(part) for part in paragraph.inlines)


def _inline(part: Run | Note) -> Markup:
    if isinstance(part, Note):
        return Markup('<small class="note">[{}]</small>').format(Markup("").join(map(_inline, part.runs)))
    made = escape(part.text)
    for name, tag, more in _TAGS:
        if getattr(part, name):
            made = Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), Markup(more), made)  # noqa: S704 (our own tags)
    return made
