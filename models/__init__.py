"""Which chat model a run uses, and the boundary that its answers pass.

``provider:model``, any OpenAI-compatible endpoint, or the embedded one. Nothing else of the project knows a provider's
exceptions, or looks into an answer that was not cleaned. All of it is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .chat import ChatModel
    from .chat_models import EMBEDDED, HELPER_BASE_URL, ChatModels, Endpoint, Helper, Task
    from .failures import explain, is_cut, is_too_long
    from .replies import Reply, reply_of

__all__ = [
    "EMBEDDED",
    "HELPER_BASE_URL",
    "ChatModel",
    "ChatModels",
    "Endpoint",
    "Helper",
    "Reply",
    "Task",
    "explain",
    "is_cut",
    "is_too_long",
    "reply_of",
]

_PLACES = {
    "ChatModel": ".chat",
    **dict.fromkeys(("EMBEDDED", "HELPER_BASE_URL", "ChatModels", "Endpoint", "Helper", "Task"), ".chat_models"),
    **dict.fromkeys(("explain", "is_cut", "is_too_long"), ".failures"),
    **dict.fromkeys(("Reply", "reply_of"), ".replies"),
}


def __getattr__(name: str) -> object:
    """A public name, imported when it is first asked for."""
    if name not in _PLACES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_PLACES[name], __name__), name)
