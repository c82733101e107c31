"""The contents of a book: chapters with their passages, lengths as the language counts, notes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from page_at_hand import book, shelf
from recurrentgpt.memory.long_term import LongTermMemory
from recurrentgpt.schemas.errors import StoryStateError
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.stories import branches
from recurrentgpt.stories.contents import KEPT, contents
from stories_at_hand import at

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.schemas.lineage import Slot


def test_chapters_have_their_passages_and_lengths(tmp_path: Path) -> None:
    with shelf(tmp_path) as library:
        record = book(library, 25, chapter=10)

        async def looked(story: object) -> None:
            found = await contents(story)  # type: ignore[arg-type]
            shown = [(one.number, one.title, one.first, one.last, one.is_open) for one in found.chapters]
            assert shown == [
                (1, "Chapter of door 1", 1, 10, False),
                (2, "Chapter of door 11", 11, 20, False),
                (3, "Chapter of door 21", 21, 25, True),
            ]
            assert found.lengths[1:] == (14,) * 24
            assert found.chapters[1].words == 140
            assert found.words == sum(found.lengths)
            there = found.chapter_at(20)
            assert there is not None
            assert there.number == 2
            assert found.chapter_at(26) is None
            await branches.edit(story, paragraph=12, text="Two words.")  # type: ignore[arg-type]
            changed = await contents(story, noted={12, 25})  # type: ignore[arg-type]
            assert changed.lengths[11] == 2
            assert [one.noted for one in changed.chapters] == [(), (12,), (25,)]
            early = await contents(story, at=12)  # type: ignore[arg-type]
            assert [(one.first, one.last) for one in early.chapters] == [(1, 10), (11, 12)]
            with pytest.raises(StoryStateError):
                await contents(story, at=26)  # type: ignore[arg-type]

        at(library, record, looked)


def test_what_comes_before_the_first_chapter_is_a_part_without_a_number(tmp_path: Path) -> None:
    with shelf(tmp_path) as library:
        record = book(library, 3)

        async def looked(story: object) -> None:
            (whole,) = (await contents(story)).chapters  # type: ignore[arg-type]
            assert (whole.number, whole.title, whole.length) == (0, "", 3)
            await branches.set_chapter(story, 3, "Late")  # type: ignore[arg-type]
            before, late = (await contents(story)).chapters  # type: ignore[arg-type]
            assert (before.number, before.last, late.number, late.first) == (0, 2, 1, 3)

        at(library, record, looked)


@pytest.mark.parametrize(
    ("tag", "text", "count"),
    [
        ("en", "“Don't,” she said — well-known words—all 3 of them.", 9),
        ("en", " — … ! ", 0),
        ("zh", "林岚说：“OK，我们有 12 个瓶子。”", 11),
        ("ja", "灯台のランプ", 6),
        ("de", "Schöne, neue Welt", 3),
        ("th", "สวัสดี", 4),
    ],
)
def test_a_text_is_counted_as_its_language_counts_and_marks_are_nothing(tag: str, text: str, count: int) -> None:
    assert language_named(tag).count(text) == count


def test_a_long_book_is_counted_once_and_its_newest_passages_anew(tmp_path: Path) -> None:
    with shelf(tmp_path) as library:
        record = book(library, 90)
        lengths = at(library, record, contents).lengths
        kept = library.folder(record) / KEPT
        told = json.loads(kept.read_text(encoding="utf-8"))["main"]
        assert [int(seq) for seq in told] == list(range(70))

        async def read_only_the_rest(story: object) -> None:
            asked: list[int] = []
            texts = LongTermMemory.texts

            def counting(memory: LongTermMemory, slots: list[Slot]) -> dict[Slot, str]:
                asked.append(len(slots))
                return texts(memory, slots)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(LongTermMemory, "texts", counting)
                assert (await contents(story)).lengths == lengths  # type: ignore[arg-type]
            assert asked == [20]

        at(library, record, read_only_the_rest)
        kept.write_text('{"main": [1', encoding="utf-8")
        assert at(library, record, contents).lengths == lengths, "what cannot be read is counted again"
