"""Backups are made while the window is in use, told in a quiet line, and restored by a few clicks."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from evalassist.content.loader import load_content
from evalassist.errors import StoreError
from evalassist.records.backup import Backups
from evalassist.records.connection import connect
from evalassist.records.doorstep import RECORDS
from evalassist.records.entrance import TRIES
from evalassist.records.store import Store
from evalassist.records.tries import Tries
from evalassist.records.vault import Keys, new_keys
from evalassist.settings import Settings
from ui.app import App
from ui.crash import CrashHook
from ui.dialogs.patient_file import ExportDialog
from ui.dialogs.restore import RestoreDialog, restore_page
from ui.main_window import MainWindow
from ui.pages.chart import ChartPage
from ui.pages.door import Door
from ui.pages.first_run import FirstRun

if TYPE_CHECKING:
    from conftest import Clinic

# The off-screen platform says this of every window and menu it shows.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow()
    qtbot.addWidget(made)
    made.open_store(clinic.store, load_content(), Settings())
    made.show()
    made.begin_backups()
    qtbot.waitUntil(lambda: not keeper(made).at_work)
    yield made
    made.end_backups(make_one=False)
    made.close()


def keeper(window: MainWindow):  # type: ignore[no-untyped-def]
    assert window._backups is not None
    return window._backups


def look(window: MainWindow, qtbot: QtBot) -> None:
    keeper(window).look()
    qtbot.waitUntil(lambda: not keeper(window).at_work, timeout=20_000)


def shown(window: MainWindow) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_backups_go_on_when_the_records_got_a_new_key(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    """As after a changed password or a removed account; the file must not be called damaged."""
    clinic.store.change_key(Keys(new_keys().database, clinic.keys.audit))
    look(window, qtbot)
    assert "No backup" not in shown(window)
    assert len(clinic.backups.all()) == 1


def test_backups_are_made_while_the_window_goes_on(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    with closing(connect(clinic.folder / RECORDS, clinic.keys.database)) as db:
        db.execute("CREATE TABLE big (x)")
        db.executemany("INSERT INTO big VALUES (?)", [(bytes(3_000_000),)] * 2)
    turns = []
    clock = QTimer(window, interval=1)
    clock.timeout.connect(lambda: turns.append(keeper(window).at_work))
    clock.start()
    look(window, qtbot)
    clock.stop()
    assert turns.count(True) > 10
    assert [each.manifest.kind for each in clinic.backups.all()] == ["working"]
    assert "No backup" not in shown(window)
    look(window, qtbot)
    assert len(clinic.backups.all()) == 1


def test_a_failure_is_a_quiet_line_and_goes_when_it_is_mended(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    clinic.backups.folder.touch()  # a file where the folder should be
    look(window, qtbot)
    assert "No backup yet. No backup could be made in" in shown(window)
    evaluation = clinic.save()
    window.open_evaluation(evaluation.id)
    assert "· No backup yet" in shown(window)
    assert not any(dialog.isVisible() for dialog in window.findChildren(RestoreDialog))
    clinic.backups.folder.unlink()
    look(window, qtbot)
    assert "No backup" not in shown(window)
    window.show_start()
    assert "No backup" not in shown(window)


def test_the_end_of_work_makes_a_backup_of_what_changed(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    look(window, qtbot)
    window.end_backups()
    assert len(clinic.backups.all()) == 1
    clinic.save()
    window.begin_backups()
    window.end_backups()
    assert [each.manifest.kind for each in clinic.backups.all()] == ["close", "working"]


def test_nothing_is_collected_in_the_thread_of_the_last_backup(
    clinic: Clinic, window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """A widget that was collected there could be destroyed twice."""
    qtbot.waitUntil(gc.isenabled)
    collects: list[bool] = []
    monkeypatch.setattr("evalassist.records.drill.keep_up", lambda *_, **__: collects.append(gc.isenabled()))
    window.end_backups()
    assert collects == [False]
    assert gc.isenabled()


def test_locking_waits_for_no_backup(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    made = keeper(window)
    made.look()
    window.end_backups(make_one=False)
    qtbot.waitUntil(lambda: not made.at_work, timeout=20_000)
    assert len(clinic.backups.all()) <= 1
    assert list(clinic.backups.folder.glob("*.part")) == []


def answer(words: str) -> None:
    """Press the button with these words in the next box that asks."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(each for each in box.buttons() if each.text() == words).click()

    QTimer.singleShot(0, press)


