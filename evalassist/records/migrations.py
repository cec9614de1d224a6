"""How the records file came to its present shape: numbered functions, never edited once released.

The first one makes everything. Before an older file is brought up to date a backup is made of it (`database`), and
a change that fails, loses a row or alters what it should not touch leaves the file as it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import StoreError
from evalassist.records.integrity import columns_of, sums_of
from evalassist.records.triggers import TRIGGERS
from evalassist.translate import tr

log = logging.getLogger(__name__)

APPLICATION_ID = int.from_bytes(b"EVAL", "big")


def _version_1(db: sqlite.Connection) -> None:
    """Patients, episodes, evaluations, addenda, documents, and where work was left."""
    for statement in (
        "CREATE TABLE patient (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL,"
        " birth_date DATE NOT NULL, sex TEXT NOT NULL, language TEXT NOT NULL, record_number TEXT NOT NULL)",
        "CREATE INDEX patient_by_name ON patient (name_key)",
        "CREATE TABLE patient_word (word TEXT NOT NULL,"
        " patient_id TEXT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT,"
        " PRIMARY KEY (word, patient_id)) WITHOUT ROWID",
        "CREATE INDEX patient_word_of_patient ON patient_word (patient_id)",
        "CREATE TABLE episode (id TEXT NOT NULL PRIMARY KEY,"
        " patient_id TEXT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT, begun_on DATE NOT NULL)",
        "CREATE INDEX episode_of_patient ON episode (patient_id)",
        "CREATE TABLE evaluation (id TEXT NOT NULL PRIMARY KEY,"
        " episode_id TEXT NOT NULL REFERENCES episode (id) ON DELETE RESTRICT, kind TEXT NOT NULL,"
        " sore_knee TEXT NOT NULL, visit_date DATE NOT NULL, version INTEGER NOT NULL,"
        " change_number INTEGER NOT NULL, updated_at TEXT NOT NULL,"
        " signed_at TEXT, clinician TEXT, licence TEXT,"
        " note_sha256 TEXT, content_release TEXT NOT NULL, impression TEXT NOT NULL, opinions JSON NOT NULL,"
        " plan_edits JSON NOT NULL, answers JSON NOT NULL, note TEXT,"
        " CONSTRAINT signed_whole CHECK ("
        "(signed_at IS NULL AND note IS NULL AND note_sha256 IS NULL AND clinician IS NULL"
        " AND licence IS NULL) OR "
        "(signed_at IS NOT NULL AND note IS NOT NULL AND note_sha256 IS NOT NULL AND clinician IS NOT NULL"
        " AND licence IS NOT NULL)))",
        "CREATE INDEX evaluation_of_episode ON evaluation (episode_id)",
        "CREATE INDEX evaluation_by_change ON evaluation (change_number)",
        "CREATE TABLE addendum (evaluation_id TEXT NOT NULL REFERENCES evaluation (id) ON DELETE RESTRICT,"
        " number INTEGER NOT NULL, text TEXT NOT NULL, clinician TEXT NOT NULL, written_at TEXT NOT NULL,"
        " sha256 TEXT NOT NULL, PRIMARY KEY (evaluation_id, number))",
        "CREATE TABLE document (id TEXT NOT NULL PRIMARY KEY,"
        " evaluation_id TEXT NOT NULL REFERENCES evaluation (id) ON DELETE RESTRICT, kind TEXT NOT NULL,"
        " language TEXT NOT NULL, paper TEXT NOT NULL, use TEXT NOT NULL, kept_at TEXT NOT NULL,"
        " kept_by TEXT NOT NULL, sha256 TEXT NOT NULL, pdf BLOB NOT NULL)",
        "CREATE INDEX document_of_evaluation ON document (evaluation_id)",
        "CREATE TABLE place ("
        "evaluation_id TEXT NOT NULL PRIMARY KEY REFERENCES evaluation (id) ON DELETE RESTRICT,"
        " step TEXT NOT NULL, item TEXT NOT NULL)",
    ):
        db.execute(statement)


def _version_2(db: sqlite.Connection) -> None:
    """Clinical defaults that the clinic set otherwise, and what each evaluation was judged by."""
    for statement in (
        "ALTER TABLE evaluation ADD COLUMN defaults JSON NOT NULL DEFAULT '{}'",
        "CREATE TABLE default_change (number INTEGER NOT NULL PRIMARY KEY, default_id TEXT NOT NULL,"
        " value FLOAT, changed_at TEXT NOT NULL, changed_by TEXT NOT NULL, reason TEXT NOT NULL)",
    ):
        db.execute(statement)


def _version_3(db: sqlite.Connection) -> None:
    """How the exercises of the last plan went, told at later visits."""
    db.execute("ALTER TABLE evaluation ADD COLUMN exercise_log JSON NOT NULL DEFAULT '[]'")


def _version_4(db: sqlite.Connection) -> None:
    """A paper may be printed several times, or not at all; sheets of one plan are known as such."""
    for statement in (
        "CREATE TABLE document_use (document_id TEXT NOT NULL REFERENCES document (id) ON DELETE RESTRICT,"
        " number INTEGER NOT NULL, use TEXT NOT NULL, used_at TEXT NOT NULL, used_by TEXT NOT NULL,"
        " PRIMARY KEY (document_id, number))",
        "INSERT INTO document_use SELECT id, 1, use, kept_at, kept_by FROM document",
        # made anew, for what lists show must stand before the bytes
        "CREATE TABLE document_4 (id TEXT NOT NULL PRIMARY KEY,"
        " evaluation_id TEXT NOT NULL REFERENCES evaluation (id) ON DELETE RESTRICT, kind TEXT NOT NULL,"
        " language TEXT NOT NULL, paper TEXT NOT NULL, content_sha256 TEXT NOT NULL, kept_at TEXT NOT NULL,"
        " kept_by TEXT NOT NULL, sha256 TEXT NOT NULL, pdf BLOB NOT NULL)",
        "INSERT INTO document_4 SELECT id, evaluation_id, kind, language, paper, '', kept_at, kept_by, sha256,"
        " pdf FROM document",
        "DROP TABLE document",
        "ALTER TABLE document_4 RENAME TO document",
        "CREATE INDEX document_of_evaluation ON document (evaluation_id)",
    ):
        db.execute(statement)


def _version_5(db: sqlite.Connection) -> None:
    """Accounts, the audit trail, a copy of the vault, and more than one kind of addendum."""
    for statement in (
        "CREATE TABLE account (id TEXT NOT NULL PRIMARY KEY, sign_in TEXT NOT NULL, name TEXT NOT NULL,"
        " licence TEXT NOT NULL, role TEXT NOT NULL, added_at TEXT NOT NULL, removed_at TEXT)",
        "CREATE TABLE audit (number INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL, account_id TEXT NOT NULL,"
        " who TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL, mac TEXT NOT NULL)",
        "CREATE TABLE vault_copy (id INTEGER NOT NULL PRIMARY KEY, kept_at TEXT NOT NULL, vault BLOB NOT NULL)",
        "ALTER TABLE addendum ADD COLUMN kind TEXT NOT NULL DEFAULT 'addendum'",
        "ALTER TABLE addendum ADD COLUMN licence TEXT NOT NULL DEFAULT ''",
    ):
        db.execute(statement)


def _version_6(db: sqlite.Connection) -> None:
    """A note that a student signed waits for a therapist's signature."""
    db.execute("ALTER TABLE evaluation ADD COLUMN student BOOLEAN NOT NULL DEFAULT 0")


