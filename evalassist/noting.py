"""From an evaluation, its assessment and its plan to the note: every text frozen as it reads today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

from evalassist.clinical.assessment import CODES, IRRITABILITY, not_decided
from evalassist.clinical.case import case_of, why_not
from evalassist.clinical.change import Visit
from evalassist.clinical.differentials import Cause, causes
from evalassist.clinical.discharge import contradictions_with
from evalassist.clinical.edits import reason_missing
from evalassist.clinical.facts import as_typed
from evalassist.clinical.follow_up import FollowUp
from evalassist.clinical.found import hip_finding, step_down_sides
from evalassist.clinical.given import target_text
from evalassist.clinical.opposing import against
from evalassist.clinical.progress import accepted_ids
from evalassist.clinical.progress import shown as is_shown
from evalassist.clinical.progression import load_rule
from evalassist.clinical.red_flags import found_in
from evalassist.clinical.result import (
    Advice,
    Assessment,
    Code,
    Conclusion,
    Goal,
    NoPlan,
    PlannedExercise,
    PlanOfCare,
    Schedule,
    Verdict,
)
from evalassist.clinical.schedule import day_in_words
from evalassist.content import Content
from evalassist.discharge_noting import discharge_note
from evalassist.evaluation import Evaluation, ItemId, Quantity
from evalassist.findings import not_tested_lines, screen_answered, sections
from evalassist.follow_up_noting import follow_up_note
from evalassist.note import (
    Clinic,
    Found,
    Language,
    Line,
    Note,
    NoteAdvice,
    NoteCause,
    NoteCode,
    NoteConclusion,
    NoteExercise,
    NoteGoal,
    NotePlan,
    NoteReason,
    Sheet,
)
from evalassist.settings import Settings
from evalassist.wording.findings import how_soon
from evalassist.words import lower_first

ACTION_TEXT = {
    "EMERGENCY": "Emergency department now. No plan of care, no exercise sheet.",
    "URGENT": "Medical contact {how_soon}. No plan of care, no exercise sheet.",
    "REFER": "Referral within days to two weeks. No exercise plan until cleared.",
    "CAUTION": "Care goes on with caution.",
    "NONE": "Safety screen negative.",
    None: "Safety screen not finished.",
}
WEEKS_AT_LEAST = 6
RETEST_AFTER = timedelta(weeks=4)
NOTED_KINDS = ("criterion", "irritability", "subcategory", "modifier", "flag")
FOOT_AND_LENGTH = ("mob-hyper", "mob-hypo")
"""The guideline's mobility subcategory is told as its two kinds, on which the therapist gives an opinion."""
STILL_NAMED = ("phase", "slot", "label")
"""An exercise left out for these may stand on a card as easier or harder; for anything else it may not."""
RUNNING_LEVELS = "RN01"
"""The walk-and-jog levels: for runners who stopped (plan of care LM06)."""
ORDER_SUFFICES = "CER09"
LATEX = "P17"
"""The precaution of every exercise that is done with a band."""
LYING = ("supine", "prone", "side-lying", "plank", "quadruped")


def clinic_of(settings: Settings) -> Clinic:
    """What the documents print of the clinic and the therapist."""
    return Clinic(
        name=settings.clinic_name,
        phone=settings.clinic_phone,
        address=settings.clinic_address,
        therapist=settings.therapist_name,
        licence=settings.licence,
    )


