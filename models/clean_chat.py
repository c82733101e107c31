"""A chat model whose answers are cleaned as they come, so that what is streamed is what is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator  # noqa: TC003 (Pydantic reads the annotations)
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import SkipValidation  # noqa: TC002 (Pydantic reads the annotations)

from .cleaner import Cleaner  # noqa: TC001 (Pydantic reads the annotations)
from .known import Known  # noqa: TC001
from .replies import marks, thought_in

if TYPE_CHECKING:
    from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun


class CleanChat(BaseChatModel):
    """Another chat model, cleaned.

    Attributes:
        inner: the model that answers.
        cleaner: makes what cleans one answer.
        known: what was learnt of the model: one that gives nothing when it is to stream is asked for the whole.
        hear: hears what the model thinks, as it comes; it is no part of the answer.
    """

    inner: SkipValidation[BaseChatModel]
    cleaner: SkipValidation[Callable[[], Cleaner]]
    known: SkipValidation[Known]
    hear: SkipValidation[Callable[[str], None]] | None = None

    @property
    def _llm_type(self) -> str:
        return self.inner._llm_type  # noqa: SLF001 (it stands for that model)

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return dict(self.inner._identifying_params)  # noqa: SLF001

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> Any:  # noqa: ANN401
        return self.inner._get_ls_params(stop, **kwargs)  # noqa: SLF001

    @property
    def _serialized(self) -> dict[str, Any]:
        """What a trace says of the model: the inner one's, which is made once and not for each answer."""
        return self.inner._serialized  # noqa: SLF001

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401
    ) -> ChatResult:
        return self._whole(self.inner._generate(messages, stop, **kwargs))  # noqa: SLF001

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401
    ) -> ChatResult:
        return self._whole(await self.inner._agenerate(messages, stop, **kwargs))  # noqa: SLF001

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401
    ) -> Iterator[ChatGenerationChunk]:
        cleaner, came = self.cleaner(), False
        if self._streams(BaseChatModel._stream, type(self.inner)._stream):  # noqa: SLF001
            for chunk in self.inner._stream(messages, stop=stop, **kwargs):  # noqa: SLF001
                came = True
                yield self._cleaned(chunk, cleaner)
        if not came:
            result = self.inner._generate(messages, stop, **kwargs)  # noqa: SLF001
            yield self._cleaned(self._as_chunk(result), cleaner)
        yield self._last(cleaner)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401
    ) -> AsyncIterator[ChatGenerationChunk]:
        cleaner, came, base, own = self.cleaner(), False, BaseChatModel, type(self.inner)
        if self._streams((base._astream, base._stream), (own._astream, own._stream)):  # noqa: SLF001
            async for chunk in self.inner._astream(messages, stop=stop, **kwargs):  # noqa: SLF001
                came = True
                yield self._cleaned(chunk, cleaner)
        if not came:
            result = await self.inner._agenerate(messages, stop, **kwargs)  # noqa: SLF001
            yield self._cleaned(self._as_chunk(result), cleaner)
        yield self._last(cleaner)

    def _streams(self, theirs: object, own: object) -> bool:
        """Whether it streams, as far as is known, by what it does where LangChain's own does nothing."""
        return self.known.streams and theirs != own

    def _as_chunk(self, result: ChatResult) -> ChatGenerationChunk:
        """A whole answer where a stream was wanted; the server's stream is not tried again."""
        self.known.streams = False
        (generation, *_), info = result.generations, result.llm_output or {}
        message = generation.message
        said = {**message.response_metadata, **(generation.generation_info or {})}
        said |= {name: info[name] for name in ("model_provider", "model_name") if info.get(name)}
        usage = message.usage_metadata if isinstance(message, AIMessage) else None
        chunk = AIMessageChunk(
            content=message.text,
            additional_kwargs=message.additional_kwargs,
            response_metadata=said,
            usage_metadata=usage,
        )
        return ChatGenerationChunk(message=chunk)

    def _whole(self, result: ChatResult) -> ChatResult:
        """A whole answer, cleaned."""
        cleaner, (generation, *_) = self.cleaner(), result.generations
        cleaner.feed(generation.message.text)
        cleaner.close()
        self._tell(generation.message, cleaner)
        said = {**generation.message.response_metadata, **marks(cleaner.taken_off, is_late=False)}
        message = generation.message.model_copy(update={"content": cleaner.text, "response_metadata": said})
        self.known.thinks_first = self.known.thinks_first or cleaner.is_late
        cleaned = ChatGeneration(message=message, generation_info=generation.generation_info)
        return ChatResult(generations=[cleaned], llm_output=result.llm_output)

    def _cleaned(self, chunk: ChatGenerationChunk, cleaner: Cleaner) -> ChatGenerationChunk:
        """A piece of an answer, cleaned; what it says besides its text stays."""
        text = cleaner.feed(chunk.message.text)
        self._tell(chunk.message, cleaner)
        if text != chunk.message.content:
            # In its place: it is nobody else's yet, and a copy of each piece costs more than all the cleaning.
            chunk.message.content = text
            chunk.text = text
        return chunk

    def _last(self, cleaner: Cleaner) -> ChatGenerationChunk:
        """What was held back, and what the cleaning has to say."""
        text = cleaner.close()
        self._tell(None, cleaner)
        said = marks(cleaner.taken_off, is_late=cleaner.is_late)
        return ChatGenerationChunk(message=AIMessageChunk(content=text, response_metadata=said))

    def _tell(self, message: BaseMessage | None, cleaner: Cleaner) -> None:
        """Tell who hears it what the model thinks, in a field of its own or in its text."""
        if not self.hear:
            return
        thought = (thought_in(message) if message else "") + cleaner.take_thoughts()
        if thought:
            self.hear(thought)
