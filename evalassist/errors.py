"""Faults that may be shown to a person; every other exception is a defect of the program.

A class's docstring is its message when none is given, so it is written for the therapist who reads it.
"""

import inspect
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from evalassist.translate import tr


class EvalAssistError(Exception):
    """EvalAssist could not do this."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or tr(inspect.cleandoc(type(self).__doc__ or "")))

    @property
    def message(self) -> str:
        """The words to show."""
        return str(self)


class SignedRecordError(EvalAssistError):
    """A signed evaluation cannot change; write an addendum instead."""


class StoreError(EvalAssistError):
    """The records could not be read or written."""


class GoneError(StoreError):
    """This is not in the records any more."""


class DocumentError(EvalAssistError):
    """The document could not be made."""


class WrongFileError(EvalAssistError):
    """Something in a file is wrong."""

    def __init__(self, file: str | Path, key: str, what: str) -> None:
        self.file, self.key, self.what = str(file), key, what
        super().__init__(": ".join(part for part in (self.file, key, what) if part))


class ContentError(WrongFileError):
    """The clinical content is wrong, so EvalAssist does not start with it."""


class CaseValueError(WrongFileError):
    """An answer in the file cannot be meant as it stands."""


class CaseFileError(EvalAssistError):
    """The file with the answers names something that EvalAssist does not ask."""

    def __init__(self, file: str | Path, key: str, allowed: Iterable[str]) -> None:
        self.file, self.key, self.allowed = str(file), key, tuple(allowed)
        key = key if len(key) <= 60 else f"{key[:60]}…"
        near = get_close_matches(key, self.allowed, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        few = len(self.allowed) <= 20
        choices = f"Allowed: {', '.join(self.allowed)}." if few else "`evalassist items` lists what is."
        super().__init__(f"{self.file}: {key} is not known here.{hint} {choices}")
