"""A file of any known kind, read into a manuscript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...schemas.errors import RecurrentGPTError, SettingsError, StorageError
from ...schemas.languages import guessed
from .assembling import assemble
from .bounds import check_size
from .epub import read_epub
from .folders import Known, read_folder
from .kinds import kind_of_file, kind_of_nameless
from .log import read_log, read_text
from .marked_up import read_fiction_book, read_latex, read_markdown, read_page, read_rtf
from .open_document import read_flat_document, read_open_document
from .pdf import read_pdf
from .plain_marks import read_ascii_doc, read_org
from .screenplay import read_screenplay
from .word import read_word

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from ...schemas.languages import Language
    from .pieces import Found, Reading

CHAPTER_READERS: Final[dict[str, Callable[[Path, Language, str], Found]]] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".docx": read_word,
    ".odt": read_open_document,
    ".fodt": read_flat_document,
    ".rtf": read_rtf,
    ".epub": read_epub,
    ".html": read_page,
    ".htm": read_page,
    ".xhtml": read_page,
    ".fb2": read_fiction_book,
    ".tex": read_latex,
    ".fountain": read_screenplay,
    ".adoc": read_ascii_doc,
    ".asciidoc": read_ascii_doc,
    ".org": read_org,
}

CHAPTERS: Final = tuple(CHAPTER_READERS)
"""What a chapter of a folder may be."""


def _read_chapter(path: Path, language: Language, encoding: str) -> Found:
    check_size(path)
    kind = _kind_of(path, CHAPTER_READERS)
    if kind not in CHAPTER_READERS:
        raise SettingsError("manuscript_format", name=path.name, known=CHAPTERS)
    return CHAPTER_READERS[kind](path, language, encoding)


def _kind_of(path: Path, known: Collection[str]) -> str:
    """What reads a file, by what is in it, and by its name where that says it."""
    kind = kind_of_file(path)
    return kind if kind in known else kind_of_nameless(path)


def _read_folder(path: Path, language: Language, encoding: str) -> Found:
    return read_folder(path, language, encoding, Known(CHAPTERS, _read_chapter))


READERS: Final[dict[str, Callable[[Path, Language, str], Found]]] = {
    **CHAPTER_READERS,
    ".pdf": read_pdf,
    ".zip": _read_folder,
    ".scriv": _read_folder,
    ".log": read_text,
    ".jsonl": read_log,
    ".json": read_log,
}
"""By the end of a file's name."""

KNOWN: Final = tuple(ending for ending in READERS if ending != ".json")


def read_file(path: Path, language: Language, *, encoding: str = "", keep: Collection[str] = ()) -> Reading:
    """Read a manuscript.

    Args:
        path: a file of a known kind.
        language: the text's, as far as anybody said.
        encoding: what its text is encoded in; empty: it is found out.
        keep: reasons for which nothing is left out, because a person says that it is story.

    Raises:
        SettingsError: it is of no known format, or what reads it is not installed.
        StorageError: it cannot be read within its bounds, is not what its name says, or holds no text.
    """
    found = find_in(path, language, encoding)
    text = "\n".join(block.text for block in found.blocks[:200] if not block.why)
    looked_at = guessed(text)
    reading = assemble(found, looked_at if looked_at.script else language, keep)
    if not reading.manuscript.chapters:
        raise StorageError("manuscript_empty", path=path)
    return reading


def find_in(path: Path, language: Language, encoding: str = "") -> Found:
    """What a file holds, before it is put together.

    Raises:
        SettingsError: as :func:`read_file`.
        StorageError: as :func:`read_file`.
    """
    kind = path.suffix.lower()
    if not path.is_dir():
        check_size(path)
        kind = _kind_of(path, READERS)
    read = _read_folder if path.is_dir() else READERS.get(kind)
    if read is None:
        raise SettingsError("manuscript_format", name=path.name, known=(*KNOWN, ".json"))
    try:
        return read(path, language, encoding)
    except RecurrentGPTError:
        raise
    except RecursionError as error:
        raise StorageError("manuscript_too_deep", path=path) from error
    except Exception as error:  # whatever a parser raises for a file that is not what it says it is
        reason = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise StorageError("manuscript_of_another_kind", path=path, format=kind, reason=reason[:200]) from error
