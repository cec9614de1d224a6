"""Limbs: joint positions and smooth outlines for one leg or arm."""

from dataclasses import dataclass

import numpy as np

from . import outlines as o
from .shapes import (
    Points,
    Shape,
    along,
    angle_of,
    bumps_rounded,
    creases_filled,
    direction,
    disc,
    ellipse,
    largest,
    points,
    polygon,
    spline,
    union,
    upright,
)


@dataclass(frozen=True)
class Turn:
    """Where a segment points on the page, and how much it is shortened because it points out of it."""

    angle: float
    scale: float = 1.0


@dataclass(frozen=True)
class Leg:
    hip: Points
    knee: Points
    ankle: Points
    thigh: Turn
    shank: Turn
    foot: Turn
    outer: int  # front views: +1 when the outer side lies to the right of the page
    skin: Shape
    shoe: Shape
    sole: Shape
    shorts: Shape
    marks: tuple[Points, ...]  # kneecap, toe cap and the like


@dataclass(frozen=True)
class Arm:
    shoulder: Points
    elbow: Points
    wrist: Points
    hand: Points  # middle of the palm
    skin: Shape
    sleeve: Shape
    seams: tuple[Points, Points]  # the two sides of the sleeve where it crosses the trunk
    hem: Shape


def widths(profile: o.Profile, share: float, side: int) -> float:
    """The width of a segment at a share of its length; side 0 is front or outer, 1 back or inner."""
    return float(np.interp(share, [row[0] for row in profile], [row[side + 1] for row in profile]))


def segment(
    origin: Points,
    angle: float,
    length: float,
    profile: o.Profile,
    side: int = 1,
    until: float | None = None,
    grow: float = 0.0,
    hem: float = 0.0,
) -> Shape:
    """One limb segment as a shape; cloth is the same shape grown, cut off with a shallow hem."""
    table = np.array(profile)
    shares = np.linspace(table[0, 0], table[-1, 0] if until is None else until, 26)
    first, second = (_smooth(table[:, [0, k]], shares) + grow for k in (1, 2))
    cap = np.zeros((0, 2))
    if hem:
        v = np.linspace(0.92, -0.92, 9)
        middle, half = (first[-1] - second[-1]) / 2, (first[-1] + second[-1]) / 2
        cap = np.c_[shares[-1] * length + hem * (1 - v**2), middle + v * half]
    outline = np.vstack([np.c_[shares * length, first], cap, np.c_[shares * length, -second][::-1]])
    return polygon(along(origin, angle, outline, side))


def _smooth(rows: Points, shares: Points) -> Points:
    curve = spline(rows, closed=False)
    return np.interp(shares, curve[:, 0], curve[:, 1])


def side_leg(hip: Points, thigh: float, shank: float, foot: float, toes: float | None = None) -> Leg:
    """A leg seen from the side; toes may point elsewhere than the foot (heel raised, toes tucked)."""
    knee = hip + o.THIGH * direction(thigh)
    ankle = knee + o.SHANK * direction(shank)
    flexion = thigh - shank
    front = thigh - flexion / 2 + 90
    kneecap = ellipse(knee + direction(front) * (1.15 + 0.008 * flexion), 2.15, 2.6, front)
    parts = [
        segment(hip, thigh, o.THIGH, o.THIGH_SIDE),
        segment(knee, shank, o.SHANK, o.SHANK_SIDE),
        disc(knee, 3.0),
        kneecap,
        disc(hip, 4.9),
    ]
    crease = 5.0 if flexion < 30 else 2.2 if flexion < 100 else 1.2
    skin = bumps_rounded(creases_filled(union(parts), crease), 1.0)
    shoe, sole = _side_shoe(ankle, foot, toes)
    cloth = segment(hip, thigh, o.THIGH, o.THIGH_SIDE, until=0.52, grow=0.5, hem=0.5)
    return Leg(
        hip,
        knee,
        ankle,
        Turn(thigh),
        Turn(shank),
        Turn(foot),
        1,
        largest(skin),
        shoe,
        sole,
        union([cloth, disc(hip, 5.2)]),
        (),
    )


def side_low_point(hip: Points, thigh: float, shank: float, foot: float, toes: float | None = None) -> float:
    """The lowest point of the shoe, without drawing the leg."""
    ankle = hip + o.THIGH * direction(thigh) + o.SHANK * direction(shank)
    shoe = spline(o.SHOE_SIDE) if toes is None else _bent(spline(o.SHOE_SIDE), toes - foot)
    return float(along(ankle, foot, shoe)[:, 1].min())


def _side_shoe(ankle: Points, foot: float, toes: float | None) -> tuple[Shape, Shape]:
    """The shoe and its white sole; a shoe bends at the ball of the foot when the toes turn."""
    shoe = spline(o.SHOE_SIDE)
    band = np.array(
        [(-6, -3.15), (6, -3.15), (7.5, -3.15), (13, -3.15), (13, -6), (7.5, -6), (6, -6), (-6, -6)]
    )
    if toes is not None:
        shoe, band = _bent(shoe, toes - foot), _bent(band, toes - foot)
    outline = polygon(along(ankle, foot, shoe))
    return outline, polygon(along(ankle, foot, band)).intersection(outline.buffer(-0.25))


def _bent(local: Points, turn: float) -> Points:
    """Turns what lies beyond the ball of the foot about the sole there."""
    pivot = np.array([o.BALL_OF_FOOT, -o.SOLE_DROP])
    share = np.clip((local[:, 0] - o.BALL_OF_FOOT + 0.8) / 1.6, 0, 1)
    turns = np.radians(turn) * share
    cos, sin = np.cos(turns), np.sin(turns)
    x, y = (local - pivot).T
    return points(np.c_[x * cos - y * sin, x * sin + y * cos] + pivot)


