"""What was edited away in a file of a whole story: how much of it there is, and the same file without it.

A story keeps what was edited, taken out or undone, because it can be taken back; so does its file, and whoever gets
that can read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..graph.cycle import is_step_finished
from ..memory import Lineage
from ..memory.sentences import pieces
from ..memory.synopses import digest_of
from ..schemas.before import path_before
from ..schemas.languages import language_named
from ..schemas.spans import cover
from ..schemas.story_input import PREMISE
from .archive_format import Beside
from .passage_history import Hands
from .steps import up_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..schemas.languages import Language
    from ..schemas.spans import Span
    from ..schemas.story_input import StoryInput
    from .archive_format import Archive, KeptEntry, KeptState

_LEAST = 8
"""Characters that a sentence has by which a text is known."""
_CAN_BE_EMPTY: Final[dict[str, Any]] = {
    **dict.fromkeys(("prompt", "previous_memory", "rationale", "summary", "feedback", "review_problem", "said"), ""),
    **{name: [] for name in ("retrieved", "opening", "standing", "clashes", "clashes_read", "refused")},
    **{name: {} for name in ("look", "looked", "clash_marks")},
}
"""What a state needs in no step to come, and its value where there is nothing."""
_CAN_BE_GONE: Final = frozenset({"knowledge", "repetition"})


@dataclass(frozen=True)
class EditedAway:
    """How much of it there is: passages that no branch has any more, and states before a change of a person."""

    passages: int
    states: int


def edited_away(archive: Archive) -> EditedAway:
    """What a file holds of what was edited away."""
    there = _standing(archive)
    gone = sum((entry.branch, entry.seq) not in there for entry in archive.entries)
    before = sum(len(states) - len(_newest(states)) for states in archive.branches.values())
    return EditedAway(gone, before + len(archive.beside.asides))


def without_edited_away(archive: Archive) -> Archive:
    """The same as it now stands, on every branch: no sentence of it is in there that stood in such a passage alone.

    Gone are those passages, the states before a change of a person and those that were undone, what the models were
    last sent, versions that nobody took, passages that were told once more, and synopses of paths that are no more.
    Earlier steps have the passages that stand in their places now; where their memory or their plans tell of what is
    gone, they are gone too, and no branch can begin there in the copy. What the story is about (outline, style sheet,
    …) is as it now is, also at earlier steps.
    """
    there = _standing(archive)
    kept = [entry for entry in archive.entries if (entry.branch, entry.seq) in there]
    language = language_named(archive.record.begun_from.language)
    gone = [entry for entry in archive.entries if (entry.branch, entry.seq) not in there]
    words = _sentences(gone, language) - _sentences(kept, language)
    every = archive.branches.values()
    memories = {line for states in every for state in states for line in _memory(state)}
    words |= memories - {line for states in every for state in _newest(states) for line in _memory(state)}
    texts = {(entry.branch, entry.seq): entry.text for entry in kept}
    paths = _Paths(texts, frozenset(word for word in words if len(word) >= _LEAST))
    branches = {name: list(paths.shown(_newest(states))) for name, states in archive.branches.items()}
    digests = {digest for states in archive.branches.values() for digest in _digests(states)}
    synopses = [synopsis for synopsis in archive.synopses if synopsis.slots in digests]
    record = archive.record.model_copy(update={"begun_from": _premise_of_now(archive)})
    told: dict[str, Any] = {"record": record, "branches": branches, "entries": kept, "synopses": synopses, "sent": {}}
    edits = tuple(one for one in archive.beside.hands.edits if one[:2] in there)
    told["beside"] = Beside(hands=Hands(edits=edits))
    return archive.model_copy(update=told)


def _premise_of_now(archive: Archive) -> StoryInput:
    """What a story was begun from, where that still holds: what its states say counts, once it has begun."""
    begun, states = archive.record.begun_from, archive.branches[archive.record.branch]
    now: Mapping[str, Any] = states[-1].state if states else {}
    changed = {name: "" for name in PREMISE if name in now and now[name] != getattr(begun, name)}
    if "topic" in changed:
        changed["topic"] = now["topic"]
    return begun.model_copy(update=changed)


def _standing(archive: Archive) -> set[tuple[str, int]]:
    """The slots that a branch has now, and those of the book before."""
    ends = [states[-1].state for states in archive.branches.values() if states]
    if archive.reading and archive.reading.at:
        ends.append(archive.reading.at.state)
    paths = [path for state in ends for path in (Lineage.from_json(state.get("lineage")), path_before(state))]
    before = archive.record.begun_from.before
    paths.append(path_before({"before": before.model_dump()} if before else {}))
    return {(slot.branch, slot.seq) for path in paths for slot in path.slots()}


def _newest(states: Sequence[KeptState]) -> list[KeptState]:
    """The newest state of each step, and where it stands."""
    newest = {kept.state.get("step", -1): kept for kept in states if is_step_finished(kept.state)}
    found = list(newest.values())
    return found if not states or states[-1] in found else [*found, states[-1]]


def _memory(kept: KeptState) -> list[str]:
    return [line.strip() for line in kept.state.get("short_term_memory", "").splitlines()]


def _sentences(entries: Iterable[KeptEntry], language: Language) -> set[str]:
    told = [text for entry in entries for text in (entry.text, entry.summary, *_of_facts(entry))]
    return {piece.strip() for text in told for line in text.splitlines() for piece in pieces(line, language)}


def _of_facts(entry: KeptEntry) -> Iterator[str]:
    for one in (*(entry.facts or ()), *(entry.changes or ())):
        yield from (str(one.get(name, "")) for name in ("text", "quote"))


class _Paths:
    """What is left of states where only some passages are, and some sentences are to be told no more."""

    def __init__(self, texts: Mapping[tuple[str, int], str], words: frozenset[str]) -> None:
        self._texts = texts
        self._words = words

    def shown(self, states: Sequence[KeptState]) -> Iterator[KeptState]:
        for kept in states:
            now = {name: value for name, value in states[-1].state.items() if name in PREMISE}
            made = self._emptied({**self._on_the_path_of_now(kept.state, states[-1].state), **now})
            tells = any(self._tells(value) for value in made.values()) or not self._leads(made.get("lineage"))
            if kept is states[-1] or not tells:
                yield kept.model_copy(update={"state": made, "by": "run"})

    def _on_the_path_of_now(self, state: Mapping[str, Any], now: Mapping[str, Any]) -> Mapping[str, Any]:
        """A state with the passages that stand in its places now, where none was put in or taken out since."""
        then, whole = Lineage.from_json(state.get("lineage")), Lineage.from_json(now.get("lineage"))
        shifts = [up_to(values.get("shifts", []), then.length) for values in (state, now)]
        if self._leads(state.get("lineage")) or then.length > whole.length or shifts[0] != shifts[1]:
            return state
        path = whole.cut(then.length)
        last = path.at(path.length - 1)
        return {**state, "lineage": path.to_json(), "paragraph": self._texts[last.branch, last.seq]}

    def _emptied(self, state: Mapping[str, Any]) -> dict[str, Any]:
        made = dict(state)
        for name, nothing in _CAN_BE_EMPTY.items():
            if name in made and (self._tells(made[name]) or not self._is_there(name, made[name])):
                made[name] = nothing
        return {name: value for name, value in made.items() if name not in _CAN_BE_GONE or not self._tells(value)}

    def _is_there(self, name: str, value: Any) -> bool:  # noqa: ANN401 (JSON)
        if name == "looked":
            return not value or self._is_there("look", value.get("look"))
        if name == "look":
            return not value or (self._leads(value.get("before")) and self._leads(value.get("read")))
        return name != "clashes_read" or self._leads(value)

    def _leads(self, path: object) -> bool:
        return all((slot.branch, slot.seq) in self._texts for slot in Lineage.from_json(path).slots())

    def _tells(self, value: object) -> bool:
        match value:
            case str():
                return any(word in value for word in self._words)
            case list():
                return any(self._tells(item) for item in value)
            case dict():
                return any(self._tells(item) for item in value.values())
        return False


def _digests(states: Sequence[KeptState]) -> Iterator[str]:
    """The digests of the spans of where a branch stands."""
    if not states:
        return
    lineage = Lineage.from_json(states[-1].state.get("lineage"))
    chapters = [chapter["seq"] for chapter in states[-1].state.get("chapters", [])]
    rest: list[Span] = [*cover(lineage, chapters), *cover(lineage)]
    while rest:
        span = rest.pop()
        yield digest_of(lineage, span)
        rest.extend(span.parts)
