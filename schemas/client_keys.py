"""What clients of the ecosystem put beside a run's settings, and is no affair of a story."""

from __future__ import annotations

_OF_CLIENTS = frozenset(
    {
        *("thread_id", "run_id", "assistant_id", "graph_id", "user_id", "session_id", "org_id", "tenant_id"),
        *("checkpoint", "checkpoint_id", "checkpoint_ns", "checkpoint_map", "checkpoint_during", "durability"),
        *("recursion_limit", "max_concurrency", "metadata", "tags", "callbacks", "run_name", "configurable"),
        *("apiKey", "copilotkit", "frontend_tools", "tools", "auth", "host"),
    }
)
"""AG-UI hands on all of LangGraph's ``configurable``; chats add keys of their own."""
_BEGINNINGS = ("__", "langgraph_", "langsmith_", "langsmith-", "copilotkit_", "copilotkit-", "ag-ui", "ag_ui", "x-")


def is_of_clients(name: str) -> bool:
    """Whether a key is a client's own: no setting of ours has such a name."""
    return name in _OF_CLIENTS or name.startswith(_BEGINNINGS)
