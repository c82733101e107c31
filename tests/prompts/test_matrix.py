"""Every situation in every language and mode, as its prompts are: golden files to read, and rules over all of them.

``pytest tests/prompts/test_matrix.py --write-goldens`` writes the files anew, for a reviewer to see what has changed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from situations import SITUATIONS, SIZES, Telling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from langchain_core.messages import BaseMessage

    from plain_model import Asked

GOLDEN = Path(__file__).parent / "golden"
WHOLE = ("opening", "first step")
LONGEST = {"en": 600, "zh": 160}
"""Characters of a block that is shown whole in every file; the situations above show all of each."""
_SHOWN = 60
MATRIX = pytest.mark.parametrize(
    ("language", "mode", "situation"),
    [
        pytest.param(tag, mode, name, marks=pytest.mark.told_once(f"{tag} {mode} {name}"))
        for tag in ("en", "zh")
        for mode in ("author", "interactive_fiction")
        for name in SITUATIONS
    ],
)


TOLD: dict[tuple[str, str, str], list[Asked]] = {}
"""What was asked, by situation: each is told once, and every rule looks at it."""


def told(make_model: Callable[..., object], language: str, mode: str, situation: str) -> list[Asked]:
    if (language, mode, situation) not in TOLD:
        telling = Telling(make_model, language, mode)
        SITUATIONS[situation](telling)
        TOLD[language, mode, situation] = telling.asked
    return TOLD[language, mode, situation]


def as_text(asked: list[Asked], longest: int) -> Iterator[str]:
    """What was asked, call after call; what a call repeats of the one before is said, not shown."""
    before: tuple[BaseMessage, ...] = ()
    for call in asked:
        form = f" → {', '.join(call.form['properties'])}" if call.form else ""
        yield f"# {call.gate}{form}"
        shared = 0
        for mine, other in zip(call.messages, before, strict=False):
            if (mine.type, mine.text) != (other.type, other.text):
                break
            shared += 1
        if shared:
            yield f"(the same {shared} as before)"
        for message in call.messages[shared:]:
            yield f"## {message.type}"
            yield from (shortened(block, longest) for block in message.text.split("\n\n"))
        before = call.messages


def shortened(block: str, longest: int) -> str:
    """A block of a prompt; of a long one that other files show whole, where it begins."""
    return block if len(block) <= longest else f"{block[:_SHOWN]} … ({len(block)} characters)"


@MATRIX
def test_of_a_book_that_is_lengthened_past_its_end_it_is_said(
    fake_models: Callable[..., object], language: str, mode: str, situation: str
) -> None:
    asked = told(fake_models, language, mode, situation)
    writes = [whole(call) for call in asked if call.gate in {"generate_paragraph", "propose_plans"}]
    assert all((LENGTHENED[language] in text) == situation.startswith("lengthened") for text in writes)


@MATRIX
def test_a_prompt_is_as_it_was_read(
    fake_models: Callable[..., object],
    request: pytest.FixtureRequest,
    language: str,
    mode: str,
    situation: str,
) -> None:
    longest = 10**6 if situation in WHOLE else LONGEST[language]
    found = "\n\n".join(as_text(told(fake_models, language, mode, situation), longest)) + "\n"
    path = GOLDEN / language / mode / f"{re.sub('[^a-z]+', '_', situation)}.md"
    if request.config.getoption("--write-goldens"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


# Rules over all of them


NAMED = {
    "en": {
        "short-term memory": "memory",
        "outline": "Outline",
        "recalled": "Recalled from",
        "plans on the table": "1. ",
        "background": "Background",
    },
    "zh": {"短期记忆": "记忆", "大纲": "大纲", "想起": "从前", "桌上": "1. ", "背景": "背景"},
}
"""What a request may speak of, and what of the conversation or the form then has it."""
FIELDS = re.compile(r"[a-z_]+")
LATIN = re.compile(r"[A-Za-z]{2,}")
COUNTED = {
    "en": re.compile(r"(\d+)(?: to (\d+))? (?:full )?(sentence|plan|action|word)s?"),
    "zh": re.compile(r"(\d+)(?: 到 (\d+))? ?(?:个完整的|个|条)?(句|计划|行动)"),
}


MORE_THAN_ONE = re.compile(r"(?<!\d)1 (?:full )?(?:sentences|plans|actions|paragraphs|passages|summaries|parts)\b")
NOT_SAID = {
    ("en", "author"): re.compile(r"\bplayers?\b|\bpassages?\b", re.IGNORECASE),
    ("zh", "author"): re.compile("玩家|片段"),
    ("en", "interactive_fiction"): re.compile(
        r"\b(?:readers?|authors?|writers?|novelists?|books?|pages?|plans?)\b|(?<!as many )\bparagraphs?\b"
        r"|(?<!new )(?<!this )\bscenes?\b",
        re.IGNORECASE,
    ),
    ("zh", "interactive_fiction"): re.compile(
        "读者|作者|小说家|全书|本书|一段|上一段|下一段|(?<!新的)(?<!眼下的)场景|计划"
    ),
}
"""Words of the other mode: who a person is there, and what is written at a time."""


FACT = re.compile(r"^(\d+)\. (.+)(?: \[B?\d+(?:; B?\d+)?\]|［前?\d+(?:；前?\d+)?］)", re.MULTILINE)
"""A fact or a thread, as a prompt shows it under its number: one number for each, in all of a conversation."""
DUE = {"en": re.compile(r"part (\d+) is due"), "zh": re.compile("该[写讲]到第 (\\d+) 部分")}
"""The part of the outline that is said to be due."""
NEVER_TOGETHER = {
    "en": [
        ("inside the story:", "the player tells"),
        ("is an attempt", "It happens"),
        ("settle nothing", "moves or settles"),
        ("begin nothing new", "a new chapter"),
        ("decides how it ends", "The story ends as"),
        ("everybody else has a name.", "second person"),
        ("settle those that are open, and the promises, one after the other.", "on purpose"),
        ("or three sentences", "four at the most"),
        ("rest for those that follow", "Before it is written"),
        ("show what becomes of the player", 'open to "you" right now'),
        ("nor what stands above", "one to three recall cues"),
        ("in its middle", "part 1 is being told"),
        ("and left beside it", "What the player did of late"),
        ("a question that it answers", "or written ends nothing."),
        ("The end is near", "paragraph"),
        ("questions; settle what is open", "This will be paragraph"),
        ("questions; settle what is open", "This will be passage"),
        ("in one or two sentences", ": 1 in all."),
        ("The end is near", "passage"),
        ("one after the other, or leave", "as it can"),
        ("makes nothing so.", "how it ends"),
        ("what the player does decides", "decides how it ends"),
        ("Plan for the next paragraph", "The plan lasts for"),
        ("The plan for the next paragraph", "The plan lasts for"),
    ],
    "zh": [
        ("此刻在故事里做的事", "由玩家在故事之外"),
        ("只是尝试", "照此发生"),
        ("不要了结任何事", "推进或了结"),
        ("不再开新头", "新的一章"),
        ("做的事决定结局", "部分收尾：“"),
        ("承诺逐一了结。", "有意留白"),
        ("两三句话", "至多四句"),
        ("只写开头的一部分", "回忆线索：写这个计划"),
        ("交代玩家和其他人的归宿", "你”此刻可以做的"),
        ("也不要重复上面已有的内容", "一到三条回忆线索"),
        ("故事到了中段", "讲的是第 1 部分"),
        ("玩家近来做的", "同时放下的"),
        ("其他人都用名字", "第二人称"),
        ("取代它所解答的疑问", "信里写的，不终止任何事实"),
        ("有人这么说", "并非现在如此"),
        ("结局将近", "段"),
        ("了结仍然悬着的事和承诺，或有意", "这将是"),
        ("结局将近", "片段"),
        ("逐一了结，或有意", "尽量了结"),
        ("并不因此成真。", "决定结局"),
        ("结局由玩家做的事决定", "玩家在其中做的事决定结局"),
        ("结局由玩家做的事决定", "玩家此刻做的事决定结局"),
        ("下一段的计划", "这个计划要写"),
    ],
}
"""What speaks against each other, each met by a capable writer in a prompt of its own."""
OFFERED = {
    "en": (
        'open to "you" right now',
        ("make things harder, and", "bring in people", "carry it a good step", "do not hurry"),
    ),
    "zh": ("你”此刻可以做的", ("让处境更难", "重在引出人物", "前进一大步", "不必赶")),
}
"""What only a teller can do is asked of nobody who offers actions."""
SHORTER = re.compile(r"(?<!shorter )paragraphs as it needs")
"""What a passage is called (a paragraph) and what it is set in are told apart."""
WHOLE_PASSAGE = {
    "en": re.compile(r"^\[(?:paragraph|passage) (B?\d+)\]\n\n(In short: .+\n\n)?Passage", re.MULTILINE),
    "zh": re.compile(r"^［第 ?(前?\d+) ?(?:段|个片段)］\n\n(摘要：.+\n\n)?正文", re.MULTILINE),
}
"""A recalled passage that stands whole, with its summary."""
SUMMED_UP = {
    "en": re.compile(r"^\[(B?\d[\dB-]*)\] ", re.MULTILINE),
    "zh": re.compile(r"^［(前?\d[\d前-]*)］", re.MULTILINE),
}
"""A line of the book so far, and which passages it tells of."""
NOTES_ALONE = re.compile(r"^[\[［](?:paragraph|passage|第) ?\d+[^\]］]*[\]］]\n\n[(（]", re.MULTILINE)
"""A recalled passage of which nothing is shown but what has changed since."""
FACT_RULE = {"en": "a sentence each, of one thing", "zh": "只说一件事"}
OF_FACTS = {
    "en": ("no today, tomorrow or ago", "certain though unsaid", "of a question, who knows its answer"),
    "zh": ("不写“今天”“明天”“昨天”", "没有明说但已成定局", "疑问则写知道答案的人"),
}
"""What the record's rules say in every language: of a fact told of its day, of one not told outright, of an answer."""
OF_CHANGES = {"en": "and their frame", "zh": "及其 frame"}
NEWER = {"en": "(newer", "zh": "（较新"}
"""What says more of a fact than that it is about somebody of the passage, and since a later one."""
RUN_ON = re.compile(
    r"[^.!?…”’\"'] (?:Since|In) (?:paragraph|passage) \d+:|[^。！？…”’，]自?第 ?\d+ ?(?:段|个片段)(?:起|写)："
)
"""A fact in a note that its own sentence has not ended before the next one begins."""
ALL_OF_IT = {"en": re.compile("clashes.* it holds:", re.IGNORECASE), "zh": re.compile("（clashes）.*记录里还?有：")}
"""What heads a choice of the facts that hold must not say that it is all of them."""
REFUSED = {
    "en": ("and not to come again", "it was the manner"),
    "zh": ("不要换个说法再提", "否定的只是"),
}
"""What was refused, beside an outline that may demand it: then the manner was."""
OF_NUMBERED = {
    "replaces": ("replaces, ", "replaces，"),
    "changes": ("Changes, ", "（changes）"),
    "clashes": ("Clashes: ", "（clashes）：新"),
}
"""What the record's rules say of fields that only a form with facts under numbers has."""
OF_THIS_BOOK = {
    "en": re.compile(r"^Recalled from earlier in the (?:book|story).*?\n\n(?=[A-Z])", re.MULTILINE | re.DOTALL),
    "zh": re.compile(r"^从前文想起.*?\n\n(?=[^［\n]+：\n)", re.MULTILINE | re.DOTALL),
}
OF_ANOTHER = {
    "en": re.compile(r"^\[(?:paragraph|passage) B", re.MULTILINE),
    "zh": re.compile("^［第 ?前", re.MULTILINE),
}
"""What heads recalled passages of this book, and how one of the book before begins."""
TWO_SIZES = {
    "en": re.compile(r"one or two sentences[^.\n]*: \d+ in all"),
    "zh": re.compile("一两句[^。\n]*，共 \\d+ 条"),
}
"""How long one is, and how many there are, in figures that may be read as one another."""
HAN = "\u4e00-\u9fff\u3001-\u301b\uff01-\uff5e“”"
BETWEEN_HAN = re.compile(
    rf"[{HAN}] ?[,;()\[\]]|[,;()\[\]] ?[{HAN}]|\d[,;] ?\d|[\u3001-\u301b\uff01-\uff5e]+ +(?![ …·])|\* \* \*，"
)
"""A half-width mark, or a space after a full-width one, that no Chinese text has."""


