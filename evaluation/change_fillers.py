"""What stands between a change and the plan that needs it: passages about other people, with facts of their own.

They are the paragraphs of the other novel in ``data/salt-road-<language>.json``. A filler's summary is its first
sentence, its facts are up to two of its own sentences that tell of one of the cast: simple, true, and as many as a
writer's would be. All are stored once, as a branch that each situation's path goes on with.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from ..memory import Entry, Lineage
from ..memory.sentences import sentences
from ..schemas.facts import DRAFT, Fact, Knowledge
from ..schemas.languages import language_named
from ..schemas.lineage import Segment, Slot
from .change_data import data_text
from .change_telling import State, with_summaries
from .recall import load

if TYPE_CHECKING:
    from .change_telling import Teller

MOST = 300
_BRANCH = "fillers"
_FACTS = 2
_SHORTEST, _LONGEST = 16, 200
_SPEECH = ("“", "”", '"', "'", "「", "?", "？", "!", "！")
_CHUNK = 50


@cache
def fillers(language: str) -> list[Entry]:
    """The fillers of a language, in order, on a branch of their own."""
    cast = json.loads(data_text("change-cast.json"))[language]
    return [_filler(text, number, cast, language) for number, text in enumerate(load(language)["filler"][:MOST])]


def store_fillers(told_by: Teller, count: int = MOST) -> None:
    """Write the first fillers to a story's memory, once."""
    entries = fillers(told_by.language)[:count]
    with told_by.resources.memories.open(told_by.story, language_named(told_by.language)) as memory:
        for start in range(0, len(entries), _CHUNK):
            memory.restore(entries[start : start + _CHUNK])


def after_fillers(state: State, count: int) -> State:
    """A state of a story that has its fillers stored, so many of them later."""
    if not count:
        return state
    entries = fillers(str(state["language"]))[:count]
    path = Lineage((*Lineage.from_json(state["lineage"]), Segment(_BRANCH, 0, count - 1)))
    later = {
        **state,
        "lineage": path.to_json(),
        "paragraph": entries[-1].text,
        "step": state["step"] + count,
        "opening": [],
    }
    return with_summaries(later, [entry.summary for entry in entries])


def _filler(text: str, number: int, cast: list[str], language: str) -> Entry:
    found = sentences(text, language_named(language))
    facts: list[Fact] = []
    for sentence in found:
        about = tuple(name for name in cast if name in sentence)
        if about and _SHORTEST <= len(sentence) <= _LONGEST and not any(sign in sentence for sign in _SPEECH):
            facts.append(Fact(f"{DRAFT}{len(facts)}", sentence, about, quote=sentence))
    knowledge = Knowledge(tuple(facts[:_FACTS]))
    slot = Slot(_BRANCH, number)
    return Entry(*slot, text=text, summary=found[0], knowledge=knowledge).at(slot, "")
