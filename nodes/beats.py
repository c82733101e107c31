"""Where the story is going: the beats of its outline, which of them is told now, and which is due by the book's length.

The outline itself stands in the system message, so a beat is named here by its number and its first words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field

from ..memory.sentences import pieces
from ..schemas.beats import Beat, beat_in, beats_at
from ..schemas.lineage import Lineage
from .outline_parts import chapter_in, in_a_line, parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..schemas.languages import Language
    from ..schemas.state import Chapter, StoryState
    from .turn import Turn

_NAMED, _NAMED_UNDIVIDED = 80, 28
"""Characters of a beat that name it, and where no spaces divide words."""

_SAME = 0.6
"""How like two texts of parts are that tell the same; of two that have nothing in common it is about a third."""

_IN_A_LIST = re.compile(r"^[(（]?\d{1,3}(?:[.)）](?!\d)|[、．])\s*")
"""The number of a beat in a list, which is told as a part's number anyway."""
_HALF_A_STOP = " ,;:.，：；、。"
_TO_A_HALF_STOP = re.compile("(?<=[，；。！？])[^，；。！？]+$")
"""What is cut off of a clause, where no spaces divide words."""
_TO_A_STOP = re.compile("(?<=[,;:.!?—]) [^,;:.!?—]*$")
"""The same where they do."""

_UNDIVIDED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff]")
"""Signs of scripts that write no spaces between words."""

BeatNumber = Annotated[int, Field(ge=0), BeforeValidator(beat_in)]
"""The beat that a model says; 0: it said none."""


def beats_of(state: Mapping[str, Any], language: Language) -> list[Beat]:
    """The beats of the story's outline, each with its state; one or none where the outline has no parts."""
    texts = parts_of(state.get("outline") or "", language)
    return beats_at(texts, [in_a_line(text) for text in texts], _now(state, texts))


def outlined(state: Mapping[str, Any], outline: str, language: Language) -> dict[str, Any]:
    """What changes where a story gets another outline: the outline, the beat that is now, the titles of its chapters.

    The beat is the one of the same words, else the one in its place. A chapter that has its title from the old outline
    takes that of the same part in the new one; where the new one tells something else there it keeps its own, and
    ``titles_kept`` says so. One that was to begin because the old outline had it there does so too, or does not begin.
    A title that a person gave stays.
    """
    before, after = parts_of(state.get("outline") or "", language), parts_of(outline, language)
    now, waiting = _now(state, before), state.get("next_chapter")
    to = after.index(before[now]) if before and before[now] in after else min(now, max(len(after) - 1, 0))
    changed: dict[str, Any] = {"outline": outline, "beat": to, **_retitled(state, before, after)}
    if state.get("end_told") and before != after:
        changed["end_told"] = 0  # Of another outline, no end was told.
    kept = _kept(changed.get("chapters", state.get("chapters", [])), before, after)
    if kept != state.get("titles_kept", []):
        changed["titles_kept"] = kept
    if waiting is None or not before or waiting != chapter_in(before[now]):
        return changed
    title = chapter_in(after[to]) if len(after) > 1 else None
    return {**changed, "next_chapter": None if _has_begun(state, title) else title}


def _retitled(state: Mapping[str, Any], before: list[str], after: list[str]) -> dict[str, Any]:
    """The chapters that have begun, where the parts that gave them their titles are called otherwise now."""
    kept = state.get("chapters", [])
    same = SequenceMatcher(None, before, after, autojunk=False)
    pairs = [
        (old, new)
        for how, was, was_end, now, now_end in same.get_opcodes()
        if how == "replace" and was_end - was == now_end - now
        for old, new in zip(before[was:was_end], after[now:now_end], strict=True)
        if _tells_the_same(old, new, is_among_others=any(how == "equal" for how, *_ in same.get_opcodes()))
    ]
    titles = {title: new for old, part in pairs if (title := chapter_in(old)) and (new := chapter_in(part))}
    chapters = [{**chapter, "title": titles.get(chapter["title"], chapter["title"])} for chapter in kept]
    return {"chapters": chapters} if chapters != kept else {}


