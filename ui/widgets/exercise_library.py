"""Every exercise beside the plan: to be added, or why it is not offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from evalassist.clinical.result import Refusal
from evalassist.content.schema import Exercise
from ui import style
from ui.widgets.cards import Card, Rule
from ui.widgets.exercise_card import ElidedLabel, chip_of
from ui.widgets.marks import LinkButton

OFFERED_KINDS = ("slot", "therapist")
"""Left out only for want of room, or by the therapist: they can be added without a second thought."""


class ExerciseLibrary(Card):
    """A list to search; an exercise with something against it says why, and can be added all the same."""

    add_wanted = Signal(str, str)
    """The exercise, and the reason where it was added against a refusal."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, _Row] = {}
        head = style.row(spacing=8)
        head.addWidget(_label("cap", "LIBRARY"))
        head.addStretch(1)
        self._phase = _label("s")
        head.addWidget(self._phase)
        self.body.addLayout(head)
        self.search = QLineEdit()
        self.search.setAccessibleName("Search the exercises")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.body.addWidget(self.search)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setMinimumHeight(style.px(240))
        self._area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        inner = QWidget()
        self._list: QVBoxLayout = style.column(inner, (0, 0, 4, 0), spacing=4)
        self._nothing = _label("s", "No exercise has these words.")
        self._nothing.hide()
        self._list.addWidget(self._nothing)
        self._list.addStretch(1)
        self._area.setWidget(inner)
        self.body.addWidget(self._area, 1)

    def show_exercises(
        self,
        exercises: Sequence[Exercise],
        refused: Mapping[str, Refusal],
        in_plan: Sequence[str],
        *,
        phase: str,
        read_only: bool,
    ) -> None:
        """Show what is not in the plan: first what can be added, then what has something against it."""
        self._phase.setText(phase)
        self.search.setPlaceholderText(f"Search {len(exercises)} exercises")
        offered = [e for e in exercises if _is_offered(refused.get(e.id))]
        others = [e for e in exercises if not _is_offered(refused.get(e.id))]
        for place, exercise in enumerate((*offered, *others)):
            row = self._rows.get(exercise.id)
            if row is None:
                row = self._rows[exercise.id] = _Row(exercise)
                row.add_wanted.connect(self.add_wanted)
            if self._list.indexOf(row) != place:
                self._list.removeWidget(row)
                self._list.insertWidget(place, row)
            row.show_refusal(refused.get(exercise.id), in_plan=exercise.id in in_plan, read_only=read_only)
        self._filter(self.search.text())

    def _filter(self, words: str) -> None:
        wanted = words.casefold().split()
        found = 0
        for row in self._rows.values():
            fits = not row.in_plan and all(word in row.words for word in wanted)
            row.setVisible(fits)
            found += fits
        self._nothing.setVisible(not found)


class _Row(QWidget):
    """One exercise of the library."""

    add_wanted = Signal(str, str)

    def __init__(self, exercise: Exercise) -> None:
        super().__init__()
        self.exercise = exercise
        self.in_plan = False
        self._why = ""
        parts = (
            exercise.name,
            exercise.patient_name.en,
            exercise.chip,
            exercise.region,
            exercise.position,
            exercise.id,
        )
        self.words = " ".join((*parts, *exercise.targets)).casefold()
        stack = style.column(self, (0, 2, 0, 0), spacing=2)
        line = style.row(spacing=6)
        self._name = _label("b", exercise.patient_name.en)
        self._name.setToolTip(exercise.name)
        self._name.setWordWrap(True)
        self._add, self._ask = QPushButton("Add"), LinkButton("Why not")
        self._add.setAccessibleName(f"Add {exercise.name}")
        self._ask.setAccessibleName(f"Why {exercise.name} is not offered")
        self._add.clicked.connect(lambda: self.add_wanted.emit(exercise.id, ""))
        self._ask.clicked.connect(self._toggle)
        line.addWidget(self._name, 1)
        line.addWidget(self._add)
        line.addWidget(self._ask)
        stack.addLayout(line)
        below = style.row(spacing=6)
        below.addWidget(chip_of(exercise))
        self._short = ElidedLabel(align=Qt.AlignmentFlag.AlignLeft)
        below.addWidget(self._short, 1)
        stack.addLayout(below)
        self._full = _label("s")
        self._full.setWordWrap(True)
        self._anyway = LinkButton("Add it all the same")
        self._anyway.setAccessibleName(f"Add {exercise.name} all the same")
        self._anyway.clicked.connect(lambda: self.add_wanted.emit(exercise.id, ""))
        stack.addWidget(self._full)
        stack.addWidget(self._anyway)
        stack.addWidget(Rule())
        self._full.hide()
        self._anyway.hide()

    def show_refusal(self, refusal: Refusal | None, *, in_plan: bool, read_only: bool) -> None:
        """Show whether it is offered, and what stands against it."""
        self.in_plan = in_plan
        self._why = refusal.why if refusal else ""
        offered = _is_offered(refusal)
        style.say(self._name, c="" if offered else "q")
        self._add.setVisible(offered and not read_only)
        self._ask.setVisible(not offered)
        said = refusal is not None and (refusal.kind == "therapist" or not offered)
        self._short.set_text(self._why if said else self.exercise.body_position.replace("-", " "))
        self._full.setText(self._why[:1].upper() + self._why[1:])
        if offered or read_only:
            self._full.hide()
            self._anyway.hide()

    def _toggle(self) -> None:
        opened = self._full.isHidden()
        self._full.setVisible(opened)
        self._anyway.setVisible(opened)
        self._short.setVisible(not opened)
        self._ask.setText("Close" if opened else "Why not")


def _is_offered(refusal: Refusal | None) -> bool:
    return refusal is None or refusal.kind in OFFERED_KINDS


def _label(kind: str, words: str = "") -> QLabel:
    label = QLabel(words)
    label.setProperty("t", kind)
    return label
