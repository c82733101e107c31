"""What the measurement of samples is made of: plans, the texts of authors, recorded answers; by language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..schemas.languages import language_named

if TYPE_CHECKING:
    from pathlib import Path

    from ..schemas.languages import Language

WITHOUT = "without"
"""The arm that was given no samples."""


@dataclass(frozen=True)
class Study:
    """Plans that were written with samples of one author, of another, and without.

    Attributes:
        tag: of the language that all of it is in.
        authors: whose samples were given: ``data/voice-<name>.json``.
        ending: of the names of the files with plans and answers.
    """

    tag: str
    authors: tuple[str, str]
    ending: str = ""

    @property
    def arms(self) -> tuple[str, ...]:
        """Without samples, then with those of each author."""
        return (WITHOUT, *self.authors)

    @property
    def language(self) -> Language:
        """The language, by whose words texts are compared: in Chinese, characters."""
        return language_named(self.tag)


ENGLISH = Study("en", ("austen", "melville"))
CHINESE = Study("zh", ("luxun", "zhuziqing"), "-zh")
STUDIES = {study.tag: study for study in (ENGLISH, CHINESE)}


@dataclass(frozen=True)
class Author:
    """An author of whom samples are given.

    Attributes:
        name: who it is.
        samples: what the writer is shown.
        others: other texts of the same author, which nobody is shown: Delta is told by them.
    """

    name: str
    samples: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def reference(self) -> str:
        """All that Delta knows of the author."""
        return "\n\n".join(self.others)


@dataclass(frozen=True)
class Situation:
    """A place in a story, and the plan that is written there.

    Attributes:
        id: its number.
        topic: what the story is about.
        genre: what it is.
        memory: the short-term memory.
        paragraph: the last paragraph, in no author's manner.
        plan: what comes next.
    """

    id: str
    topic: str
    genre: str
    memory: str
    paragraph: str
    plan: str


def author(name: str) -> Author:
    """An author of a study, by name."""
    kept = data(f"voice-{name}")
    samples, others = (tuple(one["text"] for one in kept[part]) for part in ("samples", "others"))
    return Author(kept["name"], samples, others)


def situations(study: Study = ENGLISH) -> list[Situation]:
    """The places and plans, in order."""
    return [Situation(**one) for one in data(f"voice-plans{study.ending}")]


def answers(study: Study = ENGLISH) -> dict[str, dict[str, str]]:
    """The recorded answers: by arm, by situation."""
    recorded: dict[str, dict[str, str]] = {arm: {} for arm in study.arms}
    for one in data(f"voice-answers{study.ending}"):
        recorded[one["arm"]][one["id"]] = one["text"]
    return recorded


def answers_in(folder: Path, study: Study = ENGLISH) -> dict[str, dict[str, str]]:
    """Answers that stand in files, ``<arm>-<situation>.txt`` each: by arm, by situation.

    Raises:
        ValueError: one is missing.
    """
    found: dict[str, dict[str, str]] = {}
    for arm in study.arms:
        files_of = {one.id: folder / f"{arm}-{one.id}.txt" for one in situations(study)}
        missing = [file.name for file in files_of.values() if not file.exists()]
        if missing:
            msg = f"There is no answer {missing[0]} in {folder}: every prompt needs one."
            raise ValueError(msg)
        found[arm] = {id_: file.read_text(encoding="utf-8") for id_, file in files_of.items()}
    return found


def data(name: str) -> Any:  # noqa: ANN401 (JSON)
    """What a file of the package's data holds."""
    return json.loads((files("recurrentgpt.evaluation") / "data" / f"{name}.json").read_text(encoding="utf-8"))
