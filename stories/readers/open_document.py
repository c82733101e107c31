"""Documents of LibreOffice and OpenOffice, by way of pandoc, which does not see all that styles and frames say."""

from __future__ import annotations

import re
import tempfile
import zipfile
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ...schemas.errors import StorageError
from .bounds import member
from .marked_up import found_in
from .open_document_looks import Looks, with_looks
from .pandoc import read_with_pandoc
from .pandoc_inlines import CAPS_BEGIN, CAPS_END
from .pieces import NO_AUTHORS, Block, Found

if TYPE_CHECKING:
    from ...schemas.languages import Language

_CONTENT: Final = "content.xml"
_STYLES: Final = "styles.xml"
_META: Final = "meta.xml"
_ROOT: Final = re.compile(r"<office:document\b([^<>]*)>")
_PARTS: Final = {
    "automatic": re.compile(r"<office:automatic-styles\b.*?</office:automatic-styles\s*>", re.DOTALL),
    "body": re.compile(r"<office:body\b.*</office:body\s*>", re.DOTALL),
    "styles": re.compile(r"<office:styles\b.*?</office:styles\s*>", re.DOTALL),
    "meta": re.compile(r"<office:meta\b.*?</office:meta\s*>", re.DOTALL),
}
"""What a document that is one file has in it, of which a packed one has a file each."""
_TITLE: Final = re.compile(r"<dc:title\b[^<>]*>([^<]{1,300})</dc:title\s*>")
_BEGINNER: Final = re.compile(r"<meta:initial-creator\b[^<>]*>([^<]{1,200})</meta:initial-creator\s*>")
_CREATOR: Final = re.compile(r"<dc:creator\b[^<>]*>([^<]{1,200})</dc:creator\s*>")
_STYLE: Final = re.compile(
    r"""<style:style\b(?P<said>[^<>]*)>|(?P<end></style:style\s*>)|<style:text-properties\b(?P<held>[^<>]*)>"""
)
_NAME: Final = re.compile(r"""style:name\s*=\s*["']([^"'<>]*)["']""")
_PARENT: Final = re.compile(r"""style:parent-style-name\s*=\s*["']([^"'<>]*)["']""")
_SAYS: Final = {
    "caps": re.compile(r"""fo:font-variant\s*=\s*["']([^"'<>]*)["']"""),
    "emphasis": re.compile(r"""fo:font-style\s*=\s*["']([^"'<>]*)["']"""),
    "strong": re.compile(r"""fo:font-weight\s*=\s*["']([^"'<>]*)["']"""),
    "hidden": re.compile(r"""text:display\s*=\s*["']([^"'<>]*)["']"""),
}
_MEANS: Final = {
    "caps": re.compile("small-caps"),
    "emphasis": re.compile("italic|oblique"),
    "strong": re.compile("bold|[6-9]00"),
    "hidden": re.compile("none"),
}
_SPAN: Final = re.compile(r"""<text:span\b(?P<said>[^<>]*?)(?P<empty>/?)>|</text:span\s*>""")
_PARAGRAPH: Final = re.compile(r"""<(?P<tag>text:p)\b(?P<said>[^<>]*?)(?P<empty>/?)>|</text:p\s*>""")
_STYLE_NAME: Final = re.compile(r"""text:style-name\s*=\s*["']([^"'<>]*)["']""")
_REMARK: Final = re.compile(r"<office:annotation\b[^<>]*>(?P<said>.*?)</office:annotation\s*>", re.DOTALL)
_CREATED: Final = re.compile(r"<(?P<tag>dc:creator|dc:date|meta:\w[\w-]*)\b[^<>]*>[^<>]*</(?P=tag)\s*>")
_BOX: Final = re.compile(r"<draw:text-box\b[^<>]*(?<!/)>")
_BOX_END: Final = re.compile(r"</draw:text-box\s*>")
_INITIAL: Final = re.compile(r"[“\"'‘«]?[^\W\d_]")
_GOES_ON: Final = re.compile(r"(?:<[^<>]*>)*[^\W\d_]")
"""What follows a large letter in a frame: the rest of its word."""
_HIDDEN: Final = re.compile(
    r"""<text:span\b(?P<said>[^<>]*)(?<!/)>(?P<told>(?:(?!</?text:span\b).)*)</text:span\s*>""", re.DOTALL
)
_TAG: Final = re.compile(r"<[^<>]*>")
_AUTOMATIC: Final = re.compile(r"<office:automatic-styles\b[^<>]*?(?P<empty>/?)>")
_MADE: Final = "RecurrentGPT-"
_MADE_STYLES: Final = "".join(
    f'<style:style style:name="{_MADE}{name}" style:family="text"><style:text-properties {says}/></style:style>'
    for name, says in (
        ("emphasis", 'fo:font-style="italic"'),
        ("strong", 'fo:font-weight="bold"'),
        ("both", 'fo:font-style="italic" fo:font-weight="bold"'),
    )
)
_DEEPEST: Final = 20
_MOST_BOXES: Final = 200


