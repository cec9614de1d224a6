"""The evidence as a therapist looks it up: figures, marks, for and against, and the guideline's word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from windows import window_of

from evalassist.case_file import read_case
from evalassist.clinical.result import PlanOfCare
from evalassist.content import Content
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from ui import style
from ui.dialogs.evidence import DISPUTED, STUDIES, EvidenceDialog
from ui.dialogs.palette import commands, fitting
from ui.main_window import MainWindow
from ui.pages.plan import PlanPage
from ui.widgets.marks import SourceMark

KEYS = new_keys()

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CASES = Path(__file__).parent / "cases"
Look = Callable[..., EvidenceDialog]


@pytest.fixture
def looked(qapp: QApplication, qtbot: QtBot, content: Content) -> Look:
    def show(wanted: str = "") -> EvidenceDialog:
        style.apply_style(qapp)
        dialog = EvidenceDialog(content, wanted=wanted)
        qtbot.addWidget(dialog)
        dialog.resize(1180, 720)
        with qtbot.waitExposed(dialog):
            dialog.show()
        return dialog

    return show


@pytest.fixture
def window(qtbot: QtBot, home: Path, content: Content, tmp_path: Path) -> Iterator[MainWindow]:
    with Store(tmp_path / "records.db", KEYS) as store:
        made = window_of(qtbot, store)
        made.begin(read_case(CASES / "ex1.toml", content))
        yield made
        made.close()


def said(widget: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_brace_finds_that_the_guideline_advises_against_it(looked: Look) -> None:
    dialog = looked()
    QTest.keyClicks(dialog.search, "brace")
    assert dialog.shown_entries() == ["REC05"]
    words = said(dialog)
    assert "DO NOT" in words
    assert "Grade B" in words
    assert "Reported in a secondary source." in words


@pytest.mark.parametrize(
    ("typed", "found"), [("needling", "REC11"), ("manual therapy alone", "REC13"), ("ultrasound", "REC14")]
)
def test_what_a_therapist_may_reach_for_is_found_by_its_name(looked: Look, typed: str, found: str) -> None:
    dialog = looked()
    QTest.keyClicks(dialog.search, typed)
    assert found in dialog.shown_entries()


def test_the_studies_stand_for_and_against_side_by_side(looked: Look) -> None:
    dialog = looked()
    dialog.show_view(STUDIES)
    words = said(dialog)
    for figures in (
        "Effect: MD -3.3 (-5.6 to -1.1)",
        "Effect: MD -1.5 (-2.3 to -0.8)",
        "Effect: AKPS gain 7.6 vs 7.0; difference 0.6 (-2.0 to 3.2); margin +/-8",
        "FOR",
        "AGAINST, OR NEITHER",
        "Against: the claim that a weak hip comes first",
    ):
        assert figures in words


def test_every_statement_has_population_direction_and_source_on_screen(
    looked: Look, content: Content
) -> None:
    dialog = looked()
    dialog.show_view(STUDIES)
    assert sorted(dialog.shown_entries()) == sorted(content.evidence)
    words = said(dialog)
    for one in content.evidence.values():
        assert one.claim in words
        assert f"People: {one.population}" in words
        assert not one.effect or f"Effect: {one.effect}" in words
        assert not one.certainty or f"Certainty: {one.certainty}" in words


def test_where_sources_disagree_the_app_says_what_it_does(looked: Look, content: Content) -> None:
    dialog = looked()
    dialog.show_view(DISPUTED)
    assert sorted(dialog.shown_entries()) == sorted(content.disagreements)
    words = said(dialog)
    for one in content.disagreements.values():
        assert one.says in words
        assert f"What the app does: {one.app}" in words
    assert "Differs from: Manual therapy alone" in words


def test_words_that_only_a_disagreement_has_lead_to_it(looked: Look) -> None:
    dialog = looked()
    QTest.keyClicks(dialog.search, "lower quarter")
    assert dialog.shown_entries() == ["DIS05"]


def test_how_many_exercises_at_home_is_told_with_both_sides(looked: Look) -> None:
    dialog = looked("HOME01")
    words = said(dialog)
    assert "2 or fewer exercises: 86 % did them; 4 or more: 54 %" in words
    assert "Higher exercise dose works better" in words


def test_every_statement_of_a_study_tells_effect_people_certainty_and_source(content: Content) -> None:
    """What the sheet leaves open stays open: the interval of a study that printed none, a cohort's comparison."""
    without_effect = {key for key, one in content.evidence.items() if not one.effect}
    without_certainty = {key for key, one in content.evidence.items() if not one.certainty}
    assert without_effect == {"EV32", "EV33", "HOME03", "HOME04"}
    assert without_certainty == {"HOME02", "HOME03"}
    assert all(one.population and one.cites for one in content.evidence.values())


