"""The embedded engine: Qdrant Edge, one folder a story, in this process.

Its write-ahead log is on: without it a killed process loses what it wrote. With it, a folder belongs to
one process at a time, which the engine itself enforces.
"""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, cast

import qdrant_edge as edge
from pydantic import BaseModel, ValidationError

from ..schemas.entries import Entry
from ..schemas.errors import MemoryInUseError, MemoryUnavailableError
from .store import FORMAT, RRF_K, SENTENCES, WORDS, Hit, best, depth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from ..schemas.lineage import Lineage, Slot
    from .store import NewPoint, Question

_CARD = "memory.json"
_SHARD = "qdrant"
_PAGE = 256
_ROOM = 64 * 2**20
"""Bytes that must be free before a write: the engine maps sparse files, and a full disk would kill it."""


class EdgeStore:
    """One story's memory in one folder."""

    def __init__(self, folder: Path, story_id: str, embedding_model: str, size: Callable[[], int]) -> None:
        """Open the folder, or make it.

        Args:
            folder: where the story's memory lives.
            story_id: whose it is.
            embedding_model: what makes its vectors; a folder written with another is refused.
            size: says how many numbers such a vector has; asked only for a new folder.

        Raises:
            MemoryInUseError: another process has the folder open.
            MemoryUnavailableError: it cannot be written, or was written with another embedding model.
        """
        self._folder = folder
        self._story_id = story_id
        self._writing = threading.Lock()
        try:
            self._require_room()
            kept_size = _check_card(folder, embedding_model, size)
            self._shard = _open(folder / _SHARD, kept_size)
        except OSError as error:
            reason = error.strerror or error
            raise MemoryUnavailableError("memory_unusable", folder=folder, reason=reason) from error

    def insert(self, points: Sequence[NewPoint]) -> None:
        """Write each point whose slot is free, in one operation of the log."""
        self._require_room()
        operation = edge.UpdateOperation.upsert_points(
            [
                edge.Point(
                    id=point.entry.slot.point_id(self._story_id),
                    vector={
                        SENTENCES: point.vectors,
                        WORDS: edge.SparseVector(point.words.indices, point.words.values),
                    },
                    payload=point.entry.payload(self._story_id),
                )
                for point in points
            ],
            update_mode=edge.UpdateMode.InsertOnly,
        )
        with self._writing:
            self._shard.update(operation)

    def get(self, slots: Sequence[Slot]) -> list[Entry]:
        """What stands in these slots, in their order."""
        ids = [str(slot.point_id(self._story_id)) for slot in slots]
        found = {
            str(record.id): Entry.from_payload(record.payload)
            for record in self._shard.retrieve(list(ids), with_payload=True, with_vector=False)
        }
        return [found[point_id] for point_id in ids if point_id in found]

    def query(
        self, questions: Sequence[Question], lineage: Lineage, limit: int, leave_out: Collection[int] = ()
    ) -> list[Hit]:
        """The entries that answer the questions best: every search a prefetch, fused by the engine."""
        if not (limit and lineage and questions):
            return []
        among = _seen_by(lineage, leave_out)
        counted = edge.SearchParams(idf=edge.IdfParams(corpus=_seen_by(lineage, ())))
        searches = []
        for question in questions:
            if question.vector:
                nearest = edge.Query.Nearest(question.vector, using=SENTENCES)
                searches.append(edge.Prefetch(limit=depth(limit), query=nearest, filter=among))
            if question.words.indices:
                words = edge.SparseVector(question.words.indices, question.words.values)
                matching = edge.Query.Nearest(words, using=WORDS)
                searches.append(edge.Prefetch(limit=depth(limit), query=matching, filter=among, params=counted))
        if not searches:
            return []
        fusion = cast("edge.Fusion", edge.Fusion.Rrf(k=RRF_K))  # the stubs do not say that it is one
        request = edge.QueryRequest(limit=depth(limit), prefetches=searches, query=fusion, with_payload=True)
        return best((Hit(Entry.from_payload(hit.payload), hit.score) for hit in self._shard.query(request)), limit)

    def vectors(self, slots: Sequence[Slot]) -> list[list[list[float]]]:
        """The sentence vectors of what stands in these slots, in their order."""
        ids = [str(slot.point_id(self._story_id)) for slot in slots]
        records = self._shard.retrieve(list(ids), with_payload=False, with_vector=[SENTENCES])
        found = {str(record.id): cast("dict[str, list[list[float]]]", record.vector) for record in records}
        return [found[point_id][SENTENCES] for point_id in ids if point_id in found]

    def entries(self) -> Iterator[Entry]:
        """Everything the folder holds, in no order."""
        offset = None
        while True:
            records, offset = self._shard.scroll(edge.ScrollRequest(offset=offset, limit=_PAGE, with_payload=True))
            yield from (Entry.from_payload(record.payload) for record in records)
            if offset is None:
                return

    def count(self) -> int:
        """How many points the folder holds."""
        return self._shard.count(edge.CountRequest(exact=True))

    def delete(self) -> None:
        """Close the folder and remove it."""
        self.close()
        shutil.rmtree(self._folder)

    def close(self) -> None:
        """Let go of the folder, so that another process can open it."""
        self._shard.close()

    def _require_room(self) -> None:
        place = next(parent for parent in (self._folder, *self._folder.parents) if parent.exists())
        free = shutil.disk_usage(place).free
        if free < _ROOM:
            left, needed = free // 2**20, _ROOM // 2**20
            raise MemoryUnavailableError("disk_full", folder=self._folder, free=left, needed=needed)


