"""One patient in an encrypted file, to be carried to another clinic's records: made here, taken in there."""

from __future__ import annotations

import io
import json
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from sqlalchemy import JSON, Boolean, Connection, Date, select
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import EvalAssistError, StoreError
from evalassist.evaluation import PRACTICE, AddendumKind, SoreKnee, VisitKind
from evalassist.files import write_whole
from evalassist.records import audit, migrations, reads, writes
from evalassist.records import vault as vaults
from evalassist.records.accounts import NOBODY, Account
from evalassist.records.connection import connect, first_fault
from evalassist.records.faults import not_kept, plain_words
from evalassist.records.integrity import columns_of, quoted
from evalassist.records.models import Base, StoredDocument, StoredEpisode, StoredUse, UtcDateTime
from evalassist.records.passwords import refusal
from evalassist.records.plain import document_sha256, uses_sha256
from evalassist.records.rows import DocumentUse
from evalassist.records.store import Store
from evalassist.records.verify import note_seals
from evalassist.translate import tr

log = logging.getLogger(__name__)

ENDING = ".evalassist-patient"
ROWS, VAULT = "patient.db", "patient.vault"
NAME = "patient"
"""The slot of the password in a file's vault; the file names nobody."""
LEAST_SIGNS = 12
MOST_BYTES = 512 * 2**20
"""A larger file is neither written nor taken in."""
BELONGS: Mapping[str, str] = {
    "patient": "id = :patient",
    "patient_word": "patient_id = :patient",
    "episode": "patient_id = :patient",
    "evaluation": "episode_id IN (SELECT id FROM episode WHERE patient_id = :patient)",
    "addendum": "evaluation_id IN (SELECT id FROM of_patient)",
    "document": "evaluation_id IN (SELECT id FROM of_patient)",
    "document_use": "document_id IN (SELECT id FROM document WHERE evaluation_id IN (SELECT id FROM of_patient))",
}
"""What belongs to one patient, in the order in which it can be written."""
_OF_PATIENT = (
    "WITH of_patient AS (SELECT evaluation.id FROM evaluation"
    " JOIN episode ON episode.id = episode_id WHERE patient_id = :patient)"
)
_OURS = ("version", "change_number", "name_key")
"""Columns that count the work in these records, or by which they search; what they hold elsewhere means nothing."""
_SEARCHED = "patient_word"
"""Made anew from the patient, for the same reason."""
_NAMED = ("patient", "episode", "evaluation", "document")
WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("patient", "sex"): ("F", "M", "X"),
    ("evaluation", "kind"): get_args(VisitKind),
    ("evaluation", "sore_knee"): get_args(SoreKnee),
    ("addendum", "kind"): get_args(AddendumKind),
    ("document", "language"): ("en", "es"),
    ("document", "paper"): ("letter", "a4"),
    ("document_use", "use"): get_args(DocumentUse),
}
"""Columns that hold one of few words; with any other one the pages that list it could not be shown."""
_KEPT_AS: Mapping[type, type] = {bytes: bytes, int: int, bool: int}
"""What SQLite gives for a column; for any other one words."""
LONGEST_NAME = 1000
"""A longer one would stop the lists of all patients."""
_DAY = "2[0-9]{3}-[0-9]{2}-[0-9]{2}"
_IS_MOMENT = re.compile(rf"{_DAY}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}\.[0-9]{{6}}\+00:00")
"""As it is kept, to sort by time; at the ends of time no clock of a place can tell a moment."""
_IS_DATE = re.compile("(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_IS_ID = re.compile("[A-Za-z0-9-]{1,64}")
"""It stands in the log and in the audit trail, which hold no names."""
_IS_KIND = re.compile(r"[a-z][a-z0-9-]{0,39}")
"""Of a paper: also one of a later version, but never a folder or a name."""
_PAPER = [each for each in StoredDocument.__table__.columns if each.name != "pdf"]
Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


class PatientFileError(StoreError):
    """This is not a file of one patient, or it is damaged. Nothing was changed."""


NOT_SOUND = (
    "Something in this file is not what was signed or kept, or cannot be read: a date, a number, an answer or a seal. "
    "Nothing of it was taken in. Ask the clinic that sent it for another file."
)
THE_PRACTICE = "This file holds the practice patient, who belongs to no records. Nothing of it was taken in."
TOO_LARGE = f"A file of one patient holds {MOST_BYTES // 2**20} MB at most. Nothing was changed."


def weakness(password: str, known: Iterable[str] = ()) -> str:
    """Why a password is too weak for a file that leaves the clinic, or ""."""
    if len(password) < LEAST_SIGNS:
        return f"{len(password)} of at least {LEAST_SIGNS} signs."
    return refusal(password, known)


def known_names(account: Account, name: str, record_number: str) -> tuple[str, ...]:
    """What others know of a patient and of whoever writes the file: no password."""
    return name, record_number, account.name, account.sign_in


def export_patient(store: Store, patient_id: str, file: Path, password: str) -> None:
    """Write a patient's evaluations, notes and papers into an encrypted file that this password opens."""
    with plain_words(store.path, "read"), closing(connect(store.path, store.keys.database)) as db:
        db.execute("BEGIN")
        rows = _rows_of(db, patient_id)
    if not rows["patient"][1]:
        raise not_kept("patient", patient_id)
    (patient,) = (dict(zip(rows["patient"][0], row, strict=True)) for row in rows["patient"][1])
    if why := weakness(password, known_names(store.account, patient["name"], patient["record_number"])):
        raise EvalAssistError(
            tr("{why} The file leaves the clinic and may be tried for years.").format(why=why)
        )
    keys = vaults.new_keys()
    vault = vaults.with_password(vaults.new_vault(), keys, NAME, NAME, password)
    with plain_words(file, "keep"), TemporaryDirectory(prefix=".evalassist-", dir=file.parent) as beside:
        made = Path(beside, ROWS)
        made.touch(mode=0o600)
        with closing(connect(made, keys.database)) as db:
            migrations.bring_up_to_date(db)
            db.execute("BEGIN")
            for table, (columns, found) in rows.items():
                db.executemany(_insert(table, columns), found)
            db.execute("COMMIT")
        if made.stat().st_size > MOST_BYTES:
            raise EvalAssistError(TOO_LARGE)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as pack:
            pack.writestr(VAULT, vaults.vault_bytes(vault))
            pack.write(made, ROWS)
        store.note("patient-exported", patient_id)  # first: what cannot be noted does not leave the clinic
        write_whole(file, packed.getvalue())
    log.info("patient %s exported", patient_id)


def import_patient(store: Store, file: Path, password: str) -> str:
    """Take a patient in from such a file and return the patient's id; the same patient a second time changes nothing.

    Refused when these records hold the patient with other content, or when anything in the file is not sound.
    """
    if not (store.account.administers or store.account == NOBODY):
        raise EvalAssistError(tr("Only an administrator takes a patient in. Nothing was changed."))
    rows = _opened(file, password)
    if not (_of_our_shape(rows) and _hang_together(rows)):
        raise PatientFileError(NOT_SOUND)
    if _is_practice(rows):
        raise PatientFileError(THE_PRACTICE)
    (patient,) = rows["patient"][1]
    patient_id = str(patient[rows["patient"][0].index("id")])
    with plain_words(store.path, "read"), closing(connect(store.path, store.keys.database)) as db:
        here = _rows_of(db, patient_id)
        if _names_another(db, rows):
            raise PatientFileError(NOT_SOUND)
    if here["patient"][1]:
        if _alike(here) == _alike(rows):
            return patient_id
        raise EvalAssistError(
            tr(
                "These records hold this patient already, with other visits or details. Nothing was changed. "
                "Compare the two before anything is put together."
            )
        )
    seals_below: dict[str, object] = {
        "addenda": _picked(rows, "addendum", "evaluation_id", "number", "sha256")
    }
    with store.writing("patient-imported", patient_id, seals_below) as change:
        last = change.exec_driver_sql("SELECT coalesce(max(change_number), 0) FROM evaluation").scalar_one()
        for table, (columns, found) in _numbered_after(last, rows).items():
            for row in found if table != _SEARCHED else ():
                change.exec_driver_sql(_insert(table, columns), row)
        for evaluation_id in _sound_notes(change, patient_id):
            seals = note_seals(change, evaluation_id)
            audit.append(change, store.keys.audit, store.account, "note-imported", evaluation_id, seals)
        papers = [row[rows["document"][0].index("id")] for row in rows["document"][1]]
        kept = change.execute(
            select(*_PAPER).where(StoredDocument.id.in_(papers)).order_by(StoredDocument.id)
        )
        seals_below["documents"] = [
            [row.id, row.sha256, document_sha256(dict(row._mapping)), *_uses(change, row.id)] for row in kept
        ]
    log.info("patient %s imported", patient_id)
    return patient_id


def _uses(change: Connection, document_id: str) -> tuple[int, str]:
    """How often a paper was used, and the seal of how."""
    query = select(StoredUse.use, StoredUse.used_at, StoredUse.used_by)
    of_paper = query.where(StoredUse.document_id == document_id).order_by(StoredUse.number)
    uses = [(row.use, row.used_at, row.used_by) for row in change.execute(of_paper)]
    return len(uses), uses_sha256(uses)


def _names_another(db: sqlite.Connection, rows: Rows) -> bool:
    """Whether an id stands for two things, or for something else here: the audit trail could not tell them apart."""
    kinds = {table: {each for (each,) in _picked(rows, table, "id")} for table in _NAMED}
    everything = [each for ids in kinds.values() for each in ids]
    if len(set(everything)) < len(everything):
        return True
    for table in (*_NAMED, "account"):
        others = set(everything) - kinds.get(table, set())
        here = {each for (each,) in db.execute(f"SELECT id FROM {table}")}
        if others & here:
            return True
    return False


def _picked(rows: Rows, table: str, *wanted: str) -> list[list[Any]]:
    columns, found = rows[table]
    return [[row[columns.index(name)] for name in wanted] for row in found]


def _of_our_shape(rows: Rows) -> bool:
    """Whether every column is there and holds what it is for: a name that is no text could not be listed."""
    for table, (names, found) in rows.items():
        columns = Base.metadata.tables[table].columns
        if set(names) != set(columns.keys()):
            return False
        for at, name in enumerate(names):
            kind = _KEPT_AS.get(columns[name].type.python_type, str)
            values = [row[at] for row in found if row[at] is not None or not columns[name].nullable]
            words = WORDS.get((table, name))
            if not all(isinstance(value, kind) and (words is None or value in words) for value in values):
                return False
            if isinstance(columns[name].type, UtcDateTime) and not all(map(_IS_MOMENT.fullmatch, values)):
                return False
            if isinstance(columns[name].type, Date) and not all(map(_IS_DATE.fullmatch, values)):
                return False
            if name == "id" and not all(map(_IS_ID.fullmatch, values)):
                return False
            if isinstance(columns[name].type, JSON) and not all(map(_is_finite, values)):
                return False
            if isinstance(columns[name].type, Boolean) and not {0, 1}.issuperset(values):
                return False
            if table == "patient" and any(len(value) > LONGEST_NAME for value in values):
                return False
    if not (_counted(rows, "addendum", "evaluation_id") and _counted(rows, "document_use", "document_id")):
        return False
    names, papers = rows["document"]
    return all(_IS_KIND.fullmatch(row[names.index("kind")]) for row in papers)


def _is_finite(text: str) -> bool:
    """Whether this is JSON, and each number in it one that can be typed: 1e400 is read as one without end."""
    try:
        json.dumps(json.loads(text, parse_int=float), allow_nan=False)
    except (ValueError, RecursionError):
        return False
    return True


def _counted(rows: Rows, table: str, whole: str) -> bool:
    """Whether the rows of each whole are numbered 1, 2, 3: the next one is numbered after them."""
    found = [tuple(row) for row in _picked(rows, table, whole, "number")]
    many = Counter(of for of, _ in found)
    return set(found) == {(of, number) for of in many for number in range(1, many[of] + 1)}


def _is_practice(rows: Rows) -> bool:
    """The id of the practice patient marks papers as such, and belongs to no records."""
    return any([PRACTICE] in _picked(rows, table, "id") for table in ("patient", "episode", "evaluation"))


def _hang_together(rows: Rows) -> bool:
    """Whether every row belongs to one of this file, letter by letter: a table from outside may call ids alike."""

    def values(table: str, column: str) -> set[Any]:
        columns, found = rows[table]
        at = columns.index(column)
        return {row[at] for row in found}

    links = [link for table in rows for link in Base.metadata.tables[table].foreign_keys]
    return all(
        values(link.parent.table.name, link.parent.name) <= values(link.column.table.name, link.column.name)
        and all(isinstance(value, str) for value in values(link.parent.table.name, link.parent.name))
        for link in links
    )


def _sound_notes(change: Connection, patient_id: str) -> list[str]:
    """The signed notes of a patient of whom everything was read once as it will be read later, seals and all."""
    from evalassist.note import read_note

    db = Session(change)
    try:
        writes.search_anew(change, patient_id)
        reads.patients(db, "", 1)
        db.scalars(select(StoredEpisode.begun_on).where(StoredEpisode.patient_id == patient_id)).all()
        visits = reads.of_patient(db, patient_id)
        for visit in visits:
            reads.evaluation(db, visit.id)
            if (note := reads.note(db, visit.id)) is not None:
                read_note(note)
        for paper in reads.documents(db, patient_id=patient_id):
            reads.document(db, paper.id)
    except (EvalAssistError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise PatientFileError(NOT_SOUND) from error
    return [visit.id for visit in visits if visit.signed_at is not None]


def _numbered_after(last: int, rows: Rows) -> Rows:
    """The evaluations in their order of work, after all that these records hold, each as if saved once."""
    columns, found = rows["evaluation"]
    in_order = sorted(found, key=lambda row: row[columns.index("change_number")])
    numbered = [
        tuple(
            {"change_number": last + place, "version": 1}.get(name, value)
            for name, value in zip(columns, row, strict=True)
        )
        for place, row in enumerate(in_order, start=1)
    ]
    return {**rows, "evaluation": (columns, numbered)}


def _opened(file: Path, password: str) -> Rows:
    """All rows of a patient's file, brought up to date."""
    try:
        with zipfile.ZipFile(file) as pack, TemporaryDirectory(prefix="evalassist-") as beside:
            members = pack.infolist()
            if sum(each.file_size for each in members) > MOST_BYTES:
                raise StoreError(TOO_LARGE)
            if any(each.compress_type != zipfile.ZIP_STORED for each in members):
                raise PatientFileError  # none is written so, and little can be packed to grow without end
            vault = vaults.vault_of(pack.read(VAULT))
            (keys,) = vaults.unlock(vault, NAME, password)[1]
            rows = Path(beside, ROWS)
            rows.touch(mode=0o600)
            rows.write_bytes(pack.read(ROWS))  # as encrypted as the file itself
            with closing(connect(rows, keys.database)) as db:
                if migrations.version_of(db) > len(migrations.MIGRATIONS):
                    raise StoreError(
                        tr("This file was written by a newer EvalAssist. Install that one to take it in.")
                    )
                if first_fault(db):
                    raise PatientFileError
                migrations.bring_up_to_date(db)
                (patient_id,) = db.execute("SELECT id FROM patient").fetchone()
                return _rows_of(db, patient_id)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, RuntimeError, sqlite.DatabaseError) as error:
        raise PatientFileError from error
    except OSError as error:
        raise PatientFileError(
            tr("{file} could not be read: {strerror}. Nothing was changed.").format(
                file=file, strerror=error.strerror
            )
        ) from error


def _rows_of(db: sqlite.Connection, patient_id: str) -> Rows:
    columns = columns_of(db)
    found: Rows = {}
    for table, belongs in BELONGS.items():
        ours = Base.metadata.tables[table].columns
        names = [
            name for name in columns[table] if name in ours
        ]  # a name from outside is never part of our SQL
        sql = (
            f"{_OF_PATIENT} SELECT {', '.join(map(quoted, names))} FROM {table} WHERE {belongs} ORDER BY 1, 2"
        )
        found[table] = names, db.execute(sql, {"patient": patient_id}).fetchall()
    return found


def _alike(rows: Rows) -> dict[str, list[dict[str, Any]]]:
    """The rows by column, without what counts in one place only."""
    return {
        table: sorted(
            (
                {name: value for name, value in zip(names, row, strict=True) if name not in _OURS}
                for row in found
            ),
            key=repr,
        )
        for table, (names, found) in rows.items()
        if table != _SEARCHED
    }


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(map(quoted, columns))}) VALUES ({', '.join('?' * len(columns))})"
