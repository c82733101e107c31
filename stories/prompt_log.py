"""What the models were sent, to the letter: a callback beside a run, and its file in the story's folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import BaseCallbackHandler
from pydantic import BaseModel, TypeAdapter, ValidationError

from .record import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from langchain_core.messages import BaseMessage

SENT = "prompts.json"


class Message(BaseModel):
    """One message of a conversation."""

    role: str
    text: str


class GateCalls(BaseModel):
    """What a gate sent in its latest step: a conversation a call (a second one asks again).

    Attributes:
        branch: where.
        step: the step it began at.
        calls: the conversations, in order.
    """

    branch: str
    step: int
    calls: list[list[Message]] = []


_KEPT: TypeAdapter[dict[str, GateCalls]] = TypeAdapter(dict[str, GateCalls])


class PromptLog(BaseCallbackHandler):
    """Listens to a run on one branch, and keeps each gate's latest prompts."""

    run_inline = True

    def __init__(self, folder: Path, branch: str) -> None:
        """Listen.

        Args:
            folder: the story's.
            branch: the branch that is run.
        """
        self._folder = folder
        self._branch = branch
        self.gates = read_prompt_log(folder)

    def on_chain_start(
        self,
        serialized: dict[str, Any],  # noqa: ARG002 (LangChain's protocol)
        inputs: dict[str, Any],
        *,
        metadata: dict[str, Any] | None = None,
        name: str = "",
        **_: Any,  # noqa: ANN401
    ) -> None:
        """A gate begins: what it sent in an earlier step is over."""
        gate = (metadata or {}).get("langgraph_node", "")
        if gate and name == gate:
            self.gates.pop(gate, None)
            self.gates[gate] = GateCalls(branch=self._branch, step=inputs.get("step", 0))

    def on_chat_model_start(
        self,
        serialized: dict[str, Any],  # noqa: ARG002 (LangChain's protocol)
        messages: list[list[BaseMessage]],
        *,
        metadata: dict[str, Any] | None = None,
        **_: Any,  # noqa: ANN401
    ) -> None:
        """A model is called."""
        gate = self.gates.get((metadata or {}).get("langgraph_node", ""))
        if gate is not None:
            gate.calls.extend([Message(role=part.type, text=part.text) for part in call] for call in messages)

    def keep(self) -> None:
        """Put it all into the story's folder.

        Raises:
            StorageError: it cannot be written.
        """
        keep_prompt_log(self._folder, self.gates)


def keep_prompt_log(folder: Path, gates: dict[str, GateCalls]) -> None:
    """Put what each gate last sent into a story's folder; nothing, where nothing was kept.

    Raises:
        StorageError: it cannot be written.
    """
    if gates:
        write_text(folder / SENT, _KEPT.dump_json(gates).decode())


def read_prompt_log(folder: Path) -> dict[str, GateCalls]:
    """What each gate last sent, by the gate's name, the oldest first; empty if nothing was kept."""
    try:
        return _KEPT.validate_python(json.loads((folder / SENT).read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError):
        return {}  # A convenience, made anew at the next step.
