"""Paper as a therapist gets it: from the very PDF, through a real print system, and kept as it was given out."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pypdfium2
import pytest
from PySide6.QtCore import QStandardPaths, Qt, QTimer
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas

from evalassist.case_file import read_case
from evalassist.content import Content
from evalassist.documents import gray_page_pdf
from evalassist.evaluation import PlanEdit
from evalassist.records.connection import connect
from evalassist.records.store import Store
from evalassist.records.trail import Wanted
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import cups, saving, style
from ui.cups import PrintError
from ui.dialogs.documents import DocumentsDialog
from ui.dialogs.papers import PlanOfCareDialog
from ui.dialogs.preferences import PreferencesDialog
from ui.main_window import MainWindow
from ui.pages.handout import HandoutPage
from ui.printing import AGAIN, SaveError, print_pdf, write_atomically
from ui.session import EvaluationSession
from ui.widgets.pdf_view import open_pdf

KEYS = new_keys()

pytestmark = [
    # The off-screen platform says this of every window it shows.
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

CASES = Path(__file__).parent / "cases"
SETTINGS = Settings(therapist_name="A. Chen, PT", licence="40-12345", clinic_name="Riverside")
ANSWERS_WITHIN_S = 20
W = TypeVar("W", bound=QWidget)

# ---------------------------------------------------------------- a print system of its own

SCHEDULER = """\
Listen {home}/socket
WebInterface No
Browsing Off
<Policy default>
<Limit All>
Allow all
</Limit>
</Policy>
"""
FILES = """\
FileDevice Yes
ServerRoot {home}/etc
RequestRoot {home}/spool
CacheDir {home}/cache
StateDir {home}/state
TempDir {home}/tmp
DataDir {home}/data
ServerBin {home}/lib
ErrorLog {home}/log/error
AccessLog {home}/log/access
PageLog {home}/log/page
User {user}
Group {group}
SystemGroup {admins}
"""
FILTER = """\
#!/bin/sh
# The printer: notes copies and options, says what the test wants it to report, and prints what it was given.
out={home}/out/$PRINTER
echo "copies=$4 $5" > "$out.options"
if [ -e "$out.reports" ]; then
    echo "STATE: +$(cat "$out.reports")" >&2
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do [ -e "$out.reports" ] && sleep 1; done
fi
if [ -e "$out.fails" ]; then exit 1; fi
cat ${{6:+"$6"}}
"""
PPD = """\
*PPD-Adobe: "4.3"
*FormatVersion: "4.3"
*FileVersion: "1.0"
*LanguageVersion: English
*LanguageEncoding: ISOLatin1
*PCFileName: "TEST.PPD"
*Manufacturer: "Test"
*Product: "(Test)"
*ModelName: "Test"
*ShortNickName: "Test"
*NickName: "Test"
*PSVersion: "(3010.000) 0"
*LanguageLevel: "3"
*cupsFilter: "application/pdf 0 as-it-is"
*OpenUI *PageSize: PickOne
*OrderDependency: 10 AnySetup *PageSize
*DefaultPageSize: {paper}
*PageSize Letter/Letter: ""
*PageSize A4/A4: ""
*CloseUI: *PageSize
*OpenUI *PageRegion: PickOne
*OrderDependency: 10 AnySetup *PageRegion
*DefaultPageRegion: {paper}
*PageRegion Letter/Letter: ""
*PageRegion A4/A4: ""
*CloseUI: *PageRegion
*DefaultImageableArea: {paper}
*ImageableArea Letter/Letter: "12 12 600 780"
*ImageableArea A4/A4: "12 12 583 830"
*DefaultPaperDimension: {paper}
*PaperDimension Letter/Letter: "612 792"
*PaperDimension A4/A4: "595 842"
"""
BOTH_SIDES = """\
*OpenUI *Duplex/Both sides: PickOne
*OrderDependency: 20 AnySetup *Duplex
*DefaultDuplex: None
*Duplex None/Off: ""
*Duplex DuplexNoTumble/Long edge: ""
*Duplex DuplexTumble/Short edge: ""
*CloseUI: *Duplex
"""


class PrintSystem:
    """A real CUPS with printers that write into files: what they print, with which options."""

    def __init__(self, home: Path) -> None:
        self.home, self.out = home, home / "out"

    def start(self) -> subprocess.Popen[bytes]:
        import pwd  # Windows has none

        for left in self.home.iterdir():  # tests that are spread over processes may start it again
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        for name in ("etc", "spool", "cache", "state", "tmp", "log", "out", "lib/filter", "data/mime"):
            (self.home / name).mkdir(parents=True)
        (self.home / "lib/backend").mkdir()
        (self.home / "lib/daemon").symlink_to("/usr/lib/cups/daemon")
        (self.home / "data/mime/pdf.types").write_text("application/pdf pdf string(0,%PDF)\n")
        (self.home / "data/mime/pdf.convs").write_text("")
        passes = self.home / "lib/filter/as-it-is"
        passes.write_text(FILTER.format(home=self.home))
        passes.chmod(0o755)
        root = os.geteuid() == 0
        me = pwd.getpwnam("lp") if root else pwd.getpwuid(os.geteuid())
        if root:  # what a printer runs is not run as root
            for folder in (self.home, self.home / "lib", self.home / "lib/filter"):
                folder.chmod(0o755)
            (self.home / "spool").chmod(0o711)
            for name in ("tmp", "out"):
                shutil.chown(self.home / name, me.pw_uid, me.pw_gid)
        names = {"user": me.pw_name, "group": "lp" if root else str(me.pw_gid), "admins": "root"}
        (self.home / "etc/cupsd.conf").write_text(SCHEDULER.format(home=self.home))
        (self.home / "etc/cups-files.conf").write_text(FILES.format(home=self.home, **names))
        command = ["/usr/sbin/cupsd", "-f", "-c", f"{self.home}/etc/cupsd.conf"]
        running = subprocess.Popen([*command, "-s", f"{self.home}/etc/cups-files.conf"])
        until = time.monotonic() + ANSWERS_WITHIN_S
        while subprocess.run(["lpstat", "-r"], capture_output=True, check=False).stdout != (
            b"scheduler is running\n"
        ):
            assert running.poll() is None, (self.home / "log/error").read_text()
            assert time.monotonic() < until, "the print system did not start"
            time.sleep(0.05)
        return running

    def set_up(self, name: str, paper: str = "Letter", *, both_sides: bool = True) -> str:
        """A printer; the first one is what the dialog offers."""
        ppd = self.home / f"{name}.ppd"
        ppd.write_text(PPD.format(paper=paper) + (BOTH_SIDES if both_sides else ""))
        self.tell("lpadmin", "-p", name, "-E", "-v", f"file://{self.out}/{name}.pdf", "-P", str(ppd))
        return name

    def tell(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, timeout=ANSWERS_WITHIN_S)

    def reports(self, name: str, state: str) -> None:
        """From now on the printer holds each job and reports this."""
        (self.out / f"{name}.reports").write_text(state)

    def printed(self, name: str) -> bytes:
        file = self.out / f"{name}.pdf"
        return file.read_bytes() if file.exists() else b""

    def options(self, name: str) -> list[str]:
        return (self.out / f"{name}.options").read_text().split()

    def waiting(self) -> str:
        return subprocess.run(["lpstat", "-o"], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def print_system() -> Iterator[PrintSystem]:
    system = PrintSystem(Path(os.environ["CUPS_SERVER"]).parent)
    running = system.start()
    yield system
    running.terminate()
    running.wait(ANSWERS_WITHIN_S)


@pytest.fixture
def printers(print_system: PrintSystem) -> Iterator[PrintSystem]:
    """The print system with no printer yet."""
    yield print_system
    for file in print_system.out.iterdir():
        file.unlink()
    print_system.tell("cancel", "-a", "-x")
    known = subprocess.run(["lpstat", "-e"], capture_output=True, text=True, check=True).stdout
    for name in known.splitlines():
        print_system.tell("lpadmin", "-x", name)


# ---------------------------------------------------------------- a therapist who prints


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "records.db", KEYS) as opened:
        yield opened


@pytest.fixture
def session(qapp: QApplication, content: Content, store: Store) -> EvaluationSession:
    style.apply_style(qapp)
    evaluation = read_case(CASES / "ex1.toml", content)
    store.save(evaluation)
    return EvaluationSession(evaluation, content, store, SETTINGS)


@pytest.fixture
def sheet(session: EvaluationSession, qtbot: QtBot) -> HandoutPage:
    return open_sheet(session, qtbot)


def open_sheet(session: EvaluationSession, qtbot: QtBot) -> HandoutPage:
    page = HandoutPage(session)
    qtbot.addWidget(page)
    page.resize(1140, 760)
    with qtbot.waitExposed(page):
        page.show()
    shown(page, qtbot)
    return page


def shown(page: HandoutPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not page.at_work, timeout=20_000)


def choose(
    printer: str = "",
    copies: int = 1,
    pages: str = "",
    file: Path | None = None,
    then: Callable[[], object] = lambda: None,
) -> None:
    """What the therapist does in the print dialog once it opens; `then` happens just before Print is pressed."""

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QPrintDialog):
            QTimer.singleShot(20, act)
            return
        if printer:
            named(dialog, QComboBox, "printers").setCurrentText(printer)
        named(dialog, QSpinBox, "copies").setValue(copies)
        if pages:
            press(named(dialog, QAbstractButton, "pagesRadioButton"))
            named(dialog, QLineEdit, "pagesLineEdit").setText(pages)
        if file is not None:
            named(dialog, QLineEdit, "filename").setText(str(file))
        then()
        dialog.accept()

    QTimer.singleShot(0, act)


def named(dialog: QWidget, kind: type[W], name: str) -> W:
    """A part of Qt's own dialog, by the name Qt gives it."""
    (found,) = (part for part in dialog.findChildren(kind) if part.objectName() == name)
    return found


