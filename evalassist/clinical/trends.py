"""How pain, scores and strength went over the visits of an episode: what one drawing shows, on screen and paper.

What was not tested is a gap, never zero. A hand grade and a force never share a line, nor do two ways of testing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from evalassist.clinical.change import Limits, Visit, limit_words, other_names, strength_limits
from evalassist.clinical.facts import shown
from evalassist.clinical.result import SideStrength
from evalassist.clinical.schedule import day_in_words
from evalassist.content.schema import Rating, StrengthGroup
from evalassist.evaluation import SIDES, Side

if TYPE_CHECKING:
    from evalassist.content.loader import Content

NOT_TESTED = "not tested"


@dataclass(frozen=True, slots=True)
class Point:
    """The value at one visit; without a value the line has a gap there."""

    day: date
    value: float | None
    text: str
    """As it is read, with its unit; or why there is no value."""
    signed: bool = True
    """The visit's note is signed."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: a point for every visit, the earliest first."""

    side: Side | None
    points: tuple[Point, ...]
    error: float | None = None
    """A value nearer to the first one than this, in the unit of the trend, is within the error of measurement."""

    @property
    def measured(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.value is not None)

    @property
    def band(self) -> tuple[float, float] | None:
        """Where the value may lie without a real change; None where no error is known."""
        start = next((point.value for point in self.measured), None)
        return None if start is None or self.error is None else (start - self.error, start + self.error)


@dataclass(frozen=True, slots=True)
class Aim:
    """The long-term goal of the last plan that had one for this value."""

    text: str
    """As it is read: 85/100, 90 % of the other leg."""
    set_on: date
    value: float | None = None
    """Where its line lies; None where it is not in the unit of the trend."""
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """One value over the visits."""

    id: str
    kind: Literal["pain", "measure", "strength", "grade"]
    title: str
    unit: str
    """N, Nm, /10, by hand."""
    better: Literal["higher", "lower"]
    low: float
    high: float | None
    """The ends of the scale; a force has no upper end."""
    curves: tuple[Curve, ...]
    limits: str
    """`MDC 9, MCID 10`; empty where no limit is known."""
    aim: Aim | None = None
    marks: tuple[str, ...] = ()
    """The hand grades by their place on the scale, from 0."""

    @property
    def limits_side(self) -> Side | None:
        """Whose limits these are, where one of two sides has them."""
        sides = [curve.side for curve in self.curves if curve.band is not None]
        return sides[0] if len(sides) == 1 else None

    @property
    def is_course(self) -> bool:
        """Some line has two values at least."""
        return any(len(curve.measured) > 1 for curve in self.curves)

    @property
    def moved(self) -> bool:
        """Some line has two values that differ."""
        return any(len({point.value for point in curve.measured}) > 1 for curve in self.curves)


def trends(visits: Sequence[Visit], content: Content) -> tuple[Trend, ...]:
    """Everything of pain, scores and strength that was measured at one of these visits, the earliest first."""
    found = (*_pains(visits, content), *_scores(visits, content), *_strengths(visits, content))
    return tuple(trend for trend in found if any(curve.measured for curve in trend.curves))


def trend_words(trend: Trend) -> str:
    """The whole trend read aloud: every value with its day, the limits and the goal."""
    parts = [f"{trend.title}, {trend.better} is better."]
    for curve in trend.curves:
        if curve.measured:
            values = "; ".join(f"{day_in_words(point.day)}: {point.text}" for point in curve.points)
            parts.append(f"{curve.side.upper()}: {values}." if curve.side else f"{values}.")
    if trend.limits:
        of = f", {trend.limits_side.upper()}" if trend.limits_side else ""
        parts.append(f"Limits{of}: {trend.limits}.")
    if trend.aim:
        parts.append(f"Goal of {day_in_words(trend.aim.set_on)}: {trend.aim.text}.")
    return " ".join(parts)


# ---------------------------------------------------------------- pain and scores


def _pains(visits: Sequence[Visit], content: Content) -> Iterator[Trend]:
    for row in content.follow_up.comparisons:
        if row.kind == "pain" and row.rating:
            rating = content.ratings[row.rating]
            values = [visit.assessment.number(row.fact) for visit in visits]
            yield _rated("pain", row.fact, row.title, row.unit, rating, visits, values, content)


def _scores(visits: Sequence[Visit], content: Content) -> Iterator[Trend]:
    for measure in content.measures.values():
        values = [visit.assessment.scores[measure.id].value for visit in visits]
        unit = f"/{measure.high:g}"
        yield _rated("measure", measure.id, measure.short, unit, measure, visits, values, content)


def _rated(
    kind: Literal["pain", "measure"],
    fact: str,
    title: str,
    unit: str,
    rating: Rating,
    visits: Sequence[Visit],
    values: Sequence[float | None],
    content: Content,
) -> Trend:
    first = next((visit for visit, value in zip(visits, values, strict=True) if value is not None), None)
    points = []
    for visit, value in zip(visits, values, strict=True):
        apart = other_names(first, visit, content.follow_up.same.get(fact, ())) if first else ""
        read = NOT_TESTED if value is None else _read(value, unit)
        text = f"{read}, {apart}" if apart and value is not None else read
        points.append(_point(visit, None if apart else value, text))
    goal_ids = [rule.id for rule in content.plan.goals.goals if rule.fact == fact and not rule.sides]
    return Trend(
        fact,
        kind,
        title,
        unit,
        rating.better,
        rating.low,
        rating.high,
        (Curve(None, tuple(points), rating.mdc),),
        limit_words(rating.mdc, rating.mcid),
        _aim(visits, goal_ids, unit),
    )


def _point(visit: Visit, value: float | None, text: str) -> Point:
    return Point(visit.day, value, text, visit.evaluation.signature is not None)


