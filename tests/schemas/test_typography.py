"""Straight marks as a language prints them: a table of what they are taken for."""

from __future__ import annotations

import pytest

from recurrentgpt.schemas.languages import language_named
from recurrentgpt.schemas.typography import typographic

ENGLISH = {
    '"Go," she said. "Now."': "“Go,” she said. “Now.”",
    "Don't. It's o'clock; the boys' cars, James' hat.": "Don’t. It’s o’clock; the boys’ cars, James’ hat.",
    "In the '90s, rock 'n' roll; the summer of '69.": "In the ’90s, rock ’n’ roll; the summer of ’69.",
    "'Tis late. Tell 'em, 'cause he knows.": "’Tis late. Tell ’em, ’cause he knows.",
    "'Cause of death,' he read.": "‘Cause of death,’ he read.",
    "'20 men,' he said.": "‘20 men,’ he said.",
    "\"She said 'no.'\"": "“She said ‘no.’”",
    "\"'No,' she said, so I can't.\"": "“‘No,’ she said, so I can’t.”",
    "'He said \"no\" twice,' she said.": "‘He said “no” twice,’ she said.",
    "\"'90s music,\" he said, \"is 'new', don't you think?\"": "“’90s music,” he said, “is ‘new’, don’t you think?”",
    '"I thought—" She stopped. "—never mind."': "“I thought—” She stopped. “—never mind.”",
    'She said—"no"—and left.': "She said—“no”—and left.",
    'He - "the fox" - ran; ("so").': "He - “the fox” - ran; (“so”).",
    '*"Out,"* he said, "*out*." **"Now!"**': "*“Out,”* he said, “*out*.” **“Now!”**",
    "She *didn*'t; *'yes,'* she said.": "She *didn*’t; *‘yes,’* she said.",
    'He is 6\' 2" tall, 5\'10" at most, with a 12" rule.': 'He is 6\' 2" tall, 5\'10" at most, with a 12" rule.',
    '"He is 6\' tall," she said. "And 12."': "“He is 6' tall,” she said. “And 12.”",
    '"The 12" rule is gone," he said.': '“The 12" rule is gone,” he said.',
    '"He was 12" was all. "Twelve!"': "“He was 12” was all. “Twelve!”",
    'One \\"stays\\", "one" goes.': 'One \\"stays\\", “one” goes.',
    '"It goes on\n\n"and on," he said.': "“It goes on\n\n“and on,” he said.",
    "“She can't,” he said, \"or won't.\"": "“She can’t,” he said, “or won’t.”",
    'A " by itself, and nothing else.': 'A " by itself, and nothing else.',
    'The 1990\'s. "Yes!" "No?"': "The 1990’s. “Yes!” “No?”",
    "\"It's five,\" 'e said.": "“It’s five,” ’e said.",
    "'\"Yes,\" she said,' he told us.": "‘“Yes,” she said,’ he told us.",
    '("What?") "Stop!"—she ran. word^["A note."]': "(“What?”) “Stop!”—she ran. word^[“A note.”]",
    "Goin' home, singin'; ''so''.": "Goin’ home, singin’; ''so''.",
    "«Déjà», “so” — as it is.": "«Déjà», “so” — as it is.",
}
OTHERS = [
    (
        "de",
        "\"Komm,\" sagte er. \"Er rief 'nein', gib's auf, Hans' Sohn.\"",
        "„Komm,“ sagte er. „Er rief ‚nein‘, gib’s auf, Hans’ Sohn.“",
    ),
    ("de", '„Komm,“ sagte er. "Nein."', "„Komm,“ sagte er. „Nein.“"),
    ("de-CH", '"Komm"', "«Komm»"),
    (
        "fr",
        "\"L'eau,\" dit-il, \"qu'il disait 'oui' !\"",
        "«\u00a0L’eau,\u00a0» dit-il, «\u00a0qu’il disait “oui” !\u00a0»",
    ),
    ("zh", '他说:"你好。"她笑了，"再见",走了。', "他说:“你好。”她笑了，“再见”,走了。"),
    ("zh", "“你好。”她说：「再见」。她说'不'。", "“你好。”她说：「再见」。她说‘不’。"),
    ("zh-Hant", '他說："你好。"', "他說：「你好。」"),
    ("nl", '"\'s Avonds," zei hij.', "“’s Avonds,” zei hij."),
    ("he", 'הוא אמר "שלום" לצה"ל', 'הוא אמר “שלום” לצה"ל'),
    ("sv", '"Kom," sa han. "Nej."', "”Kom,” sa han. ”Nej.”"),
    ("pl", '"Tak," rzekł.', "„Tak,” rzekł."),
]


@pytest.mark.parametrize(("tag", "typed", "printed"), [*(("en", *case) for case in ENGLISH.items()), *OTHERS])
def test_marks_are_what_the_words_around_them_say(tag: str, typed: str, printed: str) -> None:
    language = language_named(tag)
    assert typographic(typed, language) == printed
    assert typographic(printed, language) == printed
