"""The hands-busy view as it is used at the treatment table: by number pad, by a dynamometer that types."""

from __future__ import annotations

import itertools
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from evalassist import resources
from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.battery import groups_offered, stops_of
from evalassist.clinical.strength_entry import Reading, read_value
from evalassist.content import Content
from evalassist.evaluation import Evaluation, Patient, SoreKnee, StrengthTest, VisitKind
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import hands_busy, hands_screen, sound, style
from ui.evaluation_view import EvaluationView
from ui.hands_busy import HandsBusyView
from ui.session import EvaluationSession
from ui.widgets.side import SideBadge

KEYS = new_keys()
CASES = Path(__file__).parent / "cases"
SETTINGS = Settings(therapist_name="A. Chen, PT", dynamometer="HHD 4")
NUMBER_PAD = {"*": Qt.Key.Key_Asterisk, "+": Qt.Key.Key_Plus, "-": Qt.Key.Key_Minus, ".": Qt.Key.Key_Period}
ON_THE_PAD = Qt.KeyboardModifier.KeypadModifier
STRENGTH = ("habd", "her", "hext", "kext")

pytestmark = [
    pytest.mark.usefixtures("dressed"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]


class Table:
    """An evaluation opened on its strength step, and one hand at the number pad."""

    def __init__(self, qtbot: QtBot, session: EvaluationSession) -> None:
        self.session, self.now_s = session, 0.0
        self.view = EvaluationView(session)
        qtbot.addWidget(self.view, before_close_func=lambda view: view.close_view())
        self.view.resize(1366, 768)
        self.view.show_step("strength")
        with qtbot.waitExposed(self.view):
            self.view.show()
        self.view.activateWindow()

    def open(self) -> HandsBusyView:
        QTest.keyClick(self.view, Qt.Key.Key_F11)
        return self.hands

    @property
    def hands(self) -> HandsBusyView:
        assert self.view.hands is not None
        return self.view.hands

    def pad(self, signs: str) -> None:
        """Keys of a number pad, one after the other as a person presses them; a space is Enter."""
        for sign in signs:
            self.now_s += 1
            self.press(sign)

    def press(self, sign: str) -> None:
        target = self.view.focusWidget() or self.view
        if sign == " ":
            QTest.keyClick(target, Qt.Key.Key_Enter, ON_THE_PAD)
        elif sign in NUMBER_PAD:
            QTest.sendKeyEvent(QTest.KeyAction.Click, target, NUMBER_PAD[sign], sign, ON_THE_PAD)
        else:
            QTest.sendKeyEvent(QTest.KeyAction.Click, target, Qt.Key(ord(sign)), sign, ON_THE_PAD)

    def reads_in(self, signs: str) -> None:
        """A dynamometer types all of it within a moment."""
        self.now_s += 1
        keys = {"\r": Qt.Key.Key_Return, "\n": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab}
        for sign in signs:
            if sign in keys:
                QTest.keyClick(self.hands, keys[sign])
            else:
                QTest.keyClicks(self.hands, sign)

    def test(self, item_id: str) -> StrengthTest:
        found = self.session.evaluation.answers[item_id]
        assert isinstance(found, StrengthTest)
        return found

    def kept(self) -> Evaluation:
        """What lies on the disk at this moment."""
        return self.session.store.load(self.session.evaluation.id)

    @property
    def at(self) -> str:
        return self.hands.item_id

    def sees(self) -> str:
        QApplication.processEvents()
        shown: list[QLabel | QAbstractButton] = [
            *self.hands.findChildren(QLabel),
            *self.hands.findChildren(QAbstractButton),
        ]
        return "\n".join(one.text() for one in shown if one.isVisible())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "records.db", KEYS) as opened:
        yield opened


@pytest.fixture
def table(
    qtbot: QtBot, content: Content, store: Store, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Table]:
    def sit_down(
        sore_knee: SoreKnee = "right",
        settings: Settings = SETTINGS,
        case: str = "",
        first: Evaluation | None = None,
        kind: VisitKind = "re-evaluation",
    ) -> Table:
        if first is not None:
            day, episode = date(2026, 3, 2), first.episode_id
            evaluation = Evaluation.begin(first.patient, first.sore_knee, day, kind=kind, episode_id=episode)
        elif case:
            evaluation = without_strength(read_case(CASES / f"{case}.toml", content))
        else:
            patient = Patient("Rivera, Ana", date(2001, 5, 9), "F")
            evaluation = Evaluation.begin(patient, sore_knee, date(2026, 3, 2)).with_answer("mass", 62.0)
        store.save(evaluation)
        found = Table(qtbot, EvaluationSession(evaluation, content, store, settings))
        for module in (hands_busy, hands_screen):
            monkeypatch.setattr(module, "monotonic", lambda: found.now_s)
        return found

    return sit_down


def without_strength(evaluation: Evaluation) -> Evaluation:
    return evaluation.without_answer(*(i for i in evaluation.answers if i.partition(".")[0] in STRENGTH))


def measured(*trials: float, unit: str = "N", pain: int | None = None) -> StrengthTest:
    return StrengthTest(trials, unit, pain=pain, device="HHD 4", tester="A. Chen, PT")


# ---------------------------------------------------------------- the order


def test_no_order_turns_the_patient_less(content: Content) -> None:
    evaluation = Evaluation.begin(Patient("A", date(2001, 5, 9), "F"), "right", date(2026, 3, 2))
    items = groups_offered(content.steps["strength"], assess(evaluation, content))
    few = [item for item in items if item.id in ("habd", "her", "kext")]
    stops = stops_of(few, content.strength_groups, "right")

    def turns(order: tuple[int, ...]) -> int:
        return sum(stops[a].station != stops[b].station for a, b in itertools.pairwise(order))

    ours = turns(tuple(range(len(stops))))
    assert ours == min(turns(order) for order in itertools.permutations(range(len(stops))))


@pytest.mark.parametrize(("sore", "first"), [("right", "left"), ("left", "right"), ("both", "right")])
def test_the_sound_side_comes_first(content: Content, sore: SoreKnee, first: str) -> None:
    evaluation = Evaluation.begin(Patient("A", date(2001, 5, 9), "F"), sore, date(2026, 3, 2))
    items = groups_offered(content.steps["strength"], assess(evaluation, content))
    stops = stops_of(items, content.strength_groups, sore)
    for group in {stop.group for stop in stops}:
        assert [stop.side for stop in stops if stop.group == group][0] == first  # noqa: RUF015


# ---------------------------------------------------------------- the whole battery


