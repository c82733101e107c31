"""The tools that write: a story is begun, its pauses are answered, it goes on, stops, and other plans are made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context, ElicitationResult, Resolve
from pydantic import Field, JsonValue

from ..schemas.context import USUAL_CHOOSER, Chooser
from ..schemas.context import Context as Settings
from ..schemas.errors import StoryStateError
from ..schemas.modes import mode_named
from ..schemas.story_input import read_input
from ..stories.pack import check_open
from ..web.jobs import Job
from .asking import Choice, answer_of, question_of
from .shown import StoryNow  # noqa: TC001 (the tools' schemas are made of their annotations)

if TYPE_CHECKING:
    from .asking import Elicit
    from .desk import Desk, Report

WhichStory = Annotated[
    str, Field(description="Its id, its number in the list, or the beginning of its title; empty: the latest.")
]


class WritingTools:
    """The tools, over a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.choose_plan = _with_question(self)

    async def begin_story(  # noqa: PLR0913, PLR0917 (what a story is begun from)
        self,
        ctx: Context,
        topic: Annotated[str, Field(description="What it is about, in a sentence or a few.")],
        genre: str = "",
        background: Annotated[str, Field(description="What the writer is to know of people and places.")] = "",
        outline: Annotated[str, Field(description="Empty: one is drafted.")] = "",
        style_sheet: Annotated[str, Field(description="Characters and style, kept to throughout.")] = "",
        title: Annotated[str, Field(description="Empty: one is found.")] = "",
        language: Annotated[str, Field(description="BCP 47 tag: en, zh, …")] = "en",
        mode: Annotated[str, Field(description="author, or interactive_fiction: the person is inside it.")] = "author",
        target_paragraphs: Annotated[int | None, Field(description="Its length; null: no set length.")] = None,
        model: Annotated[str, Field(description="provider:model; empty: what the server is set to.")] = "",
    ) -> StoryNow:
        """Begin a story: its title, outline and opening are written, and it waits with plans for what comes next."""
        given = read_input(
            {
                "topic": topic,
                "genre": genre,
                "background": background,
                "outline": outline,
                "title": title,
                "style_sheet": style_sheet,
                "language": language,
                "mode": mode,
                "target_paragraphs": target_paragraphs,
            }
        )
        context = Settings().sized_for(mode_named(given.mode)).changed({"model": model}, mode_named(given.mode))
        return await self._desk.begin(given, context, _teller(ctx))

    async def read_pause(self, ctx: Context, story: WhichStory = "") -> StoryNow:
        """How a story stands: its last passage, its memory and the plans on the table; waits while it is written."""
        session = self._desk.session(story)
        await session.resume()
        return await self._desk.settled(session, _teller(ctx))

    async def answer_pause(  # noqa: PLR0913, PLR0917 (what an answer may say)
        self,
        ctx: Context,
        story: WhichStory = "",
        plan: Annotated[int | None, Field(description="The number of the plan to follow.")] = None,
        instruction: Annotated[str, Field(description="A plan in the person's own words, instead.")] = "",
        feedback: Annotated[str, Field(description="What is wrong with these plans: others are made.")] = "",
        short_term_memory: Annotated[str, Field(description="The short-term memory as it is to be.")] = "",
        paragraph: Annotated[str, Field(description="The last passage as it is to be; the memory follows it.")] = "",
        chapter: Annotated[str, Field(description="The title of a chapter that begins with the next passage.")] = "",
        passages: Annotated[int | None, Field(description="For how many passages the plan is.")] = None,
        *,
        stop: Annotated[bool, Field(description="End the story here.")] = False,
        pause_id: Annotated[str, Field(description="That of the pause that is answered: then it counts once.")] = "",
    ) -> StoryNow:
        """Answer the plans on the table; the next passage is written, and the story waits with new plans."""
        given: dict[str, Any] = {
            "plan": plan,
            "passages": passages,
            "stop": stop or None,
            "instruction": instruction,
            "feedback": feedback,
            "chapter": chapter,
            "short_term_memory": short_term_memory,
            "paragraph": paragraph,
        }
        answer = {name: value for name, value in given.items() if value not in (None, "")}
        if not answer:
            raise StoryStateError("plan_unclear", given="")
        if short_term_memory or paragraph:
            check_open(self._desk.record(story))
        return await self._answer(story, answer, pause_id, _teller(ctx))

    async def other_plans(
        self,
        ctx: Context,
        story: WhichStory = "",
        feedback: Annotated[str, Field(description="What was wrong with those on the table.")] = "",
    ) -> StoryNow:
        """Have other plans made for what comes next."""
        answer: dict[str, Any] = {"decisions": [{"type": "reject", "message": feedback}]}
        return await self._answer(story, answer, "", _teller(ctx))

    async def continue_story(
        self,
        ctx: Context,
        story: WhichStory = "",
        paragraphs: Annotated[int, Field(ge=0, le=200, description="How many to write with nobody asked.")] = 0,
        chooser: Annotated[Chooser, Field(description="Who picks their plans.")] = USUAL_CHOOSER,
    ) -> StoryNow:
        """Go on with what was stopped, to the next pause; or write several passages with nobody asked."""
        session = self._desk.session(story)
        job = Job(kind="write", paragraphs=paragraphs, chooser=chooser) if paragraphs else Job()
        return await self._desk.work(session, job, _teller(ctx))

    async def stop(self, story: WhichStory = "") -> StoryNow:
        """End the work that is under way on a story at once; every finished gate is kept."""
        session = self._desk.session(story)
        await session.stop(at_once=True)
        return await self._desk.now(session)

    async def ask(self, story: str, ctx: Context) -> Elicit[Choice] | None:
        """The question for the person, where the client can ask one, and a story waits with plans."""
        capabilities = ctx.client_capabilities
        if capabilities is None or capabilities.elicitation is None:
            return None
        session = self._desk.session(story)
        await session.resume()
        now = await self._desk.settled(session, _teller(ctx))
        return question_of(now, session.record.begun_from.language) if now.standing == "waiting" else None

    async def follow(self, ctx: Context, story: str, chosen: object) -> StoryNow:
        """What came of the question: an answer is followed; without one the story waits as it did."""
        session = self._desk.session(story)
        answer = answer_of(chosen)
        if answer is None:
            return await self._desk.now(session)
        return await self._desk.work(session, Job(), _teller(ctx), answer)

    async def _answer(self, story: str, answer: JsonValue, pause_id: str, report: Report) -> StoryNow:
        session = self._desk.session(story)
        await session.resume()
        if session.is_writing:
            return await self._desk.settled(session, report)
        now = await self._desk.now(session)
        if pause_id and pause_id != now.pause_id:
            return now  # it was answered already
        return await self._desk.work(session, Job(), report, answer)


def _with_question(tools: WritingTools) -> Any:  # noqa: ANN401 (a tool, with a parameter that the client fills)
    """The tool that asks the person, by whatever way the client has to ask one."""

    async def ask_plan(story: str, ctx: Context) -> Any:  # noqa: ANN401 (a question, or none)
        return await tools.ask(story, ctx)

    async def choose_plan(ctx: Context, chosen, story: WhichStory = "") -> StoryNow:  # type: ignore[no-untyped-def]  # noqa: ANN001
        """Ask the person which plan to follow, in the client's own form, and write the next passage.

        Where the client cannot ask, the pause comes back, with how to answer it.
        """
        return await tools.follow(ctx, story, chosen)

    choose_plan.__annotations__["chosen"] = Annotated[ElicitationResult[Choice], Resolve(ask_plan)]
    return choose_plan


def _teller(ctx: Context) -> Report:
    return partial(_tell, ctx)


async def _tell(ctx: Context, done: float, what: str) -> None:
    await ctx.report_progress(done, None, what)
