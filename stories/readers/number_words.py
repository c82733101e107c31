"""Numbers in words, as chapters are counted: "Twenty-One", "einundzwanzigstes", "двадцать первая"."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_WORDS: Final = 7
_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_GAP: Final = re.compile(r"[\s-]+")
_FIGURES: Final = {char: number for number, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_PLACES: Final = {"十": 10, "百": 100, "千": 1000}


def _words(said: str) -> list[str]:
    return said.split()


_ENGLISH: Final = _words(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_ENGLISH_TENS: Final = _words("twenty thirty forty fifty sixty seventy eighty ninety")
_ENGLISH_ORDINALS: Final = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"} | {
    "nine": "ninth",
    "twelve": "twelfth",
}
_GERMAN: Final = _words(
    "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn"
    " achtzehn neunzehn"
)
_GERMAN_TENS: Final = _words("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
_GERMAN_ORDINALS: Final = {"ein": "erst", "drei": "dritt", "sieben": "siebt", "acht": "acht"}
_FRENCH: Final = _words(
    "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit"
    " dix-neuf"
)
_FRENCH_TENS: Final = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}
_SPANISH: Final = _words(
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho"
    " diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete"
    " veintiocho veintinueve"
)
_SPANISH_TENS: Final = _words("treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_SPANISH_ORDINALS: Final = _words("primer segund tercer cuart quint sext séptim octav noven")
_SPANISH_TENTHS: Final = _words("décim vigésim trigésim cuadragésim quincuagésim sexagésim")
_ITALIAN: Final = _words(
    "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette"
    " diciotto diciannove"
)
_ITALIAN_TENS: Final = _words("venti trenta quaranta cinquanta sessanta settanta ottanta novanta")
_ITALIAN_ORDINALS: Final = _words("prim second terz quart quint sest settim ottav non decim")
_PORTUGUESE: Final = _words(
    "um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete"
    " dezoito dezenove"
)
_PORTUGUESE_TENS: Final = _words("vinte trinta quarenta cinquenta sessenta setenta oitenta noventa")
_PORTUGUESE_ORDINALS: Final = _words("primeir segund terceir quart quint sext sétim oitav non")
_PORTUGUESE_TENTHS: Final = _words("décim vigésim trigésim quadragésim quinquagésim sexagésim")
_SCANDINAVIAN: Final = (
    _words(
        "första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte trettonde fjortonde femtonde"
    ),
    _words("første anden tredje fjerde femte sjette syvende ottende niende tiende ellevte tolvte trettende fjortende"),
    _words("første andre tredje fjerde femte sjette sjuende åttende niende tiende ellevte tolvte trettende fjortende"),
)
"""Places in Swedish, Danish, Norwegian."""
_RUSSIAN: Final = _words(
    "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать"
    " шестнадцать семнадцать восемнадцать девятнадцать"
)
_RUSSIAN_TENS: Final = _words("двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто")
_RUSSIAN_ORDINALS: Final = _words(
    "перв втор трет четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат"
    " шестнадцат семнадцат восемнадцат девятнадцат"
)
_RUSSIAN_TENTHS: Final = _words("двадцат тридцат сороков пятидесят шестидесят семидесят восьмидесят девяност")
_RUSSIAN_ENDS: Final = ("ая", "ый", "ой", "ое", "ья", "ий", "ье")


def number_at(text: str) -> tuple[int, int] | None:
    """The number that a text begins with, in words, and where it ends; ``None``: it begins with none."""
    ends: list[int] = []
    at = 0
    while len(ends) < _MOST_WORDS and (token := _TOKEN.match(text, at)):
        ends.append(token.end())
        gap = _GAP.match(text, token.end())
        if not gap:
            break
        at = gap.end()
    for end in reversed(ends):
        if number := _numbers().get(_key(text[:end])):
            return number, end
    return None


def ordinal(text: str) -> int:
    """The number that a text is, where it is one that counts a place ("first", "zweites"), in words; 0: it is none."""
    return _ordinals().get(_key(text), 0)


def counted(text: str) -> int:
    """The number that Chinese figures are, "二十一" or "一百零三" or "一〇三"; 0: they are none."""
    if not text or not set(text) <= _FIGURES.keys() | _PLACES.keys():
        return 0
    if not set(text) & _PLACES.keys():
        return int("".join(str(_FIGURES[char]) for char in text))
    whole, figure = 0, 0
    for char in text:
        if char in _FIGURES:
            figure = _FIGURES[char]
        else:
            whole += (figure or 1) * _PLACES[char]
            figure = 0
    return whole + figure


def in_english(number: int, *, place: bool) -> str:
    """A number up to 999 in English words, as a title has it: "Twenty-One", or as a place "Twenty-First"."""
    units = [_english_place(one) for one in _ENGLISH] if place else _ENGLISH
    said = dict(reversed(list(_english(units, last="ieth" if place else "")))).get(number, str(number))
    words = said.split(" ")
    titled = [word.capitalize() for word in words if word != "and"]
    joined = [*titled[:-2], "-".join(titled[-2:])] if titled[-2:-1] and titled[-2].endswith("ty") else titled
    return " ".join(joined)


def in_chinese(number: int) -> str:
    """A number up to 999 in Chinese figures: "二十一"."""
    figures = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    said = f"{figures[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else figures[tens]) + "十"
    elif hundreds and ones:
        said += "零"
    return said + (figures[ones] if ones or not said else "")


def _key(text: str) -> str:
    """A number without what its writers differ in: capitals, accents, hyphens, spaces."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in plain if char.isalpha())


