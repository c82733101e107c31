"""Files that say themselves what is what: Markdown, web pages, and what word processors write, by way of pandoc."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ...schemas.errors import StorageError
from .archive_page import TITLE_PAGE, without_site
from .critic_marks import accepted
from .elements import check_tags_end, with_elements, without_elements
from .encodings import decode, decode_declared, with_line_feeds
from .furniture import words_of
from .log import found_in_log
from .page_furniture import without_page_furniture
from .page_gaps import margins_of, with_gaps_of_styles
from .page_letters import with_paragraphs_out, with_pictured_letters, with_remarks_named
from .page_notes import with_notes
from .page_styles import own_sheets, styles_of, with_styles
from .page_verse import with_breaks, with_verse
from .pandoc import read_text_with_pandoc
from .pieces import DIVIDER, EMPTY, Block, Found
from .plain import LINE_END, is_paragraph_a_line, is_scene_break
from .rich_text_characters import as_characters
from .rich_text_looks import with_large_letters
from .word_page import COMMENTS, without_word

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
_HEAD: Final = re.compile(
    r"\A(?:---[ \t]*\n(?P<yaml>(?:.*\n){0,200}?)(?:---|\.\.\.)"
    r"|\+\+\+[ \t]*\n(?P<toml>(?:.*\n){0,200}?)\+\+\+)[ \t]*(?:\n|\Z)"
    r"|\A(?=(?:title|author)[ \t]*:)(?P<bare>(?:[A-Za-z][A-Za-z ]{0,30}:[ \t]*\S.*\n){1,20})(?=\n)",
    re.IGNORECASE,
)
_LINES: Final = re.compile(
    r"\A%[ \t]+(?P<title>\S[^\n]{0,200})(?:\n%[ \t]+(?P<author>\S[^\n]{0,200}))?(?:\n%[^\n]*)?\n"
)
"""The title and the author as pandoc has them at the head of a file."""
_FIELD: Final = re.compile(r"(?P<name>title|author|authors|lang|language)[ \t]*[:=][ \t]*(?P<value>.*)", re.IGNORECASE)
_ITEM: Final = re.compile(r"[ \t]*-[ \t]+(?P<value>.*)")
_COMMENT: Final = re.compile(r"%%(?!~)(?P<text>[^%]{0,20000}?)%%|<!--(?P<html>.{0,20000}?)-->", re.DOTALL)
_NOTEBOOK: Final = re.compile(
    r"(?m)^>[ \t]*\[![\w-]+\][^\n]*(?:\n>[^\n]*)*"
    r"|^(?P<fence>```+|~~~+)(?:dataview(?:js)?|query|tasks|mermaid)\b(?:.|\n){0,5000}?^(?P=fence)"
    r"|^[ \t]*[-*+][ \t]+\[[ xX]\][ \t][^\n]*"
    r"|\A\s*(?:#[a-z][\w/-]*(?:[ \t]+#[^\W\d][\w/-]*)*[ \t]*\n)+"
)
"""What programs for notes have in a text: remarks set apart, questions to the program, things to do, tags over all."""
_NAME_OF_BLOCK: Final = re.compile(r"(?m)[ \t]+\^[A-Za-z0-9-]{1,40}[ \t]*$")
_TIGHT_HEADING: Final = re.compile(
    r"(?m)(?:^|(?<=\n\n))#{1,6}(?=[^\W\d_a-z][^\n#]*$)(?![^\W_]*[a-z][A-Z])(?=[^\n]{1,100}$)"
)
"""The sign of a heading with no space behind it; a tag is in small letters, or has a capital inside."""
_ANOTHER_KIND: Final = re.compile(r"[ \t]{4}|[ \t]*(?:[|>#]|[*+-][ \t]|[=-]{2,}[ \t]*$|```|~~~|\d+[.)][ \t])")
_XML: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")
_LINE_END: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\\r?\n")
"""The end of a paragraph as macOS writes it."""
_EMPTY_LINE: Final = re.compile(
    rb"\\par(?![a-z])(?:\s|\\(?!par(?![a-z])|\*)[a-z]{1,32}-?\d{0,10}|[{}]){0,60}?(?=(?:\s|[{}])*\\par(?![a-z]))"
)
"""The end of a paragraph after which another ends that says nothing."""
_LINE: Final = re.compile(
    rb"\\pard(?![a-z])(?P<said>(?:\s|\\(?!pard?(?![a-z])|\*)[a-z]{1,32}-?\d{0,10}|[{}]){1,150}?)(?=\\par(?![a-z]))"
)
"""A paragraph that says nothing."""
_DRAWN: Final = re.compile(rb"\\brdr[bt](?:\\brsp\d+)?[ ]?\\brdr(?!none|[a-z]{1,3}\\brdrnone)[a-z]")
_NOTE: Final = re.compile(rb"\{\s*\\\*\s*\\footnote(?![a-z])")
"""A note as LibreOffice begins one, which pandoc takes for something that may be left out."""
_LETTER_STYLE: Final = re.compile(rb"\{\\\*\\cs\d{1,5}(?![0-9])[^{}]{0,2000}\}")
"""What a style of letters is, which pandoc lets some texts begin with; where it is used, the text says the same."""
_SAYS_NOTHING: Final = f"\\u{ord(EMPTY) - 2**16} ?".encode()
_DIVIDES: Final = f"\\u{ord(DIVIDER) - 2**16} ?".encode()
_BRACE: Final = re.compile(rb"\\\\.|[{}]", re.DOTALL)
_STARRED_BREAK: Final = re.compile(r"(?<!\\)\\\\(?P<sign>[!*])(?:\[[^\]\n]*\])?")
_THIN_SPACE: Final = re.compile(r"(?<!\\)\\,")
_GRAVE: Final = re.compile(r"\\textasciigrave(?:\{\}|\s|(?![a-zA-Z]))")
_COMMANDS: Final = (
    (re.compile(r"\\textbar(?:\{\}|\s|(?![a-zA-Z]))"), "|"),
    (re.compile(r"\\hspace\{0pt\}"), "\u200b"),
    (re.compile(r"\\strut(?![a-zA-Z])\s*"), ""),
)
"""Commands that pandoc does not know, and what they set."""
_GRAVE_SIGN: Final = "\ufdd3"
"""What stands for a command that pandoc does not know: a sign that no text has."""
_LETTRINE: Final = re.compile(
    r"\\lettrine(?:\[[^\]\\]{0,200}\])?\s*\{(?P<first>[^{}]{0,200})\}\s*\{(?P<rest>[^{}]{0,200})\}"
)
_SCENE: Final = re.compile(
    r"(?m)(?<![{\\])\\(?:scene(?:break|skip|change|sep)|asterism|sectionbreak|dinkus|(?:star|deco|ornament|fleuron|thought)break|pfbreak)\*?"
    r"(?![a-zA-Z])(?:\[[^\]\n]{0,80}\])?(?:\{[^{}\n]{0,80}\})?"
)
"""What divides scenes by its name, whatever the document says that it sets."""
_NOVEL_TAG: Final = re.compile(r"(?m)^@[A-Za-z]+:.*\n?|^%(?!%).*\n?")
_SUBTITLE: Final = re.compile(r"(?is)<subtitle\b[^<>]*>(?P<said>(?:(?!<subtitle\b).){0,2000}?)</subtitle>")
_BARE: Final = re.compile(
    r"(?<=</p>)(?P<said>(?:[^<>]|</?(?:emphasis|strong|a|style|sub|sup|strikethrough|code)\b[^<>]*>){1,20000}?)"
    r"(?=<(?:p|section|/section|title|empty-line|poem|cite|image)\b)"
)
_TABLE: Final = re.compile(r"(?s)<table\b[^<>]*>.{0,200000}?</table\s*>")
_ROW: Final = re.compile(r"(?s)<tr\b[^<>]*>(.*?)</tr\s*>")
_CELL: Final = re.compile(r"(?s)<t[dh]\b[^<>]*(?<!/)>(.*?)</t[dh]\s*>")
_FILLER: Final = ("script", "style", "template", "noscript", "svg", "math", "iframe", "object", "form", "nav")
_PAGE_BREAK: Final = re.compile(r"""(?i)<hr\b[^<>]*\bpage-break-(?:before|after)\b[^<>]*>""")


def read_markdown(path: Path, language: Language, encoding: str) -> Found:
    """A file of Markdown, in any dialect: its front matter names it, its comments are no story. It may be a log."""
    decoded = decode(path.read_bytes(), language, path, encoding)
    log = found_in_log(decoded.text, language)
    return log or found_in_markdown(decoded.text, path, decoded.encoding)


def found_in_markdown(text: str, path: Path, encoding: str = "") -> Found:
    """What a text in Markdown holds; the path is for errors."""
    text = with_line_feeds(text)
    head = _HEAD.match(text)
    named = _fields(head["yaml"] or head["toml"] or head["bare"] or "") if head else {}
    if lines := _LINES.match(text):
        named = {name: said.strip() for name, said in lines.groupdict().items() if said}
    text = text[head.end() if head else lines.end() if lines else 0 :]
    comments: list[Block] = []

    def kept(hit: re.Match[str]) -> str:
        named = hit.groupdict()
        said = named.get("text") or named.get("html") or hit[0]
        comments.append(Block(" ".join(said.split()), why="comment"))
        return ""

    text, remarks = accepted(text)
    comments += [Block(said, why="comment") for said in remarks]
    text = _TIGHT_HEADING.sub(r"\g<0> ", text)
    text = _NAME_OF_BLOCK.sub("", _NOTEBOOK.sub(kept, _NOVEL_TAG.sub(kept, _COMMENT.sub(kept, text))))
    text = _parted(text) if is_paragraph_a_line(text) else text
    tree = read_text_with_pandoc(text, MARKDOWN, path)
    return Found(
        [*tree.blocks(), *comments],
        named.get("title", "") or tree.title,
        named.get("author", "") or named.get("authors", "") or tree.author,
        named.get("lang", "") or named.get("language", ""),
        encoding,
    )


def _parted(text: str) -> str:
    """A text of which each line is a paragraph, with an empty line between two of them."""
    made: list[str] = []
    for line in text.split("\n"):
        if made and line.strip() and made[-1].strip() and not _ANOTHER_KIND.match(line) and LINE_END.search(made[-1]):
            made.append("")
        made.append(line)
    return "\n".join(made)


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
    check_tags_end(without_elements(decoded.text, *_FILLER), path)
    text, author = without_word(with_remarks_named(with_paragraphs_out(decoded.text), COMMENTS))
    text, title, by = without_site(text)
    sheets = list(own_sheets(text))
    text, furniture = without_page_furniture(with_gaps_of_styles(text, list(map(margins_of, sheets))))
    text = with_styles(text, list(map(styles_of, sheets)))
    page = with_notes([page_of(_PAGE_BREAK.sub("", text))])[0]
    found = found_in(read_text_with_pandoc(page, "html-smart+epub_html_exts", path), decoded.encoding)
    return replace(
        found, blocks=[*found.blocks, *furniture], title=title or found.title, author=by or found.author or author
    )


def page_of(text: str) -> str:
    """A web page's text without what runs or is drawn, and with the reading of a character in brackets after it."""
    text = without_elements(with_pictured_letters(_XML.sub("", text)), *_FILLER, "rp")
    text = with_verse(with_breaks(text))
    return with_elements(text, "rt", lambda reading: f"（{reading}）")


