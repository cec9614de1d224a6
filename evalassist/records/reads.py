"""What the records are asked: one evaluation whole, and lists that read only what they show."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Connection, Exists, Select, and_, bindparam, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from evalassist.evaluation import AddendumKind, Evaluation, SoreKnee, VisitKind
from evalassist.records.accounts import Account, Role
from evalassist.records.faults import changed_outside, not_kept
from evalassist.records.models import (
    StoredAccount,
    StoredAddendum,
    StoredDefaultChange,
    StoredDocument,
    StoredEpisode,
    StoredEvaluation,
    StoredPatient,
    StoredPlace,
    StoredUse,
    StoredVault,
    StoredWord,
)
from evalassist.records.plain import (
    addendum_sha256,
    code_begins,
    evaluation_value,
    patient_value,
    sha256_of,
    short_code,
)
from evalassist.records.rows import DefaultChange, DocumentRow, DocumentUse, EvaluationRow, PatientRow, Used
from evalassist.records.search import ranges_of


def _has(kind: AddendumKind) -> Exists:
    """Whether an addendum of this kind stands below the evaluation."""
    return exists().where(StoredAddendum.evaluation_id == StoredEvaluation.id, StoredAddendum.kind == kind)


IN_ERROR = _has("entered-in-error")


def evaluation(db: Session, evaluation_id: str) -> tuple[Evaluation, int]:
    """An evaluation with its version; its addenda must still be what was written."""
    found = evaluation_or_none(db, evaluation_id)
    if found is None:
        raise not_kept("evaluation", evaluation_id)
    return found


def evaluation_or_none(db: Session, evaluation_id: str) -> tuple[Evaluation, int] | None:
    found = db.execute(
        select(StoredEvaluation, StoredPatient)
        .join(StoredEpisode, StoredEpisode.id == StoredEvaluation.episode_id)
        .join(StoredPatient, StoredPatient.id == StoredEpisode.patient_id)
        .where(StoredEvaluation.id == evaluation_id)
    ).one_or_none()
    if found is None:
        return None
    row, patient = found
    addenda = db.scalars(
        select(StoredAddendum)
        .where(StoredAddendum.evaluation_id == evaluation_id)
        .order_by(StoredAddendum.number)
    ).all()
    value = evaluation_value(row, patient_value(patient), addenda)
    seal = row.note_sha256 or ""
    for stored, addendum in zip(addenda, value.addenda, strict=True):
        seal = addendum_sha256(seal, addendum)
        if seal != stored.sha256:
            raise changed_outside("An addendum")
    return value, row.version


def earlier_visits(db: Session, this: Evaluation) -> tuple[Evaluation, ...]:
    """The visits of the same episode before this one, drafts among them, the earliest first.

    What was entered in error is compared with nothing.
    """
    before = select(StoredEvaluation.id).where(
        StoredEvaluation.episode_id == this.episode_id,
        StoredEvaluation.id != this.id,
        not_(IN_ERROR),
        or_(
            StoredEvaluation.visit_date < this.visit_date,
            and_(StoredEvaluation.visit_date == this.visit_date, StoredEvaluation.kind == "initial"),
        ),
    )
    ordered = before.order_by(StoredEvaluation.visit_date, StoredEvaluation.change_number)
    return tuple(evaluation(db, evaluation_id)[0] for evaluation_id in db.scalars(ordered).all())


def note(db: Session, evaluation_id: str) -> str | None:
    found = db.execute(
        select(StoredEvaluation.note, StoredEvaluation.note_sha256).where(
            StoredEvaluation.id == evaluation_id
        )
    ).one_or_none()
    if found is None:
        raise not_kept("evaluation", evaluation_id)
    text, digest = found
    if text is not None and sha256_of(text) != digest:
        raise changed_outside("This note")
    return text


def note_sha256(db: Session, evaluation_id: str) -> str:
    found = db.scalar(select(StoredEvaluation.note_sha256).where(StoredEvaluation.id == evaluation_id))
    if found is None:
        raise not_kept("signed evaluation", evaluation_id)
    return found


def document(db: Session, document_id: str) -> tuple[bytes, str, str]:
    """A paper's bytes, its evaluation and its kind."""
    columns = (StoredDocument.pdf, StoredDocument.sha256, StoredDocument.evaluation_id, StoredDocument.kind)
    found = db.execute(select(*columns).where(StoredDocument.id == document_id)).one_or_none()
    if found is None:
        raise not_kept("document", document_id)
    pdf, digest, evaluation_id, kind = found
    if sha256_of(pdf) != digest:
        raise changed_outside("This document")
    return pdf, evaluation_id, kind