def test_the_number_pad_alone_gives_example_1_as_the_strength_page_does(
    table: Callable[..., Table], content: Content
) -> None:
    """Every value of the case, its lever arms too; and all of it lies on the disk at once."""
    case = read_case(CASES / "ex1.toml", content)
    desk = table(case="ex1")
    desk.open()
    desk.pad("1  ")  # hip extension as well, then begin
    desk.pad("100 100 100 -8 78 0 ")  # the lever arm is asked for by key on the first side
    assert desk.at == "habd.right"
    desk.pad("82 82 82 1 78 ")  # and by itself on the second
    desk.pad("100 100 100 0 85 85 85 0 ")
    desk.pad("100 100 100 0 95 95 95 0 ")
    desk.pad("400 400 400 0 352 352 352 0 ")
    for item_id, answer in case.answers.items():
        if item_id.partition(".")[0] in STRENGTH:
            assert isinstance(answer, StrengthTest)
            same = replace(answer, device="HHD 4", tester="A. Chen, PT")
            assert desk.test(item_id) == same
            assert desk.kept().answers[item_id] == same
    told = [label.text() for label in desk.hands.summary.findChildren(QLabel) if label.isVisible()]
    assert ("82 N" in told, "100 N" in told) == (True, True)
    assert "82\u00a0% · right 18\u00a0% lower" in told
    desk.pad(" ")
    assert desk.view.hands is None
    assert desk.view.step == "strength"


def test_both_faces_store_the_same(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97 95 0 ")
    by_pad = desk.test("habd.left")
    desk.session.answer("habd.left", None)
    QTest.keyClick(desk.view, Qt.Key.Key_F11)
    desk.view.go_to("habd.left")
    for typed in ("100", "97", "95"):
        field = desk.view.focusWidget()
        assert isinstance(field, QLineEdit)
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
    fields = [one for one in desk.view.page.findChildren(QLineEdit) if one.isVisible()]
    pain = next(
        one for one in fields if one.accessibleName() == "Hip abduction, left: pain in the test, of 10"
    )
    QTest.keyClicks(pain, "0")
    QTest.keyClick(pain, Qt.Key.Key_Return)
    assert desk.test("habd.left") == by_pad == measured(100, 97, 95, pain=0)


def test_three_scattered_trials_ask_for_a_fourth(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 60 90 ")
    assert "take one more" in desk.sees()
    desk.pad("95 ")
    assert desk.test("habd.left").trials == (100, 60, 90, 95)


def test_trials_that_scatter_are_taken_back_by_a_key_and_never_called_tested(
    table: Callable[..., Table],
) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 10 200 20 ")
    assert "not scored. Backspace takes the last back." in desk.sees()
    desk.pad(" 0 ")
    while desk.hands.entry.stop is not None:
        desk.pad("-1 ")
    left_out = sum(desk.test(stop.item_id).not_tested is not None for stop in desk.hands.entry.stops)
    assert left_out > 1
    assert f"Nothing left to test, {left_out} left out; 1 has no score" in desk.sees()


def test_backspace_is_offered_for_scattered_trials_only_while_it_takes_one_back(
    table: Callable[..., Table], store: Store
) -> None:
    first = with_lever_arms()
    store.save(first)
    desk = table(first=first)
    desk.view.go_to("kext.left")
    desk.open()
    desk.pad("400 100 300 200 ")
    assert "not scored. Backspace takes the last back." in desk.sees()
    desk.pad("0 ")
    assert desk.hands.entry.ask == "lever"
    assert "Backspace takes" not in desk.sees()


# ---------------------------------------------------------------- a dynamometer that types


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\t"])
@pytest.mark.parametrize("number", ["82.5", "82,5", "82.5N", "82.5 N".replace(" ", "")])
def test_a_dynamometer_that_types_works_as_it_is(table: Callable[..., Table], number: str, end: str) -> None:
    desk = table()
    desk.open()
    desk.pad(" ")
    desk.reads_in(number + end)
    desk.reads_in(number + end)
    assert desk.test("habd.left").trials == (82.5, 82.5)
    assert desk.at == "habd.left"


def test_a_reading_with_its_own_unit_is_kept_in_it(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" ")
    desk.reads_in("18.4kgf\r")
    assert desk.test("habd.left") == measured(18.4, unit="kgf")
    desk.reads_in("180.44N\r")
    assert desk.test("habd.left").trials == pytest.approx((18.4, 18.4), abs=0.001)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("82", Reading(82, "N")),
        (" 0082,50 ", Reading(82.5, "N")),
        ("18.4 kg", Reading(18.4, "kgf")),
        ("40 LBS", Reading(40, "lbf")),
        ("0", None),
        ("10000", None),
        ("-5", None),
        ("82 kPa", None),
        ("60 Nm", None),
        ("82.5.1", None),
        ("1,000", None),
        ("93,125", Reading(93.125, "N")),
    ],
)
def test_what_a_dynamometer_writes_is_read_or_refused(typed: str, read: Reading | None) -> None:
    assert read_value(typed, "N", takes_torque=False) == read


