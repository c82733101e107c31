"""Looking after what a person changed: which later summaries, facts, texts and memories lean on it, batch by batch.

Each batch is kept when it was looked at, so it can be stopped or killed anywhere, and goes on with what is left.
Nothing of the book changes: what is proposed is accepted or left (:mod:`.proposals`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from ..memory import Lineage
from ..nodes.late_facts import FactMaker, sums_up
from ..nodes.leaning import LeaningReader
from ..nodes.proof import says
from ..nodes.usage import Account
from ..schemas.errors import ModelUnavailableError, StoryStateError
from ..schemas.facts import Knowledge
from ..schemas.leaning import MOST_PROPOSED, Edited, Proposal
from ..schemas.looked import LeftOut
from ..schemas.succession import ended_at
from . import looks
from .continuity import keep
from .late_facts import TELLER
from .older_texts import with_older_texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from ..memory import Entry
    from ..nodes.leaning import Batch
    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.facts import Fact
    from ..schemas.state import CallUsage, StoryState
    from .looks import Look
    from .story import Story

_FAILED_IN_A_ROW = 2
"""After so many batches without a usable answer, one after the other, it is the model and not the passages."""


class LookCost(NamedTuple):
    """About what a look takes: passages that lie after the changes, calls, tokens sent and answered."""

    passages: int
    calls: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Looked:
    """What came of a call, and how far the look is.

    Attributes:
        paragraphs: the numbers, from 1, of the passages; none: the short-term memory and the outline.
        done: calls that were made so far.
        total: calls in all.
        found: how many proposals it gave.
        left_out: what the model said of nothing that it was shown.
        problem: what was wrong, where there was no answer that could be used: it is still to be looked at.
        usage: what all of it has cost so far.
    """

    paragraphs: tuple[int, ...]
    done: int
    total: int
    found: int
    left_out: int
    problem: Part | str
    usage: CallUsage


async def changed(story: Story, *, texts: bool = False) -> list[Edited]:
    """What a person changed on the current branch that nobody has looked after yet; with the texts, or not at those."""
    state = await story.state()
    look = looks.Look.at_texts(state) if texts else looks.Look.of(state)
    if look is None:
        return []
    path = Lineage.from_json(state.get("lineage"))
    return await story.remember(lambda memory: looks.changes(look, path, memory))


async def lies_after(story: Story) -> int:
    """How many passages lie after what a person changed and were not looked at yet; no passage is read for it."""
    state = await story.state()
    look, path = looks.Look.of(state), Lineage.from_json(state.get("lineage"))
    if look is None:
        return 0
    return sum(look.read.place_of(slot) is None for slot in path.slots(looks.first_change(look, path)))


async def can_follow(story: Story) -> bool:
    """Whether a look ended that left the texts out, so that one at those can follow."""
    return bool(LeftOut.of(await story.state()).look)


async def is_due(story: Story) -> bool:
    """Whether something was changed, and not all that comes after it was looked at."""
    state = await story.state()
    look = looks.Look.of(state)
    if look is None:
        return False
    return (looks.has_an_end(state) and not look.is_memory_read) or bool(await lies_after(story))


async def cost_of_look(story: Story, context: Context, *, texts: bool = False) -> LookCost:
    """About what it costs to look after what was changed on the current branch, with the settings of a run.

    Args:
        story: the open story.
        context: the settings.
        texts: whether the texts of later passages are looked at too.

    Raises:
        MemoryUnavailableError: some of the branch is gone.
    """
    work = await _work(story, context, texts=texts)
    if work is None:
        return LookCost(0, 0, 0, 0)
    changed_at = {one.place: one for one in work.edited}
    facts = [work.maker.tokens(work.path, place, work.entries, changed_at[place]) for place in work.retold]
    calls = [(group, batch) for batch in work.batches for group in work.groups]
    sent = sum(work.reader.tokens(group, work.entries, batch) for group, batch in calls)
    return LookCost(
        passages=sum(len(batch.places) for batch in work.batches),
        calls=len(facts) + len(calls),
        input_tokens=sent + sum(sent for sent, _ in facts),
        output_tokens=work.reader.told * len(calls) + sum(told for _, told in facts),
    )


async def look(story: Story, context: Context, *, texts: bool = False) -> AsyncIterator[Looked]:
    """Look at what lies after what was changed, call by call: stopped or killed anywhere, it goes on where it was.

    The facts of passages that have other words come first, then what lies after them. With
    :data:`~.leaning.MOST_PROPOSED` proposals it ends: a person decides on those first.

    Args:
        story: the open story.
        context: the settings: which model, how many tries.
        texts: whether the texts of later passages are looked at too, and not their summaries and facts alone.

    Yields:
        What came of each call, once it is kept.

    Raises:
        ModelUnavailableError: the model cannot be had, did not answer, is no more than a demonstration, or several
            batches in a row came to nothing. What was found is kept.
        MemoryUnavailableError: some of the branch is gone.
        StoryStateError: a step is under way, or nothing was changed that was not looked after.
    """
    story.check_may_act()
    state = await story.state_between_steps()
    if (looks.Look.at_texts(state) if texts else looks.Look.of(state)) is None:
        raise StoryStateError("nothing_to_look_after", story_id=story.record.story_id)
    if story.library.is_demonstration(context, TELLER):
        raise ModelUnavailableError("look_needs_a_model")
    work = await _work(story, context, texts=texts)
    if work is None:
        return
    done, failed = 0, 0
    total = len(work.retold) + len(work.batches) * len(work.groups)
    for place in work.retold:
        done += 1
        found, left_out, problem = await _told_anew(work, place)
        failed = failed + 1 if problem else 0
        kept = await _keep(story, work, found)
        yield Looked((place + 1,), done, total, kept, left_out, problem, work.usage)
    await work.tell_facts_anew()
    for batch in work.batches:
        if len(work.look.found) >= MOST_PROPOSED:
            return
        found, left_out, problem = await _leaning(work, batch)
        done += len(work.groups)
        failed = failed + 1 if problem else 0
        kept = await _keep(story, work, found, None if problem else batch)
        yield Looked(tuple(place + 1 for place in batch.places), done, total, kept, left_out, problem, work.usage)
        if failed == _FAILED_IN_A_ROW or failed == len(work.batches):
            raise ModelUnavailableError("no_look_taken", count=failed, problem=problem)


@dataclass
class _Work:
    """What there is to do for a look, and who does it."""

    look: Look
    path: Lineage
    entries: Sequence[Entry]
    edited: Sequence[Edited]
    retold: Sequence[int]
    groups: Sequence[tuple[Edited, ...]]
    batches: Sequence[Batch]
    reader: LeaningReader
    maker: FactMaker
    account: Account

    @property
    def usage(self) -> CallUsage:
        """What was paid so far."""
        return self.account.close()

    async def tell_facts_anew(self) -> None:
        """Let the changes tell the facts that were found anew of passages with other words, not those that are left."""
        edited = [_with_facts_anew(one, self.look) for one in self.edited]
        if edited != self.edited:
            self.groups = self.reader.groups(edited, (await self.reader.room())[0])


def _with_facts_anew(one: Edited, look: Look) -> Edited:
    """A change of a passage with the facts that are proposed for it, if there are any."""
    now = one.now
    anew = [
        known.knowledge for known in look.found if now and (known.branch, known.seq) == now.slot and known.knowledge
    ]
    return replace(one, now=replace(now, knowledge=Knowledge.from_json(anew[-1]))) if now and anew else one


async def _work(story: Story, context: Context, *, texts: bool) -> _Work | None:
    """What there is to do; ``None``: nothing was changed."""
    state = await story.state()
    look = looks.Look.at_texts(state) if texts else looks.Look.of(state)
    if look is None:
        return None
    path = Lineage.from_json(state.get("lineage"))
    edited = await changed(story, texts=texts)
    if not state.get("look"):
        look = look.for_texts(edited)
    elif look.with_texts != texts:
        look = replace(look, read=Lineage(), is_memory_read=False, with_texts=texts)
    entries = await story.entries(path)
    account = Account()
    retold = [one.now.slot for one in edited if one.now and one.is_retold]
    reader = LeaningReader(state, context, story.library.resources, retold, account, texts=texts)
    if context.use_facts:
        asked = [one for one in edited if one.is_retold and (_lacks_facts(one, look) or _is_found(one, look))]
        reader.summed_up.update(one.now.slot for one in asked if one.now and sums_up(one))
    for_changes, for_items = await reader.room()
    places = [
        place
        for place in range(looks.first_change(look, path), path.length)
        if look.read.place_of(path.at(place)) is None
    ]
    batches = reader.batches(entries, places, for_items)
    if look.is_memory_read:
        batches = [batch._replace(memory=False) for batch in batches if batch.places]
    return _Work(
        look=look,
        path=path,
        entries=entries,
        edited=edited,
        retold=[one.place for one in edited if context.use_facts and _lacks_facts(one, look)],
        groups=reader.groups(edited, for_changes),
        batches=batches if edited else [],
        reader=reader,
        maker=FactMaker(state, context, story.library.resources, account),
        account=account,
    )


def _lacks_facts(one: Edited, look: Look) -> bool:
    """Whether a passage has other words, and its facts were not looked for since."""
    if one.now is None or not one.is_retold or look.read.place_of(one.now.slot) is not None:
        return False
    return not _is_found(one, look)


def _is_found(one: Edited, look: Look) -> bool:
    """Whether the facts of a changed passage are proposed, or its summary, which are asked for together."""
    return any(
        known.kind in {"facts", "summary"} and one.now is not None and (known.branch, known.seq) == one.now.slot
        for known in look.found
    )


async def _told_anew(work: _Work, place: int) -> tuple[list[Proposal], int, Part | str]:
    """The facts of a passage that has other words, and its summary; what it still states so keeps its words and ids."""
    one = next(one for one in work.edited if one.place == place)
    entry = work.entries[place]
    before = _known_before(one.was.knowledge, entry) if one.was else None
    made = await work.maker.make(work.path, place, work.entries, before, one)
    found: list[Proposal] = []
    if not made.summary:
        work.reader.summed_up.discard(entry.slot)
    elif made.summary != entry.summary:
        found.append(Proposal("summary", entry.summary, made.summary, branch=entry.branch, seq=entry.seq))
    if made.knowledge is not None and made.knowledge != (entry.knowledge or Knowledge()):
        ended = _Ended(work, place, made.succeeds)
        proposal = Proposal(
            "facts",
            was=ended.in_words(entry.knowledge),
            now=ended.in_words(made.knowledge),
            branch=entry.branch,
            seq=entry.seq,
            knowledge=made.knowledge.to_json(),
            succeeds={name: list(olds) for name, olds in made.succeeds.items()} or None,
        )
        found.append(proposal)
    return found, made.left_out, made.problem


def _known_before(was: Knowledge | None, entry: Entry) -> Knowledge | None:
    """What a passage made true before it had other words, and what a person said of it since.

    What stands with the passage now counts: a person may have ended, added, put right or taken out something. Of what
    stood with its other words, that is missing which these words do not prove.
    """
    if was is None:
        return None
    now = entry.knowledge or Knowledge()
    kept = {fact.id for fact in now.facts}
    gone = [fact for fact in was.facts if fact.id not in kept and fact.quote and not says(entry.text, fact.quote)]
    unsaid = [change for change in was.changes if change.quote and not says(entry.text, change.quote)]
    return Knowledge((*now.facts, *gone), (*now.changes, *unsaid))


@dataclass(frozen=True)
class _Ended:
    """Says of a passage's facts which of them a later passage ends, also of those that took another's place."""

    work: _Work
    place: int
    succeeds: Mapping[str, Sequence[str]]

    def in_words(self, knowledge: Knowledge | None) -> str:
        """What a passage makes true, a line a fact."""
        return "\n".join(map(self._in_words, knowledge.facts)) if knowledge else ""

    def _in_words(self, fact: Fact) -> str:
        names = {fact.id, *fact.chain, *self.succeeds.get(fact.id, ())}
        at = ended_at(enumerate(self.work.entries[self.place + 1 :], start=self.place + 1), names)
        return fact.text if at is None else self.work.maker.until(fact, at)


async def _leaning(work: _Work, batch: Batch) -> tuple[list[Proposal], int, Part | str]:
    """What in a batch leans on any of the changes."""
    found: list[Proposal] = []
    left_out = 0
    for group in work.groups:
        seen = await work.reader.look(group, work.entries, batch)
        if seen.problem:
            return found, left_out, seen.problem
        left_out += seen.left_out
        found.extend(one for one in seen.proposals if not any(one.is_of(known) for known in found))
    return found, left_out, ""


async def _keep(story: Story, work: _Work, new: Sequence[Proposal], batch: Batch | None = None) -> int:
    """Keep what was found, and how far the look is; gives how many proposals are new."""
    state: StoryState = await story.state_between_steps()
    found = [one for one in work.look.found if not any(one.is_of(other) for other in new)]
    read = work.look.read
    for place in batch.places if batch else ():
        read = read.append(work.path.at(place))
    work.look = replace(
        work.look,
        read=read,
        is_memory_read=work.look.is_memory_read or bool(batch and batch.memory),
        found=(*found, *new),
    )
    left_out = LeftOut.of(state)
    if work.look.with_texts and batch:
        proposed = {(one.branch, one.seq) for one in work.look.found if one.kind == "text"}
        read_now = [work.entries[place] for place in batch.places]
        left_out = left_out.without([entry.text for entry in read_now if entry.slot not in proposed])
    kept = looks.kept_of(state, work.look, left_out)
    if not kept["look"] and not work.look.with_texts:  # There is nothing to decide on.
        left_out = await with_older_texts(story, work.look, [], [], (work.path, work.path))
        kept = looks.kept_of(state, work.look, left_out)
    await keep(story, state, kept)
    return len(work.look.found) - len(found)
