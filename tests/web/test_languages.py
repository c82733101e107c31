"""The page's language is apart from the story's: chosen on it or by the browser, whatever the story is told in."""

from __future__ import annotations

import re
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from page_client import HERE, begun, page_client, written
from recurrentgpt.schemas.catalogue import part
from recurrentgpt.stories.library import Library
from recurrentgpt.web.words import COOKIE, Words, phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

    from fake_model import FakeChatModel

FORM = {"topic": "A lighthouse keeper", "language": "en", "mode": "author", "model": "fake"}
CHINESE = {"accept-language": "zh-CN"}


@pytest.fixture
def client(fake_model: FakeChatModel) -> Iterator[TestClient]:
    del fake_model
    with page_client() as made:
        yield made


def choose(client: TestClient, language: str, came_from: str = "") -> str:
    """Choose a language; gives where one is sent."""
    headers = {"referer": f"{HERE}{came_from}"} if came_from else {}
    answer = client.post("/language", data={"language": language}, headers=headers, follow_redirects=False)
    assert answer.status_code == 303
    return str(answer.headers["location"])


# The page's and the story's


@pytest.mark.parametrize(("page", "story"), [("en", "zh"), ("zh", "en"), ("zh", "sv"), ("en", "he")])
@pytest.mark.parametrize("view", ["story", "play", "read"])
def test_a_page_speaks_one_language_and_marks_the_text_as_another(
    client: TestClient, page: str, story: str, view: str
) -> None:
    story_id = begun(client, language=story)
    choose(client, page)
    shown = client.get(f"/{view}/{story_id}").text
    assert f'<html lang="{page}" dir="ltr">' in shown
    assert phrases(page)["as_a_book" if view == "read" else "books"] in shown
    direction = "rtl" if story == "he" else "auto"
    texts = re.findall(r'<p class="text"[^>]*>', shown)
    assert texts
    assert all(f'lang="{story}" dir="{direction}"' in text for text in texts)


def test_what_is_chosen_is_remembered_and_goes_before_the_browser(client: TestClient) -> None:
    choose(client, "zh")
    assert client.cookies[COOKIE] == "zh"
    assert '<html lang="zh"' in client.get("/", headers={"accept-language": "en"}).text
    choose(client, "")
    assert COOKIE not in client.cookies
    assert '<html lang="en"' in client.get("/", headers={"accept-language": "en"}).text
    assert '<html lang="zh"' in client.get("/", headers=CHINESE).text


@pytest.mark.parametrize("language", ["sv", "../en", "zh\r\nx: y", "<b>"])
def test_what_the_page_has_no_words_in_cannot_be_chosen(client: TestClient, language: str) -> None:
    choose(client, language)
    assert COOKIE not in client.cookies
    client.cookies[COOKIE] = "sv"
    assert '<html lang="en"' in client.get("/").text


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("/new?mode=author&example=1", "/new?mode=author&example=1"),
        ("/read/abc", "/read/abc"),
        ("/story/abc/reply", "/story/abc"),
        ("/nowhere", "/"),
        ("//evil.example/new", "/"),
        ("", "/"),
    ],
)
def test_one_stays_on_the_page_where_one_chose(client: TestClient, came_from: str, back: str) -> None:
    assert choose(client, "zh", came_from) == back


def test_every_page_can_be_switched(client: TestClient) -> None:
    story_id = begun(client)
    for path in ("/", f"/story/{story_id}", f"/play/{story_id}"):
        page = client.get(path).text
        assert 'action="/language"' in page, path
        assert 'value="zh" lang="zh"' in page, path


# What happens while one looks


def test_each_page_that_follows_a_story_is_told_in_its_own_language(client: TestClient) -> None:
    story_id = begun(client)
    log = client.app.state.sessions.of(Library.of_the_process().record(story_id)).log  # type: ignore[attr-defined]
    log.append("note", said={"phrase": "problem_empty"})
    log.append("note", said=part("none"))
    log.append("note", "as it stands")
    number = log.in_flight().number - 3
    for language, expected in (("zh", "回答是空的。"), ("en", "The answer is empty."), ("sv", "The answer is empty.")):
        address = f"/story/{story_id}/live?log={log.id}&number={number}&language={language}"
        with (
            suppress(CancelledError),  # the test's client cancels what it leaves
            client.websocket_connect(address, headers={"host": "127.0.0.1:7860", "origin": HERE}) as socket,
        ):
            told = [socket.receive_json()["text"] for _ in range(3)]
        assert told == [expected, Words(language).said(part("none")), "as it stands"]


# Any language for a story


def test_a_story_can_be_in_any_language_by_its_tag(client: TestClient) -> None:
    answer = client.post("/new", data={**FORM, "other_language": " pt-BR "}, follow_redirects=False)
    story_id = answer.headers["location"].rpartition("/")[2]
    assert Library.of_the_process().record(story_id).language.tag == "pt-BR"
    assert 'lang="pt-BR" dir="auto"' in written(client, story_id)


@pytest.mark.parametrize(("page", "expected"), [("en", "no language"), ("zh", "不是语言的 BCP 47 标签")])
def test_a_tag_that_is_none_is_told_of_and_what_was_typed_stays(client: TestClient, page: str, expected: str) -> None:
    choose(client, page)
    answer = client.post("/new", data={**FORM, "other_language": "Svenska språket"})
    assert answer.status_code == 400
    assert expected in answer.text
    assert 'value="Svenska språket"' in answer.text


def test_what_recall_cannot_do_in_a_language_is_said_before_and_beside_the_story(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = phrases("en")["recall_by_words"]
    assert said not in client.get("/new").text, "the tests' own embeddings know every language"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recurrentgpt.web.library_routes.recalls_others_by_words", lambda _: True)
        assert said in client.get("/new").text
    story_id = begun(client, language="sv")
    told = [part("recall_by_words", language={"language": "sv"})]
    monkeypatch.setattr("recurrentgpt.web.pages.notices", lambda *_: told)
    assert "in Swedish earlier passages are recalled by their words alone" in client.get(f"/story/{story_id}").text
    assert "瑞典语的前文只按字词来回忆" in client.get(f"/story/{story_id}", headers=CHINESE).text
