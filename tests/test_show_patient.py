"""The screen for the patient: what it may say, how it is moved, and what it keeps out of sight."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from windows import once_asked, window_of

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.content import load_content
from evalassist.documents import handout_pdf
from evalassist.evaluation import Evaluation, Patient, StrengthTest
from evalassist.explaining import DROPS, SHARES, STEADY, TURNS, explanation_of, why_not_explained
from evalassist.note import Clinic, Language, Note
from evalassist.noting import note_of
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from ui import spoken, style
from ui.app import App
from ui.crash import CrashHook
from ui.pages.door import Door
from ui.pages.handout import HandoutPage
from ui.pages.show import ShowPage
from ui.widgets.hip_knee import HipBars, HipKneeFigure

CASES = Path(__file__).parent / "cases"
STOPPED = {"calf-signs": "yes", "chest-signs": "yes"}
CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
SIZES = ((1366, 768), (1366, 690), (1920, 1080), (960, 540), (1024, 768), (768, 1024))

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def example(name: str) -> Evaluation:
    return read_case(CASES / f"{name}.toml", load_content())


def noted(evaluation: Evaluation) -> Note:
    content = load_content()
    assessment = assess(evaluation, content)
    return note_of(
        evaluation,
        content,
        assessment,
        plan_of_care(evaluation, assessment, content),
        Clinic(name="Riverside"),
    )


def printed(note: Note, language: Language) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(handout_pdf(note, language)))
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


# ---------------------------------------------------------------- what it says


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", ["ex1", "ex2", "ex3"])
def test_the_screen_says_what_the_sheet_says_word_for_word(name: str, language: Language) -> None:
    note = noted(example(name))
    shown, sheet = explanation_of(note, language), printed(note, language)
    said = [shown.title, *(line.words for line in shown.lines), shown.unknown, shown.caption]
    said += [shown.steady, shown.drops, *(label.words for label in shown.labels)]
    if shown.bars:
        said += [shown.bars.heading, shown.bars.stronger, shown.bars.weaker, shown.bars.less, shown.bars.off]
    for words in said:
        assert " ".join(words.split()) in sheet


@pytest.mark.parametrize("name", ["ex1", "ex2", "ex3"])
def test_no_step_of_the_slider_shows_more_than_four_lines_and_each_line_is_shown_somewhere(name: str) -> None:
    shown = explanation_of(noted(example(name)), "en")
    steps = {step: [x for x in shown.lines if x.first <= step <= x.last] for step in range(STEADY, DROPS + 1)}
    assert all(0 < len(lines) <= 4 for lines in steps.values())
    assert {line for lines in steps.values() for line in lines} == set(shown.lines)


def test_bars_are_shown_for_hips_measured_with_a_device() -> None:
    bars = explanation_of(noted(example("ex1")), "en").bars
    assert bars is not None
    assert (bars.stronger, bars.weaker, bars.rest, bars.less) == ("Left hip", "Right hip", 82, "18% less")


@pytest.mark.parametrize(
    "tested",
    [
        pytest.param({}, id="not tested"),
        pytest.param(
            {"habd.right": StrengthTest(grade="4"), "habd.left": StrengthTest(grade="5")}, id="by hand"
        ),
        pytest.param(
            {
                "habd.right": StrengthTest(trials=(82.0,) * 3, unit="N", lever_arm_m=0.78, pain=6),
                "habd.left": StrengthTest(trials=(100.0,) * 3, unit="N", lever_arm_m=0.78),
            },
            id="it hurt to push",
        ),
    ],
)
def test_without_a_number_for_the_sheet_there_are_no_bars(tested: dict[str, StrengthTest]) -> None:
    hips = [key for key in example("ex1").answers if key.startswith(("habd", "her", "hext"))]
    note = noted(example("ex1").without_answer(*hips).with_answers(tested))
    shown = explanation_of(note, "en")
    assert shown.bars is None
    assert "%" not in " ".join((*(line.words for line in shown.lines), shown.caption, shown.unknown))


def test_with_both_knees_sore_the_words_are_those_for_two() -> None:
    shown = explanation_of(noted(example("ex3")), "en")
    assert shown.title == "Your knees hurt.\nWhy work on your hips?"
    assert "Training your hips and your knees together can ease your pain." in [x.words for x in shown.lines]


def test_a_plan_without_hip_moves_does_not_ask_why_the_hip() -> None:
    note = noted(example("ex1"))
    assert note.plan is not None
    knee = tuple(each for each in note.plan.exercises if each.chip == "KNEE")
    shown = explanation_of(
        note.model_copy(update={"plan": note.plan.model_copy(update={"exercises": knee})}), "en"
    )
    assert shown.title == "How your hip and knee work together"
    assert "These moves" not in " ".join(line.words for line in shown.lines) or len(knee) > 1


def test_where_the_safety_screen_stops_there_is_nothing_to_show_and_a_reason() -> None:
    note = noted(example("ex1").with_answers(STOPPED))
    assert note.no_plan_because
    assert why_not_explained(note) == note.no_plan_because


# ---------------------------------------------------------------- how it looks and moves


def page_of(
    qtbot: QtBot, name: str, language: Language = "en", size: tuple[int, int] = (1366, 768)
) -> ShowPage:
    page = ShowPage(explanation_of(noted(example(name)), language))
    qtbot.addWidget(page)
    page.resize(*size)
    with qtbot.waitExposed(page):
        page.show()
    page.slider.setFocus()
    qtbot.waitUntil(lambda: not page.figure.at_work)
    return page


def lines_on(page: ShowPage) -> list[str]:
    return [line.text() for line in page.lines if line.isVisible()]


def test_the_arrows_home_and_end_move_the_hip_and_its_words(dressed: None, qtbot: QtBot) -> None:
    page = page_of(qtbot, "ex1")
    assert "Hip training helps your leg share the load." in lines_on(page)
    QTest.keyClick(page.slider, Qt.Key.Key_End)
    assert page.slider.value() == DROPS
    assert lines_on(page)[1:] == [
        "When the hip muscles get tired, the thigh can roll in.",
        "Then the knee can drift in.",
        "That can change how your kneecap shares the load.",
    ]
    QTest.keyClick(page.slider, Qt.Key.Key_Left)
    QTest.keyClick(page.slider, Qt.Key.Key_Left)
    assert page.slider.value() == SHARES - 1
    assert "That can change how your kneecap shares the load." not in lines_on(page)
    QTest.keyClick(page.slider, Qt.Key.Key_Home)
    QTest.keyClick(page.slider, Qt.Key.Key_Right)
    assert page.slider.value() == 1


def test_a_finger_or_the_mouse_moves_the_hip_anywhere_on_the_line(dressed: None, qtbot: QtBot) -> None:
    page = page_of(qtbot, "ex1")
    slider = page.slider
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, slider.height() // 2))
    assert slider.value() == 5
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, 8))
    QTest.mouseMove(slider, QPoint(slider.width() - 2, 8))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 2, 8))
    assert slider.value() == DROPS
    assert min(slider.height(), page.back.height()) >= 40


def test_moving_takes_less_than_a_frame(dressed: None, qtbot: QtBot) -> None:
    page = page_of(qtbot, "ex1", "es", (1920, 1080))
    best = []
    for step in range(STEADY, DROPS + 1):
        took = []
        for _ in range(5):
            page.slider.setValue(STEADY if step else DROPS)
            QApplication.processEvents()
            began = time.process_time()
            page.slider.setValue(step)
            QApplication.processEvents()
            took.append(time.process_time() - began)
        best.append(min(took))
    assert max(best) < 0.016


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(("name", "language"), [("ex1", "en"), ("ex1", "es"), ("ex3", "es")])
def test_everything_fits_and_nothing_covers_another(
    dressed: None, qtbot: QtBot, name: str, language: Language, size: tuple[int, int]
) -> None:
    page = page_of(qtbot, name, language, size)
    for step in (STEADY, TURNS, DROPS):
        page.slider.setValue(step)
        parts = [part for part in page.findChildren(QWidget) if part.isVisible() and part.parent() is page]
        for at, part in enumerate(parts):
            assert page.rect().contains(part.geometry()), part.accessibleName()
            if isinstance(part, QLabel):
                assert part.heightForWidth(part.width()) <= part.height() + 2, part.text()
            for other in parts[at + 1 :]:
                assert not part.geometry().intersects(other.geometry()), (part, other)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(("name", "language"), [("ex1", "en"), ("ex1", "es"), ("ex2", "es"), ("ex3", "es")])
def test_the_names_of_two_parts_are_read_apart_and_no_line_of_the_figure_strikes_one(
    dressed: None, qtbot: QtBot, name: str, language: Language, size: tuple[int, int]
) -> None:
    page = page_of(qtbot, name, language, size)
    figure, least = page.figure, page.ends[0].font().pixelSize() / 2 - 1
    for step in range(STEADY, DROPS + 1):
        figure.set_step(step)
        names = figure.names()
        for at, (label, words) in enumerate(names):
            assert figure.rect().contains(words.toAlignedRect()), label.words
            for other, near in names[at + 1 :]:
                apart = max(words.top(), near.top()) - min(words.bottom(), near.bottom())
                assert label.inner != other.inner or apart > least, (label.words, other.words)
        figure_top, figure_high = figure._picture().top(), figure._picture().height()
        for label, words in names:
            if label.inner:  # beside the dashed line that shows where the hip was
                assert words.top() > figure_top + 0.119 * figure_high, label.words


def test_it_is_light_and_as_large_in_the_dark_theme_and_at_200_percent(
    qapp: QApplication, qtbot: QtBot
) -> None:
    looks = []
    for dark, scale in ((False, 1.0), (True, 2.0)):
        style.apply_style(qapp, scale=scale, dark=dark)
        page = page_of(qtbot, "ex1")
        image = page.grab().toImage()
        looks.append((image.pixelColor(3, 3).name(), page.lines[0].font().pixelSize()))
        darkest = min(image.pixelColor(x, page.title.y() + 20).lightness() for x in range(620, 900))
        assert darkest < 60
        page.close()
    style.apply_style(qapp)
    assert looks[0] == looks[1]
    assert looks[0][0] == "#ffffff"
    assert looks[0][1] >= 30  # a capital of 6 mm on a 14-inch screen


def test_the_figure_of_a_left_knee_is_that_of_a_right_one_mirrored(dressed: None, qtbot: QtBot) -> None:
    drawn = []
    for mirrored in (False, True):
        shown = explanation_of(noted(example("ex2" if mirrored else "ex1")), "en")
        assert shown.mirrored == mirrored
        figure = HipKneeFigure(shown)
        qtbot.addWidget(figure)
        figure.resize(400, 400)
        figure.show()
        figure.set_step(DROPS)
        drawn.append(figure._draw(DROPS).toImage())
    right, left = drawn
    size = right.size()
    differing = sum(
        abs(right.pixelColor(x, y).lightness() - left.pixelColor(size.width() - 1 - x, y).lightness()) > 128
        for x in range(0, size.width(), 3)
        for y in range(0, size.height(), 3)
    )
    asked = len(range(0, size.width(), 3)) * len(range(0, size.height(), 3))
    assert differing < asked / 100
    assert right != left


def test_every_part_has_a_name_and_the_figure_says_what_it_shows_now(dressed: None, qtbot: QtBot) -> None:
    page = page_of(qtbot, "ex1")
    for part in (page.figure, page.slider, page.bars, page.back):
        assert isinstance(part, QWidget)
        assert part.accessibleName()
    assert "hip is steady" in page.figure.accessibleName()
    page.slider.setValue(DROPS)
    assert "hip drops" in page.figure.accessibleName()
    assert isinstance(page.bars, HipBars)
    assert "Right hip: 82" in page.bars.accessibleName()


def test_the_screen_is_read_aloud_as_it_comes_and_each_step_by_what_is_new(
    dressed: None, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(spoken, "say", lambda _, words: said.append(words))
    page = page_of(qtbot, "ex1")
    assert said[0].startswith("Your knee hurts. Why work on your hip? ")
    assert isinstance(page.bars, HipBars)
    for words in (*lines_on(page), page.bars.accessibleName(), page.figure.accessibleName()):
        assert words in said[0]
    said.clear()
    for _ in range(DROPS):
        QTest.keyClick(page.slider, Qt.Key.Key_Right)
    assert [words for words in said if words] == [
        "When the hip muscles get tired, the thigh can roll in.",
        f"Then the knee can drift in. {page.figure.accessibleName()}",
        "That can change how your kneecap shares the load.",
    ]


# ---------------------------------------------------------------- in the window


class Room:
    """A window with two patients in its records; the second one is here."""

    def __init__(self, qtbot: QtBot, store: Store) -> None:
        self.window = window_of(qtbot, store)

    def begin(self, evaluation: Evaluation) -> None:
        self.window.begin(evaluation)
        QApplication.processEvents()

    def shown(self) -> ShowPage | None:
        page = self.window._stack.currentWidget()
        return page if isinstance(page, ShowPage) else None

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.window.activateWindow()  # off screen a window that changes its state is not active any more
        QApplication.processEvents()
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifiers)
        QApplication.processEvents()


@pytest.fixture
def room(dressed: None, qtbot: QtBot, home: Path) -> Iterator[Room]:
    home.mkdir(parents=True, exist_ok=True)
    with closing(Store(home / "evalassist.db", new_keys())) as store:
        yield Room(qtbot, store)


def test_escape_leads_back_to_the_very_field(room: Room) -> None:
    room.begin(example("ex1"))
    view = room.window.view
    assert view is not None
    view.go_to("squat45-pain")
    field, before = room.window.focusWidget(), room.window.windowState()
    room.press(Qt.Key.Key_F5)
    page = room.shown()
    assert page is not None
    assert room.window.isFullScreen()
    assert room.window.focusWidget() is page.slider
    room.press(Qt.Key.Key_Escape)
    assert room.shown() is None
    assert room.window.windowState() == before
    assert (view.step, view.focused_item(), room.window.focusWidget()) == ("movement", "squat45-pain", field)
    room.press(Qt.Key.Key_F5)  # and once more, to the same key both ways
    assert room.shown() is not None
    room.press(Qt.Key.Key_F5)
    assert room.shown() is None


def test_nothing_of_anybody_is_on_the_screen_and_no_key_brings_it(room: Room) -> None:
    other = Patient("Okafor, Daniel", example("ex2").patient.birth_date, "M", record_number="99-321")
    room.begin(Evaluation.begin(other, "right", example("ex2").visit_date))
    room.begin(example("ex1"))
    room.press(Qt.Key.Key_F5)
    page = room.shown()
    assert page is not None
    said = " ".join(
        f"{part.accessibleName()} {part.toolTip()} {part.text() if isinstance(part, QLabel | QPushButton) else ''}"
        for part in room.window.findChildren(QWidget)
        if part.isVisible()
    )
    for private in ("Okafor", "99-321", example("ex1").patient.name, "A. Chen"):
        assert private not in said
    elsewhere = (
        (Qt.Key.Key_K, CONTROL),
        (Qt.Key.Key_N, CONTROL),
        (Qt.Key.Key_P, CONTROL),
        (Qt.Key.Key_F1, NONE),
        (Qt.Key.Key_F6, NONE),
        (Qt.Key.Key_F8, NONE),
    )
    for key, modifiers in elsewhere:
        room.press(key, modifiers)
        assert QApplication.activeModalWidget() is None
        assert room.shown() is page
    room.press(Qt.Key.Key_Escape)
    told: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        told.append(dialog.windowTitle())
        dialog.close()

    once_asked(look)
    room.press(Qt.Key.Key_F1)
    assert told == ["Keys of this page"]  # afterwards the keys work again


def test_buttons_lead_there_from_assessment_and_handout_while_there_is_a_plan(room: Room) -> None:
    room.begin(example("ex1"))
    view = room.window.view
    assert view is not None
    for step in ("assessment", "handout"):
        page = view.show_step(step)
        QApplication.processEvents()
        (button,) = [
            one
            for one in page.findChildren(QPushButton)
            if one.accessibleName() == "Show the patient" and one.isVisible()
        ]
        button.click()
        assert room.shown() is not None
        room.press(Qt.Key.Key_Escape)
        assert view.step == step
    view.session.answer_all(STOPPED)
    page = view.show_step("assessment")
    assert not [
        one
        for one in page.findChildren(QPushButton)
        if one.accessibleName() == "Show the patient" and one.isVisible()
    ]


def test_while_the_safety_screen_stops_it_says_why_and_shows_nothing(room: Room) -> None:
    room.begin(example("ex1").with_answers(STOPPED))
    told: list[str] = []

    def read() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        told.append(box.informativeText())
        box.close()

    once_asked(read)
    room.press(Qt.Key.Key_F5)
    assert told == [noted(example("ex1").with_answers(STOPPED)).no_plan_because]
    assert room.shown() is None
    assert not room.window.isFullScreen()


def test_it_speaks_the_language_chosen_for_the_handout(room: Room) -> None:
    room.begin(example("ex1"))
    view = room.window.view
    assert view is not None
    page = view.show_step("handout")
    assert isinstance(page, HandoutPage)
    page.language.choose("es")
    room.press(Qt.Key.Key_F5)
    shown = room.shown()
    assert shown is not None
    assert shown.title.text().startswith("Le duele la rodilla.")


def test_the_lock_works_from_there_and_leads_back_to_the_evaluation(
    home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, first_run: Callable[[App], None]
) -> None:
    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    app = App()
    window = app.window
    qtbot.addWidget(
        window, before_close_func=lambda w: setattr(w.leaving, "ask_to_lose", lambda *_, **__: True)
    )
    window.show()
    window.activateWindow()
    first_run(app)
    window.begin(example("ex1"))
    assert window.view is not None
    window.view.go_to("squat45-pain")
    window.show_patient()
    shown = window._stack.currentWidget()
    assert isinstance(shown, ShowPage)
    QTest.keyClick(shown.slider, Qt.Key.Key_L, CONTROL)
    assert isinstance(window._stack.currentWidget(), Door)
    assert not shown.isVisible()
    assert not window.isFullScreen()
    assert window.waiting.left[0].item == "squat45-pain"
    qtbot.waitUntil(lambda: window.view is None)
    window.close()
    app.close()