def press(button: QAbstractButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def reads(widget: QWidget) -> str:
    QApplication.processEvents()  # what was just made is shown with the next event
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def text_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range().replace("\xa0", " ") for page in document]
    finally:
        document.close()


def size_of(pdf: bytes) -> tuple[int, int]:
    page = open_pdf(pdf).pagePointSize(0)
    return round(page.width()), round(page.height())


LETTER, A4 = (612, 792), (595, 842)


# ---------------------------------------------------------------- printing


def test_the_printer_gets_the_very_bytes_that_are_kept(
    printers: PrintSystem, sheet: HandoutPage, store: Store
) -> None:
    printers.set_up("front-desk")
    choose(copies=2)
    press(sheet.print_button)
    (kept,) = store.documents(sheet.session.evaluation.id)
    assert printers.printed("front-desk") == store.document_bytes(kept.id)
    assert (kept.language, kept.paper, kept.kept_by) == ("en", "letter", "A. Chen, PT")
    assert [(use.use, use.by) for use in kept.uses] == [("printed", "A. Chen, PT")]
    assert {"copies=2", "sides=two-sided-long-edge", "media=Letter"} <= set(printers.options("front-desk"))
    assert "Sent to front-desk." in reads(sheet)
    assert "Given out" in reads(sheet)
    assert sheet.session.progress["handout"].state == "complete"


