"""The graphs of ``langgraph.json``, compiled bare: a server brings its own saver."""

from __future__ import annotations

from ..schemas.assistants import AUTHOR, CO_AUTHOR, INTERACTIVE_FICTION, NOVELIST, SIMULATED_HUMAN
from .builder import builder, recurrent
from .conversation import in_messages

graph = builder.compile(name=AUTHOR.name)
simulated_human = recurrent(SIMULATED_HUMAN).compile(name=SIMULATED_HUMAN.name)
interactive_fiction = recurrent(INTERACTIVE_FICTION).compile(name=INTERACTIVE_FICTION.name)
novelist = in_messages(NOVELIST).compile(name=NOVELIST.name)
co_author = in_messages(CO_AUTHOR).compile(name=CO_AUTHOR.name)
