"""The help of the commands in the language that is spoken: in English they say it, elsewhere ``help.toml`` does.

A section of that file is a command; ``help`` in it is what the command does, the others are its options and arguments
by name. What several commands have in common stands in the section ``options`` once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rich.text import Text as RichText
from typer.core import TyperGroup

from ..schemas.language_folders import HELP, TAG, own_table
from .speech import speak, spoken
from .terminal import console
from .wrapping import Prose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROGRAM = "program"
"""The section of the program itself."""
_SHARED, _TITLES = "options", "titles"


class SpokenGroup(TyperGroup):
    """The commands, whose help speaks to whoever asks for it."""

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **others: Any) -> Any:  # noqa: ANN401
        """Before anything is read: which language is asked for, and the help in it."""
        speak(_asked_for(args))
        translate(self, own_table(spoken(), HELP))
        return super().make_context(info_name, args, *more, **others)


def translate(command: Any, table: Mapping[str, Any], name: str = "") -> None:  # noqa: ANN401 (of several libraries)
    """Let a command, and all below it, tell its help in the words of a table; what it has not stays as it is.

    It is then running text, as it is in any language where a terminal cannot draw.

    Args:
        command: it.
        table: a language's words, by section.
        name: what is typed for the command; empty: the program.
    """
    if not table and not console.is_dumb_terminal:
        return
    # One command by two names has the help of its own name.
    own = {**table.get(name.rpartition(" ")[2], {}), **table.get(name or PROGRAM, {})}
    shared = table.get(_SHARED, {})
    command.help = own.get("help", command.help)
    for parameter in command.params:
        key = _key(parameter)
        parameter.help = own.get(key) or shared.get(key) or parameter.help
    command.format_help = lambda context, _: _print(command, context, table.get(_TITLES, {}))
    for short, below in getattr(command, "commands", {}).items():
        translate(below, table, f"{name} {short}".strip())


def _print(command: Any, context: Any, titles: Mapping[str, str]) -> None:  # noqa: ANN401
    """The help of a command as running text: no frame, and lines that are broken as the language breaks them."""
    usage = " ".join(command.collect_usage_pieces(context))
    console.print(Prose(f"{titles.get('usage', 'Usage:')} {context.command_path} {usage}", hang=2))
    for block in command.help.split("\n\n"):
        console.print()
        console.print(Prose(RichText.from_markup(" ".join(block.split()))))
    parameters = command.get_params(context)
    _print_list(titles.get("arguments", "Arguments"), [one for one in parameters if not _is_option(one)], titles)
    _print_list(titles.get("options", "Options"), [one for one in parameters if _is_option(one)], titles)
    below = getattr(command, "commands", {})
    if below:
        console.print(RichText(f"\n{titles.get('commands', 'Commands')}", style="bold"))
    for short, one in below.items():
        if not one.hidden:
            _print_item(short, one.help.partition("\n\n")[0])


def _print_list(title: str, parameters: Sequence[Any], titles: Mapping[str, str]) -> None:
    shown = [one for one in parameters if not getattr(one, "hidden", False)]
    if shown:
        console.print(RichText(f"\n{title}", style="bold"))
    for one in shown:
        names = ", ".join(one.opts) if _is_option(one) else one.metavar or one.name.upper()
        takes = f" {one.metavar}" if _is_option(one) and one.metavar else ""
        is_help = "--help" in one.opts
        needed = f" {titles.get('needed', '(required)')}" if one.required else ""
        _print_item(f"{names}{takes}", f"{titles.get('help', one.help) if is_help else one.help or ''}{needed}")


def _print_item(name: str, text: str) -> None:
    item = RichText.assemble((name, "bold cyan"), "  ")
    console.print(Prose(item.append(RichText.from_markup(" ".join(text.split()))), indent=2, hang=4))


def _is_option(parameter: Any) -> bool:  # noqa: ANN401
    return bool(parameter.param_type_name == "option")


def _key(parameter: Any) -> str:  # noqa: ANN401
    """What the words of a parameter stand under."""
    return str(parameter.opts[0] if _is_option(parameter) else parameter.name)


def _asked_for(args: Sequence[str]) -> str:
    """The language that is asked for before any command; empty: none is, or what stands there is no tag."""
    for place, arg in enumerate(args):
        if not arg.startswith("-"):
            break
        given = arg.partition("=")[2] or (args[place + 1] if place + 1 < len(args) else "")
        if arg.partition("=")[0] == "--speak":
            return given if re.fullmatch(TAG, given) else ""
    return ""