def test_only_the_pages_chosen_in_the_dialog_are_asked_for(printers: PrintSystem, sheet: HandoutPage) -> None:
    printers.set_up("front-desk")
    choose(pages="1,3")
    press(sheet.print_button)
    assert "page-ranges=1,3" in printers.options("front-desk")
    assert "number-up=1" in printers.options("front-desk")


def test_a_printer_that_holds_a4_gets_a_sheet_laid_out_for_a4(
    printers: PrintSystem, sheet: HandoutPage, store: Store, qtbot: QtBot
) -> None:
    printers.set_up("front-desk", "A4")
    choose()
    press(sheet.print_button)
    (kept,) = store.documents(sheet.session.evaluation.id)
    assert kept.paper == "a4"
    assert printers.printed("front-desk") == store.document_bytes(kept.id)
    assert size_of(printers.printed("front-desk")) == A4
    assert {"media=A4", "PageSize=A4"} <= set(printers.options("front-desk"))
    assert "front-desk holds A4 paper, so the sheet was laid out anew for A4." in reads(sheet)
    shown(sheet, qtbot)
    assert sheet.paper.value == "a4"
    assert round(sheet.pages.page_size(0)[1]) == A4[1], "what is shown is what was printed"


def test_another_printer_chosen_in_the_dialog_is_asked_for_its_own_paper(
    printers: PrintSystem, sheet: HandoutPage
) -> None:
    printers.set_up("front-desk", "A4")
    printers.set_up("office", "Letter")
    choose("office")
    press(sheet.print_button)
    assert size_of(printers.printed("office")) == LETTER
    assert "laid out anew" not in reads(sheet)


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (("cupsdisable", "front-desk"), "front-desk is paused, so nothing was printed."),
        (("cupsreject", "front-desk"), "front-desk takes no print jobs now, so nothing was printed."),
        (("lpadmin", "-x", "front-desk"), "front-desk is no longer set up on this computer"),
    ],
    ids=["paused", "rejecting", "gone"],
)
def test_a_printer_that_cannot_print_is_told_plainly_and_the_sheet_is_kept_as_not_printed(
    printers: PrintSystem, sheet: HandoutPage, store: Store, trouble: tuple[str, ...], says: str
) -> None:
    printers.set_up("front-desk")
    choose(then=lambda: printers.tell(*trouble))
    press(sheet.print_button)
    assert says in reads(sheet)
    assert AGAIN in reads(sheet)
    (kept,) = store.documents(sheet.session.evaluation.id)
    assert kept.uses == ()
    assert "Given out" not in reads(sheet)
    assert "Not printed at" in reads(sheet)
    assert sheet.session.progress["handout"].state != "complete"
    assert printers.waiting() == "", "nothing comes out later"


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("media-empty-error", "front-desk is out of paper, and the print job was taken back. Put paper in."),
        ("offline-report", "front-desk is off line, and the print job was taken back. Switch it on"),
    ],
)
def test_what_stops_the_printer_is_told_and_the_job_is_taken_back(
    printers: PrintSystem, sheet: HandoutPage, store: Store, state: str, says: str, qtbot: QtBot
) -> None:
    printers.set_up("front-desk")
    printers.reports("front-desk", state)
    choose()
    press(sheet.print_button)
    assert says in reads(sheet)
    assert [row.uses for row in store.documents(sheet.session.evaluation.id)] == [()]
    qtbot.waitUntil(lambda: printers.waiting() == "", timeout=ANSWERS_WITHIN_S * 1000)
    assert printers.printed("front-desk") == b""


