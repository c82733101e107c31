# mypy: ignore-errors
"""The command line of version 0.1 with a fake model, for ``make_0_1.py``: short passages, Chinese ones where asked for.

``FAKE_WORDS=zh`` has the model write Chinese. ``FAKE_SLOW=summary`` has it take its time over answers of that kind, so
that the gate beside it is done first. ``KILL_AT`` is that of ``cli_with_fakes.py``.
"""

from __future__ import annotations

import asyncio
import os
from random import Random
from typing import TYPE_CHECKING, Any

import cli_with_fakes
import fake_model
from recurrentgpt import models
from recurrentgpt.cli import main

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage

english, answer = fake_model._sentence, fake_model.compose
WORDS = (  # noqa: SIM905 (as in the fake model)
    "灯塔 海鸥 渡船 铜钟 旧信 盐 雾 石阶 港口 钥匙 墨水 蜡烛 鱼网 礁石 月光 风琴 木门 井水 镜子 账本 苹果 银币 "
    "夜班 潮水 白马 屋顶 炉火 渔夫 孩子 老人 邮差 花园 桥 铁轨 冬天 麦田 羽毛 帆布 绳索 岛"
).split()
VERBS = ("照着", "记得", "越过", "藏起", "等着", "听见", "推开", "数着")


def chinese(chance: Random) -> str:
    """A Chinese sentence."""
    first, second, third = (chance.choice(WORDS) for _ in range(3))
    return f"{first}{chance.choice(VERBS)}{second}，{third}没有出声。"


def compose(asked: str, schema: dict[str, Any] | None = None, salt: str = "") -> str:
    """The fake model's answer, its prose in two parts of five sentences in all: an opening is then two passages."""
    if schema is not None:
        return answer(asked, schema, salt)
    chance = Random(f"{salt}{asked}")  # noqa: S311
    gap = "" if fake_model._sentence is chinese else " "
    sentences = [fake_model._sentence(chance) for _ in range(5)]
    return f"{gap.join(sentences[:3])}\n\n{gap.join(sentences[3:])}"


def use_words(language: str) -> None:
    """Have the fake model write short passages in a language."""
    fake_model._sentence = chinese if language == "zh" else english
    fake_model.compose = compose


class SlowModel(cli_with_fakes.KillableModel):
    """The fake model that takes its time over answers of one kind."""

    async def _awaited(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> AIMessage:
        if schema is not None and os.environ.get("FAKE_SLOW", "-") in schema["properties"]:
            await asyncio.sleep(0.5)
        return await super()._awaited(messages, schema)


if __name__ == "__main__":
    use_words(os.environ.get("FAKE_WORDS", "en"))
    cli_with_fakes.prepare()
    models.register("fake", SlowModel)
    main()
