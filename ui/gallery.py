"""Every control in every state on one page, to be looked at: `python -m ui.gallery OUT.png --dark --scale 2`.

What stands in it is made up; it says nothing about any patient or rule.
"""

import argparse
import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLayout, QPushButton, QWidget

from ui import icons, style
from ui.widgets.bars import FooterBar, HeaderBar
from ui.widgets.cards import Card, FoldingGroup, RailStep, Stepper, StepRail
from ui.widgets.fields import CheckList, ChoiceField, DateField, NumberField, TextField
from ui.widgets.glyph import State
from ui.widgets.marks import (
    Banner,
    Chip,
    KeptIndicator,
    KeyCap,
    LinkButton,
    ReasonLink,
    SideBadge,
    SourceMark,
    StateGlyph,
    SymmetryReading,
)
from ui.widgets.segments import Choice, SegmentedControl, Tone, ZeroToTen, yes_no_not_tested

LABEL_WIDTH = 152


def gallery() -> QWidget:
    """The page of all controls."""
    page = QWidget()
    page.setObjectName("page")
    columns = style.row(page, (16, 12, 16, 25), spacing=12)
    left, right = style.column(spacing=12), style.column(spacing=12)
    for card in (_segments(), _numbers(), _sides()):
        left.addWidget(card)
    for card in (_states(), _kept(), _reasons(), _banners(), _buttons()):
        right.addWidget(card)
    left.addStretch(1)
    right.addStretch(1)
    columns.addLayout(left, 698)
    columns.addLayout(right, 624)
    return page


def more_gallery() -> QWidget:
    """The second page: longer lists, words, dates, groups, bars and the rail."""
    page = QWidget()
    page.setObjectName("page")
    stack = style.column(page, spacing=0)
    header = HeaderBar()
    header.set_patient("Rivera, Ana", "24 y · F · born May 9, 2001")
    header.set_side("right")
    header.set_visit("Initial evaluation · Mar 2, 2026")
    header.kept.set_kept("10:42:03")
    header.set_user("A. Chen, PT")
    stack.addWidget(header)
    middle = style.row(spacing=0)
    middle.addWidget(_rail())
    body = style.column(margins=(16, 12, 16, 12), spacing=8)
    for part in (_lists(), _words(), *_groups()):
        body.addWidget(part)
    body.addStretch(1)
    middle.addLayout(body, 1)
    stack.addLayout(middle, 1)
    footer = FooterBar()
    footer.set_previous("Knee exam")
    footer.set_left("2 left here", "partly", hint="next gap")
    footer.set_next("Mobility and foot", ready=True)
    stack.addWidget(footer)
    return page


def _line(card: Card, label: str, *parts: QWidget | QLayout, spacing: int = 10) -> QHBoxLayout:
    line = style.row(spacing=spacing)
    name = QLabel(label)
    name.setProperty("t", "q")
    name.setFixedWidth(style.px(LABEL_WIDTH))
    line.addWidget(name, 0, Qt.AlignmentFlag.AlignVCenter)
    if spacing < 8:
        line.addSpacing(style.px(8 - spacing))
    for part in parts:
        if isinstance(part, QWidget):
            line.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        else:
            line.addLayout(part)
    line.addStretch(1)
    card.body.addLayout(line)
    return line


def _text(words: str, kind: str = "") -> QLabel:
    label = QLabel(words)
    label.setProperty("t", kind)
    return label


def _chosen(control: SegmentedControl, value: str) -> SegmentedControl:
    control.set_value(value)
    return control


def _plain(*words: str, tone: Tone = "soft") -> tuple[Choice, ...]:
    return tuple(Choice(word.lower(), word, tone) for word in words)


def _segments() -> Card:
    card = Card("Segments", spacing=8)
    _line(card, "untouched", SegmentedControl(yes_no_not_tested(), "untouched"))
    _line(card, "answered", _chosen(SegmentedControl(yes_no_not_tested(), "answered"), "no"))
    alarming = SegmentedControl(yes_no_not_tested(alarming=True), "alarming")
    _line(card, "alarming answer", _chosen(alarming, "yes"))
    _line(card, "a plain choice", _chosen(SegmentedControl(_plain("Best", "Mean"), "choice"), "best"))
    focus = _chosen(SegmentedControl(_plain("Low", "Moderate", "High"), "focus"), "moderate")
    focus.setObjectName("focused")
    _line(card, "keyboard focus", focus)
    _line(card, "0 to 10, untouched", ZeroToTen("untouched pain"))
    six = ZeroToTen("pain")
    six.set_value(6)
    _line(card, "0 to 10, six", six)
    return card


