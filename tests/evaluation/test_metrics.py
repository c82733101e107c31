"""The figures that need no judge, on texts whose figures are known by hand."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings

from recurrentgpt.evaluation.intervals import bootstrap
from recurrentgpt.evaluation.metrics import (
    adherence,
    crossing,
    cut,
    distinct,
    growth,
    holds,
    is_verbatim,
    lengths,
    repeated,
    repetitions,
)
from recurrentgpt.evaluation.novel import Novel, Page, VisibleContext
from tongues import EN, ZH

TEXTS = st.lists(st.text(alphabet="ab .", max_size=60), min_size=1, max_size=4)


class Table(Embeddings):
    """Vectors by text."""

    def __init__(self, **vectors: list[float]) -> None:
        self._vectors = vectors

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self._vectors[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self._vectors[text]


# Repetition


def test_distinct_2_by_hand() -> None:
    # ab ba ab ba ac: five pairs, three of them different
    assert distinct(list("ababac"), 2) == pytest.approx(3 / 5)


def test_rep_4_by_hand() -> None:
    # abcd bcda cdab dabc abcd: five runs, one stood before
    assert repeated(list("abcdabcd"), 4) == pytest.approx(1 / 5)


def test_cross_6_by_hand() -> None:
    # the second chapter has xabcde and abcdef, the third abcdef: two of three stood before
    assert crossing([list("abcdefg"), list("xabcdef"), list("abcdef")], 6) == pytest.approx(2 / 3)


def test_a_run_within_one_chapter_does_not_cross() -> None:
    assert crossing([list("abcdefabcdef"), list("uvwxyz")], 6) == 0


def test_all_of_it_by_hand_in_english() -> None:
    chapters = ["The lamp was lit at nine. The lamp was lit again.", "Nobody spoke. The lamp was lit at nine."]
    found = repetitions(chapters, EN)
    # 19 words: the lamp was lit at nine the lamp was lit again nobody spoke the lamp was lit at nine
    # 18 pairs; different: the-lamp lamp-was was-lit lit-at at-nine nine-the lit-again again-nobody nobody-spoke
    # spoke-the
    assert found.distinct_2 == pytest.approx(10 / 18)
    # 16 runs of four; again: the-lamp-was-lit twice, lamp-was-lit-at, was-lit-at-nine
    assert found.rep_4 == pytest.approx(4 / 16)
    # the second chapter's 8 words have three runs of six: the last one stood in the first
    assert found.cross_6 == pytest.approx(1 / 3)
    assert found.sentences == 1


def test_case_and_punctuation_do_not_count() -> None:
    assert repetitions(["Go, now! GO NOW. go 'now'?"], EN).distinct_2 == pytest.approx(2 / 5)


def test_chinese_is_counted_in_characters() -> None:
    # 灯 亮 了 灯 亮 了: 灯亮 亮了 了灯 灯亮 亮了, three of five different; 灯亮了灯 亮了灯亮 了灯亮了, none again
    found = repetitions(["灯亮了，灯亮了。"], ZH)
    assert found.distinct_2 == pytest.approx(3 / 5)
    assert found.rep_4 == 0
    assert lengths(["灯亮了，灯亮了。"], ZH).words == 6


def test_rep_4_looks_at_the_first_4000_words() -> None:
    fresh = " ".join(f"w{number}" for number in range(4000))
    assert repetitions([f"{fresh} {fresh}"], EN).rep_4 == 0
    assert repetitions([fresh, fresh], EN).cross_6 == 1


def test_a_text_too_short_to_repeat_does_not() -> None:
    assert repetitions(["One."], EN) == (1.0, 0.0, 0.0, 0)


def test_novels_are_compared_over_the_same_words() -> None:
    chapters = ["One two three four. Five six seven eight.", "One two three four. One two three four."]
    assert repetitions(chapters, EN, first_words=8).rep_4 == 0
    assert repetitions(chapters, EN).rep_4 > 0


@given(TEXTS)
@hypothesis_settings(deadline=None, max_examples=50)
def test_shares_are_shares_and_the_same_again_is_worse(chapters: list[str]) -> None:
    once, twice = repetitions(chapters, EN), repetitions([*chapters, *chapters], EN)
    for found in (once, twice):
        assert all(0 <= share <= 1 for share in found[:3])
    assert twice.distinct_2 <= once.distinct_2
    assert twice.sentences >= once.sentences


# Lengths and cuts


def test_lengths_by_hand() -> None:
    assert lengths(["Mara waited. Nobody came.", "It rained."], EN) == (6, 3, 2)


def test_a_cut_ends_at_a_sentence() -> None:
    chapters = ["One two three. Four five six.", "Seven eight."]
    assert cut(chapters, 8, EN) == chapters
    assert cut(chapters, 7, EN) == ["One two three. Four five six."]
    assert cut(chapters, 5, EN) == ["One two three."]
    assert cut(chapters, 1, EN) == ["One two three."]


@given(TEXTS, st.integers(min_value=1, max_value=40))
@hypothesis_settings(deadline=None, max_examples=50)
def test_a_cut_is_a_beginning(chapters: list[str], words: int) -> None:
    kept = squeezed(cut(chapters, words, EN))
    assert squeezed(chapters).startswith(kept)


def squeezed(chapters: list[str]) -> str:
    return "".join("".join(chapters).split())


# Plans, facts, quotes


def test_adherence_by_hand() -> None:
    table = Table(east=[1.0, 0.0], both=[2.0, 2.0], north=[0.0, 3.0])
    assert adherence(["east", "east", "", "north"], ["both", "north", "both", "north"], table) == pytest.approx(
        [1 / sqrt(2), 0, 1]
    )
    assert adherence([""], ["both"], table) == []


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("The brass key is under the stair.", True),
        ("A key, and it was of BRASS.", True),
        ("Keys of brass lay there.", True),
        ("The key is lost.", False),
        ("A monkey made of brass.", False),
        ("", False),
    ],
)
def test_a_fact_is_known_by_its_words(text: str, held: bool) -> None:  # noqa: FBT001 (a column of a table)
    assert holds(text, ("brass", "key")) is held


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("“I can’t swim,” said Mara.", True),
        ('"I can\'t swim,"  said\nMara', True),
        ("I can't swim", True),
        ("I cannot swim", False),
        ("i can't swim", False),
        ("", False),
        ("...", False),
    ],
)
def test_a_quote_is_verbatim_but_for_space_and_quotation_marks(quote: str, found: bool) -> None:  # noqa: FBT001
    assert is_verbatim(quote, "It rained. 'I can’t swim,' said Mara.".replace("'I", "“I").replace(",'", ",”")) is found


def test_where_a_planted_fact_is() -> None:
    pages = [
        Page(text="x", short_term_memory="The brass key is hidden."),
        Page(text="y", short_term_memory="It rains."),
    ]
    sight = VisibleContext(
        short_term_memory="It rains.", recalled="Under the stair a brass key.", text="y", stored="brass key"
    )
    novel = Novel(novel="n", system="ours", opening=["A brass key."], pages=pages, sight=sight)
    assert novel.kept_for(("brass", "key")) == pytest.approx(0.5)
    assert novel.retention(("brass", "key")).model_dump() == {
        "short_term_memory": False,
        "stored": True,
        "recalled": True,
        "shown": True,
    }
    assert Novel(novel="n", system="full", pages=[Page(text="x")]).kept_for(("brass",)) is None


# Growth and intervals


def test_growth_by_hand() -> None:
    assert growth([10, 10, 20, 20, 30, 30]) == pytest.approx(3)
    assert growth([7] * 9) == 1
    assert growth([1, 2]) is None


def test_an_interval_by_hand() -> None:
    # 100 tosses, half of them heads: the mean's standard error is .05, so the 95 % interval is about .5 ± .098
    found = bootstrap([0.0, 1.0] * 50)
    assert found.mean == pytest.approx(0.5)
    assert (found.low, found.high) == pytest.approx((0.402, 0.598), abs=0.015)


def test_equal_values_have_no_width() -> None:
    assert bootstrap([0.25] * 8) == (0.25, 0.25, 0.25)


def test_no_value_has_no_interval() -> None:
    with pytest.raises(ValueError, match="at least one"):
        bootstrap([])
