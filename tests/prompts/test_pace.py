"""What a writer is told of where its paragraph stands, how fast to go and how to set it: true, and of one mind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from graph_at_hand import FIRST, HUMAN, THREAD, book, compiled
from recurrentgpt.graph.conversation import in_messages
from recurrentgpt.nodes.passages import in_passages
from recurrentgpt.prompts import phrase
from recurrentgpt.schemas.assistants import CO_AUTHOR, NOVELIST
from recurrentgpt.schemas.languages import language_named, texts
from recurrentgpt.schemas.modes import mode_named
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.importing import keep_manuscript, read_on
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.manuscript import ToRead
from stories_at_hand import at, begun, write
from tongues import EN, ZH

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel

IN_BOTH = pytest.mark.parametrize("language", ["en", "zh"])
IN_EACH_MODE = pytest.mark.parametrize("mode", ["author", "interactive_fiction"])
ONE = FIRST.model_copy(update={"opening_paragraphs": 1})
ASKED = HUMAN.model_copy(update={"opening_paragraphs": 1})
PLAN = {"en": "Plan for the next paragraph", "zh": "下一段的计划"}
DOES = {"en": "What the player now does", "zh": "玩家此刻"}
PLACES = ("place_opening", "place_middle", "place_climax", "place_ending", "place_last")
CHAPTER = ("Give the chapter a title", "请给这一章起")
TITLED = {"en": "“The Cellar”", "zh": "《The Cellar》"}


def said(language: str, phrase: str, mode: str = "author") -> str:
    """A phrase from what is put into it last."""
    return texts(language, "phrases", mode)[phrase].rpartition("}")[2]


def parts(language: str, mode: str = "author") -> tuple[str, ...]:
    return tuple(said(language, name, mode) for name in PLACES)


def premise(language: str = "en", **more: Any) -> dict[str, Any]:
    return {"topic": "灯塔" if language == "zh" else "A lighthouse", "language": language, **more}


def writers(model: FakeChatModel, language: str = "en") -> list[str]:
    """What each writer of a paragraph was asked, the opening's left out."""
    return [
        asked[1].text
        for asked in model.asked
        if len(asked) == 2 and (PLAN[language] in asked[1].text or DOES[language] in asked[1].text)
    ]


def whole(asked: list[BaseMessage]) -> str:
    return "\n".join(message.text for message in asked if message.type != "ai")


# Chapters


@IN_BOTH
def test_a_paragraph_goes_right_on_or_begins_a_chapter_and_never_both(fake_model: FakeChatModel, language: str) -> None:
    context = ONE.model_copy(update={"chapter_paragraphs": 2})
    compiled().invoke(premise(language, target_paragraphs=7), THREAD, context=context)
    begins, goes_on = said(language, "chapter_begins"), said(language, "goes_right_on")
    found = [(begins in text, goes_on in text) for text in writers(fake_model, language)]
    # The second paragraph after the opening begins one, and each second after it, but not the last.
    assert found == [(False, True), (True, False)] * 3 + [(False, True)]


@IN_BOTH
@pytest.mark.parametrize("title", ["", "The Cellar"])
def test_a_chapter_that_a_person_begins_is_in_a_new_scene(fake_model: FakeChatModel, language: str, title: str) -> None:
    run = compiled()
    run.invoke(premise(language), THREAD, context=ASKED)
    state = run.invoke(Command(resume={"plan": 1, "chapter": title}), THREAD, context=ASKED)
    (text,) = writers(fake_model, language)
    assert said(language, "goes_right_on") not in text
    assert said(language, "chapter_begins_titled" if title else "chapter_begins") in text
    assert (TITLED[language] in text) is bool(title)
    assert [chapter["seq"] for chapter in state["chapters"]] == [1]


@IN_BOTH
def test_one_s_own_prompt_without_a_place_for_the_start_is_told_of_the_chapter(
    fake_model: FakeChatModel, language: str
) -> None:
    own = f"{PLAN[language]} {{plan}} {{short_term_memory}} {{passages}} {{last_paragraph}}\n\n{{place}}"
    context = ONE.model_copy(update={"chapter_paragraphs": 1, "prompts": {"generate_paragraph": own}})
    compiled().invoke(premise(language, target_paragraphs=3), THREAD, context=context)
    assert said(language, "chapter_begins") in writers(fake_model, language)[0]


