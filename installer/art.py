"""The app's icon for each system, drawn from the one SVG."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image

from installer.steps import HERE

SIZES = (16, 24, 32, 48, 64, 128, 256)


def draw_icons(folder: Path) -> None:
    """Write the icon for Windows, for macOS, and a PNG for what cannot show an SVG."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {side: _drawn(side) for side in (*SIZES, 512, 1024)}
    pictures[256].save(folder / "evalassist.png")
    others = [pictures[side] for side in SIZES]
    others[-1].save(
        folder / "evalassist.ico", sizes=[(side, side) for side in SIZES], append_images=others[:-1]
    )
    pictures[1024].save(folder / "evalassist.icns", append_images=[pictures[512], *others])


def _drawn(side: int) -> Image.Image:
    from PySide6.QtCore import QBuffer, QIODevice, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(HERE / "evalassist.svg")).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload] # the stubs know only the form with bytes
    return Image.open(io.BytesIO(bytes(buffer.data().data())))
