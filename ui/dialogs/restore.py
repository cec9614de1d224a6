"""Records brought back from a backup: from the page that asks who is there, or where they cannot be opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import merge
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QPushButton, QWidget

from evalassist.errors import EvalAssistError
from evalassist.overview import Row
from evalassist.records.backup import FOLDER, Backup, backups_in
from evalassist.records.doorstep import RECORDS
from evalassist.records.entrance import TRIES
from evalassist.records.integrity import counted
from evalassist.records.restore import Restored, ToRestore, chosen_backup, restore
from evalassist.records.tries import Tries
from evalassist.records.vault import PAPER, Keys
from evalassist.translate import tr
from ui import style
from ui.aside import Aside
from ui.crash import FaultPage
from ui.dialogs.asking import asked
from ui.spoken import Said
from ui.widgets.dates import date_text
from ui.widgets.roomy import ENDS
from ui.widgets.row_list import RowList
from ui.widgets.secret_line import SecretLine
from ui.widgets.segments import Choice, SegmentedControl

KINDS = {
    "working": tr("while working"),
    "close": tr("at the end of work"),
    "asked": tr("asked for"),
    "before-migration": tr("before an update of EvalAssist"),
    "before-restore": tr("before a backup was restored"),
}
WAYS = (Choice("paper", tr("Paper key")), Choice("password", tr("Password")))


class RestoreDialog(QDialog):
    """The backups found, the newest first; one is chosen, opened with the paper key or a password, and restored."""

    restored = Signal()
    told = ""
    """What came back, for who signs in next."""

    def __init__(self, folder: Path, places: Sequence[Path] = (), parent: QWidget | None = None) -> None:
        """`folder`: where the records belong; `places`: other folders with backups than the one beside them."""
        super().__init__(parent)
        self._folder = folder
        self._aside = Aside(self)
        self._tries = Tries(folder / TRIES)
        self.setWindowTitle(tr("Restore a backup"))
        room = parent.window().height() - ENDS // 2 if parent is not None else style.px(480)
        self.setMinimumSize(style.px(620), min(style.px(480), room))
        self.list = RowList(tr("Backups"))
        self.list.moved.connect(self._show_chosen)
        self.way = SegmentedControl(WAYS, tr("Open it with"))
        self.way.set_value("paper")
        self.way.answered.connect(lambda _: self._show_way())
        self.paper, self.name = QLineEdit(), QLineEdit()
        for line, words in ((self.paper, tr("Paper key")), (self.name, tr("Name to sign in"))):
            line.setAccessibleName(words)
            line.setPlaceholderText(words)
        self.password = secret_line(tr("Password"))
        self.name.returnPressed.connect(self.password.setFocus)
        self._note = style.label(
            "s",
            tr(
                "A backup opens with the passwords and the paper key of its day. The records that are here now are put "
                "aside first and never deleted."
            ),
            wrap=True,
        )
        self._said = Said("", wrap=True)
        self._said.hide()
        another, self.button, leave = (
            QPushButton(tr("Another file…")),
            QPushButton(tr("Restore")),
            QPushButton(tr("Cancel")),
        )
        self.button.setProperty("kind", "primary")
        another.clicked.connect(self._ask_for_file)
        self.button.clicked.connect(self.restore)
        for line in (self.paper, self.password):
            line.returnPressed.connect(self.button.click)
        leave.clicked.connect(self.reject)
        ends = style.row(spacing=8)
        ends.addWidget(another)
        ends.addStretch(1)
        ends.addWidget(leave)
        ends.addWidget(self.button)
        for button in (another, self.button, leave):
            button.setAutoDefault(False)
        stack = style.column(self, (20, 16, 20, 16), spacing=8)
        stack.addWidget(style.label("h1", tr("Restore a backup")))
        stack.addWidget(self.list, 1)
        for part in (self.way, self.paper, self.name, self.password, self._note, self._said):
            stack.addWidget(part)
        stack.addLayout(ends)
        self._files: list[Path] = []
        self._rows: list[Row] = []
        found = (backups_in(place) for place in (folder / FOLDER, *places))
        # within a folder their numbers order them, whatever the clock said; each folder counts anew
        self._show(list(merge(*found, key=lambda each: each.manifest.moment, reverse=True)))
        self._show_way()
        (self.list if self._files else another).setFocus()

    def choose(self, file: Path) -> None:
        """Offer a backup that lies elsewhere, with those beside it, before all others."""
        try:
            chosen = chosen_backup(file)
        except EvalAssistError as fault:
            self._say(str(fault))
            return
        beside = [each for each in backups_in(chosen.file.parent) if each.file not in self._files]
        self._files = [*(each.file for each in beside), *self._files]
        self._rows = [*map(_line, beside), *self._rows]
        if chosen.file not in self._files:  # what tells of it is missing
            self._files.insert(0, chosen.file)
            self._rows.insert(0, Row(chosen.file.name, line=str(chosen.file.parent)))
        self.list.show_rows(self._rows)
        self.list.go_to(self._files.index(chosen.file))
        self._said.hide()

    def restore(self) -> None:
        """Open the chosen backup and put its records in place."""
        place = self.list.currentIndex().row()
        if not 0 <= place < len(self._files):
            self._say(tr("Choose a backup first."))
            return
        file, by_paper = self._files[place], self.way.value == "paper"
        paper, name, password = self.paper.text(), self.name.text(), self.password.text()
        if not self._may_replace(self._rows[place]):
            return
        self.button.setEnabled(False)
        self._say(tr("Restoring…"), bad=False)

        def work() -> Restored:
            backup = chosen_backup(file)
            keys = self._opened(backup, by_paper, paper, name, password)
            return restore(backup, keys, self._folder, PAPER if by_paper else backup.account_id(name))

        self._aside.do(work, self._done, self._refused)

    def _may_replace(self, chosen: Row) -> bool:
        """Records that are here give way only to who says so."""
        return not (self._folder / RECORDS).exists() or asked(
            self,
            tr("Put this backup in the place of the records that are here?"),
            tr(
                "{backup}\nWhat was kept after it is then not in the records any more: it is put aside with "
                "everything that is here now, and never deleted."
            ).format(backup=" · ".join(part for part in (chosen.title, chosen.line) if part)),
            tr("Restore it"),
        )

    def _opened(self, backup: ToRestore, by_paper: bool, paper: str, name: str, password: str) -> list[Keys]:
        self._tries.refuse_too_soon()
        self._tries.count()
        keys = backup.keys_by_paper(paper) if by_paper else backup.keys_by_password(name, password)
        self._tries.take_back()  # nobody signed in: the wrong tries are still to be told
        return keys

    def done(self, result: int) -> None:
        """Esc, Cancel, or whoever was here went away: what was begun is done first, and told."""
        if not self._aside.at_work:
            super().done(result)

    def _done(self, back: Restored) -> None:
        self.told = tr(
            "The backup is restored: {counts}. The passwords and the paper key of its day count now."
        ).format(counts=counted(back.counts))
        if back.aside is not None:
            self.told += "\n" + tr("What was here before lies in {folder}.").format(folder=back.aside)
        self.accept()
        self.restored.emit()

    def _refused(self, fault: EvalAssistError) -> None:
        self.button.setEnabled(True)
        self._say(str(fault))

    # ------------------------------------------------------------ what it shows

    def _show(self, backups: Sequence[Backup]) -> None:
        self._files = [each.file for each in backups]
        self._rows = [_line(each) for each in backups]
        self.list.show_rows(self._rows)
        self._show_chosen()

    def _show_chosen(self) -> None:
        self.button.setEnabled(self.list.row is not None and not self._aside.at_work)
        if not self._files:
            self._say(tr("No backup was found here. Choose one with Another file…"), bad=False)

    def _show_way(self) -> None:
        paper = self.way.value != "password"
        self.paper.setVisible(paper)
        self.name.setVisible(not paper)
        self.password.setVisible(not paper)

    def _ask_for_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("A backup"), "", tr("Backups (*.db)"))
        if name:
            self.choose(Path(name))

    def _say(self, words: str, *, bad: bool = True) -> None:
        self._said.setText(words)
        style.say(self._said, c="danger" if bad else "q")
        self._said.show()


def restore_page(
    error: EvalAssistError, folder: Path, places: Sequence[Path], begin_anew: Callable[[], object]
) -> FaultPage:
    """The page for records that cannot be opened: why, and the way to the backups."""

    def take_it() -> None:
        dialog = RestoreDialog(folder, places, page)
        if dialog.exec():
            page.hide()
            begin_anew()

    page = FaultPage(
        tr("EvalAssist could not open its files."),
        error,
        tr("Nothing was changed. Do what stands above and start EvalAssist again, or restore a backup."),
        way_out=tr("Restore a backup…"),
        take_it=take_it,
    )
    return page


def secret_line(name: str) -> SecretLine:
    """A line whose letters cannot be read over a shoulder, nor heard."""
    line = SecretLine(name)
    line.setPlaceholderText(name)
    return line


def _line(backup: Backup) -> Row:
    moment = backup.manifest.moment.astimezone()
    return Row(
        f"{date_text(moment.date())}, {moment:%H:%M:%S}",
        line=f"{KINDS[backup.manifest.kind]} · {counted(backup.manifest.held.counts)}",
        value=f"{backup.manifest.size_bytes / 2**20:.1f} MB",
    )
