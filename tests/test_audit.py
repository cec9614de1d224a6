"""Every act leaves a line that nobody can change unseen, and `evalassist verify` says what does not fit."""

from __future__ import annotations

import hmac
import json
import logging
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, text
from sqlcipher3 import dbapi2 as sqlite

from evalassist.cli import main
from evalassist.errors import EvalAssistError, StoreError
from evalassist.evaluation import Addendum, Evaluation, Opinion, Patient, Signature
from evalassist.records import audit
from evalassist.records import vault as vaults
from evalassist.records.accounts import NOBODY, Account
from evalassist.records.backup import Backups
from evalassist.records.connection import connect
from evalassist.records.entrance import Entrance
from evalassist.records.models import utc_text
from evalassist.records.patient_file import export_patient, import_patient
from evalassist.records.plain import addendum_sha256, sha256_of, short_code, typed_code
from evalassist.records.store import Store
from evalassist.records.triggers import TRIGGERS
from evalassist.records.vault import Anchor, WrongPasswordError, new_keys
from evalassist.records.verify import OLDER_BELOW, OLDER_NOTES, Verified, note_seals, verify, verify_rows
from evalassist.settings import Settings, save_settings

KEYS = new_keys()
CHEN = Account("a1", "chen", "A. Chen", "PT-1", "administrator")
STUDENT = Account("a2", "ro", "K. Ro", "", "student")
ANNA = Patient("Anna Svensson", date(1990, 5, 2), "F", record_number="MR-77")
BO = Patient("Bo Ek", date(1980, 1, 1), "M")
SIGNED_AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
NOTE = '{"summary": "hip abductors weak"}'
PASSWORD = "correct horse"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path, KEYS, CHEN) as opened:
        yield opened


def begin() -> Evaluation:
    return Evaluation.begin(ANNA, "right", date(2026, 3, 1))


def signed(evaluation: Evaluation, *, student: bool = False) -> Evaluation:
    return evaluation.signed_by(Signature("A. Chen", "PT-1", SIGNED_AT, student))


def raw(path: Path) -> closing[sqlite.Connection]:
    return closing(connect(path, KEYS.database))


def lines(path: Path) -> list[tuple[str, str, dict[str, object]]]:
    with raw(path) as db:
        rows = db.execute("SELECT action, target, detail FROM audit ORDER BY number").fetchall()
    return [(action, target, json.loads(detail)) for action, target, detail in rows]


def checked(path: Path, known: Anchor | None = None) -> Verified:
    return verify(path, KEYS, {"the vault": known} if known else {})


# ------------------------------------------------------------ what is noted


def test_every_change_is_noted_with_who_did_it_and_never_with_what_was_typed(
    store: Store, path: Path
) -> None:
    draft = begin()
    store.save(draft)
    store.save(draft.with_answers({"pain": 7.0, "story": "Fell from a secret ladder"}))
    store.save(replace(draft, patient=replace(ANNA, name="Anna Lindgren")).with_opinion("pfp", Opinion(True)))
    store.save(draft := store.load(draft.id).with_impression("secret words"))
    store.sign(signed(draft), NOTE)
    store.add_addendum(draft.id, Addendum("secret addendum", "A. Chen", SIGNED_AT, licence="PT-1"))
    kept = store.keep_document(draft.id, "handout", "en", "letter", b"%PDF", "A. Chen", use=None)
    store.note_use(kept, "printed", "A. Chen")
    store.keep_document(draft.id, "handout", "en", "letter", b"%PDF", "A. Chen")
    store.change_default("symmetry-deficit", 12.0, by="A. Chen", reason="secret reason")
    store.keep_account(STUDENT)
    store.keep_account(replace(STUDENT, name="Kim Ro"))
    store.remove_account(STUDENT.id)
    store.save(other := replace(begin(), patient=BO))
    store.discard_draft(other.id)
    store.remember_place(draft.id, "strength")
    told = lines(path)
    assert [(action, target) for action, target, _ in told] == [
        ("draft-begun", draft.id),
        ("draft-kept", draft.id),
        ("patient-corrected", ANNA.id),
        ("draft-kept", draft.id),
        ("evaluation-opened", draft.id),
        ("draft-kept", draft.id),
        ("signed", draft.id),
        ("addendum-written", draft.id),
        ("document-kept", draft.id),
        ("document-printed", draft.id),
        ("document-saved", draft.id),
        ("default-changed", "symmetry-deficit"),
        ("account-added", STUDENT.id),
        ("account-changed", STUDENT.id),
        ("account-removed", STUDENT.id),
        ("draft-begun", other.id),
        ("draft-discarded", other.id),
    ]
    assert told[1][2] == {"answers": ["pain", "story"]}
    assert told[2][2] == {"fields": ["name"]}
    assert told[3][2] == {"answers": ["pain", "story"], "conclusions": ["pfp"]}
    assert told[5][2] == {"fields": ["impression"]}
    assert told[13][2].keys() == {"fields", "was", "sha256"}  # the seals of who it is, as of a note
    assert told[13][2]["fields"] == ["name"]
    with raw(path) as db:
        assert "secret" not in str(db.execute("SELECT * FROM audit").fetchall())
        assert "Lindgren" not in str(db.execute("SELECT * FROM audit").fetchall())
        assert set(db.execute("SELECT account_id, who FROM audit")) == {("a1", "A. Chen")}
    assert checked(path).faults == []


def test_a_change_that_fails_leaves_no_line(store: Store, path: Path) -> None:
    store.save(draft := begin())
    store.sign(signed(draft), NOTE)
    before = lines(path)
    for change in (
        lambda: store.save(draft.with_impression("late")),
        lambda: store.discard_draft(draft.id),
        lambda: store.note_use("unknown", "printed", "A. Chen"),
        lambda: store.add_addendum("unknown", Addendum("more", "A. Chen", SIGNED_AT, licence="PT-1")),
    ):
        with pytest.raises(EvalAssistError):
            change()
    assert lines(path) == before


