"""A chat model that answers at once and always the same way, for tests and for measuring what is not the model.

Its answer depends on nothing but what it was asked: asked again, it says the same, so an interrupted run that
is resumed can be compared with one that was not.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator  # noqa: TC003 (Pydantic reads the annotations)
from random import Random
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable  # noqa: TC002 (Pydantic reads the annotations)
from pydantic import Field

from recurrentgpt.nodes.node import Inline

WORDS = (  # noqa: SIM905 (a list of 150 strings is not easier to read)
    "amber anchor ash autumn barn bell bird boat bone book bread bridge candle cellar chalk cliff clock coal coast "
    "coin copper cradle creek crow curtain dawn debt door drum dust ember engine fence ferry field fig fire flint "
    "fog forest fox frost garden gate ghost glass glove grain grave gull hammer harbour hawk hearth hill honey "
    "horn horse ice ink iron island ivy jar key kettle knife ladder lake lamp lantern lark ledger letter lock loom "
    "map marsh mask meadow mill mirror moon moss moth mountain needle nest night oak oar orchard owl paper path "
    "pearl pine pipe plum pocket pond porch quarry quilt rain raven reed ring river road roof root rope rose salt "
    "sand shadow shell ship shore silver smoke snow spring stair star stone storm street thorn tide tower train "
    "vine voice wagon wall wave well wharf wheel willow wind window winter wolf wood wool yard"
).split()
SENTENCES = 20


def compose(asked: str, schema: dict[str, Any] | None, language_salt: str = "") -> str:
    """The answer to a prompt: a JSON text for a schema, else a paragraph of 20 sentences."""
    chance = Random(f"{language_salt}{asked}{json.dumps(schema, sort_keys=True)}")  # noqa: S311
    if schema is None:
        return " ".join(_sentence(chance) for _ in range(SENTENCES))
    return json.dumps(_fill(schema, chance), ensure_ascii=False)


def _sentence(chance: Random) -> str:
    words = [chance.choice(WORDS) for _ in range(9)]
    return f"{words[0].capitalize()} {' '.join(words[1:])}."


def _fill(schema: dict[str, Any], chance: Random) -> object:
    if "enum" in schema:
        return chance.choice(schema["enum"])
    match schema.get("type"):
        case "object":
            return {name: _fill(part, chance) for name, part in schema["properties"].items()}
        case "array":
            count = schema.get("minItems", 1)
            return [_fill(schema["items"], chance) for _ in range(count)]
        case "integer":
            return schema.get("minimum", 1)
        case _:
            text = _sentence(chance)
            while len(text) < schema.get("minLength", 0):
                text = f"{text} {_sentence(chance)}"
            return text[: schema.get("maxLength", len(text))]


class FakeChatModel(BaseChatModel):
    """The fake as LangChain's chat model.

    Attributes:
        delay: seconds a call takes.
        asked: every conversation it was sent, in order.
        interfere: called with the messages and the schema before each answer; may return a text to answer
            instead, or raise.
        schemas: whether it can be held to a schema.
        salt: another salt gives other answers.
        pause: seconds between two words of a text that is streamed.
        chunk: words that come at once in a text that is streamed; by default one where there is a pause between
            them, and twenty where nobody could see them come.
        read_at_most: tokens of a prompt it says to have read, as a server does that cuts them silently.
    """

    delay: float = 0.0
    asked: list[list[BaseMessage]] = Field(default_factory=list)
    interfere: Callable[[list[BaseMessage], dict[str, Any] | None], str | None] | None = None
    schemas: bool = True
    salt: str = ""
    pause: float = 0.0
    chunk: int | None = None
    read_at_most: int = 10**9

    @property
    def _llm_type(self) -> str:
        return "fake"

    @property
    def _at_once(self) -> int:
        return self.chunk or (1 if self.pause else 20)

    def __repr__(self) -> str:
        """Its name alone: LangChain asks for this at a call, and what was heard would make it long."""
        return f"FakeChatModel(salt={self.salt!r})"

    def with_structured_output(self, schema: Any, *, include_raw: bool = False, **_: Any) -> Runnable[Any, Any]:  # noqa: ANN401
        """Answer with what the schema asks for."""
        if not (self.schemas and include_raw):
            raise NotImplementedError

        return self.bind(schema=schema) | Inline(_read)

    def _answer(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> AIMessage:
        self.asked.append(messages)
        instead = self.interfere(messages, schema) if self.interfere else None
        asked = "\n".join(message.text for message in messages)
        text = compose(asked, schema, self.salt) if instead is None else instead
        tokens = (min(len(asked) // 4, self.read_at_most), len(text) // 4)
        return AIMessage(
            text,
            usage_metadata={"input_tokens": tokens[0], "output_tokens": tokens[1], "total_tokens": sum(tokens)},
        )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: Any = None,  # noqa: ANN401, ARG002
        schema: dict[str, Any] | None = None,
        **_: Any,  # noqa: ANN401
    ) -> ChatResult:
        _wait(self.delay)
        return ChatResult(generations=[ChatGeneration(message=self._answer(messages, schema))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: Any = None,  # noqa: ANN401
        schema: dict[str, Any] | None = None,
        **_: Any,  # noqa: ANN401
    ) -> Iterator[ChatGenerationChunk]:
        _wait(self.delay)
        for chunk in _chunks(self._answer(messages, schema), self._at_once):
            if run_manager:
                run_manager.on_llm_new_token(chunk.text)
            yield ChatGenerationChunk(message=chunk)
            _wait(self.pause)

    # As a model over a network does, it holds nobody's thread on an event loop.

    async def _awaited(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> AIMessage:
        await asyncio.sleep(self.delay)
        return self._answer(messages, schema)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: Any = None,  # noqa: ANN401, ARG002
        schema: dict[str, Any] | None = None,
        **_: Any,  # noqa: ANN401
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=await self._awaited(messages, schema))])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: Any = None,  # noqa: ANN401
        schema: dict[str, Any] | None = None,
        **_: Any,  # noqa: ANN401
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _chunks(await self._awaited(messages, schema), self._at_once):
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text)
            yield ChatGenerationChunk(message=chunk)
            if self.pause:
                await asyncio.sleep(self.pause)


def _wait(seconds: float) -> None:
    if seconds:
        time.sleep(seconds)


def _read(message: AIMessage) -> dict[str, Any]:
    """An answer with what its JSON says, or what was wrong with it."""
    try:
        return {"raw": message, "parsed": json.loads(message.text), "parsing_error": None}
    except ValueError as error:
        return {"raw": message, "parsed": None, "parsing_error": error}


class WatchedChatModel(FakeChatModel):
    """The fake that keeps when it was called, on an event loop.

    Attributes:
        record: every call's messages and schema.
        spans: its beginning and end, by the process's clock.
    """

    record: list[tuple[list[BaseMessage], dict[str, Any] | None]] = Field(default_factory=list)
    spans: list[tuple[float, float]] = Field(default_factory=list)

    async def _awaited(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> AIMessage:
        began = time.perf_counter()
        message = await super()._awaited(messages, schema)
        self.asked.clear()
        self.record.append((messages, schema))
        self.spans.append((began, time.perf_counter()))
        return message


def _chunks(message: AIMessage, size: int) -> Iterator[AIMessageChunk]:
    """A message so many words at a time, as a model streams it."""
    split = message.text.split(" ")
    words = [" ".join(split[start : start + size]) for start in range(0, len(split), size)]
    for number, word in enumerate(words):
        is_last = number == len(words) - 1
        yield AIMessageChunk(
            content=word if is_last else f"{word} ", usage_metadata=message.usage_metadata if is_last else None
        )
