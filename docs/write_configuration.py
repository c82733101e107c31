"""Write docs/configuration.md from the code: settings, input, environment, commands; and the schema of archives.

``make configuration`` runs it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer.main

from recurrentgpt.cli.main import app
from recurrentgpt.graph import CYCLE, Cycle
from recurrentgpt.graph.catalogue import asking_gates, every_gate
from recurrentgpt.graph.studio import prompts_of
from recurrentgpt.nodes.continuity import FIND_CLASHES
from recurrentgpt.nodes.leaning import FIND_LEANING
from recurrentgpt.nodes.outline_drawing import DRAW_OUTLINE
from recurrentgpt.nodes.retelling import RETELL
from recurrentgpt.nodes.rewriting import GO_ON, REWRITE
from recurrentgpt.nodes.style_note import STYLE_NOTE
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.settings import Settings
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.archive_format import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from recurrentgpt.prompts import PromptSpec

PAGE = Path(__file__).parent / "configuration.md"
SCHEMA = Path(__file__).parent / "archive.schema.json"
_ATTRIBUTE = re.compile(r"^\s+(\w+): (.+(?:\n\s{12,}.+)*)", re.MULTILINE)
_OPENING = """# Configuration

<!-- Written by docs/write_configuration.py from the code: change it there, then `make configuration`. -->

