"""What the therapist kept stays kept: through locks, crashes, full disks, other windows and damaged files."""

import itertools
import json
import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import EvalAssistError, SignedRecordError, StoreError
from evalassist.evaluation import (
    Addendum,
    Answer,
    Discarded,
    Evaluation,
    NotTested,
    Opinion,
    Patient,
    PlanEdit,
    Quantity,
    Signature,
    StrengthTest,
)
from evalassist.records import database, migrations, reads, writes
from evalassist.records.accounts import Account
from evalassist.records.backup import Backups
from evalassist.records.connection import connect
from evalassist.records.database import open_engine
from evalassist.records.models import Base, StoredPatient, StoredWord
from evalassist.records.plain import sha256_of
from evalassist.records.rows import (
    DocumentUse,
    EvaluationRow,
    Place,
    StoreConflictError,
    sheet_in_place_of,
    sheet_replaced,
)
from evalassist.records.server import Server
from evalassist.records.store import AccountChangedError, RemovedError, Store
from evalassist.records.triggers import REFUSALS, TRIGGERS
from evalassist.records.vault import new_keys

KEYS = new_keys()
KEYS_AS_TEXT = (KEYS.database.hex(), KEYS.audit.hex())

ANNA = Patient("Anna Muñoz-O'Brien", date(1990, 5, 2), "F", record_number="MR-1234")
SIGNED_AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
NOTE = '{"summary": "Anterior knee pain, right – hip abductors weak"}'
EVERY_KIND: dict[str, Answer] = {
    "choice": "stairs",
    "text": "Läuft 5 km\n“weh” 🦵 \x00 '; DROP TABLE evaluation; --",
    "empty": "",
    "number": 7.0,
    "whole": 7,
    "third": 1 / 3,
    "zero": 0.0,
    "several": ("squat", "stairs"),
    "none-of-them": (),
    "mass": Quantity(68.5, "kg"),
    "habd.right": StrengthTest(trials=(82.0, 81.5, 79.25), unit="N", lever_arm_m=0.78, pain=0),
    "habd.left": StrengthTest(grade="4+", compensation="tilts the pelvis"),
    "kext.right": StrengthTest(
        trials=(400.0,),
        unit="N",
        position="knee-60",
        contraction="break",
        fixation="belt",
        device="HHD 7",
        tester="Pat",
        discarded=(Discarded(250.0, "N", "device slipped"),),
    ),
    "hext.left": StrengthTest(not_tested="too sore"),
    "apprehension.right": NotTested("patient declined"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


@pytest.fixture
def store(records: Path | Server) -> Iterator[Store]:
    """On both engines."""
    with Store(records, KEYS) as opened:
        yield opened


def begin(patient: Patient = ANNA, visit: date = date(2026, 3, 1)) -> Evaluation:
    return Evaluation.begin(patient, "right", visit, content_release="2026.1")


def full_evaluation() -> Evaluation:
    return (
        begin()
        .with_answers(EVERY_KIND)
        .with_plan_edit(
            PlanEdit("drop", "clamshell", reason="hip pain"),
            PlanEdit("dose", "squat", field="reps", value=0),
            PlanEdit("swap", "step-up", to="step-down"),
        )
        .with_opinion("hip-abductors-weak", Opinion(True))
        .with_opinion("patellar-tendon", Opinion(False, "no load pain at the pole"))
        .with_impression("Irritable.\nStart low.")
    )


def signed(evaluation: Evaluation) -> Evaluation:
    return evaluation.signed_by(Signature("Sam Lee, PT", "PT-77", SIGNED_AT))


def raw(path: Path) -> closing[sqlite.Connection]:
    """The file as any other program opens it, without our settings."""
    path.touch()
    return closing(connect(path, KEYS.database))


def everything(db: sqlite.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables."""
    return {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in Base.metadata.tables}


def refusal(path: Path) -> str:
    with pytest.raises(StoreError) as caught, Store(path, KEYS):
        pytest.fail("this file must be refused")
    return caught.value.message


def test_every_kind_of_answer_comes_back_as_it_was_given(records: Path | Server) -> None:
    with Store(records, KEYS) as store:
        store.save(full_evaluation())
        (row,) = store.drafts()
    with Store(records, KEYS) as store:
        answers = store.load(row.id).answers
    assert answers == EVERY_KIND
    assert {key: type(value) for key, value in answers.items()} == {
        key: type(value) for key, value in EVERY_KIND.items()
    }


def test_a_whole_evaluation_comes_back_equal(records: Path | Server) -> None:
    evaluation = full_evaluation()
    with Store(records, KEYS) as store:
        before = datetime.now(UTC)
        kept_at = store.save(evaluation)
        assert before <= kept_at <= datetime.now(UTC)
        assert kept_at.utcoffset() == timedelta(0)
    with Store(records, KEYS) as store:
        assert store.load(evaluation.id) == evaluation
        assert store.drafts()[0].updated_at == kept_at


def test_a_later_save_replaces_the_draft_and_an_untouched_item_is_absent(store: Store) -> None:
    evaluation = begin().with_answer("pain", 7.0)
    store.save(evaluation)
    store.save(evaluation.without_answer("pain").with_answer("stairs", 3.0).with_impression("better"))
    kept = store.load(evaluation.id)
    assert kept.answers == {"stairs": 3.0}
    assert kept.impression == "better"
    assert len(store.drafts()) == 1


def test_a_signed_evaluation_comes_back_with_its_note_its_signature_and_its_addenda(
    records: Path | Server,
) -> None:
    evaluation = signed(full_evaluation())
    addenda = [Addendum(f"Addendum {n}: señal", "Sam Lee, PT", SIGNED_AT + timedelta(days=n)) for n in (1, 2)]
    with Store(records, KEYS) as store:
        digest = store.sign(evaluation, NOTE)
        for addendum in addenda:
            store.add_addendum(evaluation.id, addendum)
    with Store(records, KEYS) as store:
        assert store.load(evaluation.id) == replace(evaluation, addenda=tuple(addenda))
        assert store.note_of(evaluation.id) == NOTE
        assert len(digest) == 64
        assert store.drafts() == ()
        assert store.recent()[0].signed_at == SIGNED_AT
        assert not store.recent()[0].is_draft


def test_a_moment_in_another_time_zone_is_the_same_moment_in_utc(store: Store) -> None:
    local = SIGNED_AT.astimezone(datetime.now().astimezone().tzinfo)
    evaluation = begin().signed_by(Signature("Sam Lee", "PT-77", local))
    store.sign(evaluation, NOTE)
    kept = store.load(evaluation.id).signature
    assert kept is not None
    assert kept.signed_at == SIGNED_AT
    assert kept.signed_at.utcoffset() == timedelta(0)


def test_after_signing_the_store_refuses_every_change(store: Store) -> None:
    draft = begin()
    store.save(draft)
    store.sign(signed(draft), NOTE)
    for change in (
        lambda: store.save(draft.with_impression("changed")),
        lambda: store.save(signed(draft)),
        lambda: store.sign(signed(draft), '{"another": "note"}'),
        lambda: store.discard_draft(draft.id),
    ):
        with pytest.raises(SignedRecordError, match="write an addendum"):
            change()
    assert store.load(draft.id) == signed(draft)
    assert store.note_of(draft.id) == NOTE


EVALUATION_COLUMNS = (
    "id, episode_id, kind, sore_knee, visit_date, version, change_number, updated_at, content_release, impression,"
    " opinions, plan_edits, answers"
)
FORGED = "'ep', 'initial', 'left', '2026-03-01', 1, 1, '', '', 'forged', '{}', '[]', '{}'"
ROUTES_TO_A_SIGNED_EVALUATION = [
    "UPDATE evaluation SET impression = 'forged' WHERE id = :signed",
    "UPDATE evaluation SET signed_at = NULL, note = NULL, note_sha256 = NULL, clinician = NULL, licence = NULL",
    "UPDATE OR IGNORE evaluation SET note = 'forged' WHERE id = :signed",
    "UPDATE OR REPLACE evaluation SET id = :signed WHERE id = :draft",
    "UPDATE OR REPLACE evaluation SET rowid = (SELECT rowid FROM evaluation WHERE id = :signed) WHERE id = :draft",
    "DELETE FROM evaluation WHERE id = :signed",
    "DELETE FROM evaluation",
    f"INSERT OR REPLACE INTO evaluation ({EVALUATION_COLUMNS}) VALUES (:signed, {FORGED})",
    f"REPLACE INTO evaluation ({EVALUATION_COLUMNS}) VALUES (:signed, {FORGED})",
    f"INSERT OR REPLACE INTO evaluation (rowid, {EVALUATION_COLUMNS})"
    f" SELECT rowid, 'new', {FORGED} FROM evaluation WHERE id = :signed",
    f"INSERT INTO evaluation ({EVALUATION_COLUMNS}) VALUES (:signed, {FORGED})"
    " ON CONFLICT (id) DO UPDATE SET impression = 'forged'",
    "UPDATE episode SET patient_id = 'someone else'",
    "INSERT OR REPLACE INTO episode SELECT id, 'someone else', begun_on FROM episode",
    "UPDATE OR REPLACE episode SET id = 'another'",
    "UPDATE patient SET id = 'someone else'",
    "UPDATE addendum SET text = 'forged'",
    "UPDATE addendum SET number = 9",
    "DELETE FROM addendum",
    "INSERT OR REPLACE INTO addendum SELECT evaluation_id, number, 'forged', '', '', '', '', '' FROM addendum",
    "INSERT OR REPLACE INTO addendum (rowid, evaluation_id, number, text, clinician, written_at, sha256)"
    " SELECT rowid, evaluation_id, 9, 'forged', '', '', '' FROM addendum",
    "INSERT INTO addendum VALUES (:draft, 1, 'on a draft', '', '', '', '', '')",
    "UPDATE document SET pdf = x'00'",
    "DELETE FROM document",
    "INSERT OR REPLACE INTO document SELECT id, evaluation_id, kind, '', '', '', '', '', '', x'00' FROM document",
    "UPDATE audit SET who = 'forged'",
    "UPDATE audit SET number = number + 100",
    "UPDATE OR REPLACE audit SET number = 1 WHERE number = 2",
    "DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)",
    "INSERT OR REPLACE INTO audit SELECT number, at, account_id, who, 'forged', target, detail, mac FROM audit",
    "REPLACE INTO audit SELECT number, at, '', '', action, target, detail, mac FROM audit WHERE number = 1",
    "INSERT INTO audit SELECT * FROM audit WHERE true ON CONFLICT (number) DO UPDATE SET who = 'forged'",
    "UPDATE addendum SET kind = 'entered-in-error'",
    "UPDATE evaluation SET student = NOT student WHERE id = :signed",
    "UPDATE document_use SET use = 'printed'",
    "DELETE FROM document_use",
    "INSERT OR REPLACE INTO document_use SELECT document_id, number, 'printed', '', '' FROM document_use",
]


@pytest.mark.parametrize("recursive_triggers", ["ON", "OFF"])
@pytest.mark.parametrize("route", ROUTES_TO_A_SIGNED_EVALUATION)
def test_the_database_itself_refuses_to_change_what_is_signed(
    path: Path, route: str, recursive_triggers: str
) -> None:
    locked, draft = begin(), begin()
    with Store(path, KEYS) as store:
        store.save(draft)
        store.sign(signed(locked), NOTE)
        store.add_addendum(locked.id, Addendum("more", "Sam Lee", SIGNED_AT))
        document = store.keep_document(locked.id, "handout", "en", "letter", b"%PDF-1", "Sam Lee")
    with raw(path) as db:
        before = everything(db)
        db.execute(f"PRAGMA recursive_triggers = {recursive_triggers}")
        with pytest.raises(sqlite.IntegrityError) as caught:
            db.execute(route, {"signed": locked.id, "draft": draft.id})
        assert str(caught.value) in REFUSALS
        assert everything(db) == before
    with Store(path, KEYS) as store:
        assert store.load(locked.id).addenda[0].text == "more"
        assert store.document_bytes(document) == b"%PDF-1"
        (kept,) = store.documents(locked.id)
        assert [use.use for use in kept.uses] == ["saved"]


@pytest.mark.parametrize(
    "route",
    [
        "DROP TRIGGER evaluation_signed_not_updated",
        "DROP TRIGGER audit_not_deleted",
        "DROP TABLE audit",
        "DROP TABLE addendum",
        "ALTER TABLE evaluation RENAME TO other",
        "ALTER TABLE evaluation DROP COLUMN note",
        "PRAGMA writable_schema = ON",
        "CREATE TEMP TRIGGER quiet BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END",
        "ATTACH DATABASE ':memory:' AS other KEY ''",
    ],
)
def test_the_app_itself_cannot_take_a_lock_off(path: Path, route: str) -> None:
    Store(path, KEYS).close()
    engine = open_engine(path, KEYS.database)
    with raw(path) as db:
        before = db.execute("SELECT sql FROM sqlite_master").fetchall()
    with engine.connect() as db, pytest.raises(DatabaseError, match="not authorized"):
        db.execute(text(route))
    engine.dispose()
    with raw(path) as db:
        assert db.execute("SELECT sql FROM sqlite_master").fetchall() == before


def test_a_signed_note_changed_behind_the_lock_is_noticed(path: Path) -> None:
    evaluation = signed(begin())
    with Store(path, KEYS) as store:
        store.sign(evaluation, NOTE)
        store.add_addendum(evaluation.id, Addendum("first", "Sam Lee", SIGNED_AT))
        store.add_addendum(evaluation.id, Addendum("second", "Sam Lee", SIGNED_AT))
        document = store.keep_document(evaluation.id, "handout", "en", "letter", b"%PDF-1", "Sam Lee")
    with raw(path) as db:
        for trigger in TRIGGERS:
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("UPDATE evaluation SET note = replace(note, 'right', 'left')")
        db.execute("UPDATE addendum SET text = 'forged' WHERE number = 1")
        db.execute("UPDATE document SET pdf = x'00'")
    with Store(path, KEYS) as store:
        for look in (store.note_of, store.load):
            with pytest.raises(StoreError, match="Do not rely on it"):
                look(evaluation.id)
        with pytest.raises(StoreError, match="Do not rely on it"):
            store.document_bytes(document)


def test_only_signed_evaluations_take_an_addendum_and_have_a_note(store: Store) -> None:
    draft = begin()
    store.save(draft)
    addendum = Addendum("more", "Sam Lee", SIGNED_AT)
    with pytest.raises(EvalAssistError, match="a draft is changed itself"):
        store.add_addendum(draft.id, addendum)
    with pytest.raises(EvalAssistError, match="not signed yet"):
        store.save(draft.with_addendum(addendum))
    with pytest.raises(EvalAssistError, match="no note"):
        store.note_of(draft.id)
    with pytest.raises(EvalAssistError, match="no signature"):
        store.sign(draft, NOTE)
    assert store.load(draft.id) == draft


def test_two_windows_never_overwrite_each_other(records: Path | Server) -> None:
    draft = begin()
    with Store(records, KEYS) as here, Store(records, KEYS) as there:
        here.save(draft)
        theirs = there.load(draft.id).with_impression("theirs")
        there.save(theirs)
        mine = draft.with_impression("mine")
        for keep in (lambda: here.save(mine), lambda: here.sign(signed(mine), NOTE)):
            with pytest.raises(StoreConflictError, match="another window"):
                keep()
        assert here.load(draft.id, to_edit=False) == theirs
        with pytest.raises(StoreConflictError):  # to compare is not to agree
            here.save(mine)
        here.load(draft.id)
        here.save(mine)
        assert there.load(draft.id, to_edit=False) == mine


@pytest.mark.parametrize("again", ["_read", "_refuse_another_file"])
def test_saves_that_were_kept_though_the_disk_could_not_say_so_are_no_change_by_another_window(
    store: Store, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    def fails_at(call: int, works: Callable[..., Any]) -> Callable[..., Any]:
        calls = itertools.count(1)

        def work(*given: Any) -> Any:
            if next(calls) == call:
                raise StoreError("The disk failed.")
            return works(*given)

        return work

    draft = begin()
    store.save(draft)
    once_kept, once_more = ("_refuse_another_file", 2), (again, 1 if again == "_read" else 3)
    for impression, (step, call) in (("2", once_kept), ("3", once_more)):
        with monkeypatch.context() as fault:
            fault.setattr(store, step, fails_at(call, getattr(store, step)))
            with pytest.raises(StoreError, match="The disk failed"):
                store.save(draft.with_impression(impression))
    store.save(draft.with_impression("4"))
    assert store.load(draft.id).impression == "4"


def test_a_draft_that_another_window_began_is_not_overwritten_unseen(records: Path | Server) -> None:
    draft = begin()
    with Store(records, KEYS) as here, Store(records, KEYS) as there:
        here.save(draft)
        with pytest.raises(StoreConflictError):
            there.save(draft.with_impression("unseen"))
        assert here.load(draft.id) == draft


def test_a_draft_signed_in_another_window_is_signed_here_too(records: Path | Server) -> None:
    draft = begin()
    with Store(records, KEYS) as here, Store(records, KEYS) as there:
        here.save(draft)
        there.sign(signed(there.load(draft.id)), NOTE)
        with pytest.raises(SignedRecordError):
            here.save(draft.with_impression("too late"))


def test_a_draft_discarded_in_another_window_does_not_rise_again(records: Path | Server) -> None:
    draft = begin()
    with Store(records, KEYS) as here, Store(records, KEYS) as there:
        here.save(draft)
        there.discard_draft(draft.id)
        with pytest.raises(StoreConflictError, match="discarded in another window"):
            here.save(draft.with_impression("still typing"))
        assert here.drafts() == ()


def test_an_open_draft_does_not_undo_patient_details_corrected_elsewhere(records: Path | Server) -> None:
    corrected = replace(ANNA, birth_date=date(1991, 5, 2))
    with Store(records, KEYS) as here, Store(records, KEYS) as there:
        draft = begin()
        here.save(draft)
        other = begin(there.patient(ANNA.id))
        there.save(other)
        there.save(replace(other, patient=corrected))
        here.save(draft.with_impression("typed on"))
        assert here.patient(ANNA.id) == corrected
        with pytest.raises(StoreConflictError, match="details of this patient"):
            here.save(replace(draft, patient=replace(ANNA, name="Anna Berg")))
        reopened = here.load(draft.id)
        assert reopened.impression == "typed on"
        renamed = replace(corrected, name="Anna Berg")
        here.save(replace(reopened, patient=renamed))
        assert there.patient(ANNA.id) == renamed


def test_a_window_that_never_saw_a_patient_cannot_change_the_details(records: Path | Server) -> None:
    with Store(records, KEYS) as here, Store(records, KEYS) as there:
        here.save(begin())
        there.save(begin(ANNA))
        with pytest.raises(StoreConflictError, match="details of this patient"):
            there.save(begin(replace(ANNA, name="Someone Else")))
        seen = there.patient(ANNA.id)
        there.save(begin(replace(seen, name="Anna Berg")))
        assert here.patient(ANNA.id).name == "Anna Berg"


def test_changed_patient_details_are_kept_and_found(store: Store) -> None:
    draft = begin()
    store.save(draft)
    married = replace(ANNA, name="Anna Lindgren")
    store.save(replace(draft, patient=married))
    assert store.load(draft.id).patient == married
    assert [row.patient for row in store.search_patients("lindg")] == [married]
    assert store.search_patients("muñoz") == ()


def test_an_episode_never_changes_its_patient(store: Store) -> None:
    draft = begin()
    store.save(draft)
    other = replace(begin(Patient("Bo Ek", date(1980, 1, 1), "M")), episode_id=draft.episode_id)
    with pytest.raises(StoreError, match="stays with its patient"):
        store.save(other)
    assert [row.patient for row in store.search_patients("bo")] == []


@pytest.mark.parametrize(
    "typed",
    [
        "anna",
        "ANNA",
        "muñ",
        "munoz",
        "munoz-o'br",
        "o'brien",
        "obrien",
        "brien anna",
        "muñoz, anna",
        "mr-12",
        "1234",
        "1990-05-02",
        "1990",
        "5/2/1990",
        "02.05.1990",
        "1990-5-2",
        "5/2/90",
        "05021990",
        "19900502",
        "2 May 1990",
        "May 2nd, 1990",
        "munoz 2-may-1990",
        "2 may",
        "2 May 19",
        "5/2",
        "5/2/199",
        "  anna   1990 ",
    ],
)
def test_a_patient_is_found_by_any_word_of_name_number_or_birth_date(store: Store, typed: str) -> None:
    store.save(begin())
    store.save(begin(Patient("Bo Ek", date(1980, 1, 1), "M", record_number="77")))
    assert [row.patient for row in store.search_patients(typed)] == [ANNA]


@pytest.mark.parametrize(
    "typed",
    [
        "nna",
        "anna ek",
        "%",
        "a_na",
        "5/3/1990",
        "99/99/1990",
        "3 May 1990",
        "2 May 20",
        "30 Feb",
        "may 1990",
        "\U0010ffff",
    ],
)
def test_what_does_not_begin_a_word_finds_nobody(store: Store, typed: str) -> None:
    store.save(begin())
    store.save(begin(Patient("Bo Ek", date(1980, 1, 1), "M")))
    assert store.search_patients(typed) == ()


def test_the_search_tells_the_visits_and_sorts_by_name(store: Store) -> None:
    zoe = Patient("Åsa Zoll", date(1980, 1, 1), "F")
    store.save(begin(zoe))
    store.save(begin(ANNA, date(2026, 3, 1)))
    store.sign(signed(begin(ANNA, date(2026, 4, 1))), NOTE)
    first, second = store.search_patients("a")
    assert first.patient == ANNA
    assert [(row.visit_date, row.standing) for row in first.visits] == [
        (date(2026, 3, 1), "unfinished"),
        (date(2026, 4, 1), "signed"),
    ]
    assert first.last == first.visits[0]  # what is unfinished tells where the care stands
    assert store.number_of_patients() == 2
    assert second.patient == zoe
    assert len(store.search_patients("a", limit=1)) == 1
    assert [row.patient for row in store.search_patients("")] == [ANNA, zoe]


def test_who_begins_as_typed_comes_before_who_only_has_such_a_word(store: Store) -> None:
    for name in ("Berg, Anna", "Annan, Bo", "Anna Zoll"):
        store.save(begin(Patient(name, date(1990, 1, 1), "F")))
    assert [row.patient.name for row in store.search_patients("ann")] == [
        "Anna Zoll",
        "Annan, Bo",
        "Berg, Anna",
    ]


def keep_many_of_each_word(store: Store, meanwhile: Callable[[], None] = lambda: None) -> Patient:
    """More patients fit each of two words than are looked at one by one; both have only this one."""
    both = Patient("zo ab", date(1990, 1, 1), "F", id="last of all")
    store.save(begin(both))
    with store.writing("test", "patients") as db:
        for n in range(reads.ENOUGH + 50):
            for name in (f"ab{n} x", f"zo{n} x"):
                values = {"id": name, "name": name, "name_key": name, "birth_date": date(1990, 1, 1)}
                more = {"sex": "F", "language": "en", "record_number": ""}
                db.execute(insert(StoredPatient), values | more)
                db.execute(insert(StoredWord), [{"word": w, "patient_id": name} for w in name.split()])
        meanwhile()
    return both


def test_words_that_many_have_but_few_together_find_those_few(store: Store) -> None:
    both = keep_many_of_each_word(store)
    assert [row.patient for row in store.search_patients("ab zo")] == [both]


def test_the_search_answers_where_the_server_takes_its_tables_for_empty(
    server: Server, asked: Callable[..., None]
) -> None:
    """It counted them while many were coming in: looked for anew for each patient, the words outlast its patience."""
    with Store(server, KEYS) as store:
        both = keep_many_of_each_word(store, lambda: asked("ANALYZE", database="clinic"))
        assert [row.patient for row in store.search_patients("ab zo")] == [both]


def test_lists_show_where_each_evaluation_stands_newest_work_first(store: Store) -> None:
    first, second = begin(visit=date(2026, 3, 1)), begin(visit=date(2026, 2, 1))
    store.save(first)
    store.save(second)
    store.save(first.with_impression("again"))
    store.remember_place(first.id, "strength", "habd.right")
    assert [(row.id, row.step) for row in store.drafts()] == [(first.id, "strength"), (second.id, "")]
    assert [row.id for row in store.recent(limit=1)] == [first.id]
    visits = store.patient_evaluations(ANNA.id)
    assert [row.visit_date for row in visits] == [date(2026, 2, 1), date(2026, 3, 1)]
    assert (visits[0].patient, visits[0].sore_knee, visits[0].kind) == (ANNA, "right", "initial")
    assert store.patient_evaluations("nobody") == ()


def test_the_evaluation_opens_where_it_was_left(records: Path | Server) -> None:
    draft = begin()
    with Store(records, KEYS) as store:
        store.save(draft)
        assert store.place(draft.id) is None
        store.remember_place(draft.id, "history", "pain")
        store.remember_place(draft.id, "strength")
        store.remember_place(draft.id, "strength", "habd.left")
    with Store(records, KEYS) as store:
        assert store.place(draft.id) == Place("strength", "habd.left")
        store.sign(signed(store.load(draft.id)), NOTE)
        store.remember_place(draft.id, "review")
        with pytest.raises(StoreError, match="not in the records"):
            store.remember_place("unknown", "history")


def test_a_discarded_draft_leaves_nothing_of_a_patient_without_other_visits(path: Path) -> None:
    draft, other = begin(), begin()
    with Store(path, KEYS) as store:
        store.save(draft)
        store.save(other)
        store.remember_place(draft.id, "history")
        store.discard_draft(draft.id)
        assert [row.id for row in store.drafts()] == [other.id]
        assert len(store.search_patients("anna")) == 1
        store.discard_draft(other.id)
        assert store.search_patients("anna") == ()
        with pytest.raises(StoreError, match="not in the records"):
            store.discard_draft(other.id)
        store.save(draft)
        assert store.load(draft.id) == draft
        store.discard_draft(draft.id)
    with raw(path) as db:
        for table in set(Base.metadata.tables) - {"audit"}:
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_a_second_window_does_not_loosen_the_locks_of_the_first(path: Path) -> None:
    """A file that a program opens and closes by itself takes SQLite's locks along, and then a save is lost."""
    draft = begin()
    other_program = (
        "import sys; from pathlib import Path; from evalassist.records.connection import connect; "
        "db = connect(Path(sys.argv[1]), bytes.fromhex(sys.argv[2])); "
        "print(db.execute('SELECT count(*) FROM evaluation').fetchone()); db.close()"
    )
    with Store(path, KEYS) as here:
        here.save(draft)
        Store(path, KEYS).close()
        subprocess.run(
            [sys.executable, "-c", other_program, str(path), KEYS_AS_TEXT[0]], check=True, capture_output=True
        )
        assert path.with_name(
            path.name + "-wal"
        ).exists()  # the other was not the last one, so it tidied nothing
        here.save(draft.with_impression("after"))
        with Store(path, KEYS) as there:
            assert there.load(draft.id).impression == "after"


def test_papers_are_kept_byte_for_byte(store: Store) -> None:
    draft = begin()
    store.save(draft)
    pdf = bytes(range(256)) * 1000
    kept = store.keep_document(draft.id, "handout", "en", "a4", pdf, "Sam Lee, PT", use="printed")
    store.keep_document(draft.id, "plan", "en", "letter", b"%PDF-2", "Sam Lee, PT")
    first, second = store.documents(draft.id)
    assert (first.id, first.kind, first.paper, first.size_bytes) == (kept, "handout", "a4", 256_000)
    assert (first.language, first.kept_by, first.visit_date) == ("en", "Sam Lee, PT", draft.visit_date)
    assert [use.use for use in first.uses] == ["printed"]
    assert [use.use for use in second.uses] == ["saved"]
    assert store.document_bytes(kept) == pdf
    assert store.documents("unknown") == ()
    with pytest.raises(EvalAssistError, match="A paper of this draft"):
        store.discard_draft(draft.id)
    with pytest.raises(StoreError, match="not in the records"):
        store.document_bytes("unknown")
    with pytest.raises(StoreError, match="not in the records"):
        store.keep_document("unknown", "plan", "en", "letter", b"%PDF", "Sam Lee")


def test_a_paper_counts_as_printed_only_once_that_is_noted_and_the_same_bytes_are_kept_once(
    store: Store,
) -> None:
    draft = begin()
    store.save(draft)
    kept = store.keep_document(draft.id, "handout", "en", "letter", b"%PDF-1", "Sam", use=None)
    assert [row.uses for row in store.documents(draft.id)] == [()]
    store.note_use(kept, "printed", "Kim")
    assert store.keep_document(draft.id, "handout", "en", "letter", b"%PDF-1", "Sam") == kept
    (row,) = store.documents(draft.id)
    assert [(use.use, use.by) for use in row.uses] == [("printed", "Kim"), ("saved", "Sam")]
    with pytest.raises(StoreError, match="not in the records"):
        store.note_use("unknown", "printed", "Kim")


def give_sheet(store: Store, visit: Evaluation, pdf: bytes, content: str, *, given: bool = True) -> str:
    use: DocumentUse | None = "printed" if given else None
    return store.keep_document(visit.id, "handout", "en", "letter", pdf, "Sam", use, content)


def test_a_sheet_takes_the_place_of_the_last_one_given_with_other_content(store: Store) -> None:
    first = begin()
    later = replace(begin(visit=date(2026, 4, 1)), episode_id=first.episode_id, kind="re-evaluation")
    other_episode = begin()
    for each in (first, later, other_episode):
        store.save(each)
    give_sheet(store, other_episode, b"another", "another")
    english = give_sheet(store, first, b"one", "one")
    spanish = give_sheet(store, first, b"uno", "one")
    failed = give_sheet(store, later, b"jammed", "jammed", given=False)
    papers = store.documents_of_episode(first.episode_id)
    assert [row.id for row in papers] == [english, spanish, failed]
    assert sheet_replaced(papers, first.visit_date, "one") is None, "another language of the same sheet"
    before = sheet_replaced(papers, later.visit_date, "two")
    assert before is not None
    assert before.visit_date == first.visit_date
    assert [sheet_in_place_of(row, papers) for row in papers] == [None, None, None]
    second = give_sheet(store, later, b"two", "two")
    papers = store.documents_of_patient(ANNA.id)
    in_place = {row.id: new.id for row in papers if (new := sheet_in_place_of(row, papers))}
    assert in_place == {english: second, spanish: second}
    papers = store.documents_of_episode(first.episode_id)
    assert sheet_replaced(papers, first.visit_date, "one") is None, "a later visit is not replaced"


def test_a_sheet_given_again_after_another_is_the_one_that_counts(store: Store) -> None:
    store.save(visit := begin())
    one = give_sheet(store, visit, b"one", "one")
    two = give_sheet(store, visit, b"two", "two")
    assert give_sheet(store, visit, b"one", "one") == one
    papers = {row.id: row for row in store.documents_of_episode(visit.episode_id)}
    assert sheet_in_place_of(papers[one], papers.values()) is None
    replaced_by = sheet_in_place_of(papers[two], papers.values())
    assert replaced_by is not None
    assert replaced_by.id == one


def test_a_sheet_kept_before_contents_were_marked_is_not_replaced_on_its_own_day(store: Store) -> None:
    first = begin()
    later = replace(begin(visit=date(2026, 4, 1)), episode_id=first.episode_id, kind="re-evaluation")
    for each in (first, later):
        store.save(each)
    give_sheet(store, first, b"unmarked", "")
    papers = store.documents_of_episode(first.episode_id)
    assert sheet_replaced(papers, first.visit_date, "one") is None
    assert sheet_replaced(papers, later.visit_date, "one") is not None


def test_papers_of_an_earlier_version_keep_their_bytes_and_how_they_were_given(path: Path) -> None:
    with raw(path) as db:
        for migrate in migrations.MIGRATIONS[:3]:
            migrate(db)
        db.execute("INSERT INTO patient VALUES ('p', 'Ann', 'ann', '1990-01-01', 'F', 'en', '')")
        db.execute("INSERT INTO episode VALUES ('e', 'p', '2026-03-02')")
        db.execute(
            "INSERT INTO evaluation VALUES ('v', 'e', 'initial', 'right', '2026-03-02', 1, 1,"
            " '2026-03-02T10:00:00.000000+00:00', NULL, NULL, NULL, NULL, '1', '', '{}', '[]', '{}', NULL, '{}',"
            " '[]')"
        )
        db.execute(
            "INSERT INTO document VALUES ('d', 'v', 'handout', 'en', 'a4', 'printed',"
            " '2026-03-02T11:00:00.000000+00:00', 'Pat', ?, ?)",
            (sha256_of(b"%PDF"), b"%PDF"),
        )
        db.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        db.execute("PRAGMA user_version = 3")
    with Store(path, KEYS) as store:
        (row,) = store.documents("v")
        assert [(use.use, use.by, use.at) for use in row.uses] == [("printed", "Pat", row.kept_at)]
        assert store.document_bytes("d") == b"%PDF"
    with raw(path) as db, pytest.raises(sqlite.IntegrityError, match="stays as it is"):
        db.execute("DELETE FROM document")


def test_a_save_that_was_kept_though_the_disk_complained_is_no_conflict(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin()
    store.save(draft)
    really = Store._refuse_another_file
    complaints = iter([False, True, True])

    def complains_after_the_commit(self: Store) -> None:
        really(self)
        if next(complaints, False):
            raise StoreError("The disk did not write as it should.")

    monkeypatch.setattr(Store, "_refuse_another_file", complains_after_the_commit)
    for typed in ("kept", "refused before it was begun"):
        with pytest.raises(StoreError, match="did not write"):
            store.save(draft.with_impression(typed))
    store.save(draft.with_impression("three"))
    assert store.load(draft.id).impression == "three"


def test_the_same_words_kept_by_somebody_else_are_their_version(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin()
    store.save(draft)
    the_same = draft.with_impression("the same words")
    with monkeypatch.context() as patched:
        patched.setattr(writes, "change_evaluation", refuses)
        with pytest.raises(StoreError, match="did not write"):
            store.save(the_same)
    with Store(store.where, KEYS) as other:
        other.load(draft.id)
        other.save(the_same)
    with pytest.raises(StoreConflictError):
        store.save(draft.with_impression("and more"))


def refuses(*_asked: object) -> None:
    raise StoreError("The disk did not write as it should.")


def test_every_connection_is_durable_and_strict(path: Path) -> None:
    engine = open_engine(f"sqlite:///{path}", KEYS.database)
    connections = [engine.connect() for _ in range(5)]
    try:
        for connection in connections:
            connection.execution_options(write=False)
            for pragma, value in {
                "synchronous": 2,
                "journal_mode": "wal",
                "foreign_keys": 1,
                "recursive_triggers": 1,
                "trusted_schema": 0,
                "user_version": len(migrations.MIGRATIONS),
                "application_id": migrations.APPLICATION_ID,
            }.items():
                assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value, pragma
    finally:
        for connection in connections:
            connection.close()
        engine.dispose()


def test_the_file_is_private_and_one_file_after_closing(path: Path) -> None:
    before = os.umask(0o000)
    try:
        with Store(path, KEYS) as store:
            store.save(begin())
            for file in path.parent.iterdir():
                assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    finally:
        os.umask(before)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    path.chmod(0o644)
    with Store(path, KEYS):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_tables_are_those_the_program_reads(path: Path) -> None:
    engine = open_engine(path, KEYS.database)
    try:
        found = inspect(engine.execution_options(write=False))
        assert set(found.get_table_names()) == set(Base.metadata.tables)
        for name, table in Base.metadata.tables.items():
            columns = {column["name"]: column["nullable"] for column in found.get_columns(name)}
            assert columns == {column.name: bool(column.nullable) for column in table.columns}
            assert [column["name"] for column in found.get_columns(name)] == list(table.columns.keys())
            assert {index["name"] for index in found.get_indexes(name)} == {
                index.name for index in table.indexes
            }
            assert set(found.get_pk_constraint(name)["constrained_columns"]) == {
                column.name for column in table.primary_key
            }
            links = {
                (each["constrained_columns"][0], each["referred_table"])
                for each in found.get_foreign_keys(name)
            }
            assert links == {(key.parent.name, key.column.table.name) for key in table.foreign_keys}
    finally:
        engine.dispose()
    with raw(path) as db:
        names = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert names == set(TRIGGERS)


def add_a_column(db: sqlite.Connection) -> None:
    db.execute("ALTER TABLE episode ADD COLUMN onset TEXT NOT NULL DEFAULT ''")


def test_an_older_file_is_copied_and_then_brought_up_to_date(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin()
    with Store(path, KEYS) as store:
        store.save(draft)
    known = len(migrations.MIGRATIONS)
    monkeypatch.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS, add_a_column])
    monkeypatch.setattr(database, "MIGRATIONS", migrations.MIGRATIONS)
    with Store(path, KEYS) as store:
        assert store.load(draft.id) == draft
    (backup,) = Backups(path).all()
    copy = backup.file
    assert (backup.manifest.kind, backup.manifest.held.version) == ("before-migration", known)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with raw(path) as new, raw(copy) as old:
        assert new.execute("PRAGMA user_version").fetchone() == (known + 1,)
        assert old.execute("PRAGMA user_version").fetchone() == (known,)
        assert old.execute("SELECT id FROM evaluation").fetchone() == (draft.id,)
        triggers = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
        assert new.execute(triggers).fetchone() == (len(TRIGGERS),)
    with Store(path, KEYS):
        pass
    assert Backups(path).all() == (backup,)  # once is enough


def test_a_signed_note_of_the_first_version_is_still_read_and_still_locked(path: Path) -> None:
    with raw(path) as db:
        migrations.MIGRATIONS[0](db)
        db.execute("INSERT INTO patient VALUES ('p', 'Ann', 'ann', '1990-01-01', 'F', 'en', '')")
        db.execute("INSERT INTO episode VALUES ('e', 'p', '2026-03-02')")
        db.execute(
            "INSERT INTO evaluation VALUES ('v', 'e', 'initial', 'right', '2026-03-02', 1, 1,"
            " '2026-03-02T10:00:00.000000+00:00', '2026-03-02T10:00:00.000000+00:00', 'Pat', '', ?, '1', '',"
            " '{}', '[]', '{}', '{}')",
            (sha256_of("{}"),),
        )
        db.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")
    with Store(path, KEYS) as store:
        evaluation = store.load("v")
        assert evaluation.signature is not None
        assert evaluation.defaults == {}
        assert store.note_of("v") == "{}"
    with raw(path) as db, pytest.raises(sqlite.IntegrityError, match="signed"):
        db.execute("UPDATE evaluation SET defaults = '{\"slr\": 80}'")


def test_a_clinic_default_is_kept_with_who_and_why_and_can_be_put_back(path: Path) -> None:
    with Store(path, KEYS) as store:
        assert store.clinic_defaults() == {}
        store.change_default("slr", 75, by="Pat", reason="our table")
        store.change_default("ely", 120, by="Pat", reason="our table")
        store.change_default("slr", 80, by="Kim", reason="stricter")
        assert store.clinic_defaults() == {"slr": 80, "ely": 120}
        store.change_default("slr", None, by="Kim", reason="as shipped")
    with Store(path, KEYS) as store:
        assert store.clinic_defaults() == {"ely": 120}
        assert [(c.default_id, c.value, c.changed_by) for c in store.default_changes()] == [
            ("slr", 75, "Pat"), ("ely", 120, "Pat"), ("slr", 80, "Kim"), ("slr", None, "Kim"),
        ]  # fmt: skip
    with raw(path) as db:
        for statement in (
            "UPDATE default_change SET value = 1",
            "DELETE FROM default_change",
            "INSERT OR REPLACE INTO default_change VALUES (1, 'slr', 1, '', '', '')",
        ):
            with pytest.raises(sqlite.IntegrityError, match="stays as it is"):
                db.execute(statement)


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin()
    with Store(path, KEYS) as store:
        store.save(draft)

    def half_done(db: sqlite.Connection) -> None:
        add_a_column(db)
        db.execute("DROP TABLE place")
        raise sqlite.OperationalError("disk trouble")

    with raw(path) as db:
        before = everything(db)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS, half_done])
        patch.setattr(database, "MIGRATIONS", migrations.MIGRATIONS)
        assert "Nothing was changed" in refusal(path)
    with raw(path) as db:
        assert everything(db) == before
    with Store(path, KEYS) as store:
        assert store.load(draft.id) == draft


def test_a_file_of_a_newer_program_is_refused_and_left_alone(path: Path) -> None:
    Store(path, KEYS).close()
    with raw(path) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    message = refusal(path)
    assert "newer EvalAssist" in message
    assert "99" in message
    assert path.read_bytes() == before


def test_an_empty_file_is_an_alarm_and_not_a_new_beginning(path: Path) -> None:
    path.touch()
    assert "is empty" in refusal(path)
    assert path.read_bytes() == b""


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    for content in (b"Dear diary", b"SQLite", b"SQLite format 3\x00" + b"rubbish" * 999):
        path.write_bytes(content)
        message = refusal(path)
        assert "not a records file" in message or "damaged" in message
        assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_left_alone(path: Path) -> None:
    with raw(path) as db:
        db.execute("CREATE TABLE songs (title)")
    before = path.read_bytes()
    assert "holds no records of EvalAssist" in refusal(path)
    assert path.read_bytes() == before
    empty_database = path.with_name("unfinished-backup.sqlite")
    with raw(empty_database) as db:
        db.execute("VACUUM")
        db.execute("PRAGMA user_version = 0")
    if empty_database.stat().st_size:
        assert "holds no records" in refusal(empty_database)


def test_a_cut_or_overwritten_file_is_refused_and_left_alone(path: Path) -> None:
    with Store(path, KEYS) as store:
        for _ in range(20):
            store.save(full_evaluation().with_impression("long " * 2000))
    whole = path.read_bytes()
    half = len(whole) // 2 // 4096 * 4096
    hole = whole[:half] + b"\xa5" * 4096 + whole[half + 4096 :]
    for damaged in (whole[:half], whole[: half + 100], whole[:-4096], whole[:4096], whole[:200], hole):
        path.write_bytes(damaged)
        message = refusal(path)
        assert "is damaged" in message
        assert "backup" in message
        assert path.read_bytes() == damaged
    path.write_bytes(whole)
    with Store(path, KEYS) as store:
        assert len(store.drafts()) == 20


def test_a_missing_folder_a_folder_in_place_of_the_file_and_a_lost_file_are_told(tmp_path: Path) -> None:
    assert "is not there" in refusal(tmp_path / "unplugged" / "records.sqlite")
    assert "is a folder" in refusal(tmp_path)
    (tmp_path / "lost.sqlite-wal").write_bytes(b"last changes")
    assert "is missing" in refusal(tmp_path / "lost.sqlite")
    for name in ("", ":memory:", "sqlite://"):
        with pytest.raises(StoreError, match="need a file"):
            Store(name, KEYS)
    assert [each.name for each in tmp_path.iterdir()] == ["lost.sqlite-wal"]


def test_damage_that_comes_while_working_is_told_and_healthy_rows_stay_readable(path: Path) -> None:
    with Store(path, KEYS) as store:
        healthy = begin()
        store.save(healthy)
        store.save(full_evaluation().with_impression("long " * 20_000))
    size = path.stat().st_size
    with Store(path, KEYS) as store:
        with path.open("rb+") as file:
            file.seek(size - 4096 * 8)
            file.write(b"\xa5" * 4096 * 8)
        damaged = next(row.id for row in store.drafts() if row.id != healthy.id)
        with pytest.raises(StoreError, match="is damaged") as caught:
            store.load(damaged)
        assert "backup" in caught.value.message
        assert store.load(healthy.id) == healthy


@pytest.mark.parametrize("gone", ["deleted", "replaced", "moved"])
def test_a_file_taken_away_while_open_is_noticed_at_the_next_save(path: Path, gone: str) -> None:
    draft = begin()
    with Store(path, KEYS) as store:
        store.save(draft)
        match gone:
            case "deleted":
                path.unlink()
            case "moved":
                path.rename(path.with_name("elsewhere.sqlite"))
            case "replaced":
                path.with_name("other").write_bytes(path.read_bytes())
                path.with_name("other").replace(path)
        for keep in (
            lambda: store.save(draft.with_impression("into the void")),
            lambda: store.sign(signed(draft), NOTE),
            lambda: store.remember_place(draft.id, "history"),
        ):
            with pytest.raises(StoreError, match="moved, deleted or replaced"):
                keep()


def test_a_file_taken_away_during_a_save_is_not_called_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin()
    write = writes.change_evaluation

    def write_while_it_is_deleted(*told: Any) -> int:
        path.unlink()
        return write(*told)

    with Store(path, KEYS) as store:
        store.save(draft)
        monkeypatch.setattr(writes, "change_evaluation", write_while_it_is_deleted)
        with pytest.raises(StoreError, match="moved, deleted or replaced"):
            store.save(draft.with_impression("into the void"))


def test_a_read_that_the_disk_refuses_once_is_not_called_damage(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, tries = reads.drafts, []

    def refused_once(db: Session) -> tuple[EvaluationRow, ...]:
        tries.append(db)
        if len(tries) == 1:
            fault = sqlite.DatabaseError("database disk image is malformed")
            fault.sqlite_errorname = "SQLITE_CORRUPT"
            raise fault
        return read(db)

    with Store(path, KEYS) as store:
        store.save(begin())
        monkeypatch.setattr(reads, "drafts", refused_once)
        assert len(store.drafts()) == 1


def test_another_window_that_holds_the_file_is_told_and_nothing_is_lost(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT_S", 0.05)
    draft = begin()
    with Store(path, KEYS) as store, raw(path) as other:
        store.save(draft)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="Another window or program"):
            store.save(draft.with_impression("later"))
        assert store.load(draft.id) == draft  # reading goes on
        other.execute("ROLLBACK")
        store.save(draft.with_impression("later"))
        assert store.load(draft.id).impression == "later"


def test_reading_does_not_hold_up_another_windows_save(records: Path | Server) -> None:
    draft = begin()
    with Store(records, KEYS) as here, Store(records, KEYS) as there:
        here.save(draft)
        opened = there.load(draft.id)
        here.drafts()
        there.save(opened.with_impression("at once"))
        assert here.load(draft.id).impression == "at once"


def fill_the_disk(store: Store, kept: list[Evaluation]) -> None:
    for _ in range(300):
        draft = begin().with_impression("x" * 10_000)
        store.save(draft)
        kept.append(draft)


def test_a_full_disk_is_told_and_keeps_what_was_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = (*database.CONNECTION_SETTINGS, "max_page_count = 60")
    with monkeypatch.context() as patch:
        patch.setattr(database, "CONNECTION_SETTINGS", settings)
        with Store(path, KEYS) as store:
            kept: list[Evaluation] = []
            with pytest.raises(StoreError, match="disk with the records is full") as caught:
                fill_the_disk(store, kept)
            assert "everything kept before it is safe" in caught.value.message
            assert len(kept) > 5
            assert [store.load(each.id) for each in kept] == kept
            store.save(kept[0].with_impression("a small change still fits"))
    with Store(path, KEYS) as store:
        assert len(store.drafts()) == len(kept)
        draft = begin().with_impression("x" * 10_000)
        store.save(draft)  # the disk has space again
        assert store.load(draft.id) == draft


def mount_tiny_disk(folder: Path) -> bool:
    """A disk of 1 MB; only an administrator of this computer can mount one."""
    mount = shutil.which("mount")
    command = [mount or "", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    return mount is not None and subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.fixture
def tiny_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that fills up: a disk of its own, or where none can be mounted, a file that may not grow."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = mount_tiny_disk(folder)
    if not mounted:
        settings = (*database.CONNECTION_SETTINGS, "max_page_count = 60")
        monkeypatch.setattr(database, "CONNECTION_SETTINGS", settings)
    yield folder
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_really_full_disk_keeps_every_acknowledged_draft(tiny_disk: Path) -> None:
    path = tiny_disk / "records.sqlite"
    kept: list[Evaluation] = []
    with Store(path, KEYS) as store:
        with pytest.raises(StoreError, match="disk with the records is full"):
            fill_the_disk(store, kept)
        assert len(kept) > 5
        assert [store.load(each.id) for each in kept] == kept
        with pytest.raises(StoreError, match="disk with the records is full"):
            store.keep_document(kept[0].id, "handout", "en", "a4", bytes(10**6), "Sam Lee")
    with Store(path, KEYS) as store:
        assert [store.load(each.id) for each in kept] == kept


@pytest.fixture
def as_a_person() -> Iterator[Path]:
    """A folder of an account that is not the administrator, and that account's rights."""
    nobody = 65534
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() != 0:
            yield folder
            return
        os.chown(folder, nobody, nobody)
        os.seteuid(nobody)
        yield folder
        os.seteuid(0)


def test_a_read_only_file_can_be_read_and_is_told_when_saving(as_a_person: Path) -> None:
    path = as_a_person / "records.sqlite"
    draft = begin()
    with Store(path, KEYS) as store:
        store.save(draft)
    path.chmod(0o400)
    with Store(path, KEYS) as store:
        assert store.load(draft.id) == draft
        with pytest.raises(StoreError, match="read-only"):
            store.save(draft.with_impression("no"))
    path.chmod(0o000)
    assert "could not be opened" in refusal(path) or "permission" in refusal(path)


SAVES_IN_A_LOOP = """
import sys
from datetime import date
from evalassist.evaluation import Evaluation, Patient
from evalassist.records.server import Server
from evalassist.records.store import Store
from evalassist.records.vault import Keys

store = Store(sys.argv[1], Keys(bytes.fromhex(sys.argv[2]), bytes.fromhex(sys.argv[3])))
evaluation = Evaluation.begin(Patient("Anna", date(1990, 5, 2), "F"), "right", date(2026, 3, 1))
print(evaluation.id, flush=True)
for number in range(1_000_000):
    evaluation = evaluation.with_answers({"number": number, "text": str(number) * 500})
    store.save(evaluation)
    print(number, flush=True)
"""


def test_two_programs_that_start_at_once_share_one_new_file(path: Path) -> None:
    start = [sys.executable, "-c", SAVES_IN_A_LOOP.replace("1_000_000", "1"), str(path), *KEYS_AS_TEXT]
    root = Path(__file__).parent.parent
    children = [subprocess.Popen(start, stdout=subprocess.PIPE, text=True, cwd=root) for _ in range(4)]
    ids = {child.communicate()[0].splitlines()[0] for child in children}
    assert [child.returncode for child in children] == [0, 0, 0, 0]
    with Store(path, KEYS) as store:
        assert {row.id for row in store.drafts()} == ids
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_killed_program_loses_no_acknowledged_save(path: Path) -> None:
    for saves in (1, 37, 150, 400):
        child = subprocess.Popen(
            [sys.executable, "-c", SAVES_IN_A_LOOP, str(path), *KEYS_AS_TEXT],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
        )
        assert child.stdout is not None
        with child:
            evaluation_id = child.stdout.readline().strip()
            for _ in range(saves):
                child.stdout.readline()
            child.send_signal(signal.SIGKILL)
            rest = child.stdout.read()
        acknowledged = max(
            [saves - 1, *(int(line) for line in rest.splitlines(keepends=True) if "\n" in line)]
        )
        with Store(path, KEYS) as store:
            answers = store.load(evaluation_id).answers
            number = answers["number"]
            assert isinstance(number, int)
            assert number >= acknowledged
            assert answers["text"] == str(number) * 500  # whole, never half of one save and half of another
    with Store(path, KEYS) as store:
        assert len(store.drafts()) == 4


def test_autosave_is_cheap_with_three_hundred_answers(store: Store) -> None:
    evaluation = begin().with_answers({f"item-{n}": Quantity(n / 7, "N") for n in range(300)})
    store.save(evaluation)
    times = []
    for n in range(40):
        began = time.perf_counter()
        store.save(evaluation.with_answer("item-0", n))
        times.append(time.perf_counter() - began)
    assert sorted(times)[len(times) // 2] < 0.05


def test_a_closed_store_says_so(records: Path | Server) -> None:
    store = Store(records, KEYS)
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.save(begin())
    with pytest.raises(StoreError, match="closed"):
        store.drafts()


def test_text_that_cannot_be_kept_is_told_and_nothing_is_half_kept(store: Store) -> None:
    with pytest.raises(StoreError, match="cannot be kept"):
        store.save(begin().with_impression("broken \ud800 paste"))
    assert store.drafts() == ()
    assert store.search_patients("anna") == ()


def test_the_log_and_the_faults_name_ids_and_never_people(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="evalassist")
    secret = Patient("Wilhelmina Quaglia", date(1931, 7, 9), "F", record_number="SECRET-9")
    draft = begin(secret).with_answer("text", "fell off a ladder").with_impression("Quaglia fell")
    with Store(path, KEYS) as store:
        store.save(draft)
        store.sign(signed(draft), json.dumps({"name": secret.name}))
        store.add_addendum(draft.id, Addendum("Wilhelmina called", "Sam Lee", SIGNED_AT))
        store.search_patients("quaglia")
        with suppress(StoreError):
            store.save(begin(secret).with_impression("Quaglia \ud800"))
    with Store(path, KEYS) as store, pytest.raises(SignedRecordError) as caught:
        store.save(draft.with_impression("Quaglia fell again"))
    assert "INSERT INTO evaluation" in str(caught.value.__cause__)
    said = caplog.text + str(caught.value.__cause__) + str(caught.value)
    for word in ("Wilhelmina", "Quaglia", "1931", "SECRET-9", "ladder", "Sam Lee"):
        assert word not in said
    assert draft.id in caplog.text


# ------------------------------------------------------------ removed or demoted while the window is open


@pytest.fixture
def lees(records: Path | Server, store: Store) -> Iterator[Store]:
    """A therapist's open window; `store` is that of another workstation."""
    lee = Account("lee", "lee", "Sam Lee, PT", "PT-77", "therapist")
    store.keep_account(lee)
    with Store(records, KEYS, lee) as opened:
        yield opened


def acts_of(window: Store, draft: Evaluation) -> tuple[Callable[[], object], ...]:
    return (
        lambda: window.save(draft.with_impression("more")),
        lambda: window.sign(signed(draft), NOTE),
        lambda: window.remember_place(draft.id, "safety"),
        lambda: window.load(draft.id),
        lambda: window.patient(ANNA.id),
        lambda: window.search_patients("anna"),
        window.drafts,
    )


def test_a_removed_account_sees_and_keeps_nothing_more_in_its_open_window(store: Store, lees: Store) -> None:
    draft, told = begin(), list[str]()
    lees.on_dismissed = told.append
    lees.save(draft)
    store.remove_account("lee")
    for act in acts_of(lees, draft):
        with pytest.raises(RemovedError, match="This account was removed"):
            act()
    assert lees.is_removed
    assert set(told) == {str(RemovedError())}
    assert store.load(draft.id) == draft


@pytest.mark.parametrize(
    "now", [{"role": "student"}, {"licence": ""}, {"licence": "PT-78"}, {"name": "Sam Chen, PT"}]
)
def test_an_account_with_another_role_name_or_license_signs_in_anew_before_it_goes_on(
    store: Store, lees: Store, now: dict[str, Any]
) -> None:
    draft, locked = begin(), begin()
    lees.save(draft)
    store.sign(signed(locked), NOTE)
    store.keep_account(replace(lees.account, **now))
    below = (
        Addendum("more", "Sam Lee, PT", SIGNED_AT, kind, "PT-77")
        for kind in ("addendum", "co-signature", "entered-in-error")
    )
    acts: list[Callable[[], object]] = [
        *acts_of(lees, draft),
        *(partial(lees.add_addendum, locked.id, each) for each in below),
    ]
    for act in acts:
        with pytest.raises(AccountChangedError, match="Sign in anew"):
            act()
    assert not store.load(locked.id).addenda
    assert not lees.is_removed
    assert store.load(draft.id) == draft
