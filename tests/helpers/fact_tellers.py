"""What a model says of the facts of passages that the fake wrote: things that their words prove."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage


def tell_first_sentence(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    """Of each passage: that its first sentence is so, in the place of the fact with number 1 where there is one."""
    if schema is None or "facts" not in schema["properties"]:
        return None
    *_, passage, _ = messages
    first = passage.text.split(".", maxsplit=1)[0]
    fact = {"fact": f"It is so: {first}.", "about": [first.split()[0]], "says": first, "replaces": [1]}
    return json.dumps({"summary": "In short.", "summaries": ["In short."], "facts": [fact], "changes": []})
