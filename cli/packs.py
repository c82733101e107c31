"""The command that makes a pack, and says whether one can be played."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import Annotated

import typer

from ..schemas.errors import SettingsError
from .terminal import console
from .words import t

packs = typer.Typer()


@packs.command("pack")
def check_pack(
    file: Annotated[Path, typer.Argument(help="The pack: a .toml file.")],
    new: Annotated[bool, typer.Option("--new", help="Begin it: write an example with every field explained.")] = False,
) -> None:
    """Check a pack: a file with a story to be played, its secrets, rules and endings; play it with `play --pack`."""
    from ..stories.pack import read_pack  # noqa: PLC0415
    from ..stories.record import write_text  # noqa: PLC0415

    if new:
        if file.exists():
            raise SettingsError("pack_exists", file=file)
        write_text(file, t("pack_example"))
    made = read_pack(file)
    counts = {name: len(getattr(made, name)) for name in ("secrets", "rules", "endings")}
    console.print(t("pack_is_good", title=made.title, **counts), markup=False)
    console.print(t("play_the_pack", file=file), style="dim", markup=False, soft_wrap=True)
