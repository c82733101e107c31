"""What may change from run to run, and what a story is begun from: read, checked, refused by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import ValidationError

from recurrentgpt.schemas.context import Context, read_context
from recurrentgpt.schemas.errors import SettingsError
from recurrentgpt.schemas.modes import AUTHOR, INTERACTIVE_FICTION, Mode
from recurrentgpt.schemas.story_input import StoryInput, read_input

READABLE = 1000
"""Characters a message for a person may have, whatever it is about."""


@dataclass
class ContextOfAnotherGraph:
    tries: int = 99
    user: str = "ada"


def refusal_of_context(given: object) -> str:
    with pytest.raises(SettingsError) as refused:
        read_context(given)
    return str(refused.value)


def refusal_of_input(given: dict[str, object]) -> str:
    with pytest.raises(SettingsError) as refused:
        read_input(given)
    return str(refused.value)


# The context


def test_without_a_context_the_sizes_are_the_papers() -> None:
    context = read_context(None)
    assert context == Context()
    assert context.plan_selection == "human"
    assert (context.opening_paragraphs, context.plan_count) == (3, 3)
    assert (context.memory_min_sentences, context.memory_max_sentences) == (10, 20)


def test_a_dict_is_read() -> None:
    context = read_context({"tries": 5, "plan_selection": "random", "seed": 7})
    assert (context.tries, context.plan_selection, context.seed) == (5, "random", 7)
    assert context.retrieve_k == Context().retrieve_k


def test_an_empty_dict_is_the_default() -> None:
    assert read_context({}) == Context()


def test_numbers_that_came_as_text_are_read() -> None:
    assert read_context({"tries": "5", "temperature": "0.5"}) == Context(tries=5, temperature=0.5)


def test_a_context_is_taken_as_it_is() -> None:
    context = Context(tries=5)
    assert read_context(context) is context


@pytest.mark.parametrize("foreign", [ContextOfAnotherGraph(), object(), "tries=5", 7, [("tries", 5)]])
def test_what_is_not_ours_to_read_leaves_the_defaults(foreign: object) -> None:
    assert read_context(foreign) == Context()


def test_what_was_read_survives_being_dumped() -> None:
    context = Context(tries=5, plan_selection="model", prompts={"system": "{title} {topic} {outline}"})
    assert read_context(context.model_dump()) == context


def test_a_context_does_not_change() -> None:
    context = Context()
    with pytest.raises(ValidationError, match="frozen"):
        context.tries = 5  # type: ignore[misc]
    assert context.tries == Context().tries


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", -0.1),
        ("temperature", 2.5),
        ("temperature", "hot"),
        ("timeout", 0),
        ("timeout", -1),
        ("max_retries", -1),
        ("max_retries", 21),
        ("tries", 0),
        ("tries", 11),
        ("tries", "three"),
        ("tries", 1.5),
        ("tries", None),
        ("seed", "lucky"),
        ("plan_selection", "machine"),
        ("plan_selection", "HUMAN"),
        ("retrieve_k", -1),
        ("retrieve_k", 21),
        ("opening_paragraphs", 0),
        ("opening_paragraphs", 11),
        ("paragraph_sentences", 0),
        ("memory_min_sentences", 0),
        ("memory_max_sentences", 101),
        ("plan_count", 0),
        ("plan_count", 10),
        ("plan_sentences", 0),
        ("system_prompt", 7),
        ("model", None),
        ("no_such_field", "x"),
    ],
)
def test_a_bad_value_is_named_with_its_field(field: str, value: Any) -> None:
    message = refusal_of_context({field: value})
    assert message.startswith("The context cannot be used: ")
    assert f"{field}={value!r}: " in message
    assert message.endswith(".")


def test_the_sizes_of_a_play_agree_with_each_other() -> None:
    play = Context().sized_for(INTERACTIVE_FICTION)
    assert play.memory_min_sentences <= play.paragraph_sentences * play.opening_paragraphs
    assert play.memory_min_sentences < play.memory_max_sentences < 2 * play.paragraph_sentences
    for asked in ({"memory_min_sentences": 15}, {"memory_max_sentences": 12}, {"memory_min_sentences": 2}):
        sized = Context(**asked).sized_for(INTERACTIVE_FICTION)
        assert sized.memory_min_sentences <= sized.memory_max_sentences
        assert asked.items() <= sized.model_dump().items()


def test_every_bad_value_is_named() -> None:
    message = refusal_of_context({"tries": 0, "seed": "lucky", "retrieve_k": 3})
    assert "tries=0: " in message
    assert "seed='lucky': " in message
    assert "retrieve_k" not in message


def test_memory_bounds_out_of_order_are_named() -> None:
    message = refusal_of_context({"memory_min_sentences": 12, "memory_max_sentences": 5})
    assert "memory_min_sentences (12) is more than memory_max_sentences (5)" in message


@pytest.mark.parametrize("mode", [AUTHOR, INTERACTIVE_FICTION])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"memory_max_sentences": 9}, (4, 9)),
        ({"memory_max_sentences": 1}, (1, 1)),
        ({"memory_min_sentences": 30}, (30, 60)),
        ({"memory_min_sentences": 80}, (80, 100)),
    ],
)
def test_a_bound_that_was_asked_for_never_clashes_with_a_default(
    mode: Mode, given: dict[str, int], expected: tuple[int, int]
) -> None:
    for context in (Context(**given).sized_for(mode), Context().sized_for(mode).changed(given, mode)):
        assert (context.memory_min_sentences, context.memory_max_sentences) == expected
        assert context.model_fields_set == set(given), "the other is a default still"
    assert Context(**given).changed({next(iter(given)): ""}, mode) == Context().sized_for(mode)


def test_memory_bounds_may_be_equal() -> None:
    assert read_context({"memory_min_sentences": 7, "memory_max_sentences": 7}).memory_max_sentences == 7


# The input


def test_a_topic_is_enough() -> None:
    begun = read_input({"topic": "  A lighthouse keeper.\n"})
    assert begun == StoryInput(topic="A lighthouse keeper.")
    assert (begun.language, begun.target_paragraphs, begun.story_id) == ("en", None, "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("genre", "a genre nobody has heard of"),
        ("genre", ""),
        ("language", "zh"),
        ("target_paragraphs", 0),
        ("target_paragraphs", 1000),
        ("background", "b" * 20_000),
        ("style_sheet", "{braces} <b>and</b> %s"),
        ("story_id", ""),
        ("story_id", "a"),
        ("story_id", "0-9-z"),
        ("story_id", "a" * 64),
    ],
)
def test_a_good_value_is_taken(field: str, value: object) -> None:
    assert getattr(read_input({"topic": "A lamp.", field: value}), field) == value


@pytest.mark.parametrize("field", ["genre", "background", "outline", "title", "language", "story_id"])
def test_null_is_as_good_as_nothing(field: str) -> None:
    assert read_input({"topic": "A lamp.", field: None}) == read_input({"topic": "A lamp."})


def test_what_nobody_asked_for_is_passed_over() -> None:
    assert read_input({"topic": "A lamp.", "messages": []}) == read_input({"topic": "A lamp."})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("topic", ""),
        ("topic", "   "),
        ("topic", "\n"),
        ("topic", 7),
        ("topic", ["A lamp."]),
        ("language", "German!"),
        ("language", "e n"),
        ("language", ""),
        ("target_paragraphs", -1),
        ("target_paragraphs", "many"),
        ("target_paragraphs", 1.5),
        ("story_id", "../x"),
        ("story_id", "a/b"),
        ("story_id", "A"),
        ("story_id", "-a"),
        ("story_id", "a b"),
        ("story_id", "a\n"),
        ("story_id", "灯"),
        ("story_id", "a" * 65),
    ],
)
def test_bad_input_is_named_with_its_field(field: str, value: object) -> None:
    message = refusal_of_input({"topic": "A lamp."} | {field: value})
    assert message.startswith("The story's input cannot be used: ")
    assert f"{field}={value!r}: " in message


@pytest.mark.parametrize("given", [{}, {"topic": None}, {"genre": "mystery"}])
def test_a_missing_topic_is_named(given: dict[str, object]) -> None:
    assert "topic" in refusal_of_input(given)


def test_a_missing_topic_is_not_given_the_value_of_another_field() -> None:
    assert "mystery" not in refusal_of_input({"genre": "mystery"})


@pytest.mark.parametrize(
    "given",
    [
        {"background": "b" * 20_000},
        {"topic": "A lamp.", "background": "b" * 20_001},
        {"topic": "t" * 2001},
    ],
    ids=["no topic beside a long background", "too long a background", "too long a topic"],
)
def test_a_message_stays_readable_however_long_the_value(given: dict[str, object]) -> None:
    assert len(refusal_of_input(given)) <= READABLE


@pytest.mark.parametrize("key", ["thread_id", "checkpoint_id", "__pregel_task_id", "langgraph_auth_user", "copilotkit"])
def test_what_clients_put_beside_the_settings_is_passed_over(key: str) -> None:
    assert read_context({"retrieve_k": 5, key: "1"}) == Context(retrieve_k=5)


@pytest.mark.parametrize(("misspelt", "meant"), [("retreive_k", "retrieve_k"), ("Temperature", "temperature")])
def test_a_misspelt_setting_is_named_with_what_may_be_meant(misspelt: str, meant: str) -> None:
    with pytest.raises(SettingsError, match=f"did you mean {meant}"):
        read_context({misspelt: 1})


def test_a_setting_like_none_is_refused_without_a_guess() -> None:
    with pytest.raises(SettingsError, match="there is no field of that name") as refused:
        read_context({"colour": "red"})
    assert "did you mean" not in str(refused.value)