def test_a_backup_is_restored_by_the_paper_key(clinic: Clinic, qtbot: QtBot, tmp_path: Path) -> None:
    clinic.backups.make(clinic.keys.database, "close")
    late = clinic.save()
    clinic.store.close()
    dialog = RestoreDialog(clinic.folder)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.list.currentIndex().row() == 0
    dialog.paper.setText("not the key")
    answer("Restore it")
    QTest.keyClick(dialog.paper, Qt.Key.Key_Return)  # does what the button does
    assert not dialog.button.isEnabled()
    qtbot.waitUntil(dialog.button.isEnabled)
    assert "36 letters and digits" in "\n".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.paper.setText(clinic.paper)
    answer("Stay here")
    dialog.button.click()
    assert dialog.button.isEnabled()
    with Store(clinic.folder / RECORDS, clinic.keys) as store:
        assert late.id in {row.id for row in store.drafts()}
    answer("Restore it")
    with qtbot.waitSignal(dialog.restored, timeout=20_000):
        dialog.button.click()
        dialog.reject()
        assert dialog.isVisible(), "what was begun is done and told"
    assert dialog.told.startswith("The backup is restored: 1 patient, ")
    assert str(clinic.backups.folder) in dialog.told
    with Store(clinic.folder / RECORDS, clinic.keys) as store:
        assert late.id not in {row.id for row in store.drafts()}
    assert {each.manifest.kind for each in clinic.backups.all()} == {"close", "before-restore"}
    assert len(Tries(clinic.folder / TRIES).failed_at) == 1  # the wrong one is still to be told


def test_of_backups_in_two_folders_the_newest_is_chosen_though_each_folder_counts_anew(
    clinic: Clinic, qtbot: QtBot, tmp_path: Path
) -> None:
    """The backup folder was changed in the settings; what lies in the former one is older."""
    for _ in range(3):
        former = clinic.backups.make(clinic.keys.database, "close")
        made = former.manifest.made_at
        manifest = former.manifest_file.read_text().replace(made, "2026-03-01T09:00:00+00:00")
        former.manifest_file.write_text(manifest)
    newest = Backups(clinic.records, tmp_path / "other disk").make(clinic.keys.database, "close")
    assert newest.manifest.number < former.manifest.number
    dialog = RestoreDialog(clinic.folder, [tmp_path / "other disk"])
    qtbot.addWidget(dialog)
    assert dialog._files[dialog.list.currentIndex().row()] == newest.file


def test_of_backups_in_one_folder_the_last_one_is_chosen_though_the_clock_was_ahead_before(
    clinic: Clinic, qtbot: QtBot
) -> None:
    ahead = clinic.backups.make(clinic.keys.database, "close")
    manifest = ahead.manifest_file.read_text().replace(ahead.manifest.made_at, "2038-03-01T09:00:00+00:00")
    ahead.manifest_file.write_text(manifest)
    last = clinic.backups.make(clinic.keys.database, "close")
    dialog = RestoreDialog(clinic.folder)
    qtbot.addWidget(dialog)
    assert dialog._files[dialog.list.currentIndex().row()] == last.file


def test_two_backups_of_one_minute_are_told_apart(clinic: Clinic, qtbot: QtBot) -> None:
    for second in ("05", "40"):
        made = clinic.backups.make(clinic.keys.database, "close")
        manifest = made.manifest_file.read_text()
        made.manifest_file.write_text(
            manifest.replace(made.manifest.made_at, f"2026-03-01T09:00:{second}+00:00")
        )
    dialog = RestoreDialog(clinic.folder)
    qtbot.addWidget(dialog)
    later, earlier = (row.title for row in dialog._rows)
    assert later.endswith(":00:40")
    assert earlier.endswith(":00:05")


def test_a_backup_on_a_stick_is_chosen_on_a_fresh_machine(
    clinic: Clinic, qtbot: QtBot, tmp_path: Path
) -> None:
    made = clinic.backups.make(clinic.keys.database, "close")
    last = clinic.backups.make(clinic.keys.database, "close")
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    dialog = RestoreDialog(fresh)
    qtbot.addWidget(dialog)
    dialog.choose(fresh / "nothing.db")
    assert "There is no backup" in "\n".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.choose(made.file)
    assert dialog._files == [last.file, made.file]
    assert dialog._files[dialog.list.currentIndex().row()] == made.file
    assert "1 patient" in dialog._rows[1].line
    dialog.paper.setText(clinic.paper)
    with qtbot.waitSignal(dialog.restored, timeout=20_000):
        dialog.button.click()
    with Store(fresh / RECORDS, clinic.keys) as store:
        assert len(store.drafts()) == 1