def _tells_the_same(old: str, new: str, *, is_among_others: bool) -> bool:
    """Whether a part that another has the place of is that one, called otherwise: what is told is the chapter's.

    A part that is nothing but its title is the same where others of the outline stay as they were.
    """
    was, now = _beside_title(old), _beside_title(new)
    if not was or not now:
        return is_among_others
    return SequenceMatcher(None, was, now, autojunk=False).ratio() >= _SAME


def _beside_title(part: str) -> str:
    """What a part of an outline says besides that it is a chapter, and which."""
    line, title = in_a_line(part), chapter_in(part)
    return (line.partition(title)[2] if title else line).strip(" 《》“”:：.。—–-")


def _kept(chapters: list[Chapter], before: list[str], after: list[str]) -> list[str]:
    """The titles of chapters that have begun which the outline gave them, and has no longer."""
    gone = {chapter_in(part) for part in before} - {chapter_in(part) for part in after}
    return [chapter["title"] for chapter in chapters if chapter["title"] and chapter["title"] in gone]


@dataclass(frozen=True)
class Length:
    """How long the book is to be: the number of the next paragraph, how many there will be, and whether it ends."""

    number: int
    target: int
    is_ending: bool


def hint(state: StoryState, turn: Turn, length: Length | None) -> str:
    """What who plans or writes the next paragraph is told of where the story is going; nothing of a single beat.

    In an ending, only what it ends with, and when: what is still to come of the outline is not to be begun, and no
    paragraph but the last is the end. Where the book's end was told, and a person lengthened it after that, the
    outline's end is asked for no more.
    """
    if is_lengthened(state):
        how = "" if not (length and length.is_ending) else "_ending" if length.number < length.target else "_end"
        return str(turn.phrase(f"beats_lengthened{how}", target=length.target if length else 0))
    texts = parts_of(state.get("outline") or "", turn.language)
    count, now = len(texts), _now(state, texts)
    if count < 2:  # noqa: PLR2004 (one beat is the whole outline)
        return ""
    if length and length.is_ending:
        end = ending_of(texts[-1], turn.language)
        if length.number < length.target:
            return str(turn.phrase("beats_ending", target=length.target, count=count, text=end))
        return str(turn.phrase("beats_end", count=count, text=end))
    if now == count - 1:
        return str(turn.phrase("beats_last", count=count, text=named(texts[-1], turn.language)))
    told = turn.phrase(
        "beats_now",
        number=now + 1,
        count=count,
        text=named(texts[now], turn.language),
        next=now + 2,
        then=named(texts[now + 1], turn.language),
    )
    return str(told)


def is_lengthened(state: Mapping[str, Any]) -> bool:
    """Whether the book had its end, which stands in it, and goes on after that because a person lengthened it."""
    return 0 < (state.get("end_told") or 0) <= Lineage.from_json(state.get("lineage")).length


def now_of(state: StoryState, language: Language) -> int:
    """The part of the outline that is told now, from 1."""
    return _now(state, parts_of(state.get("outline") or "", language)) + 1


def is_behind(state: StoryState, language: Language, length: Length) -> bool:
    """Whether the book's length has a later beat due than the one that is now."""
    texts = parts_of(state.get("outline") or "", language)
    return not is_lengthened(state) and _now(state, texts) + 1 < _due(len(texts), length)


def may_go_on(state: StoryState, language: Language, *, is_ending: bool) -> int:
    """The beat that is now (from 1), where whoever plans is asked whether the next one begins; 0: nothing is asked.

    At each step it is asked once: other plans at the same pause are for the beat that stands, which a person may have
    set. In an ending it is asked of the last beat alone, which the book ends with.
    """
    if state.get("after_review") == "plans" or is_lengthened(state):
        return 0
    texts = parts_of(state.get("outline") or "", language)
    now = _now(state, texts) + 1
    if is_ending:
        return now if now == len(texts) - 1 else 0
    return now if now < len(texts) else 0


def next_is_a_chapter(state: StoryState, language: Language) -> bool:
    """Whether the beat after the one that is now would begin a chapter of the book."""
    texts = parts_of(state.get("outline") or "", language)
    return "next_chapter" in moved(state, language, _now(state, texts) + 1)


