"""What of a model's word on facts is kept: what the passage proves."""

from __future__ import annotations

from typing import Any

import pytest

from recurrentgpt.nodes.fact_answers import TellsFacts
from recurrentgpt.nodes.proof import prove_each, says, still_said
from recurrentgpt.schemas.facts import Change, Fact, FactState, Knowledge

PASSAGE = (
    "Ines leaned out too far. “The key!” she cried, and it sank in the mill pond. Tom dreamt that the mill burned."
)
KEY = Fact("main:0:0", "Ines has the brass key.", subjects=("Ines", "key"))
MILL = Fact("main:0:1", "The mill stands.")
WHO = Fact("main:0:2", "Who wrote the letter?", kind="thread")
SECRET = Fact("main:0:3", "Tom is the thief.", known_by=("Mara",))
SHOWN = {1: KEY, 2: MILL, 3: WHO, 4: SECRET}
SANK = "it sank in the mill pond"


@pytest.mark.parametrize(
    ("quote", "there"),
    [
        (SANK, True),
        ("It  sank\nin the MILL pond.", True),
        ('"The key!" she cried', True),
        ("Ines leaned … it sank in the mill pond", True),
        ("it sank ... Ines leaned", False),
        ("it sank in the river", False),
        ("", False),
        ("…", False),
        ("it", False),
    ],
)
def test_a_quote_is_the_passages_own_words(quote: str, there: object) -> None:
    assert says(PASSAGE, quote) is there


@pytest.mark.parametrize(
    ("quote", "there"), [("钥匙沉了", True), ("钥匙，沉了", False), ("沉", False), ("「沉了」", True)]
)
def test_so_it_is_in_chinese(quote: str, there: object) -> None:
    assert says("伊内斯探出身去，钥匙沉了。", quote) is there


@pytest.mark.parametrize(
    ("passage", "quote", "there"),
    [
        ("门开了。“爹。”她说。", "“爹。”", True),
        ("门开了。“爹。”她说。“爹！”", "“爹。”", False),
        ("她的爹在门外。", "爹", False),
        ("He waited. “No,” said Tom.", "“No,”", True),
        ("He had no key.", "no", False),
        ("It's Tom's “O”, he said. “I do.”", "I", False),
    ],
)
def test_a_few_letters_prove_something_where_they_are_all_that_is_said(passage: str, quote: str, there: object) -> None:
    assert says(passage, quote) is there


def kept(
    facts: list[Any] | None = None, changes: list[Any] | None = None, shown: dict[int, Fact] = SHOWN
) -> tuple[Knowledge, int]:
    answer = TellsFacts.model_validate({"facts": facts or [], "changes": changes or []})
    proved = prove_each(answer, shown, [PASSAGE])
    return proved.knowledge[0], proved.left_out


@pytest.mark.parametrize(
    ("told", "same"),
    [
        ({}, True),
        ({"same": "yes"}, True),
        ({"same": False}, False),
        ({"frame": "claimed"}, False),
        ({"open": True}, False),
        ({"about": ["Ines", "Ines"]}, False),
    ],
)
def test_two_names_are_ones_where_the_text_has_it_so_now(told: dict[str, Any], same: object) -> None:
    fact = {"fact": "Ines is the Miller.", "about": ["Ines", "the Miller"], "says": "she cried", "same": True}
    known, left_out = kept([fact | told])
    assert left_out == 0
    assert known.facts[0].same is same
    assert Fact.from_json(known.facts[0].to_json()) == known.facts[0]


def test_a_fact_takes_the_place_of_another() -> None:
    lost = {"fact": "The brass key lies in the mill pond.", "about": ["key"], "says": SANK, "replaces": [1]}
    known, left_out = kept([lost])
    assert left_out == 0
    assert known.facts == (
        Fact("#0", "The brass key lies in the mill pond.", subjects=("key",), quote=SANK, roots=("main:0:0",)),
    )
    assert known.changes == (Change("replaced", "main:0:0", ("main:0:0",), by="#0", quote=SANK),)


