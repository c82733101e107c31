"""The recurrent graph: ``builder`` to compile with a saver of your own, and graphs for the server and for other agents.

``graph`` asks a person at each step; ``simulated_human`` and ``interactive_fiction`` are the same graph with other
defaults; ``novelist`` (which asks nobody) and ``co_author`` (which asks) speak in messages.
"""

from .builder import builder, graph, interactive_fiction, simulated_human
from .novelist import co_author, novelist

__all__ = ["builder", "co_author", "graph", "interactive_fiction", "novelist", "simulated_human"]
