"""What the findings say: the safety action, the diagnostic criteria, irritability, subcategories, flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from evalassist.clinical.conditions import judge_rule, verdict_of
from evalassist.clinical.contradictions import contradictions
from evalassist.clinical.facts import knowledge, measured
from evalassist.clinical.result import (
    MET,
    NOT_MET,
    UNDECIDED,
    Assessment,
    Conclusion,
    Fact,
    HipFirst,
    Knowledge,
    Reason,
    Verdict,
)
from evalassist.content.schema import ACTION, Level
from evalassist.evaluation import Evaluation, ItemId, Opinion

if TYPE_CHECKING:
    from evalassist.content.loader import Content

SUBCATEGORIES = (
    ("mpd", "MPD"),
    ("mcd", "MCD"),
    ("mob-hyper", "MOB-hyper"),
    ("mob-hypo", "MOB-hypo"),
    ("ovl", "OVL"),
)
"""Rule and code of each subcategory, in the order in which the first one met is the primary."""


CODES = dict(SUBCATEGORIES)
RULES = {code: rule_id for rule_id, code in SUBCATEGORIES}
IRRITABILITY = "irritability"
"""The therapist's word on irritability stands under this id; its `instead` is the level set by hand."""
SETTLES = "settle-h"
"""How long a flare takes to settle: while it is missing, irritability is at least moderate."""
IRRITABILITY_LEVELS = ("LOW", "MODERATE", "HIGH")
HIP_FIRST = "child-hip"
"""The questions on the hip that are asked under 18 before any knee result (examination 1.3)."""
CAUTION_REASON = "caution-reason"
"""The answer that says why care goes on with caution."""
FAR_BELOW, FAR_BELOW_REASON = "very-low-symmetry", "low-symmetry-reason"
"""A muscle group far below the other side, and the answer that says why it is safe to go on."""


def _holds(opinion: Opinion, said: str | None) -> bool:
    """Whether the therapist's word was given on what the findings still say."""
    return opinion.of in ("", said)


def assess(evaluation: Evaluation, content: Content) -> Assessment:
    """Judge every rule of the content on this evaluation. Pure: the same answers give the same assessment."""
    numbers = measured(evaluation, content)
    known = knowledge(evaluation, content, numbers)
    conclusions: dict[str, Conclusion] = {}
    contradicted = {
        rule_id: opinion
        for rule_id, code in SUBCATEGORIES
        if (opinion := evaluation.opinions.get(code)) is not None and not opinion.accepts
    }
    sore_sides = evaluation.sore_sides
    for rule_id, rule in content.rules.items():
        conclusions[rule_id] = concluded = judge_rule(rule, known, sore_sides)
        opinion = contradicted.get(rule_id)
        known.learn(concluded, overruled=opinion is not None and _holds(opinion, concluded.verdict.value))

    red, open_flags = _red_flags(conclusions, known, content)
    action = _action(red, open_flags)
    if action is not None:
        known.facts[ACTION] = Fact(ACTION, action, "", ())
    criteria = tuple(c for c in conclusions.values() if c.rule.kind == "criterion")
    hip_first = _hip_first(known, content)
    waits = hip_first is not None or action in ("EMERGENCY", "URGENT")
    pfp = UNDECIDED if waits else _all_of(criteria)
    classified = pfp is MET and action in ("CAUTION", "NONE")
    subcategories = _subcategories(conclusions) if classified else ()
    irritability, because, missing = _irritability(conclusions, known)
    opinions = {
        key: opinion
        for key, opinion in evaluation.opinions.items()
        if _holds(opinion, what_is_said(key, pfp, irritability, conclusions))
    }
    agreed = _agreed(opinions, known, subcategories)
    return Assessment(
        known=known,
        conclusions=conclusions,
        action=action,
        red_flags=red,
        open_flags=open_flags,
        pfp=pfp,
        criteria=criteria,
        irritability=_by_hand(opinions, irritability),
        irritability_found=irritability,
        irritability_reasons=because,
        irritability_missing=missing,
        subcategories=subcategories,
        agreed=agreed,
        primary=_primary(evaluation, agreed),
        modifiers=_modifiers(conclusions, agreed),
        muscle_performance=_muscle_performance(conclusions) if "MPD" in agreed else None,
        flags=tuple(c.id for c in conclusions.values() if c.rule.kind == "flag" and c.met),
        scores=numbers.scores,
        strength=numbers.strength,
        numbers=content.numbers,
        opinions=opinions,
        contradictions=contradictions(evaluation, known, content),
        hip_first=hip_first,
    )


