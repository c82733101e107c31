"""Reading a book for what clashes in it: passages in batches, each beside those that tell of the same, one call each.

A clash counts only with the words of both its sides, found in their passages. It is no gate: no step is under way.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (Pydantic reads the annotations)
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

from langchain_core.messages import BaseMessage, HumanMessage
from pydantic import BeforeValidator, Field, ValidationError

from ..memory.sentences import sentences
from ..models.window import count_tokens
from ..prompts import PromptSpec
from ..schemas.clashes import CLASH_KINDS, Clash, ClashKind, Side
from ..schemas.errors import GateError
from .answers import SHORT, Answer, Line
from .append_summary import append_summary
from .asking import AnswerSpec
from .budget import room_for_prompt
from .clash_places import compared
from .fact_answers import QUOTE, number_in, text_of
from .generate_paragraph import PASSAGE
from .messages import in_which_language
from .proof import says
from .turn import Surroundings, Turn

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ..memory import Entry
    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.state import CallUsage, StoryState
    from .resources import Resources

FIND_CLASHES = PromptSpec("find_clashes", required=("passages", "most"), optional=("earlier", "book_before"))

_MOST = 8
"""Clashes that are asked for of a batch."""
_PASSAGES, _BESIDE = 6, 8
"""Passages a batch, and beside it, at most."""
ROOM = 4500
"""Tokens of both together, at most; half of them are the batch's."""
_TASK = 700
"""Tokens of the words around them, about."""
_ASKED = 6
"""Facts of a batch that are searched with, at most."""
_TOLD = 60
"""Tokens of an answer to a batch, about: most have little to say."""


def _kind(given: object) -> object:
    """A kind, however it was written; what is none of them is a fact."""
    said = given.strip().lower() if isinstance(given, str) else ""
    return next((kind for kind in CLASH_KINDS if said.startswith(kind) and kind != "thread"), "fact")


class FoundClash(Answer):
    """Two places that clash, as a model says it: each by its passage's number and its words."""

    kind: Annotated[ClashKind, BeforeValidator(_kind)] = "fact"
    a: Annotated[int, BeforeValidator(number_in)]
    says_a: Line
    b: Annotated[int, BeforeValidator(number_in)]
    says_b: Line
    why: Annotated[str, BeforeValidator(text_of)] = ""
    mend: Annotated[str, BeforeValidator(text_of)] = ""


def _of_one_line(given: object) -> object:
    """A clash that came as one line, its parts after bars."""
    if not isinstance(given, str):
        return given
    first, *rest = (part.strip() for part in given.split("|"))
    parts = dict(part.split(":", maxsplit=1) for part in rest if ":" in part)
    return {"kind": first.removeprefix("kind:")} | {name.strip().lower(): said.strip() for name, said in parts.items()}


def _leniently(given: object) -> list[FoundClash]:
    """Those that have the form; of the others it stays that they were there."""
    items = given if isinstance(given, list) else [] if given in (None, "") else [given]
    return [item if isinstance(item, FoundClash) else _item(item) for item in items]


def _item(given: object) -> FoundClash:
    try:
        return FoundClash.model_validate(_of_one_line(given))
    except ValidationError:
        return FoundClash.model_construct(kind="fact", a=0, b=0, says_a="", says_b="", why="", mend="")


class FoundClashes(Answer):
    """What clashes in some passages."""

    lines: ClassVar[Mapping[str, str]] = {
        "clashes": "fact | a: 3 | says_a: … | b: 7 | says_b: … | why: … | mend: …",
    }

    clashes: Annotated[list[FoundClash], BeforeValidator(_leniently)] = Field(default_factory=list)


SPEC = AnswerSpec(
    {
        "": {"required": ["clashes"]},
        "clashes": {"maxItems": _MOST},
        "clashes.items": {"required": list(FoundClash.model_fields)},
        "clashes.items.kind": {"enum": [kind for kind in CLASH_KINDS if kind != "thread"]},
        "clashes.items.says_a": {"maxLength": QUOTE},
        "clashes.items.says_b": {"maxLength": QUOTE},
        "clashes.items.why": {"maxLength": SHORT},
        "clashes.items.mend": {"maxLength": SHORT},
    }
)