def test_an_empty_second_tray_does_not_stop_a_sheet(printers: PrintSystem, sheet: HandoutPage) -> None:
    printers.set_up("front-desk")
    printers.reports("front-desk", "media-empty-warning")
    choose()
    press(sheet.print_button)
    assert "Sent to front-desk." in reads(sheet)


def test_a_job_that_fails_is_told(printers: PrintSystem, sheet: HandoutPage, store: Store) -> None:
    printers.set_up("front-desk")
    (printers.out / "front-desk.fails").touch()
    choose()
    press(sheet.print_button)
    assert "front-desk could not print the sheet." in reads(sheet)
    assert [row.uses for row in store.documents(sheet.session.evaluation.id)] == [()]


def test_a_print_system_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(*_: Any, **options: Any) -> None:
        raise subprocess.TimeoutExpired("lpstat", options["timeout"])

    monkeypatch.setattr("ui.cups.subprocess.run", hangs)
    with pytest.raises(PrintError, match="does not answer"):
        cups.send(b"%PDF", "front-desk", [])


def test_a_sheet_the_printer_took_counts_as_printed_though_the_print_system_then_falls_silent(
    printers: PrintSystem, sheet: HandoutPage, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    printers.set_up("front-desk")
    really = subprocess.run
    taken: list[str] = []
    waits_s: list[float] = []

    def falls_silent(command: list[str], **options: Any) -> Any:
        if taken:
            waits_s.append(options["timeout"])
            raise subprocess.TimeoutExpired(command, options["timeout"])
        done = really(command, **options)
        taken.extend(command[:1] if command[0] == "lp" else [])
        return done

    choose()
    with monkeypatch.context() as patched:
        patched.setattr("ui.cups.subprocess.run", falls_silent)
        press(sheet.print_button)
    assert "Sent to front-desk." in reads(sheet)
    (kept,) = store.documents(sheet.session.evaluation.id)
    assert [use.use for use in kept.uses] == ["printed"], "printed again it would come out twice"
    assert 0 < sum(waits_s) <= 5, "the window is not blocked for long"


def test_a_test_page_that_was_not_printed_is_not_looked_for_among_the_documents(
    printers: PrintSystem, qtbot: QtBot
) -> None:
    printers.set_up("front-desk")
    dialog = PreferencesDialog(SETTINGS)
    qtbot.addWidget(dialog)
    dialog.show()
    choose(then=lambda: printers.tell("cupsdisable", "front-desk"))
    press(button(dialog, "Print a test page…"))
    assert "front-desk is paused, so nothing was printed." in reads(dialog)
    assert "Documents" not in reads(dialog)


def test_a_therapist_whose_printer_prints_one_side_only_is_told_how_to_turn_the_paper(
    printers: PrintSystem, session: EvaluationSession, qtbot: QtBot
) -> None:
    printers.set_up("front-desk", both_sides=False)
    printers.tell("lpadmin", "-d", "front-desk")
    assert (
        "front-desk · one side only. For both sides print pages 1, 3. Then turn the paper over, put it back, "
        "and print pages 2, 4."
    ) in reads(open_sheet(session, qtbot))


def test_the_page_names_the_printer_that_prints_both_sides(
    printers: PrintSystem, session: EvaluationSession, qtbot: QtBot
) -> None:
    printers.set_up("front-desk")
    printers.tell("lpadmin", "-d", "front-desk")
    assert "front-desk · both sides" in reads(open_sheet(session, qtbot))


def test_a_sheet_printed_into_a_file_is_the_sheet_that_is_shown(
    printers: PrintSystem, sheet: HandoutPage, store: Store, tmp_path: Path
) -> None:
    printers.set_up("front-desk", "A4")
    choose("Print to File (PDF)", file=tmp_path / "out.pdf")
    press(sheet.print_button)
    (kept,) = store.documents(sheet.session.evaluation.id)
    assert (tmp_path / "out.pdf").read_bytes() == store.document_bytes(kept.id)
    assert (kept.paper, [use.use for use in kept.uses]) == ("letter", ["saved"])
    assert "Sent to the file you chose." in reads(sheet)


def test_a_plan_of_care_is_laid_out_for_the_paper_of_the_printer_too(
    printers: PrintSystem, session: EvaluationSession, store: Store, qtbot: QtBot
) -> None:
    printers.set_up("front-desk", "A4")
    dialog = PlanOfCareDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    choose()
    press(button(dialog, "Print"))
    (kept,) = store.documents(session.evaluation.id)
    assert (kept.kind, kept.paper) == ("plan-of-care", "a4")
    assert printers.printed("front-desk") == store.document_bytes(kept.id)
    assert "laid out anew for A4" in reads(dialog)
    assert button(dialog, "Documents").isVisible()


# ---------------------------------------------------------------- kept


def button(widget: QWidget, words: str) -> QAbstractButton:
    (found,) = [
        one for one in widget.findChildren(QAbstractButton) if one.text() == words and one.isVisible()
    ]
    return found


def open_documents(session: EvaluationSession, qtbot: QtBot) -> DocumentsDialog:
    dialog = DocumentsDialog(session.store, session.evaluation.patient.id, "K. Day, PT")
    dialog.used.connect(session.read_documents)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def rows(dialog: DocumentsDialog) -> list[tuple[str, str, str]]:
    return [(row.title, row.value, row.line) for row in dialog.list.rows]


def test_a_sheet_that_was_not_printed_is_printed_from_the_documents(
    printers: PrintSystem, sheet: HandoutPage, store: Store, qtbot: QtBot
) -> None:
    printers.set_up("front-desk")
    choose(then=lambda: printers.tell("cupsdisable", "front-desk"))
    press(sheet.print_button)
    with qtbot.waitSignal(sheet.documents_wanted):
        press(button(sheet, "Documents"))
    dialog = open_documents(sheet.session, qtbot)
    ((title, value, line),) = rows(dialog)
    assert (title, value) == ("Handout, English, Letter", "not printed")
    assert line.startswith("Not printed. Tried ")
    assert dialog.pages.page_count == 4
    printers.tell("cupsenable", "front-desk")
    choose()
    press(dialog.print_button)
    (kept,) = store.documents(sheet.session.evaluation.id)
    assert printers.printed("front-desk") == store.document_bytes(kept.id)
    assert [use.by for use in kept.uses] == ["K. Day, PT"]
    assert rows(dialog)[0][1] == ""
    assert "Given out" in reads(sheet)
    assert "Not printed" not in reads(sheet)


def test_a_sheet_is_printed_again_as_it_was_though_the_plan_has_changed(
    printers: PrintSystem, sheet: HandoutPage, store: Store, qtbot: QtBot
) -> None:
    printers.set_up("front-desk")
    choose()
    press(sheet.print_button)
    first = printers.printed("front-desk")
    sheet.session.edit_plan(PlanEdit("drop", "HX01", reason="sore"))
    dialog = open_documents(sheet.session, qtbot)
    (printers.out / "front-desk.pdf").unlink()
    choose()
    press(dialog.print_button)
    assert printers.printed("front-desk") == first
    (kept,) = store.documents(sheet.session.evaluation.id)
    assert [use.use for use in kept.uses] == ["printed", "printed"]
    assert reads(dialog).count("Printed ") == 2


def test_a_copy_for_other_paper_is_not_printed_smaller(
    printers: PrintSystem, sheet: HandoutPage, tmp_path: Path, qtbot: QtBot
) -> None:
    sheet.save_as(tmp_path / "sheet.pdf")
    printers.set_up("front-desk", "A4")
    dialog = open_documents(sheet.session, qtbot)
    choose()
    press(dialog.print_button)
    assert "This copy is laid out for Letter and front-desk holds A4, so nothing was printed." in reads(
        dialog
    )
    assert printers.printed("front-desk") == b""


def test_a_sheet_printed_again_into_a_file_counts_as_saved(
    printers: PrintSystem, sheet: HandoutPage, store: Store, tmp_path: Path, qtbot: QtBot
) -> None:
    sheet.save_as(tmp_path / "sheet.pdf")
    printers.set_up("front-desk")
    dialog = open_documents(sheet.session, qtbot)
    choose("Print to File (PDF)", file=tmp_path / "again.pdf")
    press(dialog.print_button)
    assert (tmp_path / "again.pdf").read_bytes() == (tmp_path / "sheet.pdf").read_bytes()
    (kept,) = store.documents(sheet.session.evaluation.id)
    assert [use.use for use in kept.uses] == ["saved", "saved"]
    assert "Printed " not in reads(dialog)


def test_a_paper_of_a_kind_this_version_does_not_know_is_printed_all_the_same(
    printers: PrintSystem, session: EvaluationSession, qtbot: QtBot
) -> None:
    paper = gray_page_pdf("letter")
    session.keep_document("home-visit", "en", "letter", paper)
    printers.set_up("front-desk")
    dialog = open_documents(session, qtbot)
    assert rows(dialog)[0][0] == "home-visit, English, Letter"
    choose()
    press(dialog.print_button)
    assert printers.printed("front-desk") == paper


@pytest.mark.parametrize("of", ["the page of the sheet", "the documents"])
def test_what_cannot_be_noted_is_not_printed(
    printers: PrintSystem, sheet: HandoutPage, store: Store, tmp_path: Path, qtbot: QtBot, of: str
) -> None:
    sheet.save_as(tmp_path / "sheet.pdf")
    printers.set_up("front-desk")
    dialog = open_documents(sheet.session, qtbot)
    at = sheet if of == "the page of the sheet" else dialog
    with closing(connect(store.path, store.keys.database)) as other:
        choose(then=lambda: other.execute("BEGIN IMMEDIATE"))  # another program holds the records
        press(at.print_button)
    assert printers.printed("front-desk") == b""
    assert "is using the records" in reads(at)
    choose()
    press(at.print_button)
    assert printers.printed("front-desk")
    wanted = Wanted(kind="Papers", patients=(sheet.session.evaluation.patient.id,))
    told = [line.says({}) for line in store.trail(wanted)]
    assert told[:2] == ["Printed a paper: handout", "Gave the printer a paper: handout"]


def test_a_file_is_offered_a_place_among_the_documents_and_the_next_one_where_that_one_went(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[Path] = []

    def choose(_parent: object, _title: str, proposed: str, _kinds: str) -> tuple[str, str]:
        offered.append(Path(proposed))
        return str(tmp_path / "chosen.pdf"), ""

    documents = tmp_path / "Documents"
    documents.mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _kind: str(documents))
    monkeypatch.setattr(saving, "_last", [])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    widget = QWidget()
    qtbot.addWidget(widget)
    for name in ("first.pdf", "second.pdf"):
        saving.ask_where(widget, "Save as PDF", name)
    assert offered == [documents / "first.pdf", tmp_path / "second.pdf"]
    documents.rmdir()
    monkeypatch.setattr(saving, "_last", [tmp_path / "gone"])
    saving.ask_where(widget, "Save as PDF", "third.pdf")
    assert offered[-1] == Path.home() / "third.pdf", "without a folder of documents, never the program's own"


def test_a_name_typed_without_its_ending_writes_over_no_file_unasked(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "okafor.evalassist-patient").write_bytes(b"of another clinic")
    monkeypatch.setattr(saving, "_last", [])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "okafor"), ""))
    widget, asked = QWidget(), list[str]()
    qtbot.addWidget(widget)

    def answer(_: object, says: str, *_more: str) -> bool:
        asked.append(says)
        return len(asked) > 1

    monkeypatch.setattr(saving, "asked", answer)
    name = "patient.evalassist-patient"
    assert saving.ask_where(widget, "Write the file", name) is None
    assert saving.ask_where(widget, "Write the file", name) == tmp_path / "okafor.evalassist-patient"
    assert asked == ["okafor.evalassist-patient is there already."] * 2


