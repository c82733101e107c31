"""A chat model that a run can call, and what is known of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from time import monotonic
from typing import TYPE_CHECKING, Any

from ..schemas.errors import ModelUnavailableError, part
from . import embedded
from .addresses import shown
from .cleaner import Cleaner
from .failures import explain, failure_of, is_failure, refuses_forms
from .known import Known
from .plain_forms import plain_form
from .replies import NO_END, Reply
from .window import TOKENS_A_SENTENCE, ask_server, listed_models

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable
    from pydantic import SecretStr

    from ..schemas.catalogue import Part

EMBEDDED_MAX_TOKENS = 2048
"""Tokens that one answer of the embedded model may have."""
_LEAST_ROOM, _MORE_ROOM = 4096, 2
"""Tokens that an answer with a form gets at least, once one was cut, and how many times what that one had."""
_ASKED_FOR = 300
"""Seconds that a server's word on its window and its models holds."""
_NAMED = 5
"""Models that an error names."""


@dataclass
class ChatModel:
    """A chat model that a run can call.

    Attributes:
        name: as a person would name it.
        chat: LangChain's chat model.
        is_embedded: whether it is the demonstration model.
        seed: what it was given, if it takes one.
        base_url: of the server it is on, if that is a person's own.
        api_key: that server's.
        known: what was learnt of it.
        put_right: the address that a person gave, where it was put right.
        variable: what a person gave it in.
    """

    name: str
    chat: BaseChatModel
    is_embedded: bool = False
    seed: int | None = None
    base_url: str = ""
    api_key: SecretStr | None = None
    known: Known = field(default_factory=Known)
    put_right: str = ""
    variable: str = "OPENAI_BASE_URL"

    def window(self) -> int | None:
        """Its context window in tokens, where LangChain knows it or the server says. May ask the server."""
        if self.is_embedded:
            return embedded.CONTEXT_TOKENS
        asked = ask_server(self.base_url, self.name, self._secret(), _now()) if self.base_url else None
        return asked or (self.chat.profile or {}).get("max_input_tokens")

    @property
    def shown_address(self) -> str:
        """Where its server is, without user and password; empty where it is not a person's own."""
        return shown(self.base_url) if self.base_url else ""

    def on(self, attempt: int) -> BaseChatModel:
        """The chat model for the n-th try (from 1): with a fixed seed the same question would get the same answer."""
        if self.seed is None or attempt == 1:
            return self.chat
        return self.chat.model_copy(update={"seed": self.seed + attempt - 1})

    def for_prose(
        self,
        sentences: int,
        attempt: int,
        opening: re.Pattern[str] | None = None,
        hear: Callable[[str], None] | None = None,
    ) -> Runnable[list[BaseMessage], BaseMessage]:
        """The model for plain text of about so many sentences, cleaned as it comes; only the embedded one has a bound.

        Args:
            sentences: about how many are wanted.
            attempt: which try it is.
            opening: how a line begins that says that the text follows.
            hear: hears what it thinks.
        """
        known = self.known
        clean = self._cleaned(attempt, lambda: Cleaner(opening, waits=known.thinks_first), hear)
        if self.is_embedded:
            body = {**embedded.SAMPLING, "grammar": embedded.PROSE}
            return clean.bind(max_tokens=min(EMBEDDED_MAX_TOKENS, TOKENS_A_SENTENCE * sentences), extra_body=body)
        return clean

    def for_words(
        self, attempt: int, hear: Callable[[str], None] | None = None, room: int = 0
    ) -> Runnable[list[BaseMessage], BaseMessage]:
        """The model for something with a form that is asked for in words; nobody sees it come.

        Args:
            attempt: which try it is.
            hear: hears what it thinks.
            room: tokens that the answer may have, where a server of a person's own is asked; 0: nobody says.
        """
        clean = self._unshown(attempt, hear)
        if room and self.base_url:
            from . import endpoint  # noqa: PLC0415

            return endpoint.in_room(self.chat, clean, room)
        return clean

    def _unshown(self, attempt: int, hear: Callable[[str], None] | None) -> BaseChatModel:
        """The model cleaned, for what is read whole."""
        return self._cleaned(attempt, lambda: Cleaner(is_prose=False, waits=True), hear)

    def _cleaned(
        self, attempt: int, cleaner: Callable[[], Cleaner], hear: Callable[[str], None] | None
    ) -> BaseChatModel:
        from .clean_chat import CleanChat  # noqa: PLC0415 (LangChain's base is slow to import; --help does without)

        inner = self.on(attempt)
        return CleanChat(
            inner=inner,
            cleaner=cleaner,
            known=self.known,
            hear=hear,
            name=inner.get_name(),
            cache=inner.cache,
            rate_limiter=inner.rate_limiter,
            callbacks=inner.callbacks,
            tags=inner.tags,
            metadata=inner.metadata,
            disable_streaming=inner.disable_streaming,
        )

    def for_schema(
        self, schema: dict[str, Any], attempt: int, room: int = 0, hear: Callable[[str], None] | None = None
    ) -> Runnable[list[BaseMessage], dict[str, Any]]:
        """The model held to a JSON schema; it answers with ``raw``, ``parsed`` and ``parsing_error``.

        Args:
            schema: what the answer is held to.
            attempt: which try it is.
            room: tokens that the answer may have; 0: nobody says.
            hear: hears what it thinks, where the project itself holds it to the schema.
        """
        chat, held_to = self.on(attempt), schema
        if self.base_url:
            from . import endpoint  # noqa: PLC0415

            return endpoint.held_to(chat, self._unshown(attempt, hear), schema, self.known.forms, room)
        if self.is_embedded:
            from langchain_core.runnables import RunnableLambda  # noqa: PLC0415 (slow to import; --help does without)

            if form := plain_form(schema):
                body = {**embedded.SAMPLING, "grammar": form.grammar}
                return chat.bind(extra_body=body) | RunnableLambda(form.parse)
            held_to = embedded.in_sentences(schema)
        structured: Runnable[Any, Any] = chat.with_structured_output(held_to, include_raw=True)
        return structured

    async def leave_loop(self) -> None:
        """Close the connections that it has on the running event loop, which is about to end."""
        from .clients import ClientOnAnyLoop  # noqa: PLC0415 (the SDK is slow to import; --help does without)

        client = getattr(self.chat, "http_async_client", None)
        if isinstance(client, ClientOnAnyLoop):
            await client.let_go()

    def check(self, reply: Reply) -> None:
        """Note what an answer says of the model.

        Raises:
            ModelUnavailableError: the answer ended as none does that is whole.
        """
        self.known.note_server(reply.prints if self.base_url else "")
        if reply.is_late:
            self.known.thinks_first = True
        if reply.ended == NO_END:
            raise ModelUnavailableError("answer_broke_off", model=self.name, server=self._place(""))
        if reply.ended not in ("whole", "cut"):
            place = self._place(f"finish_reason: {reply.ended}")
            if "filter" in reply.ended or reply.ended in ("safety", "prohibited_content", "refusal", "recitation"):
                raise ModelUnavailableError("call_moderated", model=self.name, server=place)
            raise ModelUnavailableError("answer_broke_off", model=self.name, server=place)

    def is_failure(self, error: BaseException) -> bool:
        """Whether an error is what a call of it may raise."""
        return is_failure(error, of_endpoint=bool(self.base_url))

    def refuses_forms(self, error: BaseException) -> bool:
        """Whether an error says that the model cannot be held to a form."""
        return isinstance(error, NotImplementedError) or (self.is_failure(error) and refuses_forms(failure_of(error)))

    def explain(self, error: BaseException) -> ModelUnavailableError:
        """A failed call in this project's words, with what the server knows instead. May ask the server."""
        failure = failure_of(error)
        place = failure.told(self.shown_address, self._secret())
        return explain(error, self.name, place, self._advice(failure.kind), self.variable)

    def less_of_forms(self) -> None:
        """It refused a form: the next way of asking for one, or, where it is not a server's, words."""
        self.known.less()
        if not self.base_url:
            self.known.forms = "words"

    def ignores_forms(self, reply: Reply) -> bool:
        """Whether it is now clear that the server takes a form and does not heed it."""
        return bool(self.base_url) and reply.ended == "whole" and self.known.note_form(is_one=reply.has_form)

    def said_once(self, what: str) -> bool:
        """Whether a person is to be told of something that was not told yet of this model."""
        if what in self.known.said:
            return False
        self.known.said.add(what)
        return True

    def was_cut(self, reply: Reply, sent: int) -> bool:
        """Whether a prompt of about so many tokens seems to have been cut, which is to be said once."""
        return reply.read is not None and self.known.was_cut(reply.read, sent) and self.said_once("cut")

    def room_after(self, reply: Reply) -> int:
        """Tokens for the next try of an answer that was cut; 0: nobody says."""
        return max(_LEAST_ROOM, _MORE_ROOM * reply.written) if self.base_url else 0

    def _advice(self, kind: str) -> Part | str:
        """What else there is to say of a failure of that kind."""
        if not self.base_url:
            return ""
        if kind == "model_unknown" and (names := self._near()):
            return part("advice_names", names=names)
        if kind == "model_unknown" and "11434" in self.base_url:
            return part("advice_pull", model=self.name)
        if kind in ("address_wrong", "not_an_api") and not self.base_url.endswith("/v1"):
            return part("advice_v1", address=f"{shown(self.base_url).rstrip('/')}/v1")
        return ""

    def _near(self) -> list[str]:
        """The models that the server lists, the nearest names first."""
        names: tuple[str, ...] = ()
        with suppress(OSError):
            names = listed_models(self.base_url, self._secret(), _now())
        near = sorted(names, key=lambda name: -SequenceMatcher(None, name.lower(), self.name.lower()).ratio())
        return near[:_NAMED]

    def _place(self, said: str) -> str:
        told = ": ".join(part for part in (self.shown_address, said) if part)
        return f" ({told})" if told else ""

    def _secret(self) -> str:
        return self.api_key.get_secret_value() if self.api_key else ""


def _now() -> int:
    return int(monotonic() // _ASKED_FOR)
