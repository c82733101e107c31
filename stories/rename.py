"""Another name, or other words, everywhere in a book: looked at first, done in one change, taken back by one undo.

Text, summaries, facts with the words that prove them, synopses, the short-term memory, plans, chapters and the premise
change together, in the current branch alone. What only looks like the name is proposed, and left as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from ..memory import Lineage
from ..nodes.proof import says
from ..schemas.aliases import joined, names_of, whole_word
from ..schemas.before import path_before
from ..schemas.clashes import Clash
from ..schemas.errors import StoryStateError
from ..schemas.facts import Change, Fact, Knowledge
from ..schemas.looked import LeftOut
from ..schemas.story_input import PREMISE
from .passage_history import note_rewritten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ..memory import Entry, LongTermMemory
    from ..schemas.state import StoryState
    from .story import Story

Where = Literal["text", "summary", "fact", "memory", "plans", "chapters", "premise"]
"""What a hit stands in."""

LONGEST = 200
"""Characters that what is looked for may have, and what takes its place."""

_PREMISE = tuple(name for name in PREMISE if name != "title")
_AROUND = 40
"""Characters that are shown of what stands before and after a hit."""
_MOST = 12
"""Other forms that are proposed."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Hit:
    """One place where it stands.

    Attributes:
        number: its number among all, from 1, by which it can be left out.
        where: in what.
        paragraph: of which paragraph, from 1; 0: of none.
        before: what stands before it.
        found: it, as it stands there.
        after: what stands after it.
        becomes: what takes its place.
    """

    number: int
    where: Where
    paragraph: int
    before: str
    found: str
    after: str
    becomes: str


@dataclass(frozen=True)
class Form:
    """Another form of a name, changed only where a person says so: what may take its place, and how often it stands."""

    form: str
    becomes: str
    count: int


@dataclass(frozen=True)
class Wording:
    """What is to change.

    Attributes:
        old: the name or the words.
        new: what takes their place.
        also: other forms, and what takes the place of each.
        anywhere: also within words; as it is in scripts that write no spaces.
        leave_out: the numbers of hits that stay.
    """

    old: str
    new: str
    also: Mapping[str, str] = field(default_factory=dict)
    anywhere: bool = False
    leave_out: frozenset[int] = frozenset()

    def check(self) -> None:
        """See that it can be done.

        Raises:
            StoryStateError: there is nothing to look for, or a text is too long.
        """
        if not self.old.strip():
            raise StoryStateError("text_empty")
        longest = max(map(len, (self.old, self.new, *self.also, *self.also.values())))
        if longest > LONGEST:
            raise StoryStateError("text_too_long", count=longest, most=LONGEST)


@dataclass
class _Changing:
    """Changes texts, and keeps what it found in them."""

    wording: Wording
    kept_whole: Sequence[str] = ()
    hits: list[Hit] = field(default_factory=list)

    def __post_init__(self) -> None:
        forms = {self.wording.old: self.wording.new, **self.wording.also}
        self._forms = {form: becomes for form, becomes in forms.items() if form}
        # Longer ones first: a name within a longer one that stays is no hit.
        known = sorted({*self._forms, *self.kept_whole}, key=len, reverse=True)
        parts = (re.escape(form) if self.wording.anywhere else whole_word(form).pattern for form in known)
        self._pattern = re.compile("|".join(parts))
        self._known = known
        self._numbers = count(1)

    def quietly(self, text: str) -> str:
        """A text with the new words, where nothing is counted: it follows what is."""
        return self._pattern.sub(lambda hit: self._forms.get(hit[0], hit[0]), text)

    def in_text(self, text: str, where: Where, paragraph: int = 0) -> str:
        """A text with the new words, but for the hits that stay."""

        def becomes(hit: re.Match[str]) -> str:
            if hit[0] not in self._forms:
                return hit[0]
            number = next(self._numbers)
            before, after = text[max(0, hit.start() - _AROUND) : hit.start()], text[hit.end() : hit.end() + _AROUND]
            new = self._forms[hit[0]]
            self.hits.append(Hit(number, where, paragraph, before, hit[0], after, new))
            return hit[0] if number in self.wording.leave_out else new

        return self._pattern.sub(becomes, text)

    def entry(self, entry: Entry, paragraph: int) -> Entry:
        """A passage in other words; what proves its facts follows its text."""
        if not self._is_in(entry):
            return entry
        text = self.in_text(entry.text, "text", paragraph)
        summary = self.in_text(entry.summary, "summary", paragraph)
        known = entry.knowledge
        if known is not None:
            known = Knowledge(
                tuple(self._fact(fact, text, paragraph) for fact in known.facts),
                tuple(self._change(change, text) for change in known.changes),
            )
        return replace(entry, text=text, summary=summary, plan=self.quietly(entry.plan), knowledge=known)

    def _is_in(self, entry: Entry) -> bool:
        """Whether anything of a passage can have the words in it: in a long book most have not."""
        known = entry.knowledge or Knowledge((), ())
        texts = [entry.text, entry.summary, entry.plan]
        for fact in known.facts:
            texts += (fact.text, fact.quote, *fact.subjects, *fact.known_by, *fact.dead)
        for change in known.changes:
            texts += (change.quote, *change.who)
        whole = "\n".join(texts)
        return any(form in whole for form in self._known)

    def _fact(self, fact: Fact, passage: str, paragraph: int) -> Fact:
        return replace(
            fact,
            text=self.in_text(fact.text, "fact", paragraph),
            subjects=tuple(map(self.quietly, fact.subjects)),
            known_by=tuple(map(self.quietly, fact.known_by)),
            dead=tuple(map(self.quietly, fact.dead)),
            quote=self._quote(fact.quote, passage),
        )

    def _change(self, change: Change, passage: str) -> Change:
        return replace(change, who=tuple(map(self.quietly, change.who)), quote=self._quote(change.quote, passage))

    def _quote(self, quote: str, passage: str) -> str:
        """The words of a passage, as they now stand there: a hit in them that stays, stays in them."""
        new = self.quietly(quote)
        if new == quote or new in passage:
            return new
        return quote if not says(passage, new) and says(passage, quote) else new


