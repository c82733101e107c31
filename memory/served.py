"""The served engine: a Qdrant server through qdrant-client, one collection, a story being a tenant of it.

The collection has the name of what made its vectors, and an alias that stories use: so a library can move to another
embedding model while the old collection stays whole until the new one is.
"""

from __future__ import annotations

from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

from qdrant_client import models
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException, UnexpectedResponse

from ..schemas.errors import MemoryUnavailableError
from ..schemas.lineage import Segment
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
    from uuid import UUID

    from qdrant_client import QdrantClient

    from .store import Kind, NewPoint, Question

COLLECTION = "recurrentgpt"
"""The alias of the collection in use."""

_MOST_STORIES = 100_000
_PAGE = 256


class ServedStore:
    """One story's points in the shared collection."""

    def __init__(
        self,
        client: QdrantClient,
        story_id: str,
        embedding_model: str,
        size: Callable[[], int],
        collection: str = COLLECTION,
    ) -> None:
        """Use the collection, or make it.

        Args:
            client: to the server.
            story_id: whose points these are.
            embedding_model: what makes their vectors; a collection made with another is refused.
            size: says how many numbers such a vector has; asked only for a new collection.
            collection: its name, or the alias that all but a move to another embedding model use.

        Raises:
            MemoryUnavailableError: the server cannot be reached, or its collection was made with another
                embedding model.
        """
        self._client = client
        self.story_id = story_id
        self._collection = collection
        with reached():
            if not client.collection_exists(collection):
                swap_collection(client, collection_with(client, embedding_model, size()))
            found = client.get_collection(collection)
            kept = found.config.metadata or {}
            if _has_payload_indexes(client) and not found.payload_schema.keys() >= {*KEYWORDS, *NUMBERS}:
                _index_payloads(client, collection)
        if kept.get("format") != FORMAT:
            raise MemoryUnavailableError(
                "collection_format", collection=collection, format=repr(kept.get("format")), known=FORMAT
            )
        if (other := kept.get("embedding_model")) != embedding_model:
            raise MemoryUnavailableError(
                "collection_other_embedder", collection=collection, kept=other, wanted=embedding_model
            )

    def insert(self, points: Sequence[NewPoint]) -> None:
        """Write each point whose id is free; wait until the server has them."""
        likes = list(dict.fromkeys(point.like for point in points if point.like))
        lent = dict(zip(likes, self.vectors(likes), strict=True)) if likes else {}
        self._client.upsert(
            self._collection,
            [
                models.PointStruct(
                    id=str(point.id),
                    vector={
                        SENTENCES: lent[point.like] if point.like else list(point.vectors),
                        WORDS: models.SparseVector(indices=point.words.indices, values=point.words.values),
                    }
                    if point.vectors or point.like
                    else {},
                    payload={"story_id": self.story_id, **point.payload},
                )
                for point in points
            ],
            wait=True,
            update_mode=models.UpdateMode.INSERT_ONLY,
        )

    def amend(self, point_id: UUID, payload: Mapping[str, Any]) -> None:
        """Add to a point's payload what it did not have."""
        self._client.set_payload(self._collection, dict(payload), [str(point_id)], wait=True)

    def get(self, point_ids: Sequence[UUID], keys: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """The payloads of these points, in their order."""
        ids = [str(point_id) for point_id in point_ids]
        records = self._client.retrieve(
            self._collection, list(ids), with_payload=True if keys is None else list(keys), with_vectors=False
        )
        found = {str(record.id): record.payload or {} for record in records}
        return [found[point_id] for point_id in ids if point_id in found]

    def query(self, questions: Sequence[Question], seen: Seen, limit: int) -> list[Hit]:
        """What answers the questions best: every search a prefetch, fused by the server.

        Those by vectors come one after another, then those by words, as the embedded engine wants it.
        """
        if not (limit and seen.lineage and questions):
            return []
        among = self._filter(seen)
        counted = models.SearchParams(idf=models.IdfCorpusParams(corpus=self._filter(Seen(seen.lineage, seen.kind))))
        searches = [
            models.Prefetch(query=[vector], using=SENTENCES, filter=among, limit=depth(limit))
            for vector in vectors_of(questions)
        ]
        for words in words_of(questions):
            weighted = models.SparseVector(indices=words.indices, values=words.values)
            searches.append(
                models.Prefetch(query=weighted, using=WORDS, filter=among, params=counted, limit=depth(limit))
            )
        if not searches:
            return []
        answer = self._client.query_points(
            self._collection,
            prefetch=searches,
            query=models.RrfQuery(rrf=models.Rrf(k=RRF_K)),
            limit=depth(limit),
            with_payload=True,
        )
        return [Hit(point.payload or {}, point.score) for point in answer.points]

    def vectors(self, point_ids: Sequence[UUID]) -> list[list[list[float]]]:
        """The sentence vectors of these points, in their order."""
        ids = [str(point_id) for point_id in point_ids]
        records = self._client.retrieve(self._collection, list(ids), with_payload=False, with_vectors=[SENTENCES])
        found = {str(record.id): cast("dict[str, list[list[float]]]", record.vector) for record in records}
        return [found[point_id][SENTENCES] for point_id in ids if point_id in found]

    def select(self, seen: Seen, keys: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """The payloads of all that is seen, in no order."""
        return list(self._scroll(self._filter(seen), keys)) if seen.lineage else []

    def payloads(self, kind: Kind = "passage") -> Iterator[dict[str, Any]]:
        """All that the story has of a kind, in no order."""
        return self._scroll(_of(self.story_id, kind))

    def _scroll(self, among: models.Filter, keys: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        offset = None
        while True:
            records, offset = self._client.scroll(
                self._collection,
                among,
                limit=_PAGE,
                offset=offset,
                with_payload=True if keys is None else list(keys),
            )
            yield from (record.payload or {} for record in records)
            if offset is None:
                return

    def count(self, kind: Kind = "passage") -> int:
        """How many points of a kind the story has."""
        return self._client.count(self._collection, count_filter=_of(self.story_id, kind), exact=True).count

    def delete(self) -> None:
        """Remove the story's points; the collection stays."""
        delete_story(self._client, self.story_id, self._collection)

    def close(self) -> None:
        """Nothing to let go of: the client is shared."""

    def _filter(self, seen: Seen) -> models.Filter:
        of = _of(self.story_id, seen.kind)
        must: list[models.Condition] = [models.Filter(should=[_segment(part) for part in seen.lineage])]
        for key, values in seen.named.items():
            must.append(models.FieldCondition(key=key, match=models.MatchAny(any=sorted(values))))
        left_out = [_segment(Segment(*slot, slot.seq)) for slot in seen.leave_out]
        return models.Filter(
            must=[*_conditions(of.must), *must], must_not=[*_conditions(of.must_not), *left_out] or None
        )


def collection_with(client: QdrantClient, embedding_model: str, size: int) -> str:
    """The name of the collection for the vectors of an embedding model, made if there is none."""
    name = f"{COLLECTION}-{blake2b(embedding_model.encode(), digest_size=4).hexdigest()}"
    if client.collection_exists(name):
        return name
    try:
        _create(client, name, embedding_model, size)
    except UnexpectedResponse:
        if not client.collection_exists(name):
            raise
        return name  # another process was faster, with the same
    if _has_payload_indexes(client):
        tenant = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
        client.create_payload_index(name, "story_id", tenant)
        _index_payloads(client, name)
    return name


def _create(client: QdrantClient, name: str, embedding_model: str, size: int) -> None:
    client.create_collection(
        name,
        vectors_config={
            SENTENCES: models.VectorParams(
                size=size,
                distance=models.Distance.COSINE,
                multivector_config=models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM),
            )
        },
        sparse_vectors_config={WORDS: models.SparseVectorParams(modifier=models.Modifier.IDF)},
        metadata={"format": FORMAT, "embedding_model": embedding_model, "size": size},
    )


def swap_collection(client: QdrantClient, name: str) -> None:
    """Let the alias that stories use mean the collection ``name``, and remove the one it meant before."""
    before = [alias.collection_name for alias in client.get_aliases().aliases if alias.alias_name == COLLECTION]
    change: list[models.CreateAliasOperation | models.DeleteAliasOperation] = [
        models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=COLLECTION)) for _ in before
    ]
    create = models.CreateAlias(collection_name=name, alias_name=COLLECTION)
    client.update_collection_aliases([*change, models.CreateAliasOperation(create_alias=create)])
    for old in before:
        if old != name:
            client.delete_collection(old)


