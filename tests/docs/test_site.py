"""The pages of the documentation make a site, without a warning, and its reference names all that a program imports."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from sphinx.cmd.build import main

import recurrentgpt
from folders import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DOCS = ROOT / "docs"


@pytest.mark.filterwarnings(
    "ignore::sphinx.deprecation.RemovedInSphinx11Warning"
)  # napoleon's and MyST's own use of it
def test_the_site_is_made_without_a_warning(tmp_path: Path) -> None:
    assert main(["-b", "html", "-W", "-q", "-d", str(tmp_path / "trees"), str(DOCS), str(tmp_path / "site")]) == 0
    pages = {page.stem for page in DOCS.glob("*.md")}
    assert pages <= {page.stem for page in (tmp_path / "site").glob("*.html")}
    index = (tmp_path / "site" / "index.html").read_text()
    assert all(f'href="{page}.html' in index for page in pages - {"index"}), "each page is in the table of contents"
    searched = (tmp_path / "site" / "searchindex.js").read_text()
    assert "cookbook" in json.loads(re.sub(r"^Search\.setIndex\(|\)$", "", searched.strip()))["docnames"]
    assert "recurrentgpt.Library.open" in (tmp_path / "site" / "reference.html").read_text()


def test_the_reference_names_every_public_name() -> None:
    page = (DOCS / "reference.md").read_text()
    assert not [name for name in recurrentgpt.__all__ if not re.search(rf"\b{name}\b", page)]


def test_the_cookbook_has_twenty_recipes() -> None:
    numbers = re.findall(r"^## (\d+)\. ", (DOCS / "cookbook.md").read_text(), re.MULTILINE)
    assert numbers == [str(number) for number in range(1, 21)]