@cache
def _numbers() -> dict[str, int]:
    return {_key(said): number for number, said in _cardinals()} | _ordinals()


@cache
def _ordinals() -> dict[str, int]:
    return {_key(said): number for number, said in _places()}


def _cardinals() -> Iterator[tuple[int, str]]:
    yield from _english(_ENGLISH)
    for number, said in _german():
        yield number, said
        yield number, f"{said}s" if number == 1 else said
    yield from _french()
    yield from _of_tens(_SPANISH, _SPANISH_TENS, " y ", first=30)
    yield from _italian()
    yield from _of_tens(_PORTUGUESE, _PORTUGUESE_TENS, " e ")
    yield from ((16, "dezasseis"), (17, "dezassete"), (19, "dezanove"))
    yield from _of_tens(_RUSSIAN, _RUSSIAN_TENS, " ")


def _places() -> Iterator[tuple[int, str]]:
    yield from ((number, said) for number, said in _english([_english_place(one) for one in _ENGLISH], last="ieth"))
    for number, said in _german():
        unit = _GERMAN[number % 100 - 1] if 0 < number % 100 <= len(_GERMAN) else ""
        stem = said.removesuffix(unit) + _GERMAN_ORDINALS.get(unit, f"{unit}t") if unit else f"{said}st"
        yield from ((number, stem + end) for end in ("e", "er", "es", "en"))
    yield from _french_places()
    for number, stem in _romance_places(_SPANISH_ORDINALS, _SPANISH_TENTHS):
        yield from ((number, stem + end) for end in "oa")
    yield from ((1, "primer"), (3, "tercer"))
    yield from ((number, stem + end) for number, stem in ((11, "undécim"), (12, "duodécim")) for end in "oa")
    for number, stem in _romance_places(_PORTUGUESE_ORDINALS, _PORTUGUESE_TENTHS):
        yield from ((number, stem + end) for end in "oa")
    for number, said in _italian():
        stem = _ITALIAN_ORDINALS[number - 1] if number <= len(_ITALIAN_ORDINALS) else _italian_place(said)
        yield from ((number, stem + end) for end in "oa")
    yield from ((2, "andet"),)
    for said_so in _SCANDINAVIAN:
        yield from enumerate(said_so, start=1)
    yield from _russian_places()


def _english(units: list[str], last: str = "") -> Iterator[tuple[int, str]]:
    """English numbers to 999; ``units`` and ``last`` are how the last word of one is said."""
    below: list[tuple[int, str]] = list(enumerate(units, start=1))
    for ten, said in enumerate(_ENGLISH_TENS, start=2):
        below.append((10 * ten, f"{said[:-1]}{last}" if last else said))
        below += [(10 * ten + one, f"{said} {unit}") for one, unit in enumerate(units[:9], start=1)]
    yield from below
    for hundred, said in [(1, "a"), *enumerate(_ENGLISH[:9], start=1)]:
        yield 100 * hundred, f"{said} hundred{'th' if last else ''}"
        for number, rest in below:
            yield 100 * hundred + number, f"{said} hundred and {rest}"
            yield 100 * hundred + number, f"{said} hundred {rest}"