def front_leg(hip: Points, thigh: Turn, shank: Turn, foot: Turn, outer: int, behind: bool = False) -> Leg:
    """A leg seen from the front or from behind; a foreshortened segment is shorter, not thinner."""
    thigh_length, shank_length = o.THIGH * thigh.scale, o.SHANK * shank.scale
    knee = hip + thigh_length * direction(thigh.angle)
    ankle = knee + shank_length * direction(shank.angle)
    parts = [
        segment(hip, thigh.angle, thigh_length, o.THIGH_FRONT, outer),
        segment(knee, shank.angle, shank_length, o.SHANK_FRONT, outer),
        disc(knee, 2.85),
        disc(ankle, 1.6),
    ]
    skin = largest(bumps_rounded(creases_filled(union(parts), 1.6), 0.6))
    shoe = polygon(along(ankle, foot.angle, [(-y, x * outer) for x, y in spline(o.SHOE_FRONT)]))
    cap = polygon(along(ankle, foot.angle, spline(o.TOE_CAP))).intersection(shoe.buffer(-0.25))
    cloth = segment(hip, thigh.angle, thigh_length, o.THIGH_FRONT, outer, until=0.54, grow=0.6, hem=0.5)
    bisector = (thigh.angle + shank.angle) / 2
    crease = (
        [(0.2, -1.9), (0.9, 0), (0.2, 1.9)]
        if behind
        else [(0.6, -1.7), (1.9, -0.9), (2.2, 0), (1.9, 0.9), (0.6, 1.7)]
    )
    marks = (along(knee, bisector, spline(crease, closed=False)),)
    return Leg(
        hip, knee, ankle, thigh, shank, foot, outer, skin, shoe, cap, union([cloth, disc(hip, 4.2)]), marks
    )


def arm(
    shoulder: Points,
    upper: Turn,
    fore: Turn,
    hand: str = "open",
    hand_angle: float | None = None,
    side: int = 1,
    thumb: int = 1,
) -> Arm:
    """An arm from the shoulder; side is the side on which the front of the arm lies."""
    upper_length, fore_length = o.UPPER_ARM * upper.scale, o.FOREARM * fore.scale
    elbow = shoulder + upper_length * direction(upper.angle)
    wrist = elbow + fore_length * direction(fore.angle)
    palm_angle = fore.angle if hand_angle is None else hand_angle
    palm = polygon(along(wrist, palm_angle, spline(o.HANDS[hand]), side * thumb))
    bend = abs((upper.angle - fore.angle + 180) % 360 - 180)
    limb = union(
        [
            segment(shoulder, upper.angle, upper_length, o.UPPER_ARM_WIDTHS, side),
            segment(elbow, fore.angle, fore_length, o.FOREARM_WIDTHS, side),
            disc(elbow, 2.0),
            disc(shoulder, 2.9),
        ]
    )
    limb = bumps_rounded(creases_filled(limb, 4.0 if bend < 40 else 1.2), 1.0)
    limb = creases_filled(limb.union(palm), 0.7)
    # the skin under the sleeve is cut away, or its outline would shine through the sleeve's edge
    under = along(
        shoulder, upper.angle, [(-4, -3.7), (-4, 3.7), (0.4 * upper_length, 3.7), (0.4 * upper_length, -3.7)]
    )
    sleeve = union(
        [
            segment(
                shoulder, upper.angle, upper_length, o.UPPER_ARM_WIDTHS, side, until=0.5, grow=0.55, hem=0.5
            ),
            disc(shoulder, 3.1),
        ]
    )
    cut = polygon(
        along(
            shoulder,
            upper.angle,
            [(x * upper_length, y) for x, y in [(0.46, -5), (0.46, 5), (0.7, 5), (0.7, -5)]],
        )
    )
    return Arm(
        shoulder,
        elbow,
        wrist,
        wrist + 3.0 * direction(palm_angle),
        largest(limb.difference(polygon(under))),
        sleeve,
        _seams(shoulder, upper, upper_length, side),
        sleeve.boundary.intersection(cut),
    )


def _seams(shoulder: Points, upper: Turn, length: float, side: int) -> tuple[Points, Points]:
    shares = np.linspace(0.16, 0.5, 8)
    rows = [
        np.c_[shares * length, [sign * (widths(o.UPPER_ARM_WIDTHS, s, k) + 0.55) for s in shares]]
        for k, sign in ((0, 1), (1, -1))
    ]
    first, second = (along(shoulder, upper.angle, row, side) for row in rows)
    return first, second


def reaching(shoulder: Points, wrist: Points, bend: int = 1) -> tuple[Turn, Turn]:
    """Upper arm and forearm that bring the wrist to a point; bend +1 turns the forearm counter-clockwise."""
    gap = wrist - shoulder
    distance = float(np.linalg.norm(gap))
    if distance > o.UPPER_ARM + o.FOREARM + 0.3:
        raise ValueError(f"the hand cannot reach {wrist.round(1).tolist()}: {distance:.1f} away")
    distance = min(distance, o.UPPER_ARM + o.FOREARM - 0.01)
    cosine = (o.UPPER_ARM**2 + distance**2 - o.FOREARM**2) / (2 * o.UPPER_ARM * distance)
    inner = float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
    upper = angle_of(gap) - bend * inner
    elbow = shoulder + o.UPPER_ARM * direction(upper)
    return Turn(upper), Turn(angle_of(shoulder + gap / np.linalg.norm(gap) * distance - elbow))


def band_across(angle: float, centre: Points, low: float, high: float) -> Shape:
    """The part of the plane between two heights of a trunk."""
    return polygon(upright(centre, angle, [(-30, low), (30, low), (30, high), (-30, high)]))
