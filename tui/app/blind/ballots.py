"""Votes on their way to the disk and back: never on the event loop, one after the other, none forgotten.

What cannot be written stays here for the session and goes along with the next vote.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from tui.core.errors import StorageError
from tui.core.votes import Vote
from tui.storage.votes import VoteStore


class Ballots:
    """`store` None keeps votes for this session alone."""

    def __init__(
        self, store: VoteStore | None = None, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """`now`: the wall clock, for the dates of votes."""
        self._store = store
        self._now = now
        self._lock = asyncio.Lock()
        self._unsaved: dict[str, Vote] = {}
        """By id. What the disk has not, or not in this form."""
        self._unremoved: set[str] = set()
        """Votes that were taken back, and may still be on the disk."""

    def stamp(self) -> tuple[str, str]:
        """The id and the time of a vote that is given now."""
        return uuid4().hex, f"{self._now():%Y-%m-%dT%H:%M:%SZ}"

    async def cast(self, vote: Vote) -> str:
        """Keep a vote, in the place of one with its id. A sentence when it could not be written; empty otherwise."""
        self._unsaved[vote.id] = vote
        self._unremoved.discard(vote.id)
        problem = await self._save()
        return f"The vote is kept for this session only: {problem}." if problem else ""

    async def take_back(self, vote: Vote) -> str:
        """Forget a vote. A sentence when it could not be taken out; empty otherwise."""
        self._unsaved.pop(vote.id, None)
        self._unremoved.add(vote.id)
        problem = await self._save()
        return f"The vote is still in the file, until the next one is written: {problem}." if problem else ""

    async def every(self) -> tuple[list[Vote], str]:
        """All votes, the oldest first, and a sentence when those on the disk cannot be read; empty otherwise."""
        votes, problem = [], ""
        if self._store is not None:
            try:
                async with self._lock:
                    votes = await asyncio.to_thread(self._store.read)
            except StorageError as exc:
                problem = f"The votes cannot be read: {exc}."
        known = {vote.id: vote for vote in votes if vote.id not in self._unremoved} | self._unsaved
        return sorted(known.values(), key=lambda vote: vote.at), problem

    async def _save(self) -> str:
        """Bring the disk up to date; why not, when it cannot be."""
        if self._store is None:
            return ""
        async with self._lock:  # so that a vote and its change arrive in this order
            votes, gone = dict(self._unsaved), set(self._unremoved)
            try:
                await asyncio.to_thread(_write, self._store, list(votes.values()), sorted(gone))
            except StorageError as exc:
                return str(exc)
            self._unsaved = {id: vote for id, vote in self._unsaved.items() if votes.get(id) is not vote}
            self._unremoved -= gone
        return ""


def _write(store: VoteStore, votes: list[Vote], gone: list[str]) -> None:
    if votes:
        store.put(votes)
    if gone:
        store.remove(gone)
