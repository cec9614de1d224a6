"""Paper from a PDF: handed to the print system as it is where that is possible, else drawn page by page."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from evalassist.errors import EvalAssistError
from evalassist.translate import tr
from ui import cups
from ui.cups import PrintError
from ui.document_rows import MEDIA

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF, QSizeF
    from PySide6.QtPrintSupport import QPrinter
    from PySide6.QtWidgets import QWidget

    from evalassist.documents.look import PaperName
    from evalassist.note import Language
    from evalassist.records.rows import DocumentUse
    from ui.session import EvaluationSession

AGAIN = tr("The sheet is kept under Documents; print it again from there.")
MOST_DPI = 600
"""Finer than this nobody sees, and a page would not fit into the memory."""
OWN_OPTIONS = 0xFE00
"""Where Qt keeps the options of a queue (its own name for it is PPK_CupsOptions)."""
LEFT_OUT = ("number-up", "number-up-layout", "job-billing", "job-priority", "job-sheets")


class SaveError(EvalAssistError):
    """The file was not written."""


@dataclass(frozen=True, slots=True)
class Printout:
    """One paper on its way to a printer."""

    kind: str
    """The name under which the records keep it."""
    title: str
    """Seen by everyone at the printer, so it names no patient."""
    pdf: bytes
    pages: int
    paper: PaperName
    language: Language = "en"
    anew: Callable[[PaperName], bytes] | None = None
    """Lays it out for another paper; None where only these very bytes may be printed."""
    content_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What happened to a paper, and the one it was laid out for in the end."""

    says: str
    paper: PaperName
    use: DocumentUse


def give_out(session: EvaluationSession, parent: QWidget, printout: Printout) -> Sent | None:
    """Print a paper whose bytes are kept first, and note it as printed once it is; None when the dialog was left."""
    printer = ask_printer(parent, printout)
    if printer is None:
        return None
    printout, says = on_paper_of(printer, printout)
    keep_first(session, printout.kind)
    document = session.keep_document(
        printout.kind,
        printout.language,
        printout.paper,
        printout.pdf,
        use=None,
        content_sha256=printout.content_sha256,
    )
    session.store.note_sent(document)
    try:
        print_pdf(printout.pdf, printer, printout.paper)
    except PrintError as fault:
        raise PrintError(f"{fault} {AGAIN}") from fault
    use = _use_of(printer)
    session.note_use(document, use)
    sent = tr("{says} Sent to {printer}. What was printed is kept under Documents.").format(
        says=says, printer=_name_of(printer)
    )
    return Sent(sent.strip(), printout.paper, use)


def print_again(
    parent: QWidget, printout: Printout, note: Callable[[], object] = lambda: None
) -> Sent | None:
    """Print without keeping: the very bytes that are kept already, or a page about no patient. None when the dialog
    was left. `note` writes down that it leaves the house: only what could be noted does."""
    printer = ask_printer(parent, printout)
    if printer is None:
        return None
    printout, _ = on_paper_of(printer, printout)
    note()
    print_pdf(printout.pdf, printer, printout.paper)
    return Sent(tr("Sent to {printer}.").format(printer=_name_of(printer)), printout.paper, _use_of(printer))


def _name_of(printer: QPrinter) -> str:
    return printer.printerName() or tr("the file you chose")


def _use_of(printer: QPrinter) -> DocumentUse:
    return "saved" if printer.outputFileName() else "printed"


def keep_first(session: EvaluationSession, kind: str = "") -> None:
    """What a paper was drawn from is on the disk before the paper leaves the house.

    What was entered in error is printed under its mark; the patient's sheet bears none, and is not given out.
    """
    if kind == "handout" and session.evaluation.entered_in_error:
        raise EvalAssistError(tr("This visit was entered in error, so its sheet is not given out."))
    if not session.keep():
        raise EvalAssistError(
            tr(
                "The last changes are not kept yet, so nothing was printed or saved. The header says why; try "
                "again then."
            )
        )


