"""What is open: offered to the planner by number, named by plans, shown to the writer, settled by number at the end."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.types import Command

from graph_at_hand import HUMAN, THREAD, TOPIC, compiled
from recurrentgpt.nodes.answers import read, sections_wanted
from recurrentgpt.nodes.propose_plans import Plans, ThreadedPlans
from tongues import EN

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel

ONE = HUMAN.model_copy(update={"opening_paragraphs": 1, "plan_count": 2})
FILLER = " ".join(f"Rain fell on roof number {number}." for number in range(20))
OPENING = f"Who had sent the key? Tom swore to come back. {FILLER}"
WHO, BACK = "Who sent the key?", "Will Tom come back?"
OPENED = [
    {"fact": WHO, "about": ["key"], "says": "Who had sent the key?", "open": True},
    {"fact": BACK, "about": ["Tom"], "says": "Tom swore to come back", "open": True},
]
PLANS = ["Ines walks down to the harbour and waits for the boat.", "The door of the mill stands open in the night."]


class Author:
    """Answers with the texts, facts and threads that a test gives it."""

    def __init__(self) -> None:
        self.text = OPENING
        self.facts: list[dict[str, Any]] = OPENED
        self.changes: list[dict[str, Any]] = []
        self.names: list[object] = [[], []]
        self.model: FakeChatModel | None = None
        self.forms: list[dict[str, Any]] = []

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None:
            return self.text
        if "plans" in schema["properties"]:
            self.forms.append(schema["properties"])
            plans = [{"text": text, "recall": ["the key"], "threads": names} for text, names in self._plans()]
            return json.dumps({"plans": plans})
        if "facts" not in schema["properties"]:
            return None
        shown = "\n".join(message.text for message in messages)
        changes = [{**change, "fact": number_of(change["fact"], shown)} for change in self.changes]
        return json.dumps({"summary": "-", "summaries": ["-"], "facts": self.facts, "changes": changes})

    def _plans(self) -> list[tuple[str, object]]:
        return list(zip(PLANS, self.names, strict=True))

    def prompts(self, holding: str) -> list[str]:
        """The last message of each conversation that holds something."""
        assert self.model
        return [asked[-1].text for asked in self.model.asked if holding in asked[-1].text]


def number_of(fact: str, shown: str) -> int:
    line = next(line for line in shown.splitlines() if fact in line and line[0].isdigit())
    return int(line.split(".", maxsplit=1)[0])


@pytest.fixture
def author(fake_models: Callable[..., FakeChatModel]) -> Author:
    made = Author()
    made.model = fake_models(interfere=made)
    return made


def begun(author: Author, **more: Any) -> Any:
    assert author.model
    run = compiled()
    run.invoke({**TOPIC, **more}, THREAD, context=ONE)
    author.facts = []
    return run


def step(run: Any, author: Author, text: str, answer: object = 1, **told: Any) -> Any:
    author.text = f"{text} {FILLER.replace('Rain', text.split(maxsplit=1)[0])}"
    author.changes = told.get("changes", [])
    return run.invoke(Command(resume=answer), THREAD, context=ONE)


def test_the_planner_sees_them_by_number_and_a_plan_names_them(author: Author) -> None:
    author.names = ["2 (Will Tom come back? [1])", {"numbers": [9, "1", 1, None]}]
    state = begun(author).get_state(THREAD).values
    asked = author.prompts("Propose 2 plans")[-1]
    assert f"1. {WHO} [1]\n2. {BACK} [1]\n" in f"{asked}\n"
    named = [[thread["text"] for thread in plan["threads"]] for plan in state["plans"]]
    assert named == [[BACK], [WHO]], "whatever a model makes of numbers is read; one that none has is left out"
    assert state["plans"][0]["threads"] == [{"id": "main:0:1", "text": BACK, "since": 0}]


def test_the_planner_is_told_who_knows_of_a_promise_and_which_numbers_there_are(author: Author) -> None:
    author.facts = [{**OPENED[1], "knows": ["Tom"]}]
    run = begun(author)
    step(run, author, "Gulls cried.")
    assert re.search(rf"\d+\. {re.escape(BACK)} \[1\] \(known to Tom\)\n", author.prompts("Propose 2 plans")[-1])
    (number,) = re.findall(rf"(\d+)\. {re.escape(BACK)}", author.prompts("Propose 2 plans")[-1])
    assert author.forms[-1]["plans"]["items"]["properties"]["threads"]["items"]["minimum"] == int(number)


@pytest.mark.parametrize("names", [None, "none", [], [[]], {"a": "b"}, True, [7], "99999999999999999999"])
def test_an_answer_about_threads_that_means_nothing_costs_nothing(author: Author, names: object) -> None:
    author.names = [names, names]
    state = begun(author).get_state(THREAD).values
    assert [set(plan) for plan in state["plans"]] == [{"text", "recall"}] * 2
    assert len(author.prompts("Propose 2 plans")) == 1


def test_where_threads_are_left_out_nobody_is_shown_any(author: Author) -> None:
    assert author.model
    run = compiled()
    without = ONE.model_copy(update={"use_threads": False})
    run.invoke(TOPIC, THREAD, context=without)
    author.facts = []
    author.text = f"Gulls cried. {FILLER.replace('Rain', 'Gulls')}"
    run.invoke(Command(resume=1), THREAD, context=without)
    assert not any(WHO in prompt for prompt in author.prompts("Propose 2 plans"))
    assert not any("the plan moves or settles" in prompt for prompt in author.prompts("Plan for the next paragraph"))


def test_where_nothing_is_open_nothing_is_asked_about_it(author: Author) -> None:
    author.facts = []
    author.names = [[1], [1]]
    state = begun(author).get_state(THREAD).values
    assert "threads" not in state["plans"][0]
    assert "Open questions" not in author.prompts("Propose 2 plans")[-1]


def test_the_writer_sees_what_the_chosen_plan_takes_up_and_it_can_be_settled_by_number(author: Author) -> None:
    author.names = [[2], []]
    run = begun(author)
    state = step(run, author, "Gulls cried when Tom came ashore.", changes=[settled(BACK, "Tom came ashore")])
    assert [thread["text"] for thread in state["plan"]["threads"]] == [BACK]
    prompt = author.prompts("Plan for the next paragraph")[-1]
    taken_up = prompt.split("the plan moves or settles:\n")[1].split("\n\n")[0]
    assert taken_up.endswith(f". {BACK} [1]")
    assert prompt.count(BACK) == 1, "it is not said twice"
    assert [change["what"] for change in state["knowledge"]["changes"]] == ["settled"]
    author.names = [[], []]
    assert BACK not in author.prompts("Propose 2 plans")[-1]


def test_it_is_shown_even_where_nothing_else_would_lead_to_it(author: Author) -> None:
    author.names = [[1], []]
    run = begun(author)
    tight = ONE.model_copy(update={"fact_tokens": 0})
    author.text = f"Gulls cried. {FILLER.replace('Rain', 'Gulls')}"
    state = run.invoke(Command(resume=1), THREAD, context=tight)
    assert [fact["fact"]["text"] for fact in state["standing"]] == [WHO]
    assert "the plan moves or settles:\n1. Who sent the key? [1]" in author.prompts("Plan for the next paragraph")[-1]


def test_a_plan_of_ones_own_names_none(author: Author) -> None:
    author.names = [[1], [2]]
    state = step(begun(author), author, "Gulls cried.", "Ines sleeps.")
    assert "threads" not in state["plan"]
    assert "the plan moves or settles" not in author.prompts("Plan for the next paragraph")[-1]


def settled(fact: str, says: str) -> dict[str, Any]:
    return {"fact": fact, "how": "settled", "says": says}


def test_what_the_story_keeps_coming_back_to_weighs_more_until_something_is_left_longer(author: Author) -> None:
    author.facts = [{**OPENED[0], "knows": ["Mara"]}, OPENED[1]]
    run = begun(author)
    touched = {"fact": BACK, "how": "touched", "says": "no sail"}
    for number in range(2):
        step(run, author, f"Day{number} passed and no sail was seen.", changes=[touched])
    asked = author.prompts("Propose 2 plans")[-1]
    assert re.search(rf"\d\. {re.escape(WHO)} \[1\] .known to Mara.\n\d\. {re.escape(BACK)} \[1; 3\]", asked), (
        "what was just taken up can wait"
    )
    for number in range(3, 6):
        step(run, author, f"Day{number} passed.")
    asked = author.prompts("Propose 2 plans")[-1]
    assert re.search(rf"\d\. {re.escape(BACK)} \[1; 3\]\n\d\. {re.escape(WHO)} \[1\]", asked), (
        "four times three passages are more than two times five"
    )


def test_a_question_that_nobody_in_the_story_can_answer_leads_not_before_what_it_keeps_coming_back_to(
    author: Author,
) -> None:
    run = begun(author)
    touched = {"fact": BACK, "how": "touched", "says": "no sail"}
    for number in range(2):
        step(run, author, f"Day{number} passed and no sail was seen.", changes=[touched])
    asked = author.prompts("Propose 2 plans")[-1]
    assert re.search(rf"\d\. {re.escape(BACK)} \[1; 3\]\n\d\. {re.escape(WHO)} \[1\]", asked)


def test_what_has_been_left_for_long_is_insisted_on_once_in_a_while(author: Author) -> None:
    run = begun(author)
    asked = []
    for number in range(9):
        before = len(author.prompts("Propose 2 plans"))
        step(run, author, f"Day{number} passed.")
        asked.append(len(author.prompts("Propose 2 plans")) - before)
    assert asked == [1] * 7 + [2, 1]
    first, again = author.prompts("Propose 2 plans")[-3:-1]
    assert "takes up number 1: it has been left for 8 paragraphs" in first
    assert "No plan takes up number 1, which has been left for 8 paragraphs" in again


def test_a_plan_that_takes_it_up_is_not_asked_for_again(author: Author) -> None:
    run = begun(author)
    for number in range(8):
        author.names = [[], [1]]
        step(run, author, f"Day{number} passed.")
    assert not author.prompts("No plan takes up number 1")


def test_a_second_answer_that_is_none_leaves_the_first(author: Author, fake_models: Callable[..., Any]) -> None:
    def refuses(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        return "No." if "No plan takes up" in messages[-1].text else author(messages, schema)

    author.model = fake_models(interfere=refuses)
    run = begun(author)
    for number in range(8):
        state = step(run, author, f"Day{number} passed.")
    assert [plan["text"] for plan in state["plans"]] == PLANS


def test_an_ending_gets_all_that_is_open_and_settles_it_by_number(author: Author) -> None:
    author.names = [[2], []]
    run = begun(author, target_paragraphs=2)
    author.names = [[], []]
    step(run, author, "Gulls cried.")
    step(run, author, "Ash had sent it, she said.", changes=[settled(WHO, "Ash had sent it")])
    prompt = author.prompts("Plan for the next paragraph")[-1]
    still_open = prompt.split("Still open:\n")[1].split("\n\n")[0]
    assert {line.split(". ", 1)[1] for line in still_open.splitlines()} == {f"{WHO} [1]", f"{BACK} [1]"}
    state = run.get_state(THREAD).values
    assert [change["fact"] for change in state["knowledge"]["changes"]] == ["main:0:0"]


def test_the_review_carries_them_and_says_them_in_a_line(author: Author) -> None:
    author.names = [[1, 2], []]
    run = begun(author)
    request = run.get_state(THREAD).interrupts[0].value
    assert [thread["text"] for thread in request["plans"][0]["threads"]] == [WHO, BACK]
    described = request["action_requests"][0]["description"]
    assert f"1. {PLANS[0]}\n   *Takes up: {WHO} · {BACK}*\n\n2. {PLANS[1]}" in described


def test_in_play_the_payload_has_them_and_the_words_do_not_tell(author: Author) -> None:
    author.names = [[1], []]
    run = begun(author, mode="interactive_fiction")
    request = run.get_state(THREAD).interrupts[0].value
    assert request["plans"][0]["threads"]
    assert WHO not in request["action_requests"][0]["description"]


def test_in_sections_a_plan_has_a_line_for_them() -> None:
    assert sections_wanted(ThreadedPlans, EN, {"plans": 1}) == "Plan 1:\nRecall 1:\nThreads 1:"
    assert sections_wanted(Plans, EN, {"plans": 1}) == "Plan 1:\nRecall 1:"
    text = "Plan 1: Ines waits.\nRecall 1: the key\nThreads 1: 2, 4\n\nThat is all, 9 times.\nPlan 2: Tom goes."
    assert [plan.threads for plan in read(ThreadedPlans, None, text, EN).plans] == [[2, 4], []]


# Play


def test_what_a_player_claims_is_no_fact_of_the_story(author: Author) -> None:
    run = begun(author, mode="interactive_fiction")
    author.facts = [
        {"fact": "You have the key.", "about": ["you", "key"], "says": "I have the key"},
        {"fact": "The door is locked.", "about": ["door"], "says": "The door stays shut."},
    ]
    state = step(run, author, "You feel your empty pockets. The door stays shut.", "I have the key. I open the door.")
    assert [fact["text"] for fact in state["knowledge"]["facts"]] == ["The door is locked."]
    assert state["knowledge"]["left_out"] == 1, "what the player said stands in no passage"
    prompt = author.prompts("I have the key. I open the door.")[0]
    assert "is an attempt: judge it by how things stand" in prompt
    assert "What the player says is said: it makes nothing so by itself" in prompt


def test_what_is_only_said_inside_the_story_ends_nothing(author: Author) -> None:
    run = begun(author, mode="interactive_fiction")
    author.facts = [
        {"fact": "You know who sent the key.", "says": "I know who sent it", "frame": "claimed", "replaces": [1]}
    ]
    told = [settled(BACK, "I know who sent it") | {"frame": "claimed"}]
    state = step(run, author, "“I know who sent it,” you say. Nobody answers.", "I say that I know.", changes=told)
    assert [fact["frame"] for fact in state["knowledge"]["facts"]] == ["claimed"]
    assert state["knowledge"]["changes"] == []
