"""What was typed or written for an item, checked: is it one of the options, in range, with its unit?"""

from __future__ import annotations

from typing import Any

from evalassist.content.loader import Content
from evalassist.content.schema import Item, StrengthGroup
from evalassist.evaluation import Answer, Discarded, NotTested, Quantity, StrengthTest
from evalassist.units import DIMENSION, convert, to_si
from evalassist.words import seen

MMT_GRADES = ("0", "1", "2-", "2", "2+", "3-", "3", "3+", "4-", "4", "4+", "5")
"""Manual muscle test grades in their order; a grade is a word, never a number."""

FORCE_UNITS = ("N", "kgf", "lbf")
MOST_TRIALS = 6
LARGEST = 1e9
LONGEST_WORDS = 400
"""Characters of a reason, a device, a name."""
MOST_DISCARDED = 20
LONGEST_TEXT = 4000
"""Characters of a free text; a longer one is a slip, and no page could show it."""
FORCE_N = (5.0, 1000.0)
TORQUE_NM = (2.0, 500.0)
LEVER_ARM_M = (0.05, 1.20)
"""Plausible ranges [P]."""


class ImplausibleError(ValueError):
    """What is wrong with an answer and what to write instead, as one sentence."""


def parse_answer(item: Item, raw: Any, content: Content) -> Answer:
    """An answer from plain data (a case file, a stored draft). Raises `ImplausibleError` with what is allowed."""
    if isinstance(raw, dict) and set(raw) == {"not_tested"} and item.kind != "strength":
        return NotTested(_reason(raw["not_tested"]))
    if isinstance(raw, dict) and item.kind not in ("number", "strength"):
        raise ImplausibleError(f"write a plain value here, not a table with {', '.join(raw)}")
    match item.kind:
        case "yes-no":
            return _yes_no(raw)
        case "choice":
            return _option(item, raw)
        case "choices":
            return _options(item, raw)
        case "number":
            return _number(item, raw)
        case "scale":
            return _scale(raw)
        case "text":
            return _text(raw, item.letters or LONGEST_TEXT)
        case "strength":
            return _strength(raw, content.strength_groups[item.id])


def check_number(item: Item, value: float, unit: str = "") -> None:
    """Refuse what cannot be: outside `allowed`, in the item's own unit."""
    own = convert(value, unit, item.unit) if unit and item.unit else value
    if item.allowed and not item.allowed.low <= own <= item.allowed.high:
        low, high = item.allowed.low, item.allowed.high
        raise ImplausibleError(
            f"{value:g}{_space(unit or item.unit)} is outside {low:g} to {high:g}{_space(item.unit)}"
        )
    if item.whole and own != int(own):
        raise ImplausibleError(f"{value:g} must be a whole number")


def is_unusual(item: Item, value: float) -> bool:
    """Possible, but worth asking whether it is meant."""
    return item.usual is not None and not item.usual.low <= value <= item.usual.high


def _space(unit: str) -> str:
    return f" {unit}" if unit else ""


def _yes_no(raw: Any) -> str:
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if raw in ("yes", "no", "not-assessed"):
        return str(raw)
    raise ImplausibleError(f"{raw!r} must be yes, no or not-assessed")


def _option(item: Item, raw: Any) -> str:
    ids = [option.id for option in item.options]
    word = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw
    if word in ids:
        return str(word)
    raise ImplausibleError(f"{raw!r} is not an option; allowed: {', '.join(ids)}")


