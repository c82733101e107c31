"""A library: the stories of one data folder, and what they are written with. Imports nothing heavy."""

from __future__ import annotations

import re
import threading
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..schemas.errors import StorageError, StoryNotFoundError
from ..schemas.files import make_folders
from ..schemas.ids import new_story_id
from ..schemas.languages import add_languages, language_named
from ..schemas.lineage import Lineage
from ..schemas.settings import Settings
from ..schemas.story_folders import folder_of
from ..schemas.story_input import STORY_ID, StoryInput
from . import known
from .record import StoryRecord, write_record
from .shelf import conflicts_of, is_there, record_of, stories_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from types import TracebackType
    from typing import Self

    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel
    from langgraph.graph import StateGraph

    from ..graph import Cycle
    from ..models import Task
    from ..nodes import Gate
    from ..nodes.resources import Resources
    from ..prompts import PromptSpec
    from ..schemas.context import Context
    from ..schemas.dialects import Dialect
    from ..schemas.entries import Entry
    from .faces import Face
    from .story import Story


_MOMENT = timedelta(microseconds=1)


def _now() -> datetime:
    return datetime.now(UTC)


class Library:
    """The stories of one data folder, and what they are written with: memories, chat models, gates.

    Several can be open in one process. A context manager: at its end it lets go of all that it holds.

    Attributes:
        cycle: the gates of its graph; ``None``: the project's.
        face: by what a person comes to it: other processes are told, where a story is open here.
    """

    def __init__(
        self,
        home: Path | str | None = None,
        *,
        settings: Settings | None = None,
        chat_models: Mapping[str, Callable[[], BaseChatModel]] | None = None,
        embeddings: Mapping[str, Callable[[], Embeddings]] | None = None,
        cycle: Cycle | None = None,
    ) -> None:
        """A library in a data folder. Nothing is loaded or opened before it is needed.

        Args:
            home: where it is; by default what the settings say.
            settings: addresses, secrets, names; by default what the environment says.
            chat_models: makers of chat models of one's own, by the name that ``Context.model`` calls them.
            embeddings: makers of embeddings of one's own, by the name that the settings call them.
            cycle: the gates of its graph; by default the project's.

        Raises:
            SettingsError: the languages that the settings name cannot be used.
        """
        known = settings or Settings()
        if known.languages:
            add_languages(known.languages)
        self.settings = known if home is None else known.model_copy(update={"home": Path(home)})
        self._chat_models = chat_models
        self._embeddings = embeddings
        self.cycle = cycle
        self.face: Face = ""
        self._resources: Resources | None = None
        self._making = threading.Lock()
        self._is_shared = False
        self._latest = datetime.min.replace(tzinfo=UTC)

    @classmethod
    def of_the_process(cls) -> Library:
        """The library that the environment names: its memories and models are those of the graphs of this process."""
        found = cls()
        found._is_shared = True
        return found

    @property
    def home(self) -> Path:
        """The data folder."""
        return self.settings.home

    @property
    def resources(self) -> Resources:
        """The memories and the chat models, made on first use."""
        from ..nodes.resources import Resources, default_resources  # noqa: PLC0415 (heavy, and not needed for a list)

        if self._is_shared:
            return default_resources()
        with self._making:  # Two threads would make two, and each would keep the other out of a story's memory.
            if self._resources is None:
                self._resources = Resources(self.settings, self._chat_models, self._embeddings)
            return self._resources

    @cached_property
    def builder(self) -> StateGraph[Any, Context, Any, Any]:
        """The graph of its stories, to be compiled with a story's saver."""
        from ..graph import CYCLE, recurrent  # noqa: PLC0415

        return recurrent(resources=self.resources, cycle=self.cycle or CYCLE)

    def model_for(self, context: Context, gate: str = "") -> str:
        """What a person calls the model that a run with these settings would call: for prose, or for a gate."""
        return self.resources.chat_models.shown(context, self._task_of(gate))

    def models_for(self, context: Context) -> list[str]:
        """All the models that a run with these settings would call, that of prose first."""
        models = self.resources.chat_models
        return [models.shown(context, task) for task in models.tasks(context)]

    def helper_for(self, context: Context) -> str:
        """The name of the helper model that a run with these settings has; empty: it has none."""
        return self.resources.chat_models.helper_for(context)

    @property
    def default_model(self) -> str:
        """The model of a run that names none; empty: the embedded one."""
        return self.resources.chat_models.default

    @property
    def embedding_model(self) -> str:
        """The name of what makes the vectors of its memories."""
        return self.resources.memories.embedder.name

    def is_demonstration(self, context: Context, gate: str = "") -> bool:
        """Whether the embedded demonstration model would write, or do what a gate does."""
        return self.resources.chat_models.is_embedded(context, self._task_of(gate))

    def _task_of(self, gate: str) -> Task:
        from ..models import Task  # noqa: PLC0415 (heavy, and not needed for a list)

        return Task(gate, helps=bool(gate) and not self.gates[gate].record.writes_prose)

    async def leave_loop(self) -> None:
        """Close the connections that models have on the running event loop, which is about to end."""
        await self.resources.chat_models.leave_loop()

    def dialect_of(self, context: Context) -> Dialect:
        """In what words and sizes the model of a run with these settings is asked."""
        return self.resources.chat_models.dialect_of(context)

    def warm_up(self) -> None:
        """Load the embedding model before it is needed: it takes seconds.

        Raises:
            MemoryUnavailableError: it cannot be loaded.
        """
        self.resources.memories.embedder.embeddings.embed_query("warm")

    @cached_property
    def gates(self) -> Mapping[str, Gate[Any]]:
        """The gates of its graphs by name, and what is to be known of each."""
        from ..graph.catalogue import every_gate  # noqa: PLC0415

        return every_gate(self.cycle)

    @cached_property
    def prompts(self) -> Mapping[str, PromptSpec]:
        """The prompts that these gates send, by name: each can be replaced (``Context.prompts``)."""
        from ..graph.catalogue import every_prompt  # noqa: PLC0415

        return every_prompt(self.gates)

    def passages(self, state: Mapping[str, Any], first: int = 0) -> list[Entry]:
        """The passages that a graph's state sees, from the place ``first`` (from 0) on, whoever ran the graph.

        Raises:
            MemoryUnavailableError: the memory cannot be opened, or some of it is gone.
        """
        with self.resources.memories.open(state["story_id"], language_named(state["language"])) as memory:
            return memory.read(Lineage.from_json(state["lineage"]), first)

    def close(self) -> None:
        """Let go of every memory and model. What is asked for afterwards is made anew."""
        if self._resources is not None:
            self._resources.close()
            self._resources = None
            self.__dict__.pop("builder", None)  # its gates hold what was let go of

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @asynccontextmanager
    async def open(self, record: StoryRecord) -> AsyncIterator[Story]:
        """A story, open for the length of an ``async with`` block; no other process can open it meanwhile.

        Raises:
            StoryInUseError: another process has it open.
            StorageError: its checkpoints cannot be read or written.
        """
        from .opening import opened  # noqa: PLC0415 (LangGraph takes a second to load)

        async with opened(self, record) as story:
            yield story

    @asynccontextmanager
    async def open_to_read(self, record: StoryRecord) -> AsyncIterator[Story]:
        """A story, open to be read: also while another process has it open. What is done to it here is kept nowhere.

        Raises:
            StoryInUseError: another process writes it so busily that no whole picture of it could be had.
            StorageError: its checkpoints cannot be read.
        """
        from .reading import opened_to_read  # noqa: PLC0415

        async with opened_to_read(self, record) as story:
            yield story

    def at(self, home: Path) -> Library:
        """A library in another data folder, with the settings and the makers of this one."""
        settings = self.settings.model_copy(update={"home": home})
        if not self._is_shared:
            return type(self)(
                settings=settings, chat_models=self._chat_models, embeddings=self._embeddings, cycle=self.cycle
            )
        made = type(self)(settings=settings)
        made._resources = self.resources.with_settings(home=home)  # noqa: SLF001 (one of its own kind)
        return made

    def records(self) -> list[StoryRecord]:
        """Every story, the latest written first. One whose card cannot be read is left out (see ``unreadable``)."""
        with suppress(StorageError):  # Where nothing can be written, nothing can be let act.
            known.begin_knowing(self.home)
        found = sorted(stories_in(self.home)[0], key=lambda record: record.written, reverse=True)
        if found:
            self._latest = max(self._latest, found[0].written)
        return found

    def moment(self) -> datetime:
        """Now; or, where the clock was set back, the next moment after the latest at which any story was written."""
        self._latest = max(_now(), self._latest + min(_MOMENT, datetime.max.replace(tzinfo=UTC) - self._latest))
        return self._latest

    def unreadable(self) -> list[StorageError]:
        """What is wrong with the stories that ``records`` leaves out."""
        return stories_in(self.home)[1]

    def problems(self) -> list[StorageError]:
        """What is wrong on the shelf: stories that cannot be read, and files that two machines wrote."""
        return [*self.unreadable(), *conflicts_of(self.home)]

    def find(self, reference: str = "", among: Callable[[StoryRecord], bool] = lambda _: True) -> StoryRecord:
        """The story a person means.

        Args:
            among: which stories come into question; all of them, if it says nothing.
            reference: its number in the list (from 1), the beginning of its id or of its title, or nothing
                for the latest.

        Raises:
            StoryNotFoundError: none fits, or several do.
        """
        records = [record for record in self.records() if among(record)]
        if not records:
            raise StoryNotFoundError("no_story_yet")
        wanted = reference.strip().casefold()
        if not wanted:
            return records[0]
        fits = [record for record in records if wanted == record.story_id]
        if not fits and wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted) <= len(records):
            # Before the beginning of an id, which is chance: a person who types 1 sees a 1 in the list.
            fits = [records[int(wanted) - 1]]
        fits = fits or [record for record in records if record.story_id.startswith(wanted)]
        fits = fits or [record for record in records if record.name.casefold().startswith(wanted)]
        if len(fits) == 1:
            return fits[0]
        if fits:
            names = [f"{record.story_id} ({record.name[:40]})" for record in fits[:5]]
            raise StoryNotFoundError("several_stories", reference=reference, stories=names)
        raise StoryNotFoundError("no_story_called", reference=reference)

    def latest(self, record: StoryRecord) -> StoryRecord:
        """A story's record as it is on disk; as it is given, where there is none yet: an import keeps it back."""
        folder = self.folder(record)
        return record_of(folder) if is_there(folder) else record

    def record(self, story_id: str) -> StoryRecord:
        """The story with an id, whole.

        Raises:
            StoryNotFoundError: there is none.
            StorageError: its card cannot be read.
        """
        folder = self.folder_of(story_id) if re.fullmatch(STORY_ID, story_id) else None
        if folder is None or not is_there(folder):
            raise StoryNotFoundError("no_story_of_id", story_id=story_id[:80])
        return record_of(folder)

    def begin(
        self, given: StoryInput, context: Context, before: Callable[[Path], None] = lambda _: None
    ) -> StoryRecord:
        """Make room for a new story, and give its card.

        Args:
            given: what it is begun from.
            context: the settings it is first run with.
            before: told the folder before the story is seen on the shelf, to put more into it.

        Raises:
            StorageError: the data folder cannot be written.
        """
        story_id = given.story_id or new_story_id()
        record = StoryRecord(
            story_id=story_id, title=given.title, begun_from=given, context=context, written=self.moment()
        )
        folder = self.make_folder(record.story_id)
        before(folder)
        known.note(self.home, record)
        write_record(folder, record)
        return record

    def make_folder(self, story_id: str) -> Path:
        """An empty folder for a story; what stands in its place already is never removed.

        Raises:
            StorageError: the data folder cannot be written, or there is a folder of that id.
        """
        folder = self.folder_of(story_id)
        try:
            make_folders(folder)
        except FileExistsError as error:
            raise StorageError("story_id_taken", story_id=story_id) from error
        except OSError as error:
            home, reason = self.home, error.strerror or error
            raise StorageError("home_unwritable", folder=home, reason=reason) from error
        return folder

    def folder(self, record: StoryRecord) -> Path:
        """Where a story lives."""
        return self.folder_of(record.story_id)

    def folder_of(self, story_id: str) -> Path:
        """Where a story of that id lives, or would."""
        return folder_of(self.home, story_id)
