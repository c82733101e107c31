"""The assistants that come with the project: one graph each, which differ in their defaults."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from typing import Any, cast

from pydantic import create_model

from .context import USUAL_CHOOSER, Context, PlanSelection, plan_selection_field
from .language_folders import PAGE, STATE, texts
from .modes import INTERACTIVE_FICTION as PLAY
from .modes import Mode, mode_named
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
    """A graph's name, and the defaults of its context and of its input.

    Attributes:
        speaks: whether it is a conversation: messages in, messages out.
    """

    name: str
    context: type[Context] = Context
    story: type[StoryInput] = StoryInput
    speaks: bool = False

    @property
    def asks_in_messages(self) -> bool:
        """Whether it is a conversation in which a person is asked."""
        return self.speaks and self.context.model_fields["plan_selection"].default == "human"

    @property
    def language(self) -> str:
        """The language of the stories that name none (a BCP 47 tag)."""
        return str(self.story.model_fields["language"].default)

    @property
    def mode(self) -> Mode:
        """Who the person is in the stories that do not say so."""
        return mode_named(self.story.model_fields["mode"].default)

    def in_language(self, tag: str) -> Assistant:
        """The same assistant for stories in another language, whose forms are in it too, where that has words for them.

        Args:
            tag: the language's, as in BCP 47.
        """
        words, of_the_state = texts(tag, PAGE), texts(tag, STATE)
        fields: dict[str, Any] = {}
        for name, known in self.story.model_fields.items():
            said = copy(known)
            if name == "language":
                said.default = tag
            if title := of_the_state.get(name):
                said.title, said.description = title, of_the_state.get(f"{name}_hint", known.description)
            elif title := words.get(f"field_{name}"):
                said.title, said.description = title, words.get(f"hint_{name}", known.description)
            fields[name] = (known.annotation, said)
        base = self.story
        story: Any = create_model(base.__name__, __base__=base, __doc__=base.__doc__, **fields)
        return replace(self, name=f"{self.name}_{tag}", story=cast("type[StoryInput]", story))


AUTHOR = Assistant("RecurrentGPT")
SIMULATED_HUMAN = Assistant("Simulated human", UnattendedContext, ShortStoryInput)
INTERACTIVE_FICTION = Assistant("Interactive fiction", story=PlayInput)
NOVELIST = Assistant("novelist", UnattendedContext, ShortStoryInput, speaks=True)
CO_AUTHOR = Assistant("co_author", speaks=True)
