"""What the records are asked: one evaluation whole, and lists that read only what they show."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast, get_args

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Exists,
    Select,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    intersect,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from evalassist.evaluation import AddendumKind, Evaluation, Patient, SoreKnee, VisitKind
from evalassist.records.accounts import Account, Role
from evalassist.records.faults import changed_outside, not_kept
from evalassist.records.models import (
    COMING,
    COUNTS,
    StoredAccount,
    StoredAddendum,
    StoredAudit,
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
from evalassist.records.search import name_key, ranges_of, split_words


def _has(kind: AddendumKind) -> Exists:
    """Whether an addendum of this kind stands below the evaluation."""
    return exists().where(StoredAddendum.evaluation_id == StoredEvaluation.id, StoredAddendum.kind == kind)


IN_ERROR = _has("entered-in-error")


def evaluation(db: Session, evaluation_id: str) -> tuple[Evaluation, int]:
    """An evaluation with its version; its addenda must still be what was written."""
    found = evaluation_and_moment(db, evaluation_id)
    if found is None:
        raise not_kept("evaluation", evaluation_id)
    return found[:2]


def evaluation_and_moment(db: Session, evaluation_id: str) -> tuple[Evaluation, int, datetime] | None:
    """An evaluation with its version and when that was kept; None where there is none."""
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
    return value, row.version, row.updated_at


def earlier_visits(db: Session, this: Evaluation) -> tuple[Evaluation, ...]:
    """The visits of the same episode before this one, drafts among them, the earliest first.

    Left out: what was entered in error, and a visit without answers. On one day the initial evaluation comes first,
    a discharge last.
    """
    kinds = get_args(VisitKind)
    before = select(StoredEvaluation.id).where(
        StoredEvaluation.episode_id == this.episode_id,
        StoredEvaluation.id != this.id,
        not_(IN_ERROR),
        or_(
            StoredEvaluation.visit_date < this.visit_date,
            and_(
                StoredEvaluation.visit_date == this.visit_date,
                StoredEvaluation.kind.in_(kinds[: kinds.index(this.kind)]),
            ),
        ),
    )
    place = case({kind: at for at, kind in enumerate(kinds)}, value=StoredEvaluation.kind)
    ordered = before.order_by(StoredEvaluation.visit_date, place, StoredEvaluation.change_number)
    found = [evaluation(db, evaluation_id)[0] for evaluation_id in db.scalars(ordered).all()]
    return tuple(each for each in found if each.signature or each.answers)


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
            StoredEvaluation.clinician,
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
            clinician=row.clinician or "",
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


ENOUGH = 400
"""Where more patients fit, so many are put in order: who types on finds the others."""


def patients(db: Session, text: str, limit: int) -> tuple[PatientRow, ...]:
    words = ranges_of(text)
    begun = name_key(text)
    found = _by_name(db, begun, limit) if begun and limit else []
    if words and len(found) < limit:
        found += [one for one in _by_words(db, words, limit) if one not in found]
    elif not words:
        found = _last_worked_with(db, limit)
    return _with_visits(db, found[:limit])


MOST_ALIKE = 3


def patients_like(db: Session, patient: Patient) -> tuple[Patient, ...]:
    """Others of the same name and birth date, then others of the same record number."""
    key, number = name_key(patient.name), name_key(patient.record_number)
    alike = select(StoredPatient).where(
        StoredPatient.name_key == key, StoredPatient.birth_date == patient.birth_date
    )
    found = list(db.scalars(alike.limit(MOST_ALIKE)))
    if number:
        named = _by_words(db, [[(word, word)] for word in split_words(number)], ENOUGH)
        rows = db.scalars(select(StoredPatient).where(StoredPatient.id.in_(named)))
        found += [row for row in rows if name_key(row.record_number) == number and row not in found]
    return tuple(patient_value(row) for row in found if row.id != patient.id)[:MOST_ALIKE]


def _by_name(db: Session, begun: str, limit: int) -> list[str]:
    """Whose name begins as it was typed, family name first as lists write it: few rows of an index are read."""
    key = StoredPatient.name_key
    query = select(StoredPatient.id).where(key >= begun, key < begun + "\U0010ffff")
    return list(db.scalars(query.order_by(key, StoredPatient.birth_date).limit(limit)))


def _by_words(db: Session, words: list[list[tuple[str, str]]], limit: int) -> list[str]:
    """Of whom each typed word begins some word: the rarest one chooses, the others are looked for."""
    counted = sorted(((_how_many(db, each) if len(words) > 1 else 0), each) for each in words)
    (number, first), *others = counted
    some = select(StoredWord.patient_id).where(_begins(StoredWord.word, first)).limit(ENOUGH).subquery()
    one = some.c.patient_id
    found = select(one)
    for _, ranges in others:
        found = found.where(exists().where(StoredWord.patient_id == one, _begins(StoredWord.word, ranges)))
    ids = _ordered(db, found, limit)
    if len(ids) >= limit or number < ENOUGH:
        return ids
    # frequent words that seldom meet: to read each as a list is quicker than to ask each patient
    each = (select(StoredWord.patient_id).where(_begins(StoredWord.word, ranges)) for _, ranges in counted)
    return _ordered(db, intersect(*each).limit(ENOUGH), limit)


def _ordered(db: Session, found: Select[Any] | CompoundSelect[Any], limit: int) -> list[str]:
    # told one by one: a server that thinks its tables are empty would look for them anew for each patient
    query = select(StoredPatient.id).where(StoredPatient.id.in_(list(db.scalars(found))))
    return list(db.scalars(query.order_by(StoredPatient.name_key, StoredPatient.birth_date).limit(limit)))


def _how_many(db: Session, ranges: list[tuple[str, str]]) -> int:
    """How many stored words begin so, counted as far as it matters."""
    some = select(StoredWord.word).where(_begins(StoredWord.word, ranges)).limit(ENOUGH)
    return db.scalar(select(func.count()).select_from(some.subquery())) or 0


def _begins(word: InstrumentedAttribute[str], ranges: list[tuple[str, str]]) -> ColumnElement[bool]:
    alone = [start for start, end in ranges if start == end]
    return or_(
        *(and_(word >= start, word < end) for start, end in ranges if start != end),
        *([word.in_(alone)] if alone else []),
    )


def _last_worked_with(db: Session, limit: int) -> list[str]:
    query = (
        select(StoredEpisode.patient_id)
        .join(StoredEvaluation, StoredEvaluation.episode_id == StoredEpisode.id)
        .group_by(StoredEpisode.patient_id)
        .order_by(func.max(StoredEvaluation.change_number).desc())
    )
    return list(db.scalars(query.limit(limit)))


def _with_visits(db: Session, ids: list[str]) -> tuple[PatientRow, ...]:
    """These patients in this order, each with where its care stands."""
    visits: dict[str, list[EvaluationRow]] = {patient_id: [] for patient_id in ids}
    query = _evaluations().where(StoredPatient.id.in_(ids))
    for row in _rows(db, query.order_by(StoredEvaluation.visit_date, StoredEvaluation.change_number)):
        visits[row.patient.id].append(row)
    stored = {row.id: row for row in db.scalars(select(StoredPatient).where(StoredPatient.id.in_(ids)))}
    return tuple(PatientRow(patient_value(stored[one]), tuple(visits[one])) for one in ids)


def number_of_patients(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(StoredPatient)) or 0


def accounts(db: Session) -> tuple[Account, ...]:
    query = select(StoredAccount).where(StoredAccount.removed_at.is_(None)).order_by(StoredAccount.name)
    return tuple(
        Account(row.id, row.sign_in, row.name, row.licence, cast(Role, row.role)) for row in db.scalars(query)
    )


REMOVED = "removed"
_NOW = select(StoredAccount.name, StoredAccount.licence, StoredAccount.role, StoredAccount.removed_at).where(
    StoredAccount.id == bindparam("id")
)


def who_chose_password(db: Session, account_id: str) -> str | None:
    """The account that last chose the password of this one; None where the trail does not say."""
    return db.scalar(
        select(StoredAudit.account_id)
        .where(
            StoredAudit.target == account_id,
            StoredAudit.action.in_(("account-added", "password-changed")),
        )
        .order_by(StoredAudit.number.desc())
        .limit(1)
    )


def account_now(db: Connection, account_id: str) -> tuple[str, str, str] | None:
    """Name, license and role of this account as they are now; None where it has no row."""
    found = db.execute(_NOW, {"id": account_id}).one_or_none()
    if found is None:
        return None
    return found.name, found.licence, found.role if found.removed_at is None else REMOVED


def people(db: Session) -> tuple[Account, ...]:
    """Who may sign in, and who could once."""
    query = select(StoredAccount).order_by(StoredAccount.name)
    return tuple(
        Account(row.id, row.sign_in, row.name, row.licence, cast(Role, row.role)) for row in db.scalars(query)
    )


def vault_at(db: Connection) -> str | None:
    """Since when the vault counts that does, as it is kept: it is only compared."""
    return db.scalar(select(type_coerce(StoredVault.kept_at, Text)).where(StoredVault.id == COUNTS))


def vaults(db: Session) -> tuple[bytes, ...]:
    """The vault that counts, and after it one whose writing was announced."""
    known = StoredVault.id.in_((COUNTS, COMING))  # whoever adds others must not get in the way of these
    return tuple(db.scalars(select(StoredVault.vault).where(known).order_by(StoredVault.id)))
