"""The situations of the experiment ``change``: a few passages that tell something and change it, and a plan for later.

A line of ``data/change-<language>.jsonl`` is a situation (``data/README.md`` says how one is written).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MAIN, SIBLING = "main", "sibling"
"""The branches of a situation: as it is told, and with one passage that reads otherwise."""

_SENTENCE_ENDS = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|(?<=[。！？…])[”」』’）]*|\n+")


def sentences_of(text: str) -> list[str]:
    """The sentences of a text in lower case, cut by the rule that the words of the claims were written for."""
    return [part.strip().lower() for part in _SENTENCE_ENDS.split(text) if part.strip()]


@dataclass(frozen=True)
class Claim:
    """Something that is so, or was.

    Attributes:
        says: a sentence for people.
        words: alternatives, each a list of stems that all stand in one sentence where that sentence says it.
        unless: the same, of sentences that have such words and do not say it, by what else stands in them.
        against: of what is outdated: the places of the claims that speak against it; none: all that hold do.
    """

    says: str
    words: tuple[tuple[str, ...], ...]
    unless: tuple[tuple[str, ...], ...] = ()
    against: tuple[int, ...] = ()

    def is_said_by(self, sentence: str) -> bool:
        """Whether a sentence, in lower case, says it."""
        return _has_any(sentence, self.words) and not _has_any(sentence, self.unless)


@dataclass(frozen=True)
class Told:
    """A passage and its summary."""

    text: str
    summary: str


@dataclass(frozen=True)
class Branch:
    """One course of a situation.

    Attributes:
        name: ``main`` or ``sibling``.
        passages: what is told, in order.
        holds: what is true at the plan.
        outdated: what was true once, or never, and must not stand there as true.
        own_from: the first passage that is this branch's own; those before it are the main branch's.
        edit: what a person rewrites afterwards, by the place of the passage.
    """

    name: str
    passages: tuple[Told, ...]
    holds: tuple[Claim, ...]
    outdated: tuple[Claim, ...]
    own_from: int = 0
    edit: tuple[int, Told] | None = None

    def answered_as(self, place: int) -> str:
        """The branch whose recorded answer a passage has."""
        return MAIN if place < self.own_from else self.name


@dataclass(frozen=True)
class Situation:
    """A tiny test: what is told, and a plan that needs what is true now.

    Attributes:
        id: its kind and a number.
        kind: what changes, or seems to.
        premise: topic and style sheet, true at the beginning of the story.
        branches: its courses, the main one first.
        last: the passage before the plan.
        plan: what happens next.
        cues: what the past may say that the plan leans on.
    """

    id: str
    kind: str
    premise: Mapping[str, str]
    branches: tuple[Branch, ...]
    last: Told
    plan: str
    cues: tuple[str, ...]

    @property
    def key(self) -> str:
        """A name that does not say of what kind it is, for whoever answers its prompts."""
        return blake2b(self.id.encode(), digest_size=4).hexdigest()


def load_situations(language: str, path: Path | None = None, *, later: bool = False) -> list[Situation]:
    """The situations of a language.

    Args:
        language: ``en`` or ``zh``.
        path: another file of them than the committed ones.
        later: the few that were written when the code that they test stood as it does.
    """
    name = f"change-later-{language}.jsonl" if later else f"change-{language}.jsonl"
    text = path.read_text(encoding="utf-8") if path else data_text(name)
    return [_situation(json.loads(line)) for line in text.splitlines() if line.strip()]


def data_text(name: str) -> str:
    """A file of the evaluation's data; empty where there is none."""
    file = files(__package__ or "") / "data" / name
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _situation(kept: Mapping[str, Any]) -> Situation:
    passages = tuple(_told(passage) for passage in kept["passages"])
    edit = kept.get("edit")
    main = Branch(
        MAIN,
        passages,
        _claims(kept["holds"]),
        _claims(kept["outdated"]),
        edit=(int(edit["passage"]), _told(edit)) if edit else None,
    )
    branches = [main]
    if other := kept.get("sibling"):
        place = int(other["passage"])
        told = (*passages[:place], _told(other), *passages[place + 1 :])
        branches.append(Branch(SIBLING, told, _claims(other["holds"]), _claims(other["outdated"]), own_from=place))
    return Situation(
        id=kept["id"],
        kind=kept["kind"],
        premise=kept["premise"],
        branches=tuple(branches),
        last=_told(kept["last"]),
        plan=kept["plan"]["text"],
        cues=tuple(kept["plan"]["recall"]),
    )


def _told(kept: Mapping[str, Any]) -> Told:
    return Told(kept["text"], kept["summary"])


def _claims(kept: Sequence[Mapping[str, Any]]) -> tuple[Claim, ...]:
    return tuple(
        Claim(claim["says"], _stems(claim["words"]), _stems(claim.get("unless", ())), tuple(claim.get("against", ())))
        for claim in kept
    )


def _stems(kept: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(stem.lower() for stem in stems) for stems in kept)


def _has_any(sentence: str, alternatives: Sequence[Sequence[str]]) -> bool:
    """Whether all stems of one of some alternatives stand in a sentence."""
    return any(all(stem in sentence for stem in stems) for stems in alternatives)
