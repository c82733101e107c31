"""What the file of a whole story holds: its form, published as a JSON schema, and what older forms become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from ..memory import Entry
from ..nodes.select_plan import select_plan
from ..schemas.state import Passage, StoryState
from .passage_history import Hands
from .prompt_log import GateCalls  # noqa: TC001 (Pydantic reads the annotations)
from .record import StoryRecord, upgraded
from .redo import MOST_UNDONE
from .rewriting import MOST_KEPT, Rewriting

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_PLACES = 1_000_000
"""More passages than any story has."""


class KeptEntry(BaseModel):
    """A passage of the long-term memory: its slot, its words, what it made true and what it changed."""

    model_config = ConfigDict(extra="forbid")

    branch: str
    seq: int = Field(ge=0, lt=MOST_PLACES)
    text: str
    summary: str
    plan: str = ""
    path: str = ""
    by_characters: bool | None = None
    is_put_right: bool | None = None
    facts: list[dict[str, Any]] | None = None
    changes: list[dict[str, Any]] | None = None

    @model_validator(mode="after")
    def _has_facts_that_are_some(self) -> Self:
        self.entry()
        return self

    def entry(self) -> Entry:
        """What it is in the long-term memory."""
        return Entry.from_json(self.model_dump(exclude_none=True))

    @model_serializer(mode="wrap")
    def _without_what_it_has_not(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in dump(self).items() if value is not None}


class KeptSynopsis(BaseModel):
    """A synopsis of the slots whose digest it names."""

    model_config = ConfigDict(extra="forbid")

    slots: str
    level: int = Field(ge=1, lt=100)
    text: str


class _AnyPassage(Passage, total=False):
    # Before 0.1 a recalled passage was its place, its text and how near it is: what it lacks is not made up.
    text: str  # type: ignore[misc]
    summary: str  # type: ignore[misc]
    score: float  # type: ignore[misc]
    question: str  # type: ignore[misc]
    sentence: str  # type: ignore[misc]
    similarity: float  # type: ignore[misc]
    shown: str  # type: ignore[misc]


class _AnyState(StoryState, total=False):
    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]

    # A premise has models here, a state what they are in JSON; they are checked with what the story is begun from.
    before: dict[str, Any] | None
    pack: dict[str, Any] | None
    retrieved: list[_AnyPassage]  # type: ignore[misc]


def _counts(state: _AnyState) -> _AnyState:
    if not 0 <= state.get("step", 0) < MOST_PLACES:
        msg = "a state has a step, from 0"
        raise ValueError(msg)
    if any(chapter["seq"] < 0 for chapter in state.get("chapters", [])):
        msg = "a chapter begins at a place, from 0"
        raise ValueError(msg)
    return state


class KeptState(BaseModel):
    """Where a branch stood.

    Attributes:
        state: the state of the graph.
        next: the gates that come next; the one that asks at a pause, none at the story's end.
        by: who made it: a run, or a person who changed something (then it can be undone).
    """

    model_config = ConfigDict(extra="forbid")

    state: Annotated[_AnyState, AfterValidator(_counts)]
    next: list[str] = Field(max_length=50)
    by: Literal["run", "person"] = "run"


class Reading(BaseModel):
    """A manuscript that is not read to its end.

    Attributes:
        manuscript: what is read, as the story's folder keeps it.
        at: how far that is; ``None``: nothing is read yet.
    """

    model_config = ConfigDict(extra="forbid")

    manuscript: dict[str, Any] | list[str]
    at: KeptState | None = None


class KeptAside(BaseModel):
    """Where a branch stood before something was undone, or behind another such state: no state of its own way now.

    Attributes:
        branch: the branch.
        of: among what its state before is: the branch's states, or these.
        behind: which of them it comes from, from 0.
        kept: the state.
    """

    model_config = ConfigDict(extra="forbid")

    branch: str
    of: Literal["branch", "aside"] = "branch"
    behind: int = Field(ge=0, lt=MOST_PLACES)
    kept: KeptState


class KeptUndone(BaseModel):
    """What can be done again.

    Attributes:
        on: the branch on which it is done again.
        branch: where it then stands.
        aside: at which of the states aside, from 0; ``None``: where that branch stands now.
    """

    model_config = ConfigDict(extra="forbid")

    on: str
    branch: str
    aside: int | None = Field(None, ge=0, lt=MOST_PLACES)


class Beside(BaseModel):
    """What stands beside a story's states and its memory.

    Attributes:
        hands: whose the versions of passages are that no person wrote.
        rewritings: versions of words of which none is taken yet.
        retold: passages that were told once more for the book of a played story, by what names them.
        asides: states that were undone.
        undone: what can be done again, the newest last.
    """

    model_config = ConfigDict(extra="forbid")

    hands: Hands = Hands()
    rewritings: list[Rewriting] = Field([], max_length=MOST_KEPT)
    retold: dict[Annotated[str, Field(pattern="^[0-9a-f]{24}$")], str] = {}
    asides: list[KeptAside] = []
    undone: list[KeptUndone] = Field([], max_length=MOST_UNDONE)


class Archive(BaseModel):
    """A whole story.

    Attributes:
        record: its card: title, premise, settings, branches, when it was last written.
        branches: of each branch where it stood after every step and every change of a person, oldest first; the last
            is where it stands now, also in the middle of a step.
        entries: the long-term memory, over all branches.
        synopses: what was condensed of it.
        reading: the manuscript, where one is being read.
        sent: what the models were last sent, by gate.
        beside: what stands beside it: whose versions are, what was undone, rewritten, told once more.
    """

    model_config = ConfigDict(extra="forbid", validate_by_name=True, serialize_by_alias=True)

    kind: Literal["recurrentgpt story"] = "recurrentgpt story"
    format: Literal[2] = 2
    record: StoryRecord = Field(alias="card")
    branches: dict[str, list[KeptState]]
    entries: list[KeptEntry]
    synopses: list[KeptSynopsis] = []
    reading: Reading | None = None
    sent: dict[str, GateCalls] = {}
    beside: Beside = Beside()


def schema() -> dict[str, Any]:
    """The JSON schema of the file, as it is published in ``docs/archive.schema.json``."""
    made = Archive.model_json_schema(by_alias=True, mode="validation")
    about = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A whole story of RecurrentGPT",
    }
    return {**made, **about}


def of_this_format(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What a file holds, in the form that this version knows, with the card upgraded as well.

    Raises:
        ValueError: something of an older form is missing or of another type.
    """
    made = dict(kept)
    if kept.get("format") == 1:
        made = _of_1(made)
    if isinstance(made.get("card"), dict):
        made["card"] = upgraded(made["card"])
    return made


def _of_1(kept: dict[str, Any]) -> dict[str, Any]:
    """Format 1 kept the newest state of each step, and nothing of a branch on which no step was finished."""
    steps, card = kept.pop("steps", None), kept.get("card")
    if not isinstance(steps, dict) or not isinstance(card, dict):
        msg = "it has no steps, or no card"
        raise TypeError(msg)
    branches = {name: [{"state": state, "next": _next_of(state)} for state in states] for name, states in steps.items()}
    for branch in card.get("branches", []):
        name, parent = branch.get("name"), branch.get("parent")
        if parent and not branches.get(name):
            left_at = [one for one in branches.get(parent, []) if one["state"].get("step", 0) <= branch.get("step", 0)]
            branches[name] = left_at[-1:]
    return {**kept, "format": 2, "branches": branches}


def _next_of(state: object) -> list[str]:
    if not isinstance(state, dict):
        msg = "a state is no object"
        raise TypeError(msg)
    return [] if state.get("stop") else [select_plan.name]
