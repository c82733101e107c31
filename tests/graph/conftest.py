"""Who writes a story whose facts change, for the tests of what is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from changing_story import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_model import FakeChatModel


@pytest.fixture
def writer(fake_models: Callable[..., FakeChatModel]) -> Writer:
    """The one whose passages, facts and summaries a test says."""
    made = Writer()
    made.model = fake_models(interfere=made)
    return made
