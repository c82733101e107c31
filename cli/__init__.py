"""The command line. Each command loads what it needs when it runs: ``--help`` and ``list`` load nothing heavy."""

from .main import main

__all__ = ["main"]