def _numbers() -> Card:
    card = Card("Number field", spacing=8)
    fields = []
    for value, best in ((None, False), (93.0, False), (93.0, True)):
        field = NumberField("force", "" if not best else "N", messages="elsewhere")
        field.set_value(value)
        field.set_best(best)
        fields.append(field)
    _line(card, "empty / value / best", *fields)
    unusual = NumberField("force", "N", usual=(20, 600))
    unusual.set_value(930)
    _line(card, "out of the usual range", unusual)
    unread = NumberField("force", "N", possible=(0, 2000), messages="below")
    unread.edit.setText("9o")
    unread.commit()
    _line(card, "cannot be counted", unread)
    not_tested = style.row(spacing=6)
    for part in (StateGlyph("not-met"), _text("Not tested", "b"), _text("· pain", "q"), LinkButton("Undo")):
        part.setProperty("c", "q")
        not_tested.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
    _line(card, "not tested", not_tested)
    return card


def _sides() -> Card:
    card = Card("Sides and symmetry", spacing=8)
    _line(
        card,
        "badge, word, place",
        SideBadge("right"),
        SideBadge("left"),
        Chip("sore side", "att"),
        SideBadge("right", "knee", shape="chip"),
        SideBadge("left", "knee", shape="chip"),
    )
    _line(card, "both knees", SideBadge("both", "knees", shape="chip"), SideBadge("both", words=False))
    below = SymmetryReading("abduction", words="beside")
    below.set_reading(93, 115, "80.9 %", "right weaker by 19.1 %", mark="look", line=0.9)
    within = SymmetryReading("extension", words="beside")
    within.set_reading(150, 158, "94.9 %", "within 10 %", mark="good", line=0.9)
    sore = SymmetryReading("both sore", words="beside")
    sore.set_reading(81, 100, "81 %", "asymmetry only: both knees are sore")
    by_hand = SymmetryReading("by hand", words="beside")
    by_hand.clear("by hand: no percentage")
    grade = NumberField("grade", width=34, messages="elsewhere")
    grade.set_value(4)
    _line(card, "below the line", below)
    _line(card, "within 10 %", within)
    _line(card, "both knees sore", sore)
    _line(card, "hand grade", _text("Grade", "s"), grade, by_hand)
    return card


def _states() -> Card:
    card = Card("State by shape")
    rows: tuple[tuple[str, tuple[tuple[State, str], ...]], ...] = (
        ("rail", (("empty", "empty"), ("partly", "partly"), ("complete", "complete"), ("good", "all well"))),
        ("", (("look", "look here"), ("danger", "danger"), ("blocked", "blocked"), ("not-met", "not met"))),
    )
    for label, states in rows:
        parts: list[QWidget] = []
        for state, word in states:
            parts += [StateGlyph(state), _text(word)]
        _line(card, label, *parts, spacing=6)
    return card


def _kept() -> Card:
    card = Card("Kept")
    kept, under_way, failed = KeptIndicator(), KeptIndicator(), KeptIndicator()
    kept.set_kept("10:42:03")
    under_way.show_keeping()
    failed.set_failed("10:42", "Disk full.")
    _line(card, "kept", kept)
    _line(card, "under way, after 1 s", under_way)
    _line(card, "cannot keep", failed)
    return card


def _reasons() -> Card:
    card = Card("Reason and source", spacing=8)
    _line(card, "reason link", ReasonLink("abduction 80.9 %, below 90 %"))
    _line(card, "source mark", SourceMark("CPG B"), SourceMark("app rule"), SourceMark("not verified"))
    _line(
        card,
        "chips",
        Chip("HIP", "filled"),
        Chip("KNEE", "outlined"),
        Chip("Grade B"),
        Chip("sore side", "att"),
    )
    _line(card, "keys", KeyCap("F8"), KeyCap("Ctrl+K"), KeyCap("Enter"))
    return card


def _banners() -> Card:
    card = Card("Banner", spacing=8)
    card.body.addWidget(Banner("danger", "Refer the same day.", "Plan of care and handout are blocked."))
    card.body.addWidget(Banner("att", "Sides differ.", "History says left, this visit is right."))
    card.body.addWidget(Banner("quiet", "Signed 11:32 by A. Chen, PT.", act="Add an addendum"))
    return card


