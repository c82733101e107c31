"""What the docs call by its name is there: files, and what stands in modules."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from copies import PRODUCT
from folders import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")])
QUOTED = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FOLDERS = "|".join((*PRODUCT, "benchmarks", "docs", "notebooks", "tests"))
FILE = re.compile(rf"(?:(?:{FOLDERS})/)?[\w/]+\.(?:py|toml|ipynb)")
NAME = re.compile(rf"(?:recurrentgpt\.)?(?:{'|'.join(PRODUCT)})(?:\.\w+)+")
NEW = frozenset({"languages/es/language.toml", "nodes/note_weather.py", "prompts/nl/language.toml", "weather.py"})
"""What a reader is shown how to make."""
ROLE = re.compile(r":(?:mod|class|func|meth):`~?(recurrentgpt\.[\w.]+)`")


def quoted(page: Path) -> list[str]:
    """What stands in backticks outside of snippets."""
    return QUOTED.findall(re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL))


def found(name: str) -> Any:
    """What a dotted name means; ``AttributeError``, if nothing is called so."""
    parts = name.removeprefix("recurrentgpt.").split(".")
    place: Any = import_module("recurrentgpt")
    for number, part in enumerate(parts, start=1):
        path = ".".join(("recurrentgpt", *parts[:number]))
        is_module = hasattr(place, "__path__") and find_spec(path) is not None
        place = import_module(path) if is_module else getattr(place, part)
    return place


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    names = [text for text in quoted(page) if FILE.fullmatch(text) and text not in NEW]
    here = {file.name for folder in (*PRODUCT, "docs", "benchmarks") for file in (ROOT / folder).rglob("*.*")}
    here |= {file.name for file in ROOT.glob("*.*")}
    assert not [name for name in names if not ((ROOT / name).exists() if "/" in name else name in here)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_everything_that_a_page_calls_by_its_module_is_there(page: Path) -> None:
    names = [text for text in quoted(page) if NAME.fullmatch(text.removesuffix("()")) and not FILE.fullmatch(text)]
    assert page.name != "architecture.md" or len(names) > 20
    for name in names:
        assert found(name.removesuffix("()")) is not None, name


def test_what_the_changelog_calls_the_new_names_is_there() -> None:
    rows = re.findall(r"^\| `[^|]+ \| ([^|]+) \|$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    names = [name for row in rows for name in QUOTED.findall(row) if NAME.fullmatch(name)]
    assert len(names) > 20
    for name in names:
        assert found(name) is not None, name


def references() -> Iterator[tuple[str, str]]:
    """Every name of ours that a docstring refers to."""
    for folder in PRODUCT:
        for file in (ROOT / folder).rglob("*.py"):
            for name in ROLE.findall(file.read_text(encoding="utf-8")):
                yield str(file.relative_to(ROOT)), name


def test_every_name_that_a_docstring_refers_to_is_there() -> None:
    for place, name in references():
        assert found(name) is not None, (place, name)


def test_one_step_fits_on_a_screen() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    before, _, rest = page.partition("## One step through the code\n")
    assert before.count("\n") < 30
    assert rest.partition("\n## ")[0].count("\n") < 40
