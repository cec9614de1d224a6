"""The way into the records of a folder: begun once, then locked; opened by an account or by the paper key."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from uuid import uuid4

from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import EvalAssistError, StoreError
from evalassist.files import held
from evalassist.records import vault as vaults
from evalassist.records.accounts import Account
from evalassist.records.audit import (
    ASKS_FOR_ITS_SEAL,
    CONNECTED,
    HALF_MOVED,
    MOVED,
    MOVED_INTO,
    STANDS_IN,
    TAKES_BACK,
    append,
    head,
)
from evalassist.records.connection import WAIT_S, connect
from evalassist.records.doorstep import CHANGING, RECORDS, is_plain
from evalassist.records.faults import DamagedError, plain_words
from evalassist.records.models import COMING, COUNTS
from evalassist.records.plain_file import encrypt
from evalassist.records.server import FILE_NAME as SERVER_FILE
from evalassist.records.server import (
    Server,
    is_named,
    read_server,
    same_place,
    server_of,
    ways_to,
    write_server,
)
from evalassist.records.server_faults import sentence_start
from evalassist.records.store import AT_ONCE, Store, Told
from evalassist.records.tries import Tries
from evalassist.records.vault import (
    NO_WAYS,
    Anchor,
    Keys,
    Slot,
    Vault,
    VaultDamagedError,
    WrongPaperKeyError,
    WrongPasswordError,
    new_keys,
)
from evalassist.records.verify import Verified, verify
from evalassist.translate import tr

log = logging.getLogger(__name__)

TRIES = "evalassist.tries"
NOTHING: Mapping[str, Anchor] = MappingProxyType({})
State = Literal["new", "plain", "locked"]
Opened = Callable[..., tuple[str, list[Keys]]]
"""What opens a vault, with the ways to the key of the server's name, if any: gives whose way in it is, and the keys."""
OTHER_RECORDS = (
    "{server} holds other records than this computer. Nothing was changed. "
    "Put the files of this computer's records aside, then connect."
)
NOT_MOVED = (
    "{server} holds a copy of these records, but those of this computer were never moved there to the end, or come "
    "from a backup, and may hold more. Nothing was changed. Look which ones count. If it is those of the server, put "
    "the files of this computer's records aside, then connect."
)
OLDER_VAULT = (
    "If only {file} was put back from an earlier day, it does not open them: put the newest one back."
)
WERE_MOVED = (
    "These records were moved to the clinic's server, but {file}, which says where that is, is missing. What lies here "
    "is how they were on that day, so it was not opened. Connect this workstation anew with "
    "`evalassist connect-to-postgres`. Only if the server is lost for good, restore a backup from before."
)
WERE_LEFT = (
    "{server} says that the records lie in another database now. What is there is how they were on that day, so it was "
    "not opened. Connect this workstation anew with `evalassist connect-to-postgres`."
)
LACKS = (
    "{server} lacks what was kept in {former} since it was copied. Nothing was changed. "
    "Let everybody sign out, let whoever looks after the server copy it again, then connect."
)
HALF_MOVED_ONLY = (
    "{server} holds a copy of these records from a move that was not finished. Nothing was changed. Go on at the "
    "computer whose records were moved there: let an administrator sign in, or connect it."
)
NOT_CONNECTED_YET = (
    "{fault} {former} says already that the records lie in {server} from now on, but this workstation is not connected "
    "to it yet. Connect it again with `evalassist connect-to-postgres`."
)
UNREADABLE = "the database whose name is gone or damaged here"
NOT_TOLD = (
    "{former} may not have noted that the records lie in another database from now on. Nothing was changed here. "
    "Wait and try again; if it stays so, let whoever looks after the server find out what keeps it from that."
)
NOT_COMPARED = (
    "{file} names another database, and this password does not open it here, so what was kept there cannot be "
    "compared with {server}. Nothing was changed. Sign in here once, or connect to that one anew, so that this "
    "workstation knows this password, then connect. Only if that other database is lost or was left already, put the "
    "file aside, then connect."
)
CUT_SHORT = (
    "{server} holds a copy of these records from a move that was cut short. Nothing was changed; the records of this "
    "computer are the ones that count. Let whoever looks after the server empty that database, then move them again."
)


BUSY = (
    "Another window or program is at work on accounts, passwords or a backup. Nothing was changed here. Wait until it "
    "is done, then try again."
)
HALF_CHANGED = (
    "{new} counts from now on, but the disk did not take the whole change: together with an older copy of {file}, what "
    "was before opens the records still. Do the same once more, when no other program uses the records and the disk "
    "has room."
)
NOT_KEPT_HERE = (
    "The new password counts from now on, but the disk of this workstation did not take the whole change: it is known "
    "here after somebody else has signed in here. If nobody else can, connect this workstation anew with "
    "`evalassist connect-to-postgres`, when the disk has room."
)
EXCHANGED = (
    "{new} may not count: another program put another {file} in place of the one that was just written. What was "
    "before may open the records still. Do the same once more, and find out who else uses this account of the computer."
)
NOT_CONNECTED = (
    "Your clinic's administrator set {server} as the place of the records, and this workstation is not connected to it "
    "yet. Nothing was opened, and no records were begun here. Whoever looks after the clinic's computers connects it "
    "once with `evalassist connect-to-postgres --sign-in NAME`."
)
NOT_THAT_ONE = (
    "Your clinic's administrator set {server} as the place of the records; {other} is another one. "
    "Nothing was opened or changed. Connect this workstation anew with `evalassist connect-to-postgres`."
)


