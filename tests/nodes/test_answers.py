"""What is read from a model's answer, in JSON and in sections, and what is refused."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from recurrentgpt.nodes.answers import Answer, UnusableAnswerError, read, schema_of, sections_wanted
from recurrentgpt.nodes.append_summary import Summary
from recurrentgpt.nodes.likeness import alike
from recurrentgpt.nodes.open_story import Premise
from recurrentgpt.nodes.propose_plans import Plans
from recurrentgpt.nodes.rewrite_short_term import ShortTermMemory
from recurrentgpt.nodes.select_plan import PlanChoice
from recurrentgpt.nodes.store_opening import Summaries
from recurrentgpt.schemas.languages import language_named, texts
from tongues import EN

CLEAN: list[tuple[type[Answer], dict[str, Any]]] = [
    (ShortTermMemory, {"rationale": "The storm is over.", "memory": ["Ada is home.", "Ben has the key."]}),
    (
        Plans,
        {
            "plans": [
                {"text": "Ada goes north.", "recall": ["Ada fears wolves", "the promise"]},
                {"text": "Ada goes south.", "recall": ["where the boat was left"]},
            ]
        },
    ),
    (Summary, {"summary": "Ada left. She took the key."}),
    (Premise, {"title": "The Lamp", "outline": "A keeper is alone. She waits for a ship."}),
    (
        PlanChoice,
        {
            "reason": "It moves the story on.",
            "number": 2,
            "plan": "Ada goes north. Then she rests.",
            "recall": ["Ada fears wolves"],
        },
    ),
    (Summaries, {"summaries": ["Ada left. She took the key.", "Ben stayed."]}),
]
ANSWERS = [answer for answer, _ in CLEAN]
EVERY_CLEAN = pytest.mark.parametrize(("answer", "fields"), CLEAN, ids=lambda value: getattr(value, "__name__", ""))
EVERY_ANSWER = pytest.mark.parametrize("answer", ANSWERS)
MEMORY = {"rationale": "The storm is over.", "memory": ["Ada is home.", "Ben has the key."]}
MEMORY_ZH = {"rationale": "旧事已了。", "memory": ["林在屋里。", "王走了。"]}


def fields_in(answer: type[Answer], text: str, language: str = "en", parsed: object = None) -> dict[str, Any]:
    return read(answer, parsed, text, language_named(language)).model_dump()


def problem_of(answer: type[Answer], text: str, language: str = "en", parsed: object = None) -> str:
    with pytest.raises(UnusableAnswerError) as refused:
        read(answer, parsed, text, language_named(language))
    return str(refused.value)


# JSON


@EVERY_CLEAN
def test_clean_json_is_read(answer: type[Answer], fields: dict[str, Any]) -> None:
    assert fields_in(answer, json.dumps(fields)) == fields


@EVERY_CLEAN
def test_what_langchain_parsed_is_taken(answer: type[Answer], fields: dict[str, Any]) -> None:
    assert fields_in(answer, "", parsed=fields) == fields


@EVERY_CLEAN
@pytest.mark.parametrize("fence", ["```json\n{}\n```", "```\n{}\n```", "Here you are:\n\n```json\n{}\n```\nEnjoy!"])
def test_json_in_a_code_fence_is_read(answer: type[Answer], fields: dict[str, Any], fence: str) -> None:
    assert fields_in(answer, fence.replace("{}", json.dumps(fields, indent=2))) == fields


@EVERY_CLEAN
def test_json_with_words_around_is_read(answer: type[Answer], fields: dict[str, Any]) -> None:
    assert fields_in(answer, f"Sure! Here is my answer: {json.dumps(fields)} I hope it helps.") == fields


@EVERY_CLEAN
def test_a_bad_parse_is_overruled_by_a_good_text(answer: type[Answer], fields: dict[str, Any]) -> None:
    assert fields_in(answer, json.dumps(fields), parsed={"something": "else"}) == fields


def test_braces_in_the_words_before_json_do_no_harm() -> None:
    text = f'In the form {{"rationale", "memory"}}:\n{json.dumps(MEMORY)}'
    assert fields_in(ShortTermMemory, text) == MEMORY


def test_a_fence_inside_a_json_string_does_no_harm() -> None:
    fields = {"summary": "Ada wrote ```{x}``` on the wall."}
    assert fields_in(Summary, f"```json\n{json.dumps(fields)}\n```") == fields


def test_chinese_json_is_read() -> None:
    assert fields_in(ShortTermMemory, json.dumps(MEMORY_ZH, ensure_ascii=False), "zh") == MEMORY_ZH


def test_fields_nobody_asked_for_are_dropped() -> None:
    assert fields_in(Summary, '{"summary": "Ada left.", "mood": "sad"}') == {"summary": "Ada left."}


def test_white_space_around_values_is_dropped() -> None:
    assert fields_in(Summary, '{"summary": "  Ada left.\\n"}') == {"summary": "Ada left."}


@pytest.mark.parametrize("memory", ["Ada is home.\nBen has the key.", "- Ada is home.\n\n- Ben has the key.\n"])
def test_a_list_that_came_as_one_text_is_its_lines(memory: str) -> None:
    text = json.dumps({"rationale": MEMORY["rationale"], "memory": memory})
    assert fields_in(ShortTermMemory, text) == MEMORY


# The short-term memory in sections

MEMORY_SECTIONS = {
    "plain": "Rationale: The storm is over.\nUpdated memory: Ada is home. Ben has the key.",
    "headings on their own lines": "Rationale:\nThe storm is over.\n\nUpdated memory:\nAda is home. Ben has the key.",
    "bold, colon inside": "**Rationale:** The storm is over.\n\n**Updated memory:** Ada is home. Ben has the key.",
    "bold, colon outside": "**Rationale**: The storm is over.\n\n**Updated memory**: Ada is home. Ben has the key.",
    "bold, no colon": "**Rationale**\nThe storm is over.\n\n**Updated memory**\nAda is home. Ben has the key.",
    "italic": "*Rationale:* The storm is over.\n_Updated memory:_ Ada is home. Ben has the key.",
    "hashes": "### Rationale\nThe storm is over.\n\n### Updated memory\nAda is home. Ben has the key.",
    "hashes and colons": "## Rationale:\nThe storm is over.\n## Updated memory:\nAda is home. Ben has the key.",
    "other case": "RATIONALE: The storm is over.\nUpdated Memory: Ada is home. Ben has the key.",
    "full-width colon": "Rationale：The storm is over.\nUpdated memory：Ada is home. Ben has the key.",
    "preamble": "Very well, a memory.\n\nRationale: The storm is over.\nUpdated memory: Ada is home. Ben has the key.",
    "rule between": "Rationale: The storm is over.\n\n---\n\nUpdated memory: Ada is home. Ben has the key.",
    "windows lines": "Rationale: The storm is over.\r\nUpdated memory: Ada is home. Ben has the key.\r\n",
    "bullets": "Rationale: The storm is over.\nUpdated memory:\n- Ada is home.\n- Ben has the key.",
    "stars": "Rationale: The storm is over.\nUpdated memory:\n* Ada is home.\n\n* Ben has the key.",
    "numbers": "Rationale: The storm is over.\nUpdated memory:\n1. Ada is home.\n2. Ben has the key.",
    "numbers in brackets": "Rationale: The storm is over.\nUpdated memory:\n1) Ada is home.\n2) Ben has the key.",
    "lines": "Rationale: The storm is over.\nUpdated memory:\nAda is home.\nBen has the key.",
    "a broken line": "Rationale: The storm is over.\nUpdated memory: Ada\nis home. Ben has\nthe key.",
    "wrapped bullets": "Rationale: The storm is over.\nUpdated memory:\n- Ada\n  is home.\n- Ben has\n  the key.",
    "an empty line first": "Rationale: The storm is over.\nUpdated memory:\n\n1. Ada is home.\n2. Ben has the key.\n",
}


@pytest.mark.parametrize("text", MEMORY_SECTIONS.values(), ids=MEMORY_SECTIONS)
def test_a_memory_in_sections_is_read(text: str) -> None:
    assert fields_in(ShortTermMemory, text) == MEMORY


MEMORY_SECTIONS_ZH = {
    "plain": "理由：旧事已了。\n新的记忆：林在屋里。王走了。",
    "narrow colon": "理由: 旧事已了。\n新的记忆: 林在屋里。王走了。",
    "bold": "**理由：**旧事已了。\n**新的记忆：**林在屋里。王走了。",
    "hashes": "## 理由\n旧事已了。\n## 新的记忆\n林在屋里。\n王走了。",
    "preamble": "好的，以下是记忆。\n\n理由：旧事已了。\n新的记忆：林在屋里。王走了。",
    "bullets": "理由：旧事已了。\n新的记忆：\n- 林在屋里。\n- 王走了。",
    "numbers": "理由：旧事已了。\n新的记忆：\n1. 林在屋里。\n2. 王走了。",
    "numbers and 、": "理由：旧事已了。\n新的记忆：\n1、林在屋里。\n2、王走了。",
    "full-width dots": "理由：旧事已了。\n新的记忆：\n1．林在屋里。\n2．王走了。",
}


@pytest.mark.parametrize("text", MEMORY_SECTIONS_ZH.values(), ids=MEMORY_SECTIONS_ZH)
def test_a_chinese_memory_in_sections_is_read(text: str) -> None:
    assert fields_in(ShortTermMemory, text, "zh") == MEMORY_ZH


def test_a_single_bullet_loses_its_mark() -> None:
    text = "Rationale: The storm is over.\nUpdated memory:\n- Ada is home."
    assert fields_in(ShortTermMemory, text)["memory"] == ["Ada is home."]


def test_the_numbers_of_a_list_with_a_lead_in_are_no_sentences() -> None:
    text = "Rationale: The storm is over.\nUpdated memory:\nThis matters now:\n1. Ada is home.\n2. Ben has the key."
    memory = fields_in(ShortTermMemory, text)["memory"]
    assert not [item for item in memory if not item.strip("0123456789. ")]
    assert memory[-1] == "Ben has the key."


@pytest.mark.parametrize(
    "sentence",
    [
        "The plan failed.",
        "Rationale is a word Ada never used.",
        "Updated memory of the house troubles Ben.",
        "Ada said: Rationale: none.",
        "The updated memory: a ghost.",
    ],
)
def test_heading_words_in_a_memory_sentence_are_no_headings(sentence: str) -> None:
    text = f"Rationale: The storm is over.\nUpdated memory:\n- Ada is home.\n- {sentence}\n- Ben has the key."
    assert fields_in(ShortTermMemory, text) == {
        "rationale": "The storm is over.",
        "memory": ["Ada is home.", sentence, "Ben has the key."],
    }


def test_a_model_that_drafts_twice_is_taken_at_its_last_rationale() -> None:
    """A line that begins with a heading and a colon *is* a heading: nothing tells it from one."""
    text = "Rationale: A draft.\n\nRationale: The storm is over.\nUpdated memory: Ada is home. Ben has the key."
    assert fields_in(ShortTermMemory, text) == MEMORY


# Plans in sections

TWO_PLANS = {
    "plans": [
        {"text": "Ada goes north.", "recall": ["Ada fears wolves", "the promise"]},
        {"text": "Ada goes south.", "recall": ["the boat"]},
    ]
}
PLAN_SECTIONS = {
    "plain": "Plan 1: Ada goes north.\nRecall 1: Ada fears wolves; the promise\n"
    "Plan 2: Ada goes south.\nRecall 2: the boat",
    "no numbers on cues": "Plan 1: Ada goes north.\nRecall: Ada fears wolves; the promise\n"
    "Plan 2: Ada goes south.\nRecall: the boat",
    "bold": "**Plan 1:** Ada goes north.\n**Recall 1:** Ada fears wolves; the promise\n\n"
    "**Plan 2**: Ada goes south.\n**Recall 2**: the boat",
    "hashes and bullets": "### Plan 1\nAda goes north.\n### Recall 1\n- Ada fears wolves\n- the promise\n"
    "### Plan 2\nAda goes south.\n### Recall 2\n- the boat",
    "numbered cues": "Plan 1:\nAda goes north.\nRecall 1:\n1. Ada fears wolves\n2. the promise\n"
    "Plan 2:\nAda goes south.\nRecall 2:\n1. the boat",
    "cues on lines": "Plan 1: Ada goes north.\nRecall 1:\nAda fears wolves\nthe promise\n"
    "Plan 2: Ada goes south.\nRecall 2:\nthe boat",
    "other case, full-width": "PLAN 1：Ada goes north.\nrecall 1：Ada fears wolves；the promise\n"
    "PLAN 2：Ada goes south.\nrecall 2：the boat",
    "preamble and rules": "Sure, two plans.\n\n---\nPlan 1: Ada goes north.\nRecall 1: Ada fears wolves; the promise\n"
    "---\nPlan 2: Ada goes south.\nRecall 2: the boat",
}


@pytest.mark.parametrize("text", PLAN_SECTIONS.values(), ids=PLAN_SECTIONS)
def test_plans_in_sections_are_read(text: str) -> None:
    assert fields_in(Plans, text) == TWO_PLANS


def test_a_plan_may_have_several_lines_and_blocks() -> None:
    text = "Plan 1: Ada goes north.\nShe rests.\n\nShe wakes.\nRecall 1: wolves\nPlan 2: Ben waits.\nRecall 2: the boat"
    assert fields_in(Plans, text)["plans"][0] == {
        "text": "Ada goes north.\nShe rests.\n\nShe wakes.",
        "recall": ["wolves"],
    }


@pytest.mark.parametrize(
    "text",
    [
        "计划 1：往北走。\n还要坐船。\n线索 1：怕狼；诺言\n计划 2：往南走。\n线索 2：\n- 船\n- 桨",
        "**计划1：**往北走。\n还要坐船。\n**线索1：**怕狼；诺言\n**计划2：**往南走。\n**线索2：**船；桨",
        "### 计划 1\n往北走。\n还要坐船。\n### 线索 1\n怕狼\n诺言\n### 计划 2\n往南走。\n### 线索 2\n1、船\n2、桨",
    ],
)
def test_chinese_plans_in_sections_are_read(text: str) -> None:
    assert fields_in(Plans, text, "zh")["plans"] == [
        {"text": "往北走。\n还要坐船。", "recall": ["怕狼", "诺言"]},
        {"text": "往南走。", "recall": ["船", "桨"]},
    ]


@pytest.mark.parametrize(
    "line",
    [
        "The plan failed.",
        "Plan B was never spoken of.",
        "Plan B: they go.",
        "Recall the day when it rained.",
        "They plan: north first.",
        "Planning: it takes her all night.",
    ],
)
def test_heading_words_in_a_line_of_a_plan_are_no_headings(line: str) -> None:
    text = f"Plan 1: Ada goes north.\n{line}\nRecall 1: wolves\nPlan 2: Ben waits.\nRecall 2: the boat"
    assert fields_in(Plans, text)["plans"] == [
        {"text": f"Ada goes north.\n{line}", "recall": ["wolves"]},
        {"text": "Ben waits.", "recall": ["the boat"]},
    ]


def test_a_line_that_looks_just_like_a_heading_begins_a_plan() -> None:
    """Nothing tells ``Plan:`` in a plan from a heading; the gate's count of plans then has it asked again."""
    text = "Plan 1: Ada goes north.\nPlan: they had none.\nRecall 1: wolves"
    assert [plan["text"] for plan in fields_in(Plans, text)["plans"]] == ["Ada goes north.", "they had none."]


