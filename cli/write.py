"""Writing on a story in the terminal: the text streams, the plans are a numbered choice, the memory on request."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any

import typer
from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text as RichText

from ..schemas.errors import SettingsError, part
from ..schemas.lineage import Lineage
from ..schemas.memory_change import memory_change
from ..schemas.review import CHANGES
from ..stories.beginning import check_words
from ..stories.clock import Pace
from ..stories.events import CHOICE, Done, Pause, Progress, Reply, Text
from ..stories.gate_words import busy
from ..stories.importing import read_on, unread
from ..stories.notices import notices
from .lasting import answer_for_several, is_unfinished, progress
from .speech import said, spoken, told
from .tally import Tally
from .terminal import INTERRUPTED, WARNING, Stream, beside, console, errors, in_an_editor, reading_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..schemas.context import Context
    from ..schemas.state import Plan, StoryState
    from ..stories.library import Library
    from ..stories.record import StoryRecord
    from ..stories.story import Story

_UNATTENDED = 3
_THOUGHT, _SPINNER = 200, 4
"""Characters of a thought that are kept to be shown while the model thinks, and cells that are not for it."""
_HELP = """\
- a **number** picks that plan
- **any other text** is a plan of your own; `for 3: …` (your words or a number) makes it one for three passages: Enter
  goes on with it, `1: …` puts it in other words, `drop 1` takes it off the table
- **n** asks for other plans; what you write after it is heeded, with what you said before: `n something quieter`
- **e** opens the short-term memory in your editor, **s** the style sheet, **w** the last paragraph (the memories then
  follow it)
- **c** begins a chapter with the next paragraph, and asks for its plans; what you write after it is its title:
  `c The cellar`
