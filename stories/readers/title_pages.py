"""The head of a file: the book's title, who wrote it, whose the rights are, before the first chapter."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from ...schemas.light_markdown import SCENE_BREAK, as_text
from .furniture import BY, QUOTED, TITLED, is_copyright, is_dedication, is_sentence, words_of
from .headings import is_title
from .plain import LINE_END

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ...schemas.languages import Language
    from .pieces import Block

_SHORT: Final = 90
_MOST_HEAD: Final = 6
_BELOW: Final = 2
"""The place of what follows a title and a line under it."""
_MOST_NAMES: Final = 5
_CHINESE_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,4}")
_MOST_MOTTO: Final = 800
_MOST_LINES: Final = 14
"""Lines of a title page."""
_SORT: Final = re.compile(
    r"\W*(?:an?\s+)?(?:novel|novella|romance|mystery|thriller|memoir|story|roman|novela)\W*", re.IGNORECASE
)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?")


def _without_author(title: str, author: str) -> str:
    """A title as a file has it that names the author too: "The Shore, by A. Writer"."""
    head, said, by = title.rpartition(" by ")
    return head.rstrip(" ,;:-–—") if said and author and _is_same_name(by, author) and head.strip() else title


def _is_same_name(said: str, author: str) -> bool:
    """Whether two are one person's name, of which one has initials: "W. Harrison Ainsworth"."""
    if words_of(said) == words_of(author):
        return True
    one, other = ([words_of(word) for word in name.split()] for name in (said, author))
    is_paired = len(one) == len(other) and all(a[:1] == b[:1] for a, b in zip(one, other, strict=True))
    return is_paired and len(one) > 1 and one[-1] == other[-1]


class Head(NamedTuple):
    """What the head of a file says of the book; either may be empty."""

    title: str
    author: str


def by_licence(blocks: Sequence[Block], head: Head) -> Head:
    """What the head of a public library's file says of the book."""
    title, author = head
    said = (as_text(block.text) for block in blocks if block.why == "licence")
    for line in (line for text in said for line in text.split("\n")):
        if not title and (hit := re.match(r"Title:\s*(\S.*)", line)):
            title = hit[1]
        if hit := re.match(r"Author:\s*(\S.*)", line):
            author = hit[1]  # whom the file itself names may be who made it
    return Head(title, author)


def without_head(
    blocks: list[Block], head: Head, keep: Collection[str], language: Language
) -> tuple[list[Block], Head]:
    """The blocks without what stands before the first chapter and is the title, the author, the rights."""
    made, (title, author) = list(blocks), head
    story = [at for at, block in enumerate(made) if not block.why]
    top = next((at for at in story if made[at].rank), None)
    if top is not None and story and top == story[0] and _is_title_of_all(made, story, head, language):
        title = title or made[top].text.replace("\n", " ")
        made[top] = made[top]._replace(why="title_page")
        story = story[1:]
        top = next((at for at in story if made[at].rank), None)
    story, author = _without_page_of_headings(made, story, Head(title, author), keep, language)
    story, head = _without_headed_page(made, story, Head(title, author), keep)
    title = head.title
    story, author = _without_names(made, story, title, head.author)
    if "dedication" not in keep:
        made, (title, author) = _without_motto(made, Head(title, author))
        story = [at for at in story if not made[at].why]
    top = next((at for at in story if made[at].rank), None)
    title = _without_author(title, author)
    if top is None:
        is_under = len(story) > 1 and "title_page" not in keep and any(block.why == "title_page" for block in made)
        line = as_text(made[story[0]].text) if is_under else ""
        by = _named(line) if line and not author else None
        if (by and by.author) or (line and author and words_of(line) in {words_of(author), words_of(f"by{author}")}):
            made[story[0]] = made[story[0]]._replace(why="title_page")
            author = author or (by.author if by else "")
        return made, Head(title, author)
    before = [at for at in story if at < top]
    if "dedication" not in keep and before and is_dedication(as_text(made[before[-1]].text)):
        made[before[-1]] = made[before[-1]]._replace(why="dedication")
        before.pop()
    before = [] if "title_page" in keep else before
    if page := _title_page([as_text(made[at].text) for at in before]):
        for at in before:
            made[at] = made[at]._replace(why="title_page")
        return made, Head(title or page.title, author or page.author)
    if len(before) <= _MOST_HEAD:
        title, author = _without_lines(made, before, Head(title, author), keep)
    return made, Head(title, author)


