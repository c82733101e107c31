"""The long-term memory, the same over both engines: what is written, read and edited."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from memories_at_hand import STORY, texts_of, written
from recurrentgpt.memory import Lineage, LongTermMemory
from recurrentgpt.schemas.facts import Change, Fact, Knowledge

if TYPE_CHECKING:
    from counting_embeddings import CountingEmbeddings

# Writing and reading, in both engines


def test_what_was_appended_is_read_back_in_order(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    assert [(entry.seq, entry.text, entry.summary, entry.plan) for entry in memory.read(path)] == [
        (seq, text, f"Summary of: {text}", f"Plan of: {text}") for seq, text in enumerate(STORY)
    ]
    assert memory.count() == len(STORY)
    assert path.to_json() == [["main", 0, 4]]


def test_an_older_state_sees_what_there_was_then(memory: LongTermMemory) -> None:
    paths = written(memory, STORY)
    assert [texts_of(memory, path) for path in paths] == [STORY[:count] for count in range(len(STORY) + 1)]


@pytest.mark.parametrize("text", ["灯亮了。风起了。", "{x} <b>%s</b> \\1", "…", "a\n\nb", "x" * 20_000])
def test_any_text_is_kept_to_the_letter(memory: LongTermMemory, text: str) -> None:
    assert texts_of(memory, memory.append(Lineage(), text, text, text)) == [text]


def test_every_sentence_is_encoded_once(memory: LongTermMemory, embeddings: CountingEmbeddings) -> None:
    written(memory, STORY[:2])
    assert embeddings.encoded == [
        "Ada lit the lamp.",
        "The wind rose.",
        "Summary of: Ada lit the lamp.",
        "The wind rose.",
        "Ben rowed out.",
        "The boat leaked.",
        "He sang.",
        "Summary of: Ben rowed out.",
        "The boat leaked.",
        "He sang.",
    ]


def test_a_replay_writes_nothing_and_encodes_nothing(memory: LongTermMemory, embeddings: CountingEmbeddings) -> None:
    paths = written(memory, STORY)
    encoded = list(embeddings.encoded)
    assert written(memory, STORY) == paths
    assert embeddings.encoded == encoded
    assert memory.count() == len(STORY)


def test_a_replay_keeps_the_first_summary(memory: LongTermMemory) -> None:
    path = memory.append(Lineage(), STORY[0], "the first summary")
    assert memory.append(Lineage(), STORY[0], "another summary") == path
    assert [entry.summary for entry in memory.read(path)] == ["the first summary"]


def test_a_replay_of_a_fork_writes_nothing_and_encodes_nothing(
    memory: LongTermMemory, embeddings: CountingEmbeddings
) -> None:
    paths = written(memory, STORY[:3])
    forked = written(memory, ["Ada slept.", "She woke."], paths[1])
    encoded = list(embeddings.encoded)
    assert written(memory, ["Ada slept.", "She woke."], paths[1]) == forked
    assert embeddings.encoded == encoded
    assert memory.count() == 5


def test_another_text_in_a_taken_slot_opens_a_branch(memory: LongTermMemory) -> None:
    paths = written(memory, STORY[:3])
    forked = written(memory, ["Ada slept.", "She woke."], paths[1])[-1]
    assert texts_of(memory, paths[-1]) == STORY[:3]
    assert texts_of(memory, forked) == [STORY[0], "Ada slept.", "She woke."]
    assert [(first, last) for _, first, last in forked] == [(0, 0), (1, 2)]


def test_the_very_first_paragraph_may_be_written_anew(memory: LongTermMemory) -> None:
    path = written(memory, STORY[:2])[-1]
    other = written(memory, ["Ben slept.", STORY[1]])[-1]
    assert texts_of(memory, path) == STORY[:2]
    assert texts_of(memory, other) == ["Ben slept.", STORY[1]]


def test_forks_of_forks_read_their_own_texts(memory: LongTermMemory) -> None:
    trunk = written(memory, STORY[:3])
    left = written(memory, ["a one.", "a two."], trunk[2])
    right = written(memory, ["b one.", "b two."], trunk[2])
    twig = written(memory, ["c two."], left[1])
    assert texts_of(memory, left[-1]) == [*STORY[:2], "a one.", "a two."]
    assert texts_of(memory, right[-1]) == [*STORY[:2], "b one.", "b two."]
    assert texts_of(memory, twig[-1]) == [*STORY[:2], "a one.", "c two."]
    assert memory.count() == 8


def test_the_same_text_twice_in_a_row_is_two_paragraphs(memory: LongTermMemory) -> None:
    assert texts_of(memory, written(memory, [STORY[0], STORY[0]])[-1]) == [STORY[0], STORY[0]]


def test_a_path_that_came_from_json_goes_on_where_it_was(memory: LongTermMemory) -> None:
    trunk = written(memory, STORY[:2])
    forked = written(memory, ["Ada slept."], trunk[1])[-1]
    read = Lineage.from_json(json.loads(json.dumps(forked.to_json())))
    assert texts_of(memory, written(memory, ["She woke."], read)[-1]) == [STORY[0], "Ada slept.", "She woke."]


# Editing


def test_an_edit_is_seen_by_its_own_path_only(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    edited = memory.edit(path, 2, text="A ship came home. All saw it.")
    assert texts_of(memory, edited) == [*STORY[:2], "A ship came home. All saw it.", *STORY[3:]]
    assert texts_of(memory, path) == STORY
    assert memory.count() == len(STORY) + 1


def test_an_edited_summary_keeps_the_paragraph_and_its_plan(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    entry = memory.read(memory.edit(path, 0, summary="Another summary."))[0]
    assert (entry.text, entry.summary, entry.plan) == (STORY[0], "Another summary.", f"Plan of: {STORY[0]}")


def test_the_same_edit_made_twice_is_written_once(memory: LongTermMemory, embeddings: CountingEmbeddings) -> None:
    path = written(memory, STORY)[-1]
    first = memory.edit(path, 1, text="Ben swam.")
    encoded = len(embeddings.encoded)
    assert memory.edit(path, 1, text="Ben swam.") == first
    assert memory.edit(first, 1, text="Ben swam.") == first
    assert len(embeddings.encoded) == encoded
    assert memory.count() == len(STORY) + 1


@pytest.mark.parametrize("place", [-1, 5, 99])
def test_an_edit_where_nothing_stands_is_refused(memory: LongTermMemory, place: int) -> None:
    path = written(memory, STORY)[-1]
    with pytest.raises(ValueError, match=f"place {place} is not on a path of 5"):
        memory.edit(path, place, text="x")


# Putting in


def test_a_passage_that_is_put_in_stands_there_for_its_path_alone(memory: LongTermMemory) -> None:
    path = written(memory, STORY)[-1]
    new = memory.insert(path, 2, "Cas came home.", "Cas is back.")
    assert texts_of(memory, new) == [*STORY[:2], "Cas came home.", *STORY[2:]]
    assert texts_of(memory, path) == STORY
    assert memory.insert(path, 2, "Cas came home.", "Cas is back.") == new, "the same once more is the same"
    assert memory.count() == len(STORY) + 1
    twice = memory.insert(new, 2, "Cas came home.", "Cas is back.")
    assert texts_of(memory, twice).count("Cas came home.") == 2
    (hit,) = memory.recall(new, ["Who came home?"], 1)
    assert (hit.place, hit.entry.text) == (2, "Cas came home.")
    more = memory.append(new.remove(new.length - 1), "The end.", "")
    assert texts_of(memory, more)[-2:] == [STORY[-2], "The end."]


def test_an_end_before_its_fact_is_void(memory: LongTermMemory) -> None:
    fact = Fact("#0", "The lamp burns.")
    path = memory.append(Lineage(), "Ada lit it.", "", knowledge=Knowledge((fact,)))
    end = Change("ended", "main:0:0", ("main:0:0",), quote="put it out")
    path = memory.append(path, "Ben put it out.", "", knowledge=Knowledge((), (end,)))
    lit, out = memory.read(path)
    assert memory.facts.void(path, lit) == memory.facts.void(path, out) == []
    turned = path.remove(0).insert(1, lit.slot)
    assert memory.facts.void(turned, lit) == memory.facts.void(turned, out) == [(0, end)]
    assert memory.facts.void(path.remove(0), lit) == [(0, end)]
    assert memory.facts.void(path.remove(1), out) == []
    assert [state.fact.text for state in memory.holding(turned)] == ["The lamp burns."]