GOES = {"en": re.compile("^Where this is going: .*$", re.MULTILINE), "zh": re.compile("^故事的去向：.*$", re.MULTILINE)}
"""Where the parts of the outline are named: by words of the outline as it stands above."""
OF_A_LIST = re.compile(r"(?:part \d+ is being told, |第 \d+ 部分)[“]\d[^”]*|[,，;；]…”|“…[^”，]{1,4}，[^”]+，")
"""A part of an outline named with its number in a list too, or cut at a mark; its end that begins within a phrase."""
TWICE = {
    "en": (("Tell only the part of", "rest for later"), ("still of a kind of its own", "be of a kind of its own")),
    "zh": (("中属于这", "其余留到后面"), ("但各有不同", "性质各不相同")),
}
"""What is said in two ways: that only a part of a plan is told, that plans are of different kinds."""
THE_END = {
    "en": (
        re.compile(r"^The book ends as|^The last of the \d+ parts", re.MULTILINE),
        re.compile("last p[a-z]+ of the"),
    ),
    "zh": (re.compile(r"^全书照大纲|^大纲 \d+ 个部分中的最后", re.MULTILINE), re.compile("最后一[段个](?:片段)?，第")),
}
"""How the end is told, and what says that the paragraph is the last: no other is the end."""
OUTLINES_END = {
    "en": re.compile(r"^.*last of the \d+ parts of the outline (?:has|says).*$", re.MULTILINE),
    "zh": re.compile(r"^.*\d+ 个部分中的最后一部分.*$", re.MULTILINE),
}
AS_FAR_AS_OPEN = {"en": "told or settled by now is not asked for again", "zh": "已经讲过、了结的，不再重来"}
"""Where the outline's end is asked for, and what says that nothing of it is told a second time."""
LENGTHENED = {"en": "lengthened", "zh": "加长了"}
"""What says that the end was told before: then no other is asked for by the outline."""
AUTHOR = {"en": ("The author", "place of the author"), "zh": ("作者对", "作者的位置")}
BESIDE = {"en": "with its author", "zh": "与作者一起"}
"""Who says of plans what they think, and what says who that is beside the novelist who is asked."""


