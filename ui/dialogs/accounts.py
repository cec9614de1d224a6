"""Accounts: one's own password, and for an administrator who may sign in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget

from evalassist.errors import EvalAssistError
from evalassist.overview import Row
from evalassist.records.accounts import Account
from evalassist.records.store import Store
from evalassist.records.vault import WrongPasswordError
from evalassist.settings import Settings
from evalassist.translate import tr
from ui import style
from ui.aside import Aside
from ui.dialogs.confirm import confirmed
from ui.half_filled import HalfFilled, words_in
from ui.spoken import Said
from ui.way_in import WayIn
from ui.widgets.account_fields import ROLES, AccountFields
from ui.widgets.paper_key import PaperKey
from ui.widgets.passwords import KeyFile, NewPassword, PasswordField, key_bytes
from ui.widgets.roomy import outermost, roomy
from ui.widgets.row_list import RowList

REMOVED = tr(
    "{name} will not be able to sign in any more. The records get a new key, which may take a moment. "
    "Backups made before still open with the old password. What {name} signed stays as it is."
)
NO_KEY_FILE = tr(
    "{name} signs in with a key file beside the password. The new password opens without it, until {name} chooses a "
    "key file again."
)
NEW_PAPER = tr(
    "The paper key you have now opens nothing that is changed from now on: destroy that paper once you hold the new "
    "one. Backups made before still open with it."
)


class AccountsDialog(QDialog):
    """Everybody changes the own password here; an administrator adds, changes and removes accounts."""

    def __init__(
        self, store: Store, way_in: WayIn, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._settings = store, settings
        self.way_in = way_in
        """How one comes in; another one after the key file was changed."""
        self.setWindowTitle(tr("Accounts and passwords"))
        self.setMinimumWidth(style.px(620))
        self.list = RowList(tr("Accounts"))
        least = style.px(220)
        if parent is not None:  # what is said below it needs room, too
            least = min(least, outermost(parent).height() // 4)
        self.list.setMinimumHeight(least)
        self._who = style.label("", wrap=True)
        self._said = Said("", wrap=True)
        self._said.hide()
        self.own = _button(tr("Change my password…"), self.change_own)
        self.add = _button(tr("Add…"), self.add_account)
        self.edit = _button(tr("Change…"), self.edit_account)
        self.reset = _button(tr("New password…"), self.set_password)
        self.remove = _button(tr("Remove…"), self.remove_account)
        self.paper = _button(tr("New paper key…"), self.new_paper_key)
        close = _button(tr("Done"), self.accept)
        close.setProperty("kind", "primary")
        stack = style.column(self, (20, 16, 20, 16), spacing=12)
        mine = style.row(spacing=8)
        mine.addWidget(self._who, 1)
        mine.addWidget(self.own)
        stack.addLayout(mine)
        acts, ends = style.row(spacing=8), style.row(spacing=8)
        for button in (self.add, self.edit, self.reset, self.remove):
            acts.addWidget(button)
        acts.addStretch(1)
        ends.addWidget(self.paper)
        ends.addStretch(1)
        ends.addWidget(close)
        administers = store.account.administers
        if administers:
            stack.addWidget(self.list, 1)
            stack.addLayout(acts)
        stack.addWidget(self._said)
        stack.addLayout(ends)
        for part in (self.list, self.add, self.edit, self.reset, self.remove, self.paper):
            part.setParent(self)
            part.setVisible(administers)
        self.list.moved.connect(self._show_acts)
        self._read()

    @property
    def account(self) -> Account | None:
        """The account that is chosen."""
        place = self.list.currentIndex().row()
        return self._accounts[place] if 0 <= place < len(self._accounts) else None

    def _read(self) -> None:
        self._accounts = self._store.accounts()
        mine = self._store.account
        self._who.setText(tr("Signed in: {name} ({mine})").format(name=mine.name, mine=_about(mine)))
        self.list.show_rows(
            [Row(f"{one.name}", line=_about(one), value=one.sign_in) for one in self._accounts]
        )
        self._show_acts()

    def _show_acts(self) -> None:
        account = self.account
        for button in (self.edit, self.reset):
            button.setEnabled(account is not None)
        self.remove.setEnabled(account is not None and account.id != self._store.account.id)

    def change_own(self) -> None:
        """One's own password: the old one is asked first."""
        dialog = PasswordDialog(self._store, self.way_in, self._store.account, self._settings, self)
        if dialog.exec():
            if dialog.way_in is not None:
                self.way_in = dialog.way_in
            self._say(tr("Your password is changed. Backups made before still open with the old one."))

    def set_password(self) -> None:
        """A first password anew for somebody who forgot it."""
        account = self.account
        if account is None:
            return
        if account.id == self._store.account.id:
            self.change_own()
        elif PasswordDialog(self._store, self.way_in, account, self._settings, self).exec():
            self._say(
                tr("{name} signs in with the new password, and should change it then.").format(
                    name=account.name
                )
            )

    def add_account(self, again: HalfFilled | None = None) -> None:
        """Somebody new."""
        known = {account.id for account in self._accounts}
        if self._ask(None, again):
            self._read()
            new = [place for place, account in enumerate(self._accounts) if account.id not in known]
            for place in new:
                self.list.go_to(place)
            self._say(
                tr(
                    "Added. Tell the password in person. Its owner changes it by a click on the name, top right."
                )
            )

    def edit_account(self, again: HalfFilled | None = None) -> None:
        """Another name on papers, license, or role."""
        account = self.account
        if account and self._ask(account, again):
            self._read()
            self._say(tr("Changed. What was signed before keeps the former name and license."))

    def go_on(self, again: HalfFilled) -> None:
        """The form that was open when the window was locked."""
        places = [place for place, account in enumerate(self._accounts) if account.id == again.of]
        if not again.of:
            self.add_account(again)
        elif places:
            self.list.go_to(places[0])
            self.edit_account(again)

    def _ask(self, account: Account | None, again: HalfFilled | None) -> bool:
        dialog = AccountDialog(self._store, self.way_in, self._settings, account, self)
        if again is not None:
            again.put_into(dialog)
        return bool(dialog.exec())

    def remove_account(self) -> None:
        """Take somebody the way in."""
        account = self.account
        if account is None:
            return
        says = REMOVED.format(name=account.name)
        if confirmed(self._store, self.way_in, says, tr("Remove the account"), self, kind="danger"):
            self._do(lambda: self.way_in.entrance.remove_account(self._store, account.id))
            self._read()

    def new_paper_key(self) -> None:
        """A new paper key, shown once."""
        if not confirmed(self._store, self.way_in, NEW_PAPER, tr("Make a new paper key"), self):
            return
        made: list[str] = []
        self._do(lambda: made.append(self.way_in.entrance.new_paper_key(self._store)))
        if made:
            PaperKeyDialog(made[0], self._settings, self).exec()

    def _do(self, work: Callable[[], object]) -> None:
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            work()
        except EvalAssistError as fault:
            self._say(str(fault), "danger")
        else:
            self._said.hide()
        finally:
            QApplication.restoreOverrideCursor()

    def _say(self, words: str, tone: str = "") -> None:
        self._said.setText(words)
        style.say(self._said, c=tone)
        self._said.show()


