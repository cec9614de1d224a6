"""The commands of the records: a lost computer, a damaged disk, a patient who moves."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from evalassist.cli import BAD_INPUT, DONE, UNFINISHED, main
from evalassist.evaluation import Evaluation, Patient
from evalassist.records.accounts import Account
from evalassist.records.backup import Backups
from evalassist.records.doorstep import CHANGING, RECORDS
from evalassist.records.entrance import Entrance

pytestmark = pytest.mark.usefixtures("quick_passwords")

CHEN = Account("", "chen", "A. Chen", "PT-1", "administrator")


@dataclass
class Desk:
    """A clinic's records with a backup, its paper key and password in files, and what the last command said."""

    folder: Path
    paper: Path
    password: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str | Path) -> tuple[int, str]:
        code = main([str(word) for word in words])
        out, err = self.capsys.readouterr()
        return code, out + err


@pytest.fixture
def desk(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    home.mkdir()
    store, paper = Entrance(home).begin(CHEN, "correct horse")
    with store:
        store.save(
            Evaluation.begin(Patient("Anna Svensson", date(1990, 5, 2), "F"), "right", date(2026, 3, 1))
        )
        Backups(home / RECORDS).make(store.keys.database, "close")
    files = (tmp_path / "paper", tmp_path / "password", tmp_path / "file-password")
    for file, secret in zip(files, (paper, "correct horse", "for the file alone"), strict=True):
        file.write_text(f"{secret}\n")
    return Desk(home, files[0], files[1], capsys)


def test_a_backup_is_restored_with_the_paper_key_or_a_password(desk: Desk, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    shutil.copytree(desk.folder / "backups", stick)
    shutil.rmtree(desk.folder)
    code, said = desk.run("restore", stick, "--to", desk.folder, "--password-file", desk.paper)
    assert (code, "1 patient, 1 evaluation, 0 papers" in said) == (DONE, True), said
    with Entrance(desk.folder).sign_in("chen", "correct horse") as store:
        assert len(store.drafts()) == 1
    code, said = desk.run(
        "restore", stick, "--to", desk.folder, "--account", "chen", "--password-file", desk.password
    )
    assert code == DONE
    assert "What was there before lies in" in said


def test_a_wrong_secret_a_missing_backup_and_nobody_to_ask_are_told(desk: Desk, tmp_path: Path) -> None:
    backups = desk.folder / "backups"
    wrong = tmp_path / "wrong"
    wrong.write_text("not it")
    fresh = tmp_path / "fresh"
    cases: tuple[tuple[list[str | Path], str], ...] = (
        (["restore", backups, "--to", fresh, "--password-file", wrong], "were typed"),
        (["restore", backups, "--to", fresh, "--account", "chen", "--password-file", wrong], "not right"),
        (["restore", tmp_path, "--to", fresh, "--password-file", desk.paper], "There is no backup"),
        (["restore", backups, "--to", fresh, "--password-file", tmp_path / "none"], "could not be read"),
        (
            ["restore", backups, "--to", fresh],
            "Nobody can be asked here (Paper key). Give it in a file: --password-file FILE.",
        ),
    )
    for words, says in cases:
        code, said = desk.run(*words)
        assert (code, says in said) == (BAD_INPUT, True), said
    assert not fresh.exists()


def test_damaged_records_are_salvaged(desk: Desk, tmp_path: Path) -> None:
    records = desk.folder / RECORDS
    code, said = desk.run("salvage", desk.folder, "--to", tmp_path / "new", "--password-file", desk.paper)
    assert (code, "100.00% of the rows" in said) == (DONE, True), said
    with Entrance(tmp_path / "new").sign_in("chen", "correct horse") as store:
        assert len(store.drafts()) == 1
    records.write_bytes(records.read_bytes()[:4096])
    code, said = desk.run("salvage", desk.folder, "--to", tmp_path / "newer", "--password-file", desk.paper)
    assert code in (BAD_INPUT, UNFINISHED)
    assert "not touched" in said


def test_a_patient_is_carried_from_one_clinic_to_another(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    Entrance(other).begin(CHEN, "correct horse")[0].close()
    file = tmp_path / "anna.evalassist-patient"
    signed_in = ("--account", "chen", "--password-file", desk.password)
    secret = ("--file-password", tmp_path / "file-password")
    code, said = desk.run("export-patient", "nobody", "--out", file, *signed_in, *secret)
    assert (code, "No patient fits" in said) == (BAD_INPUT, True)
    assert desk.run("export-patient", "svens", "--out", file, *signed_in, *secret)[0] == DONE
    code, said = desk.run("import-patient", file, "--records", other, *signed_in, *secret)
    assert (code, "with 1 visit." in said) == (DONE, True), said
    with Entrance(other).sign_in("chen", "correct horse") as store:
        assert [row.patient.name for row in store.drafts()] == ["Anna Svensson"]
    code, said = desk.run("import-patient", file, "--records", tmp_path, *signed_in, *secret)
    assert (code, "no records to sign in to" in said) == (BAD_INPUT, True)


def test_who_may_not_take_a_patient_in_and_a_wrong_password_of_the_file_are_told_as_such(
    desk: Desk, tmp_path: Path
) -> None:
    entrance = Entrance(desk.folder)
    with entrance.sign_in("chen", "correct horse") as store:
        entrance.add_account(store, Account("", "lee", "S. Lee", "PT-1", "therapist"), "correct horse")
    file, own = tmp_path / "anna.evalassist-patient", ("--password-file", desk.password)
    secret = ("--file-password", tmp_path / "file-password")
    assert desk.run("export-patient", "svens", "--out", file, "--account", "chen", *own, *secret)[0] == DONE
    code, said = desk.run("import-patient", file, "--account", "chen", *own, "--file-password", desk.paper)
    assert (code, "not the password of the patient's file" in said) == (BAD_INPUT, True), said
    assert "Caps Lock" not in said
    code, said = desk.run("import-patient", file, "--account", "lee", *own)  # nobody is asked the file's
    assert (code, "Only an administrator takes a patient in" in said) == (BAD_INPUT, True), said
    assert "--account" in said


def test_a_therapist_restores_no_backup_from_the_command_line(desk: Desk, tmp_path: Path) -> None:
    entrance = Entrance(desk.folder)
    with entrance.sign_in("chen", "correct horse") as store:
        entrance.add_account(store, Account("", "lee", "S. Lee", "PT-1", "therapist"), "correct horse")
        made = Backups(desk.folder / RECORDS).make(store.keys.database, "close")
    fresh = tmp_path / "fresh"
    words = ("restore", made.file, "--to", fresh, "--password-file", desk.password, "--account")
    code, said = desk.run(*words, "lee")
    assert (code, "Only an administrator" in said) == (BAD_INPUT, True), said
    assert [each.name for each in fresh.iterdir()] == [CHANGING]
    assert desk.run(*words, "chen")[0] == DONE
