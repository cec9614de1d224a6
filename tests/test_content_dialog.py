"""About › Clinical content, as an administrator uses it: found, changed with a reason, put back, looked through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_case
from evalassist.clinical.result import Verdict
from evalassist.content.loader import Content, load_content
from evalassist.content.schema import Condition, Default, Item, Model, Reference
from evalassist.documents import evaluation_note_pdf
from evalassist.errors import EvalAssistError
from evalassist.overview import Part, Row, overview
from evalassist.records.accounts import Account
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import style
from ui.dialogs.about import AboutDialog
from ui.dialogs.content import ContentDialog
from ui.dialogs.limit import LimitDialog
from ui.main_window import MainWindow
from ui.session import EvaluationSession
from ui.widgets.fields import NumberField
from ui.widgets.segments import SegmentedControl

KEYS = new_keys()
CHEN = Account("a1", "chen", "Q. Chen", "PT-1", "administrator")

CASES = Path(__file__).resolve().parent / "cases"
SETTINGS = Settings(therapist_name="A. Chen, PT")
SYMMETRY = "symmetry-deficit"

# The off-screen platform says this of every window it shows.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    home.mkdir(parents=True, exist_ok=True)
    with Store(home / "evalassist.db", KEYS) as made:
        yield made


@pytest.fixture
def start(qtbot: QtBot, store: Store) -> Iterator[MainWindow]:
    """The window at its start page."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    if app.styleSheet() != style.sheet():
        style.apply_style(app)
    made = MainWindow()
    qtbot.addWidget(made)
    made.show()
    made.open_store(store, load_content(), SETTINGS)
    yield made
    made.close()


@pytest.fixture
def window(start: MainWindow) -> MainWindow:
    """The window with the first worked example open: its hip rotators are at 85 % of the other side."""
    start.begin(read_case(CASES / "ex1.toml", load_content()))
    return start


def verdict(session: EvaluationSession) -> Verdict:
    return session.assessment.conclusions["er-deficit"].verdict


def session_of(window: MainWindow) -> EvaluationSession:
    assert window.view is not None
    return window.view.session


def at_dialog(do: Callable[[Any], object], show: Callable[[], object]) -> None:
    """Show a dialog and use it; it is closed when the hand leaves, whatever happened."""

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        try:
            do(dialog)
        finally:
            if dialog.isVisible():
                QDialog.reject(dialog)

    QTimer.singleShot(0, act)
    show()


def press(widget: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)


def click(dialog: QWidget, words: str) -> None:
    button = next(each for each in dialog.findChildren(QPushButton) if each.text() == words)
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def shown(dialog: QWidget) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def at_limit(window: MainWindow, typed: str, do: Callable[[LimitDialog], object]) -> str:
    """Find a limit by typing, choose it with Enter and use its dialog; the words that are then on screen."""
    said: list[str] = []

    def find(dialog: ContentDialog) -> None:
        QTest.keyClicks(dialog.search, typed)
        press(dialog.search, Qt.Key.Key_Down)
        at_dialog(do, lambda: press(dialog.list, Qt.Key.Key_Return))
        said.append(shown(dialog))

    at_dialog(find, window.show_content)
    return said[0]


def fill(dialog: LimitDialog, value: str, reason: str) -> None:
    assert isinstance(dialog.value, NumberField)
    QTest.keyClicks(dialog.value.edit, value)
    QTest.keyClicks(dialog.reason.edit, reason)


def changed_to(value: str, reason: str = "Our device scatters less.") -> Callable[[LimitDialog], None]:
    def do(dialog: LimitDialog) -> None:
        fill(dialog, value, reason)
        click(dialog, "Change it")

    return do


def parts(content: Content) -> dict[str, Part]:
    return {part.id: part for part in overview(content, ())}


# ---------------------------------------------------------------- changing a limit


def test_a_changed_limit_judges_the_open_draft_anew_and_is_printed_in_its_note(window: MainWindow) -> None:
    session = session_of(window)
    assert verdict(session) is Verdict.MET
    said = at_limit(window, "symmetry", changed_to("85"))
    assert "Set to 85 %. Counts for every note not yet signed." in said
    assert "Here 85 %. As shipped 90 %." in said
    assert session.store.clinic_defaults() == {SYMMETRY: 85}
    kept = session.store.default_changes()[-1]
    assert (kept.changed_by, kept.reason) == ("A. Chen, PT", "Our device scatters less.")
    assert verdict(session) is Verdict.NOT_MET
    paper = pypdfium2.PdfDocument(evaluation_note_pdf(session.note(), "letter"))
    words = " ".join(page.get_textpage().get_text_bounded() for page in paper)
    assert "85 % (app default 90 %)" in " ".join(words.split())