async def preview(story: Story, wording: Wording) -> tuple[list[Hit], list[Form]]:
    """Every place of the current branch where it stands, and the other forms that may be meant.

    Raises:
        StoryStateError: a step is under way, there is nothing to look for, or a text is too long.
    """
    seen = await _look(story, wording)
    return seen.changing.hits, list(_forms(wording, seen))


async def rename(story: Story, wording: Wording) -> list[Hit]:
    """Change it everywhere in the current branch, in one change that one undo takes back.

    Other branches keep what they have. The branch sees the new words when all of them are written.

    Args:
        story: the open story.
        wording: what is to change.

    Returns:
        What was found, with what was left as it is.

    Raises:
        StoryStateError: a step is under way, there is nothing to look for, or a text is too long.
    """
    seen = await _look(story, wording)
    lineage = Lineage.from_json(seen.state["lineage"])
    chapters = [chapter["seq"] for chapter in seen.state.get("chapters", [])]

    def put(memory: LongTermMemory) -> Lineage:
        path = memory.put_in_place(lineage, seen.was, seen.now)
        if path != lineage:
            memory.synopses.follow(lineage, path, chapters, seen.changing.quietly)
        return path

    path = await story.remember(put)
    if path != lineage:
        note_rewritten(story, lineage, path)
    if path != lineage or seen.update:
        # What is proposed has the old words in it, and the path before cannot be told from this one any more.
        looked: dict[str, Any] = {"look": {}} if seen.state.get("look") else {}
        if seen.state.get("looked"):
            left_out = LeftOut.of(seen.state).reworded(seen.was, seen.now, lineage, path)
            looked["looked"] = left_out.to_json()
        same = {"changed_since_plans": seen.state.get("changed_since_plans", [])}  # the plans follow
        await story.change({**same, **seen.update, **looked, "lineage": path.to_json()})
    return seen.changing.hits


@dataclass(frozen=True)
class _Seen:
    """A branch's state, what changes in it, its passages as they are and are to be, and what found that."""

    state: StoryState
    update: dict[str, Any]
    was: list[Entry]
    now: list[Entry]
    changing: _Changing


async def _look(story: Story, wording: Wording) -> _Seen:
    wording.check()
    state = await story.state_between_steps()
    was = await story.entries(Lineage.from_json(state["lineage"]))
    changing = _Changing(wording, () if wording.anywhere or _divides(wording.old) else sorted(_longer(wording, was)))
    now = [changing.entry(entry, number) for number, entry in enumerate(was, start=1)]
    return _Seen(state, _reworded(state, now, changing), was, now, changing)


def _longer(wording: Wording, entries: Sequence[Entry]) -> set[str]:
    """Longer names of the facts that have the name in themselves: another's, unless they are named too."""
    names = {name for entry in entries for fact in entry.facts for name in fact.subjects}
    return {name for name in names if wording.old in name} - {wording.old, *wording.also}


def _divides(name: str) -> bool:
    """Whether a name is of a script that divides words, so that it is never found within a longer one."""
    return whole_word(name).pattern != re.escape(name)


