"""The codex: who and what is in a book, made of its facts, so that it keeps itself. It is never written by a model.

What is true of somebody now and since when, what was, what is open follows from the passages of a path, as of any
of them. A person says beside it what a name is, a note of their own, entries of their own, and what is to be hidden.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from ..memory import Lineage
from ..schemas.errors import SettingsError, StoryStateError
from ..schemas.facts import EVERYBODY, READER
from ..schemas.wording import plain
from . import continuity
from .codex_kinds import kinds_shown
from .paragraphs import as_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..schemas.aliases import Groups
    from ..schemas.facts import FactState
    from ..schemas.languages import Language
    from ..schemas.ledger import Thread
    from ..schemas.spans import Told
    from .continuity import Note
    from .story import Story

Kind = Literal["person", "place", "thing", ""]
"""What an entry is about; empty: nobody has said it, and no fact shows it."""

KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST = {"name": 80, "note": 2000}
"""Characters that a person may give to each."""


@dataclass(frozen=True)
class CodexEntry:
    """Somebody or something in the book. Passages are counted from 1.

    Attributes:
        name: by which it is known.
        names: its other names, which a person joined with it.
        kind: what it is.
        note: what a person says of it.
        now: the facts about it that hold, the newest first.
        was: those that ended, the latest end first.
        threads: the open questions and promises about it, and those that were settled.
        is_own: whether only a person has spoken of it.
        is_hidden: whether a person has hidden it.
    """

    name: str
    names: tuple[str, ...] = ()
    kind: Kind = ""
    note: str = ""
    now: tuple[FactState, ...] = ()
    was: tuple[FactState, ...] = ()
    threads: tuple[Thread, ...] = ()
    is_own: bool = False
    is_hidden: bool = False

    @property
    def told_in(self) -> tuple[int, ...]:
        """The passages that tell something of it."""
        told = {state.since + 1 for state in (*self.now, *self.was)} | {thread.opened for thread in self.threads}
        return tuple(sorted(number for number in told if number > 0))

    def to_json(self) -> dict[str, Any]:
        """For a script."""
        return {
            "name": self.name,
            "names": list(self.names),
            "kind": self.kind or None,
            "note": self.note,
            "now": [_told(state) for state in self.now],
            "was": [_told(state) for state in self.was],
            "threads": [{"text": one.text, "status": one.status, "opened": one.opened} for one in self.threads],
            "hidden": self.is_hidden,
        }


@dataclass(frozen=True)
class CodexView:
    """The codex as of a passage.

    Attributes:
        at: after how many passages it is.
        length: how many there are.
        entries: by kind, those of whom most is told first; those that are hidden come last.
        threads: the open questions and promises, those that are not settled first.
        pins: the ids of the facts that every prompt tells.
        synopsis: the book so far.
        notes: what clashes up to there.
    """

    at: int
    length: int
    entries: tuple[CodexEntry, ...]
    threads: tuple[Thread, ...]
    pins: frozenset[str]
    synopsis: tuple[Told, ...]
    notes: tuple[Note, ...] = field(default=())

    def entry(self, name: str) -> CodexEntry | None:
        """Who or what is known by a name; ``None``: nobody."""
        sought = name.casefold()
        return next(
            (one for one in self.entries if sought in (one.name.casefold(), *map(str.casefold, one.names))), None
        )

    def to_json(self) -> dict[str, Any]:
        """For a script."""
        return {
            "as_of": self.at,
            "entries": [entry.to_json() for entry in self.entries],
            "threads": [{"text": one.text, "status": one.status, "opened": one.opened} for one in self.threads],
            "synopsis": [part.text for part in self.synopsis],
            "notes": [note.to_json() for note in self.notes],
        }


class Codex:
    """The codex of an open story."""

    def __init__(self, story: Story) -> None:
        self._story = story

    async def read(self, at: int | None = None, branch: str = "") -> CodexView:
        """The codex of a branch as of a passage.

        Args:
            at: after how many passages; ``None``: after all that there are.
            branch: which branch; the current one, if none is named.

        Raises:
            StoryStateError: the branch has fewer passages.
            MemoryUnavailableError: some of them are gone.
        """
        state = await self._story.state(branch)
        whole = Lineage.from_json(state.get("lineage"))
        place = as_of(whole, at).length
        states = list((await self._story.facts(at, branch)).facts.values())
        threads = await self._story.threads(at, branch)
        said, groups = state.get("codex", []), state.get("aliases", [])
        return CodexView(
            at=place,
            length=whole.length,
            entries=tuple(_entries(states, threads, groups, said, self._story.record.language)),
            threads=tuple(threads),
            pins=frozenset(state.get("pins", [])),
            synopsis=tuple(await self._story.synopsis(at, branch)),
            notes=tuple(one for one in await continuity.notes(self._story, branch=branch) if one.paragraph <= place),
        )

    async def put(
        self, name: str, *, kind: str | None = None, note: str | None = None, hide: bool | None = None
    ) -> None:
        """Say of a name what it is, or a note; a name that no fact is about becomes an entry of one's own.

        Args:
            name: the name.
            kind: ``person``, ``place``, ``thing``, or empty: nothing is said of that; ``None`` leaves it.
            note: one's own words, which nobody but people read; ``None`` leaves them.
            hide: whether it is to be out of the way; ``None`` leaves that.

        Raises:
            SettingsError: there is no such kind.
            StoryStateError: there is no name, a text is too long, or a step is under way.
        """
        name = " ".join(name.split())
        if not name:
            raise StoryStateError("text_empty")
        for text, most in ((name, LONGEST["name"]), (note or "", LONGEST["note"])):
            if len(text) > most:
                raise StoryStateError("text_too_long", count=len(text), most=most)
        if kind is not None and kind not in KINDS:
            raise SettingsError("codex_kind", given=kind[:40], known=KINDS[:-1])
        given = {"kind": kind, "note": None if note is None else note.strip(), "hidden": hide}

        def changed(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
            before = next((one for one in said if one["name"].casefold() == name.casefold()), {"name": name})
            after = before | {key: value for key, value in given.items() if value is not None}
            return [*(one for one in said if one is not before), after]

        await self._change(changed)

    async def remove(self, name: str) -> None:
        """Take back all that a person said of a name: an entry of their own is gone, another is as the facts make it.

        Raises:
            StoryStateError: nothing was said of it, or a step is under way.
        """

        def without(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
            kept = [one for one in said if one["name"].casefold() != name.casefold()]
            if len(kept) == len(said):
                raise StoryStateError("codex_nothing_said", name=name[: LONGEST["name"]])
            return kept

        await self._change(without)

    async def _change(self, change: Any) -> None:  # noqa: ANN401 (a function of the list)
        state = await self._story.state_between_steps()
        await self._story.change({"codex": change(list(state.get("codex", [])))})


def _entries(
    states: Sequence[FactState],
    threads: Sequence[Thread],
    groups: Groups,
    said: Sequence[dict[str, Any]],
    language: Language,
) -> Iterable[CodexEntry]:
    """Everybody and everything that a fact or a person names."""
    about: dict[str, list[FactState]] = defaultdict(list)
    asked: dict[str, list[Thread]] = defaultdict(list)
    spelt: dict[str, str] = {}

    joined = {plain(name): group for group in groups for name in group}

    def known_as(name: str) -> str:
        """What stands for a name: the first of those that it was joined with, however it is written."""
        key = plain(joined.get(plain(name), [name])[0])
        spelt.setdefault(key, joined.get(key, [name])[0])
        return key

    knowing: set[str] = set()
    for state in states:
        if state.fact.kind == "state":
            for key in dict.fromkeys(map(known_as, state.fact.subjects)):
                about[key].append(state)
        knowing |= {known_as(name) for name in state.known_by if name.lower() not in READER | EVERYBODY}
    for thread in threads:
        for key in dict.fromkeys(map(known_as, thread.subjects)):
            asked[key].append(thread)
    own = {known_as(one["name"]): one for one in said}
    called = {key: {name, *joined.get(key, [])} for key, name in spelt.items()}
    shown = kinds_shown(about, called, knowing, language)
    made = []
    for key, name in spelt.items():
        told, word = about.get(key, []), own.get(key, {})
        said_of_it: Kind = word.get("kind") or ""
        kind = said_of_it or shown.get(key, "")
        names = joined.get(key, [name])[1:]
        made.append(
            CodexEntry(
                name=name,
                names=tuple(names),
                kind=kind,
                note=word.get("note", ""),
                now=tuple(sorted((one for one in told if one.holds), key=lambda one: -one.since)),
                was=tuple(sorted((one for one in told if not one.holds), key=lambda one: -(one.until or 0))),
                threads=tuple(asked.get(key, [])),
                is_own=not told and key not in asked,
                is_hidden=bool(word.get("hidden")),
            )
        )
    return sorted(made, key=lambda one: (one.is_hidden, KINDS.index(one.kind), -len(one.told_in), one.name))


def _told(state: FactState) -> dict[str, Any]:
    """A fact for a script: passages are counted from 1."""
    until = None if state.until is None else state.until + 1
    return {
        "id": state.fact.id,
        "text": state.fact.text,
        "since": state.since + 1,
        "until": until,
        "frame": state.fact.frame,
        "known_by": list(state.known_by),
        "quote": state.fact.quote,
        "ended_by": state.ended_quote,
    }