def _english_place(unit: str) -> str:
    return _ENGLISH_ORDINALS.get(unit, f"{unit}th")


def _german() -> Iterator[tuple[int, str]]:
    below = list(enumerate(_GERMAN, start=1))
    for ten, said in enumerate(_GERMAN_TENS, start=2):
        below.append((10 * ten, said))
        below += [(10 * ten + one, f"{unit}und{said}") for one, unit in enumerate(_GERMAN[:9], start=1)]
    yield from below
    for prefix in ("hundert", "einhundert"):
        yield 100, prefix
        yield from ((100 + number, prefix + said) for number, said in below)


def _french() -> Iterator[tuple[int, str]]:
    yield from enumerate(_FRENCH, start=1)
    for ten, said in _FRENCH_TENS.items():
        yield ten, said
        yield from ((ten, f"{said}s"),) if ten == 80 else ()  # noqa: PLR2004 (quatre-vingts)
        for one in range(1, 20 if ten >= 60 else 10):  # noqa: PLR2004 (soixante-dix, quatre-vingt-dix)
            yield ten + one, f"{said} {_FRENCH[one - 1]}"
            if one in {1, 11}:
                yield ten + one, f"{said} et {_FRENCH[one - 1]}"
    yield 100, "cent"
    yield from ((100 + one, f"cent {said}") for one, said in enumerate(_FRENCH, start=1))


def _french_places() -> Iterator[tuple[int, str]]:
    yield from ((1, "premier"), (1, "première"), (2, "second"), (2, "seconde"))
    for number, said in _french():
        stem = f"{said}u" if said.endswith("cinq") else said.removesuffix("e").removesuffix("s")
        stem = f"{said[:-1]}v" if said.endswith("neuf") else said if said.endswith("trois") else stem
        yield number, f"{stem}ième"


def _of_tens(units: list[str], tens: list[str], between: str, first: int = 20) -> Iterator[tuple[int, str]]:
    yield from enumerate(units, start=1)
    for ten, said in enumerate(tens, start=first // 10):
        yield 10 * ten, said
        yield from ((10 * ten + one, f"{said}{between}{unit}") for one, unit in enumerate(units[:9], start=1))


def _romance_places(units: list[str], tens: list[str]) -> Iterator[tuple[int, str]]:
    """Stems of Spanish and Portuguese places; a ten is said before a unit whole, with the same end or with -o."""
    yield from enumerate(units, start=1)
    for ten, said in enumerate(tens, start=1):
        yield 10 * ten, said
        for one, unit in enumerate(units, start=1):
            yield from ((10 * ten + one, f"{said}{end} {unit}") for end in "oa")


def _italian() -> Iterator[tuple[int, str]]:
    yield from enumerate(_ITALIAN, start=1)
    for ten, said in enumerate(_ITALIAN_TENS, start=2):
        yield 10 * ten, said
        for one, unit in enumerate(_ITALIAN[:9], start=1):
            yield 10 * ten + one, (said[:-1] if unit[0] in "uo" else said) + unit


def _italian_place(said: str) -> str:
    return (said if said.endswith(("tre", "sei")) else said[:-1]) + "esim"


def _russian_places() -> Iterator[tuple[int, str]]:
    for one, stem in enumerate(_RUSSIAN_ORDINALS, start=1):
        yield from ((one, stem + end) for end in _RUSSIAN_ENDS)
    for ten, (said, stem) in enumerate(zip(_RUSSIAN_TENS, _RUSSIAN_TENTHS, strict=True), start=2):
        yield from ((10 * ten, stem + end) for end in _RUSSIAN_ENDS)
        for one, unit in enumerate(_RUSSIAN_ORDINALS[:9], start=1):
            yield from ((10 * ten + one, f"{said} {unit}{end}") for end in _RUSSIAN_ENDS)