@IN_BOTH
def test_the_title_of_a_chapter_is_asked_of_what_was_written(fake_model: FakeChatModel, language: str) -> None:
    context = FIRST.model_copy(update={"chapter_paragraphs": 2, "paragraph_sentences": 8})
    compiled().invoke(premise(language, target_paragraphs=0), THREAD, context=context)
    (asked,) = [text for one in fake_model.asked if any(words in (text := one[-1].text) for words in CHAPTER)]
    assert not [words for words in ("paragraph", "一段") if words in asked]


# The end


@IN_BOTH
@IN_EACH_MODE
def test_the_last_paragraph_begins_nothing(fake_model: FakeChatModel, language: str, mode: str) -> None:
    context = ONE.model_copy(update={"new_character_chance": 1, "chapter_paragraphs": 1})
    state = compiled().invoke(premise(language, target_paragraphs=7, mode=mode), THREAD, context=context)
    *before, last = writers(fake_model, language)
    assert said(language, "place_last", mode) in last
    assert said(language, "new_character", mode) not in last
    assert said(language, "chapter_begins", mode) not in last
    assert [chapter["seq"] for chapter in state["chapters"]] == list(range(7))
    assert all(said(language, "chapter_begins", mode) in text for text in before)
    endings = [text for text in before if said(language, "place_ending", mode) in text]
    assert endings
    assert not [text for text in endings if said(language, "new_character", mode) in text]
    assert all(said(language, "new_character", mode) in text for text in before if text not in endings)


@IN_BOTH
@pytest.mark.parametrize("target", [1, 5, 30])
def test_who_ends_a_book_is_not_told_to_take_time(fake_model: FakeChatModel, language: str, target: int) -> None:
    compiled().invoke(premise(language, target_paragraphs=target), THREAD, context=ONE)
    ends = (said(language, "place_ending"), said(language, "place_last"))
    tasks = [f"{asked[0].text}\n{asked[-1].text}" for asked in fake_model.asked]
    ending = [task for task in tasks if any(end in task for end in ends)]
    assert len(ending) > target // 6
    lingering = (
        said(language, "pace_free"),
        said(language, "plan_may_last"),
        "slow",
        "small step",
        "long ",
        "长篇",
        "一小步",
    )
    assert not [words for text in ending for words in lingering if words in text]


# Where the book is


@IN_BOTH
@IN_EACH_MODE
@pytest.mark.parametrize("target", [1, 2, 5, pytest.param(12, marks=pytest.mark.long)])
@pytest.mark.parametrize("opening", [1, 3])
def test_paragraphs_are_numbered_as_the_book_has_them(
    fake_models: Callable[..., FakeChatModel], language: str, mode: str, target: int, opening: int
) -> None:
    block = "\n\n".join(f"{number} {'灯亮了。' * 8 if language == 'zh' else 'It rains. ' * 8}" for number in range(3))
    model = fake_models(interfere=lambda asked, schema: block if schema is None and len(asked[1].text) < 600 else None)
    context = FIRST.model_copy(update={"opening_paragraphs": opening, "repetition_limit": 1})
    compiled().invoke(premise(language, target_paragraphs=target, mode=mode), THREAD, context=context)
    told = writers(model, language)
    assert len(told) == target
    for number, text in enumerate(told, start=opening + 1):
        name = next(name for name in PLACES if said(language, name, mode) in text)
        spoken, as_mode, last = language_named(language), mode_named(mode), opening + target
        assert phrase(name, spoken, as_mode, number=number, target=last, left=last - number) in text
    found = [next(part for part in parts(language, mode) if part in text) for text in told]
    assert found == sorted(found, key=parts(language, mode).index)
    assert found[-1] == said(language, "place_last", mode)


@IN_BOTH
def test_an_imported_book_that_is_to_end_is_not_at_its_beginning(fake_model: FakeChatModel, language: str) -> None:
    library, record = imported(language, 40)
    at(library, record, lambda story: story.end_in(10))
    asked = len(fake_model.asked)
    at(library, record, lambda story: write(story, 10))
    told = [text for text in writers(fake_model, language) if any(part in text for part in parts(language))]
    assert len(told) == 10
    found = [next(part for part in parts(language) if part in text) for text in told]
    assert found[0] == said(language, "place_climax")
    assert found[-1] == said(language, "place_last")
    assert said(language, "place_climax") in fake_model.asked[asked][-1].text, "plans that know of the end come first"


def imported(language: str, count: int) -> Any:
    words = "灯塔亮了第{}次。" if language == "zh" else "The lamp was lit for the {}th time."
    paragraphs = [words.format(number) for number in range(count)]
    library = Library.of_the_process()
    record = library.begin(
        StoryInput(**premise(language), title="Read"),
        ONE,
        before=lambda folder: keep_manuscript(folder, ToRead("", paragraphs, [])),
    )

    async def read(story: Any) -> None:
        async for _ in read_on(story, ONE):
            pass

    at(library, record, read)
    return library, record


