"""A manuscript on the page: looked at, changed, read or refused."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from page_client import page_client, written
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

    from fake_model import FakeChatModel

BOOK = (
    "The Shore\n\nby A. Writer\n\nChapter 1\n\nMara counted.\n\nNobody came.\n\n"
    "Chapter 2\n\nIt was dark.\n\nChapter 3\n\nShe came up."
)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with page_client() as made:
        yield made


def waiting() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("recurrentgpt-*/upload.txt"))


def sent(client: TestClient, content: bytes, **fields: str) -> tuple[str, str]:
    """The page that shows an upload, and where its form leads."""
    page = client.post("/import", data={"model": "fake", **fields}, files={"file": ("../Evil name.txt", content)}).text
    (address,) = set(re.findall(r'action="(/import/[\w-]+)"', page))
    return page, address


def test_a_manuscript_is_shown_changed_and_read(client: TestClient, fake_model: FakeChatModel) -> None:
    before = waiting()
    page, address = sent(client, BOOK.encode())
    for words in (
        "The Shore",
        "A. Writer",
        "Chapter 1",
        "Mara counted.",
        "It was dark.",
        "title page",
        "Passages to remember: 3",
    ):
        assert words in page
    assert not fake_model.asked
    assert Library.of_the_process().records() == []
    assert len(waiting() - before) == 1
    table = {
        "chapters": "1 2 3", "title": "Shore", "author": "", "language": "en", "encoding": "", "do": "read",
        "take_1": "1", "title_1": "The Jetty", "split_1": "2 Below",
        "title_2": "Chapter 2",
        "take_3": "1", "title_3": "Chapter 3", "join_3": "1",
    }  # fmt: skip
    answer = client.post(address, data=table, follow_redirects=False)
    assert answer.status_code == 303
    story_id = answer.headers["location"].rsplit("/", 1)[1]
    written(client, story_id)
    told = client.get(f"/story/{story_id}/book.md").text
    assert told == "# Shore\n\n## The Jetty\n\nMara counted.\n\n## Below\n\nNobody came.\n\nShe came up.\n"
    assert waiting() == before


def test_it_goes_into_a_story_that_is_there(client: TestClient, fake_model: FakeChatModel) -> None:
    """Behind its end, or in the place of a chapter: what would change is said first, and done when asked again."""
    del fake_model
    _, address = sent(client, b"Chapter 1\n\nMara counted.\n\nChapter 2\n\nIt was dark.")
    table = {"chapters": "1 2", "title": "Shore", "language": "en", "take_1": "1", "take_2": "1", "do": "read"}
    answer = client.post(address, data=table, follow_redirects=False)
    story_id = answer.headers["location"].rsplit("/", 1)[1]
    written(client, story_id)

    def given(text: bytes, **more: str) -> tuple[str, dict[str, str]]:
        page, leads = sent(client, text)
        assert f'<option value="{story_id}"' in page
        return leads, {"chapters": "1", "language": "en", "take_1": "1", "do": "read", "into": story_id, **more}

    leads, more = given(b"Chapter 3\n\nThe tide turned.", title_1="Chapter 3")
    assert client.post(leads, data=more, follow_redirects=False).headers["location"] == f"/story/{story_id}"
    written(client, story_id)
    leads, other = given(b"Chapter 2\n\nIt was still dark.", title_1="Chapter 2", chapter="2")
    shown = client.post(leads, data=other).text
    assert "Chapter 2: passages changed: 1, new: 0, gone: 0, as before: 0." in shown
    assert "Passages to remember" not in shown, "no model reads it"
    assert "still dark" not in client.get(f"/story/{story_id}/book.md").text
    (seen,) = re.findall(r'name="compared" value="(\w+)"', shown)
    done = client.post(leads, data={**other, "compared": seen}, follow_redirects=False)
    assert done.headers["location"] == f"/story/{story_id}"
    told = client.get(f"/story/{story_id}/book.md").text
    assert told == (
        "# Shore\n\n## Chapter 1\n\nMara counted.\n\n## Chapter 2\n\nIt was still dark.\n\n"
        "## Chapter 3\n\nThe tide turned.\n"
    )
    leads, other = given(b"Chapter Two\n\nIt was still dark.", title_1="Chapter Two", chapter="2")
    assert "It is called “Chapter Two” then, no longer “Chapter 2”." in client.post(leads, data=other).text
    leads, wrong = given(b"Chapter 9\n\nNo.", chapter="7")
    assert "no chapter 7" in client.post(leads, data=wrong).text
    leads, wrong = given(b"Chapter 9\n\nNo.", chapter="x")
    assert client.post(leads, data=wrong).status_code == 400


def test_of_a_refused_one_nothing_stays(client: TestClient) -> None:
    before = waiting()
    _, address = sent(client, BOOK.encode())
    assert client.post(address, data={"do": "refuse"}, follow_redirects=False).headers["location"] == "/"
    assert waiting() == before
    assert Library.of_the_process().records() == []
    assert "is gone" in client.post(address, data={"do": "read"}).text


def test_it_is_looked_at_again_with_another_encoding_and_what_is_story(client: TestClient) -> None:
    page, address = sent(client, "Глава 1\n\nОна вошла и закрыла дверь.".encode("koi8-r"), language="ru")
    assert "Она вошла" in page
    again = client.post(address, data={"do": "again", "encoding": "cp1251", "language": "ru"}).text
    assert "Она вошла" not in again
    wrong = client.post(address, data={"do": "again", "encoding": "klingon", "language": "ru"})
    assert wrong.status_code == 400
    assert "There is no encoding &#39;klingon&#39;" in wrong.text
    assert "upload." not in wrong.text
    _, other = sent(client, BOOK.encode())
    kept = client.post(other, data={"do": "again", "keep": "title_page", "language": "en"}).text
    assert (
        "by A. Writer" in re.sub(r"<fieldset>.*", "", kept, flags=re.DOTALL)
        or "(no title)" in kept
        or "The Shore" in kept
    )
    assert 'value="title_page" checked' in kept


def test_looked_at_again_the_same_chapters_keep_what_was_typed(client: TestClient) -> None:
    page, address = sent(client, BOOK.encode())
    seen = re.findall(r'name="seen" value="(\w+)"', page)[0]
    table = {
        "chapters": "1 2 3", "seen": seen, "title": "Shore", "author": "", "language": "en", "encoding": "",
        "do": "again",
        "take_1": "1", "title_1": "The Jetty", "split_1": "2 Below", "title_2": "Chapter 2",
        "take_3": "1", "join_3": "1",
    }  # fmt: skip
    again = client.post(address, data=table).text
    for said in ('value="The Jetty"', 'value="2 Below"', 'value="Shore"', "Passages to remember: 2"):
        assert said in again
    checked = [name for name in ("take_1", "take_2", "join_3") if f'name="{name}" value="1" checked' in again]
    assert checked == ["take_1", "join_3"]
    story = client.post(address, data={**table, "keep": "title_page"}).text
    assert 'value="The Jetty"' not in story
    assert "Passages to remember: 4" in story


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"split_1": "x"}, "not clear where to split"),
        ({"split_1": "99"}, "has no paragraph 99"),
        ({"title_1": "x" * 201}, "What the table says cannot be used"),
        ({"take_1": ""}, ""),
    ],
)
def test_a_table_that_cannot_be_used_is_a_sentence_and_can_be_sent_again(
    client: TestClient, fields: dict[str, str], problem: str
) -> None:
    _, address = sent(client, BOOK.encode())
    table = {"chapters": "1 2 3", "do": "read", "language": "en", **fields}
    if problem and "take_1" not in fields:
        table["take_1"] = "1"
    if not problem:
        del table["take_1"]
        problem = "take at least one chapter"
    answer = client.post(address, data=table)
    assert answer.status_code == 400
    assert problem in answer.text
    assert all(f'value="{value}"' in answer.text for name, value in fields.items() if value and name[0] in "st")
    assert Library.of_the_process().records() == []
    assert address in answer.text


def test_what_waits_too_long_or_is_too_much_is_forgotten(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = waiting()
    addresses = [sent(client, BOOK.encode())[1] for _ in range(9)]
    assert len(waiting() - before) == 8
    assert "is gone" in client.post(addresses[0], data={"do": "read"}).text
    monkeypatch.setattr("recurrentgpt.web.intake._STAYS", -1.0)
    assert "is gone" in client.post(addresses[8], data={"do": "read"}).text
    assert waiting() == before
