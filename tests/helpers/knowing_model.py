"""A fake model that keeps the record: of each passage it tells facts of every kind, by the passage's own words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from fake_model import FakeChatModel

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_THREAD = re.compile(r"^(\d+)\. (Who has [^?]+\?)", re.MULTILINE)
_KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"knows": ["Mara", "Tobias"]},
    {"knows": ["reader"]},
    {"frame": "claimed"},
    {"frame": "earlier", "when": "the ninth of November"},
    {},
)


def tell(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    """Answer what is asked about facts, as one who reads; leave everything else to the fake."""
    if schema is None or "facts" not in schema["properties"]:
        return None
    before, passage, asked = messages[-3].text, messages[-2].text, messages[-1].text
    sentences = re.findall(r"[^.]+\.", passage)
    facts = [
        {"fact": f"It is so: {words.strip()}", "about": [words.split()[0]], "says": words.strip(), **kind}
        for words, kind in zip(sentences, _KINDS, strict=False)
    ]
    word = passage.split(maxsplit=1)[0]
    facts.append({"fact": f"Who has the {word.lower()}?", "about": [word], "says": sentences[0], "open": True})
    shown = _THREAD.findall(f"{before}\n{asked}")
    changes = [{"fact": int(number), "how": "settled", "says": sentences[1]} for number, _ in shown[1:2]]
    changes += [{"fact": int(number), "how": "touched", "says": sentences[2]} for number, _ in shown[2:3]]
    return json.dumps({"summary": sentences[0], "summaries": [sentences[0]], "facts": facts, "changes": changes})


def knowing_model() -> FakeChatModel:
    """The model."""
    return FakeChatModel(interfere=tell)