def test_what_was_looked_at_is_noted_once_in_a_while(store: Store, path: Path) -> None:
    store.save(draft := begin())
    store.sign(signed(draft), NOTE)
    kept = store.keep_document(draft.id, "plan", "en", "letter", b"%PDF", "A. Chen")
    already = len(lines(path))
    for _ in range(3):
        store.load(draft.id)
        store.note_of(draft.id)
        store.document_bytes(kept)
        store.documents_of_patient(ANNA.id)
        store.patient_evaluations(ANNA.id)
    store.load(draft.id, to_edit=False)
    store.note_of(draft.id, shown=False)
    assert [action for action, _, _ in lines(path)[already:]] == [
        "evaluation-opened",
        "note-read",
        "document-read",
        "papers-listed",
        "visits-listed",
    ]


def test_what_cannot_be_noted_can_still_be_read(
    store: Store, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.save(draft := begin())
    with raw(path) as other:
        other.execute("BEGIN IMMEDIATE")  # nobody else can write now
        store._wait_s = 0.0
        store._engine.dispose()
        with caplog.at_level(logging.ERROR):
            assert store.load(draft.id) == draft
        other.execute("ROLLBACK")
    assert "evaluation-opened could not be noted" in caplog.text


def test_two_windows_write_one_trail(path: Path) -> None:
    with Store(path, KEYS, CHEN) as here, Store(path, KEYS, STUDENT) as there:
        for _ in range(5):
            here.save(begin())
            there.save(begin())
    with raw(path) as db:
        told = db.execute(
            "SELECT number, who FROM audit WHERE action = 'draft-begun' ORDER BY number"
        ).fetchall()
    assert told == [(n, "A. Chen" if n % 2 else "K. Ro") for n in range(1, 11)]
    assert checked(path).faults == []


def test_a_clock_set_back_is_told_and_the_order_stays(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for action, days in (("one", 0), ("two", -400), ("three", 900)):
        today = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=days)
        monkeypatch.setattr(audit, "_now", lambda today=today: today)
        store.note(action, "")
    assert [action for action, _, _ in lines(path)] == ["one", "clock-set-back", "two", "three"]
    assert checked(path).faults == []


# ------------------------------------------------------------ what was changed behind its back


def write_some(path: Path, rounds: int) -> None:
    with Store(path, KEYS, CHEN) as store:
        for number in range(rounds):
            store.save(draft := begin())
            store.save(draft.with_answer("pain", float(number)))
            store.sign(signed(draft), NOTE)


def behind_its_back(path: Path) -> Connection:
    engine = create_engine("sqlite://", module=sqlite, creator=lambda: connect(path, KEYS.database))
    event.listen(engine, "begin", lambda db: db.exec_driver_sql("BEGIN"))
    return engine.connect()


def edit(db: Connection, at: int, dice: random.Random) -> None:
    column = dice.choice(["at", "account_id", "who", "action", "target", "detail", "mac"])
    new = "'forged'" if column != "at" else "'2026-01-01T00:00:00.000000+00:00'"
    db.execute(text(f"UPDATE audit SET {column} = {new} WHERE number = {at}"))


def delete(db: Connection, at: int, dice: random.Random) -> None:
    db.execute(text(f"DELETE FROM audit WHERE number = {at}"))
    if dice.random() < 0.5:  # and close the gap
        db.execute(text(f"UPDATE audit SET number = number - 1 WHERE number > {at}"))


def swap(db: Connection, at: int, dice: random.Random) -> None:
    other = dice.choice([n for n in range(1, 61) if n != at])
    for old, new in ((at, -1), (other, at), (-1, other)):
        db.execute(text(f"UPDATE audit SET number = {new} WHERE number = {old}"))


def insert(db: Connection, at: int, dice: random.Random) -> None:
    db.execute(text(f"UPDATE audit SET number = -number WHERE number >= {at}"))
    db.execute(text("UPDATE audit SET number = 1 - number WHERE number < 0"))
    copied = dice.choice([n for n in range(1, 61) if n != at])
    rest = "at, account_id, who, action, target, detail, mac FROM audit"
    db.execute(text(f"INSERT INTO audit SELECT {at}, {rest} WHERE number = {copied}"))


def cut_tail(db: Connection, at: int, _: random.Random) -> None:
    db.execute(text(f"DELETE FROM audit WHERE number >= {at}"))


@pytest.mark.parametrize("tamper", [edit, delete, swap, insert, cut_tail])
def test_forty_of_forty_changes_of_the_trail_are_found(
    path: Path, tamper: Callable[[Connection, int, random.Random], None]
) -> None:
    write_some(path, 20)
    with Store(path, KEYS) as store:
        anchor = store.head()
    dice, missed = random.Random(7), []
    with behind_its_back(path) as db:
        untouched = Verified()
        verify_rows(db, KEYS.audit, {"the vault": anchor}, untouched)
        assert untouched.faults == []
        assert untouched.counts["lines of the audit trail"] == anchor.number == 61
        db.rollback()
        for at in dice.sample(range(1, 61), 40):
            for name in TRIGGERS:
                db.execute(text(f"DROP TRIGGER {name}"))
            tamper(db, at, dice)
            found = Verified()
            verify_rows(db, KEYS.audit, {"the vault": anchor}, found)
            missed += [] if any("audit trail" in fault for fault in found.faults) else [at]
            db.rollback()
    assert missed == []


def test_a_file_put_back_to_an_earlier_state_is_found_by_what_the_vault_knows(path: Path) -> None:
    earlier = []
    for number in range(20):
        with Store(path, KEYS) as store:
            store.save(begin())
        earlier.append(Path(shutil.copy(path, path.with_name(f"{number}.db"))))
    with Store(path, KEYS) as store:
        anchor = store.head()
    assert checked(path, anchor).faults == []
    for copy in earlier[:-1]:
        assert any("put back to an earlier state" in fault for fault in checked(copy, anchor).faults)
        assert checked(copy).faults == []  # without what is known outside nobody could tell


THE_NOTE = "WHERE signed_at IS NOT NULL"
UNSIGNED = "signed_at = NULL, note = NULL, note_sha256 = NULL, clinician = NULL, licence = NULL"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (f"UPDATE evaluation SET note = '{{}}' {THE_NOTE}", "no longer what was signed"),
        (f"UPDATE evaluation SET note = '{{}}', note_sha256 = '{sha256_of('{}')}' {THE_NOTE}", "exchanged"),
        (f"UPDATE evaluation SET answers = '{{}}' {THE_NOTE}", "answers or the signature"),
        (f"UPDATE evaluation SET clinician = 'Somebody' {THE_NOTE}", "answers or the signature"),
        (f"UPDATE evaluation SET student = 1 {THE_NOTE}", "answers or the signature"),
        (f"UPDATE evaluation SET opinions = 'no json' {THE_NOTE}", "could not be read to its end"),
        (f"UPDATE evaluation SET {UNSIGNED} {THE_NOTE}", "is missing, or is not signed"),
        ("UPDATE episode SET patient_id = (SELECT id FROM patient WHERE name = 'Bo Ek')", "another patient"),
        ("DELETE FROM addendum WHERE number = 2", "Addendum 2"),
        ("DELETE FROM addendum WHERE number = 1", "Addendum 1"),
        ("UPDATE addendum SET text = 'forged' WHERE number = 1", "Addendum 1"),
        ("UPDATE addendum SET kind = 'late-entry' WHERE number = 2", "Addendum 2"),
        ("UPDATE addendum SET licence = 'PT-9' WHERE number = 2", "Addendum 2"),
        ("UPDATE document SET pdf = x'00'", "kept paper"),
        (f"UPDATE document SET pdf = x'00', sha256 = '{sha256_of(bytes(1))}'", "kept paper"),
        ("DELETE FROM document", "kept paper"),
        ("UPDATE document_use SET used_at = '2020-01-01T00:00:00.000000+00:00'", "printed or saved"),
        ("DELETE FROM patient WHERE name <> 'Bo Ek'", "its patient is missing"),
        ("DELETE FROM episode", "its patient is missing"),
    ],
)
def test_whatever_was_signed_or_given_out_and_changed_behind_the_locks_is_told(
    path: Path, change: str, told: str
) -> None:
    with Store(path, KEYS, CHEN) as store:
        store.save(replace(begin(), patient=BO))
        store.save(draft := begin().with_answer("pain", 7.0))
        store.sign(signed(draft), NOTE)
        store.add_addendum(draft.id, Addendum("first", "A. Chen", SIGNED_AT, licence="PT-1"))
        store.add_addendum(draft.id, Addendum("second", "A. Chen", SIGNED_AT, licence="PT-1"))
        store.keep_document(draft.id, "plan", "en", "letter", b"%PDF", "A. Chen")
    found = checked(path)
    assert found.faults == []
    assert (found.counts["signed notes"], found.counts["addenda"], found.counts["documents"]) == (1, 2, 1)
    with raw(path) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute(change)
        for words in TRIGGERS.values():
            db.execute(words)
    faults = checked(path).faults
    assert any(told in fault for fault in faults), faults