def test_what_the_passage_does_not_say_is_left_out_and_counted() -> None:
    known, left_out = kept(
        [{"fact": "Ines is dead.", "says": "she drowned"}, {"fact": "Ines cried.", "says": "she cried"}],
        [{"fact": 2, "how": "ended", "says": "the mill was gone"}],
    )
    assert [fact.text for fact in known.facts] == ["Ines cried."]
    assert known.changes == ()
    assert left_out == 2


@pytest.mark.parametrize("frame", ["earlier", "imagined", "claimed"])
def test_only_what_is_so_now_ends_what_is_so(frame: str) -> None:
    burned = {"fact": "The mill burned.", "says": "the mill burned", "frame": frame, "replaces": [2]}
    ended = {"fact": 2, "how": "ended", "says": "the mill burned", "frame": frame}
    known, left_out = kept([burned], [ended])
    assert [(fact.text, fact.frame, fact.roots) for fact in known.facts] == [("The mill burned.", frame, ())]
    assert known.changes == ()
    assert left_out == 2


def test_a_death_does_not_end_what_the_dead_one_once_did() -> None:
    once = Fact("main:0:9", "Ines once left the lamp unlit.", subjects=("Ines",), frame="earlier")
    dead = {"fact": "Ines is dead.", "about": ["Ines"], "says": SANK, "replaces": [1, 5]}
    known, left_out = kept([dead], shown={**SHOWN, 5: once})
    assert [change.fact for change in known.changes] == ["main:0:0"], "what she had, and not what she did"
    assert left_out == 1


@pytest.mark.parametrize("frame", ["now", "earlier"])
def test_what_was_so_earlier_answers_a_question(frame: str) -> None:
    wrote = {"fact": "The miller wrote the letter.", "says": "the mill burned", "frame": frame, "replaces": [3]}
    known, left_out = kept([wrote])
    assert [(change.what, change.fact, change.by) for change in known.changes] == [("settled", "main:0:2", "#0")]
    assert not left_out
    known, left_out = kept([], [{"fact": 3, "how": "settled", "says": "the mill burned", "frame": frame}])
    assert [(change.what, change.fact) for change in known.changes] == [("settled", "main:0:2")]
    assert not left_out


@pytest.mark.parametrize(("frame", "left"), [("imagined", 2), ("claimed", 2)])
def test_what_is_dreamt_or_claimed_answers_none(frame: str, left: int) -> None:
    wrote = {"fact": "The miller wrote the letter.", "says": "the mill burned", "frame": frame, "replaces": [3]}
    known, left_out = kept([wrote], [{"fact": 3, "how": "settled", "says": "the mill burned", "frame": frame}])
    assert known.changes == ()
    assert left_out == left


@pytest.mark.parametrize("frame", ["now", "earlier", "imagined", "claimed"])
def test_what_was_so_earlier_shows_a_claim_to_be_untrue(frame: str) -> None:
    proved = frame in {"now", "earlier"}
    burned = {"fact": "The mill burned.", "about": ["mill"], "says": "the mill burned", "frame": frame}
    known, _ = kept([{**burned, "replaces": [5]}], shown={**SHOWN, 5: SAYS_HOME})
    assert [(change.what, change.fact, change.by) for change in known.changes] == (
        [("replaced", SAYS_HOME.id, "#0")] if proved else []
    )
    ended = {"fact": 5, "how": "ended", "says": "the mill burned", "frame": frame}
    known, _ = kept([], [ended], shown={**SHOWN, 5: SAYS_HOME})
    assert [(change.what, change.fact) for change in known.changes] == ([("ended", SAYS_HOME.id)] if proved else [])


def test_another_version_still_shows_a_claim_to_be_untrue() -> None:
    before = Knowledge(
        (Fact("main:7:0", "The mill burned.", frame="earlier", quote="it was burned"),),
        (Change("replaced", SAYS_HOME.id, closes=(SAYS_HOME.id,), by="main:7:0", quote="it was burned"),),
    )
    told = {"fact": "The mill burned.", "says": "the mill burned", "frame": "earlier"}
    answer = TellsFacts.model_validate({"facts": [told]})
    shown = {**SHOWN, 5: SAYS_HOME, 6: before.facts[0]}
    knowledge = prove_each(answer, shown, [PASSAGE], before).knowledge[0]
    assert [(change.fact, change.quote) for change in knowledge.changes] == [(SAYS_HOME.id, "the mill burned")]


