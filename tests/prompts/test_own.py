"""Prompts and settings of one's own: what is set is sent, nothing is lost by it, what cannot work is refused."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from typer.testing import CliRunner

from fake_model import FakeChatModel
from graph_at_hand import FIRST, HUMAN, THREAD, TOPIC, compiled
from knowing_model import tell
from recurrentgpt.cli import options
from recurrentgpt.cli.main import app
from recurrentgpt.graph import builder
from recurrentgpt.graph.catalogue import every_gate, every_prompt
from recurrentgpt.graph.conversation import in_messages
from recurrentgpt.graph.import_graph import import_graph
from recurrentgpt.models import ChatModels
from recurrentgpt.models.window import count_tokens
from recurrentgpt.nodes.budget import room_for_prompt
from recurrentgpt.prompts import Prompt, PromptSpec, check, load
from recurrentgpt.prompts.blocks import PLACEHOLDER, blocks_of, placeholders
from recurrentgpt.prompts.own import replaced, said_after
from recurrentgpt.schemas.assistants import NOVELIST
from recurrentgpt.schemas.catalogue import say_part
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import PromptError, SettingsError
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.modes import AUTHOR, INTERACTIVE_FICTION, MODES
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import beginning
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.notices import notices
from recurrentgpt.web.settings_form import Offered, read_settings, settings_form
from recurrentgpt.web.words import Words
from stories_at_hand import begun

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from recurrentgpt.schemas.modes import Mode

SPECS = every_prompt()
LANGUAGES = ("en", "zh")
SYSTEM = "{title}\n\n{topic}\n\n{outline}"
BROKEN = {
    "propose_plans": "Plans, please.",
    "tell": "{text} {plans} {weather}",
    "read_manuscript": "{weather}",
    "summarise_opening": "Sum up.",
    "no_such_prompt": "Anything.",
}

EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
EVERY_MODE = pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
EVERY_NAME = pytest.mark.parametrize("name", sorted(SPECS))
EVERY_BROKEN = pytest.mark.parametrize(("name", "template"), BROKEN.items(), ids=BROKEN)


def least(spec: PromptSpec) -> str:
    """A prompt of one's own that names what it must, and no more."""
    return "\n\n".join(["In my own words.", *(f"{{{name}}}" for name in spec.required)])


def asked_of(model: FakeChatModel, beginning_with: str) -> list[str]:
    return [asked[-1].text for asked in model.asked if asked[-1].text.startswith(beginning_with)]


# Nothing is lost by it


@EVERY_LANGUAGE
@EVERY_MODE
@EVERY_NAME
def test_what_ones_own_prompt_does_not_name_follows_it(name: str, mode: Mode, language: str) -> None:
    spec, default = SPECS[name], load(SPECS[name], language_named(language), mode)
    own = replaced(spec, least(spec), default)
    told = placeholders(default.template) - {*spec.sizes}
    filled = own.fill(**{place: f"<{place}>" for place in {*spec.required, *spec.optional}})
    assert filled.startswith("In my own words.")
    assert all(filled.count(f"<{place}>") == 1 for place in told)
    assert own.fill(**dict.fromkeys(spec.required, "x")) == check(spec, least(spec)).fill(
        **dict.fromkeys(spec.required, "x")
    )


@EVERY_LANGUAGE
def test_what_is_said_of_the_plans_and_where_the_book_is_reach_prompts_of_ones_own(
    fake_model: FakeChatModel, language: str
) -> None:
    own = {name: least(SPECS[name]) for name in ("propose_plans", "generate_paragraph", "system")}
    context = HUMAN.model_copy(update={"prompts": own, "opening_paragraphs": 1})
    run = compiled()
    premise = {**TOPIC, "language": language, "style_sheet": "SHEET", "target_paragraphs": 1}
    run.invoke(premise, THREAD, context=context)
    run.invoke(Command(resume={"feedback": "QUIETER"}), THREAD, context=context)
    run.invoke(Command(resume={"plan": 1, "chapter": "CHAPTER"}), THREAD, context=context)
    asked = asked_of(fake_model, "In my own words.")
    assert sum("QUIETER" in text for text in asked) == 1
    assert any("CHAPTER" in text for text in asked)
    last = {"en": "the last paragraph of the book", "zh": "全书的最后一段"}[language]
    assert sum(last in text for text in asked) >= len(asked) - 1 > 0
    assert all("SHEET" in messages[0].text for messages in fake_model.asked)


