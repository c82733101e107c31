"""What is said at a pause beside its question: that a chapter begins with what comes next, that plans have grown old.

Plans are made for the outline, the premise and the text as they then were. Where a person changes one of these, the
plans stay on the table, because they may still be good; that they are older is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ..schemas.catalogue import ENGLISH, part, say_part
from ..schemas.lineage import Lineage
from . import lasting
from .chapters import begins_next

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..prompts import Phrase
    from ..schemas.context import Context
    from ..schemas.state import StoryState

_OF_THE_STATE = (
    *("topic", "genre", "background", "outline", "beat", "style_sheet"),
    *("short_term_memory", "paragraph"),
)
PLANS_ARE_FOR = (*_OF_THE_STATE, "passages")
"""What plans are made for, by its name in the state; ``passages``: those before the last one, and what is on record."""


class Says(Protocol):
    """Makes a phrase in the words of a story."""

    def __call__(self, key: str, **values: object) -> Phrase:
        """The phrase of that name, filled."""
        ...


def older_plans(state: Mapping[str, Any], update: Mapping[str, Any]) -> dict[str, Any]:
    """What an update that leaves the plans on the table says of them besides: what it changes of what they are for.

    At a book's end there are none, and it is kept for when the book is lengthened.
    """
    is_at_the_end = "ended_at" in state and state["ended_at"] == state.get("step")
    if not (state.get("plans") or is_at_the_end) or "plans" in update or "changed_since_plans" in update:
        return {}
    before = state.get("changed_since_plans", [])
    names = {*before, *_changed_in(state, update)}
    now = [name for name in PLANS_ARE_FOR if name in names]
    return {"changed_since_plans": now} if now != before else {}


def _changed_in(state: Mapping[str, Any], update: Mapping[str, Any]) -> Iterator[str]:
    """What plans are made for, of all that an update changes."""
    yield from (name for name in _OF_THE_STATE if name in update and (update[name] or "") != (state.get(name) or ""))
    if "lineage" not in update:
        return
    was, now = Lineage.from_json(state.get("lineage")), Lineage.from_json(update["lineage"])
    last = was.length - 1
    is_another = update.get("paragraph", state["paragraph"]) != state["paragraph"]
    if was != now and not (is_another and was.length == now.length and was.cut(last) == now.cut(last)):
        yield "passages"


def remarks(state: StoryState, context: Context, say: Says) -> list[Phrase]:
    """What is to be said at the pause of a state.

    Args:
        state: the story where it pauses, with plans on the table.
        context: the run's settings.
        say: makes a phrase.
    """
    if not state.get("plans"):
        return []
    titles = " · ".join(state.get("titles_kept", []))
    of_titles = [say("titles_stay", titles=titles)] if titles else []
    return [*_of_a_chapter(state, context, say), *_of_older_plans(state, say), *of_titles]


def _of_a_chapter(state: StoryState, context: Context, say: Says) -> list[Phrase]:
    if not begins_next(state, context.chapter_paragraphs, Lineage.from_json(state.get("lineage")).length):
        return []
    title = state.get("next_chapter")
    if title:
        return [say("chapter_is_next_titled", title=title)]
    if title is None and lasting.is_begun(state["plans"][0]):
        return [say("chapter_is_next_unless")]
    return [say("chapter_is_next")]


def _of_older_plans(state: StoryState, say: Says) -> list[Phrase]:
    names = state.get("changed_since_plans", [])
    # Another outline has its own parts.
    changed = [say(f"changed_{name}") for name in names if name != "beat" or "outline" not in names]
    if not changed:
        return []
    between = say_part(part("between_parts"), state.get("language") or ENGLISH)
    told = say("plans_are_older", changed=between.join(changed))
    told.said["changed"] = [one.said for one in changed]
    return [told]
