"""The page taken in place, in a real browser: what is the same stays the same node, and nothing being typed is lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import recurrentgpt.web
from recurrentgpt.web.security import CONTENT_SECURITY_POLICY
from web_browser import NEEDS_A_BROWSER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the browser is left out")
pytestmark = NEEDS_A_BROWSER
SCRIPTS = Path(recurrentgpt.web.__file__).parent / "static"
ADDRESS = "http://page.test/"
HELP = """
async () => {
  const { morph } = await import("/static/morph.js");
  const made = (html) => new DOMParser().parseFromString(`<div id="page">${html}</div>`, "text/html");
  window.root = () => document.getElementById("page");
  window.one = (selector) => document.querySelector(selector);
  window.begin = (html) => {
    root().replaceWith(made(html).getElementById("page"));
    root().querySelectorAll("*").forEach((element, number) => { element.was = number; });
  };
  window.take = (html) => morph(root(), made(html).getElementById("page"), (e) => e.hasAttribute("data-typed"));
  window.changes = (html) => {
    const seen = new MutationObserver(() => {});
    seen.observe(root(), { subtree: true, childList: true, attributes: true, characterData: true });
    take(html);
    return seen.takeRecords().map((one) => [one.type, one.attributeName ?? "", one.target.nodeName]);
  };
}
"""


@pytest.fixture(scope="module", params=["moves", "takes out and puts in"])
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Page, list[str]]]:
    """A page under the real policy, and what goes wrong on it; the second cannot move a node without taking it out."""
    made = browser.new_page()
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    made.route("**/*", answer)
    made.goto(ADDRESS)
    if request.param != "moves":
        made.evaluate("delete Element.prototype.moveBefore")
    made.evaluate(HELP)
    yield made, wrong
    made.close()


@pytest.fixture
def page(window: tuple[Page, list[str]]) -> Iterator[Page]:
    made, wrong = window
    yield made
    assert wrong == []


def answer(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    headers = {"content-security-policy": CONTENT_SECURITY_POLICY}
    if name.endswith(".js"):
        body = (SCRIPTS / name).read_text(encoding="utf-8")
        route.fulfill(body=body, content_type="text/javascript", headers=headers)
    else:
        route.fulfill(body='<!doctype html><div id="page"></div>', content_type="text/html", headers=headers)


def taken(page: Page, before: str, after: str) -> str:
    """What is shown once a page is taken in place of another."""
    page.evaluate("html => begin(html)", before)
    page.evaluate("html => take(html)", after)
    html: str = page.evaluate("root().innerHTML")
    return html


def was(page: Page, selector: str = "#page *") -> list[int | None]:
    """Which element of the page before each is, in order; ``None``: it is new."""
    script = "selector => [...document.querySelectorAll(selector)].map((element) => element.was ?? null)"
    found: list[int | None] = page.evaluate(script, selector)
    return found


def listed(*names: str) -> str:
    return "".join(f'<li id="{name}">{name}</li>' for name in names)


# Alike


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "<p>one</p>"),
        ("<p>one</p>", ""),
        ("<p>one</p> <p>two</p>", "<h2>zero</h2><p>one</p>"),
        ("text", "<b>bold</b> text"),
        ("<p>one</p>", "<!-- nothing --><p>one</p>"),
        (f"<ul>{listed('a', 'b', 'c')}</ul>", f"<ul>{listed('c', 'x', 'a')}</ul>"),
        ('<p class="a" lang="en">x</p>', '<p class="b" dir="auto">x</p>'),
        ('<section id="a"><p id="b">x</p></section>', '<p id="b"><i id="a">x</i></p>'),
        ('<svg viewBox="0 0 1 1"><path d="M0 0"></path></svg>', '<svg viewBox="0 0 2 2"><circle r="1"></circle></svg>'),
        ("<select><option>a</option></select>", '<select><option>b</option><option selected="">a</option></select>'),
    ],
)
def test_the_page_becomes_what_the_server_made(page: Page, before: str, after: str) -> None:
    assert taken(page, before, after) == after
    assert page.evaluate("html => changes(html)", after) == []


def test_it_does_so_for_any_order_of_children(page: Page) -> None:
    orders = ["abcdef", "fedcba", "bcdefa", "fabcde", "ace", "xaybzc", "", "fa", "badcfe"]
    pairs = [(before, after) for before in orders for after in orders]
    shown = page.evaluate(
        """pairs => pairs.map(([before, after]) => {
          begin(before);
          take(after);
          return [root().innerHTML, [...root().children].map((element) => element.was ?? null)];
        })""",
        [(listed(*before), listed(*after)) for before, after in pairs],
    )
    for (before, after), (html, origins) in zip(pairs, shown, strict=True):
        assert html == listed(*after), (before, after)
        assert origins == [before.find(name) if name in before else None for name in after], (before, after)


def test_an_id_that_stands_there_twice_loses_nothing(page: Page) -> None:
    after = '<p id="a">z</p><p id="a">y</p>'
    assert taken(page, '<p id="a">x</p><p id="a">y</p>', after) == after


# The same nodes


def test_what_did_not_change_is_not_touched(page: Page) -> None:
    html = (
        '<section class="paragraph" id="p1"><p class="text" dir="auto">One.</p> <a href="#p1">edit</a></section>\n'
        '<details><summary>more</summary><form action="/a"><input name="text" value="x"></form></details>\n'
        "<ol><li>one</li>\n<li>two</li></ol>"
    )
    page.evaluate("html => begin(html)", html)
    assert page.evaluate("html => changes(html)", html) == []


def test_only_what_is_new_is_added(page: Page) -> None:
    page.evaluate("html => begin(html)", listed("a", "b"))
    assert page.evaluate("html => changes(html)", listed("a", "x", "b", "c")) == [["childList", "", "DIV"]] * 2
    assert was(page) == [0, None, 1, None]


def test_as_few_nodes_are_moved_as_can_be(page: Page) -> None:
    page.evaluate("html => begin(html)", listed(*"abcdefgh"))
    moved = page.evaluate("html => changes(html)", listed(*"bcdefgha"))
    assert len(moved) <= 2, "one node: out and in"
    assert was(page) == [1, 2, 3, 4, 5, 6, 7, 0]


def test_an_element_that_moves_to_another_parent_is_the_same(page: Page) -> None:
    before = '<div class="a"><p id="one">1</p><p id="two">2</p></div><div class="b"></div>'
    after = '<section><p id="two">2!</p></section><div class="b"><p id="one">1</p></div>'
    assert taken(page, before, after) == after
    assert was(page, "p") == [2, 1]


def test_without_ids_what_is_equal_is_the_same_and_the_rest_goes_by_kind(page: Page) -> None:
    before = '<p class="a">1</p><p class="a">2</p><p class="a">3</p><form action="/x"></form>'
    after = '<p class="problem">!</p><p class="a">1</p><p class="a">3</p><form action="/y"></form>'
    assert taken(page, before, after) == after
    assert was(page) == [None, 0, 2, None]


def test_attributes_come_change_and_go(page: Page) -> None:
    page.evaluate("html => begin(html)", '<a id="a" href="/x" class="old" title="t">x</a>')
    changed = page.evaluate("html => changes(html)", '<a id="a" href="/x" class="new" lang="en">x</a>')
    assert sorted(changed) == [["attributes", name, "A"] for name in ("class", "lang", "title")]
    assert page.evaluate("one('#a').outerHTML") == '<a id="a" href="/x" class="new" lang="en">x</a>'


def test_a_selection_in_text_that_goes_on_growing_stays(page: Page) -> None:
    page.evaluate("html => begin(html)", '<p class="text live">The lamp went</p>')
    page.evaluate("getSelection().setBaseAndExtent(one('p').firstChild, 4, one('p').firstChild, 8)")
    page.evaluate("html => take(html)", '<p class="text">Once the lamp. The lamp went out.</p>')
    page.evaluate("html => take(html)", '<p class="text">Once the lamp. The lamp went out. Nobody came.</p>')
    assert page.evaluate("one('p').textContent") == "Once the lamp. The lamp went out. Nobody came."
    assert was(page) == [0]
    page.evaluate("getSelection().setBaseAndExtent(one('p').firstChild, 19, one('p').firstChild, 23)")
    page.evaluate("html => take(html)", '<p class="text">Once the lamp. The lamp went out. Nobody came. No.</p>')
    assert page.evaluate("getSelection().toString()") == "lamp"


# What a person does


FIELDS = '<form action="/memory"><textarea name="text">{}</textarea></form>'


def test_focus_and_caret_stay_while_all_around_changes(page: Page) -> None:
    page.evaluate("html => begin(html)", "<p>The lamp</p>" + FIELDS.format("A memory of Mara."))
    page.evaluate("one('textarea').focus(); one('textarea').setSelectionRange(2, 8, 'backward')")
    for number in range(5):
        text = "<p>The lamp</p>" + f"<p>{number}</p>" * number
        page.evaluate("html => take(html)", f"<h2>{number}</h2>{text}" + FIELDS.format("A memory of Mara."))
    field = "one('textarea')"
    assert page.evaluate(f"document.activeElement === {field}")
    assert page.evaluate(f"[{field}.selectionStart, {field}.selectionEnd, {field}.selectionDirection]") == [
        2,
        8,
        "backward",
    ]


def test_focus_and_caret_stay_where_the_field_itself_moves(page: Page) -> None:
    def field(name: str) -> str:
        return f'<form id="{name}"><input name="q" value="a word or two"></form>'

    page.evaluate("html => begin(html)", "".join(map(field, "abcd")))
    page.evaluate("one('#c input').focus(); one('#c input').setSelectionRange(3, 5)")
    for order in ("cabd", "dbac", "abcd", "cd"):
        page.evaluate("html => take(html)", "".join(map(field, order)))
        assert page.evaluate("document.activeElement === one('#c input')"), order
        assert page.evaluate("[one('#c input').selectionStart, one('#c input').selectionEnd]") == [3, 5], order
    page.evaluate("html => take(html)", f"<section>{field('c')}</section>")
    assert page.evaluate("document.activeElement === one('section #c input')")


def test_what_a_person_is_typing_is_left_alone(page: Page) -> None:
    page.evaluate("html => begin(html)", "<p>1</p>" + FIELDS.format("old"))
    page.fill("textarea", "half a sent")
    page.evaluate("one('textarea').toggleAttribute('data-typed', true)")
    page.evaluate("html => take(html)", "<p>2</p>" + FIELDS.format("of the server"))
    assert page.input_value("textarea") == "half a sent"
    page.evaluate("one('textarea').toggleAttribute('data-typed', false)")
    page.evaluate("html => take(html)", "<p>3</p>" + FIELDS.format("of the server"))
    assert page.input_value("textarea") == "of the server"


def test_what_is_typed_in_one_field_never_appears_in_another(page: Page) -> None:
    page.evaluate("html => begin(html)", '<form action="/a"><textarea name="text" data-typed>mine</textarea></form>')
    page.evaluate("html => take(html)", '<form action="/a"><textarea name="style">theirs</textarea></form>')
    assert page.input_value("[name=style]") == "theirs"
    page.evaluate("html => begin(html)", '<form action="/a"><textarea name="text" data-typed>mine</textarea></form>')
    page.evaluate("html => take(html)", '<form action="/b"><textarea name="text">theirs</textarea></form>')
    assert page.input_value("[name=text]") == "theirs"


def test_fields_that_nobody_typed_in_show_what_the_server_says(page: Page) -> None:
    form = (
        '<input name="a" value="{}"><input type="number" name="n" value="{}"><input type="checkbox" name="c" {}>'
        '<select name="s"><option value="1" {}>1</option><option value="2" {}>2</option></select><textarea name="t">{}'
        "</textarea>"
    )
    page.evaluate("html => begin(html)", form.format("x", 1, "", "selected", "", "t"))
    page.evaluate("""() => {
      for (const [name, value] of [["a", "y"], ["n", "5"], ["s", "1"], ["t", "y"]]) one(`[name=${name}]`).value = value;
      one("[name=c]").checked = false;
    }""")
    page.evaluate("html => take(html)", form.format("z", 2, "checked", "", "selected", "z"))
    values = {name: page.input_value(f"[name={name}]") for name in "anst"}
    assert values == {"a": "z", "n": "2", "s": "2", "t": "z"}
    assert page.is_checked("[name=c]")


def test_what_was_unfolded_stays_so_and_a_menu_stays_shut(page: Page) -> None:
    html = "<details><summary>a</summary>{0}</details><details class='menu'><summary>b</summary>{0}</details>"
    page.evaluate("html => begin(html)", html.format("one"))
    page.evaluate("one('details').open = true")
    page.evaluate("html => take(html)", html.format("two"))
    assert page.evaluate("[...document.querySelectorAll('details')].map((each) => each.open)") == [True, False]


def test_scroll_stays(page: Page) -> None:
    def panel(text: str) -> str:
        return f'<p>{text}</p><aside id="panel">{"<p>a line</p>" * 50}</aside><p>{text}</p>'

    page.evaluate("html => begin(html)", panel("one"))
    page.evaluate("""() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("aside { display: block; overflow: auto; height: 60px }");
      document.adoptedStyleSheets = [sheet];
      one("#panel").scrollTop = 90;
    }""")
    page.evaluate("html => take(html)", f"<h2>new</h2>{panel('two')}")
    assert page.evaluate("one('#panel').scrollTop") == 90


def test_marks_of_the_page_s_own_scripts_stay(page: Page) -> None:
    marks: dict[str, Any] = {"data-focused": "", "data-sent": "1"}
    page.evaluate("html => begin(html)", '<form action="/a" data-more="x"></form>')
    page.evaluate(
        "marks => Object.entries(marks).forEach(([name, value]) => one('form').setAttribute(name, value))", marks
    )
    page.evaluate("html => take(html)", '<form action="/a"></form>')
    assert page.evaluate("one('form').getAttributeNames()") == ["action", *marks]
