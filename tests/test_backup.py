"""Backups count only when they are whole, and what they hold comes back."""

from __future__ import annotations

import ctypes
import errno
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import namedtuple
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from planted import ANYTHING, NO_FILE, PIPE, plant

from evalassist.errors import StoreError
from evalassist.files import write_whole
from evalassist.records import backup as backup_module
from evalassist.records import database, disk, drill, migrations
from evalassist.records import restore as restoring
from evalassist.records import vault as vaults
from evalassist.records.accounts import Account
from evalassist.records.backup import BackupError, Backups, GivenUpError, backups_in, kept_numbers
from evalassist.records.connection import COMPANIONS, connect
from evalassist.records.disk import is_network, mounted_kind
from evalassist.records.doorstep import CHANGING, RECORDS
from evalassist.records.entrance import Entrance
from evalassist.records.integrity import fault_of, sha256_of_file, sums_of
from evalassist.records.restore import NotRestoredError, chosen_backup, restore
from evalassist.records.store import Store
from evalassist.records.vault import Keys, WrongPaperKeyError, new_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Clinic


def held(file: Path, keys: Keys) -> dict[str, str]:
    with closing(connect(file, keys.database, mode="ro")) as db:
        return sums_of(db)


def damage(file: Path, at: int | None = None) -> None:
    data = bytearray(file.read_bytes())
    at = len(data) // 2 if at is None else at
    data[at] ^= 1
    file.write_bytes(data)


# ------------------------------------------------------------ making


def test_a_backup_holds_what_the_records_hold_and_says_so(clinic: Clinic) -> None:
    made = clinic.back_up()
    assert clinic.backups.all() == (made,)
    assert held(made.file, clinic.keys) == held(clinic.records, clinic.keys)
    assert fault_of(made.file, clinic.keys.database) == ""
    manifest = made.manifest
    assert (manifest.number, manifest.kind) == (1, "asked")
    assert manifest.held.counts["evaluation"] == 1
    assert manifest.held.version == len(migrations.MIGRATIONS)
    assert manifest.sha256 == sha256_of_file(made.file)
    assert manifest.vault_sha256 == sha256_of_file(clinic.folder / vaults.FILE_NAME)
    assert made.vault_file.read_bytes() == (clinic.folder / vaults.FILE_NAME).read_bytes()
    for file in clinic.backups.folder.iterdir():
        assert file.stat().st_mode & 0o077 == 0
        assert b"Svensson" not in file.read_bytes()
    assert len(list(clinic.backups.folder.iterdir())) == 3


@pytest.mark.parametrize(
    "moment",
    [
        *("soon", "2026-03-01T09:00:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00"),
        *("1969-07-20T20:17:00+00:00", "3001-01-01T00:00:00+00:00"),
    ],
)
def test_a_manifest_without_a_moment_hides_its_backup_and_nothing_else(clinic: Clinic, moment: str) -> None:
    """Whoever can write into the folder of the backups must not stop all of them."""
    made = clinic.back_up()
    planted = made.file.with_name(made.file.name.replace("-000001-", "-000009-"))
    shutil.copyfile(made.file, planted)
    manifest = made.manifest_file.read_text()
    planted.with_suffix(".json").write_text(manifest.replace(made.manifest.made_at, moment))
    clinic.backups._drill_file.write_text(f'{{"at": "{moment}", "number": 1}}')
    assert clinic.backups.all() == (made,)
    assert clinic.backups.drill() is None
    clinic.save()
    assert drill.keep_up(clinic.backups, clinic.keys, "working") == drill.Told()
    assert len(clinic.backups.all()) == 2


def test_a_manifest_that_would_fill_the_memory_hides_its_backup_and_nothing_else(clinic: Clinic) -> None:
    made = clinic.back_up()
    planted = made.file.with_name(made.file.name.replace("-000001-", "-000009-"))
    shutil.copyfile(made.file, planted)
    endless = made.manifest_file.read_text() + " " * 2**20
    planted.with_suffix(".json").write_text(endless)
    clinic.backups._drill_file.write_text('{"at": "2026-03-01T09:00:00+00:00", "number": 1}' + " " * 2**20)
    assert clinic.backups.all() == (made,)
    assert clinic.backups.drill() is None


@pytest.mark.parametrize("number", ["999999999", "9" * 220])
def test_a_file_with_the_highest_number_stops_no_backup(clinic: Clinic, number: str) -> None:
    made = clinic.back_up()
    (clinic.backups.folder / made.file.name.replace("-000001-", f"-{number}-")).touch()
    for _ in range(3):
        clinic.save()
        assert drill.keep_up(clinic.backups, clinic.keys, "working") == drill.Told()
    assert len(clinic.backups.all()) == 4


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such files in a folder")
@pytest.mark.parametrize("lying", ["a link to nothing", "a pipe"])
def test_what_is_no_file_among_the_backups_stops_none(clinic: Clinic, lying: str) -> None:
    made = clinic.back_up()
    planted = made.file.with_name(made.file.name.replace("-000001-", "-000009-"))
    if lying == "a pipe":
        planted.touch()
        os.mkfifo(planted.with_suffix(".json"))
    else:
        planted.symlink_to(planted.with_suffix(".gone"))
        shutil.copyfile(made.manifest_file, planted.with_suffix(".json"))
    clinic.save()
    assert drill.keep_up(clinic.backups, clinic.keys, "working") == drill.Told()
    assert len(clinic.backups.all()) == 2