def read_fiction_book(path: Path, language: Language, encoding: str) -> Found:
    """A FictionBook."""
    decoded = decode_declared(path.read_bytes(), language, path, encoding)
    text = _TABLE.sub(_of_table, decoded.text)
    text = _BARE.sub(_of_bare, _SUBTITLE.sub(_of_subtitle, _XML.sub("", text)))
    tree = read_text_with_pandoc(text, "fb2", path)
    named = {
        name: " ".join(re.sub(r"<[^>]+>", " ", hit[1]).split())
        for name, tag in (("title", "book-title"), ("author", "author"), ("lang", "lang"))
        if (hit := re.search(rf"(?s)<{tag}\b[^>]*>(.{{0,2000}}?)</{tag}>", decoded.text[:20_000]))
    }
    found = found_in(tree, decoded.encoding)
    title, author = found.title or named.get("title", ""), found.author or named.get("author", "")
    return Found(
        _without_title(found.blocks, title, author),
        title,
        author,
        found.language or named.get("lang", ""),
        found.encoding,
    )


def _of_subtitle(hit: re.Match[str]) -> str:
    """A heading that no list of contents has: of a scene, or only signs between two."""
    said = re.sub(r"<[^>]+>", "", hit["said"]).strip()
    return "<empty-line/>" if is_scene_break(said) else f"<p><strong>{hit['said']}</strong></p>"


