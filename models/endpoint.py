"""LangChain's client of an OpenAI-compatible server, for servers that are not quite that.

Imported where such a model is made: LangChain's client is slow to import.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import Runnable, RunnableLambda
from langchain_openai import ChatOpenAI
from openai import DefaultHttpxClient
from pydantic import SecretStr

from .clients import ClientOnAnyLoop
from .failures import AnswerFailedError, failure_of, refuses_forms, words_in

if TYPE_CHECKING:
    import httpx2
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.outputs import ChatGenerationChunk, ChatResult

    from .known import Forms

_THOUGHTS = ("reasoning_content", "reasoning")
_MOST_REPEATED = 16_384
"""Bytes of a refusal that are read before it is repeated."""


class EndpointChat(ChatOpenAI):
    """The client, with a server's refusals in its own words, and its thoughts kept apart."""

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        """A piece of a stream; an error in the midst of it is raised, and what is missing is put in."""
        _check_error(chunk, is_midway=True)
        choices = [choice for choice in chunk.get("choices") or [] if isinstance(choice, dict)]
        for choice in choices:
            choice["delta"] = _with_arguments(choice.get("delta") or choice.get("message") or {})
            choice["delta"]["role"] = choice["delta"].get("role") or "assistant"
        made = super()._convert_chunk_to_generation_chunk(
            {**chunk, "choices": choices}, default_chunk_class, base_generation_info
        )
        if made is not None:
            thought = next(
                (choice["delta"][name] for choice in choices for name in _THOUGHTS if choice["delta"].get(name)), ""
            )
            if isinstance(thought, str) and thought:
                made.message.additional_kwargs["reasoning_content"] = thought
        return made

    def _create_chat_result(self, response: Any, generation_info: dict[str, Any] | None = None) -> ChatResult:  # noqa: ANN401
        """A whole answer; what is none is raised in the server's words."""
        if isinstance(response, str):
            raise AnswerFailedError(response or "200, and nothing", "not_an_api")
        body: dict[str, Any] = response if isinstance(response, dict) else response.model_dump(warnings=False)
        _check_error(body)
        choices = [choice for choice in body.get("choices") or [] if isinstance(choice, dict) and choice.get("message")]
        if not choices:
            raise AnswerFailedError(words_in(body), "not_an_api")
        choices = [choice | {"message": _with_arguments(choice["message"])} for choice in choices]
        result = super()._create_chat_result({**body, "choices": choices}, generation_info)
        kept = result.generations[0].message
        kept.response_metadata["model_provider"] = "openai"
        for name in _THOUGHTS:
            if isinstance(thought := choices[0]["message"].get(name), str):
                kept.additional_kwargs["reasoning_content"] = thought
        return result


def _with_arguments(message: dict[str, Any]) -> dict[str, Any]:
    """A message, or a piece of one, in which what a tool is called with stands as its text.

    A tool is only ever a way to ask for something with a form: its arguments are the answer, and read as any other.
    """
    (call, *_) = message.get("tool_calls") or [None]
    if not isinstance(call, dict):
        return {**message}
    arguments = (call.get("function") or {}).get("arguments") or ""
    said = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    rest = {name: value for name, value in message.items() if name != "tool_calls"}
    return {**rest, "content": f"{message.get('content') or ''}{said}"}


def _check_error(body: dict[str, Any], *, is_midway: bool = False) -> None:
    """Raise what a body says that is an error, whatever its status."""
    error = body.get("error")
    if body.get("object") == "error" or (error and not body.get("choices")):
        said = error or body
        code = str(said.get("code") or "") if isinstance(said, dict) else ""
        status = int(code) if code.isdigit() else None
        raise AnswerFailedError(words_in(said), status=status, is_midway=is_midway)


def held_to(
    chat: BaseChatModel, clean: BaseChatModel, schema: dict[str, Any], forms: Forms, room: int
) -> Runnable[Any, dict[str, Any]]:
    """The client held to a schema, to JSON, or to call a tool of that form, by what it sends alone.

    LangChain's own way has the SDK read the answer, which raises at much that can be read all the same.

    Args:
        chat: the client.
        clean: the same, cleaned.
        schema: what the answer is held to.
        forms: whether it is held to that, to any JSON, or to a tool's arguments.
        room: tokens that the answer may have; 0: nobody says.
    """
    assert isinstance(chat, ChatOpenAI)  # noqa: S101 (for the type checker)
    bare = {name: value for name, value in schema.items() if name not in ("title", "description")}
    named = {"name": schema.get("title") or "Answer"}
    if schema.get("description"):
        named["description"] = schema["description"]
    wanted: dict[str, Any]
    match forms:
        case "schema":
            form = {**named, "schema": bare, "strict": False}
            wanted = {"response_format": {"type": "json_schema", "json_schema": form}}
        case "tool":
            # By word, not by name: several servers know no other choice of a tool.
            tool = {"type": "function", "function": {**named, "parameters": bare}}
            wanted = {"tools": [tool], "tool_choice": "required"}
        case _:
            wanted = {"response_format": {"type": "json_object"}}
    body = {**(chat.extra_body or {}), **wanted} | ({"max_tokens": room} if room else {})
    return clean.bind(extra_body=body) | RunnableLambda(_unread)


def in_room(chat: BaseChatModel, clean: BaseChatModel, room: int) -> Runnable[Any, BaseMessage]:
    """The client, cleaned, for an answer of at most so many tokens."""
    assert isinstance(chat, ChatOpenAI)  # noqa: S101 (for the type checker)
    return clean.bind(extra_body={**(chat.extra_body or {}), "max_tokens": room})


def _unread(answer: AIMessage) -> dict[str, Any]:
    """An answer that nobody has read yet, in LangChain's form for one that was."""
    return {"raw": answer, "parsed": None, "parsing_error": None}


def make(base_url: str, model: str, api_key: SecretStr | None, options: dict[str, Any]) -> EndpointChat:
    """The client of a server of a person's own."""
    return EndpointChat(
        model=model,
        base_url=base_url,
        api_key=api_key or SecretStr("none"),
        stream_usage=True,
        use_responses_api=False,
        stream_chunk_timeout=options["timeout"],
        http_client=_client(),
        http_async_client=_async_client(),
        **options,
    )


@cache
def _client() -> DefaultHttpxClient:
    """The connections of this process, as LangChain has them: one set for all its models."""
    return DefaultHttpxClient(event_hooks={"response": [_judge]})


@cache
def _async_client() -> ClientOnAnyLoop:
    """The same on an event loop."""
    return ClientOnAnyLoop(event_hooks={"response": [_judge_soon]})


def _judge(response: httpx2.Response) -> None:
    """Tell the SDK of a refusal that no repetition will change."""
    if response.status_code >= 400:  # noqa: PLR2004
        response.read()
        _mark(response)


async def _judge_soon(response: httpx2.Response) -> None:
    """The same on an event loop."""
    if response.status_code >= 400:  # noqa: PLR2004
        await response.aread()
        _mark(response)


def _mark(response: httpx2.Response) -> None:
    failure = failure_of(AnswerFailedError(response.text[:_MOST_REPEATED], status=response.status_code))
    if failure.kind in ("out_of_quota", "prompt_too_long", "call_moderated") or refuses_forms(failure):
        response.headers["x-should-retry"] = "false"
