"""The store: what the therapist kept, one transaction a method.

A method that keeps something returns only when it is on the disk; when it raises, nothing of it is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from evalassist.errors import EvalAssistError, SignedRecordError, StoreError
from evalassist.evaluation import Addendum, Defaults, Evaluation, Patient
from evalassist.records import reads, writes
from evalassist.records.accounts import NOBODY, Account
from evalassist.records.connection import WAIT_S, WHOLE_FILE, connect
from evalassist.records.database import file_of, open_engine
from evalassist.records.faults import DamagedError, not_kept, plain_words
from evalassist.records.models import StoredPatient, StoredPlace
from evalassist.records.plain import patient_value, sha256_of
from evalassist.records.rows import (
    DefaultChange,
    DocumentRow,
    DocumentUse,
    EvaluationRow,
    PatientRow,
    Place,
    StoreConflictError,
    Used,
)
from evalassist.records.vault import PAPER, Keys

__all__ = ["DocumentRow", "EvaluationRow", "PatientRow", "Place", "Store", "StoreConflictError"]

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Opened:
    """What this store last saw of an evaluation; a save that does not build on it is refused."""

    version: int
    patient: Patient


class Store:
    """The records in one file. Each window of the app has its own store and uses it from one thread."""

    def __init__(
        self, path: str | Path, keys: Keys, account: Account = NOBODY, *, wait_s: float = WAIT_S
    ) -> None:
        """`wait_s`: how long a save waits for another window; a window that is typed in waits only shortly."""
        self.path, self.keys, self.account = file_of(path), keys, account
        self._wait_s = wait_s
        self._engine = open_engine(self.path, keys.database, wait_s)
        self._reading = self._engine.execution_options(write=False)
        self._opened: dict[str, _Opened] = {}
        self._patients: dict[str, Patient] = {}
        self._closed = False
        with plain_words(self.path, "open"):
            self._file = self._on_disk()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was kept is then in this one file and in no companion file."""
        self._closed = True
        with plain_words(self.path, "read"):
            self._engine.dispose()

    def save(self, evaluation: Evaluation) -> datetime:
        """Keep the draft with its patient, and say when; refused when another window changed it meanwhile."""
        if evaluation.signature is not None:
            raise SignedRecordError
        if evaluation.addenda:
            raise EvalAssistError(writes.ONLY_SIGNED)
        return self._keep(evaluation, {})

    def sign(self, evaluation: Evaluation, note_json: str) -> str:
        """Keep the signed evaluation with its note and lock both for good; returns the note's SHA-256."""
        signature = evaluation.signature
        if signature is None:
            raise EvalAssistError("The evaluation has no signature yet, so it was not locked. Sign it first.")
        digest = sha256_of(note_json)
        signed = {
            "note": note_json,
            "note_sha256": digest,
            "signed_at": signature.signed_at,
            "clinician": signature.clinician,
            "licence": signature.licence,
        }
        self._keep(evaluation, signed)
        log.info("evaluation %s signed", evaluation.id)
        return digest

    def load(self, evaluation_id: str, *, to_edit: bool = True) -> Evaluation:
        """The evaluation as it is kept.

        With `to_edit` the next save builds on this version; a window that only compares passes False.
        """
        evaluation, version = self._read(lambda db: reads.evaluation(db, evaluation_id))
        if to_edit:
            self._opened[evaluation_id] = _Opened(version, evaluation.patient)
        return evaluation

    def note_of(self, evaluation_id: str) -> str:
        """The note exactly as it was signed."""
        note = self._read(lambda db: reads.note(db, evaluation_id))
        if note is None:
            raise EvalAssistError("This evaluation is not signed yet, so it has no note.")
        return note

    def add_addendum(self, evaluation_id: str, addendum: Addendum) -> None:
        """Write an addendum below a signed evaluation; it can never be changed or removed."""
        with self._write() as db:
            number = writes.append_addendum(db, evaluation_id, addendum)
        log.info("addendum %d written to evaluation %s", number, evaluation_id)

    def discard_draft(self, evaluation_id: str) -> None:
        """Remove a draft for good, and with it an episode and a patient about whom nothing else is kept."""
        with self._write() as db:
            writes.discard_draft(db, evaluation_id)
        self._opened.pop(evaluation_id, None)
        log.info("draft %s discarded", evaluation_id)

    def drafts(self) -> tuple[EvaluationRow, ...]:
        """Every unfinished evaluation, the one last worked on first."""
        return self._read(reads.drafts)

    def recent(self, limit: int = 20) -> tuple[EvaluationRow, ...]:
        """The evaluations last worked on, drafts and signed ones."""
        return self._read(lambda db: reads.recent(db, limit))

    def patient_evaluations(self, patient_id: str) -> tuple[EvaluationRow, ...]:
        """All visits of a patient, the earliest first."""
        return self._read(lambda db: reads.of_patient(db, patient_id))

    def earlier_visits(self, evaluation: Evaluation) -> tuple[Evaluation, ...]:
        """The visits of its episode before this one, signed or not, the earliest first; none at a first visit."""
        if evaluation.kind == "initial":
            return ()
        return self._read(lambda db: reads.earlier_visits(db, evaluation))

    def search_patients(self, text: str, limit: int = 20) -> tuple[PatientRow, ...]:
        """Patients, by name, of whom every typed word begins a word of the name, record number or birth date.

        Without a word: the patients last worked with.
        """
        return self._read(lambda db: reads.patients(db, text, limit))

    def patient(self, patient_id: str) -> Patient:
        """The patient as kept, for a new evaluation."""
        found = self._read(lambda db: db.get(StoredPatient, patient_id))
        if found is None:
            raise not_kept("patient", patient_id)
        self._patients[patient_id] = patient_value(found)
        return self._patients[patient_id]

    def keep_document(
        self,
        evaluation_id: str,
        kind: str,
        language: str,
        paper: str,
        pdf_bytes: bytes,
        by: str,
        use: DocumentUse | None = "saved",
        content_sha256: str = "",
    ) -> str:
        """Keep a paper byte for byte and return its id; it can never be changed or removed.

        Without a use it is not given out yet: `note_use` follows when the printer has taken it.
        """
        now = datetime.now(UTC)
        columns: dict[str, Any] = {
            "id": str(uuid4()),
            "evaluation_id": evaluation_id,
            "kind": kind,
            "language": language,
            "paper": paper,
            "content_sha256": content_sha256,
            "kept_at": now,
            "kept_by": by,
            "sha256": sha256_of(pdf_bytes),
            "pdf": pdf_bytes,
        }
        with self._write() as db:
            document_id = writes.keep_document(db, columns)
            if use is not None:
                writes.keep_use(db, document_id, Used(use, now, by))
        log.info("document %s kept for evaluation %s", document_id, evaluation_id)
        return document_id

    def note_use(self, document_id: str, use: DocumentUse, by: str) -> None:
        """Keep that a kept paper was printed or saved, now and by whom."""
        with self._write() as db:
            writes.keep_use(db, document_id, Used(use, datetime.now(UTC), by))
        log.info("document %s %s", document_id, use)

    def documents(self, evaluation_id: str) -> tuple[DocumentRow, ...]:
        """The papers kept for an evaluation, the earliest first."""
        return self._read(lambda db: reads.documents(db, evaluation_id=evaluation_id))

    def documents_of_episode(self, episode_id: str) -> tuple[DocumentRow, ...]:
        """The papers kept for all visits of an episode of care, the earliest first."""
        return self._read(lambda db: reads.documents(db, episode_id=episode_id))

    def documents_of_patient(self, patient_id: str) -> tuple[DocumentRow, ...]:
        """The papers kept for a patient, the earliest first."""
        return self._read(lambda db: reads.documents(db, patient_id=patient_id))

    def document_bytes(self, document_id: str) -> bytes:
        """The paper exactly as it was given out."""
        return self._read(lambda db: reads.document(db, document_id))

    def clinic_defaults(self) -> Defaults:
        """The clinical defaults that count in this clinic where they differ from those shipped."""
        last = {change.default_id: change.value for change in self.default_changes()}
        return {default_id: value for default_id, value in last.items() if value is not None}

    def default_changes(self) -> tuple[DefaultChange, ...]:
        """Every change of a clinical default, the earliest first."""
        return self._read(reads.default_changes)

    def change_default(self, default_id: str, value: float | None, *, by: str, reason: str) -> DefaultChange:
        """Set a clinical default, or with None put it back as shipped; who and why are kept for good."""
        if value is not None and not isfinite(value):
            raise EvalAssistError(f"{value} is not a number that can be set.")
        change = DefaultChange(default_id, value, datetime.now(UTC), by, reason)
        with self._write() as db:
            writes.keep_default_change(db, change)
        log.info("clinical default %s changed", default_id)
        return change

    def remember_place(self, evaluation_id: str, step: str, item: str = "") -> None:
        """Remember the step and the field in it, so that the evaluation opens there again."""
        with self._write() as db:
            writes.keep_place(db, evaluation_id, step, item)

    def place(self, evaluation_id: str) -> Place | None:
        """Where the therapist left this evaluation."""
        found = self._read(lambda db: db.get(StoredPlace, evaluation_id))
        return None if found is None else Place(found.step, found.item)

    # ------------------------------------------------------------ accounts and keys

    def accounts(self) -> tuple[Account, ...]:
        """Who may sign in, by name."""
        return self._read(reads.accounts)

    def account_of(self, account_id: str) -> Account:
        """The account with this id; for the paper key, an administrator without a name."""
        if account_id == PAPER:
            return Account(PAPER, "", "paper key", "", "administrator")
        found = next((each for each in self.accounts() if each.id == account_id), None)
        if found is None:
            raise EvalAssistError("This account was removed. Ask an administrator.")
        return found

    def keep_account(self, account: Account) -> None:
        """Keep a new account, or a changed one."""
        with self._write() as db:
            writes.keep_account(db, account, datetime.now(UTC))
        if account.id == self.account.id:
            self.account = account
        log.info("account %s kept", account.id)

    def remove_account(self, account_id: str) -> None:
        """The account signs in no more; its name stays in what it did."""
        with self._write() as db:
            writes.remove_account(db, account_id, datetime.now(UTC))
        log.info("account %s removed", account_id)

    def note(self, action: str, target: str) -> None:
        """Write a line into the audit trail that goes with no other change."""

    def note_sign_in(self, failed_at: tuple[str, ...]) -> None:
        """Write that this account signed in, and when wrong passwords were tried before."""

    def keep_vault(self, vault: bytes) -> None:
        """Keep a copy of the vault inside the records."""
        with self._write() as db:
            writes.keep_vault(db, vault, datetime.now(UTC))

    def kept_vault(self) -> bytes | None:
        """The vault as it was last written."""
        return self._read(reads.vault)

    def change_key(self, keys: Keys) -> None:
        """Encrypt the whole file anew; other windows must be closed."""
        with plain_words(self.path, "keep"), WHOLE_FILE:
            self._engine.dispose()
            with closing(connect(self.path, self.keys.database)) as db:
                db.execute(f"PRAGMA rekey = \"x'{keys.database.hex()}'\"")
            self._engine = open_engine(self.path, keys.database, self._wait_s)
            self._reading = self._engine.execution_options(write=False)
        self.keys = keys
        log.info("records encrypted anew")

    @contextmanager
    def writing(self, action: str, target: str) -> Iterator[Connection]:
        """One transaction for what is written here as it is, with its line in the audit trail."""
        with self._write() as db:
            yield db
        self.note(action, target)

    def _keep(self, evaluation: Evaluation, signed: dict[str, Any]) -> datetime:
        known = self._opened.get(evaluation.id)
        now = datetime.now(UTC)
        with self._write() as db:
            more = signed | {"updated_at": now}
            if known is None:
                writes.keep_patient(db, evaluation.patient, self._patients.get(evaluation.patient.id))
                writes.keep_episode(db, evaluation)
                version = writes.begin_evaluation(db, evaluation, more)
            else:
                version = writes.change_evaluation(db, evaluation, known.version, more)
                if known.patient != evaluation.patient:
                    writes.keep_patient(db, evaluation.patient, known.patient)
        self._opened[evaluation.id] = _Opened(version, evaluation.patient)
        log.debug("evaluation %s kept as version %d", evaluation.id, version)
        return now

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """One transaction that changes something; left without an exception, it is on the disk."""
        self._refuse_when_closed()
        try:
            with plain_words(self.path, "keep"):
                self._refuse_another_file()
                with self._engine.begin() as db:
                    yield db
                self._refuse_another_file()
        except DamagedError:
            self._engine.dispose()  # after one bad page every query on that connection fails
            raise

    def _read(self, work: Callable[[Session], T]) -> T:
        """One transaction that only reads."""
        self._refuse_when_closed()
        try:
            return self._read_once(work)
        except DamagedError:
            # a read that the disk refused once looks like damage: look again before saying so
            self._engine.dispose()
            return self._read_once(work)

    def _read_once(self, work: Callable[[Session], T]) -> T:
        with plain_words(self.path, "read"), Session(self._reading) as db:
            return work(db)

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise StoreError("The records are closed. Nothing was changed. Start EvalAssist again to go on.")

    def _refuse_another_file(self) -> None:
        """An unlinked file still takes writes that nobody will ever read, so look who lies under its name."""
        try:
            here = self._on_disk()
        except FileNotFoundError:
            here = None
        if here != self._file:
            raise StoreError(
                f"The records file {self.path} was moved, deleted or replaced while EvalAssist was using it. "
                "The last change is not kept. Put the file back if you can, then start EvalAssist again."
            )

    def _on_disk(self) -> tuple[int, int]:
        file = self.path.stat()
        return file.st_dev, file.st_ino
