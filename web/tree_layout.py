"""The tree of branches as a picture: where each paragraph stands, and what joins them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..stories.branches import Limb

COLUMN, ROW, MARGIN = 100, 46, 20
"""Pixels between branches, between paragraphs, and around it all."""

_ENDS = 3
_LABEL = 90


@dataclass(frozen=True)
class Node:
    """A paragraph in the picture.

    Attributes:
        branch: whose own it is.
        number: which paragraph, from 1.
        x: where.
        y: where.
        label: its summary, in short.
        is_end: whether its branch ends with it.
    """

    branch: str
    number: int
    x: int
    y: int
    label: str
    is_end: bool


@dataclass(frozen=True)
class Edge:
    """A line between two paragraphs; ``is_long`` where some between them are not drawn."""

    path: str
    is_long: bool


@dataclass(frozen=True)
class BranchLabel:
    """A branch's name, over its first own paragraph."""

    text: str
    x: int
    y: int


@dataclass(frozen=True)
class TreeLayout:
    """The whole."""

    width: int
    height: int
    nodes: list[Node]
    edges: list[Edge]
    labels: list[BranchLabel]


def lay_out(limbs: list[Limb], here: str, *, every: bool = False) -> TreeLayout:
    """Lay a tree out: a column a branch, a row a paragraph, the first at the top.

    Args:
        limbs: the branches, a parent before its children.
        here: the current branch: it is drawn even while it has no paragraph of its own.
        every: whether rows where nothing parts are drawn too.
    """
    drawn = _ordered([limb for limb in limbs if len(limb.entries) > limb.own or limb.branch.name == here])
    rows = _rows(drawn, every=every)
    nodes: dict[tuple[str, int], Node] = {}
    edges: list[Edge] = []
    labels: list[BranchLabel] = []
    for column, limb in enumerate(drawn):
        x = MARGIN + column * COLUMN + COLUMN // 2
        above = _parent_node(limb, drawn, nodes)
        own = {
            place: _node(limb, place, x, rows[place]) for place in range(limb.own, len(limb.entries)) if place in rows
        }
        labels.append(_label(limb, x, list(own.values()), above))
        for place, node in own.items():
            nodes[limb.branch.name, place] = node
            if above is not None:
                edges.append(_edge(above, node))
            above = node
    width = 2 * MARGIN + max(1, len(drawn)) * COLUMN
    height = 2 * MARGIN + ROW * (max(rows.values(), default=0) + 2)
    return TreeLayout(width, height, list(nodes.values()), edges, labels)


def _ordered(limbs: list[Limb]) -> list[Limb]:
    """Children right after their parents, those that leave late first: so no line crosses a branch's name."""
    by_parent: dict[str, list[Limb]] = {}
    known = {limb.branch.name for limb in limbs}
    for limb in limbs:
        parent = limb.branch.parent if limb.branch.parent in known else ""
        by_parent.setdefault(parent, []).append(limb)
    ordered: list[Limb] = []

    def visit(parent: str) -> None:
        for limb in sorted(by_parent.get(parent, []), key=lambda one: -one.own):
            ordered.append(limb)
            visit(limb.branch.name)

    visit("")
    return ordered


def _rows(limbs: list[Limb], *, every: bool) -> dict[int, int]:
    """The row of each paragraph's place that is drawn: near the ends of branches and where they part."""
    longest = max((len(limb.entries) for limb in limbs), default=0)
    kept = set(range(longest)) if every else set()
    for limb in limbs:
        own = range(limb.own, len(limb.entries))
        kept.update(own[:_ENDS], own[-_ENDS:])
        if limb.own:
            kept.add(limb.own - 1)
    return {place: row for row, place in enumerate(sorted(kept))}


def _parent_node(limb: Limb, limbs: list[Limb], nodes: dict[tuple[str, int], Node]) -> Node | None:
    """The paragraph that a branch hangs on: the last it shares, on whichever branch has that as its own."""
    if not limb.own:
        return None
    slot = limb.entries[limb.own - 1].slot
    place = limb.own - 1
    for other in limbs:
        if other.own <= place < len(other.entries) and other.entries[place].slot == slot:
            return nodes.get((other.branch.name, place))
    # The parent's paragraph was edited since: it hangs there all the same.
    return nodes.get((limb.branch.parent, place))


def _node(limb: Limb, place: int, x: int, row: int) -> Node:
    entry = limb.entries[place]
    is_end = place == len(limb.entries) - 1
    return Node(limb.branch.name, place + 1, x, MARGIN + ROW * (row + 1), _short(entry.summary or entry.text), is_end)


def _label(limb: Limb, x: int, own: list[Node], above: Node | None) -> BranchLabel:
    if own:
        return BranchLabel(limb.branch.name, x, own[0].y - ROW)
    return BranchLabel(limb.branch.name, x, above.y + ROW if above else MARGIN + ROW)


def _edge(above: Node, below: Node) -> Edge:
    is_long = below.number - above.number > 1
    if above.x == below.x:
        return Edge(f"M{above.x} {above.y}V{below.y}", is_long)
    middle = (above.y + below.y) // 2
    return Edge(f"M{above.x} {above.y}C{above.x} {middle} {below.x} {middle} {below.x} {below.y}", is_long)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LABEL else f"{words[: _LABEL - 1]}…"
