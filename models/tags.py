"""What an answer holds besides what was asked for: thoughts in tags or channels, and leftovers of chat templates.

A tag is one by its place: at the beginning of a line, or after a sentence. In the midst of a sentence, or quoted, it is
what somebody in the story typed. What stands at a place is judged by the same few characters after it however the text
came, so that a text in pieces gives what the whole gives.
"""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

_AHEAD = 120
"""Characters that are looked at to say what stands at a place."""
_NAME = "(?:thinking|thoughts?|think|reasoning|seed:think|antthinking|scratchpad)"
_ROLE = r"[ \t]*(?:assistant|model|user|system|developer|human)?[ \t]*(?:<\|(?:end_header_id|im_sep|message)\|>)?\n*"
_TOKENS = {
    "open": rf"<{_NAME}(?:\s[^<>\n]{{0,80}})?>|\[think\]|◁think▷|<\|(?:begin_of_thought|think|thinking)\|>",
    "close": rf"</{_NAME}\s?>|\[/think\]|◁/think▷|<\|(?:end_of_thought|/think|/thinking)\|>",
    "final": r"<\|channel\|?>[ \t]*(?:final|response)\b[^<\n]{0,40}(?:<\|message\|>|\n)",
    "channel": r"<\|channel\|?>[^<\n]{0,60}(?:<\|constrain\|>\w{0,12})?(?:<\|message\|>|\n)?",
    "turn": rf"(?:<\|(?:im_start|start|start_header_id)\|>|<start_of_turn>|<\|assistant\|>|\[inst\]|<<sys>>){_ROLE}",
    "end": r"<\|(?:im_end|end|eot_id|eom_id|endoftext|end_of_text|return|call|end_of_turn|user|human|system)\|>"
    r"|</s>|<end_of_turn>|<eos>",
    "left": r"<\|/?\w[\w .-]{0,40}\|>|<channel\|>|\[/inst\]|<</sys>>|<bos>",
    "headed": r"###[ ](?:instruction|response|input|user|human|assistant)s?[ \t]*(?:[:：]|(?=\n))\s*",
    "entity": r"&(?:quot|apos|nbsp|mdash|ndash|hellip|[lr][sd]quo|amp|#39|#x27|#34);",
    "struck": r"<s>",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{look})" for kind, look in _TOKENS.items()), re.IGNORECASE)
_ENDS_CHANNEL = re.compile(r"<\|(?:end|start|return)\|>|<channel\|>|(?P<next><\|channel\|?>)", re.IGNORECASE)
_MAY_BEGIN = re.compile(r"<[|/<a-z]|\[[/ti]|◁|&[#a-z]|###", re.IGNORECASE)
_SIGN = re.compile(r"[<\[◁&#]")
_LONGEST_BEGINNING = 3
_OPENS_A_QUOTE = "`“‘«（(「『‹"


class _Token(NamedTuple):
    """What stands at a place, and where it ends."""

    kind: str
    end: int