What belongs to a story is its [input](#a-storys-input); what may change from run to run is the
[context](#settings-of-a-run); [secrets and addresses](#environment) come from the environment alone. On the command
line every setting of a run is also `--set NAME=VALUE`; a story remembers the settings it was last run with."""

_MODELS = """`gate_models` holds gates' own models by the gate's name: `Context(gate_models={{"propose_plans": "…"}})`,
`--set propose_plans_model=…`; an empty one gives the gate back to the model, or to the helper. There are {gates}."""

_PROMPTS = """`prompts` holds prompts of your own by name: `Context(prompts={"append_summary": "…"})`, `--set
append_summary_prompt=…`, in Studio an editor at each gate. One replaces the project's, in whatever language and mode
the story has; an empty one (`--set append_summary_prompt=`) gives the project's back. It is checked when it is set:

- What the original (`prompts/`) must name, yours must name too, and nothing that it does not have; else it is refused.
- What the original may name, and yours does not (what you said of the last plans, the place in the book and its
  chapters, how things stand, your style sheet …), follows your words in the original's, wherever there is something to
  say. You are told so when the story is next opened; name a place (`{feedback}`) to have it there. Only figures, such
  as `{plan_sentences}`, are left to you.
- `{plan_count:plan|plans}` are words that go with a figure: the first where it is 1.
- Where a placeholder has nothing to say, what introduces it is left out: a heading that ends with a colon, or a label
  such as `Genre: {genre}`. Any other words of yours stay.
- A phrase (a heading of an answer, a sentence that prompts and complaints are put together from: the names in
  `prompts/en/phrases.toml`) is replaced in the same way: `--set plan_is_told_prompt=…`. `--set prompts=FOLDER` takes a
  whole folder of yours: a `<name>.md` for each prompt, and a `phrases.toml`; `--set prompts=` gives all of them back.
- With `use_rationale=False` the memory is asked for with `rewrite_short_term_alone`; if you have only a
  `rewrite_short_term` of your own, with that."""


def sent(cycle: Cycle = CYCLE) -> list[tuple[PromptSpec, list[str]]]:
    """Each prompt, and the gates that send it, or what does beside them."""
    beside = {
        DRAW_OUTLINE: ["recurrentgpt outline --draw"],
        FIND_CLASHES: ["recurrentgpt continuity"],
        FIND_LEANING: ["recurrentgpt look"],
        RETELL: ["recurrentgpt export --retell"],
        STYLE_NOTE: ["recurrentgpt voice"],
        GO_ON: ["the page: going on from the cursor"],
        REWRITE: ["the page: rewriting some words"],
    }
    return sorted((prompts_of(tuple(every_gate(cycle).values())) | beside).items(), key=lambda one: one[0].name)


_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "`True`, `False`",
    "object": "a mapping",
}


def page() -> str:
    """The whole page."""
    parts = [
        _OPENING,
        "## Settings of a run\n\n`Context`: an assistant's form in Studio. The defaults are the paper's sizes.",
        _fields(Context, lambda name: name not in ("prompts", "gate_models")),
        _MODELS.format(gates=", ".join(f"`{name}`" for name in asking_gates())),
        _PROMPTS,
        prompts_table(),
        "## A story's input\n\n`StoryInput`: what a story is begun from. Most are options of `write`.",
        _fields(StoryInput),
        "## Environment\n\nRead where a library is made of it, and nowhere else.",
        _environment(),
        "## Commands\n\nThe same that `recurrentgpt COMMAND --help` says.",
        *_commands(typer.main.get_command(app), ""),
    ]
    return "\n\n".join(parts) + "\n"


def prompts_table(cycle: Cycle = CYCLE) -> str:
    """Each prompt and the gates that send it, as a table."""
    rows = [(f"`{spec.name}`", ", ".join(f"`{name}`" for name in gates)) for spec, gates in sent(cycle)]
    return _table(("prompt", "sent by"), rows)


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in lines)


def _fields(model: type[BaseModel], wanted: Any = lambda _: True) -> str:  # noqa: ANN401 (a test of a name)
    schema = model.model_json_schema()["properties"]
    rows = [
        (f"`{name}`", _default(field), _limits(schema[name]), field.description or field.title or "")
        for name, field in model.model_fields.items()
        if name in schema and wanted(name)
    ]
    return _table(("name", "default", "values", "what it is"), rows)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "(needed)"
    return f"`{field.default}`" if field.default not in (None, "") else "empty"


def _limits(schema: dict[str, Any]) -> str:
    """What a field takes, in words, from its JSON schema."""
    parts = [part for part in schema.get("anyOf", [schema]) if part.get("type") != "null"]
    limits = parts[0] | {key: value for key, value in schema.items() if key != "anyOf"}
    if "enum" in limits:
        return ", ".join(f"`{value}`" for value in limits["enum"])
    kinds = {
        "integer": "a whole number",
        "number": "a number",
        "string": "text",
        "boolean": "`True`, `False`",
        "object": "a mapping",
    }
    kind = kinds[limits["type"]]
    low, high = limits.get("minimum"), limits.get("maximum")
    if low is not None and high is not None:
        return f"{kind}, {low:g} to {high:g}"
    if low is not None:
        return f"{kind}, {low:g} or more"
    if "exclusiveMinimum" in limits:
        return f"{kind} above {limits['exclusiveMinimum']:g}"
    if "maxLength" in limits:
        return f"{kind}, up to {limits['maxLength']:,} characters"
    return f"{kind} (`{limits['pattern']}`)" if "pattern" in limits else kind


def _environment() -> str:
    says = {name: " ".join(text.split()) for name, text in _ATTRIBUTE.findall(Settings.__doc__ or "")}
    rows = []
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        names = [alias] if isinstance(alias, str) else [str(choice) for choice in getattr(alias, "choices", [])]
        names = names or [f"{Settings.model_config['env_prefix']}{name}".upper()]
        rows.append((" or ".join(f"`{one}`" for one in names), re.sub(r" \(``[A-Z_]+``\)", "", says[name])))
    return _table(("variable", "what it says"), rows)


def _commands(command: Any, name: str) -> Iterator[str]:  # noqa: ANN401 (Click's commands, as Typer makes them)
    """A section a command; a group's commands first, then itself, if it does anything by itself."""
    for sub_name, sub in sorted(getattr(command, "commands", {}).items()):
        yield from _commands(sub, f"{name} {sub_name}".strip())
    if (getattr(command, "commands", None) and not command.invoke_without_command) or not name:
        return
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    usage = " ".join(["recurrentgpt", name, *(param.metavar or param.name.upper() for param in arguments)])
    rows = [
        (
            ", ".join(f"`{one}`" for one in (*param.opts, *param.secondary_opts)),
            param.help or "",
            _option_default(param),
        )
        for param in command.params
        if param.param_type_name == "option" and param.name != "help"
    ]
    yield f"### {name}\n\n`{usage}`: {' '.join((command.help or '').split())}"
    if rows:
        yield _table(("option", "what it does", "default"), rows)


def _option_default(param: Any) -> str:  # noqa: ANN401
    if param.required:
        return "(needed)"
    return "" if callable(param.default) or param.default in (None, "", False, ()) else f"`{param.default}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(json.dumps(schema(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
