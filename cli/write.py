"""Writing on a story in the terminal: the text streams, the plans are a numbered choice, the memory on request."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from enum import Enum
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape
from rich.text import Text as RichText

from ..schemas.errors import RecurrentGPTError, part
from ..schemas.lineage import Lineage
from ..stories import branches
from ..stories.beginning import check_words
from ..stories.clock import Pace
from ..stories.events import CHOICE, Done, Pause, Progress, Reply, Text
from ..stories.gate_words import busy
from ..stories.importing import read_on, unread
from ..stories.notices import notices, notices_of_play
from ..stories.table import beside_the_plans
from . import acts, doing, placing
from .answering import Answer, answer_of
from .keys import keys_hidden, typed
from .showing import print_help, print_memory, print_plans, print_recalled, print_refused, print_remarks
from .speech import said, speak_as_the_story, spoken
from .tally import Tally
from .terminal import INTERRUPTED, WARNING, Stream, beside, console, errors, reading_bar, tell, title, warn
from .typed import Command, Incomplete, Stray, help_lines, read
from .words import t
from .wrapping import Prose

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..schemas.catalogue import Part
    from ..schemas.context import Context
    from ..schemas.state import StoryState
    from ..stories.library import Library
    from ..stories.record import StoryRecord
    from ..stories.story import Story

_UNATTENDED = 3
_THOUGHT, _SPINNER = 200, 4
"""Characters of a thought that are kept to be shown while the model thinks, and cells that are not for it."""


class Then(Enum):
    """What comes after a person was asked, where it is no answer."""

    LEAVE = "leave"
    LOOK = "look again: the story is another now"
    WRITE = "write: what was settled is to be done"


class Session:
    """One run of ``write``, ``play`` or ``resume``."""

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
        library.face = "terminal"
        self._library = library
        self._record = record
        self._context = context
        self._asks = context.plan_selection == "human"
        self._wanted = paragraphs if paragraphs is not None or self._asks else _UNATTENDED
        self._plays = record.mode.asks_for_actions
        self._show_memory = show_memory and not record.is_sealed
        self._tally = Tally()
        self._pace = Pace()
        self._by: dict[str, str] = {}
        self._thought = ""
        self._confirm = ""
        self._is_finished = False
        self._stream = Stream(console)
        self._status = errors.status("", spinner="dots")
        speak_as_the_story(record.language.tag)

    def run(self) -> int:
        """Write until there is nothing more to do; gives the exit code."""
        for notice in self._notices():
            errors.print(Prose(RichText(t("notice", said=said(notice)), style=WARNING)))
        with asyncio.Runner() as runner:
            open_for_writing = AsyncExitStack()
            try:
                story = runner.run(open_for_writing.enter_async_context(self._library.open(self._record)))
                self._write(runner, story)
            except KeyboardInterrupt:
                self._quiet()
                errors.print(f"\n{t('stopped')}", style="bold", markup=False)
                return INTERRUPTED
            finally:
                self._quiet()
                runner.run(open_for_writing.aclose())
                self._say_how_to_come_back()
        if self._wanted != 0 and not self._plays:
            console.print(self._tally.line(), style="dim", markup=False)
        return 0

    def _notices(self) -> list[Part]:
        if self._plays:
            return notices_of_play(self._library, self._context)
        return notices(self._library, self._record.language, self._context, self._record.mode)

    def _say_how_to_come_back(self) -> None:
        name = "book_of_it" if self._is_finished else "play_on" if self._plays else "write_on"
        errors.print(t(name, story_id=self._record.story_id), style="dim", markup=False, soft_wrap=True)

    def _write(self, runner: asyncio.Runner, story: Story) -> None:
        """Run the graph and ask the person, by turns. Nothing is awaited while a person thinks."""
        if unread(story.folder):
            runner.run(self._read_manuscript(story))
        self._recap(runner.run(story.state()), story.record.name)
        while not self._is_enough(runner.run(story.state())):
            reply = None
            if self._asks and (pause := runner.run(story.pause())):
                answer = self._ask(runner, story, pause)
                if answer is Then.LEAVE:
                    return
                if answer is Then.LOOK:
                    continue
                if isinstance(answer, Answer):
                    reply, self._confirm = Reply(answer.value, pause.interrupt_id), answer.confirms
            with keys_hidden():
                runner.run(self._go_on(story, reply))
            while runner.run(story.is_finished()):
                if self._at_the_end(runner, story) is Then.LEAVE:
                    return
                if not runner.run(story.pause()):
                    with keys_hidden():
                        runner.run(self._go_on(story, None))

    async def _read_manuscript(self, story: Story) -> None:
        """Read an imported manuscript to its end, with a bar that says how far."""
        total = unread(story.folder)
        with reading_bar(total, t("bar_reading")) as at:
            async for event in read_on(story, self._context):
                _heed_ctrl_c()
                if isinstance(event, Done) and "lineage" in event.update:
                    at(Lineage.from_json(event.update["lineage"]).length)
                elif isinstance(event, Progress) and event.event == "again":
                    warn(t("reading_again", said=said(event.details["said"])))
                elif isinstance(event, Progress) and event.event == "facts_left_out":
                    warn(t("remark", said=said(event.details["said"])))
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
        if not self._asks:
            self._pace.heed((await story.state()).get("step", -1))

    def _show_progress(self, progress: Progress) -> None:
        details = progress.details
        match progress.event:
            case "begin":
                self._by[progress.gate] = details["model"]
                self._busy(self._what(progress.gate))
            case "title":
                self._quiet()
                console.print()
                title(details["title"])
                self._busy(self._what(progress.gate))
            case "again":
                words = t("asking_again", said=said(details["said"]), attempt=details["attempt"], more=details["more"])
                self._remark(words)
                self._busy(self._what(progress.gate))
            case "thinking":
                self._think(progress.gate, details["text"], details["seconds"])
            case "sections" | "cut" | "address" | "taken_off" | "facts_left_out":
                self._remark(t("remark", said=said(details["said"])))

    def _remark(self, words: str) -> None:
        """How it goes; who plays sees only that a text on the screen is told once more."""
        self._quiet()
        was_begun = self._stream.has_begun
        self._stream.end()
        if not self._plays:
            warn(words)
        elif was_begun:
            warn(t("told_once_more"))

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
            console.print(RichText(t("chosen_plan", number=plan["number"]), style="bold cyan"))
            if plan["reason"]:
                for name, words in (("because", plan["reason"]), ("as_it_is_taken", plan["text"])):
                    console.print(Prose(RichText.assemble((f"{t(name)} ", "dim"), words), indent=2))
            console.print()

    def _recap(self, state: StoryState, name: str) -> None:
        """Where a resumed story stands: its title and last paragraph."""
        if state.get("step") is None:
            return
        title(name)
        self._stream.write(state["paragraph"])
        self._stream.end()
        console.print()

    def _ask(self, runner: asyncio.Runner, story: Story, pause: Pause) -> Answer | Then:
        """The person's answer, or what comes instead."""
        state = runner.run(story.state())
        plans = pause.request["plans"]
        self._say_what_was_done(state)
        print_plans(plans, leans_on=not self._plays)
        print_remarks(beside_the_plans(story.record, state, self._context))
        print_refused(state)
        shows: dict[str, Callable[[], None]] = {
            "memory": lambda: print_memory(state),
            "recalled": lambda: print_recalled(state, self._record.numbered),
            "plans": lambda: print_plans(plans, leans_on=not self._plays),
        }
        asks = "prompt_play" if self._plays else "prompt_write_on" if plans[0].get("passages") else "prompt_write"
        while True:
            try:
                line = typed(t(asks, count=len(plans)))
            except EOFError:
                console.print()
                return Then.LEAVE
            meant = read(line, plays=self._plays)
            if isinstance(meant, Incomplete):
                warn(t("incomplete", letter=meant.letter.letter, help=t(f"help_{meant.letter.name}")))
            elif isinstance(meant, Stray):
                warn(t("stray", letter=meant.letter))
            elif isinstance(meant, Command) and meant.name == "quit":
                return Then.LEAVE
            elif isinstance(meant, Command) and meant.name == "help":
                print_help(help_lines(plays=self._plays, every_one=bool(meant.argument)))
            elif isinstance(meant, Command) and meant.name in shows:
                shows[meant.name]()
            elif isinstance(meant, Command) and (then := self._do(runner, story, meant)):
                return then
            elif answer := self._answered(meant, pause):
                console.print()
                return answer

    def _say_what_was_done(self, state: StoryState) -> None:
        """What was wrong with the last answer, or what it changed."""
        if problem := state.get("review_problem"):
            warn(problem)
        elif self._confirm:
            acts.confirm(self._confirm)
        self._confirm = ""

    def _answered(self, meant: Command | str, pause: Pause) -> Answer | None:
        """What was typed, as an answer to the pause."""
        try:
            return answer_of(meant, pause, plays=self._plays)
        except RecurrentGPTError as error:
            tell(error, WARNING, hints=False)
            return None

    def _do(self, runner: asyncio.Runner, story: Story, command: Command) -> Then | None:
        """Do what a command says; ``None``: it is none of these, or changed nothing that was shown."""
        try:
            if command.name == "undo":
                runner.run(acts.undo(story))
                self._write_one_more()
                return Then.LOOK
            if command.name == "again":
                self._context = runner.run(branches.redo(story, self._context, command.argument))
                self._write_one_more()
                return Then.WRITE
            if command.name in ("add", "rewrite"):
                return self._own_words(runner, story, command)
            if command.name == "tastes":
                self._context = runner.run(acts.tastes(story, command.argument)) or self._context
                return None
            if command.name in doing.ACTS and (command.argument or command.name != "text"):
                was = story.record.branch
                runner.run(doing.ACTS[command.name](story, command.argument))
                is_changed = (command.name in doing.CHANGES and bool(command.argument)) or story.record.branch != was
                return Then.LOOK if is_changed else None
        except RecurrentGPTError as error:
            tell(error, WARNING, hints=False)
        return None

    def _own_words(self, runner: asyncio.Runner, story: Story, command: Command) -> Then | None:
        """Put in what a person writes, or have a paragraph written another way."""
        if command.name == "rewrite":
            return Then.LOOK if placing.rewrite(runner, story, self._context, command.argument) else None
        is_end = placing.add(runner, story, command.argument, lambda: runner.run(self._go_on(story, None)))
        return Then.WRITE if is_end else Then.LOOK

    def _write_one_more(self) -> None:
        """What was taken back is to be written, however many were wanted."""
        if self._wanted:
            self._wanted += 1

    def _at_the_end(self, runner: asyncio.Runner, story: Story) -> Then:
        """What a person does when the story is told; nobody is asked who was not asked before."""
        self._is_finished = True
        if not self._asks:
            return Then.LEAVE
        console.print(RichText(t("the_end"), style="bold"))
        while True:
            try:
                line = typed(t("prompt_end"))
            except EOFError:
                console.print()
                return Then.LEAVE
            meant = read(line, plays=self._plays)
            if not line or meant == Command("quit"):
                return Then.LEAVE
            if isinstance(meant, Command) and meant.name in doing.AFTER_THE_END:
                if then := self._do(runner, story, meant):
                    self._is_finished = False
                    return then
            else:
                warn(t("only_at_the_end"))

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


def _heed_ctrl_c() -> None:
    """Stop where Ctrl-C was pressed, even if what ran at that moment swallowed the cancellation."""
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError
