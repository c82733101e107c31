"""Paragraphs put in, taken out and moved, in the terminal."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from commands import run, run_all

if TYPE_CHECKING:
    from pathlib import Path

WRITE = ("write", "--topic", "Rain", "--model", "teller", "--plans", "first", "--paragraphs", "2")


def paragraphs(home: Path) -> list[str]:
    (branch,) = json.loads(run(home, "tree", "--json").stdout)
    return [kept["text"] for kept in branch["paragraphs"]]


def test_paragraphs_are_put_in_taken_out_and_moved(home: Path) -> None:
    run_all(home, [(*WRITE, "--set", "opening_paragraphs=1")])
    one, two, three = paragraphs(home)
    done = run(home, "edit", "--insert-after", "1", "--text", "[bold]Own.")
    assert "Put in as paragraph 2 of" in done.stdout
    assert "facts" in done.stderr
    assert paragraphs(home) == [one, "[bold]Own.", two, three]
    moved = run(home, "edit", "--move", "4", "--to", "1")
    assert "it is now paragraph 1" in moved.stdout
    assert "Void now" in moved.stderr
    assert paragraphs(home) == [three, one, "[bold]Own.", two]
    assert "void: paragraph 1, replaced: It is so" in run(home, "facts", "--all").stdout
    assert "void:" not in run(home, "facts").stdout
    assert "Took paragraph 3 out" in run(home, "edit", "--remove", "3").stdout
    assert paragraphs(home) == [three, one, two]
    run_all(home, [("undo",)] * 3)
    assert paragraphs(home) == [one, two, three]
    for wrong in (("--move", "1"), ("--remove", "1", "--memory"), ("--to", "1"), ()):
        refused = run(home, "edit", *wrong)
        assert refused.returncode == 2
        assert "--insert-after N" in refused.stderr


def test_a_script_cuts_joins_and_has_words_rewritten(home: Path) -> None:
    run_all(home, [(*WRITE[:-1], "1", "--set", "opening_paragraphs=1")])
    first, second = paragraphs(home)
    begins = first.split(".", maxsplit=1)[0] + "."

    def told(*command: str) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(run(home, *command, "--json").stdout)
        return made

    assert told("edit", "--cut", "1", "--text", begins) == {"changed": True, "paragraph": 1, "void": []}
    assert paragraphs(home) == [begins, first.removeprefix(begins).strip(), second]
    assert told("edit", "--join", "1")["paragraph"] == 1
    assert paragraphs(home)[0].startswith(f"{begins}\n\n")
    assert told("edit", "--move", "1", "--to", "1") == {"changed": False}
    made = told("rewrite", "-p", "1", "--how", "shorter", "--words", begins)
    assert (made["was"], len(made["versions"])) == (begins, 2)
    assert told("rewrite", "--of", made["name"], "--take", "2") == {"changed": True, "paragraph": 1}
    assert paragraphs(home)[0].startswith(f"{made['versions'][1]}\n\n")
    refused = run(home, "rewrite", "-p", "1", "--take", "1")
    assert "--of NAME --take N" in refused.stderr.replace("\n", " ")


def test_what_the_story_is_about_is_changed_from_here_on(home: Path) -> None:
    run_all(home, [(*WRITE, "--genre", "mystery", "--set", "opening_paragraphs=1")])
    changes = {"--topic": "Snow", "--genre": "", "--background": "An island.", "--style": "Mara lies."}
    for option, text in changes.items():
        assert "Changed the" in run(home, "edit", option, "--text", text).stdout
    state = json.loads(run(home, "show", "--json").stdout)["state"]
    kept = [state[name] for name in ("topic", "genre", "background", "style_sheet")]
    assert kept == list(changes.values())
    refused = run(home, "edit", "--topic", "--text", " ")
    assert refused.returncode
    assert "The text is empty" in refused.stderr
    run_all(home, [("undo",)])
    assert json.loads(run(home, "show", "--json").stdout)["state"]["style_sheet"] == ""


def test_an_undo_says_what_it_took_back_and_where_one_is_now(home: Path) -> None:
    run_all(home, [(*WRITE, "--set", "opening_paragraphs=1"), ("edit", "--topic", "--text", "Snow")])
    assert run(home, "undo").stdout.strip().endswith("back.")
    told = " ".join(run(home, "undo").stdout.split())
    assert "it stays on 'main', and you are on 'branch-2', after paragraph 2." in told
    assert json.loads(run(home, "show", "--json").stdout)["card"]["paragraphs"] == 2
    nothing = run(home, "edit", "--move", "2", "--to", "2")
    assert "Nothing was changed." in nothing.stderr
    unasked = run(home, "delete", "1")
    assert unasked.returncode == 2
    assert "Nobody is here to say yes" in unasked.stderr
    assert "--yes" in unasked.stderr


def test_what_was_changed_is_said_in_one_language(home: Path) -> None:
    run_all(home, [(*WRITE, "--language", "zh", "--title", "雨")])
    for command in (("edit", "-m"), ("edit", "-p", "1"), ("edit", "--genre"), ("voice", "--edit")):
        said = run(home, *command, "--text", "灯灭了。").stdout
        assert "已改" in said
        assert not re.search("[a-z]{3}", said), said
