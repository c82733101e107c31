"""Where a story is going: its outline read into parts, which of them is told now, and who says so."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.types import Command
from typer.testing import CliRunner

from graph_at_hand import HUMAN, THREAD, TOPIC, compiled
from page_client import begun as begun_on_page
from page_client import page_client, path_of
from plain_model import PlainWriter
from recurrentgpt.memory.sentences import pieces
from recurrentgpt.nodes import beats
from recurrentgpt.nodes.answers import read
from recurrentgpt.nodes.outline_parts import in_a_line, parts_of
from recurrentgpt.nodes.propose_plans import BeatAndPlans
from recurrentgpt.schemas.beats import beat_in, beat_of
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories import branches, edits
from recurrentgpt.stories.beats import set_beat, shown
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.undo import undo
from stories_at_hand import FIRST, at, run, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel
    from recurrentgpt.schemas.languages import Language

ONE = HUMAN.model_copy(update={"opening_paragraphs": 1})
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
MODES = pytest.mark.parametrize("mode", ["author", "interactive_fiction"])
OUTLINE = {
    "en": "Mara finds the letter.\nShe learns who wrote it.\nShe puts the lamp out.",
    "zh": "玛拉发现了信。\n她得知是谁写的。\n她熄了灯。",
}
NOW = {"en": "of the {} parts of the outline, part {} is being told", "zh": "大纲共 {} 个部分，现在讲的是第 {} 部分"}
LAST = {"en": "the last of the 3 parts of the outline is being told", "zh": "大纲共 3 个部分，现在讲的是最后一部分"}
DUE = {"en": "part {} is due by now", "zh": "此时该写到第 {} 部分"}
ENDS = {"en": "The book ends as the last of the 3 parts", "zh": "全书照大纲 3 个部分中的最后一部分收尾"}
ENDING = {"en": "the book ends in paragraph 9, and no sooner", "zh": "全书到第 9 段才收尾"}
ASKS = {"en": "Say to which part of the outline", "zh": "属于大纲的第几部分"}

EN, ZH = language_named("en"), language_named("zh")


class Planner(PlainWriter):
    """A plain writer who says where in the outline the next paragraph is, whenever it is asked."""

    said: object = 1

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str:
        answer = super().__call__(messages, schema)
        if schema is None or "beat" not in schema["properties"]:
            return answer
        return json.dumps({**json.loads(answer), "beat": self.said})


@pytest.fixture
def planner(fake_models: Callable[..., object]) -> Callable[[str], tuple[FakeChatModel, Planner]]:
    def make(language: str) -> tuple[FakeChatModel, Planner]:
        writer = Planner(language)
        model: Any = fake_models(interfere=writer)
        return model, writer

    return make


def begun(language: str, **more: Any) -> Any:
    story = compiled()
    story.invoke({**TOPIC, "language": language, "outline": OUTLINE[language], **more}, THREAD, context=ONE)
    return story


def answered(story: Any, answer: object, **settings: Any) -> dict[str, Any]:
    paused = story.invoke(Command(resume=answer), THREAD, context=ONE.model_copy(update=settings))
    return {**story.get_state(THREAD).values, "asked": [one.value for one in paused.get("__interrupt__", [])]}


def plans_asked(model: FakeChatModel) -> str:
    """The last request for plans."""
    marks = ("短期记忆现在是", "The short-term memory is now")
    return next(asked[-1].text for asked in reversed(model.asked) if asked[-1].text.startswith(marks))


# Reading


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ("# Chapter 1: The Weighing\nInes comes\nto Cold Lock.", "Chapter 1: The Weighing: Ines comes to Cold Lock."),
        ("**Chapter 2**\nIt burns.", "Chapter 2: It burns."),
        ("## What now?\nIt burns.", "What now? It burns."),
        ("Mara finds the bottle\nin the sea.", "Mara finds the bottle in the sea."),
        ("第一章 死人的信\n沈阿满收到信。\n信没有拆。", "第一章 死人的信：沈阿满收到信。信没有拆。"),
    ],
)
def test_a_part_in_a_line_tells_its_heading_from_its_text(part: str, line: str) -> None:
    assert in_a_line(part) == line


@pytest.mark.parametrize(
    ("outline", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("Mara keeps the lamp.", 1),
        ("- She keeps the lamp.", 1),
        ("Mara finds it. Mr. Hale reads it. It burns.", ["Mara finds it.", "Mr. Hale reads it.", "It burns."]),
        ("Mara finds it\nShe reads it", ["Mara finds it", "She reads it"]),
        (
            "Mara finds the bottle that the keeper before her had thrown into\nthe sea.\nIt burns.",
            ["Mara finds the bottle that the keeper before her had thrown into\nthe sea.", "It burns."],
        ),
        ("Mara finds it. She hides.\n\nIt burns.", ["Mara finds it. She hides.", "It burns."]),
        (
            "In three acts:\n\n1. Mara finds\n   it.\n   - the rope\n2) She reads.",
            ["1. Mara finds\n   it.\n   - the rope", "2) She reads."],
        ),
        ("1. Mara finds it at 3.30. 2. It burns.", ["1. Mara finds it at 3.30.", "2. It burns."]),
        ("- One\n  1. a\n  2. b\n- Two", ["- One\n  1. a\n  2. b", "- Two"]),
        ("# The Lamp\n\n## Act\nA.\n\n## Act\nB.", ["## Act\nA.", "## Act\nB."]),
        ("# The Lamp\n\nShe finds.\n\nShe reads.", ["# The Lamp\n\nShe finds.", "She reads."]),
        ("Chapter 1: a\nmore\nChapter 2\nEpilogue\nz", ["Chapter 1: a\nmore", "Chapter 2", "Epilogue\nz"]),
        (
            "Part One\nChapter 1\nChapter 2\nPart Two\nChapter 3",
            ["Part One\nChapter 1\nChapter 2", "Part Two\nChapter 3"],
        ),
    ],
)
def test_an_outline_is_read_as_it_shows_its_parts(outline: str, expected: list[str] | int) -> None:
    found = parts_of(outline, EN)
    assert (len(found) if isinstance(expected, int) else found) == expected
    assert all(part in outline for part in found), "to the letter"


@pytest.mark.parametrize(
    ("outline", "expected"),
    [
        ("玛拉守着灯。她找到信。船烧了。", ["玛拉守着灯。", "她找到信。", "船烧了。"]),
        ("1、玛拉找到信。2、船烧了。", ["1、玛拉找到信。", "2、船烧了。"]),
        ("一、开端：她找到信\n二、结局：船烧了", ["一、开端：她找到信", "二、结局：船烧了"]),
        ("第一章 灯\n她守灯。\n第二章 信\n尾声\n灯灭。", ["第一章 灯\n她守灯。", "第二章 信", "尾声\n灯灭。"]),
        ("她守着灯。", ["她守着灯。"]),
    ],
)
def test_a_chinese_outline_is_read_so_too(outline: str, expected: list[str]) -> None:
    assert parts_of(outline, ZH) == expected


@pytest.mark.parametrize("kept", [None, -3, 99, "2", True, 1])
def test_a_place_that_is_none_is_one_that_there_is(kept: object) -> None:
    state = {"outline": OUTLINE["en"], "beat": kept}
    expected = {99: 2, 1: 1}.get(kept, 0) if isinstance(kept, int) and not isinstance(kept, bool) else 0
    assert [beat.state for beat in beats.beats_of(state, EN)].index("now") == expected
    assert [beat.state for beat in beats.beats_of({"outline": "", "beat": kept}, EN)] == []


def test_what_a_person_and_a_model_say_of_it_is_read() -> None:
    assert [beat_of(given) for given in (None, "", 2, " 3 ")] == [None, None, 2, 3]
    assert {beat_of(given) for given in (0, "0", True, -1, "two", 1.5, [1], "1234567")} == {-1}
    assert [beat_in(given) for given in (2, "part 2 (the letter)", "第3部分", [2], None, True, "none")] == [
        2,
        2,
        3,
        2,
        0,
        0,
        0,
    ]


def test_plans_are_read_whatever_is_said_of_the_outline() -> None:
    for said, number in (('"beat": 2,', 2), ('"beat": null,', 0), ("", 0), ('"beat": "later",', 0)):
        found = read(BeatAndPlans, None, f'{{{said} "plans": ["She rows.", "She waits."]}}', EN)
        assert (found.beat, len(found.plans)) == (number, 2)
    assert len(read(BeatAndPlans, None, '[{"text": "She rows."}, {"text": "She waits."}]', EN).plans) == 2
    sections = read(BeatAndPlans, None, "Part of the outline: 2\nPlan 1: She rows.\nRecall 1: the oars", EN)
    assert (sections.beat, sections.plans[0].recall) == (2, ["the oars"])


# Through the graph


@LANGUAGES
@MODES
def test_it_is_said_where_the_story_is_going(
    planner: Callable[[str], tuple[FakeChatModel, Planner]], language: str, mode: str
) -> None:
    model, writer = planner(language)
    story = begun(language, mode=mode)
    first, second, third = (part.rstrip(".。") for part in OUTLINE[language].split("\n"))
    asked = plans_asked(model)
    assert ASKS[language] in asked
    assert NOW[language].format(3, 1) in asked
    state = answered(story, 1)
    assert NOW[language].format(3, 1) in state["prompt"]
    assert first in state["prompt"]
    assert second in state["prompt"]
    assert third not in state["prompt"]
    asked = plans_asked(model)
    assert ASKS[language] in asked
    assert NOW[language].format(3, 1) not in asked, "who wrote before was told"
    writer.said = 2
    state = answered(story, 1)
    assert state["beat"] == 1
    assert first not in answered(story, 1)["prompt"].replace(state["paragraph"], "")
    assert not any("beat" in asked or first in json.dumps(asked, ensure_ascii=False) for asked in state["asked"])


@LANGUAGES
def test_it_goes_on_by_one_a_step_and_never_back(
    planner: Callable[[str], tuple[FakeChatModel, Planner]], language: str
) -> None:
    model, writer = planner(language)
    writer.said = "3 (or 2)"
    story = begun(language)
    assert story.get_state(THREAD).values["beat"] == 1
    assert answered(story, {"feedback": "slower"})["beat"] == 1, "asked once a step"
    assert ASKS[language] not in plans_asked(model)
    writer.said = 1
    state = answered(story, 1)
    assert (state["beat"], NOW[language].format(3, 2) in state["prompt"]) == (1, True)
    writer.said = None
    assert answered(story, 1)["beat"] == 1
    writer.said = 9
    assert answered(story, 1)["beat"] == 2
    assert ASKS[language] in plans_asked(model)
    state = answered(story, 1)
    assert LAST[language] in state["prompt"]
    assert state["beat"] == 2
    assert ASKS[language] not in plans_asked(model)


@LANGUAGES
@pytest.mark.parametrize("outline", ["Mara keeps the lamp.", "- 玛拉守着灯。"])
def test_of_an_outline_of_one_part_nothing_is_said_or_asked(
    planner: Callable[[str], tuple[FakeChatModel, Planner]], language: str, outline: str
) -> None:
    model, writer = planner(language)
    writer.said = 2
    state = answered(begun(language, outline=outline), 1)
    assert "beat" not in state
    told = [message.text for asked in model.asked for message in asked if message.type == "human"]
    assert not any(words in text for text in told for words in (ASKS[language], NOW[language][-8:]))


@LANGUAGES
def test_the_length_says_which_part_is_due(
    planner: Callable[[str], tuple[FakeChatModel, Planner]], language: str
) -> None:
    model, _ = planner(language)
    story = begun(language, target_paragraphs=8)
    prompts, plans = [], []
    for _ in range(8):
        prompts.append(answered(story, 1)["prompt"])
        plans.append(plans_asked(model))
    asks = [ASKS[language] in asked for asked in plans]
    due = [next((part for part in (1, 2, 3) if DUE[language].format(part) in asked), 0) for asked in plans]
    assert due == [0, 2, 2, 2, 2, 0, 0, 0], "said where it is behind, and of no part that may not be said to begin"
    assert not any(DUE[language].format(2) in prompt for prompt in prompts), "who writes follows the plan"
    assert [ENDS[language] in prompt for prompt in prompts] == [False] * 7 + [True]
    assert [ENDING[language] in prompt for prompt in prompts] == [False] * 6 + [True, False], "no other is the end"
    assert not any(NOW[language].format(3, 1) in prompt for prompt in prompts[6:])
    assert asks == [True] * 5 + [False] * 3, "not while it ends"


def test_a_long_book_that_is_behind_is_not_told_to_take_its_time(
    planner: Callable[[str], tuple[FakeChatModel, Planner]],
) -> None:
    planner("en")
    story = begun("en", target_paragraphs=80, outline="One. Two. " * 40)
    free = "There is time"
    prompts = [answered(story, 1)["prompt"] for _ in range(2)]
    assert [free in prompt for prompt in prompts] == [True, False]


@LANGUAGES
def test_a_person_says_where_it_is(planner: Callable[[str], tuple[FakeChatModel, Planner]], language: str) -> None:
    _, writer = planner(language)
    writer.said = None
    story = begun(language)
    state = answered(story, {"beat": 2})
    assert (state["beat"], state["step"]) == (1, 0)
    assert "3" in answered(story, {"beat": 4})["review_problem"]
    assert answered(story, {"beat": "two"})["review_problem"]
    assert story.get_state(THREAD).values["beat"] == 1
    state = answered(story, {"plan": 1, "beat": "3"})
    assert LAST[language] in state["prompt"]
    assert answered(story, {"outline": "A.\nB.\nC.\nD.", "beat": 4})["beat"] == 3


@LANGUAGES
def test_a_changed_outline_is_in_the_next_prompt_and_keeps_its_place(
    planner: Callable[[str], tuple[FakeChatModel, Planner]], language: str
) -> None:
    model, writer = planner(language)
    writer.said = 2
    story = begun(language)
    second = OUTLINE[language].split("\n")[1]
    answered(story, 1)
    state = answered(story, {"outline": f"SENTINEL A.\nSENTINEL B.\n{second}\nSENTINEL C.", "plan": 1})
    assert NOW[language].format(4, 3) in state["prompt"]
    assert "SENTINEL C" in state["prompt"]
    assert "SENTINEL A." in model.asked[-1][0].text


@LANGUAGES
def test_a_prompt_of_ones_own_for_plans_is_followed_by_it(
    planner: Callable[[str], tuple[FakeChatModel, Planner]], language: str
) -> None:
    model, writer = planner(language)
    writer.said = 2
    story = compiled()
    own = ONE.model_copy(update={"prompts": {"propose_plans": "{short_term_memory} {plan_count}"}})
    state = story.invoke({**TOPIC, "language": language, "outline": OUTLINE[language]}, THREAD, context=own)
    assert state["beat"] == 1
    assert ASKS[language] in model.asked[-1][-1].text


# On the shelf


@pytest.fixture
def shelf(fake_models: Callable[..., object]) -> tuple[Library, Any]:
    fake_models(interfere=Planner("en"))
    library = Library.of_the_process()
    record = library.begin(StoryInput(topic="A lighthouse", outline=OUTLINE["en"]), FIRST)
    at(library, record, lambda story: write(story, 2))
    return library, record


def outline_and_place(library: Library, record: Any) -> tuple[str, int]:
    state = at(library, record, lambda story: story.state())
    return state["outline"], state.get("beat", 0)


def test_an_outline_and_its_place_hold_on_their_branch_alone_and_are_taken_back(shelf: tuple[Library, Any]) -> None:
    library, record = shelf
    run(library, record, branches.new_branch, 2, "other")
    run(library, record, branches.set_premise, "outline", "Another.\nAnd another.")
    run(library, record, set_beat, 2)
    assert outline_and_place(library, record) == ("Another.\nAnd another.", 1)
    at(library, record, lambda story: write(story, 1))
    prompt = at(library, record, lambda story: story.state())["prompt"]
    assert "the last of the 2 parts of the outline is being told, “And another”" in prompt
    run(library, record, branches.switch, "main")
    assert outline_and_place(library, record) == (OUTLINE["en"], 0)
    at(library, record, lambda story: write(story, 1))
    prompt = at(library, record, lambda story: story.state())["prompt"]
    assert "part 1 is being told, “Mara finds the letter”" in prompt
    run(library, record, set_beat, 3)
    run(library, record, undo)
    assert outline_and_place(library, record)[1] == 0


def test_a_part_that_there_is_not_is_an_error_with_its_number(shelf: tuple[Library, Any]) -> None:
    library, record = shelf
    for number in (0, 4):
        with pytest.raises(StoryStateError, match=f"There is no part {number} of the outline: it has 3"):
            run(library, record, set_beat, number)
    run(library, record, edits.Beat().write, "2")
    assert run(library, record, edits.Beat().read) == "2"
    state = at(library, record, lambda story: story.state())
    assert [beat.state for beat in shown(state, EN)] == ["done", "now", "to come"]
    assert shown({"outline": "Mara keeps the lamp."}, EN) == []


def test_the_terminal_shows_it_and_sets_it(shelf: tuple[Library, Any]) -> None:
    from recurrentgpt.cli.main import app  # noqa: PLC0415

    del shelf
    terminal = CliRunner()
    assert terminal.invoke(app, ["edit", "--beat", "2"]).exit_code == 0
    lines = terminal.invoke(app, ["show"]).output
    marks = ["✓ 1  Mara finds the letter. (done)", "→ 2  She learns who wrote it. (now)", "lamp out. (to come)"]
    assert all(mark in lines for mark in marks)


@pytest.mark.parametrize(("language", "words"), [("en", ("told", "now", "to come")), ("zh", ("已写", "现在", "未写"))])
def test_the_page_shows_it_and_changes_outline_and_place(
    planner: Callable[[str], tuple[FakeChatModel, Planner]], language: str, words: tuple[str, ...]
) -> None:
    planner(language)
    with page_client() as client:
        client.headers["accept-language"] = language
        story = begun_on_page(client, language=language, outline=OUTLINE[language])
        address = f"/story/{story}"
        client.post(f"{address}/settings", data=path_of(client, address) | {"outline": OUTLINE[language], "beat": "2"})
        panel = client.get(f"{address}?panel=settings").text
        listed = panel[panel.index('<ol class="beats">') :]
        places = [listed.index(f'<span class="facts">{word}</span>') for word in words]
        assert places == sorted(places)
        second = OUTLINE[language].split("\n")[1]
        client.post(
            f"{address}/settings",
            data=path_of(client, address) | {"outline": f"Before.\n\nThen.\n\n{second}", "beat": "2"},
        )
        panel = client.get(f"{address}?panel=settings").text
        assert f"Before.\n\nThen.\n\n{second}" in panel
        assert second in panel.partition('<li aria-current="step">')[2].partition("</li>")[0]
        assert client.post(f"{address}/settings", data=path_of(client, address) | {"beat": "7"}).status_code == 409
        assert '<ol class="beats">' in client.get(f"{address}?panel=settings").text
        client.post(f"{address}/settings", data=path_of(client, address) | {"outline": "One alone."})
        assert '<ol class="beats">' not in client.get(f"{address}?panel=settings").text


@pytest.mark.parametrize(
    ("first", "last"), [("waterfall", "waterfall"), ("Piet’s chest", "Piet’s chest"), ("naïve ladies", "naïve ladies")]
)
def test_a_part_that_is_named_in_short_is_cut_between_its_words(first: str, last: str) -> None:
    for length in range(60, 100):
        text = f"{first} {'lamp ' * (length // 5)}{'x' * (length % 5)} é {last}"
        for short in (beats.named(text, EN), beats.ending_of(text, EN)):
            words = short.strip("“”….").split()
            assert set(words) <= set(text.split())


@pytest.mark.parametrize(
    ("text", "language", "named"),
    [
        ("1. You are rung for by Room 212.", EN, "“You are rung for by Room 212”"),
        ("（二）玛拉发现了信。", ZH, "“（二）玛拉发现了信”"),
        ("2、玛拉发现了信。", ZH, "“玛拉发现了信”"),
        ("3.5 miles out, Mara turns.", EN, "“3.5 miles out, Mara turns”"),
        (f"You find that she wants a letter delivered which {'x' * 29}, and that he has it.", EN, None),
    ],
)
def test_a_part_is_named_without_its_number_in_a_list(text: str, language: Language, named: str | None) -> None:
    said = beats.named(text, language)
    assert said == (named or said)
    assert not re.search("[,，]…”", said)


def test_a_part_in_chinese_is_named_by_a_few_clauses_and_not_told_again() -> None:
    first = "第二章 敲响\n上游水坝将溃，镇上的汽笛坏了，只有大钟能报警；"
    part = f"{first}沈砚用账本换来钥匙，敲响大钟，全镇得救，账本被河水带走；他留下来守钟。"
    assert beats.named(part, ZH) == "“第二章 敲响：上游水坝将溃，镇上的汽笛坏了…”"
    assert beats.ending_of(part, ZH) == "“第二章 敲响：上游水坝将溃，镇上的汽笛坏了…”"


@pytest.mark.parametrize(
    ("part", "language", "end"),
    [
        (
            "You decide who crosses before the flood takes the bridge, and learn from the ring what became of Tom.",
            EN,
            "“You decide who crosses before the flood takes the bridge, and learn from the ring what became of Tom”",
        ),
        (f"{'It is long, with many who come and go. ' * 3}Hedda pays. The road opens.", EN, None),
        (
            "Hedda waits. You decide who crosses before the flood takes the bridge, and learn what became of Tom.",
            EN,
            "“…You decide who crosses before the flood takes the bridge, and learn what became of Tom”",
        ),
        ("3. Hedda pays her debt.", EN, "“Hedda pays her debt”"),
        ("第二章 敲响\n上游水坝将溃，镇上的汽笛坏了，只有大钟能报警。沈砚用账本换来钥匙。他留下来守钟。", ZH, None),
    ],
)
def test_the_end_is_named_by_whole_sentences_and_never_without_whom_it_is_about(
    part: str, language: Language, end: str | None
) -> None:
    said = beats.ending_of(part, language)
    assert said == (end or said)
    if end is None:
        whole = {piece.strip().rstrip(".。") for piece in pieces(part, language)}
        shown = [piece.strip("“”…。. ") for piece in pieces(said.strip("“”…"), language)]
        assert len(shown) > 1
        assert set(shown) <= whole
