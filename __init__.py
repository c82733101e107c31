"""RecurrentGPT as a LangGraph workflow: stories of any length, with a memory a person can read and edit.

The front door: a :class:`Library` of stories on disk for an application, ``builder`` for a graph of your own, what
both are configured with, and what a gate of your own is made of. The compiled graph is ``recurrentgpt.graph.graph``.
Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .schemas.lazy_names import at_first_use

if TYPE_CHECKING:
    from .graph import CYCLE, Cycle, co_author, interactive_fiction, novelist, simulated_human
    from .graph.builder import builder, recurrent
    from .nodes import Answer, AnswerSpec, Resources, Turn, messages_after_paragraph, set_default_resources
    from .nodes.gate import Gate, GateRecord, gate
    from .prompts import PromptSpec
    from .schemas.context import Context
    from .schemas.entries import Entry
    from .schemas.errors import RecurrentGPTError
    from .schemas.settings import Settings
    from .schemas.state import StoryState
    from .schemas.story_input import StoryInput
    from .stories.beginning import begin, put_back
    from .stories.events import Reply
    from .stories.library import Library
    from .stories.sequel import begin_after
    from .stories.story import Story
    from .stories.story_store import StoryStore
    from .stories.taking_in import take_up

__version__ = "0.2.0"
"""As in the package's metadata."""

_PLACES = {
    "CYCLE": ".graph",
    "Answer": ".nodes",
    "AnswerSpec": ".nodes",
    "Context": ".schemas.context",
    "Cycle": ".graph",
    "Entry": ".schemas.entries",
    "Gate": ".nodes",
    "GateRecord": ".nodes",
    "Library": ".stories.library",
    "PromptSpec": ".prompts",
    "RecurrentGPTError": ".schemas.errors",
    "Reply": ".stories.events",
    "Resources": ".nodes",
    "Settings": ".schemas.settings",
    "Story": ".stories.story",
    "StoryInput": ".schemas.story_input",
    "StoryState": ".schemas.state",
    "StoryStore": ".stories.story_store",
    "Turn": ".nodes",
    "begin": ".stories.beginning",
    "begin_after": ".stories.sequel",
    "builder": ".graph",
    "co_author": ".graph",
    "gate": ".nodes",
    "interactive_fiction": ".graph",
    "messages_after_paragraph": ".nodes",
    "novelist": ".graph",
    "put_back": ".stories.beginning",
    "recurrent": ".graph",
    "set_default_resources": ".nodes",
    "simulated_human": ".graph",
    "take_up": ".stories.taking_in",
}
"""Where each public name is."""

__all__ = [
    "CYCLE",
    "Answer",
    "AnswerSpec",
    "Context",
    "Cycle",
    "Entry",
    "Gate",
    "GateRecord",
    "Library",
    "PromptSpec",
    "RecurrentGPTError",
    "Reply",
    "Resources",
    "Settings",
    "Story",
    "StoryInput",
    "StoryState",
    "StoryStore",
    "Turn",
    "__version__",
    "begin",
    "begin_after",
    "builder",
    "co_author",
    "gate",
    "interactive_fiction",
    "messages_after_paragraph",
    "novelist",
    "put_back",
    "recurrent",
    "set_default_resources",
    "simulated_human",
    "take_up",
]

__getattr__ = at_first_use(__name__, _PLACES)


def __dir__() -> list[str]:
    """The public names."""
    return __all__