def test_a_reading_that_comes_while_pain_is_asked_is_not_taken_for_pain(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97 95 ")
    desk.reads_in("82.5\r")
    assert desk.test("habd.left") == measured(100, 97, 95)
    assert "pain is 0 to 10" in desk.sees()


def test_a_reading_that_comes_while_reasons_are_offered_chooses_none(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 -")
    desk.reads_in("82.5\r")
    assert desk.test("habd.left") == measured(100)
    assert "from 1 to 9" in desk.sees()


def test_a_reading_that_comes_while_the_lever_arm_is_asked_is_doubted(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 100 100 -8 78 0 82 82 82 1 ")
    assert "lever arm in cm" in desk.sees()
    desk.reads_in("82.5\r")
    assert desk.test("habd.right").lever_arm_m is None
    assert "78 cm on the other side" in desk.sees()
    desk.pad(" ")
    assert desk.test("habd.right").lever_arm_m == 0.825


def test_a_number_pad_that_moves_instead_of_typing_is_told(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 ")
    QTest.keyClick(desk.hands, Qt.Key.Key_Delete, ON_THE_PAD)
    assert "Num Lock is off" in desk.sees()
    assert desk.test("habd.left") == measured(100)


def test_a_reading_during_the_count_ends_it_and_is_taken(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" +")
    desk.reads_in("82.5\r")
    assert desk.test("habd.left") == measured(82.5)
    assert "Hold" not in desk.hands.huge.accessibleName()


# ---------------------------------------------------------------- taking back, undo, doubt


def test_backspace_corrects_then_takes_back_value_by_value_into_the_side_before(
    table: Callable[..., Table],
) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97 95 2 88")
    desk.hands.setFocus()
    for _ in range(2):
        QTest.keyClick(desk.hands, Qt.Key.Key_Backspace)
    assert "habd.right" not in desk.session.evaluation.answers
    assert desk.test("habd.left").pain == 2
    QTest.keyClick(desk.hands, Qt.Key.Key_Backspace)
    assert desk.at == "habd.left"
    assert desk.test("habd.left") == measured(100, 97, 95)
    QTest.keyClick(desk.hands, Qt.Key.Key_Backspace)
    assert desk.test("habd.left") == measured(100, 97)
    assert "95 N taken back" in desk.sees()
    desk.pad("96 ")
    assert desk.test("habd.left") == measured(100, 97, 96)


def test_taking_back_everything_leaves_the_side_untouched(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 ")
    QTest.keyClick(desk.hands, Qt.Key.Key_Backspace)
    assert "habd.left" not in desk.session.evaluation.answers
    QTest.keyClick(desk.hands, Qt.Key.Key_Backspace)
    assert "Nothing to take back" in desk.sees()


def test_undo_brings_back_what_was_taken_back(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97 ")
    QTest.keyClick(desk.hands, Qt.Key.Key_Backspace)
    QTest.keyClick(desk.hands, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.test("habd.left") == measured(100, 97)
    assert "97 N" in desk.sees().splitlines()


def test_undo_goes_to_the_side_that_changes(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97 95 2 ")
    assert desk.at == "habd.right"
    QTest.keyClick(desk.hands, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.test("habd.left").pain is None
    assert desk.at == "habd.left"


def test_an_implausible_value_is_asked_about_on_the_page_and_kept_with_a_second_enter(
    table: Callable[..., Table],
) -> None:
    desk = table()
    desk.open()
    desk.pad(" 1200 ")
    assert "habd.left" not in desk.session.evaluation.answers
    assert "usual 5 to 1000" in desk.sees()
    assert QApplication.activeModalWidget() is None
    desk.pad(" ")
    assert desk.test("habd.left") == measured(1200)


def test_newtons_read_in_while_kgf_are_shown_are_told(table: Callable[..., Table]) -> None:
    desk = table(settings=SETTINGS.model_copy(update={"force_unit": "kgf"}))
    desk.open()
    desk.pad(" 180 ")
    assert "If the device shows newtons" in desk.sees()
    assert "habd.left" not in desk.session.evaluation.answers


def test_newtons_that_are_doubted_are_read_in_again_or_called_newtons_here(
    table: Callable[..., Table],
) -> None:
    desk = table(settings=SETTINGS.model_copy(update={"force_unit": "lbf"}))
    desk.open()
    desk.pad(" ")
    desk.reads_in("370\r")
    assert "choose N above" not in desk.sees()
    assert "press N and Enter" in desk.sees()
    assert "keep 370 lbf, go on" in desk.sees().splitlines()
    desk.reads_in("37\r")
    assert desk.test("habd.left") == measured(37, unit="lbf")
    desk.reads_in("370\r")
    QTest.keyClicks(desk.hands, "N")
    desk.pad(" ")
    assert desk.test("habd.left").trials[1] == pytest.approx(83.2, abs=0.1)


@pytest.mark.parametrize(("before", "refused"), [("", "9.7.1"), ("100 97 95 ", "38"), ("-8", "9.7.1")])
def test_after_a_refusal_the_next_digit_begins_anew(
    table: Callable[..., Table], before: str, refused: str
) -> None:
    desk = table()
    desk.open()
    desk.pad(f" {before}{' ' if before.startswith('-') else ''}{refused} ")
    assert refused in desk.hands.huge.text()
    assert "Type it again." in desk.sees()
    answers = desk.session.evaluation.answers
    desk.pad("8")
    assert desk.hands.huge.text() == "8"
    assert "Type it again." not in desk.sees()
    assert desk.session.evaluation.answers == answers
    desk.pad(" ")
    assert desk.session.evaluation.answers != answers


def test_what_is_corrected_after_a_refusal_is_gone_on_with(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 9.7.1 ")
    QTest.keyClick(desk.hands, Qt.Key.Key_Backspace)
    QTest.keyClick(desk.hands, Qt.Key.Key_Backspace)
    desk.pad("5 ")
    assert desk.test("habd.left") == measured(9.75)


@pytest.mark.parametrize("typed", ["37037", "100 97 95 37", "-7 7", "-8 9.7.1", "-99"])
def test_the_footer_offers_nothing_that_would_be_refused(table: Callable[..., Table], typed: str) -> None:
    desk = table()
    desk.open()
    desk.pad(f" {typed}")
    keys = ("Enter", "Backspace", "+", "−", "P", "*", "F2")
    cells = dict(zip(keys, desk.hands.legend._cells, strict=True))
    assert [key for key in ("Enter", "+", "P", "*") if not cells[key].isHidden()] == []
    assert not cells["Backspace"].isHidden()
    answers = desk.session.evaluation.answers
    desk.pad(" ")
    assert desk.session.evaluation.answers == answers


# ---------------------------------------------------------------- one key each


def test_pain_can_be_given_at_any_moment(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100")
    QTest.keyClicks(desk.hands, "p")
    desk.pad("10 ")
    assert desk.test("habd.left") == measured(100, pain=10)
    desk.pad("97 95 ")
    assert desk.at == "habd.right"  # it is not asked again


def test_pain_can_be_given_with_a_click(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97 95 ")
    box = next(one for one in desk.hands.how.pain.findChildren(QAbstractButton) if one.text() == "3")
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    assert desk.test("habd.left").pain == 3
    assert desk.hands.hasFocus()


def test_a_compensation_is_one_key_and_its_number(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 *2 ")
    assert desk.test("habd.left") == replace(measured(100), compensation="trunk hitches")
    desk.pad("*4 ")  # take it back
    assert desk.test("habd.left") == measured(100)


def test_not_tested_takes_a_reason_and_goes_on(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" -1 ")
    assert desk.test("habd.left") == StrengthTest(not_tested="pain")
    assert desk.at == "habd.right"
    QTest.keyClick(desk.hands, Qt.Key.Key_Backspace)
    assert desk.at == "habd.left"
    assert "habd.left" not in desk.session.evaluation.answers


def test_a_muscle_is_graded_by_hand_on_both_sides(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" -7 4- 0 4+ 2 ")
    assert desk.test("habd.left") == StrengthTest(grade="4-", pain=0)
    assert desk.test("habd.right") == StrengthTest(grade="4+", pain=2)
    assert desk.at == "her.left"


def test_by_hand_stays_the_way_for_the_next_muscles_until_it_is_changed_back_and_says_so(
    table: Callable[..., Table],
) -> None:
    desk = table()
    hands = desk.open()
    desk.pad(" -7 ")
    assert "grade by hand, 0 to 5, for the next muscles too" in desk.sees()
    assert "for the next muscles too" in hands.accessibleDescription()
    desk.pad("4- 0 4+ 2 ")
    assert (desk.at, hands.entry.ask) == ("her.left", "grade")
    assert "for the next muscles too" in desk.sees()
    desk.pad("5 0 4 1 ")
    assert desk.test("her.right") == StrengthTest(grade="4", pain=1)
    assert (desk.at, hands.entry.ask) == ("kext.left", "grade")
    desk.pad("-7 ")  # the dynamometer again
    assert hands.entry.ask == "trial"
    assert "for the next muscles too" not in desk.sees()
    desk.pad("400 ")
    assert desk.test("kext.left") == measured(400)
    assert desk.test("her.left") == StrengthTest(grade="5", pain=0)


def test_the_second_side_of_a_graded_muscle_is_graded_though_the_way_was_changed_back_meanwhile(
    table: Callable[..., Table],
) -> None:
    desk = table()
    hands = desk.open()
    desk.pad(" -7 4- 0 ")
    QTest.keyClick(hands, Qt.Key.Key_Down)
    assert desk.at == "her.left"
    desk.pad("-7 ")
    asked = [hands.entry.ask]
    QTest.keyClick(hands, Qt.Key.Key_Up)
    assert desk.at == "habd.right"
    assert [*asked, hands.entry.ask] == ["trial", "grade"]


@pytest.mark.parametrize(
    "entered", [StrengthTest((100.0,), "N"), StrengthTest(lever_arm_m=0.35), StrengthTest((140.0,), "Nm")]
)
def test_by_hand_for_the_next_muscles_changes_nothing_that_was_entered(
    table: Callable[..., Table], entered: StrengthTest
) -> None:
    desk = table()
    desk.session.answer("her.left", entered)
    desk.view.go_to("habd.left")
    hands = desk.open()
    desk.pad("-7 4 0 4 0 ")
    asked = {}
    hands.entry.go_to("her.left")
    while desk.at != "kext.left":
        asked[desk.at] = hands.entry.ask
        QTest.keyClick(hands, Qt.Key.Key_Down)
    assert asked == {"her.left": "trial", "her.right": "trial"}
    assert hands.entry.ask == "grade"
    assert desk.test("her.left") == entered


def test_a_side_that_is_left_out_or_has_its_pain_first_does_not_end_by_hand(
    table: Callable[..., Table],
) -> None:
    desk = table()
    hands = desk.open()
    desk.pad(" -7 -1 ")
    assert (desk.at, hands.entry.ask) == ("habd.right", "grade")
    desk.pad("p3 ")
    assert hands.entry.ask == "grade"
    desk.pad("4 ")
    assert desk.test("habd.right") == StrengthTest(grade="4", pain=3)


def test_by_hand_ends_with_the_pass(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" -7 4 0 4 0 ")
    QTest.keyClick(desk.hands, Qt.Key.Key_F11)
    desk.view.go_to("her.left")
    hands = desk.open()
    assert (desk.at, hands.entry.ask) == ("her.left", "trial")


def test_a_grade_that_is_none_is_told(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" -7 7 ")
    assert "is not a grade" in desk.sees()
    assert "habd.left" not in desk.session.evaluation.answers


def test_enter_with_nothing_typed_leaves_a_side_open_and_comes_back_to_it(
    table: Callable[..., Table],
) -> None:
    desk = table()
    desk.open()
    desk.pad("  ")
    assert desk.at == "habd.right"
    desk.pad(" " * 5)
    assert desk.at == "habd.left"
    assert not any(item_id.startswith("habd") for item_id in desk.session.evaluation.answers)


def test_a_key_that_bounces_passes_nothing_by(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 ")
    desk.press(" ")
    assert desk.hands.entry.ask == "trial"
    assert desk.test("habd.left") == measured(100)


# ---------------------------------------------------------------- the count


def test_the_count_is_seen_and_heard_for_five_seconds(
    table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(sound, "play", heard.append)
    monkeypatch.setattr(hands_busy, "SECOND_MS", 20)
    desk = table()
    desk.open()
    desk.pad(" +")
    assert desk.hands.huge.accessibleName() == "Hold, 1 of 5 seconds"
    qtbot.waitUntil(lambda: "count done, 5 s" in desk.sees())
    assert heard == ["tick"] * 5 + ["end"]
    assert desk.hands.huge.accessibleName() == "nothing typed yet, N"


def test_the_count_is_silent_where_the_settings_say_so(
    table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(sound, "play", heard.append)
    desk = table(settings=SETTINGS.model_copy(update={"count_sound": "off"}))
    desk.open()
    desk.pad(" +")
    assert desk.hands.huge.accessibleName() == "Hold, 1 of 5 seconds"
    assert heard == []


def test_enter_stops_the_count_and_takes_nothing(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" + ")
    assert desk.hands.huge.accessibleName() == "nothing typed yet, N"
    assert "habd.left" not in desk.session.evaluation.answers


def test_plus_takes_the_value_and_counts_for_the_next_trial(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100+")
    assert desk.test("habd.left") == measured(100)
    assert desk.hands.huge.accessibleName() == "Hold, 1 of 5 seconds"


def test_the_rest_between_two_trials_is_told_and_longer_with_pain(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 ")
    assert "rest 30 s" in desk.sees()
    QTest.keyClicks(desk.hands, "p")
    desk.pad("4 97 ")
    assert "rest 60 s" in desk.sees()


@pytest.mark.parametrize("tone", ["tick", "end"])
def test_a_tone_is_a_short_file_any_player_can_play(tone: sound.Tone) -> None:
    with wave.open(str(sound.sound_file(tone)), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert 0.02 < file.getnframes() / file.getframerate() < 0.5


# ---------------------------------------------------------------- what is seen


def test_the_digits_are_readable_from_three_meters(table: Callable[..., Table]) -> None:
    desk = table()
    hands = desk.open()
    desk.pad(" 100")
    QApplication.processEvents()
    assert hands.huge.digits_pt >= 172
    assert "LEFT" in hands._side.accessibleName()


POUNDS = Settings(therapist_name="A. Chen, PT", dynamometer="HHD 4", force_unit="lbf")


def test_the_unit_stands_beside_the_digits_while_typing_and_in_the_trials_and_is_heard_with_them(
    table: Callable[..., Table],
) -> None:
    desk = table(settings=POUNDS)
    hands = desk.open()
    desk.pad(" 27.5")
    box, next_box = hands.trials._boxes[:2]
    assert hands.huge.unit == "lbf"
    assert hands.huge.accessibleName() == "27.5 lbf"
    assert (box.text(), box.accessibleName()) == ("27.5 lbf", "trial 1: 27.5 lbf")
    desk.pad(" 28")
    assert (box.text(), next_box.text()) == ("27.5 lbf", "28 lbf")
    assert hands._told["taken"] == "1 of 3 taken: 27.5 lbf"
    assert hands._told["typed"] == "28 lbf"


@pytest.mark.parametrize("typed", ["120N", "120n", "12.2kgf", "12.2k"])
def test_a_number_that_is_typed_with_its_own_unit_has_no_other_one_beside_it(
    table: Callable[..., Table], typed: str
) -> None:
    desk = table(settings=POUNDS)
    hands = desk.open()
    desk.pad(" ")
    desk.reads_in(typed)
    assert (hands.huge.text(), hands.huge.unit) == (typed, "")
    assert hands.huge.accessibleName() == typed
    assert hands.trials._boxes[0].accessibleName() == f"trial 1: {typed}"
    assert "lbf" not in desk.sees()


def test_newtons_typed_among_pounds_are_shown_and_kept_in_pounds(table: Callable[..., Table]) -> None:
    desk = table(settings=POUNDS)
    hands = desk.open()
    desk.pad(" 27 ")
    desk.reads_in("125N\r")
    assert desk.test("habd.left").unit == "lbf"
    assert [box.text() for box in hands.trials._boxes[:2]] == ["27 lbf", "28.1 lbf"]


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_unit_is_readable_from_three_meters_like_a_trial(
    table: Callable[..., Table], qapp: QApplication, scale: float
) -> None:
    style.apply_style(qapp, scale=scale)
    try:
        desk = table(settings=POUNDS)
        hands = desk.open()
        desk.pad(" 27.5 28.5 122.3")
        QApplication.processEvents()
        style.settle()
        assert hands.huge.unit_pt > 33
        for box in hands.trials._boxes[:3]:
            assert box.isVisible()
            assert box.value_pt >= 26
    finally:
        style.apply_style(qapp)


def crushed_in(hands: HandsBusyView) -> list[str]:
    """What is cut off, or lies on something else."""
    for _ in range(3):  # the parts follow the keys at the foot, which may want another line
        QApplication.processEvents()
        style.settle()
    parts: list[QLabel | QAbstractButton] = [
        *hands.findChildren(QLabel),
        *hands.findChildren(QAbstractButton),
    ]
    shown = [one for one in parts if one.isVisible() and len(one.text()) > 2]  # not the boxes of a scale
    boxes = {one: QRect(one.mapTo(hands, QPoint(0, 0)), one.size()) for one in shown}
    found = [
        f"cut off: {one.text()}"
        for one in shown
        if (one.heightForWidth(one.width()) if one.hasHeightForWidth() else one.minimumSizeHint().height())
        > one.height()
        or one.minimumSizeHint().width() > one.width()
        or not hands.rect().contains(boxes[one])
    ]
    return found + [
        f"overlap: {one.text()}, {other.text()}"
        for one, other in itertools.combinations(shown, 2)
        if boxes[one].intersects(boxes[other]) and not (one.isAncestorOf(other) or other.isAncestorOf(one))
    ]


@pytest.mark.parametrize(
    ("scale", "width", "height"), [(1.0, 1366, 768), (1.5, 1366, 768), (2.0, 1366, 768), (2.0, 1920, 1080)]
)
def test_with_large_text_nothing_is_cut_off_and_the_digits_are_readable_from_three_meters(
    table: Callable[..., Table], qapp: QApplication, scale: float, width: int, height: int
) -> None:
    style.apply_style(qapp, scale=scale)
    try:
        desk = table()
        desk.view.resize(width, height)
        hands = desk.open()
        steps = {
            "also test": "",
            "first trial": " ",
            "kept trials": "100 97 95",
            "pain": " ",
            "not in its range": "14 ",
            "both sides": "0 82 84 80",
            "pain beside": " ",
            "reasons": "1 -",
        }
        crushed: dict[str, list[str]] = {}
        for step, signs in steps.items():
            desk.pad(signs)
            crushed[step] = crushed_in(hands)
            if step == "not in its range":
                hands.back()
                hands.back()
            if step == "kept trials":
                assert hands.huge.digits_pt >= 100
        assert crushed == {step: [] for step in steps}
    finally:
        style.apply_style(qapp)


def test_with_large_text_every_muscle_of_both_knees_and_what_they_came_to_are_whole(
    table: Callable[..., Table], qapp: QApplication
) -> None:
    style.apply_style(qapp, scale=2.0)
    try:
        desk = table("both")
        hands = desk.open()
        desk.pad("1 2 3 4 5  ")
        crushed: list[str] = []
        while hands.entry.stop is not None:
            crushed += crushed_in(hands)
            desk.pad("100 ")
            crushed += crushed_in(hands)
            desk.pad("97 95 0 ")
            if hands.entry.ask == "lever":
                desk.pad("35 ")
        assert crushed + crushed_in(hands) == []
    finally:
        style.apply_style(qapp)


def test_the_sound_sides_best_and_the_comparison_are_shown(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97 95 0 82 ")
    assert "100 N" in desk.sees()
    assert "82 %" in desk.sees()
    assert "right 18 % lower" in desk.sees()


def test_with_both_knees_sore_there_is_no_mark_and_it_says_asymmetry_only(
    table: Callable[..., Table],
) -> None:
    desk = table("both")
    hands = desk.open()
    assert desk.at == "habd.right"
    assert "sore side" in desk.sees()
    desk.pad(" 100 97 95 0 82 ")
    assert "asymmetry only" in desk.sees()
    assert not hands.trials.compared._glyph.isVisible()


def test_a_muscle_has_its_tick_when_nothing_of_it_is_asked_any_more(table: Callable[..., Table]) -> None:
    desk = table()
    hands = desk.open()
    state = hands._glyphs[0].accessibleName
    untouched = state()
    desk.pad(" 100 97 95 0 ")
    half = state()
    assert half != untouched
    desk.pad("82 84 80 ")  # the pain of the second side is still asked
    assert hands.entry.ask == "pain"
    assert state() == half
    desk.pad("0 ")
    assert state() not in (untouched, half)


def test_what_is_asked_stands_large_beside_the_digits_where_it_is_not_a_force(
    table: Callable[..., Table],
) -> None:
    desk = table()
    hands = desk.open()
    desk.pad(" 100 ")
    asked = [hands.huge.asked]
    desk.pad("97 95 ")
    asked.append(hands.huge.asked)
    assert asked == ["", "Pain"]
    taken, digits = hands.huge.grab().toImage(), hands.huge.digits_pt
    hands.huge.show_value("", "/10")
    assert hands.huge.grab().toImage() != taken
    assert hands.huge.digits_pt == digits


def test_at_the_end_each_number_stands_by_its_own_badge_and_under_the_other_ones(
    table: Callable[..., Table],
) -> None:
    desk = table()
    hands = desk.open()
    desk.pad(" 100 97 95 0 82 84 80 0 ")
    while hands.entry.stop is not None:
        desk.pad("-1 ")
    QApplication.processEvents()
    assert hands.summary.isVisible()

    def at(part: QWidget) -> QRect:
        return QRect(part.mapTo(hands, QPoint(0, 0)), part.size())

    badges = [at(each) for each in hands.summary.findChildren(SideBadge)]
    scores = [at(each) for each in hands.summary.findChildren(QLabel) if each.text()[-1:] in ("N", "d")]
    scores = [each for each in scores if any(abs(each.center().y() - one.center().y()) < 9 for one in badges)]
    assert len({each.right() for each in scores}) == 2
    for badge in badges:
        line = [each for each in scores if abs(each.center().y() - badge.center().y()) < 9]
        own = min(each.left() - badge.right() for each in line if each.left() > badge.right())
        others = [badge.left() - each.right() for each in line if each.right() < badge.left()]
        assert all(own < other / 2 for other in others)


def test_the_keys_at_the_foot_are_evenly_spaced(table: Callable[..., Table]) -> None:
    desk = table()
    hands = desk.open()
    for signs in (" ", "80", " ", "97 95 ", "-"):
        desk.pad(signs)
        QApplication.processEvents()
        cells = sorted((c for c in hands.legend._cells if c.isVisible()), key=lambda cell: cell.x())
        gaps = {b.x() - a.geometry().right() for a, b in itertools.pairwise(cells)}
        assert max(gaps) - min(gaps) <= 1, signs


def test_what_may_be_done_instead_has_a_heading_of_its_own_below_the_reasons(
    table: Callable[..., Table],
) -> None:
    desk = table()
    hands = desk.open()
    desk.pad(" -")
    QApplication.processEvents()
    words = {each.text().split("  ")[-1].strip(): each for each in hands._question.findChildren(QPushButton)}
    heading = next(each for each in hands._question.findChildren(QLabel) if each.text() == "Or instead")
    assert heading.x() >= words["Lever arm…"].x()
    assert words["Not needed for this question"].y() < heading.y() < words["Test by hand: a grade"].y()


def test_with_large_text_the_picture_shows_where_the_pad_goes(
    table: Callable[..., Table], qapp: QApplication
) -> None:
    style.apply_style(qapp, scale=2.0)
    try:
        desk = table()
        desk.view.resize(1920, 1080)
        hands = desk.open()
        desk.pad(" ")
        for _ in range(3):
            QApplication.processEvents()
            style.settle()
        assert hands.how.picture.isVisible()
        assert hands.how.picture.height() >= style.px(120)
    finally:
        style.apply_style(qapp)


def test_the_picture_shows_the_side_that_is_tested(table: Callable[..., Table]) -> None:
    desk = table()
    hands = desk.open()
    first = hands.how.picture.mirrored
    desk.pad(" 100 97 95 0 ")
    assert hands.how.picture.mirrored is not first


def test_every_strength_test_has_its_picture(content: Content) -> None:
    for group in content.strength_groups:
        assert resources.path(f"pictures/{group}-test.svg").is_file()


def test_f2_shows_the_picture_large_and_esc_closes_it_first(table: Callable[..., Table]) -> None:
    desk = table()
    hands = desk.open()
    desk.pad(" ")
    QTest.keyClick(hands, Qt.Key.Key_F2)
    assert hands._large.isVisible()
    QTest.keyClick(hands, Qt.Key.Key_Escape)
    assert not hands._large.isVisible()
    QTest.keyClick(hands, Qt.Key.Key_Escape)
    assert desk.view.hands is None


def test_the_pad_of_external_rotation_is_warned_of(table: Callable[..., Table]) -> None:
    desk = table()
    desk.view.go_to("her.left")
    desk.open()
    assert "INNER" in desk.sees()
    assert "Push your foot inward" in desk.sees()


# ---------------------------------------------------------------- coming and going


def test_f11_opens_at_the_row_and_goes_back_to_the_row_being_worked_on(table: Callable[..., Table]) -> None:
    desk = table()
    desk.session.answer("kext.left", measured(100))
    desk.view.go_to("kext.right")
    desk.open()
    assert desk.at == "kext.right"
    QTest.keyClick(desk.hands, Qt.Key.Key_Up)
    QTest.keyClick(desk.hands, Qt.Key.Key_F11)
    assert desk.view.hands is None
    assert desk.view.focused_item() == "kext.left"


@pytest.mark.parametrize(("sore", "first"), [("right", "left"), ("left", "right"), ("both", "right")])
def test_f11_where_f8_leads_begins_with_the_side_that_is_tested_first(
    table: Callable[..., Table], sore: SoreKnee, first: str
) -> None:
    desk = table(sore)
    desk.view.go_to(desk.session.progress["strength"].gaps[0])
    assert desk.view.focused_item() == "habd.right"
    desk.open()
    assert desk.at == f"habd.{first}"
    assert "Also test:" in desk.sees()
    desk.pad(" 100 97 95 2 ")
    order = [stop.item_id for stop in desk.hands.entry.stops]
    assert (order[0], desk.at) == (f"habd.{first}", order[1])


@pytest.mark.parametrize("given", ["habd.left", "habd.right"])
def test_f11_stays_on_a_side_of_a_muscle_that_was_begun(table: Callable[..., Table], given: str) -> None:
    desk = table()
    desk.session.answer(given, measured(100))
    desk.view.go_to("habd.right")
    desk.open()
    assert desk.at == "habd.right"


def test_before_anything_is_tested_it_asks_which_muscles(table: Callable[..., Table]) -> None:
    desk = table()
    desk.view.go_to("habd.left")
    desk.open()
    assert "Also test:" in desk.sees()
    desk.pad("1 ")
    assert "Hip extension: added" in desk.sees()
    assert "Muscle 1 of 4" in desk.sees()
    desk.pad("1  100 ")
    assert "Muscle 1 of 3" in desk.sees()
    assert desk.test("habd.left") == measured(100)


@pytest.mark.parametrize("number", ["182", "82", "18.4kgf", "9.5"])
def test_a_reading_that_comes_before_the_muscles_are_chosen_is_the_first_trial(
    table: Callable[..., Table], number: str
) -> None:
    desk = table()
    desk.open()
    desk.reads_in(f"{number}\r\n")
    assert desk.test("habd.left").trials == (float(number.removesuffix("kgf")),)
    assert desk.hands.entry.question is None
    assert {stop.group for stop in desk.hands.entry.stops} == {"habd", "her", "kext"}
    desk.reads_in("80\r\n")
    assert len(desk.test("habd.left").trials) == 2


def test_numbers_of_several_muscles_at_once_are_asked_about_before_they_are_a_trial(
    table: Callable[..., Table],
) -> None:
    desk = table()
    desk.open()
    desk.pad("12 ")
    assert "habd.left" not in desk.session.evaluation.answers
    assert "Enter again keeps it" in desk.sees()
    desk.pad(" ")
    assert desk.test("habd.left") == measured(12)


@pytest.mark.parametrize("typed", ["7", "0", "1,000"])
def test_a_number_that_is_neither_a_muscle_nor_a_reading_is_refused(
    table: Callable[..., Table], typed: str
) -> None:
    desk = table()
    desk.open()
    desk.reads_in(f"{typed}\r")
    assert "habd.left" not in desk.session.evaluation.answers
    assert "Type a number from 1 to 5" in desk.sees()


def test_what_was_measured_at_an_earlier_visit_is_measured_again_unless_it_is_taken_out(
    table: Callable[..., Table], store: Store
) -> None:
    first = Evaluation.begin(Patient("Rivera, Ana", date(2001, 5, 9), "F"), "right", date(2026, 2, 2))
    earlier = {
        "hext.right": measured(90, 90, 90),
        "kflx.left": StrengthTest(grade="4"),
        "hadd.left": StrengthTest(not_tested="pain"),
    }
    store.save(first.with_answers(earlier))
    desk = table(first=first)
    desk.open()
    assert "Hip extension: added" in desk.sees()
    assert {stop.group for stop in desk.hands.entry.stops} == {"habd", "her", "kext", "hext", "kflx"}
    desk.pad("1 ")
    assert "hext" not in {stop.group for stop in desk.hands.entry.stops}


def test_an_optional_muscle_that_a_discharge_asks_is_among_those_to_test(
    table: Callable[..., Table], store: Store
) -> None:
    first = Evaluation.begin(Patient("Rivera, Ana", date(2001, 5, 9), "F"), "right", date(2026, 2, 2))
    store.save(first.with_answer("nprs-worst", 5))
    desk = table(first=first, kind="discharge")
    desk.open()
    assert {stop.group for stop in desk.hands.entry.stops} == {"habd", "her", "kext", "hext"}


def test_a_lever_arm_that_was_measured_the_last_time_is_asked_again(
    table: Callable[..., Table], store: Store
) -> None:
    first = Evaluation.begin(Patient("Rivera, Ana", date(2001, 5, 9), "F"), "right", date(2026, 2, 2))
    store.save(first.with_answers({"habd.left": replace(measured(90, 90, 90), lever_arm_m=0.78)}))
    desk = table(first=first)
    desk.open()
    desk.pad(" 100 97 95 0 ")
    assert desk.at == "habd.left"
    assert "lever arm in cm, from" in desk.sees()
    assert "last 78 cm" in desk.sees()
    desk.pad("78 ")
    assert desk.test("habd.left").lever_arm_m == 0.78
    assert desk.at == "habd.right"


def test_at_the_end_it_says_where_a_lever_arm_is_missing_and_one_key_leads_there(
    table: Callable[..., Table],
) -> None:
    desk = table()
    hands = desk.open()
    desk.pad(" -8 78 100 97 95 0 82 84 80 0 78 ")
    desk.pad("100 100 100 0 85 85 85 0 -1 -7 4 0 ")
    assert hands.entry.stop is None
    assert "Nothing left to test, 1 left out; 2 have no lever arm." in desk.sees()
    assert "2 have no lever arm" in hands.accessibleDescription()
    assert "lever arm" in desk.sees().splitlines()
    desk.pad("*")
    assert (desk.at, hands.entry.ask) == ("her.left", "lever")
    desk.pad("35 ")
    assert desk.test("her.left").lever_arm_m == 0.35
    assert (desk.at, hands.entry.ask) == ("her.right", "lever"), "else both could not be compared"
    desk.pad(" ")
    assert "1 has no lever arm." in desk.sees()
    desk.pad("*35 ")
    assert desk.test("her.right").lever_arm_m == 0.35
    assert "Nothing left to test, 1 left out." in desk.sees()
    assert "lever arm" not in desk.sees().splitlines()


def with_lever_arms(sore_knee: SoreKnee = "right") -> Evaluation:
    """A first visit whose knee extension was measured with a lever arm of 38 cm."""
    first = Evaluation.begin(Patient("Rivera, Ana", date(2001, 5, 9), "F"), sore_knee, date(2026, 2, 2))
    test = replace(measured(400, 410, 405, pain=1), lever_arm_m=0.38)
    return first.with_answers({"kext.right": test, "kext.left": test})


@pytest.mark.parametrize("sore", ["right", "left", "both"])
@pytest.mark.parametrize("begins", ["right", "left"])
def test_after_the_trials_of_both_sides_pain_and_lever_arm_of_both_are_asked_before_the_next_muscle(
    table: Callable[..., Table], store: Store, sore: SoreKnee, begins: str
) -> None:
    """The trials were typed on the page, where they come first."""
    first = with_lever_arms(sore)
    store.save(first)
    desk = table(first=first)
    for side in ("right", "left"):
        desk.session.answer(f"kext.{side}", measured(400, 390, 395))
    desk.view.go_to(f"kext.{begins}")
    entry = desk.open().entry
    asked = []
    while desk.at.startswith("kext"):
        asked.append((desk.at, entry.ask))
        desk.pad("1 " if entry.ask == "pain" else "38 ")
    ends = "left" if begins == "right" else "right"
    parts = [(f"kext.{side}", ask) for side in (begins, ends) for ask in ("pain", "lever")]
    assert asked == parts
    assert desk.test("kext.left") == desk.test("kext.right")
    assert (desk.test("kext.left").pain, desk.test("kext.left").lever_arm_m) == (1, 0.38)


def test_a_side_that_was_left_with_one_trial_is_come_back_to_before_the_next_muscle(
    table: Callable[..., Table],
) -> None:
    desk = table()
    entry = desk.open().entry
    desk.pad(" 100 ")
    QTest.keyClick(desk.hands, Qt.Key.Key_Down)
    desk.pad("82 84 80 0 ")
    assert (desk.at, entry.ask) == ("habd.left", "trial")
    desk.pad("97 95 0 ")
    assert desk.at == "her.left"


def test_the_first_side_is_asked_for_its_lever_arm_once_the_second_one_has_one(
    table: Callable[..., Table],
) -> None:
    desk = table()
    hands = desk.open()
    desk.pad(" 100 97 95 0 82 84 80 -8 78 0 ")
    assert (desk.at, hands.entry.ask) == ("habd.left", "lever")
    desk.pad("78 ")
    assert desk.test("habd.left").lever_arm_m == 0.78
    assert desk.at == "her.left"


def test_what_was_left_open_by_key_is_not_asked_again_and_the_end_says_how_often(
    table: Callable[..., Table],
) -> None:
    desk = table()
    hands = desk.open()
    desk.pad(" 100 97 95  82 84 80 0 ")
    assert desk.at == "her.left"
    while hands.entry.stop is not None:
        desk.pad("-1 ")
    assert "left out; 1 has no pain" in desk.sees()


def test_one_trial_of_three_has_a_percentage_and_no_mark_of_a_finding_yet(
    table: Callable[..., Table],
) -> None:
    desk = table()
    hands = desk.open()
    desk.pad(" 100 97 95 0 50 ")
    mark = hands.trials.compared._glyph
    assert ("50 %" in desk.sees(), mark.isVisible()) == (True, False)
    desk.pad("50 50 ")
    assert mark.isVisible()


@pytest.mark.parametrize(("typed", "told"), [("88", True), ("38", False)])
def test_a_lever_arm_unlike_the_last_one_is_told_once_with_the_last_one_beside_it(
    table: Callable[..., Table], store: Store, typed: str, told: bool
) -> None:
    first = with_lever_arms()
    store.save(first)
    desk = table(first=first)
    desk.view.go_to("kext.left")
    desk.open()
    desk.pad(f"400 405 398 1 {typed} ")
    assert desk.test("kext.left").lever_arm_m == float(typed) / 100
    assert desk.at == "kext.right"
    assert ("Left: lever arm 88 cm, last time 38 cm." in desk.sees()) == told
    desk.pad("1")
    assert "last time" not in desk.sees()


def test_a_lever_arm_beyond_the_usual_range_of_the_page_is_asked_about(
    table: Callable[..., Table], store: Store
) -> None:
    first = with_lever_arms()
    store.save(first)
    desk = table(first=first)
    desk.view.go_to("kext.left")
    desk.open()
    desk.pad("400 405 398 1 380 ")
    assert "380 cm: usual 5 to 120 cm. Enter again keeps it." in desk.sees()


def test_the_last_value_stands_by_the_muscle_while_it_is_tested_at_a_later_visit(
    table: Callable[..., Table], store: Store
) -> None:
    first = Evaluation.begin(Patient("Rivera, Ana", date(2001, 5, 9), "F"), "right", date(2026, 2, 2))
    store.save(first.with_answers({"habd.left": measured(90, 92, 91)}))
    desk = table(first=first)
    desk.open()
    desk.pad(" ")
    assert "last: best 92 N, Feb 2" in desk.sees()
    assert "last: best 92 N, Feb 2" in desk.hands.accessibleDescription()
    desk.pad("100 97 95 0 ")
    assert desk.at == "habd.right"
    assert "last:" not in desk.sees()


def test_closing_the_window_tells_what_is_typed_here_and_not_counted(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 9.7.1")
    assert desk.view.unkept() == ["“9.7.1” in Hip abduction, left, trial 1 is not counted."]


def test_what_is_typed_when_the_view_is_left_is_taken(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97")
    QTest.keyClick(desk.hands, Qt.Key.Key_F11)
    assert desk.test("habd.left") == measured(100, 97)


def test_a_compensation_that_was_seen_stands_on_the_closed_row(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97 95 0 ")
    desk.session.answer("habd.left", replace(desk.test("habd.left"), compensation="Trunk leans over"))
    QTest.keyClick(desk.hands, Qt.Key.Key_F11)
    desk.view.go_to("kext.right")
    QApplication.processEvents()
    texts = [one.text() for one in desk.view.page.findChildren(QLabel) if one.isVisible()]
    assert any("compensation: trunk leans over" in each for each in texts)


def test_what_cannot_be_counted_stands_on_the_page_when_the_view_is_left(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 9.7.1")
    QTest.keyClick(desk.hands, Qt.Key.Key_F11)
    texts = [one.text() for one in desk.view.page.findChildren(QLineEdit) if one.isVisible()]
    assert "9.7.1" in texts
    assert desk.test("habd.left") == measured(100)


@pytest.mark.parametrize(
    ("typed", "refused"),
    [("-7 7", "7"), ("-7 7 ", "7"), ("100 -7 7", "7"), ("-7 7.5", "7.5"), ("100 97 95 38", "38")],
)
def test_what_is_refused_stays_to_be_mended_on_the_page_when_the_view_is_left(
    table: Callable[..., Table], typed: str, refused: str
) -> None:
    """Also a grade, though the page showed the fields of a dynamometer before."""
    desk = table()
    desk.open()
    desk.pad(f" {typed}")
    QTest.keyClick(desk.hands, Qt.Key.Key_F11)
    QApplication.processEvents()
    shown = [one.text() for one in desk.view.page.findChildren(QLineEdit) if one.isVisible()]
    assert refused in shown
    assert any(f"“{refused}”" in told for told in desk.view.unkept())


def test_a_trial_refused_on_a_graded_side_stays_to_be_mended_on_the_page(
    table: Callable[..., Table],
) -> None:
    desk = table()
    desk.open()
    desk.pad(" -7 4 0 ")
    QTest.keyClick(desk.hands, Qt.Key.Key_Up)
    desk.pad("-7 9.7.1")
    QTest.keyClick(desk.hands, Qt.Key.Key_F11)
    shown = [one.text() for one in desk.view.page.findChildren(QLineEdit) if one.isVisible()]
    assert "9.7.1" in shown


@pytest.mark.parametrize("key", [Qt.Key.Key_F11, Qt.Key.Key_Escape, Qt.Key.Key_Down])
def test_a_value_that_has_no_place_is_refused_in_words_before_its_side_is_left(
    table: Callable[..., Table], key: Qt.Key
) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97 95 0 ")
    QTest.keyClick(desk.hands, Qt.Key.Key_Up)
    desk.pad("77")
    QTest.keyClick(desk.hands, key)
    assert desk.at == "habd.left"
    assert "“77” is not counted" in desk.sees()
    QTest.keyClick(desk.hands, key)
    assert desk.view.hands is None or desk.at == "habd.right"


def go_next(desk: Table) -> None:
    desk.view.go_beside(1)


def go_by_key(desk: Table) -> None:
    QTest.keyClick(desk.hands, Qt.Key.Key_8, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize(
    "leave",
    [go_next, go_by_key, lambda desk: desk.view.next_gap(), lambda desk: desk.view.go_to("nprs-worst")],
    ids=["the next step", "a step by its key", "the next gap", "an answer"],
)
def test_a_value_that_has_no_place_is_refused_in_words_before_its_step_is_left(
    table: Callable[..., Table], leave: Callable[[Table], object]
) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97 95 0 ")
    QTest.keyClick(desk.hands, Qt.Key.Key_Up)
    desk.pad("77")
    leave(desk)
    assert desk.at == "habd.left"
    assert "“77” is not counted" in desk.sees()
    leave(desk)
    assert desk.view.hands is None


def test_closing_the_window_tells_of_a_value_that_has_no_place(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97 95 0 ")
    QTest.keyClick(desk.hands, Qt.Key.Key_Up)
    desk.pad("77")
    desk.view.commit()
    told = ["“77” in Hip abduction, left is not counted: all is in there."]
    assert desk.view.unkept() == told
    assert desk.view.unkept() == told  # asked again, when the therapist stayed


def test_minus_drops_a_half_typed_value_only_when_it_is_pressed_again(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 9-")
    assert "“9 N” is not taken" in desk.sees()
    assert "because of" not in desk.sees()
    desk.pad("7 ")
    assert desk.test("habd.left") == measured(100, 97)
    desk.pad("9-")
    assert "because of" not in desk.sees()
    desk.pad("-")
    assert "Not tested, because of" in desk.sees()
    assert desk.test("habd.left") == measured(100, 97)


def test_minus_after_a_refusal_offers_the_reasons_at_once(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 9.7.1 -")
    assert "Not tested, because of" in desk.sees()


@pytest.mark.parametrize("key", ["-", "*", "P"])
def test_a_value_that_has_no_place_is_told_before_another_key_drops_it(
    table: Callable[..., Table], key: str
) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97 95 0 ")
    QTest.keyClick(desk.hands, Qt.Key.Key_Up)
    desk.pad(f"77{key}")
    assert "“77” is not counted" in desk.sees()
    assert desk.hands.entry.question is None


def test_a_click_on_a_pain_keeps_what_is_half_typed(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 9")
    desk.hands.how.pain_clicked.emit(3)
    desk.pad("7 ")
    assert desk.test("habd.left") == measured(100, 97, pain=3)


def test_a_reading_after_the_last_side_is_refused_in_words(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" -7 " + "4 0 " * 6)
    assert desk.at == ""
    desk.reads_in("82.5\r")
    assert "“82.5” is not counted" in desk.sees()
    desk.pad(" ")
    assert desk.view.hands is None


def test_going_to_another_step_leaves_the_view_and_loses_nothing(table: Callable[..., Table]) -> None:
    desk = table()
    desk.open()
    desk.pad(" 100 97")
    desk.view.show_step("mobility")
    assert desk.view.hands is None
    assert desk.kept().answers["habd.left"] == measured(100, 97)


def test_a_signed_note_has_no_hands_busy_view(table: Callable[..., Table]) -> None:
    desk = table()
    desk.session.sign()
    QTest.keyClick(desk.view, Qt.Key.Key_F11)
    assert desk.view.hands is None


def test_a_step_that_the_safety_screen_closes_is_not_opened_here_either(table: Callable[..., Table]) -> None:
    desk = table()
    desk.session.answer("hot-joint", "yes")
    QTest.keyClick(desk.view, Qt.Key.Key_F11)
    assert desk.view.hands is None


def test_a_change_that_cannot_be_kept_is_told_here_too(
    table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    from evalassist.errors import StoreError

    desk = table()
    desk.open()

    def refuse(_: object) -> None:
        raise StoreError("The disk is full. Free some space.")

    monkeypatch.setattr(desk.session.store, "save", refuse)
    desk.pad(" 100 ")
    assert "Not kept since" in desk.hands.kept.text
    monkeypatch.undo()
    assert desk.session.keep()
    assert desk.kept().answers["habd.left"] == measured(100)
