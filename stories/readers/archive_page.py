"""A page that the Archive of Our Own makes of a work: the work stands in the middle, what the site says around it."""

from __future__ import annotations

import html
import re
from typing import Final

from .word_page import COMMENTS

TITLE_PAGE: Final = "titlepage"
"""The class of what says what a work is."""
_SITE: Final = "archiveofourown.org"
_HEAD: Final = 20_000
_CHAPTERS: Final = re.compile(r"""<div\b[^<>]*\bid=["']chapters["'][^<>]*>""")
_AFTER: Final = re.compile(r"""<div\b[^<>]*\bid=["']afterword["'][^<>]*>""")
_TITLE: Final = re.compile(r"<h1\b[^<>]*>([^<]{1,300})</h1>")
_AUTHOR: Final = re.compile(r"""<a\b[^<>]*\brel=["']author["'][^<>]*>([^<]{1,200})</a>""")
_NOTES: Final = re.compile(
    r"(?is)<p\b[^<>]*>\s*(?:Chapter\s+)?(?:End\s+)?(?:Notes|Summary)\s*</p>\s*<blockquote\b[^<>]*>.{0,5000}?</blockquote>"
)


def without_site(text: str) -> tuple[str, str, str]:
    """A page with what the site says marked as no story, its title and its author; any other page is as it was."""
    chapters = _CHAPTERS.search(text) if _SITE in text[:_HEAD] else None
    if chapters is None:
        return text, "", ""
    head = text[: chapters.start()]
    after = _AFTER.search(text, chapters.end())
    end = after.start() if after else len(text)
    story = _NOTES.sub(lambda hit: f'<div class="{COMMENTS}">{hit[0]}</div>', text[chapters.end() : end])
    body = re.split(r"(?i)<body\b[^<>]*>", head, maxsplit=1)[-1]
    title, author = (html.unescape(hit[1]).strip() if (hit := part.search(head)) else "" for part in (_TITLE, _AUTHOR))
    page = f'<div class="{TITLE_PAGE}">{_plain(body)}</div>{story}<div class="{COMMENTS}">{_plain(text[end:])}</div>'
    return page, title, author


def _plain(part: str) -> str:
    """What a part of a page says, as one paragraph."""
    return f"<p>{re.sub(r'<[^<>]*>', ' ', part)}</p>"
