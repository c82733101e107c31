"""Another name everywhere, in the terminal: shown first, asked, changed, taken back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from commands import run, run_all

if TYPE_CHECKING:
    from pathlib import Path

WRITE = ("write", "--topic", "Mara [bold] keeps the lamp", "--outline", "Mara waits. MARA sings.", "--model", "fake")


def test_a_name_is_looked_for_changed_and_taken_back(tmp_path: Path) -> None:
    run_all(tmp_path, [(*WRITE, "--plans", "first", "--paragraphs", "1")])
    shown = run(tmp_path, "replace", "Mara", "Ada", "--dry-run").stdout
    assert "[Mara → Ada] [bold] keeps" in " ".join(shown.split())
    assert "Found 2: premise 2." in shown
    kept = run(tmp_path, "edit", "--memory", "--text", "Mara is at sea. MARA knows.")
    assert kept.returncode == 0, kept.stderr
    asked = run(tmp_path, "replace", "Mara", "Ada", stdin="n\n").stdout
    assert "Change 3 places" in asked
    assert "Nothing was changed." in asked
    told = json.loads(run(tmp_path, "replace", "Mara", "Ada", "--leave-out", "1", "--yes", "--json").stdout)
    assert [hit["where"] for hit in told["hits"]] == ["premise", "premise", "memory"]
    state = json.loads(run(tmp_path, "show", "--json").stdout)["state"]
    assert state["topic"] == "Mara [bold] keeps the lamp"
    assert state["outline"] == "Ada waits. MARA sings."
    assert state["short_term_memory"] == "Ada is at sea. MARA knows."
    run_all(tmp_path, [("undo",), ("replace", "at sea", "ashore", "--also", "MARA=SHE", "--yes")])
    state = json.loads(run(tmp_path, "show", "--json").stdout)["state"]
    assert state["short_term_memory"] == "Mara is ashore. SHE knows."
    refused = run(tmp_path, "replace", "Mara", "Ada", "--also", "MARA")
    assert refused.returncode
    assert "MARA" in refused.stderr
