"""Files that say themselves what is what: Markdown, web pages, and what word processors write, by way of pandoc."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ...schemas.errors import StorageError
from .encodings import decode, decode_declared
from .pandoc import read_text_with_pandoc, read_with_pandoc
from .pieces import Block, Found

if TYPE_CHECKING:
    from pathlib import Path

    from ...schemas.languages import Language
    from .pandoc_tree import Style, Tree
    from .pieces import Why

MARKDOWN: Final = (
    "markdown-yaml_metadata_block-smart-citations-tex_math_dollars-raw_tex-subscript-superscript-fancy_lists-example_lists"
    "-blank_before_header-implicit_figures-multiline_tables-simple_tables-table_captions"
    "+mark+wikilinks_title_after_pipe+east_asian_line_breaks"
)
_HEAD: Final = re.compile(r"\A---[ \t]*\n(?P<yaml>(?:.*\n){0,200}?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_FIELD: Final = re.compile(r"(?P<name>title|author|authors|lang|language)[ \t]*:[ \t]*(?P<value>.*)", re.IGNORECASE)
_ITEM: Final = re.compile(r"[ \t]*-[ \t]+(?P<value>.*)")
_COMMENT: Final = re.compile(r"%%(?!~)(?P<text>[^%]{0,20000}?)%%|<!--(?P<html>.{0,20000}?)-->", re.DOTALL)
_XML: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")
_CODE_PAGE: Final = re.compile(rb"\\ansicpg(\d+)")
_ESCAPES: Final = re.compile(rb"(?:\\'[0-9a-fA-F]{2}|\r?\n(?=\\'))+")
_LATIN_PAGE: Final = 1252
_NOVEL_TAG: Final = re.compile(r"(?m)^@[A-Za-z]+:.*\n?|^%(?!%).*\n?")
_FILLER: Final = re.compile(r"(?is)<(script|style|template|noscript|svg|math|iframe|object|form|nav)\b.*?</\1\s*>")


def read_markdown(path: Path, language: Language, encoding: str) -> Found:
    """A file of Markdown, in any dialect: its front matter names it, its comments are no story."""
    decoded = decode(path.read_bytes(), language, path, encoding)
    return found_in_markdown(decoded.text, path, decoded.encoding)


def found_in_markdown(text: str, path: Path, encoding: str = "") -> Found:
    """What a text in Markdown holds; the path is for errors."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head = _HEAD.match(text)
    named = _fields(head["yaml"]) if head else {}
    text = text[head.end() :] if head else text
    comments: list[Block] = []

    def kept(hit: re.Match[str]) -> str:
        said = next((part for part in hit.groups() if part), hit[0])
        comments.append(Block(" ".join(said.split()), why="comment"))
        return ""

    text = _NOVEL_TAG.sub(kept, _COMMENT.sub(kept, text))
    tree = read_text_with_pandoc(text, MARKDOWN, path)
    return Found(
        [*tree.blocks(), *comments],
        named.get("title", "") or tree.title,
        named.get("author", "") or named.get("authors", "") or tree.author,
        named.get("lang", "") or named.get("language", ""),
        encoding,
    )


def _fields(yaml: str) -> dict[str, str]:
    """What the front matter says of the book: simple lines, which is what writers have there."""
    named: dict[str, str] = {}
    at = ""
    for line in yaml.split("\n"):
        hit = _FIELD.fullmatch(line)
        item = _ITEM.fullmatch(line) if at else None
        if hit:
            at = hit["name"].lower()
            named[at] = _unquoted(hit["value"])
        elif item:
            named[at] = ", ".join(filter(None, [named[at], _unquoted(item["value"])]))
        elif line[:1].strip():
            at = ""
    return named


def _unquoted(value: str) -> str:
    value = value.strip()
    if value[:1] == "[" and value[-1:] == "]":
        return ", ".join(_unquoted(item) for item in value[1:-1].split(","))
    for mark in "\"'":
        if len(value) > 1 and value[0] == value[-1] == mark:
            return value[1:-1]
    return value


