"""A book that was read in has no outline: on the page the model draws one, and what it cost is said before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from page_client import begun, page_client, path_of, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel


def draw(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    if schema and "done" in schema["properties"]:
        return json.dumps({"done": ["Mara comes."], "to_come": ["Mara leaves."]})
    return None


def test_an_outline_is_drawn_on_the_page_where_there_is_none(fake_models: Callable[..., FakeChatModel]) -> None:
    fake_models(interfere=draw)
    with page_client() as client:
        story_id = begun(client)
        address = f"/story/{story_id}"
        panel = f"{address}?panel=settings"
        assert "Draw an outline" not in client.get(panel).text, "it has one"
        cleared = client.post(
            f"{address}/settings", data={"panel": "settings", **path_of(client, address), "outline": ""}
        )
        assert cleared.status_code == 200, cleared.text
        page = client.get(panel).text
        assert "Draw an outline" in page
        assert "One call; tokens sent: about" in page
        answer = client.post(f"{address}/draw-outline", data={"panel": "settings", **path_of(client, address)})
        assert answer.status_code == 200, answer.text
        written(client, story_id)
        page = client.get(panel).text
        assert "1. Mara comes.\n2. Mara leaves." in page
        assert "Draw an outline" not in page