SAYS_HOME = Fact("main:0:4", "Tom says that he was at home.", ("Tom", "the night"), frame="claimed")


@pytest.mark.parametrize(
    ("about", "frame", "ends"),
    [
        (["tom", "the night"], "claimed", True),
        (["Tom"], "claimed", True),
        (["Tom", "the mill", "the night"], "claimed", True),
        (["Ines", "Tom", "the fire", "the night"], "claimed", True),
        (["Tom", "the mill"], "claimed", False),
        (["the mill", "Tom", "home"], "claimed", True),
        (["Ines", "the night"], "claimed", False),
        (["home"], "claimed", False),
        ([], "claimed", False),
        (["Tom", "the night"], "imagined", False),
        (["Ines"], "now", True),
    ],
)
def test_a_claim_takes_the_place_of_a_claim_of_the_same_about_the_same(
    about: list[str], frame: str, ends: object
) -> None:
    told = {"fact": "Tom was at the mill.", "about": about, "says": SANK, "frame": frame, "replaces": [5]}
    answer = TellsFacts.model_validate({"facts": [told], "changes": []})
    proved = prove_each(answer, {**SHOWN, 5: SAYS_HOME}, [PASSAGE])
    known = proved.knowledge[0]
    assert ([change.fact for change in known.changes] == ["main:0:4"]) is ends
    assert (known.facts[0].roots == ("main:0:4",)) is ends
    assert proved.left_out == (not ends)


def test_an_end_needs_its_fact_among_those_shown() -> None:
    known, left_out = kept(changes=[{"fact": 9, "how": "ended", "says": SANK}])
    assert (known, left_out) == (Knowledge(), 1)


def test_a_passage_ends_a_fact_once() -> None:
    known, _ = kept(
        [
            {"fact": "The key is lost.", "says": SANK, "replaces": [1]},
            {"fact": "The key is wet.", "says": SANK, "replaces": [1]},
        ],
        [{"fact": 1, "how": "ended", "says": SANK}],
    )
    assert [(change.what, change.by) for change in known.changes] == [("replaced", "#0")]
    assert [fact.roots for fact in known.facts] == [("main:0:0",), ()]


def test_a_thread_is_settled_by_an_answer_and_taken_up_by_a_question() -> None:
    known, _ = kept([{"fact": "Ines wrote the letter.", "says": "she cried", "replaces": [3]}])
    assert [(change.what, change.fact, change.by) for change in known.changes] == [("settled", "main:0:2", "#0")]
    assert known.facts[0].roots == ()
    known, left_out = kept(changes=[{"fact": 3, "how": "touched", "says": "she cried"}])
    assert ([change.what for change in known.changes], left_out) == (["touched"], 0)
    assert kept(changes=[{"fact": 1, "how": "touched", "says": "she cried"}]) == (Knowledge(), 1)


def test_who_learns_a_secret_is_named() -> None:
    known, _ = kept(changes=[{"fact": 4, "how": "learned", "who": "Ines, Tom", "says": "she cried"}])
    assert [change.who for change in known.changes] == [("Ines", "Tom")]
    assert kept(changes=[{"fact": 4, "how": "learned", "says": "she cried"}]) == (Knowledge(), 1)


def test_what_has_a_number_already_is_not_kept_twice() -> None:
    assert kept([{"fact": "Ines has the  brass key.", "says": "The key"}]) == (Knowledge(), 0)


@pytest.mark.parametrize(
    "item",
    [
        17,
        None,
        {"fact": "No words prove it."},
        {"fact": "An odd frame.", "says": "she cried", "frame": "someday"},
        "Without a quote.",
        [],
    ],
)
def test_what_has_no_form_is_left_out_and_counted(item: object) -> None:
    known, left_out = kept([item, {"fact": "Ines cried.", "says": "she cried"}])
    assert ([fact.text for fact in known.facts], left_out) == (["Ines cried."], 1)


