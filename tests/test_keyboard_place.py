"""Where the keyboard is: on arrival at a step, after a paper was saved, after a lock, and in the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from windows import window_of

from evalassist.case_file import read_case
from evalassist.content import Content
from evalassist.evaluation import Evaluation, Patient
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import early_pages, style
from ui.app import App
from ui.crash import CrashHook
from ui.dialogs.preferences import PreferencesDialog
from ui.evaluation_view import EvaluationView
from ui.main_window import MainWindow
from ui.pages.handout import HandoutPage
from ui.pages.review import SignPage
from ui.widgets.focus import is_field, is_stop

CASES = Path(__file__).parent / "cases"
KEYS = new_keys()
PASSWORD = "four blue kneecaps"
CONTROL = Qt.KeyboardModifier.ControlModifier

pytestmark = [
    pytest.mark.usefixtures("dressed"),
    # The off-screen platform says this of every window and menu it shows.
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]


@pytest.fixture
def window(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    # Each page is made when it is gone to, as on a first arrival; making them beside takes longer.
    monkeypatch.setattr(early_pages, "REST_BEFORE_BUILDING_MS", 1_000_000_000)
    home.mkdir(parents=True, exist_ok=True)
    with Store(home / "evalassist.db", KEYS) as store:
        made = window_of(qtbot, store)
        yield made
        made.close()


def view_of(window: MainWindow) -> EvaluationView:
    assert window.view is not None
    return window.view


def fresh() -> Evaluation:
    return Evaluation.begin(Patient("Rivera, Ana", date(2001, 5, 9), "F"), "right", date(2026, 3, 2))


def whole(content: Content) -> Evaluation:
    return read_case(CASES / "ex1.toml", content)


def rest(window: MainWindow) -> None:
    """Until the page that is seen is made."""
    view = view_of(window)
    QApplication.processEvents()
    while view.page.at_work:
        QApplication.processEvents()
    QApplication.processEvents()


def at(window: QWidget) -> QWidget:
    """What has the keyboard."""
    focused = window.focusWidget()
    assert focused is not None, "nothing has the keyboard"
    return focused


def called(part: QWidget) -> str:
    words = part.text() if isinstance(part, QAbstractButton) else ""
    return f"{type(part).__name__} “{part.accessibleName() or words}”"


def is_marked(window: QWidget) -> bool:
    """Whether one sees where the keyboard is."""
    held = at(window)
    place = QRect(held.mapTo(window, QPoint(0, 0)), held.size()).adjusted(-4, -4, 4, 4)
    with_it = window.grab(place).toImage()
    held.clearFocus()
    without = window.grab(place).toImage()
    held.setFocus(Qt.FocusReason.OtherFocusReason)
    return with_it != without


def by_key(window: MainWindow, number: int) -> None:
    keys = [*(Qt.Key(Qt.Key.Key_1 + each) for each in range(9)), Qt.Key.Key_0]
    if number < len(keys):
        QTest.keyClick(at(window), keys[number], CONTROL)
    else:
        QTest.keyClick(at(window), Qt.Key.Key_0, CONTROL | Qt.KeyboardModifier.ShiftModifier)


def step_in_rail(window: MainWindow, number: int) -> QWidget:
    name = f"Step {number + 1}: "
    buttons = view_of(window).rail.findChildren(QAbstractButton)
    return next(each for each in buttons if each.accessibleName().startswith(name))


def by_mouse(window: MainWindow, number: int) -> None:
    QTest.mouseClick(step_in_rail(window, number), Qt.MouseButton.LeftButton)


def by_enter(window: MainWindow, number: int) -> None:
    part = step_in_rail(window, number)
    part.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(part, Qt.Key.Key_Return)


def by_name(window: MainWindow, number: int) -> None:
    """As Ctrl+K does when a step is taken from its list."""
    view_of(window).go_to(view_of(window).steps[number].id)


# ---------------------------------------------------------------- arriving


@pytest.mark.parametrize(
    ("arrive", "answered"),
    [
        (by_key, False),
        (by_mouse, False),
        (by_enter, False),
        (by_name, False),
        (by_key, True),
        (by_mouse, True),
    ],
)
def test_who_comes_to_a_step_has_the_keyboard_on_its_page_and_sees_where(
    window: MainWindow, content: Content, arrive: Callable[[MainWindow, int], None], answered: bool
) -> None:
    window.begin(whole(content) if answered else fresh())
    view, lost = view_of(window), {}
    for number, step in enumerate(view.steps):
        arrive(window, number)
        rest(window)
        assert view.step == step.id
        held = at(window)
        seen = not held.visibleRegion().isEmpty()
        if not (view.page.isAncestorOf(held) and held.isEnabled() and seen and is_marked(window)):
            lost[step.id] = called(held)
    assert lost == {}


@pytest.mark.parametrize("arrive", [by_key, by_mouse])
def test_a_step_with_questions_begins_with_its_first_field(
    window: MainWindow, content: Content, arrive: Callable[[MainWindow, int], None]
) -> None:
    window.begin(fresh())
    view, found = view_of(window), {}
    for number, step in enumerate(view.steps[:7]):
        arrive(window, number)
        rest(window)
        found[step.id] = is_field(at(window)) and view.focused_item()
    assert found == {
        "safety": "hot-joint",
        "history": "pain-location",
        "questionnaires": "akps-total",
        "movement": "squat45-pain",
        "knee": "effusion.right",
        "strength": "habd.left",
        "mobility": "length-ham.right",
    }


def test_what_is_all_answered_stays_folded_when_one_comes_back(window: MainWindow, content: Content) -> None:
    window.begin(whole(content))
    by_mouse(window, 1)
    by_mouse(window, 0)
    rest(window)
    assert "folded" in at(window).accessibleName()


def test_a_patient_that_is_opened_from_the_start_page_has_the_keyboard_on_the_page(
    window: MainWindow, content: Content, qtbot: QtBot
) -> None:
    first = fresh()
    window.records.save(first)
    window.show_start()
    window.open_evaluation(first.id)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    rest(window)
    assert QApplication.focusWidget() is at(window)
    assert view_of(window).focused_item() == "hot-joint"


# ---------------------------------------------------------------- saving a paper


def sheet_of(window: MainWindow, content: Content) -> HandoutPage:
    """The page of the sheet, drawn whole."""
    window.begin(whole(content))
    view_of(window).show_step("handout")
    rest(window)
    page = view_of(window).page
    assert isinstance(page, HandoutPage)
    return page


@pytest.mark.parametrize("name", ["sheet.pdf", ""])
def test_after_the_sheet_is_saved_or_not_the_keyboard_is_on_the_button_again(
    window: MainWindow, content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    chosen = str(tmp_path / name) if name else ""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    page = sheet_of(window, content)
    page.save_button.setFocus()
    QTest.keyClick(page.save_button, Qt.Key.Key_Space)
    rest(window)
    assert (tmp_path / "sheet.pdf").exists() == bool(name)
    assert page.save_button.isEnabled()
    assert called(at(window)) == called(page.save_button)


def test_the_sheet_is_begun_at_print_as_soon_as_it_is_drawn(window: MainWindow, content: Content) -> None:
    window.begin(whole(content))
    by_key(window, 9)
    assert not view_of(window).page.isHidden()
    rest(window)
    page = view_of(window).page
    assert isinstance(page, HandoutPage)
    assert at(window) is page.print_button


def test_a_click_on_save_right_after_typing_to_the_patient_saves_the_sheet_with_these_words(
    window: MainWindow, content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The click ends the typing, and so the sheet is drawn anew: it is waited for."""
    path = tmp_path / "sheet.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    page = sheet_of(window, content)
    page.own["note-to-patient"].edit.setFocus()
    QTest.keyClicks(page.own["note-to-patient"].edit, "Ring me on Friday.")
    QTest.mouseClick(page.save_button, Qt.MouseButton.LeftButton)
    assert page.at_work
    rest(window)
    assert path.exists()
    sides = [side.get_textpage().get_text_range() for side in pypdfium2.PdfDocument(path)]
    assert "Ring me on Friday." in " ".join(sides)
    assert at(window) is page.save_button