def test_a_copy_without_an_ending_gets_the_one_of_a_pdf(
    sheet: HandoutPage, tmp_path: Path, qtbot: QtBot
) -> None:
    sheet.save_as(tmp_path / "sheet.pdf")
    dialog = open_documents(sheet.session, qtbot)
    dialog.save_as(tmp_path / "copy v1.2")
    assert {file.name for file in tmp_path.glob("copy*")} == {"copy v1.2.pdf"}
    assert f"Saved as copy v1.2.pdf in {tmp_path.name}." in reads(dialog)


def test_a_copy_is_saved_byte_for_byte(
    sheet: HandoutPage, store: Store, tmp_path: Path, qtbot: QtBot
) -> None:
    sheet.save_as(tmp_path / "sheet.pdf")
    dialog = open_documents(sheet.session, qtbot)
    dialog.save_as(tmp_path / "copy.pdf")
    assert (tmp_path / "copy.pdf").read_bytes() == (tmp_path / "sheet.pdf").read_bytes()
    assert f"Saved as copy.pdf in {tmp_path.name}." in reads(dialog)
    dialog.save_as(tmp_path / "nowhere" / "copy.pdf")
    assert "could not be written" in reads(dialog)
    (kept,) = store.documents(sheet.session.evaluation.id)
    assert [use.use for use in kept.uses] == ["saved", "saved"]


