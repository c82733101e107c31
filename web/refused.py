"""A form that was refused, or that came to nothing: what was typed in it comes back in its fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import time
from typing import TYPE_CHECKING

from ..stories.drafts import Draft
from .words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from ..stories.record import StoryRecord


@dataclass(frozen=True)
class Typed:
    """What a page's fields are to show besides what the story says.

    Attributes:
        act: what the refused form was sent to, the last part of its address; empty: none was refused.
        form: its fields.
    """

    act: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    _in_fields: set[str] = field(default_factory=set, init=False, compare=False)

    @property
    def text(self) -> str:
        """What a person wrote in it."""
        return self.form.get("text", "")

    @property
    def left(self) -> str:
        """The text that was typed, if no field of the page took it so far: it may not have that field any more."""
        return "" if "text" in self._in_fields or not self.act else self.form.get("text", "")

    def is_in(self, act: str, **same: object) -> bool:
        """Whether a form is the one that was refused.

        Args:
            act: what it is sent to.
            same: its hidden fields by which it differs from others that are sent there.
        """
        return bool(self.act) and act == self.act and all(self.form.get(name) == str(one) for name, one in same.items())

    @property
    def is_own_plan(self) -> bool:
        """Whether it is that of a plan of one's own, which changes none that was proposed."""
        return self.is_in("reply", do="own") and not self.form.get("plan")

    def __call__(self, act: str, name: str, otherwise: object = "", **same: object) -> object:
        """The value of a field: as it was typed, or, where its form was not refused, what it is otherwise."""
        if not self.is_in(act, **same):
            return otherwise
        self._in_fields.add(name)
        return self.form.get(name, otherwise)

    def draft(self, record: StoryRecord, branch: str, step: int | None) -> Draft:
        """What was typed as a draft in its field, which a page of the branch brings back.

        Args:
            record: the story.
            branch: the branch that it was typed for.
            step: the step that the branch stands at.
        """
        what, plan = self.form["do"], f"{self.form['plan']}@{step}" if "plan" in self.form else ""
        place = f"{self.act}/{what}/{plan}////text"  # as the page's script calls the field
        label = Words(record.language.tag)("own_plan" if what == "own" else "other_plans")
        view = "play" if record.mode.asks_for_actions else "story"
        return Draft(
            key=f"{branch}|{place}|",
            place=place,
            branch=branch,
            text=self.text,
            label=label,
            address=f"/{view}/{record.story_id}",
            when=round(time() * 1000),
        )


def typed_in(answer: JsonValue) -> Typed:
    """The form that an answer to a pause was typed in; where nothing was typed, none."""
    match answer:
        case {"instruction": str(text), **more}:
            plan = {"plan": str(more["plan"])} if "plan" in more else {}
            return Typed("reply", {"do": "own", "text": text, **plan})
        case {"feedback": str(text)}:
            return Typed("reply", {"do": "others", "text": text})
        case str(text) if text.strip() and not text.strip().isdecimal():
            return Typed("reply", {"do": "own", "text": text})
        case _:
            return Typed()
