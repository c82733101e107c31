"""The situations that a prompt may be asked in, each told through the real graph in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from graph_at_hand import HUMAN, THREAD, compiled
from plain_model import Asked, Listener, PlainWriter
from recurrentgpt.graph.catalogue import every_prompt
from recurrentgpt.graph.import_graph import import_graph
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.state import FORMAT, SETTLED
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.sequel import as_before, path_as_before
from resources_at_hand import open_memory
from tongues import EN, ZH

if TYPE_CHECKING:
    from collections.abc import Callable

    from recurrentgpt.prompts import PromptSpec
    from recurrentgpt.schemas.context import Context

SIZES = {
    "opening_paragraphs": 1,
    "paragraph_sentences": 4,
    "plan_sentences": 2,
    "memory_min_sentences": 2,
    "memory_max_sentences": 3,
    "repetition_limit": 1,
}
"""Small ones, so that a person can read what is asked."""
_WORDS = {
    "en": {
        "topic": "A lighthouse",
        "title": "The Lamp",
        "background": "The coast is poor.",
        "outline": "Mara keeps the lamp.",
        "parts": "Mara finds the letter.\nShe learns who wrote it.\nShe puts the lamp out.",
        "chapters": "Chapter 1: The Letter\nMara finds it.\nChapter 2: The Lamp\nShe puts it out.",
        "style_sheet": "Mara, fifty.",
        "voice": "We had eggs. Nobody spoke of it.\n\n---\n\nRain, again; Jem laughed.",
        "voice_note": "Short sentences; feelings stay unsaid.",
        "not_like": "A brochure.",
        "own": "Mara burns the letter.",
        "more": "Slower, please.",
        "again": "No ghosts.",
        "paragraph": "Mara rows out alone. The sea is flat.",
        "memory": "Mara is at sea. The lamp is out.",
        "chapter": "The Cellar",
        "refusal": "I cannot write this.",
    },
    "zh": {
        "topic": "一座灯塔",
        "title": "灯",
        "background": "海边的人都穷。",
        "outline": "玛拉守着灯。",
        "parts": "玛拉发现了信。\n她得知是谁写的。\n她熄了灯。",
        "chapters": "第一章 信\n玛拉发现了信。\n第二章 灯\n她熄了灯。",
        "style_sheet": "玛拉，五十岁。",
        "voice": "我们吃了鸡蛋。谁也没提那件事。\n\n---\n\n又下雨了，老金笑了。",
        "voice_note": "句子短，不说心情。",
        "not_like": "旅游手册。",
        "own": "玛拉烧掉了信。",
        "more": "请慢一点。",
        "again": "不要鬼魂。",
        "paragraph": "玛拉独自划船出海。海面平静。",
        "memory": "玛拉在海上。灯灭了。",
        "chapter": "地窖",
        "refusal": "抱歉，我不能写这个。",
    },
}


class Telling:
    """A story that is told to the graph, with all that its model is asked.

    Attributes:
        words: what a person says, in the story's language.
        writer: the model's answers.
    """

    def __init__(self, make_model: Callable[..., object], language: str, mode: str) -> None:
        self.writer = PlainWriter(language)
        make_model(interfere=self.writer)
        self.words = _WORDS[language]
        self._premise = {"language": language, "mode": mode}
        self._listener = Listener()
        self._run = compiled()
        self._thread = THREAD
        self._heard = 0

    @property
    def asked(self) -> list[Asked]:
        """What was asked since the last look, in the order of the cycle where gates work side by side."""
        return _in_order(self._listener.heard[self._heard :])

    def look_from_here(self) -> None:
        """Forget what was asked so far: the situation begins here."""
        self._heard = len(self._listener.heard)

    def begin(self, *fields: str, given: dict[str, Any] | None = None, **settings: Any) -> None:
        """Begin the story with these of its words, and some settings."""
        premise = {name: self.words[name] for name in ("topic", "title", "outline", *fields)}
        self._invoke({**premise, **self._premise, **(given or {})}, settings)

    def begin_after(self) -> None:
        """Begin another book that goes on from the end of this one."""
        state = self._run.get_state(self._thread).values
        path, language = Lineage.from_json(state["lineage"]), {"en": EN, "zh": ZH}[state["language"]]
        with open_memory(state["story_id"], language) as earlier:
            kept = [as_before("1", entry) for entry in earlier.read(path)]
        with open_memory("2", language) as memory:
            memory.restore(kept)
        told = "\n".join(entry.summary for entry in kept)
        before = {"story_id": "1", "title": state["title"], "told": told, "path": path_as_before("1", path)}
        self._thread = {"configurable": {"thread_id": "2"}}
        self.look_from_here()
        self.begin(given={"before": before, "story_id": "2"})

    def read(self, paragraphs: list[str], **settings: Any) -> None:
        """Read a manuscript, of which nothing is known but its title, and go on to the pause after it."""
        title = self.words["title"]
        premise = StoryInput(topic=title, title=title, story_id="1", **self._premise).model_dump()
        nothing = {"format": FORMAT, "step": 0, "lineage": [], "short_term_memory": "", "plans": [], "retrieved": []}
        reading: Any = import_graph(lambda: paragraphs, len(paragraphs)).compile(checkpointer=InMemorySaver())
        self.writer.reads = paragraphs[0].split(self.writer.stop)[0]
        read = self._invoke({**premise, **nothing, "chapters": [], **SETTLED}, settings, reading)
        self.writer.reads = ""
        self._run.update_state(self._thread, read, as_node="propose_plans")
        self._invoke(None, settings)

    def answer(self, given: object, **settings: Any) -> None:
        """Answer at the pause."""
        self._invoke(Command(resume=given), settings)

    def lengthen(self, target: int, **settings: Any) -> None:
        """Give the book that is told to its end more paragraphs: so many in all."""
        self._invoke({"target_paragraphs": target}, settings)

    def answer_and_stop(self, given: object, before: str, **settings: Any) -> None:
        """Answer at the pause, and be stopped before a gate."""
        self._invoke(Command(resume=given), settings, interrupt_before=[before])

    def go_on(self, **settings: Any) -> None:
        """Go on from where it was stopped."""
        self._invoke(None, settings)

    def _invoke(self, given: object, settings: dict[str, Any], run: Any = None, **more: Any) -> Any:
        context: Context = HUMAN.model_copy(update=SIZES | settings)
        config = {**self._thread, "callbacks": [self._listener]}
        return (run or self._run).invoke(given, config, context=context, **more)


_SIDE_BY_SIDE = ("rewrite_short_term", "append_summary", "condense_summaries")


def _in_order(heard: list[Asked]) -> list[Asked]:
    """Each run of calls of gates that work side by side, put in one order."""
    order: list[Asked] = []
    run: list[Asked] = []
    for call in [*heard, None]:
        if call and call.gate in _SIDE_BY_SIDE:
            run.append(call)
            continue
        order.extend(sorted(run, key=lambda one: _SIDE_BY_SIDE.index(one.gate)))
        run = []
        if call:
            order.append(call)
    return order


def _opening(telling: Telling) -> None:
    telling.begin("background", "style_sheet")


def _told(telling: Telling) -> None:
    """A story without a length that may end early, and is told: the plans are for its last paragraph."""
    telling.begin()
    telling.answer(1)
    telling.look_from_here()
    telling.answer(1, early_end=True)
    telling.answer(1, early_end=True)


def _samples(telling: Telling) -> None:
    """How it is to sound, from the opening on."""
    telling.begin("voice", "voice_note", "not_like", given={"title": ""})
    telling.answer(1)


def _opening_without_words(telling: Telling) -> None:
    telling.begin(given={"title": "", "outline": ""}, opening_paragraphs=2)


def _step(answer: object = 1, **settings: Any) -> Callable[[Telling], None]:
    """A step after the opening."""

    def tell(telling: Telling) -> None:
        telling.begin(**settings)
        telling.look_from_here()
        telling.answer(answer(telling.words) if callable(answer) else answer, **settings)

    return tell


def _late_step(
    answer: object = 1, before: int = 5, target: int | None = None, **settings: Any
) -> Callable[[Telling], None]:
    """A step when there is something to recall, of a story that may have a length."""

    def tell(telling: Telling) -> None:
        telling.begin(given={"target_paragraphs": target}, **settings)
        for _ in range(before):
            telling.answer(1, **settings)
        telling.look_from_here()
        telling.answer(answer(telling.words) if callable(answer) else answer, **settings)

    return tell


def _memory_then_paragraph(telling: Telling) -> None:
    """Two edits at one pause, by two answers."""
    telling.begin()
    telling.answer(1)
    telling.answer({"feedback": telling.words["more"], "short_term_memory": telling.words["memory"]})
    telling.look_from_here()
    telling.answer({"paragraph": telling.words["paragraph"]})


def _plan_for_three(telling: Telling) -> None:
    """The second of three passages that a plan is for."""
    telling.begin()
    telling.answer({"instruction": telling.words["own"], "passages": 3})
    telling.look_from_here()
    telling.answer(1)


def _outline_of_parts(before: int, target: int) -> Callable[[Telling], None]:
    """A step of a story whose outline has parts."""

    def tell(telling: Telling) -> None:
        telling.begin(given={"outline": telling.words["parts"], "target_paragraphs": target})
        for _ in range(before):
            telling.answer(1)
        telling.look_from_here()
        telling.answer(1)

    return tell


def _lengthened(by: int) -> Callable[[Telling], None]:
    """A book that is told to its end, and is given so many more paragraphs after it."""

    def tell(telling: Telling) -> None:
        telling.begin(given={"outline": telling.words["parts"], "target_paragraphs": 3})
        for _ in range(3):
            telling.answer(1)
        telling.look_from_here()
        telling.lengthen(3 + by)
        for _ in range(min(by, 2)):
            telling.answer(1)

    return tell


def _outline_of_chapters(telling: Telling) -> None:
    """The last of an outline's chapters is still to begin where the ending does."""
    telling.begin(given={"outline": telling.words["chapters"], "target_paragraphs": 6})
    for _ in range(3):
        telling.answer(1)
    telling.look_from_here()
    telling.answer(1)