def test_it_is_said_when_it_is_set_what_follows_ones_own_words() -> None:
    context = Context(model="openai:gpt", prompts={"propose_plans": least(SPECS["propose_plans"]), "system": SYSTEM})
    (plans, system) = notices(Library.of_the_process(), language_named("en"), context)
    assert "'propose_plans' does not name" in (said := say_part(plans))
    assert "{feedback} (The author says of what was refused, and it holds for the new plans, also where" in said
    assert "{refused} (Refused for the next paragraph" in said
    assert "{place}," in said
    assert "{plan_sentences}" not in said, "a figure is for one's own words to say"
    assert "{style_sheet}" in say_part(system)
    assert "自拟的提示词“system”" in say_part(system, "zh")
    whole = {name: load(spec, language_named("en")).template for name, spec in SPECS.items()}
    assert said_after(whole, SPECS, language_named("en")) == []


# Words stay


@EVERY_NAME
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_no_word_of_ones_own_goes_because_a_place_is_empty(name: str, newline: str) -> None:
    spec = SPECS[name]
    for place in {*spec.required, *spec.optional}:
        template = (
            f"You are a {{{place}}} poet. Always rhyme.\n\nSay {{{place}}} twice\n\nNow: never {{{place}}}, please."
        )
        filled = Prompt(name, check(PromptSpec(name, (place,)), template.replace("\n", newline)).template).fill()
        assert filled == "You are a poet. Always rhyme.\n\nSay twice\n\nNow: never , please."