def made_with(client: QdrantClient) -> str | None:
    """The embedding model of the collection; ``None`` if there is none yet.

    Raises:
        MemoryUnavailableError: the server cannot be reached.
    """
    with reached():
        if not client.collection_exists(COLLECTION):
            return None
        return str((client.get_collection(COLLECTION).config.metadata or {}).get("embedding_model"))


def delete_story(client: QdrantClient, story_id: str, collection: str = COLLECTION) -> None:
    """Remove every point of a story, whatever made its vectors.

    Raises:
        MemoryUnavailableError: the server cannot be reached.
    """
    with reached():
        if client.collection_exists(collection):
            client.delete(collection, models.FilterSelector(filter=_of(story_id)), wait=True)


def story_ids(client: QdrantClient) -> list[str]:
    """The stories that have points in the collection.

    Raises:
        MemoryUnavailableError: the server cannot be reached.
    """
    with reached():
        if not client.collection_exists(COLLECTION):
            return []
        return sorted(str(hit.value) for hit in client.facet(COLLECTION, "story_id", limit=_MOST_STORIES).hits)


@contextmanager
def reached() -> Iterator[None]:
    """What a server that does not answer means, as an error of ours."""
    try:
        yield
    except (ApiException, ResponseHandlingException) as error:
        raise MemoryUnavailableError("qdrant_unusable", reason=error) from error