class _Marks(NamedTuple):
    """The names of the styles whose letters are small capitals, italic, bold, or not to be seen."""

    caps: set[str]
    emphasis: set[str]
    strong: set[str]
    hidden: set[str]


def read_open_document(path: Path, language: Language, encoding: str) -> Found:
    """A document of LibreOffice or OpenOffice."""
    del language, encoding
    with zipfile.ZipFile(path) as packed:
        return _found(path, *(_text(packed, name) for name in (_CONTENT, _STYLES, _META)))


def read_flat_document(path: Path, language: Language, encoding: str) -> Found:
    """An OpenDocument text that is one file of XML.

    Raises:
        StorageError: it has no text.
    """
    del language, encoding
    text = path.read_bytes().decode("utf-8", "replace")
    root = _ROOT.search(text)
    parts = {name: hit[0] if (hit := part.search(text)) else "" for name, part in _PARTS.items()}
    if not root or not parts["body"]:
        raise StorageError("manuscript_of_another_kind", path=path, format=".fodt", reason="office:body")
    content = f"<office:document-content{root[1]}>{parts['automatic']}{parts['body']}</office:document-content>"
    said = parts["styles"] or "<office:styles/>"
    styles = (
        f"<office:document-styles{root[1]}><office:font-face-decls/>{said}<office:automatic-styles/>"
        "<office:master-styles/></office:document-styles>"
    )
    return _found(path, content, styles, parts["meta"])


def _found(path: Path, content: str, styles: str, meta: str) -> Found:
    """What the parts of a document hold."""
    marks = _marks(content, styles)
    beside: list[Block] = []
    mended = _without_remarks(content, beside)
    mended = _without_hidden(mended, marks.hidden, beside)
    mended = _out_of_boxes(mended)
    mended = with_looks(mended, Looks(styles, content))
    mended = _with_signs(mended, marks.caps)
    mended = _with_marks(mended, marks)
    title, author = _named(meta)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "mended.odt"
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            copy.writestr(_CONTENT, mended)
            copy.writestr(_STYLES, styles)
        found = found_in(read_with_pandoc(written, "odt", named=path))
    return Found([*found.blocks, *beside], found.title or title, found.author or author, found.language)


def _named(meta: str) -> tuple[str, str]:
    """The title and the author that the program noted."""
    said = [hit[1] if (hit := tag.search(meta)) else "" for tag in (_TITLE, _BEGINNER, _CREATOR)]
    title, *authors = (" ".join(unescape(text).split()) for text in said)
    return title, next((name for name in authors if name and name.lower() not in NO_AUTHORS), "")


def _text(packed: zipfile.ZipFile, name: str) -> str:
    return (member(packed, name) or b"").decode("utf-8", "replace")


def _marks(*parts: str) -> _Marks:
    """What the styles say of letters, by themselves or by what they are based on."""
    own: dict[str, dict[str, bool]] = {kind: {} for kind in _SAYS}
    based: dict[str, str] = {}
    name = ""
    for hit in (hit for part in parts for hit in _STYLE.finditer(part)):
        if hit["held"] is not None:
            for kind, pattern in _SAYS.items() if name else ():
                if said := pattern.search(hit["held"]):
                    own[kind][name] = bool(_MEANS[kind].fullmatch(said[1]))
            continue
        named = _NAME.search(hit["said"] or "")
        name = named[1] if named else ""
        if name and (parent := _PARENT.search(hit["said"])):
            based[name] = parent[1]
    return _Marks(*(_that_are(own[kind], based) for kind in _SAYS))


