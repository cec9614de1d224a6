"""The log: what happened to which record. Ids and counts only; never a name, an answer or free text."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from platformdirs import user_log_path

OURS = ("evalassist", "ui")  # other packages' messages might quote what a person typed
KEPT_BYTES = 1_000_000
KEPT_FILES = 3


def log_file() -> Path:
    """Where this person's log lies."""
    return user_log_path("EvalAssist", appauthor=False) / "evalassist.log"


def start_logging(file: Path | None = None, level: int = logging.INFO) -> Path | None:
    """Write EvalAssist's log to its file and say where; a log that cannot be opened never stops the app."""
    file = file or log_file()
    stop_logging()
    if file.exists() and not file.is_file():  # to open a pipe might never end
        logging.getLogger(__name__).warning("no log file: something else lies in its place")
        return None
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(file, maxBytes=KEPT_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
    except OSError as error:
        logging.getLogger(__name__).warning("no log file: %s", error.strerror)
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    for name in OURS:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(level)
    return file


def stop_logging() -> None:
    """Close the log file."""
    for logger in map(logging.getLogger, OURS):
        for handler in [each for each in logger.handlers if isinstance(each, RotatingFileHandler)]:
            logger.removeHandler(handler)
            handler.close()