def test_a_line_of_the_sectioned_format_is_a_fact() -> None:
    line = (
        "The key is lost. | about: Ines, key | says: “sank in the mill pond” | frame: NOW | open: no | replaces: 1, 2"
    )
    known, left_out = kept([line], ["3 | how: touched | says: she cried"])
    assert left_out == 0
    assert known.facts[0].subjects == ("Ines", "key")
    assert [change.fact for change in known.changes] == ["main:0:0", "main:0:1", "main:0:2"]


def test_each_passage_has_what_it_says_first() -> None:
    answer = TellsFacts.model_validate(
        {"facts": [{"fact": "One.", "says": "first words"}, {"fact": "Two.", "says": "other words"}]}
    )
    proved = prove_each(answer, {}, ["The first words.", "The other words, and first words."])
    assert [[fact.text for fact in known.facts] for known in proved.knowledge] == [["One."], ["Two."]]


BEFORE = Knowledge(
    (Fact("b:3:0", "The key is lost.", quote=SANK), Fact("b:3:1", "Ines laughed.", quote="she laughed")),
    (
        Change("replaced", "main:0:0", ("main:0:0",), by="b:3:0", quote=SANK),
        Change("ended", "main:0:1", ("main:0:1",), quote="she laughed"),
    ),
)


def test_another_version_of_a_passage_keeps_what_it_still_says() -> None:
    known = still_said(BEFORE, PASSAGE)
    assert known == Knowledge(BEFORE.facts[:1], BEFORE.changes[:1])
    assert still_said(BEFORE, "Nothing of it.") == Knowledge()


def test_another_version_says_it_in_other_words_or_not_at_all() -> None:
    shown = {**SHOWN, 5: BEFORE.facts[0], 6: BEFORE.facts[1]}
    told = {"fact": "Ines cried out.", "says": "she cried", "replaces": [6]}
    answer = TellsFacts.model_validate({"facts": [told], "changes": [{"fact": 5, "how": "ended", "says": SANK}]})
    known = prove_each(answer, shown, [PASSAGE], BEFORE).knowledge[0]
    assert [(fact.id, fact.text) for fact in known.facts] == [("b:3:1", "Ines cried out.")]
    assert known.changes == ()


@pytest.mark.parametrize("everybody", ["Everybody", "everyone", "所有人"])
def test_what_everybody_knows_is_no_secret(everybody: str) -> None:
    known, _ = kept([{"fact": "Tom took the key.", "says": "she cried", "knows": ["Mara", everybody]}])
    assert known.facts[0].known_by == ()
    known, _ = kept(changes=[{"fact": 4, "how": "learned", "who": [everybody], "says": "she cried"}])
    state = FactState(SECRET, since=0, known_by=SECRET.known_by)
    assert state.after(known.changes[0], 1).known_by == ()
    assert state.after(Change("learned", SECRET.id, who=("Tom",)), 1).known_by == ("Mara", "Tom")


EARLIER = Knowledge(
    (Fact("main:7:0", "The rule is struck out.", quote="it was struck out by sixty hands"),),
    (Change("replaced", "main:0:1", closes=("main:0:1",), by="main:7:0", quote="it was struck out by sixty hands"),),
)


@pytest.mark.parametrize("number", [[5], []])
def test_what_an_earlier_version_said_is_said_anew_and_ends_what_it_ended(number: list[int]) -> None:
    text = "In November it was struck out by fifty-nine hands."
    assert still_said(EARLIER, text) == Knowledge()
    told = {"fact": "The rule is struck out.", "says": "it was struck out by fifty-nine hands", "replaces": number}
    answer = TellsFacts.model_validate({"facts": [told]})
    knowledge = prove_each(answer, {**SHOWN, 5: EARLIER.facts[0]}, [text], EARLIER).knowledge[0]
    assert [(fact.id, fact.quote) for fact in knowledge.facts] == [("main:7:0", told["says"])]
    assert [(change.fact, change.by, change.quote) for change in knowledge.changes] == [
        ("main:0:1", "main:7:0", told["says"])
    ]


