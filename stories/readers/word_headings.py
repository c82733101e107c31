"""Which paragraphs of a Word document are headings: by its outline, else by how they look; and what numbers them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from ...schemas.light_markdown import SCENE_BREAK
from .furniture import is_end
from .headings import is_number, is_title
from .look_alike import LEAST, SHORT, heads_of
from .pieces import DIVIDER, Block
from .plain import is_scene_break
from .word_text import is_empty
from .word_xml import PREFIXES, W, change_paragraphs, said, set_style, style_of, value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree import ElementTree as ET

    from ...schemas.languages import Language
    from .word_numbers import Numbers
    from .word_styles import Looks, Styles

_NO_HEADING: Final = 9
_LARGE: Final = 1.15
"""How much larger than the text's the letters of a heading are, at least."""
_MOST_LARGE: Final = 0.2
"""The part of the letters that may be in headings; where more are large, size says nothing."""
_TITLE: Final = 160
_MOST_RANK: Final = 6
_PICTURES: Final = frozenset(f"{W}{name}" for name in ("drawing", "pict", "object"))
_EMBEDDED: Final = f"{{{PREFIXES['r']}}}embed"
_CENTRED: Final = frozenset({"center", "centre"})
_TALK: Final = frozenset("?!…\"'“”‘’「」")
"""What makes signs somebody's words."""
_NO_EDGE: Final = frozenset({"", "none", "nil"})


def without_contents(root: ET.Element, styles: Styles) -> list[Block]:
    """Take out what lists the contents; gives what that says."""
    contents: list[Block] = []
    for parent in list(root.iter()):
        for child in list(parent):
            if _is_contents_block(child) or (child.tag == f"{W}p" and styles.is_contents(style_of(child))):
                contents.append(Block(said(child), why="contents"))
                parent.remove(child)
    return [block for block in contents if block.text]


def _is_contents_block(element: ET.Element) -> bool:
    if element.tag != f"{W}sdt":
        return False
    gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return value(gallery).lower() in {"table of contents", "cover pages"}


def name_headings(root: ET.Element, looks: Looks, numbers: Numbers, language: Language) -> None:
    """Say of every heading that it is one, in the words that pandoc knows."""
    if _by_outline(root, looks.styles, numbers):
        return
    shown = [_look(paragraph, looks) for paragraph in root.iter(f"{W}p") if said(paragraph)]
    by_size = _by_size(shown, looks)
    if len(by_size) < LEAST:
        lowest = max(by_size.values(), default=0)
        by_size |= dict.fromkeys(_by_look(shown, language), lowest + 1)
    for at, rank in by_size.items():
        set_style(shown[at].paragraph, f"Heading{min(rank, _MOST_RANK)}")


def _by_outline(root: ET.Element, styles: Styles, numbers: Numbers) -> bool:
    """Name the headings that the document itself says are some; gives whether there are any."""
    ranked = False
    for paragraph in root.iter(f"{W}p"):
        level = value(paragraph.find(f"{W}pPr/{W}outlineLvl"))
        style = style_of(paragraph)
        rank = styles.rank(style)
        if level.isdecimal():
            rank = 0 if int(level) >= _NO_HEADING else int(level) + 1
        is_heading = bool(rank) and not styles.is_of_title(style)
        numbers.count(paragraph, style, shown=is_heading)
        if is_heading:
            set_style(paragraph, f"Heading{min(rank, _MOST_RANK)}")
            ranked = ranked or bool(said(paragraph))
    return ranked


class _Shown(NamedTuple):
    """How a paragraph looks: what it says, the least size of its letters, and what all of them are."""

    paragraph: ET.Element
    text: str
    size: int
    bold: bool
    capitals: bool
    underlined: bool
    centred: bool
    is_title: bool

    @property
    def alike(self) -> tuple[bool, bool, bool, bool]:
        """What paragraphs of one look have in common."""
        return self.bold, self.capitals, self.underlined, self.centred


def _look(paragraph: ET.Element, looks: Looks) -> _Shown:
    style = style_of(paragraph)
    runs = [run for run in paragraph.iter(f"{W}r") if said(run)]
    text = said(paragraph)
    return _Shown(
        paragraph,
        text,
        min((looks.size(run, style) for run in runs), default=0),
        all(looks.has(run, style, "b") for run in runs),
        text.isupper() or all(looks.has(run, style, "caps") for run in runs),
        all(looks.has(run, style, "u") for run in runs),
        looks.setting(paragraph, style, "jc") in _CENTRED,
        looks.styles.is_of_title(style),
    )


