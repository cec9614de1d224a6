"""What is written to the records, each inside a transaction that the store has begun."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, text, update

from evalassist.errors import EvalAssistError, SignedRecordError
from evalassist.evaluation import Addendum, Evaluation, Patient
from evalassist.records.accounts import Account
from evalassist.records.faults import not_kept
from evalassist.records.models import (
    COMING,
    COUNTS,
    Base,
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
from evalassist.records.plain import addendum_sha256, evaluation_columns, patient_columns
from evalassist.records.rows import DefaultChange, StoreConflictError, Used
from evalassist.records.search import words_of
from evalassist.translate import tr

ONLY_SIGNED = "An addendum belongs to a signed evaluation; a draft is changed itself."
DISCARDED = (
    "This draft was discarded in another window. What you typed is still on the screen, but it is not kept. "
    "Start a new evaluation if it is needed."
)
PATIENT_CHANGED = (
    "The details of this patient were changed in another window after they were opened here. "
    "Those changes are kept; what you typed is still on the screen, but it is not kept yet. "
    "Open the patient again to see the changes, then choose which details stay."
)
TRAIL_LOCK = int.from_bytes(b"EVAL", "big")
_UNSIGNED: dict[str, Any] = dict.fromkeys(("note", "note_sha256", "signed_at", "clinician", "licence"))


_NEXT_CHANGE = select(func.coalesce(func.max(StoredEvaluation.change_number), 0) + 1).scalar_subquery()
_CHANGE = (
    update(StoredEvaluation)
    .where(
        StoredEvaluation.id == bindparam("known_id"), StoredEvaluation.version == bindparam("known_version")
    )
    .values(version=StoredEvaluation.version + 1, change_number=_NEXT_CHANGE)
    .returning(StoredEvaluation.version)
)


def lock_trail(db: Connection) -> None:
    """Let one writer at a time go on, so that numbers follow each other; in SQLite the transaction does it."""
    if db.dialect.name == "postgresql":
        # PostgreSQL's own: one of another schema that takes an integer must not be called in its place
        db.execute(text(f"SELECT pg_catalog.pg_advisory_xact_lock(CAST({TRAIL_LOCK} AS bigint))"))


def upsert(db: Connection, table: type[Base]) -> Any:
    """An insert that may say what happens when the row is there already."""
    return import_module(f"sqlalchemy.dialects.{db.dialect.name}").insert(table)


@cache
def _begin(dialect: str) -> Any:
    an_insert = import_module(f"sqlalchemy.dialects.{dialect}").insert(StoredEvaluation)
    row = an_insert.values(version=1, change_number=_NEXT_CHANGE)
    return row.on_conflict_do_nothing().returning(StoredEvaluation.version)


def begin_evaluation(db: Connection, evaluation: Evaluation, more: dict[str, Any]) -> int:
    """Write an evaluation that is new, and return its version."""
    version = db.scalar(_begin(db.dialect.name), evaluation_columns(evaluation) | _UNSIGNED | more)
    if version is None:
        raise StoreConflictError
    return int(version)


def change_evaluation(
    db: Connection, evaluation: Evaluation, known_version: int, more: dict[str, Any]
) -> int:
    """Write an evaluation over the version that was opened, and return the new version."""
    known = {"known_id": evaluation.id, "known_version": known_version}
    version = db.scalar(_CHANGE, evaluation_columns(evaluation) | more | known)
    if version is None:
        raise _why_not_changed(db, evaluation.id)
    return int(version)


def _why_not_changed(db: Connection, evaluation_id: str) -> EvalAssistError:
    found = db.execute(
        select(StoredEvaluation.signed_at).where(StoredEvaluation.id == evaluation_id)
    ).one_or_none()
    if found is None:
        return StoreConflictError(DISCARDED)
    return StoreConflictError() if found.signed_at is None else SignedRecordError()


def keep_patient(db: Connection, patient: Patient, seen: Patient | None) -> list[str]:
    """Write changed details, but only over those this window has seen; returns which were corrected."""
    current = patient_in(db, patient.id)
    if current == patient:
        return []
    columns = patient_columns(patient)
    if current is None:
        db.execute(insert(StoredPatient), columns)
    elif current != seen:
        raise StoreConflictError(PATIENT_CHANGED)
    else:
        db.execute(update(StoredPatient).where(StoredPatient.id == patient.id).values(**columns))
        db.execute(delete(StoredWord).where(StoredWord.patient_id == patient.id))
    _keep_words(db, patient)
    return [] if current is None else _differing(current, patient)


def _keep_words(db: Connection, patient: Patient) -> None:
    words = [{"word": word, "patient_id": patient.id} for word in sorted(words_of(patient))]
    db.execute(insert(StoredWord), words)


def search_anew(db: Connection, patient_id: str) -> None:
    """Of a patient who was written as a row: found by what the row says, and by nothing else."""
    patient = patient_in(db, patient_id)
    if patient is None:
        raise not_kept("patient", patient_id)
    found_by = patient_columns(patient)
    db.execute(update(StoredPatient).where(StoredPatient.id == patient_id).values(**found_by))
    _keep_words(db, patient)


def _differing(before: Any, now: Any) -> list[str]:
    """The names of the fields in which two values of one kind differ."""
    return [name for name in before.__dataclass_fields__ if getattr(before, name) != getattr(now, name)]


def patient_in(db: Connection, patient_id: str) -> Patient | None:
    """The patient as kept now."""
    columns = [getattr(StoredPatient, name) for name in Patient.__dataclass_fields__]
    found = db.execute(select(*columns).where(StoredPatient.id == patient_id)).mappings().one_or_none()
    return None if found is None else Patient(**found)


def keep_episode(db: Connection, evaluation: Evaluation) -> None:
    """Begin the episode of care with its first evaluation."""
    episode = {
        "id": evaluation.episode_id,
        "patient_id": evaluation.patient.id,
        "begun_on": evaluation.visit_date,
    }
    db.execute(upsert(db, StoredEpisode).values(episode).on_conflict_do_nothing())


def date_episode(db: Connection, episode_id: str) -> None:
    """The date of a visit was corrected: care began on the day of the earliest."""
    earliest = select(func.min(StoredEvaluation.visit_date)).where(StoredEvaluation.episode_id == episode_id)
    begun = update(StoredEpisode).where(StoredEpisode.id == episode_id)
    db.execute(begun.values(begun_on=earliest.scalar_subquery()))


def refuse_unknown(db: Connection, evaluation_id: str) -> None:
    if not db.scalar(select(exists().where(StoredEvaluation.id == evaluation_id))):
        raise not_kept("evaluation", evaluation_id)


def append_addendum(db: Connection, evaluation_id: str, addendum: Addendum) -> tuple[int, str]:
    """Write the next addendum, sealed together with everything before it; returns its number and seal."""
    refuse_unknown(db, evaluation_id)
    note_seal = db.scalar(select(StoredEvaluation.note_sha256).where(StoredEvaluation.id == evaluation_id))
    if note_seal is None:
        raise EvalAssistError(ONLY_SIGNED)
    last = db.execute(
        select(StoredAddendum.number, StoredAddendum.sha256)
        .where(StoredAddendum.evaluation_id == evaluation_id)
        .order_by(StoredAddendum.number.desc())
        .limit(1)
    ).one_or_none()
    number, seal = (last.number + 1, last.sha256) if last else (1, note_seal)
    row: dict[str, Any] = {
        "evaluation_id": evaluation_id,
        "number": number,
        "text": addendum.text,
        "clinician": addendum.clinician,
        "written_at": addendum.written_at,
        "sha256": addendum_sha256(seal, addendum),
        "kind": addendum.kind,
        "licence": addendum.licence,
    }
    db.execute(insert(StoredAddendum), row)
    return number, row["sha256"]


def keep_default_change(db: Connection, change: DefaultChange) -> None:
    """Append a change of a clinical default."""
    last = select(func.coalesce(func.max(StoredDefaultChange.number), 0))
    db.execute(insert(StoredDefaultChange), asdict(change) | {"number": (db.scalar(last) or 0) + 1})


def discard_draft(db: Connection, evaluation_id: str) -> str:
    """Remove a draft, and with it an episode and a patient about whom nothing else is kept; returns whose it was."""
    found = db.execute(
        select(StoredEvaluation.signed_at, StoredEpisode.id, StoredEpisode.patient_id)
        .join(StoredEpisode, StoredEpisode.id == StoredEvaluation.episode_id)
        .where(StoredEvaluation.id == evaluation_id)
    ).one_or_none()
    if found is None:
        raise not_kept("evaluation", evaluation_id)
    signed_at, episode_id, patient_id = found
    if signed_at is not None:
        raise SignedRecordError(tr("A signed evaluation cannot be discarded; write an addendum instead."))
    if db.scalar(select(exists().where(StoredDocument.evaluation_id == evaluation_id))):
        raise EvalAssistError(
            tr("A paper of this draft is kept under Documents, so the draft stays too. Finish and sign it.")
        )
    db.execute(delete(StoredPlace).where(StoredPlace.evaluation_id == evaluation_id))
    db.execute(delete(StoredEvaluation).where(StoredEvaluation.id == evaluation_id))
    if not db.scalar(select(exists().where(StoredEvaluation.episode_id == episode_id))):
        db.execute(delete(StoredEpisode).where(StoredEpisode.id == episode_id))
    if not db.scalar(select(exists().where(StoredEpisode.patient_id == patient_id))):
        db.execute(delete(StoredWord).where(StoredWord.patient_id == patient_id))
        db.execute(delete(StoredPatient).where(StoredPatient.id == patient_id))
    return str(patient_id)


def keep_place(db: Connection, evaluation_id: str, step: str, item: str) -> None:
    refuse_unknown(db, evaluation_id)
    row = upsert(db, StoredPlace).values(evaluation_id=evaluation_id, step=step, item=item)
    db.execute(row.on_conflict_do_update(index_elements=["evaluation_id"], set_={"step": step, "item": item}))


def keep_document(db: Connection, columns: dict[str, Any]) -> str:
    """Keep a paper, the same bytes of a visit only once, and return its id."""
    refuse_unknown(db, columns["evaluation_id"])
    alike = ("evaluation_id", "kind", "content_sha256", "sha256")
    same = [getattr(StoredDocument, name) == columns[name] for name in alike]
    found = db.scalar(select(StoredDocument.id).where(*same))
    if found is None:
        db.execute(insert(StoredDocument), columns)
    return str(found or columns["id"])


def patient_of(db: Connection, evaluation_id: str) -> str:
    """Whose evaluation it is."""
    query = select(StoredEpisode.patient_id).join(StoredEvaluation)
    return str(db.scalar(query.where(StoredEvaluation.id == evaluation_id)))


def keep_use(db: Connection, document_id: str, use: Used) -> tuple[str, str]:
    """Append that a kept paper was printed or saved; returns the evaluation and the kind of the paper."""
    paper = select(StoredDocument.evaluation_id, StoredDocument.kind).where(StoredDocument.id == document_id)
    found = db.execute(paper).one_or_none()
    if found is None:
        raise not_kept("document", document_id)
    last = select(func.coalesce(func.max(StoredUse.number), 0)).where(StoredUse.document_id == document_id)
    row = {"document_id": document_id, "number": (db.scalar(last) or 0) + 1}
    db.execute(insert(StoredUse), row | {"use": use.use, "used_at": use.at, "used_by": use.by})
    return found.evaluation_id, found.kind


def keep_account(db: Connection, account: Account, now: datetime) -> tuple[Account, list[str]] | None:
    """Write a new account, or a changed one; returns what it was and the fields that changed, None for a new one."""
    columns = [getattr(StoredAccount, name) for name in Account.__dataclass_fields__]
    former = db.execute(select(*columns).where(StoredAccount.id == account.id)).mappings().one_or_none()
    row = upsert(db, StoredAccount).values(asdict(account) | {"added_at": now})
    changed = {name: value for name, value in asdict(account).items() if name != "id"}
    db.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed))
    return None if former is None else (was := Account(**former), _differing(was, account))


def remove_account(db: Connection, account_id: str, now: datetime) -> None:
    """The row stays: what the account did keeps its name."""
    removed = update(StoredAccount).where(StoredAccount.id == account_id, StoredAccount.removed_at.is_(None))
    if db.execute(removed.values(removed_at=now)).rowcount == 0:
        raise not_kept("account", account_id)


def keep_vault(db: Connection, vault: bytes, now: datetime, *, coming: bool) -> None:
    """Keep the vault that counts, or beside it one that is about to be written."""
    for number in (COMING,) if coming else (COUNTS, COMING):
        row = upsert(db, StoredVault).values(id=number, kept_at=now, vault=vault)
        kept = {"kept_at": now, "vault": vault}
        db.execute(row.on_conflict_do_update(index_elements=["id"], set_=kept))
