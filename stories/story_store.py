"""A story's memory as LangGraph's store, to be read: another agent looks things up with the tools that it has.

A story is seen along the path of a state, so an agent that is told of one branch never reads another's. Nothing can be
written: what a story remembers is made by its gates.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    MatchCondition,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
)

from ..memory import Lineage
from ..schemas.characters import as_said
from ..schemas.errors import StoryStateError
from ..schemas.languages import language_named
from ..schemas.pack import is_sealed

if TYPE_CHECKING:
    from ..memory import Entry, LongTermMemory
    from ..schemas.facts import FactState
    from .library import Library

State = Mapping[str, Any] | Callable[[], Mapping[str, Any]]
"""A story's state as a graph gives it, or what gives it as it then stands."""

PASSAGES: Final = "passages"
FACTS: Final = "facts"
_ROOT: Final = "stories"
_SOME_TIME: Final = datetime.fromtimestamp(0, UTC)
"""A memory keeps no times; a store's items have some."""
_COMPARED: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "$eq": lambda kept, wanted: kept == wanted,
    "$ne": lambda kept, wanted: kept != wanted,
    "$gt": lambda kept, wanted: kept is not None and kept > wanted,
    "$gte": lambda kept, wanted: kept is not None and kept >= wanted,
    "$lt": lambda kept, wanted: kept is not None and kept < wanted,
    "$lte": lambda kept, wanted: kept is not None and kept <= wanted,
}

_Found = tuple[tuple[str, ...], str, dict[str, Any], float | None]


