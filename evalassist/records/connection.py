"""A bare connection to the encrypted file: it opens with the right key only."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import EvalAssistError, StoreError
from evalassist.files import is_something_else
from evalassist.records.vault import KEY_BYTES
from evalassist.translate import tr

WAIT_S = 2.0
"""How long a save waits for another window: longer would freeze this one."""

COMPANIONS = "-wal", "-shm", "-journal"
"""What SQLite keeps beside a file, by the end of its name; beside another file it would be played into that."""

WHOLE_FILE = Lock()
"""Held while the whole file is copied or encrypted anew: a copy half in one key and half in another opens with none."""


def connect(path: Path, key: bytes, wait_s: float = WAIT_S, *, mode: str = "rw") -> sqlite.Connection:
    """Connect to a file that exists; it never makes one, and leaves transactions to its caller."""
    if len(key) != KEY_BYTES:  # SQLCipher would take it for a passphrase and make another key of it
        raise EvalAssistError(tr("The key of the records does not have its right length."))
    refuse_false_companions(path)
    uri = f"{path.as_uri()}?mode={mode}"
    db = sqlite.connect(uri, uri=True, timeout=wait_s, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA cipher_log_level = NONE")  # else its errors go to the terminal
        db.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        db.execute("PRAGMA cipher_compatibility = 4")  # the next SQLCipher writes another format by itself
        db.execute("SELECT count(*) FROM sqlite_master")  # a wrong key or a damaged beginning shows here
    except BaseException:
        db.close()
        raise
    return db


def refuse_false_companions(path: Path) -> None:
    """Refuse what is no file in the place of a companion: SQLite would wait for ever to read a pipe."""
    path = path.resolve()  # SQLite looks for them beside what a link leads to
    for companion in (path.with_name(path.name + end) for end in COMPANIONS):
        if is_something_else(companion):
            raise StoreError(
                tr(
                    "{companion} is not the file that belongs beside the records: another program put a folder, or "
                    "something else, in its place, so the records were not opened. Nothing was changed. "
                    "Remove it, then try again."
                ).format(companion=companion)
            )


def first_fault(db: sqlite.Connection) -> str:
    """What SQLite finds wrong in the file, or nothing."""
    (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
    return "" if found == "ok" else str(found)
