"""Things beside the person: floor, mats, seats, steps, walls and marks."""

import itertools
from collections.abc import Callable

import numpy as np

from .poses import XY
from .shapes import (
    Points,
    disc,
    ellipse,
    points,
    polygon,
    rectangle,
    spline,
    strip,
    union,
)
from .svg import DARK, FLOOR_PT, INK, INNER_PT, TINT, WHITE, Canvas

Draw = Callable[..., None]


def floor(c: Canvas, left: float, right: float, y: float = 0.0) -> None:
    c.line([(left, y), (right, y)], INK, FLOOR_PT)


def mat(c: Canvas, left: float, right: float, top: float = 0.0) -> None:
    """A mat seen from the side."""
    c.fill(rectangle(left, top - 1.05, right, top - 0.45).buffer(0.45), TINT, INK, INNER_PT)


def mat_above(c: Canvas, left: float, right: float, near: float, far: float) -> None:
    """A mat seen from a raised viewpoint."""
    slant, thick = 1.5, 1.2
    c.fill(
        polygon(
            [
                (left - slant, near - thick),
                (right + slant, near - thick),
                (right + slant, near),
                (right - slant, far),
                (left + slant, far),
                (left - slant, near),
            ]
        ).buffer(0.3),
        WHITE,
        INK,
        INNER_PT,
    )
    c.line([(left - slant, near), (right + slant, near)], INK, INNER_PT)


def sheet(c: Canvas, left: float, right: float, low: float, high: float) -> None:
    """A mat seen from straight above."""
    c.fill(rectangle(left + 1.5, low + 1.5, right - 1.5, high - 1.5).buffer(1.5), WHITE, INK, INNER_PT)


def cushion(c: Canvas, at: XY, width: float, height: float) -> None:
    """A pillow, pad or rolled towel."""
    x, y = at
    round_ = min(width, height) / 2 - 0.05
    c.fill(
        rectangle(x - width / 2 + round_, y + round_, x + width / 2 - round_, y + height - round_).buffer(
            round_
        ),
        TINT,
        INK,
        INNER_PT,
    )


def towel_roll(c: Canvas, at: XY, radius: float) -> None:
    c.fill(disc(at, radius), WHITE, INK, INNER_PT)
    turns = np.linspace(0.3, 3.6 * np.pi, 40)
    c.line(
        points(at) + np.c_[np.cos(turns), np.sin(turns)] * (turns / turns[-1] * radius * 0.8)[:, None],
        INK,
        INNER_PT,
    )


def step(c: Canvas, left: float, right: float, height: float) -> None:
    c.fill(rectangle(left, 0, right, height - 1.4), WHITE, INK, INNER_PT)
    c.fill(rectangle(left - 0.7, height - 1.4, right + 0.7, height), TINT, INK, INNER_PT)


def box(c: Canvas, left: float, right: float, top: float, low: float = 0.0) -> None:
    c.fill(rectangle(left, low, right, top), WHITE, INK, INNER_PT)
    c.fill(rectangle(left, top - 2.2, right, top), TINT, INK, INNER_PT)


def chair(
    c: Canvas,
    left: float,
    right: float,
    seat: float,
    back: float = 22.0,
    cushions: int = 1,
    facing: int = 1,
) -> None:
    """A chair from the side, its back on the left; facing -1 turns it round."""
    thick, wood = 2.6, seat - 2.6 * cushions

    def turned(xy: list[XY]) -> Points:
        return points([(left + right - x, y) if facing < 0 else (x, y) for x, y in xy])

    def slab(x0: float, y0: float, x1: float, y1: float) -> Points:
        return turned([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])

    for x in (left + 1.2, right - 1.2):
        c.fill(polygon(slab(x - 0.8, 0, x + 0.8, wood - 1.6)), WHITE, INK, INNER_PT)
    rest = [
        (left - 1.2, wood - 1.6),
        (left + 0.6, wood - 1.6),
        (left - 1.0, seat + back),
        (left - 3.0, seat + back),
    ]
    c.fill(polygon(turned(rest)).buffer(0.3), WHITE, INK, INNER_PT)
    c.fill(polygon(slab(left - 0.6, wood - 1.7, right, wood)), WHITE, INK, INNER_PT)
    for k in range(cushions):
        low = wood + k * thick
        c.fill(
            polygon(slab(left + 1.2, low + 0.6, right - 0.8, low + thick - 0.6)).buffer(0.55),
            TINT,
            INK,
            INNER_PT,
        )


def stool(c: Canvas, left: float, right: float, seat: float) -> None:
    """A high seat or plinth without a back."""
    for x in (left + 1.6, right - 1.6):
        c.fill(rectangle(x - 0.8, 0, x + 0.8, seat - 3), WHITE, INK, INNER_PT)
    c.fill(rectangle(left + 0.6, seat - 2.6, right - 0.6, seat - 0.6).buffer(0.6), TINT, INK, INNER_PT)


def bench(c: Canvas, left: float, right: float, top: float) -> None:
    for x in (left + 2, right - 2):
        c.fill(rectangle(x - 0.8, 0, x + 0.8, top - 3.6), WHITE, INK, INNER_PT)
    c.fill(rectangle(left + 0.8, top - 3.6, right - 0.8, top - 0.8).buffer(0.8), TINT, INK, INNER_PT)


