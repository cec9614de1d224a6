"""Before the records: the page that asks who is there, the way in with the paper key, and the waiting between tries."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from evalassist.errors import EvalAssistError
from evalassist.translate import tr
from ui import icons, spoken, style
from ui.aside import Aside
from ui.spoken import Said
from ui.way_in import WayIn
from ui.widgets.cards import Card
from ui.widgets.elided import GivingLabel
from ui.widgets.fields import TextField
from ui.widgets.marks import LinkButton
from ui.widgets.passwords import KeyFile, NewPassword, PasswordField, key_bytes
from ui.widgets.roomy import ScrolledDown, bring_into_view

if TYPE_CHECKING:
    from evalassist.records.accounts import Account
    from evalassist.records.entrance import Entrance
    from evalassist.records.store import Store


WIDTH = 460
COUNT_MS = 250
PAPER_MS = 120_000
"""So long the records stay open behind the paper key without a key or a click."""
ANOTHER = tr("Somebody new")
WAITS = tr(
    "After wrong tries the next one has to wait: {left}. Nothing is lost, and who knows the password comes in then."
)


class ClosedPage(QWidget):
    """A page in front of the records: one card after another in the middle, and work that takes a moment."""

    opened = Signal(object, object)
    """The `Store` that was opened, and the `WayIn`."""
    restore_wanted = Signal()
    hides = False
    """It stands before records that nobody may see now."""
    chapter = "accounts"
    """The chapter of the manual about this page."""

    def __init__(self, clinic: str, says: str = "") -> None:
        super().__init__()
        self.setObjectName("page")
        self._clinic, self._says = clinic, says
        self._told = ""
        """What a card is about, read aloud as it comes."""
        self._aside = Aside(self)
        self._cards = QStackedWidget()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._cards)
        style.column(self, spacing=0).addWidget(area)
        QShortcut(QKeySequence("F1"), self).activated.connect(self.show_manual)

    @property
    def at_work(self) -> bool:
        """Whether something was begun that is not done yet."""
        return self._aside.at_work

    @property
    def holds_records(self) -> bool:
        """Whether records are open behind it: by the paper key, or just begun."""
        return False

    @property
    def shows_paper_key(self) -> bool:
        """Whether a new paper key stands here that nobody has on paper yet."""
        return False

    def show_card(self, title: str, parts: list[QWidget], *buttons: QPushButton) -> None:
        """Put a card with these parts in the middle, in the place of the one before it."""
        card = Card(spacing=7)
        head = style.row(spacing=10)
        head.addWidget(style.label("h1", title))
        clinic = GivingLabel()
        clinic.setProperty("t", "q")
        clinic.setText(self._clinic)
        head.addWidget(clinic, 1, Qt.AlignmentFlag.AlignBaseline)
        card.body.addLayout(head)
        self._said, self._above = Said("", wrap=True), Said("", wrap=True)
        self._waits = Said("s", wrap=True)
        self._waits.hide()
        style.say(self._above, c="att")
        inner = QWidget()
        stack = style.column(inner, spacing=7)
        for part in (self._above, *parts, self._said, self._waits):
            stack.addWidget(part)
        card.body.addWidget(ScrolledDown(inner))  # title and buttons stay in sight
        ends = style.row(spacing=8)
        ends.addStretch(1)
        for button in buttons:
            ends.addWidget(button)
        manual = LinkButton(tr("Manual"))
        manual.setToolTip("F1")
        manual.clicked.connect(self.show_manual)
        ends.insertWidget(0, manual)  # the last one for Tab: who comes here wants to type
        card.body.addLayout(ends)
        self.say("")
        self.say_above(self._says)
        former = self._cards.currentWidget()
        place = QWidget()
        line = style.row(place, (16, 24, 16, 24), spacing=0)
        middle = style.column(spacing=0)
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(2)
        line.addStretch(1)
        line.addLayout(middle, 1000)
        line.addStretch(1)
        card.setMaximumWidth(max(style.px(WIDTH), card.minimumSizeHint().width()))
        self._cards.addWidget(place)
        self._cards.setCurrentWidget(place)
        self._told = " ".join(
            [
                title,
                *(part.text() for part in parts if isinstance(part, QLabel) and part.property("t") != "s"),
            ]
        )
        if self.isVisible():
            spoken.say(self, self._told)
        if former is not None:
            self._cards.removeWidget(former)
            former.deleteLater()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        spoken.say(self, self._told)

    def show_manual(self) -> None:
        """F1: the manual, open also to who cannot come in."""
        from ui.dialogs.manual import show_manual

        show_manual(self.window(), self.chapter)

    def nobody_there(self) -> None:
        """The screen was locked, the computer slept, or somebody pressed Ctrl+L."""

    def restore_link(self) -> LinkButton:
        """The way to the backups: for a new computer, or when a wrong state was kept."""
        link = LinkButton(tr("Restore a backup…"))
        link.clicked.connect(self.restore_wanted)
        return link

    def say(self, words: str, tone: str = "danger") -> None:
        """One sentence below the fields; empty hides it."""
        self._said.setText(words)
        self._said.setVisible(bool(words))
        style.say(self._said, c=tone)
        if words:
            bring_into_view(self._said)

    def say_above(self, words: str) -> None:
        """What the one who comes must know before anything else."""
        self._says = words
        self._above.setText(words)
        self._above.setVisible(bool(words))

    def leave(self) -> None:
        """The page goes: what was begun is waited for, and records it opened are closed again."""
        given = self._aside.finish()
        store = given[0] if isinstance(given, tuple) else given
        if store is not None:
            store.close()


class Door(ClosedPage):
    """Who is there: name and password, a key file where one is used; or the paper key."""

    hides = True
    paper_put_away = Signal(object)
    """The records that the paper key opened are closed; a way in may have been changed in them."""

    def __init__(
        self, entrance: Callable[[], Entrance], name: str = "", clinic: str = "", says: str = ""
    ) -> None:
        """`entrance` may wait until it is loaded; it is called only when somebody wants in."""
        super().__init__(clinic, says)
        self._entrance = entrance
        self._by_paper: Store | None = None
        self._given_up = False
        """Who tried to come in went away meanwhile: nobody else finds the records open."""
        self._away = QTimer(self, singleShot=True)
        self._away.timeout.connect(self._wait_no_longer)
        self._wait_s: Callable[[], float] = lambda: 0.0
        self._clock = QTimer(self, interval=COUNT_MS)
        self._clock.timeout.connect(self._count)
        self._show_unlock(name)

    @property
    def holds_records(self) -> bool:
        return self._by_paper is not None

    def take_keyboard(self) -> None:
        """Put the keyboard where typing begins, and say where that is: Orca passes over it while the page comes."""
        field = self.password if self.name.value else self.name
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        spoken.say(self, spoken.line_in_words(field.edit))

    def ready(self) -> None:
        """The entrance is loaded: wrong tries before the start may still make the next one wait."""
        with suppress(EvalAssistError):  # it could not be opened, and whoever asked was told why
            tries = self._entrance().tries
            self._wait_s = lambda: tries.wait_s
        self._count()

    def leave(self) -> None:
        self._stop_watching()
        super().leave()
        if self._by_paper is not None:
            self._by_paper.close()

    # ------------------------------------------------------------ name and password

    def _show_unlock(self, name: str) -> None:
        self._asks_for_paper = False
        self.name = TextField(tr("Name to sign in"))
        self.name.set_value(name or None)
        self.password = PasswordField(tr("Password"))
        self.password.entered.connect(self.unlock)
        self.key_file = KeyFile(tr("For an account that has one beside its password"))
        self._first_button(tr("Unlock"), self.unlock)
        paper = LinkButton(tr("Use the paper key…"))
        paper.setToolTip(tr("When no password is left"))
        paper.clicked.connect(self.show_paper)
        labels = (style.label("s", tr("Name to sign in")), style.label("s", tr("Password")))
        parts: list[QWidget] = [labels[0], self.name, labels[1], self.password, self.key_file, paper]
        parts.append(self.restore_link())
        self.show_card("EvalAssist", parts, self.button)

    def unlock(self) -> None:
        """Try what was typed; it takes a moment, and the window stays awake."""
        name, password = self.name.value or "", self.password.value
        if not name or not password:
            (self.password if name else self.name).setFocus()
            return
        key_file, entrance = self.key_file.path, self._entrance
        self._try(
            lambda: entrance().sign_in(name, password, key_bytes(key_file)),
            lambda store: self.opened.emit(store, WayIn(entrance(), key_file)),
        )

    # ------------------------------------------------------------ the paper key

    def show_paper(self) -> None:
        """Ask for the paper key."""
        self._asks_for_paper = True
        self.paper_key = QLineEdit()
        self.paper_key.setAccessibleName(tr("Paper key"))
        self.paper_key.returnPressed.connect(self.use_paper)
        self._first_button(tr("Go on"), self.use_paper)
        says = tr(
            "Type the nine groups as they stand on the paper. Small and capital letters are the same, and hyphens "
            "can be left out. Then you choose a new password."
        )
        self.show_card(
            tr("Paper key"), [style.label("q", says, wrap=True), self.paper_key], self._back(), self.button
        )
        self.paper_key.setFocus()

    def use_paper(self) -> None:
        """Try the paper key."""
        typed, entrance = self.paper_key.text().strip(), self._entrance
        if typed:
            self._try(lambda: entrance().sign_in_with_paper(typed), self._show_new_way)

    def _show_new_way(self, store: Store) -> None:
        """Opened by the paper key: whose password is chosen anew, or who comes in as an administrator."""
        from ui.widgets.account_fields import AccountFields

        self._by_paper = store
        self._accounts = store.accounts()
        self.who = QComboBox()
        spoken.name_combo(self.who, tr("Account"))
        for account in self._accounts:
            self.who.addItem(f"{account.name} ({account.sign_in}), {account.role}")
        self.who.addItem(ANOTHER)
        self.fields = AccountFields(asks_role=True)
        self.fields.role.set_value("administrator")
        self.who.currentIndexChanged.connect(lambda _: self.fields.setVisible(self._chosen() is None))
        self.fields.setVisible(self._chosen() is None)
        self.new_password = NewPassword()
        self.new_password.again.entered.connect(self.take_new_way)
        self._first_button(tr("Set the password"), self.take_new_way)
        says = tr("The paper key is right. Choose your account and a new password for it.")
        parts: list[QWidget] = [style.label("q", says, wrap=True), self.who, self.fields, self.new_password]
        self.show_card(tr("A new password"), parts, self._back(), self.button)
        self.who.setFocus()
        if (app := QApplication.instance()) is not None:
            app.installEventFilter(self)  # menus and lists are windows of their own
        self._away.start(PAPER_MS)

    def _chosen(self) -> Account | None:
        place = self.who.currentIndex()
        return self._accounts[place] if 0 <= place < len(self._accounts) else None

    def take_new_way(self) -> None:
        """Set the password, then sign in with it as on any other day."""
        account = self._chosen() or self.fields.account()
        store, entrance = self._by_paper, self._entrance
        if account is None or store is None:
            return
        password = self.new_password.taken((account.name, account.sign_in, self._clinic))
        if not password:
            return

        def come_in() -> Store:
            if account.id:
                entrance().change_password(store, account.id, password)
            else:
                entrance().add_account(store, account, password)
            opened = entrance().sign_in(account.sign_in, password)
            store.close()
            return opened

        def enter(opened: Store) -> None:
            self._by_paper = None
            self.paper_put_away.emit(store)
            self.opened.emit(opened, WayIn(entrance()))

        self._try(come_in, enter)

    def _back(self) -> QPushButton:
        back = QPushButton(tr("Back"))
        back.clicked.connect(self._go_back)
        return back

    def _go_back(self) -> None:
        if self.at_work:
            return
        store, self._by_paper = self._by_paper, None
        self._show_unlock("")
        self._count()
        self.take_keyboard()
        if store is not None:
            self._stop_watching()
            store.close()
            self.paper_put_away.emit(store)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress) and self._away.isActive():
            self._away.start()
        return False

    def _stop_watching(self) -> None:
        self._away.stop()
        if (app := QApplication.instance()) is not None:
            app.removeEventFilter(self)

    def _wait_no_longer(self) -> None:
        if self.at_work:
            self._away.start()
        else:
            self.nobody_there()

    def nobody_there(self) -> None:
        if self.at_work:
            self._given_up = True
        elif self._by_paper is not None:
            self._go_back()
            self.say(
                tr("Nobody was here: the records are closed again. Type the paper key once more."), "att"
            )
        elif self._asks_for_paper or self.password.value:
            self._go_back()  # whoever comes next tries nothing that was typed before

    # ------------------------------------------------------------ trying, and waiting between tries

    def _first_button(self, words: str, act: Callable[[], None]) -> None:
        self._act = words
        self.button = QPushButton(words)
        self.button.setProperty("kind", "primary")
        icons.put_icon(self.button, "lock", "accent_ink")
        self.button.clicked.connect(act)

    def _try(self, work: Callable[[], Store], then: Callable[[Store], object]) -> None:
        if self.at_work or not self.button.isEnabled():
            return
        self.button.setEnabled(False)
        self.say(tr("One moment…"), "q")
        self._given_up = False
        self._aside.do(work, partial(self._take, then), self._refused)

    def _take(self, then: Callable[[Store], object], opened: Store) -> None:
        if not self._given_up:
            then(opened)
            return
        self._go_back()
        opened.close()
        self.say(tr("The window was locked meanwhile. Sign in once more."), "att")

    def _refused(self, fault: EvalAssistError) -> None:
        if self._given_up:
            self._go_back()
        self.say(str(fault))
        self.ready()
        for field in self.findChildren(PasswordField):
            field.clear()
        typed = self.findChildren(QLineEdit)
        typed[-1].setFocus()

    def _count(self) -> None:
        """While the next try must wait: how long still, second by second."""
        left = ceil(self._wait_s())
        self.button.setEnabled(not left and not self.at_work)
        time = f"{left // 60}:{left % 60:02}"
        self.button.setText(tr("Wait {time}").format(time=time) if left else self._act)
        self._waits.setText(WAITS.format(left=time))
        if left and self._waits.isHidden():
            bring_into_view(self._waits)
        self._waits.setVisible(bool(left))
        if left:
            self._clock.start()
        else:
            self._clock.stop()
