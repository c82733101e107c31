"""Going back in a story: branches, another try at a paragraph, edits, and the tree of it all.

A branch is a thread of its own, begun from a step of another. Nothing is copied in the long-term memory: what a branch
sees is in its state's lineage. Every change here leaves what was there before where it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from ..graph.cycle import AT_THE_PAUSE, WITH_A_PLAN, is_between_steps, is_step_finished
from ..memory import Lineage
from ..nodes import beats, refusals
from ..nodes.proof import still_said
from ..schemas.characters import as_said
from ..schemas.errors import StoryStateError
from ..schemas.review import CHANGES, MAX_INSTRUCTION, AskAgain, OwnPlan, PickPlan, read_answer
from ..schemas.state import SETTLED, ChosenPlan, chosen_plan
from . import book_end, looks, steps
from .checkpoints import storage_errors
from .paragraphs import place_of
from .record import BRANCH_NAME, Branch
from .summaries import are_alike, follows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from langchain_core.runnables import RunnableConfig

    from ..memory import Entry, LongTermMemory
    from ..schemas.context import Context
    from ..schemas.state import Chapter, Plan, StoryState
    from .story import Story

_NAME = re.compile(BRANCH_NAME)


@dataclass(frozen=True)
class BranchView:
    """A branch in the tree: where it left its parent, and its own paragraphs.

    Attributes:
        branch: its name, its parent and the step it left at.
        state: where it stands.
        entries: the whole path of it, from the story's beginning.
        own: the place (from 0) of its first own paragraph.
    """

    branch: Branch
    state: StoryState
    entries: list[Entry]
    own: int


async def new_branch(story: Story, paragraphs: int, name: str = "", answer: object = None, *, parent: str = "") -> None:
    """Begin a branch after so many paragraphs of another, and go there.

    Args:
        story: the open story.
        paragraphs: how many the branch shares with its parent, the opening's among them.
        name: what it is called; empty: a name is made.
        answer: the plan that it follows, as at a pause (a number, or a text); ``None``: it pauses there.
        parent: the branch that it leaves; the current one, if none is named.

    Raises:
        StoryStateError: there is no such place or plan, or the name is taken.
    """
    values = await _state_at(story, paragraphs, parent)
    as_node = AT_THE_PAUSE
    if answer is not None:
        values = {**values, **SETTLED, "plan": plan_of(answer, values), "after_review": "write"}
        as_node = WITH_A_PLAN
    await switch(story, await fork(story, values, as_node, name, parent))


async def redo(story: Story, context: Context, said: str = "") -> Context:
    """Begin a branch before the last paragraph, set to follow the same plan once more, and go there.

    Its writer is told in short what was written before, and of all that was said of it: also at an earlier redo.

    Args:
        story: the open story.
        context: the settings.
        said: what was wrong with the paragraph, if a person says it.

    Returns:
        The settings to write it with: the same seed would write the same paragraph, so it is another.

    Raises:
        StoryStateError: the story has only its opening, or is in the middle of a step, its last paragraph was put in
            there by a person, or ``said`` is too long.
    """
    story.check_may_act()
    state = await story.state_between_steps()
    if not state["step"]:
        raise StoryStateError("nothing_to_redo", story_id=story.record.story_id)
    if len(said) > MAX_INSTRUCTION:
        raise StoryStateError("text_too_long", count=len(said), most=MAX_INSTRUCTION)
    if steps.put_in_last(state) or not state["plan"]["text"]:
        raise StoryStateError("last_was_put_in", story_id=story.record.story_id)
    length = Lineage.from_json(state["lineage"]).length
    last = await story.entry(length)
    plan: ChosenPlan = {**state["plan"]}
    plan["refused"] = refusals.one_more(plan.get("refused", []), [refusals.in_short(last.summary or last.text)], said)
    values = {**await _state_at(story, length - 1), **SETTLED, "plan": plan, "after_review": "write"}
    await switch(story, await fork(story, values, WITH_A_PLAN))
    if context.seed is not None and context.seed == story.record.context.seed:
        context = context.model_copy(update={"seed": context.seed + 1})
    story.update_record(context=context)
    return context


async def switch(story: Story, name: str) -> None:
    """Go to a branch, and keep in the card how long that is.

    Raises:
        StoryStateError: there is none of that name.
    """
    named(story, name)
    story.update_record(branch=name)
    await story.note_length()


async def edit(
    story: Story,
    *,
    paragraph: int | None = None,
    text: str | None = None,
    summary: str | None = None,
    short_term_memory: str | None = None,
) -> None:
    """Change what the current branch remembers; other branches and older steps keep what they have.

    Args:
        story: the open story.
        paragraph: which paragraph (from 1) ``text`` or ``summary`` belongs to.
        text: the paragraph as it is to be.
        summary: its summary as it is to be.
        short_term_memory: the short-term memory as it is to be.

    Raises:
        StoryStateError: there is no such paragraph, a text is empty, or the story is in the middle of a step.
    """
    state = await story.state_between_steps()
    lineage = Lineage.from_json(state["lineage"])
    changes: dict[str, Any] = {}
    text, summary, memory = (None if given is None else as_said(given) for given in (text, summary, short_term_memory))
    if "" in (text, summary, memory):
        raise StoryStateError("text_empty")
    if memory is not None:
        changes["short_term_memory"] = memory
        changes["memory_put_right"] = True
    if text is not None or summary is not None:
        seq = place_of(paragraph or 0, lineage)
        was = await story.entry(seq + 1)
        changed = await story.remember(lambda memory: edited_path(memory, lineage, seq, text, summary))
        now = (await story.entries(changed.cut(seq + 1), seq))[0]
        told = book_end.followed(state, seq, was.summary, now.summary)
        changes = {"lineage": changed.to_json(), **looks.begun(state, changed), **told, **changes}
        if text is not None and seq == lineage.length - 1:
            changes["paragraph"] = text
        new = seq - lineage.length + len(state.get("opening", []))
        if text is not None and new >= 0:
            changes["opening"] = [*state["opening"][:new], text, *state["opening"][new + 1 :]]
    await story.change(changes)


def edited_path(memory: LongTermMemory, lineage: Lineage, place: int, text: str | None, summary: str | None) -> Lineage:
    """The path with a changed passage: of what it made true and changed, what its words still say stays.

    Its summary follows its text, unless it is given, or a person wrote it and the text is the same one edited.
    """
    before = memory.entry(lineage, place)
    known = before.knowledge
    knowledge = still_said(known, text) if known and text is not None else None
    is_given = summary is not None
    if text is not None and summary is None:
        stays = before.is_put_right and are_alike(before.text, text)
        summary = before.summary if stays else follows(before.summary, before.text, text)
    return memory.edit(lineage, place, text=text, summary=summary, knowledge=knowledge, by_hand=is_given)


async def set_premise(story: Story, name: str, text: str) -> None:
    """Let the prompts to come on this branch have another outline, style sheet, or other field of the premise.

    It may be empty, except the topic, which then stays as it was.

    Raises:
        StoryStateError: the story is in the middle of a step, or it is longer than such a field may be.
    """
    state = await story.state_between_steps()
    text, most = as_said(text), CHANGES[name].maximum
    if len(text) > most:
        raise StoryStateError("text_too_long", count=len(text), most=most)
    if text or CHANGES[name].may_be_empty:
        is_outline = name == "outline"
        await story.change(beats.outlined(state, text, story.record.language) if is_outline else {name: text})


async def set_chapter(story: Story, paragraph: int, title: str) -> None:
    """Let a chapter of that title begin with a paragraph (from 1); with an empty title, none begins there.

    Raises:
        StoryStateError: there is no such paragraph, or the story is in the middle of a step.
    """
    state = await story.state_between_steps()
    seq = place_of(paragraph, Lineage.from_json(state["lineage"]))
    chapters = [chapter for chapter in state.get("chapters", []) if chapter["seq"] != seq]
    new: Chapter = {"title": "", "seq": seq}
    was = next((chapter for chapter in state.get("chapters", []) if chapter["seq"] == seq), new)
    if title := as_said(title):
        chapters.append({**was, "title": title})
    await story.change({"chapters": sorted(chapters, key=itemgetter("seq"))})


async def tree(story: Story) -> list[BranchView]:
    """Every branch with its paragraphs, a parent before its children."""
    views = []
    for branch in story.record.branches:
        state = cast("StoryState", (await story.snapshot(branch.name)).values)
        if not state.get("lineage"):
            continue
        entries = await story.entries(Lineage.from_json(state["lineage"]))
        own = steps.Steps.of(state).own(branch.step) if branch.parent else 0
        views.append(BranchView(branch, state, entries, own))
    return views


async def state_at(story: Story, paragraphs: int, branch: str = "") -> StoryState:
    """The state of a branch (the current one, if none is named) when it had so many paragraphs.

    Raises:
        StoryStateError: there is no such place.
    """
    values: StoryState = await _state_at(story, paragraphs, branch)
    return values


async def _state_at(story: Story, paragraphs: int, on: str = "") -> Any:  # noqa: ANN401 (a snapshot's values)
    """The values of the newest pause with so many paragraphs, on a branch or on one it came from.

    Where some were put in, taken out or moved since, it is what it would have been with those that are there now.
    """
    state = await story.state(on)
    lineage = Lineage.from_json(state.get("lineage"))
    known = steps.Steps.of(state)
    if not lineage or not known.first <= paragraphs <= lineage.length:
        if not lineage:
            raise StoryStateError("no_place_yet", number=paragraphs, story_id=story.record.story_id)
        raise StoryStateError("no_place", number=paragraphs, first=known.first, last=lineage.length)
    found = await _newest(story, known.after(paragraphs), on or story.record.branch)
    if found is None:
        raise StoryStateError("step_unfinished", number=paragraphs, story_id=story.record.story_id)
    return await _as_now(story, found, state, lineage.cut(paragraphs))


async def before_step(story: Story) -> Any:  # noqa: ANN401 (a snapshot's values)
    """The values of the newest pause before the current branch's last step of which a paragraph is left.

    Raises:
        StoryStateError: all that is left is the opening's, or the pause is not kept.
    """
    state = await story.state()
    known = steps.Steps.of(state)
    left = known.own(known.written - 1)
    if left < known.first:
        raise StoryStateError("nothing_to_undo", story_id=story.record.story_id)
    found = await _newest(story, known.written - 1, story.record.branch)
    if found is not None and _is_as_now(found, state, Lineage.from_json(state["lineage"]).cut(left)):
        return found
    # What the step before it wrote is not there any more: it goes back to where the last that is there was the last.
    return await _state_at(story, left)


async def _as_now(story: Story, kept: Mapping[str, Any], state: StoryState, path: Lineage) -> Mapping[str, Any]:
    """The values of an earlier pause; where paragraphs were put in, taken out or moved since, with those of a path.

    Args:
        story: the open story.
        kept: the values.
        state: how the branch stands now.
        path: the beginning of its path that was there then.
    """
    if _is_as_now(kept, state, path) or path.length == Lineage.from_json(state["lineage"]).length:
        return kept
    shifts = steps.up_to(state.get("shifts", []), path.length)
    then = Lineage.from_json(kept["lineage"])
    (last,) = await story.entries(path, path.length - 1)
    chapters = [chapter for chapter in state.get("chapters", []) if chapter["seq"] < path.length]
    changes = {"lineage": path.to_json(), "shifts": shifts, "chapters": chapters}
    followed = book_end.places_followed(cast("StoryState", kept), then, path)
    return {**kept, **followed, **changes, **book_end.last_passage(last)}


def _is_as_now(kept: Mapping[str, Any], state: StoryState, path: Lineage) -> bool:
    """Whether an earlier pause has the paragraphs of a path: none was put in, taken out or moved among them since."""
    then = Lineage.from_json(kept["lineage"])
    was, now = (steps.up_to(values.get("shifts", []), path.length) for values in (kept, state))
    return then.length == path.length and was == now


async def _newest(story: Story, step: int, on: str) -> Mapping[str, Any] | None:
    """The values of the newest pause after a step, on a branch or on one it came from."""
    branch = named(story, on)
    while branch.parent and step <= branch.step:
        at_its_root = step == branch.step
        found = await _pause(story, story.checkpoints.thread(branch.name), step) if at_its_root else None
        if found is not None:
            return found
        branch = named(story, branch.parent)
    return await _pause(story, story.checkpoints.thread(branch.name), step)


async def _pause(story: Story, thread: RunnableConfig, step: int) -> Mapping[str, Any] | None:
    async for values in finished_steps(story, thread, step):
        return values
    return None


async def finished_steps(
    story: Story, thread: RunnableConfig, step: int | None = None
) -> AsyncIterator[Mapping[str, Any]]:
    """The states of a thread at which a step was finished, the newest first; of one step only, if one is named."""
    with storage_errors(story.folder):
        # The saver is read to its end first: it holds a lock while it is iterated.
        places = [
            kept.config
            async for kept in story.checkpoints.saver.alist(thread)
            if is_step_finished(kept.checkpoint["channel_values"])
            and step in (None, kept.checkpoint["channel_values"].get("step"))
        ]
        for place in places:
            snapshot = await story.graph.aget_state(place)
            if is_between_steps(snapshot):
                yield snapshot.values


async def fork(story: Story, values: Mapping[str, Any], as_node: str, name: str = "", parent: str = "") -> str:
    """Begin a branch from a state, as if a gate had just left it. The story stays where it is.

    Returns:
        Its name.

    Raises:
        StoryStateError: the name is taken, or cannot be a name.
    """
    record = story.record
    taken = {branch.name for branch in record.branches}
    if name and name in taken:
        raise StoryStateError("branch_taken", name=name)
    if name and not _NAME.fullmatch(name):
        raise StoryStateError("branch_misnamed", name=name[:60])
    number = len(taken) + 1
    while not name or name in taken:
        name = f"branch-{number}"
        number += 1
    if (await story.snapshot(name)).values:  # what was left of one that was being deleted, or begun, when all ended
        with storage_errors(story.folder):
            await story.checkpoints.delete([name])
    await story.change(values, name, as_node)
    branch = Branch(name=name, parent=parent or record.branch, step=values["step"])
    story.update_record(branches=(*story.record.branches, branch))
    return name


def plan_of(answer: object, values: Mapping[str, Any]) -> ChosenPlan:
    """The plan that an answer picks at a place, or is.

    Raises:
        StoryStateError: it picks none.
    """
    plans: list[Plan] = values["plans"]
    match read_answer(answer, plans):
        case PickPlan(number) if number > len(plans):
            raise StoryStateError("no_plan", number=number, count=len(plans))
        case PickPlan(number):
            return chosen_plan(plans[number - 1], "human", number)
        case OwnPlan(text):
            return ChosenPlan(text=text, recall=[], chosen_by="human", number=None, reason="")
        case AskAgain("review_number", given):
            raise StoryStateError("no_plan", number=given["number"], count=given["count"])
        case _:
            raise StoryStateError("plan_unclear", given=str(answer)[:60])


def named(story: Story, name: str) -> Branch:
    """The branch of a name.

    Raises:
        StoryStateError: there is none.
    """
    for branch in story.record.branches:
        if branch.name == name:
            return branch
    raise StoryStateError("no_branch", name=name, known=[branch.name for branch in story.record.branches])
