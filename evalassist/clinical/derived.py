"""What the findings come to: side differences, reach for leg length, force for body mass, and limits beside the number.

Which values are computed, and which limits stand beside them, is content (`resources/content/derived.toml`). Nothing
here is a fact of a rule: a limit beside a number never makes a subcategory positive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from evalassist.clinical.conditions import judge
from evalassist.clinical.facts import shown
from evalassist.clinical.result import Assessment, Verdict
from evalassist.content.schema import Derived, Item, Limit, Mark
from evalassist.evaluation import SIDES, Evaluation, ItemId, Side, other

if TYPE_CHECKING:
    from evalassist.content.loader import Content

APP_DEFAULT = "App default: not from a guideline"
"""What a limit of our own is, told once where several stand together."""


@dataclass(frozen=True, slots=True)
class DerivedFinding:
    """One computed value, or a typed one that lies beyond a limit, as words; `side` None when it tells both."""

    id: str
    label: str
    text: str
    side: Side | None
    inputs: tuple[ItemId, ...]
    flag: str = ""
    """The limit it lies beyond, or the band it falls into."""
    mark: Mark = "D"
    """How far the flag may be trusted; D, arithmetic, while there is none."""
    cites: tuple[str, ...] = ()
    information: bool = False
    """It decides nothing, and says so."""
    note: str = ""
    rule: str = ""
    """The rule whose conclusion the flag is; the assessment tells it too."""

    @property
    def is_app_default(self) -> bool:
        return bool(self.flag) and self.mark == "P"

    @property
    def told(self) -> str:
        """Right 25°: below 30° (app default, information only)."""
        what = f"{self.side} {self.text}" if self.side else self.text
        remarks = [
            *(["app default"] if self.is_app_default else []),
            *(["information only"] if self.information else []),
        ]
        flag = f": {self.flag}" if self.flag else ""
        return what + flag + (f" ({', '.join(remarks)})" if remarks else "")


def of_item(found: Sequence[DerivedFinding], item: Item) -> list[DerivedFinding]:
    """What is computed first of all from the answers to this item."""
    return [one for one in found if set(item.ids).intersection(one.inputs[:1])]


def sentences(found: Sequence[DerivedFinding]) -> Iterator[str]:
    """One sentence a computed value, both sides in one, and once at the end what an app default is."""
    together: dict[tuple[str, str], list[DerivedFinding]] = {}
    for one in found:
        together.setdefault((one.id, one.label), []).append(one)
    for (_, label), ones in together.items():
        note = f". {ones[0].note}" if ones[0].note else ""
        yield f"{label} {'; '.join(one.told for one in ones)}{note}"
    if any(one.is_app_default for one in found):
        yield APP_DEFAULT


@dataclass(frozen=True, slots=True)
class _Source:
    evaluation: Evaluation
    assessment: Assessment
    content: Content

    def number(self, fact_id: str) -> float | None:
        return self.assessment.number(fact_id)

    def label(self, fact_id: str) -> str:
        base = fact_id.removesuffix(".right").removesuffix(".left")
        return self.content.items[base].label if base in self.content.items else base

    def behind(self, fact_id: str) -> tuple[ItemId, ...]:
        """The answers a value comes from."""
        fact = self.assessment.facts.get(fact_id)
        return fact.inputs if fact is not None else ()


def derived(evaluation: Evaluation, assessment: Assessment, content: Content) -> tuple[DerivedFinding, ...]:
    """Everything the answers come to, in the order of the content."""
    source = _Source(evaluation, assessment, content)
    return tuple(found for entry in content.derived.values() for found in HOW[entry.how](source, entry))


# ---------------------------------------------------------------- how each is computed


def _each_side(source: _Source, entry: Derived) -> Iterator[DerivedFinding]:
    """The value of each side, told when it lies beyond a limit or falls into a band."""
    for name in entry.of:
        for side in SIDES:
            value = source.number(f"{name}.{side}")
            if value is not None:
                yield from _told(source, entry, name, value, side)


def _number(source: _Source, entry: Derived) -> Iterator[DerivedFinding]:
    for name in entry.of:
        value = source.number(name)
        if value is not None:
            yield from _told(source, entry, name, value, None)


def _told(
    source: _Source, entry: Derived, name: str, value: float, side: Side | None
) -> Iterator[DerivedFinding]:
    fact_id = f"{name}.{side}" if side else name
    plain = DerivedFinding(
        entry.id,
        entry.label or source.label(name),
        _text(value, entry),
        side,
        source.behind(fact_id),
        information=entry.information,
        note=entry.note,
    )
    flagged = [
        replace(plain, flag=flag, mark=mark, cites=cites) for flag, mark, cites in _flags(entry, value)
    ]
    flagged += [
        replace(plain, flag=rule.title.lower(), mark=rule.mark, cites=rule.cites, rule=rule.id)
        for rule in (source.content.rules[rule_id] for rule_id in entry.rules)
        if _rule_says(source, rule.id, fact_id, side)
    ]
    if not flagged and entry.otherwise:
        flagged = [
            replace(plain, flag=entry.otherwise, mark=entry.mark, cites=entry.cites, rule=rule_id)
            for rule_id in entry.rules
            if _rule_says(source, rule_id, fact_id, side, Verdict.NOT_MET)
        ]
    yield from flagged or ([plain] if entry.always else [])


def _rule_says(
    source: _Source, rule_id: str, fact_id: str, side: Side | None, verdict: Verdict = Verdict.MET
) -> bool:
    """Whether this value is among what makes the rule's condition hold on this side, or fail."""
    judged = judge(source.content.rules[rule_id].when, source.assessment.known, side)
    behind = {item_id for reason in judged.reasons for item_id in reason.items}
    return judged.verdict is verdict and bool(behind.intersection(source.behind(fact_id)))


