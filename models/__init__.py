"""Which chat model a run uses, and the boundary that its answers pass.

``provider:model``, any OpenAI-compatible endpoint, or the embedded one. Nothing else of the project knows a provider's
exceptions, or looks into an answer that was not cleaned. All of it is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schemas.lazy_names import at_first_use

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

__getattr__ = at_first_use(__name__, _PLACES)
