"""How plans, memory and what was recalled look in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text as RichText

from ..schemas.memory_change import memory_change
from ..schemas.wording import one_line
from .lasting import progress
from .speech import said
from .terminal import WARNING, console
from .words import t
from .wrapping import Prose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..schemas.catalogue import Part
    from ..schemas.state import Plan, StoryState


_INNER = str.maketrans("“”", "‘’")


def print_plans(plans: Sequence[Plan], *, leans_on: bool = True) -> None:
    """Plans as a numbered list, with what each leans on unless that would spoil the play."""
    for number, plan in enumerate(plans, start=1):
        console.print(Prose(RichText.assemble((f"{number}  ", "bold cyan"), plan["text"]), indent=2, hang=3))
        below = [t("leans_on", cues=" · ".join(plan["recall"]))] if plan["recall"] and leans_on else []
        if leans_on and (threads := plan.get("threads")):
            below.append(t("takes_up", threads=" · ".join(thread["text"] for thread in threads)))
        if lasts := progress(plan):
            below.append(lasts)
        for line in below:
            console.print(Prose(RichText(line, style="dim"), indent=5))
        console.print()


def print_remarks(remarks: Sequence[Part]) -> None:
    """What is to be said beside the plans: a chapter that begins, what they are older than."""
    for remark in remarks:
        console.print(Prose(RichText(said(remark), style=WARNING), indent=2))
    if remarks:
        console.print()


def print_refused(state: StoryState) -> None:
    """How many plans were refused at this pause, and what was said of them."""
    refused = state.get("refused", [])
    if not refused:
        return
    because = t("and_then").join(refusal["said"] for refusal in refused if refusal["said"])
    count = sum(len(refusal["refused"]) for refusal in refused)
    line = t("refused_here_saying", count=count, said=because) if because else t("refused_here", count=count)
    console.print(Prose(RichText(line, style="dim"), indent=2))
    console.print()


def print_memory(state: Mapping[str, Any]) -> None:
    """The short-term memory, a sentence a line, why it changed where a model said so, and how much of it did."""
    console.print(RichText(t("short_term_memory"), style="bold"))
    for sentence in state["short_term_memory"].splitlines():
        console.print(Prose(f"· {sentence}", indent=2, hang=2))
    if state.get("memory_put_right"):
        console.print(Prose(RichText(t("memory_by_hand"), style="dim")))
        console.print()
        return
    if state["rationale"]:
        console.print(Prose(RichText.assemble((f"{t('why_it_changed')} ", "bold"), state["rationale"])))
    change = memory_change(state)
    if change.before:
        line = t("memory_kept", kept=change.kept, before=change.before)
        if change.changed and state["rationale"]:
            line += t("memory_named", named=change.named, changed=change.changed)
        console.print(Prose(RichText(line, style="dim")))
    console.print()


def print_recalled(state: StoryState, numbered: Callable[[int], str]) -> None:
    """What was recalled for the last paragraph, and why each passage was; ``numbered`` makes its number of it."""
    passages = state.get("retrieved", [])
    if not passages:
        console.print(f"{t('nothing_recalled')}\n", markup=False)
    for passage in passages:
        where = t("paragraph_number", number=numbered(passage["seq"] + 1))
        print_found(where, passage["summary"], passage["sentence"])
        why = t("recalled_for", question=passage["question"], likeness=f"{passage['similarity']:.2f}")
        console.print(Prose(RichText(why, style="dim"), indent=2))
        console.print()


def quoted(words: str) -> str:
    """Words of a book between quotation marks; those that they have themselves become the inner ones."""
    return t("quoted", words=words.translate(_INNER))


def print_found(where: str, summary: str, sentence: str) -> None:
    """A passage that was found: where it is, what it tells, and the sentence that led to it if that is another."""
    console.print(Prose(RichText.assemble((f"{where}  ", "bold"), summary), indent=2))
    if one_line(sentence) not in one_line(summary):
        console.print(Prose(RichText(quoted(sentence), style="italic"), indent=2))


def print_help(lines: Sequence[tuple[str, str]]) -> None:
    """What can be typed, and what each does."""
    for key, text in lines:
        console.print(Prose(RichText.assemble((key, "bold cyan"), f"  {text}"), indent=2, hang=3))
    console.print()