def _plan_lasts_when_a_chapter_is_due(telling: Telling) -> None:
    """The second of three passages that a plan is for, where the next part of the outline is a chapter, and due."""
    telling.begin(given={"outline": telling.words["chapters"], "target_paragraphs": 4})
    telling.answer({"instruction": telling.words["own"], "passages": 3})
    telling.look_from_here()
    telling.answer(1)


def _edited_opening(telling: Telling) -> None:
    telling.writer.prose = ["\n\n".join(telling.writer.passage() for _ in range(3))]
    telling.begin(opening_paragraphs=3)
    telling.look_from_here()
    telling.answer({"paragraph": telling.words["paragraph"]}, opening_paragraphs=3)


def _other_plans(telling: Telling) -> None:
    telling.begin()
    telling.answer({"feedback": telling.words["more"]})
    telling.look_from_here()
    telling.answer({"feedback": telling.words["again"]})


def _other_plans_for_another_outline(telling: Telling) -> None:
    """Other plans, twice, after the outline and an earlier page were changed at the pause."""
    telling.begin(given={"outline": telling.words["chapters"], "target_paragraphs": 9})
    telling.answer(1)
    telling.answer(1)
    telling.answer({"outline": telling.words["parts"]})
    telling.look_from_here()
    telling.answer({"feedback": telling.words["more"]})
    telling.answer({"feedback": telling.words["again"]})


