"""Records from before they were encrypted: made into an encrypted file, the plain one is removed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import StoreError
from evalassist.files import keep_names
from evalassist.records.connection import connect, first_fault
from evalassist.records.faults import plain_words
from evalassist.records.integrity import counts_of
from evalassist.records.migrations import MIGRATIONS, renew_triggers, version_of
from evalassist.translate import tr


def encrypt(path: Path, key: bytes) -> None:
    """Make the file an encrypted one with the same rows; until that is checked, the plain one stays."""
    part = path.with_name(f"{path.name}.encrypted.part")
    with plain_words(path, "open"):
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        try:
            with closing(sqlite.connect(path, isolation_level=None)) as plain:
                plain.execute("PRAGMA cipher_log_level = NONE")
                counts = counts_of(plain)
                plain.execute(f"ATTACH DATABASE ? AS sealed KEY \"x'{key.hex()}'\"", (str(part),))
                plain.execute("SELECT sqlcipher_export('sealed')")
                for name in ("application_id", "user_version"):
                    (value,) = plain.execute(f"PRAGMA {name}").fetchone()
                    plain.execute(f"PRAGMA sealed.{name} = {value}")
            with closing(connect(part, key)) as sealed:
                if first_fault(sealed) or counts_of(sealed) != counts:
                    raise StoreError(
                        tr(
                            "The records {path} could not be encrypted whole. They were not changed. "
                            "Check the disk, then start EvalAssist again."
                        ).format(path=path)
                    )
                _keep_only_rows(sealed)
            part.replace(path)
            for companion in ("-wal", "-shm"):
                path.with_name(path.name + companion).unlink(missing_ok=True)
            keep_names(path.parent)
        finally:
            part.unlink(missing_ok=True)


def _keep_only_rows(db: sqlite.Connection) -> None:
    """Anybody could write to a plain file: no way in, and nothing that acts by itself, comes from it."""
    names = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        db.execute(f"DROP TRIGGER {_quoted(name)}")
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'vault_copy' AND type = 'table'").fetchone():
        db.execute("DELETE FROM vault_copy")
    if version_of(db) == len(MIGRATIONS):  # an earlier one gets them when it is brought up to date
        renew_triggers(db)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
