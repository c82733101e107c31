"""The page without a browser: who may come in, what is refused, what is shown as it was written, both languages."""

from __future__ import annotations

import html
import json
import re
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from commands import run as command
from page_client import HERE, SMALL, begun, page_client, path_of, written
from recurrentgpt import web
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.copying import copy_file
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.record import write_record
from recurrentgpt.web.app import make_app
from recurrentgpt.web.security import MAX_FORM_BYTES, MAX_UPLOAD_BYTES, PasswordAuth
from recurrentgpt.web.words import phrases, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_model import FakeChatModel

FORM = {"topic": "A lighthouse keeper", "language": "en", "mode": "author", "model": "fake"}


@pytest.fixture
def client() -> Iterator[TestClient]:
    with page_client() as made:
        yield made


@pytest.fixture
def locked() -> Iterator[TestClient]:
    with page_client(PasswordAuth(SecretStr("correct horse"))) as made:
        yield made


# Words


def test_both_languages_have_the_same_phrases_with_the_same_places() -> None:
    places = {
        language: {
            name: sorted(re.findall(r"\{[a-z]+\}", text))
            for name, text in phrases(language).items()
            if not name.startswith("setting_")  # those are in the context too, in English
        }
        for language in (known.tag for known in spoken())
    }
    assert places["en"] == places["zh"]
    assert not [name for name, text in phrases("zh").items() if text == phrases("en").get(name) and " " in text]


@pytest.mark.parametrize(
    ("asked", "language"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("de, en;q=0.5, zh;q=0.4", "en"), ("fr", "en"), ("", "en"), ("zh;q=x", "en")],
)
def test_the_browser_says_the_language(client: TestClient, asked: str, language: str) -> None:
    page = client.get("/", headers={"accept-language": asked}).text
    assert f'<html lang="{language}" dir="ltr">' in page
    assert phrases(language)["begin_story"] in page


def test_the_loom_says_why_no_branch_begins_where_the_story_is_told(
    client: TestClient, fake_model: FakeChatModel
) -> None:
    del fake_model
    story = begun(client, target_paragraphs=1)
    client.post(f"/story/{story}/reply", data={"do": "plan", "plan": "1", **path_of(client, f"/story/{story}")})
    assert phrases("en")["finished"] in written(client, story)
    assert "at the end of a story that is told" in client.get(f"/story/{story}/loom?branch=main&at=2").text


def test_the_library_says_which_of_two_is_the_copy(client: TestClient) -> None:
    library = Library.of_the_process()
    folder = library.folder(library.begin(StoryInput(topic="Rain"), SMALL))
    assert "a copy" not in client.get("/").text
    copytree(folder, folder.with_name("another"), copy_function=copy_file)
    first, other = client.get("/").text.split('<li class="card">')[1:]
    assert sorted(("a copy" in first, "a copy" in other)) == [False, True]


def test_the_library_shows_what_a_story_told_last(client: TestClient) -> None:
    library = Library.of_the_process()
    written_on = library.begin(StoryInput(topic="Rain", language="zh"), SMALL)
    write_record(library.folder(written_on), written_on.model_copy(update={"synopsis": "阿达<b>敲响</b>了钟。"}))
    played = library.begin(StoryInput(topic="Snow", mode="interactive_fiction"), SMALL)
    write_record(library.folder(played), played.model_copy(update={"synopsis": "You rang the bell."}))
    library.begin(StoryInput(topic="Fog"), SMALL)
    page = client.get("/").text
    assert page.count("so-far") == 2, "a story without any is shown as it was"
    assert '<span lang="zh" dir="auto">阿达&lt;b&gt;敲响&lt;/b&gt;了钟。</span>' in page
    for tag in ("en", "zh"):
        page = client.get("/", headers={"accept-language": tag}).text
        assert f'<span class="hint">{phrases(tag)["so_far"]}</span>' in page
        assert f'<span class="hint">{phrases(tag)["scenes"]}</span> <span lang="en"' in page


