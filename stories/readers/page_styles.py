"""What the styles of web pages say of their letters: in italics, bold, small capitals, struck.

Programs that make books say it in a class of a style sheet, which pandoc does not read. What a class says is written
at each piece of text and each paragraph that has it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Styles = dict[tuple[str, str], dict[str, str]]
"""By tag (empty: any) and class: what is said of each property."""

_SHEET: Final = re.compile(r"(?i)<style\b[^<>]*>")
_SHEET_END: Final = re.compile(r"(?i)</style\s*>")
_LINK: Final = re.compile(r"(?i)<link\b[^<>]*>")
_HREF: Final = re.compile(r"""(?i)\shref\s*=\s*(["'])([^"'<>]*)\1""")
_REMARK: Final = re.compile(r"/\*.{0,20000}?\*/|<!--|-->", re.DOTALL)
_LONGEST: Final = 2000
"""Characters of what a rule is of, and of what it says: longer ones are not about letters."""
_SELECTOR: Final = re.compile(
    r"(?:.*[\s>+~])?(?P<tag>[a-z][a-z0-9]*)?\.(?P<name>[\w-]+)|(?P<alone>p)", re.IGNORECASE | re.DOTALL
)
"""Of a class, or of every paragraph."""
_DECLARED: Final = re.compile(
    r"(?P<name>font-style|font-weight|font-variant(?:-caps)?|text-decoration(?:-line)?|font)\s*:\s*(?P<value>[^;]{1,200})",
    re.IGNORECASE,
)
_MARKED: Final = (
    ("font-style", re.compile(r"italic|oblique"), "font-style:italic"),
    ("font-weight", re.compile(r"bold(?:er)?|[6-9]00"), "font-weight:bold"),
    ("font-variant", re.compile(r"small-caps"), "font-variant:small-caps"),
    ("text-decoration", re.compile(r"line-through"), "text-decoration:line-through"),
)
_PIECE: Final = re.compile(r"(?i)<(?P<tag>span|p)\b(?P<said>[^<>]*)>")
_CLASS: Final = re.compile(r"""(?i)\sclass\s*=\s*(?:(["'])(?P<quoted>[^"'<>]*)\1|(?P<bare>[\w-]+))""")
_OWN: Final = re.compile(r"""(?i)\sstyle\s*=\s*(["'])(?P<said>[^"<>]*?)\1""")
_EDGE: Final = re.compile(r"(?i)<(?P<end>/?)p\b")


def sheets_of(text: str) -> Iterator[str]:
    """The addresses of the style sheets that a page names."""
    for link in _LINK.findall(text):
        if "stylesheet" in link.lower() and (hit := _HREF.search(link)):
            yield hit[2]


def own_sheets(text: str) -> Iterator[str]:
    """The style sheets that stand in a page."""
    for begins in _SHEET.finditer(text):
        if ends := _SHEET_END.search(text, begins.end()):
            yield text[begins.end() : ends.start()]


def rules_of(sheet: str) -> Iterator[tuple[str, str, str]]:
    """What a style sheet says: of which tag (empty: any), of which class (empty: any), and what."""
    for rule in _REMARK.sub("", sheet).split("}"):
        before, _, within = rule.rpartition("{")
        selectors = before.rpartition("{")[2].rpartition(";")[2]
        if len(selectors) <= _LONGEST and len(within) <= _LONGEST:
            for selector in selectors.split(","):
                if hit := _SELECTOR.fullmatch(selector.strip()):
                    yield (hit["tag"] or hit["alone"] or "").lower(), hit["name"] or "", within


def styles_of(sheet: str) -> Styles:
    """What a style sheet says of the letters of each class."""
    found: Styles = {}
    for tag, name, within in rules_of(sheet):
        if name and (said := _said(within)):
            found.setdefault((tag, name), {}).update(said)
    return found


def with_styles(text: str, styles: Sequence[Styles]) -> str:
    """A page that says at each piece and paragraph what its class, or its own style, says of its letters.

    Args:
        text: the page.
        styles: what its style sheets say; the later wins.
    """
    made: list[str] = []
    at = 0
    for hit in _PIECE.finditer(text):
        tag = hit["tag"].lower()
        said = _marks(tag, hit["said"], styles)
        if not said or hit.start() < at:
            continue
        if tag == "span":
            rest = _OWN.sub("", hit["said"])
            made += [text[at : hit.start()], f'<span style="{said}"{rest}>']
            at = hit.end()
        elif (edge := _EDGE.search(text, hit.end())) and edge["end"]:
            inner = with_styles(text[hit.end() : edge.start()], styles)
            made += [text[at : hit.end()], f'<span style="{said}">{inner}</span>']
            at = edge.start()
    return "".join([*made, text[at:]])


def _said(text: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for hit in _DECLARED.finditer(text):
        name, value = hit["name"].lower(), hit["value"].lower()
        for own, pattern, _ in _MARKED:
            if name == "font" or name.startswith(own):
                said[own] = value if pattern.search(value) else ""
    return said


def _marks(tag: str, attributes: str, styles: Sequence[Styles]) -> str:
    said: dict[str, str] = {}
    if hit := _CLASS.search(attributes):
        for name in (hit["quoted"] or hit["bare"] or "").split():
            for key in (("", name), (tag, name)):
                for sheet in styles:
                    said |= sheet.get(key, {})
    if own := _OWN.search(attributes):
        said |= _said(own["said"])
    return ";".join(declared for name, _, declared in _MARKED if said.get(name))
