"""What EvalAssist does for the backups by itself: makes one when something changed, and tries each month to restore."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from evalassist.clinical.schedule import day_in_words
from evalassist.errors import EvalAssistError
from evalassist.records.backup import (
    DRILL_EVERY,
    LEFT_BY_DRILL,
    Backup,
    Backups,
    Drill,
    GivenUpError,
    Kind,
)
from evalassist.records.connection import connect
from evalassist.records.doorstep import RECORDS
from evalassist.records.faults import plain_words
from evalassist.records.integrity import fault_of, sums_of
from evalassist.records.restore import chosen_backup, put_in_place
from evalassist.records.vault import Keys

log = logging.getLogger(__name__)

ONE_FILE = "ro&immutable=1"
"""A backup is read without what may lie beside it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the therapist should know of the backups; empty when all is well."""

    short: str = ""
    full: str = ""


def at_the_start(backups: Backups) -> Told:
    """Remove what was cut short before, and say how the backups stand."""
    try:
        backups.tidy()
        return standing(backups)
    except (EvalAssistError, OSError) as error:
        return Told("The backups cannot be read", str(error))


def standing(backups: Backups) -> Told:
    """How the backups stand when EvalAssist starts."""
    newest = backups.newest()
    if newest is not None and backups.overdue():
        return Told(f"No backup since {_day(newest.manifest.moment)}", "The records were changed since.")
    return _of_drill(backups)


def keep_up(
    backups: Backups, keys: Keys, kind: Kind, stop: Callable[[], bool] = lambda: False, *, soon: bool = False
) -> Told:
    """Make a backup if something changed since the last one, and the monthly trial when it is due.

    `soon`: the window was locked and the keys are to be forgotten. No trial then, and no backup because somebody
    signed in and looked.
    """
    newest = None
    try:
        newest = backups.newest()
        now = backups.held_now(keys.database)
        if newest is None or not (
            newest.manifest.held.same_records(now) if soon else newest.manifest.held == now
        ):
            newest = backups.make(keys.database, kind, stop)
    except GivenUpError:
        return Told()
    except (EvalAssistError, OSError) as fault:
        since = f"since {_day(newest.manifest.moment)}" if newest else "yet"
        return Told(f"No backup {since}", str(fault))
    if not soon and drill_due(backups.drill()) and not stop():
        drill(backups, newest, keys)
    return _of_drill(backups)


def drill_due(last: Drill | None, now: datetime | None = None) -> bool:
    """Whether a month went by since the last trial, or the clock says that it was in the future."""
    return last is None or abs((now or datetime.now(UTC)) - datetime.fromisoformat(last.at)) >= DRILL_EVERY


def drill(backups: Backups, backup: Backup, keys: Keys) -> Drill:
    """Restore a backup into a folder of its own, encrypted as ever, and compare it table by table."""
    fault, folder = "", None
    try:
        folder = Path(mkdtemp(prefix=f"{LEFT_BY_DRILL}{backup.file.stem.split('-')[1]}-", dir=backups.folder))
        fault = _differs(backup, keys, folder)
    except (EvalAssistError, OSError) as error:
        fault = str(error) if isinstance(error, EvalAssistError) else f"{error.strerror}."
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
    done = Drill(
        at=datetime.now(UTC).isoformat(timespec="seconds"), number=backup.manifest.number, fault=fault
    )
    try:
        backups.note_drill(done)
    except OSError:
        log.error("the trial to restore could not be noted")
    log.info("trial to restore backup %d: %s", done.number, "failed" if fault else "all came back")
    return done


def _differs(backup: Backup, keys: Keys, folder: Path) -> str:
    put_in_place(chosen_backup(backup.file), [keys], folder)
    back = folder / RECORDS
    with plain_words(back, "read"):
        fault = fault_of(back, keys.database)
        with (
            closing(connect(backup.file, keys.database, mode=ONE_FILE)) as former,
            closing(connect(back, keys.database)) as db,
        ):
            same = sums_of(db) == sums_of(former)
    return fault or ("" if same else "What came back is not what the backup holds.")


def _of_drill(backups: Backups) -> Told:
    last = backups.drill()
    if last is None or not last.fault:
        return Told()
    return Told(
        "A backup could not be restored in a trial",
        f"Backup {last.number} could not be restored in a trial: {last.fault} Your records are not touched. "
        "Check the disk of the backups.",
    )


def _day(moment: datetime) -> str:
    local = moment.astimezone()
    return f"{day_in_words(local.date())}, {local:%H:%M}"
