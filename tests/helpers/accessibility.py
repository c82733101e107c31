"""What axe-core finds wrong with a page: the rules of WCAG 2.2 AA, and what axe calls best practice."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

_RUN = """() => axe.run({
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
}).then((found) => found.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 150)}`))"""
"""What passed is neither gathered nor sent: that took axe a third of its time."""


@lru_cache(maxsize=1)
def _script() -> str:
    return str(pytest.importorskip("axe_playwright_python.sync_playwright").Axe().axe_script)


def violations(page: Page) -> list[str]:
    """Each rule that the page breaks, and where first."""
    page.evaluate(_script())
    found: list[str] = page.evaluate(_RUN)
    return found
