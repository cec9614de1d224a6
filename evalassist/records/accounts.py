"""Who works with the records: accounts, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["therapist", "student", "administrator"]


@dataclass(frozen=True, slots=True)
class Account:
    """A person who signs in. An administrator may do all that a therapist may, and looks after accounts."""

    id: str
    sign_in: str
    """What is typed to sign in."""
    name: str
    """The name as it stands on papers."""
    licence: str
    role: Role

    @property
    def may_sign(self) -> bool:
        """A signature needs a license; a student's note waits for a therapist's signature beside it."""
        return self.role == "student" or bool(self.licence)

    @property
    def needs_cosignature(self) -> bool:
        return self.role == "student"

    @property
    def administers(self) -> bool:
        return self.role == "administrator"


NOBODY = Account("", "", "", "", "therapist")
"""Who works from the command line, where nobody signs in."""
