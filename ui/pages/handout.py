"""The patient's sheet: the real pages, what to check before they are printed, print and save."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from evalassist.clinical.progress import shown as is_shown
from evalassist.clinical.result import NoPlan, PlanOfCare
from evalassist.content.patient_texts import unreviewed
from evalassist.documents import lacks, not_drawn, notice_problem
from evalassist.errors import EvalAssistError
from evalassist.note import Language, Note, SheetForm
from evalassist.settings import NameOnSheet, clinic_logo, clinic_notice
from evalassist.sheet_checks import Severity, SheetFinding, sheet_findings, why_refused
from evalassist.translate import tr, trn
from ui import icons, style
from ui.dialogs.drafts import DraftsDialog
from ui.pages.base import Page
from ui.saving import ask_where, folder_of
from ui.session import EvaluationSession, SheetChoice
from ui.spoken import Said
from ui.widgets.cards import Rule
from ui.widgets.dates import date_text
from ui.widgets.fields import TextField
from ui.widgets.glyph import State
from ui.widgets.marks import LinkButton, SideBadge, StateGlyph
from ui.widgets.pdf_view import PageTools, PdfMaker, PdfPages
from ui.widgets.segments import Choice, SegmentedControl
from ui.widgets.side_panel import SidePanel

if TYPE_CHECKING:
    from evalassist.documents.handout import Handout
    from evalassist.documents.look import PaperName
    from evalassist.reading import Reading

PANEL_WIDTH = 286
KIND = "handout"
PAPERS = {"letter": tr("Letter"), "a4": "A4"}
LANGUAGES: dict[Language, str] = {"en": tr("English"), "es": "Español"}
FORMS: dict[SheetForm, str] = {
    "standard": tr("Standard"),
    "large": tr("Large"),
    "moves": tr("Moves"),
    "why": tr("Why"),
}
OWN_LINES = ("ask-first", "note-to-patient")
"""What the therapist may write on the sheet."""
STATES: dict[Severity, State] = {"blocks": "danger", "look": "look", "fine": "good"}
Check = tuple[State, str, str, LinkButton | None]
"""How it stands, in a few words, more about it, and what can be done."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sheet as it is asked for."""

    note: Note
    language: Language
    form: SheetForm
    paper: PaperName
    name: NameOnSheet
    logo: bytes
    notice: bytes
    replaces: date | None

    def made(self) -> Handout:
        from evalassist.documents import make_handout  # ReportLab takes half a second to load

        return make_handout(
            self.note,
            self.language,
            self.paper,
            form=self.form,
            name=self.name,
            logo=self.logo,
            notice=self.notice,
            replaces=self.replaces,
        )


