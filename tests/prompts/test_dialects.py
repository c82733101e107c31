"""The dialects: a layer of prompts, sizes where nobody chose any, and forms with less in them."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from pydantic import ValidationError

from fake_model import FakeChatModel
from recurrentgpt.graph.catalogue import every_gate, every_prompt
from recurrentgpt.models import ChatModels
from recurrentgpt.nodes.answers import read, schema_of
from recurrentgpt.nodes.select_plan import PlanChoice
from recurrentgpt.nodes.smaller import bounds_of, form_of, whole
from recurrentgpt.prompts import PromptSpec, find, load
from recurrentgpt.prompts.blocks import placeholders
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.dialects import DIALECTS, FULL, SMALL, Dialect, DialectChoice
from recurrentgpt.schemas.errors import ModelUnavailableError
from recurrentgpt.schemas.languages import add_languages, language_named, remove_languages
from recurrentgpt.schemas.modes import AUTHOR, INTERACTIVE_FICTION, MODES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = files("recurrentgpt.prompts")
ABOUT_WRITING = re.compile(
    r"\b(essay|novel|paragraph|passage|chapter|plot|prose|outline|plan|author|reader|writer)", re.IGNORECASE
)
"""Words of writing about writing: a small model takes them up."""
EN = language_named("en")


def small_prompts(tag: str) -> dict[str, str]:
    """The prompts of the small dialect in a language, by their mode's folder and name."""
    return {
        f"{mode}/{file.name.removesuffix('.md')}": file.read_text(encoding="utf-8")
        for mode in MODES
        for file in (ROOT / tag / mode / SMALL.folder).iterdir()
    }


SMALL_PROMPTS = small_prompts("en")


def test_a_run_can_choose_each_dialect() -> None:
    assert set(get_args(DialectChoice)) == {"auto", *DIALECTS}
    with pytest.raises(ValidationError):
        Context.model_validate({"dialect": "tiny"})


def test_the_embedded_model_is_asked_in_the_small_dialect_unless_a_run_says_otherwise() -> None:
    models = ChatModels(own={"mine": FakeChatModel})
    assert models.dialect_of(Context(model="mine")) is FULL
    assert models.dialect_of(Context(model="mine", dialect="small")) is SMALL
    assert models.dialect_of(Context(model="embedded")) is SMALL
    assert models.dialect_of(Context()) is SMALL
    assert models.dialect_of(Context(dialect="full")) is FULL


@pytest.mark.parametrize(
    ("name", "small"),
    [
        ("qwen2.5:0.5b", True),
        ("llama3.2:1b", True),
        ("ollama:gemma3:270m", True),
        ("Qwen/Qwen3-1.7B-Instruct", True),
        ("SmolLM2-135M-Instruct-Q4_K_M", True),
        ("tinyllama", True),
        ("qwen2.5:2.5b", False),
        ("llama3.2:3b", False),
        ("mixtral:8x7b", False),
        ("deepseek-r1:70b-llama-distill-q4_K_M", False),
        ("openai:gpt-4.1", False),
        ("gpt-oss:20b", False),
        ("mistral", False),
        ("embedded-4bit", False),
    ],
)
def test_a_model_is_small_by_what_its_name_says(name: str, *, small: bool) -> None:
    expected = SMALL if small else FULL
    assert ChatModels().dialect_of(Context(model=name)) is expected
    assert ChatModels().dialect_of(Context(model=name, dialect="full")) is FULL


# Prompts


@pytest.mark.parametrize("name", SMALL_PROMPTS)
def test_a_small_prompt_can_be_sent_and_does_not_speak_of_writing(name: str) -> None:
    mode, _, prompt = name.partition("/")
    spec = every_prompt()[prompt]
    template = load(spec, EN, MODES[mode], SMALL).template
    assert template == SMALL_PROMPTS[name].strip()
    words = re.sub(r"\{[a-z_]+\}", "", template)
    assert not ABOUT_WRITING.search(words)
    assert len(words.split()) <= 100


def test_chinese_has_the_same_small_prompts() -> None:
    chinese, zh = small_prompts("zh"), language_named("zh")
    assert chinese.keys() == SMALL_PROMPTS.keys()
    for name, text in chinese.items():
        mode, _, prompt = name.partition("/")
        assert load(every_prompt()[prompt], zh, MODES[mode], SMALL).template == text.strip()
        assert placeholders(text) == placeholders(SMALL_PROMPTS[name])
        assert not re.search(r"[a-z]", re.sub(r"\{[a-z_]+\}", "", text))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A language of one's own, and a way to write prompts of it."""
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "language.toml").write_text('name = "Exxish"\nown_name = "Exxish"\nsplitter = "en"\n')
    add_languages(tmp_path)
    yield tmp_path
    remove_languages(tmp_path)