def _is_of(story_id: str) -> models.FieldCondition:
    return models.FieldCondition(key="story_id", match=models.MatchValue(value=story_id))


def _of(story_id: str, kind: Kind | None = None) -> models.Filter:
    """What a story has, of one kind or of any."""
    if kind is None:
        return models.Filter(must=[_is_of(story_id)])
    if kind == "passage":
        other = models.FieldCondition(key="kind", match=models.MatchAny(any=list(NO_PASSAGES)))
        return models.Filter(must=[_is_of(story_id)], must_not=[other])
    wanted = models.FieldCondition(key="kind", match=models.MatchValue(value=kind))
    return models.Filter(must=[_is_of(story_id), wanted])


def _conditions(found: models.Condition | list[models.Condition] | None) -> list[models.Condition]:
    """What a filter says in one of its parts, as a list."""
    return found if isinstance(found, list) else [found] if found else []


def _segment(segment: Segment) -> models.Filter:
    return models.Filter(
        must=[
            models.FieldCondition(key="branch", match=models.MatchValue(value=segment.branch)),
            models.FieldCondition(key="seq", range=models.Range(gte=segment.first, lte=segment.last)),
        ]
    )


def _index_payloads(client: QdrantClient, collection: str) -> None:
    """Make the payload indexes that a collection has not: one of version 0.1 has fewer."""
    there = client.get_collection(collection).payload_schema
    for names, of in ((KEYWORDS, models.PayloadSchemaType.KEYWORD), (NUMBERS, models.PayloadSchemaType.INTEGER)):
        for key in names:
            if key not in there:
                client.create_payload_index(collection, key, of)


def _has_payload_indexes(client: QdrantClient) -> bool:
    """Only a server has them; the client's own engine, for tests, warns instead."""
    return type(client._client).__name__ == "QdrantRemote"  # noqa: SLF001 (the client does not say)
