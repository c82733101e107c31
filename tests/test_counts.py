"""What the code may hold none of, counted: bare names of gates, languages by name, minified files, files too long."""

from __future__ import annotations

import ast
import re
import tomllib
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from folders import PRODUCT, ROOT, TESTS
from recurrentgpt.graph.catalogue import every_gate
from recurrentgpt.schemas.context import Chooser
from recurrentgpt.schemas.modes import MODES

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES_ARE_MADE_IN = ("graph", "nodes")
MOST_LINES, MOST_TEST_LINES, MOST_AT_THE_TOP = 400, 600, 3
_WRITTEN = (".py", ".html", ".js", ".css")


def product_files(*endings: str) -> Iterator[Path]:
    """What is installed of the endings asked for."""
    for folder in PRODUCT:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in endings and "__pycache__" not in file.parts:
                yield file
    yield ROOT / "__init__.py"


def texts_in(file: Path) -> Iterator[tuple[int, str]]:
    """Every text in a file of Python but its docstrings, and its line."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def test_gates_are_named_where_they_are_made_and_nowhere_else() -> None:
    names = set(every_gate())
    assert {"generate_paragraph", "select_plan", "take_batch", "read_message"} <= names
    found = [
        f"{file.relative_to(ROOT)}:{line} {text}"
        for file in product_files(".py")
        if file.relative_to(ROOT).parts[0] not in NAMES_ARE_MADE_IN
        for line, text in texts_in(file)
        if text in names
    ]
    found += [
        f"{file.relative_to(ROOT)} {name}"
        for file in product_files(".html", ".js")
        for name in re.findall(r"""["']([a-z_]+)["']""", file.read_text(encoding="utf-8"))
        if name in names
    ]
    assert not found


def test_no_language_is_asked_for_by_name() -> None:
    asks = re.compile(r"""(?:[!=]=|\bin)\s*\(?\s*["'](?:zh|en)["']|["'](?:zh|en)["']\s*(?:[!=]=|\bin\b)|case ["']zh""")
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in product_files(*_WRITTEN)
        for line in file.read_text(encoding="utf-8").splitlines()
        if asks.search(line)
    ]
    assert not found


@pytest.mark.parametrize("face", ["cli", "web"])
def test_a_face_knows_stories_and_schemas_and_nothing_below(face: str) -> None:
    files = [file for file in product_files(".py") if file.relative_to(ROOT).parts[0] == face]
    known = {face, "stories", "schemas", "web", "evaluation", "mcp_server"}  # the command line starts the other three
    assert files
    assert not {f"{file.name}: {folder}" for file in files for folder in folders_named_by(file) - known}


def folders_named_by(file: Path) -> set[str]:
    """The folders of the package that a file one below its top imports from."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level > 1]
    paths = [node.module.partition(".")[0] if node.module else name.name for node in found for name in node.names]
    return {path for path in paths if path in PRODUCT}


def test_nothing_is_minified_and_no_third_partys_file_is_in_the_tree() -> None:
    scripts = list(product_files(".js", ".css", ".mjs", ".woff", ".woff2", ".ttf"))
    assert scripts
    assert not [file.name for file in scripts if ".min." in file.name]
    longest = {file.name: max(map(len, file.read_text(encoding="utf-8").splitlines())) for file in scripts}
    assert not {name: length for name, length in longest.items() if length > 300}, "a line that nobody wrote"


@pytest.mark.parametrize("folder", [*PRODUCT, "."])
def test_a_file_has_one_subject(folder: str) -> None:
    files = [file for file in product_files(*_WRITTEN) if file.relative_to(ROOT).parts[0] == folder or folder == "."]
    assert not {str(file.relative_to(ROOT)): lines for file in files if (lines := lines_of(file)) > MOST_LINES}


def test_tests_mirror_the_folders_and_none_is_too_long() -> None:
    assert len(list(TESTS.glob("test_*.py"))) <= MOST_AT_THE_TOP
    assert {folder for folder in PRODUCT if not (TESTS / folder).is_dir()} == set()
    assert not {file.name: lines for file in TESTS.rglob("*.py") if (lines := lines_of(file)) > MOST_TEST_LINES}


def lines_of(file: Path) -> int:
    """How long a file is."""
    return len(file.read_text(encoding="utf-8").splitlines())


def test_bounds_and_choices_of_forms_are_the_schemas() -> None:
    templates = [file for file in product_files(".html") if file.suffix == ".html"]
    chosen = "|".join(get_args(Chooser))
    literal = re.compile(rf"""maxlength=["']\d|<option value=["'](?:{chosen}|{"|".join(MODES)})["']""")
    assert templates
    assert not [file.name for file in templates if literal.search(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("folder", PRODUCT)
def test_every_file_of_a_package_is_in_it(folder: str) -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    root = ROOT / folder
    shipped: set[str] = set()
    for package, patterns in setup["package-data"].items():
        place = Path(setup["package-dir"][package])
        if place.parts[:1] == (folder,):
            found = [hit for pattern in patterns for hit in glob(pattern, root_dir=ROOT / place, recursive=True)]  # noqa: PTH207 (as setuptools looks)
            shipped.update(str((place / hit).relative_to(folder)) for hit in found)
    there = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    kept = {name for name in there if not name.endswith((".py", ".pyc"))}
    assert kept, "nothing was looked at"
    assert kept <= shipped
