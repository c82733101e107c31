"""A whole play of a pack as a file that nobody reads by opening it: to be passed on, and played on from there.

It holds what an archive does, and so the pack's secrets, packed behind a line that says what it is. No key is hidden
anywhere: who sets out to unpack it can, as they can read the files of a data folder.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from ..schemas.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = b"A play of RecurrentGPT, sealed: take it in with `recurrentgpt import`, or on the page. 1\n"


def sealed(content: bytes) -> bytes:
    """The file of a play, of what its archive says."""
    return _HEAD + zlib.compress(content, 9)


def is_sealed_file(content: bytes) -> bool:
    """Whether a file is such a play."""
    return content.startswith(_HEAD)


def unsealed(path: Path, content: bytes, most: int) -> bytes:
    """What the archive in such a file says.

    Args:
        path: the file.
        content: what it holds.
        most: bytes that an archive may have.

    Raises:
        StorageError: it is damaged, or holds more than a whole story has.
    """
    unpacking = zlib.decompressobj()
    try:
        plain = unpacking.decompress(content[len(_HEAD) :], most)
    except zlib.error as error:
        raise StorageError("sealed_file_damaged", path=path, reason=error) from error
    if unpacking.unconsumed_tail:
        raise StorageError("archive_too_large", path=path, size=f">{most >> 20}", most=most >> 20)
    if not unpacking.eof:
        raise StorageError("sealed_file_damaged", path=path, reason="its end is missing")
    return plain
