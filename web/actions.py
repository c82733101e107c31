"""What a person does to a story: each is a form that is posted, and leads back to the page it came from."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, get_args
from urllib.parse import urlencode

from starlette.responses import RedirectResponse

from ..schemas.clashes import CLASH_MARKS
from ..schemas.context import USUAL_CHOOSER, Chooser
from ..schemas.errors import RecurrentGPTError, SettingsError, StoryStateError, part
from ..schemas.limits import LIMITS
from ..schemas.story_input import PREMISE_FIELDS
from ..stories import beginning, branches, continuity, rename
from ..stories import redo as undone
from ..stories.beats import set_beat
from ..stories.branch_removal import remove_branch
from ..stories.pack import check_open
from ..stories.rename import Wording
from ..stories.stopped import take_back_step
from ..stories.voice import samples_of, set_samples
from . import codex
from .drafts import let_go, sent_with
from .forms import edited_text, read_form, record_of_address, whole_number
from .jobs import Job
from .pages import play_view, write_view
from .panels import PANELS
from .passages import accept, back, cut, drop, look, move_chapter, own, paragraph, put_in, put_on, take_out
from .play_actions import go_to_place, keep_place, likes
from .queue import plans_of
from .rewrites import rewrite, take_version
from .settings_form import Offered, Sent, read_settings
from .versions import check_beginning, check_end, check_place, check_version

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pydantic import JsonValue
    from starlette.requests import Request
    from starlette.responses import Response

    from ..stories.story import Story
    from .sessions import StorySession

    Form = dict[str, str]
    Act = Callable[[Request, StorySession, Form], Awaitable[str | None]]

_MOST_UNATTENDED = 200


def _action(act: Act) -> Callable[[Request], Awaitable[Response]]:
    """An action as an endpoint. What a person can put right is a sentence on the page it came from."""

    async def endpoint(request: Request) -> Response:
        form: Form = {}
        try:
            form = await read_form(request)
            record = record_of_address(request)
            if act not in _OF_PLAY:
                check_open(record)
            sent, session = sent_with(form), request.app.state.sessions.of(record)
            to = await act(request, session, form)
            await let_go(session.folder, sent)
        except RecurrentGPTError as error:
            if form.get("view") == "play":
                return await play_view(request, error, HTTPStatus.CONFLICT, Sent(form, error))
            return await write_view(request, error, HTTPStatus.CONFLICT, Sent(form, error))
        return RedirectResponse(to or _back(request, form), HTTPStatus.SEE_OTHER)

    return endpoint


def _back(request: Request, form: Form) -> str:
    story_id = request.path_params["story_id"]
    if form.get("view") == "play":
        return f"/play/{story_id}"
    query = {"panel": form.get("panel", "")} if form.get("panel") in PANELS else {}
    query |= {field: form[name] for name, field in (("entry", "name"), ("as_of", "as_of")) if form.get(name)}
    if (first := form.get("from", "")).isdecimal():
        query["from"] = first
    number = form.get("paragraph", "") if request.url.path.endswith("/paragraph") else ""
    return f"/story/{story_id}{'?' if query else ''}{urlencode(query)}{f'#p{number}' if number.isdecimal() else ''}"


async def reply(_: Request, session: StorySession, form: Form) -> None:
    """Pick a plan, follow one's own, or ask for others."""
    text = form.get("text", "").strip()
    match form.get("do"):
        case "plan":
            answer: dict[str, JsonValue] = {"plan": whole_number(form.get("plan", ""), part("plan")), **_passages(form)}
        case "own" if text:
            answer = {"instruction": text, **_passages(form), **({"act": form["act"]} if form.get("act") else {})}
            if form.get("plan"):
                answer["plan"] = whole_number(form["plan"], part("plan"))
        case "drop":
            answer = {"plan": whole_number(form.get("plan", ""), part("plan")), "passages": 0}
        case "others":
            answer = {"feedback": text} if text else {"type": "reject"}
        case _:
            raise SettingsError("own_plan_empty")
    # What was said of plans is said of those that were shown; a plan of one's own is for the place.
    check = check_place if form.get("do") == "own" and not form.get("plan") else check_version
    await session.start(Job(kind="step"), answer, form, check=check)


def _passages(form: Form) -> dict[str, JsonValue]:
    """How many passages the plan is for, where the form says so."""
    given = form.get("passages", "").strip()
    return {"passages": whole_number(given, part("paragraphs"))} if given else {}


async def go_on(_: Request, session: StorySession, form: Form) -> None:
    """Finish what was stopped."""
    await session.start(session.left() or Job(kind="step"), form=form)


