"""The assistants that come with the project: one graph each, which differ in their defaults."""

from __future__ import annotations

from dataclasses import dataclass

from .context import USUAL_CHOOSER, Context, PlanSelection, plan_selection_field
from .modes import INTERACTIVE_FICTION as PLAY
from .story_input import StoryInput, length_field, mode_field


class UnattendedContext(Context):
    """Settings of a run in which the paper's simulated human picks the plans."""

    plan_selection: PlanSelection = plan_selection_field(USUAL_CHOOSER)


class ShortStoryInput(StoryInput):
    """What a story is begun from that ends by itself, since nobody is asked."""

    target_paragraphs: int | None = length_field(5)


class PlayInput(StoryInput):
    """What an interactive fiction is begun from."""

    mode: str = mode_field(PLAY)


@dataclass(frozen=True)
class Assistant:
    """A graph's name, and the defaults of its context and of its input."""

    name: str
    context: type[Context] = Context
    story: type[StoryInput] = StoryInput


AUTHOR = Assistant("RecurrentGPT")
SIMULATED_HUMAN = Assistant("Simulated human", UnattendedContext, ShortStoryInput)
INTERACTIVE_FICTION = Assistant("Interactive fiction", story=PlayInput)
NOVELIST = Assistant("novelist", UnattendedContext, ShortStoryInput)
CO_AUTHOR = Assistant("co_author")
