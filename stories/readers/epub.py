"""EPUB. Its pages go through pandoc as one; its own lists say what chapters are called, and what is no story."""

from __future__ import annotations

import re
import zipfile
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from ...schemas.light_markdown import as_text
from .bounds import member
from .contents import is_contents_page
from .encodings import decode_declared
from .epub_package import joined, read_package
from .furniture import is_called_so, is_copyright, is_dedication, lists_books, words_of
from .headings import is_title
from .marked_up import page_of
from .page_furniture import without_page_furniture
from .page_gaps import margins_of, with_gaps_of_styles
from .page_letters import with_paragraphs_out
from .page_notes import with_notes
from .page_styles import own_sheets, sheets_of, styles_of, with_styles
from .pandoc import read_text_with_pandoc
from .pieces import Block, Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ...schemas.languages import Language
    from .epub_package import Package, Page
    from .page_gaps import Margins
    from .page_styles import Styles
    from .pandoc_tree import Style
    from .pieces import Why

_COUNTED: Final = re.compile(r"(?:section|start|untitled|part|text)\s*\d*", re.IGNORECASE)
"""What a program calls a page that it knows no name of."""
_BODY: Final = re.compile(r"(?is)<body\b[^>]*>(.*)</body\s*>")
_TAG: Final = re.compile(r"(?i)<[a-z][^<>]*>")
_ID: Final = re.compile(r"""(?i)(\s)(id|name)\s*=\s*(["'])([^"'<>]*)\3""")
_HREF: Final = re.compile(r"""(?i)(<a\b[^<>]*?\shref\s*=\s*)(["'])([^"'<>]*)\2""")
_ANCHORED: Final = re.compile(
    r"""(?i)<(p|div|section|h[1-6]|blockquote)\b([^<>]*?\sid\s*=\s*["']([^"'<>]*)["'][^<>]*)>"""
)
_NUMBERED: Final = re.compile(r"page-(\d+)")
_KINDS: Final[dict[str, Why]] = {
    "toc": "contents",
    "loi": "contents",
    "lot": "contents",
    "cover": "cover",
    "title-page": "title_page",
    "titlepage": "title_page",
    "halftitlepage": "title_page",
    "dedication": "dedication",
    "epigraph": "dedication",
    "other-credits": "other_books",
    "copyright-page": "copyright",
    "copyright": "copyright",
}
_NOTES: Final = re.compile(
    r"""epub:type\s*=\s*["'][^"'<>]*(?:footnote|endnote|rearnote)s?\b(?!ref)(?!["'] id="noted-)"""
)
_ENDNOTE: Final = re.compile(r"""(epub:type\s*=\s*["'])endnote(["'])""")
"""What pandoc knows by the name of footnotes alone."""
_BUNDLE: Final = 400_000
"""Characters of pages that are read at a time."""
_MOST_SHEET: Final = 1_000_000
_WHOSE: Final = re.compile(r"[—–―-]+\s*[^\W\d_].*")
_UNNAMED: Final = re.compile(
    r"""(?is)<h([1-6])\b[^<>]*\sclass=["'][^"'<>]*\bopening-without-title\b[^<>]*>.{0,2000}?</h\1\s*>"""
)
"""A heading that this program gave a text without one, because an EPUB needs it."""
_MOST_LINE: Final = 100
_MOST_MOTTO: Final = 800
_MOST_TITLE_PAGE: Final = 400
_LINKED: Final = 0.6
_SECOND_RANK: Final = 2


def read_epub(path: Path, language: Language, encoding: str) -> Found:
    """An EPUB.

    Raises:
        StorageError: it is none, or is locked by digital rights management.
    """
    with zipfile.ZipFile(path) as packed:
        package = read_package(packed, path, language)
        texts: list[str] = []
        missing: list[Block] = []
        encodings: dict[str, None] = {}
        sheets: dict[str, _Sheet] = {}
        furniture: list[Block] = []
        for number, page in enumerate(package.pages):
            content = member(packed, page.name)
            if content is None:
                missing.append(Block(page.name, why="missing"))
                continue
            decoded = decode_declared(content, language, path, encoding)
            encodings |= {decoded.encoding: None} if decoded.encoding else {}
            text = with_paragraphs_out(decoded.text)
            text, beside = without_page_furniture(_with_styles(text, page, packed, sheets))
            furniture += beside
            texts.append(_as_division(text, number, package))
    pages: dict[int, list[Block]] = {}
    for bundle in _bundles(with_notes(texts)):
        _read_bundle(bundle, path, pages)
    blocks: list[Block] = []
    for number, page in enumerate(package.pages):
        found = pages.get(number, [])
        if why := _why(found, page, package, is_before=not any(block.rank and not block.why for block in blocks)):
            blocks.extend(_left_out(block, why) for block in found)
        else:
            blocks.extend(_with_titles(found, number, page, package, language))
    blocks += [*furniture, *missing]
    return Found(blocks, package.title, package.author, package.language, ", ".join(sorted(encodings)))


