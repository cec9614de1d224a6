"""From answers to facts: each answered item, and everything that must be computed, with the answers behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from evalassist.clinical import measures, strength
from evalassist.clinical.conditions import verdict_of
from evalassist.clinical.result import Fact, FactValue, GroupStrength, Knowledge, Score, Verdict
from evalassist.content.schema import FactName, Item, Norm
from evalassist.evaluation import (
    SIDES,
    Answer,
    Evaluation,
    ItemId,
    NotTested,
    Quantity,
    Side,
    StrengthTest,
    other,
)
from evalassist.units import convert
from evalassist.words import in_unit, lower_first, seen

if TYPE_CHECKING:
    from evalassist.content.loader import Content

BRINGS_BACK = re.compile(r" brings? the familiar pain$")
"""The end that the labels of all these loads share."""
FLEXED_LOADS = ("familiar-squat", "familiar-stairs", "familiar-sitting")
WITHIN_ERROR = "within measurement error between testers"
EXCLUDED = ("unlikely", "excluded")


class Found(NamedTuple):
    """A computed fact, or with value None the items that are still needed for it."""

    id: str
    value: FactValue | None
    inputs: tuple[ItemId, ...]
    missing: tuple[ItemId, ...] = ()
    remark: str = ""
    side: Side = "right"
    """The side that is told first, where two sides are compared."""
    says: str = ""
    """How it reads as a reason, where the words of the content with the value would not say why."""
    told_whole: bool = False
    """These words are in another unit than the limits."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything numeric of one evaluation: scores and strength, used by facts, notes and pages alike."""

    scores: Mapping[str, Score]
    strength: Mapping[str, GroupStrength]


def measured(evaluation: Evaluation, content: Content) -> Measured:
    scores = {m.id: measures.score(m, evaluation.answers, content.items) for m in content.measures.values()}
    return Measured(scores, _strength(evaluation, content))


def knowledge(evaluation: Evaluation, content: Content, numbers: Measured) -> Knowledge:
    """All facts of this evaluation, and for those that are missing, what would tell them."""
    facts: dict[str, Fact] = {}
    sources: dict[str, tuple[ItemId, ...]] = {}
    for item_id, answer in evaluation.answers.items():
        read = (
            _item_fact if item_id in content.own_words else _kept_item_fact
        )  # no words of a patient are kept
        fact = read(item_id, answer, content)
        if fact is not None:
            facts[item_id] = fact
    for found in _computed(evaluation, content, numbers):
        if found.value is None:
            sources[found.id] = found.missing or found.inputs
        else:
            facts[found.id] = _computed_fact(content, found)
    known = Knowledge(facts, sources, {})
    _forget_hidden(known, content)
    return known


def _forget_hidden(known: Knowledge, content: Content) -> None:
    """An answer under a question that was taken back decides nothing: "surgeon cleared it" without a surgery."""
    hidden: set[str] = set()
    for item_id, shown_when, side, leans_on in content.sometimes_asked:
        if item_id not in known.facts:
            continue
        asked = verdict_of(shown_when, known, side)
        if asked is Verdict.NOT_MET or (asked is Verdict.UNDECIDED and leans_on & hidden):
            hidden.add(item_id)
            del known.facts[item_id]


def number(answer: Answer | None, item: Item | None) -> float | None:
    """The number of an answer in the item's own unit."""
    if isinstance(answer, Quantity):
        return float(convert(answer.value, answer.unit, item.unit) if item and item.unit else answer.value)
    return float(answer) if isinstance(answer, int | float) else None


def as_typed(answer: Quantity) -> str:
    """A number in the unit that the therapist chose: 8 months, and not 34.8 weeks."""
    return in_unit(f"{answer.value:g}", answer.unit)


@lru_cache(maxsize=4096)  # exact rounding is slow, and the same numbers are told after every answer
def shown(value: float, decimals: int = 0) -> str:
    """A number as it is printed: no needless zeros, half rounded up."""
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{rounded.normalize():f}" if rounded else "0"


# ---------------------------------------------------------------- items


def _item_fact(item_id: ItemId, answer: Answer, content: Content) -> Fact | None:
    if item_id not in content.asked or answer == "not-assessed":
        return None
    item, side = content.asked[item_id]
    if isinstance(answer, NotTested | StrengthTest) or (isinstance(answer, str) and not seen(answer)):
        return None
    value: FactValue
    if item.kind in ("number", "scale"):
        found = number(answer, item)
        if found is None:
            return None
        value = found
    else:
        value = answer if isinstance(answer, tuple) else str(answer)
    text = _item_text(item, side, value, content.option_words[item.id])
    if isinstance(answer, Quantity) and answer.unit != item.unit:
        # As typed, and what the limit is compared with.
        text = f"{_label(item, side)} {as_typed(answer)}"
        text += f" = {in_unit(shown(float(value), 1), item.unit)}" if isinstance(value, float) else ""
    return Fact(item_id, value, text, (item_id,), unit="/10" if item.kind == "scale" else item.unit)


