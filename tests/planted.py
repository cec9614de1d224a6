"""What another program might put in the place of a file."""

import os
from pathlib import Path

END = 2**42
PIPE = ("a pipe",) if os.name == "posix" else ()
"""Other systems have none in a folder."""
NO_FILE = (*PIPE, "a folder")
ANYTHING = (*NO_FILE, "a file without end")


def plant(file: Path, what: str) -> None:
    """Put it there; the file that was there is gone."""
    file.unlink(missing_ok=True)
    if what == "a pipe":
        os.mkfifo(file)
    elif what == "a folder":
        file.mkdir()
    else:
        file.touch()
        os.truncate(file, END)