def note_of(
    evaluation: Evaluation,
    content: Content,
    assessment: Assessment,
    plan: PlanOfCare | NoPlan,
    clinic: Clinic,
    follow_up: FollowUp | None = None,
    earlier: Sequence[Visit] = (),
) -> Note:
    """The note of this visit as it reads now; signing stores exactly this. `earlier` are the visits before it."""
    signature = evaluation.signature
    planned = plan if isinstance(plan, PlanOfCare) else None
    waits = assessment.hip_first
    answered, asked = screen_answered(content.steps["safety"], evaluation, assessment)
    not_again = follow_up.not_again if follow_up else frozenset[ItemId]()
    concluded = [] if waits else [c for c in assessment.conclusions.values() if _is_noted(c, not_again)]
    other_causes = {} if waits else causes(evaluation, assessment.known, content)
    return Note(
        release=content.release.version,
        evidence_checked=content.release.evidence_checked,
        evaluation_id=evaluation.id,
        patient_name=evaluation.patient.name,
        birth_date=evaluation.patient.birth_date,
        sex=evaluation.patient.sex,
        age=evaluation.age_years,
        record_number=evaluation.patient.record_number,
        sore_knee=evaluation.sore_knee,
        worse_knee=evaluation.worse_knee or "",
        kind=evaluation.kind,
        visit_date=evaluation.visit_date,
        clinic=clinic,
        signed_by=signature.clinician if signature else "",
        signed_licence=signature.licence if signature else "",
        signed_by_student=signature.student if signature else False,
        signed_at=signature.signed_at if signature else None,
        action=assessment.action,
        action_text=ACTION_TEXT[assessment.action].format(
            how_soon=how_soon(flag.rule.do_now for flag in assessment.stops)
        ),
        red_flags=tuple(_conclusion(c, evaluation, assessment, content) for c in assessment.red_flags),
        found_in=found_in(assessment.red_flags, content),
        screen_answered=answered,
        screen_asked=asked,
        sections=sections(evaluation, assessment, content),
        not_tested=not_tested_lines(evaluation, content),
        pfp=assessment.pfp.value,
        hip_first=waits.words if waits else "",
        pfp_disagrees_because=_disagreement(assessment),
        confirmed=all(said in assessment.opinions for said in accepted_ids(assessment)),
        conclusions=tuple(_conclusion(c, evaluation, assessment, content) for c in concluded),
        causes=tuple(_cause(c, content) for c in other_causes.values() if c.near),
        irritability="" if waits else assessment.irritability or "",
        irritability_taken=assessment.irritability_taken,
        irritability_found=(assessment.irritability_found or "") if assessment.irritability_by_hand else "",
        irritability_because=assessment.opinions[IRRITABILITY].reason
        if assessment.irritability_by_hand
        else "",
        irritability_missing=tuple(content.label(item_id) for item_id in assessment.irritability_missing),
        subcategories=assessment.agreed,
        primary=assessment.primary or "",
        modifiers=assessment.modifiers,
        muscle_performance=assessment.muscle_performance or "",
        impression=evaluation.impression,
        not_decided=tuple(_still_open(assessment, content, not_again)),
        contradictions=tuple(
            found.text for found in contradictions_with(earlier, evaluation, assessment, follow_up, content)
        ),
        no_plan_because=plan.why if isinstance(plan, NoPlan) else "",
        plan=_noted_plan(planned, evaluation, assessment, content) if planned else None,
        sheet=_sheet(planned, evaluation, assessment, content, earlier) if planned else None,
        references=_references(concluded, content),
        follow_up=follow_up_note(follow_up, evaluation, planned, content) if follow_up else None,
        discharge=discharge_note(follow_up, earlier, evaluation, assessment, planned, content)
        if follow_up and evaluation.kind == "discharge"
        else None,
        defaults=_set_otherwise(content),
    )


def _set_otherwise(content: Content) -> tuple[Line, ...]:
    return tuple(
        Line(label=d.title, value=f"{d.words(content.numbers[d.id])} (app default {d.words(d.value)})")
        for d in content.defaults.values()
        if content.numbers[d.id] != d.value
    )


def _disagreement(assessment: Assessment) -> str:
    """Why the therapist does not conclude patellofemoral pain; empty when nothing of the kind was said."""
    return (assessment.opinions["pfp"].reason or "no reason given") if assessment.disagrees("pfp") else ""


def _is_noted(conclusion: Conclusion, not_again: frozenset[ItemId]) -> bool:
    """What stays open because a later visit does not ask it again is not told."""
    if (
        conclusion.missing
        and conclusion.verdict is Verdict.UNDECIDED
        and not_again.issuperset(conclusion.missing)
    ):
        return False
    if conclusion.id == "mob":
        return False
    return conclusion.rule.kind in NOTED_KINDS or conclusion.id in FOOT_AND_LENGTH