def _other_sizes(telling: Telling) -> None:
    telling.begin()
    telling.answer(1)
    telling.look_from_here()
    telling.answer(1, paragraph_sentences=2, plan_count=2, memory_max_sentences=5)


def _told_again(telling: Telling) -> None:
    """The writer refuses, and is asked once more."""
    telling.begin()
    telling.look_from_here()
    telling.writer.prose = [telling.words["refusal"]]
    telling.answer(1, tries=2)


def _a_model_chooses(telling: Telling) -> None:
    telling.begin(given={"target_paragraphs": 2})
    telling.look_from_here()
    telling.answer(1, plan_selection="model")


def _after_another(telling: Telling) -> None:
    telling.begin()
    telling.answer(1)
    telling.begin_after()
    telling.answer(1)


def _imported(telling: Telling) -> None:
    """A manuscript that is read in two parts, and written on."""
    telling.read([telling.writer.passage() for _ in range(5)])
    telling.answer(1)


def _stopped_and_resumed(telling: Telling) -> None:
    """A step that was stopped when its passage was written, and goes on with other sizes."""
    telling.begin()
    telling.answer_and_stop(1, before="rewrite_short_term")
    telling.look_from_here()
    telling.go_on(memory_max_sentences=5, plan_count=2)


def _own_prompts(telling: Telling) -> None:
    """Nearly all in words of one's own, which name no more than they must."""
    own = {name: _least(spec, telling.words["title"]) for name, spec in every_prompt().items() if name not in _OF_FACES}
    telling.begin("background", "style_sheet", prompts=own)
    telling.answer(1, prompts=own)
    telling.answer({"feedback": telling.words["more"]}, prompts=own)