class _Sheet(NamedTuple):
    """What a style sheet says of letters, and of what is left between paragraphs."""

    styles: Styles
    margins: Margins


def _with_styles(text: str, page: Page, packed: zipfile.ZipFile, sheets: dict[str, _Sheet]) -> str:
    """A page's text that says what its style sheets say; what those say is read once a book."""
    names = [_beside(page.name, href) for href in sheets_of(text)]
    for name in names:
        if name not in sheets:
            sheets[name] = _sheet((member(packed, name) or b"").decode("utf-8", "replace")[:_MOST_SHEET])
    told = [*(sheets[name] for name in names), *map(_sheet, own_sheets(text))]
    text = with_gaps_of_styles(text, [one.margins for one in told])
    return with_styles(text, [one.styles for one in told])


def _sheet(text: str) -> _Sheet:
    return _Sheet(styles_of(text), margins_of(text))


def _bundles(texts: Sequence[str]) -> Iterator[str]:
    """The pages, several at a time, so that pandoc needs no more memory for a long book; each time with all notes."""
    notes = [text for text in texts if _NOTES.search(text)]
    bundle: list[str] = []
    size = 0
    for text in texts:
        if bundle and size + len(text) > _BUNDLE:
            yield "\n".join([*bundle, *map(_unread, (note for note in notes if note not in bundle))])
            bundle, size = [], 0
        bundle.append(text)
        size += len(text)
    yield "\n".join([*bundle, *map(_unread, (note for note in notes if note not in bundle))])


def _unread(division: str) -> str:
    """A page that is only there for the notes in it."""
    return division.replace('data-part="page-', 'data-part="notes-', 1)


def _read_bundle(bundle: str, path: Path, pages: dict[int, list[Block]]) -> None:
    """Read some pages, and put the blocks of each with those of its number."""
    tree = read_text_with_pandoc(bundle, "html-smart+epub_html_exts", path)
    at = 0

    def on_division(style: Style) -> Why | None:
        nonlocal at
        part = style.values.get("part", "")
        if hit := _NUMBERED.fullmatch(part):
            at = int(hit[1])
        if part.startswith("notes-"):
            return None
        return "contents" if "toc" in style.classes or style.values.get("role") == "doc-toc" else ""

    for block in tree.blocks(on_division):
        pages.setdefault(at, []).append(block)


def _left_out(block: Block, why: Why) -> Block:
    """A block of a page that is no story."""
    return block._replace(why=block.why or why, rank=0) if why else block


def _as_division(text: str, number: int, package: Package) -> str:
    """A page's text as a part of one page for all, its names apart from those of the others."""
    text = page_of(_UNNAMED.sub("", text))
    hit = _BODY.search(text)
    body = hit[1] if hit else text
    files = {page.name: place for place, page in enumerate(package.pages)}
    own = package.pages[number].name
    anchors = {anchor for file, anchor in package.titles if file == own and anchor}

    def anchored(found: re.Match[str]) -> str:
        return f'{found[0]}<span id="{found[3]}"></span>' if found[3] in anchors else found[0]

    def led(found: re.Match[str]) -> str:
        file, mark, anchor = found[3].partition("#")
        to = number if not file else files.get(_beside(own, file), -1)
        return f"{found[1]}{found[2]}#p{to}-{anchor}{found[2]}" if mark and to >= 0 else found[0]

    body = _ENDNOTE.sub(r"\1footnote\2", body)
    body = _ANCHORED.sub(anchored, body)
    body = _HREF.sub(led, body)
    body = _TAG.sub(lambda tag: _ID.sub(rf"\g<1>\g<2>=\g<3>p{number}-\g<4>\g<3>", tag[0]), body)
    return f'<div data-part="page-{number}">\n{body}\n</div>'


def _beside(own: str, file: str) -> str:
    return joined(own.rpartition("/")[0], file)