def test_cues_before_any_plan_belong_to_none() -> None:
    assert fields_in(Plans, "Recall 1: wolves\nPlan 1: Ada goes north.") == {
        "plans": [{"text": "Ada goes north.", "recall": []}]
    }


# The other answers in sections


@pytest.mark.parametrize(
    ("answer", "language", "text", "fields"),
    [
        (Summary, "en", "Summary: Ada left. She took the key.", {"summary": "Ada left. She took the key."}),
        (Summary, "en", "**Summary**\n\nAda left.", {"summary": "Ada left."}),
        (Summary, "en", "Summary: Ada drew a {brace}.", {"summary": "Ada drew a {brace}."}),
        (Summary, "zh", "### 摘要\n林走了。", {"summary": "林走了。"}),
        (Premise, "en", "Title: The Lamp\nOutline: A. B.", {"title": "The Lamp", "outline": "A. B."}),
        (Premise, "en", "# Title: The Lamp\n\n## Outline\nA.\n\nB.", {"title": "The Lamp", "outline": "A.\n\nB."}),
        (Premise, "en", "**Title:** *The Lamp*\n**Outline:** A.", {"title": "*The Lamp*", "outline": "A."}),
        (Premise, "en", "**Title: The Lamp**\n\n**Outline:** A.", {"title": "The Lamp", "outline": "A."}),
        (Premise, "zh", "书名：《灯》\n大纲：一个女孩。", {"title": "《灯》", "outline": "一个女孩。"}),
        (
            PlanChoice,
            "en",
            "Reason: It is best.\nChosen plan: 2\nRevised plan: Ada goes north.\nShe rests.",
            {"reason": "It is best.", "number": 2, "plan": "Ada goes north.\nShe rests.", "recall": []},
        ),
        (
            PlanChoice,
            "en",
            "**Reason:** It is best.\n**Chosen Plan:** **Plan 2**\n**Revised Plan:** Ada goes north.",
            {"reason": "It is best.", "number": 2, "plan": "Ada goes north.", "recall": []},
        ),
        (
            PlanChoice,
            "en",
            "Reason: Plan 3 is weak.\nChosen plan: 1\nRevised plan: The plan failed.",
            {"reason": "Plan 3 is weak.", "number": 1, "plan": "The plan failed.", "recall": []},
        ),
        (
            PlanChoice,
            "zh",
            "理由：好。\n选定的计划：计划 2\n修改后的计划：往北走。",
            {"reason": "好。", "number": 2, "plan": "往北走。", "recall": []},
        ),
        (
            Summaries,
            "en",
            "Summary 1: Ada left. She took the key.\nSummary 2: Ben stayed.",
            {"summaries": ["Ada left. She took the key.", "Ben stayed."]},
        ),
        (
            Summaries,
            "en",
            "Summary:\n1. Ada left. She took the key.\n2. Ben stayed.",
            {"summaries": ["Ada left. She took the key.", "Ben stayed."]},
        ),
        (Summaries, "zh", "摘要 1：林走。王来。\n摘要 2：灯灭。", {"summaries": ["林走。王来。", "灯灭。"]}),
    ],
)
def test_sections_are_read(answer: type[Answer], language: str, text: str, fields: dict[str, Any]) -> None:
    assert fields_in(answer, text, language) == fields


