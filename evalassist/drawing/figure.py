"""The drawn person: puts limbs, clothes, head and working muscle together, back to front."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import outlines as o
from .body import Arm, Leg, band_across
from .shapes import (
    Points,
    Shape,
    angle_of,
    creases_filled,
    direction,
    ellipse,
    line,
    mirrored,
    points,
    polygon,
    spline,
    turned,
    union,
    upright,
)
from .svg import CONTOUR_PT, DARK, FAR_PT, INK, INNER_PT, TINT, WHITE, Canvas

HEM_SIDE, HEM_FRONT = 6.0, 6.4  # height of the shirt's hem above the hips: the hip muscles stay free


@dataclass(frozen=True)
class Body:
    """A posed person: what muscles, props and arrows hold on to."""

    view: str
    pelvis: Points
    trunk: float
    head: Points
    head_angle: float
    working: Leg
    other: Leg
    near: Arm
    far: Arm
    trunk_scale: float = 1.0
    behind: bool = False
    arms_in_front: tuple[str, ...] = ()
    on_all_fours: bool = False  # seen from behind: arms and head are the farthest, the seat is the nearest
    working_first: bool = False
    both_legs: bool = False  # front views: neither leg is drawn as the far one

    def joint(self, name: str) -> Points:
        """A named point: hip, shoulder, head, or working-, other-, near- or far- with a joint."""
        side, _, part = name.partition("-")
        if side in ("working", "other"):
            return points(getattr(self.working if side == "working" else self.other, part))
        if side in ("near", "far"):
            return points(getattr(self.near if side == "near" else self.far, part))
        return {"hip": self.pelvis, "shoulder": self.near.shoulder, "head": self.head}[name]

    def on_trunk(self, local: list[tuple[float, float]]) -> Points:
        return upright(self.pelvis, self.trunk, local, self.trunk_scale)


Paint = Callable[[Canvas, Body], None]


def draw_side(canvas: Canvas, body: Body, muscle: Paint, behind_near_leg: Paint, held: Paint) -> None:
    """A person seen from the side, facing right; the working leg is the near one."""
    _far_arm(canvas, body.far)
    _leg(canvas, body.other, far=True)
    canvas.fill(body.other.shorts, WHITE, DARK, FAR_PT)
    behind_near_leg(canvas, body)
    _side_head(canvas, body)
    _leg(canvas, body.working)
    pelvis = _trunk_side(body).intersection(band_across(body.trunk, body.pelvis, -12, HEM_SIDE + 1.5))
    canvas.fill(creases_filled(union([body.working.shorts, pelvis.buffer(0.2)]), 3.5), WHITE, INK)
    shirt = _side_shirt(body)
    canvas.fill(shirt, TINT, INK)
    muscle(canvas, body)
    held(canvas, body)
    _near_arm(canvas, body.near, shirt)


def _trunk_side(body: Body) -> Shape:
    return polygon(body.on_trunk(list(map(tuple, spline(o.TRUNK_SIDE)))))


def _hem(body: Body, height: float, drop: float, half: float) -> Shape:
    """Everything above a shallow curved hem."""
    curve = [(x, height - drop * (1 - (x / half) ** 2)) for x in np.linspace(-half, half, 17)]
    return polygon(body.on_trunk([(-30, 45), (-30, height), *curve, (30, height), (30, 45)]))


def _side_shirt(body: Body) -> Shape:
    return creases_filled(_trunk_side(body).buffer(0.35), 2).intersection(_hem(body, HEM_SIDE, 0.9, 8))


def _side_head(canvas: Canvas, body: Body) -> None:
    shoulder = body.pelvis + o.TRUNK * direction(body.trunk)

    def on_head(local: o.Outline | Points) -> Points:
        return upright(body.head, body.head_angle, local)

    low, base = (
        upright(shoulder, body.trunk, rows) for rows in ([(2.4, -2), (-4, -2)], [(2.9, 0.2), (-3.6, 1.6)])
    )
    top = on_head([(1.6, -4.2), (-4.7, -1.5)])
    neck = polygon([low[0], base[0], top[0], top[1], base[1], low[1]])
    canvas.fill(creases_filled(union([polygon(on_head(spline(o.HEAD_SIDE))), neck]), 1.1), WHITE, INK)
    canvas.fill(polygon(on_head(spline(o.HAIR_SIDE))), DARK, INK, INNER_PT)
    canvas.fill(polygon(on_head(spline(o.EAR_SIDE, closed=False))), WHITE, INK, INNER_PT)
    canvas.line(on_head([(3.75, 0.7), (3.8, 0.1)]), INK, 1.1)


def _leg(canvas: Canvas, leg: Leg, far: bool = False) -> None:
    ink, width = (DARK, FAR_PT) if far else (INK, CONTOUR_PT)
    canvas.fill(leg.skin, WHITE, ink, width)
    for mark in leg.marks:
        canvas.line(mark, ink, INNER_PT)
    canvas.fill(leg.shoe, WHITE if far else DARK, ink, width)
    if far:
        canvas.edge(leg.sole.boundary.intersection(leg.shoe.buffer(-0.35)), ink, INNER_PT)
    else:
        canvas.fill(leg.sole, WHITE)


def _far_arm(canvas: Canvas, arm: Arm) -> None:
    canvas.fill(arm.skin, WHITE, DARK, FAR_PT)
    canvas.fill(arm.sleeve, WHITE, DARK, FAR_PT)


def _near_arm(canvas: Canvas, arm: Arm, shirt: Shape) -> None:
    """The sleeve melts into the shirt: only what leaves the trunk is outlined."""
    canvas.fill(arm.skin, WHITE, INK)
    canvas.fill(arm.sleeve, TINT)
    canvas.edge(arm.sleeve.boundary.difference(shirt.buffer(-0.02)), INK, CONTOUR_PT)
    for seam in arm.seams:
        canvas.edge(line(seam).intersection(shirt), INK, INNER_PT)
    canvas.edge(arm.hem, INK, CONTOUR_PT)


def draw_front(canvas: Canvas, body: Body, muscle: Paint, between: Paint, held: Paint) -> None:
    """A person seen from the front or from behind, upright or lying on the side."""
    arms = {"near": body.near, "far": body.far}
    trunk = polygon(body.on_trunk(list(map(tuple, spline(mirrored(o.TRUNK_FRONT))))))
    if body.on_all_fours:
        pelvis = ellipse(body.pelvis + points([0, 1.2]), 9.0, 7.4)
    else:
        pelvis = trunk.intersection(
            band_across(body.trunk, body.pelvis, -12, HEM_FRONT * body.trunk_scale + 1.0)
        )
        pelvis = turned(pelvis, pelvic_tilt(body), body.pelvis)
    shorts = creases_filled(union([body.working.shorts, body.other.shorts, pelvis.buffer(0.3)]), 1.6)
    shirt = creases_filled(trunk.buffer(0.35), 3).intersection(_hem(body, HEM_FRONT, 1.1, 10))
    shirt = creases_filled(union([shirt, *(a.sleeve for a in arms.values())]), 2.2)

    if body.on_all_fours:
        for arm in arms.values():
            canvas.fill(arm.skin, WHITE, INK)
        _head_behind(canvas, body, shirt)
    legs = [(body.other, not body.both_legs), (body.working, False)]
    for leg, far in reversed(legs) if body.working_first else legs:
        _leg(canvas, leg, far)
    between(canvas, body)
    canvas.fill(shorts, WHITE, INK)
    canvas.line(body.on_trunk([(0, -5.4), (0.2, -1.0)]), INK, INNER_PT)
    if body.on_all_fours:
        muscle(canvas, body)
        held(canvas, body)
        return
    for name, arm in arms.items():
        if name not in body.arms_in_front:
            canvas.fill(arm.skin, WHITE, INK)
    if body.behind:
        _head_behind(canvas, body, shirt)
    else:
        _head_front(canvas, body, shirt)
    muscle(canvas, body)
    held(canvas, body)
    middle = body.on_trunk([(0, 18)])[0]
    for name, arm in arms.items():
        if name in body.arms_in_front:
            canvas.fill(arm.skin, WHITE, INK)
            canvas.fill(arm.sleeve, TINT)
            canvas.edge(arm.sleeve.boundary.difference(trunk.buffer(0.3)), INK, CONTOUR_PT)
        inner = min(arm.seams, key=lambda seam: float(np.linalg.norm(seam[-1] - middle)))
        canvas.line(inner, INK, INNER_PT)
        canvas.edge(arm.hem, INK, CONTOUR_PT)


def pelvic_tilt(body: Body) -> float:
    """Degrees by which the line between the hips is turned against the trunk; the lying view has depth there."""
    return angle_of(body.working.hip - body.other.hip) - (body.trunk - 90) if body.view == "front" else 0.0


def _neck(body: Body) -> tuple[Shape, Points, Points]:
    base, middle = body.on_trunk([(5.0, 29.2), (-5.0, 29.2)]), body.on_trunk([(3.15, 31.6), (-3.15, 31.6)])
    top = upright(body.head, body.head_angle, [(3.0, -3.0), (-3.0, -3.0)])
    return polygon([base[0], middle[0], top[0], top[1], middle[1], base[1]]), middle, top


def _ears(canvas: Canvas, body: Body, out: float = 0.0) -> None:
    for side in (1, -1):
        ear = upright(body.head, body.head_angle, [(side * (x + out), y) for x, y in spline(o.EAR_FRONT)])
        canvas.fill(polygon(ear), WHITE, INK, INNER_PT)


def _head_front(canvas: Canvas, body: Body, shirt: Shape) -> None:
    def on_head(local: o.Outline | Points) -> Points:
        return upright(body.head, body.head_angle, local)

    neck, middle, top = _neck(body)
    _ears(canvas, body)
    canvas.fill(neck, WHITE, INK)
    canvas.fill(shirt, TINT, INK)
    collar = body.on_trunk(list(map(tuple, spline(o.COLLAR, closed=False))))
    opening = polygon([*collar, *body.on_trunk([(3.4, 32.2), (0, 33), (-3.4, 32.2)])])
    canvas.fill(opening.intersection(union([neck, shirt])), WHITE)
    canvas.line(collar, INK, INNER_PT)
    for k in (0, 1):
        canvas.line([middle[k], top[k]], INK, CONTOUR_PT)
    canvas.fill(polygon(on_head(spline(mirrored(o.HEAD_FRONT)))), WHITE, INK)
    canvas.fill(polygon(on_head(spline(o.HAIR_FRONT))), DARK, INK, INNER_PT)
    for eye in (-1.9, 1.9):
        canvas.line(on_head([(eye, 0.6), (eye, 0.2)]), INK, 1.1)
    canvas.line(on_head(spline([(-1.3, -3.7), (0, -4.0), (1.3, -3.7)], closed=False)), INK, INNER_PT)


def _head_behind(canvas: Canvas, body: Body, shirt: Shape) -> None:
    neck, middle, top = _neck(body)
    _ears(canvas, body, 0.7)
    canvas.fill(neck, WHITE, INK)
    canvas.fill(shirt, TINT, INK)
    for k in (0, 1):
        canvas.line([middle[k], top[k]], INK, CONTOUR_PT)
    canvas.fill(
        polygon(upright(body.head, body.head_angle, spline(mirrored(o.HAIR_BEHIND)))), DARK, INK, INNER_PT
    )


def nothing(canvas: Canvas, body: Body) -> None:
    """Paints nothing: where an exercise has no muscle or prop to show."""
