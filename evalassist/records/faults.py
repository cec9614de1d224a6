"""Every fault of the records in plain words: what happened, what is kept, what to do."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import GoneError, SignedRecordError, StoreError
from evalassist.records import server_faults
from evalassist.records.models import NoMomentError
from evalassist.records.server import Server
from evalassist.records.triggers import REFUSALS, SIGNED

log = logging.getLogger(__name__)

Doing = Literal["open", "read", "keep", "move"]


class DamagedError(StoreError):
    """The records file is damaged."""


class OtherKeyError(DamagedError):
    """The key of this window does not open the records any more."""


_KEPT: dict[Doing, str] = {
    "open": "Nothing was changed.",
    "read": "Nothing was changed.",
    "keep": "The last change is not kept; everything kept before it is safe.",
    "move": "Nothing was moved; the records of this computer are as they were.",
}

_SENTENCES = {
    "FULL": "The disk with the records is full. {kept} Free some space on the disk, then try again.",
    "BUSY": "Another window or program is using the records. {kept} Close it, or wait and try again.",
    "READONLY": "The records file {path} or its folder is read-only. {kept} "
    "Allow writing to both, or move the records to a folder of your own.",
    "PERM": "You have no permission to use {path} or its folder. {kept} "
    "Ask whoever looks after this computer, or keep the records in a folder of your own.",
    "CANTOPEN": "The records file {path} could not be opened. {kept} "
    "Check that its folder is there and that you may write to it.",
    "IOERR": "The disk did not read or write the records as it should. {kept} "
    "Check that the disk is connected and healthy, then try again.",
    "NOMEM": "This computer has too little free memory. {kept} Close other programs, then try again.",
}
_SENTENCES["LOCKED"] = _SENTENCES["BUSY"]
_NOT_OURS = (
    "{path} is not a records file of EvalAssist, or its beginning is damaged. {kept} "
    "Choose another file, or put a copy from your backup in its place."
)
_DAMAGED = (
    "The records file {path} is damaged. {kept} "
    "Keep the damaged file, and put a copy from your backup in its place."
)
_NOT_WITH_THIS_KEY = (
    "The records file {path} does not open with the key of this window any more: it got a new key in another window, "
    "or its beginning is damaged. {kept} Lock the window and sign in anew. "
    "Only if that is refused, put a copy from your backup in its place."
)
_NO_MOMENT = (
    "The records hold a time or date that EvalAssist does not write, so this cannot be shown. {kept} "
    "`evalassist verify` says where; whoever looks after the records puts it right."
)
_A_FOLDER = "{path} is a folder, not a records file. {kept} Name a file in it."
_NOT_TEXT = "The text holds a character that cannot be kept. {kept} Type the last words again."
_OTHER = "The records could not be {done} ({code}). {kept} Close EvalAssist and start it again."
_DONE: dict[Doing, str] = {"open": "opened", "read": "read", "keep": "written", "move": "moved"}


@contextmanager
def plain_words(where: Path | Server, doing: Doing) -> Iterator[None]:
    """Turn any fault of the database, the file or the memory into a `StoreError` for the therapist."""
    try:
        yield
    except (sqlite.Error, SQLAlchemyError, OSError, MemoryError, UnicodeEncodeError) as error:
        # the database's own text may quote what was typed, so only its code goes to the log
        log.error("records could not be %s: %s", _DONE[doing], _code(_origin(error)))
        if isinstance(where, Server):
            raise _of_the_server(
                error, where, doing
            ) from None  # a row that is refused stands in PostgreSQL's text
        raise _in_plain_words(error, where, doing) from error


def _origin(error: BaseException) -> BaseException:
    """The database's own fault inside SQLAlchemy's."""
    return error.orig if isinstance(error, DBAPIError) and error.orig else error


def _code(error: BaseException) -> str:
    return getattr(error, "sqlite_errorname", None) or server_faults.code(error)


def _of_the_server(error: BaseException, server: Server, doing: Doing) -> StoreError | SignedRecordError:
    origin = _origin(error)
    refused = getattr(getattr(origin, "diag", None), "message_primary", None)
    if refused in REFUSALS:
        return SignedRecordError() if refused == SIGNED else StoreError(refused)
    if str(origin).startswith("date too"):  # as "infinity", which only PostgreSQL keeps
        origin = error = NoMomentError()
    if not isinstance(error, DBAPIError):
        return _in_plain_words(error, Path(server.host), doing)
    if doing == "keep" and server_faults.is_loss(origin):
        kept = "It is not certain that the last change arrived; everything kept before it is safe."
        return StoreError(server_faults.sentence(origin, server, kept))
    return StoreError(server_faults.sentence(origin, server, _KEPT[doing]))


def _in_plain_words(error: BaseException, path: Path, doing: Doing) -> StoreError | SignedRecordError:
    origin = _origin(error)
    told = {"path": path, "kept": _KEPT[doing], "done": _DONE[doing], "code": _code(origin)}
    if isinstance(origin, sqlite.Error):
        if str(origin) in REFUSALS:  # our triggers speak in sentences
            return SignedRecordError() if str(origin) == SIGNED else StoreError(str(origin))
        primary = _code(origin).removeprefix("SQLITE_").split("_")[0]
        if primary == "NOTADB" and doing == "open":
            return DamagedError(_NOT_OURS.format(**told))
        if primary == "CANTOPEN" and path.exists() and not os.access(path, os.R_OK):
            return StoreError(_SENTENCES["PERM"].format(**told))
        if primary == "NOTADB":
            return OtherKeyError(_NOT_WITH_THIS_KEY.format(**told))
        if primary == "CORRUPT":
            return DamagedError(_DAMAGED.format(**told))
        return StoreError(_SENTENCES.get(primary, _OTHER).format(**told))
    match origin:
        case NoMomentError():
            return StoreError(_NO_MOMENT.format(**told))
        case MemoryError():
            return StoreError(_SENTENCES["NOMEM"].format(**told))
        case UnicodeEncodeError():
            return StoreError(_NOT_TEXT.format(**told))
        case IsADirectoryError():
            return StoreError(_A_FOLDER.format(**told))
        case PermissionError():
            return StoreError(_SENTENCES["PERM"].format(**told))
        case OSError(errno=errno.ENOSPC):
            return StoreError(_SENTENCES["FULL"].format(**told))
        case OSError():
            return StoreError(_SENTENCES["IOERR"].format(**told))
    return StoreError(_OTHER.format(**told))


def not_kept(what: str, its_id: str) -> GoneError:
    log.warning("no %s %s in the records", what, its_id)
    return GoneError(f"This {what} is not in the records. It may have been discarded in another window.")


def changed_outside(what: str) -> StoreError:
    log.error("a seal does not fit")
    return StoreError(
        f"{what} is no longer what was kept: it was changed outside EvalAssist or the disk damaged it. "
        "Do not rely on it. Compare it with the printed copy or with a copy from your backup."
    )
