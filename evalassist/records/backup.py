"""Backups: whole copies of the records, checked before they count, numbered, and thinned out as they age.

A backup is three files with one name: the encrypted records, the vault that opens them, and a manifest that says
what is in them. The records get their name last, so what was cut short is never taken for a backup.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from sqlcipher3 import dbapi2 as sqlite

from evalassist import __version__
from evalassist.errors import StoreError
from evalassist.files import keep_names, read_small, write_whole
from evalassist.records import vault as vaults
from evalassist.records.connection import COMPANIONS, WHOLE_FILE, connect
from evalassist.records.faults import DamagedError, plain_words
from evalassist.records.integrity import counts_of, fault_of, sha256_of_file
from evalassist.translate import tr

log = logging.getLogger(__name__)

FOLDER = "backups"
"""Beside the records, where no other folder is set."""
RECENT, DAYS, WEEKS, MONTHS = 8, 12, 10, 9
"""What stays: the newest eight, then one for each of so many days, weeks and months with work."""
OLD = timedelta(days=1)
DRILL_EVERY = timedelta(days=30)
MOST = 10**9
"""No backup is numbered so high by itself."""
MOST_SIGNS = 2**20
"""Nothing that tells of a backup is as long."""
SPARE_BYTES = 32 * 2**20
"""A backup never takes the last space, for the records are kept on the same disk, perhaps."""
LEFT_BY_DRILL = ".drill-"

Kind = Literal["working", "close", "asked", "before-migration", "before-restore"]
BEFORE = ("before-migration", "before-restore")
_NAME = re.compile(r"evalassist-(?P<records>[0-9a-z]{8})-(?P<number>\d{6,})-\d{4}-\d\d-\d\d")


class BackupError(StoreError):
    """No backup could be made."""


class GivenUpError(BackupError):
    """The backup was given up, because the records are being locked or got another key."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _a_moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its time zone")
    if not 2000 <= moment.year < 3000:  # Windows tells no other years in the time of its place
        raise ValueError("a moment when no backup was made")
    return text


Moment = Annotated[str, AfterValidator(_a_moment)]


class Held(_Kept):
    """What the records held when they were copied; two moments that hold the same need one backup."""

    version: int
    counts: dict[str, int]
    last_change: int
    audit_number: Annotated[int, Field(ge=0)]
    audit_mac: Annotated[str, Field(max_length=64)]
    """The last line of the audit trail: one that ends before it was cut."""

    def same_records(self, other: Held) -> bool:
        """Whether the two differ at most in who signed in and looked."""

        def told(held: Held) -> tuple[object, ...]:
            return held.version, held.last_change, {**held.counts, "audit": 0}

        return told(self) == told(other)


class Manifest(_Kept):
    """What is in a backup."""

    format: Literal[1] = 1
    records_id: str
    number: Annotated[int, Field(ge=1)]
    kind: Kind
    made_at: Moment
    release: str
    held: Held
    size_bytes: int
    sha256: str
    vault_sha256: str
    """Of the vault beside it; empty where the records have none."""
    salt: str
    """The first bytes of the records, without which no page of theirs can be read; they are no secret."""

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


class Drill(_Kept):
    """How the last trial went to restore the newest backup."""

    at: Moment
    number: int
    fault: str = ""
    """Empty: everything came back."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup in a folder."""

    manifest: Manifest
    file: Path

    @property
    def vault_file(self) -> Path:
        return self.file.with_suffix(".vault")

    @property
    def manifest_file(self) -> Path:
        return self.file.with_suffix(".json")


def backups_in(folder: Path) -> tuple[Backup, ...]:
    """All finished backups of a folder, the newest first."""
    found = []
    for file in folder.glob("evalassist-*.db"):
        manifest = manifest_of(file) if file.is_file() else None
        if manifest is not None and file.stat().st_size == manifest.size_bytes:
            found.append(Backup(manifest, file))
    return tuple(sorted(found, key=lambda each: (each.manifest.number, each.manifest.made_at), reverse=True))


def given_name(file: Path) -> str:
    """The name EvalAssist gave this backup, without what a person made of it; empty where it is another one."""
    found = _NAME.match(file.stem)
    return found[0] if found else ""


