"""The report of an evaluation in Markdown: tables, pictures, what cannot be concluded; from its folder alone.

What needs no judge stands first, because a judge agrees with people less often than one likes to think.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ..models import EMBEDDED
from ..nodes.resources import Resources, default_resources
from . import plots
from .cost import Estimate, estimate
from .judge import CEILING
from .novel_figures import RESULTS, as_csv, table_of
from .report_figures import differences_section, errors_section, figures_section
from .report_tables import (
    accounts_section,
    contradictions_section,
    costs_section,
    memory_section,
    paper_section,
    preferences_section,
    table,
)
from .statistics import accounts, asked, contradictions, gather, preferences, used
from .systems import SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .experiment import Experiment
    from .folder import Beginning, Folder
    from .statistics import Contradicted, Evidence, Preference

REPORT = "report.md"
_FEW = 10


def write_report(folder: Folder, resources: Resources | None = None) -> Path:
    """Write the report and its pictures into the folder.

    Args:
        folder: the evaluation's.
        resources: whose embeddings compare plans with texts; by default what the environment says.

    Raises:
        SettingsError: matplotlib is not installed.
        StorageError: the folder holds no evaluation, or a file of it cannot be read.
    """
    plots.check()
    beginning, evidence = folder.beginning(), gather(folder)
    used = (resources or default_resources()).with_settings(embedding_model=beginning.experiment.embedding_model)
    preferred, contradicted = preferences(evidence), contradictions(evidence)
    embeddings = used.memories.embedder.embeddings
    account, rows = accounts(evidence, embeddings), table_of(evidence, embeddings)
    if preferred:
        plots.draw_preference(folder.path / plots.PREFERENCE, preferred)
    if account:
        plots.draw_cost(folder.path / plots.COST, account)
        plots.draw_text(folder.path / plots.TEXT, account, contradicted)
    sections = [
        _head(evidence),
        _caveats(evidence, preferred, contradicted),
        figures_section(rows),
        differences_section(rows),
        accounts_section(account),
        memory_section(account),
        errors_section(rows),
        contradictions_section(contradicted),
        preferences_section(preferred, evidence),
        paper_section(evidence),
        costs_section(account),
        _estimates(folder, evidence),
        _broken_off(evidence),
        _again(beginning),
    ]
    (folder.path / RESULTS).write_text(as_csv(rows), encoding="utf-8")
    path = folder.path / REPORT
    path.write_text("\n\n".join(section for section in sections if section) + "\n", encoding="utf-8")
    return path


def _head(evidence: Evidence) -> str:
    wanted = evidence.wanted
    model = _model(wanted)
    judge = wanted.judge or f"{model} (the model under test judges itself)"
    reader = wanted.reader or "the judge"
    whole = sum(len(novels) for novels in evidence.novels.values())
    lines = [
        "# Evaluation",
        (
            f"Writer: **{model}**. Judge: **{judge}**. Reader: **{reader}**. {whole} novels: "
            f"{len(evidence.topics)} of each system ({', '.join(wanted.genres)}), {len(wanted.systems)} systems."
        ),
        "\n".join(f"- **{name}**: {SYSTEMS[name]}" for name in wanted.systems),
    ]
    if evidence.missing:
        lines.append(
            f"**Not finished**: {len(evidence.missing)} pieces of work are missing, the first is "
            f"{evidence.missing[0]}. Run the same command again to go on."
        )
    return "\n\n".join(lines)


def _model(wanted: Experiment) -> str:
    return "embedded (SmolLM2-135M)" if wanted.context.model == EMBEDDED else wanted.context.model


def _caveats(evidence: Evidence, preferred: Sequence[Preference], contradicted: Sequence[Contradicted]) -> str:
    wanted = evidence.wanted
    found = [
        (
            f"A judge model agrees with people at best {CEILING} % of the time (LitBench). A rate below is a judge's, "
            "not a reader's."
        ),
    ]
    if wanted.judge_context().model == EMBEDDED:
        found.append(
            "**The judge is the embedded 135M model. It cannot judge**: its verdicts and its contradictions show that "
            "the machinery works, and nothing about the systems."
        )
    elif not wanted.judge:
        found.append("The judge is the model under test, which may prefer its own habits: name another (`--judge`).")
    if wanted.context.model == EMBEDDED:
        found.append("The writer is the embedded 135M model: no system can show with it what it is good for.")
    if len(evidence.topics) < _FEW:
        found.append(
            f"Novels a system: {len(evidence.topics)}. That is too few to conclude anything. An interval over so few "
            "is no measure of what other topics would give; over one there is none."
        )
    if same := sorted({one.system for one in preferred if one.outcomes["same text"]}):
        found.append(
            f"Some novels of {', '.join(same)} are the same to the letter as ours: at this length the systems asked "
            "the same questions, and within a novel the same question gets the same answer."
        )
    if sum(one.unanswered for one in contradicted) or sum(one.outcomes["no verdict"] for one in preferred):
        found.append("Where the judge gave no valid answer in its tries, that is counted as such, never as a tie.")
    found.append(f"One language only: this is in {evidence.language.name}.")
    return "## What this cannot show\n\n" + "\n".join(f"- {line}" for line in found)


def _estimates(folder: Folder, evidence: Evidence) -> str:
    expected, spent, really = estimate(evidence.wanted), used(evidence), asked(folder)
    head = ("", "calls, estimated", "used", "prompt tokens, estimated", "used", "answer tokens, estimated", "used")
    rows = []
    for name, guess in (*expected.items(), ("**all**", sum(expected.values(), Estimate()))):
        parts = spent.values() if name == "**all**" else [spent[name]] if name in spent else []
        figures = [(guess.calls, sum(part.calls for part in parts))]
        figures.append((guess.input_tokens, sum(part.input_tokens for part in parts)))
        figures.append((guess.output_tokens, sum(part.output_tokens for part in parts)))
        rows.append((name, *(f"{value:,}" for pair in figures for value in pair)))
    return "\n\n".join(
        (
            "## The estimate and what was used",
            (
                "An answer that several systems share counts for each of them. Really asked, each question once: "
                f"{really.calls:,} calls, {really.input_tokens:,} prompt tokens ({really.cached_tokens:,} of them "
                f"cached), {really.output_tokens:,} answer tokens, {really.seconds:,.0f} s of calls."
            ),
            table(head, rows),
        )
    )


def _broken_off(evidence: Evidence) -> str:
    if not evidence.broken_off:
        return ""
    lines = [f"- {one.novel} by {one.system}: {one.failed}" for one in evidence.broken_off]
    return "## Novels that were not finished\n\nThey are in no table above.\n\n" + "\n".join(lines)


def _again(beginning: Beginning) -> str:
    wanted = beginning.experiment
    context = wanted.context.model_dump(exclude_defaults=True)
    versions = ", ".join(f"{name} {number}" for name, number in beginning.versions.items())
    return "\n\n".join(
        (
            "## To run it again",
            f"```sh\n{shlex.join(beginning.command)}\n```",
            (
                f"Seed {wanted.context.seed}. {beginning.machine}. {versions}. Embedding model "
                f"{wanted.embedding_model}. Prompts {wanted.prompts}. Paragraphs after the opening: "
                f"{', '.join(f'{genre} {count}' for genre, count in wanted.paragraphs.items())}. Novels a genre: "
                f"{wanted.novels}."
            ),
            "The writers' settings that are not the defaults:",
            "\n".join(f"- {name} = {value!r}" for name, value in context.items() if value),
        )
    )