class Entrance:
    """The records file of one folder with its vault; or the vault alone, where the records lie on a server."""

    def __init__(self, folder: Path, *, wait_s: float = WAIT_S, database: str = "") -> None:
        """`wait_s`: how long a save waits for another window. `database`: the only one that may be opened, if said."""
        self.records = folder / RECORDS
        self.vault_file = folder / vaults.FILE_NAME
        self.server_file = folder / SERVER_FILE
        self.tries = Tries(folder / TRIES)
        self._wait_s = wait_s
        self._only = server_of(database) if database else None

    def state(self) -> State:
        """`new`: nothing was begun; `plain`: records from before they were encrypted; `locked`: sign in.

        Records without their vault, or a vault without its records, are an alarm and never a fresh start.
        """
        vault = self._vault_or_none()
        if self._only is not None and not self.server_file.exists():
            raise StoreError(NOT_CONNECTED.format(server=self._only))
        if self.server_file.exists():
            if vault is None:
                raise StoreError(
                    tr(
                        "The records lie on the clinic's server, but {vault_file}, which opens them, is missing. "
                        "Nothing was changed. Connect this workstation anew with `evalassist connect-to-postgres`."
                    ).format(vault_file=self.vault_file)
                )
            return "locked"
        with plain_words(self.records, "open"):
            there = self.records.exists() and self.records.stat().st_size > 0
            plain = there and is_plain(self.records)
        if plain and vault is not None and vault.begun:
            raise StoreError(
                tr(
                    "{records} is not encrypted, but encrypted records were begun here: it was put in their place. "
                    "Nothing was changed. Put your records back, or restore your latest backup."
                ).format(records=self.records)
            )
        if plain:
            return "plain"
        if vault is None:
            if self.records.exists():
                raise StoreError(
                    tr(
                        "The records {records} are there, but {name}, which opens them, is missing. "
                        "Nothing was changed. Put it back beside the records: every backup holds a copy."
                    ).format(records=self.records, name=self.vault_file.name)
                )
            return "new"
        if there or not vault.begun:
            return "locked" if there else "new"
        what = "empty" if self.records.exists() else "missing"
        raise StoreError(
            tr(
                "The records file {records} is {what}, though records were begun here. No new ones were begun. "
                "Put the file back, or restore your latest backup."
            ).format(records=self.records, what=what)
        )

    def begin(self, account: Account, password: str, key_file: bytes | None = None) -> tuple[Store, str]:
        """The first account and the records, new or made from those not encrypted yet; and the paper key."""
        with self._alone():
            return self._begun(account, password, key_file)

    def _begun(self, account: Account, password: str, key_file: bytes | None) -> tuple[Store, str]:
        if self.state() == "locked":
            raise StoreError(tr("Records were begun here already. Sign in."))
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
            store.on_close = lambda: self._anchor(store)
        except BaseException:
            store.close()
            raise
        return store, paper

    def sign_in(self, name: str, password: str, key_file: bytes | None = None) -> Store:
        """Open the records for an account."""
        self.tries.refuse_too_soon()
        vault = self.vault()
        self.tries.count()

        def opened(vault: Vault, ways: Mapping[str, str] = NO_WAYS) -> tuple[str, list[Keys]]:
            slot, keys = vaults.unlock(vault, name, password, key_file, ways)
            return slot.id, keys

        try:
            account_id, found = self._unlocked(vault, opened)
        except WrongPasswordError as wrong:
            if not self.server_file.exists():
                raise
            elsewhere = tr(
                "An account or a password that was made at another workstation is known here after somebody has "
                "signed in here."
            )
            # the same words for a name that is known, so that they tell nobody which are
            raise WrongPasswordError(f"{wrong} {elsewhere}") from None
        return self._opened(vault, found, account_id, opened)

    def sign_in_with_paper(self, paper_key: str) -> Store:
        """Open the records with the paper key, when no password is left; its account is that of an administrator."""
        self.tries.refuse_too_soon()
        vault = self.vault()
        self.tries.count()

        def opened(vault: Vault, ways: Mapping[str, str] = NO_WAYS) -> tuple[str, list[Keys]]:
            return vaults.PAPER, vaults.unlock_with_paper(vault, paper_key, ways)

        account_id, found = self._unlocked(vault, opened)
        return self._opened(vault, found, account_id, opened)

    def _unlocked(self, vault: Vault, opened: Opened) -> tuple[str, list[Keys]]:
        """The keys that a way in opens here; where a server is named, with the key of its name."""
        if not self.server_file.exists():
            return opened(vault)
        return opened(vault.with_newest_keys_only(), ways_to(self.server_file))

    def confirm(self, store: Store, password: str, key_file: bytes | None = None) -> None:
        """Ask an account that is signed in for its password again; it raises when that is wrong."""
        self.tries.refuse_too_soon()
        self.tries.count()
        try:
            vaults.confirm(self._kept_vault(store), store.account.id, store.keys, password, key_file)
        except WrongPasswordError:
            raise WrongPasswordError(
                tr("The password is not right. Check Caps Lock and the keyboard's language, then try again.")
            ) from None
        store.note_wrong_passwords(self.tries.forget())

    def verify(
        self, name: str, password: str, key_file: bytes | None = None, known: Mapping[str, Anchor] = NOTHING
    ) -> Verified:
        """Look through the records without opening them for work; `known`: lines of the audit trail kept elsewhere."""
        self._refuse_what_is_not_locked()
        self.tries.refuse_too_soon()
        vault = self.vault()
        self.tries.count()

        def opened(vault: Vault, ways: Mapping[str, str] = NO_WAYS) -> tuple[str, list[Keys]]:
            slot, keys = vaults.unlock(vault, name, password, key_file, ways)
            return slot.id, keys

        account_id, found = self._unlocked(vault, opened)
        if self.server_file.exists():
            return self._verify_on_server(vault, found[-1], opened, known)
        self.tries.take_back()
        with plain_words(self.records, "read"):
            keys = self._fitting(found)
            if len(found) == 1:
                self._refuse_a_foreign_slot(_vaults_in(self.records, keys), vault, account_id)
            return verify(self.records, keys, {"the vault": vault.anchor, **known})

    def _verify_on_server(
        self, vault: Vault, opened: Keys, again: Opened, known: Mapping[str, Anchor]
    ) -> Verified:
        """The records that count lie there; a file that is still here is how they were before they were moved."""
        from evalassist.records.verify_server import verify_server

        with self._right_so_far():
            server = read_server(self.server_file, opened)
            refuse_another(server, self._only)
            with Store(server, opened, wait_s=self._wait_s) as store:
                _refuse_left(store)
                keys = again(self._kept_vault(store))[1][-1]  # who was removed elsewhere is told nothing here
        self.tries.take_back()
        if keys.audit != opened.audit:
            raise VaultDamagedError
        return verify_server(server, keys.audit, {"the vault": vault.anchor, **known})

    def _refuse_what_is_not_locked(self) -> None:
        """Records that are missing, or readable, are never opened as if they were those that were begun."""
        if self.state() != "locked":
            raise StoreError(
                tr("There are no locked records in {parent}. Name the folder that holds them.").format(
                    parent=self.records.parent
                )
            )

    def _fitting(self, found: list[Keys]) -> Keys:
        """The keys that open the records: of two, while a change of keys was cut short, the new ones or the old."""
        for keys in found[:0:-1]:
            with suppress(sqlite.DatabaseError):
                connect(self.records, keys.database).close()
                return keys
        return found[0]

    def _opened(self, vault: Vault, found: list[Keys], account_id: str, again: Opened) -> Store:
        if self.server_file.exists():
            with self._right_so_far():
                server = read_server(self.server_file, found[-1])
                refuse_another(server, self._only)
                return self._opened_on_server(server, found[-1], vault, account_id, again)
        wrong = self.tries.forget()
        self._refuse_what_is_not_locked()
        keys = self._finish_change_of_keys(vault, found, account_id) if len(found) > 1 else found[0]
        try:
            store = Store(self.records, keys, wait_s=self._wait_s)
        except DamagedError as error:
            raise DamagedError(f"{error} {OLDER_VAULT.format(file=self.vault_file)}") from error
        try:
            if len(found) == 1:
                self._refuse_a_foreign_slot(store.kept_vaults(), vault, account_id)
            if store.was_left():
                raise StoreError(WERE_MOVED.format(file=self.server_file))
            first = vault.slot(account_id)
            if first and not vault.begun and not store.people():  # begun, and cut short before this was kept
                store.keep_account(Account(first.id, first.name, first.name, "", "administrator"))
            store.account = store.account_of(account_id)
            self._come_in(store, vault, wrong)
            if not vault.begun or not self._is_sound():
                with self._alone():
                    self._write(store, self._kept_vault(store).model_copy(update={"begun": True}))
            elif self._is_of_another_day(store, vault):
                with suppress(EvalAssistError), self._alone():  # whoever comes next tries it again
                    self._write(store, self._kept_vault(store))
        except BaseException:
            store.close()
            raise
        return store

    @contextmanager
    def _right_so_far(self) -> Iterator[None]:
        """The password was right here: what fails now is no wrong try, and those before it are still to be told."""
        try:
            yield
        except (WrongPasswordError, WrongPaperKeyError):
            raise  # a former one, known to this workstation only, is a wrong try like any other
        except BaseException:
            self.tries.take_back()
            raise

    def _come_in(self, store: Store, vault: Vault, wrong: tuple[str, ...]) -> None:
        """Note who signed in, and whether the audit trail lacks the line that was its last one here."""
        store.trail_was_cut = not store.holds(vault.anchor)
        store.note_sign_in(wrong)
        with suppress(EvalAssistError):  # it is but a reminder
            store.look_who_chose_password()
        store.on_close = lambda: self._anchor(store)
        if store.trail_was_cut and store.account.administers:
            store.accept_cut = partial(self.accept_cut, store)

    # ------------------------------------------------------------ a server

    def join(self, server: Server, name: str, password: str, key_file: bytes | None = None) -> Store:
        """Connect this workstation to the records of the clinic's server; an administrator signs in for it."""
        from evalassist.records.postgres import look

        refuse_another(server, self._only)
        server = server.pinned()
        self.tries.refuse_too_soon()
        kept = look(server).vault
        if kept is None:
            raise StoreError(
                tr(
                    "There are no records in {server} yet. Nothing was changed. "
                    "Move those of a workstation there with `evalassist move-to-postgres`."
                ).format(server=server)
            )
        vault = vaults.vault_of(kept)
        here = self._vault_or_none()
        if here and here.records_id == vault.records_id:
            vault = vault.with_anchor(here.anchor)  # a cut is told here, whatever the server knows
        unknown = self.records.exists() and not self.server_file.exists()
        if here.begun and here.records_id != vault.records_id if here else unknown:
            raise StoreError(OTHER_RECORDS.format(server=server))
        self.tries.count()

        def opened(vault: Vault, ways: Mapping[str, str] = NO_WAYS) -> tuple[str, list[Keys]]:
            slot, keys = vaults.unlock(vault, name, password, key_file, ways)
            return slot.id, keys

        slot, found = vaults.unlock(vault, name, password, key_file)
        with self._right_so_far():
            if here and here.begun and not here.fits(found[-1]):  # they only bear the same name
                raise StoreError(OTHER_RECORDS.format(server=server))
            if here and self.records.exists() and not (self.server_file.exists() or self._were_moved(found)):
                raise StoreError(NOT_MOVED.format(server=server))
            unreadable = UNREADABLE if self.server_file.exists() or (here and here.begun) else ""
            former = self._server_before(server, found[-1], opened)
            left: Store | None = None
            with ExitStack() as until_named:
                asked = until_named.enter_context(Store(server, found[-1], wait_s=self._wait_s))
                with suppress(StoreError):  # it cannot be reached any more
                    if former is not None:
                        left = until_named.enter_context(Store(former, found[-1], wait_s=self._wait_s))
                account = asked.account_of(slot.id)
                if not (account.administers and (left is None or _administers_at(left, slot))):
                    raise EvalAssistError(tr("An administrator connects a workstation. Nothing was changed."))
                half, was_left = asked.half_moved_by(), asked.was_left()
                # where the file was moved into another one, that one counts
                if half and not self._were_moved(found, {MOVED_INTO: half}):
                    raise StoreError(HALF_MOVED_ONLY.format(server=sentence_start(str(server))))
                with _leaving(left, asked, account, vault.anchor, at_any_rate=True) as known:
                    if half:
                        _let_count(asked, account)
                    _note_connected(asked, account)
                    vault = vault.with_anchor(known or vault.anchor)
                    with self._alone():
                        keys = self._name_server(server, vault, found[-1])
            store = self._opened_on_server(server, keys, vault, slot.id, opened)
        store.trail_was_cut |= known is None
        store.was_left_before = was_left and not half
        if left is None and not half:
            store.not_compared_with = str(former or unreadable)
        return store

    def _server_before(self, now: Server, keys: Keys, opened: Opened) -> Server | None:
        """Which server this workstation used until now, where one is named; another that cannot be read is refused."""
        if not self.server_file.exists():
            return None
        with suppress(EvalAssistError):  # another password may be known here
            keys = self._unlocked(self.vault(), opened)[1][-1]
        try:
            former = read_server(self.server_file, keys)
        except StoreError:
            if self._names_another(now):
                raise StoreError(NOT_COMPARED.format(file=self.server_file, server=now)) from None
            return None
        # a password that was changed since is the one by which the server let this user in just now
        reached = same_place(replace(former, database=now.database), now) and former.user == now.user
        return replace(now, database=former.database) if reached else former

    def _name_server(self, server: Server, vault: Vault, keys: Keys) -> Keys:
        """Keep where the records lie, sealed by a new key that only the ways in of this vault open.

        Whoever was removed can still open an older one, and would read with it the password that the server has now.
        """
        keys = replace(keys, place=new_keys().database)
        self._write_name(server, keys, vault)
        vaults.write_vault(vault, self.vault_file)
        return keys

    def _write_name(self, server: Server, keys: Keys, vault: Vault) -> None:
        with plain_words(self.server_file, "keep"):
            write_server(self.server_file, server, keys, vault)

    def _keep_here(self, vault: Vault, keys: Keys) -> None:
        """Keep here the vault that counts for all workstations, whose ways in then open the server's name, too.

        Refused where another window gave that name a new key meanwhile.
        """
        server = read_server(self.server_file, keys)
        if keys.place:
            self._write_name(server, keys, vault)
        vaults.write_vault(vault, self.vault_file)

    def _catch_up(self, vault: Vault, keys: Keys) -> Keys:
        """Keep the vault that counts here, too; where that fails, whoever signs in next does it."""
        try:
            with self._alone():
                if keys.place:
                    self._keep_here(vault, keys)
                else:  # from before its name had a key
                    return self._name_server(read_server(self.server_file, keys), vault, keys)
        except (EvalAssistError, OSError) as fault:
            log.error("the vault that counts could not be kept here: %s", type(fault).__name__)
        return keys

    def _were_moved(self, found: list[Keys], because: Mapping[str, object] = MappingProxyType({})) -> bool:
        """Whether the file here says itself that its records lie on a server; `because`: in a line that says this."""
        for keys in reversed(found) if self.records.exists() else ():
            with suppress(StoreError), Store(self.records, keys, wait_s=self._wait_s) as file:
                return bool(file.left_by(because=because))
        return False

    def use_server(self, store: Store, server: Server) -> dict[str, int]:
        """Move the records of this computer to an empty database, or connect to it anew when they are there.

        Returns how many rows were moved. From then on only the server is used; the file stays, and is not opened.
        """
        from evalassist.records.moving import move
        from evalassist.records.postgres import look

        if not store.account.administers:
            raise EvalAssistError(
                tr("Only an administrator changes where the records lie. Nothing was changed.")
            )
        store.refuse_dismissed()
        refuse_another(server, self._only)
        server = server.pinned()
        kept, moved = look(server).vault, {}
        if kept is None:
            if store.is_shared:
                raise StoreError(tr("{server} is empty. Nothing was changed.").format(server=server))
            with self._alone():
                half = (store.keys.audit, store.account, MOVED, "", HALF_MOVED)
                moved = move(self.records, store.keys, server, lambda db: append(db, *half))
                counts = self._kept_vault(store)
                with Store(server, store.keys) as there:  # what was announced counts, too
                    there.keep_vault(vaults.vault_bytes(counts))
                    # from here on the file is refused, with or without the name of the server
                    with store.writing(MOVED, "", {MOVED_INTO: there.half_moved_by()}) as db:
                        # another window kept something since
                        if not there.holds(head(Session(db), store.keys.audit)):
                            raise StoreError(CUT_SHORT.format(server=server))
                    try:
                        _let_count(there, store.account)
                        self._name_server(server, counts, store.keys)
                    except EvalAssistError as fault:
                        raise StoreError(WERE_MOVED.format(file=self.server_file)) from fault
        elif vaults.vault_of(kept).records_id != self.vault().records_id:
            raise StoreError(OTHER_RECORDS.format(server=server))
        elif not store.is_shared:
            with Store(server, store.keys, wait_s=self._wait_s) as there:
                why = NOT_MOVED if there.tells_more_than(store) else CUT_SHORT
            raise StoreError(why.format(server=sentence_start(str(server))))
        else:
            store.refuse_dismissed()  # a move ended with it
            anchor = self.vault().anchor
            with Store(server, store.keys, wait_s=self._wait_s) as there:
                if there.half_moved_by():
                    raise StoreError(HALF_MOVED_ONLY.format(server=sentence_start(str(server))))
                with _leaving(store, there, store.account, anchor) as known:
                    _note_connected(there, store.account)
                    with self._alone():
                        vault = self._kept_vault(there).with_anchor(known or anchor)
                        store.keys = self._name_server(server, vault, store.keys)
        return moved

    def _opened_on_server(
        self,
        server: Server,
        opened: Keys,
        vault: Vault,
        account_id: str,
        again: Opened,
    ) -> Store:
        """Sign in with the vault that counts for all workstations: this one's copy may be older."""
        store = Store(server, opened, wait_s=self._wait_s)
        try:
            _refuse_left(store)
            newer = self._kept_vault(store).with_anchor(vault.anchor)
            if newer != vault or not opened.place:
                store.keys = self._catch_up(newer, opened)
            if newer != vault:
                try:
                    account_id, found = again(newer)  # whose it is says the vault that counts, too
                    store.keys = replace(found[-1], place=store.keys.place)
                except WrongPasswordError:
                    raise WrongPasswordError(
                        tr("This password was changed at another workstation. Sign in with the new one.")
                    ) from None
            if store.keys.audit != opened.audit:
                raise VaultDamagedError
            store.account = store.account_of(account_id)
            _let_in_by(store, newer)
            store.lies_elsewhere = partial(self._names_another, server)
            self._come_in(store, vault, self.tries.forget())  # the server has agreed
        except BaseException:
            store.close()
            raise
        return store

    # ------------------------------------------------------------ accounts

    def change_password(
        self, store: Store, account_id: str, password: str, key_file: bytes | None = None
    ) -> None:
        """A new password for an account: one's own, or another's set by an administrator.

        The records get a new key with it, so that the former password opens nothing, with no copy of its vault.
        """
        if account_id != store.account.id:
            _only_administrators(store)
        with self._alone():
            account = store.account_of(account_id)
            vault = self._kept_vault(store)
            former = vault.slot(account_id)
            if former is None:
                raise EvalAssistError(tr("This account has no way in. Add it anew."))
            dropped = {"key_file": "dropped"} if former.key_file and key_file is None else {}
            newer = _with_account(vault, store.keys, account, password, key_file)
            announced = self._announce_new_key(store, newer, vault, ("password-changed", account_id, dropped))
            self._use_if_possible(store, *announced)
            self._refuse_half(store, *announced, tr("The new password"))
            if store.is_shared and self._only_the_name_knows(newer.slot(account_id)):
                raise StoreError(tr(NOT_KEPT_HERE))
            if account_id == store.account.id:
                store.password_was_given = False

    def _only_the_name_knows(self, new: Slot | None) -> bool:
        """Whether the disk took a way in for the name of the server, but not for the vault: then neither opens."""
        if new is None or new in self.vault().slots:
            return False
        return self.vault().way_of(new) in ways_to(self.server_file)

    def needs_key_file(self, store: Store, account_id: str) -> bool:
        """Whether this account signs in with a key file beside its password."""
        slot = self._kept_vault(store).slot(account_id)
        return slot is not None and slot.key_file

    def add_account(
        self, store: Store, account: Account, password: str, key_file: bytes | None = None
    ) -> Account:
        """A new account; its owner changes the password at the first occasion."""
        _only_administrators(store)
        with self._alone():
            vault = self._kept_vault(store)
            if vault.slot_named(account.sign_in) is not None:
                raise EvalAssistError(
                    tr("“{sign_in}” signs in here already. Choose another name to sign in with.").format(
                        sign_in=account.sign_in
                    )
                )
            known = _added_without_a_way_in(vault, store, account)
            account = replace(account, id=known or str(uuid4()))
            told: Told | None = ("password-changed", known, {}) if known else None
            more = _with_account(vault, store.keys, account, password, key_file)
            store.keep_account(account)
            if any(len(slot.sealed) > 1 for slot in vault.slots):  # a new key is still to come, for everybody
                self._use_if_possible(store, *self._announce_new_key(store, more, vault, told))
            else:
                self._write(store, more, vault, told)
            return account

    def remove_account(self, store: Store, account_id: str) -> None:
        """Take an account its way in, and give the records a new key, so that the old way opens nothing.

        Records on a server are closed by the password of its user, which is then changed there.
        """
        _only_administrators(store)
        if account_id == store.account.id:
            raise EvalAssistError(
                tr("You are signed in with this account. Another administrator can remove it.")
            )
        with self._alone():
            vault = self._kept_vault(store)
            self._use(store, *self._announce_new_key(store, vault.without_slot(account_id), vault))
            store.remove_account(account_id)  # last, so that a removal that was cut short can be repeated

    def new_paper_key(self, store: Store) -> str:
        """A new paper key; the former paper opens nothing any more."""
        _only_administrators(store)
        with self._alone():
            vault = self._kept_vault(store)
            newer, paper = vaults.with_paper_key(vault, store.keys)
            announced = self._announce_new_key(store, newer, vault, ("paper-key-made", "", {}))
            self._use_if_possible(store, *announced)
            self._refuse_half(store, *announced, tr("A new paper key, which nobody saw,"))
            return paper

    def _announce_new_key(
        self, store: Store, vault: Vault, former: Vault, told: Told | None = None
    ) -> tuple[Keys, Vault]:
        """Write the vault, and in it a new key for the records, which only its ways in open; returns both.

        From here on the vault counts; where the key is not used now, that follows at the next sign-in. Records on a
        server keep theirs. The file is not asked for the vault again: another program may exchange it meanwhile.
        """
        store.changed_ways = True
        if store.is_shared:
            self._write(store, vault, former, told)
            return store.keys, vault
        keys = Keys(new_keys().database, store.keys.audit)
        announced = vault.with_new_keys(keys, store.keys)
        self._write(store, announced, former, told)
        return keys, announced

    def _use(self, store: Store, keys: Keys, announced: Vault) -> None:
        """Encrypt the records with the new key, if there is one."""
        if keys != store.keys:
            store.change_key(keys)
            self._write(store, announced.with_newest_keys_only())

    def _use_if_possible(self, store: Store, keys: Keys, announced: Vault) -> None:
        try:
            self._use(store, keys, announced)
        except EvalAssistError as fault:
            log.error("the records have their former key still: %s", type(fault).__name__)

    def _refuse_half(self, store: Store, keys: Keys, announced: Vault, new: str) -> None:
        """What was before opens nothing where the records have the new key, or know that another vault counts.

        What is new opens them only where its vault is the one in the file.
        """
        if store.is_shared:
            return
        new_ones = (announced.slots, announced.with_newest_keys_only().slots)
        here = kept = None
        with suppress(EvalAssistError):
            here = self.vault().slots
            kept = vaults.vault_of(store.kept_vaults()[0]).slots
        if here not in new_ones:
            raise StoreError(tr(EXCHANGED).format(new=new, file=self.vault_file))
        if store.keys != keys and kept not in new_ones:
            raise StoreError(tr(HALF_CHANGED).format(new=new, file=self.vault_file))

    def _anchor(self, store: Store) -> None:
        """Note in the vault how far the audit trail goes, so that cutting it is seen; never over a line it lacks."""
        try:
            if self.server_file.exists() and not self._is_at(store.where):
                return  # moved just now: the trail goes on there, without the line that this one ends with
            with self._alone():
                vault = self.vault()
                head = store.head() if store.holds(store.knows) else store.knows
                marked = vault if store.is_shared else vaults.with_check(vault, store.keys)
                if (head != vault.anchor or marked != vault) and store.holds(vault.anchor):
                    vaults.write_vault(marked.with_anchor(head), self.vault_file)
        except (
            Exception
        ) as fault:  # whatever lies there now: who locks is not held up, and keys are forgotten
            log.error("the audit trail could not be anchored: %s", type(fault).__name__)

    def _is_at(self, where: Path | Server) -> bool:
        return isinstance(where, Server) and is_named(self.server_file, where)

    def _names_another(self, server: Server) -> bool:
        """Whether this workstation uses another database by now; a name that is damaged, or gone, names none."""
        with suppress(StoreError):
            return not is_named(self.server_file, server)
        return False

    def accept_cut(self, store: Store) -> None:
        """The records were put back to an earlier state on purpose: the trail says so for good, and goes on."""
        with self._alone():
            store.note("cut-accepted", "", {"known": self.vault().anchor.number})
            vaults.write_vault(self.vault().with_anchor(store.head()), self.vault_file)
            store.trail_was_cut, store.accept_cut, store.knows = False, None, store.head()

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

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other window or command changes the vault or the key of the records meanwhile.

        Else one of them could give the records a key that the vault of the other does not hold.
        """
        with ExitStack() as until_done:
            with plain_words(self.vault_file, "keep"):
                try:
                    until_done.enter_context(held(self.vault_file.with_name(CHANGING)))
                except BlockingIOError as busy:
                    raise StoreError(tr(BUSY)) from busy
            yield

    def _write(
        self, store: Store, vault: Vault, former: Vault | None = None, told: Told | None = None
    ) -> None:
        """Write the vault, and a copy of it into the records: in a file first as what may come, then as what counts.

        What was announced, reached the file and was cut short then counts before another takes its place. `former`:
        what the vault was made of; where another window or workstation changed it meanwhile, that one stays. `told`:
        its line in the audit trail; what cannot be told is not changed.
        """
        text, kept = vaults.vault_bytes(vault), store.kept_vaults()
        if kept:
            now = self._kept_vault(store)
            if former is not None and now.slots != former.slots:
                raise StoreError(AT_ONCE)
            if not store.is_shared and now.slots != vaults.vault_of(kept[0]).slots:
                store.keep_vault(vaults.vault_bytes(now))
                kept = store.kept_vaults()
        if (
            store.is_shared
        ):  # the copy inside counts for every workstation: what it refuses never reaches the file
            store.keep_vault(text, seen=kept, told=told)
            _let_in_by(store, vault)
            last = partial(self._keep_here, vault, store.keys)
        else:
            store.keep_vault(text, coming=True, seen=kept, told=told)
            vaults.write_vault(vault, self.vault_file)
            last = partial(store.keep_vault, text, seen=(*kept[:1], text))
        try:
            last()
        except EvalAssistError as fault:
            log.error("the vault and its copy in the records differ still: %s", type(fault).__name__)

    def _kept_vault(self, store: Store) -> Vault:
        """The vault by its copy inside the records, which nobody without a key can change; the anchor is this file's.

        A change of the vault that was cut short is the file's, where the records announced it.
        """
        here, kept = self.vault(), store.kept_vaults()
        if not kept:
            return here
        if store.is_shared:
            # nothing is announced there, and of what its user could write only a way in has to prove itself
            there = vaults.with_check(vaults.vault_of(kept[0]), store.keys)
            own = {"records_id": here.records_id, "anchor": here.anchor, "begun": True}
            return there.model_copy(update=own)
        counts = [vaults.vault_of(text) for text in kept]
        found = next((each for each in counts if each.slots == here.slots), counts[0])
        return found.with_anchor(here.anchor)

    def _is_of_another_day(self, store: Store, vault: Vault) -> bool:
        """A restore that was cut short left the vault of its backup: who was added since finds no way in there."""
        kept = [vaults.vault_of(text).slots for text in store.kept_vaults()]
        return bool(kept) and vault.slots not in kept

    def _refuse_a_foreign_slot(self, copies: tuple[bytes, ...], vault: Vault, slot_id: str) -> Vault:
        """An older vault, or one that was changed outside, would let in who has no way in any more.

        Returns the one of the `copies` inside the records that knows this way in. The file may still have the keys
        before beside the new ones: where the last one was damaged, it is the one before.
        """
        kept = [vaults.vault_of(text) for text in copies]
        own = [each.slot(slot_id) for each in (vault, vault.with_newest_keys_only())]
        knows = next((each for each in kept if each.slot(slot_id) in own), None)
        if kept and knows is None:
            raise VaultDamagedError(
                tr(
                    "{vault_file} is not the vault of these records as they are now: it is older, or was changed. "
                    "Nothing was changed. Put the newest vault back, or restore your latest backup."
                ).format(vault_file=self.vault_file)
            )
        return (knows or vault).with_anchor(vault.anchor)

    def _finish_change_of_keys(self, vault: Vault, found: list[Keys], slot_id: str) -> Keys:
        """A change of keys that was cut short: the records have one of the two keys, and get the new one."""
        old, new = found
        try:
            store, opened_by = Store(self.records, new), new
        except StoreError:
            store, opened_by = Store(self.records, old), old
        with store:
            # first of all: whoever can write to the vault can seal a key of their own to anybody
            counts = self._refuse_a_foreign_slot(store.kept_vaults(), vault, slot_id)
            try:
                with self._alone():
                    if self.vault() != vault:
                        raise StoreError(AT_ONCE)
                    store.keep_vault(vaults.vault_bytes(counts))
                    if opened_by is old:
                        store.change_key(new)
                    self._write(store, counts.with_newest_keys_only())
            except EvalAssistError as fault:  # a full disk keeps nobody out: it is finished another time
                log.error("a change of keys could not be finished: %s", type(fault).__name__)
            return store.keys


def refuse_another(server: Server, only: Server | None) -> None:
    """Refuse any other place than the one that was fixed, if one was."""
    if only is not None and not same_place(server, only):
        raise StoreError(NOT_THAT_ONE.format(server=only, other=server))


def _refuse_left(store: Store) -> None:
    """Refuse a database that an administrator left for another one, until one connects to it again."""
    if store.was_left():
        raise StoreError(WERE_LEFT.format(server=sentence_start(str(store.where))))


def _note_connected(store: Store, by: Account) -> None:
    """Note in a database who connects a workstation to it, without signing in."""
    store.note_as(by, CONNECTED, detail={TAKES_BACK: store.left_by(), STANDS_IN: store.stands_in()[0]})


def _let_count(copy: Store, by: Account) -> None:
    """From now on a copy of a file counts: the file says so, too. So does every copy of it in another database."""
    copy.note_as(by, CONNECTED, detail={TAKES_BACK: copy.left_by()})


def _administers_at(former: Store, slot: Slot) -> bool:
    """Whether this way in may lead away from the database before: who owns another makes anybody one there.

    One that was left already does not know the accounts of now; only a line with its seal says so here.
    """
    administers = any(each.id == slot.id and each.administers for each in former.accounts())
    has_it_there = slot in [vaults.vault_of(text).slot(slot.id) for text in former.kept_vaults()[:1]]
    return (administers and has_it_there) or bool(former.left_by(sealed=True))


@contextmanager
def _leaving(
    former: Store | None, now: Store, by: Account, known: Anchor, *, at_any_rate: bool = False
) -> Iterator[Anchor | None]:
    """The database before says that the records lie elsewhere: an older sealed name of it would lead back there.

    Not where it is the same one by another name. One that holds more is left only `at_any_rate`, for which None is
    given; else the line of the trail that the workstation, to which that one is `known`, knows from then on.
    """
    if former is None or former.stands_in() == now.stands_in():
        yield known
        return
    held, left = former.holds(known), {STANDS_IN: former.stands_in()[0], **ASKS_FOR_ITS_SEAL}
    told = {"former": sentence_start(str(former.where)), "server": sentence_start(str(now.where))}
    try:
        lacks = former.leave_for(now, by, left, at_any_rate=at_any_rate)
    except StoreError as fault:
        raise StoreError(NOT_TOLD.format(**told)) from fault
    if lacks and not at_any_rate:
        raise StoreError(LACKS.format(server=told["server"], former=former.where))
    try:
        # what is lacking tells only of who came and went since the copy
        yield None if lacks else now.head() if held else known
    except EvalAssistError as fault:
        raise StoreError(
            NOT_CONNECTED_YET.format(fault=fault, former=told["former"], server=now.where)
        ) from fault


def _vaults_in(records: Path, keys: Keys) -> tuple[bytes, ...]:
    """The copies of the vault in records that are only looked at; none where they are too damaged for it."""
    query = "SELECT vault FROM vault_copy WHERE id IN (?, ?) ORDER BY id"
    with suppress(sqlite.DatabaseError), closing(connect(records, keys.database)) as db:
        return tuple(bytes(text) for (text,) in db.execute(query, (COUNTS, COMING)))
    return ()


def _let_in_by(store: Store, vault: Vault) -> None:
    """From now on the records refuse this store where another vault counts that has its way in no more."""

    def way_in(vault: Vault) -> tuple[str, str] | None:
        slot = vault.slot(store.account.id)
        return None if slot is None else (slot.public, slot.private)

    here = way_in(vault)
    store.lets_in = lambda text: way_in(vaults.vault_of(text)) == here


def _only_administrators(store: Store) -> None:
    if not store.account.administers:
        raise EvalAssistError(tr("Only an administrator may do this. Ask one to sign in."))


def _added_without_a_way_in(vault: Vault, store: Store, account: Account) -> str | None:
    """The id this person got when an earlier try to add them ended before the vault was written."""
    mine = (account.sign_in, account.name)
    return next(
        (
            each.id
            for each in store.accounts()
            if (each.sign_in, each.name) == mine and vault.slot(each.id) is None
        ),
        None,
    )


def _with_account(vault: Vault, keys: Keys, account: Account, password: str, key_file: bytes | None) -> Vault:
    return vaults.with_password(vault, keys, account.id, account.sign_in, password, key_file)