def twice_told(text: str, language: str) -> Iterator[str]:
    """Passages that stand whole and summed up."""
    shown, lines = dict(WHOLE_PASSAGE[language].findall(text)), SUMMED_UP[language].findall(text)
    yield from (f"told twice: {number}" for number, summary in shown.items() if summary)
    if lines and set(lines) <= shown.keys():
        yield f"a book so far of nothing but what stands whole: {lines}"


def of_where_it_goes(call: Asked, language: str, mode: str) -> Iterator[str]:
    """What is wrong with what is said of the outline, of the end, and of whose words they are."""
    text, task = whole(call), call.messages[-1].text
    end, last = THE_END[language]
    outline = re.sub(r"[\s:：]", "", call.messages[0].text)
    for line in GOES[language].findall("" if text.startswith("<") else text):
        quoted = (re.sub(r"[\s:：]", "", words) for words in re.findall("“…?([^”]+?)…?”", line))
        yield from (f"of no outline that is there: {words}" for words in quoted if words not in outline)
    yield from (f"its number, twice: {hit}" for hit in OF_A_LIST.findall(text))
    yield from (f"twice: {pair}" for pair in TWICE[language] if all(words in text for words in pair))
    yield from (f"the end, and not the last: {hit}" for hit in end.findall(task) if not last.search(task))
    ends = OUTLINES_END[language].findall(task)
    yield from (f"told or not: {line}" for line in ends if AS_FAR_AS_OPEN[language] not in line)
    yield from (f"an end that was told: {line}" for line in ends if LENGTHENED[language] in task)
    if mode == "author" and not text.startswith("<"):
        yield from (f"of whom? {who}" for who in AUTHOR[language] if who in task and BESIDE[language] not in text)