def test_the_one_summary_of_a_one_paragraph_opening_stays_whole() -> None:
    text = sections_wanted(Summaries, EN, {"summaries": 1}) + " Ada left. She took the key."
    assert fields_in(Summaries, text) == {"summaries": ["Ada left. She took the key."]}


# Refused


REFUSED = {
    "a refusal": "I am sorry, but I cannot help with that.",
    "heading words in a sentence": "The plan, the summary, the title and the reason are in memory.",
    "cut-off JSON": '{"plans": [{"text": "Ada goes north.", "recall": ["a"]}, {"text": "Ben',
    "cut-off JSON in a fence": '```json\n{"rationale": "The storm is over.", "memory": ["Ada is',
    "an empty object": "{}",
    "null": "null",
    "a bare list": "[1, 2]",
    "a bare text": '"Ada left."',
}


@EVERY_ANSWER
@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize(("language", "sentence"), [("en", "The part '"), ("zh", "“")], ids=["en", "zh"])
def test_what_is_no_answer_is_refused_in_the_language_of_the_story(
    answer: type[Answer], text: str, language: str, sentence: str
) -> None:
    assert problem_of(answer, text, language).startswith(sentence)


@EVERY_ANSWER
@pytest.mark.parametrize("text", ["", " \n\t"])
@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "The answer is empty."), ("zh", "回答是空的。")], ids=["en", "zh"]
)
def test_nothing_is_refused_as_empty(answer: type[Answer], text: str, language: str, sentence: str) -> None:
    assert problem_of(answer, text, language) == sentence