def ask_printer(parent: QWidget, printout: Printout) -> QPrinter | None:
    """Let the therapist choose the printer; None when the dialog was left. `PrintError` where there is none.

    The printer that comes back knows the paper to print on: the one chosen for it, else the one it holds.
    """
    from PySide6.QtGui import QPageLayout
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo

    if not QPrinterInfo.availablePrinterNames():
        raise PrintError(
            tr(
                "No printer is set up on this computer. Nothing was printed. "
                "Save the sheet as PDF, or set up a printer and try again."
            )
        )
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(printout.title)
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setFullPage(True)
    if printout.pages > 1:
        printer.setDuplex(QPrinter.DuplexMode.DuplexLongSide)
    offered, its_paper = printer.printerName(), printer.pageLayout().pageSize()
    dialog = QPrintDialog(printer, parent)
    dialog.setMinMax(1, printout.pages)
    dialog.setWindowTitle(printout.title)
    if dialog.exec() != QPrintDialog.DialogCode.Accepted:
        return None
    if printer.printerName() != offered and printer.pageLayout().pageSize() == its_paper:
        held = QPrinterInfo.printerInfo(printer.printerName()).defaultPageSize()
        if held.isValid():
            printer.setPageSize(held)
    return printer


def paper_of(printer: QPrinter) -> PaperName | None:
    """The paper this printer is to print on; None when it is neither Letter nor A4."""
    from PySide6.QtGui import QPageSize

    sizes: dict[QPageSize.PageSizeId, PaperName] = {
        QPageSize.PageSizeId.Letter: "letter",
        QPageSize.PageSizeId.A4: "a4",
    }
    return sizes.get(printer.pageLayout().pageSize().id())


def on_paper_of(printer: QPrinter, printout: Printout) -> tuple[Printout, str]:
    """The same for the printer's paper, laid out anew and never scaled, with what to say of it."""
    paper = None if printer.outputFileName() else paper_of(printer)  # a file takes any paper
    if paper is None or paper == printout.paper:
        return printout, ""
    name, had, holds = printer.printerName(), MEDIA[printout.paper], MEDIA[paper]
    if printout.anew is None:
        raise PrintError(
            tr(
                "This copy is laid out for {had} and {name} holds {holds}, so nothing was printed. "
                "Put {had} paper in and choose it in the print dialog, or print a new sheet for {holds}."
            ).format(had=had, name=name, holds=holds)
        )
    laid_out = replace(printout, pdf=printout.anew(paper), paper=paper)
    return laid_out, tr("{name} holds {holds} paper, so the sheet was laid out anew for {holds}.").format(
        name=name, holds=holds
    )


def usual_printer(pages: int) -> str:
    """The printer the dialog will offer, and how it prints both sides of so many pages; "" where there is none."""
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    info = QPrinterInfo.defaultPrinter()
    if info.isNull():
        return ""
    if pages < 2 or QPrinter.DuplexMode.DuplexLongSide in info.supportedDuplexModes():
        return (
            tr("{printer_name} · both sides").format(printer_name=info.printerName())
            if pages > 1
            else info.printerName()
        )
    odd, even = (", ".join(str(page) for page in range(first, pages + 1, 2)) for first in (1, 2))
    return tr(
        "{printer_name} · one side only. For both sides print pages {odd}. "
        "Then turn the paper over, put it back, and print pages {even}."
    ).format(printer_name=info.printerName(), odd=odd, even=even)


def print_pdf(pdf: bytes, printer: QPrinter, paper: PaperName) -> None:
    """Print these bytes as they are where the printer is a queue that takes PDF, else as pictures of the pages."""
    from PySide6.QtPrintSupport import QPrinter

    if printer.outputFormat() == QPrinter.OutputFormat.PdfFormat and printer.outputFileName():
        write_atomically(Path(printer.outputFileName()), pdf)
    elif printer.printerName() and cups.is_here():
        cups.send(pdf, printer.printerName(), lp_options(printer, paper))
    else:
        _draw(pdf, printer, paper)


