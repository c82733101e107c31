"""A chat model that gives answers which were written once, in the order in which they are asked for, a list a form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda

HERE = Path(__file__).parent


class Recorded(BaseChatModel):
    """The model.

    Attributes:
        answers: texts of the story under ``prose``, and under the first field of a form what was answered in it.
    """

    answers: dict[str, list[Any]]

    @classmethod
    def of(cls, name: str) -> Recorded:
        """The answers of a file beside this one, each still to be given."""
        return cls(answers=json.loads((HERE / f"{name}.json").read_text(encoding="utf-8")))

    @property
    def _llm_type(self) -> str:
        return "recorded"

    def with_structured_output(self, schema: Any, **_: Any) -> Runnable[Any, Any]:  # noqa: ANN401 (LangChain's form)
        """Answer in a form."""
        return self.bind(form=next(iter(schema["properties"]))) | RunnableLambda(_parsed)

    def _generate(
        self,
        messages: list[BaseMessage],  # noqa: ARG002
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: Any = None,  # noqa: ANN401, ARG002
        form: str = "prose",
        **_: Any,  # noqa: ANN401
    ) -> ChatResult:
        answer = self.answers[form].pop(0)
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])


def _parsed(message: AIMessage) -> dict[str, Any]:
    return {"raw": message, "parsed": json.loads(message.text), "parsing_error": None}