@pytest.mark.parametrize("what", ANYTHING)
def test_what_another_program_puts_in_the_place_of_the_vault_is_told_as_a_backup_that_failed(
    clinic: Clinic, what: str
) -> None:
    """Without its vault nobody opens a backup; and the thread that makes it is waited for at the end of work."""
    plant(clinic.folder / vaults.FILE_NAME, what)
    told = drill.keep_up(clinic.backups, clinic.keys, "working")
    assert told.short == "No backup yet"
    assert "evalassist.vault, which opens the records, cannot be read" in told.full
    assert drill.at_the_start(clinic.backups) == drill.Told("The backups cannot be read", told.full)
    assert backups_in(clinic.backups.folder) == ()


@pytest.mark.parametrize("what", [*PIPE, "a file without end", "a disk that is gone"])
def test_backups_that_cannot_be_looked_at_are_told_at_the_start(clinic: Clinic, what: str) -> None:
    """Who signs in again would read nothing where it said "No backup yet" before."""
    backups = clinic.backups
    assert drill.at_the_start(backups) == drill.Told()
    if what == "a disk that is gone":
        backups = Backups(clinic.records, clinic.folder / "disk" / "backups")
    else:
        plant(backups.folder, what)
    assert drill.at_the_start(backups).short == "The backups cannot be read"
    assert f"in {backups.folder}: " in drill.at_the_start(backups).full


def test_backups_are_numbered_whatever_the_clock_says(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        days = 0

        @classmethod
        def now(cls, _zone: Any = None) -> Any:
            return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=cls.days)

    monkeypatch.setattr(backup_module, "datetime", Clock)
    for days in (0, 900, -400):
        Clock.days = days
        clinic.back_up()
    assert [each.manifest.number for each in clinic.backups.all()] == [3, 2, 1]
    assert [each.file.stem[-10:] for each in clinic.backups.all()] == [
        "2025-01-25",
        "2028-08-17",
        "2026-03-01",
    ]


def test_a_backup_is_made_only_when_something_changed(clinic: Clinic) -> None:
    def look() -> list[int]:
        assert drill.keep_up(clinic.backups, clinic.keys, "working") == drill.Told()
        return [each.manifest.number for each in clinic.backups.all()]

    draft = clinic.save()
    assert look() == [1]
    assert look() == [1]
    clinic.store.save(draft.with_impression("a word"))
    assert look() == [2, 1]
    clinic.store.discard_draft(draft.id)
    assert look() == [3, 2, 1]


def test_saving_goes_on_while_backups_are_made_and_none_is_half_of_two_moments(clinic: Clinic) -> None:
    draft = clinic.save()
    over, saved, faults = threading.Event(), [0], []

    def save_on_and_on() -> None:
        evaluation = draft
        try:
            while not over.is_set():
                evaluation = evaluation.with_answers({"one": saved[0] + 1, "two": saved[0] + 1})
                clinic.store.save(evaluation)
                saved[0] += 1
        except Exception as fault:
            faults.append(fault)

    clinic.save("x" * 3_000_000)
    thread = threading.Thread(target=save_on_and_on)
    thread.start()
    try:
        for _ in range(4):
            before = saved[0]
            made = clinic.back_up()
            with Store(made.file, clinic.keys) as copy:
                answers = copy.load(draft.id).answers
            assert answers.get("one") == answers.get("two")
            assert int(str(answers.get("one", 0))) >= before
    finally:
        over.set()
        thread.join()
    assert faults == []
    assert saved[0] > 20


KILLED_IN_A_BACKUP = """
import os, random, signal, sys, time
from datetime import date
from pathlib import Path
from evalassist.evaluation import Evaluation, Patient
from evalassist.records.backup import Backups
from evalassist.records.vault import Keys

records, key, kills = Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), int(sys.argv[3])
random.seed(6)
for _ in range(kills):
    child = os.fork()
    if child == 0:
        while True:
            Backups(records).make(key, "working")
            os.write(1, b".")
    time.sleep(random.random() * 0.12)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.write(1, b"k")
"""


def test_no_unfinished_backup_is_ever_listed_after_thirty_kills(clinic: Clinic) -> None:
    clinic.save("x" * 200_000)
    run = subprocess.run(
        [sys.executable, "-c", KILLED_IN_A_BACKUP, str(clinic.records), clinic.keys.database.hex(), "30"],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        check=True,
    )
    assert run.stdout.count(b"k") == 30
    left = list(clinic.backups.folder.glob("*.part"))
    assert left, "no kill fell into a backup"
    whole = held(clinic.records, clinic.keys)
    for each in clinic.backups.all():
        assert sha256_of_file(each.file) == each.manifest.sha256
        assert sha256_of_file(each.vault_file) == each.manifest.vault_sha256
        assert held(each.file, clinic.keys) == whole
    last = clinic.back_up()
    assert last.manifest.number > run.stdout.count(b".")
    clinic.backups.tidy()
    stems = {each.file.stem for each in clinic.backups.all()}
    assert {file.stem for file in clinic.backups.folder.iterdir()} == stems
    assert fault_of(clinic.records, clinic.keys.database) == ""