def default_changes(db: Session) -> tuple[DefaultChange, ...]:
    stored = db.scalars(select(StoredDefaultChange).order_by(StoredDefaultChange.number))
    return tuple(
        DefaultChange(row.default_id, row.value, row.changed_at, row.changed_by, row.reason) for row in stored
    )


def _evaluations() -> Select[*tuple[Any, ...]]:
    return (
        select(
            StoredEvaluation.id,
            StoredEvaluation.episode_id,
            StoredEvaluation.sore_knee,
            StoredEvaluation.kind,
            StoredEvaluation.visit_date,
            StoredEvaluation.updated_at,
            StoredEvaluation.signed_at,
            StoredPlace.step,
            StoredPatient,
            IN_ERROR.label("in_error"),
            and_(StoredEvaluation.student, not_(_has("co-signature"))).label("waits"),
        )
        .join(StoredEpisode, StoredEpisode.id == StoredEvaluation.episode_id)
        .join(StoredPatient, StoredPatient.id == StoredEpisode.patient_id)
        .outerjoin(StoredPlace, StoredPlace.evaluation_id == StoredEvaluation.id)
    )


def _rows(db: Session, query: Select[*tuple[Any, ...]]) -> tuple[EvaluationRow, ...]:
    return tuple(
        EvaluationRow(
            id=row.id,
            episode_id=row.episode_id,
            patient=patient_value(row.StoredPatient),
            sore_knee=cast(SoreKnee, row.sore_knee),
            kind=cast(VisitKind, row.kind),
            visit_date=row.visit_date,
            updated_at=row.updated_at,
            signed_at=row.signed_at,
            step=row.step or "",
            in_error=bool(row.in_error),
            waits_for_cosignature=bool(row.waits),
        )
        for row in db.execute(query)
    )


def drafts(db: Session) -> tuple[EvaluationRow, ...]:
    query = _evaluations().where(StoredEvaluation.signed_at.is_(None))
    return _rows(db, query.order_by(StoredEvaluation.change_number.desc()))


def recent(db: Session, limit: int) -> tuple[EvaluationRow, ...]:
    return _rows(db, _evaluations().order_by(StoredEvaluation.change_number.desc()).limit(limit))


def of_patient(db: Session, patient_id: str) -> tuple[EvaluationRow, ...]:
    query = _evaluations().where(StoredPatient.id == patient_id)
    return _rows(db, query.order_by(StoredEvaluation.visit_date, StoredEvaluation.change_number))


def with_code(db: Session, code: str) -> tuple[EvaluationRow, ...]:
    digest = StoredEvaluation.note_sha256
    near = db.execute(select(StoredEvaluation.id, digest).where(digest.startswith(code_begins(code))))
    ids = [found for found, sha256 in near if short_code(sha256 or "") == code]
    return _rows(db, _evaluations().where(StoredEvaluation.id.in_(ids)))