class StoryStore(BaseStore):
    """The memories of stories as a store: ``("stories", <story id>, "passages")`` and the same with ``"facts"``.

    A passage's key is its number, from 1; a fact's is its id. A search with a query goes by meaning and by words, as a
    writer's recall does; one without lists what there is, in order.
    """

    def __init__(self, library: Library, *states: State) -> None:
        """The stories of a library that some states are of.

        Args:
            library: where their memories are.
            states: each story's state, or what gives it: then the store sees what is written meanwhile.
        """
        self._library = library
        self._states = states

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """What was asked for, each in its turn.

        Raises:
            StoryStateError: something was to be written, or a story is a pack that is played.
            MemoryUnavailableError: a memory cannot be read, or some of it is gone.
        """
        return [self._do(op) for op in ops]

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """The same, in a thread: it blocks."""
        return await asyncio.to_thread(self.batch, list(ops))

    def _do(self, op: Op) -> Result:
        match op:
            case GetOp():
                return self._get(op)
            case SearchOp():
                return self._search(op)
            case ListNamespacesOp():
                return self._namespaces(op)
            case PutOp():
                raise StoryStateError("store_is_read_only", namespace="/".join(op.namespace), key=op.key)
        raise NotImplementedError(type(op).__name__)

    def _known(self) -> dict[str, Mapping[str, Any]]:
        """The states by their stories; one that has not begun has nothing to be read."""
        states = (state() if callable(state) else state for state in self._states)
        begun = {str(state["story_id"]): state for state in states if state.get("lineage")}
        if sealed := next((state for state in begun.values() if is_sealed(state)), None):
            raise StoryStateError("story_sealed", title=sealed.get("title", ""), story_id=sealed["story_id"])
        return begun

    def _read(self, state: Mapping[str, Any], use: Callable[[LongTermMemory, Lineage], Any]) -> Any:  # noqa: ANN401
        lineage = Lineage.from_json(state["lineage"])
        language = language_named(state["language"])
        with self._library.resources.memories.open(str(state["story_id"]), language) as memory:
            return use(memory, lineage)

    def _get(self, op: GetOp) -> Item | None:
        match tuple(op.namespace):
            case (root, story, kind) if root == _ROOT and (state := self._known().get(story)):
                found = self._one(state, kind, op.key)
                if found is not None:
                    times = {"created_at": _SOME_TIME, "updated_at": _SOME_TIME}
                    return Item(value=found, key=op.key, namespace=op.namespace, **times)
        return None

    def _one(self, state: Mapping[str, Any], kind: str, key: str) -> dict[str, Any] | None:
        if kind == FACTS:
            states: list[FactState] = self._read(state, lambda memory, path: memory.facts.named(path, [key]))
            return _fact(states[0]) if states else None
        length = Lineage.from_json(state["lineage"]).length
        if kind != PASSAGES or not (key.isascii() and key.isdecimal() and 1 <= int(key) <= length):
            return None
        entry: Entry = self._read(state, lambda memory, path: memory.entry(path, int(key) - 1))
        return _passage(entry, int(key))

    def _search(self, op: SearchOp) -> list[SearchItem]:
        prefix = tuple(op.namespace_prefix)
        found: list[_Found] = []
        for story, state in self._known().items():
            for kind in (PASSAGES, FACTS):
                namespace = (_ROOT, story, kind)
                if namespace[: len(prefix)] == prefix:
                    found += self._listed(state, namespace, op)
        kept = [one for one in found if _fits(one[2], op.filter or {})]
        if op.query:
            kept.sort(key=lambda one: -(one[3] or 0))
        return [
            SearchItem(namespace, key, value, _SOME_TIME, _SOME_TIME, score)
            for namespace, key, value, score in kept[op.offset : op.offset + op.limit]
        ]

    def _listed(self, state: Mapping[str, Any], namespace: tuple[str, ...], op: SearchOp) -> list[_Found]:
        """What there is in a namespace, or what a query leads to: with a filter, among all that there is."""
        query, length = as_said(op.query or ""), Lineage.from_json(state["lineage"]).length
        wanted = length if op.filter else min(length, op.offset + op.limit)
        if namespace[-1] == FACTS:
            if query:
                found = self._read(state, lambda memory, path: memory.facts.about(path, [query], wanted))
                holding = [one for one in found if one.holds]
                return [(namespace, one.fact.id, _fact(one), 1 / rank) for rank, one in enumerate(holding, start=1)]
            held = self._read(state, lambda memory, path: memory.history(path).holding)
            return [(namespace, one.fact.id, _fact(one), None) for one in held]
        if query:
            hits = self._read(state, lambda memory, path: memory.recall(path, [query], wanted))
            passages = [(hit.place + 1, hit.entry) for hit in hits]
        else:
            passages = list(enumerate(self._read(state, lambda memory, path: memory.read(path)), start=1))
        return [
            (namespace, str(number), _passage(entry, number), 1 / rank if query else None)
            for rank, (number, entry) in enumerate(passages, start=1)
        ]

    def _namespaces(self, op: ListNamespacesOp) -> list[tuple[str, ...]]:
        every = [(_ROOT, story, kind) for story in self._known() for kind in (PASSAGES, FACTS)]
        fits = [one for one in every if all(_matches(one, condition) for condition in op.match_conditions or ())]
        cut = dict.fromkeys(one[: op.max_depth] for one in fits)
        return list(cut)[op.offset : op.offset + op.limit]


def _passage(entry: Entry, number: int) -> dict[str, Any]:
    return {"number": number, "text": entry.text, "summary": entry.summary}


def _fact(state: FactState) -> dict[str, Any]:
    fact = state.fact
    return {
        "text": fact.text,
        "about": list(fact.subjects),
        "open_question": fact.kind == "thread",
        "since": state.since + 1,
        "holds": state.holds,
        "known_by": list(state.known_by),
    }


def _fits(value: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a value is as a filter wants it."""
    for name, what in wanted.items():
        rules = what if isinstance(what, dict) and what.keys() <= _COMPARED.keys() else {"$eq": what}
        if not all(_COMPARED[rule](value.get(name), bound) for rule, bound in rules.items()):
            return False
    return True


def _matches(namespace: tuple[str, ...], condition: MatchCondition) -> bool:
    """Whether a namespace begins, or ends, as a condition wants it; ``*`` is any part."""
    path = tuple(condition.path)
    if len(path) > len(namespace):
        return False
    part = namespace[: len(path)] if condition.match_type == "prefix" else namespace[len(namespace) - len(path) :]
    return all(wanted in ("*", one) for one, wanted in zip(part, path, strict=True))
