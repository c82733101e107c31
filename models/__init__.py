"""Which chat model a run uses: ``provider:model``, any OpenAI-compatible endpoint, or the embedded one."""

from .chat import EMBEDDED, ChatModel, is_embedded, register, resolve, resolved
from .failures import CALL_FAILURES, explain, is_too_long

__all__ = [
    "CALL_FAILURES",
    "EMBEDDED",
    "ChatModel",
    "explain",
    "is_embedded",
    "is_too_long",
    "register",
    "resolve",
    "resolved",
]
