"""What was half typed when the window locked, in a field or in the hands-busy view, and what its owner finds of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from at_the_door import CASES, PASSWORD, Person, cannot_be_read, elsewhere, texts, when_shown
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox

from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.errors import StoreError
from evalassist.evaluation import Evaluation, Quantity, StrengthTest
from evalassist.records.entrance import Entrance
from evalassist.records.store import Store
from evalassist.settings import Settings
from ui.pages.plan import PlanPage
from ui.pages.strength import StrengthPage
from ui.session import EvaluationSession
from ui.widgets.editors import NumberEditor
from ui.widgets.fields import NumberField
from ui.widgets.goal_editor import GoalEditor
from ui.widgets.marks import LinkButton
from ui.widgets.typed import Typed

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.mark.parametrize("typed", ["97", "9.7.1"])
def test_locking_during_the_hands_busy_view_loses_nothing_and_hides_it(person: Person, typed: str) -> None:
    person.begin()
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "100")
    QTest.keyClick(person.view.hands, Qt.Key.Key_Enter)
    QTest.keyClicks(person.view.hands, typed)
    person.lock()
    assert "Okafor" not in texts(person.window)
    person.sign_in("chen", PASSWORD)
    test = person.view.session.evaluation.answers["her.left"]
    assert isinstance(test, StrengthTest)
    assert list(test.trials) == [100]  # its last digit was still to come
    hands = person.view.hands
    assert hands is not None
    assert person.window.focusWidget() is hands
    assert (hands.item_id, hands.huge.accessibleName()) == ("her.left", f"{typed} N")


@pytest.mark.parametrize("by_key", [True, False])
def test_a_number_half_typed_in_the_hands_busy_view_is_no_trial_when_the_window_locks(
    person: Person, by_key: bool
) -> None:
    person.begin()
    person.view.session.answer("her.left", StrengthTest((30.0,), "lbf"))
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "27")
    if by_key:
        person.lock()
    else:
        person.window.lock()  # as after ten minutes without a key
        person.wait_locked()
    person.sign_in("chen", PASSWORD)
    evaluation, hands = person.view.session.evaluation, person.view.hands
    assert evaluation.answers["her.left"] == StrengthTest((30.0,), "lbf")
    assert hands is not None
    assert hands.huge.accessibleName() == "27 lbf"
    QTest.keyClicks(hands, ".5")
    QTest.keyClick(hands, Qt.Key.Key_Enter)
    answer = person.view.session.evaluation.answers["her.left"]
    assert isinstance(answer, StrengthTest)
    assert (answer.trials, answer.unit) == ((30.0, 27.5), "lbf")


def test_the_pain_half_typed_in_the_hands_busy_view_is_still_the_pain_after_a_lock(person: Person) -> None:
    person.begin()
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "p1")
    person.lock()
    person.sign_in("chen", PASSWORD)
    assert "her.left" not in person.view.session.evaluation.answers
    hands = person.view.hands
    assert hands is not None
    QTest.keyClicks(hands, "0")
    QTest.keyClick(hands, Qt.Key.Key_Enter)
    assert person.view.session.evaluation.answers["her.left"] == StrengthTest(pain=10)


def signed_elsewhere(store: Store, evaluation_id: str) -> EvaluationSession:
    """The note is signed at another window, while this one is locked."""
    settings = Settings(therapist_name=store.account.name, licence=store.account.licence)
    session = EvaluationSession(store.load(evaluation_id), load_content(), store, settings)
    session.sign()
    return session


def entered_in_error_elsewhere(store: Store, evaluation_id: str) -> None:
    signed_elsewhere(store, evaluation_id).add_addendum("Another patient.", "entered-in-error")


def discarded_elsewhere(store: Store, evaluation_id: str) -> None:
    store.discard_draft(evaluation_id)


def not_lying_prone_elsewhere(store: Store, evaluation_id: str) -> None:
    store.save(store.load(evaluation_id).without_answer("her.left").with_answer("prone-bad", "yes"))


def closed_by_the_safety_screen_elsewhere(store: Store, evaluation_id: str) -> None:
    store.save(store.load(evaluation_id).with_answer("hot-joint", "yes"))


HIP = "Hip external rotation, left"


@pytest.mark.parametrize(
    ("keys", "meanwhile", "sentence"),
    [
        (
            "27",
            signed_elsewhere,
            f"“27 lbf” for {HIP}, trial 2, was not entered, because the note is signed.",
        ),
        ("12N", signed_elsewhere, f"“12N” for {HIP}, trial 2, was not entered, because the note is signed."),
        (
            "p1",
            signed_elsewhere,
            f"“1” for {HIP}: pain in the test, was not entered, because the note is signed.",
        ),
        (
            "27",
            entered_in_error_elsewhere,
            f"“27 lbf” for {HIP}, trial 2, was not entered, because the note is marked as entered in error.",
        ),
        (
            "27",
            discarded_elsewhere,
            f"“27 lbf” for {HIP}, trial 2, was not entered, because the draft was discarded.",
        ),
        (
            "27",
            closed_by_the_safety_screen_elsewhere,
            f"“27 lbf” for {HIP}, trial 2, was not entered, because the safety screen closes the step.",
        ),
        (
            "27",
            not_lying_prone_elsewhere,
            f"“27 lbf” for {HIP}, trial 2, was not entered, because this muscle is not offered any more.",
        ),
    ],
)
def test_a_number_half_typed_that_has_no_place_any_more_after_a_lock_is_told_once(
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
    keys: str,
    meanwhile: Callable[[Store, str], object],
    sentence: str,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    begun = person.begin()
    person.view.session.answer("her.left", StrengthTest((30.0,), "lbf"))
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, keys)
    with elsewhere(person) as other:
        person.lock()
        meanwhile(other, begun.id)
    for _ in range(2):
        person.sign_in("chen", PASSWORD)
        QApplication.processEvents()
        person.qtbot.wait(50)
        person.lock()
    assert told == [sentence]


def test_nothing_is_told_of_a_number_that_waits_for_records_that_cannot_be_read_now(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    person.begin()
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "27")
    person.lock()
    with monkeypatch.context() as broken:
        broken.setattr(Store, "load", cannot_be_read)
        person.sign_in("chen", PASSWORD)
        person.qtbot.wait(50)
        assert person.sees == "start page"
    assert told == []
    assert [left.hands.typed for left in person.window.waiting.left if left.hands] == ["27"]


def test_nothing_is_told_after_a_lock_where_no_number_was_half_typed(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    begun = person.begin()
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "27")
    QTest.keyClick(person.view.hands, Qt.Key.Key_Enter)
    with elsewhere(person) as other:
        person.lock()
        signed_elsewhere(other, begun.id)
    person.sign_in("chen", PASSWORD)
    person.qtbot.wait(50)
    assert person.view.session.signed
    assert told == []


def test_testing_by_hand_stays_the_way_over_a_lock(person: Person) -> None:
    person.begin()
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "-7")
    QTest.keyClick(person.view.hands, Qt.Key.Key_Enter)
    person.lock()
    person.sign_in("chen", PASSWORD)
    hands = person.view.hands
    assert hands is not None
    hands.entry.go_to("kext.left")
    assert hands.entry.ask == "grade"


@pytest.mark.parametrize(("entered", "typed"), [("20\r21\r", ""), ("20\r21\r", "22"), ("", "20"), ("", "")])
def test_locking_the_hands_busy_view_brings_back_nothing_that_it_went_past(
    person: Person, entered: str, typed: str
) -> None:
    person.begin()
    person.view.go_to("her.left")
    at = person.window.focusWidget()
    QTest.keyClicks(at, "30 kg")
    QTest.keyClick(at, Qt.Key.Key_Enter)
    QTest.keyClick(at, Qt.Key.Key_F11)
    hands = person.view.hands
    assert hands is not None
    for sign in entered + typed:
        if sign == "\r":
            QTest.keyClick(hands, Qt.Key.Key_Enter)
        else:
            QTest.keyClicks(hands, sign)
    person.lock()
    person.sign_in("chen", PASSWORD)
    numbers = [float(one) for one in entered.split()]
    answer = person.view.session.evaluation.answers.get("her.left")
    assert (list(answer.trials) if isinstance(answer, StrengthTest) else []) == numbers
    assert trials_seen(person, "Hip external rotation, left") == (
        [f"{one:g}" for one in numbers] if numbers else ["30 kg"]
    )


def test_a_refused_trial_does_not_come_back_over_one_that_counts(person: Person) -> None:
    person.begin()
    person.view.go_to("her.left")
    for typed in ("30 kg", "50"):
        at = next(one for one in trials(person, "Hip external rotation, left") if not one.text())
        at.setFocus()
        QTest.keyClicks(at, typed)
        QTest.keyClick(at, Qt.Key.Key_Enter)
    person.lock()
    person.sign_in("chen", PASSWORD)
    answer = person.view.session.evaluation.answers["her.left"]
    assert isinstance(answer, StrengthTest)
    assert list(answer.trials) == [50]
    assert trials_seen(person, "Hip external rotation, left") == ["50", "30 kg"]


def trials(person: Person, of: str) -> list[QLineEdit]:
    lines = person.view.page.findChildren(QLineEdit)
    return [one for one in lines if one.accessibleName().startswith(f"{of}, trial")]


def trials_seen(person: Person, of: str) -> list[str]:
    return [one.text() for one in trials(person, of) if one.text()]


def test_the_unit_of_force_that_was_chosen_stays_over_a_lock(person: Person) -> None:
    person.begin()
    person.type_into("habd.left", "120")
    page = person.view.page
    assert isinstance(page, StrengthPage)
    page.unit.choose("lbf")
    person.view.undo()
    assert page.force_unit == page.unit.value == "N"
    person.view.redo()
    person.lock()
    person.sign_in("chen", PASSWORD)
    page = person.view.page
    assert isinstance(page, StrengthPage)
    assert page.force_unit == page.unit.value == "lbf"
    person.type_into("her.left", "21")
    person.view.commit()
    answers = person.view.session.evaluation.answers
    units = {name: test.unit for name, test in answers.items() if isinstance(test, StrengthTest)}
    assert units == {"habd.left": "N", "her.left": "lbf"}


def test_a_restore_asks_before_words_that_wait_behind_the_lock_are_lost(person: Person) -> None:
    person.begin()
    person.type_into("mass", "62x")
    person.window.lock()
    person.wait_locked()
    wanted, said = list[bool](), list[str]()
    person.window.restore_wanted.disconnect()
    person.window.restore_wanted.connect(lambda: wanted.append(True))

    def stay(box: QMessageBox) -> None:
        said.append(box.text())
        box.reject()

    clock = when_shown(QMessageBox, stay)
    person.door().restore_wanted.emit()
    clock.stop()
    assert (said, wanted) == (["Something typed is not kept."], [])


def test_what_cannot_be_read_as_an_answer_stands_in_its_field_again(person: Person) -> None:
    person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    person.sign_in("chen", PASSWORD)
    view = person.view
    fields = [one.text() for one in view.page.findChildren(QLineEdit)]
    assert "6x2" in fields
    assert "mass" not in view.session.evaluation.answers


def test_words_that_wait_for_an_evaluation_wait_through_a_second_lock(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object, **__: object) -> Evaluation:
        raise StoreError("The records cannot be read now.")

    person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    with monkeypatch.context() as broken:
        broken.setattr(Store, "load", cannot)
        person.sign_in("chen", PASSWORD)
        assert person.sees == "start page"
        person.lock()
    person.sign_in("chen", PASSWORD)
    assert person.sees == "evaluation"
    field = person.window.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "6x2"


@pytest.mark.parametrize("elsewhere_too", [True, False])
def test_what_was_typed_before_a_lock_does_not_erase_what_was_kept_since(
    person: Person, monkeypatch: pytest.MonkeyPatch, elsewhere_too: bool
) -> None:
    """At another window meanwhile, or here, where the evaluation could not be read at first."""
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    folder, begun = person.store.path.parent, person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    person.wait_locked()
    if elsewhere_too:
        with Entrance(folder).sign_in("chen", PASSWORD) as other:
            other.save(other.load(begun.id).with_answer("mass", 62.0))
    else:
        with monkeypatch.context() as broken:
            broken.setattr(Store, "load", cannot_be_read)
            person.sign_in("chen", PASSWORD)
        told.clear()
        person.window.open_evaluation(begun.id)
        person.view.session.answer("mass", 62.0)
        person.lock()
        person.wait_locked()
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: bool(told))
    (words,) = told
    assert words.startswith("Body mass")
    assert "“6x2” was typed here before the window was locked. Another answer was kept since." in words
    assert person.view.session.evaluation.answers["mass"] == 62.0
    person.lock()
    person.sign_in("chen", PASSWORD)
    person.qtbot.wait(50)
    assert len(told) == 1, "it is told once"


def test_a_number_half_typed_at_the_table_waits_though_the_evaluation_was_opened_by_hand(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = person.begin()
    person.view.go_to("her.left")
    person.view.toggle_hands()
    assert person.view.hands is not None
    QTest.keyClicks(person.view.hands, "27")
    person.lock()
    with monkeypatch.context() as broken:
        broken.setattr(Store, "load", cannot_be_read)
        person.sign_in("chen", PASSWORD)
        assert person.sees == "start page"
    person.window.open_evaluation(begun.id)
    person.lock()
    person.sign_in("chen", PASSWORD)
    assert person.view.hands is not None
    assert person.view.hands.huge.accessibleName() == "27 N"


def test_what_was_typed_in_an_evaluation_that_could_not_be_read_waits_though_another_one_is_opened(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    with monkeypatch.context() as broken:
        broken.setattr(Store, "load", cannot_be_read)
        person.sign_in("chen", PASSWORD)
        assert person.sees == "start page"
    person.begin()
    person.type_into("mass", "7y3")
    person.lock()
    seen = []
    for _ in range(2):  # what waits longest comes first, the other one after the next lock
        person.sign_in("chen", PASSWORD)
        field = person.window.focusWidget()
        assert isinstance(field, QLineEdit)
        seen.append(field.text())
        field.setText("62")
        person.view.commit()
        person.lock()
    assert seen == ["6x2", "7y3"]


def typed_that_could_not_be_read_again(person: Person, monkeypatch: pytest.MonkeyPatch) -> Evaluation:
    """What was typed at a field waits, for its evaluation could not be read when its owner came back."""
    begun = person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    with monkeypatch.context() as then:
        then.setattr(Store, "load", cannot_be_read)
        person.sign_in("chen", PASSWORD)
    return begun


def test_what_waits_is_put_back_into_its_evaluation_that_the_disk_refused(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = typed_that_could_not_be_read_again(person, monkeypatch)
    person.window.open_evaluation(begun.id)
    with monkeypatch.context() as then:
        then.setattr(Store, "save", cannot_be_read)
        person.view.session.answer("goal-text", "on no disk")
        person.lock()
        person.sign_in("chen", PASSWORD)
    assert "6x2" in person.view.loose_words().values()
    assert person.view.session.evaluation.answers["goal-text"] == "on no disk"


def test_what_is_told_of_typed_words_is_told_again_after_a_lock_took_it_away_unread(person: Person) -> None:
    folder, begun = person.store.path.parent, person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    with Entrance(folder).sign_in("chen", PASSWORD) as other:
        other.save(other.load(begun.id).with_answer("mass", 62.0))
    clock = when_shown(QMessageBox, lambda _: person.window.lock())
    person.sign_in("chen", PASSWORD)
    person.wait_locked()
    seen: list[str] = []
    clock = when_shown(QMessageBox, lambda box: seen.append(box.text()))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: len(seen) == 1)
    assert "6x2" in seen[0]
    assert not clock.isActive()
    person.lock()
    assert not person.window.waiting.words_wait


def test_words_of_a_draft_that_was_discarded_are_told_once_and_wait_no_more(person: Person) -> None:
    folder, begun = person.store.path.parent, person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    with Entrance(folder).sign_in("chen", PASSWORD) as other:
        other.discard_draft(begun.id)
    seen: list[str] = []
    clock = when_shown(QMessageBox, lambda box: seen.append(box.text()))
    person.sign_in("chen", PASSWORD)
    person.qtbot.waitUntil(lambda: len(seen) == 1)
    assert not clock.isActive()
    assert "“6x2”" in seen[0]
    assert seen[0].endswith("The draft was discarded since.")
    assert not person.window.waiting.words_wait


def test_what_was_typed_waits_while_the_records_move_to_the_server(person: Person) -> None:
    person.begin()
    person.type_into("mass", "6x2")
    person.window._begin_on_server("The records are on the server now.")
    person.wait_locked()
    assert "on the server now" in texts(person.window)
    person.sign_in("chen", PASSWORD)
    field = person.window.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "6x2"


# ---------------------------------------------------------------- words that are no answer yet


def field_of(person: Person, name: str) -> Typed:
    """The field of this name that can be typed in."""
    fields = [one for one in person.view.page.findChildren(Typed) if one.accessibleName() == name]
    return next(one for one in fields if not one.isHidden())


def what_stands_in(person: Person, name: str) -> str:
    """What stands in the field of this name, where it can be seen."""
    fields = [one for one in person.view.page.findChildren(Typed) if one.accessibleName() == name]
    shown = [one for one in fields if one.isVisibleTo(person.view.page)]
    return " ".join(str(getattr(one, "text", None) or getattr(one, "value", "")) for one in shown)


def over_a_lock(person: Person) -> None:
    person.lock()
    assert person.window.waiting.words_wait
    person.sign_in("chen", PASSWORD)


def at_the_plan(person: Person) -> PlanPage:
    person.window.begin(read_case(CASES / "ex1.toml", load_content()))
    page = person.view.show_step("plan")
    assert isinstance(page, PlanPage)
    return page


def removal_of_an_exercise(person: Person) -> tuple[str, str]:
    card = list(at_the_plan(person).cards.values())[1]
    card.ask_removal()
    QTest.keyClicks(card.removal_reason.edit, "no step at home")
    return card.removal_reason.accessibleName(), "no step at home"


def one_exercise_too_many(person: Person) -> tuple[str, str]:
    page = at_the_plan(person)
    others = (each for each in page.session.content.exercises if each not in page.cards)
    while page._reason_line.isHidden():
        page._add(next(others), "")
    QTest.keyClicks(page.add_reason.edit, "they are short")
    return page.add_reason.accessibleName(), "they are short"


def one_against_which_something_stands(person: Person) -> tuple[str, str]:
    page = at_the_plan(person)
    row = next(row for row in page.library._rows.values() if not row._ask.isHidden())
    row.ask_why()
    assert row.reason is not None
    QTest.keyClicks(row.reason.edit, "she asks for it")
    return row.reason.accessibleName(), "she asks for it"


def at_a_goal(person: Person) -> GoalEditor:
    page = at_the_plan(person)
    assert page._goals.open_goal(page.session.plan.goals[0].id)  # type: ignore[union-attr]
    return page._goals.editor


def removal_of_a_goal(person: Person) -> tuple[str, str]:
    field = at_a_goal(person).removal_reason
    QTest.keyClicks(field.edit, "not hers")
    return field.accessibleName(), "not hers"


def goal_in_too_many_words(person: Person) -> tuple[str, str]:
    field, words = at_a_goal(person).words, "to run again " * 40
    field.edit.setPlainText(words)  # type: ignore[union-attr]
    field.commit()
    return field.accessibleName(), words.strip()


def refused_target(person: Person) -> tuple[str, str]:
    person.window.begin(read_case(CASES / "ex1.toml", load_content()))
    page = person.view.show_step("plan")
    assert isinstance(page, PlanPage)
    QApplication.processEvents()
    next(one for one in page.findChildren(LinkButton) if "NPRS: change" in one.accessibleName()).click()
    field = next(iter(page._goals.editor._targets.values()))
    assert isinstance(field, NumberField)
    field.edit.selectAll()
    QTest.keyClicks(field.edit, "9")
    field.commit()
    return field.accessibleName(), "9"


def no_grade(person: Person) -> tuple[str, str]:
    person.begin()
    person.view.go_to("habd.right")
    page = person.view.page
    assert isinstance(page, StrengthPage)
    page.show_kind("habd.right", "grade")
    person.view.go_to("habd.right")
    grade = page.rows["habd"].sides["right"].grade
    assert grade is not None
    QTest.keyClicks(grade.edit, "4z")
    return grade.accessibleName(), "4z"


@pytest.mark.parametrize(
    "typed",
    [
        removal_of_an_exercise,
        one_exercise_too_many,
        one_against_which_something_stands,
        removal_of_a_goal,
        goal_in_too_many_words,
        refused_target,
        no_grade,
    ],
)
def test_what_stands_in_a_field_and_is_not_kept_is_named_and_stands_there_again_after_a_lock(
    person: Person, typed: Callable[[Person], tuple[str, str]]
) -> None:
    name, words = typed(person)
    person.view.commit()
    before = person.view.session.evaluation
    assert len(person.view.unkept()) == 1
    assert what_stands_in(person, name) == words
    over_a_lock(person)
    assert what_stands_in(person, name) == words
    assert len(person.view.unkept()) == 1
    now = person.view.session.evaluation
    assert (now.answers, now.plan_edits) == (before.answers, before.plan_edits)


def test_why_one_exercise_more_is_wanted_is_still_told_of_that_exercise_after_a_lock(person: Person) -> None:
    one_exercise_too_many(person)
    over_a_lock(person)
    page = person.view.page
    assert isinstance(page, PlanPage)
    wanted = page._to_add
    page._add_now.click()
    edit = person.view.session.evaluation.plan_edits[-1]
    assert (edit.kind, edit.exercise, edit.reason) == ("add", wanted, "they are short")


@pytest.mark.parametrize(
    ("case", "item_id", "unit"), [("ex3", "duration", "months"), ("patient-b", "settle-h", "days")]
)
def test_a_number_that_was_mistyped_is_in_its_unit_once_it_is_corrected_after_a_lock(
    person: Person, case: str, item_id: str, unit: str
) -> None:
    person.window.begin(read_case(CASES / f"{case}.toml", load_content()))
    person.view.go_to(item_id)
    editor = next(one for one in person.view.page.findChildren(NumberEditor) if one.item_id == item_id)
    editor._unit_chosen(unit)
    field = editor._field(unit)
    field.edit.selectAll()
    QTest.keyClicks(field.edit, "3x")
    over_a_lock(person)
    assert what_stands_in(person, editor.name) == "3x"
    again = field_of(person, editor.name)
    assert isinstance(again, NumberField)
    QTest.keyClick(again.edit, Qt.Key.Key_Backspace)
    person.view.commit()
    assert person.view.session.evaluation.answers[item_id] == Quantity(3.0, unit)


def test_a_torque_that_was_mistyped_is_no_force_once_it_is_corrected_after_a_lock(person: Person) -> None:
    person.begin()
    person.view.go_to("her.left")
    page = person.view.page
    assert isinstance(page, StrengthPage)
    page.show_kind("her.left", "torque")
    page.refresh()
    person.type_into("her.left", "40x")
    over_a_lock(person)
    focused = person.window.focusWidget()
    assert isinstance(focused, QLineEdit)
    assert focused.text() == "40x"
    QTest.keyClick(focused, Qt.Key.Key_Backspace)
    person.view.commit()
    test = person.view.session.evaluation.answers["her.left"]
    assert isinstance(test, StrengthTest)
    assert (test.trials, test.unit) == ((40.0,), "Nm")
