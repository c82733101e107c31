"""Files of every kind that a writer has, read into one manuscript. What is in one is data, and no name in it a path."""

from .pieces import LeftOut, Reading, Why
from .reading import KNOWN, read_file

__all__ = ["KNOWN", "LeftOut", "Reading", "Why", "read_file"]