def test_a_paper_below_a_draft_from_before_the_trail_that_is_given_to_another_patient_is_told(
    path: Path,
) -> None:
    with Store(path, KEYS, CHEN) as store:
        store.save(draft := begin())
    with raw(path) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM audit")
        for words in TRIGGERS.values():
            db.execute(words)
    with Store(path, KEYS, CHEN) as store:
        store.save(other := replace(begin(), patient=BO))
        store.keep_document(draft.id, "handout", "en", "a4", b"%PDF", "A. Chen")
    assert checked(path).faults == []
    with raw(path) as db:
        db.execute("UPDATE evaluation SET episode_id = ? WHERE id = ?", (other.episode_id, draft.id))
    (fault,) = checked(path).faults
    assert fault.startswith("A kept paper (handout, ")
    assert fault.endswith("was given to another patient.")


@pytest.mark.parametrize("day", ["updated_at", "'2020-03-01T09:30:00.000000+00:00'"])
def test_a_signed_note_that_the_trail_does_not_know_is_told(path: Path, day: str) -> None:
    with Store(path, KEYS, CHEN) as store:
        store.save(draft := begin())
    note = f"note = '{NOTE}', note_sha256 = '{sha256_of(NOTE)}', clinician = 'A. Chen', licence = 'PT-1'"
    note += f", updated_at = {day}"
    with raw(path) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(f"UPDATE evaluation SET {note}, signed_at = {day} WHERE id = '{draft.id}'")
        for words in TRIGGERS.values():
            db.execute(words)
    (fault,) = checked(path).faults
    assert "knows neither its signature nor its import" in fault


def test_nobody_co_signs_an_own_note_also_under_another_name(path: Path) -> None:
    """Who signed as a student has a license now, and is called otherwise; it is the same account."""
    with Store(path, KEYS, CHEN) as store:
        store.keep_account(CHEN)
        store.keep_account(STUDENT)
        with Store(path, KEYS, STUDENT) as students:
            students.save(draft := begin())
            students.sign(draft.signed_by(Signature("K. Ro", "", SIGNED_AT, student=True)), NOTE)
        licensed = replace(STUDENT, name="K. Ro, PT", licence="PT-9", role="therapist")
        store.keep_account(licensed)
        with (
            Store(path, KEYS, licensed) as own,
            pytest.raises(EvalAssistError, match="somebody else than who signed"),
        ):
            own.add_addendum(draft.id, Addendum("", "K. Ro, PT", SIGNED_AT, "co-signature", "PT-9"))
        assert store.load(draft.id).waits_for_cosignature
        store.add_addendum(draft.id, Addendum("", "A. Chen", SIGNED_AT, "co-signature", "PT-1"))


def test_nobody_co_signs_an_own_note_with_an_account_that_was_added_anew(path: Path) -> None:
    anew = replace(STUDENT, id="a9", name="K. Ro, PT", licence="PT-9", role="therapist")
    with Store(path, KEYS, CHEN) as store:
        store.keep_account(CHEN)
        store.keep_account(STUDENT)
        with Store(path, KEYS, STUDENT) as students:
            students.save(draft := begin())
            students.sign(draft.signed_by(Signature("K. Ro", "", SIGNED_AT, student=True)), NOTE)
        store.remove_account(STUDENT.id)
        store.keep_account(anew)
    with (
        Store(path, KEYS, anew) as own,
        pytest.raises(EvalAssistError, match="somebody else than who signed"),
    ):
        own.add_addendum(draft.id, Addendum("", "K. Ro, PT", SIGNED_AT, "co-signature", "PT-9"))


