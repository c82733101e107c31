"""What a form was made for: a branch, a step, and all of it that a person can change. Another by now: nothing is done.

A page names them in each form. Where two pages change the same, the later one is told, and both texts are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.errors import StoryStateError
from ..schemas.lineage import Lineage
from ..stories import branches
from ..stories.versions import digest, end_of, version_of
from .stopped import name_of, stopped_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..schemas.state import Plan, StoryState
    from ..stories.story import Story


def is_place(story: Story, state: StoryState, form: Mapping[str, str]) -> bool:
    """Whether a form was made for the branch and the step that the story stands at."""
    return form.get("branch") == story.record.branch and form.get("step") == str(state.get("step"))


async def check_place(story: Story, form: Mapping[str, str]) -> None:
    """A form is meant for the place that it was made for: sent twice, or from an old page, it does nothing.

    Raises:
        StoryStateError: the story is at another branch or step.
    """
    if not is_place(story, await story.state(), form):
        raise StoryStateError("page_outdated")


async def check_version(story: Story, form: Mapping[str, str]) -> None:
    """A form that changes what stands there is meant for what stood there when it was made.

    Raises:
        StoryStateError: something that a person can change is another by now.
    """
    is_same = form.get("version") == version_of(story.record, await story.state())
    if not is_same or form.get("branch") != story.record.branch:
        raise _outdated(form)


def _outdated(form: Mapping[str, str]) -> StoryStateError:
    if form.get("text", "").strip():
        return StoryStateError("text_outdated")
    return StoryStateError("page_outdated")


def beginning_of(branch: str, number: int, text: str, plans: Sequence[Plan]) -> str:
    """A name of a place that a branch can begin at: the passage before it, and the plans that were on the table."""
    return digest([branch, number, text, [plan["text"] for plan in plans]])


async def check_beginning(story: Story, form: Mapping[str, str], number: int) -> None:
    """A branch begins behind the passage, and with one of the plans, that a form showed.

    Raises:
        StoryStateError: there is no such place, or another passage or other plans stand there by now.
    """
    branch = form.get("branch", "")
    state = await branches.state_at(story, number, branch)
    path = Lineage.from_json((await story.state(branch)).get("lineage")).cut(number)
    entry = (await story.entries(path, number - 1))[0]
    if form.get("beginning") != beginning_of(branch, number, entry.text, state["plans"]):
        raise _outdated(form)


async def check_kept(story: Story, form: Mapping[str, str]) -> None:
    """What lets go of a text that was kept when a step was stopped is meant for the one that was shown.

    Raises:
        StoryStateError: another is kept there by now.
    """
    kept = stopped_at(story.folder, story.record.branch, (await story.state()).get("step"))
    if form.get("stopped", "") != name_of(kept):
        raise _outdated(form)


async def check_end(story: Story, branch: str, end: str) -> None:
    """What concerns a branch that a story does not stand on is meant for how it stood when it was shown.

    Raises:
        StoryStateError: it stands otherwise by now.
    """
    if end != end_of(await story.state(branch)):
        raise StoryStateError("page_outdated")
