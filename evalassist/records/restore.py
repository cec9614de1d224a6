"""Records brought back from a backup; those that are there are put aside first and never deleted."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import EvalAssistError, StoreError
from evalassist.files import held, keep_names, read_small, write_whole
from evalassist.records import audit
from evalassist.records import vault as vaults
from evalassist.records.accounts import NOBODY
from evalassist.records.backup import FOLDER, Backups, Manifest, backups_in, given_name, manifest_of
from evalassist.records.connection import COMPANIONS, WHOLE_FILE, connect, refuse_false_companions
from evalassist.records.disk import refuse_network
from evalassist.records.doorstep import CHANGING, RECORDS, SERVER, is_connected
from evalassist.records.faults import plain_words
from evalassist.records.integrity import counts_of, fault_of, sha256_of_file
from evalassist.records.store import Store
from evalassist.records.vault import Keys, Vault, VaultDamagedError
from evalassist.translate import tr

log = logging.getLogger(__name__)

ON_A_SERVER = (
    "The records lie on the clinic's server, and whoever looks after it restores them there. Nothing was changed here. "
    "Only if that server is lost for good: let whoever looks after this workstation move {file} to another folder, "
    "then restore the backup; the audit trail will tell of it."
)


class NotRestoredError(StoreError):
    """The backup could not be restored."""


@dataclass(frozen=True, slots=True)
class ToRestore:
    """A backup with the vault that opens it."""

    file: Path
    vault: Vault
    vault_bytes: bytes
    manifest: Manifest | None

    def keys_by_password(self, name: str, password: str, key_file: bytes | None = None) -> list[Keys]:
        """The keys that the password of that time opens, the newest last."""
        return vaults.unlock(self.vault, name, password, key_file)[1]

    def keys_by_paper(self, paper_key: str) -> list[Keys]:
        return vaults.unlock_with_paper(self.vault, paper_key)

    def account_id(self, name: str) -> str:
        """The id of the account that signs in with this name, or ""."""
        slot = self.vault.slot_named(name)
        return slot.id if slot else ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    records: Path
    counts: dict[str, int]
    aside: Path | None
    """Where the records lie that were there before."""


def chosen_backup(chosen: Path) -> ToRestore:
    """The backup a person named: one of its files, or a folder, whose newest is meant."""
    if chosen.is_dir():
        newest = next(iter(backups_in(chosen)), None)
        if newest is None:
            raise NotRestoredError(
                tr("There is no backup in {chosen}. Choose the folder that holds the backups.").format(
                    chosen=chosen
                )
            )
        file = newest.file
    else:
        file = chosen.with_suffix(".db")
    if not file.is_file():
        raise NotRestoredError(
            tr("There is no backup {file}. Choose a file whose name ends in .db.").format(file=file)
        )
    beside = (file.with_suffix(".vault"), file.with_name(vaults.FILE_NAME))
    vault_file = next((each for each in beside if each.is_file()), None)
    if vault_file is None:
        raise NotRestoredError(
            tr(
                "The vault that opens {name} is missing. Put {beside_name} beside it: "
                "a backup is three files with one name."
            ).format(name=file.name, beside_name=beside[0].name)
        )
    try:
        vault_bytes = read_small(vault_file)
    except ValueError:
        raise VaultDamagedError from None
    return ToRestore(file, vaults.vault_of(vault_bytes), vault_bytes, manifest_of(file))


def restore(backup: ToRestore, keys: list[Keys], folder: Path, by: str = "") -> Restored:
    """Put the records of a backup into a folder, checked before and after; what is there is put aside first.

    `by`: the id of the backup's account, or of the paper key, that opened it; only an administrator's may.
    """
    refuse_network(folder)
    with plain_words(folder / RECORDS, "open"), _alone(folder):
        if is_connected(folder):
            raise NotRestoredError(tr(ON_A_SERVER).format(file=folder / SERVER))
        fitting, aside = put_in_place(backup, keys, folder, by)
    records = folder / RECORDS
    with Store(records, fitting) as store:  # a backup of an earlier EvalAssist is brought up to date
        who, back = store.account_of(by) if by else NOBODY, {audit.TAKES_BACK: store.left_by()}
        store.note_as(who, audit.RESTORED, given_name(backup.file), back)
    with plain_words(records, "read"), closing(connect(records, fitting.database)) as db:
        counts = counts_of(db)
    log.info("records restored from %s", given_name(backup.file) or "a backup")
    return Restored(records, counts, aside)


def put_in_place(backup: ToRestore, keys: list[Keys], folder: Path, by: str = "") -> tuple[Keys, Path | None]:
    """The files of a backup in a folder, as they were; which keys open them, and where what was there lies now."""
    _refuse_a_changed_copy(backup)
    records = folder / RECORDS
    part = folder / f".{RECORDS}.restored.part"
    with plain_words(records, "open"):
        _refuse_other_records(backup, keys, folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_full(folder, backup.file.stat().st_size)
        try:
            fitting = _copied(backup, keys, part)
            if by not in ("", vaults.PAPER):
                _refuse_whoever_is_no_administrator(part, fitting, by)
            with ExitStack() as until_done:
                aside = _put_aside(folder, fitting, until_done)
                write_whole(folder / vaults.FILE_NAME, backup.vault_bytes)
                if os.name == "nt":  # an open file cannot be exchanged there
                    until_done.close()
                for companion in COMPANIONS:  # they would be played into the other file
                    records.with_name(records.name + companion).unlink(missing_ok=True)
                part.replace(records)
            keep_names(folder)
        finally:
            for companion in ("", *COMPANIONS):
                part.with_name(part.name + companion).unlink(missing_ok=True)
    return fitting, aside


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No window begins, changes keys or restores meanwhile: its vault would lie beside the records of the backup."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as until_done:
        try:
            until_done.enter_context(held(folder / CHANGING))
        except BlockingIOError as busy:
            raise _in_use() from busy
        yield


def _refuse_a_changed_copy(backup: ToRestore) -> None:
    manifest = backup.manifest
    if manifest is None:
        return
    vault = hashlib.sha256(backup.vault_bytes).hexdigest()
    if sha256_of_file(backup.file) != manifest.sha256 or vault != manifest.vault_sha256:
        raise NotRestoredError(
            tr(
                "The backup {name} is no longer what was written: the disk damaged it or it was changed. "
                "Nothing was changed here. Choose the backup before it."
            ).format(name=backup.file.name)
        )


def _refuse_other_records(backup: ToRestore, keys: list[Keys], folder: Path) -> None:
    vault = folder / vaults.FILE_NAME
    for file in (vault, vaults.previous_of(vault)):
        with suppress(VaultDamagedError):
            here = vaults.vault_of(_small(file) or b"")
            same = here.records_id == backup.vault.records_id and all(here.fits(each) for each in keys)
            if here.begun and not same:
                raise NotRestoredError(
                    tr(
                        "This backup belongs to other records. Move those that are here to another folder first. "
                        "Nothing was changed."
                    )
                )


def _refuse_whoever_is_no_administrator(part: Path, keys: Keys, account_id: str) -> None:
    with closing(connect(part, keys.database)) as db:
        role = "SELECT role FROM account WHERE id = ? AND removed_at IS NULL"
        found = db.execute(role, (account_id,)).fetchone()
    if found != ("administrator",):
        raise NotRestoredError(
            tr("Only an administrator of the backup, or the paper key, restores it. Nothing was changed.")
        )


def _refuse_full(folder: Path, needed: int) -> None:
    if shutil.disk_usage(folder).free < needed:
        raise NotRestoredError(
            tr(
                "The disk of {folder} has too little space for the backup ({needed:.0f} MB). "
                "Nothing was changed. Free some space there, then try again."
            ).format(folder=folder, needed=needed / 2**20)
        )


def _copied(backup: ToRestore, keys: list[Keys], part: Path) -> Keys:
    """Copy the backup beside its place, check the copy, and say which of the keys opens it."""
    for companion in ("", "-wal"):
        source, target = (each.with_name(each.name + companion) for each in (backup.file, part))
        target.unlink(missing_ok=True)
        # records that were put aside as they were may have last changes beside them; a backup is one file
        if source.is_file() and not (companion and backup.manifest):
            shutil.copyfile(source, target)
            target.chmod(0o600)
            with target.open("rb+") as written:
                os.fsync(written.fileno())
    for each in reversed(keys):
        with suppress(sqlite.DatabaseError):  # not the key of this file, or it is damaged
            fault = fault_of(part, each.database)
            with closing(connect(part, each.database)) as db:
                whole = not backup.manifest or counts_of(db) == backup.manifest.held.counts
            if whole and not fault:
                return each
    raise NotRestoredError(
        tr("The backup {name} is damaged. Nothing was changed here. Choose the backup before it.").format(
            name=backup.file.name
        )
    )


def _put_aside(folder: Path, keys: Keys, until_done: ExitStack) -> Path | None:
    """Make a backup of the records that are there; where they cannot be read, move them as they are."""
    records, vault = folder / RECORDS, folder / vaults.FILE_NAME
    former = vaults.previous_of(vault)
    files = [records, *(folder / f"{RECORDS}{end}" for end in COMPANIONS)]
    ways_in = [each for each in (vault, former) if each.exists()]
    if not ways_in and not any(each.exists() for each in files):
        return None
    if records.exists() and (made := _backed_up(records, keys, until_done)):
        return made
    aside = _new_aside(folder)
    for each in ways_in:  # the vault stays until the other one takes its place: without it all would look new
        if (text := _small(each)) is not None:
            write_whole(aside / each.name, text)
        else:
            each.rename(aside / each.name)
            each.touch(mode=0o600)
    former.unlink(missing_ok=True)
    for each in files:
        if each.exists():  # asked only now: nobody opens the records any more once their file is moved
            each.rename(aside / each.name)
    keep_names(aside)
    keep_names(folder)
    log.info("records put aside as they were")
    return aside


def _backed_up(records: Path, keys: Keys, until_done: ExitStack) -> Path | None:
    """A backup of sound records that this key opens, which are one file then; None of any others.

    Nobody else opens them until then: what somebody kept between the copy and the exchange would lie nowhere. On
    Windows the last moment of that is open: a file that is held cannot be exchanged there.
    """
    refuse_false_companions(records)  # who uses the records cannot be seen then
    try:
        with WHOLE_FILE:  # the window's own last backup may be at work
            db = until_done.enter_context(closing(connect(records, keys.database)))
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("BEGIN EXCLUSIVE")
            db.execute("COMMIT")  # the lock stays
        made = Backups(records).make(keys.database, "before-restore", source=db)
        db.execute("PRAGMA journal_mode = DELETE")
    except (sqlite.DatabaseError, EvalAssistError) as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise _in_use() from error
        until_done.close()
        return None
    former = vaults.previous_of(records.with_name(vaults.FILE_NAME))
    if former.exists() and _small(former) is None:
        former.rename(_new_aside(records.parent) / former.name)
    former.unlink(missing_ok=True)
    return made.file


def _small(file: Path) -> bytes | None:
    """What stands in a file of ours; None where there is none, or something else lies in its place."""
    try:
        return read_small(file) if file.is_file() else None
    except ValueError:
        return None


def _in_use() -> NotRestoredError:
    return NotRestoredError(
        tr("Another window or program is using the records. Nothing was changed. Close it, then try again.")
    )


def _new_aside(folder: Path) -> Path:
    """A new folder among the backups, for what is put aside as it is."""
    backups = folder / FOLDER
    backups.mkdir(mode=0o700, exist_ok=True)
    return Path(mkdtemp(prefix="before-restore-", dir=backups))
