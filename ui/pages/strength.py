"""Hip and thigh strength: by body position, one row open, everything typed kept as it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import cast

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from evalassist.clinical.assessment import FAR_BELOW_REASON
from evalassist.clinical.battery import sides_in_order
from evalassist.clinical.derived import of_item
from evalassist.clinical.progress import shown
from evalassist.clinical.same_as import same_set_up
from evalassist.clinical.strength_entry import told_by
from evalassist.content.schema import Group, Item
from evalassist.evaluation import SIDES, ItemId, Side, StrengthTest
from evalassist.translate import tr
from ui import icons, spoken, style
from ui.pages.base import Waiting
from ui.pages.locked import LockablePage
from ui.session import EvaluationSession
from ui.widgets.cards import Rule
from ui.widgets.editors import Editor, NumberEditor, editor_for
from ui.widgets.last_line import SAME_KEY
from ui.widgets.marks import KeyCap
from ui.widgets.segments import Choice, SegmentedControl
from ui.widgets.side_heads import SideHeads
from ui.widgets.strength_parts import is_filled
from ui.widgets.strength_row import GAP, NAME_WIDTH, StrengthRow, arrange, kinds_width
from ui.widgets.strength_side import WIDTH, Mode
from ui.widgets.typed import Typed, Where, quotable

SCORE, UNIT = "strength-score", "strength-unit"
"""The answer that says whether the best or the mean of the trials counts; on this page alone."""
INSET = 5
PAGE_EDGES = 42
"""Margins of the page and its scroll bar."""
ROOM_FOR_NAMES, NARROW_NAME_WIDTH, ROOM_FOR_COLUMNS = 812, 98, 690
KINDS_WIDTH = 180
"""So wide is the choice of the kind of test in that room; what longer words take of it, the names give."""
PICTURES = {"seated": "seat", "side-lying": "bed", "prone": "bed", "supine": "bed"}


class StrengthPage(LockablePage):
    """All muscle groups on one page. The row with the keyboard is open; the others show their result."""

    step_id = "strength"
    hands_busy_wanted = Signal()

    def __init__(self, session: EvaluationSession, parent: QWidget | None = None) -> None:
        step = session.content.steps["strength"]
        super().__init__(session, step.title, "", step.short, parent)
        self.step = step
        self._compact = False
        self._how = False
        self._open: StrengthRow | None = None
        self._unit_before = _unit_of_first_trial(session)
        self._unit = self._chosen_unit()
        self._name_width = NAME_WIDTH
        self._make_tools()
        self._heads = self._make_heads()
        self.body.addWidget(self._heads)
        self.rows: dict[str, StrengthRow] = {}
        self.ordinary: dict[str, _OrdinaryRow] = {}
        self._rows_of: dict[QFrame, list[tuple[Item, Rule, QWidget]]] = {}
        self._why_not: dict[QFrame, QLabel] = {}
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = QWidget()
        self._cards: QVBoxLayout = style.column(self._inner, spacing=6)
        self._cards.addStretch(1)
        self.parts = self._make_cards()
        self.area.setWidget(self._inner)
        self.body.addWidget(self.area, 1)
        self.body.setSpacing(style.px(6))
        how = QShortcut(QKeySequence("F2"), self)
        how.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        how.activated.connect(lambda: self._show_how(not self._how))
        self._close_how = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self._close_how.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._close_how.activated.connect(lambda: self._show_how(False))
        self._close_how.setEnabled(False)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)

    def leave(self) -> None:
        QApplication.instance().focusChanged.disconnect(self._focus_changed)  # type: ignore[union-attr]

    # ------------------------------------------------------------ building

    def _make_tools(self) -> None:
        self.unit = SegmentedControl(
            [Choice(unit, unit) for unit in ("N", "kgf", "lbf")], tr("Unit of force")
        )
        self.unit.set_value(self._unit)
        self.unit.answered.connect(self._unit_chosen)
        self.score = SegmentedControl(
            [Choice("best", tr("Best")), Choice("mean", tr("Mean"))], tr("Which trial counts")
        )
        self.score.answered.connect(self._score_chosen)
        for words, control in ((tr("Unit"), self.unit), (tr("Score"), self.score)):
            label = style.label("", words)
            label.setProperty("t", "q")
            if self.tools.count():
                self.tools.addSpacing(style.px(16))
            self.tools.addWidget(label)
            self.tools.addWidget(control)
            self.spare.append(label)

        self.hands = QPushButton(tr("Hands-busy"))
        self.hands.setToolTip(
            tr("One muscle at a time, readable from the table, by the number pad alone (F11)")
        )
        icons.put_icon(self.hands, "full-screen")
        self.hands.clicked.connect(self.hands_busy_wanted)
        self.tools.addSpacing(style.px(16))
        self.tools.addWidget(self.hands)
        cap = KeyCap("F11")
        self.tools.addWidget(cap)
        self.spare.insert(0, cap)

    @property
    def force_unit(self) -> str:
        """The unit of force that is shown."""
        return self._unit

    @property
    def kinds(self) -> dict[str, Mode]:
        """Force, torque or hand grade, for each muscle group."""
        return {item_id: row.mode for item_id, row in self.rows.items()}

    def _make_heads(self) -> SideHeads:
        heads = SideHeads(WIDTH, gap=GAP)
        heads.place(NAME_WIDTH, style.px(INSET + 9))
        self._symmetry = style.label("s")
        heads.line.addWidget(self._symmetry, 1)
        heads.line.addStretch(0)  # without its words the heads keep their places
        return heads

    def _make_cards(self) -> Iterator[None]:
        for group in self.step.groups:
            if all(item.id in (SCORE, UNIT) for item in group.items):
                continue  # it stands in the title row
            yield from self._make_card(group)

    def _make_card(self, group: Group) -> Iterator[None]:
        card = QFrame()
        card.setProperty("card", "plain")
        card.setAccessibleName(group.title)
        self._cards.insertWidget(self._cards.count() - 1, card)  # now: alone it would be a window of its own
        stack = style.column(card, (INSET, 6, INSET, 5), spacing=2)
        head = style.row(margins=(8, 2, 8, 0), spacing=8)
        if group.id in PICTURES:
            head.addWidget(icons.Picture(PICTURES[group.id], "quiet", 16))
        title, hint = style.label("", group.title), style.label("", group.hint)
        title.setProperty("t", "b")
        hint.setProperty("t", "s")
        head.addWidget(title)
        head.addWidget(hint)
        head.addStretch(1)
        stack.addLayout(head)
        self._why_not[card] = style.label("s", wrap=True)
        style.say(self._why_not[card], c="att")
        stack.addWidget(self._why_not[card])
        for item in group.items:
            if item.id in (SCORE, UNIT):
                continue
            above = Rule()
            row = self._row(item) if item.kind == "strength" else self._ordinary_row(item)
            row.set_name_width(self._name_width)  # the page may have got its width before this row was made
            stack.addWidget(above)
            stack.addWidget(row)
            self._rows_of.setdefault(card, []).append((item, above, row))
            yield

    def _row(self, item: Item) -> StrengthRow:
        group, last = self.session.content.strength_groups[item.id], self.session.last_words
        pace = self.session.content.information["make-test-pace"].value
        waits = not set(item.ids).isdisjoint(self.session.progress["strength"].gaps)
        row = StrengthRow(group, item.label, optional=item.optional and not waits, pace=pace)
        row.last = {side: last(f"{item.id}.{side}") for side in SIDES}
        row.answered.connect(self._answered)
        row.going_on.connect(self._go_on)
        row.test_wanted.connect(lambda: self._work_on(row))
        row.kind_changed.connect(self._kind_changed)
        row.position_toggled.connect(self._show_how)
        row.reason_wanted.connect(lambda: self.focus_item(FAR_BELOW_REASON))
        self.rows[item.id] = row
        return row

    def _ordinary_row(self, item: Item) -> _OrdinaryRow:
        row = _OrdinaryRow(item, self.session)
        self.ordinary[item.id] = row
        return row

    # ------------------------------------------------------------ showing

    def pieces(self) -> Iterator[None]:
        for _ in self.parts:
            yield
        import_module("ui.hands_busy")  # F11 must not wait for it
        yield
        for row in list(self.rows.values()):
            self._show_row(row)  # its fields are made when it has something to show
            yield
        self.prepare()
        yield

    def _show_row(self, row: StrengthRow) -> None:
        evaluation = self.session.evaluation
        row.show_group(
            evaluation.answers,
            self.session.assessment,
            evaluation.sore_knee,
            unit=self._unit,
            best=evaluation.answers.get(SCORE) != "mean",
            is_open=row is self._open,
            how=self._how,
            compact=self._compact,
            read_only=self.read_only,
        )
        if self.session.earlier:
            for side, cell in row.sides.items():
                told = self.session.last_told(f"{row.group.id}.{side}")
                cell.show_last(told.words, judged=told.judged, limits=told.limits)

    def same_as_last(self) -> None:
        """Strength is measured anew; what is the same is how: the lever arm and the position of last time."""
        self.commit()
        item_id, session = self.focused_item(), self.session
        test = same_set_up(item_id, session.evaluation, session.last_answers)
        if test is not None and not self.read_only:
            session.answer(item_id, test)

    def refresh(self) -> None:
        evaluation = self.session.evaluation
        self._unit = self._chosen_unit()
        self.unit.set_value(self._unit)
        best = evaluation.answers.get(SCORE) != "mean"
        self.score.set_value("best" if best else "mean")
        self.score.setEnabled(not self.read_only)
        self.hands.setEnabled(not (self.read_only or self.blocked))
        self._heads.show_sore(evaluation.sore_knee)
        line = self.session.content.numbers["symmetry-deficit"]
        self._symmetry.setText(
            tr("Asymmetry only")
            if evaluation.sore_knee == "both"
            else tr("Symmetry (line: {line:g} %)").format(line=line)
        )
        if self._open is None:
            self._open = self._first_gap_row()
        for row in self.rows.values():
            self._show_row(row)
        for ordinary in self.ordinary.values():
            ordinary.refresh(self._unit, read_only=self.read_only)
        self._hide_what_is_not_asked()
        self._inner.setEnabled(not self.blocked)
        self.show_lock()

    def _hide_what_is_not_asked(self) -> None:
        """A test that is not done with this patient has no row, unless it was measured before that was known."""
        assessment, answers = self.session.assessment, self.session.evaluation.answers
        for card, rows in self._rows_of.items():
            any_before = held_back = False
            for item, above, row in rows:
                sides: tuple[Side | None, ...] = SIDES if item.sides else (None,)
                asked = any(shown(item, assessment, side) for side in sides)
                kept = not asked and any(item_id in answers for item_id in item.ids)
                row.setHidden(not (asked or kept))
                # A strength row of a signed note stays readable with the keyboard; it is read-only by itself.
                row.setEnabled(asked and (isinstance(row, StrengthRow) or not self.read_only))
                above.setHidden(not ((asked or kept) and any_before))
                any_before, held_back = any_before or asked or kept, held_back or kept
            card.setHidden(not any_before)
            self._why_not[card].setText(self._not_offered() if held_back else "")
            self._why_not[card].setVisible(held_back)

    def _not_offered(self) -> str:
        """Why measured values can be seen and not changed."""
        suspected = self.session.assessment.conclusions.get("hip-stress-suspected")
        if suspected is not None and suspected.met:
            return tr("Not offered: stress fracture of the femoral neck suspected. What was measured stays.")
        return tr("Not offered to this patient now. What was measured stays.")

    def item_of(self, part: QWidget) -> ItemId:
        for item_id, row in self.rows.items():
            for side, cell in row.sides.items():
                if cell is part or cell.isAncestorOf(part):
                    return f"{item_id}.{side}"
            if row is part or row.isAncestorOf(part):
                return f"{item_id}.{self._protocol()[0]}"
        return super().item_of(part)

    def set_compact(self, compact: bool) -> None:
        if compact == self._compact:
            return
        self._compact = compact
        self._cards.setSpacing(style.px(5 if compact else 6))
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() / style.scale() - PAGE_EDGES - max(0, kinds_width() - KINDS_WIDTH)
        width = NAME_WIDTH if room >= ROOM_FOR_NAMES else NARROW_NAME_WIDTH if room >= ROOM_FOR_COLUMNS else 0
        self._name_width = width
        self._heads.place(width, style.px(INSET + 9))
        self._symmetry.setVisible(
            width > 0
        )  # else the comparison stands below, and its head would push LEFT aside
        for row in self.rows.values():
            row.set_name_width(width)
        for ordinary in self.ordinary.values():
            ordinary.set_name_width(width)

    def begins_with(self, item_id: ItemId) -> ItemId:
        own, side = _split(item_id)
        return f"{own}.{self._protocol()[0]}" if side else item_id

    def focus_item(self, item_id: ItemId) -> bool:
        own, side = _split(item_id)
        if own in self.rows:
            row = self.rows[own]
            row.want()
            self._work_on(row, side)
            return True
        if own in self.ordinary:
            self.ordinary[own].focus(item_id)
            self._see(self.ordinary[own])
            return True
        return False

    def show_kind(self, item_id: ItemId, kind: Mode) -> None:
        """Show this muscle as it was tested in the hands-busy view: what could not be counted needs its field."""
        self.rows[_split(item_id)[0]].show_kind(kind)

    def focus_start(self) -> None:
        if self.rows and not (self.read_only or self.blocked):
            self.focus_item(self.begins_with(f"{next(iter(self.rows))}.right"))

    def commit(self) -> None:
        for row in self.rows.values():
            for cell in row.sides.values():
                cell.commit()
        for ordinary in self.ordinary.values():
            ordinary.commit()

    def waiting(self) -> list[Waiting]:
        found, says = super().waiting(), tr("“{ungraded}” in {name} is not a grade.")
        for cell in (cell for row in self.rows.values() for cell in row.sides.values()):
            if cell.grade is not None and (words := cell.ungraded):
                found.append((cell.grade, words, says.format(ungraded=quotable(words), name=cell.name)))
        return found

    def opens(self, field: Typed) -> tuple[str, str]:
        row = self.rows.get(_split(self.item_of(field))[0])
        return ("kind", row.mode) if row is not None else super().opens(field)

    def open_again(self, where: Where) -> None:
        super().open_again(where)
        row = self.rows.get(_split(where.item)[0])
        if where.opens[0] != "kind" or row is None:
            return
        row.want()
        if row.mode != where.opens[1]:
            row.show_kind(cast(Mode, where.opens[1]))
        self._open = row
        self.refresh()

    def keys(self) -> list[tuple[str, str]]:
        return [
            ("F11", tr("hands-busy view: one muscle at a time, by the number pad alone")),
            ("F2, Esc", tr("show the position, the pad and what to say, and close it")),
            ("Enter", tr("the next trial, then the other side; once no trial is empty, pain of both")),
            ("Shift+Enter", tr("the field before")),
            ("/", tr("not tested: choose the reason")),
            ("=", tr("on the left: the lever arm of the right side")),
            *([(SAME_KEY, tr("the lever arm and position of last time"))] if self.session.earlier else []),
        ]

    # ------------------------------------------------------------ the row being worked on

    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None or not isValid(self) or not self.isAncestorOf(now):
            return
        for row in self.rows.values():
            if row.isAncestorOf(now) and row is not self._open:
                self._open = row
                self.refresh()
                self._see(row)

    def _first_gap_row(self) -> StrengthRow | None:
        for item_id in self.session.progress[self.step_id].gaps:
            if (own := _split(item_id)[0]) in self.rows:
                return self.rows[own]
        return None

    def _work_on(self, row: StrengthRow, side: Side | None = None) -> None:
        self._open = row
        self.refresh()
        cell = row.sides.get(side or self._protocol()[0])
        field = cell.first_gap() if cell else None
        if field is None:
            row.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._see(row)

    def _see(self, widget: QWidget) -> None:
        """Bring a row into view; once more when the row that closed for it has its new height."""
        self._bring(widget)
        QTimer.singleShot(0, widget, lambda: self._bring(widget))

    def _bring(self, widget: QWidget) -> None:
        style.settle()
        layout = self._inner.layout()
        if layout is not None:
            layout.activate()
        self.area.ensureWidgetVisible(widget, 0, style.px(24))
        bar, top = self.area.verticalScrollBar(), widget.mapTo(self._inner, QPoint(0, 0)).y()
        if bar.value() > top:  # higher than the room: its name first, then the field with the keyboard
            bar.setValue(top)
            at = self.window().focusWidget()
            if at is not None and widget.isAncestorOf(at):
                self.area.ensureWidgetVisible(at, 0, style.px(8))
        self.area.horizontalScrollBar().setValue(0)

    def put_keyboard(self, part: QWidget) -> None:
        """Where it was before, and the whole row seen: a field alone does not say which muscle it belongs to."""
        super().put_keyboard(part)
        rows: list[QWidget] = [*self.rows.values(), *self.ordinary.values()]
        row = next((each for each in rows if each.isAncestorOf(part)), None)
        if row is not None:
            self._see(row)

    def _show_how(self, how: bool) -> None:
        self._how = how
        self._close_how.setEnabled(how)  # Esc means nothing here otherwise
        self.refresh()
        if not how:
            spoken.say(self, tr("Position, pad and what to say are closed."))
        if self._open is not None:
            self._see(self._open)

    def _kind_changed(self) -> None:
        self.refresh()
        if self._open is not None and (field := self._open.sides[self._protocol()[0]].first_gap()):
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    # ------------------------------------------------------------ telling

    def _answered(self, item_id: str, test: StrengthTest | None) -> None:
        before, settings = self.session.evaluation.answers.get(item_id), self.session.settings
        test = told_by(before, test, settings.dynamometer, settings.therapist_name)
        self.session.answer(item_id, test, typing=True)

    def _chosen_unit(self) -> str:
        """Kept with the visit, so that no lock and no start in the middle of it gives numbers another unit."""
        return str(self.session.evaluation.answers.get(UNIT, self._unit_before))

    def _unit_chosen(self, unit: object) -> None:
        """Another unit only shows the same values otherwise: each test keeps the unit it was typed in."""
        if unit is None:
            self.unit.set_value(self._unit)
            return
        self.commit()
        self.session.answer(UNIT, str(unit))
        self.refresh()

    def _score_chosen(self, score: object) -> None:
        if score is not None:
            self.session.answer(SCORE, str(score))
        self.refresh()

    # ------------------------------------------------------------ Enter

    def _protocol(self) -> tuple[Side, Side]:
        return sides_in_order(self.session.evaluation.sore_knee)

    def _stops(self) -> Iterator[QWidget]:
        for item in self.step.items:
            if item.id in self.rows:
                yield from self.rows[item.id].fields(self._protocol())

    def _go_on(self, field: QWidget, back: bool) -> None:
        """From one trial to the next in the order of the protocol; what is known already is passed over.

        The pain and the lever arms of a row come after its trials: while one of those is empty, that is next.
        """
        stops = list(self._stops())
        if field not in stops:
            return
        rest = stops[: stops.index(field)][::-1] if back else self._after(field, stops)
        cells = [cell for row in self.rows.values() for cell in row.sides.values()]
        extras = {id(field) for cell in cells if (x := cell.extras) for field in (x.pain, x.lever)}
        for stop in rest:
            known = id(stop) in extras and getattr(stop, "value", None) is not None
            if back or not known:
                stop.setFocus(Qt.FocusReason.BacktabFocusReason if back else Qt.FocusReason.TabFocusReason)
                return

    def _after(self, field: QWidget, stops: list[QWidget]) -> list[QWidget]:
        """The stops after this one; after the last trial of a side the empty trials of the row come first."""
        rest = stops[stops.index(field) + 1 :]
        for row in self.rows.values():
            of_side = [row.sides[side].tries() for side in self._protocol() if side in row.sides]
            if any(trials and trials[-1] is field for trials in of_side):
                trials = [trial for each in of_side for trial in each]
                # One that is left empty on purpose is not come back to from another such one.
                empty = [trial for trial in trials if not is_filled(trial)] if is_filled(field) else []
                return [*empty, *(stop for stop in rest if stop not in trials or not is_filled(stop))]
        return rest


class _OrdinaryRow(QWidget):
    """An item of this step that is no strength test, in the same columns."""

    def __init__(self, item: Item, session: EvaluationSession) -> None:
        super().__init__()
        self.item, self._session = item, session
        self._editors: dict[ItemId, Editor] = {}
        self._come_to: dict[Side, QLabel] = {}
        """What the value of a side comes to, under it."""
        self._parts = style.row(self, (9, 5, 8, 5), spacing=GAP)
        line = style.row(spacing=GAP)
        name = self._name = style.label("", item.label)
        name.setWordWrap(True)
        name.setProperty("t", "q" if item.optional else "b")
        name.setToolTip(item.help)
        name.setMinimumHeight(style.control_height())
        if item.sides:
            name.setFixedWidth(style.px(NAME_WIDTH))
        words = item.kind == "text"
        self._parts.addWidget(name, 0 if item.sides or words else 1, Qt.AlignmentFlag.AlignTop)
        if words:  # below each other, for words need the whole width
            arrange(self._parts, 0)
            self._parts.addWidget(style.label("s", item.help, wrap=True))
        self._parts.addLayout(line)
        for item_id in item.ids:
            side = _split(item_id)[1]
            editor = editor_for(item, f"{item.label}, {side}" if side else item.label, WIDTH)
            editor.item_id = item_id
            editor.answered.connect(partial(session.answer, item_id))
            if item.sides:
                editor.setFixedWidth(style.px(WIDTH))
            self._editors[item_id] = editor
            place = style.column(spacing=2)
            place.addWidget(editor)
            if side:
                self._come_to[side] = style.label("s")
                place.addWidget(self._come_to[side])
            if last := session.last_words(item_id):
                place.addWidget(style.label("s", last, wrap=True))
            if not words:
                place.addStretch(1)
            line.addLayout(place, 1 if words else 0)
        self._found = style.label()
        self._found.setProperty("t", "s")
        self._found.setWordWrap(True)
        if item.sides:
            line.addStretch(1)
            self._parts.addWidget(self._found, 1)  # beside the sides; under them where the name stands above

    def set_name_width(self, width: int) -> None:
        """As in the rows above; an item of one answer keeps its one line."""
        if self.item.sides:
            self._name.setFixedWidth(style.px(width or 2 * NAME_WIDTH))
            arrange(self._parts, width)

    def refresh(self, unit: str, *, read_only: bool) -> None:
        answers = self._session.evaluation.answers
        for item_id, editor in self._editors.items():
            if isinstance(editor, NumberEditor):
                editor.follow_unit(unit)  # one device, one unit for the whole page
            editor.show_answer(answers.get(item_id))
        self._tell()
        self.setEnabled(not read_only)

    def focus(self, item_id: ItemId) -> None:
        editor = self._editors.get(item_id) or next(iter(self._editors.values()))
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def commit(self) -> None:
        for editor in self._editors.values():
            editor.commit()

    def _tell(self) -> None:
        """What each side and the two sides together come to, as the content says it."""
        session = self._session
        fact = session.assessment.facts.get(f"{self.item.id}-difference")
        own = of_item(session.derived, self.item)
        both = [one.text for one in own if one.side is None]
        self._found.setText("; ".join([*([fact.text] if fact else []), *both]))
        for side, place in self._come_to.items():
            place.setText(", ".join(one.text for one in own if one.side == side))
            place.setVisible(bool(place.text()))


def _split(item_id: ItemId) -> tuple[str, Side | None]:
    own, _, side = item_id.rpartition(".")
    if side == "right":
        return own, "right"
    if side == "left":
        return own, "left"
    return item_id, None


def _unit_of_first_trial(session: EvaluationSession) -> str:
    """The unit the device of this visit reads in where none was chosen: that of the first trial, else the clinic's."""
    for answer in session.evaluation.answers.values():
        if isinstance(answer, StrengthTest) and answer.unit in ("N", "kgf", "lbf"):
            return answer.unit
    return session.settings.force_unit
