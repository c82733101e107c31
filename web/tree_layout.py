"""The tree of branches as a picture: where each paragraph stands, and what joins them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..stories.branches import BranchView

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


def lay_out(views: list[BranchView], here: str, *, every: bool = False) -> TreeLayout:
    """Lay a tree out: a column a branch, a row a paragraph, the first at the top.

    Args:
        views: the branches, a parent before its children.
        here: the current branch: it is drawn even while it has no paragraph of its own.
        every: whether rows where nothing parts are drawn too.
    """
    drawn = _ordered([seen for seen in views if len(seen.entries) > seen.own or seen.branch.name == here])
    rows = _rows(drawn, every=every)
    nodes: dict[tuple[str, int], Node] = {}
    edges: list[Edge] = []
    labels: list[BranchLabel] = []
    for column, seen in enumerate(drawn):
        x = MARGIN + column * COLUMN + COLUMN // 2
        above = _parent_node(seen, drawn, nodes)
        own = {
            place: _node(seen, place, x, rows[place]) for place in range(seen.own, len(seen.entries)) if place in rows
        }
        labels.append(_label(seen, x, list(own.values()), above))
        for place, node in own.items():
            nodes[seen.branch.name, place] = node
            if above is not None:
                edges.append(_edge(above, node))
            above = node
    width = 2 * MARGIN + max(1, len(drawn)) * COLUMN
    height = 2 * MARGIN + ROW * (max(rows.values(), default=0) + 2)
    return TreeLayout(width, height, list(nodes.values()), edges, labels)


def _ordered(views: list[BranchView]) -> list[BranchView]:
    """Children right after their parents, those that leave late first: so no line crosses a branch's name."""
    by_parent: dict[str, list[BranchView]] = {}
    known = {seen.branch.name for seen in views}
    for seen in views:
        parent = seen.branch.parent if seen.branch.parent in known else ""
        by_parent.setdefault(parent, []).append(seen)
    ordered: list[BranchView] = []

    def visit(parent: str) -> None:
        for seen in sorted(by_parent.get(parent, []), key=lambda one: -one.own):
            ordered.append(seen)
            visit(seen.branch.name)

    visit("")
    return ordered


def _rows(views: list[BranchView], *, every: bool) -> dict[int, int]:
    """The row of each paragraph's place that is drawn: near the ends of branches and where they part."""
    longest = max((len(seen.entries) for seen in views), default=0)
    kept = set(range(longest)) if every else set()
    for seen in views:
        own = range(seen.own, len(seen.entries))
        kept.update(own[:_ENDS], own[-_ENDS:])
        if seen.own:
            kept.add(seen.own - 1)
    return {place: row for row, place in enumerate(sorted(kept))}


def _parent_node(seen: BranchView, views: list[BranchView], nodes: dict[tuple[str, int], Node]) -> Node | None:
    """The paragraph that a branch hangs on: the last it shares, on whichever branch has that as its own."""
    if not seen.own:
        return None
    slot = seen.entries[seen.own - 1].slot
    place = seen.own - 1
    for other in views:
        if other.own <= place < len(other.entries) and other.entries[place].slot == slot:
            return nodes.get((other.branch.name, place))
    # The parent's paragraph was edited since: it hangs there all the same.
    return nodes.get((seen.branch.parent, place))


def _node(seen: BranchView, place: int, x: int, row: int) -> Node:
    entry = seen.entries[place]
    is_end = place == len(seen.entries) - 1
    return Node(seen.branch.name, place + 1, x, MARGIN + ROW * (row + 1), _short(entry.summary or entry.text), is_end)


def _label(seen: BranchView, x: int, own: list[Node], above: Node | None) -> BranchLabel:
    if own:
        return BranchLabel(seen.branch.name, x, own[0].y - ROW)
    return BranchLabel(seen.branch.name, x, above.y + ROW if above else MARGIN + ROW)


def _edge(above: Node, below: Node) -> Edge:
    is_long = below.number - above.number > 1
    if above.x == below.x:
        return Edge(f"M{above.x} {above.y}V{below.y}", is_long)
    middle = (above.y + below.y) // 2
    return Edge(f"M{above.x} {above.y}C{above.x} {middle} {below.x} {middle} {below.x} {below.y}", is_long)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LABEL else f"{words[: _LABEL - 1]}…"