def _conclusion(
    conclusion: Conclusion, evaluation: Evaluation, assessment: Assessment, content: Content
) -> NoteConclusion:
    opinion = assessment.opinions.get(_opinion_key(conclusion))
    opposing = against(assessment, conclusion.id, evaluation.sore_sides)
    return NoteConclusion(
        id=conclusion.id,
        title=conclusion.rule.title,
        verdict=conclusion.verdict.value,
        says=conclusion.rule.says,
        do_now=conclusion.rule.do_now,
        level=conclusion.rule.level or "",
        reasons=tuple(NoteReason(text=r.text, items=r.items) for r in conclusion.reasons),
        against=tuple(NoteReason(text=r.text, items=r.items) for r in opposing),
        missing=tuple(content.label(item_id) for item_id in conclusion.missing),
        grade=conclusion.rule.grade,
        mark=conclusion.rule.mark,
        cites=conclusion.rule.cites,
        accepted=None if opinion is None else opinion.accepts,
        disagrees_because="" if opinion is None else opinion.reason,
    )


def _cause(cause: Cause, content: Content) -> NoteCause:
    return NoteCause(
        id=cause.differential.id,
        title=cause.differential.title,
        word=cause.word,
        speaks_for=tuple(reason.text for reason in cause.speaks_for),
        speaks_against=tuple(reason.text for reason in cause.speaks_against),
        not_tested=tuple(content.label(item_id) for item_id in cause.not_tested),
    )


def _opinion_key(conclusion: Conclusion) -> str:
    """Opinions are given on subcategory codes (MPD, MOB-hyper) and on `pfp` as a whole."""
    if conclusion.rule.kind == "criterion":
        return "pfp"
    return CODES.get(conclusion.id, conclusion.id)


def _still_open(assessment: Assessment, content: Content, not_again: frozenset[ItemId]) -> Iterator[str]:
    """What is missing to decide; what a later visit does not ask again is no gap in its note."""
    for conclusion, all_missing in not_decided(assessment):
        missing = [item_id for item_id in all_missing if _is_asked(item_id, assessment, content)]
        if missing and not_again.issuperset(missing):
            continue
        yield f"{conclusion.rule.title}: {content.labels(missing)}"


def _is_asked(item_id: ItemId, assessment: Assessment, content: Content) -> bool:
    item, side = content.asked[item_id]
    return is_shown(item, assessment, side)


def _references(conclusions: Iterable[Conclusion], content: Content) -> tuple[Line, ...]:
    """The sources behind what was concluded; a source that was not checked (K) is not cited."""
    cited = dict.fromkeys(
        key for c in conclusions if c.met and c.rule.mark in ("V", "V2") for key in c.rule.cites
    )
    sources = [content.references[key] for key in cited if content.references[key].mark in ("V", "V2")]
    second_hand = {"V2": " (reported in a secondary source)"}
    return tuple(
        Line(label=source.id, value=source.citation + second_hand.get(source.mark, "")) for source in sources
    )


# ---------------------------------------------------------------- plan


def _noted_plan(
    plan: PlanOfCare, evaluation: Evaluation, assessment: Assessment, content: Content
) -> NotePlan:
    """At a discharge the home program alone: no visits, goals or certification follow."""
    noted = _plan(plan, evaluation, assessment, content)
    if evaluation.kind != "discharge":
        return noted
    nothing: dict[str, object] = dict.fromkeys(("schedule_text", "progress_report", "certification"), "")
    nothing |= dict.fromkeys(("report_by", "short_term_ends", "certification_due", "certification_starts"))
    nothing |= dict.fromkeys(("certification_ends", "recertification_warning", "certification_lapsed"))
    none_more = {"goals": (), "dropped_goals": (), "visits_proposed": "", "treatment_weeks": (1,)}
    return noted.model_copy(update=nothing | none_more)