def test_records_that_cannot_be_opened_lead_to_the_backups(
    clinic: Clinic, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []
    monkeypatch.setattr(RestoreDialog, "exec", lambda _: True)
    page = restore_page(
        StoreError("The records file is damaged."), clinic.folder, [], lambda: begun.append(True)
    )
    qtbot.addWidget(page)
    button = next(each for each in page.findChildren(QPushButton) if each.text() == "Restore a backup…")
    button.click()
    assert begun == [True]


def test_the_start_offers_the_backups_when_the_records_are_damaged(home: Path, qtbot: QtBot) -> None:
    app = App()
    qtbot.addWidget(app.window)
    app._show_start_fault(StoreError("The records file is damaged."))
    assert "Restore a backup…" in [each.text() for each in app.window.findChildren(QPushButton)]
    app.close()


def test_a_patient_is_exported_from_the_chart(clinic: Clinic, qtbot: QtBot, tmp_path: Path) -> None:
    chart = ChartPage(clinic.store, clinic.anna.id, Settings())
    qtbot.addWidget(chart)
    export = next(each for each in chart.findChildren(QPushButton) if each.text() == "Export…")
    with qtbot.waitSignal(chart.export_wanted):
        export.click()
    dialog = ExportDialog(clinic.store, clinic.anna)
    qtbot.addWidget(dialog)
    file = tmp_path / "patient"

    def says() -> str:
        return "\n".join(label.text() for label in dialog.findChildren(QLabel))

    for first, second, refused in (
        ("short", "short", "5 of at least 12"),
        ("Anna Svensson 1", "Anna Svensson 1", "a name that others know"),
        ("a long password", "another one!", "two differ"),
    ):
        dialog.password.setText(first)
        dialog.again.setText(second)
        dialog.write(file)
        assert refused in says()
    assert not file.exists()
    dialog.again.setText("a long password")
    dialog.show()
    dialog.write(file)
    dialog.reject()
    assert dialog.isVisible(), "what was begun is done and told"
    qtbot.waitUntil(dialog.write_button.isEnabled, timeout=20_000)
    assert f"Written to {file}.evalassist-patient" in says()
    assert file.with_name("patient.evalassist-patient").stat().st_size > 10_000
    assert all(not line.text() for line in dialog.findChildren(QLineEdit))
    assert [each.text() for each in dialog.findChildren(QPushButton)] == ["Close", "Write the file…"]


def test_nothing_can_be_restored_before_a_backup_is_chosen(
    clinic: Clinic, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    dialog = RestoreDialog(tmp_path / "empty")
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.button.isEnabled()
    focused = dialog.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Another file…"
    dialog.choose(clinic.back_up().file)
    assert dialog.button.isEnabled()


def test_another_folder_of_the_settings_is_used(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    away = tmp_path / "stick" / "backups"
    away.parent.mkdir()
    window.use_settings(Settings(backup_folder=str(away)))
    window.end_backups(make_one=False)
    window.begin_backups()
    qtbot.waitUntil(lambda: not keeper(window).at_work)
    look(window, qtbot)
    assert len(Backups(clinic.folder / RECORDS, away).all()) == 1
    shutil.rmtree(away.parent)
    clinic.save()
    look(window, qtbot)
    assert "No backup yet" in shown(window)
    assert not away.parent.exists()


def test_a_new_computer_begins_with_a_backup_of_the_old_one(
    clinic: Clinic, home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the welcome page, with the backup's files and the paper key; then it asks who is there."""
    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    made = clinic.backups.make(clinic.keys.database, "close")
    app = App()
    qtbot.addWidget(app.window)
    app.window.show()
    qtbot.waitUntil(lambda: isinstance(app.window.door, FirstRun), timeout=20_000)

    def restore() -> None:
        dialog = app.window.findChild(RestoreDialog)
        assert isinstance(dialog, RestoreDialog)
        dialog.choose(made.file)
        dialog.paper.setText(clinic.paper)
        dialog.button.click()

    QTimer.singleShot(0, restore)
    link = next(each for each in app.window.findChildren(QPushButton) if each.text() == "Restore a backup…")
    link.click()
    assert isinstance(app.window.door, Door)
    assert "The passwords and the paper key of its day count now." in shown(app.window)
    with Store(home / RECORDS, clinic.keys) as store:
        assert len(store.drafts()) == 1
    app.window.close()
    app.close()
