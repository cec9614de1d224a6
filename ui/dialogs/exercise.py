"""One exercise with all that is known of it: pictures, position, dose, precautions, cues, steps, source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from evalassist.content import Content
from evalassist.content.entries import TRUST
from evalassist.content.schema import Exercise, Steps
from evalassist.translate import tr
from evalassist.words import upper_first
from ui import style
from ui.widgets.exercise_card import ExercisePicture, chip_of
from ui.widgets.marks import LinkButton
from ui.widgets.plan_cards import empty
from ui.widgets.roomy import take_room

KNEECAP_LOAD = ("none", "low", "moderate", "high")
NAMES = 150
"""How wide the column of names is, at 100 % text."""
PICTURES = (("start", tr("Start")), ("end", tr("End")))
ABOUT_EMG = tr(
    "EMG was measured in healthy people. Values of different laboratories cannot be compared, and a higher value "
    "was not shown to give better results."
)


class ExerciseDialog(QDialog):
    """Everything about one exercise; its easier and harder forms are one click away."""

    def __init__(
        self, content: Content, exercise_id: str, why_not: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._content = content
        self._why_not = {exercise_id: why_not}
        self._title, self._names = style.label("h1", wrap=True), style.label("q", wrap=True)
        inner = QWidget()
        self._body: QVBoxLayout = style.column(inner, (10, 8, 10, 8), spacing=10)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._area.setProperty("reads", True)
        self._area.setWidget(inner)
        done = QPushButton(tr("Done"))
        done.clicked.connect(self.accept)
        stack = style.column(self, (16, 12, 16, 12), spacing=8)
        for part in (self._title, self._names):
            stack.addWidget(part)
        stack.addWidget(self._area, 1)
        stack.addWidget(done, 0, Qt.AlignmentFlag.AlignRight)
        take_room(self, 820, 720)
        self.show_exercise(exercise_id)

    def show_exercise(self, exercise_id: str) -> None:
        """Show this exercise."""
        exercise = self._content.exercises[exercise_id]
        self.setWindowTitle(exercise.name)
        self._title.setText(exercise.name)
        self._names.setText(
            tr("On the patient's sheet: {en} · {id}").format(en=exercise.patient_name.en, id=exercise.id)
        )
        self._area.setAccessibleName(tr("All about {name}").format(name=exercise.name))
        empty(self._body)
        pictures = style.row(spacing=12)
        for moment, word in PICTURES:
            column = style.column(spacing=2)
            column.addWidget(ExercisePicture(exercise.id, f"{exercise.name}, {word.lower()}", moment))
            column.addWidget(style.label("s", word))
            pictures.addLayout(column)
        pictures.addWidget(chip_of(exercise), 0, Qt.AlignmentFlag.AlignTop)
        pictures.addStretch(1)
        self._body.addLayout(pictures)
        grid = style.scaled(QGridLayout(), spacing=6)
        grid.setHorizontalSpacing(style.px(14))
        grid.setColumnStretch(1, 1)
        for line, (name, value) in enumerate(self._lines(exercise)):
            head = style.label("q", name, wrap=True)
            head.setFixedWidth(style.px(NAMES))
            grid.addWidget(head, line, 0, Qt.AlignmentFlag.AlignTop)
            if isinstance(value, QWidget):
                grid.addWidget(value, line, 1, Qt.AlignmentFlag.AlignLeft)
            else:
                grid.addWidget(_words(value), line, 1)
        self._body.addLayout(grid)
        self._body.addStretch(1)
        self._area.verticalScrollBar().setValue(0)

    def _lines(self, exercise: Exercise) -> Iterator[tuple[str, str | QWidget]]:
        dose, content = exercise.dose, self._content
        if why_not := self._why_not.get(exercise.id):
            yield tr("Not offered"), f"{upper_first(why_not)}."
        yield tr("Targets"), upper_first(", ".join(exercise.targets))
        yield tr("Position"), upper_first(exercise.position)
        yield tr("Equipment"), upper_first(exercise.equipment_text)
        yield tr("Phases"), ", ".join(str(phase) for phase in exercise.phases)
        yield tr("Level"), tr("{level}, from 0 to 4").format(level=exercise.level)
        yield (
            tr("Kneecap load"),
            tr("{kneecap_load} (app default, not from a guideline)").format(
                kneecap_load=KNEECAP_LOAD[exercise.pfj_load]
            ),
        )
        yield tr("Easier"), self._link(exercise.easier)
        yield tr("Harder"), self._link(exercise.harder)
        yield tr("Dose to begin with"), _dose(exercise)
        yield tr("Load"), content.load_rules[dose.load].says
        yield tr("Go on when"), content.progressions[dose.progress_when].says
        yield tr("Range allowed"), upper_first(dose.arc)
        known = [content.precautions[code] for code in exercise.precautions]
        yield tr("Precautions"), "\n".join(f"{one.meaning}: {one.action}" for one in known) or tr("None")
        yield tr("Cues"), "\n".join(exercise.cues)
        yield tr("Common mistake"), exercise.mistake
        yield tr("The patient feels it"), upper_first(exercise.feel.en)
        yield tr("Steps for the patient"), _numbered(exercise, exercise.steps)
        if exercise.steps_both is not None:
            yield tr("Steps for both legs"), _numbered(exercise, exercise.steps_both)
        if exercise.evidence:
            about = f"\n{ABOUT_EMG}" if "EMG" in exercise.evidence else ""
            yield tr("Evidence"), f"{sourced(exercise.evidence, content)}.{about}"
        yield tr("Trust"), TRUST[exercise.mark]

    def _link(self, exercise_id: str | None) -> str | QWidget:
        if exercise_id is None:
            return tr("None")
        link = LinkButton(self._content.exercises[exercise_id].name)
        link.clicked.connect(lambda: self.show_exercise(exercise_id))
        return link


def sourced(text: str, content: Content) -> str:
    """Words with their sources named as a reader knows them; what was not checked stands without a citation."""

    def named(found: re.Match[str]) -> str:
        mark, key = found.groups()
        reference = content.references.get(key)
        if mark == "K" or reference is None:
            return tr("(not checked)")
        short = re.match(r".*?\b\d{4}\b", reference.citation)
        said = tr(", reported in a secondary source") if mark == "V2" else ""
        return f"({short[0] if short else reference.citation}{said})"

    return re.sub(r"\[(V2?|K):([A-Z0-9-]+)\]", named, text)


def _dose(exercise: Exercise) -> str:
    dose = exercise.dose
    hold = tr(", hold {hold_s} s").format(hold_s=dose.hold_s) if dose.hold_s > 1 else ""
    reps = dose.reps_text or f"{dose.reps}"
    return tr("{sets} × {reps}{hold}, rest {rest_s} s, {days_per_week} days a week").format(
        sets=dose.sets, reps=reps, hold=hold, rest_s=dose.rest_s, days_per_week=dose.days_per_week
    )


def _numbered(exercise: Exercise, steps: Steps) -> str:
    """The steps with the starting dose in them; Spanish below the English where there is any."""
    hold, times = str(exercise.dose.hold_s), str(exercise.dose.reps)
    lists = [
        "\n".join(
            f"{place}. {step.replace('{hold}', hold).replace('{times}', times)}"
            for place, step in enumerate(told, start=1)
        )
        for told in (steps.en, steps.es or ())
    ]
    return "\n\n".join(told for told in lists if told)


def _words(text: str) -> QLabel:
    label = style.label("", text, wrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
