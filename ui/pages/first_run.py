"""The first start: the account that begins the records, then the paper key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from evalassist.errors import EvalAssistError
from ui import style
from ui.pages.door import ClosedPage
from ui.way_in import WayIn
from ui.widgets.account_fields import AccountFields
from ui.widgets.paper_key import PaperKey
from ui.widgets.passwords import KeyFile, NewPassword, key_bytes

if TYPE_CHECKING:
    from evalassist.records.entrance import Entrance
    from evalassist.records.store import Store
    from evalassist.settings import Settings

SAYS = (
    "The records are encrypted, and only people with an account can open them. This first one is an administrator's: "
    "it adds the accounts of the others."
)
PLAIN = (
    "The records that are here can be read by anybody at this computer. They become encrypted now, and the readable "
    "file is removed once that is checked. Copies you made elsewhere stay readable: delete them."
)


class FirstRun(ClosedPage):
    """Who works here first. Nothing is begun before the button is pressed."""

    def __init__(self, entrance: Callable[[], Entrance], settings: Settings, *, plain: bool) -> None:
        """`plain`: records from before they were encrypted are here."""
        super().__init__(settings.clinic_name)
        self._entrance, self._settings = entrance, settings
        self._store: Store | None = None
        self.fields = AccountFields(asks_role=False)
        self.fields.name.set_value(settings.therapist_name or None)
        self.fields.licence.set_value(settings.licence or None)
        self.password = NewPassword()
        self.password.again.entered.connect(self.begin)
        self.key_file = KeyFile("A file on a stick that is needed beside the password, every time")
        self.button = QPushButton("Begin")
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self.begin)
        parts: list[QWidget] = [style.label("q", SAYS, wrap=True), self.fields, self.password, self.key_file]
        if plain:
            self._says = PLAIN
        else:
            parts.append(self.restore_link())
        self.show_card("Welcome to EvalAssist", parts, self.button)

    @property
    def holds_records(self) -> bool:
        return self._store is not None

    def take_keyboard(self) -> None:
        """Put the keyboard where typing begins."""
        first = self.fields.sign_in if self.fields.name.value else self.fields.name
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def ready(self) -> None:
        """The entrance is loaded; nothing waits for it here."""

    def leave(self) -> None:
        super().leave()
        if self._store is not None:
            self._store.close()

    def begin(self) -> None:
        """Make the account and the records."""
        account = self.fields.account()
        if self.at_work or account is None:
            return
        password = self.password.taken((*self.fields.known_names, self._settings.clinic_name))
        if not password:
            return
        key_file, entrance = self.key_file.path, self._entrance
        self.button.setEnabled(False)
        self.say("Making the keys…", "q")
        self._aside.do(
            lambda: entrance().begin(account, password, key_bytes(key_file)),
            lambda begun: self._show_paper_key(begun[0], begun[1], WayIn(entrance(), key_file)),
            self._refused,
        )

    def _refused(self, fault: EvalAssistError) -> None:
        self.button.setEnabled(True)
        self.say(str(fault))

    def _show_paper_key(self, store: Store, key: str, way_in: WayIn) -> None:
        self._store, self._says = store, ""
        self.paper_key = PaperKey(key, self._settings)
        self.paper_key.done.connect(lambda: self._enter(store, way_in))
        self.show_card("Your paper key", [self.paper_key])
        self.paper_key.has_it.setFocus()

    def _enter(self, store: Store, way_in: WayIn) -> None:
        self._store = None
        self.opened.emit(store, way_in)
