"""The way into the records: begun once, locked from then on, and an alarm where one half is missing."""

from __future__ import annotations

import errno
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from planted import NO_FILE, plant
from sqlcipher3 import dbapi2 as sqlcipher

from evalassist import files
from evalassist.errors import EvalAssistError, StoreError
from evalassist.evaluation import Evaluation, Patient
from evalassist.records import audit, plain_file
from evalassist.records import vault as vaults
from evalassist.records.accounts import Account
from evalassist.records.backup import BackupError, Backups
from evalassist.records.connection import connect
from evalassist.records.entrance import Entrance
from evalassist.records.migrations import MIGRATIONS, make_version
from evalassist.records.plain_file import encrypt
from evalassist.records.restore import NotRestoredError, chosen_backup, restore
from evalassist.records.store import Store
from evalassist.records.trail import Wanted
from evalassist.records.tries import TooSoonError, Tries, delay_s
from evalassist.records.vault import (
    Keys,
    VaultDamagedError,
    WrongPaperKeyError,
    WrongPasswordError,
    new_keys,
)

pytestmark = pytest.mark.usefixtures("quick_passwords")

CHEN = Account("", "chen", "A. Chen", "PT-1", "administrator")
LEE = Account("", "lee", "S. Lee", "PT-2", "therapist")
PASSWORD, OTHER = "correct horse", "battery staple"


@pytest.fixture
def entrance(tmp_path: Path) -> Entrance:
    return Entrance(tmp_path)


@pytest.fixture
def store(entrance: Entrance) -> Iterator[Store]:
    store, _ = entrance.begin(CHEN, PASSWORD)
    with store:
        yield store


def draft() -> Evaluation:
    return Evaluation.begin(Patient("Anna Svensson", date(1990, 5, 2), "F"), "right", date(2026, 3, 1))


def test_records_are_begun_once_and_then_ask_who_is_there(entrance: Entrance) -> None:
    assert entrance.state() == "new"
    store, _ = entrance.begin(CHEN, PASSWORD)
    with store:
        store.save(draft())
        assert store.account.name == "A. Chen"
    assert entrance.state() == "locked"
    with entrance.sign_in("Chen", PASSWORD) as store:
        assert [row.patient.name for row in store.drafts()] == ["Anna Svensson"]
        assert store.account.administers
    with pytest.raises(StoreError, match="begun here already"):
        entrance.begin(LEE, OTHER)


