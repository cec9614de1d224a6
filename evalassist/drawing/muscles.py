"""The working muscle: a dark belly with white fibres, on the skin or the shorts."""

from collections.abc import Callable

import numpy as np

from . import outlines as o
from .body import Leg, widths
from .figure import Body, Paint, nothing
from .shapes import Points, along, direction, points, polygon, spline, upright
from .svg import DARK, INNER_PT, WHITE, Canvas

Edges = Callable[
    [float], tuple[float, float]
]  # share of the segment -> where the belly begins and ends across it


def _belly(
    canvas: Canvas,
    origin: Points,
    angle: float,
    length: float,
    span: tuple[float, float],
    edges: Edges,
    side: int = 1,
) -> None:
    """A spindle along a segment with two fibres."""

    def row(across: float, ends: float, count: int) -> list[tuple[float, float]]:
        low, high = span
        out = []
        for share in np.linspace(low + (high - low) * ends, high - (high - low) * ends, count):
            swell = max(np.sin(np.pi * (share - low) / (high - low)), 0.0) ** 0.42
            first, second = edges(float(share))
            out.append(
                (share * length, (first + second) / 2 + (first - second) / 2 * swell * (1 - 2 * across))
            )
        return out

    outline = [*row(0, 0, 16), *reversed(row(1, 0, 16))]
    canvas.fill(polygon(along(origin, angle, spline(outline), side)), DARK)
    for across in (0.33, 0.67):
        canvas.line(along(origin, angle, row(across, 0.14, 10), side), WHITE, INNER_PT)


def _patch(canvas: Canvas, outline: Points, fibres: list[Points]) -> None:
    canvas.fill(polygon(spline(outline)), DARK)
    for fibre in fibres:
        canvas.line(fibre, WHITE, INNER_PT)


def _along_thigh(leg: Leg, local: list[tuple[float, float]]) -> Points:
    return along(leg.hip, leg.thigh.angle, local, leg.outer)


def quadriceps(canvas: Canvas, body: Body) -> None:
    leg = body.working
    if body.view == "side":
        _belly(
            canvas,
            leg.hip,
            leg.thigh.angle,
            o.THIGH,
            (0.10, 0.93),
            lambda t: (widths(o.THIGH_SIDE, t, 0) - 0.9, -1.0),
        )
    else:
        _belly(
            canvas,
            leg.hip,
            leg.thigh.angle,
            o.THIGH * leg.thigh.scale,
            (0.12, 0.90),
            lambda t: (widths(o.THIGH_FRONT, t, 0) - 0.9, -widths(o.THIGH_FRONT, t, 1) + 1.1),
            leg.outer,
        )


def hamstrings(canvas: Canvas, body: Body) -> None:
    leg = body.working
    _belly(
        canvas,
        leg.hip,
        leg.thigh.angle,
        o.THIGH,
        (0.22, 0.94),
        lambda t: (0.6, -widths(o.THIGH_SIDE, t, 1) + 0.8),
    )


def calf(canvas: Canvas, body: Body) -> None:
    leg = body.working
    _belly(
        canvas,
        leg.knee,
        leg.shank.angle,
        o.SHANK,
        (0.04, 0.62),
        lambda t: (0.5, -widths(o.SHANK_SIDE, t, 1) + 0.55),
    )


def lower_calf(canvas: Canvas, body: Body) -> None:
    leg = body.working
    _belly(
        canvas,
        leg.knee,
        leg.shank.angle,
        o.SHANK,
        (0.30, 0.86),
        lambda t: (0.3, -widths(o.SHANK_SIDE, t, 1) + 0.5),
    )


def outer_hip(canvas: Canvas, body: Body) -> None:
    """Between the crest of the pelvis and the bony point at the side of the hip."""
    leg = body.working
    if body.view == "side":
        crest = body.on_trunk([(-3.6, 4.2), (-1.4, 5.2), (1.2, 5.2), (3.2, 4.2)])
        tip = (
            body.on_trunk([(1.6, 0.4)])[0],
            leg.hip + direction(leg.thigh.angle) * 2.4,
            body.on_trunk([(-1.9, 0.4)])[0],
        )
        fibres = [
            np.vstack([body.on_trunk([(x, 4.0)]), leg.hip + direction(leg.thigh.angle) * 0.8])
            for x in (-1.6, 0.2, 1.9)
        ]
        _patch(canvas, np.vstack([crest, *tip]), fibres)
        return
    s = leg.outer
    crest = body.on_trunk([(s * 8.7, 3.6), (s * 8.2, 5.4), (s * 5.8, 5.6), (s * 3.9, 4.3)])
    insertion = _along_thigh(leg, [(0.4, 0.4), (3.4, 2.4), (6.2, 3.9), (3.0, 4.4)])
    ends = _along_thigh(leg, [(3.8, 3.4), (3.6, 2.6)])
    starts = body.on_trunk([(s * 7.3, 4.7), (s * 5.4, 4.5)])
    _patch(canvas, np.vstack([crest, insertion]), [points([a, b]) for a, b in zip(starts, ends, strict=True)])


