"""The panel of the codex: who and what is in the book, as of any passage; and the forms that change what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..schemas.errors import SettingsError, StoryStateError, part
from ..stories.codex import KINDS, LONGEST
from ..stories.fact_edits import LONGEST as LONGEST_FACT
from .forms import whole_number
from .versions import check_version

if TYPE_CHECKING:
    from starlette.requests import Request

    from ..stories.codex import CodexEntry, CodexView
    from ..stories.story import Story
    from .sessions import StorySession
    from .words import Words

    Form = dict[str, str]

_SHOWN = 30
"""Facts of each sort that an entry shows at once, the newest; all are asked for."""
_NAMES = 60
"""Entries of a kind that are listed at once."""
_NOTES = 5
"""Notes on what clashes that the list begins with."""


async def shown(story: Story, name: str, at: int | None, words: Words, *, every: bool = False) -> dict[str, Any]:
    """What the panel shows: all names in groups, or one entry.

    Args:
        story: the open story.
        name: whose entry; empty: the list.
        at: as of which passage; ``None``: as of now.
        words: the page's.
        every: whether all is shown of what otherwise begins with its newest part.
    """
    try:
        view = await story.codex.read(at)
    except StoryStateError as error:
        view, why = await story.codex.read(), words.problem(error)
    else:
        why = ""
    entry = view.entry(name) if name else None
    if name and entry is None:
        why = why or words("codex_unknown", name=name[: LONGEST["name"]])
    return {
        "codex": view,
        "entry": entry,
        "groups": _groups(view, every=every),
        "open": [thread for thread in view.threads if thread.status != "settled"],
        "most": None if every else _SHOWN,
        "most_notes": None if every else _NOTES,
        "every": every,
        "is_past": view.at < view.length,
        "why": why,
        "kinds": KINDS,
        "limits_of": {**LONGEST, "fact": LONGEST_FACT},
    }


def _groups(view: CodexView, *, every: bool) -> dict[str, list[CodexEntry]]:
    """The entries by kind, and those that are hidden."""
    found: dict[str, list[CodexEntry]] = {kind: [] for kind in (*(kind or "other" for kind in KINDS), "hidden")}
    for entry in view.entries:
        found["hidden" if entry.is_hidden else entry.kind or "other"].append(entry)
    return {kind: listed if every else listed[:_NAMES] for kind, listed in found.items() if listed}


async def put(_: Request, session: StorySession, form: Form) -> None:
    """Say of a name what it is and a note, hide or show it; or take that back."""
    async with session.change() as story:
        await check_version(story, form)
        name = form.get("name", "")
        match form.get("do"):
            case "save":
                await story.codex.put(name, kind=form.get("kind"), note=form.get("note"))
            case "hide" | "show":
                await story.codex.put(name, hide=form["do"] == "hide")
            case "remove":
                await story.codex.remove(name)
            case _:
                raise SettingsError("facts_unclear")


async def sort(_: Request, session: StorySession, form: Form) -> None:
    """Say of several names what they are: the fields ``name1`` and ``kind1``, and so on."""
    async with session.change() as story:
        await check_version(story, form)
        for field, name in form.items():
            number = field.removeprefix("name")
            if field.startswith("name") and number.isdecimal() and (kind := form.get(f"kind{number}", "")):
                await story.codex.put(name, kind=kind)


async def fact(_: Request, session: StorySession, form: Form) -> None:
    """Say a fact, put one right or take it out, let one end or take that back, pin one or let it go."""
    text, name = form.get("text", ""), form.get("fact", "")
    at = whole_number(form["passage"], part("paragraph")) if form.get("passage", "").strip() else None
    async with session.change() as story:
        await check_version(story, form)
        match form.get("do"):
            case "add":
                about = [
                    name.strip() for name in form.get("about", "").replace("，", ",").replace("、", ",").split(",")
                ]
                await story.add_fact(text, about, at=at, is_open=form.get("open") == "1")
            case "right":
                await story.edit_fact(name, text=text)
            case "end":
                await story.end_fact(name, at=at)
            case "restore":
                await story.restore_fact(name)
            case "pin":
                await story.pin_fact(name)
            case "unpin":
                await story.unpin_fact(name)
            case _:
                raise SettingsError("facts_unclear")


ACTIONS = {"codex": put, "codex-sort": sort, "fact": fact}
"""By the last part of the address that a form is posted to."""
