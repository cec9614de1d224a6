"""Lines for secrets: whoever hears them hears bullets, and what was typed is what goes in."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QDropEvent, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot
from real_bus import ROOT, heard_of

from ui import spoken
from ui.widgets.passwords import NewPassword, PasswordField

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
PASSWORD_TEXT = 40
"""The role of AT-SPI by which a screen reader says "password" and echoes no key."""
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def field(qtbot: QtBot) -> Iterator[PasswordField]:
    made = PasswordField("Password")
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    made.setFocus()
    before = QApplication.clipboard().text()
    yield made
    QApplication.clipboard().setText(before)


def in_the_line(field: PasswordField) -> str:
    """What the line itself holds, which is what Qt tells to whoever asks."""
    return QLineEdit.text(field.edit)


def press(
    field: PasswordField, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(field.edit, key, held)


def types(field: PasswordField, words: str) -> None:
    QTest.keyClicks(field.edit, words)


def test_the_line_holds_bullets_and_the_field_the_password(field: PasswordField) -> None:
    types(field, "Kne 7")
    assert field.value == "Kne 7"
    assert in_the_line(field) == "•••••"


def test_where_the_keyboard_came_to_rest_no_secret_is_read(
    field: PasswordField, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken, "is_kept_busy", lambda: True)
    types(field, "Kne 7")
    told = spoken.line_in_words(field.edit)
    assert told.startswith("Password: ")
    assert not any(letter in told.removeprefix("Password: ") for letter in "Kne 7")


def test_a_password_that_differs_is_typed_over(qtbot: QtBot) -> None:
    asked = NewPassword()
    qtbot.addWidget(asked)
    asked.show()
    asked.activateWindow()
    QTest.keyClicks(asked.first.edit, "four knees and a hip")
    QTest.keyClicks(asked.again.edit, "four knees and no hip")
    assert not asked.taken(())
    QTest.keyClicks(asked.again.edit, "four knees and a hip")
    assert asked.taken(()) == "four knees and a hip"


def test_who_met_the_line_while_it_was_shown_meets_another_that_is_hidden(
    field: PasswordField, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orca remembers what kind of line it met, and read the letters that went into it afterwards."""
    monkeypatch.setattr(spoken, "listens", lambda: True)

    def met() -> int:
        return QAccessible.uniqueId(QAccessible.queryAccessibleInterface(field.edit))

    field.edit.setEchoMode(QLineEdit.EchoMode.Normal)
    shown = met()
    field.edit.setEchoMode(QLineEdit.EchoMode.Password)
    assert met() != shown
    assert QAccessible.queryAccessibleInterface(field.edit).state().passwordEdit


def test_letters_go_in_and_out_where_the_caret_is(field: PasswordField) -> None:
    types(field, "abcdef")
    press(field, Qt.Key.Key_Home)
    press(field, Qt.Key.Key_Right)
    types(field, "X")
    assert field.value == "aXbcdef"
    press(field, Qt.Key.Key_Delete)
    assert field.value == "aXcdef"
    press(field, Qt.Key.Key_Backspace)
    assert field.value == "acdef"
    press(field, Qt.Key.Key_Right, SHIFT)
    press(field, Qt.Key.Key_Right, SHIFT)
    types(field, "Y")
    assert field.value == "aYef"
    press(field, Qt.Key.Key_End, SHIFT)
    press(field, Qt.Key.Key_Delete)
    assert field.value == "aY"


def test_a_pasted_password_goes_over_what_was_selected(field: PasswordField) -> None:
    types(field, "abcd")
    press(field, Qt.Key.Key_Left)
    press(field, Qt.Key.Key_Left, SHIFT)
    QApplication.clipboard().setText("four knees")
    press(field, Qt.Key.Key_V, CONTROL)
    assert field.value == "abfour kneesd"
    assert set(in_the_line(field)) == {"•"}


def test_it_cannot_be_copied_or_cut_while_it_is_hidden(field: PasswordField) -> None:
    types(field, "abcd")
    QApplication.clipboard().setText("before")
    press(field, Qt.Key.Key_A, CONTROL)
    press(field, Qt.Key.Key_C, CONTROL)
    press(field, Qt.Key.Key_X, CONTROL)
    assert QApplication.clipboard().text() == "before"


def test_the_menu_pastes_the_same_way_and_brings_nothing_back(field: PasswordField) -> None:
    QApplication.clipboard().setText("from the menu")
    where = field.edit.rect().center()
    QApplication.sendEvent(
        field.edit, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, field.edit.mapToGlobal(where))
    )
    menu = next(
        each for each in QApplication.topLevelWidgets() if isinstance(each, QMenu) and each.isVisible()
    )
    assert "Redo" not in " ".join(action.text() for action in menu.actions())
    paste = next(action for action in menu.actions() if "Paste" in action.text())
    paste.trigger()
    menu.close()
    assert field.value == "from the menu"
    assert set(in_the_line(field)) == {"•"}


def test_undo_empties_it_and_redo_brings_nothing_back(field: PasswordField) -> None:
    types(field, "abcd")
    press(field, Qt.Key.Key_Z, CONTROL)
    assert field.value == in_the_line(field) == ""
    press(field, Qt.Key.Key_Z, CONTROL | SHIFT)
    press(field, Qt.Key.Key_Y, CONTROL)
    assert field.value == in_the_line(field) == ""
    types(field, "ef")
    assert field.value == "ef"


