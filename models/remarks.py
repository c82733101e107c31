"""What a model says around the prose: an opening, a heading, a count, an offer.

Taken off is a line at the very beginning or the very end that speaks of the text, or to the person; the same words in
the midst of the story stay, and so does an answer that is nothing else. Lines that cannot be such remarks go through as
they come.
"""

from __future__ import annotations

import re

_NAMED = "(?:paragraph|passage|scene|chapter|section|story|text|draft|version|part|continuation|opening)"
_SOON = 24
"""Characters of a line that say whether it may be a remark."""
_LONGEST = 400
"""Characters of a line that a remark has at most."""
_MOST_OF_A_HEADING = 90
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,}|={3,}|(?:\*\s){2,}\*)\s*\Z")
_FENCE = re.compile(r"\s*(?:```|~~~)(?:text|txt|markdown|md|plaintext|plain|story|prose)?\s*\Z", re.IGNORECASE)
_HEADING = re.compile(
    rf"""(?ix) \s* (?: \#{{1,6}}\s+\S.* | \*\*[^*\n]+\*\*:? | __[^_\n]+__:? )\s*\Z
    | \s*(?:the\s+)?(?:next\s+)?(?:{_NAMED})\s*(?:\#?\d+)?\s*[:：]\s*\Z
    | \s*(?:chapter|paragraph|passage|part)\s+(?:\d+|[ivxlc]+)\b[.:]?\s*\Z
    | \s*第\s*[\d一二三四五六七八九十百]+\s*(?:段|章|节|部分)\s*[:：]?\s*\Z | \s*(?:正文|续写|下一段)\s*[:：]\s*\Z"""
)
_LABEL = re.compile(
    r"(?i)\s*(?:\*\*|__)?(?:next\s+)?(?:paragraph|passage)(?:\s+\d+)?\s*"
    r"(?:[:：](?:\*\*|__)|(?:\*\*|__)?[:：])[ \t]+(?=\S)"
)
_PLAN = re.compile(
    r"(?i)\s*[#*_\s]*(?:(?:the|chosen|my)\s+)*(?:plan|outline)\s*(?:\d+)?[*_]*\s*[:：]"
    r"|\s*[*_]*(?:计划|大纲)[*_]*\s*[:：]"
)
_NOD = re.compile(
    r"(?i)\s*(?:sure(?:\s+thing)?|certainly|of course|absolutely|okay|ok|alright|got it|好的|当然(?:可以)?|没问题)"
    r"\s*[!.！。]\s*\Z"
)
_MAY_OPEN = re.compile(
    r"""(?ix) \s*(?: [-*_=~`#] | sure|certainly|of\ course|absolutely|okay|ok\b|alright|got\ it|here|below|the\b
    |this\ is|next|chapter|paragraph|passage|part|plan|chosen|my\ |outline|scene|section|story|text|draft
    |opening|continuation|version|好的|当然|没问题|以下|下面|这|第|正文|续写|下一段|计划|大纲)"""
)
_MAY_CLOSE = re.compile(
    r"""(?ix) \s*(?: [-_=~`] | \*{2,}|\*\s?\*
    | [\[(（*_]*(?:approx|about|total|final|word|sentence|character|~?\d|end\ of|note|to\ be|cont
      |字数|共|全文|本段|完|待|未完)
    | (?:please\ )?let\ me | would\ you | do\ you\ want | shall\ i | should\ i | if\ you | feel\ free | (?:i\ )?hope
    | i['’]d\ be | is\ there | how\ (?:would|does|is) | 希望|如果|如需|若|您|你|需要|要不要|是否|请|要我)"""
)
_UNITS = "(?:words|sentences|characters)"
_COUNT = re.compile(
    rf"""(?ix) [\s\[(（*_]* (?:(?:approx(?:imate(?:ly)?|\.)?|about|total|final)\s+)*
    (?: (?:word|sentence|character)s?(?:\s+count)?\s*[*_]*[:：=]\s*[*_]*(?:approx(?:imately|\.)?|about|~)?
        \s*[\d,.]+(?:\s*{_UNITS})?
      | ~?[\d,]+\s+{_UNITS} | (?:全文|本段)?(?:字数|共)\s*[:：约]*\s*\d+\s*字? )
    (?:\s*(?:in\ total|total))? [\s\])）*_.。]*\Z"""
)
_OFFER = re.compile(
    rf"""(?ix) \s*[*_(\[]* (?:
      (?:would\ you\ like|do\ you\ want|shall\ i|should\ i|(?:please\ )?let\ me\ know
        |if\ you(?:['’]d|\ would)?\ (?:like|want|need|prefer)
        |feel\ free|is\ there\ anything|how\ (?:would\ you\ like|does\ this|is\ this)|i['’]d\ be\ happy)
      \b.*\b(?:{_NAMED}s?|continue|rewrite|revis\w+|adjust\w*|edits?|expand|feedback)\b.*
      | (?:i\ )?hope\ (?:this|that|you|it)\b.*
        \b(?:paragraph|passage|draft|version|continuation|expectations|helps!|enjoyed\ (?:the|this)\ story).*
      | note\s*[:：].*\b(?:{_NAMED}|words?|sentences?|prompt|request)\b.*
      | (?:如果|如需|若|是否|需要|要不要|要我|请|您|你).*(?:继续|修改|调整|续写|改写|下一段|告诉我).*
      | 希望.*(?:喜欢|满意|符合|要求).* )\Z"""
)
_END_MARK = re.compile(
    rf"(?i)\s*[\[(（*_]+\s*(?:end of (?:the )?{_NAMED}|to be continued|continued|完|待续|未完待续|本段完)"
    r"[^\n]{0,30}[\])）*_]+\s*\Z"
)