@pytest.mark.parametrize(
    ("answer", "text", "field"),
    [
        (ShortTermMemory, '{"rationale": 3, "memory": ["Ada is home."]}', "rationale"),
        (ShortTermMemory, '{"rationale": "The storm.", "memory": []}', "memory"),
        (ShortTermMemory, '{"rationale": "The storm.", "memory": ""}', "memory"),
        (ShortTermMemory, '{"rationale": "The storm.", "memory": [1]}', "memory.0"),
        (ShortTermMemory, '{"rationale": "The storm.", "memory": ["Ada is home.", " "]}', "memory.1"),
        (ShortTermMemory, '{"rationale": "The storm."}', "memory"),
        (Plans, '{"plans": "Ada goes north."}', "plans"),
        (Plans, '{"plans": [{"recall": ["wolves"]}]}', "plans.0.text"),
        (Plans, '{"plans": [{"text": ["Ada"], "recall": []}]}', "plans.0.text"),
        (Summary, '{"summary": ["Ada left."]}', "summary"),
        (Summary, '{"summary": null}', "summary"),
        (Summary, '{"summary": "  "}', "summary"),
        (Summary, json.dumps({"summary": "x" * 5000}), "summary"),
        (Premise, '{"title": "The Lamp"}', "outline"),
        (Premise, '{"title": {"text": "The Lamp"}, "outline": "A."}', "title"),
        (PlanChoice, '{"reason": "a", "number": 0, "plan": "b"}', "number"),
        (PlanChoice, '{"reason": "a", "number": 1.5, "plan": "b"}', "number"),
        (PlanChoice, '{"reason": "a", "number": "two", "plan": "b"}', "number"),
        (PlanChoice, '{"reason": "a", "number": null, "plan": "b"}', "number"),
        (Summaries, '{"summaries": [["Ada left."]]}', "summaries.0"),
        (Summaries, '{"summaries": {"1": "Ada left."}}', "summaries"),
        (ShortTermMemory, "Rationale: The storm is over.", "memory"),
        (ShortTermMemory, "Rationale:\n\nUpdated memory: Ada is home.", "rationale"),
        (Plans, "Plan 1:\nRecall 1: wolves\nPlan 2: Ben waits.\nRecall 2: the boat", "plans.0.text"),
        (Summary, "Summary:", "summary"),
        (Premise, "Title: The Lamp", "outline"),
        (PlanChoice, "Reason: a\nChosen plan: the second\nRevised plan: b", "number"),
        (Summaries, "Summary 1:\nSummary 2: Ben stayed.", "summaries.0"),
    ],
)
def test_a_wrong_type_or_a_gap_is_refused_by_name(answer: type[Answer], text: str, field: str) -> None:
    heading = texts("en", "phrases")[f"heading_{field.split('.', maxsplit=1)[0]}"]
    assert problem_of(answer, text) == f"The part '{heading}' is missing or malformed."


