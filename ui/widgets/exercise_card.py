"""One exercise of the plan: its picture, its dose to be stepped, why it is there, and what may stand in its place."""

from __future__ import annotations

from functools import lru_cache, partial

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from evalassist import resources
from evalassist.clinical.edits import DOSE_LIMITS
from evalassist.clinical.result import PlannedExercise, first_of_each_side
from evalassist.content.schema import Exercise
from evalassist.evaluation import PlanEdit
from evalassist.translate import tr, trn
from evalassist.words import lower_first, upper_first
from ui import icons, style
from ui.widgets.elided import ElidedLabel
from ui.widgets.fields import TextField
from ui.widgets.marks import Chip, LinkButton, ReasonLink
from ui.widgets.roomy import bring_into_view
from ui.widgets.side import Side, SideBadge
from ui.widgets.stepper import Stepper

PICTURE = (120, 90)
COMPACT_PICTURE = (96, 72)
DOSE = (
    *(("sets", tr("sets")), ("reps", tr("reps")), ("hold_s", tr("s hold"))),
    ("days_per_week", tr("days")),
)
"""Field of the dose and its word; the stepper goes as far as a dose may."""
HEARD = {
    "sets": tr("sets"),
    "reps": tr("repetitions"),
    "hold_s": tr("hold"),
    "days_per_week": tr("days a week"),
}
"""The same for who does not see the unit behind the number."""
ROOM_FOR_NEXT = 900
"""From this width on, what the next phase has instead stands beside the dose, else below it."""
WAIT_MS = 250
"""A stepper is often pressed several times: the last value is what counts, and is one change."""