async def write(_: Request, session: StorySession, form: Form) -> None:
    """Write several paragraphs, nobody asked: by a person's own plans first, as many as there are."""
    plans = plans_of(form)
    count = max(whole_number(form.get("count", ""), part("paragraphs")), len(plans))
    if not 1 <= count <= _MOST_UNATTENDED:
        raise SettingsError("too_many_at_a_go", count=count, most=_MOST_UNATTENDED)
    chooser = form.get("chooser", USUAL_CHOOSER)
    if chooser not in get_args(Chooser):
        raise SettingsError("no_chooser", chooser=chooser[:40])
    job = {
        "kind": "write",
        "paragraphs": count,
        "plans": plans,
        "chooser": chooser,
        "then_check": bool(form.get("check")),
    }
    await session.start(Job.model_validate(job), form=form)


async def stop(_: Request, session: StorySession, form: Form) -> None:
    """Stop after this paragraph, or at once: what the page showed to be at work, nothing that was begun since."""
    if form.get("job") != session.job:
        raise StoryStateError("job_outdated")
    await session.stop(at_once=form.get("now") == "1")


async def try_plans(_: Request, session: StorySession, form: Form) -> None:
    """Write every plan, side by side."""
    await session.start(Job(kind="try"), form=form, check=check_version)


async def take(_: Request, session: StorySession, form: Form) -> None:
    """Go to another branch."""
    async with session.change() as story:
        await check_place(story, form)
        await branches.switch(story, form.get("to", ""))


async def branch(_: Request, session: StorySession, form: Form) -> None:
    """Begin a branch after a paragraph of some branch, with a plan or without."""
    after = whole_number(form.get("after", ""), part("paragraph"))
    plan = form.get("text", "").strip() or form.get("plan", "").strip() or None
    async with session.change() as story:
        await check_beginning(story, form, after)
        name = form.get("name", "").strip()
        await branches.new_branch(story, after, name, answer=plan, parent=form.get("branch", ""))
    if plan:
        await session.start(Job(kind="step"))


async def redo(_: Request, session: StorySession, form: Form) -> None:
    """Write the last paragraph anew, by the same plan, and heed what was wrong with it."""
    async with session.change() as story:
        await check_version(story, form)
        await branches.redo(story, story.record.context, form.get("text", "").strip())
    await session.start(Job(kind="step"))


async def undo(_: Request, session: StorySession, form: Form) -> None:
    """Take the last change back: the one that the page showed to be the last."""
    async with session.change() as story:
        await check_version(story, form)
        await undone.undo(story)


async def take_back_stopped(_: Request, session: StorySession, form: Form) -> None:
    """Take back a scene that was stopped: one is asked again what one does."""
    async with session.change() as story:
        await check_place(story, form)
        await take_back_step(story)
    await session.start(Job(kind="step"))


async def redo_undone(_: Request, session: StorySession, form: Form) -> None:
    """Do again what was undone."""
    async with session.change() as story:
        await check_version(story, form)
        await undone.redo(story)


async def drop_branch(request: Request, session: StorySession, form: Form) -> str:
    """Delete a branch that the story does not stand on: it, as it was shown."""
    async with session.change() as story:
        await check_place(story, form)
        await check_end(story, form.get("which", ""), form.get("end", ""))
        await remove_branch(story, form.get("which", ""))
    return f"/story/{request.path_params['story_id']}/loom"


async def summary(_: Request, session: StorySession, form: Form) -> None:
    """Change a paragraph's summary."""
    number = whole_number(form.get("paragraph", ""), part("paragraph"))
    async with session.change() as story:
        await check_version(story, form)
        await branches.edit(story, paragraph=number, summary=edited_text(form))


async def memory(_: Request, session: StorySession, form: Form) -> None:
    """Change the short-term memory."""
    async with session.change() as story:
        await check_version(story, form)
        await branches.edit(story, short_term_memory=edited_text(form))


async def join(_: Request, session: StorySession, form: Form) -> None:
    """Let names be one person's or thing's: those of the fields ``name1``, ``name2`` and so on."""
    async with session.change() as story:
        await check_version(story, form)
        await story.aliases.join(*(name for field, name in form.items() if field.startswith("name")))


async def replace(_: Request, session: StorySession, form: Form) -> None:
    """Let other words stand everywhere instead of some: ``old``, ``new``, but for the places ``leave_out``."""
    left = frozenset(int(number) for number in form.get("leave_out", "").split() if number.isdecimal())
    async with session.change() as story:
        await check_version(story, form)  # The places that are left out are numbered along it.
        await rename.rename(story, Wording(form.get("old", ""), form.get("new", ""), leave_out=left))


async def separate(_: Request, session: StorySession, form: Form) -> None:
    """Let a name be another's than those it was joined with."""
    async with session.change() as story:
        await check_version(story, form)
        await story.aliases.separate(form.get("name", ""))


async def dismiss(_: Request, session: StorySession, form: Form) -> None:
    """Say that names are not one's: those of the fields ``name1``, ``name2`` and so on."""
    async with session.change() as story:
        await check_version(story, form)
        await story.aliases.dismiss(*(name for field, name in form.items() if field.startswith("name")))


