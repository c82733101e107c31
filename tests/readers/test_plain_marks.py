"""AsciiDoc and Org, as writers' editors save them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from book_files import read

if TYPE_CHECKING:
    from pathlib import Path

    from recurrentgpt.stories.readers import Reading

TOLD = "The harbour was quiet when Mara came down to the quay."
VERSE = "The gulls go out,\nthe gulls come in."
ASCII_DOC = f"""= The Shore: A Romance
A. Writer <a@example.org>
v1.0, 2024-01-01
:doctype: book
:toc:
// check the tide table

== Part One

=== Chapter 1: The Jetty

The harbour was _quiet_ when *Mara* came.footnote:[In the year 1703.]
She counted the boats.

'''

{TOLD}

[verse]
____
{VERSE}
____

<<<

=== Chapter 2: The Cellar

It was Mr.{{nbsp}}Grey, in 2*3*4.

////
Grey is the murderer.

Say so later.
////

include::/etc/passwd[]

{TOLD}
"""
ORG = f"""#+TITLE: The Shore
#+AUTHOR: A. Writer
#+LANGUAGE: en
# check the tide table

* Part One
** Chapter 1: The Jetty   :draft:
:PROPERTIES:
:ID: 12
:END:
The harbour was /quiet/ when *Mara* came.[fn:1]
She counted the boats.

-----

{TOLD}

#+BEGIN_VERSE
{VERSE}
#+END_VERSE

** TODO Chapter 2: The Cellar
SCHEDULED: <2024-01-01>
It was Mr.\u00a0Grey, in 2*3*4.

#+BEGIN_COMMENT
Grey is the murderer. Say so later.
#+END_COMMENT
#+INCLUDE: "/etc/passwd"

{TOLD}

* Plans :noexport:
Who did it?
** More
Nobody.
* Footnotes
[fn:1] In the year 1703.
"""
CHAPTERS = [
    ("Part One", ()),
    (
        "Chapter 1: The Jetty",
        (
            "The harbour was *quiet* when **Mara** came.^[In the year 1703.] She counted the boats.",
            "* * *",
            TOLD,
            VERSE,
        ),
    ),
    ("Chapter 2: The Cellar", ("It was Mr.\u00a0Grey, in 2\\*3\\*4.", TOLD)),
]


def told(found: Reading) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.title, one.paragraphs) for one in found.manuscript.chapters]


@pytest.mark.parametrize(("ending", "text"), [(".adoc", ASCII_DOC), (".asciidoc", ASCII_DOC), (".org", ORG)])
def test_a_book_with_such_marks_is_read_as_any_other(tmp_path: Path, ending: str, text: str) -> None:
    found = read(tmp_path / f"book{ending}", text.replace("\n", "\r\n"))
    assert found.manuscript.title.startswith("The Shore")
    assert found.manuscript.author == "A. Writer"
    assert told(found) == CHAPTERS
    out = {left.why: left.text for left in found.left_out}
    assert out["comment"] == "check the tide table / Grey is the murderer. Say so later."
    assert "/etc/passwd" in out["missing"]
    assert ("not_compiled" in out) is (ending == ".org")


def test_headings_of_ascii_doc_may_be_underlined(tmp_path: Path) -> None:
    text = f"Part One\n--------\n\nChapter 1\n~~~~~~~~~\n\n{TOLD}\n\nChapter 2\n~~~~~~~~~\n\nNobody\n+\n{TOLD}\n"
    found = read(tmp_path / "book.adoc", text)
    assert [(one.title, one.level) for one in found.manuscript.chapters] == [
        *(("Part One", 1), ("Chapter 1", 2), ("Chapter 2", 2)),
    ]


def test_what_such_a_file_calls_by_name_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("The key is under the mat.", encoding="utf-8")
    for ending, line in ((".adoc", "include::secret.txt[]"), (".org", '#+INCLUDE: "secret.txt"')):
        found = read(tmp_path / f"book{ending}", f"{TOLD}\n\n{line}\n\n{TOLD}\n")
        assert found.manuscript.paragraphs == (TOLD, TOLD)