def not_decided(assessment: Assessment) -> tuple[tuple[Conclusion, tuple[ItemId, ...]], ...]:
    """What stays open among criteria and subcategories, each with what is missing to decide it; and a muscle group
    far below the other side, until the therapist has said why it is safe to go on. None of it while the hip comes
    first."""
    if assessment.hip_first is not None:
        return ()
    kinds = ("criterion", "subcategory", "modifier")
    undecided = tuple(
        (conclusion, conclusion.missing)
        for conclusion in assessment.conclusions.values()
        if conclusion.rule.kind in kinds and conclusion.verdict is UNDECIDED
    )
    if not far_below_unexplained(assessment):
        return undecided
    return ((assessment.conclusions[FAR_BELOW], (FAR_BELOW_REASON,)), *undecided)


def caution_unexplained(assessment: Assessment) -> bool:
    """Care goes on with caution and no reason is written; what was said of a side far below the other is one."""
    if assessment.action != "CAUTION" or CAUTION_REASON in assessment.facts:
        return False
    only_that = {flag.id for flag in assessment.red_flags} == {FAR_BELOW}
    return not (only_that and FAR_BELOW_REASON in assessment.facts)


def far_below_unexplained(assessment: Assessment) -> bool:
    """A muscle group is far below the other side, and nobody has said yet why it is safe to go on."""
    return assessment.met(FAR_BELOW) and FAR_BELOW_REASON not in assessment.facts


def _hip_first(known: Knowledge, content: Content) -> HipFirst | None:
    """What of the hip screen keeps the knee from being judged; None for an adult, and once the hip is cleared."""
    group = next(group for group in content.steps["safety"].groups if group.id == HIP_FIRST)
    asked = [
        item.id
        for item in group.items
        if item.shown_when is None or verdict_of(item.shown_when, known) is MET
    ]
    still_open = tuple(item_id for item_id in asked if item_id not in known.facts)
    positive = tuple(item_id for item_id in asked if known.value(item_id) == "yes")
    return HipFirst(still_open, positive) if still_open or positive else None


def _red_flags(
    conclusions: dict[str, Conclusion], known: Knowledge, content: Content
) -> tuple[tuple[Conclusion, ...], tuple[Conclusion, ...]]:
    """The flags met, the most severe rule of each with the findings of all its rules; and the undecided ones of level
    URGENT or above, each with what is missing of the questions that are asked now."""
    by_severity = [conclusions[rule_id] for rule_id in content.red_flags]
    met: dict[str, Conclusion] = {}
    for conclusion in by_severity:
        if conclusion.met:
            worst = met.setdefault(conclusion.rule.flag, conclusion)
            found = tuple(dict.fromkeys((*worst.reasons, *conclusion.reasons)))
            met[conclusion.rule.flag] = worst._replace(reasons=found)
    still_open = (
        c._replace(missing=tuple(i for i in c.missing if _is_asked(i, known, content)))
        for c in by_severity
        if c.verdict is UNDECIDED and c.rule.level in ("EMERGENCY", "URGENT")
    )
    return tuple(met.values()), tuple(still_open)


def _is_asked(item_id: ItemId, known: Knowledge, content: Content) -> bool:
    item, side = content.asked.get(item_id, (None, None))
    return item is None or item.shown_when is None or verdict_of(item.shown_when, known, side) is MET


def _action(red: tuple[Conclusion, ...], open_flags: tuple[Conclusion, ...]) -> Level | str | None:
    """The most severe level met. A stop is a stop even while other questions are open; "NONE" waits for all."""
    worst = red[0].rule.level if red else None
    if worst in ("EMERGENCY", "URGENT"):
        return worst
    if open_flags:
        return None
    return worst or "NONE"


def _all_of(criteria: tuple[Conclusion, ...]) -> Verdict:
    verdicts = {c.verdict for c in criteria}
    if NOT_MET in verdicts:
        return NOT_MET
    return UNDECIDED if UNDECIDED in verdicts else MET