def _options(item: Item, raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise ImplausibleError(f'{raw!r} must be a list of options, for example ["{item.options[0].id}"]')
    chosen = tuple(_option(item, entry) for entry in raw)
    if twice := [entry for entry in chosen if chosen.count(entry) > 1]:
        raise ImplausibleError(f"{twice[0]!r} stands in the list twice")
    return chosen


def _number(item: Item, raw: Any) -> Answer:
    if isinstance(raw, dict):
        if set(raw) != {"value", "unit"} or not is_number(raw["value"]):
            raise ImplausibleError('write a number, or { value = 62.0, unit = "kg" }')
        if raw["unit"] not in item.all_units:
            allowed = ", ".join(item.all_units) or "no unit, just the number"
            raise ImplausibleError(f"unit {raw['unit']!r} is not known here; allowed: {allowed}")
        check_number(item, float(raw["value"]), raw["unit"])
        return Quantity(float(raw["value"]), raw["unit"])
    if not is_number(raw):
        raise ImplausibleError(f"{raw!r} must be a number{_space(item.unit)}")
    check_number(item, float(raw))
    return float(raw)


def _scale(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= 10:
        raise ImplausibleError(f"{raw!r} must be a whole number from 0 to 10")
    return raw


def _reason(raw: Any) -> str:
    """Why something was left out; an empty reason is none."""
    if isinstance(raw, str) and seen(raw):
        if len(raw) > LONGEST_WORDS:
            raise ImplausibleError(f"a reason of {len(raw)} characters is too long; at most {LONGEST_WORDS}")
        return raw.strip()
    raise ImplausibleError("the reason is missing; write it in words")


def _text(raw: Any, most: int) -> str:
    if isinstance(raw, str):
        if len(raw) > most:
            raise ImplausibleError(f"{len(raw)} characters are too many; at most {most}")
        return raw
    raise ImplausibleError(f"{raw!r} must be text in quotes")


def is_number(raw: Any) -> bool:
    """A number of a size that a measurement could have: not NaN, not infinite, no slip of 400 digits."""
    return isinstance(raw, int | float) and not isinstance(raw, bool) and -LARGEST < raw < LARGEST


WORDS_OF_A_TEST = (
    *("unit", "grade", "compensation", "not_tested", "position", "contraction", "fixation"),
    *("device", "tester"),
)
STRENGTH_KEYS = ("trials", "lever_arm_m", "pain", "discarded", *WORDS_OF_A_TEST)


def _strength(raw: Any, group: StrengthGroup) -> StrengthTest:
    if not isinstance(raw, dict):
        raise ImplausibleError(
            'write { unit = "N", trials = [82, 85, 84], lever_arm_m = 0.78 } or { grade = "4" }'
        )
    if unknown := sorted(set(raw) - set(STRENGTH_KEYS)):
        raise ImplausibleError(f"{unknown[0]} is not known here; allowed: {', '.join(STRENGTH_KEYS)}")
    trials = raw.get("trials", [])
    if not isinstance(trials, list) or not all(is_number(trial) for trial in trials):
        raise ImplausibleError(
            f'trials must be numbers, not {trials!r}; a hand grade is written grade = "4+" and never mixed with force'
        )
    for key in WORDS_OF_A_TEST:
        if not isinstance(raw.get(key, ""), str):
            raise ImplausibleError(f"{key} must be text in quotes, not {raw[key]!r}")
    test = StrengthTest(
        trials=tuple(float(trial) for trial in trials),
        unit=raw.get("unit"),
        lever_arm_m=raw.get("lever_arm_m"),
        pain=raw.get("pain"),
        grade=raw.get("grade"),
        compensation=raw.get("compensation"),
        not_tested=raw.get("not_tested"),
        position=raw.get("position"),
        contraction=raw.get("contraction"),
        fixation=raw.get("fixation"),
        device=raw.get("device"),
        tester=raw.get("tester"),
        discarded=_discarded(raw.get("discarded", []), raw.get("unit")),
    )
    check_strength(test, group)
    return test


def _discarded(raw: Any, unit: str | None) -> tuple[Discarded, ...]:
    """Trials that do not count, in the unit of the test: `[{ value = 60, reason = "slipped" }]`."""
    known = isinstance(raw, list) and all(
        isinstance(trial, dict) and set(trial) == {"value", "reason"} and is_number(trial["value"])
        for trial in raw
    )
    if not known:
        raise ImplausibleError('discarded is written [{ value = 60, reason = "slipped" }]')
    if raw and unit is None:
        raise ImplausibleError("discarded trials need the unit in which they were read")
    if len(raw) > MOST_DISCARDED:
        raise ImplausibleError(f"{len(raw)} discarded trials are too many; at most {MOST_DISCARDED}")
    if below := [trial["value"] for trial in raw if trial["value"] <= 0]:
        raise ImplausibleError(f"a discarded trial of {below[0]:g} cannot have been read")
    return tuple(Discarded(float(trial["value"]), unit or "", _reason(trial["reason"])) for trial in raw)


def check_strength(test: StrengthTest, group: StrengthGroup) -> None:
    """Refuse a strength test that mixes grade and force, lacks its unit, or holds an impossible number."""
    for words in (test.device, test.tester, test.compensation):
        if words is not None and len(words) > LONGEST_WORDS:
            raise ImplausibleError(f"{len(words)} characters are too many; at most {LONGEST_WORDS}")
    if test.grade is not None and test.trials:
        raise ImplausibleError("give either trials by dynamometer or a hand grade, not both")
    if test.grade is not None and test.grade not in MMT_GRADES:
        raise ImplausibleError(f"{test.grade!r} is not a grade; allowed: {', '.join(MMT_GRADES)}")
    if test.not_tested is not None:
        _reason(test.not_tested)
        if test.trials or test.grade:
            raise ImplausibleError("give a result, or not_tested with the reason, not both")
    elif not (test.trials or test.grade):
        raise ImplausibleError("give trials, a grade, or not_tested with the reason")
    if test.pain is not None:
        _scale(test.pain)
    _check_protocol(test, group)
    _check_trials(test, group.takes_torque)
    low, high = LEVER_ARM_M
    if test.lever_arm_m is not None and not (is_number(test.lever_arm_m) and low <= test.lever_arm_m <= high):
        raise ImplausibleError(
            f"lever_arm_m {str(test.lever_arm_m)[:12]} must be meters from {low:g} to {high:g} (78 cm is written 0.78)"
        )


def _check_protocol(test: StrengthTest, group: StrengthGroup) -> None:
    positions = [position.id for position in group.other_positions]
    allowed = {"position": positions, "contraction": ["break"], "fixation": ["hand", "belt"]}
    for key, words in allowed.items():
        given = getattr(test, key)
        if given is not None and given not in words:
            raise ImplausibleError(
                f"{key} {given!r} is not known here; allowed: {', '.join(words) or 'none'}"
            )


def _check_trials(test: StrengthTest, takes_torque: bool) -> None:
    units = (*FORCE_UNITS, "Nm") if takes_torque else FORCE_UNITS
    if (test.trials or test.unit is not None) and test.unit not in units:
        given = "has no unit" if test.unit is None else f"has the unit {test.unit!r}"
        raise ImplausibleError(f"the force {given}; allowed: {', '.join(units)}")
    if not test.trials or test.unit is None:
        return
    if len(test.trials) > MOST_TRIALS:
        raise ImplausibleError(f"{len(test.trials)} trials are too many; at most {MOST_TRIALS}")
    low, high = TORQUE_NM if DIMENSION[test.unit] == "torque" else FORCE_N
    si_unit = "Nm" if DIMENSION[test.unit] == "torque" else "N"
    for trial in test.trials:
        if not low <= to_si(trial, test.unit) <= high:
            raise ImplausibleError(f"{trial:g} {test.unit} is outside {low:g} to {high:g} {si_unit}")
