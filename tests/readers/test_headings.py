"""Titles of chapters that only their words make titles, in languages that have words for them and in others."""

from __future__ import annotations

import pytest

from recurrentgpt.schemas.languages import language_named
from recurrentgpt.stories.readers.headings import kind_of, titles_at
from recurrentgpt.stories.readers.number_words import number_at


@pytest.mark.parametrize(
    ("tag", "blocks", "titles"),
    [
        ("en", ["CHAPTER IV", "It began.", "Part two: The Shore.", "Epilogue"], {0, 2, 3}),
        ("en", ["Chapters are short.", "Chapter one was read. It was good.", "Prologues"], set()),
        ("zh", ["第十二章 灯塔", "夜里起了风。", "楔子", "第一章很短。他走了。"], {0, 2}),
        ("en", ["楔子", "夜里起了风。"], {0}),
        ("sv", ["Kapitel 1", "Det började.", "Kapitel 2", "Det slutade."], {0, 2}),
        ("ru", ["Глава I", "Начало.", "Глава II", "Конец."], {0, 2}),
        ("sv", ["Rum 9", "Det började."], set()),
        ("sv", ["Chapter 1: Början", "Det började."], {0}),
        ("en", ["Kapitel 1", "It began.", "Kapitel 2", "It ended."], {0, 2}),
        ("en", ["Rum 1", "It began.", "Rum 2", "It ended."], set()),
        ("sv", [], set()),
    ],
)
def test_titles_are_known_by_their_words(tag: str, blocks: list[str], titles: set[int]) -> None:
    assert set(titles_at(blocks, language_named(tag))) == titles


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Zweiter Teil", "part"),
        ("Segunda parte", "part"),
        ("Часть вторая", "part"),
        ("Viertes Kapitel", "chapter"),
        ("The Second Part", "part"),
        ("EPOCH THE SECOND.", "part"),
        ("Nachwort", "back"),
        ("Endnotes:", "back"),
        ("Notes de bas de page", "back"),
        ("Notes from Underground", "chapter"),
        ("Примечания", "back"),
        ("注释", "back"),
    ],
)
def test_a_part_is_known_wherever_its_number_stands(title: str, kind: str) -> None:
    assert kind_of(title) == kind


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("one hundred and four", 104),
        ("Twenty-First", 21),
        ("einunddreißigstes", 31),
        ("siebzehntes", 17),
        ("soixante et onzième", 71),
        ("quatre-vingts", 80),
        ("trigésimo segunda", 32),
        ("decimotercero", 13),
        ("ventitreesimo", 23),
        ("noventa e nove", 99),
        ("сорок вторая", 42),
        ("семнадцать", 17),
    ],
)
def test_a_number_in_words_is_that_number(said: str, number: int) -> None:
    assert number_at(f"{said}: Salt") == (number, len(said))
    assert number_at(f"nothing {said}") is None
