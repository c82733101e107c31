"""What in a manuscript is the title of a chapter where nothing but its words says so."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from ...schemas.languages import SENTENCE_END, languages
from .number_words import counted, number_at, ordinal
from .stanzas import stanzas_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...schemas.languages import Language
    from ...schemas.manuscript import Kind

_LONGEST: Final = 80
"""Characters of a title after the words that make it one."""
_DIRECT: Final = 24
"""Characters of a Chinese title that nothing divides from its number."""
_ROMAN: Final = r"(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})|C{1,2}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_UNITS: Final = "one|two|three|four|five|six|seven|eight|nine"
_ORDINALS: Final = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|last|final"
_WORDS: Final = (
    rf"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:{_UNITS}|{_ORDINALS}))?"
    rf"|(?:one|a)\s+hundred(?:\s+and\s+[a-z-]+)?|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|{_UNITS}"
)
_ENGLISH: Final = (
    rf"(?:chapter|part|book|volume|act|epoch|section|letter|canto|scene|episode|day)\s+(?:the\s+)?(?:no\.?\s*)?"
    rf"(?:\d+|{_ROMAN}|{_WORDS}|{_ORDINALS})"
)
_ENGLISH_ALONE: Final = (
    r"(?:the\s+)?(?:prologue|epilogue|interlude|intermezzo|intermission|prelude|postlude|coda|afterword|foreword|preface"
    r"|introduction|acknowledge?ments|dedication|appendix|author[’']s\s+note|a\s+note\s+from\s+the\s+author"
    r"|about\s+the\s+author|postscript|dramatis\s+person(?:ae|æ)|glossary|notes)"
)
_FIGURES: Final = r"[\d〇零一二三四五六七八九十百千两兩廿卅]+"
_CHINESE: Final = rf"(?:正文\s*)?[【〔\[（(《〖]?\s*第\s*{_FIGURES}\s*[章节節回卷部集篇折幕话話夜封]\s*[】〕\]）)》〗]?"
_STARRED: Final = r"[☆★]\s*[、，,.．]\s*"
"""How a site for novels sets off a chapter that has no number."""
_CHINESE_VOLUME: Final = (
    rf"[【〔\[（(《〖]?\s*(?:卷\s*{_FIGURES}|[上中下终終]\s*[卷部篇册冊]|番外篇?\s*(?:{_FIGURES})?)\s*[】〕\]）)》〗]?"
)
_CHINESE_ALONE: Final = (
    r"[【〔\[（(《〖]?\s*(?:楔子|序章|序幕|序言?|自序|代序|前言|引子|引言|尾声|尾聲|后记|後記|终章|終章|终卷|跋|番外篇?|外传|外傳|间章|間章|幕间"
    r"|完本感言|作者的话|作者的話|附录|附錄|大结局|大結局)(?:\s*[】〕\]）)》〗])?"
)
_CHAPTER_WORDS: Final = (
    r"kapitel|kapitlet|kapittel|kapittelet|kapitola|chapitre|cap[ií]tulo|cap[ií]tol|capitolo|capitol(?:ul)?|hoofdstuk|rozdzia[łl]|luku|bölüm"
    r"|poglavlje|fejezet|глава|розділ|раздел|κεφάλαιο|μέρος|فصل|بخش|الفصل|الجزء|פרק|chương|บทที่|अध्याय"
)
_PART_WORDS: Final = r"teil|buch|partie|livre|parte|libro|tome?|часть|книга|część|deel|boek|del"
_OTHER_WORDS: Final = r"[^\W\d_]+(?:\s+[^\W\d_]+){1,3}(?=\s*(?:$|[:—–]))(?<![a-zа-яё])"
"""A number of several words in a script that has no capitals, of which none is known here."""
CHAPTER_WORD: Final = re.compile(
    rf"(?<!\w)(?:chapter|{_CHAPTER_WORDS}|(?P<part>part|book|volume|act|epoch|band|akt|acte|acto|atto|том|действие|{_PART_WORDS}))(?!\w)",
    re.IGNORECASE,
)
"""The word for a chapter, or for a part, in many languages."""
_ARTICLE: Final = re.compile(r"(?:(?:the|das|der|die|la|el|le|il|o|a)\s+|l['’]\s*)", re.IGNORECASE)
_OTHERS_ALONE: Final = (
    r"prolog(?:o|ue|i)?|pr[oó]logo|epilog(?:o|ue|i)?|ep[ií]logo|épilogue|nachwort|vorwort|einleitung|zwischenspiel|danksagung"
    r"|préface|avant-propos|postface|remerciements|prefacio|pr[óo]logo|posfácio|prefazione|пролог|эпилог|послесловие"
    r"|предисловие|интерлюдия|πρόλογος|επίλογος|پیشگفتار|مقدمه|مقدمة|خاتمة|פרולוג|אפילוג|הקדמה|אחרית\s+דבר"
    r"|프롤로그|에필로그|서문|후기|외전|작가의\s*말|プロローグ|エピローグ|幕間|間話|閑話|まえがき|あとがき"
)
_PART: Final = re.compile(
    r"\W*(?:part|book|volume|act|epoch|teil|buch|band|partie|livre|tome|parte|libro|часть|книга|том|część|tom|deel|بخش|جلد|الجزء)\b"
    rf"|\W*第\s*{_FIGURES}\s*[卷部集篇幕]|\W*(?:卷\s*{_FIGURES}|[上中下终終]\s*[卷部篇册冊])",
    re.IGNORECASE,
)
_FRONT: Final = re.compile(
    r"\W*(?:foreword|preface|introduction|dedication|dramatis|vorwort|einleitung|avant-propos|préface|prefacio|prefazione"
    r"|предисловие|自序|代序|前言|序言|پیشگفتار)",
    re.IGNORECASE,
)
NOTES: Final = (
    r"(?:foot|end)?notes?|anmerkungen|fu(?:ß|ss)noten|endnoten|notes\s+de\s+bas\s+de\s+page|notas(?:\s+(?:al\s+pie|de\s+rodap[ée]))?"
    r"|примечания|сноски|注释|注釋|注|註|脚注|尾注|یادداشت‌ها|پانویس(?:‌ها)?"
)
"""What a list of notes is called."""
_BACK: Final = re.compile(
    rf"\W*(?:afterword|acknowledge?ments|appendix|author[’']s\s+note|a\s+note\s+from|about\s+the\s+author|postscript|glossary"
    rf"|(?:{NOTES})\W*$|nachwort|danksagung|postface|remerciements|posfácio|послесловие|后记|後記|跋|完本感言|作者的话|作者的話|附录|附錄|후기|작가의\s*말|あとがき)",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    rf"(?:[（(〈《【〔［\[「『<]\s*)?(?:{_ROMAN}|\d{{1,3}}|[〇零一二三四五六七八九十百]{{1,5}})(?:\s*[）)〉》】〕］\]」』>])?[.、．:：)]?",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(rf"([^\W\d_]+)\s+(?:\d+|{_ROMAN})(?P<rest>.*)")
_DIVIDER: Final = re.compile(r"\s*(?:[.:：、,．|~]|[-–—―]+)\s*|\s+")
_STRONG: Final = re.compile(r"\s*(?:[.:：、．|]|[-–—―]+)")
_INNER_END: Final = re.compile(rf"{SENTENCE_END}[\"'”’“»」』)]*\s+\S")
_CLOSED: Final = re.compile(r"[.。;；,，]$")
SENTENCE_END_AT: Final = re.compile(rf"(?:{SENTENCE_END}|[,;:])[\"'”’“»」』)]*$")
_CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_SMALL: Final = 3
"""Letters of a word that a title may have in small letters."""


_BRACKETED: Final = re.compile(r"[【〔\[《〖]\s*(?P<number>[^】〕\]》〗]{1,20}?)\s*[】〕\]》〗]\s*(?P<rest>.*)")


class Title(NamedTuple):
    """A line that is a title: how it is ranked, and whether it is a number (with or without its word) alone."""

    rank: Literal[1, 2]
    is_number: bool


def titles_at(blocks: Sequence[str], language: Language, *, bare: bool = True) -> dict[int, Title]:
    """The blocks of a text that are titles of chapters by their words: "Chapter 1: The Cellar", "Epilogue", "IV.".

    Args:
        blocks: of the text, in order.
        language: the text's. The words of many languages are known, for the language that a person names need not be
            the right one; of one that has none, "Kapitlet 1" is a title where there is a "Kapitlet 2".
        bare: whether a number alone is one.
    """
    known = _known(language)
    found = {place: title for place, block in enumerate(blocks) if (title := _title(block.strip(), known, bare=bare))}
    numbers = [place for place, title in found.items() if _BARE.fullmatch(blocks[place].strip())]
    alone = frozenset(numbers)
    if len(found) - len(numbers) >= _STEPS:
        for place in stanzas_in(blocks, numbers, [at for at in found if at not in alone]):
            found.pop(place, None)
    for place in numbers:
        # Numbers one after another are a count, one that nothing follows is no chapter.
        if place + 1 >= len(blocks) or place + 1 in alone or place - 1 in alone:
            found.pop(place, None)
    if not found:
        found = _by_count(blocks)
    if not found and bare:
        found = _by_words(blocks)
    found |= {} if language.heading else _by_repetition(blocks, found)
    return found | _named_below(blocks, found)


_COUNTED: Final = re.compile(rf"\d|第|卷|\s(?:{_ROMAN}|{_WORDS}|{_ORDINALS})\W*$", re.IGNORECASE)


def is_title(line: str, language: Language) -> bool:
    """Whether a line is a title by its words, wherever it stands; a number alone is none."""
    return _title(line.strip(), _known(language), bare=False) is not None


def worded(title: str) -> str:
    """A title as a contents page has it: without the signs that a plain text sets off a heading with."""
    plain = re.sub(rf"^{_STARRED}", "", title.strip("*_#=~ \u3000"))
    hit = _BRACKETED.fullmatch(plain)
    if not hit:
        return plain
    return f"{hit['number']} {hit['rest']}".strip()


def kind_of(title: str) -> Kind:
    """What a chapter is by its title."""
    if _is_part(title):
        return "part"
    return "front" if _FRONT.match(title) else "back" if _BACK.match(title) else "chapter"


def is_number(line: str) -> bool:
    """Whether a line is a number and nothing else: "4", "IV.", "Twenty-One"."""
    return bool(_BARE.fullmatch(line.strip()) or re.fullmatch(_WORDS, line.strip(), re.IGNORECASE))


def counts_a_chapter(title: str) -> bool:
    """Whether a title is a number, or its word and a number: "4", "Chapter 4", "第四章"; "Epilogue" is none."""
    return is_number(title) or bool(_COUNTED.search(title) or _in_words(title.strip()))


def roman(figures: str) -> int:
    """The number that Roman figures are."""
    worth = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
    values = [worth[figure] for figure in figures.upper()]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def is_number_alone(title: str, language: Language) -> bool:
    """Whether a title is "Chapter 4", "IV" or "第四章", which the heading after it may name."""
    found = _title(title.strip(), _known(language), bare=True)
    return found is not None and found.is_number


@lru_cache(maxsize=32)
def _known(language: Language) -> tuple[re.Pattern[str], ...]:
    own = "|".join(known.heading for known in (language, *languages()) if known.heading)
    figure = rf"\d+|{_ROMAN}"
    numbered = (
        rf"(?:{_CHAPTER_WORDS})\s+(?:{figure}|[^\W\d_]+['’΄ʹ′]?(?=\s*(?:$|[.:—–-]))|{_OTHER_WORDS})"
        rf"|(?:{_PART_WORDS})\s+(?:{figure})"
    )
    numbers = r"\d+\.?\s*(?:fejezet|luku|bölüm|kapitel|kapitola|kapittel|teil|buch)|제?\s*\d+\s*[장화부]"
    begins = rf"(?:{_ENGLISH}|{numbered}|{numbers})"
    words = rf"(?:(?:{_ENGLISH_ALONE}|{_OTHERS_ALONE})(?:\s+(?:\d+|{_ROMAN}|{_WORDS}))?)"
    spaced = re.compile(rf"(?P<begins>{begins}|{words}{f'|{own}' if own else ''})(?!\w)(?P<rest>.*)", re.IGNORECASE)
    chinese = re.compile(rf"(?P<begins>{_CHINESE}|{_CHINESE_VOLUME})(?P<rest>.*)")
    alone = re.compile(rf"(?P<begins>{_CHINESE_ALONE})(?P<rest>.*)")
    starred = re.compile(rf"(?P<begins>{_STARRED})(?P<rest>.+)")
    return spaced, chinese, alone, starred


def _title(line: str, known: tuple[re.Pattern[str], ...], *, bare: bool) -> Title | None:
    if not line or "\n" in line or len(line) > 2 * _LONGEST:
        return None
    plain = line.strip("*_#=~ \u3000")
    for pattern, fits in zip(known, (_fits, _fits_chinese, _fits_chinese_word, _fits_chinese), strict=True):
        hit = pattern.fullmatch(plain)
        if hit and fits(hit["rest"]):
            is_number = not hit["rest"].strip(" .:：、") and fits is not _fits_chinese_word
            return Title(1 if _is_part(plain) else 2, is_number)
    if title := _title_in_words(plain):
        return title
    return Title(2, is_number=True) if bare and _BARE.fullmatch(plain) else None


def _is_part(title: str) -> bool:
    found = _in_words(title)
    return bool(_PART.match(title) or (found and found[0]["part"]))


def _title_in_words(line: str) -> Title | None:
    """A line that counts a chapter in words, before its word or after it: "Zweiter Teil", "Capítulo treinta y uno"."""
    found = _in_words(line)
    if not found:
        return None
    word, rest = found
    return Title(1 if word["part"] else 2, is_number=not rest.strip(" .:：、")) if _fits(rest) else None


def _in_words(line: str) -> tuple[re.Match[str], str] | None:
    """The word for a chapter or a part of a line that begins with it and its number, and what follows them."""
    hit = CHAPTER_WORD.search(line[:_LONGEST])
    if not hit or not line[:1].isupper():
        return None
    if not hit.start():
        at = hit.end() + len(line[hit.end() :]) - len(line[hit.end() :].lstrip())
        number = number_at(line[at:])
        return (hit, line[at + number[1] :]) if number and at > hit.end() else None
    article = _ARTICLE.match(line)
    before, rest = line[article.end() if article else 0 : hit.start()], line[hit.end() :]
    # "The second part." may be somebody's words.
    is_named = not article or not rest or (bool(_STRONG.match(rest)) and bool(rest.strip(" .:：、")))
    return (hit, rest) if is_named and ordinal(before.rstrip()) else None


def _fits(rest: str) -> bool:
    """Whether what follows "Chapter 4" is a title, or the line a sentence that only begins so."""
    hit = _DIVIDER.match(rest)
    title = rest[hit.end() :] if hit else rest
    if not title:
        return True
    if not hit or len(title) > _LONGEST:
        return False
    if _STRONG.match(rest):
        return not (_CLOSED.search(title) and _INNER_END.search(title))
    if title.lower() == title.upper():
        return len(title) <= _DIRECT and not SENTENCE_END_AT.search(title)
    words = [word for word in re.findall(r"[^\W\d_][\w'’-]*", title) if len(word) > _SMALL or word[0].isupper()]
    named = all(word[0].isupper() or not word[0].islower() for word in words)
    return "," not in rest[:1] and not _CLOSED.search(title) and bool(words) and named and not title[0].islower()


def _fits_chinese(rest: str) -> bool:
    if not rest:
        return True
    if rest[0] in " \u3000:：、.．-—|·《【（(" or rest.startswith("——"):
        title = rest.strip(" \u3000:：、.．-—|·")
        return len(title) <= _LONGEST and not re.search(r"[。；]|[！？!?].*[^！？!?）)」』”]", title)
    return len(rest) <= _DIRECT and not re.search(r"[。；，！？!?,]", rest[:-1]) and rest[-1] not in "。；，,"


def _fits_chinese_word(rest: str) -> bool:
    return not rest or (rest[0] in " \u3000:：、—·" and _fits_chinese(rest))


def _by_repetition(blocks: Sequence[str], found: dict[int, Title]) -> dict[int, Title]:
    hits = {
        place: hit[1]
        for place, block in enumerate(blocks)
        if place not in found and (hit := _NUMBERED.fullmatch(block.strip())) and _fits(hit["rest"])
    }
    often = Counter(hits.values())
    return {
        place: Title(2, is_number=not blocks[place][-1].isalpha()) for place, word in hits.items() if often[word] > 1
    }


_COUNT: Final = re.compile(
    r"(?:#|No\.\s*|№\s*)?(?:0*(?P<number>\d{1,4})|(?P<counted>[一二三四五六七八九十百]{1,5}))(?:[.、:：)）]\s*|\s+|\s*[-–—]\s*)(?P<rest>\S.{0,60})"
)
_STEPS: Final = 2
"""Lines that count up, at least, where nothing else says that they are titles."""


def _by_count(blocks: Sequence[str]) -> dict[int, Title]:
    """Lines that count up from 1 ("001 The Jetty", "#1 The Jetty"), each above a text that is longer than it."""
    found: dict[int, Title] = {}
    for place, block in enumerate(blocks[:-1]):
        hit = _COUNT.fullmatch(block.strip())
        if not hit or _CLOSED.search(hit["rest"]) or SENTENCE_END_AT.search(hit["rest"]):
            continue
        number = int(hit["number"]) if hit["number"] else counted(hit["counted"])
        is_next = number == len(found) + 1 and place - 1 not in found
        if is_next and len(blocks[place + 1]) > len(block) and not _COUNT.fullmatch(blocks[place + 1].strip()):
            found[place] = Title(2, is_number=False)
    if len(found) < _STEPS:
        return {}
    # A book begins with its first chapter; a list in a story has as much before it as between its points.
    first = min(found)
    before, after = (sum(map(len, part)) for part in (blocks[:first], blocks[first:]))
    return found if before < after / len(found) / 2 else {}


def _by_words(blocks: Sequence[str]) -> dict[int, Title]:
    """Lines that are numbers in words and count up from 1 ("ONE", "Two"), each above a text that is longer than it."""
    found: dict[int, Title] = {}
    for place, block in enumerate(blocks[:-1]):
        line = block.strip()
        number = number_at(line) if len(line) <= _DIRECT and line[:1].isupper() else None
        is_whole = number is not None and number[1] == len(line) and number[0] == len(found) + 1
        if is_whole and place - 1 not in found and len(blocks[place + 1]) > len(line):
            found[place] = Title(2, is_number=True)
    return found if len(found) >= _STEPS else {}


_NAME: Final = 60
_MOSTLY: Final = 2 / 3


def _named_below(blocks: Sequence[str], found: dict[int, Title]) -> dict[int, Title]:
    """The lines that name the number above them, "CHAPTER I", "THE JETTY", where most numbers of the text are named so.

    They are titles too; what stands together is put together later.
    """
    numbers = [place for place, title in found.items() if title.is_number]
    below = [place + 1 for place in numbers if _is_name_below(blocks, place + 1, found)]
    # What stands under most of them names none.
    often = Counter(blocks[place].strip() for place in below)
    below = [place for place in below if often[blocks[place].strip()] <= max(1, len(below) // 2)]
    if 2 * len(below) >= len(numbers):
        # Where half are written as titles, those are too that only say no sentence with a comma, or somebody's words.
        named = frozenset(below)
        below = [place + 1 for place in numbers if place + 1 in named or _may_be_named_below(blocks, place + 1, found)]
    if len(below) < _STEPS or len(below) < _MOSTLY * len(numbers):
        return {}
    return {place: Title(found[place - 1].rank, is_number=False) for place in below}


def _may_be_named_below(blocks: Sequence[str], place: int, found: dict[int, Title]) -> bool:
    """Whether a line that begins with a capital is short beside the text that it stands above."""
    if place + 1 >= len(blocks) or place in found or place + 1 in found:
        return False
    line = blocks[place].strip()
    is_plain = 0 < len(line) <= _NAME and line[0].isupper() and not re.search(r"[\n,;!?\"“”«»]|[.]\s", line)
    return is_plain and len(blocks[place + 1]) > 2 * len(line)


def _is_name_below(blocks: Sequence[str], place: int, found: dict[int, Title]) -> bool:
    """Whether a line is short, says no sentence, is written as a title, and stands above a text."""
    if place + 1 >= len(blocks) or place in found or place + 1 in found:
        return False
    line = blocks[place].strip()
    if (
        not line
        or "\n" in line
        or len(line) > _NAME
        or (SENTENCE_END_AT.search(line.removesuffix(".")) and not line.isupper())
        or len(blocks[place + 1]) <= len(line)
    ):
        return False
    if _CJK.search(line):
        return len(line) <= _DIRECT and not re.search(r"[，。！？：；“”「」]", line)
    words = [word for word in re.findall(r"[^\W\d_][\w'’-]*", line) if len(word) > _SMALL or word[0].isupper()]
    return bool(words) and line[0].isupper() and all(not word[0].islower() for word in words)
