"""Records from before they were encrypted: made into an encrypted file, the plain one is removed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import StoreError
from evalassist.files import keep_names
from evalassist.records.connection import COMPANIONS, connect, first_fault, refuse_false_companions
from evalassist.records.faults import plain_words
from evalassist.records.integrity import columns_of, quoted
from evalassist.records.migrations import (
    APPLICATION_ID,
    MIGRATIONS,
    make_version,
    renew_triggers,
    version_of,
)
from evalassist.translate import tr

STAYS = ("account", "audit", "vault_copy")
"""Ways in, and who acted: there were none before records were encrypted, so somebody else put them there."""


def encrypt(path: Path, key: bytes) -> None:
    """Make an encrypted file with the same rows; until that is checked, the plain one stays.

    Anybody could write to a plain file, so nothing but rows comes from it: the tables are made anew.
    """
    refuse_false_companions(path)
    part = path.with_name(f"{path.name}.encrypted.part")
    with plain_words(path, "open"):
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        try:
            with closing(connect(part, key)) as sealed:
                sealed.execute("PRAGMA trusted_schema = OFF")
                sealed.execute("ATTACH DATABASE ? AS plain KEY ''", (str(path),))
                version = version_of(sealed, "plain")
                (application,) = sealed.execute("PRAGMA plain.application_id").fetchone()
                if application != APPLICATION_ID or not 1 <= version <= len(MIGRATIONS):
                    raise StoreError(
                        tr(
                            "{path} holds no records that this EvalAssist knows. Nothing was changed. "
                            "Put the file aside, then start EvalAssist again."
                        ).format(path=path)
                    )
                # one file, and nobody else's until it is detached: what they kept meanwhile would be lost
                sealed.execute("PRAGMA plain.journal_mode = DELETE")
                sealed.execute("PRAGMA plain.locking_mode = EXCLUSIVE")
                make_version(sealed, version)
                if not _copied(sealed) or first_fault(sealed):
                    raise StoreError(
                        tr(
                            "The records {path} could not be encrypted whole. They were not changed. "
                            "Check the disk, then start EvalAssist again."
                        ).format(path=path)
                    )
                # an earlier one is backed up first, when it is brought up to date
                if version == len(MIGRATIONS):
                    renew_triggers(sealed)
                sealed.execute("DETACH DATABASE plain")  # last: from here on others may write to it again
            part.replace(path)
            for companion in COMPANIONS:
                path.with_name(path.name + companion).unlink(missing_ok=True)
            keep_names(path.parent)
        finally:
            part.unlink(missing_ok=True)


def _copied(sealed: sqlite.Connection) -> bool:
    """Bring every row over, and say whether each one arrived."""
    sealed.execute("BEGIN EXCLUSIVE")
    for table, columns in columns_of(sealed).items():
        if table not in STAYS:
            named, whole = quoted(table), ", ".join(map(quoted, columns))
            sealed.execute(f"INSERT INTO main.{named} ({whole}) SELECT {whole} FROM plain.{named}")
            sent, arrived = (
                sealed.execute(f"SELECT count(*) FROM {where}.{named}").fetchone()
                for where in ("plain", "main")
            )
            if sent != arrived:
                return False
    sealed.execute("COMMIT")
    return True
