"""What the long-term memory recalls, the same over both engines."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from memories_at_hand import STORY, Store, memory_over, written
from recurrentgpt.memory import Lineage, LongTermMemory
from recurrentgpt.memory.edge import EdgeStore
from recurrentgpt.memory.embeddings import DEFAULT_MODEL, Embedder, reads
from recurrentgpt.memory.sentences import sentences
from tongues import EN, ZH

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path


@pytest.mark.parametrize("seq", range(len(STORY)))
def test_recall_finds_the_paragraph_with_the_nearest_sentence(memory: LongTermMemory, seq: int) -> None:
    path = written(memory, STORY)[-1]
    for sentence in sentences(STORY[seq], EN):
        best = memory.recall(path, [sentence], 1)[0]
        assert best.entry.text == STORY[seq]
        assert best.entry.seq == seq
        assert best.entry.summary == f"Summary of: {STORY[seq]}"
        assert best.similarity == pytest.approx(1, abs=1e-4)
        assert best.sentence == best.question == sentence


def test_recall_gives_the_best_first_and_no_more_than_asked_for(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    for limit in (1, 3, 5, 20):
        hits = memory.recall(path, ["He sang."], limit)
        assert len(hits) == min(limit, len(STORY))
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert len({hit.entry.seq for hit in hits}) == len(hits)


def test_recall_sees_only_its_path(memory: LongTermMemory) -> None:
    trunk = written(memory, STORY)
    forked = written(memory, ["Ada slept.", "She woke."], trunk[2])[-1]
    assert {hit.entry.text for hit in memory.recall(trunk[-1], ["She woke."], 20)} == set(STORY)
    assert {hit.entry.text for hit in memory.recall(forked, ["Nobody saw it."], 20)} == {
        *STORY[:2],
        "Ada slept.",
        "She woke.",
    }


def test_recall_does_not_see_what_comes_later(memory: LongTermMemory) -> None:
    paths = written(memory, STORY)
    assert {hit.entry.text for hit in memory.recall(paths[2], ["The ice came."], 20)} == set(STORY[:2])


@pytest.mark.parametrize("places", [(1,), (0, 1, 4), range(5), [7], {1}])
def test_recall_leaves_places_out(memory: LongTermMemory, places: Collection[int]) -> None:
    path = written(memory, STORY)[-1]
    hits = memory.recall(path, ["He sang."], 20, places)
    assert sorted(hit.entry.seq for hit in hits) == [seq for seq in range(5) if seq not in places]


def test_nothing_is_recalled_where_there_is_nothing_or_nothing_is_wanted(memory: LongTermMemory) -> None:
    assert memory.recall(Lineage(), ["He sang."], 3) == []
    path = written(memory, STORY)[-1]
    assert memory.recall(path, ["He sang."], 0) == []
    assert memory.read(Lineage()) == []


def test_recall_follows_an_edit(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    edited = memory.edit(path, 2, text="The zeppelin burned.")
    assert memory.recall(edited, ["zeppelin"], 1)[0].entry.text == "The zeppelin burned."
    assert "The zeppelin burned." not in {hit.entry.text for hit in memory.recall(path, ["zeppelin"], 20)}


def test_recall_sees_no_other_story(open_store: Callable[[str], Store]) -> None:
    ours, theirs = memory_over(open_store("ours")), memory_over(open_store("theirs"))
    path = written(ours, STORY[:2])[-1]
    written(theirs, STORY[2:])
    assert {hit.entry.text for hit in ours.recall(path, ["Nobody saw it."], 20)} == set(STORY[:2])


def test_a_rare_word_leads_where_likeness_does_not(memory: LongTermMemory) -> None:
    # The vectors are noise here, so only the words can find it.
    path = written(memory, [*STORY, "The astrolabe lay under the quince tree.", *STORY])[-1]
    best = memory.recall(path, ["Who has the astrolabe?"], 2)
    assert "astrolabe" in {word for found in best for word in found.entry.text.casefold().split()}


def test_several_questions_are_searched_at_once_and_each_hit_says_which_it_answers(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    wanted = [sentences(STORY[0], EN)[0], sentences(STORY[4], EN)[0]]
    found = memory.recall(path, wanted, 2)
    assert {hit.question for hit in found} == set(wanted)
    assert {hit.entry.seq for hit in found} == {0, 4}


def test_another_branch_never_changes_a_score(memory: LongTermMemory) -> None:
    # IDF is counted over the lineage: what a sibling says of an astrolabe is not this path's affair.
    path = written(memory, ["The astrolabe gleamed.", "The lamp burned.", "He left."])[-1]
    before = [(hit.entry.seq, hit.score) for hit in memory.recall(path, ["astrolabe lamp"], 3)]
    fork = path.from_json([["main", 0, 0]])
    written(memory, [f"Astrolabe number {number} gleamed." for number in range(30)], fork)
    assert [(hit.entry.seq, hit.score) for hit in memory.recall(path, ["astrolabe lamp"], 3)] == before


def test_of_equals_the_later_paragraph_comes_first_every_time(memory: LongTermMemory) -> None:
    path = written(memory, ["The amber bell rang.", "A fox crossed the marsh."])[-1]
    questions = [entry.text for entry in memory.read(path)]
    assert {memory.recall(path, questions, 1)[0].entry.seq for _ in range(20)} == {1}


@pytest.mark.parametrize("question", ["🦊🦊🦊", "!?"])
def test_a_question_without_words_is_no_error(memory: LongTermMemory, question: str) -> None:
    path = written(memory, STORY)[-1]
    assert len(memory.recall(path, [question], 2)) in (0, 2)


@pytest.mark.real
@pytest.mark.xdist_group("embedder")
def test_what_the_embedding_model_cannot_read_is_searched_by_its_words(tmp_path: Path) -> None:
    model = Embedder(DEFAULT_MODEL).embeddings
    assert reads(model, "Mara cannot swim.")
    assert not reads(model, "玛拉不会游泳，水一没过腰就会往下沉。")
    with closing(EdgeStore(tmp_path, "story", DEFAULT_MODEL, lambda: 384)) as store:
        memory = LongTermMemory(store, model, ZH)
        path = written(memory, ["天亮了。玛拉长在旱地，从没学过游泳。", "鲁索在火堆旁擦头盔。", "皮姆数着骆驼。"])[-1]
        found = memory.recall(path, ["玛拉要游泳渡河"], 1)[0]
        assert (found.entry.seq, found.sentence) == (0, "玛拉长在旱地，从没学过游泳。")
        assert 0 < found.similarity <= 1
        assert memory.recall(path, ["🦊🦊"], 1) == []