def _of_table(hit: re.Match[str]) -> str:
    """The rows of a table, which pandoc leaves out, a paragraph each."""
    rows = (" | ".join(cell.strip() for cell in _CELL.findall(row)).strip(" |") for row in _ROW.findall(hit[0]))
    return "".join(f"<p>{row}</p>" for row in rows if row)


def _of_bare(hit: re.Match[str]) -> str:
    """Lines that stand in a section and in no paragraph, as pandoc writes those of a verse."""
    lines = "".join(f"<v>{line}</v>" for line in hit["said"].split("\n") if line.strip())
    return f"<poem><stanza>{lines}</stanza></poem>" if lines else hit[0]


def _without_title(blocks: list[Block], title: str, author: str) -> list[Block]:
    """The blocks without a heading over all that says whose book it is, and what it is called."""
    names = {words_of(said) for said in (title, f"{author}{title}", f"{title}{author}")} - {""}
    first = next((at for at, block in enumerate(blocks) if not block.why), None)
    if first is None or not blocks[first].rank or words_of(blocks[first].text) not in names:
        return blocks
    return [*blocks[:first], blocks[first]._replace(why="title_page"), *blocks[first + 1 :]]


def read_latex(path: Path, language: Language, encoding: str) -> Found:
    """A LaTeX document."""
    decoded = decode(path.read_bytes(), language, path, encoding)
    text = _THIN_SPACE.sub("\u202f", _STARRED_BREAK.sub(_plain_break, decoded.text))
    text = _SCENE.sub(r"\n\n\\begin{center}* * *\\end{center}\n\n", text)
    text = _LETTRINE.sub(r"\g<first>\g<rest>", text)
    for command, sign in _COMMANDS:
        text = command.sub(sign, text)
    found = found_in(read_text_with_pandoc(_GRAVE.sub(_GRAVE_SIGN, text), "latex", path), decoded.encoding)
    return replace(found, blocks=[one._replace(text=one.text.replace(_GRAVE_SIGN, "`")) for one in found.blocks])


