"""What a name is, by what its facts show; where they show nothing, nothing is said."""

from __future__ import annotations

import pytest

from recurrentgpt.schemas.facts import Fact, FactState
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.stories.codex_kinds import kinds_shown

ENGLISH = {
    "Mara told Tobias that the tide is late.": ("Mara", "Tobias"),
    "Tobias Reed, the pilot, is dead; he died in the Salt House.": ("Tobias Reed", "Salt House"),
    "Mara has the brass key.": ("Mara", "brass key"),
    "The brass key opens the iron box.": ("brass key", "iron box"),
    "Ann's mother keeps hens.": ("Ann",),
    "The club knows sixty members.": ("club",),
    "Sixty pounds are in the iron box.": ("iron box",),
    "Ada went to Tobias Reed.": ("Ada", "Tobias Reed"),
}
CHINESE = {
    "马拉告诉托比，潮水来晚了。": ("马拉", "托比"),
    "托比说他在盐屋等。": ("托比", "盐屋"),
    "马拉带着那把铜钥匙。": ("马拉", "铜钥匙"),
    "铁箱很重。": ("铁箱",),
}


@pytest.mark.parametrize(
    ("language", "facts", "knowing", "shown"),
    [
        (
            "en",
            ENGLISH,
            {"Eve"},
            {
                "Mara": "person",
                "Tobias Reed": "person",
                "Ann": "person",
                "Eve": "person",
                "Salt House": "place",
                "brass key": "thing",
            },
        ),
        ("zh", CHINESE, set(), {"马拉": "person", "托比": "person", "盐屋": "place", "铜钥匙": "thing"}),
        ("nl", ENGLISH, {"Eve"}, {"Eve": "person"}),
    ],
)
def test_kinds_follow_from_what_facts_say(
    language: str, facts: dict[str, tuple[str, ...]], knowing: set[str], shown: dict[str, str]
) -> None:
    about: dict[str, list[FactState]] = {name: [] for name in knowing}
    for text, subjects in facts.items():
        for name in subjects:
            about.setdefault(name, []).append(FactState(Fact("a:0:0", text, subjects=subjects), since=0))
    assert kinds_shown(about, {name: {name} for name in about}, knowing, language_named(language)) == shown