def test_of_two_windows_that_begin_the_records_at_one_moment_only_one_does_and_it_gets_in_again(
    entrance: Entrance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the vault of the one that came too late would lie over the only one that opens the records."""
    really, other = vaults.with_paper_key, Entrance(tmp_path)

    def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr(vaults, "with_paper_key", really)
        with pytest.raises(StoreError, match="Nothing was changed here"):
            other.begin(LEE, OTHER)
        return really(*given)

    monkeypatch.setattr(vaults, "with_paper_key", meanwhile)
    store, paper = entrance.begin(CHEN, PASSWORD)
    store.close()
    entrance.sign_in("chen", PASSWORD).close()
    entrance.sign_in_with_paper(paper).close()


def test_records_whose_first_account_the_full_disk_refused_are_entered_with_its_password(
    entrance: Entrance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_store: Store, _account: Account) -> None:
        raise StoreError("full")

    with monkeypatch.context() as full:
        full.setattr(Store, "keep_account", refused)
        with pytest.raises(StoreError, match="full"):
            entrance.begin(CHEN, PASSWORD)
    with Entrance(tmp_path).sign_in("chen", PASSWORD) as store:
        assert (store.account.sign_in, store.account.administers) == ("chen", True)
    with entrance.sign_in("chen", PASSWORD) as store:
        assert [each.sign_in for each in store.people()] == ["chen"]
    assert entrance.verify("chen", PASSWORD).faults == []


def test_nothing_readable_lies_on_the_disk(entrance: Entrance, tmp_path: Path) -> None:
    store, _ = entrance.begin(CHEN, PASSWORD)
    store.save(draft())
    for file in tmp_path.iterdir():  # while it is open, so with its companion files
        assert b"Svensson" not in file.read_bytes()
        assert b"CREATE TABLE" not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0
    store.close()


def test_the_paper_key_opens_when_no_password_is_left(entrance: Entrance) -> None:
    store, paper = entrance.begin(CHEN, PASSWORD)
    chen = store.account.id
    store.close()
    with entrance.sign_in_with_paper(paper) as store:
        assert store.account.administers
        entrance.change_password(store, chen, OTHER)
    with entrance.sign_in("chen", OTHER) as store:
        assert store.account.name == "A. Chen"


def was_given(store: Store) -> bool:
    return store.password_was_given


def test_a_password_that_somebody_else_chose_is_told_until_its_owner_changes_it(entrance: Entrance) -> None:
    store, paper = entrance.begin(CHEN, PASSWORD)
    with store:
        assert not was_given(store)
        lee = entrance.add_account(store, LEE, OTHER)
        assert not was_given(store)
    with entrance.sign_in("lee", OTHER) as store:
        assert was_given(store)
        entrance.change_password(store, lee.id, "another horse")
        assert not was_given(store)
    with entrance.sign_in("lee", "another horse") as store:
        assert not was_given(store)
    with entrance.sign_in("chen", PASSWORD) as store:
        assert not was_given(store)
        entrance.change_password(store, lee.id, OTHER)
    with entrance.sign_in("lee", OTHER) as store:
        assert was_given(store)
    with entrance.sign_in_with_paper(paper) as store:  # at the locked window, by the owner
        assert not was_given(store)
        entrance.change_password(store, lee.id, "a third horse")
    with entrance.sign_in("lee", "a third horse") as store:
        assert not was_given(store)


def test_a_password_is_told_as_chosen_by_somebody_else_where_a_removal_was_cut_short_before(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is added again after it gets the account of before, whose owner had chosen the password."""
    store, _ = entrance.begin(CHEN, PASSWORD)
    lee = entrance.add_account(store, LEE, OTHER)
    store.close()
    with entrance.sign_in("lee", OTHER) as store:
        entrance.change_password(store, lee.id, "another horse")

    def cut_short(_store: Store, _account: str) -> None:
        raise StoreError("full")

    with entrance.sign_in("chen", PASSWORD) as store:
        with monkeypatch.context() as full:
            full.setattr(Store, "remove_account", cut_short)
            with pytest.raises(StoreError, match="full"):
                entrance.remove_account(store, lee.id)
        assert entrance.add_account(store, LEE, OTHER).id == lee.id
    with entrance.sign_in("lee", OTHER) as store:
        assert was_given(store)
    assert entrance.verify("chen", PASSWORD).faults == []


def test_a_second_account_works_with_the_same_records(entrance: Entrance, store: Store) -> None:
    store.save(draft())
    entrance.add_account(store, LEE, OTHER)
    store.close()
    with entrance.sign_in("lee", OTHER) as lees:
        assert lees.account.name == "S. Lee"
        assert not lees.account.administers
        assert len(lees.drafts()) == 1


def test_a_name_to_sign_in_belongs_to_one_account(entrance: Entrance, store: Store) -> None:
    with pytest.raises(EvalAssistError, match="signs in here already"):
        entrance.add_account(store, LEE.__class__("", "CHEN", "Another", "", "student"), OTHER)


def test_a_removed_account_opens_nothing_even_with_the_former_vault(
    entrance: Entrance, store: Store, tmp_path: Path
) -> None:
    store.save(draft())
    lee = entrance.add_account(store, LEE, OTHER)
    former = entrance.vault_file.read_bytes()
    entrance.remove_account(store, lee.id)
    assert len(store.drafts()) == 1
    store.close()
    with pytest.raises(WrongPasswordError):
        entrance.sign_in("lee", OTHER)
    entrance.vault_file.write_bytes(former)
    with pytest.raises(StoreError):
        Entrance(tmp_path).sign_in("lee", OTHER)
    vaults.write_vault(vaults.read_vault(vaults.previous_of(entrance.vault_file)), entrance.vault_file)


def test_a_second_change_of_keys_after_one_that_was_cut_short_locks_nobody_out(
    entrance: Entrance, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(draft())
    written, write = itertools.count(1), Entrance._write

    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    def write_once(*given: Any) -> None:
        if next(written) > 1:
            full()
        write(*given)

    with monkeypatch.context() as fault:
        fault.setattr(
            Entrance, "_write", write_once
        )  # the records get the key, the vault does not hear of it
        entrance.new_paper_key(store)
    with monkeypatch.context() as fault:
        fault.setattr(Store, "change_key", full)
        entrance.new_paper_key(store)
    store.close()
    entrance.sign_in("chen", PASSWORD).close()


def full(*_: object, **__: object) -> None:
    raise StoreError("The disk is full.")


def power_cut(*_: object, **__: object) -> None:
    raise SystemExit


def only_announced(monkeypatch: pytest.MonkeyPatch, fails: Callable[[], None] = full) -> None:
    """The vault reaches its file, and the records do not hear any more that it counts."""
    keep = Store.keep_vault

    def keeps(store: Store, vault: bytes, *, coming: bool = False, **seen: Any) -> None:
        keep(store, vault, coming=True, **seen) if coming else fails()

    monkeypatch.setattr(Store, "keep_vault", keeps)


def test_a_second_password_that_the_full_disk_refuses_locks_nobody_out(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, paper = entrance.begin(CHEN, PASSWORD)
    with store:
        with monkeypatch.context() as fault:
            only_announced(fault)
            entrance.change_password(store, store.account.id, OTHER)
        with monkeypatch.context() as fault:
            fault.setattr(vaults, "write_vault", full)
            with pytest.raises(StoreError, match="full"):
                entrance.change_password(store, store.account.id, "brand new words")
    entrance.sign_in("chen", OTHER).close()
    entrance.sign_in_with_paper(paper).close()


def test_a_new_paper_key_that_counts_is_shown_though_the_full_disk_takes_nothing_more(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The former paper opens nothing any more: were the new one not told, none would be left."""
    store, _ = entrance.begin(CHEN, PASSWORD)
    with store, monkeypatch.context() as fault:
        only_announced(fault)
        paper = entrance.new_paper_key(store)
    entrance.sign_in_with_paper(paper).close()


@pytest.mark.parametrize("what", ["password", "paper key"])
def test_a_change_that_the_disk_takes_only_in_part_is_never_told_as_done(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Else a former password or paper, with the vault of then, would open records that it is thought not to open."""
    store, paper = entrance.begin(CHEN, PASSWORD)
    older = as_it_was(entrance)

    def change() -> None:
        if what == "paper key":
            entrance.new_paper_key(store)
        else:
            entrance.change_password(store, store.account.id, OTHER)

    with store:
        with monkeypatch.context() as fault:
            only_announced(fault)
            fault.setattr(Store, "change_key", full)
            with pytest.raises(StoreError, match=r"older copy of .*once more"):
                change()
        told = {"password": "password-changed", "paper key": "paper-key-made"}
        assert store.has_noted(told[what])
        change()
    entrance.vault_file.write_bytes(older)
    with pytest.raises(EvalAssistError):
        entrance.sign_in_with_paper(paper) if what == "paper key" else entrance.sign_in("chen", PASSWORD)


@pytest.mark.parametrize("what", ["password", "paper key"])
@pytest.mark.parametrize("how_long", ["to the end", "shortly"])
def test_a_change_during_which_another_program_puts_the_former_vault_back_is_never_told_as_done(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch, what: str, how_long: str
) -> None:
    """It needs no key for that, only the folder: it holds the write lock, and exchanges the file meanwhile."""
    store, paper = entrance.begin(CHEN, PASSWORD)
    older, newest = as_it_was(entrance), [PASSWORD, paper]

    def change() -> None:
        if what == "paper key":
            newest[1] = entrance.new_paper_key(store)
        else:
            entrance.change_password(store, store.account.id, OTHER)
            newest[0] = OTHER

    def put_back() -> None:
        entrance.vault_file.write_bytes(older)
        if how_long == "shortly":
            holds.undo()
        raise StoreError("Another window is writing.")

    with store:
        with monkeypatch.context() as holds:
            only_announced(holds, put_back)
            if how_long == "to the end":
                holds.setattr(Store, "change_key", full)
                with pytest.raises(StoreError, match=r"another program put another .*once more"):
                    change()
            else:
                change()
        if how_long == "to the end":
            change()
    entrance.sign_in("chen", newest[0]).close()
    entrance.sign_in_with_paper(newest[1]).close()
    entrance.vault_file.write_bytes(older)
    with pytest.raises(EvalAssistError):
        entrance.sign_in_with_paper(paper) if what == "paper key" else entrance.sign_in("chen", PASSWORD)


def test_what_the_audit_trail_cannot_tell_is_not_changed(
    entrance: Entrance, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as fault:
        fault.setattr(audit, "append", full)
        for change in (
            lambda: entrance.change_password(store, store.account.id, OTHER),
            lambda: entrance.new_paper_key(store),
        ):
            with pytest.raises(StoreError, match="full"):
                change()
    entrance.sign_in("chen", PASSWORD).close()


def test_a_former_password_with_its_vault_looks_through_nothing_while_a_new_key_is_still_to_come(
    entrance: Entrance, store: Store
) -> None:
    older = as_it_was(entrance)
    with a_full_disk(store):
        entrance.change_password(store, store.account.id, OTHER)
    store.close()
    assert not entrance.verify("chen", OTHER).faults
    entrance.vault_file.write_bytes(older)
    with pytest.raises(VaultDamagedError, match="is not the vault of these records"):
        entrance.verify("chen", PASSWORD)


def test_a_new_paper_key_that_was_refused_does_not_count_though_its_vault_had_come_into_its_place(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody saw it, and the former paper is the one that lies in the safe."""
    store, paper = entrance.begin(CHEN, PASSWORD)

    def fails(folder: Path) -> None:
        if entrance.vault_file.read_bytes() != before:
            raise OSError(errno.EIO, "Input/output error")

    with store, monkeypatch.context() as fault:
        before = entrance.vault_file.read_bytes()
        fault.setattr(files, "keep_names", fails)
        with pytest.raises(EvalAssistError, match="The earlier one stays as it was"):
            entrance.new_paper_key(store)
    entrance.sign_in_with_paper(paper).close()


@pytest.mark.parametrize("planted", [False, True])
def test_a_change_of_keys_that_is_cut_short_twice_locks_nobody_out(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch, *, planted: bool
) -> None:
    store, paper = entrance.begin(CHEN, PASSWORD)
    with store, monkeypatch.context() as fault:
        only_announced(fault, power_cut)
        with pytest.raises(SystemExit):
            entrance.change_password(store, store.account.id, OTHER)
    if planted:
        more = vaults.with_password(entrance.vault(), new_keys(), "eve", "eve", "mine now")
        vaults.write_vault(more, entrance.vault_file)
    with monkeypatch.context() as fault:
        fault.setattr(vaults, "write_vault", full)
        entrance.sign_in("chen", OTHER).close()
    entrance.sign_in("chen", OTHER).close()
    entrance.sign_in_with_paper(paper).close()
    assert entrance.vault().slot("eve") is None


@pytest.mark.parametrize("refused", ["change_key", "keep_vault"])
def test_a_disk_that_is_still_too_full_for_a_new_key_keeps_nobody_out(
    entrance: Entrance, store: Store, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    store.save(draft())
    key = store.keys.database
    with a_full_disk(store):
        entrance.change_password(store, store.account.id, OTHER)
    store.close()
    with monkeypatch.context() as fault:
        fault.setattr(Store, refused, full)
        with entrance.sign_in("chen", OTHER) as store:
            assert len(store.drafts()) == 1
            assert store.keys.database == key
    with entrance.sign_in("chen", OTHER) as store:
        assert store.keys.database != key


def test_a_vault_damaged_right_after_a_new_password_is_replaced_by_the_one_before(
    entrance: Entrance, store: Store
) -> None:
    entrance.change_password(store, store.account.id, OTHER)
    entrance.vault_file.write_bytes(b"nonsense")
    store.close()
    entrance.sign_in("chen", OTHER).close()
    assert all(len(slot.sealed) == 1 for slot in entrance.vault().slots)


def test_another_window_is_told_to_sign_in_anew_when_the_records_got_a_new_key(
    entrance: Entrance, store: Store, tmp_path: Path
) -> None:
    """They are whole: whoever put a backup in their place would lose what came after it."""
    store.save(draft())
    with Entrance(tmp_path).sign_in("chen", PASSWORD) as other:
        locked: list[str] = []
        other.on_dismissed = locked.append
        entrance.change_password(store, store.account.id, OTHER)
        for asked in (other.drafts, lambda: other.save(draft())):
            with pytest.raises(
                StoreError, match=r"got a new key.* Lock the window and sign in anew"
            ) as refused:
                asked()
            assert locked.pop() == refused.value.message
        with pytest.raises(BackupError, match=r"got a new key.* Lock the window and sign in anew"):
            Backups(other.path).make(other.keys.database, "working")
        with Entrance(tmp_path).sign_in("chen", OTHER) as anew:
            other.go_on_as(anew)
        other.save(draft())
        assert len(store.drafts()) == 2


def test_a_change_of_keys_cut_short_is_finished_at_the_next_sign_in(entrance: Entrance, store: Store) -> None:
    store.save(draft())
    fresh = Keys(new_keys().database, store.keys.audit)
    both = entrance.vault().with_new_keys(fresh, store.keys)
    store.keep_vault(vaults.vault_bytes(both), coming=True)
    planted = vaults.with_password(both, new_keys(), "eve", "eve", "mine now")
    vaults.write_vault(planted, entrance.vault_file)
    store.close()
    with entrance.sign_in("chen", PASSWORD) as store:
        assert store.keys == fresh
        assert len(store.drafts()) == 1
        assert entrance.vault().slot("eve") is None
    assert vaults.unlock(entrance.vault(), "chen", PASSWORD)[1] == [fresh]


@contextmanager
def a_full_disk(store: Store) -> Iterator[None]:
    """Small things can still be kept, and the whole file not once more."""

    def full(_: Keys) -> None:
        raise StoreError("The disk is full.")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "change_key", full)
        yield


def test_a_new_paper_key_is_told_though_the_records_keep_their_former_key_for_now(entrance: Entrance) -> None:
    store, former = entrance.begin(CHEN, PASSWORD)
    with store, a_full_disk(store):
        paper, key = entrance.new_paper_key(store), store.keys.database
    with entrance.sign_in_with_paper(paper) as store:
        assert store.keys.database != key
    with pytest.raises(WrongPaperKeyError):
        entrance.sign_in_with_paper(former)


def test_an_account_that_is_added_while_a_new_key_is_still_to_come_gets_it_too(
    entrance: Entrance, store: Store
) -> None:
    key = store.keys.database
    with a_full_disk(store):
        entrance.change_password(store, store.account.id, "brand new words")
        entrance.add_account(store, LEE, OTHER)
    store.close()
    with entrance.sign_in("chen", "brand new words") as store:
        assert store.keys.database != key
    entrance.sign_in("lee", OTHER).close()
    entrance.sign_in("chen", "brand new words").close()


def test_a_missing_or_empty_records_file_is_an_alarm(entrance: Entrance, store: Store) -> None:
    store.close()
    kept = entrance.records.read_bytes()
    entrance.records.unlink()
    with pytest.raises(StoreError, match=r"is missing, though .* No new ones were begun"):
        entrance.state()
    entrance.records.touch()
    with pytest.raises(StoreError, match="is empty, though"):
        entrance.state()
    entrance.records.write_bytes(kept)
    assert entrance.state() == "locked"


def test_records_that_vanish_while_the_window_is_locked_are_an_alarm_at_the_sign_in(
    entrance: Entrance,
) -> None:
    """Else empty ones would be begun in their place, and the paper key would open them."""
    store, paper = entrance.begin(CHEN, PASSWORD)
    store.close()
    entrance.records.unlink()
    with pytest.raises(StoreError, match=r"is missing, though .* No new ones were begun"):
        entrance.sign_in("chen", PASSWORD)
    with pytest.raises(StoreError, match=r"is missing, though .* No new ones were begun"):
        entrance.sign_in_with_paper(paper)
    assert not entrance.records.exists()


def test_a_missing_vault_is_an_alarm(entrance: Entrance, store: Store) -> None:
    store.close()
    entrance.vault_file.unlink()
    with pytest.raises(StoreError, match=r"evalassist\.vault, which opens them, is missing"):
        entrance.state()


def test_a_damaged_vault_is_replaced_by_the_one_before(entrance: Entrance, store: Store) -> None:
    store.close()
    entrance.vault_file.write_bytes(b"nonsense")
    with entrance.sign_in("chen", PASSWORD):
        assert vaults.read_vault(entrance.vault_file).begun
    entrance.vault_file.write_bytes(b"nonsense")
    vaults.previous_of(entrance.vault_file).write_bytes(b"nonsense too")
    with pytest.raises(VaultDamagedError):
        entrance.sign_in("chen", PASSWORD)


def test_records_that_were_not_encrypted_become_encrypted(entrance: Entrance, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    store, _ = Entrance(other).begin(CHEN, PASSWORD)
    store.save(draft())
    with closing(sqlite3.connect(entrance.records, isolation_level=None)):
        pass
    store.close()
    _decrypted(other / "evalassist.db", store.keys, entrance.records)
    assert b"Svensson" in entrance.records.read_bytes()
    assert entrance.state() == "plain"
    store, _ = entrance.begin(CHEN, PASSWORD)
    with store:
        assert len(store.drafts()) == 1
    assert b"Svensson" not in entrance.records.read_bytes()
    assert entrance.state() == "locked"


@pytest.fixture
def plain(entrance: Entrance, tmp_path: Path) -> Path:
    """Records from before they were encrypted, lying where records are to be begun."""
    other = tmp_path / "other"
    other.mkdir()
    store, _ = Entrance(other).begin(CHEN, PASSWORD)
    store.save(draft())
    store.close()
    _decrypted(other / "evalassist.db", store.keys, entrance.records)
    return entrance.records


ANOTHER_TABLE = """
DROP TABLE vault_copy;
CREATE TABLE VAULT_COPY (id INTEGER PRIMARY KEY, kept_at TEXT, vault BLOB, x INT DEFAULT 1 UNIQUE ON CONFLICT IGNORE);
INSERT INTO VAULT_COPY VALUES (1, '2026-01-01T00:00:00.000000+00:00', x'00', 1);
"""
PLANTED = {
    "a trigger": """CREATE TRIGGER "mine ""too" AFTER INSERT ON vault_copy
        BEGIN UPDATE vault_copy SET vault = x'00'; END""",
    "a table that keeps what stands there": ANOTHER_TABLE,
    "a view": "DROP TABLE vault_copy; CREATE VIEW vault_copy AS SELECT 1 AS id, 'now' AS kept_at, x'00' AS vault",
    "another table": "CREATE TABLE mine (vault BLOB); INSERT INTO mine VALUES (x'00')",
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_plain_file_brings_its_rows_and_no_way_in_nor_anything_that_acts(
    entrance: Entrance, plain: Path, planted: str
) -> None:
    """Anybody can put one where records are to be begun, or write to one that is there."""
    with closing(sqlite3.connect(plain)) as db:
        assert db.execute("SELECT count(*) FROM vault_copy").fetchone() != (0,)
        db.executescript(planted)
    store, _ = entrance.begin(CHEN, PASSWORD)
    with store:
        assert len(store.drafts()) == 1
        entrance.add_account(store, Account("", "lee", "S. Lee", "PT-2", "therapist"), "another horse")
    assert {slot.name for slot in entrance.vault().slots if slot.kind == "password"} == {"chen", "lee"}
    told = entrance.verify("chen", PASSWORD).faults
    assert told == []
    entrance.sign_in("chen", PASSWORD).close()
    entrance.sign_in("lee", "another horse").close()


def test_who_acted_in_a_plain_file_stays_behind(entrance: Entrance, plain: Path) -> None:
    """Somebody put it there: a row of the paper key's name, and lines that say that the records lie elsewhere."""
    with closing(sqlite3.connect(plain)) as db:
        db.execute("INSERT INTO account SELECT 'paper', 'x', name, '', role, added_at, added_at FROM account")
        line = "INSERT INTO audit VALUES (?, '2026-01-01T00:00:00.000000+00:00', '', '', ?, '', '{}', 'ab')"
        db.execute(line, (2**63 - 1, "moved-to-server"))
        db.commit()
    store, paper = entrance.begin(CHEN, PASSWORD)
    with store:
        assert [each.sign_in for each in store.accounts()] == ["chen"]
        store.save(draft())
    assert entrance.verify("chen", PASSWORD).faults == []
    with entrance.sign_in_with_paper(paper) as store:
        assert len(store.drafts()) == 2


def test_a_plain_file_that_another_program_has_open_is_left_as_it_is(
    entrance: Entrance, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An earlier EvalAssist: what it keeps meanwhile would be in neither file."""
    monkeypatch.setattr(plain_file, "connect", partial(connect, wait_s=0.1))
    with closing(sqlcipher.connect(plain)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("SELECT count(*) FROM patient").fetchone()
        with pytest.raises(StoreError, match="Another window or program is using the records"):
            entrance.begin(CHEN, PASSWORD)
        other.execute("UPDATE patient SET language = 'es'")
        other.commit()
    store, _ = entrance.begin(CHEN, PASSWORD)
    with store:
        assert [draft.patient.language for draft in store.drafts()] == ["es"]


def test_nobody_writes_to_a_plain_file_while_it_is_encrypted(
    entrance: Entrance, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def copied(sealed: sqlcipher.Connection) -> bool:
        whole = copy(sealed)
        with closing(sqlcipher.connect(plain, timeout=0.1)) as other:
            with pytest.raises(sqlcipher.OperationalError) as refused:
                other.execute("UPDATE patient SET language = 'es'")
            told.append(str(refused.value))
        return whole

    copy = plain_file._copied
    monkeypatch.setattr(plain_file, "_copied", copied)
    entrance.begin(CHEN, PASSWORD)[0].close()
    assert told == ["database is locked"]


def test_what_lies_beside_a_plain_file_is_not_taken_for_the_encrypted_one(
    entrance: Entrance, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal of a program that began to write in the last moment would be played into it."""
    copy = plain_file._copied
    beside = [plain.with_name(f"{plain.name}-{kind}") for kind in ("wal", "shm", "journal")]

    def copied(sealed: sqlcipher.Connection) -> bool:
        whole = copy(sealed)
        for file in beside:
            file.write_bytes(b"of the plain file")
        return whole

    monkeypatch.setattr(plain_file, "_copied", copied)
    left: list[Path] = []
    keep_names = files.keep_names

    def looked(folder: Path) -> None:
        left.extend(file for file in beside if file.exists())
        keep_names(folder)

    monkeypatch.setattr(plain_file, "keep_names", looked)
    store, _ = entrance.begin(CHEN, PASSWORD)
    with store:
        assert len(store.drafts()) == 1
    assert left == []


def test_a_plain_file_of_an_earlier_version_is_backed_up_before_it_is_brought_up_to_date(
    entrance: Entrance,
) -> None:
    with closing(sqlcipher.connect(entrance.records, isolation_level=None)) as db:
        make_version(db, len(MIGRATIONS) - 1)
        db.execute(
            "INSERT INTO patient VALUES ('a', 'Svensson, Anna', 'svensson, anna', '1990-05-02', 'F', 'en', '')"
        )
    store, _ = entrance.begin(CHEN, PASSWORD)
    with store:
        assert store.number_of_patients() == 1
    assert "before-migration" in {each.manifest.kind for each in Backups(entrance.records).all()}


@pytest.mark.parametrize("what", NO_FILE)
def test_a_plain_file_beside_which_no_journal_but_something_else_lies_is_left_as_it_is(
    entrance: Entrance, plain: Path, what: str
) -> None:
    plant(plain.with_name(f"{plain.name}-journal"), what)
    before = plain.read_bytes()
    with pytest.raises(StoreError, match="is not the file that belongs beside the records"):
        encrypt(plain, new_keys().database)
    assert plain.read_bytes() == before


def test_a_plain_file_that_lacks_a_table_is_left_as_it_is(entrance: Entrance, plain: Path) -> None:
    with closing(sqlite3.connect(plain)) as db:
        db.executescript("PRAGMA foreign_keys = OFF; DROP TABLE addendum")
    before = plain.read_bytes()
    with pytest.raises(StoreError, match=r"not changed|Nothing was changed"):
        entrance.begin(CHEN, PASSWORD)
    assert plain.read_bytes() == before


def test_a_plain_file_of_another_program_is_left_as_it_is(entrance: Entrance) -> None:
    with closing(sqlite3.connect(entrance.records)) as db:
        db.executescript("CREATE TABLE mine (x); PRAGMA user_version = 3")
    before = entrance.records.read_bytes()
    with pytest.raises(StoreError, match=r"holds no records that this EvalAssist knows. Nothing was changed"):
        entrance.begin(CHEN, PASSWORD)
    assert entrance.records.read_bytes() == before


def _decrypted(sealed: Path, keys: Keys, plain: Path) -> None:
    with closing(connect(sealed, keys.database)) as db:
        db.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plain),))
        db.execute("SELECT sqlcipher_export('plain')")
        for name in ("application_id", "user_version"):
            (value,) = db.execute(f"PRAGMA {name}").fetchone()
            db.execute(f"PRAGMA plain.{name} = {value}")


def test_wrong_passwords_make_the_next_try_wait_however_often_one_starts_anew(
    entrance: Entrance, store: Store, tmp_path: Path
) -> None:
    store.close()
    for _ in range(8):
        entrance.tries.count()
    for again in (entrance, Entrance(tmp_path)):
        with pytest.raises(TooSoonError, match=r"the next try must wait \d+ s"):
            again.sign_in("chen", PASSWORD)


def test_a_wrong_password_is_counted_before_it_is_tried(
    entrance: Entrance, store: Store, tmp_path: Path
) -> None:
    store.close()
    with pytest.raises(WrongPasswordError):
        entrance.sign_in("chen", "wrong")
    assert len(Entrance(tmp_path).tries.failed_at) == 1


def test_what_was_planted_among_the_wrong_tries_hides_no_sign_in(
    entrance: Entrance, store: Store, tmp_path: Path
) -> None:
    store.close()
    entrance.tries._file.write_text(json.dumps(["\ud800", "\0"]))
    with Entrance(tmp_path).sign_in("chen", PASSWORD) as store:
        told = [line.says({}) for line in store.trail(Wanted())]
    assert told[:2] == ["Signed in", "2 wrong passwords were tried"]


def test_the_wait_grows_and_a_right_password_ends_it(tmp_path: Path) -> None:
    assert [delay_s(failed) for failed in (0, 3, 4, 5, 6, 11, 12, 1000)] == [0, 0, 2, 4, 8, 256, 300, 300]
    now = 0.0
    tries = Tries(tmp_path / "tries", lambda: now)
    for _ in range(5):
        tries.count()
    assert tries.wait_s == 4
    now = 4.0
    tries.refuse_too_soon()
    tries.count()
    assert len(tries.forget()) == 5
    assert tries.wait_s == 0
    assert list(tmp_path.iterdir()) == []


def as_it_was(entrance: Entrance) -> bytes:
    return entrance.vault_file.read_bytes()


def test_an_older_vault_lets_nobody_in_with_a_former_password_or_paper(
    entrance: Entrance, tmp_path: Path
) -> None:
    store, paper = entrance.begin(CHEN, PASSWORD)
    older = as_it_was(entrance)
    with store:
        entrance.change_password(store, store.account.id, OTHER)
        entrance.new_paper_key(store)
    entrance.vault_file.write_bytes(older)
    with pytest.raises(StoreError):
        Entrance(tmp_path).sign_in("chen", PASSWORD)
    with pytest.raises(StoreError):
        Entrance(tmp_path).sign_in_with_paper(paper)


def test_a_former_password_with_the_vault_of_its_day_opens_the_records_no_more(
    entrance: Entrance, store: Store
) -> None:
    """Not in EvalAssist, and not with any other tool: the records have another key. Nobody else notices."""
    store.save(draft())
    entrance.add_account(store, LEE, OTHER)
    paper = entrance.new_paper_key(store)
    older = as_it_was(entrance)
    entrance.change_password(store, store.account.id, "brand new words")
    assert len(store.drafts()) == 1
    store.close()
    (former,) = vaults.unlock(vaults.vault_of(older), "chen", PASSWORD)[1]
    with pytest.raises(sqlcipher.DatabaseError):
        connect(entrance.records, former.database)
    entrance.sign_in("chen", "brand new words").close()
    entrance.sign_in("lee", OTHER).close()
    entrance.sign_in_with_paper(paper).close()
    entrance.vault_file.write_bytes(older)
    with pytest.raises(StoreError, match="put back from an earlier day"):
        entrance.sign_in("chen", PASSWORD)


def test_a_new_password_counts_though_the_records_could_not_get_their_new_key_yet(
    entrance: Entrance, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_keys: Keys) -> None:
        raise StoreError("another window has the file open")

    monkeypatch.setattr(store, "change_key", fails)
    former = store.keys
    entrance.change_password(store, store.account.id, OTHER)
    store.save(draft())
    store.close()
    with pytest.raises(WrongPasswordError):
        entrance.sign_in("chen", PASSWORD)
    with entrance.sign_in("chen", OTHER) as store:
        assert store.keys != former
        assert len(store.drafts()) == 1


def test_an_older_vault_is_refused_though_the_key_is_the_same(entrance: Entrance, store: Store) -> None:
    lee = entrance.add_account(store, LEE, OTHER)
    older = as_it_was(entrance)
    account = vaults.with_password(entrance.vault(), store.keys, lee.id, "lee", "brand new words")
    for coming in (True, False):
        store.keep_vault(vaults.vault_bytes(account), coming=coming)
    store.close()
    entrance.vault_file.write_bytes(older)
    with pytest.raises(VaultDamagedError, match="is not the vault of these records as they are now"):
        entrance.sign_in("lee", OTHER)


@pytest.mark.parametrize(
    ("owner", "step"),
    [(vaults, "with_password"), (Store, "keep_vault"), (vaults, "write_vault"), (Store, "change_key")],
)
def test_while_one_window_changes_a_password_a_change_in_another_is_refused_and_nobody_is_locked_out(
    entrance: Entrance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, step: str
) -> None:
    """Each would give the records a key of its own, and the vault that is written last would hold the other one."""
    store, paper = entrance.begin(CHEN, PASSWORD)
    other_window = Entrance(tmp_path)
    other, really = other_window.sign_in("chen", PASSWORD), getattr(owner, step)

    def meanwhile(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(owner, step, really)
        with pytest.raises(StoreError, match="Nothing was changed here"):
            other_window.change_password(other, store.account.id, "brand new words")
        return really(*given, **more)

    with store, other:
        monkeypatch.setattr(owner, step, meanwhile)
        entrance.change_password(store, store.account.id, OTHER)
    entrance.sign_in("chen", OTHER).close()
    entrance.sign_in_with_paper(paper).close()


@pytest.mark.parametrize(("owner", "step"), [(vaults, "write_vault"), (Store, "change_key")])
def test_a_backup_from_before_a_new_password_is_not_restored_while_another_window_changes_one(
    entrance: Entrance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, step: str
) -> None:
    """Else the vault of that window would lie beside the records of the backup, and open them to nobody."""
    store, paper = entrance.begin(CHEN, PASSWORD)
    backup = chosen_backup(Backups(entrance.records).make(store.keys.database, "asked").file)
    keys, really = backup.keys_by_paper(paper), getattr(owner, step)
    entrance.change_password(store, store.account.id, OTHER)

    def meanwhile(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(owner, step, really)
        with pytest.raises(NotRestoredError, match="is using the records"):
            restore(backup, keys, tmp_path)
        return really(*given, **more)

    with store:
        monkeypatch.setattr(owner, step, meanwhile)
        entrance.change_password(store, store.account.id, "brand new words")
    entrance.sign_in("chen", "brand new words").close()
    restore(backup, keys, tmp_path)
    entrance.sign_in("chen", PASSWORD).close()


def test_a_window_that_closes_puts_no_older_vault_back_over_a_change_of_another(
    entrance: Entrance, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, holds = Entrance(tmp_path).sign_in("chen", PASSWORD), Store.holds

    def meanwhile(closing: Store, anchor: vaults.Anchor) -> bool:
        found = holds(closing, anchor)
        with pytest.raises(StoreError, match="Nothing was changed here"):
            entrance.change_password(store, store.account.id, OTHER)
        return found

    with monkeypatch.context() as at_once:
        at_once.setattr(Store, "holds", meanwhile)
        other.close()
    entrance.change_password(store, store.account.id, OTHER)
    entrance.sign_in("chen", OTHER).close()


def test_one_account_more_than_a_vault_takes_is_refused_and_locks_nobody_out(
    entrance: Entrance, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vaults, "MOST_WAYS_IN", 2)  # the paper key and one account
    with pytest.raises(EvalAssistError, match="2 accounts are the most"):
        entrance.add_account(store, LEE, OTHER)
    assert [person.sign_in for person in store.people()] == ["chen"]
    entrance.sign_in("chen", PASSWORD).close()


def test_a_key_file_that_a_reset_makes_needless_is_told(entrance: Entrance, store: Store) -> None:
    lee = entrance.add_account(store, LEE, OTHER, b"on a stick")
    assert entrance.needs_key_file(store, lee.id)
    entrance.change_password(store, lee.id, "brand new words")
    assert not entrance.needs_key_file(store, lee.id)
    told = [line.says({}) for line in store.trail(Wanted(kind="Accounts, keys, limits"))]
    assert "Changed a password, which needs no key file any more" in told
    entrance.change_password(store, lee.id, OTHER)
    assert store.trail(Wanted(kind="Accounts, keys, limits"))[1].says({}) == "Changed a password"


def test_a_vault_of_somebody_else_confirms_nothing_and_gets_no_keys(entrance: Entrance, store: Store) -> None:
    own = store.account.id
    forged = vaults.with_password(vaults.new_vault(), new_keys(), own, "chen", "mine now")
    entrance.vault_file.write_bytes(vaults.vault_bytes(forged.model_copy(update={"begun": True})))
    with pytest.raises(WrongPasswordError):
        entrance.confirm(store, "mine now")
    entrance.change_password(store, own, OTHER)
    store.close()
    with entrance.sign_in("chen", OTHER):
        pass


def test_a_way_in_that_was_planted_is_sealed_nothing(entrance: Entrance, store: Store) -> None:
    lee = entrance.add_account(store, LEE, OTHER)
    real = entrance.vault()
    planted = vaults.with_password(real, new_keys(), "eve", "eve", "mine now")
    entrance.vault_file.write_bytes(vaults.vault_bytes(planted.model_copy(update={"begun": False})))
    entrance.remove_account(store, lee.id)
    assert entrance.vault().slot("eve") is None
    assert all(vaults.vault_of(text).slot("eve") is None for text in store.kept_vaults())


def test_a_key_that_was_planted_never_becomes_that_of_the_records(entrance: Entrance, store: Store) -> None:
    """Anybody can seal a key to an account's public half; signing in must not take it for a change of keys."""
    store.save(draft())
    real, chosen = entrance.vault(), Keys(new_keys().database, store.keys.audit)
    store.close()
    vaults.write_vault(real.with_new_keys(chosen, store.keys), entrance.vault_file)
    with pytest.raises(VaultDamagedError):
        entrance.sign_in("chen", PASSWORD)
    with pytest.raises(StoreError):
        Store(entrance.records, chosen)
    vaults.write_vault(real, entrance.vault_file)
    with entrance.sign_in("chen", PASSWORD) as store:
        assert len(store.drafts()) == 1


def test_a_change_of_the_vault_that_was_cut_short_counts_on_either_side(
    entrance: Entrance, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails before or after the file is written: one of the two passwords opens, and work goes on."""
    own = store.account.id

    def fails(*_told: object) -> None:
        raise EvalAssistError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(vaults, "write_vault", fails)
        with pytest.raises(EvalAssistError, match="full"):
            entrance.change_password(store, own, OTHER)
    store.close()
    with entrance.sign_in("chen", PASSWORD) as store:
        really = store.keep_vault
        monkeypatch.setattr(
            store,
            "keep_vault",
            lambda text, coming=False, **_: really(text, coming=True) if coming else fails(),
        )
        entrance.change_password(store, own, OTHER)
    with entrance.sign_in("chen", OTHER) as store:
        entrance.change_password(store, own, PASSWORD)
    with entrance.sign_in("chen", PASSWORD):
        pass


def test_a_removal_that_was_cut_short_can_be_repeated(
    entrance: Entrance, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    lee = entrance.add_account(store, LEE, OTHER)
    former = store.keys

    def fails(*_told: object) -> None:
        raise EvalAssistError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(vaults, "write_vault", fails)
        with pytest.raises(EvalAssistError, match="full"):
            entrance.remove_account(store, lee.id)
    assert lee.id in {account.id for account in store.accounts()}
    entrance.remove_account(store, lee.id)
    assert store.keys != former
    assert lee.id not in {account.id for account in store.accounts()}


def test_an_account_whose_adding_was_cut_short_is_added_once(
    entrance: Entrance, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_told: object) -> None:
        raise EvalAssistError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(vaults, "write_vault", fails)
        with pytest.raises(EvalAssistError, match="full"):
            entrance.add_account(store, LEE, OTHER)
    lee = entrance.add_account(store, LEE, OTHER)
    assert [account.id for account in store.accounts() if account.sign_in == "lee"] == [lee.id]
    entrance.sign_in("lee", OTHER).close()


def test_a_readable_file_in_the_place_of_the_records_is_an_alarm(entrance: Entrance, store: Store) -> None:
    store.close()
    entrance.records.write_bytes(b"SQLite format 3\0" + bytes(4080))
    with pytest.raises(StoreError, match="is not encrypted, but encrypted records were begun here"):
        entrance.state()


def test_nobody_makes_an_administrator_of_oneself(entrance: Entrance, store: Store) -> None:
    entrance.add_account(store, LEE, OTHER)
    store.close()
    with entrance.sign_in("lee", OTHER) as lees:
        with pytest.raises(EvalAssistError, match="Only an administrator"):
            lees.keep_account(replace(lees.account, role="administrator"))
        with pytest.raises(EvalAssistError, match="Only an administrator"):
            lees.keep_account(replace(CHEN, id="another"))


@pytest.mark.parametrize("content", [b"[" * 200_000, b"{}", b"\xff\xfe", b"5", b""])
def test_whatever_lies_in_the_file_of_tries_keeps_nobody_out(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "tries"
    file.write_bytes(content)
    tries = Tries(file)
    tries.refuse_too_soon()
    tries.count()
    assert tries.forget() == ()


def test_a_file_of_ever_so_many_tries_makes_the_next_one_wait_and_no_more(tmp_path: Path) -> None:
    """Anybody can write there; what it says goes into the audit trail."""
    file = tmp_path / "tries"
    file.write_text(json.dumps(["x" * 1000] * 5000))
    tries = Tries(file)
    assert 0 < tries.wait_s <= 300
    tries.count()
    assert sum(map(len, tries.forget())) < 10_000


def test_a_folder_in_the_place_of_the_file_of_tries_keeps_nobody_out(tmp_path: Path) -> None:
    file = tmp_path / "tries"
    file.mkdir()
    tries = Tries(file)
    tries.count()
    assert tries.forget() == ()