def _reworded(state: StoryState, entries: Sequence[Entry], changing: _Changing) -> dict[str, Any]:
    """What changes in the state; the newest passages stand in it too."""
    kept: Any = state
    new: dict[str, Any] = {name: changing.in_text(str(kept[name]), "premise") for name in _PREMISE if kept.get(name)}
    new["short_term_memory"] = changing.in_text(state.get("short_term_memory", ""), "memory")
    new["plans"] = _each(state.get("plans", []), lambda text: changing.in_text(text, "plans"))
    new["chapters"] = [
        {**chapter, "title": changing.in_text(chapter["title"], "chapters")} for chapter in state.get("chapters", [])
    ]
    new |= {name: _each(kept[name], changing.quietly) for name in _FOLLOWERS if kept.get(name)}
    if path_before(state):
        new |= _not_of_the_book_before(state, new)
        names = {name for entry in entries for fact in entry.facts for name in fact.subjects}
        if changing.wording.new in names:
            new["aliases"] = joined(new.get("aliases", []), [changing.wording.new, changing.wording.old])
    if entries:
        opening = state.get("opening", [])
        new |= {"paragraph": entries[-1].text, "summary": entries[-1].summary}
        new |= {"opening": [entry.text for entry in entries[-len(opening) :]]} if opening else {}
    if "clash_marks" in state:
        new["clash_marks"] = _marks(state, new)
    return {name: value for name, value in new.items() if value != kept.get(name)}


def _not_of_the_book_before(state: StoryState, new: Mapping[str, Any]) -> dict[str, Any]:
    """What the state has of the book before, in the words that it has there: that book is not changed from here."""
    kept: Any = state
    place_of = {"standing": "since", "retrieved": "seq"}
    return {
        name: [old if old[place] < 0 else now for old, now in zip(kept[name], new[name], strict=True)]
        for name, place in place_of.items()
        if name in new
    }


def _marks(state: StoryState, new: Mapping[str, Any]) -> dict[str, Any]:
    """What a person said of clashes, which are named by their words."""
    before, after = state.get("clashes", []), new.get("clashes", [])
    named = {Clash.from_json(old).id: Clash.from_json(now).id for old, now in zip(before, after, strict=True)}
    return {named.get(name, name): mark for name, mark in state["clash_marks"].items()}


_FOLLOWERS = (
    *("previous_memory", "rationale", "prompt", "plan", "retrieved", "standing", "knowledge", "aliases", "refused"),
    *("apart", "feedback", "next_chapter", "repetition", "clashes", "codex"),
)
"""What tells in the state what is told elsewhere, and is not counted again."""
_IDS = frozenset({"id", "roots", "closes", "by", "branch", "frame", "kind", "source", "what", "shown", "chosen_by"})
"""Of what the state keeps as data: what is no words of the story."""


def _each(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 (any JSON)
    """A JSON value with every text in it changed that is the story's."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each(part, change) for part in value]
    if isinstance(value, dict):
        # What a change names as its fact is an id; a fact itself has words.
        ids = _IDS if isinstance(value.get("fact"), dict) else {*_IDS, "fact"}
        return {name: part if name in ids else _each(part, change) for name, part in value.items()}
    return value


def _forms(wording: Wording, seen: _Seen) -> Iterator[Form]:
    """Other forms that stand in the text: in capitals, of many, a part of the name, a longer name, joined names."""
    text = "\n".join(entry.text for entry in seen.was)
    proposed: dict[str, str] = {}
    for word in dict.fromkeys(_like(wording.old).findall(text)):
        if word.casefold() == wording.old.casefold():
            proposed.setdefault(word, _in_case(wording.new, word))
        for ending in ("s", "es"):
            if word == f"{wording.old}{ending}":
                proposed.setdefault(word, f"{wording.new}{ending}")
    old_parts, new_parts = wording.old.split(), wording.new.split()
    if len(old_parts) > 1:
        proposed.setdefault(old_parts[-1], new_parts[-1] if new_parts else "")
    for name in (*sorted(_longer(wording, seen.was)), *names_of(seen.state.get("aliases", []), wording.old)[1:]):
        proposed.setdefault(name, name.replace(wording.old, wording.new))
    given = {wording.old, *wording.also}
    counted = (Form(form, new, _times(form, text)) for form, new in proposed.items() if form not in given)
    yield from sorted((form for form in counted if form.count), key=lambda form: -form.count)[:_MOST]


def _like(old: str) -> re.Pattern[str]:
    """Words that may be the name in other letters, or of many: those that begin as it does."""
    if _WORD.fullmatch(old) is None:
        return re.compile(r"(?!)")
    return re.compile(rf"\b{re.escape(old[:1])}\w*", re.IGNORECASE)


def _times(form: str, text: str) -> int:
    return len(whole_word(form).findall(text))


def _in_case(new: str, like: str) -> str:
    """A name in capitals or small letters, as another is written."""
    if like.isupper():
        return new.upper()
    return new.lower() if like.islower() else new
