"""The two languages that most tests speak."""

from __future__ import annotations

from recurrentgpt.schemas.languages import language_named

EN, ZH = language_named("en"), language_named("zh")
