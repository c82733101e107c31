"""What a text's bytes say: by its mark, by its own declaration, or by what would be most plausible as a text."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from charset_normalizer import from_bytes

from ...schemas.errors import SettingsError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from ...schemas.languages import Language

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""")
_HEAD: Final = 1024
_SAMPLE: Final = 100_000
_LEAST: Final = 0.5
"""How plausible a text has to be, at least: 1 is a text of common characters alone."""
_ASIAN: Final = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
_WESTERN: Final = (
    "cp1252",
    "cp1250",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "cp874",
    "mac_roman",
)
_WIDE: Final = ("utf_16_le", "utf_16_be")
_OF_LANGUAGE: Final = {
    "zh": ("gb18030", "big5hkscs"),
    "ja": ("cp932", "euc_jp"),
    "ko": ("cp949",),
    "ru": ("cp1251", "koi8_r"),
    "uk": ("cp1251",),
    "bg": ("cp1251",),
    "sr": ("cp1250", "cp1251"),
    "el": ("cp1253",),
    "tr": ("cp1254",),
    "he": ("cp1255",),
    "ar": ("cp1256",),
    "fa": ("cp1256",),
    "th": ("cp874",),
    "vi": ("cp1258",),
    "lt": ("cp1257",),
    "lv": ("cp1257",),
    "et": ("cp1257",),
    **dict.fromkeys(("pl", "cs", "sk", "hu", "ro", "sl", "hr", "bs"), ("cp1250",)),
}
_FAMILIAR: Final = {
    "gb18030": ("gb2312", 0xB0, 0xD7),
    "big5hkscs": ("big5", 0xA4, 0xC6),
    "cp932": ("cp932", 0x88, 0x97),
    "euc_jp": ("euc_jp", 0xB0, 0xCF),
}
"""Where an encoding keeps its common characters: the lead bytes of them, in the older encoding that it extends."""
_NAMES: Final = {"gb18030": "GBK", "big5hkscs": "Big5", "cp932": "Shift_JIS", "cp949": "EUC-KR"} | {
    "utf_16_le": "UTF-16LE",
    "utf_16_be": "UTF-16BE",
}
_SCRIPTS: Final = re.compile(
    r"(?P<latin>[A-Za-z\u00c0-\u024f\u1e00-\u1eff])|(?P<greek>[\u0370-\u03ff])|(?P<cyrillic>[\u0400-\u04ff])"
    r"|(?P<hebrew>[\u0590-\u05ff])|(?P<arabic>[\u0600-\u06ff])|(?P<thai>[\u0e00-\u0e7f])"
)
_UNDIVIDED: Final = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]")
_HANGUL: Final = re.compile(r"[\uac00-\ud7a3]")
_HANJA: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_MANY: Final = 30
_KOREAN: Final = 0.1
"""What it counts for that a text is Korean beyond a doubt: every other sign of it is common in other encodings too."""
_LEAST_HANGUL: Final = 3
_OFTEN_HANGUL: Final = frozenset("제장화부의이다는을를에가")
_WORD: Final = re.compile(r"[^\W\d_]+")
_MARK: Final = "“”‘’«»„‚‹›…—–·¿¡§°©®™€£àâäáãåæçèéêëìíîïñòóôöõøœùúûüÿßÀÂÄÁÅÆÇÈÉÊËÎÏÑÓÔÖØŒÙÚÛÜ\u00a0\u00ad"
_CJK_MARKS: Final = "，。！？：；、“”‘’（）《》〈〉「」『』【】…—·\u3000～"


class Decoded(NamedTuple):
    """A text, and the name of what it was read as; the name is empty where that was no question (UTF-8)."""

    text: str
    encoding: str