@pytest.mark.parametrize(
    ("answer", "language", "headings"),
    [
        (ShortTermMemory, "en", "Rationale, Updated memory"),
        (Premise, "zh", "书名, 大纲"),
        (PlanChoice, "en", "Reason, Chosen plan, Revised plan, Recall"),
    ],
)
def test_a_refusal_names_the_headings_that_were_wanted(answer: type[Answer], language: str, headings: str) -> None:
    assert headings in problem_of(answer, "No.", language)


# Schemas


def keys_of(node: object) -> set[str]:
    if isinstance(node, dict):
        return set(node) | {key for value in node.values() for key in keys_of(value)}
    return {key for item in node for key in keys_of(item)} if isinstance(node, list) else set()


@EVERY_ANSWER
def test_a_schema_has_no_references(answer: type[Answer]) -> None:
    assert not keys_of(schema_of(answer, {})) & {"$ref", "$defs"}


@EVERY_ANSWER
def test_a_schema_has_a_name_for_the_models_that_need_one(answer: type[Answer]) -> None:
    assert schema_of(answer, {})["title"] == answer.__name__


def test_a_property_called_title_is_kept() -> None:
    schema = schema_of(Premise, {"title": {"maxLength": 100}})
    assert list(schema["properties"]) == ["title", "outline"]
    assert schema["properties"]["title"]["type"] == "string"
    assert schema["properties"]["title"]["maxLength"] == 100
    assert "title" not in schema["properties"]["outline"]


