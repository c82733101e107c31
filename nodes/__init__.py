"""The gates: one file a node of the graph, with its prompts, its answer and its update of the state.

Node names are kept in every paused thread: renaming one needs a migration.
"""

from .answers import Answer
from .append_summary import append_summary
from .asking import AnswerSpec
from .condense_summaries import condense_summaries
from .gate import Gate, GateRecord, gate
from .generate_paragraph import generate_paragraph
from .messages import messages_after_paragraph
from .node import as_node
from .open_story import open_story
from .propose_plans import propose_plans
from .read_manuscript import batches_of, remember_batch
from .resources import Resources, set_default_resources
from .retrieve_long_term import retrieve_long_term
from .rewrite_short_term import rewrite_short_term
from .select_plan import select_plan
from .store_opening import store_opening
from .turn import Turn

__all__ = [
    "Answer",
    "AnswerSpec",
    "Gate",
    "GateRecord",
    "Resources",
    "Turn",
    "append_summary",
    "as_node",
    "batches_of",
    "condense_summaries",
    "gate",
    "generate_paragraph",
    "messages_after_paragraph",
    "open_story",
    "propose_plans",
    "remember_batch",
    "retrieve_long_term",
    "rewrite_short_term",
    "select_plan",
    "set_default_resources",
    "store_opening",
]
