"""The figure of the hip-knee link: the same step with hips held level, dropping, and in steps between.

Drawn for the right leg, which stands on the viewer's left; the page mirrors it for a left knee. The angles
are larger than life, and the page says so. Inside, the stance leg is on the right and all is mirrored at the end.
"""

import math
from dataclasses import astuple, dataclass, replace

import numpy as np

from . import outlines as o
from .arrows import block_arrow
from .body import Leg, Turn, front_leg
from .shapes import (
    Points,
    Shape,
    along,
    angle_of,
    creases_filled,
    direction,
    disc,
    ellipse,
    line,
    mirrored,
    points,
    polygon,
    rectangle,
    spline,
    strip,
    union,
    upright,
)
from .svg import CONTOUR_PT, DARK, FAR_PT, FLOOR_PT, INK, INNER_PT, TINT, WHITE, Canvas, svg

SCALE_PT = 2.05
HIP_HALF = 6.1
TRUNK_CUT = 73.0  # above the floor: the panels end at the waist
INSET_RADIUS, INSET_UNIT = 9.9, 0.82
BELLY_HALF, FIBRES_TO = 1.75, 0.35  # of the hip muscles: half their width; fibres are drawn while it is wide

# bones: (along, outwards) from the hip or the knee; the pelvis (outwards, up) from its middle, right half
FEMUR: o.Outline = [
    (-1.9, -0.5), (-1.5, 1), (-0.2, 2.1), (-0.8, 3.3), (0, 4.5), (1.8, 4.8), (4.2, 3.9), (8, 2.8), (13, 2),
    (18, 1.65), (20.6, 2.1), (22.2, 2.9), (23.7, 2.7), (24.1, 1.4), (23.5, 0.1), (24.2, -1.3), (23.9, -2.7),
    (22.4, -3.1), (20.6, -2.2), (18, -0.55), (13, 0.15), (8, 0.8), (5, 1.2), (3.2, 0.4), (1.8, -0.7),
    (0.6, -1.8), (-0.9, -1.7),
]  # fmt: skip
TIBIA: o.Outline = [
    (0.8, 2.5), (0.7, 0), (0.8, -2.7), (1.8, -2.9), (3.6, -2), (7, -1.15), (15, -0.85), (21, -1.1),
    (24.2, -1.9), (25.6, -1.7), (25.2, -0.6), (24.6, 0.9), (22, 1), (15, 0.75), (7, 1.05), (3.6, 1.8),
    (1.8, 2.7),
]  # fmt: skip
PELVIS: o.Outline = [
    (0, 6.9), (1.7, 7.2), (2.6, 8), (4.2, 9.6), (6.6, 9.9), (8.6, 8.4), (9.5, 5.8), (9.2, 4), (8.3, 2.4),
    (8.3, 0.6), (7.3, -1.6), (5.8, -3), (5.2, -5), (4, -5.6), (3, -4.8), (1.6, -3.2), (0, -2.6),
]  # fmt: skip

# the inset, from below, front on top, in the figure's millimetres
GROOVE: o.Outline = [
    (-8, -7),
    (-8, -1),
    (-6.5, 1.5),
    (-4, 1.2),
    (0, -2.6),
    (4, 1.2),
    (6.5, 1.5),
    (8, -1),
    (8, -7),
]
KNEECAP_BELOW: o.Outline = [(-5, 3.8), (0, -0.8), (5, 3.8), (3.4, 6.6), (-3.4, 6.6)]


@dataclass(frozen=True)
class Stance:
    """How the leg stands: leans in degrees towards the midline, the drop of the other side of the pelvis."""

    shank_in: float
    thigh_in: float
    pelvic_drop: float
    trunk_lean: float
    kneecap_in: float
    groove_turn: float  # of the thigh bone in the inset, clockwise for a right leg
    kneecap_out: float  # of the kneecap in its groove
    tired: float  # 0 holds, 1 lets go

    def towards(self, other: "Stance", share: float) -> "Stance":
        """The stance a share of the way to another."""
        ends = zip(astuple(self), astuple(other), strict=True)
        return Stance(*(a + share * (b - a) for a, b in ends))


STEADY = Stance(2, 4, 0, 0, 0, 0, 0, tired=0)
DROPS = Stance(9, 12, 8, 4, 0.74, 12, 0.6, tired=1)
STEPS = 10
"""From steady to drops; the steps between are shown to the patient on the screen."""
TURNS_FROM, DRIFTS_FROM, SHARES_FROM = 0.25, 0.55, 0.85
"""How tired the hip is when the arrows of hip and thigh, of the knee, and the marks at the kneecap are drawn: with
the words on the screen (`evalassist/explaining.py`)."""


