"""The options that several commands share, and the settings they make."""

from __future__ import annotations

from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from ..schemas.context import PlanSelection
from ..schemas.errors import SettingsError
from ..schemas.modes import AUTHOR, Mode
from ..schemas.story_input import PREMISE_FIELDS, StoryInput, premise_for
from ..stories.own_prompts import read_own_prompts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..schemas.context import Context
    from ..stories.library import Library

_CHOOSERS = get_args(PlanSelection)

Model = Annotated[
    str | None,
    typer.Option(help="provider:model, a model at OPENAI_BASE_URL, or 'embedded'.", show_default=False),
]
Plans = Annotated[
    str | None,
    typer.Option(help=f"Who picks the plans: {', '.join(_CHOOSERS[:-1])} or {_CHOOSERS[-1]}.", show_default=False),
]
Paragraphs = Annotated[
    int | None,
    typer.Option(help="Write this many, then stop. Default: until you stop; 3 if nobody is asked.", show_default=False),
]
Seed = Annotated[int | None, typer.Option(help="For random plans, and for models that take one.", show_default=False)]
Sentences = Annotated[
    int | None, typer.Option(help="About how many sentences a paragraph has [20].", show_default=False)
]
Setting = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Any other setting, such as memory_max_sentences=12 or temperature=0.7; prompts=FOLDER takes your own "
        "<name>.md and phrases.toml. May be repeated.",
        show_default=False,
    ),
]
ShowMemory = Annotated[
    bool, typer.Option("--show-memory", help="After each paragraph show the short-term memory, and why it changed.")
]

AsOf = Annotated[int | None, typer.Option("--at", min=0, help="As of which paragraph; by default the last.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for a script.")]
StoryArgument = Annotated[
    str, typer.Argument(metavar="[STORY]", help="Its number in the list, or the start of its id or title.")
]


_SHORT_NAMES = {"style_sheet": "style", "target_paragraphs": "length"}
"""Options that are called otherwise than their fields."""


def premise_options(mode: Mode = AUTHOR, *, without: str = "") -> tuple[str, ...]:
    """The names of the fields that a command asks for where a story of this mode begins, but for one."""
    return (*(field.name for field in premise_for(mode) if field.name != without), "language")


def with_premise(
    *names: str, may_be_missing: bool = False, found_out: str = "", **said: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each of these fields of a story's input; the command gets them as ``premise``.

    Args:
        names: of fields of :class:`StoryInput`, whose titles and help are the options'.
        may_be_missing: whether a field that a story needs may be left out here.
        found_out: a field of which nothing is said by default, because it is found out.
        said: another help here, by the name of the field.
    """

    def given(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**options: Any) -> None:  # noqa: ANN401 (typer's values)
            command({name: options.pop(name) for name in names}, **options)

        made = [_premise_option(name, said.get(name), may_be_missing=may_be_missing) for name in names]
        made = [one.replace(default="") if one.name == found_out else one for one in made]
        return _with_options(run, command, "premise", made)

    return given


def with_premise_to_change(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a switch for each field of the premise that may be changed; it gets their names as ``fields``.

    A field that a beginning is not asked for has a command of its own.
    """
    fields = [field for field in PREMISE_FIELDS if field.lines]

    @wraps(command)
    def run(**options: Any) -> None:  # noqa: ANN401 (typer's values)
        given = {field.name: options.pop(field.name) for field in fields}
        command([name for name, is_meant in given.items() if is_meant], **options)

    made = [
        Parameter(
            field.name,
            Parameter.KEYWORD_ONLY,
            default=False,
            annotation=Annotated[
                bool,
                typer.Option(
                    _option(field.name), help=f"Change, from here on: {field.title}; the new words are --text's."
                ),
            ],
        )
        for field in fields
    ]
    return _with_options(run, command, "fields", made)


def _with_options(
    run: Callable[..., None], command: Callable[..., None], instead_of: str, made: Sequence[Parameter]
) -> Callable[..., None]:
    """A command with some options in the place of one of its parameters."""
    own = signature(command, eval_str=True)
    rest = [kept for name, kept in own.parameters.items() if name != instead_of]
    parameters = [kept.replace(kind=Parameter.KEYWORD_ONLY) for kept in (*made, *rest)]
    run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {kept.name: kept.annotation for kept in parameters} | {"return": None}
    return run


def _option(name: str) -> str:
    return f"--{_SHORT_NAMES.get(name, name.replace('_', '-'))}"


def _premise_option(name: str, said: str | None, *, may_be_missing: bool) -> Parameter:
    field = StoryInput.model_fields[name]
    option = typer.Option(_option(name), help=said or field.description, show_default=False)
    is_needed = field.is_required() and not may_be_missing
    default = Parameter.empty if is_needed else "" if field.is_required() else field.default
    kind: Any = int | None if field.annotation == int | None else str
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option])


def the_library() -> Library:
    """The library that the environment names."""
    from ..stories.library import Library  # noqa: PLC0415 (each command loads what it needs)

    return Library.of_the_process()


def changed(
    base: Context,
    *,
    plans: str | None = None,
    model: str | None = None,
    sentences: int | None = None,
    seed: int | None = None,
    setting: list[str] | None = None,
    mode: Mode = AUTHOR,
) -> Context:
    """The settings of a run: those of ``base``, changed by the options that were given.

    An empty value clears a setting, back to its default in the story's mode; ``prompts`` is a folder of one's own.
    """
    given: dict[str, object] = {
        "plan_selection": plans,
        "model": model,
        "paragraph_sentences": sentences,
        "seed": seed,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    for pair in setting or []:
        name, equals, value = pair.partition("=")
        if not equals:
            raise SettingsError("setting_malformed", given=pair)
        if name.strip() == "prompts" and value.strip():
            changes |= read_own_prompts(Path(value.strip()))
        else:
            changes[name.strip()] = value.strip()
    return base.changed(changes, mode)
