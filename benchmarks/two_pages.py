"""Two pages of one story change it at random: nothing is lost unseen, no old job writes.

    python benchmarks/two_pages.py [--runs 100] [--forms 100] [--seed 1]

A page shows the story, sends a form, and shows what came back, as a browser does; what the other page did meanwhile it
does not know. They edit, put in and take out paragraphs, change the memory, undo, do again, switch and begin and delete
branches, follow plans, shown or of their own, ask for others, write unattended, stop. Each text that is typed has a
word of its own. After every answer all branches are looked through. Counted are the words that went although no page on
which they stood sent what took them; refused forms whose text did not come back; plans of refused forms that were
followed all the same, or on another branch; plans that were followed though the page showed another; and passages
beyond those that were asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

import httpx
from langchain_core.embeddings import DeterministicFakeEmbedding

from fake_model import FakeChatModel
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.lineage import Lineage
from recurrentgpt.schemas.settings import Settings
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library
from recurrentgpt.web.app import make_app
from recurrentgpt.web.jobs import Job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from recurrentgpt.stories.story import Story
    from recurrentgpt.web.sessions import StorySession

HERE = "http://127.0.0.1:7860"
CONTEXT = Context(
    model="fake", opening_paragraphs=2, plan_sentences=1, memory_min_sentences=1, memory_max_sentences=2, plan_count=2
)
ACTS = (
    *("paragraph", "paragraph", "memory", "memory", "insert", "remove", "undo", "redo-undone", "own", "own", "write"),
    *("stop", "go-on", "take", "branch", "drop-branch", "plan", "plan", "others"),
)
TYPED = frozenset({"paragraph", "memory", "insert", "own"})
"""Acts with a text of a person's."""
_WORD = re.compile(r"\bword\d+x\b")
_PLAN = re.compile(r'<li class="plan">\s*<p[^>]*>(.*?)</p>', re.DOTALL)
_LONGER = frozenset({"insert", "own", "plan", "write"})
_FULL = 14
"""Passages from which on none is put in or written: a page shows no more than thirty."""


@dataclass
class Sent:
    """A form that was sent: by which page, what that showed, when it was answered, and whether it was taken."""

    act: str
    branch: str
    word: str
    shown: frozenset[str]
    quota: int
    sent: float
    answered: float = 0.0
    is_taken: bool = False


@dataclass
class Gone:
    """A word that stood in the story at one look and no longer at the next."""

    word: str
    since: float
    seen: float