def _read(value: float, unit: str) -> str:
    return f"{shown(value, 1)}{'' if unit.startswith('/') else ' '}{unit}"


# ---------------------------------------------------------------- strength


def _strengths(visits: Sequence[Visit], content: Content) -> Iterator[Trend]:
    for group in content.strength_groups.values():
        yield _forces(group, visits, content)
        yield _grades(group, visits, content)


def _forces(group: StrengthGroup, visits: Sequence[Visit], content: Content) -> Trend:
    tested = {side: [visit.assessment.strength[group.id].side(side) for visit in visits] for side in SIDES}
    unit = "Nm" if any(_wants_torque(found) for found in tested.values()) else "N"
    protocol = next((one.protocol for one in _by_device(*tested.values())), None)
    curves, limits = [], ""
    for side in SIDES:
        points = tuple(
            _force_point(visit, one, unit, protocol) for visit, one in zip(visits, tested[side], strict=True)
        )
        curve = Curve(side, points)
        if side in visits[-1].evaluation.sore_sides and (
            found := _force_limits(group, visits, curve, unit, content)
        ):
            curve, limits = (
                Curve(side, points, found.mdc),
                found.words.replace("of then", "of the first value"),
            )
        curves.append(curve)
    rules = [rule for rule in content.plan.goals.goals if rule.each in ("torque", "symmetry")]
    goal_ids = [
        f"{rule.id}.{group.id}{f'.{side}' if rule.each == 'torque' else ''}"
        for rule in rules
        for side in (SIDES if rule.each == "torque" else ("",))
    ]
    aim = _aim(visits, goal_ids, unit)
    return Trend(group.id, "strength", group.title, unit, "higher", 0.0, None, tuple(curves), limits, aim)


def _by_device(*tested: Sequence[SideStrength | None]) -> Iterator[SideStrength]:
    """The values by device, the earliest visit first."""
    for sides in zip(*tested, strict=True):
        yield from (one for one in sides if one is not None and one.score is not None)


def _wants_torque(tested: Sequence[SideStrength | None]) -> bool:
    """Torque was typed, or the lever arm of a side was not always the same: forces would not compare."""
    found = list(_by_device(tested))
    return any(one.in_torque for one in found) or len({one.lever_arm_m for one in found}) > 1


def _force_point(
    visit: Visit, one: SideStrength | None, unit: str, protocol: tuple[str | None, str | None] | None
) -> Point:
    if one is None or (one.score is None and one.grade is None):
        return _point(visit, None, NOT_TESTED)
    if one.grade is not None or one.score is None:
        return _point(visit, None, f"grade {one.grade} by hand")
    own = _read(one.score, "Nm" if one.in_torque else "N")
    if one.protocol != protocol:
        return _point(visit, None, f"{own}, tested in another way")
    value = one.score if unit == "N" or one.in_torque else one.torque_nm
    if value is None:
        return _point(visit, None, f"{own}, the lever arm is not known")
    return _point(visit, value, _read(value, unit))


def _force_limits(
    group: StrengthGroup, visits: Sequence[Visit], curve: Curve, unit: str, content: Content
) -> Limits | None:
    if not curve.measured:
        return None
    days = [visit for visit, point in zip(visits, curve.points, strict=True) if point.value is not None]
    tests = [visit.evaluation.answers.get(f"{group.id}.{curve.side}") for visit in (days[0], days[-1])]
    return strength_limits(group, unit, curve.measured[0].value or 0.0, tests, content)


def _grades(group: StrengthGroup, visits: Sequence[Visit], content: Content) -> Trend:
    ladder = content.plan.goals.grades
    curves = []
    for side in SIDES:
        found = [visit.assessment.strength[group.id].side(side) for visit in visits]
        grades = [one.grade if one and one.grade in ladder else None for one in found]
        points = (
            _point(visit, float(ladder.index(grade)), f"grade {grade}")
            if grade
            else _point(visit, None, _no_grade(one))
            for visit, grade, one in zip(visits, grades, found, strict=True)
        )
        curves.append(Curve(side, tuple(points)))
    goal_ids = [f"{rule.id}.{group.id}" for rule in content.plan.goals.goals if rule.each == "grade"]
    aim = _aim(visits, goal_ids, "", ladder)
    title, top = f"{group.title}, by hand", float(len(ladder) - 1)
    return Trend(
        f"{group.id}-grade", "grade", title, "by hand", "higher", 0.0, top, tuple(curves), "", aim, ladder
    )


def _no_grade(one: SideStrength | None) -> str:
    return "by device" if one is not None and one.score is not None else NOT_TESTED


# ---------------------------------------------------------------- goals


def _aim(
    visits: Sequence[Visit], goal_ids: Sequence[str], unit: str, ladder: tuple[str, ...] = ()
) -> Aim | None:
    """The goal of the last plan that had one; of several the first."""
    for visit in reversed(visits):
        goals = {goal.id: goal for goal in visit.plan.goals} if visit.plan else {}
        found = next((goals[goal_id] for goal_id in goal_ids if goal_id in goals), None)
        if found is not None and (target := found.long or found.short):
            last = found.id.rpartition(".")[2]
            side = next((one for one in SIDES if one == last), None)
            return Aim(_target_words(target), visit.day, _target(target, unit, ladder), side)
    return None


def _target_words(target: str) -> str:
    words = target.replace(" /", "/")
    return f"{words} of the other leg" if words.endswith("%") else words


def _target(text: str, unit: str, ladder: tuple[str, ...]) -> float | None:
    if ladder:
        grade = text.partition(" ")[0]
        return float(ladder.index(grade)) if grade in ladder else None
    number, _, own = text.partition(" ")
    try:
        return float(number) if own == unit else None
    except ValueError:
        return None
