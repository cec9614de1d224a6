"""The records of one computer copied up to the clinic's server: all of them or none, and compared before it counts."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select, tuple_

from evalassist.errors import StoreError
from evalassist.records.database import open_engine
from evalassist.records.faults import plain_words
from evalassist.records.models import Base
from evalassist.records.postgres import LONG_WORK, open_server
from evalassist.records.server import Server
from evalassist.records.vault import Keys
from evalassist.records.writes import lock_trail
from evalassist.translate import tr

log = logging.getLogger(__name__)

AT_ONCE = 200
"""So many rows travel together; of papers, which are large, a tenth."""
COPY_WAIT_S = 10.0


def move(
    file: Path, keys: Keys, server: Server, finish: Callable[[Connection], object] = lambda _db: None
) -> dict[str, int]:
    """Copy every row to an empty database, compare each table, and return how many rows each has.

    Nobody can write to the file meanwhile, and it stays as it is. `finish` adds to the copy before it counts;
    what it raises keeps all of it from the server.
    """
    local = open_engine(file, keys.database, COPY_WAIT_S)
    try:
        with plain_words(file, "read"), local.connect() as source:
            source.begin()  # holds off every other writer of the file
            remote = open_server(server, COPY_WAIT_S, LONG_WORK)
            try:
                with plain_words(server, "move"), remote.begin() as target:
                    lock_trail(target)
                    _refuse_what_is_not_empty(target, server)
                    moved = {
                        table.name: _copied(table, source, target) for table in Base.metadata.sorted_tables
                    }
                    finish(target)
            finally:
                remote.dispose()
                source.rollback()
    finally:
        local.dispose()
    log.info("%d rows moved to the server", sum(moved.values()))
    return moved


def _refuse_what_is_not_empty(target: Connection, server: Server) -> None:
    for table in Base.metadata.sorted_tables:
        if target.execute(select(table.primary_key.columns[0]).limit(1)).first() is not None:
            raise StoreError(
                tr(
                    "There are records in {server} already, so none were moved there. "
                    "Connect this workstation with `evalassist connect-to-postgres`, or name an empty database."
                ).format(server=server)
            )


def _copied(table: Table, source: Connection, target: Connection) -> int:
    """Copy a table and compare what arrived."""
    for rows in _in_parts(table, source):
        target.execute(insert(table), [dict(row._mapping) for row in rows])
    sent, arrived = content(table, source), content(table, target)
    if sent != arrived:
        raise StoreError(
            tr(
                "What arrived of “{name}” is not what was sent, so nothing was moved. "
                "The records of this computer are as they were. Ask whoever looks after the server."
            ).format(name=table.name)
        )
    return sent[0]


def content(table: Table, db: Connection) -> tuple[int, str]:
    """How many rows a table has, and the SHA-256 over all that stands in them, the same on both engines."""
    count, digest = 0, hashlib.sha256()
    for rows in _in_parts(table, db):
        for row in rows:
            digest.update(repr(tuple(row)).encode())
            count += 1
    return count, digest.hexdigest()


def _in_parts(table: Table, db: Connection) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    """All rows in their order, some at a time: papers are large."""
    key = tuple(table.primary_key.columns)
    keys = db.execute(select(*key).order_by(*key)).all()
    many = AT_ONCE // 10 if "pdf" in table.columns else AT_ONCE
    for at in range(0, len(keys), many):
        part = [tuple(each) for each in keys[at : at + many]]
        yield db.execute(select(table).where(tuple_(*key).in_(part)).order_by(*key)).all()
