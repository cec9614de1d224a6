"""One finding in "What if": what it is now, and opened, the field it is answered in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from evalassist.answers import FORCE_UNITS
from evalassist.clinical.progress import shown
from evalassist.clinical.result import Assessment
from evalassist.content import Content
from evalassist.content.schema import Item
from evalassist.evaluation import Evaluation, ItemId, Side, StrengthTest
from evalassist.findings import answer_words
from evalassist.translate import tr
from ui import style
from ui.widgets.editors import Editor, editor_for
from ui.widgets.focus import go_on
from ui.widgets.marks import LinkButton
from ui.widgets.segments import Choice, SegmentedControl
from ui.widgets.strength_side import Mode, StrengthSide

EDITOR_ROOM = 340


class FindingRow(QWidget):
    """One finding: what it is now, and opened, the field it is answered in."""

    answered = Signal(str, object)

    def __init__(
        self, item_id: ItemId, content: Content, evaluation: Evaluation, assessment: Assessment
    ) -> None:
        super().__init__()
        self.item_id = item_id
        self._content, self._assessment = content, assessment
        self._mode: Mode | None = None
        """The kind of test the therapist chose here; else that of the answer."""
        self._item, self._side = content.asked[item_id]
        self._was = evaluation.answers.get(item_id)
        self.editor: Editor | StrengthSide | None = None
        stack = style.column(self, (0, 2, 0, 2), spacing=3)
        line = style.row(spacing=8)
        label = content.label(item_id)
        self._value = style.label("b", wrap=True)
        line.addWidget(style.label("", label, wrap=True), 3, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._value, 2, Qt.AlignmentFlag.AlignTop)
        self.change, self.back = LinkButton(tr("Change")), LinkButton(tr("Put back"))
        self.change.setAccessibleName(tr("Change {label}").format(label=label))
        self.back.setAccessibleName(tr("Put back {label}").format(label=label))
        self.change.clicked.connect(self.open)
        self.back.clicked.connect(lambda: self.answered.emit(item_id, self._was))
        # One place for both, as wide as the wider one: the answers keep their column whatever is opened.
        self._acts, self._nothing = QStackedWidget(), QWidget()
        for act in (self.change, self.back, self._nothing):
            self._acts.addWidget(act)
        for act in (self.change, self.back):
            act.setAutoDefault(False)
        line.addWidget(self._acts, 0, Qt.AlignmentFlag.AlignTop)
        stack.addLayout(line)
        self._stack = stack
        self._answer = self._was
        self._value.setText(answer_words(self._item, self._was))

    def open(self) -> None:
        """Show the field, and put the keyboard on it."""
        if self.editor is None:
            self.editor = self._made(self._item, self._side)
            self._stack.addWidget(self.editor)
            self._show_opened()
        trials = self.editor.tries() if isinstance(self.editor, StrengthSide) else []
        target = trials[0] if trials else self.editor
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _made(self, item: Item, side: Side | None) -> Editor | StrengthSide:
        if item.kind == "strength":
            group = self._content.strength_groups[item.id]
            kinds = [Choice("force", tr("Force")), Choice("grade", tr("Grade"))]
            if group.takes_torque:
                kinds.insert(1, Choice("torque", "Nm", key="m"))
            self._kinds = SegmentedControl(
                kinds, tr("{label}: force or grade").format(label=self._content.label(self.item_id))
            )
            self._kinds.answered.connect(self._kind_chosen)
            self._stack.addWidget(self._kinds, 0, Qt.AlignmentFlag.AlignLeft)
            cell = StrengthSide(group, side or "")
            cell.changed.connect(self._tell)
            cell.going_on.connect(lambda field, back: go_on(field, back=back))
            return cell
        editor = editor_for(item, self._content.label(self.item_id), EDITOR_ROOM)
        editor.item_id = self.item_id
        editor.answered.connect(self._tell)
        return editor

    def _tell(self, answer: object) -> None:
        self.answered.emit(self.item_id, answer)

    def _kind_chosen(self, kind: str | None) -> None:
        modes: dict[str | None, Mode | None] = {"force": "force", "torque": "torque", "grade": "grade"}
        self._mode = modes.get(kind, self._mode)
        self._show_opened()

    def show_answer(self, scratch: Evaluation, assessment: Assessment) -> None:
        """Show the answer of the scratch copy, and what it was."""
        answer, self._assessment = scratch.answers.get(self.item_id), assessment
        if answer != self._answer:
            self._answer = answer
            was, words = answer_words(self._item, self._was), answer_words(self._item, answer)
            self._value.setText(
                tr("{words}, was {was}").format(words=words, was=was) if answer != self._was else words
            )
        if self.editor is not None:
            self._show_opened()

    def _show_opened(self) -> None:
        self._acts.setCurrentWidget(self._nothing if self._answer == self._was else self.back)
        asked = shown(self._item, self._assessment, self._side)
        self.setToolTip(
            "" if asked else tr("This is asked only after another answer, and decides nothing now.")
        )
        if isinstance(self.editor, Editor):
            self.editor.show_answer(self._answer)
        elif self.editor is not None:
            test = self._answer if isinstance(self._answer, StrengthTest) else StrengthTest()
            mode = self._mode or ("grade" if test.grade else "torque" if test.unit == "Nm" else "force")
            self._kinds.set_value(mode)
            group = self._assessment.strength[self._item.id]
            self.editor.show_test(
                self._answer,
                group.right if self._side == "right" else group.left,
                unit="Nm" if mode == "torque" else test.unit if test.unit in FORCE_UNITS else "N",
                mode=mode,
                best=True,
                is_open=True,
                compact=False,
                read_only=False,
                scatter_limit_percent=self._assessment.numbers["repeat-cv"],
            )
