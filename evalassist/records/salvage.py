"""What can still be read of damaged records, brought into new ones, with a list of what is missing.

A damaged page spoils the connection that met it, so every failure begins a new one, and a span of rows that
cannot be read is halved until only the lost rows are left. The damaged file is copied first and never written to.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import StoreError
from evalassist.evaluation import Patient
from evalassist.files import keep_names, write_whole
from evalassist.records import migrations
from evalassist.records import vault as vaults
from evalassist.records.backup import FOLDER, Backups, backups_in
from evalassist.records.connection import connect
from evalassist.records.disk import refuse_network
from evalassist.records.entrance import RECORDS
from evalassist.records.faults import plain_words
from evalassist.records.integrity import Columns, columns_of, fault_of, quoted
from evalassist.records.models import Base
from evalassist.records.search import words_of

log = logging.getLogger(__name__)

BLOCK = 4096
AT_ONCE = 128
"""So many rows are read at once while all goes well."""
MOST_TRIES = 4000
"""Where a page above many others is lost, all rows below it fail: then some spans are given up unhalved."""
FURTHEST_ROW = 2**32
WORDS = "patient_word"
"""Made anew from the patients."""


@dataclass(slots=True)
class Table:
    """What became of one table."""

    kept: int = 0
    missing: int = 0
    from_backup: int = 0
    """Rows that could not be read and were taken from the newest backup, for others belong to them."""
    exact: bool = True
    """Whether the number of missing rows is known; otherwise it is at least so many."""
    lost_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Salvaged:
    """The new records, and what they lack."""

    records: Path
    tables: dict[str, Table]
    patients: tuple[str, ...]
    """Ids of the patients of whom something is missing, as far as it is known."""

    @property
    def complete(self) -> bool:
        return not any(each.missing or each.from_backup for each in self.tables.values())

    @property
    def share(self) -> float:
        """The part of all rows that came through, 0 to 1."""
        kept = sum(each.kept for each in self.tables.values())
        return kept / max(1, kept + sum(each.missing for each in self.tables.values()))

    def lines(self) -> list[str]:
        """What is missing, a line each; ids, never a name."""
        said = []
        for name, table in self.tables.items():
            if table.missing:
                about = "" if table.exact else "at least "
                said.append(
                    f"{name}: {about}{table.missing} of {table.kept + table.missing} rows are missing"
                )
                said += [f"    {lost}" for lost in table.lost_ids]
            if table.from_backup:
                said.append(f"{name}: {table.from_backup} rows were taken from the newest backup")
        said += [f"Something of patient {patient} is missing" for patient in self.patients]
        return said


def salvage(damaged: Path, folder: Path, keys: list[vaults.Keys]) -> Salvaged:
    """Make new records in an empty folder from what can be read of the damaged ones, with the same key and vault."""
    records, new = damaged / RECORDS, folder / RECORDS
    refuse_network(folder)
    if not records.is_file():
        raise StoreError(f"There are no records in {damaged}. Name the folder that holds {RECORDS}.")
    if folder.exists() and any(folder.iterdir()):
        raise StoreError(
            f"{folder} is not empty. Nothing was changed. Name a new folder for the salvaged records."
        )
    with plain_words(new, "keep"), ExitStack() as at_end:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = Path(at_end.enter_context(TemporaryDirectory(prefix=".salvage-", dir=folder)))
        for name in (RECORDS, f"{RECORDS}-wal"):
            if (damaged / name).exists():
                _copy_what_can_be_read(damaged / name, beside / name)
        work = at_end.enter_context(closing(_Work(beside / RECORDS, keys, _newest_backup(records, keys))))
        made = beside / "new.db"
        made.touch(mode=0o600)
        with closing(connect(made, work.key)) as db:
            found = work.bring_into(db)
            migrations.bring_up_to_date(db)
        if fault_of(made, work.key):
            raise StoreError(
                "The new records are not sound. The damaged ones were not touched. Choose another disk."
            )
        _copy_vault(records, folder)
        made.rename(new)
        keep_names(folder)
    log.info("salvaged %.2f %% of the rows", 100 * found.share)
    return Salvaged(new, found.tables, found.patients)


def vault_for(damaged: Path) -> vaults.Vault:
    """The vault beside damaged records, or that of their newest backup."""
    found = Backups(damaged / RECORDS).vault_bytes()
    backups = backups_in(damaged / FOLDER)
    if not found and backups:
        found = backups[0].vault_file.read_bytes()
    if not found:
        raise StoreError(
            f"The vault that opens the records in {damaged} is missing. Put one of a backup there."
        )
    return vaults.vault_of(found)


def _copy_what_can_be_read(source: Path, target: Path) -> None:
    """Copy block by block; one that the disk does not give is left empty."""
    with source.open("rb", buffering=0) as reading, target.open("wb") as written:
        target.chmod(0o600)
        for at in range(0, source.stat().st_size, BLOCK):
            reading.seek(at)
            try:
                block = reading.read(BLOCK)
            except OSError:
                block = bytes(BLOCK)
            written.write(block)


def _newest_backup(records: Path, keys: list[vaults.Keys]) -> tuple[Path, bytes] | None:
    for backup in backups_in(records.parent / FOLDER):
        for each in keys:
            with suppress(sqlite.DatabaseError), closing(connect(backup.file, each.database, mode="ro")):
                return backup.file, each.database
    return None


def _copy_vault(records: Path, folder: Path) -> None:
    with suppress(StoreError):  # records without a vault, as programs make them
        write_whole(folder / vaults.FILE_NAME, vaults.vault_bytes(vault_for(records.parent)))


class _Damaged:
    """The copy of the damaged file, read through one connection after another."""

    def __init__(self, file: Path, key: bytes) -> None:
        self._file, self._key = file, key
        self._db: sqlite.Connection | None = None
        self.tries = 0

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def rows(self, sql: str, *told: object) -> list[tuple[Any, ...]] | None:
        """All rows of a question; None where one of them cannot be read."""
        rows, whole = self.rows_until_damage(sql, *told)
        return rows if whole else None

    def rows_until_damage(self, sql: str, *told: object) -> tuple[list[tuple[Any, ...]], bool]:
        """The rows before the first that cannot be read, and whether these are all."""
        rows: list[tuple[Any, ...]] = []
        try:
            if self._db is None:
                self._db = connect(self._file, self._key)
            for row in self._db.execute(sql, told):
                rows.append(row)
        except sqlite.DatabaseError:
            self.close()
            self.tries += 1
            return rows, False
        return rows, True


class _Work:
    """One salvage: the damaged copy, the newest backup beside it, and what was found."""

    def __init__(self, file: Path, keys: list[vaults.Keys], backup: tuple[Path, bytes] | None) -> None:
        self.key, self.version, self._damaged = self._opened(file, keys)
        self._backup = connect(backup[0], backup[1], mode="ro") if backup else None
        if self._backup is not None and migrations.version_of(self._backup) != self.version:
            self._backup = None  # its rows have another shape
        self.tables: dict[str, Table] = {}
        self._rowids: dict[str, dict[tuple[Any, ...], int]] = {}
        self._parents: dict[str, dict[int, str]] = {}

    def close(self) -> None:
        self._damaged.close()
        if self._backup is not None:
            self._backup.close()

    @staticmethod
    def _opened(file: Path, keys: list[vaults.Keys]) -> tuple[bytes, int, _Damaged]:
        for each in reversed(keys):
            damaged = _Damaged(file, each.database)
            version = damaged.rows("PRAGMA user_version")
            if version and damaged.rows("SELECT sql FROM sqlite_master") is not None:
                if version[0][0] > len(migrations.MIGRATIONS):
                    raise StoreError(
                        "These records were written by a newer EvalAssist. Salvage them with that one."
                    )
                return each.database, int(version[0][0]), damaged
        raise StoreError(
            "The list of the tables, at the beginning of the damaged records, cannot be read, so nothing could be "
            "salvaged. They were not touched. Restore the newest backup."
        )

    def bring_into(self, new: sqlite.Connection) -> Salvaged:
        """Fill a new file, made as it was in the version of the damaged one, in one transaction."""
        new.execute("PRAGMA foreign_keys = OFF")
        new.execute("BEGIN IMMEDIATE")
        for migrate in migrations.MIGRATIONS[: self.version]:
            migrate(new)
        columns = columns_of(new)
        lost: set[tuple[str, str]] = set()
        for name in (each.name for each in Base.metadata.sorted_tables if each.name in columns):
            if name != WORDS:
                self.tables[name] = Table()
                lost |= self._bring_table(new, name, columns[name])
        self._drop_orphans(new, columns)
        _write_words(new)
        new.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        new.execute(f"PRAGMA user_version = {self.version}")
        new.execute("COMMIT")
        patients = {self._patient_of(new, table, key) for table, key in lost}
        return Salvaged(Path(), self.tables, tuple(sorted(patients - {""})))

    # ------------------------------------------------------------ one table

    def _bring_table(self, new: sqlite.Connection, name: str, columns: Sequence[str]) -> set[tuple[str, str]]:
        """Copy what can be read; then what is known to be lost is taken from the backup, or told."""
        table = self.tables[name]
        keys = _key_columns(new, name)
        known, table.exact = self._known_rows(name, keys)
        places = [columns.index(each) for each in keys]
        found = set()
        for rows in self._readable(name, columns, max(known.values(), default=FURTHEST_ROW)):
            _insert(new, name, columns, rows)
            found |= {tuple(row[place] for place in places) for row in rows}
        table.kept = len(found)
        lost = set(known) - found
        for key in sorted(lost):
            row = self._in_backup(name, columns, keys, key)
            if row:
                _insert(new, name, columns, [row])
                table.from_backup += 1
            else:
                table.missing += 1
                table.lost_ids.append(" ".join(map(str, key)))
        return {(name, str(key[0])) for key in lost if isinstance(key[0], str)}

    def _readable(self, name: str, columns: Sequence[str], last: int) -> Iterator[list[tuple[Any, ...]]]:
        """Every row that can be read, the widest spans first."""
        listed = ", ".join(map(quoted, columns))
        sql = f'SELECT {listed} FROM "{name}" WHERE rowid BETWEEN ? AND ?'
        spans = deque([(1, last)] if last == FURTHEST_ROW else _spans(last))
        begun_at = self._damaged.tries
        while spans:
            low, high = spans.popleft()
            rows = self._damaged.rows(sql, low, high)
            if rows:
                yield rows
            elif rows is None and low < high and self._damaged.tries - begun_at < MOST_TRIES:
                middle = (low + high) // 2
                spans += [(low, middle), (middle + 1, high)]

    def _known_rows(self, name: str, keys: Sequence[str]) -> tuple[dict[tuple[Any, ...], int], bool]:
        """The keys that the table's index knows, with their rows, and whether these are all.

        The index lies on other pages than the rows; what it names and nobody can read is lost.
        """
        listed = ", ".join(map(quoted, keys))
        known: dict[tuple[Any, ...], int] = {}
        for order in ("ASC", "DESC"):
            by = ", ".join(f"{quoted(each)} {order}" for each in keys)
            rows, whole = self._damaged.rows_until_damage(
                f'SELECT {listed}, rowid FROM "{name}" ORDER BY {by}'
            )
            known |= {tuple(row[:-1]): int(row[-1]) for row in rows}
            if whole:
                break
        self._rowids[name] = known
        return known, whole

    def _in_backup(
        self, name: str, columns: Sequence[str], keys: Sequence[str], key: Sequence[object]
    ) -> tuple[Any, ...] | None:
        if self._backup is None:
            return None
        listed, where = ", ".join(map(quoted, columns)), " AND ".join(f"{quoted(each)} = ?" for each in keys)
        found = self._backup.execute(f'SELECT {listed} FROM "{name}" WHERE {where}', tuple(key)).fetchone()
        return tuple(found) if found else None

    # ------------------------------------------------------------ what belongs together

    def _drop_orphans(self, new: sqlite.Connection, columns: Columns) -> None:
        """A row whose patient, episode or evaluation is lost has no place; the backup may hold what it belongs to."""
        while orphans := new.execute("PRAGMA foreign_key_check").fetchall():
            for name, rowid, parent, _ in orphans:
                child = _link(new, name)[1]
                (wanted,) = new.execute(
                    f'SELECT {quoted(child)} FROM "{name}" WHERE rowid = ?', (rowid,)
                ).fetchone()
                there = new.execute(f'SELECT 1 FROM "{parent}" WHERE id = ?', (wanted,)).fetchone()
                row = None if there else self._in_backup(parent, columns[parent], ["id"], [wanted])
                if row:
                    _insert(new, parent, columns[parent], [row])
                    self.tables[parent].from_backup += 1
                elif not there:
                    new.execute(f'DELETE FROM "{name}" WHERE rowid = ?', (rowid,))
                    table = self.tables[name]
                    table.kept, table.missing = table.kept - 1, table.missing + 1
                    table.lost_ids.append(f"belongs to the lost {parent} {wanted}")

    def _patient_of(self, new: sqlite.Connection, name: str, row_id: str) -> str:
        """The patient whom a lost row is about; empty where nobody can say."""
        while name and name != "patient":
            parent, column = _link(new, name)
            if not parent:
                return ""
            found = (
                new.execute(f'SELECT {quoted(column)} FROM "{name}" WHERE id = ?', (row_id,)).fetchone()
                if ("id" in _key_columns(new, name))
                else (row_id,)
            )
            row_id = str(found[0]) if found else self._parent_by_index(name, column, row_id)
            name = parent if row_id else ""
        return row_id

    def _parent_by_index(self, name: str, column: str, row_id: str) -> str:
        if name not in self._parents:
            sql = f'SELECT rowid, {quoted(column)} FROM "{name}" ORDER BY {quoted(column)}'
            self._parents[name] = {int(a): str(b) for a, b in self._damaged.rows_until_damage(sql)[0]}
        return self._parents[name].get(self._rowids[name].get((row_id,), 0), "")


def _spans(last: int) -> list[tuple[int, int]]:
    return [(low, min(low + AT_ONCE - 1, last)) for low in range(1, last + 1, AT_ONCE)]


def _key_columns(db: sqlite.Connection, table: str) -> list[str]:
    return [name for _, name, _, _, _, place in db.execute(f'PRAGMA table_info("{table}")') if place]


def _link(db: sqlite.Connection, table: str) -> tuple[str, str]:
    """What the rows of a table belong to, and the column that says so; empty for those that stand alone."""
    found = db.execute(f'PRAGMA foreign_key_list("{table}")').fetchone()
    return (str(found[2]), str(found[3])) if found else ("", "")


def _insert(
    db: sqlite.Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    listed, places = ", ".join(map(quoted, columns)), ", ".join("?" * len(columns))
    db.executemany(f'INSERT INTO "{table}" ({listed}) VALUES ({places})', rows)


def _write_words(db: sqlite.Connection) -> None:
    listed = ", ".join(Patient.__dataclass_fields__)
    for row in db.execute(f"SELECT {listed} FROM patient").fetchall():
        told = dict(zip(Patient.__dataclass_fields__, row, strict=True))
        patient = Patient(**{**told, "birth_date": date.fromisoformat(told["birth_date"])})
        db.executemany(
            f"INSERT INTO {WORDS} VALUES (?, ?)", [(word, patient.id) for word in sorted(words_of(patient))]
        )