class ExercisePicture(QAbstractButton):
    """The end position of an exercise, or its start, as it is printed; on white in both themes, its lines are black."""

    def __init__(self, exercise_id: str, name: str, moment: str = "end") -> None:
        super().__init__()
        self._exercise_id, self._moment, self._size = exercise_id, moment, PICTURE
        self.mirrored = False
        """The picture shows the other leg at work than it was drawn with."""
        self._drawn: tuple[tuple[QSize, float, bool], QPixmap] | None = None
        """The picture, for the size, the pixels to a point and the leg it was drawn for."""
        self.setAccessibleName(tr("Picture: {name}").format(name=name))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def lead_on(self, says: str) -> None:
        """Take clicks and the keyboard: the picture leads to more."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(upper_first(says))
        self.setAccessibleName(f"{self.accessibleName()}, {says}")

    def set_compact(self, compact: bool) -> None:
        """Be smaller, for windows that are low."""
        self._size = COMPACT_PICTURE if compact else PICTURE
        self.updateGeometry()

    def show_leg(self, side: Side) -> None:
        """Show this leg at work, as the handout does."""
        mirrored = side not in ("both", resources.drawn_leg(self._exercise_id))
        if mirrored != self.mirrored:
            self.mirrored = mirrored
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(style.px(self._size[0]), style.px(self._size[1]))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        dark = style.tokens() is style.DARK
        painter.setBrush(style.colour("ink" if dark else "faint"))
        focused = self.hasFocus()
        edge = style.colour("accent" if focused else "line")
        painter.setPen(QPen(edge, style.thick() if focused else style.thin()))
        painter.drawRoundedRect(box, style.px(4), style.px(4))
        painter.drawPixmap(0, 0, self._picture(box))

    def _picture(self, box: QRectF) -> QPixmap:
        wanted = (self.size(), self.devicePixelRatioF(), self.mirrored)
        if self._drawn is None or self._drawn[0] != wanted:
            self._drawn = (wanted, self._draw(box))
        return self._drawn[1]

    def _draw(self, box: QRectF) -> QPixmap:
        ratio = self.devicePixelRatioF()
        drawn = QPixmap(self.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        renderer = _renderer(self._exercise_id, self._moment)
        room = box.adjusted(style.px(6), style.px(6), -style.px(6), -style.px(6))
        size = renderer.defaultSize()
        if size.isEmpty():
            return drawn
        factor = min(room.width() / size.width(), room.height() / size.height())
        width, height = size.width() * factor, size.height() * factor
        at = QRectF(0, 0, width, height)
        at.moveCenter(room.center())
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.mirrored:  # about the middle of the picture
            painter.translate(2 * at.center().x(), 0)
            painter.scale(-1, 1)
        renderer.render(painter, at)
        painter.end()
        return drawn


@lru_cache(maxsize=80)
def _renderer(exercise_id: str, moment: str) -> QSvgRenderer:
    return QSvgRenderer(str(resources.path(f"pictures/{exercise_id}-{moment}.svg")))


def chip_of(exercise: Exercise) -> Chip:
    """HIP filled, KNEE outlined, the others plain: told apart without colour."""
    return Chip(exercise.chip, {"HIP": "filled", "KNEE": "outlined"}.get(exercise.chip, "plain"))  # type: ignore[arg-type]


class ExerciseCard(QFrame):
    """An exercise as it stands in the plan. What the therapist changes is told as a `PlanEdit`."""

    edited = Signal(object)
    go_to = Signal(str)
    details_wanted = Signal(str)
    """Show all about this exercise."""

    def __init__(self, exercise: Exercise) -> None:
        super().__init__()
        self.exercise = exercise
        self.setProperty("card", "plain")
        self.setAccessibleName(exercise.name)
        self._planned: PlannedExercise | None = None
        self._place = 1
        self._pending: dict[str, int] = {}
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self.flush)
        line = self._line = style.row(self, (9, 4, 9, 4), spacing=12)
        self.picture = ExercisePicture(exercise.id, exercise.name)
        self.picture.lead_on(tr("all about it"))
        self.picture.clicked.connect(lambda: self.details_wanted.emit(exercise.id))
        line.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignVCenter)
        body = style.column(spacing=1)
        body.addLayout(self._build_head())
        self._dose = self._build_dose()
        body.addLayout(self._dose)
        self._below_dose: QHBoxLayout = style.row(spacing=12)
        self._below_dose.addStretch()
        body.addLayout(self._below_dose)
        body.addLayout(self._build_because())
        body.addWidget(self._build_removal())
        line.addLayout(body, 1)

    # ------------------------------------------------------------ building

    def _build_head(self) -> QHBoxLayout:
        head = style.row(spacing=8)
        self._number, name = style.label("b"), ElidedLabel(align=Qt.AlignmentFlag.AlignLeft, lines=3)
        name.setProperty("t", "b")
        name.set_text(self.exercise.name)
        self._side = SideBadge("right", words=False)
        self._edited = Chip(tr("edited"), "att")
        head.addWidget(self._number)
        head.addWidget(chip_of(self.exercise))
        head.addWidget(name, 1)
        head.addWidget(self._edited)
        head.addWidget(self._side)
        self._up = self._icon("up", tr("earlier in the list"), lambda: self._move(-1))
        self._down = self._icon("down", tr("later in the list"), lambda: self._move(1))
        self._remove = self._icon("delete", tr("take it out, and say why"), self.ask_removal)
        self.lock = self._icon("unlocked", tr("keep it whatever the findings become"), self._toggle_lock)
        self.lock.setCheckable(True)
        for button in (self.lock, self._up, self._down, self._remove):
            head.addWidget(button)
        return head

    def _build_dose(self) -> QHBoxLayout:
        row = style.row(spacing=8)
        self.steppers: dict[str, Stepper] = {}
        for field, word in DOSE:
            low, high = DOSE_LIMITS[field]
            stepper = Stepper(
                f"{self.exercise.name}, {HEARD[field]}",
                word,
                low=low,
                high=high,
                told=partial(_heard, field),
            )
            stepper.answered.connect(lambda value, field=field: self._step(field, value))
            self.steppers[field] = stepper
            row.addWidget(stepper)
        self._then = ElidedLabel(lines=2)
        row.addWidget(self._then, 1)
        row.addStretch()  # the steppers keep their columns where nothing stands beside them
        return row

    def _build_because(self) -> QHBoxLayout:
        row = style.row(spacing=8)
        row.addWidget(style.label("s", tr("because")))
        self._reason = ReasonLink("")
        self._reason.clicked.connect(self._follow)
        row.addWidget(self._reason, 1)
        self.easier, self.harder = LinkButton(tr("Easier")), LinkButton(tr("Harder"))
        self.easier.clicked.connect(lambda: self._swap(self.exercise.easier))
        self.harder.clicked.connect(lambda: self._swap(self.exercise.harder))
        row.addWidget(self.easier)
        row.addWidget(self.harder)
        return row

    def _build_removal(self) -> QWidget:
        self._removal = QWidget()
        row = style.row(self._removal, (0, 3, 0, 0), spacing=8)
        row.addWidget(style.label("s", tr("Take out because")))
        self.removal_reason = TextField(tr("{name}: why it is taken out").format(name=self.exercise.name))
        row.addWidget(self.removal_reason, 1)
        self.take_out, keep = LinkButton(tr("Take it out")), LinkButton(tr("Keep it"))
        self.take_out.clicked.connect(self._take_out)
        self.take_out.setProperty("field", True)  # Enter comes here from the reason
        self.take_out.setAccessibleName(tr("{name}: take it out").format(name=self.exercise.name))
        keep.setAccessibleName(tr("{name}: keep it").format(name=self.exercise.name))
        keep.clicked.connect(self._keep)
        row.addWidget(self.take_out)
        row.addWidget(keep)
        self._removal.hide()
        return self._removal

    def _icon(self, name: str, says: str, act: object) -> QToolButton:
        button = QToolButton()
        button.setProperty("flat", True)
        icons.put_icon(button, name, "quiet", 17)
        button.setToolTip(upper_first(says))
        button.setAccessibleName(f"{self.exercise.name}: {says}")
        button.clicked.connect(act)
        return button

    # ------------------------------------------------------------ showing

    def show_planned(
        self,
        planned: PlannedExercise,
        place: int,
        of: int,
        *,
        then: str = "",
        load: str = "",
        easier: Exercise | None = None,
        harder: Exercise | None = None,
        read_only: bool = False,
        compact: bool = False,
    ) -> None:
        """Show it at its place in the list; `then` names what the next phase has in its stead.

        `load` says how the load begins and grows, for who hears the card: the eye finds it behind the picture.
        """
        self._planned, self._place = planned, place
        self._number.setText(str(place))
        self.picture.set_compact(compact)
        self.picture.show_leg(planned.side)
        self._side.set_side(planned.side)
        legs = tr("both legs") if planned.side == "both" else tr("{side} leg").format(side=planned.side)
        self._side.setToolTip(legs)
        where = tr("{place} of {count}").format(place=place, count=of)
        self._edited.setVisible(planned.edited)
        self._edited.setToolTip(style.tip(_edit_words(planned)))
        for field, stepper in self.steppers.items():
            if field not in self._pending:
                stepper.set_value(getattr(planned.dose, field))
            stepper.setEnabled(not read_only)
        self._then.set_text(tr("then: {then}").format(then=then) if then else "")
        self._then.setVisible(bool(then))
        reasons = [lower_first(reason.text) for reason in planned.because]
        first = [lower_first(one.text).partition(";")[0] for one in first_of_each_side(planned.because)]
        self._reason.setText("; ".join(first) or tr("chosen by the therapist"))
        self._reason.setAccessibleName(tr("Because {reason}").format(reason=self._reason.text()))
        heard = (f"{where}, {legs}.", _dose_heard(planned, load), self._reason.accessibleName())
        self.picture.setAccessibleDescription(" ".join(heard))
        self._reason.setToolTip(style.tip("\n".join(reasons)))
        self._reason.setEnabled(bool(planned.because and planned.because[0].items))
        self._up.setEnabled(place > 1)
        self._down.setEnabled(place < of)
        for link, other in ((self.easier, easier), (self.harder, harder)):
            link.setVisible(other is not None and not read_only)
            if other is not None:
                link.setToolTip(other.name)
                link.setAccessibleName(f"{self.exercise.name}: {link.text().lower()}, {other.name}")
        self._show_lock(planned.locked)
        for button in (self.lock, self._up, self._down, self._remove):
            button.setVisible(not read_only)

    def _show_lock(self, locked: bool) -> None:
        if locked != self.lock.isChecked() or not self.lock.toolTip():
            self.lock.setChecked(locked)
            icons.put_icon(self.lock, "locked" if locked else "unlocked", "accent" if locked else "quiet", 17)
        says = (
            tr("kept whatever the findings become") if locked else tr("keep it whatever the findings become")
        )
        self.lock.setToolTip(upper_first(says))
        self.lock.setAccessibleName(f"{self.exercise.name}: {says}")

    @property
    def removal_waits(self) -> bool:
        """Whether a reason for taking it out is written and was not told."""
        return not self._removal.isHidden() and bool(self.removal_reason.value)

    # ------------------------------------------------------------ telling

    def flush(self) -> None:
        """Tell the steps that were taken and not told yet."""
        self._wait.stop()
        pending, self._pending = self._pending, {}
        for field, value in pending.items():
            self.edited.emit(PlanEdit("dose", self.exercise.id, field=field, value=value))

    def minimumSizeHint(self) -> QSize:
        """As narrow as without the days: where there is no room beside the rest of the dose, they go below it."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), self._width_for(len(DOSE) - 1)), hint.height())

    def _width_for(self, many: int) -> int:
        """What so many steppers beside each other take."""
        edges, steppers = self._line.contentsMargins(), list(self.steppers.values())[:many]
        dose = sum(each.sizeHint().width() for each in steppers) + self._dose.spacing() * (many - 1)
        return edges.left() + self.picture.sizeHint().width() + self._line.spacing() + dose + edges.right()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        *_, days = self.steppers.values()
        beside = self.width() >= self._width_for(len(DOSE))
        self._put(days, len(DOSE) - 1 if beside else None)
        beside = self.width() >= style.px(ROOM_FOR_NEXT)
        self._put(self._then, len(DOSE) if beside else None, stretch=1)
        side = Qt.AlignmentFlag.AlignRight if beside else Qt.AlignmentFlag.AlignLeft
        self._then.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    def _put(self, part: QWidget, place: int | None, stretch: int = 0) -> None:
        """At this place beside the dose; None: below it, the days first."""
        there, former = (self._below_dose, self._dose) if place is None else (self._dose, self._below_dose)
        if there.indexOf(part) < 0:
            former.removeWidget(part)
            first = place if place is not None else 0 if part is not self._then else there.count() - 1
            there.insertWidget(first, part, stretch)

    def hideEvent(self, event: QHideEvent) -> None:
        self.flush()
        super().hideEvent(event)

    def _step(self, field: str, value: object) -> None:
        if isinstance(value, int | float):
            self._pending[field] = int(value)
            self._wait.start()

    def _move(self, by: int) -> None:
        self.flush()
        self.edited.emit(PlanEdit("move", self.exercise.id, value=self._place + by))

    def _swap(self, to: str | None) -> None:
        if to is not None:
            self.flush()
            self.edited.emit(PlanEdit("swap", self.exercise.id, to=to))

    def _toggle_lock(self) -> None:
        locked = self._planned is not None and self._planned.locked
        self.edited.emit(PlanEdit("unlock" if locked else "lock", self.exercise.id))

    def ask_removal(self) -> None:
        """Ask why it is taken out."""
        self._removal.show()
        self.removal_reason.setFocus(Qt.FocusReason.OtherFocusReason)
        bring_into_view(self._removal)

    def _keep(self) -> None:
        self._remove.setFocus(Qt.FocusReason.OtherFocusReason)  # what hides loses the keyboard
        self._removal.hide()

    def _take_out(self) -> None:
        self._pending.clear()
        self.edited.emit(PlanEdit("drop", self.exercise.id, reason=self.removal_reason.value or ""))

    def _follow(self) -> None:
        if self._planned and self._planned.because and self._planned.because[0].items:
            self.go_to.emit(self._planned.because[0].items[0])


