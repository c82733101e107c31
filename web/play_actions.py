"""What who plays does besides answering: forms of the play view that save a place, go to one, or say what they like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..stories.saves import load, save
from ..stories.tastes import forget_choices, heed_tastes, state_tastes
from .jobs import Job
from .versions import check_place, check_version

if TYPE_CHECKING:
    from starlette.requests import Request

    from .sessions import StorySession

    Form = dict[str, str]


async def keep_place(_: Request, session: StorySession, form: Form) -> None:
    """Keep where the story stands as a save point."""
    async with session.change() as story:
        await check_place(story, form)
        await save(story, form.get("text", "").strip())


async def go_to_place(_: Request, session: StorySession, form: Form) -> None:
    """Go on from a save point."""
    async with session.change() as story:
        await check_place(story, form)
        await load(story, form.get("name", ""))
    await session.start(Job(kind="step"))


async def likes(_: Request, session: StorySession, form: Form) -> None:
    """What who plays likes: their words, off or on, or what they chose forgotten."""
    async with session.change() as story:
        await check_version(story, form)
        match form.get("do"):
            case "off" | "on" as wanted:
                heed_tastes(story, is_on=wanted == "on")
            case "forget":
                await forget_choices(story)
            case _:
                state_tastes(story, form.get("text", ""))