def _plan(plan: PlanOfCare, evaluation: Evaluation, assessment: Assessment, content: Content) -> NotePlan:
    may_name = _nameable(plan, evaluation, assessment, content)
    return NotePlan(
        phase=plan.phase,
        pain_cap=plan.pain_cap,
        effort=plan.effort,
        irritability=assessment.irritability or "",
        exercises=tuple(
            _exercise(planned, content, may_name, _load_words(planned, plan, assessment, content))
            for planned in plan.exercises
        ),
        next_phase=tuple(content.exercises[exercise_id].name for exercise_id in plan.next_phase),
        education=tuple(_advice(a, content) for a in plan.education),
        running=tuple(_advice(a, content) for a in plan.running),
        load_advice=tuple(_advice(a, content) for a in plan.load_advice),
        adjuncts=tuple(_advice(a, content) for a in plan.adjuncts),
        not_advised=tuple(_advice(a, content) for a in plan.not_advised),
        goals=tuple(_goal(goal) for goal in plan.goals),
        schedule_text=plan.schedule.text,
        visits=plan.schedule.visits,
        weeks=plan.schedule.weeks,
        starts=plan.schedule.starts,
        ends=plan.schedule.ends,
        progress_report=plan.schedule.progress_report,
        certification=_certification(plan, assessment),
        certification_due=plan.certification.due,
        codes=tuple(Line(label=code.code, value=code.label) for code in plan.codes if code.offered),
        warnings=plan.warnings,
        minutes=plan.minutes,
        coded=tuple(_code(code) for code in plan.codes if code.offered or code.chosen),
        complexity=plan.complexity.words if plan.complexity and plan.complexity.code else "",
        timed_minutes=plan.session.minutes,
        timed_units=plan.session.units,
        whole_minutes=plan.session.whole,
        equal_claim=plan.session.choose,
        visits_proposed=plan.schedule.proposed,
        short_term_ends=_short_term_ends(plan.schedule, content),
        report_by=plan.schedule.report_by,
        treatment_weeks=plan.schedule.treatment_weeks,
        certification_starts=plan.certification.starts,
        certification_renews=plan.certification.renews,
        certification_lapsed=plan.certification.lapsed,
        certification_ends=plan.certification.ends,
        recertification_warning=plan.certification.recertification_warning,
        signature_needed=plan.certification.signature_needed,
        order_suffices=ORDER_SUFFICES in plan.certification.rules,
        dropped_goals=tuple(f"{goal.title}: {why}" for goal, why in plan.dropped_goals),
        taken_out=tuple(f"{content.exercises[one.exercise_id].name}: {one.why}" for one in plan.taken_out),
        ended=plan.ended,
        precautions=plan.precautions,
        onset=_onset(evaluation, assessment, content),
        reason_missing=reason_missing(plan.exercises, evaluation.plan_edits, content.plan.most_exercises),
    )


def _code(code: Code) -> NoteCode:
    return NoteCode(
        code=code.code,
        label=code.label,
        kind=code.kind,
        offered=code.offered,
        chosen=code.chosen,
        timed=code.timed,
        minutes=code.minutes,
        units=code.units,
    )


def _certification(plan: PlanOfCare, assessment: Assessment) -> str:
    """The clocks of the plan; that the payer is still to be recorded is said on the screen, not in the chart."""
    return "" if assessment.value("medicare") is None else plan.certification.text


def _short_term_ends(schedule: Schedule, content: Content) -> date | None:
    weeks = content.plan.goals.short_weeks
    return schedule.starts + timedelta(weeks=weeks) if schedule.weeks > weeks else None


def _onset(evaluation: Evaluation, assessment: Assessment, content: Content) -> str:
    """How and about when it began: gradual, about December 22, 2025 (10 weeks before the evaluation)."""
    how = evaluation.answers.get("onset")
    options = {option.id: option.label for option in content.items["onset"].options}
    parts = [lower_first(options[how])] if isinstance(how, str) and how in options else []
    weeks = assessment.number("duration-weeks")
    if weeks is not None:
        days = min(round(weeks * 7), (evaluation.visit_date - date.min).days)
        began = day_in_words(evaluation.visit_date - timedelta(days=days))
        answer = evaluation.answers.get("duration")
        ago = as_typed(answer if isinstance(answer, Quantity) else Quantity(weeks, "weeks"))
        parts.append(f"about {began} ({ago} before the evaluation)")
    return ", ".join(parts)


