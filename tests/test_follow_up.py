"""Later visits as a therapist reviews them (`cases/follow-up.toml`): each rule is seen both ways."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evalassist.case_file import read_answers, read_case, read_log
from evalassist.cli import main
from evalassist.clinical.assessment import assess
from evalassist.clinical.follow_up import FollowUp, episode_of, follow_up, visits_of
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.progression import exercise_course
from evalassist.clinical.result import PlanOfCare
from evalassist.content import Content, load_content
from evalassist.evaluation import Evaluation, ExerciseLog, PlanEdit

CASES = Path(__file__).parent / "cases"
FILE = CASES / "follow-up.toml"


def all_cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["cases"]
    return found


@cache
def judged(name: str) -> FollowUp:
    case = next(case for case in all_cases() if case["name"] == name)
    return look_back(*visits(case))


def visits(case: Mapping[str, Any]) -> tuple[list[Evaluation], Evaluation]:
    """The earlier visits and the one that is judged."""
    content = load_content()
    base = read_case(CASES / f"{case['base']}.toml", content).without_answer(*case.get("then_gone", []))
    edits = [PlanEdit(**edit) for edit in case.get("then_edits", [])]
    first = base.with_answers(answers(case.get("then", {}), content)).with_plan_edits(edits)
    earlier = [first, *(later(first, visit, content) for visit in case.get("between", []))]
    now = later(first, {**case, "answers": case.get("now", {})}, content)
    log = read_log(FILE, case.get("log", []), content)
    kind = case.get("kind", "re-evaluation")
    return earlier, replace(now.without_answer(*case.get("gone", [])), kind=kind, exercise_log=log)


def later(first: Evaluation, visit: Mapping[str, Any], content: Content) -> Evaluation:
    days = visit.get("days", 7 * visit.get("weeks", 0))
    made = replace(
        first, visit_date=first.visit_date + timedelta(days=days), kind="re-evaluation", plan_edits=()
    )
    return made.without_answer("plan-phase").with_answers(answers(visit["answers"], content))


def answers(raw: Mapping[str, Any], content: Content) -> Any:
    return read_answers(FILE, dict(raw), content)


def look_back(earlier: list[Evaluation], now: Evaluation) -> FollowUp:
    content = load_content()
    before = visits_of(earlier)
    assessment = assess(now, content)
    found = follow_up(before, now, assessment, content)
    assert found is not None
    return found


def states(criteria: Any) -> dict[str, str]:
    return {one.exit.id: one.verdict.value if one.verdict else "does not apply" for one in criteria}


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case["name"])
def test_a_later_visit_is_judged_as_the_case_says(case: Mapping[str, Any]) -> None:
    found = judged(case["name"])
    verdicts = {change.id: change.verdict for change in found.since_first}
    for change_id, words in case.get("changes", {}).items():
        assert words in verdicts[change_id]
    if "course" in case:
        assert (found.course.id if found.course else "") == case["course"]
    if "refer" in case:
        assert bool(found.course and found.course.refer) == case["refer"]
    if "new_signs" in case:
        assert list(found.new_signs) == case["new_signs"]
    assert set(case.get("not_known", [])) <= set(found.course_missing)
    moves = {one.planned.exercise.id: one.move for one in found.exercises}
    colours = {one.planned.exercise.id: one.colour for one in found.exercises}
    assert case.get("exercises", {}).items() <= moves.items()
    assert case.get("colours", {}).items() <= colours.items()
    assert case.get("phase", found.phase_in_force) == found.phase_in_force
    assert case.get("exits", {}).items() <= states(found.exits).items()
    assert case.get("discharge", {}).items() <= states(found.discharge).items()


def test_every_rule_of_later_visits_fires_in_one_case_and_is_silent_in_another() -> None:
    content = load_content()
    seen: dict[str, set[bool]] = {}
    for case in all_cases():
        found = judged(case["name"])
        if found.course is not None:
            for course in content.follow_up.courses:
                seen.setdefault(course.id, set()).add(course.id == found.course.id)
        for one in found.exercises:
            if one.colour:
                for colour in content.follow_up.colours:
                    seen.setdefault(colour.id, set()).add(colour.id == one.colour)
            if one.move in ("progress", "hold") and one.colour == "GREEN":
                seen.setdefault(one.asks.code, set()).add(one.move == "progress")
        for name, state in (states(found.exits) | states(found.discharge)).items():
            if state in ("met", "not met"):
                seen.setdefault(name, set()).add(state == "met")
    exits = {row.id for phase in content.plan.phases for row in phase.exits}
    rules = (
        exits
        | {row.id for row in content.follow_up.discharge}
        | {row.id for row in content.follow_up.courses}
        | {row.id for row in content.follow_up.colours}
        | set(content.follow_up.criterion_of)
    )
    assert {rule: seen.get(rule) for rule in rules} == {rule: {True, False} for rule in rules}


def test_a_visit_goes_on_in_the_phase_of_the_last_plan_until_the_therapist_moves_it() -> None:
    content = load_content()
    earlier, now = visits({"base": "ex2", "weeks": 8, "then": {"plan-phase": "3"}})
    episode = episode_of(visits_of(earlier))
    went_on = plan_of_care(now, assess(now, content), content, episode)
    assert isinstance(went_on, PlanOfCare)
    assert went_on.phase == 3
    assert "phase 3, as at the last visit" in {reason.text for reason in went_on.exercises[0].because}
    moved = now.with_answer("plan-phase", "4")
    moved_on = plan_of_care(moved, assess(moved, content), content, episode)
    assert isinstance(moved_on, PlanOfCare)
    assert moved_on.phase == 4


def test_high_irritability_begins_again_with_phase_1() -> None:
    content = load_content()
    earlier, now = visits({"base": "ex2", "weeks": 8, "then": {"plan-phase": "3"}, "now": {"nprs-worst": 8}})
    plan = plan_of_care(now, assess(now, content), content, episode_of(visits_of(earlier)))
    assert isinstance(plan, PlanOfCare)
    assert plan.phase == 1


def test_the_clinic_may_ask_for_another_share_of_strength() -> None:
    earlier, now = visits(
        {"base": "ex1", "weeks": 8, "now": {"hext.left": {"unit": "N", "trials": [116, 116, 116]}}}
    )
    verdict = {change.id: change.verdict for change in look_back(earlier, now).since_first}["hext.left"]
    assert verdict == "real change, better"
    from evalassist.content import content_for

    stricter = now.with_defaults({"strength-change": 20.0})
    content = content_for(stricter)
    assessment = assess(stricter, content)
    found = follow_up(visits_of(earlier), stricter, assessment, content)
    assert found is not None
    verdict = {change.id: change.verdict for change in found.since_first}["hext.left"]
    assert verdict == "no measurable change, within measurement error"


def test_a_change_for_the_worse_is_told_as_such() -> None:
    earlier, now = visits({"base": "ex1", "weeks": 4, "now": {"akps-total": 69, "nprs-worst": 7}})
    told = [reason.text for one in look_back(earlier, now).discharge for reason in one.reasons]
    assert "AKPS worse by 2 since the first visit, below 10" in told


def test_a_first_visit_has_nothing_to_look_back_on() -> None:
    content = load_content()
    first = read_case(CASES / "ex1.toml", content)
    assessment = assess(first, content)
    assert follow_up((), first, assessment, content) is None


def test_one_log_stands_for_one_exercise_and_an_empty_one_goes() -> None:
    evaluation = read_case(CASES / "ex1.toml", load_content())
    logged = evaluation.with_exercise_log(ExerciseLog("HA01", pain=2)).with_exercise_log(
        ExerciseLog("HA01", pain=3)
    )
    assert logged.exercise_log == (ExerciseLog("HA01", pain=3),)
    assert logged.with_exercise_log(ExerciseLog("HA01")).exercise_log == ()


# ---------------------------------------------------------------- command line


def re_evaluation(folder: Path, more: str = "", day: str = "2026-03-30") -> Path:
    text = (CASES / "ex1.toml").read_text(encoding="utf-8").partition("[expect")[0]
    text = text.replace("2026-03-02", day).replace('kind = "initial"', 'kind = "re-evaluation"')
    file = folder / "later.toml"
    file.write_text(text.replace("akps-total = 71", "akps-total = 82") + more, encoding="utf-8")
    return file


def test_the_command_line_looks_back_on_earlier_case_files(tmp_path: Path) -> None:
    case = re_evaluation(tmp_path, '\n[[exercise_log]]\nexercise = "HA01"\npain = 6\nsettled = "hour"\n')
    out = tmp_path / "out"
    assert main(["evaluate", str(case), "--since", str(CASES / "ex1.toml"), "--out", str(out)]) == 0
    concluded = json.loads((out / "assessment.json").read_text(encoding="utf-8"))
    akps = next(row for row in concluded["change"]["since_first"] if row["id"] == "akps")
    assert (akps["gain"], akps["real"], akps["important"]) == (11.0, True, True)
    moves = {one["id"]: one["move"] for one in concluded["progression"]["exercises"]}
    assert moves["HA01"] == "regress"


@pytest.mark.parametrize(
    ("more", "day", "words"),
    [
        ("", "2026-03-01", "does not lie before"),
        ('\n[[exercise_log]]\nexercise = "HA99"\n', "2026-03-30", "HA99"),
        ('\n[[exercise_log]]\nexercise = "HA01"\npain = 11\n', "2026-03-30", "from 0 to 10"),
        ('\n[[exercise_log]]\nexercise = "HA01"\nsettled = "soon"\n', "2026-03-30", "hour, day, longer"),
        ('\n[[exercise_log]]\nexercise = "HA01"\nform = "good"\n', "2026-03-30", "true or false"),
        ('\n[[exercise_log]]\nexercise = "HA01"\nmood = 3\n', "2026-03-30", "not known here"),
        ('\n[[exercise_log]]\nexercise = "HA01"\n' * 2, "2026-03-30", "twice"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: str, day: str, words: str
) -> None:
    case = re_evaluation(tmp_path, more, day)
    since = ["--since", str(CASES / "ex1.toml")]
    assert main(["evaluate", str(case), *since, "--out", str(tmp_path / "out")]) == 2
    assert words in capsys.readouterr().err


def test_an_earlier_visit_of_another_patient_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = re_evaluation(tmp_path)
    since = ["--since", str(CASES / "ex2.toml")]
    assert main(["evaluate", str(case), *since, "--out", str(tmp_path / "out")]) == 2
    assert "another patient" in capsys.readouterr().err


def test_the_lowest_strength_says_of_which_muscles() -> None:
    found = judged("A quadriceps that was not weak at the start needs no second test")
    [strength] = [one for one in found.exits if one.exit.id == "EX3b"]
    assert (
        "96 % of the other side (of hip abduction, hip external rotation, hip extension)"
        in strength.reasons[0].text
    )


def advised_on_a_hold(exercise: str, hold_s: int) -> str:
    """What is advised where the hold was reached in all sets, in two sessions, without pain."""
    content = load_content()
    first = read_case(CASES / "ex1.toml", content).with_plan_edit(
        PlanEdit("add", exercise, reason="asked for"),
        PlanEdit("dose", exercise, field="hold_s", value=hold_s),
    )
    plan = plan_of_care(first, assess(first, content), content)
    assert isinstance(plan, PlanOfCare)
    planned = next(one for one in plan.exercises if one.exercise.id == exercise)
    log = ExerciseLog(exercise, pain=0, settled="hour", sets=6, hold_s=hold_s, twice=True)
    return exercise_course(planned, log, 3, False, content).says


def test_a_hold_at_its_target_is_not_asked_to_grow() -> None:
    assert advised_on_a_hold("CO02", 5) == "Hold 10 s."
    assert advised_on_a_hold("BA01", 20).startswith("Hold 25 s. Hold 5 seconds longer at each step")
    last = [one.id for one in load_content().exercises.values() if one.dose.load == "LR5" and not one.harder]
    told = [advised_on_a_hold("CO02", 10), *(advised_on_a_hold(each, 60) for each in last)]
    assert all("longer" not in says for says in told)