def with_line_feeds(text: str) -> str:
    """A text whose lines end in one way, without the mark of its encoding."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def decode(content: bytes, language: Language, path: Path, encoding: str = "") -> Decoded:
    """The text of a file's bytes.

    Args:
        content: the bytes.
        language: what the text is in, as far as anybody said.
        path: the file, for errors.
        encoding: what a person says it is; empty: it is found out.

    Raises:
        SettingsError: there is no encoding of that name.
        StorageError: the bytes are no text in it, or in any.
    """
    if encoding:
        return _as_told(content, path, encoding)
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _as_marked(content, path, name)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return _guess(content, language, path)
    return Decoded(text, "") if "\0" not in text else _guess(content, language, path)


def decode_declared(content: bytes, language: Language, path: Path, encoding: str = "") -> Decoded:
    """The text of a page of XML or HTML, which may itself say what it is encoded in.

    Raises:
        SettingsError: as :func:`decode`.
        StorageError: as :func:`decode`.
    """
    has_mark = any(content.startswith(mark) for mark, _ in _MARKS)
    hit = None if encoding or has_mark else _DECLARED.search(content[:_HEAD])
    if hit:
        name = hit[1].decode("ascii")
        try:
            known = codecs.lookup(name).name
            if known != "utf-8":
                known = {"iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(known, known)
                return Decoded(content.decode(known), name)
        except (LookupError, UnicodeDecodeError):
            pass  # what it says of itself is wrong: its bytes decide
    return decode(content, language, path, encoding)


def _as_told(content: bytes, path: Path, encoding: str) -> Decoded:
    try:
        known = codecs.lookup(encoding)
        if not known._is_text_encoding:  # noqa: SLF001 (nothing else tells base64 from an encoding)
            raise LookupError  # noqa: TRY301
        return Decoded(known.decode(content, "strict")[0].removeprefix("\ufeff"), encoding)
    except LookupError as error:
        raise SettingsError("encoding_unknown", encoding=encoding) from error
    except UnicodeError as error:
        raise StorageError("manuscript_encoding_wrong", path=path, encoding=encoding) from error


def _as_marked(content: bytes, path: Path, name: str) -> Decoded:
    try:
        return Decoded(content.decode(name), "" if name == "utf-8-sig" else name.upper())
    except UnicodeDecodeError as error:
        raise StorageError("manuscript_encoding_unknown", path=path) from error


def _telling(content: bytes) -> bytes:
    """A part of a text's bytes that says most of its encoding: its beginning, or the lines that are not ASCII alone."""
    begin = content[:_SAMPLE]
    if len(content) <= _SAMPLE or b"\0" in begin or sum(byte > 127 for byte in begin) > _MANY:  # noqa: PLR2004
        return content
    told = b"\n".join(line for line in content.splitlines() if not line.isascii())
    return told or content


def _guess(content: bytes, language: Language, path: Path) -> Decoded:
    said = _OF_LANGUAGE.get(language.tag.partition("-")[0].lower(), ())
    telling = _telling(content)
    looked_at = from_bytes(telling[:_SAMPLE]).best()
    names = dict.fromkeys((*said, *_ASIAN, *_WESTERN, *_WIDE, *([looked_at.encoding] if looked_at else [])))
    found = [
        (_plausible(text, name) + (0.02 if name in said else 0), -place, name)
        for place, name in enumerate(names)
        if (text := _sample(telling, name)) is not None
    ]
    best, _, name = max(found, default=(0.0, 0, ""))
    if best < _LEAST:
        raise StorageError("manuscript_encoding_unknown", path=path)
    try:
        return Decoded(content.decode(name), _NAMES.get(name, name.replace("cp", "Windows-", 1)))
    except UnicodeDecodeError as error:
        raise StorageError("manuscript_encoding_unknown", path=path) from error


def most_plausible(content: bytes) -> str:
    """The encoding in which the names of files, which nothing says it of, are most plausible."""
    names = (*_ASIAN, "cp866", "cp850", "cp437", *_WESTERN)
    found = [
        (_plausible(text, name) + _as_name(text), -place, name)
        for place, name in enumerate(names)
        if (text := _sample(content, name)) is not None
    ]
    return max(found, default=(0.0, 0, "cp437"))[2]


