"""Votes on the disk: kept, changed, taken out, by several programs at once; a file that is not ours is left alone."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tui.core.errors import StorageError
from tui.core.votes import Contestant, Verdict, Vote
from tui.storage.database import APPLICATION_ID, MIGRATIONS, Database
from tui.storage.votes import VoteStore


def vote(id: str, *, best: str = "A", at: int = 0) -> Vote:
    contestants = (
        Contestant("A", "openai/gpt-5.2,temperature=0", "gpt-5.2-2026", best == "A"),
        Contestant("B", "ollama/qwen3", "", best == "B"),
    )
    verdict = Verdict.BEST if best else Verdict.TIE
    return Vote(id, f"2026-01-31T12:00:{at:02}Z", "Why?\n日本 'quoted'; --", verdict, contestants)


def store_at(path: Path) -> VoteStore:
    return VoteStore(Database(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sidestream.db"


def test_votes_come_back_the_oldest_first(path: Path) -> None:
    store_at(path).put([vote("b", at=2, best="")])
    store_at(path).put([vote("a", at=1), vote("c", at=3, best="B")])
    assert store_at(path).read() == [vote("a", at=1), vote("b", at=2, best=""), vote("c", at=3, best="B")]


def test_a_vote_is_changed_and_taken_back(path: Path) -> None:
    store = store_at(path)
    store.put([vote("a"), vote("b", at=1), vote("c", at=2)])
    store.put([vote("a", best="B")])
    assert store.read()[0] == vote("a", best="B")
    assert store.remove(["b", "nobody"]) == 1
    assert [each.id for each in store.read()] == ["a", "c"]
    assert store.remove(each.id for each in store.read()) == 2
    with Database(path).reading() as connection:
        assert connection.execute("SELECT count(*) FROM contestants").fetchone() == (0,)


def test_looking_makes_no_file(path: Path) -> None:
    store = store_at(path)
    assert (store.read(), store.remove(["a"])) == ([], 0)
    assert not path.parent.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_the_owner_can_read_it_and_what_lies_beside_it(path: Path) -> None:
    before = os.umask(0)
    try:
        store_at(path).put([vote("a")])
        with Database(path).writing() as connection:
            connection.execute("DELETE FROM votes")
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("sidestream.db", "sidestream.db-shm", "sidestream.db-wal"), 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_write_that_fails_in_the_middle_changes_nothing(path: Path) -> None:
    store = store_at(path)
    store.put([vote("a")])
    broken = Vote("b", "", "half a pair \ud83d", Verdict.TIE, vote("b", best="").contestants)
    with pytest.raises(UnicodeEncodeError):
        store.put([vote("a", best="B"), broken])
    assert store.read() == [vote("a")]


# -- files that cannot be used --------------------------------------------------------------------------------------


def complaint(path: Path, *, of: str = "put") -> str:
    store = store_at(path)
    with pytest.raises(StorageError) as found:
        store.put([vote("a")]) if of == "put" else store.read()
    return str(found.value)


@pytest.mark.parametrize("of", ["put", "read"])
@pytest.mark.parametrize("content", [b"not a database at all\n" * 400, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_file_is_said_and_left_as_it_is(path: Path, content: bytes, of: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    said = complaint(path, of=of)
    assert said == f"{path} is damaged, or no database; move it away, and a new one is made"
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (id)")
    connection.close()
    before = path.read_bytes()
    assert "is another program's database" in complaint(path)
    assert path.read_bytes() == before


def test_a_newer_version_is_said_and_left_alone(path: Path) -> None:
    newer = Database(path, [*MIGRATIONS, "CREATE TABLE later (id)"])
    VoteStore(newer).put([vote("a")])
    assert f"was written by a newer sidestream (format {len(MIGRATIONS) + 1}, this one knows 1)" in complaint(path)
    assert VoteStore(newer).read() == [vote("a")]


def test_an_older_version_is_brought_up_to_date_with_what_is_in_it(path: Path) -> None:
    store_at(path).put([vote("a")])
    newer = Database(path, [*MIGRATIONS, "ALTER TABLE votes ADD COLUMN note TEXT"])
    assert VoteStore(newer).read() == [vote("a")]
    with newer.reading() as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_migration_that_fails_leaves_the_version_before(path: Path) -> None:
    store_at(path).put([vote("a")])
    broken = Database(path, [*MIGRATIONS, "CREATE TABLE half (id); CREATE TABLE votes (id)"])
    with pytest.raises(StorageError):
        VoteStore(broken).read()
    assert store_at(path).read() == [vote("a")]


def test_a_folder_that_cannot_be_made_or_a_file_that_is_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert complaint(tmp_path / "file" / "sidestream.db").startswith(f"{tmp_path}/file/sidestream.db cannot be ")
    (tmp_path / "folder" / "sidestream.db").mkdir(parents=True)
    assert "sidestream.db cannot be " in complaint(tmp_path / "folder" / "sidestream.db")


def test_a_full_disk_is_said_and_loses_nothing_that_was_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_at(path)
    store.put([vote("a")])
    connect = sqlite3.connect

    def on_a_small_disk(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)  # type: ignore[call-overload]
        connection.execute("PRAGMA max_page_count = 1")  # never fewer than there are
        assert isinstance(connection, sqlite3.Connection)
        return connection

    monkeypatch.setattr(sqlite3, "connect", on_a_small_disk)
    many = [vote(f"b{number}", at=1) for number in range(2000)]
    with pytest.raises(StorageError, match="no space is left on the disk"):
        store.put(many)
    assert store.read() == [vote("a")]


def test_somebody_who_holds_it_too_long_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store_at(path).put([vote("a")])
    monkeypatch.setattr("tui.storage.database.BUSY_S", 0.01)
    with Database(path).writing():
        assert "is held by another program for more than 0.01 s" in complaint(path)
        assert store_at(path).read() == [vote("a")], "readers wait for nobody"


WRITER = """
import sys
from pathlib import Path
from tests.storage.test_votes import store_at, vote
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    store_at(Path(sys.argv[1])).put([vote(f"{sys.argv[2]}-{number}")])
"""


def test_several_programs_write_at_once_from_the_first_moment_on(path: Path) -> None:
    """The file is made by whoever is first; nobody's vote is lost."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(3)
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate(timeout=60)[1] for writer in writers]
    assert said == ["", "", ""]
    assert {each.id for each in store_at(path).read()} == {
        f"{who}-{number}" for who in range(3) for number in range(20)
    }