@dataclass
class Found:
    """What is counted: what was sent and taken, and what went wrong."""

    sent: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Those of another run too."""
        self.sent += other.sent
        self.taken += other.taken
        self.wrong += other.wrong


class Watch:
    """What is known of all pages together."""

    def __init__(self, session: StorySession, model: FakeChatModel) -> None:
        self._session = session
        self._model = model
        self._looking = asyncio.Lock()
        self._there: frozenset[str] = frozenset()
        self._at = monotonic()
        self._gone: list[Gone] = []
        self.forms: list[Sent] = []
        self.problems: list[str] = []

    async def of_branch(self, name: str) -> set[str]:
        """The words on a branch."""
        async with self._session.story() as story:
            return await words_of(story, name)

    async def look(self) -> None:
        """Note which words went since the last look."""
        async with self._looking, self._session.story() as story:
            began = monotonic()
            found: set[str] = set()
            for branch in story.record.branches:
                found |= await words_of(story, branch.name)
            self._gone += [Gone(word, self._at, monotonic()) for word in self._there - found]
            self._there, self._at = frozenset(found), began

    async def sees_followed(self, plan: str, name: str) -> None:
        """Note a plan that was taken on a branch, where it is neither followed nor the first any more."""
        if not plan:
            return
        async with self._session.story() as story:
            state = await story.state(name)
            entries = await story.entries(Lineage.from_json(state.get("lineage")))
        told = {entry.plan for entry in entries} | {one["text"] for one in state["plans"][:1]}
        told.add(state["plan"]["text"] if "plan" in state else "")  # None yet: the answer is not given.
        if plan not in told:
            self.problems.append(f"another plan was followed on {name} than {plan[:60]!r}")

    def lost(self) -> Iterator[str]:
        """The words that went without having been shown where they were taken away."""
        prompts = "\n".join(message.text for asked in self._model.asked for message in asked)
        heeded = set(_WORD.findall(prompts))
        in_memory = {form.word for form in self.forms if form.act == "memory"}
        for gone in self._gone:
            meanwhile = [one for one in self.forms if one.sent <= gone.seen and one.answered >= gone.since]
            if any(one.is_taken and gone.word in one.shown for one in meanwhile):
                continue
            if gone.word in in_memory & heeded:
                continue  # The writer had it before its eyes when it put the memory in other words.
            acts = [f"{one.act} on {one.branch}" for one in meanwhile if one.is_taken]
            by = next(f"{one.act} on {one.branch}" for one in self.forms if one.word == gone.word)
            yield f"{gone.word} ({by}) went unseen; taken meanwhile: {', '.join(acts)}"

    async def jobs(self) -> list[str]:
        """Plans that were followed and should not have been, and passages beyond those that were asked for."""
        wrong = []
        asked = {form.word: form for form in self.forms if form.act == "own"}
        async with self._session.story() as story:
            parents = {branch.name: branch.parent for branch in story.record.branches}
            for branch in story.record.branches:
                state = await story.state(branch.name)
                entries = await story.entries(Lineage.from_json(state.get("lineage")))
                followed = Counter(word for entry in entries for word in _WORD.findall(entry.plan))
                for word, times in followed.items():
                    form, above = asked[word], branch.name
                    while above != form.branch and above:
                        above = parents.get(above, "")
                    if not form.is_taken:
                        wrong.append(f"the refused plan {word} was followed on {branch.name}")
                    elif times > 1 or not above:
                        wrong.append(f"the plan {word} of {form.branch} was followed {times} times on {branch.name}")
                may = sum(form.quota for form in self.forms if form.is_taken and form.branch == branch.name)
                if (wrote := state.get("step", 0) - branch.step) > may:
                    wrong.append(f"{wrote} passages were written on {branch.name}, {may} were asked for")
        return wrong


async def words_of(story: Story, branch: str) -> set[str]:
    """The words that stand on a branch, in its passages and in its memory."""
    state = await story.state(branch)
    entries = await story.entries(Lineage.from_json(state.get("lineage")))
    told = [*(entry.text for entry in entries), state.get("short_term_memory", "")]
    return set(_WORD.findall("\n".join(told)))


class Page:
    """One page: what it shows, and the forms that it sends."""

    def __init__(self, client: httpx.AsyncClient, story_id: str, watch: Watch, dice: Random) -> None:
        self._client = client
        self._base = f"/story/{story_id}"
        self._watch = watch
        self._dice = dice
        self._html = ""
        self._in_picture: set[str] = set()
        """The words of the branch that a picture shows, of which the page itself says one passage."""

    async def look(self) -> None:
        """Show the story anew."""
        self._in_picture = set()
        self._html = (await self._client.get(f"{self._base}?panel=memory")).text

    @property
    def place(self) -> dict[str, str]:
        """What its forms are meant for."""
        found = (
            re.findall(rf'name="{name}" value="([^"]*)"', self._html)[:1] for name in ("branch", "step", "version")
        )
        return {name: one[0] for name, one in zip(("branch", "step", "version"), found, strict=True) if one}

    async def act(self, act: str, words: Iterator[int]) -> None:
        """Send one form, made of what the page shows, and show what comes back."""
        word = f"word{next(words)}x" if act in TYPED else ""
        made = await self._form(act, f"She says {word}." if word else "")
        if made is None:
            return
        address, form, quota = made
        plan = html.unescape("".join(_PLAN.findall(self._html)[:1])) if act == "plan" else ""
        shown = frozenset(_WORD.findall(self._html)) | {word} | self._in_picture
        sent = Sent(act, form.get("branch", ""), word, shown, quota, monotonic())
        self._watch.forms.append(sent)
        answer = await self._client.post(f"{self._base}/{address}", data=form)
        sent.is_taken, sent.answered = answer.status_code == HTTPStatus.SEE_OTHER, monotonic()
        if sent.is_taken:
            await self._watch.look()
            await self._watch.sees_followed(plan, sent.branch)
            sent.answered = monotonic()
            await self.look()
            return
        if answer.status_code != HTTPStatus.CONFLICT:
            self._watch.problems.append(f"{act} was answered with {answer.status_code}")
        if word not in answer.text:
            self._watch.problems.append(f"the text of a refused {act} did not come back: {word}")
        self._html = answer.text

    async def _form(self, act: str, text: str) -> tuple[str, dict[str, str], int] | None:
        """Where a form goes, its fields, and how many passages it asks for at most."""
        if act in ("take", "branch", "drop-branch"):
            return await self._elsewhere(act)
        numbers = re.findall(r'id="p(\d+)"', self._html)
        place = {**self.place, "panel": "memory"}
        if "version" not in place or not numbers or (act in _LONGER and len(numbers) >= _FULL):
            return None
        number, job = self._dice.choice(numbers), re.findall(r'name="job" value="([^"]*)"', self._html)
        there = place | {"paragraph": number}
        forms = {
            "paragraph": ("paragraph", there | {"text": text}, 0),
            "memory": ("memory", place | {"text": text}, 0),
            "insert": ("insert", there | {"where": "after", "text": text}, 0),
            "remove": ("remove", there, 0),
            "own": ("reply", place | {"do": "own", "text": text}, 1),
            "plan": ("reply", place | {"do": "plan", "plan": "1"}, 1),
            "others": ("reply", place | {"do": "others"}, 0),
            "write": ("write", place | {"count": "2", "chooser": "first"}, 2),
        }
        if act in ("plan", "others") and not _PLAN.search(self._html):
            return None
        if act == "stop":
            return (act, {"job": job[0], "now": self._dice.choice("01")}, 0) if job else None
        return forms.get(act, (act, place, 0))

    async def _elsewhere(self, act: str) -> tuple[str, dict[str, str], int] | None:
        """Go to another branch, delete it or begin one at its end, from the picture, which the other may outrun."""
        self._html = (await self._client.get(f"{self._base}/loom?all=1")).text
        ends: dict[str, int] = {}
        for name, number in re.findall(r"loom\?branch=([\w-]+)&(?:amp;)?at=(\d+)", self._html):
            ends[name] = max(ends.get(name, 0), int(number))
        if not ends:
            return None
        name = self._dice.choice(sorted(ends))
        before = await self._watch.of_branch(name)
        self._html = (await self._client.get(f"{self._base}/loom?branch={name}&at={ends[name]}")).text
        if before != await self._watch.of_branch(name):
            return None
        self._in_picture = before if act == "drop-branch" else set()
        await asyncio.sleep(self._dice.random() / 50)
        if act == "take":
            return (act, self.place | {"to": name}, 0) if "version" in self.place else None
        if act == "branch":
            place = dict(re.findall(r'name="(branch|after|beginning)" value="([^"]*)"', self._html))
            return (act, {**place, "branch": name, "text": ""}, 0) if "beginning" in place else None
        end = re.findall(r'name="end" value="([^"]*)"', self._html)
        return (act, self.place | {"which": name, "end": end[0]}, 0) if end else None


async def run(forms: int, dice: Random, library: Library, model: FakeChatModel) -> Found:
    """One story, two pages, so many forms."""
    app = make_app(library)
    record = library.begin(StoryInput(topic="A lighthouse keeper finds a message in a bottle"), CONTEXT)
    session = app.state.sessions.of(record)
    await session.start(Job())
    await session.ends(60)
    model.asked.clear()
    watch, words = Watch(session, model), count(1)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=HERE, headers={"origin": HERE}) as client:
        pages = [Page(client, record.story_id, watch, dice) for _ in range(2)]

        async def use(page: Page) -> None:
            await page.look()
            while len(watch.forms) < forms:
                await page.act(dice.choice(ACTS), words)
                await asyncio.sleep(dice.random() / 50)

        await asyncio.gather(*map(use, pages))
        await session.stop(at_once=False)
        await session.ends(60)
        await watch.look()
    wrong = [*watch.problems, *watch.lost(), *await watch.jobs()]
    await app.state.sessions.close()
    taken = Counter(form.act for form in watch.forms if form.is_taken)
    return Found(Counter(form.act for form in watch.forms), taken, wrong)


def library_in(home: Path, model: FakeChatModel) -> Library:
    """The library of a data folder, with this model and an embedder for nothing."""
    return Library(
        home,
        settings=Settings(embedding_model="fake"),
        chat_models={"fake": lambda: model},
        embeddings={"fake": lambda: DeterministicFakeEmbedding(size=16)},
    )


def two_pages(runs: int, forms: int, seed: int) -> Found:
    """So many stories, each in a data folder of its own."""
    total = Found()
    for number in range(runs):
        model = FakeChatModel(delay=0.01)
        with TemporaryDirectory() as home, library_in(Path(home), model) as library:
            found = asyncio.run(run(forms, random.Random(seed + number), library, model))  # noqa: S311
        sent, taken = found.sent.total(), found.taken.total()
        print(f"run {seed + number}: {sent} forms, {taken} taken", *found.wrong, sep="\n    ", flush=True)
        total.add(found)
    return total


def main() -> None:
    """Print how many forms were sent and taken, and what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--forms", type=int, default=100, help="in each; some ten seconds of a quiet machine")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = two_pages(given.runs, given.forms, given.seed)
    for act, sent in sorted(found.sent.items()):
        print(f"{act}: {sent} sent, {found.taken[act]} taken")
    sent, taken = found.sent.total(), found.taken.total()
    print(f"{given.runs} runs: {sent} forms, {taken} taken, {len(found.wrong)} wrong")


if __name__ == "__main__":
    main()
