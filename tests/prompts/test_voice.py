"""Samples of the prose, and what it is not to sound like: told where prose is written, bounded, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recurrentgpt.models.window import count_tokens
from recurrentgpt.nodes.voice import samples_in, shortened
from situations import Telling
from tongues import EN, ZH

if TYPE_CHECKING:
    from collections.abc import Callable

PROSE = ("open_story", "generate_paragraph")
EVERY = pytest.mark.parametrize(
    ("language", "mode"), [(tag, mode) for tag in ("en", "zh") for mode in ("author", "interactive_fiction")]
)
SENTENCE = "The eggs were cold, and nobody at the table would say so. "


@EVERY
def test_the_writer_is_told_at_the_head_and_no_system_part_is(
    fake_models: Callable[..., object], language: str, mode: str
) -> None:
    telling = Telling(fake_models, language, mode)
    telling.begin("voice", "voice_note", "not_like", given={"title": ""})
    telling.answer(1)
    first, second = samples_in(telling.words["voice"])
    writing = [call for call in telling.asked if call.gate in PROSE and not call.form]
    assert {call.gate for call in writing} == set(PROSE)
    for call in writing:
        prompt = call.messages[1].text
        told = [
            prompt.index(words)
            for words in (first, second, *(telling.words[name] for name in ("voice_note", "not_like")))
        ]
        assert told == sorted(told)
        assert max(told) < len(prompt) * 2 / 3
    for call in telling.asked:
        assert first not in call.messages[0].text
        assert telling.words["voice_note"] not in call.messages[0].text
        assert sum(message.text.count(first) for message in call.messages) <= 1
    (asked_for_title,) = [call for call in telling.asked if call.gate == "open_story" and call.form]
    assert all(first not in message.text for message in asked_for_title.messages)


@EVERY
def test_what_is_left_empty_is_not_spoken_of(fake_models: Callable[..., object], language: str, mode: str) -> None:
    words = {"en": ("Examples of how", "is made", "not to sound like"), "zh": ("范例", "写法", "不要写成")}[language]
    telling = Telling(fake_models, language, mode)
    telling.begin(given={"voice": " \n---\n ", "voice_note": " ", "not_like": "  "})
    telling.answer(1)
    assert not [word for call in telling.asked for word in words for told in call.messages if word in told.text]


def test_one_s_own_prompt_has_the_samples_too_and_braces_are_left(fake_models: Callable[..., object]) -> None:
    own = {"generate_paragraph": "{short_term_memory} {passages} {last_paragraph} {plan}"}
    telling = Telling(fake_models, "en", "author")
    telling.begin(given={"voice": "She said {plan} twice."}, prompts=own)
    telling.answer(1, prompts=own)
    (prompt,) = [call.messages[1].text for call in telling.asked if call.gate == "generate_paragraph"]
    assert prompt.count("She said {plan} twice.") == 1


def test_a_small_budget_shortens_the_samples_and_the_story_goes_on(fake_models: Callable[..., object]) -> None:
    telling = Telling(fake_models, "en", "author")
    telling.begin(given={"voice": SENTENCE * 300}, prompt_tokens=2000)
    telling.answer(1, prompt_tokens=2000)
    (prompt,) = [call.messages[1].text for call in telling.asked if call.gate == "generate_paragraph"]
    assert 0 < prompt.count(SENTENCE.strip()) < 20
    assert count_tokens(prompt) < 2000


# What is taken of them


def test_samples_are_divided_by_a_line_of_hyphens_and_three_are_taken() -> None:
    assert samples_in("One - a.\r\n\r\n---\r\n\r\nTwo.\n\n--- \n\n\n---\nThree.\n---\nFour.") == [
        "One - a.",
        "Two.",
        "Three.",
    ]
    assert samples_in("First.\n\nSecond --- of one.") == ["First.\n\nSecond --- of one."]
    assert samples_in("") == []


def test_they_are_cut_at_the_ends_of_sentences() -> None:
    (kept,) = shortened([SENTENCE * 200], 600, EN)
    assert kept.endswith("say so.")
    assert 550 < count_tokens(kept) <= 600
    (kept,) = shortened(["“鸡蛋凉了。”谁也没有说。\n\n" * 200], 600, ZH)
    assert kept.endswith("谁也没有说。")
    assert 550 < count_tokens(kept) <= 600


def test_what_a_short_one_leaves_others_have() -> None:
    short, long, other = shortened(["Rain.", SENTENCE * 200, SENTENCE * 100], 600, EN)
    assert short == "Rain."
    assert 500 < count_tokens(long) + count_tokens(other) < 600
    assert abs(count_tokens(long) - count_tokens(other)) < 40


def test_a_sentence_that_never_ends_is_cut_at_a_word() -> None:
    (kept,) = shortened(["and then " * 1000], 50, EN)
    assert kept.endswith(("and …", "then …"))
    assert count_tokens(kept) <= 50
    assert shortened(["and then " * 1000], 0, EN) == []