def _buttons() -> Card:
    card = Card("Buttons", spacing=8)
    printing, saving, blocked = (
        QPushButton("Print 4 pages"),
        QPushButton("Save as PDF…"),
        QPushButton("Handout"),
    )
    letter = QPushButton("Write the letter")
    printing.setProperty("kind", "primary")
    printing.setProperty("tall", True)
    letter.setProperty("kind", "danger")
    icons.put_icon(printing, "print", "accent_ink")
    icons.put_icon(letter, "letter", "card")
    blocked.setEnabled(False)
    _line(card, "32 px; last act 40", printing, saving, LinkButton("Edit"), blocked)
    dose = Stepper("repetitions", "reps", low=1, high=30)
    dose.set_value(10)
    _line(card, "danger, dose", letter, dose)
    return card


def _rail() -> StepRail:
    names = ("Safety", "History", "Questionnaires", "Movement", "Knee exam", "Strength", "Mobility, foot")
    rail = StepRail([RailStep(name.lower(), name) for name in (*names, "Assessment", "Plan of care", "Sign")])
    states: dict[str, tuple[State, int]] = {
        "safety": ("complete", 0),
        "history": ("complete", 0),
        "questionnaires": ("partly", 2),
        "movement": ("look", 1),
        "knee exam": ("partly", 4),
        "strength": ("partly", 2),
        "plan of care": ("blocked", 0),
    }
    for step, (state, left) in states.items():
        rail.set_state(step, state, left, "Safety blocks it" if state == "blocked" else "")
    rail.set_current("strength")
    for name, icon in (("Chart", "chart"), ("Documents", "document")):
        button = QPushButton(name)
        button.setProperty("kind", "flat")
        icons.put_icon(button, icon)
        rail.foot.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    return rail


def _lists() -> Card:
    card = Card("Longer lists", "radio column above five, a drop-down for many, several of many", spacing=8)
    days = _plain("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    radio, combo = ChoiceField(days, "day"), ChoiceField(days, "day", shape="combo")
    radio.set_value("wednesday")
    combo.set_value("tuesday")
    ticks = CheckList(
        [
            Choice(word.lower(), word, detail="+1")
            for word in ("Stairs", "Squatting", "Running", "Sitting", "None")
        ],
        "what hurts",
        none_of_these="none",
    )
    ticks.set_value(["stairs", "running"])
    line = style.row(spacing=24)
    line.addWidget(radio, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(combo, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(ticks, 1, Qt.AlignmentFlag.AlignTop)
    card.body.addLayout(line)
    return card


def _words() -> Card:
    card = Card("Words and dates", spacing=8)
    goal, onset, unclear = TextField("goal"), DateField("onset"), DateField("seen")
    notes = TextField("notes", lines=2)
    goal.set_value("Walk down the stairs at work without holding on")
    notes.set_value("In the patient's words.\nA second line.")
    unclear.edit.setText("3/2/2026")
    unclear.commit()
    goal.setMinimumWidth(style.px(380))
    _line(card, "one line", goal)
    card.body.addWidget(notes)
    _line(card, "date", onset, unclear)
    return card


def _groups() -> tuple[FoldingGroup, FoldingGroup]:
    folded = FoldingGroup("Infection", "hot red joint, hot bursa", folded=True)
    folded.set_state("complete", "2 of 2 no")
    opened = FoldingGroup("Veins and circulation", "clot, poor circulation")
    opened.set_state("danger", "1 yes, 1 no")
    line = style.row()
    question = QLabel("Cramp after a fixed walking distance that eases on standing still")
    question.setWordWrap(True)
    line.addWidget(question, 1)
    line.addWidget(_chosen(SegmentedControl(yes_no_not_tested(alarming=True), "Cramp"), "no"))
    opened.body.addLayout(line)
    return folded, opened


def main(arguments: list[str] | None = None) -> int:
    """Draw the gallery into a picture."""
    parser = argparse.ArgumentParser(prog="ui.gallery", description=gallery.__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--touch", action="store_true")
    parser.add_argument("--more", action="store_true", help="the second page: lists, words, bars, rail")
    options = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(app, QApplication):
        return 1
    style.apply_style(app, options.scale, options.dark, options.touch)
    page = more_gallery() if options.more else gallery()
    hint = page.sizeHint()
    page.resize(max(style.px(1366), hint.width()), max(style.px(768), hint.height()))
    page.show()
    focused = page.findChild(SegmentedControl, "focused")
    if isinstance(focused, SegmentedControl):
        page.activateWindow()
        focused.focus_box("high")
    app.processEvents()
    return 0 if page.grab().save(str(options.out)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