def _as_name(text: str) -> float:
    """What speaks for short names beside their characters: Hangul alone; and against them, letters of no usual word."""
    foreign = [char for char in text if ord(char) > 127]  # noqa: PLR2004 (the end of ASCII)
    hangul = len(_HANGUL.findall(text))
    is_korean = hangul == len(foreign) and hangul >= _LEAST_HANGUL and bool(set(text) & _OFTEN_HANGUL)
    rare = sum(not char.isalnum() or "\u0400" <= char <= "\u040f" or "\u0450" <= char <= "\u04ff" for char in foreign)
    return (0.2 if is_korean else 0.0) - 0.5 * rare / max(len(foreign), 1)


def _sample(content: bytes, name: str) -> str | None:
    """The beginning of it as a text; where the cut falls into a character, without that one."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        return decoder.decode(content[:_SAMPLE], final=len(content) <= _SAMPLE)
    except UnicodeDecodeError:
        return None


def _plausible(text: str, encoding: str) -> float:
    """How much a text is one, 0 to 1: by its characters that are not ASCII, and the words that they stand in."""
    foreign = [char for char in text if ord(char) > 127]  # noqa: PLR2004 (the end of ASCII)
    controls = sum(char < " " and char not in "\t\n\r\f" for char in text)
    if controls > len(text) // 100 or (encoding in _WIDE and not _has_spaces(text)):
        return 0.0
    if not foreign:
        return 1.0 if encoding in _WIDE else 0.0
    worth = sum(_worth(char, encoding) for char in foreign) / len(foreign) + _KOREAN * _is_korean(text, encoding)
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    odd = sum(map(_is_odd, words)) / len(words) if words else 0.0
    return max(0.0, worth - odd)


def _is_korean(text: str, encoding: str) -> bool:
    """Whether a text is one of Hangul in words; the same bytes are common characters of Chinese, without a space."""
    if encoding != "cp949":
        return False
    hangul, others = len(_HANGUL.findall(text)), len(_HANJA.findall(text))
    return hangul > _MANY and others < hangul / 50 and text.count(" ") > hangul / 10


def _has_spaces(text: str) -> bool:
    """Whether a text has as many spaces as words have, or is of a script that has none: noise has neither."""
    return sum(map(str.isspace, text)) > len(text) / 30 or len(_UNDIVIDED.findall(text)) > len(text) / 2


def _worth(char: str, encoding: str) -> float:
    if char in _CJK_MARKS or char in _MARK:
        return 1.0
    if "\u3041" <= char <= "\u30ff" or "\uac00" <= char <= "\ud7a3":
        return 1.0
    if "\u3400" <= char <= "\u9fff":
        return _familiar(char, encoding)
    if char.isalpha() and char < "\u2000":
        return 0.9
    return 0.6 if char.isprintable() and not "\uff61" <= char <= "\uff9f" else -1.0


def _familiar(char: str, encoding: str) -> float:
    older, first, last = _FAMILIAR.get(encoding, ("", 0, 0))
    if not older:
        return 0.5
    try:
        return 1.0 if first <= char.encode(older)[0] <= last else 0.3
    except UnicodeEncodeError:
        return 0.1


def _is_odd(word: str) -> bool:
    """Whether a word mixes scripts, or has a capital after a small letter, as a wrong reading has and no language."""
    scripts = {hit.lastgroup for hit in _SCRIPTS.finditer(word)}
    accents = sum(not char.isascii() for char in word)
    is_all_accents = scripts == {"latin"} and len(word) > 2 and accents > 0.6 * len(word)  # noqa: PLR2004
    return len(scripts) > 1 or is_all_accents or _has_inner_capital(word)


def _has_inner_capital(word: str) -> bool:
    return any(before.islower() and after.isupper() for before, after in pairwise(word))