- **p** shows the plans again
- **m** shows the short-term memory and why it last changed
- **r** shows what was recalled for this paragraph
- **q** (or Ctrl-C, at any time) leaves; the story waits, and `recurrentgpt resume` goes on from here
"""


_HELP_TO_PLAY = """\
- a **number** does that
- **any other text** is what you do or say instead
- **n** offers other actions
- **q** (or Ctrl-C, at any time) leaves; `recurrentgpt play` comes back to this moment
"""


class Session:
    """One run of ``write`` or ``resume``."""

    def __init__(
        self,
        library: Library,
        record: StoryRecord,
        context: Context,
        paragraphs: int | None,
        *,
        show_memory: bool = False,
    ) -> None:
        """Prepare a run.

        Args:
            library: the story's.
            record: the story.
            context: the settings.
            paragraphs: how many to write; ``None``: until the person stops, or 3 where nobody is asked.
            show_memory: whether the memory is shown after each paragraph without asking.
        """
        self._library = library
        self._record = record
        self._context = context
        self._asks = context.plan_selection == "human"
        self._wanted = paragraphs if paragraphs is not None or self._asks else _UNATTENDED
        self._plays = record.mode.asks_for_actions
        self._show_memory = show_memory
        self._tally = Tally()
        self._by: dict[str, str] = {}
        self._thought = ""
        self._stream = Stream(console)
        self._status = errors.status("", spinner="dots")

    def run(self) -> int:
        """Write until there is nothing more to do; gives the exit code."""
        for notice in notices(self._library, self._record.language, self._context, self._record.mode):
            errors.print(f"{said(notice)}.", style=WARNING, markup=False)
        with asyncio.Runner() as runner:
            open_for_writing = AsyncExitStack()
            try:
                story = runner.run(open_for_writing.enter_async_context(self._library.open(self._record)))
                self._write(runner, story)
            except KeyboardInterrupt:
                self._quiet()
                errors.print("\nStopped; what was finished is kept.", style="bold")
                return INTERRUPTED
            finally:
                self._quiet()
                runner.run(open_for_writing.aclose())
                on = "Play on: recurrentgpt play" if self._plays else "Write on: recurrentgpt resume"
                errors.print(f"{on} {self._record.story_id}", style="dim")
        if self._wanted != 0 and not self._plays:
            console.print(self._tally.line(), style="dim")
        return 0

    def _write(self, runner: asyncio.Runner, story: Story) -> None:
        """Run the graph and ask the person, by turns. Nothing is awaited while a person thinks."""
        if unread(story.folder):
            runner.run(self._read_manuscript(story))
        self._recap(runner.run(story.state()), story.record.name)
        pace = Pace(story.record.story_id)
        while not self._is_enough(runner.run(story.state())):
            reply = None
            if self._asks and (pause := runner.run(story.pause())):
                answer = self._ask(runner.run(story.state()), pause)
                if answer is None:
                    return
                reply = Reply(answer, pause.interrupt_id)
            runner.run(self._go_on(story, reply))
            if runner.run(story.is_finished()):
                return
            if not self._asks:
                pace.heed(runner.run(story.state()).get("step", -1))

    async def _read_manuscript(self, story: Story) -> None:
        """Read an imported manuscript to its end, with a bar that says how far."""
        total = unread(story.folder)
        with reading_bar(total) as at:
            async for event in read_on(story, self._context):
                _heed_ctrl_c()
                if isinstance(event, Done) and "lineage" in event.update:
                    at(Lineage.from_json(event.update["lineage"]).length)
                elif isinstance(event, Progress) and event.event == "again":
                    errors.print(f"({said(event.details['said'])} Asking again.)", style=WARNING, markup=False)
        _heed_ctrl_c()

    def _is_enough(self, state: StoryState) -> bool:
        has_begun = state.get("step") is not None
        return has_begun and self._wanted is not None and self._tally.paragraphs >= self._wanted

    async def _go_on(self, story: Story, reply: Reply | None) -> None:
        """Run the graph until it waits or ends, and show what happens."""
        async for event in story.run(self._context, reply):
            _heed_ctrl_c()
            match event:
                case Text(text):
                    self._quiet()
                    self._stream.write(text)
                case Progress():
                    self._show_progress(event)
                case Done(gate, update):
                    self._show_done(gate, update)
        _heed_ctrl_c()
        self._quiet()

    def _show_progress(self, progress: Progress) -> None:
        details = progress.details
        match progress.event:
            case "begin":
                self._by[progress.gate] = details["model"]
                self._busy(self._what(progress.gate))
            case "title":
                self._quiet()
                console.print()
                console.rule(RichText(details["title"], style="bold"))
                console.print()
                self._busy(self._what(progress.gate))
            case "again":
                self._quiet()
                self._stream.end()
                note = f"({said(details['said'])} Asking again, {details['attempt']} of {details['more']}.)"
                errors.print(note, style=WARNING, markup=False)
                self._busy(self._what(progress.gate))
            case "thinking":
                self._think(progress.gate, details["text"], details["seconds"])
            case "sections" | "cut" | "address" | "taken_off":
                self._quiet()
                self._stream.end()
                errors.print(f"({said(details['said'])})", style=WARNING, markup=False)

    def _show_done(self, gate: str, update: dict[str, Any]) -> None:
        record = self._library.gates[gate].record
        if record.writes_prose:
            self._quiet()
            self._stream.end()
            console.print()
            self._tally.paragraphs += update.get("step", 0) > 0
        self._tally.add(update.get("usage", {}), self._library.gates)
        if self._show_memory and "rationale" in update:
            self._quiet()
            print_memory({"language": self._record.language.tag, **update})
        if update.get("plans") and not self._asks:
            self._quiet()
            print_plans(update["plans"], leans_on=not self._plays)
        if gate == CHOICE and update.get("plan") and not self._asks:
            plan = update["plan"]
            self._quiet()
            console.print(RichText(f"→ plan {plan['number']}", style="bold cyan"))
            if plan["reason"]:
                console.print(Padding(RichText.assemble(("because: ", "dim"), plan["reason"]), (0, 0, 0, 2)))
                console.print(Padding(RichText.assemble(("as: ", "dim"), plan["text"]), (0, 0, 0, 2)))
            console.print()

    def _recap(self, state: StoryState, name: str) -> None:
        """Where a resumed story stands: its title and last paragraph."""
        if state.get("step") is None:
            return
        console.rule(RichText(name, style="bold"))
        console.print()
        self._stream.write(state["paragraph"])
        self._stream.end()
        console.print()

    def _ask(self, state: StoryState, pause: Pause) -> object | None:
        """The person's answer; ``None`` to leave the story waiting."""
        print_plans(pause.request["plans"], leans_on=not self._plays)
        print_refused(state)
        if problem := state.get("review_problem"):
            errors.print(problem, style=WARNING, markup=False)
        shows: dict[str, Callable[[], None]] = {
            "?": lambda: console.print(Markdown(_HELP_TO_PLAY if self._plays else _HELP)),
            "m": lambda: print_memory(state),
            "r": lambda: print_recalled(state, self._record.numbered),
            "p": lambda: print_plans(pause.request["plans"], leans_on=not self._plays),
        }
        while True:
            try:
                typed = _typed(self._prompt(len(pause.request["plans"])))
            except EOFError:
                console.print()
                return None
            letter = typed.casefold()
            if letter == "q":
                return None
            if show := shows.get("?" if letter in ("h", "help") else letter):
                show()
            elif is_unfinished(typed):
                errors.print("Say after the colon what is to happen, for one paragraph at least.", style=WARNING)
            elif answer := _answer(typed, pause, plays=self._plays):
                console.print()
                return answer

    def _prompt(self, count: int) -> str:
        if self._plays:
            return "What do you do? "
        return f"1-{count}, a plan of your own, or ? for help: "

    def _what(self, gate: str) -> str:
        """What a gate is at, and by which model, where the run has several."""
        return busy(self._library.gates, gate, spoken(), self._by.get(gate, ""))

    def _think(self, gate: str, thought: str, seconds: float) -> None:
        """What the model thinks, for as long as it does: the end of it, beside what is being done."""
        if self._stream.has_begun:  # The story is on the screen already; what is thought meanwhile would tear it.
            return
        self._thought = f"{self._thought}{thought}"[-_THOUGHT:]
        what = f"{self._what(gate)}… {said(part('thinking_for', seconds=f'{seconds:.0f}'))}"
        self._status.update("…" if self._plays else beside(what, self._thought, errors.width - _SPINNER))
        self._status.start()

    def _busy(self, what: str) -> None:
        self._thought = ""
        self._status.update("…" if self._plays else escape(f"{what}…"))
        self._status.start()

    def _quiet(self) -> None:
        self._status.stop()


