"""The recurrent graph: ``builder`` to compile with a saver of your own, ``graph`` for Studio and the server."""

from .builder import builder, graph

__all__ = ["builder", "graph"]
