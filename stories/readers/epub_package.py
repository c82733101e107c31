"""An EPUB's package: what is read in which order, what its lists of chapters say, whether it is locked."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from ...schemas.errors import StorageError
from .bounds import member, parsed
from .encodings import decode_declared

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator
    from pathlib import Path

    from ...schemas.languages import Language

_CONTAINER: Final = "META-INF/container.xml"
_ENCRYPTION: Final = "META-INF/encryption.xml"
_LOCKS: Final = ("META-INF/rights.xml", "META-INF/sinf.xml")
_FONTS: Final = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""How fonts are obfuscated, which is no lock."""
_DOCTYPE: Final = re.compile(r"<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>", re.IGNORECASE)
_NAMED: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\w+);)")
_PROLOGUE: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")


@dataclass(frozen=True)
class Page:
    """A file of the text.

    Attributes:
        name: in the archive.
        properties: what the package says of it ("nav").
        is_linear: whether it stands in the order of reading.
    """

    name: str
    properties: str
    is_linear: bool


@dataclass
class Package:
    """What the package of an EPUB says.

    Attributes:
        pages: in the order of reading.
        title: of the book.
        author: of the book.
        language: of the book.
        titles: what the list of chapters calls places: (file, id in it or "") to title.
        kinds: what the guide or the landmarks say that a file is ("toc", "cover", "copyright-page").
        depths: how deep in the list a title stands, 1 the highest, by the same places.
    """

    pages: list[Page]
    title: str = ""
    author: str = ""
    language: str = ""
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    depths: dict[tuple[str, str], int] = field(default_factory=dict)


class _Archive(NamedTuple):
    """What is needed to read a file of an EPUB."""

    packed: zipfile.ZipFile
    path: Path
    language: Language


def read_package(packed: zipfile.ZipFile, path: Path, language: Language) -> Package:
    """The package of an EPUB.

    Raises:
        StorageError: there is none, or what it leads to is encrypted.
    """
    archive = _Archive(packed, path, language)
    _refuse_locked(archive)
    container = _xml(archive, _CONTAINER)
    place = next((node.get("full-path", "") for node in container.iter() if _name(node) == "rootfile"), "")
    root = _xml(archive, place)
    folder = posixpath.dirname(place)
    items = {node.get("id", ""): node for node in root.iter() if _name(node) == "item"}
    files = {key: joined(folder, node.get("href", "")) for key, node in items.items()}
    spine = next((node for node in root.iter() if _name(node) == "spine"), ET.Element("spine"))
    pages = [
        Page(files[key], items[key].get("properties", ""), ref.get("linear", "yes") != "no")
        for ref in spine
        if (key := ref.get("idref", "")) in files
    ]
    package = Package(pages, _first(root, "title"), _first(root, "creator"), _first(root, "language"))
    for node in root.iter():
        if _name(node) == "reference":
            package.kinds[joined(folder, node.get("href", "")).partition("#")[0]] = node.get("type", "").lower()
    _read_lists(archive, package, files, items)
    return package


def _read_lists(archive: _Archive, package: Package, files: dict[str, str], items: dict[str, ET.Element]) -> None:
    ncx = next((key for key, node in items.items() if node.get("media-type", "").endswith("dtbncx+xml")), "")
    for key in [ncx, *(key for key, node in items.items() if "nav" in node.get("properties", "").split())]:
        name = files.get(key, "")
        try:
            tree = _xml(archive, name)
        except StorageError:
            continue  # a list that cannot be read names nothing; the text is there without it
        places = _of_ncx(tree, 0) if key == ncx else _of_nav(tree, package, posixpath.dirname(name))
        for depth, title, href in places:
            file, _, anchor = joined(posixpath.dirname(name), href).partition("#")
            package.titles.setdefault((file, anchor), " ".join(title.split()))
            package.depths.setdefault((file, anchor), depth)


def _of_ncx(node: ET.Element, depth: int) -> Iterator[tuple[int, str, str]]:
    for child in node:
        if _name(child) != "navPoint":
            yield from _of_ncx(child, depth)
            continue
        label = next((part for part in child if _name(part) == "navLabel"), None)
        content = next((part.get("src", "") for part in child if _name(part) == "content"), "")
        if label is not None and content:
            yield depth + 1, "".join(label.itertext()), content
        yield from _of_ncx(child, depth + 1)


def _of_nav(tree: ET.Element, package: Package, folder: str) -> Iterator[tuple[int, str, str]]:
    for nav in (node for node in tree.iter() if _name(node) == "nav"):
        kind = next((value for key, value in nav.attrib.items() if key.endswith("type")), "")
        if "toc" in kind.split():
            yield from _of_list(nav, 0)
        elif "landmarks" in kind.split():
            for link in (node for node in nav.iter() if _name(node) == "a"):
                said = next((value for key, value in link.attrib.items() if key.endswith("type")), "")
                package.kinds[joined(folder, link.get("href", "")).partition("#")[0]] = said.lower()


def _of_list(node: ET.Element, depth: int) -> Iterator[tuple[int, str, str]]:
    for child in node:
        name = _name(child)
        if name == "a":
            yield depth, "".join(child.itertext()), child.get("href", "")
        else:
            yield from _of_list(child, depth + (name == "li"))


def _refuse_locked(archive: _Archive) -> None:
    names = set(archive.packed.namelist())
    locked = any(name in names for name in _LOCKS)
    if _ENCRYPTION in names:
        tree = _xml(archive, _ENCRYPTION)
        ways = [node.get("Algorithm", "") for node in tree.iter() if _name(node) == "EncryptionMethod"]
        locked = locked or any(way not in _FONTS for way in ways)
    if locked:
        raise StorageError("manuscript_locked", path=archive.path)


def _xml(archive: _Archive, name: str) -> ET.Element:
    """A file of XML; what it defines of its own is taken out before it is read."""
    path = archive.path
    content = member(archive.packed, name)
    if content is None:
        raise StorageError("manuscript_of_another_kind", path=path, format=".epub", reason=name or _CONTAINER)
    text = decode_declared(content, archive.language, path).text
    text = _NAMED.sub("&amp;", _DOCTYPE.sub("", _PROLOGUE.sub("", text), count=1))
    return parsed(text, path, ".epub")


def _first(root: ET.Element, name: str) -> str:
    """What the package says of the book under a name; of several authors, all."""
    found = [" ".join("".join(node.itertext()).split()) for node in root.iter() if _name(node) == name]
    return ", ".join(found) if name == "creator" else next((text for text in found if text), "")


def _name(node: ET.Element) -> str:
    return str(node.tag).rpartition("}")[2]


def joined(folder: str, href: str) -> str:
    """A place in the archive, as its directory names it; it is looked up there and nowhere else."""
    file, mark, anchor = href.partition("#")
    place = posixpath.normpath(posixpath.join(folder, unquote(file))) if file else ""
    return place + mark + anchor
