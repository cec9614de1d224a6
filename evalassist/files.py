"""Files written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def write_whole(
    file: Path, content: bytes, make_room: Callable[[Path], Path | None] = lambda _file: None
) -> Path | None:
    """Write beside the file and swap: a crash leaves the old content or the new one, never a part.

    Only this account of the computer can read it. `make_room` is called once the new content is on disk; what it
    says of the old file is returned.
    """
    handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        aside = make_room(file)
        part.replace(file)
        keep_names(file.parent)
        return aside
    finally:
        part.unlink(missing_ok=True)


MOST_BYTES = 32 * 2**20
"""No file that is read whole is larger."""


def read_small(file: Path, most: int = MOST_BYTES) -> bytes:
    """What stands in a file of ours; `OSError` or `ValueError` where something else lies in its place.

    Whatever another program put there, a pipe or a file without end, holds nobody up.
    """
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as opened:
        if not S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("not a file")
        found = opened.read(most + 1)
    if len(found) > most:
        raise ValueError("longer than any of ours")
    return found


def is_something_else(file: Path) -> bool:
    """Whether what lies there is no file but a pipe, a folder or a link: to open it might never end."""
    try:
        return not S_ISREG(file.lstat().st_mode)
    except OSError:  # nothing is there, or whoever opens it is told why not
        return False


def keep_names(folder: Path) -> None:
    """Bring a new name in a folder to the disk, where the system has to be told to."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Hold an empty file that only one can hold at a time; `BlockingIOError` where another window or program does.

    Whoever ends, also by a crash, lets go of it.
    """
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            try:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            except OSError as error:
                raise BlockingIOError from error
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
