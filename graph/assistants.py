"""The graphs of the assistants, compiled bare: whoever runs them brings a saver; a server runs :mod:`.served`."""

from __future__ import annotations

from ..schemas.assistants import AUTHOR, CO_AUTHOR, INTERACTIVE_FICTION, NOVELIST, SIMULATED_HUMAN
from .builder import builder, recurrent
from .conversation import in_messages

graph = builder.compile(name=AUTHOR.name)
"""Asks a person at each step."""

simulated_human = recurrent(SIMULATED_HUMAN).compile(name=SIMULATED_HUMAN.name)
"""Asks nobody: the paper's simulated human picks the plans, for five paragraphs."""

interactive_fiction = recurrent(INTERACTIVE_FICTION).compile(name=INTERACTIVE_FICTION.name)
"""The person is inside the story, and does something at each step."""

novelist = in_messages(NOVELIST).compile(name=NOVELIST.name)
"""Writes a short story from one message, and asks nobody."""

co_author = in_messages(CO_AUTHOR).compile(name=CO_AUTHOR.name)
"""Speaks in messages, and asks at each step."""
