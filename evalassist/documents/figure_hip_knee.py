"""The hip-knee figure: the same leg twice, once with the hip steady and once with the hip dropping.

The drawings carry no words; titles, numbers and labels are set here so that they exist in every language.
Places are shares of a drawing's width and height, from its upper left corner, for a right leg.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from evalassist.documents.blocks import label, rule, words
from evalassist.documents.handout_texts import Case
from evalassist.documents.look import BOLD, INK, WHITE
from evalassist.documents.pictures import Picture, draw_missing, draw_picture, picture
from evalassist.documents.tags import figure_tag, tag

_TITLE, _ART_HEIGHT, _ART_WIDTH = 20.0, 165.0, 112.0
_DISC = 7.5
_LABEL, _LABEL_LEADING = 10.5, 11.5


@dataclass(frozen=True)
class _Place:
    """A spot on a drawing, and on which side of it its words stand."""

    right: float
    down: float
    words: Literal["left", "right"] = "left"
    beside: Literal["first", "middle", "last"] = "middle"
    """Which of its lines stands beside it: two that lie close grow away from each other."""


_NUMBERED = (_Place(0.225, 0.19), _Place(0.265, 0.40), _Place(0.275, 0.58))
"""Hip muscles, thigh bone, kneecap on `hip-steady`."""
_LABELLED = {
    "figure_lowers": _Place(0.71, 0.16, "right", beside="first"),
    "figure_turns": _Place(0.19, 0.465, beside="last"),
    "figure_drifts": _Place(0.18, 0.585, beside="first"),
}
"""What the three arrows of `hip-drops` mean, each beside its arrow."""


def figure(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """Draw both panels with titles, numbers, the key line and the caption; return the height."""
    texts = case.texts
    mirrored = case.note.sore_knee == "left"
    middle = width - _ART_WIDTH
    lefts = (x, x + _ART_WIDTH + 4) if mirrored else (x + 18, x + middle)
    panels = (("hip-steady", "figure_steady"), ("hip-drops", "figure_drops"))
    for (name, title), left in zip(panels, lefts, strict=True):
        art = picture(name)
        if art is None:
            label(canvas, left + _ART_WIDTH / 2, y_top - 13, texts.plain(title), 12.5, BOLD, align="center")
            draw_missing(
                canvas, left + 4, y_top - _TITLE, _ART_WIDTH - 8, _ART_HEIGHT, texts("draw_yourself")
            )
            continue
        panel = _Panel(art, left, y_top - _TITLE - _ART_HEIGHT, mirrored)
        over_trunk, _ = panel.at(_Place(0.42, 0))
        with figure_tag(canvas, texts.plain(f"alt_{title}"), x, y_top, width, _TITLE + _ART_HEIGHT):
            label(canvas, over_trunk, y_top - 13, texts.plain(title), 12.5, BOLD, align="center")
            draw_picture(canvas, art, left, panel.bottom, panel.scale, mirrored)
            if name == "hip-steady":
                _numbers(canvas, panel, x + (_ART_WIDTH - 8 if mirrored else _DISC + 1))
            else:
                _labels(case, canvas, panel)
    y = y_top - _TITLE - _ART_HEIGHT - 16
    at = x
    with tag(canvas, "P"):
        for number, key in enumerate(("figure_muscles", "figure_thigh", "figure_kneecap"), start=1):
            at += label(canvas, at, y, str(number), 11, BOLD) + 3
            at += label(canvas, at, y, texts.plain(key), 11) + 11
    caption = words(canvas, texts("figure_caption"), x, y - 4, width, 11, 14)
    return y_top - y + 4 + caption


@dataclass(frozen=True)
class _Panel:
    art: Picture
    left: float
    bottom: float
    mirrored: bool

    @property
    def scale(self) -> float:
        return min(_ART_WIDTH / self.art.width, _ART_HEIGHT / self.art.height)

    def at(self, place: _Place) -> tuple[float, float]:
        """Where a spot of the drawing lies on the page."""
        share = 1 - place.right if self.mirrored else place.right
        return (
            self.left + share * self.art.width * self.scale,
            self.bottom + (1 - place.down) * self.art.height * self.scale,
        )


def _numbers(canvas: Canvas, panel: _Panel, x: float) -> None:
    """Numbers in a column beside the leg, each with a line to its part."""
    for number, place in enumerate(_NUMBERED, start=1):
        target, y = panel.at(place)
        rule(canvas, x, target, y, 0.7)
        canvas.setFillColor(WHITE)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.1)
        canvas.circle(x, y, _DISC, stroke=1, fill=1)
        label(canvas, x, y - 4, str(number), 11, BOLD, align="center")


def _labels(case: Case, canvas: Canvas, panel: _Panel) -> None:
    for key, place in _LABELLED.items():
        at, y = panel.at(place)
        lines = case.texts.lines(key)
        stands_right = (place.words == "right") != panel.mirrored
        above = {"first": 0.0, "middle": 0.5, "last": 1.0}[place.beside] * (len(lines) - 1)
        y += above * _LABEL_LEADING - _LABEL * 0.33
        for row, line in enumerate(lines):
            label(
                canvas, at, y - row * _LABEL_LEADING, line, _LABEL, align="left" if stands_right else "right"
            )
