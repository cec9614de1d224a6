"""What the records answer with: frozen values, free of SQL and cheap to import."""

from __future__ import annotations

from collections.abc import Iterable
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
    clinician: str = ""
    """Who signed it; empty while nobody has."""
    in_error: bool = False
    """The note was entered in error: it is kept and does not count."""
    waits_for_cosignature: bool = False
    """A student signed, and no therapist below yet."""

    @property
    def standing(self) -> str:
        """Where the note stands, in a word or two."""
        if self.is_draft:
            return "unfinished"
        if self.in_error:
            return "entered in error"
        return "waits for co-signature" if self.waits_for_cosignature else "signed"

    @property
    def is_draft(self) -> bool:
        return self.signed_at is None


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One line of the patient search."""

    patient: Patient
    visits: tuple[EvaluationRow, ...]
    """The earliest first."""

    @property
    def last(self) -> EvaluationRow | None:
        """The visit that tells where the care stands: an unfinished one, else the latest."""
        some = [row for row in self.visits if row.is_draft] or list(self.visits)
        return some[-1] if some else None


@dataclass(frozen=True, slots=True)
class Used:
    """A paper was printed, or saved as a file."""

    use: DocumentUse
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One paper that is kept, without its bytes."""

    id: str
    evaluation_id: str
    episode_id: str
    visit_date: date
    kind: str
    language: str
    paper: str
    content_sha256: str
    """The same for every sheet of one plan, whatever its language and paper."""
    kept_at: datetime
    kept_by: str
    sha256: str
    size_bytes: int
    uses: tuple[Used, ...]
    """The earliest first; none for a paper that was sent to a printer and did not come out."""
    in_error: bool = False
    """The note of its visit was entered in error."""

    @property
    def is_given_sheet(self) -> bool:
        return self.kind == "handout" and bool(self.uses)


def sheet_replaced(
    documents: Iterable[DocumentRow], visit_date: date, content_sha256: str
) -> DocumentRow | None:
    """The sheet whose place a sheet of this visit takes: the last one given of other content."""
    others = [
        row
        for row in _given(documents)
        if row.visit_date <= visit_date and _tells_other_things(row, visit_date, content_sha256)
    ]
    return others[-1] if others else None


def sheet_is_out_of_date(documents: Iterable[DocumentRow], evaluation_id: str, content_sha256: str) -> bool:
    """Whether the last sheet given at a visit tells other things than one would that is given now."""
    given = [row for row in _given(documents) if row.evaluation_id == evaluation_id]
    return bool(given) and _tells_other_things(given[-1], given[-1].visit_date, content_sha256)


def sheet_in_place_of(old: DocumentRow, documents: Iterable[DocumentRow]) -> DocumentRow | None:
    """The sheet of other content that was given after this one in its episode of care."""
    order = [row for row in _given(documents) if row.episode_id == old.episode_id]
    later = order[order.index(old) + 1 :] if old in order else []
    return next((row for row in later if _tells_other_things(old, row.visit_date, row.content_sha256)), None)


def _tells_other_things(row: DocumentRow, visit_date: date, content_sha256: str) -> bool:
    """Of a sheet kept before contents were marked it is not known; one of the same day is taken to be the same."""
    if not row.content_sha256 or not content_sha256:
        return row.visit_date != visit_date
    return row.content_sha256 != content_sha256


def _given(documents: Iterable[DocumentRow]) -> list[DocumentRow]:
    """Sheets in the order in which they were last given."""
    return sorted(
        (row for row in documents if row.is_given_sheet), key=lambda row: (row.visit_date, row.uses[-1].at)
    )


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
