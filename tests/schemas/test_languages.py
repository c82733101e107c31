"""Languages: the records of those that have a folder, folders of one's own, and what holds for any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recurrentgpt.schemas.cldr import name_of
from recurrentgpt.schemas.errors import SettingsError
from recurrentgpt.schemas.language_check import misfits, shares
from recurrentgpt.schemas.language_folders import folders
from recurrentgpt.schemas.languages import (
    add_languages,
    guessed,
    language_named,
    languages,
    own_table,
    remove_languages,
    texts,
)
from recurrentgpt.schemas.settings import Settings
from recurrentgpt.stories.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORD = 'name = "Klingon"\nown_name = "tlhIngan Hol"\nsplitter = "en"\n'


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """A folder for languages of one's own."""
    root = tmp_path / "languages"
    root.mkdir()
    yield root
    remove_languages(root)


def put(root: Path, tag: str, record: str = RECORD, **files: str) -> Path:
    folder = root / tag
    folder.mkdir()
    for name, text in {"language": record, **files}.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


# Folders


def test_english_comes_first_and_every_record_can_be_used() -> None:
    known = languages()
    assert known[0].tag == "en"
    assert {"en", "zh"} <= {language.tag for language in known}
    assert all(language.folder == language.tag for language in known)


@pytest.mark.parametrize(
    ("tag", "folder", "name", "own_name"),
    [
        ("zh", "zh", "Chinese", "中文"),
        ("zh-Hant-TW", "zh", "Traditional Chinese (Taiwan)", "繁體中文 (台灣)"),
        ("EN-gb", "en", "British English", "British English"),
        ("sv", "", "Swedish", "svenska"),
        ("pt-BR", "", "Brazilian Portuguese", "português (Brasil)"),
        ("grc", "", "Ancient Greek", "Ancient Greek"),
        ("qya", "", "qya", "qya"),
    ],
)
def test_a_tag_has_the_folder_of_its_beginning_and_names_of_its_own(
    tag: str, folder: str, name: str, own_name: str
) -> None:
    found = language_named(tag)
    assert (found.tag, found.folder, found.name, found.own_name) == (tag, folder, name, own_name)


@pytest.mark.parametrize("tag", ["../zh", "zh/..", "/", "zh\n", ".", "x" * 300])
def test_a_tag_is_no_path(tag: str) -> None:
    assert language_named(tag).folder == ""
    assert own_table(tag, "errors") == {}
    assert texts(tag, "phrases") == texts("en", "phrases")


def test_what_a_language_of_the_package_says_fits_the_english_words_and_none_has_fewer_prompts() -> None:
    for tag, place in folders().items():
        assert list(misfits(place)) == [], tag
        assert all(share.given <= share.of for share in shares(place).values()), tag
    assert all(share.given == share.of for share in shares(folders()["en"]).values())
    assert all(share.given == share.of for share in shares(folders()["zh"]).values())


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"page": 'library = "Shelf of {owner}"'}, "page.toml: 'library' has the places {owner} and is to have none"),
        ({"phrases": 'problem_short = "{wanted}, {what}"'}, "phrases.toml: 'problem_short' has the places"),
        ({"errors": '[parts]\nnone = "no {thing}"'}, "errors.toml: 'parts.none' has the places {thing}"),
        ({"hints": 'no_branch = "{story}"'}, "hints.toml: 'no_branch' has the places {story}"),
        ({"gates": 'open_story = "pong"'}, "gates.toml: nothing is called 'open_story'"),
    ],
)
def test_words_that_could_not_be_said_are_told_of_in_one_sentence(
    own: Path, files: dict[str, str], expected: str
) -> None:
    put(own, "tlh", **files)
    with pytest.raises(SettingsError) as refused:
        add_languages(own)
    assert expected in str(refused.value)
    assert str(refused.value).count("cannot be used") == 1
    assert language_named("tlh").folder == ""


def test_words_of_nothing_and_fewer_places_are_told_of_and_do_no_harm(own: Path) -> None:
    place = put(own, "tlh", page='libary = "x"\nsetting_model = "x"\nparagraphs_count = "x"\n')
    add_languages(own)
    assert [(misfit.said["name"], misfit.cannot_work) for misfit in misfits(place)] == [
        ("libary", False),
        ("paragraphs_count", False),
    ]