@lru_cache(maxsize=8192, typed=True)  # most answers stay as they were while one is changed
def _kept_item_fact(item_id: ItemId, answer: Answer, content: Content) -> Fact | None:
    return _item_fact(item_id, answer, content)


def _label(item: Item, side: Side | None) -> str:
    return f"{item.label}, {side}" if side else item.label


def _item_text(item: Item, side: Side | None, value: FactValue, words: Mapping[str, str]) -> str:
    label = _label(item, side)
    if isinstance(value, float):
        return f"{label} {in_unit(f'{value:g}', '/10' if item.kind == 'scale' else item.unit)}"
    if isinstance(value, tuple):
        return f"{label}: {', '.join(words.get(part, part) for part in value) or 'none'}"
    return f"{label}: {words.get(str(value), str(value))}"


# ---------------------------------------------------------------- computed


def _computed_fact(content: Content, found: Found) -> Fact:
    """The fact in the words of the content, which may tell its sign in words, or in words of its own."""
    (name, of_side), value, text, below = content.fact_names[found.id], found.value, found.says, False
    assert value is not None
    if not text and name.says:
        below = isinstance(value, float) and value < 0 and bool(name.says_below_zero)
        number = _value_text(name, -value if below and isinstance(value, float) else value)
        says = name.says_below_zero if below else name.says
        text = says.format(value=number, side=found.side, other=other(found.side)) + of_side
    return Fact(found.id, value, text, found.inputs, found.remark, name.unit, below or found.told_whole)


