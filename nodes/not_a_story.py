"""What comes as prose and is none: a page, a notice of the service, a text in another language than the story's.

Each is recognised by what a story has not: the markup of a whole page, a few sentences that speak of an account, the
small words or the script of another language. Where there is no evidence, it is a story.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..schemas.languages import Language

# The two are compiled at their first use: no program that imports the graph waits for it.
_PAGE = r"\A\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>]|title>)|</(?:html|body)>\s*$"
_KIND = r"(?:usage|rate|request|token|message|api|credit|spending|daily|weekly|monthly|hourly|free|plan)"
_NOTICE = rf"""(?x:
    \b(?:you|your[ ](?:account|organi[sz]ation|plan))(?:['’]ve|[ ]has|[ ]have)?
      [ ](?:reached|exceeded|hit|used[ ]up|run[ ]out[ ]of)[ ]
      (?:(?:your|the|its|our)[ ])?(?:current[ ])?(?:{_KIND}s?[ ])+(?:limit|quota|allowance|credits?|tokens|requests)s?\b
    |\b(?:exceeded|over)[ ](?:your|the)[ ](?:current[ ])?quota\b
    |\b{_KIND}[ ](?:limit|quota)[ ](?:was[ ]|has[ ]been[ ]|is[ ])?(?:reached|exceeded)
    |\binsufficient[ ](?:quota|credits?|balance|funds)\b
    |\b(?:upgrade|check|top[ ]up)[ ]your[ ](?:plan|account|billing|credits?|subscription)\b
    |\btoo[ ]many[ ]requests\b
    |\binvalid[ ]api[ ]key\b
    |\b(?:model|service|server|api)[ ]is[ ](?:currently[ ]|temporarily[ ])+(?:overloaded|unavailable|down)\b
    |(?:额度|配额|余额|调用次数)[^。！？]{{0,8}}(?:已用完|用尽|不足|已达上限|超出)|请求(?:过于频繁|次数过多)
    )"""
_NOTICE_SENTENCES = 4
"""Sentences that a notice has at most."""

_SCRIPTS = {
    "Latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
    "Han": "\u3400-\u4dbf\u4e00-\u9fff",
    "Kana": "\u3040-\u30ff",
    "Hangul": "\uac00-\ud7af\u1100-\u11ff",
    "Cyrillic": "\u0400-\u04ff",
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Hebrew": "\u0590-\u05ff",
    "Arabic": "\u0600-\u06ff\u0750-\u077f",
    "Devanagari": "\u0900-\u097f",
    "Thai": "\u0e00-\u0e7f",
}
_WRITTEN_IN = {
    **dict.fromkeys(
        ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "hu", "ro", "tr", "ca", "vi"),
        ("Latin",),
    ),
    **dict.fromkeys(("ru", "uk", "bg", "be", "mk"), ("Cyrillic",)),
    **dict.fromkeys(("ar", "fa", "ur"), ("Arabic",)),
    **dict.fromkeys(("hi", "mr", "ne"), ("Devanagari",)),
    "zh": ("Han",),
    "ja": ("Han", "Kana"),
    "ko": ("Hangul", "Han"),
    "el": ("Greek",),
    "he": ("Hebrew",),
    "th": ("Thai",),
}
_SMALL_WORDS = {
    "en": "the and of to was in that it his her with had for she he on as at but not they from were you is",
    "de": "der die und das nicht ist sie ich ein eine mit auf den dem zu sich war von es als auch er im wie",
    "fr": "le la les des et est une dans que qui pas pour elle il sur avec ne au du son se sa ce mais",
    "es": "el la los las de que y en un una por con no su se del al para como lo era más sus pero",
    "it": "il la di che e un una per con non del della sono era si gli le nel lo ma al come suo",
    "pt": "o a os as de que e não um uma para com se do da em no na por ela mas ao seu dos",
    "nl": "de het een en van ik niet dat op te zijn was met hij voor aan ze er maar zich haar om als",
}
"""Of languages that share a script: words that every text of some length has."""
_WORDS, _LETTERS = 40, 60
"""A text of fewer words or letters says nothing of its language."""
_MOSTLY = 0.6
"""A text of which so many of the letters are of other scripts is in none of its language's."""
_SHARE, _NEARLY_NONE = 0.18, 0.5
"""So many of a text's words are small words of another language, and its own has less than this part of them."""


def is_page(text: str) -> bool:
    """Whether a text is a page of HTML: what stands before a server says so instead of what was asked for."""
    return bool(re.search(_PAGE, text, re.IGNORECASE))


def is_notice(text: str, sentences: int, wanted: int) -> bool:
    """Whether a text of so many sentences, of so many that were wanted, is a notice on an account or a service."""
    return sentences <= min(_NOTICE_SENTENCES, wanted - 1) and bool(re.search(_NOTICE, text, re.IGNORECASE))


def is_in_another_language(text: str, language: Language) -> bool:
    """Whether a text is clearly in another language than this one."""
    own = language.tag.partition("-")[0].lower()
    written_in = _WRITTEN_IN.get(own)
    letters = {name: len(found) for name, look in _looks().items() if (found := look.findall(text))}
    count = sum(letters.values())
    if written_in and count >= _LETTERS:
        # Letters of ours stand in texts of every script; that a text is in a language of ours its words must say.
        others = count - sum(letters.get(name, 0) for name in {*written_in, "Latin"})
        if others > count * _MOSTLY:
            return True
    if letters.get("Latin", 0) < count * _MOSTLY:
        return False
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) < _WORDS:
        return False
    shares = {tag: sum(word in small for word in words) / len(words) for tag, small in _small_words().items()}
    if own not in shares and "Latin" in (written_in or ("Latin",)):
        # Of its own small words nothing is known, and a language next to it has many of them.
        return shares["en"] >= _SHARE
    best = max(shares, key=shares.__getitem__)
    return best != own and shares[best] >= _SHARE and shares.get(own, 0) < shares[best] * _NEARLY_NONE


def likely_language(text: str) -> str:
    """The tag of the language whose small words a text clearly has; empty where its words do not say."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    if not words:
        return ""
    shares = {tag: sum(word in small for word in words) / len(words) for tag, small in _small_words().items()}
    best = max(shares, key=shares.__getitem__)
    others = max(share for tag, share in shares.items() if tag != best)
    return best if shares[best] >= _SHARE and others < shares[best] * _NEARLY_NONE * 1.5 else ""


@cache
def _looks() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(f"[{signs}]") for name, signs in _SCRIPTS.items()}


@cache
def _small_words() -> dict[str, frozenset[str]]:
    return {tag: frozenset(words.split()) for tag, words in _SMALL_WORDS.items()}
