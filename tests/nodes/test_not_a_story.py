"""What is no story although it came as one, and what is one although it looks so."""

from __future__ import annotations

import pytest

from dirty_answers import LOOK_ALIKES
from recurrentgpt.nodes.not_a_story import is_in_another_language, is_notice, is_page
from recurrentgpt.schemas.languages import language_named

TOLD = {
    "en": "The keeper went down to the shore, and the sea was grey. She had not slept for two days, but the "
    "letter was in her hand, and she knew that it was from him. They had said that he would never write "
    "to her, and she believed it.",
    "de": "Der Wärter ging hinunter ans Ufer, und das Meer war grau. Sie hatte zwei Tage nicht geschlafen, "
    "aber der Brief lag in ihrer Hand, und sie wusste, dass er von ihm war. Man hatte gesagt, dass er "
    "sich nie mit ihr versöhnen würde.",
    "fr": "Le gardien descendit sur la plage, et la mer était grise. Elle ne dormait pas depuis deux jours, "
    "mais la lettre était dans sa main, et elle savait que c'était de lui. On lui avait dit qu'il ne lui "
    "écrirait pas une seule ligne.",
    "es": "El guardián bajó a la orilla, y el mar era gris. No había dormido en dos días, pero la carta estaba "
    "en su mano, y ella sabía que era de él. Le habían dicho que no le escribiría nunca más, y ella lo "
    "creyó para no sufrir más.",
    "it": "Il guardiano scese alla riva, e il mare era grigio. Non dormiva da due giorni, ma la lettera era "
    "nella sua mano, e lei sapeva che era di lui. Le avevano detto che non le avrebbe scritto più, e lei "
    "lo aveva creduto per anni.",
    "pt": "O guarda desceu à praia, e o mar estava cinzento. Não dormia havia dois dias, mas a carta estava na "
    "sua mão, e ela sabia que era dele. Tinham dito que ele não lhe escreveria mais, e ela acreditou em "
    "tudo o que ouviu na vila.",
    "nl": "De wachter ging naar het strand, en de zee was grijs. Ze had twee dagen niet geslapen, maar de "
    "brief lag in haar hand, en ze wist dat hij van hem was. Men had gezegd dat hij haar niet meer zou "
    "schrijven, en ze geloofde het.",
    "zh": "守灯人走到岸边，海是灰的。她两天没有睡，可是信在她手里，她知道那是他写来的。人们说他再也不"
    "会给她写信，她也信了很久。如今她把信看了一遍又一遍，灯在她身后亮着，海上没有一条船，也没有"
    "一点声音。",
    "ru": "Смотритель спустился к берегу, и море было серым. Она не спала двое суток, но письмо было у неё в "
    "руке, и она знала, что оно от него. Ей говорили, что он больше не напишет, и она в это верила.",
    "ja": "灯台守は岸辺に降りた。海は灰色だった。彼女は二日眠っていなかったが、手紙は手の中にあり、そ"
    "れが彼からのものだと知っていた。もう書いてこないと言われて、彼女はそれを信じていた。",
}
PAIRS = [(told, said) for told in TOLD for said in TOLD if told != said and (told, said) != ("ja", "zh")]
"""All but Chinese in a Japanese story, which is written in its signs too."""


@pytest.mark.parametrize("tag", TOLD)
def test_a_text_in_its_own_language_is_one(tag: str) -> None:
    assert not is_in_another_language(TOLD[tag], language_named(tag))


@pytest.mark.parametrize(("told", "said"), PAIRS, ids=lambda tag: tag)
def test_a_text_in_another_is_not(told: str, said: str) -> None:
    assert is_in_another_language(TOLD[said], language_named(told))


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("ca", TOLD["es"]),
        ("gl", TOLD["pt"]),
        ("af", TOLD["nl"]),
        ("sv", "Fyrvaktaren gick ner till stranden, och havet var grått. Hon hade inte sovit på två dagar."),
        ("tlh", TOLD["de"]),
        (
            "en",
            "“¿Dónde está?” she said. “No lo sé,” he answered, and they went on to the house by the river in the dark.",
        ),
        ("en", "Amber anchor ash autumn barn bell bird boat bone book bread bridge candle cellar chalk cliff. " * 5),
        ("zh", "Amber anchor ash autumn barn bell bird boat bone book bread bridge candle cellar chalk cliff. " * 5),
        ("en", "灯塔"),
        ("zh", "“The lamp,” 他说，“is out.” 她没有回答，走到窗前，看着海。海上没有船，也没有光，只有风。"),
    ],
)
def test_without_evidence_it_is_in_its_own(tag: str, text: str) -> None:
    assert not is_in_another_language(text, language_named(tag))


@pytest.mark.parametrize("tag", ["sv", "ca", "tlh"])
def test_english_is_known_in_a_story_of_any_language(tag: str) -> None:
    assert is_in_another_language(TOLD["en"], language_named(tag))


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_look_alikes_are_no_page_and_no_notice(name: str) -> None:
    assert not is_page(LOOK_ALIKES[name])
    assert not is_notice(LOOK_ALIKES[name], 2, 20)


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>",
        '\n<html lang="en">\n<body>Sign in</body></html>',
        '<?xml version="1.0"?>\n<!doctype html PUBLIC>\n<html/>',
        "Just a moment…\n</body></html>\n",
    ],
)
def test_a_page_is_known_by_its_markup(page: str) -> None:
    assert is_page(page)


@pytest.mark.parametrize("text", ["She wrote <html> on the wall.", "He closed the </body> tag. Then he slept."])
def test_markup_within_a_story_is_no_page(text: str) -> None:
    assert not is_page(text)


@pytest.mark.parametrize(
    "notice",
    [
        "You have reached your daily message limit. Upgrade your plan to continue.",
        "You've exceeded your current quota, please check your plan and billing details.",
        "Rate limit reached. Please try again in 20 seconds.",
        "Error: insufficient credits.",
        "The model is currently overloaded. Please try again later.",
        "Your account has used up its monthly tokens.",
        "您的额度已用完，请充值后继续。",
    ],
)
def test_a_notice_is_known_by_what_it_speaks_of(notice: str) -> None:
    assert is_notice(notice, 2, 20)
    assert not is_notice(notice, 12, 20), "in a passage of some length somebody may say so"
    assert not is_notice(notice, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "You have reached the limit of the world. There is nothing behind it.",
        "She had exceeded the speed limit. Nobody saw it.",
        "His credit was used up, and so was his patience.",
        "“Too many questions,” he said.",
    ],
)
def test_a_few_sentences_of_a_story_are_no_notice(text: str) -> None:
    assert not is_notice(text, 2, 20)
