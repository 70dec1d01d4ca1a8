"""PostgreSQL and SQLite compared."""

from tui.demo.topics.topic import Topic

_SHORT_CHOICE = """\
Take **SQLite** when one program on one machine owns the data: it is a library, the database is a single \
file, and there is nothing to run or to look after. Take **PostgreSQL** when several machines or many \
writers share the data.

Both speak good SQL and keep transactions safe. The real difference is concurrency: SQLite lets one writer \
in at a time, PostgreSQL lets writers work side by side and only makes them wait for the same row."""

_SHORT_TABLE = """\
| | PostgreSQL | SQLite |
|:--|:--|:--|
| Runs as | a server | a library in your program |
| Writers | many at once | one at a time |
| Set-up | users, ports, upgrades | none |
| Fits | shared services | devices, desktop, tests, small sites |

Start with SQLite if the data lives on one machine. Move when a second machine needs to write."""

_PROSE_NATURE = """\
The two are less rivals than neighbours. PostgreSQL is a server: a process that owns the data, listens on \
a port and serves many clients. SQLite is a library: it runs inside your program and reads and writes one \
ordinary file. Most other differences follow from this.

Because SQLite has no network in between, a simple query takes microseconds, and backing up means copying \
a file, properly, with its backup command. There are no users, no ports and no upgrade of a cluster. For \
an application on one machine, that is hard to beat.

PostgreSQL earns its upkeep as soon as data is shared. It keeps several versions of a row, so readers and \
writers do not block each other and a hundred connections can write at once. It brings strict types, roles \
and row-level security, replication, rich indexes and extensions such as PostGIS.

So ask who writes. One process: SQLite in WAL mode, readers in parallel, and thousands of transactions per \
second on a normal SSD. Several processes on one machine: often still SQLite, with short transactions. \
Several machines: PostgreSQL, and it is better to decide so before the first migration than after it."""

_PROSE_OPERATION = """\
Compare them by what wakes you at night. With SQLite almost nothing runs, so almost nothing can stop: the \
risks are a disk that lies about flushing, a file on a network share, where locking is unreliable, and a \
long transaction that keeps other writers out.

With PostgreSQL there is a service to keep alive. You will size memory, pool connections, watch \
autovacuum, rehearse restores and plan major upgrades. In return you get point-in-time recovery, replicas \
to fail over to, and the tools to see what a slow query was waiting for.

Their SQL is close, but not the same. SQLite stores what you give it unless a table is declared `STRICT`; \
PostgreSQL rejects a wrong type. PostgreSQL can change almost any part of a table in place, and SQLite \
often has to copy it. If a move is likely, keep to the common subset and test on both.

For most projects the honest answer is to begin with the simpler one. SQLite carries far more traffic than \
its reputation suggests, and moving a clean schema later takes days, not months."""

_DOCUMENT = """\
# PostgreSQL and SQLite compared

One is a **server**, the other a **library**. Nearly everything else follows from that.

## At a glance

| | PostgreSQL | SQLite |
|:----------------|:-----------------------------|:----------------------------|
| Runs as | separate server process | code inside your program |
| Storage | a directory it manages | one ordinary file |
| Concurrent writers | many, row-level locks | one at a time |
| Types | strict | flexible, `STRICT` on request |
| Access control | roles, row-level security | file permissions |
| Replication | built in | outside tools |
| Typical point query | 0.2–1 ms with network | 5–50 µs |

## The same table in both

```sql
-- PostgreSQL
CREATE TABLE run (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now(),
    options    jsonb NOT NULL
);

-- SQLite
CREATE TABLE run (
    id         INTEGER PRIMARY KEY,
    started_at TEXT NOT NULL DEFAULT (datetime('now')),
    options    TEXT NOT NULL CHECK (json_valid(options))
) STRICT;
```

## How to choose

1. **Who writes?**
   - One process on one machine: SQLite.
   - Several machines: PostgreSQL.
2. **Who looks after it?**
   - Nobody in particular: SQLite.
   - A team with on-call duty: either.
3. **What will be asked of it?**
   - Geometry, full-text in many languages, heavy analytics: PostgreSQL.
   - Settings, history, a cache, test fixtures: SQLite.

> SQLite does not compete with PostgreSQL. SQLite competes with `fopen()`.

## Before you decide

- Switch SQLite to WAL mode, so readers no longer wait for the writer.
- Never put its file on a network share.
- Measure with your own queries; the figures above are orders of magnitude only."""

_REASONING = """\
A comparison of databases. If no names are given, PostgreSQL and SQLite make a useful pair, because they \
differ in kind and not just in detail. I should not produce a feature list without a recommendation.

What is the deciding question? Number of writers, and whether they sit on one machine. Speed is secondary: \
SQLite wins on tiny queries as there is no round trip, PostgreSQL wins under concurrent writes.

Be fair about SQLite: WAL mode allows readers beside one writer, and thousands of small transactions per \
second are realistic. Be fair about PostgreSQL: operation is real work, but it is well understood.

Close with a rule that can be acted on: start simple, move when a second machine must write."""

TOPIC = Topic(
    triggers=(
        frozenset({"postgres"}),
        frozenset({"postgresql"}),
        frozenset({"sqlite"}),
        frozenset({"compare", "databases"}),
        frozenset({"two", "databases"}),
    ),
    search_phrase="PostgreSQL compared with SQLite",
    short=(_SHORT_CHOICE, _SHORT_TABLE),
    prose=(_PROSE_NATURE, _PROSE_OPERATION),
    document=_DOCUMENT,
    reasoning=_REASONING,
)