def test_without_papers_the_list_says_so(session: EvaluationSession, qtbot: QtBot) -> None:
    dialog = open_documents(session, qtbot)
    assert "No paper was printed or saved" in dialog.pages.words
    assert not dialog.print_button.isEnabled()


def test_a_changed_plan_gives_a_sheet_that_says_which_one_it_replaces(
    session: EvaluationSession, store: Store, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_sheet(session, qtbot)
    page.save_as(tmp_path / "first.pdf")
    assert "Replaces" not in "".join(text_of((tmp_path / "first.pdf").read_bytes()))
    assert "Replaces" not in reads(page), "the same sheet replaces nothing"
    later = replace(
        session.evaluation,
        id="later",
        kind="re-evaluation",
        visit_date=session.evaluation.visit_date + timedelta(weeks=4),
    )
    store.save(later)
    visit = EvaluationSession(later, session.content, store, SETTINGS)
    visit.edit_plan(PlanEdit("drop", "HX01", reason="sore"))
    page = open_sheet(visit, qtbot)
    page.save_as(tmp_path / "second.pdf")
    assert "Replaces the sheet of Mar 2, 2026" in reads(page)
    sides = text_of((tmp_path / "second.pdf").read_bytes())
    assert all("Replaces the sheet of March 2, 2026" in side for side in sides)
    click_a4 = button(page.paper, "A4")
    press(click_a4)
    shown(page, qtbot)
    page.save_as(tmp_path / "second-a4.pdf")
    assert "Replaces the sheet of March 2, 2026" in text_of((tmp_path / "second-a4.pdf").read_bytes())[0]
    assert [(title, value) for title, value, _ in rows(open_documents(visit, qtbot))] == [
        ("Handout, English, A4", ""),
        ("Handout, English, Letter", ""),
        ("Handout, English, Letter", "replaced"),
    ]
    assert "Replaced by the sheet of Mar 30, 2026." in rows(open_documents(visit, qtbot))[-1][2]


def documents_after(act: Callable[[], object]) -> list[str]:
    """The titles in the list of documents that an act opens; the list is closed again."""
    seen: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, DocumentsDialog):
            QTimer.singleShot(20, look)
            return
        seen.extend(row.title for row in dialog.list.rows)
        press(button(dialog, "Close"))

    QTimer.singleShot(0, look)
    act()
    return seen


