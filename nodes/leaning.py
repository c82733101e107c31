"""Looking after an edit: which later summaries, facts, texts and memories lean on what was changed, batch by batch.

The model proposes, and code sees to it that a proposal is for something that it was shown. It is no gate: no step is
under way, and nothing changes until a person accepts it.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (Pydantic reads the annotations)
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

from langchain_core.messages import BaseMessage, HumanMessage
from pydantic import BeforeValidator, Field, ValidationError

from ..models.window import count_tokens
from ..prompts import PromptSpec
from ..schemas.clashes import found_in
from ..schemas.errors import GateError
from ..schemas.facts import ENDS
from ..schemas.leaning import IN_WORDS, Edited, Proposal
from .answers import SHORT, Answer
from .apart import apart
from .append_summary import SUMMARY, append_summary
from .asking import AnswerSpec
from .budget import room_for_prompt
from .fact_answers import QUOTE, number_in, text_of
from .messages import in_which_language
from .standing import as_told
from .turn import Surroundings, Turn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ..memory import Entry
    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.facts import Fact
    from ..schemas.lineage import Slot
    from ..schemas.state import StoryState
    from .resources import Resources
    from .usage import Account

_OPTIONAL = ("own_summary", "what")
FIND_LEANING = PromptSpec("find_leaning", required=("changes", "items", "most"), optional=_OPTIONAL, sizes=_OPTIONAL)

_MOST = 20
"""Proposals that are asked for of a batch."""
_CHANGES, _ITEMS = 1500, 3500
"""Tokens that the changes may take which are shown at once, and the items of a batch, at most."""
_LEAST = 600
"""Tokens that there is always room for, of either."""
_LONGEST = 4000
"""Characters of what is to stand somewhere."""
_TASK = 400
"""Tokens of the words around them, about."""
_TOLD = 120
"""Tokens of an answer to a batch, about: most lean on little."""


class Leaning(Answer):
    """Something that leans on a change, by its number, and what is to stand in its place."""

    item: Annotated[int, BeforeValidator(number_in)]
    words: Annotated[str, BeforeValidator(text_of)] = ""
    now: Annotated[str, Field(max_length=_LONGEST), BeforeValidator(text_of)] = ""
    why: Annotated[str, BeforeValidator(text_of)] = ""


def _of_one_line(given: object) -> object:
    """One that came as a line: its number, then ``name: value`` after bars."""
    if not isinstance(given, str):
        return given
    first, *rest = (part.strip() for part in given.split("|"))
    parts = dict(part.split(":", maxsplit=1) for part in rest if ":" in part)
    return {"item": first} | {name.strip().lower(): said.strip() for name, said in parts.items()}


def _leniently(given: object) -> list[Leaning]:
    """Those that have the form; of the others it stays that they were there."""
    items = given if isinstance(given, list) else [] if given in (None, "") else [given]
    return [item if isinstance(item, Leaning) else _item(item) for item in items]


def _item(given: object) -> Leaning:
    try:
        return Leaning.model_validate(_of_one_line(given))
    except ValidationError:
        return Leaning.model_construct(item=0, words="", now="", why="")


class Leanings(Answer):
    """What leans on some changes."""

    lines: ClassVar[Mapping[str, str]] = {"leaning": "3 | words: … | now: … | why: …"}

    leaning: Annotated[list[Leaning], BeforeValidator(_leniently)]


SPEC = AnswerSpec(
    {
        "": {"required": ["leaning"]},
        "leaning": {"maxItems": _MOST},
        "leaning.items": {"required": list(Leaning.model_fields)},
        "leaning.items.words": {"maxLength": QUOTE},
        "leaning.items.now": {"maxLength": SUMMARY},
        "leaning.items.why": {"maxLength": SHORT},
    }
)


class Batch(NamedTuple):
    """What is looked at in one call.

    Attributes:
        places: the passages, by their places (from 0).
        memory: whether the short-term memory and the outline are among it.
    """

    places: tuple[int, ...]
    memory: bool = False


@dataclass(frozen=True)
class Found:
    """What came of a batch: proposals, how much was said of nothing that was shown, and what was wrong, if anything."""

    proposals: tuple[Proposal, ...] = ()
    left_out: int = 0
    problem: Part | str = ""


def verified(answer: Leanings, shown: Mapping[int, Proposal]) -> Found:
    """Of what a model proposes, what is for something that it was shown, and changes it.

    Args:
        answer: the model's.
        shown: what it was shown, by number; of a text, all of it stands in ``was``.
    """
    found: list[Proposal] = []
    for told in answer.leaning:
        made = _proposed(told, shown.get(told.item))
        if made and not any(made.is_of(known) for known in found):
            found.append(made)
    return Found(tuple(found), len(answer.leaning) - len(found))


def _proposed(told: Leaning, item: Proposal | None) -> Proposal | None:
    if item is None:
        return None
    was, now = item.was, told.now.strip()
    if told.words.strip() or item.kind in IN_WORDS:
        where = found_in(item.was, told.words)
        if where is None:
            return None
        if item.kind in IN_WORDS:
            was = item.was[where[0] : where[1]]
        else:  # Its words alone, where the whole was asked for.
            now = f"{item.was[: where[0]]}{now}{item.was[where[1] :]}"
    if item.kind in IN_WORDS:
        if not now and was == item.was:
            return None
    else:
        now = " ".join(now.split())
    if now == was or (item.kind == "summary" and not now):
        return None
    return Proposal(item.kind, was, now, " ".join(told.why.split()), item.branch, item.seq, item.fact)


class LeaningReader:
    """Looks with one model at what lies after the changes of one path."""

    def __init__(  # noqa: PLR0913 (what a look is made with)
        self,
        state: StoryState,
        context: Context,
        resources: Resources,
        retold: Collection[Slot] = (),
        account: Account | None = None,
        *,
        texts: bool = False,
    ) -> None:
        """A reader for the story that a state is of, with the settings of a run.

        Args:
            state: the story.
            context: the settings.
            resources: where models and memories come from.
            retold: the passages that have other words now: of these, only the summaries are looked at.
            account: where what it costs is counted.
            texts: whether the texts of later passages are looked at too, and not their summaries and facts alone.
        """
        around = Surroundings.beside_a_step(resources)
        self._turn = Turn(append_summary.name, context, state, around, account, helps=True)
        self._memory = state.get("short_term_memory", "").splitlines()
        self._outline = state.get("outline", "").strip()
        self._retold = frozenset(retold)
        self._texts = texts
        self.summed_up: set[Slot] = set()
        """The passages of which the summary is made anew elsewhere."""

    @property
    def told(self) -> int:
        """About how many tokens a batch is answered with."""
        return _TOLD

    async def room(self) -> tuple[int, int]:
        """Tokens that the changes and the items of a call may have."""
        room = room_for_prompt(self._turn.context, await self._turn.window()) - _TASK
        part = max(_LEAST, room * _CHANGES // (_CHANGES + _ITEMS))
        return min(_CHANGES, part), min(_ITEMS, max(_LEAST, room - part))

    def groups(self, edited: Sequence[Edited], room: int) -> list[tuple[Edited, ...]]:
        """The changes, as many at once as there is room for; nothing of them is left out."""
        made: list[list[Edited]] = []
        left = 0
        for one in edited:
            size = count_tokens("\n\n".join(self._told(one)))
            if not made or size > left:
                made.append([])
                left = room
            made[-1].append(one)
            left -= size
        return [tuple(group) for group in made]

    def batches(self, entries: Sequence[Entry], places: Iterable[int], room: int) -> list[Batch]:
        """What there is to look at, as much at once as there is room for; memory and outline come last."""
        made: list[list[int]] = []
        left = 0
        for place in sorted(places):
            size = count_tokens("\n".join(self._of_passage(place, entries[place])[0]))
            if not made or size > left:
                made.append([])
                left = room
            made[-1].append(place)
            left -= size
        batches = [Batch(tuple(batch)) for batch in made]
        if not (self._memory or self._outline):
            return batches
        size = count_tokens("\n".join((*self._memory, self._outline)))
        last = batches.pop() if batches and size <= left else Batch(())
        return [*batches, last._replace(memory=True)]

    def messages(self, group: Sequence[Edited], entries: Sequence[Entry], batch: Batch) -> list[BaseMessage]:
        """What is asked of a batch."""
        return self._asked(group, entries, batch)[0]

    def tokens(self, group: Sequence[Edited], entries: Sequence[Entry], batch: Batch) -> int:
        """About how many tokens a batch is sent with."""
        messages, shown = self._asked(group, entries, batch)
        return sum(count_tokens(message.text) for message in messages) if shown else 0

    async def look(self, group: Sequence[Edited], entries: Sequence[Entry], batch: Batch) -> Found:
        """What in a batch leans on some changes.

        Raises:
            ModelUnavailableError: the model cannot be had or did not answer.
        """
        messages, shown = self._asked(group, entries, batch)
        if not shown:
            return Found()
        has_words = any(item.kind in IN_WORDS for item in shown.values())
        spec = SPEC if has_words else SPEC.without(frozenset({"leaning.items.words"}))
        try:
            return verified(await self._turn.ask(messages, Leanings, spec), shown)
        except GateError as error:
            return Found(problem=error.values["problem"])

    def _asked(
        self, group: Sequence[Edited], entries: Sequence[Entry], batch: Batch
    ) -> tuple[list[BaseMessage], dict[int, Proposal]]:
        """The question, and what has which number in it."""
        changes = (change for entry in entries for change in (entry.knowledge.changes if entry.knowledge else ()))
        over = frozenset(name for change in changes if change.what in ENDS for name in (change.fact, *change.closes))
        items: list[Proposal] = []
        blocks: list[str] = []
        for place in batch.places:
            lines, of_passage = self._of_passage(place, entries[place], len(items), over)
            if lines:
                blocks.append("\n".join(lines))
            items.extend(of_passage)
        if batch.memory and self._memory:
            of_memory = [Proposal("memory", line, "") for line in self._memory]
            numbered = enumerate(of_memory, start=len(items) + 1)
            lines = [self._phrase("look_item_memory", number=number, text=item.was) for number, item in numbered]
            blocks.append("\n".join((self._phrase("look_memory"), *lines)))
            items.extend(of_memory)
        if batch.memory and self._outline:
            items.append(Proposal("outline", self._outline, ""))
            line = self._phrase("look_item_outline", number=len(items), text=self._outline)
            blocks.append(f"{self._phrase('look_outline')}\n{line}")
        own = {one.now.slot for one in group if one.now and one.is_retold}
        is_own = any(item.kind == "summary" and (item.branch, item.seq) in own for item in items)
        asked = self._turn.prompt(FIND_LEANING).fill(
            changes="\n\n".join(part for one in group for part in self._told(one)),
            items="\n\n".join(blocks),
            own_summary=self._phrase("leaning_own") if is_own else "",
            what=self._what(items),
            most=_MOST,
        )
        return [HumanMessage(in_which_language(asked, self._turn, FIND_LEANING))], dict(enumerate(items, start=1))

    def _what(self, items: Sequence[Proposal]) -> str:
        """What is asked for of each: of texts and the outline, where they are among the items, their words."""
        texts, outline = (any(item.kind == kind for item in items) for kind in ("text", "outline"))
        if not texts and not outline:
            return self._phrase("leaning_whole")
        which = "leaning_of_both" if texts and outline else "leaning_of_texts" if texts else "leaning_of_outline"
        return self._phrase("leaning_words", which=self._phrase(which))

    def _of_passage(
        self, place: int, entry: Entry, before: int = 0, over: Collection[str] = ()
    ) -> tuple[list[str], list[Proposal]]:
        """The lines that show what there is of a passage, numbered after so many, and what they show.

        Of its facts those are marked that are among some which a later passage ended.
        """
        items = [Proposal("summary", entry.summary, "", branch=entry.branch, seq=entry.seq)]
        if not entry.summary or entry.slot in self.summed_up:
            items = []
        is_same = entry.slot not in self._retold
        items.extend(
            Proposal("fact", fact.text, "", branch=entry.branch, seq=entry.seq, fact=fact.id)
            for fact in (entry.facts if is_same else ())
        )
        if self._texts and is_same:
            items.append(Proposal("text", entry.text, "", branch=entry.branch, seq=entry.seq))
        facts = {fact.id: fact for fact in entry.facts}
        lines = [self._phrase("look_paragraph", number=place + 1)] if items else []
        for number, item in enumerate(items, start=before + 1):
            fact = facts.get(item.fact)
            kind = "open" if fact and fact.kind == "thread" else item.kind
            line = self._phrase(f"look_item_{kind}", number=number, text=item.was)
            lines.append(self._marked(line, fact, over) if fact else line)
        return lines, items

    def _marked(self, line: str, fact: Fact, over: Collection[str]) -> str:
        """The line of a fact, with how it was told, and whether it is among those that are over."""
        line = as_told(self._turn, line, fact.frame, ())
        if fact.id not in over:
            return line
        how = self._phrase("look_settled" if fact.kind == "thread" else "look_over")
        return self._phrase("line_aside", line=line, aside=how)

    def _told(self, one: Edited) -> list[str]:
        """A change in words: of a passage that has others, the sentences that differ."""
        number = one.place + 1
        if one.now is None:
            return [self._phrase("look_taken_out", number=number, was=one.was.text)] if one.was else []
        if one.was is None:
            return [self._phrase("look_put_in", number=number, now=one.now.text)]
        if one.how == "moved":
            return [self._phrase("look_moved", was=one.came_from + 1, number=number, now=one.now.text)]
        told: list[str] = []
        if one.is_retold:
            was, now, rest = apart(one.was.text, one.now.text, self._turn.language)
            told.append(self._phrase("look_edited", number=number, was=was or "—", now=now or "—"))
            if len(now) < len(rest):
                told.append(self._phrase("look_rest", number=number, rest=rest))
        elif one.was.summary != one.now.summary:
            told.append(self._phrase("look_summary", number=number, was=one.was.summary, now=one.now.summary))
        before, after = ({fact.text for fact in entry.facts} for entry in (one.was, one.now))
        gone = [fact.text for fact in one.was.facts if fact.text not in after]
        new = [fact.text for fact in one.now.facts if fact.text not in before]
        told.extend(self._phrase("look_fact_gone", number=number, was=text) for text in gone)
        told.extend(self._phrase("look_fact_new", number=number, now=text) for text in new)
        return told

    def _phrase(self, key: str, **values: object) -> str:
        return self._turn.phrase(key, **values)