def test_a_full_disk_is_told_and_nothing_is_lost(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    former = clinic.back_up()
    draft = clinic.save("later")

    def refused(words: str) -> None:
        with pytest.raises(BackupError, match=words) as caught:
            clinic.back_up()
        assert "records were not changed" in caught.value.message
        told = drill.keep_up(clinic.backups, clinic.keys, "working")
        assert told.short.startswith("No backup since ")
        assert told.full == caught.value.message
        assert clinic.backups.all() == (former,)
        assert list(clinic.backups.folder.glob("*.part")) == []
        assert clinic.store.load(draft.id) == draft

    usage = namedtuple("usage", "total used free")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: usage(100, 90, 10))
        refused("nearly full")

    def small(path: Path, key: bytes, **more: Any) -> Any:
        db = connect(path, key, **more)
        if path.suffix == ".part":
            db.execute("PRAGMA max_page_count = 10")
        return db

    with monkeypatch.context() as patch:
        patch.setattr(backup_module, "connect", small)
        refused("its disk is full")

    def no_room(file: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(backup_module, "write_whole", no_room)
        refused("its disk is full")
    clinic.back_up()
    assert len(clinic.backups.all()) == 2


def test_a_folder_that_is_gone_or_closed_is_told(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    gone = Backups(clinic.records, tmp_path / "file" / "backups")
    told = drill.keep_up(gone, clinic.keys, "working")
    assert told.short == "No backup yet"
    assert "choose another folder" in told.full


def test_a_backup_that_does_not_pass_its_check_is_removed(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flips(path: Path, key: bytes) -> str:
        damage(path)
        return fault_of(path, key)

    monkeypatch.setattr(backup_module, "fault_of", flips)
    with pytest.raises(BackupError, match="did not pass its check"):
        clinic.back_up()
    assert list(clinic.backups.folder.iterdir()) == []


def test_damaged_records_are_not_called_backed_up(clinic: Clinic) -> None:
    clinic.save("x" * 200_000)
    clinic.store.close()
    damage(clinic.records)
    with pytest.raises(StoreError, match="damaged"):
        clinic.back_up()
    assert clinic.backups.all() == ()


def test_a_backup_is_given_up_when_the_records_are_locked(clinic: Clinic) -> None:
    with pytest.raises(GivenUpError):
        clinic.backups.make(clinic.keys.database, "working", lambda: True)
    assert drill.keep_up(clinic.backups, clinic.keys, "working", lambda: True) == drill.Told()
    assert list(clinic.backups.folder.iterdir()) == []


@pytest.mark.parametrize("what", ["a new password", "a new account"])
@pytest.mark.parametrize("moment", ["_copied", "fault_of"])
def test_a_backup_that_is_made_while_keys_or_accounts_change_opens_or_is_none(
    tmp_path: Path, quick_passwords: None, monkeypatch: pytest.MonkeyPatch, what: str, moment: str
) -> None:
    """The copy of the records and the vault beside it are of one moment: else nobody could ever open it."""
    entrance = Entrance(tmp_path)
    store, _ = entrance.begin(Account("", "chen", "A. Chen", "PT-1", "administrator"), "correct horse")
    where: Any = Backups if moment == "_copied" else backup_module
    really = getattr(where, moment)

    def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr(where, moment, really)
        if what == "a new password":
            entrance.change_password(store, store.account.id, "battery staple")
        else:
            lee = Account("", "lee", "S. Lee", "PT-2", "therapist")
            entrance.add_account(store, lee, "battery staple")
        return really(*given)

    backups = Backups(tmp_path / RECORDS)
    monkeypatch.setattr(where, moment, meanwhile)
    with store, suppress(GivenUpError):
        backups.make(store.keys.database, "working")
    for each in backups.all():
        backup = chosen_backup(each.file)
        back = tmp_path / "back"
        back.mkdir()
        restore(backup, backup.keys_by_password("chen", "correct horse"), back)
        Entrance(back).sign_in("chen", "correct horse").close()
        for slot in backup.vault.slots:
            if slot.name == "lee":
                Entrance(back).sign_in("lee", "battery staple").close()


def test_two_clinics_share_a_folder_of_backups(clinic: Clinic, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    Backups(clinic.records, shared).make(clinic.keys.database, "asked")
    other = tmp_path / "other"
    other.mkdir()
    keys = new_keys()
    vaults.write_vault(vaults.new_vault(), other / vaults.FILE_NAME)
    Store(other / RECORDS, keys).close()
    Backups(other / RECORDS, shared).make(keys.database, "asked")
    assert len(backups_in(shared)) == 2
    assert [each.manifest.number for each in Backups(other / RECORDS, shared).all()] == [1]


# ------------------------------------------------------------ thinning out

DAY = date(2026, 11, 26)  # a Thursday


@pytest.mark.parametrize(
    ("made", "stays"),
    [
        ([], []),
        ([(1, DAY)], [1]),
        ([(number, DAY) for number in range(1, 31)], range(23, 31)),  # the newest eight of one day
        (  # a day older each: eight newest, in all 12 days, then one a week and one a month
            [(800 - days, DAY - timedelta(days=days)) for days in range(800)],
            [
                800 - days
                for days in (*range(12), *range(18, 82, 7), 87, 118, 149, 179, 210, 240, 271, 299, 330)
            ],
        ),
        (  # a clock that was wrong by 900 days does not push newer ones out
            [(1, DAY + timedelta(days=900)), *((number, DAY) for number in range(2, 12))],
            [1, *range(4, 12)],
        ),
        ([(1, DAY - timedelta(days=400)), (2, DAY)], [1, 2]),  # work after a long pause
    ],
)
def test_backups_are_thinned_out_as_they_age(made: list[tuple[int, date]], stays: Any) -> None:
    assert sorted(kept_numbers(made)) == sorted(stays)


def test_the_newest_always_stays() -> None:
    random.seed(1)
    for _ in range(300):
        made = [(number, DAY + timedelta(days=random.randint(-900, 900))) for number in range(1, 80)]
        stays = kept_numbers(made)
        assert 79 in stays
        assert len(stays) <= 8 + 12 + 10 + 9


def test_old_backups_go_whole_and_those_made_before_a_risk_stay(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_module, "RECENT", 2)
    monkeypatch.setattr(backup_module, "_SPANS", ())
    clinic.backups.make(clinic.keys.database, "before-restore")
    clinic.backups.make(clinic.keys.database, "before-migration")
    for _ in range(4):
        clinic.back_up()
    assert [each.manifest.number for each in clinic.backups.all()] == [6, 5, 2, 1]
    assert len(list(clinic.backups.folder.iterdir())) == 12


# ------------------------------------------------------------ restoring


def test_a_backup_comes_back_on_a_fresh_machine_with_the_paper_key(clinic: Clinic, tmp_path: Path) -> None:
    clinic.save("second")
    made = clinic.back_up()
    stick = tmp_path / "stick"
    shutil.copytree(clinic.backups.folder, stick)
    backup = chosen_backup(stick)
    with pytest.raises(WrongPaperKeyError):
        backup.keys_by_paper(vaults.paper_text(bytes(20)))
    back = restore(backup, backup.keys_by_paper(clinic.paper), tmp_path / "fresh" / "computer")
    former, now = held(made.file, clinic.keys), held(back.records, clinic.keys)
    former.pop("audit"), now.pop("audit")
    assert now == former
    assert back.aside is None
    entrance = Entrance(back.records.parent)
    assert entrance.state() == "locked"
    with entrance.sign_in_with_paper(clinic.paper) as store:
        assert len(store.drafts()) == 2


def test_a_backup_of_other_records_replaces_none_that_are_here(clinic: Clinic, tmp_path: Path) -> None:
    made = clinic.back_up()
    other = tmp_path / "other"
    other.mkdir()
    Entrance(other).begin(Account("", "chen", "A. Chen", "", "administrator"), "correct horse")[0].close()
    before = {each.name: each.read_bytes() for each in other.iterdir() if each.is_file()}
    with pytest.raises(NotRestoredError, match="belongs to other records"):
        restore(chosen_backup(made.file), [clinic.keys], other)
    assert {each.name: each.read_bytes() for each in other.iterdir() if each.is_file()} == before


def test_a_made_up_backup_that_bears_the_id_of_these_records_replaces_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = Account("", "chen", "A. Chen", "", "administrator")
    here, made_up = tmp_path / "here", tmp_path / "made-up"
    for folder in (here, made_up):
        folder.mkdir()
        entrance = Entrance(folder)
        entrance.begin(me, "correct horse")[0].close()
        named_alike = vaults.Vault(records_id=entrance.vault().records_id)
        monkeypatch.setattr(vaults, "new_vault", lambda known=named_alike: known)
    before = {each.name: each.read_bytes() for each in here.iterdir() if each.is_file()}
    backup = chosen_backup(made_up / "evalassist.db")
    with pytest.raises(NotRestoredError, match="belongs to other records"):
        restore(backup, backup.keys_by_password("chen", "correct horse"), here)
    assert {each.name: each.read_bytes() for each in here.iterdir() if each.is_file()} == before


def test_only_an_administrator_or_the_paper_key_restores_and_the_trail_says_who(tmp_path: Path) -> None:
    folder = tmp_path / "clinic"
    folder.mkdir()
    entrance = Entrance(folder)
    store, _ = entrance.begin(Account("", "chen", "A. Chen", "", "administrator"), "correct horse")
    lee = entrance.add_account(store, Account("", "lee", "S. Lee", "PT-1", "therapist"), "another horse")
    keys, chen = store.keys, store.account
    backup = chosen_backup(Backups(folder / RECORDS).make(keys.database, "asked").file)
    store.close()
    fresh = tmp_path / "fresh"
    with pytest.raises(NotRestoredError, match="Only an administrator"):
        restore(backup, backup.keys_by_password("lee", "another horse"), fresh, backup.account_id("lee"))
    assert not lee.administers
    assert [each.name for each in fresh.iterdir()] == [CHANGING]
    for by, who in ((backup.account_id("Chen"), "A. Chen"), (vaults.PAPER, "paper key")):
        restore(backup, [keys], fresh, by)
        with closing(connect(fresh / RECORDS, keys.database)) as db:
            told = db.execute("SELECT account_id, who, action FROM audit ORDER BY number DESC").fetchone()
        assert told == (by, who, "restored")
    assert chen.id == backup.account_id("chen")


def test_the_name_somebody_gave_a_backup_is_in_neither_the_log_nor_the_trail(
    clinic: Clinic, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = clinic.back_up()
    named = tmp_path / "named"
    named.mkdir()
    for file in (made.file, made.vault_file, made.manifest_file):
        shutil.copy(file, named / f"{file.stem} of Okafor, Daniel{file.suffix}")
    caplog.set_level("INFO")
    back = restore(chosen_backup(named), [clinic.keys], tmp_path / "fresh")
    with closing(connect(back.records, clinic.keys.database)) as db:
        (target,) = db.execute("SELECT target FROM audit ORDER BY number DESC").fetchone()
    assert made.file.stem.startswith(target)
    assert target
    assert "Okafor" not in caplog.text


@pytest.mark.parametrize("mac", ["x'0001'", f"'{'a' * 100}'", "''", "char(0) || 'a'", f"'{'x' * 64}'"])
def test_a_line_of_the_trail_that_another_program_wrote_keeps_no_backup_from_being_made(
    clinic: Clinic, mac: str
) -> None:
    with closing(connect(clinic.records, clinic.keys.database)) as db:
        db.execute(
            f"INSERT INTO audit SELECT max(number) + 1, max(at), '', '', 'x', '', '{{}}', {mac} FROM audit"
        )
        db.execute("UPDATE evaluation SET change_number = 'zzz'")
        (number,) = db.execute("SELECT max(number) FROM audit").fetchone()
    assert clinic.back_up().manifest.held.audit_number < number


def test_the_records_that_are_there_are_put_aside_as_a_backup(clinic: Clinic) -> None:
    made = clinic.back_up()
    late = clinic.save("after the backup")
    clinic.store.close()
    restore(chosen_backup(made.file), [clinic.keys], clinic.folder)
    (aside,) = [each for each in clinic.backups.all() if each.manifest.kind == "before-restore"]
    with Store(clinic.records, clinic.keys) as store:
        assert late.id not in {row.id for row in store.drafts()}
    back = restore(chosen_backup(aside.file), [clinic.keys], clinic.folder)
    with Store(back.records, clinic.keys) as store:
        assert store.load(late.id) == late


WRITES = """
import sys
from pathlib import Path
from evalassist.records.connection import connect
try:
    connect(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), 0.1).execute("UPDATE evaluation SET impression = 'kept'")
except Exception as refused:
    print(refused)
"""


def test_nobody_else_keeps_anything_between_the_copy_of_the_records_and_the_restore_over_them(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be said to be kept, and lie nowhere."""
    made, told = clinic.back_up(), list[str]()
    clinic.store.close()

    def while_another_writes(work: Callable[..., Any]) -> Callable[..., Any]:
        def meanwhile(*given: Any) -> Any:
            asked = [sys.executable, "-c", WRITES, str(clinic.records), clinic.keys.database.hex()]
            told.append(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
            return work(*given)

        return meanwhile

    monkeypatch.setattr(backup_module, "fault_of", while_another_writes(fault_of))
    monkeypatch.setattr(restoring, "write_whole", while_another_writes(write_whole))
    restore(chosen_backup(made.file), [clinic.keys], clinic.folder)
    assert told == ["database is locked"] * 2


def test_a_restore_waits_for_the_last_backup_of_a_window_that_was_locked(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, begun = clinic.back_up(), threading.Event()
    clinic.store.close()
    held = backup_module._held

    def slowly(db: Any) -> Any:
        if not begun.is_set():  # its own backup follows
            begun.set()
            time.sleep(3)  # longer than a connection waits for another one
        return held(db)

    monkeypatch.setattr(backup_module, "_held", slowly)
    last = threading.Thread(target=clinic.back_up)
    last.start()
    assert begun.wait(10)
    assert restore(chosen_backup(made.file), [clinic.keys], clinic.folder).aside
    last.join()


@pytest.mark.parametrize("companion", COMPANIONS)
def test_what_lies_beside_records_that_are_gone_is_put_aside_with_them(
    clinic: Clinic, companion: str
) -> None:
    """Beside the restored file it would be played into it."""
    made = clinic.back_up()
    clinic.store.close()
    clinic.records.unlink()
    beside = clinic.records.with_name(clinic.records.name + companion)
    beside.write_bytes(b"of the former file")
    back = restore(chosen_backup(made.file), [clinic.keys], clinic.folder)
    assert back.aside is not None
    assert (back.aside / beside.name).read_bytes() == b"of the former file"
    assert not beside.exists()


@pytest.mark.parametrize("name", [vaults.FILE_NAME, f"{vaults.FILE_NAME}.previous"])
@pytest.mark.parametrize("what", ANYTHING)
def test_what_lies_in_the_place_of_the_vault_is_put_aside_unread_when_a_backup_is_restored(
    clinic: Clinic, what: str, name: str
) -> None:
    made = clinic.back_up()
    vault = (clinic.folder / vaults.FILE_NAME).read_bytes()
    clinic.store.close()
    plant(clinic.folder / name, what)
    mode = (clinic.folder / name).stat().st_mode
    back = restore(chosen_backup(made.file), [clinic.keys], clinic.folder)
    assert back.counts["evaluation"] == 1
    assert (clinic.folder / vaults.FILE_NAME).read_bytes() == vault
    assert not (clinic.folder / f"{vaults.FILE_NAME}.previous").exists()
    (planted,) = clinic.backups.folder.glob(f"before-restore-*/{name}")
    assert planted.stat().st_mode == mode


def test_a_restore_that_is_cut_short_over_what_is_no_vault_is_an_alarm(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clinic.back_up()
    clinic.store.close()
    plant(clinic.folder / vaults.FILE_NAME, "a folder")

    def cut_short(*_: object) -> None:
        raise OSError(errno.EIO, "cut short")

    monkeypatch.setattr(restoring, "write_whole", cut_short)
    with pytest.raises(StoreError):
        restore(chosen_backup(made.file), [clinic.keys], clinic.folder)
    assert not clinic.records.exists()
    with pytest.raises(vaults.VaultDamagedError):
        Entrance(clinic.folder).state()


def test_a_vault_without_end_beside_a_backup_is_a_damaged_one(clinic: Clinic) -> None:
    made = clinic.back_up()
    plant(made.vault_file, "a file without end")
    with pytest.raises(vaults.VaultDamagedError):
        chosen_backup(made.file)


@pytest.mark.parametrize("what", NO_FILE)
def test_what_is_no_records_file_is_put_aside_when_a_backup_is_restored(clinic: Clinic, what: str) -> None:
    made = clinic.back_up()
    clinic.store.close()
    plant(clinic.records, what)
    back = restore(chosen_backup(made.file), [clinic.keys], clinic.folder)
    assert back.aside is not None
    assert (back.aside / RECORDS).exists()
    assert not (back.aside / RECORDS).is_file()
    assert back.counts["evaluation"] == 1


@pytest.mark.parametrize("companion", COMPANIONS)
@pytest.mark.parametrize("what", NO_FILE)
def test_what_is_no_companion_of_the_records_is_named_and_they_are_neither_opened_nor_replaced(
    clinic: Clinic, companion: str, what: str
) -> None:
    """SQLite would wait for ever to read a pipe."""
    made = clinic.back_up()
    clinic.store.close()
    planted = clinic.records.with_name(clinic.records.name + companion)
    plant(planted, what)
    says = f"{planted.name} is not the file that belongs beside the records"
    with pytest.raises(StoreError, match=says):
        Store(clinic.records, clinic.keys)
    with pytest.raises(StoreError, match=says):
        restore(chosen_backup(made.file), [clinic.keys], clinic.folder)
    told = drill.keep_up(clinic.backups, clinic.keys, "working")
    assert told.short.startswith("No backup since")
    assert says in told.full
    assert clinic.records.is_file()
    assert not list(clinic.backups.folder.glob("before-restore-*"))


@pytest.mark.parametrize("what", NO_FILE)
def test_records_are_not_begun_beside_what_is_no_companion_of_theirs(
    clinic: Clinic, tmp_path: Path, what: str
) -> None:
    plant(tmp_path / f"{RECORDS}-journal", what)
    with pytest.raises(StoreError, match="is not the file that belongs beside the records"):
        Store(tmp_path / RECORDS, clinic.keys)
    assert not (tmp_path / RECORDS).exists()


def test_damaged_records_are_put_aside_as_they_are(clinic: Clinic) -> None:
    clinic.save("x" * 100_000)
    made = clinic.back_up()
    clinic.store.close()
    damage(clinic.records)
    damaged = clinic.records.read_bytes()
    back = restore(chosen_backup(made.file), [clinic.keys], clinic.folder)
    assert back.aside is not None
    assert (back.aside / RECORDS).read_bytes() == damaged
    assert (back.aside / vaults.FILE_NAME).exists()
    assert len(clinic.backups.all()) == 1
    with Store(clinic.records, clinic.keys) as store:
        assert len(store.drafts()) == 2


def test_a_restore_that_is_cut_short_over_other_keys_is_an_alarm_and_goes_on_when_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the folder would look as if nothing had ever been begun, and the next person could begin anew."""
    entrance = Entrance(folder := tmp_path)
    store, _ = entrance.begin(Account("", "chen", "A. Chen", "", "administrator"), "correct horse")
    backup = chosen_backup(Backups(folder / RECORDS).make(store.keys.database, "asked").file)
    entrance.change_password(store, store.account.id, "another horse")
    store.close()
    keys = backup.keys_by_password("chen", "correct horse")

    def cut_before_the_vault(file: Path, data: bytes) -> None:
        if file == entrance.vault_file:
            raise KeyboardInterrupt
        write_whole(file, data)

    with monkeypatch.context() as at_once:
        at_once.setattr(restoring, "write_whole", cut_before_the_vault)
        with pytest.raises(KeyboardInterrupt):
            restore(backup, keys, folder)
    with pytest.raises(StoreError, match="is missing, though records were begun here"):
        entrance.state()
    restore(backup, keys, folder)
    entrance.sign_in("chen", "correct horse").close()


def test_after_a_restore_that_was_cut_short_who_was_added_since_the_backup_still_finds_a_way_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entrance = Entrance(folder := tmp_path)
    store, _ = entrance.begin(Account("", "chen", "A. Chen", "", "administrator"), "correct horse")
    backup = chosen_backup(Backups(folder / RECORDS).make(store.keys.database, "asked").file)
    entrance.add_account(store, Account("", "lee", "S. Lee", "PT-1", "therapist"), "another horse")
    store.close()

    def cut(part: Path, target: Path) -> Path:
        if target == folder / RECORDS:
            raise KeyboardInterrupt
        return Path(shutil.move(part, target))

    with monkeypatch.context() as at_once:
        at_once.setattr(Path, "replace", cut)
        with pytest.raises(KeyboardInterrupt):
            restore(backup, backup.keys_by_password("chen", "correct horse"), folder)
    entrance.sign_in("chen", "correct horse").close()
    entrance.sign_in("lee", "another horse").close()


@pytest.mark.parametrize("there", [True, False], ids=["over records", "where nothing is yet"])
def test_records_are_not_begun_while_a_backup_is_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    chen = Account("", "chen", "A. Chen", "", "administrator")
    entrance = Entrance(folder := tmp_path / "clinic")
    folder.mkdir()
    store, _ = entrance.begin(chen, "correct horse")
    backup = chosen_backup(Backups(folder / RECORDS).make(store.keys.database, "asked").file)
    store.close()
    target = folder if there else tmp_path / "new"
    keys, really = backup.keys_by_password("chen", "correct horse"), restoring._copied

    def meanwhile(*given: Any) -> Any:
        monkeypatch.undo()
        with pytest.raises(StoreError):
            Entrance(target).begin(chen, "another horse")
        return really(*given)

    monkeypatch.setattr(restoring, "_copied", meanwhile)
    restore(backup, keys, target)
    Entrance(target).sign_in("chen", "correct horse").close()


def test_a_second_restore_at_the_same_moment_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entrance = Entrance(folder := tmp_path)
    store, _ = entrance.begin(Account("", "chen", "A. Chen", "", "administrator"), "correct horse")
    backup = chosen_backup(Backups(folder / RECORDS).make(store.keys.database, "asked").file)
    store.close()
    keys, really = backup.keys_by_password("chen", "correct horse"), restoring._copied

    def meanwhile(*given: Any) -> Any:
        monkeypatch.undo()
        with pytest.raises(NotRestoredError, match="using the records"):
            restore(backup, keys, folder)
        return really(*given)

    monkeypatch.setattr(restoring, "_copied", meanwhile)
    restore(backup, keys, folder)
    entrance.sign_in("chen", "correct horse").close()


def test_records_in_use_are_not_replaced(clinic: Clinic) -> None:
    made = clinic.back_up()
    with pytest.raises(NotRestoredError, match="using the records"):
        restore(chosen_backup(made.file), [clinic.keys], clinic.folder)
    clinic.save("still kept")
    assert len(clinic.store.drafts()) == 2


def test_records_put_aside_with_their_last_changes_come_back_whole(clinic: Clinic, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    late = clinic.save("still in the -wal file")
    for file in clinic.folder.iterdir():
        if file.is_file():
            shutil.copy(file, aside)
    assert (aside / f"{RECORDS}-wal").stat().st_size
    backup = chosen_backup(aside / RECORDS)
    back = restore(backup, backup.keys_by_paper(clinic.paper), tmp_path / "new")
    with Store(back.records, clinic.keys) as store:
        assert store.load(late.id) == late


def test_a_changed_or_unfitting_backup_is_refused_and_nothing_is_touched(
    clinic: Clinic, tmp_path: Path
) -> None:
    clinic.save("x" * 100_000)
    made = clinic.back_up()
    fresh = tmp_path / "fresh"
    whole, manifest = made.file.read_bytes(), made.manifest_file.read_bytes()
    damage(made.file)
    for _ in ("with its manifest", "without it"):
        with pytest.raises(NotRestoredError, match="Choose the backup before it"):
            restore(chosen_backup(made.file), [clinic.keys], fresh)
        made.manifest_file.unlink(missing_ok=True)
    made.file.write_bytes(whole)
    with pytest.raises(NotRestoredError, match="is damaged"):
        restore(chosen_backup(made.file), [new_keys()], fresh)
    assert [each.name for each in fresh.iterdir()] == [CHANGING]
    restore(chosen_backup(made.file), [clinic.keys], fresh)
    made.manifest_file.write_bytes(manifest)
    made.vault_file.unlink()
    with pytest.raises(NotRestoredError, match=r"vault that opens .* is missing"):
        chosen_backup(made.file)
    for nothing in (tmp_path / "nowhere.db", clinic.folder.parent):
        with pytest.raises(NotRestoredError, match="There is no backup"):
            chosen_backup(nothing)


def test_a_full_disk_refuses_to_restore(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clinic.back_up()
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 90, 10))
    with pytest.raises(NotRestoredError, match="too little space"):
        restore(chosen_backup(made.file), [clinic.keys], tmp_path / "fresh")


# ------------------------------------------------------------ the monthly trial


def test_what_somebody_laid_beside_a_backup_is_no_part_of_it(clinic: Clinic, tmp_path: Path) -> None:
    made = clinic.back_up()
    clinic.save("after the backup")
    changes = clinic.folder / f"{RECORDS}-wal"
    shutil.copyfile(changes, made.file.with_name(f"{made.file.name}-wal"))
    new = tmp_path / "new"
    back = restore(chosen_backup(made.file), [clinic.keys], new)
    assert back.counts["evaluation"] == made.manifest.held.counts["evaluation"]
    assert drill.drill(clinic.backups, made, clinic.keys).fault == ""


def test_the_newest_backup_is_restored_in_a_trial_each_month(clinic: Clinic) -> None:
    assert drill.keep_up(clinic.backups, clinic.keys, "working") == drill.Told()
    done = clinic.backups.drill()
    assert done is not None
    assert (done.number, done.fault) == (1, "")
    assert not drill.drill_due(done)
    for days in (30, -31):
        assert drill.drill_due(done, datetime.now(UTC) + timedelta(days=days, minutes=1))
    assert [each for each in clinic.backups.folder.iterdir() if each.is_dir()] == []


def test_a_trial_that_fails_is_told_until_one_succeeds(clinic: Clinic) -> None:
    clinic.save("x" * 100_000)
    made = clinic.back_up()
    damage(made.file)
    told = drill.keep_up(clinic.backups, clinic.keys, "working")
    assert told.short == "A backup could not be restored in a trial"
    assert "no longer what was written" in told.full
    assert drill.standing(clinic.backups) == told
    made = clinic.back_up()
    assert drill.drill(clinic.backups, made, clinic.keys).fault == ""
    assert drill.standing(clinic.backups) == drill.Told()


def test_what_a_trial_left_when_it_was_cut_short_is_removed(clinic: Clinic) -> None:
    clinic.back_up()
    left = clinic.backups.folder / f".drill-{clinic.backups.records_id[:8]}-x"
    left.mkdir()
    (left / RECORDS).touch()
    clinic.backups.tidy()
    assert not left.exists()


def test_a_backup_older_than_a_day_is_told_when_records_changed_since(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.back_up()
    later = datetime.now(UTC) + timedelta(days=2)
    assert drill.standing(clinic.backups) == drill.Told()
    monkeypatch.setattr(backup_module, "OLD", timedelta(0))
    clinic.save("since")
    assert drill.standing(clinic.backups).short.startswith("No backup since ")
    monkeypatch.undo()
    assert clinic.backups.overdue(later)


# ------------------------------------------------------------ bringing up to date


def test_a_migration_that_would_lose_or_alter_a_row_is_refused(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.store.close()
    before = held(clinic.records, clinic.keys)

    def try_with(statement: str) -> None:
        monkeypatch.setattr(migrations, "MIGRATIONS", [*known, lambda db: db.execute(statement)])
        monkeypatch.setattr(database, "MIGRATIONS", migrations.MIGRATIONS)
        Store(clinic.records, clinic.keys).close()

    known = migrations.MIGRATIONS
    for loss in (
        "DELETE FROM patient_word",
        "UPDATE evaluation SET impression = 'other'",
        "DROP TABLE place",
    ):
        with pytest.raises(StoreError, match="without a loss, so nothing was changed"):
            try_with(loss)
        assert held(clinic.records, clinic.keys) == before
    monkeypatch.setattr(migrations, "REWRITTEN", {len(known) + 1: frozenset({"evaluation"})})
    try_with("UPDATE evaluation SET impression = 'on purpose'")
    assert {each.manifest.kind for each in clinic.backups.all()} == {"before-migration"}
    assert held(clinic.backups.all()[0].file, clinic.keys) == before


# ------------------------------------------------------------ network drives

MOUNTS = r"""sysfs /sys sysfs rw 0 0
/dev/sda1 / ext4 rw 0 0
server:/export /home nfs4 rw,vers=4.2 0 0
//server/share /mnt/the\040share cifs rw 0 0
me@host: /mnt/remote fuse.sshfs rw 0 0
/dev/sdb1 /home/me/stick vfat rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib", "ext4"),
        ("/home/me/records", "nfs4"),
        ("/home/me/stick/records", "vfat"),
        ("/mnt/the share/records", "cifs"),
        ("/mnt/the share2", "ext4"),
        ("/mnt/remote", "fuse.sshfs"),
    ],
)
def test_the_innermost_mount_says_what_disk_a_folder_is_on(folder: str, kind: str) -> None:
    assert mounted_kind(Path(folder), MOUNTS) == kind


def test_records_are_refused_on_a_network_drive_and_backups_are_not(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clinic.back_up()
    share = tmp_path / "share"
    share.mkdir()
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\n//server/x {share.resolve()} cifs rw 0 0\n")
    monkeypatch.setattr(disk, "MOUNTS", mounts)
    for keep in (
        lambda: Store(share / RECORDS, clinic.keys),
        lambda: restore(chosen_backup(made.file), [clinic.keys], share),
    ):
        with pytest.raises(StoreError, match="is on a network drive"):
            keep()
    assert list(share.iterdir()) == []
    away = Backups(clinic.records, share)
    assert drill.keep_up(away, clinic.keys, "working") == drill.Told()
    assert len(away.all()) == 1


def test_windows_tells_network_drives_by_their_path_and_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kernel:
        @staticmethod
        def GetDriveTypeW(root: str) -> int:  # noqa: N802
            return {"Z:\\": 4, "C:\\": 3}[root]

    class Windll:
        kernel32 = Kernel

    monkeypatch.setattr(ctypes, "windll", Windll, raising=False)
    for drive, network in (("\\\\server\\share", True), ("Z:", True), ("C:", False)):
        assert disk._is_remote_drive(drive) == network
    assert not is_network(Path("/"), "linux")
