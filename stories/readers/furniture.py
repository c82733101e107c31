"""What stands in a book and is no story: contents, title and copyright pages, a library's licence."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from ...schemas.light_markdown import SCENE_BREAK, as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .pieces import Block

_COPYRIGHT: Final = re.compile(
    r"©|\(c\)\s*\d{4}|\bcopyright\b|all\s+rights\s+reserved|\bISBN\b|alle\s+rechte\s+vorbehalten|tous\s+droits\s+réservés"
    r"|todos\s+los\s+derechos|tutti\s+i\s+diritti|все\s+права\s+защищены|版[权權]所有|翻印必究|著作权|版权信息|著作権",
    re.IGNORECASE,
)
_CLAIMED: Final = re.compile(
    r"©|\(c\)\s*\d{4}|\bcopyright\b\s*(?:©|\(c\)|[:,]?\s*(?:19|20)\d\d|by\b|notice\b|page\b|information\b)"
    r"|all\s+rights\s+reserved|\bISBN\b|\b(?:public\s+domain|creative\s+commons|CC[ -]?(?:BY|0)\b)"
    r"|published\s+(?:by|in)\b|\bpublisher"
    r"|\b(?:work\s+of\s+fiction|first\s+(?:edition|published|printing))|(?:19|20)\d\d\s+by\b|alle\s+rechte|tous\s+droits|todos\s+los\s+derechos"
    r"|tutti\s+i\s+diritti|verlag|éditions?\b|editorial\b|все\s+права|издательство|版[权權]所有|翻印必究|出版|著作[权権權]",
    re.IGNORECASE,
)
"""What a page says that claims rights: a story that speaks of copyright does not."""
_MOST_COPYRIGHT: Final = 4000
_SENTENCE: Final = re.compile(r"[.!?…。！？][\"'”’」』]*$")
BY: Final = re.compile(
    r"\s*(?:(?:written\s+)?by|von|par|por|di|door|av|af|作者|著者|文)\s*[:：]?\s+(?P<by>\S.{0,80})"
    r"|\s*(?:作者|著者|author|autor|auteur)\s*[:：]\s*(?P<named>\S.{0,80})"
    r"|\s*(?P<wrote>[\u3400-\u9fff][\u3400-\u9fff\s·、，]{1,40}?)\s*[著撰]\s*",
    re.IGNORECASE,
)
TITLED: Final = re.compile(
    r"\s*(?:title|书名|書名)\s*[:：]\s*(?P<named>\S.{0,150})|\s*《(?P<quoted>[^》]{1,80})》\s*(?:全[集文本])?"
)
QUOTED: Final = re.compile(
    r"\s*《(?P<title>[^》]{1,80})》\s*(?:(?:作者|著者)?\s*[:：]\s*)?(?P<by>[\u3400-\u9fff·]{2,8})\s*[著撰]?\s*"
)
"""A Chinese book's title, and who wrote it, in one line."""
_RIGHTS: Final = re.compile(
    r"\W*(?:imprint|colophon|uncopyright|copyright(?:\s+(?:page|notice|information))?|impressum|mentions\s+l[ée]gales"
    r"|выходные\s+данные|版[权權](?:[页頁]|信息|[声聲]明)?)\W*",
    re.IGNORECASE,
)
_MOST_RIGHTS: Final = 6000
_AMBIGUOUS: Final = re.compile(r"\W*(?:copyright|版[权權])\W*", re.IGNORECASE)
_OTHER_BOOKS: Final = re.compile(
    r"\W*(?:(?:also|other\s+(?:books|titles|works|novels|stories)|(?:books|novels|titles|works|more)(?:\s+(?:books|novels|titles))?)\s+(?:available\s+)?(?:by|from)\b.{0,80}"
    r"|by\s+the\s+same\s+author|praise\s+for\b.{0,80}|(?:weitere|andere)\s+(?:bücher|romane|titel|werke)\b.{0,60}|(?:ebenfalls|außerdem)\s+(?:von|erschienen)\b.{0,60}"
    r"|vo[nm]\s+(?:selben|gleichen|demselben|derselben)\s+autor(?:in)?\b.{0,40}|d(?:u|e\s+la)\s+même\s+aut(?:eure?|rice)|del\s+mismo\s+autor"
    r"|(?:同[一]?)?作者(?:的)?(?:其他|其它)?(?:作品|著作)(?:列表)?|其他作品|.{0,20}的其他作品|(?:sign\s+up|subscribe)\b.{0,60}newsletter.{0,60})\W*",
    re.IGNORECASE,
)
_ALSO: Final = re.compile(r"\W*(?:also|other|more)\b", re.IGNORECASE)
_MOST_BOOKS: Final = 60
_DEDICATION: Final = re.compile(
    r"\W*(?:(?:for|to|in\s+memory\s+of|dedicated\s+to|für|pour|à\s+la\s+mémoire|para|per|a\s+la\s+memoria)\s+(?![^\n]{0,60}[.!?]\s*\S)[^\n]{1,90}"
    r"|(?:谨?以此书)?[献獻][给給]\S.{0,40}|谨以此书.{0,40}|посвящается\s.{0,60})",
    re.IGNORECASE,
)
_CREDIT: Final = re.compile(
    r"\W*(?:(?:produced|prepared|e-?text prepared) by\b.{0,400}|.{0,100}\b(?:proofread(?:ing|ers)|pgdp\.net)\b.{0,200}"
    r"|.{0,300}\b(?:italics|underscores?)\b.{0,300}\b(?:ascii|original|version|underscores?|text)\b.{0,200}"
    r"|transcriber[’']?s?[’']?\s+note\b.{0,600})",
    re.IGNORECASE | re.DOTALL,
)
_BEGINS: Final = re.compile(
    r"\W*start of (?:the|this) project gutenberg ebook\b.*|\*END\*?\s*THE SMALL PRINT!.*", re.IGNORECASE | re.DOTALL
)
_PLATE: Final = re.compile(r"\[Illustration(?::.*)?\]", re.DOTALL)
_PLATE_BEGINS: Final = re.compile(r"\[Illustration:[^\]]*", re.DOTALL)
_MOST_OF_PLATE: Final = 6
"""Blocks of what stands under a picture."""
_SITE: Final = re.compile(
    r"[（(【\[]?\s*(?:本章(?:已)?完|未完待[续續]|本章未完[，,]?\s*[请請]?点击下一页.{0,20})\s*[）)】\]]?[。.…]*"
    r"|(?:求(?:月票|推[荐薦]票?|收藏|[订訂][阅閱]|打[赏賞])[！!，,、。~～\s]*)+"
    r"|[（(【\[]?.{0,30}(?:[请請](?:访问|訪問|登[录錄陆]|收藏|关注|關注)|最新章[节節]|首发|首發|手机用户).{0,15}(?:https?:|www\.|[a-z0-9-]+\.(?:com|net|org|cc|la|cn)).{0,30}"
    r"|.{0,20}(?:https?:|www\.|[a-z0-9-]+\.(?:com|net|org|cc|la|cn)).{0,30}(?:小[说說]|下[载載]|txt|[阅閱][读讀]|文[学學]).{0,20}"
    r"|\W*(?:https?://|www\.)\S{3,80}",
    re.IGNORECASE,
)
"""What a site for novels puts under each chapter, and around the book."""
_BLURB: Final = re.compile(
    r"[【\[（(]?\s*(?:内容|作品|小[说說])?(?:[简簡]介|介[绍紹]|文案)\s*[】\]）)]?\s*(?:[:：].*)?", re.DOTALL
)
_MOST_BLURB: Final = 20
_ENDS: Final = re.compile(r"\W*end of (?:the|this)? ?project gutenberg('s)?\b.*", re.IGNORECASE | re.DOTALL)
_IS_END: Final = re.compile(
    r"\W*(?:(?:the|das|la|le)\s+)?(?:end|ende|fin|fine|fim|finis|einde|slut|koniec|konec|kraj|vége|конец|кінець|край|τέλος|پایان|النهاية)\W*"
    r"|\W*(?:the\s+)?end\s+of\s+(?:(?:the\s+)?(?:[^\W\d_]+\s+)?(?:book|part|volume|novel|story|act|epoch)|(?:book|part|volume|act)\s+\S+)\W*"
    r"|\W*(?:ende|fin|fine|fim)\s+(?:des|der|du|de\s+la|del|do|da)\s+\S+(?:\s+\S+)?\W*|\W*-?30-?\W*"
    r"|\W*(?:全[文书書剧劇]|正文|本[书書]|大)?\s*(?:完[结結]?|终|終|剧终|劇終|終わり|おわり|끝)\W*",
    re.IGNORECASE,
)
AN_ENTRY: Final = 200
"""Characters of an entry of a list, at most."""
LEAST_ENTRIES: Final = 2


