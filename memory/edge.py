"""The embedded engine: Qdrant Edge, one folder a story, in this process.

Its write-ahead log is on: without it a killed process loses what it wrote. With it, a folder belongs to
one process at a time, which the engine itself enforces. Against a power cut there is a journal beside it.
"""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import qdrant_edge as edge
from pydantic import BaseModel, ValidationError

from ..schemas.errors import MemoryInUseError, MemoryUnavailableError
from ..schemas.files import make_folders, move, sync_tree, write_whole
from ..schemas.lineage import Segment, Slot
from .journal import Journal
from .store import (
    FORMAT,
    KEYWORDS,
    NO_PASSAGES,
    NUMBERS,
    RRF_K,
    SENTENCES,
    WORDS,
    Hit,
    Seen,
    depth,
    vectors_of,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from .journal import Written
    from .store import Kind, NewPoint, Question

_CARD = "memory.json"
_SHARD = "qdrant"
_JOURNAL = "journal"
_PAGE = 256
_LIKE = "like"
"""Of a point that has no vectors yet: the point whose it is to have. It has an index of its own, or the first search
after opening would read every payload to find that none has it."""
_LACKING = edge.Filter(must_not=[edge.IsEmptyCondition(_LIKE)])
_INDEXED_FROM = 256
"""Points from which on a memory has payload indexes."""
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
        self.story_id = story_id
        self._writing = threading.Lock()
        self._indexed = False
        # Points that have no vectors yet; not known at first: whoever was here before may have been killed.
        self._lacking: set[UUID] | None = None
        try:
            self._require_room()
            kept_size = _check_card(folder, embedding_model, size)
            self._shard = _open(folder / _SHARD, kept_size)
            self._journal = Journal(folder / _JOURNAL)
            self._catch_up()
        except OSError as error:
            reason = error.strerror or error
            raise MemoryUnavailableError("memory_unusable", folder=folder, reason=reason) from error

    def insert(self, points: Sequence[NewPoint]) -> None:
        """Write each point whose id is free, in one operation of the log; on return it is on the disk."""
        self._require_room()
        like = {point.like for point in points if point.like}
        if like and (self._lacking is None or not self._lacking.isdisjoint(like)):
            self._make_whole()
        with self._writing:
            self._put_down(list(points))
            self._upsert(points)
            self._index_payloads()

    def _put_down(self, written: Written) -> None:
        """Have what is about to be written on the disk; from time to time the engine's own files."""
        if self._journal.is_full:
            self._shard.flush()
            self._journal.clear()
        try:
            self._journal.add(written)
        except OSError as error:
            reason = error.strerror or error
            raise MemoryUnavailableError("memory_unusable", folder=self._folder, reason=reason) from error

    def _upsert(self, points: Sequence[NewPoint]) -> None:
        operation = edge.UpdateOperation.upsert_points(
            [
                edge.Point(
                    id=point.id,
                    vector=_vectors(point),
                    payload={"story_id": self.story_id, **point.payload}
                    | ({_LIKE: str(point.like)} if point.like else {}),
                )
                for point in points
            ],
            update_mode=edge.UpdateMode.InsertOnly,
        )
        self._shard.update(operation)
        if self._lacking is not None:
            self._lacking.update(point.id for point in points if point.like)

    def _catch_up(self) -> None:
        """Write what the journal has and the engine has not: it lost that with the power.

        What another story's journal brought along, where a program that copies folders put that here, is left alone.
        """
        is_own = True
        for written in self._journal.read():
            is_own = self._is_own(written, otherwise=is_own)
            if not is_own:
                continue
            if isinstance(written, tuple):
                self._shard.update(edge.UpdateOperation.set_payload([written[0]], written[1]))
                continue
            records = self._shard.retrieve([point.id for point in written], with_payload=False, with_vector=False)
            there = {str(record.id) for record in records}
            if lost := [point for point in written if str(point.id) not in there]:
                self._upsert(lost)

    def _is_own(self, written: Written, *, otherwise: bool) -> bool:
        """Whether a line of the journal is this story's: passages are named after it; the rest, as the line before."""
        points = [] if isinstance(written, tuple) else written
        for point in points:
            if "kind" not in point.payload:
                return Slot(point.payload["branch"], point.payload["seq"]).point_id(self.story_id) == point.id
        return otherwise

    def _make_whole(self) -> None:
        """Give every point that is like another the vectors of that one; stopped anywhere, the next search goes on.

        A point's mark goes when it has its vectors, so that nothing is searched before all of them are there.
        """
        if self._lacking == set():
            return
        with self._writing:
            offset = None
            while True:
                records, offset = self._shard.scroll(
                    edge.ScrollRequest(offset=offset, limit=_PAGE, filter=_LACKING, with_payload=[_LIKE])
                )
                if records:
                    self._copy_vectors({str(record.id): (record.payload or {})[_LIKE] for record in records})
                if offset is None:
                    break
            self._lacking = set()

    def _copy_vectors(self, like: Mapping[str, str]) -> None:
        self._require_room()
        sources = [UUID(source) for source in dict.fromkeys(like.values())]
        vectors = dict(zip(map(str, sources), self._vectors(sources), strict=True))
        self._shard.update(
            edge.UpdateOperation.update_vectors(
                [
                    edge.PointVectors(id=UUID(point), vector={SENTENCES: vectors[source]})
                    for point, source in like.items()
                ]
            )
        )
        self._shard.update(edge.UpdateOperation.delete_payload([UUID(point) for point in like], [_LIKE]))

    def amend(self, point_id: UUID, payload: Mapping[str, Any]) -> None:
        """Add to a point's payload what it did not have."""
        self._require_room()
        with self._writing:
            self._put_down((point_id, dict(payload)))
            self._shard.update(edge.UpdateOperation.set_payload([point_id], dict(payload)))

    def _index_payloads(self) -> None:
        """Make the payload indexes of a memory that has grown: an empty one needs none, and they take a second."""
        if self._indexed:
            return
        info = self._shard.info()
        if info.points_count < _INDEXED_FROM:
            return
        keywords = (*KEYWORDS, _LIKE)
        for names, of in ((keywords, edge.PayloadSchemaType.Keyword), (NUMBERS, edge.PayloadSchemaType.Integer)):
            for name in set(names) - info.payload_schema.keys():
                self._shard.update(edge.UpdateOperation.create_field_index(name, of))
        self._indexed = True

    def get(self, point_ids: Sequence[UUID], keys: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """The payloads of these points, in their order."""
        wanted = True if keys is None else list(keys)
        records = self._shard.retrieve(list(point_ids), with_payload=wanted, with_vector=False)
        found: dict[object, dict[str, Any]] = {record.id: record.payload or {} for record in records}
        return [found[point_id] for point_id in point_ids if point_id in found]

    def query(self, questions: Sequence[Question], seen: Seen, limit: int) -> list[Hit]:
        """What answers the questions best: every search a prefetch, fused by the engine.

        Those by vectors come one after another, then those by words: the engine does neighbours of one sort at once,
        and so reads the vectors once for all of them.
        """
        if not (limit and seen.lineage and questions):
            return []
        self._make_whole()
        among = _filter(seen)
        counted = edge.SearchParams(idf=edge.IdfParams(corpus=_filter(Seen(seen.lineage, seen.kind))))
        searches = [
            edge.Prefetch(limit=depth(limit), query=edge.Query.Nearest(vector, using=SENTENCES), filter=among)
            for vector in vectors_of(questions)
        ]
        for words in words_of(questions):
            weighted = edge.SparseVector(words.indices, words.values)
            matching = edge.Query.Nearest(weighted, using=WORDS)
            searches.append(edge.Prefetch(limit=depth(limit), query=matching, filter=among, params=counted))
        if not searches:
            return []
        fusion = cast("edge.Fusion", edge.Fusion.Rrf(k=RRF_K))  # the stubs do not say that it is one
        request = edge.QueryRequest(limit=depth(limit), prefetches=searches, query=fusion, with_payload=True)
        return [Hit(hit.payload or {}, hit.score) for hit in self._shard.query(request)]

    def vectors(self, point_ids: Sequence[UUID]) -> list[list[list[float]]]:
        """The sentence vectors of these points, in their order."""
        self._make_whole()
        return self._vectors(point_ids)

    def _vectors(self, point_ids: Sequence[UUID]) -> list[list[list[float]]]:
        records = self._shard.retrieve(list(point_ids), with_payload=False, with_vector=[SENTENCES])
        found = {str(record.id): cast("dict[str, list[list[float]]]", record.vector) for record in records}
        return [found[str(point_id)][SENTENCES] for point_id in point_ids if str(point_id) in found]

    def select(self, seen: Seen, keys: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """The payloads of all that is seen, in no order."""
        return list(self._scroll(_filter(seen), keys)) if seen.lineage else []

    def payloads(self, kind: Kind = "passage") -> Iterator[dict[str, Any]]:
        """All that the folder holds of a kind, in no order."""
        return self._scroll(_of(kind))

    def _scroll(self, among: edge.Filter, keys: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        wanted = True if keys is None else list(keys)
        offset = None
        while True:
            records, offset = self._shard.scroll(
                edge.ScrollRequest(offset=offset, limit=_PAGE, filter=among, with_payload=wanted)
            )
            yield from (record.payload or {} for record in records)
            if offset is None:
                return

    def count(self, kind: Kind = "passage") -> int:
        """How many points of a kind the folder holds."""
        return self._shard.count(edge.CountRequest(exact=True, filter=_of(kind)))

    def delete(self) -> None:
        """Close the folder and remove it."""
        self.close()
        shutil.rmtree(self._folder)

    def close(self) -> None:
        """Let go of the folder, so that another process can open it."""
        self._shard.close()
        self._journal.close()

    def _require_room(self) -> None:
        place = next(parent for parent in (self._folder, *self._folder.parents) if parent.exists())
        free = shutil.disk_usage(place).free
        if free < _ROOM:
            left, needed = free // 2**20, _ROOM // 2**20
            raise MemoryUnavailableError("disk_full", folder=self._folder, free=left, needed=needed)


def _vectors(point: NewPoint) -> dict[str, Any]:
    """What a point is found by: all of it, its words alone while its vectors are another's, or nothing."""
    words = edge.SparseVector(point.words.indices, point.words.values)
    if point.like:
        return {WORDS: words}
    return {SENTENCES: list(point.vectors), WORDS: words} if point.vectors else {}


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
        if not folder.exists():
            make_folders(folder)
        write_whole(path, card.model_dump_json().encode())
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
            sync_tree(half_made)
            move(half_made, path)
        return edge.EdgeShard.load(str(path))
    except Exception as error:  # the engine raises nothing narrower
        if "WouldBlock" in str(error):
            raise MemoryInUseError("memory_in_use", folder=path.parent) from error
        raise MemoryUnavailableError("memory_unusable", folder=path.parent, reason=error) from error


def _of(kind: Kind) -> edge.Filter:
    if kind == "passage":
        return edge.Filter(
            must_not=[edge.FieldCondition(key="kind", match=edge.MatchAny([str(kind) for kind in NO_PASSAGES]))]
        )
    return edge.Filter(must=[edge.FieldCondition(key="kind", match=edge.MatchValue(kind))])


def _filter(seen: Seen) -> edge.Filter:
    of = _of(seen.kind)
    must: list[edge.Filter | edge.FieldCondition] = [edge.Filter(should=[_segment(part) for part in seen.lineage])]
    for key, values in seen.named.items():
        must.append(edge.FieldCondition(key=key, match=edge.MatchAny(sorted(values))))
    left_out = [_segment(Segment(*slot, slot.seq)) for slot in seen.leave_out]
    return edge.Filter(must=[*must, *(of.must or [])], must_not=[*(of.must_not or []), *left_out] or None)


def _segment(segment: Segment) -> edge.Filter:
    return edge.Filter(
        must=[
            edge.FieldCondition(key="branch", match=edge.MatchValue(segment.branch)),
            edge.FieldCondition(key="seq", range=edge.RangeFloat(gte=segment.first, lte=segment.last)),
        ]
    )