def buttock(canvas: Canvas, body: Body) -> None:
    leg = body.working
    if body.view == "side":
        upper = body.on_trunk([(-5.6, 3.6), (-6.5, -1.2), (-5.4, -4.6), (-3.0, -5.6)])
        lower = _along_thigh(leg, [(5.6, -2.0), (6.6, 0.2), (3.5, 0.9)])
        front = body.on_trunk([(-0.6, 1.8), (-2.8, 4.4)])
        starts = body.on_trunk([(-2.6, 2.6), (-4.0, 1.6), (-5.0, -0.4)])
        ends = _along_thigh(leg, [(3.2, 0.2), (4.4, -0.7), (4.2, -1.9)])
        fibres = [points([a, b]) for a, b in zip(starts, ends, strict=True)]
        _patch(canvas, np.vstack([upper, lower, front]), fibres)
        return
    s = leg.outer
    upper = upright(
        body.pelvis,
        body.trunk,
        [(s * 8.3, 3.2), (s * 6.4, 5.0), (s * 2.6, 4.2), (s * 0.9, 0.6), (s * 1.4, -2.8)],
    )
    lower = _along_thigh(leg, [(4.6, -1.6), (6.4, 1.6), (5.6, 3.9), (2.2, 4.4)])
    starts = upright(body.pelvis, body.trunk, [(s * 5.8, 3.4), (s * 3.6, 2.2), (s * 2.4, 0.0)])
    ends = _along_thigh(leg, [(2.6, 3.2), (4.2, 2.2), (4.6, 0.8)])
    _patch(canvas, np.vstack([upper, lower]), [points([a, b]) for a, b in zip(starts, ends, strict=True)])


def hip_flexors(canvas: Canvas, body: Body) -> None:
    leg = body.working
    upper = body.on_trunk([(0.4, 3.6), (1.4, 5.6), (3.6, 5.4)])
    lower = _along_thigh(leg, [(6.0, 4.4), (10.0, 3.9), (13.5, 2.2), (10.0, 0.6), (5.0, 0.0)])
    starts, ends = body.on_trunk([(1.5, 3.8), (2.9, 4.2)]), _along_thigh(leg, [(9.5, 1.6), (10.5, 2.7)])
    bends = _along_thigh(leg, [(3.2, 1.4), (4.0, 2.8)])
    fibres = [spline([a, m, b], closed=False) for a, m, b in zip(starts, bends, ends, strict=True)]
    _patch(canvas, np.vstack([upper, lower]), fibres)


def belly(canvas: Canvas, body: Body) -> None:
    if body.view == "side":
        outline = [(4.3, 8), (4.3, 13), (4.9, 18.5), (3.2, 19.5), (2.0, 14), (2.2, 8.5)]
        fibres = [[(3.4, 9.3), (3.1, 13), (3.6, 18)]]
    else:
        s = body.working.outer
        outline = [
            (-s * 7.9, 8.2),
            (-s * 6.8, 11.5),
            (-s * 7.2, 16),
            (-s * 5.2, 17),
            (-s * 4.4, 12),
            (-s * 5.2, 8),
        ]
        fibres = [[(-s * 6.4, 9), (-s * 5.6, 12), (-s * 6.2, 16)]]
    _patch(canvas, body.on_trunk(list(outline)), [body.on_trunk(f) for f in fibres])


MUSCLES: dict[str, Paint] = {
    "quadriceps": quadriceps,
    "hamstrings": hamstrings,
    "calf": calf,
    "lower-calf": lower_calf,
    "outer-hip": outer_hip,
    "buttock": buttock,
    "hip-flexors": hip_flexors,
    "belly": belly,
    "none": nothing,
}
