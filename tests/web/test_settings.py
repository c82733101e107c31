"""The settings of a run on the page: every one is there, can be changed and cleared, and says what is wrong with it."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from pydantic import BaseModel, Field

from page_client import HERE, begun, page_client, path_of, written
from recurrentgpt import prompts
from recurrentgpt.prompts import every_phrase, load
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import SettingsError
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.modes import AUTHOR, INTERACTIVE_FICTION
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.library import Library
from recurrentgpt.web.settings_form import (
    FIRST,
    Sent,
    Setting,
    as_typed,
    defaults_of,
    every_setting,
    read_settings,
    settings_form,
    settings_of,
)
from recurrentgpt.web.words import Words, phrases, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

    from fake_model import FakeChatModel
    from recurrentgpt.web.settings_form import Control

SETTINGS = every_setting()
OTHERS: dict[str, object] = {
    "tastes": "Riddles {and} old doors.",
    "model": "fake",
    "helper_model": "fake",
    "dialect": "small",
    "reasoning_effort": "low",
    "request_fields": '{"top_k": 40}',
    "temperature": 0.5,
    "input_price": 2.5,
    "output_price": 10.0,
    "seed": 7,
    "timeout": 12.5,
    "plan_selection": "random",
    "prompt_tokens": 4000,
    "repetition_limit": 1.0,
    "chapter_paragraphs": 4,
}
"""A value other than the default, where one cannot be guessed."""
MAPPINGS = {"prompts", "gate_models"}
"""Fields with a control for each of their keys."""


@pytest.fixture
def client() -> Iterator[TestClient]:
    with page_client() as made:
        yield made


def other(setting: Setting) -> object:
    """A value of a setting that is not its default."""
    default = setting.of(Context().model_dump(mode="json"))
    if setting.is_gate_model:
        return "fake"
    if setting.name in OTHERS:
        return OTHERS[setting.name]
    match default:
        case bool():
            return not default
        case int() | float():
            return default + 1 if default + 1 <= setting.schema.get("maximum", 99) else default - 1
    return f"  My own {{premise}} for {setting.name}.\n\n"


def controls(now: Context, sent: Sent | None = None, language: str = "en") -> dict[str, Control]:
    groups = settings_form(Words(language), now, Context(), sent)
    return {control.name: control for group in groups for control in group.controls}


# Every setting, from one list


def test_every_field_of_the_context_has_a_control_of_its_kind() -> None:
    shown = controls(Context())
    assert set(shown) == {setting.name for setting in SETTINGS} >= set(Context.model_fields) - MAPPINGS
    kinds = {"model": "line", "seed": "number", "use_rationale": "choice", "plan_selection": "choice"}
    assert {name: shown[name].kind for name in kinds} == kinds
    assert {shown[setting.name].kind for setting in SETTINGS if setting.is_prompt} == {"text"}
    sentences = shown["paragraph_sentences"]
    assert (sentences.low, sentences.high, sentences.is_whole, sentences.default) == (1, 100, True, "20")
    assert (shown["temperature"].low, shown["temperature"].high, shown["temperature"].is_whole) == (0, 2, False)
    assert shown["timeout"].default == "300"
    assert not any(control.value for control in shown.values()), "an empty control is the default"


def test_what_is_changed_most_is_first_and_the_rest_is_folded_away() -> None:
    groups = {group.name: group for group in settings_form(Words("en"), Context(seed=3), Context())}
    assert [control.name for control in groups["first"].controls] == list(FIRST)
    assert groups["more"].is_open, "it has something that was changed"
    assert not groups["prompts"].is_open
    assert groups["prompts"].hint == groups["prompts"].controls[0].hint


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_each_can_be_changed_and_cleared_again(setting: Setting) -> None:
    value = other(setting)
    changed = read_settings({setting.name: as_typed(value)})
    assert setting.of(changed.model_dump(mode="json")) == value
    assert controls(changed)[setting.name].value == as_typed(value)
    for empty in ("", "  \n"):
        assert read_settings({setting.name: empty}, AUTHOR, changed) == Context()
    assert read_settings({}, AUTHOR, changed) == changed, "what a form does not name stays"


@pytest.mark.parametrize("language", [known.tag for known in spoken()])
def test_the_words_for_settings_name_some_that_are_there(language: str) -> None:
    known = {"prompt_hint", "gate_model_hint", *MAPPINGS, *(f"{name}_hint" for name in MAPPINGS)}
    for setting in SETTINGS:
        choices = [str(value) for value in setting.schema.get("enum", ())]
        name = "_".join(setting.path)
        known |= {name, f"{name}_hint", *(f"{name}_{choice}" for choice in choices)}
    said = {name.removeprefix("setting_") for name in phrases(language) if name.startswith("setting_")}
    assert said <= known


def test_a_setting_without_words_of_the_page_is_called_as_the_context_calls_it() -> None:
    assert controls(Context(), language="zh")["paragraph_sentences"].title == "每段句数"
    assert controls(Context())["paragraph_sentences"].title == Context.model_fields["paragraph_sentences"].title
    words = Words("zh")
    assert words.or_else("setting_of_tomorrow", "Of tomorrow") == "Of tomorrow"


class _OfKnownKeys(BaseModel):
    """A context of another shape: prompts by name."""

    prompts: dict[Literal["system", "sum_up"], str] = Field(default_factory=dict, description="Your own.")


class _OfAnyKeys(BaseModel):
    prompts: dict[str, str] = Field(default_factory=dict, description="Your own.")


@pytest.mark.parametrize(
    ("kind", "keys"), [(_OfKnownKeys, {}), (_OfAnyKeys, {"prompts": {"system": "", "sum_up": ""}})]
)
def test_a_mapping_is_a_setting_for_each_of_its_keys(kind: type[BaseModel], keys: dict[str, dict[str, str]]) -> None:
    system, summary = settings_of(kind, keys)
    assert (system.name, summary.name, system.is_prompt) == ("prompts.system", "prompts.sum_up", True)
    assert (summary.schema["title"], summary.schema["description"]) == ("Sum up", "Your own.")
    dumped: dict[str, Any] = {"prompts": {}}
    assert system.of(dumped) is None
    assert system.of({"prompts": {"system": "Write."}}) == "Write."
    assert (system.changed_as, summary.changed_as) == ("system_prompt", "sum_up_prompt")


# What cannot work


def test_each_problem_is_told_at_its_control() -> None:
    form = {"temperature": "9", "plan_count": "many", "model": "fake", "memory_min_sentences": ""}
    with pytest.raises(SettingsError, match="temperature") as caught:
        read_settings(form)
    sent = Sent(form, caught.value)
    shown = controls(Context(), sent)
    assert {name for name, control in shown.items() if control.problem} == {"temperature", "plan_count"}
    assert (shown["temperature"].value, shown["plan_count"].value, shown["model"].value) == ("9", "many", "fake")
    assert "9" in shown["temperature"].problem
    assert controls(Context(), sent, "zh")["temperature"].problem != shown["temperature"].problem
    assert Sent(form, SettingsError("no_editor")).problems("en") == {}


def test_a_play_has_sizes_of_its_own_as_defaults() -> None:
    assert defaults_of(AUTHOR) == Context()
    assert defaults_of(INTERACTIVE_FICTION) == Context.model_validate(INTERACTIVE_FICTION.sizes)
    cleared = read_settings({"paragraph_sentences": ""}, INTERACTIVE_FICTION, Context())
    assert cleared.paragraph_sentences == INTERACTIVE_FICTION.sizes["paragraph_sentences"]


# On the page


def field(page: str, name: str) -> str:
    """A control and what is said beside it, as HTML."""
    found = re.search(rf'<div class="field[^"]*">\s*<label for="set-{name}">.*?</div>', page, re.DOTALL)
    assert found, name
    return html.unescape(found[0])


def test_the_panel_saves_clears_and_keeps_what_was_refused(client: TestClient, fake_model: FakeChatModel) -> None:
    del fake_model
    story_id = begun(client)
    panel = f"/story/{story_id}?panel=settings"
    page = client.get(panel).text
    for setting in SETTINGS:
        assert f'name="{setting.name}"' in page
    here = path_of(client, panel)
    form = {
        **here,
        "panel": "settings",
        "temperature": "0.4",
        "seed": "5",
        "opening_paragraphs": "",
        "use_rationale": "false",
    }
    answer = client.post(f"/story/{story_id}/settings", data=form)
    assert answer.url == f"{HERE}{panel}"
    kept = Library.of_the_process().record(story_id).context
    assert (kept.temperature, kept.seed, kept.opening_paragraphs, kept.use_rationale) == (0.4, 5, 3, False)
    assert 'value="0.4"' in field(answer.text, "temperature")
    refused = client.post(
        f"/story/{story_id}/settings",
        data={**path_of(client, panel), "panel": "settings", "temperature": "9", "seed": "6", "title": "Not yet"},
    )
    assert refused.status_code == 409
    assert 'class="problem"' in field(refused.text, "temperature")
    assert 'class="problem"' not in field(refused.text, "seed")
    assert 'value="9"' in field(refused.text, "temperature")
    assert 'value="6"' in field(refused.text, "seed")
    assert 'value="Not yet"' in refused.text
    assert Library.of_the_process().record(story_id).context == kept
    empty = {"temperature": "", "seed": "", "use_rationale": ""}
    client.post(f"/story/{story_id}/settings", data={**path_of(client, panel), **empty})
    cleared = {"temperature": None, "seed": None, "use_rationale": True}
    assert Library.of_the_process().record(story_id).context == kept.model_copy(update=cleared)
    assert written(client, story_id)


def test_a_prompt_of_ones_own_reaches_the_model_to_the_letter(client: TestClient, fake_model: FakeChatModel) -> None:
    story_id = begun(client)
    setting = next(setting for setting in SETTINGS if setting.is_prompt and "system" in setting.name)
    ours = Path(prompts.__file__).parent / "en" / "author" / "system.md"
    own = f"  You write as the sea does.\n\n{ours.read_text(encoding='utf-8')}"
    client.post(
        f"/story/{story_id}/settings",
        data={**path_of(client, f"/story/{story_id}"), setting.name: own.replace("\n", "\r\n")},
    )
    assert setting.of(Library.of_the_process().record(story_id).context.model_dump()) == own
    fake_model.asked.clear()
    client.post(f"/story/{story_id}/reply", data=path_of(client, f"/story/{story_id}") | {"do": "plan", "plan": "1"})
    written(client, story_id)
    assert "You write as the sea does." in fake_model.asked[0][0].text


def test_every_phrase_stands_beside_its_default_and_is_set_and_cleared(
    client: TestClient, fake_model: FakeChatModel
) -> None:
    story_id = begun(client)
    address = f"/story/{story_id}"
    page = client.get(f"{address}?panel=settings").text
    for name, spec in every_phrase().items():
        assert f">{load(spec, language_named('en')).template}</pre>" in field(page, f"prompts.{name}")
    folded = page.partition('<details class="settings-phrases" ')[2]
    assert folded.startswith(">"), "folded away, as long as none is set"
    name = "prompts.chapter_begins"
    every = dict.fromkeys(re.findall(r'name="(prompts\.[a-z_]+)"', page), "")
    assert len(every) > len(every_phrase())
    own = {**path_of(client, address), **every, name: "A new chapter is due now."}
    client.post(f"{address}/settings", data=own)
    assert Library.of_the_process().record(story_id).context.prompts == {"chapter_begins": "A new chapter is due now."}
    client.post(f"{address}/settings", data={**path_of(client, address), name: ""})
    assert not any(Library.of_the_process().record(story_id).context.prompts.values())
    del fake_model


def test_a_story_is_begun_with_any_setting(client: TestClient, fake_model: FakeChatModel) -> None:
    del fake_model
    form = {"topic": "A lighthouse keeper", "language": "en", "mode": "interactive_fiction", "model": "fake"}
    page = client.get("/new?mode=interactive_fiction").text
    assert 'placeholder="6"' in field(page, "paragraph_sentences"), "as the embedded model has it, which is the default"
    assert 'placeholder="1"' in field(page, "opening_paragraphs")
    refused = client.post("/new", data={**form, "opening_paragraphs": "0", "plan_count": "4"})
    assert refused.status_code == 400
    assert 'class="problem"' in field(refused.text, "opening_paragraphs")
    assert 'value="4"' in field(refused.text, "plan_count")
    assert Library.of_the_process().records() == []
    begins = client.post("/new", data={**form, "opening_paragraphs": "2", "plan_count": ""}, follow_redirects=False)
    context = Library.of_the_process().record(begins.headers["location"].rsplit("/", 1)[1]).context
    assert context == Context(model="fake", opening_paragraphs=2), "what nobody chose is not kept as if somebody had"
    assert context.sized_for(INTERACTIVE_FICTION).paragraph_sentences == 8


def test_a_default_that_a_bound_moved_stands_in_grey_and_moves_again() -> None:
    usual = Context()
    now = read_settings({"memory_max_sentences": "9"})
    groups = settings_form(Words("en"), now, usual)
    sent = {one.name: one for group in groups for one in group.controls}
    assert (sent["memory_min_sentences"].value, sent["memory_min_sentences"].default) == ("", "4")
    again = read_settings(
        {"memory_min_sentences": sent["memory_min_sentences"].value, "memory_max_sentences": "3"}, now=now
    )
    assert (again.memory_min_sentences, again.memory_max_sentences) == (1, 3)


def test_a_model_that_is_none_can_be_put_right_before_anything_is_written(
    client: TestClient, fake_model: FakeChatModel
) -> None:
    del fake_model
    record = Library.of_the_process().begin(StoryInput(topic="A lighthouse keeper"), Context(model="nowhere"))
    address = f"/story/{record.story_id}"
    client.post(f"{address}/go-on", data=path_of(client, address))
    page = written(client, record.story_id)
    assert "nowhere" in page
    page = client.get(f"{address}?panel=settings").text
    assert "<fieldset >" in page
    assert 'value="nowhere"' in field(page, "model")
    client.post(f"{address}/settings", data={**path_of(client, address), "model": "fake"})
    assert Library.of_the_process().record(record.story_id).context.model == "fake"
