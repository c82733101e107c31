"""Japanese plain text as Aozora Bunko and sites for novels write it: readings, and remarks of who typed it."""

from __future__ import annotations

import re
from typing import Final

from ...schemas.wording import one_line
from .pieces import Block
from .set_off import SIGN

_REMARK: Final = re.compile(r"［＃[^［］\n]{1,200}］")
_HEADING: Final = re.compile(r"［＃「(?P<said>[^」\n]{1,80})」は(?:同行|窓)?(?P<rank>大|中|小)見出し］")
_AROUND: Final = re.compile(
    r"［＃(?:同行|窓)?(?P<rank>大|中|小)見出し］(?P<said>[^\n［］]{1,80})［＃(?:同行|窓)?(?:大|中|小)見出し終わり］"
)
_NEW_PAGE: Final = re.compile(r"［＃(?:改ページ|改丁|改段|改見開き)］")
_READING: Final = re.compile(
    r"(?:[｜|](?P<base>[^｜|《》\n]{1,40})|(?P<characters>[\u3400-\u9fff々〆ヶ〇]{1,20}))《(?P<reading>[\u3040-\u30ff・ー\s]{1,40})》"
)
_MARKED: Final = re.compile(r"《《(?P<said>[^《》\n]{1,80})》》")
_SIGNS: Final = re.compile(r"(?ms)^-{10,}[ \t]*$\s*【テキスト中に現れる記号について】.{0,3000}?^-{10,}[ \t]*$\n?")
_SOURCE: Final = re.compile(r"(?ms)^底本[：:].{0,6000}\Z")
_RANKS: Final = {"大": 1, "中": 2, "小": 3}


def without_remarks(text: str) -> tuple[str, list[Block]]:
    """A plain text without such remarks, its headings marked, with readings in brackets; and what stood beside it."""
    if "《" not in text and "［＃" not in text:
        return text, []
    beside: list[Block] = []

    def out(hit: re.Match[str]) -> str:
        beside.append(Block(one_line(hit[0]), why="licence"))
        return ""

    if "［＃" in text:
        text = _SOURCE.sub(out, _SIGNS.sub(out, text))
        text = "\n".join(map(_line, _NEW_PAGE.sub("", text).split("\n")))
    text = _READING.sub(lambda hit: f"{hit['base'] or hit['characters']}（{hit['reading'].strip()}）", text)
    return _MARKED.sub(r"*\g<said>*", text), beside


def _line(line: str) -> str:
    heading = _HEADING.search(line) or _AROUND.search(line)
    if not heading:
        return _REMARK.sub("", line)
    said = _READING.sub(lambda hit: hit["base"] or hit["characters"], heading["said"])
    return f"\n{SIGN}{_RANKS[heading['rank']]}{_REMARK.sub('', said).strip()}\n"
