"""Draw the graph from the code into README.md, between its marks. ``make graph-picture`` runs it, a test checks it."""

from __future__ import annotations

import re
from pathlib import Path

from recurrentgpt.graph import CYCLE, Cycle, recurrent

BEGIN, END = "<!-- graph: drawn by docs/draw_graph.py -->", "<!-- end of graph -->"
README = Path(__file__).parent.parent / "README.md"


def picture(cycle: Cycle = CYCLE) -> str:
    """The graph as a Mermaid block: every node and edge as compiled, with its part in the LSTM analogy."""
    roles = {gate.name: gate.record.role for gate in cycle.gates}
    drawn = recurrent(cycle=cycle).compile().get_graph()
    lines = ["```mermaid", "flowchart LR"]
    for name in drawn.nodes:
        if name.startswith("__"):
            lines.append(f"    {name}(({name.strip('_')}))")
        else:
            part = f"<br/><i>{roles[name]}</i>" if name in roles else ""
            lines.append(f'    {name}["{name}{part}"]')
    lines += [f"    {edge.source} {'-.->' if edge.conditional else '-->'} {edge.target}" for edge in drawn.edges]
    return "\n".join([*lines, "```"])


def with_picture(text: str) -> str:
    """A README's text with the picture as it is now."""
    return re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{picture()}\n{END}", text, flags=re.DOTALL)


if __name__ == "__main__":
    README.write_text(with_picture(README.read_text(encoding="utf-8")), encoding="utf-8")