@dataclass(frozen=True)
class Skeleton:
    stance: Stance
    hip: Points
    other_hip: Points
    knee: Points
    ankle: Points

    @property
    def middle(self) -> Points:
        return points((self.hip + self.other_hip) / 2)

    @property
    def pelvis_angle(self) -> float:
        return 90 + self.stance.pelvic_drop

    @property
    def trunk_angle(self) -> float:
        return 90 - self.stance.trunk_lean

    @property
    def kneecap(self) -> Points:
        return self.knee - points([self.stance.kneecap_in, 0])


def skeleton(stance: Stance) -> Skeleton:
    ankle = points([7.0, o.SOLE_DROP + 1.7])
    knee = ankle - o.SHANK * direction(-90 + stance.shank_in)
    hip = knee - o.THIGH * direction(-90 - stance.thigh_in)
    return Skeleton(stance, hip, hip - 2 * HIP_HALF * direction(stance.pelvic_drop), knee, ankle)


def draw_hip_knee() -> dict[str, str]:
    """The two panels of the sheet and the steps between them, on one floor line and of equal size."""
    names = ("steady", *(f"{step:02}" for step in range(1, STEPS)), "drops")
    canvases = {
        f"hip-{name}.svg": _panel(STEADY.towards(DROPS, step / STEPS)) for step, name in enumerate(names)
    }
    frame = canvases["hip-steady.svg"].frame().joined(canvases["hip-drops.svg"].frame())
    return {name: svg(canvas, frame, SCALE_PT) for name, canvas in canvases.items()}


def _panel(stance: Stance) -> Canvas:
    canvas, bones = Canvas(), skeleton(stance)
    canvas.line([(-26, 0), (22, 0)], INK, FLOOR_PT)
    _other_leg(canvas, bones)
    leg = _stance_body(canvas, bones)
    _bones(canvas, bones)
    _muscle(canvas, bones)
    canvas.fill(ellipse(bones.kneecap, 2.05, 2.35), WHITE, INK, 1.5)
    canvas.line(np.array([bones.kneecap - [0.0, 2.4], [float(bones.kneecap[0]), 0.6]]), INK, 0.9, "0.1 2.2")
    level = float(bones.hip[1]) + 10.6
    canvas.line([(-17, level), (19.5, level)], INK, 0.9, "3 2.2")
    _arrows(canvas, bones, leg)
    _inset(canvas, points([-17.2, 13.0]), stance)
    return Canvas([replace(s, rings=tuple(ring * [-1, 1] for ring in s.rings)) for s in canvas.strokes])


def _other_leg(canvas: Canvas, bones: Skeleton) -> None:
    leg = front_leg(bones.other_hip, Turn(-93), Turn(-91, 0.55), Turn(-96, 0.45), outer=-1)
    canvas.fill(leg.skin, WHITE, DARK, FAR_PT)
    canvas.line(leg.marks[0], DARK, INNER_PT)
    canvas.fill(leg.shoe, WHITE, DARK, FAR_PT)
    canvas.edge(leg.sole.boundary.intersection(leg.shoe.buffer(-0.3)), DARK, INNER_PT)
    canvas.fill(leg.shorts, TINT, INK)


def _stance_body(canvas: Canvas, bones: Skeleton) -> Leg:
    """Leg, shorts and trunk as a tinted ground for the white bones."""
    leg = front_leg(
        bones.hip, Turn(-90 - bones.stance.thigh_in), Turn(-90 + bones.stance.shank_in), Turn(-78), outer=1
    )
    other = front_leg(bones.other_hip, Turn(-93), Turn(-91, 0.55), Turn(-96), outer=-1)
    canvas.fill(leg.skin, TINT, INK)
    canvas.fill(leg.shoe, WHITE, INK)
    canvas.edge(leg.sole.boundary.intersection(leg.shoe.buffer(-0.3)), INK, INNER_PT)
    whole = [(x * 1.06, y) for x, y in spline(mirrored(o.TRUNK_FRONT))]
    hips = polygon(upright(bones.middle, bones.pelvis_angle, whole))
    hips = hips.intersection(
        polygon(upright(bones.middle, bones.pelvis_angle, [(-20, -9), (20, -9), (20, 5), (-20, 5)]))
    )
    trunk = polygon(upright(bones.middle, bones.trunk_angle, whole))
    body = creases_filled(union([leg.shorts, other.shorts, hips.buffer(0.3)]), 1.6)
    body = creases_filled(union([body, trunk.buffer(0.2)]), 1.0)
    cut = rectangle(-40, -1, 40, TRUNK_CUT)
    body = body.intersection(cut)
    canvas.fill(body, TINT)
    canvas.edge(body.boundary.intersection(cut.buffer(-0.2)), INK, CONTOUR_PT)
    return leg


