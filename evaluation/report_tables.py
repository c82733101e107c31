"""The sections of a report that are a table of figures, what the table means, and its picture."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from . import plots
from .judge import CEILING
from .statistics import preferences

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .intervals import Interval
    from .statistics import Account, Contradicted, Evidence, Preference

_NONE = "–"


def preferences_section(preferred: Sequence[Preference], evidence: Evidence) -> str:
    """Ours against each other system, by the judge."""
    if not preferred:
        return ""
    head = ("ours against", "question", "n", "ours", "other", "tie", "same text", "no verdict", "ours preferred",
            "ours of those decided", "orders agree", "first draft named", "judges' ceiling")  # fmt: skip
    rows = [
        (
            one.system,
            one.criterion,
            one.judged,
            *(one.outcomes[name] for name in ("ours", "other", "tie", "same text", "no verdict")),
            per_cent(one.rate, one.judged),
            per_cent(one.decided),
            _NONE if one.consistent is None else f"{one.consistent:.0%}",
            per_cent(one.first),
            f"{CEILING} %",
        )
        for one in preferred
    ]
    shown = sorted(pair.words[0] for pairs in evidence.comparisons.values() for pair in pairs)
    return "\n\n".join(
        (
            "## Which is preferred",
            (
                "Each pair was shown in both orders, both cut to the words of the shorter one. Two different "
                "verdicts are a tie. *Ours preferred* counts a tie half, over the n novels with a verdict; in "
                "brackets the 95 % interval (BCa bootstrap over topics). *Ours of those decided* leaves ties out, with "
                "an interval after Wilson. *First draft named*: of the answers that named a draft, how many named the "
                "one that was shown first (Wilson); a judge without a bias of position names it half of the time. "
                f"Words shown of each: {shown[0]:,} to {shown[-1]:,}."
            ),
            table(head, rows),
            f"![Which is preferred]({plots.PREFERENCE})",
        )
    )


def paper_section(evidence: Evidence) -> str:
    """The paper's own table, with what was found here beside it."""
    paper = json.loads((files(__package__ or "") / "data" / "paper.json").read_text(encoding="utf-8"))
    here = {
        (genre, one.system, one.criterion): f"{one.outcomes['ours']}/{one.outcomes['other']} of {one.judged}"
        for genre in paper["genres"]
        for one in preferences(evidence, genre)
    }
    rows = []
    for pair in paper["pairs"]:
        for number, genre in enumerate(paper["genres"]):
            if pair["interesting"][number]:
                cells = [
                    value
                    for criterion in ("interesting", "coherent")
                    for value in (pair[criterion][number], here.get((genre, pair["system"], criterion), _NONE))
                ]
                rows.append((pair["name"], genre, *cells))
    head = ("the paper's other", "genre", "interesting, paper", "here", "coherent, paper", "here")
    return "\n\n".join(
        (
            "## The paper's own table beside this",
            (
                f"{paper['source']}. Some of its pairs sum to more than 100, so read them as leads. *Here*: "
                "ours/other, of the novels with a verdict. The systems here are our own versions; `outline` stands "
                "beside both RE3 and DOC."
            ),
            table(head, rows),
        )
    )


def accounts_section(account: Sequence[Account]) -> str:
    """Repetition, and how near the text is to its plans."""
    if not account:
        return ""
    head = ("system", "novels", "words", "distinct-2", "rep4", "cross6", "sentences again", "plan and paragraph")
    rows = [
        (
            one.system,
            one.novels,
            f"{one.words:,.0f}",
            f"{one.repetition.distinct_2:.3f}",
            f"{one.repetition.rep_4:.1%}",
            f"{one.repetition.cross_6:.1%}",
            f"{one.repetition.sentences:.1f}",
            _NONE if one.adherence is None else f"{one.adherence.mean:.2f}",
        )
        for one in account
    ]
    return "\n\n".join(
        (
            "## The text, without a judge",
            (
                "Means over novels, repetition over as many words as the shortest novel of the topic has. For "
                "comparison: among 192 published novellas of 16 models, those that a judge scores 76 or more of "
                "100 have rep4 below 1.5 % and cross6 below 0.5 %, most of them. *Plan and paragraph* is the "
                "cosine of their embeddings."
            ),
            table(head, rows),
            f"![Repetition and contradictions]({plots.TEXT})",
        )
    )


def memory_section(account: Sequence[Account]) -> str:
    """What became of the planted fact."""
    if not account:
        return ""
    head = ("system", "in the short-term memory, of all steps", "there at the end", "in the long-term memory",
            "recalled when a plan needs it", "shown to the writer")  # fmt: skip
    names = ("kept", "short_term_memory", "stored", "recalled", "shown")
    rows = [(one.system, *(_share(one.fact[name]) for name in names)) for one in account]
    return "\n\n".join(
        (
            "## A planted fact",
            (
                "A sentence is planted in every opening. At the end comes a plan that needs it and does not name "
                "it: is it in what the writer would be shown, and by which way? In a novel that is shorter than "
                "the window, the window shows everything."
            ),
            table(head, rows),
        )
    )


def contradictions_section(contradicted: Sequence[Contradicted]) -> str:
    """What the judge found contradicted, and what of it can be checked."""
    if not contradicted:
        return ""
    head = ("system", "novels answered on", "no answer", "claimed", "quotes not in the text, dropped", "kept",
            "per 10,000 words")  # fmt: skip
    rows = [
        (
            one.system,
            one.answered,
            one.unanswered,
            one.claimed,
            one.claimed - one.grounded,
            one.grounded,
            _NONE if one.rate is None else f"{one.rate:.2f}",
        )
        for one in contradicted
    ]
    return "\n\n".join(
        (
            "## Contradictions",
            (
                "The judge names contradictions with two quotes each; a claim whose quotes are not in the text to "
                "the letter is dropped. Published rates per 10,000 words (ConStory-Bench): GPT-5-Reasoning 0.113, "
                "Claude-Sonnet-4.5 0.520, SuperWriter 0.674, DOME 1.033."
            ),
            table(head, rows),
        )
    )


def costs_section(account: Sequence[Account]) -> str:
    """Calls, tokens and seconds of a paragraph."""
    if not account:
        return ""
    head = ("system", "calls", "prompt tokens", "of them cached", "answer tokens", "seconds of calls",
            "prompt tokens, last third against first")  # fmt: skip
    rows = [
        (
            one.system,
            f"{one.step['calls']:.1f}",
            f"{one.step['input_tokens']:,.0f}",
            f"{one.step['cached_tokens']:,.0f}",
            f"{one.step['output_tokens']:,.0f}",
            f"{one.step['seconds']:.1f}",
            _NONE if one.growth is None else f"{one.growth:.2f}x",
        )
        for one in account
    ]
    return "\n\n".join(
        (
            "## What a paragraph costs",
            (
                "Means over the paragraphs after the opening, by the model's own figures. Seconds are those of the "
                "calls, added up, on the machine below; calls side by side count one after the other. This project's "
                "prompts grow until there are as many passages as it recalls, and then no more."
            ),
            table(head, rows),
            f"![Tokens and seconds against paragraphs]({plots.COST})",
        )
    )


def per_cent(interval: Interval | None, of: int = 0) -> str:
    """A share and its interval; where it is the mean over a single novel, there is none."""
    if interval is None:
        return _NONE
    if of == 1:
        return f"{interval.mean:.0%}"
    return f"{interval.mean:.0%} ({interval.low:.0%}–{interval.high:.0%})"


def _share(value: float | None) -> str:
    return _NONE if value is None else f"{value:.0%}"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown; what stands in a cell is never read as one."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(value) for value in line)} |" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
