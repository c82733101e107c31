"""The served engine: a Qdrant server through qdrant-client, one collection, a story being a tenant of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from qdrant_client import models
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException

from ..schemas.errors import MemoryUnavailableError
from .store import FORMAT, RRF_K, SENTENCES, WORDS, Entry, Hit, depth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from qdrant_client import QdrantClient

    from .lineage import Lineage, Slot
    from .store import NewPoint, Question

COLLECTION = "recurrentgpt"


class ServedStore:
    """One story's points in the shared collection."""

    def __init__(self, client: QdrantClient, story_id: str, embedding_model: str, size: Callable[[], int]) -> None:
        """Use the collection, or make it.

        Raises:
            MemoryUnavailableError: the server cannot be reached, or its collection was made with another
                embedding model.
        """
        self._client = client
        self._story_id = story_id
        try:
            if not client.collection_exists(COLLECTION):
                self._create(embedding_model, size())
            kept = client.get_collection(COLLECTION).config.metadata or {}
        except (ApiException, ResponseHandlingException) as error:
            msg = f"The Qdrant server cannot be used ({error}): check QDRANT_URL and QDRANT_API_KEY."
            raise MemoryUnavailableError(msg) from error
        if kept.get("format") != FORMAT:
            msg = f"The collection '{COLLECTION}' has format {kept.get('format')!r}; this version reads {FORMAT}."
            raise MemoryUnavailableError(msg)
        if kept.get("embedding_model") != embedding_model:
            msg = (
                f"The collection '{COLLECTION}' was made with the embedding model "
                f"'{kept.get('embedding_model')}' and cannot be searched with '{embedding_model}': set "
                "RECURRENTGPT_EMBEDDING_MODEL to the former."
            )
            raise MemoryUnavailableError(msg)

    def _create(self, embedding_model: str, size: int) -> None:
        self._client.create_collection(
            COLLECTION,
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
        if _has_payload_indexes(self._client):
            self._client.create_payload_index(
                COLLECTION,
                "story_id",
                models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True),
            )
            self._client.create_payload_index(COLLECTION, "branch", models.PayloadSchemaType.KEYWORD)
            self._client.create_payload_index(COLLECTION, "seq", models.PayloadSchemaType.INTEGER)

    def insert(self, points: Sequence[NewPoint]) -> None:
        """Write each point whose slot is free; wait until the server has it."""
        self._client.upsert(
            COLLECTION,
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
        records = self._client.retrieve(COLLECTION, list(ids), with_payload=True)
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
            searches.append(models.Prefetch(query=[question.vector], using=SENTENCES, filter=among, limit=depth(limit)))
            if question.words.indices:
                words = models.SparseVector(indices=question.words.indices, values=question.words.values)
                searches.append(
                    models.Prefetch(query=words, using=WORDS, filter=among, params=counted, limit=depth(limit))
                )
        answer = self._client.query_points(
            COLLECTION,
            prefetch=searches,
            query=models.RrfQuery(rrf=models.Rrf(k=RRF_K)),
            limit=limit,
            with_payload=True,
        )
        return [Hit(Entry.from_payload(point.payload), point.score) for point in answer.points]

    def vectors(self, slots: Sequence[Slot]) -> list[list[list[float]]]:
        """The sentence vectors of what stands in these slots, in their order."""
        ids = [str(slot.point_id(self._story_id)) for slot in slots]
        records = self._client.retrieve(COLLECTION, list(ids), with_payload=False, with_vectors=[SENTENCES])
        found = {str(record.id): cast("dict[str, list[list[float]]]", record.vector) for record in records}
        return [found[point_id][SENTENCES] for point_id in ids if point_id in found]

    def count(self) -> int:
        """How many points the story has."""
        return self._client.count(COLLECTION, count_filter=self._mine(), exact=True).count

    def delete(self) -> None:
        """Remove the story's points; the collection stays."""
        self._client.delete(COLLECTION, models.FilterSelector(filter=self._mine()), wait=True)

    def close(self) -> None:
        """Nothing to let go of: the client is shared."""

    def _is_mine(self) -> models.FieldCondition:
        return models.FieldCondition(key="story_id", match=models.MatchValue(value=self._story_id))

    def _mine(self) -> models.Filter:
        return models.Filter(must=[self._is_mine()])

    def _seen_by(self, lineage: Lineage, leave_out: Collection[int]) -> models.Filter:
        places = models.FieldCondition(key="seq", match=models.MatchAny(any=sorted(leave_out)))
        return models.Filter(
            must=[self._is_mine()],
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


def _has_payload_indexes(client: QdrantClient) -> bool:
    """Only a server has them; the client's own engine, for tests, warns instead."""
    return type(client._client).__name__ == "QdrantRemote"  # noqa: SLF001 (the client does not say)