MIGRATIONS: list[Callable[[sqlite.Connection], None]] = [
    _version_1,
    _version_2,
    _version_3,
    _version_4,
    _version_5,
    _version_6,
]


REWRITTEN: dict[int, frozenset[str]] = {}
"""By version, the tables whose rows it may alter, add or remove; every other table keeps what it held."""


def version_of(db: sqlite.Connection, where: str = "main") -> int:
    return int(db.execute(f"PRAGMA {where}.user_version").fetchone()[0])


def make_version(db: sqlite.Connection, version: int) -> None:
    """Make the tables of this version, without its locks, in an empty file."""
    for migrate in MIGRATIONS[:version]:
        migrate(db)
    db.execute(f"PRAGMA main.application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA main.user_version = {version}")


def bring_up_to_date(db: sqlite.Connection, former: sqlite.Connection | None = None) -> None:
    """Run what this file has not seen yet, all of it or nothing.

    `former` is its backup: whatever was in it and is not meant to change must be there afterwards.
    """
    # else a rebuilt table takes its children along; the setting is ignored after BEGIN
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("BEGIN IMMEDIATE")
    try:
        before = version_of(db)
        for migrate in MIGRATIONS[before:]:
            migrate(db)
        if former is not None:
            _refuse_a_loss(db, former, before)
        renew_triggers(db)
        if db.execute("PRAGMA foreign_key_check").fetchone():
            raise StoreError(
                tr(
                    "The records could not be brought up to date, because rows in it do not fit together. "
                    "Nothing was changed. Go on with the earlier EvalAssist and ask for help."
                )
            )
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    log.info("records brought from version %d to %d", before, len(MIGRATIONS))


def _refuse_a_loss(db: sqlite.Connection, former: sqlite.Connection, before: int) -> None:
    """Every table that is not rewritten on purpose holds the same rows, in the columns that are still there."""
    rewritten = frozenset[str]().union(*(tables for at, tables in REWRITTEN.items() if at > before))
    now, then = columns_of(db), columns_of(former)
    stays = {
        table: [name for name in names if name in now.get(table, ())]
        for table, names in then.items()
        if table not in rewritten
    }
    gone = [table for table, names in stays.items() if not names]
    if gone or sums_of(db, stays) != sums_of(former, stays):
        raise StoreError(
            tr(
                "The records could not be brought up to date without a loss, so nothing was changed. "
                "Go on with the earlier EvalAssist and ask for help."
            )
        )


def renew_triggers(db: sqlite.Connection) -> None:
    """The locks of the records, and no other triggers."""
    for name in _triggers_of(db):
        db.execute(f'DROP TRIGGER "{name}"')
    for statement in TRIGGERS.values():
        db.execute(statement)
    if _triggers_of(db) != TRIGGERS:
        raise StoreError(
            tr("The locks of the records could not be renewed. Nothing was changed. Ask for help.")
        )


def _triggers_of(db: sqlite.Connection) -> dict[str, str]:
    return dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
