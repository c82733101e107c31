"""The gates: one file a node of the graph, with its prompt, its answer and its update of the state.

Node names are kept in every paused thread: renaming one needs a migration.
"""

from .append_summary import append_summary
from .generate_paragraph import generate_paragraph
from .node import as_node
from .open_story import open_story
from .propose_plans import propose_plans
from .read_manuscript import remember_batch, take_batch
from .retrieve_long_term import retrieve_long_term
from .rewrite_short_term import rewrite_short_term
from .select_plan import select_plan
from .store_opening import store_opening

GATES = (
    open_story,
    store_opening,
    select_plan,
    retrieve_long_term,
    generate_paragraph,
    rewrite_short_term,
    append_summary,
    propose_plans,
)
"""Every node, in the order of the story."""

__all__ = [
    "GATES",
    "as_node",
    "open_story",
    "propose_plans",
    "remember_batch",
    "retrieve_long_term",
    "select_plan",
    "take_batch",
]