class _WorkingDialog(QDialog):
    """A form whose last step takes a moment."""

    def __init__(
        self, title: str, act: str, parts: list[QWidget], parent: QWidget | None, *below: QWidget
    ) -> None:
        """`below`: what stays in sight where the parts scroll."""
        super().__init__(parent)
        self._aside = Aside(self)
        self.setWindowTitle(title)
        self._said = Said("", wrap=True)
        style.say(self._said, c="danger")
        self._said.hide()
        self.button = _button(act, self.act)
        self.button.setProperty("kind", "primary")
        ends = style.row(spacing=8)
        ends.addStretch(1)
        ends.addWidget(_button(tr("Cancel"), self.reject))
        ends.addWidget(self.button)
        inner = QWidget()
        form = style.column(inner, (0, 0, 8, 0), spacing=8)
        for part in parts:
            form.addWidget(part)
        form.addStretch(1)
        stack = style.column(self, (20, 16, 20, 16), spacing=8)
        taken = sum(part.sizeHint().height() + stack.spacing() for part in below)
        stack.addWidget(roomy(inner, 470, parent, taken), 1)
        for part in below:
            stack.addWidget(part)
        stack.addWidget(self._said)
        stack.addLayout(ends)

    def act(self) -> None:
        """What the button does."""
        raise NotImplementedError

    def begin(self, work: Callable[[], object]) -> None:
        """Do it beside the window; the dialog closes when it is done."""
        if not self._aside.at_work:
            self.button.setEnabled(False)
            self._aside.do(work, lambda _: self.accept(), self.refused)

    def reject(self) -> None:
        """Esc or Cancel: what was begun is done first."""
        if not self._aside.at_work:
            super().reject()

    def refused(self, fault: EvalAssistError) -> None:
        """It was not done."""
        self.button.setEnabled(True)
        self._said.setText(str(fault))
        self._said.show()

    def done(self, result: int) -> None:
        self._aside.finish()
        super().done(result)