def words_of(text: str) -> str:
    """A text by its letters and numbers alone, to be compared."""
    kept = (char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())
    return "".join(kept)


def is_sentence(text: str) -> bool:
    """Whether a line ends as a sentence does."""
    return _SENTENCE.search(text) is not None


def is_copyright(text: str) -> bool:
    """Whether a page's text is its rights: not whether a story speaks of them, which is longer."""
    head, _, below = text.partition("\n")
    text = below if below and _AMBIGUOUS.fullmatch(head) else text
    if len(text) > _MOST_COPYRIGHT or not _COPYRIGHT.search(text):
        return False
    return len(text) <= AN_ENTRY or _CLAIMED.search(text) is not None


def is_end(text: str) -> bool:
    """Whether a line says that the book, or a part of it, ends: it is no title, and no more than it says."""
    return len(text) <= AN_ENTRY and _IS_END.fullmatch(text) is not None


def without_licence(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, of which those around the book of a public library are its licence."""
    said = [as_text(block.text) for block in blocks]
    texts = [(block.text, text) for block, text in zip(blocks, said, strict=True)]
    begins = next((at for at, pair in enumerate(texts) if any(map(_BEGINS.fullmatch, pair))), None)
    ends = next((at for at, text in enumerate(said) if _ENDS.fullmatch(text)), None)
    if begins is None and ends is None:
        return list(blocks)
    first = -1 if begins is None else begins
    last = len(blocks) if ends is None or ends <= first else ends
    for story in (at for at in range(first + 1, last) if not blocks[at].why and blocks[at].text != SCENE_BREAK):
        if not _CREDIT.fullmatch(said[story]):
            break
        first = story  # who made the file, whom the library thanks, what was corrected
    return _without_plates(
        [
            block if first < at < last or block.why else block._replace(why="licence", rank=0)
            for at, block in enumerate(blocks)
        ]
    )


def _without_plates(blocks: list[Block]) -> list[Block]:
    """The blocks of such a library's text, of which those that say what is in a picture's place are no story."""
    made = list(blocks)
    for at, block in enumerate(made):
        if block.why:
            continue
        if _PLATE.fullmatch(block.text):
            made[at] = block._replace(why="picture", rank=0)
        elif _PLATE_BEGINS.fullmatch(block.text):
            near = range(at + 1, min(at + _MOST_OF_PLATE, len(made)))
            end = next((place for place in near if made[place].text.endswith("]")), None)
            if end is not None:
                made[at : end + 1] = [one._replace(why="picture", rank=0) for one in made[at : end + 1]]
    return made


def is_of_site(line: str) -> bool:
    """Whether a line is what a site for novels puts into a text."""
    return _SITE.fullmatch(line.strip(" \t\u3000")) is not None


def without_site(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, of which those that a site for novels puts under each chapter are no story."""
    return [
        block._replace(why="running_head", rank=0) if not block.why and _SITE.fullmatch(block.text) else block
        for block in blocks
    ]


def without_blurb(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, of which those before the first heading that say what the book is about are no story."""
    story = [at for at, block in enumerate(blocks) if not block.why]
    first = next((number for number, at in enumerate(story) if blocks[at].rank), 0)
    begins = next((number for number, at in enumerate(story[:first]) if _BLURB.fullmatch(blocks[at].text)), None)
    if begins is None or first - begins > _MOST_BLURB:
        return list(blocks)
    told = set(story[begins:first])
    return [block._replace(why="title_page") if at in told else block for at, block in enumerate(blocks)]


def without_rights(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, of which a page under a heading that says whose rights they are is no story."""
    made = list(blocks)
    headings = [at for at, block in enumerate(made) if block.rank and not block.why]
    if len(headings) < LEAST_ENTRIES:
        return made
    for at, end in zip(headings, [*headings[1:], len(made)], strict=True):
        is_short = sum(len(block.text) for block in made[at:end]) <= _MOST_RIGHTS
        # A chapter may be called so, and tell of it.
        said = not _AMBIGUOUS.fullmatch(made[at].text) or any(_CLAIMED.search(block.text) for block in made[at:end])
        if is_short and said and _RIGHTS.fullmatch(made[at].text):
            made[at:end] = [block if block.why else block._replace(why="copyright", rank=0) for block in made[at:end]]
    return made


def is_dedication(text: str) -> bool:
    """Whether all that a page says is for whom the book is."""
    return len(text) <= AN_ENTRY and _DEDICATION.fullmatch(text) is not None


def lists_books(texts: Sequence[str]) -> bool:
    """Whether a page lists what else there is by the author, or what others say of it."""
    return bool(texts) and _OTHER_BOOKS.fullmatch(texts[0]) is not None


def is_called_so(heading: str, texts: Sequence[str]) -> bool:
    """Whether a chapter is only called as a list of books is, "Also by Mara": most of its lines are sentences."""
    told = [text for text in texts if text]
    return bool(_ALSO.match(heading)) and 2 * sum(map(is_sentence, told)) > len(told)


def without_other_books(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, of which those are no story that list other books of the author.

    Such a list stands under its own heading, or before the first or behind the last text of the story, in short lines.
    """
    made = list(blocks)
    story = [at for at, block in enumerate(made) if not block.why]
    first = next((number for number, at in enumerate(story) if made[at].rank), 0)
    for number, at in enumerate(story):
        if not _OTHER_BOOKS.fullmatch(made[at].text.strip("*_ ")):
            continue
        end = next((place for place in range(number + 1, len(story)) if made[story[place]].rank), len(story))
        told = story[number + 1 : end]
        is_apart = bool(made[at].rank) or number < first or end == len(story)
        is_list = len(told) <= _MOST_BOOKS and all(len(made[one].text) <= AN_ENTRY for one in told)
        if is_apart and is_list and not is_called_so(made[at].text, [made[one].text for one in told]):
            for one in (at, *told):
                made[one] = made[one]._replace(why="other_books", rank=0)
    return made