def _value_text(name: FactName, value: FactValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shown(value, name.decimals) if isinstance(value, int | float) else str(value)


def _computed(evaluation: Evaluation, content: Content, numbers: Measured) -> Iterator[Found]:
    get = _Getter(evaluation, content)
    yield Found("age", float(evaluation.age_years), ())
    yield Found("sex", evaluation.patient.sex, ())
    yield Found("sore-knee", evaluation.sore_knee, ())
    yield Found("visit-kind", evaluation.kind, ())
    yield _duration(get)
    yield _load_change(get)
    yield _rest_or_night(get, content.numbers["rest-pain"])
    yield _chosen_points(get, "wells-score", "wells")
    yield _reproduced(get, content)
    yield _causes_excluded(get, content)
    yield _hipsit(get)
    yield _total(get, "beighton-total", _scored_like(content, "beighton-"))
    for side in SIDES:
        yield _total(get, f"lsd-total.{side}", _scored_like(content, "lsd-", side), f"lsd-typed-total.{side}")
        yield _total(
            get, f"fpi6-total.{side}", _scored_like(content, "fpi6-", side), f"fpi6-typed-total.{side}"
        )
    for scored in numbers.scores.values():
        measure = content.measures[scored.measure]
        answered = tuple(i for i in measure.items if i in evaluation.answers) if scored.answered else ()
        inputs = answered or ((measure.total_item,) if measure.total_item else ())
        yield Found(scored.measure, scored.value, inputs, scored.missing)
    yield from _strength_facts(evaluation, content, numbers)


class _Getter:
    """Answers by item id, as numbers or words."""

    def __init__(self, evaluation: Evaluation, content: Content) -> None:
        self.evaluation, self.content = evaluation, content

    def number(self, item_id: ItemId) -> float | None:
        entry = self.content.asked.get(item_id)
        return number(self.evaluation.answers.get(item_id), entry[0] if entry else None)

    def word(self, item_id: ItemId) -> str | None:
        answer = self.evaluation.answers.get(item_id)
        return answer if isinstance(answer, str) and answer != "not-assessed" else None

    def points(self, item_id: ItemId) -> float | None:
        answer, entry = self.evaluation.answers.get(item_id), self.content.asked.get(item_id)
        return None if answer is None or entry is None else measures.points(entry[0], answer)

    def renamed(self, fact_id: str, item_id: ItemId) -> Found:
        return Found(fact_id, self.number(item_id), (item_id,))


def _duration(get: _Getter) -> Found:
    weeks = get.renamed("duration-weeks", "duration")
    answer = get.evaluation.answers.get("duration")
    if not isinstance(answer, Quantity) or answer.unit == "weeks":
        return weeks
    return weeks._replace(says=f"pain for {as_typed(answer)}", told_whole=True)


def _load_change(get: _Getter) -> Found:
    old, new = get.number("load-old"), get.number("load-new")
    percent = strength.settled(100 * (new - old) / old) if old and new is not None else None
    if old == new == 0:
        percent = 0.0
    return Found("load-change-percent", percent, ("load-old", "load-new"))


def _rest_or_night(get: _Getter, rest_pain: float) -> Found:
    """Pain of this much or more at rest, or woken by the knee; not answered is not "no"."""
    rest, wakes = get.number("nprs-rest"), get.word("wakes")
    inputs = ("nprs-rest", "wakes")
    at_rest = None if rest is None else rest >= rest_pain
    at_night = None if wakes is None else wakes == "yes"
    if at_rest or at_night:
        positive = tuple(i for i, yes in zip(inputs, (at_rest, at_night), strict=True) if yes)
        return Found("rest-or-night-pain", True, positive)
    if at_rest is None or at_night is None:
        missing = tuple(i for i, known in zip(inputs, (at_rest, at_night), strict=True) if known is None)
        return Found("rest-or-night-pain", None, inputs, missing)
    return Found("rest-or-night-pain", False, inputs)


def _chosen_points(get: _Getter, fact_id: str, item_id: ItemId) -> Found:
    """The sum of the points of what was ticked; nothing ticked in an answered list is a score of 0."""
    answer = get.evaluation.answers.get(item_id)
    if not isinstance(answer, tuple):
        return Found(fact_id, None, (item_id,))
    points = {option.id: option.points or 0 for option in get.content.items[item_id].options}
    return Found(fact_id, float(sum(points[chosen] for chosen in answer)), (item_id,))


def _reproduced(get: _Getter, content: Content) -> Found:
    """A flexed-knee load done now brings back the familiar pain; "no" needs squat, stairs and sitting all done."""
    brings_back = tuple(item_id for item_id in _ids_like(content, "familiar-") if get.word(item_id) == "yes")
    if brings_back:
        return Found("reproduced-now", True, brings_back, says=_familiar(brings_back, content, "bring"))
    missing = tuple(item_id for item_id in FLEXED_LOADS if get.word(item_id) is None)
    says = _familiar(FLEXED_LOADS, content, "do not bring")
    return Found("reproduced-now", None if missing else False, FLEXED_LOADS, missing, says=says)


@lru_cache
def _familiar(items: tuple[ItemId, ...], content: Content, verb: str) -> str:
    """Which loads bring the familiar pain: "squatting and stairs bring the familiar pain"."""
    labels = [lower_first(content.items[item_id].label) for item_id in items]
    if len(labels) == 1:
        return labels[0]
    loads = [BRINGS_BACK.sub("", label) for label in labels]
    return f"{', '.join(loads[:-1])} and {loads[-1]} {verb} the familiar pain"


def _causes_excluded(get: _Getter, content: Content) -> Found:
    """Every cause that must be ruled out is unlikely or excluded."""
    items = tuple(f"ddx-{d.id}" for d in content.differentials.values() if d.effect == "rule-out")
    words = {item_id: get.word(item_id) for item_id in items}
    likely = tuple(item_id for item_id, word in words.items() if word in ("possible", "likely"))
    if likely:
        titles = {f"ddx-{d.id}": lower_first(d.title) for d in content.differentials.values()}
        says = f"possible or likely: {', '.join(titles[item_id] for item_id in likely)}"
        return Found("causes-excluded", False, likely, says=says)
    missing = tuple(item_id for item_id, word in words.items() if word not in EXCLUDED)
    says = f"all {len(items)} causes to rule out are rated unlikely or excluded"
    return Found("causes-excluded", None if missing else True, items, missing, says=says)


def _hipsit(get: _Getter) -> Found:
    inputs = ("hipsit.right", "hipsit.left", "mass")
    right, left, mass = (get.number(item_id) for item_id in inputs)
    known = right is not None and left is not None and mass
    missing = tuple(i for i, v in zip(inputs, (right, left, mass), strict=True) if v is None)
    if not known or right is None or left is None or not mass:
        return Found("hipsit-difference", None, inputs, missing)
    sore = get.evaluation.sore_knee
    side: Side = sore if sore != "both" else "left" if left < right else "right"
    difference = strength.settled((right - left if side == "left" else left - right) / mass)
    return Found("hipsit-difference", difference, inputs, side=side)


@lru_cache
def _ids_like(content: Content, prefix: str) -> tuple[ItemId, ...]:
    return tuple(i for item in content.items.values() if item.id.startswith(prefix) for i in item.ids)


@lru_cache
def _scored_like(content: Content, prefix: str, side: Side | None = None) -> tuple[ItemId, ...]:
    """The scored items of a test: those whose options carry points."""
    scored = (item for item in content.scored_items if item.id.startswith(prefix))
    return tuple(i for item in scored for i in item.ids if side is None or i.endswith(f".{side}"))


def _total(get: _Getter, fact_id: str, items: tuple[ItemId, ...], typed: ItemId | None = None) -> Found:
    """The sum when every item is scored; else the total typed from paper; never a partial sum."""
    points = {item_id: get.points(item_id) for item_id in items}
    known = [value for value in points.values() if value is not None]
    if items and len(known) == len(items):
        return Found(fact_id, sum(known), items)
    if typed is not None and (total := get.number(typed)) is not None:
        return Found(fact_id, total, (typed,))
    return Found(fact_id, None, items, tuple(item_id for item_id, value in points.items() if value is None))


# ---------------------------------------------------------------- strength


def _strength(evaluation: Evaluation, content: Content) -> dict[str, GroupStrength]:
    mass = number(evaluation.answers.get("mass"), content.items.get("mass"))
    rest = number(evaluation.answers.get("nprs-rest"), None)
    scoring: strength.Scoring = "mean" if evaluation.answers.get("strength-score") == "mean" else "best"
    limits = strength.Limits.of(content.numbers)
    groups: dict[str, GroupStrength] = {}
    for group in content.strength_groups.values():
        sides = {
            side: strength.side_strength(
                answer,
                scoring=scoring,
                limits=limits,
                body_mass_kg=mass,
                rest_pain=rest,
                norm=_norm(evaluation, content, group.id, answer),
            )
            for side in SIDES
            if isinstance(answer := evaluation.answers.get(f"{group.id}.{side}"), StrengthTest)
        }
        groups[group.id] = strength.group_strength(group, sides, evaluation.sore_knee)
    return groups


def _norm(evaluation: Evaluation, content: Content, group: str, test: StrengthTest) -> Norm | None:
    """Healthy people tested in the same way; the published break test was done with adult runners only."""
    sex, age, hips = evaluation.patient.sex, evaluation.age_years, bool(content.numbers["hip-norms"])
    if test.contraction is None:
        return strength.norm_for(group, sex, age, content.norms, hip_norms=hips)
    runs = evaluation.answers.get("runner") == "yes"
    return strength.break_norm_for(group, sex, age, content.break_norms) if hips and runs else None


def _strength_facts(evaluation: Evaluation, content: Content, numbers: Measured) -> Iterator[Found]:
    """Symmetry of every group; for a group that decides a deficit also how it is judged, and on which side."""
    for group in numbers.strength.values():
        both = (f"{group.group}.right", f"{group.group}.left")
        needed = tuple(i for i in both if not _tested(group, i))
        compared = _compared_by(evaluation, group)
        symmetry = group.symmetry_percent if compared == "symmetry" else None
        remark = WITHIN_ERROR if group.within_tester_error and group.weaker else ""
        sore, weaker_side = evaluation.sore_sides[0], group.weaker or "right"
        yield Found(f"{group.group}-symmetry-percent", symmetry, both, needed or both, remark, sore)
        if content.strength_groups[group.group].decides == "none":
            continue
        yield Found(f"{group.group}-compared", compared, both, needed or both)
        asymmetry = group.asymmetry_percent
        yield Found(f"{group.group}-asymmetry-percent", asymmetry, both, needed or both, side=weaker_side)
        for side in SIDES:
            weaker = None if group.asymmetry_percent is None else group.weaker == side
            yield Found(f"{group.group}-weaker.{side}", weaker, both, needed or both)
            tested = group.side(side)
            grade = tested.grade if tested else None
            by_device = tested is not None and tested.score is not None
            missing = needed if by_device else ()  # what was measured is not missing as a grade
            yield Found(f"{group.group}-grade.{side}", grade, (f"{group.group}.{side}",), missing)
            if f"{group.group}-z" in content.facts:
                yield Found(
                    f"{group.group}-z.{side}", tested.z if tested else None, (f"{group.group}.{side}",)
                )
    yield from _inhibited(numbers)


def _tested(group: GroupStrength, item_id: ItemId) -> bool:
    side = group.right if item_id.endswith(".right") else group.left
    return side is not None and (side.score is not None or side.grade is not None)


def _compared_by(evaluation: Evaluation, group: GroupStrength) -> str | None:
    """How this group can be judged: by symmetry, by asymmetry (both knees sore), by hand grade, or not yet."""
    if group.asymmetry_percent is not None:
        return "asymmetry" if evaluation.sore_knee == "both" else "symmetry"
    sore = [group.side(side) for side in evaluation.sore_sides]
    return "grade" if all(side is not None and side.grade is not None for side in sore) else None


def _inhibited(numbers: Measured) -> Iterable[Found]:
    for side in SIDES:
        tested = {g.group: g.side(side) for g in numbers.strength.values() if g.side(side) is not None}
        hurt = tuple(f"{group}.{side}" for group, found in tested.items() if found and found.pain_inhibited)
        value = bool(hurt) if tested else None
        yield Found(f"pain-inhibited.{side}", value, hurt or tuple(f"{group}.{side}" for group in tested))
