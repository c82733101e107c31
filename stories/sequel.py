"""A book after this one: a story that begins from another's end, and knows what that one told.

Its memory holds the other book's passages, with their facts, in slots of their own, on a path that no step writes on.
So the other story may go on, change or be deleted: what the new one knows stays as it was when it was begun.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..memory.sentences import sentences
from ..models.window import count_tokens
from ..schemas.before import BEFORE, BookBefore
from ..schemas.errors import SettingsError, StoryStateError
from ..schemas.facts import Change, Fact, Knowledge
from ..schemas.ids import new_story_id
from ..schemas.lineage import Lineage
from ..schemas.modes import mode_named
from ..schemas.story_input import PREMISE_FIELDS, read_input
from . import known
from .beginning import check_settings
from .branches import state_at
from .paragraphs import as_of
from .record import StoryRecord, write_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ..memory import Entry, LongTermMemory
    from ..schemas.context import Context
    from ..schemas.languages import Language
    from ..schemas.spans import Told
    from .library import Library
    from .story import Story

TOLD_TOKENS = 600
"""Tokens that the next book's prompts spend on what the book before told."""
_BATCH = 200


async def begin_after(  # noqa: PLR0913 (what a book after another is begun from)
    story: Story,
    given: Mapping[str, object],
    context: Context,
    *,
    at: int | None = None,
    branch: str = "",
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> StoryRecord:
    """Begin a story from another's end. Nothing is written yet: running it does that.

    Args:
        story: the book before, open.
        given: what the new one is begun from: a topic at least. What it does not say of genre, style and voice is as in
            the book before.
        context: the settings.
        at: after how many of the earlier book's passages; ``None``: after all.
        branch: which of its branches; the current one, if none is named.
        progress: told how many of its passages are taken over, and of how many.

    Raises:
        StoryStateError: the earlier book has no passage yet, or fewer.
        SettingsError: another language is asked for than that of the earlier book.
        RecurrentGPTError: as :func:`.beginning.check_settings`, or the data folder cannot be written.
    """
    library, earlier = story.library, story.record
    tip = await story.state(branch)
    own = as_of(Lineage.from_json(tip.get("lineage")), at)
    if not own:
        raise StoryStateError("book_before_empty", title=earlier.name)
    state = tip if at is None else await state_at(story, at, branch)
    entries = await story.entries(own.after(story.before))
    new = read_input({**_premise(earlier, state, given), "before": None})
    if new.language != earlier.language.tag:
        raise SettingsError("book_before_language", language=new.language, title=earlier.name, own=earlier.language.tag)
    await asyncio.to_thread(check_settings, library, context, mode_named(new.mode), new.language)
    before = BookBefore(
        story_id=earlier.story_id,
        title=str(state.get("title") or earlier.name),
        told=await _told(story, at, branch),
        path=path_as_before(earlier.story_id, own.after(earlier.before)),
        pins=[_renamed(earlier.story_id, pin) for pin in state.get("pins", [])],
        aliases=state.get("aliases", []),
    )
    begun_from = new.model_copy(update={"before": before, "story_id": new.story_id or new_story_id()})
    record = StoryRecord(story_id=begun_from.story_id, title=new.title, begun_from=begun_from, context=context)
    # Its record comes last: until then a library does not see it.
    folder = library.make_folder(record.story_id)
    known.note(library.home, record)
    async with library.open(record) as begun:
        for start in range(0, len(entries), _BATCH):
            await begun.remember(partial(_take_over, library, earlier, entries[start : start + _BATCH]))
            progress(min(start + _BATCH, len(entries)), len(entries))
    write_record(folder, record)
    return record


def _take_over(library: Library, earlier: StoryRecord, entries: Sequence[Entry], memory: LongTermMemory) -> None:
    now = [as_before(earlier.story_id, entry) for entry in entries]
    with library.resources.memories.open(earlier.story_id, earlier.language) as source:
        memory.take_over(source, entries, now)


def _premise(earlier: StoryRecord, state: Mapping[str, Any], given: Mapping[str, object]) -> dict[str, object]:
    """What a person says of the new book, and what it has of the one before."""
    said = {name: value for name, value in given.items() if value not in (None, "")}
    inherited = {field.name: str(state.get(field.name) or "") for field in PREMISE_FIELDS if field.goes_on}
    return {
        **inherited,
        "author": earlier.begun_from.author,
        "language": earlier.language.tag,
        "mode": earlier.mode.name,
        **said,
    }


async def _told(story: Story, at: int | None, branch: str) -> str:
    """What a book told, and what came before it, in few sentences."""
    before = story.record.begun_from.before
    parts = [*([before.told] if before and before.told else []), *_texts(await story.synopsis(at, branch))]
    return _within(parts, story.record.language)


def _texts(told: Iterable[Told]) -> list[str]:
    return [" ".join(part.text.split()) for part in told]


def _within(parts: list[str], language: Language) -> str:
    """Parts of a story in the tokens there are: the oldest come down to their first sentence, then they go.

    The last stays: from it the new book goes on.
    """
    left = TOLD_TOKENS - sum(map(count_tokens, parts))
    for place, part in enumerate(parts[:-1]):
        if left >= 0:
            break
        parts[place] = sentences(part, language)[0]
        left += count_tokens(part) - count_tokens(parts[place])
    while left < 0 and len(parts) > 1:
        left += count_tokens(parts.pop(0))
    return "\n".join(parts)


def as_before(story_id: str, entry: Entry) -> Entry:
    """A passage of the book before as the new one keeps it: in another slot, with other names of its facts."""
    known = entry.knowledge
    return replace(
        entry,
        branch=_branch(story_id, entry.branch),
        knowledge=known
        and Knowledge(
            tuple(_fact(story_id, fact) for fact in known.facts),
            tuple(_change(story_id, change) for change in known.changes),
        ),
    )


def _fact(story_id: str, fact: Fact) -> Fact:
    return replace(fact, id=_renamed(story_id, fact.id), roots=tuple(_renamed(story_id, name) for name in fact.roots))


def _change(story_id: str, change: Change) -> Change:
    closes = tuple(_renamed(story_id, name) for name in change.closes)
    by = _renamed(story_id, change.by) if change.by else ""
    return replace(change, fact=_renamed(story_id, change.fact), closes=closes, by=by)


def path_as_before(story_id: str, path: Lineage) -> list[tuple[str, int, int]]:
    """The path of the book before in the new one's memory."""
    return [(_branch(story_id, part.branch), part.first, part.last) for part in path]


def _branch(story_id: str, branch: str) -> str:
    """What a branch of the book before is called in the new one's memory: as none of its own ever is."""
    return f"{story_id}{BEFORE}{branch}"


def _renamed(story_id: str, fact: str) -> str:
    """A fact's id, which begins with its branch, in the new one's memory."""
    return _branch(story_id, fact)
