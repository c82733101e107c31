"""The planted clashes: their key stands in the texts, recorded answers are scored, and code proves every quote."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from recurrentgpt.evaluation import continuity
from recurrentgpt.schemas.clashes import found_in

if TYPE_CHECKING:
    from pathlib import Path

BOTH = pytest.mark.parametrize("language", ["en", "zh"])
TARGET = 0.85


@BOTH
def test_the_key_stands_in_the_texts(language: str) -> None:
    stories = continuity.planted(language)
    assert sum(len(story.clashes) for story in stories) >= 20
    assert sum(len(story.meant) for story in stories) >= 20
    for story in stories:
        also = [other for clash in story.clashes for other in clash.also]
        for pair in (*story.clashes, *story.meant, *also):
            for place, quote in zip(pair.places, pair.quotes, strict=True):
                assert found_in(story.passages[place], quote), (story.id, quote)


@BOTH
@pytest.mark.parametrize("whose", list(continuity.WRITERS))
def test_the_recorded_answers_reach_the_target(language: str, whose: str) -> None:
    stories, scored = continuity.measure(language, continuity.answers(language, whose))
    assert len(stories) == len(continuity.planted(language))
    assert continuity.f1(scored) >= TARGET


@BOTH
def test_the_reader_s_answers_are_taken_by_themselves_and_are_not_the_author_s(language: str) -> None:
    reader, author = (continuity.answers(language, whose) for whose in ("reader", "author"))
    assert continuity.answers(language) == reader
    assert reader.keys() == author.keys()
    assert all(reader[story] != author[story] for story in reader if json.loads(reader[story])["clashes"])


@BOTH
def test_what_no_words_show_counts_for_nothing(language: str) -> None:
    """Quotes in other words are left out; a passage that was miscounted is found all the same."""
    for story in (story for story in continuity.planted(language) if story.clashes):
        told = json.loads(continuity.answers(language)[story.id])
        invented = [{**one, "says_a": f"{one['says_a']} 当真 indeed"} for one in told["clashes"]]
        made = continuity.score(language, story, json.dumps({"clashes": invented}))
        assert (made.hits, made.left_out) == (0, len(invented))
        miscounted = [{**one, "a": one["a"] + 90, "b": "9 or so"} for one in told["clashes"]]
        assert continuity.score(language, story, json.dumps({"clashes": miscounted})).hits == len(story.clashes)


def test_what_is_meant_so_counts_against_who_reports_it() -> None:
    story = next(one for one in continuity.planted("en") if one.meant and one.clashes)
    (pair,) = story.meant[:1]
    told = dict(zip(("a", "b", "says_a", "says_b"), (*(place + 1 for place in pair.places), *pair.quotes), strict=True))
    made = continuity.score("en", story, json.dumps({"clashes": [told]}))
    assert (made.hits, len(made.wrong), made.taken, len(made.missed)) == (0, 1, 1, len(story.clashes))


def test_it_prints_its_table_writes_its_prompts_and_reads_other_answers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["continuity", "zh", "--prompts", str(tmp_path)])
    continuity.main()
    assert len(list(tmp_path.glob("zh-*.txt"))) == len(continuity.planted("zh"))
    (tmp_path / "zh-01.json").write_text('{"clashes": []}', encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["continuity", "zh", "--answers", str(tmp_path), "--misses"])
    continuity.main()
    printed = capsys.readouterr().out
    assert "zh-01 missed (fact)" in printed
    assert "0.00 (0.00-0.00)" in printed
