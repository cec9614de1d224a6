"""What can still be read of damaged records, brought into new ones, with a list of what is missing.

The pages are read one by one (`pages`), so one that is lost costs its own rows, and not those that hung below it.
The damaged file is never written to, and not even opened as a database.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import StoreError
from evalassist.evaluation import Patient
from evalassist.files import keep_names, write_whole
from evalassist.records import migrations
from evalassist.records import vault as vaults
from evalassist.records.backup import FOLDER, Backup, BackupError, Backups, backups_in
from evalassist.records.connection import COMPANIONS, connect
from evalassist.records.disk import refuse_network
from evalassist.records.doorstep import RECORDS
from evalassist.records.faults import plain_words
from evalassist.records.integrity import columns_of, fault_of, quoted
from evalassist.records.models import Base
from evalassist.records.pages import HIGHEST, LOWEST, Pages, Row, Tree, UnreadableError, with_last_changes
from evalassist.records.search import words_of
from evalassist.translate import tr

log = logging.getLogger(__name__)

BLOCK = 4096
WORDS = "patient_word"
"""Made anew from the patients."""


@dataclass(slots=True)
class Table:
    """What became of the rows of one table."""

    read: int = 0
    missing: int = 0
    from_backup: int = 0
    """Could not be read and were taken from the newest backup."""
    rebuilt: int = 0
    """Could not be read and were put together from the indexes, which hold a part of each row."""
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
        return not self.lines()

    @property
    def share(self) -> float:
        """The part of all rows that came through without help of a backup, 0 to 1."""
        came = sum(each.read + each.rebuilt for each in self.tables.values())
        return came / max(1, came + sum(each.missing + each.from_backup for each in self.tables.values()))

    def lines(self) -> list[str]:
        """What is missing, a line each; ids, never a name."""
        said = []
        for name, table in self.tables.items():
            if table.missing or not table.exact:
                least = "" if table.exact else "at least "
                said.append(f"{name}: {least}{table.missing} rows are missing, {table.read} were read")
                said += [f"    {lost}" for lost in table.lost_ids]
            if table.from_backup:
                said.append(f"{name}: {table.from_backup} rows were taken from the newest backup")
            if table.rebuilt:
                details = "; look at name, sex, language and record number" if name == "patient" else ""
                said.append(
                    f"{name}: {table.rebuilt} rows were put together from what is known of them{details}"
                )
        said += [f"Something of patient {patient} is missing" for patient in self.patients]
        return said


def salvage(damaged: Path, folder: Path, keys: list[vaults.Keys]) -> Salvaged:
    """Make new records in an empty folder from what can be read of the damaged ones, with the same key and vault."""
    records, new = damaged / RECORDS, folder / RECORDS
    refuse_network(folder)
    if not records.is_file():
        raise StoreError(
            tr("There are no records in {damaged}. Name the folder that holds {records}.").format(
                damaged=damaged, records=RECORDS
            )
        )
    if folder.exists() and any(folder.iterdir()):
        raise StoreError(
            tr(
                "{folder} is not empty. Nothing was changed. Name a new folder for the salvaged records."
            ).format(folder=folder)
        )
    with plain_words(new, "keep"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = folder / f".{RECORDS}.salvaged.part"
        part.touch(mode=0o600)
        try:
            with closing(_Work(records, keys)) as work, closing(connect(part, work.key)) as db:
                found = work.bring_into(db)
                migrations.bring_up_to_date(db)
            if fault_of(part, work.key):
                raise StoreError(
                    tr(
                        "The new records are not sound. The damaged ones were not touched. Choose another disk."
                    )
                )
            with suppress(StoreError):  # records without a vault, as programs make them
                vault = vaults.vault_bytes(vault_for(damaged))
                write_whole(folder / vaults.FILE_NAME, vault)
            part.rename(new)
            keep_names(folder)
        finally:
            for companion in ("", *COMPANIONS):
                part.with_name(part.name + companion).unlink(missing_ok=True)
    log.info("salvaged %.2f %% of the rows", 100 * found.share)
    return Salvaged(new, found.tables, found.patients)


def vault_for(damaged: Path) -> vaults.Vault:
    """The vault beside damaged records, or that of their newest backup."""
    found = b""
    with suppress(BackupError):  # that of a backup opens them, too
        found = Backups(damaged / RECORDS).vault_bytes()
    if not found:
        vaults_there = (each.vault_file for each in backups_in(damaged / FOLDER) if each.vault_file.is_file())
        found = next((file.read_bytes() for file in vaults_there), b"")
    if not found:
        raise StoreError(
            tr("The vault that opens the records in {damaged} is missing. Put one of a backup there.").format(
                damaged=damaged
            )
        )
    return vaults.vault_of(found)


def _what_can_be_read(file: Path) -> bytes:
    """The bytes of a file; a block that the disk does not give is left empty."""
    if not file.is_file():
        return b""
    blocks = []
    with file.open("rb", buffering=0) as reading:
        for at in range(0, file.stat().st_size, BLOCK):
            reading.seek(at)
            try:
                blocks.append(reading.read(BLOCK))
            except OSError:
                blocks.append(bytes(BLOCK))
    return b"".join(blocks)


class _Work:
    """One salvage: the pages of the damaged file, and the newest backup beside it."""

    def __init__(self, records: Path, keys: list[vaults.Keys]) -> None:
        data = with_last_changes(
            _what_can_be_read(records), _what_can_be_read(records.with_name(f"{RECORDS}-wal"))
        )
        backups = backups_in(records.parent / FOLDER)
        salts = [None, *dict.fromkeys(bytes.fromhex(each.manifest.salt) for each in backups)]
        for key, salt in ((each.database, salt) for each in reversed(keys) for salt in salts):
            self.key, self._pages = key, Pages(data, key, salt)
            if self._pages.any_readable():
                break
        else:
            raise StoreError(
                tr(
                    "No page of these records can be read with this key, so nothing could be salvaged. "
                    "They were not touched. Restore the newest backup."
                )
            )
        self._backup = _opened_backup(backups, self.key)
        self.version = self._version()
        if self._backup is not None and migrations.version_of(self._backup) != self.version:
            self._backup = None  # its rows have another shape
        self.tables: dict[str, Table] = {}
        self._trees: dict[str, Tree] = {}
        self._found: dict[tuple[str, int], dict[Any, Row]] = {}
        self._days: dict[str, list[str]] = {}

    def close(self) -> None:
        if self._backup is not None:
            self._backup.close()

    def bring_into(self, new: sqlite.Connection) -> Salvaged:
        """Fill a new file, made as it was in the version of the damaged one, in one transaction."""
        new.execute("PRAGMA foreign_keys = OFF")
        new.execute("BEGIN IMMEDIATE")
        for migrate in migrations.MIGRATIONS[: self.version]:
            migrate(new)
        shapes = {name: Shape.of(new, name) for name in columns_of(new) if name != WORDS}
        self._read_trees(shapes)
        lost: set[tuple[str, str]] = set()
        for name in (each.name for each in Base.metadata.sorted_tables if each.name in shapes):
            lost |= self._bring_table(new, shapes[name])
        self._drop_orphans(new, shapes)
        _write_words(new)
        new.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        new.execute(f"PRAGMA user_version = {self.version}")
        new.execute("COMMIT")
        patients = {self._patient_of(new, shapes, table, row_id) for table, row_id in lost}
        return Salvaged(Path(), self.tables, tuple(sorted(patients - {""})))

    # ------------------------------------------------------------ reading

    def _version(self) -> int:
        try:
            version = int.from_bytes(self._pages.page(1)[60:64], "big")
        except UnreadableError:
            version = migrations.version_of(self._backup) if self._backup else len(migrations.MIGRATIONS)
        if version > len(migrations.MIGRATIONS):
            raise StoreError(
                tr("These records were written by a newer EvalAssist. Salvage them with that one.")
            )
        return version

    def _roots(self) -> dict[str, int]:
        """The first page of every table and index; where their list is damaged, as the newest backup has it."""
        schema = self._pages.tree(1)
        if not schema.whole and self._backup is not None:
            found = self._backup.execute(
                "SELECT type, name, tbl_name, rootpage FROM sqlite_master"
            ).fetchall()
        else:
            found = list(schema.rows.values())
            if not schema.whole:
                strays = [row for leaf in self._pages.stray_leaves() for row in leaf.rows.values()]
                found += [row for row in strays if len(row) == 5 and row[0] in ("table", "index")]
        return {row[1]: row[3] for row in found if row[3]}

    def _read_trees(self, shapes: Mapping[str, Shape]) -> None:
        """Walk all tables and indexes; leaves that hung below a lost page go where they fit."""
        roots = self._roots()
        lost = Tree(gaps=[(LOWEST, HIGHEST)])
        self._trees = {
            name: self._pages.tree(root) for name, root in roots.items() if name != f"{WORDS}_of_patient"
        }
        for word, patient in self._trees.get(WORDS, Tree()).rows.values():
            if _IS_DAY.fullmatch(word):
                self._days.setdefault(patient, []).append(word)
        for name in shapes:
            self._trees.setdefault(name, replace(lost, rows={}, broken=[]))
        torn = [shape for shape in shapes.values() if self._trees[shape.name].gaps]
        torn.sort(key=lambda shape: -shape.strictness)
        for leaf in self._pages.stray_leaves() if torn else ():
            fitting = next((shape for shape in torn if shape.takes(leaf, self._trees[shape.name])), None)
            if fitting is not None:
                self._trees[fitting.name].rows |= leaf.rows
                self._trees[fitting.name].broken += leaf.broken

    def _bring_table(self, new: sqlite.Connection, shape: Shape) -> set[tuple[str, str]]:
        """Write what was read; then what is known to be lost is taken from the backup, or told."""
        tree, table = self._trees[shape.name], Table()
        self.tables[shape.name] = table
        rows = [shape.row(rowid, values) for rowid, values in sorted(tree.rows.items())]
        _insert(new, shape, rows)
        found = {shape.key_of(row) for row in rows}
        known, table.exact = self._known(shape, found)
        table.read = len(found)
        lost = known - found
        for key in sorted(lost):
            row = self._in_backup(shape, shape.keys, key)
            if row:
                _insert(new, shape, [row])
                table.from_backup += 1
            else:
                table.missing += 1
                table.lost_ids.append(" ".join(map(str, key)))
        table.missing = max(table.missing, len(tree.broken) - table.from_backup)
        return {(shape.name, str(key[0])) for key in lost if isinstance(key[0], str)}

    def _known(self, shape: Shape, found: set[Row]) -> tuple[set[Row], bool]:
        """The keys of all rows that were there, and whether these are all.

        They stand in the table's index, on other pages than the rows; or they are numbers without gaps.
        """
        if shape.numbered:
            last = max((int(number) for (number,) in found), default=0)
            return {(number,) for number in range(1, last + 1)}, self._trees[shape.name].whole
        index = self._trees.get(f"sqlite_autoindex_{shape.name}_1", Tree(gaps=[(0, 0)]))
        whole = index.whole or not self._trees[shape.name].gaps
        return {row[:-1] for row in index.rows.values()} | found, whole

    def _in_backup(self, shape: Shape, keys: Sequence[str], key: Sequence[object]) -> Row | None:
        if self._backup is None:
            return None
        where = " AND ".join(f"{quoted(each)} = ?" for each in keys)
        sql = f'SELECT {shape.listed} FROM "{shape.name}" WHERE {where}'
        found = self._backup.execute(sql, tuple(key)).fetchone()
        return tuple(found) if found else None

    # ------------------------------------------------------------ what belongs together

    def _drop_orphans(self, new: sqlite.Connection, shapes: Mapping[str, Shape]) -> None:
        """A row whose patient, episode or evaluation is lost has no place; the backup may hold what it belongs to."""
        while orphans := new.execute("PRAGMA foreign_key_check").fetchall():
            for name, rowid, parent, _ in orphans:
                column = shapes[name].belongs_by
                (wanted,) = new.execute(
                    f'SELECT {quoted(column)} FROM "{name}" WHERE rowid = ?', (rowid,)
                ).fetchone()
                there = new.execute(f'SELECT 1 FROM "{parent}" WHERE id = ?', (wanted,)).fetchone()
                if not there and not self._bring_parent(new, shapes[parent], wanted):
                    new.execute(f'DELETE FROM "{name}" WHERE rowid = ?', (rowid,))
                    table = self.tables[name]
                    table.read, table.missing = table.read - 1, table.missing + 1
                    table.lost_ids.append(f"one that belongs to the lost {parent} {wanted}")

    def _bring_parent(self, new: sqlite.Connection, shape: Shape, row_id: str) -> bool:
        """Bring a lost row to which others belong: from the backup, or from what the indexes say of it."""
        table = self.tables[shape.name]
        backed_up = self._in_backup(shape, ["id"], [row_id])
        row = backed_up or self._rebuilt(new, shape, row_id)
        if row is None:
            return False
        _insert(new, shape, [row])
        if row_id in table.lost_ids:
            table.lost_ids.remove(row_id)
            table.missing -= 1
        if backed_up:
            table.from_backup += 1
        else:
            table.rebuilt += 1
        return True

    def _rebuilt(self, new: sqlite.Connection, shape: Shape, row_id: str) -> Row | None:
        """An episode begins with its first evaluation; a patient is known by name and birth date, which are sought."""
        if shape.name == "episode":
            patient = self._parent_by_index(shape, row_id)
            (begun_on,) = new.execute(
                "SELECT min(visit_date) FROM evaluation WHERE episode_id = ?", (row_id,)
            ).fetchone()
            return (row_id, patient, begun_on) if patient and begun_on else None
        if shape.name == "patient":
            days = self._days.get(row_id, ())
            name = self._linked(shape, row_id, "patient_by_name")
            # X: norms by sex must not be used
            return (row_id, name, name, *days, "X", "en", "") if name and len(days) == 1 else None
        return None

    def _patient_of(self, new: sqlite.Connection, shapes: Mapping[str, Shape], name: str, row_id: str) -> str:
        """The patient whom a lost row is about; empty where nobody can say."""
        while row_id and name != "patient":
            shape = shapes[name]
            if not shape.belongs_to:
                return ""
            if shape.belongs_by != shape.keys[0]:  # else the key says it already
                row = new.execute(
                    f'SELECT {quoted(shape.belongs_by)} FROM "{name}" WHERE id = ?', (row_id,)
                ).fetchone()
                row_id = str(row[0]) if row else self._parent_by_index(shape, row_id)
            name = shape.belongs_to
        return row_id

    def _parent_by_index(self, shape: Shape, row_id: str) -> str:
        """What a lost row belonged to, where an index says so."""
        return self._linked(shape, row_id, f"{shape.name}_of_{shape.belongs_to}")

    def _linked(self, shape: Shape, row_id: str, index: str) -> str:
        """What an index holds of a lost row: the index of the keys knows its place, the other what is there."""
        keys = self._by(f"sqlite_autoindex_{shape.name}_1", 0)
        place = keys[row_id][-1] if row_id in keys else None
        found = self._by(index, -1).get(place)
        return str(found[0]) if found else ""

    def _by(self, index: str, column: int) -> dict[Any, Row]:
        """The rows of an index by one of their columns."""
        if (index, column) not in self._found:
            rows = self._trees.get(index, Tree()).rows.values()
            self._found[index, column] = {row[column]: row for row in rows}
        return self._found[index, column]


_TYPES: dict[str, tuple[type, ...]] = {
    "INTEGER": (int,),
    "BOOLEAN": (int,),
    "BLOB": (bytes,),
    "FLOAT": (int, float),
}
_IS_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rows of a table look."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    needed: tuple[bool, ...]
    defaults: tuple[Any, ...]
    """For columns that were added after a row was written."""
    keys: tuple[str, ...]
    belongs_to: str
    belongs_by: str

    @classmethod
    def of(cls, db: sqlite.Connection, name: str) -> Shape:
        told = db.execute(f'PRAGMA table_info("{name}")').fetchall()
        link = db.execute(f'PRAGMA foreign_key_list("{name}")').fetchone()
        return cls(
            name,
            tuple(each[1] for each in told),
            tuple(each[2] for each in told),
            tuple(bool(each[3]) for each in told),
            tuple(db.execute(f"SELECT {each[4] or 'NULL'}").fetchone()[0] for each in told),
            tuple(each[1] for each in told if each[5]),
            link[2] if link else "",
            link[3] if link else "",
        )

    @property
    def listed(self) -> str:
        return ", ".join(map(quoted, self.columns))

    @property
    def numbered(self) -> bool:
        """Whether the rowid is the key itself."""
        return [kind for name, kind in zip(self.columns, self.kinds, strict=True) if name in self.keys] == [
            "INTEGER"
        ]

    @property
    def strictness(self) -> int:
        """How little else looks like its rows."""
        return self.kinds.count("DATE") * 10 + len(self.columns)

    def row(self, rowid: int, values: Row) -> Row:
        """The row as it is written, with its number and with what was added later."""
        whole = (*values, *self.defaults[len(values) :])
        if not self.numbered:
            return whole
        at = self.columns.index(self.keys[0])
        return (*whole[:at], rowid, *whole[at + 1 :])

    def key_of(self, row: Row) -> Row:
        return tuple(row[self.columns.index(each)] for each in self.keys)

    def takes(self, leaf: Tree, torn: Tree) -> bool:
        """Whether a stray leaf fits into one of the gaps of this table."""
        fits = (
            any(low <= min(leaf.rows) and max(leaf.rows) <= high for low, high in torn.gaps)
            if leaf.rows
            else False
        )
        return (
            fits
            and not torn.rows.keys() & leaf.rows.keys()
            and all(self._is_like(self.row(rowid, values)) for rowid, values in leaf.rows.items())
        )

    def _is_like(self, row: Row) -> bool:
        if len(row) != len(self.columns):
            return False
        for value, kind, needed in zip(row, self.kinds, self.needed, strict=True):
            if value is None:
                if needed:
                    return False
            elif kind == "DATE":
                if not (isinstance(value, str) and _IS_DAY.fullmatch(value)):
                    return False
            elif not isinstance(value, _TYPES.get(kind, (str,))):
                return False
        return True


def _opened_backup(backups: Sequence[Backup], key: bytes) -> sqlite.Connection | None:
    """The newest backup that the same key opens, and that is sound at its beginning."""
    for backup in backups:
        with suppress(sqlite.DatabaseError):
            return connect(backup.file, key, mode="ro")
    return None


def _insert(db: sqlite.Connection, shape: Shape, rows: Sequence[Row]) -> None:
    places = ", ".join("?" * len(shape.columns))
    db.executemany(f'INSERT INTO "{shape.name}" ({shape.listed}) VALUES ({places})', rows)


def _write_words(db: sqlite.Connection) -> None:
    listed = ", ".join(Patient.__dataclass_fields__)
    for row in db.execute(f"SELECT {listed} FROM patient").fetchall():
        told = dict(zip(Patient.__dataclass_fields__, row, strict=True))
        patient = Patient(**{**told, "birth_date": date.fromisoformat(told["birth_date"])})
        db.executemany(
            f"INSERT INTO {WORDS} VALUES (?, ?)", [(word, patient.id) for word in sorted(words_of(patient))]
        )