TALE = "Ines buried the key. Tom sulked. It rained on the mill."
WAS = Fact("main:1:0", "The key is in Ines's coat.", ("key",), quote="put the key in her coat")
ALSO = Fact("main:1:1", "Tom envies Ines.", ("Tom", "Ines"), quote="Tom envied her")
ALIKE = Fact("main:1:2", "Ines hid the key.", ("Ines", "key"), quote="she hid the key")
OPEN = Fact("main:1:3", "Where is the key?", ("Ines", "key"), kind="thread", quote="where is it")


@pytest.mark.parametrize(
    ("gone", "told", "succeeds"),
    [
        ([WAS], {"about": ["Ines", "key"]}, ("main:1:0",)),
        ([WAS, ALSO], {"about": ["Ines", "key"]}, ("main:1:0",)),
        ([WAS, OPEN], {"about": ["Ines", "key"]}, ("main:1:0",)),
        ([WAS, ALIKE], {"about": ["Ines", "key"]}, None),
        ([WAS], {"about": ["key"], "fact": "The key is under the mill."}, None),
        ([WAS], {"about": ["Ines", "key"], "frame": "claimed"}, None),
        ([ALSO, WAS], {"about": ["mill"], "fact": "It is wet.", "replaces": [1, 2]}, ("main:1:0",)),
        ([], {"about": ["Ines", "key"]}, None),
    ],
)
def test_which_fact_that_is_gone_a_new_one_takes_the_place_of(
    gone: list[Fact], told: dict[str, Any], succeeds: tuple[str, ...] | None
) -> None:
    fact = {"fact": "Ines buried the key.", "says": "Ines buried the key", **told}
    shown = dict(enumerate(gone, start=1))
    proved = prove_each(TellsFacts.model_validate({"facts": [fact]}), shown, [TALE], Knowledge(tuple(gone)))
    (new,) = proved.knowledge[0].facts
    assert proved.succeeds.get(new.id) == succeeds


def test_two_facts_of_one_number_both_stand_and_end_what_it_had_ended() -> None:
    old = Fact("main:1:0", "The key is in Ines's coat.", ("key",), quote="put the key in her coat", roots=("main:0:0",))
    before = Knowledge((old,), (Change("replaced", KEY.id, KEY.chain, old.id, quote=old.quote),))
    facts = [
        {"fact": "Ines buried the key.", "says": "Ines buried the key", "replaces": [1, 2]},
        {"fact": "The grave is wet.", "says": "It rained", "replaces": [1]},
    ]
    proved = prove_each(TellsFacts.model_validate({"facts": facts}), {1: old, 2: MILL}, [TALE], before)
    known = proved.knowledge[0]
    assert [(fact.id, fact.roots) for fact in known.facts] == [("main:1:0", ("main:0:0", MILL.id)), ("#0", ())]
    assert [(change.fact, change.by) for change in known.changes] == [(KEY.id, old.id), (MILL.id, old.id)]
    assert dict(proved.succeeds) == {"#0": ("main:1:0",)}


@pytest.mark.parametrize(
    ("about", "ends"),
    [
        ([], [KEY.id]),
        (["Ines"], [KEY.id]),
        (["mill", "the rain"], []),
        (["key", "mill"], []),
    ],
)
def test_what_a_fact_had_ended_is_ended_by_the_same_of_the_same_alone(about: list[str], ends: list[str]) -> None:
    old = Fact("main:1:0", "Ines has the key in her coat.", ("Ines", "key"), quote="in her coat", roots=KEY.chain)
    before = Knowledge((old,), (Change("replaced", KEY.id, KEY.chain, old.id, quote=old.quote),))
    fact = "The key lies in the mill." if "mill" in about else "Ines buried the key."
    told = {"fact": fact, "about": about, "says": "Ines buried the key", "replaces": [1, 2]}
    proved = prove_each(TellsFacts.model_validate({"facts": [told]}), {1: old, 2: MILL}, [TALE], before)
    (known,) = proved.knowledge
    assert [fact.id for fact in known.facts] == [old.id], "it stands for it"
    assert [change.fact for change in known.changes] == [*ends, MILL.id], "and ends what its answer says"
    assert known.facts[0].roots == (*ends, *MILL.chain)
