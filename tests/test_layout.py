"""Nothing is cut off and no answer is taken for that of another side, at 1366x768 and with the largest text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_case
from evalassist.content import Content
from evalassist.evaluation import Answer, Evaluation, Opinion, Patient, PlanEdit, Quantity, SoreKnee
from evalassist.records.accounts import Account
from evalassist.records.entrance import Entrance
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import spoken, style
from ui.app import fill_small_screen
from ui.dialogs.about import AboutDialog
from ui.dialogs.preferences import PreferencesDialog
from ui.main_window import SMALLEST, MainWindow
from ui.pages.assessment import AssessmentPage
from ui.pages.base import Page
from ui.pages.door import Door
from ui.pages.handout import HandoutPage
from ui.pages.plan import PlanPage
from ui.pages.review import SignPage
from ui.pages.start import StartPage
from ui.pages.step import StepPage
from ui.pages.strength import StrengthPage
from ui.screenshots import ended, later
from ui.widgets.cards import FoldingGroup
from ui.widgets.editors import Editor
from ui.widgets.elided import ElidedLabel, GivingLabel
from ui.widgets.fields import NumberField
from ui.widgets.marks import LinkButton
from ui.widgets.side import SideBadge
from ui.widgets.side_heads import SideHeads
from ui.widgets.side_panel import SidePanel

KEYS = new_keys()

CASES = Path(__file__).parent / "cases"
BY_CONTENT = ["history", "questionnaires", "movement", "knee", "mobility"]
SIDED = ["movement", "knee", "mobility"]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

Show = Callable[[str], Page]


@pytest.fixture
def scale(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[float]:
    wanted: float = request.param
    style.apply_style(qapp, scale=wanted)
    yield wanted
    style.apply_style(qapp)


def window_on(
    qtbot: QtBot,
    home: Path,
    content: Content,
    evaluation: Evaluation,
    scale: float,
    size: tuple[int, int] = (1366, 768),
    earlier: Evaluation | None = None,
) -> MainWindow:
    home.mkdir(parents=True, exist_ok=True)
    store = Store(home / "evalassist.db", KEYS)
    window = MainWindow()
    qtbot.addWidget(window, before_close_func=lambda _: store.close())
    window.resize(*size)
    window.show()
    window.open_store(store, content, Settings(therapist_name="A. Chen, PT", text_scale=scale))
    if earlier is not None:
        store.save(earlier)
    window.begin(evaluation)
    return window


def anyone(sore: SoreKnee = "left") -> Evaluation:
    return Evaluation.begin(Patient("Rivera, Ana", date(2001, 5, 9), "F"), sore, date(2026, 3, 2))


def opened(window: MainWindow, step_id: str) -> StepPage:
    """The step with every group open and every row made."""
    assert window.view is not None
    page = window.view.show_step(step_id)
    assert isinstance(page, StepPage)
    for item in page.step.items:
        page.focus_item(item.ids[0])
    for group in page.findChildren(FoldingGroup):
        assert not group.folded
    settle(page)
    return page


def settle(page: Page) -> None:
    while page.at_work:
        QApplication.processEvents()
    for _ in range(5):  # one level of the layout after the other
        QApplication.processEvents()


def inside(widget: QWidget, viewport: QWidget) -> bool:
    left = widget.mapTo(viewport, QPoint(0, 0)).x()
    return left >= 0 and left + widget.width() <= viewport.width()


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
@pytest.mark.parametrize("step_id", BY_CONTENT)
def test_every_answer_is_wholly_within_the_page(
    qtbot: QtBot, home: Path, content: Content, step_id: str, scale: float
) -> None:
    page = opened(window_on(qtbot, home, content, anyone(), scale), step_id)
    viewport = page.area.viewport()
    editors = [one for one in page.findChildren(Editor) if one.isVisibleTo(page)]
    assert editors
    cut = [one.name for one in editors if not inside(one.control, viewport)]
    squeezed = [one.name for one in editors if one.control.width() < one.control.minimumSizeHint().width()]
    assert (cut, squeezed) == ([], [])
    assert page.inner.minimumSizeHint().width() <= viewport.width()


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
def test_every_field_of_strength_is_wholly_within_the_page(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    case = read_case(CASES / "patient-a.toml", content)
    window = window_on(qtbot, home, content, case, scale)
    assert window.view is not None
    page = window.view.show_step("strength")
    page.focus_item("habd.right")
    settle(page)
    viewport = page.area.viewport()  # type: ignore[attr-defined]  # the strength page has its own
    sides = [side for row in page.rows.values() for side in row.sides.values()]  # type: ignore[attr-defined]
    assert all(inside(side, viewport) for side in sides if side.isVisibleTo(page))
    heads = {one.accessibleName(): one.mapTo(page, QPoint()).x() for one in page.findChildren(SideBadge)}
    row = page.rows["habd"]  # type: ignore[attr-defined]
    columns = {side.upper(): cell.mapTo(page, QPoint()).x() for side, cell in row.sides.items()}
    assert all(abs(heads[side] - columns[side]) <= 2 for side in columns), (heads, columns)


@pytest.mark.parametrize("scale", [2.0], indirect=True)
def test_after_a_wrong_password_all_that_is_said_is_seen_with_the_largest_text(
    qtbot: QtBot, scale: float
) -> None:
    def nobody() -> Entrance:
        raise AssertionError

    door = Door(nobody, "chen", "Riverside Physical Therapy")
    qtbot.addWidget(door)
    door.resize(1366, 690)
    door.show()
    door._wait_s = lambda: 4.0
    door.say("The name or the password is not right. Nothing was opened.")
    door._count()
    for _ in range(5):
        QApplication.processEvents()
    for words in (door._said, door._waits):
        assert words.text()
        assert words.visibleRegion().boundingRect() == words.rect()


@pytest.mark.parametrize("scale", [1.75, 2.0], indirect=True)
def test_with_large_text_unfinished_notes_leave_room_on_the_start_page(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex3.toml", content), scale)
    window.begin(read_case(CASES / "patient-b.toml", content))
    window.show_start()
    assert window.start is not None
    QApplication.processEvents()
    (area,) = window.start.findChildren(QScrollArea, options=Qt.FindChildOption.FindDirectChildrenOnly)
    middle = area.widget()
    assert middle is not None
    assert middle.minimumSizeHint().width() < 0.8 * area.viewport().width()


@pytest.mark.parametrize("scale", [1.75, 2.0], indirect=True)
@pytest.mark.parametrize("case", ["ex3", "patient-c"])
def test_with_large_text_an_assessment_that_one_disagrees_with_is_not_cut(
    qtbot: QtBot, home: Path, content: Content, case: str, scale: float
) -> None:
    both = replace(read_case(CASES / f"{case}.toml", content), sore_knee="both")
    window = window_on(qtbot, home, content, both.with_answer("worse-side", "right"), scale)
    assert window.view is not None
    page = window.view.show_step("assessment")
    assert isinstance(page, AssessmentPage)
    for conclusion in page.cards:
        page.session.say(conclusion, Opinion(accepts=False))
    settle(page)
    assert page.cards["pfp"].why.isVisible()
    inner = page.area.widget()
    assert inner is not None
    assert inner.minimumSizeHint().width() <= page.area.viewport().width()
    words = [one for one in page.findChildren(QLabel) if one.isVisible() and one.wordWrap()]
    assert [one.text() for one in words if one.height() < one.heightForWidth(one.width())] == []


def up_to(page: PlanPage | AssessmentPage, part: QWidget) -> None:
    """Scroll so that the part is the last thing that can be seen of the page."""
    viewport, inner = page.area.viewport(), page.area.widget()
    assert inner is not None
    below = part.mapTo(inner, QPoint()).y() + part.height() - viewport.height()
    page.area.verticalScrollBar().setValue(max(0, below))


def seen_whole(part: QWidget, viewport: QWidget) -> bool:
    top = part.mapTo(viewport, QPoint()).y()
    return part.isVisible() and 0 <= top <= viewport.height() - part.height()


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
@pytest.mark.parametrize("code", ["pfp", "MPD", "MCD", "MOB-hypo"])
def test_the_line_for_the_reason_of_a_disagreement_is_seen_whole(
    qtbot: QtBot, home: Path, content: Content, code: str, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex1.toml", content), scale)
    assert window.view is not None
    page = window.view.show_step("assessment")
    assert isinstance(page, AssessmentPage)
    card = page.cards[code]
    head = card.opinion if card.opinion.isVisible() else card._disagree
    up_to(page, head)
    card._say(False)
    settle(page)
    assert seen_whole(card.why, page.area.viewport())


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
@pytest.mark.parametrize("code", ["pfp", "MPD", "MCD"])
def test_the_reason_of_a_disagreement_has_the_width_of_its_card(
    qtbot: QtBot, home: Path, content: Content, code: str, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex1.toml", content), scale)
    assert window.view is not None
    page = window.view.show_step("assessment")
    assert isinstance(page, AssessmentPage)
    page.session.say(code, Opinion(accepts=False))
    settle(page)
    card = page.cards[code]
    assert card.why.width() > card.width() - style.px(60)
    words = card._decided
    assert words.mapTo(card, QPoint()).y() + words.height() <= card.why.mapTo(card, QPoint()).y()


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
def test_the_line_for_the_reason_of_another_irritability_is_seen_whole(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex1.toml", content), scale)
    assert window.view is not None
    page = window.view.show_step("assessment")
    assert isinstance(page, AssessmentPage)
    settle(page)
    card = page.irritability
    high = next(one for one in card.level.findChildren(QAbstractButton) if one.text() == "High")
    up_to(page, high)
    click_slowly(window, high, high.rect().center())
    settle(page)
    assert seen_whole(card.why, page.area.viewport())


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
@pytest.mark.parametrize("place", [0, -1])
def test_the_goal_that_is_to_be_changed_is_seen(
    qtbot: QtBot, home: Path, content: Content, place: int, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex1.toml", content), scale)
    assert window.view is not None
    page = window.view.show_step("plan")
    assert isinstance(page, PlanPage)
    settle(page)
    change = [one for one in page._goals.findChildren(LinkButton) if one.text() == "Change"][place]
    up_to(page, change)
    settle(page)
    click_slowly(window, change, change.rect().center())
    settle(page)
    viewport, editor = page.area.viewport(), page._goals.editor
    assert seen_whole(editor.first, viewport)
    assert editor.height() > viewport.height() or seen_whole(editor, viewport)


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
def test_the_reason_for_taking_an_exercise_out_is_seen_whole(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex1.toml", content), scale)
    assert window.view is not None
    page = window.view.show_step("plan")
    assert isinstance(page, PlanPage)
    settle(page)
    for card in list(page.cards.values()):
        up_to(page, card._remove)
        click_slowly(window, card._remove, card._remove.rect().center())
        settle(page)
        assert seen_whole(card.removal_reason, page.area.viewport())


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
def test_what_changed_since_two_earlier_visits_makes_the_assessment_no_wider_than_its_page(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    first = read_case(CASES / "ex1.toml", content)
    window = window_on(qtbot, home, content, later(first), scale, earlier=first)
    window.begin(ended(first))
    assert window.view is not None
    page = window.view.show_step("assessment")
    assert isinstance(page, AssessmentPage)
    settle(page)
    assert page.change is not None
    assert page.change.since.isVisible()
    viewport, inner = page.area.viewport(), page.area.widget()
    assert inner is not None
    assert inner.minimumSizeHint().width() <= viewport.width()
    assert inside(page.change, viewport)
    assert inside(page.change.since, viewport)
    title = page.change._title.mapTo(page.change, QPoint()).y()
    beside = page.change.since.mapTo(page.change, QPoint()).y() < title + page.change._title.height()
    assert beside == (scale == 1.0)
    words = [one for one in page.findChildren(QLabel) if one.isVisible() and one.wordWrap()]
    assert [one.text() for one in words if one.height() < one.heightForWidth(one.width())] == []


@pytest.mark.parametrize("scale", [1.75, 2.0], indirect=True)
def test_with_large_text_no_page_of_a_patient_with_two_sore_knees_is_cut(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex3.toml", content), scale)
    assert window.view is not None
    too_wide = {}
    for step_id in content.steps:
        page = window.view.show_step(step_id)
        settle(page)
        for area in page.findChildren(QScrollArea):
            never = area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            inner = area.widget()
            if never and area.isVisible() and inner is not None:
                wanted = inner.minimumSizeHint().width()
                if wanted > area.viewport().width():
                    too_wide[step_id] = wanted - area.viewport().width()
    assert too_wide == {}


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
def test_a_plan_with_an_edited_goal_is_wholly_within_the_page(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex1.toml", content), scale)
    assert window.view is not None
    page = window.view.show_step("plan")
    assert isinstance(page, PlanPage)
    page.session.edit_plan(PlanEdit("goal-target", goal="G02", field="long", value=90))
    change = next(one for one in page.findChildren(LinkButton) if "AKPS: change" in one.accessibleName())
    change.click()
    settle(page)
    viewport = page.area.viewport()
    words = [one for one in page._goals.findChildren(QLabel) if one.isVisibleTo(page) and one.text()]
    assert [one.text() for one in words if not inside(one, viewport)] == []
    assert [one.text() for one in words if one.height() < one.heightForWidth(one.width())] == []
    assert inside(page._goals.editor, viewport)
    assert page._goals.editor.isVisible()


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
@pytest.mark.parametrize("step_id", SIDED)
def test_right_and_left_stand_only_above_answers_that_have_a_side(
    qtbot: QtBot, home: Path, content: Content, step_id: str, scale: float
) -> None:
    page = opened(window_on(qtbot, home, content, anyone("left"), scale), step_id)
    heads = [one for one in page.findChildren(SideHeads) if one.isVisibleTo(page)]
    rows = [row for group in page.groups for row in group.rows() if row.isVisibleTo(page)]
    assert heads
    right_column = {
        row.editors[f"{row.item.id}.right"].mapTo(page, QPoint()).x() for row in rows if row.item.sides
    }
    for row in rows:
        within = [head for head in heads if row.isAncestorOf(head)]
        if row.item.sides:
            assert len(within) <= 1
        else:
            assert not within, row.item.id
            x = row.editors[row.item.id].mapTo(page, QPoint()).x()
            assert x not in right_column, f"{row.item.id} stands in the column of the right side"


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
def test_large_text_puts_right_above_left(qtbot: QtBot, home: Path, content: Content, scale: float) -> None:
    page = opened(window_on(qtbot, home, content, anyone(), scale), "knee")
    row = next(row for group in page.groups for row in group.rows() if row.item.id == "effusion")
    right, left = (row.editors[f"effusion.{side}"].mapTo(page, QPoint()) for side in ("right", "left"))
    if scale == 2.0:
        assert right.x() == left.x()
        assert right.y() < left.y()
    else:
        assert right.x() < left.x()
        assert right.y() == left.y()


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
@pytest.mark.parametrize("item_id", ["ddx-plica", "plica-test.right", "beighton-thumb.left"])
def test_the_first_jump_to_an_answer_ends_where_it_can_be_seen(
    qtbot: QtBot, home: Path, content: Content, item_id: str, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex1.toml", content), scale)
    assert window.view is not None
    window.view.show_step("assessment")
    QApplication.processEvents()
    window.view.go_to(item_id)
    page = window.view.page
    assert isinstance(page, StepPage)
    settle(page)
    editor = next(one for one in page.findChildren(Editor) if one.item_id == item_id)
    top = editor.mapTo(page.area.viewport(), QPoint()).y()
    assert 0 <= top <= page.area.viewport().height() - editor.height()


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
@pytest.mark.parametrize("step_id", ["handout", "sign"])
def test_no_button_beside_a_paper_covers_another(
    qtbot: QtBot, home: Path, content: Content, step_id: str, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex1.toml", content), scale)
    assert window.view is not None
    page = window.view.show_step(step_id)
    settle(page)
    panel = page.findChild(SidePanel)
    assert isinstance(panel, SidePanel)
    buttons = [one for one in panel.findChildren(QAbstractButton) if one.isVisibleTo(panel)]
    assert len(buttons) > 2
    for at, one in enumerate(buttons):
        assert one.height() >= one.minimumSizeHint().height(), one.text()
        assert inside(one, panel), one.text()
        for other in buttons[at + 1 :]:
            areas = [QRect(each.mapTo(panel, QPoint()), each.size()) for each in (one, other)]
            assert not areas[0].intersects(areas[1]), f"{one.text()} covers {other.text()}"


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
@pytest.mark.parametrize("case", ["patient-a", "patient-b", "patient-c", "ex1", "ex3"])
def test_the_plan_is_no_wider_than_its_page(
    qtbot: QtBot, home: Path, content: Content, case: str, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / f"{case}.toml", content), scale)
    assert window.view is not None
    page = window.view.show_step("plan")
    settle(page)
    assert isinstance(page, PlanPage)
    assert inside(page.library, page.area.viewport())


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
def test_the_plan_of_a_later_visit_is_no_wider_than_its_page_and_uses_its_room(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    first = read_case(CASES / "ex1.toml", content)
    window = window_on(qtbot, home, content, later(first), scale, (1920, 1080), first)
    assert window.view is not None
    page = window.view.show_step("plan")
    settle(page)
    assert isinstance(page, PlanPage)
    assert page.look_back is not None
    viewport = page.area.viewport()
    assert inside(page.look_back, viewport)
    assert inside(page.look_back.go_on, viewport)
    fields = page.look_back.rows["HA01"].fields
    lines = {fields[key].mapTo(page, QPoint()).y() for key in ("pain", "sets")}
    assert len(lines) == (1 if scale == 1.0 else 2)


def test_the_doses_of_the_plan_stand_below_each_other(
    dressed: None, qtbot: QtBot, home: Path, content: Content
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "patient-a.toml", content), 1.0, (1920, 1080))
    assert window.view is not None
    page = window.view.show_step("plan")
    settle(page)
    assert isinstance(page, PlanPage)
    for field in ("sets", "reps", "hold_s"):
        assert len({card.steppers[field].mapTo(page, QPoint()).x() for card in page.cards.values()}) == 1


def test_where_there_is_no_plan_its_card_begins_where_the_page_does(
    dressed: None, qtbot: QtBot, home: Path, content: Content
) -> None:
    window = window_on(qtbot, home, content, anyone(), 1.0)
    assert window.view is not None
    page = window.view.show_step("plan")
    settle(page)
    assert isinstance(page, PlanPage)
    card = page.letter.parentWidget()
    assert card is not None
    assert card.mapTo(page, QPoint()).x() == page.title.mapTo(page, QPoint()).x()


def test_words_just_as_wide_as_their_room_are_not_cut(dressed: None, qtbot: QtBot) -> None:
    label = ElidedLabel(lines=2)
    qtbot.addWidget(label)
    label.ensurePolished()
    label.set_text("then: Side-lying hip abduction with band or ankle weight")
    label.resize(label.fontMetrics().horizontalAdvance(label.accessibleName()), 40)
    label.show()
    assert label.text().replace("\n", " ") == label.accessibleName()


@pytest.mark.parametrize("scale", [1.0, 2.0], indirect=True)
def test_sign_stays_in_sight_and_what_is_missing_too(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    size = (1280, 640) if scale == 1.0 else (1920, 1080)
    window = window_on(qtbot, home, content, read_case(CASES / "patient-a.toml", content), scale, size)
    assert window.view is not None
    page = window.view.show_step("sign")
    settle(page)
    assert isinstance(page, SignPage)
    panel = page.findChild(SidePanel)
    assert isinstance(panel, SidePanel)
    assert not panel.area.isAncestorOf(page.sign_button)
    assert panel.rect().contains(QRect(page.sign_button.mapTo(panel, QPoint()), page.sign_button.size()))
    assert panel.area.height() >= style.px(150)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0], indirect=True)
@pytest.mark.parametrize("name", ["Nora Newcomer, PT, DPT", "Alexandra Chen-Montgomery, PT, DPT"])
def test_whoever_signs_the_column_beside_the_note_is_not_cut(
    qtbot: QtBot, home: Path, content: Content, scale: float, name: str
) -> None:
    first = read_case(CASES / "ex1.toml", content)
    window = window_on(qtbot, home, content, ended(first), scale, earlier=first)
    view = window.view
    assert view is not None
    view.session.settings = view.session.settings.model_copy(
        update={"therapist_name": name, "licence": "PT 12345-6789"}
    )
    view.session.confirm = lambda _password: None
    page = view.show_step("sign")
    settle(page)
    assert isinstance(page, SignPage)
    panel, inner = page.panel, page.panel.area.widget()
    assert inner is not None
    assert inner.minimumSizeHint().width() <= panel.area.viewport().width()
    parts = [one for one in panel.findChildren(QWidget) if one.isVisible()]
    assert page.copy_button in parts
    assert [one for one in parts if not inside(one, panel)] == []
    words = [one for one in parts if isinstance(one, QLabel) and one.text()]
    assert [one.text() for one in words if one.height() < one.heightForWidth(one.width())] == []
    plain = [one for one in words if not one.wordWrap()]
    assert [one.text() for one in plain if one.width() < one.sizeHint().width()] == []


@pytest.mark.parametrize("scale", [2.0], indirect=True)
def test_the_password_that_signs_is_seen_when_the_keyboard_is_in_it(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex1.toml", content), scale, (1366, 720))
    assert window.view is not None
    window.activateWindow()
    window.view.session.confirm = lambda _password: None
    page = window.view.show_step("sign")
    settle(page)
    assert isinstance(page, SignPage)
    page.password.setFocus()
    settle(page)
    line = page.password.edit
    assert line.hasFocus()
    assert line.visibleRegion().boundingRect() == line.rect()


@pytest.mark.parametrize("scale", [2.0], indirect=True)
def test_print_stays_in_sight_in_the_largest_text_on_a_small_screen(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    evaluation = read_case(CASES / "patient-a.toml", content)
    window = window_on(qtbot, home, content, evaluation, scale, (1366, 768))
    assert window.view is not None
    page = window.view.show_step("handout")
    assert isinstance(page, HandoutPage)
    qtbot.waitUntil(lambda: not page.at_work, timeout=20_000)
    settle(page)
    panel = page.findChild(SidePanel)
    assert isinstance(panel, SidePanel)
    assert not panel.area.isAncestorOf(page.print_button)
    assert panel.rect().contains(QRect(page.print_button.mapTo(panel, QPoint()), page.print_button.size()))


@pytest.mark.parametrize("scale", [2.0], indirect=True)
@pytest.mark.parametrize("how", ["gone to", "come back to"])
def test_the_muscle_with_the_keyboard_is_seen_with_its_name_in_the_largest_text(
    qtbot: QtBot, home: Path, content: Content, scale: float, how: str
) -> None:
    evaluation = read_case(CASES / "patient-a.toml", content)
    window = window_on(qtbot, home, content, evaluation, scale, (1366, 768))
    assert window.view is not None
    page = window.view.show_step("strength")
    assert isinstance(page, StrengthPage)
    for group, row in page.rows.items():
        page.focus_item(f"{group}.right")
        settle(page)
        if how == "come back to":  # as after the settings: the page is scrolled anew
            at = window.focusWidget()
            assert at is not None
            page.area.verticalScrollBar().setValue(page.area.verticalScrollBar().maximum())
            page.put_keyboard(at)
            settle(page)
        name = next(each for each in row.findChildren(QLabel) if each.text() == row.accessibleName())
        seen = QRect(name.mapTo(page.area.viewport(), QPoint()), name.size())
        assert page.area.viewport().rect().contains(seen), group
        at = window.focusWidget()
        assert at is not None
        field = QRect(at.mapTo(page.area.viewport(), QPoint()), at.size())
        assert page.area.viewport().rect().contains(field), group


def test_the_foot_of_a_panel_is_placed_anew_when_it_has_less_to_say(dressed: None, qtbot: QtBot) -> None:
    body, act, long = QWidget(), QWidget(), QWidget()
    style.column(act).addWidget(long)
    body.setFixedHeight(600)
    long.setFixedHeight(300)
    panel = SidePanel(300, body, act)
    qtbot.addWidget(panel)
    panel.resize(300, 400)
    panel.show()
    for _ in range(5):
        QApplication.processEvents()
    assert panel.area.isAncestorOf(act)
    long.setFixedHeight(40)
    qtbot.waitUntil(lambda: not panel.area.isAncestorOf(act))


@pytest.mark.parametrize("scale", [2.0], indirect=True)
def test_the_words_about_the_program_are_whole_in_the_largest_text(
    qtbot: QtBot, content: Content, scale: float
) -> None:
    dialog = AboutDialog(content.release, "/home/clinic/evalassist.db")
    qtbot.addWidget(dialog)
    dialog.show()
    for label in dialog.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width()), label.text()


def test_settings_are_whole_where_the_letters_of_the_system_are_wide(
    qapp: QApplication, qtbot: QtBot
) -> None:
    style.apply_style(qapp)
    usual = qapp.font()
    wide = qapp.font()
    wide.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 118)
    qapp.setFont(wide)
    try:
        dialog = PreferencesDialog(Settings(), signed_in=True)
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.show()
        (area,) = dialog.findChildren(QScrollArea)
        assert area.horizontalScrollBar().maximum() == 0
    finally:
        qapp.setFont(usual)


def test_settings_stay_whole_when_the_text_is_made_larger_in_them(
    qapp: QApplication, qtbot: QtBot, home: Path
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    style.apply_style(qapp)
    try:
        dialog = PreferencesDialog(Settings(), signed_in=True)
        qtbot.addWidget(dialog)
        dialog.applied.connect(lambda now: style.apply_style(qapp, scale=now.text_scale))
        with qtbot.waitExposed(dialog):
            dialog.show()
        next(box for box in dialog.findChildren(QAbstractButton) if box.text() == "200 %").click()
        for _ in range(5):
            QApplication.processEvents()
        (area,) = dialog.findChildren(QScrollArea)
        assert area.horizontalScrollBar().maximum() == 0
        assert dialog.rect().contains(area.geometry())
    finally:
        style.apply_style(qapp)


def test_the_window_takes_a_small_screen_whole_and_leaves_a_large_one(
    dressed: None, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 1366x768 the title would push the lowest buttons from the screen."""
    for free, whole in ((QSize(1366, 768), True), (QSize(1920, 1040), False)):
        window = QWidget()
        qtbot.addWidget(window)
        window.resize(1366, 768)
        screen = SimpleNamespace(availableGeometry=lambda free=free: QRect(QPoint(), free))
        monkeypatch.setattr(window, "screen", lambda screen=screen: screen)
        fill_small_screen(window)
        assert window.isMaximized() == whole


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 1.75], indirect=True)
def test_the_patients_name_is_never_cut(qtbot: QtBot, home: Path, content: Content, scale: float) -> None:
    patient = Patient("Delacroix, Marc", date(1981, 3, 3), "M")
    case = Evaluation.begin(patient, "both", date(2026, 11, 26), kind="re-evaluation")
    window = window_on(qtbot, home, content, case, scale)
    assert window.view is not None
    window.view.header.set_user("Sam Ortiz, PT")
    settle(opened(window, "history"))
    name = window.view.header.name
    assert name.width() >= name.sizeHint().width()


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0], indirect=True)
def test_the_day_of_a_visit_is_whole_on_the_chart(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    case = Evaluation.begin(Patient("Delacroix, Marc", date(1981, 3, 3), "M"), "both", date(2026, 11, 28))
    window = window_on(qtbot, home, content, case, scale)
    window.show_chart(case.patient.id)
    QApplication.processEvents()
    assert window.chart is not None
    day = next(each for each in window.chart.findChildren(GivingLabel) if each.text() == "Nov 28, 2026")
    assert day.width() >= day.sizeHint().width()


@pytest.mark.parametrize("scale", [1.0], indirect=True)
def test_what_the_answers_come_to_moves_nothing_below_it(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    window = window_on(qtbot, home, content, anyone(), scale)
    page = opened(window, "history")
    assert window.view is not None
    session = window.view.session

    def told() -> list[str]:
        settle(page)
        return [each.text() for each in page.findChildren(QLabel) if each.isVisible() and each.text()]

    def heads() -> list[int]:
        settle(page)
        return [group.mapTo(page.inner, QPoint()).y() for group in page.groups]

    before = heads()
    rest_and_wakes: dict[str, Answer | None] = {"nprs-rest": 0, "wakes": "no"}
    for answers in (rest_and_wakes, {"nprs-rest": None}):
        for item_id, answer in answers.items():
            session.answer(item_id, answer)
        said = any(words.startswith("Pain at rest or at night") for words in told())
        assert said is (answers["nprs-rest"] is not None)
        assert heads() == before
    session.answer("load-change", "yes")
    before = heads()
    session.answer("load-old", Quantity(10, "km/week"))
    session.answer("load-new", Quantity(15, "km/week"))
    assert any("Load changed by" in words for words in told())
    assert heads() == before


def click_slowly(window: MainWindow, part: QWidget, at: QPoint) -> None:
    """As a hand does: what the press leads to is there before the release."""
    handle, spot = window.windowHandle(), part.mapTo(window, at)
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=spot)
    QTest.qWait(100)
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=spot)
    QTest.qWait(100)


