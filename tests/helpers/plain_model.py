"""A model that answers in few plain words, numbered by kind, so that prompts can be read; and who asked it what."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import BaseCallbackHandler

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_MARKS = {"en": (". ", "."), "zh": ("。", "。")}


@dataclass
class PlainWriter:
    """What a ``FakeChatModel`` is to answer instead of its own words: ``interfere``.

    Attributes:
        language: "en" or "zh".
        sentences: how many a passage has.
        says: how often it answered, by kind.
        prose: answers to give instead, the next ones first.
        reads: the beginning of what is read, while it is.
    """

    language: str
    sentences: int = 4
    says: Counter[str] = field(default_factory=Counter)
    prose: list[str] = field(default_factory=list)
    reads: str = ""

    @property
    def stop(self) -> str:
        """What ends a sentence."""
        return _MARKS[self.language][1]

    def __call__(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> str:
        """An answer to a prompt."""
        if schema is None:
            return self.prose.pop(0) if self.prose else self.passage()
        if "facts" in schema["properties"]:
            return json.dumps(self._summary(messages, schema), ensure_ascii=False)
        kind = next(name for name in schema["properties"] if name != "beat")
        self.says[kind] += 1
        return json.dumps(self._filled(schema, kind, [0]), ensure_ascii=False)

    def passage(self) -> str:
        """The next passage of a story."""
        self.says["passage"] += 1
        between, end = _MARKS[self.language]
        return between.join(self._words("passage", number) for number in range(1, self.sentences + 1)) + end

    def _words(self, kind: str, number: int = 0) -> str:
        name = f"{self.says[kind]}-{number}" if number else str(self.says[kind])
        return f"{_NAMES[self.language].get(kind, kind)} {name}"

    def _summary(self, messages: list[BaseMessage], schema: dict[str, Any]) -> dict[str, Any]:
        """A summary, and a fact that the passage proves: a state and a thread in turn."""
        self.says["summary"] += 1
        end = _MARKS[self.language][1]
        told = self.reads or next(message.text for message in reversed(messages) if message.type == "ai")
        fact = {
            "fact": self._words("fact", self.says["summary"]) + end,
            "about": ["Mara" if self.language == "en" else "玛拉"],
            "says": told.split(end)[0],
            "open": self.says["summary"] % 2 == 0,
        }
        counts = schema["properties"].get("summaries", {}).get("minItems", 1)
        summaries = [self._words("summary", number) + end for number in range(1, counts + 1)]
        return {"summary": summaries[0], "summaries": summaries, "facts": [fact], "changes": []}

    def _filled(self, schema: dict[str, Any], kind: str, numbers: list[int]) -> object:
        if "enum" in schema:
            return schema["enum"][0]
        match schema.get("type"):
            case "object":
                return {name: self._filled(part, kind, numbers) for name, part in schema["properties"].items()}
            case "array":
                return [self._filled(schema["items"], kind, numbers) for _ in range(schema.get("minItems", 1))]
            case "boolean":
                return True
            case "integer":
                return schema.get("minimum", 1)
            case _:
                numbers[0] += 1
                text = self._words(kind, numbers[0])
                filler = "玛拉" if self.language == "zh" else " of Mara"
                while len(text) + 1 < schema.get("minLength", 0):
                    text += filler
                return text + _MARKS[self.language][1]


_NAMES = {
    "en": {"passage": "Passage", "fact": "Fact", "summary": "Summary", "rationale": "Memory", "plans": "Plan"},
    "zh": {
        "passage": "正文",
        "fact": "事实",
        "summary": "梗概",
        "rationale": "记忆",
        "memory": "记忆",
        "plans": "计划",
        "title": "题目",
        "recall": "线索",
        "reason": "理由",
        "synopsis": "总述",
        "chapter": "章名",
        "outline": "大纲",
    },
}


@dataclass(frozen=True)
class Asked:
    """One call of a model: the gate that made it, what it sent, and the form it asked for."""

    gate: str
    messages: tuple[BaseMessage, ...]
    form: dict[str, Any] | None


class Listener(BaseCallbackHandler):
    """Keeps every call of a model, with the gate that made it."""

    def __init__(self) -> None:
        self.heard: list[Asked] = []

    def on_chat_model_start(
        self,
        serialized: dict[str, Any],  # noqa: ARG002
        messages: list[list[BaseMessage]],
        *,
        metadata: dict[str, Any] | None = None,
        invocation_params: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """One call begins."""
        form = (invocation_params or {}).get("schema") or _.get("options", {}).get("schema")
        self.heard.append(Asked((metadata or {}).get("langgraph_node", ""), tuple(messages[0]), form))
