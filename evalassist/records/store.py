"""The store: what the therapist kept, one transaction a method.

A method that keeps something returns only when it is on the disk; when it raises, nothing of it is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from math import isfinite
from pathlib import Path
from secrets import token_hex
from threading import Lock
from time import monotonic
from types import MappingProxyType, TracebackType
from typing import Any, Literal, NoReturn, Self, TypeVar, get_args
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from evalassist.errors import EvalAssistError, SignedRecordError, StoreError
from evalassist.evaluation import (
    BY_ANOTHER,
    BY_THERAPISTS,
    Addendum,
    AddendumKind,
    Defaults,
    Evaluation,
    Patient,
)
from evalassist.records import audit, reads, trail, writes
from evalassist.records.accounts import NOBODY, Account
from evalassist.records.connection import WAIT_S, WHOLE_FILE, connect
from evalassist.records.database import file_of, open_engine, reading
from evalassist.records.faults import DamagedError, OtherKeyError, not_kept, plain_words
from evalassist.records.models import StoredPatient, StoredPlace
from evalassist.records.plain import (
    account_sha256,
    document_sha256,
    evaluation_columns,
    patient_value,
    record_sha256,
    sha256_of,
    short_code,
    signed_columns,
)
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
from evalassist.records.search import name_key
from evalassist.records.server import FILE_NAME as SERVER_FILE
from evalassist.records.server import Server, is_server, server_of
from evalassist.records.vault import PAPER, Anchor, Keys
from evalassist.translate import tr

__all__ = ["DocumentRow", "EvaluationRow", "PatientRow", "Place", "Store", "StoreConflictError"]

log = logging.getLogger(__name__)

T = TypeVar("T")
Told = tuple[str, str, Mapping[str, object]]
"""What a line of the audit trail says: action, target, detail."""

Leaves = Literal["signed-out", "locked"]
_LEAVES = get_args(Leaves)
AT_ONCE = (
    "Accounts or passwords were changed elsewhere at the same moment. This change was not kept; that one was. "
    "Make yours again."
)
VIEW_AGAIN_S = 600.0
"""Looking again at the same thing so soon is one look in the audit trail."""


_ACTS: dict[AddendumKind, str] = {
    "addendum": "addendum-written",
    "late-entry": "late-entry-written",
    "entered-in-error": "entered-in-error",
    "co-signature": "co-signed",
}


class DismissedError(EvalAssistError):
    """Who is signed in may no longer do what was possible at the sign-in."""


class RemovedError(DismissedError):
    """This account was removed, so nothing more is shown or kept for it. Ask an administrator."""


class AccountChangedError(DismissedError):
    """This account or its password was changed. Sign in anew to go on; what was not kept yet waits until then."""


class MovedError(DismissedError):
    """The records were moved to the clinic's database, or another program put evalassist.server beside them.

    Sign in anew to go on there; what was not kept yet waits.
    """


@dataclass(frozen=True, slots=True)
class _Opened:
    """What this store last saw of an evaluation; a save that does not build on it is refused."""

    version: int
    evaluation: Evaluation


class Store:
    """The records in one file, or in the clinic's database.

    Each window of the app has its own store and uses it from one thread.
    """

    def __init__(
        self, where: str | Path | Server, keys: Keys, account: Account = NOBODY, *, wait_s: float = WAIT_S
    ) -> None:
        """`wait_s`: how long a save waits for another window; a window that is typed in waits only shortly."""
        if not isinstance(where, Server):
            where = server_of(str(where)) if is_server(where) else file_of(where)
        self.where, self.keys, self.account = where, keys, account
        self._wait_s = wait_s
        self._open_engine()
        self._opened: dict[str, _Opened] = {}
        self._patients: dict[str, Patient] = {}
        self._refused: dict[str, dict[datetime, Evaluation]] = {}
        """What was refused since the last save, by the moment it bears; one of them may have been kept all the same."""
        self._viewed: dict[tuple[str, str], float] = {}
        self._came_in: audit.Line | None = None
        self._wrote: audit.Line | None = None
        self._writes: audit.Line | None = None
        self.knows = Anchor()
        """The last line of the audit trail that was written here, or the first that it lacks."""
        self._head = Anchor()
        self._closed = False
        self._guard, self._works_elsewhere = Lock(), False
        self._close_then: Leaves | None = None
        self.is_removed = False
        """The account that is signed in was removed meanwhile."""
        self.on_dismissed: Callable[[str], None] | None = None
        """Told, in whichever thread asked, why this account may not go on as it came in."""
        self.lets_in: Callable[[bytes], bool] | None = None
        """On a server: whether a vault still has the way in by which somebody came here."""
        self._vault_at: str | None = None
        """Since when the vault counts that was asked last."""
        self.lies_elsewhere: Callable[[], bool] | None = None
        """On a server: whether this workstation uses another one by now."""
        self.on_close: Callable[[], None] | None = None
        """What is still to be done with the open records before they are closed."""
        self.password_was_given = False
        """Somebody else chose the password with which this account signed in, and so knows it."""
        self.changed_ways = False
        """Whether a way in was changed here, or taken away."""
        self.trail_was_cut = False
        """The audit trail lacks a line known outside: the file was put back to an earlier state, or changed."""
        self.not_compared_with = ""
        """Which database was used here before, where it could not be asked what it holds more."""
        self.was_left_before = False
        """Everybody had left this database for another one; it counts again since somebody connected to it."""
        self.accept_cut: Callable[[], None] | None = None
        """For an administrator: the earlier state is the right one, work goes on from there."""
        with plain_words(self.where, "open"):
            self._file = None if self.is_shared else self._on_disk()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_shared(self) -> bool:
        """Whether the records lie on the clinic's server."""
        return isinstance(self.where, Server)

    @property
    def path(self) -> Path:
        """The records file."""
        if isinstance(self.where, Server):
            raise StoreError(
                tr("The records lie in {where}. Whoever looks after that server also backs them up.").format(
                    where=self.where
                )
            )
        return self.where

    def close(self, because: Leaves = "signed-out") -> None:
        """Close the file; what was kept is then in this one file and in no companion file."""
        with self._guard:
            if self._works_elsewhere:
                self._close_then, self.on_dismissed = because, None  # who is dismissed is locked out already
                return
        with ExitStack() as ends:  # whatever fails, the last of it follows
            ends.enter_context(plain_words(self.where, "read"))
            ends.callback(self._engine.dispose)
            ends.callback(setattr, self, "_closed", True)
            if not self._closed and self.on_close is not None:
                ends.callback(self.on_close)
            if not self._closed and self.account.id:
                self._note_quietly(because, "")

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """For what is done in another thread: a window that is locked meanwhile closes the records only after it."""
        self._works_elsewhere = True
        try:
            yield
        finally:
            with self._guard:
                self._works_elsewhere = False
            if self._close_then is not None:
                self.close(self._close_then)

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
            raise EvalAssistError(
                tr("The evaluation has no signature yet, so it was not locked. Sign it first.")
            )
        self._refuse_another_name(signature.clinician, signature.licence)
        if self.account.id and signature.student != self.account.needs_cosignature:
            raise EvalAssistError(
                tr("A student signs as a student, a therapist as a therapist. Nothing was signed.")
            )
        if not self.account.may_sign and self.account.id:
            raise EvalAssistError(
                tr("A note is signed with a license. An administrator can add yours to your account.")
            )
        digest = sha256_of(note_json)
        signed = {
            "note": note_json,
            "note_sha256": digest,
            **signed_columns(signature),
        }
        self._keep(evaluation, signed)
        log.info("evaluation %s signed", evaluation.id)
        return digest

    def _refuse_another_name(self, name: str, licence: str) -> None:
        """Whoever signed in signs and writes below notes with the own name and license."""
        if self.account.id and (name, licence) != (self.account.name, self.account.licence):
            raise EvalAssistError(
                tr(
                    "{name} is signed in, so only this name can sign. Nothing was signed. "
                    "Lock the window and sign in with the other name."
                ).format(name=self.account.name)
            )

    def _only_administrators(
        self, words: str = "Only an administrator may do this. Ask one to sign in."
    ) -> None:
        if self.account.id and not self.account.administers:
            raise EvalAssistError(words)

    def load(self, evaluation_id: str, *, to_edit: bool = True) -> Evaluation:
        """The evaluation as it is kept.

        With `to_edit` the next save builds on this version; a window that only compares passes False.
        """
        evaluation, version = self._read(lambda db: reads.evaluation(db, evaluation_id))
        if to_edit:
            self._opened[evaluation_id] = _Opened(version, evaluation)
            self._refused.pop(evaluation_id, None)
            self._note_view("evaluation-opened", evaluation_id)
        return evaluation

    def note_of(self, evaluation_id: str, *, shown: bool = True) -> str:
        """The note exactly as it was signed; with `shown` False it is only computed with, and nobody reads it."""
        note = self._read(lambda db: reads.note(db, evaluation_id))
        if note is None:
            raise EvalAssistError(tr("This evaluation is not signed yet, so it has no note."))
        if shown:
            self._note_view("note-read", evaluation_id)
        return note

    def add_addendum(self, evaluation_id: str, addendum: Addendum) -> None:
        """Write an addendum below a signed evaluation; it can never be changed or removed."""
        if addendum.kind in BY_THERAPISTS and self.account.needs_cosignature:
            raise EvalAssistError(
                tr("Only a therapist may write this below a signed note. Nothing was written.")
            )
        self._refuse_another_name(addendum.clinician, addendum.licence)
        detail: dict[str, object] = {}
        with self._write(_ACTS[addendum.kind], evaluation_id, detail) as db:
            evaluation = reads.evaluation(Session(db), evaluation_id)[0]
            why_not = evaluation.why_not(addendum)
            if addendum.kind == "co-signature" and not why_not and self._has_signed(db, evaluation):
                why_not = BY_ANOTHER
            if why_not:
                raise EvalAssistError(why_not)
            number, digest = writes.append_addendum(db, evaluation_id, addendum)
            detail |= {"number": number, "sha256": digest}
        log.info("addendum %d written to evaluation %s", number, evaluation_id)

    def _has_signed(self, db: Connection, evaluation: Evaluation) -> bool:
        """Whether whoever is signed in signed this: the name may have changed since, or the account be a new one."""
        mine, signature = self.account, evaluation.signature
        if not mine.id or signature is None:
            return False
        if name_key(signature.clinician) == name_key(mine.name):
            return True
        signer = audit.signed_by(Session(db), evaluation.id)
        names = {each.id: name_key(each.sign_in) for each in reads.people(Session(db))}
        return signer == mine.id or names.get(signer or "") == name_key(mine.sign_in)

    def discard_draft(self, evaluation_id: str) -> None:
        """Remove a draft for good, and with it an episode and a patient about whom nothing else is kept."""
        detail: dict[str, object] = {}
        with self._write("draft-discarded", evaluation_id, detail) as db:
            detail["patient"] = writes.discard_draft(db, evaluation_id)
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
        found = self._read(lambda db: reads.of_patient(db, patient_id))
        self._note_view("visits-listed", patient_id)
        return found

    def earlier_visits(self, evaluation: Evaluation) -> tuple[Evaluation, ...]:
        """The visits of its episode before this one, signed or not, the earliest first; none at a first visit."""
        if evaluation.kind == "initial":
            return ()
        return self._read(lambda db: reads.earlier_visits(db, evaluation))

    def search_patients(self, text: str, limit: int = 20) -> tuple[PatientRow, ...]:
        """Patients of whom every typed word begins a word of the name, record number or birth date.

        Those whose name begins as typed come first, each part in the order of names. Without a word: the patients last
        worked with.
        """
        return self._read(lambda db: reads.patients(db, text, limit))

    def patients_like(self, patient: Patient) -> tuple[Patient, ...]:
        """Who may be the same: of that name and birth date, however it is written, or of that record number."""
        return self._read(lambda db: reads.patients_like(db, patient))

    def number_of_patients(self) -> int:
        """How many patients the records hold."""
        return self._read(reads.number_of_patients)

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
        by = self.account.name or by
        with self._change() as db:
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
            document_id = writes.keep_document(db, columns)
            told = {"document": document_id, "kind": kind}
            if document_id == columns["id"]:
                seals = {"sha256": columns["sha256"], "row": document_sha256(columns)}
                whose = {"patient": writes.patient_of(db, evaluation_id)}
                self._append(db, "document-kept", evaluation_id, told | seals | whose)
            if use is not None:
                writes.keep_use(db, document_id, Used(use, now, by))
                self._append(db, f"document-{use}", evaluation_id, told)
        log.info("document %s kept for evaluation %s", document_id, evaluation_id)
        return document_id

    def note_sent(self, document_id: str) -> None:
        """Note that a kept paper goes to a printer now: what cannot be noted does not leave the house.

        `note_use` follows when the printer has taken it.
        """
        _, evaluation_id, kind = self._read(lambda db: reads.document(db, document_id))
        self.note("document-sent", evaluation_id, {"document": document_id, "kind": kind})

    def note_use(self, document_id: str, use: DocumentUse, by: str) -> None:
        """Keep that a kept paper was printed or saved, now and by whom."""
        with self._change() as db:
            evaluation_id, kind = writes.keep_use(
                db, document_id, Used(use, datetime.now(UTC), self.account.name or by)
            )
            self._append(db, f"document-{use}", evaluation_id, {"document": document_id, "kind": kind})
        log.info("document %s %s", document_id, use)

    def documents(self, evaluation_id: str) -> tuple[DocumentRow, ...]:
        """The papers kept for an evaluation, the earliest first."""
        return self._read(lambda db: reads.documents(db, evaluation_id=evaluation_id))

    def documents_of_episode(self, episode_id: str) -> tuple[DocumentRow, ...]:
        """The papers kept for all visits of an episode of care, the earliest first."""
        return self._read(lambda db: reads.documents(db, episode_id=episode_id))

    def documents_of_patient(self, patient_id: str) -> tuple[DocumentRow, ...]:
        """The papers kept for a patient, the earliest first."""
        found = self._read(lambda db: reads.documents(db, patient_id=patient_id))
        self._note_view("papers-listed", patient_id)
        return found

    def document_bytes(self, document_id: str) -> bytes:
        """The paper exactly as it was given out."""
        pdf, evaluation_id, kind = self._read(lambda db: reads.document(db, document_id))
        self._note_view("document-read", evaluation_id, {"document": document_id, "kind": kind})
        return pdf

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
            raise EvalAssistError(tr("{value} is not a number that can be set.").format(value=value))
        self._only_administrators("Only an administrator changes a limit. Nothing was changed.")
        change = DefaultChange(default_id, value, datetime.now(UTC), self.account.name or by, reason)
        with self._write("default-changed", default_id) as db:
            writes.keep_default_change(db, change)
        log.info("clinical default %s changed", default_id)
        return change

    def remember_place(self, evaluation_id: str, step: str, item: str = "") -> None:
        """Remember the step and the field in it, so that the evaluation opens there again."""
        with self._change() as db:
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
            raise EvalAssistError(tr("This account was removed. Ask an administrator."))
        return found

    def keep_account(self, account: Account) -> None:
        """Keep a new account, or a changed one; only an administrator says who is who and may do what."""
        self._only_administrators()
        with self._change() as db:
            former = writes.keep_account(db, account, datetime.now(UTC))
            role = {"role": account.role}
            told: dict[str, object] = {"sha256": account_sha256(account)}
            if former is None:
                self._append(db, "account-added", account.id, told | role)
            else:
                was, fields = former
                told |= {"fields": fields, "was": account_sha256(was)}
                self._append(db, "account-changed", account.id, told | (role if "role" in fields else {}))
        if account.id == self.account.id:
            self.account = account
        log.info("account %s kept", account.id)

    def look_who_chose_password(self) -> None:
        """Whether whoever signed in has still the password that somebody else chose."""
        chose = self._read(lambda db: reads.who_chose_password(db, self.account.id))
        self.password_was_given = chose not in (None, "", PAPER, self.account.id)

    def refuse_dismissed(self) -> None:
        """Before what is not kept here: look whether whoever is signed in still may do what was possible then."""
        self._read(lambda _: None)

    def remove_account(self, account_id: str) -> None:
        """The account signs in no more; its name stays in what it did."""
        self._only_administrators()
        with self._write("account-removed", account_id) as db:
            writes.remove_account(db, account_id, datetime.now(UTC))
        log.info("account %s removed", account_id)

    def keep_vault(
        self,
        vault: bytes,
        *,
        coming: bool = False,
        seen: tuple[bytes, ...] | None = None,
        told: Told | None = None,
    ) -> None:
        """Keep a copy of the vault inside the records; `coming`: it is about to be written, the former one counts.

        Refused where others are kept than those that were `seen`. `told`: its line in the audit trail.
        """
        with self._change() as db:
            if seen is not None and reads.vaults(Session(db)) != seen:
                raise StoreError(AT_ONCE)
            writes.keep_vault(db, vault, datetime.now(UTC), coming=coming)
            if told is not None:
                self._append(db, *told)

    def kept_vaults(self) -> tuple[bytes, ...]:
        """The vault that counts, and one whose writing was announced."""
        return self._read(reads.vaults)

    def change_key(self, keys: Keys) -> None:
        """Encrypt the whole file anew; other windows must be closed."""
        with plain_words(self.where, "keep"), WHOLE_FILE:
            self._engine.dispose()
            with closing(connect(self.path, self.keys.database)) as db:
                db.execute(f"PRAGMA rekey = \"x'{keys.database.hex()}'\"")
            self.keys = keys
            self._open_engine()
        self._note_quietly("key-changed", "")
        log.info("records encrypted anew")

    def go_on_as(self, fresh: Store) -> None:
        """The same account signed in anew: go on with it, with the keys, and in the place, as they are now."""
        self.account, self.password_was_given = fresh.account, fresh.password_was_given
        self.lets_in, self._vault_at = fresh.lets_in, fresh._vault_at
        self.lies_elsewhere = fresh.lies_elsewhere
        self._came_in = self._wrote = fresh._came_in
        self.knows = fresh.knows
        if (self.where, self._file, self.keys) != (fresh.where, fresh._file, fresh.keys):
            self._engine.dispose()
            self._file = fresh._file
            self.where, self.keys = fresh.where, fresh.keys
            self._open_engine()

    def _open_engine(self) -> None:
        if isinstance(self.where, Server):
            from evalassist.records.postgres import open_server  # only a clinic with a server needs it

            self._engine = open_server(self.where, self._wait_s)
        else:
            self._engine = open_engine(self.where, self.keys.database, self._wait_s)
        self._reading = reading(self._engine)

    # ------------------------------------------------------------ the audit trail

    def note(self, action: str, target: str, detail: Mapping[str, object] = MappingProxyType({})) -> None:
        """Write a line into the audit trail that goes with no other change; `detail` holds ids and counts."""
        with self._write(action, target, detail):
            pass

    def note_as(
        self, by: Account, action: str, target: str = "", detail: Mapping[str, object] = MappingProxyType({})
    ) -> None:
        """Write such a line in the name of somebody who is not signed in here."""
        with self._change() as db:
            audit.append(db, self.keys.audit, by, action, target, detail)

    def note_practice(self, what: Literal["begun", "removed"]) -> None:
        """Write that the practice patient, who is not among these records, was begun or removed."""
        self._note_quietly(f"practice-{what}", "")

    def note_sign_in(self, failed_at: tuple[str, ...]) -> None:
        """Write that this account signed in, and when wrong passwords were tried before; nobody is kept out by it."""
        with self._or_a_log_line("signed-in"), self._write("signed-in", self.account.id) as db:
            self._append_wrong(db, failed_at)

    def note_wrong_passwords(self, failed_at: tuple[str, ...]) -> None:
        """Write when wrong passwords were tried."""
        if failed_at:
            with self._or_a_log_line("sign-in-failed"), self._change() as db:
                self._append_wrong(db, failed_at)

    def _append_wrong(self, db: Connection, failed_at: tuple[str, ...]) -> None:
        if failed_at:
            audit.append(db, self.keys.audit, NOBODY, "sign-in-failed", "", {"times": failed_at})

    def code_of(self, evaluation_id: str) -> str:
        """The code that stands on the papers of a signed evaluation: the beginning of its note's SHA-256."""
        return short_code(self._read(lambda db: reads.note_sha256(db, evaluation_id)))

    def notes_with_code(self, code: str) -> tuple[EvaluationRow, ...]:
        """The signed evaluations whose paper bears this code: one, or none."""
        return self._read(lambda db: reads.with_code(db, code))

    def trail(self, wanted: trail.Wanted, before: int | None = None) -> tuple[trail.TrailLine, ...]:
        """A page of the audit trail, the latest line first; whoever is no administrator reads it of one patient."""
        if len(wanted.patients or ()) != 1 and not self.account.administers:
            raise EvalAssistError(tr("Only an administrator reads the whole audit trail."))
        found = self._read(lambda db: trail.lines(db, wanted, before))
        one = wanted.patients[0] if wanted.patients and len(wanted.patients) == 1 else ""
        self._note_view("trail-read", one)
        return found

    def people(self) -> tuple[Account, ...]:
        """Everybody who ever had an account, by name."""
        return self._read(reads.people)

    def head(self) -> Anchor:
        """The last line of the audit trail, to be known outside the records."""
        return self._read(lambda db: audit.head(db, self.keys.audit))

    def tells_more_than(self, other: Store) -> bool:
        """Whether the trail tells of more than the other one does, beside who came and went."""
        return self._read(lambda db: self._tells_more(db, other))

    def leave_for(
        self, other: Store, by: Account, detail: Mapping[str, object], *, at_any_rate: bool = False
    ) -> bool:
        """Note that the records lie in the other one from now on, unless that lacks something; returns whether it does.

        Nobody keeps anything here between the comparison and that line, nor after it.
        """
        with self._change() as db:
            lacks = self._tells_more(Session(db), other)
            if at_any_rate or not lacks:
                audit.append(db, self.keys.audit, by, audit.MOVED, "", detail)
        return lacks

    def _tells_more(self, db: Session, other: Store) -> bool:
        def ends_there(numbers: list[int]) -> set[tuple[int, str]]:
            return other._read(lambda there: audit.ends(there, numbers))

        return audit.tells_more(db, self.keys.audit, ends_there, trail.COMES_AND_GOES)

    def was_left(self) -> bool:
        """Whether the records were moved away, and neither put back nor connected to anew since."""
        return bool(self.left_by())

    def left_by(
        self, *, sealed: bool = False, because: Mapping[str, object] = MappingProxyType({})
    ) -> list[str]:
        """The seals of the lines that say so; whoever connects to the records anew names them.

        `sealed`: only lines that nobody added without the key of the audit trail. `because`: only those that say this.
        """
        return self._read(partial(audit.left_by, key=self.keys.audit, sealed=sealed, because=because))

    def half_moved_by(self) -> list[str]:
        """The seals of the lines that say that this is a copy of a file that nobody finished moving here yet."""
        return self.left_by(sealed=True, because=audit.HALF_MOVED)

    def stands_in(self) -> tuple[str, str]:
        """Which database the records lie in, and since when its server runs, whatever its address; none for a file."""
        return self._read(audit.stands_in)

    def last_line(self) -> audit.Line | None:
        """The last line of the audit trail, whole."""
        return self._read(audit.last_line)

    @property
    def own_lines(self) -> tuple[audit.Line, ...]:
        """The lines of the audit trail that this account wrote here first and last; none before the first one."""
        return () if self._came_in is None or self._wrote is None else (self._came_in, self._wrote)

    def has_lines(self, lines: tuple[audit.Line, ...]) -> bool:
        """Whether the audit trail holds each of these lines just so."""
        return self._read(lambda db: audit.has_lines(db, lines))

    def has_noted(self, action: str) -> bool:
        """Whether the audit trail tells of such an act."""
        return self._read(lambda db: audit.tells_of(db, action))

    def holds(self, anchor: Anchor) -> bool:
        """Whether the audit trail still holds a line that was known outside."""
        return self._read(lambda db: audit.holds(db, anchor))

    def _note_view(
        self, action: str, target: str, detail: Mapping[str, object] = MappingProxyType({})
    ) -> None:
        """What was looked at is noted, but a full disk keeps nobody from reading."""
        what, now = (action, str(detail.get("document", target))), monotonic()
        if now - self._viewed.get(what, -VIEW_AGAIN_S) >= VIEW_AGAIN_S:
            self._viewed[what] = now
            self._note_quietly(action, target, detail)

    def _note_quietly(
        self, action: str, target: str, detail: Mapping[str, object] = MappingProxyType({})
    ) -> None:
        with self._or_a_log_line(action):
            self.note(action, target, detail)

    @contextmanager
    def _or_a_log_line(self, action: str) -> Iterator[None]:
        try:
            yield
        except EvalAssistError as fault:
            log.error("%s could not be noted in the audit trail: %s", action, type(fault).__name__)

    def _append(self, db: Connection, action: str, target: str, detail: Mapping[str, object]) -> None:
        """The first line of an account and its last one bear a sign that nobody else knows.

        Else they could be guessed: the seal of a line also lies in clear beside a backup.
        """
        if self.account.id and (self._came_in is None or action in _LEAVES):
            detail = {**detail, "sign": token_hex(16)}
        written = audit.append(db, self.keys.audit, self.account, action, target, detail, known=self._head)
        if written.lacks:  # somebody put the records back, or cut the trail, under this window
            self.trail_was_cut = True
        else:
            self._head = written.head
        if action != audit.MOVED:  # that one ends the file, and does not go along to the server
            self._writes = written.line

    # ------------------------------------------------------------ transactions

    @contextmanager
    def writing(
        self, action: str, target: str, detail: Mapping[str, object] = MappingProxyType({})
    ) -> Iterator[Connection]:
        """One transaction for what is written here as it is, with its line in the audit trail."""
        with self._write(action, target, detail) as db:
            yield db

    def _keep(self, evaluation: Evaluation, signed: dict[str, Any]) -> datetime:
        now = datetime.now(UTC)
        try:
            try:
                return self._keep_once(evaluation, signed, now)
            except StoreConflictError:
                if not self._was_kept_all_the_same(evaluation.id):
                    raise
                return self._keep_once(evaluation, signed, now)
        except StoreConflictError:
            self._refused.pop(evaluation.id, None)
            raise
        except StoreError:
            self._refused.setdefault(evaluation.id, {})[now] = evaluation
            raise

    def _was_kept_all_the_same(self, evaluation_id: str) -> bool:
        """Whether a save was kept though the disk or the server could not say so: then nobody else changed it.

        The moment it bears tells it from the same words that somebody else kept.
        """
        refused = self._refused.get(evaluation_id)
        if not refused:
            return False
        found = self._read(lambda db: reads.evaluation_and_moment(db, evaluation_id))
        if found is None or refused.get(found[2]) != found[0]:
            return False
        self._opened[evaluation_id] = _Opened(found[1], found[0])
        return True

    def _keep_once(self, evaluation: Evaluation, signed: dict[str, Any], now: datetime) -> datetime:
        known = self._opened.get(evaluation.id)
        with self._write(*_told_of(evaluation, known, signed)) as db:
            more = signed | {"updated_at": now}
            fields: list[str] = []
            if known is None:
                seen = self._patients.get(evaluation.patient.id)
                fields = writes.keep_patient(db, evaluation.patient, seen)
                writes.keep_episode(db, evaluation)
                version = writes.begin_evaluation(db, evaluation, more)
            else:
                version = writes.change_evaluation(db, evaluation, known.version, more)
                if known.evaluation.patient != evaluation.patient:
                    fields = writes.keep_patient(db, evaluation.patient, known.evaluation.patient)
                if known.evaluation.visit_date != evaluation.visit_date:
                    writes.date_episode(db, evaluation.episode_id)
            if fields:
                self._append(db, "patient-corrected", evaluation.patient.id, {"fields": fields})
        self._opened[evaluation.id] = _Opened(version, evaluation)
        self._refused.pop(evaluation.id, None)
        log.debug("evaluation %s kept as version %d", evaluation.id, version)
        return now

    @contextmanager
    def _write(
        self, action: str, target: str, detail: Mapping[str, object] = MappingProxyType({})
    ) -> Iterator[Connection]:
        """One transaction that changes something, with its line in the audit trail.

        Left without an exception, both are on the disk; `detail` may be filled in meanwhile.
        """
        with self._change() as db:
            yield db
            self._append(db, action, target, detail)

    @contextmanager
    def _change(self) -> Iterator[Connection]:
        """One transaction that changes something; left without an exception, it is on the disk."""
        self._refuse_when_closed()
        self._writes, self._head = self._wrote, self.knows  # what was rolled back is no line
        try:
            with plain_words(self.where, "keep"):
                self._refuse_moved()
                self._refuse_another_file()
                with self._engine.begin() as db:
                    writes.lock_trail(db)
                    self._refuse_dismissed(db)
                    yield db
                self._refuse_moved()
                self._refuse_another_file()
                if self._came_in is None and self.account.id and self._writes is not self._wrote:
                    self._came_in = self._writes
                self._wrote, self.knows = self._writes, self._head
        except DamagedError as fault:
            self._engine.dispose()  # after one bad page every query on that connection fails
            self._lock_out(fault)
            raise

    def _read(self, work: Callable[[Session], T]) -> T:
        """One transaction that only reads."""
        self._refuse_when_closed()
        try:
            return self._read_once(work)
        except DamagedError:
            # a read that the disk refused once looks like damage: look again before saying so
            self._engine.dispose()
            try:
                return self._read_once(work)
            except DamagedError as fault:
                self._lock_out(fault)
                raise

    def _lock_out(self, fault: DamagedError) -> None:
        """Whoever is signed in may have been removed, or got another password, in another window: ask anew."""
        if isinstance(fault, OtherKeyError) and self.on_dismissed is not None:
            self.on_dismissed(fault.message)

    def _read_once(self, work: Callable[[Session], T]) -> T:
        with plain_words(self.where, "read"), Session(self._reading) as db:
            self._refuse_moved()
            self._refuse_dismissed(db.connection())
            return work(db)

    def _refuse_dismissed(self, db: Connection) -> None:
        """Whoever is signed in may have been removed, or be known otherwise, at another workstation meanwhile."""
        # the name of the server may not be written yet, or be gone again; or another workstation left this database
        moved = self.account.id and audit.tells_since(db, self.knows, audit.MOVED)
        if moved and audit.left_by(Session(db), self.keys.audit):
            self._dismiss(MovedError())
        mine = self.account
        now = reads.account_now(db, mine.id) if mine.id else None
        as_it_was = now is None or now == (mine.name, mine.licence, mine.role)  # the paper key has no row
        if as_it_was and self._is_let_in(db):
            return
        self.is_removed = now is not None and now[-1] == reads.REMOVED
        self._dismiss(RemovedError() if self.is_removed else AccountChangedError())

    def _dismiss(self, error: DismissedError) -> NoReturn:
        if self.on_dismissed is not None:
            self.on_dismissed(error.message)
        raise error

    def _refuse_moved(self) -> None:
        """A file that was moved, or a database that was left, is how the records, and who may read them, were then."""
        if self.is_shared:
            moved = self.lies_elsewhere is not None and self.lies_elsewhere()
        else:
            moved = self.path.with_name(SERVER_FILE).exists()
        if moved:
            self._dismiss(MovedError())

    def _is_let_in(self, db: Connection) -> bool:
        """On a server no new key closes the windows of a password, or a paper key, that was exchanged elsewhere."""
        at = None if self.lets_in is None else reads.vault_at(db)
        if self.lets_in is not None and at is not None and at != self._vault_at:
            if not self.lets_in(reads.vaults(Session(db))[0]):
                return False
            self._vault_at = at
        return True

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise StoreError(
                tr("The records are closed. Nothing was changed. Start EvalAssist again to go on.")
            )

    def _refuse_another_file(self) -> None:
        """An unlinked file still takes writes that nobody will ever read, so look who lies under its name."""
        if self.is_shared:
            return
        try:
            here = self._on_disk()
        except FileNotFoundError:
            here = None
        if here != self._file:
            raise StoreError(
                tr(
                    "The records file {path} was moved, deleted or replaced while EvalAssist was using it. "
                    "The last change is not kept. Put the file back if you can, then start EvalAssist again."
                ).format(path=self.path)
            )

    def _on_disk(self) -> tuple[int, int]:
        file = self.path.stat()
        return file.st_dev, file.st_ino


def _told_of(
    evaluation: Evaluation, known: _Opened | None, signed: dict[str, Any]
) -> tuple[str, str, dict[str, object]]:
    """What the audit trail says of a save; of a signed evaluation it keeps the seals of its note and its row."""
    if evaluation.signature is not None:
        row = evaluation_columns(evaluation) | signed_columns(evaluation.signature)
        seals = {"note": signed["note_sha256"], "record": record_sha256(row)}
        return "signed", evaluation.id, {**seals, "patient": evaluation.patient.id}
    if known is None:
        return "draft-begun", evaluation.id, {"patient": evaluation.patient.id}
    return "draft-kept", evaluation.id, audit.changed(known.evaluation, evaluation)
