"""What clients send and people type at a pause, and what each of it means: one table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from recurrentgpt.prompts import phrase as say
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.review import (
    AskAgain,
    OtherPlans,
    OwnPlan,
    PickPlan,
    Review,
    Stop,
    read_review,
    request,
)

if TYPE_CHECKING:
    from recurrentgpt.schemas.state import Plan

PLANS: list[Plan] = [
    {"text": "Ada goes north.", "recall": ["wolves"]},
    {"text": "Ada goes south.", "recall": ["the boat"]},
    {"text": "Ada stays.", "recall": []},
]
OFFERED = {"plan": 1, "instruction": "Ada goes north."}
UNKNOWN = AskAgain("review_unknown", {"stop": '{"stop": true}'})
SECOND, FIRST, STOP = Review(PickPlan(2)), Review(PickPlan(1)), Review(Stop())


def own(text: str) -> Review:
    return Review(OwnPlan(text))


def edit(**args: object) -> dict[str, object]:
    return OFFERED | args


NO_KIND: tuple[object, ...] = ({"type": []}, {"type": {"a": 1}}, {"type": None}, [{"type": [7], "args": "x"}])
TYPED: list[tuple[object, Review | AskAgain]] = [
    # a number, in any script, as a list shows it and as it is called
    *((text, SECOND) for text in ("2", "2.", "2)", " 2 . ", "２", "２．", "٢", "२", "②", "二", "二、", "+2")),
    *((text, SECOND) for text in ("Plan 2", "plan 2.", "PLAN ２", "Option 2", "No. 2", "#2", "Action 2")),
    *((text, SECOND) for text in ("计划2", "计划 二", "第二个", "第 2 个计划", "方案2", "行动２。", "选2")),
    *((text, AskAgain("review_number", {"number": 9, "count": 3})) for text in ("9.", "９", "Plan 9", "第九个")),
    # with what a list, a chat or a keyboard puts around it
    *((text, SECOND) for text in ("(2)", "（2）", "**2**", "**Plan 2**", "`2`", "“2”", "「二」", "'2'")),
    *((text, SECOND) for text in ("2!", "2;", "2…", "Plan: 2", "plan=2")),
    *((text, SECOND) for text in ("- 2", "• 2.", "> 2", "→ 2", "# 2", "2\ufe0f\u20e3", "\ufeff2\u200b")),
    ("-2", AskAgain("review_number", {"number": -2, "count": 3})),
    # text that only looks like it
    *(
        (text, own(text))
        for text in ("2 wolves come.", "Plan 2, but at night", "Plan B", "二人同行。", "No.", "½", "1.5.2")
    ),
    *((text, own(text)) for text in ('"Run!"', '"Run," she said. "Now."', "[Night.] She runs.", "<b>{plan}</b> {{x}}")),
    # signs that no text has
    *((text, own("Ada swims.")) for text in ("Ada\x00 swims.", "\ud83dAda swims.\x1b", "\ufeffAda swims.\x07")),
    *((text, AskAgain("review_empty", {})) for text in ("\x00", "\ud800", "\x07 \x08")),
    (
        {"plan": 2, "chapter": "Aw\x00ay", "recall": ["wol\udc00ves"]},
        Review(PickPlan(2), chapter="Away", recall=("wolves",)),
    ),
    ({"short_term_memory": "\ud800"}, AskAgain("review_empty_change", {"name": "short_term_memory"})),
    # JSON in a text box: alone, in fences, as a JSON string
    *(
        (wrapped, meaning)
        for text, meaning in (
            ('{"plan": 2}', SECOND),
            ('{"plan": "２."}', SECOND),
            ('{"instruction": "Ada swims."}', own("Ada swims.")),
            ('{"feedback": "Too slow."}', Review(OtherPlans("Too slow."))),
            ('{"short_term_memory": "Ada is wet."}', Review(None, short_term_memory="Ada is wet.")),
            ('{"plan": 2, "paragraph": "It rained."}', Review(PickPlan(2), paragraph="It rained.")),
            ('{"plan": 2, "recall": ["wolves"]}', Review(PickPlan(2), recall=("wolves",))),
            ('{"stop": true}', STOP),
            ('{"decisions": [{"type": "approve"}]}', FIRST),
            ('[{"type": "ignore", "args": null}]', STOP),
            ("2", SECOND),
            ("true", FIRST),
            ("false", UNKNOWN),
            ("null", UNKNOWN),
            ('{"colour": "red"}', UNKNOWN),
            ("[2]", UNKNOWN),
        )
        for wrapped in (text, f"  {text}\n", f"```json\n{text}\n```", f"~~~\n{text}\n~~~", json.dumps(text))
    ),
    # on one line, as a box that has one line sends it, and in fences that were left open
    *(
        (text, SECOND)
        for text in ('```json {"plan": 2} ```', '```{"plan": 2}```', '`{"plan": 2}`', '~~~JSON {"plan": 2}~~~')
    ),
    *((text, SECOND) for text in ('```json\n{"plan": 2}', '```\n{"plan": 2}\n', '```json\r\n{"plan": 2}\r\n```')),
    ('```json {"plan": 2, ```', AskAgain("review_json", {})),
    *(
        (text, own(text))
        for text in ("`Ada swims.`", '`"Run!" she said.', "```Ada swims.```", "``` Night. {Dark.} ```")
    ),
    ('"Ada swims."', own('"Ada swims."')),
    ("```\nAda swims.\n```", own("Ada swims.")),
    # what may mean two things is asked again
    *((text, AskAgain("review_json", {})) for text in ("{plan: 2}", "{'plan': 2}", '{"plan": 2,}', "{Ada swims.}")),
    *((text, AskAgain("review_json", {})) for text in ('{"plan": 2', '{"plan":', '```json\n{"feedback": "Too sl\n```')),
    *((text, AskAgain("review_long", {"count": 90_000, "maximum": 8000})) for text in ("[" * 90_000, '["' * 45_000)),
    ("{Night. She runs.", own("{Night. She runs.")),
    ("reject", Review(OtherPlans(""))),
    *((given, UNKNOWN) for given in NO_KIND),
    ({"chaptr": "Away"}, AskAgain("review_misspelt", {"name": "chaptr", "near": "chapter"})),
    ({"Plan": 2}, AskAgain("review_misspelt", {"name": "Plan", "near": "plan"})),
    ('{"plan": 2, "instuction": "x"}', AskAgain("review_misspelt", {"name": "instuction", "near": "instruction"})),
    ({"plan": 2, "colour": "red"}, SECOND),
]
AGENT_CHAT: list[tuple[object, Review | AskAgain]] = [
    ({"decisions": [{"type": "approve"}]}, FIRST),
    ({"decisions": [{"type": "edit", "edited_action": {"name": "select_plan", "args": edit(plan=2)}}]}, SECOND),
    ({"decisions": [{"type": "edit", "edited_action": {"name": "select_plan", "args": edit(plan="2")}}]}, SECOND),
    # it sends back all that it was offered, and has the boxes of one of the two
    (
        {
            "decisions": [
                {
                    "type": "edit",
                    "edited_action": {"name": "select_plan", "args": edit(plan="2"), "arguments": OFFERED},
                }
            ]
        },
        SECOND,
    ),
    (
        {
            "decisions": [
                {"type": "edit", "edited_action": {"name": "select_plan", "args": edit(instruction="Ada swims.")}}
            ]
        },
        own("Ada swims."),
    ),
    ({"decisions": [{"type": "reject", "message": "Too slow."}]}, Review(OtherPlans("Too slow."))),
    ({"decisions": [{"type": "reject"}]}, Review(OtherPlans(""))),
    ({"decisions": [{"type": "respond", "message": "Ada swims."}]}, own("Ada swims.")),
    ({"decisions": [{"type": "respond", "message": "2."}]}, SECOND),
    ({"decisions": [{"type": "respond", "message": '{"plan": 2}'}]}, SECOND),
    ({"decisions": [{"type": "respond", "message": '{"stop": true}'}]}, STOP),
]
AGENT_INBOX: list[tuple[object, Review | AskAgain]] = [
    ([{"type": "accept", "args": None}], FIRST),
    ([{"type": "accept", "args": {"action": "select_plan", "args": OFFERED}}], FIRST),
    ([{"type": "edit", "args": {"action": "select_plan", "args": edit(plan="2")}}], SECOND),
    ([{"type": "edit", "args": {"action": "select_plan", "arguments": edit(plan="2")}}], SECOND),
    ([{"type": "edit", "args": {"action": "select_plan", "args": OFFERED, "arguments": edit(plan="2")}}], SECOND),
    ([{"type": "edit", "args": {"action": "select_plan", "args": edit(stop="true")}}], STOP),
    ([{"type": "response", "args": "Ada swims."}], own("Ada swims.")),
    ([{"type": "response", "args": '```json\n{"plan": 2}\n```'}], SECOND),
    ([{"type": "response", "args": '{"short_term_memory": "Wet."}'}], Review(None, short_term_memory="Wet.")),
    ([{"type": "ignore", "args": None}], STOP),
]
STUDIO: list[tuple[object, Review | AskAgain]] = [
    (2, SECOND),
    (True, FIRST),
    ({"plan": 2}, SECOND),
    ({"plan": 2, "chapter": ""}, Review(PickPlan(2), chapter="")),
    ({"stop": True}, STOP),
    ({"stop": "true"}, STOP),
    (1.5, UNKNOWN),
    (None, UNKNOWN),
    ([], UNKNOWN),
]
CLIENTS: Final = {"typed": TYPED, "Agent Chat UI": AGENT_CHAT, "Agent Inbox": AGENT_INBOX, "Studio": STUDIO}


@pytest.mark.parametrize("client", CLIENTS)
def test_every_answer_of_a_client_means_what_the_table_says(client: str) -> None:
    read = [(given, read_review(given, PLANS)) for given, _ in CLIENTS[client]]
    assert read == CLIENTS[client]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_asked_again_says_why(language: str) -> None:
    asked = [found for rows in CLIENTS.values() for _, found in rows if isinstance(found, AskAgain)]
    assert len(asked) > 10
    for again in asked:
        sentence = say(again.phrase, language_named(language), **again.values)
        assert all(str(value) in sentence for value in again.values.values())


@pytest.mark.parametrize(
    "given",
    [
        "```\n" + "\n" * 200_000 + "x",
        "```\n" + " " * 200_000 + "x```y",
        "plan" + " " * 200_000 + "x",
        "2" + "!" * 200_000 + "x",
    ],
    ids=["an open fence", "a fence and more", "a plan and blanks", "a number and signs"],
)
def test_a_long_answer_is_read_at_once(given: str) -> None:
    assert read_review(given, PLANS) == AskAgain("review_long", {"count": len(given), "maximum": 8000})


def test_the_form_of_agent_inbox_has_what_is_offered() -> None:
    state: Any = {"plans": PLANS, "story_id": "1", "step": 1, "paragraph": "", "short_term_memory": "", "rationale": ""}
    (action,) = request(state, "What next?", "select_plan")["action_requests"]
    assert action["arguments"] == action["args"] == OFFERED
