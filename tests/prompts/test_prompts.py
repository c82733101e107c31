"""The prompts: all there, in both languages, checked when loaded, filled in one pass."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from recurrentgpt.graph.catalogue import every_prompt
from recurrentgpt.nodes.continuity import FoundClash
from recurrentgpt.nodes.fact_answers import FactChange, NewFact, TellsFacts
from recurrentgpt.nodes.leaning import Leaning
from recurrentgpt.prompts import Prompt, PromptSpec, phrase
from recurrentgpt.prompts import check as check_spec
from recurrentgpt.prompts import load as load_spec
from recurrentgpt.schemas.catalogue import chosen
from recurrentgpt.schemas.clashes import CLASH_KINDS
from recurrentgpt.schemas.errors import PromptError
from recurrentgpt.schemas.facts import Frame
from recurrentgpt.schemas.languages import language_named, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "zh")
SPECS = every_prompt()
NAMES = sorted(SPECS)
PHRASES = sorted(texts("en", "phrases"))
REQUIRED = [(name, placeholder) for name in NAMES for placeholder in sorted(SPECS[name].required)]
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
WORD = re.compile(r"[A-Za-z]+")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

OF_NO_ROLE = {"en": r"\bwriters?\b", "zh": "作家|写作者"}
"""Neither of the two who make a book: its author, who is asked, and the novelist, who is the model."""
OTHER_NAMES = {"en": r"\babstracts?\b|\brecaps?\b", "zh": "概要|内容提要"}
"""Other names of what is called a summary, in every word that a model or a person is told."""

EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
EVERY_NAME = pytest.mark.parametrize("name", NAMES)
EVERY_PHRASE = pytest.mark.parametrize("key", PHRASES)

SYSTEM = "Title: {title}\n\nTopic: {topic}\n\nOutline:\n{outline}"
TRICKY = [
    "{plan}",
    "{title} and {topic}",
    "{{title}}",
    "{",
    "}{",
    "{0}",
    "{title!r:>30}",
    "\\1 \\g<1> \\n \\",
    "%s %(title)s 100%",
    "$x ${title} $$",
    "line\n\n\n{outline}\n\nline",
    "<b>&amp;</b>",
    "灯塔｛title｝",
]


def load(name: str, language: str) -> Prompt:
    return load_spec(SPECS[name], language_named(language))


def check(name: str, template: str) -> Prompt:
    return check_spec(SPECS[name], template)


def phrases(language: str) -> Mapping[str, str]:
    own = files("recurrentgpt.prompts") / language / "phrases.toml"
    return tomllib.loads(own.read_text(encoding="utf-8"))


def say(key: str, language: str, **values: object) -> str:
    return phrase(key, language_named(language), **values)


def filled(template: str, **values: object) -> str:
    return check("system", template).fill(**values)


# The files


@EVERY_LANGUAGE
@EVERY_NAME
def test_every_prompt_loads(name: str, language: str) -> None:
    assert load(name, language).template.strip()


@EVERY_NAME
def test_a_prompt_takes_the_same_values_in_both_languages(name: str) -> None:
    english, chinese = (set(PLACEHOLDER.findall(load(name, language).template)) for language in LANGUAGES)
    assert english == chinese


@EVERY_LANGUAGE
@EVERY_NAME
def test_a_filled_prompt_holds_every_value_and_no_placeholder(name: str, language: str) -> None:
    required, optional = set(SPECS[name].required), set(SPECS[name].optional)
    values = {placeholder: f"<{placeholder}>" for placeholder in required | optional}
    prompt = load(name, language)
    text = prompt.fill(**values)
    assert not PLACEHOLDER.findall(text)
    assert {value for value in values.values() if value in text} == {
        f"<{placeholder}>" for placeholder in PLACEHOLDER.findall(prompt.template)
    }


@EVERY_LANGUAGE
def test_no_file_is_left_that_no_gate_knows(language: str) -> None:
    root = files("recurrentgpt.prompts") / language
    found = [place.name for folder in (root, root / "author") for place in folder.iterdir()]
    assert sorted(name.removesuffix(".md") for name in found if name.endswith(".md")) == NAMES


@EVERY_NAME
def test_english_prompts_hold_no_chinese(name: str) -> None:
    assert not HAN.findall(load(name, "en").template)


@EVERY_NAME
def test_chinese_prompts_hold_no_english(name: str) -> None:
    words = WORD.findall(PLACEHOLDER.sub("", chosen(load(name, "zh").template, {})))
    fields = {
        "review": {"true", "stop", "feedback", "short", "term", "memory", "paragraph", "plan", "passages"},
        "fact_rules": {*NewFact.model_fields, *FactChange.model_fields, *TellsFacts.model_fields, "true"}
        | {*get_args(Frame), "ended", "settled", "learned", "touched"},
        "find_clashes": {*FoundClash.model_fields, "says", *CLASH_KINDS},
        "find_leaning": set(Leaning.model_fields),
        "note_facts": {"replaces"},
    }
    assert set(words) <= fields.get(name, set())


def test_a_prompt_that_does_not_exist_is_named() -> None:
    with pytest.raises(PromptError, match=r"'nonsense'.*'en'"):
        load_spec(PromptSpec("nonsense"), language_named("en"))


def test_a_language_without_prompts_has_the_english_ones() -> None:
    assert load("system", "xx") == load("system", "en")


# Checking


@pytest.mark.parametrize(("name", "placeholder"), REQUIRED)
def test_a_missing_placeholder_is_named(name: str, placeholder: str) -> None:
    template = " ".join(f"{{{other}}}" for other in set(SPECS[name].required) - {placeholder})
    with pytest.raises(PromptError) as refused:
        check(name, f"Write. {template}")
    assert f"'{name}' misses {{{placeholder}}}:" in str(refused.value)


def test_every_missing_placeholder_is_named() -> None:
    with pytest.raises(PromptError, match=r"misses \{outline\}, \{topic\}:"):
        check("system", "You are a novelist.")


@EVERY_NAME
def test_an_unknown_placeholder_is_named(name: str) -> None:
    template = " ".join(f"{{{other}}}" for other in sorted(SPECS[name].required))
    with pytest.raises(PromptError) as refused:
        check(name, f"{template} {{no_such_thing}}")
    assert f"'{name}' names {{no_such_thing}}, which it does not have" in str(refused.value)


def test_what_a_prompt_may_name_is_said() -> None:
    with pytest.raises(PromptError, match=r"it has \{problem\}\."):
        check("try_again", "{problem} {nonsense}")
    with pytest.raises(PromptError, match=r"it has none\."):
        check("append_summary", "{nonsense}")


@EVERY_NAME
def test_optional_placeholders_may_be_named_or_not(name: str) -> None:
    required, optional = set(SPECS[name].required), set(SPECS[name].optional)
    assert check(name, "Write. " + " ".join(f"{{{other}}}" for other in required))
    assert check(name, "Write. " + " ".join(f"{{{other}}}" for other in required | optional))


def test_braces_that_are_no_placeholder_are_text() -> None:
    template = '{"stop": true} {Title} {1} { title } {problem}'
    assert check("try_again", template).fill(problem="x") == '{"stop": true} {Title} {1} { title } x'


# Filling


@pytest.mark.parametrize("text", TRICKY)
def test_a_value_is_put_in_untouched(text: str) -> None:
    assert filled("T: {title} {topic} {outline}", title=text, topic="a", outline="b") == f"T: {text} a b"


@pytest.mark.parametrize("text", TRICKY)
def test_what_was_put_in_is_never_filled_again(text: str) -> None:
    values = {"title": text, "topic": "the topic", "outline": text, "plan": "the plan"}
    assert filled(SYSTEM, **values) == f"Title: {text}\n\nTopic: the topic\n\nOutline:\n{text}"


def test_story_text_that_names_the_plan_keeps_its_words() -> None:
    prompt = load("generate_paragraph", "en")
    text = prompt.fill(short_term_memory="{plan}", passages="{last_paragraph}", last_paragraph="{x}", plan="Go.")
    assert text.count("Go.") == 1
    assert "{plan}" in text
    assert "{last_paragraph}" in text
    assert "{x}" in text


@pytest.mark.parametrize("empty", ["", " ", "\n\t"])
def test_a_block_with_nothing_in_it_is_left_out(empty: str) -> None:
    assert filled(SYSTEM, title="The Lamp", topic=empty, outline="A.") == "Title: The Lamp\n\nOutline:\nA."


def test_a_value_that_was_not_given_is_empty() -> None:
    assert filled(SYSTEM, title="The Lamp") == "Title: The Lamp"


def test_a_block_with_one_value_of_two_is_kept() -> None:
    assert filled("{title}, {topic}\n\n{outline}", title="The Lamp", topic="", outline="") == "The Lamp, "


def test_a_block_without_placeholders_is_kept() -> None:
    assert filled(f"Write.\n\n{SYSTEM}\n\nGo on.") == "Write.\n\nGo on."


@pytest.mark.parametrize(("value", "shown"), [(0, "0"), (False, "False"), (3.5, "3.5"), (None, "None")])
def test_a_value_need_not_be_text(value: object, shown: str) -> None:
    assert filled(SYSTEM, title=value) == f"Title: {shown}"


def test_empty_lines_in_a_value_stay() -> None:
    assert filled(SYSTEM, title="a\n\n\n\nb") == "Title: a\n\n\n\nb"


@pytest.mark.parametrize(
    ("name", "language", "heading"),
    [
        ("system", "en", "Background, as the story begins:"),
        ("system", "zh", "背景（故事开始时）："),
        ("generate_paragraph", "en", "Recalled from earlier"),
        ("generate_paragraph", "zh", "从前文想起的段落"),
        ("propose_plans", "en", "The author says of what was refused"),
        ("propose_plans", "zh", "作者对被否定计划的意见"),
        ("propose_plans", "en", "Refused for the next paragraph"),
        ("propose_plans", "zh", "下一段已被否定的计划"),
        ("review", "en", ">"),
        ("review", "zh", ">"),
    ],
)
def test_no_heading_is_left_over_nothing(name: str, language: str, heading: str) -> None:
    prompt = load(name, language)
    required = dict.fromkeys(set(SPECS[name].required) - {"passages"}, "words")
    assert heading in prompt.template
    assert heading not in prompt.fill(**required)


def test_the_review_tells_how_to_stop_to_the_letter() -> None:
    for language in LANGUAGES:
        assert '`{"stop": true}`' in load("review", language).fill(paragraph="x")


# Phrases


def test_both_languages_have_the_same_phrases() -> None:
    assert set(phrases("en")) == set(phrases("zh"))


@EVERY_PHRASE
def test_a_phrase_takes_the_same_values_in_both_languages(key: str) -> None:
    english, chinese = (set(PLACEHOLDER.findall(phrases(language)[key])) for language in LANGUAGES)
    assert english == chinese


@EVERY_LANGUAGE
@EVERY_PHRASE
def test_a_phrase_is_filled(key: str, language: str) -> None:
    names = PLACEHOLDER.findall(phrases(language)[key])
    text = say(key, language, **{name: f"<{name}>" for name in names})
    assert text
    assert not PLACEHOLDER.findall(text)
    assert all(f"<{name}>" in text for name in names)


@EVERY_PHRASE
def test_a_phrase_is_in_its_language(key: str) -> None:
    assert not HAN.findall(phrases("en")[key])
    fields = {*NewFact.model_fields, *FactChange.model_fields, *TellsFacts.model_fields, "now", "ended", "settled"}
    named = {
        "form_in_words": {"JSON"},
        "review_json": {"JSON"},
        **dict.fromkeys(("facts_replace", "facts_change", "facts_clash"), fields),
        **dict.fromkeys(("facts_begin", "facts_numbered", "facts_beside", "facts_before"), fields),
    }
    named["facts_replace"] = {*fields, "learned", "claimed", "earlier"}
    named |= {"leaning_whole": {"now"}, "leaning_words": {"words", "now"}}
    named["earlier_learned"] = {"changes"}
    named["clashes_before"] = {"a", "mend"}
    named["outline_to_come"] = {"to", "come"}
    named["facts_change"] = {*fields, "learned", "touched", "claimed"}
    assert set(WORD.findall(PLACEHOLDER.sub("", phrases("zh")[key]))) <= named.get(key, set())


@EVERY_LANGUAGE
def test_headings_of_one_answer_differ(language: str) -> None:
    words = phrases(language)
    for names in (("title", "outline"), ("rationale", "memory"), ("plans", "recall"), ("reason", "number", "plan")):
        headings = [words[f"heading_{name}"].casefold() for name in names]
        assert len(set(headings)) == len(headings)


def test_what_a_phrase_names_is_put_in_untouched() -> None:
    assert say("problem_form", "en", part="{count} \\1 %s") == "The part '{count} \\1 %s' is missing or malformed."
    assert say("review_unknown", "en", stop='{"stop": true}').endswith('or {"stop": true}.')


@EVERY_LANGUAGE
def test_a_thing_has_one_name_wherever_it_is_told_of(language: str) -> None:
    folder = Path(str(files("recurrentgpt.prompts") / language))
    told = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix in {".md", ".toml"}}
    assert len(told) > 40
    assert not [path.name for path, text in told.items() if re.search(OTHER_NAMES[language], text, re.IGNORECASE)]


@EVERY_LANGUAGE
def test_each_of_the_two_who_make_a_book_has_one_name_in_all_that_a_model_is_told(language: str) -> None:
    folder = Path(str(files("recurrentgpt.prompts") / language))
    told = {path: path.read_text(encoding="utf-8") for path in (*folder.rglob("*.md"), *folder.rglob("phrases.toml"))}
    assert not [path.name for path, text in told.items() if re.search(OF_NO_ROLE[language], text)]


@EVERY_LANGUAGE
def test_a_line_of_the_record_s_rules_says_of_what_it_is(language: str) -> None:
    rules = [words for key, words in phrases(language).items() if re.fullmatch("facts_(replace|change|clash)", key)]
    assert len(rules) == len(("replaces", "changes", "clashes"))
    assert not [line for line in rules if line.startswith(("It ", "还"))]


def test_a_number_stands_between_spaces_in_every_chinese_phrase() -> None:
    folder = Path(str(files("recurrentgpt.prompts") / "zh"))
    told = {path: path.read_text(encoding="utf-8") for path in (*folder.rglob("*.md"), *folder.rglob("phrases.toml"))}
    assert len(told) > 40
    assert not [path.name for path, text in told.items() if re.search(r"第\{|\}(?:段|个片段)", text)]
