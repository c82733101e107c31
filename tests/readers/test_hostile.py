"""Files that are made to do harm: refused in one sentence, within bounds, and nothing of them is left."""

# ruff: noqa: E501 (examples stand as they are)

from __future__ import annotations

import io
import os
import socket
import time
import zipfile
from dataclasses import astuple
from typing import TYPE_CHECKING, Self

import pytest

from book_files import epub, line, odt, pdf, word, zipped
from recurrentgpt.schemas.errors import RecurrentGPTError, StorageError
from recurrentgpt.stories.readers import bounds, read_file
from tongues import EN

if TYPE_CHECKING:
    from pathlib import Path


TEXT = "The harbour was quiet when Mara came down to the quay, and nobody had lit the lamps yet."
PAGES_OF_PAGES = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count 100000000 "
    b"/Kids [2 0 R 2 0 R] >>\nendobj\ntrailer << /Root 1 0 R /Size 3 >>\n%%EOF"
)
"""A PDF whose pages are the pages themselves."""
_IN_DIRECTORY, _SIZE = b"PK\x01\x02", 24
"""Where the directory of an archive says to how many bytes a part unpacks."""


def said_to_unpack_to(size: int, content: bytes) -> bytes:
    """An archive of which the directory says that each part unpacks to so many bytes."""
    first, *items = content.split(_IN_DIRECTORY)
    sized = (item[: _SIZE - 4] + size.to_bytes(4, "little") + item[_SIZE:] for item in items)
    return _IN_DIRECTORY.join((first, *sized))


BOMBS = {
    "a.docx": word(line(TEXT)),
    "a.epub": epub({"a.xhtml": TEXT}),
    "a.odt": odt(TEXT),
    "a.zip": zipped({"one.txt": TEXT}),
}


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.docx", zipped({"x": b"y"}), "cannot be read as .docx"),
        ("a.txt", b"  \n \n", "holds no text"),
        ("a.xyz", b"\x89PNG\r\n\x1a\n\0", "cannot be imported"),
        *((name, said_to_unpack_to(2**31, content), r"unpacks to \d+ MB") for name, content in BOMBS.items()),
        ("a.zip", zipped({"b.zip": said_to_unpack_to(2**31, BOMBS["a.zip"])}), "Nothing in .* is a chapter"),
        ("a.zip", zipped({"b.docx": said_to_unpack_to(2**31, BOMBS["a.docx"])}), r"'b\.docx' unpacks to"),
        ("a.docx", said_to_unpack_to(1, BOMBS["a.docx"]), "cannot be read as .docx"),
        ("a.docx", word("<w:sdt>" * 5000 + line(TEXT) + "</w:sdt>" * 5000), "deeper than any book"),
        ("a.zip", zipped({f"{number}.txt": b"x" for number in range(5001)}), "5,001 parts"),
        ("a.docx", word('<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>'), "cannot be read as .docx"),
        ("a.pdf", pdf([[TEXT]]).partition(b"endstream")[0], "cannot be read as .pdf"),
        ("a.pdf", PAGES_OF_PAGES, "cannot be read as .pdf"),
    ],
    ids=[
        *("no document", "blank", "unknown", "docx bomb", "epub bomb", "odt bomb", "zip bomb", "zip in zip"),
        *("docx bomb in zip", "directory that lies", "deep", "parts", "entity", "pdf without end", "pages of pages"),
    ],
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
    works = "sh -c 'while :; do :; done'"
    for bound, value, program in (
        ("_MOST_WAITED", 0.001, "sleep 60"),
        ("SECONDS", 1, works),
        ("MOST_OUTPUT", 1, "yes"),
    ):
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


def _spent(path: Path, *contents: str) -> float:
    """Seconds of the processor that reading each of them takes, between a beginning and an end."""
    begun = time.process_time()
    for content in contents:
        path.write_text(f"Begin.\n\n{content}\n\nEnd.", encoding="utf-8")
        assert read_file(path, EN).manuscript.paragraphs[-1] == "End."
    return time.process_time() - begun


