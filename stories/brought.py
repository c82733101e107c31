"""What a story's file or card brings besides text: models' names, prompts of its own, settings. It acts when asked to.

Whoever sent the file may have meant ill by it: a prompt can say anything, a model's name can cost money. So a story
comes without them; they are kept beside it, shown, and used once the person says which. A file holds no address and no
key: a model's name is looked up where the person's own settings point.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from pydantic import ValidationError

from ..schemas.context import Context
from ..schemas.errors import StorageError
from .record import write_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from ..schemas.modes import Mode

Group = Literal["models", "prompts", "settings"]
"""What is decided on together: which models are asked and how, what they are told, how much of everything."""
GROUPS: Final[tuple[Group, ...]] = get_args(Group)

BROUGHT = "brought.json"
_MODELS = frozenset({"model", "helper_model", "gate_models", "dialect", "reasoning_effort", "request_fields"})


@dataclass(frozen=True)
class Brought:
    """What a story's file brought.

    Attributes:
        context: the settings that somebody chose there, and that are not as they usually are.
        unknown: keys of its states that gates made which are not here; they are left out.
    """

    context: Context
    unknown: tuple[str, ...] = ()

    def of(self, group: Group) -> dict[str, Any]:
        """What there is of a group, by the names of the settings; prompts and gates' models one by one."""
        found: dict[str, Any] = {}
        for name, value in _set(self.context).items():
            if _group(name) == group:
                found |= value if isinstance(value, dict) else {name: value}
        return found

    def taken(self, groups: Collection[str]) -> dict[str, Any]:
        """The settings of some groups."""
        return {name: value for name, value in _set(self.context).items() if _group(name) in groups}

    @property
    def groups(self) -> list[Group]:
        """The groups of which there is something."""
        return [group for group in GROUPS if self.of(group)]


def usual(context: Context, mode: Mode) -> Context:
    """Of a story's settings those that are as they usually are in its mode, whoever chose them."""
    usually = Context().sized_for(mode).model_dump(mode="json")
    try:
        return Context.model_validate({name: value for name, value in _set(context).items() if value == usually[name]})
    except ValidationError:
        return Context()  # Each is usual, but one of them holds only beside one that is not.


def set_aside(context: Context, mode: Mode, unknown: Iterable[str]) -> Brought | None:
    """What a story's settings bring that is not usual; ``None``: nothing.

    Args:
        context: the settings.
        mode: the story's.
        unknown: keys of its states that are left out.
    """
    as_usual = _set(usual(context, mode))
    chosen = {name: value for name, value in _set(context).items() if name not in as_usual}
    brought = Brought(Context.model_construct(set(chosen), **chosen), tuple(sorted(unknown)))
    return brought if brought.groups or brought.unknown else None


def joined(one: Brought | None, other: Brought | None) -> Brought | None:
    """What two bring; where both say a setting, the other's."""
    if one is None or other is None:
        return one or other
    chosen = {**_set(one.context), **_set(other.context)}
    return Brought(Context.model_construct(set(chosen), **chosen), (*one.unknown, *other.unknown))


def keep_brought(folder: Path, brought: Brought) -> None:
    """Keep it in the story's folder until somebody decides.

    Raises:
        StorageError: it cannot be written.
    """
    kept = {"context": _set(brought.context), "unknown": brought.unknown}
    write_text(folder / BROUGHT, json.dumps(kept, ensure_ascii=False, indent=1))


def read_brought(folder: Path) -> Brought | None:
    """What a story brought that nobody decided on yet; ``None``: nothing.

    Raises:
        StorageError: it cannot be read.
    """
    try:
        kept = json.loads((folder / BROUGHT).read_text(encoding="utf-8"))
        return Brought(Context.model_validate(kept["context"]), tuple(map(str, kept["unknown"])))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise StorageError("file_unreadable", path=folder / BROUGHT, reason=str(error).partition("\n")[0]) from error


def forget_brought(folder: Path) -> None:
    """Keep what a story brought no longer."""
    (folder / BROUGHT).unlink(missing_ok=True)


def _set(context: Context) -> dict[str, Any]:
    """The settings that somebody chose."""
    return context.model_dump(mode="json", exclude_unset=True)


def _group(name: str) -> Group:
    if name == "prompts":
        return "prompts"
    return "models" if name in _MODELS else "settings"