_OF_FACES = ("review", "tell")


def _least(spec: PromptSpec, words: str) -> str:
    """A prompt of one's own: its name, and what it must name."""
    return "\n\n".join([f"<{words}>", *(f"{{{name}}}" for name in spec.required)])


SITUATIONS: dict[str, Callable[[Telling], None]] = {
    "opening": _opening,
    "opening, title and outline to be found, two paragraphs": _opening_without_words,
    "first step": _step(),
    "samples of the prose": _samples,
    "it may end early": _told,
    "a step with much before it": _late_step(retrieve_k=1, retrieve_in_short=1),
    "a chapter begins, with a title": _step(lambda words: {"plan": 1, "chapter": words["chapter"]}),
    "chapters of two": _late_step(before=1, chapter_paragraphs=2),
    "near the end": _late_step(before=3, target=6),
    "the last": _late_step(before=2, target=3),
    "edited paragraph": _late_step(lambda words: {"plan": 1, "paragraph": words["paragraph"]}, before=1),
    "edited memory": _late_step(lambda words: {"plan": 1, "short_term_memory": words["memory"]}, before=1),
    "edited paragraph and memory": _late_step(
        lambda words: {"plan": 1, "paragraph": words["paragraph"], "short_term_memory": words["memory"]}, before=1
    ),
    "edited memory, then edited paragraph": _memory_then_paragraph,
    "edited opening of three": _edited_opening,
    "other plans, twice": _other_plans,
    "other plans for another outline": _other_plans_for_another_outline,
    "own plan": _step(lambda words: words["own"]),
    "a plan for three, the second": _plan_for_three,
    "an outline of three parts": _outline_of_parts(before=3, target=9),
    "an outline of three parts, near the end": _outline_of_parts(before=3, target=6),
    "lengthened past its end": _lengthened(2),
    "lengthened by far past its end": _lengthened(12),
    "an outline of chapters, its last one near the end": _outline_of_chapters,
    "a plan for three where a chapter is due": _plan_lasts_when_a_chapter_is_due,
    "what happens is told": _step(lambda words: {"instruction": words["own"], "act": "story"}),
    "other sizes": _other_sizes,
    "own prompt for plans": _step(prompts={"propose_plans": "{short_term_memory}\n\n{plan_count}"}),
    "without rationale": _step(use_rationale=False),
    "memory off": _step(use_short_term_memory=False),
    "recall off": _late_step(before=1, retrieve_k=0, retrieve_in_short=0, use_facts=False, synopsis_tokens=0),
    "one of each": _step(plan_count=1, plan_sentences=1, paragraph_sentences=1, memory_min_sentences=1),
    "a model chooses": _a_model_chooses,
    "written once more": _told_again,
    "a book after another": _after_another,
    "imported": _imported,
    "stopped and resumed with other sizes": _stopped_and_resumed,
    "own prompts that name the least": _own_prompts,
    "own phrases": _late_step(before=1, prompts={"memory_goes_on": "<…>", "write_in": "<{name}>", "pace_free": "<…>"}),
}
"""By name: what is told before, and what the situation asks."""