def test_a_click_right_after_an_impossible_number_is_not_lost(
    dressed: None, qtbot: QtBot, home: Path, content: Content
) -> None:
    """What is said about the number moves the rows below it, but not between press and release."""
    window = window_on(qtbot, home, content, anyone(), 1.0)
    page = opened(window, "history")
    page.focus_item("duration")
    settle(page)
    (duration,) = (
        one for one in page.findChildren(NumberField) if one.accessibleName() == "Pain for how long"
    )
    (worst,) = (one for one in page.findChildren(Editor) if one.item_id == "nprs-worst")
    before = worst.mapTo(page, QPoint())
    QTest.keyClicks(duration.edit, "9999")
    six = next(one for one in worst.findChildren(QAbstractButton) if one.text() == "6")
    click_slowly(window, six, six.rect().center())
    said, below, now = duration.message, worst.mapTo(page, QPoint()), window.view
    assert now is not None
    answers = now.session.evaluation.answers
    duration.clear()  # else closing the window asks about it
    assert window.keep()
    assert answers.get("nprs-worst") == 6
    assert said
    assert below.y() > before.y()


def test_the_rows_below_an_impossible_trial_move_once_the_mouse_is_released(
    dressed: None, qtbot: QtBot, home: Path, content: Content
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "patient-a.toml", content), 1.0)
    assert window.view is not None
    page = window.view.show_step("strength")
    assert isinstance(page, StrengthPage)
    page.focus_item("habd.right")
    settle(page)
    side, below = page.rows["habd"].sides["right"], page.rows["her"]
    before, spot = below.mapTo(page, QPoint()), below.mapTo(window, QPoint(5, 5))
    side.trials[0].edit.setText("99x9")
    QTest.mousePress(window.windowHandle(), Qt.MouseButton.LeftButton, pos=spot)
    side.commit()
    QTest.qWait(100)
    pressed = below.mapTo(page, QPoint())
    QTest.mouseRelease(window.windowHandle(), Qt.MouseButton.LeftButton, pos=spot)
    QTest.qWait(100)
    released = below.mapTo(page, QPoint())
    side.trials[0].clear()  # else closing the window asks about it
    assert window.keep()
    assert pressed == before
    assert released != before


