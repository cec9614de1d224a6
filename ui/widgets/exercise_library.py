"""Every exercise beside the plan: to be added, or why it is not offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from evalassist.clinical.result import Refusal
from evalassist.content.schema import Exercise
from evalassist.translate import tr, trn
from evalassist.words import upper_first
from ui import spoken, style
from ui.widgets.cards import Card, Rule
from ui.widgets.exercise_card import chip_of
from ui.widgets.fields import TextField
from ui.widgets.focus import go_on, reach
from ui.widgets.lines import giving
from ui.widgets.marks import LinkButton
from ui.widgets.roomy import bring_into_view
from ui.widgets.typed import Line

OFFERED_KINDS = ("slot", "therapist")
"""Left out only for want of room, or by the therapist: they can be added without a second thought."""


class ExerciseLibrary(Card):
    """A list to search; an exercise with something against it says why, and can be added all the same."""

    add_wanted = Signal(str, str)
    """The exercise, and the reason where it was added against a refusal."""
    details_wanted = Signal(str, str)
    """Show all about the exercise; the second words say why it is not offered."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, _Row] = {}
        head = style.row(spacing=8)
        head.addWidget(style.label("cap", tr("LIBRARY")))
        head.addStretch(1)
        self._phase = style.label("s")
        head.addWidget(self._phase)
        self.body.addLayout(head)
        self.search = Line()
        self.search.entered.connect(lambda back: go_on(self.search, back=back))
        self.search.setAccessibleName(tr("Search the exercises"))
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
        self._nothing = style.label("s", tr("No exercise has these words."))
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
        held, near = self._held()
        for _ in self.pieces(exercises, refused, in_plan, read_only=read_only):
            pass
        self._phase.setText(phase)
        self.search.setPlaceholderText(tr("Search {count} exercises").format(count=len(exercises)))
        self._filter(self.search.text())
        if held is not None and held.in_plan:  # its row went: to the next one, so that the place is kept
            row = next((row for row in near if not row.isHidden()), None)
            reach(row.way_in if row is not None else self.search, Qt.FocusReason.OtherFocusReason)

    def _held(self) -> tuple[_Row | None, list[_Row]]:
        """The row that has the keyboard, and those after it, then those before it."""
        at = self.window().focusWidget()
        held = next((row for row in self._rows.values() if at is not None and row.isAncestorOf(at)), None)
        if held is None:
            return None, []
        rows = sorted(self._rows.values(), key=self._list.indexOf)
        place = rows.index(held)
        return held, [*rows[place + 1 :], *reversed(rows[:place])]

    def pieces(
        self,
        exercises: Sequence[Exercise],
        refused: Mapping[str, Refusal],
        in_plan: Sequence[str],
        *,
        read_only: bool,
    ) -> Iterator[None]:
        """Put one row after the other into its place."""
        offered = [e for e in exercises if _is_offered(refused.get(e.id))]
        others = [e for e in exercises if not _is_offered(refused.get(e.id))]
        for place, exercise in enumerate((*offered, *others)):
            row = self._row(exercise)
            if self._list.indexOf(row) != place:
                self._list.removeWidget(row)
                self._list.insertWidget(place, row)
            row.show_refusal(refused.get(exercise.id), in_plan=exercise.id in in_plan, read_only=read_only)
            yield

    @property
    def waiting(self) -> list[tuple[Exercise, TextField]]:
        """What is to be added all the same and is not yet, with the reason that stands there."""
        rows = (row for row in self._rows.values() if not row.in_plan)
        return [(row.exercise, row.reason) for row in rows if row.reason and row.reason_waits]

    def ask_why(self, exercise_id: str) -> None:
        """Ask why it is added all the same."""
        if exercise_id in self._rows:
            self._rows[exercise_id].ask_why()

    def _row(self, exercise: Exercise) -> _Row:
        """The row of an exercise, made at the first wish."""
        if exercise.id not in self._rows:
            row = self._rows[exercise.id] = _Row(exercise)
            row.add_wanted.connect(self.add_wanted)
            row.details_wanted.connect(self.details_wanted)
        return self._rows[exercise.id]

    def _filter(self, words: str) -> None:
        wanted = words.casefold().split()
        found = 0
        for row in self._rows.values():
            fits = not row.in_plan and all(word in row.words for word in wanted)
            row.setVisible(fits)
            found += fits
        self._nothing.setVisible(not found)
        if self.search.hasFocus():
            spoken.say(
                self.search,
                trn("1 exercise", "{count} exercises", found).format(count=found),
                at_once=True,
                instead=True,
            )


