"""How far each step is: what is asked, what is left, what is blocked. All of it follows from the answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalassist.clinical.change import Visit, ever_known
from evalassist.clinical.conditions import verdict_of
from evalassist.clinical.given import held_open
from evalassist.clinical.goals import CHOSEN
from evalassist.clinical.result import Assessment, Knowledge, NoPlan, PlanOfCare, Verdict
from evalassist.content.schema import Group, Item, Measure, Step
from evalassist.evaluation import Answer, Evaluation, ItemId, Side, StrengthTest

if TYPE_CHECKING:
    from evalassist.content.loader import Content

State = Literal["empty", "partly", "complete", "attention", "danger", "blocked"]
TESTING_STEPS = ("movement", "strength", "mobility")
"""Locked while the action is EMERGENCY or URGENT."""
MAIN_CONCLUSIONS = ("criterion", "subcategory")


@dataclass(frozen=True, slots=True)
class StepProgress:
    state: State
    gaps: tuple[ItemId, ...]
    """Items still to answer, in page order; on the assessment step, conclusions without a word from the therapist."""
    why: str = ""
    """Why the step is blocked or wants attention."""

    @property
    def left(self) -> int:
        """How many are left to do; nothing can be done in a blocked step."""
        return 0 if self.state == "blocked" else len(self.gaps)


def progress(
    evaluation: Evaluation,
    assessment: Assessment,
    plan: PlanOfCare | NoPlan,
    content: Content,
    *,
    handed_out: bool = False,
    earlier: Sequence[Visit] = (),
) -> Mapping[str, StepProgress]:
    """The state of all eleven steps. `handed_out` says that a handout was printed or saved; by the
    `earlier` visits a later one knows what is asked again."""
    not_now = _scored(assessment, content)
    held = frozenset[ItemId]()
    if earlier:
        known = ever_known(earlier, assessment.known, content)
        not_now |= not_asked_again(evaluation, known, content)
        again = {key for key, (item, _) in content.asked.items() if not item.optional} - not_now
        totals = [
            each for each in _by_total(assessment, earlier, content) if not again.isdisjoint(each.items)
        ]
        not_now = not_now.union(*(measure.items for measure in totals))
        held = _held(evaluation, earlier, content).union(filter(None, (each.total_item for each in totals)))
        held |= frozenset(_named_again(evaluation, earlier))
        named = _asked_again(evaluation, known, content, whole_steps=False)
        held |= {item_id for item_id in named if content.asked[item_id][0].optional}
        not_now -= held
    asked = {
        step.id: _asked_step(step, evaluation, assessment, not_now, held)
        for step in content.steps.values()
        if step.groups
    }
    if assessment.stopped:
        why = "; ".join(flag.rule.title for flag in assessment.stops)
        asked["safety"] = StepProgress("danger", asked["safety"].gaps, why)
    return {
        **asked,
        "assessment": _assessment_step(assessment, plan),
        "plan": _plan_step(plan, asked["plan"].gaps),
        "handout": _handout_step(plan, handed_out),
        "sign": StepProgress("complete" if evaluation.signature else "empty", ()),
    }


def not_asked_again(evaluation: Evaluation, known: Knowledge, content: Content) -> frozenset[ItemId]:
    """What a later visit can ask and does not wait for: the diagnosis stands, and the therapist looks for change."""
    return frozenset(content.asked) - _asked_again(evaluation, known, content)


def _asked_again(
    evaluation: Evaluation, known: Knowledge, content: Content, *, whole_steps: bool = True
) -> frozenset[ItemId]:
    """What a later visit waits for, by all that is `known` of the patient so far; without the `whole_steps` only what
    is named, which is asked though optional."""
    asked: set[ItemId] = set()
    for row in content.follow_up.again:
        items = [*map(content.items.__getitem__, row.items)]
        items += [item for step in row.steps if whole_steps for item in content.steps[step].items]
        for item in items if evaluation.kind in row.kinds else ():
            for item_id in item.ids:
                side = _side_of(item, item_id)
                if row.when is None or verdict_of(row.when, known, side) is Verdict.MET:
                    asked.add(item_id)
    return frozenset(asked)


def _by_total(assessment: Assessment, earlier: Sequence[Visit], content: Content) -> Iterator[Measure]:
    """The measures whose last score was added up on paper: their total is asked again, unless items are answered."""
    for measure in content.measures.values():
        scores = [visit.assessment.scores[measure.id] for visit in earlier]
        last = next((score for score in reversed(scores) if score.value is not None), None)
        now = assessment.scores[measure.id]
        if (
            measure.total_item
            and last is not None
            and not last.answered
            and now.value is None
            and not now.answered
        ):
            yield measure


def _held(evaluation: Evaluation, earlier: Sequence[Visit], content: Content) -> frozenset[ItemId]:
    """What limited the patient before: asked again, though it is optional otherwise."""
    before = {key: answer for visit in earlier for key, answer in visit.evaluation.answers.items()}
    holds = content.plan.holds
    return frozenset(held_open((*holds.stops, *holds.asks), holds, before, evaluation.answers))


def _named_again(evaluation: Evaluation, earlier: Sequence[Visit]) -> Iterator[ItemId]:
    """An activity that was named before is named again where it is rated: else nobody knows what the rating is of."""
    for name in CHOSEN:
        rated = name.replace("-name", "") in evaluation.answers
        if rated and any(name in visit.evaluation.answers for visit in earlier):
            yield name


def shown(item: Item, assessment: Assessment, side: Side | None = None) -> bool:
    """Whether this item is asked of this patient now."""
    if item.shown_when is None:
        return True
    return verdict_of(item.shown_when, assessment.known, side) is Verdict.MET


def counted(item: Item, evaluation: Evaluation, states: Iterable[StepProgress], *, later: bool) -> bool:
    """Whether the therapist is to see that the item counts: at a first visit all that is not optional; at a
    `later` one what it waits for, optional otherwise or not, and what it has."""
    if not later:
        return not item.optional
    left = {item_id for state in states for item_id in state.gaps}
    return any(item_id in left or item_id in evaluation.answers for item_id in item.ids)


def knee_meant(group: Group, evaluation: Evaluation) -> str:
    """With both knees sore: which of them is meant where a group asks no side; else empty."""
    if not group.one_knee or evaluation.sore_knee != "both":
        return ""
    meant = "the worse knee; History asks which it is"
    if "worse-side" in evaluation.answers:
        meant = "the knee that hurts more in that test"
    if evaluation.worse_knee:
        meant = f"the {evaluation.worse_knee.upper()} knee, the worse one"
    return f"Where no side is asked: {meant}."


def accepted_ids(assessment: Assessment) -> tuple[str, ...]:
    """The conclusions the therapist is asked to accept or not: what is met among criteria and subcategories."""
    met = tuple(code for code in assessment.subcategories if code != "NONE")
    return (("pfp",) if assessment.pfp is Verdict.MET else ()) + met


def unexplained(assessment: Assessment) -> tuple[str, ...]:
    """What the therapist decided otherwise than the findings say, and has not given a reason for."""
    if assessment.hip_first is not None:
        return ()
    return tuple(
        key
        for key, opinion in assessment.opinions.items()
        if not opinion.accepts and not opinion.reason.strip()
    )


def _asked_step(
    step: Step,
    evaluation: Evaluation,
    assessment: Assessment,
    not_now: frozenset[ItemId],
    held: frozenset[ItemId],
) -> StepProgress:
    if step.id in TESTING_STEPS and assessment.testing_locked:
        return StepProgress("blocked", (), "The safety screen asks for urgent care first.")
    gaps = tuple(_gaps(step, evaluation, assessment, not_now, held))
    begun = any(item_id in evaluation.answers for item in step.items for item_id in item.ids)
    nothing_waits = not gaps and (begun or not any(map(not_now.issuperset, (i.ids for i in step.items))))
    return StepProgress("complete" if nothing_waits else "partly" if gaps and begun else "empty", gaps)


def _scored(assessment: Assessment, content: Content) -> frozenset[ItemId]:
    """The items of measures that have their score: what is left out of them is not asked again."""
    return frozenset(
        item_id
        for measure in content.measures.values()
        if assessment.scores[measure.id].value is not None
        for item_id in (*measure.items, *([measure.total_item] if measure.total_item else []))
    )


def _gaps(
    step: Step,
    evaluation: Evaluation,
    assessment: Assessment,
    not_now: frozenset[ItemId],
    held: frozenset[ItemId],
) -> Iterator[ItemId]:
    """What is missing here. Of what is looked at on each side the sore side counts; strength compares both."""
    for item in step.items:
        if (item.optional and held.isdisjoint(item.ids)) or not_now.issuperset(item.ids):
            continue
        wanted = item.ids
        if item.sides and item.kind != "strength":
            wanted = tuple(f"{item.id}.{side}" for side in evaluation.sore_sides)
        for item_id in [one for one in wanted if one in held or not item.optional]:
            open_ = not _is_answered(evaluation.answers.get(item_id)) and item_id not in not_now
            if open_ and shown(item, assessment, _side_of(item, item_id)):
                yield item_id


def _side_of(item: Item, item_id: ItemId) -> Side | None:
    return "right" if item_id.endswith(".right") else "left" if item.sides else None


def _is_answered(answer: Answer | None) -> bool:
    return answer.has_result if isinstance(answer, StrengthTest) else answer is not None


def _assessment_step(assessment: Assessment, plan: PlanOfCare | NoPlan) -> StepProgress:
    """Done, too, where nothing waits for a word and the plan goes on: the diagnosis of an earlier visit stands."""
    asked = accepted_ids(assessment)
    unanswered = tuple(rule_id for rule_id in asked if rule_id not in assessment.opinions)
    gaps = (*unanswered, *unexplained(assessment))
    if not asked and not gaps:
        return StepProgress("empty" if isinstance(plan, NoPlan) else "complete", ())
    begun = len(unanswered) < len(asked) or len(gaps) > len(unanswered)
    return StepProgress("complete" if not gaps else "partly" if begun else "empty", gaps)


def _plan_step(plan: PlanOfCare | NoPlan, asked: tuple[ItemId, ...]) -> StepProgress:
    """`asked`: what else is asked on this step, as why care ends."""
    if isinstance(plan, NoPlan):
        return StepProgress("blocked", plan.items, plan.why)
    gaps = (*asked, *plan.not_decided)
    return StepProgress("partly" if gaps else "complete", gaps)


def _handout_step(plan: PlanOfCare | NoPlan, handed_out: bool) -> StepProgress:
    if isinstance(plan, NoPlan):
        return StepProgress("blocked", (), plan.why)
    return StepProgress("complete" if handed_out else "empty", ())
