"""The first start by keyboard alone: clinic, account, paper key, and the practice patient."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from evalassist.settings import load_settings
from ui.app import App, run
from ui.crash import CrashHook
from ui.main_window import MainWindow
from ui.pages.door import Door
from ui.pages.first_run import FirstRun
from ui.pages.review import SignPage

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
    pytest.mark.usefixtures("quick_passwords"),
]
PASSWORD = "four blue kneecaps"


@pytest.fixture
def app(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    made = App()
    qtbot.addWidget(made.window)
    made.window.show()
    made.window.activateWindow()
    qtbot.waitUntil(lambda: isinstance(made.window.door, FirstRun), timeout=20_000)
    yield made
    made.window.close()
    made.close()


def page(app: App) -> FirstRun:
    assert isinstance(app.window.door, FirstRun)
    return app.window.door


def press(key: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


def types(words: str) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, words)


def tab_to(words: str) -> None:
    """Press Tab until a button or box with these words has the keyboard."""
    for _ in range(20):
        focused = QApplication.focusWidget()
        if isinstance(focused, QPushButton | QCheckBox) and focused.text() == words:
            return
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not reach {words}")


def words(app: App) -> str:
    QApplication.processEvents()
    return "\n".join(one.text() for one in page(app).findChildren(QLabel) if one.isVisibleTo(page(app)))


def walk_to_the_end(app: App, qtbot: QtBot, *, has_key: bool = True) -> None:
    types("Riverside")
    press(Qt.Key.Key_Return)
    types("555-0100")
    for _ in range(5):  # paper, force, height and weight, the button, and on
        press(Qt.Key.Key_Return)
    for typed in ("A. Chen, PT", "", "chen"):
        types(typed)
        press(Qt.Key.Key_Return)
    for _ in range(2):
        types(PASSWORD)
        press(Qt.Key.Key_Return)
        if page(app).password.again.value != PASSWORD and not page(app).password.again.edit.hasFocus():
            press(Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: page(app).holds_records, timeout=20_000)
    if has_key:
        take_key()


def take_key() -> None:
    press(Qt.Key.Key_Space)
    tab_to("Go on")
    press(Qt.Key.Key_Return)


def test_the_first_start_goes_by_keyboard_alone_and_says_where_all_is_found_again(
    app: App, qtbot: QtBot
) -> None:
    assert "found again in Settings" in words(app)
    walk_to_the_end(app, qtbot)
    kept = load_settings()
    assert (kept.clinic_name, kept.clinic_phone, kept.paper, kept.force_unit) == (
        "Riverside",
        "555-0100",
        "letter",
        "N",
    )
    press(Qt.Key.Key_Return)
    assert app.window.start is not None
    assert app.window.start.isVisible()
    assert app.window.records.account.sign_in == "chen"
    assert not app.window.records.drafts()


def test_everything_about_the_clinic_may_be_left_for_later(app: App) -> None:
    before = load_settings()
    page(app).next.click()
    assert load_settings() == before
    assert "Accounts in Settings" in words(app)


def test_what_was_typed_of_the_account_is_still_there_after_back(app: App, qtbot: QtBot) -> None:
    page(app).next.click()
    typed = ("A. Chen, PT", "40-12345", "chen", PASSWORD)
    for each in typed:
        types(each)
        press(Qt.Key.Key_Return)
    types(PASSWORD)
    for clinic in ("Riverside", "Lakeside"):
        tab_to("Back")
        press(Qt.Key.Key_Return)
        assert "Step 1 of 3" in words(app)
        assert "Name to sign in" not in words(app)
        types(clinic)
        tab_to("Next")
        press(Qt.Key.Key_Return)
        fields, password = page(app).fields, page(app).password
        assert fields.isVisible()
        assert password.isVisible()
        values = (fields.name.value, fields.licence.value, fields.sign_in.value, password.first.value)
        assert (values, password.again.value) == (typed, PASSWORD)
    tab_to("Begin")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page(app).holds_records, timeout=20_000)
    take_key()


def test_who_begins_may_practice_first(app: App, qtbot: QtBot) -> None:
    walk_to_the_end(app, qtbot)
    page(app).to_practice.click()
    assert app.window.view is not None
    assert app.window.view.session.evaluation.is_practice
    assert app.window.windowTitle() == "PRACTICE – EvalAssist"
    assert not app.window.records.drafts()


def test_practice_is_signed_with_the_password_and_found_again_after_locking(app: App, qtbot: QtBot) -> None:
    walk_to_the_end(app, qtbot)
    page(app).to_practice.click()
    window = app.window
    assert window.view is not None
    window.view.show_step("history")
    window.lock()
    qtbot.waitUntil(lambda: isinstance(window.door, Door) and not window.signed_in)
    assert window.practice.store is None
    assert "PRACTICE" not in window.windowTitle()
    door = window.door
    assert isinstance(door, Door)
    QTest.keyClicks(door.password.edit, PASSWORD)
    door.button.click()
    qtbot.waitUntil(lambda: window.view is not None, timeout=20_000)
    assert window.view.step == "history"
    assert window.view.session.evaluation.is_practice
    sign = window.view.show_step("sign")
    assert isinstance(sign, SignPage)
    assert "Add your license to your account" in sign.name_link.text()
    qtbot.waitUntil(lambda: not sign.at_work, timeout=30_000)
    assert not sign.sign_button.isEnabled()
    wanted: list[bool] = []
    sign.account_wanted.connect(lambda: wanted.append(True))
    window.view.account_wanted.disconnect()
    sign.name_link.click()
    assert wanted


def test_the_window_goes_with_all_it_holds_before_the_program_ends(
    home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Left to the end of Python, what dialogs had held was freed twice, and the program fell over after closing."""
    seen: list[MainWindow] = []

    def look_and_close(app: QApplication) -> int:
        (window,) = (each for each in app.topLevelWidgets() if isinstance(each, MainWindow))
        seen.append(window)
        qtbot.waitUntil(lambda: isinstance(window.door, FirstRun), timeout=20_000)
        window.close()
        return 7

    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    monkeypatch.setattr(QApplication, "exec", look_and_close)
    assert run(["evalassist"]) == 7
    assert not isValid(seen[0])


def test_closing_while_the_paper_key_is_shown_asks_first(app: App, qtbot: QtBot) -> None:
    walk_to_the_end(app, qtbot, has_key=False)
    boxes: list[str] = []

    def press(words: str) -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        boxes.append(box.text())
        next(each for each in box.buttons() if each.text() == words).click()

    QTimer.singleShot(0, lambda: press("Stay here"))
    assert not app.window.close()
    assert app.window.isVisible()
    QTimer.singleShot(0, lambda: press("Close without it"))
    assert app.window.close()
    assert boxes == ["The paper key is not on paper yet."] * 2


def test_title_and_way_on_stay_in_sight_in_a_low_window(app: App) -> None:
    app.window.resize(1280, 500)
    page(app).keep_clinic()
    page(app).say_above("What stands above takes its room. " * 30)
    for _ in range(5):  # one level of the layout after the other
        QApplication.processEvents()
    title = next(one for one in page(app).findChildren(QLabel) if one.text() == "Who works here first")
    for part in (title, page(app).button):
        assert part.visibleRegion().boundingRect() == part.rect()