def _without_motto(blocks: Sequence[Block], head: Head) -> tuple[list[Block], Head]:
    """The blocks, of which those before the list of contents are a title page and a motto; and what they say."""
    made = list(blocks)
    story = [at for at, block in enumerate(made) if not block.why]
    top = next((number for number, at in enumerate(story) if made[at].rank), None)
    listed = max((at for at in range(story[top]) if made[at].why == "contents"), default=-1) if top else -1
    before = [at for at in story[:top] if at < listed and made[at].text != SCENE_BREAK] if top else []
    said = {at: as_text(made[at].text) for at in before}
    named = max((at for at in before if any(map(BY.fullmatch, said[at].split("\n")))), default=-1)
    page = [at for at in before if at <= named]
    for at in (at for at in before if at > named):
        if len(said[at]) > _SHORT or is_sentence(said[at]):
            break
        page += [at] if page else []
    rest = [at for at in before if at not in page]
    titled = _title_page([said[at] for at in page]) if page else head
    if titled is None or any(is_copyright(text) for text in said.values()):
        return made, head
    for at in page:
        made[at] = made[at]._replace(why="title_page")
    if len(rest) <= _MOST_HEAD and sum(len(said[at]) for at in rest) <= _MOST_MOTTO:
        for at in rest:
            made[at] = made[at]._replace(why="dedication")
    return made, Head(head.title or titled.title, head.author or titled.author)


def _without_lines(made: list[Block], before: Sequence[int], head: Head, keep: Collection[str]) -> Head:
    """Mark the lines before the first chapter that are the title, the author, the rights; gives what they say."""
    title, author = head
    for number, at in enumerate(before):
        text = as_text(made[at].text)
        if is_copyright(text):
            made[at] = made[at]._replace(why="" if "copyright" in keep else "copyright")
            continue
        named = _named(text)
        is_known = words_of(text) in {words_of(title), words_of(author)} - {""} or bool(_DATE.fullmatch(text))
        if not named and not is_known:
            if _is_its_author(made[:at], text, title, author):
                named = Head("", text)
            elif number or title or not _is_name(text) or not _is_headed(made, before):
                break
            else:
                named = Head(text, "")
        title, author = title or (named.title if named else ""), author or (named.author if named else "")
        made[at] = made[at]._replace(why="title_page")
    return Head(title, author)


def _title_page(texts: Sequence[str]) -> Head | None:
    """What a title page says, as one of a typescript does: whose it is, where they live, the title, "by A. Writer".

    ``None``: what stands there is none, because a line of it is a sentence, or no line says by whom the book is.
    """
    lines = [line.strip() for text in texts for line in text.split("\n") if line.strip()]
    if not lines or len(lines) > _MOST_LINES or any(len(line) > _SHORT or is_sentence(line) for line in lines):
        return None
    for above, line in pairwise(lines):
        by = BY.fullmatch(line)
        if by and by["by"]:
            title = _over(lines, above)
            return Head(title.title() if title.isupper() else title, by["by"])
    return None


def _over(lines: Sequence[str], above: str) -> str:
    """The title of a page: the line over the author, or where that says "A Novel" the one over it."""
    at = lines.index(above)
    return lines[at - 1] if at and _SORT.fullmatch(above) else above


def _is_its_author(before: Sequence[Block], text: str, title: str, author: str) -> bool:
    """Whether a line right under the book's title, which nothing else names, is who wrote it."""
    if not before or author or not title or not _is_name(text):
        return False
    is_under = before[-1].why == "title_page" and words_of(before[-1].text) == words_of(title)
    words = text.split()
    is_called_so = 1 < len(words) <= _MOST_NAMES and all(word[0].isupper() for word in words)
    return is_under and (is_called_so or bool(_CHINESE_NAME.fullmatch(text)))


def _named(text: str) -> Head | None:
    """What lines say of the book: "by A. Writer", "书名：江城"; ``None`` where any of them says something else."""
    title = author = ""
    for line in text.split("\n"):
        titled, by, quoted = TITLED.fullmatch(line), BY.fullmatch(line), QUOTED.fullmatch(line)
        if quoted and not titled:
            title, author = title or quoted["title"], author or quoted["by"].removeprefix("作者")
        elif titled:
            title = title or titled["named"] or titled["quoted"]
        elif by and len(line) <= _SHORT:
            author = author or by["by"] or by["named"] or by["wrote"]
        else:
            return None
    return Head(title, author)


def _is_title_of_all(blocks: Sequence[Block], story: Sequence[int], head: Head, language: Language) -> bool:
    """Whether the first heading is the book's title: everything stands under it, or it says what the book is called."""
    first, (title, author) = blocks[story[0]], head
    others = [blocks[at].rank for at in story[1:] if blocks[at].rank]
    if words_of(first.text) == words_of(title) and title:
        follows = blocks[story[1]] if len(story) > 1 else None
        is_on_page = follows is None or bool(follows.rank) or _is_byline(blocks, story, author)
        return not others or min(others) > first.rank or is_on_page
    says = is_title(first.text.partition("\n")[0], language)
    return not title and not says and (not others or min(others) > first.rank)


def _is_byline(blocks: Sequence[Block], story: Sequence[int], author: str) -> bool:
    """Whether between the first heading and the next only stands who wrote the book."""
    if len(story) <= _BELOW or not blocks[story[_BELOW]].rank:
        return False
    said = as_text(blocks[story[1]].text)
    by = BY.fullmatch(said)
    return by is not None or words_of(said) in {words_of(author)} - {""}


