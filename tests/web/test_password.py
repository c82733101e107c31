"""The brake on tries of the password holds, also where many come at once, and does not keep the owner out."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from recurrentgpt.stories.library import Library
from recurrentgpt.web.app import make_app
from recurrentgpt.web.security import PasswordAuth, TooManyTriesError

RIGHT = "the right password"


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Grows with each time that a password is compared."""
    seen: list[None] = []
    compare = hmac.compare_digest

    def counting(*given: Any) -> bool:
        seen.append(None)
        return compare(*given)

    monkeypatch.setattr(hmac, "compare_digest", counting)
    return seen


def tried(auth: PasswordAuth, given: str, client: str) -> str | None:
    try:
        return auth.log_in(given, client)
    except TooManyTriesError:
        return "refused"


def test_of_ten_thousand_tries_no_more_are_looked_at_than_may(looked_at: list[None]) -> None:
    auth = PasswordAuth(SecretStr(RIGHT))
    assert {tried(auth, "wrong", "10.0.0.1") for _ in range(5)} == {None}
    assert {tried(auth, RIGHT, "10.0.0.1") for _ in range(5)} == {"refused"}
    for number in range(10_000):
        tried(auth, "wrong", f"10.1.{number // 250}.{number % 250}")
    assert len(looked_at) == 60


def test_who_was_let_in_before_is_not_kept_out_by_others() -> None:
    auth = PasswordAuth(SecretStr(RIGHT))
    assert tried(auth, RIGHT, "10.0.0.1") not in (None, "refused")
    for number in range(100):
        tried(auth, "wrong", f"10.1.0.{number}")
    assert tried(auth, RIGHT, "10.2.0.1") == "refused"
    assert tried(auth, RIGHT, "10.0.0.1") not in (None, "refused")


def test_cookies_that_are_remembered_are_bounded() -> None:
    auth = PasswordAuth(SecretStr(RIGHT))
    first, *_, last = [auth.log_in(RIGHT, "10.0.0.1") for _ in range(1001)]
    assert not auth.is_logged_in(first)
    assert auth.is_logged_in(last)


async def test_many_at_once_are_counted_before_they_are_looked_at(looked_at: list[None]) -> None:
    app = make_app(Library.of_the_process(), PasswordAuth(SecretStr(RIGHT)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", headers={"origin": "http://127.0.0.1"}
    ) as client:
        given = ["wrong"] * 39 + [RIGHT]
        answers = await asyncio.gather(*(client.post("/login", data={"password": one}) for one in given))
    assert len(looked_at) == 5
    assert sorted(answer.status_code for answer in answers) == [403] * 5 + [429] * 35
