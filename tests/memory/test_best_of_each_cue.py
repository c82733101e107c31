"""Recall by a plan and its cues together: what all of them lead to, and what each leads to, over both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counting_embeddings import CountingEmbeddings
from memories_at_hand import SIZE, STORY, Store, written
from recurrentgpt.memory import Entry, Lineage, LongTermMemory
from recurrentgpt.memory.store import RRF_FIRST
from tongues import ZH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from recurrentgpt.memory import Recalled

PLAN = "They cross the lake and open the chest."
CUES = ["Mara cannot swim.", "The key lies under the quay.", "Rusk lied to the judge."]
WORDS = "Mara cannot swim key lies under quay Rusk lied judge cross lake open chest."
LOUD = [f"{number}. {WORDS} {WORDS} {WORDS}" for number in ("One", "Two", "Three")]
"""What every search by words has first; the vectors are noise, so no cue is nearest to it."""
OTHER = " ".join(f"Nothing of it, said number {number}." for number in range(20))
QUIET = [f"{cue} {OTHER}" for cue in CUES]
DAYS = [f"Day {number} passed." for number in range(60)]


def texts_of(hits: Sequence[Recalled]) -> list[str]:
    return [hit.entry.text for hit in hits]


@pytest.mark.parametrize(
    ("limit", "in_short"), [(3, 3), (3, 5), (3, 2), (3, 1), (3, 0), (2, 1), (2, 2), (1, 2), (4, 0), (6, 0)]
)
def test_the_best_of_each_cue_is_shown_whatever_the_fusion_says(
    memory: LongTermMemory, limit: int, in_short: int
) -> None:
    path = written(memory, [*QUIET, *DAYS, *LOUD])[-1]
    found = texts_of(memory.recall(path, [PLAN, *CUES], limit, in_short=in_short))
    assert len(found) == limit + in_short
    assert set(QUIET) <= set(found)
    assert len(set(found) & set(LOUD)) == min(limit + in_short - len(QUIET), len(LOUD)), "the rest is the fusion's"


def test_what_only_one_cue_leads_to_comes_in_short_and_the_first_stay_the_fusions(memory: LongTermMemory) -> None:
    path = written(memory, [*QUIET, *DAYS, *LOUD])[-1]
    hits = memory.recall(path, [PLAN, *CUES], 3, in_short=3)
    assert set(QUIET) < set(texts_of(hits))
    assert set(texts_of(hits[:3])) != set(QUIET)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("limit", [1, 2])
def test_with_fewer_places_than_cues_there_is_a_best_of_some_in_each(memory: LongTermMemory, limit: int) -> None:
    path = written(memory, [*QUIET, *DAYS, *LOUD])[-1]
    found = texts_of(memory.recall(path, [PLAN, *CUES], limit))
    assert len(found) == limit
    assert set(found) <= set(QUIET)


def test_a_passage_says_which_single_cue_led_to_it(memory: LongTermMemory) -> None:
    path = written(memory, [*QUIET, *DAYS, *LOUD, " ".join(CUES).replace(".", "")])[-1]
    hits = memory.recall(path, [PLAN, *CUES], 3, in_short=8)
    own = {hit.entry.text: hit for hit in hits}
    for cue, text in zip(CUES, QUIET, strict=True):
        assert (own[text].question, own[text].sentence) == (cue, cue)
        assert own[text].similarity == pytest.approx(1, abs=1e-4)
    assert {hit.question for hit in hits} <= {PLAN, *CUES}


@pytest.mark.parametrize("pair", range(5))
def test_what_two_cues_lead_to_together_is_found(memory: LongTermMemory, pair: int) -> None:
    cues = [f"Ada had {pair} bells", f"in a house by river {pair}"]
    together = " ".join(cues)
    path = written(memory, [*DAYS, together])[-1]
    # It is first for the question that joins them alone; the vectors of each cue are noise.
    assert together in texts_of(memory.recall(path, ["They ring.", *cues], 6, by_words=False))


def test_nothing_is_shown_in_short_where_nothing_is_shown(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    assert memory.recall(path, [PLAN, *CUES], 0, in_short=3) == []
    assert len(memory.recall(path, [PLAN, *CUES], 3, in_short=8)) == len(STORY), "and never more than there are"


def test_what_a_search_has_first_has_the_score_that_is_known_of_it(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    best = memory.recall(path, ["He sang."], 1, by_words=False)[0]
    assert best.score == pytest.approx(RRF_FIRST)


def test_chinese_is_found_by_its_characters_where_the_words_differ(open_store: Callable[[str], Store]) -> None:
    # The vectors are noise, and no word of the question stands in the passage.
    chinese = LongTermMemory(open_store("story"), CountingEmbeddings(size=SIZE), ZH)
    wanted = "阿嬷把铜钥匙沉进了磨坊的水塘。"
    path = written(chinese, ["天亮了，驼队出发。", wanted, "鲁索擦着头盔。", "皮姆数骆驼。"])[-1]
    assert chinese.recall(path, ["那钥在塘底"], 1)[0].entry.text == wanted


def test_a_chinese_story_of_an_earlier_version_goes_on_by_words_alone(open_store: Callable[[str], Store]) -> None:
    # Among passages that are found by words alone, the few others would always come first.
    chinese = LongTermMemory(open_store("story"), CountingEmbeddings(size=SIZE), ZH)
    wanted = "玛拉把铜钥匙沉进了磨坊的水塘。"
    path = Lineage()
    for text in [wanted, *(f"第{number}天过去了。" for number in range(20))]:
        slot = path.next_slot()
        chinese.restore([Entry(*slot, text=text, summary="")])
        path = path.append(slot)
    path = written(chinese, ["那天把门开着，在门底等着。", "她在那里，把灯沉了。"], path)[-1]
    assert not any(entry.by_characters for entry in chinese.read(path))
    assert not any(entry.by_characters for entry in chinese.read(chinese.edit(path, 3, text="雨停了。")))
    assert wanted in texts_of(chinese.recall(path, ["铜钥匙在哪里，那天在水塘底吗"], 2))
    new = LongTermMemory(open_store("new"), CountingEmbeddings(size=SIZE), ZH)
    assert all(entry.by_characters for entry in new.read(written(new, [wanted, "天亮了。"])[-1]))