def _by_size(shown: Sequence[_Shown], looks: Looks) -> dict[int, int]:
    """The ranks of the paragraphs that stand in larger letters as a whole."""
    weights: Counter[int] = Counter()
    for one in shown:
        if not one.is_title:
            style = style_of(one.paragraph)
            for run in one.paragraph.iter(f"{W}r"):
                weights[looks.size(run, style)] += len(said(run))
    body = weights.most_common(1)[0][0] if weights else 0
    large = {
        at: one.size
        for at, one in enumerate(shown)
        if one.size >= _LARGE * body and len(one.text) <= _TITLE and not one.is_title and not is_scene_break(one.text)
    }
    if sum(len(shown[at].text) for at in large) > _MOST_LARGE * weights.total():
        return {}
    ranks = {size: rank for rank, size in enumerate(sorted(set(large.values()), reverse=True), start=1)}
    return {at: ranks[size] for at, size in large.items()}


def _by_look(shown: Sequence[_Shown], language: Language) -> list[int]:
    """Where nothing is larger: short paragraphs that look alike and unlike the text below each."""
    weights: Counter[tuple[bool, ...]] = Counter()
    for one in shown:
        weights[one.alike] += len(one.text)
    body = weights.most_common(1)[0][0] if weights else ()
    texts = [one.text for one in shown]
    worded = {at for at, text in enumerate(texts) if is_title(text, language) or is_number(text)}
    found: list[int] = []
    for alike in weights:
        if any(own and not usual for own, usual in zip(alike, body, strict=True)):
            places = [at for at, one in enumerate(shown) if one.alike == alike and _may_be_title(one)]
            found += heads_of(places, texts, worded)
    return sorted(found)


def _may_be_title(one: _Shown) -> bool:
    return not one.is_title and not is_scene_break(one.text) and not is_end(one.text)


def name_ornaments(root: ET.Element, looks: Looks) -> list[Block]:
    """Write what divides scenes by its look alone, a line, signs in the middle, the same picture again, as signs.

    Gives the other pictures that stand by themselves, taken out.
    """
    pictures: list[Block] = []
    often = Counter(key for one in root.iter() if (key := one.get(_EMBEDDED, "")))

    def change(paragraph: ET.Element, follows: ET.Element | None) -> list[ET.Element]:
        del follows
        text = said(paragraph)
        if _is_ornament(paragraph, text, looks) if text else _is_line(paragraph):
            return [_divider(paragraph)]
        if text or not any(one.tag in _PICTURES for one in paragraph.iter()):
            return [paragraph]
        if any(often[one.get(_EMBEDDED, "")] > 1 for one in paragraph.iter()):
            return [_divider(paragraph, DIVIDER)]
        pictures.append(Block(_described(paragraph), why="picture"))
        return []

    change_paragraphs(root, change)
    return pictures


def _described(paragraph: ET.Element) -> str:
    """What a picture is said to show."""
    said_so = (one.get("descr", "") or one.get("title", "") for one in paragraph.iter() if one.tag.endswith("}docPr"))
    return next((" ".join(text.split()) for text in said_so if text.strip()), "")


def name_lines(root: ET.Element, styles: Styles) -> None:
    """Write a line that is drawn under a paragraph of text as a scene break."""

    def change(paragraph: ET.Element, follows: ET.Element | None) -> list[ET.Element]:
        if follows is None or not _is_underlined(paragraph) or _is_underlined(follows) or not said(paragraph):
            return [paragraph]
        style = style_of(paragraph)
        is_text = not styles.rank(style) and not styles.is_of_title(style)
        return [paragraph, _divider(paragraph)] if is_text else [paragraph]

    change_paragraphs(root, change)


def _is_ornament(paragraph: ET.Element, text: str, looks: Looks) -> bool:
    is_centred = looks.setting(paragraph, style_of(paragraph), "jc") in _CENTRED
    return is_centred and len(text) <= SHORT and not any(map(str.isalnum, text)) and not set(text) & _TALK


def _is_line(paragraph: ET.Element) -> bool:
    drawn = any(key.rpartition("}")[2] == "hr" for one in paragraph.iter() for key in one.attrib)
    return drawn or (is_empty(paragraph) and bool(_edges(paragraph)))


def _is_underlined(paragraph: ET.Element) -> bool:
    """Whether a line is drawn under a paragraph, and no frame around it."""
    return _edges(paragraph) == {f"{W}bottom"}


def _edges(paragraph: ET.Element) -> set[str]:
    edges = paragraph.find(f"{W}pPr/{W}pBdr")
    return set() if edges is None else {edge.tag for edge in edges if value(edge) not in _NO_EDGE}


def _divider(paragraph: ET.Element, sign: str = SCENE_BREAK) -> ET.Element:
    made, run, text = (paragraph.makeelement(f"{W}{name}", {}) for name in "prt")
    text.text = sign
    run.append(text)
    made.append(run)
    return made
