"""Whole novels: every chapter and paragraph, no furniture, in time, and without much memory."""

# ruff: noqa: E501 (examples stand as they are)

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from html import escape
from pathlib import Path
from textwrap import wrap

import pytest

from book_files import epub, line, odt, style, word
from recurrentgpt.stories.readers import read_file
from tongues import EN

WORDS = (
    "the", "a", "sea", "boat", "lamp", "harbour", "she", "he", "walked", "counted", "said", "nobody", "came", "tide", "stone",
    "night", "letter", "door", "rain", "and", "but", "when", "under", "over", "light", "dark", "old", "keeper", "sister", "road",
)  # fmt: skip
READ = """
import resource, sys
from pathlib import Path
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.stories.readers import read_file
read_file(Path(sys.argv[1]), language_named("en"))
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(sum(each.ru_utime + each.ru_stime for each in used), *(each.ru_maxrss // 1024 for each in used))
"""


def novel(chapters: int) -> list[tuple[str, list[str]]]:
    """A book of about 26 kB a chapter, the same each time."""
    chance = random.Random(3)  # noqa: S311 (no secret)

    def sentence() -> str:
        said = " ".join(chance.choice(WORDS) for _ in range(chance.randint(5, 22)))
        return said[0].upper() + said[1:] + chance.choice("...?!")

    return [
        (
            f"Chapter {number}: The {chance.choice(WORDS).title()}",
            [" ".join(sentence() for _ in range(chance.randint(1, 8))) for _ in range(75)],
        )
        for number in range(1, chapters + 1)
    ]


def files(book: list[tuple[str, list[str]]]) -> dict[str, bytes]:
    told = "\n\n".join(
        part for title, texts in book for part in (title, *("\n".join(wrap(text, 72)) for text in texts))
    )
    listed = "\n".join(title for title, _ in book)
    head = (
        "Title: The Shore\n\n*** START OF THE PROJECT GUTENBERG EBOOK ***\n\nThe Shore\n\nby A. Writer\n\nContents\n\n"
    )
    end = "*** END OF THE PROJECT GUTENBERG EBOOK ***\n\nYou may copy it."
    pages = {
        f"c{number}.xhtml": f"<h2>{title}</h2>" + "".join(f"<p>{text}</p>" for text in texts)
        for number, (title, texts) in enumerate(book)
    }
    headed = '<text:h text:outline-level="1">{}</text:h>'
    return {
        "book.txt": f"{head}{listed}\n\n{told}\n\n{end}".encode(),
        "book.epub": epub(pages, ncx={}),
        "book.docx": word(
            "".join(line(title, "Heading1") + "".join(map(line, texts)) for title, texts in book),
            style("Heading1", "heading 1", level=0),
        ),
        "book.odt": odt(
            "".join(
                headed.format(title) + "".join(f"<text:p>{escape(text)}</text:p>" for text in texts)
                for title, texts in book
            )
        ),
    }


def test_a_book_comes_whole_out_of_each_format(tmp_path: Path) -> None:
    book = novel(3)
    for name, content in files(book).items():
        (tmp_path / name).write_bytes(content)
        found = read_file(tmp_path / name, EN).manuscript
        assert [(chapter.title, list(chapter.paragraphs)) for chapter in found.chapters] == book, name


def test_what_libraries_put_around_a_book_is_no_story(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "Title: The Shore\n\n*** START OF THE PROJECT GUTENBERG EBOOK ***\n\nProduced by A Volunteer\nand another\n\n"
        "THE SHORE\n\nChapter 1\n\nShe came.\n\n"
        "Chapter 2 of that long book (which nobody had read).—It begins, as\nall do, with rain.\n",
        encoding="utf-8",
    )
    told = read_file(path, EN).manuscript
    assert [chapter.title for chapter in told.chapters] == ["Chapter 1"]
    assert told.paragraphs[0] == "She came."
    path.write_text(
        "《红楼梦》\n\n曹雪芹 　高鄂  著\n\n第一回　梦\n\n列位看官。\n\n第二回　城\n\n却说。\n", encoding="utf-8"
    )
    told = read_file(path, EN).manuscript
    assert (told.title, told.author.split(), len(told.chapters)) == ("红楼梦", ["曹雪芹", "高鄂"], 2)
    page = tmp_path / "a.odt"
    page.write_bytes(
        odt(
            "<text:h text:outline-level='1'>The Shore</text:h><text:p>Ann Writer</text:p><text:p>2014-05-25T00:00:00Z</text:p>"
            "<text:h text:outline-level='2'>Imprint</text:h><text:p>Made by many.</text:p>"
            "<text:h text:outline-level='2'>I</text:h><text:p>She came.</text:p>"
            "<text:h text:outline-level='2'>Colophon</text:h><text:p>Set in a type.</text:p>"
        )
    )
    reading = read_file(page, EN)
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "Ann Writer")
    assert [(one.title, one.paragraphs) for one in reading.manuscript.chapters] == [("I", ("She came.",))]
    assert {left.why: left.count for left in reading.left_out} == {"title_page": 3, "copyright": 4}


NOVELS = os.environ.get("RECURRENTGPT_NOVELS", "")
"""A folder of novels; a test itself sees no setting from outside."""


@pytest.mark.long
@pytest.mark.skipif(not NOVELS, reason="RECURRENTGPT_NOVELS names no folder of novels")
def test_novels_of_a_folder_have_their_chapters() -> None:
    """Each file ``name-120.txt`` of the folder has so many chapters, is read within 30 s, and has no furniture at its edges."""
    for path in sorted(Path(NOVELS).iterdir()):
        done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
        seconds, *megabytes = json.loads(f"[{','.join(done.stdout.split())}]")
        chapters = [one for one in read_file(path, EN).manuscript.chapters if one.kind == "chapter"]
        assert len(chapters) == int(path.stem.rpartition("-")[2]), path.name
        assert seconds < 30, path.name
        assert max(megabytes) < 500, path.name
        edges = " ".join((*chapters[0].paragraphs[:2], *chapters[-1].paragraphs[-2:]))
        assert not re.search(r"gutenberg|standard ebooks|produced by", edges, re.IGNORECASE), path.name


@pytest.mark.long
@pytest.mark.parametrize("name", ["book.txt", "book.epub", "book.docx", "book.odt"])
def test_a_novel_is_read_in_time_and_without_much_memory(tmp_path: Path, name: str) -> None:
    book = novel(70)
    path = tmp_path / name
    path.write_bytes(files(book)[name])
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    seconds, *megabytes = json.loads(f"[{','.join(done.stdout.split())}]")
    assert seconds < 30
    assert max(megabytes) < 500
    found = read_file(path, EN).manuscript
    assert [chapter.title for chapter in found.chapters] == [title for title, _ in book]