def test_bounds_are_put_in_by_path() -> None:
    schema = schema_of(
        Plans,
        {
            "plans": {"minItems": 3, "maxItems": 3},
            "plans.items": {"required": ["text", "recall"]},
            "plans.items.text": {"maxLength": 800},
            "plans.items.recall.items": {"maxLength": 240},
        },
    )
    plans = schema["properties"]["plans"]
    assert (plans["minItems"], plans["maxItems"]) == (3, 3)
    assert plans["items"]["required"] == ["text", "recall"]
    assert plans["items"]["additionalProperties"] is False
    assert plans["items"]["properties"]["text"]["maxLength"] == 800
    assert plans["items"]["properties"]["recall"]["items"]["maxLength"] == 240


def test_bounds_of_one_run_are_not_there_in_the_next() -> None:
    schema_of(ShortTermMemory, {"memory.items": {"maxLength": 7}})
    assert schema_of(ShortTermMemory, {})["properties"]["memory"]["items"]["maxLength"] != 7


# The form that is asked for


class Obedient(NamedTuple):
    """What a model says under each heading it was asked for, and what is to be read from that."""

    answer: type[Answer]
    language: str
    counts: dict[str, int]
    said: list[str]
    fields: dict[str, Any]


OBEDIENT = [
    Obedient(ShortTermMemory, "en", {}, ["The storm is over.", "Ada is home. Ben has the key."], MEMORY),
    Obedient(ShortTermMemory, "zh", {}, ["旧事已了。", "林在屋里。王走了。"], MEMORY_ZH),
    Obedient(
        Plans,
        "en",
        {"plans": 2},
        ["Ada goes north.", "Ada fears wolves; the promise", "Ada goes south.", "the boat"],
        TWO_PLANS,
    ),
    Obedient(
        Plans,
        "zh",
        {"plans": 2},
        ["往北走。", "怕狼；诺言", "往南走。", "船"],
        {"plans": [{"text": "往北走。", "recall": ["怕狼", "诺言"]}, {"text": "往南走。", "recall": ["船"]}]},
    ),
    Obedient(Summary, "en", {}, ["Ada left. She took the key."], {"summary": "Ada left. She took the key."}),
    Obedient(Summary, "zh", {}, ["林走了。"], {"summary": "林走了。"}),
    Obedient(Premise, "en", {}, ["The Lamp", "A. B."], {"title": "The Lamp", "outline": "A. B."}),
    Obedient(Premise, "zh", {}, ["灯", "一个女孩。"], {"title": "灯", "outline": "一个女孩。"}),
    Obedient(
        PlanChoice,
        "en",
        {},
        ["It is best.", "2", "Ada goes north.", "- Ada fears wolves\n- the promise"],
        {
            "reason": "It is best.",
            "number": 2,
            "plan": "Ada goes north.",
            "recall": ["Ada fears wolves", "the promise"],
        },
    ),
    Obedient(
        PlanChoice,
        "zh",
        {},
        ["好。", "2", "往北走。", "- 怕狼"],
        {"reason": "好。", "number": 2, "plan": "往北走。", "recall": ["怕狼"]},
    ),
    Obedient(
        Summaries,
        "en",
        {"summaries": 2},
        ["Ada left. She took the key.", "Ben stayed."],
        {"summaries": ["Ada left. She took the key.", "Ben stayed."]},
    ),
    Obedient(
        Summaries,
        "zh",
        {"summaries": 2},
        ["林走。王来。", "灯灭。"],
        {"summaries": ["林走。王来。", "灯灭。"]},
    ),
]


