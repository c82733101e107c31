"""Errors are codes with values: each has its words in every language, and says what failed and what to do."""

from __future__ import annotations

import ast
import copy
import json
import pickle
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelError,
    ModelNotFoundError,
    ModelRateLimitError,
    ModelTimeoutError,
)

from folders import PRODUCT, ROOT
from recurrentgpt.cli.speech import hint_for
from recurrentgpt.models import explain
from recurrentgpt.schemas import errors
from recurrentgpt.schemas.catalogue import ENGLISH, FILE, catalogue, fill, part, places, say_part
from recurrentgpt.schemas.context import read_context
from recurrentgpt.schemas.errors import (
    FieldError,
    GateError,
    RecurrentGPTError,
    SettingsError,
    StorageError,
    StoryStateError,
    sentence,
)
from recurrentgpt.schemas.field_problems import _PROBLEMS
from recurrentgpt.schemas.language_folders import HINTS, own_table
from recurrentgpt.schemas.story_input import read_input

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = [ROOT / "schemas" / f"{FILE}.toml", *sorted(ROOT.glob(f"prompts/*/{FILE}.toml"))]
LANGUAGES = [ENGLISH, *(file.parent.name for file in FILES[1:])]
OTHERS = pytest.mark.parametrize("language", LANGUAGES[1:])
EVERY = pytest.mark.parametrize("language", LANGUAGES)
TYPES = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, RecurrentGPTError)}
HINTS_IN_ENGLISH = own_table(ENGLISH, HINTS)
OF_THE_TERMINAL = re.compile(r"(?<![\w-])--?[a-z]|\brecurrentgpt [a-z]")
HAN = re.compile(r"[\u3400-\u9fff]")


