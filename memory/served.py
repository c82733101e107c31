"""The served engine: a Qdrant server through qdrant-client, one collection, a story being a tenant of it.

The collection has the name of what made its vectors, and an alias that stories use: so a library can move to another
embedding model while the old collection stays whole until the new one is.
"""

from __future__ import annotations

from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING, cast

from qdrant_client import models
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException

from ..schemas.entries import Entry
from ..schemas.errors import MemoryUnavailableError
from .store import FORMAT, RRF_K, SENTENCES, WORDS, Hit, best, depth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from qdrant_client import QdrantClient

    from ..schemas.lineage import Lineage, Slot
    from .store import NewPoint, Question

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
        self._story_id = story_id
        self._collection = collection
        with reached():
            if not client.collection_exists(collection):
                swap_collection(client, collection_with(client, embedding_model, size()))
            kept = client.get_collection(collection).config.metadata or {}
        if kept.get("format") != FORMAT:
            raise MemoryUnavailableError(
                "collection_format", collection=collection, format=repr(kept.get("format")), known=FORMAT
            )
        if (other := kept.get("embedding_model")) != embedding_model:
            raise MemoryUnavailableError(
                "collection_other_embedder", collection=collection, kept=other, wanted=embedding_model
            )

    def insert(self, points: Sequence[NewPoint]) -> None:
        """Write each point whose slot is free; wait until the server has it."""
        self._client.upsert(
            self._collection,
            [
                models.PointStruct(
                    id=str(point.entry.slot.point_id(self._story_id)),
                    vector={
                        SENTENCES: point.vectors,
                        WORDS: models.SparseVector(indices=point.words.indices, values=point.words.values),
                    },
                    payload=point.entry.payload(self._story_id),
                )
                for point in points
            ],
            wait=True,
            update_mode=models.UpdateMode.INSERT_ONLY,
        )

    def get(self, slots: Sequence[Slot]) -> list[Entry]:
        """What stands in these slots, in their order."""
        ids = [str(slot.point_id(self._story_id)) for slot in slots]
        records = self._client.retrieve(self._collection, list(ids), with_payload=True)
        found = {str(record.id): Entry.from_payload(record.payload) for record in records}
        return [found[point_id] for point_id in ids if point_id in found]

    def query(
        self, questions: Sequence[Question], lineage: Lineage, limit: int, leave_out: Collection[int] = ()
    ) -> list[Hit]:
        """The entries that answer the questions best: every search a prefetch, fused by the server."""
        if not (limit and lineage and questions):
            return []
        among = self._seen_by(lineage, leave_out)
        counted = models.SearchParams(idf=models.IdfCorpusParams(corpus=self._seen_by(lineage, ())))
        searches = []
        for question in questions:
            if question.vector:
                meant = [question.vector]
                searches.append(models.Prefetch(query=meant, using=SENTENCES, filter=among, limit=depth(limit)))
            if question.words.indices:
                words = models.SparseVector(indices=question.words.indices, values=question.words.values)
                searches.append(
                    models.Prefetch(query=words, using=WORDS, filter=among, params=counted, limit=depth(limit))
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
        return best((Hit(Entry.from_payload(point.payload), point.score) for point in answer.points), limit)

    def vectors(self, slots: Sequence[Slot]) -> list[list[list[float]]]:
        """The sentence vectors of what stands in these slots, in their order."""
        ids = [str(slot.point_id(self._story_id)) for slot in slots]
        records = self._client.retrieve(self._collection, list(ids), with_payload=False, with_vectors=[SENTENCES])
        found = {str(record.id): cast("dict[str, list[list[float]]]", record.vector) for record in records}
        return [found[point_id][SENTENCES] for point_id in ids if point_id in found]

    def entries(self) -> Iterator[Entry]:
        """Everything the story has, in no order."""
        offset = None
        while True:
            records, offset = self._client.scroll(
                self._collection, _of(self._story_id), limit=_PAGE, offset=offset, with_payload=True
            )
            yield from (Entry.from_payload(record.payload) for record in records)
            if offset is None:
                return

    def count(self) -> int:
        """How many points the story has."""
        return self._client.count(self._collection, count_filter=_of(self._story_id), exact=True).count

    def delete(self) -> None:
        """Remove the story's points; the collection stays."""
        delete_story(self._client, self._story_id, self._collection)

    def close(self) -> None:
        """Nothing to let go of: the client is shared."""

    def _seen_by(self, lineage: Lineage, leave_out: Collection[int]) -> models.Filter:
        places = models.FieldCondition(key="seq", match=models.MatchAny(any=sorted(leave_out)))
        return models.Filter(
            must=[_is_of(self._story_id)],
            should=[
                models.Filter(
                    must=[
                        models.FieldCondition(key="branch", match=models.MatchValue(value=segment.branch)),
                        models.FieldCondition(key="seq", range=models.Range(gte=segment.first, lte=segment.last)),
                    ]
                )
                for segment in lineage
            ],
            must_not=[places] if leave_out else None,
        )


def collection_with(client: QdrantClient, embedding_model: str, size: int) -> str:
    """The name of the collection for the vectors of an embedding model, made if there is none."""
    name = f"{COLLECTION}-{blake2b(embedding_model.encode(), digest_size=4).hexdigest()}"
    if client.collection_exists(name):
        return name
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
    if _has_payload_indexes(client):
        tenant = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
        client.create_payload_index(name, "story_id", tenant)
        client.create_payload_index(name, "branch", models.PayloadSchemaType.KEYWORD)
        client.create_payload_index(name, "seq", models.PayloadSchemaType.INTEGER)
    return name


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


def _of(story_id: str) -> models.Filter:
    return models.Filter(must=[_is_of(story_id)])


def _has_payload_indexes(client: QdrantClient) -> bool:
    """Only a server has them; the client's own engine, for tests, warns instead."""
    return type(client._client).__name__ == "QdrantRemote"  # noqa: SLF001 (the client does not say)
