"""Walks through the window in the pseudo-language and tells what is cut off or never passed `tr`; a process of its own.

The language is chosen when the program starts, so `test_words` runs this file with EVALASSIST_LANGUAGE=pseudo.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.evaluation import Evaluation, Patient, StrengthTest
from evalassist.records.accounts import Account
from evalassist.records.entrance import Entrance
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import early_pages, style
from ui.main_window import MainWindow
from ui.pages.door import Door
from ui.pages.first_run import FirstRun
from ui.screenshots import ended, later
from ui.way_in import WayIn
from ui.widgets.boxes import Box
from ui.widgets.elided import ElidedLabel, GivingLabel
from ui.widgets.hands_parts import FittingWords
from ui.widgets.side import SideBadge

ROOT = Path(__file__).resolve().parent.parent
SIZE = (1366, 690)
early_pages.REST_BEFORE_BUILDING_MS = 1_000_000_000
"""What is being made beside the page cannot be seen, but this walk would find it."""
NOT_SHOWN = ("gallery.py", "screenshots.py", "icons.py")
NOT_WORDS = re.compile(r"(Ctrl|Shift|Alt)\+|EvalAssist$|Español$|kgf$|lbf$|A\. Chen")
GIVE_WAY = (ElidedLabel, GivingLabel, FittingWords)
"""Words that are shortened or made smaller on purpose; the tooltip has them whole."""


@cache
def unsaid() -> frozenset[str]:
    """Every literal of the window that does not pass `tr`."""
    found: set[str] = set()
    for file in {*(ROOT / "ui").rglob("*.py")} - {ROOT / "ui" / name for name in NOT_SHOWN}:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        said = {
            id(part)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id in ("tr", "trn")
            for part in ast.walk(call)
        }
        found |= {
            node.value.strip()
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
        }
    return frozenset(each for each in found if re.search(r"[^\W\d_]{3,}", each))


@cache
def contents() -> frozenset[str]:
    """What the clinical content says; it has languages of its own."""

    def strings(part: object) -> Iterator[str]:
        if isinstance(part, str):
            yield part.casefold()
        elif isinstance(part, dict | list):
            for each in part.values() if isinstance(part, dict) else part:
                yield from strings(each)

    files = (ROOT / "resources" / "content").rglob("*.toml")
    return frozenset(each for file in files for each in strings(tomllib.loads(file.read_text("utf-8"))))


def outside(text: str) -> str:
    """What of a shown text did not come through `tr`."""
    depth, kept = 0, ""
    for sign in text:
        depth += sign == "["
        kept += sign if depth == 0 else ""
        depth -= sign == "]"
    return kept.strip(" \n·,:;.…")


def texts(widget: QWidget) -> Iterator[str]:
    """What a widget shows or has read aloud."""
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(at) for at in range(widget.count()))
    if widget.isWindow():
        yield widget.windowTitle()


def shown(widget: QLabel | QAbstractButton) -> str:
    return widget.text() or (widget.accessibleName() if isinstance(widget, SideBadge) else "")


def cut_off(widget: QWidget) -> bool:
    """Whether a label or button shows less than it says."""
    if isinstance(widget, SideBadge):  # draws its words itself
        return widget.sizeHint().width() > widget.width()
    if isinstance(widget, GIVE_WAY) or not isinstance(widget, QLabel | QAbstractButton) or not widget.text():
        return False
    if widget.hasHeightForWidth():
        return widget.heightForWidth(widget.width()) > widget.height() + 1
    if isinstance(widget, Box):  # draws its word over the whole of itself, chosen in bold
        return QFontMetrics(style.font(weight=600)).horizontalAdvance(widget.text()) > widget.width() - 4
    needed = widget.minimumSizeHint() if isinstance(widget, QLabel) else widget.sizeHint()
    return needed.width() > widget.width() + 1 or needed.height() > widget.height() + 4


def beside(widget: QWidget) -> bool:
    """Whether part of it lies outside of what holds it, where nobody can scroll to."""
    holder = widget.parentWidget()
    while holder is not None and not isinstance(holder, QScrollArea) and not holder.isWindow():
        holder = holder.parentWidget()
    if isinstance(holder, QScrollArea):
        if holder.horizontalScrollBarPolicy() != Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            return False
        holder = holder.viewport()
    if holder is None or isinstance(widget, GIVE_WAY):
        return False
    right = widget.mapTo(holder, QPoint(widget.width(), 0)).x()
    return right > holder.width() + 1


class Walk:
    """What was found, each once, with the page where it was found first."""

    def __init__(self) -> None:
        self.cut: dict[str, str] = {}
        self.unsaid: dict[str, str] = {}
        self.seen = 0

    def look(self, place: str, root: QWidget) -> None:
        for widget in [root, *root.findChildren(QWidget)]:
            if not widget.isVisibleTo(root):
                continue
            for text in filter(None, texts(widget)):
                self.seen += "[" in text
                rest = outside(text)
                if rest in unsaid() and rest.casefold() not in contents() and not NOT_WORDS.match(rest):
                    self.unsaid.setdefault(rest, f"{place}, {type(widget).__name__}")
            if isinstance(widget, QLabel | QAbstractButton) and (text := shown(widget)):
                for what, wrong in (("cut off", cut_off(widget)), ("beside", beside(widget))):
                    if wrong:
                        size, hint = widget.size().toTuple(), widget.sizeHint().toTuple()
                        says = f"{place}: {type(widget).__name__} is {what}, {size} of {hint}"
                        self.cut.setdefault(text, says)


def settle(app: QApplication, window: MainWindow) -> None:
    page = window.view.page if window.view is not None else window.chart
    while page is not None and page.at_work:
        app.processEvents()
    for _ in range(6):
        app.processEvents()


def dialogs(window: MainWindow, store: Store, settings: Settings) -> Iterator[tuple[str, QDialog]]:
    from ui.dialogs.about import AboutDialog
    from ui.dialogs.check_code import CheckCodeDialog
    from ui.dialogs.content import ContentDialog
    from ui.dialogs.documents import DocumentsDialog
    from ui.dialogs.evidence import EvidenceDialog
    from ui.dialogs.palette import KeysDialog, Palette, commands
    from ui.dialogs.patient import CorrectionDialog, PatientDialog
    from ui.dialogs.preferences import PreferencesDialog
    from ui.dialogs.restore import RestoreDialog
    from ui.dialogs.what_if import WhatIfDialog

    assert window.view is not None
    session = window.view.session
    content, patient = session.content, session.evaluation.patient
    yield "settings", PreferencesDialog(settings, window, signed_in=False)
    yield "settings, signed in", PreferencesDialog(settings, window, signed_in=True)
    yield "new patient", PatientDialog(content, window)
    yield "correct the patient", CorrectionDialog(session.evaluation, window)
    yield "clinical content", ContentDialog(store, "A. Chen, PT", window)
    yield "evidence", EvidenceDialog(content, window)
    yield "what if", WhatIfDialog(session, window)
    yield "keys", KeysDialog(window.view.page.keys(), evaluation=True, parent=window)
    yield "palette", Palette(commands(window), window)
    yield "documents", DocumentsDialog(store, patient.id, "A. Chen, PT", window)
    yield "check a code", CheckCodeDialog(store, window)
    yield "about", AboutDialog(content.release, "here", window)
    yield "restore", RestoreDialog(Path(), [], window)


def hands_busy(app: QApplication, window: MainWindow, found: Walk) -> None:
    """The view for the treatment table, from the first value to the last."""
    assert window.view is not None
    window.view.toggle_hands()
    hands = window.view.hands
    assert hands is not None

    def look(state: str, *typed: str) -> None:
        for value in typed:
            hands.entry.typed = value
            hands.enter()
        hands.refresh()
        settle(app, window)
        found.look(f"hands, {state}", hands)

    look("begin")
    look("value", "", "100", "97", "95", "0", "82", "84")
    hands.start_count()
    look("count")
    hands.back()
    hands.entry.ask_for_reason()
    look("reasons")
    hands.back()
    look("pain", "80", "1", "95", "92", "97", "0", "78", "81", "80")
    look("done", "2", "400", "410", "405", "0", "352", "350", "340", "0")
    window.view.toggle_hands()


def closed(app: QApplication, window: MainWindow, home: Path, settings: Settings, found: Walk) -> None:
    """What is before the records: the first run, and the locked window with its ways in."""
    from ui.dialogs.accounts import AccountDialog, AccountsDialog, PaperKeyDialog, PasswordDialog
    from ui.dialogs.confirm import ConfirmDialog

    def look(place: str, root: QWidget) -> None:
        root.show()
        for _ in range(6):
            app.processEvents()
        found.look(place, root)

    entrance = Entrance(home)
    first = FirstRun(lambda: entrance, settings, plain=True)
    window.show_door(first)
    look("first run, clinic", window)
    first._show_account()
    look("first run, account", window)
    store, key = entrance.begin(Account("", "chen", "A. Chen, PT", "1", "administrator"), "only walked")
    first._show_paper_key(store, key, WayIn(entrance))
    assert first.paper_key is not None
    look("first run, paper key", window)
    first.paper_key.done.emit()
    look("first run, ready", window)
    first._store = None  # it stays open for what follows
    way_in = WayIn(entrance)
    window.enter(store, way_in)
    for dialog in (
        AccountsDialog(store, way_in, settings, window),
        AccountDialog(store, way_in, settings, None, window),
        PasswordDialog(store, way_in, store.account, settings, window),
        ConfirmDialog(store, way_in, "[Nobody]", "[Go on]", window),
        PaperKeyDialog(key, settings, window),
    ):
        look(type(dialog).__name__, dialog)
        dialog.close()
    window.lock()
    look("locked", window)
    assert isinstance(window.door, Door)
    window.door.show_paper()
    look("locked, paper key", window)
    window.door._show_new_way(entrance.sign_in_with_paper(key))
    look("locked, new way in", window)


def walk(home: Path) -> Walk:
    from ui.dialogs.manual import Manual

    app = QApplication.instance() or QApplication(["pseudo"])
    assert isinstance(app, QApplication)
    style.apply_style(app)
    content, found = load_content(), Walk()
    settings = Settings(therapist_name="A. Chen, PT", clinic_name="Riverside Physical Therapy")
    store, window = Store(home / "walked.db", new_keys()), MainWindow()
    window.resize(*SIZE)
    window.show()
    window.open_store(store, content, settings)
    settle(app, window)
    found.look("start, empty", window)
    ex1 = read_case(ROOT / "tests" / "cases" / "ex1.toml", content)
    other = Evaluation.begin(Patient("Okafor, Daniel", date(1990, 1, 1), "M"), "left", date.today())
    store.save(other.with_answers({"hot-joint": "yes"}))
    tests = (item_id for item_id, answer in ex1.answers.items() if isinstance(answer, StrengthTest))
    visits = {
        "ex1": ex1,
        "empty": replace(ex1.without_answer(*ex1.answers), id="empty"),
        "untested": replace(ex1.without_answer(*tests), id="untested"),
        "later": later(ex1),
        "discharge": ended(ex1),
    }
    for name, evaluation in visits.items():
        window.begin(evaluation)
        assert window.view is not None
        if name == "untested":
            hands_busy(app, window, found)
            continue
        for step_id in content.steps:
            window.view.show_step(step_id)
            settle(app, window)
            found.look(f"{name}, {step_id}", window)
        if name == "ex1":
            for place, dialog in dialogs(window, store, settings):
                dialog.show()
                for _ in range(4):
                    app.processEvents()
                found.look(place, dialog)
                dialog.close()
    window.show_start()
    settle(app, window)
    found.look("start", window)
    window.show_chart(ex1.patient.id)
    settle(app, window)
    found.look("chart", window)
    manual = Manual(window)
    manual.show()
    manual.search.setText("paper key")
    settle(app, window)
    found.look("manual", manual)
    manual.close()
    closed(app, window, home, settings, found)
    window.forget_left()  # nobody answers what closing would ask
    window.close()
    window.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    store.close()
    return found


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        result = walk(Path(folder))
    json.dump({"seen": result.seen, "cut": result.cut, "unsaid": result.unsaid}, sys.stdout, indent=1)
