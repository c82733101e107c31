"""A book as PDF: its web page, printed by a browser that is on this machine, or by WeasyPrint."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from ...schemas.errors import SettingsError, StorageError
from .page import as_html

if TYPE_CHECKING:
    from .book import Book

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_SECONDS: Final = 180


def as_pdf(book: Book) -> bytes:
    """The book as PDF.

    Raises:
        SettingsError: neither a browser nor WeasyPrint is on this machine.
        StorageError: it could not be printed.
    """
    page = as_html(book)
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), "")
    if browser:
        return _printed(page, browser)
    try:
        weasyprint = import_module("weasyprint")
    except (ImportError, OSError) as error:
        raise SettingsError("pdf_needs_a_browser", known=BROWSERS[:3]) from error
    made: bytes = weasyprint.HTML(string=page, url_fetcher=_nothing).write_pdf()
    return made


def _nothing(url: str) -> object:
    """A book's page names nothing beside itself."""
    raise ValueError(url)


def _printed(page: str, browser: str) -> bytes:
    with TemporaryDirectory() as name:
        folder = Path(name)
        source, target = folder / "book.html", folder / "book.pdf"
        source.write_text(page, encoding="utf-8")
        # A browser keeps pages apart by means that root does not have; this page is ours, and runs nothing.
        as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        quiet = ("--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--no-pdf-header-footer")
        outlined = ("--generate-pdf-document-outline", "--export-tagged-pdf")
        offline = ("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder / 'profile'}")
        command = [browser, *as_root, *quiet, *outlined, *offline, f"--print-to-pdf={target}", source.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 (the person's browser)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StorageError("book_not_made", format=".pdf", reason=str(error)[:200]) from error
        if done.returncode or not target.is_file():
            complaint = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise StorageError("book_not_made", format=".pdf", reason=complaint[:200] or browser)
        return target.read_bytes()
