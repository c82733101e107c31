"""A memory that several processes share by HTTP, where no Qdrant server is to be had.

It speaks as much of Qdrant's REST interface as the project uses, and answers from the client's own in-memory engine,
one request at a time. So what is tried with it is all of ours between two processes, and nothing of Qdrant.
"""

from __future__ import annotations

import json
import re
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, TypeAdapter
from qdrant_client import QdrantClient, models

if TYPE_CHECKING:
    from collections.abc import Callable

_POINTS = r"/collections/(?P<name>[^/]+)/points"
_ITSELF = r"/collections/(?P<name>[^/]+)"
_VERSION = {"title": "A stand-in for Qdrant", "version": version("qdrant-client")}
_CHOSEN: TypeAdapter[models.PointsSelector] = TypeAdapter(models.PointsSelector)


class QdrantStandIn(ThreadingHTTPServer):
    """It serves on a port of its own of 127.0.0.1, while its context is open.

    Attributes:
        asked: each request, as its method and its path.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self._engine = QdrantClient(":memory:")
        self._indexes: dict[str, dict[str, Any]] = {}
        self._one_at_a_time = threading.Lock()
        self._serving = threading.Thread(target=self.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """What ``QDRANT_URL`` is to say."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        self._serving.join()
        self._engine.close()

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, object]:
        """The status and the result of a request."""
        if path == "/":
            return HTTPStatus.OK, None
        self.asked.append(f"{method} {path}")
        for asked, pattern, do in _ROUTES:
            if asked == method and (found := re.fullmatch(pattern, path)):
                with self._one_at_a_time:
                    try:
                        return HTTPStatus.OK, do(self, body, **found.groupdict())
                    except ValueError as error:
                        taken = "already exists" in str(error)
                        return HTTPStatus.CONFLICT if taken else HTTPStatus.NOT_FOUND, str(error)
        return HTTPStatus.NOT_IMPLEMENTED, f"The stand-in has no {method} {path}"

    # Collections

    def exists(self, _: dict[str, Any], name: str) -> object:
        """Whether there is a collection, or an alias."""
        return {"exists": self._engine.collection_exists(name)}

    def told(self, _: dict[str, Any], name: str) -> object:
        """A collection, with the indexes that the engine itself has not."""
        info = self._engine.get_collection(name)
        info.payload_schema = self._indexes.get(self._meant(name), {})
        return info

    def made(self, body: dict[str, Any], name: str) -> object:
        """A new collection."""
        wanted = models.CreateCollection.model_validate(body)
        return self._engine.create_collection(
            name,
            vectors_config=wanted.vectors,
            sparse_vectors_config=wanted.sparse_vectors,
            metadata=wanted.metadata,
        )

    def dropped(self, _: dict[str, Any], name: str) -> object:
        """A collection is gone."""
        self._indexes.pop(name, None)
        return self._engine.delete_collection(name)

    def indexed(self, body: dict[str, Any], name: str) -> object:
        """An index of a payload's key: noted, as the engine has none."""
        schema = body["field_schema"]
        kind = schema if isinstance(schema, str) else schema["type"]
        self._indexes.setdefault(self._meant(name), {})[body["field_name"]] = models.PayloadIndexInfo(
            data_type=models.PayloadSchemaType(kind), points=0
        )
        return _done()

    def aliases(self, _: dict[str, Any]) -> object:
        """Every alias."""
        return self._engine.get_aliases()

    def aliased(self, body: dict[str, Any]) -> object:
        """Aliases change."""
        wanted = models.ChangeAliasesOperation.model_validate(body)
        return self._engine.update_collection_aliases(wanted.actions)

    def _meant(self, name: str) -> str:
        named = {alias.alias_name: alias.collection_name for alias in self._engine.get_aliases().aliases}
        return named.get(name, name)

    # Points

    def put(self, body: dict[str, Any], name: str) -> object:
        """Points are written."""
        wanted = models.PointsList.model_validate(body)
        return self._engine.upsert(name, wanted.points, update_mode=wanted.update_mode)

    def amended(self, body: dict[str, Any], name: str) -> object:
        """Payloads get more."""
        wanted = models.SetPayload.model_validate(body)
        assert wanted.points is not None
        return self._engine.set_payload(name, wanted.payload, wanted.points)

    def got(self, body: dict[str, Any], name: str) -> object:
        """Points by their ids."""
        wanted = models.PointRequest.model_validate(body)
        shown = {"with_payload": wanted.with_payload, "with_vectors": wanted.with_vector or False}
        return self._engine.retrieve(name, wanted.ids, **shown)  # type: ignore[arg-type]

    def found(self, body: dict[str, Any], name: str) -> object:
        """What answers a query best."""
        wanted = models.QueryRequest.model_validate(body)
        return self._engine.query_points(
            name,
            query=wanted.query,
            prefetch=wanted.prefetch,
            limit=wanted.limit or 10,
            with_payload=wanted.with_payload or False,
        )

    def leafed(self, body: dict[str, Any], name: str) -> object:
        """A page of points."""
        wanted = models.ScrollRequest.model_validate(body)
        records, offset = self._engine.scroll(
            name,
            wanted.filter,
            limit=wanted.limit or 10,
            offset=wanted.offset,
            with_payload=True if wanted.with_payload is None else wanted.with_payload,
        )
        return {"points": _plain(records), "next_page_offset": offset}

    def counted(self, body: dict[str, Any], name: str) -> object:
        """How many there are."""
        return self._engine.count(name, models.CountRequest.model_validate(body).filter)

    def removed(self, body: dict[str, Any], name: str) -> object:
        """Points are gone."""
        return self._engine.delete(name, _CHOSEN.validate_python(body))

    def tenants(self, body: dict[str, Any], name: str) -> object:
        """The values of a key."""
        wanted = models.FacetRequest.model_validate(body)
        return self._engine.facet(name, wanted.key, wanted.filter, limit=wanted.limit or 10)


