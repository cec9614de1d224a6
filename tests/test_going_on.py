"""Going on against a warning with a reason, and the note taken along as text, as a therapist does both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.evaluation import Evaluation, Patient
from evalassist.records.store import Store
from evalassist.settings import Settings
from ui import style
from ui.main_window import MainWindow

pytestmark = [
    # The off-screen platform says this of every window and menu it shows.
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

CASES = Path(__file__).parent / "cases"
SETTINGS = Settings(therapist_name="A. Chen, PT", licence="40-12345", clinic_name="Riverside")
Begin = Callable[..., MainWindow]


@pytest.fixture
def begin(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Begin]:
    style.apply_style(qapp)
    with Store(tmp_path / "records.db") as store:
        window = MainWindow()
        qtbot.addWidget(window)
        window.resize(1366, 768)
        with qtbot.waitExposed(window):
            window.show()
        window.open_store(store, load_content(), SETTINGS)
        window.activateWindow()

        def show(case: str = "ex1", **answers: Any) -> MainWindow:
            if case:
                evaluation = read_case(CASES / f"{case}.toml", load_content())
            else:
                evaluation = Evaluation.begin(
                    Patient("Rivera, Ana", date(2001, 5, 9), "F"), "right", date.today()
                )
            said = {key.replace("_", "-"): value for key, value in answers.items()}
            window.begin(evaluation.with_answers(said))
            return window

        yield show
        window.close()
        style.apply_style(qapp)


def reads(place: QWidget) -> str:
    """All words that can be seen."""
    QApplication.processEvents()
    words = [one.text() for one in place.findChildren(QLabel) if one.isVisible()]
    return "\n".join(words + [one.text() for one in place.findChildren(QAbstractButton) if one.isVisible()])


def button(place: QWidget, name: str) -> QAbstractButton:
    QApplication.processEvents()
    found = [
        b
        for b in place.findChildren(QAbstractButton)
        if b.isVisible() and name in (b.text(), b.accessibleName())
    ]
    assert len(found) == 1, f"{len(found)} buttons are called {name!r}"
    return found[0]


def click(place: QWidget, name: str) -> None:
    QTest.mouseClick(button(place, name), Qt.MouseButton.LeftButton)


def field(place: QWidget, name: str) -> QLineEdit:
    """The field a screen reader calls by this name."""
    QApplication.processEvents()
    found = [one for one in place.findChildren(QLineEdit) if one.accessibleName() == name and one.isVisible()]
    assert len(found) == 1, f"{len(found)} fields are called {name!r}"
    return found[0]


def type_into(place: QWidget, name: str, words: str) -> None:
    edit = field(place, name)
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, words)
    QTest.keyClick(edit, Qt.Key.Key_Return)


# ---------------------------------------------------------------- the note as text


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_a_draft_is_copied_as_text_and_marked_as_one(begin: Begin) -> None:
    window = begin()
    assert window.view is not None
    window.view.show_step("sign")
    click(window, "Copy as text")
    assert clipboard().startswith("PHYSICAL THERAPY INITIAL EVALUATION - DRAFT, not signed\nRiverside\n")
    assert "The note, marked as a draft, is on the clipboard as text." in reads(window)


def test_a_signed_note_is_copied_by_key_with_its_addenda(begin: Begin) -> None:
    window = begin()
    assert window.view is not None
    window.view.session.sign()
    window.view.session.add_addendum("The film is normal.")
    window.view.show_step("sign")
    QGuiApplication.clipboard().clear()
    QTest.keyClick(
        window, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert "Signed by A. Chen, PT, license 40-12345" in clipboard()
    assert "The film is normal." in clipboard()
    assert "DRAFT" not in clipboard()
    assert "The note is on the clipboard as text." in reads(window)
    assert "copy the note as text" in dict(window.view.page.keys())["Ctrl+Shift+C"]


def test_what_was_copied_is_no_longer_said_once_the_note_changed(begin: Begin) -> None:
    window = begin()
    assert window.view is not None
    window.view.show_step("sign")
    click(window, "Copy as text")
    window.view.session.write_impression("Changed since.")
    assert "on the clipboard" not in reads(window)
