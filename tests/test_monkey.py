"""A monkey at the window: keys and clicks by chance. Nothing fails, and what was kept is on the disk."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from windows import window_of

from evalassist.case_file import read_case
from evalassist.content.loader import Content
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CASES = Path(__file__).parent / "cases"
EVENTS = int(os.environ.get("EVALASSIST_EVENTS", "800"))
"""Ten thousand: EVALASSIST_EVENTS=10000."""
SETTINGS = Settings(therapist_name="A. Chen, PT", licence="40-12345", clinic_name="Riverside")
K, M = Qt.Key, Qt.KeyboardModifier
KEYS = [
    *(K(K.Key_A + at) for at in range(26)),
    *(K(K.Key_0 + at) for at in range(10)),
    *(K.Key_Return, K.Key_Enter, K.Key_Tab, K.Key_Backtab, K.Key_Space, K.Key_Backspace, K.Key_Delete),
    *(K.Key_Left, K.Key_Right, K.Key_Up, K.Key_Down, K.Key_Home, K.Key_End, K.Key_PageUp, K.Key_PageDown),
    *(K.Key_Escape, K.Key_Slash, K.Key_Equal, K.Key_Plus, K.Key_Minus, K.Key_Period),
    *(K.Key_F1, K.Key_F2, K.Key_F3, K.Key_F5, K.Key_F6, K.Key_F7, K.Key_F8, K.Key_F9, K.Key_F11),
]
WITH_CONTROL = [
    *(K(K.Key_0 + at) for at in range(10)),
    *(K.Key_K, K.Key_N, K.Key_Z, K.Key_Y, K.Key_Return, K.Key_Down, K.Key_Up, K.Key_P),
]
FOR_GOOD = ("sign", "discard", "remove", "print", "save", "export", "browse", "…")
"""What a person would be asked about, or what leaves the window; a monkey does not press it."""


class Monkey:
    def __init__(self, window: MainWindow, seed: int) -> None:
        self.window, self.chance = window, random.Random(seed)
        self.done: list[str] = []
        """What it did last, for whoever looks for a fault."""
        self._closer = QTimer(window, interval=0)
        self._closer.timeout.connect(self._play_with_dialog)
        self._closer.start()

    def act(self) -> None:
        kind = self.chance.random()
        if kind < 0.55:
            self.press(self.chance.choice(KEYS), M.NoModifier)
        elif kind < 0.7:
            shift = M.ShiftModifier if self.chance.random() < 0.2 else M.NoModifier
            self.press(self.chance.choice(WITH_CONTROL), M.ControlModifier | shift)
        elif kind < 0.97:
            self.click(self.window)
        else:
            self.window.resize(self.chance.randint(960, 1920), self.chance.randint(540, 1080))
        QApplication.processEvents()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        target = self.window.focusWidget() or self.window
        named = target.accessibleName().casefold()
        if key in (K.Key_Space, K.Key_Return, K.Key_Enter) and any(word in named for word in FOR_GOOD):
            return
        self.done.append(f"{key.name} {modifiers.name} on {named}")
        QTest.keyClick(target, key, modifiers)

    def click(self, within: QWidget) -> None:
        at = QPoint(self.chance.randrange(within.width()), self.chance.randrange(within.height()))
        target = within.childAt(at) or within
        words = target.text() if isinstance(target, QAbstractButton) else ""
        named = f"{words} {target.accessibleName()}".casefold()
        if any(word in named for word in FOR_GOOD):
            return
        self.done.append(f"click on {type(target).__name__} {named}")
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=target.mapFrom(within, at))

    def _play_with_dialog(self) -> None:
        """What opens over the window is tried with a key or a click, then closed as Esc does."""
        over = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if over is None:
            return
        if isinstance(over, QDialog) and self.chance.random() < 0.6:
            target = over.focusWidget() or over
            QTest.keyClick(target, self.chance.choice([K.Key_A, K.Key_1, K.Key_Tab, K.Key_Down, K.Key_Slash]))
            return
        self.done.append(f"closed {type(over).__name__} {over.windowTitle()}")
        if isinstance(over, QMessageBox):
            QTimer.singleShot(0, over, self.chance.choice(over.buttons()).click)
        else:
            QTimer.singleShot(0, over, over.reject if isinstance(over, QDialog) else over.close)


@pytest.fixture
def window(qtbot: QtBot, home: Path, content: Content, dressed: None) -> Iterator[MainWindow]:
    home.mkdir(parents=True)
    with Store(home / "evalassist.db", new_keys()) as store:
        made = window_of(qtbot, store, SETTINGS)
        yield made
        made.close()


@pytest.mark.parametrize("case", ["ex1", "patient-a"])
def test_a_monkey_finds_no_fault_and_loses_nothing(
    window: MainWindow, content: Content, qtbot: QtBot, case: str
) -> None:
    evaluation = read_case(CASES / f"{case}.toml", content)
    window.begin(evaluation)
    monkey = Monkey(window, seed=len(case))
    with qtbot.captureExceptions() as faults:
        for _ in range(EVENTS // 2):
            monkey.act()
            if window.view is None:
                window.open_evaluation(evaluation.id)
            assert not faults, (faults, monkey.done[-12:])
    assert window.view is not None
    assert window.keep()
    kept = window.view.session.store.load(evaluation.id, to_edit=False)
    assert kept.answers == window.view.session.evaluation.answers
    assert kept.opinions == window.view.session.evaluation.opinions
    assert len(monkey.done) > EVENTS // 4
