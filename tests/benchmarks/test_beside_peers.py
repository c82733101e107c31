"""What is given to other projects' memories, and what is looked at of theirs; none of them is installed here."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.messages import HumanMessage

import beside_peers
from peer_memories import PEERS, Found, Memory, Peer, RecordedAnswers
from recurrentgpt.evaluation.change_data import Branch, Claim, Situation, Told
from recurrentgpt.memory import Entry
from recurrentgpt.schemas.facts import Change, Fact, Knowledge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KEY = Fact("a", "Ines has the brass key.", ("Ines", "brass key"))
POND = Fact("b", "The brass key lies in the pond.", ("brass key",))
DREAM = Fact("c", "The brass key is under the bed.", ("brass key",), frame="imagined")
TOLD = [
    Entry("m", 0, text="Ines took the key.", summary="", knowledge=Knowledge((KEY, DREAM))),
    Entry("m", 1, text="It sank.", summary="", knowledge=Knowledge((POND,), (Change("replaced", "a", by="b"),))),
]


class Notebook(Peer):
    """Keeps every line, and gives back those that share a word with the question."""

    def __init__(self, *, strikes_out: bool) -> None:
        self.name = "notebook"
        self.lines: list[Found] = []
        self._strikes_out = strikes_out
        self._kept = 0

    def learn(self, passage: str, memories: Sequence[Memory], over: Sequence[str]) -> None:
        assert passage
        if self._strikes_out:
            self.lines = [Found(line.text, over=line.over or line.text in over) for line in self.lines]
        self.lines += [Found(memory.text) for memory in memories]

    def keep(self, text: str) -> None:
        self.lines.append(Found(text))

    def search(self, question: str, most: int | None = None) -> list[Found]:
        return [line for line in self.lines if set(question.split()) & set(line.text.split())][:most]

    def remember(self) -> None:
        self._kept = len(self.lines)

    def forget(self) -> None:
        del self.lines[self._kept :]


def situation() -> Situation:
    holds = (Claim("the key is in the pond", (("key", "pond"),)),)
    outdated = (Claim("Ines has it", (("ines has", "key"),)), Claim("under the bed", (("key", "bed"),)))
    passages = tuple(Told(entry.text, "") for entry in TOLD[:1])
    branch = Branch("main", passages, holds, outdated)
    return Situation("loss-1", "loss", {}, (branch,), Told("It sank.", ""), "She needs the brass key now.", ())


@pytest.mark.parametrize(("strikes_out", "clean"), [(False, 0), (True, 1)])
def test_a_memory_that_leaves_what_is_over_unmarked_is_told_from_one_that_marks_it(
    strikes_out: bool,  # noqa: FBT001
    clean: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside_peers, "fillers", lambda _: TOLD[:0])
    notebook = Notebook(strikes_out=strikes_out)
    looked = list(beside_peers._theirs(notebook, "en", [situation()], {"loss-1": TOLD}, [0]))
    rows = {row.what: row.hits for row in beside_peers.change_rows("en", looked)}
    assert rows["what holds is there, 0 between"] == 1
    assert rows["outdated absent or marked, 0 between"] == rows["both, 0 between"] == clean
    assert not notebook.lines, "a situation is forgotten before the next"


class OpenMemory:
    """What Mem0's own memory does with a run, on a list."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []

    @classmethod
    def from_config(cls, config: object) -> OpenMemory:
        assert config
        return cls()

    def add(self, text: str, *, user_id: str, run_id: str, infer: bool) -> None:
        assert user_id
        assert not infer
        self.kept.append((text, run_id))

    def search(self, question: str, *, filters: dict[str, str]) -> dict[str, list[dict[str, str]]]:
        assert question
        assert filters
        return {"results": [{"memory": text} for text, _ in self.kept]}

    def delete_all(self, *, user_id: str, run_id: str) -> None:
        assert user_id
        self.kept = [(text, run) for text, run in self.kept if run != run_id]


def test_mem0_forgets_what_came_since_it_was_to_remember_and_no_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "mem0", SimpleNamespace(Memory=OpenMemory))
    monkeypatch.setattr("importlib.metadata.version", lambda _: "0")
    monkeypatch.setenv("MEM0_DIR", "")
    monkeypatch.setenv("MEM0_TELEMETRY", "")
    memory = PEERS["mem0"](tmp_path, DeterministicFakeEmbedding(size=4))
    for filler in ("one", "two"):
        memory.keep(filler)
        memory.remember()
        for situation in ("a", "b"):
            memory.keep(situation)
            memory.forget()
    assert [found.text for found in memory.search("what is there?")] == ["one", "two"]


def test_what_is_not_so_now_says_so_in_each_memory() -> None:
    assert beside_peers._as_memory(DREAM) == "The brass key is under the bed. (imagined)"
    assert beside_peers._is_framed(beside_peers._as_memory(DREAM))
    assert not beside_peers._is_framed(beside_peers._as_memory(KEY))
    secret = Fact("d", "Bo took it.", known_by=("Bo",), kind="thread")
    assert beside_peers._as_memory(secret) == "Bo took it. (known to Bo) (open)"


def test_recorded_answers_come_in_the_form_that_is_asked_for() -> None:
    memories = [Memory("Ines has the key.")]
    said = RecordedAnswers(memories=memories).invoke("what is to be kept?")
    assert json.loads(said.text) == {"memory": [{"text": "Ines has the key."}]}
    shown = (
        "<instance id=k1 schema_type=\"Memory\">\n{'content': 'Old.'}\n</instance>\n<instance id=k2>Other.</instance>"
    )
    called = RecordedAnswers(memories=memories, over=["Old.", "never shown"], as_tools=True)
    calls = called.bind_tools([]).invoke([HumanMessage(shown)]).tool_calls
    assert [(call["name"], call["args"]) for call in calls] == [
        ("Memory", {"content": "Ines has the key."}),
        ("RemoveDoc", {"json_doc_id": "k1"}),
    ]


def test_a_peer_that_is_not_installed_is_left_out_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert not list(beside_peers.installed(list(PEERS)))
    assert "mem0 is not installed in this environment, and is left out." in capsys.readouterr().out


def test_the_tables_have_a_line_a_memory(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        beside_peers.Row("en", "ours", "hit@3", 9, 10),
        beside_peers.Row("en", "another", "hit@3", 1, 10),
        beside_peers.Row("en", "ours", "characters, 300 between", 5000, 2),
    ]
    beside_peers.show(rows)
    said = capsys.readouterr().out
    assert "| ours " in said
    assert "0.90 (0.60-0.98) 9/10" in said
    assert "2,500" in said
