"""Whether a records file is whole, and what it holds: its rows counted and summed, table by table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlite

from evalassist.records.connection import connect, first_fault

Columns = Mapping[str, Sequence[str]]


def fault_of(path: Path, key: bytes) -> str:
    """What is wrong in a file that nobody else uses now, or nothing.

    The check of the ciphers does not see what still lies in the -wal file, so that goes into the file first; and
    one bad page spoils a connection, so each check has its own.
    """
    with closing(connect(path, key)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        found = db.execute("PRAGMA cipher_integrity_check").fetchone()
    if found:
        return str(found[0])
    with closing(connect(path, key)) as db:
        return first_fault(db)


def columns_of(db: sqlite.Connection) -> dict[str, list[str]]:
    """The columns of every table."""
    tables = db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    ).fetchall()
    return {
        table: [name for _, name, *_ in db.execute(f"PRAGMA table_info({quoted(table)})")]
        for (table,) in tables
    }


def counts_of(db: sqlite.Connection) -> dict[str, int]:
    """How many rows every table has."""
    return {
        table: int(db.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()[0])
        for table in columns_of(db)
    }


def sums_of(db: sqlite.Connection, columns: Columns | None = None) -> dict[str, str]:
    """A sum of all rows of every table, whatever their order; equal sums are equal rows."""
    return {table: _sum(db, table, names) for table, names in (columns or columns_of(db)).items()}


def _sum(db: sqlite.Connection, table: str, columns: Sequence[str]) -> str:
    total = 0
    for row in db.execute(f"SELECT {', '.join(map(quoted, columns))} FROM {quoted(table)}"):
        total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest(), "big")
    return f"{total % 2**256:064x}"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def sha256_of_file(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def counted(counts: Mapping[str, int]) -> str:
    """What lies in records, for a person: "2 patients, 1 evaluation, 3 papers"."""
    told = (("patient", "patient"), ("evaluation", "evaluation"), ("document", "paper"))
    return ", ".join(
        f"{many} {word}{'' if many == 1 else 's'}" for table, word in told for many in [counts.get(table, 0)]
    )