def _plain_break(hit: re.Match[str]) -> str:
    """The end of a line as pandoc knows it; the end of a stanza is an empty line."""
    return "\n\n" if hit["sign"] == "!" else r"\\"


def read_rtf(path: Path, language: Language, encoding: str) -> Found:
    """A document in Rich Text Format, whose characters may be of any code page."""
    del language, encoding
    return found_in_rtf(path.read_bytes(), path)


def found_in_rtf(content: bytes, path: Path) -> Found:
    """What RTF holds; the path is for errors."""
    if not content.lstrip().startswith(b"{\\rtf"):
        raise StorageError("manuscript_of_another_kind", path=path, format=path.suffix.lower(), reason="{\\rtf")
    content = _NOTE.sub(rb"{\\footnote", _LETTER_STYLE.sub(b"", content))
    content = with_large_letters(_LINE_END.sub(rb"\g<1>\\par\n", _without_deleted(content)))
    content = _LINE.sub(lambda hit: hit[0] + _DIVIDES if _DRAWN.search(hit["said"]) else hit[0], content)
    content = _EMPTY_LINE.sub(lambda hit: hit[0] + _SAYS_NOTHING, content)
    return found_in(read_text_with_pandoc(as_characters(content), "rtf", path))


def _without_deleted(content: bytes) -> bytes:
    """The same without what somebody deleted while changes were being tracked."""
    made: list[bytes] = []
    at = 0
    while (begins := content.find(b"{\\deleted", at)) >= 0:
        depth = 0
        for hit in _BRACE.finditer(content, begins):
            depth += {b"{": 1, b"}": -1}.get(hit[0], 0)
            if not depth:
                break
        else:
            break
        made.append(content[at:begins])
        at = hit.end()
    return b"".join([*made, content[at:]])


def found_in(tree: Tree, encoding: str = "") -> Found:
    """What a document holds, without its list of contents."""
    blocks = list(tree.blocks(_division))
    return Found(blocks, tree.title, tree.author, tree.language, encoding)


def _division(style: Style) -> Why | None:
    """Whether a part of a document is a list of contents, or what was said of it at its edge."""
    names = {style.name.lower(), *(name.lower() for name in style.classes), style.values.get("role", "").lower()}
    if COMMENTS in names:
        return "comment"
    if TITLE_PAGE in names:
        return "title_page"
    return "contents" if names & {"toc", "doc-toc", "table-of-contents", "contents"} else ""