_ROUTES: tuple[tuple[str, str, Callable[..., object]], ...] = (
    ("GET", f"{_ITSELF}/exists", QdrantStandIn.exists),
    ("GET", _ITSELF, QdrantStandIn.told),
    ("PUT", _ITSELF, QdrantStandIn.made),
    ("DELETE", _ITSELF, QdrantStandIn.dropped),
    ("PUT", f"{_ITSELF}/index", QdrantStandIn.indexed),
    ("GET", "/aliases", QdrantStandIn.aliases),
    ("POST", "/collections/aliases", QdrantStandIn.aliased),
    ("PUT", _POINTS, QdrantStandIn.put),
    ("POST", f"{_POINTS}/payload", QdrantStandIn.amended),
    ("POST", _POINTS, QdrantStandIn.got),
    ("POST", f"{_POINTS}/query", QdrantStandIn.found),
    ("POST", f"{_POINTS}/scroll", QdrantStandIn.leafed),
    ("POST", f"{_POINTS}/count", QdrantStandIn.counted),
    ("POST", f"{_POINTS}/delete", QdrantStandIn.removed),
    ("POST", f"{_ITSELF}/facet", QdrantStandIn.tenants),
)


def _done() -> models.UpdateResult:
    return models.UpdateResult(operation_id=0, status=models.UpdateStatus.COMPLETED)


def _ok(found: object) -> object:
    return {"time": 0.0, "status": "ok", "result": _plain(found)}


def _plain(found: object) -> object:
    if isinstance(found, BaseModel):
        return found.model_dump(mode="json", exclude_none=True)
    return [_plain(each) for each in found] if isinstance(found, list) else found


class _Handler(BaseHTTPRequestHandler):
    server: QdrantStandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        path = urlsplit(self.path).path
        status, found = self.server.answer(self.command, path, body)
        whole: object = {"status": {"error": found}} if status != HTTPStatus.OK else _ok(found)
        payload = json.dumps(_VERSION if path == "/" else whole).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def do_PUT(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing is said."""
