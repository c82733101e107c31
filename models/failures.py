"""What a failed model call means, in one sentence.

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


def explain(error: BaseException, model: str) -> ModelUnavailableError:
    """The failure of a call of ``model`` as an error that says what to do. The thread stays resumable."""
    after = "nothing is lost: resume when that is put right"
    if is_too_long(error):
        what = (
            f"The prompt does not fit the context window of '{model}': take a model or a server setting with "
            "a larger one, or ask for fewer sentences and fewer recalled passages"
        )
    elif isinstance(error, ModelAuthenticationError | ModelPermissionDeniedError):
        what = f"The endpoint of '{model}' refused the key: check it and its rights"
    elif isinstance(error, ModelNotFoundError):
        what = f"The endpoint knows no model '{model}': check the name"
    elif isinstance(error, ModelRateLimitError):
        what = f"The endpoint of '{model}' still says 'too many requests' after all retries: wait, or check the quota"
    elif isinstance(error, ModelTimeoutError | APITimeoutError | httpx.TimeoutException | httpx2.TimeoutException):
        what = f"'{model}' did not answer in time: give it longer (timeout), or check the server"
    elif isinstance(error, ModelConnectionError | httpx.TransportError | httpx2.TransportError):
        what = f"The endpoint of '{model}' cannot be reached or broke off: check the address, the server and the proxy"
    else:
        first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        what = f"The call of '{model}' failed ({first[:300]})"
    return ModelUnavailableError(f"{what}; {after}.")
