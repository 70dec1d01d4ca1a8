"""Votes on their way to the disk: what fails stays, what is changed meanwhile arrives in its last form."""

import asyncio
import threading
from collections.abc import Iterable
from pathlib import Path

import anyio
import pytest

from tests.storage.test_votes import vote
from tui.app.blind.ballots import Ballots
from tui.core.errors import StorageError
from tui.core.votes import Vote
from tui.storage.database import Database
from tui.storage.votes import VoteStore

pytestmark = pytest.mark.anyio


class Disk(VoteStore):
    """Refuses while it is told to, and holds each write until it may go on."""

    def __init__(self, path: Path) -> None:
        super().__init__(Database(path))
        self.is_full = False
        self.may_write = threading.Event()
        self.may_write.set()
        self.is_asked = threading.Event()

    def put(self, votes: Iterable[Vote]) -> None:
        self.is_asked.set()
        assert self.may_write.wait(10)
        self._refuse()
        super().put(votes)

    def remove(self, ids: Iterable[str]) -> int:
        self._refuse()
        return super().remove(ids)

    def read(self) -> list[Vote]:
        self._refuse()
        return super().read()

    def _refuse(self) -> None:
        if self.is_full:
            raise StorageError("the disk is full")


async def test_what_the_disk_refuses_is_there_for_the_session_and_written_with_the_next(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "v.db")
    ballots = Ballots(disk)
    assert await ballots.cast(vote("a", at=1)) == ""
    disk.is_full = True
    assert await ballots.cast(vote("b", at=2)) == "The vote is kept for this session only: the disk is full."
    assert await ballots.every() == ([vote("b", at=2)], "The votes cannot be read: the disk is full.")
    said = "The vote is still in the file, until the next one is written: the disk is full."
    assert await ballots.take_back(vote("a")) == said
    disk.is_full = False
    assert await ballots.every() == ([vote("b", at=2)], ""), "the one taken back is not shown"
    assert await ballots.cast(vote("c", at=3)) == ""
    assert disk.read() == [vote("b", at=2), vote("c", at=3)]


async def test_a_vote_that_is_changed_while_it_is_written_ends_as_it_was_given_last(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "v.db")
    ballots = Ballots(disk)
    disk.may_write.clear()
    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ballots.cast, vote("a"))
            await asyncio.to_thread(disk.is_asked.wait)
            tasks.start_soon(ballots.cast, vote("a", best="B"))
            tasks.start_soon(ballots.cast, vote("b"))
            tasks.start_soon(ballots.take_back, vote("b"))
            await anyio.wait_all_tasks_blocked()
            disk.may_write.set()
    assert disk.read() == [vote("a", best="B")]


async def test_without_a_disk_votes_are_there_until_the_end_of_the_session() -> None:
    ballots = Ballots()
    await ballots.cast(vote("a"))
    assert await ballots.every() == ([vote("a")], "")
    await ballots.take_back(vote("a"))
    assert await ballots.every() == ([], "")