def at_odds(call: Asked, language: str, mode: str) -> Iterator[str]:
    """What a capable writer met in prompts, each by a rule of its kind."""
    text, task = whole(call), call.messages[-1].text
    told: dict[str, str] = {}
    for number, fact in (hit for message in call.messages for hit in FACT.findall(message.text)):
        if told.setdefault(number, fact) != fact or [told[one] for one in told].count(fact) > 1:
            yield f"a number of two facts, or a fact of two numbers: {number}. {fact}"
    if FACT_RULE[language] in text:
        yield from (f"not said of facts: {rule}" for rule in OF_FACTS[language] if rule not in text)
    if "changes" in _names_in(call.form) and not task.startswith("<") and OF_CHANGES[language] not in text:
        yield "a frame of changes that no word explains"
    if NEWER[language] in text:
        yield "newer than something that the passage need not say"
    asked = (call.form or {}).get("properties", {}).get("beat", {})
    yield from (
        f"due, and not to be chosen: {n}" for n in DUE[language].findall(task) if int(n) > asked.get("maximum", 0)
    )
    yield from not_there(call, language)
    yield from (f"together: {pair}" for pair in NEVER_TOGETHER[language] if all(words in text for words in pair))
    offers, duties = OFFERED[language]
    yield from (f"asked of who offers actions: {duty}" for duty in duties if offers in task and duty in task)
    yield from (f"a fact that runs on: {hit}" for hit in RUN_ON.findall(text))
    yield from (f"a choice, said to be all: {hit}" for hit in ALL_OF_IT[language].findall(text))
    yield from (f"so many, or so long: {hit}" for hit in TWO_SIZES[language].findall(task))
    yield from twice_told(text, language)
    yield from (f"nothing but notes: {hit}" for hit in NOTES_ALONE.findall(text))
    if not task.startswith("<"):  # words of one's own
        written = [message.text for message in call.messages if message.type == "ai"]
        yield from (f"once more: {text}" for text in written if text in task)
    yield from of_where_it_goes(call, language, mode)
    if language == "zh":
        yield from (f"a comma: {hit}" for hit in BETWEEN_HAN.findall(text))
    elif mode == "author":
        yield from SHORTER.findall(text)


