"""The names of a book's files: which are no chapters, in which order they stand, and what an archive spells them in."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from stat import S_ISLNK
from typing import TYPE_CHECKING, Final

from .contents import is_contents_heading
from .encodings import most_plausible
from .headings import CHAPTER_WORD, roman
from .number_words import counted, number_at, ordinal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zipfile import ZipInfo

_NUMBER: Final = re.compile(r"(\d+)")
_PREFIX: Final = re.compile(r"^[\s_.\-]*\d{1,4}[\s_.\-)]+(?=\D)")
_SKIPPED: Final = frozenset({"__macosx", "thumbs.db", "desktop.ini", ".ds_store"})
_OF_A_PROGRAM: Final = ("~$", ".", "~lock")
_CHINESE: Final = re.compile(
    r"第\s*(?P<a>[〇零一二三四五六七八九十百千两兩]+)\s*(?=[章节節回卷部集篇折幕话話夜封])|(?P<word>卷\s*|番外\s*)(?P<b>[一二三四五六七八九十百]+)"
    r"|^\s*(?P<c>[〇零一二三四五六七八九十百]+)(?=\s*(?:$|[、.．_\s-]))"
)
_ROMAN: Final = re.compile(r"[\s_.-]*([IVXLC]{1,8})(?![^\W_])")
_WORDS: Final = re.compile(r"[^\W\d_]+(?:[ _-]+[^\W\d_]+){0,4}")
_SEPARATORS: Final = re.compile(r"[_\s]+")
_FIRST: Final = re.compile(
    r"(?:cover|title(?:\s+page)?|half\s*title|copyright|dedication|epigraph|foreword|preface|introduction|prologue?|prelude|front\b.*"
    r"|titel(?:seite)?|widmung|vorwort|prolog|avant-propos|préface|prefacio|prólogo|prefazione|prologo|пролог|предисловие|پیشگفتار|مقدمه)(?![^\W_])"
    r"|(?:楔子|序章|序幕|序言?|自序|前言|引子|引言|プロローグ|まえがき|프롤로그|서문)",
    re.IGNORECASE,
)
_LAST: Final = re.compile(
    r"(?:epilogue?|postlude|coda|afterword|acknowledge?ments|appendix|about\s+the\s+author|author[’']?s\s+note|glossary|notes|back\b.*"
    r"|nachwort|epilog|danksagung|postface|épilogue|epílogo|epilogo|эпилог|послесловие|خاتمة|پی‌نوشت)(?![^\W_])"
    r"|(?:尾声|尾聲|后记|後記|跋|终章|終章|番外|附录|附錄|大结局"
    r"|エピローグ|あとがき|에필로그|후기)",
    re.IGNORECASE,
)
_BESIDE: Final = re.compile(r"readme|licen[cs]e|changelog|contributing|code_of_conduct|todo")
"""What a folder that is kept by a program for versions has beside its text."""
_UTF_8: Final = 0x800
"""The flag of an archive's entry that its name is UTF-8."""
_MODE: Final = 16
"""By how many bits a file's mode is moved in an archive."""


def is_chapter(name: str) -> bool:
    """Whether a file may be a part of a book: none that a system or an open program leaves beside it."""
    path = PurePosixPath(name.lower())
    return not _BESIDE.fullmatch(path.stem) and not any(
        part.startswith(_OF_A_PROGRAM) or part in _SKIPPED for part in path.parts
    )


def in_order(name: str) -> list[tuple[int, list[tuple[int, int, str]]]]:
    """What a name is sorted by: numbers by their size, in figures or words, a prologue first, an epilogue last."""
    parts = PurePosixPath(name).parts
    return [_key(part if at < len(parts) - 1 else PurePosixPath(part).stem) for at, part in enumerate(parts)]


def title_of(name: str) -> str:
    """What a file is called, as a title: without the number that sorts it."""
    words = " ".join(name.replace("_", " ").split())
    return _PREFIX.sub("", words) or words


def names_in(items: Iterable[ZipInfo]) -> dict[str, str]:
    """The names of an archive's files, as whoever packed them wrote them, each with the name by which it is asked for.

    An archive that does not say that its names are UTF-8 has them in its maker's own encoding.
    """
    found = [item for item in items if not item.is_dir()]
    raw = [item.filename.encode("cp437", "replace") for item in found if not item.flag_bits & _UTF_8]
    encoding = _encoding_of([one for one in raw if not one.isascii()])
    named: dict[str, str] = {}
    for item in found:
        name = item.filename
        if encoding and not item.flag_bits & _UTF_8:
            name = name.encode("cp437", "replace").decode(encoding, "replace")
        name = name.replace("\\", "/")
        named.setdefault(name, item.filename)
    return named


def leads_out(name: str, item: ZipInfo) -> bool:
    """Whether a file of an archive is none of it: a link, or one whose name leads out of the archive."""
    return ".." in PurePosixPath(name).parts or name.startswith("/") or S_ISLNK(item.external_attr >> _MODE)


def _encoding_of(names: list[bytes]) -> str:
    if not names:
        return ""
    joined = b"\n".join(names)
    try:
        joined.decode()
    except UnicodeDecodeError:
        return most_plausible(joined)
    return "utf-8"


def _key(name: str) -> tuple[int, list[tuple[int, int, str]]]:
    plain = _SEPARATORS.sub(" ", name).strip()
    counted_so = _in_figures(plain)
    pieces = [
        (0, int(piece), "") if piece.isdecimal() else (1, 0, piece.casefold().strip())
        for piece in _NUMBER.split(counted_so)
        if piece.strip()
    ]
    place = 0
    if not plain[:1].isdecimal():
        place = -1 if _FIRST.match(plain) or is_contents_heading(plain) else 1 if _LAST.match(plain) else 0
    return place, pieces


def _in_figures(name: str) -> str:
    """A name in which the number of a chapter is written in figures."""
    made = _CHINESE.sub(_chinese_in_figures, name)
    word = CHAPTER_WORD.search(made)
    if word:
        after = made[word.end() :]
        gap = len(after) - len(after.lstrip(" _.-"))
        if number := number_at(after[gap:].replace("_", " ")):
            return f"{made[: word.end()]} {number[0]}{after[gap + number[1] :]}"
        if hit := _ROMAN.match(after):
            return f"{made[: word.end()]} {roman(hit[1])}{after[hit.end() :]}"
        if number_before := ordinal(made[: word.start()].strip(" _.-")):
            return f"{number_before} {made[word.start() :]}"
        return made
    whole = number_at(made)
    if whole and not made[whole[1] :].strip():
        return str(whole[0])
    hit = _ROMAN.match(made)
    return f"{roman(hit[1])}{made[hit.end() :]}" if hit and not made[hit.end() :].strip() else made


def _chinese_in_figures(hit: re.Match[str]) -> str:
    before = "第" if hit["a"] else hit["word"] or ""
    return f"{before}{counted(hit['a'] or hit['b'] or hit['c'])}"