def test_nobody_co_signs_a_note_of_the_own_name_however_it_is_written(path: Path) -> None:
    """Of a note from other records the trail does not know whose account signed it."""
    written = replace(STUDENT, name="k.  RO", licence="PT-9", role="therapist")
    with Store(path, KEYS) as store:
        store.save(draft := begin())
        store.sign(draft.signed_by(Signature("K. Ro", "", SIGNED_AT, student=True)), NOTE)
        store.keep_account(written)
    with Store(path, KEYS, written) as own, pytest.raises(EvalAssistError, match="somebody else than who"):
        own.add_addendum(draft.id, Addendum("", "k.  RO", SIGNED_AT, "co-signature", "PT-9"))


@pytest.mark.parametrize("days_ago", [0, 2000])
def test_a_co_signature_or_a_paper_that_the_trail_does_not_know_is_told(path: Path, days_ago: int) -> None:
    with Store(path, KEYS, CHEN) as store:
        store.save(draft := begin())
        store.account = NOBODY
        store.sign(signed(draft, student=True), NOTE)
    below = Addendum("", "A. Chen", SIGNED_AT, "co-signature", "PT-1")
    paper = (draft.id, utc_text(datetime.now(UTC) - timedelta(days_ago)), sha256_of(b"%PDF"), b"%PDF")
    with raw(path) as db:  # the locks keep what is there, and refuse nothing new
        db.execute(
            "INSERT INTO addendum VALUES (?, 1, '', 'A. Chen', ?, ?, 'co-signature', 'PT-1')",
            (draft.id, utc_text(SIGNED_AT), addendum_sha256(sha256_of(NOTE), below)),
        )
        db.execute(
            "INSERT INTO document VALUES ('d', ?, 'handout', 'en', 'a4', '', ?, 'A. Chen', ?, ?)", paper
        )
    with Store(path, KEYS, CHEN) as store:
        assert store.load(draft.id).waits_for_cosignature is False
    addendum, document = checked(path).faults
    assert addendum == f"Addendum 1 of evaluation {draft.id} is not known to the audit trail."
    assert document == "A kept paper (handout, d) is not known to the audit trail."


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE account SET role = 'administrator' WHERE id = 'a2'",
        "UPDATE account SET removed_at = NULL WHERE id = 'a3'",
        "INSERT INTO account VALUES ('a4', 'x', 'X. Y', '', 'administrator', '2026-01-01T00:00:00.000000+00:00', NULL)",
    ],
)
def test_who_may_do_more_than_the_trail_knows_is_told(path: Path, change: str) -> None:
    with Store(path, KEYS, CHEN) as store:
        store.keep_account(CHEN)
        store.keep_account(replace(STUDENT, role="administrator"))
        store.keep_account(STUDENT)
        store.keep_account(replace(STUDENT, id="a3", sign_in="lee"))
        store.remove_account("a3")
    assert checked(path).faults == []
    with raw(path) as db:
        db.execute(change)
    (fault,) = checked(path).faults
    assert fault.endswith("may do is not what the audit trail knows.")


def test_an_account_that_was_taken_out_of_the_table_is_told(path: Path) -> None:
    with Store(path, KEYS, CHEN) as store:
        store.keep_account(CHEN)
        store.keep_account(STUDENT)
    with raw(path) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM account WHERE id = ?", (STUDENT.id,))
        for words in TRIGGERS.values():
            db.execute(words)
    assert checked(path).faults == [f"An account ({STUDENT.id}) is missing."]


def test_a_note_signed_before_there_was_a_trail_is_no_fault_but_told(path: Path) -> None:
    with Store(path, KEYS, CHEN) as store:
        store.save(draft := begin())
        store.sign(signed(draft), NOTE)
        store.add_addendum(draft.id, Addendum("first", "A. Chen", SIGNED_AT, licence="PT-1"))
        store.keep_document(draft.id, "plan", "en", "letter", b"%PDF", "A. Chen")
    with raw(path) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM audit")
        db.execute("UPDATE evaluation SET updated_at = signed_at")
        db.execute("UPDATE document SET kept_at = ?", (utc_text(SIGNED_AT),))
        for words in TRIGGERS.values():
            db.execute(words)
    with Store(path, KEYS, CHEN) as store:
        store.save(replace(begin(), patient=BO))
    found = checked(path)
    assert found.faults == []
    assert found.not_checked == [OLDER_NOTES.format(1), OLDER_BELOW.format(2)]


def test_a_lock_taken_off_and_a_damaged_page_are_told(path: Path) -> None:
    write_some(path, 5)
    with raw(path) as db:
        db.execute("DROP TRIGGER audit_not_deleted")
        db.execute("CREATE TRIGGER quiet AFTER INSERT ON patient BEGIN SELECT 1; END")
    told = " ".join(checked(path).faults)
    assert "audit_not_deleted of the database was taken off" in told
    assert "acts by itself: quiet" in told
    damaged = bytearray(path.read_bytes())
    damaged[4096 * 20 + 100] ^= 1
    path.write_bytes(damaged)
    assert any("page" in fault for fault in checked(path).faults)


HIDES = """
CREATE INDEX evaluation_of_episode ON evaluation (CASE WHEN signed_at IS NULL THEN episode_id ELSE 'none' END)
"""


def test_an_index_that_hides_a_signed_note_from_the_lists_is_told(path: Path) -> None:
    """Lists are read through it, so they show other rows than the tables hold."""
    write_some(path, 5)
    named = "FROM sqlite_master WHERE name = 'evaluation_of_episode'"
    with raw(path) as db:
        (honest,) = db.execute(f"SELECT sql {named}").fetchone()
        db.execute("DROP INDEX evaluation_of_episode")
        db.execute(HIDES)
    assert any("index evaluation_of_episode" in fault for fault in checked(path).faults)
    with raw(path) as db:  # and it calls itself the one that was there
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'evaluation_of_episode'", (honest,))
        db.execute("PRAGMA writable_schema = OFF")
    assert any("The database finds a fault" in fault for fault in checked(path).faults)