class Made(NamedTuple):
    """Where an error or a part is made: of what."""

    place: str
    arguments: list[ast.expr]
    values: set[str | None]

    @property
    def code(self) -> str:
        """The code, where it is written there."""
        (first,) = self.arguments
        return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def calls(names: set[str]) -> list[Made]:
    """Every place in the package that calls one of these names."""
    return [
        Made(f"{file.relative_to(ROOT)}:{node.lineno}", node.args, {keyword.arg for keyword in node.keywords})
        for file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for folder in PRODUCT:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file, ast.parse(file.read_text(encoding="utf-8"))


RAISED = calls(TYPES)


# What is raised, and what there are words for


def test_every_error_is_made_of_a_code_that_has_a_sentence() -> None:
    assert len(RAISED) > 100
    known = catalogue(ENGLISH).sentences
    assert [made.place for made in RAISED if len(made.arguments) != 1 or made.code not in known] == []


def test_every_sentence_is_used() -> None:
    assert set(catalogue(ENGLISH).sentences) == {made.code for made in RAISED}


def test_every_error_has_the_values_that_its_sentence_and_its_hint_name_and_no_others() -> None:
    for made in RAISED:
        template = catalogue(ENGLISH).sentences[made.code]
        assert places(template) <= made.values, made.place
        assert places(HINTS_IN_ENGLISH.get(made.code, "")) <= made.values, made.place
        # An id beside the rest is for whoever shows the error, and leads back to the story.
        assert made.values <= places(template) | {"story_id"}, made.place


def test_every_part_is_known_and_used() -> None:
    known = catalogue(ENGLISH).parts
    said = {
        node.value
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(known) - said == set()
    for made in calls({"part", "FieldError"}):
        if made.code and "code" not in made.values and None not in made.values:
            assert places(known[made.code]) <= made.values, made.place
    assert set(_PROBLEMS.values()) <= set(known)


@OTHERS
def test_a_language_has_the_same_codes_with_the_same_values(language: str) -> None:
    english, other = catalogue(ENGLISH), catalogue(language)
    for ours, theirs in ((english.sentences, other.sentences), (english.parts, other.parts)):
        assert set(ours) == set(theirs)
        assert {code: places(words) for code, words in ours.items()} == {
            code: places(words) for code, words in theirs.items()
        }


@EVERY
def test_every_sentence_is_one_line_that_ends(language: str) -> None:
    for code, words in catalogue(language).sentences.items():
        assert re.search(r"[.?。？]$", words), code
        assert "\n" not in words, code
        assert len(words) > 10, code
    assert not [
        code for code, words in catalogue(language).parts.items() if "\n" in words or words.endswith(("。", "."))
    ]


@EVERY
def test_no_sentence_names_an_option_or_a_command(language: str) -> None:
    kept = catalogue(language)
    assert [code for code, words in {**kept.sentences, **kept.parts}.items() if OF_THE_TERMINAL.search(words)] == []


@EVERY
def test_a_file_says_nothing_twice(language: str) -> None:
    kept = tomllib.loads(FILES[LANGUAGES.index(language)].read_text(encoding="utf-8"))
    assert kept.pop("parts") == catalogue(language).parts
    assert kept == catalogue(language).sentences
    assert len(set(kept.values())) == len(kept)


def test_chinese_is_chinese() -> None:
    for code, words in {**catalogue("zh").sentences, **catalogue("zh").parts}.items():
        alike = code.startswith("between_") or words == catalogue(ENGLISH).parts.get(code) or "{field}=" in words
        assert alike or HAN.search(words) or places(words) == {"tokens"}, code


@EVERY
def test_a_hint_is_of_an_error_or_a_remark_and_in_the_terminals_words(language: str) -> None:
    own = own_table(language, HINTS)
    assert set(own) == set(HINTS_IN_ENGLISH)
    for code, words in own.items():
        assert code in {**catalogue(ENGLISH).sentences, **catalogue(ENGLISH).parts}
        assert re.search(r"[.…。]$", words), code
        assert places(words) == places(HINTS_IN_ENGLISH[code]), code
        assert OF_THE_TERMINAL.search(words) or "pip install" in words, code


# An error


def an_error() -> StoryStateError:
    return StoryStateError("no_paragraph", number=9, first=1, last=3)


def test_an_error_is_a_code_values_and_an_english_sentence() -> None:
    error = an_error()
    assert (error.code, error.values) == ("no_paragraph", {"number": 9, "first": 1, "last": 3})
    assert str(error) == "There is no paragraph 9: there are 1 to 3."
    assert repr(error) == "StoryStateError('There is no paragraph 9: there are 1 to 3.')"


def test_an_agent_server_passes_its_message_on() -> None:
    assert issubclass(RecurrentGPTError, RuntimeError)
    assert {"SettingsError", "GateError", "MemoryInUseError", "StoryNotFoundError"} <= TYPES
    assert issubclass(errors.MemoryInUseError, errors.MemoryUnavailableError)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301
@pytest.mark.parametrize(
    "error",
    [
        an_error(),
        GateError("gate_gave_up", gate="propose_plans", tries=3, problem="It is empty."),
        SettingsError("settings_unusable", problems=[part("field_missing", field="topic"), "another"]),
    ],
)
def test_a_copy_keeps_code_and_values(error: RecurrentGPTError, again: object) -> None:
    assert callable(again)
    error.add_note("During a task.")
    made = again(error)
    assert type(made) is type(error)
    assert (made.code, made.values, str(made)) == (error.code, error.values, str(error))
    assert made.__notes__ == error.__notes__


def test_values_are_json() -> None:
    error = StorageError("file_unreadable", path=Path("a/b.txt"), reason=OSError("broken"))
    assert json.loads(json.dumps(error.values)) == {"path": "a/b.txt", "reason": "broken"} == error.values
    listed = StorageError("target_format", name="x", known=(".md", ".txt"))
    assert json.loads(json.dumps(listed.values)) == {"name": "x", "known": [".md", ".txt"]}
    assert str(listed).endswith("end it with .md, .txt.")
    assert sentence(listed, "zh").endswith("请以 .md、.txt 结尾。")


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("no_such_code", {}),
        ("no_paragraph", {"number": 9}),
        ("embedded_missing", {"ways": {"part": "no_such_part"}}),
        ("settings_unusable", {"problems": [{"part": "field_empty"}]}),
    ],
)
def test_an_error_without_its_words_is_a_mistake_where_it_is_raised(code: str, values: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=code):
        RecurrentGPTError(code, **values)


def test_a_gates_error_says_which_gate_and_what_was_wrong() -> None:
    error = GateError("gate_gave_up", gate="propose_plans", tries=3, problem="It is empty.")
    assert (error.gate, error.tries, error.problem) == ("propose_plans", 3, "It is empty.")
    assert str(error).startswith("The model gave no usable answer for 'propose_plans' in 3 tries. ")
    assert "It is empty. Nothing is lost" in str(error)