def _nameable(
    plan: PlanOfCare, evaluation: Evaluation, assessment: Assessment, content: Content
) -> Callable[[str], bool]:
    """Whether a card may name an exercise: nothing that a precaution, the pain cap, the equipment or its log forbids.

    A refusal names one reason only, and "another phase" may hide a second one: so it is asked again.
    """
    case = case_of(evaluation, assessment, content, assessment.irritability or "", plan.phase)
    in_plan = {planned.exercise.id for planned in plan.exercises}
    kinds = {refusal.exercise_id: refusal.kind for refusal in plan.refused}

    def may_name(exercise_id: str) -> bool:
        if exercise_id in in_plan:
            return True
        left_out_only = kinds.get(exercise_id, "slot") in STILL_NAMED and exercise_id not in plan.eased
        return left_out_only and why_not(case, exercise_id, untested_passes=True) is None

    return may_name


def _load_words(planned: PlannedExercise, plan: PlanOfCare, assessment: Assessment, content: Content) -> str:
    """How the load is chosen and raised: by its rule, or by the plan's effort where the rule asks for more. Empty for
    a hold at its target."""
    load, level = planned.dose.load, assessment.irritability
    if level and load in content.plan.row_of[level].too_much:
        return f"Effort {plan.effort}, while irritability is {level.lower()}."
    return load_rule(planned, content)


def _exercise(
    planned: PlannedExercise, content: Content, may_name: Callable[[str], bool], load_text: str
) -> NoteExercise:
    exercise, dose = planned.exercise, planned.dose
    both = planned.side == "both" and exercise.steps_both is not None
    steps = exercise.steps_both if both and exercise.steps_both else exercise.steps
    return NoteExercise(
        id=exercise.id,
        name=exercise.name,
        patient_name=_texts(exercise.patient_name.en, exercise.patient_name.es),
        chip=exercise.chip,
        side=planned.side,
        sets=dose.sets,
        reps=dose.reps,
        reps_text=dose.reps_text,
        hold_s=dose.hold_s,
        rest_s=dose.rest_s,
        days_per_week=dose.days_per_week,
        load=dose.load,
        load_text=load_text,
        load_step=planned.load_step,
        progress_text=content.progressions[dose.progress_when].says,
        arc=dose.arc,
        because=tuple(NoteReason(text=reason.text, items=reason.items) for reason in planned.because),
        edited=planned.edited,
        steps={"en": steps.en, **({"es": steps.es} if steps.es else {})},
        feel=_texts(exercise.feel.en, exercise.feel.es),
        easier=_name_of(exercise.easier, content, may_name),
        harder=_name_of(exercise.harder, content, may_name),
        lying=exercise.body_position in LYING or exercise.position.startswith("long-sitting"),
    )


def _texts(en: str, es: str | None) -> dict[Language, str]:
    return {"en": en, "es": es} if es else {"en": en}


def _name_of(
    exercise_id: str | None, content: Content, may_name: Callable[[str], bool]
) -> dict[Language, str]:
    if exercise_id is None or not may_name(exercise_id):
        return {}
    name = content.exercises[exercise_id].patient_name
    return _texts(name.en, name.es)


def _advice(advice: Advice, content: Content) -> NoteAdvice:
    recommendation = content.recommendations.get(advice.recommendation)
    return NoteAdvice(
        id=advice.id,
        title=advice.title,
        because=advice.because,
        grade=recommendation.grade if recommendation else "",
        limit=advice.limit,
    )


def _goal(goal: Goal) -> NoteGoal:
    return NoteGoal(
        id=goal.id,
        title=goal.title,
        measure=goal.measure,
        baseline=target_text(goal.baseline, goal.unit),
        short=target_text(goal.short, goal.unit),
        long=target_text(goal.long, goal.unit),
        sentences=goal.sentences,
        note=goal.note,
        warning=goal.warning,
        edited=goal.edited,
        own_words=goal.own_words,
        short_weeks=goal.short_weeks,
    )