@pytest.mark.parametrize(
    ("by_hand", "told"),
    [
        ("CREATE VIEW patients AS SELECT * FROM patient", "is not EvalAssist's: patients"),
        ("CREATE INDEX more ON audit (lower(detail))", "is not EvalAssist's: more"),
        ("ALTER TABLE addendum ADD COLUMN hidden TEXT", "table addendum of the database was changed"),
        ("DROP INDEX document_of_evaluation", "index document_of_evaluation of the database was taken off"),
    ],
)
def test_what_the_database_is_made_of_is_told_where_it_is_not_ours(
    path: Path, by_hand: str, told: str
) -> None:
    write_some(path, 5)
    with raw(path) as db:
        db.execute(by_hand)
    assert any(told in fault for fault in checked(path).faults)


def test_a_trigger_that_hides_behind_the_name_of_a_table_is_told(path: Path) -> None:
    write_some(path, 5)
    of_the_table = "FROM sqlite_master WHERE tbl_name = 'place' AND type <> 'trigger'"
    with raw(path) as db:
        db.execute("CREATE TRIGGER place BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END")
        rows = db.execute(f"SELECT * {of_the_table}").fetchall()
        db.execute("PRAGMA writable_schema = ON")
        db.execute(f"DELETE {of_the_table}")
        for row in rows:  # the table comes after the trigger of its name
            db.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)
        db.execute("PRAGMA writable_schema = OFF")
    assert "Something was added to the database that acts by itself: place." in checked(path).faults


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("student", "'x'"),
        ("student", "0.4"),
        ("visit_date", "'2026-W10-1'"),
        ("signed_at", "replace(signed_at, 'T', ' ')"),
        ("note", "CAST(note AS BLOB)"),
        ("answers", "CAST(answers AS BLOB)"),
    ],
)
def test_a_value_that_lists_read_otherwise_than_the_note_is_told(path: Path, column: str, value: str) -> None:
    """Python takes them for what was there, so the seals fit; SQL sorts and chooses by what is kept."""
    write_some(path, 2)
    with raw(path) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(f"UPDATE evaluation SET {column} = {value} WHERE signed_at IS NOT NULL")
        for words in TRIGGERS.values():
            db.execute(words)
    assert any(f"evaluation.{column}" in fault for fault in checked(path).faults)


def test_an_anchor_without_a_seal_vouches_for_nothing(path: Path) -> None:
    with Store(path, KEYS, CHEN) as store:
        written_below(store)
    verified = verify(path, KEYS, {"a backup": Anchor(number=2**31 - 1, mac="")})
    assert any("a backup" in fault for fault in verified.faults)