@pytest.mark.parametrize(
    ("template", "left"),
    [
        ("Genre: {genre}", ""),
        ("The genre:\n{genre}", ""),
        ("**Genre:** {genre}", ""),
        ("类型：{genre}", ""),
        ("> {genre}", ""),
        ("Always rhyme.\nGenre: {genre}\nNever shout.", "Always rhyme.\nNever shout."),
        ("Always rhyme.\nThe genre:\n{genre}\nNever shout.", "Always rhyme.\nNever shout."),
        ("Always rhyme. Genre: {genre}", "Always rhyme. Genre: "),
        ("Always rhyme.\n\n \t\n{genre}\n\nNever shout.", "Always rhyme.\n\nNever shout."),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_only_introduces_a_value_goes_with_it(template: str, left: str, newline: str) -> None:
    prompt = check(PromptSpec("any", optional=("genre",)), template.replace("\n", newline))
    assert prompt.fill(genre=" ") == left
    assert "epic" in prompt.fill(genre="epic")


@EVERY_LANGUAGE
@EVERY_MODE
@EVERY_NAME
def test_no_prompt_of_the_project_keeps_a_heading_over_nothing(name: str, mode: Mode, language: str) -> None:
    spec = SPECS[name]
    for block in blocks_of(load(spec, language_named(language), mode).template):
        if placeholders(block) and placeholders(block) <= set(spec.optional) - set(spec.sizes):
            assert not Prompt(name, block).fill()


def test_an_instruction_reaches_the_model_without_a_genre(fake_model: FakeChatModel) -> None:
    own = {"system": f"You are a {{genre}} poet. Always rhyme.\n\n{SYSTEM}".replace("\n", "\r\n")}
    compiled().invoke({**TOPIC, "target_paragraphs": 0}, THREAD, context=FIRST.model_copy(update={"prompts": own}))
    assert fake_model.asked
    for messages in fake_model.asked:
        assert messages[0].text.startswith("You are a poet. Always rhyme.\n\n")
        assert "Outline" not in messages[0].text


# What cannot work is refused at once


@EVERY_BROKEN
def test_a_graph_refuses_it_before_anything_is_paid_for(fake_model: FakeChatModel, name: str, template: str) -> None:
    context = FIRST.model_copy(update={"prompts": {name: template}})
    novelist: Any = in_messages(NOVELIST).compile(checkpointer=InMemorySaver())
    reading: Any = import_graph(lambda: ["A."], 1, prompts=SPECS.values()).compile(checkpointer=InMemorySaver())
    said = {"messages": [HumanMessage("A lamp")]}
    for run, given in ((compiled(), TOPIC), (novelist, said), (reading, {**TOPIC, "lineage": []})):
        with pytest.raises(PromptError, match=name):
            run.invoke({**given}, THREAD, context=context)
    assert not fake_model.asked


@EVERY_BROKEN
def test_the_command_line_refuses_it_before_anything_is_asked_or_changed(
    fake_model: FakeChatModel, name: str, template: str
) -> None:
    library, record = begun(1)
    asked = len(fake_model.asked)
    for command in (["resume"], ["redo"], ["write", "--topic", "A lamp"]):
        done = CliRunner().invoke(app, [*command, "--set", f"{name}_prompt={template}"])
        assert isinstance(done.exception, PromptError), command
    assert len(fake_model.asked) == asked
    assert [kept.story_id for kept in library.records()] == [record.story_id]
    assert library.find().branch == record.branch
    assert not library.find().context.prompts


@pytest.mark.parametrize(
    ("changes", "mode", "works"),
    [
        ({"prompt_tokens": 1000}, AUTHOR, False),
        ({"prompt_tokens": 2200}, AUTHOR, False),
        ({"prompt_tokens": 2300}, AUTHOR, True),
        ({"prompt_tokens": 2300, "paragraph_sentences": 40}, AUTHOR, False),
        ({"prompt_tokens": 1900}, INTERACTIVE_FICTION, True),
        ({"prompt_tokens": 2300, "plan_count": 9, "plan_selection": "first"}, AUTHOR, True),
        ({"prompt_tokens": 2300, "plan_count": 9, "plan_selection": "model"}, AUTHOR, False),
    ],
)
def test_a_budget_that_leaves_nothing_is_refused(
    fake_model: FakeChatModel, changes: dict[str, Any], mode: Mode, *, works: bool
) -> None:
    context = HUMAN.changed(changes)
    context = Context(**{name: getattr(context, name) for name in {"model", *changes}})
    story = StoryInput(topic="A lamp", mode=mode.name)
    if works:
        asyncio.run(beginning.begin(Library.of_the_process(), story, context))
        return
    with pytest.raises(SettingsError, match=r"prompt_tokens=\d+ leaves nothing"):
        asyncio.run(beginning.begin(Library.of_the_process(), story, context))
    with pytest.raises(SettingsError, match=r"prompt_tokens=\d+ leaves nothing"):
        compiled().invoke({**TOPIC, "mode": mode.name}, THREAD, context=context)
    assert not fake_model.asked


@pytest.mark.parametrize("count", [3, 9])
def test_the_plans_that_a_model_chooses_from_stay_within_the_budget(fake_model: FakeChatModel, count: int) -> None:
    sizes = {"retrieve_k": 8, "retrieve_in_short": 0, "memory_max_sentences": 10, "plan_count": count}
    context = Context(model="fake", plan_selection="model", prompt_tokens=4700, **sizes)
    done = builder.compile(checkpointer=InMemorySaver()).invoke(  # type: ignore[call-overload]
        {**TOPIC, "target_paragraphs": 10}, {**THREAD, "recursion_limit": 99}, context=context
    )
    assert any(passage["shown"] != "whole" for passage in done["retrieved"])
    chosen = [asked for asked in fake_model.asked if "These plans are on the table" in asked[-1].text]
    assert chosen
    assert max(sum(count_tokens(message.text) for message in asked) for asked in chosen[1:]) <= 4700


def test_room_is_kept_for_the_plans_that_a_model_chooses_from() -> None:
    usual = Context(prompt_tokens=9000, plan_count=9)
    a_model = usual.model_copy(update={"plan_selection": "model"})
    assert room_for_prompt(usual, None) - room_for_prompt(a_model, None) == 40 * (9 * 5 - 20)


# What was wrong with an answer reaches no later gate


def refusing(*refused: int) -> Callable[[list[BaseMessage], dict[str, Any] | None], str | None]:
    """Answers the n-th calls for prose with too little."""
    calls = 0

    def interfere(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        nonlocal calls
        del messages
        calls += schema is None
        return "No." if schema is None and calls in refused else None

    return interfere


@EVERY_LANGUAGE
@pytest.mark.parametrize("refused", [(1,), (2,), (1, 3, 5)])
def test_a_complaint_about_prose_reaches_no_later_gate(
    fake_model: FakeChatModel, language: str, refused: tuple[int, ...]
) -> None:
    fake_model.interfere = refusing(*refused)
    context = FIRST.model_copy(update={"opening_paragraphs": 1})
    compiled().invoke({**TOPIC, "language": language, "target_paragraphs": 2}, THREAD, context=context)
    template = load(SPECS["try_again"], language_named(language)).template
    complaint = template[: PLACEHOLDER.search(template).start()]  # type: ignore[union-attr]
    told = [asked for asked in fake_model.asked if complaint in "".join(message.text for message in asked)]
    assert len(told) == len(refused)
    assert all(len(asked) == 2 for asked in told), "only the gate whose answer it was"


def test_a_complaint_about_repetition_reaches_no_later_gate(fake_model: FakeChatModel) -> None:
    context = FIRST.model_copy(update={"repetition_limit": 0})
    song = "the same old song is sung by all of them again"
    songs = iter("".join(f"In {number} {song}. " for number in range(first, first + 20)) for first in (10, 40))

    def sing(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        return next(songs, None) if schema is None else None

    fake_model.interfere = sing
    compiled().invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=context)
    told = [asked for asked in fake_model.asked if "says again what" in "".join(message.text for message in asked)]
    assert told
    assert all(len(asked) == 2 for asked in told)


# What is set is sent, and can be cleared


@pytest.mark.parametrize("use_rationale", [True, False])
@pytest.mark.parametrize("names", [("rewrite_short_term",), ("rewrite_short_term_alone",), SPECS], ids=len)
def test_a_prompt_of_ones_own_for_the_memory_is_sent(
    fake_model: FakeChatModel, names: tuple[str, ...], *, use_rationale: bool
) -> None:
    own = {name: f"MY {name}:\n\n{least(SPECS[name])}" for name in names if name.startswith("rewrite")}
    context = FIRST.model_copy(update={"prompts": own, "use_rationale": use_rationale})
    compiled().invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=context)
    sent = {text.splitlines()[0] for text in asked_of(fake_model, "MY ")}
    wanted = "rewrite_short_term" if use_rationale or len(own) == 1 else "rewrite_short_term_alone"
    if len(own) == 1 and (wanted not in own):
        wanted = "" if use_rationale else "rewrite_short_term_alone"
    assert sent == ({f"MY {wanted}:"} if wanted else set())


@pytest.mark.parametrize("rules", [{}, {"fact_rules": "MY RULES:\n\n{changes}"}], ids=len)
def test_how_facts_change_is_said_once_where_some_have_numbers(
    fake_model: FakeChatModel, rules: dict[str, str]
) -> None:
    fake_model.interfere = tell
    compiled().invoke({**TOPIC, "target_paragraphs": 4}, THREAD, context=FIRST.model_copy(update={"prompts": rules}))
    said = say_part({"phrase": "facts_change"})
    sent = ["\n".join(message.text for message in asked) for asked in fake_model.asked]
    keeping = [text for text in sent if "Keep the record." in text]
    assert keeping
    assert [text.count(said) for text in keeping] == [1] * len(keeping)
    if not rules:
        assert not any(said in text for text in sent if text not in keeping), "only where it is asked for"


@EVERY_NAME
def test_each_prompt_can_be_set_and_cleared_with_an_empty_value(name: str) -> None:
    before = Context(prompts={"system": SYSTEM, name: least(SPECS[name])})
    assert name not in before.changed({f"{name}_prompt": ""}).prompts
    assert not before.changed({"prompts": ""}).prompts


@EVERY_MODE
@pytest.mark.parametrize("name", Context.model_fields)
def test_each_setting_is_cleared_with_an_empty_value(name: str, mode: Mode) -> None:
    usual = Context().sized_for(mode)
    one = {"model": "fake", "prompts": {"system": SYSTEM}, "plan_selection": "first"}.get(name, getattr(usual, name))
    number = {"timeout": 9.0, "temperature": 1.5, "seed": 3, "prompt_tokens": 9000, "chapter_paragraphs": 9}
    set_to = number.get(name, not one if isinstance(one, bool) else one)
    before = Context.model_validate({**usual.model_dump(), name: set_to})
    assert options.changed(before, setting=[f"{name}="], mode=mode) == usual


def test_settings_that_were_set_are_cleared_by_a_command(fake_model: FakeChatModel) -> None:
    assert fake_model
    library, record = begun(1)
    for given, kept in ((f"system_prompt={SYSTEM}", {"system": SYSTEM}), ("system_prompt=", {})):
        done = CliRunner().invoke(app, ["resume", "--paragraphs", "1", "--set", given])
        assert done.exit_code == 0, done.exception
        assert library.find(record.story_id).context.prompts == kept


# Studio


def test_a_setting_is_shown_at_every_gate_that_it_changes() -> None:
    schema = (builder.compile().get_context_jsonschema() or {})["properties"]
    asking = {name for name, gate in every_gate().items() if gate.record.answers or gate.record.writes_prose}
    at = {name: set(schema[f"{name}_prompt"]["langgraph_nodes"]) for name in ("system", "try_again")}
    assert at["system"] == at["try_again"] == asking - {"remember_batch"}
    assert "store_opening" in schema["rewrite_short_term_prompt"]["langgraph_nodes"]


# The page


def test_the_page_shows_the_projects_own_beside_it_and_clears_what_no_gate_sends(fake_model: FakeChatModel) -> None:
    assert fake_model
    library = Library.of_the_process()
    old = Context(model="fake", opening_paragraphs=1, prompts={"of_an_older_version": "Words."})
    record = library.begin(StoryInput(topic="A lamp", language="zh"), old)
    offered = Offered.by(library, story=record)
    groups = settings_form(Words("en"), record.context, Context(), offered=offered)
    shown = {control.name: control for group in groups if group.name == "prompts" for control in group.controls}
    assert shown["prompts.system"].default == load(SPECS["system"], language_named("zh")).template
    assert shown["prompts.of_an_older_version"].value == "Words."
    cleared = read_settings({"prompts.of_an_older_version": ""}, AUTHOR, old, offered)
    beginning.check_settings(library, cleared)
    assert not cleared.prompts


# Where it reaches


class Seeded(FakeChatModel):
    """A provider's model that takes a seed."""

    seed: int | None = None


@pytest.mark.parametrize(("kind", "reached"), [(Seeded, 7), (FakeChatModel, None)])
def test_the_seed_reaches_a_provider_whose_model_takes_one(
    monkeypatch: pytest.MonkeyPatch, kind: type[FakeChatModel], reached: int | None
) -> None:
    monkeypatch.setattr("langchain.chat_models.init_chat_model", lambda _name, **_: kind())
    model = ChatModels().resolve(Context(model="somewhere:model", seed=7))
    assert model.seed == getattr(model.chat, "seed", None) == reached
    if reached:
        assert getattr(model.on(2), "seed", None) == reached + 1