def test_what_was_changed_is_not_taken_back_by_undoing_an_answer(window: MainWindow) -> None:
    session = session_of(window)
    session.answer("mass", 70.0)
    at_limit(window, "symmetry", changed_to("85"))
    session.undo()
    assert session.evaluation.defaults == {SYMMETRY: 85}
    session.redo()
    assert session.evaluation.defaults == {SYMMETRY: 85}


def test_a_value_out_of_range_is_refused_with_the_range_and_nothing_typed_is_lost(
    start: MainWindow, store: Store
) -> None:
    def do(dialog: LimitDialog) -> None:
        fill(dialog, "97", "Because.")
        click(dialog, "Change it")
        assert "From 80 to 90 %" in shown(dialog)
        assert dialog.isVisible()
        assert isinstance(dialog.value, NumberField)
        assert (dialog.value.text, dialog.reason.value) == ("97", "Because.")

    at_limit(start, "symmetry", do)
    assert store.default_changes() == ()


@pytest.mark.parametrize(
    ("value", "reason", "name", "says"),
    [
        ("85", "", "A. Chen, PT", "Write why"),
        ("85", "Because.", "", "Write your name"),
        ("", "Because.", "A. Chen, PT", "Give the new value. From 80 to 90 % can be set."),
        ("90", "Because.", "A. Chen, PT", "It is 90 % already."),
    ],
)
def test_a_change_needs_a_new_value_a_reason_and_a_name(
    start: MainWindow, store: Store, value: str, reason: str, name: str, says: str
) -> None:
    def do(dialog: LimitDialog) -> None:
        assert "Your name is recorded with the change." in shown(dialog)
        fill(dialog, value, reason)
        dialog.name.clear()
        QTest.keyClicks(dialog.name.edit, name)
        click(dialog, "Change it")
        assert says in shown(dialog)
        assert dialog.isVisible()

    at_limit(start, "symmetry", do)
    assert store.default_changes() == ()


def test_who_is_signed_in_changes_a_limit_under_the_own_name(window: MainWindow, store: Store) -> None:
    store.keep_account(CHEN)
    store.account = CHEN

    def do(dialog: LimitDialog) -> None:
        assert "no accounts" not in shown(dialog)
        QTest.keyClicks(dialog.name.edit, "Somebody else")
        changed_to("80")(dialog)

    at_limit(window, "symmetry", do)
    (change,) = store.default_changes()
    assert change.changed_by == "Q. Chen"


def test_a_therapist_looks_at_the_limits_and_is_told_who_changes_them(
    window: MainWindow, store: Store
) -> None:
    store.account = replace(CHEN, role="therapist")

    def close_limit() -> None:
        if isinstance(dialog := QApplication.activeModalWidget(), LimitDialog):
            QDialog.reject(dialog)

    def press_change(dialog: ContentDialog) -> None:
        QTest.keyClicks(dialog.search, "symmetry")
        press(dialog.search, Qt.Key.Key_Down)
        QTimer.singleShot(100, close_limit)
        click(dialog, "Change it…")
        assert "An administrator can change the limits." in shown(dialog)

    at_dialog(press_change, window.show_content)
    assert not store.default_changes()


def test_the_shipped_value_comes_back_with_a_reason_and_both_changes_stay_in_the_history(
    window: MainWindow,
) -> None:
    session = session_of(window)
    at_limit(window, "symmetry", changed_to("85"))

    def put_back(dialog: LimitDialog) -> None:
        click(dialog, "Back to the shipped value")
        assert "Write why" in shown(dialog)
        QTest.keyClicks(dialog.reason.edit, "The device was sold.")
        click(dialog, "Back to the shipped value")

    said = at_limit(window, "symmetry", put_back)
    assert "Back to the shipped value, 90 %. Counts for every note not yet signed." in said
    assert session.store.clinic_defaults() == {}
    assert session.evaluation.defaults == {}
    assert verdict(session) is Verdict.MET

    def look(dialog: ContentDialog) -> None:
        QTest.keyClicks(dialog.search, "symmetry")
        assert "Our device scatters less." not in shown(dialog)
        click(dialog, "Whole history")
        assert "set to 85 %. Our device scatters less." in shown(dialog)
        assert "back to the shipped value. The device was sold." in shown(dialog)

    at_dialog(look, window.show_content)


