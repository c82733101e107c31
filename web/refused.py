"""A form that was refused: what was typed in it comes back in its fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


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
