"""A form that can only be told in words is an example that it allows."""

from __future__ import annotations

import pytest

from recurrentgpt.nodes.loose_json import in_words


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"type": "integer"}, "1"),
        ({"type": "integer", "minimum": 0}, "1"),
        ({"type": "integer", "minimum": 2, "maximum": 3}, "2"),
        ({"type": "object", "properties": {"beat": {"type": "integer", "minimum": 4}}}, '{"beat": 4}'),
    ],
)
def test_a_number_is_one_that_the_form_allows(schema: dict[str, object], told: str) -> None:
    assert in_words(schema) == told
