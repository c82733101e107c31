"""What the conversation of a step shows, told as it now is: where a person changed outline, pages or length since.

The gates of a step repeat what it began with to the letter; once a recalled page or a part of the outline is another,
who is asked for plans would be shown both, with nothing that says which of them holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.looked import LeftOut
from .beats import is_lengthened
from .budget import room_for_prompt
from .notes import older_text
from .synopsis import book_so_far, render, within

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .gate import Update
    from .turn import Turn

_SHOWN = ("outline", "passages")
"""What the first prompt of a step has of what plans are made for, and no later request says anew."""
_BESIDE = ("paragraph", "short_term_memory")
"""What stands in the request for plans as it now is, whoever changed it: named where anything is told anew."""
_PART = 4
"""The part of the room that the book so far may take."""


async def told_anew(state: StoryState, turn: Turn) -> Update:
    """What the step's conversation is to begin with from here on, if what it began with is no longer so; else nothing.

    The opening of a book is written with nothing before it, so what it began with stays.
    """
    changed = state.get("changed_since_plans", [])
    names = [name for name in _SHOWN if name in changed]
    if is_lengthened(state) and state.get("ended_at") == state["step"]:
        names.insert(0, "target_paragraphs")  # What it began with says that this was the last paragraph.
    if not names or state.get("opening"):
        return {}
    names += [name for name in _BESIDE if name in changed]
    # No page is recalled here, so there is more room for what they tell: all that was changed is to be seen.
    room = room_for_prompt(turn.context, await turn.window()) // _PART
    synopsis = render(turn, within(turn, await book_so_far(turn, but=1), room, most=room))
    if not turn.dialect.says_what_changed:
        return {"prompt": synopsis, "reading": True}
    older = older_text(turn, LeftOut.of(state), state["paragraph"])
    told = [
        turn.phrase("told_anew", changed=turn.listed(str(turn.phrase(f"changed_{name}")) for name in names)),
        turn.phrase("told_so_far", synopsis=synopsis) if synopsis else "",
        "\n".join(filter(None, (str(turn.phrase("told_last")), older))),
    ]
    return {"prompt": "\n\n".join(str(one) for one in told if one), "reading": True}
