"""Playing in the terminal: what is said, done and told, taken back, told once more; an end that comes; the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commands import run
from recurrentgpt.cli.typed import acted
from recurrentgpt.stories.library import Library
from stories_at_hand import at

if TYPE_CHECKING:
    from pathlib import Path

PLAY = ("play", "--topic", "A lighthouse", "--model", "fake", "--set", "paragraph_sentences=3")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ('"Who is there?"', ("say", "Who is there?")),
        ("“谁在那儿？”", ("say", "谁在那儿？")),
        ("「谁？", ("say", "谁？")),
        ("* It begins to snow.", ("story", "It begins to snow.")),
        ("＊开始下雪了。", ("story", "开始下雪了。")),
        ("I say “no”.", ("do", "I say “no”.")),
        ('"Whose hand?" I ask, and show Nell the ring.', ("do", '"Whose hand?" I ask, and show Nell the ring.')),
        ("“谁的手？”我问，把戒指给她看。", ("do", "“谁的手？”我问，把戒指给她看。")),
        ("「谁？」我推开门。", ("do", "「谁？」我推开门。")),
        ("『谁？』", ("say", "谁？")),
        ("‘Who's there?’", ("say", "Who's there?")),
        ("'Who is there?' I whisper.", ("do", "'Who is there?' I whisper.")),
        ("'Who's there?'", ("say", "Who's there?")),
        ("«Who?»", ("say", "Who?")),
        ("»Wer?« frage ich.", ("do", "»Wer?« frage ich.")),
        ("'Tis late; I go.", ("do", "'Tis late; I go.")),
        ("“I am here,” I say, “and I stay.”", ("do", "“I am here,” I say, “and I stay.”")),
        ('"', ("do", '"')),
        ("*", ("do", "*")),
    ],
)
def test_a_line_is_done_said_or_told(typed: str, meant: tuple[str, str]) -> None:
    assert acted(typed) == meant


def test_a_play_is_taken_back_told_once_more_and_ends(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "play.md"
    lines = ["?", "m", "I knock.", "undo", '"Who is there?"', "t not so loud", "> undo", "z 1", "* The lamp goes out."]
    done = run(home, *PLAY, stdin="\n".join([*lines, f"x {file}", ""]) + "\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.index("Taken back.") < done.stdout.index("The story ends in 1 scene.")
    assert done.stdout.index("The story ends in 1 scene.") < done.stdout.index("The End")
    for machinery in ("leans on", "tokens", "Short-term memory", "branch", "What you say"):
        assert machinery not in done.stdout, machinery
    assert "Its book: recurrentgpt export" in done.stderr
    acts = [line for line in file.read_text().splitlines() if line.startswith("\\>")]
    assert acts == ["\\> m", "\\> “Who is there?”", "\\> undo", "\\> The lamp goes out."]
    scenes = run(home, "export", "--scenes").stdout
    assert ">" not in scenes
    assert run(home, "export").stdout == file.read_text()
    library = Library(home)
    state = at(library, library.find(), lambda story: story.state())
    assert state["plan"]["act"] == "story"
    assert "as the player tells it for once, from outside the story:" in state["prompt"]
    assert "It ends with what comes of what is given here" in state["prompt"]


def test_play_has_a_length_an_outline_a_style_and_its_own_way_back(home: Path) -> None:
    told = ("--length", "1", "--outline", "The lamp goes out.", "--style", "Curt.")
    done = run(home, *PLAY, *told, stdin="1\n")
    assert done.returncode == 0, done.stderr
    assert "The End" in done.stdout
    begun = Library(home).find().begun_from
    assert (begun.outline, begun.style_sheet, begun.target_paragraphs) == ("The lamp goes out.", "Curt.", 1)
    more = run(home, "play", "--length", "2", stdin="1\nq\n")
    assert more.returncode == 0, more.stderr
    assert "Play on: recurrentgpt play" in more.stderr


def test_a_play_in_chinese_speaks_chinese(home: Path) -> None:
    begin = ("play", "--topic", "灯塔", "--language", "zh", *PLAY[3:])
    done = run(home, *begin, stdin="“谁在那儿？”\n撤回\n退出\n", COLUMNS="60")
    assert done.returncode == 0, done.stderr
    assert "您要做什么？" in done.stdout
    assert "已撤回。您回到了之前的地方。" in done.stdout
    assert "接着玩：recurrentgpt play" in done.stderr