def test_what_was_not_checked_is_shown_without_a_citation(looked: Look, content: Content) -> None:
    dialog = looked()
    QTest.keyClicks(dialog.search, "acupuncture")
    words = said(dialog)
    assert "not checked against a source" in words
    assert "Willy" not in words


def test_words_that_only_the_studies_have_lead_to_the_studies(looked: Look) -> None:
    dialog = looked()
    QTest.keyClicks(dialog.search, "adolescents")
    assert "EV18" in dialog.shown_entries()
    assert "REC01" not in dialog.shown_entries()


def test_no_statement_says_that_a_weak_hip_caused_the_pain(content: Content) -> None:
    claims = [one.claim.lower() for one in content.evidence.values() if "weak hip" in one.claim.lower()]
    assert claims
    assert all("not a risk factor" in claim for claim in claims)


def test_ctrl_k_brace_leads_to_the_recommendation(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, content: Content
) -> None:
    opened: list[EvidenceDialog] = []
    monkeypatch.setattr(EvidenceDialog, "exec", lambda dialog: opened.append(dialog))
    braces = [one for one in fitting(commands(window), "brace") if one.where.startswith("guideline")]
    (found,) = braces
    assert found.words == content.recommendations["REC05"].intervention
    assert found.where == "guideline: do not"
    found.act()
    assert "REC05" in opened[0].shown_entries()


def test_other_care_leads_to_the_guidelines_word_on_it(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.view is not None
    page = window.view.show_step("plan")
    assert isinstance(page, PlanPage)
    with_brace = next(
        mark for mark in page.findChildren(SourceMark) if "braces" in mark.toolTip() and mark.text() == "B"
    )
    wanted: list[str] = []
    page.evidence_wanted.connect(wanted.append)
    monkeypatch.setattr(EvidenceDialog, "exec", EvidenceDialog.shown_entries)
    with_brace.click()
    page.evidence.click()
    assert wanted == ["REC05", ""]


def test_the_exercises_lead_to_what_they_rest_on(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    assert window.view is not None
    page = window.view.show_step("plan")
    assert isinstance(page, PlanPage)
    wanted: list[str] = []
    page.evidence_wanted.connect(wanted.append)
    monkeypatch.setattr(EvidenceDialog, "exec", EvidenceDialog.shown_entries)
    for words in ("do A", "may A", "study"):
        (link,) = [
            mark for mark in page.findChildren(SourceMark) if mark.text() == words and mark.isVisible()
        ]
        link.click()
    assert wanted == ["REC01", "REC03", "HOME01"]


def test_what_the_guideline_lets_one_do_is_told_without_being_offered(window: MainWindow) -> None:
    assert window.view is not None
    page = window.view.show_step("plan")
    words = said(page)
    assert "guideline: may" in words
    assert "Acupuncture" in words
    assert isinstance(page, PlanPage)
    plan = page.session.plan
    assert isinstance(plan, PlanOfCare)
    assert not any("cupuncture" in advice.title for advice in (*plan.adjuncts, *plan.load_advice))


def test_the_guideline_prefers_the_hip_only_at_the_start_of_hip_first_plans(content: Content) -> None:
    hip_first = {entry.id for entry in content.plan.slot_lists if "REC03" in entry.see}
    assert hip_first == {"HIGH, phase 1", "phase 1"}
    assert all("REC01" in entry.see for entry in content.plan.slot_lists)