def test_a_limit_that_is_on_or_off_is_switched(window: MainWindow) -> None:
    def do(dialog: LimitDialog) -> None:
        assert isinstance(dialog.value, SegmentedControl)
        dialog.value.setFocus()
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_N)
        QTest.keyClicks(dialog.reason.edit, "Same position as in the study.")
        click(dialog, "Change it")

    said = at_limit(window, "compare hip force", do)
    assert "Here on. As shipped off. It can be on or off." in said
    assert session_of(window).evaluation.defaults == {"hip-norms": 1}


def test_a_signed_note_keeps_the_limits_it_was_signed_with(window: MainWindow) -> None:
    session = session_of(window)
    session.sign()
    before = session.note()
    at_limit(window, "symmetry", changed_to("85"))
    assert session.store.clinic_defaults() == {SYMMETRY: 85}
    assert verdict(session) is Verdict.MET
    assert session.note() == before


def test_the_words_of_an_open_page_tell_the_limit_that_counts_now(window: MainWindow) -> None:
    assert window.view is not None
    window.view.show_step("mobility")
    at_limit(window, "prone knee bend", changed_to("110"))
    assert window.view is not None
    window.view.show_step("mobility")
    QApplication.processEvents()
    assert "Under 110°, or the buttock rises: tight." in shown(window.view)


def test_a_note_is_not_signed_by_a_limit_that_changed_meanwhile(window: MainWindow, store: Store) -> None:
    session = session_of(window)
    store.change_default("symmetry-deficit", 80, by="Kim", reason="elsewhere")
    with pytest.raises(EvalAssistError, match="judged anew"):
        session.sign()
    assert not session.signed
    assert session.evaluation.defaults == {"symmetry-deficit": 80}


def test_a_reason_that_was_typed_is_not_thrown_away_unasked(start: MainWindow) -> None:
    asked: list[str] = []

    def stay(box: QMessageBox) -> None:
        asked.append(box.text())
        click(box, "Stay here")

    def do(dialog: LimitDialog) -> None:
        fill(dialog, "85", "A long reason.")
        at_dialog(stay, lambda: press(dialog, Qt.Key.Key_Escape))
        assert dialog.isVisible()

    at_limit(start, "symmetry", do)
    assert asked == ["The limit is not changed."]


# ---------------------------------------------------------------- looking through it


def test_about_tells_the_release_and_leads_to_the_content(start: MainWindow) -> None:
    assert start.start is not None
    seen: list[str] = []

    def about(dialog: AboutDialog) -> None:
        assert load_content().release.version in shown(dialog)
        QTimer.singleShot(0, lambda: at_dialog(lambda found: seen.append(found.windowTitle()), lambda: None))
        click(dialog, "Clinical content")

    page = start.start
    at_dialog(about, lambda: click(page, "About"))
    QApplication.processEvents()
    assert seen == ["Clinical content"]


def test_one_search_looks_through_every_part_and_opens_the_first_that_has_something(
    start: MainWindow,
) -> None:
    def do(dialog: ContentDialog) -> None:
        QTest.keyClicks(dialog.search, "crs04 crossley")
        counts = {row.title: row.value for row in dialog.parts.rows}
        assert counts == {
            "Release": "0",
            "Limits": "0",
            "Sources": "1",
            "To be checked": "0",
            "App rules": "0",
        }
        assert [row.title for row in dialog.list.rows] == ["CRS04"]
        dialog.search.setText("crs04 xyzzy")
        assert dialog.list.rows == ()
        assert "Nothing is found for “crs04 xyzzy”." in shown(dialog)
        press(dialog.search, Qt.Key.Key_Escape)
        assert dialog.isVisible()
        assert len(dialog.list.rows) == len(load_content().references)

    at_dialog(do, start.show_content)


