"""Letters of a page that are pictures, large or apart, and pages whose paragraphs stand in a text kept as it is."""

from __future__ import annotations

import re
from typing import Final

_PICTURED: Final = re.compile(
    r"""(?is)(?:<(?P<box>div|span|p|figure)\b[^<>]*>\s*)?<img\b[^<>]*?\salt\s*=\s*(?:(["'])\s*(?P<letter>[“"'‘«]?[^\W\d_])\s*\2|(?P<bare>[^\W\d_])(?=[\s/>]))[^<>]*>"""
    r"""(?(box)\s*</(?P=box)\s*>)(?P<between>(?:\s|<(?:p|span|b|small|strong)\b[^<>]*>){0,6})(?=[^\W\d_])"""
)
"""A picture of the letter that the text behind it lacks."""
_KEPT: Final = re.compile(r"(?is)<pre\b[^<>]*>(?P<said>(?:(?!</?pre\b).)*?<p\b(?:(?!</?pre\b).)*)</pre\s*>")
_REMARK_MARK: Final = re.compile(
    r"""(?is)(?:<sup\b[^<>]*>\s*)?<a\b[^<>]*\shref\s*=\s*["'][^"'<>#]*#cmnt\d+["'][^<>]*>.{0,40}?</a\s*>(?:\s*</sup\s*>)?"""
)
_REMARK: Final = re.compile(
    r"""(?is)(?P<remark><p\b[^<>]*>\s*(?:<span\b[^<>]*>\s*)?<a\b[^<>]*\shref\s*=\s*["'][^"'<>#]*#cmnt_ref\d+["'][^<>]*>.{0,20000}?</p\s*>)"""
)


def with_pictured_letters(text: str) -> str:
    """A page in which a letter that is a picture is a letter."""

    def letter(hit: re.Match[str]) -> str:
        follows = text[hit.end() : hit.end() + 1]
        said = hit["letter"] or hit["bare"]
        # Where it stands in a box of its own, the word goes on in small letters.
        if hit["box"] and hit["box"].lower() != "span" and not follows.islower() and not said.isupper():
            return hit[0]
        return f"{hit['between']}{said}"

    return _PICTURED.sub(letter, text) if "<img" in text.lower() else text


def with_paragraphs_out(text: str) -> str:
    """A page whose paragraphs are none of a text kept as it is, in which they would run together."""
    return _KEPT.sub(lambda hit: f"<div>{hit['said']}</div>", text) if "<pre" in text.lower() else text


def with_remarks_named(text: str, name: str) -> str:
    """A page as Google writes it, whose remarks are said to be so, by a class, and leave no marks in the text."""
    if "#cmnt" not in text:
        return text
    return _REMARK.sub(rf'<div class="{name}">\g<remark></div>', _REMARK_MARK.sub("", text))
