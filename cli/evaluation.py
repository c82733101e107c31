"""``recurrentgpt eval``: the paper's experiment, on any model."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from ..schemas.context import Context
from ..schemas.errors import SettingsError
from .options import Model, Seed, Setting, changed, the_library
from .terminal import INTERRUPTED, agreed, console, errors, reading_bar, warn
from .words import t

if TYPE_CHECKING:
    from ..evaluation.experiment import Experiment

evaluation = typer.Typer()

_WINDOW = 4096
"""Tokens of a prompt: the window of the paper's ChatGPT."""


@evaluation.callback(invoke_without_command=True)
def evaluate(
    asked: typer.Context,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The evaluation's folder; the same again goes on.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="One short novel a system: minutes, even embedded.")] = False,
    model: Model = None,
    judge: Annotated[str, typer.Option(help="The judge's model (the model under test).", show_default=False)] = "",
    reader: Annotated[
        str, typer.Option(help="Who answers questions over the books (the judge).", show_default=False)
    ] = "",
    language: Annotated[str, typer.Option(help="The novels': en or zh.")] = "en",
    systems: Annotated[str, typer.Option(help="Which, with commas (all; quick: six).", show_default=False)] = "",
    genres: Annotated[str, typer.Option(help="Which, with commas (all six).", show_default=False)] = "",
    novels: Annotated[
        int | None, typer.Option(min=1, help="How many a genre [5; quick: 1].", show_default=False)
    ] = None,
    words: Annotated[
        int | None, typer.Option(min=100, help="Of a novel, about [6000 or 3000, by genre].", show_default=False)
    ] = None,
    paragraphs: Annotated[
        int | None, typer.Option(min=1, help="After the opening, instead of --words.", show_default=False)
    ] = None,
    context_tokens: Annotated[
        int | None,
        typer.Option(min=1000, help="Budget of every prompt but full context's [4096].", show_default=False),
    ] = None,
    sentences: Annotated[
        int | None, typer.Option(help="About how many a paragraph has [12; quick: 4].", show_default=False)
    ] = None,
    seed: Seed = None,
    setting: Setting = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Topics that are worked on at the same time.")] = 1,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Begin without asking.")] = False,
    report_only: Annotated[
        bool, typer.Option("--report-only", help="Write the report anew from the folder; no model is called.")
    ] = False,
) -> None:
    """Compare this project with baselines, and with itself less a part, on one model: the paper's experiment."""
    if asked.invoked_subcommand:
        return
    from ..evaluation.plots import check  # noqa: PLC0415

    check()
    if output is None:
        raise SettingsError("evaluation_folder_missing")
    if report_only:
        _report(output)
        return
    base = _base(quick=quick)
    if context_tokens is not None:
        base = base.model_copy(update={"prompt_tokens": context_tokens})
    context = _named(changed(base, model=model, sentences=sentences, seed=seed, setting=setting))
    sizes = (novels, words, paragraphs)
    wanted = _experiment(context, (judge, reader, language), _list(systems), _list(genres), sizes, quick=quick)
    _ready(wanted)
    if not _shown_and_agreed(wanted, ask=not yes):
        raise typer.Exit(1)
    _work(output, wanted, ["recurrentgpt", *sys.argv[1:]], jobs)
    _report(output)


@evaluation.command("report")
def report(
    folder: Annotated[Path, typer.Argument(help="An evaluation's folder, anybody's.")],
) -> None:
    """Write the report and the table of results anew from a folder; no language model is called."""
    from ..evaluation.plots import check  # noqa: PLC0415

    check()
    _report(folder)


def _base(*, quick: bool) -> Context:
    from ..evaluation.experiment import quick as small  # noqa: PLC0415

    if quick:
        return small()
    return Context(seed=1, plan_selection="model", paragraph_sentences=12, prompt_tokens=_WINDOW)


def _named(context: Context) -> Context:
    """The context with its model by name: what the environment says today it may not say at the next run."""
    library = the_library()
    named = {"model": library.model_for(context)}
    helper = library.helper_for(context)
    return context.model_copy(update=named | ({"helper_model": helper} if helper else {}))


def _experiment(
    context: Context,
    asked: tuple[str, str, str],
    systems: list[str],
    genres: list[str],
    sizes: tuple[int | None, int | None, int | None],
    *,
    quick: bool,
) -> Experiment:
    """The experiment that the options ask for."""
    from ..evaluation import experiment as ex  # noqa: PLC0415
    from ..evaluation.systems import QUICK_SYSTEMS, SYSTEMS  # noqa: PLC0415
    from ..evaluation.topics import genres as known  # noqa: PLC0415

    judge, reader, language = asked
    novels, words, paragraphs = sizes
    chosen = genres or (list(ex.QUICK_GENRES) if quick else list(known()))
    count = paragraphs or (ex.QUICK_PARAGRAPHS if quick and words is None else None)
    lengths = {
        genre: count or ex.paragraphs_for(words or known()[genre]["words"], context)
        for genre in chosen
        if genre in known()
    }
    return ex.experiment(
        context=context,
        judge=judge,
        reader=reader,
        language=language,
        systems=systems or list(QUICK_SYSTEMS if quick else SYSTEMS),
        genres=chosen,
        novels=novels or (1 if quick else 5),
        paragraphs=lengths,
        embedding_model=the_library().embedding_model,
        prompts=ex.prompts_digest(language),
    )


def _ready(wanted: Experiment) -> None:
    """A model that cannot be had is said before anything else."""
    from ..stories.beginning import check_settings  # noqa: PLC0415

    library = the_library()
    check_settings(library, wanted.context)
    check_settings(library, wanted.judge_context())
    check_settings(library, wanted.reader_context())
    if library.is_demonstration(wanted.context):
        warn(t("eval_demonstration"))


def _shown_and_agreed(wanted: Experiment, *, ask: bool) -> bool:
    """Whether to begin, with the estimate before the person's eyes."""
    from ..evaluation.cost import Estimate, estimate  # noqa: PLC0415

    parts = estimate(wanted)
    heads = ("", t("eval_calls"), t("eval_prompt_tokens"), t("eval_answer_tokens"))
    table = Table(*heads, box=None, header_style="bold")
    for name, part in (*parts.items(), (t("eval_at_most"), sum(parts.values(), Estimate()))):
        table.add_row(name, f"{part.calls:,}", f"{part.input_tokens:,}", f"{part.output_tokens:,}")
    errors.print(t("eval_estimate"), markup=False)
    errors.print(table)
    return not ask or agreed(t("begin_now"), err=True)


def _work(output: Path, wanted: Experiment, command: list[str], jobs: int) -> None:
    """Do what is not done yet, under a bar that counts calls."""
    from ..evaluation.cost import Estimate, estimate  # noqa: PLC0415
    from ..evaluation.run import evaluate as work  # noqa: PLC0415

    total = sum(estimate(wanted).values(), Estimate()).calls
    try:
        with reading_bar(total, t("bar_calls")) as at:
            done = 0

            def heard() -> None:
                nonlocal done
                done += 1
                at(min(done, total - 1))

            work(output, wanted, command, heard, jobs)
            at(total)
    except KeyboardInterrupt:
        errors.print(f"\n{t('stopped_work', kept=t('answers_are_kept'))}", style="bold", markup=False)
        raise typer.Exit(INTERRUPTED) from None


def _report(output: Path) -> None:
    from ..evaluation.folder import Folder  # noqa: PLC0415
    from ..evaluation.report import write_report  # noqa: PLC0415

    path = write_report(Folder(output))
    console.print(t("report_is_in", file=path), markup=False, soft_wrap=True)


def _list(given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]
