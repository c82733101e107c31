"""By what a person comes to a story: each process tells others which it is."""

from __future__ import annotations

from typing import Literal

Face = Literal["", "page", "terminal", "agents"]
"""The page in a browser, a terminal, the server for agents; empty: a program that uses the library."""