class _Card(BaseModel):
    """What a folder says of itself."""

    format: int
    embedding_model: str
    size: int


def made_with(folder: Path) -> str | None:
    """The embedding model of the memory in a folder; ``None`` if there is none yet.

    Raises:
        MemoryUnavailableError: the folder's card cannot be read.
    """
    return _read_card(folder / _CARD).embedding_model if (folder / _CARD).exists() else None


def _check_card(folder: Path, embedding_model: str, size: Callable[[], int]) -> int:
    """Read or write the card that says what made the vectors; gives their size."""
    path = folder / _CARD
    if not path.exists():
        card = _Card(format=FORMAT, embedding_model=embedding_model, size=size())
        folder.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(".new")
        scratch.write_text(card.model_dump_json(), encoding="utf-8")
        scratch.replace(path)
        return card.size
    kept = _read_card(path)
    if kept.format != FORMAT:
        raise MemoryUnavailableError("memory_format", folder=folder, format=kept.format, known=FORMAT)
    if kept.embedding_model != embedding_model:
        raise MemoryUnavailableError(
            "memory_other_embedder", folder=folder, kept=kept.embedding_model, wanted=embedding_model
        )
    return kept.size


def _read_card(path: Path) -> _Card:
    try:
        return _Card.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise MemoryUnavailableError("memory_broken", folder=path.parent, file=_CARD) from error


def _open(path: Path, size: int) -> edge.EdgeShard:
    config = edge.EdgeConfig(
        vectors={
            SENTENCES: edge.EdgeVectorParams(
                size=size,
                distance=edge.Distance.Cosine,
                multivector_config=edge.MultiVectorConfig(comparator=edge.MultiVectorComparator.MaxSim),
            )
        },
        sparse_vectors={WORDS: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
        wal_enabled=True,
        # By default each open folder holds eight threads; a folder has few segments, and many stories are open at once.
        max_search_threads=1,
    )
    try:
        if not path.exists():
            # Made beside its place and moved there, so that what has its name is always whole.
            half_made = path.with_name(f"{path.name}.new")
            shutil.rmtree(half_made, ignore_errors=True)
            edge.EdgeShard.create(str(half_made), config).close()
            half_made.rename(path)
        return edge.EdgeShard.load(str(path))
    except Exception as error:  # the engine raises nothing narrower
        if "WouldBlock" in str(error):
            raise MemoryInUseError("memory_in_use", folder=path.parent) from error
        raise MemoryUnavailableError("memory_unusable", folder=path.parent, reason=error) from error


def _seen_by(lineage: Lineage, leave_out: Collection[int]) -> edge.Filter:
    return edge.Filter(
        should=[
            edge.Filter(
                must=[
                    edge.FieldCondition(key="branch", match=edge.MatchValue(segment.branch)),
                    edge.FieldCondition(key="seq", range=edge.RangeFloat(gte=segment.first, lte=segment.last)),
                ]
            )
            for segment in lineage
        ],
        must_not=[edge.FieldCondition(key="seq", match=edge.MatchAny(sorted(leave_out)))] if leave_out else None,
    )