class Tags:
    """Takes a text a piece at a time, and gives it without thoughts and leftovers.

    Attributes:
        is_late: a lone closing tag came: what was given before it was thought, and is not the answer.
        thoughts: what was thought, in tags and channels, since somebody last took it out.
    """

    def __init__(self, *, reads_entities: bool = True) -> None:
        """Without thoughts and leftovers; with ``reads_entities`` also with what HTML's entities stand for."""
        self.is_late = False
        self.thoughts: list[str] = []
        self._reads_entities = reads_entities
        self._held = ""
        self._before = ""
        self._said = self._struck = self._after_thought = False
        self._ends_line = True
        self._depth = 0
        self._state = self._text

    def feed(self, text: str, *, is_last: bool = False) -> list[str]:
        """The next pieces; an empty one stands where all that was given before it was thought."""
        text, kept, place = self._held + text, list[str](), 0
        self._held = ""
        while place < len(text):
            hit = _SIGN.search(text, place)
            if plain := text[place : hit.start()] if hit else text[place:]:
                self._pass(plain, kept)
            if not hit:
                break
            place = hit.start()
            if not is_last and self._waits(text, place):
                self._held = text[place:]
                break
            state = self._state
            end = state(text, place, kept)
            if end == place and self._state == state:
                self._pass(text[place], kept)
                end += 1
            place = end
        return kept

    def _waits(self, text: str, place: int) -> bool:
        """Whether more of the text is needed to say what stands at a place."""
        ahead = len(text) - place
        if ahead < _LONGEST_BEGINNING:
            return True
        return ahead < _AHEAD and bool(_MAY_BEGIN.match(text, place))

    def _pass(self, plain: str, kept: list[str]) -> None:
        """Plain text: kept, unless it is thought."""
        self._before = (self._before + plain)[-2:]
        if self._state in (self._thought, self._channel):
            self.thoughts.append(plain)
        if self._state != self._text:
            return
        if self._after_thought:
            plain = plain.lstrip() if self._ends_line else plain
            self._after_thought = not plain
        if plain:
            self._ends_line = plain.endswith("\n")
            self._said = self._said or not plain.isspace()
            kept.append(plain)

    def _token(self, text: str, place: int) -> _Token:
        found = _TOKEN.match(text, place, place + _AHEAD)
        return _Token(str(found.lastgroup), found.end()) if found else _Token("", place)

    def _text(self, text: str, place: int, kept: list[str]) -> int:
        """In what was asked for: what stands at a place, and where it ends; the place itself where it is plain text."""
        kind, end = self._token(text, place)
        after = text[end : end + 1]
        if not kind or (kind == "entity" and not self._reads_entities):
            return place
        if kind == "headed" and self._before[-1:] not in ("", "\n"):
            return place
        if kind in ("open", "close") and _is_in_a_sentence(self._before, after if kind == "close" else "-"):
            return place
        if kind == "struck" or (kind == "end" and text.startswith("</s>", place)):
            is_marked = self._struck or (kind == "struck" and self._said)
            self._struck = kind == "struck" and is_marked
            if is_marked:
                return place
        getattr(self, f"_take_{kind}", self._take_left)(text[place:end], kept)
        return end

    def _take_open(self, _: str, kept: list[str]) -> None:  # noqa: ARG002
        self._state, self._depth, self._before = self._thought, 1, ""

    def _take_close(self, _: str, kept: list[str]) -> None:
        if self._said:
            self.is_late, self._said = True, False
            kept.append("")
        self._before = ""

    def _take_channel(self, _: str, kept: list[str]) -> None:  # noqa: ARG002
        self._state = self._channel

    def _take_final(self, _: str, kept: list[str]) -> None:
        """The answer proper begins; what came before it, in no channel, was not the answer."""
        self._take_close(_, kept)

    def _take_turn(self, _: str, kept: list[str]) -> None:  # noqa: ARG002
        if self._said:
            self._state = self._done
        self._before = ""

    _take_end = _take_headed = _take_turn

    def _take_entity(self, mark: str, kept: list[str]) -> None:
        self._pass(unescape(mark.lower()).replace("\u00a0", " "), kept)

    def _take_left(self, mark: str, kept: list[str]) -> None:
        """A mark that says nothing of what is around it."""

    def _thought(self, text: str, place: int, kept: list[str]) -> int:  # noqa: ARG002
        """In a tag's thought, which may hold others."""
        kind, end = self._token(text, place)
        if kind == "open" and self._before[-1:] in ("", "\n"):
            self._depth += 1
        elif kind == "close" and self._before[-1:] != "`":
            self._depth -= 1
        else:
            return place
        self._before = ""
        if not self._depth:
            self._end_thought()
        return end

    def _channel(self, text: str, place: int, kept: list[str]) -> int:  # noqa: ARG002
        """In a channel that is not the answer's, up to its end or to the next one."""
        ends = _ENDS_CHANNEL.match(text, place, place + _AHEAD)
        if not ends:
            return place
        self._end_thought()
        self._before = ""
        # The beginning of the next turn or channel is read as such.
        return place if ends["next"] or ends[0].lower() == "<|start|>" else ends.end()

    def _end_thought(self) -> None:
        self._state, self._after_thought = self._text, True
        self.thoughts.append("\n")

    def _done(self, text: str, place: int, kept: list[str]) -> int:  # noqa: ARG002
        """After the end: a turn that the model made up."""
        return place


def _is_in_a_sentence(before: str, after: str) -> bool:
    """Whether a tag is what somebody typed: quoted, or in the midst of a sentence."""
    sign, earlier = before[-1:], before[-2:-1]
    if sign and sign in _OPENS_A_QUOTE:
        return True
    if after in ("\n", ""):
        return False
    if sign in ('"', "'"):
        return not earlier or earlier.isspace()
    return sign == " " and (earlier.isalnum() or earlier in (",", ";", ":"))