class PasswordDialog(_WorkingDialog):
    """A new password: for oneself after the old one, or for another account after one's own."""

    def __init__(
        self, store: Store, way_in: WayIn, account: Account, settings: Settings, parent: QWidget | None = None
    ) -> None:
        self._store, self._old_way, self._account, self._settings = store, way_in, account, settings
        self._own = account.id == store.account.id
        self.way_in: WayIn | None = None
        """How one comes in from now on, after the own password was changed."""
        now = tr("Your password now") if self._own else tr("Your own password")
        self.old, self.new = PasswordField(now), NewPassword()
        self.key_file = KeyFile(tr("A file on a stick that is needed beside the password, every time"))
        parts: list[QWidget] = [style.label("s", now), self.old, self.new]
        if self._own:
            self.key_file.use(way_in.key_file)
            parts.append(self.key_file)
        elif way_in.entrance.needs_key_file(store, account.id):
            parts.append(style.label("", NO_KEY_FILE.format(name=account.name), wrap=True))
        super().__init__(
            tr("New password for {name}").format(name=account.name), tr("Set the password"), parts, parent
        )
        self.old.entered.connect(self.new.first.setFocus)
        self.new.again.entered.connect(self.act)
        self.old.setFocus()

    def act(self) -> None:
        if not self.old.value:
            self.old.setFocus()
            return
        known = (self._account.name, self._account.sign_in, self._settings.clinic_name)
        password = self.new.taken(known)
        if not password:
            return
        old, key_file = self.old.value, self.key_file.path if self._own else None
        if self._own:
            self.way_in = WayIn(self._old_way.entrance, key_file)

        def change() -> None:
            self._old_way.confirm(self._store, old)
            self._old_way.entrance.change_password(
                self._store, self._account.id, password, key_bytes(key_file)
            )

        self.begin(change)

    def refused(self, fault: EvalAssistError) -> None:
        super().refused(fault)
        self.old.clear()
        self.old.setFocus()


class AccountDialog(_WorkingDialog):
    """Somebody new with a first password, or the name, license and role of an account; one's own is asked again."""

    def __init__(
        self,
        store: Store,
        way_in: WayIn,
        settings: Settings,
        account: Account | None,
        parent: QWidget | None = None,
    ) -> None:
        self._store, self._way_in, self._settings, self._account = store, way_in, settings, account
        self.half_filled_as = ("account", account.id if account else "")
        self.fields, self.own = AccountFields(asks_role=True), PasswordField(tr("Your own password"))
        parts: list[QWidget] = [self.fields]
        if account is None:
            self.password = NewPassword()
            self.password.again.entered.connect(self.own.setFocus)
            says = tr("A first password, told in person. Its owner changes it after signing in.")
            parts += [style.label("s", says, wrap=True), self.password]
        else:
            self.fields.show_account(account)
        asked = style.label("s", tr("Your own password"))
        title, act = (
            (tr("A new account"), tr("Add account")) if account is None else (account.name, tr("Change it"))
        )
        super().__init__(title, act, parts, parent, asked, self.own)
        self.as_shown = words_in(self) if account else {}
        self.own.entered.connect(self.act)
        self.fields.name.setFocus()

    def act(self) -> None:
        account = self.fields.account(self._account.id if self._account else "")
        if account is None:
            return
        if self._account is not None:
            if self._account.id == self._store.account.id and account.role != self._account.role:
                self.refused(EvalAssistError(tr("Another administrator can change what you may do.")))
                return
            self._begin_as_owner(lambda: self._store.keep_account(account))
            return
        password = self.password.taken((*self.fields.known_names, self._settings.clinic_name))
        if password:
            self._begin_as_owner(lambda: self._way_in.entrance.add_account(self._store, account, password))

    def _begin_as_owner(self, work: Callable[[], object]) -> None:
        own = self.own.value
        if not own:
            self.refused(EvalAssistError(tr("Type your own password, too.")))
            return

        def confirm_and_work() -> None:
            self._way_in.confirm(self._store, own)
            work()

        self.begin(confirm_and_work)

    def refused(self, fault: EvalAssistError) -> None:
        super().refused(fault)
        if self._account is None and not isinstance(fault, WrongPasswordError) and self._name_is_taken():
            self.fields.sign_in.edit.selectAll()
            self.fields.sign_in.setFocus()
            return
        self.own.clear()
        self.own.setFocus()

    def _name_is_taken(self) -> bool:
        wanted = (self.fields.sign_in.value or "").strip().casefold()
        return any(one.sign_in.strip().casefold() == wanted for one in self._store.accounts())


class PaperKeyDialog(QDialog):
    """The new paper key; it stays until its owner has it on paper."""

    def __init__(self, key: str, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("The new paper key"))
        self.paper_key = PaperKey(key, settings, self)
        self.paper_key.done.connect(self.accept)
        style.column(self, (20, 16, 20, 16)).addWidget(roomy(self.paper_key, 470, parent))

    def reject(self) -> None:
        """Esc does not close it: the key is shown only once."""


def _about(account: Account) -> str:
    licence = tr(", license {licence}").format(licence=account.licence) if account.licence else ""
    return f"{ROLES[account.role].lower()}{licence}"


def _button(words: str, act: Callable[[], object]) -> QPushButton:
    made = QPushButton(words)
    made.setAutoDefault(False)
    made.clicked.connect(lambda: act())
    return made
