"""What a look after a change left out, as a state keeps it: the texts of passages.

A look that was at no texts can be followed by one that is. And where it changed what is told of a passage and not its
text, that text is older than the change: who is shown it has to know.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from .lineage import Slot

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .entries import Entry
    from .lineage import Lineage
    from .state import StoryState


@dataclass(frozen=True)
class LeftOut:
    """What a look left out.

    Attributes:
        look: the last look that ended without the texts; empty: there is none, or something was changed since.
        older: the passages that were changed, by the name of a text that is older than that; it is none any more once
            it has other words.
    """

    look: Mapping[str, Any] = field(default_factory=dict)
    older: Mapping[str, Sequence[Slot]] = field(default_factory=dict)

    @classmethod
    def of(cls, state: StoryState) -> LeftOut:
        """That of a state."""
        kept = state.get("looked") or {}
        older = {name: [Slot(*slot) for slot in slots] for name, slots in kept.get("older", {}).items()}
        return cls(kept.get("look", {}), older)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON, for the state; nothing where it left out nothing."""
        kept = {"look": dict(self.look), "older": {name: list(map(list, slots)) for name, slots in self.older.items()}}
        return kept if self.look or self.older else {}

    def places(self, text: str, path: Lineage) -> list[int] | None:
        """The places of what was changed after a text was written, where a path has them; ``None``: nothing was."""
        slots = self.older.get(_name(text))
        if slots is None:
            return None
        return sorted({place for slot in slots if (place := path.place_of(slot)) is not None})

    def with_older(self, texts: Collection[str], changed: Sequence[Slot]) -> LeftOut:
        """The same with some texts that are older than a change of passages, besides those before it."""
        names = dict.fromkeys(map(_name, texts))
        more = {name: list(dict.fromkeys((*self.older.get(name, ()), *changed))) for name in names}
        return replace(self, older={**self.older, **more})

    def without(self, texts: Collection[str]) -> LeftOut:
        """The same where some texts were looked at: nothing in them has to be another."""
        names = set(map(_name, texts))
        return replace(self, older={name: slots for name, slots in self.older.items() if name not in names})

    def reworded(self, was: Sequence[Entry], now: Sequence[Entry], before: Lineage, path: Lineage) -> LeftOut:
        """The same where passages were put in other words all at once; a look cannot follow that."""
        names = {_name(one.text): _name(other.text) for one, other in zip(was, now, strict=True)}
        older = {
            names.get(name, name): [
                slot if (place := before.place_of(slot)) is None else path.at(place) for slot in slots
            ]
            for name, slots in self.older.items()
        }
        return LeftOut(older=older)


def _name(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
