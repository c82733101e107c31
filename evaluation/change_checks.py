"""Whether a prompt holds what is true now, and does not state the outdated as true: the rules, strict ones.

* A sentence says a claim where all stems of one of its alternatives stand in that one sentence. A sentence that says
  what holds is never counted as the outdated.
* What holds is *present* where it can be read as true: in *As things stand* (as being so, no open question), in a note
  beside a passage ("since then …"), in the short-term memory, in what else the prompt says, or in a recalled passage
  beside which no note says the contrary. The premise does not count: it tells the beginning.
* The outdated is *marked* where the prompt itself says that it is not so now: in a note as being so no longer, or as
  told of an earlier time, imagined or claimed; in *As things stand* as of earlier, imagined or claimed, or as an open
  question (but of a promise: there the claim is that it is open); in a recalled passage beside which a note says what
  holds or that it is not so now, or, where the situation is a dream (a letter, a flashback, …), that what the passage
  dreams (claims, tells of earlier) is not so by that; in one of which *As things stand* has it as earlier, imagined or
  claimed, with its number; in topic and style sheet, which are labelled as the beginning, if *As things stand* says
  what speaks against it. Anywhere else it is unmarked.
* *Overruled* is less: it is unmarked, but *As things stand* says all that holds, and that this has the last word.
* *Newer before older* is asked where the outdated stands anywhere: *As things stand* says what speaks against each
  outdated thing that is said (all that holds, or, of two people of one name, what holds of the one who changed), and
  the outdated stands in marked places only.

What fillers and their facts say is not looked at: it is about other people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .change_data import Branch, Claim
    from .change_prompt import Piece, Where

PROMISE = "promise"
"""The kind of situation in which the outdated is that something is open."""
_FRAMES_OF = {
    "flashback": ("earlier",),
    "dream": ("imagined",),
    "lie": ("claimed",),
    "letter": ("claimed", "earlier"),
    "rumour": ("claimed",),
}
"""Of which frames the outdated can be, in the kinds of situations that are about one."""
_READ_AS_TRUE: tuple[Where, ...] = ("standing", "note", "memory", "passage", "last", "elsewhere")
"""Where what holds can be read as true, the best place first."""


@dataclass(frozen=True)
class Finding:
    """What a prompt says of a situation.

    Attributes:
        found_in: the best place of each claim that holds; empty: it is not there.
        stated: whether something outdated stands there at all.
        unmarked: the sentences that state it as true.
        stands: whether *As things stand* says all that holds.
        newer_stands: whether it says all that speaks against what is outdated and said.
        nearer: whether what holds stands nearer the end than all that is outdated and unmarked.
    """

    found_in: tuple[str, ...]
    stated: bool
    unmarked: tuple[str, ...]
    stands: bool
    newer_stands: bool
    nearer: bool

    @property
    def present(self) -> bool:
        """Whether all that holds is there."""
        return all(self.found_in)

    @property
    def clean(self) -> bool:
        """Whether the outdated is absent or marked."""
        return not self.unmarked

    @property
    def overruled(self) -> bool:
        """Whether the outdated is absent or marked, or what holds has the last word over it."""
        return self.clean or self.stands

    @property
    def newer_first(self) -> bool | None:
        """Whether the newer comes before the older; ``None``: the older does not stand there."""
        return self.newer_stands and self.clean if self.stated else None


def check(pieces: Sequence[Piece], branch: Branch, kind: str, filler: Collection[int]) -> Finding:
    """What a prompt says of a branch of a situation.

    Args:
        pieces: the prompt's.
        branch: what holds in it, and what does not.
        kind: the situation's.
        filler: the places of the fillers.
    """
    looked_at = [piece for piece in pieces if piece.place is None or piece.place not in filler]
    everything = [*looked_at, *(note for piece in looked_at for note in piece.notes)]
    judge = _Judge(branch, kind, everything)
    true = [judge.where_true(claim) for claim in branch.holds]
    outdated = [
        (piece, sentence) for piece in everything for sentence in piece.sentences if judge.is_outdated(sentence)
    ]
    unmarked = [(piece, sentence) for piece, sentence in outdated if not judge.is_marked(piece, sentence)]
    last = max((piece.at for piece, _ in unmarked), default=-1)
    return Finding(
        found_in=tuple(min((piece.where for piece in of), key=_READ_AS_TRUE.index, default="") for of in true),
        stated=bool(outdated),
        unmarked=tuple(f"{piece.where}: {sentence}" for piece, sentence in unmarked),
        stands=judge.stands,
        newer_stands=all(judge.is_spoken_against(claim) for _, sentence in outdated for claim in judge.said(sentence)),
        nearer=all(max((piece.at for piece in of), default=-1) >= last and of for of in true),
    )


class _Judge:
    """The rules, for one prompt."""

    def __init__(self, branch: Branch, kind: str, pieces: Sequence[Piece]) -> None:
        self._branch = branch
        self._kind = kind
        self._pieces = pieces
        self._standing = [piece for piece in pieces if piece.where == "standing"]
        self.stands = all(map(self._stands, branch.holds))

    def holds(self, sentence: str) -> bool:
        """Whether a sentence says something that holds."""
        return any(claim.is_said_by(sentence) for claim in self._branch.holds)

    def is_outdated(self, sentence: str) -> bool:
        """Whether a sentence says something outdated, and nothing that holds."""
        return bool(self.said(sentence)) and not self.holds(sentence)

    def said(self, sentence: str) -> list[Claim]:
        """What a sentence says that is outdated."""
        return [claim for claim in self._branch.outdated if claim.is_said_by(sentence)]

    def _stands(self, claim: Claim) -> bool:
        """Whether *As things stand* says something that holds."""
        return any(piece.told_as == "so" and claim.is_said_by(piece.text.lower()) for piece in self._standing)

    def is_spoken_against(self, outdated: Claim) -> bool:
        """Whether *As things stand* says all that speaks against something outdated."""
        against = [self._branch.holds[place] for place in outdated.against] or self._branch.holds
        return all(map(self._stands, against))

    def where_true(self, claim: Claim) -> list[Piece]:
        """Where something that holds can be read as true."""
        return [
            piece
            for piece in self._pieces
            if piece.where in _READ_AS_TRUE
            and piece.told_as == "so"
            and not any(self._denies(note, claim) for note in piece.notes)
            and any(claim.is_said_by(sentence) for sentence in piece.sentences)
        ]

    def is_marked(self, piece: Piece, sentence: str) -> bool:
        """Whether the prompt says of an outdated sentence in this piece that it is not so now."""
        match piece.where:
            case "standing":
                return piece.told_as == "not now" or (piece.told_as == "open" and self._kind != PROMISE)
            case "note":
                return piece.told_as in ("no longer", "not now")
            case "passage":
                return any(self._marks(note) for note in piece.notes) or any(
                    fact.told_as == "not now" and fact.place == piece.place and self.is_outdated(fact.text.lower())
                    for fact in self._standing
                )
            case "beginning":
                return all(self.is_spoken_against(claim) for claim in self.said(sentence))
        return False

    def _marks(self, note: Piece) -> bool:
        """Whether a note says what holds, or of the outdated that it is so no longer."""
        said = note.text.lower()
        if note.frame in _FRAMES_OF.get(self._kind, ()):
            return True
        return self.holds(said) if note.told_as == "so" else self.is_outdated(said)

    def _denies(self, note: Piece, claim: Claim) -> bool:
        """Whether a note says of what holds that it does not."""
        said = note.text.lower()
        return self.is_outdated(said) if note.told_as == "so" else claim.is_said_by(said)
