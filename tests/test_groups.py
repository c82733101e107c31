"""What must not be torn apart among processes that test side by side."""

from __future__ import annotations

import os

import pytest


@pytest.mark.xdist_group("alone")
def test_a_group_is_told_to_the_scheduler(request: pytest.FixtureRequest) -> None:
    # Nothing else would fail where groups are lost: everything would only be started once a worker, and take longer.
    assert request.node.nodeid.endswith("@alone") == ("PYTEST_XDIST_WORKER" in os.environ)
