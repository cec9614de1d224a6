"""Forms and dialogs that were half filled when the window locked, and how their owner finds them again."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from at_the_door import CASES, NAME, OTHER, PASSWORD, Person, cannot_be_read, during, texts, when_shown
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox

from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.records.store import Store
from evalassist.settings import load_settings
from ui.dialogs.accounts import AccountDialog, AccountsDialog
from ui.dialogs.content import ContentDialog
from ui.dialogs.limit import LimitDialog
from ui.dialogs.open_testing import OpenTestingDialog
from ui.dialogs.papers import AddendumDialog
from ui.dialogs.patient import CorrectionDialog, PatientDialog
from ui.dialogs.preferences import PreferencesDialog
from ui.locking import Held
from ui.pages.locked import LockablePage
from ui.pages.review import SignPage
from ui.widgets.addendum_form import AddendumForm

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def chooses_left_and_locks(person: Person) -> Callable[[PatientDialog], None]:
    """Half fill the form of a visit, and lock the window over it."""

    def act(dialog: PatientDialog) -> None:
        dialog.knee.set_value("left")
        person.window.lock()

    return act


def test_a_folder_of_practice_that_cannot_be_asked_keeps_nobody_from_what_waits(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = when_shown(PatientDialog, chooses_left_and_locks(person))
    person.window.new_patient()
    person.wait_locked()
    seen: list[str | None] = []

    def closed() -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    folder = SimpleNamespace(exists=closed)
    monkeypatch.setattr("evalassist.records.doorstep.practice_file", lambda _: folder)
    clock = when_shown(PatientDialog, lambda dialog: seen.append(dialog.knee.value))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: seen == ["left"])
    assert not clock.isActive()


def test_a_form_that_locking_closed_puts_back_only_what_was_touched(person: Person) -> None:
    begun, entrance = person.begin(), person.entrance

    def lock(dialog: CorrectionDialog) -> None:
        dialog.number.set_value("MR-7")
        person.window.lock()

    clock = when_shown(CorrectionDialog, lock)
    person.window.correct_patient()
    clock.stop()
    person.wait_locked()
    with entrance.sign_in("chen", PASSWORD) as other:
        kept = other.load(begun.id)
        other.save(replace(kept, patient=replace(kept.patient, name="Okafor-Lind, Daniel")))
    seen: list[tuple[object, object]] = []
    clock = when_shown(CorrectionDialog, lambda dialog: seen.append((dialog.name.value, dialog.number.value)))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(seen))
    clock.stop()
    assert seen == [("Okafor-Lind, Daniel", "MR-7")]


def test_a_half_filled_form_waits_out_of_sight_for_its_account_alone(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)

    def type_and_lock(dialog: PatientDialog) -> None:
        QTest.keyClicks(dialog.name.edit, NAME)
        QTest.keyClicks(dialog.birth.edit, "9 Ma")
        dialog.knee.set_value("left")
        person.window.lock()

    clock = when_shown(PatientDialog, type_and_lock)
    person.window.new_patient()
    person.wait_locked()
    assert not any("Okafor" in texts(each) for each in QApplication.topLevelWidgets() if each.isVisible())
    person.sign_in("lee", OTHER)
    QTest.qWait(100)
    assert QApplication.activeModalWidget() is None
    assert "Okafor" not in texts(person.window)
    person.lock()
    seen: list[tuple[str | None, str, str | None]] = []
    clock = when_shown(
        PatientDialog,
        lambda dialog: seen.append((dialog.name.value, dialog.birth.edit.text(), dialog.knee.value)),
    )
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(NAME, "9 Ma", "left")]
    assert not clock.isActive()


def test_a_correction_comes_back_with_the_keyboard_where_it_was(person: Person) -> None:
    """Else the date that is typed on becomes the patient's name; and a name without a letter is none."""
    person.begin()

    def lock_at_the_date(dialog: CorrectionDialog) -> None:
        assert dialog.focusWidget() is dialog.visit.edit
        person.window.lock()

    clock = when_shown(CorrectionDialog, lock_at_the_date)
    person.window.correct_patient(at_visit=True)
    person.wait_locked()
    seen: list[str] = []

    def type_on(dialog: CorrectionDialog) -> None:
        dialog.name.set_value("11/26/2026")
        dialog.correct()
        told = " ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())
        seen.append(f"{dialog.result()} {'Write the name.' in told}")
        dialog.done(0)

    def look(dialog: CorrectionDialog) -> None:
        held = dialog.focusWidget()
        seen.append("date" if held is dialog.visit.edit else repr(held))
        type_on(dialog)

    clock = when_shown(CorrectionDialog, look)
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == ["date", "0 True"]
    assert not clock.isActive()


