"""What is typed on a page is kept beside the story, bounded, until it was sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.stories import drafts
from recurrentgpt.stories.drafts import Draft, Said, heard, keep_drafts

if TYPE_CHECKING:
    from pathlib import Path


def draft(key: str, text: str = "Mine.", when: int = 1) -> Draft:
    return Draft(key=key, place="memory//text", text=text, address="/story/x", when=when)


def test_they_stay_until_they_are_sent_and_what_is_older_does_not_come_back(tmp_path: Path) -> None:
    keep_drafts(tmp_path, Said(keep=(draft("a", when=1), draft("b", when=2))))
    keep_drafts(tmp_path, Said(keep=(draft("a", "More.", when=3),)))
    assert [(one.key, one.text) for one in keep_drafts(tmp_path, Said()).drafts] == [("b", "Mine."), ("a", "More.")]
    kept = keep_drafts(tmp_path, Said(drop={"a": 3, "b": 1}))
    assert [one.key for one in kept.drafts] == ["b"], "what was typed after it was sent stays"
    kept = keep_drafts(tmp_path, Said(keep=(draft("a", "More.", when=3),)))
    assert [one.key for one in kept.drafts] == ["b"]
    assert kept.gone == {"a": 3, "b": 1}
    assert keep_drafts(tmp_path, Said(keep=(draft("a", "New.", when=4),))).drafts[-1].text == "New."


def test_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_TEXT", 12)
    kept = keep_drafts(tmp_path, Said(keep=tuple(draft(str(n), "12345", when=n) for n in range(4))))
    assert [one.key for one in kept.drafts] == ["2", "3"]
    long = keep_drafts(tmp_path, Said(keep=(draft("long", "1234567890123", when=9),)))
    assert [one.key for one in long.drafts] == ["long"]


def test_a_damaged_file_is_put_aside(tmp_path: Path) -> None:
    keep_drafts(tmp_path, Said(keep=(draft("a"),)))
    (tmp_path / "drafts.json").write_text("{", encoding="utf-8")
    assert keep_drafts(tmp_path, Said(keep=(draft("b"),))).drafts == (draft("b"),)
    assert (tmp_path / f"drafts.json{drafts.ASIDE}").read_text(encoding="utf-8") == "{"


@pytest.mark.parametrize(
    "said",
    [
        "no JSON",
        '{"other": 1}',
        '{"keep": [{"key": "a", "place": "p", "text": "t", "when": 1, "address": "javascript:alert(1)"}]}',
        '{"keep": [{"key": "a", "place": "p", "text": "t", "when": 1, "address": "//elsewhere.example/"}]}',
        r'{"keep": [{"key": "a", "place": "p", "text": "t", "when": 1, "address": "/\t/elsewhere.example/"}]}',
        r'{"keep": [{"key": "a", "place": "p", "text": "t", "when": 1, "address": "/\n/elsewhere.example/"}]}',
        r'{"keep": [{"key": "a", "place": "p", "text": "t", "when": 1, "address": "/story/x\r"}]}',
        '{"drop": {"a": 9007199254740992}}',
    ],
)
def test_what_no_page_says_is_refused(said: str) -> None:
    with pytest.raises(StoryStateError, match="load the page once more"):
        heard(said)


@pytest.mark.parametrize("address", ["/", "/story/x?at=12&panel=codex", "/story/灯塔"])
def test_where_it_was_typed_is_kept(address: str) -> None:
    said = {"keep": [draft("a").model_dump() | {"address": address}]}
    assert heard(json.dumps(said)).keep[0].address == address