# ---------------------------------------------------------------- the patient's sheet


def _sheet(
    plan: PlanOfCare,
    evaluation: Evaluation,
    assessment: Assessment,
    content: Content,
    earlier: Sequence[Visit],
) -> Sheet:
    finding = hip_finding(evaluation, assessment)
    moved_in = step_down_sides(evaluation, assessment)
    days = Counter(planned.dose.days_per_week for planned in plan.exercises)
    written = [evaluation.answers.get(key) for key in ("ask-first", "note-to-patient")]
    ask_first, to_patient = (text if isinstance(text, str) else "" for text in written)
    told = [
        visit.answers.get("goal-text")
        for visit in (evaluation, *(one.evaluation for one in reversed(earlier)))
    ]
    goal = next((text for text in told if isinstance(text, str) and text), "")
    asks_first = is_shown(content.items["ask-first"], assessment)
    ends = evaluation.kind == "discharge"
    ladder = plan.schedule.home_exercise_from_week > 1
    return Sheet(
        found=Found(
            variant=finding.variant,
            weaker=finding.weaker,
            deficit_percent=finding.deficit_percent,
            hurt=finding.hurt,
            alike=finding.alike,
            strong=finding.strong,
            step_down=None if not moved_in else "both" if len(moved_in) == 2 else moved_in[0],
        ),
        problem=finding.problem,
        go_to=go_to(plan.pain_cap, assessment.irritability, assessment.number("nprs-rest")),
        days_per_week=days.most_common(1)[0][0] if days else 3,
        minutes=plan.minutes,
        weeks=_weeks_at_least(plan, evaluation, assessment, content, later=bool(earlier)),
        goal=goal,
        goal_date=None if ends else plan.schedule.ends,
        retest_date=None if ends else evaluation.visit_date + RETEST_AFTER,
        start_date=_start(plan) if ladder else None,
        age=evaluation.age_years,
        running="" if ladder else _running(plan, evaluation),
        activity_ladder=ladder,
        latex_free=assessment.value("latex-allergy") == "yes"
        and any(LATEX in planned.exercise.precautions for planned in plan.exercises),
        ask_first=ask_first if asks_first else "",
        ask_first_wanted=asks_first,
        therapist_note=to_patient,
        child_confirmed=evaluation.answers.get("child-sheet") == "confirmed",
    )


def _weeks_at_least(
    plan: PlanOfCare, evaluation: Evaluation, assessment: Assessment, content: Content, *, later: bool
) -> int | None:
    """How long the sheet asks the patient to go on: no longer than the plan that a re-evaluation makes; None where
    care ends and no upkeep plan is agreed."""
    if evaluation.kind == "discharge":
        return content.plan.upkeep_weeks if assessment.value("upkeep-plan") == "yes" else None
    return min(WEEKS_AT_LEAST, plan.schedule.weeks) if later else WEEKS_AT_LEAST


def _running(plan: PlanOfCare, evaluation: Evaluation) -> Literal["", "keeps", "stopped"]:
    """Whether a runner still runs: the answer decides, and so does a plan that brings running back by levels."""
    if evaluation.answers.get("runner") != "yes":
        return ""
    planned = (*(a.id for a in plan.running), *(one.exercise.id for one in plan.exercises))
    if evaluation.answers.get("running-now") == "no" or RUNNING_LEVELS in planned:
        return "stopped"
    return "keeps" if evaluation.answers.get("running-now") == "yes" else ""


def go_to(pain_cap: int, irritability: str | None, rest_pain: float | None) -> int:
    """GO from 0 to this on the sheet: the cap, at most 2 when irritability is low; or the resting pain when it is more.

    A low irritability allows more pain with the therapist near than a sheet can allow at home (clinical decision 6).
    """
    at_home = min(pain_cap, 2) if irritability == "LOW" else pain_cap
    return max(at_home, round(rest_pain or 0))


def _start(plan: PlanOfCare) -> date:
    return plan.schedule.starts + timedelta(weeks=plan.schedule.home_exercise_from_week - 1)