def _with_titles(blocks: list[Block], number: int, page: Page, package: Package, language: Language) -> list[Block]:
    """A page's blocks with the titles that the book's list of chapters has for its places."""
    made = list(blocks)
    for (file, anchor), title in package.titles.items():
        if file != page.name or not title:
            continue
        at = _place(made, f"p{number}-{anchor}") if anchor else 0
        if at is None:
            continue
        rank = package.depths.get((file, anchor), 1)
        story = [place for place in range(at, len(made)) if not made[place].why]
        near = [place for place in story[:3] if words_of(as_text(made[place].text)) == words_of(title)]
        is_of_book = words_of(title) == words_of(package.title) and not near
        if any(made[place].rank for place in story[:2]) or is_of_book:
            continue  # it has a heading of its own there
        if story and _COUNTED.fullmatch(title) and is_title(as_text(made[story[0]].text), language):
            continue  # who made the file had no name for it
        if near:
            made[near[0]] = made[near[0]]._replace(text=as_text(made[near[0]].text), rank=rank)
        elif pieces := _pieces(made, at, title):
            made[pieces[0]] = made[pieces[0]]._replace(text=title, rank=rank)
            for place in pieces[1:]:
                made[place] = made[place]._replace(text="")
        elif story:
            made.insert(story[0], Block(title, rank))
    return [block for block in made if block.text or block.why]


def _pieces(blocks: Sequence[Block], at: int, title: str) -> list[int]:
    """The paragraphs that say a title in pieces, "1", "The Jetty", of which one stands at a place."""
    story = [place for place in range(max(at - 3, 0), min(at + 6, len(blocks))) if not blocks[place].why]
    for first, count in product(range(len(story)), (2, 3)):
        places = story[first : first + count]
        if at in places and words_of("".join(as_text(blocks[one].text) for one in places)) == words_of(title):
            return places
    return []


def _place(blocks: Sequence[Block], anchor: str) -> int | None:
    return next((at for at, block in enumerate(blocks) if anchor in block.anchors), None)


def _why(blocks: Sequence[Block], page: Page, package: Package, *, is_before: bool) -> Why:
    """Why a page is no story, by what the book says of it or by what it holds."""
    if "nav" in page.properties.split():
        return "contents"
    if why := _KINDS.get(package.kinds.get(page.name, "")):
        return why
    said = [as_text(block.text) for block in blocks if not block.why]
    return _why_by_words(said, page, package, is_before=is_before) if said else ""


def _why_by_words(said: Sequence[str], page: Page, package: Package, *, is_before: bool) -> Why:
    whole = "\n".join(said)
    if is_contents_page(said) or _lists_chapters(said, package):
        return "contents"
    if is_copyright(whole):
        return "copyright"
    is_list = lists_books(said) and all(len(text) <= _SECOND_RANK * _MOST_LINE for text in said)
    if is_list and not is_called_so(said[0], said[1:]):
        return "other_books"
    if is_before and not _is_chapter(page, package) and (is_dedication(whole) or _is_motto(said)):
        return "dedication"
    names = {words_of(package.title), words_of(package.author)} - {""}
    if is_before and len(whole) <= _MOST_TITLE_PAGE and names:
        left = [text for text in said if words_of(text) not in names and not _is_name_of(text, package)]
        if not left or (len(left) <= _SECOND_RANK and words_of(said[0]) in names and not _is_chapter(page, package)):
            return "title_page"
    return ""


def _is_motto(said: Sequence[str]) -> bool:
    """Whether a page says but a few words, and whose they are."""
    last = said[-1].split("\n")[-1]
    is_named = bool(_WHOSE.fullmatch(last)) and len(last) <= _MOST_LINE
    return (len(said) > 1 or "\n" in said[0]) and is_named and sum(map(len, said)) <= _MOST_MOTTO


def _is_name_of(text: str, package: Package) -> bool:
    return words_of(text) in {words_of(f"by{package.author}"), words_of(package.title + package.author)}


def _is_chapter(page: Page, package: Package) -> bool:
    return any(file == page.name for file, _ in package.titles)


def _lists_chapters(said: Sequence[str], package: Package) -> bool:
    """Whether most of a page's lines are what the book's list of chapters says."""
    titles = {words_of(title) for title in package.titles.values()}
    lines = [line for text in said for line in text.split("\n") if words_of(line)]
    listed = sum(words_of(line) in titles for line in lines)
    return listed >= _SECOND_RANK and listed >= _LINKED * len(lines)