def _difference(source: _Source, entry: Derived) -> Iterator[DerivedFinding]:
    """How much the sides differ, whichever is larger."""
    for name in entry.of:
        right, left = (source.number(f"{name}.{side}") for side in SIDES)
        if right is None or left is None:
            continue
        by = abs(right - left)
        larger = "sides equal" if right == left else f"{'right' if right > left else 'left'} more by"
        text = f"{larger} {_text(by, entry)}" if by else larger
        yield from _both_sides(source, entry, name, text, by)


def _symmetry(source: _Source, entry: Derived) -> Iterator[DerivedFinding]:
    """The sore side in per cent of the other; with both knees sore the weaker of the stronger."""
    for name in entry.of:
        compared = _compared(source, name)
        if compared is not None:
            yield from _both_sides(source, entry, name, compared[1], compared[0])


def _compared(source: _Source, name: str) -> tuple[float, str] | None:
    """One side in per cent of the other, and how that reads; None when there is nothing to compare with."""
    right, left = (source.number(f"{name}.{side}") for side in SIDES)
    if right is None or left is None:
        return None
    sore = source.evaluation.sore_knee
    side: Side = sore if sore != "both" else "left" if left < right else "right"
    own, opposite = (left, right) if side == "left" else (right, left)
    if opposite <= 0:
        return None
    percent = 100 * own / opposite
    only = ", asymmetry only" if sore == "both" else ""
    return percent, f"{side} side {shown(percent, 1)} % of the {other(side)}{only}"


def _per_mass(source: _Source, entry: Derived) -> Iterator[DerivedFinding]:
    """Force for body mass of each side, and the sore, or the weaker, side in per cent of the other."""
    mass = source.number(entry.by)
    for name in entry.of:
        label = entry.label or source.label(name)
        for side in SIDES:
            value = source.number(f"{name}.{side}")
            if value is not None and mass:
                text = f"{value / mass:.{entry.decimals}f} {entry.unit}"
                yield DerivedFinding(entry.id, label, text, side, (f"{name}.{side}", entry.by))
        compared = _compared(source, name)
        if compared is not None:
            percent, text = compared
            lower = f", {shown(100 - percent, 1)} % lower" if percent < 100 else ""
            if lower and not any(source.assessment.met(rule_id) for rule_id in entry.rules):
                lower += ", within measurement error"
            yield DerivedFinding(entry.id, label, text + lower, None, (f"{name}.right", f"{name}.left"))


def _percent_of(source: _Source, entry: Derived) -> Iterator[DerivedFinding]:
    """Each reach in per cent of the leg's length; with several reaches, all of them against as many legs."""
    for names in [entry.of] if entry.how == "composite" else [(name,) for name in entry.of]:
        told, inputs = [], []
        for side in SIDES:
            reach = [source.number(f"{name}.{side}") for name in names]
            length = source.number(f"{entry.by}.{side}")
            if not length or None in reach:
                continue
            percent = 100 * sum(value or 0 for value in reach) / (len(names) * length)
            told.append(f"{side} {shown(percent, entry.decimals)} {entry.unit}")
            inputs += [*(f"{name}.{side}" for name in names), f"{entry.by}.{side}"]
        if told:
            label = entry.label or source.label(names[0])
            yield DerivedFinding(
                entry.id, label, ", ".join(told), None, tuple(inputs), information=entry.information
            )


