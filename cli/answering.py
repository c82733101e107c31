"""What a typed line answers at the pause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..schemas.errors import SettingsError
from ..schemas.review import CHANGES
from .lasting import answer_for_several, is_unfinished
from .terminal import in_an_editor
from .typed import Command, acted, literally
from .words import t

if TYPE_CHECKING:
    from ..stories.events import Pause


@dataclass(frozen=True)
class Answer:
    """An answer to the pause.

    Attributes:
        value: it, as the story reads it.
        confirms: what is said once it is taken; empty: what follows says it.
    """

    value: object
    confirms: str = ""


_EDITED = {"memory_edit": "short_term_memory", "text": "paragraph", "style": "style_sheet"}
"""What a command opens in the person's editor."""


def answer_of(meant: Command | str, pause: Pause, *, plays: bool) -> Answer | None:
    """What was meant, as an answer to the pause; ``None`` if there is none yet.

    Raises:
        SettingsError: the editor does not work, or a plan for several paragraphs says not what, or for how many.
    """
    if isinstance(meant, Command):
        return _of_command(meant, pause)
    line = literally(meant)
    if line != meant:
        return Answer({"instruction": line}) if line else None
    if plays:
        how, words = acted(line)
        if how != "do":
            return Answer({"instruction": words, "act": how})
    if is_unfinished(line):
        raise SettingsError("plan_unfinished")
    several = answer_for_several(line, pause.request["plans"])
    if several is not None:
        return Answer(several)
    return Answer(line) if line else None


def _of_command(meant: Command, pause: Pause) -> Answer | None:
    if meant.name == "others":
        return Answer({"feedback": meant.argument} if meant.argument else {"type": "reject"})
    if meant.name == "chapter":
        named = t("chapter_next_named", title=meant.argument) if meant.argument else t("chapter_next")
        return Answer({"chapter": meant.argument}, named)
    if meant.name not in _EDITED:
        return None
    field = _EDITED[meant.name]
    before = str(pause.request.get(field, ""))
    after = in_an_editor(before).strip()
    if after == before.strip() or not (after or CHANGES[field].may_be_empty):
        raise SettingsError("nothing_to_change")
    return Answer({field: after}, t(f"changed_{field}"))
