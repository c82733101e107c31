"""What the terminal shows of the short-term memory."""

from __future__ import annotations

import pytest

from recurrentgpt.cli.showing import print_memory


@pytest.mark.parametrize("reason", ["", "Mara has left."])
def test_why_it_changed_is_shown_where_it_was_said(reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_memory({"short_term_memory": "Mara is at sea.\nThe lamp is out.", "rationale": reason})
    shown = capsys.readouterr().out
    assert "· Mara is at sea." in shown
    assert "· The lamp is out." in shown
    assert ("Why it changed" in shown) is bool(reason)
    assert reason in shown