def manifest_of(file: Path) -> Manifest | None:
    """The manifest of a backup; None where it is missing or cannot be read."""
    beside = file.with_suffix(".json")
    try:
        return Manifest.model_validate_json(read_small(beside, MOST_SIGNS)) if beside.is_file() else None
    except (OSError, ValueError, ValidationError):
        return None


class Backups:
    """The backups of one records file."""

    def __init__(self, records: Path, folder: Path | None = None) -> None:
        """`folder`: where they lie, on another disk perhaps; otherwise beside the records."""
        self.records = records
        self.folder = folder or records.parent / FOLDER

    @cached_property
    def records_id(self) -> str:
        vault = self.vault_bytes()
        return vaults.vault_of(vault).records_id if vault else ""

    # ------------------------------------------------------------ looking

    def all(self) -> tuple[Backup, ...]:
        """The backups of these records, the newest first."""
        return tuple(each for each in backups_in(self.folder) if each.manifest.records_id == self.records_id)

    def newest(self) -> Backup | None:
        return next(iter(self.all()), None)

    def overdue(self, now: datetime | None = None) -> bool:
        """Whether the records changed and the newest backup is more than a day old, or dated in the future."""
        newest = self.newest()
        if newest is None:
            return False  # the first one is made soon after the start
        age = (now or datetime.now(UTC)) - newest.manifest.moment
        written = max(
            each.stat().st_mtime
            for each in (self.records, self.records.with_name(f"{self.records.name}-wal"))
            if each.exists()
        )
        return abs(age) > OLD and written > newest.file.stat().st_mtime

    def drill(self) -> Drill | None:
        """How the last trial went; None where there was none."""
        try:
            return Drill.model_validate_json(read_small(self._drill_file, MOST_SIGNS))
        except (OSError, ValueError, ValidationError):
            return None

    def note_drill(self, drill: Drill) -> None:
        write_whole(self._drill_file, drill.model_dump_json(indent=1).encode())

    @property
    def _drill_file(self) -> Path:
        return self.folder / f"evalassist-{self._short}-drill.json"

    @property
    def _short(self) -> str:
        return self.records_id[:8] or "00000000"

    # ------------------------------------------------------------ making

    def make(
        self,
        key: bytes,
        kind: Kind,
        stop: Callable[[], bool] = lambda: False,
        source: sqlite.Connection | None = None,
    ) -> Backup:
        """Copy the records in one step, check the copy, and only then give it its name.

        Others may write meanwhile. `stop` gives it up between two steps. `source`: who has the records for itself.
        """
        now = datetime.now(UTC)
        with _told(self.folder):
            self.folder.mkdir(mode=0o700, exist_ok=True)  # not its parents: a disk may be unplugged
            self._refuse_last_space()
            vault = self.vault_bytes()
            number = self._next_number()
            name = f"evalassist-{self._short}-{number:06}-{now.astimezone().date()}"
            file = self.folder / f"{name}.db"
            part = file.with_suffix(".db.part")
            part.touch(mode=0o600, exist_ok=False)
            try:
                held, salt = self._copied(part, key, vault, stop, source)
                manifest = Manifest(
                    records_id=self.records_id,
                    number=number,
                    kind=kind,
                    made_at=now.isoformat(timespec="seconds"),
                    release=__version__,
                    held=held,
                    size_bytes=part.stat().st_size,
                    sha256=sha256_of_file(part),
                    salt=salt,
                    vault_sha256=_written(vault, file.with_suffix(".vault")),
                )
                write_whole(file.with_suffix(".json"), manifest.model_dump_json(indent=1).encode())
                part.rename(file)
                keep_names(self.folder)
            finally:
                _remove_unfinished(part)
            log.info("backup %d made, %s", number, kind)
            self._thin_out()
        return Backup(manifest, file)

    def held_now(self, key: bytes) -> Held:
        """What the records hold now."""
        with plain_words(self.records, "read"), closing(connect(self.records, key)) as db:
            return _held(db)

    def tidy(self) -> None:
        """Remove what was cut short before: unfinished copies, and what a trial left."""
        with _told(self.folder):
            if (
                self.folder.exists() or not self.folder.parent.exists()
            ):  # else it is made with the first backup
                os.scandir(self.folder).close()  # what cannot be looked at seems empty to `glob`
            for part in self.folder.glob(f"evalassist-{self._short}-*.part"):
                _remove_unfinished(part)
            for part in self.folder.glob(f".evalassist-{self._short}-*"):
                part.unlink()
            for left in self.folder.glob(f"{LEFT_BY_DRILL}{self._short}-*"):
                shutil.rmtree(left, ignore_errors=True)

    def _copied(
        self,
        part: Path,
        key: bytes,
        vault: bytes,
        stop: Callable[[], bool],
        source: sqlite.Connection | None,
    ) -> tuple[Held, str]:
        with WHOLE_FILE:
            try:
                with ExitStack() as opened:
                    source = source or opened.enter_context(closing(connect(self.records, key)))
                    target = opened.enter_context(closing(connect(part, key)))
                    # not by opening the file: closing it would take SQLite's locks off it
                    (salt,) = source.execute("PRAGMA cipher_salt").fetchone()
                    source.execute("BEGIN")  # what is counted is what is copied
                    held = _held(source)
                    source.backup(target, pages=-1)  # in smaller steps every save of a window begins it anew
                    source.execute("ROLLBACK")
                    target.execute("PRAGMA journal_mode = DELETE")  # a backup is one file
            finally:
                self._refuse_another_vault(vault)
        _refuse_when(stop)
        if fault_of(part, key):
            raise BackupError(
                tr(
                    "A backup in {folder} did not pass its check and was removed. Your records were not changed. "
                    "Check that disk, or choose another folder for the backups."
                ).format(folder=self.folder)
            )
        _refuse_when(stop)
        with closing(connect(part, key)) as copy:
            if _held(copy) != held:
                raise BackupError(
                    tr(
                        "A backup in {folder} did not hold what the records hold, and was removed. "
                        "Check that disk, or choose another folder for the backups."
                    ).format(folder=self.folder)
                )
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        return held, salt

    def _refuse_another_vault(self, vault: bytes) -> None:
        """A copy with a vault of another moment might be opened by nobody."""
        if vault and vaults.vault_of(vault).slots != vaults.vault_of(self.vault_bytes()).slots:
            raise GivenUpError(
                tr(
                    "A password or an account was changed while the backup was made, so it was given up. "
                    "Your records were not changed. Make it anew."
                )
            )

    def vault_bytes(self) -> bytes:
        """The vault beside the records, or the one before it where that is damaged."""
        file = self.records.with_name(vaults.FILE_NAME)
        for each in (file, vaults.previous_of(file)):
            try:
                found = read_small(each)
                vaults.vault_of(found)
            except (FileNotFoundError, vaults.VaultDamagedError):
                continue
            except (OSError, ValueError) as error:
                raise BackupError(
                    tr(
                        "No backup was made, for {file}, which opens the records, cannot be read: it is damaged, or "
                        "another program put something else in its place. Your records were not changed. "
                        "Allow reading it, or put the vault of your latest backup there."
                    ).format(file=each)
                ) from error
            return found
        return b""

    def _next_number(self) -> int:
        """After all others; one so high that it was made to stop the backups is passed over."""
        there = [name for each in self.folder.iterdir() if (name := _NAME.match(each.name))]
        numbers = {int(name["number"]) for name in there if name["records"] == self._short}
        number = 1 + max((each for each in numbers if each < MOST), default=0)
        while number in numbers:
            number += 1
        return number

    def _refuse_last_space(self) -> None:
        needed = self.records.stat().st_size + SPARE_BYTES
        if shutil.disk_usage(self.folder).free < needed:
            raise BackupError(_SAYS.format(folder=self.folder, why=tr("its disk is nearly full"), do=_SPACE))

    def _thin_out(self) -> None:
        backups = self.all()
        stays = kept_numbers(
            (each.manifest.number, each.manifest.moment.astimezone().date())
            for each in backups
            if each.manifest.kind not in BEFORE
        )
        for each in backups:
            if each.manifest.kind not in BEFORE and each.manifest.number not in stays:
                part = each.file.with_suffix(".db.part")
                each.file.rename(part)  # no longer a backup, so a removal cut short is finished by `tidy`
                _remove_unfinished(part)


