"""The audit trail as people read it: a page of lines at a time, in plain words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from evalassist.records.models import (
    StoredAccount,
    StoredAudit,
    StoredEpisode,
    StoredEvaluation,
    StoredPatient,
)
from evalassist.words import upper_first

PAGE = 200
KINDS: dict[str, tuple[str, ...]] = {
    "Notes and drafts": ("draft-begun", "draft-kept", "draft-discarded", "patient-corrected"),
    "Practice": ("practice-begun", "practice-removed"),
    "Signatures and addenda": (
        *(
            "signed",
            "note-imported",
            "addendum-written",
            "late-entry-written",
            "entered-in-error",
            "co-signed",
        ),
    ),
    "Papers": ("document-kept", "document-sent", "document-printed", "document-saved"),
    "What was looked at": (
        *("evaluation-opened", "note-read", "document-read", "papers-listed", "visits-listed", "trail-read"),
    ),
    "Signing in and out": ("signed-in", "sign-in-failed", "signed-out", "locked"),
    "Accounts, keys, limits": (
        *("account-added", "account-changed", "account-removed", "password-changed", "paper-key-made"),
        *("key-changed", "default-changed", "clock-set-back", "cut-accepted"),
    ),
}
"""What the reader chooses from, and the acts of each."""
COMES_AND_GOES = ("signed-in", "signed-out", "locked", "clock-set-back", "moved-to-server", "connected")
"""Acts that a copy of the records may lack: who looked at what, and wrong passwords, are to be known for good."""
PLAIN: dict[str, str] = {
    "draft-begun": "began a draft",
    "draft-discarded": "discarded a draft",
    "signed": "signed the note",
    "note-imported": "took in a note that was signed in other records",
    "patient-imported": "took in a patient from other records",
    "patient-exported": "wrote the patient into a file for another clinic",
    "restored": "restored a backup",
    "moved-to-server": "moved the records to the clinic's server",
    "connected": "connected a workstation to this database",
    "addendum-written": "wrote an addendum",
    "late-entry-written": "wrote a late entry",
    "entered-in-error": "marked the note as entered in error",
    "co-signed": "co-signed the note",
    "evaluation-opened": "opened the evaluation",
    "note-read": "read the signed note",
    "papers-listed": "looked at the list of papers",
    "visits-listed": "looked at the list of visits",
    "trail-read": "read the audit trail",
    "signed-in": "signed in",
    "signed-out": "signed out",
    "locked": "locked the window",
    "account-added": "added an account",
    "account-removed": "removed an account",
    "password-changed": "changed a password",
    "paper-key-made": "made a new paper key",
    "key-changed": "encrypted the records anew",
    "default-changed": "changed a limit of the clinic",
    "practice-begun": "began with the practice patient, apart from these records",
    "practice-removed": "removed the practice patient",
    "cut-accepted": "said that this earlier state of the records is the right one",
    "clock-set-back": "the clock of this computer was set back",
}
PAPERS = {
    "handout": "handout",
    "evaluation-note": "evaluation note",
    "plan-of-care": "plan of care",
    "referral": "referral letter",
    "discharge-summary": "discharge summary",
}
FIELDS = {
    "visit_date": "the date of the visit",
    "kind": "the kind of visit",
    "sore_knee": "the sore knee",
    "impression": "the impression",
    "defaults": "the clinic's limits",
    "plan_edits": "the plan",
    "exercise_log": "how the exercises went",
    "name": "the name",
    "birth_date": "the date of birth",
    "sex": "the sex",
    "language": "the language",
    "record_number": "the record number",
    "sign_in": "the name to sign in with",
    "licence": "the license",
    "role": "the role",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are wanted; what is empty does not limit."""

    account_id: str | None = None
    kind: str = ""
    patients: tuple[str, ...] | None = None
    """Lines about these patients alone; with an empty tuple none is."""
    since: datetime | None = None
    until: datetime | None = None
    """Before this moment."""


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One line: when, who, what was done, and with what."""

    number: int
    at: datetime
    who: str
    action: str
    detail: Mapping[str, Any] = field(repr=False)
    about: str = ""
    """The patient with the day of the visit, the account, or the limit."""

    def says(self, steps: Mapping[str, str]) -> str:
        """What was done, in words; `steps` names the step of each item."""
        match self.action:
            case "draft-kept":
                return upper_first("; ".join(self._changes(steps)) or "kept the draft")
            case "patient-corrected" | "account-changed":
                whose = "patient" if self.action == "patient-corrected" else "account"
                return f"Changed {_listed(_fields(self.detail))} of the {whose}"
            case "document-kept" | "document-sent" | "document-printed" | "document-saved" | "document-read":
                act = {
                    **{"kept": "kept", "sent": "gave the printer", "printed": "printed"},
                    **{"saved": "saved", "read": "looked at"},
                }
                paper = str(self.detail.get("kind", ""))
                return (
                    f"{upper_first(act[self.action.partition('-')[2]])} a paper: {PAPERS.get(paper, paper)}"
                )
            case "password-changed" if self.detail.get("key_file"):
                return "Changed a password, which needs no key file any more"
            case "sign-in-failed":
                many = len(self.detail.get("times", ()))
                return f"{many} wrong passwords were tried" if many > 1 else "A wrong password was tried"
        return upper_first(PLAIN.get(self.action, self.action.replace("-", " ")))

    def _changes(self, steps: Mapping[str, str]) -> Iterator[str]:
        counted = Counter(steps.get(item, "") for item in self.detail.get("answers", ()))
        for step, many in counted.items():
            of = f" of {step}" if step else ""
            yield f"changed {many} answers{of}" if many > 1 else f"changed an answer{of}"
        if self.detail.get("conclusions"):
            yield "said what is thought of a conclusion"
        if fields := _fields(self.detail):
            yield f"changed {_listed(fields)}"


def _fields(detail: Mapping[str, Any]) -> list[str]:
    return [FIELDS.get(name, name) for name in detail.get("fields", ())]


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) if words else "nothing"


def lines(db: Session, wanted: Wanted, before: int | None = None, limit: int = PAGE) -> tuple[TrailLine, ...]:
    """The latest lines that are wanted; with `before`, those before that number."""
    query = select(StoredAudit).order_by(StoredAudit.number.desc()).limit(limit)
    if before is not None:
        query = query.where(StoredAudit.number < before)
    if wanted.account_id is not None:
        query = query.where(StoredAudit.account_id == wanted.account_id)
    if wanted.kind:
        query = query.where(StoredAudit.action.in_(KINDS[wanted.kind]))
    if wanted.since is not None:
        query = query.where(StoredAudit.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(StoredAudit.at < wanted.until)
    if wanted.patients is not None:
        visits = (
            select(StoredEvaluation.id)
            .join(StoredEpisode, StoredEpisode.id == StoredEvaluation.episode_id)
            .where(StoredEpisode.patient_id.in_(wanted.patients))
        )
        targets = (*wanted.patients, *db.scalars(visits))
        # a draft that was discarded is known by its patient alone
        gone = [
            StoredAudit.detail.contains(f'"patient":"{patient}"', autoescape=True)
            for patient in wanted.patients
        ]
        query = query.where(or_(StoredAudit.target.in_(targets), *gone))
    rows = db.scalars(query).all()
    about = _about(db, rows)
    return tuple(
        TrailLine(
            row.number, row.at, row.who, row.action, detail, about.get(row.target) or _of(detail, about)
        )
        for row, detail in ((row, _detail(row)) for row in rows)
    )


def _detail(row: StoredAudit) -> Mapping[str, Any]:
    """Nothing where another program wrote what cannot be read, which verify tells."""
    try:
        found = json.loads(row.detail)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _of(detail: Mapping[str, Any], about: Mapping[str, str]) -> str:
    return about.get(str(detail.get("patient", "")), "")


def _about(db: Session, rows: Sequence[StoredAudit]) -> dict[str, str]:
    """What the targets of these lines are called."""
    targets = {row.target for row in rows} | {str(_detail(row).get("patient", "")) for row in rows}
    found = {
        row.id: row.name for row in db.scalars(select(StoredAccount).where(StoredAccount.id.in_(targets)))
    }
    for patient in db.scalars(select(StoredPatient).where(StoredPatient.id.in_(targets))):
        found[patient.id] = patient.name
    visits = (
        select(StoredEvaluation.id, StoredEvaluation.visit_date, StoredPatient.name)
        .join(StoredEpisode, StoredEpisode.id == StoredEvaluation.episode_id)
        .join(StoredPatient, StoredPatient.id == StoredEpisode.patient_id)
        .where(StoredEvaluation.id.in_(targets))
    )
    for row in db.execute(visits):
        found[row.id] = (
            f"{row.name}, visit of {row.visit_date:%b} {row.visit_date.day}, {row.visit_date.year}"
        )
    defaults = {row.target: row.target for row in rows if row.action == "default-changed"}
    return found | defaults