def _that_are(own: dict[str, bool], based: dict[str, str]) -> set[str]:
    return {name for name in (*own, *based) if _is(name, own, based)}


def _is(name: str, own: dict[str, bool], based: dict[str, str]) -> bool:
    for _ in range(_DEEPEST):
        if name in own:
            return own[name]
        name = based.get(name, "")
    return False


def _said(content: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", content)).split())


def _without_remarks(content: str, beside: list[Block]) -> str:
    def kept(hit: re.Match[str]) -> str:
        if text := _said(_CREATED.sub("", hit["said"])):
            beside.append(Block(text, why="comment"))
        return ""

    return _REMARK.sub(kept, content) if "<office:annotation" in content else content


def _without_hidden(content: str, names: set[str], beside: list[Block]) -> str:
    def kept(hit: re.Match[str]) -> str:
        style = _STYLE_NAME.search(hit["said"])
        if not style or style[1] not in names:
            return hit[0]
        if text := _said(hit["told"]):
            beside.append(Block(text, why="hidden"))
        return ""

    return _HIDDEN.sub(kept, content) if names else content


def _out_of_boxes(content: str) -> str:
    """The text with what stands in a frame behind the paragraph that the frame hangs on, the innermost first."""
    for _ in range(_MOST_BOXES):
        last = _BOX.match(content, max(content.rfind("<draw:text-box"), 0))
        ends = _BOX_END.search(content, last.end()) if last else None
        if not last or not ends:
            return content
        inner = content[last.end() : ends.start()]
        if _INITIAL.fullmatch(_said(inner)) and (goes_on := _GOES_ON.match(content, ends.end())):
            place = goes_on.end() - 1
            content = content[: last.start()] + content[ends.end() : place] + _said(inner) + content[place:]
            continue
        after = content.find("</text:p>", ends.end())
        after = after + len("</text:p>") if after >= 0 else ends.end()
        content = content[: last.start()] + content[ends.end() : after] + inner + content[after:]
    return content


def _with_signs(content: str, names: set[str]) -> str:
    """The text with a sign where a piece in small capitals begins, and one where it ends."""
    if not names:
        return content
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
            style = _STYLE_NAME.search(hit["said"])
            is_small = bool(style) and style[1] in names and CAPS_END not in ends  # type: ignore[index]
            ends.append(CAPS_END if is_small else "")
            made.append(hit[0] + (CAPS_BEGIN if is_small else ""))
    return "".join([*made, content[at:]])


def _with_marks(content: str, marks: _Marks) -> str:
    """The text in which the letters of a paragraph say what the paragraph's style says of them."""
    made: list[str] = []
    at = 0
    ends: list[str] = []
    for hit in _PARAGRAPH.finditer(content):
        made.append(content[at : hit.start()])
        at = hit.end()
        if not hit["tag"]:
            made.append((ends.pop() if ends else "") + hit[0])
        elif hit["empty"]:
            made.append(hit[0])
        else:
            style = _STYLE_NAME.search(hit["said"])
            name = style[1] if style else ""
            own = [kind for kind, names in (("emphasis", marks.emphasis), ("strong", marks.strong)) if name in names]
            key = "both" if len(own) > 1 else "".join(own)
            ends.append("</text:span>" if own else "")
            made.append(hit[0] + (f'<text:span text:style-name="{_MADE}{key}">' if own else ""))
    if at == 0 or _MADE not in "".join(made):
        return content
    text = "".join([*made, content[at:]])
    return _AUTOMATIC.sub(_with_made_styles, text, count=1)


def _with_made_styles(hit: re.Match[str]) -> str:
    if hit["empty"]:
        return f"{hit[0][:-2]}>{_MADE_STYLES}</office:automatic-styles>"
    return hit[0] + _MADE_STYLES