def first_chapter(outline: str, language: Language) -> str:
    """The title of the chapter that a story begins with, by its outline; empty: it says none."""
    texts = parts_of(outline, language)
    return (chapter_in(texts[0]) or "") if len(texts) > 1 else ""


def moved(state: Mapping[str, Any], language: Language, to: int) -> dict[str, Any]:
    """What changes where another beat becomes now: a chapter that the outline begins there begins in the book.

    Where it goes back, a chapter that was to begin for the beat it leaves does not.

    Args:
        state: the story, before.
        language: the story's.
        to: the place of the beat that is now, from 0.
    """
    texts = parts_of(state.get("outline") or "", language)
    now, waiting = _now(state, texts), state.get("next_chapter")
    if len(texts) < 2 or not 0 <= to < len(texts) or to == now:  # noqa: PLR2004 (one beat is the whole outline)
        return {"beat": to}
    if to < now:
        return {"beat": to} | (
            {"next_chapter": None} if waiting is not None and waiting == chapter_in(texts[now]) else {}
        )
    title = chapter_in(texts[to])
    if title is None or waiting or _has_begun(state, title):
        return {"beat": to}
    return {"beat": to, "next_chapter": title}


def _has_begun(state: Mapping[str, Any], title: str | None) -> bool:
    """Whether the book has a chapter of that title already; one without a title is another each time."""
    return bool(title) and any(chapter["title"] == title for chapter in state.get("chapters", []))


def gone_on(now: int, said: int) -> int:
    """The place (from 0) of the beat that comes, when a model named one: this one (from 1), or the one after it."""
    return min(max(now, said), now + 1) - 1


def named(text: str, language: Language) -> str:
    """The first words of a beat, quoted, without its number in a list and the stop at their end."""
    line, most = _IN_A_LIST.sub("", in_a_line(text)).rstrip(".。"), _most(language)
    if len(line) > most:
        cut = line[:most].rstrip()
        whole = cut.rpartition(" ")[0] if _is_in_a_word(cut[-1], line[len(cut)]) else ""
        clause = _TO_A_STOP.sub("", cut) if language.joint else _TO_A_HALF_STOP.sub("", cut)
        if language.joint and (len(clause) == len(cut) or 2 * len(clause) < most):
            clause = ""
        line = f"{(clause or whole or cut).rstrip(_HALF_A_STOP)}…"
    return language.quoted(line)


def ending_of(text: str, language: Language) -> str:
    """The last sentences of a beat, quoted: what a book ends with stands at the end of its last one.

    They are whole: words from a sentence's middle say another thing than it does, and not of whom; and what comes last
    of all may stand at the very end of it. Of a last one that is twice too long, it is how that begins.
    """
    line, most = _IN_A_LIST.sub("", in_a_line(text)), _most(language)
    if len(line.rstrip(".。")) <= most:
        return language.quoted(line.rstrip(".。"))
    cut = [piece for piece in pieces(line, language) if piece.strip()]
    kept = ""
    while cut and len((cut[-1] + kept).strip().rstrip(".。")) <= most:
        kept = cut.pop() + kept
    if not kept and len(cut[-1]) <= 2 * most:
        kept = cut.pop()
    if not kept:
        return named(cut[-1], language)
    return language.quoted(f"{'…' if cut else ''}{kept.strip().rstrip('.。')}")


def _most(language: Language) -> int:
    return _NAMED if language.joint else _NAMED_UNDIVIDED


def _is_in_a_word(before: str, after: str) -> bool:
    """Whether a cut between two signs divides a word, where spaces divide words."""
    return not (before.isspace() or after.isspace() or _UNDIVIDED.match(before) or _UNDIVIDED.match(after))


def _now(state: Mapping[str, Any], texts: list[str]) -> int:
    """The place of the beat that is now, within those that there are; what is no place is the first."""
    kept = state.get("beat")
    now = kept if isinstance(kept, int) and not isinstance(kept, bool) else 0
    return min(max(now, 0), max(len(texts) - 1, 0))


def _due(count: int, length: Length) -> int:
    """The beat that is due, where the beats are spread evenly over the book."""
    return min(count, (length.number - 1) * count // length.target + 1)
