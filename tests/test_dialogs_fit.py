"""Every dialog fits the smallest usual screen, also with the largest text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_case
from evalassist.content import Content
from evalassist.overview import Row
from evalassist.records.accounts import Account
from evalassist.records.entrance import Entrance
from evalassist.settings import Settings
from ui import style
from ui.dialogs.about import AboutDialog
from ui.dialogs.accounts import AccountDialog, AccountsDialog, PaperKeyDialog, PasswordDialog
from ui.dialogs.as_text import AsText
from ui.dialogs.check_code import CheckCodeDialog
from ui.dialogs.confirm import ConfirmDialog
from ui.dialogs.content import ContentDialog
from ui.dialogs.database import DatabaseDialog
from ui.dialogs.documents import DocumentsDialog
from ui.dialogs.drafts import DraftsDialog
from ui.dialogs.evidence import EvidenceDialog
from ui.dialogs.exercise import ExerciseDialog
from ui.dialogs.limit import LimitDialog
from ui.dialogs.manual import Manual
from ui.dialogs.open_testing import OpenTestingDialog
from ui.dialogs.palette import KeysDialog, Palette, commands
from ui.dialogs.papers import AddendumDialog, DischargeDialog
from ui.dialogs.patient import CorrectionDialog, PatientDialog
from ui.dialogs.patient_file import ExportDialog
from ui.dialogs.preferences import PreferencesDialog
from ui.dialogs.restore import RestoreDialog
from ui.dialogs.trail import TrailDialog
from ui.dialogs.what_if import WhatIfDialog
from ui.main_window import MainWindow
from ui.screenshots import ended
from ui.way_in import WayIn
from ui.widgets.row_list import RowList

CASES = Path(__file__).parent / "cases"

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def largest_text(qapp: QApplication) -> Iterator[None]:
    style.apply_style(qapp, scale=2.0)
    yield
    style.apply_style(qapp)


def every_dialog(window: MainWindow, home: Path, way_in: WayIn, key: str) -> Iterator[QDialog]:
    assert window.view is not None
    session, store = window.view.session, window.records
    content, patient = session.content, session.evaluation.patient
    settings = session.settings
    yield AboutDialog(content.release, "/home/clinic/records/evalassist.db", window)
    yield AccountsDialog(store, way_in, settings, window)
    told = AccountsDialog(store, way_in, settings, window)
    told._say("The account of Alexandra Chen-Martinez, PT, DPT was changed. It counts from now on.")
    yield told
    yield AccountDialog(store, way_in, settings, None, window)
    yield PasswordDialog(store, way_in, store.account, settings, window)
    yield PaperKeyDialog(key, settings, window)
    yield AsText("Note", "One\nTwo", window)
    yield CheckCodeDialog(store, window)
    yield ConfirmDialog(store, way_in, "The file holds everything.", "Export the patient", window)
    yield (clinical := ContentDialog(store, settings.therapist_name, window))
    clinical.search.setText("symmetry")
    clinical.parts.go_to(1)
    assert clinical.list.row is not None
    yield LimitDialog(clinical.list.row, store, settings.therapist_name, clinical)
    yield DatabaseDialog(way_in, store, window)
    yield DocumentsDialog(store, patient.id, settings.therapist_name, window)
    yield DraftsDialog((("Stop", "Pare"),), window)
    yield EvidenceDialog(content, window)
    yield ExerciseDialog(content, "HA03", "not chosen", window)
    yield Manual(window)
    yield OpenTestingDialog(session, window)
    yield KeysDialog(window.view.page.keys(), evaluation=True, parent=window)
    yield Palette(commands(window), window)
    yield DischargeDialog(session, window)
    yield AddendumDialog(session, window)
    yield PatientDialog(content, window)
    yield PatientDialog(content, window, patient=patient, former=store.patient_evaluations(patient.id))
    yield CorrectionDialog(session.evaluation, window)
    yield ExportDialog(store, patient, window)
    yield PreferencesDialog(settings, window, signed_in=True)
    yield RestoreDialog(home, [], window)
    yield TrailDialog(store, {}, None, window)
    yield TrailDialog(store, {}, patient, window)
    yield WhatIfDialog(session, window)


def test_every_dialog_fits_the_window_with_the_largest_text(
    largest_text: None, quick_passwords: None, qtbot: QtBot, home: Path, content: Content
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    entrance = Entrance(home)
    account = Account("", "chen", "Alexandra Chen-Martinez, PT, DPT", "40-12345", "administrator")
    store, key = entrance.begin(account, "four blue kneecaps")
    way_in = WayIn(entrance)
    window = MainWindow()
    qtbot.addWidget(window, before_close_func=lambda _: store.close())
    window.resize(1366, 768)
    window.show()
    window.open_store(store, content, Settings(text_scale=2.0), way_in)
    first = read_case(CASES / "ex1.toml", content)
    store.save(first)
    window.begin(ended(first))
    too_large = {}
    for dialog in every_dialog(window, home, way_in, key):
        dialog.show()
        for _ in range(5):
            QApplication.processEvents()
        size = dialog.size()
        if size.width() > window.width() or size.height() > window.height():
            too_large[f"{type(dialog).__name__}"] = size.toTuple()
        dialog.hide()
    assert too_large == {}


def test_the_chosen_row_of_a_list_stays_in_sight_when_something_below_takes_of_its_room(
    qtbot: QtBot,
) -> None:
    rows = RowList("Accounts")
    qtbot.addWidget(rows)
    rows.resize(400, 400)
    rows.show()
    rows.show_rows([Row(f"Person {number}", line="therapist", value="") for number in range(30)])
    rows.go_to(6)
    rows.resize(400, 160)
    QApplication.processEvents()
    assert rows.viewport().rect().contains(rows.visualRect(rows.currentIndex()))
