"""What stands in a web page beside its text: numbers of printed pages, and links that only lead about in it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from .elements import with_elements
from .furniture import is_copyright
from .pieces import Block

if TYPE_CHECKING:
    from .pieces import Why

_NUMBERED: Final = re.compile(
    r"(?i)<(?P<tag>span|a|div|p|small|sup)\b[^<>]*\s(?:class|epub:type|role|type)\s*=\s*"
    r"""(?:["'](?:[^"'<>]*[\s:])?|)(?:(?:doc-)?(?:page|pg|pag)[-_]?(?:num(?:ber)?s?|nr|no|break|marker)\w*|folio)(?:[\s"'][^<>]*)?>"""
    r"(?P<said>(?:[^<>]|</?(?:a|small|b|i|em|sup)\b[^<>]*>){1,60}?)</(?P=tag)\s*>"
)
_NUMBER: Final = re.compile(
    r"[\[({|]?\s*(?:(?:page|pag|pg|p|s|seite|с|стр)\b\.?\s*)?(?:\d{1,4}|[ivxlc]{1,8})[a-z]?\s*[\])}|]?", re.IGNORECASE
)
_TAG: Final = re.compile(r"<[^<>]*>")
_LEADS: Final = re.compile(
    r"(?i)<(?P<tag>p|div|center)\b[^<>]*>(?P<said>(?:[^<>]|</?(?:a|small|span|b|i|em|strong|sup|br)\b[^<>]*>){1,600}?)</(?P=tag)\s*>"
)
_SITE: Final = re.compile(r"(?i)powered\s+by|privacy\s+policy|terms\s+of\s+(?:use|service)|all\s+posts|subscribe")
"""What a site has at its foot."""
_LINK: Final = re.compile(r"""(?is)<a\b[^<>]*\shref\s*=[^<>]*>(?P<said>[^<>]{1,40})</a\s*>""")
_LEAD: Final = re.compile(
    r"\W*(?:toc|(?:table\s+of\s+)?contents|(?:back\s+to\s+)?(?:the\s+)?(?:top|toc|contents|beginning|index|home)|index|home"
    r"|(?:next|previous|prev|last|first)(?:\s+(?:chapter|page|part))?|return(?:\s+to\s+.{1,20})?"
    r"|inhalt(?:sverzeichnis)?|nach\s+oben|zurück(?:\s+.{1,20})?|weiter|sommaire|haut(?:\s+de\s+page)?|suivante?|précédente?"
    r"|índice|indice|оглавление|наверх|содержание|далее|назад"
    r"|返回(?:目录|目錄|顶部|頂部)?|目录|目錄|上一[章页頁]|下一[章页頁]|目次|次へ|前へ|トップ)\W*",
    re.IGNORECASE,
)


def leads_about(text: str) -> bool:
    """Whether a line says where a link leads that only leads about in a text: "Contents", "Next", "Top"."""
    return _LEAD.fullmatch(text) is not None


def without_page_furniture(text: str) -> tuple[str, list[Block]]:
    """A page without numbers of printed pages and links that lead about in it; and what those say."""
    found: list[Block] = []

    def number(hit: re.Match[str]) -> str:
        return "" if _is_said(hit["said"], _NUMBER, "page_number") else hit[0]

    def lead(hit: re.Match[str]) -> str:
        links = _LINK.findall(hit["said"])
        if not links or not all(_LEAD.fullmatch(unescape(one)) for one in links):
            return hit[0]
        if any(map(str.isalnum, unescape(_TAG.sub("", _LINK.sub("", hit["said"]))))):
            return hit[0]
        found.append(Block(" ".join(unescape(one).strip() for one in links), why="contents"))
        return ""

    def _is_said(said: str, pattern: re.Pattern[str], why: Why) -> bool:
        plain = " ".join(unescape(_TAG.sub("", said)).split())
        if not pattern.fullmatch(plain):
            return False
        found.append(Block(plain, why=why))
        return True

    def foot(said: str) -> str:
        plain = " ".join(unescape(_TAG.sub(" ", said)).split())
        if not (is_copyright(plain) or _SITE.search(plain)):
            return f"<div>{said}</div>"
        found.append(Block(plain, why="copyright"))
        return ""

    text = with_elements(text, "footer", foot)
    text = _NUMBERED.sub(number, text) if "<" in text else text
    return _LEADS.sub(lead, text) if "<a" in text.lower() else text, found