def test_the_documents_are_reached_from_every_step_the_handout_and_the_list_of_visits(
    content: Content, store: Store, qtbot: QtBot, tmp_path: Path, session: EvaluationSession
) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.open_store(store, content, SETTINGS)
    window.show()
    window.open_evaluation(session.evaluation.id)
    assert window.view is not None
    page = window.view.show_step("handout")
    assert isinstance(page, HandoutPage)
    shown(page, qtbot)
    page.save_as(tmp_path / "sheet.pdf")
    sheet = ["Handout, English, Letter"]
    assert documents_after(lambda: press(button(page, "Documents"))) == sheet
    window.view.show_step("history")
    assert documents_after(lambda: press(button(window.view.rail, "Documents"))) == sheet  # type: ignore[union-attr]
    window.show_chart(session.evaluation.patient.id)
    chart = window.chart
    assert chart is not None
    assert documents_after(lambda: press(button(chart, "Documents"))) == sheet


# ---------------------------------------------------------------- without a print system


def test_printing_into_a_file_writes_the_same_bytes(qapp: QApplication, tmp_path: Path) -> None:
    printer = QPrinter()
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    print_pdf(b"%PDF-1.7 the sheet", printer, "letter")
    assert (tmp_path / "out.pdf").read_bytes() == b"%PDF-1.7 the sheet"


