"""What a failed model call means, as an error of ours: a kind, where it was, and what the server itself said.

Repeating a call after a rate limit, a time-out or a 5xx is the provider's SDK's affair (``max_retries``,
with its backoff); what arrives here has already been repeated, or must not be.
"""

from __future__ import annotations

import html
import json
import re
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

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

from ..schemas.errors import ModelUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..schemas.catalogue import Part

_CALLS = (ModelError, httpx.HTTPError, httpx2.HTTPError, httpx.InvalidURL, httpx2.InvalidURL, OSError)
_OF_AN_ENDPOINT = (ValueError, TypeError, LookupError, AttributeError)
"""What reading an answer raises that is none."""
_SHOWN = 240
"""Characters of a server's own words that an error repeats."""

_TOO_LONG = re.compile(
    r"context.{0,40}(?:length|window|size|exceed|overflow)|exceed\w*.{0,60}context|prompt is too long"
    r"|too many (?:input )?tokens|input (?:tokens|is too long)|maximum (?:input|prompt)|n_ctx|reduce the length",
    re.IGNORECASE | re.DOTALL,
)
_QUOTA = re.compile(
    r"insufficient[_ ](?:quota|balance|credit|funds)|exceeded your current quota|billing|payment|out of credits?"
    r"|requires more credits|quota exceeded|余额不足",
    re.IGNORECASE,
)
_MODERATED = re.compile(
    r"moderation|content[_ ](?:filter|policy|management)|flagged|safety (?:system|filter)|usage polic"
    r"|data_inspection|risk control",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"unexpected endpoint|page not found|invalid url|unknown (?:url|request|endpoint)|no route|cannot post",
    re.IGNORECASE,
)
_NO_FORMS = re.compile(
    r"response_?format|json_?schema|json_?object|structured[ _]outputs?|json mode|guided|grammar"
    r"|no endpoints found that support|tool_choice|\btools?\b|function[ _]call|does not support json|xgrammar|outlines",
    re.IGNORECASE,
)
_ONE_ANSWER = re.compile(r"json_validate_failed|failed to (?:validate|generate) json", re.IGNORECASE)


def _is_openais(error: BaseException, kind: str) -> bool:
    """Whether an error is of a kind that OpenAI's SDK raises; that takes a second to load, and raises none before."""
    sdk = sys.modules.get("openai")
    return sdk is not None and isinstance(error, getattr(sdk, kind))


