"""Books that are several files: chapters in a folder or a ZIP, Scrivener, novelWriter, another RecurrentGPT's log."""

# ruff: noqa: E501 (examples stand as they are)

from __future__ import annotations

import json
from dataclasses import astuple
from typing import TYPE_CHECKING

import pytest

from book_files import line, word, zipped
from recurrentgpt.schemas.errors import StorageError
from recurrentgpt.stories.readers import Reading, read_file
from tongues import EN

if TYPE_CHECKING:
    from pathlib import Path

PROSE = "She counted them again, slowly, from the harbour wall."

CHAPTERS: dict[str, str | bytes] = {
    "01 - The Jetty.md": "Mara *counted*.\n\nNobody came.",
    "2_The_Cellar.txt": "It was dark.",
    "10.docx": word(line("Chapter 10") + line(PROSE)),
    "Part Two/1 Salt.txt": "Salt water.",
    "Part Two/2.txt": "Chapter 12: Fog\n\nFog.",
    "notes.png": b"\x89PNG",
    ".hidden.txt": "not this",
}
TOLD = [
    ("The Jetty", "chapter", ("Mara *counted*.", "Nobody came.")),
    ("The Cellar", "chapter", ("It was dark.",)),
    ("Chapter 10", "chapter", (PROSE,)),
    ("Part Two", "part", ()),
    ("Salt", "chapter", ("Salt water.",)),
    ("Chapter 12: Fog", "chapter", ("Fog.",)),
]


def told(reading: Reading) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(chapter.title, chapter.kind, chapter.paragraphs) for chapter in reading.manuscript.chapters]


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_a_folder_and_a_zip_of_chapters_are_one_book(tmp_path: Path) -> None:
    folder = written(tmp_path / "The Shore", CHAPTERS)
    (folder / "link.txt").symlink_to("/etc/passwd")
    reading = read_file(folder, EN)
    assert reading.manuscript.title == "The Shore"
    assert told(reading) == TOLD
    packed = tmp_path / "shore.zip"
    packed.write_bytes(zipped({f"The Shore/{name}": content for name, content in CHAPTERS.items()}))
    again = read_file(packed, EN)
    assert again.manuscript.title == "The Shore"
    assert told(again) == TOLD


def test_a_zip_with_paths_out_of_itself_writes_nowhere(tmp_path: Path) -> None:
    packed = tmp_path / "book.zip"
    packed.write_bytes(
        zipped({"../../evil.txt": "evil", "/evil.txt": "evil", "a/../../evil.md": "evil", "ok.txt": PROSE})
    )
    assert told(read_file(packed, EN)) == [("ok", "chapter", (PROSE,))]
    assert not list(tmp_path.parent.rglob("*evil*"))