def test_lines_and_marks_without_end_are_read_in_time(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    book = _spent(path, "The lamp was out.\n" * 11_000)
    spent = _spent(
        path,
        "*a " * 30_000,
        "Chapter 1 " * 50_000,
        "【" * 200_000,
        "I" * 200_000,
        "- " * 200_000,
        "a\n" * 30_000,
        "Contents\n\n" + "ab cd " * 30_000,
        "Contents\n\n" + "." * 100_000 + "x",
    )
    assert spent < 40 * book, "eight of them take five times as long as a book's lines, measured just before"


@pytest.mark.long
def test_numbers_without_end_are_read_in_time(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    book = _spent(path, "The lamp was out.\n" * 11_000)
    assert _spent(path, "1\n\n" * 100_000) < 40 * book


class _Listener:
    """An address that keeps who comes to it."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)  # noqa: FBT003 (its one argument)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/x"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def was_reached(self) -> bool:
        try:
            self._socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True


def _that_ask_for_more(address: str, secret: Path) -> dict[str, bytes]:
    """Files of each kind that would have something else read: a file of this machine, an address, another program."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    entities = (
        f'[<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y SYSTEM "{address}"><!ENTITY % z SYSTEM "{address}">%z;'
        f'<!ENTITY l0 "ha">{laughs}]>'
    )
    asks = f"a&x;&y;&l11; {TEXT}"
    template = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        f'Target="{address}" TargetMode="External"/></Relationships>'
    )
    page = (
        f"<h1>One</h1><p>{TEXT}<img src='{address}'><iframe src='{address}'></iframe><object data='{address}'></object></p>"
        f"<link rel=stylesheet href='{address}'><style>@import url({address});</style><embed src='{address}'>"
        f"<svg onload='harm(1)'><script href='{address}'>harm(2)</script><image href='{address}'/></svg>"
        f"<script>harm(3)</script><p onclick='harm(4)'>See <a href='javascript:harm(5)'>me</a>.</p>"
    )
    return {
        "a.odt": odt(f"<text:p>{asks}</text:p>", doctype=f"<!DOCTYPE a {entities}"),
        "a.fb2": f"<!DOCTYPE FictionBook {entities}<FictionBook><body><section><p>{asks}</p></section></body></FictionBook>".encode(),
        "a.html": f"<!DOCTYPE html {entities}{page}<p>{asks}</p>".encode(),
        "a.docx": word(line("Chapter 1") + line(TEXT), more={"word/_rels/settings.xml.rels": template}),
        "a.md": f"# One\n\n{TEXT} ![x]({address})\n\n<script>harm(1)</script>\n\n[me](javascript:harm(2))\n".encode(),
        "a.tex": rf"\begin{{document}}\input{{{secret}}}\include{{{secret}}}\write18{{touch {secret}2}}{TEXT}\end{{document}}".encode(),
        "a.rtf": rf'{{\rtf1{{\field{{\*\fldinst INCLUDETEXT "{secret}"}}{{\fldrslt so}}}}{{\*\template {address}}}{TEXT}}}'.encode(),
    }


def test_nothing_else_is_read_and_no_address_reached(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret", encoding="utf-8")
    with _Listener() as listener:
        for name, content in _that_ask_for_more(listener.address, secret).items():
            path = tmp_path / name
            path.write_bytes(content)
            try:
                told = "".join(read_file(path, EN).manuscript.paragraphs)
            except StorageError as error:
                assert "\n" not in str(error)  # noqa: PT017 (some of them are refused, the others read without it)
                continue
            assert TEXT in told, name
            for never in ("the secret", "hahaha", "harm"):
                assert never not in told, (name, never)
        assert not listener.was_reached
    assert not (tmp_path / "secret2").exists()


def test_of_a_folder_only_what_is_read_counts(tmp_path: Path) -> None:
    """A writer's research may be of any size beside the chapters; chapters without end may not."""
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    with (tmp_path / "film.mov").open("wb") as opened:
        opened.truncate(2 * 2**30)
    assert read_file(tmp_path, EN).manuscript.paragraphs == (TEXT,)


def test_files_of_a_folder_have_one_bound_of_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(bounds, "FOLDER_SECONDS", -1)
    with pytest.raises(StorageError, match="as no book does"):
        read_file(tmp_path, EN)


def test_a_document_of_more_parts_than_a_book_has_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_TAGS", 1000)
    path = tmp_path / "a.docx"
    path.write_bytes(word("<w:p/>" * 1000 + line(TEXT)))
    with pytest.raises(StorageError, match="as no book does"):
        read_file(path, EN)


def test_what_leads_out_of_an_archive_or_a_folder_is_said_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("Nobody is to read this.")
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        for name in ("../../up.txt", "/rooted.txt", "..\\back.txt", "../picture.png", "one.txt"):
            packed.writestr(name, TEXT)
        packed.writestr(link, str(tmp_path / "secret.txt"))
    archive = tmp_path / "book.zip"
    archive.write_bytes(written.getvalue())
    reading = read_file(archive, EN)
    assert [chapter.title for chapter in reading.manuscript.chapters] == ["one"]
    outside = "../../up.txt / ../back.txt / /rooted.txt / link.txt"
    assert [astuple(left) for left in reading.left_out] == [("leads_out", outside, 4)]
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "one.txt").write_text(TEXT)
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    reading = read_file(folder, EN)
    assert reading.manuscript.paragraphs == (TEXT,)
    assert [astuple(left) for left in reading.left_out] == [("leads_out", "link.txt", 1)]
