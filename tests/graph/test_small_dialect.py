"""A story in the dialect of small models: what is asked, of which size, and what is done where an answer is no use."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from recurrentgpt.graph import builder
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import ModelUnavailableError
from recurrentgpt.schemas.modes import MODES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig

    from fake_model import FakeChatModel

SMALL = Context(model="fake", dialect="small", plan_selection="model")
ABOUT_WRITING = re.compile(r"\b(?:essay|novel|novelist|paragraph|passage|chapter|prose|author|reader|writer)s?\b")
IN_CHINESE = re.compile("论文|小说|段落|本段|章|作者|读者|作家|正文")
TOPIC = "A lighthouse keeper finds a bottle"


def told(mode: str = "author", context: Context = SMALL, **given: Any) -> Mapping[str, Any]:
    """The state of a story after an opening and three steps."""
    story: Any = builder.compile(checkpointer=InMemorySaver())
    thread: RunnableConfig = {"configurable": {"thread_id": "1"}}
    state: dict[str, Any] = {}
    for target in (1, 2, 3):
        topic = {"topic": TOPIC, "mode": mode, "target_paragraphs": target, **given}
        state = story.invoke(topic, thread, context=context)
    return state


@pytest.mark.parametrize(("language", "of_writing"), [("en", ABOUT_WRITING), ("zh", IN_CHINESE)])
@pytest.mark.parametrize("mode", MODES)
def test_a_small_model_is_told_nothing_of_writing_in_a_whole_story(
    fake_model: FakeChatModel, mode: str, language: str, of_writing: re.Pattern[str]
) -> None:
    state = told(mode, language=language)
    assert state["step"] == 3
    asked = [(messages, message) for messages in fake_model.asked for message in messages if message.type != "ai"]
    assert asked
    for _, message in asked:
        ours = message.text.replace(TOPIC, "")
        for kept in (state["title"], state["outline"]):
            ours = ours.replace(kept, "")
        assert not of_writing.search(ours), ours


def test_its_forms_have_few_and_short_fields(fake_models: Callable[..., FakeChatModel]) -> None:
    schemas: list[dict[str, Any]] = []
    fake_models(interfere=lambda _, schema: schemas.append(schema) if schema else None)
    state = told(context=SMALL.model_copy(update={"retrieve_k": 1}))
    asked = {schema["title"]: schema["properties"] for schema in schemas}
    assert {name: list(fields) for name, fields in asked.items()} == {
        "Premise": ["title"],
        "MemoryAlone": ["memory"],
        "Summaries": ["summaries"],
        "Summary": ["summary"],
        "Plans": ["plans"],
        "PlanChoice": ["number"],
    }
    plan = asked["Plans"]["plans"]["items"]["properties"]
    assert (plan["recall"]["minItems"], plan["recall"]["maxItems"]) == (1, 1)
    assert asked["Summary"]["summary"]["maxLength"] == 180
    assert (asked["MemoryAlone"]["memory"]["minItems"], asked["MemoryAlone"]["memory"]["maxItems"]) == (2, 4)
    chosen = state["plan"]
    assert (chosen["chosen_by"], chosen["reason"]) == ("model", "")
    assert chosen["text"], "the plan that was picked, word by word"
    assert state["rationale"] == ""


def test_where_nothing_is_left_to_ask_nothing_is_asked(fake_models: Callable[..., FakeChatModel]) -> None:
    titles: list[str] = []
    fake_models(interfere=lambda _, schema: titles.append(schema["title"]) if schema else None)
    state = told(title="The Bottle")
    assert (state["title"], state["outline"]) == ("The Bottle", "")
    assert not {"Premise", "Title", "Outline"} & set(titles)


def test_what_a_person_says_of_the_outline_is_told(fake_model: FakeChatModel) -> None:
    told(outline="Mara drowns.")
    assert all("Mara drowns." in messages[0].text for messages in fake_model.asked)


def test_it_is_not_told_why_an_answer_was_no_use(fake_models: Callable[..., FakeChatModel]) -> None:
    tries: list[list[BaseMessage]] = []

    def interfere(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None or schema["title"] != "MemoryAlone" or len(tries) > 1:
            return None
        tries.append(messages)
        return json.dumps({"memory": ["Mara is alone."]})

    fake_models(interfere=interfere)
    assert told()["step"] == 3
    assert len(tries) == 2
    assert tries[0] == tries[1]


def test_facts_are_asked_for_where_a_person_wants_them(fake_models: Callable[..., FakeChatModel]) -> None:
    titles: list[str] = []
    fake_models(interfere=lambda _, schema: titles.append(schema["title"]) if schema else None)
    told(context=SMALL.model_copy(update={"use_facts": True}))
    assert "SummaryAndFacts" in titles


def test_the_embedded_model_is_not_asked_for_a_story_in_another_language() -> None:
    with pytest.raises(ModelUnavailableError, match="knows English alone, and this story is in German"):
        told(context=Context(model="embedded"), language="de")