@pytest.mark.parametrize("case", OBEDIENT, ids=lambda case: f"{case.answer.__name__}-{case.language}")
@pytest.mark.parametrize("gap", [" ", "\n", "\n\n"])
def test_an_answer_in_the_form_asked_for_is_read(case: Obedient, gap: str) -> None:
    headings = sections_wanted(case.answer, language_named(case.language), case.counts).splitlines()
    text = "\n".join(f"{heading}{gap}{words}" for heading, words in zip(headings, case.said, strict=True))
    assert fields_in(case.answer, text, case.language) == case.fields


def test_as_many_sections_are_asked_for_as_are_wanted() -> None:
    assert sections_wanted(Plans, EN, {"plans": 3}).splitlines() == [
        "Plan 1:",
        "Recall 1:",
        "Plan 2:",
        "Recall 2:",
        "Plan 3:",
        "Recall 3:",
    ]


# Plans that are nearly the same


@pytest.mark.parametrize(
    ("texts", "pair"),
    [
        ([], None),
        (["Ada goes north."], None),
        (["Ada goes north over the ice.", "Ben burns the boat at dawn."], None),
        (["Ada goes north.", "Ada goes north."], (1, 2)),
        (["Ada goes north.", "Ben burns the boat.", "ADA  goes\nnorth."], (1, 3)),
        (["Ben burns the boat.", "Ada goes north over the ice.", "Ada goes north over the ice!"], (2, 3)),
        (["You take the left door to the kitchen.", "You take the right door to the parlour."], None),
        (["You open the door.", "You close the door."], None),
    ],
)
def test_plans_that_say_nearly_the_same_are_found(texts: list[str], pair: tuple[int, int] | None) -> None:
    assert alike(texts, EN) == pair
