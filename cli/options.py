"""The options that several commands share, and the settings they make."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

import typer
from pydantic import ValidationError

from ..schemas.context import Context, describe
from ..schemas.errors import SettingsError

Model = Annotated[
    str | None,
    typer.Option(help="provider:model, a model at OPENAI_BASE_URL, or 'embedded'.", show_default=False),
]
Plans = Annotated[
    str | None, typer.Option(help="Who picks the plans: human, first, random or model.", show_default=False)
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
        help="Any other setting, such as memory_max_sentences=12 or temperature=0.7. May be repeated.",
        show_default=False,
    ),
]
ShowMemory = Annotated[
    bool, typer.Option("--show-memory", help="After each paragraph show the short-term memory, and why it changed.")
]

AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for a script.")]
StoryArgument = Annotated[
    str, typer.Argument(metavar="[STORY]", help="Its number in the list, or the start of its id or title.")
]


def changed(
    base: Context,
    *,
    plans: str | None = None,
    model: str | None = None,
    sentences: int | None = None,
    seed: int | None = None,
    setting: list[str] | None = None,
) -> Context:
    """The settings of a run: those of ``base``, changed by the options that were given."""
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
        if name.strip() not in Context.model_fields:
            near = get_close_matches(name.strip(), Context.model_fields, n=1, cutoff=0.5)
            if near:
                raise SettingsError("no_setting_but_near", name=name.strip(), near=near[0])
            raise SettingsError("no_setting", name=name.strip(), known=list(Context.model_fields))
        changes[name.strip()] = value.strip() or None
    try:
        return Context.model_validate({**base.model_dump(), **changes})
    except ValidationError as error:
        raise SettingsError("settings_unusable", problems=describe(error)) from error
