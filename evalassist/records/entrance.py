"""The way into the records of a folder: begun once, then locked; opened by an account or by the paper key."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Literal
from uuid import uuid4

from evalassist.errors import EvalAssistError, StoreError
from evalassist.records import vault as vaults
from evalassist.records.accounts import Account
from evalassist.records.connection import WAIT_S
from evalassist.records.doorstep import RECORDS, is_plain
from evalassist.records.plain_file import encrypt
from evalassist.records.store import Store
from evalassist.records.tries import Tries
from evalassist.records.vault import Keys, Vault, VaultDamagedError, new_keys

log = logging.getLogger(__name__)

TRIES = "evalassist.tries"
State = Literal["new", "plain", "locked"]


class Entrance:
    """The records file of one folder with its vault."""

    def __init__(self, folder: Path, *, wait_s: float = WAIT_S) -> None:
        """`wait_s`: how long a save waits for another window."""
        self.records = folder / RECORDS
        self.vault_file = folder / vaults.FILE_NAME
        self.tries = Tries(folder / TRIES)
        self._wait_s = wait_s

    def state(self) -> State:
        """`new`: nothing was begun; `plain`: records from before they were encrypted; `locked`: sign in.

        Records without their vault, or a vault without its records, are an alarm and never a fresh start.
        """
        there = self.records.exists() and self.records.stat().st_size > 0
        vault = self._vault_or_none()
        if there and is_plain(self.records):
            return "plain"
        if vault is None:
            if self.records.exists():
                raise StoreError(
                    f"The records {self.records} are there, but {self.vault_file.name}, which opens them, is missing. "
                    "Nothing was changed. Put it back beside the records: every backup holds a copy."
                )
            return "new"
        if there or not vault.begun:
            return "locked" if there else "new"
        what = "empty" if self.records.exists() else "missing"
        raise StoreError(
            f"The records file {self.records} is {what}, though records were begun here. No new ones were begun. "
            "Put the file back, or restore your latest backup."
        )

    def begin(self, account: Account, password: str, key_file: bytes | None = None) -> tuple[Store, str]:
        """The first account and the records, new or made from those not encrypted yet; and the paper key."""
        if self.state() == "locked":
            raise StoreError("Records were begun here already. Sign in.")
        keys = new_keys()
        account = replace(account, id=account.id or str(uuid4()))
        vault = vaults.with_password(
            vaults.new_vault(), keys, account.id, account.sign_in, password, key_file
        )
        vault, paper = vaults.with_paper_key(vault, keys)
        vaults.write_vault(vault, self.vault_file)
        if self.state() == "plain":
            encrypt(self.records, keys.database)
        store = Store(self.records, keys, account, wait_s=self._wait_s)
        try:
            store.keep_account(account)
            self._write(store, vault.model_copy(update={"begun": True}))
        except BaseException:
            store.close()
            raise
        return store, paper

    def sign_in(self, name: str, password: str, key_file: bytes | None = None) -> Store:
        """Open the records for an account."""
        self.tries.refuse_too_soon()
        vault = self.vault()
        self.tries.count()
        slot, found = vaults.unlock(vault, name, password, key_file)
        return self._opened(vault, found, slot.id)

    def sign_in_with_paper(self, paper_key: str) -> Store:
        """Open the records with the paper key, when no password is left; its account is that of an administrator."""
        self.tries.refuse_too_soon()
        vault = self.vault()
        self.tries.count()
        return self._opened(vault, vaults.unlock_with_paper(vault, paper_key), vaults.PAPER)

    def confirm(self, store: Store, password: str, key_file: bytes | None = None) -> None:
        """Ask an account that is signed in for its password again; it raises when that is wrong."""
        self.tries.refuse_too_soon()
        self.tries.count()
        vaults.unlock(self.vault(), store.account.sign_in, password, key_file)
        self.tries.forget()

    def _opened(self, vault: Vault, found: list[Keys], account_id: str) -> Store:
        wrong = self.tries.forget()
        keys = self._finish_change_of_keys(vault, found) if len(found) > 1 else found[0]
        store = Store(self.records, keys, wait_s=self._wait_s)
        try:
            store.account = store.account_of(account_id)
            store.note_sign_in(wrong)
            if not vault.begun or not self._is_sound():
                self._write(store, vault.model_copy(update={"begun": True}))
        except BaseException:
            store.close()
            raise
        return store

    # ------------------------------------------------------------ accounts

    def change_password(
        self, store: Store, account_id: str, password: str, key_file: bytes | None = None
    ) -> None:
        """A new password for an account: one's own, or another's set by an administrator."""
        if account_id != store.account.id:
            _only_administrators(store)
        account = store.account_of(account_id)
        vault = self.vault()
        if vault.slot(account_id) is None:
            raise EvalAssistError("This account has no way in. Add it anew.")
        self._write(store, _with_account(vault, store.keys, account, password, key_file))
        store.note("password-changed", account_id)

    def add_account(
        self, store: Store, account: Account, password: str, key_file: bytes | None = None
    ) -> Account:
        """A new account; its owner changes the password at the first occasion."""
        _only_administrators(store)
        vault = self.vault()
        if vault.slot_named(account.sign_in) is not None:
            raise EvalAssistError(
                f"“{account.sign_in}” signs in here already. Choose another name to sign in with."
            )
        account = replace(account, id=str(uuid4()))
        store.keep_account(account)
        self._write(store, _with_account(vault, store.keys, account, password, key_file))
        return account

    def remove_account(self, store: Store, account_id: str) -> None:
        """Take an account its way in, and give the records a new key, so that the old way opens nothing."""
        _only_administrators(store)
        if account_id == store.account.id:
            raise EvalAssistError("You are signed in with this account. Another administrator can remove it.")
        keys = Keys(new_keys().database, store.keys.audit)
        store.remove_account(account_id)
        # the keys are sealed to the public halves kept inside the records: one outside could have been exchanged
        vault = self._trusted_vault(store).without_slot(account_id)
        self._write(store, vault.with_new_keys(keys))
        store.change_key(keys)
        self._write(store, self.vault().with_newest_keys_only())

    def new_paper_key(self, store: Store) -> str:
        """A new paper key; the former paper opens nothing any more."""
        _only_administrators(store)
        vault, paper = vaults.with_paper_key(self.vault(), store.keys)
        self._write(store, vault)
        store.note("paper-key-made", "")
        return paper

    # ------------------------------------------------------------ the vault

    def vault(self) -> Vault:
        """The vault; where its file is damaged, the one before it."""
        found = self._vault_or_none()
        if found is None:
            raise VaultDamagedError
        return found

    def _vault_or_none(self) -> Vault | None:
        previous = vaults.previous_of(self.vault_file)
        try:
            return vaults.read_vault(self.vault_file) if self.vault_file.exists() else None
        except VaultDamagedError:
            if not previous.exists():
                raise
            log.error("the vault is damaged, the one before it is used")
            return vaults.read_vault(previous)

    def _is_sound(self) -> bool:
        try:
            vaults.read_vault(self.vault_file)
        except VaultDamagedError:
            return False
        return True

    def _write(self, store: Store, vault: Vault) -> None:
        """Write the vault, and a copy of it into the records."""
        vaults.write_vault(vault, self.vault_file)
        store.keep_vault(vaults.vault_bytes(vault))

    def _trusted_vault(self, store: Store) -> Vault:
        kept = store.kept_vault()
        return self.vault() if kept is None else vaults.vault_of(kept)

    def _finish_change_of_keys(self, vault: Vault, found: list[Keys]) -> Keys:
        """A change of keys that was cut short: the records have one of the two keys, and get the new one."""
        old, new = found
        store = None
        try:
            store = Store(self.records, new)
        except StoreError:
            store = Store(self.records, old)
            store.change_key(new)
        with store:
            self._write(store, vault.with_newest_keys_only())
        return new


def _only_administrators(store: Store) -> None:
    if not store.account.administers:
        raise EvalAssistError("Only an administrator may do this. Ask one to sign in.")


def _with_account(vault: Vault, keys: Keys, account: Account, password: str, key_file: bytes | None) -> Vault:
    return vaults.with_password(vault, keys, account.id, account.sign_in, password, key_file)
