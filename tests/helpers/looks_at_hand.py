"""What tests of a look after an edit share: a story that is told at once, its model's answers, what it holds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from recurrentgpt.graph.cycle import AT_THE_PAUSE
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.facts import DRAFT, Fact, Knowledge
from recurrentgpt.stories import branches, fact_edits, looking, passages
from stories_at_hand import FIRST

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from recurrentgpt.memory import Entry, LongTermMemory
    from recurrentgpt.stories.looking import Looked
    from recurrentgpt.stories.story import Story

ANEW = re.compile("It (?:now )?reads:\n|现在是：\n|现为第 [0-9]+ 段：\n\n")
"""What heads a passage of which facts and summary are asked for anew."""


@dataclass
class Answers:
    """What a model answers: of facts, of summaries, and of what leans on a change; one by one, and then nothing."""

    facts: list[Any] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    leaning: list[Any] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    asked_anew: list[str] = field(default_factory=list)

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None:
            return None
        if "leaning" in schema["properties"]:
            self.asked.append(messages[-1].text)
            return json.dumps({"leaning": self.leaning.pop(0) if self.leaning else []})
        if "summary" in schema["properties"] and ANEW.search(messages[-1].text):
            self.asked_anew.append(messages[-1].text)
            facts = self.facts.pop(0) if self.facts else []
            summary = self.summaries.pop(0) if self.summaries else "Summed up anew."
            return json.dumps({"summary": summary, "facts": facts, "changes": [], "clashes": []})
        return None


async def tell(story: Story, situation: dict[str, Any]) -> None:
    """A branch of passages, facts and a memory, as if they had been written."""

    def append(memory: LongTermMemory) -> Lineage:
        path = Lineage()
        for told in situation["passages"]:
            numbered = enumerate(told["facts"])
            facts = tuple(
                Fact(f"{DRAFT}{number}", text, quote=quote, frame=frame[0] if frame else "now")
                for number, (text, quote, *frame) in numbered
            )
            path = memory.append(path, told["text"], told["summary"], "A plan.", Knowledge(facts))
        return path

    path = await story.remember(append)
    state: Any = await story.state()
    last = situation["passages"][-1]
    new = {"lineage": path.to_json(), "step": path.length - 1, "paragraph": last["text"], "summary": last["summary"]}
    memory = "\n".join(situation["memory"])
    values = {**state, **new, "opening": [], "chapters": [], "short_term_memory": memory}
    await branches.switch(story, await branches.fork(story, values, AT_THE_PAUSE))
    await story.note_length()


async def change(story: Story, what: dict[str, Any]) -> None:
    match what["do"]:
        case "edit":
            await branches.edit(story, paragraph=what["paragraph"], text=what["text"])
        case "summary":
            await branches.edit(story, paragraph=what["paragraph"], summary=what["text"])
        case "insert":
            await passages.insert(story, what["after"], what["text"])
        case "remove":
            await passages.remove(story, what["paragraph"])
        case "move":
            await passages.move(story, what["paragraph"], what["to"])
        case "fact":
            (fact,) = (one.fact.id for one in (await story.facts()).holding if one.fact.text == what["fact"])
            await fact_edits.edit_fact(story, fact, text=what["to"])


async def look(story: Story, *, texts: bool = False) -> list[Looked]:
    return [one async for one in looking.look(story, FIRST, texts=texts)]


async def entries(story: Story, branch: str = "") -> list[Entry]:
    return await story.entries(Lineage.from_json((await story.state(branch))["lineage"]))


async def everything(story: Story, branch: str = "") -> str:
    """All that is told on a branch, but for what is found."""
    state: Any = await story.state(branch)
    names = ("lineage", "short_term_memory", "paragraph", "summary", "opening", "chapters", "plans", "step")
    return json.dumps([str(one) for one in await entries(story, branch)] + [state.get(name) for name in names])


async def records(story: Story, *, texts: bool) -> str:
    """What a branch says of what was told: summaries, facts, memory; and the texts."""
    told = await entries(story)
    lines = [line for one in told for line in (one.summary, *(fact.text for fact in one.facts))]
    lines += [one.text for one in told] if texts else []
    return "\n".join((*lines, (await story.state())["short_term_memory"]))
