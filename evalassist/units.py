"""SI inside, the person's unit at the edge: the only conversions in EvalAssist.

The "kg" on a hand-held dynamometer is a force and is written `kgf` here; `kg` is a body's mass.
The arithmetic is decimal, so that 35 cm is stored as 0.35 m and shown as 35 cm again.
"""

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from evalassist.errors import EvalAssistError


class _Unit(NamedTuple):
    dimension: str
    in_si: Decimal
    zero: Decimal = Decimal(0)


_WEEK_S = Decimal(7 * 86400)
_MONTH_S = Decimal("4.345") * _WEEK_S  # weeks in a month: examination sheet, H09

_UNITS = {
    "N": _Unit("force", Decimal("1")),
    "kgf": _Unit("force", Decimal("9.80665")),
    "lbf": _Unit("force", Decimal("4.4482216153")),
    "kg": _Unit("mass", Decimal("1")),
    "lb": _Unit("mass", Decimal("0.45359237")),
    "m": _Unit("length", Decimal("1")),
    "cm": _Unit("length", Decimal("0.01")),
    "in": _Unit("length", Decimal("0.0254")),
    "Nm": _Unit("torque", Decimal("1")),
    "s": _Unit("time", Decimal("1")),
    "min": _Unit("time", Decimal("60")),
    "h": _Unit("time", Decimal("3600")),
    "days": _Unit("time", Decimal("86400")),
    "weeks": _Unit("time", _WEEK_S),
    "months": _Unit("time", _MONTH_S),
    "years": _Unit("time", 12 * _MONTH_S),
    "km": _Unit("length", Decimal("1000")),
    "mi": _Unit("length", Decimal("1609.344")),
    "°C": _Unit("temperature", Decimal("1")),
    "°F": _Unit("temperature", Decimal(5) / Decimal(9), Decimal(32)),
}

DIMENSION = {name: unit.dimension for name, unit in _UNITS.items()}
"""What a unit measures: force, mass, length, torque, time or temperature (in degrees Celsius)."""


def _unit(name: str) -> _Unit:
    try:
        return _UNITS[name]
    except KeyError:
        raise EvalAssistError(f"{name!r} is not a unit EvalAssist knows: {', '.join(_UNITS)}.") from None


@lru_cache(maxsize=4096)  # exact numbers are slow, and the same ones are read after every answer
def to_si(value: float, unit: str) -> float:
    """A value typed in `unit`, in newtons, kilograms, metres, newton metres, seconds or degrees Celsius."""
    known = _unit(unit)
    return float((Decimal(str(value)) - known.zero) * known.in_si)


def from_si(value: float, unit: str) -> float:
    """A stored value as a person reads it in `unit`."""
    known = _unit(unit)
    return _float(Decimal(str(value)) / known.in_si + known.zero)


def convert(value: float, unit: str, to: str) -> float:
    """A value typed in one unit, in another of the same kind; 9 months are 39.105 weeks."""
    if unit == to:
        return value
    given, wanted = _unit(unit), _unit(to)
    if given.dimension != wanted.dimension:
        raise EvalAssistError(f"{unit} measures {given.dimension}, {to} measures {wanted.dimension}.")
    si = (Decimal(str(value)) - given.zero) * given.in_si
    return _float(si / wanted.in_si + wanted.zero)


def _float(value: Decimal) -> float:
    """Twelve decimals, and never minus zero: what is left beyond them is noise of the division."""
    return float(round(value, 12)) + 0.0
