"""Who writes in an evaluation: the baselines, ours, and ours less a part."""

from __future__ import annotations

from typing import Any, Final

OURS: Final = "ours"
BARE: Final = "rolling"
"""The same model in a bare loop, which every figure of the text is paired with besides."""

SYSTEMS: Final[dict[str, str]] = {
    OURS: "this project",
    BARE: "rolling window, the bare loop: the end of the text, as much as the budget holds",
    "full": "full context: the whole text while it fits the model's window",
    "published": "RecurrentGPT as published, from the paper alone: one call a step, top 3 over summaries",
    "original": "the original's way in practice: one call a step, cosine top 2 over raw paragraphs",
    "summaries": "summaries only: the summary of every paragraph, as many as the budget holds",
    "outline": "hierarchical outline, in the manner of RE3 and DOC (our own simple version)",
    "facts-only": "temporal facts without recall: what holds now, and no passage and no synopsis",
    "no-short-term": "ours without the short-term memory",
    "no-long-term": "ours without the long-term memory: no passage, fact, thread or synopsis",
    "no-cues": "ours, recalled by the plan alone, without what it says that it leans on",
    "no-facts": "ours without facts, and so without threads",
    "no-threads": "ours with facts, but nobody is shown what is open",
    "no-synopsis": "ours without the book so far",
    "no-outline": "ours without the outline",
    "no-rationale": "ours without the rationale of the memory's update",
    "dense-only": "ours, recalled by meaning alone (no BM25)",
}
"""Every system by name, and what it is."""

_NO_RECALL: Final[dict[str, Any]] = {"retrieve_k": 0, "retrieve_in_short": 0, "synopsis_tokens": 0}

ABLATIONS: Final[dict[str, dict[str, Any]]] = {
    OURS: {},
    "facts-only": _NO_RECALL,
    "no-short-term": {"use_short_term_memory": False},
    "no-long-term": {**_NO_RECALL, "use_facts": False},
    "no-cues": {"use_recall_cues": False},
    "no-facts": {"use_facts": False},
    "no-threads": {"use_threads": False},
    "no-synopsis": {"synopsis_tokens": 0},
    "no-outline": {},
    "no-rationale": {"use_rationale": False},
    "dense-only": {"use_word_search": False},
}
"""What of the context each variant of ours changes; the outline is no setting, but left out of the story's state."""

WITHOUT_OUTLINE: Final = "no-outline"

QUICK_SYSTEMS: Final = (OURS, BARE, "full", "published", "summaries", "no-short-term", "no-cues")
"""Who writes in ``--quick``, in the minutes that it may take. The small dialect keeps no facts, so none is left out."""
