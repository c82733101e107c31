"""Where a story's checkpoints are: SQLite in its own folder, or a PostgreSQL that the settings name."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from ..schemas.errors import SettingsError, StorageError
from ..schemas.places import CHECKPOINTS
from .clock import GREATEST, begin_after
from .packing import DataAlone, Packing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from langgraph.checkpoint.serde.base import SerializerProtocol
    from psycopg import AsyncConnection
    from pydantic import SecretStr

    from ..schemas.settings import Settings

_KEY_BYTES = (16, 24, 32)
_SETUP_LOCK = 0x5265_4750
"""The advisory lock under which one process at a time makes the tables."""


@dataclass(frozen=True)
class Checkpoints:
    """A saver, and how it names the threads of one story."""

    saver: BaseCheckpointSaver[str]
    prefix: str

    def thread(self, branch: str) -> RunnableConfig:
        """The thread of a branch."""
        return {"configurable": {"thread_id": f"{self.prefix}{branch}"}}

    async def delete(self, branches: list[str]) -> None:
        """Remove the threads of these branches."""
        for branch in branches:
            await self.saver.adelete_thread(f"{self.prefix}{branch}")


@asynccontextmanager
async def open_checkpoints(settings: Settings, folder: Path, story_id: str) -> AsyncIterator[Checkpoints]:
    """The checkpoints of a story for the length of an ``async with`` block.

    Raises:
        StorageError: they cannot be reached, read or written.
        SettingsError: the key or the address cannot be used.
    """
    address = settings.database_url
    if address is None:
        async with aiosqlite.connect(folder / CHECKPOINTS) as connection:
            # Each commit is on the disk when it is reported: a build of SQLite may have been told otherwise.
            await connection.execute("PRAGMA synchronous=FULL")
            kept = AsyncSqliteSaver(connection, serde=_serializer(settings.aes_key, Packing()))
            await kept.setup()
            begin_after([row[0] for row in await connection.execute_fetchall(GREATEST)])
            yield Checkpoints(kept, prefix="")
        return
    async with open_database(address, settings.aes_key) as saver:
        prefix = f"{story_id}/"
        await _begin_after_all(cast("AsyncConnection[dict[str, str | None]]", saver.conn), prefix)
        yield Checkpoints(saver, prefix=prefix)


async def _begin_after_all(connection: AsyncConnection[dict[str, str | None]], prefix: str) -> None:
    cursor = await connection.execute(f"{GREATEST} AND starts_with(thread_id, %s)", (prefix,))
    begin_after([row["greatest"] for row in await cursor.fetchall()])


@asynccontextmanager
async def open_database(address: SecretStr, aes_key: SecretStr | None) -> AsyncIterator[AsyncPostgresSaver]:
    """PostgreSQL as a saver, its tables made on first use.

    Raises:
        SettingsError: the packages for it are not installed.
        StorageError: it cannot be reached.
    """
    if find_spec("psycopg") is None or find_spec("langgraph.checkpoint.postgres") is None:
        raise SettingsError("postgres_missing")
    import psycopg  # noqa: PLC0415 (an extra)
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver  # noqa: PLC0415
    from psycopg.rows import dict_row  # noqa: PLC0415

    try:
        connection = await psycopg.AsyncConnection.connect(
            address.get_secret_value(), autocommit=True, prepare_threshold=0, row_factory=dict_row
        )
    except psycopg.Error as error:
        raise StorageError("database_unreachable", reason=_first_line(error)) from error
    async with connection:
        saver = AsyncPostgresSaver(connection, serde=_serializer(aes_key, DataAlone()))
        async with _alone(connection):
            await saver.setup()
        yield saver


@asynccontextmanager
async def _alone(connection: AsyncConnection[dict[str, object]]) -> AsyncIterator[None]:
    """Hold the advisory lock. It is polled for: whoever waits in the server would hold up the making of an index."""
    while True:
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (_SETUP_LOCK,))
        row = await cursor.fetchone()
        if row and row["mine"]:
            break
        await asyncio.sleep(0.05)
    try:
        yield
    finally:
        await connection.execute("SELECT pg_advisory_unlock(%s)", (_SETUP_LOCK,))


def _serializer(key: SecretStr | None, plain: SerializerProtocol) -> SerializerProtocol:
    """What makes bytes of checkpoints, and encrypts them where there is a key."""
    if key is None:
        return plain
    if find_spec("Crypto") is None:
        raise SettingsError("encryption_missing")
    from langgraph.checkpoint.serde.encrypted import EncryptedSerializer  # noqa: PLC0415 (an extra)

    secret = key.get_secret_value().encode()
    if len(secret) not in _KEY_BYTES:
        raise SettingsError("key_of_wrong_size", count=len(secret))
    return EncryptedSerializer.from_pycryptodome_aes(plain, key=secret)


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """What a database or a key refuses, as an error of ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise unusable(folder, error) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] == "psycopg":
            raise unusable(folder, error) from error
        if _is_locked_away(error):
            raise StorageError("checkpoints_encrypted", folder=folder) from error
        raise


def _is_locked_away(error: Exception) -> bool:
    """Whether this is how a checkpoint that is encrypted fails to be read; the library has no type for it."""
    text = str(error)
    return (isinstance(error, ValueError) and "MAC check failed" in text) or (
        isinstance(error, NotImplementedError) and "+aes" in text
    )


def unusable(folder: Path, error: Exception) -> StorageError:
    """A story that cannot be read or written, and why."""
    reason = error.strerror if isinstance(error, OSError) else _first_line(error)
    return StorageError("story_unusable", folder=folder, reason=reason or error)


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
