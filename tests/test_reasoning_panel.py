"""The reasoning beside the pages: where its lines lead, by keyboard alone, and folded as it was left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from windows import follow, window_of

from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.evaluation import Evaluation, Opinion
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from ui.evaluation_view import EvaluationView
from ui.widgets.marks import ReasonLink, SourceMark
from ui.widgets.panel_lines import PanelLines

CASES = Path(__file__).parent / "cases"
TAB, ENTER = Qt.Key.Key_Tab, Qt.Key.Key_Return

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Desk:
    """A window with one evaluation open, and hands at its keyboard."""

    def __init__(self, qtbot: QtBot, store: Store) -> None:
        self.window = window_of(qtbot, store)

    def begin(self, evaluation: Evaluation) -> None:
        self.window.begin(evaluation)
        self.window.activateWindow()
        follow()

    @property
    def view(self) -> EvaluationView:
        assert self.window.view is not None
        return self.window.view

    @property
    def at(self) -> QWidget | None:
        return self.window.focusWidget()

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.at or self.window, key)
        follow()

    def said(self) -> str:
        follow()
        panel = self.view.panel
        parts: list[QLabel | ReasonLink] = [*panel.findChildren(QLabel), *panel.findChildren(ReasonLink)]
        return "\n".join(part.text() for part in parts if part.isVisible())

    def controls(self) -> list[QWidget]:
        """Reasons and marks of the panel as they are seen, from the top down and the left."""
        panel = self.view.panel
        found = [*panel.findChildren(ReasonLink), *panel.findChildren(SourceMark)]
        shown = [one for one in found if one.isVisible()]
        return sorted(shown, key=lambda one: (one.mapTo(panel, QPoint(0, one.height() // 2)).y(), one.x()))


@pytest.fixture
def desk(dressed: None, qtbot: QtBot, home: Path) -> Iterator[Desk]:
    home.mkdir(parents=True, exist_ok=True)
    with closing(Store(home / "evalassist.db", new_keys())) as store:
        yield Desk(qtbot, store)


def example(name: str) -> Evaluation:
    return read_case(CASES / f"{name}.toml", load_content())


# ---------------------------------------------------------------- where its lines lead


@pytest.mark.parametrize(
    "evaluation",
    [
        pytest.param(example("ex1"), id="all answered"),
        pytest.param(example("ex1").with_opinion("MPD", Opinion(False, "little effort")), id="own word"),
        pytest.param(example("ex1").without_answer("settle-h", "habd.right", "nprs-worst"), id="gaps"),
        pytest.param(example("ex1").with_answer("ddx-patellar-tendon", "possible"), id="other cause"),
        pytest.param(example("ex1").with_answers({"hot-joint": "yes"}), id="stopped"),
        pytest.param(example("ex3").without_answer("limp-now"), id="hip screen first"),
    ],
)
def test_every_reason_leads_to_its_item_and_puts_the_keyboard_on_it(
    desk: Desk, evaluation: Evaluation
) -> None:
    desk.begin(evaluation)
    for step in ("assessment", "history"):
        asked = [
            line
            for line in PanelLines(desk.view.session, step).reasoning()
            if line.kind == "reason" and line.item not in desk.view.session.content.steps
        ]
        assert asked
        for line in asked:
            desk.view.go_to(line.item)
            assert desk.view.step == desk.view.way.step_of(line.item), line.text
            assert desk.at is not None
            assert desk.view.page.isAncestorOf(desk.at), line.text


def test_a_word_that_is_still_asked_for_is_reached_from_the_panel(desk: Desk) -> None:
    desk.begin(example("ex1"))
    desk.view.show_step("assessment")
    QApplication.processEvents()
    wanted = "Accept or disagree: muscle performance deficits"
    link = next(one for one in desk.view.panel.findChildren(ReasonLink) if one.text() == wanted)
    link.setFocus()
    desk.press(ENTER)
    card = desk.view.page.cards["MPD"]  # type: ignore[attr-defined]  # the assessment page has them
    assert desk.at is not None
    assert card.isAncestorOf(desk.at)


def test_a_cause_held_possible_is_told_with_what_speaks_for_and_against_it(desk: Desk) -> None:
    desk.begin(example("ex1"))
    assert "possible" not in desk.said()
    desk.view.session.answer_all({"ddx-patellar-tendon": "possible", "decline-squat.right": "positive"})
    QApplication.processEvents()
    said = desk.said()
    assert "Patellar tendinopathy: possible" in said
    assert "for: single-leg decline squat" in said
    assert "against: no pain at the lower pole" in said
    desk.view.session.answer("ddx-patellar-tendon", "excluded")
    assert "Patellar tendinopathy" not in desk.said()


# ---------------------------------------------------------------- by keyboard


def test_one_key_goes_to_the_reasons_and_back_to_the_same_field(desk: Desk) -> None:
    desk.begin(example("ex1"))
    desk.view.go_to("nprs-worst")
    field = desk.at
    desk.press(Qt.Key.Key_F9)
    assert desk.at is next(one for one in desk.controls() if isinstance(one, ReasonLink))
    desk.press(TAB)
    desk.press(Qt.Key.Key_F9)
    assert desk.at is field
    desk.press(Qt.Key.Key_F9)
    desk.press(Qt.Key.Key_Escape)
    assert desk.at is field


def test_tab_reaches_every_reason_and_source_from_the_top_down_even_after_a_change(desk: Desk) -> None:
    desk.begin(example("ex1"))
    desk.view.session.answer_all({"nprs-worst": 9.0, "habd.right": None})
    desk.view.session.answer("settle-h", None)
    QApplication.processEvents()
    desk.press(Qt.Key.Key_F9)
    seen = []
    while desk.at is not None and desk.view.panel.isAncestorOf(desk.at) and desk.at not in seen:
        seen.append(desk.at)
        desk.press(TAB)
    wanted = desk.controls()
    assert len(wanted) > 8
    assert seen == wanted[wanted.index(seen[0]) :]
    desk.press(Qt.Key.Key_F9)
    desk.press(Qt.Key.Key_Backtab)  # and what stands above the first reason
    assert desk.at not in seen


def test_a_reason_that_has_the_keyboard_keeps_it_while_the_findings_change(desk: Desk) -> None:
    desk.begin(example("ex1"))
    desk.press(Qt.Key.Key_F9)
    worst = next(one for one in desk.controls() if isinstance(one, ReasonLink) and "Worst pain" in one.text())
    worst.setFocus()
    desk.view.session.answer("nprs-worst", 9.0)
    QApplication.processEvents()
    assert desk.at is not None
    assert desk.view.panel.isAncestorOf(desk.at)


def test_a_source_is_opened_scrolled_and_closed_by_keyboard_and_leaves_off_where_it_began(desk: Desk) -> None:
    desk.window.resize(1366, 560)
    desk.begin(example("ex1"))
    mark = next(one for one in desk.controls() if "CPG19 B" in one.accessibleName())
    name = mark.accessibleName()
    mark.setFocus()
    desk.press(ENTER)
    said = desk.said()
    for part in (
        "SOURCE",
        "Willy et al. 2019",
        "doi ",
        "Grade B of the guideline.",
        "HOW SURE",
        "What was read",
    ):
        assert part in said
    assert "USED HERE FOR" in said
    assert desk.at is not None
    assert desk.at.accessibleName() == "Back to the reasoning"
    assert desk.view.panel._area.verticalScrollBar().value() == 0
    desk.press(Qt.Key.Key_PageDown)
    assert desk.view.panel._area.verticalScrollBar().value() > 0
    desk.press(Qt.Key.Key_Escape)
    assert "REASONING" in desk.said()
    assert desk.at.accessibleName() == name


# ---------------------------------------------------------------- folding


def fold_button(desk: Desk) -> QToolButton:
    return next(
        one
        for one in desk.view.panel.findChildren(QToolButton)
        if one.accessibleName() == "Fold the reasoning away"
    )


def reasoning_button(desk: Desk) -> QPushButton:
    return next(one for one in desk.view.page.findChildren(QPushButton) if one.text() == "Reasoning")


def test_what_was_folded_stays_folded_on_every_step_and_in_the_next_evaluation(desk: Desk) -> None:
    desk.begin(example("ex1"))
    assert desk.view.panel.isVisible()
    fold_button(desk).click()
    for step in ("history", "strength", "safety"):
        desk.view.show_step(step)
        assert not desk.view.panel.isVisible()
        assert reasoning_button(desk).isVisible()
    desk.begin(example("ex2"))
    assert not desk.view.panel.isVisible()
    reasoning_button(desk).click()
    desk.view.show_step("history")
    assert desk.view.panel.isVisible()


def test_on_a_small_window_it_lies_over_the_page_until_a_reason_is_followed(desk: Desk) -> None:
    desk.window.resize(1100, 640)
    desk.begin(example("ex1"))
    assert not desk.view.panel.isVisible()
    reasoning_button(desk).click()
    assert desk.view.panel.isVisible()
    link = next(one for one in desk.controls() if isinstance(one, ReasonLink) and "Worst pain" in one.text())
    link.click()
    assert not desk.view.panel.isVisible()
    assert desk.view.focused_item() == "nprs-worst"
    desk.window.resize(1366, 768)
    follow()
    assert desk.view.panel.isVisible()  # where there is room nobody folded it


def test_the_key_unfolds_it_for_as_long_as_the_keyboard_is_there(desk: Desk) -> None:
    desk.begin(example("ex1"))
    fold_button(desk).click()
    desk.view.go_to("nprs-worst")
    field = desk.at
    desk.press(Qt.Key.Key_F9)
    assert desk.view.panel.isVisible()
    assert isinstance(desk.at, ReasonLink)
    desk.press(Qt.Key.Key_Escape)
    assert not desk.view.panel.isVisible()
    assert desk.at is field


def test_folding_by_keyboard_leaves_the_keyboard_on_the_page(desk: Desk) -> None:
    desk.begin(example("ex1"))
    desk.view.go_to("nprs-worst")
    field = desk.at
    desk.press(Qt.Key.Key_F9)
    fold_button(desk).setFocus()
    desk.press(Qt.Key.Key_Space)
    assert not desk.view.panel.isVisible()
    assert desk.at is field
