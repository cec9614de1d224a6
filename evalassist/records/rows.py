"""What the records answer with: frozen values, free of SQL and cheap to import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from evalassist.errors import EvalAssistError
from evalassist.evaluation import Patient, SoreKnee, VisitKind

DocumentUse = Literal["printed", "saved"]


class StoreConflictError(EvalAssistError):
    """This evaluation was changed in another window after it was opened here.

    The other version is kept, and what you typed is still on the screen, but it is not kept yet.
    Compare the two and choose which one stays.
    """


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One line of the patient search."""

    patient: Patient
    last_visit: date | None
    evaluations: int
    drafts: int


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """One evaluation as a list shows it, without its answers; `step` is where the therapist left it."""

    id: str
    episode_id: str
    patient: Patient
    sore_knee: SoreKnee
    kind: VisitKind
    visit_date: date
    updated_at: datetime
    signed_at: datetime | None
    step: str

    @property
    def is_draft(self) -> bool:
        return self.signed_at is None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One paper that was given or kept, without its bytes."""

    id: str
    evaluation_id: str
    kind: str
    language: str
    paper: str
    use: DocumentUse
    kept_at: datetime
    kept_by: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class DefaultChange:
    """One clinical default set to another value; with `value` None it is again as shipped."""

    default_id: str
    value: float | None
    changed_at: datetime
    changed_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the therapist was working: the step, and the field in it when there was one."""

    step: str
    item: str