def _gain(source: _Source, entry: Derived) -> Iterator[DerivedFinding]:
    """How much more the first measure gives than the second, where one of the named rules holds on that side."""
    first, second = entry.of
    for side in SIDES:
        more, less = source.number(f"{first}.{side}"), source.number(f"{second}.{side}")
        if more is None or less is None:
            continue
        judged = (
            judge(source.content.rules[rule].when, source.assessment.known, side) for rule in entry.rules
        )
        if any(one.verdict is Verdict.MET for one in judged):
            for flag, mark, cites in _flags(entry, more - less):
                inputs = (f"{first}.{side}", f"{second}.{side}")
                text = _text(more - less, entry)
                yield DerivedFinding(entry.id, entry.label, text, side, inputs, flag, mark, cites)


def _order(source: _Source, entry: Derived) -> Iterator[DerivedFinding]:
    """Which side stands higher on a scale of words."""
    for name in entry.of:
        options = source.content.items[name].options
        places = {option.id: place for place, option in enumerate(options)}
        words = {option.id: option.label for option in options}
        right, left = (str(source.assessment.value(f"{name}.{side}")) for side in SIDES)
        if right not in places or left not in places or right == left:
            continue
        higher: Side = "right" if places[right] > places[left] else "left"
        high, low = (right, left) if higher == "right" else (left, right)
        text = f"more on the {higher}: {words[high]}, {other(higher)} {words[low]}"
        yield DerivedFinding(
            entry.id, entry.label or source.label(name), text, None, (f"{name}.right", f"{name}.left")
        )


def _count(source: _Source, entry: Derived) -> Iterator[DerivedFinding]:
    """How many of the signs that were judged are poor, on each side."""
    told, inputs = [], []
    for side in SIDES:
        judged = {name: source.assessment.value(f"{name}.{side}") for name in entry.of}
        done = [value for value in judged.values() if value is not None]
        if len(done) > 1:
            told.append(f"{side} {done.count('failed')} of {len(done)} {entry.unit}")
            inputs += [f"{name}.{side}" for name, value in judged.items() if value is not None]
    if told:
        yield DerivedFinding(entry.id, entry.label, ", ".join(told), None, tuple(inputs))


HOW: dict[str, Callable[[_Source, Derived], Iterator[DerivedFinding]]] = {
    "each-side": _each_side,
    "number": _number,
    "difference": _difference,
    "symmetry": _symmetry,
    "per-mass": _per_mass,
    "percent-of": _percent_of,
    "composite": _percent_of,
    "gain": _gain,
    "order": _order,
    "count": _count,
}


# ---------------------------------------------------------------- words


def _both_sides(
    source: _Source, entry: Derived, name: str, text: str, value: float
) -> Iterator[DerivedFinding]:
    make = partial(
        DerivedFinding,
        entry.id,
        entry.label or source.label(name),
        text,
        None,
        (f"{name}.right", f"{name}.left"),
        information=entry.information,
        note=entry.note,
    )
    flagged = [make(flag=flag, mark=mark, cites=cites) for flag, mark, cites in _flags(entry, value)]
    yield from flagged or ([make()] if entry.always else [])


def _flags(entry: Derived, value: float) -> Iterator[tuple[str, Mark, tuple[str, ...]]]:
    """The first limit that is passed; limits stand with the most telling first."""
    for limit in entry.limits:
        if _passed(limit, value):
            yield limit.words(lambda number: _text(number, entry)), limit.mark, limit.cites
            return


def _passed(limit: Limit, value: float) -> bool:
    return (
        (limit.below is not None and value < limit.below)
        or (limit.above is not None and value > limit.above)
        or (limit.at_least is not None and value >= limit.at_least)
        or (limit.at_most is not None and value <= limit.at_most)
    )


def _text(value: float, entry: Derived) -> str:
    number = shown(value, entry.decimals).replace("-", "−")
    return f"{number}{entry.unit}" if entry.unit == "°" else f"{number} {entry.unit}".rstrip()