class Lines:
    """Takes a text a piece at a time, and gives it without remarks around it and without white space around that.

    Attributes:
        taken_off: the remarks.
    """

    def __init__(self, opening: re.Pattern[str] | None = None) -> None:
        """Without remarks around it.

        Args:
            opening: how a line begins that says that the story follows, in its language.
        """
        self.taken_off: list[str] = []
        self._opening = opening
        self._line = ""
        self._held: list[str] = []
        self._is_head = True
        self._goes_through = False
        self._is_fenced = False
        self._space = ""
        self._said = False

    def feed(self, text: str, *, is_last: bool = False) -> str:
        """The next piece; lines that may be remarks are held back until it is known."""
        *whole, rest = (self._line + text).split("\n")
        self._line = ""
        kept = [self._whole(f"{line}\n") for line in whole]
        self._line = rest
        if is_last:
            return "".join([*kept, self._whole(rest), self._closed()])
        if rest and (self._goes_through or self._is_prose(rest)):
            kept.append(self._through(rest))
            self._goes_through, self._line = True, ""
        return "".join(kept)

    def _is_prose(self, begun: str) -> bool:
        """Whether a line that is not whole yet is none of the remarks."""
        if len(begun) < _SOON:
            return False
        return len(begun) > _LONGEST or not (_MAY_OPEN if self._is_head else _MAY_CLOSE).match(begun[:_SOON])

    def _whole(self, line: str) -> str:
        """A whole line: said, held back, or taken off."""
        if self._goes_through:
            self._goes_through = not line.endswith("\n")
            return self._through(line)
        if not line.strip():
            self._held.append(line)
            return ""
        return self._at_head(line) if self._is_head else self._in_body(line)

    def _at_head(self, line: str) -> str:
        is_short = len(line) <= _LONGEST
        if is_short and (_RULE.match(line) or _NOD.match(line) or self._is_remark_before(line)):
            self._held.append(line)
            return ""
        if not self._is_fenced and _FENCE.match(line):
            self._is_fenced = True
            self._held.append(line)
            return ""
        return self._through(line)

    def _is_remark_before(self, line: str) -> bool:
        if _HEADING.match(line) and len(line) <= _MOST_OF_A_HEADING:
            return True
        says_so = self._opening and self._opening.match(line.strip()) and line.rstrip().endswith((":", "："))
        return bool(says_so) or bool(_PLAN.match(line))

    def _in_body(self, line: str) -> str:
        if len(line) <= _LONGEST and (_MAY_CLOSE.match(line[:_SOON]) or (self._is_fenced and _FENCE.match(line))):
            self._held.append(line)
            return ""
        return self._through(line)

    def _through(self, piece: str) -> str:
        """A piece of the story: what was held back before it is the story's too, but for remarks at its head."""
        held, self._held = self._held, []
        if self._is_head:
            self._is_head = False
            held = self._without_head(held)
            if not self._goes_through and (label := _LABEL.match(piece)):
                self.taken_off.append(label[0].strip())
                piece = piece[label.end() :]
        return self._said_(("".join(held)) + piece)

    def _without_head(self, held: list[str]) -> list[str]:
        """A lone nod or rule is the story's own; beside a remark it belongs to that."""
        lines = [line for line in held if line.strip()]
        if all(_NOD.match(line) or _RULE.match(line) for line in lines) and any(map(_NOD.match, lines)):
            return held
        self.taken_off += [line.strip() for line in lines]
        return []

    def _closed(self) -> str:
        """The end: the remarks that nothing followed."""
        held, self._held = self._held, []
        if not self._said:
            return self._said_("".join(held))
        while held and (not held[-1].strip() or self._is_remark_after(held[-1])):
            line = held.pop().strip()
            if line:
                self.taken_off.append(line)
        return self._said_("".join(held))

    def _is_remark_after(self, line: str) -> bool:
        looks = (_COUNT, _OFFER, _END_MARK, _RULE, _FENCE)
        return any(look.match(line.rstrip("\n")) for look in looks)

    def _said_(self, text: str) -> str:
        """Text without white space at its beginning, and with that at its end kept for when there is more."""
        text = self._space + text if self._said else text.lstrip()
        said = text.rstrip()
        self._space = text[len(said) :] if said or self._said else ""
        self._said = self._said or bool(said)
        return said
