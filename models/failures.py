"""What a failed model call means, as an error of ours.

Repeating a call after a rate limit, a time-out or a 5xx is the provider's SDK's affair (``max_retries``,
with its backoff); what arrives here has already been repeated, or must not be.
"""

from __future__ import annotations

import httpx
import httpx2
from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
    ModelTimeoutError,
)
from openai import APITimeoutError, OpenAIError

from ..schemas.errors import ModelUnavailableError

CALL_FAILURES = (ModelError, OpenAIError, httpx.TransportError, httpx2.TransportError)
"""What a call of a chat model may raise when the model or the way to it fails."""

_TOO_LONG = ("context", "too long", "exceed")


def is_too_long(error: BaseException) -> bool:
    """Whether the prompt did not fit the model's context window."""
    if isinstance(error, ContextOverflowError):
        return True
    text = str(error).lower()
    return "400" in text and all(word in text for word in ("exceed", "context"))


def explain(error: BaseException, model: str) -> ModelUnavailableError:  # noqa: PLR0911 (a table, row by row)
    """The failure of a call of ``model`` as an error that says what to do. The thread stays resumable."""
    if is_too_long(error):
        return ModelUnavailableError("prompt_too_long", model=model)
    if isinstance(error, ModelAuthenticationError | ModelPermissionDeniedError):
        return ModelUnavailableError("key_refused", model=model)
    if isinstance(error, ModelNotFoundError):
        return ModelUnavailableError("model_unknown", model=model)
    if isinstance(error, ModelRateLimitError):
        return ModelUnavailableError("too_many_requests", model=model)
    if isinstance(error, ModelTimeoutError | APITimeoutError | httpx.TimeoutException | httpx2.TimeoutException):
        return ModelUnavailableError("model_too_slow", model=model)
    if isinstance(error, ModelConnectionError | httpx.TransportError | httpx2.TransportError):
        return ModelUnavailableError("endpoint_unreachable", model=model)
    first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return ModelUnavailableError("call_failed", model=model, reason=first[:300])
