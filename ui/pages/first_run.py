"""The first start, in three minutes: the clinic, the first account, the paper key, and somebody to practice with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from evalassist.errors import EvalAssistError
from evalassist.managed import FIXED_WORDS, managed
from evalassist.settings import Settings, save_settings
from evalassist.translate import tr
from ui import style
from ui.pages.door import ClosedPage
from ui.way_in import WayIn
from ui.widgets.account_fields import AccountFields
from ui.widgets.fields import TextField
from ui.widgets.paper_key import PaperKey
from ui.widgets.passwords import KeyFile, NewPassword, key_bytes
from ui.widgets.segments import Choice, SegmentedControl

if TYPE_CHECKING:
    from evalassist.records.entrance import Entrance
    from evalassist.records.store import Store

CLINIC = tr(
    "About three minutes. What you do not know yet may stay empty or as it is: everything here is found again in "
    "Settings."
)
ACCOUNT = tr(
    "The records are encrypted, and only people with an account can open them. This first one is an administrator's: "
    "it adds the accounts of the others. The license may wait; it is found again under Accounts in Settings."
)
PLAIN = tr(
    "The records that are here can be read by anybody at this computer. They become encrypted now, and the readable "
    "file is removed once that is checked. Copies you made elsewhere stay readable: delete them."
)
READY = tr(
    "Everything is ready. Practice with a patient who does not exist, marked PRACTICE on every page and paper: "
    "a worked example to look at, change, sign and print. It is never counted, and found again on the start page."
)
FIXED = tr("What is gray is set by your clinic's administrator.")
TEXTS = (("clinic_name", tr("Clinic"), 200), ("clinic_phone", tr("Phone, for the handout"), 24))
CHOICES = (
    ("paper", tr("Paper"), (("letter", tr("Letter")), ("a4", "A4"))),
    ("force_unit", tr("Force in"), (("N", "N"), ("kgf", "kgf"), ("lbf", "lbf"))),
    ("body_units", tr("Height, weight in"), (("metric", tr("cm, kg")), ("us", tr("in, lb")))),
)


class FirstRun(ClosedPage):
    """One card after another. No records are begun before the button of the account is pressed."""

    settled = Signal(object)
    """The clinic's `Settings`, already kept."""
    chapter = "first-start"
    practice_wanted = Signal()
    """Who begins wants to practice first; told after `opened`."""

    def __init__(self, entrance: Callable[[], Entrance], settings: Settings, *, plain: bool) -> None:
        """`plain`: records from before they were encrypted are here."""
        super().__init__(settings.clinic_name)
        self._entrance, self._settings, self._plain = entrance, settings, plain
        self._store: Store | None = None
        self._way_in: WayIn | None = None
        """Of who began the records and has the paper key."""
        self._key: PaperKey | None = None
        self._first: QWidget = self
        self._account: tuple[QWidget, ...] = ()
        """What is typed of the account; it outlasts its card."""
        self._show_clinic()

    @property
    def holds_records(self) -> bool:
        return self._store is not None

    @property
    def shows_paper_key(self) -> bool:
        return self._key is not None and not self._key.is_on_paper

    def take_keyboard(self) -> None:
        """Put the keyboard where typing begins."""
        self._first.setFocus(Qt.FocusReason.OtherFocusReason)

    def ready(self) -> None:
        """The entrance is loaded; nothing waits for it here."""

    def nobody_there(self) -> None:
        if self._store is not None and self._way_in is not None:
            self._enter(self._store, self._way_in)  # and is locked out at once, like everybody who goes away

    def leave(self) -> None:
        super().leave()
        if self._store is not None:
            self._store.close()

    # ------------------------------------------------------------ the clinic

    def _show_clinic(self) -> None:
        place = QWidget()
        grid = style.scaled(QGridLayout(place), spacing=8)
        grid.setColumnStretch(1, 1)
        self.clinic: dict[str, TextField | SegmentedControl] = {}
        for key, words, letters in TEXTS:
            field = TextField(words, letters=letters)
            field.set_value(getattr(self._settings, key) or None)
            self.clinic[key] = field
        for key, words, options in CHOICES:
            boxes = SegmentedControl([Choice(value, word) for value, word in options], words)
            boxes.set_value(getattr(self._settings, key))
            self.clinic[key] = boxes
        fixed = self.clinic.keys() & managed().fixed.keys()
        for key in fixed:
            self.clinic[key].setEnabled(False)
            self.clinic[key].setToolTip(FIXED_WORDS)
            self.clinic[key].setAccessibleDescription(FIXED_WORDS)
        for at, part in enumerate(self.clinic.values()):
            aligned = (
                Qt.AlignmentFlag.AlignLeft if isinstance(part, SegmentedControl) else Qt.AlignmentFlag(0)
            )
            grid.addWidget(style.label("", part.accessibleName()), at, 0)
            grid.addWidget(part, at, 1, aligned)
        self.next = _button(tr("Next"), self.keep_clinic, primary=True)
        self.next.setProperty("field", True)  # Enter comes here from the last field
        parts: list[QWidget] = [
            _step(tr("Step 1 of 3: your clinic")),
            style.label("q", CLINIC, wrap=True),
            place,
        ]
        if fixed:
            parts.append(style.label("s", FIXED, wrap=True))
        if self._plain:
            self._says = PLAIN
        else:
            parts.append(self.restore_link())
        self.show_card(tr("Welcome to EvalAssist"), parts, self.next)
        self._first = next((part for part in self.clinic.values() if part.isEnabled()), self.next)

    def keep_clinic(self) -> None:
        """Keep what is known of the clinic, and ask for the account."""
        chosen: dict[str, Any] = {}
        for key, part in self.clinic.items():
            empty = "" if isinstance(part, TextField) else getattr(self._settings, key)
            chosen[key] = part.value or empty  # a setting always has a value
        settings = self._settings.model_copy(update=chosen)
        try:
            if settings != self._settings:
                save_settings(settings)
        except EvalAssistError as fault:
            self.say(str(fault))
            return
        self._settings, self._clinic = settings, settings.clinic_name
        self.settled.emit(settings)
        self._show_account()
        self.take_keyboard()

    # ------------------------------------------------------------ the first account

    def _make_account(self) -> tuple[QWidget, ...]:
        self.fields = AccountFields(asks_role=False)
        self.fields.name.set_value(self._settings.therapist_name or None)
        self.fields.licence.set_value(self._settings.licence or None)
        self.password = NewPassword()
        self.password.again.entered.connect(self.begin)
        self.key_file = KeyFile(tr("A file on a stick that is needed beside the password, every time"))
        return self.fields, self.password, self.key_file

    def _show_account(self) -> None:
        self._account = self._account or self._make_account()
        self.button = _button(tr("Begin"), self.begin, primary=True)
        back = _button(tr("Back"), self._go_back)
        head = [_step(tr("Step 2 of 3: your account")), style.label("q", ACCOUNT, wrap=True)]
        self.show_card(tr("Who works here first"), [*head, *self._account], back, self.button)
        self._first = self.fields.sign_in if self.fields.name.value else self.fields.name

    def _go_back(self) -> None:
        if not self.at_work:
            for part in self._account:
                part.setParent(self)  # it would go with its card
            self._show_clinic()
            self.take_keyboard()

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
        self.say(tr("Making the keys…"), "q")
        self._aside.do(
            lambda: entrance().begin(account, password, key_bytes(key_file)),
            lambda begun: self._show_paper_key(begun[0], begun[1], WayIn(entrance(), key_file)),
            self._refused,
        )

    def _refused(self, fault: EvalAssistError) -> None:
        self.button.setEnabled(True)
        self.say(str(fault))

    # ------------------------------------------------------------ the paper key, and on

    def _show_paper_key(self, store: Store, key: str, way_in: WayIn) -> None:
        self._store, self._says = store, ""
        self.paper_key = self._key = PaperKey(key, self._settings)
        self.paper_key.done.connect(lambda: self._show_ready(store, way_in))
        self.show_card(tr("Your paper key"), [_step(tr("Step 3 of 3: for the safe")), self.paper_key])
        self.paper_key.take_keyboard()

    def _show_ready(self, store: Store, way_in: WayIn) -> None:
        self._way_in = way_in
        self.to_start = _button(tr("Start page"), lambda: self._enter(store, way_in), primary=True)
        self.to_practice = _button(tr("Practice first"), lambda: self._practice(store, way_in))
        self.show_card(tr("Ready"), [style.label("", READY, wrap=True)], self.to_practice, self.to_start)
        self.to_start.setFocus()

    def _practice(self, store: Store, way_in: WayIn) -> None:
        self._enter(store, way_in)
        self.practice_wanted.emit()

    def _enter(self, store: Store, way_in: WayIn) -> None:
        self._store = None
        self.opened.emit(store, way_in)


def _step(words: str) -> QWidget:
    return style.label("b", words)


def _button(words: str, act: Callable[[], object], *, primary: bool = False) -> QPushButton:
    made = QPushButton(words)
    made.setAutoDefault(True)  # Enter presses it
    if primary:
        made.setProperty("kind", "primary")
    made.clicked.connect(lambda: act())
    return made