def not_there(call: Asked, language: str) -> Iterator[str]:
    """What is headed, ruled or refused as if something else were there."""
    text, task = whole(call), call.messages[-1].text
    refused, manner = REFUSED[language]
    if refused in task and NAMED[language]["outline" if language == "en" else "大纲"] in text and manner not in task:
        yield "an outline may demand what was refused"
    fields = _names_in(call.form)
    if "facts" in fields:
        for field, rules in OF_NUMBERED.items():
            yield from (f"a rule for no field: {rule}" for rule in rules if rule in text and field not in fields)
    for headed in OF_THIS_BOOK[language].findall(text):
        yield from (f"of another book: {hit}" for hit in OF_ANOTHER[language].findall(headed))


def whole(call: Asked) -> str:
    """What a call says in our words and a person's: all but the model's own answers."""
    return "\n".join(message.text for message in call.messages if message.type != "ai")


def broken(call: Asked, language: str) -> Iterator[str]:
    """What is wrong with what a model was asked."""
    task, text = call.messages[-1].text, whole(call)
    lines = [line for line in text.split("\n") if len(line) > _SHOWN]
    yield from (f"said twice: {line}" for line in set(lines) if lines.count(line) > 1)
    figures: dict[str, set[str]] = {}
    for low, high, unit in COUNTED[language].findall(task):
        figures.setdefault(unit, set()).add(f"{low} {high}")
    yield from (f"{unit}: {sorted(said)}" for unit, said in figures.items() if len(said) > 1)
    there = f"{text}\n{' '.join(call.form['properties']) if call.form else ''}"
    for name, heading in NAMED[language].items():
        if name in task.lower() and heading.lower() not in there.lower():
            yield f"named and not there: {name}"
    yield from (f"left in braces: {one}" for one in re.findall(r"\{[a-z_]+\}", text))
    yield from (f"one, and no more: {one}" for one in MORE_THAN_ONE.findall(text))
    if language == "zh":
        allowed = {*_names_in(call.form), *VALUES}
        yield from (f"no Chinese: {word}" for word in set(LATIN.findall(task)) - allowed)


IN_WORDS = {
    "en": {1: "one", 2: "two", 3: "three", 8: "eight"},
    "zh": {1: "一", 2: "两", 3: "三", 8: "八"},
}
AT_MOST = {
    "en": r"(?:at most|most|to|than) {0}\b|\b{0} (?:characters )?(?:each |in all )?at (?:the )?most",
    "zh": "(?:至多|到) ?{0}(?!\\d)",
}
SAID_OTHERWISE = {
    ("facts", 16): "up to eight, and of the premise up to eight more",
    ("chapter", 60): "in Chinese eight characters at most",
    ("recall", 3): "one to three",
}
"""Bounds whose figure is not said as such, and how they are."""
_ANY = 4000
"""Characters that any text may have, whatever is asked for."""


def bounds(form: dict[str, Any], name: str = "") -> Iterator[tuple[str, int]]:
    """How long each text of a form may be, and how many a list may have, by the name of the field."""
    for most in ("maxLength", "maxItems"):
        if form.get(most, _ANY) != _ANY:
            yield name, form[most]
    for field, part in form.get("properties", {}).items():
        yield from bounds(part, field)
    if "items" in form:
        yield from bounds(form["items"], name)


def asks_for(call: Asked, field: str, most: int) -> bool:
    """Whether just so many are asked for: as many plans, as many summaries."""
    return bool((call.form or {})["properties"].get(field, {}).get("minItems") == most)


