"""Recording answers for the experiment ``change``: the open prompts of its situations, and taking in what is answered.

``python -m recurrentgpt.evaluation.change_answers open en FOLDER`` writes what has no answer yet and whose earlier
passages are answered: ``prompts.md`` with each conversation as a model would see it, ``schema.json``, ``shown.json``.
``… take en FOLDER ANSWERS.jsonl`` keeps answers, a line each:
``{"id": …, "variant": "main", "passage": 0, "answer": {…}}``. Then ``open`` gives the next round.
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ..nodes.append_summary import SummaryAndFacts
from .change_data import Situation, load_situations
from .change_recorded import OpenQuestionError, Place, RecordedAnswer, RecordedModel, Recording, facts_shown
from .change_telling import Teller, teller

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PROMPTS, _SHOWN, _SCHEMA = "prompts.md", "shown.json", "schema.json"
_CUT = "[and the request that stands at the top of this file, to the letter]"


def recording(language: str, *, weak: bool = False, later: bool = False) -> Recording:
    """The recorded answers of a language: a capable writer's, the deliberately weak ones, or those of the later few."""
    of = "weak-" if weak else "later-" if later else ""
    return Recording(Path(__file__).parent / "data" / f"change-answers-{of}{language}.jsonl")


def open_questions(situations: Sequence[Situation], told_by: Teller) -> Iterator[OpenQuestionError]:
    """What has no answer yet, and whose earlier passages are answered."""
    for situation in situations:
        seen = set()
        for branch in situation.branches:
            try:
                told_by.last(told_by.tell_all(situation, branch), situation, branch)
            except OpenQuestionError as question:
                if question.place not in seen:
                    yield question
                seen.add(question.place)


def part_of(situations: Sequence[Situation], which: str) -> list[Situation]:
    """Those of a part such as ``2/4``, in an order that does not say of what kind they are."""
    number, _, count = which.partition("/")
    mine = [situation for situation in situations if int(situation.key, 16) % int(count) == int(number) - 1]
    return sorted(mine, key=lambda situation: situation.key)


def write_batch(questions: Sequence[OpenQuestionError], keys: dict[str, str], folder: Path) -> None:
    """Write open questions for whoever answers them.

    Args:
        questions: what is asked.
        keys: what each situation is called, so that its name gives nothing away.
        folder: where to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = [question.messages[-1].text for question in questions]
    same = _common_end(asked) if len(asked) > 1 else ""
    parts = [f"# The request, with which every conversation here ends\n\n{same}"] if same else []
    shown = []
    for number, question in enumerate(questions, start=1):
        place = question.place._replace(id=keys[question.place.id])
        head = json.dumps(place._asdict())
        conversation = [f"## {message.type}\n\n{message.text}" for message in question.messages]
        if same:
            conversation[-1] = f"{conversation[-1].removesuffix(same)}{_CUT}"
        parts.append("\n\n".join([f"# Question {number} of {len(questions)}: {head}", *conversation]))
        shown.append({**place._asdict(), "shown": facts_shown(question.messages)})
    (folder / _PROMPTS).write_text("\n\n\n".join(parts) + "\n", encoding="utf-8")
    (folder / _SHOWN).write_text(json.dumps(shown, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / _SCHEMA).write_text(json.dumps(questions[0].schema, ensure_ascii=False, indent=1), encoding="utf-8")


def read_batch(answers: Path, folder: Path, ids: dict[str, str]) -> tuple[dict[Place, RecordedAnswer], list[str]]:
    """The answers of a batch that can be read, and what is wrong with the others.

    Args:
        answers: their file, a line each.
        folder: what they answer.
        ids: the situations by what they are called there.
    """
    asked = {_place(kept): kept["shown"] for kept in json.loads((folder / _SHOWN).read_text(encoding="utf-8"))}
    found: dict[Place, RecordedAnswer] = {}
    wrong: list[str] = []
    for number, line in enumerate(answers.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            place = _place(given)
            SummaryAndFacts.model_validate(given["answer"])
            shown = {int(fact): text for fact, text in asked[place].items()}
        except ValidationError as error:
            wrong.append(f"line {number}: {error.errors()[0]['loc']} {error.errors()[0]['msg']}")
        except (ValueError, KeyError, TypeError) as error:
            wrong.append(f"line {number}: {type(error).__name__} {error}")
        else:
            found[place._replace(id=ids[place.id])] = RecordedAnswer(given["answer"], shown)
    return found, wrong


def _common_end(texts: Sequence[str]) -> str:
    """The lines with which all texts end."""
    lines = [text.splitlines(keepends=True)[::-1] for text in texts]
    same = takewhile(lambda together: len(set(together)) == 1, zip(*lines, strict=False))
    return "".join([together[0] for together in same][::-1])


def _place(given: dict[str, Any]) -> Place:
    return Place(str(given["id"]), str(given["variant"]), int(given["passage"]))


def main() -> None:
    """Write the open questions of a part of the situations, or take answers in."""
    parser = argparse.ArgumentParser(prog="change_answers", description=__doc__)
    parser.add_argument("what", choices=["open", "take"])
    parser.add_argument("language", help="en, zh")
    parser.add_argument("folder", type=Path, help="the batch's")
    parser.add_argument("answers", type=Path, nargs="?", help="take: the file with the answers")
    parser.add_argument("--part", default="1/1", help="of the situations, such as 2/4")
    parser.add_argument("--situations", type=Path, help="another file of them")
    parser.add_argument("--weak", action="store_true", help="the deliberately weak set")
    given = parser.parse_args()
    situations = load_situations(given.language, given.situations)
    kept = recording(given.language, weak=given.weak)
    keys = {situation.id: situation.key for situation in situations}
    if given.what == "take":
        found, wrong = read_batch(given.answers, given.folder, {key: name for name, key in keys.items()})
        kept.add(found)
        sys.stdout.write("".join(f"{problem}\n" for problem in wrong))
        sys.stdout.write(f"{len(found)} answers kept, {len(wrong)} refused; {len(kept.answers)} in all\n")
        return
    with teller(given.language, RecordedModel(answers=kept.answers)) as told_by:
        questions = list(open_questions(part_of(situations, given.part), told_by))
    if questions:
        write_batch(questions, keys, given.folder)
    sys.stdout.write(f"{len(questions)} open questions\n")


if __name__ == "__main__":
    main()
