"""A hierarchical outline in the manner of RE3 (arXiv 2210.06774) and DOC (arXiv 2212.10077): our own simple version."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from ..nodes.answers import Answer, Lines
from ..nodes.asking import AnswerSpec
from .asking import ask
from .baselines import Baseline, budget
from .novel import Page, VisibleContext

if TYPE_CHECKING:
    from .writers import Assignment

SCENES_A_PART = 4
"""Paragraphs a part of the outline has."""
_SCENE = 300
"""Characters a part or a scene of an outline may have."""


class Parts(Answer):
    """The upper level of an outline."""

    numbered = frozenset({"parts"})

    parts: Lines


class Scenes(Answer):
    """The lower level: what each paragraph of a part tells."""

    numbered = frozenset({"scenes"})

    scenes: Lines


class Outline(Baseline):
    """A hierarchical outline, in the manner of RE3 and DOC: parts, their scenes, a paragraph a scene. Our own."""

    def __init__(self, assignment: Assignment) -> None:
        super().__init__(assignment)
        self._parts: list[str] = []
        self._scenes: list[str] = []
        self._written = 0

    def begin(self) -> list[str]:
        """Open the novel, and outline its parts."""
        opening = super().begin()
        count = ceil(self.book.assignment.paragraphs / SCENES_A_PART)
        self._parts = self._list("outline_parts", Parts, "parts", count, text="\n\n".join(opening))
        return opening

    def write_next(self) -> Page:
        """The scenes of a part when it begins, then a paragraph a scene."""
        place = self._written % SCENES_A_PART
        if not place:
            self._outline_scenes()
        scene = self._scenes[place]
        text = self.book.prose(self._prompt(place, scene, self._text(place, scene)))
        self._written += 1
        return Page(text=text, plan=scene)

    def sight(self, plan: str) -> VisibleContext:
        """The outline, and the end of the text."""
        outline = "\n".join([*self._parts, *self._scenes])
        return VisibleContext(short_term_memory=outline, text=self._text(len(self._scenes), plan))

    def _outline_scenes(self) -> None:
        part = self._written // SCENES_A_PART
        left = self.book.assignment.paragraphs - self._written
        self._scenes = self._list(
            "outline_scenes",
            Scenes,
            "scenes",
            min(SCENES_A_PART, left),
            parts=self._numbered(),
            part=self._parts[part],
            number=str(part + 1),
            last_paragraph=self.book.texts[-1],
        )

    def _text(self, place: int, scene: str) -> str:
        return self.book.end_of_text(self._prompt(place, scene, ""), budget(self.book.assignment))

    def _prompt(self, place: int, scene: str, text: str) -> str:
        return self.book.load("write_scene").fill(
            parts=self._numbered(),
            before="\n".join(self._scenes[:place]),
            scene=scene,
            text=text,
            paragraph_sentences=self.context.paragraph_sentences,
        )

    def _numbered(self) -> str:
        return "\n".join(f"{number}. {part}" for number, part in enumerate(self._parts, start=1))

    def _list(self, prompt: str, answer: type[Any], name: str, count: int, **values: str) -> list[str]:
        """A list of exactly so many items."""
        turn = self.book.assignment.turn(prompt)

        def problem_of(found: Answer) -> str:
            items = len(getattr(found, name))
            return "" if items == count else turn.phrase("problem_scene_count", count=items, wanted=count)

        bounds = {name: {"minItems": count, "maxItems": count}, f"{name}.items": {"minLength": 20, "maxLength": _SCENE}}
        messages = self.book.messages(self.book.load(prompt).fill(**values, count=count))
        found: list[str] = getattr(ask(turn, messages, answer, AnswerSpec(bounds, {name: count}), problem_of), name)
        return found
