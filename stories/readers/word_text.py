"""What a reader of a Word document sees of its text, said so that pandoc sees the same.

Changes that were tracked are as if accepted, hidden text is gone, what stands in a box follows the paragraph that the
box hangs on, an initial belongs to its word, and marks that only a style has are said where the letters are.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from .pieces import Block
from .word_xml import PREFIXES, W, change_paragraphs, holders, marked, properties_of, said, style_of, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .word_styles import Looks

_FALLBACK: Final = f"{{{PREFIXES['mc']}}}Fallback"
_PARAGRAPH: Final = f"{W}p"
_RUN: Final = f"{W}r"
_BOX: Final = f"{W}txbxContent"
_GONE: Final = frozenset({f"{W}del", f"{W}moveFrom"})
_KEPT: Final = frozenset({f"{W}ins", f"{W}moveTo"})
_MARKED: Final = frozenset({f"{W}rPr", f"{W}trPr"})
_SHOWN: Final = frozenset(
    f"{W}{name}" for name in ("drawing", "pict", "object", "sym", "footnoteReference", "endnoteReference")
)
_NEW_PAGE: Final = frozenset({"page", "column"})
_SAID: Final = ("i", "b", "smallCaps", "strike")
"""The marks that a story has."""
_MOST_PIECES: Final = 5000
"""Of a paragraph that others are joined to."""


def as_read(root: ET.Element, looks: Looks) -> list[Block]:
    """Put a part of a document right; gives what was hidden in it."""
    _with_readings(root)
    _without_revisions(root)
    _without_boxes(root)
    hidden = _without_hidden(root, looks)
    _with_initials(root)
    _with_breaks(root)
    _with_marks(root, looks)
    return hidden


def _with_readings(root: ET.Element) -> None:
    """The reading that stands over a character stands in brackets behind it."""
    for run, ruby in holders(root, f"{W}ruby"):
        base, reading = (
            said(one) if (one := ruby.find(f"{W}{name}")) is not None else "" for name in ("rubyBase", "rt")
        )
        text = ET.Element(f"{W}t")
        text.text = f"{base}（{reading}）" if reading else base
        run[list(run).index(ruby)] = text


def is_empty(paragraph: ET.Element) -> bool:
    """Whether a paragraph shows nothing."""
    return not said(paragraph) and not any(one.tag in _SHOWN for one in paragraph.iter())


def _without_revisions(root: ET.Element) -> None:
    """What was deleted or moved away is gone, also the end of a paragraph; what was put in is text like any other."""
    for parent in list(root.iter()):
        if parent.tag not in _MARKED and any(child.tag in _GONE or child.tag in _KEPT for child in parent):
            parent[:] = list(_accepted(parent))
    for table, row in holders(root, f"{W}tr"):
        if row.find(f"{W}trPr/{W}del") is not None:
            table.remove(row)
    change_paragraphs(root, _with_deleted_end)


def _with_deleted_end(paragraph: ET.Element, follows: ET.Element | None) -> list[ET.Element]:
    ends = paragraph.find(f"{W}pPr/{W}rPr")
    is_deleted = ends is not None and any(one.tag in _GONE for one in ends)
    return _joined(paragraph, follows) if is_deleted else [paragraph]


def _accepted(parent: Iterable[ET.Element]) -> Iterator[ET.Element]:
    for child in parent:
        if child.tag in _KEPT:
            yield from _accepted(child)
        elif child.tag not in _GONE:
            yield child


def _joined(paragraph: ET.Element, follows: ET.Element | None) -> list[ET.Element]:
    """Let a paragraph be the beginning of the next, if there is one; gives what then stands in its place."""
    if follows is None or len(paragraph) > _MOST_PIECES:
        return [paragraph]
    begins = 1 if len(follows) and follows[0].tag == f"{W}pPr" else 0
    follows[begins:begins] = [child for child in paragraph if child.tag != f"{W}pPr"]
    return []


def _without_boxes(root: ET.Element) -> None:
    """What stands in a box is once in the text: behind the paragraph that the box hangs on."""
    for parent, again in holders(root, _FALLBACK):
        if len(parent) > 1:
            parent.remove(again)
    change_paragraphs(root, _with_boxes_behind)


def _with_boxes_behind(paragraph: ET.Element, follows: ET.Element | None) -> list[ET.Element]:
    del follows
    if not _has_box(paragraph):
        return [paragraph]
    inner = list(_out_of_boxes(paragraph))
    return inner if is_empty(paragraph) else [paragraph, *inner]


def _has_box(element: ET.Element) -> bool:
    return next(element.iter(_BOX), None) is not None


def _out_of_boxes(paragraph: ET.Element) -> Iterator[ET.Element]:
    for run in list(_runs(paragraph)):
        for child in list(run):
            if child.tag == _BOX or next(child.iter(_BOX), None) is not None:
                run.remove(child)
                for box in _outermost(child):
                    yield from list(box)


def _runs(element: ET.Element) -> Iterator[ET.Element]:
    """The runs of a paragraph, without those that stand in a box of one."""
    for child in element:
        if child.tag == _RUN:
            yield child
        else:
            yield from _runs(child)


def _outermost(element: ET.Element) -> Iterator[ET.Element]:
    if element.tag == _BOX:
        yield element
        return
    for child in element:
        yield from _outermost(child)


def _without_hidden(root: ET.Element, looks: Looks) -> list[Block]:
    hidden: list[Block] = []

    def change(paragraph: ET.Element, follows: ET.Element | None) -> list[ET.Element]:
        del follows
        style = style_of(paragraph)
        gone = [(held, run) for held, run in holders(paragraph, _RUN) if len(run) and looks.has(run, style, "vanish")]
        if not gone:
            return [paragraph]
        text = " ".join(filter(None, (said(run) for _, run in gone)))
        hidden.extend([Block(text, why="hidden")] if text else [])
        for held, run in gone:
            held.remove(run)
        return [] if is_empty(paragraph) else [paragraph]

    change_paragraphs(root, change)
    return hidden


def _with_initials(root: ET.Element) -> None:
    """A large first letter, which is a paragraph of its own, belongs to the word that it begins."""
    change_paragraphs(root, _with_initial)


def _with_initial(paragraph: ET.Element, follows: ET.Element | None) -> list[ET.Element]:
    frame = paragraph.find(f"{W}pPr/{W}framePr")
    if frame is None or frame.get(f"{W}dropCap", "none") == "none":
        return [paragraph]
    for run in paragraph.iter(_RUN):
        for letters in run.findall(f"{W}rPr"):
            run.remove(letters)
    return _joined(paragraph, follows)


def _with_breaks(root: ET.Element) -> None:
    """The beginning of a page ends a paragraph, and is no end of a line in one."""
    for one in root.iter(f"{W}cr"):
        one.tag = f"{W}br"
    change_paragraphs(root, _with_new_pages)


def _with_new_pages(paragraph: ET.Element, follows: ET.Element | None) -> list[ET.Element]:
    del follows
    if not any(map(_is_new_page, paragraph.iter(f"{W}br"))):
        return [paragraph]
    pieces = _divided(paragraph)
    return [piece for piece in pieces if not is_empty(piece)] or pieces[:1]


def _is_new_page(element: ET.Element) -> bool:
    return element.get(f"{W}type", "") in _NEW_PAGE


def _divided(paragraph: ET.Element) -> list[ET.Element]:
    """A paragraph in as many as pages begin in it."""
    properties = paragraph.find(f"{W}pPr")
    pieces: list[list[ET.Element]] = [[]]
    for child in paragraph:
        if child is properties:
            continue
        if child.tag != _RUN:
            for parent, one in holders(child, f"{W}br"):
                if _is_new_page(one):
                    parent.remove(one)
            pieces[-1].append(child)
            continue
        first, *others = _divided_run(child)
        pieces[-1].append(first)
        pieces.extend([other] for other in others)
    return [_alike(paragraph, properties, piece) for piece in pieces]


def _divided_run(run: ET.Element) -> list[ET.Element]:
    letters = run.find(f"{W}rPr")
    pieces: list[list[ET.Element]] = [[]]
    for child in run:
        if child.tag == f"{W}br" and _is_new_page(child):
            pieces.append([])
        elif child is not letters:
            pieces[-1].append(child)
    return [_alike(run, letters, piece) for piece in pieces] if len(pieces) > 1 else [run]


def _alike(element: ET.Element, properties: ET.Element | None, inner: list[ET.Element]) -> ET.Element:
    made = ET.Element(element.tag, element.attrib)
    made.extend([] if properties is None else [copy.deepcopy(properties)])
    made.extend(inner)
    return made


def _with_marks(root: ET.Element, looks: Looks) -> None:
    """Say at each run which marks its styles give it; what all of the text has by its usual style marks nothing."""
    usual = {mark for mark in _SAID if looks.styles.mark("", mark)}
    for paragraph in root.iter(_PARAGRAPH):
        style = style_of(paragraph)
        for run in paragraph.iter(_RUN):
            letters = run.find(f"{W}rPr")
            character = "" if letters is None else value(letters.find(f"{W}rStyle"))
            for mark in _SAID:
                if (letters is not None and letters.find(f"{W}{mark}") is not None) or not (style or character):
                    continue
                has = looks.has(run, style, mark) and mark not in usual
                if has or (character and looks.styles.mark(character, mark)):
                    marked(properties_of(run, "rPr"), mark, is_set=has)