def test_plans_of_before_make_way_where_a_story_is_told_to_end(fake_model: FakeChatModel) -> None:
    library, record = begun(2)
    before = at(library, record, lambda story: story.state())["plans"]
    at(library, record, lambda story: story.end_in(1))
    asked = len(fake_model.asked)
    at(library, record, lambda story: write(story, 1))
    assert said("en", "place_last_planned") in fake_model.asked[asked][-1].text
    assert before[0]["text"] not in writers(fake_model)[-1]
    # The same end named once more leaves them where they are.
    library, record = begun(2)
    at(library, record, lambda story: story.end_in(20))
    at(library, record, lambda story: write(story, 1))
    plans = at(library, record, lambda story: story.state())["plans"]
    at(library, record, lambda story: story.end_in(19))
    at(library, record, lambda story: write(story, 1))
    assert plans[0]["text"] in writers(fake_model)[-1]


@IN_BOTH
def test_plans_that_are_made_after_the_end_are_not_told_of_an_end(fake_model: FakeChatModel, language: str) -> None:
    compiled().invoke(premise(language, target_paragraphs=2), THREAD, context=ONE)
    assert not [part for part in parts(language) if part in fake_model.asked[-1][-1].text]


def test_a_conversation_that_goes_on_after_its_end(fake_model: FakeChatModel) -> None:
    run: Any = in_messages(NOVELIST).compile(checkpointer=InMemorySaver())
    for text in ("Foxes", "The vixen leaves."):
        run.invoke({"messages": [HumanMessage(text)]}, THREAD, context=ONE)
    told = writers(fake_model)
    assert "paragraph 7 of 11" in told[5]
    assert ["last paragraph of the book" in text for text in told] == ([False] * 4 + [True]) * 2


def test_a_conversation_without_a_length_of_its_own_goes_on_without_an_end(fake_model: FakeChatModel) -> None:
    run: Any = in_messages(CO_AUTHOR).compile(checkpointer=InMemorySaver())
    run.invoke({"messages": [HumanMessage("Foxes")], "target_paragraphs": 1}, THREAD, context=ASKED)
    for text in ("1", "The vixen leaves.", "1"):
        run.invoke({"messages": [HumanMessage(text)]}, THREAD, context=ASKED)
    told = writers(fake_model)
    assert ["last paragraph of the book" in text for text in told] == [True, False, False]
    assert run.get_state(THREAD).values["target_paragraphs"] is None


# Pace


@IN_BOTH
@IN_EACH_MODE
@pytest.mark.parametrize(("target", "pace"), [(None, "pace_free"), (5, "pace_quick"), (30, ""), (100, "pace_free")])
def test_the_pace_agrees_with_the_length(
    fake_model: FakeChatModel, language: str, mode: str, target: int | None, pace: str
) -> None:
    run = compiled()
    run.invoke(premise(language, target_paragraphs=target, mode=mode), THREAD, context=ASKED)
    run.invoke(Command(resume=1), THREAD, context=ASKED)
    (text,) = writers(fake_model, language)
    for name in ("pace_free", "pace_quick"):
        assert (said(language, name, mode) in text) is (name == pace)
        assert (said(language, name, mode) in whole(fake_model.asked[-1])) is (name == pace)


@IN_BOTH
@IN_EACH_MODE
def test_no_fixed_pace_stands_beside_the_style_sheet(fake_model: FakeChatModel, language: str, mode: str) -> None:
    given = premise(language, target_paragraphs=2, mode=mode, style_sheet="Skip time freely.", genre="thriller")
    compiled().invoke(given, THREAD, context=ONE)
    begun = {asked[0].text.partition("Skip time freely.")[0] for asked in fake_model.asked[1:]}
    assert len(begun) == 1, "a cache knows it"
    label = begun.pop().splitlines()[-1]
    assert ("it holds" in label) or ("以此为准" in label)
    for words in ("long book", "slow", "small steps", "hundred pages", "长篇", "从容", "一小步", "一百页"):
        assert not [asked for asked in fake_model.asked if words in whole(asked)]


