"""Is everything kept still what was kept? Told in plain sentences, without changing a row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Date, Integer, LargeBinary, String, select
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2 as sqlite

from evalassist.evaluation import Addendum, Patient
from evalassist.records.accounts import Account
from evalassist.records.audit import CLOCK_SLACK, Sealer, left_by
from evalassist.records.connection import connect
from evalassist.records.database import engine_of
from evalassist.records.migrations import MIGRATIONS, bring_up_to_date, version_of
from evalassist.records.models import (
    Base,
    StoredAccount,
    StoredAddendum,
    StoredDocument,
    StoredEpisode,
    StoredEvaluation,
    StoredPatient,
    StoredUse,
    StoredWord,
    UtcDateTime,
)
from evalassist.records.plain import (
    account_sha256,
    addendum_sha256,
    document_sha256,
    record_sha256,
    sha256_of,
    short_code,
    uses_sha256,
)
from evalassist.records.reads import REMOVED
from evalassist.records.search import words_of
from evalassist.records.vault import Anchor, Keys
from evalassist.words import upper_first

MOST_TOLD = 20
"""So many faults of one kind are told one by one."""
ROWS_AT_ONCE = 10_000
OLDER = "The records are from an older EvalAssist. Open them once in this one, then verify again."
NEWER = "The records were written by a newer EvalAssist. Verify them with that one."
OLDER_NOTES = (
    "{} of the signed notes are from before there was an audit trail; only their own seals vouch for them."
)
OLDER_BELOW = (
    "{} of the addenda and kept papers bear a day from before there was an audit trail, or came in with a patient "
    "before it said so; only their own seals vouch for them."
)
OLDER_USES = (
    "{} of the kept papers came in with a patient before it was noted how they had been printed and saved; that was "
    "not compared."
)
_OTHERWISE_USED = "When a kept paper ({}) was printed or saved is not what the audit trail knows."
_TOLD_TWICE = "Line {} of the audit trail tells of {} a second time; the first one counts."
_SET_BACK = (
    "Line {} of the audit trail is older than the line before it, and none says that the clock was set back."
)
CAME_IN = ""
"""Where evaluations stand: the patient came in from other records, with or without any."""
WERE_MOVED = (
    "These records were moved to the clinic's server: this file is how they were on that day. What counts now was not "
    "looked at. Connect this workstation anew, then verify again."
)
IN_USE = "The records are open in another window, so the pages of the file were not checked. Close it and verify again."


@dataclass
class Verified:
    """What was looked through, what does not fit, and what could not be looked at."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    """The codes that stand on papers, and the note each belongs to."""
    head: Anchor = field(default_factory=Anchor)

    def tell(self, faults: Iterable[str]) -> None:
        """Add faults; of very many only the first are told, and how many there are."""
        more = 0
        try:
            for number, fault in enumerate(faults):
                if number < MOST_TOLD:
                    self.faults.append(fault)
                else:
                    more += 1
        except Exception as error:  # whatever another program wrote there: what was found before is told
            self.faults.append(
                f"A part of the records could not be read to its end ({type(error).__name__})."
            )
        if more:
            self.faults.append(f"… and {more} more of this kind.")


def verify(path: Path, keys: Keys, anchors: Mapping[str, Anchor]) -> Verified:
    """Look through a records file; `anchors` are lines of its audit trail known outside, by where they stand."""
    found = Verified()
    with closing(connect(path, keys.database)) as db:
        version = version_of(db)
        if version != len(MIGRATIONS):
            found.not_checked.append(OLDER if version < len(MIGRATIONS) else NEWER)
            return found
        # the check of the pages reads the file alone, not what still lies in its companion
        (busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            found.not_checked.append(IN_USE)
        else:
            found.tell(_told_by(db, "PRAGMA cipher_integrity_check", "A page of the file is damaged"))
    with closing(
        connect(path, keys.database)
    ) as db:  # after one bad page a connection reads nothing any more
        found.tell(_told_by(db, f"PRAGMA integrity_check({MOST_TOLD})", "The database finds a fault"))
    engine = engine_of(path, keys.database)
    try:
        with engine.connect().execution_options(write=False) as db:
            found.tell(_shape(db))
            verify_rows(db, keys.audit, anchors, found)
            found.tell(_moved_away(db, keys.audit))
    finally:
        engine.dispose()
    return found


def _moved_away(db: Connection, key: bytes) -> Iterator[str]:
    if left_by(Session(db), key):
        yield WERE_MOVED


def _told_by(db: sqlite.Connection, check: str, what: str) -> Iterator[str]:
    for (told,) in db.execute(check):
        if told != "ok":
            yield f"{what}: {told}."


def verify_rows(db: Connection, key: bytes, anchors: Mapping[str, Anchor], found: Verified) -> None:
    """Look through the rows: the audit trail, and every seal against it. On any database."""
    found.tell(_unlike_ours(db))
    trail = _Trail(key, {anchor.number: anchor for anchor in anchors.values()})
    found.tell(trail.faults(db))
    found.counts["lines of the audit trail"] = trail.lines
    found.head = trail.head
    for where, anchor in anchors.items():
        known = trail.known.get(anchor.number, "")
        if anchor.number and (not anchor.mac or anchor.mac not in (known, _code_of(known))):
            found.tell([_cut(where, anchor, trail.head)])
    found.tell(_notes(db, trail, found))
    older: list[str] = []
    found.tell(_addenda(db, trail, found.counts, older))
    found.tell(_documents(db, trail, found.counts, older))
    found.tell(_uses(db, trail, found))
    if older:
        found.not_checked.append(OLDER_BELOW.format(len(older)))
    found.tell(_accounts(db, trail))
    found.tell(_words(db))


def _code_of(mac: str) -> str:
    """As it stands on paper; empty for what another program wrote as a seal."""
    with suppress(ValueError):
        return short_code(mac)
    return ""


def _cut(where: str, anchor: Anchor, head: Anchor) -> str:
    if head.number < anchor.number:
        return (
            f"The audit trail ends at line {head.number}, but {where} knows line {anchor.number}: its end was cut off, "
            "or the file was put back to an earlier state."
        )
    return f"Line {anchor.number} of the audit trail is another one than {where} knows: the trail was written anew."


def _shape(db: Connection) -> Iterator[str]:
    """What the database is made of, beside what EvalAssist makes: what is shown goes through it."""
    every = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    with closing(sqlite.connect(":memory:", isolation_level=None)) as made:
        bring_up_to_date(made)
        ours = Counter(made.execute(every))
    there = Counter(tuple(row) for row in db.exec_driver_sql(every))
    gone, added = ours - there, there - ours
    changed = {part[:2] for part in gone} & {part[:2] for part in added}
    for kind, name, *_ in gone:
        what = "lock" if kind == "trigger" else kind
        yield f"The {what} {name} of the database was {'changed' if (kind, name) in changed else 'taken off'}."
    for kind, name, *_ in added:
        does = "acts by itself" if kind == "trigger" else "is not EvalAssist's"
        if (kind, name) not in changed:
            yield f"Something was added to the database that {does}: {name}."


_MOMENT = (
    "-".join(("[0-9]" * 4, "[0-9]" * 2, "[0-9]" * 2))
    + "T"
    + ":".join(["[0-9]" * 2] * 3)
    + "[.]"
    + "[0-9]" * 6
)
_AS_WRITTEN: dict[type, str] = {
    UtcDateTime: f"{{0}} GLOB '{_MOMENT}[+]00:00'",
    Date: "date({0}) IS {0}",
    Boolean: "typeof({0}) = 'integer' AND {0} IN (0, 1)",
    Integer: "typeof({0}) = 'integer'",
    LargeBinary: "typeof({0}) = 'blob'",
    String: "typeof({0}) = 'text'",
    JSON: "typeof({0}) = 'text'",
}
"""How EvalAssist writes each type: SQLite keeps anything, and a list sorts and chooses by what is kept."""
_ON_A_SERVER: dict[type, str] = {
    UtcDateTime: f"{{0}} ~ '^{_MOMENT}[+]00:00$'",
    Date: "{0} BETWEEN '0001-01-01' AND '9999-12-31'",
}
"""PostgreSQL keeps to its types, of which these hold more than ours."""


def _unlike_ours(db: Connection) -> Iterator[str]:
    """Values that mean the same where one note is read, and something else in lists."""
    rules = _AS_WRITTEN if db.dialect.name == "sqlite" else _ON_A_SERVER
    for table in Base.metadata.tables.values():
        for column in table.columns if table.name != "audit" else ():  # its lines are sealed as they are kept
            rule = next((rule for kind, rule in rules.items() if isinstance(column.type, kind)), "1 = 1")
            ours = rule.format(column.name)
            other = (
                f"SELECT 1 FROM {table.name} WHERE {column.name} IS NOT NULL AND ({ours}) IS NOT TRUE LIMIT 1"
            )
            if db.exec_driver_sql(other).first():
                yield (
                    f"The database holds a value of {table.name}.{column.name} that EvalAssist does not write: lists "
                    "may read it otherwise than the note does."
                )


@dataclass(frozen=True, slots=True)
class _Paper:
    """What the trail knows of a kept paper; "" where a line does not say."""

    sha256: str
    row: str
    """The seal of what stands beside it."""
    patient: str
    evaluation: str = ""
    kind: str = ""
    came: tuple[int, str] | None = (0, "")
    """How often it had been used when it came in with its patient, and the seal of how; None where nobody noted it."""


class _Trail:
    """The audit trail, read once from its first line to its last."""

    def __init__(self, key: bytes, anchors: Mapping[int, Anchor]) -> None:
        self._key, self._anchors = key, anchors
        self.lines = 0
        self.begun: datetime | None = None
        """When the first line was written."""
        self.head = Anchor()
        self.known: dict[int, str] = {}
        """The seals of the lines that are known outside."""
        self.notes: dict[str, tuple[str, str, str]] = {}
        """Of each evaluation signed: the seals of its note and its row, and its patient."""
        self.addenda: dict[tuple[str, int], str] = {}
        self.documents: dict[str, _Paper] = {}
        self.uses: dict[str, list[tuple[str, str, str]]] = {}
        """How each paper was used here, when and by whom, the earliest first."""
        self.roles: dict[str, str] = {}
        """What each account may do; "" where a line from before this version does not say."""
        self.people: dict[str, str] = {}
        """The seal of who each account is; "" where a line from before this version does not say."""
        self.altered: set[str] = set()
        """Who was somebody else for another program before EvalAssist changed the account."""
        self.imported: dict[str, datetime] = {}
        """When a patient was taken in from other records by a version whose line does not say what came."""
        self.told: set[str] = set()
        """The patients taken in of whom the line says what came: whatever it does not say came otherwise."""
        self.drafts: dict[str, str] = {}
        """The evaluations begun here, and whose: nothing of them is older than the trail, whatever day it bears."""
        self.here: dict[str, set[str]] = {}
        """Of each patient what surely is here still: evaluations begun or signed, or that the patient came in."""

    def need_not_know(self, evaluation_id: str, patient_id: str, made_at: datetime) -> bool:
        """Whether something was made before there was a trail, or came in with its patient."""
        came = self.imported.get(patient_id)
        if came is not None:
            return made_at <= came + CLOCK_SLACK
        return self.is_older(evaluation_id, patient_id, made_at)

    def is_older(self, evaluation_id: str, patient_id: str, made_at: datetime) -> bool:
        """Whether something was made before there was a trail."""
        if patient_id in self.told or evaluation_id in self.drafts:
            return False
        return self.begun is None or made_at < self.begun - CLOCK_SLACK

    def faults(self, db: Connection) -> Iterator[str]:
        """Read it, and tell where it was changed."""
        rows = db.exec_driver_sql(
            "SELECT number, at, account_id, who, action, target, detail, mac FROM audit ORDER BY number",
            execution_options={"yield_per": ROWS_AT_ONCE},
        )
        seal, before, expected, before_at = Sealer(self._key).seal, "", 1, ""
        # plain tuples: there may be a million; of a server SQLAlchemy has taken the first ones already
        fetch = rows.cursor.fetchmany if db.dialect.name == "sqlite" else rows.fetchmany
        while block := fetch(ROWS_AT_ONCE):
            self.begun = self.begun or _moment(block[0][1])
            self.lines += len(block)
            for line in block:
                number, at, _, who, action, target, detail, mac = line
                if number != expected:
                    yield _missing(expected, number)
                    before_at = ""  # one that is missing may have said that the clock was set back
                expected = number + 1
                try:
                    fits = mac == seal(before, line[:7])
                    if fits and action in _SEALING:
                        for what in self._keep_seals(at, who, action, target, detail):
                            yield _TOLD_TWICE.format(number, what)
                    if fits and at < before_at and action != "clock-set-back" and _is_older(at, before_at):
                        yield _SET_BACK.format(number)
                except (TypeError, ValueError, KeyError, AttributeError):
                    fits = False
                if not fits:
                    yield f"Line {number} of the audit trail does not fit: it, or the line before it, was changed."
                before_at = at if fits else ""
                if number in self._anchors:
                    self.known[number] = mac
                before = str(mac)
        rows.close()  # a server holds the rest for who asked
        self.head = Anchor(number=expected - 1, mac=before[:64])

    def _keep_seals(self, at: str, who: str, action: str, target: str, told: str) -> Iterator[str]:
        """Keep what a line seals, and tell of what an earlier line sealed: that one counts.

        EvalAssist signs, writes, keeps and adds each thing once. Only with a patient may come in what was here: whom
        a salvage of damaged records had lost.
        """
        detail: dict[str, Any] = json.loads(told)
        match action:
            case "draft-begun":
                self.drafts[target] = detail["patient"]
                self.here.setdefault(detail["patient"], set()).add(target)
            case "draft-discarded":
                self.here.get(detail["patient"], set()).difference_update(
                    {target, CAME_IN} - self.notes.keys()
                )
            case "account-added":
                if target in self.roles or target in self.people:
                    yield f"a new account ({target})"
                else:
                    self.roles[target] = detail["role"]
                    self.people[target] = detail.get("sha256", "")
            case "account-removed":
                if target not in self.roles:
                    self.altered.add(target)
                self.roles[target] = REMOVED
            case "account-changed":
                if target not in self.roles:  # another program added it: no line tells of that
                    self.altered.add(target)
                if "was" in detail and self.people.get(target, "") not in ("", detail["was"]):
                    self.altered.add(target)  # what another program wrote would pass for this edit
                self.people[target] = detail.get("sha256", "")
                if "role" in detail["fields"] and self.roles.get(target) != REMOVED:
                    self.roles[target] = detail.get("role", "")
            case "patient-imported":
                for of, number, seal in detail.get("addenda", ()):
                    if self.addenda.setdefault((of, number), seal) != seal:
                        yield f"addendum {number} of evaluation {of}"
                for document_id, seal, *more in detail.get("documents", ()):
                    came = (more[1], more[2]) if more[1:] else None
                    paper = _Paper(seal, "".join(more[:1]), target, came=came)
                    if self.documents.setdefault(document_id, paper).sha256 != seal:
                        yield f"a kept paper ({document_id})"
                # a line from before this version does not say what came in below the notes
                if "documents" in detail:
                    self.told.add(target)
                elif self.here.get(target):
                    yield f"a new patient ({target})"
                else:
                    self.imported[target] = datetime.fromisoformat(at)
                self.here.setdefault(target, set()).add(CAME_IN)
            case "signed" | "note-imported":
                seals = detail["note"], detail["record"], detail["patient"]
                known = target in self.notes
                if self.notes.setdefault(target, seals) != seals or (known and action == "signed"):
                    yield f"a signed note (evaluation {target})"
                self.here.setdefault(detail["patient"], set()).add(target)
            case "document-kept":
                if detail["document"] in self.documents:
                    yield f"a kept paper ({detail['document']})"
                else:
                    beside = detail.get("row", ""), detail.get("patient", ""), target, detail["kind"]
                    self.documents[detail["document"]] = _Paper(detail["sha256"], *beside)
            case "document-printed" | "document-saved":
                use = action.removeprefix("document-"), at, who
                self.uses.setdefault(detail["document"], []).append(use)
            case _:
                if (target, detail["number"]) in self.addenda:
                    yield f"addendum {detail['number']} of evaluation {target}"
                else:
                    self.addenda[target, detail["number"]] = detail["sha256"]


def _is_older(at: str, before: str) -> bool:
    return datetime.fromisoformat(before) - datetime.fromisoformat(at) > CLOCK_SLACK


def _moment(at: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(at))
    except ValueError:
        return None  # the line does not fit, which is told


_SEALING = frozenset(
    (
        "draft-begun",
        "draft-discarded",
        "signed",
        "account-added",
        "account-changed",
        "account-removed",
        "note-imported",
        "patient-imported",
        "document-kept",
        "document-printed",
        "document-saved",
        "addendum-written",
        "late-entry-written",
        "entered-in-error",
        "co-signed",
    )
)


def _missing(first: int, found: int) -> str:
    if found < first:
        return f"Line {found} of the audit trail does not belong there."
    lines = f"Line {first}" if found == first + 1 else f"Lines {first} to {found - 1}"
    return f"{lines} of the audit trail {'is' if found == first + 1 else 'are'} missing."


_NOT_SIGNED = ("version", "change_number", "updated_at", "note", "note_sha256")
_COLUMNS = [
    getattr(StoredEvaluation, each.name)
    for each in StoredEvaluation.__table__.columns
    if each.name not in _NOT_SIGNED
]


def note_seals(db: Connection, evaluation_id: str) -> dict[str, object]:
    """What the audit trail keeps of a signed evaluation: the seals of its note and its row, and its patient."""
    query = (
        select(*_COLUMNS, StoredEvaluation.note_sha256, StoredEpisode.patient_id)
        .join(StoredEpisode, StoredEpisode.id == StoredEvaluation.episode_id)
        .where(StoredEvaluation.id == evaluation_id)
    )
    found = db.execute(query).one()
    record = record_sha256({column.key: getattr(found, column.key) for column in _COLUMNS})
    return {"note": found.note_sha256, "record": record, "patient": found.patient_id}


def _notes(db: Connection, trail: _Trail, verified: Verified) -> Iterator[str]:
    query = (
        select(
            *_COLUMNS,
            StoredEvaluation.note,
            StoredEvaluation.note_sha256,
            StoredEvaluation.updated_at,
            StoredPatient.id.label("patient_id"),
        )
        .outerjoin(StoredEpisode, StoredEpisode.id == StoredEvaluation.episode_id)
        .outerjoin(StoredPatient, StoredPatient.id == StoredEpisode.patient_id)
        .where(StoredEvaluation.signed_at.is_not(None))
    )
    unseen, older = dict(trail.notes), 0
    for found in db.execute(query, execution_options={"yield_per": 100}):
        verified.counts["signed notes"] += 1
        words = f"the note of {found.visit_date} (evaluation {found.id})"
        verified.codes[short_code(found.note_sha256)] = words
        what = upper_first(words)
        if sha256_of(found.note) != found.note_sha256:
            yield f"{what} is no longer what was signed."
        if found.patient_id is None:
            yield f"{what}: its patient is missing."
        sealed = unseen.pop(found.id, None)
        if sealed is None:
            # the row of the first line itself was kept a moment before it
            if trail.is_older(found.id, found.patient_id, max(found.signed_at, found.updated_at)):
                older += 1
            else:
                yield f"{what} is in the records, but the audit trail knows neither its signature nor its import."
            continue
        note, record, patient = sealed
        if note != found.note_sha256:
            yield f"{what} was exchanged: the audit trail knows another one."
        if record != record_sha256({column.key: getattr(found, column.key) for column in _COLUMNS}):
            yield f"{what}: the answers or the signature beside it were changed after signing."
        if found.patient_id not in (None, patient):
            yield f"{what} was given to another patient."
        elif trail.drafts.get(found.id, patient) != patient:
            yield f"{what} was begun for another patient than the one it was signed for."
    if older:
        verified.not_checked.append(OLDER_NOTES.format(older))
    for evaluation_id in sorted(unseen):
        yield f"A signed evaluation ({evaluation_id}) is missing, or is not signed any more."


def _addenda(db: Connection, trail: _Trail, counts: Counter[str], older: list[str]) -> Iterator[str]:
    query = (
        select(*StoredAddendum.__table__.columns, StoredEvaluation.note_sha256, StoredEpisode.patient_id)
        .join(StoredEvaluation, StoredEvaluation.id == StoredAddendum.evaluation_id)
        .join(StoredEpisode, StoredEpisode.id == StoredEvaluation.episode_id)
        .order_by(StoredAddendum.evaluation_id, StoredAddendum.number)
    )
    unseen = dict(trail.addenda)
    of, before = "", ""
    for row in db.execute(query):
        counts["addenda"] += 1
        before = before if row.evaluation_id == of else row.note_sha256 or ""
        of = row.evaluation_id
        value = Addendum(row.text, row.clinician, row.written_at, row.kind, row.licence)
        known = unseen.pop((of, row.number), None)
        if addendum_sha256(before, value) != row.sha256 or known not in (None, row.sha256):
            yield f"Addendum {row.number} of evaluation {of} is not what was written, or one before it is missing."
        # below a note that was signed here it cannot be older than the trail, whatever day it bears
        signed_here = of in trail.notes and row.patient_id not in trail.imported
        if known is None and (signed_here or not trail.need_not_know(of, row.patient_id, row.written_at)):
            yield f"Addendum {row.number} of evaluation {of} is not known to the audit trail."
        elif known is None:
            older.append(of)
        before = row.sha256
    for of, number in sorted(unseen):
        yield f"Addendum {number} of evaluation {of} is missing."


def _documents(db: Connection, trail: _Trail, counts: Counter[str], older: list[str]) -> Iterator[str]:
    unseen = dict(trail.documents)
    query = (
        select(*StoredDocument.__table__.columns, StoredEpisode.patient_id)
        .join(StoredEvaluation, StoredEvaluation.id == StoredDocument.evaluation_id)
        .join(StoredEpisode, StoredEpisode.id == StoredEvaluation.episode_id)
    )
    for row in db.execute(query, execution_options={"yield_per": 20}):
        counts["documents"] += 1
        known = unseen.pop(row.id, None)
        paper = known or _Paper("", "", "")
        if sha256_of(row.pdf) != row.sha256 or paper.sha256 not in ("", row.sha256):
            yield f"A kept paper ({row.kind}, {row.id}) is no longer what was given out."
        told = paper.row not in ("", document_sha256(dict(row._mapping)))
        if told or paper.evaluation not in ("", row.evaluation_id) or paper.kind not in ("", row.kind):
            yield f"What stands beside a kept paper ({row.kind}, {row.id}) is no longer what was kept."
        whose = {paper.patient, trail.drafts.get(row.evaluation_id, "")} - {"", row.patient_id}
        # where the trail knows the note above it below another patient, that note tells it
        *_, noted = trail.notes.get(row.evaluation_id, (row.patient_id,))
        if whose and noted == row.patient_id:
            yield f"A kept paper ({row.kind}, {row.id}) was given to another patient."
        if known is None and not trail.need_not_know(row.evaluation_id, row.patient_id, row.kept_at):
            yield f"A kept paper ({row.kind}, {row.id}) is not known to the audit trail."
        elif known is None:
            older.append(row.id)
    for document_id in sorted(unseen):
        yield f"A kept paper ({document_id}) is missing."


def _uses(db: Connection, trail: _Trail, verified: Verified) -> Iterator[str]:
    """Whether each paper was printed and saved as often, when and by whom as the trail knows."""
    below = (
        select(
            StoredDocument.id, StoredDocument.kept_at, StoredDocument.evaluation_id, StoredEpisode.patient_id
        )
        .join(StoredEvaluation, StoredEvaluation.id == StoredDocument.evaluation_id)
        .join(StoredEpisode, StoredEpisode.id == StoredEvaluation.episode_id)
    )
    papers = {each.id: each for each in db.execute(below)}
    rows: dict[str, list[tuple[str, datetime, str]]] = {each: [] for each in papers}
    query = select(StoredUse.document_id, StoredUse.use, StoredUse.used_at, StoredUse.used_by)
    query = query.order_by(StoredUse.document_id, StoredUse.number)
    for document_id, use, at, by in db.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}):
        rows.setdefault(document_id, []).append((use, at, by))
    for paper_id in papers.keys() - trail.documents.keys():
        paper = papers[paper_id]
        old = partial(trail.need_not_know, paper.evaluation_id, paper.patient_id)
        there, lines = rows[paper_id], trail.uses.get(paper_id, [])
        many = max(0, len(there) - len(lines))
        before = all(old(at - CLOCK_SLACK) for _, at, _ in there[:many])
        # a paper that is not older is told itself
        if old(paper.kept_at) and not (before and _are_alike(there[many:], lines)):
            yield _OTHERWISE_USED.format(paper_id)
    not_noted = 0
    for document_id, known in trail.documents.items():
        if document_id not in rows:
            continue  # a paper that is missing is told
        there = rows[document_id]
        if known.came is None:
            not_noted += 1
            continue
        many, seal = known.came
        as_it_came = not many or uses_sha256(there[:many]) == seal
        if not as_it_came or not _are_alike(there[many:], trail.uses.get(document_id, [])):
            yield _OTHERWISE_USED.format(document_id)
    if not_noted:
        verified.not_checked.append(OLDER_USES.format(not_noted))


def _are_alike(rows: list[tuple[str, datetime, str]], lines: list[tuple[str, str, str]]) -> bool:
    return len(rows) == len(lines) and all(
        # where nobody signed in, the line names nobody
        (use, who or by) == (used, by) and abs(used_at - datetime.fromisoformat(at)) <= CLOCK_SLACK
        for (used, used_at, by), (use, at, who) in zip(rows, lines, strict=True)
    )


def _accounts(db: Connection, trail: _Trail) -> Iterator[str]:
    unseen = set(trail.roles)
    columns = (StoredAccount.id, StoredAccount.sign_in, StoredAccount.name, StoredAccount.licence)
    for row in db.execute(select(*columns, StoredAccount.role, StoredAccount.removed_at)):
        now = row.role if row.removed_at is None else REMOVED
        if trail.roles.get(row.id) not in ("", now):
            yield f"What {row.name} may do is not what the audit trail knows."
        person = Account(row.id, row.sign_in, row.name, row.licence, row.role)
        if trail.people.get(row.id, "") not in ("", account_sha256(person)):
            yield f"The name or license of {row.name} is not what the audit trail knows."
        elif row.id in trail.altered:
            yield (
                f"The account, name or license of {row.name} came from another program before an administrator last "
                "changed this account. Look whether they are right."
            )
        unseen.discard(row.id)
    for account_id in sorted(unseen):
        yield f"An account ({account_id}) is missing."


def _words(db: Connection) -> Iterator[str]:
    """Whether each patient is still found by what the records say."""
    there: dict[str, set[str]] = {}
    for row in db.execute(select(StoredWord.patient_id, StoredWord.word)):
        there.setdefault(row.patient_id, set()).add(row.word)
    for found in db.execute(select(*StoredPatient.__table__.columns)):
        patient = Patient(found.name, found.birth_date, found.sex, record_number=found.record_number)
        if not words_of(patient) <= there.get(found.id, set()):
            yield f"A patient ({found.id}) is not found by name, record number and birth date any more."
