"""The clinic's database: its address, a test that says in words what it found, and the move there."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QPushButton

from evalassist.errors import EvalAssistError
from evalassist.managed import FIXED_WORDS, managed
from evalassist.translate import tr
from ui import style
from ui.aside import Rest
from ui.dialogs.asking import tell
from ui.dialogs.confirm import confirmed
from ui.spoken import Said
from ui.way_in import WayIn
from ui.widgets.secret_line import SecretLine

if TYPE_CHECKING:
    from evalassist.records.postgres import Found
    from evalassist.records.server import Server
    from evalassist.records.store import Store
    from ui.main_window import MainWindow

ASK_MS = 30
PORT = "5432"
CERTIFICATES = tr("Certificates (*.crt *.pem *.cer);;All files (*)")
FIELDS = (
    ("host", tr("Address"), tr("name or address of the server")),
    ("port", tr("Port"), ""),
    ("database", tr("Database"), ""),
    ("user", tr("User"), tr("the application's user that the setup made")),
    ("password", tr("Password"), tr("kept sealed, never readable")),
    ("certificate", tr("Certificate"), tr("file by which the server proves itself")),
)
SAYS = tr(
    "Several workstations share the records in a PostgreSQL database of the clinic. Whoever looks after the server "
    "prepares it with “evalassist postgres-setup” and gives you what stands below."
)
SURE = tr("From then on the records of this workstation lie there, and everybody signs in anew.")
NOT_ALLOWED = tr("Only an administrator changes where the records lie.")


class DatabaseDialog(QDialog):
    """Nothing is kept until a test of exactly these words has passed."""

    connected = Signal(str)
    """The records are used there from now on, and what was done; who goes on signs in anew."""

    def __init__(self, way_in: WayIn, store: Store, parent: MainWindow | None = None) -> None:
        super().__init__(parent)
        self._window = parent
        self._way_in, self._entrance, self._store = way_in, way_in.entrance, store
        self._passed: Server | None = None
        self._doing: Future[Any] | None = None
        self._then: Callable[[Any], None] = lambda _: None
        self._rest = Rest(self)
        self._asking = QTimer(self, interval=ASK_MS)
        self._asking.timeout.connect(self._ask)
        self.setWindowTitle(tr("Clinic's database"))
        self.setMinimumWidth(style.px(560))
        self._said = Said(wrap=True)
        self._test = QPushButton(tr("Test the connection"))
        self._test.clicked.connect(self.test)
        self._use = QPushButton(tr("Use this database"))
        self._use.setProperty("kind", "primary")
        self._use.setEnabled(False)
        self._use.clicked.connect(self.use)
        self._leave = QPushButton(tr("Cancel"))
        self._leave.clicked.connect(self.reject)
        stack = style.column(self, (20, 16, 20, 16), spacing=12)
        stack.addWidget(
            style.label("q", tr("Now: {where}. {says}").format(where=store.where, says=SAYS), wrap=True)
        )
        stack.addLayout(self._make_fields())
        stack.addWidget(self._said)
        stack.addLayout(self._make_ends())
        self._fixed = self._show_fixed(managed().database)
        if not store.account.administers:
            self._tell(NOT_ALLOWED, "danger")
            self._enable(False)
        self._lines["user" if self._fixed else "host"].setFocus()

    def _make_fields(self) -> QGridLayout:
        grid = style.scaled(QGridLayout(), spacing=8)
        grid.setColumnStretch(1, 1)
        self._lines: dict[str, QLineEdit] = {}
        for at, (key, words, hint) in enumerate(FIELDS):
            line = SecretLine(words) if key == "password" else QLineEdit(PORT if key == "port" else "")
            line.setAccessibleName(words)
            line.setPlaceholderText(hint)
            line.textChanged.connect(self._forget_test)
            self._lines[key] = line
            grid.addWidget(style.label("", words), at, 0)
            grid.addWidget(line, at, 1)
        self._choose = QPushButton(tr("Choose…"))
        self._choose.setAccessibleName(tr("Choose the certificate file"))
        self._choose.clicked.connect(self._choose_certificate)
        grid.addWidget(self._choose, len(FIELDS) - 1, 2)
        return grid

    def _show_fixed(self, address: str) -> tuple[str, ...]:
        """Which database it is was set by the administrator; user and password are still told here."""
        if not address:
            return ()
        from evalassist.records.server import server_of

        server = server_of(address)
        for key in ("host", "port", "database", "user", "certificate"):
            self._lines[key].setText(str(getattr(server, key)))
        for key in (fixed := ("host", "port", "database")):
            self._lines[key].setEnabled(False)
            self._lines[key].setAccessibleDescription(FIXED_WORDS)
        self._tell(
            tr("Address, port and database: {fixed_words}").format(fixed_words=FIXED_WORDS.lower()), "quiet"
        )
        return fixed

    def _make_ends(self) -> QHBoxLayout:
        ends = style.row(spacing=8)
        ends.addWidget(self._test)
        ends.addStretch(1)
        ends.addWidget(self._leave)
        ends.addWidget(self._use)
        return ends

    def test(self) -> None:
        """Connect with what is typed, in a thread of its own, and say what was found."""
        from evalassist.records.postgres import look

        try:
            server = self._typed()
        except EvalAssistError as fault:
            self._tell(str(fault), "danger")
            return
        self._forget_test()
        self._tell(tr("Connecting …"), "")
        self._do(lambda: look(server), lambda found: self._show_found(server, found))

    def use(self) -> None:
        """Move the records there, or use those that are there: the test has passed, and the password is asked."""
        server = self._passed
        if server is None or not confirmed(self._store, self._way_in, SURE, self._use.text(), self):
            return
        self._tell(tr("Working … Leave EvalAssist open."), "")
        self._do(lambda: self._move_to(server), lambda moved: self._finish(server, moved))

    def _move_to(self, server: Server) -> dict[str, int]:
        with self._store.kept_open():  # the window may lock meanwhile
            return self._entrance.use_server(self._store, server)

    def reject(self) -> None:
        """Cancel; what is being moved is waited for."""
        if self._doing is None:
            super().reject()

    def _typed(self) -> Server:
        from evalassist.records.server import Server

        words = {
            key: line.text() if key == "password" else line.text().strip()
            for key, line in self._lines.items()
        }
        missing = [
            name for key, name, _ in FIELDS if key in ("host", "port", "database", "user") and not words[key]
        ]
        if missing:
            raise EvalAssistError(tr("Still empty: {missing}.").format(missing=", ".join(missing)))
        if not words["port"].isdecimal() or not 0 < int(words["port"]) < 65_536:
            raise EvalAssistError(tr("The port is a number, usually {port}.").format(port=PORT))
        if words["certificate"] and not Path(words["certificate"]).is_file():
            raise EvalAssistError(
                tr("The certificate file is not there. Choose it anew, or leave the field empty.")
            )
        told = {**words, "port": int(words["port"])}
        return Server(**told).pinned()  # type: ignore[arg-type] # all others are words

    def _show_found(self, server: Server, found: Found) -> None:
        self._passed = server
        self._use.setText(tr("Use this database") if found.vault else tr("Move the records there"))
        self._use.setEnabled(True)
        self._use.setFocus()
        self._tell(found.says, "att" if found.look_at else "good")

    def _finish(self, server: Server, moved: dict[str, int]) -> None:
        rows = sum(moved.values())
        what = (
            tr("All {rows} rows arrived as they were; {records} stays and is not opened any more. ").format(
                rows=rows, records=self._entrance.records
            )
            if rows
            else ""
        )
        says = tr("{what}From now on this workstation uses {server}.").format(what=what, server=server)
        if not self.isVisible():
            self._tell_at_the_door(says)
            return
        self.accept()
        self.connected.emit(says)

    def _tell_at_the_door(self, says: str) -> None:
        """The window was locked meanwhile: who comes in hears how it went, or who came in already."""
        if self._window is None:
            return
        if self._window.door is None:
            tell(self._window, says, "")
        else:
            self._window.door.say_above("\n".join((says, *(held.says for held in self._window.waiting.held))))

    # ------------------------------------------------------------ one thing at a time, elsewhere

    def _do(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self._enable(False)
        self._then = then
        with_thread = ThreadPoolExecutor(1, "database")
        self._doing = self._rest.during(with_thread, work)
        with_thread.shutdown(wait=False)
        self._asking.start()

    def _ask(self) -> None:
        if self._doing is None or not self._doing.done():
            return
        self._asking.stop()
        self._rest.end()
        done, self._doing = self._doing, None
        self._enable(True)
        try:
            result = done.result()
        except EvalAssistError as fault:
            if self._passed is not None and not self.isVisible():
                self._tell_at_the_door(str(fault))
            self._tell(str(fault), "danger")
            self._test.setFocus()
            return
        self._then(result)

    def _enable(self, enabled: bool) -> None:
        for widget in (self._test, self._choose):
            widget.setEnabled(enabled)
        for key, line in self._lines.items():
            line.setEnabled(enabled and key not in self._fixed)
        self._use.setEnabled(enabled and self._passed is not None)
        self._leave.setEnabled(self._doing is None)

    def _forget_test(self) -> None:
        self._passed = None
        self._use.setEnabled(False)
        self._said.clear()

    def _choose_certificate(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("The server's certificate"), "", CERTIFICATES)
        if name:
            self._lines["certificate"].setText(name)

    def _tell(self, words: str, tone: str) -> None:
        self._said.setText(words)
        style.say(self._said, c=tone)
        style.settle()
        self.resize(self.width(), max(self.height(), self.heightForWidth(self.width())))