def read_page(path: Path, language: Language, encoding: str) -> Found:
    """A web page."""
    decoded = decode_declared(path.read_bytes(), language, path, encoding)
    tree = read_text_with_pandoc(page_of(decoded.text), "html-smart", path)
    return _found(tree, decoded.encoding)


def page_of(text: str) -> str:
    """A web page's text without what runs or is drawn, and with the reading of a character in brackets after it."""
    text = _FILLER.sub("", _XML.sub("", text))
    text = re.sub(r"(?is)<rp\b.*?</rp\s*>", "", text)
    return re.sub(r"(?is)<rt\b[^>]*>(.*?)</rt\s*>", r"（\1）", text)


def read_fiction_book(path: Path, language: Language, encoding: str) -> Found:
    """A FictionBook."""
    decoded = decode_declared(path.read_bytes(), language, path, encoding)
    tree = read_text_with_pandoc(_XML.sub("", decoded.text), "fb2", path)
    named = {
        name: " ".join(re.sub(r"<[^>]+>", " ", hit[1]).split())
        for name, tag in (("title", "book-title"), ("author", "author"), ("lang", "lang"))
        if (hit := re.search(rf"(?s)<{tag}\b[^>]*>(.{{0,2000}}?)</{tag}>", decoded.text[:20_000]))
    }
    found = _found(tree, decoded.encoding)
    return Found(
        found.blocks,
        found.title or named.get("title", ""),
        found.author or named.get("author", ""),
        found.language or named.get("lang", ""),
        found.encoding,
    )


def read_latex(path: Path, language: Language, encoding: str) -> Found:
    """A LaTeX document."""
    decoded = decode(path.read_bytes(), language, path, encoding)
    return _found(read_text_with_pandoc(decoded.text, "latex-smart", path), decoded.encoding)


def read_rtf(path: Path, language: Language, encoding: str) -> Found:
    """A document in Rich Text Format, whose characters may be of any code page."""
    del language, encoding
    return found_in_rtf(path.read_bytes(), path)


def found_in_rtf(content: bytes, path: Path) -> Found:
    """What RTF holds; the path is for errors."""
    if not content.lstrip().startswith(b"{\\rtf"):
        raise StorageError("manuscript_of_another_kind", path=path, format=path.suffix.lower(), reason="{\\rtf")
    # Pandoc takes the space after such an escape for a part of it, if nothing else divides them.
    content = re.sub(rb"\\u(-?\d+)\?", rb"\\u\1 ?", content)
    page = _CODE_PAGE.search(content[:4000])
    number = int(page[1]) if page else _LATIN_PAGE
    if number != _LATIN_PAGE:
        content = _ESCAPES.sub(lambda hit: _as_unicode(hit[0], number), content)
    return _found(read_text_with_pandoc(content.decode("latin-1"), "rtf", path))


def _as_unicode(escapes: bytes, page: int) -> bytes:
    """The characters that bytes of a code page are, as RTF's own escapes of Unicode."""
    packed = bytes(int(digits, 16) for digits in re.findall(rb"\\'([0-9a-fA-F]{2})", escapes))
    try:
        text = packed.decode(f"cp{page}")
    except (LookupError, UnicodeDecodeError):
        return escapes
    units = text.encode("utf-16-le")
    numbers = [int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2)]
    return "".join(f"\\u{number} ?" for number in numbers).encode()


def read_open_document(path: Path, language: Language, encoding: str) -> Found:
    """A document of LibreOffice or OpenOffice."""
    del language, encoding
    return _found(read_with_pandoc(path, "odt"))


def _found(tree: Tree, encoding: str = "") -> Found:
    blocks = list(tree.blocks(_division))
    return Found(blocks, tree.title, tree.author, tree.language, encoding)


def _division(style: Style) -> Why | None:
    """Whether a part of a document is a list of contents."""
    names = {style.name.lower(), *(name.lower() for name in style.classes), style.values.get("role", "").lower()}
    return "contents" if names & {"toc", "doc-toc", "table-of-contents", "contents"} else ""