def test_another_name_for_a_file_is_put_in_everywhere() -> None:
    error = StorageError("archive_of_another_kind", path="/tmp/x/upload.json", problems=["/tmp/x/upload.json is bad"])  # noqa: S108
    renamed = error.renamed("/tmp/x/upload.json", "mine.json")  # noqa: S108
    assert type(renamed) is StorageError
    assert renamed.values == {"path": "mine.json", "problems": ["mine.json is bad"]}
    assert "upload" not in str(renamed)


# Its words


TRICKY = ["{path}", "{reason}", "{{reason}}", "{", "}{", "{0}", "\\1 \\g<1>", "%s", "${path}", "<b>&amp;</b>", "灯塔"]


@pytest.mark.parametrize("value", TRICKY)
@EVERY
def test_a_value_is_data(language: str, value: str) -> None:
    error = StorageError("file_unreadable", path=value, reason="why")
    template = catalogue(language).sentences["file_unreadable"]
    assert sentence(error, language) == template.replace("{reason}", "why").replace("{path}", value)


def test_a_language_that_is_not_there_falls_back_to_english() -> None:
    error = an_error()
    for language in ("de", "xx-YY", "", "../../schemas", "zh/..", "en"):
        assert sentence(error, language) == str(error)
    assert sentence(error, "zh") == sentence(error, "zh-CN") == "没有第 9 段：现有第 1 到第 3 段。"


def test_a_language_that_misses_a_code_says_it_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    from recurrentgpt.schemas import catalogue as words  # noqa: PLC0415

    english = catalogue(ENGLISH)
    monkeypatch.setattr(words, "catalogue", lambda tag: english if tag == ENGLISH else words.Catalogue())
    assert sentence(an_error(), "zh") == str(an_error())
    assert say_part(part("plan"), "zh") == "Plan"


def test_numbers_can_have_their_thousands_apart() -> None:
    assert fill("{count:,} of {count}", {"count": 160_000}) == "160,000 of 160000"


def test_what_is_wrong_with_a_field_is_said_in_the_language() -> None:
    with pytest.raises(SettingsError) as caught:
        read_context({"tries": 0, "seed": "lucky", "plan_selection": "coin", "colour": "red", "temperature": 9})
    assert caught.value.code == "context_unusable"
    said = sentence(caught.value, "zh")
    for words in (
        "tries=0：应大于或等于 1",
        "seed='lucky'：应为整数",
        "plan_selection='coin'：应为 human、first、random、model 之一",
        "colour='red'：没有这个字段",
        "temperature=9：应小于或等于 2",
    ):
        assert words in said
    assert not re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", said), "no English sentence is left in it"
    json.dumps(caught.value.values)


def test_our_own_checks_of_fields_are_said_in_the_language() -> None:
    assert str(FieldError("no_topic")) == "a story needs a topic: say in a line what it is about"
    for given, words in (
        ({"topic": " "}, "故事需要一个主题"),
        ({}, "缺少 topic"),
        ({"topic": "x" * 3000}, "最多 2000 个字符"),
    ):
        with pytest.raises(SettingsError) as caught:
            read_input(given)
        assert words in sentence(caught.value, "zh")


class WordlessError(ModelError):
    pass


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (ContextOverflowError("x"), "prompt_too_long"),
        (ModelAuthenticationError("x"), "key_refused"),
        (ModelNotFoundError("x"), "model_unknown"),
        (ModelRateLimitError("x"), "too_many_requests"),
        (ModelTimeoutError("x"), "model_too_slow"),
        (ModelConnectionError("x"), "endpoint_unreachable"),
        (ModelError("\n the server's words\nmore"), "call_failed"),
        (WordlessError(""), "call_failed"),
    ],
)
def test_a_failed_call_is_a_code(failure: Exception, code: str) -> None:
    error = explain(failure, "m-1")
    assert (error.code, error.values["model"]) == (code, "m-1")
    assert "m-1" in str(error)
    assert error.values.get("reason", "") in ("", " the server's words", "WordlessError")
    assert "nothing is lost" in str(error)
    assert "什么都没有丢失" in sentence(error, "zh")


def test_a_hint_names_what_the_error_names() -> None:
    error = StoryStateError("story_unsettled", story_id="abc123")
    assert hint_for(error) == "recurrentgpt resume abc123 finishes it."
    assert "abc123" not in str(error)
    assert hint_for(an_error()) == ""
