"""Assessment and plan as plain data, for scripts and tests: the shape of `assessment.json` and `plan.json`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from evalassist.clinical.assessment import not_decided
from evalassist.clinical.change import Change
from evalassist.clinical.differentials import Cause, causes
from evalassist.clinical.follow_up import Criterion, FollowUp
from evalassist.clinical.opposing import against
from evalassist.clinical.result import (
    Advice,
    Assessment,
    Complexity,
    Conclusion,
    Goal,
    GroupStrength,
    PlannedExercise,
    PlanOfCare,
    SideStrength,
    Verdict,
)
from evalassist.content import Content
from evalassist.evaluation import SIDES, Evaluation


def assessment_json(evaluation: Evaluation, assessment: Assessment, content: Content) -> dict[str, Any]:
    """Everything concluded, unrounded; what could not be known is null, never 0."""
    open_things = [
        *({"what": c.id, "missing": list(missing)} for c, missing in not_decided(assessment)),
        *({"what": c.id, "missing": list(c.missing)} for c in assessment.open_flags),
    ]
    if assessment.irritability_missing:
        open_things.append({"what": "irritability", "missing": list(assessment.irritability_missing)})
    return {
        "content_release": content.release.version,
        "sore_knee": evaluation.sore_knee,
        "action": assessment.action,
        "red_flags": [
            _conclusion(c) | {"flag": c.rule.flag, "level": c.rule.level} for c in assessment.red_flags
        ],
        "diagnostic_criteria_met": [c.id.upper() for c in assessment.criteria if c.met],
        "pfp": {Verdict.MET: True, Verdict.NOT_MET: False}.get(assessment.pfp),
        "irritability": assessment.irritability,
        "irritability_found": assessment.irritability_found,
        "subcategories": list(assessment.subcategories),
        "primary": assessment.primary,
        "modifiers": list(assessment.modifiers),
        "muscle_performance": assessment.muscle_performance,
        "scores": {name: score.value for name, score in assessment.scores.items()},
        "strength": {
            name: _strength(group) for name, group in assessment.strength.items() if group.right or group.left
        },
        "flags": list(assessment.flags),
        "not_decided": open_things,
        "contradictions": [{"text": c.text, "items": list(c.items)} for c in assessment.contradictions],
        "reasons": {
            c.id: _conclusion(c)
            | {"against": [r.text for r in against(assessment, c.id, evaluation.sore_sides)]}
            for c in assessment.conclusions.values()
            if c.rule.kind != "red-flag"
        },
        "causes": {
            cause.differential.id: _cause(cause)
            for cause in causes(evaluation, assessment.known, content).values()
        },
    }


def change_json(found: FollowUp) -> dict[str, Any]:
    """What changed since the first and the last visit; a value that was not measured is null."""
    return {
        "first_visit": _day(found.first),
        "last_visit": _day(found.last),
        "since_first": [_change(change) for change in found.since_first],
        "since_last": [_change(change) for change in found.since_last],
        "new_signs": list(found.new_signs),
    }


def progression_json(found: FollowUp) -> dict[str, Any]:
    """The course, each exercise of the plan in force, and the criteria to go on and to end the care."""
    course = found.course
    return {
        "course": None if course is None else {"id": course.id, "title": course.title, "says": found.advice},
        "because": [reason.text for reason in found.course_reasons],
        "missing": list(found.course_missing),
        "refer_back": course is not None and course.refer,
        "refer_back_from": _day(found.refer_back_from),
        "refer_back_by": _day(found.refer_back_by),
        "phase_in_force": found.phase_in_force,
        "next_phase": found.next_phase,
        "exercises": [
            {
                "id": one.planned.exercise.id,
                "move": one.move,
                "log": one.colour or None,
                "says": one.says,
                "rule": one.rule,
                "because": [reason.text for reason in one.because],
                "missing": list(one.missing),
                "to": one.to or None,
                "mark": one.mark,
                "cites": list(one.cites),
            }
            for one in found.exercises
        ],
        "exit_criteria": [_criterion(criterion) for criterion in found.exits],
        "discharge_criteria": [_criterion(criterion) for criterion in found.discharge],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "then": change.then or None,
        "now": change.now or None,
        "gain": change.gain,
        "direction": change.direction,
        "real": change.real,
        "important": change.important,
        "limits": change.limits,
        "verdict": change.verdict,
    }


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {
        "id": criterion.exit.id,
        "says": criterion.exit.says,
        "verdict": "does not apply" if criterion.verdict is None else criterion.verdict.value,
        "because": [reason.text for reason in criterion.reasons],
        "missing": list(criterion.missing),
    }


def plan_json(plan: PlanOfCare) -> dict[str, Any]:
    """The plan with its reasons, in the order of its slots."""
    schedule, certification = plan.schedule, plan.certification
    return {
        "phase": plan.phase,
        "pain_cap": plan.pain_cap,
        "effort": plan.effort,
        "hip_order": list(plan.hip_order),
        "exercises": [_exercise(planned) for planned in plan.exercises],
        "next_phase": list(plan.next_phase),
        "ended": list(plan.ended),
        "education": _advice(plan.education),
        "running": _advice(plan.running),
        "load_advice": _advice(plan.load_advice),
        "certification": {
            "applies": certification.applies,
            "text": certification.text,
            "due": _day(certification.due),
            "starts": _day(certification.starts),
            "ends": _day(certification.ends),
            "recertification_warning": _day(certification.recertification_warning),
            "conservative_limit": _day(certification.conservative_limit),
            "renews": certification.renews,
            "signature_needed": certification.signature_needed,
            "rules": list(certification.rules),
        },
        "adjuncts": _advice(plan.adjuncts),
        "not_advised": _advice(plan.not_advised),
        "goals": [_goal(goal) for goal in plan.goals],
        "dropped_goals": [{"id": goal.id, "why": why} for goal, why in plan.dropped_goals],
        "schedule": {
            "id": schedule.id,
            "text": schedule.text,
            "visits": schedule.visits,
            "weeks": schedule.weeks,
            "starts": _day(schedule.starts),
            "ends": _day(schedule.ends),
            "because": schedule.because,
            "progress_report": schedule.progress_report,
            "home_exercise_from_week": schedule.home_exercise_from_week,
            "report_day": schedule.report_day,
            "report_by": _day(schedule.report_by),
            "proposed": schedule.proposed or schedule.text,
        },
        "codes": [
            {
                "code": c.code,
                "label": c.label,
                "because": c.because,
                "kind": c.kind,
                "offered": c.offered,
                "chosen": c.chosen,
                "minutes": c.minutes,
                "units": c.units if c.minutes is not None else None,
            }
            for c in plan.codes
        ],
        "complexity": _complexity(plan.complexity),
        "session": {
            "timed_minutes": plan.session.minutes,
            "units": plan.session.units,
            "rule": plan.session.rule,
            "equal_claim": list(plan.session.choose),
            "whole_minutes": plan.session.whole,
        },
        "refused": [{"id": r.exercise_id, "why": r.why, "kind": r.kind} for r in plan.refused],
        "warnings": list(plan.warnings),
        "left_out": list(plan.left_out),
        "precautions": list(plan.precautions),
        "not_decided": list(plan.not_decided),
        "minutes": plan.minutes,
    }


def _conclusion(conclusion: Conclusion) -> dict[str, Any]:
    return {
        "id": conclusion.id,
        "title": conclusion.rule.title,
        "verdict": conclusion.verdict.value,
        "sides": list(conclusion.sides),
        "because": [reason.text for reason in conclusion.reasons],
        "missing": list(conclusion.missing),
        "grade": conclusion.rule.grade,
        "mark": conclusion.rule.mark,
        "cites": list(conclusion.rule.cites),
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "title": cause.differential.title,
        "word": cause.word,
        "for": [reason.text for reason in cause.speaks_for],
        "against": [reason.text for reason in cause.speaks_against],
        "not_tested": list(cause.not_tested),
    }


def _strength(group: GroupStrength) -> dict[str, Any]:
    sides: dict[str, Any] = {
        side: _side(tested) for side in SIDES if (tested := group.side(side)) is not None
    }
    return {
        **sides,
        "symmetry": group.symmetry_percent,
        "asymmetry": group.asymmetry_percent,
        "weaker": group.weaker,
        "within_tester_error": group.within_tester_error,
    }


def _side(tested: SideStrength) -> dict[str, Any]:
    return {
        "max": max(tested.trials, default=None),
        "score": tested.score,
        "unit": "Nm" if tested.in_torque else "N",
        "cv": tested.cv_percent,
        "reliable": tested.reliable,
        "torque": tested.torque_nm,
        "torque_per_kg": tested.torque_nm_per_kg,
        "percent_body_weight": tested.percent_body_weight,
        "z": tested.z,
        "grade": tested.grade,
        "pain": tested.pain,
        "pain_inhibited": tested.pain_inhibited,
        "not_tested": tested.not_tested,
    }


def _exercise(planned: PlannedExercise) -> dict[str, Any]:
    dose = planned.dose
    return {
        "id": planned.exercise.id,
        "slot": planned.slot,
        "side": planned.side,
        "sets": dose.sets,
        "reps": dose.reps,
        "hold_s": dose.hold_s,
        "rest_s": dose.rest_s,
        "days_per_week": dose.days_per_week,
        "load": dose.load,
        "because": [reason.text for reason in planned.because],
        "edited": planned.edited,
    }


def _goal(goal: Goal) -> dict[str, Any]:
    return {
        "id": goal.id,
        "title": goal.title,
        "measure": goal.measure,
        "baseline": goal.baseline,
        "short": goal.short,
        "short_weeks": goal.short_weeks,
        "long": goal.long,
        "unit": goal.unit,
        "sentences": list(goal.sentences),
        "note": goal.note,
        "warning": goal.warning,
        "edited": goal.edited,
    }


def _complexity(complexity: Complexity | None) -> dict[str, Any] | None:
    if complexity is None:
        return None
    components = [
        {"title": c.title, "value": c.value or None, "level": c.level, "item": c.item}
        for c in complexity.components
    ]
    return {"code": complexity.code or None, "components": components}


def _advice(advice: Iterable[Advice]) -> list[dict[str, Any]]:
    return [
        {
            "id": a.id,
            "title": a.title,
            "because": a.because,
            "recommendation": a.recommendation,
            "limit": a.limit,
        }
        for a in advice
    ]


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