def _is_name(text: str) -> bool:
    return len(text) <= _SHORT and "\n" not in text and not LINE_END.search(text)


def _is_headed(blocks: Sequence[Block], before: Sequence[int]) -> bool:
    """Whether all before the first chapter is a title, and perhaps who wrote it: no story that begins without one."""
    return all(len(as_text(blocks[at].text)) <= _SHORT for at in before) and len(before) <= _MOST_HEAD // 2


def _without_names(made: list[Block], story: list[int], title: str, author: str) -> tuple[list[int], str]:
    """Mark headings over the first chapter that say by whom the book is, or its title once more, and lines between.

    Gives what is left, and the author.
    """
    lead = [at for at in story if made[at].text != SCENE_BREAK]
    while len(lead) > 1 and made[lead[0]].rank and made[lead[1]].rank:
        said = made[lead[0]].text.replace("\n", " ")
        wrote = BY.fullmatch(said)
        if not wrote and words_of(said) not in {words_of(author), words_of(_without_author(title, author))} - {""}:
            break
        author = author or (wrote["by"] or "" if wrote else "")
        lead.pop(0)
        for at in (at for at in story if at < lead[0]):
            made[at] = made[at]._replace(why="title_page")
        story = [at for at in story if at >= lead[0]]
    return story, author


def _without_page_of_headings(
    made: list[Block], story: list[int], head: Head, keep: Collection[str], language: Language
) -> tuple[list[int], str]:
    """Mark a title page of which each line is a heading: a series, a volume, the title, by whom, a publisher, a year.

    It says by whom the book is, and no text stands under its headings. What stands between it and a list of contents
    is on it too, if that is a heading. Gives what is left, and the author.
    """
    lead = _lead(made, story)
    said = {at: made[at].text.replace("\n", " ") for at in lead if made[at].text != SCENE_BREAK}
    by = {at: hit for at in lead if at in said and (hit := BY.fullmatch(said[at]))}
    title = words_of(_without_author(head.title, next((hit["by"] or "" for hit in by.values()), head.author)))
    titled = [at for at in said if title and words_of(said[at]).startswith(title)]
    if not by or not titled or len(lead) > _MOST_LINES or "title_page" in keep:
        return story, head.author
    last = max(*by, *titled)
    end = next((at for at in range(last, len(made)) if made[at].why in {"contents", "copyright"}), last)
    below = [at for at in lead if last < at < end]
    page = [at for at in lead if at <= last]
    if not any(is_title(said.get(at, ""), language) for at in below):
        page += below
    for at in page:
        made[at] = made[at]._replace(why="title_page", rank=0)
    author = head.author or next((hit["by"] or "" for hit in by.values()), "")
    return [at for at in story if at not in page], author


def _without_headed_page(
    made: list[Block], story: list[int], head: Head, keep: Collection[str]
) -> tuple[list[int], Head]:
    """Mark a title page whose title looks as a heading does: short lines over it, and under it only by whom it is."""
    tops = [number for number, at in enumerate(story) if made[at].rank]
    if len(tops) <= 1 or "title_page" in keep or tops[0] > _MOST_HEAD:
        return story, head
    page = story[: tops[1]]
    texts = [as_text(made[at].text) for at in page if made[at].text != SCENE_BREAK]
    under = [as_text(made[at].text) for at in page[tops[0] + 1 :] if made[at].text != SCENE_BREAK]
    if under[:1] and re.fullmatch(r"\s*(?:by|von|par|por|di)\s*", under[0], re.IGNORECASE) and len(under) > 1:
        under = [f"by {under[1]}", *under[2:]]
    by = next((hit["by"] for text in under if (hit := BY.fullmatch(text)) and hit["by"]), "")
    is_page = len(texts) <= _MOST_LINES and all(len(text) <= _SHORT and not is_sentence(text) for text in texts)
    if not by or not is_page:
        return story, head
    title = made[story[tops[0]]].text.replace("\n", " ")
    for at in page:
        made[at] = made[at]._replace(why="title_page", rank=0)
    return story[tops[1] :], Head(title if not head.title or _is_contact(head.title, texts, title) else head.title, by)


def _is_contact(said: str, texts: Sequence[str], title: str) -> bool:
    """Whether what was taken for a title is a line over the one that is."""
    return words_of(said) in map(words_of, texts) and words_of(said) != words_of(title)


def _lead(blocks: Sequence[Block], story: Sequence[int]) -> list[int]:
    """The headings that a book begins with, and short lines among them, as far as no text stands between."""
    lead: list[int] = []
    for at in story[: 2 * _MOST_LINES]:
        said = as_text(blocks[at].text)
        if not blocks[at].rank and blocks[at].text != SCENE_BREAK and (len(said) > _SHORT or is_sentence(said)):
            break
        lead.append(at)
    while lead and not blocks[lead[-1]].rank and blocks[lead[-1]].text != SCENE_BREAK:
        lead.pop()
    return lead
