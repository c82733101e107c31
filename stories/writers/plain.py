"""A book as text that one reads as it is: Markdown, plain text, JSON Lines, a folder of Markdown in a ZIP."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Final

from ...prompts import phrase
from ...schemas.light_markdown import SCENE_BREAK, Note, read_paragraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ...schemas.light_markdown import Inline, Run
    from ...schemas.manuscript import Chapter, Manuscript
    from .book import Book

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>&~^{}=%$@|])")
_LINE_START: Final = re.compile(r"^(\s*|\s*\d+)([#+:.)!-])", re.MULTILINE)
_NO_NAME: Final = re.compile(r"[^\w-]+")
_CAPS_FIRST: Final = re.compile(r"\[(.*)\]\{\.smallcaps\}", re.DOTALL)
_LONGEST_NAME: Final = 60
_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The same book is the same file, whenever it is made."""


def as_markdown(book: Book) -> str:
    """The book as Markdown, in which any sign of the story that has a meaning there is escaped."""
    made = book.manuscript
    lines = [f"# {escaped(made.title)}"] if made.title else []
    lines.extend([escaped(by(book))] if made.author else [])
    for chapter in made.chapters:
        lines.extend(_markdown_of(chapter, 1))
    return "\n\n".join(lines) + "\n"


def by(book: Book) -> str:
    """The line that names the author."""
    return str(phrase("book_by", book.spoken, author=book.story.author))


def _markdown_of(chapter: Chapter, below: int) -> Iterator[str]:
    if chapter.title:
        yield f"{'#' * min(6, chapter.level + below)} {escaped(chapter.title)}"
    yield from (markdown_paragraph(text) for text in chapter.paragraphs)


def markdown_paragraph(text: str) -> str:
    """A paragraph in light Markdown as Markdown."""
    paragraph = read_paragraph(text)
    if not paragraph.inlines:
        return SCENE_BREAK
    lines = ("".join(_marked(line, escaped)) for line in paragraph.lines)
    return "\\\n".join(_LINE_START.sub(r"\1\\\2", line) for line in lines)


def escaped(text: str) -> str:
    """A text in which nothing is a mark of Markdown."""
    return _SPECIAL.sub(r"\\\1", text)


_MARKS: Final = (
    ("emphasis", "*", "*"),
    ("strong", "**", "**"),
    ("strike", "~~", "~~"),
    ("small_caps", "[", "]{.smallcaps}"),
)


def _marked(inlines: Iterable[Inline], literal: Callable[[str], str]) -> Iterator[str]:
    is_noted = False
    for part in inlines:
        if isinstance(part, Note):
            yield f"^[{''.join(_marked(part.runs, literal))}]"
            is_noted = True
            continue
        said = _marked_run(part, literal)
        yield _after_note(said) if is_noted else said
        is_noted = False


def _after_note(said: str) -> str:
    """What follows a note at once: a bracket there would make a link of the note."""
    hit = _CAPS_FIRST.fullmatch(said)
    if hit:
        return f'<span class="smallcaps">{hit[1]}</span>'
    return f"\\{said}" if said.startswith("(") else said


def _marked_run(run: Run, literal: Callable[[str], str]) -> str:
    core = run.text.strip()
    made = literal(core)
    for name, begin, end in _MARKS:
        made = f"{begin}{made}{end}" if core and getattr(run, name) else made
    lead, _, tail = run.text.partition(core) if core else (run.text, "", "")
    return f"{lead}{made}{tail}"


def as_text(book: Book) -> str:
    """The book as plain text: what is emphasised stands between underscores, notes in brackets."""
    made = book.manuscript
    lines = [made.title, by(book) if made.author else ""]
    for chapter in made.chapters:
        lines.extend((chapter.title, *map(text_paragraph, chapter.paragraphs)))
    return "\n\n".join(line for line in lines if line) + "\n"


def text_paragraph(text: str) -> str:
    """A paragraph in light Markdown as plain text."""
    paragraph = read_paragraph(text)
    if not paragraph.inlines:
        return SCENE_BREAK
    return "\n".join(map(_line, paragraph.lines))


def _line(inlines: Sequence[Inline]) -> str:
    told = ""
    for part, follows in zip(inlines, [*inlines[1:], None], strict=True):
        if isinstance(part, Note):
            told += f" [{''.join(run.text for run in part.runs)}]"
        elif part.emphasis and not _in_a_word(told[-1:]) and not _in_a_word(_first_of(follows)):
            told += _underscored(part)
        else:
            told += part.text
    return told


def _in_a_word(sign: str) -> bool:
    """Whether an underscore beside a sign would stand inside a word."""
    return sign.isalnum() or sign == "_"


def _first_of(part: Inline | None) -> str:
    return part.text[:1] if part and not isinstance(part, Note) else ""


def _underscored(run: Run) -> str:
    core = run.text.strip()
    lead, _, tail = run.text.partition(core) if core else (run.text, "", "")
    return f"{lead}_{core}_{tail}" if core and "_" not in core else run.text


def as_lines(book: Book) -> str:
    """The story as JSON Lines, for a script: its head, then a line a passage."""
    made = book.story
    head: dict[str, object] = {
        "title": made.title,
        "author": made.author,
        "language": book.language,
        "story_id": book.story_id,
    }
    lines = [head]
    begins = {begin["seq"]: begin["title"] for begin in book.begins}
    for place, text in enumerate(book.paragraphs):
        told = book.told[place] if place < len(book.told) else None
        line: dict[str, object] = {"number": told.number if told else place + 1}
        if place in begins:
            line["chapter"] = begins[place]
        line["text"] = text
        if told:
            line |= {"summary": told.summary, "plan": told.plan}
        lines.append(line)
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def as_folder(book: Book) -> bytes:
    """A ZIP of a folder of Markdown, a file a chapter in the order of their names, and an outline of them (OPML).

    Scrivener takes in both, novelWriter the files, and this program the whole of it.
    """
    made = book.manuscript
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        width = len(str(len(made.chapters)))
        outline = []
        for number, chapter in enumerate(made.chapters, start=1):
            name = f"{number:0{width}}-{_name_of(chapter, made)}.md"
            _add(packed, name, "\n\n".join(_markdown_of(chapter, 0)) + "\n")
            outline.append(f'<outline text="{_attribute(chapter.title or made.title or name)}" file="{name}"/>')
        owner = f"<ownerName>{_attribute(made.author)}</ownerName>" if made.author else ""
        head = f"<head><title>{_attribute(made.title)}</title>{owner}</head>"
        body = f"<body>{''.join(outline)}</body>"
        _add(
            packed, "outline.opml", f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">{head}{body}</opml>\n'
        )
    return written.getvalue()


def _attribute(text: str) -> str:
    return html.escape(text, quote=True)


def _add(packed: zipfile.ZipFile, name: str, text: str) -> None:
    packed.writestr(zipfile.ZipInfo(name, _DATE), text)


def _name_of(chapter: Chapter, manuscript: Manuscript) -> str:
    """A file's name of a chapter's title: letters, figures and hyphens, in any script."""
    words = _NO_NAME.sub("-", chapter.title or manuscript.title).strip("-")
    return words[:_LONGEST_NAME] or chapter.kind
