"""A story in which things change, told by a writer who answers with what it is given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from langgraph.types import Command

from graph_at_hand import HUMAN, THREAD, TOPIC, compiled

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.schemas.context import Context

Told = dict[str, list[dict[str, Any]]]
ONE = HUMAN.model_copy(update={"opening_paragraphs": 1})
FILLER = " ".join(f"Rain fell on roof number {number}." for number in range(20))
OPENING = f"Ines kept the brass key in her coat. Who had sent it? {FILLER}"
LOST = f"The brass key slid from her coat and sank in the mill pond. {FILLER}"
OTHER = f"Ines slept with the key under her pillow. {FILLER}"

HAS_KEY = {"fact": "Ines has the brass key.", "about": ["Ines", "key"], "says": "kept the brass key in her coat"}
WHO_SENT = {"fact": "Who sent the key?", "about": ["key"], "says": "Who had sent it?", "open": True}
STOLE = "Tom stole the key."
CLAIM = "Tom has the key."
IS_AT = "The brass key lies in the mill pond."
IS_SHUT = "The mill is shut."
WHERE = "Where is Tom?"
EELS = "Ines sells eels."
BAG = "The bag holds irons and a rope."
FACTS = ("Ines has the brass key.", STOLE, CLAIM, "Who sent the key?", IS_AT, IS_SHUT, WHERE, EELS, BAG)

IS_LOST = {
    "fact": IS_AT,
    "about": ["key"],
    "says": "sank in the mill pond",
    "replaces": FACTS[0],
}

BACK = {"fact": "Ines has it again.", "about": ["Ines", "key"], "says": "Ines found the key", "replaces": IS_AT}


class Writer:
    """Answers with what it is given: texts one after the other, and what is said of each."""

    def __init__(self) -> None:
        self.texts = [OPENING]
        self.told: Told = {"facts": [HAS_KEY, WHO_SENT], "changes": []}
        self.facts_asked: list[str] = []
        self.summary = "A summary."
        self.broken = False
        self.model: FakeChatModel | None = None

    @property
    def asked(self) -> list[list[BaseMessage]]:
        assert self.model
        return self.model.asked

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None:
            return self.texts[-1]
        if "facts" not in schema["properties"]:
            return None
        self.facts_asked.append(messages[-1].text)
        if self.broken:
            return "I would rather not."
        shown = "\n".join(message.text for message in messages)
        told = {name: [_numbered(item, shown) for item in items] for name, items in self.told.items()}
        return json.dumps({"summary": self.summary, "summaries": [self.summary], **told})


def _numbered(item: dict[str, Any], shown: str) -> dict[str, Any]:
    """An answer's item with the numbers of the facts that it means."""
    name = "fact" if "how" in item else "replaces"
    numbers = {name: number_of(item[name], shown)} if item.get(name) in FACTS else {}
    return {**item, **numbers}


def begun(writer: Writer, context: Context = ONE, **more: Any) -> Any:
    assert writer
    run = compiled()
    run.invoke({**TOPIC, **more}, THREAD, context=context)
    return run


def step(  # noqa: PLR0913 (what a step is made of)
    run: Any, writer: Writer, text: str, told: Told, plan: object = 1, *, facts: bool = True
) -> Any:
    writer.texts.append(text)
    writer.told = {"facts": [], "changes": [], **told}
    context = ONE.model_copy(update={"use_facts": facts})
    return run.invoke(Command(resume=plan), THREAD, context=context)


def asked_to_write(writer: Writer) -> str:
    """The last prompt that a passage was first written to."""
    prompts = [asked[-1].text for asked in reversed(writer.asked) if "Plan for the next" in asked[-1].text]
    return next(prompt for prompt in prompts if "put this right" not in prompt)


def number_of(fact: str, prompt: str) -> int:
    line = next(line for line in prompt.splitlines() if fact in line and line[0].isdigit())
    return int(line.split(".", maxsplit=1)[0])


def few_facts(run: Any, writer: Writer) -> list[str]:
    """What is noted beside passages in a step that shows one fact at most."""
    writer.texts.append(OTHER.replace("Rain", "Snow"))
    writer.told = {"facts": [], "changes": []}
    few = ONE.model_copy(update={"fact_tokens": 1})
    state = run.invoke(Command(resume="The mill is dry."), THREAD, context=few)
    return [line for passage in state["retrieved"] for line in passage["since"]]