def _bones(canvas: Canvas, bones: Skeleton) -> None:
    thigh, shank = angle_of(bones.knee - bones.hip), angle_of(bones.ankle - bones.knee)
    half = [(x * 0.87, y * 0.93) for x, y in PELVIS]
    pelvis = polygon(upright(bones.middle, bones.pelvis_angle, spline(mirrored(half))))
    canvas.fill(
        strip(along(bones.knee, shank, [(2.2, 2.4), (24.4, 1.75)]), 0.3).buffer(0.25), WHITE, INK, CONTOUR_PT
    )
    canvas.fill(polygon(along(bones.knee, shank, spline(TIBIA))), WHITE, INK)
    canvas.fill(pelvis, WHITE, INK)
    for centre, width, height in (((0, 1.8), 3.7, 2.8), ((3.6, -2.7), 1.1, 1.35), ((-3.6, -2.7), 1.1, 1.35)):
        at = upright(bones.middle, bones.pelvis_angle, [centre])[0]
        canvas.fill(ellipse(at, width, height, bones.stance.pelvic_drop), TINT, INK, INNER_PT)
    canvas.fill(polygon(along(bones.hip, thigh, spline(FEMUR))), WHITE, INK)


def _muscle(canvas: Canvas, bones: Skeleton) -> None:
    """The hip muscles, from the crest of the pelvis to the bony point of the thigh bone."""
    tired = bones.stance.tired
    bulge = 10.2 - 1.3 * tired
    crest = upright(bones.middle, bones.pelvis_angle, [(4.7, 8.2), (6.2, 8.9), (7.7, 7.4), (bulge, 3.4)])
    thigh = angle_of(bones.knee - bones.hip)
    tendon = along(bones.hip, thigh, [(1.6, 5.1), (0.0, 4.6), (-0.8, 3.3)])
    inner = upright(bones.middle, bones.pelvis_angle, [(6.0, 4.0)])
    belly = polygon(spline(np.vstack([crest, tendon, inner])))
    if tired == 1:
        canvas.fill(belly, WHITE)
        canvas.line(belly.exterior.coords, INK, 1.0, "2 1.6")
        return
    if tired:  # what still pulls grows thinner
        canvas.fill(belly, WHITE, INK)
        canvas.fill(belly.buffer(-BELLY_HALF * tired), DARK)
    else:
        canvas.fill(belly, DARK, INK)
    if tired > FIBRES_TO:
        return
    starts = upright(bones.middle, bones.pelvis_angle, [(5.7, 7.4), (6.7, 7.2), (7.5, 6.3)])
    ends = along(bones.hip, thigh, [(0.0, 3.7), (0.5, 4.2), (1.0, 4.7)])
    for start, end in zip(starts, ends, strict=True):
        canvas.line([start, end], WHITE, INNER_PT)


def _arrows(canvas: Canvas, bones: Skeleton, leg: Leg) -> None:
    tired, thigh = bones.stance.tired, leg.thigh.angle
    if tired < TURNS_FROM:
        return
    around = along(bones.hip, thigh, [(13.2, 6.4), (15.0, 4.9), (15.8, 1.2), (15.4, -2.4), (14.0, -6.2)])
    block_arrow(canvas, around, 0.8, 2.2)
    if tired >= DRIFTS_FROM:
        block_arrow(canvas, bones.knee + points([(9.2, 0), (3.9, 0)]), 0.9, 2.2)
    block_arrow(canvas, bones.other_hip + points([(-6.4, 13.0), (-6.4, 6.6)]), 0.9, 2.2)


def inset_shapes(stance: Stance) -> tuple[Points, Points]:
    """Thigh bone and kneecap as the viewer sees them for a right leg, from the middle of the inset."""
    turn = math.radians(-stance.groove_turn)
    rotation = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    groove = spline(GROOVE, steps=5) @ rotation
    return points(groove), points(KNEECAP_BELOW) - [stance.kneecap_out, 0]


def _inset(canvas: Canvas, centre: Points, stance: Stance) -> None:
    lens = disc(centre, INSET_RADIUS)
    canvas.fill(lens, WHITE, INK, CONTOUR_PT)
    groove, kneecap = (centre + shape * [-INSET_UNIT, INSET_UNIT] for shape in inset_shapes(stance))
    canvas.fill(polygon(groove).intersection(lens.buffer(-0.3)), TINT, INK)
    canvas.fill(_softened(polygon(kneecap)), WHITE, INK, 1.3)
    if stance.tired >= SHARES_FROM:
        edge = centre + points([(-5.0, 3.2)]) * [-INSET_UNIT, INSET_UNIT]
        for turn in (20, 52, 84):
            tick = points([direction(turn) * 0.9, direction(turn) * 2.6])
            canvas.edge(line(edge[0] + tick), INK, 1.0)


def _softened(shape: Shape) -> Shape:
    return shape.buffer(-0.5).buffer(0.5)
