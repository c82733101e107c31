"""Proposals and remarks in Markdown, as CriticMarkup has them: what was put in is text, what was taken out is none."""

from __future__ import annotations

import re
from typing import Final

from ...schemas.wording import one_line

_MARKS: Final = re.compile(
    r"\{\+\+(?P<added>.{0,20000}?)\+\+\}|\{--(?P<gone>.{0,20000}?)--\}|\{~~(?P<old>.{0,20000}?)~>(?P<new>.{0,20000}?)~~\}"
    r"|\{>>(?P<remark>.{0,20000}?)<<\}|\{==(?P<lit>.{0,20000}?)==\}",
    re.DOTALL,
)


def accepted(text: str) -> tuple[str, list[str]]:
    """A text with all proposals taken, and what the remarks say."""
    remarks: list[str] = []

    def put(hit: re.Match[str]) -> str:
        if hit["remark"] is not None:
            remarks.append(one_line(hit["remark"]))
        return hit["added"] or hit["new"] or hit["lit"] or ""

    return _MARKS.sub(put, text) if "{" in text else text, remarks