# Who may come in


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "", "127.0.0.1.evil.example", "localhost.evil"])
def test_a_name_that_is_not_ours_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "text/plain" in answer.headers["content-type"]


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1:7860", "[::1]:7860", "192.168.1.20:7860"])
def test_localhost_and_addresses_in_figures_are_ours(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


def test_a_name_that_was_given_is_ours() -> None:
    app = make_app(Library.of_the_process(), names=frozenset({"stories.example"}))
    assert TestClient(app, HERE).get("/", headers={"host": "stories.example"}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "http://127.0.0.1:7861", "http://localhost:7860"]
)
def test_a_form_of_another_page_does_nothing(client: TestClient, origin: str) -> None:
    answer = client.post("/new", data=FORM, headers={"origin": origin})
    assert answer.status_code == 403
    assert Library.of_the_process().records() == []


def test_a_socket_of_another_page_is_refused(client: TestClient, fake_model: FakeChatModel) -> None:
    del fake_model
    story_id = begun(client)
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(
            f"/story/{story_id}/live", headers={"host": "127.0.0.1:7860", "origin": "https://evil.example"}
        ),
    ):
        pass
    with (
        suppress(CancelledError),  # the test's client cancels what it leaves
        client.websocket_connect(f"/story/{story_id}/live", headers={"host": "127.0.0.1:7860"}) as socket,
    ):
        assert socket.receive_json()["kind"] == "changed"


def test_what_is_too_large_is_refused_before_it_is_read(client: TestClient) -> None:
    for path, most in (("/new", MAX_FORM_BYTES), ("/import", MAX_UPLOAD_BYTES)):
        answer = client.post(path, content=b"x", headers={"content-length": str(most + 1)})
        assert answer.status_code == 413, path
    assert client.post("/new", content=iter([b"topic=x"])).status_code == 411