def test_a_printer_that_takes_no_pdf_gets_pictures_of_the_pages(qapp: QApplication, tmp_path: Path) -> None:
    class Old(QPrinter):
        def outputFormat(self) -> QPrinter.OutputFormat:  # noqa: N802  # Qt's name
            return QPrinter.OutputFormat.NativeFormat  # what it draws still goes into a file

    file = Canvas(str(tmp_path / "two.pdf"), pagesize=(612, 792))
    for words in ("first", "second"):
        file.drawString(72, 700, words)
        file.showPage()
    file.save()
    printer = Old()
    printer.setOutputFileName(str(tmp_path / "drawn.pdf"))
    printer.setFullPage(True)
    print_pdf((tmp_path / "two.pdf").read_bytes(), printer, "letter")
    drawn = open_pdf((tmp_path / "drawn.pdf").read_bytes())
    assert drawn.pageCount() == 2
    assert size_of((tmp_path / "drawn.pdf").read_bytes()) == LETTER
    assert "first" not in drawn.getAllText(0).text()


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    file.write_bytes(b"before")
    write_atomically(file, b"after")
    assert file.read_bytes() == b"after"
    with pytest.raises(SaveError, match="Choose another folder"):
        write_atomically(tmp_path / "missing" / "sheet.pdf", b"lost")
    assert [entry.name for entry in tmp_path.iterdir()] == ["sheet.pdf"]