def _irritability(
    conclusions: dict[str, Conclusion], known: Knowledge
) -> tuple[str | None, tuple[Reason, ...], tuple[ItemId, ...]]:
    """First match from HIGH down; what is not recorded never makes it LOW."""
    high, low = conclusions["irritability-high"], conclusions["irritability-low"]
    moderate = conclusions["irritability-moderate"]
    if high.met:
        return "HIGH", high.reasons, ()
    if "nprs-worst" not in known.facts:
        return None, (), ("nprs-worst",)
    if low.met and high.verdict is NOT_MET:
        return "LOW", low.reasons, ()
    reasons = moderate.reasons or low.reasons
    settles = () if SETTLES in known.facts else (SETTLES,)
    return "MODERATE", reasons, tuple(dict.fromkeys((*high.missing, *low.missing, *settles)))


def what_is_said(
    key: str, pfp: Verdict, irritability: str | None, conclusions: Mapping[str, Conclusion]
) -> str | None:
    """What the findings say where the therapist may give a word: a verdict, or the level of irritability."""
    if key == IRRITABILITY:
        return irritability
    if key == "pfp":
        return pfp.value
    rule_id = RULES.get(key, key)
    return conclusions[rule_id].verdict.value if rule_id in conclusions else None


def title_of(key: str, assessment: Assessment) -> str:
    """What a word of the therapist's is about: a conclusion, by its code, or the irritability."""
    conclusion = assessment.conclusions.get(RULES.get(key, key))
    titles = {"pfp": "Patellofemoral pain", IRRITABILITY: "Irritability"}
    return titles.get(key, conclusion.rule.title if conclusion else key)


def disagreed_before(before: Mapping[str, Opinion], now: Assessment) -> Mapping[str, Opinion]:
    """The words of an earlier visit against what the findings say again now, or leave open, where none is given now."""
    found: dict[str, Opinion] = {}
    for key, word in before.items():
        said = what_is_said(key, now.pfp, now.irritability_found, now.conclusions) or ""
        again = word.of in ("", said) or said == Verdict.UNDECIDED
        if not word.accepts and key not in now.opinions and again:
            found[key] = word
    return found


def _by_hand(opinions: Mapping[str, Opinion], found: str | None) -> str | None:
    """The level the therapist set in place of the one found; without a worst pain there is none to replace."""
    opinion = opinions.get(IRRITABILITY)
    if found is None or opinion is None or opinion.instead not in IRRITABILITY_LEVELS:
        return found
    return opinion.instead


def _subcategories(conclusions: dict[str, Conclusion]) -> tuple[str, ...]:
    met = tuple(code for rule_id, code in SUBCATEGORIES if conclusions[rule_id].met)
    return met or (("NONE",) if conclusions["none"].met else ())


def _agreed(opinions: Mapping[str, Opinion], known: Knowledge, found: tuple[str, ...]) -> tuple[str, ...]:
    word = opinions.get("pfp")
    if not found or (word is not None and not word.accepts):
        return ()
    return tuple(code for rule_id, code in SUBCATEGORIES if known.value(rule_id) is True) or ("NONE",)


def _primary(evaluation: Evaluation, subcategories: tuple[str, ...]) -> str | None:
    """The therapist's choice where one was made, else the first in the default order."""
    chosen = evaluation.answers.get("primary-subcategory")
    if isinstance(chosen, str) and chosen in subcategories:
        return chosen
    return subcategories[0] if subcategories else None


def _modifiers(conclusions: dict[str, Conclusion], subcategories: tuple[str, ...]) -> tuple[str, ...]:
    return ("LOAD",) if conclusions["load"].met and subcategories and subcategories != ("OVL",) else ()


def _muscle_performance(conclusions: dict[str, Conclusion]) -> str | None:
    """Where the deficit is; "only" needs the other part decided."""
    parts = {"hip": conclusions["mpd-hip"].verdict, "quadriceps": conclusions["mpd-quad"].verdict}
    low = [part for part, verdict in parts.items() if verdict is MET]
    still_open = [part for part, verdict in parts.items() if verdict is UNDECIDED]
    if not low:
        return None
    if still_open:
        return f"{low[0]}; {still_open[0]} not decided"
    return " and ".join(low) if len(low) > 1 else f"{low[0]} only"