def test_a_line_is_copied_with_all_that_is_known_of_it(start: MainWindow) -> None:
    def do(dialog: ContentDialog) -> None:
        QTest.keyClicks(dialog.search, "crs04 crossley")
        QTest.keyClick(dialog.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    at_dialog(do, start.show_content)
    copied = QGuiApplication.clipboard().text()
    reference = load_content().references["CRS04"]
    assert reference.citation in copied
    assert reference.doi in copied


def test_every_source_is_listed_with_how_far_it_was_read_and_what_names_it() -> None:
    content = load_content()
    rows = {row.title: row for row in parts(content)["sources"].rows}
    assert set(rows) == set(content.references)
    for reference in content.references.values():
        text = rows[reference.id].text
        assert reference.citation in text
        assert reference.read in text
        assert reference.doi in text
        assert ("from memory: to be checked" in text) == (reference.doi_from_memory and bool(reference.doi))
    rules = sum("CPG19" in rule.cites for rule in content.rules.values())
    assert rules
    assert "Named by" in rows["CPG19"].text


def marked(content: Content, mark: str) -> list[Model]:
    """Everything with this mark, looked for in every corner of the content."""
    found: list[Model] = []

    def look(value: object) -> None:
        if isinstance(value, Model) and not isinstance(value, Condition):
            if getattr(value, "mark", "") == mark:
                found.append(value)
            for name in type(value).model_fields:
                look(getattr(value, name))
        elif isinstance(value, dict):
            look(tuple(value.values()))
        elif isinstance(value, tuple):
            for part in value:
                look(part)

    for name in content.__dataclass_fields__:
        look(getattr(content, name))
    return found


def test_everything_from_general_knowledge_is_listed_to_be_checked_and_shown_without_a_citation() -> None:
    content = load_content()
    wanted = [entry for entry in marked(content, "K") if not isinstance(entry, Reference)]
    rows = parts(content)["to-check"].rows
    assert len(rows) == len(wanted)
    assert {e.label for e in wanted if isinstance(e, Item)} <= {row.title for row in rows}
    assert {e.title for e in wanted if isinstance(e, Default)} <= {row.title for row in rows}
    for row in rows:
        assert row.group
        assert not any(reference.citation in row.text for reference in content.references.values())


def test_every_rule_of_our_own_is_listed_as_an_app_default() -> None:
    content = load_content()
    wanted = [entry for entry in marked(content, "P") if not isinstance(entry, Item | Default)]
    rows = parts(content)["app-rules"].rows
    assert len(rows) == len(wanted)
    assert all("App default, not from a guideline." in row.text for row in rows)


def test_every_limit_is_listed_in_the_order_of_its_file() -> None:
    content = load_content()
    rows: tuple[Row, ...] = parts(content)["limits"].rows
    assert [row.default for row in rows] == list(content.defaults.values())
    assert all(row.value and row.group for row in rows)


def test_nothing_a_clinician_reads_has_a_slot_left_in_it() -> None:
    for part in overview(load_content(), ()):
        for row in part.rows:
            assert "{" not in row.text, row.title


def test_both_dialogs_fit_a_small_screen_at_double_text_size(start: MainWindow) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    start.resize(1366, 768)
    style.apply_style(app, scale=2.0)
    sizes: list[tuple[int, int]] = []

    def change(dialog: LimitDialog) -> None:
        click(dialog, "Change it")
        sizes.append((dialog.width(), dialog.height()))
        lines = [dialog.reason.edit, dialog.name.edit]
        assert [line.visibleRegion().boundingRect().height() for line in lines] == [
            style.control_height()
        ] * 2

    def look(dialog: ContentDialog) -> None:
        sizes.append((dialog.width(), dialog.height()))
        QTest.keyClicks(dialog.search, "symmetry")
        at_dialog(change, lambda: press(dialog.list, Qt.Key.Key_Return))

    try:
        at_dialog(look, start.show_content)
    finally:
        style.apply_style(app)
    assert len(sizes) == 2
    assert all(width <= 1366 and height <= 768 for width, height in sizes)


def test_records_that_cannot_be_read_leave_the_shipped_content_to_look_at(
    start: MainWindow, store: Store
) -> None:
    store.close()
    said: list[str] = []
    at_dialog(lambda dialog: said.append(shown(dialog)), start.show_content)
    assert "What this clinic set otherwise cannot be read now." in said[0]
