"""The vault: a password, a key file or the paper key opens it; nothing else does, and nothing weaker is accepted."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from evalassist.errors import EvalAssistError
from evalassist.records import vault as vaults
from evalassist.records.vault import (
    Keys,
    Vault,
    VaultDamagedError,
    WrongPaperKeyError,
    WrongPasswordError,
    new_keys,
    paper_secret,
    paper_text,
    read_vault,
    unlock,
    unlock_with_paper,
    vault_bytes,
    vault_of,
    write_vault,
)

pytestmark = pytest.mark.usefixtures("quick_passwords")

KEYS = new_keys()


def two_accounts() -> Vault:
    vault = vaults.with_password(vaults.new_vault(), KEYS, "1", "Chen", "correct horse")
    return vaults.with_password(vault, KEYS, "2", "lee", "battery staple", key_file=b"on a stick")


def test_each_account_opens_the_same_keys_with_its_own_password() -> None:
    vault = two_accounts()
    assert unlock(vault, " chen ", "correct horse") == (vault.slot("1"), [KEYS])
    assert unlock(vault, "Lee", "battery staple", b"on a stick")[1] == [KEYS]


@pytest.mark.parametrize(
    ("name", "password", "key_file"),
    [
        ("chen", "Correct horse", None),
        ("chen", "battery staple", None),
        ("nobody", "correct horse", None),
        ("paper", "correct horse", None),
        ("", "", None),
        ("lee", "battery staple", None),
        ("lee", "battery staple", b"another stick"),
        ("chen", "correct horse", b"a file that was never asked for"),
    ],
)
def test_anything_else_is_answered_alike(name: str, password: str, key_file: bytes | None) -> None:
    with pytest.raises(WrongPasswordError, match="The name or the password is not right"):
        unlock(two_accounts(), name, password, key_file)


def test_letters_written_in_two_ways_are_one_password() -> None:
    vault = vaults.with_password(vaults.new_vault(), KEYS, "1", "Zoë", "caf\u00e9 au lait")
    assert unlock(vault, "Zoe\u0308", "cafe\u0301 au lait")[1] == [KEYS]


def test_the_paper_key_opens_until_a_new_paper_is_made() -> None:
    vault, paper = vaults.with_paper_key(two_accounts(), KEYS)
    assert unlock_with_paper(vault, paper.lower().replace("-", " ")) == [KEYS]
    renewed, _ = vaults.with_paper_key(vault, KEYS)
    with pytest.raises(WrongPaperKeyError):
        unlock_with_paper(renewed, paper)


def test_every_slip_of_one_sign_on_the_paper_key_is_caught() -> None:
    paper = paper_text(bytes(range(20)))
    signs = [at for at, sign in enumerate(paper) if sign != "-"]
    slips = [
        paper[:at] + other + paper[at + 1 :] for at in signs for other in "ABCKXZ237" if other != paper[at]
    ]
    swapped = [
        paper[:at] + paper[then] + paper[at + 1 : then] + paper[at] + paper[then + 1 :]
        for at, then in pairwise(signs)
        if paper[at] != paper[then]
    ]
    for slip in (*slips, *swapped):
        with pytest.raises(WrongPaperKeyError):
            paper_secret(slip)


@pytest.mark.parametrize("typed", ["", "ABCD", "ß" * 36, "é" * 36, "A" * 100_000])
def test_what_is_no_paper_key_is_told_in_words(typed: str) -> None:
    with pytest.raises(WrongPaperKeyError, match="paper"):
        paper_secret(typed)


def test_a_new_password_leaves_the_other_accounts_and_the_keys_alone() -> None:
    vault = two_accounts()
    changed = vaults.with_password(vault, KEYS, "1", "Chen", "another one")
    assert unlock(changed, "chen", "another one")[1] == [KEYS]
    assert changed.slot("2") == vault.slot("2")
    with pytest.raises(WrongPasswordError):
        unlock(changed, "chen", "correct horse")


def test_keys_of_a_stranger_sealed_to_an_account_open_nothing() -> None:
    """Sealing needs only the public half; records or a server somebody else made must not be taken for the clinic's."""
    vault, paper = vaults.with_paper_key(two_accounts(), KEYS)
    for forged in (
        vault.with_new_keys(new_keys(), KEYS),
        vault.with_new_keys(new_keys(), KEYS).with_newest_keys_only(),
    ):
        with pytest.raises(VaultDamagedError):
            unlock(forged, "chen", "correct horse")
        with pytest.raises(VaultDamagedError):
            unlock_with_paper(forged, paper)


