"""The clinic's logo: made fit for a gray paper once, when it is chosen, and drawn beside the title of the sheet."""

from __future__ import annotations

import logging
import warnings
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from evalassist.errors import DocumentError
from evalassist.translate import tr

log = logging.getLogger(__name__)

MOST_BYTES = 20_000_000
MOST_WIDTH, MOST_HEIGHT = 45 * mm, 16 * mm
_PIXELS = (round(MOST_WIDTH / 72 * 300), round(MOST_HEIGHT / 72 * 300))
"""What a laser printer shows of it, 300 dots an inch."""


def fitted_logo(file: Path) -> bytes:
    """A picture as the sheet prints it: a small gray PNG on white, upright, its shape kept.

    Raises `DocumentError` with what to do when it cannot be used.
    """
    on_white = opened_on_white(file)
    on_white.thumbnail(_PIXELS, Image.Resampling.LANCZOS)
    kept = BytesIO()
    on_white.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def opened_on_white(file: Path, wanted: str = "a PNG or JPEG picture") -> Image.Image:
    """A picture of the clinic's, gray on white and upright; raises `DocumentError` with what to do."""
    try:
        refuse_large(file, "picture")
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as opened:
                upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except DocumentError:
        raise
    except OSError as error:
        why = error.strerror or "it is not a picture that can be read"
        raise DocumentError(
            tr("{name} cannot be used: {why}. Choose {wanted}.").format(
                name=file.name, why=why, wanted=wanted
            )
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DocumentError(
            tr("The picture {name} is too large to open. Choose a smaller one.").format(name=file.name)
        ) from error
    except Exception as error:  # whatever a damaged file does to the reader
        raise DocumentError(
            tr("{name} cannot be read. Choose {wanted}.").format(name=file.name, wanted=wanted)
        ) from error
    return Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright).convert("L")


def refuse_large(file: Path, what: str) -> None:
    if (size := file.stat().st_size) > MOST_BYTES:
        raise DocumentError(
            tr("The {what} {name} has {size:.0f} MB. Choose one of at most {most_bytes:.0f} MB.").format(
                what=what, name=file.name, size=size / 1e6, most_bytes=MOST_BYTES / 1e6
            )
        )


def draw_logo(canvas: Canvas, logo: bytes, right: float, y_top: float, width: float) -> None:
    """Draw a fitted logo with its upper right corner there, at most this wide; one that is broken is left out."""
    shown = _read(logo)
    if shown is None:
        return
    pixels_wide, pixels_high = shown.getSize()
    scale = min(width / pixels_wide, MOST_HEIGHT / pixels_high, 72 / 150)
    size = pixels_wide * scale, pixels_high * scale
    canvas.drawImage(shown, right - size[0], y_top - size[1], *size)


@lru_cache(maxsize=2)
def _read(logo: bytes) -> ImageReader | None:
    try:
        return ImageReader(BytesIO(logo))
    except Exception as error:  # the sheet is printed without it; the clinic's name stands there in words
        log.warning("the logo cannot be read: %s", type(error).__name__)
        return None
