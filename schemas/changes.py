"""What a person's answer may change beside its choice: fields that carry what clients are told of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Change:
    """What an answer may change beside its choice.

    Attributes:
        title: what clients call it.
        maximum: characters it may have.
        may_be_empty: whether it may be nothing.
        key: what it changes in the state; empty: what it is called itself.
    """

    title: str
    maximum: int
    may_be_empty: bool = False
    key: str = ""

    def schema(self) -> dict[str, Any]:
        """What clients are told of it."""
        least = {} if self.may_be_empty else {"minLength": 1}
        return {"type": "string", **least, "maxLength": self.maximum, "title": self.title}


def change_field(title: str, maximum: int, *, may_be_empty: bool = False, key: str = "") -> Any:  # noqa: ANN401
    """A field of a review that changes the state."""
    return field(default=None, metadata={"change": Change(title, maximum, may_be_empty, key)})