class AnswerFailedError(Exception):
    """An answer that is none: the server says so in a body, or it is no answer of this kind of server.

    Attributes:
        kind: which kind of failure, where it is known.
        words: what the server said.
        is_midway: whether a part of an answer had come.
        status_code: the status that it names.
    """

    def __init__(self, words: str, kind: str = "", status: int | None = None, *, is_midway: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.kind = kind
        self.is_midway = is_midway
        self.status_code = status


class Failure(NamedTuple):
    """What is known of a failed call.

    Attributes:
        kind: which kind of failure.
        status: the HTTP status, if there was an answer at all.
        words: the server's own, or the transport's, in short.
        wait: how long the server wants to be left alone, as it said it.
    """

    kind: str
    status: int | None
    words: str
    wait: str = ""

    def told(self, address: str, secret: str = "") -> str:
        """Where it was and what was said, in brackets; empty where neither is known."""
        words = self.words.replace(secret, "…") if secret else self.words
        place = ", ".join(
            part for part in (address, str(self.status or ""), self.wait and f"Retry-After: {self.wait}") if part
        )
        said = f"“{words}”" if words else ""
        told = f"{place}: {said}" if place and said else place or said
        return f" ({told})" if told else ""


def is_failure(error: BaseException, *, of_endpoint: bool) -> bool:
    """Whether an error is what a call of a model may raise; of a server of one's own, also what reading it raises."""
    if (
        isinstance(error, (*_CALLS, AnswerFailedError))
        or _is_openais(error, "OpenAIError")
        or isinstance(getattr(error, "status_code", None), int)
    ):
        return True
    return of_endpoint and isinstance(error, _OF_AN_ENDPOINT)


def is_cut(error: BaseException) -> bool:
    """Whether the SDK refused an answer because it ended at the length limit."""
    return _is_openais(error, "LengthFinishReasonError")


def failure_of(error: BaseException) -> Failure:
    """The kind of a failure, and what was said."""
    status, words = _status(error), _words(error)
    response = getattr(error, "response", None)
    wait = str(response.headers.get("retry-after", "")) if response is not None else ""
    return Failure(_kind(error, status, words), status, words, wait[:40])


def refuses_forms(failure: Failure) -> bool:
    """Whether a server said that it cannot hold a model to a form; one failed answer does not say that."""
    if failure.kind not in ("call_failed", "model_unknown") or _ONE_ANSWER.search(failure.words):
        return False
    return bool(failure.status) and bool(_NO_FORMS.search(failure.words))


def is_too_long(error: BaseException) -> bool:
    """Whether the prompt did not fit the model's context window."""
    return failure_of(error).kind == "prompt_too_long"


def explain(
    error: BaseException, model: str, server: str = "", advice: Part | str = "", variable: str = "OPENAI_BASE_URL"
) -> ModelUnavailableError:
    """The failure of a call of ``model`` as an error that says what to do. The thread stays resumable.

    Args:
        error: what was raised.
        model: as a person named it.
        server: where that was and what was said, for the sentence (see :meth:`Failure.told`).
        advice: what the server knows instead: its models, another address.
        variable: what its address was given in.
    """
    make = {
        "prompt_too_long": lambda: ModelUnavailableError("prompt_too_long", model=model, server=server),
        "key_refused": lambda: ModelUnavailableError("key_refused", model=model, server=server),
        "model_unknown": lambda: ModelUnavailableError("model_unknown", model=model, server=server, advice=advice),
        "address_wrong": lambda: ModelUnavailableError(
            "address_wrong", model=model, server=server, advice=advice, variable=variable
        ),
        "not_an_api": lambda: ModelUnavailableError(
            "not_an_api", model=model, server=server, advice=advice, variable=variable
        ),
        "too_many_requests": lambda: ModelUnavailableError("too_many_requests", model=model, server=server),
        "out_of_quota": lambda: ModelUnavailableError("out_of_quota", model=model, server=server),
        "call_moderated": lambda: ModelUnavailableError("call_moderated", model=model, server=server),
        "model_too_slow": lambda: ModelUnavailableError("model_too_slow", model=model, server=server),
        "endpoint_unreachable": lambda: ModelUnavailableError("endpoint_unreachable", model=model, server=server),
        "answer_broke_off": lambda: ModelUnavailableError("answer_broke_off", model=model, server=server),
    }.get(failure_of(error).kind)
    if make:
        return make()
    first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return ModelUnavailableError("call_failed", model=model, reason=server.strip(" ()") or first[:300])


def _kind(error: BaseException, status: int | None, words: str) -> str:  # noqa: C901, PLR0911, PLR0912 (a table, row by row)
    if isinstance(error, AnswerFailedError) and error.kind:
        return error.kind
    if isinstance(error, ContextOverflowError) or (status in (None, 400, 413, 422, 500) and _TOO_LONG.search(words)):
        return "prompt_too_long"
    if status == 402 or (status in (None, 400, 403, 429) and _QUOTA.search(words)):  # noqa: PLR2004
        return "out_of_quota"
    if status in (None, 400, 403, 451) and _MODERATED.search(words):
        return "call_moderated"
    if status in (401, 403) or isinstance(error, ModelAuthenticationError | ModelPermissionDeniedError):
        return "key_refused"
    if status in (None, 404, 405) and _ADDRESS.search(words):
        return "address_wrong"
    if status == 404 or isinstance(error, ModelNotFoundError):  # noqa: PLR2004
        return "model_unknown" if not status or _says_error(error) else "address_wrong"
    if status in (429, 529) or isinstance(error, ModelRateLimitError):
        return "too_many_requests"
    if _is_timeout(error, status):
        return "model_too_slow"
    causes = list(_causes(error))
    if any(
        isinstance(cause, httpx.ConnectError | httpx2.ConnectError | httpx.ProxyError | httpx2.ProxyError)
        for cause in causes
    ):
        return "endpoint_unreachable"
    if any(isinstance(cause, json.JSONDecodeError) and _is_no_json(cause.doc) for cause in causes):
        return "not_an_api"
    if any(isinstance(cause, httpx.TransportError | httpx2.TransportError | json.JSONDecodeError) for cause in causes):
        return "answer_broke_off"
    if isinstance(error, ModelConnectionError) or _is_openais(error, "APIConnectionError"):
        return "endpoint_unreachable"
    if isinstance(error, AnswerFailedError):
        return "answer_broke_off" if error.is_midway else "call_failed"
    if _is_openais(error, "APIError") and status is None:
        return "answer_broke_off"
    return "not_an_api" if isinstance(error, _OF_AN_ENDPOINT) else "call_failed"


def _is_no_json(text: str) -> bool:
    """Whether a text was never meant to be JSON."""
    return not text.strip() or text.lstrip().startswith("<")


def _is_timeout(error: BaseException, status: int | None) -> bool:
    slow = (ModelTimeoutError, httpx.TimeoutException, httpx2.TimeoutException, TimeoutError)
    return status in (408, 504) or any(
        isinstance(cause, slow) or _is_openais(cause, "APITimeoutError") for cause in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and what led to it."""
    seen: BaseException | None = error
    for _ in range(12):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    return status if isinstance(status, int) else None


def _says_error(error: BaseException) -> bool:
    """Whether a 404 is of the kind of server that was wanted, which speaks of the model."""
    body = getattr(error, "body", None)
    return isinstance(body, dict) and bool(body.get("message") or body.get("error"))


def _words(error: BaseException) -> str:
    """What the server said, or else the innermost cause."""
    if isinstance(error, AnswerFailedError):
        return shortened(error.words)
    body = getattr(error, "body", None)
    if body:
        return shortened(words_in(body))
    if _status(error) is None and isinstance(error, ModelError):
        return shortened(str(list(_causes(error))[-1]))
    return shortened(str(list(_causes(error))[-1] if _status(error) is None else error))


def words_in(body: Any) -> str:  # noqa: ANN401 (what a server says)
    """The sentence in an error's body."""
    if isinstance(body, dict):
        if isinstance(body.get("loc"), list) and body.get("msg"):
            return f"{'.'.join(map(str, body['loc']))}: {body['msg']}"
        for name in ("message", "detail", "error", "msg", "error_message"):
            if body.get(name):
                more = body.get("metadata") or {}
                raw = more.get("raw") if isinstance(more, dict) else None
                return f"{words_in(body[name])}{f' ({raw})' if raw else ''}"
        return json.dumps(body, ensure_ascii=False)
    if isinstance(body, list) and body:
        return words_in(body[0])
    return str(body)


def shortened(words: str) -> str:
    """A server's words in one short line; of a page, its title or what it says."""
    if title := re.search(r"<title[^>]*>(.*?)</title>", words, re.IGNORECASE | re.DOTALL):
        words = title[1]
    words = re.sub(r"<(?:style|script).*?</(?:style|script)>|<[a-zA-Z/!][^>]*>", " ", words, flags=re.DOTALL)
    words = " ".join("".join(sign for sign in html.unescape(words) if sign.isprintable() or sign.isspace()).split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1].rstrip()}…"