def _heard(field: str, value: float) -> str:
    """One part of a dose as it is read aloud, with its unit."""
    count = int(value)
    if field == "sets":
        words = trn("1 set", "{count} sets", count)
    elif field == "reps":
        words = trn("1 repetition", "{count} repetitions", count)
    elif field == "hold_s":
        words = trn("hold 1 second", "hold {count} seconds", count)
    else:
        words = trn("1 day a week", "{count} days a week", count)
    return words.format(count=count)


def _dose_heard(planned: PlannedExercise, load: str) -> str:
    """The whole dose as it is read aloud, and what the therapist changed in it."""
    dose = planned.dose
    parts = [_heard("sets", dose.sets), dose.reps_text or _heard("reps", dose.reps)]
    parts += [_heard("hold_s", dose.hold_s)] if dose.hold_s else []
    parts.append(_heard("days_per_week", dose.days_per_week))
    parts += [tr("rest {rests} s").format(rests=dose.rest_s)] if dose.rest_s else []
    told = [f"{', '.join(parts)}."]
    told += [tr("Load: {load}").format(load=load)] if load else []
    told += [tr("Edited: {changes}.").format(changes=_edit_words(planned))] if planned.edited else []
    return " ".join(told)


def _edit_words(planned: PlannedExercise) -> str:
    before, now = planned.proposed_dose, planned.dose
    if before is None:
        return tr("Changed by the therapist")
    changed = [
        tr("{word}: {before} proposed, {now} now").format(
            word=word, before=getattr(before, field), now=getattr(now, field)
        )
        for field, word in DOSE
        if getattr(before, field) != getattr(now, field)
    ]
    return "\n".join(changed) or tr("Changed by the therapist")
