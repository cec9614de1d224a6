"""What a folder of records tells before anything heavy is loaded: which page comes first, who was here last."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

from evalassist.files import read_small, write_whole

log = logging.getLogger(__name__)

RECORDS = "evalassist.db"
VAULT = "evalassist.vault"
LAST = "evalassist.last"
CHANGING = "evalassist.changing"
"""Held while the vault or the key of the records changes."""
SERVER = "evalassist.server"
"""There where the records lie on the clinic's server."""
PLAIN_HEAD = b"SQLite format 3\0"
MOST_LETTERS = 100
"""No name to sign in is longer."""


def at_first_sight(folder: Path) -> Literal["new", "locked", ""]:
    """What a look at the files says; "" where only the entrance can tell.

    As of plain records, of those that cannot be read, or where one half is missing.
    """
    records, vault = folder / RECORDS, folder / VAULT
    if not any(folder.glob(f"{VAULT}*")) and not records.exists():
        return "new"
    if not vault.exists() or not records.exists() or records.stat().st_size == 0:
        return ""
    try:
        return "" if is_plain(records) else "locked"
    except OSError:
        return ""


def is_connected(folder: Path) -> bool:
    """Whether this workstation uses the records of a clinic's server."""
    return (folder / SERVER).exists()


def is_plain(path: Path) -> bool:
    """Whether any program could read this file."""
    with path.open("rb") as file:
        return file.read(len(PLAIN_HEAD)) == PLAIN_HEAD


def practice_file(folder: Path) -> Path:
    """Where the practice patient lies, apart from the records: to delete its folder is to remove it."""
    return folder / "practice" / "practice.db"


def last_name(folder: Path) -> str:
    """The name with which somebody signed in last on this computer; a convenience, never needed."""
    try:
        return read_small(folder / LAST, 4 * MOST_LETTERS).decode().strip()[:MOST_LETTERS]
    except (OSError, ValueError):
        return ""


def keep_last_name(folder: Path, name: str) -> None:
    """Remember it for the next time; where that fails it is typed."""
    try:
        if name != last_name(folder):
            write_whole(folder / LAST, name.encode())
    except OSError as error:
        log.warning("the last name was not remembered: %s", error.strerror)
