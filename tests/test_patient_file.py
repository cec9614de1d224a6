"""One patient travels in an encrypted file, and arrives whole or not at all."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import EvalAssistError, StoreError
from evalassist.evaluation import PRACTICE, Addendum, Evaluation, Patient, Signature
from evalassist.records import audit, migrations, patient_file
from evalassist.records import vault as vaults
from evalassist.records.accounts import Account, Role
from evalassist.records.connection import connect
from evalassist.records.patient_file import PatientFileError, export_patient, import_patient
from evalassist.records.plain import addendum_sha256, sha256_of
from evalassist.records.store import Store
from evalassist.records.triggers import TRIGGERS
from evalassist.records.vault import WrongPasswordError, new_keys
from evalassist.records.verify import OLDER_USES, verify

pytestmark = pytest.mark.usefixtures("quick_passwords")

ANNA = Patient("Anna Svensson", date(1990, 5, 2), "F", record_number="MR-7")
BERT = Patient("Bert Olsen", date(1980, 1, 1), "M")
PASSWORD = "a long enough password"
AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def here(tmp_path: Path, plain_note: str) -> Iterator[Store]:
    """Records with a signed visit of Anna, its addendum and a paper, a draft of hers, and a visit of Bert."""
    with Store(tmp_path / "here.db", new_keys()) as store:
        first = Evaluation.begin(ANNA, "right", date(2026, 3, 1))
        store.save(first)
        store.sign(first.signed_by(Signature("Sam Lee", "PT-1", AT)), plain_note)
        store.add_addendum(first.id, Addendum("Called.", "Sam Lee", AT))
        store.keep_document(first.id, "handout", "en", "a4", b"%PDF Anna", "Sam Lee", "printed")
        store.save(Evaluation.begin(BERT, "left", date(2026, 3, 2)))
        store.save(Evaluation.begin(ANNA, "right", date(2026, 4, 1)).with_answer("nprs-now", 4))
        yield store


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "there.db", new_keys()) as store:
        store.save(Evaluation.begin(BERT, "left", date(2026, 3, 2)))
        yield store


def _changed_inside(file: Path, change: Callable[[sqlite.Connection], object]) -> None:
    """The file as somebody who knows its password makes it by hand."""
    inside = file.with_name(patient_file.ROWS)
    with zipfile.ZipFile(file) as pack:
        vault = pack.read(patient_file.VAULT)
        inside.write_bytes(pack.read(patient_file.ROWS))
    (keys,) = vaults.unlock(vaults.vault_of(vault), patient_file.NAME, PASSWORD)[1]
    with closing(connect(inside, keys.database)) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        change(db)
    with zipfile.ZipFile(file, "w") as pack:
        pack.writestr(patient_file.VAULT, vault)
        pack.write(inside, patient_file.ROWS)


def _behind_the_locks(store: Store, change: str) -> None:
    with closing(connect(store.path, store.keys.database)) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(change)
        for words in TRIGGERS.values():
            db.execute(words)


def test_a_patient_arrives_with_visits_notes_addenda_and_papers(
    here: Store, there: Store, tmp_path: Path, plain_note: str
) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)
    data = file.read_bytes()
    for word in (b"Svensson", b"Olsen", b"MR-7", b"%PDF", b"CREATE TABLE"):
        assert word not in data
    assert import_patient(there, file, PASSWORD) == ANNA.id
    was, now = here.patient_evaluations(ANNA.id), there.patient_evaluations(ANNA.id)
    assert [there.load(row.id) for row in now] == [here.load(row.id) for row in was]
    assert len(now) == 2
    signed = next(row.id for row in now if row.signed_at)
    assert there.note_of(signed) == here.note_of(signed) == plain_note
    (paper,) = there.documents_of_patient(ANNA.id)
    assert there.document_bytes(paper.id) == b"%PDF Anna"
    assert [use.use for use in paper.uses] == ["printed"]
    assert [row.patient.name for row in there.search_patients("mr-7")] == ["Anna Svensson"]
    assert there.recent(1)[0].patient.id == ANNA.id
    assert len(there.search_patients("")) == 2
    assert {each.name for each in tmp_path.iterdir() if "evalassist" in each.name} == {file.name}


def test_the_same_patient_a_second_time_changes_nothing_and_another_content_is_refused(
    here: Store, there: Store, tmp_path: Path
) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)
    import_patient(there, file, PASSWORD)
    import_patient(there, file, PASSWORD)
    assert len(there.patient_evaluations(ANNA.id)) == 2
    draft = next(row.id for row in there.patient_evaluations(ANNA.id) if not row.signed_at)
    there.save(there.load(draft).with_impression("Changed there."))
    with pytest.raises(EvalAssistError, match="hold this patient already"):
        import_patient(there, file, PASSWORD)
    assert there.load(draft).impression == "Changed there."


def test_a_weak_or_wrong_password_a_damaged_file_and_an_unknown_patient_are_refused(
    here: Store, there: Store, tmp_path: Path
) -> None:
    file = tmp_path / "one.evalassist-patient"
    with pytest.raises(EvalAssistError, match="at least 12"):
        export_patient(here, ANNA.id, file, "short")
    for weak, why in (
        ("password2026!", "Choose words"),
        ("abababababababab", "same few"),
        ("MR-7 Svensson", "others know"),
    ):
        with pytest.raises(EvalAssistError, match=why):
            export_patient(here, ANNA.id, file, weak)
    with pytest.raises(StoreError, match="not in the records"):
        export_patient(here, "nobody", file, PASSWORD)
    assert not file.exists()
    export_patient(here, ANNA.id, file, PASSWORD)
    with pytest.raises(WrongPasswordError):
        import_patient(there, file, "another long password")
    whole = file.read_bytes()
    for damaged in (b"", b"nonsense", whole[:-100], whole[: len(whole) // 2]):
        file.write_bytes(damaged)
        with pytest.raises(PatientFileError, match="Nothing was changed"):
            import_patient(there, file, PASSWORD)
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    file.write_bytes(flipped)
    with pytest.raises(PatientFileError):
        import_patient(there, file, PASSWORD)
    with pytest.raises(StoreError, match="could not be read"):
        import_patient(there, tmp_path / "nowhere", PASSWORD)
    assert len(there.recent()) == 1


def test_a_file_of_a_newer_program_is_refused(
    here: Store, there: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.evalassist-patient"
    with monkeypatch.context() as patch:
        patch.setattr(
            migrations, "MIGRATIONS", [*migrations.MIGRATIONS, lambda db: db.execute("CREATE TABLE x (y)")]
        )
        export_patient(here, ANNA.id, file, PASSWORD)
    with pytest.raises(StoreError, match="newer EvalAssist"):
        import_patient(there, file, PASSWORD)


def test_an_import_that_fails_leaves_nothing_behind(here: Store, there: Store, tmp_path: Path) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)
    with closing(connect(there.path, there.keys.database)) as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON document BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(StoreError):
        import_patient(there, file, PASSWORD)
    assert [row.patient.name for row in there.recent()] == ["Bert Olsen"]
    assert there.search_patients("anna") == ()


def test_an_export_that_cannot_be_noted_does_not_happen(here: Store, tmp_path: Path) -> None:
    file = tmp_path / "one.evalassist-patient"
    with closing(connect(here.path, here.keys.database)) as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(StoreError):
        export_patient(here, ANNA.id, file, PASSWORD)
    assert not file.exists()


def test_a_file_that_grows_without_end_is_refused(
    here: Store, there: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, bomb = tmp_path / "one.evalassist-patient", tmp_path / "bomb"
    export_patient(here, ANNA.id, file, PASSWORD)
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in whole.namelist():
            pack.writestr(name, whole.read(name))
    with pytest.raises(PatientFileError):
        import_patient(there, bomb, PASSWORD)
    monkeypatch.setattr(patient_file, "MOST_BYTES", 50_000)
    for refused in (
        lambda: import_patient(there, file, PASSWORD),
        lambda: export_patient(here, ANNA.id, tmp_path / "two", PASSWORD),
    ):
        with pytest.raises(EvalAssistError, match="MB at most"):
            refused()
    assert len(there.recent()) == 1


@pytest.mark.parametrize(("at", "flag"), [(8, 0x01), (8, 0x20), (6, 99)], ids=["sealed", "patched", "newer"])
def test_a_package_of_another_kind_is_told_in_words(
    here: Store, there: Store, tmp_path: Path, at: int, flag: int
) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)
    packed = bytearray(file.read_bytes())
    packed[packed.find(b"PK\x01\x02") + at] |= flag
    file.write_bytes(packed)
    with pytest.raises(PatientFileError):
        import_patient(there, file, PASSWORD)


def test_names_from_outside_are_never_part_of_what_the_database_is_told(
    here: Store, there: Store, tmp_path: Path
) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)
    with zipfile.ZipFile(file) as pack:
        vault, rows = pack.read(patient_file.VAULT), pack.read(patient_file.ROWS)
    (keys,) = vaults.unlock(vaults.vault_of(vault), patient_file.NAME, PASSWORD)[1]
    inside = tmp_path / patient_file.ROWS
    inside.write_bytes(rows)
    with closing(connect(inside, keys.database)) as db:
        db.execute("""ALTER TABLE patient ADD COLUMN "x"") VALUES (1) --" TEXT""")
        db.execute("""CREATE TABLE "a""b" (x)""")
    with zipfile.ZipFile(file, "w") as pack:
        pack.writestr(patient_file.VAULT, vault)
        pack.write(inside, patient_file.ROWS)
    import_patient(there, file, PASSWORD)
    assert there.patient(ANNA.id) == ANNA


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE evaluation SET note = '{\"note\": 2}' WHERE note IS NOT NULL",
        "UPDATE evaluation SET visit_date = '2026-99-99'",
        "UPDATE evaluation SET answers = '[]'",
        "UPDATE evaluation SET opinions = 'no json'",
        "UPDATE evaluation SET plan_edits = '[{\"x\": 1}]'",
        "UPDATE evaluation SET signed_at = 'once' WHERE note IS NOT NULL",
        "UPDATE patient SET birth_date = 'long ago'",
        "UPDATE addendum SET text = 'forged'",
        "UPDATE addendum SET written_at = 'once'",
        "UPDATE document SET pdf = x'00'",
        "UPDATE document SET kept_at = 'once'",
        "UPDATE document_use SET used_at = 'once'",
        *(
            f"UPDATE {where} = 'unheard of'"
            for where in (
                *("patient SET sex", "evaluation SET kind", "evaluation SET sore_knee", "addendum SET kind"),
                *("document SET language", "document SET paper", "document_use SET use"),
            )
        ),
    ],
)
def test_a_patient_with_a_forged_seal_or_an_unreadable_date_is_refused_whole(
    here: Store, there: Store, tmp_path: Path, change: str
) -> None:
    with closing(connect(here.path, here.keys.database)) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(change)
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)
    before = there.head()
    with pytest.raises(PatientFileError, match="Nothing of it was taken in"):
        import_patient(there, file, PASSWORD)
    assert [row.patient.name for row in there.recent()] == ["Bert Olsen"]
    assert there.head() == before


@pytest.mark.parametrize(
    "answer",
    [
        *('{"strength": {"trials": ["a"]}}', '{"strength": {"pain": "much"}}'),
        *('{"strength": {"lever_arm_m": [1]}}', '{"strength": {"discarded": [["a", "N", "slipped"]]}}'),
        '{"quantity": ["far", "cm"]}',
    ],
)
def test_a_draft_whose_number_is_none_and_that_could_not_be_opened_is_refused(
    here: Store, there: Store, tmp_path: Path, answer: str
) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)
    answers = f'{{"habd.right": {answer}}}'
    change = "UPDATE evaluation SET answers = ? WHERE note IS NULL"
    _changed_inside(file, lambda db: db.execute(change, (answers,)))
    with pytest.raises(PatientFileError, match="a date, a number, an answer or a seal"):
        import_patient(there, file, PASSWORD)


@pytest.mark.parametrize("note", ["x", "{}"])
def test_a_signed_note_that_is_none_is_refused_also_where_its_seal_fits(
    here: Store, there: Store, tmp_path: Path, note: str
) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)

    def change(db: sqlite.Connection) -> None:
        db.execute("DELETE FROM addendum")  # sealed with the note
        sealed = "UPDATE evaluation SET note = ?, note_sha256 = ? WHERE note IS NOT NULL"
        db.execute(sealed, (note, sha256_of(note)))

    _changed_inside(file, change)
    with pytest.raises(PatientFileError, match="cannot be read"):
        import_patient(there, file, PASSWORD)


def test_only_an_administrator_takes_a_patient_in(here: Store, there: Store, tmp_path: Path) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)
    roles: tuple[Role, ...] = ("therapist", "student")
    for role in roles:
        there.account = Account("lee", "lee", "S. Lee", "PT-1", role)
        with pytest.raises(EvalAssistError, match="Only an administrator"):
            import_patient(there, file, PASSWORD)
    assert len(there.recent()) == 1
    there.account = Account("chen", "chen", "A. Chen", "", "administrator")
    import_patient(there, file, PASSWORD)
    assert len(there.recent()) == 3


def test_the_trail_vouches_for_an_imported_note_and_knows_when_it_was_exchanged(
    here: Store, there: Store, tmp_path: Path
) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)
    import_patient(there, file, PASSWORD)
    found = verify(there.path, there.keys, {})
    assert (found.faults, found.not_checked, found.counts["signed notes"]) == ([], [], 1)
    with closing(connect(there.path, there.keys.database)) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(
            "UPDATE evaluation SET note = '{}', note_sha256 = ? WHERE note IS NOT NULL", (sha256_of("{}"),)
        )
        for words in TRIGGERS.values():
            db.execute(words)
    assert any("was exchanged" in fault for fault in verify(there.path, there.keys, {}).faults)


@pytest.mark.parametrize(
    ("table", "told"), [("addendum", "Addendum 1 of evaluation"), ("document", "A kept paper")]
)
def test_the_trail_knows_when_what_came_in_below_an_imported_note_is_gone(
    here: Store, there: Store, tmp_path: Path, table: str, told: str
) -> None:
    """A page of an older copy of the file, put back without a password, takes it away."""
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)
    import_patient(there, file, PASSWORD)
    with closing(connect(there.path, there.keys.database)) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        if table == "document":
            db.execute("DELETE FROM document_use")
        db.execute(f"DELETE FROM {table}")
        for words in TRIGGERS.values():
            db.execute(words)
    (fault,) = verify(there.path, there.keys, {}).faults
    assert fault.startswith(told)
    assert fault.endswith("is missing.")


@pytest.mark.parametrize("table", ["addendum", "document"])
def test_a_file_that_calls_ids_alike_puts_nothing_into_the_note_of_another_patient(
    here: Store, there: Store, tmp_path: Path, table: str
) -> None:
    first = Evaluation.begin(BERT, "left", date(2026, 3, 2))
    there.save(first)
    there.sign(first.signed_by(Signature("Sam Lee", "PT-1", AT)), '{"note": 2}')
    file, inside = tmp_path / "one.evalassist-patient", tmp_path / patient_file.ROWS
    export_patient(here, ANNA.id, file, PASSWORD)
    with zipfile.ZipFile(file) as pack:
        vault, rows = pack.read(patient_file.VAULT), pack.read(patient_file.ROWS)
    (keys,) = vaults.unlock(vaults.vault_of(vault), patient_file.NAME, PASSWORD)[1]
    inside.write_bytes(rows)
    with closing(connect(inside, keys.database)) as db:
        db.execute("PRAGMA legacy_alter_table = ON")
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        (words,) = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        db.execute(f"ALTER TABLE {table} RENAME TO former")
        words = words.replace("REFERENCES evaluation (id) ON DELETE RESTRICT", "COLLATE NOCASE")
        db.execute(words)
        db.execute(f"INSERT INTO {table} SELECT * FROM former")
        db.execute("DROP TABLE former")
        db.execute("UPDATE evaluation SET id = ? WHERE note IS NOT NULL", (first.id.upper(),))
        for each in ("addendum", "document"):
            belongs = first.id if each == table else first.id.upper()
            db.execute(f"UPDATE {each} SET evaluation_id = ?", (belongs,))
    with zipfile.ZipFile(file, "w") as pack:
        pack.writestr(patient_file.VAULT, vault)
        pack.write(inside, patient_file.ROWS)
    with pytest.raises(PatientFileError):
        import_patient(there, file, PASSWORD)
    assert there.load(first.id).addenda == ()
    assert there.documents(first.id) == ()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE patient SET name = x'00ff'",
        "UPDATE patient SET record_number = x'00ff'",
        "UPDATE evaluation SET impression = x'00ff'",
        "UPDATE document SET kind = '../Anna Svensson'",
        "UPDATE document SET kept_by = x'00ff'",
        "UPDATE document SET pdf = 'words'",
        "UPDATE episode SET begun_on = 'once'",
        "UPDATE evaluation SET version = 'many'",
        "UPDATE evaluation SET updated_at = '0001-01-01T00:00:00+00:00'",
        "UPDATE document SET kept_at = '9999-12-31T23:59:59-12:00'",
        "UPDATE patient SET name = printf('%.*c', 1000000, 'x')",
        "ALTER TABLE patient DROP COLUMN sex",
    ],
)
def test_a_patient_whose_name_is_no_words_never_comes_onto_the_pages_of_all_patients(
    here: Store, there: Store, tmp_path: Path, change: str
) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)
    _changed_inside(file, lambda db: db.execute(change))
    with pytest.raises(PatientFileError):
        import_patient(there, file, PASSWORD)
    assert [row.patient.name for row in there.recent()] == ["Bert Olsen"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE document SET kept_at = '2026-03-01T09:30Z'",
        "UPDATE evaluation SET updated_at = '2026-03-01T09:30:00.000000+05:00'",
        "UPDATE patient SET birth_date = '19900502'",
        "UPDATE evaluation SET student = 2",
        "UPDATE addendum SET number = 9223372036854775807",
        "UPDATE document_use SET number = 9223372036854775807",
        "UPDATE document_use SET number = 0",
        "UPDATE evaluation SET visit_date = '9999-12-31' WHERE note IS NULL",
        "UPDATE evaluation SET visit_date = '0001-01-01' WHERE note IS NULL",
        "UPDATE episode SET begun_on = '9999-12-31'",
        """UPDATE evaluation SET answers = '{"nprs-now": 1e400}' WHERE note IS NULL""",
        f"""UPDATE evaluation SET answers = '{{"nprs-now": {"9" * 400}}}' WHERE note IS NULL""",
    ],
)
def test_what_is_written_otherwise_than_ours_is_refused_before_verify_tells_it_or_nothing_can_follow_it(
    here: Store, there: Store, tmp_path: Path, change: str
) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)
    _changed_inside(file, lambda db: db.execute(change))
    with pytest.raises(PatientFileError, match="a date, a number, an answer or a seal"):
        import_patient(there, file, PASSWORD)


@pytest.mark.parametrize("new", ["Anna Svensson, 1990\nFAULT: x", "", "x" * 65, "a/b"])
@pytest.mark.parametrize(
    "uses",
    [
        {"patient": "id", "episode": "patient_id", "patient_word": "patient_id"},
        {"episode": "id", "evaluation": "episode_id"},
        {"document": "id", "document_use": "document_id"},
    ],
)
def test_an_id_that_is_none_of_ours_comes_neither_into_the_log_nor_into_the_audit_trail(
    here: Store, there: Store, tmp_path: Path, new: str, uses: dict[str, str]
) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)

    def change(db: sqlite.Connection) -> None:
        db.execute("PRAGMA foreign_keys = OFF")
        (one,) = db.execute(f"SELECT id FROM {next(iter(uses))}").fetchone()
        for table, column in uses.items():
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, one))

    _changed_inside(file, change)
    with pytest.raises(PatientFileError, match="Nothing of it was taken in"):
        import_patient(there, file, PASSWORD)


@pytest.mark.parametrize("meaning", ["patient", "account"])
def test_an_id_that_means_something_else_here_is_refused_so_that_the_trail_names_nobody_else(
    here: Store, there: Store, tmp_path: Path, meaning: str
) -> None:
    if meaning == "account":
        taken = "0123456789ab"
        there.keep_account(Account(taken, "lee", "S. Lee", "", "student"))
    else:
        taken = BERT.id
        there.save(Evaluation.begin(BERT, "left", date(2026, 3, 2)))
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)

    def change(db: sqlite.Connection) -> None:
        db.execute("PRAGMA foreign_keys = OFF")
        (one,) = db.execute("SELECT id FROM evaluation WHERE note IS NULL").fetchone()
        for table, column in (("evaluation", "id"), ("document", "evaluation_id")):
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (taken, one))

    _changed_inside(file, change)
    with pytest.raises(PatientFileError, match="Nothing of it was taken in"):
        import_patient(there, file, PASSWORD)


def test_the_practice_patient_comes_into_no_records(here: Store, there: Store, tmp_path: Path) -> None:
    """Each page and paper of that id says that it is for practice."""
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)

    def change(db: sqlite.Connection) -> None:
        db.execute("PRAGMA foreign_keys = OFF")
        (signed,) = db.execute("SELECT id FROM evaluation WHERE note IS NOT NULL").fetchone()
        db.execute("UPDATE evaluation SET id = ? WHERE id = ?", (PRACTICE, signed))
        for table in ("addendum", "document"):
            db.execute(f"UPDATE {table} SET evaluation_id = ?", (PRACTICE,))

    _changed_inside(file, change)
    with pytest.raises(PatientFileError, match="holds the practice patient"):
        import_patient(there, file, PASSWORD)


def test_what_a_file_says_of_the_search_and_of_the_count_of_saves_does_not_count_here(
    here: Store, there: Store, tmp_path: Path
) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)

    def change(db: sqlite.Connection) -> None:
        db.execute("INSERT INTO patient_word SELECT 'olsen', id FROM patient")
        db.execute("UPDATE patient SET name_key = 'olsen bert'")
        db.execute("UPDATE evaluation SET version = ?", (2**63 - 1,))

    _changed_inside(file, change)
    import_patient(there, file, PASSWORD)
    assert [row.patient.name for row in there.search_patients("olsen")] == ["Bert Olsen"]
    draft = there.load(next(row.id for row in there.drafts() if row.patient.id == ANNA.id))
    there.save(draft.with_answer("nprs-now", 5))
    there.save(draft.with_answer("nprs-now", 6))
    assert there.load(draft.id).answers["nprs-now"] == 6


def test_a_patient_without_visits_and_with_an_unreadable_birth_date_is_refused(
    here: Store, there: Store, tmp_path: Path
) -> None:
    file = tmp_path / "one.evalassist-patient"
    export_patient(here, ANNA.id, file, PASSWORD)

    def change(db: sqlite.Connection) -> None:
        for table in ("document_use", "document", "addendum", "evaluation", "episode"):
            db.execute(f"DELETE FROM {table}")
        db.execute("UPDATE patient SET birth_date = 'long ago'")

    _changed_inside(file, change)
    with pytest.raises(PatientFileError):
        import_patient(there, file, PASSWORD)
    assert there.search_patients("anna") == ()


def test_what_is_put_below_a_patient_who_was_taken_in_is_told_by_verify(
    here: Store, there: Store, tmp_path: Path
) -> None:
    """Whatever day it bears: the line of the import says what came."""
    file = tmp_path / f"anna{patient_file.ENDING}"
    export_patient(here, ANNA.id, file, PASSWORD)
    import_patient(there, file, PASSWORD)
    assert verify(there.path, there.keys, {}).faults == []
    with closing(connect(there.path, there.keys.database)) as db:
        evaluation_id, number, before = db.execute(
            "SELECT evaluation_id, number, sha256 FROM addendum ORDER BY number DESC"
        ).fetchone()
        forged = Addendum("not her", "S. Lee", datetime(2026, 3, 2, tzinfo=UTC), "entered-in-error", "PT-1")
        db.execute(
            "INSERT INTO addendum (evaluation_id, number, text, clinician, written_at, sha256, kind, licence)"
            " VALUES (?, ?, ?, ?, '2026-03-02T00:00:00.000000+00:00', ?, ?, 'PT-1')",
            (
                evaluation_id,
                number + 1,
                forged.text,
                forged.clinician,
                addendum_sha256(before, forged),
                forged.kind,
            ),
        )
        db.execute(
            "INSERT INTO document SELECT 'forged', evaluation_id, kind, language, paper, content_sha256,"
            " '2026-03-02T00:00:00.000000+00:00', kept_by, sha256, pdf FROM document LIMIT 1"
        )
    faults = verify(there.path, there.keys, {}).faults
    assert [fault.partition(" ")[0] for fault in faults if "not known" in fault] == ["Addendum", "A"]


ADDED = "INSERT INTO document_use SELECT document_id, 9, use, used_at, used_by FROM document_use LIMIT 1"


@pytest.mark.parametrize(
    "change",
    [ADDED, "UPDATE document_use SET used_by = 'S. Lee' WHERE number = 1", "DELETE FROM document_use"],
)
def test_how_a_paper_that_came_in_was_given_out_is_told_by_verify_when_it_was_changed(
    here: Store, there: Store, tmp_path: Path, change: str
) -> None:
    file = tmp_path / f"anna{patient_file.ENDING}"
    export_patient(here, ANNA.id, file, PASSWORD)
    import_patient(there, file, PASSWORD)
    (paper,) = there.documents_of_patient(ANNA.id)
    there.note_use(paper.id, "saved", "Bo Ek")
    found = verify(there.path, there.keys, {})
    assert (found.faults, found.not_checked) == ([], [])
    _behind_the_locks(there, change)
    (fault,) = verify(there.path, there.keys, {}).faults
    assert fault == f"When a kept paper ({paper.id}) was printed or saved is not what the audit trail knows."


def test_how_papers_were_given_out_before_a_line_said_so_is_not_checked_and_no_fault(
    here: Store, there: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append: Callable[..., audit.Written] = audit.append

    def append_as_before(*told: Any, **more: Any) -> audit.Written:
        papers = [paper[:3] for paper in told[-1].get("documents", ())]
        return append(*told[:-1], told[-1] | ({"documents": papers} if papers else {}), **more)

    file = tmp_path / f"anna{patient_file.ENDING}"
    export_patient(here, ANNA.id, file, PASSWORD)
    monkeypatch.setattr(audit, "append", append_as_before)
    import_patient(there, file, PASSWORD)
    _behind_the_locks(there, ADDED)
    found = verify(there.path, there.keys, {})
    assert (found.faults, found.not_checked) == ([], [OLDER_USES.format(1)])


@pytest.mark.parametrize("came", [True, False])
def test_a_paper_below_a_draft_that_came_in_is_told_when_it_is_given_to_another_patient(
    here: Store, there: Store, tmp_path: Path, came: bool
) -> None:
    file = tmp_path / f"anna{patient_file.ENDING}"
    (draft,) = (row for row in here.patient_evaluations(ANNA.id) if row.is_draft)
    if came:
        here.keep_document(draft.id, "handout", "en", "a4", b"%PDF draft", "Sam Lee")
    export_patient(here, ANNA.id, file, PASSWORD)
    import_patient(there, file, PASSWORD)
    if not came:
        there.keep_document(draft.id, "handout", "en", "a4", b"%PDF draft", "Sam Lee")
    assert verify(there.path, there.keys, {}).faults == []
    (bert,) = there.patient_evaluations(BERT.id)
    with closing(connect(there.path, there.keys.database)) as db:  # no lock keeps a draft where it is
        db.execute("UPDATE evaluation SET episode_id = ? WHERE id = ?", (bert.episode_id, draft.id))
    (fault,) = verify(there.path, there.keys, {}).faults
    assert fault.startswith("A kept paper (handout, ")
    assert fault.endswith("was given to another patient.")


def test_a_note_that_is_put_below_a_patient_who_was_taken_in_is_told_whatever_day_it_bears(
    here: Store, there: Store, tmp_path: Path
) -> None:
    file = tmp_path / f"anna{patient_file.ENDING}"
    export_patient(here, ANNA.id, file, PASSWORD)
    import_patient(there, file, PASSWORD)
    long_ago = "2020-01-01T00:00:00.000000+00:00"
    with closing(connect(there.path, there.keys.database)) as db:
        names = [name for _, name, *_ in db.execute("PRAGMA table_info(evaluation)")]
        forged = {"id": "'forged'", "signed_at": f"'{long_ago}'", "updated_at": f"'{long_ago}'"}
        columns, values = ", ".join(names), ", ".join(forged.get(name, name) for name in names)
        db.execute(
            f"INSERT INTO evaluation ({columns}) SELECT {values} FROM evaluation WHERE note IS NOT NULL"
        )
    (fault,) = verify(there.path, there.keys, {}).faults
    assert "evaluation forged" in fault
    assert fault.endswith("knows neither its signature nor its import.")
