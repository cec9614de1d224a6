"""What every page of an evaluation shares: its title row, one banner, and how the window talks to it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from evalassist.clinical.result import PlanOfCare
from evalassist.evaluation import ItemId, SoreKnee
from evalassist.translate import tr, trn
from ui import icons, style
from ui.session import EvaluationSession
from ui.widgets.dates import date_text
from ui.widgets.editors import Editor, NumberEditor
from ui.widgets.elided import GivingLabel
from ui.widgets.focus import reach
from ui.widgets.marks import Banner, BannerKind
from ui.widgets.typed import Typed, Where, quotable

KNEES: dict[SoreKnee, str] = {"right": tr("RIGHT"), "left": tr("LEFT"), "both": tr("BOTH")}
GOALS = "plan-goals"
"""Where one goes to the goals of the plan, which are no item."""
NARROW, REASONING = 840, 136
"""Under this width the title row has no room for every word; what the button of the reasoning takes of it."""


Waiting = tuple[Typed, str, str]
"""A field, what stands in it and is not kept, and the sentence that says so."""


def not_counted(field: Typed, words: str) -> Waiting:
    """Words that stand in a field and are no answer."""
    says = tr("“{uncounted}” in {accessible_name} is not counted.")
    return (
        field,
        words,
        says.format(uncounted=quotable(words), accessible_name=field.accessibleName()),
    )


class Page(QWidget):
    """One step on screen. It reads the session, tells it what was answered, and keeps nothing itself.

    A subclass puts its content into `body` and its own buttons into `tools` (right end of the title row), and
    draws itself in `refresh`, which is called whenever the evaluation changed and the page can be seen.
    """

    go_to = Signal(str)
    """The therapist wants to see this item (or step): a reason was clicked."""
    reasoning_wanted = Signal()
    """Show the reasoning panel, which is folded away."""
    show_wanted = Signal()
    """Explain hip and knee to the patient, on the whole screen."""
    addendum_wanted = Signal()
    """Write an addendum to the signed evaluation."""
    answered_all = Signal()
    """One act answered the last open question of the page: the keyboard goes on to the next step."""

    step_id = ""
    folds_panel = False
    """The page needs the room of the reasoning panel (plan of care)."""
    offers_show = False
    """Its title row has the way to the screen for the patient, while there is a plan of care."""

    def __init__(
        self,
        session: EvaluationSession,
        title: str,
        hint: str = "",
        short: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._side_told = Banner("quiet")
        """What another sore knee in the middle of a visit means; said on the page where it was changed."""
        self.hide()  # until its step is wanted
        self.session = session
        self.setObjectName("page")
        self._long, self._short = title, short or title
        self._stale = True
        self._in_the_making = False
        self.parts: Iterator[None] = iter(())
        """Makes what of the page takes long, one part at each turn; all of it is made before it is shown."""
        self.title, self.hint = style.label("", title), GivingLabel()
        self.hint.setText(hint)
        self.title.setProperty("t", "h1")
        self.hint.setProperty("t", "q")
        self._hint_hidden = False
        self.tools: QHBoxLayout = style.row(spacing=8)
        """Room for the page's own buttons at the right end of the title row."""
        self.spare: list[QWidget] = []
        """What of them goes where there is no room, the first one first."""
        self.body: QVBoxLayout = style.column(spacing=8)
        """The page below the title row."""
        self.banner = Banner("quiet")
        """The one line above the page; hidden while there is nothing to say."""
        self.banner.hide()
        self.banner.acted.connect(self._banner_acted)
        self._side_told.hide()
        self._side_told.acted.connect(self._side_back)
        self._knee_now = self._knee_before = session.evaluation.sore_knee
        self._reasoning = QPushButton(tr("Reasoning"))
        self._reasoning.setAccessibleName(tr("Reasoning"))
        self._reasoning.setToolTip(tr("Show what the findings say"))
        self._reasoning.hide()
        icons.put_icon(self._reasoning, "unfold")
        self._reasoning.clicked.connect(self.reasoning_wanted)
        self._show = QPushButton(tr("Show the patient"))
        self._show.setAccessibleName(tr("Show the patient"))
        self._show.setToolTip(tr("Why the hip, on the whole screen (F5)"))
        self._show.hide()
        icons.put_icon(self._show, "full-screen")
        self._show.clicked.connect(self.show_wanted)
        head = self._head = style.row(spacing=10)
        head.addWidget(self.title)
        head.addWidget(self.hint)
        head.addStretch(1)
        head.addLayout(self.tools)
        head.addWidget(self._show)
        head.addWidget(self._reasoning)
        stack = style.column(self, margins=(16, 8, 16, 8), spacing=8)
        stack.addLayout(head)
        stack.addWidget(self.banner)
        stack.addWidget(self._side_told)
        stack.addLayout(self.body, 1)
        self.hint.setVisible(bool(hint))  # once it has its place: until then it would be a window
        session.changed.connect(self._changed)
        session.side_changed.connect(self._tell_side)

    @property
    def read_only(self) -> bool:
        """A signed evaluation is looked at, not changed."""
        return self.session.signed

    # ------------------------------------------------------------ what a page does its own way

    @property
    def is_stale(self) -> bool:
        """Whether it does not show the answers as they are now: nobody has looked at it since."""
        return self._stale

    @property
    def at_work(self) -> bool:
        """Whether something of it is still being made beside the window's own work."""
        return False

    def unkept_anywhere(self) -> list[str]:
        """What stands on any page of this evaluation and is not kept, a sentence each."""
        view = self.parentWidget()
        while view is not None and not hasattr(view, "unkept"):
            view = view.parentWidget()
        found: list[str] = self.unkept() if view is None else view.unkept()
        return found

    def focused_item(self) -> ItemId:
        """The item that has the keyboard, or an empty word."""
        at = self.window().focusWidget()
        return self.item_of(at) if at is not None and self.isAncestorOf(at) else ""

    def item_of(self, part: QWidget) -> ItemId:
        """The item to which a part of the page belongs, or an empty word."""
        at: QWidget | None = part
        while at is not None and at is not self:
            if isinstance(at, Editor):
                return at.item_id
            at = at.parentWidget()
        return ""

    def refresh(self) -> None:
        """Show the evaluation as it is now; what is being typed in is left alone."""

    def focus_item(self, item_id: str) -> bool:
        """Put the keyboard on an item of this page (`habd.right`); False when it is not here."""
        return False

    def begins_with(self, item_id: ItemId) -> ItemId:
        """The item with which an untouched page begins, which is asked first; a protocol may say another side."""
        return item_id

    def focus_start(self) -> None:
        """Put the keyboard where a page begins that has no questions, or none left."""

    def show_focused(self) -> None:
        """Scroll so that what has the keyboard can be seen."""

    def put_keyboard(self, part: QWidget) -> None:
        """Put the keyboard back on a control of the page, where it was before."""
        reach(part, Qt.FocusReason.OtherFocusReason)

    def commit(self) -> None:
        """Tell the session what is typed and not yet told."""

    def warns(self) -> list[str]:
        """What is to be looked at before paper or signature, for who does not see the page."""
        return []

    def waiting(self) -> list[Waiting]:
        """What stands in the fields and goes when the page is closed."""
        return [not_counted(field, field.uncounted) for field in Typed.all_in(self) if field.uncounted]

    def opens(self, field: Typed) -> tuple[str, str]:
        """What was chosen or opened for this field to be there, of what kind and which one."""
        editor = field.parentWidget()
        while editor is not None and not isinstance(editor, NumberEditor):
            editor = editor.parentWidget()
        return ("unit", editor.unit) if editor is not None else ("", "")

    def open_again(self, where: Where) -> None:
        """Choose or open it, so that the field is there again."""
        if where.opens[0] == "unit":
            for editor in self.findChildren(NumberEditor):
                if editor.name == where.name:
                    editor.ask_in({editor.item.unit: where.opens[1]})

    def unkept(self) -> list[str]:
        """What stands in the fields and goes when the page is closed, a sentence each."""
        return [says for _, _, says in self.waiting()]

    def loose_words(self) -> dict[Where, str]:
        """What was typed and is no answer yet, by its field."""
        return {
            Where(self.step_id, field.accessibleName(), self.item_of(field), self.opens(field)): words
            for field, words, _ in self.waiting()
        }

    def leave(self) -> None:
        """The evaluation is put away: nothing of this page may come later."""

    def go_group(self, by: int) -> None:
        """Ctrl+Down, Ctrl+Up: to the group of questions after this one, or before."""

    def none_of_these(self) -> None:
        """Ctrl+Shift+N: answer the open questions of one group with no (safety)."""

    def same_as_last(self) -> None:
        """F3: the field with the keyboard is as it was at the last visit."""

    def print_paper(self) -> bool:
        """Ctrl+P: print this page's paper; False when the page has none."""
        return False

    def copy_text(self) -> None:
        """Ctrl+Shift+C: put this page's paper on the clipboard as plain text (sign)."""

    def keys(self) -> list[tuple[str, str]]:
        """The keys that work on this page alone, for F1: pairs of key and what it does."""
        return []

    def set_compact(self, compact: bool) -> None:
        """Less room between things: the window is under 720 high."""

    # ------------------------------------------------------------ what all pages share

    def set_short_title(self, short: bool) -> None:
        """The step's short name, where the text is large."""
        if short == self._hint_hidden:
            return
        self.title.setText(self._short if short else self._long)
        self._hint_hidden = short
        self.set_hint(self.hint.text())
        self.fit_title()

    def fit_title(self) -> None:
        """What of the title row has no room gives way: words beside pictures first, then what is spare."""
        room = self.width() if self._reasoning.isHidden() else self.width() - style.px(REASONING)
        narrow = self._hint_hidden or room < style.px(NARROW)
        self._show.setText("" if narrow else self._show.accessibleName())
        self._reasoning.setText(self._reasoning.accessibleName())
        for part in self.spare:
            style.show_where_hidden(part, True)
        self.hint.setMaximumWidth(16_777_215)
        self.title.setText(self._short if self._hint_hidden else self._long)
        if not self._head_fits():
            self._show.setText("")
        if not self._head_fits():  # the tools come first
            self.hint.setMaximumWidth(0)
        self.title.setText(self._long if self._head_fits() and not self._hint_hidden else self._short)
        if not self._head_fits():
            self._reasoning.setText("")
        for part in self.spare:
            if self._head_fits():
                break
            part.hide()

    def _head_fits(self) -> bool:
        for line in (self.tools, self._head):
            line.invalidate()
        return self._head.minimumSize().width() <= self.width() - style.px(32)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit_title()
        super().resizeEvent(event)

    def set_hint(self, text: str) -> None:
        """The quiet line beside the title."""
        self.hint.setText(text)
        self.hint.setVisible(bool(text) and not self._hint_hidden)

    def set_panel_folded(self, folded: bool) -> None:
        """The reasoning panel is not beside the page: offer it in the title row."""
        self._reasoning.setVisible(folded)
        self.fit_title()

    def show_banner(self, kind: BannerKind, headline: str, detail: str = "", *, act: str = "") -> None:
        """Say one thing above the page; that it is signed goes before anything else."""
        if not self.read_only:
            self.banner.say(kind, headline, detail, act=act)
            self.banner.show()

    def hide_banner(self) -> None:
        """There is nothing to say above the page."""
        if not self.read_only:
            self.banner.hide()

    def banner_acted(self) -> None:
        """The link of the page's own banner was clicked."""

    @property
    def in_the_making(self) -> bool:
        """It is made, piece by piece, where nobody sees it; then it is shown before it is whole.

        Its parts are laid out once, at the end: each new one would push all others about.
        """
        return self._in_the_making

    @in_the_making.setter
    def in_the_making(self, making: bool) -> None:
        if making == self._in_the_making:
            return
        self._in_the_making = making
        for area in self.findChildren(QScrollArea):
            inner = area.widget()
            if inner is not None and (layout := inner.layout()) is not None:
                layout.setEnabled(not making)
                if not making:
                    layout.invalidate()  # it may have another width now than when it was laid out
                # Not `layout.update()`: it says nothing a second time of what it did not get to lay out.
                QCoreApplication.postEvent(inner, QEvent(QEvent.Type.LayoutRequest))

    def prepare(self) -> None:
        """Be up to date before being shown: what is made before the first show costs least."""
        for _ in self.parts:
            pass  # all that is not made yet
        if self._stale:
            self._refresh_now()

    def pieces(self) -> Iterator[None]:
        """Be made while nobody looks, in pieces of some milliseconds."""
        for _ in self.parts:
            yield
        self.prepare()
        yield

    def showEvent(self, event: QShowEvent) -> None:
        if not self.in_the_making:
            self.prepare()
        super().showEvent(event)
        style.settle()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self._side_told.hide()
        super().hideEvent(event)

    def _tell_side(self, former: SoreKnee) -> None:
        if not self.isVisible():
            return
        self._knee_now, self._knee_before = self.session.evaluation.sore_knee, former
        judged = {
            "right": tr("The right knee is judged now"),
            "left": tr("The left knee is judged now"),
            "both": tr("Both knees are judged now"),
        }[self._knee_now]
        self._side_told.say(
            "quiet",
            tr("Sore knee: {side}.").format(side=KNEES[self._knee_now]),
            tr("Every answer stays on its side. {judged}, so the findings and the plan may change.").format(
                judged=judged
            ),
            act=tr("Back to {side}").format(side=KNEES[former]),
        )
        self._side_told.show()

    def _side_back(self) -> None:
        self.session.change_side(self._knee_before)
        self._side_told.hide()

    def _changed(self) -> None:
        if self.session.evaluation.sore_knee != self._knee_now:
            self._side_told.hide()
        if self.isVisible() and not self.in_the_making:
            self._refresh_now()
        else:
            self._stale = True

    def _refresh_now(self) -> None:
        self._stale = False
        signature = self.session.evaluation.signature
        if signature is not None:
            when = signature.signed_at.astimezone()
            who = tr(" by {clinician}").format(clinician=signature.clinician) if signature.clinician else ""
            headline = tr("Signed {when} {when_2:%H:%M}{who}.").format(
                when=date_text(when.date()), when_2=when, who=who
            )
            if self.session.evaluation.is_practice:
                headline = tr("Signed for practice, {when} {when_2:%H:%M}: this is no record.").format(
                    when=date_text(when.date()), when_2=when
                )
            several = self._below_the_note()
            error, waits = (
                self.session.evaluation.entered_in_error,
                self.session.evaluation.waits_for_cosignature,
            )
            if error:
                told = tr("{text} ({clinician}) The note is kept and does not count.").format(
                    text=error.text, clinician=error.clinician
                )
                self.banner.say("danger", tr("ENTERED IN ERROR."), told, act=tr("Add an addendum"))
            elif waits:
                act = tr("Add an addendum") if self.session.is_student else tr("Co-sign or add")
                self.banner.say("att", headline, tr("Waits for co-signature of a therapist."), act=act)
            else:
                self.banner.say(
                    "quiet",
                    headline,
                    tr("It cannot be changed.{several}").format(several=several),
                    act=tr("Add an addendum"),
                )
            self.banner.show()
        self._show.setVisible(self.offers_show and isinstance(self.session.plan, PlanOfCare))
        self.refresh()

    def _below_the_note(self) -> str:
        """Who co-signed, and how many addenda there are."""
        addenda = self.session.evaluation.addenda
        cosigned = [each for each in addenda if each.kind == "co-signature"]
        others = len(addenda) - len(cosigned)
        told = tr(" Co-signed by {clinician}.").format(clinician=cosigned[-1].clinician) if cosigned else ""
        return told + (
            trn(" 1 addendum.", " {count} addenda.", others).format(count=others) if others else ""
        )

    def _banner_acted(self) -> None:
        if self.read_only:
            self.addendum_wanted.emit()
        else:
            self.banner_acted()
