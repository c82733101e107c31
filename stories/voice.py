"""How a book is to sound: samples taken from what is written, with the names left out, and a note drawn from samples.

Both are fields of the premise: told from then on, on their branch, changed like the others, taken back by an undo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..memory import Lineage
from ..nodes.names import left_out, names_in
from ..nodes.style_note import style_note
from ..nodes.voice import BETWEEN_SAMPLES, SAMPLES, samples_in
from ..prompts import phrase
from ..schemas.errors import ModelUnavailableError, SettingsError, StoryStateError
from ..schemas.story_input import LONG_TEXT
from ..schemas.wording import plain
from .branches import set_premise
from .paragraphs import place_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ..schemas.context import Context
    from .story import Story

_BESIDE = 200
"""Passages that say beside the samples what is a name and what is not."""


@dataclass(frozen=True)
class Taken:
    """Samples that were taken from a book.

    Attributes:
        text: the samples, as the premise has them.
        stand_ins: what stands in them for which name.
    """

    text: str
    stand_ins: Mapping[str, str]


async def samples_of(
    story: Story, paragraphs: Sequence[int], *, keep: Collection[str] = (), more: Collection[str] = ()
) -> Taken:
    """Paragraphs of the current branch as samples of its prose, with letters in the place of names. Nothing is changed.

    What is a name, the facts say, and capital letters where the script has them: see :mod:`..nodes.names`.

    Args:
        story: the book they are taken from.
        paragraphs: their numbers, from 1; three at most.
        keep: names that stay.
        more: names that are left out besides.

    Raises:
        SettingsError: these are none, or too many.
        StoryStateError: there is no such paragraph, or they are too long together.
    """
    numbers = list(dict.fromkeys(paragraphs))
    if not numbers:
        raise SettingsError("no_samples")
    if len(numbers) > SAMPLES:
        raise SettingsError("too_many_samples", count=len(numbers), most=SAMPLES)
    state = await story.state()
    path, language = Lineage.from_json(state.get("lineage")), story.record.language
    places = [place_of(number, path) for number in numbers]
    read = await story.entries(path, max(0, min(*places, path.length - _BESIDE)))
    texts = {path.length - len(read) + at: entry.text for at, entry in enumerate(read)}
    chosen = [texts[place] for place in places]
    known = {name for group in state.get("aliases", []) for name in group} | set(more)
    for fact in (await story.facts()).facts.values():
        known |= {*fact.fact.subjects, *fact.known_by}
    kept = {plain(name) for name in keep}
    found = names_in(chosen, sorted(known), language, list(texts.values()))
    found += [name for name in more if plain(name) not in map(plain, found)]
    names = [name for name in found if plain(name) not in kept]
    without, stands = left_out(chosen, names, phrase("voice_stand_ins", language).split())
    text = BETWEEN_SAMPLES.join(without)
    if len(text) > LONG_TEXT:
        raise StoryStateError("text_too_long", count=len(text), most=LONG_TEXT)
    return Taken(text, stands)


async def set_samples(story: Story, samples: str) -> None:
    """Let the prose to come on the current branch sound like these; with an empty text, like none.

    Raises:
        StoryStateError: they are too long, or a step is under way.
    """
    if len(samples) > LONG_TEXT:
        raise StoryStateError("text_too_long", count=len(samples), most=LONG_TEXT)
    await set_premise(story, "voice", samples)


async def draw_note(story: Story, context: Context) -> str:
    """Have the model say how the prose of the samples is made, and keep that as the current branch's style note.

    Args:
        story: the open story.
        context: the settings: which model, how many tries.

    Returns:
        The note. Whoever writes is told it from now on, until a person changes it.

    Raises:
        SettingsError: there are no samples.
        ModelUnavailableError: the model cannot be had, did not answer, or is no more than a demonstration.
        GateError: it gave no usable answer in its tries.
        StoryStateError: a step is under way.
    """
    story.check_may_act()
    state = await story.state_between_steps()
    if not samples_in(state.get("voice") or ""):
        raise SettingsError("no_samples")
    if story.library.is_demonstration(context):
        raise ModelUnavailableError("note_needs_a_model")
    note = await style_note(state, context, story.library.resources)
    await set_premise(story, "voice_note", note)
    return note
