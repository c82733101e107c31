"""What a model says of the facts of passages that the fake wrote: things that their words prove."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage


READ = re.compile(r"(?:This is its next part|reads):\n\n")
"""What heads a passage that is read, and not one that was just written."""


def tell_first_sentence(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    """Of each passage: that its first sentence is so, in the place of the fact with number 1 where there is one."""
    if schema and list(schema["properties"]) == ["clashes"]:
        return tell_clash(messages[-1].text)
    if schema and list(schema["properties"]) == ["leaning"]:
        return tell_leaning(messages[-1].text)
    if schema is None or "facts" not in schema["properties"]:
        return None
    *_, passage, task = messages
    *_, read = READ.split(task.text)
    first = (passage.text if read == task.text else read).split(".", maxsplit=1)[0]
    fact = {"fact": f"It is so: {first}.", "about": [first.split()[0]], "says": first, "replaces": [1]}
    return json.dumps({"summary": "In short.", "summaries": ["In short."], "facts": [fact], "changes": []})


def tell_clash(asked: str) -> str:
    """That the first sentences of the first two passages of a question clash, and two that nobody said."""
    passages = re.findall(r"^\[paragraph (\d+)\]\n\n([^.]+)", asked, re.MULTILINE)[:2]
    said = {f"says_{side}": text for side, (_, text) in zip("ab", passages, strict=False)}
    numbers = {side: int(number) for side, (number, _) in zip("ab", passages, strict=False)}
    clash = {"kind": "fact", **numbers, **said, "why": "Not both.", "mend": "Change one."}
    return json.dumps({"clashes": [clash, {**clash, "says_a": "Nobody said so."}]})


def tell_leaning(asked: str) -> str:
    """That each summary is to be another, and something that is not there as well."""
    items = re.findall(r"^(\d+)\. In short:", asked, re.MULTILINE)
    leaning = [
        {"item": int(number), "words": "", "now": f"[bold]Anew {number}.", "why": "It leans."} for number in items
    ]
    return json.dumps({"leaning": [*leaning, {"item": 999, "words": "", "now": "Nothing.", "why": ""}]})
