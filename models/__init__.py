"""Which chat model a run uses: ``provider:model``, any OpenAI-compatible endpoint, or the embedded one."""

from .chat import ChatModel
from .chat_models import EMBEDDED, ChatModels, Endpoint
from .failures import CALL_FAILURES, explain, is_too_long

__all__ = [
    "CALL_FAILURES",
    "EMBEDDED",
    "ChatModel",
    "ChatModels",
    "Endpoint",
    "explain",
    "is_too_long",
]