def write_on(
    library: Library, record: StoryRecord, context: Context, paragraphs: int | None, *, show_memory: bool = False
) -> None:
    """Run a session to its end; one that was stopped ends the program with its exit code.

    Settings that cannot work are refused before anything is shown or asked.
    """
    check_words(library, context, record.mode)
    code = Session(library, record, context, paragraphs, show_memory=show_memory).run()
    if code:
        raise typer.Exit(code)


def _answer(typed: str, pause: Pause, *, plays: bool) -> object:
    """What was typed, as an answer to the pause; nothing if there is none yet."""
    several = answer_for_several(typed, pause.request["plans"])
    letter, _, more = typed.partition(" ")
    if several or (plays and letter != "n"):
        return several or typed  # "s" and "w" are ways to go
    match letter:  # small letters only: "N years pass" is a plan
        case "n" if not more:
            return {"type": "reject"}
        case "n":
            return {"feedback": more}
        case "c":
            return {"chapter": more}
        case "e" | "w" | "s" if not more:
            name = {"e": "short_term_memory", "w": "paragraph", "s": "style_sheet"}[letter]
            changed = _changed(pause.request.get(name, ""))
            return {name: changed} if changed or (changed is not None and CHANGES[name].may_be_empty) else None
    return typed


def _changed(text: str) -> str | None:
    """A text as the person leaves it in their editor; ``None`` if it is as it was, or no editor works."""
    try:
        changed = in_an_editor(text).strip()
    except SettingsError as error:
        errors.print(told(error), style=WARNING, markup=False)
        return None
    return changed if changed != text.strip() else None


def _heed_ctrl_c() -> None:
    """Stop where Ctrl-C was pressed, even if what ran at that moment swallowed the cancellation."""
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError


def _typed(prompt: str) -> str:
    """A line from the person, with the terminal's line editing, and without what is no text."""
    # On import it lends its editing to input().
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415
    return "".join(char for char in input(prompt) if char.isprintable()).strip()


def print_plans(plans: list[Plan], *, leans_on: bool = True) -> None:
    """Plans as a numbered list, with what each leans on unless that would spoil the play."""
    for number, plan in enumerate(plans, start=1):
        body = RichText.assemble((f"{number}  ", "bold cyan"), plan["text"])
        if plan["recall"] and leans_on:
            body.append(f"\nleans on: {'; '.join(plan['recall'])}", style="dim")
        if leans_on and (threads := plan.get("threads")):
            body.append(f"\ntakes up: {' · '.join(thread['text'] for thread in threads)}", style="dim")
        if lasts := progress(plan):
            body.append(f"\n{lasts}", style="dim")
        console.print(Padding(body, (0, 0, 1, 2)))


def print_refused(state: StoryState) -> None:
    """How many plans were refused at this pause, and what was said of them."""
    refused = state.get("refused", [])
    if not refused:
        return
    said = "; ".join(refusal["said"] for refusal in refused if refusal["said"])
    count = sum(len(refusal["refused"]) for refusal in refused)
    line = f"{count} plans refused here; you said: {said}" if said else f"{count} plans refused here"
    console.print(Padding(RichText(line, style="dim"), (0, 0, 1, 2)))


def print_memory(state: Mapping[str, Any]) -> None:
    """The short-term memory, a sentence a line, why it changed where that was said, and how much of it did."""
    console.print(RichText("Short-term memory", style="bold"))
    for sentence in state["short_term_memory"].splitlines():
        console.print(Padding(RichText(f"· {sentence}"), (0, 0, 0, 2)))
    if state["rationale"]:
        console.print(RichText.assemble(("Why it changed: ", "bold"), state["rationale"]))
    change = memory_change(state)
    if change.before:
        line = f"{change.kept} of {change.before} sentences kept to the letter"
        spoken = f"; the reason speaks of {change.named} of the {change.changed} that went or came"
        console.print(RichText(line + (spoken if change.changed and state["rationale"] else ""), style="dim"))
    console.print()


def print_recalled(state: StoryState, numbered: Callable[[int], str]) -> None:
    """What was recalled for the last paragraph, and why each passage was; ``numbered`` makes its number of it."""
    passages = state.get("retrieved", [])
    if not passages:
        console.print("Nothing was recalled yet.\n")
    for passage in passages:
        body = RichText.assemble((f"paragraph {numbered(passage['seq'] + 1)}  ", "bold"), passage["summary"])
        body.append(f"\n“{passage['sentence']}”", style="italic")
        body.append(f"\nfor: {passage['question']} (likeness {passage['similarity']:.2f})", style="dim")
        console.print(Padding(body, (0, 0, 1, 2)))
