"""What is typed on a page is kept beside the story, bounded, until it was sent."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from folders import PATHS
from recurrentgpt.schemas.errors import StorageError, StoryStateError
from recurrentgpt.stories import drafts
from recurrentgpt.stories.drafts import Draft, Said, heard, keep_drafts
from surroundings import bare_environment

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


KEEPER = """
import sys
from pathlib import Path
from recurrentgpt.stories.drafts import Draft, Said, keep_drafts
folder, name = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    one = Draft(key=f"{name}{number}", place="memory//text", text=name, address="/story/x", when=number)
    keep_drafts(folder, Said(keep=(one,)))
"""


def test_two_processes_keep_what_either_was_told(tmp_path: Path) -> None:
    keepers = [
        subprocess.Popen(
            [sys.executable, "-c", KEEPER, str(tmp_path), name],
            env=bare_environment(PYTHONPATH=PATHS),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "ab"
    ]
    for keeper in keepers:
        assert keeper.stdout
        keeper.stdout.readline()
    for keeper in keepers:
        assert keeper.stdin
        print("go", file=keeper.stdin, flush=True)
    for keeper in keepers:
        keeper.communicate(timeout=60)
    assert [keeper.returncode for keeper in keepers] == [0, 0]
    kept = {one.key for one in keep_drafts(tmp_path, Said()).drafts}
    assert kept == {f"{name}{number}" for name in "ab" for number in range(40)}


def test_a_folder_that_is_gone_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="gone"):
        keep_drafts(tmp_path / "gone", Said(keep=(draft("a"),)))
    assert not (tmp_path / "gone").exists()


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
