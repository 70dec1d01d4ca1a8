"""The one database: opening it, bringing it up to date, and saying in a sentence why that cannot be.

Each use opens and closes it, which takes about a millisecond, so that any thread may. Several programs get on with
each other: writers wait for one another, readers for nobody (write-ahead log). What cannot be read is never touched: a
damaged file, one of another program or of a newer version stays as it is.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from tui.core.errors import StorageError

FILE_NAME: Final = "sidestream.db"
APPLICATION_ID: Final = 0x73696465
"""`side`: tells our files from those of other programs."""
BUSY_S: Final = 5.0
"""How long another program may hold us up."""
MIGRATIONS: Final = (
    """
    CREATE TABLE votes (
        id TEXT PRIMARY KEY,
        at TEXT NOT NULL,
        prompt TEXT NOT NULL,
        verdict TEXT NOT NULL
    );
    CREATE TABLE contestants (
        vote TEXT NOT NULL REFERENCES votes (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        letter TEXT NOT NULL,
        target TEXT NOT NULL,
        model TEXT NOT NULL,
        is_best INTEGER NOT NULL,
        PRIMARY KEY (vote, place)
    ) WITHOUT ROWID;
    """,
)
"""From each version to the next; the file's own number says how many it has had. Never change one that was released."""


class Database:
    """The file at `path`. It is made when something is first written."""

    def __init__(self, path: Path, migrations: Sequence[str] = MIGRATIONS) -> None:
        self.path = path
        self._migrations = migrations

    def __repr__(self) -> str:
        return f"<Database {self.path}>"

    @property
    def is_there(self) -> bool:
        """Whether anything was ever kept."""
        return self.path.exists()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is kept, or nothing. Raises `StorageError`."""
        with self._translated(), self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the file, whatever others write meanwhile. Raises `StorageError`; ask `is_there` first."""
        with self._translated(), self._opened() as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._make()
        uri = f"{self.path.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)) as connection:
            self._bring_up_to_date(connection)
            _prefer_write_ahead_log(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection

    def _make(self) -> None:
        """An empty file that is the user's alone, if there is none; what SQLite puts beside it has the same mode."""
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        if self._version(connection) == len(self._migrations):
            return
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            version = self._version(connection)  # another program may have been quicker
            for number, migration in enumerate(self._migrations[version:], version + 1):
                for statement in migration.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    def _version(self, connection: sqlite3.Connection) -> int:
        """How many migrations it has had. Raises `StorageError` for a file that is not for us."""
        tables = _number(connection, "SELECT count(*) FROM sqlite_master")
        owner = _number(connection, "PRAGMA application_id")  # second: whoever makes the tables sets it along with them
        if owner != APPLICATION_ID and (owner or tables):
            raise StorageError(f"{self.path} is another program's database; move it away, and a new one is made")
        version = _number(connection, "PRAGMA user_version")
        if version > len(self._migrations):
            raise StorageError(
                f"{self.path} was written by a newer sidestream (format {version}, this one knows "
                f"{len(self._migrations)}); use that one, or move the file away"
            )
        return version

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Sentences for what SQLite and the system say."""
        try:
            yield
        except OSError as exc:
            raise StorageError(f"{self.path} cannot be used: {exc.strerror or exc}") from exc
        except sqlite3.Error as exc:
            raise StorageError(self._sentence(exc)) from exc

    def _sentence(self, error: sqlite3.Error) -> str:
        match getattr(error, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
                return f"{self.path} is damaged, or no database; move it away, and a new one is made"
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return f"{self.path} is held by another program for more than {BUSY_S:g} s"
            case sqlite3.SQLITE_FULL:
                return f"{self.path} cannot be written: no space is left on the disk"
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
                return f"{self.path} cannot be written: no permission for it or its folder"
            case _:
                return f"{self.path} cannot be used: {error}"


def _prefer_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Once it is on it stays with the file. It cannot be had while another program is at work; the next one tries."""
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise


def _number(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])
