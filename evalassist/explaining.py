"""What the patient is shown on the screen, to the question why a sore knee gets hip exercises.

Words, bars and pictures are those of the patient's sheet, and what it may not say is not shown here either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evalassist.content.patient_texts import load_patient_texts
from evalassist.errors import EvalAssistError
from evalassist.note import Language, Note
from evalassist.sheet_checks import why_refused

STEADY, DROPS = 0, 10
"""The steps of the figure's slider, from a hip that holds to one that lets go."""
TURNS, DRIFTS, SHARES = 3, 6, 9
"""The first steps whose pictures have the arrows of hip and thigh, of the knee, and the marks at the kneecap."""
PICTURES = ("hip-steady", *(f"hip-{step:02}" for step in range(1, DROPS)), "hip-drops")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence that is shown while the slider stands between two steps."""

    words: str
    first: int = STEADY
    last: int = DROPS
    bold: bool = False


@dataclass(frozen=True, slots=True)
class PartLabel:
    """A name beside a part of the figure, where it lies when steady and when dropping.

    Places are shares of the picture's width and height, from its upper left corner, for a right leg.
    """

    words: str
    steady: tuple[float, float]
    drops: tuple[float, float]
    first: int = STEADY
    last: int = DROPS
    inner: bool = False
    """The words stand on the side of the other leg, not on the outer side."""
    below: float = 0.0
    """A line of the picture runs at this height, and the words stay under it."""
    line: bool = False
    """No arrow of the picture points at it: a line leads there."""

    def place(self, step: int) -> tuple[float, float]:
        """Where the part lies at a step of the slider."""
        (x, y), (to_x, to_y), share = self.steady, self.drops, step / DROPS
        return x + share * (to_x - x), y + share * (to_y - y)


@dataclass(frozen=True, slots=True)
class Bars:
    """Both hips as two bars from 0: the stronger one is 100."""

    heading: str
    stronger: str
    weaker: str
    rest: int
    """The weaker one, of 100."""
    less: str
    off: str
    """How far such a test can be off."""
    in_words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One screen for the patient, in one language."""

    title: str
    lines: tuple[Line, ...]
    labels: tuple[PartLabel, ...]
    steady: str
    drops: str
    in_words: tuple[str, str]
    """The figure for who cannot see it, steady and dropping."""
    caption: str
    unknown: str
    """What studies have not shown."""
    bars: Bars | None
    mirrored: bool
    """The figure shows a left leg."""


def why_not_explained(note: Note) -> str:
    """Why this is not shown to the patient, in sentences; empty when it is."""
    return note.no_plan_because if note.plan is None else why_refused(note, "why")


def explanation_of(note: Note, language: Language) -> Explanation:
    """The screen for the patient of this note; raises where the sheet would be refused too."""
    if note.plan is None or note.sheet is None or why_not_explained(note):
        raise EvalAssistError(why_not_explained(note) or "There is nothing to show without a plan of care.")
    texts = load_patient_texts().texts
    both = note.sore_knee == "both"
    chips = {each.chip for each in note.plan.exercises}
    hips, combined = not chips or "HIP" in chips, not chips or {"HIP", "KNEE"} <= chips

    def said(key: str, **slots: object) -> str:
        text = texts[key].in_language(language)
        if text is None:
            raise EvalAssistError(f"This text does not exist in that language yet: {key}.")
        return text.replace("<b>", "").replace("</b>", "").strip().format(**slots)

    def form(key: str) -> str:
        return load_patient_texts().form(key, both=both)

    if combined:
        message = form("message")
    else:
        message = "message_neutral_one" if len(note.plan.exercises) == 1 else "message_neutral"
    return Explanation(
        title=said(form("title" if hips else "why_heading_neutral")),
        lines=(
            Line(said("why_steady")),
            Line(said("why_groove"), last=TURNS - 1),
            Line(said("why_tired"), first=TURNS),
            Line(said("why_drifts"), first=DRIFTS),
            Line(said("why_load"), first=SHARES),
            Line(said(form("why_training" if hips else "why_training_neutral")), last=TURNS - 1),
            Line(said(message), last=TURNS - 1, bold=True),
        ),
        labels=(
            PartLabel(said("figure_muscles"), (0.235, 0.18), (0.19, 0.19), last=TURNS - 1, line=True),
            PartLabel(said("figure_thigh"), (0.275, 0.36), (0.25, 0.36), last=TURNS - 1, line=True),
            PartLabel(said("figure_kneecap"), (0.30, 0.58), (0.37, 0.57), last=TURNS - 1, line=True),
            PartLabel(said("figure_lowers"), (0.70, 0.2), (0.70, 0.2), first=TURNS, inner=True, below=0.12),
            PartLabel(said("figure_turns"), (0.17, 0.435), (0.17, 0.435), first=TURNS),
            PartLabel(said("figure_drifts"), (0.16, 0.585), (0.16, 0.585), first=DRIFTS),
        ),
        steady=said("figure_steady"),
        drops=said("figure_drops"),
        in_words=(said("alt_figure_steady"), said("alt_figure_drops")),
        caption=said("figure_caption"),
        unknown=said("not_first"),
        bars=_bars(note, said),
        mirrored=note.sore_knee == "left",
    )


def _bars(note: Note, said: Callable[..., str]) -> Bars | None:
    """Only where the sheet has them too: measured with a device on both sides, different, and without pain."""
    found = note.sheet.found if note.sheet else None
    if found is None or found.percent is None:
        return None
    weaker = found.weaker or note.sore_knee
    stronger = "left" if weaker == "right" else "right"
    words = {
        "heading": said("bars_heading"),
        "stronger": said(f"bar_{stronger}"),
        "weaker": said(f"bar_{weaker}"),
        "less": said("bar_less", percent=found.percent),
    }
    rest = 100 - found.percent
    return Bars(**words, rest=rest, off=said("found_off"), in_words=said("alt_bars", **words, rest=rest))