def test_a_button_keeps_the_keyboard_while_the_sheet_is_drawn_anew(
    window: MainWindow, content: Content
) -> None:
    page = sheet_of(window, content)
    page.save_button.setFocus()
    page.form.answered.emit("moves")
    assert page.at_work
    rest(window)
    assert at(window) is page.save_button


def test_who_goes_elsewhere_while_the_sheet_is_drawn_is_not_called_back(
    window: MainWindow, content: Content
) -> None:
    page = sheet_of(window, content)
    page.print_button.setFocus()
    page.paper.choose("a4" if page.paper_size == "letter" else "letter")
    assert page.at_work
    page.form.setFocus()
    held = at(window)
    rest(window)
    assert at(window) is held


@pytest.mark.parametrize("name", ["note.pdf", ""])
def test_after_the_note_is_saved_or_not_the_keyboard_is_on_the_button_again(
    window: MainWindow, content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    chosen = str(tmp_path / name) if name else ""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    window.begin(whole(content))
    view_of(window).session.sign()
    view_of(window).show_step("sign")
    rest(window)
    page = view_of(window).page
    assert isinstance(page, SignPage)
    page.save_button.setFocus()
    QTest.keyClick(page.save_button, Qt.Key.Key_Space)
    rest(window)
    assert (tmp_path / "note.pdf").exists() == bool(name)
    assert called(at(window)) == called(page.save_button)


# ---------------------------------------------------------------- the settings in the largest text


@pytest.fixture
def settings(qapp: QApplication, qtbot: QtBot, home: Path) -> Iterator[PreferencesDialog]:
    home.mkdir(parents=True, exist_ok=True)
    style.apply_style(qapp, scale=2.0)
    behind = QWidget()
    qtbot.addWidget(behind)
    behind.resize(1366, 768)
    behind.show()
    dialog = PreferencesDialog(Settings(text_scale=2.0), behind, signed_in=True)
    dialog.show()
    dialog.activateWindow()
    for _ in range(4):
        qapp.processEvents()
    yield dialog
    style.apply_style(qapp)


def out_of_sight(dialog: PreferencesDialog) -> bool:
    held = at(dialog)
    holder = dialog._area.viewport()
    place = held.rect().translated(held.mapTo(holder, QPoint(0, 0))) if holder.isAncestorOf(held) else QRect()
    return not place.isNull() and not holder.rect().contains(place)


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return])
def test_in_the_largest_text_the_settings_show_the_field_that_has_the_keyboard(
    settings: PreferencesDialog, key: Qt.Key
) -> None:
    reached, hidden = set(), []
    for _ in range(30):
        held = at(settings)
        reached.add(called(held))
        if out_of_sight(settings):
            hidden.append(called(held))
        QTest.keyClick(held, key)
        QApplication.processEvents()
    assert hidden == []
    stops = [each for each in settings.findChildren(QWidget) if is_stop(each)]
    wanted = [each for each in stops if is_field(each)] if key == Qt.Key.Key_Return else stops
    assert reached == {called(each) for each in wanted}


