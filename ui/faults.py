"""What the log says of a fault: where it happened, never what was typed."""

from __future__ import annotations

import logging
import traceback

FRAMES = 8


def log_fault(log: logging.Logger, doing: str, error: BaseException, evaluation_id: str = "") -> None:
    """One line of places; the words of an exception may quote an answer, so they are left out."""
    places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]]
    log.error(
        "%s: %s in evaluation %s at %s", doing, type(error).__name__, evaluation_id or "-", " > ".join(places)
    )