async def clash(_: Request, session: StorySession, form: Form) -> str | None:
    """Say of a note that it is meant so or does not matter, take that back, or go and mend it."""
    said = next((one for one in CLASH_MARKS if one == form.get("mark")), None)
    if said is None and form.get("mark"):
        raise SettingsError("clashes_unclear")
    async with session.change() as story:
        await check_version(story, form)
        await continuity.mark(story, form.get("note", ""), said)
    if said != "mend":
        return None
    number = whole_number(form.get("paragraph", ""), part("paragraph"))
    panel = form["panel"] if form.get("panel") in PANELS else "continuity"
    return f"/story/{story.record.story_id}?{urlencode({'edit': number, 'panel': panel})}#p{number}"


async def check(_: Request, session: StorySession, form: Form) -> None:
    """Read what is new for what clashes in it."""
    await session.start(Job(kind="check"), form=form)


async def voice(_: Request, session: StorySession, form: Form) -> None:
    """How the prose is to sound: the fields that say so; or samples from the paragraphs ``take``; or a note, drawn."""
    numbers = [whole_number(number, part("paragraph")) for number in form.get("take", "").replace(",", " ").split()]
    async with session.change() as story:
        state = await story.state_between_steps()
        await check_version(story, form)
        taken = await samples_of(story, numbers) if numbers else None
        for field in PREMISE_FIELDS:
            given = form.get(field.name)
            if field.for_prose and given is not None and given.strip() != str(state.get(field.name) or "").strip():
                await branches.set_premise(story, field.name, _bounded(given, field.maximum))
        if taken:
            await set_samples(story, taken.text)
    if form.get("draw"):
        await session.start(Job(kind="note"))


def _bounded(text: str, most: int) -> str:
    if len(text) > most:
        raise StoryStateError("text_too_long", count=len(text), most=most)
    return text


async def settings(_: Request, session: StorySession, form: Form) -> None:
    """Change the title, the style sheet, and what the next paragraphs are written with."""
    async with session.change() as story:
        await check_version(story, form)
        library = story.library
        context = read_settings(form, story.record.mode, story.record.context, Offered.by(library, story=story.record))
        record = story.record
        await asyncio.to_thread(beginning.check_settings, library, context, record.mode, record.language.tag)
        title = form.get("title", "").strip()
        if title and title != story.record.title:
            await story.rename(title[: LIMITS["title"]])
        if (style := form.get("style_sheet")) is not None:
            await branches.set_premise(story, "style_sheet", style)
        if "outline" in form or form.get(
            "beat"
        ):  # In the middle of a step the form has none of what changes the state.
            await _outline(story, form)
        if length := form.get("end_in", "").strip():
            await story.end_in(whole_number(length, part("paragraphs")))
        story.update_record(context=context)
        lacks_plans = bool(length) and not (await story.standing()).is_between_steps
    if lacks_plans:
        await session.start(Job(kind="step"))


async def draw_outline(_: Request, session: StorySession, form: Form) -> None:
    """Have the model draw where a book is going that has no outline; ``leave_open``: what was told alone."""
    async with session.change() as story:
        await check_version(story, form)
    await session.start(Job(kind="outline", leave_open=bool(form.get("leave_open"))))


async def _outline(story: Story, form: Form) -> None:
    """The outline, and the part of it that is told now, where the form has another than there is."""
    state = await story.state()
    outline, before = form.get("outline"), state.get("outline", "")
    if outline is not None and outline.split() != before.split():
        await branches.set_premise(story, "outline", outline)
    if (beat := form.get("beat", "")) and whole_number(beat, part("beat")) != state.get("beat", 0) + 1:
        await set_beat(story, whole_number(beat, part("beat")))


async def delete(request: Request, _: StorySession, __: Form) -> str:
    """Delete the story."""
    await request.app.state.sessions.delete(record_of_address(request))
    return "/"


_OF_PLAY = frozenset({likes, reply, go_on, stop, redo, undo, take_back_stopped, keep_place, go_to_place, delete})
"""What who plays a pack can do: nothing that looks behind its scenes."""

ACTIONS = {
    name: _action(act)
    for name, act in {
        "reply": reply,
        "go-on": go_on,
        "write": write,
        "stop": stop,
        "try": try_plans,
        "take": take,
        "branch": branch,
        "redo": redo,
        "undo": undo,
        "redo-undone": redo_undone,
        "drop-branch": drop_branch,
        "cut": cut,
        "move-chapter": move_chapter,
        "take-back": take_back_stopped,
        "tastes": likes,
        "save": keep_place,
        "load": go_to_place,
        "paragraph": paragraph,
        "insert": put_in,
        "own": own,
        "back": back,
        "rewrite": rewrite,
        "version": take_version,
        "drop": drop,
        "remove": take_out,
        "move": put_on,
        "look": look,
        "accept": accept,
        "summary": summary,
        "memory": memory,
        "join": join,
        "replace": replace,
        "separate": separate,
        "dismiss": dismiss,
        "clash": clash,
        "check": check,
        "voice": voice,
        "settings": settings,
        "draw-outline": draw_outline,
        "delete": delete,
        **codex.ACTIONS,
    }.items()
}
"""By the last part of the address that a form is posted to."""
