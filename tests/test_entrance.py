"""The way into the records: begun once, locked from then on, and an alarm where one half is missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from evalassist.errors import EvalAssistError, StoreError
from evalassist.evaluation import Evaluation, Patient
from evalassist.records import vault as vaults
from evalassist.records.accounts import Account
from evalassist.records.entrance import Entrance
from evalassist.records.store import Store
from evalassist.records.tries import TooSoonError, Tries, delay_s
from evalassist.records.vault import Keys, VaultDamagedError, WrongPasswordError, new_keys

CHEN = Account("", "chen", "A. Chen", "PT-1", "administrator")
LEE = Account("", "lee", "S. Lee", "PT-2", "therapist")
PASSWORD, OTHER = "correct horse", "battery staple"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("MEMORY_KIB", vaults.LEAST_MEMORY_KIB),
        ("PASSES", vaults.LEAST_PASSES),
        ("LANES", 1),
    ):
        monkeypatch.setattr(vaults, name, value)


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


def test_a_change_of_keys_cut_short_is_finished_at_the_next_sign_in(entrance: Entrance, store: Store) -> None:
    store.save(draft())
    fresh = Keys(new_keys().database, store.keys.audit)
    vaults.write_vault(entrance.vault().with_new_keys(fresh), entrance.vault_file)
    store.close()
    with entrance.sign_in("chen", PASSWORD) as store:
        assert store.keys == fresh
        assert len(store.drafts()) == 1
    assert vaults.unlock(entrance.vault(), "chen", PASSWORD)[1] == [fresh]


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


def _decrypted(sealed: Path, keys: Keys, plain: Path) -> None:
    from evalassist.records.connection import connect

    with closing(connect(sealed, keys.database)) as db:
        db.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plain),))
        db.execute("SELECT sqlcipher_export('plain')")
        for name in ("application_id", "user_version"):
            (value,) = db.execute(f"PRAGMA {name}").fetchone()
            db.execute(f"PRAGMA plain.{name} = {value}")


def test_wrong_passwords_make_the_next_try_wait(entrance: Entrance, store: Store, tmp_path: Path) -> None:
    store.close()
    for _ in range(4):
        with pytest.raises(WrongPasswordError):
            entrance.sign_in("chen", "wrong")
    with pytest.raises(TooSoonError, match=r"must wait [12] s"):
        entrance.sign_in("chen", PASSWORD)
    with pytest.raises(TooSoonError):
        Entrance(tmp_path).sign_in("chen", PASSWORD)  # starting anew shortens nothing


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
