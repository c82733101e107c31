"""Documents of LibreOffice and OpenOffice, by way of pandoc, which does not see their small caps."""

from __future__ import annotations

import re
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .bounds import member
from .marked_up import found_in
from .pandoc import read_with_pandoc
from .pandoc_inlines import CAPS_BEGIN, CAPS_END

if TYPE_CHECKING:
    from ...schemas.languages import Language
    from .pieces import Found

_CONTENT: Final = "content.xml"
_STYLES: Final = "styles.xml"
_STYLE: Final = re.compile(
    r"""<style:style\b(?P<said>[^<>]*)>|(?P<end></style:style\s*>)|<style:text-properties\b(?P<held>[^<>]*)>"""
)
_NAME: Final = re.compile(r"""style:name\s*=\s*["']([^"'<>]*)["']""")
_PARENT: Final = re.compile(r"""style:parent-style-name\s*=\s*["']([^"'<>]*)["']""")
_CAPS: Final = re.compile(r"""fo:font-variant\s*=\s*["'](?P<variant>[^"'<>]*)["']""")
_SPAN: Final = re.compile(r"""<text:span\b(?P<said>[^<>]*?)(?P<empty>/?)>|</text:span\s*>""")
_SPAN_STYLE: Final = re.compile(r"""text:style-name\s*=\s*["']([^"'<>]*)["']""")
_SMALL: Final = "small-caps"
_DEEPEST: Final = 20


def read_open_document(path: Path, language: Language, encoding: str) -> Found:
    """A document of LibreOffice or OpenOffice."""
    del language, encoding
    with zipfile.ZipFile(path) as packed:
        content, styles = (_text(packed, name) for name in (_CONTENT, _STYLES))
        if _SMALL not in content and _SMALL not in styles:
            return found_in(read_with_pandoc(path, "odt"))
        with tempfile.TemporaryDirectory() as folder:
            mended = Path(folder) / "mended.odt"
            with zipfile.ZipFile(mended, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
                copy.writestr(_CONTENT, _with_signs(content, _in_small_caps(content, styles)))
                copy.writestr(_STYLES, styles)
            return found_in(read_with_pandoc(mended, "odt", named=path))


def _text(packed: zipfile.ZipFile, name: str) -> str:
    return (member(packed, name) or b"").decode("utf-8", "replace")


def _in_small_caps(*parts: str) -> set[str]:
    """The names of the styles whose letters are small capitals, by themselves or by what they are based on."""
    own: dict[str, bool] = {}
    based: dict[str, str] = {}
    name = ""
    for hit in (hit for part in parts for hit in _STYLE.finditer(part)):
        if hit["held"] is not None:
            if name and (variant := _CAPS.search(hit["held"])):
                own[name] = variant["variant"] == _SMALL
            continue
        named = _NAME.search(hit["said"] or "")
        name = named[1] if named else ""
        if name and (parent := _PARENT.search(hit["said"])):
            based[name] = parent[1]
    return {name for name in (*own, *based) if _is_small(name, own, based)}


def _is_small(name: str, own: dict[str, bool], based: dict[str, str]) -> bool:
    for _ in range(_DEEPEST):
        if name in own:
            return own[name]
        name = based.get(name, "")
    return False


def _with_signs(content: str, names: set[str]) -> str:
    """The text with a sign where a piece in small capitals begins, and one where it ends."""
    made: list[str] = []
    at = 0
    ends: list[str] = []
    for hit in _SPAN.finditer(content):
        made.append(content[at : hit.start()])
        at = hit.end()
        if hit["said"] is None:
            made.append((ends.pop() if ends else "") + hit[0])
        elif hit["empty"]:
            made.append(hit[0])
        else:
            style = _SPAN_STYLE.search(hit["said"])
            is_small = bool(style) and style[1] in names and CAPS_END not in ends  # type: ignore[index]
            ends.append(CAPS_END if is_small else "")
            made.append(hit[0] + (CAPS_BEGIN if is_small else ""))
    return "".join([*made, content[at:]])
