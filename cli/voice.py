"""How a story is to sound: samples taken from a book, and the note of how they are made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text as RichText

from ..schemas.errors import SettingsError
from ..schemas.story_input import PREMISE_FIELDS
from .brought import settled
from .editing import put_in_other_words
from .options import Model, Setting, StoryArgument, changed, the_library
from .stories import at_story
from .terminal import console
from .words import field_name, t
from .wrapping import Prose

if TYPE_CHECKING:
    from ..stories.story import Story

voice = typer.Typer()

_FIELDS = tuple(field.name for field in PREMISE_FIELDS if field.for_prose)


@voice.command("voice")
def sound(
    story: StoryArgument = "",
    take: Annotated[
        list[int] | None, typer.Option("--take", "-t", help="Let this paragraph be a sample, its names left out.")
    ] = None,
    of: Annotated[str, typer.Option("--of", metavar="STORY", help="Take them from this story instead.")] = "",
    keep: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Leave this name in.")] = None,
    leave_out: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Leave this name out too.")] = None,
    draw: Annotated[bool, typer.Option("--draw", help="Have the model draw the style note from the samples.")] = False,
    edit: Annotated[bool, typer.Option("--edit", help="Change the style note in your $EDITOR, or by --text.")] = False,
    text: Annotated[str | None, typer.Option(help="The new style note.", show_default=False)] = None,
    model: Model = None,
    setting: Setting = None,
) -> None:
    """Show how a story is to sound; take samples from a book, draw or change the style note, from here on."""
    if sum((bool(take), draw, edit)) > 1 or (text is not None and not edit) or (of and not take):
        raise SettingsError("voice_unclear")
    if take:
        _take(story, of or story, take, keep or [], leave_out or [])
    elif draw:
        _draw(story, model, setting)
    elif edit:
        _edit(story, text)
    else:
        _show(story)


def _take(story: str, of: str, paragraphs: list[int], keep: list[str], more: list[str]) -> None:
    from ..stories.voice import samples_of, set_samples  # noqa: PLC0415 (it needs the graph)

    _, taken = at_story(of, lambda opened: samples_of(opened, paragraphs, keep=keep, more=more))
    record, _ = at_story(story, lambda opened: set_samples(opened, taken.text))
    _print("voice", taken.text)
    left = ", ".join(f"{name} ({stand_in})" for name, stand_in in taken.stand_ins.items()) or t("none")
    console.print(t("samples_now", title=record.name, names=left), markup=False, soft_wrap=True)


def _draw(reference: str, model: str | None, setting: list[str] | None) -> None:
    from ..stories.voice import draw_note  # noqa: PLC0415

    library = the_library()
    record = settled(library, library.find(reference))
    context = changed(record.context, model=model, setting=setting, mode=record.mode)
    _, note = at_story(record.story_id, lambda opened: draw_note(opened, context))
    _print("voice_note", note)
    console.print(t("change_note", story_id=record.story_id), style="dim", markup=False)


def _edit(reference: str, text: str | None) -> None:
    from ..stories.edits import Premise  # noqa: PLC0415

    put_in_other_words(reference, Premise("voice_note"), text, partial(t, "the_style_note"))


def _show(reference: str) -> None:
    async def read(opened: Story) -> dict[str, str]:
        state = await opened.state()
        return {name: str(state.get(name) or "") for name in _FIELDS}

    record, told = at_story(reference, read, only_reads=True)
    if not any(told.values()):
        console.print(t("no_samples"), markup=False)
        console.print(t("take_samples", story_id=record.story_id), style="dim", markup=False)
    for name, words in told.items():
        if words:
            _print(name, words)


def _print(name: str, words: str) -> None:
    console.print(RichText(field_name(name), style="bold"))
    console.print(Prose(words, indent=2))