def counter(c: Canvas, left: float, right: float, top: float) -> None:
    c.fill(rectangle(left + 1.2, 0, right, top - 1.8), WHITE, INK, INNER_PT)
    c.fill(rectangle(left, top - 1.8, right, top), TINT, INK, INNER_PT)


def wall(c: Canvas, x: float, low: float, high: float, outside: int = 1) -> None:
    """A wall, hatched on its outer side."""
    for y in np.arange(low + 2.1, high, 4.2):
        c.line([(x, y), (x + outside * 2.1, y + (2.1 if outside > 0 else -2.1))], INK, INNER_PT)
    c.line([(x, low), (x, high)], INK, FLOOR_PT)


def post(c: Canvas, x: float, height: float) -> None:
    c.fill(rectangle(x - 0.9, 0, x + 0.9, height), WHITE, INK, INNER_PT)
    c.fill(rectangle(x - 3.5, 0, x + 3.5, 1.2), WHITE, INK, INNER_PT)


def bar(c: Canvas, path: list[XY], width: float = 1.6, fill: str = WHITE) -> None:
    """A rail, lever or plate."""
    c.fill(strip(path, width / 2), {"tint": TINT, "ink": INK}.get(fill, WHITE), INK, INNER_PT)


def dashes(c: Canvas, path: list[XY]) -> None:
    c.line(path, INK, 0.9, "3 2")


def treadmill(c: Canvas, left: float, right: float) -> None:
    c.fill(rectangle(left, -4.5, right, -0.4).buffer(0.4), WHITE, INK, INNER_PT)
    for x in (left + 3, right - 3):
        c.fill(disc((x, -2.5), 1.5), TINT, INK, INNER_PT)
    c.fill(strip([(right - 2, 0), (right + 3, 50)], 0.9), WHITE, INK, INNER_PT)
    c.fill(strip([(right - 8, 50.5), (right + 4, 52)], 1.2), TINT, INK, INNER_PT)


def footprints(c: Canvas, left: float, apart: float, count: int, y: float = -6.0) -> None:
    """A row of prints: the length of the steps."""
    for k in range(count):
        x = left + k * apart
        c.fill(union([ellipse((x, y), 2.6, 1.2), ellipse((x - 3.6, y), 1.3, 0.95)]), TINT, INK, INNER_PT)


def metronome(c: Canvas, at: XY) -> None:
    """A beat to run to."""
    x, y = at
    c.fill(polygon([(x - 4.6, y), (x + 4.6, y), (x + 2.2, y + 12), (x - 2.2, y + 12)]), WHITE, INK, INNER_PT)
    c.fill(rectangle(x - 4.6, y, x + 4.6, y + 3), TINT, INK, INNER_PT)
    c.line([(x, y + 3), (x + 4.4, y + 13)], INK, 1.2)
    c.fill(disc((x + 2.9, y + 9.6), 1.1), INK)


def spoken(c: Canvas, at: XY) -> None:
    """A speech bubble: what the therapist says."""
    x, y = at
    oval = ellipse((x, y), 8.5, 5.2)
    tail = polygon([(x + 3.4, y - 3), (x + 9.5, y - 8.2), (x + 7.2, y - 1)])
    c.fill(union([oval, tail]), WHITE, INK, INNER_PT)
    for step_ in (-3.4, 0, 3.4):
        c.fill(disc((x + step_, y), 0.9), INK)


def intervals(c: Canvas, left: float, right: float, parts: list[float], y: float = -7.0) -> None:
    """A bar of turns in time: walking is white, jogging dark."""
    ends = left + (right - left) * np.cumsum([0, *parts]) / sum(parts)
    for k, (start, end) in enumerate(itertools.pairwise(ends)):
        c.fill(rectangle(start, y, end, y + 3.4), DARK if k % 2 else WHITE, INK, INNER_PT)


def kettlebell(c: Canvas, at: XY) -> None:
    c.line(points(at) + spline([(-1.9, 2.2), (-1.6, 5.0), (1.6, 5.0), (1.9, 2.2)], closed=False), INK, 2.2)
    c.fill(disc(at, 3.2), TINT, INK, INNER_PT)


def weight_plate(c: Canvas, at: XY, radius: float = 4.0) -> None:
    x, y = at
    c.fill(disc(at, radius), TINT, INK, INNER_PT)
    c.fill(disc((x, y), 0.9), WHITE, INK, INNER_PT)


def ball(c: Canvas, at: XY, radius: float) -> None:
    c.fill(disc(at, radius), TINT, INK, INNER_PT)


PROPS: dict[str, Draw] = {
    "floor": floor,
    "mat": mat,
    "mat-above": mat_above,
    "sheet": sheet,
    "cushion": cushion,
    "towel-roll": towel_roll,
    "step": step,
    "box": box,
    "chair": chair,
    "stool": stool,
    "bench": bench,
    "counter": counter,
    "wall": wall,
    "post": post,
    "bar": bar,
    "dashes": dashes,
    "treadmill": treadmill,
    "footprints": footprints,
    "metronome": metronome,
    "spoken": spoken,
    "intervals": intervals,
    "kettlebell": kettlebell,
    "weight-plate": weight_plate,
    "ball": ball,
}
