"""The votes of blind comparisons, in the database. Every call waits for the disk: not for the event loop."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tui.core.errors import StorageError
from tui.core.votes import Contestant, Verdict, Vote
from tui.storage.database import Database


class VoteStore:
    """Puts votes in, takes them out, reads them. All raise `StorageError`; nothing is then changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, votes: Iterable[Vote]) -> None:
        """Keep these votes; one with the same id is changed by it."""
        with self._database.writing() as connection:
            for vote in votes:
                connection.execute("DELETE FROM votes WHERE id = ?", (vote.id,))
                connection.execute(
                    "INSERT INTO votes (id, at, prompt, verdict) VALUES (?, ?, ?, ?)",
                    (vote.id, vote.at, vote.prompt, vote.verdict.value),
                )
                connection.executemany(
                    "INSERT INTO contestants (vote, place, letter, target, model, is_best) VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        (vote.id, place, each.letter, each.target, each.model, each.is_best)
                        for place, each in enumerate(vote.contestants)
                    ],
                )

    def remove(self, ids: Iterable[str]) -> int:
        """Take votes out; how many of them were there."""
        if not self._database.is_there:
            return 0
        with self._database.writing() as connection:
            return sum(connection.execute("DELETE FROM votes WHERE id = ?", (id,)).rowcount for id in ids)

    def read(self) -> list[Vote]:
        """All votes, the oldest first; none when nothing was ever kept."""
        if not self._database.is_there:
            return []
        with self._database.reading() as connection:
            return _votes(connection)


def _votes(connection: sqlite3.Connection) -> list[Vote]:
    contestants: dict[str, list[Contestant]] = defaultdict(list)
    for vote, letter, target, model, is_best in connection.execute(
        "SELECT vote, letter, target, model, is_best FROM contestants ORDER BY vote, place"
    ):
        contestants[vote].append(Contestant(letter, target, model, bool(is_best)))
    rows = connection.execute("SELECT id, at, prompt, verdict FROM votes ORDER BY at, rowid")
    return [_vote(row, tuple(contestants[row[0]])) for row in rows]


def _vote(row: tuple[Any, ...], contestants: tuple[Contestant, ...]) -> Vote:
    id, at, prompt, verdict = row
    try:
        return Vote(id, at, prompt, Verdict(verdict), contestants)
    except ValueError as exc:
        raise StorageError(f"the vote {id} in the database makes no sense: {exc}") from exc