def test_an_input_method_and_a_drop_write_as_keys_do(field: PasswordField) -> None:
    types(field, "ab")
    commit = QInputMethodEvent()
    commit.setCommitString("ñandú", -1, 1)
    QApplication.sendEvent(field.edit, commit)
    assert field.value == "añandú"
    dropped = QMimeData()
    dropped.setText("!?")
    drop = QDropEvent(
        QPointF(1, 5),
        Qt.DropAction.CopyAction,
        dropped,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    field.edit.dropEvent(drop)
    assert field.value == "!?añandú"
    assert set(in_the_line(field)) == {"•"}


def test_what_assistive_technology_fills_in_is_taken_as_it_is(field: PasswordField) -> None:
    types(field, "ab")
    QLineEdit.setText(field.edit, "four blue kneecaps")
    assert field.value == "four blue kneecaps"
    QLineEdit.insert(field.edit, "!")
    assert field.value == "four blue kneecaps!"
    assert set(in_the_line(field)) == {"•"}


def test_it_can_be_shown_changed_and_hidden_again_where_the_caret_is(field: PasswordField) -> None:
    types(field, "abcd")
    press(field, Qt.Key.Key_Left)
    field.show_button.click()
    assert in_the_line(field) == field.value == "abcd"
    types(field, "X")
    assert field.value == "abcXd"
    field.show_button.click()
    assert in_the_line(field) == "•••••"
    assert field.value == "abcXd"
    types(field, "Y")
    assert field.value == "abcXYd"
    field.clear()
    assert field.value == in_the_line(field) == ""


def test_to_show_a_password_takes_no_complaint_away(qtbot: QtBot) -> None:
    new = NewPassword()
    qtbot.addWidget(new)
    new.show()
    types(new.first, "four blue kneecaps")
    types(new.again, "four blue kneecap")
    assert new.taken(()) == ""
    assert new._said.isVisible()
    new.again.show_button.click()
    assert new._said.isVisible()
    types(new.again, "s")
    assert not new._said.isVisible()
    assert new.taken(()) == "four blue kneecaps"


# ---------------------------------------------------------------- over the real bus

Heard = dict[str, list[list[Any]]]


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Heard:
    """What came while each line was typed into: kind of change, letters, role, name and value."""
    folder = tmp_path_factory.mktemp("s")
    app = [
        sys.executable,
        str(ROOT / "tests/typed_secrets.py"),
        str(folder),
        str(ROOT / "tests/cases/ex1.toml"),
    ]
    told: Heard = {}
    here = ""
    for each in json.loads(heard_of(folder, "--typing", *app)[-1]):
        if each[0] == "said" and each[1].endswith((", hidden", ", shown", ", hidden again", "after")):
            here = each[1]
            told.setdefault(here, [])
        elif here and each[0] != "said":
            told[here].append(each)
    return told


def test_every_place_that_asks_for_a_secret_was_heard(heard: Heard) -> None:
    assert {place.removesuffix(", hidden") for place in heard if place.endswith("hidden")} == {
        "first run, New password",
        "first run, New password again",
        "door, Password",
        "sign, Password",
        "account, New password",
        "account, New password again",
        "account, Your own password",
        "password, Your password now",
        "password, New password",
        "password, New password again",
        "confirm, Your password",
        "database, Password",
        "export, Password of the file",
        "export, Password again",
        "restore, Password",
    }


def test_no_letter_of_a_hidden_password_is_heard(heard: Heard) -> None:
    hidden = {place: told for place, told in heard.items() if place.endswith("hidden")}
    assert [(place, each) for place, told in hidden.items() for each in told if set(each[1]) - {"•"}] == []
    for place, told in hidden.items():
        came = sum(len(letters) for kind, letters, *_ in told if kind == "insert")
        went = sum(len(letters) for kind, letters, *_ in told if kind == "delete")
        assert (came, went) == (11, 1), place  # so often a bullet is heard


def test_a_hidden_password_is_a_password_by_its_name_and_gives_no_letter(heard: Heard) -> None:
    for place, told in heard.items():
        if place.endswith("hidden"):
            assert {(role, name) for _, _, role, name, _ in told} == {(PASSWORD_TEXT, place.split(", ")[1])}
            assert not set("".join(str(value) for *_, value in told)) - {"•", "●"}, place


def test_a_shown_password_is_heard_as_it_is_typed(heard: Heard) -> None:
    shown = {place: told for place, told in heard.items() if place.endswith(", shown")}
    assert len(shown) >= 8
    for place, told in shown.items():
        assert ["insert", "w"] in [each[:2] for each in told], place
        assert PASSWORD_TEXT not in [role for _, _, role, *_ in told], place


def test_a_password_that_was_shown_is_typed_over_unheard(heard: Heard) -> None:
    again = {place: told for place, told in heard.items() if place.endswith(", hidden again")}
    assert len(again) >= 8
    for place, told in again.items():
        assert sum(len(letters) for kind, letters, *_ in told if kind == "insert") == 4, place
        assert {role for _, _, role, *_ in told} == {PASSWORD_TEXT}, place
        assert not set("".join(f"{letters}{value}" for _, letters, _, _, value in told)) - {"•", "●"}, place