def documents(
    db: Session, *, evaluation_id: str = "", episode_id: str = "", patient_id: str = ""
) -> tuple[DocumentRow, ...]:
    query = (
        select(
            StoredDocument,
            func.length(StoredDocument.pdf),
            StoredEpisode.id,
            StoredEvaluation.visit_date,
            IN_ERROR,
        )
        .join(StoredEvaluation, StoredEvaluation.id == StoredDocument.evaluation_id)
        .join(StoredEpisode, StoredEpisode.id == StoredEvaluation.episode_id)
        .order_by(StoredDocument.kept_at)
    )
    for column, wanted in (
        (StoredEvaluation.id, evaluation_id),
        (StoredEpisode.id, episode_id),
        (StoredEpisode.patient_id, patient_id),
    ):
        query = query.where(column == wanted) if wanted else query
    return tuple(
        DocumentRow(
            id=row.id,
            evaluation_id=row.evaluation_id,
            episode_id=episode,
            visit_date=visit_date,
            kind=row.kind,
            language=row.language,
            paper=row.paper,
            content_sha256=row.content_sha256,
            kept_at=row.kept_at,
            kept_by=row.kept_by,
            sha256=row.sha256,
            size_bytes=size,
            uses=_uses(db, row.id),
            in_error=bool(in_error),
        )
        for row, size, episode, visit_date, in_error in db.execute(query)
    )


def _uses(db: Session, document_id: str) -> tuple[Used, ...]:
    query = select(StoredUse).where(StoredUse.document_id == document_id).order_by(StoredUse.number)
    return tuple(Used(cast(DocumentUse, row.use), row.used_at, row.used_by) for row in db.scalars(query))


def patients(db: Session, text: str, limit: int) -> tuple[PatientRow, ...]:
    words = ranges_of(text)
    if words:
        found = select(StoredPatient.id.label("id"))
        for ranges in words:
            begins = or_(*(and_(StoredWord.word >= start, StoredWord.word < end) for start, end in ranges))
            found = found.where(StoredPatient.id.in_(select(StoredWord.patient_id).where(begins)))
        found = found.order_by(StoredPatient.name_key, StoredPatient.birth_date)
        order: tuple[Any, ...] = (StoredPatient.name_key, StoredPatient.birth_date)
    else:
        last = func.max(StoredEvaluation.change_number)
        found = (
            select(StoredEpisode.patient_id.label("id"))
            .join(StoredEvaluation, StoredEvaluation.episode_id == StoredEpisode.id)
            .group_by(StoredEpisode.patient_id)
            .order_by(last.desc())
        )
        order = (last.desc(),)
    chosen = found.limit(limit).subquery()  # the visits are counted only for those shown
    query = (
        select(
            StoredPatient,
            func.max(StoredEvaluation.visit_date),
            func.count(StoredEvaluation.id),
            func.count(StoredEvaluation.id).filter(StoredEvaluation.signed_at.is_(None)),
        )
        .join(chosen, chosen.c.id == StoredPatient.id)
        .outerjoin(StoredEpisode, StoredEpisode.patient_id == StoredPatient.id)
        .outerjoin(StoredEvaluation, StoredEvaluation.episode_id == StoredEpisode.id)
        .group_by(StoredPatient.id)
        .order_by(*order)
    )
    return tuple(
        PatientRow(patient_value(patient), last_visit, evaluations, drafts)
        for patient, last_visit, evaluations, drafts in db.execute(query)
    )


def accounts(db: Session) -> tuple[Account, ...]:
    query = select(StoredAccount).where(StoredAccount.removed_at.is_(None)).order_by(StoredAccount.name)
    return tuple(
        Account(row.id, row.sign_in, row.name, row.licence, cast(Role, row.role)) for row in db.scalars(query)
    )


REMOVED = "removed"
_ROLE = select(StoredAccount.role, StoredAccount.removed_at).where(StoredAccount.id == bindparam("id"))


def role_of(db: Connection, account_id: str) -> str | None:
    """What this account may do now; None where it has no row."""
    found = db.execute(_ROLE, {"id": account_id}).one_or_none()
    return None if found is None else found.role if found.removed_at is None else REMOVED


def people(db: Session) -> tuple[Account, ...]:
    """Who may sign in, and who could once."""
    query = select(StoredAccount).order_by(StoredAccount.name)
    return tuple(
        Account(row.id, row.sign_in, row.name, row.licence, cast(Role, row.role)) for row in db.scalars(query)
    )


def vaults(db: Session) -> tuple[bytes, ...]:
    """The vault that counts, and after it one whose writing was announced."""
    return tuple(db.scalars(select(StoredVault.vault).order_by(StoredVault.id)))
