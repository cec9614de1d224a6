"""One door to the records file: it is checked before it is used, and every connection is made alike."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import StoreError
from evalassist.files import keep_names
from evalassist.records.backup import Backups
from evalassist.records.connection import WAIT_S, connect, first_fault, refuse_false_companions
from evalassist.records.disk import refuse_network
from evalassist.records.faults import DamagedError, plain_words
from evalassist.records.migrations import APPLICATION_ID, MIGRATIONS, bring_up_to_date, version_of
from evalassist.translate import tr

log = logging.getLogger(__name__)

CHECKED_WHOLE_BYTES = 2 * 2**20
"""Files up to this size are checked whole at every start, larger ones only after a crash: it stays quick.

A damaged page is found in any case, when it is read: each carries its own seal. Every backup is checked whole.
"""
CONNECTION_SETTINGS = (
    "synchronous = FULL",  # WAL with NORMAL loses saves when the power fails
    "foreign_keys = ON",
    "recursive_triggers = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "temp_store = MEMORY",  # nothing of a patient in temporary files
)


SQLITE_OK, SQLITE_DENY = 0, 1
NEVER = frozenset((5, 7, 11, 16, 24, 26))
"""CREATE (TEMP) TRIGGER, DROP TABLE, DROP TRIGGER, ATTACH, ALTER TABLE: by these the locks could be taken off or
gone round. Only migrations do so."""
PRAGMA = 19


def _allowed(action: int, first: str | None, value: str | None, *_where: str | None) -> int:
    """What the app's own connections may do with the file."""
    loosens = action == PRAGMA and (first or "").lower() == "writable_schema" and value is not None
    return SQLITE_DENY if action in NEVER or loosens else SQLITE_OK


def file_of(url_or_path: str | Path) -> Path:
    """The file named by a path or by `sqlite:///path`."""
    path = str(url_or_path)
    if path.startswith("sqlite:"):
        try:
            path = make_url(path).database or ""
        except ArgumentError:
            path = ""
    if path in ("", ":memory:"):
        raise StoreError(tr("The records need a file on the disk. Name one, for example records.sqlite."))
    return Path(path).expanduser().absolute()


def reading(engine: Engine) -> Engine:
    """The engine for transactions that only read; what one of them sees does not change under it."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(write=False)


def open_engine(url_or_path: str | Path, key: bytes, wait_s: float = WAIT_S) -> Engine:
    """Open the records file, made when there is none yet and brought up to date when it is older.

    A missing folder, an empty, foreign, damaged or newer file is refused with a `StoreError` and left alone.
    """
    path = file_of(url_or_path)
    refuse_network(path.parent)
    refuse_false_companions(path)
    with plain_words(path, "open"):
        if path.exists():
            _refuse_a_folder_or_nothing(path)
        else:
            _make_new(path, key)
        _make_private(path)
        _check_and_update(path, key)
        return engine_of(path, key, wait_s)


def engine_of(path: Path, key: bytes, wait_s: float = WAIT_S) -> Engine:
    """Connections to a records file, all made alike; the file is not checked."""
    engine = create_engine(
        "sqlite://",
        module=sqlite,
        creator=lambda: connect(path, key, wait_s),
        poolclass=QueuePool,
        hide_parameters=True,  # a traceback must not quote a patient
        json_serializer=partial(json.dumps, allow_nan=False, separators=(",", ":")),
    )

    @event.listens_for(engine, "connect")
    def _alike(connection: sqlite.Connection, _entry: ConnectionPoolEntry) -> None:
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise StoreError(
                tr(
                    "The disk with {path} cannot keep records safely (a network drive, perhaps). "
                    "Nothing was changed. Keep the records on a disk of this computer."
                ).format(path=path)
            )
        for setting in CONNECTION_SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        connection.set_authorizer(_allowed)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # a read that turns into a write fails at once when another window writes, so writes say so first
        writes = connection.get_execution_options().get("write", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _refuse_a_folder_or_nothing(path: Path) -> None:
    if path.is_dir():
        raise StoreError(
            tr("{path} is a folder, not a records file. Nothing was changed. Name a file in it.").format(
                path=path
            )
        )
    # its bytes are left to SQLite: closing a file of one's own drops the locks this process holds on it
    if path.stat().st_size == 0:
        raise StoreError(
            tr(
                "The records file {path} is empty: what it held is gone from it, and no new records were begun. "
                "Put a copy from your backup in its place, or remove the empty file to begin anew."
            ).format(path=path)
        )


def _make_new(path: Path, key: bytes) -> None:
    """Make the file whole before it gets its name: a crash never leaves a half-made one behind."""
    if not path.parent.is_dir():
        raise StoreError(
            tr(
                "The folder {parent} is not there, so the records cannot be opened. Nothing was changed. "
                "Connect the drive that holds it, or make the folder."
            ).format(parent=path.parent)
        )
    if path.with_name(path.name + "-wal").exists():
        raise StoreError(
            tr(
                "The records file {path} is missing, but the file with its last changes is still there. "
                "No new records were begun. Put the missing file back, or a copy from your backup."
            ).format(path=path)
        )
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        with closing(connect(part, key)) as db:
            bring_up_to_date(db)
        _name_once(part, path)
    finally:
        part.unlink(missing_ok=True)
    log.info("new records file made")


def _name_once(part: Path, path: Path) -> None:
    """Give the finished file its name, unless another window was quicker: then that one's file stays."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        return
    except OSError:  # a disk without hard links
        if not path.exists():
            part.rename(path)
    keep_names(path.parent)


def _make_private(path: Path) -> None:
    """Only this account reads the file; SQLite gives its companion files the same rights."""
    with suppress(OSError):  # a disk without rights, or a file of another account
        mode = path.stat().st_mode
        if mode & 0o077:
            path.chmod(mode & 0o700)


def _check_and_update(path: Path, key: bytes) -> None:
    """Refuse a file that is not ours, newer or damaged, and back up and update an older one."""
    companion = path.with_name(path.name + "-wal")
    left_by_a_crash = companion.exists() and companion.stat().st_size > 0
    with closing(connect(path, key)) as db:
        version = version_of(db)
        (application,) = db.execute("PRAGMA application_id").fetchone()
        if application != APPLICATION_ID or version < 1:
            raise StoreError(
                tr(
                    "{path} holds no records of EvalAssist. Nothing was changed. "
                    "Choose another file, or put a copy from your backup in its place."
                ).format(path=path)
            )
        if version > len(MIGRATIONS):
            raise StoreError(
                tr(
                    "The records file {path} was written by a newer EvalAssist (file version {version}; "
                    "this one knows {count}). Nothing was changed. Install the newer EvalAssist."
                ).format(path=path, version=version, count=len(MIGRATIONS))
            )
        if left_by_a_crash or path.stat().st_size <= CHECKED_WHOLE_BYTES:
            fault = first_fault(db)
            if fault:
                log.error("the records file failed its check")
                raise DamagedError(
                    tr(
                        "The records file {path} is damaged. Nothing was changed. "
                        "Keep the damaged file, and put a copy from your backup in its place."
                    ).format(path=path)
                )
        if version < len(MIGRATIONS):
            backup = Backups(path).make(key, "before-migration")
            with closing(connect(backup.file, key, mode="ro")) as former:
                bring_up_to_date(db, former)