def kept_numbers(made: Iterable[tuple[int, date]]) -> frozenset[int]:
    """Which backups stay, of numbers and days: the newest eight, then one a day, a week and a month.

    Numbers say which is newer; a clock that was set wrong moves none out of its place.
    """
    newest_first = sorted(made, reverse=True)
    stays = {number for number, _ in newest_first[:RECENT]}
    places = [span for span, many in _SPANS for _ in range(many)]
    last: date | None = None
    for number, day in newest_first:
        if places and (last is None or places[0](day) != places[0](last)):
            del places[0]
            stays.add(number)
            last = day
    return frozenset(stays)


_SPANS: tuple[tuple[Callable[[date], object], int], ...] = (
    (lambda day: day, DAYS),
    (lambda day: day.isocalendar()[:2], WEEKS),
    (lambda day: (day.year, day.month), MONTHS),
)


def _written(vault: bytes, to: Path) -> str:
    """Write the vault beside a backup; returns its seal, or "" where the records have none."""
    if not vault:
        return ""
    write_whole(to, vault)
    return hashlib.sha256(vault).hexdigest()


_LAST_SEALED = """
SELECT number, mac FROM audit
WHERE typeof(mac) = 'text' AND length(CAST(mac AS BLOB)) = 64 AND mac NOT GLOB '*[^0-9a-f]*' AND number > 0
ORDER BY number DESC LIMIT 1
"""
"""Another program may have written anything in the place of a seal."""