def lp_options(printer: QPrinter, paper: PaperName) -> list[str]:
    """What was chosen in the dialog, as `lp` wants it: copies, pages, both sides, paper."""
    from PySide6.QtPrintSupport import QPrinter

    options = ["-n", str(printer.copyCount()), "-t", printer.docName() or "EvalAssist"]
    # the paper is named, else a queue may cut or scale; a page is never made smaller than it was laid out
    options += ["-o", f"media={MEDIA[paper]}", "-o", "print-scaling=none"]
    sides = {
        QPrinter.DuplexMode.DuplexNone: "one-sided",
        QPrinter.DuplexMode.DuplexLongSide: "two-sided-long-edge",
        QPrinter.DuplexMode.DuplexShortSide: "two-sided-short-edge",
    }
    if printer.duplex() in sides:
        options += ["-o", f"sides={sides[printer.duplex()]}"]
    if printer.colorMode() == QPrinter.ColorMode.GrayScale:
        options += ["-o", "print-color-mode=monochrome"]
    if printer.fromPage():
        options += ["-P", f"{printer.fromPage()}-{printer.toPage() or printer.fromPage()}"]
    for name, value in _chosen(printer).items():
        options += ["-o", f"{name}={value}"]
    return options


def _chosen(printer: QPrinter) -> dict[str, str]:
    """Pages, odd or even ones, and the tray, which Qt's dialog keeps to itself; what would shrink a page stays out."""
    from PySide6.QtPrintSupport import QPrintEngine

    kept = printer.printEngine().property(QPrintEngine.PrintEnginePropertyKey(OWN_OPTIONS)) or []
    pairs = dict(zip(kept[::2], kept[1::2], strict=True))
    return {name: value for name, value in pairs.items() if value and name not in LEFT_OUT}


def _draw(pdf: bytes, printer: QPrinter, paper: PaperName) -> None:
    """Draw the pages at the printer's own resolution, edge to edge."""
    from PySide6.QtCore import QRectF, QSize
    from PySide6.QtGui import QPageSize, QPainter

    from ui.widgets.pdf_view import open_pdf

    document = open_pdf(pdf)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4 if paper == "a4" else QPageSize.PageSizeId.Letter))
    painter = QPainter()
    if not painter.begin(printer):
        raise PrintError(
            tr(
                "{printer_name} could not be opened, so nothing was printed. "
                "Look whether it is switched on and set up."
            ).format(printer_name=printer.printerName() or tr("The printer"))
        )
    try:
        first = max(1, printer.fromPage()) - 1
        last = min(document.pageCount(), printer.toPage() or document.pageCount())
        dpi = min(printer.resolution(), MOST_DPI)
        for page in range(first, last):
            if page > first and not printer.newPage():
                raise PrintError(
                    tr("The printer stopped after page {page}. Look at the printer.").format(page=page)
                )
            points = document.pagePointSize(page)
            size = QSize(round(points.width() / 72 * dpi), round(points.height() / 72 * dpi))
            image = document.render(page, size)
            whole = printer.paperRect(printer.Unit.DevicePixel)
            painter.drawImage(_fitted(QRectF(0, 0, whole.width(), whole.height()), points), image)
    finally:
        painter.end()


def _fitted(paper: QRectF, points: QSizeF) -> QRectF:
    """Where a page goes on the sheet: in the middle, as large as it fits."""
    from PySide6.QtCore import QRectF

    factor = min(paper.width() / points.width(), paper.height() / points.height())
    made = QRectF(0, 0, points.width() * factor, points.height() * factor)
    made.moveCenter(paper.center())
    return made


def ending_pdf(path: Path) -> Path:
    """The name a therapist typed, with the ending of a PDF."""
    return path if path.suffix.lower() == ".pdf" else path.with_name(f"{path.name}.pdf")


def save_as(session: EvaluationSession, path: Path, printout: Printout) -> Path:
    """Write a paper to a file and keep the same bytes; the name it got."""
    path = ending_pdf(path)
    keep_first(session, printout.kind)
    write_atomically(
        path,
        printout.pdf,
        lambda: session.keep_document(
            printout.kind,
            printout.language,
            printout.paper,
            printout.pdf,
            content_sha256=printout.content_sha256,
        ),
    )
    return path


def write_atomically(path: Path, content: bytes, note: Callable[[], object] = lambda: None) -> None:
    """Write the file whole or not at all; what stood there before stays when it fails.

    `note` writes down that it leaves the house: only what could be noted gets its name.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    except OSError as error:
        raise _not_saved(path, error) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        note()
        part.replace(path)
    except OSError as error:
        raise _not_saved(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def _not_saved(path: Path, error: OSError) -> SaveError:
    return SaveError(
        tr(
            "The file could not be written to {parent}: {strerror}. Nothing there was changed. "
            "Choose another folder."
        ).format(parent=path.parent, strerror=error.strerror)
    )
