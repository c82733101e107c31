"""Names of one person or thing: what the facts propose, and what a person joins, separates again or dismisses.

The groups, and what was dismissed, are a record in the state, as pins are: a fork, an undo, an archive have those of
their own place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..memory import Lineage
from ..schemas.aliases import LONGEST, are_joined, distinct, joined, proposed, separated, still_apart
from ..schemas.errors import StoryStateError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.aliases import Groups
    from ..schemas.facts import FactState
    from .story import Story


class Aliases:
    """The names that an open story has for one person or thing."""

    def __init__(self, story: Story) -> None:
        self._story = story

    async def joined(self, branch: str = "") -> Groups:
        """The groups of names that a person joined in a branch; the current one, if none is named."""
        return (await self._story.state(branch)).get("aliases", [])

    async def apart(self, branch: str = "") -> Groups:
        """The names of which a person said in a branch that they are not one's."""
        return (await self._story.state(branch)).get("apart", [])

    async def proposed(self, branch: str = "") -> list[FactState]:
        """The facts of a branch that hold, and say of names which are not joined that they are one's.

        What not everybody knows is not among them, nor what a person dismissed.
        """
        state = await self._story.state(branch)
        lineage = Lineage.from_json(state.get("lineage")).after(self._story.before)
        told = await self._story.remember(lambda memory: memory.facts.naming(lineage))
        return proposed(told, state.get("aliases", []), state.get("apart", []))

    async def join(self, *names: str) -> None:
        """Let names be one's: from now on what is told of one of them is told of the others.

        Groups that have one of them already become one. That they are not one's, if it was said, is taken back.

        Raises:
            StoryStateError: these are not two names at least, one is too long, or a step is under way.
        """
        state = await self._story.state_between_steps()
        given = _checked(names)
        groups, apart = state.get("aliases", []), state.get("apart", [])
        if not are_joined(groups, given):
            groups = joined(groups, given)
            dismissed = {"apart": still_apart(apart, groups)} if apart else {}
            await self._story.change({"aliases": groups, **dismissed})

    async def dismiss(self, *names: str) -> None:
        """Say that names are not one's: however often the book says so, it is not proposed again.

        Raises:
            StoryStateError: these are not two names at least, one is too long, they are joined, or a step is under way.
        """
        state = await self._story.state_between_steps()
        given = _checked(names)
        if are_joined(state.get("aliases", []), given):
            raise StoryStateError("names_joined", name=given[-1])
        apart = state.get("apart", [])
        if not are_joined(apart, given):
            await self._story.change({"apart": [*apart, given]})

    async def separate(self, name: str) -> None:
        """Let a name be another's than those it was joined with; these stay joined.

        Raises:
            StoryStateError: it is joined with none, or a step is under way.
        """
        groups = (await self._story.state_between_steps()).get("aliases", [])
        if not are_joined(groups, [name]):
            raise StoryStateError("name_not_joined", name=name[:LONGEST])
        await self._story.change({"aliases": separated(groups, name)})


def _checked(names: Sequence[str]) -> list[str]:
    """Names that can be one's: two at least, none of them too long."""
    given = distinct(names)
    if len(given) < 2:  # noqa: PLR2004 (two names can be one's)
        raise StoryStateError("names_too_few")
    longest = max(map(len, given))
    if longest > LONGEST:
        raise StoryStateError("text_too_long", count=longest, most=LONGEST)
    return given
