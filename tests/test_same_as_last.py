""" "The same as last time": one act for one field, marked, undone like any other, and never by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_case
from evalassist.clinical.change import last_answers
from evalassist.content import Content, load_content
from evalassist.evaluation import Evaluation, Signature, StrengthTest
from evalassist.note_text import note_text
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from evalassist.two_versions import chosen
from ui.main_window import MainWindow
from ui.pages.step import StepPage
from ui.pages.strength import StrengthPage
from ui.session import EvaluationSession

KEYS = new_keys()
CASES = Path(__file__).parent / "cases"
SETTINGS = Settings(therapist_name="A. Chen, PT", clinic_name="Riverside")
FIRST_DAY = date(2026, 3, 2)

pytestmark = [
    pytest.mark.usefixtures("dressed"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "records.db", KEYS) as opened:
        yield opened


Begin = Callable[..., EvaluationSession]


@pytest.fixture
def begin(qapp: QApplication, content: Content, store: Store) -> Begin:
    """A re-evaluation four weeks after example 1, in which nothing is answered yet but what is said."""

    def session(then: dict[str, Any] | None = None, **now: Any) -> EvaluationSession:
        first = read_case(CASES / "ex1.toml", content).with_answers(then or {})
        made = Evaluation.begin(
            first.patient,
            first.sore_knee,
            first.visit_date + timedelta(weeks=4),
            kind="re-evaluation",
            episode_id=first.episode_id,
        ).with_answers({key.replace("_", "-"): value for key, value in now.items()})
        store.save(first)
        store.save(made)
        return EvaluationSession(made, content, store, SETTINGS)

    return session


def step(opened: Any, session: EvaluationSession, step_id: str, item_id: str) -> StepPage:
    """The page of a step with the keyboard on one of its fields."""
    page: StepPage = opened(StepPage(session.content.steps[step_id], session))
    assert page.focus_item(item_id)
    QApplication.processEvents()
    return page


def line_of(page: Any, item_id: str) -> Any:
    for group in page.groups:
        for row in group.rows():
            if item_id in row.last:
                return row.last[item_id]
    raise AssertionError(item_id)


# ---------------------------------------------------------------- one act for one field


def test_one_key_fills_this_field_alone_and_marks_it(opened: Any, begin: Begin, store: Store) -> None:
    session = begin()
    page = step(opened, session, "history", "onset")
    page.same_as_last()
    assert dict(session.evaluation.answers) == {"onset": "gradual"}
    assert session.evaluation.same_as == {"onset": FIRST_DAY}
    assert line_of(page, "onset")._words.text() == "same as Mar 2"
    assert store.load(session.evaluation.id).same_as == {"onset": FIRST_DAY}
    session.undo()
    assert dict(session.evaluation.answers) == {}
    assert dict(session.evaluation.same_as) == {}
    session.redo()
    assert session.evaluation.same_as == {"onset": FIRST_DAY}


def test_opening_a_page_and_going_through_it_fills_nothing(opened: Any, begin: Begin) -> None:
    session = begin()
    page = step(opened, session, "history", "onset")
    for _ in range(5):
        QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Tab)
    page.commit()
    assert dict(session.evaluation.answers) == {}


def test_the_link_does_what_the_key_does_and_names_its_field(opened: Any, begin: Begin) -> None:
    session = begin()
    line = line_of(step(opened, session, "history", "onset"), "onset")
    assert line.same.isVisible()
    assert line.same.accessibleName() == "Onset: same as Mar 2, last: gradual, Mar 2"
    line.same.click()
    assert session.evaluation.same_as == {"onset": FIRST_DAY}
    assert not line.same.isVisible()


def test_what_is_answered_already_is_not_overwritten(opened: Any, begin: Begin) -> None:
    session = begin(onset="sudden")
    page = step(opened, session, "history", "onset")
    page.same_as_last()
    assert session.evaluation.answers["onset"] == "sudden"
    assert not line_of(page, "onset").same.isVisible()


def test_another_answer_ends_the_mark(begin: Begin) -> None:
    session = begin()
    session.say_same({"onset": ("gradual", FIRST_DAY)})
    session.answer("onset", "sudden")
    assert dict(session.evaluation.same_as) == {}
    session.undo()
    session.answer("onset", None)
    assert dict(session.evaluation.same_as) == {}


# ---------------------------------------------------------------- what is measured


@pytest.mark.parametrize(("step_id", "item_id"), [("history", "nprs-worst"), ("movement", "squat45-pain")])
def test_a_number_is_taken_over_only_when_it_is_said_to_have_been_taken_again(
    opened: Any, begin: Begin, step_id: str, item_id: str
) -> None:
    session = begin()
    page = step(opened, session, step_id, item_id)
    page.same_as_last()
    assert item_id not in session.evaluation.answers
    assert "if it was taken again" in line_of(page, item_id)._ask.text()
    page.same_as_last()
    assert session.evaluation.same_as == {item_id: FIRST_DAY}
    assert line_of(page, item_id)._words.text() == "same as Mar 2, taken again"
    assert line_of(page, item_id)._ask.text() == ""


@pytest.mark.parametrize(
    ("item_id", "why"),
    [
        ("hot-joint", "the safety screen is asked anew"),
        ("akps-total", "a questionnaire is answered anew"),
        ("habd.right", "strength is measured anew"),
        ("duration", "time alone changes it"),
        ("load-change", "it tells of the time since"),
        ("minutes-97110", "it is of that session"),
    ],
)
def test_what_must_be_asked_anew_is_never_offered(begin: Begin, item_id: str, why: str) -> None:
    session = begin()
    assert item_id in session.last_answers, why
    assert session.same_offered(item_id) is None, why


def test_what_was_left_out_then_says_nothing_now(begin: Begin) -> None:
    session = begin({"familiar-squat": "not-assessed"})
    assert session.same_offered("familiar-squat") is None


def test_at_a_first_visit_there_is_nothing_to_be_the_same_as(
    opened: Any, content: Content, store: Store
) -> None:
    first = read_case(CASES / "ex1.toml", content).without_answer("onset")
    store.save(first)
    page = step(opened, EvaluationSession(first, content, store, SETTINGS), "history", "onset")
    page.same_as_last()
    assert "onset" not in page.session.evaluation.answers
    assert "F3" not in dict(page.keys())


# ---------------------------------------------------------------- strength


def strength(opened: Any, session: EvaluationSession) -> StrengthPage:
    page: StrengthPage = opened(StrengthPage(session))
    assert page.focus_item("habd.right")
    QApplication.processEvents()
    return page


def test_of_a_strength_test_only_how_it_is_measured_is_taken_over(opened: Any, begin: Begin) -> None:
    session = begin()
    page = strength(opened, session)
    page.same_as_last()
    test = session.evaluation.answers["habd.right"]
    assert test == StrengthTest(lever_arm_m=0.78)
    assert not test.has_result
    session.undo()
    assert "habd.right" not in session.evaluation.answers


def test_what_was_measured_in_another_position_is_not_renamed(opened: Any, begin: Begin) -> None:
    session = begin()
    supine = StrengthTest(trials=(70.0,), unit="N", position="supine")
    session.answer("habd.right", supine)
    strength(opened, session).same_as_last()
    assert session.evaluation.answers["habd.right"] == supine


# ---------------------------------------------------------------- change beside the field


def told(page: StepPage, item_id: str) -> str:
    words: str = line_of(page, item_id)._words.text()
    return words


def test_a_change_is_judged_beside_its_field_once_it_is_answered(opened: Any, begin: Begin) -> None:
    session = begin()
    page = step(opened, session, "history", "nprs-worst")
    assert told(page, "nprs-worst") == "last: 6/10, Mar 2"
    session.answer("nprs-worst", 4.0)
    assert told(page, "nprs-worst") == "last: 6/10, Mar 2 · −2: real and important, better"
    session.answer("nprs-worst", 5.0)
    assert told(page, "nprs-worst") == "last: 6/10, Mar 2 · −1: within measurement error"
    assert line_of(page, "nprs-worst")._words.toolTip() == "MDC 2, MCID 1.16"


def test_an_answer_leaves_the_rows_below_where_they_are(opened: Any, begin: Begin) -> None:
    session = begin()
    page = step(opened, session, "history", "nprs-worst")
    below = line_of(page, "wakes").same
    before = below.mapTo(page, QPoint()).y()
    session.answer("nprs-worst", 6.0)
    for _ in range(3):
        QApplication.processEvents()
    assert line_of(page, "nprs-worst").same.isHidden()
    assert below.mapTo(page, QPoint()).y() == before


def test_without_a_limit_no_change_is_judged(opened: Any, begin: Begin) -> None:
    session = begin(nprs_rest=3.0, onset="sudden")
    page = step(opened, session, "history", "onset")
    assert told(page, "nprs-rest") == "last: 0/10, Mar 2"
    assert told(page, "onset") == "last: gradual, Mar 2"


def test_strength_is_judged_below_its_trials(opened: Any, begin: Begin) -> None:
    session = begin()
    session.answer("habd.right", StrengthTest(trials=(92.0, 92.0, 92.0), unit="N", lever_arm_m=0.78))
    page = strength(opened, session)
    words = page.rows["habd"].sides["right"]._last_line.text()
    assert words == "last: best 82 N, Mar 2 · +10 N: within measurement error"
    heard = [each.edit.accessibleDescription() for each in page.rows["habd"].sides["right"].trials]
    assert heard == [f"{words}.", "", ""]


def test_of_what_was_judged_by_eye_and_then_measured_the_measurement_is_the_last_value(
    begin: Begin,
) -> None:
    session = begin({"length-quad.right": "normal", "ely.right": 110.0})
    assert "length-quad.right" not in session.last_answers
    assert session.last_answers["ely.right"] == (110.0, FIRST_DAY)
    assert session.last_answers["length-quad.left"] == ("normal", FIRST_DAY)


def test_what_was_measured_at_a_later_visit_takes_the_place_of_the_judgment_of_the_first(
    content: Content,
) -> None:
    first = read_case(CASES / "ex1.toml", content).with_answer("length-quad.right", "normal")
    second = Evaluation.begin(first.patient, first.sore_knee, first.visit_date + timedelta(weeks=2))
    measured, judged = (
        second.with_answer("ely.right", 110.0),
        second.with_answer("length-quad.right", "tight"),
    )
    assert "length-quad.right" not in last_answers((first, measured), content)
    assert last_answers((first, judged), content)["length-quad.right"] == ("tight", second.visit_date)


@pytest.mark.parametrize(
    ("unit", "trial", "by"), [("lbf", 31.0, "+1 lbf"), ("lbf", 28.0, "−2 lbf"), ("kgf", 15.0, "+3.1 lbf")]
)
def test_a_difference_of_strength_is_told_in_the_unit_of_the_last_value(
    opened: Any, begin: Begin, unit: str, trial: float, by: str
) -> None:
    last = StrengthTest(trials=(30.0, 30.0, 30.0), unit="lbf", lever_arm_m=0.78)
    session = begin({"habd.right": last})
    session.answer("habd.right", StrengthTest(trials=(trial,) * 3, unit=unit, lever_arm_m=0.78))
    page = strength(opened, session)
    words = page.rows["habd"].sides["right"]._last_line.text()
    assert words == f"last: best 30 lbf, Mar 2 · {by}: within measurement error"


def test_a_difference_of_torque_names_its_unit(opened: Any, begin: Begin) -> None:
    session = begin()
    session.answer("habd.right", StrengthTest(trials=(92.0,) * 3, unit="N", lever_arm_m=0.80))
    page = strength(opened, session)
    words = page.rows["habd"].sides["right"]._last_line.text()
    assert words.startswith("last: best 82 N, Mar 2 · +9.6 Nm: ")


def test_the_step_down_is_judged_as_the_score_of_its_five_signs(opened: Any, begin: Begin) -> None:
    signs = {"lsd-arm.right": "0", "lsd-trunk.right": "0", "lsd-pelvis.right": "0"}
    then = signs | {"lsd-knee.right": "2", "lsd-steady.right": "1"}
    session = begin(then)
    session.answer_all(signs | {"lsd-knee.right": "0", "lsd-steady.right": "1"})
    page = step(opened, session, "movement", "squat45-pain")
    group = next(group for group in page.groups if any(item.id == "lsd-arm" for item in group._group.items))
    found = group._found.text()
    assert "Step-down, right: " in found
    assert "of 6 on Mar 2, 2026, now 1 of 6" in found


# ---------------------------------------------------------------- the other causes


def causes(page: StepPage) -> Any:
    return next(group for group in page.groups if group._group.id == "other-causes")


def test_the_ratings_of_other_causes_stand_by_one_act_each_of_them_marked(opened: Any, begin: Begin) -> None:
    session = begin({"ddx-itb": "unlikely"}, ddx_meniscus="possible")
    page = step(opened, session, "knee", "ddx-pes")
    group = causes(page)
    assert group._as_last is not None
    group._as_last.click()
    answers, same = session.evaluation.answers, session.evaluation.same_as
    assert answers["ddx-itb"] == "unlikely"
    assert answers["ddx-pes"] == "unlikely"
    assert answers["ddx-meniscus"] == "possible"
    assert "ddx-meniscus" not in same
    assert same["ddx-pes"] == FIRST_DAY
    session.undo()
    assert "ddx-pes" not in session.evaluation.answers


# ---------------------------------------------------------------- kept, merged, written


def test_the_note_says_what_was_said_to_be_the_same_and_since_when(begin: Begin) -> None:
    session = begin()
    session.say_same({"onset": ("gradual", FIRST_DAY), "nprs-worst": (6.0, FIRST_DAY)})
    told = " ".join(note_text(session.note()).split())
    same = "Same as on March 2, 2026: onset: gradual; worst pain, last 7 days: 6/10 (taken again)"
    assert same in told


def test_what_is_the_same_holds_its_answer_so_that_a_no_does_not_read_as_a_yes(begin: Begin) -> None:
    session = begin()
    session.say_same({"wakes": ("no", FIRST_DAY), "sport": ("walks; swims", FIRST_DAY)})
    told = " ".join(note_text(session.note()).split())
    assert (
        "Same as on March 2, 2026: the knee wakes the patient at night: no; which sport: walks, swims" in told
    )


def test_a_whole_group_that_is_the_same_is_told_by_its_name(begin: Begin) -> None:
    session = begin()
    causes = {key: value for key, value in session.last_answers.items() if key.startswith("ddx-")}
    session.say_same(dict(causes))
    told = " ".join(note_text(session.note()).split())
    assert f"(all {len(causes)})" in told
    assert "bursitis; " not in told.partition("Same as on")[2].partition("HIP AND")[0]


def test_the_mark_is_signed_with_the_visit_and_verified_with_it(begin: Begin, store: Store) -> None:
    session = begin()
    session.say_same({"onset": ("gradual", FIRST_DAY)})
    signed = session.evaluation.signed_by(Signature("A. Chen", "", datetime(2026, 3, 30, 18, tzinfo=UTC)))
    store.sign(signed, session.note().model_dump_json())
    assert store.load(signed.id).same_as == {"onset": FIRST_DAY}


def test_of_two_versions_the_mark_goes_with_its_answer(begin: Begin) -> None:
    mine = begin().evaluation
    theirs = mine.with_same({"onset": ("gradual", FIRST_DAY), "runner": ("no", FIRST_DAY)})
    taken = chosen(mine, theirs, [("answers", "onset")])
    assert dict(taken.answers) == {"onset": "gradual"}
    assert dict(taken.same_as) == {"onset": FIRST_DAY}


# ---------------------------------------------------------------- in the window


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, store: Store) -> Iterator[MainWindow]:
    """The whole window, in which the re-evaluation is open."""
    made, content = MainWindow(), load_content()
    qtbot.addWidget(made)
    made.resize(1366, 690)
    with qtbot.waitExposed(made):
        made.show()
    made.open_store(store, content, SETTINGS)
    made.activateWindow()
    first = read_case(CASES / "ex1.toml", content)
    store.save(first)
    later = Evaluation.begin(first.patient, "right", date(2026, 3, 30), kind="re-evaluation")
    made.begin(replace(later, episode_id=first.episode_id))
    yield made
    made.close()


def test_f3_works_where_the_keyboard_is_and_f1_lists_it(window: MainWindow) -> None:
    view = window.view
    assert view is not None
    view.go_to("onset")
    at: QWidget | None = window.focusWidget()
    assert at is not None
    QTest.keyClick(at, Qt.Key.Key_F3)
    assert view.session.evaluation.same_as == {"onset": FIRST_DAY}
    assert "F3" in dict(view.page.keys())


def armed(view: Any, item_id: str) -> bool:
    """Whether the next F3 in this field takes the last number."""
    return "F3" in line_of(view.page, item_id)._ask.text()


def leave_for_another_field(view: Any) -> None:
    view.go_to("nprs-best")


def leave_for_another_step(view: Any) -> None:
    view.show_step("movement")


def leave_by_key_for_another_step(view: Any) -> None:
    QTest.keyClick(view.window().focusWidget(), Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)


def leave_for_the_hands_busy_view(view: Any) -> None:
    QTest.keyClick(view.window().focusWidget(), Qt.Key.Key_F11)
    assert view.hands is not None
    QTest.keyClick(view.hands, Qt.Key.Key_F11)
    assert view.hands is None


@pytest.mark.parametrize(
    "leave",
    [
        leave_for_another_field,
        leave_for_another_step,
        leave_by_key_for_another_step,
        leave_for_the_hands_busy_view,
    ],
)
def test_a_first_f3_on_a_number_counts_no_more_once_its_field_is_left(
    window: MainWindow, leave: Callable[[Any], None]
) -> None:
    view = window.view
    assert view is not None
    view.go_to("nprs-worst")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F3)
    assert armed(view, "nprs-worst")
    leave(view)
    view.go_to("nprs-worst")
    assert not armed(view, "nprs-worst")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F3)
    assert "nprs-worst" not in view.session.evaluation.answers
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F3)
    assert view.session.evaluation.answers["nprs-worst"] == 6.0


def test_a_first_f3_still_counts_when_its_own_button_is_used_or_another_program_was_in_front(
    window: MainWindow,
) -> None:
    view = window.view
    assert view is not None
    view.go_to("nprs-worst")
    at = window.focusWidget()
    QTest.keyClick(at, Qt.Key.Key_F3)
    QApplication.instance().focusChanged.emit(at, None)  # type: ignore[union-attr]
    assert armed(view, "nprs-worst")
    same = line_of(view.page, "nprs-worst").same
    same.setFocus()
    assert armed(view, "nprs-worst")
    QTest.mouseClick(same, Qt.MouseButton.LeftButton)
    assert view.session.evaluation.answers["nprs-worst"] == 6.0


def test_f3_in_the_hands_busy_view_changes_nothing_on_the_page_behind_it(window: MainWindow) -> None:
    view = window.view
    assert view is not None
    view.go_to("habd.right")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F11)
    assert view.hands is not None
    before = view.session.evaluation
    QTest.keyClick(view.hands, Qt.Key.Key_F3)
    assert view.session.evaluation is before
