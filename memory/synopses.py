"""The book so far, in few words at any length: synopses of spans of a path.

A synopsis is a point whose id is made of the slots that it covers. So whoever shares these slots shares it, and where a
passage was edited the spans around it have none yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from ..schemas.lineage import Slot
from ..schemas.spans import Told, cover
from .points import NO_WORDS, passage_id
from .store import NewPoint

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from ..schemas.lineage import Lineage
    from ..schemas.spans import Span
    from .store import Store

_MOST_LOOKED_FOR = 64
"""Spans that are looked for at once, where those above them have no synopsis yet."""


@dataclass(frozen=True)
class Due:
    """A span that is full and has no synopsis yet, and what it is made of: summaries, or synopses of its parts."""

    span: Span
    told: tuple[Told, ...]


@dataclass(frozen=True)
class Synopsis:
    """A synopsis as it is kept: of the slots with this digest, on which level, and what they tell."""

    slots: str
    level: int
    text: str

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Synopsis:
        """Back from a payload."""
        return cls(slots=str(kept["slots"]), level=int(kept["level"]), text=str(kept["text"]))


class Synopses:
    """The synopses of a story, as one path sees them. Nothing here reads the whole path.

    Where chapters are given, as the places (from 0) at which they begin, a span ends where one does; those of a few
    passages are told together.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def so_far(self, lineage: Lineage, chapters: Iterable[int] = ()) -> list[Told]:
        """What a path told: the coarsest synopses first, then the summaries of what is in no full span yet.

        For a span without a synopsis stand those of its parts, or else the summaries of its first and its last passage;
        for the newest, the summaries of all that it has.
        """
        spans = cover(lineage, chapters)
        known = self._known(lineage, spans)
        shown = _shown(spans, known)
        since = spans[-1].end if spans else 0
        newest = shown[-1] if shown and shown[-1] not in known and not shown[-1].parts else None
        places = set(range(newest.first if newest else since, lineage.length))
        places.update(place for span in shown if span not in known for place in (span.first, span.end - 1))
        told = [Told(span.first, span.end, span.level, known[span]) for span in shown if span in known]
        return sorted([*told, *self._summaries(lineage, sorted(places))])

    def due(self, lineage: Lineage, but: Collection[Span] = (), chapters: Iterable[int] = ()) -> Due | None:
        """The newest full span that has no synopsis, but whose parts have all.

        Args:
            lineage: the path.
            but: spans that are not meant.
            chapters: where its chapters begin.
        """
        return self._due(lineage, cover(lineage, chapters), but)

    def keep(self, lineage: Lineage, span: Span, text: str) -> None:
        """Keep the synopsis of a span; what stands there already stays."""
        self.restore([Synopsis(self._digest(lineage, span), span.level, text)])

    def follow(self, before: Lineage, after: Lineage, chapters: Iterable[int], reworded: Callable[[str], str]) -> None:
        """Give a path whose passages were put in other words the synopses of the path before, in other words too."""
        wanted = cover(before, chapters)
        while wanted:
            known = self._texts(before, wanted)
            self.restore(
                Synopsis(self._digest(after, span), span.level, reworded(text)) for span, text in known.items()
            )
            wanted = [part for span in wanted for part in span.parts]

    def every(self) -> list[Synopsis]:
        """Every synopsis, of whatever path."""
        found = map(Synopsis.from_json, self._store.payloads("synopsis"))
        return sorted(found, key=lambda kept: (kept.level, kept.slots))

    def restore(self, kept: Iterable[Synopsis]) -> None:
        """Write synopses of a copy of this memory; what stands there already stays."""
        points = [
            NewPoint(
                self._id(synopsis.slots),
                {"kind": "synopsis", "slots": synopsis.slots, "level": synopsis.level, "text": synopsis.text},
                [],
                NO_WORDS,
            )
            for synopsis in kept
        ]
        if points:
            self._store.insert(points)

    def _due(self, lineage: Lineage, spans: Sequence[Span], but: Collection[Span]) -> Due | None:
        known = self._texts(lineage, spans)
        for span in reversed(spans):
            if span in known:
                continue
            inner = self._due(lineage, span.parts, but) if span.parts else None
            if inner:
                return inner
            told = self._made_of(lineage, span)
            if told and span not in but:
                return Due(span, told)
        return None

    def _made_of(self, lineage: Lineage, span: Span) -> tuple[Told, ...]:
        """What a synopsis of a span is made of; nothing, where some of it is not there."""
        if not span.parts:
            return tuple(self._summaries(lineage, range(span.first, span.end)))
        known = self._texts(lineage, span.parts)
        if len(known) < len(span.parts):
            return ()
        return tuple(Told(part.first, part.end, part.level, known[part]) for part in span.parts)

    def _known(self, lineage: Lineage, spans: Sequence[Span]) -> dict[Span, str]:
        """The synopses of some spans, and, where one has none, those of its parts."""
        known: dict[Span, str] = {}
        wanted = list(spans)
        while wanted:
            found = self._texts(lineage, wanted)
            known |= found
            wanted = [part for span in wanted if span not in found for part in span.parts][-_MOST_LOOKED_FOR:]
        return known

    def _texts(self, lineage: Lineage, spans: Sequence[Span]) -> dict[Span, str]:
        if not spans:
            return {}
        digests = {self._digest(lineage, span): span for span in spans}
        found = self._store.get([self._id(digest) for digest in digests], ["slots", "text"])
        return {digests[str(kept["slots"])]: str(kept["text"]) for kept in found}

    def _summaries(self, lineage: Lineage, places: Sequence[int]) -> list[Told]:
        slots = {lineage.at(place): place for place in places}
        if not slots:
            return []
        ids = [passage_id(self._store.story_id, slot) for slot in slots]
        told = []
        for kept in self._store.get(ids, ["branch", "seq", "summary"]):
            place = slots[Slot(str(kept["branch"]), int(kept["seq"]))]
            told.append(Told(place, place + 1, 0, str(kept["summary"])))
        return [summary for summary in told if summary.text.strip()]

    def _id(self, digest: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"recurrentgpt:{self._store.story_id}:synopsis:{digest}")

    @staticmethod
    def _digest(lineage: Lineage, span: Span) -> str:
        return digest_of(lineage, span)


def digest_of(lineage: Lineage, span: Span) -> str:
    """What names the synopsis of a span: its slots."""
    return lineage.part(span.first, span.end).digest


def _shown(spans: Sequence[Span], known: Mapping[Span, str]) -> list[Span]:
    """The spans, each without a synopsis by its parts, as far as any of these has one."""
    shown: list[Span] = []
    for span in spans:
        inner = [] if span in known else _shown(span.parts, known)
        shown.extend(inner if any(part in known for part in inner) else [span])
    return shown