class HandoutPage(Page):
    """What the preview shows is what the printer gets; every sheet that is given out is kept byte for byte."""

    step_id = "handout"
    folds_panel = True
    offers_show = True
    preferences_wanted = Signal()
    """Open the settings: the clinic's phone is missing."""
    documents_wanted = Signal()
    """Show the papers that are kept."""

    def __init__(self, session: EvaluationSession, parent: QWidget | None = None) -> None:
        step = session.content.steps["handout"]
        super().__init__(session, step.title, "", step.short, parent)
        before = session.sheet_choice
        self.paper_size: PaperName = before.paper
        self.language_chosen: Language = before.language
        self.form_chosen: SheetForm = before.form
        self._asked: Wanted | None = None
        self._reading: Reading | None = None
        self._plain = False
        self._pdf: bytes | None = None
        self._when_made: Callable[[], object] | None = None
        """What was asked for while the pages were still being drawn: to print them, or to save them."""
        self._maker = PdfMaker(self)
        self._maker.made.connect(self._made)
        self._maker.failed.connect(self._failed)
        self.pages = PdfPages(tr("The sheet as it will be printed"))
        self._page_tools = PageTools(self.pages, two=True)
        self.pages.page_changed.connect(self._say_count)
        self.tools.addWidget(self._page_tools)
        self.spare.append(self._page_tools.where)
        line = style.row(spacing=16)
        line.addWidget(self.pages, 1)
        line.addWidget(self._build_panel())
        self.body.addLayout(line, 1)
        QWidget.setTabOrder(self.pages, self._page_tools)

    # ------------------------------------------------------------ building

    def _build_panel(self) -> QWidget:
        body, act, rest = QWidget(), QWidget(), QWidget()
        stack = style.column(body, spacing=8)
        first, below = style.column(act, spacing=8), style.column(rest, spacing=8)
        stack.addWidget(style.label("cap", tr("OPTIONS")))
        self.language = SegmentedControl(
            [Choice(key, word) for key, word in LANGUAGES.items()], tr("Language of the sheet")
        )
        self.language.set_value(self.language_chosen)
        self.language.answered.connect(self._language_chosen)
        self.paper = SegmentedControl([Choice(key, word) for key, word in PAPERS.items()], tr("Paper"))
        self.paper.set_value(self.paper_size)
        self.paper.answered.connect(self._paper_chosen)
        self.form = SegmentedControl(
            [Choice(key, word) for key, word in FORMS.items()], tr("Form of the sheet")
        )
        self.form.set_value(self.form_chosen)
        self.form.answered.connect(self._form_chosen)
        stack.addWidget(self.form, 0, Qt.AlignmentFlag.AlignLeft)
        for word, control in ((tr("Language"), self.language), (tr("Paper"), self.paper)):
            stack.addLayout(_line(word, control))
        self._side = SideBadge("right", tr("knee"))
        stack.addLayout(_line(tr("Knee"), self._side))
        stack.addWidget(Rule())
        stack.addWidget(style.label("cap", tr("CHECKS")))
        self._checks: QVBoxLayout = style.column(spacing=6)
        self._to_look_at: list[str] = []
        self._unkept_told: list[str] = []
        stack.addLayout(self._checks)
        stack.addWidget(Rule())
        self.own: dict[str, TextField] = {}
        self._own_parts: dict[str, QWidget] = {}
        for item_id in OWN_LINES:
            stack.addWidget(self._build_own(item_id))
        self.print_button = QPushButton(tr("Print"))
        self.print_button.setProperty("kind", "primary")
        self.print_button.setProperty("tall", True)
        icons.put_icon(self.print_button, "print", "accent_ink")
        self.print_button.clicked.connect(self.print_paper)
        self.save_button = QPushButton(tr("Save as PDF…"))
        self.save_button.clicked.connect(self._ask_where)
        self._said = Said("s")
        self._said.setWordWrap(True)
        self._printer = style.label("s", wrap=True)
        self._documents = LinkButton(tr("Documents"))
        self._documents.clicked.connect(self.documents_wanted)
        first.addWidget(self.print_button)
        first.addWidget(self._said)
        below.addWidget(self.save_button)
        below.addWidget(self._printer)
        below.addWidget(self._documents)
        for part in (self._printer, self._said, self._documents):
            part.hide()
        self.panel = SidePanel(PANEL_WIDTH, body, act, rest)
        return self.panel

    def show_focused(self) -> None:
        self.panel.show_focused()

    def _build_own(self, item_id: str) -> QWidget:
        """A text of the therapist's for this patient."""
        item = self.session.content.items[item_id]
        part, field = QWidget(), TextField(item.label, lines=3, letters=item.letters)
        stack = style.column(part, spacing=3)
        stack.addWidget(style.label("b", item.label))
        stack.addWidget(field)
        stack.addWidget(style.label("s", item.help, wrap=True))
        field.answered.connect(lambda text, item_id=item_id: self.session.answer(item_id, text))
        self.own[item_id], self._own_parts[item_id] = field, part
        return part

    # ------------------------------------------------------------ showing

    @property
    def at_work(self) -> bool:
        return self._being_made or self.pages.at_work

    @property
    def _being_made(self) -> bool:
        return self._asked is not None and self._pdf is None and self._maker.at_work

    def refresh(self) -> None:
        plan = self.session.plan
        self._side.set_side(self.session.evaluation.sore_knee, tr("knees") if self._both else tr("knee"))
        self._documents.setVisible(bool(self.session.documents))
        self._show_own(plan)
        self._ask_for(plan)
        self._show_checks(plan)

    def _show_own(self, plan: PlanOfCare | NoPlan) -> None:
        answers, content = self.session.evaluation.answers, self.session.content
        for item_id, field in self.own.items():
            written = answers.get(item_id)
            field.set_value(written if isinstance(written, str) else None)
            field.setEnabled(not self.session.signed)
            asked = is_shown(content.items[item_id], self.session.assessment)
            self._own_parts[item_id].setVisible(asked and isinstance(plan, PlanOfCare))

    def _ask_for(self, plan: PlanOfCare | NoPlan) -> None:
        """Have the sheet of this plan drawn, unless it is shown already or must not be printed."""
        if isinstance(plan, NoPlan):
            self._forget()
            self.pages.show_words(tr("There is no sheet without a plan of care.\n{why}").format(why=plan.why))
            self._allow(False)
            return
        note = self.session.note()
        if refused := why_refused(note, self.form_chosen):
            self._forget()
            self.pages.show_words(refused)
            self._allow(False)
            return
        wanted = Wanted(
            note,
            self.language_chosen,
            self.form_chosen,
            self.paper_size,
            self.session.settings.name_on_sheet,
            clinic_logo(),
            clinic_notice(),
            self.session.sheet_replaced(note.sheet_content_sha256()),
        )
        if wanted == self._asked:
            return
        self._asked, self._pdf, self._reading = wanted, None, None
        if not self.pages.page_count:
            self.pages.show_words(tr("Preparing the pages…"))
        self._allow(True)
        self._maker.make(wanted.made)

    def _forget(self) -> None:
        """Nothing may be given out: not what is shown, not what is being drawn, not what was waited for."""
        self._maker.forget()
        self._asked = self._pdf = self._when_made = None

    def leave(self) -> None:
        self._forget()

    def hideEvent(self, event: QHideEvent) -> None:
        self._when_made = None  # who goes elsewhere does not expect paper any more
        super().hideEvent(event)

    @property
    def _both(self) -> bool:
        return self.session.evaluation.sore_knee == "both"

    def _made(self, handout: Handout) -> None:
        if self._asked is None:
            return  # meanwhile there is something against the sheet
        from ui.printing import usual_printer

        self._pdf, self._reading, self._plain = handout.pdf, handout.reading, handout.plain
        self.pages.show_pdf(handout.pdf)
        self._show_checks(self.session.plan)  # now pictures and reading level are known
        printer = usual_printer(self.pages.page_count)
        self._printer.setText(printer)
        self._printer.setVisible(bool(printer) and self._said.isHidden())
        act, self._when_made = self._when_made, None
        if act is not None:
            act()

    def _failed(self, words: str) -> None:
        self._pdf = self._when_made = None
        self.pages.show_words(words)
        self._allow(False)

    def _allow(self, allowed: bool) -> None:
        """Whether there is a sheet to give out: drawn, or being drawn, which a button waits for."""
        buttons = self.print_button, self.save_button
        if not allowed and self.window().focusWidget() in buttons:
            self.pages.setFocus(Qt.FocusReason.OtherFocusReason)  # Qt would send the keyboard on to Back
        for button in buttons:
            button.setEnabled(allowed)

    def _waits(self, act: Callable[[], object]) -> bool:
        """Whether the sheet must be drawn first; the act follows then."""
        self._when_made = act if self._being_made else None
        return self._pdf is None

    def _say_count(self) -> None:
        count = self.pages.page_count
        self.set_hint(
            trn("{count} page, {papers}, {languages}", "{count} pages, {papers}, {languages}", count).format(
                count=count, papers=PAPERS[self.paper_size], languages=LANGUAGES[self.language_chosen]
            )
            if count
            else ""
        )
        self.print_button.setText(tr("Print {count} pages").format(count=count) if count else tr("Print"))
        style.settle()  # "1–2 of 4" takes more room than nothing did
        self.fit_title()

    def _show_checks(self, plan: PlanOfCare | NoPlan) -> None:
        while (entry := self._checks.takeAt(0)) is not None:
            if (old := entry.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._to_look_at = []
        if isinstance(plan, PlanOfCare):
            found = (*self._findings(), *self._given(), *self._read(), *self._typeface(), *self._unkept())
            for check in sorted(found, key=lambda check: list(STATES.values()).index(check[0])):
                self._checks.addWidget(_shown(*check))
                if check[0] != "good":
                    self._to_look_at.append(f"{check[1]}. {check[2]}")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._unkept_told != self.unkept_anywhere():  # another page was looked at meanwhile
            self._show_checks(self.session.plan)

    def warns(self) -> list[str]:
        return self._to_look_at

    def _given(self) -> list[Check]:
        """Whether a sheet of this visit was given out, and whether one did not come out of the printer."""
        sheets = [
            row
            for row in self.session.documents
            if row.kind == KIND and row.evaluation_id == self.session.evaluation.id
        ]
        given = [row.uses[-1].at.astimezone() for row in sheets if row.uses]
        found: list[Check] = []
        if self._asked is not None and (replaced := self._asked.replaces) is not None:
            found.append(
                (
                    "good",
                    tr("Replaces the sheet of {replaced}").format(replaced=date_text(replaced)),
                    "",
                    None,
                )
            )
        if given:
            found.append(
                (
                    "good",
                    tr("Given out {given:%H:%M}, kept under Documents").format(given=max(given)),
                    "",
                    None,
                )
            )
        if sheets and not sheets[-1].uses:
            when = sheets[-1].kept_at.astimezone()
            found.append(
                (
                    "look",
                    tr("Not printed at {when:%H:%M}").format(when=when),
                    tr("The sheet is kept under Documents."),
                    None,
                )
            )
        return found

    def _read(self) -> list[Check]:
        """How hard the finished sheet is to read, the therapist's own words included."""
        if self._reading is None:
            return []
        scores = ", ".join(f"{name} {score:.1f}" for name, score in self._reading.scores)
        if self._reading.easy:
            return [("good", tr("Easy to read"), scores, None)]
        longest = tr("Its longest sentence has {longest_words} words: “{longest}”").format(
            longest_words=self._reading.longest_words, longest=self._reading.longest
        )
        return [("look", tr("Hard to read"), f"{scores}. {longest}", None)]

    def _typeface(self) -> list[Check]:
        if not self._plain:
            return []
        detail = tr("The sheet has the right words in a plain layout. Install EvalAssist again to mend it.")
        return [("look", tr("The typeface of the sheet is missing"), detail, None)]

    def _unkept(self) -> list[Check]:
        """What was begun elsewhere, as taking an exercise out, and is not in the plan of this sheet."""
        waits = self._unkept_told = self.unkept_anywhere()
        return [("look", tr("Something typed is not kept"), "\n".join(waits), None)] if waits else []

    def _findings(self) -> list[Check]:
        note = self.session.note()
        content = self.session.content
        found = sheet_findings(
            note,
            content,
            today=date.today(),
            lacks=lacks,
            language=self.language_chosen,
            form=self.form_chosen,
            name=self.session.settings.name_on_sheet,
            not_drawn=not_drawn(note) if self._pdf and self.form_chosen != "why" else (),
            notice_problem=notice_problem(self._asked.notice) if self._pdf and self._asked else "",
        )
        return [(STATES[one.severity], one.says, one.detail, self._way_out(one)) for one in found]

    def _way_out(self, found: SheetFinding) -> LinkButton | None:
        """What can be done about a finding at once."""
        ways: dict[str, tuple[str, Callable[[], object]]] = {
            "phone": (tr("Add the clinic's phone"), self.preferences_wanted.emit),
            "notice": (tr("Open the settings"), self.preferences_wanted.emit),
            "no-moves": (tr("Show the pages that say why"), lambda: self.form.choose("why")),
            "long": (tr("Print the moves only"), lambda: self.form.choose("moves")),
            "old": (tr("Show it in large print"), lambda: self.form.choose("large")),
            "draft": (tr("Show these texts"), self._show_drafts),
        }
        if not self.session.signed:
            ways["child"] = (tr("Confirm it"), lambda: self.session.answer("child-sheet", "confirmed"))
        if found.severity == "fine" or found.about not in ways:
            return None
        words, act = ways[found.about]
        link = LinkButton(words)
        link.clicked.connect(act)
        return link

    # ------------------------------------------------------------ acting

    def _show_drafts(self) -> None:
        plan = self.session.note().plan
        planned = [each.id for each in plan.exercises] if plan else []
        DraftsDialog(unreviewed(self.session.content.exercises, planned), self).open()

    def _chosen(self) -> None:
        self.session.choose_sheet(SheetChoice(self.language_chosen, self.form_chosen, self.paper_size))
        self.refresh()

    def _language_chosen(self, language: object) -> None:
        if language is None:
            self.language.set_value(self.language_chosen)
            return
        self.language_chosen = "es" if language == "es" else "en"
        self._chosen()

    def _form_chosen(self, form: object) -> None:
        if form is None:
            self.form.set_value(self.form_chosen)
            return
        self.form_chosen = next(each for each in FORMS if each == form)
        self._chosen()

    def _paper_chosen(self, paper: object) -> None:
        if paper is None:
            self.paper.set_value(self.paper_size)
            return
        self.paper_size = "a4" if paper == "a4" else "letter"
        self._chosen()

    def print_paper(self) -> bool:
        from ui.printing import Printout, give_out

        if self._waits(self.print_paper) or self._pdf is None or self._asked is None:
            return True
        asked = self._asked
        printout = Printout(
            KIND,
            tr("Knee and hip exercises, {visit_date}").format(
                visit_date=self.session.evaluation.visit_date.isoformat()
            ),
            self._pdf,
            self.pages.page_count,
            asked.paper,
            asked.language,
            anew=lambda paper: replace(asked, paper=paper).made().pdf,
            content_sha256=asked.note.sheet_content_sha256(),
        )
        try:
            sent = give_out(self.session, self, printout)
        except EvalAssistError as fault:
            self._say(str(fault), bad=True)
        else:
            self._say(sent.says if sent else "")
            if sent and sent.paper != self.paper_size:
                self.paper.set_value(sent.paper)
                self._paper_chosen(sent.paper)
        return True

    def _ask_where(self) -> None:
        from ui.printing import keep_first

        try:
            keep_first(self.session, "handout")
        except EvalAssistError as fault:  # before a place is chosen in vain
            self._say(str(fault), bad=True)
            return
        if self._waits(self._ask_where):
            return
        name = f"exercises-{self.session.evaluation.visit_date.isoformat()}.pdf"
        if (path := ask_where(self, tr("Save the sheet as PDF"), name)) is not None:
            self.save_as(path)

    def save_as(self, path: Path) -> None:
        """Write the sheet as it is shown, and keep the same bytes."""
        from ui.printing import ending_pdf, keep_first, write_atomically

        pdf, asked = self._pdf, self._asked
        if pdf is None or asked is None:
            return
        path = ending_pdf(path)
        try:
            keep_first(self.session, "handout")
            content = asked.note.sheet_content_sha256()
            write_atomically(
                path,
                pdf,
                lambda: self.session.keep_document(
                    KIND, asked.language, asked.paper, pdf, content_sha256=content
                ),
            )
        except EvalAssistError as fault:
            self._say(str(fault), bad=True)
        else:
            says = tr("Saved as {name} in {folder}. The sheet is kept under Documents.")
            self._say(says.format(name=path.name, folder=folder_of(path)))

    def _say(self, words: str, *, bad: bool = False) -> None:
        self._said.setText(words)
        self._said.setVisible(bool(words))
        self._printer.setVisible(bool(self._printer.text()) and not words)
        style.say(self._said, c="danger" if bad else "")

    def focus_start(self) -> None:
        self.print_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def keys(self) -> list[tuple[str, str]]:
        return [("Ctrl+P", tr("print the sheet")), (tr("PgDn, PgUp"), tr("the pages after, before"))]


def _shown(state: State, words: str, detail: str, act: LinkButton | None) -> QWidget:
    frame = QFrame()
    loud = state != "good"
    frame.setProperty("card", {"look": "att", "danger": "danger"}.get(state, ""))
    stack = style.column(frame, (10, 7, 10, 8) if loud else (0, 2, 0, 2), spacing=3)
    line = style.row(spacing=8)
    title = style.label("b" if loud else "", words)
    title.setWordWrap(True)
    line.addWidget(StateGlyph(state), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(title, 1)
    stack.addLayout(line)
    if detail:
        more = style.label("s", detail)
        more.setWordWrap(True)
        stack.addWidget(more)
    if act:
        stack.addWidget(act)
    return frame


def _line(word: str, control: QWidget) -> QHBoxLayout:
    line = style.row(spacing=8)
    label = style.label("q", word)
    style.at_least(label, 74)
    line.addWidget(label)
    line.addWidget(control)
    line.addStretch(1)
    return line
