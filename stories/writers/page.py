"""A book as one web page that needs nothing else and runs nothing; set for paper too, from which a PDF is made."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from ...schemas.light_markdown import Note, read_paragraph
from .plain import by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...schemas.light_markdown import Inline, Run
    from ...schemas.manuscript import Chapter
    from .book import Book

_STYLE: Final = (
    "body{max-width:38em;margin:3em auto;padding:0 1em;font:1.1em/1.6 Georgia,'Noto Serif',serif}"
    "h1{text-align:center;margin-bottom:1em}.author{text-align:center;text-indent:0;margin-bottom:3em}"
    "h2,h3,h4,h5,h6{text-align:center;margin:3em 0 1.5em}section.part>h2{margin:5em 0}"
    "p{margin:0;text-indent:1.5em}h1+p,h2+p,h3+p,h4+p,h5+p,h6+p,.scene+p{text-indent:0}"
    ".verse{margin:1em 0 1em 2em;text-indent:0}.scene{border:0;margin:1.5em 0;text-align:center}"
    ".scene::after{content:'*\\2003*\\2003*'}.small-caps{font-variant:small-caps}"
    ".notes{margin-top:4em;font-size:.85em;border-top:1px solid}.notes p{text-indent:0}"
    "@media(prefers-color-scheme:dark){@media screen{body{background:#181818;color:#ddd}a{color:#9bf}}}"
    "@media print{body{max-width:none;margin:0;font-size:11pt}section{break-before:page}"
    "section.under{break-before:auto}h2,h3,h4{break-after:avoid}"
    "p{orphans:2;widows:2;text-align:justify;hyphens:auto}a{color:inherit;text-decoration:none}}"
    "@page{size:A5;margin:18mm 15mm 20mm;@bottom-center{content:counter(page)}}"
)
_MARKS: Final = (("emphasis", "em"), ("strong", "strong"), ("strike", "s"))


def as_html(book: Book) -> str:
    """The book as one HTML page."""
    made = book.manuscript
    title, author = html.escape(made.title), html.escape(by(book)) if made.author else ""
    notes: list[str] = []
    body = "\n".join(_chapter(chapter, notes) for chapter in made.chapters)
    head = f"<h1>{title}</h1>\n" if title else ""
    line = f'<p class="author">{author}</p>' if author else ""
    direction = ' dir="rtl"' if book.spoken.direction == "rtl" else ""
    named = f'<meta name="author" content="{html.escape(made.author)}">' if made.author else ""
    return (
        f'<!doctype html>\n<html lang="{html.escape(book.language)}"{direction}>\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>{named}'
        f"<style>{_STYLE}</style></head>\n<body>\n{head}{line}\n{body}\n{_notes(notes)}</body>\n</html>\n"
    )


def _chapter(chapter: Chapter, notes: list[str]) -> str:
    rank = min(6, chapter.level + 1)
    heading = f"<h{rank}>{html.escape(chapter.title)}</h{rank}>\n" if chapter.title else ""
    blocks = "\n".join(_paragraph(text, notes) for text in chapter.paragraphs)
    under = " under" if chapter.kind in ("front", "back") and chapter.level > 1 else ""
    return f'<section class="{chapter.kind}{under}">\n{heading}{blocks}\n</section>'


def _paragraph(text: str, notes: list[str]) -> str:
    paragraph = read_paragraph(text)
    if paragraph.kind == "break":
        return '<hr class="scene"/>'
    lines = "<br/>\n".join(_inlines(line, notes) for line in paragraph.lines)
    return f'<p class="verse">{lines}</p>' if paragraph.kind == "verse" else f"<p>{lines}</p>"


def _inlines(inlines: Iterable[Inline], notes: list[str]) -> str:
    return "".join(_noted(part, notes) if isinstance(part, Note) else _marked(part) for part in inlines)


def _noted(note: Note, notes: list[str]) -> str:
    notes.append("".join(map(_marked, note.runs)))
    number = len(notes)
    return f'<sup><a id="ref{number}" href="#note{number}" role="doc-noteref">{number}</a></sup>'


def _marked(run: Run) -> str:
    made = html.escape(run.text, quote=False).replace("\n", "<br/>")
    for name, tag in _MARKS:
        made = f"<{tag}>{made}</{tag}>" if getattr(run, name) else made
    return f'<span class="small-caps">{made}</span>' if run.small_caps else made


def _notes(notes: list[str]) -> str:
    if not notes:
        return ""
    told = "\n".join(
        f'<p id="note{number}">{number}. {text} <a href="#ref{number}" role="doc-backlink">↩</a></p>'
        for number, text in enumerate(notes, start=1)
    )
    return f'<section class="notes" role="doc-endnotes">\n{told}\n</section>\n'
