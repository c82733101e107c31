"""The commands that keep stories safe: repair, copies of them, and what takes less room."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..schemas.errors import RecurrentGPTError, SettingsError
from .brought import Take, decide_on
from .options import AsJson, StoryArgument, the_library
from .speech import said, told
from .stories import at_story
from .terminal import WARNING, console, errors, print_json
from .words import t

if TYPE_CHECKING:
    from ..stories.repair import Report

keeping = typer.Typer()

_File = Annotated[Path, typer.Argument(metavar="FILE", help="The file.", show_default=False)]


@keeping.command()
def repair(
    story: StoryArgument = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put damaged stories right: one, or all of the shelf. Nothing is thrown away, and a copy is kept before."""
    from ..stories import repair as mending  # noqa: PLC0415

    library = the_library()
    if story:
        found: list[Report | RecurrentGPTError] = [
            asyncio.run(mending.repair(library, mending.folder_meant(library, story), dry_run=dry_run))
        ]
    else:
        found = asyncio.run(mending.repair_all(library, dry_run=dry_run))
    if as_json:
        print_json([_as_data(one) for one in found])
        return
    for one in found:
        _print(one, dry_run=dry_run)


def _as_data(one: Report | RecurrentGPTError) -> dict[str, object]:
    if isinstance(one, RecurrentGPTError):
        return {"error": one.code, "said": told(one)}
    return {
        "folder": str(one.folder),
        "mended": one.mended,
        "lost": one.lost,
        "moved": {name: str(path) for name, path in one.moved},
    }


def _print(one: Report | RecurrentGPTError, *, dry_run: bool) -> None:
    if isinstance(one, RecurrentGPTError):
        errors.print(told(one), style=WARNING, markup=False, soft_wrap=True)
        return
    state = "repair_whole" if one.is_whole else "repair_would" if dry_run else "repair_done"
    console.print(t(state, folder=_named(one.folder)), markup=False)
    for finding in one.mended:
        console.print(f"  · {said(finding)}", markup=False)
    for finding in one.lost:
        errors.print(f"  · {said(finding)}", style=WARNING, markup=False)
    for name, path in one.moved:
        place = t("repair_moved", name=name) if dry_run else t("repair_moved_to", name=name, path=path)
        console.print(f"  · {place}", markup=False, soft_wrap=True)


def _named(folder: Path) -> str:
    """A story's folder, and its title where its card can be read."""
    from ..stories.shelf import record_of  # noqa: PLC0415

    with suppress(RecurrentGPTError):
        return f"{folder.name} ({record_of(folder).name})"
    return folder.name


@keeping.command()
def backup(
    story: StoryArgument = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; by default one in this folder.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All stories of the shelf.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace that file if it exists.")] = False,
) -> None:
    """Put a story, or all of them, into one file, as they are at this moment: also while they are written on."""
    from ..stories.backups import ENDING, back_up, check_place  # noqa: PLC0415

    library = the_library()
    records = library.records() if every else [library.find(story)]
    path = output or Path(f"{'stories' if every else records[0].story_id}{ENDING}")
    check_place(path, replace=force)
    asyncio.run(back_up(library, records, path))
    console.print(t("backed_up", count=len(records), file=path), markup=False, soft_wrap=True)
    if library.settings.database_url or library.settings.qdrant_url:
        errors.print(t("backup_elsewhere"), style=WARNING, markup=False)


@keeping.command()
def restore(
    file: _File,
    replace: Annotated[
        bool, typer.Option("--replace", help="What stands in a story's place goes to the trash.")
    ] = False,
    skip: Annotated[bool, typer.Option("--skip", help="What stands on the shelf already is left as it is.")] = False,
    take: Take = None,
) -> None:
    """Put the stories of a backup on the shelf; where a place is taken, they stand beside, as copies.

    Models, prompts and settings that did not act in this library before are shown, and act if you say so.
    """
    from ..stories.backups import restore as put_back  # noqa: PLC0415

    if replace and skip:
        raise SettingsError("restore_unclear")
    library = the_library()
    restored = asyncio.run(put_back(library, file, replace=replace, skip=skip))
    for record in restored:
        done = "undeleted_as_copy" if record.copy_of else "undeleted"
        console.print(t(done, title=record.name, story_id=record.story_id), markup=False)
    if not restored:
        console.print(t("restored_none"), markup=False)
    elif copies := sum(bool(record.copy_of) for record in restored):
        console.print(t("restored_beside", count=copies), markup=False)
    for record in restored:
        decide_on(library, record, take)


@keeping.command()
def backups() -> None:
    """Show the copies that were kept by itself, before a repair or before vectors were made anew."""
    from ..stories.backups import ring_of  # noqa: PLC0415

    found = list(ring_of(the_library()))
    if not found:
        console.print(t("no_backups"), markup=False)
        return
    for path in found:
        console.print(f"{path}  {path.stat().st_size // 2**10:,} kB", markup=False, soft_wrap=True)
    console.print(t("how_to_restore"), markup=False)


@keeping.command()
def compact(story: StoryArgument = "") -> None:
    """Make room: let go of checkpoints that nothing can reach. Branches, undo and going back to any paragraph stay."""
    from ..stories.compact import compact as make_room  # noqa: PLC0415

    record, done = at_story(story, make_room, plays=True)
    console.print(
        t(
            "compacted",
            title=record.name,
            before=done.before,
            after=done.after,
            bytes_before=done.bytes_before // 2**10,
            bytes_after=done.bytes_after // 2**10,
        ),
        markup=False,
    )
