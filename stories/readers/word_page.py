"""A web page that Word saved: what only Word reads in it, said so that any reader of pages sees it."""

from __future__ import annotations

import html
import re
from typing import Final

from .elements import without_elements

COMMENTS: Final = "remarks-of-word"
"""The class that the remarks at a page's edge are given."""
_IS_WORD: Final = re.compile(r"urn:schemas-microsoft-com:office:word|class=[\"']?MsoNormal\b")
_AUTHOR: Final = re.compile(r"<o:Author>([^<]{1,200})</o:Author>")
_CONDITION: Final = re.compile(r"<!\[(?:if|endif)[^\]>]{0,200}\]>", re.IGNORECASE)
_INSERTED: Final = re.compile(r"(?i)</?ins\b[^>]*>")
_REMARK: Final = re.compile(r"""(?is)<a\b[^>]*\bclass=["']?msocomanchor\b[^>]*>.{0,2000}?</a\s*>""")
_REMARKS: Final = re.compile(r"""(?i)<div\b[^>]*\bmso-element:\s*comment-list\b[^>]*>""")
_CONTENTS: Final = re.compile(r"""(?is)(<p\b[^>]*\bclass=["']?MsoToc(?:\d|Heading)\b[^>]*>.{0,2000}?</p\s*>)""")
_HEADING: Final = re.compile(r"(?is)<p\b[^>]*\bmso-outline-level:\s*([1-6])\b[^>]*>(.{0,2000}?)</p\s*>")


def without_word(text: str) -> tuple[str, str]:
    """A page without what is Word's own, and its author as Word noted it; any other page is as it was.

    What was deleted while changes were being tracked is gone, what was put in then is text; lines of a contents page
    and remarks are marked as such; a paragraph with an outline level is a heading.
    """
    if not _IS_WORD.search(text):
        return text, ""
    author = _AUTHOR.search(text)
    text = _INSERTED.sub("", without_elements(_CONDITION.sub("", text), "del"))
    text = _REMARKS.sub(f'<div class="{COMMENTS}">', _REMARK.sub("", text))
    text = _CONTENTS.sub(r'<div class="toc">\1</div>', text)
    return _HEADING.sub(r"<h\1>\2</h\1>", text), html.unescape(author[1]).strip() if author else ""