def test_a_half_filled_account_comes_back_without_its_passwords(person: Person) -> None:
    clocks: list[QTimer] = []
    seen: list[tuple[str | None, str]] = []

    def fill_and_lock(dialog: AccountDialog) -> None:
        QTest.keyClicks(dialog.fields.name.edit, "S. Lee, PT")
        QTest.keyClicks(dialog.password.first.edit, OTHER)
        person.window.lock()

    def add(dialog: AccountsDialog) -> None:
        clocks.append(when_shown(AccountDialog, fill_and_lock))
        dialog.add.click()

    clocks.append(when_shown(AccountsDialog, add))
    person.window.show_accounts()
    person.wait_locked()

    def look(dialog: AccountDialog) -> None:
        seen.append((dialog.fields.name.value, dialog.password.first.value))
        clocks.append(when_shown(AccountsDialog, lambda _: None))

    clocks.append(when_shown(AccountDialog, look))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(seen) and QApplication.activeModalWidget() is None)
    assert seen == [("S. Lee, PT", "")]


def test_a_half_filled_change_of_a_limit_comes_back(person: Person) -> None:
    clocks: list[QTimer] = []
    seen: list[tuple[str, str | None]] = []

    def fill_and_lock(dialog: LimitDialog) -> None:
        QTest.keyClicks(dialog.reason.edit, "Our device scatters less.")
        person.window.lock()

    def choose(dialog: ContentDialog) -> None:
        dialog.search.setText("symmetry deficit")
        dialog.list.go_to(0)
        clocks.append(when_shown(LimitDialog, fill_and_lock))
        dialog.change()

    clocks.append(when_shown(ContentDialog, choose))
    person.window.show_content()
    person.wait_locked()

    def look(dialog: LimitDialog) -> None:
        seen.append((dialog.half_filled_as[1], dialog.reason.value))
        dialog.reason.set_value(None)  # nothing to lose any more
        clocks.append(when_shown(ContentDialog, lambda _: None))

    clocks.append(when_shown(LimitDialog, look))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(seen) and QApplication.activeModalWidget() is None)
    assert seen == [("symmetry-deficit", "Our device scatters less.")]


def test_a_half_written_reason_to_test_anyway_comes_back(person: Person) -> None:
    person.begin()
    view = person.window.view
    assert view is not None
    view.session.answer("hot-joint", "yes")
    view.show_step("strength")
    clocks: list[QTimer] = []
    seen: list[str | None] = []

    def fill_and_lock(dialog: OpenTestingDialog) -> None:
        QTest.keyClicks(dialog.reason.edit, "Seen by Dr. Lee")
        person.window.lock()

    def look(dialog: OpenTestingDialog) -> None:
        seen.append(dialog.reason.value)
        dialog.reason.set_value(None)

    clocks.append(when_shown(OpenTestingDialog, fill_and_lock))
    page = view.page
    assert isinstance(page, LockablePage)
    page.banner_acted()
    person.wait_locked()
    clocks.append(when_shown(OpenTestingDialog, look))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(seen) and QApplication.activeModalWidget() is None)
    assert seen == ["Seen by Dr. Lee"]


def test_what_is_typed_in_the_settings_is_kept_by_locking(person: Person) -> None:
    def type_and_lock(dialog: PreferencesDialog) -> None:
        phone = next(one for one in dialog._texts if one.accessibleName() == "Phone")
        QTest.keyClicks(phone.edit, "555-0100")
        person.window.lock()

    clock = when_shown(PreferencesDialog, type_and_lock)
    person.window.change_settings()
    assert not clock.isActive()
    person.wait_locked()
    assert load_settings().clinic_phone == "555-0100"


