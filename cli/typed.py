"""What a typed line means at the pause: one of the commands, each of one letter, or words for the story."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..schemas import spoken
from .words import every, t

if TYPE_CHECKING:
    from collections.abc import Iterable

LITERALLY = ">"
"""What stands before a line that is meant for the story, whatever it says."""

_AROUND = " .!?,;:。！？，；：…\"'“”‘’"
"""What may stand around a word that is a command."""
_PROMPT = re.compile(rf"^\s*{LITERALLY}\s*")
_TELLS = "*"
"""What a player's line begins with that is told as happening."""
_FULL_WIDTH = str.maketrans("？＞＋“”「」", '?>+""""')


@dataclass(frozen=True)
class Letter:
    """A command at the pause.

    Attributes:
        letter: what one types.
        name: what it does, as the catalogue calls its help (``help_<name>``) and its words (``say_<name>``).
        takes: whether something stands after the letter; where a number does, any other words make it no command.
        play: whether it is there where one plays; ``False``: where one writes; ``None``: in both.
    """

    letter: str
    name: str
    takes: Literal["nothing", "maybe", "something", "number"] = "nothing"
    play: bool | None = None


LETTERS = (
    Letter("n", "others", "maybe"),
    Letter("u", "undo"),
    Letter("t", "again", "maybe"),
    Letter("e", "memory_edit", play=False),
    Letter("s", "style", play=False),
    Letter("w", "text", "maybe", play=False),
    Letter("+", "add", "maybe", play=False),
    Letter("o", "rewrite", "number", play=False),
    Letter("d", "take_out", "number", play=False),
    Letter("i", "move", "number", play=False),
    Letter("j", "join", "number", play=False),
    Letter("y", "cut", "number", play=False),
    Letter("c", "chapter", "maybe", play=False),
    Letter("p", "plans"),
    Letter("m", "memory", play=False),
    Letter("r", "recalled", play=False),
    Letter("k", "facts", play=False),
    Letter("i", "carried", play=True),
    Letter("j", "known", play=True),
    Letter("f", "find", "something"),
    Letter("b", "branch", "maybe", play=False),
    Letter("g", "go", "something", play=False),
    Letter("v", "save", "maybe"),
    Letter("l", "load", "maybe"),
    Letter("y", "tastes", "maybe", play=True),
    Letter("z", "end", "maybe"),
    Letter("x", "export", "something"),
    Letter("?", "help", "maybe"),
    Letter("q", "quit"),
)
"""In the order of the help."""


@dataclass(frozen=True)
class Command:
    """A command, and what stands after its letter."""

    name: str
    argument: str = ""


@dataclass(frozen=True)
class Incomplete:
    """A command that wants something after its letter."""

    letter: Letter


@dataclass(frozen=True)
class Stray:
    """A single letter that is no command: a slip of the hand, and nothing to write a passage by."""

    letter: str


def letters(*, plays: bool) -> Iterable[Letter]:
    """The commands that there are where one plays, or where one writes."""
    return (one for one in LETTERS if one.play is None or one.play == plays)


def read(line: str, *, plays: bool) -> Command | Incomplete | Stray | str:
    """What a line means: a command, or words for the story.

    A letter by itself is a command, capital or small; with more after it only a small one: "N years pass" is a plan.
    A line that is nothing but a command's word ("undo", "quit") is that command. Any other single letter (Latin ones; a
    character may be a word) is a slip where one writes; who plays may go west by it.
    """
    if _PROMPT.match(line.translate(_FULL_WIDTH)):
        return line
    first, _, more = line.partition(" ")
    key = first.translate(_FULL_WIDTH)
    for one in letters(plays=plays):
        alone = not more.strip()
        if one.takes == "number" and not (alone or more.strip()[:1].isdecimal()):
            continue
        if (key == one.letter or (alone and key.casefold() == one.letter)) and (alone or one.takes != "nothing"):
            return (
                Incomplete(one) if alone and one.takes in ("something", "number") else Command(one.name, more.strip())
            )
        if one.name == "help" and first.casefold() in every("say_help") and _asks_for_all(more):
            return Command("help", more.strip())
        if line.casefold().strip(_AROUND) in every(f"say_{one.name}"):
            return Incomplete(one) if one.takes in ("something", "number") else Command(one.name)
    if not plays and re.fullmatch("[A-Za-z]", key.strip()) and not more.strip():
        return Stray(key.strip())
    return line


def _asks_for_all(more: str) -> bool:
    return more.strip().casefold() in every("say_all")


def literally(line: str) -> str:
    """A line for the story without what stands before it to say so."""
    return _PROMPT.sub("", line.replace("＞", LITERALLY, 1) if line.lstrip().startswith("＞") else line)


def acted(line: str) -> tuple[str, str]:
    """What a player means by a line: how (as the review calls it), and the words.

    A line of speech and nothing else is said; where something is done beside it, the line is what the player does.
    """
    words = line.strip()
    if said := spoken.read(words).said:
        return "say", said
    if words.startswith((_TELLS, "＊")) and words[1:].strip():
        return "story", words[1:].strip()
    return "do", words


_FIRST_HELP = {
    True: ("action", "say", "others", "undo", "again", "carried", "known", "export", "quit"),
    False: ("number", "own", "others", "undo", "again", "text", "add", "export", "quit"),
}
"""What is told first of what can be typed, where one plays and where one writes."""


def help_lines(*, plays: bool, every_one: bool = True) -> list[tuple[str, str]]:
    """What can be typed, and what it does.

    Args:
        plays: whether one plays.
        every_one: all of it; else what one needs most, and how to see the rest.
    """
    first = ("number", "action", "say", "story") if plays else ("number", "own", "lasting")
    lines = {name: (t(f"key_{name}"), t(f"help_{name}")) for name in first}
    for one in letters(plays=plays):
        lines[one.name] = (one.letter, t(f"help_{one.name}{'_play' if plays and one.play is None else ''}"))
    if not every_one:
        return [
            *(lines[name] for name in _FIRST_HELP[plays]),
            (t("key_all"), t("help_all_play" if plays else "help_all")),
        ]
    return [*lines.values(), (t("key_literally"), t("help_literally"))]