def cut_words(bar: QWidget) -> list[str]:
    """What a bar shows in part only."""
    parts = [one for one in bar.findChildren(QWidget) if one.isVisibleTo(bar)]
    labels = [one for one in parts if isinstance(one, QLabel) and one.text()]
    cut = [one.text() for one in labels if one.width() < one.sizeHint().width()]
    buttons = [one for one in parts if isinstance(one, QAbstractButton)]
    return cut + [one.text() for one in buttons if one.width() < one.sizeHint().width()]


def start_header(qtbot: QtBot, window: MainWindow, settings: Settings, width: int) -> QWidget:
    """The header of a start page as wide as this, whatever it would like."""
    start = StartPage(window.records, settings, signed_in=True)
    qtbot.addWidget(start)
    start.setMinimumSize(*SMALLEST)
    start.resize(width, 768)
    start.show()
    for _ in range(5):
        QApplication.processEvents()
    return start._header


@pytest.mark.parametrize("user", ["Bo", "Ada Morgan, PT", "Alexandra Chen-Montgomery, PT, DPT"])
@pytest.mark.parametrize("scale", [1.5, 2.0], indirect=True)
def test_large_text_cuts_nothing_in_the_headers_whoever_is_signed_in(
    qtbot: QtBot, home: Path, content: Content, scale: float, user: str
) -> None:
    patient = Patient("Practice, Patient", date(2002, 1, 15), "F")
    case = Evaluation.begin(patient, "right", date(2026, 11, 26), kind="re-evaluation")
    window = window_on(qtbot, home, content, case, scale)
    view = window.view
    assert view is not None
    view._who.hide()  # as where somebody signed in
    view.header.set_user(user)
    view.header.kept.set_kept("02:21:47")
    settle(view.show_step("strength"))
    assert cut_words(view.header) == []
    view.toggle_hands()
    assert view.hands is not None
    view.hands.kept.set_kept("02:21:47")
    settle(view.page)
    assert cut_words(view.hands._bar) == []
    view.toggle_hands()
    window.records.account = Account("1", "a", user, "", "administrator")
    settings = Settings(therapist_name=user, clinic_name="Harbor Physical Therapy", text_scale=scale)
    assert cut_words(start_header(qtbot, window, settings, 1366)) == []


