"""Files that are made to do harm: refused in one sentence, within bounds, and nothing of them is left."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from book_files import line, word, zipped
from recurrentgpt.schemas.errors import RecurrentGPTError, StorageError
from recurrentgpt.stories.readers import bounds, read_file
from tongues import EN

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.docx", zipped({"x": b"y"}), "cannot be read as .docx"),
        ("a.txt", b"  \n \n", "holds no text"),
        ("a.xyz", b"text", "cannot be imported"),
        ("a.docx", zipped({"word/document.xml": b" " * (101 * 2**20)}), "unpacks to 101 MB"),
        ("a.zip", zipped({"one.txt": b" " * (101 * 2**20)}), "unpacks to 101 MB"),
        ("a.zip", zipped({f"{number}.txt": b"x" for number in range(5001)}), "5,001 parts"),
        ("a.docx", word('<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>'), "cannot be read as .docx"),
    ],
    ids=["empty docx", "blank", "unknown", "bomb", "zip bomb", "parts", "entity"],
)
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RecurrentGPTError, match=problem) as caught:
        read_file(path, EN)
    assert "\n" not in str(caught.value)
    assert [file.name for file in tmp_path.iterdir() if file.name != "home"] == [name]


def test_a_sparse_file_of_two_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as opened:
        opened.truncate(2 * 2**30)
    begun = time.monotonic()
    with pytest.raises(StorageError, match="has 2048 MB; a manuscript has at most 20 MB"):
        read_file(path, EN)
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("name", ["none.txt", "none.docx"])
def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecurrentGPTError, match="cannot be read"):
        read_file(tmp_path / name, EN)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    os.mkfifo(path)
    with pytest.raises(StorageError, match="neither a file nor a folder"):
        read_file(path, EN)


def test_a_program_that_does_not_end_or_says_too_much_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(word(line("Text")))
    for bound, value, program in (("SECONDS", 0.1, "sleep 60"), ("MOST_OUTPUT", 1000, "yes")):
        stand_in = tmp_path / "pandoc"
        stand_in.write_text(f"#!/bin/sh\nexec {program}\n", encoding="utf-8")
        stand_in.chmod(0o755)
        with monkeypatch.context() as patched:
            patched.setattr(bounds, bound, value)
            patched.setattr("recurrentgpt.stories.readers.pandoc.pandoc_path", lambda _: str(stand_in))  # noqa: B023
            begun = time.monotonic()
            with pytest.raises(StorageError, match="as no book does"):
                read_file(path, EN)
            assert time.monotonic() - begun < 10


def test_a_template_from_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        'Target="http://127.0.0.1:9/evil.dotm" TargetMode="External"/></Relationships>'
    )
    path = tmp_path / "a.docx"
    path.write_bytes(word(line("Chapter 1") + line("Text."), more={"word/_rels/settings.xml.rels": rels}))
    assert read_file(path, EN).manuscript.paragraphs == ("Text.",)


def test_lines_and_marks_without_end_are_read_in_time(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    begun = time.process_time()
    for content in (
        "*a " * 100_000,
        "Chapter 1 " * 50_000,
        "【" * 200_000,
        "I" * 200_000,
        "- " * 200_000,
        "a\n" * 100_000,
    ):
        path.write_text(f"Begin.\n\n{content}\n\nEnd.", encoding="utf-8")
        assert read_file(path, EN).manuscript.paragraphs[-1] == "End."
    assert time.process_time() - begun < 20
