"""Settings that are mappings, each value of which may be given as a field of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pydantic import BaseModel

OWN_PROMPT = "_prompt"
"""The end of the name of a field that holds a prompt of one's own."""
OWN_MODEL = "_model"
"""The end of the name of a field that holds a gate's own model."""
GATHERED: Final = {"prompts": OWN_PROMPT, "gate_models": OWN_MODEL}
"""Fields that are mappings, and how the name ends of a field that is one of their values."""


def is_own(name: str, end: str, fields: Collection[str]) -> bool:
    """Whether a name is that of a value in such a mapping, and no setting itself."""
    return name.endswith(end) and name not in fields


def is_as_offered(kind: type[BaseModel], name: str, value: object, fields: Collection[str]) -> bool:
    """Whether a prompt comes back from its editor as it was offered there, and so is none of a person's own.

    Args:
        kind: the settings of the assistant that offered it.
        name: of the prompt's field.
        value: what came.
        fields: the names of all settings.
    """
    offered = kind.model_fields.get(name)
    if offered is None or not is_own(name, OWN_PROMPT, fields) or not isinstance(value, str):
        return False
    return bool(value.strip()) and value.strip() == str(offered.default).strip()


def gathered_in(field: str, end: str, given: Mapping[str, Any], fields: Collection[str]) -> Mapping[str, Any]:
    """What was given, with the values of a mapping in it; an empty one is none.

    Args:
        field: the mapping's name.
        end: how the names of its values end.
        given: the settings as they came.
        fields: the names of all settings.
    """
    named = {key: text for key, text in given.items() if is_own(str(key), end, fields) and isinstance(text, str)}
    rest = {key: value for key, value in given.items() if key not in named}
    own = rest.get(field) or {}
    gathered = {key.removesuffix(end): text for key, text in named.items()}
    if not isinstance(own, Mapping) or not (named or own):
        return given
    return {**rest, field: {name: text for name, text in (dict(own) | gathered).items() if text}}