@MATRIX
def test_what_a_form_takes_at_most_is_said_in_words(
    fake_models: Callable[..., object], language: str, mode: str, situation: str
) -> None:
    if situation.startswith("own"):
        return  # what is said there is said by a person
    found: set[str] = set()
    for call in told(fake_models, language, mode, situation):
        text = whole(call)
        for field, most in set(bounds(call.form or {})):
            word = rf"(?:{most}|{IN_WORDS[language].get(most, most)})"
            is_said = re.search(AT_MOST[language].format(word), text, re.IGNORECASE) or asks_for(call, field, most)
            if not is_said and (field, most) not in SAID_OTHERWISE:
                found.add(f"{call.gate}: {field} of at most {most}")
    assert not found


SHORT = {
    "en": {
        "memory": "Mara is at sea.",
        "rationale": "All stays.",
        "text": "Mara burns them.",
        "plan": "Mara burns the letter.",
    },
    "zh": {"memory": "玛拉在海上。", "rationale": "没有变化。", "text": "玛拉烧了信。", "plan": "玛拉烧掉了那封信。"},
}
"""A whole sentence of each: a form must not be too long for it."""


def shortest(form: dict[str, Any], name: str = "") -> Iterator[tuple[str, int]]:
    """How long each text of a form has to be, by the name of the field."""
    if form.get("minLength", 0) > 1:
        yield name, form["minLength"]
    for field, part in form.get("properties", {}).items():
        yield from shortest(part, field)
    if "items" in form:
        yield from shortest(form["items"], name)


@MATRIX
def test_a_short_sentence_is_an_answer(
    fake_models: Callable[..., object], language: str, mode: str, situation: str
) -> None:
    sentences = 1 if situation == "one of each" else SIZES["plan_sentences"]
    for call in told(fake_models, language, mode, situation):
        for field, least in shortest(call.form or {}):
            assert least <= len(SHORT[language][field]) * (sentences if field == "text" else 1), field


PLAIN = {"en": ("Passage", "Plan "), "zh": ("正文", "计划 ")}
"""How the plain model calls what it writes."""
VALUES = ("now", "earlier", "imagined", "claimed", "ended", "settled", "learned", "touched", "true")
"""Words of the forms that are the same in each language."""


def _names_in(form: object) -> set[str]:
    """Every name of a field in a form."""
    if isinstance(form, dict):
        return set(form.get("properties", ())) | {name for part in form.values() for name in _names_in(part)}
    return {name for part in form for name in _names_in(part)} if isinstance(form, list) else set()


@MATRIX
def test_what_a_model_is_asked_is_of_one_mind(
    fake_models: Callable[..., object], language: str, mode: str, situation: str
) -> None:
    asked = told(fake_models, language, mode, situation)
    assert asked
    found = {f"{call.gate}: {wrong}" for call in asked for wrong in broken(call, language)}
    assert not found


@MATRIX
def test_nothing_speaks_against_another_thing(
    fake_models: Callable[..., object], language: str, mode: str, situation: str
) -> None:
    asked = told(fake_models, language, mode, situation)
    assert not {f"{call.gate}: {wrong}" for call in asked for wrong in at_odds(call, language, mode)}


@MATRIX
def test_a_mode_says_who_a_person_is_and_what_is_written_in_its_own_words(
    fake_models: Callable[..., object], language: str, mode: str, situation: str
) -> None:
    ours = re.compile("|".join(re.escape(kept) for kept in PLAIN[language]))
    found = {
        (call.gate, hit[0], text[max(0, hit.start() - 30) : hit.end() + 30])
        for call in told(fake_models, language, mode, situation)
        for text in [ours.sub("", whole(call))]
        for hit in NOT_SAID[language, mode].finditer(text)
    }
    assert not found


@MATRIX
def test_the_language_to_write_in_is_named_once(
    fake_models: Callable[..., object], language: str, mode: str, situation: str
) -> None:
    name = {"en": "English", "zh": "中文"}[language]
    counts = {whole(call).count(name) for call in told(fake_models, language, mode, situation)}
    assert counts == {1}


@MATRIX
def test_a_complaint_reaches_no_later_gate(
    fake_models: Callable[..., object], language: str, mode: str, situation: str
) -> None:
    asked = told(fake_models, language, mode, situation)
    marks = {"en": "cannot be used", "zh": "不能用"}
    complained = [number for number, call in enumerate(asked) if marks[language] in call.messages[-1].text]
    for number in complained:
        assert asked[number].gate == asked[number - 1].gate
    others = [call for number, call in enumerate(asked) if number not in complained]
    assert not [call.gate for call in others if marks[language] in whole(call)]
    assert bool(complained) == (situation == "written once more")
