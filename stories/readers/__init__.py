"""Files of every kind that a writer has, read into one manuscript. What is in one is data, and no name in it a path.

What reads them is imported when the first file is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...schemas.lazy_names import at_first_use

if TYPE_CHECKING:
    from .pieces import LeftOut, Reading, Why
    from .reading import KNOWN, read_file

__all__ = ["KNOWN", "LeftOut", "Reading", "Why", "read_file"]

_PLACES = {
    "KNOWN": ".reading",
    "LeftOut": ".pieces",
    "Reading": ".pieces",
    "Why": ".pieces",
    "read_file": ".reading",
}

__getattr__ = at_first_use(__name__, _PLACES)
