"""The original's way, as the paper and its public record tell it; none of its code or prompts was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from ..nodes import select_plan
from ..nodes.answers import SHORT, Answer, Line, Lines
from ..nodes.asking import AnswerSpec
from ..nodes.rewrite_short_term import longest_rationale
from .asking import ask, run_gate
from .baselines import Baseline
from .novel import Page, VisibleContext

if TYPE_CHECKING:
    from .writers import Assignment

_LEAST, _LONGEST = 80, 2000
"""Characters of a paragraph inside a form: more repetitions than that, llama.cpp's grammars refuse."""
_INSTRUCTION = 160
_SUMMARY = 500


class FirstNotes(Answer):
    """The memory and the instructions that the first step starts from."""

    numbered = frozenset({"instructions"})

    rationale: Line
    memory: Lines = Field(min_length=1)
    instructions: Lines = Field(min_length=1)


class OneCall(Answer):
    """Everything of a step in one answer, in the paper's order."""

    numbered = frozenset({"instructions"})

    paragraph: Annotated[str, Field(min_length=1, max_length=20_000)]
    rationale: Line
    memory: Lines = Field(min_length=1)
    instructions: Lines = Field(min_length=1)


class Original(Baseline):
    """The original's way: one call a step; the memory is every raw paragraph, searched by the plan's cosine, top 2.

    Attributes:
        step: the prompt of a step.
        answer: its form.
        most_recalled: how many of its memories a step is shown.
    """

    step: ClassVar[str] = "one_call"
    answer: ClassVar[type[OneCall]] = OneCall
    most_recalled: ClassVar[int] = 2

    def __init__(self, assignment: Assignment) -> None:
        super().__init__(assignment)
        self._memory = ""
        self._plans: list[str] = []
        self._stored: list[str] = []
        self._vectors: list[list[float]] = []
        self._embeddings = assignment.resources.memories.embedder.embeddings

    def begin(self) -> list[str]:
        """Open the novel, and make the first memory and instructions."""
        opening = super().begin()
        notes = self._ask("first_memory", FirstNotes, text="\n\n".join(opening))
        self._keep(notes, self.memories_of_opening(opening))
        return opening

    def write_next(self) -> Page:
        """One call for the paragraph, the memory and the next instructions."""
        plan = self._choose()
        recalled = self._recall(plan)
        answer = self._ask(self.step, self.answer, **self._values(plan, recalled))
        text = self.book.add(answer.paragraph)
        self._keep(answer, [self.memory_of(answer, text)])
        return Page(text=text, plan=plan, short_term_memory=self._memory, recalled=recalled, proposed=list(self._plans))

    def sight(self, plan: str) -> VisibleContext:
        """What the plan would bring back."""
        values = self._values(plan, self._recall(plan))
        return VisibleContext(
            short_term_memory=self._memory,
            recalled=values["passages"],
            text=values["last_paragraph"],
            stored="\n\n".join(self._stored),
            prompt="\n\n".join(values[name] for name in ("short_term_memory", "last_paragraph", "passages")),
        )

    def memories_of_opening(self, opening: list[str]) -> list[str]:
        """What is kept of the opening's paragraphs: these themselves."""
        return opening

    def memory_of(self, answer: OneCall, text: str) -> str:  # noqa: ARG002 (another way may take it from the answer)
        """What is kept of a paragraph: all of it."""
        return text

    def _values(self, plan: str, recalled: list[int]) -> dict[str, str]:
        return {
            "short_term_memory": self._memory,
            "last_paragraph": self.book.texts[-1],
            "plan": plan,
            "passages": "\n\n".join(self._stored[place] for place in recalled),
        }

    def _keep(self, notes: FirstNotes | OneCall, texts: list[str]) -> None:
        self._memory = "\n".join(notes.memory)
        self._plans = notes.instructions
        self._stored += texts
        self._vectors += self._embeddings.embed_documents(texts)

    def _recall(self, plan: str) -> list[int]:
        """The nearest memories but that of the last paragraph, which the prompt holds already, oldest first."""
        if not (earlier := self._vectors[:-1]):
            return []
        likeness = np.asarray(earlier) @ np.asarray(self._embeddings.embed_query(plan))
        return sorted(int(place) for place in np.argsort(-likeness)[: self.most_recalled])

    def _choose(self) -> str:
        """The instruction to follow, chosen as ours chooses: the first, by chance, or by the simulated human."""
        last = self.book.texts[-1]
        plans = [{"text": plan, "recall": []} for plan in self._plans]
        state = {
            **self.book.premise,
            "language": self.book.assignment.topic.tag,
            "plans": plans,
            "step": len(self.book.texts),
            "short_term_memory": self._memory,
            "paragraph": last,
            "prompt": "",
            "remaining_steps": 100,
        }
        chosen = run_gate(select_plan, state, self.context, self.book.assignment.resources)
        return str(chosen["plan"]["text"])

    def _ask(self, prompt: str, answer: type[Any], **values: str) -> Any:  # noqa: ANN401 (of that type)
        context = self.context
        turn = self.book.assignment.turn(prompt)
        request = self.book.load(prompt).fill(
            **values,
            paragraph_sentences=context.paragraph_sentences,
            memory_min_sentences=context.memory_min_sentences,
            memory_max_sentences=context.memory_max_sentences,
            plan_count=context.plan_count,
            plan_sentences=context.plan_sentences,
        )

        def problem_of(found: FirstNotes | OneCall) -> str:
            if len(found.instructions) != context.plan_count:
                return turn.phrase("problem_plan_count", count=len(found.instructions), wanted=context.plan_count)
            if isinstance(found, OneCall) and found.paragraph.split() == self.book.texts[-1].split():
                return turn.phrase("problem_same_paragraph")
            return ""

        spec = AnswerSpec(self._bounds(answer), counts={"instructions": context.plan_count})
        return ask(turn, self.book.messages(request), answer, spec, problem_of)

    def _bounds(self, answer: type[Any]) -> dict[str, dict[str, object]]:
        context = self.context
        low, high = context.memory_min_sentences, context.memory_max_sentences
        bounds: dict[str, dict[str, object]] = {
            "rationale": {"maxLength": longest_rationale(high)},
            "memory": {"minItems": low, "maxItems": high},
            "memory.items": {"maxLength": SHORT},
            "instructions": {"minItems": context.plan_count, "maxItems": context.plan_count},
            "instructions.items": {"maxLength": _INSTRUCTION * context.plan_sentences},
        }
        if "paragraph" in answer.model_fields:
            longest = min(_LONGEST, SHORT * context.paragraph_sentences)
            bounds["paragraph"] = {"minLength": _LEAST, "maxLength": longest}
        if "summary" in answer.model_fields:
            bounds["summary"] = {"maxLength": _SUMMARY}
        return bounds