@pytest.mark.parametrize("where", ["behind a lock in that moment", "where the patient cannot be read"])
def test_a_form_that_could_not_be_opened_again_waits_on(
    person: Person, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    begun, told = person.begin(), list[str]()
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    person.window.show_start()

    clock = when_shown(PatientDialog, chooses_left_and_locks(person))
    person.window.who_comes._ask(person.window.who_comes._next_visit(begun.patient.id))
    person.wait_locked()
    with monkeypatch.context() as then:
        if where == "behind a lock in that moment":
            bring_back = person.window.coming_back.bring_back

            def and_lock(store: Store, held: Held | None) -> None:
                bring_back(store, held)
                person.window.lock()

            then.setattr(person.window.coming_back, "bring_back", and_lock)
            person.sign_in("chen", PASSWORD)
        else:
            then.setattr(Store, "patient", cannot_be_read)
            person.sign_in("chen", PASSWORD)
            person.qtbot.waitUntil(lambda: told == ["The records cannot be read now."])
            person.lock()
    person.wait_locked()
    seen: list[str | None] = []
    clock = when_shown(PatientDialog, lambda dialog: seen.append(dialog.knee.value))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: seen == ["left"])
    assert not clock.isActive()


def test_of_two_forms_that_locking_closed_none_is_lost(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, told = person.begin(), list[str]()
    person.window.show_start()

    clock = when_shown(PatientDialog, chooses_left_and_locks(person))
    person.window.who_comes._ask(person.window.who_comes._next_visit(begun.patient.id))
    person.wait_locked()
    with monkeypatch.context() as then:
        then.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
        then.setattr(Store, "patient", cannot_be_read)
        person.sign_in("chen", PASSWORD)
        person.qtbot.waitUntil(lambda: told == ["The records cannot be read now."])
    assert person.window.waiting.words_wait  # who closes the window is asked
    clock = when_shown(PatientDialog, chooses_left_and_locks(person))
    person.window.new_patient()
    person.wait_locked()
    seen: list[str] = []

    def look(dialog: PatientDialog) -> None:
        nonlocal clock
        seen.append(dialog.windowTitle())
        clock = when_shown(PatientDialog, look)
        dialog.reject()

    clock = when_shown(PatientDialog, look)
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: len(seen) == 2)
    clock.stop()
    assert seen == ["New visit", "New patient"]


def test_a_correction_waits_until_its_evaluation_can_be_opened(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = person.begin()

    def type_and_lock(dialog: CorrectionDialog) -> None:
        dialog.number.set_value("MR-7")
        person.window.lock()

    clock = when_shown(CorrectionDialog, type_and_lock)
    person.window.correct_patient()
    person.wait_locked()
    with monkeypatch.context() as then:
        then.setattr(Store, "load", cannot_be_read)
        person.sign_in("chen", PASSWORD)
        person.qtbot.wait(50)
    person.lock()
    seen: list[str | None] = []
    clock = when_shown(CorrectionDialog, lambda dialog: seen.append(dialog.number.value))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: seen == ["MR-7"])
    assert person.view.session.evaluation.id == begun.id
    assert not clock.isActive()


def test_an_addendum_keeps_its_kind_and_words_over_a_lock(person: Person) -> None:
    person.window.begin(read_case(CASES / "ex1.toml", load_content()))
    page = person.view.show_step("sign")
    person.view.session.sign()
    page = person.view.show_step("sign")
    assert isinstance(page, SignPage)
    form = page.findChild(AddendumForm)
    assert form is not None
    form.choose("late-entry")
    QTest.keyClicks(form.text.edit, "Patient phoned")
    person.lock()
    person.sign_in("chen", PASSWORD)
    form = person.view.show_step("sign").findChild(AddendumForm)
    assert form is not None
    assert (form.kind, form.text.value) == ("late-entry", "Patient phoned")


def test_an_addendum_in_its_dialog_and_one_on_the_page_behind_it_both_come_back(person: Person) -> None:
    person.window.begin(read_case(CASES / "ex1.toml", load_content()))
    person.view.session.sign()
    form = person.view.show_step("sign").findChild(AddendumForm)
    assert form is not None
    QTest.keyClicks(form.text.edit, "Patient phoned")

    def act(dialog: AddendumDialog) -> None:
        dialog.form.choose("late-entry")
        QTest.keyClicks(dialog.text.edit, "Pain is less")
        person.window.lock()

    during(AddendumDialog, act, person.window.papers._write_addendum)
    person.wait_locked()
    person.sign_in("chen", PASSWORD)
    form = person.view.show_step("sign").findChild(AddendumForm)
    assert form is not None
    assert (form.kind, form.text.value) == ("late-entry", "Patient phoned\nPain is less")