class Batch(NamedTuple):
    """Passages to be checked, by their places (from 0), and those that stand beside them."""

    checked: tuple[int, ...]
    beside: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What came of a batch.

    Attributes:
        clashes: what is shown by the words of both sides.
        left_out: how many were not.
        problem: what was wrong, where there was no answer that could be used.
    """

    clashes: tuple[Clash, ...] = ()
    left_out: int = 0
    problem: Part | str = ""


def verified(answer: FoundClashes, entries: Mapping[int, Entry], checked: Collection[int]) -> Reading:
    """Of what a model says clashes, that whose words stand in the passages it saw.

    Args:
        answer: the model's.
        entries: the passages that it saw, by place.
        checked: the places of those that were to be checked.
    """
    clashes: list[Clash] = []
    for found in answer.clashes:
        sides = [_side(found.says_a, found.a - 1, entries), _side(found.says_b, found.b - 1, entries)]
        there = sorted((side for side in sides if side), key=lambda side: -1 if side.place is None else side.place)
        new = Clash(found.kind, tuple(there), found.why, found.mend)
        is_two = len(there) == len(sides) and not there[0].is_like(there[1])
        if is_two and any(side.place in checked for side in there) and not any(map(new.is_like, clashes)):
            clashes.append(new)
    return Reading(tuple(clashes), len(answer.clashes) - len(clashes))


def _side(quote: str, place: int, entries: Mapping[int, Entry]) -> Side | None:
    """A quote where it stands: in the passage that is named, or, where that was miscounted, in another.

    What the book before says has no place in this one.
    """
    named = [place] if place in entries else []
    where = next((seen for seen in [*named, *entries] if says(entries[seen].text, quote)), None)
    if where is None:
        return None
    return Side(quote.strip()) if where < 0 else Side(quote.strip(), where, *entries[where].slot)


class ClashReader:
    """Reads passages of one path with one model."""

    def __init__(self, state: StoryState, context: Context, resources: Resources) -> None:
        """A reader for the story that a state is of, with the settings of a run."""
        around = Surroundings.beside_a_step(resources)
        self._turn = Turn(append_summary.name, context, state, around, helps=True)
        self._aliases = state.get("aliases", [])

    @property
    def usage(self) -> CallUsage:
        """What was paid so far."""
        return self._turn.account.close()

    def batches(self, entries: Mapping[int, Entry], new: Collection[int], room: int = ROOM) -> list[tuple[int, ...]]:
        """The places to be read, as many at once as there is room for."""
        made: list[list[int]] = []
        left = 0
        for place in sorted(new):
            size = count_tokens(entries[place].text)
            if not made or len(made[-1]) == _PASSAGES or size > left:
                made.append([])
                left = room // 2
            made[-1].append(place)
            left -= size
        return [tuple(places) for places in made]

    async def room(self) -> int:
        """Tokens that a batch and what stands beside it may have."""
        room = room_for_prompt(self._turn.context, await self._turn.window()) - _TASK
        return max(_TASK, min(ROOM, room))

    async def beside(self, entries: Mapping[int, Entry], batch: Batch, others: Collection[int], room: int) -> Batch:
        """A batch with the passages that tell of the same, as many as there is room for, the likeliest first.

        Args:
            entries: all of the path, by place; those of the book before have places below 0.
            batch: what is to be checked.
            others: the places that may stand beside it.
            room: tokens of both.
        """
        room -= sum(count_tokens(entries[place].text) for place in batch.checked)
        chosen: list[int] = []
        recalled = await self._recalled(entries, batch, others) if others else []
        for place in compared(entries, batch.checked, others, recalled, self._aliases):
            size = count_tokens(entries[place].text)
            if size <= room and len(chosen) < _BESIDE:
                chosen.append(place)
                room -= size
        return Batch(batch.checked, tuple(sorted(chosen)))

    async def _recalled(self, entries: Mapping[int, Entry], batch: Batch, others: Collection[int]) -> list[int]:
        """The places that the facts of a batch, or what it tells in short, lead to."""
        facts = [fact.text for place in batch.checked for fact in entries[place].facts][:_ASKED]
        told = (entries[place].summary for place in batch.checked if entries[place].summary)
        summed = [sentence for summary in told for sentence in sentences(summary, self._turn.language)]
        questions = list(dict.fromkeys((*summed, *facts)))
        hits = await self._turn.memory.recall(questions, 2 * _BESIDE, batch.checked) if questions else []
        return [hit.place for hit in hits if hit.place in others]

    def messages(self, entries: Mapping[int, Entry], batch: Batch) -> list[BaseMessage]:
        """What is asked of a batch."""
        passage, number = self._turn.prompt(PASSAGE), self._turn.memory.number

        def shown(places: Sequence[int]) -> str:
            return "\n\n".join(passage.fill(seq=number(place), text=entries[place].text) for place in places)

        is_after = any(place < 0 for place in batch.beside)
        asked = self._turn.prompt(FIND_CLASHES).fill(
            passages=shown(batch.checked),
            earlier=shown(batch.beside),
            book_before=self._turn.phrase("clashes_before") if is_after else "",
            most=_MOST,
        )
        return [HumanMessage(in_which_language(asked, self._turn, FIND_CLASHES))]

    def tokens(self, entries: Mapping[int, Entry], places: Sequence[int], others: Collection[int], room: int) -> int:
        """About how many tokens a batch is sent with."""
        alone = sum(count_tokens(message.text) for message in self.messages(entries, Batch(tuple(places))))
        more = sorted((count_tokens(entries[place].text) for place in others), reverse=True)[:_BESIDE]
        return alone + min(sum(more), max(0, room - sum(count_tokens(entries[place].text) for place in places)))

    @property
    def told(self) -> int:
        """About how many tokens a batch is answered with."""
        return _TOLD

    async def read(self, entries: Mapping[int, Entry], batch: Batch) -> Reading:
        """What clashes in a batch, and between it and what stands beside it.

        Raises:
            ModelUnavailableError: the model cannot be had or did not answer.
        """
        try:
            answer = await self._turn.ask(self.messages(entries, batch), FoundClashes, SPEC)
        except GateError as error:
            return Reading(problem=error.values["problem"])
        shown = {place: entries[place] for place in sorted({*batch.checked, *batch.beside})}
        return verified(answer, shown, batch.checked)