def test_in_the_largest_text_the_settings_move_with_the_wheel_wherever_it_turns_and_never_sideways(
    settings: PreferencesDialog,
) -> None:
    area, bar = settings._area, settings._area.verticalScrollBar()
    assert area.horizontalScrollBar().maximum() == 0
    assert bar.maximum() > 0
    stuck = []
    for part in settings.findChildren(QWidget):
        if not (area.viewport().isAncestorOf(part) and part.isVisible()):
            continue
        area.ensureWidgetVisible(part)
        QApplication.processEvents()
        before = bar.value()
        turned = QPoint(0, -120 if before < bar.maximum() else 120)
        middle = part.mapTo(settings, part.rect().center())
        QTest.wheelEvent(settings.windowHandle(), QPointF(middle), turned)
        if bar.value() == before:
            stuck.append(called(part))
    assert stuck == []


def test_the_size_of_the_text_stays_in_sight_when_it_is_made_larger(
    qapp: QApplication, qtbot: QtBot, home: Path
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    style.apply_style(qapp)
    behind = QWidget()
    qtbot.addWidget(behind)
    behind.resize(1366, 768)
    behind.show()
    dialog = PreferencesDialog(Settings(), behind, signed_in=True)
    dialog.applied.connect(lambda now: style.apply_style(qapp, scale=now.text_scale))
    dialog.show()
    dialog.activateWindow()
    qapp.processEvents()
    try:
        box = next(each for each in dialog.findChildren(QAbstractButton) if each.text() == "200 %")
        dialog._area.ensureWidgetVisible(box)
        QTest.mouseClick(box, Qt.MouseButton.LeftButton)
        for _ in range(5):
            qapp.processEvents()
        assert called(at(dialog)) == called(box)
        assert not out_of_sight(dialog)
    finally:
        style.apply_style(qapp)


# ---------------------------------------------------------------- locking


@pytest.fixture
def program(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch, first_run: Callable[[App], None]
) -> Iterator[App]:
    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    made = App()
    window = made.window
    window.leaving.ask_to_lose = lambda *_, **__: True  # type: ignore[method-assign]
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    first_run(made)
    yield made
    window.close()
    made.close()


def lock_and_come_back(window: MainWindow, qtbot: QtBot) -> None:
    from ui.pages.door import Door

    QTest.keyClick(at(window), Qt.Key.Key_L, CONTROL)
    qtbot.waitUntil(lambda: isinstance(window.door, Door) and not window.signed_in)
    door = window.door
    assert isinstance(door, Door)
    QTest.keyClicks(door.password.edit, PASSWORD)
    QTest.keyClick(door.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not door.at_work and window.view is not None)
    rest(window)


def letters(part: QWidget) -> tuple[int, str] | None:
    """Where the cursor stands, and what is chosen beside it."""
    if isinstance(part, QLineEdit):
        return part.cursorPosition(), part.selectedText()
    if isinstance(part, QPlainTextEdit):
        return part.textCursor().position(), part.textCursor().selectedText()
    return None


def test_after_a_lock_the_keyboard_is_where_it_was_on_every_step(
    program: App, content: Content, qtbot: QtBot
) -> None:
    window = program.window
    window.begin(whole(content))
    moved = {}
    for step in [each.id for each in view_of(window).steps]:
        view_of(window).show_step(step)
        rest(window)
        page = view_of(window).page
        stops = [each for each in page.findChildren(QWidget) if is_stop(each)]
        lines = [each for each in stops if isinstance(each, QLineEdit | QPlainTextEdit)]
        picked = [
            stops[len(stops) // 2],
            *([page.save_button] if isinstance(page, HandoutPage) else lines[-1:]),
        ]
        for name in dict.fromkeys(called(each) for each in picked):
            page = view_of(window).page
            page.prepare()
            part = next(each for each in page.findChildren(QWidget) if is_stop(each) and called(each) == name)
            part.setFocus(Qt.FocusReason.TabFocusReason)
            if isinstance(part, QLineEdit):
                part.setCursorPosition(1)
            before = called(part), letters(part)
            lock_and_come_back(window, qtbot)
            after = called(at(window)), letters(at(window))
            if after != before:
                moved[f"{step}: {before}"] = after
            assert view_of(window).step == step
    assert moved == {}


def test_after_a_lock_what_was_chosen_in_a_line_is_chosen_again(
    program: App, content: Content, qtbot: QtBot
) -> None:
    window = program.window
    window.begin(whole(content))
    view_of(window).go_to("mass")
    rest(window)
    line = at(window)
    assert isinstance(line, QLineEdit)
    line.setCursorPosition(2)
    line.cursorBackward(True, 1)
    before = letters(line)
    assert before is not None
    assert before[1]
    lock_and_come_back(window, qtbot)
    assert view_of(window).focused_item() == "mass"
    assert letters(at(window)) == before


def test_after_a_lock_the_keyboard_is_on_the_button_below_the_page_where_it_was(
    program: App, content: Content, qtbot: QtBot
) -> None:
    window = program.window
    window.begin(whole(content))
    buttons = view_of(window).footer.findChildren(QPushButton)
    below = next(each for each in buttons if each.isVisible() and "History" in each.text())
    below.setFocus()
    name = called(below)
    lock_and_come_back(window, qtbot)
    assert called(at(window)) == name
