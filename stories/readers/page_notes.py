"""Notes of web pages: a mark that leads to a note, and the note at its foot, however the page's maker wrote both.

A mark is a link whose words are a number or a sign, raised or in brackets. A note is a paragraph or an item of a list
after it that the link leads to. Both are written anew in the one way that pandoc knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .headings import NOTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LINK: Final = re.compile(
    r"""(?is)(?P<raised><sup\b[^<>]*>\s*)?(?P<link><a\b[^<>]*?\shref\s*=\s*(["']?)#(?P<to>[^"'<>\s]+)\3[^<>]*>)"""
    r"""(?P<said>(?:(?!</?a\b).){0,200}?)</a\s*>(?P<end>\s*</sup\s*>)?"""
)
_NAMED: Final = re.compile(r"""(?i)<(?P<tag>[a-z][a-z0-9]*)\b[^<>]*?\s(?:id|name)\s*=\s*(["']?)(?P<id>[^"'<>\s]+)\2""")
_MARK: Final = re.compile(
    r"(?P<open>[\[(（【]?)\s*(?:note\s*)?(?P<mark>\d{1,4}|[*†‡§¶#]{1,4}|[a-z])\s*[\])）】]?", re.IGNORECASE
)
_SAID_TO_BE: Final = re.compile(r"""(?i)\b(?:noteref|doc-noteref|footnote-?(?:ref|link|anchor)|fn-?ref)""")
_TAG: Final = re.compile(r"<[^<>]*>")
_BLOCK: Final = re.compile(r"(?i)<(?P<tag>p|li|div|aside|section|dd|td|blockquote)\b[^<>]*>")
_LINKED: Final = re.compile(r"(?is)<a\b[^<>]*>(?P<said>.{0,40}?)</a\s*>")
_BACK: Final = re.compile(r"[\s\ufe0e\ufe0f]*(?:[↩↑^⤴⏎]|back|return|zurück|返回)?[\s\ufe0e\ufe0f]*", re.IGNORECASE)
_NOTE: Final = re.compile(r"(?i)footnote|endnote|rearnote|[\"' ]note[\"' ]")
_LEAD: Final = re.compile(
    r"\A(?P<tags>(?:\s|&nbsp;|\u00a0|<[^<>]*>)*)(?P<mark>[\[(（【]?\s*(?:\d{1,4}|[*†‡§¶#]{1,4}|[A-Za-z]\b)\s*[\])）】]?\s*[.:．：、]?)"
)
_EMPTY: Final = re.compile(r"(?is)<(section|div|aside|ol|ul|dl|blockquote)\b[^<>]*>\s*(?:<hr\b[^<>]*>\s*)*</\1\s*>")
_HEADED: Final = re.compile(
    r"(?is)(?:<hr\b[^<>]*>\s*)?<(?P<tag>h[1-6])\b[^<>]*>\s*(?:<[^<>]*>\s*){0,4}"
    rf"(?:{NOTES})\s*[:：.]?\s*(?:<[^<>]*>\s*){{0,4}}</(?P=tag)\s*>"
    r"(?=(?:\s|</?(?:section|div|aside|body|html|hr|span|a)\b[^<>]*>)*(?:<h[1-6]\b|\Z))"
)
_LAST_RULE: Final = re.compile(r"(?is)<hr\b[^<>]*>(?=(?:\s|</?(?:section|div|aside|body|html)\b[^<>]*>)*\Z)")
_ROLE: Final = re.compile(r"""(?i)\srole\s*=\s*(["'])doc-(?:noteref|footnote)\1""")
_MOST: Final = 20_000
"""Characters of a note."""


@dataclass(frozen=True)
class _Place:
    """Where a name stands: in which page, where its tag begins, and which tag it is."""

    page: int
    at: int
    tag: str


@dataclass(frozen=True)
class _Noted:
    """A mark and its note: where each begins and ends, and what the note says."""

    page: int
    begins: int
    ends: int
    note_page: int
    note: tuple[int, int]
    text: str


def with_notes(pages: Sequence[str]) -> list[str]:
    """Pages with each note where its mark is, as EPUB 3 says notes; what is no such pair stays as it is.

    Args:
        pages: of one text, in order, as HTML.
    """
    found = list(_pairs(pages))
    if not found:
        return [_ROLE.sub("", page) for page in pages]
    cuts: list[list[tuple[int, int, str]]] = [[] for _ in pages]
    asides: list[list[str]] = [[] for _ in pages]
    for number, one in enumerate(found):
        name = f"noted-{number}"
        cuts[one.page].append((one.begins, one.ends, f'<a epub:type="noteref" href="#{name}">{number}</a>'))
        asides[one.page].append(f'<aside epub:type="footnote" id="{name}">{one.text}</aside>')
        cuts[one.note_page].append((*one.note, ""))
    return [
        _without_remains(_ROLE.sub("", _cut(page, places))) + "".join(added) if places else _ROLE.sub("", page)
        for page, places, added in zip(pages, cuts, asides, strict=True)
    ]


def _cut(page: str, places: list[tuple[int, int, str]]) -> str:
    made: list[str] = []
    at = 0
    for begins, ends, instead in sorted(places):
        if begins >= at:
            made += [page[at:begins], instead]
            at = ends
    return "".join([*made, page[at:]])


def _without_remains(page: str) -> str:
    """A page without the lists, rules and headings of which only notes were left."""
    for _ in range(4):
        page, count = _EMPTY.subn("", page)
        if not count:
            break
    return _LAST_RULE.sub("", _HEADED.sub("", page))


def _pairs(pages: Sequence[str]) -> Iterator[_Noted]:
    links = [(number, hit) for number, page in enumerate(pages) for hit in _LINK.finditer(page) if _is_mark(hit)]
    if not links:
        return
    wanted = {hit["to"] for _, hit in links}
    places: dict[str, _Place] = {}
    for number, page in enumerate(pages):
        for hit in _NAMED.finditer(page):
            if hit["id"] in wanted:
                places.setdefault(hit["id"], _Place(number, hit.start(), hit["tag"].lower()))
    taken: set[_Place] = set()
    met: list[tuple[int, re.Match[str], _Place, tuple[int, int]]] = []
    for number, hit in links:
        place = places.get(hit["to"])
        if place is None or place in taken or (place.page, place.at) <= (number, hit.start()):
            continue  # it leads nowhere, back, or to a note that stands where another mark is
        taken.add(place)
        if span := _block_at(pages[place.page], place):
            met.append((number, hit, place, span))
    leads = [_lead(pages[place.page][slice(*span)], hit) for _, hit, place, span in met]
    # A note may begin with the number that is its own; that all of them do is no chance.
    all_lead = len(leads) > 1 and all(leads)
    for (number, hit, place, span), lead in zip(met, leads, strict=True):
        if text := _note(pages[place.page][slice(*span)], hit, is_own=lead == "sure" or all_lead):
            is_raised = bool(hit["raised"] and hit["end"])
            begins = hit.start() if is_raised else hit.start("link")
            ends = hit.end() if is_raised or not hit["end"] else hit.start("end")
            yield _Noted(number, begins, ends, place.page, span, text)


def _is_mark(hit: re.Match[str]) -> bool:
    said = _TAG.sub("", hit["said"]).replace("\u00a0", " ").strip()
    mark = _MARK.fullmatch(said)
    if not mark:
        return False
    is_raised = bool(hit["raised"] and hit["end"]) or "<sup" in hit["said"].lower()
    is_sign = not mark["mark"].isalnum()
    return is_raised or is_sign or bool(mark["open"]) or bool(_SAID_TO_BE.search(hit["link"]))


def _block_at(page: str, place: _Place) -> tuple[int, int] | None:
    """Where the paragraph begins and ends that has a name, or that begins with what has it."""
    opened = _BLOCK.match(page, place.at)
    if not opened:
        *_, opened = [None, *_BLOCK.finditer(page, max(0, place.at - 400), place.at)]
        if not opened or _TAG.sub("", page[opened.end() : place.at]).strip():
            return None
    tag = opened["tag"].lower()
    depth = 0
    for hit in re.finditer(rf"(?i)<(?P<end>/?){tag}\b[^<>]*>", page[opened.start() : opened.start() + _MOST]):
        if tag == "p" and depth and not hit["end"]:
            return opened.start(), opened.start() + hit.start()
        depth += -1 if hit["end"] else 1
        if not depth:
            return opened.start(), opened.start() + hit.end()
    return None


def _lead(block: str, link: re.Match[str]) -> str:
    """Whether a note begins with its own mark: ``sure`` where that is set off, ``maybe`` where it may be its text."""
    opened = _BLOCK.match(block)
    inner = block[opened.end() :] if opened else ""
    linked = _LEAD.match(inner)
    lead = linked if linked and "<a" in linked["tags"].lower() else _LEAD.match(_LINKED.sub(_without_way_back, inner))
    if not opened or not lead or _sign(lead["mark"]) != _sign(_TAG.sub("", link["said"])):
        return ""
    is_set_off = bool(re.search(r"(?i)<(?:a|sup)\b", lead["tags"]))
    is_marked = opened["tag"].lower() != "li" and not lead["mark"].strip().isalnum()
    return "sure" if is_set_off or is_marked else "maybe"


def _note(block: str, link: re.Match[str], *, is_own: bool) -> str:
    """What a note says, without its mark and the way back; empty where the block is none.

    Args:
        block: what the mark leads to.
        link: the mark.
        is_own: whether its mark, if it begins with it, is none of its words.
    """
    opened = _BLOCK.match(block)
    if not opened:
        return ""
    tag = opened["tag"].lower()
    inner = re.sub(rf"(?i)</{tag}\s*>\s*\Z", "", block[opened.end() :])
    inner = _LINKED.sub(_without_way_back, inner)
    lead = _LEAD.match(inner)
    is_said_to_be = tag == "li" or bool(_NOTE.search(opened[0]))
    if lead and _sign(lead["mark"]) == _sign(_TAG.sub("", link["said"])):
        if is_own or not is_said_to_be:
            inner = lead["tags"] + inner[lead.end() :].lstrip(" \u00a0")
    elif not is_said_to_be:
        return ""
    if not _TAG.sub("", inner).strip():
        return ""
    return inner if re.search(r"(?i)<p\b", inner) else f"<p>{inner}</p>"


def _without_way_back(link: re.Match[str]) -> str:
    said = _TAG.sub("", link["said"])
    return "" if _BACK.fullmatch(said) else said


def _sign(text: str) -> str:
    """A mark without what stands around it."""
    return re.sub(r"[\W_]", "", text) or text.strip("[]()（）【】 .\u00a0")
