"""The end of care: goals with their values, what goes on at home, and the summary on paper (`cases/discharge.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_answers, read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.follow_up import episode_of, follow_up, visits_of
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.result import PlanOfCare
from evalassist.content import Content
from evalassist.discharge_noting import _months_on
from evalassist.documents import (
    discharge_summary_pdf,
    evaluation_note_pdf,
    handout_pdf,
    lacks,
    make_handout,
)
from evalassist.errors import DocumentError
from evalassist.evaluation import Addendum, Evaluation, PlanEdit, Signature
from evalassist.note import Note, NoteDischarge, SheetForm, read_note
from evalassist.note_text import note_text
from evalassist.noting import clinic_of, note_of
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from evalassist.sheet_checks import sheet_findings
from evalassist.wording.discharge import counted
from ui.dialogs.papers import DischargeDialog
from ui.pages.plan import PlanPage
from ui.pages.review import SignPage
from ui.session import EvaluationSession

pytestmark = [
    pytest.mark.usefixtures("dressed"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

CASES = Path(__file__).parent / "cases"
FILE = CASES / "discharge.toml"
KEYS = new_keys()
SETTINGS = Settings(therapist_name="A. Chen, PT", clinic_name="Riverside", clinic_phone="555-0100")


def cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["cases"]
    return found


def visit(first: Evaluation, weeks: int, kind: str, raw: Mapping[str, Any], content: Content) -> Evaluation:
    made = replace(first, id=f"week {weeks}", visit_date=first.visit_date + timedelta(weeks=weeks), kind=kind)  # type: ignore[arg-type]
    return made.with_answers(read_answers(FILE, dict(raw), content))


def note_at(case: Mapping[str, Any], content: Content) -> Note:
    first = read_case(CASES / f"{case['base']}.toml", content).without_answer(*case.get("unmeasured", []))
    between = [
        visit(first, one["weeks"], "re-evaluation", one["answers"], content)
        for one in case.get("between", [])
    ]
    now = visit(first, case["weeks"], "discharge", case.get("now", {}), content)
    now = now.without_answer(*case.get("gone", [])).with_plan_edit(*case.get("edits", ()))
    earlier = visits_of([first, *between])
    assessment = assess(now, content)
    plan = plan_of_care(now, assessment, content, episode_of(earlier))
    found = follow_up(earlier, now, assessment, content)
    return note_of(now, content, assessment, plan, clinic_of(SETTINGS), found, earlier)


def ended(note: Note) -> NoteDischarge:
    assert note.discharge is not None
    return note.discharge


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_goals_are_judged_as_the_case_says(case: Mapping[str, Any], content: Content) -> None:
    found = {goal.title: goal for goal in ended(note_at(case, content)).goals}
    assert {title: found[title].state for title in case["goals"]} == case["goals"]
    for title, reads in case.get("now_reads", {}).items():
        assert found[title].now == reads
    for title, reads in case.get("last_reads", {}).items():
        assert found[title].last == reads
    for title, aims in case.get("aims", {}).items():
        assert [aim.value for aim in found[title].aims] == aims
    for title, reads in case.get("start_reads", {}).items():
        assert found[title].start == reads
    if "counted" in case:
        assert counted(ended(note_at(case, content))) == case["counted"]


def printed(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(pages).split())


@pytest.fixture
def note(content: Content) -> Note:
    now = {
        "nprs-worst": 1,
        "akps-total": 90,
        "discharge-reason": "goals",
        "visits-attended": 11,
        "discharge-words": "Told Dr. Lee by phone.",
        "upkeep-plan": "yes",
    }
    return note_at({"base": "ex1", "weeks": 12, "now": now}, content)


def test_the_summary_tells_what_was_reached_what_goes_on_and_when_to_come_back(note: Note) -> None:
    told = printed(discharge_summary_pdf(note))
    for words in (
        "Physical therapy discharge summary",
        "March 2, 2026 to May 25, 2026, 12 weeks",
        "11 took place; 12 were planned up to this one",
        "Goals reached",
        "Told Dr. Lee by phone.",
        "Worst pain 6/10 2/10 1/10 met",
        "real and important, better",
        "Clamshell right leg, 3 × 12",
        "3 to 4 of these exercises on 2 days a week",
        "Call us at 555-0100 if Your pain stays worse for 3 days.",
        "You cannot put weight on your leg.",
        "about August 25, 2026",
    ):
        assert words in told, words


def test_a_criterion_that_is_not_known_tells_what_is_missing_and_not_what_would_speak_for_it(
    content: Content,
) -> None:
    measured = {"unit": "N", "trials": [100, 100, 100]}
    both = {f"{group}.{side}": measured for group in ("habd", "her", "kext") for side in ("right", "left")}
    gone = ["hext.right", "hext.left"]
    note = note_at({"base": "ex1", "weeks": 12, "now": both, "gone": gone}, content)
    assert note.follow_up is not None
    [strength] = [each for each in note.follow_up.discharge if each.says.startswith("Hip abductors")]
    assert strength.state == "not known"
    assert strength.because == "missing: hip extension, right and left"


def test_more_exercises_than_an_upkeep_plan_holds_are_warned_of(content: Content) -> None:
    case = {"base": "ex1", "weeks": 12, "now": {"upkeep-plan": "yes"}}
    told = "An upkeep plan of at most 4 exercises is agreed, and 5 stand here: take some out."
    plan = note_at(case, content).plan
    assert plan is not None
    assert told not in plan.warnings
    fuller = note_at({**case, "edits": [PlanEdit("add", "QO02")]}, content).plan
    assert fuller is not None
    assert told in fuller.warnings


def test_note_and_plain_text_hold_the_same_summary(note: Note) -> None:
    for told in (printed(evaluation_note_pdf(note)), " ".join(note_text(note).split())):
        assert "Goals reached" in told
        assert "11 took place" in told
        assert "Your pain stays worse for 3 days." in told


def test_the_last_sheet_speaks_of_no_next_test_and_of_no_start(content: Content) -> None:
    untested = [f"{group}.{side}" for group in ("habd", "her", "hext") for side in ("right", "left")]
    case = {"base": "ex1", "weeks": 12, "gone": untested, "now": {"discharge-reason": "goals"}}
    sheet = printed(handout_pdf(note_at(case, content)))
    assert "We did not test your hip strength today." in sheet
    assert "next visit" not in sheet.split("How your hip helps your knee")[0]
    assert "You can start the hip moves" not in sheet


def test_the_last_sheet_of_a_teenager_does_not_say_to_do_less_sport(content: Content) -> None:
    last = note_at({"base": "ex3", "weeks": 12, "now": {"discharge-reason": "goals"}}, content)
    for form in ("standard", "large"):
        assert "do less running" in printed(
            handout_pdf(last.model_copy(update={"discharge": None}), form=form)
        )
        sheet = printed(handout_pdf(last, form=form))
        assert "do less running" not in sheet
        assert "Get care today if you limp" in sheet


def test_a_discharge_plans_no_visits_goals_or_certification(note: Note, content: Content) -> None:
    told = " ".join(note_text(note).split())
    assert note.plan is not None
    assert note.plan.goals == ()
    assert "Certification:" not in told
    assert "There is no" not in told
    assert note.sheet is not None
    assert note.sheet.retest_date is note.sheet.goal_date is None


def test_an_agreed_upkeep_plan_is_proposed_on_its_days_and_the_sheet_says_them(
    note: Note, content: Content
) -> None:
    assert note.plan is not None
    assert {one.days_per_week for one in note.plan.exercises} == {2}
    assert not [warning for warning in note.plan.warnings if "upkeep" in warning]
    sheet = printed(make_handout(note, "en", "letter").pdf)
    assert "2 days a week" in sheet
    assert "3 days a week" not in sheet
    assert "13 weeks" in sheet
    assert "6 weeks or more" not in sheet
    for visit in ("We will test", "ext visit", "each visit", "More weeks? Ask us", "your visits"):
        assert visit not in sheet
    assert "More weeks? Copy this log." in sheet, "it has fewer than 13"
    assert not [
        one
        for one in sheet_findings(note, content, today=date(2026, 3, 2), lacks=lacks)
        if one.about == "retest"
    ]


@pytest.mark.parametrize("form", ["standard", "large", "moves"])
def test_where_no_upkeep_plan_is_agreed_the_last_sheet_asks_for_no_number_of_weeks(
    content: Content, form: SheetForm
) -> None:
    last = note_at({"base": "ex1", "weeks": 12, "now": {"discharge-reason": "goals"}}, content)
    sheet = printed(handout_pdf(last, form=form))
    assert "It takes about" in sheet
    assert "Give it at least" not in sheet
    assert "weeks or more" not in sheet
    assert "semanas" not in printed(handout_pdf(last, "es", form=form))


def test_more_days_than_an_upkeep_plan_has_are_pointed_out(content: Content) -> None:
    note = note_at(
        {
            "base": "ex1",
            "weeks": 12,
            "now": {"upkeep-plan": "yes"},
            "edits": [PlanEdit("dose", "HA01", field="days_per_week", value=3)],
        },
        content,
    )
    assert note.plan is not None
    assert any("upkeep plan on 2 days a week" in warning for warning in note.plan.warnings)


def test_what_was_not_recorded_is_said_to_be_so(content: Content) -> None:
    told = printed(discharge_summary_pdf(note_at({"base": "ex1", "weeks": 12}, content)))
    assert "how many took place is not recorded" in told
    assert "Why care ends not recorded" in told
    assert "Whether an upkeep plan was agreed is not recorded." in told


def test_the_same_note_gives_the_same_paper_and_a_paper_of_a_draft_says_so(note: Note) -> None:
    assert discharge_summary_pdf(note) == discharge_summary_pdf(note)
    assert "NOT SIGNED" in printed(discharge_summary_pdf(note))
    signed = note.model_copy(
        update={"signed_by": "A. Chen, PT", "signed_at": datetime(2026, 5, 25, 17, tzinfo=UTC)}
    )
    told = printed(discharge_summary_pdf(signed, code="ABCDE-FGHIJ"))
    assert "NOT SIGNED" not in told
    assert "Signed by A. Chen, PT" in told
    assert "Code ABCDE-FGHIJ" in told
    error = Addendum("Another patient.", "A. Chen, PT", datetime(2026, 5, 26, tzinfo=UTC), "entered-in-error")
    assert "ENTERED IN ERROR" in printed(discharge_summary_pdf(signed, addenda=[error]))


def test_only_a_discharge_has_a_summary(content: Content) -> None:
    first = read_case(CASES / "ex1.toml", content)
    assessment = assess(first, content)
    plan = plan_of_care(first, assessment, content)
    with pytest.raises(DocumentError, match="Only a discharge"):
        discharge_summary_pdf(note_of(first, content, assessment, plan, clinic_of(SETTINGS)))


def test_under_18_the_hip_stands_among_what_needs_care_today(content: Content) -> None:
    assert "limp" in " ".join(ended(note_at({"base": "ex3", "weeks": 12}, content)).today)
    assert "limp" not in " ".join(ended(note_at({"base": "ex1", "weeks": 12}, content)).today)


def test_without_a_plan_today_the_patient_goes_on_with_the_last_one_that_was_given(content: Content) -> None:
    now = {"ddx-meniscus": "likely", "discharge-reason": "referred"}
    found = ended(note_at({"base": "ex1", "weeks": 12, "now": now}, content))
    assert found.home_since == date(2026, 3, 2)
    assert "Clamshell" in {line.label for line in found.home}


@pytest.mark.parametrize(
    ("day", "then"),
    [(date(2026, 5, 25), date(2026, 8, 25)), (date(2026, 11, 30), date(2027, 2, 28))],
)
def test_three_months_later_is_a_day_of_the_calendar(day: date, then: date) -> None:
    assert _months_on(day, 3) == then


def test_a_note_signed_before_there_were_summaries_is_read_without_one(note: Note) -> None:
    plain = note.model_dump(mode="json")
    del plain["discharge"]
    assert read_note(Note.model_validate(plain).model_dump_json()).discharge is None


# ---------------------------------------------------------------- in the window


@pytest.fixture
def session(qapp: QApplication, content: Content, tmp_path: Path) -> Iterator[EvaluationSession]:
    first = read_case(CASES / "ex1.toml", content)
    now = replace(visit(first, 12, "discharge", {"nprs-worst": 1}, content), signature=None)
    with Store(tmp_path / "records.db", KEYS) as store:
        store.save(first)
        store.save(now)
        yield EvaluationSession(now, content, store, SETTINGS)


def test_why_care_ends_is_asked_on_the_plan_page_and_goes_into_the_note(
    opened: Any, session: EvaluationSession
) -> None:
    page = opened(PlanPage(session))
    assert page.discharge is not None
    page.discharge.editors["discharge-reason"].tell("plateau")
    field = page.discharge.editors["visits-attended"].control.focusProxy()
    assert page.focus_item("visits-attended")
    QTest.keyClicks(page.window().focusWidget(), "9")
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Return)
    found = ended(session.note())
    assert (found.reason, found.attended) == ("No further gain expected", 9)
    assert field is not None


def test_a_summary_that_is_not_signed_is_not_saved_in_the_place_of_the_signed_one(
    session: EvaluationSession, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed: list[str] = []

    def choose(_parent: object, _title: str, wanted: str, _kinds: str) -> tuple[str, str]:
        proposed.append(Path(wanted).name)
        return str(tmp_path / proposed[-1]), ""

    monkeypatch.setattr("ui.saving.QFileDialog.getSaveFileName", choose)
    for signed in (False, True):
        if signed:
            session.sign()
        paper = DischargeDialog(session)
        qtbot.addWidget(paper)
        (save,) = (each for each in paper.findChildren(QPushButton) if each.text() == "Save as PDF…")
        save.click()
    assert proposed == ["Discharge summary, 2026-05-25, not signed.pdf", "Discharge summary, 2026-05-25.pdf"]
    assert "NOT SIGNED" in printed((tmp_path / proposed[0]).read_bytes())
    assert "NOT SIGNED" not in printed((tmp_path / proposed[1]).read_bytes())


def test_a_re_evaluation_asks_nothing_of_a_discharge(
    opened: Any, session: EvaluationSession, content: Content
) -> None:
    visit = replace(session.evaluation, id="between", kind="re-evaluation")
    session.store.save(visit)
    page = opened(PlanPage(EvaluationSession(visit, content, session.store, SETTINGS)))
    assert page.discharge is None


def test_the_paper_is_offered_where_the_note_is_signed_and_kept_as_it_was(
    opened: Any, session: EvaluationSession, qtbot: Any
) -> None:
    page = opened(SignPage(session))
    assert page.discharge.isVisible()
    assert not page.plan_paper.isVisible()
    with qtbot.waitSignal(page.discharge_wanted):
        page.discharge.click()
    dialog = DischargeDialog(session)
    qtbot.addWidget(dialog)
    assert printed(dialog._pdf).startswith("Physical therapy discharge summary")
    page.leave()


def test_signing_freezes_the_summary(session: EvaluationSession) -> None:
    session.answer("discharge-reason", "goals")
    session.sign()
    assert ended(session.note()).reason == "Goals reached"
    assert session.evaluation.signature is not None
    assert isinstance(session.evaluation.signature, Signature)
    assert isinstance(session.plan, PlanOfCare)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("goals", ["Why care ends: you chose Goals reached; goals: 2 of 9 met, 6 not met, 1 not measured."]),
        ("plateau", []),
    ],
)
def test_goals_said_to_be_reached_that_are_not_are_pointed_out(
    reason: str, said: list[str], content: Content
) -> None:
    now = {"nprs-worst": 1, "akps-total": 90, "discharge-reason": reason}
    made = note_at({"base": "ex1", "weeks": 12, "now": now}, content)
    assert [words for words in made.contradictions if "Why care ends" in words] == said
