"""What the fields of a story's state are called where a client shows them: title, description, group, in a language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from ..schemas.language_folders import STATE, texts
from ..schemas.story_input import PREMISE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..schemas.story_input import StoryInput

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "conversation": ("messages",),
    "premise": (
        *PREMISE,
        *("author", "language", "mode", "target_paragraphs", "before", "pack"),
    ),
    "text": ("step", "paragraph", "summary", "chapters", "beat", "opening"),
    "memory": (
        *("short_term_memory", "previous_memory", "rationale", "retrieved", "standing", "knowledge", "pins"),
        *("aliases", "apart", "clashes", "clash_marks", "codex", "lineage"),
    ),
    "plans": (
        "plans",
        "plan",
        "refused",
        "changed_since_plans",
        "titles_kept",
        "choices",
        "next_chapter",
        "new_character",
    ),
    "trace": ("usage", "repetition", "review_problem"),
    "machinery": (
        *("story_id", "format", "prompt", "reading", "ended_at", "end_told", "after_review", "feedback", "edited"),
        *("memory_put_right", "clashes_read", "shifts", "look", "looked", "condense_from", "said", "stop", "heard"),
        *("told", "speaking"),
    ),
}
"""The fields of every state of the project, in the order in which a client is to show them."""

_GROUP_OF: Final = {name: group for group, names in GROUPS.items() for name in names}
_ORDER: Final = {name: place for place, name in enumerate(_GROUP_OF)}


class StateWords:
    """The words for the fields of a state, in one language."""

    def __init__(self, language: str, story: type[StoryInput]) -> None:
        """The words of a language.

        Args:
            language: its tag.
            story: what a story is begun from; its fields are said there.
        """
        self._words = texts(language, STATE)
        self._story = story

    def of(self, name: str) -> dict[str, Any]:
        """Title, description and group of a field; empty: it is none of the project's own."""
        if name not in _GROUP_OF:
            return {}
        known = self._story.model_fields.get(name)
        title = (known and known.title) or self._words[name]
        description = (known and known.description) or self._words[f"{name}_hint"]
        return {"title": title, "description": description, "group": self._words[f"group_{_GROUP_OF[name]}"]}

    def schema(self, known: dict[str, Any]) -> dict[str, Any]:
        """A JSON schema with the words for its fields, group by group."""
        fields = {name: {**shown, **self.of(name)} for name, shown in known.get("properties", {}).items()}
        return {**known, "properties": {name: fields[name] for name in in_order(fields)}}

    def kind(self, name: str, known: Any) -> Any:  # noqa: ANN401 (a type)
        """The type of a field, with the words for it."""
        said = self.of(name)
        if not said:
            return known
        words = Field(title=said["title"], description=said["description"], json_schema_extra={"group": said["group"]})
        return Annotated[known, words]


def in_order(names: Iterable[str]) -> list[str]:
    """The names of fields, group by group; those that are not the project's own come last, as they are."""
    return sorted(names, key=lambda name: _ORDER.get(name, len(_ORDER)))