def test_a_prompt_without_its_places_is_told_of(own: Path) -> None:
    place = put(own, "tlh")
    (place / "try_again.md").write_text("nuqneH\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"try_again\.md"):
        add_languages(own)


def test_no_tag_is_english() -> None:
    assert language_named("") == language_named("en")


def test_a_language_of_ones_own_is_a_folder(own: Path) -> None:
    put(own, "tlh", phrases='heading_title = "pong"\n')
    add_languages(own)
    assert [language.own_name for language in languages() if language.tag == "tlh"] == ["tlhIngan Hol"]
    assert texts("tlh", "phrases")["heading_title"] == "pong"
    assert texts("tlh-Latn", "phrases")["heading_plan"] == texts("en", "phrases")["heading_plan"]
    remove_languages(own)
    assert language_named("tlh").folder == ""
    assert texts("tlh", "phrases") == texts("en", "phrases")


def test_a_folder_of_ones_own_takes_the_place_of_the_packages(own: Path) -> None:
    put(own, "zh", 'name = "Chinese"\nown_name = "漢語"\nsplitter = "zh"\n')
    add_languages(own)
    assert language_named("zh").own_name == "漢語"
    assert own_table("zh", "errors") == {}
    assert texts("zh", "phrases") == texts("en", "phrases")


def test_the_environment_names_the_folder(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(own, "tlh")
    monkeypatch.setenv("RECURRENTGPT_LANGUAGES", str(own))
    assert Settings().languages == own
    Library()
    assert language_named("tlh").folder == "tlh"


# What cannot be used


def test_a_folder_without_a_language_is_told_of(own: Path) -> None:
    folder = put(own, "tlh")
    for wrong in (folder, own / "nowhere", folder / "language.toml"):
        with pytest.raises(SettingsError, match=r"no language in .*language\.toml"):
            add_languages(wrong)
    (folder / "language.toml").unlink()
    with pytest.raises(SettingsError, match="no language in"):
        Library(settings=Settings(languages=own))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ('colour = "red"', "colour='red': there is no field"),
        ('counts = "syllables"', "counts='syllables': it has to be one of words, characters"),
        ("token = '['", "token='[': it is no regular expression"),
        ('quotes = ["„"]', "quotes.1"),
        ("shortest_sentence = 0", "shortest_sentence=0: it has to be 1 or more"),
        ('[search]\ntokenizer = "letters"', "search.tokenizer='letters': it has to be one of word, multilingual"),
        ('[search]\nstem = "german"', "search.stem='german': there is no field"),
        ('name = ""', "name=''"),
        ("name = ", "language.toml"),
    ],
)
def test_a_record_that_cannot_be_used_is_told_of_by_file_and_key(own: Path, record: str, expected: str) -> None:
    put(own, "tlh", record)
    with pytest.raises(SettingsError) as refused:
        add_languages(own)
    assert refused.value.code == "language_unusable"
    assert str(own / "tlh" / "language.toml") in str(refused.value)
    assert expected in str(refused.value)
    assert language_named("tlh").folder == ""


def test_a_broken_file_of_words_is_told_of_before_it_is_needed(own: Path) -> None:
    put(own, "tlh", page="library = ")
    with pytest.raises(SettingsError, match=r"page\.toml"):
        add_languages(own)


# Any language


@pytest.mark.parametrize(
    ("tag", "counts", "joint", "direction"),
    [
        ("sv", "words", " ", "ltr"),
        ("ja", "characters", "", "ltr"),
        ("yue", "characters", "", "ltr"),
        ("th", "characters", " ", "ltr"),
        ("ko", "words", " ", "ltr"),
        ("ar", "words", " ", "rtl"),
        ("he", "words", " ", "rtl"),
        ("az-Arab", "words", " ", "rtl"),
        ("qya", "words", " ", "ltr"),
    ],
)
def test_a_language_without_a_folder_has_the_rules_of_its_script(
    tag: str, counts: str, joint: str, direction: str
) -> None:
    found = language_named(tag)
    assert (found.counts, found.joint, found.direction) == (counts, joint, direction)


@pytest.mark.parametrize(
    ("tag", "text", "words"),
    [
        ("sv", "Fyrvaktaren såg bort.", ["fyrvaktaren", "såg", "bort"]),
        ("fr", "L'île d’Yeu", ["l'île", "d’yeu"]),
        ("ja", "灯台守は手紙を見つけた。", ["灯", "台", "守", "は", "手", "紙", "を", "見", "つけた"]),
        ("hi", "उसे पत्र मिला।", ["उसे", "पत्र", "मिला"]),
        ("th", "เขาพบขวด บนหาด", ["เขาพบขวด", "บนหาด"]),
        ("ar", "وجدَ رسالةً.", ["وجدَ", "رسالةً"]),
    ],
)
def test_words_are_found_in_any_script(tag: str, text: str, words: list[str]) -> None:
    assert language_named(tag).words(text) == words


def test_a_text_is_guessed_by_its_script() -> None:
    assert guessed("灯塔看守人捡到一只瓶子。").tag == "zh"
    assert guessed("Fyrvaktaren fann en flaska.").tag == "en"


def test_a_language_is_named_in_another() -> None:
    assert name_of("de", "zh") == "德语"
    assert name_of("zh", "de-AT") == "Chinesisch"
    assert name_of("sv", "qya") == "Swedish"
