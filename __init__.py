"""RecurrentGPT as a LangGraph workflow: stories of any length, with a memory a person can read and edit.

The parts: ``recurrentgpt.graph`` (the graph, for composing), ``recurrentgpt.stories`` (a shelf of
stories on disk) and ``recurrentgpt.cli`` (the command line). Nothing heavy is imported here.
"""

__version__ = "0.1.0"