def test_a_folder_without_chapters_says_so(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    with pytest.raises(StorageError, match="is a chapter"):
        read_file(tmp_path / "book", EN)


BINDER = """<?xml version="1.0"?><ScrivenerProject Version="2.0"><Binder>
<BinderItem UUID="D" Type="DraftFolder"><Title>Draft</Title><Children>
 <BinderItem UUID="P" Type="Folder"><Title>Part One</Title><Children>
  <BinderItem UUID="C1" Type="Folder"><Title>The Jetty</Title><Children>
   <BinderItem UUID="S1" Type="Text"><Title>Scene</Title></BinderItem>
   <BinderItem UUID="S2" Type="Text"><Title>Scene 2</Title></BinderItem>
   <BinderItem UUID="S3" Type="Text"><Title>Cut</Title><MetaData><IncludeInCompile>No</IncludeInCompile></MetaData>
   </BinderItem></Children></BinderItem>
  <BinderItem UUID="C2" Type="Text"><Title>The Cellar</Title></BinderItem></Children></BinderItem>
</Children></BinderItem>
<BinderItem UUID="R" Type="ResearchFolder"><Title>Research</Title><Children><BinderItem UUID="X" Type="Text"><Title>No</Title>
</BinderItem></Children></BinderItem></Binder><ProjectSettings><ProjectTitle>The Shore</ProjectTitle></ProjectSettings>
</ScrivenerProject>"""


def test_a_scrivener_project_is_read_by_its_binder(tmp_path: Path) -> None:
    texts = {
        "S1": r"Mara {\i counted}.",
        "S2": "Nobody came.",
        "S3": "Left out.",
        "C2": "It was dark.",
        "X": "Research.",
    }
    files: dict[str, str | bytes] = {"The Shore.scrivx": BINDER}
    files |= {f"Files/Data/{key}/content.rtf": rf"{{\rtf1\ansi {text}\par}}" for key, text in texts.items()}
    expected = [
        ("Part One", "part", ()),
        ("The Jetty", "chapter", ("Mara *counted*.", "* * *", "Nobody came.")),
        ("The Cellar", "chapter", ("It was dark.",)),
    ]
    reading = read_file(written(tmp_path / "The Shore.scriv", files), EN)
    assert reading.manuscript.title == "The Shore"
    assert told(reading) == expected
    assert [astuple(left) for left in reading.left_out] == [("not_compiled", "Left out.", 1)]
    packed = tmp_path / "shore.zip"
    packed.write_bytes(zipped({f"The Shore.scriv/{name}": content for name, content in files.items()}))
    assert told(read_file(packed, EN)) == expected


NOVEL = """<?xml version='1.0'?><novelWriterXML><project><title>The Shore</title><author>A. Writer</author></project><content>
<item handle="r" parent="None" order="0" type="ROOT" class="NOVEL"><name>Novel</name></item>
<item handle="b" parent="r" order="2" type="FILE" class="NOVEL" layout="DOCUMENT"><name active="True">B</name></item>
<item handle="a" parent="r" order="1" type="FILE" class="NOVEL" layout="DOCUMENT"><name active="True">A</name></item>
<item handle="c" parent="a" order="0" type="FILE" class="NOVEL" layout="DOCUMENT"><name active="True">C</name></item>
<item handle="d" parent="r" order="3" type="FILE" class="NOVEL" layout="NOTE"><name active="True">D</name></item>
<item handle="k" parent="None" order="1" type="FILE" class="CHARACTER" layout="NOTE"><name>Mara</name></item>
</content></novelWriterXML>"""


def test_a_novelwriter_project_is_read_by_its_tree(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "nwProject.nwx": NOVEL,
        "content/a.nwd": "%%~name: A\n#! The Shore\n\n# Part One\n\n## The Jetty\n\n@pov: Mara\n\n%Synopsis: she counts\n\n### First\n\n"
        "Mara [i]counted[/i].\n",
        "content/c.nwd": "%%~name: C\n### Second\n\nNobody came.\n",
        "content/b.nwd": "##! The Cellar\n\nIt was dark.\n",
        "content/d.nwd": "# Ideas\n\nKill Tom?\n",
        "content/k.nwd": "# Mara\n\nTall.\n",
    }
    reading = read_file(written(tmp_path / "novel", files), EN)
    assert (reading.manuscript.title, reading.manuscript.author) == ("The Shore", "A. Writer")
    assert told(reading) == [
        ("Part One", "part", ()),
        ("The Jetty", "chapter", ("Mara *counted*.", "* * *", "Nobody came.")),
        ("The Cellar", "chapter", ("It was dark.",)),
    ]
    assert {left.why for left in reading.left_out} == {"title_page", "comment", "scene_name", "not_compiled"}


def test_a_log_of_another_recurrentgpt_gives_its_paragraphs(tmp_path: Path) -> None:
    steps = [
        f"Output Paragraph:\nMara came {number}.\n\nOutput Memory:\nRationale: because.\nUpdated Memory: she came.\n\n"
        f"Output Instruction:\nInstruction 1: she goes.\nInstruction 2: she stays.\n"
        for number in range(3)
    ]
    log = tmp_path / "story.txt"
    log.write_text(
        "Name: The Shore\nOutline: she comes.\nParagraph 1:\nIt began.\n\n" + "\n".join(steps), encoding="utf-8"
    )
    reading = read_file(log, EN)
    paragraphs = ("It began.", "Mara came 0.", "Mara came 1.", "Mara came 2.")
    assert reading.manuscript.title == "The Shore"
    assert reading.manuscript.paragraphs == paragraphs
    assert [left.why for left in reading.left_out] == ["log"]
    kept = tmp_path / "story.json"
    kept.write_text(
        json.dumps([{"output_memory": "m", "output_paragraph": text} for text in paragraphs]), encoding="utf-8"
    )
    assert read_file(kept, EN).manuscript.paragraphs == paragraphs