@pytest.mark.parametrize("width", [1366, 2560])
@pytest.mark.parametrize("scale", [2.0], indirect=True)
def test_the_acts_of_the_start_page_are_pictures_only_where_there_is_no_room_for_their_words(
    qtbot: QtBot, home: Path, content: Content, scale: float, width: int
) -> None:
    window = window_on(qtbot, home, content, anyone(), scale)
    user = "Nora Newcomer, PT, DPT"
    window.records.account = Account("1", "n", user, "", "administrator")
    settings = Settings(therapist_name=user, clinic_name="Maple Street Physical Therapy", text_scale=scale)
    header = start_header(qtbot, window, settings, width)
    assert cut_words(header) == []
    acts = ["Audit trail", "Manual", "About", "Settings"]
    buttons = [one for one in header.findChildren(QAbstractButton) if one.accessibleName() in acts]
    assert [one.accessibleName() for one in buttons] == acts
    assert [one.text() for one in buttons] == (acts if width > 1366 else [""] * len(acts))
    assert [one.toolTip() for one in buttons] == ([""] * len(acts) if width > 1366 else acts)


@pytest.mark.parametrize("scale", [2.0], indirect=True)
def test_a_clinic_with_a_long_name_cuts_no_act_of_the_start_page(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    window = window_on(qtbot, home, content, anyone(), scale)
    clinic = "Harbor Physical Therapy and Sports Rehabilitation of Lower Michigan"
    settings = Settings(therapist_name="Nora Newcomer, PT, DPT", clinic_name=clinic, text_scale=scale)
    window.records.account = Account("1", "n", settings.therapist_name, "", "administrator")
    header = start_header(qtbot, window, settings, 1366)
    assert cut_words(header) == [clinic]
    assert clinic in [one.toolTip() for one in header.findChildren(QLabel)]


def beside(window: MainWindow, step_id: str) -> Page:
    """The page of a step while it is being made, before anybody went there."""
    view = window.view
    assert view is not None
    view.early.touched_at = 0.0
    while view.early.page is None or view.early.page.step_id != step_id or view.early.page.isHidden():
        view.early.make_some()
    return view.early.page


def test_a_page_that_is_being_made_is_out_of_sight_and_a_key_puts_it_away(
    qtbot: QtBot, home: Path, content: Content
) -> None:
    window = window_on(qtbot, home, content, anyone(), 1.0)
    page = beside(window, "plan")
    assert page.visibleRegion().isEmpty()
    handle = window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Qt.Key.Key_Shift)
    assert page.isHidden()