class _Row(QWidget):
    """One exercise of the library."""

    add_wanted = Signal(str, str)
    details_wanted = Signal(str, str)

    def __init__(self, exercise: Exercise) -> None:
        super().__init__()
        self.exercise = exercise
        self.in_plan = self._read_only = False
        self._why = ""
        self._shown: tuple[Refusal | None, bool, bool] | None = None
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
        self._name = style.label("b", exercise.name)
        self._name.setWordWrap(True)
        self._add, self._ask = QPushButton(tr("Add")), LinkButton(tr("Anyway…"))
        self._add.setAccessibleName(tr("Add {name}").format(name=exercise.name))
        self._add.clicked.connect(lambda: self.add_wanted.emit(exercise.id, ""))
        self._ask.clicked.connect(self._toggle)
        line.addWidget(self._name, 1)
        line.addWidget(self._add)
        line.addWidget(self._ask)
        stack.addLayout(line)
        below = style.row(spacing=6)
        below.addWidget(chip_of(exercise))
        position = giving(exercise.body_position, "s")
        position.setMinimumWidth(style.px(40))
        below.addWidget(position, 1)
        self._details = LinkButton(tr("Details"))
        self._details.setAccessibleName(tr("All about {name}").format(name=exercise.name))
        self._details.clicked.connect(lambda: self.details_wanted.emit(exercise.id, self._why))
        below.addWidget(self._details)
        stack.addLayout(below)
        self._against = style.label("s", wrap=True)
        stack.addWidget(self._against)
        self._more: QVBoxLayout = style.column(spacing=2)
        self.reason: TextField | None = None
        """Asked for where something stands against it; made at the first wish, for few rows are ever opened."""
        stack.addLayout(self._more)
        stack.addWidget(Rule())
        self._name_the_way()

    def show_refusal(self, refusal: Refusal | None, *, in_plan: bool, read_only: bool) -> None:
        """Show whether it is offered, and what stands against it."""
        if self._shown == (refusal, in_plan, read_only):
            return
        self._shown = (refusal, in_plan, read_only)
        self.in_plan, self._read_only = in_plan, read_only
        self._why = refusal.why if refusal else ""
        offered = _is_offered(refusal)
        style.say(self._name, c="" if offered else "q")
        self._add.setVisible(offered and not read_only)
        self._ask.setVisible(not offered and not read_only)
        own_words = refusal is not None and refusal.kind == "therapist"
        self._against.setText(self._why if own_words else "" if offered else upper_first(self._why))
        self._against.setVisible(own_words or not offered)
        spoken.describe(self._ask, upper_first(self._why))
        if offered or read_only:
            self._show_more(False)

    @property
    def reason_waits(self) -> bool:
        """Whether a reason is written and was not told."""
        return self.reason is not None and self._is_open and bool(self.reason.value)

    def ask_why(self) -> None:
        """Ask for the reason, where something stands against it."""
        if not self._ask.isHidden() and not self._is_open:
            self._toggle()

    @property
    def way_in(self) -> QWidget:
        """What adds it to the plan, or asks why it is added all the same."""
        return self._ask if self._add.isHidden() else self._add

    @property
    def _is_open(self) -> bool:
        return self.reason is not None and not self.reason.isHidden()

    def _toggle(self) -> None:
        opened = not self._is_open
        if not opened:  # what hides loses the keyboard
            self._ask.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_more(opened)
        if opened and self.reason is not None:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            bring_into_view(self._anyway)

    def _show_more(self, opened: bool) -> None:
        if self.reason is None:
            if not opened:
                return
            self.reason = self._make_more()
        for part in (self.reason, self._anyway):
            part.setVisible(opened and not self._read_only)
        self._name_the_way()

    def _name_the_way(self) -> None:
        opened, name = self._is_open, self.exercise.name
        says = tr("{name}: close") if opened else tr("{name}: add it anyway, with a reason")
        self._ask.setText(tr("Close") if opened else tr("Anyway…"))
        self._ask.setAccessibleName(says.format(name=name))

    def _make_more(self) -> TextField:
        reason = TextField(tr("Why {name} all the same").format(name=self.exercise.name))
        reason.edit.setPlaceholderText(tr("Why all the same"))
        self._anyway = LinkButton(tr("Add it all the same"))
        self._anyway.setAccessibleName(tr("Add {name} all the same").format(name=self.exercise.name))
        self._anyway.setProperty("field", True)  # Enter comes here from the reason
        self._anyway.clicked.connect(lambda: self._add_with_reason(reason))
        self._more.addWidget(reason)
        self._more.addWidget(self._anyway)
        self.setTabOrder(self._details, reason.edit)  # else the keyboard came here last, for it was made last
        self.setTabOrder(reason.edit, self._anyway)
        return reason

    def _add_with_reason(self, reason: TextField) -> None:
        """What has something against it is added with the therapist's reason, which the note tells."""
        reason.commit()
        words = reason.value
        if words:
            reason.clear()
            self.add_wanted.emit(self.exercise.id, words)
        else:
            reason.setFocus(Qt.FocusReason.OtherFocusReason)


def _is_offered(refusal: Refusal | None) -> bool:
    return refusal is None or refusal.kind in OFFERED_KINDS