@IN_BOTH
@IN_EACH_MODE
def test_the_system_part_holds_for_every_gate(fake_model: FakeChatModel, language: str, mode: str) -> None:
    """What it promises is there at the opening too, and what it forbids is no later gate's task."""
    compiled().invoke(premise(language, target_paragraphs=1, mode=mode), THREAD, context=ONE)
    assert not [asked for asked in fake_model.asked if "1 paragraphs" in whole(asked)]
    for words in ("short-term memory", "recalled", "summed up", "短期记忆", "想起的", "不作概述"):
        assert not [asked for asked in fake_model.asked if words in asked[0].text]


# The opening


@IN_BOTH
@IN_EACH_MODE
@pytest.mark.parametrize(("title", "outline"), [("", ""), ("The Lamp", ""), ("", "Mara drowns."), ("The Lamp", "She.")])
def test_only_what_is_missing_is_asked_for(
    fake_model: FakeChatModel, language: str, mode: str, title: str, outline: str
) -> None:
    given = premise(language, target_paragraphs=0, mode=mode, title=title, outline=outline)
    state = compiled().invoke(given, THREAD, context=ONE)
    asks = [asked[-1].text for asked in fake_model.asked if len(asked) == 2]
    for key, value, name in (("find_title", title, "title"), ("draft_outline", outline, "outline")):
        assert any(said(language, key, mode) in text for text in asks) is not bool(value)
        assert state[name] == value or not value
        assert state[name]


ASKED = HUMAN.model_copy(update={"opening_paragraphs": 1})


@IN_BOTH
@IN_EACH_MODE
@pytest.mark.parametrize(("target", "parts"), [(None, (3, 6)), (9, (3, 6)), (4, (3, 5)), (2, (2, 3)), (0, (1, 2))])
def test_an_outline_has_no_more_parts_than_the_book_has_paragraphs(
    fake_model: FakeChatModel, language: str, mode: str, target: int | None, parts: tuple[int, int]
) -> None:
    compiled().invoke(
        premise(language, target_paragraphs=target, mode=mode, title="", outline=""), THREAD, context=ASKED
    )
    words = texts(language, "phrases", mode)["draft_outline"].format(least=parts[0], most=parts[1])
    assert any(words in asked[-1].text for asked in fake_model.asked)


@IN_BOTH
@IN_EACH_MODE
def test_what_the_outline_demands_can_be_refused_in_its_manner_alone(
    fake_model: FakeChatModel, language: str, mode: str
) -> None:
    given = premise(language, target_paragraphs=2, mode=mode, title="x", outline="Mara drowns.")
    story, words = compiled(), texts(language, "phrases", mode)["refused_manner"]
    story.invoke(given, THREAD, context=ASKED)
    for _ in range(2):  # an outline has parts before its end too
        story.invoke(Command(resume={"feedback": "x"}), THREAD, context=ASKED)
        assert words in fake_model.asked[-1][-1].text
        story.invoke(Command(resume=1), THREAD, context=ASKED)
        assert words not in fake_model.asked[-1][-1].text


