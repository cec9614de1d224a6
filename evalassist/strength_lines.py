"""Strength as it reads in the note: one line a muscle group, `right …; left …; …`, to be set as a row of a table."""

from __future__ import annotations

from collections.abc import Iterator

from evalassist.clinical.facts import WITHIN_ERROR, shown
from evalassist.clinical.result import GroupStrength, SideStrength
from evalassist.clinical.strength import protocol_words
from evalassist.content.schema import Item, StrengthGroup
from evalassist.evaluation import SIDES, Answer, Answers, Evaluation, Side, StrengthTest, other
from evalassist.note import Line
from evalassist.units import from_si

NOT_COMPARED = {
    "positions": "different positions, not compared",
    "contractions": "a make and a break test, not compared",
    "units": "lever arms or units differ, not compared",
}


METHOD = "Method"
"""The line that tells how strength was measured; its first part holds for every value that says nothing else."""


def measured_with(evaluation: Evaluation) -> Iterator[Line]:
    """How, with which dynamometer and by whom: two values compare only when all of it is known."""
    tests = [answer for answer in evaluation.answers.values() if isinstance(answer, StrengthTest)]
    if not any(test.trials for test in tests):
        return
    counts = "mean of trials" if evaluation.answers.get("strength-score") == "mean" else "best trial"
    devices = list(dict.fromkeys(test.device for test in tests if test.device))
    testers = list(dict.fromkeys(test.tester for test in tests if test.tester))
    told = [f"make test, {counts}" + (" (lever)" if any(map(_lever_cm, tests)) else "")]
    told += [", ".join(devices)] if devices else []
    told += [f"tested by {', '.join(testers)}"] if testers else []
    yield Line(label=METHOD, value="; ".join(part.replace(";", ",") for part in told))


def strength_line(
    item: Item, tested_as: StrengthGroup, group: GroupStrength, answers: Answers, sore: Side
) -> Iterator[Line]:
    """A muscle group: each side with its trials and how they were taken, then what the two come to."""
    parts = [
        _side(side, tested, test) + _remarks(test, tested_as)
        for side in SIDES
        if (tested := group.side(side)) and _was_tried(test := answers.get(f"{item.id}.{side}"))
    ]
    if not parts:
        return
    if group.symmetry_percent is not None:
        parts.append(_compared(sore, group.symmetry_percent))
    elif group.asymmetry_percent is not None:
        parts.append(f"{_compared(group.weaker or 'right', group.asymmetry_percent)}, asymmetry only")
    elif group.not_compared in NOT_COMPARED:
        parts.append(NOT_COMPARED[group.not_compared])
    if group.within_tester_error and group.weaker:
        parts.append(WITHIN_ERROR)
    yield Line(label=item.label + _levers(item, answers), value="; ".join(parts))


def _compared(side: Side, percent: float) -> str:
    return f"{side} side {shown(percent, 1)} % of the {other(side)}"


def _levers(item: Item, answers: Answers) -> str:
    """The lever arm of a force, so that it can be measured again in the same way: ` (78 cm)`."""
    arms = [_lever_cm(answers.get(f"{item.id}.{side}")) for side in SIDES]
    told = list(dict.fromkeys(arm for arm in arms if arm))
    return f" ({'/'.join(told)} cm)" if told else ""


def _lever_cm(test: Answer | None) -> str:
    if not isinstance(test, StrengthTest) or not test.trials or not test.lever_arm_m:
        return ""
    return shown(from_si(test.lever_arm_m, "cm"), 1)


def _was_tried(test: Answer | None) -> bool:
    """Something was measured, even if none of it counts."""
    return isinstance(test, StrengthTest) and bool(test.trials or test.grade or test.discarded)


def _side(side: str, tested: SideStrength, test: Answer | None) -> str:
    """In the unit in which it was read; newtons stand beside it, for all else is computed from them."""
    if tested.grade:
        text = f"{side} grade {tested.grade} by hand"
    elif not tested.trials:
        text = f"{side} not scored"
    else:
        unit = test.unit if isinstance(test, StrengthTest) and test.unit else "N"
        trials = " ".join(shown(from_si(trial, unit), 1) for trial in tested.trials)
        best = "not scored, trials differ too much"
        if tested.score is not None:
            newtons = "" if unit in ("N", "Nm") else f" = {shown(tested.score, 1)} N"
            best = f"{shown(from_si(tested.score, unit), 1)} {unit}{newtons}"
        text = f"{side} {best} ({trials})" if len(tested.trials) > 1 else f"{side} {best}"
        if tested.torque_nm_per_kg is not None:
            text += f", {tested.torque_nm_per_kg:.2f} Nm/kg"
    if tested.pain is not None:
        text += f", pain {tested.pain}/10" + (" (pain-inhibited)" if tested.pain_inhibited else "")
    return text


def _remarks(answer: Answer | None, group: StrengthGroup) -> str:
    """How the value was taken, how the body cheated, what was discarded; no semicolon, it would begin a new part."""
    if not isinstance(answer, StrengthTest):
        return ""
    seen = " ".join((answer.compensation or "").replace(";", ",").split())
    parts = [protocol_words(group, answer), f"compensation: {seen}" if seen else ""]
    parts += [
        f"discarded {shown(trial.value, 1)} {trial.unit} ({trial.reason.replace(';', ',')})"
        for trial in answer.discarded
    ]
    return "".join(f", {part}" for part in parts if part)
