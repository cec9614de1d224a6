"""The one door to the data beside the code: clinical content, pictures, translations."""

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from evalassist.errors import ContentError
from evalassist.translate import tr

ROOT = Path(__file__).resolve().parent.parent / "resources"


def path(name: str) -> Path:
    """Where a resource lies, named from the resources folder: `pictures/clamshell.svg`."""
    return ROOT / name


def read_text(name: str) -> str:
    """The text of a resource; a missing one is a fault of the content, told by its name."""
    try:
        return path(name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ContentError(name, "", tr("this file is missing")) from None
    except UnicodeDecodeError as error:
        raise ContentError(
            name, tr("byte {start}").format(start=error.start), tr("this file is not UTF-8 text")
        ) from error


def read_toml(name: str) -> dict[str, Any]:
    """A TOML resource as plain data, not to be changed; a slip of the pen is told with its file and line."""
    return _parsed(name, read_text(name))


@lru_cache(
    maxsize=100
)  # read for the content, for its check, and again for a clinic that sets a number otherwise
def _parsed(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line \d+", str(error))
        raise ContentError(name, line[0] if line else tr("last line"), str(error)) from error


@cache
def _seen_from_the_front() -> frozenset[str]:
    """The exercises whose pictures face the reader: their working leg, on the right of the page, is the left."""
    facing: set[str] = set()
    folder = path("poses")
    for file in sorted(folder.rglob("*.toml")):
        poses = read_toml(f"poses/{file.relative_to(folder).as_posix()}")
        facing |= {id for id, pose in poses.items() if pose["view"] != "side" and not pose.get("behind")}
    return frozenset(facing)


def drawn_leg(exercise_id: str) -> Literal["right", "left"]:
    """Which leg works in the pictures of an exercise before they are mirrored."""
    return "left" if exercise_id in _seen_from_the_front() else "right"


def worked_cases() -> list[Path]:
    """The worked patients and examples: test cases in the checkout, shipped beside the content once installed."""
    shipped = path("cases")
    folder = shipped if shipped.is_dir() else ROOT.parent / "tests" / "cases"
    return sorted(file for file in folder.glob("*.toml") if file.stem.startswith(("patient-", "ex")))