@IN_BOTH
@pytest.mark.parametrize(("count", "size"), [(1, 8), (3, 30), (10, 40)])
def test_an_opening_of_any_size_is_asked_for_in_one_number_and_taken(
    fake_models: Callable[..., FakeChatModel], language: str, count: int, size: int
) -> None:
    sentence = "第{}盏灯亮了。" if language == "zh" else "Lamp {} was lit. "
    slab = "".join(sentence.format(number) for number in range(count * size)).strip()
    first: list[str] = []

    def answer(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is not None or first:
            return None
        first.append(slab)
        return slab

    model = fake_models(interfere=answer)
    context = HUMAN.model_copy(update={"opening_paragraphs": count, "paragraph_sentences": size})
    state = compiled().invoke(premise(language), THREAD, context=context)
    (asked,) = [asked[-1].text for asked in model.asked if len(asked) == 2 and str(count * size) in asked[-1].text]
    assert f"{count} paragraphs" not in asked
    assert f"{count} 段" not in asked
    assert len(book(state)) == count
    assert "".join("".join(book(state)).split()) == "".join(slab.split())


@pytest.mark.parametrize("language", [EN, ZH])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("lengths", [[60], [1, 1, 1, 40, 1, 1], [5, 5, 5], [20, 1], [1], [30, 30, 30, 30, 1]])
def test_an_opening_is_cut_evenly_and_to_the_letter(language: Any, count: int, lengths: list[int]) -> None:
    sentence = "灯亮了。" if language is ZH else "It rains. "
    text = "\n\n".join((sentence * length).strip() for length in lengths)
    passages = in_passages(text, count, 20, language)
    assert "".join("".join(passages).split()) == "".join(text.split())
    assert 1 <= len(passages) <= count
    assert all(passages)
    if len(lengths) >= count or sum(lengths) >= 20 * count:
        assert len(passages) == count


# The shape of a paragraph


@IN_BOTH
@IN_EACH_MODE
def test_a_paragraph_is_asked_for_in_as_many_as_it_needs(fake_model: FakeChatModel, language: str, mode: str) -> None:
    compiled().invoke(premise(language, target_paragraphs=1, mode=mode), THREAD, context=ONE)
    shape = "按需要分成若干自然段，自然段之间空一行" if language == "zh" else "with an empty line between them"
    wrote = [asked[-1].text for asked in fake_model.asked if len(asked) == 2 and shape in asked[-1].text]
    assert len(wrote) == 2, "the opening, and the paragraph after it"


def answering(answers: list[str]) -> Callable[[list[BaseMessage], dict[str, Any] | None], str | None]:
    """One after the other for paragraphs after the opening; the last stays."""

    def answer(asked: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        is_writer = schema is None and any(plan in asked[1].text for plan in PLAN.values())
        return (answers.pop(0) if len(answers) > 1 else answers[0]) if is_writer else None

    return answer


def told(language: str, count: int) -> str:
    sentence = "第{}盏灯亮了。" if language == "zh" else "Lamp {} was lit. "
    return "".join(sentence.format(number) for number in range(count)).strip()


@IN_BOTH
@pytest.mark.parametrize(
    ("counts", "kept"),
    [([150, 9], 9), ([150, 40], 40), ([40, 150], 40), ([1, 7], 7), ([1, 1], 1), ([1, 60], 1), ([20], 20), ([3], 3)],
)
def test_much_too_long_or_short_is_asked_for_once_more_and_the_nearer_stands(
    fake_models: Callable[..., FakeChatModel], language: str, counts: list[int], kept: int
) -> None:
    model = fake_models(interfere=answering([told(language, count) for count in counts]))
    context = ONE.model_copy(update={"paragraph_sentences": 8, "repetition_limit": 1})
    state = compiled().invoke(premise(language, target_paragraphs=1), THREAD, context=context)
    assert state["paragraph"] == told(language, kept)
    assert len(writers(model, language)) == len(counts)


REFUSALS = {
    "en": [
        "I'm sorry, but I can't write that.",
        "I’m sorry, but I can’t help with this request. I could tell another story instead.",
        "I cannot continue this story.",
        "As an AI language model, I cannot do that.",
    ],
    "zh": ["抱歉，我无法继续写这个故事。", "对不起，我不能提供此类内容。", "作为一个人工智能，我不能这样做。"],
}
SIZES = [1, 3, 8, 12, 20, 100]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("language", "refusal"), [(tag, text) for tag, refusals in REFUSALS.items() for text in refusals]
)
def test_a_refusal_is_no_story_at_any_size(
    fake_models: Callable[..., FakeChatModel], language: str, refusal: str, size: int
) -> None:
    story = told(language, size)
    fake_models(interfere=answering([refusal, story]))
    context = ONE.model_copy(update={"paragraph_sentences": size, "repetition_limit": 1})
    state = compiled().invoke(premise(language, target_paragraphs=1), THREAD, context=context)
    assert state["paragraph"] == story


LEAD_INS = {
    "en": [
        "Here is the next paragraph:",
        "Sure! Here's the opening of the story:",
        "Certainly:",
        "Of course. Here you go:",
    ],
    "zh": ["好的：", "好的，以下是下一段：", "当然可以，下面是故事的开头：", "Here is the next paragraph:"],
}
FIRST_LINES = {
    "en": [
        "Here is what the letter said:",
        "Of course she knew the sign:",
        "Sure enough, it read:",
        "Here is the truth:",
    ],
    "zh": ["以下是信的内容：", "以下是他留下的话：", "好的，她说："],
}


@pytest.mark.parametrize(
    ("language", "line", "is_kept"),
    [
        (language, line, is_kept)
        for is_kept, lines in ((False, LEAD_INS), (True, FIRST_LINES))
        for language in lines
        for line in lines[language]
    ],
)
def test_a_first_line_is_the_storys_unless_it_speaks_of_the_writing(
    fake_models: Callable[..., FakeChatModel], language: str, line: str, *, is_kept: bool
) -> None:
    story = told(language, 20)
    fake_models(interfere=answering([f"{line}\n\n{story}"]))
    context = ONE.model_copy(update={"repetition_limit": 1})
    state = compiled().invoke(premise(language, target_paragraphs=1), THREAD, context=context)
    assert state["paragraph"] == (f"{line}\n\n{story}" if is_kept else story)