def _held(db: sqlite.Connection) -> Held:
    counts = counts_of(db)
    last_line = None
    if counts.get("audit"):
        last_line = db.execute(_LAST_SEALED).fetchone()
    number, mac = last_line or (0, "")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (last_change,) = db.execute("SELECT max(CAST(change_number AS INTEGER)) FROM evaluation").fetchone()
    return Held(
        version=version, counts=counts, last_change=last_change or 0, audit_number=number, audit_mac=mac
    )


def _remove_unfinished(part: Path) -> None:
    """Remove what has not become a backup, with its companions; a finished one is left alone."""
    file = part.with_suffix("")
    if not file.exists():
        for companion in (".json", ".vault"):
            file.with_suffix(companion).unlink(missing_ok=True)
    for left in (part, *(part.with_name(f"{part.name}{end}") for end in COMPANIONS)):
        left.unlink(missing_ok=True)


def _refuse_when(stop: Callable[[], bool]) -> None:
    if stop():
        raise GivenUpError


_SAYS = "No backup could be made in {folder}: {why}. Your records were not changed and go on being kept. {do}"
_SPACE = "Free some space there, or choose another folder for the backups."
_CHECK = "Check that the disk is connected and that you may write to it, or choose another folder."


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Turn any fault while a backup is made into a `BackupError` in plain words."""
    try:
        yield
    except (sqlite.Error, OSError, MemoryError) as error:
        code = getattr(error, "sqlite_errorname", None) or type(error).__name__
        said = str(error) if isinstance(error, sqlite.Error) else ""  # copying in one step tells no code
        log.error("no backup: %s", code)
        full = "disk is full" in said or getattr(error, "errno", 0) == errno.ENOSPC
        if "not a database" in said:
            raise BackupError(
                tr(
                    "No backup was made, for the records do not open with the key of this window any more: they got a "
                    "new key in another window, or their beginning is damaged. Nothing was changed. "
                    "Lock the window and sign in anew."
                )
            ) from error
        if "malformed" in said:
            raise DamagedError(
                tr(
                    "The records file is damaged, so no backup was made of it. Nothing was changed. "
                    "Restore the latest backup."
                )
            ) from error
        why = "its disk is full" if full else getattr(error, "strerror", None) or f"the disk said {code}"
        raise BackupError(_SAYS.format(folder=folder, why=why, do=_SPACE if full else _CHECK)) from error