def test_a_vault_from_before_private_keys_were_marked_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(vaults, "_mark", lambda _keys: b"")
        older = two_accounts()
    assert unlock(older, "chen", "correct horse")[1] == [KEYS]


def test_new_keys_are_sealed_to_everybody_without_a_password() -> None:
    vault, paper = vaults.with_paper_key(two_accounts(), KEYS)
    fresh = Keys(new_keys().database, KEYS.audit)
    between = vault.with_new_keys(fresh, KEYS)
    assert unlock(between, "chen", "correct horse")[1] == [KEYS, fresh]
    after = between.with_newest_keys_only()
    assert unlock(after, "lee", "battery staple", b"on a stick")[1] == [fresh]
    assert unlock_with_paper(after, paper) == [fresh]


def test_a_key_is_never_shown() -> None:
    assert KEYS.database.hex() not in repr(KEYS)
    assert repr(KEYS) == "Keys()"


def test_the_file_comes_back_and_the_one_before_stays_beside_it(tmp_path: Path) -> None:
    file, first = tmp_path / "evalassist.vault", two_accounts()
    write_vault(first, file)
    second = first.without_slot("2")
    write_vault(second, file)
    assert read_vault(file) == second
    assert read_vault(vaults.previous_of(file)) == first
    assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}


def _swap_slots(plain: dict[str, object]) -> None:
    slots = plain["slots"]
    assert isinstance(slots, list)
    slots[0]["private"], slots[1]["private"] = slots[1]["private"], slots[0]["private"]


def _change(path: str, value: object) -> Callable[[dict[str, object]], None]:
    def change(plain: dict[str, object]) -> None:
        *way, last = path.split(".")
        at: object = plain
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at[step]  # type: ignore[index]
        assert isinstance(at, dict)
        assert at[last] != value
        at[last] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _swap_slots,
        _change("slots.0.id", "2"),
        _change("slots.0.name", "lee"),
        _change("slots.0.key_file", True),
        _change("slots.0.kind", "paper"),
        _change("slots.0.stretching.memory_kib", vaults.LEAST_MEMORY_KIB + 1024),
        _change("slots.0.stretching.memory_kib", 8),
        _change("slots.0.stretching.memory_kib", 2**30),
        _change("slots.0.stretching.passes", 1),
        _change("slots.0.stretching.salt", "AAAA"),
        _change("slots.0.stretching.lanes", 2),
        _change("records_id", "another"),
        _change("format", 2),
        _change("slots.0.private", ""),
        _change("slots.0.public", ""),
        _change("slots.0.sealed", []),
    ],
)
def test_a_vault_changed_by_hand_opens_nothing(change: Callable[[dict[str, object]], None]) -> None:
    plain = json.loads(two_accounts().model_dump_json())
    change(plain)
    body = json.dumps(plain).encode()
    with pytest.raises(EvalAssistError):
        unlock(vault_of(_with_its_sum(body)), "chen", "correct horse")


def _with_its_sum(body: bytes) -> bytes:
    return body + b"\n" + hashlib.sha256(body).hexdigest().encode()


def test_any_other_byte_and_any_cut_of_the_file_is_refused() -> None:
    whole, chance = vault_bytes(two_accounts()), random.Random(5)
    for _ in range(500):
        at = chance.randrange(len(whole))
        changed = bytearray(whole)
        changed[at] ^= 1 << chance.randrange(8)
        with pytest.raises(VaultDamagedError):
            vault_of(bytes(changed))
        with pytest.raises(VaultDamagedError):
            vault_of(whole[:at])


def test_a_slot_with_one_other_sign_opens_nothing_though_its_sum_fits() -> None:
    vault, chance = two_accounts(), random.Random(6)
    for name in ("public", "private", "sealed"):
        for _ in range(25):
            plain = json.loads(vault.model_dump_json())
            slot = plain["slots"][0]
            text = slot[name][0] if name == "sealed" else slot[name]
            at = chance.randrange(len(text))
            other = text[:at] + chance.choice([c for c in "ABCxyz059+/" if c != text[at]]) + text[at + 1 :]
            slot[name] = [other] if name == "sealed" else other
            with pytest.raises(EvalAssistError):
                unlock(vault_of(_with_its_sum(json.dumps(plain).encode())), "chen", "correct horse")


def test_keys_are_random() -> None:
    assert len({new_keys().database for _ in range(100)} | {new_keys().audit for _ in range(100)}) == 200
    assert Keys(b"a" * 32, b"b" * 32) == Keys(b"a" * 32, b"b" * 32)
