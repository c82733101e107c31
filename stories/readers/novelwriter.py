"""A novelWriter project: a list of items in XML, each text a file of its own Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ...schemas.light_markdown import SCENE_BREAK
from .bounds import parsed
from .marked_up import found_in_markdown
from .pieces import Block, Found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree import ElementTree as ET

    from .folders import Files

PROJECT: Final = "nwProject.nwx"
_META: Final = re.compile(r"(?m)^%%~.*\n?")
_HEADING: Final = re.compile(r"(?P<marks>#{1,4})(?P<special>!?)\s+(?P<title>.*)")
_CODES: Final = re.compile(r"\[(?:newpage|new page|vspace(?::\d+)?|br)\]", re.IGNORECASE)
_SHORTCODES: Final = (
    (re.compile(r"\[/?i\]", re.IGNORECASE), "*"),
    (re.compile(r"\[/?b\]", re.IGNORECASE), "**"),
    (re.compile(r"\[/?s\]", re.IGNORECASE), "~~"),
    (re.compile(r"\[/?(?:u|m|sup|sub)\]", re.IGNORECASE), ""),
)
_ALIGNED: Final = re.compile(r"(?m)^>{1,2}[ \t]+|[ \t]+<{1,2}[ \t]*$")
"""How a paragraph is set: indented, or at the middle or the right."""
_SCENE: Final = 3


def read_novelwriter(files: Files, project: str, path: Path) -> Found:
    """A novelWriter project: its novel, in the order of its tree.

    Raises:
        StorageError: the list of items cannot be read.
    """
    root = parsed(files.read(project) or b"", path, PROJECT)
    folder = project.rpartition("/")[0]
    prefix = f"{folder}/content/" if folder else "content/"
    blocks: list[Block] = []
    for item in _in_order(root):
        text = files.read(f"{prefix}{item.get('handle', '')}.nwd")
        if text is None:
            continue
        found = list(_of_text(text.decode("utf-8", "replace"), path, begun=_is_begun(blocks)))
        is_told = item.get("layout") != "NOTE" and _is_active(item)
        blocks.extend(found if is_told else [block._replace(why="not_compiled", rank=0) for block in found])
    title = root.findtext("project/title") or root.findtext("project/name") or ""
    author = ", ".join(node.text or "" for node in root.iterfind("project/author"))
    return Found(blocks, title.strip(), author.strip())


def _in_order(root: ET.Element) -> Iterator[ET.Element]:
    """The files of the novel as the tree has them, top to bottom."""
    items = [node for node in root.iterfind("content/item") if node.get("class") == "NOVEL"]
    below: dict[str, list[ET.Element]] = {}
    handles = {node.get("handle", "") for node in items}
    for node in items:
        parent = node.get("parent") or ""
        below.setdefault(parent if parent in handles else "", []).append(node)
    waiting = [iter(_sorted(below.get("", [])))]
    seen: set[str] = set()
    while waiting:
        try:
            node = next(waiting[-1])
        except StopIteration:
            waiting.pop()
            continue
        handle = node.get("handle", "")
        if handle in seen:
            continue
        seen.add(handle)
        if node.get("type") == "FILE":
            yield node
        waiting.append(iter(_sorted(below.get(handle, []))))


def _sorted(nodes: list[ET.Element]) -> list[ET.Element]:
    return sorted(nodes, key=lambda node: int(order) if (order := node.get("order") or "0").isdecimal() else 0)


def _is_active(item: ET.Element) -> bool:
    name = item.find("name")
    return name is None or (name.get("active") or name.get("exported") or "yes").lower() in {"yes", "true"}


def _is_begun(blocks: list[Block]) -> bool:
    """Whether the chapter that is read has text already, so that a scene's name divides it."""
    story = [block for block in blocks if not block.why]
    return bool(story) and not story[-1].rank


def _of_text(text: str, path: Path, *, begun: bool) -> Iterator[Block]:
    """A file's blocks: its chapters' headings, a break where a scene begins."""
    text = _ALIGNED.sub("", _CODES.sub("", _META.sub("", text)))
    for code, mark in _SHORTCODES:
        text = code.sub(mark, text)
    gathered: list[str] = []
    for line in [*text.split("\n"), None]:
        hit = _HEADING.fullmatch(line) if line is not None else None
        if line is not None and not hit:
            gathered.append(line)
            continue
        told = found_in_markdown("\n".join(gathered), path).blocks if "".join(gathered).strip() else []
        yield from told
        begun = begun or any(not block.why for block in told)
        gathered = []
        if not hit:
            continue
        level = len(hit["marks"])
        if level < _SCENE:
            yield Block(hit["title"].strip(), rank=level, why="title_page" if level == 1 and hit["special"] else "")
            begun = False
        else:
            yield Block(hit["title"].strip(), why="scene_name")
            if level == _SCENE and begun:
                yield Block(SCENE_BREAK)
