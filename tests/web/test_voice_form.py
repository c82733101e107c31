"""How a book is to sound, on the page: the fields, samples from its paragraphs, a note that is drawn."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from page_client import begun, page_client, path_of, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from langchain_core.messages import BaseMessage
    from starlette.testclient import TestClient

    from fake_model import FakeChatModel

NOTE = "Keep sentences short."


def draw(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    return json.dumps({"note": NOTE}) if schema and "note" in schema["properties"] else None


@pytest.fixture
def client(fake_models: Callable[..., FakeChatModel]) -> Iterator[TestClient]:
    fake_models(interfere=draw)
    with page_client() as made:
        yield made


def shown(page: str) -> dict[str, str]:
    """What stands in the fields of the form."""
    found = re.findall(r'<textarea id="prose-(\w+)"[^>]*>\n([^<]*)</textarea>', page)
    return {name: html.unescape(text) for name, text in found}


def test_fields_samples_and_a_drawn_note_are_kept(client: TestClient) -> None:
    story_id = begun(client)
    address = f"/story/{story_id}"
    at = {"panel": "settings"}

    def sent(**fields: str) -> dict[str, str]:
        page = client.post(f"{address}/voice", data={**at, **path_of(client, address), **fields})
        assert page.status_code == 200, page.text
        written(client, story_id)
        return shown(client.get(f"{address}?panel=settings").text)

    assert shown(client.get(f"{address}?panel=settings").text) == {"voice": "", "voice_note": "", "not_like": ""}
    client.post(
        f"{address}/paragraph", data={**path_of(client, address), "paragraph": "1", "text": "They met Mara there."}
    )
    text = "They met X there."
    assert sent(voice="", not_like="A brochure.", take="1") == {
        "voice": text,
        "voice_note": "",
        "not_like": "A brochure.",
    }
    assert sent(voice=text, draw="1")["voice_note"] == NOTE
    assert sent(voice_note="Longer ones.") == {"voice": text, "voice_note": "Longer ones.", "not_like": "A brochure."}
    refused = client.post(
        f"{address}/voice", data={**at, **path_of(client, address), "voice": text, "take": "1 2 3 4 5"}
    )
    assert refused.status_code == 409
    assert "more than the 3 samples" in refused.text