def test_a_name_writes_nothing_over_what_verify_told(
    entrance: Entrance, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "password"
    secret.write_text(PASSWORD)
    store, _ = entrance.begin(CHEN, PASSWORD)
    with store:
        backup = Backups(entrance.records).make(store.keys.database, "asked")
    manifest = json.loads(backup.manifest_file.read_text())
    manifest["held"] |= {"audit_number": 900, "audit_mac": "ab" * 32}
    false = backup.file.with_name("evalassist-\x1b[2J\nAll that was looked at is as it was kept.db")
    shutil.copy(backup.file, false)
    false.with_suffix(".json").write_text(json.dumps(manifest))
    told = main(["verify", f"{entrance.records.parent}", "--name", "chen", "--password-file", f"{secret}"])
    out = capsys.readouterr().out
    assert told == 3
    assert "line 900" in out
    assert "\x1b" not in out
    assert "\nAll that" not in out


@pytest.mark.parametrize(
    ("action", "detail"),
    [
        ("account-changed", "[]"),
        ("account-changed", '{"fields":1}'),
        ("patient-imported", "[]"),
        ("patient-imported", '{"documents":[[{},"x"]]}'),
        ("patient-imported", '{"addenda":5}'),
        ("signed", "7"),
    ],
)
def test_a_rightly_sealed_line_that_tells_nothing_does_not_hide_what_was_changed(
    path: Path, action: str, detail: str
) -> None:
    with Store(path, KEYS, CHEN) as store:
        written_below(store)
    with raw(path) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(f"UPDATE evaluation SET note = '{{}}' {THE_NOTE}")
        number, mac = db.execute("SELECT number, mac FROM audit ORDER BY number DESC").fetchone()
        line = (number + 1, utc_text(datetime.now(UTC)), CHEN.id, CHEN.name, action, "x", detail)
        db.execute(
            "INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", (*line, audit.Sealer(KEYS.audit).seal(mac, line))
        )
        for words in TRIGGERS.values():
            db.execute(words)
    faults = checked(path).faults
    assert any(f"Line {number + 1} of the audit trail does not fit" in fault for fault in faults)
    assert any("no longer what was signed" in fault for fault in faults)


# ------------------------------------------------------------ what was told a second time


def appended(path: Path, action: str, target: str, detail: dict[str, object]) -> None:
    """A line that another program seals with the keys."""
    with behind_its_back(path) as db:
        audit.append(db, KEYS.audit, CHEN, action, target, detail)
        db.commit()


def written_below(store: Store, note: str = NOTE) -> tuple[Evaluation, str]:
    """A signed note with an addendum and a paper below it."""
    store.save(draft := begin())
    store.sign(signed(draft), note)
    store.add_addendum(draft.id, Addendum("first", "A. Chen", SIGNED_AT, licence="PT-1"))
    return draft, store.keep_document(draft.id, "plan", "en", "letter", b"%PDF", "A. Chen")


@pytest.mark.parametrize("action", ["signed", "note-imported"])
def test_a_note_that_is_sealed_a_second_time_is_told(path: Path, action: str) -> None:
    with Store(path, KEYS, CHEN) as store:
        draft, _ = written_below(store)
    other = '{"summary": "hip abductors strong"}'
    with raw(path) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM addendum")
        db.execute(f"UPDATE evaluation SET note = '{other}', note_sha256 = '{sha256_of(other)}' {THE_NOTE}")
        for words in TRIGGERS.values():
            db.execute(words)
    with behind_its_back(path) as connection:
        seals = note_seals(connection, draft.id)
    appended(path, action, draft.id, seals)
    faults = checked(path).faults
    assert faults[0] == (
        f"Line 7 of the audit trail tells of a signed note (evaluation {draft.id}) a second time; the first one "
        "counts."
    )
    assert any("exchanged: the audit trail knows another one" in fault for fault in faults)


def test_an_addendum_a_paper_and_an_account_that_are_told_a_second_time_are_told(path: Path) -> None:
    with Store(path, KEYS, CHEN) as store:
        draft, paper = written_below(store)
        store.keep_account(STUDENT)
        store.keep_account(replace(STUDENT, id="a3", sign_in="lee"))
        store.remove_account("a3")
    assert checked(path).faults == []
    other = sha256_of("another one")
    appended(path, "addendum-written", draft.id, {"number": 1, "sha256": other})
    appended(path, "co-signed", draft.id, {"number": 1, "sha256": other})
    appended(path, "document-kept", draft.id, {"document": paper, "kind": "plan", "sha256": other})
    appended(path, "account-added", STUDENT.id, {"role": "administrator"})
    appended(path, "account-added", "a3", {"role": "administrator"})
    appended(path, "account-changed", "a3", {"fields": ["role"], "role": "administrator"})
    below = f"addendum 1 of evaluation {draft.id}"
    assert [fault.partition(" a second time")[0] for fault in checked(path).faults] == [
        f"Line 10 of the audit trail tells of {below}",
        f"Line 11 of the audit trail tells of {below}",
        f"Line 12 of the audit trail tells of a kept paper ({paper})",
        f"Line 13 of the audit trail tells of a new account ({STUDENT.id})",
        "Line 14 of the audit trail tells of a new account (a3)",
    ]
    with raw(path) as db:
        db.execute("UPDATE account SET removed_at = NULL, role = 'administrator'")
    told = [fault for fault in checked(path).faults if "may do is not what" in fault]
    assert len(told) == 2


@pytest.mark.parametrize("edit", [{"role": "therapist"}, {"sign_in": "kim"}, {"licence": "PT-2"}])
@pytest.mark.parametrize("forged", ["name = 'A. Chen'", "licence = 'PT-999'"])
def test_who_an_account_is_for_another_program_does_not_pass_for_a_later_edit(
    path: Path, edit: dict[str, Any], forged: str
) -> None:
    with Store(path, KEYS, CHEN) as store:
        store.keep_account(STUDENT)
        store.keep_account(replace(STUDENT, name="Kim Ro"))
    assert checked(path).faults == []
    with raw(path) as db:
        db.execute(f"UPDATE account SET {forged} WHERE id = ?", (STUDENT.id,))
    with Store(path, KEYS, CHEN) as store:
        store.keep_account(replace(store.account_of(STUDENT.id), **edit))
    (fault,) = checked(path).faults
    assert "came from another program before an administrator last changed this account" in fault


@pytest.mark.parametrize("then", ["edited", "removed"])
def test_an_account_that_another_program_added_does_not_pass_for_one_of_ours_once_it_is(
    path: Path, then: str
) -> None:
    with Store(path, KEYS, CHEN) as store:
        store.keep_account(STUDENT)
    with raw(path) as db:
        db.execute(
            "INSERT INTO account (id, sign_in, name, licence, role, added_at) "
            "SELECT 'eve', 'eve', 'Eve', '', 'student', added_at FROM account"
        )
    with Store(path, KEYS, CHEN) as store:
        if then == "removed":
            store.remove_account("eve")
        else:
            store.keep_account(replace(store.account_of("eve"), role="therapist"))
    (fault,) = checked(path).faults
    assert "Eve came from another program" in fault


@pytest.mark.parametrize("more", [{}, {"documents": []}])
def test_what_comes_in_with_a_patient_who_was_here_takes_the_place_of_nothing(
    path: Path, more: dict[str, object]
) -> None:
    with Store(path, KEYS, CHEN) as store:
        draft, _ = written_below(store)
    forged, at = Addendum("forged", "A. Chen", SIGNED_AT, licence="PT-1"), utc_text(SIGNED_AT)
    below = addendum_sha256(sha256_of(NOTE), forged)
    with raw(path) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE addendum SET text = 'forged', sha256 = ?", (below,))
        second = addendum_sha256(below, forged)
        row = (draft.id, at, second)
        db.execute("INSERT INTO addendum VALUES (?, 2, 'forged', 'A. Chen', ?, ?, 'addendum', 'PT-1')", row)
        for words in TRIGGERS.values():
            db.execute(words)
    appended(path, "patient-imported", ANNA.id, {"addenda": [[draft.id, 1, below]], **more})
    found = checked(path)
    assert any("Line 7 of the audit trail tells of" in fault for fault in found.faults)
    assert f"Addendum 1 of evaluation {draft.id} is not what was written" in str(found.faults)
    assert f"Addendum 2 of evaluation {draft.id} is not known to the audit trail." in found.faults
    assert found.not_checked == []


def test_a_patient_who_was_lost_and_comes_in_as_before_is_no_fault(
    path: Path, tmp_path: Path, plain_note: str
) -> None:
    """So it is after damaged records were salvaged without the patient."""
    file = tmp_path / "anna.evalassist-patient"
    with Store(path, KEYS, CHEN) as store:
        store.save(replace(begin(), patient=BO))
        written_below(store, plain_note)
        export_patient(store, ANNA.id, file, "correct horse battery")
    with raw(path) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        for table in ("document_use", "document", "addendum", "place"):
            db.execute(f"DELETE FROM {table}")
        db.execute("DELETE FROM evaluation WHERE signed_at IS NOT NULL")
        db.execute(f"DELETE FROM episode WHERE patient_id = '{ANNA.id}'")
        db.execute(f"DELETE FROM patient_word WHERE patient_id = '{ANNA.id}'")
        db.execute(f"DELETE FROM patient WHERE id = '{ANNA.id}'")
        for words in TRIGGERS.values():
            db.execute(words)
    assert len(checked(path).faults) == 3
    with Store(path, KEYS, CHEN) as store:
        import_patient(store, file, "correct horse battery")
    assert checked(path).faults == []


def test_a_patient_who_comes_in_with_a_draft_may_be_discarded_and_come_in_again(
    path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "bo.evalassist-patient"
    with Store(path, KEYS, CHEN) as store:
        store.save(draft := replace(begin(), patient=BO))
        export_patient(store, BO.id, file, "correct horse battery")
        for _ in range(2):
            store.discard_draft(draft.id)
            import_patient(store, file, "correct horse battery")
    assert checked(path).faults == []
    # what a version before this one wrote does not say what came
    appended(path, "draft-discarded", draft.id, {"patient": BO.id})
    appended(path, "patient-imported", BO.id, {})
    assert checked(path).faults == []
    appended(path, "patient-imported", BO.id, {})
    (fault,) = checked(path).faults
    assert f"tells of a new patient ({BO.id}) a second time" in fault


@pytest.mark.parametrize("said", [False, True])
def test_a_line_that_is_older_than_the_one_before_it_is_told_where_no_line_says_why(
    path: Path, monkeypatch: pytest.MonkeyPatch, said: bool
) -> None:
    with Store(path, KEYS, CHEN) as store:
        for minutes in (0, 60, 59.5):
            moment = SIGNED_AT + timedelta(minutes=minutes)
            monkeypatch.setattr(audit, "_now", lambda moment=moment: moment)
            store.note("began", "")
        if not said:
            monkeypatch.setattr(audit, "_was_set_back", lambda *_: False)
        monkeypatch.setattr(audit, "_now", lambda: SIGNED_AT)
        store.note("began", "")
        store.note("began", "")
    told = "Line 4 of the audit trail is older than the line before it, and none says that the clock was set back."
    assert checked(path).faults == ([] if said else [told])


# ------------------------------------------------------------ the vault and the command


@pytest.fixture
def entrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entrance:
    for name, value in (
        ("MEMORY_KIB", vaults.LEAST_MEMORY_KIB),
        ("PASSES", vaults.LEAST_PASSES),
        ("LANES", 1),
    ):
        monkeypatch.setattr(vaults, name, value)
    return Entrance(tmp_path)


def test_signing_in_and_out_is_noted_wrong_passwords_too_and_the_vault_knows_the_last_line(
    entrance: Entrance,
) -> None:
    store, _ = entrance.begin(CHEN, PASSWORD)
    store.close("locked")
    with pytest.raises(WrongPasswordError):
        entrance.sign_in("chen", "wrong")
    with entrance.sign_in("chen", PASSWORD) as store:
        with pytest.raises(WrongPasswordError):
            entrance.confirm(store, "wrong")
        entrance.confirm(store, PASSWORD)
        added = entrance.add_account(store, STUDENT, PASSWORD)
        entrance.change_password(store, added.id, "another")
        entrance.new_paper_key(store)
        entrance.remove_account(store, added.id)
        keys = store.keys
    with closing(connect(entrance.records, keys.database)) as db:
        told = db.execute("SELECT action, who, detail FROM audit ORDER BY number").fetchall()
    assert [(action, who) for action, who, _ in told] == [
        ("account-added", "A. Chen"),
        ("locked", "A. Chen"),
        ("sign-in-failed", ""),
        ("signed-in", "A. Chen"),
        ("sign-in-failed", ""),
        ("account-added", "A. Chen"),
        ("password-changed", "A. Chen"),
        ("key-changed", "A. Chen"),
        ("paper-key-made", "A. Chen"),
        ("key-changed", "A. Chen"),
        ("key-changed", "A. Chen"),
        ("account-removed", "A. Chen"),
        ("signed-out", "A. Chen"),
    ]
    assert len(json.loads(told[2][2])["times"]) == 1
    assert entrance.vault().anchor.number == len(told)


def test_a_window_knows_its_own_lines_also_after_a_write_that_was_refused(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = entrance.begin(CHEN, PASSWORD)
    store.close()
    with entrance.sign_in("chen", PASSWORD) as store, entrance.sign_in("chen", PASSWORD) as other:
        came_in = store.own_lines[0]
        assert came_in[4] == "signed-in"
        store.save(begin())
        other.note("began", "")
        kept = store.own_lines
        assert kept[0] == came_in
        assert kept[1][4] == "draft-begun"
        with pytest.raises(ValueError, match="cut off"), store.writing("began", ""):
            raise ValueError("cut off")
        store.note_wrong_passwords(("2026-03-01T09:30:00+00:00",))
        assert store.own_lines == kept
        assert store.has_lines(kept)
        assert other.own_lines[0] != came_in
        assert not store.has_lines(((*came_in[:6], "{}"),))


def test_the_first_and_the_last_line_of_an_account_bear_a_sign_that_nobody_can_guess(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **_known: object) -> None:
        raise StoreError("The disk is full.")

    def signs(store: Store) -> list[bool]:
        return ["sign" in json.loads(line[6]) for line in store.own_lines]

    store, _ = entrance.begin(CHEN, PASSWORD)
    store.close()
    assert signs(store) == [True, True]
    with monkeypatch.context() as fault:
        fault.setattr(audit, "append", full)
        store = entrance.sign_in("chen", PASSWORD)
    assert not store.own_lines
    store.save(begin())
    store.note("began", "")
    assert signs(store) == [True, False]
    store.close("locked")
    assert signs(store) == [True, True]


def test_records_put_back_to_an_earlier_state_are_noticed_and_what_the_vault_knows_is_not_lost(
    entrance: Entrance,
) -> None:
    store, _ = entrance.begin(CHEN, PASSWORD)
    store.close()
    earlier = entrance.records.read_bytes()
    with entrance.sign_in("chen", PASSWORD) as store:
        assert not store.trail_was_cut
        store.save(begin())
    known = entrance.vault().anchor
    entrance.records.write_bytes(earlier)
    for _ in range(2):
        with entrance.sign_in("chen", PASSWORD) as store:
            assert store.trail_was_cut
            for _ in range(5):
                store.save(begin())
        assert entrance.vault().anchor == known
    assert any("than the vault knows" in fault for fault in entrance.verify("chen", PASSWORD).faults)
    with entrance.sign_in("chen", PASSWORD) as store:
        assert store.accept_cut is not None
        store.accept_cut()
    with entrance.sign_in("chen", PASSWORD) as store:
        assert not store.trail_was_cut
    assert entrance.verify("chen", PASSWORD).faults == []


def test_verify_tells_on_the_terminal_what_fits_and_what_does_not(
    entrance: Entrance, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, _ = entrance.begin(CHEN, PASSWORD)
    with store:
        store.save(draft := begin())
        digest = store.sign(signed(draft), NOTE)
        keys = store.keys
    password = tmp_path / "password.txt"
    password.write_text(f"{PASSWORD}\n")
    how = ["verify", str(tmp_path), "--name", "chen", "--password-file", str(password)]
    assert main([*how, "--code", short_code(digest).lower().replace("-", " ")]) == 0
    said = capsys.readouterr().out
    assert "1 signed notes" in said
    assert "Anna" not in said
    assert f"The code {short_code(digest)} is that of the note of 2026-03-01" in said
    number, code = said.partition("ends at line ")[2].split(". ")[0].split(", code ")
    assert main([*how, "--line", number, code, "--code", "AAAAA-AAAAA"]) == 0
    assert "No signed note" in capsys.readouterr().out
    made = Backups(entrance.records).make(keys.database, "asked")
    with closing(connect(entrance.records, keys.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert main(how) == 4
        assert "open in another window" in capsys.readouterr().out
    with closing(connect(entrance.records, keys.database)) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM audit WHERE number > 2")
        for words in TRIGGERS.values():
            db.execute(words)
    assert main([*how, "--line", number, code]) == 3
    said = capsys.readouterr().out
    assert "but the vault knows line" in said
    assert f"but backup 1 ({made.file}) knows line" in said
    assert "but your paper knows line" in said
    assert "NOT what was kept" in said
    password.write_text("wrong")
    assert main(how) == 2
    assert main(["verify", str(tmp_path / "nowhere"), "--name", "x", "--password-file", str(password)]) == 2
    assert main([*how, "--code", "ABC"]) == 2


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_backup_that_knows_more_is_heard_wherever_it_lies_and_whatever_was_put_beside_it(
    entrance: Entrance, home: Path, capsys: pytest.CaptureFixture[str], elsewhere: bool
) -> None:
    chosen = home / "another-disk" if elsewhere else None
    home.mkdir()
    store, _ = entrance.begin(CHEN, PASSWORD)
    first = Backups(store.path, chosen).make(store.keys.database, "asked")
    store.close()
    earlier = {file: file.read_bytes() for file in (entrance.records, entrance.vault_file)}
    with entrance.sign_in("chen", PASSWORD) as store:
        second = Backups(store.path, chosen).make(store.keys.database, "asked")
    for file, content in earlier.items():
        file.write_bytes(content)
    manifest = json.loads(second.manifest_file.read_text())
    manifest["held"] |= {"audit_number": first.manifest.held.audit_number}
    manifest["held"] |= {"audit_mac": first.manifest.held.audit_mac}
    manifest |= {"made_at": "2020-01-01T00:00:00+00:00", "size_bytes": 1}
    beside = second.file.with_name(f"{second.file.stem[:-10]}2020-01-01.db")
    beside.write_bytes(b"x")
    beside.with_suffix(".json").write_text(json.dumps(manifest))
    if chosen is not None:
        save_settings(Settings(backup_folder=str(chosen)))
    password = home / "password.txt"
    password.write_text(PASSWORD)
    how = ["verify", str(entrance.records.parent), "--name", "chen", "--password-file", str(password)]
    assert main(how) == 3
    said = capsys.readouterr().out
    assert f"but backup 2 ({second.file}) knows line" in said
    assert f"3 in {second.file.parent}" in said
    if chosen is not None:
        save_settings(Settings())  # by who can write there: then what it hears is told
        assert main(how) == 0
        assert f"Backups heard: 0 in {entrance.records.parent / 'backups'}.\n" in capsys.readouterr().out
        save_settings(Settings(backup_folder=str(chosen)))
        chosen.rename(home / "unplugged")
        assert main(how) == 4
        assert f"what the backups in {chosen} know" in capsys.readouterr().out


def test_verifying_forgets_no_wrong_password(entrance: Entrance) -> None:
    store, _ = entrance.begin(CHEN, PASSWORD)
    store.close()
    with pytest.raises(WrongPasswordError):
        entrance.sign_in("chen", "wrong")
    entrance.verify("chen", PASSWORD)
    with entrance.sign_in("chen", PASSWORD) as store:
        keys = store.keys
    with closing(connect(entrance.records, keys.database)) as db:
        told = db.execute("SELECT detail FROM audit WHERE action = 'sign-in-failed'").fetchall()
    assert len(told) == 1


def test_a_seal_is_an_hmac_over_the_seal_before_and_canonical_json() -> None:
    line = (
        7,
        "2026-03-01T09:30:00.000000+00:00",
        "a1",
        'Åsa "K"\n\x01',
        "draft-kept",
        "e1",
        '{"answers":["pain"]}',
    )
    words = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    expected = hmac.digest(KEYS.audit, ("ab" * 32 + words).encode(), "sha256").hex()
    assert audit.Sealer(KEYS.audit).seal("ab" * 32, line) == expected


@pytest.mark.parametrize("typed", ["abcde fghij", "ABCDE-FGHIJ", " abcdefgh1j "])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert typed_code(typed) == "ABCDE-FGHIJ"


def test_a_code_finds_its_note_and_no_other(store: Store) -> None:
    store.save(draft := begin())
    digest = store.sign(signed(draft), NOTE)
    assert [row.id for row in store.notes_with_code(short_code(digest))] == [draft.id]
    assert store.notes_with_code("AAAAA-AAAAA") == ()