@pytest.mark.parametrize(
    ("present", "found"),
    [
        (["xx/interactive_fiction/small", "xx/interactive_fiction", "xx/author/small"], "xx/interactive_fiction/small"),
        (["xx/interactive_fiction", "xx/author/small", "en/interactive_fiction/small"], "xx/interactive_fiction"),
        (["en/interactive_fiction/small", "en/interactive_fiction", "xx/author/small"], "en/interactive_fiction/small"),
        (["xx/author/small", "xx/author", "en/author/small", "xx/small"], "xx/author/small"),
        (["xx/author", "en/author/small"], "xx/author"),
        (["en/author/small", "en/author", "xx/small", "xx"], "en/author/small"),
        (["en/author", "xx/small", "xx"], "en/author"),
        (["xx/small", "xx", "en/small"], "xx/small"),
        (["xx", "en/small"], "xx"),
        (["en/small", "en"], "en/small"),
        (["en", ""], "en"),
        ([""], ""),
    ],
)
def test_the_mode_comes_before_the_language_and_the_language_before_the_dialect(
    elsewhere: Path, present: list[str], found: str
) -> None:
    own = elsewhere / "gate"
    for folder in present:
        (own / folder).mkdir(parents=True, exist_ok=True)
        (own / folder / "look.md").write_text("Look.")
    spec = PromptSpec("look", folder=own)
    assert find(spec, language_named("xx"), INTERACTIVE_FICTION, SMALL) == own / found / "look.md"


def test_the_full_dialect_never_has_a_small_prompt() -> None:
    for mode in MODES.values():
        for spec in every_prompt().values():
            file = find(spec, EN, mode)
            assert file is None or Path(str(file)).parent.name != SMALL.folder


# Sizes


def test_sizes_hold_where_nobody_chose_others() -> None:
    chosen = Context(paragraph_sentences=9)
    sized = chosen.sized_for(AUTHOR, SMALL)
    assert sized.paragraph_sentences == 9
    assert sized.memory_max_sentences == SMALL.sizes["memory_max_sentences"]
    assert sized.use_facts is False
    assert sized.sized_for(AUTHOR, FULL).model_fields_set == {"paragraph_sentences"}
    assert Context(use_facts=True).sized_for(AUTHOR, SMALL).use_facts


def test_a_dialect_s_sizes_come_before_a_mode_s() -> None:
    sized = Context().sized_for(INTERACTIVE_FICTION, SMALL)
    assert sized.paragraph_sentences == SMALL.sizes["paragraph_sentences"]
    assert sized.opening_paragraphs == 1


def test_a_change_of_one_setting_chooses_no_other() -> None:
    changed = Context(seed=3).changed({"temperature": 0.5}, INTERACTIVE_FICTION)
    assert changed.paragraph_sentences == INTERACTIVE_FICTION.sizes["paragraph_sentences"]
    assert changed.sized_for(INTERACTIVE_FICTION, SMALL).paragraph_sentences == SMALL.sizes["paragraph_sentences"]
    assert changed.model_fields_set == {"seed", "temperature"}


# Forms

LESS = Dialect(
    "less",
    bounds={"plan": {"maxLength": 9}, "number": {"maximum": 1}},
    leaves_out=frozenset({"PlanChoice.reason", "PlanChoice.recall", "Summary.plan"}),
)
WANTED: dict[str, dict[str, object]] = {
    "": {"required": list(PlanChoice.model_fields)},
    "reason": {"maxLength": 7},
    "plan": {"minLength": 2, "maxLength": 99},
    "recall.items": {"maxLength": 7},
}


def test_a_form_has_no_field_that_its_dialect_leaves_out() -> None:
    form = form_of(PlanChoice, LESS)
    schema = schema_of(form, bounds_of(form, WANTED, LESS))
    assert list(schema["properties"]) == ["number", "plan"]
    assert schema["required"] == ["number", "plan"]
    assert (schema["properties"]["plan"]["minLength"], schema["properties"]["plan"]["maxLength"]) == (2, 9)
    assert schema["title"] == "PlanChoice"
    found = whole(PlanChoice, read(form, None, '{"number": 1, "plan": "Go."}', EN))
    assert isinstance(found, PlanChoice)
    assert (found.reason, found.number, found.plan, found.recall) == ("", 1, "Go.", [])


def test_a_form_is_as_it_is_where_nothing_is_left_out() -> None:
    for answer in (answer for gate in every_gate().values() for answer in gate.record.answers):
        assert form_of(answer, FULL) is answer
        assert bounds_of(answer, {}, SMALL) == {}


# Language


@pytest.mark.parametrize("tag", ["zh", "de", "zh-Hant", "xx"])
def test_the_embedded_model_refuses_what_is_not_english(tag: str) -> None:
    models = ChatModels(own={"mine": FakeChatModel})
    with pytest.raises(ModelUnavailableError, match=r"knows English alone, and this story is in .*: name a model"):
        models.check_language(Context(), tag)
    models.check_language(Context(), "en-GB")
    models.check_language(Context(model="mine"), tag)
