"""The fields of an account: the name on papers, the license, the name to sign in, and the role."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from evalassist.translate import tr
from ui import style
from ui.spoken import Said
from ui.widgets.fields import TextField
from ui.widgets.roomy import bring_into_view
from ui.widgets.segments import Choice, SegmentedControl

if TYPE_CHECKING:
    from evalassist.records.accounts import Account, Role

ROLES: dict[str, str] = {
    "therapist": tr("Therapist"),
    "student": tr("Student"),
    "administrator": tr("Administrator"),
}
MOST_LETTERS = 100


class AccountFields(QWidget):
    """Who it is. `role` is asked only where there is a choice."""

    def __init__(self, *, asks_role: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = TextField(tr("Name, as on papers"), letters=MOST_LETTERS)
        self.licence = TextField(tr("License (needed to sign notes)"), letters=MOST_LETTERS)
        self.sign_in = TextField(tr("Name to sign in"), letters=MOST_LETTERS)
        self.role = SegmentedControl([Choice(role, word) for role, word in ROLES.items()], tr("Role"))
        self._said = Said("s", wrap=True)
        style.say(self._said, c="danger")
        self._said.hide()
        grid = style.scaled(QGridLayout(self), spacing=8)
        grid.setColumnStretch(1, 1)
        self.licence.edit.setPlaceholderText(tr("needed to sign notes"))
        words = (self.name.accessibleName(), tr("License"), self.sign_in.accessibleName())
        fields = [self.name, self.licence, self.sign_in]
        for at, (field, word) in enumerate(zip(fields, words, strict=True)):
            grid.addWidget(style.label("", word), at, 0)
            grid.addWidget(field, at, 1)
        if asks_role:
            grid.addWidget(style.label("", tr("Role")), len(fields), 0)
            grid.addWidget(self.role, len(fields), 1, Qt.AlignmentFlag.AlignLeft)
            hint = tr(
                "A student needs no license: a therapist co-signs. An administrator looks after accounts, too."
            )
            grid.addWidget(style.label("s", hint, wrap=True), len(fields) + 1, 0, 1, 2)
        grid.addWidget(self._said, len(fields) + 2, 0, 1, 2)
        self.role.setVisible(asks_role)
        self.role.set_value("therapist" if asks_role else "administrator")

    def show_account(self, account: Account) -> None:
        """Show what is kept; the name to sign in stays as it is."""
        self.name.set_value(account.name or None)
        self.licence.set_value(account.licence or None)
        self.sign_in.set_value(account.sign_in or None)
        self.sign_in.setEnabled(not account.id)
        self.role.set_value(account.role)

    def account(self, account_id: str = "") -> Account | None:
        """The account as typed; None, with a sentence, while something needed is missing."""
        from evalassist.records.accounts import Account

        name, sign_in = self.name.value or "", self.sign_in.value or ""
        licence, role = self.licence.value or "", self.role.value or ""
        missing = (
            (not name, self.name, tr("Write the name as it stands under a signed note.")),
            (not sign_in, self.sign_in, tr("Write a short name to sign in with, like “chen”.")),
            (not role, self.role, tr("Choose the role.")),
            (
                role == "therapist" and not licence,
                self.licence,
                tr("A therapist signs with a license. Write its number, or choose student."),
            ),
        )
        for lacks, field, words in missing:
            if lacks:
                self._said.setText(words)
                self._said.show()
                field.setFocus()
                bring_into_view(self._said)
                return None
        self._said.hide()
        return Account(account_id, sign_in, name, licence, cast("Role", role))

    @property
    def known_names(self) -> tuple[str, ...]:
        """What others know of the person: no password is made of it."""
        return tuple(filter(None, (self.name.value, self.licence.value, self.sign_in.value)))
