"""Some words of a passage in other versions, beside each other: each is kept until one is taken, which is an edit.

They are kept beside the story, with the very words that they are of: where these are others by now, they are shown no
more, and an undo brings them back.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..memory import Lineage
from ..nodes.rewriting import AGAIN, ON, SIZES, Words, rewrite
from ..schemas.errors import SettingsError, StoryStateError
from ..schemas.limits import LIMITS
from .branches import edit
from .paragraphs import place_of
from .passage_history import note_hand
from .record import write_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from ..schemas.context import Context
    from .story import Story

KEPT = "rewrites.json"
WAYS = tuple(SIZES)
"""What can be asked for of words, or of a whole passage."""
MOST_VERSIONS = 6
_CLINGS = ",.;:!?…，。；：！？、”’)]》」』"
"""Marks that stand close behind a word."""
MOST_KEPT = 20
"""So many are kept: the newest."""


class Rewriting(BaseModel):
    """Some words of a passage, and their versions.

    Attributes:
        name: which it is.
        branch: the slot's.
        seq: the slot's.
        start: where the words begin, in characters of the passage.
        text: the words.
        how: what is asked for, one of :data:`WAYS`; ``again``: the passage anew, by its plan; ``on``: the text goes on
            where the words would stand, of which there are none.
        said: what a person said of it besides.
        versions: what was written, in order.
    """

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern="^[0-9a-f]{8}$")
    branch: str
    seq: int
    start: int = Field(ge=0)
    text: str
    how: str
    said: str = ""
    versions: tuple[str, ...] = Field((), max_length=MOST_VERSIONS)


class Selection(NamedTuple):
    """Words of a passage: where they begin, in characters, and the words; without any, it is the whole passage."""

    start: int = 0
    text: str = ""


WHOLE = Selection()


class _Kept(BaseModel):
    rewritings: tuple[Rewriting, ...] = ()


async def asked_for(story: Story, paragraph: int, how: str, said: str = "", words: Selection = WHOLE) -> Rewriting:
    """What is to be rewritten; nothing is written yet.

    Args:
        story: the open story.
        paragraph: the passage's number, from 1.
        how: one of :data:`WAYS`, ``again`` or ``on``.
        said: what a person says of it: what is wrong with it, or what it is to be.
        words: which of its words; where it is to go on, those that it goes on after: without any, after all of them.

    Raises:
        StoryStateError: there is no such passage, the words do not stand there, or too much is said.
        SettingsError: that cannot be asked for.
    """
    if how not in (*WAYS, AGAIN, ON):
        raise SettingsError("no_way_to_rewrite", how=how[:40], known=(*WAYS, AGAIN, ON))
    if len(said) > LIMITS["feedback"]:
        raise StoryStateError("text_too_long", count=len(said), most=LIMITS["feedback"])
    lineage = Lineage.from_json((await story.state_between_steps())["lineage"])
    place = place_of(paragraph, lineage)
    entry = await story.entry(paragraph)
    at, text = words if words.text and how != AGAIN else (0, entry.text)
    if not text.strip() or entry.text[at : at + len(text)] != text:
        raise StoryStateError("words_are_gone")
    if how == ON:
        at, text = at + len(text), ""
    slot = lineage.at(place)
    return Rewriting(
        name=secrets.token_hex(4), branch=slot.branch, seq=slot.seq, start=at, text=text, how=how, said=said.strip()
    )


async def write_versions(story: Story, context: Context, asked: Rewriting, count: int) -> AsyncIterator[Rewriting]:
    """Write versions until there are so many; each is kept as soon as it is there.

    Yields:
        It, with one version more each time.

    Raises:
        StoryStateError: the words stand in no passage of the current branch any more.
        ModelUnavailableError: the model cannot be had or did not answer.
        GateError: it gave no usable answer in its tries.
    """
    story.check_may_act()
    asked = next((one for one in every_rewriting(story.folder) if one.name == asked.name), asked)
    while len(asked.versions) < min(count, MOST_VERSIONS):
        state = await story.state()
        number = await _paragraph(story, asked)
        if number is None:
            raise StoryStateError("words_are_gone")
        entry = await story.entry(number)
        before = (await story.entry(number - 1)).text if number > 1 else ""
        after = (await story.entry(number + 1)).text if number < Lineage.from_json(state["lineage"]).length else ""
        end = asked.start + len(asked.text)
        words = Words(
            f"{before}\n\n{entry.text[: asked.start]}".strip(),
            asked.text,
            f"{entry.text[end:]}\n\n{after}".strip(),
            asked.how,
            asked.said,
            asked.versions,
            entry.plan if asked.how == AGAIN else "",
        )
        if context.seed is not None:
            context = context.model_copy(update={"seed": context.seed + 1})
        text = await rewrite(state, context, story.library.resources, words)
        if asked.how == ON:
            text = _joined(entry.text[: asked.start], text, entry.text[end:], story.record.language.joint)
        asked = asked.model_copy(update={"versions": (*asked.versions, text)})
        _keep(story.folder, asked)
        yield asked


async def rewritings(story: Story) -> dict[int, list[Rewriting]]:
    """What was rewritten and not decided on, by the number of the passage whose words stand there still."""
    found: dict[int, list[Rewriting]] = {}
    for one in every_rewriting(story.folder):
        number = await _paragraph(story, one)
        if number is not None and one.versions:
            found.setdefault(number, []).append(one)
    return found


async def with_version(story: Story, name: str, version: int) -> tuple[int, str]:
    """The number of a passage, and its text with a version in the place of the words. Nothing is changed yet.

    Args:
        story: the open story.
        name: which rewriting.
        version: which of its versions, from 1.

    Raises:
        StoryStateError: there is no such version, or the words are others by now.
    """
    one = next((one for one in every_rewriting(story.folder) if one.name == name), None)
    number = await _paragraph(story, one) if one else None
    if one is None or number is None or not 1 <= version <= len(one.versions):
        raise StoryStateError("no_version", number=version)
    text = (await story.entry(number)).text
    end = one.start + len(one.text)
    return number, f"{text[: one.start]}{one.versions[version - 1]}{text[end:]}"


async def accept(story: Story, name: str, version: int) -> int:
    """Let a version stand in the place of the words: an edit of the current branch, like any other.

    Args:
        story: the open story.
        name: which rewriting.
        version: which of its versions, from 1.

    Returns:
        The number of the passage.

    Raises:
        StoryStateError: there is no such version, the words are others by now, or a step is under way.
    """
    number, text = await with_version(story, name, version)
    await edit(story, paragraph=number, text=text)
    note_hand(story, Lineage.from_json((await story.state())["lineage"]), number - 1, "rewriting")
    return number


def leave(story: Story, name: str) -> None:
    """Let the versions of some words go."""
    left = tuple(one for one in every_rewriting(story.folder) if one.name != name)
    keep_rewritings(story.folder, left)


async def _paragraph(story: Story, one: Rewriting) -> int | None:
    """The number of the passage that has the words, on the current branch."""
    lineage = Lineage.from_json((await story.state()).get("lineage"))
    place = next((at for at, slot in enumerate(lineage.slots()) if slot == (one.branch, one.seq)), None)
    return None if place is None else place + 1


def every_rewriting(folder: Path) -> tuple[Rewriting, ...]:
    """All that is kept in a story's folder, also of words that stand on no branch now; nothing if it cannot be read."""
    try:
        return _Kept.model_validate_json((folder / KEPT).read_text(encoding="utf-8")).rewritings
    except (OSError, ValidationError):
        return ()


def keep_rewritings(folder: Path, kept: tuple[Rewriting, ...]) -> None:
    """Keep the newest of them in a story's folder.

    Raises:
        StorageError: they cannot be written.
    """
    write_text(folder / KEPT, _Kept(rewritings=kept[-MOST_KEPT:]).model_dump_json())


def _keep(folder: Path, asked: Rewriting) -> None:
    others = [one for one in every_rewriting(folder) if one.name != asked.name]
    keep_rewritings(folder, (*others, asked))


def _joined(before: str, text: str, after: str, joint: str) -> str:
    """A text that goes on from another, with what stands between two words where neither side has it."""
    is_apart = not before or before[-1:].isspace() or text[:1] in _CLINGS
    lead = "" if is_apart else joint
    trail = joint if after and not (after[:1].isspace() or after[:1] in _CLINGS) else ""
    return f"{lead}{text.strip()}{trail}"