def test_every_page_says_what_a_browser_may_load(client: TestClient) -> None:
    for path in ("/", "/new", "/nowhere", "/static/page.js"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_every_file_of_the_page_is_written_by_hand() -> None:
    for file in (Path(web.__file__).parent / "static").iterdir():
        lines = file.read_text(encoding="utf-8").splitlines()
        assert ".min." not in file.name
        assert len(lines) > 1 or file.suffix == ".svg", file
        assert max(map(len, lines)) < 600, file


# The password


def test_without_the_password_nothing_is_to_be_had(locked: TestClient, fake_model: FakeChatModel) -> None:
    del fake_model
    record = Library.of_the_process().begin(StoryInput(topic="Secret"), SMALL)
    for path in (
        "/",
        "/new",
        f"/story/{record.story_id}",
        f"/read/{record.story_id}",
        f"/story/{record.story_id}/book.md",
    ):
        answer = locked.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login"), path
        assert "Secret" not in answer.text
    assert locked.post("/new", data=FORM, follow_redirects=False).headers["location"] == "/login"
    assert len(Library.of_the_process().records()) == 1
    with (
        pytest.raises(WebSocketDisconnect),
        locked.websocket_connect(f"/story/{record.story_id}/live", headers={"host": "127.0.0.1:7860"}),
    ):
        pass


def test_with_the_password_it_is_open_until_one_leaves(locked: TestClient) -> None:
    assert locked.post("/login", data={"password": "wrong"}).status_code == 403
    answer = locked.post("/login", data={"password": "correct horse"}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "correct" not in cookie
    assert locked.get("/", follow_redirects=False).status_code == 200
    locked.post("/logout")
    assert locked.get("/", follow_redirects=False).status_code == 303


def test_too_many_tries_have_to_wait(locked: TestClient) -> None:
    for _ in range(5):
        assert locked.post("/login", data={"password": "wrong"}).status_code == 403
    answer = locked.post("/login", data={"password": "correct horse"})
    assert answer.status_code == 429
    assert "wait a minute" in answer.text


def test_others_are_not_let_in_without_a_password(home: Path) -> None:
    done = command(home, "ui", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 (it is refused)
    assert done.returncode == 2
    assert "needs a password" in done.stderr
    short = command(home, "ui", "--auth", "--port", "0", RECURRENTGPT_UI_PASSWORD="short")  # noqa: S106 (too short to be one)
    assert short.returncode == 2
    assert "at least 8" in short.stderr
    assert "short'" not in short.stderr


def test_a_port_that_is_taken_is_a_sentence(home: Path) -> None:
    import socket  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = command(home, "ui", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "cannot listen" in done.stderr


# Errors


def test_what_is_not_there_is_a_sentence(client: TestClient) -> None:
    for path in ("/story/nothing", "/play/nothing", "/read/nothing", "/story/nothing/loom", "/nowhere"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert 'class="problem"' in answer.text
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("story_id", ["..%2F..%2Fetc", "%2e%2e", "A", "a" * 80, "a%00b", "a b"])
def test_an_id_is_no_path(client: TestClient, story_id: str) -> None:
    assert client.get(f"/story/{story_id}").status_code == 404


def test_a_form_that_cannot_work_is_a_sentence_and_keeps_what_was_typed(client: TestClient) -> None:
    for change, expected in (
        ({"topic": " "}, "needs a topic"),
        ({"paragraph_sentences": "many"}, "paragraph_sentences"),
        ({"model": "nowhere:model"}, "nowhere"),
        ({"length": "-3"}, "target_paragraphs"),
        ({"language": "xx"}, "language"),
    ):
        answer = client.post("/new", data={**FORM, "background": "Kept words.", **change})
        assert answer.status_code == 400, change
        assert expected in answer.text
        assert "Kept words." in answer.text
    assert Library.of_the_process().records() == []


def test_a_story_that_is_told_to_end_has_plans_that_know_of_it(client: TestClient, fake_model: FakeChatModel) -> None:
    story_id = begun(client)
    client.post(f"/story/{story_id}/settings", data={**path_of(client, f"/story/{story_id}"), "end_in": "1"})
    page = written(client, story_id)
    assert "the last paragraph of the book, number 2" in fake_model.asked[-1][-1].text
    assert 'class="plans"' in page


def test_actions_that_cannot_be_done_are_sentences_and_change_nothing(
    client: TestClient, fake_model: FakeChatModel
) -> None:
    del fake_model
    story_id = begun(client)
    before = client.get(f"/story/{story_id}/book.md").text
    here = path_of(client, f"/story/{story_id}")
    for action, form, expected in (
        ("reply", {**here, "version": "another", "do": "plan", "plan": "1"}, "has gone on since"),
        ("reply", {"branch": "other", "step": "0", "do": "plan", "plan": "1"}, "has gone on since"),
        ("reply", {**here, "do": "plan", "plan": "x"}, "no whole number"),
        ("reply", {**here, "do": "plan", "plan": "9" * 5000}, "no whole number"),
        ("reply", {**here, "do": "own", "text": "  "}, "plan is empty"),
        ("reply", {"do": "plan", "plan": "1"}, "has gone on since"),
        ("write", {**here, "count": "0", "chooser": "model"}, "give 1 to 200"),
        ("write", {**here, "count": "3", "chooser": "cat"}, "cannot pick plans"),
        ("take", {**here, "to": "nowhere"}, "no branch"),
        ("take", {**here, "to": "main", "branch": "other"}, "has gone on since"),
        ("write", {**here, "step": "7", "count": "3", "chooser": "first"}, "has gone on since"),
        ("try", {**here, "version": "another"}, "has gone on since"),
        ("go-on", {**here, "branch": "other"}, "has gone on since"),
        ("stop", {"job": "another", "now": "1"}, "nothing was stopped"),
        ("memory", {**here, "version": "another", "text": "Mine."}, "what you wrote is still in its field"),
        ("settings", {**here, "version": "another", "temperature": "1"}, "has gone on since"),
        ("branch", {"branch": "main", "after": "9"}, "no place after paragraph 9"),
        ("paragraph", {**here, "paragraph": "9", "text": "x"}, "no paragraph 9"),
        ("paragraph", {**here, "paragraph": "1", "text": " "}, "text is empty"),
        ("paragraph", {**here, "paragraph": "1", "text": "x" * 170_000}, "at most 160,000"),
        ("memory", {**here, "text": ""}, "text is empty"),
        ("redo", here, "nothing to write anew"),
        ("undo", here, "nothing to undo"),
        ("settings", {**here, "temperature": "9"}, "temperature"),
    ):
        answer = client.post(f"/story/{story_id}/{action}", data=form)
        assert answer.status_code == 409, action
        assert expected in answer.text, action
    assert client.get(f"/story/{story_id}/book.md").text == before


def test_what_was_refused_is_on_the_page_and_what_was_wrong_reaches_the_writer(
    client: TestClient, fake_model: FakeChatModel
) -> None:
    story_id = begun(client)

    def post(action: str, step: int, **form: str) -> str:
        here = path_of(client, f"/story/{story_id}")
        assert here["step"] == str(step)
        answer = client.post(f"/story/{story_id}/{action}", data=here | form)
        assert answer.status_code == 200, answer.text
        return written(client, story_id)

    assert "plans refused here" not in client.get(f"/story/{story_id}").text
    page = post("reply", 0, do="others", text="something <quieter>")
    assert "3 plans refused here" in page
    assert "something &lt;quieter&gt;" in page
    assert "6 plans refused here" in post("reply", 0, do="others")
    page = post("reply", 0, do="plan", plan="1")
    assert "plans refused here" not in page
    post("redo", 1, text="SENTINEL: too hasty.")
    prompts = [asked[-1].text for asked in fake_model.asked if "Plan for the next paragraph" in asked[-1].text]
    assert "SENTINEL: too hasty." in prompts[-1]
    assert "SENTINEL" not in prompts[-2]
    answer = client.post(f"/story/{story_id}/redo", data=path_of(client, f"/story/{story_id}") | {"text": "x" * 8001})
    assert answer.status_code == 409
    assert "at most 8,000" in answer.text


CHINESE = {"accept-language": "zh-CN"}


def problem_on(page: str) -> str:
    found = re.search(r'<p class="problem"[^>]*>(.*?)</p>', page)
    assert found
    return html.unescape(found[1])


def test_a_browser_that_asks_for_chinese_is_told_in_chinese_what_went_wrong(
    client: TestClient, fake_model: FakeChatModel
) -> None:
    del fake_model
    assert problem_on(client.get("/story/nothing", headers=CHINESE).text) == (
        "没有编号为“nothing”的故事：请在已有的故事中查找。"
    )
    refused = client.post("/new", data={**FORM, "topic": " ", "length": "-3"}, headers=CHINESE).text
    assert problem_on(refused) == (
        "故事的开头信息无法使用：topic=' '：故事需要一个主题：请用一句话说明它讲什么；"
        "target_paragraphs='-3'：应大于或等于 0。"
    )
    upload = client.post("/import", data=FORM, files={"file": ("书.txt", b"\xff\xfe\x00")}, headers=CHINESE).text
    assert problem_on(upload) == "“书.txt”不是任何已知编码的文本：请指明编码，或存为 UTF-8。"
    elsewhere = client.get("/", headers={"host": "evil.example", **CHINESE})
    assert elsewhere.text.startswith("本页面不叫“evil.example”")
    folder = Library.of_the_process().make_folder("broken")
    (folder / "story.json").write_text('{"format": 99}', encoding="utf-8")
    assert problem_on(client.get("/", headers=CHINESE).text).endswith("请升级本程序。")


def test_the_chinese_page_of_a_chinese_story_says_in_chinese_what_went_wrong(
    client: TestClient, fake_models: Callable[..., FakeChatModel]
) -> None:
    model = fake_models()
    client.headers.update(CHINESE)
    story_id = begun(client, language="zh")
    here = path_of(client, f"/story/{story_id}")
    answer = client.post(f"/story/{story_id}/branch", data={"branch": "main", "after": "9"})
    assert problem_on(answer.text) == "第 9 段之后没有可以继续的位置：可从第 1 到第 1 段之后继续。"
    for view in ("write", "play"):
        answer = client.post(f"/story/{story_id}/reply", data={**here, "view": view, "do": "plan", "plan": "二"})
        assert problem_on(answer.text) == "计划：“二”不是整数，请用数字写一个整数。"
    model.interfere = lambda _, schema: "" if schema is None else None
    client.post(f"/story/{story_id}/reply", data={**here, "do": "plan", "plan": "1"})
    for path in (f"/story/{story_id}", f"/play/{story_id}"):
        written(client, story_id)
        assert problem_on(client.get(path).text) == (
            "模型在“generate_paragraph”这一步试了 3 次，都没有给出可用的回答。最后一次的问题：回答是空的。"
            "什么都没有丢失：继续即可重试这一步，也可以换用更强的模型。"
        )


def test_a_review_that_is_asked_again_says_why(client: TestClient, fake_model: FakeChatModel) -> None:
    del fake_model
    story_id = begun(client)
    client.post(f"/story/{story_id}/reply", data=path_of(client, f"/story/{story_id}") | {"do": "plan", "plan": "9"})
    assert "9" in problem_on(written(client, story_id))


# In and out


def test_a_book_has_what_its_form_asks_for(client: TestClient, fake_model: FakeChatModel) -> None:
    del fake_model
    story_id = begun(client)
    form = client.get(f"/read/{story_id}").text
    assert all(f'name="{name}"' in form for name in ("format", "author", "chapters", "synopsis", "notes", "codex"))
    asked = {"format": ".md", "author": "Ann O. Nym", "synopsis": "yes"}
    book = client.get(f"/story/{story_id}/book", params=asked)
    assert "by Ann O\\. Nym" in book.text or "by Ann O. Nym" in book.text
    assert "## Synopsis" in book.text
    assert client.get(f"/story/{story_id}/book", params={"format": "manuscript.docx"}).content.startswith(b"PK")
    refused = client.get(f"/story/{story_id}/book", params={"format": ".md", "chapters": "7"})
    assert refused.status_code == 400
    assert "has no chapters 7" in refused.text
    assert client.get(f"/story/{story_id}/book", params={"format": ".exe"}).status_code == 404


def test_a_manuscript_is_taken_in_and_comes_out_as_every_kind_of_book(
    client: TestClient, fake_model: FakeChatModel
) -> None:
    del fake_model
    text = "\n\n".join(f"{number}. " + "The lamp went out, and Mara climbed. " * 30 for number in range(3))
    file = {"file": ("../../The Shore.txt", text.encode(), "text/plain")}
    shown = client.post("/import", data={"language": "en", "model": "fake"}, files=file).text
    (address,) = re.findall(r'action="(/import/[\w-]+)"', shown)
    table = {"do": "read", "chapters": "1", "take_1": "1", "language": "en"}
    answer = client.post(address, data=table, follow_redirects=False)
    assert answer.status_code == 303
    story_id = answer.headers["location"].rsplit("/", 1)[1]
    page = written(client, story_id)
    assert "The Shore" in page
    assert "The lamp went out, and Mara climbed." in page
    for ending, begins in ((".md", b"# The Shore"), (".html", b"<!doctype"), (".epub", b"PK"), (".docx", b"PK")):
        book = client.get(f"/story/{story_id}/book{ending}")
        assert book.content.startswith(begins)
        assert book.headers["content-disposition"].startswith("attachment")
        assert f"The%20Shore{ending}" in book.headers["content-disposition"]
    kept = client.get(f"/story/{story_id}/book.json")
    again = client.post("/import", files={"file": ("story.json", kept.content)}, follow_redirects=False)
    other = again.headers["location"].split("/")[2]
    assert other != story_id
    assert client.get(f"/story/{other}/book.md").text == client.get(f"/story/{story_id}/book.md").text


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("book.exe", b"MZ", "cannot be taken in"),
        ("book", b"x", "cannot be taken in"),
        ("book.epub", b"no zip", "book.epub"),
        ("book.docx", b"no zip", "no Word document"),
        ("book.pdf", b"no pdf", "cannot be read"),
        ("book.txt", b"\xff\xfe\x00", "no text in any encoding"),
        ("book.txt", b"   ", "holds no text"),
        ("story.json", b"{}", "no story of RecurrentGPT"),
        ("story.json", b"[" * 1000, "no story of RecurrentGPT"),
    ],
)
def test_a_file_that_is_none_is_a_sentence(
    client: TestClient, fake_model: FakeChatModel, name: str, content: bytes, expected: str
) -> None:
    del fake_model
    answer = client.post("/import", data={"language": "en", "model": "fake"}, files={"file": (name, content)})
    assert answer.status_code == 400
    assert expected in answer.text
    assert "upload" not in answer.text, "no place of the server's is told"
    assert Library.of_the_process().records() == []


def test_what_was_written_is_escaped_everywhere(client: TestClient, fake_models: Any) -> None:
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    plain = "A lamp. A stair. A door. A well."
    model = fake_models(interfere=None)
    told = [
        {"fact": bad, "about": [bad], "says": f"{bad} A lamp.", "knows": [bad], "when": bad},
        {"fact": f"{bad}?", "about": [bad], "says": f"{bad} A lamp.", "open": True},
    ]

    def interfere(_: object, schema: Any) -> str:
        if schema is None:
            return f"{bad} {plain}"
        filled = {
            "title": {"title": bad, "outline": bad},
            "memory": {"rationale": f"{bad} {plain}", "memory": [f"{bad} {plain}"]},
            "summaries": {"summaries": [bad], "facts": told},
            "summary": {"summary": bad},
            "plans": {"plans": [{"text": f"{bad} {word * 40}", "recall": [bad]} for word in ("one", "two", "six")]},
            "recall": {"recall": [bad]},
        }
        return json.dumps(next(answer for name, answer in filled.items() if name in schema["properties"]))

    model.interfere = interfere
    story_id = begun(client, genre=bad, background=bad)
    client.post(f"/story/{story_id}/reply", data=path_of(client, f"/story/{story_id}") | {"do": "plan", "plan": "1"})
    written(client, story_id)
    panels = [
        f"/story/{story_id}?panel={name}"
        for name in ("memory", "facts", "recalled", "archive", "prompts", "cost", "settings")
    ]
    loom = f"/story/{story_id}/loom?branch=main&at=1"
    for path in ("/", *panels, loom, f"/play/{story_id}", f"/read/{story_id}", f"/story/{story_id}/delete"):
        page = client.get(path).text
        assert "<script>alert" not in page, path
        assert "<img" not in page, path
        assert "&lt;script&gt;alert" in page, path
    assert client.get(panels[1]).text.count(f'<blockquote lang="en" dir="auto">{html.escape(bad)}') == 2
    looked_for = client.get(f"/story/{story_id}", params={"panel": "archive", "q": bad}).text
    assert "<script>alert" not in looked_for


@pytest.mark.parametrize(("language", "kept"), [("en", "Kept to the letter: "), ("zh", "一字未改：")])
def test_the_page_says_how_much_of_the_memory_was_kept(fake_model: FakeChatModel, language: str, kept: str) -> None:
    assert fake_model
    with page_client() as client:
        client.headers["accept-language"] = language
        story = begun(client)
        client.post(f"/story/{story}/reply", data=path_of(client, f"/story/{story}") | {"do": "plan", "plan": "1"})
        written(client, story)
        assert kept in client.get(f"/story/{story}", params={"panel": "memory"}).text
        edited = path_of(client, f"/story/{story}") | {"text": "The lamp is lit."}
        assert client.post(f"/story/{story}/memory", data=edited).status_code == 200
        panel = client.get(f"/story/{story}", params={"panel": "memory"}).text
        assert {"en": "As you changed it.", "zh": "这是您改过的。"}[language] in panel
        assert {"en": "Why it last changed", "zh": "上次为何改变"}[language] not in panel
