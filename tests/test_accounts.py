"""Accounts and their passwords, as a person meets them: added, changed and removed, and what asks for a password."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from at_the_door import CASES, NAME, OTHER, PASSWORD, Person, elsewhere, texts, when_shown
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea

from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.errors import EvalAssistError
from evalassist.settings import Settings
from ui.dialogs.accounts import AccountDialog, AccountsDialog, PasswordDialog
from ui.dialogs.documents import DocumentsDialog
from ui.pages.review import SignPage
from ui.widgets.marks import Banner, LinkButton

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_the_window_of_a_removed_account_locks_at_its_next_change_and_says_why(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    with elsewhere(person) as chens:
        assert chens.account.administers
        begun = person.begin()
        chens.remove_account(person.store.account.id)
        person.type_into("mass", "62")
        QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_Tab)
        person.wait_locked()
        assert "This account was removed" in texts(person.window)
        assert NAME not in texts(person.window)
        assert "mass" not in chens.load(begun.id).answers
    person.sign_in("chen", PASSWORD)
    assert person.sees == "start page"


def test_who_was_removed_saves_no_copy_of_a_paper_that_was_open(person: Person, tmp_path: Path) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    with elsewhere(person) as chens:
        begun = person.begin()
        chens.keep_document(begun.id, "handout", "en", "a4", b"%PDF", "A. Chen")
        dialog = DocumentsDialog(person.store, begun.patient.id, "S. Lee", person.window)
        person.qtbot.addWidget(dialog)
        chens.remove_account(person.store.account.id)
        dialog.save_as(tmp_path / "copy.pdf")
        assert "This account was removed" in texts(dialog)
        assert not (tmp_path / "copy.pdf").exists()


@pytest.mark.parametrize("now", [{"role": "student"}, {"licence": "PT-78"}])
def test_who_got_another_role_or_license_signs_in_anew_and_loses_nothing(
    person: Person, now: dict[str, Any]
) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    with elsewhere(person) as chens:
        begun = person.begin()
        chens.keep_account(changed := replace(person.store.account, **now))
        person.type_into("mass", "62")
        QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_Tab)
        person.wait_locked()
        assert "This account or its password was changed" in texts(person.window)
        person.sign_in("lee", OTHER)
        assert person.store.account == changed
        person.qtbot.waitUntil(lambda: "mass" in chens.load(begun.id).answers)


def test_who_resets_a_password_is_told_that_the_key_file_is_needed_no_more(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    lee = next(one for one in person.store.accounts() if one.sign_in == "lee")
    before = PasswordDialog(person.store, person.way_in, lee, Settings(), person.window)
    assert "key file" not in texts(before)
    person.entrance.change_password(person.store, lee.id, OTHER, b"on a stick")
    reset = PasswordDialog(person.store, person.way_in, lee, Settings(), person.window)
    assert "S. Lee signs in with a key file beside the password" in texts(reset)


def test_a_note_is_signed_with_the_name_of_the_account_and_only_after_its_password(
    person: Person,
) -> None:
    content = load_content()
    person.window.begin(read_case(CASES / "ex1.toml", content))
    assert person.sees == "evaluation"
    page = person.view.show_step("sign")
    assert isinstance(page, SignPage)
    person.qtbot.waitUntil(page.sign_button.isEnabled, timeout=30000)
    page.sign_button.click()
    assert "Type your password" in texts(page)
    QTest.keyClicks(page.password.edit, "five red elbows")
    QTest.keyClick(page.password.edit, Qt.Key.Key_Return)
    person.qtbot.waitUntil(lambda: "not signed" in texts(page))
    assert not page.session.signed
    QTest.keyClicks(page.password.edit, PASSWORD)
    QTest.keyClick(page.password.edit, Qt.Key.Key_Return)
    person.qtbot.waitUntil(lambda: page.session.signed)
    signature = person.view.session.evaluation.signature
    assert signature
    assert (signature.clinician, signature.licence) == ("A. Chen, PT", "40-12345")
    assert not page.password.isVisibleTo(page)


def test_an_administrator_adds_and_removes_an_account_and_a_therapist_cannot(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    dialog = AccountsDialog(person.store, person.way_in, Settings(), person.window)
    assert {row.title for row in dialog.list.rows} == {"A. Chen, PT", "S. Lee"}
    dialog.close()
    lee = next(one for one in person.store.accounts() if one.sign_in == "lee")
    person.lock()
    person.sign_in("lee", OTHER)
    dialog = AccountsDialog(person.store, person.way_in, Settings(), person.window)
    dialog.show()
    assert "Add" not in texts(dialog)
    assert "Change my password" in texts(dialog)
    dialog.close()
    with pytest.raises(EvalAssistError, match="administrator"):
        person.entrance.remove_account(person.store, lee.id)
    person.lock()
    person.sign_in("chen", PASSWORD)
    person.entrance.remove_account(person.store, lee.id)
    person.lock()
    person.sign_in("lee", OTHER)
    assert person.sees == "door"


GIVEN = "Your password was chosen by somebody else."


def test_who_got_a_first_password_is_asked_on_the_start_page_to_change_it_until_it_is_changed(
    person: Person,
) -> None:
    person.add("S. Lee", "lee", OTHER)
    assert person.window.start is not None
    assert GIVEN not in texts(person.window.start)
    person.lock()
    person.sign_in("lee", OTHER)
    start = person.window.start
    assert start is not None
    assert GIVEN in texts(start)
    person.window.show_start()
    assert GIVEN in texts(start)

    clocks: list[QTimer] = []
    said: list[str] = []

    def change(dialog: PasswordDialog) -> None:
        for field in (dialog.old, dialog.new.first, dialog.new.again):
            QTest.keyClicks(field.edit, OTHER if field is dialog.old else "nine quiet harbors")
        dialog.button.click()
        person.qtbot.waitUntil(lambda: not dialog._aside.at_work)
        clocks.append(when_shown(AccountsDialog, lambda accounts: said.append(texts(accounts))))

    (link,) = (one for one in start.findChildren(LinkButton) if one.text() == "Change my password…")
    clocks.append(when_shown(PasswordDialog, change))
    link.click()
    assert "Your password is changed." in said[0]
    assert GIVEN not in texts(start)
    person.lock()
    person.sign_in("lee", "nine quiet harbors")
    assert person.window.start is not None
    assert GIVEN not in texts(person.window.start)


def test_the_form_of_an_account_has_the_room_of_the_window_behind_all_dialogs(person: Person) -> None:
    person.window.resize(1366, 768)
    accounts = AccountsDialog(person.store, person.way_in, Settings(), person.window)
    accounts.show()
    add = AccountDialog(person.store, person.way_in, Settings(), None, accounts)
    add.show()
    QApplication.processEvents()
    (area,) = add.findChildren(QScrollArea)
    form = area.widget()
    assert form is not None
    assert area.minimumHeight() >= form.sizeHint().height(), "the last field is out of sight"


def test_when_the_name_to_sign_in_is_taken_the_keyboard_is_on_it(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    add = AccountDialog(person.store, person.way_in, Settings(), None, person.window)
    add.show()
    fields = ((add.fields.name, "L. Lee"), (add.fields.licence, "9"), (add.fields.sign_in, "Lee"))
    for field, typed in fields:
        QTest.keyClicks(field.edit, typed)
    for secret in (add.password.first, add.password.again):
        QTest.keyClicks(secret.edit, OTHER)
    QTest.keyClicks(add.own.edit, PASSWORD)
    add.button.click()
    person.qtbot.waitUntil(lambda: not add._aside.at_work)
    assert "signs in here already" in texts(add)
    assert add.focusWidget() is add.fields.sign_in.edit
    QTest.keyClicks(add.focusWidget(), "lee2")
    add.button.click()
    person.qtbot.waitUntil(lambda: not add._aside.at_work)
    assert "lee2" in {one.sign_in for one in person.store.accounts()}


def test_an_account_is_added_or_changed_only_after_the_own_password(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    lee = next(one for one in person.store.accounts() if one.sign_in == "lee")
    change = AccountDialog(person.store, person.way_in, Settings(), lee, person.window)
    change.show()
    change.fields.role.set_value("administrator")
    add = AccountDialog(person.store, person.way_in, Settings(), None, person.window)
    add.show()
    for field, typed in ((add.fields.name, "M. Roe"), (add.fields.licence, "9"), (add.fields.sign_in, "roe")):
        QTest.keyClicks(field.edit, typed)
    for secret in (add.password.first, add.password.again):
        QTest.keyClicks(secret.edit, OTHER)
    before = person.store.accounts()
    for dialog, says in ((change, "five red elbows"), (change, ""), (add, "five red elbows"), (add, "")):
        QTest.keyClicks(dialog.own.edit, says)
        dialog.button.click()
        person.qtbot.waitUntil(lambda d=dialog: not d._aside.at_work)  # type: ignore[misc]
        assert person.store.accounts() == before
        assert ("not right" if says else "Type your own password") in texts(dialog)
    for dialog in (change, add):
        QTest.keyClicks(dialog.own.edit, PASSWORD)
        dialog.button.click()
        person.qtbot.waitUntil(lambda d=dialog: not d._aside.at_work)  # type: ignore[misc]
    now = {one.sign_in: one.role for one in person.store.accounts()}
    assert now["lee"] == "administrator"
    assert "roe" in now


def test_an_earlier_state_is_accepted_only_after_the_password(person: Person) -> None:
    accepted: list[bool] = []
    store = person.store
    store.trail_was_cut, store.accept_cut = True, lambda: accepted.append(True)
    person.window.show_start()
    (alarm,) = (one for one in person.window.findChildren(Banner) if one.isVisible())
    ask = next(one for one in alarm.findChildren(QPushButton) if one.text().startswith("It was put back"))
    person.at_dialog(person.confirms("five red elbows"), ask.click)
    assert not accepted
    person.at_dialog(person.confirms(PASSWORD), ask.click)
    assert accepted


def test_who_sets_another_password_is_asked_for_the_own_one(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    lee = next(one for one in person.store.accounts() if one.sign_in == "lee")
    for account, asked in ((lee, "Your own password"), (person.store.account, "Your password now")):
        dialog = PasswordDialog(person.store, person.way_in, account, Settings(), person.window)
        assert asked in texts(dialog)
        assert dialog.old.edit.accessibleName() == asked


def test_the_own_password_changes_only_after_the_old_one(person: Person) -> None:
    dialog = PasswordDialog(person.store, person.way_in, person.store.account, Settings(), person.window)
    dialog.show()
    for old in ("five red elbows", PASSWORD):
        QTest.keyClicks(dialog.old.edit, old)
        dialog.new.clear()
        for secret in (dialog.new.first, dialog.new.again):
            QTest.keyClicks(secret.edit, OTHER)
        dialog.button.click()
        person.qtbot.waitUntil(lambda: not dialog._aside.at_work)
    assert dialog.result()
    person.lock()
    person.sign_in("chen", OTHER)
    assert person.sees == "start page"
