"""How a Word document is set: its styles, its page, what stands at the head and the foot of it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Final

_SPACES: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PAGE: Final = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
_CENTRED: Final = '<w:jc w:val="center"/>'
_ONE: Final = '<w:spacing w:line="240" w:lineRule="auto"/>'
_LETTER: Final = (12240, 15840)
_A4: Final = (11906, 16838)
_ON_LETTER: Final = frozenset({"en", "en-us", "en-ca", "es-mx"})


@dataclass(frozen=True)
class Set:
    """A way to set a document.

    Attributes:
        font: of Latin letters, Greek and Cyrillic; each script has a serif of its own beside it.
        size: of the text, in half points.
        line: from line to line, in 240ths of a line.
        indent: of a paragraph, in twentieths of a point.
        is_even: whether lines end at the margin.
        title: the style of the title: where it stands and how large it is.
        heading: the same of a chapter's.
    """

    font: str
    size: int
    line: int
    indent: int
    is_even: bool
    title: str
    heading: str


MANUSCRIPT: Final = Set(
    "Times New Roman",
    24,
    480,
    720,
    is_even=False,
    title=f'<w:spacing w:before="4800"/>{_CENTRED}',
    heading=f'<w:pageBreakBefore/><w:spacing w:before="3600"/>{_CENTRED}',
)
"""What publishers ask for: 12 points, every other line, an inch of margin."""

BOOK: Final = Set(
    "Georgia",
    22,
    300,
    360,
    is_even=True,
    title=f'<w:spacing w:before="4000" w:after="240"/>{_CENTRED}',
    heading=f'<w:pageBreakBefore/><w:spacing w:before="1440" w:after="480"/>{_CENTRED}',
)


_OF_LETTERS: Final = tuple(
    f'<w:style w:type="character" w:styleId="{key}"{default}><w:name w:val="{name}"/><w:rPr>{letters}</w:rPr></w:style>'
    for key, name, default, letters in (
        ("FootnoteReference", "Footnote Reference", "", '<w:vertAlign w:val="superscript"/>'),
        ("DefaultParagraphFont", "Default Paragraph Font", ' w:default="1"', ""),
    )
)


def styles(how: Set) -> str:
    """The styles of a document."""
    fonts = f'<w:rFonts w:ascii="{how.font}" w:hAnsi="{how.font}" w:eastAsia="SimSun" w:cs="Times New Roman"/>'
    size = f'<w:sz w:val="{how.size}"/><w:szCs w:val="{how.size}"/>'
    spacing = f'<w:spacing w:before="0" w:after="0" w:line="{how.line}" w:lineRule="auto"/>'
    even = '<w:jc w:val="both"/>' if how.is_even else ""
    bold = "<w:b/>" if how.is_even else ""
    large = '<w:sz w:val="40"/>' if how.is_even else ""
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts}{size}</w:rPr></w:rPrDefault>"
        f"<w:pPrDefault><w:pPr>{spacing}</w:pPr></w:pPrDefault></w:docDefaults>"
    )
    made = [
        defaults,
        _paragraph("Normal", "Normal", is_default=True),
        _paragraph("BodyText", "Body Text", layout=f'<w:widowControl/><w:ind w:firstLine="{how.indent}"/>{even}'),
        _paragraph("FirstParagraph", "First Paragraph", "BodyText", '<w:ind w:firstLine="0"/>' if how.is_even else ""),
        _paragraph("Compact", "Compact", "BodyText"),
        _paragraph("Title", "Title", layout=how.title, letters=bold + large),
        _paragraph("Author", "Author", layout=f'<w:spacing w:after="480"/>{_CENTRED}'),
        _paragraph("Contact", "Contact", layout=f'<w:tabs><w:tab w:val="right" w:pos="9350"/></w:tabs>{_ONE}'),
        _paragraph(
            "SceneBreak", "Scene Break", layout=f'<w:keepNext/><w:spacing w:before="120" w:after="120"/>{_CENTRED}'
        ),
        _paragraph("Verse", "Verse", layout=f'<w:ind w:left="{how.indent}"/>'),
        _paragraph("BlockText", "Block Text", "BodyText", '<w:ind w:left="720" w:firstLine="0"/>'),
        _paragraph("FootnoteText", "Footnote Text", layout=_ONE, letters='<w:sz w:val="20"/>'),
        _paragraph("Header", "header", layout=_ONE + '<w:jc w:val="right"/>'),
        _paragraph("Footer", "footer", layout=_ONE + _CENTRED),
        *_OF_LETTERS,
    ]
    for level in range(1, 7):
        layout = how.heading if level <= 2 else f'<w:spacing w:before="480" w:after="240"/>{_CENTRED}'  # noqa: PLR2004
        outline = f'<w:keepNext/>{layout}<w:outlineLvl w:val="{level - 1}"/>'
        made.append(
            _paragraph(f"Heading{level}", f"heading {level}", layout=outline, letters=bold, follows="FirstParagraph")
        )
    return f"{_HEAD}<w:styles {_SPACES}>{''.join(made)}</w:styles>"


def _paragraph(  # noqa: PLR0913, PLR0917 (what a style is made of)
    key: str,
    name: str,
    based: str = "Normal",
    layout: str = "",
    letters: str = "",
    follows: str = "BodyText",
    *,
    is_default: bool = False,
) -> str:
    """A style of paragraphs. Word wants the parts of a layout in an order of its own."""
    default = ' w:default="1"' if is_default else ""
    on = "" if is_default else f'<w:basedOn w:val="{based}"/><w:next w:val="{follows}"/>'
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{key}"><w:name w:val="{name}"/>{on}<w:qFormat/>'
        f"<w:pPr>{layout}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )


def section(language: str, header: str, footer: str) -> str:
    """The page: its size by where the language is read, an inch of margin, what stands on each but the first."""
    width, height = _LETTER if language.lower() in _ON_LETTER else _A4
    refer = "".join(
        f'<w:{kind}Reference w:type="default" r:id="{key}"/>'
        for kind, key in (("header", header), ("footer", footer))
        if key
    )
    return (
        f'<w:sectPr>{refer}<w:footnotePr><w:numRestart w:val="continuous"/></w:footnotePr>'
        f'<w:pgSz w:w="{width}" w:h="{height}"/>'
        '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440"'
        ' w:header="720" w:footer="720" w:gutter="0"/>'
        "<w:titlePg/></w:sectPr>"
    )


def header(name: str, title: str) -> str:
    """The head of a manuscript's pages: who wrote it, what it is called, the page."""
    told = " / ".join(filter(None, (name, title.upper()))) + " / "
    run = f'<w:r><w:t xml:space="preserve">{html.escape(told, quote=False)}</w:t></w:r>'
    return f'{_HEAD}<w:hdr {_SPACES}><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>{run}{_PAGE}</w:p></w:hdr>'


def footer() -> str:
    """The foot of a book's pages: the page."""
    return f'{_HEAD}<w:ftr {_SPACES}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{_PAGE}</w:p></w:ftr>'
