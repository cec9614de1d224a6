"""Settings: the clinic's name on the papers, units, paper and looks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QWidget,
)

from evalassist.errors import EvalAssistError
from evalassist.managed import FIXED_WORDS, managed
from evalassist.settings import (
    Settings,
    clinic_logo,
    clinic_notice,
    keep_logo,
    keep_notice,
    save_settings,
)
from evalassist.translate import tr
from ui import style
from ui.spoken import Said
from ui.widgets.fields import TextField
from ui.widgets.focus import tab_on
from ui.widgets.roomy import ENDS, bring_into_view
from ui.widgets.segments import Choice, SegmentedControl

_PICTURE_TYPES = "*.png *.jpg *.jpeg *.bmp *.gif *.tif *.tiff *.webp"
PICTURES = tr("Pictures ({picture_types});;All files (*)").format(picture_types=_PICTURE_TYPES)
PAGES = tr("PDF or picture (*.pdf {picture_types});;All files (*)").format(picture_types=_PICTURE_TYPES)
TEXTS = (
    ("therapist_name", tr("Therapist"), tr("as it stands under a signed note")),
    ("licence", tr("License"), ""),
    ("clinic_name", tr("Clinic"), tr("printed on every paper")),
    ("clinic_phone", tr("Phone"), tr("printed on the handout: when to call")),
    ("clinic_address", tr("Address"), ""),
    ("dynamometer", tr("Dynamometer"), tr("make and number; kept with every strength value")),
    ("backup_folder", tr("Backups in"), tr("a folder on another disk")),
)
CHOICES = (
    ("paper", tr("Paper"), (("letter", tr("Letter")), ("a4", "A4"))),
    ("handout_language", tr("Handout in"), (("en", tr("English")), ("es", "Español"))),
    ("force_unit", tr("Force in"), (("N", "N"), ("kgf", "kgf"), ("lbf", "lbf"))),
    ("body_units", tr("Height, weight in"), (("metric", tr("cm, kg")), ("us", tr("in, lb")))),
    ("strength_score", tr("Of several trials"), (("best", tr("Best counts")), ("mean", tr("Mean counts")))),
    ("count_sound", tr("Count in strength tests"), (("on", tr("With sound")), ("off", tr("Silent")))),
    (
        "name_on_sheet",
        tr("Name on the handout"),
        (
            ("none", tr("Line to write on")),
            ("first", tr("First name")),
            ("first-initial", tr("First name, initial")),
        ),
    ),
    ("theme", tr("Colors"), (("system", tr("As the system")), ("light", tr("Light")), ("dark", tr("Dark")))),
    ("text_scale", tr("Text"), tuple((f"{part / 100:g}", f"{part} %") for part in (100, 125, 150, 175, 200))),
)
IDLE = (
    "idle_minutes",
    tr("Lock after"),
    tuple((f"{minutes}", tr("{minutes} min").format(minutes=minutes)) for minutes in (2, 5, 10, 20, 30, 60)),
)
BACKUPS = tr(
    "A folder on another disk or a network drive. Empty: beside the records. From the next start on."
)
OF_THE_ACCOUNT = ("therapist_name", "licence")


class PreferencesDialog(QDialog):
    """Every change is kept at once, as everywhere; there is no Save."""

    applied = Signal(object)
    """The new `Settings`, already kept."""
    database_wanted = Signal()
    accounts_wanted = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None, *, signed_in: bool = False) -> None:
        """`signed_in`: name and license are those of the account, and the window locks itself."""
        super().__init__(parent)
        self.settings, self._fixed = settings, managed().fixed
        self.setWindowTitle(tr("Settings"))
        self.setMinimumWidth(style.px(640))
        self._said = Said()
        self._said.setWordWrap(True)
        self._said.setProperty("c", "danger")
        self._said.hide()
        self._inner = inner = QWidget()
        grid = style.scaled(QGridLayout(inner), spacing=8)
        grid.setColumnStretch(1, 1)
        self._texts: list[TextField] = []
        texts = [text for text in TEXTS if not signed_in or text[0] not in OF_THE_ACCOUNT]
        for at, (key, words, hint) in enumerate(texts):
            field = TextField(words)
            field.set_value(getattr(settings, key) or None)
            field.answered.connect(lambda value, key=key: self._change(key, value or ""))
            field.setToolTip(hint)
            self._texts.append(field)
            label = style.label("", words)
            label.setMinimumHeight(style.control_height())
            grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
            place = self._beside_backups(field) if key == "backup_folder" else field
            if key in self._fixed:
                place.setEnabled(False)
                place = _told_fixed(place)
            grid.addWidget(place, at, 1)
        choices = (*CHOICES, IDLE) if signed_in else CHOICES
        for at, (key, words, options) in enumerate(choices, start=len(texts)):
            boxes = SegmentedControl([Choice(value, word) for value, word in options], words)
            known = _word(getattr(settings, key))
            boxes.set_value(known if known in dict(options) else None)
            boxes.answered.connect(lambda value, key=key, boxes=boxes: self._choose(key, value, boxes))
            grid.addWidget(style.label("", words), at, 0)
            place = boxes
            if key in self._fixed:
                boxes.setEnabled(False)
                place = _told_fixed(
                    boxes, "" if known in dict(options) else tr("{known} min").format(known=known)
                )
            grid.addWidget(place, at, 1, Qt.AlignmentFlag.AlignLeft)
        if signed_in:
            self._add_accounts(grid)
        grid.addWidget(style.label("", tr("Logo")), grid.rowCount(), 0)
        grid.addLayout(self._build_logo(), grid.rowCount() - 1, 1)
        grid.addWidget(style.label("", tr("Language notice")), grid.rowCount(), 0)
        grid.addLayout(self._build_notice(), grid.rowCount() - 1, 1)
        grid.addWidget(style.label("", tr("Printer")), grid.rowCount(), 0)
        grid.addLayout(self._build_test_page(), grid.rowCount() - 1, 1)
        database = QPushButton(tr("Clinic's database…"))
        database.setToolTip(tr("Several workstations share the records on a server of the clinic"))
        database.clicked.connect(self.database_wanted)
        grid.addWidget(style.label("", tr("Records")), grid.rowCount(), 0)
        grid.addWidget(database, grid.rowCount() - 1, 1, Qt.AlignmentFlag.AlignLeft)
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        room = (parent.window().height() if parent is not None else style.px(768)) - style.px(ENDS)
        area.setMinimumHeight(min(inner.sizeHint().height() + 8, style.px(470), max(room, style.px(100))))
        self._widen()
        done = QPushButton(tr("Done"))
        done.setProperty("kind", "primary")
        done.clicked.connect(self.accept)
        ends = style.row(spacing=8)
        ends.addStretch(1)
        ends.addWidget(done)
        stack = style.column(self, (20, 16, 20, 16), spacing=12)
        stack.addWidget(area, 1)
        stack.addWidget(self._said)
        stack.addLayout(ends)

    def _beside_backups(self, field: TextField) -> QWidget:
        """The folder is chosen or typed; below it what it is good for."""
        browse = QPushButton(tr("Browse…"))
        browse.setAccessibleName(tr("Browse for the folder of the backups"))

        def ask() -> None:
            name = QFileDialog.getExistingDirectory(self, tr("The folder of the backups"), field.value or "")
            if name:
                field.put_back(name)

        browse.clicked.connect(ask)
        place = QWidget()
        stack, line = style.column(place, spacing=2), style.row(spacing=8)
        line.addWidget(field, 1)
        line.addWidget(browse)
        stack.addLayout(line)
        stack.addWidget(style.label("s", BACKUPS, wrap=True))
        return place

    def _add_accounts(self, grid: QGridLayout) -> None:
        from ui.watch import ALSO

        grid.addWidget(style.label("s", ALSO, wrap=True), grid.rowCount(), 1)
        accounts = QPushButton(tr("Accounts and passwords…"))
        accounts.clicked.connect(self.accounts_wanted)
        grid.addWidget(style.label("", tr("Who signs in")), grid.rowCount(), 0)
        grid.addWidget(accounts, grid.rowCount() - 1, 1, Qt.AlignmentFlag.AlignLeft)

    def _build_logo(self) -> QHBoxLayout:
        self._logo = style.label("s")
        self._choose_logo = QPushButton(tr("Choose a picture…"))
        self._choose_logo.setAccessibleName(tr("Choose a picture for the logo"))
        self._choose_logo.clicked.connect(self._ask_for_logo)
        self._no_logo = QPushButton(tr("Remove"))
        self._no_logo.setAccessibleName(tr("Remove the logo"))
        self._no_logo.clicked.connect(lambda: self._keep_logo(None))
        line = style.row(spacing=8)
        for part in (self._logo, self._choose_logo, self._no_logo):
            line.addWidget(part)
        line.addStretch(1)
        self._show_logo()
        return line

    def _build_notice(self) -> QHBoxLayout:
        self._notice = style.label("s")
        choose = QPushButton(tr("Choose a page…"))
        choose.setAccessibleName(tr("Choose a page for the language notice"))
        choose.setToolTip(
            tr("The clinic's own notice that language help is free: a PDF of one or two pages, or a picture")
        )
        choose.clicked.connect(self._ask_for_notice)
        self._no_notice = QPushButton(tr("Remove"))
        self._no_notice.setAccessibleName(tr("Remove the language notice"))
        self._no_notice.clicked.connect(lambda: self._keep_notice(None))
        line = style.row(spacing=8)
        for part in (self._notice, choose, self._no_notice):
            line.addWidget(part)
        line.addStretch(1)
        self._show_notice()
        return line

    def _build_test_page(self) -> QHBoxLayout:
        print_it = QPushButton(tr("Print a test page…"))
        print_it.setToolTip(
            tr("Shows whether the printer keeps the handout's grays and its smallest letters")
        )
        print_it.clicked.connect(self._print_test_page)
        self._sent = Said("s")
        line = style.row(spacing=8)
        line.addWidget(print_it)
        line.addWidget(self._sent)
        line.addStretch(1)
        return line

    def _print_test_page(self) -> None:
        from evalassist.documents import gray_page_pdf
        from ui.printing import Printout, print_again

        paper = self.settings.paper
        try:
            page = Printout(
                tr("test page"),
                tr("EvalAssist test page"),
                gray_page_pdf(paper),
                1,
                paper,
                anew=gray_page_pdf,
            )
            sent = print_again(self, page)
        except EvalAssistError as fault:
            self._say(str(fault))
            return
        self._said.hide()
        self._sent.setText(sent.says if sent else "")

    def _show_logo(self) -> None:
        """As it is printed, in gray."""
        shown = QPixmap()
        shown.loadFromData(clinic_logo())
        self._no_logo.setVisible(not shown.isNull())
        if shown.isNull():
            self._logo.setText(tr("None; the handout prints the name alone"))
        else:
            room = QSize(style.px(160), style.px(48))
            self._logo.setPixmap(
                shown.scaled(
                    room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                )
            )
            self._logo.setAccessibleName(tr("The clinic's logo"))

    def _ask_for_logo(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("The clinic's logo"), "", PICTURES)
        if not name:
            return
        from evalassist.documents import fitted_logo  # ReportLab takes half a second to load

        try:
            logo = fitted_logo(Path(name))
        except EvalAssistError as fault:
            self._say(tr("{fault} The earlier logo stays.").format(fault=fault))
            return
        self._keep_logo(logo)

    def _keep_logo(self, logo: bytes | None) -> None:
        try:
            keep_logo(logo)
        except EvalAssistError as fault:
            self._say(str(fault))
            return
        self._said.hide()
        self._show_logo()
        self.applied.emit(self.settings)

    def _show_notice(self) -> None:
        kept = bool(clinic_notice())
        self._notice.setText(
            tr("Last in every handout") if kept else tr("None; the handout ends without one")
        )
        self._no_notice.setVisible(kept)

    def _ask_for_notice(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("The clinic's language notice"), "", PAGES)
        if not name:
            return
        from evalassist.documents import fitted_notice  # ReportLab takes half a second to load

        try:
            notice = fitted_notice(Path(name))
        except EvalAssistError as fault:
            self._say(tr("{fault} The earlier notice stays.").format(fault=fault))
            return
        self._keep_notice(notice)

    def _keep_notice(self, notice: bytes | None) -> None:
        try:
            keep_notice(notice)
        except EvalAssistError as fault:
            self._say(str(fault))
            return
        self._said.hide()
        self._show_notice()
        self.applied.emit(self.settings)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return tab_on(self, back=not forward)  # from the button below back into what is scrolled away

    def done(self, result: int) -> None:
        for field in self._texts:
            field.commit()
        super().done(result)

    def _choose(self, key: str, value: str | None, boxes: SegmentedControl) -> None:
        if value is None:  # a setting always has a value
            boxes.set_value(_word(getattr(self.settings, key)))
            return
        number = {"text_scale": float, "idle_minutes": int}.get(key)
        self._change(key, number(value) if number else value)

    def _change(self, key: str, value: Any) -> None:
        try:
            changed = Settings.model_validate({**self.settings.model_dump(), key: value})
            save_settings(changed)
        except EvalAssistError as fault:
            self._say(str(fault))
            return
        except ValueError:
            self._say(tr("That is too long to be printed. It was not kept; shorten it."))
            return
        self._said.hide()
        self.settings = changed
        self.applied.emit(changed)
        if key == "text_scale":
            style.settle()
            self._widen()
            self._keep_whole()
            bring_into_view(self.focusWidget() or self)  # everything above it has grown

    def _widen(self) -> None:
        """As wide as its fields need, also in letters that were just made larger."""
        area, parent = self._area, self.parentWidget()
        wide = (
            self._inner.sizeHint().width()
            + area.verticalScrollBar().sizeHint().width()
            + 2 * area.frameWidth()
        )
        area.setMinimumWidth(min(wide, parent.window().width() if parent is not None else wide))

    def _keep_whole(self) -> None:
        """As wide as what is in it, around the same middle."""
        layout, place = self.layout(), self.geometry()
        assert layout is not None
        layout.activate()
        middle = place.center()
        place.setWidth(max(place.width(), layout.totalMinimumSize().width()))
        place.moveCenter(middle)
        self.setGeometry(place)

    def _say(self, words: str) -> None:
        self._said.setText(words)
        self._said.show()


def _told_fixed(part: QWidget, value: str = "") -> QWidget:
    """The part with the words below it that say why nobody changes it; `value` where it has no box of its own."""
    part.setAccessibleDescription(FIXED_WORDS)
    place = QWidget()
    stack = style.column(place, spacing=2)
    stack.addWidget(part)
    stack.addWidget(style.label("s", f"{value} · {FIXED_WORDS}" if value else FIXED_WORDS))
    return place


def _word(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"
