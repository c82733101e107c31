"""What a model tells of a story that is played: in each scene what was done, and the facts that this makes."""

from __future__ import annotations

import json
import re
from typing import Any


def story_says(messages: list[Any], schema: dict[str, Any] | None) -> str | None:
    """Each scene tells in its first sentence what was done; of that its facts are made."""
    if schema is None:
        done = re.search(r"(?:inside|outside) the story:\n(.+)", messages[-1].text)
        what = done[1] if done else "You wake."
        return f"{what} The {len(what)} gulls turn over {what.split()[-1]} The night is {hash(what) % 97} hours long."
    if "facts" not in schema["properties"]:
        return None
    told = "\n".join(message.text for message in messages)
    first = messages[-2].text.split(". ", maxsplit=1)[0]
    return json.dumps({"summary": first, "summaries": [first], "facts": facts_of(first, told), "changes": []})


def facts_of(first: str, told: str) -> list[dict[str, Any]]:
    def number(of: str) -> list[int]:
        return [int(found) for found in re.findall(rf"^(\d+)\. {re.escape(of)}", told, re.MULTILINE)][-1:]

    fact: dict[str, Any] = {"about": ["you"], "says": first, "carried": False, "knows": [], "replaces": []}
    match first.split():
        case ["You", "take", *thing]:
            what = " ".join(thing)
            fact |= {"fact": f"You carry {what}.", "carried": True, "replaces": number(f"Mara has {what}.")}
        case ["You", "give", *thing, "to", "Mara"]:
            what = " ".join(thing)
            fact |= {"fact": f"Mara has {what}.", "about": ["Mara"], "replaces": number(f"You carry {what}.")}
        case ["You", "learn", "that", *what]:
            fact |= {"fact": f"It is so that {' '.join(what)}.", "knows": ["You"]}
        case ["Mara", "learns", *_]:
            fact |= {"fact": "You lied.", "knows": ["Mara"]}
        case ["You", "ask", *_]:
            fact |= {"fact": "Where is the boat?", "open": True}
        case ["You", "find", *_]:
            fact |= {"fact": "The boat lies in the cove.", "replaces": number("Where is the boat?")}
        case _:
            return []
    return [fact]