def test_a_strength_page_that_is_being_made_opens_no_window_of_its_own(
    qtbot: QtBot, home: Path, content: Content
) -> None:
    """It would take the keyboard, and what is typed with it."""
    window = window_on(qtbot, home, content, anyone(), 1.0)
    assert window.view is not None
    page = StrengthPage(window.view.session, window.view.stack)
    next(page.pieces())
    page.set_compact(True)
    assert [each for each in QApplication.topLevelWidgets() if each.isVisible()] == [window]
    page.leave()


def test_a_page_that_is_half_made_when_somebody_goes_there_is_whole_and_in_its_place(
    qtbot: QtBot, home: Path, content: Content
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex1.toml", content), 1.0)
    page = beside(window, "plan")
    assert isinstance(page, PlanPage)
    assert len(page.library.findChildren(LinkButton)) < len(content.exercises)
    assert window.view is not None
    assert window.view.show_step("plan") is page
    settle(page)
    assert page.pos() == QPoint(0, 0)
    assert page.size() == window.view.stack.size()
    assert len(page.library.findChildren(LinkButton)) >= len(content.exercises)


@pytest.mark.parametrize("scale", [2.0], indirect=True)
def test_strength_made_before_anybody_goes_there_has_every_row_within_the_page(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    """Its rows are made one after the other, most of them after the page got its width."""
    window = window_on(qtbot, home, content, read_case(CASES / "patient-a.toml", content), scale)
    view = window.view
    assert view is not None
    beside(window, "strength")
    view.early.touched_at = 0.0
    while view.early.page is not None and view.early.page.step_id == "strength":
        view.early.make_some()
    page = view.show_step("strength")
    settle(page)
    assert isinstance(page, StrengthPage)
    viewport = page.area.viewport()
    rows = [*page.rows.values(), *page.ordinary.values()]
    assert [row for row in rows if row.isVisibleTo(page) and not inside(row, viewport)] == []


def test_no_page_is_shown_beside_the_room_where_a_screen_reader_would_find_it(
    qtbot: QtBot, home: Path, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken, "listens", lambda: True)
    monkeypatch.setattr(spoken, "is_kept_busy", lambda: False)  # on Linux no page is made ahead then
    window = window_on(qtbot, home, content, anyone(), 1.0)
    view = window.view
    assert view is not None
    view.early.touched_at = 0.0
    while view.early.next_step() is not None:
        view.early.make_some()
        assert view.early.page is None or view.early.page.isHidden()


@pytest.mark.parametrize("scale", [2.0], indirect=True)
def test_twice_the_text_cuts_no_title_row_and_no_unfinished_note(
    qtbot: QtBot, home: Path, content: Content, scale: float
) -> None:
    window = window_on(qtbot, home, content, read_case(CASES / "ex1.toml", content), scale)
    view = window.view
    assert view is not None
    for step_id in content.steps:
        page = view.show_step(step_id)
        settle(page)
        tools = [item.widget() for place in range(page.tools.count()) if (item := page.tools.itemAt(place))]
        for tool in (each for each in tools if each is not None and each.isVisible()):
            assert tool.width() >= tool.minimumSizeHint().width(), f"{tool} on {step_id}"
    window.show_start()
    assert window.start is not None
    QApplication.processEvents()
    (area,) = window.start.findChildren(QScrollArea, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert area.horizontalScrollBar().maximum() == 0
